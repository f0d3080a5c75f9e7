"""`site.yaml` → `Settings`, checked.

In: the file's bytes. Out: a frozen value with a default for all that is not set, and every problem of the file.
Where only some keys are faulty the rest still makes `Settings`, so that entries are checked in the same run. Refuses
the file as a whole when it is not UTF-8, not YAML, or names no usable `base_url`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from digest.content import fields, nodes, urls
from digest.content.nodes import Listing, Mapping, Node, Notes, Scalar
from digest.content.site_keys import (
    BLOCKS,
    EDITORS,
    FEED_CONTENT,
    FEEDS,
    FRAGMENTS,
    IMAGE_FORMATS,
    IMAGES,
    INDEXNOW,
    INDEXNOW_ENDPOINT,
    KEYS,
    LANGUAGE_SITE,
    LINK,
    PLACEHOLDERS,
    PREVIEW,
    RELATED,
    RESERVED,
    THEME,
    WEIGHTS,
)
from digest.model import Direction, Place, Text, Theme
from digest.problems import Problem, did_you_mean, quoted
from digest.text import bidi, cleaning, dates, languages
from digest.text.dates import CALENDARS, MONTHS
from digest.text.numbers import DIGITS
from digest.text.slugs import DEVICES, SLUGS

if TYPE_CHECKING:
    from digest.content.fields import Pair, Table
    from digest.text.dates import Formatter

POPULAR = "data/popular.yaml"
EDITOR = "vscode"
EDITOR_ADDRESS = re.compile(
    r"(?!(?:javascript|data|vbscript|blob|about|https?|file):)[a-z][a-z0-9+.-]*:[!-~]*\{path\}[!-~]*"
)
"""An address that opens an editor: never one that a browser itself would run or show."""
NOWHERE = "https://site.invalid/"
"""Stands for a `base_url` that cannot be used, while the rest of the file is checked."""


class MenuItem(msgspec.Struct, frozen=True):
    title: Text
    url: str
    """As links write it: below the site's base path, or absolute."""


class SisterSite(msgspec.Struct, frozen=True):
    """The same digest in another language."""

    lang: str
    url: str
    """Absolute, ends with `/`."""
    title: str
    """The language's own name: «Français»."""


class TermWeights(msgspec.Struct, frozen=True):
    """What a word counts for in each part of an article, when related stories are found; 0 leaves the part out. A tag
    and a theme are words of their own; a tag's words count beside it.
    """

    title: int = 5
    lead: int = 2
    text: int = 1
    tags: int = 8
    theme: int = 0


class RelatedSettings(msgspec.Struct, frozen=True):
    """How related stories are chosen (`docs/related.md`)."""

    count: int = 5
    half_life: int = 14
    """Days in which the part of a score that time can take is halved."""
    minimum: int = 13
    """Per cent of an article's score with itself below which nothing is related to it."""
    newer: bool = True
    """Whether an article may be followed by one newer than itself."""
    weights: TermWeights = msgspec.field(default_factory=TermWeights)


class FeedSettings(msgspec.Struct, frozen=True):
    count: int = 30
    content: Literal["summary", "full"] = "summary"
    hubs: tuple[str, ...] = ()
    """Absolute addresses of WebSub hubs."""


class IndexNow(msgspec.Struct, frozen=True):
    """Who is told what changed."""

    key: str = ""
    """Empty: nobody."""
    endpoint: str = INDEXNOW_ENDPOINT


class BlockSettings(msgspec.Struct, frozen=True):
    latest: int = 8
    theme: int = 4
    most_read: int = 6
    home_theme: int = 5


class ImageSettings(msgspec.Struct, frozen=True):
    widths: tuple[int, ...] = (200, 400, 800, 1200)
    formats: tuple[str, ...] = ("avif", "webp")
    quality: int = 70


class PreviewSettings(msgspec.Struct, frozen=True):
    editor: str = EDITOR
    """A name among `EDITORS`, or an address with `{path}`, `{line}`, `{column}`."""


