"""`statistics`, `vectors` and `ranking` for a whole site at once, with numpy: the same whole numbers in less time.

Import this module only to score hundreds of articles: importing numpy takes as long as scoring that many in plain
Python. A property test compares both results.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from digest.linking.related.ranking import CANDIDATES, RANKS, SHARE, Scored, reach_of
from digest.linking.related.signatures import SignatureTable
from digest.linking.related.statistics import (
    Frequencies,
    early_articles,
    frequency_class,
    idf_root_table,
    least_frequency,
)
from digest.linking.related.vectors import DIMENSIONS, SATURATED, SCALE, SIGNATURE, root_length
from digest.linking.terms import split_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints64 = NDArray[np.int64]
    Ints32 = NDArray[np.int32]

BLOCK = 4096
"""Articles measured at a time."""
PRODUCTS = 1 << 19
"""Products held at a time: two megabytes, which fit a processor's cache."""
RAW_BITS = 20
"""Bits of an unscaled weight."""


class Vocabulary(NamedTuple):
    """Every term of a site: hashes in ascending order, and the number of articles and early articles that hold each."""

    hashes: NDArray[np.uint32]
    counts: Ints64
    early_counts: Ints64


class Vectors(NamedTuple):
    """The vectors of all articles, one row each.

    A term is its place in the vocabulary; the vocabulary's length means that there is no term.
    """

    terms: Ints32
    weights: Ints32


class Measured(NamedTuple):
    """The terms of a site, counted and weighed."""

    vocabulary: Vocabulary
    vectors: Vectors

    def frequencies(self) -> Frequencies:
        """Convert the vocabulary to the form that a state keeps."""
        vocabulary = self.vocabulary
        return Frequencies(
            python_array(vocabulary.hashes), python_array(vocabulary.counts), python_array(vocabulary.early_counts)
        )

    def signatures(self, self_products: Sequence[int]) -> SignatureTable:
        """Convert the beginnings of the vectors to the form that a state keeps."""
        hashes = np.append(self.vocabulary.hashes, np.uint32(0))[self.vectors.terms[:, :SIGNATURE]]
        weights = self.vectors.weights[:, :SIGNATURE].astype(np.uint8).tobytes()
        return SignatureTable(python_array(hashes), weights, array("I", self_products))


def python_array(numbers: NDArray[Any]) -> array[int]:
    """Convert an array of numpy to one of the standard library."""
    return array("I", numbers.astype(np.uint32).tobytes())


def measure(packed: Sequence[bytes]) -> Measured:
    """All packed terms, oldest article first → the vocabulary of the site and every vector.

    Works in blocks of articles: sorting the terms of all articles at once would need more memory than any other step
    of a build.
    """
    parts = [split_terms(one) for one in packed]
    hashes = np.frombuffer(b"".join([part.hashes for part in parts]), np.uint32)
    counts = np.frombuffer(b"".join([part.counts for part in parts]), np.uint8)
    lengths = np.array([len(part.counts) for part in parts], np.int64)
    ends = np.concatenate(([0], np.cumsum(lengths)))
    found, places = vocabulary(hashes, ends)
    roots = idf_roots(found, early_articles(len(packed)))
    made = Vectors(np.empty((len(packed), DIMENSIONS), np.int32), np.empty((len(packed), DIMENSIONS), np.int32))
    for rows in blocks(len(packed)):
        block = slice(ends[rows.start], ends[rows.stop])
        made.terms[rows], made.weights[rows] = vectors(places[block], counts[block], lengths[rows], roots)
    return Measured(found, made)


def blocks(number: int) -> Iterator[slice]:
    """Slices of a few thousand articles."""
    for first in range(0, number, BLOCK):
        yield slice(first, min(first + BLOCK, number))


def vocabulary(hashes: NDArray[np.uint32], ends: Ints64) -> tuple[Vocabulary, Ints32]:
    """The terms of all articles in one row, oldest first → the vocabulary, and the place of each term in it.

    `ends` holds 0 and the end of each article's terms.
    """
    terms = np.unique(hashes)
    places = np.empty(len(hashes), np.int32)
    number = len(ends) - 1
    early = int(ends[early_articles(number)])
    counts, early_counts = np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
    for rows in blocks(number):
        first, last = int(ends[rows.start]), int(ends[rows.stop])
        found = np.searchsorted(terms, hashes[first:last])
        places[first:last] = found
        counts += np.bincount(found, minlength=len(terms))
        early_counts += np.bincount(found[: max(early - first, 0)], minlength=len(terms))
    return Vocabulary(terms, counts, early_counts), places


def idf_roots(found: Vocabulary, early: int) -> Ints32:
    """Each term's root of its idf, by `frequency_class`."""
    least = least_frequency(early)
    table = idf_root_table(early)
    roots = np.full(len(found.hashes), table[0], np.int32)
    for place in np.flatnonzero(found.counts >= 2 * least).tolist():
        roots[place] = table[frequency_class(int(found.early_counts[place]), int(found.counts[place]), least)]
    return roots


