"""A file under content/pages/ → a `StandalonePage`: about, contact, terms.

In: path and bytes, the site's settings, the pictures found on disk. Out: the page, or None where it cannot be had, and
every problem of the file. Refuses what entries do, and an address that is a theme's or one of the site's own pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content import date_input, entries, fields, references, urls
from digest.content.editions import taken_apart
from digest.content.entries import DATE, EntryContexts
from digest.content.fields import FLAG, LANGUAGE_PATTERN, TEXT, Key, Table, one_or_more
from digest.content.nodes import Notes
from digest.content.site_keys import RESERVED
from digest.model import Place, StandalonePage
from digest.problems import quoted
from digest.text import bidi, slugs, words

if TYPE_CHECKING:
    from digest.content.entries import EntryContext, File, Taken
    from digest.content.fields import Found
    from digest.content.settings import Settings
    from digest.problems import Problem

KEYS = Table(
    "a page",
    (
        Key("title", "العنوان", "the page's name", TEXT, required=True),
        Key("summary", "الملخص", "a sentence or two; default: the first sentences of the text", TEXT),
        Key("lang", "اللغة", "BCP 47 tag; default: the site's", {"type": "string", "pattern": LANGUAGE_PATTERN}),
        Key("updated", "التحديث", "ISO 8601 date or date-time of the last change", DATE),
        Key("image", "الصورة", "a picture: {src, alt, caption, credit}", {"anyOf": [TEXT, references.IMAGE_SHAPE]}),
        Key("slug", "الرابط", "the page's URL; default: the file's name", TEXT),
        Key("aliases", "روابط_قديمة", "old URLs of the site that should lead here", one_or_more(TEXT)),
        Key("draft", "مسودة", "true: published nowhere", FLAG),
        Key("body", "النص", "the text, Markdown; in a .md file it stands below the front matter", TEXT),
    ),
)
"""Every key of a standing page in English and Arabic."""


def read(
    path: str, raw: bytes, settings: Settings, pictures: frozenset[str]
) -> tuple[StandalonePage | None, tuple[Problem, ...]]:
    """The page of one file, and everything wrong with it."""
    notes = Notes(path)
    taken = taken_apart(path, raw, KEYS, notes)
    if taken is None:
        return None, notes.problems()
    return page(taken, entries.file_of(path, pictures), EntryContexts.of(settings), notes), notes.problems()


def page(taken: Taken, file: File, house: EntryContext, notes: Notes) -> StandalonePage:
    """Checked keys and a text → the page."""
    found, node, source, line = taken
    settings, voice, base = house.settings, house.voice, house.base
    lang = fields.language(found.get("lang"), settings.lang, notes)
    if lang != settings.lang:
        voice, base = voice._replace(lang=lang), bidi.lang_direction(lang)
    title_pair = found.get("title")
    updated = date_input.moment(found.get("updated"), house.zone, notes, settings.lang)
    body = references.body(source, line, notes, shelf=file.shelf, voice=voice, base=base, base_path=settings.base_path)
    summary = fields.text(found.get("summary"), voice, notes)
    slug = read_page_slug(found, file, house, notes)
    path = f"/{slug}/"
    return StandalonePage(
        id=file.id.removeprefix("pages/"),
        place=Place(file.path, (title_pair[0] if title_pair else node).line),
        path=path,
        url=urls.path_url(settings.base_path, path),
        title=fields.text(title_pair, voice, notes, fields.MAX_TITLE) or voice.text(file.stem),
        summary=summary if summary is not None else voice.text(words.lead(body.paragraphs, entries.SUMMARY_LENGTH)),
        body=body.html,
        updated=house.date_formatter(*updated) if updated else None,
        lang=voice.lang,
        image=references.image(found.get("image"), file.shelf, voice, notes),
        images=body.images,
        draft=fields.flag(found.get("draft"), notes),
        aliases=references.aliases(found.get("aliases"), notes),
        links=body.links,
    )


def read_page_slug(found: Found, file: File, house: EntryContext, notes: Notes) -> str:
    """The page's slug, which may not be a theme's nor one of the site's own first segments."""
    pair = found.get("slug")
    letters = (
        "latin" if house.settings.slugs == "latin" else "arabic"
    )  # pages are few: even by id they keep their names
    slug = entries.read_slug(pair, slugs.made(file.stem, letters), notes)
    taken = {theme.casefold(): f"the theme {quoted(theme)}" for theme in house.themes}
    owner = taken.get(slug.casefold()) or ("one of the site's own pages" if slug.casefold() in RESERVED else "")
    if owner:
        message = f"/{slug}/ is the address of {owner}"
        if pair:
            notes.at(pair[1], message, "choose another slug")
        else:
            notes.file(message, "rename the file, or add slug:")
    return slug
