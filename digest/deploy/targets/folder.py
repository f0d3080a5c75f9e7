"""A directory of this machine: a new release is made beside it, then the two change places at once.

The release is a tree of links to unchanged files and copies of new ones, so it costs what changed. It is made under the
name of the release that is online, `.www.digest-releases/<release>`: after the exchange that one has its place there,
and at no moment can `digest rollback` miss it. Files that no deploy put there stay.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

from msgspec.structs import replace

from digest.content.fields import REQUIRED, number
from digest.deploy.keys import PATH
from digest.deploy.manifest import MANIFEST, UNKNOWN, DamagedError, File, Manifest, packed, trusted, unpacked
from digest.deploy.releases import chosen, list_of, moment, with_parts_of
from digest.deploy.targets import DeployContext, Place, ReleaseTarget
from digest.paths import LEFT_BY_SYSTEMS, is_inside, parents
from digest.problems import DeliveryError, UsageError
from digest.site import output
from digest.site.output import Staging, Tree
from digest.translation import _, gettext_noop

HOW = gettext_noop("as its path under deploy:")


class FolderPlace(Place, frozen=True):
    """Another directory of this machine, e.g. a mounted web root."""

    kind = "folder"
    path: Annotated[str, "المجلد", "the directory, from the site's folder or absolute", PATH, REQUIRED]
    keep: Annotated[int, "الإصدارات", "earlier releases kept for digest rollback", number(0, 50)] = 3

    def open(self, context: DeployContext) -> FolderTarget:
        return FolderTarget(self, context)

    def open_releases(self, context: DeployContext) -> FolderTarget:
        return FolderTarget(self, context)

    def web_root(self, root: Path) -> str:
        return str(folder_of(self, root))


class FolderTarget(ReleaseTarget):
    """The directory, and the release being made."""

    def __init__(self, place: FolderPlace, context: DeployContext) -> None:
        self.keep = place.keep
        self.context = context
        self.path = folder_of(place, context.root)
        self.shown = f"folder {self.path}"
        self.staging: Staging
        self.seen: bytes | None = None
        self.held = contextlib.ExitStack()
        self.tree: Tree | None = None

    def manifest(self) -> Manifest | None:
        """Without the files that are gone; those of another size are unknown. Both are sent again."""
        refuse(self.path, self.context.root)
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

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        tree = self.opened()
        for path, file in files:
            copy(f"{self.context.sending}/{path}", f"{tree.new}/{path}", tree.new)
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

    def close(self) -> None:
        if self.tree:
            output.discard(self.staging.new)
            with contextlib.suppress(OSError):  # there is none, or earlier releases are in it
                releases_of(self.staging).rmdir()
        self.held.close()

    def opened(self) -> Tree:
        """The new release, which begins as a copy of the present one."""
        if self.tree is None:
            self.held.enter_context(output.only_writer(self.path, other(self.path)))
            self.staging = making(self.path)
            if stored(self.path) != self.seen:
                raise DeliveryError(
                    _("{path} was deployed to by somebody else meanwhile; run the command again", path=self.path)
                )
            self.tree = Tree(str(self.staging.new))
            furnish(self.staging.new, self.path)
        return self.tree

    def releases(self) -> tuple[str, list[str]]:
        present = release_of(self.path)
        return present, sorted([*kept(Staging.of(self.path)), *([present] if present else [])])

    def rollback(self, to: str | None) -> tuple[str, str]:
        refuse(self.path, self.context.root)
        with output.only_writer(self.path, other(self.path)):
            staging = making(self.path)
            before = release_of(self.path)
            name = chosen(before, kept(staging), to, f"beside {self.path}")
            back = releases_of(staging) / name
            known = list_of(name, stored(back) or b"")
            known, parts = with_parts_of(known, trusted(stored(self.path)), int(time.time()))
            furnish(staging.new, back)
            for part in parts:
                carry(f"{self.path}/{part}", f"{staging.new}/{part}", str(staging.new))
            output.remove(str(staging.new), MANIFEST)
            output.write_new(f"{staging.new}/{MANIFEST}", packed(known))
            output.sync_all(str(staging.new))
            switch(staging)
            output.discard(back)
        return before, name


def folder_of(place: FolderPlace, root: Path) -> Path:
    return (root / Path(place.path).expanduser()).resolve()


def other(path: Path) -> str:
    """The name of the other writer in a message."""
    return f"another digest deploy to {path}, or rollback there,"


def refuse(path: Path, root: Path) -> None:
    """Raises `UsageError` for a directory that must not be replaced, or that has files no deploy put there."""
    output.refuse_place(path, root, _("the directory to deploy to"), _(HOW))
    if (path / output.MARKER).exists():
        raise UsageError(_("{path} is the output of a build; name another directory {how}", path=path, how=_(HOW)))
    with contextlib.suppress(FileNotFoundError):
        others = sorted(name for name in os.listdir(path) if name not in LEFT_BY_SYSTEMS)  # noqa: PTH208
        if others and MANIFEST not in others:
            raise UsageError(
                _(
                    "{path} holds {other}, which no deploy put there; "
                    "name a new or empty directory {how}, or move its content away first",
                    path=path,
                    other=others[0],
                    how=_(HOW),
                )
            )


def stored(path: Path) -> bytes | None:
    """The packed manifest of a release; None if it has none."""
    try:
        return (path / MANIFEST).read_bytes()
    except OSError:
        return None


def size(path: str) -> int:
    """Bytes of a file; -1 if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - of each file of the site
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def furnish(new: Path, old: Path) -> None:
    """Make a new release with all files of another one. Raises OSError."""
    new.mkdir(parents=True)
    if old.is_dir():
        new.chmod(old.stat().st_mode & 0o7777)
        double(old, new)


