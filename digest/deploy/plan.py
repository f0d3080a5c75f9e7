"""Local files and the manifest of a target → what to send, in which order, and what to delete. A pure function.

The order keeps the promise that no reader meets a page without its parts: files that pages load go first, then new
pages, which nobody links to yet, then changed pages, then lists and feeds, which lead to all of them. Deletions come
last, and touch only files that an earlier deploy listed. A fingerprinted file that no page names any more stays for a
day, because a reader may still have the old page open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from digest.deploy.headers import DATA, is_fingerprinted
from digest.deploy.manifest import UNKNOWN, File, Manifest, Retired, total
from digest.paths import ending

GRACE = 24 * 60 * 60
"""Seconds for which a fingerprinted file stays after it left the site."""
MANY = 0.25
"""Share of the listed files above which deleting them needs --yes."""
LEAVES = frozenset({"article.html", "page.html", "redirect.html", "404.html"})
"""Templates of pages that are no lists: other pages lead to them."""


class Stage(IntEnum):
    """A part of a deploy; each is finished before the next begins."""

    ASSETS = 0
    NEW_PAGES = 1
    CHANGED_PAGES = 2
    LISTS = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send."""

    path: str
    file: File
    why: Literal["new", "changed", "headers"]
    stage: Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """What one deploy sends and deletes."""

    uploads: tuple[Upload, ...]
    """In the order of sending."""
    deletions: Mapping[str, int]
    """Path → bytes, in the order of the paths; 0 for an unknown size."""
    retired: Mapping[str, Retired]
    """Fingerprinted files of earlier deploys that stay for a day."""
    unchanged: int
    """Number of files that are online already."""
    vanished: int
    """Number of listed files that this deploy deletes."""
    listed: int
    """Number of files of the last deploy."""

    @property
    def nothing(self) -> bool:
        return not self.uploads and not self.deletions

    @property
    def size(self) -> int:
        """Bytes to send, before compression."""
        return total(upload.file for upload in self.uploads)

    @property
    def deletes_much(self) -> bool:
        return self.vanished > self.listed * MANY

    def manifest(self, local: Mapping[str, File], release: str, owed: tuple[str, ...] = ()) -> Manifest:
        """The manifest of the target once the plan is carried out. `local`: all files that are then online."""
        return Manifest(release=release, files=local, retired=self.retired, owed=owed)


def plan(local: Mapping[str, File], templates: Mapping[str, str], remote: Manifest | None, now: int) -> Plan:
    """Compare local files with those on the target.

    `templates`: path → template, for pages. `remote`: None before the first deploy. `now`: seconds since 1970.
    """
    there = remote or Manifest()
    known = there.known()
    uploads = [
        Upload(path, file, why, stage_of(path, templates.get(path, ""), new=why == "new"))
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
    """Why a file is sent; empty if it is not."""
    if known is None or (known.fingerprint == UNKNOWN and not known.size):
        return "new"
    if known.fingerprint != file.fingerprint:
        return "changed"
    return "headers" if known.headers != file.headers else ""


def leftovers(local: Mapping[str, File], there: Manifest, now: int) -> tuple[dict[str, Retired], set[str]]:
    """Files on the target that left the site: those that stay for a day, and those to delete."""
    retired = {path: row for path, row in there.retired.items() if path not in local and now - row.since < GRACE}
    for path, file in there.files.items():
        if path not in local and is_fingerprinted(path) and file.fingerprint != UNKNOWN:
            retired[path] = Retired(file, now)
    return retired, set(there.everything() - local.keys() - retired.keys())


def stage_of(path: str, template: str, *, new: bool) -> Stage:
    """The stage of a file. New pages are not linked yet, so they can go early; the home page, feeds and sitemaps, which
    readers and machines fetch by themselves, go last.
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
    """The order within the last stage: lists, the home page, then feeds and sitemaps at the top of the site."""
    if path == "index.html":
        return 1
    return 2 if "/" not in path and ending(path) in DATA else 0
