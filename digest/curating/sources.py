"""The sources a site's editor follows, found by an address.

A source is found by the host of an address too, so that a clipped page gets the theme and the time zone its feed has.
"""

from __future__ import annotations

from collections.abc import Iterable

from digest.content.inbox_sources import InboxSource, read, read_all
from digest.curating import addresses

__all__ = ["InboxSource", "of_host", "read", "read_all"]


def of_host(sources: Iterable[InboxSource], address: str) -> InboxSource | None:
    """The source with the host of an address, or else with its registered domain (`feeds.x.example`, `www.x.example`).

    None where there is none, or two of one domain that differ.
    """
    name = addresses.host(address)
    if not name:
        return None
    known = [(addresses.host(source.url), source) for source in sources]
    same = [source for host, source in known if host == name]
    if same:
        return same[0]
    domain = addresses.registered(name)
    near = [source for host, source in known if host and addresses.registered(host) == domain]
    return near[0] if len({(source.theme, source.timezone) for source in near}) == 1 else None
