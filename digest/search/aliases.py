"""Names for the same: the built-in list, and `data/aliases.yaml`, where an editor adds to it.

The file is a list of groups, each a list of words or names: `- [ماكرون, macron]`; or a mapping,
`ماكرون: [macron]`. A group with a name of a built-in one
takes that one's place. In: the file's bytes. Out: groups, and every problem with its line and cure.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from digest.content import nodes
from digest.content.nodes import Listing, Mapping, Node, Notes, Scalar
from digest.problems import N_, Problem, excerpt, mistake
from digest.text.cleaning import clean
from digest.text.folding import fold, tokens

Groups = tuple[tuple[str, ...], ...]
"""Each of two names or more."""
FILE: Final = "data/aliases.yaml"
CURE: Final = N_("write each group as a list of names, as in {example}", example="- [ماكرون, macron]")
LEAST: Final = 2
"""Names in a group."""


@cache
def built_in() -> Groups:
    """Agencies, leaders, brands, countries, cities, clubs: Arabic spellings, Latin ones."""
    return tuple(map(tuple, json.loads(Path(__file__).with_name("aliases.json").read_bytes())))


def read(raw: bytes) -> tuple[Groups, tuple[Problem, ...]]:
    """The groups of an editor's file."""
    notes = Notes(FILE)
    text = nodes.decode(raw, notes) or ""
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    if not first:
        return (), notes.problems()
    listed = first.lstrip().startswith(("-", "["))
    root = nodes.compose(f"groups:\n{text}" if listed else text, notes, 0 if listed else 1)  # no mapping by itself
    rows = (root.items[0][1] if listed else root) if root else None
    if rows is None:
        return (), notes.problems()
    if isinstance(rows, Mapping):  # a name, and the others behind it
        rows = Listing(
            [Listing([name, *others_of(others)], name.line, name.column) for name, others in rows.items], 1, 1
        )
    if not isinstance(rows, Listing):
        notes.at(rows, mistake("aliases", "the file is not a list of groups"), CURE)
        return (), notes.problems()
    groups = tuple(group for row in rows.items if (group := read_group(row, notes)))
    return groups, notes.problems()


def others_of(node: Node) -> list[Node]:
    """The names behind a first one."""
    return node.items if isinstance(node, Listing) else [node]


def read_group(row: Node, notes: Notes) -> tuple[str, ...]:
    """One group; empty with a problem where it is none."""
    if not isinstance(row, Listing):
        shown = N_("'{value}'", value=excerpt(row.value)) if isinstance(row, Scalar) else N_("a mapping")
        notes.at(row, mistake("aliases", "{value} is not a group of names", value=shown), CURE)
        return ()
    names: dict[str, str] = {}
    before = len(notes.found)
    for item in row.items:
        if not isinstance(item, Scalar):
            notes.at(item, mistake("aliases", "a name must be text"), CURE)
            continue
        if not tokens(item.value):
            what = mistake("aliases", "'{word}' holds no word", word=excerpt(item.value))
            notes.at(item, what, N_("write a word or a name, or take it out"))
            continue
        names.setdefault(fold(item.value), clean(item.value))
    if len(names) < LEAST:
        if len(notes.found) == before:
            what = mistake("aliases", "a group needs two different names")
            notes.at(row, what, N_("add the other name, or take the group out"))
        return ()
    return tuple(names.values())


def together(own: Groups) -> Groups:
    """The editor's groups and the built-in ones that share no name with them."""
    taken = {fold(name) for group in own for name in group}
    return *own, *(group for group in built_in() if taken.isdisjoint(map(fold, group)))
