"""Hints → `Inputs`: the files are looked at, and their content decides what changed.

A stamp (size, times, inode) only saves a read, and one too young to be trusted saves none. A scan that is not settled
may meet half a save. It takes what is good and leaves everything else as it was: nothing disappears, no problem is
told, until the save is over.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from digest.content.discovery import RESTS_EVERY, SourceFile, Stamp, discover, is_plain, kind_of, stamp_of
from digest.problems import Problem, UsageError
from digest.site import fingerprints
from digest.site.files import read_source
from digest.site.inputs import Inputs, read_loose_files
from digest.site.load import read_whole
from digest.site.output import only_writer
from digest.site.project import ProjectFiles, reload_project
from digest.site.reader import SourceReader
from digest.site.scan import UNSETTLED, settled_stamp
from digest.site.sources import UNPACK, BrokenSource, PackedItems, Reading, Sources, Workplace, is_broken
from digest.site.workers import PAYS_FROM, Tell, aside

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.model import Item
    from digest.preview.watch import Hint
    from digest.site.articles import Articles
    from digest.site.cache import BuildCache
    from digest.site.source import Source

UNREAD: Final = frozenset({
    "title", "description", "relative_dates", "fragments", "feeds", "blocks", "images", "per_page", "popular", "menu",
    "footer", "footer_links", "image", "publisher", "preview", "search",
})  # fmt: skip
"""Settings that reading a source asks nothing of; a test reads without them."""


class Start(NamedTuple):
    """The first scan."""

    files: ProjectFiles
    inputs: Inputs | None = None
    """None if the settings never were good enough."""
    reading: Reading | None = None
    problems: tuple[Problem, ...] = ()
    """Problems of the folders, if there are no inputs."""


def first_scan(
    root: Path, output: Path, cache: BuildCache, jobs: int | None, told: Callable[[str, int], Tell]
) -> Start:
    """Scan everything, using the cache of the build into `output`. It may fork: no thread may run yet."""
    at = time.time_ns()
    found = discover(root)
    files = reload_project(root, ProjectFiles(None), at, settled=True)
    if files.project is None:
        return Start(files, problems=found.problems)
    loaded = read_whole(found, files, files.project, cache, Workplace(root, None, jobs, told, at))
    if len(loaded.reading.fresh) >= PAYS_FROM:
        aside(partial(keep, loaded.reading, cache, loaded.inputs.reader, output), jobs)
    loaded = loaded.without_items(replace(loaded.inputs, sources=loaded.inputs.sources.sound()))
    return Start(files, loaded.inputs, loaded.reading)


def keep(reading: Reading, cache: BuildCache, reader: SourceReader, output: Path) -> None:
    """Write what was read to the cache, for the next start; not while a build writes there."""
    with contextlib.suppress(UsageError, OSError), only_writer(output):
        reading.keep(cache, reader)


class Change(NamedTuple):
    """The result of a scan."""

    inputs: Inputs
    """The very value that was known if it is the same."""
    paths: tuple[str, ...] = ()
    """Files that differ: paths from the site's root."""


