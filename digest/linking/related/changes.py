"""Which articles' lists a change may touch, and only those scored again.

A list depends on pairs: an article and its candidates. A pair changes where one of the two changed, came or went, or
where one more article between them moved them out of each other's reach in the postings of a term. A changed pair
matters to an article only where it reaches its bar, before or after. Whatever is in doubt is scored again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking.related.choice import NO_CHOICE, Choice, Samples
from digest.linking.related.memory import RelatedState, postings, signature
from digest.linking.related.ranking import SHARE, Collection, partial_products, reach_of, scored, time_factors
from digest.linking.related.relations import MANY, Site, memory, signed
from digest.linking.related.statistics import Frequencies, Roots, frequency_class, least_frequency, settled
from digest.linking.related.vectors import SIGNATURE, Vector, vector
from digest.linking.terms import unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.linking.related.ranking import Postings


class Edits(msgspec.Struct, frozen=True):
    """What differs between a memory and a site, by id."""

    gone: frozenset[str]
    """Removed, or changed: as they were."""
    come: frozenset[str]
    """Added, or changed: as they are."""


def edits(before: RelatedState, site: Site, old_ranks: Mapping[str, int]) -> Edits:
    """Stories that came, went, or have other terms or another time."""
    gone = {name for name in before.ids if name not in site.ranks}
    come = set()
    for rank, name in enumerate(site.ids):
        was = old_ranks.get(name)
        if was is None:
            come.add(name)
        elif before.packed[was] != site.packed[rank] or before.times[was] != site.times[rank]:
            come.add(name)
            gone.add(name)
    return Edits(frozenset(gone), frozenset(come))


def applied(before: RelatedState, site: Site) -> RelatedState | None:
    """The memory after the changes; None where making all anew is right, or less work."""
    number = len(site.ids)
    if settled(number) != settled(len(before.ids)) or not number:
        return None
    old_ranks = {name: rank for rank, name in enumerate(before.ids)}
    change = edits(before, site, old_ranks)
    limit = max(number // 50, 20)
    if len(change.gone) + len(change.come) > limit:
        return None
    frequencies, turned = recounted(before, site, old_ranks, change)
    old_roots, roots = Roots(before.frequencies, number), Roots(frequencies, number)
    reweighed = weighed_anew(turned, site, change, old_roots, roots, limit)
    if reweighed is None:
        return None
    old = Side(before.ids, before.days(), before.signatures, before.signature_weights, before.own)
    gone = {old_ranks[name] for name in (*change.gone, *reweighed)}
    come = {site.ranks[name] for name in (*change.come, *reweighed)}
    kept = [old_ranks.get(name, -1) for name in site.ids]
    new = side(before, site, come, kept, roots)
    bars = Bars(before, site, kept, gone)
    touched = come | bars.touched(old, new, gone, come) | repinned(before, site, change)
    if len(touched) >= MANY:
        return None
    return scored_anew(before, site, new, frequencies, roots, touched, kept)


# ---------------------------------------------------------------- statistics


def recounted(
    before: RelatedState, site: Site, old_ranks: Mapping[str, int], change: Edits
) -> tuple[Frequencies, frozenset[bytes]]:
    """The frequencies after the changes, and the terms (as packed) whose weight they turn."""
    early = settled(len(site.ids))
    was_early, is_early = set(before.ids[:early]), set(site.ids[:early])
    more: Counter[int] = Counter()
    more_early: Counter[int] = Counter()
    for name in change.gone | (was_early - is_early):
        terms = unpack(before.packed[old_ranks[name]]).hashes
        if name in change.gone:
            more.subtract(terms)
        if name in was_early:
            more_early.subtract(terms)
    for name in change.come | (is_early - was_early):
        terms = unpack(site.packed[site.ranks[name]]).hashes
        if name in change.come:
            more.update(terms)
        if name in is_early:
            more_early.update(terms)
    was = before.frequencies
    frequencies = Frequencies(was.hashes[:], was.counts[:], was.early_counts[:])
    least = least_frequency(early)
    turned = set()
    for term in more.keys() | more_early.keys():
        count, early_count = was.of(term)
        now, early_now = count + more[term], early_count + more_early[term]
        if (now, early_now) != (count, early_count):
            record(frequencies, term, now, early_now)
            if frequency_class(early_count, count, least) != frequency_class(early_now, now, least):
                turned.add(array("I", [term]).tobytes())
    return frequencies, frozenset(turned)


def record(frequencies: Frequencies, term: int, count: int, early_count: int) -> None:
    """Write a term's new frequency into tables that are nobody else's yet."""
    hashes, counts, early_counts = frequencies.hashes, frequencies.counts, frequencies.early_counts
    at = bisect_left(hashes, term)
    known = at < len(hashes) and hashes[at] == term
    if not count:
        for row in (hashes, counts, early_counts):
            row.pop(at)
    elif known:
        counts[at], early_counts[at] = count, early_count
    else:
        hashes.insert(at, term)
        counts.insert(at, count)
        early_counts.insert(at, early_count)


def weighed_anew(  # noqa: PLR0917
    turned: frozenset[bytes], site: Site, change: Edits, old_roots: Roots, roots: Roots, limit: int
) -> list[str] | None:
    """Unchanged stories whose vector changed with the weight of a term; None where there are too many."""
    if not turned:
        return []
    holding = [
        name
        for name, packed in zip(site.ids, site.packed, strict=True)
        if any(term in packed for term in turned) and name not in change.come
    ]
    if len(holding) > 4 * limit:
        return None
    packed = [site.packed[site.ranks[name]] for name in holding]
    differ = [name for name, one in zip(holding, packed, strict=True) if vector(one, old_roots) != vector(one, roots)]
    return differ if len(differ) <= limit else None


# ---------------------------------------------------------------- signatures


class Side(NamedTuple):
    """The signatures of a site, before or after the change."""

    ids: tuple[str, ...]
    days: Sequence[int]
    signatures: array[int]
    weights: bytes
    own: array[int]

    def terms(self, ranks: Iterable[int]) -> set[int]:
        """Every term in the signatures of some articles."""
        return {term for rank in ranks for term in self.signature(rank).hashes}

    def postings(self, wanted: set[int]) -> dict[int, Postings]:
        return postings(self.signatures, self.weights, wanted)

    def signature(self, rank: int) -> Vector:
        return signature(self.signatures, self.weights, rank)


def side(before: RelatedState, site: Site, come: set[int], kept: Sequence[int], roots: Roots) -> Side:
    """The signatures after the change. `kept` gives each new rank's old one, or -1."""
    fresh = {rank: vector(site.packed[rank], roots) for rank in come}
    signatures, weights, own = array("I"), bytearray(), array("I")
    for first, last in runs(kept, come):
        if first in fresh:
            hashes, its = signed([fresh[first]])
            signatures += hashes
            weights += its
            own.append(fresh[first].own)
            continue
        part = slice(kept[first] * SIGNATURE, (kept[last] + 1) * SIGNATURE)
        signatures += before.signatures[part]
        weights += before.signature_weights[part]
        own += before.own[kept[first] : kept[last] + 1]
    return Side(site.ids, site.days(), signatures, bytes(weights), own)


