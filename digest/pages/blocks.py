"""Blocks of links that many pages share: latest, one a theme, most read; and the margins made of them.

The rows of entries are chosen here, from the index; a block is made of its row alone. As a fragment of the site the
margins are made once a build, whatever the number of pages: spliced into each page (`inline`), or written to a file of
their own that pages refer to (`live`, `ssi`, `esi`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from digest.pages.page import Page, ViewContext
from digest.pages.views import AwaitedBlock, AwaitedMargins, Block, Margins

if TYPE_CHECKING:
    from digest.linking.index import Index
    from digest.model import Entry, Place, Text, Theme
    from digest.pages.context import SiteContext

MARGINS = "margins"
"""Name of the fragment in `ViewContext.fragments` and `Page.embeds`."""
FRAGMENT = "/fragments/margins.html"
"""Its address when it is a file of its own."""
LIVE_FROM = 3_000
"""Articles beyond which `fragments: auto` means `live`: up to here a new story changes no more files than a host takes
at once."""

Entries = Sequence["Entry"]


class ThemeRow(msgspec.Struct, frozen=True, gc=False):
    """A theme and the entries of its block."""

    theme: Theme
    entries: tuple[Entry, ...]


def most_read(index: Index, counts: Sequence[tuple[str, int]], count: int) -> tuple[Entry, ...]:
    """The entries with the highest counts; names of entries that no longer exist are skipped."""
    ranked = sorted((-reads, name) for name, reads in counts if name in index.by_id)
    return tuple(index.by_id[name] for _, name in ranked[:count])


def leads_first(entries: Entries, count: int) -> tuple[Entry, ...]:
    """The newest `count` entries, leads first; an entry leads while it is among the newest `2 * count`."""
    window = entries[: count * 2]
    ordered = [e for e in window if e.lead] + [e for e in window if not e.lead]
    return tuple(ordered[:count])


def latest_block(ctx: ViewContext, entries: Entries) -> Block | None:
    return block(ctx, "latest", ctx.context.strings.text("latest"), entries, url=ctx.context.url("/archive/"))


def most_read_block(ctx: ViewContext, entries: Entries) -> Block | None:
    return block(ctx, "most-read", ctx.context.strings.text("most_read"), entries)


def theme_block(ctx: ViewContext, row: ThemeRow) -> Block | None:
    return block(ctx, "theme", row.theme.title, row.entries, url=row.theme.url, theme=row.theme)


def block(
    ctx: ViewContext, kind: str, title: Text, entries: Entries, *, url: str = "", theme: Theme | None = None
) -> Block | None:
    """A block of links; None if there are none."""
    return Block(kind, title, ctx.shown(entries), url, theme) if entries else None


# ------------------------------------------------------------------ margins


def fragments_mode(asked: str, articles: int) -> str:
    """`inline`, `live`, `ssi` or `esi`; `auto` decides by the number of articles."""
    if asked != "auto":
        return asked
    return "live" if articles > LIVE_FROM else "inline"


def margins(index: Index, popular: tuple[Entry, ...], context: SiteContext, origin: Place) -> Page:
    """The blocks beside every article: rendered into each page, or a file of their own."""
    rows = theme_rows(index, context)
    parts = {"latest": index.entries[: context.settings.blocks.latest], "themes": rows, "popular": popular}
    return Page(FRAGMENT, Margins.template, margins_view, parts, origin, indexed=False, variable=MARGINS)


def theme_rows(index: Index, context: SiteContext) -> tuple[ThemeRow, ...]:
    count = context.settings.blocks.theme
    rows = (ThemeRow(theme, index.by_theme.get(theme.id, ())[:count]) for theme in context.settings.themes)
    return tuple(row for row in rows if row.entries)


def margins_view(ctx: ViewContext, *, latest: Entries, themes: tuple[ThemeRow, ...], popular: Entries) -> Margins:
    blocks = (theme_block(ctx, row) for row in themes)
    return Margins(latest_block(ctx, latest), tuple(b for b in blocks if b), most_read_block(ctx, popular))


def awaited_margins(index: Index, popular: tuple[Entry, ...], context: SiteContext, origin: Place) -> Page:
    """The placeholder in each page for margins that are a file of their own.

    Its parts are the lengths of the blocks alone, so that a new story changes neither it nor any old page.
    """
    latest = min(context.settings.blocks.latest, len(index.entries))
    parts = {
        "latest": latest,
        "themes": tuple((row.theme, len(row.entries)) for row in theme_rows(index, context)),
        "popular": len(popular),
    }
    return Page(FRAGMENT, AwaitedMargins.template, awaited_view, parts, origin, indexed=False, variable=MARGINS)


def awaited_view(
    ctx: ViewContext, *, latest: int, themes: tuple[tuple[Theme, int], ...], popular: int
) -> AwaitedMargins:
    context, words = ctx.context, ctx.context.strings
    front = f"{context.view.home}#most-read"
    column = (
        AwaitedBlock(
            "latest", words.text("latest"), context.url("/archive/"), words.text("archive_description"), latest
        ),
        AwaitedBlock("most-read", words.text("most_read"), front, words.text("most_read_description"), popular),
    )
    return AwaitedMargins(
        context.url(FRAGMENT),
        context.fragments,
        tuple(place for place in column if place.count),
        tuple(
            AwaitedBlock("theme", theme.title, theme.url, described(context, theme), count, theme)
            for theme, count in themes
        ),
    )


def described(context: SiteContext, theme: Theme) -> Text:
    """The editor's sentence about a theme, or the one that its list has in search engines."""
    return theme.description or context.strings.text("theme_description", name=theme.title)
