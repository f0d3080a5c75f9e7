"""Another directory: a new release is made beside it, then the two change places at once.

The release is a tree of links to what stays and copies of what is new, so it costs what changed. It is made as
`.www.digest-releases/<release that is online>`, where after the exchange that one lies: at no moment is it lost to
`digest rollback`. Files that no deploy put there stay.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.deploy.manifest import MANIFEST, UNKNOWN, DamagedError, File, Manifest, believed, inside, packed, unpacked
from digest.deploy.releases import chosen, list_of, moment, with_parts_of
from digest.problems import DeliveryError, UsageError
from digest.site import output, scan
from digest.site.output import Staging, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.content.hosting import FolderPlace
    from digest.deploy.manifest import Journal
    from digest.deploy.targets import DeployContext

HOW = "as its path under deploy:"


class FolderTarget:
    """See `digest.deploy.targets.Target`."""

    atomic = True
    purges = False
    interrupted = False

    def __init__(self, place: FolderPlace, errand: DeployContext) -> None:
        self.keep = place.keep
        self.errand = errand
        self.path = folder_of(place, errand.root)
        refuse(self.path, errand.root)
        self.shown = f"folder {self.path}"
        self.staging = Staging.of(self.path)
        self.seen: bytes | None = None
        self.held = contextlib.ExitStack()
        self.tree: Tree | None = None

    def headers(self, path: str) -> str:  # noqa: ARG002 - a folder takes none
        return ""

    def manifest(self) -> Manifest | None:
        """Files that are gone are not in it, and of those of another size nobody knows what they hold: both are sent
        again.
        """
        self.seen = stored(self.path)
        if self.seen is None:
            return None
        known = unpacked(self.seen)
        files = {}
        for path, file in known.files.items():
            there = size(f"{self.path}/{path}")
            if there >= 0:
                files[path] = file if there == file.size else File(UNKNOWN, there)
        return Manifest(release=known.release, files=files, retired=known.retired, leaving=known.leaving)

    def checkpoint(self, journal: Journal) -> None:
        """Nothing is seen of a release that is being made, so nothing need be noted."""

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        tree = self.opened()
        for path, file in files:
            copy(f"{self.errand.sending}/{path}", f"{tree.new}/{path}", tree.new)
            tree.written.append(path)
            sent(path, file)

    def delete(self, paths: Sequence[str]) -> None:
        tree = self.opened()
        for path in paths:
            output.remove(tree.new, path)

    def commit(self, manifest: Manifest) -> None:
        tree = self.opened()
        output.remove(tree.new, MANIFEST)
        output.write_new(f"{tree.new}/{MANIFEST}", packed(manifest))
        tree.written.append(MANIFEST)
        output.sync(tree)
        self.tree = None
        switch(self.staging)
        prune(self.staging, self.keep)

    def purge(self, paths: Sequence[str]) -> None:
        """No cache lies before a folder."""

    def close(self) -> None:
        if self.tree:
            output.discard(self.staging.new)
            with contextlib.suppress(OSError):  # there is none, or earlier releases are in it
                releases_of(self.staging).rmdir()
        self.held.close()

    def opened(self) -> Tree:
        """The new release, with all that is there now."""
        if self.tree is None:
            self.held.enter_context(output.only_writer(self.path, other(self.path)))
            self.staging = making(self.path)
            if stored(self.path) != self.seen:
                raise DeliveryError(f"{self.path} was deployed to by somebody else meanwhile; run the command again")
            self.tree = Tree(str(self.staging.new))
            furnish(self.staging.new, self.path)
        return self.tree


def folder_of(place: FolderPlace, root: Path) -> Path:
    return (root / Path(place.path).expanduser()).resolve()


def other(path: Path) -> str:
    """Who else may be writing there."""
    return f"another digest deploy to {path}, or rollback there,"


def refuse(path: Path, root: Path) -> None:
    """Raises `UsageError` for a directory that must not be replaced, or that somebody else filled."""
    output.refuse_place(path, root, "the directory to deploy to", HOW)
    if (path / output.MARKER).exists():
        raise UsageError(f"{path} is the output of a build; name another directory {HOW}")
    with contextlib.suppress(FileNotFoundError):
        others = sorted(name for name in os.listdir(path) if name not in scan.LEFT_BY_SYSTEMS)  # noqa: PTH208
        if others and MANIFEST not in others:
            raise UsageError(
                f"{path} holds {others[0]}, which no deploy put there; name a new or empty directory {HOW}, "
                "or move its content away first"
            )


def stored(path: Path) -> bytes | None:
    """The manifest of a release, as it lies there."""
    try:
        return (path / MANIFEST).read_bytes()
    except OSError:
        return None


def size(path: str) -> int:
    """Bytes of a file; -1 where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - of each file of the site
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def furnish(new: Path, old: Path) -> None:
    """A new release, with all that is in another one. Raises OSError."""
    new.mkdir(parents=True)
    if old.is_dir():
        new.chmod(old.stat().st_mode & 0o7777)
        double(old, new)


