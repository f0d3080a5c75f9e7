"""The bytes of a feed → its items, whatever system wrote it, and what is wrong with it.

In: bytes that were fetched or read from a file, the address they came from, the time zone of times that name none. Out:
a `Feed`. RSS 0.9x–2.0, RDF and Atom are read by feedparser, which gets nothing but our bytes, in pieces of bounded
size (`markup_items`); JSON Feed and news sitemaps are read here. No document type is ever read: one that declares
entities is refused. Dates and texts are read by what reads them on pages (`dating`, `cleaning`).
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_tz
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import msgspec

from digest.curating import addresses, dating, encoding, markup_items
from digest.curating.dating import Dated
from digest.curating.fetching import gunzipped
from digest.text import bidi, cleaning, languages

if TYPE_CHECKING:
    from digest.curating.markup_items import Pieces

LARGEST: Final = 16 << 20
"""Bytes of a feed, unpacked."""
CHUNK: Final = 50
"""Items that feedparser is given at once."""
LONGEST_TITLE: Final = 300
LONGEST_SUMMARY: Final = 500
FIELD: Final = 6000
"""Characters of a field that are looked at."""

PROLOGUE: Final = re.compile(r"\s*(?:<\?[^>]{0,2000}\?>|<!--)")
LONGEST_PROLOGUE: Final = 1_000
"""Comments, instructions and declarations before the outermost element."""
DOCTYPE: Final = re.compile(r"\s*<!DOCTYPE\b", re.IGNORECASE)
ENTITY: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
HTML_BEGINNING: Final = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|div|p|h1)\b", re.IGNORECASE)
ALTERNATE: Final = re.compile(r"<link\b[^<>]{0,600}>", re.IGNORECASE)
ATTRIBUTE: Final = re.compile(r"([\w:-]{1,20})\s*=\s*(?:\"([^\"]{0,500})\"|'([^']{0,500})'|([^\s\"'>]{1,500}))")
FEED_TYPES: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json")
LIST_OF_ITEMS: Final = re.compile(r"<(?:[\w.\-]{1,60}:)?items\b.{0,400000}?</(?:[\w.\-]{1,60}:)?items\s*>", re.DOTALL)
XML_BASE: Final = re.compile(r"\bxml:base\s*=")
HIDDEN: Final = re.compile(
    r"<(script|style|iframe|noscript)\b[^>]{0,500}>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
TAG: Final = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z][^<>]*(?:>|\Z)", re.DOTALL)
CREDIT_LINE: Final = re.compile(
    r"\s*(?:The post .{1,300} (?:appeared first|first appeared) on .{1,200}|ظهرت المقالة .{1,300} أولا?ً?ا? على .{1,200}"
    r"|L[’']article .{1,300} est apparu en premier sur .{1,200})\Z"
)
"""What WordPress puts below every summary."""

OF_ITEMS: Final = frozenset({"cut", "full", "no-address", "unreadable", "no-news"})
"""Faults that stay true while a feed is unchanged."""


class Item(msgspec.Struct, frozen=True):
    """One story of a feed."""

    url: str
    """Canonical."""
    title: str
    summary: str = ""
    moment: datetime | None = None
    """Aware; None where only a day is known, or nothing."""
    day: str = ""
    """ISO 8601; empty where no believable date is given."""
    lang: str = ""

    @property
    def date(self) -> str | None:
        """As JSON has it: a moment with its offset, a day, or null."""
        return self.moment.isoformat() if self.moment else self.day or None


class Remark(msgspec.Struct, frozen=True):
    """What is wrong with a feed: a word of `messages.FAULTS` and what fills its braces."""

    fault: str
    detail: str = ""
    english: str = ""
    """The whole sentence, where it was made elsewhere."""


class Feed(msgspec.Struct, frozen=True):
    """What a source publishes."""

    items: tuple[Item, ...] = ()
    remarks: tuple[Remark, ...] = ()
    is_feed: bool = True
    """False where the bytes are none: an HTML page, nothing, a bomb."""
    interval: int = 0
    """Minutes that the feed asks to be left alone (`ttl`)."""


class Setting(NamedTuple):
    """What reading needs beside the bytes."""

    url: str
    """Where they come from, after redirects; relative links resolve against it last."""
    zone: tzinfo
    """Of times that name none."""
    now: datetime
    lang: str = ""
    """What the site's editor says of the source."""


class Raw(NamedTuple):
    """An item as a feed has it."""

    link: str
    title: str
    summary: str
    dates: tuple[str, ...]
    lang: str = ""


