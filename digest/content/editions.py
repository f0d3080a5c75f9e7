"""A file under content/editions/ → an `Issue` of the digest.

In: path and bytes, the site's settings, the pictures found on disk. Out: the issue, or None where it cannot be had, and
every problem of the file. Whether the entries it lists exist is asked later, once all are known. Refuses what entries
do.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from digest.content import date_input, entries, fields, nodes, references, urls
from digest.content.entries import DATE, EntryContexts, Taken
from digest.content.fields import FLAG, TEXT, Key, Table, list_of, one_or_more
from digest.content.nodes import Notes
from digest.model import Edition, Place
from digest.problems import quoted
from digest.text import slugs, words

if TYPE_CHECKING:
    from digest.content.entries import EntryContext, File
    from digest.content.settings import Settings
    from digest.problems import Problem

FOLDER = "content/editions/"

KEYS = Table(
    "an edition",
    (
        Key("title", "العنوان", "the issue's name", TEXT, required=True),
        Key("date", "التاريخ", "ISO 8601 date or date-time; a future one is held back until then", DATE, required=True),
        Key(
            "introduction",
            "المقدمة",
            "the editor's words, Markdown; in a .md file they stand below the front matter",
            TEXT,
        ),
        Key("body", "النص", "the same as introduction", TEXT),
        Key("summary", "الملخص", "a sentence or two; default: the first sentences of the introduction", TEXT),
        Key("entries", "الأخبار", "ids of what is in it, in the editor's order", list_of(TEXT)),
        Key("image", "الصورة", "a picture: {src, alt, caption, credit}", {"anyOf": [TEXT, references.IMAGE_SHAPE]}),
        Key("slug", "الرابط", "last part of the URL; default: the file's name", TEXT),
        Key("aliases", "روابط_قديمة", "old URLs of the site that should lead here", one_or_more(TEXT)),
        Key("draft", "مسودة", "true: published nowhere", FLAG),
    ),
)
"""Every key of an edition in English and Arabic."""


def read(
    path: str, raw: bytes, settings: Settings, pictures: frozenset[str]
) -> tuple[Edition | None, tuple[Problem, ...]]:
    """The issue of one file, and everything wrong with it."""
    notes = Notes(path)
    taken = taken_apart(path, raw, KEYS, notes)
    if taken is None:
        return None, notes.problems()
    return issue(taken, entries.file_of(path, pictures), EntryContexts.of(settings), notes), notes.problems()


def taken_apart(path: str, raw: bytes, table: Table, notes: Notes) -> Taken | None:
    """A file that is Markdown or YAML → its keys, and its text with the line that starts on."""
    if path.lower().endswith(".md"):
        document = nodes.read_markdown(raw, notes)
        if document is None:
            return None
        found = fields.take(document.keys, table, notes)
        text = document.body, document.body_line
        has_text = bool(text[0].strip())
        for name in ("introduction", "body"):
            if name in found and has_text:
                key = found[name][0]
                notes.at(key, f"{quoted(key.value)} and text below the front matter", "keep one of them")
        below = found.get("introduction") or found.get("body")
        return Taken(found, document.keys, *(entries.text_below(below, notes) if below and not has_text else text))
    root = nodes.read_yaml(raw, notes)
    if root is None:
        return None
    found = fields.take(root, table, notes)
    if "introduction" in found and "body" in found:
        fields.twice(found["body"][0], found["introduction"][0], notes)
    return Taken(found, root, *entries.text_below(found.get("introduction") or found.get("body"), notes))


def issue(taken: Taken, file: File, house: EntryContext, notes: Notes) -> Edition:
    """Checked keys and a text → the issue."""
    found, node, source, line = taken
    settings, voice = house.settings, house.voice
    name = file.id.removeprefix("editions/")
    title_pair = found.get("title")
    published, has_time = date_input.moment(found.get("date"), house.zone, notes, settings.lang) or (
        datetime(date_input.FIRST_YEAR, 1, 1, tzinfo=house.zone),
        False,
    )
    body = references.body(
        source, line, notes, shelf=file.shelf, voice=voice, base=house.base, base_path=settings.base_path
    )
    summary = fields.text(found.get("summary"), voice, notes)
    path = f"/editions/{address(name)}/"
    if "slug" in found:
        path = f"/editions/{entries.read_slug(found['slug'], name, notes)}/"
    return Edition(
        id=name,
        place=Place(file.path, (title_pair[0] if title_pair else node).line),
        path=path,
        url=urls.path_url(settings.base_path, path),
        title=fields.text(title_pair, voice, notes, fields.MAX_TITLE) or voice.text(name),
        summary=summary if summary is not None else voice.text(words.lead(body.paragraphs, entries.SUMMARY_LENGTH)),
        published=published,
        moment=house.date_formatter(published, has_time),
        body=body.html,
        picks=tuple(references.entry_ids(found.get("entries"), notes)),
        image=references.image(found.get("image"), file.shelf, voice, notes),
        images=body.images,
        draft=fields.flag(found.get("draft"), notes),
        aliases=references.aliases(found.get("aliases"), notes),
        links=body.links,
    )


def address(name: str) -> str:
    """An id as a URL carries it: the same, but for parts no URL should hold."""
    return "/".join(
        part if slugs.SLUG.fullmatch(part) and part.lower() not in slugs.DEVICES else slugs.named(part)
        for part in name.split("/")
    )
