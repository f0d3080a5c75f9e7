"""A file under content/editions/ → an `Edition` of the digest.

In: path and bytes, the site's settings, the pictures found on disk. Out: the edition, or None for a file without keys,
and every problem of the file. Whether the entries it lists exist is checked later, once all are known. Refuses the same
as entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from digest.content import documents, references
from digest.content.fields import MARKDOWN, TEXT, Key, Table, list_of
from digest.content.nodes import Notes
from digest.model import Edition
from digest.problems import N_, Problem
from digest.text import slugs

if TYPE_CHECKING:
    from digest.content.documents import ContentContext

KEYS = Table(
    N_("an edition"),
    (
        documents.title_key(N_("the issue's name")),
        documents.DATE,
        Key("introduction", "المقدمة",
            "the editor's words, Markdown; in a .md file they stand below the front matter", MARKDOWN),
        Key("body", "النص", "the same as introduction", MARKDOWN),
        documents.summary_key("introduction"),
        Key("entries", "الأخبار", "ids of what is in it, in the editor's order", list_of(TEXT)),
        documents.IMAGE,
        Key("slug", "الرابط", "last part of the URL; default: the file's name", TEXT),
        documents.ALIASES,
        documents.DRAFT,
    ),
)  # fmt: skip
"""Every key of an edition in English and Arabic."""


def read(
    path: str, raw: bytes, site: ContentContext, pictures: frozenset[str]
) -> tuple[Edition | None, tuple[Problem, ...]]:
    """The edition of one file, and everything wrong with it."""
    notes = Notes(path)
    document = documents.taken_apart(path, raw, KEYS, notes)
    if document is None:
        return None, notes.problems()
    file, found = documents.file_of(path, pictures), document.found
    name = file.id.removeprefix("editions/")
    slug = documents.read_slug(found["slug"], name, notes) if "slug" in found else address(name)
    published, has_time = site.date(found.get("date"), notes)
    shared, body, _ = documents.read_shared(
        document, file, site, notes, context=site.text, name=name, path=f"/editions/{slug}/"
    )
    edition = Edition(
        **asdict(shared),
        published=published,
        moment=site.date_formatter(published, has_time),
        body=body.html,
        picks=tuple(references.entry_ids(found.get("entries"), notes)),
    )
    return edition, notes.problems()


def address(name: str) -> str:
    """An id as part of a URL: parts that no URL should hold are replaced."""
    return "/".join(
        part if slugs.SLUG.fullmatch(part) and part.lower() not in slugs.DEVICES else slugs.name_slug(part)
        for part in name.split("/")
    )
