"""Compiled templates, kept between runs: compiling the theme takes longer than making a changed page.

They are code, so they never lie in a site's folder, which somebody may have sent: they are in the user's own cache
folder (`XDG_CACHE_HOME`, else the system's), as Python keeps its own. Where that cannot be written nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
import sys
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import FileSystemBytecodeCache

from digest.rendering import compiler

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


class KeptTemplates(FileSystemBytecodeCache):
    """Jinja's own cache, silent about a disk that is full or read-only."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def kept_templates() -> KeptTemplates | None:
    """The cache of this compiler's results; None where there is no folder only this user can write to."""
    try:
        folder = cache_folder() / f"templates-{compiler_print()}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32" and (folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022):
            return None
    except (OSError, RuntimeError):
        return None
    return KeptTemplates(str(folder))


def cache_folder() -> Path:
    """Where the system wants a user's caches. Raises RuntimeError where the user has no home."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named.startswith("/"):
        return Path(named) / "digest"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "digest" / "Cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "digest"


def compiler_print() -> str:
    """What the result depends on beside a template's text: our compiler and Jinja (which adds Python's version)."""
    made = blake2b(jinja2.__version__.encode(), digest_size=8)
    made.update(Path(compiler.__file__).read_bytes())
    return made.hexdigest()
