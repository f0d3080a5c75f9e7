"""A page and files that exist in tests alone, made of every sort of part there is.

Both laws (an incremental build, and what a preview shows, equal a clean build) are tried with them, so that whatever a
later kind of page or file holds was tried before it came.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from digest.model import Card, Entry, ImageRef, Link, Picture, Place, Text
from digest.pages import generated, plan
from digest.pages.blocks import MARGINS, ThemeRow
from digest.pages.context import Slice, paginate
from digest.pages.page import Details, FullText, Page, ViewContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pytest

    from digest.pages.plan import PageInputs

TEMPLATE = """\
<!doctype html>
<html lang="{{ page.lang }}"><title>{{ page.title }}</title>
<article>{{ page.body }}</article>
{% if page.picture %}<img src="{{ page.picture.rendition.src }}" alt="">{% endif %}
<p>{{ page.authors }} {{ page.count }}</p>
{% for card in page.cards %}<a href="{{ card.url }}">{{ card.title }}</a>{% endfor %}
<aside>{{ page.margins }}</aside>
</html>
"""


class EveryView(msgspec.Struct, frozen=True):
    """What the template of the page sees."""

    lang: str
    title: Text
    body: Markup
    picture: Picture | None
    authors: str
    count: int
    cards: tuple[Card, ...]
    margins: Markup


class Whole(msgspec.Struct, frozen=True):
    """A text deep in a struct, in a tuple of these."""

    label: str
    text: FullText


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the page and the files to every site of the test."""
    monkeypatch.setattr(plan, "PAGES", (*plan.PAGES, every_page))
    files = generated.files

    def with_ours(room: PageInputs, pages: Sequence[Page], now: datetime) -> list[generated.GeneratedFile]:
        return [*files(room, pages, now), *every_file(room)]

    monkeypatch.setattr(generated, "files", with_ours)


def sport(room: PageInputs) -> tuple[Entry, ...]:
    """The entries whose texts are embedded: those of one theme, so that the others go the shortest way."""
    return room.index.by_theme.get("sport", ())


def every_page(room: PageInputs) -> Iterator[Page]:
    """One page; its texts are those of the theme's newest entries."""
    entries = sport(room)
    rows = ThemeRow(room.context.settings.themes[0], room.index.entries[:3])
    parts = {
        "text": FullText(entries[0]) if entries else None,
        "deep": tuple(Whole(entry.id, FullText(entry)) for entry in entries[1:4]),
        "known": tuple(map(Details, room.index.entries[:2])),
        "card": room.index.entries[-1] if room.index.entries else None,
        "row": rows,
        "part": paginate("/every/", room.index.entries, 5, room.context)[0],
        "picture": next((entry.image for entry in room.index.entries if entry.image), None),
        "title": room.context.settings.title,
        "link": Link(room.context.settings.title, "/"),
    }
    yield Page("/every/", "every.html", every_view, parts, Place("site.yaml"), embeds=(MARGINS,))


def every_view(
    desk: ViewContext,
    *,
    text: FullText | None,
    deep: tuple[Whole, ...],
    known: tuple[Details, ...],
    card: Entry | None,
    row: ThemeRow,
    part: Slice,
    picture: ImageRef | None,
    title: Text,
    link: Link,
) -> EveryView:
    bodies = [desk.article(own.entry).story.body for own in ([text] if text else []) + [whole.text for whole in deep]]
    shown = [*row.entries, *part.entries, *([card] if card else [])]
    return EveryView(
        desk.context.view.lang,
        title,
        Markup("<hr>").join(map(Markup, bodies)),
        desk.context.picture(picture),
        " ".join([author.plain for one in known for author in one.entry.authors] + [link.url]),
        len(shown),
        desk.shown(shown),
        desk.fragments[MARGINS],
    )


def every_file(room: PageInputs) -> Iterator[generated.GeneratedFile]:
    """One file of whole texts, as a search index would be; one of cards and settings."""
    entries = sport(room)

    def texts(desk: ViewContext) -> bytes:
        return json.dumps({entry.id: desk.article(entry).story.body for entry in entries}, ensure_ascii=False).encode()

    def cards(desk: ViewContext) -> bytes:
        titles = [card.title.plain for card in desk.shown(room.index.entries)]
        return json.dumps([desk.context.settings.title.plain, *titles], ensure_ascii=False).encode()

    yield generated.GeneratedFile("/every-text.json", {"entries": tuple(map(FullText, entries))}, texts)
    yield generated.GeneratedFile("/every-card.json", {"entries": room.index.entries}, cards)
