"""Measure programs in turns: every program builds once, then every program again, until each has enough calm runs.

The output of the first run of a step is checked: the site is complete, and the edit is in it; changed files are
counted. Old output is moved away, not deleted, because on ext4 creating files shortly after a large deletion takes up
to five times the system time.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import sites
from measure import FailedError, StoppedError, measured, middle, settle
from programs import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from measure import Conditions, Middle, Run
    from programs import Program

STEPS = ("cold", "unchanged", "edit", "new")
MARK = "علامة القياس"
"""Beginning of the sentence that an edit adds."""
COARSE = 2.5
"""Seconds after which a change has a later time on every file system."""
READ_AT_ONCE = 1 << 20


class Print(NamedTuple):
    """A file of the output."""

    stamp: tuple[int, int, int, int]
    """Size, inode, times. If they are unchanged, so is the content."""
    content: bytes


Snapshot = dict[str, Print]


@dataclass(frozen=True, slots=True)
class Made:
    """The output of a cold build."""

    pages: int
    files: int
    size: int


@dataclass
class Entrant:
    """A program with its site."""

    program: Program
    site: Path
    count: int
    """Number of articles."""
    stories: Sequence[sites.Story]
    """Articles, newest first; of a repeated corpus only the first copy."""
    work: Path
    """Folder for logs and for old output."""
    patience: float | None
    """Time limit of a build in seconds."""
    runs: dict[str, list[Run]] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    """Step → number of new and changed output files."""
    made: Made | None = None
    first_removal: Run | None = None
    """The build after an article was removed: the first change of several files since the cold build."""
    gave_up: str = ""
    """The step that took too long or failed; no step follows it."""
    why: str = ""
    """`stopped` or `failed`."""

    @property
    def output(self) -> Path:
        return self.site / self.program.output

    @property
    def edited(self) -> sites.Story:
        """An article that no list of the newest shows, unless the site is small."""
        return self.stories[len(self.stories) // 3]

    @property
    def newest(self) -> sites.Story:
        return self.stories[0]

    def build(self) -> Run:
        """Run the build. Raises `StoppedError`."""
        log = self.work / f"{self.program.slug}.log"
        environment = {"XDG_CACHE_HOME": str(self.site / MEMORY), **self.program.environment}
        return measured(self.program.command, self.site, environment, log, self.patience)

    def page(self, story: sites.Story) -> Path:
        """The page of an article in the output; a path that does not exist if it has none."""
        pages = (page for name in story.names for page in self.output.glob(f"*/{name}/index.html"))
        return next(pages, self.output / "no page")

    # ---- preparing a run

    def forget(self, _: int, __: Conditions) -> None:
        """Prepare a cold build: no output and no cache."""
        away = self.work / "away"
        away.mkdir(exist_ok=True)
        for name in self.program.forgets:
            if os.path.lexists(self.site / name):
                (self.site / name).rename(away / str(time.time_ns()))

    def leave(self, _: int, __: Conditions) -> None:
        """Prepare a build without a change."""

    def edit(self, number: int, _: Conditions) -> None:
        """Prepare a build with one more sentence in one article."""
        add_sentence(sites.file_of(self.site / "content", self.edited), number)

    def withhold(self, number: int, conditions: Conditions) -> None:
        """Remove the newest article, build the site without it, then restore it."""
        file, aside = sites.file_of(self.site / "content", self.newest), self.work / f"{self.program.slug}.aside"
        page = self.page(self.newest)
        file.rename(aside)
        if not number:
            settle(conditions)
        removal = self.build()
        if not number:
            self.first_removal = removal
        if page.exists():  # other programs leave the page: it must not count as written by the next build
            page.unlink()
        aside.rename(file)

    # ---- checking the output

    def check(self, step: str, before: Snapshot) -> Snapshot:
        """Record the files that a step changed. Exits if the output is wrong."""
        after = snapshot(self.output, before)
        self.changed[step] = sum(path not in before or before[path][1] != now.content for path, now in after.items())
        pages = sum(path.endswith(".html") for path in after)
        if step == "cold":
            self.made = Made(pages, len(after), sum(now.stamp[0] for now in after.values()))
        self.demand(pages > self.count, f"only {pages} pages")
        self.demand(self.page(self.newest).exists(), "no page of the newest article")
        self.demand(f"/{self.page(self.newest).parent.name}/" in self.text(self.output / "index.html"), "home is old")
        if step in {"edit", "new"}:
            self.demand(step == "new" or MARK in self.text(self.page(self.edited)), "the edit is not there")
        return after

    def text(self, page: Path) -> str:
        return page.read_text("utf-8") if page.exists() else ""

    def demand(self, held: bool, words: str) -> None:
        if not held:
            sys.exit(f"{self.program.name} in {self.site}: {words}")

    def middle(self, step: str, wanted: int, conditions: Conditions) -> Middle | None:
        return middle(self.runs[step], wanted, conditions) if self.runs.get(step) else None


def add_sentence(file: Path, number: int) -> None:
    """Add a sentence to the text of an article, in place of the last one added."""
    text = file.read_text("utf-8").partition(f"\n\n{MARK}")[0].rstrip()
    file.write_text(f"{text}\n\n{MARK} {number}.\n", "utf-8")


PREPARE: dict[str, Callable[[Entrant, int, Conditions], None]] = {
    "cold": Entrant.forget,
    "unchanged": Entrant.leave,
    "edit": Entrant.edit,
    "new": Entrant.withhold,
}


def take_turns(entrants: Sequence[Entrant], step: str, wanted: int, tries: int, conditions: Conditions) -> None:
    """Measure one step of all programs: `wanted` runs each without other load, or `tries` runs in all."""
    for number in range(tries):
        for entrant in entrants:
            runs = entrant.runs.setdefault(step, [])
            if not entrant.gave_up and sum(map(conditions.calm, runs)) < wanted:
                turn(entrant, step, number, conditions)


def turn(entrant: Entrant, step: str, number: int, conditions: Conditions) -> None:
    """Measure one run of one program. Exits if digest fails."""
    try:
        PREPARE[step](entrant, number, conditions)
        before = {} if number or step == "cold" else snapshot(entrant.output, {})
        settle(conditions)
        run = entrant.build()
    except StoppedError:
        entrant.gave_up, entrant.why = step, "stopped"
        say(f"{entrant.program.name:28}  {step:9}  stopped after {entrant.patience:.0f} s")
        return
    except FailedError as failure:
        entrant.demand(not entrant.program.ours, f"failed: {failure}")
        entrant.gave_up, entrant.why = step, "failed"
        say(f"{entrant.program.name:28}  {step:9}  failed: {failure}")
        return
    entrant.runs[step].append(run)
    if not number:
        entrant.check(step, before)
    other = "" if run.other is None else f"  other load {run.other:.2f}"
    say(f"{entrant.program.name:28}  {step:9}  {run.wall:8.2f} s  {run.cpu:8.2f} CPU  {run.largest:6.0f} MiB{other}")


def say(words: str) -> None:
    """Print progress to standard error."""
    print(words, file=sys.stderr, flush=True)


def snapshot(folder: Path, known: Snapshot) -> Snapshot:
    """Read every file of an output; files in `known` are read again only if their size, inode or times changed."""
    found: Snapshot = {}
    start = len(str(folder)) + 1
    for place, _, names in os.walk(folder):
        for name in names:
            path = f"{place}/{name}"
            seen = os.stat(path)  # noqa: PTH116 - a million of them
            stamp = seen.st_size, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns
            before = known.get(path[start:])
            found[path[start:]] = before if before and before.stamp == stamp else Print(stamp, content_of(path))
    return found


def content_of(path: str) -> bytes:
    made = blake2b(digest_size=16)
    with open(path, "rb") as file:  # noqa: PTH123 - a million of them
        while part := file.read(READ_AT_ONCE):
            made.update(part)
    return made.digest()
