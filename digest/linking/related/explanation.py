"""Why one story stands below another, or why it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking.related.choice import COPIES_SHOWN, resemblance, same_report
from digest.linking.related.memory import postings
from digest.linking.related.ranking import (
    CANDIDATES,
    SHARE,
    UNIT,
    Collection,
    partial_products,
    product,
    reach_of,
    scored,
    time_factors,
)
from digest.linking.related.statistics import Roots, settled
from digest.linking.related.vectors import Vector, vector
from digest.linking.terms import shingles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.content.settings import RelatedSettings
    from digest.linking.related.memory import RelatedState


class Shared(NamedTuple):
    """A term two stories share."""

    word: str
    """As it stands in the first of them, or the stem's hash."""
    weight: int
    other_weight: int
    part: float
    """Per cent of the product of the two."""


class Explanation(NamedTuple):
    """Everything a score is made of. Scores are per cent of the first story's score with itself."""

    shown: int
    """Place of the second story in the first one's list, 1 the top; 0 where it is not in it."""
    verdict: str
    score: float
    minimum: int
    days: int
    """Days between the two."""
    time: float
    """The factor of time, at most 1."""
    resemblance: float
    """How much of their shingles the two texts share, 0 to 1."""
    shared: tuple[Shared, ...]
    """The weightiest first."""


def explain(
    memory: RelatedState, rules: RelatedSettings, one: str, other: str, words: Mapping[int, str]
) -> Explanation:
    """Why `other` stands below `one` or not. `words` names terms by their hashes. Raises KeyError for unknown ids."""
    ranks = {name: rank for rank, name in enumerate(memory.ids)}
    here, there = ranks[one], ranks[other]
    roots = Roots(memory.frequencies, len(memory.ids))

    def vector_of(rank: int) -> Vector:
        return vector(memory.packed[rank], roots)

    mine, its = vector_of(here), vector_of(there)
    wanted = set(memory.signature(here).hashes)
    everywhere = Collection(
        memory.days(), postings(memory.signatures, memory.signature_weights, wanted), vector_of,
        time_factors(rules.half_life), reach_of(settled(len(memory.ids))), rules.newer,
    )  # fmt: skip
    whole = product(dict(zip(mine.hashes, mine.weights, strict=True)), its)
    factor = everywhere.factor(here, there)
    score = whole * factor * 100 / (mine.own * UNIT) if mine.own else 0.0
    place, verdict = Verdict(memory, rules, everywhere, here, there).found(score)
    return Explanation(
        shown=place,
        verdict=verdict,
        score=round(score, 1),
        minimum=rules.minimum,
        days=abs(everywhere.days[here] - everywhere.days[there]),
        time=round(factor / UNIT, 3),
        resemblance=round(resemblance(shingles(memory.packed[here]), shingles(memory.packed[there])), 2),
        shared=shared(mine, its, whole, words),
    )


def shared(mine: Vector, its: Vector, whole: int, words: Mapping[int, str]) -> tuple[Shared, ...]:
    """The terms of both, by what they bring."""
    theirs = dict(zip(its.hashes, its.weights, strict=True))
    found = [
        Shared(words.get(term, f"{term:08x}"), weight, theirs[term], round(weight * theirs[term] * 100 / whole, 1))
        for term, weight in zip(mine.hashes, mine.weights, strict=True)
        if term in theirs
    ]
    return tuple(sorted(found, key=lambda term: (-term.weight * term.other_weight, term.word)))


class Verdict(msgspec.Struct, frozen=True):
    """What decided about one pair."""

    memory: RelatedState
    rules: RelatedSettings
    everywhere: Collection
    here: int
    there: int

    def found(self, score: float) -> tuple[int, str]:
        """The second story's place in the list, and why."""
        memory, here, there = self.memory, self.here, self.there
        name, pins = memory.ids[there], memory.pins.get(memory.ids[here])
        if here == there:
            return 0, "a story is not related to itself"
        known = set(memory.ids)
        pinned = [pin for pin in dict.fromkeys(pins or ()) if pin in known and pin != memory.ids[here]]
        pinned = pinned[: self.rules.count]
        if name in pinned:
            return pinned.index(name) + 1, "pinned by the editor"
        related = memory.related[here]
        if there in related:
            return len(pinned) + related.index(there) + 1, "its score is among the best"
        if there in memory.copies.get(here, ()):
            return 0, "the same report: shown as the story elsewhere"
        return 0, self.absent(score, len(pinned))

    def absent(self, score: float, pinned: int) -> str:  # noqa: PLR0911 - one for each reason
        """Why a story is not in the list."""
        memory, here, there = self.memory, self.here, self.there
        mine, its = shingles(memory.packed[here]), shingles(memory.packed[there])
        if not self.rules.count:
            return "the site shows none (related: false)"
        if memory.pins.get(memory.ids[here]) == ():
            return "the editor wants none (related: [])"
        if not self.rules.newer and there > here:
            return "it is newer, and the site shows older stories only (newer: false)"
        vector = self.everywhere.vector(here)
        partial = partial_products(here, vector, self.everywhere.postings, self.everywhere.reach).get(there, 0)
        if partial * 100 < vector.own * SHARE or not partial:
            part = partial * 100 / vector.own if vector.own else 0
            return f"their strongest terms have too little in common ({part:.1f} of {SHARE} per cent)"
        ranked = scored(here, self.everywhere)
        if there not in ranked.ranks:
            return f"{CANDIDATES} others share more of its strongest terms"
        if score < self.rules.minimum:
            return "its score is below the minimum"
        if same_report(mine, its):
            return f"the same report; {COPIES_SHOWN} copies are shown already"
        for rank in memory.related[here]:
            if same_report(shingles(memory.packed[rank]), its):
                return f"the same report as {memory.ids[rank]}, which is shown"
        return f"{self.rules.count - pinned} with better scores are shown"