def vectors(places: Ints32, counts: NDArray[np.uint8], lengths: Ints64, roots: Ints32) -> Vectors:
    """Compute `digest.linking.related.vectors.vector` of every article of a block."""
    raw = (np.array(SATURATED, np.int32)[counts] * roots[places]) >> 8
    row = np.repeat(np.arange(len(lengths)), lengths)
    order = np.argsort((row << RAW_BITS) + ((1 << RAW_BITS) - 1 - raw), kind="stable")
    column = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = order[column < DIMENSIONS]
    row, column, raw = row[kept], column[column < DIMENSIONS], raw[kept].astype(np.int64)
    ends = np.cumsum(np.minimum(lengths, DIMENSIONS))
    sums = np.concatenate(([0], np.cumsum(raw * raw)))[np.concatenate(([0], ends))]
    length = np.array([root_length(square) for square in np.diff(sums).tolist()], np.int64)
    terms = np.full((len(lengths), DIMENSIONS), len(roots), np.int32)
    weights = np.zeros((len(lengths), DIMENSIONS), np.int32)
    terms[row, column] = places[kept]
    weights[row, column] = np.clip(raw * SCALE // length[row], 1, 255)
    return Vectors(terms, weights)


class BatchScorer:
    """Score many articles of a site. Calls share working memory, so a process runs one `scored` at a time."""

    def __init__(
        self, vectors: Vectors, days: Sequence[int], factors: Sequence[int], *, size: int, newer: bool
    ) -> None:
        """`size` is the length of the vocabulary; `factors` are `ranking.time_factors`."""
        self.vectors = vectors
        self.newer = newer
        self.days = np.array(days, np.int32)
        self.factors = np.array(factors, np.int64)
        self.self_products = np.einsum("ij,ij->i", vectors.weights, vectors.weights)
        self.least = np.maximum(-(-self.self_products * SHARE // 100), 1)
        """Rank → the least product of signatures that makes a candidate."""
        number = len(days)
        terms = vectors.terms[:, :SIGNATURE]
        flat = terms.ravel()
        real = np.flatnonzero(flat < size)
        order = real[np.argsort(flat[real], kind="stable")]
        self.posted = (order // SIGNATURE).astype(np.int32)
        """Ranks in the postings of all terms, term after term."""
        self.posted_weights = np.ascontiguousarray(vectors.weights[:, :SIGNATURE]).ravel()[order]
        starts = np.zeros(size + 2, np.int64)
        np.cumsum(np.bincount(flat[real], minlength=size + 1), out=starts[1:])
        places = np.zeros(number * SIGNATURE, np.int64)
        places[order] = np.arange(len(order))
        here = places.reshape(number, SIGNATURE)
        reach = reach_of(early_articles(number))
        self.first = np.maximum(here - reach, starts[terms])
        """Where the window in the postings of each signature term begins."""
        self.window = np.minimum(here + reach + 1, starts[terms + 1]) - self.first
        """Length of that window."""
        self.window[terms == size] = 0
        self.number = number
        self.together = max(min(PRODUCTS // max(number, 1), 64), 1)
        """Articles scored at a time."""
        self.products = np.zeros(self.together * number, np.int32)
        self.stamps = np.zeros(self.together * number, np.int32)
        self.weights_by_term = np.zeros(size + 1, np.int32)

    def scored(self, ranks: Sequence[int]) -> Iterator[Scored]:
        """Compute `ranking.scored` of some articles."""
        for first in range(0, len(ranks), self.together):
            block = ranks[first : first + self.together]
            yield from map(self.best, block, *self.candidates(np.array(block)))

    def candidates(self, ranks: Ints64) -> tuple[list[Ints32], list[Ints64], list[Ints64]]:
        """For each of some articles: the articles that share enough of its signature, their time factors and keys.

        Each article uses a row of `products`. Only places that were written are read, and they are set back to 0.
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
        stamps[near] = count  # an article found by several terms keeps its last stamp, and is used only there
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

    def best(self, rank: int, near: Ints32, factors: Ints64, keys: Ints64) -> Scored:
        """Score the best of the articles that share enough by their whole vectors."""
        threshold = 0
        if len(near) >= CANDIDATES:
            chosen = keys.argpartition(-CANDIDATES)[-CANDIDATES:]
            near, factors = near[chosen], factors[chosen]
            threshold = int(keys[chosen[0]]) // RANKS
        terms, weights = self.vectors
        weights_by_term, own_terms = self.weights_by_term, terms[rank]
        weights_by_term[own_terms] = weights[rank]
        weights_by_term[-1] = 0
        scores = np.einsum("ij,ij->i", weights_by_term.take(terms[near]), weights[near]) * factors * RANKS + near
        weights_by_term[own_terms] = 0
        scores.sort()
        ranked = scores[::-1]
        return Scored(tuple((ranked % RANKS).tolist()), tuple((ranked // RANKS).tolist()), threshold)
