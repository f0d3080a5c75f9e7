"""Fingerprints of what pages are made from. Equal values have equal fingerprints, in every process and on every run.

In: bytes, or values of text, numbers, dates, tuples and frozen structs. Out: 16 bytes of BLAKE2b for files, 8 for
the parts of a page, of which there are hundreds of thousands.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from digest import __version__
from digest.files import replace
from digest.model import DisplayDate, Entry, ImageRef, Link, Outlet, Rendition, Tag, Text, Theme
from digest.pages.context import Slice
from digest.pages.page import Details, FullText
from digest.pages.views import Pager
from digest.rendering.caches import own_folder
from digest.site import scan

if TYPE_CHECKING:
    from digest.site.source import Source

DISTRIBUTIONS = {"PIL": "pillow", "markdown_it": "markdown-it-py", "yaml": "pyyaml"}
"""Libraries that are installed under another name than they are imported by."""

PLAIN = frozenset({Text, Theme, Outlet, Tag, Link, DisplayDate, Pager})
"""Structs that hold neither entries nor pictures."""


def plain(value: object) -> str:
    """Finished HTML as text: the one kind of value that MessagePack does not know by itself."""
    if isinstance(value, Markup):
        return str(value)
    raise NotImplementedError(f"no fingerprint of {type(value).__name__}")


PROGRAM = 32
"""Letters of a fingerprint of the program."""
LEAVES = PLAIN | {Entry, Details, Slice, ImageRef, str, int, bool, type(None)}
"""Types of parts in which there is no whole text of an entry."""
NOTHING: dict[type, bytes] = {}

encode = msgspec.msgpack.Encoder(enc_hook=plain).encode


def of_bytes(content: bytes) -> bytes:
    """Of a file."""
    return blake2b(content, digest_size=16).digest()


def short(content: bytes) -> bytes:
    """Of a part of a page."""
    return blake2b(content, digest_size=8).digest()


def of_value(value: object) -> bytes:
    """Of a value that holds no entry."""
    return short(encode(value))


@cache
def of_tools() -> str:
    """Of everything that makes pages beside a site's own files: this program, its libraries, Python."""
    made = blake2b(digest_size=16)
    made.update(repr(sys.version_info[:3]).encode())
    made.update("\n".join(versions()).encode())
    made.update(of_program(scan.PACKAGE, time.time_ns()).encode())
    return made.hexdigest()


def of_program(package: Path, now: int) -> str:
    """Of the files of a package, wherever it lies. `now` in nanoseconds.

    Reading all of them takes longer than making a page, so the fingerprint is kept in the user's cache for as long as
    the disk says the same of every file. No installer sets all of that: times and sizes may be equal from one version
    to the next, the change of a file's own record is not.
    """
    files = list(scan.tree(package, ".py", ".json"))
    told = repr((__version__, str(package), files)).encode("utf-8", "surrogateescape")
    seen = of_bytes(told).hex()
    folder = own_folder("programs")
    kept = folder / short(bytes(package)).hex() if folder else None
    known = kept_words(kept) if kept else []
    if list(map(len, known)) == [PROGRAM, PROGRAM] and known[0] == seen:
        return known[1]
    made = of_files(package, [path for path, _ in files])
    newest = max((max(stamp.modified, stamp.changed) for _, stamp in files), default=0)
    if kept and scan.settled(newest, now):
        with contextlib.suppress(OSError):
            replace(kept, f"{seen} {made}".encode("ascii"))
    return made


def kept_words(file: Path) -> list[str]:
    """What a file of the cache says; nothing where it cannot be read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return file.read_text("ascii").split()
    return []


def of_files(package: Path, paths: Iterable[str]) -> str:
    """Of names and contents."""
    made = blake2b(digest_size=16)
    for path in paths:
        file = Path(path)
        made.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return made.hexdigest()


def versions() -> list[str]:
    """`jinja2-3.1.6.dist-info` and so on, as the folders installers leave say it; importlib.metadata takes 15 ms."""
    starts = tuple(f"{DISTRIBUTIONS.get(name, name)}-" for name in scan.LIBRARIES)
    found = []
    for folder in dict.fromkeys(sys.path):
        with contextlib.suppress(OSError):
            names = os.listdir(folder or ".")  # noqa: PTH208 - names are all that is asked for
            installed = (name for name in names if name.endswith(("-info", ".egg")))
            found += [name for name in installed if name.lower().replace("_", "-").startswith(starts)]
    return sorted(found)


def of_card(entry: Entry) -> bytes:
    """Of what another page may show of an entry, or order it by; its picture's files are added by `Prints`."""
    outlet = entry.outlets[0].name if entry.outlets else None
    return short(
        encode((entry.url, entry.title, entry.summary, entry.moment, entry.theme, outlet, entry.image, entry.lead))
    )


