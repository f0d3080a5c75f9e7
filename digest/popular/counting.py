"""Files in, counts out: each file's kind, its chunks spread over processes, and what they come to together."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from typing import TYPE_CHECKING, Self

import msgspec

from digest.popular import exports, files, formats
from digest.popular.exports import Measure, Sums
from digest.popular.files import LogFile, UnreadableError
from digest.popular.tally import FOREIGN, OWN, UNNAMED, Tallier, Tally
from digest.popular.totals import Accumulator, ranked
from digest.problems import N_, DigestError, Problem, excerpt, mistake
from digest.site.workers import FORKS, cores

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.popular.routes import Routes

PAYS_FROM = 8 << 20
"""Bytes of all files together from which more processes earn their start."""
HOPELESS = 64 << 20
"""Bytes of a log without one known line after which the others are not looked at."""
WAITING = 2
"""Pieces for each process that wait for it."""
NEAREST = {
    "{": N_("JSON of nginx, Caddy or Traefik"),
    "#": N_("W3C with #Fields, CloudFront, IIS"),
    ",": N_("CSV of GoatCounter, Plausible, Umami or Matomo"),
    "[": N_("combined, common, common with a host before it"),
}
"""A letter of a line → the formats that look like it."""
PERSONAL = re.compile(r"\"[^\"]*\"?|\S*[\d.:@%+()/\\=]\S*")
"""What a line may say of a reader: quoted texts, and whatever is no plain word."""
LEFT_OUT = re.compile("…(?: …)+")
FIRST_LINE = 60


class CountOptions(msgspec.Struct, frozen=True):
    """What a count is asked for."""

    routes: Routes
    zone: ZoneInfo
    since: datetime | None = None
    """Aware; None for all that the files hold."""
    pairing: bool = True
    jobs: int | None = None


class Counted(msgspec.Struct, frozen=True):
    """What the files say, without a trace of anybody."""

    reads: Mapping[tuple[str, int], int]
    """(entry id, day) → reads; day 0 for exports without dates."""
    unknown: tuple[tuple[str, int], ...]
    lines: int
    robots: int
    unpaired: int
    foreign: int
    measures: tuple[tuple[str, Measure], ...]
    """What each export counts, by its name."""
    advice: tuple[Problem, ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Entry id and reads, the most read first."""
        found: Counter[str] = Counter()
        for (entry, _), number in self.reads.items():
            found[entry] += number
        return ranked((entry, number) for entry, number in found.items() if number)


def count(names: Sequence[str], options: CountOptions, tell: Callable[[int, int], None]) -> Counted:
    """Everything the files hold. `tell` is told the bytes done, and of how many.

    Raises `DigestError` naming each file that cannot be read, holds no known line, or, all together, no read.
    """
    opened, problems = files.open_all(names)
    try:
        if problems:
            raise DigestError(problems)
        with Count(opened, options, tell) as running:
            for file in opened:
                running.take(file)
            return running.counted()
    finally:
        files.close(opened)


