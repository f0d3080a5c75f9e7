"""Terms and statistics → the vector of an article: its weightiest terms, each with a weight of one byte.

The weight of a term is √idf · tf/(tf + 8), so that two articles that share it gain idf · the product of how much either
is about it. A vector is divided by the square root of its length: half-way between the plain product, which favours
long texts, and the cosine, which favours short ones. Whole numbers throughout: a sum is the same in any order.
"""

from __future__ import annotations

from array import array
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

from digest.linking.terms import unpack

if TYPE_CHECKING:
    from digest.linking.related.statistics import Roots

DIMENSIONS = 64
SIGNATURE = 20
"""Weightiest terms by which articles are candidates for each other."""
SATURATION = 8
"""Weighted count at which a term has half of its greatest weight."""
SATURATED = array("I", [round(1024 * count / (count + SATURATION)) for count in range(256)])
SCALE = 30
"""Makes the greatest weights that occur fit a byte."""


class Vector(NamedTuple):
    """Hashes, the weightiest first (as they stand in the text where equal), and their weights."""

    hashes: array[int]
    weights: bytes

    @property
    def own(self) -> int:
        """The product with itself."""
        return sum([weight * weight for weight in self.weights])


NOTHING = Vector(array("I"), b"")


def vector(packed: bytes, roots: Roots) -> Vector:
    """The vector of packed terms."""
    hashes, counts, _ = unpack(packed)
    if not counts:
        return NOTHING
    raw = [SATURATED[count] * roots[term] >> 8 for term, count in zip(hashes, counts, strict=True)]
    best = sorted(range(len(raw)), key=raw.__getitem__, reverse=True)[:DIMENSIONS]
    length = root_length(sum([raw[at] ** 2 for at in best]))
    weights = bytes([min(max(raw[at] * SCALE // length, 1), 255) for at in best])
    return Vector(array("I", [hashes[at] for at in best]), weights)


def root_length(square: int) -> int:
    """The square root of a vector's length, in quarters; at least 1. `square` is the length's square."""
    return isqrt(isqrt(square << 8)) or 1
