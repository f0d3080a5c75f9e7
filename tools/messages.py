"""Write docs/reference/messages.md: every kind of problem, from the source, with its Arabic from the catalogue.

python tools/messages.py          # writes the page
python tools/messages.py --print  # prints it
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from digest.content.settings import NOTES
from digest.translation import catalogue

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/messages.md"
HEAD = """\
# Messages

Every problem that digest names has a code, which stays the same from version to version.
`--json` and the preview give it; the words are in your [language](commands.md#environment).
An error stops a build; advice stops `build --strict`, `check` and `deploy`; a note stops nothing, and [`hide_notes`](settings.md#hide_notes) hides it.
What stands between braces is filled in.
This page is written from the source by `tools/messages.py`.
"""


class Kind(NamedTuple):
    """One text of a kind of problem, with its cures."""

    code: str
    text: str
    cures: tuple[str, ...]


def is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def texts_of(node: ast.expr, name: str, known: dict[str, list[ast.expr]], depth: int = 3) -> list[ast.Call]:
    """Calls of a function that a value comes from: it may stand in a variable, or be one of several."""
    if is_call(node, name):
        return [node]  # type: ignore[list-item]
    if isinstance(node, ast.IfExp):
        return [*texts_of(node.body, name, known, depth), *texts_of(node.orelse, name, known, depth)]
    if isinstance(node, ast.BoolOp):
        return [call for value in node.values for call in texts_of(value, name, known, depth)]
    if isinstance(node, ast.Name) and depth:
        return [call for value in known.get(node.id, []) for call in texts_of(value, name, known, depth - 1)]
    return []


def assigned(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Variable → the values it may have; of `a, b = x, y` each its own."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    found[target.id].append(node.value)
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for part, value in zip(target.elts, node.value.elts, strict=False):
                        if isinstance(part, ast.Name):
                            found[part.id].append(value)
    return found


def literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def kinds_in(source: str) -> Iterator[Kind]:
    """The kinds a module raises: a text of `mistake`, and the cure that stands beside it."""
    tree = ast.parse(source)
    shared = assigned(ast.Module([node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))], []))
    cures: dict[tuple[str, str], list[str]] = defaultdict(list)
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        known = {**shared, **assigned(scope)}
        for node in ast.walk(scope):
            parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
            for before, after in pairwise(parts):
                for what in texts_of(before, "mistake", known):
                    said = [literal(cure.args[0]) for cure in texts_of(after, "N_", known)]
                    cures[literal(what.args[0]), literal(what.args[1])] += said
    for node in ast.walk(tree):
        if is_call(node, "mistake"):
            key = literal(node.args[0]), literal(node.args[1])  # type: ignore[attr-defined]
            if all(key):
                yield Kind(*key, tuple(dict.fromkeys(cures[key])))


def kinds() -> list[Kind]:
    """Every kind once, by code."""
    found: dict[tuple[str, str], Kind] = {}
    for path in sorted((ROOT / "digest").rglob("*.py")):
        for kind in kinds_in(path.read_text("utf-8")):
            known = found.get(kind[:2])
            cures = dict.fromkeys([*(known.cures if known else ()), *kind.cures])
            found[kind[:2]] = kind._replace(cures=tuple(cures))
    return sorted(found.values())


def cell(text: str) -> str:
    """A text in a table, its doubled braces single."""
    return (
        text.replace("{{", "{")
        .replace("}}", "}")
        .replace("|", "\\|")
        .replace("[", "&#91;")
        .replace("\n", " ")
        .replace("<", "&lt;")
    )


def page() -> str:
    """The page."""
    arabic = catalogue("ar").one
    rows = ["| code | message | cure | بالعربية | العلاج |", "|---|---|---|---|---|"]
    for kind in kinds():
        mark = " (note)" if kind.code in NOTES else ""
        english = " / ".join(map(cell, kind.cures))
        theirs = " / ".join(cell(arabic(cure)) for cure in kind.cures)
        rows.append(f"| `{kind.code}`{mark} | {cell(kind.text)} | {english} | {cell(arabic(kind.text))} | {theirs} |")
    return HEAD + "\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    if "--print" in sys.argv:
        print(page(), end="")
    else:
        PAGE.write_text(page(), "utf-8")
