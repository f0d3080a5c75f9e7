"""`deploy:` of site.yaml → the destinations of the site, each a place with a name.

In: the keys of site.yaml. Out: frozen destinations in their order, the first one the default, and a problem for every
value that is unknown, missing or dangerous. What each kind of place takes is declared in its module under `targets/`.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from digest.content import fields, nodes
from digest.content.fields import Found, Shape, TextContext, either, keys_of, list_of
from digest.content.nodes import Listing, Mapping, Node, Notes
from digest.content.settings import FEED_KEYS, KEYS
from digest.deploy.keys import TO
from digest.deploy.targets import KINDS, Place, place_type, table
from digest.problems import N_, Message, Problem, did_you_mean, excerpt, mistake

CONTEXT = TextContext("ltr", "", "")
"""Destinations hold no text to be read in a language."""
EXAMPLES = re.compile(r"(?:.*\.)?(?:example|invalid)|(?:.*\.)?example\.(?:com|net|org)", re.IGNORECASE)
"""Hosts that no site can have: names reserved for examples (RFC 2606)."""


class Destination(msgspec.Struct, frozen=True):
    """A place under its name, and what to do besides sending."""

    name: str
    place: Place
    host: str = ""
    """A host whose limits and files are known; empty: any."""
    announce: tuple[str, ...] = ()
    """Who is told what changed: `indexnow`, `websub`."""


class Destinations(msgspec.Struct, frozen=True):
    """All that site.yaml says of deploying."""

    destinations: tuple[Destination, ...]
    address: tuple[int, int]
    """Line and column of the value of `base_url`; zeros if there is none."""


def shape() -> Shape:
    """The shape of the value: one place or a list of them. See `digest.content.sections`."""
    places = [keys_of(table(kind)) for kind in KINDS]
    return either(*places, list_of(either(*places))).shape


def check(site: Found, notes: Notes) -> None:
    """Note every problem of the value. See `digest.content.sections`."""
    read_destinations(site, notes)


def read(raw: bytes, *, path: str = "site.yaml") -> tuple[Destinations, tuple[Problem, ...]]:
    """The destinations of a site.yaml that `settings.read` accepts, and every problem of `deploy:`."""
    root = nodes.read_yaml(raw, Notes(path))
    found = fields.take(root, KEYS, Notes(path)) if root else {}
    notes = Notes(path)
    pair = found.get("base_url")
    made = Destinations(read_destinations(found, notes), (pair[1].line, pair[1].column) if pair else (0, 0))
    return made, notes.problems()


def example_address(base_url: str, destinations: Destinations, *, path: str = "site.yaml") -> Problem | None:
    """The problem of a site whose address is still an example's; None if it has an address of its own."""
    if not EXAMPLES.fullmatch(urlsplit(base_url).hostname or ""):
        return None
    message = mistake(
        "example-address", "'base_url' is still the address of an example, '{address}'", address=excerpt(base_url)
    )
    return Problem(path, *destinations.address, message, N_("write the address where readers will find the site"))


def read_destinations(site: Found, notes: Notes) -> tuple[Destination, ...]:
    """All destinations, one mapping or a list of them; faulty ones left out."""
    pair = site.get("deploy")
    if pair is None:
        return ()
    given = [pair[1]] if isinstance(pair[1], Mapping) else fields.items(pair, notes, "deploy: {to: folder, path: …}")
    if isinstance(pair[1], Listing) and not given:
        what = mistake("no-place", "'deploy' names no place")
        notes.at(pair[1], what, N_("add one: {example}", example="- {to: folder, path: ../www}"))
    made: dict[str, Destination] = {}
    for node in given:
        destination = read_destination(node, notes)
        if destination is None:
            continue
        if destination.name in made:
            what = mistake("place-twice", "two places are called '{name}'", name=excerpt(destination.name))
            notes.at(node, what, N_("give one of them another name"))
            continue
        if "indexnow" in destination.announce and "indexnow" not in site:
            what = mistake("announce", "'announce' names indexnow, but the site has no key of it")
            notes.at(node, what, N_("add {example}", example="indexnow: {key: …}"))
        if "websub" in destination.announce and not names_hubs(site):
            what = mistake("announce", "'announce' names websub, but the site's feeds name no hub")
            notes.at(node, what, N_("add {example}", example="feeds: {hubs: [https://…]}"))
        made[destination.name] = destination
    return tuple(made.values())


def names_hubs(site: Found) -> bool:
    """Whether the feeds name hubs to subscribe at."""
    return "feeds" in site and "hubs" in (fields.mapping(site["feeds"], FEED_KEYS, Notes("")) or {})


def read_destination(node: Node, notes: Notes) -> Destination | None:
    """One destination; None if it cannot be used."""
    if not isinstance(node, Mapping):
        cure = N_("write {example}", example="{to: folder, path: …}")
        notes.at(node, fields.no_mapping(N_("a place to deploy to"), node), cure)
        return None
    kind = kind_of(node, notes)
    if not kind:
        return None
    before = len(notes.found)
    values = table(kind).values(fields.take(node, table(kind), notes), CONTEXT, notes)
    if len(notes.found) > before:
        return None
    place = place_type(kind)
    made = place(**{name: values[name] for name in place.__struct_fields__ if name in values})
    return Destination(values.get("name", kind), made, values.get("host", made.host()), values.get("announce", ()))


def kind_of(node: Mapping, notes: Notes) -> str:
    """The kind of place, which decides the other keys; empty, with a problem, if it is missing or unknown."""
    pair = next((pair for pair in node.items if pair[0].value in {TO.name, TO.arabic}), None)
    if pair is None:
        name = notes.spelling(TO.name, TO.arabic)
        cure = N_("add {name}: ({kinds})", name=name, kinds=tuple(KINDS))
        notes.at(node, fields.missing_key(N_("a place to deploy to"), name), cure)
        return ""
    return fields.choice(pair, KINDS, "", notes)


def find(destinations: tuple[Destination, ...], name: str | None) -> tuple[Destination | None, Message | None]:
    """The destination of that name, or the first one if it is None; else None, and why."""
    if not destinations:
        return None, N_(
            "site.yaml names no place to deploy to; add {example} (docs/reference/deploy.md)",
            example="deploy: {to: folder, path: ../www}",
        )
    names = [destination.name for destination in destinations]
    if name is None or name in names:
        return destinations[names.index(name) if name else 0], None
    return (
        None,
        N_(
            "there is no place '{name}' to deploy to; {cure}",
            name=name,
            cure=did_you_mean(name, names) or N_("they are {names}", names=tuple(names)),
        ),
    )
