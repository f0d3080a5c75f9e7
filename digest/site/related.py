"""Related stories within a build, and without one: for the commands that ask what stands below a story, and why."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking import index as linking
from digest.linking.related.corpus import Story
from digest.linking.related.explanation import explain
from digest.linking.related.relations import relate, relations, relations_of
from digest.linking.related.state import RelatedState
from digest.linking.terms import words_by_hash
from digest.problems import DigestError, UsageError, did_you_mean
from digest.resources import builtin_templates
from digest.site import fingerprints
from digest.site import scan as inventory
from digest.site.cache import Relating, Stories
from digest.site.sources import SourceReader, read_known, undamaged, unpack
from digest.site.workers import FORKS, spread, worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.content.settings import RelatedSettings, Settings
    from digest.linking.related.corpus import ArticleResult
    from digest.linking.related.explanation import Explanation
    from digest.linking.related.relations import Relations
    from digest.model import Entry
    from digest.problems import Problem
    from digest.site import cache
    from digest.site.options import BuildOptions
    from digest.site.scan import Scan
    from digest.site.sources import Library, Reading
    from digest.site.workers import Tell


class Known(NamedTuple):
    """The related stories as the memory has them."""

    about: Relating
    stories: Stories


class Ground(msgspec.Struct, frozen=True):
    """What relating stories takes their terms from: what was read anew, what the memory has, the sources themselves."""

    fresh: Mapping[str, bytes]
    prints: Mapping[str, bytes]
    """Entry id → fingerprint of its text."""
    known: Known | None
    """None too where it was made by other settings."""
    room: SourceReader

    @property
    def before(self) -> RelatedState | None:
        return RelatedState.from_record(self.known.stories.kept) if self.known else None

    def stories(self, index: linking.Index) -> list[Story]:
        """All that is published. Raises `DigestError` where a source that has to be read changed meanwhile."""
        had: dict[str, tuple[bytes, bytes]] = {}
        if self.known:
            about, stories = self.known
            had = dict(zip(about.ids, zip(about.prints, stories.kept.packed, strict=True), strict=True))
        return [
            Story(entry.id, int(entry.published.timestamp()), self.terms(entry, had), entry.pins)
            for entry in index.entries
        ]

    def terms(self, entry: Entry, had: Mapping[str, tuple[bytes, bytes]]) -> bytes:
        """The terms of one story."""
        name = entry.id
        if name in self.fresh:
            return self.fresh[name]
        fp = self.prints[name]
        known_print, packed = had.get(name, (b"", b""))
        # the memory lacks what was no story of the last good build: a draft then, or read by a build that was refused
        return packed if known_print == fp else self.room.terms(self.room.article(entry, fp))


def related(index: linking.Index, ground: Ground, rules: RelatedSettings, jobs: int | None) -> RelatedState:
    """The stories of an index related."""
    return relate(ground.before, ground.stories(index), rules, partial(spread_rows, jobs))


def rules_of(settings: Settings) -> bytes:
    """Fingerprint of what decides beside the stories: other weights, or another language, give other terms."""
    return fingerprints.of_value((settings.related, settings.lang))


def about(memory: cache.BuildCache, settings: Settings) -> Relating | None:
    """What the last time left of them, where it was made by these settings."""
    known = memory.related.load()
    return known if known and known.rules == rules_of(settings) else None


def believed(memory: cache.BuildCache, settings: Settings) -> Known | None:
    """All that the last time left, where it was made by these settings."""
    known = about(memory, settings)
    stories = memory.stories.load() if known else None
    return Known(known, stories) if known and stories and stories.name == known.stories else None


def recorded(memory: RelatedState, prints: Mapping[str, bytes], basis: bytes, rules: bytes) -> Known:
    """For the next build."""
    name = fingerprints.short(basis + rules)
    its = tuple([prints[name] for name in memory.ids])
    return Known(Relating(basis, rules, memory.ids, its, name), Stories(name, memory.to_record()))


def keep(memory: cache.BuildCache, about: Relating, stories: Stories | None) -> None:
    """Remember them; None where the stories are as the memory has them."""
    if stories:
        memory.stories.keep(stories)
    memory.related.keep(about)


def retitled(reading: Reading, known: Relating) -> Relating:
    """What they were made from where some texts changed, and no terms."""
    return msgspec.structs.replace(known, basis=reading.print, prints=tuple(new_prints(reading, known)))


def new_prints(reading: Reading, known: Relating) -> list[bytes]:
    """The fingerprints of the stories' texts as they are."""
    prints = list(known.prints)
    for name, fp in prints_of(reading).items():
        if name in known.ids:
            prints[known.ids.index(name)] = fp
    return prints


