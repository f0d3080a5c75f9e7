"""`statistics`, `vectors` and `ranking` for a whole site at once, with numpy: the same whole numbers, sooner.

Imported only where hundreds of articles are to be scored: importing numpy costs as much as scoring that many in plain
Python. A property test holds both to one result.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from digest.linking.related.ranking import CANDIDATES, RANKS, SHARE, Scored, reach_of
from digest.linking.related.statistics import Frequencies, frequency_class, least_frequency, root_table, settled
from digest.linking.related.vectors import DIMENSIONS, SATURATED, SCALE, SIGNATURE, root_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Half = NDArray[np.int32]

BLOCK = 4096
"""Articles measured at a time."""
PRODUCTS = 1 << 19
"""Products at a time: two megabytes, which stay in a processor's cache."""
RAW_BITS = 20
"""Bits of an unscaled weight."""


class Vocabulary(NamedTuple):
    """Every term of a site: its hash, ascending, and in how many articles and early articles it stands."""

    hashes: NDArray[np.uint32]
    counts: Whole
    early_counts: Whole


class Vectors(NamedTuple):
    """The vectors of all articles, a row each; terms as places in the vocabulary, its length where there is none."""

    terms: Half
    weights: Half


class Measured(NamedTuple):
    """A site's terms, counted and weighed."""

    known: Vocabulary
    vectors: Vectors

    def frequencies(self) -> Frequencies:
        """As a memory holds them."""
        known = self.known
        return Frequencies(whole(known.hashes), whole(known.counts), whole(known.early_counts))

    def signatures(self) -> tuple[array[int], bytes]:
        """As a memory holds them."""
        hashes = np.append(self.known.hashes, np.uint32(0))
        signatures = hashes[self.vectors.terms[:, :SIGNATURE]]
        return whole(signatures), self.vectors.weights[:, :SIGNATURE].astype(np.uint8).tobytes()


def whole(numbers: NDArray[Any]) -> array[int]:
    """An array of numpy's as one of Python's."""
    return array("I", numbers.astype(np.uint32).tobytes())


def measure(packed: Sequence[bytes]) -> Measured:
    """All packed terms, oldest first → the vocabulary of the site and every vector.

    In blocks of articles: arrays of all terms with room for sorting would be the greatest need of memory in a build.
    """
    lengths = [int.from_bytes(one[:2], "little") for one in packed]
    pairs = list(zip(packed, lengths, strict=True))
    hashes = np.frombuffer(b"".join([one[2 : 2 + 4 * length] for one, length in pairs]), np.uint32)
    counts = np.frombuffer(b"".join([one[2 + 4 * length : 2 + 5 * length] for one, length in pairs]), np.uint8)
    many = np.array(lengths, np.int64)
    ends = np.concatenate(([0], np.cumsum(many)))
    known, places = vocabulary(hashes, ends)
    root = roots(known, settled(len(packed)))
    made = Vectors(np.empty((len(packed), DIMENSIONS), np.int32), np.empty((len(packed), DIMENSIONS), np.int32))
    for rows in blocks(len(packed)):
        part = slice(ends[rows.start], ends[rows.stop])
        made.terms[rows], made.weights[rows] = vectors(places[part], counts[part], many[rows], root)
    return Measured(known, made)


def blocks(number: int) -> Iterator[slice]:
    """Articles, a few thousand at a time."""
    for first in range(0, number, BLOCK):
        yield slice(first, min(first + BLOCK, number))


def vocabulary(hashes: NDArray[np.uint32], ends: Whole) -> tuple[Vocabulary, Half]:
    """The terms of all articles, oldest first and run together → the vocabulary, and each term's place in it. `ends`:
    where each article's begin, and the last one's end.
    """
    terms = np.unique(hashes)
    places = np.empty(len(hashes), np.int32)
    number = len(ends) - 1
    early = int(ends[settled(number)])
    counts, early_counts = np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
    for rows in blocks(number):
        first, last = int(ends[rows.start]), int(ends[rows.stop])
        found = np.searchsorted(terms, hashes[first:last])
        places[first:last] = found
        counts += np.bincount(found, minlength=len(terms))
        early_counts += np.bincount(found[: max(early - first, 0)], minlength=len(terms))
    return Vocabulary(terms, counts, early_counts), places


def roots(known: Vocabulary, early: int) -> Half:
    """Each term's root, by `frequency_class`."""
    least = least_frequency(early)
    table = root_table(early)
    found = np.full(len(known.hashes), table[0], np.int32)
    for place in np.flatnonzero(known.counts >= 2 * least).tolist():
        found[place] = table[frequency_class(int(known.early_counts[place]), int(known.counts[place]), least)]
    return found


