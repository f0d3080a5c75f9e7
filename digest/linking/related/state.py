"""The result of relating a site, kept for the next build: each article's terms, signature, threshold and list."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from digest.linking.related.ranking import days_of
from digest.linking.related.signatures import SignatureTable
from digest.linking.related.statistics import Frequencies

if TYPE_CHECKING:
    from digest.linking.related.choice import Choice
    from digest.linking.related.corpus import Corpus


class RelatedRecord(msgspec.Struct, array_like=True, frozen=True):
    """A `RelatedState` as plain values, arrays as bytes in this machine's byte order."""

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
    self_products: bytes
    thresholds: bytes
    related: tuple[tuple[int, ...], ...]
    copies: dict[int, tuple[int, ...]]


class RelatedState(msgspec.Struct, frozen=True):
    """All that relating computed for a site. It is a function of the stories and the rules alone."""

    key: str
    """`Corpus.key` of the rules it was computed by."""
    ids: tuple[str, ...]
    times: array[int]
    """Seconds since 1970."""
    pins: Mapping[str, tuple[str, ...]]
    """Id → the pins as written, for articles whose editors chose; empty for none at all."""
    packed: tuple[bytes, ...]
    """Rank → packed terms."""
    frequencies: Frequencies
    signatures: SignatureTable
    thresholds: array[int]
    """Rank → `ranking.Scored.threshold`."""
    related: tuple[tuple[int, ...], ...]
    """Rank → the computed stories, best first; pins are not among them."""
    copies: Mapping[int, tuple[int, ...]]
    """Rank → the same report elsewhere, oldest first; only articles that have copies."""

    def days(self) -> list[int]:
        """Rank → day, as a number."""
        return days_of(self.times)

    def to_record(self) -> RelatedRecord:
        """Convert to plain values that can be packed."""
        frequencies, signatures = self.frequencies, self.signatures
        return RelatedRecord(
            self.key, self.ids, self.times.tobytes(), dict(self.pins), self.packed, frequencies.hashes.tobytes(),
            frequencies.counts.tobytes(), frequencies.early_counts.tobytes(), signatures.hashes.tobytes(),
            signatures.weights, signatures.self_products.tobytes(), self.thresholds.tobytes(), self.related,
            dict(self.copies),
        )  # fmt: skip

    @classmethod
    def from_record(cls, record: RelatedRecord) -> RelatedState:
        """Convert back from the plain values of `to_record`."""
        return cls(
            record.key, record.ids, array_of("q", record.times), record.pins, record.packed,
            Frequencies(
                array_of("I", record.hashes), array_of("I", record.counts), array_of("I", record.early_counts)
            ),
            SignatureTable(
                array_of("I", record.signatures), record.signature_weights, array_of("I", record.self_products)
            ),
            array_of("Q", record.thresholds), record.related, record.copies,
        )  # fmt: skip


def array_of(typecode: str, raw: bytes) -> array[int]:
    """An array from its bytes."""
    numbers = array(typecode)
    numbers.frombytes(raw)
    return numbers


def state_of(
    corpus: Corpus,
    frequencies: Frequencies,
    signatures: SignatureTable,
    thresholds: array[int],
    choices: Sequence[Choice],
) -> RelatedState:
    """The state of a corpus whose articles are all scored."""
    related = tuple([choice.related for choice in choices])
    copies = {rank: choice.elsewhere for rank, choice in enumerate(choices) if choice.elsewhere}
    return state_with(corpus, frequencies, signatures, thresholds, related, copies)


def state_with(  # noqa: PLR0917 - all that a state is made of
    corpus: Corpus,
    frequencies: Frequencies,
    signatures: SignatureTable,
    thresholds: array[int],
    related: tuple[tuple[int, ...], ...],
    copies: Mapping[int, tuple[int, ...]],
) -> RelatedState:
    """The state of a corpus with these lists."""
    return RelatedState(
        corpus.key, corpus.ids, corpus.times, corpus.pins, corpus.packed, frequencies, signatures, thresholds, related,
        copies,
    )  # fmt: skip
