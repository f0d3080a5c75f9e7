"""`static/`: the site's own files that go into the output as they are: CNAME, favicon.ico, a search engine's proof.

In: the site's root. Out: (site path, file) for each, sorted. Refuses, with a problem, what is no regular file inside
the site. Hidden files stay out, but for those that hosts ask for by name.
"""

from __future__ import annotations

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
    for folder, folders, names in os.walk(start):
        folders[:] = sorted(name for name in folders if published(name))
        for name in sorted(filter(published, names)):
            path = Path(folder) / name
            shown = path.relative_to(root).as_posix()
            if path.is_symlink() or not path.is_file():
                problems.append(Problem(shown, 0, 0, "not a regular file", "put a copy of the file there"))
                continue
            found.append(("/" + path.relative_to(root / FOLDER).as_posix(), path))
    return tuple(found), tuple(problems)


def published(name: str) -> bool:
    return not name.startswith(".") or name in HIDDEN_BUT_PUBLISHED
