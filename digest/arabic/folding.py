"""Text → the form in which it is searched, compared and sorted: spelling variants of one word become one.

In: any text. Out: lower-case letters and digits without marks, hamza and format characters. A superset of Lucene's
ArabicNormalizer (alef forms, ى to ي, ة to ه, harakat, tatweel) with Persian and Urdu letters, Arabic-Indic digits,
presentation forms (NFKD) and Latin accents. Idempotent; never for display.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from digest.arabic.slugs import MARKS

DROPPED: Final = re.compile(
    rf"[{MARKS}\u0621\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""Marks (hamza above and below among them, once letters are taken apart), the hamza, tatweel, format characters."""
LETTERS: Final = str.maketrans(
    {
        "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ٵ": "ا",
        "ی": "ي", "ے": "ي", "ې": "ي", "ۍ": "ي", "ٸ": "ي",
        "ٶ": "و", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ک": "ك", "ڪ": "ك",
        **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)),
    }
)  # fmt: skip
"""Beside ى and ة, what NFKD leaves as it is; آ أ إ ؤ ئ it takes apart into their letter and a mark."""
RARE: Final = re.compile("[" + "".join(map(chr, LETTERS)) + "]")


def fold(text: str) -> str:
    """The folded text; blanks and punctuation stay where they are."""
    lower = text.lower()
    if lower.isascii():
        return lower
    apart = normalize("NFKD", normalize("NFKD", lower).lower())
    bare = DROPPED.sub("", apart).replace("ى", "ي").replace("ة", "ه")
    return normalize("NFC", bare.translate(LETTERS) if RARE.search(bare) else bare)
