"""What entries, editions and standalone pages share: their file, taken apart, and the keys that all of them have.

In: path and bytes of one file under content/, the site's settings, the pictures found on disk. Out: keys with their
text, and the values of the shared keys.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.content import date_input, fields, nodes, references, urls
from digest.content.fields import (
    FLAG,
    LANGUAGE_TAG,
    MARKDOWN,
    PROSE,
    TEXT,
    TITLE,
    WORD,
    Found,
    Key,
    Pair,
    Table,
    TextContext,
    Value,
    either,
    keys_of,
    one_or_more,
)
from digest.content.nodes import Mapping, Notes, Scalar
from digest.model import Item, Place, Text
from digest.problems import N_, Message, excerpt, mistake
from digest.text import bidi, slugs, words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.content.references import Body
    from digest.content.settings import Settings
    from digest.text.dates import Formatter

SUMMARY_LENGTH = 200

DATE_TIME = Value({**WORD, "pattern": r"^[0-9٠-٩۰-۹]{4}-[0-9٠-٩۰-۹]{2}-[0-9٠-٩۰-۹]{2}([Tt ].*)?$"}, TEXT.read)
DATE = Key(
    "date", "التاريخ", N_("ISO 8601 date or date-time; a future one is held back until then"), DATE_TIME, required=True
)
UPDATED = Key("updated", "التحديث", "ISO 8601 date or date-time of the last change", DATE_TIME)
IMAGE = Key("image", "الصورة", "a picture: {src, alt, caption, credit}", either(TEXT, keys_of(references.IMAGE)))
ALIASES = Key("aliases", "روابط_قديمة", "old URLs of the site that should lead here", one_or_more(TEXT))
LANG = Key("lang", "اللغة", "BCP 47 tag; default: the site's", LANGUAGE_TAG)
DRAFT = Key("draft", "مسودة", "true: published nowhere", FLAG._replace(empty="refused"))
"""An unfinished `draft:` must not publish the entry."""
BODY = Key("body", "النص", "the text, Markdown; in a .md file it stands below the front matter", MARKDOWN)


def title_key(about: Message) -> Key:
    return Key("title", "العنوان", about, TITLE, required=True)


def summary_key(of: str) -> Key:
    return Key("summary", "الملخص", f"a sentence or two; default: the first sentences of the {of}", PROSE)


class ContentContext(msgspec.Struct, frozen=True):
    """What reading files needs of a site's settings, worked out once: make one for many files."""

    settings: Settings
    zone: ZoneInfo
    date_formatter: Formatter
    themes: frozenset[str]
    theme_titles: dict[str, str]
    """Title in lower case → id."""
    text: TextContext

    @classmethod
    def of(cls, settings: Settings) -> ContentContext:
        return cls(
            settings,
            settings.zone,
            settings.date_formatter(),
            frozenset(theme.id for theme in settings.themes),
            {theme.title.plain.casefold(): theme.id for theme in settings.themes},
            fields.TextContext(settings.dir, "", settings.lang, settings.slugs, settings.base_path, settings.base_url),
        )

    def text_in(self, pair: Pair | None, notes: Notes) -> TextContext:
        """How a file's text is read: as the site's, unless its `lang` is another one."""
        own = self.settings.lang
        lang = fields.language(pair, own, notes) if pair else own
        return self.text if lang == own else self.text._replace(lang=lang)

    def date(self, pair: Pair | None, notes: Notes) -> tuple[datetime, bool]:
        """An instant and whether its hour was given; the first one of all for an unreadable date."""
        found = date_input.moment(pair, self.zone, notes, self.settings.lang)
        return found or (datetime(date_input.FIRST_YEAR, 1, 1, tzinfo=self.zone), False)


class File(NamedTuple):
    """A file being read."""

    path: str
    id: str
    """Path under content/ without the ending, NFC; of `final/index.md` the folder's."""
    stem: str
    """Name without the ending; of `final/index.md` the folder's."""
    folder: str
    """First folder under content/, empty for none."""
    images: references.ImageIndex


