"""How rare each term is on a site, held still: one more article moves next to nothing.

Document frequencies are taken from the oldest articles, as many as the last power of ⁴√2 below their number, told in
classes of doubling; a newer term counts by the class below its frequency on the whole site. So a new article changes a
weight only where a term has doubled, and every weight depends on the content alone.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from math import isqrt, log
from typing import TYPE_CHECKING

import msgspec

from digest.linking.terms import unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASSES = 32
LEAST = 8
"""Articles a term must stand in, on a large site, before its weight begins to fall."""


def settled(number: int) -> int:
    """The greatest power of the fourth root of 2, rounded down, not above a number: how many of the oldest articles
    count.
    """
    if number < 1:
        return 0
    power = 4 * (number.bit_length() - 1)
    return max(isqrt(isqrt(2**step)) for step in range(power, power + 4) if isqrt(isqrt(2**step)) <= number)


def least_frequency(early: int) -> int:
    """The width of the first class: 1 on a site of dozens, `LEAST` on one of tens of thousands."""
    least = 1
    while least < LEAST and early >= 256 * least * least:
        least *= 2
    return least


def root_table(early: int) -> array[int]:
    """Class → the square root of its inverse document frequency, in 256ths: the share of it each side brings.

    idf = ln(1 + n/df) (Spärck Jones 1972, smoothed as in Robertson and Zaragoza 2009), df in the middle of the class.
    """
    least = least_frequency(early)
    return array("I", [isqrt(int(65536 * log(1 + early / (least * 2**step * 1.414)))) for step in range(CLASSES)])


def frequency_class(early_count: int, count: int, least: int) -> int:
    """A term's class, from how many early articles and how many of all hold it."""
    return max((early_count // least).bit_length() - 1, (count // least).bit_length() - 3, 0)


class Frequencies(msgspec.Struct, frozen=True):
    """Every term of a site, ascending, and in how many articles and early articles it stands."""

    hashes: array[int]
    counts: array[int]
    early_counts: array[int]

    def of(self, term: int) -> tuple[int, int]:
        """How many articles and how many early ones hold a term."""
        at = bisect_left(self.hashes, term)
        if at == len(self.hashes) or self.hashes[at] != term:
            return 0, 0
        return self.counts[at], self.early_counts[at]


def count(packed: Sequence[bytes]) -> Frequencies:
    """The frequencies of packed terms, oldest article first."""
    early = settled(len(packed))
    found: Counter[int] = Counter()
    for one in packed[:early]:
        found.update(unpack(one).hashes)
    first = dict(found)
    for one in packed[early:]:
        found.update(unpack(one).hashes)
    hashes = array("I", sorted(found))
    return Frequencies(
        hashes, array("I", [found[term] for term in hashes]), array("I", [first.get(term, 0) for term in hashes])
    )


class Roots(dict[int, int]):
    """Hash of a term → its root, looked up once."""

    def __init__(self, frequencies: Frequencies, number: int) -> None:
        super().__init__()
        early = settled(number)
        self.frequencies = frequencies
        self.least = least_frequency(early)
        self.table = root_table(early)

    def __missing__(self, term: int) -> int:
        count, early_count = self.frequencies.of(term)
        root = self[term] = self.table[frequency_class(early_count, count, self.least)]
        return root
