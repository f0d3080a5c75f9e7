"""Guess the language of a passage in another script, by its letters and small words.

In: the plain text of a quotation or paragraph. Out: a BCP 47 tag, or an empty string. The right tag lets screen readers
pronounce French as French, but a wrong tag is worse than none. Meant for the few passages of a text with the other
direction; the language of an entry is given by `lang`.
"""

from __future__ import annotations

import re
from typing import Final

from digest.text import cldr

WORD: Final = re.compile(r"[^\W\d_]+")
ARABIC: Final = re.compile("[\u0621-\u064a\u066e-\u06d3]")
HEBREW: Final = re.compile("[\u05d0-\u05ea]")
LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")
URDU: Final = re.compile("[ٹڈڑےںھہ]")
OTHERS: Final = re.compile("[ڕڵێۆەۇۈېۋڭټډړښګڼٺٿڄڃڏڻ]")
"""Letters of Kurdish, Uyghur, Pashto and Sindhi, which are not distinguished here."""
PERSIAN: Final = re.compile("[پچژگکی]")
SMALL: Final = {
    "en": "the of and to in is that for with was on as it by at are from this be not have has an",
    "fr": "le la les des et est une dans que pour du au aux sur pas qui par ne ce cette avec sont l d",
    "es": "el los las y en del una por con que se para su al lo como más pero es no",
    "de": "der die und das ist nicht ein eine zu mit den von im auf für dem des sich auch",
    "it": "il di che e per un una non con del della le gli si nel sono al dei da più",
    "pt": "o os da do em não uma para com que dos das um na no por mais se ao é",
    "tr": "ve bir bu için ile de da çok olarak ne gibi daha olan var sonra kadar",
}
SMALL_WORDS: Final = {tag: frozenset(words.split()) for tag, words in SMALL.items()}
GUESSED: Final = frozenset({"ar", "fa", "he", "ur", *SMALL_WORDS})
ENOUGH: Final = 2
"""Least number of different small words of a language; also more than of any other language."""


def own_name(tag: str) -> str:
    """The name of a language in itself, for a link: «Français»; the tag for a language outside CLDR's extract."""
    name: str = cldr.facts(tag).get("name", tag)
    return name[:1].upper() + name[1:]


def guess(text: str) -> str:
    """Guess the language of a passage; an empty string if undecided."""
    if ARABIC.search(text):
        if OTHERS.search(text):
            return ""
        return "ur" if URDU.search(text) else "fa" if PERSIAN.search(text) else "ar"
    if HEBREW.search(text):
        return "he"
    if not LATIN.search(text):
        return ""
    words = {word.lower() for word in WORD.findall(text)}
    counts = sorted(((len(words & small), tag) for tag, small in SMALL_WORDS.items()), reverse=True)
    (best, tag), (next_best, _) = counts[:2]
    return tag if best >= ENOUGH and best > next_best else ""
