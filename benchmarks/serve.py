"""Measure the time from a save until the changed text is served, with other generators' servers in the same run.

python benchmarks/serve.py                        # 10,000 articles, digest and Hugo; a quarter of an hour
python benchmarks/serve.py --size 1000 --saves 10 --endurance 50
PEERS_HUGO=/usr/local/bin/hugo python benchmarks/serve.py --programs digest,hugo,eleventy

Each program serves a site of the same articles. A save appends a word to an article chosen at random, as an editor
that writes in place does. From the moment the file is closed, the benchmark requests the page every few milliseconds
until the word is in it. There is a pause between two saves, as when somebody writes. Prints Markdown tables to standard
output and progress to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gauge
import measure
import programs
import sites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sites import Story

ASKED = 0.004
"""Seconds between two requests for the changed page."""
PATIENCE = 60.0
"""Seconds after which a save counts as lost."""
STARTING = 900.0
"""Time limit for the first page of a server, in seconds."""
GOALS = {"start": 1.0, "median": 0.120, "p95": 0.250}
"""Goals of digest for 10,000 articles, in seconds."""


@dataclass(frozen=True, slots=True)
class Side:
    """A program, its site, and its server command."""

    name: str
    folder: Path
    command: tuple[str, ...]
    """The server command; `PORT` is replaced by the port."""
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one program, in seconds and MiB."""

    name: str
    start: float
    """Time from the command to the first page."""
    first: float | None
    """Time from the command to the first page of a site that was never built."""
    saves: list[float]
    lost: int
    other: float | None
    """Cores kept busy by other processes during the saves."""
    memory: dict[str, float]
    """Memory after many saves."""

    @property
    def median(self) -> float:
        return statistics.median(self.saves) if self.saves else 0.0

    @property
    def p95(self) -> float:
        ordered = sorted(self.saves)
        return ordered[min(round(0.95 * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def options() -> argparse.Namespace:
    """The options of the command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--size", type=int, default=10_000, metavar="N", help="articles (default 10000)")
    words.add_argument("--saves", type=int, default=100, metavar="N", help="of each program (default 100)")
    words.add_argument("--endurance", type=int, default=1_000, metavar="N",
                       help="saves after which digest's memory is looked at (default 1000)")  # fmt: skip
    words.add_argument("--pause", type=float, default=1.0, metavar="S", help="between two saves (default 1 s)")
    words.add_argument("--seed", type=int, default=1, metavar="N", help="which articles")
    sites.stock_options(words)
    words.add_argument("--programs", default="digest,hugo", metavar="NAME,…", help="of digest,hugo,eleventy")
    words.add_argument("--harness", type=Path, default=sites.SHARED / "bench", metavar="DIR")
    words.add_argument("--digest", metavar="COMMAND", help="default: the one beside this Python")
    words.add_argument("--hugo", metavar="FILE", help="the binary itself; default: $PEERS_HUGO, or on the path")
    words.add_argument("--eleventy", metavar="FILE", help="@11ty/eleventy/cmd.cjs; default: $PEERS_ELEVENTY")
    words.add_argument("--settle", type=float, default=15, metavar="S", help="to wait for a quiet machine before a run")
    words.add_argument("--work", type=Path, metavar="DIR", help="on the disk to measure; default: /var/tmp")
    words.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    return words.parse_args()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ------------------------------------------------------------------ programs


def sides(asked: argparse.Namespace, stock: sites.Stock, count: int, work: Path) -> Iterator[Side]:
    """The installed programs with their sites; missing programs are reported."""
    clock = sites.clock(stock.stories(count))
    for name in asked.programs.split(","):
        folder = work / name
        if name == "digest":
            stock.write(folder, count)
            command = (*programs.digest_command(asked.digest), "serve", "--port", "PORT", "--quiet")
            yield Side("digest serve", folder, command, {"SOURCE_DATE_EPOCH": str(clock)})
            continue
        path = programs.found(getattr(asked, name), f"PEERS_{name.upper()}", name)
        if path is None or not (asked.harness / "convert.py").is_file():
            say(f"There is no {name}, or no harness in {asked.harness}.")
            continue
        harness = sites.Harness.copied(asked.harness, work / f"harness-{name}", related=True)
        lines = work / "articles.jsonl"
        if harness is None:
            continue
        if not lines.exists():
            stock.lines(lines, count)
        harness.write(name, lines, folder, count)
        if name == "hugo":
            command = (path, "server", "--port", "PORT", "--bind", "127.0.0.1", "--quiet")
        else:
            command = ("node", path, "--serve", "--port=PORT", "--quiet")
        yield Side(f"{name} server", folder, command, {})


# ------------------------------------------------------------------ a running server


class Running:
    """A running server."""

    def __init__(self, side: Side, work: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [word.replace("PORT", str(self.port)) for word in side.command]
        started = time.perf_counter()
        with (work / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=side.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env={**os.environ, **side.environment},
            )  # fmt: skip
        while not self.page("/"):
            if self.process.poll() is not None or time.perf_counter() - started > STARTING:
                sys.exit(f"{side.name} does not serve: {(work / 'log').read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(ASKED)
        self.start = time.perf_counter() - started

    def page(self, path: str) -> bytes:
        """Request a page; empty on an error."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as line:
            try:
                line.request("GET", quote(path))
                reply = line.getresponse()
                return reply.read() if reply.status == 200 else b""
            except (OSError, http.client.HTTPException):
                return b""

    def shows(self, path: str, word: bytes) -> float | None:
        """Seconds until a word is in a page; None after the time limit."""
        started = time.perf_counter()
        while word not in self.page(path):
            if time.perf_counter() - started > PATIENCE:
                return None
            time.sleep(ASKED)
        return time.perf_counter() - started

    @property
    def memory(self) -> float:
        """MiB of all processes of the server."""
        return gauge.together(os.getpgid(self.process.pid))

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


# ------------------------------------------------------------------ measuring


@dataclass(frozen=True, slots=True)
class Target:
    """An article and the address of its page."""

    file: Path
    path: str


def targets(side: Side, stories: Sequence[Story]) -> Iterator[Target]:
    """Files and addresses of a program's articles: `/section/id/` in each program."""
    for story in stories:
        file = sites.file_of(side.folder / "content", story)
        yield Target(file, f"/{file.parent.name}/{story.id}/")


def save(target: Target, word: str) -> None:
    with target.file.open("a", encoding="utf-8") as file:
        file.write(f"\n\n{word}\n")


def measured(
    side: Side, asked: argparse.Namespace, stories: Sequence[Story], work: Path, first: float | None
) -> Figures:
    """Measure start, saves and memory of one program."""
    measure.settle(measure.Conditions(0.25, asked.settle))
    server = Running(side, work)
    say(f"  first page after {server.start:.2f} s")
    try:
        chosen = [it for it in targets(side, stories) if server.page(it.path)]
        if not chosen:
            sys.exit(f"{side.name} shows none of the chosen articles")
        time.sleep(3 * asked.pause)
        memory = {"0": server.memory}
        found, own = [], gauge_of(server)
        before, began = gauge.busy(), time.monotonic()
        for number, target in enumerate(chosen[: asked.saves]):
            word = f"كلمة{number}جديدة"
            save(target, word)
            found.append(server.shows(target.path, word.encode()))
            time.sleep(asked.pause * random.uniform(0.5, 1.5))
        after, took = gauge.busy(), time.monotonic() - began
        other = None if before is None or after is None else max(after - before - (gauge_of(server) - own), 0) / took
        memory[str(len(found))] = server.memory
        if side.name.startswith("digest"):
            for number in range(len(found), asked.endurance):
                target = chosen[number % len(chosen)]
                save(target, f"سطر{number}")
                if number % 10 == 0:
                    server.shows(target.path, f"سطر{number}".encode())
                time.sleep(0.02)
                if number + 1 in {asked.endurance // 2, asked.endurance}:
                    time.sleep(3 * asked.pause)
                    memory[str(number + 1)] = server.memory
    finally:
        server.stop()
    return Figures(
        side.name, server.start, first, [it for it in found if it is not None], found.count(None), other, memory
    )


def gauge_of(server: Running) -> float:
    """CPU seconds of a server since its start."""
    with contextlib.suppress(OSError, ValueError):
        row = Path(f"/proc/{server.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(row[11]) + int(row[12])) / gauge.TICK
    return 0.0


def before_building(side: Side, work: Path) -> float:
    """Measure the start of digest on a site that was never built, then build it."""
    server = Running(side, work)
    server.stop()
    shutil.rmtree(side.folder / ".digest", ignore_errors=True)
    command = [*side.command[: side.command.index("serve")], "build", "--quiet"]
    subprocess.run(command, cwd=side.folder, env={**os.environ, **side.environment}, check=True, capture_output=True)
    return server.start


# ------------------------------------------------------------------ results


def table(figures: Sequence[Figures]) -> str:
    rows = [
        "| | median | 95 % | slowest | saves | start | never built | MiB | other load |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in figures:
        lost = f" ({one.lost} lost)" if one.lost else ""
        first = f"{one.first:.1f} s" if one.first is not None else ""
        memory = " → ".join(f"{size:.0f}" for size in one.memory.values())
        other = f"{one.other:.2f}" if one.other is not None else ""
        slowest = max(one.saves, default=0.0)
        rows.append(
            f"| {one.name} | {one.median * 1000:,.0f} ms | {one.p95 * 1000:,.0f} ms | {slowest * 1000:,.0f} ms "
            f"| {len(one.saves)}{lost} | {one.start:.2f} s | {first} | {memory} | {other} |"
        )
    return "\n".join(rows)


def judged(one: Figures) -> str:
    """The goals for 10,000 articles, and whether they were reached."""
    rows = ["| goal | | measured | |", "|---|--:|--:|---|"]
    for name, goal in GOALS.items():
        value: float = getattr(one, name)
        rows.append(f"| {name} | {goal:.2f} s | {value:.3f} s | {'reached' if value <= goal else '**missed**'} |")
    return "\n".join(rows)


def main() -> int:
    asked = options()
    stock, told = sites.stock(asked, tags=False)
    count = stock.count(asked.size)
    work = sites.workplace(asked.work)
    stories = stock.stories(count)
    random.seed(asked.seed)
    chosen = random.sample(stories, min(len(stories), max(asked.saves, 200)))
    figures: list[Figures] = []
    try:
        for side in sides(asked, stock, count, work):
            say(side.name)
            first = before_building(side, work) if side.name.startswith("digest") else None
            figures.append(measured(side, asked, chosen, work, first))
            say(f"  median {figures[-1].median * 1000:.0f} ms, 95 % {figures[-1].p95 * 1000:.0f} ms")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"### {count:,} {stock.kind} articles\n\n{told}\n\n{table(figures)}")
    if figures and figures[0].name.startswith("digest") and count >= 10_000:
        print(f"\n{judged(figures[0])}")
    if asked.json:
        made: dict[str, Any] = {"count": count, "kind": stock.kind, "programs": [asdict(one) for one in figures]}
        asked.json.write_text(json.dumps(made, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
