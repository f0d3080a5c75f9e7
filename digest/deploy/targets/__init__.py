"""The kinds of place a site can be put to.

A kind is one module here: its keys in site.yaml and a subclass of `Place` that reads them, and a subclass of `Target`
that does the work. `KINDS` names them; a module is loaded only for a site that uses it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec

from digest.content.fields import RAW, Table, table_of
from digest.deploy.keys import ANNOUNCE, HOST, NAME, TO

if TYPE_CHECKING:
    from digest.deploy.manifest import File, Journal, Manifest

KINDS = {"folder": "FolderPlace", "git": "GitPlace", "rsync": "RsyncPlace", "s3": "S3Place"}
"""The value of `to:`, which is also the module's name → its subclass of `Place`."""


def place_type(kind: str) -> type[Place]:
    """The `Place` of a kind."""
    return cast("type[Place]", getattr(import_module(f"{__name__}.{kind}"), KINDS[kind]))


@cache
def table(kind: str) -> Table:
    """The keys of a kind of place: those that all kinds have, and the fields of its `Place`."""
    to = msgspec.structs.replace(TO, value=RAW._replace(shape={"const": kind}))
    what = f"a place of kind {kind}"
    return Table(what, (to, NAME, *table_of(place_type(kind), what), HOST, ANNOUNCE))


class DeployContext(msgspec.Struct, frozen=True):
    """The folders of one deploy."""

    root: Path
    """The site's folder, to which relative paths refer."""
    own: Path
    """Keeps what deploys to this destination need between runs."""
    sending: Path
    """Holds the files to send, at their paths."""


class Place(msgspec.Struct, frozen=True):
    """A place as site.yaml describes it. A field `name: Annotated[type, Arabic key, meaning, value]` declares a key."""

    kind: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]] = ()
    """Variables that a deploy in continuous integration needs."""
    packages: ClassVar[tuple[str, ...]] = ()
    """Packages that it needs beside digest."""

    @abstractmethod
    def open(self, context: DeployContext) -> Target:
        """The target of a deploy. Raises `UsageError` for a place that cannot be used."""

    def open_releases(self, context: DeployContext) -> ReleaseTarget | None:  # noqa: ARG002 - for kinds that keep some
        """The target for a rollback; None if it keeps no releases."""
        return None

    def host(self) -> str:
        """The host that the place itself names; empty: none."""
        return ""

    def host_files(self, host: str) -> dict[str, bytes]:  # noqa: ARG002 - for kinds that have some
        """Files that this kind of place reads and that are no part of the site."""
        return {}

    def web_root(self, root: Path) -> str:  # noqa: ARG002 - for kinds that have one
        """The directory a web server serves; empty if there is none. `root`: the site's folder."""
        return ""


class Target(ABC):
    """A place while a deploy writes to it. Nothing is written before `checkpoint`, `put`, `delete` or `commit`."""

    shown: str
    """The place in words: `folder /srv/www`."""
    atomic: bool = True
    """Whether readers see nothing before `commit`, and then all of it. If not, files are seen as they arrive."""
    purges: bool = False
    """Whether a cache in front of it must be told what changed."""
    interrupted: bool = False
    """Whether an earlier deploy left a journal."""

    def headers(self, path: str) -> str:  # noqa: ARG002 - for targets that take some
        """The headers that are stored with a file, as the manifest records them; empty if none are."""
        return ""

    @abstractmethod
    def manifest(self) -> Manifest | None:
        """What earlier deploys put there, one that was interrupted included. Raises `DamagedError`."""

    def checkpoint(self, journal: Journal) -> None:  # noqa: B027 - an atomic target needs none
        """Note what is being done, for the deploy after one that dies."""

    @abstractmethod
    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        """Send files of one stage; `sent` is called for each that has arrived, perhaps from several threads."""

    @abstractmethod
    def delete(self, paths: Sequence[str]) -> None:
        """Delete files; some may be missing."""

    @abstractmethod
    def commit(self, manifest: Manifest) -> None:
        """Show all of it to readers, and record the manifest."""

    def purge(self, paths: Sequence[str]) -> None:  # noqa: B027 - most have no cache
        """Tell caches in front of the target that these changed."""

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Release what is held; also after a failure."""


class ReleaseTarget(Target):
    """A target that keeps earlier releases."""

    @abstractmethod
    def releases(self) -> tuple[str, list[str]]:
        """The release that is online, and all there are, the oldest first."""

    @abstractmethod
    def rollback(self, to: str | None) -> tuple[str, str]:
        """Put an earlier release online: `to`, or the previous one. Gives the names of the old and the new one.

        Raises `UsageError` if there is no such release.
        """
