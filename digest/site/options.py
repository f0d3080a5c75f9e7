"""What a build is asked to do, and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from digest.linking.index import Visibility
    from digest.problems import Problem


MEMORY = ".digest"
"""Folder of the build's memory, in the site."""


def silent(stage: str, done: int, total: int) -> None:
    """What a build tells of its progress where nobody listens."""


class Variant(msgspec.Struct, frozen=True, array_like=True):
    """The part of the options that decides, beside the site's files, what comes out, or how closely it was checked."""

    drafts: bool = False
    future: bool = False
    strict: bool = False


class BuildOptions(msgspec.Struct, frozen=True):
    """What one build is asked to do."""

    root: Path
    output: Path | None
    """None: find every problem, write nothing."""
    now: datetime
    """Aware: what is later is held back."""
    drafts: bool = False
    future: bool = False
    strict: bool = False
    jobs: int | None = None
    clean: bool = False
    """Believe nothing an earlier build left."""
    progress: Callable[[str, int, int], None] = silent
    """Told (stage, done, total): `reading` or `making`."""

    @property
    def variant(self) -> Variant:
        return Variant(self.drafts, self.future, self.strict)

    @property
    def visibility(self) -> Visibility:
        from digest.linking.index import Visibility  # noqa: PLC0415 - a build with nothing to do links nothing

        return Visibility(self.now, self.drafts, self.future)

    def told(self, stage: str, total: int) -> Callable[[int], None]:
        """A stage calls it with the number of items done since its last call."""
        return counted(self.progress, stage, total)


def counted(progress: Callable[[str, int, int], None], stage: str, total: int) -> Callable[[int], None]:
    """A function that is called with numbers of items and reports their sum to `progress`."""
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        progress(stage, done, total)

    return tell


class Reason(msgspec.Struct, frozen=True):
    """Why a file was made again."""

    path: str
    """Relative path of the file."""
    causes: tuple[str, ...]


class Report(msgspec.Struct, frozen=True):
    """What a build did."""

    entries: int
    pages: int
    """HTML pages of the site."""
    written: int
    """Files whose bytes are new."""
    unchanged: int
    held: int
    """Entries kept back: drafts and future ones."""
    removed: int = 0
    """Files that are no more."""
    read: int = 0
    """Sources read from the disk."""
    made: int = 0
    """Pages that were rendered, whatever came out."""
    reasons: tuple[Reason, ...] = ()
    """Why each page or file was made."""
    advice: tuple[Problem, ...] = ()
    """What did not stop it: advice, and the notes of a check."""
