"""One chunk of a log → numbers: who (as a number that leads back to nobody) read which entry on which day.

A reader is an address and an agent, hashed with a key that is made when the command starts and never written. Tallies
are what worker processes send home; addresses and agents stay behind with the lines.
"""

from __future__ import annotations

import re
import secrets
from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import msgspec

from digest.popular import formats, robots
from digest.popular.formats import NO_REQUEST, Row
from digest.popular.routes import OTHER, PAGE, STYLE, Routes

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


STATUSES = {
    False: frozenset({b"200", b"304"}),
    True: frozenset({b"200", b"304", b"404", b"410"}),
    STYLE: frozenset({b"200", b"206", b"304"}),
}
"""Those of an entry that was read, of a page that leads to no entry, of a style that was taken."""
DAY_SECONDS = 24 * 60 * 60
DOUBLE_CLICK = 30
"""Seconds within which a second request is the same read (COUNTER 5.1, 7.2)."""
REMEMBERED = 100_000
"""Values of a cache, and unknown paths, that are kept."""
MINUTES = 10_000
"""Minutes that are kept; those of a log come in their order."""
UNKNOWN = 1 << 31
"""From here on the number of an entry is that of an unknown path."""
ROBOT = -1
PRIVATE = re.compile(rb"10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cde]|::|unix|-", re.IGNORECASE)
"""Where an address begins like this, a proxy of the site's own stands before the server."""
FORWARDED = re.compile(rb'"([0-9A-Fa-f:., ]{3,400})"')


Moment = tuple[float, int, int]
"""Seconds since 1970, the day in the site's zone (an ordinal), the second of that day."""
UNNAMED, OWN, FOREIGN = 0, 1, 2
"""Whether a line names a host, and whether it is the site's."""


class Client(NamedTuple):
    """Whose request it was."""

    number: int
    """Of the address, its low 24 bits free for the agent."""
    host: int
    behind_proxy: bool
    """Whether the address is one of a private network."""


class Tally(msgspec.Struct, array_like=True):
    """What one chunk of a log holds. Arrays are bytes of 64-bit numbers."""

    lines: int = 0
    """Lines in it, of whatever kind."""
    known: int = 0
    """Lines that tell of a request."""
    unrecognised: int = 0
    """Lines of no known format."""
    first_unrecognised: int = 0
    """Number of the first of them in this chunk, from 1."""
    robots: int = 0
    """Requests of robots."""
    reads: bytes = b""
    """Pairs (reader, `key`), each once."""
    styles: bytes = b""
    """Readers that took the site's style, a font or a fragment."""
    early: tuple[tuple[int, int, int], ...] = ()
    """(reader, key, second): reads in the first seconds of a day, perhaps the second click on yesterday's page."""
    late: tuple[tuple[int, int, int], ...] = ()
    """(reader, key, seconds to midnight): reads in the last seconds of a day; they stand in `reads` too."""
    line_hashes: bytes = b""
    """A number for each line, the last bit set for those of robots; empty where nothing is compared."""
    unknown: dict[int, str] = {}
    """Number → path of pages that are not there."""
    own_host: bool = False
    """Whether a line names the site's own host."""


def key(entry: int, day: int, *, foreign: bool) -> int:
    """What was read, when, and whether for another host. `day`: ordinal of the proleptic calendar."""
    return entry << 24 | day << 1 | foreign


