"""The build's memory of one output: what each source became, what each output file was made from.

Lies under `.digest/`, which is always safe to delete. Each file carries a fingerprint of its content and says which
tools wrote it; a damaged one, or one of another version, counts as none: a doubt costs a rebuild, never a wrong page.
It holds plain values (MessagePack), so that a folder somebody sent cannot run code.
"""

from __future__ import annotations

import contextlib
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from digest.engine import fingerprints
from digest.linking.related.memory import Kept

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"digest memory 1\n"
PRINT = 16


class Source(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One source file without a fault, and what it became."""

    path: str
    stamp: tuple[int, int, int, int]
    """All zeros where the disk's clock is too coarse to tell a later change: the file is then read again."""
    print: bytes
    """Of the file's content."""
    items: tuple[bytes, ...]
    """Packed entries, or one edition or standing page."""
    cards: tuple[bytes, ...]
    """Fingerprint of each entry's card."""
    wholes: tuple[bytes, ...]
    """Fingerprint of each entry as it is packed."""
    terms: tuple[bytes, ...]
    """Each entry's terms, by which related stories are found; empty where none are wanted."""
    pictured: bool
    """Whether the file names pictures: its faults then depend on which there are."""


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


class Sources(msgspec.Struct, array_like=True, frozen=True):
    """Every clean source, and what reading them depended on."""

    reading: bytes
    """Fingerprint of the settings."""
    pictures: bytes
    """Fingerprint of the set of pictures."""
    sources: tuple[Source, ...] = ()


class Template(msgspec.Struct, array_like=True, frozen=True):
    """One template: the fingerprint of its text, and the templates it names; None where it names one by an
    expression.
    """

    print: bytes
    names: tuple[str, ...] | None


class Outputs(msgspec.Struct, array_like=True, frozen=True):
    """Every file of the output, and the site-wide things all pages were made with."""

    site: dict[str, bytes]
    """Name → fingerprint: settings, strings, chrome, fragments."""
    templates: dict[str, Template]
    outputs: tuple[Output, ...] = ()


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


Value = TypeVar("Value")


class Book(Generic[Value]):
    """One file of the memory."""

    def __init__(self, path: Path, kind: type[Value]) -> None:
        self.path = path
        self.kind = kind

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
            return msgspec.msgpack.decode(body, type=self.kind)
        except msgspec.MsgspecError:
            return None

    def keep(self, value: Value) -> None:
        """Write it, whole or not at all. A memory that cannot be kept costs the next build its time, nothing else."""
        body = fingerprints.encode(value)
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("wb") as file:
                    file.writelines((header(), printed(body), body))
                part.replace(self.path)
            finally:
                part.unlink(missing_ok=True)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def header() -> bytes:
    return MAGIC + fingerprints.of_tools().encode()


def printed(body: bytes) -> bytes:
    return blake2b(body, digest_size=PRINT).digest()


class Memory:
    """The books of one output."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources: Book[Sources] = Book(folder / "sources", Sources)
        self.outputs: Book[Outputs] = Book(folder / "outputs", Outputs)
        self.trees: Book[Trees] = Book(folder / "trees", Trees)
        self.related: Book[Kept] = Book(folder / "related", Kept)
