"""What is fuzzed, and what must hold of it whatever comes in: one function a target, bytes in, AssertionError out.

Used by `fuzz/run.py`, which looks for new inputs, and by `tests/test_fuzz.py`, which tries the kept ones.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import html5lib

from digest.content import date_input, entries, markdown, urls
from digest.content import settings as site_settings
from digest.content.documents import ContentContext
from digest.content.nodes import Notes, Scalar
from digest.curating import addresses, drafts, encoding, feeds, messages, metadata, pages, saved, stories, walls
from digest.text import bidi, cleaning, slugs

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from digest.content.settings import Settings
    from digest.model import Direction
    from digest.problems import Problem

SITE = """\
title: موجز
base_url: https://news.example/base/
lang: ar
timezone: Africa/Tunis
themes:
  - {id: sport, title: رياضة}
"""
PICTURES = frozenset({"content/sport/a.jpg", "content/shared/كأس.png"})
TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a", "em",
    "strong", "s", "br", "hr", "bdi", "span", "pre", "code",
}  # fmt: skip
ATTRIBUTES = {"dir", "lang", "align", "href", "title", "rel", "start", "id", "tabindex"}
SCHEMES = {"http", "https", "mailto"}
OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
DECEIVING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")


@cache
def settings() -> Settings:
    made, _, problems = site_settings.read(SITE.encode())
    assert made is not None
    assert not problems
    return made


def text_of(data: bytes) -> str:
    """Any text: half of a surrogate pair too, as a YAML escape can spell it."""
    return data.decode("utf-8", "surrogateescape")


def check_problems(problems: tuple[Problem, ...], path: str) -> None:
    """Each names its file, a place in it and what to do, and can be printed on one line of a terminal."""
    for problem in problems:
        assert problem.path == path
        shown = str(problem)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066\u2067]", shown), repr(shown)
        shown.encode("utf-8", "strict")
        assert problem.message
        assert problem.line >= 0
        assert problem.column >= 0


# ---------------------------------------------------------------- targets


def front_matter(data: bytes) -> None:
    """An entry's file of any bytes: articles that are sound, or problems that say where."""
    path = "content/sport/2026-11-20-a.md" if data[:1] != b"y" else "content/sport/a.yaml"
    raw = data[1:] if data[:1] == b"y" else data
    articles, problems = entries.read(path, raw, ContentContext.of(settings()), PICTURES)
    check_problems(problems, path)
    assert articles or problems
    if any(problem.level == "error" for problem in problems):
        return
    for made in articles:
        entry = made.entry
        assert entry.path.startswith("/")
        assert all(0 < len(part.encode()) <= 255 for part in entry.path.strip("/").split("/"))
        assert not re.search(r"[\x00-\x1f\x7f\\?#%\"'<>]|\.\.", entry.path), entry.path
        for text in (entry.title, entry.summary, *entry.authors, *(outlet.name for outlet in entry.outlets)):
            assert not DECEIVING.search(text.plain)
            assert not OVERRIDES.search(text.plain)
            assert cleaning.clean(text.plain) == text.plain or text is entry.summary
            check_html(text.html or text.plain, words=True)
        for outlet in entry.outlets:
            assert not outlet.url or urlsplit(outlet.url).scheme in {"http", "https"}
        for alias, _ in entry.aliases:
            assert alias.startswith("/")
            assert ".." not in alias.split("/")
        check_html(made.story.body)


def body(data: bytes) -> None:
    """Markdown to safe HTML: by both ways, in both directions, at the root and below a path."""
    base = cast("Direction", "rtl" if len(data) % 2 else "ltr")
    source = cleaning.clean_body(text_of(data))
    made = markdown.render(source, base=base, base_path="/base/")
    check_html(made.html)
    assert source.count("\n") >= max([fault.line for fault in made.faults], default=0)
    plainly = markdown.render_plain(source, base=base)
    if plainly is not None and len(source) <= markdown.MAX_MARKED:
        fully = markdown.render_full(source, base=base, base_path="/base/")
        assert (plainly.html, plainly.text, plainly.paragraphs) == (fully.html, fully.text, fully.paragraphs)


def address(data: bytes) -> None:
    """The gate: what passes is in one normal form and cannot be read as another scheme, whoever decodes it."""
    url, reason = urls.gate(text_of(data))
    assert bool(url) != bool(reason)
    if not url:
        return
    assert urls.gate(url) == (url, "")
    check_address(url)
    if urls.is_external(url):
        parts = urlsplit(url)
        assert parts.hostname
        assert "@" not in parts.netloc
        shown = urls.host(url)
        assert shown
        assert not re.search(r"[\x00-\x20\u200b-\u200f\u202a-\u202e\u2066-\u2069<>\"'&/@]", shown)
    elif not url.startswith("mailto:"):
        assert not url.startswith(("//", "\\"))
        head = url.partition("/")[0].partition("?")[0].partition("#")[0]
        for _ in range(4):
            head = unicodedata.normalize("NFKC", unquote(head))
        assert ":" not in head, url


def moment(data: bytes) -> None:
    """A date: an aware one of the years that are taken, or exactly one problem."""
    notes = Notes("content/sport/a.md")
    pair = Scalar("date", 2, 1), Scalar(text_of(data), 2, 7)
    found = date_input.moment(pair, ZoneInfo("Africa/Tunis"), notes, "ar" if len(data) % 2 else "fa")
    check_problems(notes.problems(), "content/sport/a.md")
    assert (found is None) == (len(notes.found) == 1)
    if found:
        assert found[0].utcoffset() is not None
        assert 1899 <= found[0].year <= 2101
        settings().date_formatter()(*found)


