"""Why one story is listed below another, or why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking.related.choice import COPIES_SHOWN, resemblance, resolved, same_report
from digest.linking.related.ranking import CANDIDATES, SHARE, UNIT, Collection, partial_products, product, scored
from digest.linking.related.statistics import IdfRoots
from digest.linking.related.vectors import Vector, vector
from digest.linking.terms import shingles
from digest.problems import N_, Message

if TYPE_CHECKING:
    from digest.content.settings import RelatedSettings
    from digest.linking.related.state import RelatedState


class SharedTerm(NamedTuple):
    """A term that two stories share."""

    word: str
    """The word in the first story, or the stem's hash."""
    weight: int
    other_weight: int
    part: float
    """Per cent of the product of the two stories."""


class Explanation(NamedTuple):
    """Everything a score is made of. Scores are per cent of the first story's self product."""

    shown: int
    """Place of the second story in the first one's list, 1 the top; 0 if it is not listed."""
    verdict: Message
    score: float
    minimum: int
    days: int
    """Days between the two."""
    time: float
    """The time factor, at most 1."""
    resemblance: float
    """The part of their shingles that the two texts share, 0 to 1."""
    shared: tuple[SharedTerm, ...]
    """In descending order of weight."""


def explain(state: RelatedState, rules: RelatedSettings, one: str, other: str, words: Mapping[int, str]) -> Explanation:
    """Explain why `other` is listed below `one` or not. `words` maps hashes of terms to words.

    Raises KeyError for unknown ids.
    """
    ranks = {name: rank for rank, name in enumerate(state.ids)}
    rank, other_rank = ranks[one], ranks[other]
    roots = IdfRoots(state.frequencies, len(state.ids))

    def vector_of(rank: int) -> Vector:
        return vector(state.packed[rank], roots)

    first, second = vector_of(rank), vector_of(other_rank)
    postings = state.signatures.postings(set(state.signatures.of(rank).hashes))
    collection = Collection.by_rules(rules, state.days(), postings, vector_of)
    whole = product(dict(zip(first.hashes, first.weights, strict=True)), second)
    factor = collection.factor(rank, other_rank)
    score = whole * factor * 100 / (first.self_product * UNIT) if first.self_product else 0.0
    place, verdict = Verdict(state, rules, collection, ranks, rank, other_rank).found(score)
    return Explanation(
        shown=place,
        verdict=verdict,
        score=round(score, 1),
        minimum=rules.minimum,
        days=abs(collection.days[rank] - collection.days[other_rank]),
        time=round(factor / UNIT, 3),
        resemblance=round(resemblance(shingles(state.packed[rank]), shingles(state.packed[other_rank])), 2),
        shared=shared_terms(first, second, whole, words),
    )


def shared_terms(first: Vector, second: Vector, whole: int, words: Mapping[int, str]) -> tuple[SharedTerm, ...]:
    """The terms of both stories, those that add most to the product `whole` first."""
    weights = dict(zip(second.hashes, second.weights, strict=True))
    found = [
        SharedTerm(
            words.get(term, f"{term:08x}"), weight, weights[term], round(weight * weights[term] * 100 / whole, 1)
        )
        for term, weight in zip(first.hashes, first.weights, strict=True)
        if term in weights
    ]
    return tuple(sorted(found, key=lambda term: (-term.weight * term.other_weight, term.word)))


class Verdict(msgspec.Struct, frozen=True):
    """The decision about one pair: whether the story at `other_rank` is listed below the story at `rank`."""

    state: RelatedState
    rules: RelatedSettings
    collection: Collection
    ranks: Mapping[str, int]
    rank: int
    other_rank: int

    def found(self, score: float) -> tuple[int, Message]:
        """The second story's place in the list (0: not listed), and the reason."""
        state, rank, other_rank = self.state, self.rank, self.other_rank
        if rank == other_rank:
            return 0, N_("a story is not related to itself")
        pinned = resolved(state.pins.get(state.ids[rank]) or (), self.ranks, state.ids[rank], self.rules.count)
        if other_rank in pinned:
            return pinned.index(other_rank) + 1, N_("pinned by the editor")
        related = state.related[rank]
        if other_rank in related:
            return len(pinned) + related.index(other_rank) + 1, N_("its score is among the best")
        if other_rank in state.copies.get(rank, ()):
            return 0, N_("the same report: shown as the story elsewhere")
        return 0, self.reason_absent(score, len(pinned))

    def reason_absent(self, score: float, pinned: int) -> Message:  # noqa: PLR0911 - one for each reason
        """Why the second story is not in the list."""
        state, rank, other_rank = self.state, self.rank, self.other_rank
        sample, other_sample = shingles(state.packed[rank]), shingles(state.packed[other_rank])
        if not self.rules.count:
            return N_("the site shows none (related: false)")
        if state.pins.get(state.ids[rank]) == ():
            return N_("the editor wants none (related: [])")
        if not self.rules.newer and other_rank > rank:
            return N_("it is newer, and the site shows older stories only (newer: false)")
        vector = self.collection.vector(rank)
        partial = partial_products(rank, vector, self.collection.postings, self.collection.reach).get(other_rank, 0)
        if partial * 100 < vector.self_product * SHARE or not partial:
            part = partial * 100 / vector.self_product if vector.self_product else 0
            return N_(
                "their strongest terms have too little in common ({part} of {least} per cent)",
                part=f"{part:.1f}",
                least=SHARE,
            )
        ranked = scored(rank, self.collection)
        if other_rank not in ranked.ranks:
            return N_("{n} others share more of its strongest terms", n=CANDIDATES)
        if score < self.rules.minimum:
            return N_("its score is below the minimum")
        if same_report(sample, other_sample):
            return N_("the same report; {n} copies are shown already", n=COPIES_SHOWN)
        for listed in state.related[rank]:
            if same_report(shingles(state.packed[listed]), other_sample):
                return N_("the same report as {id}, which is shown", id=state.ids[listed])
        return N_("{n} with better scores are shown", n=self.rules.count - pinned)
