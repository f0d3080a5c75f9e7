"""The build's memory of one output: what each source became, what each output file was made from.

Lies under `.digest/`, which is always safe to delete. Each file carries a checksum of its content and says which
tools wrote it; a damaged one, or one of another version, counts as none: a doubt costs a rebuild, never a wrong page.
It holds plain values (MessagePack), so that a folder somebody sent cannot run code.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar
from zlib import adler32, crc32

import msgspec

# MessagePack reads the types of fields when it runs
from digest.content.images import ImageRecord  # noqa: TC001
from digest.files import replace
from digest.linking.related.state import RelatedRecord  # noqa: TC001
from digest.pages.article import ArticleContext
from digest.pages.site_view import Sections  # noqa: TC001
from digest.problems import Problem  # noqa: TC001
from digest.site import fingerprints
from digest.site.options import Variant  # noqa: TC001
from digest.site.source import Source  # noqa: TC001

MAGIC = b"digest memory 1\n"
ROOM = 1 << 20
"""Bytes that nobody names any more and that are no reason yet to write all items anew."""
PRINT = 16
"""Bytes of a book's checksum."""
AHEAD = ".ahead"
"""Ending of what another process wrote before the build came to its end."""


class Output(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One file of the output."""

    path: str
    """Relative, with forward slashes."""
    made: str
    """Template, or kind of file."""
    parts: bytes
    """Fingerprints of what it was made from, in the order of its kind."""
    size: int
    modified: int
    inode: int
    around: bytes = b""
    """Of an article: what linking found for it, an `Around` as it is packed; hardly any is ever looked into."""


class CachedSources(msgspec.Struct, array_like=True, frozen=True):
    """Every source without an error, and what reading them depended on."""

    settings: bytes
    """Fingerprint of the settings."""
    images: bytes
    """Fingerprint of the set of images."""
    edition: int
    """Number of the file that holds the packed items."""
    sources: tuple[Source, ...] = ()


class Template(msgspec.Struct, array_like=True, frozen=True):
    """One template."""

    fp: bytes
    """Fingerprint of its text."""
    names: tuple[str, ...] | None
    """The templates it names; None if it names one by an expression."""


class Seen(msgspec.Struct, array_like=True, frozen=True):
    """What a build saw beside the sources, and said."""

    sources: bytes
    """Fingerprint of the sources."""
    rest: bytes
    """Fingerprint of every other file it read, as the disk describes it, and of what it was asked; empty where the
    disk's clock was too coarse to tell a later change.
    """
    made: float
    """Its clock: seconds since 1970."""
    until: float | None
    """When the site is another by itself."""
    entries: int
    pages: int
    held: int
    advice: tuple[Problem, ...]
    sections: Sections
    fragments: str
    margins: str
    """What articles carry beside them, finished."""
    pictures: bytes
    """Fingerprint of all pictures as pages show them."""
    variant: Variant
    texts: tuple[str, ...] = ()
    """Ids of the entries whose whole texts are in another page or file than their own."""
    related: bytes = b""
    """Checksum of the `related` that the lists of the pages are of; empty if they are of none."""


class Outputs(msgspec.Struct, array_like=True, frozen=True):
    """Every file of the output, and the site-wide things all pages were made with."""

    seen: Seen
    constants: dict[str, bytes]
    """Name → fingerprint of what every page depends on."""
    fragments: dict[str, bytes]
    """Name → fingerprint of the markup that pages embed."""
    templates: dict[str, Template]
    outputs: tuple[Output, ...] = ()


class Pictures(msgspec.Struct, frozen=True):
    """The pictures of the site."""

    salt: bytes
    """What their files depend on beside their content."""
    negatives: dict[str, ImageRecord]


class TreeState(msgspec.Struct, array_like=True, frozen=True):
    """A tree as digest left it."""

    written: int
    """When digest last wrote into it before it became the output: nanoseconds of the machine's clock."""
    replaced: tuple[str, ...] = ()
    """Files replaced one by one while it was the output."""


class Trees(msgspec.Struct, array_like=True, frozen=True):
    """The output, and the tree that was the output before."""

    output: TreeState
    spare: TreeState | None = None
    behind: tuple[str, ...] = ()
    """Paths at which the spare is not as the output."""


class RelatedBasis(msgspec.Struct, array_like=True, frozen=True):
    """What the related stories were made from: enough for an edit that leaves the terms as they are."""

    basis: bytes
    """Fingerprint of the sources."""
    rules: bytes
    """Fingerprint of the settings it was made by, and the terms taken."""
    ids: tuple[str, ...]
    """Of the stories, by rank."""
    prints: tuple[bytes, ...]
    """Fingerprint of the text that each story's terms are of, by rank."""
    stories: bytes
    """Name of the `StoriesRecord` it belongs to."""


class StoriesRecord(msgspec.Struct, array_like=True, frozen=True):
    """The related stories themselves: most of the memory."""

    name: bytes
    """Fingerprint of the sources and the settings they were first made by."""
    kept: RelatedRecord


unpack_around = msgspec.msgpack.Decoder(ArticleContext).decode

Value = TypeVar("Value")


class CacheFile(Generic[Value]):
    """One file of the memory."""

    def __init__(self, path: Path, kind: type[Value]) -> None:
        self.path = path
        self.kind = kind
        self.checksum = b""
        """Of what was last loaded or kept."""

    def load(self) -> Value | None:
        """What was kept; None where nothing was, or nothing that can be trusted."""
        try:
            raw = self.path.read_bytes()
        except OSError:
            return None
        head = header()
        body = raw[len(head) + PRINT :]
        if not raw.startswith(head) or raw[len(head) : len(head) + PRINT] != printed(body):
            return None
        try:
            value = msgspec.msgpack.decode(body, type=self.kind)
        except msgspec.MsgspecError:
            return None
        self.checksum = raw[len(head) : len(head) + PRINT]
        return value

    def keep(self, value: Value) -> None:
        """Write it, whole or not at all. A memory that cannot be kept costs the next build its time, nothing else."""
        with contextlib.suppress(OSError):
            self.write(self.path, value)

    def write(self, path: Path, value: Value) -> None:
        """Write it somewhere. Raises OSError."""
        body = fingerprints.encode(value)
        self.checksum = printed(body)
        replace(path, header(), self.checksum, body)

    @property
    def ahead(self) -> Path:
        """Where another process puts what is to be kept if the build comes to its end."""
        return self.path.with_name(f"{self.path.name}{AHEAD}")

    def take(self, checksum: bytes) -> None:
        """Keep what another process wrote ahead. `checksum`: its own."""
        self.checksum = checksum
        with contextlib.suppress(OSError):
            self.ahead.replace(self.path)

    def read_checksum(self) -> bytes:
        """That of the file as it says itself; nothing if there is none, or of other tools."""
        head = header()
        try:
            with self.path.open("rb") as file:
                start = file.read(len(head) + PRINT)
        except OSError:
            return b""
        return start[len(head) :] if start.startswith(head) else b""

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def header() -> bytes:
    return MAGIC + fingerprints.of_tools().encode()


def printed(body: bytes) -> bytes:
    """A checksum against accidents; whoever can write here can write the site as well. Tens of megabytes are looked at
    in every build, and two cyclic sums with the length take a fourth of the time of a fingerprint.
    """
    return struct.pack("<QII", len(body), crc32(body), adler32(body))


class Items:
    """Packed entries, editions and pages, one behind the other in one file, found by their places.

    A change adds to its end; what nobody names any more is left out when it has become as much as the rest.
    """

    def __init__(self, folder: Path, edition: int) -> None:
        self.folder = folder
        self.edition = edition
        self.raw = b""
        with contextlib.suppress(OSError):
            self.raw = self.path.read_bytes()

    @property
    def path(self) -> Path:
        return self.folder / f"items-{self.edition}"

    def at(self, place: tuple[int, int], whole: bytes) -> bytes | None:
        """The item at a place; None where the file is not what it was."""
        start, length = place
        packed = self.raw[start : start + length]
        return packed if fingerprints.short(packed) == whole else None

    def let_go(self) -> None:
        """They are unpacked: of a large site they would fill memory for nothing."""
        self.raw = b""

    def cut(self, place: tuple[int, int]) -> bytes:
        return self.raw[place[0] : place[0] + place[1]]

    def add(self, items: Iterable[bytes]) -> list[tuple[int, int]]:
        """Append items; gives their places. Raises OSError."""
        places = []
        end = len(self.raw)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.path.open("r+b" if end else "wb") as file:
            file.seek(end)
            file.truncate()
            for item in items:
                file.write(item)
                places.append((end, len(item)))
                end += len(item)
        return places


class BuildCache:
    """The books of one output."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources: CacheFile[CachedSources] = CacheFile(folder / "sources", CachedSources)
        self.outputs: CacheFile[Outputs] = CacheFile(folder / "outputs", Outputs)
        self.trees: CacheFile[Trees] = CacheFile(folder / "trees", Trees)
        self.related: CacheFile[RelatedBasis] = CacheFile(folder / "related", RelatedBasis)
        self.stories: CacheFile[StoriesRecord] = CacheFile(folder / "stories", StoriesRecord)
        self.pictures: CacheFile[Pictures] = CacheFile(folder / "pictures", Pictures)

    def keep_sources(
        self,
        reading: bytes,
        pictures: bytes,
        sources: Iterable[Source],
        fresh: Mapping[str, Sequence[bytes]],
        items: Items,
    ) -> None:
        """Remember sources; `fresh` are the items of those that were read, `items` those of the others."""
        kept = tuple(sources)
        new = [source for source in kept if source.path in fresh]
        live = sum(length for source in kept for _, length in source.places)
        if len(items.raw) > 2 * live + ROOM:
            old, items = items, Items(self.folder, items.edition + 1)
            fresh = {**{s.path: [old.cut(place) for place in s.places] for s in kept if s.path not in fresh}, **fresh}
            new = list(kept)
        try:
            places = iter(items.add([item for source in new for item in fresh[source.path]]))
        except OSError:
            self.sources.forget()
            return
        placed = {source.path: tuple([next(places) for _ in source.wholes]) for source in new}
        rows = [msgspec.structs.replace(s, places=placed[s.path]) if s.path in placed else s for s in kept]
        self.sources.keep(CachedSources(reading, pictures, items.edition, tuple(rows)))
        for other in self.folder.glob("items-*"):
            if other != items.path:
                other.unlink(missing_ok=True)
