"""Update a `RelatedState` after a few edits: find the articles whose lists an edit may change, and score only those.

A list depends on pairs of an article and a candidate. A pair changes if one of the two was edited, added or removed,
or if an added or removed article between them moves them into or out of each other's reach in the postings of a term.
A changed pair affects an article only if it meets the article's threshold before or after. In doubt, an article is
scored again.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digest.linking.related.choice import SampleCache
from digest.linking.related.ranking import (
    MANY,
    SHARE,
    Collection,
    Postings,
    partial_products,
    product,
    reach_of,
    scored,
    time_factors,
)
from digest.linking.related.signatures import SignatureTable, TableBuilder
from digest.linking.related.state import RelatedState, state_with
from digest.linking.related.statistics import Frequencies, IdfRoots, early_articles, recounted, term_balance
from digest.linking.related.vectors import Vector, vector

if TYPE_CHECKING:
    from digest.linking.related.corpus import Corpus


class Edits(NamedTuple):
    """The ids of the stories that differ between a state and a corpus. An edited story is both removed and added."""

    removed: frozenset[str]
    added: frozenset[str]


class Versions(NamedTuple):
    """A site before and after an edit, and the way from ranks to ranks."""

    before: RelatedState
    corpus: Corpus
    old_rank_of_id: Mapping[str, int]
    old_ranks: Sequence[int]
    """New rank → old rank, or -1 for a new story."""
    old_days: Sequence[int]
    new_days: Sequence[int]


def matched(before: RelatedState, corpus: Corpus) -> Versions:
    """Match the stories of a state with those of a corpus."""
    old_rank_of_id = {name: rank for rank, name in enumerate(before.ids)}
    old_ranks = [old_rank_of_id.get(name, -1) for name in corpus.ids]
    return Versions(before, corpus, old_rank_of_id, old_ranks, before.days(), corpus.days())


def applied(before: RelatedState, corpus: Corpus) -> RelatedState | None:
    """Apply the edits incrementally; None if a full recomputation is required or cheaper."""
    number = len(corpus.ids)
    if early_articles(number) != early_articles(len(before.ids)) or not number:
        return None
    sides = matched(before, corpus)
    edits = edits_between(sides)
    limit = max(number // 50, 20)
    if len(edits.removed) + len(edits.added) > limit:
        return None
    frequencies, terms = frequencies_after(sides, edits)
    old_roots, roots = IdfRoots(before.frequencies, number), IdfRoots(frequencies, number)
    reweighed = reweighed_stories(terms, corpus, edits, old_roots, roots, limit)
    if reweighed is None:
        return None
    removed = {sides.old_rank_of_id[name] for name in (*edits.removed, *reweighed)}
    added = {corpus.ranks[name] for name in (*edits.added, *reweighed)}
    signatures = signatures_after(sides, added, roots)
    affected = AffectedArticles(sides, signatures, removed, added).ranks() | repinned(sides, edits)
    if len(affected) >= MANY:
        return None
    return scored_again(sides, signatures, frequencies, roots, affected)


def edits_between(sides: Versions) -> Edits:
    """Stories that were added or removed, or have other terms or another time."""
    before, corpus = sides.before, sides.corpus
    removed = {name for name in before.ids if name not in corpus.ranks}
    added = set()
    for rank, (name, old_rank) in enumerate(zip(corpus.ids, sides.old_ranks, strict=True)):
        if old_rank < 0:
            added.add(name)
        elif before.packed[old_rank] != corpus.packed[rank] or before.times[old_rank] != corpus.times[rank]:
            added.add(name)
            removed.add(name)
    return Edits(frozenset(removed), frozenset(added))


# ---------------------------------------------------------------- statistics


def frequencies_after(sides: Versions, edits: Edits) -> tuple[Frequencies, frozenset[int]]:
    """The frequencies after the edits, and the terms whose weight changes."""
    before, corpus = sides.before, sides.corpus
    early = early_articles(len(corpus.ids))
    old_early, new_early = set(before.ids[:early]), set(corpus.ids[:early])

    def old_terms(names: Iterable[str]) -> list[bytes]:
        return [before.packed[sides.old_rank_of_id[name]] for name in names]

    def new_terms(names: Iterable[str]) -> list[bytes]:
        return [corpus.packed[corpus.ranks[name]] for name in names]

    balance = term_balance(new_terms(edits.added), old_terms(edits.removed))
    early_balance = term_balance(
        new_terms((edits.added & new_early) | (new_early - old_early)),
        old_terms((edits.removed & old_early) | (old_early - new_early)),
    )
    return recounted(before.frequencies, balance, early_balance, early)


def reweighed_stories(  # noqa: PLR0917
    terms: frozenset[int], corpus: Corpus, edits: Edits, old_roots: IdfRoots, roots: IdfRoots, limit: int
) -> list[str] | None:
    """Unedited stories whose vector changes with the weight of one of the terms; None if there are too many."""
    if not terms:
        return []
    hashes = [array("I", [term]).tobytes() for term in terms]
    holding = [
        (name, packed)
        for name, packed in zip(corpus.ids, corpus.packed, strict=True)
        if any(one in packed for one in hashes) and name not in edits.added
    ]
    if len(holding) > 4 * limit:
        return None
    changed = [name for name, packed in holding if vector(packed, old_roots) != vector(packed, roots)]
    return changed if len(changed) <= limit else None


# ---------------------------------------------------------------- signatures


def signatures_after(sides: Versions, added: set[int], roots: IdfRoots) -> SignatureTable:
    """The signatures after the edits; `added` are the ranks with a new vector."""
    builder = TableBuilder()
    for first, last in runs(sides.old_ranks, added):
        if first in added:
            builder.add(vector(sides.corpus.packed[first], roots))
        else:
            builder.copy(sides.before.signatures, sides.old_ranks[first], sides.old_ranks[last])
    return builder.table()


def runs(old_ranks: Sequence[int], added: set[int]) -> Iterable[tuple[int, int]]:
    """First and last new rank of each run that can be copied at once; an added article is a run of its own."""
    first = 0
    for rank in range(1, len(old_ranks) + 1):
        if rank == len(old_ranks) or rank in added or rank - 1 in added or old_ranks[rank] != old_ranks[rank - 1] + 1:
            yield first, rank - 1
            first = rank


# ---------------------------------------------------------------- affected articles


class AffectedArticles:
    """Find the articles to score again.

    `removed` are old ranks, `added` new ranks; an edited article has one in each. All other articles are unchanged.
    """

    def __init__(self, sides: Versions, signatures: SignatureTable, removed: set[int], added: set[int]) -> None:
        self.before, self.corpus, _, self.old_ranks, self.old_days, self.new_days = sides
        self.old, self.new = sides.before.signatures, signatures
        self.removed, self.added = removed, added
        self.new_ranks = {old: rank for rank, old in enumerate(sides.old_ranks) if old >= 0 and old not in removed}
        """Old rank → new rank, for unchanged articles."""
        self.factors = time_factors(sides.corpus.rules.half_life)
        self.reach = reach_of(early_articles(len(sides.corpus.ids)))

    def ranks(self) -> set[int]:
        """New ranks of the added articles, and of unchanged ones that a changed pair affects."""
        if len(self.removed) == len(self.added) and all(map(self.keeps_signature, self.removed)):
            # no signature changed: the pairs of an edited article are the same before and after
            return self.added | self.affected_by_added(self.new.postings(self.new.terms(self.added)))
        old_terms = self.old.terms(self.removed)
        old_postings = self.old.postings(old_terms)
        new_postings = self.new.postings(old_terms | self.new.terms(self.added))
        return (
            self.added
            | self.affected_by_added(new_postings)
            | self.affected_by_removed(old_postings)
            | self.affected_by_reach(old_postings, new_postings)
        )

    def keeps_signature(self, old_rank: int) -> bool:
        """Whether a removed article is an edited one with its old place, time and signature."""
        rank = self.corpus.ranks.get(self.before.ids[old_rank], -1)
        return (
            rank >= 0
            and self.old_ranks[rank] == old_rank
            and self.old.of(old_rank) == self.new.of(rank)
            and self.before.times[old_rank] == self.corpus.times[rank]
        )

    def affected_by_added(self, postings: Mapping[int, Postings]) -> set[int]:
        """Unchanged articles of which an added one is a candidate now."""
        return {
            other
            for rank in self.added
            for other, product in partial_products(rank, self.new.of(rank), postings, self.reach).items()
            if other not in self.added and self.affects(self.old_ranks[other], product, self.new_days, rank, other)
        }

    def affected_by_removed(self, postings: Mapping[int, Postings]) -> set[int]:
        """Unchanged articles of which a removed one was a candidate."""
        return {
            self.new_ranks[other]
            for rank in self.removed
            for other, product in partial_products(rank, self.old.of(rank), postings, self.reach).items()
            if other in self.new_ranks and self.affects(other, product, self.old_days, rank, other)
        }

    def affected_by_reach(self, old_postings: Mapping[int, Postings], new_postings: Mapping[int, Postings]) -> set[int]:
        """Unchanged articles that came into or out of each other's reach in the postings of a term."""
        found: set[int] = set()
        for term, (ranks, _) in new_postings.items():
            after = [rank if rank not in self.added else -1 for rank in ranks]
            before = [rank for rank in after if rank >= 0]
            if term in old_postings:
                before = [self.new_ranks.get(rank, -1) for rank in old_postings[term].ranks]
            if max(len(after), len(before)) > self.reach:
                for one, other in pairs_with_new_reach(before, after, self.reach):
                    found |= self.affected_of_pair(one, other)
        return found

    def affects(self, old_rank: int, product: int, days: Sequence[int], candidate: int, rank: int) -> bool:
        """Whether a product makes `candidate` a candidate of the unchanged article at `rank`.

        `days` belongs to both of these ranks; `old_rank` is the unchanged article's place in the state.
        """
        if product * 100 < max(self.before.signatures.self_products[old_rank] * SHARE, 1):
            return False
        apart = min(abs(days[candidate] - days[rank]), len(self.factors) - 1)
        return product * self.factors[apart] >= self.before.thresholds[old_rank] and (
            self.corpus.rules.newer or candidate < rank
        )

    def affected_of_pair(self, one: int, other: int) -> set[int]:
        """Those of two unchanged articles that the other may affect, if every term of it were within reach."""
        first = self.new.of(one)
        whole = product(dict(zip(first.hashes, first.weights, strict=True)), self.new.of(other))
        return {
            rank
            for rank, candidate in ((one, other), (other, one))
            if self.affects(self.old_ranks[rank], whole, self.new_days, candidate, rank)
        }


