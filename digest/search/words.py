"""Words of texts and queries as the search index knows them: terms, their skeletons, distances between spellings.

`templates/assets/search.js` is the same in JavaScript; `tests/search-vectors.json` holds both to one answer.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from digest.text.folding import fold
from digest.text.stemming import ARABIC, ENDED, stem_folded, stems, without_ending

CONSONANTS: Final = {
    **dict.fromkeys("غقگچجڨڭgqkjc", "ك"), **dict.fromkeys("طt", "ت"), **dict.fromkeys("صثs", "س"),
    **dict.fromkeys("ژz", "ز"), **dict.fromkeys("ضذظd", "د"), **dict.fromkeys("حخh", "ه"),
    **dict.fromkeys("ڤfv", "ف"), **dict.fromkeys("پbp", "ب"),
    "m": "م", "n": "ن", "l": "ل", "r": "ر", "x": "كس",
}  # fmt: skip
"""Letters that writers take for one another, above all in foreign names, and what Latin ones are in Arabic."""
SOUNDS: Final = str.maketrans(
    {**CONSONANTS, "ع": "ا", "a": "ا", **dict.fromkeys("eiy", "ي"), **dict.fromkeys("ouw", "و")}
)
PAIRS: Final = (("sh", "ش"), ("ch", "ش"), ("kh", "ه"), ("gh", "ك"), ("ph", "ف"), ("th", "ت"), ("ou", "و"), ("ce", "سي"),
                ("ci", "سي"), ("ck", "ك"))  # fmt: skip
"""Latin letters that are one sound."""
VOWELS: Final = re.compile("[اوي]")
LATIN: Final = re.compile("[a-z]")
DOUBLED: Final = re.compile(r"(.)\1+", re.DOTALL)
STOP: Final = {
    "ar": "في من على عن الى مع أن إن أو ثم لا ما لم لن قد هل هو هي هذا هذه ذلك تلك التي الذي الذين بعد قبل "
    "بين كما حتى عند منذ إذا لكن أي أنه أنها ومن وفي وعلى",
    "fa": "از به در با برای تا که و یا این آن را است بود شد می هم",
    "ur": "کا کی کے کو نے سے میں پر اور یا ہے ہیں تھا یہ وہ کہ",
    "he": "של את על אל עם מן בין כי גם או לא זה הוא היא הם",
}
"""Words that are indexed in titles only, and left out of a query that has others."""
STOP_EVERYWHERE: Final = (
    "the a an and or of in on at to for from with by is are was be le la les des du de et ou en au aux sur par "
    "pour dans est que qui"
)


@cache
def sound(term: str) -> str:
    """How a folded word sounds, roughly, in Arabic letters: one for all that are confused."""
    if not LATIN.search(term):
        return term.replace("تش", "ش").translate(SOUNDS)
    for pair, letter in PAIRS:
        term = term.replace(pair, letter)
    return DOUBLED.sub(r"\1", term.translate(SOUNDS))


@cache
def skeleton(term: str) -> str:
    """The consonants of a term's sound: shards are sorted by it, so that spellings of a name lie side by side."""
    sounds = sound(term)
    head = "ا" if sounds[0] in "اوي" else sounds[0]
    return DOUBLED.sub(r"\1", head + VOWELS.sub("", sounds[1:]))


@cache
def sorting_key(term: str) -> bytes:
    """What terms are sorted by in shards, and looked up by: JavaScript compares strings as UTF-16 as well."""
    return f"{skeleton(term)} {term}".encode("utf-16-be", "surrogatepass")


@cache
def stop_words(lang: str) -> frozenset[str]:
    """The folded stop words of a site in a language."""
    return frozenset(fold(f"{STOP.get(lang.partition('-')[0], '')} {STOP_EVERYWHERE}").split())


@cache
def term(word: str, lang: str) -> str:
    """A folded word → what it is indexed as."""
    return stem_folded(word, lang)


def ended(word: str, lang: str) -> str:
    """A folded word without its ending alone: a stem may have lost a first letter that was the word's own."""
    return without_ending(word, ENDED) if lang.partition("-")[0] == "ar" and ARABIC.fullmatch(word) else word


def terms(text: str, lang: str) -> list[str]:
    """The terms of a text's words, in its order."""
    return stems(text, lang)


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out or exchange with their neighbours; `most` + 1 where more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, facing in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                least = min(least, last[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return row[-1]
