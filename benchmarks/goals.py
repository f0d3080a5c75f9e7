"""The goals for speed and memory, and whether a run of `builds.py` reached them.

In: the figures of the run. Out: a table with one row for each goal that was measured completely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tables import Figures

NEAR = 0.9, 1.2
"""A measured size counts as the size of a goal within these factors, because a corpus is repeated as a whole."""
LIVE = "digest, live"


class Sizes:
    """Figures by size, program and step. Raises KeyError for a figure that was not measured."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def entrant(self, count: int, name: str) -> Figures:
        for size in self.figures["sizes"]:
            if NEAR[0] * count <= size["count"] <= NEAR[1] * count:
                for entrant in size["entrants"]:
                    if entrant["name"] == name:
                        return {**entrant, "count": size["count"]}
        raise KeyError(name)

    def step(self, count: int, name: str, step: str) -> Any:  # noqa: ANN401 - as JSON has it
        return self.entrant(count, name)["steps"][step]

    def wall(self, count: int, name: str, step: str) -> float:
        return float(self.step(count, name, step)["wall"])

    def share(self, count: int, name: str, step: str, key: str = "wall") -> float:
        """Share of Hugo's time, with related articles in both programs or in neither."""
        rival = "Hugo, no related" if name.endswith("no related") else "Hugo"
        return float(self.step(count, name, step)[key] / self.step(count, rival, step)[key])

    def changed(self, count: int, name: str) -> int:
        return int(self.entrant(count, name)["changed"]["new"])

    def cost(self, count: int) -> float:
        """CPU seconds for each article in a cold build."""
        return float(self.step(count, LIVE, "cold")["cpu"]) / int(self.entrant(count, LIVE)["count"])


Goal = tuple[str, str, float, "Callable[[Sizes], float]"]
"""A goal: its name, unit, upper limit, and the function that computes the figure."""
GOALS: Sequence[Goal] = (
    ("cold, 10,000, no related in both", "× Hugo", 0.7, lambda s: s.share(10_000, f"{LIVE}, no related", "cold")),
    ("the same, `inline`", "× Hugo", 0.7, lambda s: s.share(10_000, "digest, inline, no related", "cold")),
    ("cold, 10,000, related in both", "× Hugo", 0.5, lambda s: s.share(10_000, LIVE, "cold")),
    ("cold, 30,000, related in both", "× Hugo", 0.33, lambda s: s.share(30_000, LIVE, "cold")),
    ("nothing changed, 10,000", "× Hugo's build", 0.04, lambda s: s.share(10_000, LIVE, "unchanged")),
    ("nothing changed, 10,000", "s", 0.3, lambda s: s.wall(10_000, LIVE, "unchanged")),
    ("one text edited, 10,000", "× Hugo's rebuild", 0.05, lambda s: s.share(10_000, LIVE, "edit")),
    ("one new article, 10,000", "× Hugo's rebuild", 0.1, lambda s: s.share(10_000, LIVE, "new")),
    ("one new article, 10,000", "files changed", 40, lambda s: s.changed(10_000, LIVE)),
    ("one new article, 100,000", "files changed", 60, lambda s: s.changed(100_000, LIVE)),
    ("one new article, 100,000", "s", 5, lambda s: s.wall(100_000, LIVE, "new")),
    ("memory, 10,000, largest process", "× Hugo", 0.5, lambda s: s.share(10_000, LIVE, "cold", "largest")),
    ("memory, 10,000, all processes", "× Hugo", 0.5, lambda s: s.share(10_000, LIVE, "cold", "together")),
    ("memory, 100,000, all processes", "MiB", 1229, lambda s: float(s.step(100_000, LIVE, "cold")["together"])),
    ("cost of an article, 100,000", "× at 10,000", 1.25, lambda s: s.cost(100_000) / s.cost(10_000)),
    ("`digest --help`", "s", 0.15, lambda s: float(s.figures["help"]["digest --help"]["wall"])),
)


def report(figures: Figures) -> str:
    """The table; empty if nothing was measured."""
    rows = list(reached(Sizes(figures)))
    return tables.table(["figure, `live` unless said", "at most", "measured", ""], rows) if rows else ""


def reached(sizes: Sizes) -> Iterator[list[str]]:
    for what, unit, most, find in GOALS:
        try:
            found = find(sizes)
        except (KeyError, TypeError):
            continue
        digits = 0 if most >= 40 else 3 if most < 1 else 2
        yield [what, f"{most:,g} {unit}", f"{found:,.{digits}f}", "reached" if found <= most else "**missed**"]