def pairs_with_new_reach(before: Sequence[int], after: Sequence[int], reach: int) -> Iterable[tuple[int, int]]:
    """Pairs of unchanged articles that came into or out of each other's reach in one term's postings.

    Both rows hold new ranks, and -1 for changed articles.
    """
    unchanged = [rank for rank in after if rank >= 0]
    followers = zip(within_reach(before, reach), within_reach(after, reach), strict=True)
    for place, (old, new) in enumerate(followers):
        if old != new:
            for partner in unchanged[place + 1 + min(old, new) : place + 1 + max(old, new)]:
                yield unchanged[place], partner


def within_reach(ranks: Sequence[int], reach: int) -> list[int]:
    """For each unchanged article in a term's postings: how many unchanged ones follow within reach. -1 is a changed
    article.
    """
    unchanged_before = [0]
    for rank in ranks:
        unchanged_before.append(unchanged_before[-1] + (rank >= 0))
    last = len(ranks)
    return [
        unchanged_before[min(at + 1 + reach, last)] - unchanged_before[at + 1]
        for at, rank in enumerate(ranks)
        if rank >= 0
    ]


def repinned(sides: Versions, edits: Edits) -> set[int]:
    """Articles whose pins changed, or have a pinned story that was edited."""
    before, corpus = sides.before, sides.corpus
    changed = edits.removed | edits.added
    found = set()
    for name in before.pins.keys() | corpus.pins.keys():
        if name in corpus.ranks:
            pins = corpus.pins.get(name)
            if pins != before.pins.get(name) or not changed.isdisjoint(pins or ()):
                found.add(corpus.ranks[name])
    return found


