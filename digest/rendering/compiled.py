"""Compiled templates, kept between runs: compiling them takes longer than rendering a changed page.

They are code, so they are kept in the user's own cache folder (`digest.rendering.caches`), never in a site's folder,
which a stranger may have sent.
"""

from __future__ import annotations

import contextlib
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2 import FileSystemBytecodeCache

from digest.rendering import compiler
from digest.rendering.caches import own_folder

if TYPE_CHECKING:
    from types import CodeType

    from jinja2.bccache import Bucket


LOADED: Final[dict[tuple[str, str], CodeType]] = {}
"""File of the cache and fingerprint of the template's text → what this process loaded or made of it."""
MOST_LOADED: Final = 500
"""Versions of templates that a long process remembers; the built-in ones are some 60."""


class KeptTemplates(FileSystemBytecodeCache):
    """Jinja's own cache, silent about a disk that is full or read-only; a process reads each file of it once."""

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = LOADED.get(self.key(bucket))
        if bucket.code is None:
            with contextlib.suppress(OSError):
                super().load_bytecode(bucket)
            self.remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.remember(bucket)
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)

    def key(self, bucket: Bucket) -> tuple[str, str]:
        return self._get_cache_filename(bucket), bucket.checksum

    def remember(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            if len(LOADED) >= MOST_LOADED:
                LOADED.clear()
            LOADED[self.key(bucket)] = bucket.code


def kept_templates() -> KeptTemplates | None:
    """The cache of this compiler's results; None where there is no folder only this user can write to."""
    folder = compiled_folder()
    return KeptTemplates(str(folder)) if folder else None


def compiled_folder() -> Path | None:
    """The folder of what this compiler and this version of Jinja made."""
    return own_folder(f"templates-{compiler_fingerprint()}")


def compiler_fingerprint() -> str:
    """Fingerprint of our compiler and Jinja's version; Jinja adds Python's version by itself."""
    made = blake2b(jinja2.__version__.encode(), digest_size=8)
    made.update(Path(compiler.__file__).read_bytes())
    return made.hexdigest()