def read(raw: bytes, setting: Setting, charset: str = "", *, is_complete: bool = True) -> Feed:
    """The items of a feed in their order. Never raises: what cannot be read is a remark."""
    unpacked: bytes | None = raw
    try:
        for _ in range(2):
            if unpacked and unpacked[:2] == b"\x1f\x8b":
                unpacked = gunzipped(unpacked, LARGEST)
    except ValueError:
        return refused("large")
    if unpacked is not None and len(unpacked) > LARGEST:
        return refused("large")
    if not unpacked or not unpacked.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return refused("empty")
    text = markup_items.FAULTY.sub("", encoding.decode(unpacked, charset).text)
    feed = json_feed(text, setting) if text.lstrip()[:1] in ("{", "[") else xml_feed(text, setting)
    if not is_complete and feed.is_feed and not any(one.fault == "cut" for one in feed.remarks):
        feed = msgspec.structs.replace(feed, remarks=(*feed.remarks, Remark("cut")))
    return feed


def refused(fault: str, detail: str = "") -> Feed:
    return Feed((), (Remark(fault, detail),), is_feed=False)


# ------------------------------------------------------------------ XML


def xml_feed(text: str, setting: Setting) -> Feed:  # noqa: PLR0911 - one for each kind of document
    """RSS, RDF, Atom, or a news sitemap."""
    at, fault = after_prologue(text)
    if fault:
        return fault
    body = text[at:]
    if HTML_BEGINNING.match(body) or HTML_BEGINNING.match(text):
        return refused("html", discovered(text, setting.url))
    root = markup_items.ROOT.match(body.lstrip())
    name = root[1].rpartition(":")[2].lower() if root else ""
    if name == "opml":
        return refused("opml")
    if name == "sitemapindex":
        return refused("sitemap-index")
    if name == "urlset":
        return finished(*sitemap(markup_items.split(body, ("url",)), setting.url), setting)
    if name not in ("rss", "rdf", "feed", "channel"):
        return refused("no-feed")
    pieces = markup_items.split(body, ("item", "entry"))
    if len(pieces.beginning) > markup_items.LONGEST_BEGINNING:
        pieces = pieces._replace(beginning=LIST_OF_ITEMS.sub("", pieces.beginning))
    if len(pieces.beginning) > markup_items.LONGEST_BEGINNING:
        return refused("beginning")
    raws, remarks, interval = syndicated(pieces, setting.url)
    return finished(raws, remarks, setting, interval)


def after_prologue(text: str) -> tuple[int, Feed | None]:
    """Where the outermost element begins; or what refuses the document."""
    at = 0
    for _ in range(LONGEST_PROLOGUE):
        if match := PROLOGUE.match(text, at):
            at = match.end()
            if match[0].endswith("<!--"):
                end = text.find("-->", at)
                at = end + 3 if end >= 0 else len(text)
        elif match := DOCTYPE.match(text, at):
            bracket, end = text.find("[", at), text.find(">", at)
            if end < 0:
                return len(text), None
            if 0 <= bracket < end:
                close = re.compile(r"\]\s*>").search(text, bracket)
                inside = close.end() if close else len(text)
                if entity := ENTITY.search(text, bracket, inside):
                    return 0, refused("entity", str(text.count("\n", 0, entity.start()) + 1))
                end = inside - 1
            if "html" in text[at : min(end, at + 200)].lower():
                return at, None
            at = end + 1
        else:
            return at, None
    return 0, refused("beginning")


def discovered(text: str, base: str) -> str:
    """Address of the feed that an HTML page names; empty for none."""
    for tag in ALTERNATE.findall(text[:200_000]):
        given = {match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
                 for match in ATTRIBUTE.finditer(tag)}  # fmt: skip
        if given.get("type", "").lower() in FEED_TYPES and given.get("href"):
            return addresses.canonical(given["href"], base).partition("?")[0]
    return ""


