"""An article's ranked candidates → what its page shows: related stories, and the same report at other outlets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.linking.related.ranking import UNIT
from digest.linking.terms import shingles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from digest.content.settings import RelatedSettings
    from digest.linking.related.ranking import Scored

COPIES_SHOWN = 10


class Choice(NamedTuple):
    """Ranks of the computed stories, best first (no pins among them), and of copies of the report, oldest first."""

    related: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()


NO_CHOICE = Choice()


def choose(  # noqa: PLR0917 - what one article's list depends on
    rank: int, scored: Scored, own: int, pins: Sequence[int], rules: RelatedSettings, packed: Callable[[int], bytes]
) -> Choice:
    """What stands under one article: at most `rules.count` with its pins, and no report twice.

    `own` is the article's product with itself; `packed` gives the terms of a rank.
    """
    room = rules.count - len(pins)
    least = own * UNIT * rules.minimum
    mine = shingles(packed(rank))
    shown = [shingles(packed(pin)) for pin in pins]
    related: list[int] = []
    copies: list[int] = []
    for other, score in zip(scored.ranks, scored.scores, strict=True):
        if score * 100 < least:
            break
        if other in pins:
            continue
        its = shingles(packed(other))
        if same_report(mine, its):
            copies.append(other)
        elif len(related) < room and not any(same_report(one, its) for one in shown):
            related.append(other)
            shown.append(its)
    return Choice(tuple(related), tuple(sorted(copies[:COPIES_SHOWN])))


def same_report(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether half of the shingles of both are in both: the same text, perhaps lightly edited."""
    shared = len(one & other)
    return shared > 0 and 3 * shared >= len(one) + len(other)


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """The Jaccard coefficient of two samples of shingles."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def resolved(pins: Iterable[str], ranks: Mapping[str, int], own: str, count: int) -> tuple[int, ...]:
    """Ranks of the pins that are published, in the editor's order, each once and never the article itself."""
    return tuple(dict.fromkeys(ranks[pin] for pin in pins if pin in ranks and pin != own))[:count]
