"""Classes of characters that several modules of this package use."""

from __future__ import annotations

import re
from typing import Final

MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff"
)
"""Combining marks that a writer may omit: vowels and cantillation of Arabic, Hebrew and Syriac, loose accents."""
INDIC_MARKS: Final = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0dff\u0e00-\u0eff"
"""Blocks of Indic and Thai scripts with their vowel signs, which are part of a word's spelling."""
OMITTED: Final = re.compile(
    rf"[{MARKS}\u0640\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\u05f3\u05f4\U000e0000-\U000e01ef]"
)
"""Characters that addresses omit without a hyphen in their place: marks, tatweel, format characters, geresh."""
ASCII_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
"""Translation table from Arabic and Persian digits to ASCII digits."""

WORD_BULLETS: Final = "o§Øvüq"
"""What Word's bullets become as plain text: letters of its symbol fonts, with a tab behind them."""
