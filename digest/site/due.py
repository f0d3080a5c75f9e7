"""Entries and editions that wait for their date."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from digest.model import Edition, Entry
    from digest.site.site import Site


class Due(NamedTuple):
    """One thing that will appear by itself."""

    moment: datetime
    """In the site's time zone."""
    id: str
    title: str


def waiting(site: Site) -> list[Due]:
    """Entries and editions that are finished and not yet due, the next one first."""
    zone = site.settings.zone
    library = site.sources.library
    items: tuple[Entry | Edition, ...] = (*library.entries, *library.editions)
    ready = (item for item in items if not item.draft and item.published > site.now)
    return sorted(Due(item.published.astimezone(zone), item.id, item.title.plain) for item in ready)
