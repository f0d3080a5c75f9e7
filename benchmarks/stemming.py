"""Measure recall, precision and cost of stemmers on judged pairs of Arabic words.

Writes the table of docs/explanation/stemming.md.

`python benchmarks/stemming.py [FOLDER]`: with a folder of Markdown, also the time for each word of its running text.
Compares digest with light10, Snowball and ISRI; the last two only if `snowballstemmer` and `nltk` are installed.

The pairs (`stemming-pairs.tsv`) come from a news corpus: 143 words drawn at random, half of them by frequency, each
with up to ten others that some stemmer or a shared skeleton brings near it. *Same* means a form of the same word
(particles, article, number, gender, case, person, pronouns, broken plurals). Pairs of words that are only derived from
each other (noun and adjective, verb and verbal noun) were omitted. The first word of each pair decides its set; the
second set was not read while rules were chosen.
"""

from __future__ import annotations

import csv
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from digest.text import folding, stemming  # noqa: E402

Stemmer = Callable[[str], str]
Pair = tuple[str, str, bool]
SETS = {"dev": "while tuning", "test": "set aside"}
WORD = re.compile("[\u0621-\u0652\u0670]+")


def pairs(which: str) -> list[Pair]:
    """(word, word, whether they are forms of one) of one set."""
    with (HERE / "stemming-pairs.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(row["one"], row["other"], row["judged"] == "same") for row in rows if row["set"] == which]


def measured(stemmer: Stemmer, judged: Iterable[Pair]) -> tuple[float, float, float]:
    """Recall, precision and F1 of equal stems for pairs."""
    good = bad = missed = 0
    for one, other, same in judged:
        together = stemmer(one) == stemmer(other)
        good += together and same
        bad += together and not same
        missed += same and not together
    recall = good / (good + missed)
    precision = good / (good + bad) if good + bad else 1.0
    return recall, precision, 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def lucene(word: str) -> str:
    """Normalisation of Lucene's ArabicNormalizer, which light10 needs."""
    for written, folded in ("أا", "إا", "آا", "ىي", "ةه"):
        word = word.replace(written, folded)
    return re.sub("[\u064b-\u0652\u0640]", "", word)


def light10(word: str) -> str:
    """Larkey, Ballesteros, Connell: Light Stemming for Arabic Information Retrieval (2007), as in Lucene."""
    word = lucene(word)
    for prefix, least in (("ال", 2), ("وال", 2), ("بال", 2), ("كال", 2), ("فال", 2), ("لل", 2), ("و", 3)):
        if word.startswith(prefix) and len(word) >= len(prefix) + least:
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"):
        if word.endswith(suffix) and len(word) >= len(suffix) + 2:
            word = word[: -len(suffix)]
    return word


def systems() -> dict[str, Stemmer]:
    """The installed stemmers by name."""
    found: dict[str, Stemmer] = {"folding alone": folding.fold, "light10": light10}
    try:
        import snowballstemmer  # noqa: PLC0415

        found["Snowball"] = snowballstemmer.stemmer("arabic").stemWord
    except ImportError:
        print("snowballstemmer is not installed")
    try:
        from nltk.stem.isri import ISRIStemmer  # noqa: PLC0415

        found["ISRI (roots)"] = ISRIStemmer().stem
    except ImportError:
        print("nltk is not installed")
    found["digest"] = stemming.stem
    return found


def main() -> None:
    """Print the table of all stemmers."""
    words = []
    if len(sys.argv) > 1:
        words = [
            word
            for path in sorted(Path(sys.argv[1]).rglob("*.md"))[:300]
            for word in WORD.findall(path.read_text("utf-8"))
        ]
    for which, shown in SETS.items():
        judged = pairs(which)
        print(f"{shown}: {len(judged)} pairs, {sum(same for _, _, same in judged)} of them forms of one word")
    print("| stemmer | recall | precision | F1 | recall | precision | F1 |" + (" µs a word |" if words else ""))
    for name, stemmer in systems().items():
        cells = [f"{value:.2f}" for which in SETS for value in measured(stemmer, pairs(which))]
        if words:
            stemming.stem.cache_clear()
            started = time.process_time()
            for word in words:
                stemmer(word)
            cells.append(f"{(time.process_time() - started) / len(words) * 1e6:.2f}")
        print(f"| {name} | {' | '.join(cells)} |")
    if words:
        text = " ".join(words)
        started = time.process_time()
        stemming.stems(text)
        print(f"stems() of running text: {(time.process_time() - started) / len(words) * 1e6:.2f} µs a word")


if __name__ == "__main__":
    main()
