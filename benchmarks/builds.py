"""Measure time, changed files and memory of builds, with other generators in the same run.

python benchmarks/builds.py                              # everything; most of an hour
python benchmarks/builds.py --sizes 1000 --reps 1        # a first look
python benchmarks/builds.py --document docs/explanation/performance.md --json figures.json

Prints Markdown tables to standard output and progress to standard error. README.md in this folder describes the
measurements and their pitfalls.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import goals
import measure
import programs
import sites
import tables
from rounds import COARSE, STEPS, Entrant, say, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from programs import Program

HERE = Path(__file__).resolve().parent
LARGE = 25_000
"""Least number of articles for which `--large-reps` applies."""
STAGED = 10_000
"""Greatest number of articles for which the stages of a build are measured."""
MILLION = 1_000_000
PEERS = ("hugo", "eleventy", "pelican")
HELPS = 5
"""Runs of `digest --help` in each repetition."""
SOURCE, PAGE = 8 << 10, 36 << 10
"""Bytes on disk for each article: the source, and the page and its folder in two trees."""
FORGETTING = 300
"""Seconds after a large deletion until ext4 reuses the inodes at normal speed."""


def options() -> argparse.Namespace:
    """The options of the command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = words.add_argument_group("what is built")
    what.add_argument(
        "--sizes", type=numbers, default=[1_000, 10_000, 16_201, 30_000, 100_000], metavar="N,…", help="articles"
    )
    sites.stock_options(what)
    what.add_argument("--tags", action="store_true", help="digest's articles have three tags each, as others' have")
    what.add_argument("--fragments", type=listed, default=["inline", "live"], metavar="WAY,…", help="of digest")
    what.add_argument("--related", type=listed, default=["with", "without"], metavar="with,without")
    what.add_argument("--steps", type=listed, default=list(STEPS), metavar="STEP,…", help=f"default: {','.join(STEPS)}")
    what.add_argument("--one-million", action="store_true", help="a million articles too, once, with digest alone")

    who = words.add_argument_group("who builds")
    who.add_argument("--programs", type=listed, default=["digest", "hugo"], metavar="NAME,…",
                     help=f"of digest,{','.join(PEERS)}")  # fmt: skip
    who.add_argument(
        "--harness", type=Path, default=sites.SHARED / "bench", metavar="DIR", help="templates of the others"
    )
    who.add_argument("--digest", metavar="COMMAND", help="default: the one beside this Python")
    who.add_argument("--hugo", metavar="FILE", help="the binary itself; default: $PEERS_HUGO, or on the path")
    who.add_argument("--eleventy", metavar="FILE", help="@11ty/eleventy/cmd.cjs; default: $PEERS_ELEVENTY")
    who.add_argument("--pelican", metavar="FILE", help="default: $PEERS_PELICAN, or on the path")

    how = words.add_argument_group("how it is measured")
    how.add_argument("--reps", type=int, default=3, help="calm runs wanted (default 3)")
    how.add_argument("--large-reps", type=int, default=1, help=f"the same from {LARGE:,} articles (default 1)")
    how.add_argument("--quiet", type=float, default=0.25, help="cores of other load that a calm run may see")
    how.add_argument("--settle", type=float, default=15, help="seconds to wait for a quiet machine before a run")
    how.add_argument("--patience", type=float, default=300, help="seconds that a build of another program may take")
    how.add_argument("--work", type=Path, metavar="DIR", help="on the disk to measure; default: the system's /var/tmp")
    how.add_argument("--keep", action="store_true", help="leave all sites there")

    out = words.add_argument_group("what comes of it")
    out.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    out.add_argument("--document", type=Path, metavar="FILE", help="fill its marked places, the stages of a build too")
    out.add_argument("--report", type=Path, metavar="FILE", help="measure nothing: the tables of an earlier --json")
    return words.parse_args()


def listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def numbers(text: str) -> list[int]:
    found = [int(word) for word in listed(text)]
    if not found or min(found) < 10:
        raise argparse.ArgumentTypeError("ten articles at least")
    return found


# ------------------------------------------------------------------ who and what takes part


def peers(asked: argparse.Namespace, related: Sequence[bool]) -> list[Program]:
    """The requested programs that are installed; the others are reported."""
    wanted = [name for name in asked.programs if name != "digest"]
    if unknown := set(wanted) - set(PEERS):
        sys.exit(f"unknown program: {', '.join(sorted(unknown))}")
    if wanted and not (asked.harness / "convert.py").is_file():
        say(f"There is no harness in {asked.harness}: {', '.join(wanted)} cannot take part.")
        return []
    make: dict[str, Callable[[str], list[Program]]] = {
        "hugo": lambda path: list(programs.hugo(path, related)),
        "eleventy": lambda path: [programs.eleventy(path)],
        "pelican": lambda path: [programs.pelican(path)],
    }
    variables = {name: f"PEERS_{name.upper()}" for name in PEERS}
    made: list[Program] = []
    for name in wanted:
        path = programs.found(getattr(asked, name), variables[name], name)
        if path is None:
            say(f"There is no {name}: name it with --{name} or ${variables[name]}.")
            continue
        made += make[name](path)
    return made