@dataclass
class Scanner:
    """Looks at the files of one site, from one thread."""

    root: Path
    articles: Articles
    rest: Callable[[], None] = lambda: None
    """Called now and then while many files are looked at. What it raises ends the look."""
    deferred: frozenset[tuple[str, bytes]] = frozenset()
    """(path, fingerprint) of files that the last scan left unread or unused: they may be half saved."""

    def scan(self, known: Inputs, hint: Hint) -> Change:
        """Scan the files that a hint names, or all of them."""
        self.deferred = frozenset()
        paths = None if hint.paths is None else [shown(self.root, path) for path in hint.paths]
        if paths is not None and all(is_source(self.root, path, known.sources) for path in paths):
            return self.rescan_files(known, paths, settled=hint.settled)
        at = time.time_ns()
        files = self.reload(known, at, settled=hint.settled)
        project = files.project or known.project
        loose = read_loose_files(self.root, project, known.loose, at) if hint.settled else known.loose
        changed: list[str] = []
        if files.project is not known.project_files.project or files.problems != known.project_files.problems:
            changed += moved(self.root, files.stamps, known.project_files.stamps)
        # a stamp that was too young to tell anything is as good as the present one
        old = {p: loose.stamps.get(p, s) if s == UNSETTLED else s for p, s in known.loose.stamps.items()}
        changed += moved(self.root, loose.stamps, old)
        inputs = replace(known, project_files=files, project=project, loose=loose)
        if hint.settled or paths is None or any(path.startswith("content/") for path in paths):
            inputs, more = self.rescan_content(inputs, known, at, settled=hint.settled)
            changed += more
        return concluded(inputs, known, changed)

    def reload(self, known: Inputs, at: int, *, settled: bool) -> ProjectFiles:
        """Reload settings and templates. Settings that need all sources read again wait until the save is over."""
        files = reload_project(self.root, known.project_files, at, settled=settled)
        if settled or files.project is None or read_alike(known.project.settings, files.project.settings):
            return files
        self.defer("site.yaml", fingerprints.of_value(files.project.settings))
        return known.project_files

    def defer(self, path: str, fp: bytes) -> None:
        self.deferred |= {(path, fp)}

    def rescan_files(self, known: Inputs, paths: Iterable[str], *, settled: bool) -> Change:
        """Read these sources, known or new. A missing one may be mid-rename; the settled scan decides."""
        at = time.time_ns()
        edit = Edit(known.sources)
        for path in paths:
            try:
                file = SourceFile(path, kind_of(path), stamp_of(os.lstat(self.root / path)))
            except OSError:
                if not settled:
                    self.defer(path, b"")
                elif known.sources.state(path):
                    edit.remove([path])
                    edit.changed.append(path)
                continue
            self.read(edit, known.reader, file, at, settled=settled)
        return concluded(replace(known, sources=edit.sources()), known, edit.changed)

    def rescan_content(self, inputs: Inputs, known: Inputs, at: int, *, settled: bool) -> tuple[Inputs, list[str]]:
        """Scan content/. Returns the new inputs and the changed paths."""
        found = discover(self.root, self.rest)
        images = found.picture_stamps if settled else known.images
        inputs = replace(inputs, images=known.images if images == known.images else images)
        inputs = replace(inputs, reader=reader_of(inputs, known.reader))
        is_outdated = outdated(inputs, known)
        edit = Edit(known.sources)
        for number, file in enumerate(found.files):
            if number % RESTS_EVERY == 0:
                self.rest()
            state = known.sources.state(file.path)
            again = state is not None and is_outdated(file.path)
            if state is None or state.stamp != file.stamp or state.stamp == UNSETTLED or again:
                self.read(edit, inputs.reader, file, at, settled=settled, again=again)
        there = [file.path for file in found.files]
        gone = sorted({*known.sources.files, *known.sources.broken}.difference(there))
        if settled:
            edit.remove(gone)
            edit.changed += [*gone, *moved(self.root, images, known.images)]
        else:
            for path in gone:
                self.defer(path, b"")
        inputs = replace(inputs, sources=edit.sources(sorted([*there, *gone]) if gone else there))
        if settled and found.problems != known.folder_problems:
            inputs = replace(inputs, folder_problems=found.problems)
        return inputs, edit.changed

    def read(
        self, edit: Edit, reader: SourceReader, file: SourceFile, at: int, *, settled: bool, again: bool = False
    ) -> None:
        """One source; `again` also if its content is as it was. An error in it counts only if `settled`."""
        problems: list[Problem] = []
        state = edit.before.state(file.path)
        raw = read_source(self.root, file.path, problems)
        if raw is None:
            self.defer(file.path, b"")
            if settled:
                edit.break_(file.path, BrokenSource(UNSETTLED, b"", tuple(problems)))
            return
        fp, stamp = fingerprints.of_bytes(raw), settled_stamp(file.stamp, at)
        if state is not None and state.fp == fp and not again:
            edit.touch(file.path, stamp)
            return
        parsed = reader.parse(file._replace(stamp=stamp), raw)
        if is_broken(parsed.problems):
            self.defer(file.path, fp)
            if settled:
                edit.break_(file.path, BrokenSource(stamp, fp, parsed.problems))
            return
        self.articles.keep(parsed.source, reader, parsed.articles)
        edit.replace(parsed.source, parsed.items)


def is_source(root: Path, path: str, known: Sources) -> bool:
    """Whether a path can only be that of a source, or of one that is gone: what else it may be, a look at all of
    content/ decides.
    """
    folder, _, name = path.rpartition("/")
    if not known.state(path) and not (is_plain(name) and folder in known.folders):
        return False
    try:
        return stat.S_ISREG(os.lstat(root / path).st_mode)
    except OSError:
        return True


