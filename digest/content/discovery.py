"""The content folder → which files are entries, editions, standalone pages and pictures.

In: the site's root. Out: `Found`, sorted by path, with size and times of each file (`Stamp`). Nothing is opened.
Refuses, with a problem: pipes, sockets and devices, symbolic links that lead out of the site or to folders, names that
cannot be shown, near misses of a known ending (`.markdown`).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from digest.paths import LEFT_BY_SYSTEMS, is_conflict_copy
from digest.problems import N_, Message, Problem, excerpt, mistake

Kind = Literal["entry", "edition", "standing"]

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif")
ENDINGS = (".md", ".yaml", ".yml")
READ = (*PICTURE_ENDINGS, *ENDINGS)
NEAR_MISSES = {".markdown": ".md", ".mdown": ".md", ".mkd": ".md", ".mkdn": ".md", ".mdwn": ".md"}
BACKUP = re.compile(r"(~|\.bak|\.swp|\.swo|\.orig|\.tmp)$|^#.*#$", re.IGNORECASE)
UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\\]")


PLAIN_NAME = re.compile(r"\w[\w.-]*\.(?:md|ya?ml)", re.ASCII)
"""Names that are neither hidden, nor a backup, nor unshowable; see `is_plain`."""


APART = ("content/editions/", "content/pages/")
"""Where sources lie that are no entries: editions, and standalone pages."""
PATH = itemgetter(0)
RESTS_EVERY = 256
"""Files after which a long look may be broken off."""
LEFT_OUT = mistake("conflict-copy", "is a copy that a program made of two versions, and is left out")
MERGE = N_("take what is missing over into the other, and delete this one")


class Stamp(NamedTuple):
    """Size and times of a file. While none of them changes, its content is taken to be unchanged."""

    size: int
    modified: int
    """Nanoseconds, like the next one."""
    changed: int
    """When the file's record changed, also when a copy or a tool sets `modified` back."""
    inode: int


class SourceFile(NamedTuple):
    """One file to read."""

    path: str
    """From the site's root with forward slashes, as on disk."""
    kind: Kind
    stamp: Stamp


class Found(msgspec.Struct, frozen=True):
    """The files of the content folder."""

    files: tuple[SourceFile, ...]
    pictures: frozenset[str]
    """Paths from the site's root, as on disk."""
    picture_stamps: Mapping[str, Stamp]
    problems: tuple[Problem, ...]


def discover(root: Path, rest: Callable[[], None] = lambda: None) -> Found:
    """Walk `root/content`. A missing folder is a problem, not an exception.

    `rest` is called now and then, and ends the walk by what it raises.
    """
    problems: list[Problem] = []
    files: list[SourceFile] = []
    pictures: dict[str, Stamp] = {}
    if not (root / "content").is_dir():
        cure = N_("make it, with a folder for each theme")
        return Found(
            (), frozenset(), {}, (Problem("content", 0, 0, mistake("no-content", "there is no folder content/"), cure),)
        )
    for number, (path, stamp) in enumerate(regular_files(root, problems)):
        if not number % RESTS_EVERY:
            rest()
        ending = path[path.rfind(".") :]
        if ending not in ENDINGS:
            ending = ending.lower()
        if ending in ENDINGS:
            kind = kind_of(path) if path.startswith(APART) else "entry"
            files.append(tuple.__new__(SourceFile, (path, kind, stamp)))  # half the time of its own: hot path
        elif ending in PICTURE_ENDINGS:
            pictures[path] = stamp
        elif ending in NEAR_MISSES:
            cure = N_("rename it to end in {ending}", ending=NEAR_MISSES[ending])
            what = mistake("ending-not-read", "files ending in {ending} are not read", ending=ending)
            problems.append(Problem(path, 0, 0, what, cure))
    files.sort(key=PATH)  # of its own, it takes a third of the time, in which no thread of a preview moves
    return Found(tuple(files), frozenset(pictures), pictures, tuple(sorted(problems)))


