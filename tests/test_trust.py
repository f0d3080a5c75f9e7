"""docs/explanation/trust.md: every promise has tests, and every test it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
PAGE = (TESTS.parent / "docs/explanation/trust.md").read_text("utf-8")
ROWS = [line.strip("| \n").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
MUTATED = re.findall(r"^\| `(digest/\S+\.py)` \| (\d+)[^|]* \| (\d+) \| (\d+) \| (.+) \|$", PAGE, re.MULTILINE)
NAMED = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", PAGE)


def test_every_promise_stands_there_once() -> None:
    """All thirty, in their order."""
    assert [int(row[0]) for row in ROWS] == [*range(1, 31)]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_promise_has_a_test(row: list[str]) -> None:
    """A promise, how it is kept, and at least one test."""
    assert len(row) == 4
    assert re.search(r"`test_\w+\.py", row[3])


def test_what_mutation_found_adds_up() -> None:
    """Each module is one the tool knows, with tests that are there; what was not noticed is explained."""
    assert len(MUTATED) >= 7
    tree = ast.parse((TESTS.parent / "tools/mutants.py").read_text("utf-8"))
    known = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and "TESTS" in ast.dump(node.targets[0])
    )
    for module, tests in known.items():
        assert (TESTS.parent / module).is_file()
        assert all((TESTS.parent / test.partition("::")[0]).is_file() for test in tests.split())
    for module, changes, noticed, survived, why in MUTATED:
        assert module in known
        assert int(changes) == int(noticed) + int(survived)
        assert why.strip() or not int(survived)


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_every_test_that_is_named_is_there(file: str, test: str) -> None:
    """By its file and name."""
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert test in names if test else any(name.startswith("test_") for name in names)
