"""The output folder: written beside, then put in its place at once.

A build writes a whole new tree next to the output (`.public.digest-new`), reusing by hard link every file whose
bytes did not
change, and then exchanges the two names. At every instant the output is the complete old site or the complete new one;
a build that fails or dies leaves the old one. Where the system cannot exchange two names (not Linux), the gap is two
renames long and the next build repairs it.

Refuses an output that holds something digest did not write.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.problems import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedRandom

MARKER = ".digest-site"
MARKER_TEXT = "Made by digest: the next build replaces this folder as a whole. It made:"
LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory"})
"""What file managers leave in any folder that is looked at."""
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
RENAME_EXCHANGE = 2
AT_FDCWD = -100
WITH_DRAFTS = "with drafts: not for readers"
"""A line of the marker; no file at the top of a site has that name."""
PATIENCE = 2.0
"""Seconds to wait for another build of the same site: workers of one that was killed need a moment to end."""


@dataclass(frozen=True, slots=True)
class Staging:
    """Where a build writes: `new` becomes `output` when it is whole."""

    output: Path
    new: Path
    old: Path

    @classmethod
    def of(cls, output: Path) -> Staging:
        return cls(
            output, output.with_name(f".{output.name}.digest-new"), output.with_name(f".{output.name}.digest-old")
        )


@dataclass(frozen=True, slots=True)
class Written:
    """How many files of the new tree were written, and how many are the old ones."""

    written: int = 0
    unchanged: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.written + other.written, self.unchanged + other.unchanged)


class Tree:
    """Writes files into the new tree; links those of the old tree that are the same."""

    def __init__(self, new: str, old: str | None) -> None:
        self.new = new
        self.old = old if old is not None and os.path.isdir(old) else None  # noqa: PTH112 - str paths in the hot loop
        self.written = 0
        self.unchanged = 0

    def put(self, path: str, content: bytes) -> None:
        """`path` is relative with forward slashes: `sport/final/index.html`. Raises OSError."""
        target = f"{self.new}/{path}"
        if (
            self.old is not None
            and self.same(f"{self.old}/{path}", content)
            and self.link(f"{self.old}/{path}", target)
        ):
            self.unchanged += 1
            return
        write_new(target, content)
        self.written += 1

    def same(self, old: str, content: bytes) -> bool:
        """Whether the old tree has these very bytes there."""
        try:
            with open(old, "rb", buffering=0) as file:  # noqa: PTH123 - measured: pathlib doubles it
                return os.fstat(file.fileno()).st_size == len(content) and file.read() == content
        except OSError:
            return False

    def link(self, old: str, target: str) -> bool:
        """Whether the old file could be shared instead of written again."""
        try:
            try:
                os.link(old, target)
            except FileNotFoundError:
                make_folder(target)
                os.link(old, target)
        except OSError:
            return False
        return True

    @property
    def report(self) -> Written:
        return Written(self.written, self.unchanged)


def write_new(target: str, content: bytes) -> None:
    """A file that was not there, all of it. A page is nearly always the first of its folder, so that is made first."""
    if target.endswith("/index.html"):
        make_folder(target)
    try:
        handle = os.open(target, NEW_FILE, 0o666)
    except FileNotFoundError:
        make_folder(target)
        handle = os.open(target, NEW_FILE, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]  # one call may write a part only
    finally:
        os.close(handle)


def make_folder(target: str) -> None:
    """The folder of a file: one call where only the last level is missing, as it nearly always is."""
    folder = target.rpartition("/")[0]
    try:
        os.mkdir(folder)  # noqa: PTH102 - hot path
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103


def refuse_foreign(output: Path, site: Path) -> None:
    """Raises `UsageError` where replacing `output` would destroy what digest did not make, or cannot be done at all.

    `output` is resolved: a link to a folder stands for that folder.
    """
    site = site.resolve()
    if output in {Path(output.anchor), home()}:
        raise UsageError(f"the output would replace {output}; choose a folder of its own with --output")
    if site.is_relative_to(output):
        raise UsageError(
            f"the output would replace {output}, which holds the site itself; choose a folder of its own with --output"
        )
    inner = output.relative_to(site).parts[:1] if output.is_relative_to(site) else ()
    if inner and inner[0] in {"content", "templates", "data", "static", ".digest", ".git"}:
        raise UsageError(f"the output lies in the site's own {inner[0]}/; choose a folder of its own with --output")
    if output.exists() and not output.is_dir():
        raise UsageError(f"the output {output} is not a folder; choose another with --output")
    if not output.exists():
        return
    if os.path.ismount(output):
        raise UsageError(f"the output {output} is a mount point and cannot be replaced; choose a folder inside it")
    if not os.access(output.parent, os.W_OK):
        raise UsageError(
            f"the output cannot be replaced: {output.parent} is not writable; choose a folder inside {output}"
        )
    foreign = strangers(output)
    if foreign:
        raise UsageError(
            f"the output {output} holds {foreign[0]}, which digest did not make"
            + (f", and {len(foreign) - 1} more" if len(foreign) > 1 else "")
            + "; move it (files to publish belong in static/), or choose another folder with --output"
        )


def home() -> Path | None:
    """The user's home folder, where there is one."""
    try:
        return Path.home().resolve()
    except RuntimeError:
        return None


