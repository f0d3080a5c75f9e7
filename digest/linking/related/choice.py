"""An article's ranked candidates → what its page shows: related stories, and the same report at other outlets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digest.linking.related.ranking import UNIT, Scored
from digest.linking.terms import Sample, shingles

if TYPE_CHECKING:
    from digest.content.settings import RelatedSettings

COPIES_SHOWN = 10
SAMPLES_KEPT = 4096
COPY_LEAST = 7 * UNIT * UNIT // 100
"""Least square of two articles' score, divided by the self products of both, that copies can have: a cosine of 0.4 at
the farthest distance in time. Copies in a corpus of 16,201 articles have at least 0.5.
"""


class Choice(NamedTuple):
    """Ranks of the computed stories, best first and without pins, and of copies of the report, oldest first."""

    related: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()


class SampleCache:
    """Samples of articles' shingles, each unpacked once: the lists of neighbouring articles ask for the same ones."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        self.packed = packed
        self.samples: dict[int, Sample] = {}

    def of(self, rank: int) -> Sample:
        """The sample of one article."""
        found = self.samples.get(rank)
        if found is None:
            if len(self.samples) > SAMPLES_KEPT:
                self.samples.clear()
            found = self.samples[rank] = shingles(self.packed[rank])
        return found


def choose(  # noqa: PLR0917 - everything that one article's list depends on
    rank: int,
    scored: Scored,
    self_products: Sequence[int],
    pins: Sequence[int],
    rules: RelatedSettings,
    samples: SampleCache,
) -> Choice:
    """Choose what one article's page shows: at most `rules.count` stories with its pins, and no report twice."""
    room = rules.count - len(pins)
    least = self_products[rank] * UNIT * rules.minimum
    copy_least = self_products[rank] * COPY_LEAST
    shown = [samples.of(pin) for pin in pins]
    related: list[int] = []
    copies: list[int] = []
    full = room <= 0
    for other, score in zip(scored.ranks, scored.scores, strict=True):
        may_be_copy = score * score >= copy_least * self_products[other]
        if score * 100 < least or (full and not may_be_copy):
            break
        if other in pins:
            continue
        sample = samples.of(other)
        if may_be_copy and same_report(samples.of(rank), sample):
            copies.append(other)
        elif not full and not any(same_report(one, sample) for one in shown):
            related.append(other)
            shown.append(sample)
            full = len(related) >= room
    return Choice(tuple(related), tuple(sorted(copies[:COPIES_SHOWN])))


def same_report(one: Sample, other: Sample) -> bool:
    """Whether two texts are the same, perhaps lightly edited: half of the shingles of both are in both."""
    left, right = comparable(one, other)
    if left.isdisjoint(right):
        return False
    return 3 * len(left & right) >= len(left) + len(right)


def resemblance(one: Sample, other: Sample) -> float:
    """The Jaccard coefficient of two samples of shingles."""
    left, right = comparable(one, other)
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


def comparable(one: Sample, other: Sample) -> tuple[frozenset[int], frozenset[int]]:
    """All shingles of two short texts; otherwise the part that both samples have in common by construction."""
    return (one.every, other.every) if one.every and other.every else (one.some, other.some)


def resolved(pins: Iterable[str], ranks: Mapping[str, int], own_id: str, count: int) -> tuple[int, ...]:
    """Ranks of the published pins in the editor's order, each once and never the article itself, at most `count`."""
    return tuple(dict.fromkeys(ranks[pin] for pin in pins if pin in ranks and pin != own_id))[:count]
