"""What is remembered of a feed between two runs, in `.digest/inbox/`: validators, items, when it may be asked again.

Losing it costs one full request of each feed. A file that cannot be read is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from digest.curating.feeds import Item, Remark  # noqa: TC001 - msgspec reads them
from digest.curating.fetching import parameter
from digest.files import replace

FOLDER: Final = ".digest/inbox"
FORMAT: Final = 1
LEAST: Final = timedelta(hours=1)
"""Between two requests of one feed."""
MOST: Final = timedelta(hours=24)
"""That a feed's own wish lengthens it to; `Retry-After` of an error is obeyed whatever it says."""
MOVED_FOR: Final = timedelta(days=7)
"""After which a permanent redirect is believed."""


class Memory(msgspec.Struct, frozen=True):
    """One feed."""

    url: str
    """As site.yaml has it: another address is another feed."""
    version: int = FORMAT
    etag: str = ""
    """Byte for byte, quotes included."""
    last_modified: str = ""
    not_before: datetime | None = None
    """No request before this."""
    is_gone: bool = False
    has_answered: bool = False
    """Whether the last request brought a feed, or word that it is the same."""
    items: tuple[Item, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """What was wrong the last time."""
    fingerprint: str = ""
    """Of the bytes the items were read from."""
    moved_to: str = ""
    moved_since: datetime | None = None

    def may_ask(self, now: datetime) -> bool:
        """Whether a request may be sent."""
        return not self.is_gone and (self.not_before is None or now >= self.not_before)


def place(root: Path, url: str) -> Path:
    """The file of a feed; its name says nothing of the address, which may hold a secret."""
    return root / FOLDER / f"{hashlib.sha256(url.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


def load(root: Path, url: str) -> Memory:
    """What is remembered of an address; nothing where there is nothing sound."""
    try:
        found = msgspec.json.decode(place(root, url).read_bytes(), type=Memory)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return Memory(url)
    return found if found.url == url and found.version == FORMAT else Memory(url)


def save(root: Path, memory: Memory) -> None:
    """Remember a feed. Raises OSError."""
    replace(place(root, memory.url), msgspec.json.encode(memory))


def next_time(headers: Mapping[str, str], minutes: int, now: datetime) -> datetime:
    """When a feed that answered may be asked again: in an hour, or later where it asks for it."""
    age = parameter("x;" + headers.get("cache-control", "").replace(",", ";"), "max-age")
    wished = timedelta(seconds=int(age)) if age.isascii() and age.isdigit() and len(age) < 9 else LEAST
    return now.astimezone(UTC) + min(max(LEAST, wished, timedelta(minutes=minutes)), MOST)


def fingerprint(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]
