"""How well a search finds what readers ask for, and what it costs: `python benchmarks/search.py CORPUS.jsonl.xz`.

The corpus is JSON lines with id, title, date, theme, source, summary and body; the newest `--count` articles are taken.
Queries (`search-queries.tsv`) are of ten kinds; judgements (`search-judgements.tsv`) name articles by id, with grades
from 1 to 3, made by reading the pooled first ten of six systems. What was not in the pool counts as 0. The held-out
set (`search-held-*`) was written after all weights, and is never used to choose one.

Printed: nDCG@10 by kind for plain words, folded words, folded words with stems (BM25 over the same texts), the product
without and with its names for the same, and Pagefind where its Python package is installed; then files, bytes, time.
"""

from __future__ import annotations

import argparse
import gzip
import html
import importlib.util
import json
import lzma
import math
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

from digest.search.documents import Document  # noqa: E402
from digest.search.index import SearchIndex  # noqa: E402
from digest.search.language import language_file  # noqa: E402
from digest.search.lookup import Index  # noqa: E402
from digest.search.ranking import search  # noqa: E402
from digest.text.folding import tokens  # noqa: E402
from digest.text.stemming import stems  # noqa: E402
from digest.text.words import lead  # noqa: E402

Row = dict[str, Any]
Find = Callable[[str], list[str]]
"""A query → ids, best first."""
DEPTH = 10
SETS = ("search", "search-held")
"""Queries that weights were chosen on, and others."""


def rows_of(corpus: Path, count: int) -> list[Row]:
    """The newest articles, oldest first, with the lead that a card would show."""
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=lambda row: (row["date"], row["id"]))[-count:]
    for row in rows:
        row["lead"] = row["summary"] or lead(row["body"], 200)
    return rows


def repeated(rows: list[Row], count: int) -> list[Row]:
    """As many articles as asked, the same ones over and over with other words at their ends."""
    return [
        {**rows[n % len(rows)], "title": f"{rows[n % len(rows)]['title']} {n // len(rows) or ''}"} for n in range(count)
    ]


def files_of(rows: Sequence[Row]) -> dict[str, bytes]:
    """The index of articles."""
    documents = [
        Document(
            f"{row['theme'].lower()}/{row['id'].lower()}/", row["title"], row["lead"], (), (row["source"],),
            row["theme"], row["date"], row["date"][:10], int(row["date"][:4]),
        )
        for row in rows
    ]  # fmt: skip
    language = language_file("ar", ())
    made = {file.path: file.make() for file in SearchIndex(documents, "ar").files(language.path)}
    return made | {language.path: language.make()}


# ------------------------------------------------------------------ systems


def product(rows: Sequence[Row], *, names: bool) -> Find:
    """Ours, with or without the built-in names for the same."""
    files = files_of(rows)
    if not names:
        path = next(path for path in files if "language-" in path)
        files[path] = json.dumps({**json.loads(files[path]), "aliases": []}).encode()
    index = Index(files.get, "ar")
    return lambda query: [rows[number]["id"] for number in search(query, index).documents[:DEPTH]]


def bm25(rows: Sequence[Row], parts: Callable[[str], list[str]]) -> Find:
    """BM25 over headline (three times) and lead."""
    postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = []
    for number, row in enumerate(rows):
        counts = Counter(parts(row["lead"]))
        for one in parts(row["title"]):
            counts[one] += 3
        lengths.append(counts.total())
        for one, count in counts.items():
            postings[one].append((number, count))
    mean = sum(lengths) / len(lengths)

    def find(query: str) -> list[str]:
        scores: Counter[int] = Counter()
        for one in set(parts(query)):
            found = postings.get(one, [])
            idf = math.log(1 + (len(rows) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                scores[number] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[number] / mean))  # type: ignore[assignment]
        return [rows[number]["id"] for number, _ in scores.most_common(DEPTH)]

    return find


def pagefind(rows: Sequence[Row], folder: Path) -> dict[str, bytes]:
    """The files Pagefind makes of pages with headline (a heading, so of more weight) and lead; nothing where it is not
    installed.
    """
    if not importlib.util.find_spec("pagefind"):
        return {}
    with tempfile.TemporaryDirectory() as source:
        for row in rows:
            title, text = html.escape(row["title"]), html.escape(row["lead"])
            page = Path(source, row["id"], "index.html")
            page.parent.mkdir()
            page.write_text(
                f"<html lang=ar><title>{title}</title><main><h1>{title}</h1><p>{text}</p></main></html>", "utf-8"
            )
        command = [
            sys.executable,
            "-m",
            "pagefind",
            "--site",
            source,
            "--output-path",
            folder,
            "--force-language",
            "ar",
        ]
        subprocess.run(command, check=True, capture_output=True)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


