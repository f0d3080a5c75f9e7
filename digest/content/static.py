"""`static/`: the site's own files that go into the output as they are: CNAME, favicon.ico, a search engine's proof.

In: the site's root. Out: (site path, file) for each, sorted. Refuses, with a problem, anything but regular files and
folders of the site, links to folders, and unreadable files. Hidden files are left out, except those that hosts ask for
by name.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from pathlib import Path

from digest.content.discovery import LEFT_OUT, MERGE
from digest.paths import LEFT_BY_SYSTEMS, is_conflict_copy
from digest.problems import N_, Level, Message, Problem, mistake

FOLDER = "static"
LFS = b"version https://git-lfs.github.com/spec/"
HIDDEN_BUT_PUBLISHED = frozenset({".well-known", ".nojekyll", ".htaccess"})


def collect(  # noqa: C901 - a branch for each thing a folder may hold
    root: Path,
) -> tuple[tuple[tuple[str, Path], ...], tuple[Problem, ...]]:
    """`("/CNAME", Path(".../static/CNAME"))` for every file."""
    found: list[tuple[str, Path]] = []
    problems: dict[str, Problem] = {}
    start = root / FOLDER
    if start.is_symlink() or (start.exists() and not start.is_dir()):
        cure = N_("make it a folder of the site, with the files in it")
        return (), (Problem(FOLDER, 0, 0, mistake("not-a-folder", "not a folder"), cure),)
    if not start.exists():
        return (), ()

    def refuse(path: Path, message: Message, cure: Message, level: Level = "error") -> None:
        shown = path.relative_to(root).as_posix()
        problems[shown] = Problem(shown, 0, 0, message, cure, level)

    def unreadable(error: OSError) -> None:
        what = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
        refuse(Path(error.filename or start), what, N_("give yourself the right to read it"))

    for folder, folders, names in os.walk(start, onerror=unreadable):
        folders[:] = sorted(filter(published, folders))
        for name in (*folders, *sorted(filter(published, names))):
            path = Path(folder) / name
            if is_conflict_copy(name):
                refuse(path, LEFT_OUT, MERGE, "advice")
                continue
            try:
                mode = path.lstat().st_mode
                fault = fault_of(path, mode)
            except OSError as error:
                unreadable(error)
                continue
            if fault:
                refuse(path, *fault)
            elif stat.S_ISREG(mode):
                # composed, as links are: some systems hand on names with letters and marks apart
                found.append(("/" + unicodedata.normalize("NFC", path.relative_to(start).as_posix()), path))
    return tuple(found), tuple(problems.values())


def fault_of(path: Path, mode: int) -> tuple[Message, Message] | None:
    """Why a file cannot be published, and the cure. Raises OSError for a file without the right to read it."""
    if stat.S_ISREG(mode):
        if not os.access(path, os.R_OK):  # noted before a build writes anything, and by a check too
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        if is_pointer(path):
            return mistake("lfs-pointer", "is a pointer of Git LFS, not the file"), N_("fetch the files: git lfs pull")
        return None
    if stat.S_ISDIR(mode):
        return None
    if path.is_dir():  # os.walk does not go into those that are links
        return mistake("symbolic-link", "a symbolic link to a folder"), N_("put a copy of the folder there")
    return mistake("not-a-file", "not a regular file"), N_("put a copy of the file there")


def is_pointer(path: Path) -> bool:
    """Whether Git LFS left its pointer where the file should be. Raises OSError."""
    if not 100 < path.stat().st_size < 300:
        return False
    with path.open("rb") as file:
        return file.read(len(LFS)) == LFS


def published(name: str) -> bool:
    if name in LEFT_BY_SYSTEMS or name.startswith("~$"):
        return False
    return not name.startswith(".") or name in HIDDEN_BUT_PUBLISHED
