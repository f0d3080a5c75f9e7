"""Fold text for searching, comparing and sorting: spelling variants of a word become equal.

In: any text. Out: lower-case letters and digits without marks, hamza and format characters. A superset of Lucene's
ArabicNormalizer (alef forms, ى to ي, ة to ه, harakat, tatweel) with Persian and Urdu letters, Arabic-Indic digits,
presentation forms (NFKD), final letters of Hebrew and Greek, and Latin accents. Idempotent; not for display.

`templates/assets/search.js` has the same function for readers' browsers. Both give the same result for the same input
(`tests/vectors.json`), so one finds what the other indexed.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from digest.text.characters import INDIC_MARKS, MARKS

SILENT: Final = (
    rf"{MARKS}\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff"
)
"""Marks, tatweel and format characters. After decomposition, hamza above and below are marks too."""
DROPPED: Final = re.compile(rf"[{SILENT}\u0621]")
SEAT: Final = re.compile(rf"(?:\u064a[{SILENT}]*?\u0654|\u0621)[{SILENT}]*\u0648")
"""A hamza before و: written on ي in Egypt (مسئول، شئون), on و (مسؤول، شؤون) or alone (رءوس) elsewhere."""
FORMS: Final = (
    ("ـ", ""), ("ؤ", "و"), ("ئو", "وو"), ("ءو", "وو"),
    ("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ٱ", "ا"), ("ى", "ي"), ("ئ", "ي"), ("ة", "ه"), ("ء", ""),
)  # fmt: skip
"""All changes that folding makes to ordinary Arabic without vowel marks, except digits."""
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
"""Letters that NFKD does not decompose; it does decompose آ أ إ ؤ ئ and accented letters."""
RARE: Final = re.compile("[" + "".join(map(chr, LETTERS)) + "]")
UNUSUAL: Final = re.compile("[^\x00-\x7f،؛؟٪٫٬\u0621-\u063a\u0640-\u0652٠-٩ٱ«»–—‘’“”]")
"""Any character that NFKD might change. A text without one is folded by `FORMS` and `DIGITS` alone."""
VOWELS: Final = re.compile("[\u064b-\u0652]")
DIGITS: Final = re.compile("[٠-٩]")
TOKEN: Final = re.compile(rf"[\w{INDIC_MARKS}]+")
"""A word of folded text: letters and digits; underscores are replaced before."""


def fold(text: str) -> str:
    """Fold a text; blanks and punctuation are unchanged."""
    lower = text.lower()
    if lower.isascii():
        return lower
    if UNUSUAL.search(lower):
        apart = normalize("NFKD", normalize("NFKD", lower).lower())
        bare = DROPPED.sub("", SEAT.sub("وو", apart))
        return normalize("NFC", bare.translate(LETTERS) if RARE.search(bare) else bare)
    # Chained replaces run at the speed of memchr; str.translate takes as long for one letter as they for a hundred.
    if VOWELS.search(lower):
        lower = VOWELS.sub("", lower)
    for written, folded in FORMS:
        lower = lower.replace(written, folded)
    return lower.translate(LETTERS) if DIGITS.search(lower) else lower


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return TOKEN.findall(fold(text).replace("_", " "))
