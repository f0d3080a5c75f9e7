"""Maps of the site for crawlers: in come absolute URLs and dates, out come sitemaps, the news map, robots.txt.

Nothing here knows the clock: `lastmod` is the last change of the content, as sitemaps.org asks and as Google trusts it.
Addresses leave as percent-encoded ASCII, text without characters XML 1.0 forbids. A naive date is refused
(`ValueError`).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime
from heapq import nlargest
from operator import attrgetter

import msgspec

from digest.pages.xml import PLAIN_URL, ascii_url, legal, xml_bytes, xml_text
from digest.text.dates import rfc3339

URLS_A_FILE = 50_000
BYTES_A_FILE = 50 * 1024 * 1024
"""Both limits: sitemaps.org/protocol.html, uncompressed."""
NEWS_A_FILE = 1_000
"""Google's limit for `news:news` elements in one file."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9"


class NewsItem(msgspec.Struct, frozen=True, gc=False):
    """One article of the last two days, for Google News."""

    loc: str
    """Absolute URL."""
    title: str
    """Plain, as the article's page shows it."""
    published: datetime
    """Aware."""


def sitemap(urls: Sequence[tuple[str, str]]) -> bytes:
    """A `urlset` of (absolute URL, W3C date of the last change or ""), in the order given."""
    return _urlset(_rows(urls))


def split(
    entries: Sequence[tuple[str, str]],
    lists: Sequence[tuple[str, str]] = (),
    *,
    base: str,
    limit: int = URLS_A_FILE,
    size: int = BYTES_A_FILE,
) -> tuple[tuple[str, bytes], ...]:
    """The site's map as (file name, content): one `sitemap.xml` while it fits, else an index of that name and parts.

    `entries` are (URL, W3C date of last change or ""), **oldest publication first**: `sitemap-1.xml` holds the oldest,
    so that a new article changes the last part alone. `lists` (home, themes, tags, months), whose number and dates move
    with every article, are kept apart in `sitemap-lists-1.xml`. `base` is the absolute URL of the folder the files will
    stand in; `limit` counts URLs, `size` bytes a file.
    """
    list_rows, entry_rows = _rows(lists), _rows(entries)
    rows = list_rows + entry_rows
    if len(rows) <= limit and _weight(rows) <= size:
        return (("sitemap.xml", _urlset(rows)),)
    parts: list[tuple[str, bytes]] = []
    index: list[tuple[str, str]] = []
    folder = base if base.endswith("/") else base + "/"
    for stem, urls, lines in (("sitemap-lists", lists, list_rows), ("sitemap", entries, entry_rows)):
        for number, (start, end) in enumerate(_cuts(lines, limit, size), 1):
            name = f"{stem}-{number}.xml"
            parts.append((name, _urlset(lines[start:end])))
            index.append((folder + name, _latest(urls[start:end])))
    return (("sitemap.xml", _index(index)), *parts)


def news_sitemap(items: Sequence[NewsItem], publication: str, language: str) -> bytes:
    """Google's news map of `items`, at most the newest 1,000; the caller gives those of the last two days.

    `publication` is the site's name, `language` its BCP 47 tag, of which Google takes the ISO 639 part. No items: a
    valid empty map, so that its address never vanishes.
    """
    taken = items if len(items) <= NEWS_A_FILE else nlargest(NEWS_A_FILE, items, key=attrgetter("published"))
    code = language.lower()
    code = code if code in ("zh-cn", "zh-tw") else code.partition("-")[0]
    root = ET.Element("urlset", {"xmlns": _NAMESPACE, "xmlns:news": _NEWS_NAMESPACE})
    root.text = "\n"
    for item in taken:
        url = ET.SubElement(root, "url")
        url.tail = "\n"
        ET.SubElement(url, "loc").text = ascii_url(item.loc)
        news = ET.SubElement(url, "news:news")
        outlet = ET.SubElement(news, "news:publication")
        ET.SubElement(outlet, "news:name").text = legal(publication)
        ET.SubElement(outlet, "news:language").text = code
        ET.SubElement(news, "news:publication_date").text = rfc3339(item.published)
        ET.SubElement(news, "news:title").text = legal(item.title)
    return xml_bytes(root)


def robots(sitemaps: Sequence[str]) -> str:
    """`robots.txt` (RFC 9309): everything may be read, and here are the maps (absolute URLs)."""
    lines = ["User-agent: *", "Allow: /", ""]
    return "\n".join([*lines, *(f"Sitemap: {ascii_url(url)}" for url in sitemaps)]) + "\n"


def _rows(urls: Sequence[tuple[str, str]]) -> list[str]:
    # Half the time of ElementTree, and no tree of 150,000 elements in memory. Addresses that
    # need no change, nearly always all of them, are recognised in one match.
    together = "/".join([loc for loc, _ in urls])
    if "&" not in together and PLAIN_URL.fullmatch(together):
        shown = [loc for loc, _ in urls]
    else:
        shown = [xml_text(ascii_url(loc)) for loc, _ in urls]
    dates = [f"<lastmod>{xml_text(lastmod)}</lastmod>" if lastmod else "" for _, lastmod in urls]
    return [f"<url><loc>{loc}</loc>{date}</url>\n" for loc, date in zip(shown, dates, strict=True)]


_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NAMESPACE}">\n'
_FOOT = "</urlset>\n"


def _urlset(rows: Sequence[str]) -> bytes:
    return "".join([_HEAD, *rows, _FOOT]).encode("ascii")


def _weight(rows: Sequence[str]) -> int:
    # Rows are ASCII: characters are bytes.
    return len(_HEAD) + len(_FOOT) + sum(map(len, rows))


def _cuts(rows: Sequence[str], limit: int, size: int) -> list[tuple[int, int]]:
    """(start, end) of each part, filled from the first row on: where a part ends depends on nothing after it."""
    cuts: list[tuple[int, int]] = []
    start, weight = 0, _weight(())
    for index, row in enumerate(rows):
        if index > start and (index - start >= limit or weight + len(row) > size):
            cuts.append((start, index))
            start, weight = index, _weight(())
        weight += len(row)
    return [*cuts, (start, len(rows))] if rows else cuts


def _latest(urls: Sequence[tuple[str, str]]) -> str:
    dates = [lastmod for _, lastmod in urls if lastmod]
    return max(dates, key=_instant, default="")


def _instant(lastmod: str) -> datetime:
    when = datetime.fromisoformat(lastmod)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _index(parts: Sequence[tuple[str, str]]) -> bytes:
    root = ET.Element("sitemapindex", {"xmlns": _NAMESPACE})
    root.text = "\n"
    for loc, lastmod in parts:
        part = ET.SubElement(root, "sitemap")
        part.tail = "\n"
        ET.SubElement(part, "loc").text = ascii_url(loc)
        if lastmod:
            ET.SubElement(part, "lastmod").text = lastmod
    return xml_bytes(root)
