"""`site.yaml` → `Settings`, checked.

Each setting is declared once, at its field: `name: Annotated[type, key in Arabic, meaning, value] = default`. Tables of
keys (`fields.table_of`), JSON Schema (`digest.content.schema`) and defaults follow from that.
In: the file's bytes. Out: a frozen value, the places of values, and every problem of the file. Where some keys are
faulty the rest still makes `Settings`, so that entries are checked in the same run. Refuses the file as a whole when it
is not UTF-8, not YAML, or names no usable `base_url`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from digest.content import fields, nodes, pasted_addresses, urls
from digest.content.fields import (
    FLAG,
    LANGUAGE_TAG,
    MARKDOWN,
    RAW,
    REQUIRED,
    TEXT,
    TITLE,
    WORD,
    Found,
    Key,
    Pair,
    Refusal,
    Table,
    TextContext,
    Value,
    checked,
    keys_of,
    list_of,
    number,
    one_of,
    or_false,
    structs,
    table_of,
)
from digest.content.nodes import Listing, Notes, Scalar
from digest.content.sections import SECTIONS, section
from digest.model import Direction, Place, Text, Theme
from digest.problems import N_, Problem, did_you_mean, excerpt, guess, mistake
from digest.text import bidi, cleaning, dates, languages, slugs
from digest.text.dates import CALENDARS, MONTHS, Formatter
from digest.text.numbers import DIGITS
from digest.text.slugs import DEVICES, SLUGS

RESERVED = frozenset(
    {"editions", "sources", "tags", "archive", "search", "page", "pages", "assets", "media", "fragments", "404"}
)
"""First segments of the site's own pages: no theme and no standalone page may take one."""
PLACEHOLDERS = ("theme", "slug", "year", "month", "day")
FRAGMENTS = ("auto", "inline", "live", "ssi", "esi")
IMAGE_FORMATS = ("avif", "webp")
MAIL_SERVICES = ("listmonk", "buttondown", "mailchimp")
MAILBOX = re.compile(
    r"(?:(?P<name>[^<>\r\n]*)<)?(?P<address>[A-Za-z0-9!#$&'*+/=?^_`.~-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63})*)(?(name)>)"
)
"""A name and an address as mails write them, or the address alone (RFC 5322, 3.4, without its odder forms)."""
NOTES = (
    "bold-with-blank", "code-not-closed", "copy-of-story", "date-of-file-name", "extra-blanks", "file-not-read",
    "foreign-markup", "heading-without-blank", "html", "html-entity", "latin-punctuation", "link-brackets",
    "link-empty", "look-alike-letters", "lost-letter", "markup-in-a-line", "mixed-alphabets", "mixed-scripts",
    "persian-letters", "presentation-forms", "quotation-marks", "shortcode", "source-spellings", "tag-spellings",
    "template-compiler", "wiki-link", "wrong-encoding",
)  # fmt: skip
"""Codes of the kinds of notes, wherever they are found: what `hide_notes` may name."""
WIDTHS = (100, 4000)
POPULAR = "data/popular.yaml"
NOWHERE = "https://site.invalid/"
"""Replaces a `base_url` that cannot be used, while the rest of the file is checked."""
EDITORS = {
    "vscode": "vscode://file/{path}:{line}:{column}",
    "vscodium": "vscodium://file/{path}:{line}:{column}",
    "cursor": "cursor://file/{path}:{line}:{column}",
    "windsurf": "windsurf://file/{path}:{line}:{column}",
    "zed": "zed://file/{path}:{line}:{column}",
    "sublime": "subl://open?url=file:///{path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file:///{path}&line={line}&column={column}",
    "idea": "idea://open?file=/{path}&line={line}&column={column}",
    "pycharm": "pycharm://open?file=/{path}&line={line}&column={column}",
    "macvim": "mvim://open?url=file:///{path}&line={line}&column={column}",
    "none": "",
}
"""Editor → the address that opens a file in it; `path` without its first slash."""
EDITOR_ADDRESS = re.compile(
    r"(?!(?:javascript|data|vbscript|blob|about|https?|file):)[a-z][a-z0-9+.-]*:[!-~]*\{path\}[!-~]*"
)
"""An address that opens an editor: never one that a browser itself would run or show."""


# ------------------------------------------------------------------ values


