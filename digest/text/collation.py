"""Alphabetical order of names, the same on every machine: numbers by value, then Arabic, Latin and other letters.

In: a name. Out: a tuple to sort by. Arabic letters have the order of ICU for `ar` (Unicode CLDR): alef and the forms of
hamza are one letter (مؤتمر is next to مات), آ counts as two of it, ة sorts with ت, ى with ي, پ after ب. Names that
differ only in such a form are ordered by the form, then by the name as written. Marks, tatweel and punctuation do not
count. Two rules differ from ICU: numbers are ordered by value, and a leading article ال is ignored, as in library
catalogues; otherwise half of an index would be under ا.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from digest.text.folding import SILENT, fold

Part = tuple[int, int, str]

ORDER: Final = (
    "ءٴأؤإئا ٵ ٶ ٷ ٸ ٲ ٱ ٳ ٮ ب ٻ پ ڀ تة ث ٹ ٺ ټ ٽ ٿ ج ڃ ڄ چ ڿ ڇ ح خ ځ ڂ څ د ذ ڈ ډ ڊ ڋ ڌ ڍ ڎ ڏ ڐ ر ز ڑ ڒ ړ ڔ ڕ ږ ڗ ژ ڙ "
    "س ش ښ ڛ ڜ ص ض ڝ ڞ ط ظ ڟ ع غ ڠ ف ڡ ڢ ڣ ڤ ڥ ڦ ٯ ق ڧ ڨ كک ڪ ګ ڬ ڭ ڮ گ ڰ ڱ ڲ ڳ ڴ ل ڵ ڶ ڷ ڸ م ن ں ڻ ڼ ڽ ڹ ه ھ ہۂ ۃ ەۀ "
    "و ۄ ۅ ۆ ۇ ۈ ۉ ۊ ۋ ۏ يیى ۍ ێ ې ۑ ےۓ"
)
"""Letters in the order of ICU 72 for `ar`; letters without a blank between them differ only in the second step."""
FIRST: Final = str.maketrans(
    {
        **{letter: chr(0x4E00 + n) for n, row in enumerate(ORDER.split()) for letter in row},
        "آ": "\u4e00\u4e00",
    }
)
"""Letter → a character with the sort order of its group; آ is a hamza and an alef."""
SECOND: Final = str.maketrans({letter: chr(0x4E00 + n) for n, letter in enumerate(ORDER.replace(" ", ""))})
PART: Final = re.compile(
    r"(?P<digits>\d+)|(?P<arabic>[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff]+)|(?P<latin>[a-z\u00df-\u024f]+)|[^\W_]"
)
DROPPED: Final = re.compile(f"[{SILENT}]")
ARTICLE: Final = "ال"
GOD: Final = "الله"
RANKS: Final = {"digits": 0, "arabic": 1, "latin": 2, None: 3}


def sort_key(text: str, *, ignore_article: bool = True) -> tuple[tuple[tuple[Part, ...], ...], str, str]:
    """The sort key of a name: words in parts of (rank of the script, value, letters); letter forms; the name."""
    name = DROPPED.sub("", normalize("NFC", text.strip().lower()))
    if ignore_article and name.startswith(ARTICLE) and len(name) > 3 and not name.startswith(GOD):
        name = name[len(ARTICLE) :]
    words = [sort_parts(word) for word in name.split()]
    return tuple([word for word in words if word]), name.translate(SECOND), text


def sort_parts(word: str) -> tuple[Part, ...]:
    """Split a word into runs of one script; punctuation does not count."""
    found: list[Part] = []
    for match in PART.finditer(word):
        kind = match.lastgroup
        value = int(match[0]) if kind == "digits" else 0
        letters = "" if kind == "digits" else match[0].translate(FIRST) if kind == "arabic" else fold(match[0])
        found.append((RANKS[kind], value, letters))
    return tuple(found)
