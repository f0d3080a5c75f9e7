"""What stands beside every article, and the ways it gets there: `fragments: inline | live | ssi | esi | auto`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import SITE_YAML
from whole_site import faults

from digest.pages import blocks

if TYPE_CHECKING:
    from conftest import LittleSite

BASE = "https://news.example/"
FRAGMENT = "fragments/margins.html"
MODES = ("inline", "live", "ssi", "esi")
ASIDE = re.compile(r'<aside class="margins".*?</aside>', re.DOTALL)
SECTION = re.compile(r'<section class="block[^>]*data-block=.*?</section>', re.DOTALL)
REMOVED = re.compile(r"<esi:remove>.*?</esi:remove>", re.DOTALL)


def with_mode(site: LittleSite, mode: str, more: str = "") -> LittleSite:
    return site.put("site.yaml", f"{SITE_YAML}fragments: {mode}\n{more}")


def newsroom(site: LittleSite, entries: int = 8) -> LittleSite:
    """Entries of two themes, an edition, counts."""
    for number in range(entries):
        theme = "sport" if number % 2 else "politics"
        site.entry(
            f"{theme}/e{number}", f"title: خبر {number}\ndate: 2026-11-{number + 1:02}\ntags: [كأس]\nedition: n1"
        )
    site.put("content/editions/n1.md", "---\ntitle: العدد الأول\ndate: 2026-11-20\n---\n\nمقدمة.\n")
    return site.put("data/popular.yaml", "sport/e1: 7\npolitics/e0: 3\n")


def published(site: LittleSite) -> dict[str, bytes]:
    """The output without the note by which a build knows its own folder."""
    return {path: content for path, content in site.files().items() if not path.startswith(".")}


def articles(files: dict[str, bytes]) -> list[str]:
    return sorted(path for path, content in files.items() if b'<body class="page-article">' in content)


def included(files: dict[str, bytes], root: str = "/") -> dict[str, bytes]:
    """The site as a server sends it: `<!--#include … -->` and `<esi:include …>` carried out, by their own rules."""
    url, margins = f"{root}{FRAGMENT}", files[FRAGMENT].decode()

    def sent(path: str, content: bytes) -> bytes:
        if not path.endswith(".html"):
            return content
        page = REMOVED.sub("", content.decode())
        page = page.replace(f'<!--#include virtual="{url}" -->', margins)
        return page.replace(f'<esi:include src="{url}" onerror="continue"/>', margins).encode()

    return {path: sent(path, content) for path, content in files.items()}


# ------------------------------------------------------------------ which way


@pytest.mark.parametrize(
    ("asked", "entries", "mode"),
    [
        ("auto", 0, "inline"), ("auto", 3_000, "inline"), ("auto", 3_001, "live"), ("auto", 100_000, "live"),
        ("inline", 100_000, "inline"), ("live", 1, "live"), ("ssi", 1, "ssi"), ("esi", 9_999, "esi"),
    ],
)  # fmt: skip
def test_auto_is_inline_up_to_three_thousand_articles(asked: str, entries: int, mode: str) -> None:
    """What is asked for by name is done, whatever the size."""
    assert blocks.fragments_mode(asked, entries) == mode


def test_a_site_that_outgrows_inline_becomes_live_by_itself(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the entry that crosses the line, and back when it goes; drafts do not count."""
    monkeypatch.setattr(blocks, "LIVE_FROM", 3)
    newsroom(site, 3).entry("sport/draft", "draft: true")
    site.build()
    assert FRAGMENT not in site.files()
    assert "awaited" not in site.text("sport/e1/index.html")
    assert "/assets/live." not in site.text("sport/e1/index.html")
    site.entry("sport/new")
    site.build()
    assert 'href="/sport/new/"' in site.text(FRAGMENT)
    assert "awaited" in site.text("sport/e1/index.html")
    (site.root / "content/sport/new.md").unlink()
    site.build()
    assert FRAGMENT not in site.files()
    assert "awaited" not in site.text("sport/e1/index.html")


