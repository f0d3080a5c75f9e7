"""Measure the stages of a build: microseconds for each article, and milliseconds of an edit.

python benchmarks/stages.py                                        # 10,000 articles
python benchmarks/stages.py --size 1000 --document docs/explanation/performance.md

Builds a site in one process and samples the running function of digest every millisecond. The wall and CPU time since
the last sample counts for the stage of that function. So every moment of a build counts once, and the build takes about
one per cent longer. The first build compiles the templates.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import programs
import rounds
import sites
import tables

import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

EVERY = 0.001
"""Seconds between two samples."""
START, OTHER = "start: Python, imports", "the engine's own"
STAGES = (
    ("look: what is in the folder", ("content/discovery.py", "site/scan.py")),
    ("read: sources from the disk", ("site/files.py",)),
    ("YAML", ("content/nodes.py", "yaml/")),
    ("Markdown", ("content/markdown.py", "markdown_it/", "nh3/")),
    ("checks: fields, dates, addresses", ("content/",)),
    ("link: order, related, collisions", ("linking/", "pages/addresses.py")),
    ("view: what a page shows", ("pages/",)),
    ("template", ("rendering/", "jinja2/", "markupsafe/", "templates/", "<template>")),
    ("write: files, sync, exchange", ("site/output.py", "build/release.py", "build/writing.py")),
    (
        "memory: packing, fingerprints",
        ("site/cache.py", "site/fingerprints.py", "site/sources.py", "site/reader.py", "msgspec/"),
    ),
)
"""Stage → modules; the first match counts. Functions of other modules count for their callers."""
SERVANTS = ("text/", "model.py", "problems.py", "strings.py")
STEPS = ("cold", "edit", "new", "unchanged")
PACKAGE = f"{Path(digest.__file__).resolve().parent}{os.sep}"
Spent = dict[str, tuple[float, float]]
"""Stage → wall and CPU seconds."""


class Clock:
    """Sample the stages of a build: wall and CPU seconds of each."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.known: dict[tuple[str, str], str | None] = {}
        self.last = time.perf_counter(), time.process_time()

    def asked(self, _: int, frame: FrameType | None) -> None:
        """Add the time since the last sample to the running stage."""
        now = time.perf_counter(), time.process_time()
        spent = self.spent[self.stage(frame)]
        spent[0] += now[0] - self.last[0]
        spent[1] += now[1] - self.last[1]
        self.last = now

    def stage(self, frame: FrameType | None) -> str:
        """The stage of the innermost function that has one."""
        while frame:
            key = frame.f_code.co_filename, frame.f_code.co_name
            if key not in self.known:
                self.known[key] = stage_of(*key)
            found = self.known[key]
            if found:
                return found
            frame = frame.f_back
        return OTHER


def stage_of(file: str, function: str) -> str | None:
    """The stage of a function; None if it counts for its caller."""
    if file.startswith("<frozen importlib"):
        return START
    if file.endswith((".html", ".xml")):
        return "template"
    ours = file.removeprefix(PACKAGE).rpartition(f"site-packages{os.sep}")[2].replace(os.sep, "/")
    if ours.startswith(SERVANTS):
        return None
    return next((stage for stage, modules in STAGES if f"{ours}:{function}".startswith(modules)), None)


