"""An entry's file → `Article` values, checked, with their text as safe HTML.

In: path and bytes of one file under content/, the site's settings, the pictures found on disk. Out: its articles
(several for a round-up) and every problem of the file. Where a key is faulty the article still comes out with what is
sound, so that what refers to it is not reported as well; the problems stop the build. Refuses unknown keys and themes,
values of another kind than their key's, and files that are no UTF-8 or no YAML. Pure: called in worker processes, once
per file.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec

from digest.content import date_input, fields, nodes, references, translations, urls
from digest.content.fields import FLAG, LANGUAGE_PATTERN, TEXT, Found, Key, Pair, Shape, Table, list_of, one_or_more
from digest.content.nodes import Mapping, Notes, Scalar
from digest.model import Article, Entry, Outlet, Place, Tag
from digest.problems import did_you_mean, quoted
from digest.text import bidi, slugs, words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.content.settings import Settings
    from digest.model import Direction, DisplayDate, Text
    from digest.problems import Problem
    from digest.text.dates import Formatter

SUMMARY_LENGTH = 200
SHORTEST_READ = 60
"""Words below which no reading time is given."""
OPENING = 1500
"""Characters of a text by which related stories are found: news says first what it is about."""
MAX_SEGMENT = 200
"""Bytes of one part of a URL: a file name holds 255, and a build adds to it for a moment."""

SOURCE = Table(
    "a source",
    (
        Key("name", "الاسم", "who published the story first", TEXT, required=True),
        Key("url", "الرابط", "http(s) address of the original", TEXT),
    ),
)


DATE: Shape = {"type": "string", "pattern": r"^[0-9٠-٩۰-۹]{4}-[0-9٠-٩۰-۹]{2}-[0-9٠-٩۰-۹]{2}([Tt ].*)?$"}
SOURCE_SHAPE: Shape = {"anyOf": [TEXT, {"type": "object", "table": SOURCE}]}

KEYS = Table(
    "an entry",
    (
        Key("title", "العنوان", "the headline", TEXT, required=True),
        Key("date", "التاريخ", "ISO 8601 date or date-time; a future one is held back until then", DATE, required=True),
        Key("theme", "المحور", "a theme's id from site.yaml; default: the folder's name", TEXT),
        Key("source", "المصدر", "who published it first: {name, url}, or a list of them", one_or_more(SOURCE_SHAPE)),
        Key("author", "الكاتب", "a name, or a list of names", one_or_more(TEXT)),
        Key("dateline", "المكان", "where it was filed from", TEXT),
        Key("summary", "الملخص", "a sentence or two; default: the first sentences of the text", TEXT),
        Key(
            "image",
            "الصورة",
            "the lead picture: {src, alt, caption, credit}",
            {"anyOf": [TEXT, references.IMAGE_SHAPE]},
        ),
        Key("tags", "الوسوم", "list of tags", one_or_more(TEXT)),
        Key("related", "ذات_صلة", "ids of entries to show first; [] for none at all", list_of(TEXT)),
        Key("edition", "العدد", "id of the edition it belongs to", TEXT),
        Key("lead", "بارز", "true: first in its theme and on the home page", FLAG),
        Key("slug", "الرابط", "last part of the URL; default: the file's name without its date", TEXT),
        Key("aliases", "روابط_قديمة", "old URLs of the site that should lead here", one_or_more(TEXT)),
        Key("lang", "اللغة", "BCP 47 tag; default: the site's", {"type": "string", "pattern": LANGUAGE_PATTERN}),
        Key(
            "translations",
            "الترجمات",
            "the same story in other languages: {fr: entry id or address}, or [fr] for sister sites",
            {"anyOf": [TEXT, list_of(TEXT), {"type": "object", "additionalProperties": TEXT}]},
        ),
        Key("updated", "التحديث", "ISO 8601 date or date-time of the last change", DATE),
        Key("draft", "مسودة", "true: published nowhere", FLAG),
        Key("body", "النص", "the text, Markdown; in a .md file it stands below the front matter", TEXT),
    ),
)
"""Every key of an entry in English and Arabic."""

SHARED = ("date", "theme", "source", "author", "tags", "edition", "lang", "draft")
"""Keys a round-up may give once for all its entries."""

ENTRIES = Key("entries", "الأخبار", "a link round-up: a list of entries", {"type": "array"}, required=True)
ROUND_UP = Table("a round-up", (*(Key(k.name, k.arabic, k.about, k.shape) for k in KEYS if k.name in SHARED), ENTRIES))
ROUND_UP_ITEM = Table(
    "an entry of a round-up", (Key(k.name, k.arabic, k.about, k.shape, k.name == "title") for k in KEYS)
)

DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:[-_ ]+|$)")
TAG_SEPARATORS = re.compile("[،,]")
ARABIC_COMMA = re.compile("،")
STRAY = " \t\n\u061c\u200b\u200c\u200d\u200e\u200f\ufeff"
MARKS = re.compile("[\u061c\u200b-\u200f\ufeff]")
HOST = re.compile(r"https?://[^/?#\\]+", re.IGNORECASE)


class EntryContext(msgspec.Struct, frozen=True):
    """What reading needs of a site's settings, worked out once."""

    settings: Settings
    zone: ZoneInfo
    date_formatter: Formatter
    themes: frozenset[str]
    theme_titles: dict[str, str]
    base: Direction
    voice: fields.TextContext


