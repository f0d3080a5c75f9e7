"""Commands → their cost. Waits for a quiet machine before each run, and records other load during the run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gauge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GAUGE = Path(gauge.__file__).resolve()


@dataclass(frozen=True, slots=True)
class Run:
    """The cost of one run of a command, with the fields of `gauge`."""

    wall: float
    cpu: float
    largest: float
    together: float | None
    other: float | None


@dataclass(frozen=True, slots=True)
class Middle:
    """Summary of several runs: medians, least and greatest wall seconds."""

    wall: float
    low: float
    high: float
    cpu: float
    largest: float
    together: float | None
    runs: int
    calm: bool
    """Whether no run had other load."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions for a valid run."""

    quiet: float
    """Cores of other load that a run may have."""
    settle: float
    """Greatest time to wait for a quiet machine, in seconds."""

    def calm(self, run: Run) -> bool:
        return run.other is None or run.other <= self.quiet


class StoppedError(Exception):
    """The command exceeded its time limit."""


class FailedError(Exception):
    """The command failed; holds the end of its output."""


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path, patience: float | None = None
) -> Run:
    """Run a command in a folder and measure its cost. Raises `StoppedError` and `FailedError`."""
    result = log.with_suffix(".json")
    gauged = [sys.executable, "-S", "-E", str(GAUGE), str(result), str(patience or 1e9), *command]
    with log.open("wb") as words:
        done = subprocess.run(
            gauged, cwd=folder, stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False,
            env={**os.environ, **environment},
        )  # fmt: skip
    if done.returncode:
        raise FailedError(last_words(command, log))
    cost = json.loads(result.read_text("utf-8"))
    if cost.pop("stopped"):
        raise StoppedError
    if cost.pop("status"):
        raise FailedError(last_words(command, log))
    return Run(**cost)


def last_words(command: Sequence[str], log: Path) -> str:
    return "\n".join([" ".join(command), *log.read_text("utf-8", "replace").strip().splitlines()[-20:]])


def settle(conditions: Conditions) -> None:
    """Sync the disk, then wait for a quiet machine or the end of the patience."""
    os.sync()
    until = time.monotonic() + conditions.settle
    while time.monotonic() < until:
        before, started = gauge.busy(), time.monotonic()
        time.sleep(0.5)
        after = gauge.busy()
        if before is None or after is None or (after - before) / (time.monotonic() - started) < conditions.quiet:
            return


def middle(runs: Sequence[Run], wanted: int, conditions: Conditions) -> Middle:
    """Summarise the `wanted` runs with the least other load."""
    best = sorted(runs, key=lambda run: run.other or 0.0)[:wanted]
    together = [run.together for run in best if run.together is not None]
    return Middle(
        wall=statistics.median(run.wall for run in best),
        low=min(run.wall for run in best),
        high=max(run.wall for run in best),
        cpu=statistics.median(run.cpu for run in best),
        largest=statistics.median(run.largest for run in best),
        together=statistics.median(together) if together else None,
        runs=len(best),
        calm=all(conditions.calm(run) for run in best),
    )