ASK_PAGEFIND = """async queries => {
  const pagefind = await import("/pagefind.js"), rows = [];
  for (const query of queries) {
    const {results} = await pagefind.search(query);
    rows.push(await Promise.all(results.slice(0, 10).map(async one => (await one.data()).url.replaceAll("/", ""))));
  }
  return rows;
}"""


def pagefind_finds(folder: Path) -> Find:
    """Pagefind as shipped, asked by its own script in Chromium."""
    from chromium import found  # noqa: PLC0415
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    (folder / "index.html").write_text("<!doctype html><html lang=ar><title>x</title>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    queries = list(dict.fromkeys(query for name in SETS for _, _, query in judged(name)[0]))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        answers = dict(zip(queries, page.evaluate(ASK_PAGEFIND, queries), strict=True))
        browser.close()
    server.shutdown()
    return answers.__getitem__


class Quiet(SimpleHTTPRequestHandler):
    """A server that says nothing."""

    def log_message(self, *_: object) -> None:
        pass


# ------------------------------------------------------------------ measures


def judged(name: str = "search") -> tuple[list[list[str]], dict[str, dict[str, int]]]:
    """(kind, need, query), and need → id → grade. `search-held`: queries that nothing was tuned on."""
    lines = [
        line for line in (HERE / f"{name}-queries.tsv").read_text("utf-8").splitlines() if not line.startswith("#")
    ]
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (HERE / f"{name}-judgements.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            need, name, grade = line.split("\t")
            grades[need][name] = int(grade)
    return [line.split("\t") for line in lines], grades


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Of the first ten, with gains of 2^grade - 1."""
    gained = sum((2 ** grades.get(name, 0) - 1) / math.log2(rank + 2) for rank, name in enumerate(found[:DEPTH]))
    best = sum((2**g - 1) / math.log2(rank + 2) for rank, g in enumerate(sorted(grades.values(), reverse=True)[:DEPTH]))
    return gained / best


def scored(find: Find, name: str = "search") -> dict[str, float]:
    """Kind → mean; also of all, and the share of queries with a best article among the first ten, and with nothing."""
    queries, grades = judged(name)
    by_kind: defaultdict[str, list[float]] = defaultdict(list)
    hits, none = [], []
    for kind, need, query in queries:
        found = find(query)
        by_kind[kind].append(ndcg(found, grades[need]))
        top = max(grades[need].values())
        hits.append(any(grades[need].get(name) == top for name in found))
        none.append(not found)
    means = {kind: sum(values) / len(values) for kind, values in by_kind.items()}
    every = [value for values in by_kind.values() for value in values]
    return {"all": sum(every) / len(every), "s@10": sum(hits) / len(hits), "nothing": sum(none) / len(none), **means}


def started(files: dict[str, bytes]) -> tuple[float, float, float]:
    """Mean and most bytes (gzip), and mean requests, of a query from nothing to ten cards."""
    sizes, requests = [], []
    for _, _, query in judged()[0]:
        asked: dict[str, bytes] = {}

        def read(path: str, asked: dict[str, bytes] = asked) -> bytes | None:
            asked[path] = files[path]
            return files[path]

        index = Index(read, "ar")
        index.cards(search(query, index).documents[:DEPTH])
        sizes.append(sum(len(gzip.compress(content, 6)) for content in asked.values()))
        requests.append(len(asked))
    return sum(sizes) / len(sizes), max(sizes), sum(requests) / len(requests)


def told(system: str, find: Find) -> None:
    """Print how good a system is, on each set of queries."""
    for name in SETS:
        means = "  ".join(f"{kind} {value:.3f}" for kind, value in scored(find, name).items())
        print(f"{system:18} {name:11} {means}", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 5000, 20000])
    asked = parser.parse_args()
    rows = rows_of(asked.corpus, asked.count)
    systems = {
        "plain": bm25(rows, re.compile(r"\w+").findall),
        "folded": bm25(rows, tokens),
        "folded + stems": bm25(rows, stems),
        "digest, no names": product(rows, names=False),
        "digest": product(rows, names=True),
    }
    for name, find in systems.items():
        told(name, find)
    for count in asked.sizes:
        many = repeated(rows, count)
        before = time.process_time()
        files = files_of(many)
        seconds = time.process_time() - before
        whole = sum(len(gzip.compress(content, 6)) for content in files.values())
        size, most, requests = started(files)
        print(f"{count:7,} articles: {len(files):6,} files, {whole / 1e6:.2f} MB gzip, {seconds:.2f} s")
        print(f"  a query: {size / 1000:.1f} KB, at most {most / 1000:.1f}, in {requests:.1f} requests", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        made = pagefind(rows, Path(folder))
        if made:
            print(f"Pagefind: {len(made):,} files, {sum(map(len, made.values())) / 1e6:.2f} MB", flush=True)
            told("Pagefind", pagefind_finds(Path(folder)))


if __name__ == "__main__":
    main()
