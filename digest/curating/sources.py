"""The sources a site's editor follows: `inbox:` of `site.yaml` → values.

A source is found by the host of an address too, so that a clipped page gets the theme and the time zone its feed has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from digest.content import nodes
from digest.content.nodes import Listing, Mapping, Scalar
from digest.curating import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable


class InboxSource(msgspec.Struct, frozen=True):
    """One line of `inbox:`."""

    name: str
    url: str
    """Address of the feed, or a path under the site's folder."""
    theme: str = ""
    lang: str = ""
    timezone: str = ""


KEYS = {
    "name": "name", "الاسم": "name", "url": "url", "الرابط": "url", "theme": "theme", "المحور": "theme",
    "lang": "lang", "اللغة": "lang", "timezone": "timezone", "المنطقة_الزمنية": "timezone",
}  # fmt: skip


def read(site_yaml: bytes) -> tuple[InboxSource, ...]:
    """The sources that have a name and an address; what is faulty is left out here."""
    root, _ = nodes.load(site_yaml, "site.yaml")
    if root is None:
        return ()
    listing = next((value for key, value in root.items if key.value in ("inbox", "الوارد")), None)
    if not isinstance(listing, Listing):
        return ()
    found = []
    for item in listing.items:
        if not isinstance(item, Mapping):
            continue
        given = {
            KEYS[key.value]: value.value.strip()
            for key, value in item.items
            if key.value in KEYS and isinstance(value, Scalar)
        }
        if given.get("name") and given.get("url"):
            found.append(InboxSource(**given))
    return tuple(found)


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