def double(old: Path, new: Path) -> None:
    """The same tree once more, of links where the file system has them. Raises OSError."""
    for folder, folders, names in os.walk(old):
        inner = os.path.relpath(folder, old)
        target = str(new) if inner == "." else f"{new}/{inner}"
        for name in folders:
            if os.path.islink(f"{folder}/{name}"):  # noqa: PTH114 - of each folder
                os.symlink(os.readlink(f"{folder}/{name}"), f"{target}/{name}")  # noqa: PTH115, PTH211
            else:
                os.mkdir(f"{target}/{name}")  # noqa: PTH102
        for name in names:
            try:
                os.link(f"{folder}/{name}", f"{target}/{name}", follow_symlinks=False)
            except OSError:
                shutil.copy2(f"{folder}/{name}", f"{target}/{name}", follow_symlinks=False)


def copy(source: str, target: str, tree: str) -> None:
    """A file of its own, with the time of the source; what stands in its way goes. Raises OSError."""
    if os.path.isdir(target):  # noqa: PTH112
        shutil.rmtree(target)
    else:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(target)  # noqa: PTH108 - never written into: the release before shares it
    try:
        shutil.copy2(source, target)
    except (FileNotFoundError, NotADirectoryError):
        clear_way(target, tree)
        output.make_folder(target)
        shutil.copy2(source, target)


def carry(source: str, target: str, tree: str) -> None:
    """A file of another release, shared where that can be done; nothing where it is not there. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if not output.link(source, target):
            copy(source, target, tree)


def clear_way(target: str, tree: str) -> None:
    """A file that stands where a folder is needed goes."""
    for folder in output.parents(target[len(tree) + 1 :]):
        if os.path.isfile(f"{tree}/{folder}"):  # noqa: PTH113
            os.unlink(f"{tree}/{folder}")  # noqa: PTH108


# ------------------------------------------------------------------ releases


def releases_of(staging: Staging) -> Path:
    return staging.output.with_name(f".{staging.output.name}.digest-releases")


def kept(staging: Staging) -> list[str]:
    """Names of earlier releases, the oldest first. What is called like the one that is online is being made."""
    folder, present = releases_of(staging), release_of(staging.output)
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.name != present and stored(path) is not None)


def release_of(path: Path) -> str:
    """The name of a release; empty where none is there. One whose list is damaged is called after its time."""
    raw = stored(path)
    if raw is None:
        return ""
    with contextlib.suppress(DamagedError):
        name = unpacked(raw).release
        if "/" not in name and inside(name):
            return name
    return f"{moment(os.stat(path / MANIFEST).st_mtime)}-damaged"  # noqa: PTH116


def making(path: Path) -> Staging:
    """Where a new release is made; what an interrupted deploy left is mended first. Raises OSError."""
    staging = Staging.of(path)
    releases = releases_of(staging)
    going = release_of(staging.old)
    if going and path.exists():  # an exchange of two steps was interrupted before the release that went was put away
        releases.mkdir(exist_ok=True)
        output.discard(releases / going)
        staging.old.rename(releases / going)
    output.prepare(staging)
    present = release_of(path)
    if not present:
        return staging
    output.discard(releases / present)
    return replace(staging, new=releases / present)


def switch(staging: Staging) -> None:
    """The new release takes the place of the one that is online, which is kept where it was made. Raises OSError."""
    output.publish(staging)
    if staging.new.parent == releases_of(staging):
        output.sync_folder(staging.new.parent)
    else:
        output.discard(staging.new)  # an empty folder


def prune(staging: Staging, keep: int) -> None:
    """No more earlier releases than asked for."""
    names = kept(staging)
    for name in names[: max(0, len(names) - keep)]:
        output.discard(releases_of(staging) / name)


def rollback(place: FolderPlace, root: Path, to: str | None) -> tuple[str, str]:
    """Have an earlier release online again; gives the name of the one that was, and of the one that is.

    `to`: its name; None for the last one before the present. Raises `UsageError`.
    """
    path = folder_of(place, root)
    refuse(path, root)
    with output.only_writer(path, other(path)):
        staging = making(path)
        before = release_of(path)
        name = chosen(before, kept(staging), to, f"beside {path}")
        back = releases_of(staging) / name
        known, parts = with_parts_of(list_of(name, stored(back) or b""), believed(stored(path)), int(time.time()))
        furnish(staging.new, back)
        for part in parts:
            carry(f"{path}/{part}", f"{staging.new}/{part}", str(staging.new))
        output.remove(str(staging.new), MANIFEST)
        output.write_new(f"{staging.new}/{MANIFEST}", packed(known))
        output.sync_all(str(staging.new))
        switch(staging)
        output.discard(back)
    return before, name


def listed(place: FolderPlace, root: Path) -> tuple[str, list[str]]:
    """The release that is online, and all there are, the oldest first."""
    path = folder_of(place, root)
    present = release_of(path)
    return present, sorted([*kept(Staging.of(path)), *([present] if present else [])])