def runs(kept: Sequence[int], come: set[int]) -> Iterable[tuple[int, int]]:
    """First and last new rank of what can be copied at one go; each newcomer is a run of its own."""
    first = 0
    for rank in range(1, len(kept) + 1):
        if rank == len(kept) or rank in come or rank - 1 in come or kept[rank] != kept[rank - 1] + 1:
            yield first, rank - 1
            first = rank


# ---------------------------------------------------------------- what is touched


class Bars:
    """Which unchanged articles a pair matters to."""

    def __init__(self, before: RelatedState, site: Site, kept: Sequence[int], gone: set[int]) -> None:
        self.before = before
        self.site = site
        self.kept = kept
        self.now = {was: rank for rank, was in enumerate(kept) if was >= 0 and was not in gone}
        """Old rank of an unchanged article → its new one."""
        self.ranks = site.ranks
        self.factors = time_factors(site.rules.half_life)
        self.reach = reach_of(settled(len(site.ids)))

    def touched(self, old: Side, new: Side, gone: set[int], come: set[int]) -> set[int]:
        """New ranks of unchanged articles for which a changed pair is, or was, among their candidates."""
        if len(gone) == len(come) and all(self.stays(rank, old, new) for rank in gone):
            # every signature is where it was: what the changed articles share with others was, and is, the same
            return self.met(new, come, new.postings(new.terms(come)))
        left = old.terms(gone)
        old_postings, new_postings = old.postings(left), new.postings(left | new.terms(come))
        found = self.met(new, come, new_postings)
        for rank in gone:
            for other, product in partial_products(rank, old.signature(rank), old_postings, self.reach).items():
                if other in self.now and self.matters(other, product, old.days, rank, other):
                    found.add(self.now[other])
        for term, (ranks, _) in new_postings.items():
            now = [rank if rank not in come else -1 for rank in ranks]
            was = [rank for rank in now if rank >= 0]
            if term in left:
                was = [self.now.get(rank, -1) for rank in old_postings[term].ranks]
            if max(len(now), len(was)) > self.reach:
                for one, other in moved(was, now, self.reach):
                    found |= self.parted(new, one, other)
        return found

    def met(self, new: Side, come: set[int], postings: Mapping[int, Postings]) -> set[int]:
        """Unchanged articles to which a changed one, as it is now, matters."""
        return {
            other
            for rank in come
            for other, product in partial_products(rank, new.signature(rank), postings, self.reach).items()
            if other not in come and self.matters(self.kept[other], product, new.days, rank, other)
        }

    def stays(self, rank: int, old: Side, new: Side) -> bool:
        """Whether a changed article is where it was, its signature as it was."""
        now = self.ranks.get(old.ids[rank], -1)
        return (
            now >= 0
            and self.kept[now] == rank
            and old.signature(rank) == new.signature(now)
            and (self.before.times[rank] == self.site.times[now])
        )

    def matters(self, was: int, product: int, days: Sequence[int], candidate: int, rank: int) -> bool:
        """Whether a product makes an article one of the candidates of the unchanged one at `rank`, once at `was`."""
        if product * 100 < max(self.before.own[was] * SHARE, 1):
            return False
        apart = min(abs(days[candidate] - days[rank]), len(self.factors) - 1)
        return product * self.factors[apart] >= self.before.bars[was] and (self.site.rules.newer or candidate < rank)

    def parted(self, new: Side, one: int, other: int) -> set[int]:
        """Those of two unchanged articles to which the other may matter, were every term of it within reach."""
        left, right = new.signature(one), new.signature(other)
        mine = dict(zip(left.hashes, left.weights, strict=True))
        product = sum([mine.get(term, 0) * its for term, its in zip(right.hashes, right.weights, strict=True)])
        pairs = ((one, other), (other, one))
        return {rank for rank, its in pairs if self.matters(self.kept[rank], product, new.days, its, rank)}