class EntryContexts:
    """The context of the settings last seen: comparing settings for each file would cost more than reading it."""

    last: EntryContext | None = None

    @classmethod
    def of(cls, settings: Settings) -> EntryContext:
        if cls.last is None or cls.last.settings is not settings:
            cls.last = EntryContext(
                settings,
                settings.zone,
                settings.moments(),
                frozenset(theme.id for theme in settings.themes),
                {theme.title.plain.casefold(): theme.id for theme in settings.themes},
                settings.dir,
                fields.TextContext(settings.dir, "", settings.lang, settings.slugs),
            )
        return cls.last


class File(NamedTuple):
    """The file being read."""

    path: str
    id: str
    """Path under content/ without the ending, NFC."""
    stem: str
    """The file's name without its ending."""
    folder: str
    """First folder under content/, empty for none."""
    shelf: references.ImageIndex


class Taken(NamedTuple):
    """A file, or an item of a round-up, taken apart."""

    found: Found
    node: Mapping
    source: str
    """Markdown."""
    line: int
    """Line of the file on which `source` starts."""


def file_of(path: str, pictures: frozenset[str]) -> File:
    """The parts of a path such as `content/sport/2026-11-20-final.md`."""
    name = path if path.isascii() else unicodedata.normalize("NFC", path)
    under = name.removeprefix("content/").rpartition(".")[0]
    first, slash, _ = under.partition("/")
    shelf = references.ImageIndex(pictures, path.rpartition("/")[0])
    return File(path, under, under.rpartition("/")[2], first if slash else "", shelf)


def read(
    path: str, raw: bytes, settings: Settings, pictures: frozenset[str]
) -> tuple[tuple[Article, ...], tuple[Problem, ...]]:
    """The articles of one file, and everything wrong with it."""
    house = EntryContexts.of(settings)
    notes = Notes(path)
    file = file_of(path, pictures)
    if path.lower().endswith(".md"):
        articles = read_text_entry(raw, file, house, notes)
    else:
        articles = read_yaml_file(raw, file, house, notes)
    return articles, notes.problems()


def read_text_entry(raw: bytes, file: File, house: EntryContext, notes: Notes) -> tuple[Article, ...]:
    """Front matter and Markdown."""
    document = nodes.read_markdown(raw, notes)
    if document is None:
        return ()
    found = fields.take(document.keys, KEYS, notes)
    if "body" in found:
        key = found["body"][0]
        notes.at(key, f"{quoted(key.value)} stands in YAML files only", "write the text below the closing ---")
    slug = read_slug(found.get("slug"), own_slug(undated(file.stem), file, house), notes)
    made = article(
        Taken(found, document.keys, document.body, document.body_line), file, house, notes, slug=slug, name=file.id
    )
    return (made,) if made else ()


def read_yaml_file(raw: bytes, file: File, house: EntryContext, notes: Notes) -> tuple[Article, ...]:
    """One entry as YAML, or a round-up of several."""
    root = nodes.read_yaml(raw, notes)
    if root is None:
        return ()
    if any(key.value in (ENTRIES.name, ENTRIES.arabic) for key, _ in root.items):
        return read_round_up(root, file, house, notes)
    found = fields.take(root, KEYS, notes)
    slug = read_slug(found.get("slug"), own_slug(undated(file.stem), file, house), notes)
    made = article(
        Taken(found, root, *text_below(found.get("body"), notes)), file, house, notes, slug=slug, name=file.id
    )
    return (made,) if made else ()