class Count:
    """One count while it runs."""

    def __init__(self, opened: Sequence[LogFile], options: CountOptions, tell: Callable[[int, int], None]) -> None:
        self.opened = opened
        self.options = options
        self.tell = tell
        self.tallier = Tallier(options.routes, options.zone, options.since)
        compared = len(opened) > 1
        self.logs, self.views, self.sums = Accumulator(compared=compared), Accumulator(compared=compared), Sums()
        self.rows = 0
        self.measures: list[tuple[str, Measure]] = []
        self.problems: list[Problem] = []
        self.advice: list[Problem] = []
        size = sum(file.size for file in opened)
        unknown_size = any(file.name == files.STANDARD_INPUT for file in opened)
        self.jobs = cores(options.jobs) if FORKS and (size > PAYS_FROM or unknown_size or options.jobs) else 1
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def take(self, file: LogFile) -> None:
        """One file, of whatever kind."""
        unrecognised = UnknownLines(file.name)
        before = (self.logs.lines, self.views.lines, self.rows)
        try:
            chunks = file.chunks()
            beginning = next(chunks, b"")
            about = exports.export(header(beginning))
            if about:
                self.take_export(file, joined(beginning, chunks), about, unrecognised)
            else:
                for tally in self.tallies(joined(beginning, chunks)):
                    self.logs.add(tally)
                    unrecognised.add(tally)
                    self.tell(sum(one.done for one in self.opened), sum(one.size for one in self.opened))
                    if unrecognised.bytes > HOPELESS and self.logs.lines == before[0]:
                        break
                self.logs.end_file()
        except UnreadableError as error:
            self.problems.append(Problem(file.name, 0, 0, error.what, error.cure))
            return
        except OSError as error:
            what = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
            self.problems.append(Problem(file.name, 0, 0, what, N_("check the disk")))
            return
        if (self.logs.lines, self.views.lines, self.rows) == before and unrecognised.lines:
            self.problems.append(unknown_format(file.name, beginning))
            return
        if file.ends_early:
            what = mistake("log-cut-short", "its gzip stream ends early; what came before was counted")
            self.advice.append(
                Problem(file.name, 0, 0, what, N_("fetch it again, or wait until it is written"), "advice")
            )
        self.advice += unrecognised.advice()

    def take_export(
        self, file: LogFile, chunks: Iterator[bytes], about: exports.Export, unrecognised: UnknownLines
    ) -> None:
        """A CSV."""
        rows = exports.records(chunks, about.delimiter)
        for _, row in rows:  # up to its header; comments may stand before it
            if exports.export(about.delimiter.join(map(quoted_cell, row))):
                break
        if about.number < 0:
            for tally in exports.views(rows, about, self.tallier):
                self.views.add(tally)
                unrecognised.add(msgspec.structs.replace(tally, lines=0))
            self.views.end_file()
        elif self.options.since and about.when < 0:
            cure = N_("export the days you want, and leave out --days")
            raise UnreadableError(
                mistake("log-without-dates", "its rows have no dates, so --days cannot choose among them"), cure
            )
        else:
            before = self.sums.again
            tally = exports.sums(rows, about, self.tallier, self.sums)
            self.rows += tally.known
            unrecognised.add(msgspec.structs.replace(tally, lines=0))
            if self.sums.again > before:
                what = mistake(
                    "log-rows-twice",
                    "rows that stand in another file too: {n}; each counts once",
                    n=self.sums.again - before,
                )
                self.advice.append(Problem(file.name, 0, 0, what, N_("give one export for all days"), "advice"))
        self.measures.append((file.name, about.measure))

    def tallies(self, chunks: Iterator[bytes]) -> Iterator[Tally]:
        """The chunks of one log, tallied in their order."""
        columns: list[bytes] = []
        running: deque[Future[Tally]] = deque()
        ahead = next(chunks, b"")
        while ahead:
            chunk, ahead = ahead, next(chunks, b"")
            if self.jobs == 1 or (not ahead and not running):
                yield self.tallier.tally(chunk, columns, compared=self.logs.compared, last=not ahead)
            else:
                pool = self.workers()
                running.append(pool.submit(tally_chunk, chunk, columns, self.logs.compared, not ahead))
                if len(running) > WAITING * self.jobs:
                    yield result_of(running.popleft())
            columns = columns_after(chunk) or columns
        while running:
            yield result_of(running.popleft())

    def workers(self) -> ProcessPoolExecutor:
        """Processes that know the site; started when there is work for them."""
        if self.pool is None:
            import multiprocessing  # noqa: PLC0415 - large logs alone need it

            Shared.tallier = self.tallier
            start = multiprocessing.get_context("fork")
            self.pool = ProcessPoolExecutor(self.jobs, start, initializer=start_worker, initargs=(os.getpid(),))
        return self.pool

    def counted(self) -> Counted:
        """What it came to. Raises `DigestError`."""
        if self.problems:
            raise DigestError([*self.problems, *self.advice])
        logs = self.logs.totals(pairing=self.options.pairing)
        views = self.views.totals(pairing=False)
        summed, unknown, foreign = self.summed()
        reads: Counter[tuple[str, int]] = Counter()
        for found in (logs.reads, views.reads, summed):
            for (entry, day), number in found.items():
                reads[self.options.routes.entries[entry], day] += number
        for path, number in (*logs.unknown, *views.unknown):
            unknown[path] += number
        made = Counted(
            reads,
            tuple(ranked(unknown.items())),
            lines=logs.lines + views.lines + self.rows,
            robots=logs.robots + views.robots,
            unpaired=logs.unpaired,
            foreign=logs.foreign + views.foreign + foreign,
            measures=tuple(self.measures),
            advice=tuple(self.advice),
        )
        if not made.counts:
            raise DigestError([*why_nothing_was_read(self.opened, made, self.options), *self.advice])
        return made

    def summed(self) -> tuple[Counter[tuple[int, int]], Counter[str], int]:
        """(reads, unknown pages, reads of other hosts) of the exports with a row for each page."""
        kept = (UNNAMED, OWN) if self.sums.reads[OWN] or self.sums.unknown[OWN] else (UNNAMED, OWN, FOREIGN)
        reads: Counter[tuple[int, int]] = Counter()
        unknown: Counter[str] = Counter()
        for host_kind in kept:
            reads.update(self.sums.reads[host_kind])
            unknown.update(self.sums.unknown[host_kind])
        return reads, unknown, 0 if FOREIGN in kept else sum(self.sums.reads[FOREIGN].values())


