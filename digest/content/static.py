"""`static/`: the site's own files that go into the output as they are: CNAME, favicon.ico, a search engine's proof.

In: the site's root. Out: (site path, file) for each, sorted. Refuses, with a problem, what is no regular file inside
the site, links to folders, and what cannot be read. Hidden files stay out, but for those that hosts ask for by
name.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from digest.problems import Problem

FOLDER = "static"
HIDDEN_BUT_PUBLISHED = frozenset({".well-known", ".nojekyll", ".htaccess"})


def collect(root: Path) -> tuple[tuple[tuple[str, Path], ...], tuple[Problem, ...]]:
    """`("/CNAME", Path(".../static/CNAME"))` for every file."""
    found: list[tuple[str, Path]] = []
    problems: list[Problem] = []
    start = root / FOLDER
    if start.is_symlink() or (start.exists() and not start.is_dir()):
        return (), (Problem(FOLDER, 0, 0, "not a folder", "make it a folder of the site, with the files in it"),)
    if not start.exists():
        return (), ()

    def unreadable(error: OSError) -> None:
        shown = Path(error.filename or start).relative_to(root).as_posix()
        problems.append(Problem(shown, 0, 0, f"cannot be read: {error.strerror}", "give yourself the right to read it"))

    for folder, folders, names in os.walk(start, onerror=unreadable):
        folders[:] = sorted(filter(published, folders))
        for name in folders:  # os.walk does not go into those that are links
            path = Path(folder) / name
            if path.is_symlink():
                shown = path.relative_to(root).as_posix()
                problems.append(Problem(shown, 0, 0, "a symbolic link to a folder", "put a copy of the folder there"))
        for name in sorted(filter(published, names)):
            path = Path(folder) / name
            shown = path.relative_to(root).as_posix()
            if path.is_symlink() or not path.is_file():
                problems.append(Problem(shown, 0, 0, "not a regular file", "put a copy of the file there"))
                continue
            if not os.access(path, os.R_OK):  # told before anything is made, and by a check too
                unreadable(PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)))
                continue
            found.append(("/" + path.relative_to(root / FOLDER).as_posix(), path))
    return tuple(found), tuple(problems)


def published(name: str) -> bool:
    return not name.startswith(".") or name in HIDDEN_BUT_PUBLISHED