def read_round_up(root: Mapping, file: File, house: EntryContext, notes: Notes) -> tuple[Article, ...]:
    """`entries:`, each with the file's shared keys where it has none of its own."""
    shared = fields.take(root, ROUND_UP, notes)
    pair = shared.pop("entries", None)
    made: list[Article] = []
    slugs_seen: dict[str, int] = {}
    for node in fields.items(pair, notes, "a list: - title: …"):
        if not isinstance(node, Mapping):
            notes.at(
                node, f"each item of 'entries' must be keys and values, not {fields.kind(node)}", "write - title: …"
            )
            continue
        found = {**shared, **fields.take(node, ROUND_UP_ITEM, notes)}
        title = found.get("title")
        words_of_title = fields.plain(title, notes) or ""
        slug = read_slug(found.get("slug"), own_slug(words_of_title, file, house), notes)
        if not words_of_title and "slug" not in found:
            continue  # without a title there is no address; the missing title is noted
        first = slugs_seen.setdefault(slug.casefold(), node.line)
        if first != node.line:
            notes.at(
                node,
                f"slug {quoted(slug)} is also that of the entry on line {first}",
                "give this one a slug: of its own",
            )
            continue
        if "date" not in found:
            notes.at(node, "an entry without 'date'", "add date: here, or once above entries:")
        item = article(
            Taken(found, node, *text_below(found.get("body"), notes)),
            file,
            house,
            notes,
            slug=slug,
            name=f"{file.id}/{slug}",
        )
        if item:
            made.append(item)
    return tuple(made)


def text_below(pair: Pair | None, notes: Notes) -> tuple[str, int]:
    """The Markdown of a `body:` key and the line it starts on."""
    raw = fields.plain(pair, notes, "body: | and the text below, indented")
    if raw is None or pair is None:
        return "", 0
    node = pair[1]
    below = isinstance(node, Scalar) and node.style in ("|", ">")
    return raw, node.line + below


def article(taken: Taken, file: File, house: EntryContext, notes: Notes, *, slug: str, name: str) -> Article | None:
    """Checked keys and a text → the article; None where the entry has no theme, for then it has no address."""
    settings = house.settings
    found, node, source, line = taken
    voice, base = read_language(found.get("lang"), house, notes)
    title_pair = found.get("title")
    published, has_time, updated, updated_moment = read_dates(found, house, notes)
    theme = read_theme(found.get("theme"), file, house, notes)
    body = references.body(source, line, notes, shelf=file.shelf, voice=voice, base=base, base_path=settings.base_path)
    standfirst = fields.text(found.get("summary"), voice, notes)
    path = read_path(settings.permalink, node, notes, theme=theme, slug=slug, published=published)
    pins = references.entry_ids(found["related"], notes) if "related" in found else None
    edition, edition_place = read_edition(found.get("edition"), notes)
    dateline = fields.text(found.get("dateline"), voice, notes)
    entry = Entry(
        id=name,
        place=Place(file.path, (title_pair[0] if title_pair else node).line),
        path=path,
        url=urls.path_url(settings.base_path, path),
        title=fields.text(title_pair, voice, notes, fields.MAX_TITLE) or voice.text(slug),
        summary=standfirst if standfirst is not None else voice.text(words.lead(body.paragraphs, SUMMARY_LENGTH)),
        theme=theme,
        published=published,
        moment=house.date_formatter(published, has_time),
        updated=updated,
        updated_moment=updated_moment,
        authors=read_authors(found["author"], voice, notes) if "author" in found else (),
        outlets=read_outlets(found["source"], voice, notes) if "source" in found else (),
        tags=read_tags(found["tags"], voice, notes) if "tags" in found else (),
        pins=None if pins is None else tuple(pin for pin, _ in pins),
        pin_places=() if pins is None else tuple(place for _, place in pins),
        edition=edition,
        edition_place=edition_place,
        lead=fields.flag(found.get("lead"), notes),
        lang=voice.lang,
        draft=fields.flag(found.get("draft"), notes),
        image=references.image(found.get("image"), file.shelf, voice, notes),
        images=body.images,
        aliases=references.aliases(found["aliases"], notes) if "aliases" in found else (),
        links=body.links,
        translations=translations.read(found["translations"], settings, voice.lang or settings.lang, path, notes)
        if "translations" in found
        else (),
    )
    if not theme:  # and now all that is wrong with the entry is noted
        return None
    return Article(
        entry=entry,
        body=body.html,
        dateline=dateline,
        minutes=words.minutes(body.words, settings.reading_speed) if body.words >= SHORTEST_READ else 0,
        standfirst=standfirst is not None,
        opening=body.text[:OPENING] if settings.related.count else "",
    )


