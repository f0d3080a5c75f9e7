"""Atom (RFC 4287) and JSON Feed 1.1: in come frozen values of the newest entries, out come bytes.

`FORMATS` declares each format once: the file's name, its media type, the function that writes it. Pages link to these
files, deploys announce them and servers give them their type by that table alone.

An entry's bytes depend on that entry alone, never on its neighbours or the clock; the feed's date is its newest
entry's. Plain titles and summaries carry a direction mark where a reader's first-strong guess would err, full text
stands in an element with `dir` and `lang`. A naive date is refused (`ValueError`).
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import msgspec
from markupsafe import Markup

from digest.pages.xml import ascii_url, legal, xml_bytes
from digest.text import bidi
from digest.text.dates import rfc3339

if TYPE_CHECKING:
    from digest.model import Direction, Text

ATOM = "application/atom+xml"
"""MIME type of `atom`'s bytes."""

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Sanitised text holds no raw `<`, so what follows one is an element.
_ROOTED = re.compile(r"""(<[a-z][^<>]*? (?:href|src)=")/(?!/)""")
_SRCSET = re.compile(r"""(<[a-z][^<>]*? srcset=")([^"<>]*)""")
_ROOTED_CANDIDATE = re.compile(r"((?:^|,)\s*)/(?!/)")
_NO_ENTRY = datetime(2000, 1, 1, tzinfo=UTC)
"""`updated` of an empty feed, which must have one; the W3C validator takes earlier dates for mistakes."""


TAG_YEAR = 2026
"""In every id, whenever an entry was published: a new date must not make it another entry."""


class FeedItem(msgspec.Struct, frozen=True, gc=False):
    """One entry as a feed shows it."""

    id: str
    """A stable URI: `tag_uri` of the entry, the same in every feed that carries it."""
    url: str
    """Absolute URL of its page."""
    external_url: str
    """The original it speaks of, or empty."""
    title: Text
    summary: Text
    html: str
    """The full text: safe HTML whose URLs are absolute (`absolute`), or empty for a feed of summaries."""
    published: datetime
    """Aware."""
    updated: datetime
    """Aware; the same as `published` where nothing changed."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str = ""
    """Absolute URL, or empty."""
    lang: str = ""
    """BCP 47; empty: the feed's."""
    outlet: str = ""
    """Name of the first source: the author where none is given."""


class FeedInfo(msgspec.Struct, frozen=True, gc=False):
    """The head of a feed."""

    title: str
    description: str
    lang: str
    """BCP 47."""
    home: str
    """Absolute URL of the page the feed is of."""
    self_url: str
    """Absolute URL of the feed."""
    id: str
    """A stable URI of the feed; empty: `self_url`."""
    icon: str
    """Absolute URL of a square picture, or empty."""
    author: str
    """Who publishes the site."""
    dir: Direction
    hubs: tuple[str, ...] = ()
    """Absolute URLs of WebSub hubs."""


def absolute(html: str, origin: str, url: str) -> str:
    """Sanitised HTML of the page at `url` whose rooted `href`, `src` and `srcset` (`/sport/`) became absolute on
    `origin` (`https://a.example`), as did links within the page.
    """

    def candidates(found: re.Match[str]) -> str:
        return found[1] + _ROOTED_CANDIDATE.sub(lambda start: f"{start[1]}{origin}/", found[2])

    html = _ROOTED.sub(lambda found: f"{found[1]}{origin}/", html).replace('<a href="#', f'<a href="{url}#')
    return _SRCSET.sub(candidates, html) if "srcset" in html else html


def tag_uri(base_url: str, path: str) -> str:
    """A tag URI (RFC 4151): the host of the address where the site first stood, and the first path of the entry below
    it. Scheme, port and `www.` do not count. The year says whose host it was, and is the same for all.
    """
    host = (urlsplit(ascii_url(base_url)).hostname or "localhost").lower().removeprefix("www.")
    return f"tag:{host},{TAG_YEAR}:{quote(legal(unquote(urlsplit(base_url).path) + path.lstrip('/')), safe='/')}"