class Settings(msgspec.Struct, frozen=True):
    """A site's settings, complete and checked."""

    title: Text
    description: Text
    base_url: str
    """Absolute, http(s), ends with `/`."""
    base_path: str
    """`/` or `/repo/`, percent-encoded."""
    lang: str
    dir: Direction
    timezone: str
    themes: tuple[Theme, ...]
    permalink: str = "/{theme}/{slug}/"
    slugs: str = "arabic"
    digits: str = "auto"
    months: str = "auto"
    calendars: tuple[str, ...] = ("gregorian",)
    hijri_offset: int = 0
    weekday: bool = False
    relative_dates: bool = False
    fragments: str = "auto"
    related: RelatedSettings = msgspec.field(default_factory=RelatedSettings)
    feeds: FeedSettings = msgspec.field(default_factory=FeedSettings)
    blocks: BlockSettings = msgspec.field(default_factory=BlockSettings)
    images: ImageSettings = msgspec.field(default_factory=ImageSettings)
    per_page: int = 20
    reading_speed: int = 180
    """Words a minute."""
    popular: str = POPULAR
    """Path from the site's root; empty for no block of most read stories."""
    menu: tuple[MenuItem, ...] = ()
    footer: str = ""
    """Markdown."""
    footer_links: tuple[MenuItem, ...] = ()
    image: str = ""
    """The site's sharing picture, a path from its root; empty: the built-in one."""
    publisher: str = ""
    languages: tuple[SisterSite, ...] = ()
    indexnow: IndexNow = IndexNow()
    preview: PreviewSettings = msgspec.field(default_factory=PreviewSettings)
    search: bool = True
    """Whether readers can search the site."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def moments(self) -> Formatter:
        """The formatter of the site's dates, one per process."""
        return formatter(
            self.lang,
            months=self.months,
            calendars=self.calendars,
            digits=self.digits,
            timezone=self.timezone,
            hijri_offset=self.hijri_offset,
            weekday=self.weekday,
        )


@lru_cache(maxsize=8)
def formatter(
    lang: str,
    *,
    months: str,
    calendars: tuple[str, ...],
    digits: str,
    timezone: str,
    hijri_offset: int,
    weekday: bool,
) -> Formatter:
    """`dates.formatter`, made once for equal settings."""
    zone = ZoneInfo(timezone)
    return dates.formatter(
        lang,
        months=months,
        calendars=calendars,
        digits=digits,
        zone=zone,
        hijri_offset=hijri_offset,
        weekday=weekday,
    )


def read(raw: bytes, *, path: str = "site.yaml") -> tuple[Settings | None, tuple[Problem, ...]]:
    """The settings (None where the file cannot be used at all), and every problem of the file."""
    notes = Notes(path)
    root = nodes.read_yaml(raw, notes)
    if root is None:
        return None, notes.problems()
    found = fields.take(root, KEYS, notes)
    base_url = read_base_url(found.get("base_url"), notes)
    made = settings(found, base_url or NOWHERE, notes)  # without an address too, so that every fault is named at once
    return made if base_url else None, notes.problems()


