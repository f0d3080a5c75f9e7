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
from functools import partial
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from digest.content.discovery import Found, Stamp, discover, stamp_of
from digest.files import replace
from digest.paths import LEFT_BY_SYSTEMS
from digest.problems import Problem
from digest.resources import builtin_templates
from digest.site.options import MEMORY, BuildOptions, Report, Variant
from digest.site.workers import alongside

VERSION = 2
SEEN = "seen"
"""File of the memory that says what the last build saw."""
COARSE = 2_000_000_000
"""Nanoseconds: file systems tell times no coarser than this (FAT). A file changed so shortly before it was looked at
may change again without a sign."""
UNSETTLED = Stamp(0, 0, 0, 0)
"""A stamp that no file has: the file is looked into the next time, whatever the disk says."""
LARGE = 1 << 19
"""Bytes of `SEEN` from which the output is looked at by another process: some five thousand files."""
PACKAGE = Path(__file__).resolve().parent.parent
MODIFIED, CHANGED = itemgetter(1), itemgetter(2)
"""Of a `Stamp`."""
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


class Answer(NamedTuple):
    """Whether there is anything to do."""

    scan: Scan
    """What was found."""
    report: Report | None = None
    """The last build's, where a build now would do nothing."""
    untouched: bytes = b""
    """Checksum of the `outputs` in the memory, if every file they name was looked at and is as the build left it."""


def nothing_to_do(order: BuildOptions) -> Answer:
    """Look at the folder, and at the output where a build now may do nothing."""

    def look() -> Scan:
        return take(order.root, builtin_templates(), order.variant)

    if order.output is None or order.clean:
        return Answer(look())
    output = order.output.resolve()
    file = memory_folder(order.root, output) / SEEN
    check = partial(untouched, file, str(output))
    if is_large(file):
        as_left, scan = alongside(check, look, jobs=order.jobs)
    else:
        as_left, scan = None, look()
    try:
        with file.open("rb") as kept:
            seen = json.loads(kept.readline())
        same = is_same(seen, scan, order.now.timestamp())
        if as_left is None:
            as_left = check() if same else ""
        left = bytes.fromhex(seen["memory"]) if as_left and as_left == seen["outputs"] else b""
        advice = tuple(msgspec.convert(row, Problem) for row in seen["report"]["advice"])
        report = Report(**{**seen["report"], "advice": advice})
    except (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError):
        return Answer(scan)
    if not same or not left or (order.strict and any(problem.level != "note" for problem in advice)):
        return Answer(scan, untouched=left)
    return Answer(scan, report, left)


def is_large(file: Path) -> bool:
    """Whether looking at every file of the output is worth a process."""
    with contextlib.suppress(OSError):
        return file.stat().st_size >= LARGE
    return False


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
    lines = [
        f"{path}\0{size} {modified} {changed} {inode}" for path, _, (size, modified, changed, inode) in found.files
    ]
    made.update("\n".join(lines).encode("utf-8", "surrogateescape"))
    stamps = [stamp for _, _, stamp in found.files]
    newest = max([newest, *map(MODIFIED, stamps), *map(CHANGED, stamps)])
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


def is_same(seen: Mapping[str, Any], scan: Scan, now: float) -> bool:
    """Whether every input is as the last build saw it, and nothing became due."""
    if scan.found.problems or seen["inputs"] != scan.print or not seen["made"] <= now:
        return False
    if seen["until"] and now >= seen["until"]:
        return False
    return all(stamp_at(path) == (stamp and tuple(stamp)) for path, stamp in seen["others"])


def untouched(file: Path, output: str) -> str:
    """Fingerprint of the list of the output's files, if every one is as it was written, and nothing else lies at the
    top; else nothing.
    """
    try:
        head, _, rest = file.read_bytes().partition(b"\n")
        told = blake2b(rest, digest_size=16).hexdigest()
        if json.loads(head)["outputs"] != told:
            return ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    lines = rest.decode("utf-8", "surrogateescape").split("\n")[:-1]
    return told if all_there(output, lines) and names_in(output) <= tops(lines) else ""


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


def names_in(folder: Path | str) -> set[str]:
    with os.scandir(folder) as listing:
        return {item.name for item in listing}


def tops(lines: Iterable[str]) -> frozenset[str]:
    """Names at the top of the output that are known, and those that file managers leave."""
    return LEFT_BY_SYSTEMS | {line.partition("\t")[0].partition("/")[0] for line in lines}


def keep(  # noqa: PLR0917 - one call, from the end of a build
    file: Path,
    scan: Scan | None,
    outputs: Iterable[tuple[str, int, int, int]],
    memory: bytes,
    others: Sequence[tuple[str, Stamp | None]],
    made: float,
    until: float | None,
    report: Mapping[str, Any],
) -> None:
    """Write down what this build saw. `scan` is None if the disk's clock could not tell a later change; `memory`:
    checksum of the `outputs` that name the same files; `others`: files the settings name, as they were; `until`: when
    the site will be another by itself (seconds since 1970).
    """
    rest = "".join(f"{path}\t{size} {modified} {inode}\n" for path, size, modified, inode in outputs)
    head = {
        "inputs": scan.print if scan else "",
        "memory": memory.hex(),
        "outputs": blake2b(rest.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest(),
        "others": others,
        "made": made,
        "until": until,
        "report": report,
    }
    with contextlib.suppress(OSError):
        replace(file, f"{json.dumps(head)}\n{rest}".encode("utf-8", "surrogateescape"))