def read_language(pair: Pair | None, house: EntryContext, notes: Notes) -> tuple[fields.TextContext, Direction]:
    """How an entry's words are read, and the direction of its text: the site's, unless it has a language of its own."""
    voice, own = house.voice, house.settings.lang
    lang = fields.language(pair, own, notes) if pair else own
    return (voice, house.base) if lang == own else (voice._replace(lang=lang), bidi.lang_direction(lang))


def read_dates(
    found: Found, house: EntryContext, notes: Notes
) -> tuple[datetime, bool, datetime | None, DisplayDate | None]:
    """When it was published, whether at a time of the day, when it was changed last, and how a page shows that."""
    published, has_time = date_input.moment(found.get("date"), house.zone, notes, house.settings.lang) or (
        datetime(date_input.FIRST_YEAR, 1, 1, tzinfo=house.zone),
        False,
    )
    if "updated" not in found:
        return published, has_time, None, None
    return published, has_time, *read_updated(found["updated"], house, notes, published=published, has_time=has_time)


def read_theme(pair: Pair | None, file: File, house: EntryContext, notes: Notes) -> str:
    """The theme's id from the key, else from the folder; empty with a problem when it is not declared."""
    if pair is None:
        if file.folder in house.themes:
            return file.folder
        if not file.folder:
            notes.file("an entry directly in content/ needs 'theme'", "move it into a theme's folder, or add theme:")
            return ""
        cure = near_theme(file.folder, house) or "declare it in site.yaml, or add theme: to the entry"
        notes.file(f"the folder {quoted(file.folder)} is not a theme", cure)
        return ""
    raw = fields.plain(pair, notes, "a theme's id from site.yaml")
    if raw is None:
        return ""
    name = raw if raw in house.themes else unicodedata.normalize("NFC", raw.strip())
    if name in house.themes:
        return name
    notes.at(pair[1], f"unknown theme {quoted(raw)}", near_theme(name, house) or "declare it in site.yaml")
    return ""


def near_theme(name: str, house: EntryContext) -> str:
    """Did-you-mean over the themes' ids and titles."""
    title = house.theme_titles.get(name.casefold())
    if title:
        return f"did you mean '{title}'?"
    known = [theme.id for theme in house.settings.themes]
    near = did_you_mean(name, known)
    if near:
        return near
    return f"themes are {', '.join(known[:12])}" if known else ""


def own_slug(text: str, file: File, house: EntryContext) -> str:
    """What an entry's slug is made of unless it has one: a name in the site's letters, or its file's id."""
    letters = house.settings.slugs
    return slugs.made(f"{file.id}/{text}" if letters == "id" else text, letters)


def read_slug(pair: Pair | None, default: str, notes: Notes) -> str:
    """An explicit slug as it stands, else the default."""
    raw = fields.plain(pair, notes, "slug: final-2026")
    if raw is None or pair is None:
        slug = default
    else:
        slug = unicodedata.normalize("NFC", raw.strip())
        if not slugs.SLUG.fullmatch(slug):
            offer = slugs.made(slug)
            notes.at(pair[1], f"{quoted(raw)} cannot be a slug", f"write {offer}")
            return offer
    if slug.lower() in slugs.DEVICES:
        message = f"the slug {quoted(slug)} is a name Windows keeps for a device"
        if pair is None:
            notes.file(message, f"add slug: {slug}-1, say")
        else:
            notes.at(pair[1], message, f"write {slug}-1, say")
    return slug


def read_updated(
    pair: Pair, house: EntryContext, notes: Notes, *, published: datetime, has_time: bool
) -> tuple[datetime | None, DisplayDate | None]:
    """The last change and how a page shows it; not before the publication."""
    found = date_input.moment(pair, house.zone, notes, house.settings.lang)
    if found is None:
        return None, None
    updated, with_time = found
    too_early = updated < published if has_time and with_time else updated.date() < published.date()
    if too_early:
        notes.at(pair[1], f"{quoted(pair[0].value)} is before 'date'", "correct one of the two")
        return None, None
    return updated, house.date_formatter(updated, with_time)


def read_path(pattern: str, node: Mapping, notes: Notes, *, theme: str, slug: str, published: datetime) -> str:
    """The entry's path by the site's permalink."""
    path = pattern.format(
        theme=theme, slug=slug, year=f"{published.year:04}", month=f"{published.month:02}", day=f"{published.day:02}"
    )
    if len(path) > MAX_SEGMENT // 3 and any(len(part.encode()) > MAX_SEGMENT for part in path.split("/")):
        notes.at(
            node,
            f"a part of the URL {quoted(path)} is longer than {MAX_SEGMENT} bytes",
            "give the entry a shorter slug:",
        )
    return path