def settings(found: fields.Found, base_url: str, notes: Notes) -> Settings:
    """Checked keys → the value."""
    lang = fields.language(found.get("lang"), "ar", notes)
    base = bidi.lang_direction(lang)
    voice = fields.TextContext(base, lang, lang)
    base_path = urlsplit(base_url).path
    empty = Text("", "", base, base)
    title = fields.text(found.get("title"), voice, notes, fields.MAX_TITLE) or empty
    publisher = fields.text(found.get("publisher"), voice, notes, fields.MAX_TITLE) or title
    check_later(found.get("inbox"), notes)
    if "deploy" in found:
        from digest.content import hosting  # noqa: PLC0415 - most builds need none of it

        hosting.read_destinations(found, notes)
    return Settings(
        title=title,
        description=fields.text(found.get("description"), voice, notes) or empty,
        base_url=base_url,
        base_path=base_path,
        lang=lang,
        dir=base,
        timezone=read_timezone(found.get("timezone"), notes),
        themes=read_themes(found.get("themes"), voice, base_path, notes),
        permalink=read_permalink(found.get("permalink"), notes),
        slugs=fields.choice(found.get("slugs"), SLUGS, "arabic", notes),
        digits=fields.choice(found.get("digits"), DIGITS, "auto", notes),
        months=fields.choice(found.get("months"), MONTHS, "auto", notes),
        calendars=read_calendars(found.get("calendars"), notes) or dates.calendars_of(lang),
        hijri_offset=count(found, "hijri_offset", KEYS, notes),
        weekday=fields.flag(found.get("weekday"), notes),
        relative_dates=fields.flag(found.get("relative_dates"), notes),
        fragments=fields.choice(found.get("fragments"), FRAGMENTS, "auto", notes),
        related=read_related(found.get("related"), notes),
        feeds=read_feeds(found.get("feeds"), notes),
        blocks=read_blocks(found.get("blocks"), notes),
        images=read_images(found.get("images"), notes),
        per_page=count(found, "per_page", KEYS, notes),
        reading_speed=count(found, "reading_speed", KEYS, notes),
        popular=read_popular(found.get("popular"), notes),
        menu=read_links(found.get("menu"), voice, base_path, notes),
        footer=fields.plain(found.get("footer"), notes) or "",
        footer_links=read_links(found.get("footer_links"), voice, base_path, notes),
        image=read_path(found.get("image"), notes),
        publisher=publisher.plain,
        languages=read_languages(found.get("languages"), lang, notes),
        indexnow=read_indexnow(found.get("indexnow"), notes),
        preview=read_preview(found.get("preview"), notes),
        search="search" not in found or fields.flag(found["search"], notes),
    )


def count(found: fields.Found, name: str, table: Table, notes: Notes) -> int:
    """A number within the range its table gives."""
    shape = table.shapes[name]
    return fields.integer(found.get(name), shape, shape["default"], notes)


def read_base_url(pair: Pair | None, notes: Notes, key: str = "base_url") -> str:
    """An absolute http(s) address ending in a slash; empty with a problem for anything else."""
    raw = fields.plain(pair, notes, f"{key}: https://example.org/")
    if raw is None or pair is None:
        return ""
    url, reason = urls.gate(raw)
    if not url:
        notes.at(pair[1], f"'{key}' cannot be {quoted(raw)}: {reason}", "write one like https://example.org/")
        return ""
    if not urls.is_external(url):
        cure = "write https:// and the host in front, as in https://example.org/"
        notes.at(pair[1], f"'{key}' must be absolute, not {quoted(raw)}", cure)
        return ""
    if "?" in url or "#" in url:
        notes.at(pair[1], f"'{key}' holds a ? or #", "write the address of the site's home page alone")
        return ""
    if re.search(r"/\.\.?(/|$)|//", urlsplit(url).path):
        notes.at(pair[1], f"'{key}' cannot hold empty or dotted parts, as in {quoted(raw)}", "write the path plainly")
        return ""
    return url if url.endswith("/") else url + "/"


def read_languages(pair: Pair | None, own: str, notes: Notes) -> tuple[SisterSite, ...]:
    """Sister sites, one a language, none in the site's own."""
    sites: dict[str, SisterSite] = {}
    for node in fields.items(pair, notes, "a list: - {lang: fr, url: https://example.org/fr/}"):
        if not isinstance(node, Mapping):
            notes.at(node, f"a language must be keys and values, not {fields.kind(node)}", "write {lang: fr, url: …}")
            continue
        found = fields.take(node, LANGUAGE_SITE, notes)
        lang = fields.language(found.get("lang"), "", notes)
        url = read_base_url(found.get("url"), notes, "url") if "url" in found else ""
        if not lang or not url:
            continue
        if lang == own or lang in sites:
            message = "the site's own language" if lang == own else "given twice"
            notes.at(node, f"{quoted(lang)} is {message}", "name each other language once")
            continue
        title = fields.plain(found.get("title"), notes) or languages.own_name(lang)
        sites[lang] = SisterSite(lang, url, cleaning.clean(title))
    return tuple(sites.values())


