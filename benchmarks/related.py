"""Measure quality and cost of related stories on judged articles.

python benchmarks/related.py                          every system on the judged set
python benchmarks/related.py --only product           digest only
python benchmarks/related.py --stability 200          lists that change when the newest articles are added one by one
python benchmarks/related.py --repeat 7               cost of scoring at 1 and 7 times the articles

In: a folder with judgments, pairs of near-duplicates and `score_related.py`, and their articles as JSON lines (xz): id,
title, date, theme, summary, body (list of paragraphs). The default for both is the folder `shared/` beside the
repository. Out: a Markdown table, or a message if the files are missing.

Systems: TF-IDF cosine and BM25 (k1 = 1.2, b = .75, k3 = 8) on unchanged words; BM25 with folding, then also with
stemming, then also with a time factor; Hugo's related content, with the eight weightiest words of each article as its
keywords, as a diligent editor might choose them. Costs are microseconds of one core for each article, to index it and
to find its list; all systems but digest run in plain Python.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import lzma
import math
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digest.content.entries import OPENING  # noqa: E402
from digest.content.settings import RelatedSettings, TermWeights  # noqa: E402
from digest.linking.related.corpus import Story  # noqa: E402
from digest.linking.related.relations import relate  # noqa: E402
from digest.linking.terms import pack  # noqa: E402
from digest.model import (  # noqa: E402
    Article,
    ArticleText,
    Entry,
    Place,
    Text,
)
from digest.text.folding import fold  # noqa: E402
from digest.text.stemming import stem_folded  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SHOWN = 5
WORD = re.compile(r"\w+")
Ranked = "list[int]"


@dataclass(frozen=True, slots=True)
class Document:
    """One article of the collection."""

    id: str
    time: int
    theme: str
    title: str
    summary: str
    body: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((self.title, self.summary, *self.body))


def read(path: Path, repeat: int = 1) -> list[Document]:
    """Read the collection, oldest first; `copies` repeat it with other dates."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [
        Document(
            f"{row['id']}{f'-{copy}' if copy else ''}",
            int(datetime.fromisoformat(row["date"]).timestamp()) - copy * (7 * 86400 + 60),
            row["theme"], f"{row['title']} ({copy})" if copy else row["title"], row["summary"], tuple(row["body"]),
        )
        for copy in range(repeat) for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda document: (document.time, document.id))


# ------------------------------------------------------------------ other systems


class Inverted:
    """A plain inverted index; `weigh` gives the weight of a word in a document."""

    def __init__(self, documents: list[Document], words: Callable[[str], Iterable[str]]) -> None:
        self.counts = [Counter(words(document.text)) for document in documents]
        self.frequency = Counter(word for count in self.counts for word in count)
        self.mean = sum(sum(count.values()) for count in self.counts) / len(documents)
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(self.counts):
            for word, times in count.items():
                self.postings[word].append((number, times))

    def bm25(self, query: int) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        lengths = self.lengths
        for word, mine in self.counts[query].items():
            rows = self.postings[word]
            idf = math.log(1 + (len(self.counts) - len(rows) + 0.5) / (len(rows) + 0.5))
            for other, times in rows:
                weight = 2.2 * times / (times + 1.2 * (0.25 + 0.75 * lengths[other] / self.mean))
                scores[other] += idf * weight * 9 * mine / (mine + 8)
        return scores

    def cosine(self, query: int) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        for word, mine in self.counts[query].items():
            rows = self.postings[word]
            idf = math.log(len(self.counts) / len(rows))
            for other, times in rows:
                scores[other] += (1 + math.log(mine)) * (1 + math.log(times)) * idf * idf
        return {other: score / self.norms[other] for other, score in scores.items()}

    def settle(self) -> None:
        """Compute the lengths that both ways of scoring need."""
        self.lengths = [sum(count.values()) for count in self.counts]
        total = len(self.counts)
        self.norms = [
            math.sqrt(sum(((1 + math.log(n)) * math.log(total / self.frequency[w])) ** 2 for w, n in count.items()))
            or 1
            for count in self.counts
        ]


def raw(text: str) -> list[str]:
    return WORD.findall(text)


def folded(text: str) -> list[str]:
    return WORD.findall(fold(text))


STEMS: dict[str, str] = {}


def stemmed(text: str) -> list[str]:
    found = []
    for word in folded(text):
        if word not in STEMS:
            STEMS[word] = stem_folded(word, "ar")
        found.append(STEMS[word])
    return found


