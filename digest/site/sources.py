"""Sources → what linking may know of them, and their texts, put aside until their pages are made.

A source whose stamp or content is as it was is not read again: its packed entries come from the memory. The others are
read in worker processes. Entries exist in one form only, unpacked from what the memory keeps, so that a build from the
memory and one from the sources see the same values.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

import msgspec

from digest.content import editions, entries, standalone_pages
from digest.content.documents import ContentContext
from digest.linking.terms import pack
from digest.model import Article, Edition, Entry, StandalonePage, Text
from digest.problems import DigestError, Problem
from digest.site import fingerprints, scan
from digest.site.cache import Items, Source
from digest.site.workers import PAYS_FROM, spread, worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from digest.content.discovery import Found, SourceFile, Stamp
    from digest.content.settings import Settings
    from digest.site.cache import BuildCache, Sources
    from digest.site.workers import Tell

FILE_LIMIT = 2 * 1024 * 1024
"""Bytes of one source file; one more is read, so that the reader can refuse it by name."""
READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
REMEMBERED = 16
"""Files of which all articles are kept when one is asked for: round-ups hold many."""

StoryParts = tuple[str, Text | None, int, bool]
unpack_entry = msgspec.msgpack.Decoder(Entry).decode
unpack_issue = msgspec.msgpack.Decoder(Edition).decode
unpack_page = msgspec.msgpack.Decoder(StandalonePage).decode
unpack_story = msgspec.msgpack.Decoder(StoryParts).decode

Made = TypeVar("Made")
Span = tuple[int, int, int]
"""Number of a spool, offset, length."""


class ParsedFile(NamedTuple):
    """What a worker answers of one file: the parts of a `Source`, its packed items, and where it put the texts."""

    path: str
    print: bytes
    ids: tuple[str, ...] = ()
    wholes: tuple[bytes, ...] = ()
    cards: tuple[bytes, ...] = ()
    term_prints: tuple[bytes, ...] = ()
    pictured: bool = True
    advice: tuple[Problem, ...] = ()
    items: tuple[bytes, ...] = ()
    spans: tuple[Span, ...] = ()
    terms: tuple[bytes, ...] = ()

    def source(self, stamp: tuple[int, int, int, int]) -> Source:
        """For the memory; where its items lie is not known yet."""
        return Source(self.path, stamp, *self[1:8])


class Reading(msgspec.Struct, frozen=True):
    """The sources, read or known; not yet unpacked."""

    sources: Mapping[str, Source]
    """By path, in the order of the files; those with errors among them."""
    kinds: Mapping[str, str]
    fresh: Mapping[str, tuple[bytes, ...]]
    """Packed items of the files that were read."""
    spans: Mapping[str, Span]
    """Entry id → its text, of the files that were read."""
    terms: Mapping[str, bytes]
    """Entry id → what related stories are found by, of the files that were read."""
    retouched: frozenset[str] | None
    """Ids of the entries of which the text alone is another than the memory has; None where more changed."""
    same_terms: bool
    """Whether those are found by the same terms as before."""
    before: bytes
    """Fingerprint of the sources as the memory had them."""
    news: bool
    """Whether there is anything the memory does not have."""
    problems: tuple[Problem, ...]

    @property
    def print(self) -> bytes:
        """Fingerprint of the sources as they are."""
        return print_of(self.sources.values())

    @property
    def sound(self) -> Iterator[Source]:
        """Those without an error, for the memory."""
        faulty = {problem.path for problem in self.problems if problem.level == "error"}
        return (source for path, source in self.sources.items() if path not in faulty)

    def without_items(self) -> Reading:
        """The same once they are unpacked and kept: of a large site they would fill memory for nothing."""
        return msgspec.structs.replace(self, fresh=dict.fromkeys(self.fresh, ()))


class Library(msgspec.Struct, frozen=True):
    """Everything the sources hold, drafts included."""

    entries: tuple[Entry, ...]
    """In the order of their files."""
    issues: tuple[Edition, ...]
    pages: tuple[StandalonePage, ...]
    cards: Mapping[str, bytes]
    """Entry id → fingerprint of its card; likewise of the whole entry, and of its text."""
    whole: Mapping[str, bytes]
    texts: Mapping[str, bytes]


def read_known(
    found: Found,
    memory: BuildCache,
    room: SourceReader,
    *,
    remembers: bool,
    scanned: int,
    jobs: int | None,
    tell: Tell,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[Reading, Items]:
    """All sources, and the items the memory has of them. It is believed where it `remembers` and read by the same
    settings. `meanwhile`: what this process does while others read many.
    """
    known = memory.sources.load() if remembers else None
    if known and known.reading != fingerprints.of_value(room.settings):
        known = None
    items = Items(memory.folder, known.edition if known else 0)
    return read_sources(found, known, room, scanned=scanned, jobs=jobs, tell=tell, meanwhile=meanwhile), items


def undamaged(read: Callable[[bool], Made]) -> Made:
    """What `read` gives with the memory believed or, where that does not hold what it says, not believed."""
    try:
        return read(True)
    except DamagedError:
        return read(False)


def read_sources(
    found: Found,
    known: Sources | None,
    room: SourceReader,
    *,
    scanned: int,
    jobs: int | None,
    tell: Tell,
    meanwhile: Callable[[], None] | None = None,
) -> Reading:
    """All sources, from the memory or from the disk. `scanned`: when their stamps were taken, in nanoseconds."""
    memory = {source.path: source for source in known.sources} if known else {}
    sources: dict[str, Source] = {}
    unread: list[SourceFile] = []
    same_pictures = known is not None and known.pictures == room.picture_print
    for file in found.files:
        source = memory.get(file.path)
        if source is not None and source.stamp != file.stamp:
            source = room.touched(file, source, scanned)
        if source is None or (source.pictured and not same_pictures):
            unread.append(file)
        else:
            sources[file.path] = source
    tell(len(sources))
    ahead = meanwhile if len(unread) >= PAYS_FROM else None
    shares = spread(room.read_share, unread, worker_count(jobs, len(unread)), tell, ahead)
    rows = {row.path: row for share, _ in shares for row in share}
    problems = [problem for source in sources.values() for problem in source.advice]
    problems += [problem for _, faults in shares for problem in faults]
    for file in unread:
        if file.path in rows:
            sources[file.path] = rows[file.path].source(settled(file.stamp, scanned))
    if unread:
        sources = {file.path: sources[file.path] for file in found.files if file.path in sources}
    spans = {name: span for row in rows.values() for name, span in zip(row.ids, row.spans, strict=False)}
    terms = {name: its for row in rows.values() for name, its in zip(row.ids, row.terms, strict=False)}
    same = same_pictures and len(found.files) == len(memory)
    same = same and all(file.kind == "entry" and same_values(rows.get(file.path), memory) for file in unread)
    return Reading(
        sources,
        {file.path: file.kind for file in found.files},
        {path: row.items for path, row in rows.items()},
        spans,
        terms,
        frozenset(spans) if same else None,
        same and all(rows[file.path].term_prints == memory[file.path].terms for file in unread),
        print_of(memory.values()),
        len(memory) != len(sources) or any(memory.get(path) is not source for path, source in sources.items()),
        tuple(problems),
    )


def print_of(sources: Collection[Source]) -> bytes:
    """Fingerprint of sources: which there are, and what they hold."""
    paths = "\n".join([source.path for source in sources])
    prints = b"".join([source.print for source in sources])
    return fingerprints.of_bytes(paths.encode("utf-8", "surrogateescape") + prints)


def same_values(row: ParsedFile | None, memory: Mapping[str, Source]) -> bool:
    """Whether a file read anew became what it was, its texts aside, and nothing is to be said of it."""
    if row is None or row.path not in memory:
        return False
    before = memory[row.path]
    return before.wholes == row.wholes and not before.advice and not row.advice


def unpack(reading: Reading, items: Items) -> Library:
    """Packed sources → values, in the files' order. Raises `DamagedError` where the memory is not what it was."""
    entries_: list[Entry] = []
    issues: list[Edition] = []
    pages: list[StandalonePage] = []
    cards: dict[str, bytes] = {}
    whole: dict[str, bytes] = {}
    texts: dict[str, bytes] = {}
    for path, source in reading.sources.items():
        packed = packed_items(reading, items, source)
        if reading.kinds[path] == "edition":
            issues += map(unpack_issue, packed)
        elif reading.kinds[path] == "standing":
            pages += map(unpack_page, packed)
        else:
            entries_ += map(unpack_entry, packed)
            for name, card, known in zip(source.ids, source.cards, source.wholes, strict=True):
                cards[name] = card
                whole[name] = known
                texts[name] = known + source.print
    return Library(tuple(entries_), tuple(issues), tuple(pages), cards, whole, texts)


