"""How truly `digest popular` counts a planted log, and how fast: the figures of docs/reference/popular.md.

`python benchmarks/popular.py [--lines 2000000] [--jobs N]`: a thousand readers among a thousand robots of ten kinds,
then a log of so many lines, plain and gzipped. Needs Linux for the memory of all processes.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

import logs  # noqa: E402

from digest.popular import counting, routes  # noqa: E402

PATHS = [f"/{theme}/story-{number}/" for number in range(200) for theme in ("sport", "politics")]
SITE = """\
title: {n}
base_url: https://news.example/
lang: ar
timezone: Africa/Casablanca
themes: [{{id: sport, title: sport}}, {{id: politics, title: politics}}]
"""


def accuracy(seed: int, readers: int, robots: int) -> tuple[float, bool, logs.Planted]:
    """(reads that are wrong, of all; whether the ten most read are in order; the log)."""
    planted = logs.planted(PATHS, seed=seed, readers=readers, robots=robots)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "access.log")
        log.write_text("\n".join(planted.lines) + "\n", "utf-8")
        table = routes.routes([routes.Page((path,), path.strip("/")) for path in PATHS], "https://news.example/")
        options = counting.CountOptions(table, ZoneInfo("Africa/Casablanca"))
        counted = dict(counting.count([str(log)], options, lambda _, __: None).counts)
    true = {path.strip("/"): number for path, number in planted.truth.items()}
    wrong = sum(abs(counted.get(name, 0) - true.get(name, 0)) for name in counted | true)
    order = sorted(true, key=lambda name: (-true[name], name))[:10]
    return wrong / sum(true.values()), list(counted)[:10] == order, planted


def write(path: Path, lines: int) -> None:
    """A log of so many lines: a planted one over and over, in other years."""
    readers, robots, attack = min(20_000, lines // 20), min(1000, lines // 50), min(50_000, lines // 40)
    planted = logs.planted(PATHS, readers=readers, robots=robots, days=14, attack=attack).lines
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            turn, place = divmod(number, len(planted))
            file.write(planted[place].replace("/2026:", f"/{2026 - turn}:", 1) + "\n")


def measured(command: list[str]) -> tuple[float, float, float]:
    """(seconds, CPU seconds, MiB of all its processes together)."""
    started, before = time.perf_counter(), os.times()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, memory(process.pid))
        time.sleep(0.05)
    after = os.times()
    assert process.returncode == 0
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, cpu, most


def memory(parent: int) -> float:
    """MiB of a process and its children; pages that they share are counted once (PSS)."""
    found = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            family = {int(place.name), int((place / "stat").read_text().rpartition(")")[2].split()[1])}
            if parent in family:
                found += int((place / "smaps_rollup").read_text().partition("Pss:")[2].split()[0])
        except (OSError, IndexError, ValueError):
            continue
    return found / 1024


def site(folder: Path) -> None:
    """A site with the stories of the log."""
    (folder / "site.yaml").write_text(SITE.format(n="benchmark"), "utf-8")
    for path in PATHS:
        entry = folder / "content" / f"{path.strip('/')}.md"
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(f"---\ntitle: {entry.stem}\ndate: 2026-11-01\n---\n\ntext\n", "utf-8")


def main() -> None:
    """The tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=2_000_000)
    options.add_argument("--readers", type=int, default=1000)
    options.add_argument("--robots", type=int, default=1000)
    options.add_argument("--jobs", type=int, nargs="*", default=[1, 2])
    asked = options.parse_args()
    print("| seed | reads | requests of robots | wrong | top ten |\n|---|---|---|---|---|")
    for seed in (21, 22, 23):
        wrong, ordered, planted = accuracy(seed, asked.readers, asked.robots)
        truth, robots = sum(planted.truth.values()), sum(planted.kinds.values())
        print(f"| {seed} | {truth:,} | {robots:,} | {wrong:.2%} | {'in order' if ordered else 'not in order'} |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site(folder)
        plain, packed = folder / "access.log", folder / "access.log.gz"
        write(plain, asked.lines)
        with plain.open("rb") as source, gzip.open(packed, "wb", 6) as target:
            shutil.copyfileobj(source, target)
        sizes = [f"{path.stat().st_size / 1e6:,.0f} MB" for path in (plain, packed)]
        print(f"\n{asked.lines:,} lines, {sizes[0]}; packed {sizes[1]}\n")
        print("| files | processes | seconds | CPU seconds | lines/s | MiB |\n|---|---|---|---|---|---|")
        for shown, files in (("plain", [plain]), ("gzip", [packed]), ("both", [plain, packed])):
            for jobs in asked.jobs:
                words = ["popular", "--site", name, "--jobs", str(jobs), "--json", *map(str, files)]
                seconds, cpu, most = measured([sys.executable, "-m", "digest", *words])
                rate = asked.lines * len(files) / seconds
                print(f"| {shown} | {jobs} | {seconds:.1f} | {cpu:.1f} | {rate:,.0f} | {most:.0f} |", flush=True)


if __name__ == "__main__":
    main()
