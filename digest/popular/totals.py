"""Tallies → what was read how often. In which order they come, and which file a line stood in, changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from digest.popular.tally import DOUBLE_CLICK, UNKNOWN, Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]

FLOOD = 100
"""Agents of one address on one story and day from which they are one reader. Behind a shared address of a telephone
network stand dozens; a program that makes up its agents has thousands."""
COMPACTED_FROM = 1 << 20
"""Numbers after which those that stand twice are dropped."""
PARTS = 8
"""All pairs lie in so many parts by their addresses, for sorting takes several times their room."""
SPREAD = np.uint64(0x9E3779B97F4A7C14)
"""Parts the line_hashes of lines that stand in one file several times; the last bit stays."""
DAY = (1 << 23) - 1
NOBODY: Numbers = np.empty(0, np.uint64)


class Totals(msgspec.Struct, frozen=True):
    """What the logs of a count say."""

    reads: Mapping[tuple[int, int], int]
    """(entry, day) → readers."""
    unknown: Sequence[tuple[str, int]]
    """Pages that are not there, by how many would have read them."""
    lines: int
    robots: int
    unpaired: int
    """Reads of visitors that never took the site's style, a font or a fragment."""
    foreign: int
    """Reads of other hosts."""


class Accumulator:
    """Takes tallies as they come."""

    def __init__(self, *, compared: bool) -> None:
        self.compared = compared
        """Whether there are several files, in which a line may stand twice."""
        self.reads: list[list[Numbers]] = [[] for _ in range(PARTS)]
        self.waiting = 0
        self.styles = NOBODY
        self.new_styles: list[Numbers] = []
        self.early: set[tuple[int, int, int]] = set()
        self.late: set[tuple[int, int, int]] = set()
        self.unknown: dict[int, str] = {}
        self.own_host = False
        self.lines = 0
        self.robots = 0
        self.file_hashes: list[Numbers] = []
        self.line_hashes: list[Numbers] = []

    def add(self, tally: Tally) -> None:
        """One chunk's numbers."""
        pairs = np.frombuffer(tally.reads, np.uint64).reshape(-1, 2)
        self.put(pairs)
        self.new_styles.append(np.frombuffer(tally.styles, np.uint64))
        self.waiting += len(pairs) + len(self.new_styles[-1])
        if self.waiting > COMPACTED_FROM:
            self.compact()
        self.early.update(tally.early)
        self.late.update(tally.late)
        self.unknown.update(tally.unknown)
        self.own_host = self.own_host or tally.own_host
        self.lines += tally.known
        self.robots += tally.robots
        if self.compared:
            self.file_hashes.append(np.frombuffer(tally.line_hashes, np.uint64))

    def put(self, pairs: Numbers) -> None:
        """Pairs to those of their addresses."""
        parts = (pairs[:, 0] >> np.uint64(24)) % PARTS
        for at, part in enumerate(self.reads):
            part.append(pairs[parts == at])

    def compact(self) -> None:
        """What stands twice, once; a part at a time, so that little is held twice meanwhile."""
        for part in self.reads:
            part[:] = [distinct(np.concatenate(part))]
        self.styles, self.new_styles = np.unique(np.concatenate([self.styles, *self.new_styles])), []
        self.waiting = 0

    def end_file(self) -> None:
        """A file is through: a line that stands in it three times counts three times, wherever else it stands."""
        if self.file_hashes:
            self.line_hashes.append(numbered(np.concatenate(self.file_hashes)))
            self.file_hashes = []

    def totals(self, *, pairing: bool = True) -> Totals:
        """What it comes to."""
        lines, robots = self.lines, self.robots
        if self.compared and self.line_hashes:
            line_hashes = np.unique(np.concatenate(self.line_hashes))
            lines, robots = len(line_hashes), int(np.count_nonzero(line_hashes & np.uint64(1)))
        first = [(reader, read) for reader, read, second in self.early if not self.follows(reader, read, second)]
        self.put(np.array(first, np.uint64).reshape(-1, 2))
        self.compact()
        paired = pairing and len(self.styles) > 0
        counts: Counter[tuple[int, int]] = Counter()
        unpaired = of_others = 0
        for (pairs,) in self.reads:
            # where no line names the site's host, all hosts are its own
            foreign = (pairs[:, 1] & np.uint64(1) == 1) if self.own_host else np.zeros(len(pairs), bool)
            alone = ~among(pairs[:, 0], self.styles) if paired else np.zeros(len(pairs), bool)
            is_story = (pairs[:, 1] >> np.uint64(24)) < UNKNOWN
            counts.update(counted(pairs[~foreign & ~alone]))
            unpaired += int(np.count_nonzero(alone & ~foreign & is_story))
            of_others += int(np.count_nonzero(foreign & is_story))
        names: Counter[str] = Counter()
        for (entry, _), number in counts.items():
            if entry >= UNKNOWN:
                names[self.unknown[entry]] += number
        reads = {read: number for read, number in counts.items() if read[0] < UNKNOWN}
        return Totals(reads, ranked(names.items()), lines, robots, unpaired, of_others)

    def follows(self, reader: int, read: int, second: int) -> bool:
        """Whether a read in the first seconds of a day is the second click on a page of the last seconds before."""
        return any((reader, read - 2, left) in self.late for left in range(1, DOUBLE_CLICK + 1 - second))


def among(numbers: Numbers, some: Numbers) -> NDArray[np.bool_]:
    """Which numbers are among some others, which are sorted and at least one."""
    places = np.searchsorted(some, numbers)
    found: NDArray[np.bool_] = some[np.minimum(places, len(some) - 1)] == numbers
    return found


def distinct(pairs: Numbers) -> Numbers:
    """Each pair once, sorted."""
    if not len(pairs):
        return pairs
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    keep = np.ones(len(pairs), bool)
    keep[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return pairs[keep]


def numbered(line_hashes: Numbers) -> Numbers:
    """The line_hashes of one file's lines, told apart where a line stands there several times."""
    line_hashes.sort()
    again = np.flatnonzero(line_hashes[1:] == line_hashes[:-1]) + 1
    if len(again):
        run = np.ones(len(again), np.uint64)  # second, third, … of its kind
        starts = np.flatnonzero(np.diff(again, prepend=-1) != 1)
        position = np.arange(len(again))
        run += (position - np.repeat(position[starts], np.diff(starts, append=len(again)))).astype(np.uint64)
        line_hashes[again] ^= run * SPREAD
    return line_hashes


def counted(pairs: Numbers) -> dict[tuple[int, int], int]:
    """(entry, day) → readers. An address with more agents than people have is one of them."""
    reads = pairs[:, 1] & ~np.uint64(1)
    together = np.stack([pairs[:, 0] >> np.uint64(24), reads], axis=1)
    together = together[np.lexsort((together[:, 1], together[:, 0]))]
    if not len(together):
        return {}
    starts = np.flatnonzero(np.concatenate([[True], (together[1:] != together[:-1]).any(axis=1)]))
    agents = np.diff(starts, append=len(together))
    agents[agents > FLOOD] = 1
    found: defaultdict[tuple[int, int], int] = defaultdict(int)
    places, inverse = np.unique(together[starts, 1], return_inverse=True)
    for place, number in zip(places.tolist(), np.bincount(inverse, agents).tolist(), strict=True):
        found[place >> 24, place >> 1 & DAY] += int(number)
    return dict(found)


def ranked(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Names by number, the greatest first, those of one number by name."""
    return sorted(rows, key=lambda row: (-row[1], row[0]))
