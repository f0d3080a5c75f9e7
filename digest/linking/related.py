"""Stories a reader may want next: the editor's pins, then those that share the rarest tags.

Never "the newest" under the name of related: an entry that shares nothing gets nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from digest.linking.index import Index, newest_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model import Entry

WINDOW = 60
"""How many entries of one tag are looked at on either side of an entry, in time: bounds the work a tag of thousands
makes."""


def related(index: Index, count: int) -> Mapping[str, tuple[Entry, ...]]:
    """Id → at most `count` entries: pins in their order, then shared tags, rarest first, nearest in time first."""
    if not count:
        return {}
    rows = {slug: (row, [newest_first(e) for e in row]) for slug, row in index.by_tag.items()}
    total = len(index.entries)
    weight = {slug: math.log(1 + total / len(row)) for slug, row in index.by_tag.items()}
    found = {}
    for entry in index.entries:
        chosen = chosen_for(entry, index, rows, weight, count)
        if chosen:
            found[entry.id] = chosen
    return found


def chosen_for(
    entry: Entry,
    index: Index,
    rows: Mapping[str, tuple[tuple[Entry, ...], list[tuple[float, str]]]],
    weight: Mapping[str, float],
    count: int,
) -> tuple[Entry, ...]:
    """The related entries of one."""
    if entry.pins == ():
        return ()
    pinned = [index.by_id[pin] for pin in entry.pins or () if pin in index.by_id and pin != entry.id]
    if len(pinned) >= count or not entry.tags:
        return tuple(pinned[:count])
    scores: dict[str, float] = defaultdict(float)
    for tag in entry.tags:
        row, keys = rows[tag.slug]
        here = bisect_left(keys, newest_first(entry))
        for other in row[max(here - WINDOW, 0) : here + WINDOW + 1]:
            scores[other.id] += weight[tag.slug]
    for known in (entry, *pinned):
        scores.pop(known.id, None)
    when = entry.published.timestamp()
    ranked = sorted(
        scores,
        key=lambda i: (-round(scores[i], 9), abs(index.by_id[i].published.timestamp() - when), i),
    )
    return (*pinned, *(index.by_id[i] for i in ranked[: count - len(pinned)]))
