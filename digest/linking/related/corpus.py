"""The stories of a site in the order of time, and the result of scoring one of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from digest.linking.related.choice import Choice, SampleCache, choose, resolved
from digest.linking.related.ranking import Scored, days_of

if TYPE_CHECKING:
    from digest.content.settings import RelatedSettings

FORM = "1"
"""Version of the method: change it when the same stories come to be related in another way."""


class Story(NamedTuple):
    """The part of an entry that relating reads."""

    id: str
    time: int
    """Seconds since 1970."""
    terms: bytes
    """Packed by `digest.linking.terms.pack`."""
    pins: tuple[str, ...] | None = None
    """Ids that the editor chose; `()` for none at all, None for computed."""


class ArticleResult(NamedTuple):
    """The result of scoring one article."""

    choice: Choice
    threshold: int
    """`ranking.Scored.threshold`."""


class Corpus(NamedTuple):
    """The stories of a site in the order of time. A rank is a place in this order, 0 the oldest."""

    ids: tuple[str, ...]
    times: array[int]
    pins: Mapping[str, tuple[str, ...]]
    packed: tuple[bytes, ...]
    ranks: Mapping[str, int]
    rules: RelatedSettings
    key: str
    """The method and the rules, as text: a state is reused only where its key is the same."""

    def days(self) -> list[int]:
        """Rank → day, as a number."""
        return days_of(self.times)

    def result(self, rank: int, scored: Scored, self_products: Sequence[int], samples: SampleCache) -> ArticleResult:
        """Choose from an article's candidates. An article with `related: []` gets copies only."""
        name = self.ids[rank]
        pins = self.pins.get(name)
        if pins == ():
            rules = replace(self.rules, count=0)
            return ArticleResult(choose(rank, scored, self_products, (), rules, samples), scored.threshold)
        pinned = resolved(pins, self.ranks, name, self.rules.count) if pins else ()
        return ArticleResult(choose(rank, scored, self_products, pinned, self.rules, samples), scored.threshold)


def corpus_of(stories: Iterable[Story], rules: RelatedSettings) -> Corpus:
    """Sort stories by time, then id."""
    order = sorted(stories, key=lambda story: (story.time, story.id))
    return Corpus(
        ids=tuple([story.id for story in order]),
        times=array("q", [story.time for story in order]),
        pins={story.id: story.pins for story in order if story.pins is not None},
        packed=tuple([story.terms for story in order]),
        ranks={story.id: rank for rank, story in enumerate(order)},
        rules=rules,
        key=f"{FORM} {rules!r}",
    )
