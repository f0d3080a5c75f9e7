"""What is to be online and what is there → what to send, in which order, and what to delete. A pure function.

The order is the promise: at no moment does a reader meet a page that lacks its parts. Files that pages load go first,
then pages nobody links to yet, then pages that changed, then lists and feeds, which lead to all of them; deletions come
last, and touch only what an earlier deploy listed. A fingerprinted file that no page names any more is kept for a day:
somebody may be reading the page that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import msgspec

from digest.deploy.headers import DATA, ending, is_fingerprinted
from digest.deploy.manifest import UNKNOWN, Manifest, Retired, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.deploy.manifest import File

GRACE = 24 * 60 * 60
"""Seconds for which a fingerprinted file stays after the last page that names it is gone."""
MANY = 0.25
"""Share of the files on the target from which on deleting them is asked about."""
LEAVES = frozenset({"article.html", "page.html", "redirect.html", "404.html"})
"""Templates of pages that lead to others less than others lead to them."""


class Stage(IntEnum):
    """Each is finished before the next begins."""

    ASSETS = 0
    NEW_PAGES = 1
    CHANGED_PAGES = 2
    LISTS = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sent."""

    path: str
    file: File
    why: Literal["new", "changed", "headers"]
    stage: Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """What one deploy does."""

    uploads: tuple[Upload, ...]
    """In the order in which they are sent."""
    deletions: Mapping[str, int]
    """Path → bytes, in the order of the paths; 0 where the size is not known."""
    retired: Mapping[str, Retired]
    """Fingerprinted files of earlier deploys that stay a while."""
    unchanged: int
    """Files that are there already."""
    vanished: int
    """Files of the last deploy that this one deletes."""
    listed: int
    """Files of the last deploy."""

    @property
    def nothing(self) -> bool:
        return not self.uploads and not self.deletions

    @property
    def size(self) -> int:
        """Bytes to be sent, as they lie in the output."""
        return total(upload.file for upload in self.uploads)

    @property
    def deletes_much(self) -> bool:
        return self.vanished > self.listed * MANY


def plan(local: Mapping[str, File], made: Mapping[str, str], remote: Manifest | None, now: int) -> Plan:
    """`made`: path → template, for pages. `remote`: None where nothing was ever deployed. `now`: seconds since 1970."""
    there = remote or Manifest()
    known = {**{path: row.file for path, row in there.retired.items()}, **there.files}
    uploads = [
        Upload(path, file, why, stage_of(path, made.get(path, ""), new=why == "new"))
        for path, file in local.items()
        if (why := difference(file, known.get(path)))
    ]
    retired, deletions = leftovers(local, there, now)
    vanished = sum(path in there.files for path in deletions)
    uploads.sort(key=lambda upload: (upload.stage, rank(upload.path), upload.path))
    unchanged = len(local) - len(uploads)
    sizes = {path: known[path].size if path in known else 0 for path in sorted(deletions)}
    return Plan(tuple(uploads), sizes, retired, unchanged, vanished, len(there.files))


def difference(file: File, known: File | None) -> Literal["new", "changed", "headers", ""]:
    """Why a file is sent; empty where it is not."""
    if known is None or (known.fingerprint == UNKNOWN and not known.size):
        return "new"
    if known.fingerprint != file.fingerprint:
        return "changed"
    return "headers" if known.headers != file.headers else ""


def leftovers(local: Mapping[str, File], there: Manifest, now: int) -> tuple[dict[str, Retired], set[str]]:
    """What is there and not wanted any more: what stays a while, and what is deleted."""
    retired = {path: row for path, row in there.retired.items() if path not in local and now - row.since < GRACE}
    for path, file in there.files.items():
        if path not in local and is_fingerprinted(path) and file.fingerprint != UNKNOWN:
            retired[path] = Retired(file, now)
    return retired, set(there.everything() - local.keys() - retired.keys())


def stage_of(path: str, template: str, *, new: bool) -> Stage:
    """When a file is sent. What is new is met by nobody before something else leads there, so it may come early; but
    the home page, which everybody knows, and what machines fetch by itself come last.
    """
    if not template and (path.startswith(("assets/", "media/")) or is_fingerprinted(path)):
        return Stage.ASSETS
    end = ending(path)
    if not template and end not in DATA and end != ".html":
        return Stage.ASSETS
    if rank(path):
        return Stage.LISTS
    if new:
        return Stage.NEW_PAGES
    return Stage.CHANGED_PAGES if template in LEAVES else Stage.LISTS


def rank(path: str) -> int:
    """The home page comes after other lists, and what lies beside it after that: maps of the site, feeds, names."""
    if path == "index.html":
        return 1
    return 2 if "/" not in path and ending(path) in DATA else 0


def finished(plan: Plan, local: Mapping[str, File], release: str, owed: tuple[str, ...] = ()) -> Manifest:
    """The manifest once all is sent, and before anything is deleted."""
    return Manifest(release=release, files=local, retired=plan.retired, leaving=tuple(plan.deletions), owed=owed)


def settled(manifest: Manifest, *, leaving: tuple[str, ...] = (), owed: tuple[str, ...] = ()) -> Manifest:
    """The same with less still to be done."""
    return msgspec.structs.replace(manifest, leaving=leaving, owed=owed)
