"""The benchmarks run, on a few invented articles, and measure what they say. How fast anything is plays no part here."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from conftest import LittleSite

pytestmark = pytest.mark.benchmark


def module(repository: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One of the benchmarks' own modules; they are no package."""
    monkeypatch.syspath_prepend(repository / "benchmarks")
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", repository / "benchmarks" / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, made)
    spec.loader.exec_module(made)
    return made


def run(script: Path, *words: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, script, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_builds_are_measured_and_a_document_is_filled(repository: Path, tmp_path: Path) -> None:
    """One command: every step's cost, what it changed, the tables; programs that are not there are named."""
    script, document = repository / "benchmarks" / "builds.py", tmp_path / "performance.md"
    document.write_text((repository / "docs/explanation/performance.md").read_text("utf-8"), "utf-8")
    done = run(
        script, "--sizes", 20, "--articles", "invented", "--programs", "digest,hugo", "--harness", tmp_path / "nowhere",
        "--fragments", "live", "--related", "with", "--reps", 1, "--settle", 0, "--quiet", 99,
        "--work", tmp_path / "work", "--json", tmp_path / "figures.json",
    )  # fmt: skip
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    (size,) = figures["sizes"]
    (entrant,) = size["entrants"]
    assert entrant["made"]["pages"] > 20
    assert entrant["changed"]["unchanged"] == 0
    assert 1 <= entrant["changed"]["edit"] <= 6  # its page, and lists of related stories it enters or leaves
    assert 3 < entrant["changed"]["new"] <= entrant["made"]["files"]
    for step in ("cold", "unchanged", "edit", "new"):
        middle = entrant["steps"][step]
        assert 0 < middle["low"] <= middle["wall"] <= middle["high"]
        assert middle["cpu"] > 0
        assert middle["largest"] > 5
    assert entrant["steps"]["cold"]["wall"] > entrant["steps"]["unchanged"]["wall"]
    assert figures["help"]["digest --help"]["runs"] == 5
    assert "There is no harness" in done.stderr
    assert "### 20 invented articles" in done.stdout
    assert "| digest, live |" in done.stdout
    assert not any((tmp_path / "work").iterdir())

    run(script, "--report", tmp_path / "figures.json", "--document", document)
    assert "### 20 invented articles" in document.read_text("utf-8")


def test_the_stages_of_a_build_are_told_apart(repository: Path, tmp_path: Path) -> None:
    """Every stage has its row, and those that any build has took time."""
    done = run(
        repository / "benchmarks" / "stages.py", "--size", 20, "--articles", "invented", "--reps", 1, "--work", tmp_path,
    )  # fmt: skip
    rows = {
        line.split("|")[1].strip(): line.split("|")[2:] for line in done.stdout.splitlines() if line.startswith("| ")
    }
    cost = {name: float(cells[1]) for name, cells in rows.items() if name not in {"stage", "---", "**all**"}}
    assert len(cost) == 12
    for stage in ("start: Python, imports", "template", "memory: packing, fingerprints"):
        assert cost[stage] > 0
    assert cost["the engine's own"] < sum(cost.values()) / 5


def test_saves_are_measured(repository: Path, tmp_path: Path) -> None:
    """Each save is found in its page; start and memory are measured; who is not there is named."""
    done = run(
        repository / "benchmarks" / "serve.py", "--size", 20, "--articles", "invented", "--saves", 3, "--endurance", 12, "--pause", 0.1,
        "--settle", 0, "--programs", "digest,hugo", "--harness", tmp_path / "nowhere", "--work", tmp_path / "work", "--json", tmp_path / "figures.json",
    )  # fmt: skip
    (one,) = json.loads((tmp_path / "figures.json").read_text("utf-8"))["programs"]
    assert len(one["saves"]) == 3
    assert one["lost"] == 0
    assert all(0 < seconds < 30 for seconds in one["saves"])
    assert list(one["memory"]) == ["0", "3", "6", "12"]
    assert "There is no hugo" in done.stderr
    assert "| digest serve |" in done.stdout
    assert not any((tmp_path / "work").iterdir())


def test_a_command_is_measured_or_ended(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes count together; one that fails or takes too long has no cost."""
    measure = module(repository, "measure", monkeypatch)
    log, fat = tmp_path / "log", "import time; x = b'x' * 80_000_000; time.sleep(0.5)"
    two = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {fat!r}]); {fat}"
    run = measure.measured([sys.executable, "-c", two], tmp_path, {}, log)
    assert run.wall > 1
    assert 0 < run.cpu < run.wall
    assert 80 < run.largest < 120
    with pytest.raises(measure.StoppedError):
        measure.measured([sys.executable, "-c", "while True: pass"], tmp_path, {}, log, patience=0.1)
    with pytest.raises(measure.FailedError, match="no such thing"):
        measure.measured([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path, {}, log)


def test_goals_say_what_was_reached(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those of which everything was measured."""
    goals = module(repository, "goals", monkeypatch)

    def entrant(name: str, wall: float, changed: int) -> dict[str, object]:
        steps = {step: {"wall": wall} for step in ("cold", "new")}
        return {"name": name, "steps": steps, "changed": {"new": changed}}

    entrants = [entrant("digest, live", 2.0, 41), entrant("Hugo", 10.0, 9_000)]
    rows = goals.report({"sizes": [{"count": 10_000, "entrants": entrants}], "help": {"digest --help": {"wall": 0.1}}})
    assert rows.splitlines()[2:] == [
        "| cold, 10,000, related in both | 0.5 × Hugo | 0.200 | reached |",
        "| one new article, 10,000 | 0.1 × Hugo's rebuild | 0.200 | **missed** |",
        "| one new article, 10,000 | 40 files changed | 41 | **missed** |",
        "| `digest --help` | 0.15 s | 0.100 | reached |",
    ]


def test_invented_articles_are_always_the_same(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their number; no two are equal, and each is younger than the next."""
    articles = module(repository, "articles", monkeypatch)
    few, more = list(articles.invented(5)), list(articles.invented(50))
    assert more[:5] == few
    assert len({article.body for article in more}) == 50
    assert [article.date for article in more] == sorted((article.date for article in more), reverse=True)


def test_invented_articles_are_a_site_without_a_fault(
    repository: Path, site: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing to refuse and nothing to advise."""
    articles = module(repository, "articles", monkeypatch)
    articles.write_site(site.root / "invented", articles.invented(30), tags=True)
    (site.root / "site.yaml").write_text((site.root / "invented" / "site.yaml").read_text("utf-8"), "utf-8")
    (site.root / "content").rmdir()
    (site.root / "invented" / "content").rename(site.root / "content")
    assert site.build(strict=True).entries == 30


def test_counts_of_planted_logs_are_measured(repository: Path) -> None:
    """Truth and speed, of a few readers and lines."""
    script = repository / "benchmarks" / "popular.py"
    done = run(script, "--lines", 4000, "--readers", 30, "--robots", 20, "--jobs", 1)
    assert done.stdout.count("0.00% | in order") == 3
    assert [line.split("|")[1].strip() for line in done.stdout.splitlines()[-3:]] == ["plain", "gzip", "both"]
