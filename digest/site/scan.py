"""Whether anything at all changed since the last build: the question most builds of a watched folder end with.

In: what the disk says of every file a build reads or wrote. Out: the report of the last build, if all of it is as it
was then, no story has become due, and the same was asked for. Imports as little as it can: this is the whole work of a
build with nothing to do.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from digest.content.discovery import Found, Stamp, discover, stamp_of
from digest.files import replace
from digest.paths import LEFT_BY_SYSTEMS
from digest.problems import Problem
from digest.resources import builtin_templates
from digest.site.options import MEMORY, BuildOptions, Report, Variant

VERSION = 1
SEEN = "seen"
"""File of the memory that says what the last build saw."""
COARSE = 2_000_000_000
"""Nanoseconds: file systems tell times no coarser than this (FAT). A file changed so shortly before it was looked at
may change again without a sign."""
UNSETTLED = Stamp(0, 0, 0, 0)
"""A stamp that no file has: the file is looked into the next time, whatever the disk says."""
PACKAGE = Path(__file__).resolve().parent.parent
OTHERS = ("site.yaml", "data")
TREES = ("templates", "static")
LIBRARIES = (
    "click",
    "hijridate",
    "jinja2",
    "markdown_it",
    "markupsafe",
    "mdurl",
    "msgspec",
    "nh3",
    "PIL",
    "tzdata",
    "yaml",
)
"""Packages whose files stand for their versions."""


class Scan(msgspec.Struct, frozen=True):
    """What a build finds when it looks at the folder."""

    found: Found
    print: str
    """Fingerprint of all it will read, as the disk describes it."""
    rest: str
    """The same without the sources."""
    newest: int
    """Time of the newest change among it, in nanoseconds."""
    newest_rest: int
    """The same without the sources."""
    at: int
    """When it was looked at."""


def settled(newest: int, at: int) -> bool:
    """Whether what was looked at `at` shows every later change by its stamp."""
    return newest <= at - COARSE


def settled_stamp(stamp: Stamp, at: int) -> Stamp:
    """The stamp, or `UNSETTLED` if a file looked at `at` may change again without a sign."""
    return UNSETTLED if max(stamp.modified, stamp.changed) > at - COARSE else stamp


def stamp_at(path: str) -> Stamp | None:
    """Of the file at a path; None where there is none."""
    try:
        return stamp_of(os.stat(path))  # noqa: PTH116 - hot path
    except OSError:
        return None


def nothing_to_do(order: BuildOptions) -> tuple[Report, Scan] | tuple[None, Scan]:
    """The last build's report, where a build now would do nothing; else None, and what was found."""
    scan = take(order.root, builtin_templates(), order.variant)
    if order.output is None or order.clean or scan.found.problems:
        return None, scan
    output = order.output.resolve()
    seen = unchanged(memory_folder(order.root, output) / SEEN, scan, output, order.now.timestamp())
    if seen is None or (order.strict and any(row["level"] != "note" for row in seen["advice"])):
        return None, scan
    return Report(**{**seen, "advice": tuple(msgspec.convert(row, Problem) for row in seen["advice"])}), scan


def memory_folder(root: Path, output: Path) -> Path:
    """Where the memory of one output lies."""
    site = root.resolve()
    name = output.relative_to(site).as_posix() if output.is_relative_to(site) else str(output)
    return root / MEMORY / "outputs" / blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def take(root: Path, builtin: Path, variant: Variant) -> Scan:
    """Every input of a build."""
    at = time.time_ns()
    found = discover(root)
    newest = 0
    made = blake2b(f"{VERSION} {sys.version} {variant}\n".encode(), digest_size=16)
    for path, stamp in others(root, builtin, found):
        made.update(f"{path}\0{stamp[0]} {stamp[1]} {stamp[2]} {stamp[3]}\n".encode("utf-8", "surrogateescape"))
        newest = max(newest, stamp[1], stamp[2])
    rest, newest_rest = made.hexdigest(), newest
    for file in found.files:
        stamp = file.stamp
        made.update(f"{file.path}\0{stamp[0]} {stamp[1]} {stamp[2]} {stamp[3]}\n".encode("utf-8", "surrogateescape"))
        newest = max(newest, stamp[1], stamp[2])
    return Scan(found, made.hexdigest(), rest, newest, newest_rest, at)