class Tallier:
    """Makes tallies. Workers inherit it with its key, so that a reader has one number in all of them."""

    def __init__(self, routes: Routes, zone: ZoneInfo, since: datetime | None) -> None:
        self.routes = routes
        self.zone = zone
        self.since = since.timestamp() if since else float("-inf")
        self.secret = secrets.token_bytes(32)
        self.requests: dict[bytes, int] = {}
        self.unknown: dict[int, str] = {}
        self.agents: dict[int, int] = {}
        self.minutes: dict[bytes, Moment] = {}

    def tally(self, chunk: bytes, columns: Sequence[bytes], *, compared: bool, last: bool) -> Tally:
        """One chunk. `columns`: those of the `#Fields` line before it; `compared`: whether lines may stand elsewhere
        too; `last`: whether its last line may be half a line.
        """
        made = Tally(lines=chunk.count(b"\n") + (not chunk.endswith(b"\n")))
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n")
        if b"\0" in chunk:  # what a rotation that truncates leaves
            chunk = chunk.replace(b"\0", b"")
        lines = [line for line in chunk.split(b"\n") if line]
        rows = formats.rows(lines, chunk, columns)
        if last and rows and not chunk.endswith(b"\n") and is_cut_off(rows):
            rows[-1] = None
        self.count(rows, made)
        if made.unrecognised:
            made.first_unrecognised = place(chunk, lines, rows)
        if compared:
            made.line_hashes = self.line_hashes(lines, rows)
        return made

    def count(self, rows: Sequence[Row | None], made: Tally) -> None:
        """The requests of some rows, into a tally."""
        reads: set[tuple[int, int]] = set()
        styles: set[int] = set()
        early: set[tuple[int, int, int]] = set()
        late: set[tuple[int, int, int]] = set()
        for number, what, when, foreign in self.visits(rows, made):
            if what == STYLE:
                styles.add(number)
                continue
            moment = self.moment(when)
            if moment is None:
                made.unrecognised += 1
                continue
            second, day, of_day = moment
            if second < self.since:
                continue
            read = what << 24 | day << 1 | foreign  # `key`, without a call
            if of_day < DOUBLE_CLICK and what < UNKNOWN:
                early.add((number, read, of_day))
                continue
            if of_day >= DAY_SECONDS - DOUBLE_CLICK:
                late.add((number, read, DAY_SECONDS - of_day))
            reads.add((number, read))
        made.unknown = {what: self.unknown[what] for what in {read >> 24 for _, read in reads} if what >= UNKNOWN}
        made.reads = array("Q", [number for pair in reads for number in pair]).tobytes()
        made.styles = array("Q", styles).tobytes()
        made.early, made.late = tuple(early), tuple(late)

    def visits(self, rows: Sequence[Row | None], made: Tally) -> Iterator[tuple[int, int, bytes, bool]]:
        """(reader, what, when, whether of another host) of the requests that may be reads, or are for a style."""
        clients: dict[bytes, Client] = {}
        agents, requests = self.agents, self.requests
        for row in rows:
            if row is None:
                made.unrecognised += 1
                continue
            who, when, request, status, agent, rest = row
            if not request and row == NO_REQUEST:
                continue
            made.known += 1
            name = agents.get(hash(agent)) or self.agent(agent)
            if name == ROBOT:
                made.robots += 1
                continue
            what = requests.get(request)
            if what is None:
                what = self.request(request)
            if what == OTHER or status not in STATUSES[what if what < 0 else what >= UNKNOWN]:
                continue
            if rest and b"prefetch" in rest:
                continue
            client = clients.get(who)
            if client is None:
                client = clients[who] = self.client(who)
            number = (client.behind_proxy and rest and self.forwarded(rest)) or client.number
            made.own_host = made.own_host or client.host == OWN
            yield number | name, what, when, client.host == FOREIGN

    def agent(self, agent: bytes) -> int:
        """The number of an agent, 24 bits, or `ROBOT`."""
        if len(self.agents) > REMEMBERED:
            self.agents.clear()
        number = ROBOT if robots.is_robot(agent.decode("utf-8", "replace")) else self.hashed(agent, 3) or 1
        self.agents[hash(agent)] = number
        return number

    def hashed(self, text: bytes, size: int) -> int:
        """A number that leads back to nobody without the key."""
        return int.from_bytes(blake2b(text, digest_size=size, key=self.secret).digest(), "big")

    def client(self, who: bytes) -> Client:
        """Whose request it was, as far as the beginning of its line says."""
        parts = who.split()
        # «address - user», «host address - user», «words of a collector of logs: address - user»
        place = parts.index(b"-") - 1 if len(parts) > 3 and b"-" in parts[1:] else 0
        host = (OWN if self.routes.own(parts[0]) else FOREIGN) if place == 1 else UNNAMED
        address = without_port(parts[place] if parts else b"-")
        return Client(self.hashed(address, 5) << 24, host, PRIVATE.match(address) is not None)

    def forwarded(self, rest: bytes) -> int:
        """The number of the nearest address outside that a proxy noted after the agent; 0 where it noted none."""
        for noted in reversed(FORWARDED.findall(rest)):
            for address in reversed(noted.replace(b",", b" ").split()):
                if not PRIVATE.match(address):
                    return self.hashed(without_port(address), 5) << 24
        return 0

    def request(self, request: bytes) -> int:
        """What a request line asks for: an entry, a style, a page that is not there, or nothing that counts."""
        head, mark, _ = request.partition(b"?")
        method, _, target = head.partition(b" ")
        if mark and head in self.requests:
            return self.requests[head]
        if method != b"GET":
            return OTHER
        if not mark:
            before, _, version = target.rpartition(b" ")
            target = before if version.startswith(b"HTTP/") else target
        what = self.target(target)
        if len(self.requests) > REMEMBERED:
            self.requests.clear()
        self.requests[head] = what
        return what

    def target(self, target: bytes) -> int:
        """What an address leads to; a page that is not there gets a number."""
        what, path = self.routes.find(target)
        if what != PAGE:
            return what
        what = UNKNOWN | crc32(path.encode("utf-8", "replace"))
        if what not in self.unknown and len(self.unknown) >= REMEMBERED:
            return OTHER
        self.unknown[what] = path
        return what

    def moment(self, when: bytes) -> Moment | None:
        """When a request came; a minute of a log is worked out once."""
        if when[2:3] != b"/":
            return self.local(when)
        minute = when[:17] + when[20:]
        start = self.minutes.get(minute)
        try:
            if start is None:
                start = self.minute(minute, when)
            second = min(int(when[18:20]), 59)  # servers write a leap second as :60
        except ValueError:
            return None
        return start[0] + second, start[1], start[2] + second

    def minute(self, minute: bytes, when: bytes) -> Moment:
        """When a minute began. Raises ValueError where it is none."""
        found = self.local(when[:18] + b"00" + when[20:])
        if found is None:
            raise ValueError(when)
        if len(self.minutes) > MINUTES:
            self.minutes.clear()
        self.minutes[minute] = found
        return found

    def local(self, when: bytes) -> Moment | None:
        """A time as a log writes it."""
        found = formats.moment(when)
        return self.at(found) if found else None

    def at(self, found: datetime) -> Moment | None:
        """A time in the site's zone. A log that gives no zone has UTC, as W3C and CloudFront do."""
        try:
            local = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(self.zone)
            return local.timestamp(), local.toordinal(), local.hour * 3600 + local.minute * 60 + local.second
        except (OverflowError, ValueError):
            return None

    def first_day(self) -> int:
        """The first day that counts, as an ordinal, for what has no hour."""
        return datetime.fromtimestamp(self.since, self.zone).toordinal() if self.since > 0 else 0

    def line_hashes(self, lines: Sequence[bytes], rows: Sequence[Row | None]) -> bytes:
        """A number for each line that tells of a request, the last bit set for robots."""
        found = array("Q")
        for line, row in zip(lines, rows, strict=True):
            if row is not None and row != NO_REQUEST:
                name = self.agents.get(hash(row[4])) or self.agent(row[4])
                found.append(hash((line, self.secret)) & ~1 & 0xFFFF_FFFF_FFFF_FFFF | (name == ROBOT))
        return found.tobytes()


def without_port(address: bytes) -> bytes:
    """An IPv4 address alone, as it stands in logs of load balancers with its port."""
    return address.partition(b":")[0] if address.count(b".") == 3 and address.count(b":") == 1 else address


def is_cut_off(rows: Sequence[Row | None]) -> bool:
    """Whether the last row of a file may be cut off: it has no agent, and others before it have one."""
    last = rows[-1]
    return last is not None and last != NO_REQUEST and not last[4] and any(row and row[4] for row in rows)


def place(chunk: bytes, lines: Sequence[bytes], rows: Sequence[Row | None]) -> int:
    """Number of the first line of no known format, from 1; 0 where only its time is none."""
    unrecognised = next((line for line, row in zip(lines, rows, strict=True) if row is None), None)
    return chunk[: chunk.index(unrecognised)].count(b"\n") + 1 if unrecognised else 0