def double(old: Path, new: Path) -> None:
    """Copy a tree, by links if the file system has them. Raises OSError."""
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
    """Copy a file with its time; remove what is in its way. Raises OSError."""
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
    """Link or copy a file of another release, if it exists. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if not output.link(source, target):
            copy(source, target, tree)


def clear_way(target: str, tree: str) -> None:
    """Remove files where folders are needed."""
    for folder in parents(target[len(tree) + 1 :]):
        if os.path.isfile(f"{tree}/{folder}"):  # noqa: PTH113
            os.unlink(f"{tree}/{folder}")  # noqa: PTH108


# ------------------------------------------------------------------ releases


def releases_of(staging: Staging) -> Path:
    return staging.output.with_name(f".{staging.output.name}.digest-releases")


def kept(staging: Staging) -> list[str]:
    """Names of earlier releases, the oldest first. The folder named like the present release is one being made."""
    folder, present = releases_of(staging), release_of(staging.output)
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.name != present and stored(path) is not None)


def release_of(path: Path) -> str:
    """The name of a release; empty if there is none. A release with a damaged manifest is named by its time."""
    raw = stored(path)
    if raw is None:
        return ""
    with contextlib.suppress(DamagedError):
        name = unpacked(raw).release
        if "/" not in name and is_inside(name):
            return name
    return f"{moment(os.stat(path / MANIFEST).st_mtime)}-damaged"  # noqa: PTH116


def making(path: Path) -> Staging:
    """Repair what an interrupted deploy left; give the paths for a new release. Raises OSError."""
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
    """Exchange the new release and the present one, which is kept in its place. Raises OSError."""
    output.publish(staging)
    if staging.new.parent == releases_of(staging):
        output.sync_folder(staging.new.parent)
    else:
        output.discard(staging.new)  # an empty folder


def prune(staging: Staging, keep: int) -> None:
    """Delete the oldest releases, all but `keep`."""
    names = kept(staging)
    for name in names[: max(0, len(names) - keep)]:
        output.discard(releases_of(staging) / name)
