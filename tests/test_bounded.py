"""Bounded: one hostile file ends within seconds and within 256 MB, and twice as much of it costs about twice as much.

Each case is a whole site of one entry, built in a process of its own. What is measured is processor time and the
largest memory of the process, which other work on the machine does not change much; the figures, and the growth of
cost with size, are printed by `benchmarks/bounds.py`, which has the same cases.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
from bounds import CASES, FILM, cost, growth

COSTLIEST = ("marked text", "emphasis", "rows of a table", "overrides", "dashes", "unknown keys", "round-up")
"""Of the texts; the benchmark measures them all."""
SECONDS = 5
MEGABYTES = 256
GROWTH = 2.2
SLACK = 1.25
"""What a busy machine may add to processor time, by caches that others fill."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux counts it"),
]


@pytest.mark.parametrize("name", [*COSTLIEST, "JPEG", "PNG", "WebP", FILM])
def test_a_hostile_file_is_bounded(tmp_path: Path, name: str) -> None:
    """Five seconds and 256 MB, the start of the program and the pages of the site included."""
    seconds, megabytes = cost(tmp_path, name)
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("name", CASES)
def test_twice_as_much_costs_about_twice_as_much(name: str) -> None:
    """Or less, where a limit refuses it before it is looked at. What is too dear is so each time it is measured."""
    measured = []
    while not measured or (measured[-1] > GROWTH * SLACK and len(measured) < 3):
        measured.append(growth(name, times=2))
    assert min(measured) <= GROWTH * SLACK, measured
