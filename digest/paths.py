"""Questions about the path of a file inside a site: relative, with forward slashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