def best(scores: dict[int, float], query: int, documents: list[Document], half_life: int = 0) -> list[int]:
    """The five best articles; equal scores newest first."""
    scores.pop(query, None)
    if half_life:
        when = documents[query].time
        scores = {
            other: score * (0.7 + 0.3 * 2 ** (-abs(documents[other].time - when) / 86400 / half_life))
            for other, score in scores.items()
        }
    return sorted(scores, key=lambda other: (-scores[other], -other))[:SHOWN]


class Hugo:
    """Hugo's related content (`related/inverted_index.go`): sum of the weights of shared keywords, without rarity.

    Hugo's defaults: keywords 100, date 10, threshold 80, older pages only.
    """

    def __init__(self, documents: list[Document], index: Inverted, *, newer: bool) -> None:
        total = len(documents)
        self.documents = documents
        self.newer = newer
        self.keywords = [
            sorted(count, key=lambda w: (-count[w] * math.log(total / index.frequency[w]), w))[:8]
            for count in index.counts
        ]
        self.holding: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self.keywords):
            for word in words:
                self.holding[word].append(number)

    def list(self, query: int) -> list[int]:
        weights: Counter[int] = Counter()
        matches: Counter[int] = Counter()
        for word in self.keywords[query]:
            for other in self.holding[word]:
                weights[other] += 100
                matches[other] += 1
        when = self.documents[query].time
        for other in list(weights):
            if self.documents[other].time == when:
                weights[other] += 10
                matches[other] += 1
        kept = [
            other for other, weight in weights.items()
            if other != query and (self.newer or self.documents[other].time <= when)
            and (weight / matches[other] - 10) / 0.9 >= 80 / matches[other]
        ]  # fmt: skip
        return sorted(kept, key=lambda other: (-weights[other], -other))[:SHOWN]


# ------------------------------------------------------------------ the product


def article(document: Document) -> Article:
    """The article that reading a source would give."""
    entry = Entry(
        id=document.id, place=Place(document.id), path="", url="", title=plain(document.title),
        summary=plain(document.summary), theme=document.theme,
        published=datetime.fromtimestamp(document.time).astimezone(), moment=None,  # type: ignore[arg-type]
    )  # fmt: skip
    return Article(
        entry,
        ArticleText("", standfirst=entry.summary if document.summary else None),
        "\n".join(document.body)[:OPENING],
    )


def plain(text: str) -> Text:
    return Text(text, text, "rtl", "rtl")


def stories(documents: list[Document]) -> list[Story]:
    weights = TermWeights()
    return [Story(document.id, document.time, pack(article(document), weights, "ar")) for document in documents]


# ------------------------------------------------------------------ measuring


@dataclass(frozen=True, slots=True)
class Judged:
    """The judged set and its scorer."""

    scorer: Any
    qrels: dict[str, dict[str, str]]
    pairs: set[tuple[str, str]]

    def line(self, name: str, run: dict[str, list[str]], cost: float) -> str:
        rows = self.scorer.score(self.qrels, run, SHOWN, self.pairs).values()

        def mean(key: str) -> float:
            return float(self.scorer.mean([row[key] for row in rows]))

        return (
            f"| {name} | {mean('ndcg'):.3f} | {mean('p'):.3f} | {mean('dup'):.2f} / {mean('twin'):.2f} | "
            f"{mean('n') / SHOWN:.2f} | {mean('unj'):.2f} | {cost:,.0f} |"
        )


def judged(folder: Path) -> Judged:
    spec = importlib.util.spec_from_file_location("score_related", folder / "score_related.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer in {folder}")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return Judged(scorer, scorer.load_qrels(folder / "qrels-dev.tsv"), scorer.load_pairs(folder / "dup-pairs-dev.tsv"))


def compare(documents: list[Document], judged: Judged, only: str) -> None:
    """Print the table of all systems."""
    ranks = {document.id: number for number, document in enumerate(documents)}
    print(
        "| system | nDCG@5 | P@5 | duplicates shown, of the query / within lists | filled | unjudged | µs an article |"
    )
    print("|---|---|---|---|---|---|---|")

    def tell(name: str, indexing: float, found: Callable[[int], list[int]]) -> None:
        if only not in name:
            return
        started = time.process_time()
        lists = {name: found(ranks[name]) for name in judged.qrels}
        asking = (time.process_time() - started) / len(lists)
        run = {name: [documents[number].id for number in numbers] for name, numbers in lists.items()}
        print(judged.line(name, run, (indexing / len(documents) + asking) * 1e6), flush=True)

    if not only.startswith("product"):
        baselines(documents, tell)
    for name, rules in (
        ("product", RelatedSettings()),
        ("product, no minimum", RelatedSettings(minimum=0)),
        ("product, older stories only", RelatedSettings(newer=False)),
        ("product, time left out (half-life a year)", RelatedSettings(half_life=365)),
    ):
        started = time.process_time()
        memory = relate(None, stories(documents), rules)
        cost = time.process_time() - started
        tell(name, cost, lambda number, memory=memory: list(memory.related[number]))