def read_timezone(pair: Pair | None, notes: Notes) -> str:
    """An IANA name the system knows."""
    raw = fields.plain(pair, notes, "timezone: Africa/Tunis")
    if raw is None or pair is None:
        return "UTC"
    try:
        ZoneInfo(raw)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = available_timezones()
        cities = {zone.rpartition("/")[2]: zone for zone in sorted(known)}
        near = f"did you mean '{cities[raw]}'?" if raw in cities else did_you_mean(raw, sorted(known))
        notes.at(pair[1], f"unknown time zone {quoted(raw)}", near or "write an IANA name, as in Africa/Tunis")
        return "UTC"
    return raw


def read_themes(pair: Pair | None, voice: fields.TextContext, base_path: str, notes: Notes) -> tuple[Theme, ...]:
    """The themes in their order, faulty ones left out."""
    themes: list[Theme] = []
    taken: dict[str, int] = {}
    nodes_given = fields.items(pair, notes, "a list: - {id: sport, title: رياضة}")
    if pair is not None and isinstance(pair[1], Listing) and not nodes_given:
        notes.at(pair[1], "the site has no theme", "add one: - {id: news, title: أخبار}")
    for node in nodes_given:
        if not isinstance(node, Mapping):
            notes.at(
                node, f"a theme must be keys and values, not {fields.kind(node)}", "write {id: sport, title: رياضة}"
            )
            continue
        theme = read_theme(node, len(themes), voice, base_path, notes)
        if theme is None:
            continue
        key = theme.id.casefold()
        if key in taken:
            notes.at(
                node, f"theme {quoted(theme.id)} is declared twice, first on line {taken[key]}", "give it another id"
            )
            continue
        taken[key] = node.line
        themes.append(theme)
    return tuple(themes)


def read_theme(node: Mapping, position: int, voice: fields.TextContext, base_path: str, notes: Notes) -> Theme | None:
    """One theme; None where it has no usable id or title."""
    found = fields.take(node, THEME, notes)
    theme_id = read_theme_id(found.get("id"), notes)
    title = fields.text(found.get("title"), voice, notes, fields.MAX_TITLE)
    description = fields.text(found.get("description"), voice, notes)
    colour = read_colour(found.get("colour"), notes)
    if not theme_id or title is None:
        return None
    return Theme(theme_id, title, urls.path_url(base_path, f"/{theme_id}/"), description, colour, position)


def read_theme_id(pair: Pair | None, notes: Notes) -> str:
    """A theme's id, NFC; empty with a problem when it cannot be part of a URL."""
    from digest.text import slugs  # noqa: PLC0415 - its tables are not needed where settings come from a cache

    raw = fields.plain(pair, notes, "id: sport")
    if raw is None or pair is None:
        return ""
    theme_id = unicodedata.normalize("NFC", raw.strip())
    if not slugs.SLUG.fullmatch(theme_id):
        offer = slugs.slugify(raw)
        cure = f"write {offer}" if offer else "use letters, digits and hyphens"
        notes.at(pair[1], f"{quoted(raw)} cannot be a theme's id", cure)
        return ""
    if theme_id.casefold() in RESERVED | DEVICES:
        notes.at(pair[1], f"{quoted(raw)} cannot be a theme's id: the name is taken", f"write {theme_id}-news, say")
        return ""
    return theme_id


def read_colour(pair: Pair | None, notes: Notes) -> str:
    """`#rrggbb`, or empty."""
    raw = fields.plain(pair, notes, "'#0a6e5c'")
    if raw is None or pair is None:
        return ""
    if re.fullmatch("#[0-9a-fA-F]{6}", raw.strip()):
        return raw.strip().lower()
    notes.at(pair[1], f"{quoted(raw)} is not a colour", "write six hexadecimal digits in quotes, as in '#0a6e5c'")
    return ""


def read_permalink(pair: Pair | None, notes: Notes) -> str:
    """A pattern such as `/{theme}/{slug}/`, safe for `str.format`."""
    default: str = KEYS.shapes["permalink"]["default"]
    raw = fields.plain(pair, notes, f"permalink: {default}")
    if raw is None or pair is None:
        return default
    pattern = unicodedata.normalize("NFC", raw.strip())
    fault = permalink_fault(pattern)
    if fault:
        notes.at(pair[1], *fault)
        return default
    return pattern


