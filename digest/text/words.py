"""Count and shorten running text as a reader sees it: words, reading time, excerpts.

In: clean plain text. Out: counts, and texts cut between words, never between a letter and its marks, and never with an
open quotation. A length is a number of characters without vowel marks, tatweel and joiners.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from digest.text.characters import MARKS

SILENT: Final = re.compile(rf"[{MARKS}\u0640\u200b-\u200f\u061c\u2066-\u2069\ufe00-\ufe0f]")
"""Characters that do not count in the length of a text: marks, tatweel, joiners, direction marks."""
CLINGING: Final = re.compile(rf"[{MARKS}\u0900-\u0903\u093a-\u094f\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Characters that continue the one before them: a text is never cut in front of one."""
JOINERS: Final = "\u200c\u200d"
FLAG_LETTER: Final = re.compile("[\U0001f1e6-\U0001f1ff]")
FLAG_LETTERS: Final = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")
TRAILING: Final = re.compile(r"(?:[\s،؛,;:.…/«“‘(\[{<\-–—|•*]|(?<=[\s«“(\[])[^\W\d_](?![^\W_])|(?<!\S)\"|(?<!\S)')+\Z")
"""Removed before an ellipsis: blanks, punctuation that announces more, words of one letter (above all و)."""
PAIRS: Final = {"«": "»", "“": "”", "‹": "›", "(": ")", "[": "]", "{": "}"}
BRACKET: Final = re.compile("[«»“”‹›()\\[\\]{}]")
QUOTE: Final = re.compile('(?<![\u05d0-\u05ea])"|"(?![\u05d0-\u05ea])')
"""A straight quotation mark; between Hebrew letters the same character is a gershayim."""
SENTENCE_END: Final = re.compile(r"(?<!\b\w)[.؟!?…۔]+[»”\")\]]*(?=\s|\Z)")
"""The end of a sentence. A point after a single letter is an abbreviation («د. »)."""
STRAY_OPENING: Final = re.compile(r"\A[\s.،؛,;:!؟?…]+")
ELLIPSIS: Final = "…"


def count_words(text: str) -> int:
    """Count the parts of a text between blanks, except single signs. «3.5%» and «و2026» are one word, as in ICU."""
    found = text.split()
    if 1 not in map(len, found):
        return len(found)
    signs = [word for word in found if len(word) == 1 and not word.isalnum()]
    return len(found) - len(signs)


def reading_minutes(words: int, per_minute: int = 180) -> int:
    """Reading time in whole minutes, at least 1 for any number of words.

    180 words a minute is the speed of silent reading in Arabic, which joins particles to words (IReST,
    Trauzettel-Klosinski 2012).
    """
    return max(1, round(words / per_minute)) if words > 0 else 0


def truncate(text: str, limit: int) -> str:
    """Shorten a text to `limit` characters, with «…» at the end.

    The cut is at a blank if there is one. Punctuation that announces more is removed; open brackets and quotations are
    closed.
    """
    if len(text) <= limit:
        return text
    end = reach(text, limit)
    if end >= len(text):
        return text
    return ended(text[: boundary(text, reach(text, limit - 1))])


def reach(text: str, limit: int) -> int:
    """The index after the first `limit` visible characters and the marks that continue the last one."""
    end = limit
    if SILENT.search(text):
        end, left = 0, limit
        for match in SILENT.finditer(text):
            if match.start() - end >= left:
                break
            left -= match.start() - end
            end = match.end()
        end += left
    while end < len(text) and SILENT.match(text, end):
        end += 1
    return min(end, len(text))


def boundary(text: str, end: int) -> int:
    """The last index up to `end` at which the text may be cut: a blank, or else between two characters."""
    if end >= len(text) or text[end].isspace():
        return end
    blank = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end), text.rfind("\u00a0", 0, end))
    if blank > 0 and text[:blank].strip():
        return blank
    start = end
    while end > 0 and (CLINGING.match(text, end) or text[end - 1] in JOINERS or half_flag(text, end)):
        end -= 1
    return end or start


def half_flag(text: str, end: int) -> bool:
    """Whether a cut at `end` would divide the two characters of a flag."""
    before = FLAG_LETTERS.search(text, max(end - 40, 0), end) if FLAG_LETTER.match(text, end) else None
    return before is not None and len(before[0]) % 2 == 1


def ended(head: str) -> str:
    """Add an ellipsis to the beginning of a text, and close open brackets and quotations."""
    bare = TRAILING.sub("", head)
    return f"{bare}{ELLIPSIS}{closing(bare)}" if bare else ELLIPSIS


def closing(text: str) -> str:
    """The closing signs that a text lacks, in order."""
    opened: list[str] = []
    for match in BRACKET.finditer(text):
        sign = match[0]
        if sign in PAIRS:
            opened.append(PAIRS[sign])
        elif sign in opened:
            del opened[len(opened) - 1 - opened[::-1].index(sign) :]
    if len(QUOTE.findall(text)) % 2:
        opened.append('"')
    return "".join(reversed(opened))


def lead(paragraphs: Sequence[str], limit: int) -> str:
    """The first sentences of a body's plain paragraphs, at most `limit` characters.

    Ends with the last sentence that ends after two fifths of the limit and outside quotations; without such a sentence
    the text is truncated. A full stop or comma at the beginning of a paragraph is removed.
    """
    text = ""
    for paragraph in paragraphs:
        bare = STRAY_OPENING.sub("", paragraph).rstrip()
        text = f"{text} {bare}" if text and bare else text or bare
        if len(text) > limit and reach(text, limit) < len(text):
            break
    else:
        return text
    end = reach(text, limit)
    least = limit * 2 // 5
    for match in reversed(list(SENTENCE_END.finditer(text, 0, min(end + 1, len(text))))):
        if match.end() <= end and match.end() >= least and not closing(text[: match.end()]):
            return text[: match.end()]
    return truncate(text, limit)
