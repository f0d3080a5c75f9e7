"""Alphabetical order of names, the same on every machine: digits by value, then Arabic letters, Latin ones, others.

In: a name. Out: a tuple to sort by. Folded first (`folding.fold`), so that the forms of alef, marks and the Persian ک
lie together as ICU's `ar` order has them; the name itself breaks ties. A leading article ال is passed over, as in
library catalogues, else half of an index would stand under ا.
"""

from __future__ import annotations

import re
from typing import Final

from digest.arabic.folding import DROPPED, fold

Part = tuple[int, int, str]

PART: Final = re.compile(
    r"(?P<digits>\d+)|(?P<arabic>[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\U0010ffff]+)|(?P<latin>[a-z\u00df-\u024f]+)|[^\W_]"
)
PERSIAN: Final = str.maketrans({
    "پ": "ب\U0010ffff", "ٹ": "ت\U0010ffff", "چ": "ج\U0010ffff", "ڈ": "د\U0010ffff", "ڑ": "ر\U0010ffff",
    "ژ": "ز\U0010ffff", "ڤ": "ف\U0010ffff", "ڨ": "ق\U0010ffff", "ڭ": "ك\U0010ffff\U0010ffff", "گ": "ك\U0010ffff",
    "ں": "ن\U0010ffff",
})  # fmt: skip
"""Letters that Unicode put behind ي → their place behind the letter they are made of."""
ARTICLE: Final = "ال"
GOD: Final = "الله"
RANKS: Final = {"digits": 0, "arabic": 1, "latin": 2, None: 3}


def key(text: str, *, ignore_article: bool = True) -> tuple[tuple[tuple[Part, ...], ...], str]:
    """The sort key of a name: its words, each in parts of (rank of the script, value, letters); then the name."""
    name = DROPPED.sub("", text.strip())
    if ignore_article and name.startswith(ARTICLE) and len(name) > 3 and not name.startswith(GOD):
        name = name[len(ARTICLE) :]
    words = [parts(word) for word in fold(name).split()]
    return tuple([word for word in words if word]), text


def parts(word: str) -> tuple[Part, ...]:
    """A folded word in runs of one script; punctuation does not count."""
    found: list[Part] = []
    for match in PART.finditer(word.translate(PERSIAN)):
        value = int(match[0]) if match.lastgroup == "digits" else 0
        found.append((RANKS[match.lastgroup], value, "" if match.lastgroup == "digits" else match[0]))
    return tuple(found)
