"""What relating the stories of a site leaves for the next time: every article's terms, signature and list."""

from __future__ import annotations

from array import array
from itertools import compress
from typing import TYPE_CHECKING

import msgspec

from digest.linking.related.ranking import DAY, Postings
from digest.linking.related.statistics import Frequencies
from digest.linking.related.vectors import SIGNATURE, Vector

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """A `Memory` as plain values, arrays as bytes in the order of this machine."""

    key: str
    ids: tuple[str, ...]
    times: bytes
    pins: dict[str, tuple[str, ...]]
    packed: tuple[bytes, ...]
    hashes: bytes
    counts: bytes
    early_counts: bytes
    signatures: bytes
    signature_weights: bytes
    own: bytes
    bars: bytes
    related: tuple[tuple[int, ...], ...]
    copies: dict[int, tuple[int, ...]]


class RelatedState(msgspec.Struct, frozen=True):
    """All that is known of a site's related stories. A rank is a place in the order of time, 0 the oldest."""

    key: str
    """The rules it holds for."""
    ids: tuple[str, ...]
    times: array[int]
    """Seconds since 1970."""
    pins: Mapping[str, tuple[str, ...]]
    """Of the articles whose editors chose: their pins as written; empty for none at all."""
    packed: tuple[bytes, ...]
    """Everyone's terms."""
    frequencies: Frequencies
    signatures: array[int]
    """`SIGNATURE` hashes an article, its weightiest terms first, 0 where there are fewer."""
    signature_weights: bytes
    """Likewise; 0 only where there is no term."""
    own: array[int]
    """Each vector's product with itself."""
    bars: array[int]
    """`ranking.Scored.bar`."""
    related: tuple[tuple[int, ...], ...]
    """The computed stories of each, best first; pins are not among them."""
    copies: Mapping[int, tuple[int, ...]]
    """Of those that have any: the same report elsewhere, oldest first."""

    def signature(self, rank: int) -> Vector:
        """The beginning of one article's vector."""
        return signature(self.signatures, self.signature_weights, rank)

    def days(self) -> list[int]:
        """Rank → the day, as a number."""
        return [time // DAY for time in self.times]

    def kept(self) -> Kept:
        """As plain values."""
        known = self.frequencies
        return Kept(
            self.key, self.ids, self.times.tobytes(), dict(self.pins), self.packed, known.hashes.tobytes(),
            known.counts.tobytes(), known.early_counts.tobytes(), self.signatures.tobytes(), self.signature_weights,
            self.own.tobytes(), self.bars.tobytes(), self.related, dict(self.copies),
        )  # fmt: skip


def remembered(kept: Kept) -> RelatedState:
    """A memory from plain values, which must be those that `Memory.kept` gave."""
    return RelatedState(
        kept.key, kept.ids, row("q", kept.times), kept.pins, kept.packed,
        Frequencies(row("I", kept.hashes), row("I", kept.counts), row("I", kept.early_counts)),
        row("I", kept.signatures), kept.signature_weights, row("I", kept.own), row("Q", kept.bars), kept.related,
        kept.copies,
    )  # fmt: skip


def row(kind: str, raw: bytes) -> array[int]:
    """An array from its bytes."""
    numbers = array(kind)
    numbers.frombytes(raw)
    return numbers


def signature(signatures: array[int], weights: bytes, rank: int) -> Vector:
    """One article's signature among all."""
    part = slice(rank * SIGNATURE, (rank + 1) * SIGNATURE)
    its = weights[part].rstrip(b"\0")
    return Vector(signatures[part][: len(its)], its)


def postings(signatures: array[int], weights: bytes, wanted: Collection[int]) -> dict[int, Postings]:
    """Of each wanted term: the ranks whose signature holds it, oldest first, and its weights there."""
    found: dict[int, tuple[list[int], list[int]]] = {term: ([], []) for term in wanted}
    for place in compress(range(len(signatures)), map(found.__contains__, signatures)):
        if weights[place]:
            ranks, its = found[signatures[place]]
            ranks.append(place // SIGNATURE)
            its.append(weights[place])
    return {term: Postings(ranks, its) for term, (ranks, its) in found.items()}
