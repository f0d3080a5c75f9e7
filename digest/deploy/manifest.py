"""The files on a target as an earlier deploy recorded them there: fingerprint, size and headers of each.

A manifest is written after all files it names have arrived, so it never claims too much. A journal beside it records
the work of a deploy that is under way, so that a deploy that dies leaves no unknown file. Both are compressed JSON.
Both may come from a host that others can write to, so their paths are checked.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TypeVar

import msgspec

from digest.paths import is_inside
from digest.problems import quoted

MANIFEST = ".digest-manifest.json.gz"
JOURNAL = ".digest-journal.json.gz"
VERSION = 1
UNKNOWN = ""
"""Fingerprint of a file that may or may not have arrived."""
LIMIT = 256 * 1024 * 1024
"""Bytes of a manifest, unpacked: some millions of files."""

Kept = TypeVar("Kept")


class DamagedError(Exception):
    """A manifest that cannot be trusted, and why."""


class File(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One file of the site."""

    fingerprint: str
    """SHA-256 of its bytes, in hexadecimal, or `UNKNOWN`."""
    size: int
    """Bytes."""
    headers: str = ""
    """`Target.headers` of the file when it was sent."""


class Retired(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A fingerprinted file that left the site, kept for readers of old pages."""

    file: File
    since: int
    """Seconds since 1970."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All files that earlier deploys put on a target."""

    version: int = VERSION
    release: str = ""
    """Name of the deploy that wrote it: its UTC time and the first digits of its content's fingerprint."""
    files: Mapping[str, File] = {}
    retired: Mapping[str, Retired] = {}
    leaving: tuple[str, ...] = ()
    """Files that were still to be deleted when this was written."""
    owed: tuple[str, ...] = ()
    """Changed paths that caches in front of the target must still be told."""

    def known(self) -> dict[str, File]:
        """The files on the target whose content was recorded, by path."""
        return {**{path: row.file for path, row in self.retired.items()}, **self.files}

    def everything(self) -> frozenset[str]:
        """Every path that may be there."""
        return frozenset((*self.files, *self.retired, *self.leaving))


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """The files a deploy set out to send, and those that have arrived."""

    version: int = VERSION
    pending: tuple[str, ...] = ()
    """Files to send."""
    done: Mapping[str, File] = {}


def packed(value: Manifest | Journal) -> bytes:
    """The form on a target: the same bytes for the same value."""
    return gzip.compress(msgspec.json.encode(value, order="sorted"), 6, mtime=0)


def unpacked(raw: bytes) -> Manifest:
    """A manifest from its form on a target. Raises `DamagedError`."""
    made = decoded(raw, Manifest)
    refuse_strange(made.version, made.everything())
    return made


def trusted(raw: bytes | None) -> Manifest:
    """The manifest, or an empty one if there is none that can be trusted."""
    try:
        return unpacked(raw or b"")
    except DamagedError:
        return Manifest()


def journal(raw: bytes) -> Journal:
    """A journal from its form on a target. Raises `DamagedError`."""
    made = decoded(raw, Journal)
    refuse_strange(made.version, (*made.pending, *made.done))
    return made


def decoded(raw: bytes, kind: type[Kept]) -> Kept:
    """Unpack no more than `LIMIT`. Raises `DamagedError`."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(raw)) as file:
            text = file.read(LIMIT + 1)
        if len(text) > LIMIT:
            raise DamagedError("it is too large")
        return msgspec.json.decode(text, type=kind)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DamagedError(str(error)) from None


def refuse_strange(version: int, paths: Iterable[str]) -> None:
    """Raises `DamagedError` for another version, and for a path that is no file of a site."""
    if version != VERSION:
        raise DamagedError("another version of digest wrote it; upgrade digest")
    odd = next((path for path in paths if not is_inside(path)), None)
    if odd is not None:
        raise DamagedError(f"it names {quoted(odd)}, which is no file of a site")


def as_left(raw: bytes, noted: bytes) -> Manifest | None:
    """The state of a target by its manifest and its journal, each empty if there is none. Raises `DamagedError`."""
    if not raw and not noted:
        return None
    known = unpacked(raw) if raw else Manifest()
    return resumed(known, journal(noted)) if noted else known


def resumed(manifest: Manifest, interrupted: Journal) -> Manifest:
    """The manifest after an interrupted deploy: files that arrived count, files under way are unknown.

    A file that was never listed before gets no size: nothing links to it yet.
    """
    before = manifest.files
    unsure = {
        path: File(UNKNOWN, before[path].size if path in before else 0)
        for path in interrupted.pending
        if path not in interrupted.done
    }
    files = {**manifest.files, **unsure, **interrupted.done}
    retired = {path: row for path, row in manifest.retired.items() if path not in files}
    return msgspec.structs.replace(manifest, files=files, retired=retired)


def total(files: Iterable[File]) -> int:
    return sum(file.size for file in files)