def slug(data: bytes) -> None:
    """Slugs: letters, marks, digits, single hyphens; short, in normal form."""
    text = text_of(data)
    plain = slugs.slugify(text)
    assert slugs.slugify(plain) == plain
    for letters in slugs.SLUGS:
        made = slugs.make_slug(text, letters)
        assert 0 < len(made.encode()) <= 200
        assert unicodedata.is_normalized("NFC", made)
        assert all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in made), made
        assert made == made.strip("-")
        assert "--" not in made
        assert letters == "arabic" or made.isascii()


def line(data: bytes) -> None:
    """Cleaning and isolation: nothing that turns text round is left, and not a letter is lost."""
    raw = text_of(data)
    plain = cleaning.clean(raw)
    assert cleaning.clean(plain) == plain
    assert not OVERRIDES.search(plain)
    assert not DECEIVING.search(plain)
    assert "\n" not in plain
    made = bidi.isolate(plain)
    assert html.unescape(re.sub(r"</?bdi[^>]*>", "", made)) == plain
    check_html(made, words=True)
    for base in ("rtl", "ltr"):
        text = bidi.directed_text(raw, base=base, lang="", page_lang="ar")
        assert bidi.mark(text.plain, base).strip("\u200e\u200f") == text.plain.strip("\u200e\u200f")
    lines = cleaning.clean_body(raw)
    assert cleaning.clean_body(lines) == lines
    assert not DECEIVING.search(lines)
    assert not list(cleaning.unbalanced(lines))


def clipped(data: bytes) -> None:
    """A page or a saved file → a draft that is sound, one line a value, without anything that deceives."""
    found_file = saved.read(data)
    decoded = encoding.decode(found_file.html, found_file.charset)
    page = pages.read(decoded.text)
    address = found_file.url or "https://news.example/2026/03/12/story"
    found = metadata.read(page, metadata.Setting(address, settings().zone, CLOCK, CLOCK))
    walls.refusal(page, found, address)
    given = (found.title, found.summary, found.outlet, found.dateline, *found.authors, *found.agencies)
    for value in given:
        assert not DECEIVING.search(value)
        assert "\n" not in value
        assert len(value) <= 1500
    assert not found.url or urls.gate(found.url) == (found.url, "")
    if not found.title:
        return
    made = drafts.Draft(
        title=found.title,
        date=found.dated.value if found.dated else CLOCK.date(),
        theme="sport",
        sources=(drafts.Source(found.outlet or "x", found.url), *map(drafts.Source, found.agencies)),
        authors=found.authors,
        summary=found.summary,
        lang=found.lang,
        dateline=found.dateline,
        picture=found.picture,
        passages=tuple(line.text for line in walls.story_lines(page)[:3]),
        remarks=found.remarks,
    )
    written = drafts.entry_text(made, settings())
    site = ContentContext.of(settings())
    articles, problems = entries.read("content/sport/2026-03-12-x.md", written.encode(), site, PICTURES)
    assert not [problem for problem in problems if problem.level == "error"], problems
    assert articles[0].entry.draft


def feed(data: bytes) -> None:
    """A feed → items of one line a value, with canonical addresses and believable dates, and stories of them."""
    found = feeds.read(data, feeds.Setting("https://news.example/feed", settings().zone, CLOCK))
    for item in found.items:
        for value in (item.title, item.summary):
            assert not DECEIVING.search(value)
            assert "\n" not in value
            assert len(value) <= feeds.LONGEST_SUMMARY
        assert urls.gate(item.url) == (item.url, "")
        assert addresses.canonical(item.url) == item.url
        assert item.date is None or "1995" <= item.date[:4] <= "2026"
    assert all(messages.said(remark, lang) for remark in found.remarks for lang in ("ar", "en", "fr"))
    reports = [stories.Report(f"s{at % 3}", item) for at, item in enumerate(found.items[:30])]
    gathered = stories.gather(reports, "ar")
    assert gathered == stories.gather(reports[::-1], "ar")
    assert len({one.key for one in reports}) == sum(len(story.reports) for story in gathered)


CLOCK = datetime(2026, 11, 23, 12, tzinfo=UTC)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "clip": clipped,
    "feeds": feed,
    "front-matter": front_matter,
    "markdown": body,
    "urls": address,
    "dates": moment,
    "slugs": slug,
    "cleaning": line,
}

# ---------------------------------------------------------------- what safe HTML is


def check_html(text: str, *, words: bool = False) -> None:
    """Parsed as the HTML standard says, nothing but the elements, attributes and addresses that a text may hold."""
    if "<" not in text and "&" not in text:
        return
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parseFragment(text)
    for element in root.iter():
        if element is root:
            continue
        assert isinstance(element.tag, str), f"a comment in {text!r}"
        if element.tag == "div" and not words:  # the frame of a table, which scrolls
            label = element.attrib.get("aria-label")
            frame = {"class": "scroll", "role": "region", "tabindex": "0"}
            assert dict(element.attrib) == frame | ({} if label is None else {"aria-label": label}), f"div in {text!r}"
            continue
        assert element.tag in ({"bdi", "span"} if words else TAGS), f"<{element.tag}> in {text!r}"
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES or (element.tag == "span" and (name, value) == ("class", "range")), (
                f"{name} in {text!r}"
            )
            if name == "href":
                check_address(value)


def check_address(url: str) -> None:
    """As a browser takes it: tabs and line ends dropped, backslashes as slashes."""
    assert url.isascii()
    assert url.isprintable()
    assert not re.search(r"[\s<>\"'`\\]", url), url
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    assert scheme is None or scheme[1] in SCHEMES, url