class UnknownLines:
    """The lines of one file that were of no known format."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines = 0
        self.first = 0
        self.before = 0
        self.bytes = 0
        """Of its chunks, roughly."""

    def add(self, tally: Tally) -> None:
        self.bytes += files.CHUNK
        if tally.unrecognised and not self.lines:
            self.first = self.before + tally.first_unrecognised if tally.first_unrecognised else 0
        self.lines += tally.unrecognised
        self.before += tally.lines

    def advice(self) -> list[Problem]:
        """Said once a file, with the place of the first."""
        if not self.lines:
            return []
        what = mistake("log-lines-unknown", "this line was not counted")
        if self.lines > 1:
            what = mistake("log-lines-unknown", "{n:,} lines, this one the first, were not counted", n=self.lines)
        cure = N_("a line that is cut off or of another format says nothing")
        return [Problem(self.name, self.first, 0, what, cure, "advice")]


class Shared:
    """What worker processes inherit."""

    tallier: Tallier


def tally_chunk(chunk: bytes, columns: Sequence[bytes], compared: bool, last: bool) -> Tally:
    """One chunk, in a worker process."""
    return Shared.tallier.tally(chunk, columns, compared=compared, last=last)


def start_worker(parent: int) -> None:
    """A stop is the parent's to hear; where the parent is gone, its workers go too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=exit_with_parent, args=(parent,), daemon=True).start()


def exit_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def result_of(waiting: Future[Tally]) -> Tally:
    """What a worker found. Raises `DigestError` where it ended without a word."""
    try:
        return waiting.result()
    except BrokenProcessPool:
        raise DigestError(
            [Problem("", 0, 0, mistake("worker-ended", "a worker process ended"), N_("try again with --jobs 1"))]
        ) from None


def joined(beginning: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield beginning
    yield from chunks


def header(chunk: bytes) -> str:
    """The first line of a file that is neither blank nor a comment."""
    lines = (line.strip() for line in chunk[: formats.LONGEST].splitlines())
    return next((line for line in lines if line and not line.startswith(b"#")), b"").decode("utf-8", "replace")


def quoted_cell(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def columns_after(chunk: bytes) -> list[bytes]:
    """The columns by which the lines after this chunk are read; none where it names none."""
    at = max(chunk.rfind(b"\n#Fields:") + 1, 0 if chunk.startswith(b"#Fields:") else -1, chunk.rfind(b"\n#fields:") + 1)
    if at < 0 or not chunk.startswith((b"#Fields:", b"#fields:"), at):
        return []
    return formats.columns_of(chunk[at : chunk.find(b"\n", at) if b"\n" in chunk[at:] else len(chunk)].rstrip())


def unknown_format(name: str, beginning: bytes) -> Problem:
    """A file of which no line is known. Of its first line nothing is shown that could say who a reader was."""
    line = header(beginning) or "#"
    shown = LEFT_OUT.sub("…", PERSONAL.sub("…", line[: FIRST_LINE * 4]))[:FIRST_LINE]
    nearest = next((known for letter, known in NEAREST.items() if letter in line), N_("combined, common, nginx JSON"))
    what = mistake(
        "log-format",
        "no line of it is of a known format; the first one is '{line}', addresses and the like left out",
        line=excerpt(shown),
    )
    return Problem(name, 1, 0, what, N_("nearest to it are {formats}", formats=nearest))


def why_nothing_was_read(opened: Sequence[LogFile], made: Counted, options: CountOptions) -> list[Problem]:
    """Why there is nothing to count."""
    if not made.lines:
        cure = N_("give the logs of the days that were read")
        return [Problem(file.name, 0, 0, mistake("log-empty", "it holds no line"), cure) for file in opened]
    what = mistake("log-no-reads", "no story was read in it")
    if len(opened) > 1:
        what = mistake("log-no-reads", "no story was read in these files")
    cure = N_("are they the logs of this site, and is 'base_url' its address?")
    if made.unpaired:
        cure = N_(
            "{n:,} requests for stories came from visitors that never took the site's style; "
            "where a log lacks styles that others serve, say --no-pairing",
            n=made.unpaired,
        )
    elif made.foreign:
        cure = N_("{n:,} reads were of other hosts than that of 'base_url'", n=made.foreign)
    elif options.since:
        cure = N_("none since the day that --days names")
    return [Problem(file.name, 0, 0, what, cure) for file in opened]
