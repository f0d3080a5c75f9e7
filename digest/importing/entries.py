"""A story of an old site → the text of its file here.

In: a `Story`, its place, an editor's decisions. Out: front matter and Markdown, read once as a build reads it, with
what could not come along as it was.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from digest.content import entries, standalone_pages, urls
from digest.content.documents import ContentContext
from digest.content.fields import MAX_ITEMS, MAX_TITLE
from digest.curating.drafts import MAX_NAME, MAX_SUMMARY, MAX_URL, Source, quoted, source_lines
from digest.importing import closing_lines, conversion
from digest.importing.conversion import Note
from digest.text import bidi, cleaning

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.importing.addresses import Place, Plan
    from digest.importing.archive import Archive, Record, Story
    from digest.importing.mapping import Decisions
    from digest.importing.media import Media

LETTER: Final = re.compile(r"[^\W_]")
QUERY: Final = re.compile(r"(?:^|&)(p|page_id|cat|tag|attachment_id)=([^&]+)")
TITLE_WORDS: Final = 10
UNTITLED: Final = {"ar": "بلا عنوان", "fr": "Sans titre"}


class Made(msgspec.Struct, frozen=True):
    """A file, ready to be written."""

    text: str
    notes: tuple[Note, ...]
    problems: tuple[str, ...] = ()
    """Why a build would refuse it; empty for a sound one."""


class Writer:
    """Writes the files of one import."""

    def __init__(self, archive: Archive, decisions: Decisions, settings: Settings, plan: Plan, media: Media) -> None:
        self.archive, self.decisions, self.settings, self.plan, self.media = archive, decisions, settings, plan, media
        self.context = ContentContext.of(settings)
        self.by_name: dict[str, list[str]] = {}
        """Name of a source file → the public records of that name."""
        for one in archive.records if archive.system != "wordpress" else ():
            if one.status == "publish" and one.key in plan.places:
                self.by_name.setdefault(posixpath.basename(one.key), []).append(one.key)
        self.public = {one.key for one in archive.records if one.status == "publish"}

    def file(self, story: Story) -> Made:
        """The file of a story that has a place."""
        place = self.plan.places[story.record.key]
        lang = story.lang or self.settings.lang
        around = conversion.Surroundings(
            lambda href: self.link(href, story.record), lambda src: self.media.picture(self.located(src, story.record)),
            bidi.lang_direction(lang), self.settings.base_url, lang,
        )  # fmt: skip
        text = conversion.convert(story.html, around, is_classic=story.is_classic)
        notes = [*(Note(code, what) for code, what in story.left), *text.notes]
        closing = None if place.is_page else closing_lines.take(text.markdown, self.decisions.given.sources)
        body = closing.text if closing else text.markdown
        lines = list(self.front_matter(story, place, closing, body, notes))
        made = self.whole(lines, body, place)
        problems = self.problems(made, place)
        if problems:
            plain = conversion.convert(story.html, around, is_classic=story.is_classic, as_plain=True)
            made = self.whole(lines, plain.markdown, place)
            again = self.problems(made, place)
            if not again:
                return Made(
                    made,
                    (*notes, *(note for note in plain.notes if note not in notes), Note("plain-text", problems[0])),
                )
            problems = again
        return Made(made, tuple(notes), problems)

    @staticmethod
    def whole(lines: list[str], body: str, place: Place) -> str:  # noqa: ARG004
        return "---\n" + "\n".join(lines) + "\n---\n" + (f"\n{body}\n" if body else "")

    def problems(self, text: str, place: Place) -> tuple[str, ...]:
        """What a build would refuse in a file."""
        pictures = frozenset(f"content/{file}" for file in self.media.found.values() if file and file in text)
        if place.is_page:
            _, problems = standalone_pages.read(place.file, text.encode(), self.context, pictures)
        else:
            _, problems = entries.read(place.file, text.encode(), self.context, pictures)
        return tuple(f"{one.message}" for one in problems if one.level == "error")

    # ---------------------------------------------------------------- keys

    def front_matter(
        self, story: Story, place: Place, closing: closing_lines.Closing | None, body: str, notes: list[Note]
    ) -> Iterator[str]:
        record = story.record
        is_draft = record.status not in {"publish", "future"} or not record.has_date
        if record.status not in {"publish", "future"}:
            yield f"# {record.status} ({self.archive.system})"
            notes.append(Note("status", record.status))
        yield f"title: {quoted(self.title(story, body, notes), MAX_TITLE)}"
        if not place.is_page:
            yield from self.dates(story, notes)
            yield from self.people(story, closing)
        summary = cleaning.clean(story.summary)
        if summary:
            yield f"summary: {quoted(summary, MAX_SUMMARY)}"
        yield from self.picture(story, notes)
        yield from of_place(place)
        if story.is_lead and not place.is_page:
            yield "lead: true"
        if story.lang and story.lang != self.settings.lang:
            yield f"lang: {story.lang}"
        if is_draft:
            yield "draft: true"

    def title(self, story: Story, body: str, notes: list[Note]) -> str:
        title = cleaning.clean(story.record.title)
        if title:
            return title
        notes.append(Note("no-title"))
        words = re.sub(
            r"<!--.*?-->|!\[.*?\]\(.*?\)|[*`#>|\\\[\]<]|\([^()]*\)", " ", body[:2000], flags=re.DOTALL
        ).split()
        first = cleaning.clean(" ".join(words[:TITLE_WORDS]))
        return first if LETTER.search(first) else UNTITLED.get(self.settings.lang.partition("-")[0], "Untitled")

    def dates(self, story: Story, notes: list[Note]) -> Iterator[str]:
        """`date:` and `updated:`."""
        if not story.record.has_date:
            notes.append(Note("no-date"))
        yield f"date: {story.record.date.replace(microsecond=0).isoformat()}"
        if story.updated and self.is_later(story):
            yield f"updated: {story.updated.replace(microsecond=0).isoformat()}"

    @staticmethod
    def is_later(story: Story) -> bool:
        published, updated = story.record.date, story.updated
        if updated is None or (published.tzinfo is None) != (updated.tzinfo is None):
            return False
        return updated > published

    def people(self, story: Story, closing: closing_lines.Closing | None) -> Iterator[str]:
        """`source:` and `author:`."""
        authors, sources = [], []
        if closing:
            name = closing.name or urls.host(urls.gate(closing.url)[0]) or closing.url
            sources.append(Source(name, self.outside(closing.url)))
        elif story.source:
            sources.append(Source(urlsplit(story.source).hostname or "", self.outside(story.source)))
        for login in story.record.author:
            role, name = self.decisions.person(login)
            if role == "author":
                authors.append(name)
            elif role == "source" and not any(one.name == name for one in sources):
                sources.append(Source(name))
        yield from source_lines(tuple(one for one in sources if LETTER.search(one.name)))
        authors = [name for name in dict.fromkeys(authors) if LETTER.search(name)][:MAX_ITEMS]
        if authors:
            yield "author: " + (quoted(authors[0]) if len(authors) == 1 else f"[{', '.join(map(quoted, authors))}]")

    @staticmethod
    def outside(address: str) -> str:
        url, _ = urls.gate(address.strip())
        return url if urls.is_external(url) and len(url) <= MAX_URL else ""

    def picture(self, story: Story, notes: list[Note]) -> Iterator[str]:
        """`image:`, or a comment where the file is missing."""
        if story.picture is None or not story.picture.url:
            return
        file = self.media.picture(self.located(story.picture.url, story.record))
        if not file:
            notes.append(Note("no-lead-picture", story.picture.url))
            yield f"# image: {cleaning.clean(story.picture.url)[:MAX_TITLE]}"
            return
        yield "image:"
        yield f"  src: {quoted(file, MAX_URL)}"
        if not story.picture.alt:
            notes.append(Note("no-alt", file))
        yield f"  alt: {quoted(story.picture.alt or '?', MAX_SUMMARY)}"
        if story.picture.caption:
            yield f"  caption: {quoted(story.picture.caption, MAX_SUMMARY)}"
        if story.picture.credit:
            yield f"  credit: {quoted(story.picture.credit, MAX_NAME)}"

    # ---------------------------------------------------------------- links

    def located(self, src: str, record: Record) -> str:
        """A picture's address that is relative to its page: a file beside the source, or below the page's address."""
        if not src or src.startswith(("/", "uploads/")) or ":" in src.partition("/")[0]:
            return src
        if self.archive.system != "wordpress":
            return "/" + posixpath.normpath(posixpath.join(posixpath.dirname(record.where), unquote(src))).lstrip("/")
        return urljoin(record.link, src)

    def link(self, href: str, record: Record) -> str:  # noqa: PLR0911 - one for each kind of address
        """An address in a text as it is written here; empty for one that leads nowhere any more."""
        href = href.strip()
        if self.archive.system != "wordpress" and href.partition("#")[0].endswith((".md", ".markdown")):
            return self.source_link(href.partition("#")[0], record)
        if href.startswith("#"):
            return ""
        try:
            page = record.link
            whole = urljoin(page or self.archive.base, href) if self.archive.base or page else href
            parts = urlsplit(whole)
            path = self.archive.path_of(whole) if parts.scheme in {"", "http", "https"} else ""
        except ValueError:
            return ""
        if not path:
            url, _ = urls.gate(whole)
            is_own = (parts.hostname or "").removeprefix("www.") == self.archive.host  # beside the old site, not in it
            return url if urls.leaves(url) and not is_own else ""
        if query := QUERY.search(parts.query):
            found = self.plan.targets.get(f"?{query[1]}={unquote(query[2])}", "")
            if found:
                return found
        targets = self.plan.targets
        for name in (path, path.rstrip("/") + "/", path.rstrip("/")):
            if name in targets:
                return targets[name]
        return "/" if path == "/" else self.media.document(path)

    def source_link(self, href: str, record: Record) -> str:
        """A link to another source file, from the content folder or beside the page."""
        path = unquote(href)
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(record.where), path))
        for key in (beside, f"content/{path.lstrip('/')}", path.lstrip("/")):
            place = self.plan.places.get(key)
            if place is not None and key in self.public:
                return place.path
        named = self.by_name.get(posixpath.basename(path), [])
        return self.plan.places[named[0]].path if len(named) == 1 else ""


def of_place(place: Place) -> Iterator[str]:
    """Keys that say where an entry stands."""
    if tags := [tag for tag in place.tags if LETTER.search(tag)][:MAX_ITEMS]:
        yield f"tags: [{', '.join(quoted(tag, 200) for tag in tags)}]"
    if place.slug:
        yield f"slug: {quoted(place.slug)}"
    if place.aliases:
        yield f"aliases: [{', '.join(quoted(path, 2000) for path in place.aliases)}]"
    if not place.is_page and place.theme != place.file.split("/")[1]:
        yield f"theme: {place.theme}"
