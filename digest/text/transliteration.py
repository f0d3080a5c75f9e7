"""Arabic, Persian, Urdu and Hebrew words → Latin letters for a URL, close to the pronunciation.

In: any text. Out: lower-case ASCII words. These scripts do not write short vowels, so every syllable that needs a vowel
gets an «a» («وزير» wazir, «مجلس» majlas). The result is not a library's romanisation, but it can be read aloud. The
article is set apart («الجزائر» al-jazair), accents are removed, and so are letters of other scripts.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from digest.text.characters import ASCII_DIGITS, OMITTED

CONSONANTS: Final = {
    "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s",
    "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m",
    "ن": "n", "ه": "h", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ک": "k", "ڤ": "v", "ڨ": "g", "ڭ": "g", "ٹ": "t",
    "ڈ": "d", "ڑ": "r", "ہ": "h", "ھ": "h", "ں": "n",
    "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ז": "z", "ח": "ch", "ט": "t", "כ": "k", "ך": "k", "ל": "l", "מ": "m",
    "ם": "m", "נ": "n", "ן": "n", "ס": "s", "פ": "p", "ף": "p", "צ": "ts", "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh",
    "ת": "t",
}  # fmt: skip
VOWELS: Final = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ى": "a", "ة": "a", "ۃ": "a", "ع": "a", "ے": "e", "ؤ": "u",
    "ئ": "i", "א": "a", "ע": "a",
}  # fmt: skip
GLIDES: Final = {"و": ("w", "u"), "ي": ("y", "i"), "ی": ("y", "i"), "ו": ("v", "o"), "י": ("y", "i")}
"""Letters that are a consonant before a vowel and at the start of a word, otherwise a vowel."""
LONG: Final = "اآىےويیוי"
"""Long vowels: a syllable with one of them takes no second consonant."""
SILENT: Final = "ء"
LATIN: Final = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
WORD: Final = re.compile(r"[^\W_]+")
ARTICLE: Final = "ال"
FINAL_H: Final = ("ه", "ہ")
"""Letters that are a vowel at the end of a word after a consonant, as in Persian «خانه»."""


def latin(text: str) -> str:
    """Write the words of a text in ASCII letters and digits, separated by blanks."""
    lower = OMITTED.sub("", normalize("NFC", text.lower())).translate(ASCII_DIGITS)
    if lower.isascii():
        return lower
    return " ".join(filter(None, [without_accents(word) or spelled(word) for word in WORD.findall(lower)]))


def without_accents(word: str) -> str:
    """A word of Latin letters without accents; empty for a word with other letters."""
    apart = OMITTED.sub("", normalize("NFKD", "".join([LATIN.get(letter, letter) for letter in word])))
    return apart if apart.isascii() else ""


def spelled(word: str) -> str:
    """Write one word in Latin letters, syllable by syllable."""
    rest = word.removeprefix(ARTICLE)
    if rest != word and len(rest) > 2:
        return f"al-{spelled(rest)}"
    out = ""
    room = 1
    """Consonants that may follow without a vowel: one opens a word or syllable, one more closes a short syllable."""
    for position, letter in enumerate(word):
        sound, vowel = sound_of(word, position, letter)
        if vowel:
            # two vowels with one sound are one long vowel
            out += "" if out.endswith(sound) else sound
            last = position + 2 >= len(word)
            room = 1 if letter in LONG and position and not last else 2
        elif sound:
            if not room:
                out += "a"
                room = 2
            out += sound
            room -= 1
    return out


def sound_of(word: str, position: int, letter: str) -> tuple[str, bool]:
    """The Latin letters for the letter at a position, and whether they are a vowel."""
    if letter in GLIDES:
        consonant, vowel = GLIDES[letter]
        following = word[position + 1 : position + 2]
        return (consonant, False) if not position or following in VOWELS else (vowel, True)
    if letter in VOWELS:
        return VOWELS[letter], True
    if letter in SILENT:
        return "", False
    if letter in FINAL_H and position == len(word) - 1 and position > 1 and word[position - 1] in CONSONANTS:
        return "e", True
    if letter in CONSONANTS:
        return CONSONANTS[letter], False
    return without_accents(letter), letter in "aeiouy"
