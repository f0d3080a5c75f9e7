"""What looks at the signatures of a whole archive, with numpy: for sites where that takes longer than its import."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from array import array


def places_of(hashes: array[int], weights: bytes, wanted: Collection[int]) -> dict[int, tuple[list[int], list[int]]]:
    """Wanted term → the places in a table of signatures that hold it with a weight, ascending, and these weights."""
    terms = np.array(sorted(wanted), dtype=np.uint32)
    if not len(terms):
        return {}
    table, all_weights = np.frombuffer(hashes, dtype=np.uint32), np.frombuffer(weights, dtype=np.uint8)
    at = np.minimum(np.searchsorted(terms, table), len(terms) - 1)
    places = np.flatnonzero((terms[at] == table) & (all_weights > 0))
    which = at[places]
    order = np.argsort(which, kind="stable")
    places, ends = places[order], np.cumsum(np.bincount(which, minlength=len(terms)))[:-1]
    parts = zip(np.split(places, ends), np.split(all_weights[places], ends), strict=True)
    return {int(term): (part.tolist(), held.tolist()) for term, (part, held) in zip(terms, parts, strict=True)}
