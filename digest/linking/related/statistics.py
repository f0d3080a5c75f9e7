"""How rare each term is on a site, in figures that one more article hardly changes.

Document frequencies are counted in the oldest ("early") articles, as many as the last power of ⁴√2 below the site's
size, and reduced to classes of doubling. A newer term takes the class below its frequency on the whole site. So a new
article changes a weight only where a term has doubled, and every weight depends on the content alone.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import isqrt, log

import msgspec

from digest.linking.terms import unpack_terms

CLASSES = 32
LEAST = 8
"""Articles of a large site in which a term must occur before its weight begins to fall."""


def early_articles(number: int) -> int:
    """How many of a site's oldest articles the statistics count: the greatest power of ⁴√2, rounded down, that is not
    above `number`.
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


def idf_root_table(early: int) -> array[int]:
    """Class → the square root of its inverse document frequency, in 256ths: the share that each of two articles brings.

    idf = ln(1 + n/df) (Spärck Jones 1972, smoothed as in Robertson and Zaragoza 2009), df in the middle of the class.
    """
    least = least_frequency(early)
    return array("I", [isqrt(int(65536 * log(1 + early / (least * 2**step * 1.414)))) for step in range(CLASSES)])


def frequency_class(early_count: int, count: int, least: int) -> int:
    """A term's class, from the number of early articles and of all articles that hold it."""
    return max((early_count // least).bit_length() - 1, (count // least).bit_length() - 3, 0)


class Frequencies(msgspec.Struct, frozen=True):
    """The number of articles and of early articles in which each term occurs, in ascending order of hashes."""

    hashes: array[int]
    counts: array[int]
    early_counts: array[int]

    def of(self, term: int) -> tuple[int, int]:
        """The number of articles and of early articles that hold a term."""
        at = bisect_left(self.hashes, term)
        if at == len(self.hashes) or self.hashes[at] != term:
            return 0, 0
        return self.counts[at], self.early_counts[at]


def frequencies_of(packed: Sequence[bytes]) -> Frequencies:
    """Count the terms of all articles, oldest first."""
    early = early_articles(len(packed))
    found: Counter[int] = Counter()
    for one in packed[:early]:
        found.update(unpack_terms(one).hashes)
    first = dict(found)
    for one in packed[early:]:
        found.update(unpack_terms(one).hashes)
    hashes = array("I", sorted(found))
    return Frequencies(
        hashes, array("I", [found[term] for term in hashes]), array("I", [first.get(term, 0) for term in hashes])
    )


def term_balance(added: Iterable[bytes], removed: Iterable[bytes]) -> Counter[int]:
    """Term → in how many more articles it occurs once some are added and some removed."""
    balance: Counter[int] = Counter()
    for packed in removed:
        balance.subtract(unpack_terms(packed).hashes)
    for packed in added:
        balance.update(unpack_terms(packed).hashes)
    return balance


def recounted(
    before: Frequencies, balance: Mapping[int, int], early_balance: Mapping[int, int], early: int
) -> tuple[Frequencies, frozenset[int]]:
    """The frequencies after a change, and the terms whose weight changes with them.

    The balances say in how many more articles, and early articles, a term occurs.
    """
    after = Frequencies(before.hashes[:], before.counts[:], before.early_counts[:])
    least = least_frequency(early)
    reweighed = set()
    for term in balance.keys() | early_balance.keys():
        count, early_count = before.of(term)
        new_count, new_early_count = count + balance.get(term, 0), early_count + early_balance.get(term, 0)
        if (new_count, new_early_count) != (count, early_count):
            record(after, term, new_count, new_early_count)
            if frequency_class(early_count, count, least) != frequency_class(new_early_count, new_count, least):
                reweighed.add(term)
    return after, frozenset(reweighed)


def record(frequencies: Frequencies, term: int, count: int, early_count: int) -> None:
    """Write a term's new frequency into arrays that nothing else refers to yet."""
    hashes, counts, early_counts = frequencies.hashes, frequencies.counts, frequencies.early_counts
    at = bisect_left(hashes, term)
    known = at < len(hashes) and hashes[at] == term
    if not count:
        for column in (hashes, counts, early_counts):
            column.pop(at)
    elif known:
        counts[at], early_counts[at] = count, early_count
    else:
        hashes.insert(at, term)
        counts.insert(at, count)
        early_counts.insert(at, early_count)


class IdfRoots(dict[int, int]):
    """Hash of a term → the square root of its idf, in 256ths; each term is looked up once."""

    def __init__(self, frequencies: Frequencies, number: int) -> None:
        super().__init__()
        early = early_articles(number)
        self.frequencies = frequencies
        self.least = least_frequency(early)
        self.table = idf_root_table(early)

    def __missing__(self, term: int) -> int:
        count, early_count = self.frequencies.of(term)
        root = self[term] = self.table[frequency_class(early_count, count, self.least)]
        return root