def check_base_url(raw: str, key: str) -> str | Refusal:
    """An absolute http(s) address ending in a slash."""
    url, reason = urls.gate(raw)
    if not url:
        return Refusal(fields.refused(key, raw, reason), N_("write one like https://example.org/"))
    if not urls.is_external(url):
        cure = N_("write https:// and the host in front, as in https://example.org/")
        return Refusal(
            mistake("base-url", "'{key}' must be absolute, not '{value}'", key=key, value=excerpt(raw)), cure
        )
    if "?" in url or "#" in url:
        what = mistake("base-url", "'{key}' holds a ? or #", key=key)
        return Refusal(what, N_("write the address of the site's home page alone"))
    file = re.search(r"[^/]+\.(?:html?|php|aspx?|xml|txt)$", urlsplit(url).path, re.IGNORECASE)
    if file:
        what = mistake("base-url", "'{key}' names a file, '{file}'", key=key, file=excerpt(unquote(file[0])))
        return Refusal(what, N_("write {url}", url=url[: -len(file[0])]))
    if re.search(r"/\.\.?(/|$)|//", urlsplit(url).path):
        what = mistake(
            "base-url", "'{key}' cannot hold empty or dotted parts, as in '{value}'", key=key, value=excerpt(raw)
        )
        return Refusal(what, N_("write the path plainly"))
    return url if url.endswith("/") else url + "/"


def check_timezone(raw: str, _key: str) -> str | Refusal:
    """An IANA name that the system knows."""
    try:
        ZoneInfo(raw)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(available_timezones())
        cities = {zone.rpartition("/")[2]: zone for zone in known}
        near = guess(cities[raw]) if raw in cities else did_you_mean(raw, known)
        what = mistake("time-zone", "unknown time zone '{value}'", value=excerpt(raw))
        return Refusal(what, near or N_("write an IANA name, as in Africa/Tunis"))
    return raw


def check_theme_id(raw: str, _key: str) -> str | Refusal:
    """A word that can be part of a URL, NFC."""
    theme_id = unicodedata.normalize("NFC", raw.strip())
    if not slugs.SLUG.fullmatch(theme_id):
        offer = slugs.slugify(raw)
        cure = N_("write {offer}", offer=offer) if offer else N_("use letters, digits and hyphens")
        return Refusal(mistake("theme-id", "'{value}' cannot be a theme's id", value=excerpt(raw)), cure)
    if theme_id.casefold() in RESERVED | DEVICES:
        what = mistake("theme-id", "'{value}' cannot be a theme's id: the name is taken", value=excerpt(raw))
        return Refusal(what, N_("write {theme_id}-news, say", theme_id=theme_id))
    return theme_id


def check_colour(raw: str, _key: str) -> str | Refusal:
    """`#rrggbb`."""
    if re.fullmatch("#[0-9a-fA-F]{6}", raw.strip()):
        return raw.strip().lower()
    what = mistake("colour", "'{value}' is not a colour", value=excerpt(raw))
    return Refusal(what, N_("write six hexadecimal digits in quotes, as in '#0a6e5c'"))


def check_permalink(raw: str, _key: str) -> str | Refusal:  # noqa: PLR0911 - one for each fault
    """A pattern such as `/{theme}/{slug}/`, NFC, safe for `str.format`."""
    pattern = unicodedata.normalize("NFC", raw.strip())
    for name in re.findall(r"\{([^{}]*)\}", pattern):
        if name not in PLACEHOLDERS:
            known = tuple(f"{{{p}}}" for p in PLACEHOLDERS)
            cure = did_you_mean(name, PLACEHOLDERS) or N_("known are {known}", known=known)
            return Refusal(mistake("permalink", "unknown placeholder {{{name}}} in 'permalink'", name=name), cure)
    usual = N_("write /{{theme}}/{{slug}}/")
    if "{slug}" not in pattern:
        return Refusal(mistake("permalink", "'permalink' must contain {{slug}}"), usual)
    if not (pattern.startswith("/") and pattern.endswith("/")):
        return Refusal(mistake("permalink", "'permalink' must begin and end with /"), usual)
    rest = re.sub(r"\{[a-z]+\}", "x", pattern)
    if "//" in rest or not re.fullmatch(r"[\w/-]+", rest):
        message = mistake(
            "permalink", "'permalink' may hold letters, digits, hyphens and single slashes beside its placeholders"
        )
        return Refusal(message, usual)
    parts = pattern.split("/")
    if parts[1].casefold() in RESERVED:
        message = mistake(
            "permalink", "'permalink' cannot begin with /{part}/: the site's own pages stand there", part=parts[1]
        )
        return Refusal(message, N_("choose another word"))
    device = next((part for part in parts if part.casefold() in DEVICES), "")
    if device:
        message = mistake(
            "permalink", "'permalink' cannot hold /{device}/, a name Windows keeps for a device", device=device
        )
        return Refusal(message, N_("choose another word"))
    return pattern


