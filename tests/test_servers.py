"""`fragments: ssi` and `esi` on real servers, run with the very lines the manual gives. Needs nginx, Apache, Varnish."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
import servers
from conftest import NOW, SITE_YAML, LittleSite

from digest.site.options import BuildOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.server

FRAGMENT = "fragments/margins.html"
BASES = {"/": "https://news.example/", "/repo/": "https://user.example/repo/"}
MANUAL = Path(__file__).resolve().parent.parent / "docs/reference/settings.md"


def snippet(language: str) -> str:
    """The manual's lines for one server."""
    (lines,) = re.findall(rf"^```{language}\n(.*?)^```$", MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(lines)


def needed(program: str) -> None:
    if servers.found(program):
        return
    if os.environ.get("DIGEST_NEED_SERVERS"):
        pytest.fail(f"no {program} found")
    pytest.skip(f"no {program} found")


@contextmanager
def serving(server: str, root: Path, work: Path) -> Iterator[str]:
    """A folder behind one of the servers; the minute for which a cache keeps the blocks is a second here."""
    if server == "apache2":
        needed("apache2")
        with servers.apache(snippet("apache"), root, work) as url:
            yield url
        return
    needed("nginx")
    if server == "nginx":
        with servers.nginx(snippet("nginx"), root, work) as url:
            yield url
        return
    needed("varnishd")
    plain = servers.filled_in(snippet("nginx"), {"    ssi on;\n": ""})
    brief = servers.filled_in(snippet("vcl"), {"beresp.ttl = 1m": "beresp.ttl = 1s"})
    with servers.nginx(plain, root, work) as origin, servers.varnish(brief, origin, work) as url:
        yield url


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body of an answer."""
    try:
        with urlopen(Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()}), timeout=20) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def newsroom(root: Path, output: Path, base: str, mode: str) -> LittleSite:
    """A little site with Arabic and Latin addresses, an edition, counts; and a story about such instructions."""
    site = LittleSite(root, BuildOptions(root, output, NOW))
    site.put("site.yaml", f"{SITE_YAML.replace('https://news.example/', base)}fragments: {mode}\n")
    for number in range(6):
        theme = "sport" if number % 2 else "politics"
        site.entry(f"{theme}/e{number}", f"date: 2026-11-{number + 1:02}\ntags: [كأس]\nedition: n1")
    site.entry(
        "sport/خبر-عربي",
        "tags: [C++]",
        'قال «نعم» ثم <!--#echo var="DATE_LOCAL" --> و`<esi:vars>$(HTTP_HOST)</esi:vars>`.',
    )
    site.put("content/editions/n1.md", "---\ntitle: العدد\ndate: 2026-11-20\n---\n\nمقدمة.\n")
    site.put("data/popular.yaml", "sport/e1: 7\n")
    return site


SERVERS = [("nginx", "ssi"), ("apache2", "ssi"), ("varnishd", "esi")]


@pytest.mark.parametrize("path", BASES)
@pytest.mark.parametrize(("server", "mode"), SERVERS)
def test_every_file_is_served_as_inline_has_it(tmp_path: Path, server: str, mode: str, path: str) -> None:
    """Byte for byte: articles with the blocks put in, all others as they are."""
    inline = newsroom(tmp_path / "inline", tmp_path / "plain", BASES[path], "inline")
    inline.build()
    site = newsroom(tmp_path / "site", tmp_path / "www" / path.strip("/"), BASES[path], mode)
    site.build()
    expected = {name: content for name, content in inline.files().items() if not name.startswith(".")}
    assert sum(b'data-block="latest"' in content for content in expected.values()) >= 9
    with serving(server, tmp_path / "www", tmp_path) as url:
        served = {name: get(f"{url}{path}{quote(name.removesuffix('index.html'))}")[1] for name in expected}
    assert [name for name in expected if served[name] != expected[name]] == []


@pytest.mark.parametrize(("server", "mode"), SERVERS)
def test_a_new_story_stands_beside_an_article_whose_file_did_not_change(tmp_path: Path, server: str, mode: str) -> None:
    """Also for a browser that asks whether its page is still good: a page is as new as its blocks."""
    site = newsroom(tmp_path / "site", tmp_path / "www", BASES["/"], mode)
    site.build()
    before = site.text("politics/e0/index.html")
    with serving(server, tmp_path / "www", tmp_path) as url:
        with urlopen(f"{url}/politics/e0/", timeout=20) as answer:
            assert not {"ETag", "Last-Modified"} & set(answer.headers)
        site.entry("sport/newest", "title: قطار جديد")
        site.build()
        assert site.text("politics/e0/index.html") == before
        known = {"If_None_Match": "*", "If_Modified_Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
        until = time.monotonic() + 15  # a cache keeps the blocks for a while
        while True:
            status, content = get(f"{url}/politics/e0/", **known)
            assert status == 200
            if "قطار جديد" in content.decode():
                break
            assert server == "varnishd"
            assert time.monotonic() < until
            time.sleep(0.2)


def test_a_cache_without_the_file_sends_the_page_without_its_blocks(tmp_path: Path) -> None:
    """No error stands in the margin, and the rest of the page is whole."""
    site = newsroom(tmp_path / "site", tmp_path / "www", BASES["/"], "esi")
    site.build()
    (tmp_path / "www" / FRAGMENT).unlink()
    with serving("varnishd", tmp_path / "www", tmp_path) as url:
        status, content = get(f"{url}/politics/e0/")
        assert get(f"{url}/nowhere/")[0] == 404
    page = re.sub(
        r"<esi:remove>.*</esi:remove><esi:include [^>]*>", "", site.text("politics/e0/index.html"), flags=re.DOTALL
    )
    assert (status, content.decode()) == (200, page)