# ---------------------------------------------------------------- scoring again


def scored_again(
    sides: Versions, signatures: SignatureTable, frequencies: Frequencies, roots: IdfRoots, affected: set[int]
) -> RelatedState:
    """The new state: the affected articles scored again, the results of the others carried over."""
    corpus = sides.corpus
    vectors: dict[int, Vector] = {}

    def vector_of(rank: int) -> Vector:
        if rank not in vectors:
            vectors[rank] = vector(corpus.packed[rank], roots)
        return vectors[rank]

    postings = signatures.postings(signatures.terms(affected))
    collection = Collection.by_rules(corpus.rules, sides.new_days, postings, vector_of)
    related, copies, thresholds = carried_over(sides)
    samples = SampleCache(corpus.packed)
    for rank in affected:
        result = corpus.result(rank, scored(rank, collection), signatures.self_products, samples)
        related[rank], copies[rank], thresholds[rank] = *result.choice, result.threshold
    copies = {rank: copies[rank] for rank in sorted(copies) if copies[rank]}
    return state_with(corpus, frequencies, signatures, thresholds, tuple(related), copies)


class Carried(NamedTuple):
    """The results of a state, by the ranks of another corpus."""

    related: list[tuple[int, ...]]
    copies: dict[int, tuple[int, ...]]
    thresholds: array[int]


def carried_over(sides: Versions) -> Carried:
    """The old results in the new order; those of new stories are empty."""
    before, old_ranks = sides.before, sides.old_ranks
    if sides.corpus.ids[: len(before.ids)] == before.ids:
        added = len(old_ranks) - len(before.ids)
        thresholds = before.thresholds + array("Q", bytes(8 * added))
        return Carried([*before.related, *[()] * added], dict(before.copies), thresholds)
    new_ranks = {old: rank for rank, old in enumerate(old_ranks) if old >= 0}

    def renumbered(ranks: Sequence[int]) -> tuple[int, ...]:
        # a list that names a removed article is scored again, so any rank will do
        return tuple([new_ranks.get(rank, 0) for rank in ranks])

    return Carried(
        [renumbered(before.related[old]) if old >= 0 else () for old in old_ranks],
        {new_ranks[old]: renumbered(ranks) for old, ranks in before.copies.items() if old in new_ranks},
        array("Q", [before.thresholds[old] if old >= 0 else 0 for old in old_ranks]),
    )