def strangers(output: Path) -> list[str]:
    """Names at the top of the output that its marker does not list: somebody else put them there."""
    try:
        made = (output / MARKER).read_text("utf-8").splitlines()
    except OSError:
        made = []
    if made == made[:1] != []:
        return []  # a marker without a list: made by the first versions
    return sorted({path.name for path in output.iterdir()} - set(made) - LEFT_BY_SYSTEMS - {MARKER})


def marker(tree: Path, *, drafts: bool) -> bytes:
    """The marker's text: whether drafts are in it, and what digest made, name by name."""
    return "\n".join(
        [MARKER_TEXT, *([WITH_DRAFTS] if drafts else []), *sorted(path.name for path in tree.iterdir()), ""]
    ).encode()


def open_staging(output: Path) -> Staging:
    """An empty new tree beside the output; what an interrupted build left is repaired first. Raises OSError."""
    staging = Staging.of(output)
    if staging.old.exists() and not output.exists():
        staging.old.rename(output)
    for leftover in (staging.new, staging.old):
        if leftover.exists():
            shutil.rmtree(leftover)
    staging.new.mkdir(parents=True)
    if output.exists():
        staging.new.chmod(output.stat().st_mode & 0o7777)
    return staging


def publish(staging: Staging) -> None:
    """The new tree takes the output's name; the old one is removed. Raises OSError."""
    if not staging.output.exists():
        staging.new.rename(staging.output)
        return
    if exchange(staging.new, staging.output):
        shutil.rmtree(staging.new)
        return
    staging.output.rename(staging.old)
    staging.new.rename(staging.output)
    shutil.rmtree(staging.old)


def discard(staging: Staging) -> None:
    """A failed build leaves nothing behind."""
    shutil.rmtree(staging.new, ignore_errors=True)


def exchange(first: Path, second: Path) -> bool:
    """Swap two names at once: renameat2(2) with RENAME_EXCHANGE; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if renameat2(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(second))


@contextlib.contextmanager
def only_writer(output: Path) -> Iterator[None]:
    """One build at a time into one output, whatever the site; the lock dies with its process.

    Raises `UsageError` when another build holds it.
    """
    path = output.with_name(f".{output.name}.digest-lock")
    output.parent.mkdir(parents=True, exist_ok=True)
    patience = time.monotonic() + PATIENCE
    while True:
        with path.open("a+b") as file:
            if locked(file) and is_file(path, file):
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)
                return
        if time.monotonic() > patience:
            raise UsageError(f"another digest build into {output} is running; wait until it has finished")
        time.sleep(0.05)


def is_file(path: Path, file: BufferedRandom) -> bool:
    """Whether the open file is still the one of that name: its last holder may have removed it meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def locked(file: BufferedRandom) -> bool:
    """Whether this process now holds the lock on the open file."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