def packed_items(reading: Reading, items: Items, source: Source) -> tuple[bytes, ...]:
    """What one source became. Raises `DamagedError`."""
    if source.path in reading.fresh:
        return reading.fresh[source.path]
    found = [items.at(place, whole) for place, whole in zip(source.places, source.wholes, strict=True)]
    if None in found:
        raise DamagedError
    return tuple(filter(None, found))


class LazyEntries(dict[str, Entry]):
    """Entries by id, each unpacked when it is asked for. Raises `DamagedError`, `KeyError`."""

    def __init__(self, reading: Reading, items: Items) -> None:
        super().__init__()
        self.reading = reading
        self.items_ = items
        self.places = {name: (source, n) for source in reading.sources.values() for n, name in enumerate(source.ids)}

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Those that were asked for."""
        return self

    def __missing__(self, name: str) -> Entry:
        source, number = self.places[name]
        entry = self[name] = unpack_entry(packed_items(self.reading, self.items_, source)[number])
        return entry

    def prints(self) -> tuple[Mapping[str, bytes], Mapping[str, bytes], Mapping[str, bytes]]:
        """Fingerprints of the cards, the entries and the texts of those that were asked for."""
        found = {name: self.places[name] for name in self}
        wholes = {name: source.wholes[number] for name, (source, number) in found.items()}
        return (
            {name: source.cards[number] for name, (source, number) in found.items()},
            wholes,
            {name: wholes[name] + source.print for name, (source, _) in found.items()},
        )


class DamagedError(Exception):
    """The memory does not hold what it says; the sources have to be read."""


def settled(stamp: Stamp, scanned: int) -> tuple[int, int, int, int]:
    """The stamp, or one that matches no file where the disk's clock could not tell a later change."""
    return (0, 0, 0, 0) if max(stamp.modified, stamp.changed) > scanned - scan.COARSE else stamp


