"""Commands → what they cost. Waits for a quiet machine before each, and knows which runs saw other load."""

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
    """What one run of a command cost; the fields are those of `gauge`."""

    wall: float
    cpu: float
    largest: float
    together: float | None
    other: float | None


@dataclass(frozen=True, slots=True)
class Middle:
    """Several runs as one: medians, and the least and the most wall seconds."""

    wall: float
    low: float
    high: float
    cpu: float
    largest: float
    together: float | None
    runs: int
    calm: bool
    """Whether none of them saw other load."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a run counts."""

    quiet: float
    """Cores of other load that a run may see."""
    settle: float
    """Seconds to wait for a quiet machine at most."""

    def calm(self, run: Run) -> bool:
        return run.other is None or run.other <= self.quiet


class StoppedError(Exception):
    """The command took longer than it was given."""


class FailedError(Exception):
    """The command failed; its last words."""


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path, patience: float | None = None
) -> Run:
    """Run a command in a folder and say what it cost. Raises `StoppedError`, `FailedError`."""
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
    """Give the disk its due, then wait until nobody else is busy, or patience ends."""
    os.sync()
    until = time.monotonic() + conditions.settle
    while time.monotonic() < until:
        before, started = gauge.busy(), time.monotonic()
        time.sleep(0.5)
        after = gauge.busy()
        if before is None or after is None or (after - before) / (time.monotonic() - started) < conditions.quiet:
            return


def middle(runs: Sequence[Run], wanted: int, conditions: Conditions) -> Middle:
    """Of the `wanted` runs that saw least of other load."""
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
