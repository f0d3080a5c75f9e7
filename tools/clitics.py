"""Learn from Arabic entries, without labels, which words begin with a particle: `digest/text/clitics.json`.

`python tools/clitics.py SITE/content` counts the words of every Markdown file. For a word that begins with و, for
example, it compares two counts: how often the word takes the article (الوزير) or another particle (لوزير), which a word
with a particle cannot take, and how often the rest occurs alone or with the article (والجزائر, الجزائر). The answers of
all words form a tree by letters, which is pruned to the branches that are worth their cost. The result lists the
beginnings at which the answer changes.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digest.text.folding import fold  # noqa: E402
from digest.text.stemming import ARTICLES, ENDED, LONGEST_BEGINNING, without_ending  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable

TARGET = ROOT / "digest/text/clitics.json"
WORD = re.compile("[\u0621-\u0652\u0670]+")
DOUBTS = {"ال": 0.0, "و": 0.5, "ف": 2.0, "ب": 1.5, "ل": 1.0, "ك": 2.5, "س": 0.0, "ي": 0.0}
"""Least log odds for a particle. ف and ك are rarely particles."""
RARELY = "فك"
"""Particles that are removed only from listed beginnings: in an unknown name, ف or ك is more likely a letter of the name."""
BRANCH = 2.0
"""Cost of a change of the answer in the tree, compared with the weight of the words that it corrects."""
RAREST = 3

Tree = dict[int, tuple[float, dict[str, tuple[int, dict]]]]  # type: ignore[type-arg]


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts of folded words in a folder's entries: of whole words, and of words without endings."""

    whole: Counter[str]
    families: Counter[str]


def counted(folder: Path) -> Usage:
    """Count the words of every Markdown file."""
    written: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.md")):
        written.update(WORD.findall(path.read_text("utf-8")))
    usage = Usage(Counter(), Counter())
    for word, count in written.items():
        if folded := fold(word):
            usage.whole[folded] += count
            usage.families[without_ending(folded, ENDED)] += count
    return usage


def evidence(usage: Usage, particle: str, word: str) -> float:
    """Log odds that `word` begins with the particle; لجنتها gets the answer of all forms of اللجنة."""
    words, family = usage.whole, without_ending(word, ENDED)
    if len(family) > len(particle) + 1:
        words, word = usage.families, family
    rest = word[len(particle) :]
    with_article = sum(words[article + word] for article in ("ال", "وال", "بال", "فال", "كال", "لل"))
    against = with_article + 0.5 * sum(words[other + word] for other in "وفبلك" if other != particle)
    alone = words[rest] + sum(words[article + rest] for article in ("ال", "وال", "بال", "لل"))
    if particle == "ي":
        case = words["ت" + rest] + words["ن" + rest] + words["وت" + rest] + 0.5 * words["ا" + rest] + 0.3 * words[rest]
    elif particle == "س":
        case = words[rest] + words["و" + rest]
    elif particle == "ال":
        case = words[rest] + 0.5 * sum(words[p + rest] for p in ("و", "ب", "ل", "بال", "لل", "وال"))
        against = with_article
    else:
        case = alone + 0.5 * sum(words[other + rest] for other in "وفبل" if other != particle)
        if particle == "ل" and rest[0] in "يتن":
            case += words["و" + rest] + words["س" + rest]
    if len(rest) == 2 and particle != "ال":
        # بعد and بنت are whole words: two letters may remain only if they are a noun, as in لرد and الرد
        case = sum(words[article + rest] for article in ("ال", "وال", "بال", "لل"))
    return math.log((case + 0.5) / (against + 0.5)) - DOUBTS[particle]


def weighed(
    usage: Usage, particle: str, article: dict[str, int] | None, *, short: bool = False
) -> list[tuple[str, float]]:
    """(rest after the particle, weight of the answer): positive if it is a particle; for short words only, or for the others."""
    found = []
    for word, count in usage.whole.items():
        rest = word[len(particle) :]
        if not word.startswith(particle) or len(rest) < 2 or (particle != "ال" and (len(rest) == 2) is not short):
            continue
        if count < RAREST or (particle == "س" and rest[0] not in "يتن"):
            continue
        if article is not None and has_article(word, article):
            continue
        odds = evidence(usage, particle, word)
        found.append((rest, math.log(1 + count) * max(-2.0, min(2.0, odds)) / 2))
    return found


def has_article(word: str, turns: dict[str, int]) -> bool:
    """Whether the word begins with an article, by the tree of the article."""
    for article in ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + 2:
            return not article.endswith("ال") or answer(1, turns, word[len(article) :])
    return False


def answer(usually: int, turns: Iterable[str], rest: str) -> bool:
    found = set(turns)
    return bool(usually) ^ bool(sum(rest[:n] in found for n in range(1, LONGEST_BEGINNING + 1) if n <= len(rest)) % 2)


def tree(items: list[tuple[str, float]], depth: int = 0) -> Tree:
    """Answer of a branch → (cost, next letters with their answers)."""
    ends: list[float] = []
    branches: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for rest, weight in items:
        if len(rest) > depth and depth < LONGEST_BEGINNING:
            branches[rest[depth]].append((rest, weight))
        else:
            ends.append(weight)
    grown = {letter: tree(row, depth + 1) for letter, row in branches.items()}
    found: Tree = {}
    for given in (1, 0):
        cost = sum(max(-weight, 0.0) if given else max(weight, 0.0) for weight in ends)
        kept = {}
        for letter, branch in grown.items():
            turned = branch[1 - given][0] + BRANCH < branch[given][0]
            taken = 1 - given if turned else given
            cost += branch[taken][0] + (BRANCH if turned else 0.0)
            kept[letter] = (taken, branch[taken][1])
        found[given] = (cost, kept)
    return found


def turns_of(items: list[tuple[str, float]], *, rarely: bool = False) -> tuple[int, dict[str, int]]:
    """The usual answer, and the beginnings at which it changes."""
    grown = tree(items)
    usually = 0 if rarely or grown[0][0] < grown[1][0] else 1
    found: dict[str, int] = {}

    def walk(beginning: str, given: int, branches: dict[str, tuple[int, dict]]) -> None:  # type: ignore[type-arg]
        for letter, (taken, further) in branches.items():
            if taken != given:
                found[beginning + letter] = taken
            walk(beginning + letter, taken, further)

    walk("", usually, grown[usually][1])
    return usually, found


def learnt(usage: Usage) -> dict[str, tuple[int, str]]:
    """Particle → (usual answer, the beginnings at which it changes)."""
    table = {"ال": turns_of(weighed(usage, "ال", None))}
    for particle in "وفبلكسي":
        table[particle] = turns_of(weighed(usage, particle, table["ال"][1]), rarely=particle in RARELY)
    for particle in "بل":
        short = weighed(usage, particle, table["ال"][1], short=True)
        table[particle + "2"] = turns_of(short, rarely=True)
    return {particle: (usually, " ".join(sorted(turns))) for particle, (usually, turns) in table.items()}


def rows(table: dict[str, tuple[int, str]]) -> str:
    """The table as JSON, one particle in each line."""
    lines = [f"{json.dumps(p, ensure_ascii=False)}: {json.dumps(row, ensure_ascii=False)}" for p, row in table.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def main() -> None:
    """Write the table, and the copy in the script."""
    text = rows(learnt(counted(Path(sys.argv[1]))))
    TARGET.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
