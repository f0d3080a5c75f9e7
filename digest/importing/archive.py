"""What an old site holds, whatever made it: its own facts, its sections and people, and one record a story.

Records are small and all in memory; texts are read one after the other when they are written (`Story`).
"""

from __future__ import annotations

from collections import Counter  # noqa: TC003 - msgspec reads the types
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from digest.importing.shortcodes import Attachment  # noqa: TC001 - msgspec reads the types

Role = Literal["entry", "page", "none"]


class Category(msgspec.Struct, frozen=True):
    """A section of the old site."""

    slug: str
    """Letters, percent-encoding undone."""
    name: str
    parent: str = ""
    """Slug of the section above it."""
    id: str = ""
    description: str = ""


class Person(msgspec.Struct, frozen=True):
    """An account of the old site."""

    login: str
    name: str


class Record(msgspec.Struct, frozen=True):
    """What is known of a story before its text is read."""

    key: str
    """Stable and unique in its archive: `post 123`, `content/posts/a.md`."""
    kind: str
    """`post`, `page`, or a kind of the old site's own."""
    id: str
    title: str
    slug: str
    link: str
    """Its old address, whole or a path; empty for none."""
    date: datetime
    """Aware where the archive says the zone."""
    has_date: bool
    status: str
    """`publish`, `future`, or why it is a draft here: `draft`, `pending`, `private`, `password`."""
    categories: tuple[str, ...]
    """Slugs; the one that the old site called the first one stands first."""
    tags: tuple[str, ...]
    author: tuple[str, ...]
    """Logins, or names."""
    parent: str = ""
    """Id of the page above it."""
    old: tuple[str, ...] = ()
    """More old addresses, paths."""
    where: str = ""
    """The file, and the line in it."""


class Story(msgspec.Struct, frozen=True):
    """A record with its text."""

    record: Record
    html: str
    is_classic: bool = False
    summary: str = ""
    updated: datetime | None = None
    picture: Attachment | None = None
    source: str = ""
    """Address of the original, where the old site names one on another host."""
    is_lead: bool = False
    lang: str = ""
    left: tuple[tuple[str, str], ...] = ()
    """(code of the report, what) that reading the text left out."""


class Archive(msgspec.Struct, frozen=True):
    """An old site."""

    system: str
    """`wordpress`, `hugo`, …"""
    title: str
    description: str
    base: str
    """Address of its home page."""
    lang: str
    zone: str
    """IANA name that its dates fit; empty where there is none."""
    categories: tuple[Category, ...]
    tags: dict[str, str]
    """Slug → name."""
    tag_ids: dict[str, str]
    """Slug → number."""
    people: tuple[Person, ...]
    records: tuple[Record, ...]
    attachments: dict[str, Attachment]
    """Id → file."""
    attachment_pages: tuple[tuple[str, str, str], ...]
    """(id, old address, id of the record it belongs to)."""
    left_out: Counter[str]
    """What is never taken, by kind."""
    faults: tuple[str, ...]
    """What could not be read, with its place."""
    labels: Counter[str]
    """Words that introduce a source in last lines, and how often."""

    @property
    def host(self) -> str:
        return (urlsplit(self.base).hostname or "").removeprefix("www.")

    @property
    def base_path(self) -> str:
        """The path of the home page, with a slash at its end."""
        return unquote(urlsplit(self.base).path).rstrip("/") + "/"

    def path_of(self, address: str) -> str:
        """The path below the home page that an address of the old site leads to, decoded; empty for other sites."""
        parts = urlsplit(address)
        if parts.hostname and (parts.hostname or "").removeprefix("www.") != self.host:
            return ""
        path = unquote(parts.path) or "/"
        if not path.startswith(self.base_path):
            return "" if path.rstrip("/") + "/" != self.base_path else "/"
        return "/" + path[len(self.base_path) :]


class Reader(NamedTuple):
    """An archive and the way to its texts."""

    archive: Archive
    stories: Iterator[Story]
