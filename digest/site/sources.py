"""The source files of a site, and reading those that are not as the cache knows them.

A source whose stamp or content is as it was is not read again: its packed entries come from the cache. The others are
read in worker processes. Entries exist in one form only, unpacked from what the cache keeps, so that a site from the
cache and one from the files hold the same values. An entry is unpacked when it is asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from digest.content.discovery import APART, Found, SourceFile, Stamp, kind_of
from digest.model import Edition, Entry, Item, StandalonePage
from digest.site import fingerprints
from digest.site.articles import Span, Spool
from digest.site.cache import BuildCache, Items
from digest.site.files import read_source
from digest.site.scan import UNSETTLED, settled_stamp
from digest.site.workers import PAYS_FROM, Tell, spread, worker_count

if TYPE_CHECKING:
    from digest.problems import Problem
    from digest.site.reader import SourceReader
    from digest.site.source import Source

UNPACK: Final[Mapping[str, Callable[[bytes], Item]]] = {
    "entry": msgspec.msgpack.Decoder(Entry).decode,
    "edition": msgspec.msgpack.Decoder(Edition).decode,
    "standing": msgspec.msgpack.Decoder(StandalonePage).decode,
}
unpack_entry = msgspec.msgpack.Decoder(Entry).decode


class DamagedError(Exception):
    """The cache does not hold what it says; the sources have to be read."""


class BrokenSource(NamedTuple):
    """A source file as it is now, with an error in it."""

    stamp: Stamp
    fp: bytes
    problems: tuple[Problem, ...]


class Library(NamedTuple):
    """Everything the sources hold, drafts included, in the order of their files."""

    entries: tuple[Entry, ...] = ()
    editions: tuple[Edition, ...] = ()
    pages: tuple[StandalonePage, ...] = ()


class PackedItems(NamedTuple):
    """Where packed items are: in memory for files that were just read, else in the cache."""

    fresh: Mapping[str, Sequence[bytes]]
    cached: Items | None = None

    def of(self, source: Source) -> Sequence[bytes]:
        """What one source became. Raises `DamagedError`."""
        if source.path in self.fresh:
            return self.fresh[source.path]
        if self.cached is None:
            return ()
        found = []
        for place, whole in zip(source.places, source.wholes, strict=True):
            item = self.cached.at(place, whole)
            if item is None:
                raise DamagedError
            found.append(item)
        return found


class Sources:
    """The source files of a site. Never changes; what is unpacked stays."""

    def __init__(
        self,
        files: Mapping[str, Source],
        packed: PackedItems,
        broken: Mapping[str, BrokenSource] | None = None,
        unpacked: dict[str, tuple[Item, ...]] | None = None,
    ) -> None:
        self.files = files
        """By path, in the order of the files: each as it last was without an error."""
        self.packed = packed
        self.broken = broken or {}
        """Files with an error in them now, by path."""
        self.unpacked = {} if unpacked is None else unpacked
        """What each file holds, of those that were asked for."""

    def items(self, path: str) -> tuple[Item, ...]:
        """What one file holds. Raises `DamagedError`."""
        found = self.unpacked.get(path)
        if found is None:
            unpack = UNPACK[kind_of(path)]
            found = self.unpacked[path] = tuple([unpack(item) for item in self.packed.of(self.files[path])])
        return found

    @cached_property
    def library(self) -> Library:
        """All of them unpacked. Raises `DamagedError`."""
        known, items = self.unpacked.get, self.items
        apart = [path for path in self.files if path.startswith(APART)]
        others = set(apart)
        entries = [known(path) or items(path) for path in self.files if path not in others]
        found: dict[str, list[Item]] = {"edition": [], "standing": []}
        for path in apart:
            found[kind_of(path)] += items(path)
        return Library(tuple(chain.from_iterable(entries)), tuple(found["edition"]), tuple(found["standing"]))  # type: ignore[arg-type]

    def source_of(self, entry: Entry) -> Source | None:
        """The file that an entry is in."""
        return self.files.get(entry.place.path)

    @cached_property
    def entries(self) -> LazyEntries:
        """Entries by id, one by one."""
        return LazyEntries(self)

    @cached_property
    def fp(self) -> bytes:
        """Fingerprint of all of them: which there are, and what they hold."""
        return fingerprint_of(self.files.values())

    @cached_property
    def folders(self) -> frozenset[str]:
        """Those that hold sources."""
        return frozenset([path.rpartition("/")[0] for path in self.files])

    @cached_property
    def advised(self) -> Sequence[str]:
        """Paths of the files there is advice on."""
        return [path for path, source in self.files.items() if source.advice]

    @property
    def problems(self) -> Iterator[Problem]:
        """What is wrong with single files, and advice on them."""
        for path in self.advised:
            if path not in self.broken:
                yield from self.files[path].advice
        for broken in self.broken.values():
            yield from broken.problems

    def problems_of(self, path: str) -> tuple[Problem, ...]:
        """The same of one file."""
        if path in self.broken:
            return self.broken[path].problems
        return self.files[path].advice if path in self.files else ()

    def state(self, path: str) -> BrokenSource | Source | None:
        """A file as it last was read: broken or not."""
        return self.broken.get(path) or self.files.get(path)

    def replaced_since(self, other: Sources) -> list[tuple[Source, Source]] | None:
        """The files that became others, as they were and as they are; None if there are other files, or in another
        order.
        """
        mine, theirs = self.files, other.files
        if self is other or mine is theirs:
            return []
        if list(mine) != list(theirs):
            return None
        # a comprehension compares a hundred thousand files in a few milliseconds, while a save waits
        return [(one, two) for one, two in zip(theirs.values(), mine.values(), strict=True) if one is not two]

    def sound(self) -> Sources:
        """The same without what files with an error seem to hold."""
        files = {path: source for path, source in self.files.items() if path not in self.broken}
        return Sources(files, self.packed, self.broken, self.unpacked)

    def unpack_all(self) -> Sources:
        """The same with every item unpacked and the packed ones let go: together they would fill memory for nothing.
        Raises `DamagedError`.
        """
        kept = Sources(self.files, PackedItems({}), self.broken, self.unpacked)
        kept.__dict__["library"] = self.library
        share_parts(self.library.entries, self.files)
        return kept


class LazyEntries(dict[str, Entry]):
    """Entries by id, each unpacked when it is asked for. Raises `DamagedError`, `KeyError`."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self.sources = sources
        self.places = {name: (source, n) for source in sources.files.values() for n, name in enumerate(source.ids)}

    def __missing__(self, name: str) -> Entry:
        source, number = self.places[name]
        entry = self[name] = unpack_entry(self.sources.packed.of(source)[number])
        return entry


