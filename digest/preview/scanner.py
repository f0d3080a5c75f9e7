"""Hints → `Holdings`: the files are looked at, and their content decides what changed.

A stamp (size, times, inode) only saves a read, and one too young to be trusted saves none. A look that is not settled
may meet half a save. It takes what is good and leaves everything else as it was: nothing disappears, no problem is
told, until the save is over.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.content.discovery import Found, SourceFile, discover, kind_of, stamp_of
from digest.content.images import salt_of
from digest.preview.article_cache import CollectingSpool
from digest.preview.project_files import NOTHING, furnish, gather
from digest.preview.source_states import NEVER, Holdings, ProjectFiles, SourceState, StaticFiles, is_broken
from digest.problems import UsageError
from digest.site import fingerprints, scan
from digest.site.cache import BuildCache
from digest.site.output import only_writer
from digest.site.sources import (
    SourceReader,
    packed_items,
    read_bytes,
    read_known,
    settled,
    undamaged,
    unpack_entry,
    unpack_issue,
    unpack_page,
)
from digest.site.workers import PAYS_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from digest.content.images import ImageRecord
    from digest.content.settings import Settings
    from digest.preview.article_cache import ArticleCache
    from digest.preview.source_states import Item, Stamp
    from digest.preview.watch import Hint
    from digest.problems import Problem
    from digest.site.cache import Items
    from digest.site.sources import Reading
    from digest.site.workers import Tell

UNREAD: Final = frozenset({
    "title", "description", "relative_dates", "fragments", "feeds", "blocks", "images", "per_page", "popular", "menu",
    "footer", "footer_links", "image", "publisher", "preview", "search",
})  # fmt: skip
"""Settings that reading a source asks nothing of; a test reads without them."""
UNPACK: Final[Mapping[str, Callable[[bytes], Item]]] = {
    "entry": unpack_entry,
    "edition": unpack_issue,
    "standing": unpack_page,
}


# ------------------------------------------------------------------ the first look


class Start(NamedTuple):
    """What serving begins with."""

    holdings: Holdings
    negatives: Mapping[str, ImageRecord]
    """Pictures as the last build left them."""
    read: int
    """Sources that had to be read."""
    terms: Mapping[str, tuple[bytes, bytes]]
    """Entry id → fingerprint of its text, and what related stories are found by; of what was read."""


def first_look(root: Path, output: Path, jobs: int | None, told: Callable[[str, int], Tell]) -> Start:
    """Everything, with what the last build into `output` remembers. It may fork: no thread may run yet."""
    memory = BuildCache(scan.memory_folder(root, output.resolve()))
    at = time.time_ns()
    found = discover(root)
    furniture = furnish(root, NOTHING, at, sure=True)
    house = furniture.house
    loose = gather(root, house, StaticFiles({}), at)
    holdings = Holdings({}, found.picture_stamps, furniture, loose, found.problems)
    if house is None:
        return Start(holdings, {}, 0, {})
    with tempfile.TemporaryDirectory(prefix="digest-") as spools:
        room = SourceReader(root, house.settings, found.pictures, Path(spools))
        tell = told("reading", len(found.files))
        files, reading = undamaged(
            lambda remembers: read_all(found, memory, room, output, at, jobs, tell, remembers=remembers)
        )
    pictures = memory.pictures.load()
    known = pictures is not None and pictures.salt == salt_of(house.settings.images)
    terms = {
        name: (whole + held.source.print, reading.terms[name])
        for held in files.values()
        if held.source
        for name, whole in zip(held.source.ids, held.source.wholes, strict=True)
        if name in reading.terms
    }
    negatives = pictures.negatives if pictures and known else {}
    return Start(replace(holdings, files=files), negatives, len(reading.fresh), terms)


def read_all(  # noqa: PLR0917 - what the first look found, in its order
    found: Found,
    memory: BuildCache,
    room: SourceReader,
    output: Path,
    at: int,
    jobs: int | None,
    tell: Tell,
    *,
    remembers: bool,
) -> tuple[Mapping[str, SourceState], Reading]:
    """Every source, from the memory or the disk. Raises `DamagedError` where the memory is not what it says."""
    reading, items = read_known(found, memory, room, remembers=remembers, scanned=at, jobs=jobs, tell=tell)
    faults: dict[str, list[Problem]] = {}
    for problem in reading.problems:
        faults.setdefault(problem.path, []).append(problem)
    files = {}
    for path, source in reading.sources.items():
        wrong = tuple(faults.get(path, ()))
        if is_broken(wrong):
            files[path] = SourceState(source.stamp, source.print, None, (), wrong)
            continue
        held = tuple(map(UNPACK[reading.kinds[path]], packed_items(reading, items, source)))
        files[path] = SourceState(source.stamp, source.print, source, held, wrong)
    if len(reading.fresh) >= PAYS_FROM:
        with contextlib.suppress(UsageError, OSError), only_writer(output):
            remember(memory, room, reading, items)
    return files, reading


def remember(memory: BuildCache, room: SourceReader, reading: Reading, items: Items) -> None:
    """Spare the next start what this one had to read."""
    settings = fingerprints.of_value(room.settings)
    memory.keep_sources(settings, room.picture_print, reading.sound, reading.fresh, items)


# ------------------------------------------------------------------ every later one


@dataclass
class Scanner:
    """Looks at the files of one site, from one thread."""

    root: Path
    manuscripts: ArticleCache
    room: SourceReader | None = None
    aside: frozenset[tuple[str, bytes]] = frozenset()
    """(path, fingerprint) of what the last look left as it was, because it may be half a save."""

    def look(self, known: Holdings, hint: Hint) -> Holdings:
        """What there is now; the very value `known` where that is the same."""
        self.aside = frozenset()
        paths = None if hint.paths is None else [shown(self.root, path) for path in hint.paths]
        if paths is not None and known.furniture.house and all(path in known.files for path in paths):
            return self.glance(known, paths)
        at = time.time_ns()
        furniture = self.furnish(known, at, sure=hint.settled)
        loose = gather(self.root, furniture.house, known.loose, at) if hint.settled else known.loose
        changed = []
        if furniture.house is not known.furniture.house or furniture.faults != known.furniture.faults:
            changed += moved(self.root, furniture.stamps, known.furniture.stamps)
        changed += moved(self.root, loose.stamps, {**known.loose.stamps, **unsettled(known.loose.stamps, loose.stamps)})
        holdings = replace(known, furniture=furniture, loose=loose)
        if hint.settled or paths is None or any(path.startswith("content/") for path in paths):
            holdings, more = self.survey(holdings, known, at, sure=hint.settled)
            changed += more
        return concluded(holdings, known, changed)

    def furnish(self, known: Holdings, at: int, *, sure: bool) -> ProjectFiles:
        """Settings and theme. New settings by which all sources must be read again wait until the save is over."""
        furniture = furnish(self.root, known.furniture, at, sure=sure)
        old, new = known.furniture.house, furniture.house
        if sure or old is None or new is None or read_alike(old.settings, new.settings):
            return furniture
        self.put_aside("site.yaml", fingerprints.of_value(new.settings))
        return known.furniture

    def put_aside(self, path: str, fp: bytes) -> None:
        self.aside |= {(path, fp)}

    def glance(self, known: Holdings, paths: Iterable[str]) -> Holdings:
        """A few sources that are known. One that is missing may be on its way back: a settled look sees to that."""
        at = time.time_ns()
        room = self.room_for(known)
        new: dict[str, SourceState] = {}
        for path in paths:
            try:
                found = os.lstat(self.root / path)
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and room is not None:
                file = SourceFile(path, kind_of(path), stamp_of(found))
                made = self.read(room, file, known.files[path], at, sure=False)
                new |= {path: made} if made is not None else {}
        new = {path: held for path, held in new.items() if held is not known.files[path]}
        changed = [path for path, held in new.items() if held.print != known.files[path].print]
        return concluded(replace(known, files={**known.files, **new}) if new else known, known, changed)

    def survey(self, holdings: Holdings, known: Holdings, at: int, *, sure: bool) -> tuple[Holdings, list[str]]:
        """Everything under content/, and which of it changed."""
        found = discover(self.root)
        pictures = found.picture_stamps if sure else known.pictures
        holdings = replace(holdings, pictures=known.pictures if pictures == known.pictures else pictures)
        room = self.room_for(holdings)
        if room is None:
            return replace(holdings, faults=found.problems), []
        again = self.outdated(holdings, known)
        files: dict[str, SourceState] = {}
        changed = []
        for file in found.files:
            held = known.files.get(file.path)
            if held is None or held.stamp != file.stamp or held.stamp == NEVER or again(held):
                made = self.read(room, file, held, at, sure=sure, anew=held is not None and again(held))
                if made is None:
                    continue
                if held is None or made.print != held.print:
                    changed.append(file.path)
                held = made
            files[file.path] = held
        gone = sorted(known.files.keys() - files.keys())
        if gone and not sure:
            files = dict(sorted([*files.items(), *((path, known.files[path]) for path in gone)]))
            for path in gone:
                self.put_aside(path, b"")
        elif sure:
            changed += [*gone, *moved(self.root, pictures, known.pictures)]
        same = len(files) == len(known.files) and all(known.files.get(path) is held for path, held in files.items())
        faults = found.problems if sure else known.faults
        return replace(holdings, files=known.files if same else files, faults=faults), changed

    def outdated(self, holdings: Holdings, known: Holdings) -> Callable[[SourceState], bool]:
        """Which sources must be read again though they are as they were: what reading depends on changed."""
        old, new = known.furniture.house, holdings.furniture.house
        if old is None or new is None or not read_alike(old.settings, new.settings):
            self.manuscripts.forget()
            return lambda _: True
        names = {basename(path) for path in holdings.pictures.keys() ^ known.pictures.keys()}
        if not names:
            return lambda _: False
        self.manuscripts.forget()
        return lambda held: (
            held.broken
            or any(ref and basename(ref.file) in names for item in held.items for ref in (item.image, *item.images))
        )

    def room_for(self, holdings: Holdings) -> SourceReader | None:
        """Where sources are read by the settings and with the pictures there are."""
        house, pictures = holdings.furniture.house, frozenset(holdings.pictures)
        if house is None:
            return None
        if self.room is None or self.room.settings is not house.settings or self.room.pictures != pictures:
            self.room = SourceReader(self.root, house.settings, pictures, Path(os.devnull))
        return self.room

    def read(
        self, room: SourceReader, file: SourceFile, held: SourceState | None, at: int, *, sure: bool, anew: bool = False
    ) -> SourceState | None:
        """One source; `anew` also where its content is as it was. What is wrong, and not `sure`, stays as it was."""
        faults: list[Problem] = []
        before = held or SourceState(NEVER, b"", None, ())
        raw = read_bytes(self.root, file.path, faults)
        if raw is None:
            self.put_aside(file.path, b"")
            unread = before._replace(stamp=NEVER, print=b"", faults=tuple(faults))
            return unless_same(unread, held) if sure else held
        fp, stamp = fingerprints.of_bytes(raw), settled(file.stamp, at)
        if held is not None and held.print == fp and not anew:
            return held if held.stamp == stamp else held._replace(stamp=stamp)
        desk = CollectingSpool()
        row = room.read(file, raw, desk, faults)
        if is_broken(faults):
            self.put_aside(file.path, fp)
            broken = before._replace(stamp=stamp, print=fp, faults=tuple(faults))
            return unless_same(broken, held) if sure else held
        self.manuscripts.keep(file.path, fp, desk.articles)
        source = row.source(stamp)
        alike = before.source is not None and before.source.wholes == source.wholes
        items = before.items if alike else tuple(map(UNPACK[file.kind], row.items))
        return unless_same(SourceState(stamp, fp, source, items, tuple(faults)), held)


def unless_same(made: SourceState, held: SourceState | None) -> SourceState:
    """The known value where the new one says the same."""
    return held if held is not None and made == held else made


def concluded(holdings: Holdings, known: Holdings, changed: Iterable[str]) -> Holdings:
    """The new value, or the old one where every part of it is the old one's."""
    parts = [part.name for part in fields(Holdings) if part.name != "changed"]
    if all(getattr(holdings, name) is getattr(known, name) for name in parts):
        return known
    return replace(holdings, changed=tuple(dict.fromkeys(changed)))


def read_alike(old: Settings, new: Settings) -> bool:
    """Whether a source becomes by one what it becomes by the other."""
    if old is new:
        return True
    return all(getattr(old, name) == getattr(new, name) for name in old.__struct_fields__ if name not in UNREAD)


def moved(root: Path, new: Mapping[str, Stamp], old: Mapping[str, Stamp]) -> list[str]:
    """Files whose stamps differ, as the editor knows them."""
    if new is old:
        return []
    return [shown(root, path) for path in sorted({*new, *old}) if new.get(path) != old.get(path)]


def unsettled(old: Mapping[str, Stamp], new: Mapping[str, Stamp]) -> Mapping[str, Stamp]:
    """The new stamps of files whose old ones were too young to tell anything."""
    return {path: new[path] for path, stamp in old.items() if stamp == NEVER and path in new}


def shown(root: Path, path: str) -> str:
    """A path from the site's root with forward slashes, where it lies in it."""
    return path.removeprefix(f"{root}{os.sep}").replace(os.sep, "/")
