"""Going back: which releases a target keeps, and having an earlier one online again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from digest.content.hosting import FolderPlace, RsyncPlace
from digest.deploy.headers import is_fingerprinted
from digest.deploy.manifest import DamagedError, Manifest, Retired, unpacked
from digest.problems import DeliveryError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from digest.content.hosting import Destination


def rollback(root: Path, destination: Destination, to: str | None) -> tuple[str, str]:
    """Names of the release that was online and of the one that is. Raises `UsageError`, `DeliveryError`."""
    place = destination.place
    if isinstance(place, FolderPlace):
        from digest.deploy.targets import folder  # noqa: PLC0415

        return folder.rollback(place, root, to)
    if isinstance(place, RsyncPlace) and place.mode == "releases":
        from digest.deploy.targets import rsync  # noqa: PLC0415

        return rsync.rollback(place, root, to)
    raise keeps_none(destination)


def listed(root: Path, destination: Destination) -> tuple[str, list[str]]:
    """The release that is online, and all there are, the oldest first. Raises `UsageError`, `DeliveryError`."""
    place = destination.place
    if isinstance(place, FolderPlace):
        from digest.deploy.targets import folder  # noqa: PLC0415

        return folder.listed(place, root)
    if isinstance(place, RsyncPlace) and place.mode == "releases":
        from digest.deploy.targets import rsync  # noqa: PLC0415

        return rsync.listed(place, root)
    raise keeps_none(destination)


def moment(seconds: float) -> str:
    """The first part of a release's name, in UTC: names sort by age."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return f"{text[:23].replace('-', '').replace(':', '')}Z"


def list_of(release: str, raw: bytes) -> Manifest:
    """What a release that is to come back holds. Raises `DeliveryError`."""
    try:
        return unpacked(raw)
    except DamagedError as error:
        cure = "name another one that digest rollback --list shows"
        raise DeliveryError(f"the list of files of release {release} is damaged ({error}); {cure}") from None


def with_parts_of(chosen: Manifest, present: Manifest, now: int) -> tuple[Manifest, list[str]]:
    """The manifest of a release that comes back, with the fingerprinted files of the one that goes: readers still hold
    its pages. Gives their paths too.
    """
    known = {**{path: row.file for path, row in present.retired.items()}, **present.files}
    there = chosen.everything()
    more = {path: Retired(file, now) for path, file in known.items() if is_fingerprinted(path) and path not in there}
    return msgspec.structs.replace(chosen, retired={**chosen.retired, **more}), sorted(more)


def keeps_none(destination: Destination) -> UsageError:
    cure = "go back in the site's own history and deploy again"
    return UsageError(f"'{destination.name}' keeps no releases (folder and rsync do); {cure}")


def chosen(before: str, names: list[str], to: str | None, where: str) -> str:
    """The release to go back to: the one asked for, or the last one before the present. Raises `UsageError`."""
    earlier = [name for name in names if name < before]
    found = to or (earlier[-1] if earlier else "")
    if found and found in names:
        return found
    there = f"; there are {', '.join(names)}" if names else ""
    raise UsageError(f"{f'no release {to}' if to else 'no earlier release'} is kept {where}{there}")