class Document(NamedTuple):
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
    if under.endswith(references.INDEX) and under.count("/") > 1:  # a folder of its own: final/index.md
        under = under.removesuffix(references.INDEX)
    first, slash, _ = under.partition("/")
    images = references.ImageIndex(pictures, path.rpartition("/")[0])
    return File(path, under, under.rpartition("/")[2], first if slash else "", images)


def taken_apart(path: str, raw: bytes, table: Table, notes: Notes) -> Document | None:
    """A Markdown or YAML file → its keys, and its text, which YAML files give as a key; None, with a problem, for a
    file without keys.
    """
    if not path.lower().endswith(".md"):
        root = nodes.read_yaml(raw, notes)
        return None if root is None else document(fields.take(root, table, notes), root, notes)
    parts = nodes.read_markdown(raw, notes)
    if parts is None:
        return None
    found = fields.take(parts.keys, table, notes)
    if not parts.body.strip():
        return document(found, parts.keys, notes)
    for name in ("introduction", "body"):
        if name in found:
            message = mistake(
                "text-twice", "'{key}' and text below the front matter", key=excerpt(found[name][0].value)
            )
            notes.at(found[name][0], message, N_("keep one of them"))
    return Document(found, parts.keys, parts.body, parts.body_line)


def document(found: Found, node: Mapping, notes: Notes) -> Document:
    """A mapping with its text, which is one of its values."""
    if "introduction" in found and "body" in found:
        fields.twice(found["body"][0], found["introduction"][0], notes)
    pair = found.get("introduction") or found.get("body")
    raw = fields.plain(pair, notes, N_("{key}: | and the text below, indented", key=notes.spelling("body", "النص")))
    if raw is None or pair is None:
        return Document(found, node, "", 0)
    value = pair[1]
    return Document(found, node, raw, value.line + (isinstance(value, Scalar) and value.style in ("|", ">")))


def read_shared(
    document: Document, file: File, site: ContentContext, notes: Notes, *, context: TextContext, name: str, path: str
) -> tuple[Item, Body, Text | None]:
    """The shared fields, the text, and the summary if the editor wrote one. `name`: the id, and the title of a file
    that has none.
    """
    found = document.found
    title = found.get("title")
    base = bidi.lang_direction(context.lang) if context.lang else context.base
    body = references.body(document.source, document.line, notes, images=file.images, context=context, base=base)
    summary = fields.text(found.get("summary"), context, notes)
    shared = Item(
        id=name,
        place=Place(file.path, (title[0] if title else document.node).line),
        path=path,
        url=urls.path_url(site.settings.base_path, path),
        title=fields.text(title, context, notes, fields.MAX_TITLE) or context.text(name.rpartition("/")[2]),
        summary=summary if summary is not None else context.text(words.lead(body.paragraphs, SUMMARY_LENGTH)),
        image=references.image(found.get("image"), file.images, context, notes),
        images=body.images,
        draft=fields.flag(found.get("draft"), notes),
        aliases=references.aliases(found["aliases"], context.base_url, notes) if "aliases" in found else (),
        links=body.links,
    )
    return shared, body, summary


def read_slug(pair: Pair | None, default: str, notes: Notes) -> str:
    """The slug as the editor wrote it, else the default."""
    raw = fields.plain(pair, notes, "slug: final-2026")
    if raw is None or pair is None:
        slug = default
    else:
        slug = unicodedata.normalize("NFC", raw.strip())
        if "%" in slug:
            slug = slugs.decoded(slug)
        if not slugs.SLUG.fullmatch(slug):
            offer = slugs.make_slug(slug)
            what = mistake("slug-letters", "'{value}' cannot be a slug", value=excerpt(raw))
            notes.at(pair[1], what, N_("write {offer}", offer=offer))
            return offer
    if slug.lower() in slugs.DEVICES:
        message = mistake("slug-device", "the slug '{slug}' is a name Windows keeps for a device", slug=excerpt(slug))
        if pair is None:
            notes.file(message, N_("add {key}: {slug}-1, say", key=notes.spelling("slug", "الرابط"), slug=slug))
        else:
            notes.at(pair[1], message, N_("write {slug}-1, say", slug=slug))
    return slug
