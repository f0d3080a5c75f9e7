"""What the preview shows is what `build` writes, apart from its own script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import NOW, LittleSite
from previews import SCRIPT, pages_of, running

from digest.build.build import build
from digest.pages.media_types import media_type
from digest.site.load import cache_of
from digest.site.options import BuildOptions
from digest.site.workers import PAYS_FROM

if TYPE_CHECKING:
    from collections.abc import Callable

    from previews import Running

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
INTERNAL = {"/.digest-output", "/.nojekyll"}
FRAGMENT = "/fragments/margins.html"


def differences(
    server: Running, built: dict[str, bytes], shown: Callable[[bytes], bytes] = lambda page: page
) -> list[str]:
    """Addresses where the preview has something else than the output; `shown`: a built page as it is shown."""
    found = []
    for path, content in built.items():
        reply = server.get(path)
        scripts = len(SCRIPT.findall(reply.body))
        is_page = media_type(path if not path.endswith("/") else "x.html").startswith(
            "text/html"
        ) and not path.startswith("/fragments/")
        redirects = b'http-equiv="refresh"' in content
        right = reply.status == (302 if redirects else 200) or path == "/404.html"
        if not right or reply.page != shown(content) or scripts != (is_page and not redirects):
            found.append(path)
    return found


def test_every_file_of_the_example(example: LittleSite) -> None:
    """Pages, feeds, pictures, styles, redirects: byte for byte."""
    built = published(example.output)
    assert len(built) > 150
    with running(example.root, example.output) as server:
        assert differences(server, built) == []


def published(output: Path) -> dict[str, bytes]:
    return {path: content for path, content in pages_of(output).items() if not path.startswith("/.digest")}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["inline", "live", "ssi", "esi"])
def test_every_way_of_fragments(example_with: Callable[[str], LittleSite], mode: str) -> None:
    """Where a web server would put fragments into pages, the preview does."""
    site = example_with(f"fragments: {mode}\n")
    built = published(site.output)
    fragment = built.get(FRAGMENT, b"")
    include = {
        "ssi": rb'<!--#include virtual="/fragments/margins\.html" -->',
        "esi": rb'<esi:include src="/fragments/margins\.html"[^>]*/>(\s*<esi:remove>.*?</esi:remove>)?',
    }.get(mode)

    def shown(page: bytes) -> bytes:
        return re.sub(include, lambda _: fragment, page, flags=re.DOTALL) if include else page

    if include:
        assert any(shown(page) != page for page in built.values())
        assert fragment
    with running(site.root, site.output) as server:
        assert differences(server, built, shown) == []
        assert all(
            b"<!--#include" not in server.get(p).body and b"<esi:" not in server.get(p).body for p in [*built][:40]
        )


def test_a_site_in_a_folder_of_its_host(site: LittleSite) -> None:
    """A base path stands in every address, and the root leads there."""
    site.put("site.yaml", (site.root / "site.yaml").read_text().replace("news.example/", "news.example/موجز/"))
    site.entry("sport/a").build()
    with running(site.root, site.output) as server:
        assert differences(server, {f"/موجز{path}": content for path, content in published(site.output).items()}) == []
        assert server.get("/").fields["location"] == server.preview.home
        assert server.get("/elsewhere/").status == 404


def test_a_site_that_was_never_built(site: LittleSite) -> None:
    """Nothing has to be there, and nothing is written to the output."""
    site.entry("sport/a").entry("politics/b")
    with running(site.root, site.output) as server:
        assert not site.output.exists()
        shown = {
            path: server.get(path).page for path in ("/", "/sport/a/", "/politics/", "/feed.xml", "/archive/2026/11/")
        }
    site.build()
    built = published(site.output)
    assert {path: built[path] for path in shown} == shown


def test_a_damaged_memory_is_not_believed(site: LittleSite) -> None:
    """The preview starts all the same, and shows what a build would make of the sources."""
    site.entry("sport/a").entry("politics/b").build()
    for items in (site.root / ".digest/outputs").glob("*/items-*"):
        items.write_bytes(b"?" * items.stat().st_size)
    with running(site.root, site.output) as server:
        assert differences(server, published(site.output)) == []


def test_a_missing_page_is_the_sites_own(site: LittleSite) -> None:
    """404.html with the status 404; a folder without its slash leads on; nothing of the disk is told."""
    site.entry("sport/a").build()
    with running(site.root, site.output) as server:
        reply = server.get("/sport/nothing/")
        assert (reply.status, reply.page) == (404, (site.output / "404.html").read_bytes())
        assert server.get("/sport/a").fields["location"] == "/sport/a/"
        assert server.get("/sport/a/index.html").page == server.get("/sport/a/").page


def test_a_thousand_real_articles(tmp_path: Path) -> None:
    """Every page of a site of real articles, its related stories included."""
    writer, corpus = SHARED / "tools/corpus_site.py", SHARED / "corpus"
    if not (writer.is_file() and any(corpus.glob("*.jsonl.xz"))):
        pytest.skip("no corpus of real articles beside the repository")
    count = int(os.environ.get("DIGEST_REAL_ARTICLES", "1000"))
    root = tmp_path / "real"
    subprocess.run([sys.executable, str(writer), str(root), "--newest", str(count)], check=True, capture_output=True)
    build(BuildOptions(root, root / "public", NOW))
    built = published(root / "public")
    assert len(built) > count
    with running(root) as server:
        assert differences(server, built) == []


def test_what_a_first_start_read_is_kept_for_the_next_one(site: LittleSite) -> None:
    """By another process, while pages are served; its stories too. A clean build finds the same."""
    for number in range(PAYS_FROM):
        site.entry(
            f"sport/e{number}", f"date: 2026-11-{number % 20 + 1:02}", f"ميناء قطار جسر {number % 7} كلمة{number % 31}"
        )
    cache = cache_of(site.order)
    with running(site.root, site.output, jobs=2) as server:
        server.shows("/sport/e1/", "ميناء")
        server.until(lambda: cache.sources.load() and cache.related.load() and cache.stories.load())
    known = cache.sources.load()
    assert known
    assert len(known.sources) == PAYS_FROM
    site.build()
    built = site.files()
    site.build(clean=True)
    assert site.files() == built
