"""The finished output of a build → the files that are to be online, each with the fingerprint of its content.

In: the output, and what the build's memory says of it. Out: a `Site`. Refuses, with what to do, whatever is not a
finished, strict build without drafts and future entries, or is not as the build left it. Fingerprints are remembered by
the imprints of the files, so that ten thousand files nobody touched are not read again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec

from digest.deploy.manifest import File
from digest.problems import UsageError
from digest.site import output as publication
from digest.site import scan
from digest.site.cache import BuildCache, CacheFile
from digest.site.options import MEMORY
from digest.site.output import MARKER, WITH_DRAFTS, Imprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from digest.site.cache import Output, Outputs

STRICT = "drafts False future False strict True"
"""`Order.asked` of the only kind of build that goes online."""
READERS = 4
"""Threads that read and fingerprint: both leave Python's lock alone."""
REDIRECT = "redirect.html"
LEADS_TO = re.compile(r'<link rel="canonical" href="([^"]*)"')


class Checksum(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The fingerprint of one output file, and how the disk described the file it was taken of."""

    path: str
    size: int
    modified: int
    inode: int
    fingerprint: str


class Checksums(msgspec.Struct, array_like=True, frozen=True):
    seals: tuple[Checksum, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """All that is to be online."""

    output: Path
    files: Mapping[str, File]
    made: Mapping[str, str]
    """Path → template, for pages."""

    def redirects(self) -> list[tuple[str, str]]:
        """Old address → new one, both as paths on the host, percent-encoded as links write them."""
        found = []
        for path, template in self.made.items():
            if template != REDIRECT:
                continue
            leads = LEADS_TO.search((self.output / path).read_text("utf-8"))
            if leads:
                found.append((path, urlsplit(leads[1]).path))
        return sorted(found)


def read(root: Path, output: Path) -> BuiltSite:
    """The output of the last build. Raises `UsageError`; OSError where it cannot be read."""
    known = finished(root, output)
    book = CacheFile(scan.memory_folder(root, output) / "fingerprints", Checksums)
    before = {seal.path: seal for seal in (book.load() or Checksums()).seals}
    seals = fingerprinted(output, (row for row in known.outputs if row.path != MARKER), before)
    if seals != tuple(before.values()):
        book.keep(Checksums(seals))
    files = {seal.path: File(seal.fingerprint, seal.size) for seal in seals}
    return BuiltSite(output, files, {row.path: row.made for row in known.outputs if row.made})


def finished(root: Path, output: Path) -> Outputs:
    """What the memory says of an output that may go online. Raises `UsageError` for any other."""
    name = os.path.relpath(output)
    try:
        marked = (output / MARKER).read_text("utf-8").splitlines()
    except OSError:
        raise UsageError(f"there is no built site in {name}; run digest build --strict first") from None
    if WITH_DRAFTS in marked:
        raise UsageError(f"{name} holds drafts; run digest build --strict without --drafts first")
    known = BuildCache(scan.memory_folder(root, output)).outputs.load()
    if known is None:
        raise UsageError(f"nothing is known of the build in {name}; run digest build --strict first, on this machine")
    if known.seen.asked != STRICT:
        options = " and ".join(
            word for word, bad in (("with --future", "future True"), ("without --strict", "strict False"))
            if bad in known.seen.asked
        )  # fmt: skip
        raise UsageError(f"{name} was built {options or 'with --drafts'}; run digest build --strict first")
    strange = changed_since(output, known.outputs)
    if strange:
        raise UsageError(f"{name}/{strange} is not as the build left it; run digest build --strict again")
    return known


def changed_since(output: Path, rows: Iterable[Output]) -> str:
    """The first file that somebody changed, took away, or put in at the top; empty where all is as it was."""
    folder, tops = str(output), {MARKER} | scan.LEFT_BY_SYSTEMS
    for row in rows:
        if publication.imprint(f"{folder}/{row.path}") != Imprint(row.size, row.modified, row.inode):
            return row.path
        tops |= {row.path.partition("/")[0]}
    return min(scan.names_in(output) - tops, default="")


def fingerprinted(output: Path, rows: Iterable[Output], before: Mapping[str, Checksum]) -> tuple[Checksum, ...]:
    """The fingerprint of every file; read only where the disk says that it is another than it was."""
    found: dict[str, Checksum | None] = {}
    unread = []
    for row in rows:
        seal = before.get(row.path)
        same = seal and (seal.size, seal.modified, seal.inode) == (row.size, row.modified, row.inode)
        found[row.path] = seal if same else None
        if not same:
            unread.append(row)
    with ThreadPoolExecutor(READERS) as pool:
        made = pool.map(lambda row: fingerprint(output / row.path), unread)
        for row, fp in zip(unread, made, strict=True):
            found[row.path] = Checksum(row.path, row.size, row.modified, row.inode, fp)
    return tuple(seal for seal in found.values() if seal)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_bytes(content: bytes) -> File:
    return File(hashlib.sha256(content).hexdigest(), len(content))


# ------------------------------------------------------------------ what is sent


def set_aside(site: BuiltSite, extras: Mapping[str, bytes], paths: Iterable[str], folder: Path) -> None:
    """The files to be sent in a folder of their own, as links: a build that runs meanwhile does not touch them.

    Raises OSError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    made = str(folder)
    for path in paths:
        target = f"{made}/{path}"
        if path in extras:
            publication.write_new(target, extras[path])
        elif not publication.link(f"{site.output}/{path}", target):
            publication.make_folder(target)
            shutil.copy2(f"{site.output}/{path}", target)


def own_folder(root: Path, name: str) -> Path:
    """Where deploys to one destination keep what they need between runs."""
    return root / MEMORY / "deploy" / name


def address(base_url: str, path: str) -> str:
    """The public address of a file of the site, as links write it: `…/sport/final/` for its index.html."""
    from digest.content.urls import path_url  # noqa: PLC0415 - only after a deploy

    shown = path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path
    return base_url[: -len(urlsplit(base_url).path)] + path_url(urlsplit(base_url).path, f"/{shown}")


def local_path(base_path: str, url: str) -> str:
    """The file that serves a link written in a page, or empty where the link leads elsewhere."""
    split = urlsplit(url)
    if split.scheme or split.netloc or not split.path.startswith(base_path):
        return ""
    path = unquote(split.path[len(base_path) :])
    return f"{path}index.html" if path.endswith("/") or not path else path
