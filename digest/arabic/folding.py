"""One form for words that readers hold to be the same: for tags, search and comparison, never for display.

A superset of Lucene's ArabicNormalizer: NFKC, marks and tatweel dropped, alef, yeh, waw and teh marbuta forms united, Persian
letters and eastern digits mapped, Latin in lower case without accents.
"""

from __future__ import annotations

import re
import unicodedata

MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
LETTERS = str.maketrans(
    "أإآٱىیئؤةک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "اااايييوهك01234567890123456789", "ء"
)


def fold(text: str) -> str:
    """The folded form; idempotent."""
    text = MARKS.sub("", unicodedata.normalize("NFKC", text)).translate(LETTERS).lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf")))
