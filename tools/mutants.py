"""Change a module in every small way and see whether its tests notice: `python tools/mutants.py digest/content/urls.py`.

Works on a copy of the repository; lists each change that no test noticed. What survives is either a gap in the tests or
a change of nothing: docs/trust.md says which it was when it was last run. `--every 4` takes each fourth change alone.
Needs `cosmic-ray`, which `make mutants` installs and whose changes these are, and a system that can fork; takes from
minutes to hours.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TESTS = {
    "digest/arabic/cleaning.py": "tests/test_arabic_cleaning.py tests/test_fuzz.py",
    "digest/arabic/slugs.py": "tests/test_arabic_slugs.py tests/test_fuzz.py",
    "digest/content/discovery.py": "tests/test_content_discovery.py",
    "digest/content/markdown.py": "tests/test_markdown.py",
    "digest/content/moments.py": "tests/test_content_moments.py",
    "digest/content/nodes.py": "tests/test_content_problems.py tests/test_content_entries.py",
    "digest/content/references.py": "tests/test_content_references.py tests/test_content_problems.py tests/test_content_entries.py",
    "digest/content/static.py": "tests/test_build.py tests/test_hostile.py",
    "digest/content/urls.py": "tests/test_urls.py",
    "digest/engine/publication.py": "tests/test_build.py tests/test_faults_everywhere.py tests/test_faults.py",
    "digest/pages/addresses.py": "tests/test_addresses.py",
    "digest/problems.py": "tests/test_content_problems.py tests/test_hostile.py",
}
"""Module → the tests that guard it, the quickest first."""
PRELOADED = (
    "_pytest.assertion.rewrite",
    "hypothesis.strategies",
    "hypothesis.extra",
    "click.testing",
    "jinja2",
    "markdown_it",
    "msgspec",
    "nh3",
    "numpy",
    "PIL.Image",
    "yaml",
    "html5lib",
    "jsonschema",
)
"""Imported once, before each change is tried in a process of its own."""


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("module", choices=TESTS)
    given.add_argument("--every", type=int, default=1, metavar="N", help="each Nth change alone")
    given.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at once")
    options = given.parse_args()
    source = (ROOT / options.module).read_text("utf-8")
    mutants = list(changes(source))[:: options.every]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [copied(Path(folder) / str(number)) for number in range(options.jobs)]
        began = time.monotonic()
        status = waited(started(copies[0], options.module, source), 3600.0)
        if status != 0:
            sys.exit(f"the tests fail on the module as it is: {TESTS[options.module]}")
        limit = 20.0 + 5 * (time.monotonic() - began)
        survivors = tried(mutants, copies, options.module, limit)
    for number in sorted(survivors):
        print("".join(difference(source, mutants[number])))
    print(f"{options.module}: {len(mutants)} changes, {len(mutants) - len(survivors)} noticed, {len(survivors)} not")


def changes(source: str) -> Iterator[str]:
    """The module, changed in one place; those of annotations are left out: nothing reads them."""
    silent = annotations(source)
    tree = get_ast(source)
    seen = {source}
    for name in operator_names():
        try:
            operator = get_operator(name)()
        except TypeError:  # one that wants to be told what to change
            continue
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            if any(first <= start < last for first, last in silent):
                continue
            changed = mutate_code(source, operator, occurrence)
            if changed is not None and changed not in seen:
                seen.add(changed)
                yield changed


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations begin and end: line and column."""
    return [
        ((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0))
        for node in ast.walk(ast.parse(source))
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(part, ast.expr)
    ]


def copied(to: Path) -> Path:
    hidden = shutil.ignore_patterns(".git", ".venv", "public", ".digest", ".*_cache", ".found", ".hypothesis")
    shutil.copytree(ROOT, to, ignore=hidden)
    return to


def tried(mutants: list[str], copies: list[Path], module: str, limit: float) -> list[int]:
    """Numbers of the changes that no test noticed; each runs in one of the copies."""
    free, running, survivors = list(copies), {}, []
    for number, mutant in enumerate(mutants):
        if not free:
            free.append(ended(running, survivors))
        copy = free.pop()
        running[started(copy, module, mutant)] = number, copy, time.monotonic() + limit
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {len(mutants)}, {len(survivors)} not noticed", end="", file=sys.stderr)
    while running:
        ended(running, survivors)
    return survivors


def ended(running: dict[int, tuple[int, Path, float]], survivors: list[int]) -> Path:
    """Wait for one of them; gives its copy. One that takes too long was noticed."""
    while True:
        for process, (number, copy, ends) in list(running.items()):
            status = waited(process, 0)
            if status is None and time.monotonic() < ends:
                continue
            if status is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
                waited(process, 10.0)
            elif status == 0:
                survivors.append(number)
            del running[process]
            return copy
        time.sleep(0.02)


def waited(process: int, seconds: float) -> int | None:
    """How a process ended; None where it did not in so many seconds."""
    ends = time.monotonic() + seconds
    while True:
        gone, status = os.waitpid(process, os.WNOHANG)
        if gone:
            return status
        if time.monotonic() >= ends:
            return None
        time.sleep(0.02)


def started(copy: Path, module: str, source: str) -> int:
    """The tests of a module on this source, in a process of its own and silently; its number."""
    for name in PRELOADED:
        importlib.import_module(name)
    (copy / module).write_text(source, "utf-8")
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.setpgid(0, 0)
        os.chdir(copy)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        # nothing compiled of one change may serve another
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
        sys.path.insert(0, str(copy))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        status = int(pytest.main([*options, *TESTS[module].split()]))
    finally:
        os._exit(status)


def difference(source: str, mutant: str) -> Iterator[str]:
    """What was changed, as a patch without its head."""
    lines = difflib.unified_diff(source.splitlines(keepends=True), mutant.splitlines(keepends=True), n=0)
    return (line for line in lines if not line.startswith(("---", "+++")))


if __name__ == "__main__":
    main()
