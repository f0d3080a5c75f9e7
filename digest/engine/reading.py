"""Sources → what linking may know of them, and their texts, put aside until their pages are made.

A source whose stamp or content is as it was is not read again: its packed entries come from the memory. The others are
read in worker processes. Entries exist in one form only, unpacked from what the memory keeps, so that a build from the
memory and one from the sources see the same values.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import msgspec

from digest.content import editions, entries, standing
from digest.engine import fingerprints, inventory
from digest.engine.store import Source
from digest.engine.workers import spread, worker_count
from digest.linking.terms import pack
from digest.model import Article, Entry, Issue, StandingPage, Text
from digest.problems import DigestError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from digest.content.discovery import Found, SourceFile, Stamp
    from digest.content.settings import Settings
    from digest.engine.store import Sources
    from digest.engine.workers import Tell

FILE_LIMIT = 2 * 1024 * 1024
"""Bytes of one source file; one more is read, so that the reader can refuse it by name."""
REMEMBERED = 16
"""Files of which all articles are kept when one is asked for: round-ups hold many."""

StoryParts = tuple[str, Text | None, int, bool]
unpack_entry = msgspec.msgpack.Decoder(Entry).decode
unpack_issue = msgspec.msgpack.Decoder(Issue).decode
unpack_page = msgspec.msgpack.Decoder(StandingPage).decode
unpack_story = msgspec.msgpack.Decoder(StoryParts).decode

Span = tuple[int, int, int]
"""Number of a spool, offset, length."""
Many = tuple[bytes, ...]
Row = tuple[str, bytes, Many, Many, Many, Many, bool, tuple[tuple[str, Span], ...]]
"""What a worker answers: the fields of a `Source` without its stamp, and the spans of texts by entry id."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything the sources hold, drafts included."""

    entries: tuple[Entry, ...]
    """In the order of their files."""
    issues: tuple[Issue, ...]
    pages: tuple[StandingPage, ...]
    kept: tuple[Source, ...]
    """The clean sources, for the memory."""
    read: int
    """How many files were read."""
    cards: Mapping[str, bytes]
    """Entry id → fingerprint of its card; likewise of the whole entry, and of its text."""
    whole: Mapping[str, bytes]
    texts: Mapping[str, bytes]
    terms: Mapping[str, bytes]
    """By which related stories are found."""
    spans: Mapping[str, Span]
    problems: tuple[Problem, ...]


def read_library(
    found: Found, known: Sources | None, desk: ReadingRoom, *, scanned: int, jobs: int | None, tell: Tell
) -> Library:
    """All sources, from the memory or from the disk. `scanned`: when their stamps were taken, in nanoseconds."""
    memory = {source.path: source for source in known.sources} if known else {}
    kept: dict[str, Source] = {}
    unread: list[SourceFile] = []
    same_pictures = known is not None and known.pictures == desk.picture_print
    for file in found.files:
        source = memory.get(file.path)
        if source is None or (source.pictured and not same_pictures):
            unread.append(file)
        elif source.stamp == file.stamp:
            kept[file.path] = source
        elif (touched := desk.touched(file, source, scanned)) is not None:
            kept[file.path] = touched
        else:
            unread.append(file)
    tell(len(kept))
    shares = spread(desk.read_share, unread, worker_count(jobs, len(unread)), tell)
    rows = {row[0]: row for share, _ in shares for row in share}
    problems = [problem for _, faults in shares for problem in faults]
    faulty = {problem.path for problem in problems}
    stamps = {file.path: settled(file.stamp, scanned) for file in unread}
    fresh = {path: Source(path, stamps[path], *row[1:7]) for path, row in rows.items()}
    spans = {name: span for row in rows.values() for name, span in row[7]}
    return unpacked(found.files, kept | fresh, faulty, spans, len(unread), tuple(problems))


def unpacked(  # noqa: PLR0917 - what reading gathered, in its order
    files: Sequence[SourceFile],
    sources: Mapping[str, Source],
    faulty: set[str],
    spans: Mapping[str, Span],
    read: int,
    problems: tuple[Problem, ...],
) -> Library:
    """Packed sources → values, in the files' order."""
    entries_: list[Entry] = []
    issues: list[Issue] = []
    pages: list[StandingPage] = []
    cards: dict[str, bytes] = {}
    whole: dict[str, bytes] = {}
    texts: dict[str, bytes] = {}
    terms: dict[str, bytes] = {}
    for file in files:
        source = sources.get(file.path)
        if source is None:
            continue
        if file.kind == "edition":
            issues += map(unpack_issue, source.items)
        elif file.kind == "standing":
            pages += map(unpack_page, source.items)
        else:
            for packed, card, known, its in zip(source.items, source.cards, source.wholes, source.terms, strict=True):
                entry = unpack_entry(packed)
                entries_.append(entry)
                cards[entry.id] = card
                whole[entry.id] = known
                texts[entry.id] = known + source.print
                terms[entry.id] = its
    kept = tuple(source for path, source in sources.items() if path not in faulty)
    return Library(
        tuple(entries_), tuple(issues), tuple(pages), kept, read, cards, whole, texts, terms, spans, problems
    )