def prints_of(reading: Reading) -> dict[str, bytes]:
    """Id → fingerprint of its text, of the entries that were read."""
    return {
        name: whole + source.print
        for source in reading.sources.values()
        if source.path in reading.fresh
        for name, whole in zip(source.ids, source.wholes, strict=True)
    }


def retouched(reading: Reading, known: Known, rules: RelatedSettings) -> tuple[Known, Mapping[str, Relations]]:
    """What the lists become where nothing but some texts changed: for the next build, and those that are others now."""
    before = RelatedState.from_record(known.stories.kept)
    packed = list(before.packed)
    ranks = {name: rank for rank, name in enumerate(before.ids)}
    for name in prints_of(reading):
        if name in ranks:
            packed[ranks[name]] = reading.terms[name]
    after = relate(
        before,
        [
            Story(name, time, its, before.pins.get(name))
            for name, time, its in zip(before.ids, before.times, packed, strict=True)
        ],
        rules,
    )
    changed = [
        rank
        for rank, (was, now) in enumerate(zip(before.related, after.related, strict=True))
        if was != now or before.copies.get(rank) != after.copies.get(rank)
    ]
    lists = {after.ids[rank]: relations_of(after, rank, ranks, rules.count) for rank in changed}
    prints = dict(zip(known.about.ids, new_prints(reading, known.about), strict=True))
    return recorded(after, prints, reading.print, known.about.rules), lists


def spread_rows(
    jobs: int | None, work: Callable[[Sequence[int]], list[ArticleResult]], number: int
) -> list[ArticleResult]:
    """Rows of related stories, in their order, from as many processes as they are worth."""
    workers = worker_count(jobs, number) if FORKS else 1

    def share(_: int, ranks: Sequence[int], __: Tell) -> list[ArticleResult]:
        return work(ranks)

    shares = spread(share, range(number), workers, lambda _: None)
    return [shares[rank % workers][rank // workers] for rank in range(number)]


class Findings(msgspec.Struct, frozen=True):
    """A site read and linked, no page made."""

    settings: Settings
    index: linking.Index
    memory: RelatedState
    room: SourceReader
    prints: Mapping[str, bytes]

    def lists(self) -> Mapping[str, Relations]:
        """Id → what its page shows, for stories that show anything."""
        return relations(self.memory, self.settings.related.count)

    def why(self, one: str, other: str) -> Explanation:
        """Why one story stands below another or does not. Raises `UsageError` for an unknown id."""
        words: dict[int, str] = {}
        for name in (other, one):
            entry = self.index.by_id.get(name)
            if entry is None:
                hint = did_you_mean(name, sorted(self.index.by_id))
                raise UsageError(f"there is no published story '{name}'" + (f"; {hint}" if hint else ""))
            words |= words_by_hash(self.room.article(entry, self.prints[name]), self.settings.lang)
        return explain(self.memory, self.settings.related, one, other, words)


def find(order: BuildOptions, settings: Settings, memory: cache.BuildCache, faults: Sequence[Problem]) -> Findings:
    """Read and link a site; what its last build remembers saves reading. `faults`: those of its settings and theme.

    Raises `DigestError` with every problem.
    """
    scan = inventory.take(order.root, builtin_templates(), order.variant)
    with tempfile.TemporaryDirectory(prefix="digest-") as folder:
        room = SourceReader(order.root, settings, scan.found.pictures, Path(folder))
        reading, library = undamaged(lambda remembers: read(order, scan, room, memory, remembers=remembers))
    visibility = linking.Visibility(order.now, order.drafts, order.future)
    index, unlinked = linking.link(library.entries, library.issues, library.pages, visibility)
    problems = [*scan.found.problems, *faults, *reading.problems, *unlinked]
    if any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    ground = Ground(reading.terms, library.texts, believed(memory, settings), room)
    return Findings(settings, index, related(index, ground, settings.related, order.jobs), room, library.texts)


def read(
    order: BuildOptions, scan: Scan, room: SourceReader, memory: cache.BuildCache, *, remembers: bool
) -> tuple[Reading, Library]:
    """All sources, as values."""
    tell = order.told("reading", len(scan.found.files))
    reading, items = read_known(
        scan.found, memory, room, remembers=remembers, scanned=scan.at, jobs=order.jobs, tell=tell
    )
    return reading, unpack(reading, items)
