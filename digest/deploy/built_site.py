"""The finished output of a build → the files to put online, each with the fingerprint of its content.

In: a `BuiltOutput`. Out: a `BuiltSite`. Refuses an output that is not a finished, strict build without drafts and
future entries, or that is not as the build left it. Fingerprints are remembered by the imprints of the files, so that
ten thousand untouched files are not read again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from digest.deploy.manifest import File
from digest.problems import UsageError
from digest.site import output as publication
from digest.site.built import BuiltOutput, load_built
from digest.site.cache import CacheFile
from digest.site.options import MEMORY, Variant
from digest.site.output import Imprint  # noqa: TC001 - msgspec reads the annotations
from digest.translation import _

READERS = 4
"""Threads that read and fingerprint files; neither holds Python's lock."""
REDIRECT = "redirect.html"
LEADS_TO = re.compile(r'<link rel="canonical" href="([^"]*)"')


class Checksum(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The fingerprint of one output file, and the imprint of the file when it was taken."""

    path: str
    imprint: Imprint
    fingerprint: str


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The files to put online."""

    output: Path
    files: Mapping[str, File]
    templates: Mapping[str, str]
    """Path → template, for pages."""

    def redirects(self) -> list[tuple[str, str]]:
        """Pairs of old file and new address. An address is a path on the host, percent-encoded as in links."""
        found = []
        for path, template in self.templates.items():
            if template != REDIRECT:
                continue
            leads = LEADS_TO.search((self.output / path).read_text("utf-8"))
            if leads:
                found.append((path, urlsplit(leads[1]).path))
        return sorted(found)


def read(root: Path, output: Path) -> BuiltSite:
    """The output of the last build. Raises `UsageError`; OSError if it cannot be read."""
    built = finished(root, output)
    remembered: CacheFile[tuple[Checksum, ...]] = CacheFile(built.cache / "fingerprints", tuple[Checksum, ...])
    before = remembered.load() or ()
    checksums = checksums_of(built, {known.path: known for known in before})
    if checksums != before:
        remembered.keep(checksums)
    files = {known.path: File(known.fingerprint, known.imprint.size) for known in checksums}
    return BuiltSite(output, files, {file.path: file.template for file in built.files if file.template})


def finished(root: Path, output: Path) -> BuiltOutput:
    """An output that may go online. Raises `UsageError` for any other."""
    built, name = load_built(root, output), os.path.relpath(output)
    if built.variant.drafts:
        raise UsageError(_("{name} holds drafts; run digest build --strict without --drafts first", name=name))
    if built.variant != Variant(strict=True):
        options = [
            *([_("with --future")] * built.variant.future),
            *([_("without --strict")] * (not built.variant.strict)),
        ]
        raise UsageError(
            _("{name} was built {options:and}; run digest build --strict first", name=name, options=tuple(options))
        )
    changed = built.changed_file()
    if changed:
        raise UsageError(
            _(
                "{name}/{changed} is not as the build left it; run digest build --strict again",
                name=name,
                changed=changed,
            )
        )
    return built


def checksums_of(built: BuiltOutput, before: Mapping[str, Checksum]) -> tuple[Checksum, ...]:
    """The checksum of every file; a file is read only if its imprint differs from the one `before`."""
    found = {file.path: before.get(file.path) for file in built.files}
    unread = [file for file in built.files if (known := found[file.path]) is None or known.imprint != file.imprint]
    with ThreadPoolExecutor(READERS) as pool:
        fps = pool.map(lambda file: fingerprint(built.folder / file.path), unread)
        for file, fp in zip(unread, fps, strict=True):
            found[file.path] = Checksum(file.path, file.imprint, fp)
    return tuple(known for known in found.values() if known)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_bytes(content: bytes) -> File:
    return File(hashlib.sha256(content).hexdigest(), len(content))


# ------------------------------------------------------------------ what is sent


def set_aside(site: BuiltSite, extras: Mapping[str, bytes], paths: Iterable[str], folder: Path) -> None:
    """Link the files to send into a folder of their own, where a build that runs meanwhile does not touch them.

    Raises OSError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in paths:
        target = f"{folder}/{path}"
        if path in extras:
            publication.write_new(target, extras[path])
        elif not publication.link(f"{site.output}/{path}", target):
            publication.make_folder(target)
            shutil.copy2(f"{site.output}/{path}", target)


def own_folder(root: Path, name: str) -> Path:
    """The folder that deploys to one destination keep between runs."""
    return root / MEMORY / "deploy" / name


def address(base_url: str, path: str) -> str:
    """The public address of a file, as links write it: `…/sport/final/` for its index.html."""
    from digest.content.urls import path_url  # noqa: PLC0415 - only after a deploy

    shown = path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path
    return base_url[: -len(urlsplit(base_url).path)] + path_url(urlsplit(base_url).path, f"/{shown}")


def local_path(base_path: str, url: str) -> str:
    """The file that serves a link; empty if the link leads to another site."""
    split = urlsplit(url)
    if split.scheme or split.netloc or not split.path.startswith(base_path):
        return ""
    path = unquote(split.path[len(base_path) :])
    return f"{path}index.html" if path.endswith("/") or not path else path