class SourceReader(msgspec.Struct):
    """What reading needs; the same in every worker."""

    root: Path
    settings: Settings
    pictures: frozenset[str]
    spools: Path
    """Folder for texts until their pages are made."""
    picture_print: bytes = b""
    context: ContentContext | None = None
    recent: OrderedDict[str, Mapping[str, Article]] = msgspec.field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.picture_print = fingerprints.short("\n".join(sorted(self.pictures)).encode("utf-8", "surrogateescape"))

    @property
    def site(self) -> ContentContext:
        """The settings as files are read by them, worked out when the first file is."""
        self.context = self.context or ContentContext.of(self.settings)
        return self.context

    def touched(self, file: SourceFile, source: Source, scanned: int) -> Source | None:
        """The known source where only the file's stamp changed (a checkout, a copy); None where its content did."""
        raw = read_bytes(self.root, file.path, [])
        if raw is None or fingerprints.of_bytes(raw) != source.print:
            return None
        stamp = settled(file.stamp, scanned)
        return msgspec.structs.replace(source, stamp=stamp)

    def read_share(
        self, number: int, files: Sequence[SourceFile], tell: Tell
    ) -> tuple[list[ParsedFile], tuple[Problem, ...]]:
        """Read and check sources; their texts go to a spool of this worker."""
        rows: list[ParsedFile] = []
        problems: list[Problem] = []
        if not files:
            return rows, ()
        with Spool(self.spools, number) as spool:
            for file in files:
                raw = read_bytes(self.root, file.path, problems)
                if raw is not None:
                    rows.append(self.read(file, raw, spool, problems))
                tell(1)
        return rows, tuple(problems)

    def read(self, file: SourceFile, raw: bytes, spool: Spool, problems: list[Problem]) -> ParsedFile:
        """One source."""
        fp = fingerprints.of_bytes(raw)
        if file.kind == "entry":
            made, faults = entries.read(file.path, raw, self.site, self.pictures)
            problems += faults
            found = [article.entry for article in made]
            packed = tuple(map(fingerprints.encode, found))
            terms = tuple(map(self.terms, made))
            return ParsedFile(
                file.path,
                fp,
                tuple([entry.id for entry in found]),
                tuple(map(fingerprints.short, packed)),
                tuple(map(fingerprints.of_card, found)),
                tuple(map(fingerprints.short, terms)),
                any(entry.image or entry.images for entry in found),
                faults,
                packed,
                tuple(map(spool.put, made)),
                terms,
            )
        item: Edition | StandalonePage | None
        if file.kind == "edition":
            item, faults = editions.read(file.path, raw, self.site, self.pictures)
        else:
            item, faults = standalone_pages.read(file.path, raw, self.site, self.pictures)
        problems += faults
        if item is None:
            return ParsedFile(file.path, fp)
        packed = (fingerprints.encode(item),)
        whole = fingerprints.short(packed[0])
        return ParsedFile(file.path, fp, (item.id,), (whole,), (), (), bool(item.image or item.images), faults, packed)

    def terms(self, article: Article) -> bytes:
        """What related stories are found by; nothing where the site wants none."""
        related = self.settings.related
        return pack(article, related.weights, self.settings.lang) if related.count else b""

    def article(self, entry: Entry, fp: bytes) -> Article:
        """An article whose source was not read in this build. Raises `DigestError` where it changed meanwhile."""
        path = entry.place.path
        if path not in self.recent:
            problems: list[Problem] = []
            raw = read_bytes(self.root, path, problems)
            if raw is None or not fp.endswith(fingerprints.of_bytes(raw)):
                changed = Problem(path, 0, 0, "changed while the site was being built", "run digest build again")
                raise DigestError(problems or [changed])
            made, _ = entries.read(path, raw, self.site, self.pictures)
            self.recent[path] = {article.entry.id: article for article in made}
            if len(self.recent) > REMEMBERED:
                self.recent.popitem(last=False)
        found = self.recent[path][entry.id]
        return Article(entry, found.body, found.dateline, found.minutes, found.standfirst, found.opening)