def is_plain(name: str) -> bool:
    """A cheap test for names that need no second look: a copy that a sync program made is none of them."""
    plain = PLAIN_NAME.fullmatch(name) is not None
    return plain and "conflict-" not in name and "-DESKTOP-" not in name and "-LAPTOP-" not in name


def kind_of(path: str) -> Kind:
    """The kind of a file below content/, by its folder."""
    if not path.startswith(APART):
        return "entry"
    return "edition" if path.startswith(APART[0]) else "standing"


def stamp_of(found: os.stat_result) -> Stamp:
    return tuple.__new__(Stamp, (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino))  # hot path


def regular_files(  # noqa: C901, PLR0912 - a branch for each thing a folder may hold
    root: Path, problems: list[Problem]
) -> Iterator[tuple[str, Stamp]]:
    """Paths of all regular files below content/, hidden ones and backups left out."""
    real_root = os.path.realpath(root)
    folders = ["content"]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as listing:
                items = list(listing)
        except OSError as error:
            what = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
            problems.append(Problem(folder, 0, 0, what, N_("give yourself the right to read it")))
            continue
        for item in items:
            name = item.name
            path = f"{folder}/{name}"
            if not is_plain(name):
                if name.startswith((".", "~$")) or name in LEFT_BY_SYSTEMS or BACKUP.search(name):
                    continue
                if is_conflict_copy(name):
                    problems.append(Problem(path, 0, 0, LEFT_OUT, MERGE, "advice"))
                    continue
                if UNSHOWABLE.search(name) and (item.is_dir() or UNSHOWABLE.sub("", name).lower().endswith(READ)):
                    problems.append(unshowable(folder, name))
                    continue
            if item.is_file(follow_symlinks=False):
                try:
                    yield path, stamp_of(item.stat(follow_symlinks=False))
                except OSError:  # gone between the listing and the look at it
                    continue
            elif item.is_symlink():
                fault = faulty_link(root / path, real_root)
                if fault:
                    problems.append(Problem(path, 0, 0, *fault))
                    continue
                try:
                    yield path, stamp_of(item.stat())
                except OSError:  # likewise
                    continue
            elif item.is_dir(follow_symlinks=False):
                folders.append(path)
            else:
                what = mistake("not-a-file", "is {kind}, not a file", kind=special_kind(item))
                problems.append(Problem(path, 0, 0, what, N_("take it out of content/")))


def faulty_link(link: Path, real_root: str) -> tuple[Message, Message] | None:
    """What is wrong with a symbolic link, and the cure; None for a link to a regular file of the site."""
    try:
        target = link.resolve(strict=True)
        mode = target.stat().st_mode
    except (OSError, RuntimeError):
        return mistake("symbolic-link", "is a symbolic link that leads nowhere"), N_("delete it, or copy the file here")
    if not target.is_relative_to(real_root):
        return mistake("symbolic-link", "is a symbolic link that leads out of the site"), N_("copy the file here")
    if stat.S_ISREG(mode):
        return None
    return mistake("symbolic-link", "is a symbolic link to something that is no file"), N_(
        "move the folder here, or delete the link"
    )


def unshowable(folder: str, name: str) -> Problem:
    """The problem of a name with control characters, direction marks or bytes that are no UTF-8."""
    what = mistake(
        "file-name-unprintable", "the file name '{name}' holds invisible or broken characters", name=excerpt(name)
    )
    return Problem(folder, 0, 0, what, N_("rename the file"))


def special_kind(item: os.DirEntry[str]) -> Message:
    """The words for a thing in a folder that is neither file nor folder."""
    mode = item.stat(follow_symlinks=False).st_mode
    if stat.S_ISFIFO(mode):
        return N_("a named pipe")
    return N_("a socket") if stat.S_ISSOCK(mode) else N_("a device")
