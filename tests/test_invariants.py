"""The checker of invariants can fail: each thing it looks for, put into a sound site, is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invariants import breaches

if TYPE_CHECKING:
    from conftest import LittleSite

BASE = "https://news.example/"
PLANTED = {
    "script": ("<body", "<script>x</script><body", "index.html: script"),
    "handler": ("<main", '<main onfocus="x"', "handler onfocus"),
    "frame": ("</main>", "<iframe></iframe></main>", "<iframe>"),
    "form": ("</main>", "<form></form></main>", "<form>"),
    "base": ("<title>", '<base href="https://news.example/"><title>', "<base>"),
    "refresh": ("<title>", '<meta http-equiv="refresh" content="0; url=https://e.example/"><title>', "a redirect to"),
    "scheme": ("</main>", '<a href=" java\nscript:x">y</a></main>', "the address"),
    "password": ("</main>", '<a href="https://u:p@e.example/" rel="noopener">y</a></main>', "a password in"),
    "foreign picture": ("</main>", '<img src="https://e.example/p.png" alt="" width="1"></main>', "fetches https://e.example"),
    "foreign style": ("<title>", '<link rel="stylesheet" href="//e.example/s.css"><title>', "fetches //e.example"),
    "style": ("</main>", '<p style="color:red">x</p></main>', "style="),
    "opener": ("</main>", '<a href="https://e.example/">y</a></main>', "without noopener"),
    "override": ("</main>", "\u202ex</main>", "an override of direction"),
    "control": ("</main>", "\x01x</main>", "a control character"),
    "include": ("</main>", "<!--#include file='x'--></main>", "something a server would run"),
    "structured data": ('"@context"', '"url": "javascript:x", "@context"', "the address 'javascript:x'"),
    "secret": ("</main>", "canary-4711</main>", "holds 'canary-4711'"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A site with one entry, built once."""
    from conftest import NOW, SITE_YAML, LittleSite

    from digest.site.options import BuildOptions

    root = tmp_path_factory.mktemp("sound")
    site: LittleSite = LittleSite(root, BuildOptions(root, root / "public", NOW))
    site.put("site.yaml", SITE_YAML).entry("sport/a", "source: {name: Atlas, url: 'https://atlas.example/'}")
    site.build()
    return site.files()


def test_a_sound_site_has_none(sound: dict[str, bytes]) -> None:
    """Nothing is found where nothing is wrong."""
    assert breaches(sound, BASE, secrets=["canary-4711"]) == []


@pytest.mark.parametrize(("there", "planted", "found"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(sound: dict[str, bytes], there: str, planted: str, found: str) -> None:
    """In a page."""
    page = sound["index.html"].decode()
    assert there in page
    harmed = {**sound, "index.html": page.replace(there, planted, 1).encode()}
    assert any(found in breach for breach in breaches(harmed, BASE, secrets=["canary-4711"]))


@pytest.mark.parametrize(
    ("path", "there", "planted", "found"),
    [
        ("feed.xml", "<entry>", '<entry><link href="data:text/html,x"/>', "the address"),
        ("feed.xml", "<entry>", '<entry><content type="html">&lt;img src=x onerror=y&gt;</content>', "onerror"),
        ("feed.xml", "<feed", "<!DOCTYPE feed><feed", "a document type"),
        ("sitemap.xml", "<loc>https:", "<loc>file:", "the address"),
        ("feed.json", '"items"', '"home_page_url": "vbscript:x", "items"', "the address"),
        ("feed.json", '"items"', '"x": {"content_html": "<svg onload=x>"}, "items"', "onload"),
    ],
)
def test_what_is_planted_in_a_file_for_machines_is_found(
    sound: dict[str, bytes], path: str, there: str, planted: str, found: str
) -> None:
    """Feeds and sitemaps."""
    text = sound[path].decode()
    assert there in text
    harmed = {**sound, path: text.replace(there, planted, 1).encode()}
    assert any(found in breach for breach in breaches(harmed, BASE))


def test_files_that_no_build_makes_are_found(sound: dict[str, bytes]) -> None:
    """A program, a style sheet that fetches, a picture that runs."""
    assert breaches({**sound, "x.php": b"x"}, BASE) == ["x.php: a kind of file that no build makes"]
    assert breaches({**sound, "x.css": b"a{background:url(//e.example/x)}"}, BASE) == ["x.css: fetches //e.example/x"]
    assert breaches({**sound, "x.svg": b"<svg onload='x'/>"}, BASE) == ["x.svg: a picture that runs"]