def vectors(places: Half, counts: NDArray[np.uint8], lengths: Whole, root: Half) -> Vectors:
    """`digest.linking.related.vectors.vector` of every article of a block."""
    raw = (np.array(SATURATED, np.int32)[counts] * root[places]) >> 8
    row = np.repeat(np.arange(len(lengths)), lengths)
    order = np.argsort((row << RAW_BITS) + ((1 << RAW_BITS) - 1 - raw), kind="stable")
    column = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = order[column < DIMENSIONS]
    row, column, raw = row[kept], column[column < DIMENSIONS], raw[kept].astype(np.int64)
    ends = np.cumsum(np.minimum(lengths, DIMENSIONS))
    sums = np.concatenate(([0], np.cumsum(raw * raw)))[np.concatenate(([0], ends))]
    length = np.array([root_length(square) for square in np.diff(sums).tolist()], np.int64)
    terms = np.full((len(lengths), DIMENSIONS), len(root), np.int32)
    weights = np.zeros((len(lengths), DIMENSIONS), np.int32)
    terms[row, column] = places[kept]
    weights[row, column] = np.clip(raw * SCALE // length[row], 1, 255)
    return Vectors(terms, weights)


class Board:
    """All articles of a site, ready to be scored. Rows share work space: a process scores one at a time."""

    def __init__(
        self, vectors: Vectors, days: Sequence[int], factors: Sequence[int], *, size: int, newer: bool
    ) -> None:
        self.vectors = vectors
        self.newer = newer
        self.days = np.array(days, np.int32)
        self.factors = np.array(factors, np.int64)
        self.own = np.einsum("ij,ij->i", vectors.weights, vectors.weights)
        self.least = np.maximum(-(-self.own * SHARE // 100), 1)
        """The smallest products of signatures that are share enough."""
        number = len(days)
        terms = vectors.terms[:, :SIGNATURE]
        flat = terms.ravel()
        real = np.flatnonzero(flat < size)
        order = real[np.argsort(flat[real], kind="stable")]
        self.posted = (order // SIGNATURE).astype(np.int32)
        """Ranks, term by term."""
        self.posted_weights = np.ascontiguousarray(vectors.weights[:, :SIGNATURE]).ravel()[order]
        starts = np.zeros(size + 2, np.int64)
        np.cumsum(np.bincount(flat[real], minlength=size + 1), out=starts[1:])
        places = np.zeros(number * SIGNATURE, np.int64)
        places[order] = np.arange(len(order))
        here = places.reshape(number, SIGNATURE)
        reach = reach_of(settled(number))
        self.first = np.maximum(here - reach, starts[terms])
        """Where each term's window of postings begins."""
        self.window = np.minimum(here + reach + 1, starts[terms + 1]) - self.first
        self.window[terms == size] = 0
        self.number = number
        self.together = max(min(PRODUCTS // max(number, 1), 64), 1)
        """Articles scored at a time."""
        self.products = np.zeros(self.together * number, np.int32)
        self.stamps = np.zeros(self.together * number, np.int32)
        self.mine = np.zeros(size + 1, np.int32)

    def scored(self, ranks: Sequence[int]) -> Iterator[Scored]:
        """`ranking.scored` of some articles."""
        for first in range(0, len(ranks), self.together):
            block = ranks[first : first + self.together]
            yield from map(self.best, block, *self.candidates(np.array(block)))

    def candidates(self, ranks: Whole) -> tuple[list[Half], list[Whole], list[Whole]]:
        """Of each of some articles: those that share enough of its signature, their factors of time, and their keys.

        Each has a row of `products`, of which only the places that are written are ever looked at.
        """
        rows = np.arange(len(ranks)) * self.number
        windows = self.window[ranks]
        lengths = windows.sum(1)
        window = windows.ravel()
        at = (self.first[ranks].ravel() - window.cumsum() + window).repeat(window)
        at += np.arange(len(at))
        places = self.posted.take(at) + rows.repeat(lengths)
        gains = self.posted_weights.take(at)
        gains *= self.vectors.weights[ranks, :SIGNATURE].ravel().repeat(window)
        products = self.products
        np.add.at(products, places, gains)
        products[rows + ranks] = 0
        near = places[products.take(places) >= self.least[ranks].repeat(lengths)]
        stamps, count = self.stamps, np.arange(len(near), dtype=np.int32)
        stamps[near] = count  # an article met several times keeps its last stamp, and is taken there alone
        near = near[stamps.take(near) == count]
        found = products.take(near)
        products[places] = 0
        row = near // self.number
        others = (near - row * self.number).astype(np.int32)
        if not self.newer:
            older = others < ranks[row]
            row, others, found = row[older], others[older], found[older]
        factors = self.factors.take(np.abs(self.days.take(others) - self.days[ranks][row]), mode="clip")
        keys = found * factors * RANKS + others
        ends = np.bincount(row, minlength=len(ranks)).cumsum().tolist()
        parts = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
        return [others[part] for part in parts], [factors[part] for part in parts], [keys[part] for part in parts]

    def best(self, rank: int, near: Half, factors: Whole, keys: Whole) -> Scored:
        """The best of all that share enough, scored by their whole vectors."""
        bar = 0
        if len(near) >= CANDIDATES:
            chosen = keys.argpartition(-CANDIDATES)[-CANDIDATES:]
            near, factors = near[chosen], factors[chosen]
            bar = int(keys[chosen[0]]) // RANKS
        terms, weights = self.vectors
        mine, own = self.mine, terms[rank]
        mine[own] = weights[rank]
        mine[-1] = 0
        scores = np.einsum("ij,ij->i", mine.take(terms[near]), weights[near]) * factors * RANKS + near
        mine[own] = 0
        scores.sort()
        ranked = scores[::-1]
        return Scored(tuple((ranked % RANKS).tolist()), tuple((ranked // RANKS).tolist()), bar)