def read_edition(pair: Pair | None, notes: Notes) -> tuple[str, Place | None]:
    """The edition's id and where it is named."""
    raw = fields.plain(pair, notes, "an edition's id")
    if raw is None or pair is None:
        return "", None
    name = references.identifier(raw.strip().removeprefix("content/"), "editions/")
    if not name:
        notes.at(pair[1], f"{quoted(pair[0].value)} is empty", "write an edition's id, or take the key out")
    return name, Place(notes.path, pair[1].line, pair[1].column)


def undated(stem: str) -> str:
    """A file's name without the date in front, unless it is nothing but a date."""
    return DATED.sub("", stem, count=1) or stem


@lru_cache(maxsize=8192)
def tag_of(raw: str, voice: fields.TextContext) -> Tag | None:
    """A tag and its slug; None for one without a letter."""
    name = voice.text(raw)
    return Tag(name, slugs.named(name.plain, voice.slugs)) if name.plain else None


def read_tags(pair: Pair, voice: fields.TextContext, notes: Notes) -> tuple[Tag, ...]:
    """A list of tags, or one text with commas between them; each slug once."""
    found: dict[str, Tag] = {}
    key, value = pair
    for node in fields.several(pair, notes, "[اقتصاد, طاقة]"):
        # «،» parts tags inside brackets too: [اقتصاد، طاقة] is one text to YAML
        for raw in (TAG_SEPARATORS if node is value else ARABIC_COMMA).split(node.value):
            if not raw.strip() and len(node.value.strip()) > 0:
                continue
            name = fields.worded(raw, (key, node), voice, notes, 200)
            tag = tag_of(raw, voice) if name is not None else None
            if tag:
                found.setdefault(tag.slug, tag)
    return tuple(fields.few(list(found.values()), pair, notes))


def read_authors(pair: Pair, voice: fields.TextContext, notes: Notes) -> tuple[Text, ...]:
    """A name, or a list of names, each once."""
    names = (
        fields.worded(node.value, (pair[0], node), voice, notes, 300)
        for node in fields.several(pair, notes, "a name, or a list of names")
    )
    return tuple(dict.fromkeys(name for name in names if name is not None))


def read_outlets(pair: Pair, voice: fields.TextContext, notes: Notes) -> tuple[Outlet, ...]:
    """`{name, url}`, a bare name, or a list of them."""
    key, value = pair
    given = [value] if isinstance(value, (Scalar, Mapping)) else fields.few(value.items, pair, notes)
    outlets = []
    for node in given:
        if isinstance(node, Scalar):
            name, url = fields.worded(node.value, (key, node), voice, notes, 300), ""
        elif isinstance(node, Mapping):
            found = fields.take(node, SOURCE, notes)
            name, url = fields.text(found.get("name"), voice, notes, 300), read_address(found.get("url"), notes)
        else:
            fields.wrong((key, node), "a name or {name, url}", notes, "{name: …, url: https://…}")
            continue
        if name is not None:
            outlets.append(Outlet(name, outlet_slug(name.plain, voice.slugs), url, urls.host(url) if url else ""))
    return tuple(outlets)


@lru_cache(maxsize=8192)
def outlet_slug(name: str, letters: str) -> str:
    """`slugs.named`, remembered: a site has few outlets and many entries."""
    return slugs.named(name, letters)


def read_address(pair: Pair | None, notes: Notes) -> str:
    """An http(s) address of another site through the gate; empty with a problem for anything else."""
    raw = fields.plain(pair, notes, "url: https://…")
    if raw is None or pair is None:
        return ""
    url, reason = urls.gate(raw if raw.isascii() else with_marks_encoded(raw))
    if not url:
        notes.at(pair[1], f"{quoted(raw)} cannot be an address: {reason}", "write one that begins with https://")
    elif not urls.is_external(url):
        notes.at(pair[1], f"{quoted(raw)} is not the address of another site", "write one that begins with https://")
        return ""
    return url


def with_marks_encoded(raw: str) -> str:
    """An address with the direction marks and joiners of its path percent-encoded: some outlets' own URLs hold them."""
    if not MARKS.search(raw):
        return raw
    head = HOST.match(raw.strip(STRAY))
    if head is None:
        return raw
    return head[0] + MARKS.sub(lambda mark: quote(mark[0]), raw.strip(STRAY)[head.end() :])
