"""A made collection to search in, and the queries that Python and JavaScript must answer alike.

`python tests/searching.py` writes `tests/search-vectors.json` anew, by what Python finds now.
"""

from __future__ import annotations

import json
import random
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digest.search.documents import Document  # noqa: E402
from digest.search.index import SearchIndex  # noqa: E402
from digest.search.keyboard import LAYOUTS, QWERTY  # noqa: E402
from digest.search.language import language_file  # noqa: E402
from digest.search.lookup import Index  # noqa: E402
from digest.search.ranking import search  # noqa: E402

VECTORS = ROOT / "tests/search-vectors.json"
COUNT = 720
"""Documents: two blocks of frozen ones, and recent ones."""
QUERIES = 300
WORD = re.compile(r"[\w\u064b-\u0652\u0640]{2,}")
NAMES = [
    "ماكرون",
    "نتنياهو",
    "ترامب",
    "رويترز",
    "فيسبوك",
    "واشنطن",
    "باريس",
    "دبي",
    "برشلونة",
    "ليفربول",
    "قطر",
    "زيدان",
    "ميركل",
    "كييف",
]
OTHERS = (
    "Macron",
    "trump",
    "Reuters",
    "facebook",
    "Netanyahu",
    "Merkel",
    "Zidane",
    "Kyiv",
    "Paris",
    "barcelona",
    "liverpool",
)


@cache
def words() -> tuple[str, ...]:
    """Words of the example's entries, in the order of their first use."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "content").rglob("*.md"))]
    return tuple(dict.fromkeys(WORD.findall(" ".join(texts))))


@cache
def documents() -> tuple[Document, ...]:
    """The collection, oldest first."""
    chance = random.Random(19)
    pool = [word for word in words() if not word.isascii()][:1800]

    def text(length: int) -> str:
        return " ".join(
            chance.choice(NAMES) if chance.random() < 0.1 else pool[int(len(pool) * chance.random() ** 2)]
            for _ in range(length)
        )

    return tuple(
        Document(
            f"sport/s{number}/", text(chance.randint(3, 8)), text(chance.randint(10, 30)), (), (f"مصدر {number % 5}",),
            ("sport", "politics")[number % 2], f"20{number // 90 + 18}-01-01T00:00:00+00:00", "1 يناير", number // 90 + 2018,
        )
        for number in range(COUNT)
    )  # fmt: skip


@cache
def files(lang: str = "ar") -> dict[str, bytes]:
    """The files of its index."""
    language = language_file(lang, ())
    made = {file.path: file.make() for file in SearchIndex(documents(), lang).files(language.path)}
    return made | {language.path: language.make()}


def queries() -> list[str]:
    """What readers might type: words, forms, slips, names in other letters, the wrong keyboard."""
    chance = random.Random(23)
    typed = dict(zip(LAYOUTS["ar"], QWERTY, strict=True))
    made = [*OTHERS, *NAMES, "في", "", "؟", "عبدالله", "macron بباريس", "٢٠٢٦", "hgp;,lm", "وبالوزارات", "فيس بوك"]
    while len(dict.fromkeys(made)) < QUERIES:
        first, *rest = chance.sample(words()[:1500], chance.randint(1, 3))
        at = chance.randrange(len(first))
        slips = (
            first, f"وال{first}", f"ب{first}", f"{first}ات", first[:at] + first[at + 1 :], first[:at] + "ن" + first[at:],
            first[:at] + first[at : at + 2][::-1] + first[at + 2 :], "".join(typed.get(letter, letter) for letter in first),
            first[: at + 2],
        )  # fmt: skip
        made.append(" ".join([chance.choice(slips), *rest]))
    return list(dict.fromkeys(made))[:QUERIES]


def answers() -> list[dict[str, object]]:
    """What Python finds."""
    index = Index(files().get, "ar")
    rows = []
    for query in queries():
        found = search(query, index)
        rows.append(
            {"query": query, "first": list(found.documents[:10]), "count": len(found.documents), "meant": found.meant}
        )
    return rows


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in answers())
    VECTORS.write_text(f"[\n{lines}\n]\n", "utf-8")