class Spool:
    """A file in which a worker puts the texts of the articles it read."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.path = folder / f"texts-{number}"
        self.at = 0

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.path.open("wb", buffering=1 << 18)
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def put(self, article: Article) -> Span:
        packed = fingerprints.encode((article.body, article.dateline, article.minutes, article.standfirst))
        span = self.number, self.at, len(packed)
        self.file.write(packed)
        self.at += len(packed)
        return span


class BodyStore:
    """The articles of a build, from the spools or, where their source was not read, from the source."""

    def __init__(self, room: SourceReader, spans: Mapping[str, Span], prints: Mapping[str, bytes]) -> None:
        """`spans` and `prints` by entry id; a print ends with the fingerprint of the entry's source."""
        self.room = room
        self.spans = spans
        self.prints = prints
        self.handles: dict[int, int] = {}

    def article(self, entry: Entry) -> Article:
        span = self.spans.get(entry.id)
        if span is None:
            return self.room.article(entry, self.prints[entry.id])
        number, at, length = span
        if number not in self.handles:
            self.handles[number] = os.open(self.room.spools / f"texts-{number}", os.O_RDONLY)
        return Article(entry, *unpack_story(os.pread(self.handles[number], length, at)))


def read_bytes(root: Path, path: str, problems: list[Problem]) -> bytes | None:
    """A source file's bytes; what keeps it from being read is a problem."""
    try:
        handle = os.open(f"{root}/{path}", READ | getattr(os, "O_NONBLOCK", 0))  # a pipe would wait for a writer
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                problems.append(Problem(path, 0, 0, "not a regular file", "put a copy of the file there"))
                return None
            raw = whole(handle)
        finally:
            os.close(handle)
    except OSError as error:
        problems.append(Problem(path, 0, 0, f"cannot be read: {error.strerror}", "check the file and its permissions"))
        return None
    if len(raw) > FILE_LIMIT:
        problems.append(Problem(path, 0, 0, "the file is larger than 2 MiB", "split it into several files"))
        return None
    return raw


def whole(handle: int) -> bytes:
    """All of an open file, at most one byte over the limit. Asking for the limit at once would take 2 MiB each time."""
    size = min(os.fstat(handle).st_size, FILE_LIMIT)
    raw = os.read(handle, size + 1)
    if len(raw) == size:
        return raw
    pieces = [raw]  # the file grew, or gives its content in pieces
    while raw and sum(map(len, pieces)) <= FILE_LIMIT:
        raw = os.read(handle, FILE_LIMIT + 1)
        pieces.append(raw)
    return b"".join(pieces)