def baselines(documents: list[Document], tell: Callable[[str, float, Callable[[int], list[int]]], None]) -> None:
    for words, name in ((raw, ""), (folded, " with folding"), (stemmed, " with stemming")):
        started = time.process_time()
        index = Inverted(documents, words)
        index.settle()
        cost = time.process_time() - started
        if words is raw:
            for newer in (False, True):
                started = time.process_time()
                hugo = Hugo(documents, index, newer=newer)
                more = time.process_time() - started
                tell(f"Hugo, eight keywords{', newer ones too' if newer else ''}", cost + more, hugo.list)
            tell("TF-IDF", cost, lambda number, index=index: best(dict(index.cosine(number)), number, documents))
        tell(f"BM25{name}", cost, lambda number, index=index: best(index.bm25(number), number, documents))
    tell("BM25 with stemming and time", cost, lambda number: best(index.bm25(number), number, documents, 14))


def stability(documents: list[Document], number: int) -> None:
    """Add the newest articles one by one, and count the lists that change."""
    every = stories(documents)
    memory = relate(None, every[:-number], RelatedSettings())
    changed, costs = [], []
    for upto in range(len(every) - number + 1, len(every) + 1):
        started = time.process_time()
        after = relate(memory, every[:upto], RelatedSettings())
        costs.append(time.process_time() - started)
        changed.append(sum(was != now for was, now in zip(memory.related, after.related, strict=False)))
        memory = after
    if memory != relate(None, every, RelatedSettings()):
        raise SystemExit("the lists are not those of a fresh start")
    changed.sort()
    costs.sort()
    print(
        f"{number} articles added one by one to {len(every) - number:,}: old lists changed by one of them: mean "
        f"{sum(changed) / number:.1f}, median {changed[number // 2]}, at most {changed[-1]}; "
        f"median {costs[number // 2] * 1000:.0f} ms, at most {costs[-1] * 1000:.0f} ms; same as from a fresh start"
    )


def growth(path: Path, repeat: int) -> None:
    """Print the cost at several sizes."""
    print("| articles | terms, µs an article | scoring, µs an article | memory kept, bytes an article | peak MiB |")
    print("|---|---|---|---|---|")
    import resource  # noqa: PLC0415 - not on Windows

    import msgspec  # noqa: PLC0415

    once = read(path)
    sizes: list[tuple[int, Callable[[], list[Document]]]] = [
        (1000, lambda: once[-1000:]),
        (10_000, lambda: once[-10_000:]),
    ]
    sizes += [(copies * len(once), lambda copies=copies: read(path, copies)) for copies in sorted({1, repeat})]
    for size, made in sizes:
        documents = made()
        started = time.process_time()
        every = stories(documents)
        middle = time.process_time()
        del documents
        memory = relate(None, every, RelatedSettings())
        ended = time.process_time()
        kept = len(msgspec.msgpack.encode(memory.to_record()))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"| {size:,} | {(middle - started) / size * 1e6:.0f} | {(ended - middle) / size * 1e6:.0f} | "
            f"{kept / size:.0f} | {peak:,} |", flush=True,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = ROOT.parent / "shared"
    parser.add_argument("--judged", type=Path, default=shared / "related", metavar="DIR")
    parser.add_argument("--corpus", type=Path, default=shared / "corpus" / "ant-dev.jsonl.xz", metavar="FILE")
    parser.add_argument("--only", default="", metavar="SYSTEM")
    parser.add_argument("--stability", type=int, default=0, metavar="N")
    parser.add_argument("--repeat", type=int, default=0, metavar="K")
    asked = parser.parse_args()
    if not asked.corpus.is_file() or not (asked.judged / "score_related.py").is_file():
        print(
            f"no judged articles in {asked.judged} or no corpus at {asked.corpus}; name them with --judged and --corpus"
        )
        return
    if asked.repeat:
        growth(asked.corpus, asked.repeat)
    elif asked.stability:
        stability(read(asked.corpus), asked.stability)
    else:
        compare(read(asked.corpus), judged(asked.judged), asked.only)


if __name__ == "__main__":
    main()
