"""The related stories of a preview: relating them takes longer than making a page, so it follows the page.

In: a snapshot. Out: the lists, equal to those a build would make of it. What was known of the stories before saves all
that a change does not touch (`digest.linking.related`).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.linking.related.corpus import Story
from digest.linking.related.relations import relate, relations
from digest.linking.related.state import RelatedState
from digest.linking.terms import pack
from digest.problems import UsageError
from digest.site.output import only_writer
from digest.site.related import keep, recorded, rules_of
from digest.site.sources import print_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.linking.related.relations import Relations
    from digest.preview.snapshot import Snapshot
    from digest.preview.source_states import Holdings
    from digest.site import cache
    from digest.site.related import Known


@dataclass
class Relater:
    """What is known of a site's stories. Belongs to the thread that looks."""

    terms: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    """Id → fingerprint of a text, and its terms."""
    memory: RelatedState | None = None
    basis: tuple[object, ...] = ()
    """What the lists were last made of."""
    read_by: object = None
    """Weights and language by which the terms were taken."""
    rules: bytes = b""
    """Fingerprint of the settings by which the stories were last related."""

    @classmethod
    def starting(cls, known: Known | None, fresh: Mapping[str, tuple[bytes, bytes]]) -> Relater:
        """With what the last build remembers, and the terms of what was just read."""
        if known is None:
            return cls(dict(fresh))
        about, memory = known.about, RelatedState.from_record(known.stories.kept)
        terms = dict(zip(memory.ids, zip(about.prints, memory.packed, strict=True), strict=True)) | dict(fresh)
        return cls(terms, memory, rules=about.rules)

    def as_known(self, count: int) -> Mapping[str, Relations]:
        """The lists as they were last made."""
        return relations(self.memory, count) if self.memory and count else {}

    def relate(self, snapshot: Snapshot) -> Mapping[str, Relations]:
        """The lists of a snapshot; its own where they are made of the same. Raises `OvertakenError`."""
        settings = snapshot.house.settings
        if not settings.related.count:
            return {}
        read_by = settings.related.weights, settings.lang
        if self.read_by not in {None, read_by}:
            self.terms.clear()
        self.read_by = read_by
        basis = snapshot.index, snapshot.holdings.files, settings.related
        if len(self.basis) == len(basis) and all(map(is_same, basis, self.basis)):
            return snapshot.lists
        terms = self.terms_of(snapshot)
        stories = [Story(e.id, int(e.published.timestamp()), terms[e.id], e.pins) for e in snapshot.index.entries]
        before, self.memory = self.memory, relate(self.memory, stories, settings.related)
        self.basis, self.rules = basis, rules_of(settings)
        if snapshot.lists and before is not None and same_lists(before, self.memory):
            return snapshot.lists
        return relations(self.memory, settings.related.count)

    def terms_of(self, snapshot: Snapshot) -> Mapping[str, bytes]:
        """The terms of all stories, taken from a text only where they are not known."""
        settings, shown = snapshot.house.settings, snapshot.index.by_id
        found = {}
        for held in snapshot.holdings.files.values():
            if held.source is None:
                continue
            for name, whole in zip(held.source.ids, held.source.wholes, strict=True):
                fp = whole + held.source.print
                known = self.terms.get(name)
                if name in shown and (known is None or known[0] != fp):
                    known = fp, pack(snapshot.article(shown[name]), settings.related.weights, settings.lang)
                    self.terms[name] = known
                if known is not None:
                    found[name] = known[1]
        return found

    def remember(self, memory: cache.BuildCache, output: Path, holdings: Holdings) -> None:
        """Spare the next start what this one had to do, unless a build is at work."""
        if self.memory is None:
            return
        prints = {name: known[0] for name, known in self.terms.items()}
        basis = print_of([held.source for held in holdings.files.values() if held.source])
        with contextlib.suppress(UsageError, OSError), only_writer(output):
            keep(memory, *recorded(self.memory, prints, basis, self.rules))


def is_same(one: object, other: object) -> bool:
    return one is other


def same_lists(one: RelatedState, other: RelatedState) -> bool:
    """Whether every story shows what it showed."""
    return (one.ids, one.related, one.copies, one.pins) == (other.ids, other.related, other.copies, other.pins)
