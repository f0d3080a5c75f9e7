"""Words → light stems: prefixes and endings of Arabic words are removed; words are not reduced to roots.

In: a word as written. Out: its folded stem, for tags, related stories and copies of a report; not for display.
The stemmer is based on light10 (Larkey, Ballesteros, Connell 2002). Three differences improved the results on judged
pairs of words from real news (`docs/explanation/stemming.md`):

- *One-letter particles* (و ف ب ل ك س, and the ي of verbs) are removed too, unless the letter belongs to the word
  (وزير, لجنة). `tools/clitics.py` learned from a corpus of news, without labels, which beginnings belong to words: a
  word that takes the article, such as الوزير, does not begin with a particle.
- *Pronouns on feminine nouns* are removed together with the ت: صورتها is a form of صورة.
- *One ending only* is removed, the longest, so that few short words become equal.

Words with a letter that Arabic does not have are only folded: the Latin name of an outlet is not an English word, and a
search in readers' browsers needs no second stemmer. Persian has a few endings of its own; Urdu and Hebrew are only
folded. `templates/assets/search.js` has the same stemmer in JavaScript.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from digest.text.folding import fold, tokens

Endings = dict[str, tuple[tuple[str, int], ...]]
"""Last letter → the endings with this last letter."""


def by_last_letter(endings: tuple[tuple[str, int], ...]) -> Endings:
    """Group endings by their last letter, so that few are compared with a word."""
    return {letter: tuple(one for one in endings if one[0][-1] == letter) for letter in {end[-1] for end, _ in endings}}


ARTICLES: Final = ("وبال", "وكال", "وفال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال")
"""The article with the particles that may precede it, the longest first."""
BEGUN: Final = {letter: tuple(one for one in ARTICLES if one[0] == letter) for letter in "وفبكلا"}
"""First letter → the articles that begin with it."""
ENDINGS: Final = (
    ("اتها", 3), ("اتهم", 3), ("اتنا", 3), ("يتها", 3), ("يتهم", 3),
    ("اته", 3), ("يته", 3), ("هما", 3), ("تها", 2), ("تهم", 2), ("تنا", 3), ("تين", 3), ("تان", 3), ("يات", 3),
    ("يون", 3), ("يين", 3),
    ("ته", 2), ("ها", 3), ("هم", 3), ("نا", 3), ("ات", 2), ("ون", 3), ("ين", 4), ("ان", 4), ("وا", 3), ("يه", 3),
    ("يا", 3),
    ("ه", 2), ("ي", 3), ("ا", 2), ("ت", 3),
)  # fmt: skip
"""Endings of folded words, the longest first, and how many letters must remain without each."""
PERSIAN: Final = (("هايي", 2), ("هايم", 2), ("هايش", 2), ("ترين", 3), ("هاي", 2), ("ها", 2), ("تر", 3))
ENDED, PERSIAN_ENDED = by_last_letter(ENDINGS), by_last_letter(PERSIAN)
LONGEST_BEGINNING: Final = 5
BEGINNING: Final = frozenset("وفبكلاسي")
"""First letters of the words that may begin with an article or a particle."""
ARABIC: Final = re.compile("[\u0621-\u064aپچژگڤڨڭ]+")
CHUNK: Final = re.compile(r"[^\s!-/:-@\[-`{-~،؛؟٪«»…–—“”‘’•۔]+")
"""A cheap first split: a run of characters without any that always separates words."""
KEPT: Final = 200_000
"""Most chunks whose stems are cached: some 40 MB."""


@cache
def beginnings() -> dict[str, tuple[bool, frozenset[str]]]:
    """Particle → whether it is usually removed, and the beginnings of the rest that reverse the answer.

    A longer beginning reverses the answer again. «ب2» and «ل2» are for words of three letters (بحق, لرد), few of which
    begin with a particle.
    """
    table = json.loads(Path(__file__).with_name("clitics.json").read_bytes())
    return {particle: (bool(usually), frozenset(turns.split())) for particle, (usually, turns) in table.items()}


def is_particle(particle: str, rest: str) -> bool:
    """Whether the beginning of a word is a particle, by the letters that follow it."""
    usually, turns = beginnings()[particle]
    for length in range(1, min(len(rest), LONGEST_BEGINNING) + 1):
        if rest[:length] in turns:
            usually = not usually
    return usually


@lru_cache(maxsize=65536)
def stem(word: str, lang: str = "ar") -> str:
    """The stem of a word; `lang` is the language of the site, whose rules apply to all words."""
    return stem_folded(fold(word), lang)


def stem_folded(folded: str, lang: str) -> str:
    """The stem of a folded word."""
    return stem_letters(folded, lang) if ARABIC.fullmatch(folded) else folded


def stem_letters(folded: str, lang: str) -> str:
    """The stem of a folded word that consists of Arabic letters only."""
    language = lang.partition("-")[0]
    if language == "ar":
        return without_ending(without_prefixes(folded) if folded[0] in BEGINNING else folded, ENDED)
    return without_ending(folded, PERSIAN_ENDED) if language == "fa" else folded


def without_prefixes(word: str) -> str:
    """A folded Arabic word without article and particles."""
    rest = without_article(word)
    if rest is not None:
        return rest
    if word[0] in "وف" and len(word) > 3 and is_particle(word[0], word[1:]):
        word = word[1:]
        rest = without_article(word)
        if rest is not None:
            return rest
    if word[0] in "بلك" and len(word) > 3 and is_particle(word[0], word[1:]):
        word = word[1:]
    elif word[0] in "بل" and len(word) == 3 and is_particle(word[0] + "2", word[1:]):
        return word[1:]
    if word[0] == "س" and len(word) > 4 and word[1] in "يتن" and is_particle("س", word[1:]):
        return word[2:]
    if word[0] == "ي" and len(word) > 3 and is_particle("ي", word[1:]):
        return word[1:]
    return word


def without_article(word: str) -> str | None:
    """The rest of a word after the article; None if it has none, or if the two letters belong to the word."""
    for article in BEGUN.get(word[0], ()):
        if not word.startswith(article) or len(word) < len(article) + 2:
            continue
        rest = word[len(article) :]
        if article.endswith("لل"):
            # if the noun begins with a lam, two lams are written for three: للجنة
            return rest if is_particle("ل", rest) else "ل" + rest
        return rest if is_particle("ال", rest) else None
    return None


def without_ending(word: str, endings: Endings) -> str:
    """A word without the longest ending that leaves enough letters."""
    for ending, least in endings.get(word[-1], ()):
        if word.endswith(ending) and len(word) >= len(ending) + least:
            return word[: -len(ending)]
    return word


class StemCache(dict[str, tuple[str, ...]]):
    """Chunk of text → the stems of its words."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(self) > KEPT:
            self.clear()
        found = self[chunk] = tuple([stem_folded(word, self.lang) for word in tokens(chunk)])
        return found


@cache
def stems_of_chunks(lang: str) -> StemCache:
    """The cache of one language."""
    return StemCache(lang)


def stems(text: str, lang: str = "ar") -> list[str]:
    """The stems of the words of a text, in order: equal to `stem` of each of `folding.tokens`."""
    known = stems_of_chunks(lang.partition("-")[0])
    return [found for chunk in CHUNK.findall(text) for found in known[chunk]]