def others(root: Path, builtin: Path, found: Found) -> Iterator[tuple[str, Stamp]]:
    """Everything a build reads beside its sources."""
    yield from sorted(found.picture_stamps.items())
    for name in (*OTHERS, *TREES):
        yield from tree(root / name)
    yield from tree(builtin)
    yield from tree(PACKAGE, ".py", ".json")
    for name in LIBRARIES:
        yield from library(name)


def tree(start: Path, *endings: str) -> Iterator[tuple[str, Stamp]]:
    """All files of a folder, or the one file; sorted."""
    with contextlib.suppress(OSError):
        if start.is_file():
            yield str(start), stamp_of(start.stat())
            return
    for folder, folders, names in os.walk(start):
        folders[:] = sorted(name for name in folders if name not in {"__pycache__", "_scaffold"})
        for path in [f"{folder}/{name}" for name in folders]:  # a link is not followed, and it is there
            if os.path.islink(path):  # noqa: PTH114 - hot path
                with contextlib.suppress(OSError):
                    yield path, stamp_of(os.lstat(path))
        for name in sorted(names):
            if not endings or name.endswith(endings):
                with contextlib.suppress(OSError):
                    yield f"{folder}/{name}", stamp_of(os.stat(f"{folder}/{name}"))  # noqa: PTH116


def library(name: str) -> Iterator[tuple[str, Stamp]]:
    """The first file of an installed package: pip replaces it with every version."""
    for folder in sys.path:
        path = f"{folder or '.'}/{name}/__init__.py"
        with contextlib.suppress(OSError):
            yield path, stamp_of(os.stat(path))  # noqa: PTH116
            return


# ------------------------------------------------------------------ what the last build saw


def unchanged(file: Path, scan: Scan, output: Path, now: float) -> Mapping[str, Any] | None:
    """What the last build reported, if a build now would do nothing; else None."""
    try:
        head, _, rest = file.read_text("utf-8", "surrogateescape").partition("\n")
        seen = json.loads(head)
        if seen["inputs"] != scan.print or not seen["made"] <= now or (seen["until"] and now >= seen["until"]):
            return None
        if not all(stamp_at(path) == (stamp and tuple(stamp)) for path, stamp in seen["others"]):
            return None
        if seen["outputs"] != blake2b(rest.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest():
            return None
        report: Mapping[str, Any] = seen["report"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    lines = rest.split("\n")[:-1]
    return report if all_there(str(output), lines) and names_in(output) <= tops(lines) else None


def all_there(output: str, lines: Iterable[str]) -> bool:
    """Whether every file of the output is as it was written."""
    stat = os.stat
    try:
        for line in lines:
            path, _, imprint = line.partition("\t")
            found = stat(f"{output}/{path}")
            if imprint != f"{found.st_size} {found.st_mtime_ns} {found.st_ino}":
                return False
    except OSError:
        return False
    return True


def names_in(folder: Path) -> set[str]:
    with os.scandir(folder) as listing:
        return {item.name for item in listing}


def tops(lines: Iterable[str]) -> frozenset[str]:
    """Names at the top of the output that are known, and those that file managers leave."""
    return LEFT_BY_SYSTEMS | {line.partition("\t")[0].partition("/")[0] for line in lines}


def keep(  # noqa: PLR0917 - one call, from the end of a build
    file: Path,
    scan: Scan,
    outputs: Iterable[tuple[str, int, int, int]],
    others: Sequence[tuple[str, Stamp | None]],
    made: float,
    until: float | None,
    report: Mapping[str, Any],
) -> None:
    """Write down what this build saw. `others`: files the settings name, as they were; `until`: when the site will be
    another by itself (seconds since 1970).
    """
    rest = "".join(f"{path}\t{size} {modified} {inode}\n" for path, size, modified, inode in outputs)
    head = {
        "inputs": scan.print,
        "outputs": blake2b(rest.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest(),
        "others": others,
        "made": made,
        "until": until,
        "report": report,
    }
    with contextlib.suppress(OSError):
        replace(file, f"{json.dumps(head)}\n{rest}".encode("utf-8", "surrogateescape"))
