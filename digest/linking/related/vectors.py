"""Terms and statistics → the vector of an article: its weightiest terms, each with a weight of one byte.

The raw weight of a term is √idf · tf/(tf + 8), so a term that two articles share adds idf times both saturated counts
to their product. A vector is divided by the square root of its length: half-way between the plain product, which
favours long texts, and the cosine, which favours short ones. All values are whole numbers, so a sum is the same in any
order.
"""

from __future__ import annotations

from array import array
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

from digest.linking.terms import unpack_terms

if TYPE_CHECKING:
    from digest.linking.related.statistics import IdfRoots

DIMENSIONS = 64
SIGNATURE = 20
"""Number of an article's weightiest terms that candidates are found by."""
SATURATION = 8
"""Weighted count at which a term has half of its greatest weight."""
SATURATED = array("I", [round(1024 * count / (count + SATURATION)) for count in range(256)])
"""Weighted count → tf/(tf + 8), in 1024ths."""
SCALE = 30
"""Factor that makes the greatest weights in practice fit a byte."""


class Vector(NamedTuple):
    """Hashes in descending order of weight (equal weights in the order of the text), and their weights."""

    hashes: array[int]
    weights: bytes

    @property
    def self_product(self) -> int:
        """The vector's product with itself."""
        return sum([weight * weight for weight in self.weights])


EMPTY = Vector(array("I"), b"")


def vector(packed: bytes, roots: IdfRoots) -> Vector:
    """The vector of packed terms."""
    hashes, counts, _ = unpack_terms(packed)
    if not counts:
        return EMPTY
    raw = [SATURATED[count] * roots[term] >> 8 for term, count in zip(hashes, counts, strict=True)]
    best = sorted(range(len(raw)), key=raw.__getitem__, reverse=True)[:DIMENSIONS]
    length = root_length(sum([raw[at] ** 2 for at in best]))
    weights = bytes([min(max(raw[at] * SCALE // length, 1), 255) for at in best])
    return Vector(array("I", [hashes[at] for at in best]), weights)


def root_length(square: int) -> int:
    """The square root of a vector's length, in quarters, at least 1. `square` is the square of the length."""
    return isqrt(isqrt(square << 8)) or 1
