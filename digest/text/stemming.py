"""Words → light stems: what carries on to a word of Arabic, and what endings it takes, fall off; nothing is rooted.

In: a word as it is written. Out: its folded stem, for tags, related stories, copies of a report; never for display.
The ground is light10 (Larkey, Ballesteros, Connell 2002), with three differences that a judged set of word pairs
from real news paid for (`docs/stemming.md`):

- *One-letter particles* (و ف ب ل ك س, and the ي of verbs) are taken off too, unless the word begins like one that has
  the letter of its own (وزير, لجنة). Which beginnings those are was learnt without labels from a corpus of news
  (`tools/clitics.py`): a word that takes the article, as الوزير does, begins with no particle.
- *Pronouns on feminine nouns* take the ت with them: صورتها is a form of صورة.
- *One ending only*, the longest, so that few short words collapse.

Words with a letter that Arabic does not have are only folded: an outlet's Latin name is no English word to be stemmed,
and a search in readers' browsers would need no second stemmer. Persian has its own few endings; Urdu and Hebrew are
folded alone. `templates/assets/search.js` has the same in JavaScript.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from digest.text.folding import fold, tokens

Endings = dict[str, tuple[tuple[str, int], ...]]
"""Last letter → the endings that have it."""


def by_last_letter(endings: tuple[tuple[str, int], ...]) -> Endings:
    """A table of endings, in which a word meets few of them."""
    return {letter: tuple(one for one in endings if one[0][-1] == letter) for letter in {end[-1] for end, _ in endings}}


ARTICLES: Final = ("وبال", "وكال", "وفال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال")
"""The article with what may stand before it, the longest first."""
BEGUN: Final = {letter: tuple(one for one in ARTICLES if one[0] == letter) for letter in "وفبكلا"}
"""First letter → the articles that have it."""
ENDINGS: Final = (
    ("اتها", 3), ("اتهم", 3), ("اتنا", 3), ("يتها", 3), ("يتهم", 3),
    ("اته", 3), ("يته", 3), ("هما", 3), ("تها", 2), ("تهم", 2), ("تنا", 3), ("تين", 3), ("تان", 3), ("يات", 3),
    ("يون", 3), ("يين", 3),
    ("ته", 2), ("ها", 3), ("هم", 3), ("نا", 3), ("ات", 2), ("ون", 3), ("ين", 4), ("ان", 4), ("وا", 3), ("يه", 3),
    ("يا", 3),
    ("ه", 2), ("ي", 3), ("ا", 2), ("ت", 3),
)  # fmt: skip
"""Endings of folded words and how many letters each must leave, the longest first."""
PERSIAN: Final = (("هايي", 2), ("هايم", 2), ("هايش", 2), ("ترين", 3), ("هاي", 2), ("ها", 2), ("تر", 3))
ENDED, PERSIAN_ENDED = by_last_letter(ENDINGS), by_last_letter(PERSIAN)
LONGEST_BEGINNING: Final = 5
BEGINNING: Final = frozenset("وفبكلاسي")
"""First letters of words that may have something to lose there."""
ARABIC: Final = re.compile("[\u0621-\u064aپچژگڤڨڭ]+")
CHUNK: Final = re.compile(r"[^\s!-/:-@\[-`{-~،؛؟٪«»…–—“”‘’•۔]+")
"""Cheaply: what holds words and nothing that parts them whatever its neighbours."""
KEPT: Final = 200_000
"""Chunks remembered at most: some 40 MB."""


@cache
def beginnings() -> dict[str, tuple[bool, frozenset[str]]]:
    """Particle → whether it usually falls off, and the beginnings behind it that turn the answer, one after another.

    «ب2» and «ل2» are of words of three letters (بحق, لرد): few of them begin with a particle.
    """
    table = json.loads(Path(__file__).with_name("clitics.json").read_bytes())
    return {particle: (bool(usually), frozenset(turns.split())) for particle, (usually, turns) in table.items()}


def falls(particle: str, rest: str) -> bool:
    """Whether what a word begins with is a particle, by the letters that follow it."""
    usually, turns = beginnings()[particle]
    for length in range(1, min(len(rest), LONGEST_BEGINNING) + 1):
        if rest[:length] in turns:
            usually = not usually
    return usually


@lru_cache(maxsize=65536)
def stem(word: str, lang: str = "ar") -> str:
    """The stem of a word; `lang` is the site's language, whose rules hold for all its words."""
    return stem_folded(fold(word), lang)


def stem_folded(folded: str, lang: str) -> str:
    """The stem of a word that is folded already."""
    return stem_letters(folded, lang) if ARABIC.fullmatch(folded) else folded


def stem_letters(folded: str, lang: str) -> str:
    """The stem of a folded word that is known to be of Arabic letters alone."""
    language = lang.partition("-")[0]
    if language == "ar":
        return without(bare(folded) if folded[0] in BEGINNING else folded, ENDED)
    return without(folded, PERSIAN_ENDED) if language == "fa" else folded


def bare(word: str) -> str:
    """A folded Arabic word without article and particles."""
    rest = without_article(word)
    if rest is not None:
        return rest
    if word[0] in "وف" and len(word) > 3 and falls(word[0], word[1:]):
        word = word[1:]
        rest = without_article(word)
        if rest is not None:
            return rest
    if word[0] in "بلك" and len(word) > 3 and falls(word[0], word[1:]):
        word = word[1:]
    elif word[0] in "بل" and len(word) == 3 and falls(word[0] + "2", word[1:]):
        return word[1:]
    if word[0] == "س" and len(word) > 4 and word[1] in "يتن" and falls("س", word[1:]):
        return word[2:]
    if word[0] == "ي" and len(word) > 3 and falls("ي", word[1:]):
        return word[1:]
    return word


def without_article(word: str) -> str | None:
    """What follows the article; None for a word without one, or where its two letters are the word's own."""
    for article in BEGUN.get(word[0], ()):
        if not word.startswith(article) or len(word) < len(article) + 2:
            continue
        rest = word[len(article) :]
        if article.endswith("لل"):
            # two lams stand for three where the noun begins with one: للجنة
            return rest if falls("ل", rest) else "ل" + rest
        return rest if falls("ال", rest) else None
    return None


def without(word: str, endings: Endings) -> str:
    """The word without the longest ending that leaves enough of it."""
    for ending, least in endings.get(word[-1], ()):
        if word.endswith(ending) and len(word) >= len(ending) + least:
            return word[: -len(ending)]
    return word


class Chunks(dict[str, tuple[str, ...]]):
    """Chunk of text → the stems of its words, found once."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(self) > KEPT:
            self.clear()
        found = self[chunk] = tuple([stem_folded(word, self.lang) for word in tokens(chunk)])
        return found


@cache
def chunks(lang: str) -> Chunks:
    """The memory of one language."""
    return Chunks(lang)


def stems(text: str, lang: str = "ar") -> list[str]:
    """The stems of a text's words, in its order: the same as `stem` of each of `folding.tokens`."""
    known = chunks(lang.partition("-")[0])
    return [found for chunk in CHUNK.findall(text) for found in known[chunk]]