def syndicated(pieces: Pieces, url: str) -> tuple[list[Raw], list[Remark], int]:
    """Items of RSS, RDF or Atom, as feedparser reads them."""
    beginning, closing = pieces.beginning, f"</{pieces.root}>"
    channel = re.search(r"<((?:[\w.\-]{1,60}:)?channel)[\s>]", beginning)
    if channel and channel[1] != pieces.root and f"</{channel[1]}" not in beginning:
        closing = f"</{channel[1]}>{closing}"
    raws: list[Raw] = []
    lost, base, interval = 0, url, 0
    chunks = [pieces.items[at : at + CHUNK] for at in range(0, len(pieces.items), CHUNK)] or [[]]
    for chunk in chunks:
        parsed = parse(beginning, chunk, closing)
        if parsed is None:
            for item in chunk:
                one = parse(beginning, [item], closing)
                lost += one is None or not one.entries
                raws += raws_of(one, base) if one is not None else []
            continue
        if chunk is chunks[0]:
            base = urljoined(url, as_text(parsed.feed.get("link")))
            ttl = as_text(parsed.feed.get("ttl"))
            interval = min(int(ttl), 1440) if ttl.isascii() and ttl.isdigit() and len(ttl) < 9 else 0
        raws += raws_of(parsed, base)
        lost += max(len(chunk) - len(parsed.entries), 0)
    remarks = [Remark("unreadable", str(lost))] if lost else []
    return raws, [*remarks, *ends(pieces)], interval


def ends(pieces: Pieces) -> Iterator[Remark]:
    """Remarks on where a feed stops."""
    if pieces.is_full:
        yield Remark("full", str(len(pieces.items)))
    elif pieces.is_cut:
        yield Remark("cut")


def parse(beginning: str, items: list[str], closing: str) -> Any:  # noqa: ANN401 - feedparser's own type is untyped
    """A feed of these items; None where feedparser cannot read it at all."""
    import feedparser  # noqa: PLC0415 - slow to import, and only feeds need it

    document = f"{beginning}{''.join(items)}{closing}".encode("utf-8", "replace")
    try:
        return feedparser.parse(
            io.BytesIO(document),  # never a text, which feedparser might take for a path or an address
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001 - whatever a hostile item makes it raise is that item's
        return None


def raws_of(parsed: Any, base: str) -> Iterator[Raw]:  # noqa: ANN401
    """What is used of feedparser's entries."""
    declared = as_text(parsed.feed.get("language"))
    for entry in parsed.entries:
        get = entry.get
        link = as_text(get("feedburner_origlink"))
        if not addresses.canonical(link):
            link = as_text(get("link"))
            if not (get("guidislink") and not get("links")):
                link = urljoined(base, link) if link else ""
        content = next((as_text(one.get("value")) for one in get("content") or ()), "")
        detail = get("title_detail") or {}
        yield Raw(
            link,
            as_text(get("title")),
            as_text(get("summary")) or content,
            tuple(as_text(dict.get(entry, name)) for name in ("published", "created", "updated")),
            as_text(detail.get("language")) or declared,
        )


def urljoined(base: str, link: str) -> str:
    """An address that may be relative, in full; the base where it cannot be one."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return base


def as_text(value: object) -> str:
    return value[:FIELD] if isinstance(value, str) else ""


def sitemap(pieces: Pieces, url: str) -> tuple[list[Raw], list[Remark]]:
    """Items of a news sitemap: its addresses with `news:title`."""
    opening = pieces.beginning.partition(">")[0] + ">"
    raws, lost, silent = [], 0, 0
    for item in pieces.items:
        try:
            (node,) = ET.fromstring(f"{opening}{item}</{pieces.root}>")  # noqa: S314 - no document type gets here
        except (ET.ParseError, ValueError):
            lost += 1
            continue
        link = next((child.text or "" for child in node if local(child.tag) == "loc"), "")
        news = {
            local(child.tag): child.text or "" for part in node if local(part.tag) == "news" for child in part.iter()
        }
        if not news.get("title", "").strip():
            silent += 1
            continue
        raws.append(
            Raw(urljoined(url, link), news["title"][:FIELD], "", (news.get("publication_date", ""),),
                news.get("language", ""))
        )  # fmt: skip
    remarks = [Remark("unreadable", str(lost))] if lost else []
    if silent and not raws:
        remarks.append(Remark("no-news"))
    return raws, [*remarks, *ends(pieces)]


def local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


# ------------------------------------------------------------------ JSON


def json_feed(text: str, setting: Setting) -> Feed:
    """JSON Feed 1.0 and 1.1."""
    remarks: list[Remark] = []
    try:
        document = json.loads(text)
    except RecursionError:
        return refused("no-feed")
    except ValueError:
        items, document = partial_items(text), {}
        if not items:
            return refused("no-feed")
        remarks.append(Remark("cut"))
        version = re.match(r"\s*\{[^\[]{0,2000}?\"version\"\s*:\s*\"([^\"]{0,100})", text)
        document = {"items": items, "version": version[1] if version else "jsonfeed.org"}
    given = document.get("items") if isinstance(document, dict) else None
    if not isinstance(given, list) or "jsonfeed.org" not in as_text(document.get("version")):
        return refused("no-feed")
    base = urljoined(setting.url, as_text(document.get("home_page_url")))
    if len(given) > markup_items.MOST_ITEMS:
        remarks.append(Remark("full", str(markup_items.MOST_ITEMS)))
    raws = []
    for item in given[: markup_items.MOST_ITEMS]:
        if not isinstance(item, dict):
            continue
        link = as_text(item.get("url")) or as_text(item.get("external_url")) or absolute_id(item)
        raws.append(
            Raw(
                urljoined(base, link) if link else "",
                as_text(item.get("title")),
                as_text(item.get("summary")) or as_text(item.get("content_text")) or as_text(item.get("content_html")),
                (as_text(item.get("date_published")), as_text(item.get("date_modified"))),
                as_text(item.get("language")) or as_text(document.get("language")),
            )
        )
    return finished(raws, remarks, setting)


def absolute_id(item: dict[str, Any]) -> str:
    """An item's id where it is its address."""
    name = as_text(item.get("id"))
    return name if addresses.canonical(name) else ""


def partial_items(text: str) -> list[Any]:
    """The whole items of a JSON Feed that is cut short."""
    start = re.search(r"\"items\"\s*:\s*\[", text)
    if not start:
        return []
    found: list[Any] = []
    decoder, at = json.JSONDecoder(), start.end()
    blank = re.compile(r"[\s,]*")
    while len(found) <= markup_items.MOST_ITEMS:
        at = blank.match(text, at).end()  # type: ignore[union-attr] # it matches nothing too
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(item)
    return found


# ------------------------------------------------------------------ values


def finished(raws: Iterable[Raw], remarks: list[Remark], setting: Setting, interval: int = 0) -> Feed:
    """Checked items; those without an address are counted."""
    items, homeless = [], 0
    for raw in raws:
        url = addresses.canonical(raw.link)
        if not url:
            homeless += 1
            continue
        summary = shortened(CREDIT_LINE.sub("", plain(raw.summary)), LONGEST_SUMMARY)
        title = shortened(plain(raw.title), LONGEST_TITLE) or shortened(summary, 90) or addresses.host(url)
        moment, day = believable(raw.dates, setting)
        if summary == title:
            summary = ""
        items.append(Item(url, title, summary, moment, day, language(raw.lang, title, summary, setting.lang)))
    if homeless:
        remarks = [*remarks, Remark("no-address", str(homeless))]
    return Feed(tuple(items), tuple(remarks), interval=interval)


def plain(markup: str) -> str:
    """One line of text out of a field that may be escaped twice, or HTML."""
    text = markup[:FIELD]
    for _ in range(3):
        if "<" in text:
            text = TAG.sub(" ", HIDDEN.sub(" ", text))
        if "&" not in text:
            break
        text = html.unescape(text)
    return cleaning.clean(text)


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut between words."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ،,;:.-–—") + "…"