# ------------------------------------------------------------------ what is written


@pytest.mark.parametrize("mode", MODES)
def test_every_file_is_sound_in_every_mode(site: LittleSite, mode: str) -> None:
    """As a reader's browser gets it: parsed strictly, links that lead somewhere, no script but the one of `live`."""
    newsroom(with_mode(site, mode)).build()
    files = site.files()
    sent = included(files) if mode in ("ssi", "esi") else files
    assert faults(sent, BASE, ("assets/live",) if mode == "live" else ()) == []


def test_no_other_mode_runs_a_script(site: LittleSite) -> None:
    """Nor publishes one, nor asks for one; and `live` runs it on articles alone."""
    newsroom(site)
    for mode in MODES:
        with_mode(site, mode).build()
        running = [path for path, content in site.files().items() if b"/assets/live." in content]
        asking = [
            path for path, content in site.files().items() if b'as="fetch"' in content and path != "search/index.html"
        ]
        published = [path for path in site.files() if path.startswith("assets/live.")]
        live = mode == "live"
        assert running == asking == (articles(site.files()) if live else [])
        assert [re.sub(r"\.\w{8}\.", ".", path) for path in published] == (["assets/live.js"] if live else [])


@pytest.mark.parametrize("mode", ["live", "ssi", "esi"])
def test_other_pages_hold_their_own_headlines_in_every_mode(site: LittleSite, mode: str) -> None:
    """Home, themes, editions, sources, tags, the archive and the 404 page are those of `inline`, byte for byte."""
    newsroom(with_mode(site, "inline")).build()
    inline = published(site)
    with_mode(site, mode).build()
    files = published(site)
    others = {path for path in inline.keys() & files.keys() if path not in articles(inline)}
    assert {"index.html", "404.html", "sport/index.html", "editions/n1/index.html", "archive/index.html"} <= others
    assert [path for path in sorted(others) if inline[path] != files[path]] == []
    assert inline.keys() ^ files.keys() <= {FRAGMENT, *(path for path in files if path.startswith("assets/live."))}
    for path, kind in (
        ("index.html", "latest"),
        ("index.html", "most-read"),
        ("index.html", "theme"),
        ("404.html", "latest"),
    ):
        assert f'data-block="{kind}"' in site.text(path)
        assert "awaited" not in site.text(path)


@pytest.mark.parametrize("mode", ["ssi", "esi"])
@pytest.mark.parametrize("base", [BASE, "https://user.example/repo/"])
def test_what_a_server_includes_makes_the_page_of_inline(site: LittleSite, mode: str, base: str) -> None:
    """Byte for byte, below a path too."""
    yaml = SITE_YAML.replace(BASE, base)
    newsroom(site.put("site.yaml", f"{yaml}fragments: inline\n")).build()
    inline = published(site)
    site.put("site.yaml", f"{yaml}fragments: {mode}\n").build()
    sent = included(published(site), base.partition("example")[2])
    del sent[FRAGMENT]
    assert sent == inline


