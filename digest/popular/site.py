"""The addresses of a site's pages, which a count looks for in logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from digest.popular.routes import Page

if TYPE_CHECKING:
    from digest.model import Edition, Entry, StandalonePage
    from digest.site.site import Site


def pages_of(site: Site) -> Iterator[Page]:
    """Every page that has an address of its own, stories first: where two claim one, the story has it."""
    for entry in site.index.entries:
        yield Page(addresses(entry), entry.id)
    others: Sequence[Edition | StandalonePage] = (*site.index.editions, *site.index.pages)
    for other in others:
        yield Page(addresses(other))
    yield Page(("/", "/404.html", *(f"/{theme.id}/" for theme in site.settings.themes)))


def addresses(item: Entry | Edition | StandalonePage) -> tuple[str, ...]:
    """Where an item is, and where it was."""
    return item.path, *(path for path, _ in item.aliases)
