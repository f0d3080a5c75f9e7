"""CSV exports of analytics services: which column says what is read from the header row.

GoatCounter and Umami export a row for each view, with a session, from which readers are counted as they are in logs.
Plausible, Matomo, Umami's tables and most others export a row for each page, with a number.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from digest.popular.files import UnreadableError
from digest.popular.formats import moment
from digest.popular.routes import ABSOLUTE, OTHER
from digest.popular.tally import FOREIGN, OWN, UNNAMED, Tallier, Tally, key
from digest.problems import N_, mistake

Measure = Literal["visitors", "visits", "views"]

PATHS = (
    "2path", "1path", "metadata: url", "metadata_url", "url", "page url",
    "path", "page", "url_path", "page path", "name", "label", "x",
    "page path and screen class",
)  # fmt: skip
"""Names of the column with the address, the surest first; GoatCounter writes the version of its format before it."""
MEASURES: Mapping[Measure, tuple[str, ...]] = {
    "visitors": (
        "visitors", "unique visitors", "unique_visitors", "nb_uniq_visitors", "uniques", "users", "active users", "y",
    ),
    "visits": ("nb_visits", "visits", "unique pageviews", "unique page views", "sessions"),
    "views": ("pageviews", "page views", "nb_hits", "hits", "views", "count"),
}  # fmt: skip
"""What is counted: the first of these that an export has."""
SESSIONS = ("session", "session_id")
WHEN = ("created_at", "date", "day")
HOSTS = ("hostname", "host")
EVENTS = ("event", "event_type")
VIEW: Mapping[str, tuple[str, ...]] = {"event": ("0", "false"), "event_type": ("1",)}
"""The values of a row that is the view of a page; GoatCounter writes `false`, and takes `0` too."""
MOST = 10**9
ROWS = 20_000
"""Rows of one tally."""
UNDATED = 0


class Export(msgspec.Struct, frozen=True):
    """What the columns of an export are."""

    delimiter: str
    columns: int
    path: int
    number: int
    """The column of the measure; -1 where each row is one view."""
    measure: Measure
    session: int = -1
    when: int = -1
    host: int = -1
    event: int = -1
    view: tuple[str, ...] = ()
    bot: int = -1
    agent: int = -1


def export(line: str) -> Export | None:
    """The columns of an export by its header row; None for what is no header known here."""
    for delimiter in ",;\t":
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return None
        names = {cell.strip().strip('"').lower(): position for position, cell in enumerate(cells)}
        path = first(PATHS, names)
        session, when = first(SESSIONS, names), first(WHEN, names)
        if path < 0 or len(names) < 2:
            continue
        event = next((name for name in EVENTS if name in names), "")
        facts = {
            "when": when, "host": first(HOSTS, names), "event": names.get(event, -1), "view": VIEW.get(event, ()),
            "bot": names.get("bot", -1), "agent": names.get("useragent", -1),
        }  # fmt: skip
        if session >= 0 and when >= 0:
            return Export(delimiter, len(cells), path, -1, "visitors", session, **facts)  # type: ignore[arg-type]
        for measure, columns in MEASURES.items():
            number = first(columns, names)
            if number >= 0:
                return Export(delimiter, len(cells), path, number, measure, **facts)  # type: ignore[arg-type]
    return None


def first(wanted: Sequence[str], names: Mapping[str, int]) -> int:
    """The position of the first of these columns that is there, or -1."""
    return next((names[name] for name in wanted if name in names), -1)


class Sums:
    """What exports with a row for each page add up to."""

    def __init__(self) -> None:
        self.reads: dict[int, Counter[tuple[int, int]]] = {UNNAMED: Counter(), OWN: Counter(), FOREIGN: Counter()}
        self.unknown: dict[int, Counter[str]] = {UNNAMED: Counter(), OWN: Counter(), FOREIGN: Counter()}
        self.rows: set[tuple[int, int]] = set()
        """(row, how often it stood in its file before): what stands in two files counts once."""
        self.again = 0
        """Rows without a date that stand in two files."""


def records(chunks: Iterable[bytes], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with the number of their last line. Raises `UnreadableError` where one never ends."""
    text = (
        line.decode("utf-8", "replace").replace("\0", "")
        for chunk in chunks
        for line in chunk.splitlines(keepends=True)
    )
    reader = csv.reader(text, delimiter=delimiter)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error:
        what = mistake("log-damaged", "line {line}: a quotation mark is not closed", line=reader.line_num)
        raise UnreadableError(what, N_("export the file again")) from None


