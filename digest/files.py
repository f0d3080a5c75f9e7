"""Files written whole: a reader, or the next run after a crash, finds the old content or the new, never a part.

And locks, so that one process at a time writes what belongs together.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedRandom


def replace(path: Path, *content: bytes, synced: bool = False) -> None:
    """Write a file beside its place, then move it there; missing folders are made.

    Of several writers at once the last one wins. `synced`: when the disk has all of it, and with the mode of the old
    file. Raises OSError, with the old file untouched.
    """
    part = path.with_name(f".{path.name}.digest-{os.getpid()}-{threading.get_ident()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("wb") as file:
            file.writelines(content)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        if synced:
            with contextlib.suppress(FileNotFoundError):
                part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def save(path: Path, content: bytes) -> bool:
    """Replace a file that is committed with the site; whether that changed anything. A link to it stays one.

    Raises OSError, with the old file untouched.
    """
    path = path.resolve()
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return False
    replace(path, content, synced=True)
    return True


@contextlib.contextmanager
def lock(path: Path, patience: float) -> Iterator[bool]:
    """Hold a lock file; False where another process still holds it after so many seconds.

    The lock dies with its process. Raises OSError.
    """
    end = time.monotonic() + patience
    while True:
        with path.open("a+b") as file:
            if held(file) and is_named(path, file):
                try:
                    yield True
                finally:
                    if sys.platform != "win32":  # where an open file keeps its name, and a lock nobody holds stays
                        path.unlink(missing_ok=True)
                return
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    yield False


def is_named(path: Path, file: BufferedRandom) -> bool:
    """Whether the open file is still the one of that name: its last holder may have removed it meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def held(file: BufferedRandom) -> bool:
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
