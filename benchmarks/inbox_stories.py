"""How well the inbox joins reports of one story: judged pairs of two outlets, beside plain overlap of headlines.

    python benchmarks/inbox_stories.py corpus.jsonl

`corpus.jsonl` is the corpus of news that CONTRIBUTING.md names, one JSON object a line; it is not part of the
repository, only ids and grades are (`inbox_pairs.tsv`). Pairs were drawn from eleven bands of likeness and judged by
reading headlines and first sentences, the later 120 without knowing their likeness; each stands for as many pairs as
its band has for each judged one. Items are joined four days at a time, as in an
inbox that was not opened over a long week-end.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from digest.curating import stories
from digest.curating.feeds import Item

FIRST, LAST = datetime(2018, 3, 5, tzinfo=UTC), datetime(2018, 7, 20, tzinfo=UTC)
DAYS = 4
Pair = frozenset[str]


def report(row: dict) -> stories.Report:
    moment = datetime.fromisoformat(row["date"])
    summary = row["summary"] or (row["body"][0] if row["body"] else "")
    item = Item("https://x.example/" + row["id"], row["title"], summary[:500], moment, f"{moment:%Y-%m-%d}", "ar")
    return stories.Report(row["source"], item)


def joined(rows: dict[str, dict]) -> set[Pair]:
    """Pairs of ids that end in one story."""
    batches: defaultdict[int, list[stories.Report]] = defaultdict(list)
    for row in rows.values():
        moment = datetime.fromisoformat(row["date"])
        if row["source"] in ("BBC", "france24") and FIRST <= moment < LAST:
            batches[(moment - FIRST).days // DAYS].append(report(row))
    found = set()
    for batch in batches.values():
        for story in stories.gather(batch, "ar"):
            names = [one.item.url.rpartition("/")[2] for one in story.reports]
            found |= {frozenset(pair) for pair in combinations(names, 2)}
    return found


def scores(chosen: set[Pair], grades: dict[Pair, tuple[bool, float]]) -> tuple[float, float, float]:
    """Precision, recall, F1 over weighted pairs."""
    right = sum(weight for pair, (same, weight) in grades.items() if same and pair in chosen)
    wrong = sum(weight for pair, (same, weight) in grades.items() if not same and pair in chosen)
    missed = sum(weight for pair, (same, weight) in grades.items() if same and pair not in chosen)
    precision, recall = right / max(right + wrong, 1e-9), right / max(right + missed, 1e-9)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def overlap(one: str, other: str) -> float:
    """Words in common, as part of the shorter headline's."""
    first, second = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", other))
    return len(first & second) / max(min(len(first), len(second)), 1)


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    grades = {}
    for line in Path(__file__).with_name("inbox_pairs.tsv").read_text("utf-8").splitlines()[1:]:
        one, other, same, weight = line.split("\t")
        grades[frozenset((one, other))] = same == "1", float(weight)
    print(f"{len(grades)} pairs, {sum(same for same, _ in grades.values())} of one story")
    print("inbox            P {:.2f}  R {:.2f}  F1 {:.2f}".format(*scores(joined(rows), grades)))
    likeness = {pair: overlap(*(rows[name]["title"] for name in pair)) for pair in grades}
    best = max(
        (scores({pair for pair, value in likeness.items() if value >= bar / 50}, grades) for bar in range(1, 50)),
        key=lambda found: found[2],
    )
    print("headline overlap P {:.2f}  R {:.2f}  F1 {:.2f} (at its best bar)".format(*best))


if __name__ == "__main__":
    main()
