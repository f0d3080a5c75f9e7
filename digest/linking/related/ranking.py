"""One article's candidates and their scores, in plain Python: for a few articles at a time. `arrays` scores many.

*Candidates* are the thirty articles whose signatures (the twenty weightiest terms) have the greatest product with the
article's own, if that is enough. Where hundreds of signatures hold a term, only the nearest in time are compared,
`REACH` on either side: so the work for an article does not grow with the site. A *score* is the product of the whole
vectors times a time factor, which is 1 on the same day and falls towards `FAR`, half of the way each half-life. Both
are symmetric, except that each article asks for a share of its own self product.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking.related.statistics import early_articles
from digest.linking.related.vectors import SIGNATURE, Vector

if TYPE_CHECKING:
    from digest.content.settings import RelatedSettings

MANY = 300
"""Least number of articles to score for which numpy is worth its import."""
REACH = 512
"""Neighbours compared on either side, among the signatures that hold one term, in order of time: on a small site."""
LARGE = 20_000
"""Early articles from which the reach is halved; four times as many halve it again."""
CANDIDATES = 30
SHARE = 6
"""Per cent of an article's self product that its candidates must reach by signatures alone."""
FAR = 65
"""Per cent of a score that remains at any distance in time."""
UNIT = 1024
"""The time factor 1."""
DAY = 86400
RANKS = 1 << 24
"""More than the articles of any site. A sort key is a score times `RANKS` plus a rank, so no two keys are equal."""


class Scored(NamedTuple):
    """An article's candidates, the best first."""

    ranks: tuple[int, ...]
    scores: tuple[int, ...]
    threshold: int
    """Score by signatures of the last candidate, which a newcomer must beat; 0 while there is room for more."""


NO_CANDIDATES = Scored((), (), 0)


def days_of(times: Iterable[int]) -> list[int]:
    """Seconds since 1970 → days since 1970."""
    return [time // DAY for time in times]


def time_factors(half_life: int) -> tuple[int, ...]:
    """Days apart → time factor in `UNIT`s; the last one holds for every greater distance."""
    near = range(12 * half_life)
    return (*(round(UNIT * (FAR + (100 - FAR) * 2 ** (-days / half_life)) / 100) for days in near), UNIT * FAR // 100)


def reach_of(early: int) -> int:
    """How many neighbours are compared in the postings of a term, by the number of early articles of the site."""
    reach = REACH
    while early >= LARGE and reach > 1:
        reach //= 2
        early //= 4
    return reach


class Postings(NamedTuple):
    """The ranks of the articles whose signature holds one term, oldest first, and the term's weight in each."""

    ranks: Sequence[int]
    weights: Sequence[int]

    def near(self, rank: int, reach: int) -> Postings:
        """The part within reach of one of the articles."""
        if len(self.ranks) <= reach:
            return self
        at = bisect_left(self.ranks, rank)
        window = slice(max(at - reach, 0), at + reach + 1)
        return Postings(self.ranks[window], self.weights[window])


class Collection(msgspec.Struct, frozen=True):
    """The articles among which one is scored."""

    days: Sequence[int]
    """Rank → day, as a number."""
    postings: Mapping[int, Postings]
    """Term → postings, for every term in the signatures of the articles to score."""
    vector: Callable[[int], Vector]
    """Rank → whole vector."""
    factors: Sequence[int]
    """`time_factors`."""
    reach: int
    """`reach_of` the site."""
    newer: bool = True
    """Whether an article may list one newer than itself."""

    @classmethod
    def by_rules(
        cls,
        rules: RelatedSettings,
        days: Sequence[int],
        postings: Mapping[int, Postings],
        vector: Callable[[int], Vector],
    ) -> Collection:
        """The collection of a whole site, which has a day for each article."""
        reach = reach_of(early_articles(len(days)))
        return cls(days, postings, vector, time_factors(rules.half_life), reach, rules.newer)

    def factor(self, one: int, other: int) -> int:
        """The time factor of two ranks."""
        apart = abs(self.days[one] - self.days[other])
        return self.factors[apart] if apart < len(self.factors) else self.factors[-1]


def partial_products(rank: int, vector: Vector, postings: Mapping[int, Postings], reach: int) -> dict[int, int]:
    """Rank → product of the signatures, for every article within reach that shares a term of the signature."""
    found: dict[int, int] = {}
    known = found.get
    for term, weight in zip(vector.hashes[:SIGNATURE], vector.weights, strict=False):
        near = postings[term].near(rank, reach)
        for other, other_weight in zip(near.ranks, near.weights, strict=True):
            found[other] = known(other, 0) + weight * other_weight
    found.pop(rank, None)
    return found


def scored(rank: int, collection: Collection) -> Scored:
    """Find and score the candidates of one article."""
    vector = collection.vector(rank)
    least = max(vector.self_product * SHARE, 1)
    factor = collection.factor
    keys = [
        product * factor(rank, other) * RANKS + other
        for other, product in partial_products(rank, vector, collection.postings, collection.reach).items()
        if product * 100 >= least and (collection.newer or other < rank)
    ]
    best = nlargest(CANDIDATES, keys)
    if not best:
        return NO_CANDIDATES
    weights = dict(zip(vector.hashes, vector.weights, strict=True))
    scores = []
    for key in best:
        other = key % RANKS
        scores.append(product(weights, collection.vector(other)) * factor(rank, other) * RANKS + other)
    scores.sort(reverse=True)
    threshold = best[-1] // RANKS if len(best) == CANDIDATES else 0
    return Scored(tuple([key % RANKS for key in scores]), tuple([key // RANKS for key in scores]), threshold)


def product(weights: Mapping[int, int], vector: Vector) -> int:
    """The product of two vectors, one of them as a mapping from hash to weight."""
    weight_of = weights.get
    return sum([weight_of(term, 0) * weight for term, weight in zip(vector.hashes, vector.weights, strict=True)])
