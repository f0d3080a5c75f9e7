"""The stories of a site → what each story's page shows.

In: every published story's id, time, terms and pins, and the state of the last build, if any. Out: a `RelatedState`,
equal to that of a fresh start whether all of it or only the part that a change affects was computed; a property test
compares both.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digest.linking.related import changes
from digest.linking.related.choice import SampleCache, resolved
from digest.linking.related.corpus import ArticleResult, Corpus, Story, corpus_of
from digest.linking.related.ranking import MANY, Collection, scored, time_factors
from digest.linking.related.signatures import SignatureTable, signature_table
from digest.linking.related.state import RelatedState, state_of
from digest.linking.related.statistics import Frequencies, IdfRoots, frequencies_of
from digest.linking.related.vectors import vector

if TYPE_CHECKING:
    from digest.content.settings import RelatedSettings

ScoreRanks = Callable[[Sequence[int]], list[ArticleResult]]
"""Scores the articles with these ranks."""
Spread = Callable[[ScoreRanks, int], list[ArticleResult]]
"""Calls a `ScoreRanks` for all ranks below a number, in one process or several."""


def serial(score: ScoreRanks, number: int) -> list[ArticleResult]:
    """Score all articles in this process."""
    return score(range(number))


def relate(
    before: RelatedState | None, stories: Iterable[Story], rules: RelatedSettings, spread: Spread = serial
) -> RelatedState:
    """Relate stories. `spread` may share the scoring among processes that hold a copy of this one's memory."""
    corpus = corpus_of(stories, rules)
    after = related_by_changes(before, corpus)
    if after is not None:
        return after
    return relate_with_numpy(corpus, spread) if len(corpus.ids) >= MANY else relate_plainly(corpus)


def related_by_changes(before: RelatedState | None, corpus: Corpus) -> RelatedState | None:
    """A corpus related by what changed since a state; None if that is no way, or not the shorter one."""
    return changes.applied(before, corpus) if before is not None and before.key == corpus.key else None


def relate_plainly(corpus: Corpus) -> RelatedState:
    """Relate a corpus in plain Python: for sites that are scored in less time than numpy takes to import."""
    frequencies = frequencies_of(corpus.packed)
    roots = IdfRoots(frequencies, len(corpus.ids))
    vectors = [vector(packed, roots) for packed in corpus.packed]
    signatures = signature_table(vectors)
    postings = signatures.postings(set(signatures.hashes))
    collection = Collection.by_rules(corpus.rules, corpus.days(), postings, vectors.__getitem__)
    samples = SampleCache(corpus.packed)
    results = [
        corpus.result(rank, scored(rank, collection), signatures.self_products, samples) for rank in range(len(vectors))
    ]
    return state_of_results(corpus, frequencies, signatures, results)


def relate_with_numpy(corpus: Corpus, spread: Spread) -> RelatedState:
    """Relate a corpus with `arrays`."""
    from digest.linking.related import arrays  # noqa: PLC0415 - numpy is imported only where it saves time

    measured = arrays.measure(corpus.packed)
    scorer = arrays.BatchScorer(
        measured.vectors, corpus.days(), time_factors(corpus.rules.half_life), size=len(measured.vocabulary.hashes),
        newer=corpus.rules.newer,
    )  # fmt: skip
    self_products, samples = scorer.self_products.tolist(), SampleCache(corpus.packed)

    def score(ranks: Sequence[int]) -> list[ArticleResult]:
        return [
            corpus.result(rank, found, self_products, samples)
            for rank, found in zip(ranks, scorer.scored(ranks), strict=True)
        ]

    signatures = measured.signatures(self_products)
    return state_of_results(corpus, measured.frequencies(), signatures, spread(score, len(corpus.ids)))


def state_of_results(
    corpus: Corpus, frequencies: Frequencies, signatures: SignatureTable, results: Sequence[ArticleResult]
) -> RelatedState:
    """The state of a corpus, from the results in order of rank."""
    thresholds = array("Q", [result.threshold for result in results])
    return state_of(corpus, frequencies, signatures, thresholds, [result.choice for result in results])


class Relations(NamedTuple):
    """The ids that one story's page shows."""

    related: tuple[str, ...]
    """Pins, then computed stories."""
    elsewhere: tuple[str, ...]
    """Copies of the same report."""


NOTHING = Relations((), ())


def relations(state: RelatedState, count: int) -> dict[str, Relations]:
    """Id → what its page shows, for stories that show anything. `count` limits the pins."""
    ids = state.ids
    found = {
        name: Relations(tuple([ids[other] for other in related]), ())
        for name, related in zip(ids, state.related, strict=True)
        if related
    }
    ranks = {name: rank for rank, name in enumerate(ids)}
    more = {ids[rank] for rank in state.copies} | {name for name in state.pins if name in ranks}
    return found | {name: relations_of(state, ranks[name], ranks, count) for name in more}


def differing(before: RelatedState, after: RelatedState, count: int) -> dict[str, Relations]:
    """Id → what its page shows now, for every story of which that may be another than before."""
    if after.ids[: len(before.ids)] == before.ids:  # newer stories alone: ranks are what they were
        ranks = {name: rank for rank, name in enumerate(after.ids)}
        pairs = enumerate(zip(before.related, after.related, strict=False))
        moved = {rank for rank, (was, now) in pairs if was is not now and was != now}
        copied = before.copies.keys() | after.copies.keys()
        moved |= {rank for rank in copied if before.copies.get(rank) != after.copies.get(rank)}
        moved |= {ranks[name] for name in before.pins.keys() | after.pins.keys()}
        moved |= set(range(len(before.ids), len(after.ids)))
        return {after.ids[rank]: relations_of(after, rank, ranks, count) for rank in moved}
    old, new = relations(before, count), relations(after, count)
    there = set(before.ids)
    shown = ((name, new.get(name, NOTHING)) for name in after.ids)
    return {name: now for name, now in shown if name not in there or now != old.get(name, NOTHING)}


def relations_of(state: RelatedState, rank: int, ranks: Mapping[str, int], count: int) -> Relations:
    """What the page of one story shows."""
    ids = state.ids
    pins = state.pins.get(ids[rank])
    pinned = resolved(pins, ranks, ids[rank], count) if pins else ()
    return Relations(
        tuple([ids[other] for other in (*pinned, *state.related[rank])]),
        tuple([ids[other] for other in state.copies.get(rank, ())]),
    )