def share_parts(entries: Iterable[Entry], files: Mapping[str, Source]) -> None:
    """Let parts of entries that are equal be one value, which nobody can tell: names of sources, for one, are in memory
    as often as in files.
    """
    set_part = msgspec.structs.force_setattr
    known: dict[object, object] = {}
    same = known.setdefault
    for entry in entries:
        for outlet in entry.outlets:
            set_part(outlet, "name", same(outlet.name, outlet.name))
            set_part(outlet, "slug", same(outlet.slug, outlet.slug))
            set_part(outlet, "host", same(outlet.host, outlet.host))
        source = files.get(entry.place.path)
        if source:
            set_part(entry.place, "path", source.path)
        set_part(entry, "theme", same(entry.theme, entry.theme))
        if entry.url == entry.path:
            set_part(entry, "url", entry.path)


def fingerprint_of(sources: Iterable[Source]) -> bytes:
    """Fingerprint of sources: which there are, and what they hold."""
    rows = tuple(sources)
    paths = "\n".join([source.path for source in rows])
    return fingerprints.of_bytes(paths.encode("utf-8", "surrogateescape") + b"".join([source.fp for source in rows]))


def is_broken(problems: Iterable[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


# ------------------------------------------------------------------ reading


class ReadFile(NamedTuple):
    """What a worker answers of one file."""

    source: Source
    items: tuple[bytes, ...]
    terms: tuple[bytes, ...]
    spans: tuple[Span, ...]
    """Where it put the texts of the entries."""


class Reading(msgspec.Struct, frozen=True):
    """The sources, read or known, and what is new about them."""

    sources: Sources
    """Those with errors among them: what is linked to them is no second error."""
    fresh: Mapping[str, tuple[bytes, ...]]
    """Packed items of the files that were read."""
    spans: Mapping[str, Span]
    """Entry id → its text, of the files that were read."""
    terms: Mapping[str, bytes]
    """Entry id → what related stories are found by, of the files that were read."""
    edited: frozenset[str] | None
    """Ids of the entries of which the text alone differs from the cache; None if anything else does."""
    same_terms: bool
    """Whether those are found by the same terms as before."""
    cached_fp: bytes
    """Fingerprint of the sources as the cache had them."""
    differs: bool
    """Whether there is anything the cache does not have."""
    items: Items
    """The items that the cache has."""

    def keep(self, cache: BuildCache, reader: SourceReader) -> None:
        """Write the sources without an error to the cache."""
        broken, files = self.sources.broken, self.sources.files
        good = (source for path, source in files.items() if path not in broken)
        settings = fingerprints.of_value(reader.settings)
        cache.keep_sources(settings, reader.images_fp, good, self.fresh, self.items)

    def text_fps(self) -> Iterator[tuple[str, bytes]]:
        """(id, fingerprint of the text) of each entry that was read."""
        for path in self.fresh:
            source = self.sources.files.get(path)
            if source is not None:
                yield from ((name, source.text_fp(number)) for number, name in enumerate(source.ids))


class Workplace(NamedTuple):
    """How sources are read: by how many processes, and where they put texts."""

    root: Path
    spools: Path | None
    """None: texts are not put aside."""
    jobs: int | None
    told: Callable[[str, int], Tell]
    """Gives what is called with numbers of items done."""
    scanned: int
    """When the stamps of the files were taken, in nanoseconds."""
    meanwhile: Callable[[], None] | None = None
    """What this process does while others read many files."""


def read_sources(found: Found, reader: SourceReader, cache: BuildCache, place: Workplace, *, believes: bool) -> Reading:
    """All sources, from the cache if it is believed and was made by the same settings, else from the disk."""
    known = cache.sources.load() if believes else None
    if known and known.settings != fingerprints.of_value(reader.settings):
        known = None
    items = Items(cache.folder, known.edition if known else 0)
    cached = {source.path: source for source in known.sources} if known else {}
    same_images = known is not None and known.images == reader.images_fp
    sources, unread = as_cached(found, cached, reader, place.scanned, same_images=same_images)
    read, unreadable = read_files(unread, reader, place, len(sources))
    for path, made in read.items():
        sources[path] = made.source
    if unread:
        sources = {file.path: sources[file.path] for file in found.files if file.path in sources}
    same = same_images and len(found.files) == len(cached)
    same = same and all(file.kind == "entry" and same_values(read.get(file.path), cached) for file in unread)
    fresh = {path: made.items for path, made in read.items()}
    return Reading(
        sources=Sources(sources, PackedItems(fresh, items), broken_in(read, unreadable)),
        fresh=fresh,
        spans={name: span for made in read.values() for name, span in zip(made.source.ids, made.spans, strict=False)},
        terms={name: terms for made in read.values() for name, terms in zip(made.source.ids, made.terms, strict=False)},
        edited=frozenset(name for made in read.values() for name in made.source.ids) if same else None,
        same_terms=same and all(read[file.path].source.terms == cached[file.path].terms for file in unread),
        cached_fp=fingerprint_of(cached.values()),
        differs=len(cached) != len(sources) or any(cached.get(path) is not source for path, source in sources.items()),
        items=items,
    )


def as_cached(
    found: Found, cached: Mapping[str, Source], reader: SourceReader, scanned: int, *, same_images: bool
) -> tuple[dict[str, Source], list[SourceFile]]:
    """The sources that are as the cache knows them, and the files that must be read."""
    sources: dict[str, Source] = {}
    unread: list[SourceFile] = []
    for file in found.files:
        source = cached.get(file.path)
        if source is not None and source.stamp != file.stamp:
            source = touched(file, source, reader.root, scanned)
        if source is None or (source.has_images and not same_images):
            unread.append(file)
        else:
            sources[file.path] = source
    return sources, unread


def touched(file: SourceFile, source: Source, root: Path, scanned: int) -> Source | None:
    """The cached source if only the file's stamp changed (a checkout, a copy); None if its content did."""
    raw = read_source(root, file.path, [])
    if raw is None or fingerprints.of_bytes(raw) != source.fp:
        return None
    return msgspec.structs.replace(source, stamp=settled_stamp(file.stamp, scanned))


def read_files(
    unread: Sequence[SourceFile], reader: SourceReader, place: Workplace, known: int
) -> tuple[dict[str, ReadFile], list[Problem]]:
    """Read files, in their order; and what keeps others from being read. `known`: files that need no reading."""
    tell = place.told("reading", known + len(unread))
    tell(known)
    ahead = place.meanwhile if len(unread) >= PAYS_FROM else None
    share = partial(read_share, reader, place)
    shares = spread(share, unread, worker_count(place.jobs, len(unread)), tell, ahead)
    made = {read.source.path: read for reads, _ in shares for read in reads}
    return made, [problem for _, problems in shares for problem in problems]


def read_share(
    reader: SourceReader, place: Workplace, number: int, files: Sequence[SourceFile], tell: Tell
) -> tuple[list[ReadFile], list[Problem]]:
    """Read some files; their texts go to a spool of this worker, if they are put aside."""
    made: list[ReadFile] = []
    problems: list[Problem] = []
    if not files:
        return made, problems
    with Spool(place.spools, number) if place.spools else contextlib.nullcontext() as spool:
        for file in files:
            raw = read_source(reader.root, file.path, problems)
            if raw is not None:
                parsed = reader.parse(file._replace(stamp=settled_stamp(file.stamp, place.scanned)), raw)
                spans = tuple(map(spool.put, parsed.articles)) if spool else ()
                made.append(ReadFile(parsed.source, parsed.items, parsed.terms, spans))
            tell(1)
    return made, problems


def broken_in(read: Mapping[str, ReadFile], unreadable: Iterable[Problem]) -> dict[str, BrokenSource]:
    """Files with an error, by path."""
    found = {
        path: BrokenSource(Stamp(*made.source.stamp), made.source.fp, made.source.advice)
        for path, made in read.items()
        if is_broken(made.source.advice)
    }
    for problem in unreadable:
        found[problem.path] = BrokenSource(UNSETTLED, b"", (problem,))
    return found


def same_values(read: ReadFile | None, cached: Mapping[str, Source]) -> bool:
    """Whether a file that was read became what it was, its texts aside, and there is no advice on it."""
    if read is None or read.source.path not in cached:
        return False
    before = cached[read.source.path]
    return before.wholes == read.source.wholes and not before.advice and not read.source.advice