def nothing(part: object) -> bytes:
    """Of a part that is empty, false or zero: most parts of most pages."""
    kind = type(part)
    if kind not in NOTHING:
        NOTHING[kind] = short(b"()" if kind is tuple else encode(part))
    return NOTHING[kind]


def fields_of(kind: type) -> tuple[str, ...]:
    """Names of a struct's or named tuple's fields that may hold entries or pictures."""
    if kind in PLAIN:
        return ()
    names: tuple[str, ...] = getattr(kind, "__struct_fields__", ()) or getattr(kind, "_fields", ())
    return names


def texts_in(part: object) -> Iterator[str]:
    """Ids of the entries whose whole texts are in a part. Follows the same values as `Fingerprints.of`."""
    kind = type(part)
    if kind is FullText:
        yield part.entry.id  # type: ignore[attr-defined]
    elif kind is tuple:
        if not LEAVES.issuperset(map(type, part)):  # type: ignore[call-overload]
            for inner in part:  # type: ignore[attr-defined]
                yield from texts_in(inner)
    elif kind not in LEAVES:
        for name in fields_of(kind):
            yield from texts_in(getattr(part, name))


class Fingerprints:
    """Fingerprints of the parts of pages, in which entries count as what is shown of them."""

    def __init__(self, files: Mapping[str, Source], renditions: Mapping[str, Rendition]) -> None:
        """`files`: sources by path, which know the fingerprints of their entries; `renditions`: images by file."""
        self.files = files
        self.renditions = renditions
        self.images: dict[str, bytes] = {}
        """Fingerprints of images that were asked for, by file."""
        self.cards: dict[str, bytes] = {}
        """Those of entries' cards, by id: each is in several lists."""

    @property
    def of_images(self) -> bytes:
        """Of all images as pages show them."""
        return short(b"".join([file.encode("utf-8", "surrogateescape") + self.image(file) for file in self.renditions]))

    def page(self, parts: Mapping[str, object]) -> bytes:
        """The parts' fingerprints, 8 bytes each, in their order."""
        return b"".join([short(self.of(part)) if part else nothing(part) for part in parts.values()])

    def of(self, part: object) -> bytes:  # noqa: PLR0911 - one for each kind of part
        """The bytes that stand for a part: not yet a fingerprint, since most are joined to others."""
        kind = type(part)
        if kind is Entry:
            return self.card(part)  # type: ignore[arg-type]
        if kind is tuple:
            return b"(%s)" % b",".join(map(self.of, part))  # type: ignore[call-overload]
        if kind is Slice:
            return b"".join([encode((part.path, part.number, part.pager)), *map(self.card, part.entries)])  # type: ignore[attr-defined]
        if kind is FullText:
            entry = part.entry  # type: ignore[attr-defined]
            source = self.files[entry.place.path]
            return source.text_fp(source.number(entry.id)) + self.images_of(entry)
        if kind is Details:
            entry = part.entry  # type: ignore[attr-defined]
            source = self.files[entry.place.path]
            return source.wholes[source.number(entry.id)] + self.images_of(entry)
        if kind is ImageRef:
            return encode(part) + self.image(part.file)  # type: ignore[attr-defined]
        names = fields_of(kind)
        return b"{%s}" % b",".join([self.of(getattr(part, name)) for name in names]) if names else encode(part)

    def card(self, entry: Entry) -> bytes:
        fp = self.cards.get(entry.id)
        if fp is None:
            source, image = self.files[entry.place.path], entry.image
            fp = source.cards[source.number(entry.id)]
            fp = self.cards[entry.id] = fp + self.image(image.file) if image else fp
        return fp

    def images_of(self, entry: Entry) -> bytes:
        refs = (entry.image, *entry.images) if entry.image or entry.images else ()
        return b"".join([self.image(ref.file) for ref in refs if ref])

    def image(self, file: str) -> bytes:
        """Of an image as pages show it."""
        fp = self.images.get(file)
        if fp is None:
            made = self.renditions.get(file)
            fp = self.images[file] = of_value((made.src, made.width, made.height, made.sources)) if made else b"-"
        return fp
