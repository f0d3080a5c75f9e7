"""A finished build as its output: the options it was made with, and its files as it left them.

In: a site's folder and an output. Out: a `BuiltOutput`, for whoever sends the output on. Refuses an output that no
build made, and one that this machine's cache does not know.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from digest.paths import LEFT_BY_SYSTEMS
from digest.problems import UsageError
from digest.site import scan
from digest.site.cache import BuildCache
from digest.site.output import MARKER, Imprint, imprint
from digest.translation import _

if TYPE_CHECKING:
    from digest.site.options import Variant


class BuiltFile(msgspec.Struct, frozen=True, gc=False):
    """One file of an output."""

    path: str
    """Relative, with forward slashes."""
    template: str
    """Empty for a file that no template made."""
    imprint: Imprint
    """As the build left it."""


class BuiltOutput(msgspec.Struct, frozen=True):
    """The output of the last build."""

    folder: Path
    variant: Variant
    files: tuple[BuiltFile, ...]
    """Without the marker."""
    marker: Imprint
    cache: Path
    """The folder of what is remembered of this output."""

    def changed_file(self) -> str:
        """The first file that somebody changed, removed, or added at the top; empty if all is as the build left it."""
        folder = str(self.folder)
        for path, known in ((MARKER, self.marker), *((file.path, file.imprint) for file in self.files)):
            if imprint(f"{folder}/{path}") != known:
                return path
        tops = {MARKER, *LEFT_BY_SYSTEMS, *(file.path.partition("/")[0] for file in self.files)}
        return min(scan.names_in(self.folder) - tops, default="")


def load_built(root: Path, output: Path) -> BuiltOutput:
    """The output as the last build left it. Raises `UsageError` if there is none, or none that is known here."""
    name = os.path.relpath(output)
    if not (output / MARKER).is_file():
        raise UsageError(_("there is no built site in {name}; run digest build --strict first", name=name))
    cache = scan.memory_folder(root, output)
    known = BuildCache(cache).outputs.load()
    if known is None:
        raise UsageError(
            _("nothing is known of the build in {name}; run digest build --strict first, on this machine", name=name)
        )
    imprints = {row.path: Imprint(row.size, row.modified, row.inode) for row in known.outputs}
    files = tuple(BuiltFile(row.path, row.made, imprints[row.path]) for row in known.outputs if row.path != MARKER)
    return BuiltOutput(output, known.seen.variant, files, imprints[MARKER], cache)