def moved(was: Sequence[int], now: Sequence[int], reach: int) -> Iterable[tuple[int, int]]:
    """Pairs of unchanged articles that came into or out of each other's reach in one term's postings: new ranks, -1 for
    what changed.
    """
    stayed = [rank for rank in now if rank >= 0]
    for place, (one, other) in enumerate(zip(within_reach(was, reach), within_reach(now, reach), strict=True)):
        if one != other:
            for partner in stayed[place + 1 + min(one, other) : place + 1 + max(one, other)]:
                yield stayed[place], partner


def within_reach(ranks: Sequence[int], reach: int) -> list[int]:
    """Of each unchanged article among a term's postings (others are -1): how many unchanged ones follow in reach."""
    upto = [0]
    for rank in ranks:
        upto.append(upto[-1] + (rank >= 0))
    last = len(ranks)
    return [upto[min(at + 1 + reach, last)] - upto[at + 1] for at, rank in enumerate(ranks) if rank >= 0]


def repinned(before: RelatedState, site: Site, change: Edits) -> set[int]:
    """Articles whose pins, or what they lead to, changed."""
    changed = change.gone | change.come
    found = set()
    for name in before.pins.keys() | site.pins.keys():
        if name in site.ranks:
            pins = site.pins.get(name)
            if pins != before.pins.get(name) or not changed.isdisjoint(pins or ()):
                found.add(site.ranks[name])
    return found


# ---------------------------------------------------------------- scoring again


def scored_anew(  # noqa: PLR0917
    before: RelatedState,
    site: Site,
    new: Side,
    frequencies: Frequencies,
    roots: Roots,
    touched: set[int],
    kept: Sequence[int],
) -> RelatedState:
    """The new memory, the touched rows scored again and the others carried over."""
    known: dict[int, Vector] = {}

    def vector_of(rank: int) -> Vector:
        if rank not in known:
            known[rank] = vector(site.packed[rank], roots)
        return known[rank]

    everywhere = Collection(
        new.days,
        new.postings(new.terms(touched)),
        vector_of,
        time_factors(site.rules.half_life),
        reach_of(settled(len(site.ids))),
        site.rules.newer,
    )
    choices, bars = carried(before, site, kept)
    samples = Samples(site.packed)
    for rank in touched:
        row = site.choice(rank, scored(rank, everywhere), new.own, samples)
        choices[rank], bars[rank] = row.choice, row.bar
    return memory(site, frequencies, new.signatures, new.weights, new.own, bars, choices)


def carried(before: RelatedState, site: Site, kept: Sequence[int]) -> tuple[list[Choice], array[int]]:
    """The rows as they were, in the new order; those of newcomers are empty as yet."""
    copies = before.copies
    was = [Choice(related, copies.get(rank, ())) for rank, related in enumerate(before.related)]
    if site.ids[: len(before.ids)] == before.ids:
        added = len(site.ids) - len(before.ids)
        return [*was, *[NO_CHOICE] * added], before.bars + array("Q", bytes(8 * added))
    now = {old: rank for rank, old in enumerate(kept) if old >= 0}
    choices = []
    for old in kept:
        related, elsewhere = was[old] if old >= 0 else NO_CHOICE
        # what led to an article that is gone is scored again
        choices.append(
            Choice(tuple([now.get(rank, 0) for rank in related]), tuple([now.get(rank, 0) for rank in elsewhere]))
        )
    return choices, array("Q", [before.bars[old] if old >= 0 else 0 for old in kept])
