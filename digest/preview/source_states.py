"""What a site's files hold: each as it last was without an error. Values only; `looking` makes them.

Whatever did not change in content is the very value it was before, so that later stages see by `is` what they need not
do again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.model import Edition, Entry, StandalonePage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from digest.problems import Problem
    from digest.site.cache import Source
    from digest.site.project import Project

Item = Entry | Edition | StandalonePage
Stamp = tuple[int, int, int, int]
"""What the disk says of a file: as `digest.content.discovery.Stamp`."""
NEVER: Final = (0, 0, 0, 0)
"""A stamp no file has: the file is looked into the next time, whatever the disk says."""


class SourceState(NamedTuple):
    """One source file."""

    stamp: Stamp
    print: bytes
    """Fingerprint of its content when it was last read."""
    source: Source | None
    """What it became when it last was without an error; None where it never was."""
    items: tuple[Item, ...]
    """What it then held."""
    faults: tuple[Problem, ...] = ()
    """What is wrong with it now, and what is to be advised."""

    @property
    def broken(self) -> bool:
        return is_broken(self.faults)


class ProjectFiles(NamedTuple):
    """Settings and theme."""

    stamps: Mapping[str, Stamp]
    """Of every file they were read from, by absolute path."""
    house: Project | None
    """As it last was without an error, its templates with it; None where site.yaml never was good enough."""
    faults: tuple[Problem, ...] = ()
    """What is wrong now."""


class StaticFiles(NamedTuple):
    """Files that settings name, and those that are published as they are."""

    stamps: Mapping[str, Stamp]
    counts: tuple[tuple[str, int], ...] = ()
    """How often entries were read."""
    static: tuple[tuple[str, Path], ...] = ()
    """(site path, file)."""
    faults: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """All a site holds."""

    files: Mapping[str, SourceState]
    """The sources by their paths, in the order of these."""
    pictures: Mapping[str, Stamp]
    furniture: ProjectFiles
    loose: StaticFiles
    faults: tuple[Problem, ...] = ()
    """What is wrong with the folders themselves."""
    changed: tuple[str, ...] = ()
    """What the last look found to be other than before: paths from the site's root."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with single files, and advice on them."""
        faults = [fault for held in self.files.values() if held.faults for fault in held.faults]
        return (*self.furniture.faults, *self.loose.faults, *self.faults, *faults)


def is_broken(faults: Iterable[Problem]) -> bool:
    return any(fault.level == "error" for fault in faults)