def permalink_fault(pattern: str) -> tuple[str, str] | None:  # noqa: PLR0911 - one for each fault
    """What is wrong with a permalink pattern, and the cure."""
    for name in re.findall(r"\{([^{}]*)\}", pattern):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{p}}}" for p in PLACEHOLDERS)
            return f"unknown placeholder {{{name}}} in 'permalink'", did_you_mean(
                name, PLACEHOLDERS
            ) or f"known are {known}"
    rest = re.sub(r"\{[a-z]+\}", "x", pattern)
    if "{slug}" not in pattern:
        return "'permalink' must contain {slug}", "write /{theme}/{slug}/"
    if not (pattern.startswith("/") and pattern.endswith("/")):
        return "'permalink' must begin and end with /", "write /{theme}/{slug}/"
    if "//" in rest or not re.fullmatch(r"[\w/-]+", rest):
        return (
            "'permalink' may hold letters, digits, hyphens and single slashes beside its placeholders",
            "write /{theme}/{slug}/",
        )
    first = pattern.split("/")[1]
    if first.casefold() in RESERVED:
        return f"'permalink' cannot begin with /{first}/: the site's own pages stand there", "choose another word"
    device = next((part for part in pattern.split("/") if part.casefold() in DEVICES), "")
    if device:
        return f"'permalink' cannot hold /{device}/, a name Windows keeps for a device", "choose another word"
    return None


def is_off(pair: Pair) -> bool:
    """Whether a key stands there as `false` (`لا`)."""
    return isinstance(pair[1], Scalar) and fields.YES_NO.get(pair[1].value.strip().lower()) is False


def read_related(pair: Pair | None, notes: Notes) -> RelatedSettings:
    """`false`, or {count, half_life, minimum, newer, weights}."""
    if pair is not None and is_off(pair):
        return RelatedSettings(0)
    found = fields.mapping(pair, RELATED, notes, "or false for none") or {}
    weights = fields.mapping(found.get("weights"), WEIGHTS, notes) or {}
    return RelatedSettings(
        count(found, "count", RELATED, notes),
        count(found, "half_life", RELATED, notes),
        count(found, "minimum", RELATED, notes),
        fields.flag(found.get("newer"), notes) if "newer" in found else True,
        TermWeights(*(count(weights, key.name, WEIGHTS, notes) for key in WEIGHTS)),
    )


def read_feeds(pair: Pair | None, notes: Notes) -> FeedSettings:
    """{count, content}."""
    found = fields.mapping(pair, FEEDS, notes) or {}
    content = fields.choice(found.get("content"), FEED_CONTENT, "summary", notes)
    hubs = fields.words(found.get("hubs"), notes, "[https://pubsubhubbub.appspot.com/]")
    given = [read_endpoint((hub, hub), notes) for hub in hubs]
    full_or_summary = cast('Literal["summary", "full"]', content)
    return FeedSettings(count(found, "count", FEEDS, notes), full_or_summary, tuple(filter(None, given)))


def read_endpoint(pair: Pair | None, notes: Notes) -> str:
    """The http(s) address of a service; empty with a problem for anything else."""
    raw = fields.plain(pair, notes, "https://…")
    if raw is None or pair is None:
        return ""
    url, reason = urls.gate(raw)
    if url and urls.is_external(url) and urlsplit(url).scheme in {"http", "https"}:
        return url
    cure = "write its whole address, as in https://hub.example.org/"
    notes.at(pair[1], f"{quoted(raw)} is not the address of a service" + (f": {reason}" if reason else ""), cure)
    return ""


def read_indexnow(pair: Pair | None, notes: Notes) -> IndexNow:
    """{key, endpoint}."""
    found = fields.mapping(pair, INDEXNOW, notes) or {}
    key = fields.plain(found.get("key"), notes) or ""
    if key and not re.fullmatch("[A-Za-z0-9-]{8,128}", key):
        notes.at(
            found["key"][1], f"{quoted(key)} cannot be a key of IndexNow", "write 8 to 128 letters, digits, hyphens"
        )
        key = ""
    return IndexNow(key, read_endpoint(found.get("endpoint"), notes) or INDEXNOW_ENDPOINT)


