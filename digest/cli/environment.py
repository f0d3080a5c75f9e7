"""The environment of a command: the site's folder, the clock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from digest.translation import _

if TYPE_CHECKING:
    from datetime import datetime


def site_root(asked: Path | None) -> Path:
    """The site's folder: as asked, or the nearest upwards."""
    from digest.problems import UsageError  # noqa: PLC0415

    if asked is not None:
        if not (asked / "site.yaml").is_file():
            raise UsageError(_("there is no site.yaml in {folder}; 'digest init DIR' starts a site", folder=asked))
        return asked.resolve()
    root = nearest_site()
    if root is None:
        raise UsageError(
            _(
                "there is no site.yaml here or above; go to your site's folder, "
                "name it with --site, or start one with 'digest init DIR'"
            )
        )
    return root


def nearest_site() -> Path | None:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "site.yaml").is_file()), None)


def now() -> datetime:
    """The clock; SOURCE_DATE_EPOCH overrides it, for builds that must be repeatable."""
    from datetime import UTC, datetime  # noqa: PLC0415

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        from digest.problems import UsageError  # noqa: PLC0415

        raise UsageError(_("SOURCE_DATE_EPOCH must be a number of seconds since 1970")) from None


def entry_id(name: str, root: Path) -> str:
    """An entry's id, from the id itself or from its file."""
    from digest.content.references import identifier  # noqa: PLC0415

    path = Path(name)
    if path.is_file() and path.resolve().is_relative_to(root):
        name = path.resolve().relative_to(root).as_posix()
    return identifier(name)