def check_endpoint(raw: str, _key: str) -> str | Refusal:
    """The http(s) address of a service."""
    url, reason = urls.gate(raw)
    if url and urls.is_external(url) and urlsplit(url).scheme in {"http", "https"}:
        return url
    message = mistake("wrong-address", "'{value}' is not the address of a service", value=excerpt(raw))
    if reason:
        message = mistake(
            "wrong-address", "'{value}' is not the address of a service: {reason}", value=excerpt(raw), reason=reason
        )
    return Refusal(message, N_("write its whole address, as in https://hub.example.org/"))


def check_mailbox(raw: str, key: str) -> str | Refusal:
    """A name and an address for the head of a mail, or the address alone."""
    found = MAILBOX.fullmatch(raw.strip())
    if found and ".." not in found["address"] and raw.strip().isprintable():
        return raw.strip()
    cure = N_(
        "write news@example.org, or a name with the address in angle brackets: {example}",
        example="الموجز <news@example.org>",
    )
    return fields.wrong_value(key, raw, cure)


def check_unsubscribe(raw: str, key: str) -> str | Refusal:
    """An https or mailto address."""
    url, reason = urls.gate(raw)
    if url and url.isascii() and url.startswith(("https://", "mailto:")) and not re.search(r"[\s<>,]", url):
        return url
    message = fields.refused(key, raw, reason)
    return Refusal(message, N_("write a whole address, as in https://example.org/leave or mailto:leave@example.org"))


def check_indexnow_key(raw: str, _key: str) -> str | Refusal:
    """A key as IndexNow wants it."""
    if re.fullmatch("[A-Za-z0-9-]{8,128}", raw):
        return raw
    what = mistake("indexnow-key", "'{value}' cannot be a key of IndexNow", value=excerpt(raw))
    return Refusal(what, N_("write 8 to 128 letters, digits, hyphens"))


def check_host(raw: str, key: str) -> str | Refusal:
    """The name of a host, without scheme, port and path."""
    name = raw.strip().lower()
    if re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", name):
        return name
    found = re.match(r"(?:https?://)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?=[:/])", name)
    cure = N_("write {name}", name=found[1]) if found else N_("write a name alone, as in name-8000.app.github.dev")
    return fields.wrong_value(key, raw, cure)


def check_editor(raw: str, _key: str) -> str | Refusal:
    """The name of an editor, or an address that opens one."""
    if is_editor(raw):
        return raw
    cure = did_you_mean(raw, EDITORS) or N_(
        "write {names}, or an address such as myeditor://{{path}}:{{line}}", names=tuple(EDITORS)
    )
    return Refusal(mistake("wrong-choice", "'editor' cannot be '{value}'", value=excerpt(raw)), cure)


def is_editor(name: str) -> bool:
    """Whether links can be made for an editor of that name or address."""
    return name in EDITORS or EDITOR_ADDRESS.fullmatch(name) is not None


def check_note(raw: str, _key: str) -> str | Refusal:
    """The code of a kind of note."""
    if raw in NOTES:
        return raw
    cure = did_you_mean(raw, NOTES) or N_(
        "the codes of notes are {codes}; errors and advice cannot be hidden", codes=NOTES
    )
    return Refusal(mistake("note-code", "'{value}' is not the code of a note", value=excerpt(raw)), cure)


def check_path(raw: str, key: str) -> str | Refusal:
    """A file of the site, named from its root; no path that leads out of it."""
    path = raw.strip().removeprefix("./")
    inside = not path.startswith("/") and ".." not in path.split("/") and ":" not in path and "\\" not in path
    if path and inside and path.isprintable():
        return path
    return fields.wrong_value(key, raw, N_("name a file of the site, from the folder of site.yaml"))


def check_popular(raw: str, key: str) -> str | Refusal:
    """A file of the site; `true` means the usual one."""
    return POPULAR if fields.YES_NO.get(raw.lower()) is True else check_path(raw, key)


def read_widths(pair: Pair, _context: TextContext, notes: Notes) -> tuple[int, ...] | None:
    """One to eight widths, in their order."""
    example = "widths: [200, 400, 800, 1200]"
    given = fields.items(pair, notes, example)
    widths = {fields.integer((pair[0], node), *WIDTHS, notes) for node in given}
    if isinstance(pair[1], Listing) and not 1 <= len(given) <= 8:
        what = mistake("image-widths", "'widths' must list 1 to 8 numbers")
        notes.at(pair[1], what, N_("write {example}", example=example))
    return tuple(sorted(filter(None, widths))) or None


