"""An article's ranked candidates → what its page shows: related stories, and the same report at other outlets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.linking.related.ranking import UNIT
from digest.linking.terms import shingles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.content.settings import RelatedSettings
    from digest.linking.related.ranking import Scored
    from digest.linking.terms import Sample

COPIES_SHOWN = 10
SAMPLES_KEPT = 4096
ALIKE = 7 * UNIT * UNIT // 100
"""The square of two articles' score, over the products of each with itself, below which they cannot be copies: a
cosine of 0.4 at the farthest distance in time. Copies of a corpus of 16,201 articles have at least 0.5.
"""


class Choice(NamedTuple):
    """Ranks of the computed stories, best first (no pins among them), and of copies of the report, oldest first."""

    related: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()


NO_CHOICE = Choice()


class Samples:
    """The shingles of articles, unpacked once while they are near: lists of neighbours ask for the same ones."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        self.packed = packed
        self.known: dict[int, Sample] = {}

    def of(self, rank: int) -> Sample:
        found = self.known.get(rank)
        if found is None:
            if len(self.known) > SAMPLES_KEPT:
                self.known.clear()
            found = self.known[rank] = shingles(self.packed[rank])
        return found


def choose(  # noqa: PLR0917 - what one article's list depends on
    rank: int, scored: Scored, own: Sequence[int], pins: Sequence[int], rules: RelatedSettings, samples: Samples
) -> Choice:
    """What stands under one article: at most `rules.count` with its pins, and no report twice.

    `own` gives each article's product with itself.
    """
    room = rules.count - len(pins)
    least = own[rank] * UNIT * rules.minimum
    alike = own[rank] * ALIKE
    shown = [samples.of(pin) for pin in pins]
    related: list[int] = []
    copies: list[int] = []
    full = room <= 0
    for other, score in zip(scored.ranks, scored.scores, strict=True):
        near = score * score >= alike * own[other]
        if score * 100 < least or (full and not near):
            break
        if other in pins:
            continue
        its = samples.of(other)
        if near and same_report(samples.of(rank), its):
            copies.append(other)
        elif not full and not any(same_report(one, its) for one in shown):
            related.append(other)
            shown.append(its)
            full = len(related) >= room
    return Choice(tuple(related), tuple(sorted(copies[:COPIES_SHOWN])))


def same_report(one: Sample, other: Sample) -> bool:
    """Whether half of the shingles of both are in both: the same text, perhaps lightly edited."""
    left, right = (one.every, other.every) if one.every and other.every else (one.some, other.some)
    if left.isdisjoint(right):
        return False
    return 3 * len(left & right) >= len(left) + len(right)


def resemblance(one: Sample, other: Sample) -> float:
    """The Jaccard coefficient of two samples of shingles."""
    left, right = (one.every, other.every) if one.every and other.every else (one.some, other.some)
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


def resolved(pins: Iterable[str], ranks: Mapping[str, int], own: str, count: int) -> tuple[int, ...]:
    """Ranks of the pins that are published, in the editor's order, each once and never the article itself."""
    return tuple(dict.fromkeys(ranks[pin] for pin in pins if pin in ranks and pin != own))[:count]
