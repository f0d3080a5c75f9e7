"""What relating the stories of a site leaves for the next time: every article's terms, signature and list, as bytes."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from digest.linking.related.choice import Choice
from digest.linking.related.ranking import DAY, Postings
from digest.linking.related.statistics import Frequencies
from digest.linking.related.vectors import SIGNATURE, Vector

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Run = TypeVar("Run", bytes, tuple[int, ...])
FORM = "digest related 1"
"""The first words of the bytes; another form is not read."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is known of a site's related stories. A rank is a place in the order of time, 0 the oldest."""

    key: str
    """The rules and the making of terms it holds for."""
    ids: tuple[str, ...]
    times: array[int]
    """Seconds since 1970."""
    pins: Mapping[str, tuple[str, ...]]
    """Of the articles whose editors chose: their pins as written; empty for none at all."""
    packed: tuple[bytes, ...]
    frequencies: Frequencies
    signatures: array[int]
    """`SIGNATURE` hashes an article, its weightiest terms first, 0 where there are fewer."""
    signature_weights: bytes
    own: array[int]
    """Each vector's product with itself."""
    bars: array[int]
    """`ranking.Scored.bar`."""
    choices: tuple[Choice, ...]

    def signature(self, rank: int) -> Vector:
        """The beginning of one article's vector."""
        return signature(self.signatures, self.signature_weights, rank)

    def days(self) -> list[int]:
        """Rank → the day, as a number."""
        return [time // DAY for time in self.times]

    def dump(self) -> bytes:
        """The memory as bytes, in the order of bytes of this machine."""
        frequencies = self.frequencies
        parts: tuple[bytes, ...] = (
            self.times.tobytes(),
            array("I", map(len, self.packed)).tobytes(),
            b"".join(self.packed),
            frequencies.hashes.tobytes(),
            frequencies.counts.tobytes(),
            frequencies.early_counts.tobytes(),
            self.signatures.tobytes(),
            self.signature_weights,
            self.own.tobytes(),
            self.bars.tobytes(),
            array("B", [len(choice.related) for choice in self.choices]).tobytes(),
            array("i", [rank for choice in self.choices for rank in choice.related]).tobytes(),
        )
        copies = {rank: choice.elsewhere for rank, choice in enumerate(self.choices) if choice.elsewhere}
        head = {
            "form": FORM, "key": self.key, "ids": self.ids, "pins": self.pins, "copies": list(copies.items()),
            "sizes": [len(part) for part in parts],
        }  # fmt: skip
        written = json.dumps(head, ensure_ascii=False).encode()
        return b"".join((len(written).to_bytes(8, "little"), written, *parts))


def load(raw: bytes) -> Memory | None:
    """What `Memory.dump` wrote; None for anything else."""
    try:
        return read(raw)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def read(raw: bytes) -> Memory:
    """`load`, for bytes that are what they should be."""
    at = 8 + int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8:at])
    if head["form"] != FORM or at + sum(head["sizes"]) != len(raw):
        raise ValueError(head["form"])
    parts = []
    for size in head["sizes"]:
        parts.append(raw[at : at + size])
        at += size
    numbers = [array(kind) for kind in "qIIIIIIQBi"]
    for row, part in zip(numbers, (*parts[:2], *parts[3:7], *parts[8:]), strict=True):
        row.frombytes(part)
    times, lengths, hashes, counts, early_counts, signatures, own, bars, listed, related = numbers
    ids = tuple(head["ids"])
    if not len(ids) == len(times) == len(lengths) == len(own) == len(bars) == len(listed):
        raise ValueError("lengths differ")
    copies = {rank: tuple(ranks) for rank, ranks in head["copies"]}
    return Memory(
        key=head["key"],
        ids=ids,
        times=times,
        pins={name: tuple(pins) for name, pins in head["pins"].items()},
        packed=tuple(split(parts[2], lengths)),
        frequencies=Frequencies(hashes, counts, early_counts),
        signatures=signatures,
        signature_weights=parts[7],
        own=own,
        bars=bars,
        choices=tuple(
            [Choice(ranks, copies.get(rank, ())) for rank, ranks in enumerate(split(tuple(related), listed))]
        ),
    )


def split(run: Run, lengths: Sequence[int]) -> list[Run]:
    """One run → its parts."""
    parts, at = [], 0
    for length in lengths:
        parts.append(run[at : at + length])
        at += length
    return parts


def signature(signatures: array[int], weights: bytes, rank: int) -> Vector:
    """One article's signature among all."""
    part = slice(rank * SIGNATURE, (rank + 1) * SIGNATURE)
    its = weights[part].rstrip(b"\0")
    return Vector(signatures[part][: len(its)], its)


def postings(signatures: array[int], weights: bytes, wanted: Collection[int]) -> dict[int, Postings]:
    """Of each wanted term: the ranks whose signature holds it, oldest first, and its weights there."""
    found: dict[int, tuple[list[int], list[int]]] = {term: ([], []) for term in wanted}
    for place in [place for place, term in enumerate(signatures) if term in found]:
        if weights[place]:
            ranks, its = found[signatures[place]]
            ranks.append(place // SIGNATURE)
            its.append(weights[place])
    return {term: Postings(ranks, its) for term, (ranks, its) in found.items()}