def read_formats(pair: Pair, _context: TextContext, notes: Notes) -> tuple[str, ...]:
    """Formats of pictures, each once, in the order given."""
    return read_choices(pair, IMAGE_FORMATS, notes)


def read_choices(pair: Pair, known: tuple[str, ...], notes: Notes) -> tuple[str, ...]:
    """A list of words out of a few, each once, in the order given."""
    given = fields.several(pair, notes, f"[{', '.join(known)}]")
    chosen = [fields.choice((pair[0], node), known, "", notes) for node in given]
    return tuple(dict.fromkeys(filter(None, chosen)))


def read_calendars(pair: Pair, _context: TextContext, notes: Notes) -> tuple[str, ...] | None:
    """One or two calendars; None, with a problem, for anything else."""
    before = len(notes.found)
    chosen = read_choices(pair, CALENDARS, notes)
    given = len(pair[1].items) if isinstance(pair[1], Listing) else 1
    if len(notes.found) == before and not 1 <= len(chosen) == given <= 2:
        message = mistake(
            "calendars", "'{key}' must list one calendar or two different ones", key=excerpt(pair[0].value)
        )
        notes.at(pair[1], message, N_("write calendars: [gregorian, hijri], say"))
        return None
    return chosen or None


def read_themes(pair: Pair, context: TextContext, notes: Notes) -> tuple[Theme, ...]:
    """The themes in their order, faulty ones left out."""
    themes: list[Theme] = []
    lines: dict[str, int] = {}
    example = "{id: sport, title: رياضة}"
    for node, found in fields.mappings(
        pair, THEME, notes, example=N_("a list: {item}", item=f"- {example}"), item_example=example
    ):
        values = THEME.read(found, context, notes)
        if values is None:
            continue
        name = values["id"]
        first = lines.get(name.casefold())
        if first is not None:
            message = mistake(
                "theme-twice",
                "theme '{name}' is declared twice, first on line {first}",
                name=excerpt(name),
                first=first,
            )
            notes.at(node, message, N_("give it another id"))
            continue
        lines[name.casefold()] = node.line
        themes.append(Theme(**values, url=urls.path_url(context.base_path, f"/{name}/"), position=len(themes)))
    return tuple(themes)


def read_languages(pair: Pair, context: TextContext, notes: Notes) -> tuple[SisterSite, ...]:
    """Sister sites, one a language, none in the site's own."""
    sites: dict[str, SisterSite] = {}
    example = N_("a list: {item}", item="- {lang: fr, url: https://example.org/fr/}")
    for node, found in fields.mappings(pair, LANGUAGE_SITE, notes, example=example, item_example="{lang: fr, url: …}"):
        site: SisterSite | None = LANGUAGE_SITE.read(found, context, notes)
        if site is None:
            continue
        if site.lang == context.page_lang or site.lang in sites:
            message = (
                mistake("own-language", "'{lang}' is the site's own language", lang=excerpt(site.lang))
                if site.lang == context.page_lang
                else mistake("language-twice", "'{lang}' is given twice", lang=excerpt(site.lang))
            )
            notes.at(node, message, N_("name each other language once"))
            continue
        title = cleaning.clean(site.title or languages.own_name(site.lang))
        sites[site.lang] = msgspec.structs.replace(site, title=title)
    return tuple(sites.values())


def read_link(pair: Pair, context: TextContext, notes: Notes) -> str | None:
    """A path of the site, below its base path, or an absolute address."""
    raw = fields.plain(pair, notes, "url: /about/")
    if raw is None:
        return None
    url, reason = urls.gate(pasted_addresses.as_meant(raw))
    url = pasted_addresses.within(url, context.base_url) or url
    if urls.leaves(url):
        return url
    if url.startswith("/"):
        return context.base_path + url[1:]
    if url:
        what = mistake("menu-link", "'{value}' is neither a path of the site nor an address", value=excerpt(raw))
        notes.at(pair[1], what, N_("write {path} or https://…", path=f"/{raw.strip()}"))
    else:
        what = mistake("menu-link", "'{value}' cannot be a link: {reason}", value=excerpt(raw), reason=reason or "")
        notes.at(pair[1], what, N_("write a path such as /about/ or an https address"))
    return None