def views(rows: Iterable[tuple[int, list[str]]], about: Export, tallier: Tallier) -> Iterator[Tally]:
    """An export with a row for each view, as tallies: a reader is a session."""
    made, reads, line_hashes = Tally(), set(), []
    for number, row in rows:
        made.lines = number
        try:
            found = moment(row[about.when].strip().encode())
            path, session = row[about.path], row[about.session]
            is_view = about.event < 0 or row[about.event].strip().lower() in about.view
            bot = about.bot >= 0 and row[about.bot].strip() not in ("", "0", "false")
            agent = row[about.agent].encode() if about.agent >= 0 else b""
            host = row[about.host] if about.host >= 0 else ""
        except IndexError:
            found = None
        local = tallier.at(found) if found else None
        if local is None:
            made.unrecognised += 1
            made.first_unrecognised = made.first_unrecognised or number
            continue
        made.known += 1
        is_robot = bot or (bool(agent) and tallier.agent(agent) < 0)
        line_hashes.append(hash((tuple(row), tallier.secret)) & ~1 & 0xFFFF_FFFF_FFFF_FFFF | is_robot)
        made.robots += is_robot
        if is_robot or not is_view or local[0] < tallier.since:
            continue
        what, host_kind = resolve(path, host, tallier)
        made.own_host = made.own_host or host_kind == OWN
        if what != OTHER:
            reads.add((tallier.hashed(session.encode(), 5) << 24, key(what, local[1], foreign=host_kind == FOREIGN)))
            if what in tallier.unknown:
                made.unknown[what] = tallier.unknown[what]
        if len(line_hashes) >= ROWS:
            yield finished(made, reads, line_hashes)
            made, reads, line_hashes = Tally(), set(), []
    yield finished(made, reads, line_hashes)


def finished(made: Tally, reads: set[tuple[int, int]], line_hashes: list[int]) -> Tally:
    from array import array  # noqa: PLC0415

    made.reads = array("Q", [number for pair in reads for number in pair]).tobytes()
    made.line_hashes = array("Q", line_hashes).tobytes()
    return made


def sums(rows: Iterable[tuple[int, list[str]]], about: Export, tallier: Tallier, into: Sums) -> Tally:
    """An export with a row for each page, added to what others say."""
    made = Tally()
    stood: Counter[int] = Counter()
    first_day = tallier.first_day()
    for line, row in rows:
        made.lines = line
        try:
            number = counted(row[about.number])
            day = when(row[about.when]) if about.when >= 0 else UNDATED
            path = row[about.path]
            host = row[about.host] if about.host >= 0 else ""
        except (IndexError, ValueError, OverflowError):
            made.unrecognised += 1
            made.first_unrecognised = made.first_unrecognised or line
            continue
        row_hash = hash(tuple(row))
        stood[row_hash] += 1
        if (row_hash, stood[row_hash]) in into.rows:
            into.again += about.when < 0
            continue
        into.rows.add((row_hash, stood[row_hash]))
        made.known += 1
        if day < first_day:
            continue
        what, host_kind = resolve(path, host, tallier)
        if what in tallier.unknown:
            into.unknown[host_kind][tallier.unknown[what]] += number
        elif what != OTHER:
            into.reads[host_kind][what, day] += number
    return made


def resolve(cell: str, host: str, tallier: Tallier) -> tuple[int, int]:
    """(what the cell of an address leads to, whether its host is the site's)."""
    target = cell.strip().encode("utf-8", "replace")
    match = ABSOLUTE.match(target)
    if match:
        host = match[1].decode("utf-8", "replace")
        target = target[match.end() :]
    host_kind = UNNAMED if not host else OWN if tallier.routes.own(host.encode("utf-8", "replace")) else FOREIGN
    return tallier.target(target if target.startswith(b"/") else b"/" + target), host_kind


def counted(cell: str) -> int:
    """A number as spreadsheets write it. Raises ValueError, OverflowError."""
    number = int(float(cell.replace(",", "").replace("\u00a0", "").replace("\u202f", "").strip()))
    if not 0 <= number <= MOST:
        raise ValueError(cell)
    return number


def when(cell: str) -> int:
    """The day of a row, as an ordinal. Raises ValueError."""
    text = cell.strip()
    if len(text) == 8 and text.isdigit():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return datetime.fromisoformat(text).replace(tzinfo=UTC).toordinal()
