"""The related stories of a build: related by another process while this one looks for clashes and lays out the lists.

That process follows what changed since the last build, and answers with the lists that may be others now; all other
lists stand in the rows of the last output. It writes what the next build is to know, which is kept if this one comes to
its end. Where it cannot follow, or nobody knows that the rows are of the stories in the cache, all is done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from digest.linking.related.relations import Relations
from digest.pages.addresses import output_path
from digest.site.cache import BuildCache, unpack_around
from digest.site.related import FoundAhead, find_ahead
from digest.site.site import Related
from digest.site.workers import Begun, can_begin

if TYPE_CHECKING:
    from digest.build.stale import LastBuild
    from digest.site.site import Site
    from digest.site.sources import Reading

WORTH_A_PROCESS = 2_000
"""Entries from which relating a few that changed takes longer than starting a process."""
FEW = 50
"""One in so many entries may have been read anew."""


class Relating:
    """Related stories on their way."""

    def __init__(self, last: LastBuild, begun: Begun[FoundAhead | None]) -> None:
        self.last = last
        self.begun: Begun[FoundAhead | None] | None = begun

    def answer(self, site: Site) -> tuple[Related, FoundAhead] | None:
        """The lists of the site, and what is to be kept; None where they have to be found here. Raises
        `SourceChangedError`.
        """
        begun, self.begun = self.begun, None
        found = begun.answer() if begun else None
        if found is None:
            return None
        lists = with_old_lists(site, self.last, found.lists)
        return (Related(site.index, lists), found) if lists is not None else None

    def stop(self) -> None:
        """Nobody wants them any more."""
        if self.begun:
            self.begun.stop()
            self.begun = None


def begin(cache: BuildCache, site: Site, last: LastBuild, reading: Reading, jobs: int | None) -> Relating | None:
    """Relate the stories of a linked site in another process; None where that is no way, or not worth it."""
    entries, known = site.index.entries, last.known
    if known is None or not known.seen.related or not site.settings.related.count:
        return None
    if len(entries) < WORTH_A_PROCESS or len(reading.fresh) * FEW > len(entries) or not can_begin(jobs):
        return None
    basis = known.seen.related
    if cache.related.read_checksum() != basis:
        return None
    return Relating(last, Begun(lambda _: find_ahead(cache, site, reading, basis)))


def with_old_lists(site: Site, last: LastBuild, changed: Mapping[str, Relations]) -> Mapping[str, Relations] | None:
    """Every list: those that changed, and the others from the rows of the last output; None where one is missing."""
    rows, lists = last.outputs, dict(changed)
    for entry in site.index.entries:
        if entry.id not in changed:
            row = rows.get(output_path(entry.path))
            if row is None or not row.around:
                return None
            around = unpack_around(row.around)
            lists[entry.id] = Relations(around.related, around.elsewhere)
    return lists