def believable(dates: Iterable[str], setting: Setting) -> tuple[datetime | None, str]:
    """(moment, day) of the first date that can be that of a story that is out; (None, "") for none."""
    for text in dates:
        if not text.strip():
            continue
        dated = dating.read(text, setting.zone, setting.now) or rfc_822(text, setting.zone)
        if dated and not dating.doubt(dated, setting.now):
            moment = dated.moment
            if moment and not moment.tzinfo:
                moment = moment.replace(tzinfo=setting.zone)
            return moment, dated.day.isoformat()
    return None, ""


def rfc_822(text: str, zone: tzinfo) -> Dated | None:
    """A date of e-mail with a year of two digits, a comment, or a zone's letter."""
    try:
        parts = parsedate_tz(text[:100])
        if not parts or not re.search(r"\d:\d", text):
            return None
        named = parts[9] is not None
        moment = datetime(*parts[:6], tzinfo=UTC if named else zone)
        if named:
            moment = datetime.fromtimestamp(moment.timestamp() - (parts[9] or 0), UTC)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
    return Dated(moment.date(), moment, has_zone=named)


def language(declared: str, title: str, summary: str, editor: str) -> str:
    """Primary language of an item: the editor's word, else the feed's unless the letters say another script."""
    if editor:
        return editor
    primary = re.split(r"[-_]", declared.strip().lower())[0]
    guessed = languages.guess(f"{title} {summary}")
    if re.fullmatch(r"[a-z]{2,3}", primary) and (
        not guessed or bidi.lang_direction(primary) == bidi.lang_direction(guessed)
    ):
        return primary
    return guessed
