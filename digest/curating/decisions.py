"""`data/inbox.txt`: what the editor decided about stories; plain lines, made to be committed and merged.

    aside 2026-11-30 k7f2m9q4x8vb the headline, for people
    join  k7f2m9q4x8vb m2qz7c3w9t6d
    part  k7f2m9q4x8vb the headline, for people

Lines are sorted, each stands for itself, and what no line of this kind is stays as it is, so that a merge of two
branches that keeps the lines of both is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from digest.curating.stories import Corrections
from digest.files import save
from digest.text import cleaning

FILE: Final = "data/inbox.txt"
LARGEST: Final = 4 << 20
LINE: Final = re.compile(
    r"(?:(?P<aside>aside) (?P<day>\d{4}-\d{2}-\d{2}) (?P<put>[0-9a-z]{12})"
    r"|(?P<join>join) +(?P<one>[0-9a-z]{12}) (?P<other>[0-9a-z]{12})"
    r"|(?P<part>part) +(?P<alone>[0-9a-z]{12}))(?: (?P<title>.*))?"
)
HEAD: Final = """\
# ما قررته في digest inbox: أخبار وُضعت جانبًا، وأخرى ضُمت أو فُصلت.
# What was decided in digest inbox: stories put aside, joined and parted.
"""


class Decisions(msgspec.Struct, frozen=True):
    """What the editor decided, by whole handles of reports."""

    aside: dict[str, tuple[str, str]] = {}
    """Handle → (day, headline)."""
    joined: frozenset[tuple[str, str]] = frozenset()
    parted: dict[str, str] = {}
    """Handle → headline."""
    others: tuple[str, ...] = ()
    """Lines that are none of these, as they stand: the comments at the head, and what somebody else wrote."""

    @property
    def corrections(self) -> Corrections:
        return Corrections(self.joined, frozenset(self.parted))

    def put_aside(self, reports: Iterable[tuple[str, str]], day: date) -> Decisions:
        """With these reports, (handle, headline), put aside."""
        added = {handle: (day.isoformat(), short(title)) for handle, title in reports}
        return msgspec.structs.replace(self, aside={**added, **self.aside})

    def join(self, handles: list[str]) -> Decisions:
        """With these reports in one story."""
        pairs = {(min(pair), max(pair)) for pair in pairwise(handles) if pair[0] != pair[1]}
        parted = {handle: title for handle, title in self.parted.items() if handle not in handles}
        return msgspec.structs.replace(self, joined=self.joined | pairs, parted=parted)

    def part(self, handle: str, title: str) -> Decisions:
        """With this report in a story of its own."""
        kept = frozenset(pair for pair in self.joined if handle not in pair)
        return msgspec.structs.replace(self, joined=kept, parted={**self.parted, handle: short(title)})

    def text(self) -> str:
        """The whole file."""
        lines = [f"aside {day} {handle} {title}" for handle, (day, title) in self.aside.items()]
        lines += [f"join  {one} {other}" for one, other in self.joined]
        lines += [f"part  {handle} {title}" for handle, title in self.parted.items()]
        head = self.others or tuple(HEAD.splitlines())
        return "".join(f"{line.rstrip()}\n" for line in (*head, *sorted(lines)))


def short(title: str) -> str:
    return cleaning.clean(title)[:120].strip()


def read(root: Path) -> Decisions:
    """What stands in the file; nothing where there is none. Raises OSError."""
    try:
        with (root / FILE).open("rb") as file:
            text = file.read(LARGEST).decode("utf-8", "replace")
    except FileNotFoundError:
        return Decisions()
    aside, joined, parted, others = {}, set(), {}, []
    for line in text.removeprefix("\ufeff").splitlines():
        match = LINE.fullmatch(line.rstrip())
        if not match:
            others.append(line)
        elif match["aside"]:
            aside[match["put"]] = (match["day"], match["title"] or "")
        elif match["join"]:
            joined.add((match["one"], match["other"]))
        else:
            parted[match["alone"]] = match["title"] or ""
    return Decisions(aside, frozenset(joined), parted, tuple(others))


def write(root: Path, decisions: Decisions) -> None:
    """Put the file in place of the one before, at once. Raises OSError."""
    save(root / FILE, decisions.text().encode())
