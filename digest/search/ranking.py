"""Concepts → documents, best first. `templates/assets/search.js` does the same in a reader's browser.

A document's score is the sum over the concepts of BM25's inverse document frequency, times how much the document is
about the concept, and all of it times the share of the query that the document holds, to the power of 1.5: any word may
be missing, but stories that hold all of them stand first. Of two that score alike, the newer one does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from digest.search.keyboard import other_layout
from digest.search.query import NAMED, Concept, Way, concepts

if TYPE_CHECKING:
    from digest.search.lookup import Index

IMPACT: Final = (1.0, 1.3, 2.0, 2.5)
"""What a posting's level counts."""


class Found(msgspec.Struct, frozen=True):
    """What a query found."""

    documents: tuple[int, ...]
    """Their numbers, best first."""
    terms: frozenset[str]
    """What was looked for: to be marked."""
    meant: str
    """The query to propose, or empty."""
    whole: bool
    """Whether every file that was asked for could be read."""


def search(query: str, index: Index) -> Found:
    """The documents for a query; where there are none, those for its keys on the other keyboard."""
    asked = concepts(query, index)
    meant = " ".join(concept.meant or concept.word for concept in asked) if any(one.meant for one in asked) else ""
    if not any(one.known for one in asked):
        other = other_layout(query, index.language.keyboard[0])
        retyped = concepts(other, index)
        if retyped and all(one.known for one in retyped):
            asked, meant = retyped, other
    scored = scores(asked, index)
    ranked = sorted(scored, key=lambda number: (-scored[number], -number))
    marked = frozenset(one for concept in asked for way in concept.ways for one in way.terms)
    return Found(tuple(ranked), marked, meant, not index.missing)


def scores(asked: Sequence[Concept], index: Index) -> dict[int, int]:
    """Document → score in millionths."""
    totals: dict[int, tuple[float, float]] = {}
    whole = 0.0
    for concept in asked:
        held: dict[int, float] = {}
        size = 0
        for way in concept.ways:
            found = of_way(way, index)
            if way.weight >= NAMED or not held:
                size = max(size, len(found))
            for number, value in found.items():
                if value > held.get(number, 0.0):
                    held[number] = value
        if not held:
            continue
        idf = math.log(1 + (index.count - size + 0.5) / (size + 0.5))
        whole += idf
        for number, value in held.items():
            sum_, share = totals.get(number, (0.0, 0.0))
            totals[number] = sum_ + idf * value, share + idf
    return {
        number: math.floor(sum_ * (share / whole) * math.sqrt(share / whole) * 1e6 + 0.5)
        for number, (sum_, share) in totals.items()
    }


def of_way(way: Way, index: Index) -> dict[int, float]:
    """Document → how much it is about one way: as much as about the least of its terms."""
    rows = [{posting >> 2: IMPACT[posting & 3] * way.weight for posting in index.postings(one)} for one in way.terms]
    first, *others = rows
    return {
        number: min([value, *(row[number] for row in others)])
        for number, value in first.items()
        if all(number in row for row in others)
    }
