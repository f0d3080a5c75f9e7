"""Where a site can be put. A target is one module with one class that has the methods of `Target`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from digest.content.hosting import FolderPlace, GitPlace, RsyncPlace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from digest.content.hosting import Destination
    from digest.deploy.manifest import File, Journal, Manifest


@dataclass(frozen=True, slots=True)
class DeployContext:
    """What every target is told of the deploy it serves."""

    root: Path
    """The site's folder, from which relative paths count."""
    own: Path
    """A folder for what is kept between deploys."""
    sending: Path
    """The folder that holds the files to be sent, at their paths."""


class Target(Protocol):
    """One place. Nothing is written before the first call of `checkpoint`, `put`, `delete` or `commit`."""

    atomic: bool
    """Whether readers see nothing before `commit`, and then all of it. Else files are seen as they arrive."""
    purges: bool
    """Whether a cache lies before it that must be told what changed."""
    interrupted: bool
    """Whether an earlier deploy left a journal."""
    shown: str
    """The place in words: `folder /srv/www`."""

    def headers(self, path: str) -> str:
        """What it will be told beside the bytes of a file; empty where it takes no headers."""

    def manifest(self) -> Manifest | None:
        """What earlier deploys put there, one that was interrupted included. Raises `DamagedError`."""

    def checkpoint(self, journal: Journal) -> None:
        """Note what is being done, for the deploy after one that dies."""

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        """Send files of one stage; `sent` is told of each that has arrived, perhaps from several threads."""

    def delete(self, paths: Sequence[str]) -> None:
        """Some may not be there."""

    def commit(self, manifest: Manifest) -> None:
        """Have readers see it all, and note what is there."""

    def purge(self, paths: Sequence[str]) -> None:
        """Tell caches before the target that these changed."""

    def close(self) -> None:
        """Give back what is held; also after a failure."""


def open_target(destination: Destination, errand: DeployContext) -> Target:
    """Only the module of the kind asked for is imported."""
    place = destination.place
    if isinstance(place, FolderPlace):
        from digest.deploy.targets.folder import FolderTarget  # noqa: PLC0415

        return FolderTarget(place, errand)
    if isinstance(place, GitPlace):
        from digest.deploy.targets.git import GitTarget  # noqa: PLC0415

        return GitTarget(place, errand)
    if isinstance(place, RsyncPlace):
        from digest.deploy.targets.rsync import rsync_target  # noqa: PLC0415

        return rsync_target(place, errand)
    from digest.deploy.targets.s3 import S3Target  # noqa: PLC0415

    return S3Target(place, errand)
