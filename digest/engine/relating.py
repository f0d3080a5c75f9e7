"""Related stories within a build, and without one: for the commands that ask what stands below a story, and why."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from digest.engine import fingerprints, inventory
from digest.engine.reading import ReadingRoom, read_library
from digest.engine.workers import FORKS, spread, worker_count
from digest.linking import index as linking
from digest.linking.related.explanation import explain
from digest.linking.related.memory import remembered
from digest.linking.related.relations import Story, relate, relations
from digest.linking.terms import words_of
from digest.problems import DigestError, UsageError, did_you_mean
from digest.scaffold import builtin_templates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.content.settings import RelatedSettings, Settings
    from digest.engine import store
    from digest.engine.order import Order
    from digest.engine.workers import Tell
    from digest.linking.related.explanation import Explanation
    from digest.linking.related.memory import Memory
    from digest.linking.related.relations import Relations, Row


def related(
    index: linking.Index, terms: Mapping[str, bytes], rules: RelatedSettings, before: Memory | None, jobs: int | None
) -> Memory:
    """The stories of an index related."""
    stories = [
        Story(entry.id, int(entry.published.timestamp()), terms[entry.id], entry.pins) for entry in index.entries
    ]
    return relate(before, stories, rules, partial(spread_rows, jobs))


def spread_rows(jobs: int | None, work: Callable[[Sequence[int]], list[Row]], number: int) -> list[Row]:
    """Rows of related stories, in their order, from as many processes as they are worth."""
    workers = worker_count(jobs, number) if FORKS else 1

    def share(_: int, ranks: Sequence[int], __: Tell) -> list[Row]:
        return work(ranks)

    shares = spread(share, range(number), workers, lambda _: None)
    return [shares[rank % workers][rank // workers] for rank in range(number)]


@dataclass(frozen=True, slots=True)
class Findings:
    """A site read and linked, no page made."""

    settings: Settings
    index: linking.Index
    memory: Memory
    room: ReadingRoom
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
            words |= words_of(self.room.article(entry, self.prints[name]), self.settings.lang)
        return explain(self.memory, self.settings.related, one, other, words)


def find(order: Order, settings: Settings, memory: store.Memory) -> Findings:
    """Read and link a site; what its last build remembers saves reading. Raises `DigestError` with every problem."""
    scan = inventory.take(order.root, builtin_templates(), order.asked)
    with tempfile.TemporaryDirectory(prefix="digest-") as folder:
        room = ReadingRoom(order.root, settings, scan.found.pictures, Path(folder))
        known = memory.sources.load()
        if known and known.reading != fingerprints.of_value(settings):
            known = None
        library = read_library(
            scan.found, known, room, scanned=scan.at, jobs=order.jobs, tell=order.told("reading", len(scan.found.files))
        )
    visibility = linking.Visibility(order.now, order.drafts, order.future)
    index, faults = linking.link(library.entries, library.issues, library.pages, visibility)
    problems = [*scan.found.problems, *library.problems, *faults]
    if any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    kept = memory.related.load()
    found = related(index, library.terms, settings.related, remembered(kept) if kept else None, order.jobs)
    return Findings(settings, index, found, room, library.texts)
