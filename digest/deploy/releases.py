"""Shared by targets that keep releases: their names, the one to roll back to, the manifest it returns with."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from digest.deploy.manifest import DamagedError, Manifest, Retired, unpacked
from digest.problems import DeliveryError, UsageError
from digest.translation import _


def moment(seconds: float) -> str:
    """The first part of a release's name: its UTC time, so that names sort by age."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return f"{text[:23].replace('-', '').replace(':', '')}Z"


def list_of(release: str, raw: bytes) -> Manifest:
    """The manifest of a release to roll back to. Raises `DeliveryError`."""
    try:
        return unpacked(raw)
    except DamagedError as error:
        cure = _("name another one that digest rollback --list shows")
        raise DeliveryError(
            _(
                "the list of files of release {release} is damaged ({error}); {cure}",
                release=release,
                error=error,
                cure=cure,
            )
        ) from None


def with_parts_of(chosen: Manifest, present: Manifest, now: int) -> tuple[Manifest, list[str]]:
    """The manifest of the release to roll back to, with the fingerprinted files of the present one, and their paths.

    Readers still have pages of the present release open.
    """
    from digest.deploy.headers import is_fingerprinted  # noqa: PLC0415 - builds import this module, and never roll back

    there = chosen.everything()
    left = {path: file for path, file in present.known().items() if path not in there}
    more = {path: Retired(file, now) for path, file in left.items() if is_fingerprinted(path)}
    return msgspec.structs.replace(chosen, retired={**chosen.retired, **more}), sorted(more)


def chosen(before: str, names: list[str], to: str | None, where: str) -> str:
    """The release to roll back to: `to`, or the last one before the present. Raises `UsageError`."""
    earlier = [name for name in names if name < before]
    found = to or (earlier[-1] if earlier else "")
    if found and found in names:
        return found
    there = _("; there are {names}", names=tuple(names)) if names else ""
    if to:
        raise UsageError(_("no release {name} is kept {where}{there}", name=to, where=where, there=there))
    raise UsageError(_("no earlier release is kept {where}{there}", where=where, there=there))