def read_blocks(pair: Pair | None, notes: Notes) -> BlockSettings:
    """How long each block is."""
    found = fields.mapping(pair, BLOCKS, notes, "where 0 leaves a block out") or {}
    return BlockSettings(*(count(found, key.name, BLOCKS, notes) for key in BLOCKS))


def read_images(pair: Pair | None, notes: Notes) -> ImageSettings:
    """{widths, formats, quality}."""
    found = fields.mapping(pair, IMAGES, notes) or {}
    default = ImageSettings()
    width = found.get("widths")
    shape = IMAGES.shapes["widths"]["items"]
    widths = {
        fields.integer((width[0], node), shape, shape["default"], notes)
        for node in fields.items(width, notes, "widths: [200, 400, 800, 1200]")
        if width is not None
    }
    if width is not None and isinstance(width[1], Listing) and not 1 <= len(width[1].items) <= 8:
        notes.at(width[1], "'widths' must list 1 to 8 numbers", "write widths: [200, 400, 800, 1200]")
    formats = read_choices(found.get("formats"), IMAGE_FORMATS, default.formats, notes)
    return ImageSettings(tuple(sorted(widths)) or default.widths, formats, count(found, "quality", IMAGES, notes))


def read_preview(pair: Pair | None, notes: Notes) -> PreviewSettings:
    """{editor}."""
    found = fields.mapping(pair, PREVIEW, notes) or {}
    editor = found.get("editor")
    raw = fields.plain(editor, notes, "editor: vscode")
    if raw is None or editor is None:
        return PreviewSettings()
    if is_editor(raw):
        return PreviewSettings(raw)
    cure = (
        did_you_mean(raw, EDITORS) or f"write {', '.join(EDITORS)}, or an address such as myeditor://{{path}}:{{line}}"
    )
    notes.at(editor[1], f"'editor' cannot be {quoted(raw)}", cure)
    return PreviewSettings()


def is_editor(name: str) -> bool:
    """Whether links can be made for it."""
    return name in EDITORS or EDITOR_ADDRESS.fullmatch(name) is not None


def read_choices(pair: Pair | None, known: tuple[str, ...], default: tuple[str, ...], notes: Notes) -> tuple[str, ...]:
    """A list of words out of a few, each once, in the order given."""
    if pair is None:
        return default
    given = fields.several(pair, notes, f"[{', '.join(known)}]")
    chosen = [fields.choice((pair[0], node), known, "", notes) for node in given]
    return tuple(dict.fromkeys(filter(None, chosen)))


def read_calendars(pair: Pair | None, notes: Notes) -> tuple[str, ...]:
    """One or two calendars; none where the key is absent or, with a problem, where it says something else."""
    before = len(notes.found)
    chosen = read_choices(pair, CALENDARS, (), notes)
    given = len(pair[1].items) if pair is not None and isinstance(pair[1], Listing) else 1
    if pair is not None and len(notes.found) == before and not 1 <= len(chosen) == given <= 2:
        cure = "write calendars: [gregorian, hijri], say"
        notes.at(pair[1], f"{quoted(pair[0].value)} must list one calendar or two different ones", cure)
        return ()
    return chosen


def read_popular(pair: Pair | None, notes: Notes) -> str:
    """A file of the site, or empty for `false`."""
    default = POPULAR
    if pair is None or (isinstance(pair[1], Scalar) and fields.YES_NO.get(pair[1].value.lower()) is True):
        return default
    return "" if is_off(pair) else read_path(pair, notes)