def test_placeholder_of_a_block_names_it(site: LittleSite) -> None:
    """The blocks of `inline` in their order, each as a heading that is a link to the list, and a sentence about it."""
    yaml = SITE_YAML.replace("title: سياسة}", "title: سياسة, description: 'المجالس والقرارات.'}")
    newsroom(site.put("site.yaml", f"{yaml}fragments: inline\n")).build()
    (whole,) = ASIDE.findall(site.text("sport/e1/index.html"))
    site.put("site.yaml", f"{yaml}fragments: live\n").build()
    (aside,) = ASIDE.findall(site.text("sport/e1/index.html"))
    mark = re.compile(r'data-block="([^"]+)"(?: data-theme="(\w+)")?')
    assert mark.findall(aside) == mark.findall(whole)
    assert mark.findall(aside) == [("latest", ""), ("most-read", ""), ("theme", "politics"), ("theme", "sport")]
    places = SECTION.findall(aside)
    assert [re.findall(r'<a href="([^"]+)"', place) for place in places] == [
        ["/archive/"], ["/#most-read"], ["/politics/"], ["/sport/"],
    ]  # fmt: skip
    assert 'id="most-read"' in site.text("index.html")
    lines = [re.findall(r'<p class="awaited-line">(.+?)</p>', place) for place in places]
    assert all(len(line) == 1 for line in lines)
    assert lines[2] == ["المجالس والقرارات."], "an editor's own sentence about the theme"
    assert re.findall(r"rows-(\d+)", aside) == ["8", "2", "4", "4"], "as many lines as will come"


def test_placeholder_of_a_block_is_ten_lines_at_most(site: LittleSite) -> None:
    """As many as fill a screen; the style sheet has a rule for each."""
    newsroom(with_mode(site, "live", "blocks: {latest: 12, theme: 1}\n"), 14).build()
    assert re.findall(r"rows-(\d+)", site.text("sport/e1/index.html")) == ["10", "2", "1", "1"]
    (sheet,) = [path for path in site.files() if re.match(r"assets/style\.\w+\.css", path)]
    assert re.findall(r"\.rows-(\d+) \{ --rows: \1 \}", site.text(sheet)) == [str(n) for n in range(1, 11)]


def test_blocks_when_switched_off_have_no_placeholder(site: LittleSite) -> None:
    """Nor has a theme without entries."""
    newsroom(with_mode(site, "live", "blocks: {latest: 0}\npopular: false\n"), 1).build()
    (aside,) = ASIDE.findall(site.text("politics/e0/index.html"))
    assert re.findall(r'data-block="([^"]+)"', aside) == ["theme"]
    assert "margins-column" not in aside


HOSTILE = (
    '<!--#include virtual="/secret.html" -->', '<!--# echo var="DATE_LOCAL" -->', '<!--#exec cmd="id" -->',
    '<esi:include src="/secret.html"/>', "</esi:remove>", "<esi:remove>", "<!--esi x -->", "<esi:vars>$(HTTP_HOST)</esi:vars>",
)  # fmt: skip


@pytest.mark.parametrize("mode", ["ssi", "esi"])
def test_entry_that_looks_like_an_include_is_text_to_the_server(site: LittleSite, mode: str) -> None:
    """In no title, summary, tag, source, footer or body does an instruction survive as one, in no file."""
    newsroom(with_mode(site, mode, f"footer: '{HOSTILE[0]}'\n"), 2)
    for number, text in enumerate(HOSTILE):
        shown = "خبر" if text.startswith("<!--") else text  # a comment in a field is refused
        quoted = "'" + shown.replace("'", "''") + "'"
        site.entry(
            f"sport/h{number}",
            f"title: {quoted}\nsummary: {quoted}\ntags: [{quoted}]\nsource: {{name: {quoted}}}\nauthor: {quoted}",
            ("" if re.match("<[a-z]+:", text) else f"{text}\n\n") + f"`{text}`\n\n```\n{text}\n```\n",
        )
    site.build()
    files = site.files()
    found = {
        path: orders
        for path, content in files.items()
        if (orders := re.findall(rb"<!--#[^>]*>|</?esi:[^>]*>|<!--esi[^>]*>", content))
    }
    own = (
        [f'<!--#include virtual="/{FRAGMENT}" -->'.encode()]
        if mode == "ssi"
        else [b"<esi:remove>", b"</esi:remove>", f'<esi:include src="/{FRAGMENT}" onerror="continue"/>'.encode()]
    )
    # the style sheet names the tag with a backslash, and no file but an article has any
    assert found == dict.fromkeys(articles(files), own)
    assert len(found) == 2 + len(HOSTILE)