BASE_URL, HOME = checked(check_base_url, example="base_url: https://example.org/"), checked(check_base_url)
TIMEZONE = checked(check_timezone, WORD, "timezone: Africa/Tunis")
PERMALINK = checked(check_permalink, WORD, "permalink: /{theme}/{slug}/")
HUBS = list_of(checked(check_endpoint), "[https://pubsubhubbub.appspot.com/]")
ENDPOINT = checked(check_endpoint, WORD, "https://…")
INDEXNOW_KEY = checked(check_indexnow_key)
SENDER = checked(check_mailbox, example="sender: الموجز <news@example.org>")
REPLY_TO = checked(check_mailbox, example="reply_to: editor@example.org")
UNSUBSCRIBE = checked(check_unsubscribe)
HOST = checked(check_host, example="host: name-8000.app.github.dev")
EDITOR = checked(check_editor, WORD, "editor: vscode")
POPULAR_FILE, PICTURE_FILE = or_false(checked(check_popular), ""), checked(check_path)
IMAGE_WIDTHS = Value(list_of(number(*WIDTHS, 800)).shape, read_widths, empty="list")
FORMATS = Value(list_of(one_of(IMAGE_FORMATS, "webp")).shape, read_formats, empty="list")
LINK_TARGET = Value(TEXT.shape, read_link)


# ------------------------------------------------------------------ settings


class MenuItem(msgspec.Struct, frozen=True):
    title: Annotated[Text, "العنوان", N_("the words of the link"), TITLE, REQUIRED]
    url: Annotated[str, "الرابط", N_("a path of the site or an http(s) address"), LINK_TARGET, REQUIRED]
    """As links write it: below the site's base path, or absolute."""


class SisterSite(msgspec.Struct, frozen=True):
    """The same digest in another language."""

    lang: Annotated[str, "اللغة", N_("BCP 47 tag of a sister site"), LANGUAGE_TAG, REQUIRED]
    url: Annotated[str, "الرابط", N_("address of its home page"), HOME, REQUIRED]
    """Absolute, ends with `/`."""
    title: Annotated[str, "العنوان", "what the link to it says; default: the language's own name", RAW] = ""
    """The language's own name: «Français»."""


class TermWeights(msgspec.Struct, frozen=True):
    """What a word counts for in each part of an article, when related stories are found; 0 leaves the part out. A tag
    and a theme are words of their own; a tag's words count beside it.
    """

    title: Annotated[int, "العنوان", "what a word of the headline counts for", number(0, 20)] = 5
    lead: Annotated[int, "الملخص", "what a word of the summary counts for", number(0, 20)] = 2
    text: Annotated[int, "النص", "what a word of the text counts for", number(0, 20)] = 1
    tags: Annotated[int, "الوسوم", "what a tag, and each word of it, counts for", number(0, 20)] = 8
    theme: Annotated[int, "المحور", "what the same theme counts for", number(0, 20)] = 0


LINK = table_of(MenuItem, N_("a link"))
LINKS = structs(LINK, N_("a list: {item}", item="- {title: من نحن, url: /about/}"), "{title: …, url: /about/}")
LANGUAGE_SITE = table_of(SisterSite, N_("a language"))
THEME = Table(
    N_("a theme"),
    (
        Key("id", "المعرف", N_("letters, digits and hyphens: the theme's folder and first part of its URLs"),
            checked(check_theme_id, example="id: sport"), REQUIRED),
        Key("title", "العنوان", N_("its name on the site"), TITLE, REQUIRED),
        Key("description", "الوصف", "a sentence about it", TEXT),
        Key("colour", "اللون", "its colour, as in '#0a6e5c'",
            checked(check_colour, {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}, "'#0a6e5c'")),
    ),
)  # fmt: skip
WEIGHTS = keys_of(table_of(TermWeights, "weights"))


class RelatedSettings(msgspec.Struct, frozen=True):
    """How related stories are chosen (`docs/explanation/related.md`)."""

    count: Annotated[int, "العدد", "how many related stories an article shows", number(0, 20)] = 5
    half_life: Annotated[int, "نصف_العمر", "days in which nearness in time loses half of its part", number(1, 365)] = 14
    minimum: Annotated[
        int, "الحد_الأدنى", "per cent of its score with itself that a story asks of others", number(0, 100)
    ] = 13
    newer: Annotated[bool, "الأحدث", "whether stories newer than the article may stand below it", FLAG] = True
    weights: Annotated[TermWeights, "الأوزان", "what a word counts for in each part of an article", WEIGHTS] = (
        TermWeights()
    )