def profile(result: Path, words: list[str]) -> None:
    """Run digest with these arguments in this process, and write the time of each stage."""
    clock = Clock()
    signal.signal(signal.SIGALRM, clock.asked)
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        from digest.cli import main  # noqa: PLC0415 - importing it is part of the build

        main(words, standalone_mode=False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        clock.asked(0, None)
    result.write_text(json.dumps(clock.spent), "utf-8")


# ------------------------------------------------------------------ a site, built again and again


class Bench:
    """A site, and the cost of building it by stage."""

    def __init__(self, asked: argparse.Namespace, work: Path) -> None:
        self.work, self.fragments = work, asked.fragments
        stock, self.told = sites.stock(asked, tags=False)
        self.count = stock.count(asked.size)
        self.stories = stock.stories(self.count)
        self.site = work / "site"
        stock.write(self.site, self.count)
        sites.count_reads(self.site, self.stories)
        with (self.site / "site.yaml").open("a", encoding="utf-8") as settings:
            settings.write(f"\nfragments: {asked.fragments}\n" + ("" if asked.related else "related: false\n"))
        time.sleep(rounds.COARSE)

    def build(self, output: str) -> Spent:
        """Run one build in a new process."""
        result = self.work / "stages.json"
        order = ["build", "--quiet", "--jobs", "1", "--site", str(self.site), "--output", str(self.work / output)]
        environment = {"XDG_CACHE_HOME": str(self.work / programs.MEMORY), "SOURCE_DATE_EPOCH": str(self.clock)}
        subprocess.run(
            [sys.executable, __file__, "--profile", str(result), *order], check=True, env={**os.environ, **environment}
        )
        return {stage: (wall, cpu) for stage, (wall, cpu) in json.loads(result.read_text("utf-8")).items()}

    @property
    def clock(self) -> int:
        return sites.clock(self.stories)

    def warm(self) -> None:
        """Run a first build, in which Python compiles digest's modules and digest the templates."""
        small = self.work / "small"
        sites.Invented(tags=True).write(small, 10)
        site, self.site = self.site, small
        self.build("small-output/public")
        self.site = site

    def round(self, number: int) -> dict[str, Spent]:
        """Measure every step once, in a new output."""
        output = f"output-{number}/public"
        content = self.site / "content"
        newest, edited = sites.file_of(content, self.stories[0]), sites.file_of(content, self.stories[self.count // 3])
        found = {"cold": self.build(output)}
        rounds.add_sentence(edited, number)
        found["edit"] = self.build(output)
        newest.rename(self.work / "aside")
        self.build(output)
        (self.work / "aside").rename(newest)
        found["new"] = self.build(output)
        time.sleep(rounds.COARSE)
        self.build(output)
        found["unchanged"] = self.build(output)
        return found


def report(bench: Bench, found: Sequence[Mapping[str, Spent]]) -> str:
    """Medians of all rounds."""
    told = f"{bench.count:,} articles, `fragments: {bench.fragments}`, one process. {bench.told} "
    told += "Cold: microseconds an article. The others: milliseconds of CPU time of the whole build."
    names = [START, *(stage for stage, _ in STAGES), OTHER]
    rows = []
    for stage in names:
        cold = [1e6 / bench.count * between(found, "cold", stage, kind) for kind in (1, 0)]
        others = [1e3 * between(found, step, stage, 1) for step in STEPS[1:]]
        rows.append([stage, *(f"{value:.0f}" for value in cold), *(f"{value:.1f}" for value in others)])
    totals = [median(sum(spent[kind] for spent in one["cold"].values()) for one in found) for kind in (1, 0)]
    wholes = [
        [median(sum(s[kind] for s in one[step].values()) for one in found) for kind in (1, 0)] for step in STEPS[1:]
    ]
    rows.append(
        ["**all**", *(f"**{1e6 / bench.count * total:.0f}**" for total in totals)]
        + [f"**{1e3 * cpu:.0f}** (wall {1e3 * wall:.0f})" for cpu, wall in wholes]
    )
    head = ["stage", "cold: CPU µs", "wall µs", *(f"{tables.TITLES[step]}: ms" for step in STEPS[1:])]
    return f"{told}\n\n{tables.table(head, rows)}\n"


def between(found: Sequence[Mapping[str, Spent]], step: str, stage: str, kind: int) -> float:
    """The median of a stage; 0 if it never ran."""
    return median(one[step].get(stage, (0.0, 0.0))[kind] for one in found)


def options() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--size", type=int, default=10_000, metavar="N", help="articles")
    words.add_argument("--fragments", default="live", metavar="WAY")
    words.add_argument("--no-related", dest="related", action="store_false", help="without related articles")
    words.add_argument("--reps", type=int, default=3)
    sites.stock_options(words)
    words.add_argument(
        "--work", type=Path, metavar="DIR", help="on the disk to measure; default: the system's /var/tmp"
    )
    words.add_argument("--document", type=Path, metavar="FILE", help="fill its place marked <!-- figures: stages -->")
    return words.parse_args()


def main() -> None:
    if sys.argv[1:2] == ["--profile"]:
        profile(Path(sys.argv[2]), sys.argv[3:])
        return
    asked = options()
    work = sites.workplace(asked.work)
    try:
        bench = Bench(asked, work)
        bench.warm()
        text = report(bench, [bench.round(number) for number in range(asked.reps)])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(text, end="")
    if asked.document:
        tables.fill(asked.document, "stages", text)


if __name__ == "__main__":
    main()
