"""Blocks of links that many pages share: latest, one a theme, most read. Made once a build, whatever the number of
pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from digest.pages.views import Block, Margins

if TYPE_CHECKING:
    from digest.linking.index import Index
    from digest.model import Card, Entry, Text, Theme
    from digest.pages.context import SiteContext

Cards = Mapping[str, "Card"]


def latest(index: Index, cards: Cards, context: SiteContext, *, skip: int = 0) -> Block | None:
    count = context.settings.blocks.latest
    return block("latest", context.strings.text("latest"), index.entries[skip : skip + count], cards)


def theme_block(theme: Theme, entries: Sequence[Entry], cards: Cards) -> Block | None:
    return block("theme", theme.title, entries, cards, url=theme.url, theme=theme)


def most_read(index: Index, cards: Cards, counts: Sequence[tuple[str, int]], context: SiteContext) -> Block | None:
    """The entries with the highest counts; names that are no entry any more are passed over."""
    ranked = sorted((-count, name) for name, count in counts if name in index.by_id)
    chosen = [index.by_id[name] for _, name in ranked[: context.settings.blocks.most_read]]
    return block("most-read", context.strings.text("most_read"), chosen, cards)


def margins(index: Index, cards: Cards, popular: Block | None, context: SiteContext) -> Margins:
    """What stands beside every article."""
    count = context.settings.blocks.theme
    blocks = (theme_block(theme, newest(index, theme, count), cards) for theme in context.settings.themes)
    return Margins(latest(index, cards, context), tuple(b for b in blocks if b), popular)


def newest(index: Index, theme: Theme, count: int) -> tuple[Entry, ...]:
    return index.by_theme.get(theme.id, ())[:count]


def leads_first(entries: Sequence[Entry], count: int) -> tuple[Entry, ...]:
    """The newest `count`, those marked `lead` in front; a lead older than the whole list's length leads no more."""
    window = entries[: count * 2]
    ordered = [e for e in window if e.lead] + [e for e in window if not e.lead]
    return tuple(ordered[:count])


def block(
    kind: str, title: Text, entries: Sequence[Entry], cards: Cards, *, url: str = "", theme: Theme | None = None
) -> Block | None:
    """The block, or None: one without links is not shown."""
    if not entries:
        return None
    return Block(kind, title, tuple(cards[entry.id] for entry in entries), url, theme)