class Edit:
    """Sources on their way to the next ones."""

    def __init__(self, before: Sources) -> None:
        self.before = before
        self.files: dict[str, Source] = {}
        """Changed sources, by path."""
        self.broken = dict(before.broken)
        self.unpacked = before.unpacked
        self.gone: set[str] = set()
        self.changed: list[str] = []
        """Paths of files with changed content."""

    def touch(self, path: str, stamp: Stamp) -> None:
        """Only the stamp of a file may differ."""
        state = self.before.state(path)
        if state is None or state.stamp == stamp:
            return
        if isinstance(state, BrokenSource):
            self.broken[path] = state._replace(stamp=stamp)
        else:
            self.files[path] = msgspec.structs.replace(state, stamp=stamp)

    def break_(self, path: str, broken: BrokenSource) -> None:
        """Note a file with an error; its last good content stays."""
        state = self.before.state(path)
        if state is None or state.fp != broken.fp:
            self.changed.append(path)
        if state != broken:
            self.broken[path] = broken

    def replace(self, source: Source, items: Sequence[bytes]) -> None:
        """A file was read without an error."""
        path, state = source.path, self.before.state(source.path)
        if state is None or state.fp != source.fp:
            self.changed.append(path)
        self.broken.pop(path, None)
        known = self.before.files.get(path)
        if known == source:
            return
        self.files[path] = source
        if known is None or known.wholes != source.wholes:
            unpack = UNPACK[kind_of(path)]
            self.unpacked = {**self.unpacked, path: tuple([unpack(item) for item in items])}

    def remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.gone.add(path)
            self.broken.pop(path, None)

    def sources(self, order: Iterable[str] | None = None) -> Sources:
        """The next ones; the very sources of before if nothing differs. `order`: of all paths, if some may be new."""
        before = self.before
        files = before.files
        if self.files or not self.gone.isdisjoint(files):
            files = {**before.files, **self.files}
            for path in self.gone:
                files.pop(path, None)
            if len(files) != len(before.files) or not self.files.keys() <= before.files.keys():
                files = {path: files[path] for path in (sorted(files) if order is None else order) if path in files}
        if files is before.files and self.broken == before.broken:
            return before
        return Sources(files, PackedItems({}), self.broken, self.unpacked)


def reader_of(inputs: Inputs, known: SourceReader) -> SourceReader:
    """A reader by the settings and with the images there are; the known one if it is that."""
    images = frozenset(inputs.images)
    if read_alike(known.settings, inputs.project.settings) and known.images == images:
        return known
    return SourceReader(known.root, inputs.project.settings, images)


def outdated(inputs: Inputs, known: Inputs) -> Callable[[str], bool]:
    """A test for sources to read again although their content is the same: something reading depends on changed."""
    if not read_alike(known.project.settings, inputs.project.settings):
        return lambda _: True
    names = {basename(path) for path in inputs.images.keys() ^ known.images.keys()}
    if not names:
        return lambda _: False
    sources = known.sources

    def shows_one(item: Item) -> bool:
        return any(ref and basename(ref.file) in names for ref in (item.image, *item.images))

    return lambda path: path in sources.broken or any(map(shows_one, sources.items(path)))


def concluded(inputs: Inputs, known: Inputs, changed: Iterable[str]) -> Change:
    """The new value, or the known one if every part of it is the known one's."""
    if all(getattr(inputs, name) is getattr(known, name) for name in known.__dataclass_fields__):
        return Change(known)
    return Change(inputs, tuple(dict.fromkeys(changed)))


def read_alike(old: Settings, new: Settings) -> bool:
    """Whether both settings read every source alike."""
    if old is new:
        return True
    return all(getattr(old, name) == getattr(new, name) for name in old.__struct_fields__ if name not in UNREAD)


def moved(root: Path, new: Mapping[str, Stamp], old: Mapping[str, Stamp]) -> list[str]:
    """Files whose stamps differ, as the editor knows them."""
    if new is old:
        return []
    return [shown(root, path) for path in sorted({*new, *old}) if new.get(path) != old.get(path)]


def shown(root: Path, path: str) -> str:
    """A path from the site's root with forward slashes, if it is in it."""
    return path.removeprefix(f"{root}{os.sep}").replace(os.sep, "/")
