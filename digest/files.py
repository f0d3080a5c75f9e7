"""Files written whole: a reader, or the next run after a crash, finds the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path


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