def atom(info: FeedInfo, items: Sequence[FeedItem]) -> bytes:
    """An Atom feed of `items`, in the order given."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", _LANG: info.lang})
    if any(item.image for item in items):
        root.set("xmlns:media", "http://search.yahoo.com/mrss/")
    home, self_url = ascii_url(info.home), ascii_url(info.self_url)
    _text(root, "id", ascii_url(info.id) or self_url)
    _text(root, "title", _marked(info.title, info.dir), type="text")
    if info.description:
        _text(root, "subtitle", _marked(info.description, info.dir), type="text")
    stamps = [_distinct(item) for item in items]
    _text(root, "updated", _precise(max(stamps, default=_NO_ENTRY)))
    ET.SubElement(root, "link", rel="self", type=ATOM, href=self_url)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=home)
    for hub in info.hubs:
        ET.SubElement(root, "link", rel="hub", href=ascii_url(hub))
    _person(root, info.author or info.title)
    if info.icon:
        _text(root, "icon", ascii_url(info.icon))
    for item, stamp in zip(items, stamps, strict=True):
        _entry(root, info, item, stamp)
    return xml_bytes(root)


def json_feed(info: FeedInfo, items: Sequence[FeedItem]) -> bytes:
    """A JSON Feed 1.1 (jsonfeed.org/version/1.1) of `items`, in the order given."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _marked(info.title, info.dir),
        "home_page_url": ascii_url(info.home),
        "feed_url": ascii_url(info.self_url),
        "description": _marked(info.description, info.dir),
        "icon": ascii_url(info.icon),
        "authors": [{"name": legal(info.author or info.title)}],
        "language": info.lang,
        "hubs": [{"type": "WebSub", "url": ascii_url(hub)} for hub in info.hubs],
    }
    feed = {key: value for key, value in feed.items() if value}
    feed["items"] = [_json_item(info, item) for item in items]
    text = json.dumps(feed, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c")  # no host, browser or server that includes takes a title for markup
    # JSON allows these two, JavaScript before 2019 does not; feed readers of that age are still in use.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode() + b"\n"


class Format(msgspec.Struct, frozen=True):
    """One format of feed: the site has a file of it, and each theme too if `per_theme`."""

    file: str
    """Name of the file, in the site's folder and in that of a theme."""
    media_type: str
    write: Callable[[FeedInfo, Sequence[FeedItem]], bytes]
    per_theme: bool = False


FORMATS = (
    Format("feed.xml", ATOM, atom, per_theme=True),
    Format("feed.json", "application/feed+json", json_feed),
)
"""Every feed of a site; menus and lists link to the first."""


def _entry(root: ET.Element, info: FeedInfo, item: FeedItem, stamp: datetime) -> None:
    entry = ET.SubElement(root, "entry", {_LANG: item.lang} if _foreign(info, item) else {})
    _text(entry, "id", ascii_url(item.id))
    _text(entry, "title", _title(item), type="text")
    _text(entry, "published", rfc3339(item.published))
    _text(entry, "updated", _precise(stamp))
    ET.SubElement(entry, "link", rel="alternate", type="text/html", href=ascii_url(item.url))
    if item.external_url:
        ET.SubElement(entry, "link", rel="via", href=ascii_url(item.external_url))
    for name in _authors(item):
        _person(entry, name)
    for tag in dict.fromkeys(filter(None, map(legal, item.tags))):
        ET.SubElement(entry, "category", term=tag)
    _text(entry, "summary", _summary(item), type="text")
    if item.html:
        _text(entry, "content", _wrapped(info, item), type="html")
    if item.image:
        ET.SubElement(entry, "media:thumbnail", url=ascii_url(item.image))


def _json_item(info: FeedInfo, item: FeedItem) -> dict[str, object]:
    content = ("content_html", _wrapped(info, item)) if item.html else ("content_text", _summary(item))
    row: dict[str, object] = {
        "id": ascii_url(item.id),
        "url": ascii_url(item.url),
        "external_url": ascii_url(item.external_url),
        "title": _title(item),
        content[0]: content[1],
        "summary": _marked(item.summary.plain, item.summary.dir),
        "image": ascii_url(item.image),
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": [{"name": name} for name in _authors(item)],
        "tags": list(dict.fromkeys(filter(None, map(legal, item.tags)))),
        "language": item.lang if _foreign(info, item) else "",
    }
    return {key: value for key, value in row.items() if value}


def _foreign(info: FeedInfo, item: FeedItem) -> bool:
    return item.lang not in ("", info.lang)


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _person(parent: ET.Element, name: str) -> None:
    _text(ET.SubElement(parent, "author"), "name", legal(name))


def _authors(item: FeedItem) -> tuple[str, ...]:
    names = tuple(filter(None, map(legal, item.authors)))
    return names or tuple(filter(None, (legal(item.outlet),)))


def _title(item: FeedItem) -> str:
    return _marked(item.title.plain, item.title.dir)


def _summary(item: FeedItem) -> str:
    # Both formats ask for some text; a link without any is told by its title.
    return _marked(item.summary.plain, item.summary.dir) or _title(item)


def _marked(plain: str, direction: Direction) -> str:
    return bidi.mark(legal(plain), direction)


def _wrapped(info: FeedInfo, item: FeedItem) -> str:
    direction = bidi.lang_direction(item.lang) if _foreign(info, item) else info.dir
    opening = Markup('<div dir="{}" lang="{}">').format(direction, item.lang or info.lang)
    return f"{opening}{legal(item.html)}</div>"


def _distinct(item: FeedItem) -> datetime:
    """When the entry was updated, with a fraction of a second of its own where it states none.

    Entries dated by the day share midnight: the W3C validator warns of them (DuplicateUpdated). The fraction comes from
    the id, so it stays when neighbours come and go.
    """
    if item.updated.microsecond:
        return item.updated
    drawn = int.from_bytes(blake2b(item.id.encode("utf-8", "replace"), digest_size=8).digest()) % 1_000_000
    return item.updated + timedelta(microseconds=drawn)


def _precise(when: datetime) -> str:
    text = rfc3339(when)
    return f"{text[:19]}.{when.microsecond:06d}{text[19:]}" if when.microsecond else text
