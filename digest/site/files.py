"""Reading files of the site that somebody else may be writing: whole, within a limit, never from a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from digest.problems import N_, Problem, mistake

FILE_LIMIT = 2 * 1024 * 1024
"""Bytes of one source file; one more is read, so that the reader can refuse it by name."""
READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_source(root: Path, path: str, problems: list[Problem]) -> bytes | None:
    """The bytes of a source file; None, and a problem, if it cannot be read."""
    try:
        handle = os.open(f"{root}/{path}", READ | getattr(os, "O_NONBLOCK", 0))  # a pipe would wait for a writer
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                problems.append(
                    Problem(path, 0, 0, mistake("not-a-file", "not a regular file"), N_("put a copy of the file there"))
                )
                return None
            raw = whole(handle)
        finally:
            os.close(handle)
    except OSError as error:
        what = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
        problems.append(Problem(path, 0, 0, what, N_("check the file and its permissions")))
        return None
    if len(raw) > FILE_LIMIT:
        what = mistake("file-too-large", "the file is larger than 2 MiB")
        problems.append(Problem(path, 0, 0, what, N_("split it into several files")))
        return None
    return raw


def whole(handle: int) -> bytes:
    """All of an open file, at most one byte over the limit. Asking for the limit at once would take 2 MiB each time."""
    size = min(os.fstat(handle).st_size, FILE_LIMIT)
    raw = os.read(handle, size + 1)
    if len(raw) == size:
        return raw
    pieces = [raw]  # the file grew, or gives its content in pieces
    while raw and sum(map(len, pieces)) <= FILE_LIMIT:
        raw = os.read(handle, FILE_LIMIT + 1)
        pieces.append(raw)
    return b"".join(pieces)