class FeedSettings(msgspec.Struct, frozen=True):
    count: Annotated[int, "العدد", "entries in each feed", number(1, 200)] = 30
    content: Annotated[
        Literal["summary", "full"], "المحتوى", "what each entry in a feed holds", one_of(("summary", "full"))
    ] = "summary"
    first_url: Annotated[
        str, "الرابط_الأول", "where the site first stood, after a move: feeds keep the ids of their entries", HOME
    ] = ""
    """Absolute, ends with `/`; empty for a site that stands where it always stood."""
    hubs: Annotated[
        tuple[str, ...], "مراكز_التنبيه", "addresses of WebSub hubs that feeds can be subscribed at", HUBS
    ] = ()


class IndexNow(msgspec.Struct, frozen=True):
    """Who is told what changed."""

    key: Annotated[
        str, "المفتاح", N_("8 to 128 letters, digits and hyphens; published as a file"), INDEXNOW_KEY, REQUIRED
    ] = ""
    """Empty: nobody."""
    endpoint: Annotated[str, "نقطة_الوصول", "who is told", ENDPOINT] = "https://api.indexnow.org/indexnow"
    """The default hands on to every search engine that takes part."""


class BlockSettings(msgspec.Struct, frozen=True):
    latest: Annotated[int, "آخر_الأخبار", "links in the block of latest news", number(0, 30)] = 8
    theme: Annotated[int, "المحور", "links in a theme's block beside an article", number(0, 30)] = 4
    most_read: Annotated[int, "الأكثر_قراءة", "links in the block of most read stories", number(0, 30)] = 6
    home_theme: Annotated[int, "محور_الرئيسية", "stories of each theme on the home page", number(1, 30)] = 5


class ImageSettings(msgspec.Struct, frozen=True):
    widths: Annotated[tuple[int, ...], "المقاسات", "widths in pixels that each picture is made in", IMAGE_WIDTHS] = (
        200,
        400,
        800,
        1200,
    )
    """Widths greater than a picture's are left out, for none is ever enlarged."""
    formats: Annotated[tuple[str, ...], "الصيغ", "modern formats beside JPEG and PNG", FORMATS] = IMAGE_FORMATS
    """In order of preference; the fallback (JPEG, or PNG for transparency) is added."""
    quality: Annotated[int, "الجودة", "quality of the made pictures", number(30, 95)] = 70
    """1–100 as JPEG counts it; other formats get the number that looks alike."""


class EmailSettings(msgspec.Struct, frozen=True):
    """An edition as a mail (`digest email`)."""

    sender: Annotated[
        str, "المرسل", "who sends it: an address, or a name with the address in angle brackets", SENDER
    ] = ""
    """Empty: the site's title, at an address that takes no answers."""
    reply_to: Annotated[str, "الرد_إلى", "who gets the answers", REPLY_TO] = ""
    preheader: Annotated[
        str, "النص_التمهيدي", "what lists of mails show after the subject; default: the edition's summary", RAW
    ] = ""
    service: Annotated[
        str, "الخدمة", "who sends it to readers: its placeholder for leaving the list is in the footer",
        one_of(MAIL_SERVICES),
    ] = ""  # fmt: skip
    unsubscribe: Annotated[
        str, "إلغاء_الاشتراك", "an https or mailto address where readers leave the list", UNSUBSCRIBE
    ] = ""
    footer: Annotated[str, "التذييل", "the editor's words at the foot of the mail, Markdown", MARKDOWN] = ""
    postal: Annotated[str, "العنوان_البريدي", "postal address of the publisher", RAW] = ""


class PreviewSettings(msgspec.Struct, frozen=True):
    host: Annotated[
        str, "المضيف", "a further name the preview answers to: of a tunnel or a Codespace that forwards to it", HOST
    ] = ""
    editor: Annotated[
        str, "المحرر", "which editor links of the preview open: a name, or an address with {path}", EDITOR
    ] = "vscode"
    """A name among `EDITORS`, or an address with `{path}`, `{line}`, `{column}`."""


