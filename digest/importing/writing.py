"""Files of an import: what was written is remembered by its fingerprint, and nothing that an editor changed is touched.

`data/imported.txt` has a line for each file: fingerprint, key of the record, path. A file that still has its
fingerprint is the import's own and may be written anew; every other one is an editor's.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, NamedTuple

from digest.files import replace
from digest.problems import UsageError
from digest.translation import _

MEMORY: Final = "data/imported.txt"
HEAD: Final = "# What digest import wrote: fingerprint, record, file. Commit it; a later import needs it."
Outcome = Literal["new", "updated", "unchanged", "kept", "conflict", "gone", "taken"]


class Written(NamedTuple):
    """A file of an earlier import."""

    fingerprint: str
    path: str


def fingerprint(content: bytes) -> str:
    return sha256(content).hexdigest()[:24]


class Files:
    """The files of a site, as an import may write them."""

    def __init__(self, root: Path, *, dry_run: bool) -> None:
        self.root, self.dry_run = root, dry_run
        self.known = remembered(root)
        self.moved: dict[str, str] | None = None
        self.safe: set[Path] = set()

    @property
    def paths(self) -> dict[str, str]:
        """Key → path."""
        return {key: one.path for key, one in self.known.items()}

    def write(self, key: str, path: str, text: str) -> Outcome:  # noqa: PLR0911 - one for each state of a file
        """Write a record's file, unless an editor has the say in it. Raises OSError, UsageError."""
        content = text.encode()
        made = fingerprint(content)
        known = self.known.get(key)
        if known is not None and not os.path.lexists(self.root / known.path):
            moved = self.moved_to(known.fingerprint)
            if not moved:
                return "gone"
            known = Written(known.fingerprint, moved)
        if known is None:
            if os.path.lexists(self.root / path):
                if (self.root / path).is_file() and (self.root / path).read_bytes() == content:
                    self.known[key] = Written(made, path)
                    return "unchanged"
                return "taken"
            self.put(path, content)
            self.known[key] = Written(made, path)
            return "new"
        there = fingerprint((self.root / known.path).read_bytes())
        if there == made:
            self.known[key] = Written(made, known.path)
            return "unchanged"
        if there != known.fingerprint:
            return "kept" if made == known.fingerprint else "conflict"
        self.put(known.path, content)
        self.known[key] = Written(made, known.path)
        return "updated"

    def moved_to(self, wanted: str) -> str:
        """Where an unchanged file of an import is now; empty where it is nowhere."""
        if self.moved is None:
            owned = set(self.paths.values())  # two stories may be equal word for word
            self.moved = {
                fingerprint(path.read_bytes()): path.relative_to(self.root).as_posix()
                for path in (self.root / "content").rglob("*.md")
                if path.is_file() and path.relative_to(self.root).as_posix() not in owned
            }
        return self.moved.get(wanted, "")

    def put(self, path: str, content: bytes) -> None:
        """Write a file inside the site. Raises OSError, UsageError for a folder that leads out of it."""
        target = self.root / path
        if target.parent not in self.safe:
            if not target.parent.resolve().is_relative_to(self.root.resolve()):
                folder = path.rpartition("/")[0]
                raise UsageError(_("{folder} leads out of the site; put a folder in its place", folder=folder))
            self.safe.add(target.parent)
        if not self.dry_run:
            replace(target, content)

    def remember(self) -> None:
        """Keep what was written, for the next import. Raises OSError."""
        if self.dry_run or not self.known:
            return
        lines = sorted(f"{one.fingerprint}\t{key}\t{one.path}" for key, one in self.known.items())
        replace(
            self.root / MEMORY, "\n".join([HEAD, *sorted(lines, key=lambda line: line.split("\t")[2]), ""]).encode()
        )


def remembered(root: Path) -> dict[str, Written]:
    """What earlier imports wrote. A line that cannot be read is none. Raises OSError."""
    try:
        text = (root / MEMORY).read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    found = {}
    for line in text.splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[2].startswith(("content/", "static/")) and ".." not in parts[2].split("/"):
            found[parts[1]] = Written(parts[0], parts[2])
    return found
