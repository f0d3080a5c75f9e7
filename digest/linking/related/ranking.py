"""One article's candidates and their scores, in plain Python: for a few articles at a time. `arrays` does many.

*Candidates.* Articles whose signatures (the twenty weightiest terms) share enough, the thirty best of them. Of a term
that hundreds of signatures hold, the nearest in time are looked at, `REACH` on either side: work does not grow with
the site. *Scores.* The product of the whole vectors, and a factor of time that is 1 on the same day and falls to
`FAR`, by half each half-life. Both are symmetric but for the share of itself that an article asks for.
"""

from __future__ import annotations

from bisect import bisect_left
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking.related.vectors import SIGNATURE, Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REACH = 512
"""Neighbours looked at on either side, among the signatures that hold one term, in order of time: on a small site."""
LARGE = 20_000
"""Articles from which the reach is half of that; from four times as many it is half again."""
CANDIDATES = 30
SHARE = 6
"""Per cent of its product with itself that an article's candidates must reach by signatures alone."""
FAR = 65
"""Per cent of a score that is left at any distance in time."""
UNIT = 1024
"""A factor of time of one."""
DAY = 86400
RANKS = 1 << 24
"""More than any site has articles: keys hold a rank in their last places, so that no two are equal."""


class Scored(NamedTuple):
    """An article's candidates, the best first, and the key of the last: what a newcomer must beat to become one."""

    ranks: tuple[int, ...]
    scores: tuple[int, ...]
    bar: int
    """0 where any that shares enough would be a candidate."""


NO_CANDIDATES = Scored((), (), 0)


def time_factors(half_life: int) -> tuple[int, ...]:
    """Days apart → factor, in `UNIT`s; what is further apart than the table has the last one."""
    near = range(12 * half_life)
    return (*(round(UNIT * (FAR + (100 - FAR) * 2 ** (-days / half_life)) / 100) for days in near), UNIT * FAR // 100)


class Postings(NamedTuple):
    """The articles whose signature holds one term, by rank, and the term's weight in each."""

    ranks: Sequence[int]
    weights: Sequence[int]

    def near(self, rank: int, reach: int) -> Postings:
        """Those within reach of one of them."""
        if len(self.ranks) <= reach:
            return self
        at = bisect_left(self.ranks, rank)
        window = slice(max(at - reach, 0), at + reach + 1)
        return Postings(self.ranks[window], self.weights[window])


class Collection(msgspec.Struct, frozen=True):
    """What scoring one article needs of the others. A rank is a place in the order of time, 0 the oldest."""

    days: Sequence[int]
    """Rank → the day, as a number."""
    postings: Mapping[int, Postings]
    """Of every term in the signatures asked about."""
    vector: Callable[[int], Vector]
    factors: Sequence[int]
    """`time_factors`."""
    reach: int
    """`reach_of` the site."""
    newer: bool = True
    """Whether an article may be followed by one newer than itself."""

    def factor(self, one: int, other: int) -> int:
        """The factor of time of two ranks."""
        apart = abs(self.days[one] - self.days[other])
        return self.factors[apart] if apart < len(self.factors) else self.factors[-1]


def reach_of(early: int) -> int:
    """How far a site looks along the postings of a term, by how many of its articles count for statistics."""
    reach = REACH
    while early >= LARGE and reach > 1:
        reach //= 2
        early //= 4
    return reach


def partial_products(rank: int, vector: Vector, postings: Mapping[int, Postings], reach: int) -> dict[int, int]:
    """Rank of every article that shares a term of the signature within reach → product of the signatures there."""
    found: dict[int, int] = {}
    known = found.get
    for term, weight in zip(vector.hashes[:SIGNATURE], vector.weights, strict=False):
        near = postings[term].near(rank, reach)
        for other, its in zip(near.ranks, near.weights, strict=True):
            found[other] = known(other, 0) + weight * its
    found.pop(rank, None)
    return found


def scored(rank: int, collection: Collection) -> Scored:
    """The candidates of one article, best first."""
    vector = collection.vector(rank)
    least = max(vector.own * SHARE, 1)
    factor = collection.factor
    keys = [
        product * factor(rank, other) * RANKS + other
        for other, product in partial_products(rank, vector, collection.postings, collection.reach).items()
        if product * 100 >= least and (collection.newer or other < rank)
    ]
    best = nlargest(CANDIDATES, keys)
    if not best:
        return NO_CANDIDATES
    mine = dict(zip(vector.hashes, vector.weights, strict=True))
    scores = []
    for key in best:
        other = key % RANKS
        scores.append(product(mine, collection.vector(other)) * factor(rank, other) * RANKS + other)
    scores.sort(reverse=True)
    bar = best[-1] // RANKS if len(best) == CANDIDATES else 0
    return Scored(tuple([key % RANKS for key in scores]), tuple([key // RANKS for key in scores]), bar)


def product(mine: Mapping[int, int], vector: Vector) -> int:
    """The product of two vectors, one of them as a mapping."""
    known = mine.get
    return sum([known(term, 0) * weight for term, weight in zip(vector.hashes, vector.weights, strict=True)])