def settled(stamp: Stamp, scanned: int) -> tuple[int, int, int, int]:
    """The stamp, or one that matches no file where the disk's clock could not tell a later change."""
    return (0, 0, 0, 0) if max(stamp.modified, stamp.changed) > scanned - inventory.COARSE else stamp


@dataclass(slots=True)
class ReadingRoom:
    """What reading needs; the same in every worker."""

    root: Path
    settings: Settings
    pictures: frozenset[str]
    spools: Path
    """Folder for texts until their pages are made."""
    picture_print: bytes = field(init=False)
    recent: OrderedDict[str, Mapping[str, Article]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.picture_print = fingerprints.short("\n".join(sorted(self.pictures)).encode("utf-8", "surrogateescape"))

    def touched(self, file: SourceFile, source: Source, scanned: int) -> Source | None:
        """The known source where only the file's stamp changed (a checkout, a copy); None where its content did."""
        raw = read_bytes(self.root, file.path, [])
        if raw is None or fingerprints.of_bytes(raw) != source.print:
            return None
        stamp = settled(file.stamp, scanned)
        return msgspec.structs.replace(source, stamp=stamp)

    def read_share(self, number: int, files: Sequence[SourceFile], tell: Tell) -> tuple[list[Row], tuple[Problem, ...]]:
        """Read and check sources; their texts go to a spool of this worker."""
        rows: list[Row] = []
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

    def read(self, file: SourceFile, raw: bytes, spool: Spool, problems: list[Problem]) -> Row:
        """One source."""
        print_ = fingerprints.of_bytes(raw)
        if file.kind == "entry":
            made, faults = entries.read(file.path, raw, self.settings, self.pictures)
            problems += faults
            found = [article.entry for article in made]
            packed = tuple(map(fingerprints.encode, found))
            return (
                file.path,
                print_,
                packed,
                tuple(map(fingerprints.of_card, found)),
                tuple(map(fingerprints.short, packed)),
                tuple(map(self.terms, made)),
                any(entry.image or entry.images for entry in found),
                tuple((article.entry.id, spool.put(article)) for article in made),
            )
        item: Issue | StandingPage | None
        if file.kind == "edition":
            item, faults = editions.read(file.path, raw, self.settings, self.pictures)
        else:
            item, faults = standing.read(file.path, raw, self.settings, self.pictures)
        problems += faults
        if item is None:
            return file.path, print_, (), (), (), (), True, ()
        return file.path, print_, (fingerprints.encode(item),), (), (), (), bool(item.image or item.images), ()

    def terms(self, article: Article) -> bytes:
        """What related stories are found by; nothing where the site wants none."""
        related = self.settings.related
        return pack(article, related.weights, self.settings.lang) if related.count else b""

    def article(self, entry: Entry, print_: bytes) -> Article:
        """An article whose source was not read in this build. Raises `DigestError` where it changed meanwhile."""
        path = entry.place.path
        if path not in self.recent:
            problems: list[Problem] = []
            raw = read_bytes(self.root, path, problems)
            if raw is None or not print_.endswith(fingerprints.of_bytes(raw)):
                changed = Problem(path, 0, 0, "changed while the site was being built", "run digest build again")
                raise DigestError(problems or [changed])
            made, _ = entries.read(path, raw, self.settings, self.pictures)
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


class Texts:
    """The articles of a build, from the spools or, where their source was not read, from the source."""

    def __init__(self, room: ReadingRoom, library: Library) -> None:
        self.room = room
        self.spans = library.spans
        self.prints = library.texts
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
        with open(f"{root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 - hot path
            raw = file.read(FILE_LIMIT + 1)
    except OSError as error:
        problems.append(Problem(path, 0, 0, f"cannot be read: {error.strerror}", "check the file and its permissions"))
        return None
    if len(raw) > FILE_LIMIT:
        problems.append(Problem(path, 0, 0, "the file is larger than 2 MiB", "split it into several files"))
        return None
    return raw