FEED_KEYS = table_of(FeedSettings, "feeds")
RELATED = or_false(keys_of(table_of(RelatedSettings, "related"), N_("or false for none")), RelatedSettings(0))
FEEDS = keys_of(FEED_KEYS)
INDEXNOW = keys_of(table_of(IndexNow, "indexnow"))
BLOCKS = keys_of(table_of(BlockSettings, "blocks"), N_("where 0 leaves a block out"))
IMAGES = keys_of(table_of(ImageSettings, "images"))
EMAIL = keys_of(table_of(EmailSettings, "email"))
PREVIEW = keys_of(table_of(PreviewSettings, "preview"))
LANGUAGES = Value(list_of(keys_of(LANGUAGE_SITE)).shape, read_languages)
THEMES = Value(list_of(keys_of(THEME)).shape, read_themes)
TWO_CALENDARS = {**list_of(one_of(CALENDARS, "gregorian")).shape, "minItems": 1, "maxItems": 2, "uniqueItems": True}
DATE_CALENDARS = Value(TWO_CALENDARS, read_calendars, empty="list")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A site's settings, complete and checked."""

    title: Annotated[Text, "العنوان", N_("the site's name"), TITLE, REQUIRED]
    description: Annotated[Text, "الوصف", "a sentence about the site, for search engines and feeds", TEXT]
    base_url: Annotated[
        str, "رابط_الموقع", N_("where the site will stand, as in https://example.org/"), BASE_URL, REQUIRED
    ]
    """Absolute, http(s), ends with `/`."""
    base_path: str
    """`/` or `/repo/`, percent-encoded."""
    lang: Annotated[str, "اللغة", "BCP 47 tag; direction, digits and months follow it", LANGUAGE_TAG] = "ar"
    dir: Direction
    languages: Annotated[tuple[SisterSite, ...], "اللغات", "sister sites in other languages", LANGUAGES] = ()
    timezone: Annotated[str, "المنطقة_الزمنية", "IANA name, as in Africa/Tunis", TIMEZONE] = "UTC"
    themes: Annotated[tuple[Theme, ...], "المحاور", N_("the site's themes in their order"), THEMES, REQUIRED] = ()
    permalink: Annotated[
        str, "الرابط_الدائم", "an entry's URL, made of {theme} {slug} {year} {month} {day}", PERMALINK
    ] = "/{theme}/{slug}/"
    slugs: Annotated[str, "حروف_الروابط", "letters of addresses made of titles and names", one_of(SLUGS)] = "arabic"
    digits: Annotated[str, "الأرقام", "digits of dates and counts", one_of(DIGITS)] = "auto"
    months: Annotated[str, "الشهور", "family of month names", one_of(MONTHS)] = "auto"
    calendars: Annotated[tuple[str, ...], "التقاويم", "calendars of dates, the first one first", DATE_CALENDARS]
    weekday: Annotated[bool, "اليوم", "true: dates name the day of the week", FLAG] = False
    relative_dates: Annotated[
        bool, "تواريخ_نسبية", "true: for a day, dates of lists say how long ago they were", FLAG
    ] = False
    hijri_offset: Annotated[int, "تعديل_الهجري", "days by which the sighted Hijri month differs", number(-2, 2)] = 0
    fragments: Annotated[str, "الأجزاء", "how pages carry the blocks they share", one_of(FRAGMENTS)] = "auto"
    related: Annotated[RelatedSettings, "ذات_صلة", "related stories; false for none", RELATED] = RelatedSettings()
    feeds: Annotated[FeedSettings, "الخلاصات", "Atom and JSON feeds", FEEDS] = FeedSettings()
    blocks: Annotated[BlockSettings, "الكتل", "how long the blocks of links are", BLOCKS] = BlockSettings()
    images: Annotated[ImageSettings, "الصور", "what pictures are made into", IMAGES] = ImageSettings()
    per_page: Annotated[int, "أخبار_الصفحة", "entries on one page of a list", number(5, 200)] = 20
    reading_speed: Annotated[int, "سرعة_القراءة", "words a reader reads in a minute", number(60, 600)] = 180
    popular: Annotated[str, "المقروء", "file with the counts behind most read; false for none", POPULAR_FILE] = POPULAR
    """Path from the site's root; empty for no block of most read stories."""
    menu: Annotated[tuple[MenuItem, ...], "القائمة", "links after the themes", LINKS] = ()
    footer: Annotated[str, "التذييل", "text at the foot of every page, Markdown", MARKDOWN] = ""
    footer_links: Annotated[tuple[MenuItem, ...], "روابط_التذييل", "links at the foot of every page", LINKS] = ()
    image: Annotated[str, "الصورة", "sharing picture of the site, a path from the site's folder", PICTURE_FILE] = ""
    """Path from the site's root; empty: the built-in one."""
    publisher: Annotated[str, "الناشر", "who publishes the site; default: its title", TITLE]
    email: Annotated[EmailSettings, "البريد", "an edition as a mail, digest email", EMAIL] = EmailSettings()
    preview: Annotated[PreviewSettings, "المعاينة", "the local preview, digest serve", PREVIEW] = PreviewSettings()
    search: Annotated[bool, "البحث", "false: no search page, no box, no index", FLAG] = True
    hide_notes: Annotated[
        tuple[str, ...], "إخفاء_الملاحظات", "codes of notes that are not shown",
        list_of(checked(check_note, {"enum": list(NOTES)}), "[extra-blanks]"),
    ] = ()  # fmt: skip
    """Of `NOTES`."""
    indexnow: Annotated[IndexNow, "إندكس_ناو", "tells search engines what changed", INDEXNOW] = IndexNow()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def date_formatter(self) -> Formatter:
        """The formatter of the site's dates, one per process."""
        return formatter(
            self.lang,
            months=self.months,
            calendars=self.calendars,
            digits=self.digits,
            zone=self.zone,
            hijri_offset=self.hijri_offset,
            weekday=self.weekday,
        )


