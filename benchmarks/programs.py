"""The programs to compare: command, output folder, and files kept between builds."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MEMORY = "memory"
"""Folder in a site that replaces the user's cache folder."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program with one set of settings."""

    name: str
    """Name in the tables."""
    format: str
    """Kind of site that it builds: `digest`, `hugo`, `eleventy`, `pelican`."""
    command: tuple[str, ...]
    output: str
    """Output folder, relative to the site."""
    forgets: tuple[str, ...]
    """Paths to remove before a cold build, relative to the site."""
    related: bool = True
    """Whether it computes related articles."""
    settings: str = ""
    """Lines for digest's site.yaml."""
    environment: Mapping[str, str] = field(default_factory=dict)
    asks_version: tuple[str, ...] = ()
    """Command that prints the version."""

    @property
    def slug(self) -> str:
        return self.name.lower().replace(", ", "-").replace(" ", "-")

    @property
    def twice(self) -> bool:
        """Whether old pages remain beside the new ones after a change of all."""
        return "fragments: inline" in self.settings

    @property
    def ours(self) -> bool:
        return self.format == "digest"


def digest_command(asked: str | None) -> tuple[str, ...]:
    """The given `digest`, or the one in the folder of this Python."""
    if asked:
        return tuple(shlex.split(asked))
    script = Path(sys.executable).with_name("digest")
    return (str(script),) if script.exists() else (sys.executable, "-m", "digest")


def digest(command: Sequence[str], fragments: Sequence[str], related: Sequence[bool], clock: int) -> Iterator[Program]:
    """The variants of digest. `clock` is its current time in seconds since 1970, so that today has no effect."""
    for computed in related:
        for way in fragments:
            yield Program(
                f"digest, {way}" + ("" if computed else ", no related"),
                "digest",
                (*command, "build", "--quiet", "--output", "output/public"),
                "output/public",
                (".digest", "output", MEMORY),
                computed,
                f"fragments: {way}\n" + ("" if computed else "related: false\n"),
                {"SOURCE_DATE_EPOCH": str(clock)},
            )


def hugo(binary: str, related: Sequence[bool]) -> Iterator[Program]:
    for computed in related:
        name = "Hugo" if computed else "Hugo, no related"
        yield Program(
            name,
            "hugo",
            (binary, "--quiet"),
            "public",
            ("public", "resources"),
            computed,
            asks_version=(binary, "version"),
        )


def eleventy(script: str) -> Program:
    return Program(
        "Eleventy",
        "eleventy",
        ("node", script, "--quiet"),
        "_site",
        ("_site",),
        asks_version=("node", script, "--version"),
    )


def pelican(binary: str) -> Program:
    forgets = ("output", "cache", "__pycache__")
    return Program(
        "Pelican",
        "pelican",
        (binary, "-s", "pelicanconf.py", "-q"),
        "output",
        forgets,
        asks_version=(binary, "--version"),
    )


def found(asked: str | None, variable: str, name: str) -> str | None:
    """Find a program: by option, by environment variable, or on the path; None if it is missing."""
    wanted = asked or os.environ.get(variable) or name
    path = shutil.which(wanted) or (wanted if Path(wanted).is_file() else None)
    return str(Path(path).absolute()) if path else None
