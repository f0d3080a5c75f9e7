"""Text → the form in which it is searched, compared and sorted: spelling variants of one word become one.

In: any text. Out: lower-case letters and digits without marks, hamza and format characters. A superset of Lucene's
ArabicNormalizer (alef forms, ى to ي, ة to ه, harakat, tatweel) with Persian and Urdu letters, Arabic-Indic digits,
presentation forms (NFKD), final letters of Hebrew and Greek, Latin accents. Idempotent; never for display.

`templates/assets/search.js` has the same function for readers' browsers: both give the same
text for the same input (`tests/vectors.json`), so what one of them indexed the other one finds.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from digest.text.slugs import INDIC_MARKS, MARKS

SILENT: Final = (
    rf"{MARKS}\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff"
)
"""Marks (hamza above and below among them, once letters are taken apart), tatweel, format characters."""
DROPPED: Final = re.compile(rf"[{SILENT}\u0621]")
SEAT: Final = re.compile(rf"(?:\u064a[{SILENT}]*?\u0654|\u0621)[{SILENT}]*\u0648")
"""A hamza before و, which sits on ي in Egypt (مسئول، شئون), on و (مسؤول، شؤون) or on nothing (رءوس) elsewhere."""
FORMS: Final = (
    ("ـ", ""), ("ؤ", "و"), ("ئو", "وو"), ("ءو", "وو"),
    ("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ٱ", "ا"), ("ى", "ي"), ("ئ", "ي"), ("ة", "ه"), ("ء", ""),
)  # fmt: skip
"""All that folding changes in ordinary Arabic without vowel marks, digits aside."""
LETTERS: Final = str.maketrans(
    {
        "ى": "ي", "ة": "ه",
        "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ٵ": "ا",
        "ی": "ي", "ے": "ي", "ې": "ي", "ۍ": "ي", "ٸ": "ي",
        "ٶ": "و", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ک": "ك", "ڪ": "ك",
        **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)),
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ς": "σ",
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
    }
)  # fmt: skip
"""What NFKD leaves as it is; آ أ إ ؤ ئ and accented letters it takes apart into their letter and a mark."""
RARE: Final = re.compile("[" + "".join(map(chr, LETTERS)) + "]")
UNUSUAL: Final = re.compile("[^\x00-\x7f،؛؟٪٫٬\u0621-\u063a\u0640-\u0652٠-٩ٱ«»–—‘’“”]")
"""Whatever NFKD might change: without any of it, `FORMS` are the whole of folding."""
VOWELS: Final = re.compile("[\u064b-\u0652]")
DIGITS: Final = re.compile("[٠-٩]")
TOKEN: Final = re.compile(rf"[\w{INDIC_MARKS}]+")
"""A word of folded text without underscores: letters and digits."""


def fold(text: str) -> str:
    """The folded text; blanks and punctuation stay where they are."""
    lower = text.lower()
    if lower.isascii():
        return lower
    if UNUSUAL.search(lower):
        apart = normalize("NFKD", normalize("NFKD", lower).lower())
        bare = DROPPED.sub("", SEAT.sub("وو", apart))
        return normalize("NFC", bare.translate(LETTERS) if RARE.search(bare) else bare)
    # Chained replaces, each the speed of memchr: str.translate costs as much a letter as they do a hundred.
    if VOWELS.search(lower):
        lower = VOWELS.sub("", lower)
    for written, folded in FORMS:
        lower = lower.replace(written, folded)
    return lower.translate(LETTERS) if DIGITS.search(lower) else lower


def tokens(text: str) -> list[str]:
    """The folded words of a text, in its order."""
    return TOKEN.findall(fold(text).replace("_", " "))