class Benchmark:
    """One run of this benchmark: sites, entrants, figures."""

    def __init__(self, asked: argparse.Namespace, work: Path) -> None:
        self.asked = asked
        self.work = work
        self.related = [word == "with" for word in asked.related]
        self.stock, told = sites.stock(asked, tags=asked.tags)
        self.conditions = measure.Conditions(asked.quiet, asked.settle)
        self.command = programs.digest_command(asked.digest)
        self.peers = peers(asked, self.related)
        self.harnesses = self.copied_harnesses()
        self.peers = [peer for peer in self.peers if self.harnesses.get(peer.related)]
        self.figures: dict[str, Any] = {"about": about(told, self.versions()), "sizes": [], "help": {}}

    def copied_harnesses(self) -> dict[bool, sites.Harness | None]:
        """The variants: with and without related articles, if any program computes them."""
        wanted = {peer.related for peer in self.peers} | ({True} if self.converts else set())
        made = {}
        for related in wanted:
            folder = self.work / f"harness-{'with' if related else 'without'}"
            made[related] = sites.Harness.copied(self.asked.harness, folder, related=related)
            if made[related] is None:
                say("The harness's templates are others than we know: nobody builds without related articles.")
        return made

    @property
    def converts(self) -> bool:
        """Whether the harness writes digest's sites."""
        return bool(self.asked.tags) and self.stock.kind == "real"

    def versions(self) -> dict[str, str]:
        found = {"digest": said((*self.command, "--version")), "Python": platform.python_version()}
        return found | {peer.name.partition(",")[0]: said(peer.asks_version) for peer in self.peers}

    def run(self) -> None:
        """Run all requested measurements, the smallest size first."""
        self.warm()
        self.figures["help"] = self.help()
        for asked in sorted(set(self.asked.sizes)):
            self.size(self.stock.count(asked), self.reps(asked))
            self.keep()
        if self.asked.one_million:
            self.million()
            self.keep()

    def reps(self, count: int) -> int:
        return int(self.asked.large_reps if count >= LARGE else self.asked.reps)

    def keep(self) -> None:
        if self.asked.json:
            self.asked.json.write_text(json.dumps(self.figures, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def warm(self) -> None:
        """Run a first build without measuring, because Python compiles digest's modules at the first import."""
        site = self.work / "warm"
        sites.Invented(tags=True).write(site, 10)
        for word in self.asked.fragments:
            (program,) = programs.digest(self.command, [word], [True], int(time.time()))
            log = self.work / "warm.log"
            measure.measured(program.command, site, {"XDG_CACHE_HOME": str(site / programs.MEMORY)}, log)

    def help(self) -> dict[str, Any]:
        """Measure `digest --help`, and Python alone."""
        commands = {"digest --help": (*self.command, "--help"), 'python -c ""': (sys.executable, "-c", "")}
        made = {}
        for name, command in commands.items():
            measure.settle(self.conditions)
            count = HELPS * self.asked.reps
            runs = [measure.measured(command, self.work, {}, self.work / "help.log") for _ in range(count)]
            made[name] = asdict(measure.middle(runs, count, self.conditions))
        return made

    def size(self, count: int, reps: int) -> None:
        """Measure every step of every program at one size."""
        large = count >= LARGE
        stories = self.stock.stories(count)
        clock = sites.clock(stories)
        ours = programs.digest(self.command, self.asked.fragments, self.related, clock)
        entrants = [*(ours if "digest" in self.asked.programs else ()), *self.peers]
        self.measure(entrants, count, stories, reps, reps if large else 2 * reps)

    def million(self) -> None:
        """Measure a million articles with digest alone, each step once."""
        count = self.stock.count(MILLION)
        stories = self.stock.stories(min(count, LARGE))
        clock = sites.clock(stories)
        self.measure(list(programs.digest(self.command, ["live"], self.related[:1], clock)), count, stories, 1, 1)

    def measure(
        self, competing: Sequence[Program], count: int, stories: list[sites.Story], reps: int, tries: int
    ) -> None:
        steps = [step for step in STEPS if step in {"cold", *self.asked.steps}]
        say(f"{count:,} articles: {'; '.join(program.name for program in competing)}")
        outputs = reps if tries == reps else reps + 1
        self.make_room(sum(count * (SOURCE + PAGE * (outputs + program.twice)) for program in competing))
        folder = self.work / str(count)
        folder.mkdir()
        entrants = [self.entrant(program, folder, count, stories) for program in competing]
        time.sleep(COARSE)  # otherwise the builds could not distinguish a later change by its time
        for step in steps:
            take_turns(entrants, step, reps, tries, self.conditions)
        rounds = -(-count // len(stories)) if self.stock.kind == "real" else 1
        size = {"count": count, "kind": self.stock.kind, "rounds": rounds, "steps": steps}
        self.figures["sizes"].append(size | {"entrants": [self.entrant_figures(e, reps) for e in entrants]})

    def entrant(self, program: Program, folder: Path, count: int, stories: list[sites.Story]) -> Entrant:
        """Write the site of a program."""
        site = folder / program.slug
        if program.ours and not self.converts:
            self.stock.write(site, count)
        else:
            lines = folder / "articles.jsonl"
            if not lines.exists():
                self.stock.lines(lines, count)
            harness = self.harnesses[program.related or program.ours]
            assert harness
            harness.write(program.format, lines, site, count)
        if program.ours:
            sites.count_reads(site, stories)
            with (site / "site.yaml").open("a", encoding="utf-8") as settings:
                settings.write(f"\n{program.settings}")
        return Entrant(program, site, count, stories, self.work, None if program.ours else self.asked.patience)

    def make_room(self, wanted: int) -> None:
        """Keep old sites while there is room. Exits if there is none."""
        if shutil.disk_usage(self.work).free > wanted:
            return
        old = [folder for folder in self.work.iterdir() if folder.name.isdigit() or folder.name == "away"]
        for folder in old:
            shutil.rmtree(folder)
        if shutil.disk_usage(self.work).free < wanted:
            sys.exit(f"{self.work} has no room for {wanted / 2**30:.0f} GiB; name another disk with --work")
        if old:
            say(f"The disk was full: old sites are deleted, and the disk gets {FORGETTING} s to forget them.")
            os.sync()
            time.sleep(FORGETTING)

    def entrant_figures(self, entrant: Entrant, reps: int) -> dict[str, Any]:
        """All figures of one entrant, for JSON and tables."""
        middles = {step: entrant.middle(step, reps, self.conditions) for step in entrant.runs}
        return {
            "name": entrant.program.name,
            "format": entrant.program.format,
            "related": entrant.program.related,
            "patience": entrant.patience,
            "gave_up": entrant.gave_up,
            "why": entrant.why,
            "made": asdict(entrant.made) if entrant.made else None,
            "changed": entrant.changed,
            "first_removal": asdict(entrant.first_removal) if entrant.first_removal else None,
            "steps": {step: asdict(middle) for step, middle in middles.items() if middle},
            "runs": {step: [asdict(run) for run in runs] for step, runs in entrant.runs.items()},
        }


def about(articles: str, versions: dict[str, str]) -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"
    return {"day": datetime.now(UTC).date().isoformat(), "machine": machine, "versions": versions, "articles": articles}


def said(command: Sequence[str]) -> str:
    """The first number that looks like a version in a program's output."""
    words = subprocess.run(command, capture_output=True, text=True, check=False).stdout.replace(",", " ").split()
    return next((word.lstrip("v").partition("-")[0] for word in words if word.lstrip("v")[:1].isdigit()), "?")


# ------------------------------------------------------------------ the command


def main() -> None:
    asked = options()
    figures = json.loads(asked.report.read_text("utf-8")) if asked.report else measured(asked)
    print("\n\n".join(filter(None, (tables.report(figures).strip(), goals.report(figures)))))
    if asked.document:
        tables.fill(asked.document, "builds", tables.report(figures))
        tables.fill(asked.document, "goals", goals.report(figures) or "Not measured.")
    if asked.document and not asked.report:
        stages(asked)


def stages(asked: argparse.Namespace) -> None:
    """Fill the table of stages in the document too."""
    words = ["--document", asked.document, "--corpus", asked.corpus, "--writer", asked.writer]
    words += ["--articles", asked.articles] if asked.articles else []
    words += ["--work", asked.work] if asked.work else []
    size = max((size for size in asked.sizes if size <= STAGED), default=min(asked.sizes))
    words += ["--size", size, "--reps", asked.reps]
    subprocess.run([sys.executable, str(HERE / "stages.py"), *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Run the benchmark in a new folder, which is deleted at the end."""
    work = sites.workplace(asked.work)
    benchmark: Benchmark | None = None
    try:
        benchmark = Benchmark(asked, work)
        benchmark.run()
        return benchmark.figures
    finally:
        if asked.keep:
            say(f"All sites are in {work}.")
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
