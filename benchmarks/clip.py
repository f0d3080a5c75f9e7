"""How well `digest clip` reads metadata, on saved news pages whose facts were written down by others.

    python benchmarks/clip.py FOLDER [--trafilatura PYTHON] [--misses title|date|authors|source]

FOLDER is a checkout of Fundus (github.com/flairNLP/fundus, MIT): `tests/resources/parser/test_data` holds saved pages
of news outlets with titles, authors and dates checked by hand; `src/fundus/publishers` the outlets' names. Nothing of
it is part of this repository. With `--trafilatura` the same pages are read by the trafilatura of that interpreter.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from digest.curating import encoding, metadata, outlets, pages, people

OTHER_READER = """
import gzip, json, sys, trafilatura
for line in sys.stdin:
    path, url = json.loads(line)
    raw = gzip.open(path).read()
    try:
        found = trafilatura.bare_extraction(raw, url=url, with_metadata=True, favor_recall=True)
        found = found.as_dict() if hasattr(found, "as_dict") else (found or {})
    except Exception as error:
        found = {}
    print(json.dumps([found.get("title"), found.get("date"), found.get("author"), found.get("sitename")]))
"""


def cases(folder: Path) -> list[dict[str, Any]]:
    """Every saved page with its facts: path, url, saved, title, date, authors, source."""
    names = publishers(folder / "src/fundus/publishers")
    found = []
    for gold_file in sorted((folder / "tests/resources/parser/test_data").glob("*/*.json")):
        country = gold_file.parent
        info = json.loads((country / "meta.info").read_text("utf-8"))
        pages_of = sorted(
            name for name in info if re.fullmatch(re.escape(gold_file.stem) + r"_\d{4}_\d{2}_\d{2}\.html\.gz", name)
        )
        versions = json.loads(gold_file.read_text("utf-8"))
        order = sorted(versions, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])
        # the newest version reads the newest page
        for version, page in zip(reversed(order), reversed(pages_of), strict=False):
            gold = versions[version]
            found.append(
                {
                    "path": str(country / page), "url": info[page]["url"], "saved": info[page]["crawl_date"],
                    "title": gold.get("title"), "date": gold.get("publishing_date"), "authors": gold.get("authors"),
                    "source": names.get(gold_file.stem),
                }
            )  # fmt: skip
    return found


def publishers(folder: Path) -> dict[str, str]:
    """Class name → the outlet's name, as the publishers' modules say."""
    found = {}
    for path in folder.glob("*/__init__.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Call)
                and isinstance(node.targets[0], ast.Name)
            ):
                for keyword in node.value.keywords:
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                        found[node.targets[0].id] = str(keyword.value.value)
    return found


def ours(case: dict[str, Any]) -> tuple[str, datetime | date | None, tuple[str, ...], str]:
    """What `digest clip` reads of a page."""
    decoded = encoding.decode(gzip.decompress(Path(case["path"]).read_bytes()))
    saved = datetime.fromisoformat(case["saved"]).replace(tzinfo=UTC)
    found = metadata.read(pages.read(decoded.text), metadata.Setting(case["url"], UTC, saved, saved))
    return found.title, found.dated.value if found.dated else None, found.authors, found.outlet


def theirs(every: list[dict[str, Any]], python: str) -> list[tuple[str, datetime | date | None, tuple[str, ...], str]]:
    """What trafilatura reads of the same pages."""
    lines = "\n".join(json.dumps([case["path"], case["url"]]) for case in every)
    run = subprocess.run([python, "-c", OTHER_READER], input=lines, capture_output=True, text=True, check=True)
    found = []
    for line in run.stdout.splitlines():
        title, day, author, site = json.loads(line)
        moment = None
        if day:
            try:
                moment = datetime.fromisoformat(day) if "T" in day or " " in day else date.fromisoformat(day)
            except ValueError:
                moment = None
        found.append(
            (title or "", moment, tuple(filter(None, (part.strip() for part in (author or "").split(";")))), site or "")
        )
    return found


def folded(text: str) -> str:
    return outlets.compared(unicodedata.normalize("NFKC", text or ""))


def gold_persons(case: dict[str, Any]) -> set[str]:
    """The persons among the authors of the gold, which also lists newsrooms and agencies."""
    names = outlets.Names([case["source"] or ""], case["url"])
    return {folded(name) for name in people.persons(case["authors"] or [], names)[0]}


def judged(
    case: dict[str, Any], found: tuple[str, datetime | date | None, tuple[str, ...], str]
) -> dict[str, bool | None]:
    """For each fact whether it was met; None where the gold says nothing."""
    title, moment, authors, source = found
    gold = datetime.fromisoformat(case["date"]) if case["date"] else None
    result: dict[str, bool | None] = dict.fromkeys(("title", "day", "minute", "authors", "authors as listed", "source"))
    if case["title"]:
        result["title"] = folded(title) == folded(case["title"])
    if gold:
        gold = gold if gold.tzinfo else gold.replace(tzinfo=UTC)
        if isinstance(moment, datetime):
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            result["minute"] = abs((aware - gold).total_seconds()) < 60
            result["day"] = result["minute"] or gold.date() in {aware.astimezone(gold.tzinfo).date(), aware.date()}
        else:
            result["day"] = moment == gold.date()
            result["minute"] = bool(result["day"]) and (gold.hour, gold.minute) == (0, 0)
    if case["authors"] is not None or authors:
        result["authors"] = {folded(name) for name in authors} == gold_persons(case)
        result["authors as listed"] = {folded(name) for name in authors} == {
            folded(name) for name in case["authors"] or []
        }
    if case["source"]:
        wanted, name = outlets.squeezed(case["source"]), outlets.squeezed(source)
        result["source"] = wanted == name or (bool(name) and (wanted in name or name in wanted))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trafilatura", metavar="PYTHON")
    parser.add_argument("--misses", metavar="FACT")
    given = parser.parse_args()
    every = cases(given.folder)
    readers = {"digest": [ours(case) for case in every]}
    if given.trafilatura:
        readers["trafilatura"] = theirs(every, given.trafilatura)
    print(f"{len(every)} pages")
    for name, found in readers.items():
        results = [judged(case, values) for case, values in zip(every, found, strict=True)]
        for fact in results[0]:
            said = [result[fact] for result in results if result[fact] is not None]
            met = sum(map(bool, said))
            print(f"{name:12} {fact:18} {met:4} of {len(said):4}  {met / max(len(said), 1):.1%}")
    if given.misses:
        for case, values in zip(every, readers["digest"], strict=True):
            if judged(case, values)[given.misses] is False:
                key = {"day": "date", "minute": "date", "authors as listed": "authors"}.get(given.misses, given.misses)
                place = {"title": 0, "date": 1, "authors": 2, "source": 3}[key]
                print(f"{Path(case['path']).name[:40]:40} wanted {case[key]!r}\n{'':40} read   {values[place]!s}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
