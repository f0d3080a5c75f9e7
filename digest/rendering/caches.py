"""The user's own cache folder (`XDG_CACHE_HOME`, else the system's).

It holds what must not come from a site's folder, because a stranger may have sent that. Nothing is kept where the
folder cannot be written or others can write to it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def own_folder(name: str) -> Path | None:
    """A folder in digest's cache, created if missing; None unless this user alone can write to it."""
    try:
        folder = cache_folder() / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32" and (folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022):
            return None
    except (OSError, RuntimeError):
        return None
    return folder


def cache_folder() -> Path:
    """Where the system wants a user's caches. Raises RuntimeError where the user has no home."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named.startswith("/"):
        return Path(named) / "digest"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "digest" / "Cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "digest"