def read_path(pair: Pair | None, notes: Notes) -> str:
    """A file of the site, named from its root; it may not lead out of it."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None:
        return ""
    path = raw.strip().removeprefix("./")
    inside = not path.startswith("/") and ".." not in path.split("/") and ":" not in path and "\\" not in path
    if path and inside and path.isprintable():
        return path
    notes.at(
        pair[1],
        f"{quoted(pair[0].value)} cannot be {quoted(raw)}",
        "name a file of the site, from the folder of site.yaml",
    )
    return ""


def read_links(pair: Pair | None, voice: fields.TextContext, base_path: str, notes: Notes) -> tuple[MenuItem, ...]:
    """A list of {title, url}; paths of the site get its base path."""
    links = []
    for node in fields.items(pair, notes, "a list: - {title: من نحن, url: /about/}"):
        if not isinstance(node, Mapping):
            notes.at(node, f"a link must be keys and values, not {fields.kind(node)}", "write {title: …, url: /about/}")
            continue
        found = fields.take(node, LINK, notes)
        title = fields.text(found.get("title"), voice, notes, fields.MAX_TITLE)
        url = read_link(found.get("url"), base_path, notes)
        if title is not None and url:
            links.append(MenuItem(title, url))
    return tuple(links)


def read_link(pair: Pair | None, base_path: str, notes: Notes) -> str:
    """A path of the site below its base path, or an absolute address; empty with a problem."""
    raw = fields.plain(pair, notes, "url: /about/")
    if raw is None or pair is None:
        return ""
    url, reason = urls.gate(raw)
    if not url:
        notes.at(
            pair[1], f"{quoted(raw)} cannot be a link: {reason}", "write a path such as /about/ or an https address"
        )
        return ""
    if urls.is_external(url) or url.startswith("mailto:"):
        return url
    if not url.startswith("/"):
        notes.at(
            pair[1], f"{quoted(raw)} is neither a path of the site nor an address", f"write /{raw.strip()} or https://…"
        )
        return ""
    return base_path + url[1:]


def place_of(key: str, raw: bytes, path: str = "site.yaml") -> Place:
    """Where the value of a key stands in the file, which is looked for again: see `own_links`."""
    notes = Notes(path)
    root = nodes.read_yaml(raw, notes)
    pair = fields.take(root, KEYS, notes).get(key) if root else None
    return Place(path, pair[1].line, pair[1].column) if pair else Place(path)


def own_links(raw: bytes, path: str = "site.yaml") -> list[tuple[str, Place]]:
    """Unencoded paths of the site that `menu`, `footer_links` and the footer lead to, each with its place in the file.

    They are looked for in the file again: a line number in the settings would make every page another one.
    """
    notes = Notes(path)
    root = nodes.read_yaml(raw, notes)
    found = fields.take(root, KEYS, notes) if root else {}
    links = []
    for name in ("menu", "footer_links"):
        for node in fields.items(found.get(name), notes, ""):
            url = fields.take(node, LINK, notes).get("url") if isinstance(node, Mapping) else None
            target = urls.gate(url[1].value)[0] if url and isinstance(url[1], Scalar) else ""
            if url and target.startswith("/"):
                links.append(
                    (unquote(re.split("[?#]", target, maxsplit=1)[0]), Place(path, url[1].line, url[1].column))
                )
    footer = found["footer"][1] if "footer" in found else None
    if isinstance(footer, Scalar) and "[" in footer.value:
        from digest.content import markdown  # noqa: PLC0415 - few footers need it

        first = footer.line + (footer.style in ("|", ">"))
        rendered = markdown.render(cleaning.clean_body(footer.value), base="ltr", base_path="/")
        links += [(target, Place(path, first + line)) for target, line in rendered.links]
    return links


def check_later(pair: Pair | None, notes: Notes) -> None:
    """A key whose value later commands read: a mapping, a list, true or false; no key twice."""
    if pair is None:
        return
    if isinstance(pair[1], Scalar) and pair[1].value.strip().lower() not in fields.YES_NO:
        fields.wrong(pair, "keys and values, a list, true or false", notes)
    check_doubles(pair[1], notes)


def check_doubles(node: Node, notes: Notes) -> None:
    """Keys given twice in mappings no table describes."""
    for mapping in nodes.walk(node):
        seen: dict[str, Scalar] = {}
        for key, _ in mapping.items:
            if key.value == "<<":
                notes.at(key, "YAML merge keys (<<) are not used here", "write the keys out")
            elif key.value in seen:
                fields.twice(key, seen[key.value], notes)
            seen.setdefault(key.value, key)
