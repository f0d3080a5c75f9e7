"""Counting and shortening running text by what a reader sees: words, reading time, excerpts.

In: clean plain text. Out: counts, and texts cut between words, never inside a letter and its marks, never with a
quotation left open. A length is counted in characters without vowel marks, tatweel and joiners.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.text.slugs import MARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

SILENT: Final = re.compile(rf"[{MARKS}\u0640\u200b-\u200f\u061c\u2066-\u2069\ufe00-\ufe0f]")
"""What adds nothing to a text's length: marks, tatweel, joiners, direction marks."""
CLINGING: Final = re.compile(rf"[{MARKS}\u0900-\u0903\u093a-\u094f\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Continues the character before it: no cut in front of it."""
JOINERS: Final = "\u200c\u200d"
FLAG_LETTER: Final = re.compile("[\U0001f1e6-\U0001f1ff]")
FLAG_LETTERS: Final = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")
TRAILING: Final = re.compile(r"(?:[\s،؛,;:.…/«“‘(\[{<\-–—|•*]|(?<=[\s«“(\[])[^\W\d_](?![^\W_])|(?<!\S)\"|(?<!\S)')+\Z")
"""Not left before an ellipsis: blanks, punctuation that promises more, words of one letter (و above all)."""
PAIRS: Final = {"«": "»", "“": "”", "‹": "›", "(": ")", "[": "]", "{": "}"}
BRACKET: Final = re.compile("[«»“”‹›()\\[\\]{}]")
QUOTE: Final = re.compile('(?<![\u05d0-\u05ea])"|"(?![\u05d0-\u05ea])')
"""A straight quotation mark; one between Hebrew letters is their gershayim."""
SENTENCE_END: Final = re.compile(r"(?<!\b\w)[.؟!?…۔]+[»”\")\]]*(?=\s|\Z)")
"""The end of a sentence; a point after a single letter abbreviates («د. »)."""
STRAY_OPENING: Final = re.compile(r"\A[\s.،؛,;:!؟?…]+")
ELLIPSIS: Final = "…"


def count(text: str) -> int:
    """Words: what stands between blanks, but for lone signs; «3.5%» and «و2026» are one each, as ICU has it."""
    found = text.split()
    if 1 not in map(len, found):
        return len(found)
    signs = [word for word in found if len(word) == 1 and not word.isalnum()]
    return len(found) - len(signs)


def minutes(words: int, per_minute: int = 180) -> int:
    """Reading time in whole minutes, at least 1 for any word at all.

    180 words a minute: silent reading of Arabic, whose words carry their particles (IReST, Trauzettel-Klosinski 2012).
    """
    return max(1, round(words / per_minute)) if words > 0 else 0


def truncate(text: str, limit: int) -> str:
    """The text, or its beginning within `limit` characters and «…» after it.

    Cut at a blank where there is one; what only leads on is taken off the end, what stays open is closed.
    """
    if len(text) <= limit:
        return text
    end = reach(text, limit)
    if end >= len(text):
        return text
    return ended(text[: boundary(text, reach(text, limit - 1))])


def reach(text: str, limit: int) -> int:
    """Index behind the first `limit` visible characters, with what clings to the last."""
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
    """The last place at or before `end` where the text may be cut: a blank, or failing that between characters."""
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
    """Whether a flag, two letters of its own kind, would be cut in half."""
    before = FLAG_LETTERS.search(text, max(end - 40, 0), end) if FLAG_LETTER.match(text, end) else None
    return before is not None and len(before[0]) % 2 == 1


def ended(head: str) -> str:
    """The beginning of a text with its ellipsis, what it left open closed."""
    bare = TRAILING.sub("", head)
    return f"{bare}{ELLIPSIS}{closing(bare)}" if bare else ELLIPSIS


def closing(text: str) -> str:
    """The closing signs that a text lacks, in their order."""
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
    """The first sentences of a body's plain paragraphs, within `limit` characters.

    Ends with the last sentence that ends beyond two fifths of the limit and outside quotations; without such a sentence
    the text is truncated. A stop or comma typed in front of a paragraph is left out.
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
