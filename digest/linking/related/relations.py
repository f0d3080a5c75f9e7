"""The stories of a site → what each shows, all of them or those that a change touches: the result is the same.

In: every published story's id, time, terms and pins, and the memory of the last time, if any. Out: a `Memory`, which is
a function of the stories and the rules alone; a test makes changes one after another and compares with a fresh start.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from digest.linking.related.choice import Choice, Samples, choose, resolved
from digest.linking.related.memory import RelatedState, postings
from digest.linking.related.ranking import DAY, Collection, Scored, reach_of, scored, time_factors
from digest.linking.related.statistics import Frequencies, Roots, count, settled
from digest.linking.related.vectors import SIGNATURE, Vector, vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from digest.content.settings import RelatedSettings
MANY = 300
"""Articles to be scored from which numpy earns its import."""
FORM = "1"
"""Changes when the same stories come to be related in another way."""


class Story(NamedTuple):
    """What relating needs of an entry."""

    id: str
    time: int
    """Seconds since 1970."""
    terms: bytes
    pins: tuple[str, ...] | None = None


class Row(NamedTuple):
    """One article, scored."""

    choice: Choice
    bar: int


class Site(NamedTuple):
    """The stories of a site in the order of time, with their terms."""

    ids: tuple[str, ...]
    times: array[int]
    pins: Mapping[str, tuple[str, ...]]
    packed: tuple[bytes, ...]
    ranks: Mapping[str, int]
    rules: RelatedSettings
    key: str

    def days(self) -> list[int]:
        return [time // DAY for time in self.times]

    def choice(self, rank: int, found: Scored, own: Sequence[int], samples: Samples) -> Row:
        """What an article shows of its candidates; an editor who wants nothing gets copies alone."""
        name = self.ids[rank]
        pins = self.pins.get(name)
        if pins == ():
            return Row(choose(rank, found, own, (), replace(self.rules, count=0), samples), found.bar)
        pinned = resolved(pins, self.ranks, name, self.rules.count) if pins else ()
        return Row(choose(rank, found, own, pinned, self.rules, samples), found.bar)


def site_of(stories: Iterable[Story], rules: RelatedSettings) -> Site:
    """The stories in the order of time."""
    order = sorted(stories, key=lambda story: (story.time, story.id))
    return Site(
        ids=tuple([story.id for story in order]),
        times=array("q", [story.time for story in order]),
        pins={story.id: story.pins for story in order if story.pins is not None},
        packed=tuple([story.terms for story in order]),
        ranks={story.id: rank for rank, story in enumerate(order)},
        rules=rules,
        key=f"{FORM} {rules!r}",
    )


def serial(work: Callable[[Sequence[int]], list[Row]], number: int) -> list[Row]:
    """All rows in this process."""
    return work(range(number))


def relate(
    before: RelatedState | None,
    stories: Iterable[Story],
    rules: RelatedSettings,
    spread: Callable[[Callable[[Sequence[int]], list[Row]], int], list[Row]] = serial,
) -> RelatedState:
    """The stories related. `spread` may share the rows among processes that hold a copy of this one's memory."""
    from digest.linking.related import changes  # noqa: PLC0415 - it builds on this module

    site = site_of(stories, rules)
    if before is not None and before.key == site.key:
        after = changes.applied(before, site)
        if after is not None:
            return after
    return afresh_many(site, spread) if len(site.ids) >= MANY else afresh(site)


def afresh(site: Site) -> RelatedState:
    """Everything made anew in plain Python: for sites whose scoring takes less time than numpy's import."""
    frequencies = count(site.packed)
    roots = Roots(frequencies, len(site.ids))
    made = [vector(packed, roots) for packed in site.packed]
    signatures, weights = signed(made)
    everywhere = Collection(
        site.days(), postings(signatures, weights, set(signatures)), made.__getitem__,
        time_factors(site.rules.half_life), reach_of(settled(len(made))), site.rules.newer,
    )  # fmt: skip
    own, samples = array("I", [one.own for one in made]), Samples(site.packed)
    rows = [site.choice(rank, scored(rank, everywhere), own, samples) for rank in range(len(made))]
    return memory(site, frequencies, signatures, weights, own, *parted(rows))


def afresh_many(site: Site, spread: Callable[[Callable[[Sequence[int]], list[Row]], int], list[Row]]) -> RelatedState:
    """Everything made anew by `arrays`."""
    from digest.linking.related import arrays  # noqa: PLC0415 - numpy is imported where it pays

    made = arrays.measure(site.packed)
    board = arrays.Board(
        made.vectors, site.days(), time_factors(site.rules.half_life), size=len(made.known.hashes),
        newer=site.rules.newer,
    )  # fmt: skip
    own, samples = board.own.tolist(), Samples(site.packed)

    def work(ranks: Sequence[int]) -> list[Row]:
        return [site.choice(rank, found, own, samples) for rank, found in zip(ranks, board.scored(ranks), strict=True)]

    signatures, weights = made.signatures()
    return memory(site, made.frequencies(), signatures, weights, array("I", own), *parted(spread(work, len(site.ids))))


def parted(rows: Sequence[Row]) -> tuple[array[int], list[Choice]]:
    """Rows as two columns."""
    return array("Q", [row.bar for row in rows]), [row.choice for row in rows]


def memory(  # noqa: PLR0917 - the fields of a memory, in their order
    site: Site,
    frequencies: Frequencies,
    signatures: array[int],
    weights: bytes,
    own: array[int],
    bars: array[int],
    choices: Sequence[Choice],
) -> RelatedState:
    """The memory of a site."""
    related = tuple([choice.related for choice in choices])
    copies = {rank: choice.elsewhere for rank, choice in enumerate(choices) if choice.elsewhere}
    return RelatedState(
        site.key, site.ids, site.times, site.pins, site.packed, frequencies, signatures, weights, own, bars, related,
        copies,
    )  # fmt: skip


class Relations(NamedTuple):
    """What one story's page shows."""

    related: tuple[str, ...]
    """Ids: pins, then computed stories."""
    elsewhere: tuple[str, ...]
    """Ids of the same report."""


NOTHING = Relations((), ())


def relations(memory: RelatedState, count: int) -> dict[str, Relations]:
    """Id → what its page shows, for stories that show anything."""
    ranks = {name: rank for rank, name in enumerate(memory.ids)}
    pinned, copied = memory.pins, memory.copies
    return {
        name: relations_of(memory, rank, ranks, count)
        for rank, (name, related) in enumerate(zip(memory.ids, memory.related, strict=True))
        if related or rank in copied or name in pinned
    }


def relations_of(memory: RelatedState, rank: int, ranks: Mapping[str, int], count: int) -> Relations:
    """What the page of one story shows."""
    ids = memory.ids
    pins = memory.pins.get(ids[rank])
    pinned = resolved(pins, ranks, ids[rank], count) if pins else ()
    return Relations(
        tuple([ids[other] for other in (*pinned, *memory.related[rank])]),
        tuple([ids[other] for other in memory.copies.get(rank, ())]),
    )


def signed(vectors: Iterable[Vector]) -> tuple[array[int], bytes]:
    """The signatures of vectors, as a memory holds them."""
    hashes, weights = array("I"), bytearray()
    nothing = array("I", [0] * SIGNATURE)
    for one in vectors:
        missing = SIGNATURE - min(len(one.weights), SIGNATURE)
        hashes += one.hashes[:SIGNATURE] + nothing[:missing]
        weights += one.weights[:SIGNATURE] + bytes(missing)
    return hashes, bytes(weights)
