"""Files written whole: a reader, or the next run after a crash, finds the old content or the new, never a part."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def replace(path: Path, *content: bytes) -> None:
    """Write a file beside its place, then move it there; missing folders are made.

    Of several writers at once the last one wins. Raises OSError, with the old file untouched.
    """
    part = path.with_name(f".{path.name}.digest-{os.getpid()}-{threading.get_ident()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("wb") as file:
            file.writelines(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
