"""What lies on a target, as an earlier deploy noted it there: each file's fingerprint, size and headers.

A manifest never claims what is not there: it is written when all it names has arrived. What a deploy is in the middle
of doing stands in a journal beside it, so that one that died leaves neither a file nobody knows of nor a claim that
nobody can trust. Both are compressed JSON; both may come from a host others can write to, so paths are checked.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

import msgspec

from digest.problems import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = ".digest-manifest.json.gz"
JOURNAL = ".digest-journal.json.gz"
VERSION = 1
UNKNOWN = ""
"""Fingerprint of a file of which nobody knows whether it arrived."""
LIMIT = 256 * 1024 * 1024
"""Bytes of a manifest, unpacked: some millions of files."""

Kept = TypeVar("Kept")


class DamagedError(Exception):
    """A manifest that cannot be believed; says why."""


class File(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One file of the site."""

    fingerprint: str
    """SHA-256 of its bytes, in hexadecimal; `UNKNOWN` where that is not known."""
    size: int
    """Bytes."""
    headers: str = ""
    """What the target is told beside the bytes, for those that take headers."""


class Retired(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A fingerprinted file that no page names any more, kept for readers who still hold an old page."""

    file: File
    since: int
    """Seconds since 1970."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that earlier deploys put on a target."""

    version: int = VERSION
    release: str = ""
    """Name of the deploy that wrote it: its UTC time and the first digits of its content's fingerprint."""
    files: Mapping[str, File] = {}
    retired: Mapping[str, Retired] = {}
    leaving: tuple[str, ...] = ()
    """Files that were being deleted when this was written."""
    owed: tuple[str, ...] = ()
    """Changed paths of which caches before the target have not been told yet."""

    def everything(self) -> frozenset[str]:
        """Every path that may be there."""
        return frozenset((*self.files, *self.retired, *self.leaving))


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """What a deploy has set out to do, and has done."""

    version: int = VERSION
    pending: tuple[str, ...] = ()
    """Files to be sent."""
    done: Mapping[str, File] = {}


def packed(value: Manifest | Journal) -> bytes:
    """As it is kept on a target: the same bytes for the same value."""
    return gzip.compress(msgspec.json.encode(value, order="sorted"), 6, mtime=0)


def unpacked(raw: bytes) -> Manifest:
    """Raises `DamagedError`."""
    made = decoded(raw, Manifest)
    refuse_strange(made.version, made.everything())
    return made


def believed(raw: bytes | None) -> Manifest:
    """The same; an empty one where there is none, or none that can be believed."""
    try:
        return unpacked(raw or b"")
    except DamagedError:
        return Manifest()


def journal(raw: bytes) -> Journal:
    """Raises `DamagedError`."""
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
    """Another version's, or one that names what is no file of a site. Raises `DamagedError`."""
    if version != VERSION:
        raise DamagedError("another version of digest wrote it; upgrade digest")
    odd = next((path for path in paths if not inside(path)), None)
    if odd is not None:
        raise DamagedError(f"it names {quoted(odd)}, which is no file of a site")


def inside(path: str) -> bool:
    """Whether a path stays within the site, wherever that lies."""
    parts = path.split("/")
    return "\\" not in path and min(path, default="") >= " " and not any(part in {"", ".", ".."} for part in parts)


def resumed(manifest: Manifest, interrupted: Journal) -> Manifest:
    """What is there after a deploy that was interrupted: what it had sent counts, what it was sending is unknown.

    A file that was never listed before has no size then: nothing leads to it yet.
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
