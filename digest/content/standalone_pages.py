"""A file under content/pages/ → a `StandalonePage`: about, contact, terms.

In: path and bytes, the site's settings, the pictures found on disk. Out: the page, or None for a file without keys, and
every problem of the file. Refuses the same as entries, and the address of a theme or of one of the site's own pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from digest.content import date_input, documents
from digest.content.fields import TEXT, Found, Key, Table
from digest.content.nodes import Notes
from digest.content.settings import RESERVED
from digest.model import StandalonePage
from digest.problems import N_, Problem, excerpt, mistake
from digest.text import slugs

if TYPE_CHECKING:
    from digest.content.documents import ContentContext, File

KEYS = Table(
    N_("a page"),
    (
        documents.title_key(N_("the page's name")),
        documents.summary_key("text"),
        documents.LANG,
        documents.UPDATED,
        documents.IMAGE,
        Key("slug", "الرابط", "the page's URL; default: the file's name", TEXT),
        documents.ALIASES,
        documents.DRAFT,
        documents.BODY,
    ),
)
"""Every key of a standalone page in English and Arabic."""


def read(
    path: str, raw: bytes, site: ContentContext, pictures: frozenset[str]
) -> tuple[StandalonePage | None, tuple[Problem, ...]]:
    """The page of one file, and everything wrong with it."""
    notes = Notes(path)
    document = documents.taken_apart(path, raw, KEYS, notes)
    if document is None:
        return None, notes.problems()
    file, found = documents.file_of(path, pictures), document.found
    context = site.text_in(found.get("lang"), notes)
    updated = date_input.moment(found.get("updated"), site.zone, notes, site.settings.lang)
    shared, body, _ = documents.read_shared(
        document, file, site, notes,
        context=context, name=file.id.removeprefix("pages/"), path=f"/{read_page_slug(found, file, site, notes)}/",
    )  # fmt: skip
    page = StandalonePage(
        **asdict(shared), body=body.html, updated=site.date_formatter(*updated) if updated else None, lang=context.lang
    )
    return page, notes.problems()


def read_page_slug(found: Found, file: File, site: ContentContext, notes: Notes) -> str:
    """The page's slug, which may not be a theme's nor one of the site's own first segments."""
    pair = found.get("slug")
    letters = "latin" if site.settings.slugs == "latin" else "arabic"  # pages are few: they keep names under `id` too
    slug = documents.read_slug(pair, slugs.make_slug(file.stem, letters), notes)
    taken = {theme.casefold(): N_("the theme '{theme}'", theme=excerpt(theme)) for theme in site.themes}
    owner = taken.get(slug.casefold()) or (N_("one of the site's own pages") if slug.casefold() in RESERVED else None)
    if owner:
        message = mistake("address-taken", "/{slug}/ is the address of {owner}", slug=slug, owner=owner)
        if pair:
            notes.at(pair[1], message, N_("choose another slug"))
        else:
            notes.file(message, N_("rename the file, or add {key}:", key=notes.spelling("slug", "الرابط")))
    return slug
