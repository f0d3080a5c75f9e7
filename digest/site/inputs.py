"""Everything a site is made from, as values: settings and templates, sources, images, and the files beside them.

Whatever did not change is the very value it was before, so that later stages see by `is` what they need not do again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.content import static
from digest.content.discovery import Stamp, stamp_of
from digest.site import scan
from digest.site.project import Project, ProjectFiles, read_counts
from digest.site.scan import UNSETTLED, settled_stamp

if TYPE_CHECKING:
    from digest.problems import Problem
    from digest.site.reader import SourceReader
    from digest.site.sources import Sources


class LooseFiles(NamedTuple):
    """Files that settings name outside content/, and `static/`."""

    named: tuple[str, ...]
    """Those that settings name."""
    stamps: Mapping[str, Stamp]
    """By absolute path."""
    counts: tuple[tuple[str, int], ...] = ()
    """How often entries were read."""
    static: tuple[tuple[str, Path], ...] = ()
    """(site path, file)."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """Everything a site is made from."""

    project_files: ProjectFiles
    project: Project
    reader: SourceReader
    sources: Sources
    images: Mapping[str, Stamp]
    """Every image under content/, by path."""
    loose: LooseFiles
    folder_problems: tuple[Problem, ...] = ()
    """What is wrong with the folders themselves."""

    @property
    def problems(self) -> Iterator[Problem]:
        """Everything wrong with single files, and advice on them."""
        yield from self.project_files.problems
        yield from self.loose.problems
        yield from self.folder_problems
        yield from self.sources.problems

    def stamp_of_image(self, file: str) -> Stamp:
        """What the disk says of an image, also of one outside content/."""
        return self.images.get(file) or scan.stamp_at(f"{self.reader.root}/{file}") or UNSETTLED


def read_loose_files(root: Path, project: Project, known: LooseFiles | None, at: int) -> LooseFiles:
    """The files beside the sources as they are `at` a time in nanoseconds; the very value `known` if they are the
    same.
    """
    settings = project.settings
    named = tuple(name for name in (settings.popular, settings.image) if name)
    found = dict(scan.tree(root / static.FOLDER))
    for path in [root / name for name in named]:
        if path.is_file():
            found[str(path)] = stamp_of(path.stat())
    stamps = {path: settled_stamp(stamp, at) for path, stamp in found.items()}
    if known and (named, stamps) == (known.named, known.stamps) and UNSETTLED not in stamps.values():
        return known
    files, problems = static.collect(root)
    counts, more = read_counts(root, project)
    made = LooseFiles(named, stamps, counts, files, (*problems, *more))
    return known if known is not None and made == known else made
