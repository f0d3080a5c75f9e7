"""`static/`: the site's own files that go into the output as they are: CNAME, favicon.ico, a search engine's proof.

In: the site's root. Out: (site path, file) for each, sorted. Refuses, with a problem, anything but regular files and
folders of the site, links to folders, and unreadable files. Hidden files are left out, except those that hosts ask for
by name.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from digest.problems import Problem

FOLDER = "static"
HIDDEN_BUT_PUBLISHED = frozenset({".well-known", ".nojekyll", ".htaccess"})


def collect(root: Path) -> tuple[tuple[tuple[str, Path], ...], tuple[Problem, ...]]:
    """`("/CNAME", Path(".../static/CNAME"))` for every file."""
    found: list[tuple[str, Path]] = []
    problems: dict[str, Problem] = {}
    start = root / FOLDER
    if start.is_symlink() or (start.exists() and not start.is_dir()):
        return (), (Problem(FOLDER, 0, 0, "not a folder", "make it a folder of the site, with the files in it"),)
    if not start.exists():
        return (), ()

    def refuse(path: Path, message: str, cure: str) -> None:
        shown = path.relative_to(root).as_posix()
        problems[shown] = Problem(shown, 0, 0, message, cure)

    def unreadable(error: OSError) -> None:
        refuse(Path(error.filename or start), f"cannot be read: {error.strerror}", "give yourself the right to read it")

    for folder, folders, names in os.walk(start, onerror=unreadable):
        folders[:] = sorted(filter(published, folders))
        for name in (*folders, *sorted(filter(published, names))):
            path = Path(folder) / name
            try:
                mode = path.lstat().st_mode
                fault = fault_of(path, mode)
            except OSError as error:
                unreadable(error)
                continue
            if fault:
                refuse(path, *fault)
            elif stat.S_ISREG(mode):
                found.append(("/" + path.relative_to(start).as_posix(), path))
    return tuple(found), tuple(problems.values())


def fault_of(path: Path, mode: int) -> tuple[str, str] | None:
    """Why a file cannot be published, and the cure. Raises OSError for a file without the right to read it."""
    if stat.S_ISREG(mode):
        if not os.access(path, os.R_OK):  # noted before a build writes anything, and by a check too
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return None
    if stat.S_ISDIR(mode):
        return None
    if path.is_dir():  # os.walk does not go into those that are links
        return "a symbolic link to a folder", "put a copy of the folder there"
    return "not a regular file", "put a copy of the file there"


def published(name: str) -> bool:
    return not name.startswith(".") or name in HIDDEN_BUT_PUBLISHED
