"""Figures → Markdown. In: the JSON of `builds.py`. Out: tables, and a document that holds them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TITLES = {"cold": "cold", "unchanged": "nothing changed", "edit": "one text edited", "new": "one new article"}
NONE = "–"
Figures = Mapping[str, Any]


def report(figures: Figures) -> str:
    """All tables."""
    parts = [about(figures["about"])]
    for size in figures["sizes"]:
        parts += [heading(size), seconds(size), results(size), shares(size), remark(size)]
    parts += [helped(figures["help"])]
    return "\n\n".join(part for part in parts if part) + "\n"


def about(facts: Figures) -> str:
    """A line above the figures that names the machine and the programs."""
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return f"{facts['day']}, {facts['machine']}. {versions}. {facts['articles']}"


def heading(size: Figures) -> str:
    again = f", {size['rounds']} times the same with other dates and titles" if size["rounds"] > 1 else ""
    return f"### {size['count']:,} {size['kind']} articles{again}"


def seconds(size: Figures) -> str:
    """Table of wall seconds (median, least, greatest) and CPU seconds."""
    steps = size["steps"]
    head = ["", *(f"{TITLES[step]}, s" for step in steps)]
    return table(head, ([entrant["name"], *(cost(entrant, step) for step in steps)] for entrant in size["entrants"]))


def cost(entrant: Figures, step: str) -> str:
    middle = entrant["steps"].get(step)
    if middle is None:
        if entrant["gave_up"] != step:
            return NONE
        return "failed" if entrant["why"] == "failed" else f"> {entrant['patience']:.0f}"
    spread = f" ({middle['low']:.2f}–{middle['high']:.2f})" if middle["runs"] > 1 else ""
    return f"{'' if middle['calm'] else '~'}{middle['wall']:.2f}{spread}, {middle['cpu']:.2f} CPU"


def results(size: Figures) -> str:
    """Table of output files, changed files and memory."""
    steps = [step for step in size["steps"] if step != "cold"]
    head = ["", "pages", "files", "MiB", *(f"changed: {TITLES[step]}" for step in steps), "memory MiB: largest", "all"]
    return table(head, (result(entrant, steps) for entrant in size["entrants"]))


def result(entrant: Figures, steps: Sequence[str]) -> list[str]:
    made, cold = entrant["made"], entrant["steps"].get("cold")
    out = [f"{made['pages']:,}", f"{made['files']:,}", f"{made['size'] / 2**20:,.1f}"] if made else [NONE] * 3
    changed = [f"{entrant['changed'][step]:,}" if step in entrant["changed"] else NONE for step in steps]
    memory = [whole(cold["largest"]), whole(cold["together"])] if cold else [NONE] * 2
    return [entrant["name"], *out, *changed, *memory]


def whole(number: float | None) -> str:
    return NONE if number is None else f"{number:,.0f}"


def shares(size: Figures) -> str:
    """Table of digest's figures as shares of Hugo's, with related articles in both programs or in neither."""
    rivals = {entrant["related"]: entrant for entrant in size["entrants"] if entrant["format"] == "hugo"}
    rows = []
    for entrant in size["entrants"]:
        rival = rivals.get(entrant["related"])
        if entrant["format"] == "digest" and rival and "cold" in entrant["steps"] and "cold" in rival["steps"]:
            times = (
                share(entrant["steps"].get(step), rival["steps"].get(step), "wall", "cpu") for step in size["steps"]
            )
            both = entrant["steps"]["cold"], rival["steps"]["cold"]
            rows.append([entrant["name"], *times, share(*both, "largest"), share(*both, "together")])
    head = ["× Hugo's", *(TITLES[step] for step in size["steps"]), "memory: largest", "all"]
    return table(head, rows) if rows else ""


def share(mine: Figures | None, theirs: Figures | None, *keys: str) -> str:
    """`0.42, 0.51 CPU`."""
    if not mine or not theirs or not mine[keys[0]] or not theirs[keys[0]]:
        return NONE
    names = {"cpu": " CPU"}
    return ", ".join(f"{mine[key] / theirs[key]:.3f}{names.get(key, '')}" for key in keys)


def remark(size: Figures) -> str:
    """Table of the first change of several files, before the second output tree exists."""
    first = [
        f"{entrant['name']} {entrant['first_removal']['wall']:.2f} s"
        for entrant in size["entrants"]
        if entrant["first_removal"] and entrant["format"] == "digest"
    ]
    words = "First change of several files after a cold build (an article taken away): "
    return f"{words}{'; '.join(first)}." if first else ""


def helped(runs: Figures) -> str:
    """Table of `digest --help` and an empty Python program."""
    rows = []
    for name, middle in runs.items():
        spread = f"({middle['low']:.3f}–{middle['high']:.3f})"
        rows.append([f"`{name}`", f"{middle['wall']:.3f} {spread}, {middle['cpu']:.3f} CPU"])
    return table(["", "s"], rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Align figures to the right and names to the left."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def fill(document: Path, name: str, text: str) -> None:
    """Replace the text between the marks `<!-- figures: NAME -->` and `<!-- end -->` of a document.

    Exits if the marks are missing.
    """
    old = document.read_text("utf-8")
    place = re.compile(rf"(<!-- figures: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    new, found = place.subn(lambda marks: f"{marks[1]}\n{text.strip()}\n\n{marks[2]}", old)
    if not found:
        sys.exit(f"{document}: no place marked <!-- figures: {name} -->")
    document.write_text(new, "utf-8")
