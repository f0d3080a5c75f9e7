"""Compiled templates, kept between runs: compiling them takes longer than rendering a changed page.

They are code, so they are kept in the user's own cache folder (`digest.rendering.caches`), never in a site's folder,
which a stranger may have sent.
"""

from __future__ import annotations

import contextlib
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import FileSystemBytecodeCache

from digest.rendering import compiler
from digest.rendering.caches import own_folder

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
