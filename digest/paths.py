"""Questions about the path of a file inside a site: relative, with forward slashes."""

from __future__ import annotations

import re
from collections.abc import Iterator

LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini", ".directory", "Icon\r"})
"""What file managers leave in any folder that is looked at."""
CONFLICT = (
    r"[ _-]\((?:[^()]*\W)?(?:conflicted copy|Case Conflict|نسخة متعارضة)[^()]*\)|\.sync-conflict-\d{8}-\d{6}"
    r"|_conflict-\d{8}-\d{6}|-(?:DESKTOP|LAPTOP)-[A-Z0-9]{7}(?=\.[^.]*$)"
)
"""A pattern in the names that Dropbox, Nextcloud, Syncthing and OneDrive give to a copy."""


def is_conflict_copy(name: str) -> bool:
    """Whether a sync program made this file when two copies of one changed at once."""
    return re.search(CONFLICT, name, re.IGNORECASE) is not None  # compiled for the first odd name: starts are short


def parents(path: str) -> Iterator[str]:
    """Every folder that contains a file, the nearest first; the site itself is none of them."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def ending(path: str) -> str:
    """The ending of a file's name in small letters, as `.html`; empty if it has none."""
    name = path.rpartition("/")[2]
    return name[name.rindex(".") :].lower() if "." in name[1:] else ""


def is_inside(path: str) -> bool:
    """Whether a path stays within the site, wherever that is, and can be shown."""
    parts = path.split("/")
    return "\\" not in path and min(path, default="") >= " " and not any(part in {"", ".", ".."} for part in parts)