formatter = lru_cache(maxsize=8)(dates.date_formatter)
KEYS = table_of(
    Settings,
    "site.yaml",
    Key("inbox", "الوارد", "feeds to choose stories from", Value({"section": "inbox"}, lambda *_: None)),
    Key("deploy", "النشر", "where the site is put", Value({"section": "deploy"}, lambda *_: None)),
)
"""Every key of site.yaml in English and Arabic. `digest.content.sections` reads `deploy` and `inbox`."""


# ------------------------------------------------------------------ the file


class Places(msgspec.Struct, frozen=True):
    """Lines of site.yaml. They are kept out of `Settings`, so that a moved line remakes no page."""

    values: MappingOf[str, Place] = {}
    """Where the value of each key begins, by the key's English name."""
    links: tuple[tuple[str, Place], ...] = ()
    """Unencoded paths of the site that `menu`, `footer_links` and the footer lead to."""


def read(raw: bytes, *, path: str = "site.yaml") -> tuple[Settings | None, Places, tuple[Problem, ...]]:
    """The settings (None where the file cannot be used at all), the places of values, and every problem of the file."""
    notes = Notes(path)
    root = nodes.read_yaml(raw, notes)
    if root is None:
        return None, Places(), notes.problems()
    found = fields.take(root, KEYS, notes)
    made = settings(found, notes)
    for name in SECTIONS:
        if name in found:
            section(name).check(found, notes)
    return made, places(found, path, made.base_url if made else ""), notes.problems()


def settings(found: Found, notes: Notes) -> Settings | None:
    """Checked keys → the value; None without an address, and yet every fault is noted."""
    first = fields.TextContext("ltr", "", "")
    early = KEYS.values({name: found[name] for name in ("lang", "base_url") if name in found}, first, Notes(notes.path))
    lang = early.get("lang", "ar")
    base = bidi.lang_direction(lang)
    base_url = early.get("base_url", NOWHERE)
    base_path = urlsplit(base_url).path
    values = KEYS.values(found, fields.TextContext(base, lang, lang, base_path=base_path, base_url=base_url), notes)
    empty = Text("", "", base, base)
    title = values.setdefault("title", empty)
    values["publisher"] = values.get("publisher", title).plain
    values.setdefault("description", empty)
    values.setdefault("calendars", dates.calendars_of(lang))
    return Settings(**values, base_path=base_path, dir=base) if "base_url" in values else None


def places(found: Found, path: str, base_url: str) -> Places:
    """The places of all values, and of links to the site's own pages."""
    notes = Notes(path)  # faults of links are noted where they are read
    links = []
    for name in ("menu", "footer_links"):
        for _, link in fields.mappings(found.get(name), LINK, notes, example="", item_example=""):
            node = link["url"][1] if "url" in link else None
            target = urls.gate(pasted_addresses.as_meant(node.value))[0] if isinstance(node, Scalar) else ""
            target = pasted_addresses.within(target, base_url) or target
            if node and target.startswith("/"):
                place = Place(path, node.line, node.column)
                links.append((unquote(re.split("[?#]", target, maxsplit=1)[0]), place))
    footer = found["footer"][1] if "footer" in found else None
    if isinstance(footer, Scalar) and "[" in footer.value:
        from digest.content import markdown  # noqa: PLC0415 - few footers need it

        first = footer.line + (footer.style in ("|", ">"))
        rendered = markdown.render(cleaning.clean_body(footer.value), base="ltr", base_path="/", base_url=base_url)
        links += [(target, Place(path, first + line)) for target, line in rendered.links]
    return Places({name: Place(path, node.line, node.column) for name, (_, node) in found.items()}, tuple(links))
