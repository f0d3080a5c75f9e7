"""What waits for its date: entries and editions that are finished and not yet due."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.problems import DigestError
from digest.resources import builtin_templates
from digest.site import scan as inventory
from digest.site.cache import BuildCache
from digest.site.project import load_project
from digest.site.sources import SourceReader, read_known, undamaged, unpack

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model import Edition, Entry
    from digest.problems import Problem
    from digest.site.options import BuildOptions
    from digest.site.scan import Scan
    from digest.site.sources import Library


class Due(NamedTuple):
    """One thing that will appear by itself."""

    moment: datetime
    """In the site's time zone."""
    id: str
    title: str


def waiting(order: BuildOptions) -> list[Due]:
    """The next one first. Writes nothing; reads only the sources that the last build did not see as they are.

    Raises `DigestError` with every problem of the sources.
    """
    scan = inventory.take(order.root, builtin_templates(), order.variant)
    house, problems = load_project(order.root)
    if house is None:
        raise DigestError(problems)
    with tempfile.TemporaryDirectory(prefix="digest-") as spools:
        room = SourceReader(order.root, house.settings, scan.found.pictures, Path(spools))
        library, more = undamaged(lambda remembers: read(order, scan, room, remembers=remembers))
    faults = [p for p in (*scan.found.problems, *problems, *more) if p.level == "error"]
    if faults:
        raise DigestError(faults)
    zone = house.settings.zone
    items: tuple[Entry | Edition, ...] = (*library.entries, *library.issues)
    ready = (item for item in items if not item.draft and item.published > order.now)
    return sorted(Due(item.published.astimezone(zone), item.id, item.title.plain) for item in ready)


def read(
    order: BuildOptions, scan: Scan, room: SourceReader, *, remembers: bool
) -> tuple[Library, tuple[Problem, ...]]:
    """All sources; from the memory of the last build where they are as it saw them."""
    memory = BuildCache(inventory.memory_folder(order.root, (order.output or order.root).resolve()))
    reading, items = read_known(
        scan.found, memory, room, remembers=remembers, scanned=scan.at, jobs=order.jobs, tell=lambda _: None
    )
    return unpack(reading, items), reading.problems
