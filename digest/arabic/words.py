"""Words, sentences, and texts made shorter without being broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

PER_MINUTE = 180
"""Words read in a minute: Trauzettel-Klosinski & Dietz (IReST, 2012): 184 ± 29 over 17 languages with Arabic among them."""

LONE_SIGNS = re.compile(r"(?<!\S)[-–—•*،؛:.…«»]+(?!\S)")
STOP = re.compile("[.؟?!…]+[»”\")]*(?=\\s|$)")
LEADING_STOPS = re.compile(r"^[\s.,،؛:…]+")
TRAILING = re.compile(r"[\s،؛:,;\-–—«“\"(\[/]+$")
LAST_SINGLE = re.compile(r"(?:\s+[^\W\d_])+$")
PAIRS = {"«": "»", "“": "”", "(": ")", "[": "]"}
ELLIPSIS = "…"


def count(text: str) -> int:
    """How many words a text has: what stands between spaces, but for lone dashes and stops (ICU's word break, nearly)."""
    return len(text.split()) - len(LONE_SIGNS.findall(text))


def minutes(words: int, per_minute: int = PER_MINUTE) -> int:
    """Whole minutes to read so many words, at least one."""
    return max(1, round(words / per_minute))


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters with the ellipsis: cut at a space, no pair left open, no mark torn from its letter."""
    if len(text) <= limit:
        return text
    room = max(limit - 1, 1)
    cut = text[:room]
    if not text[room].isspace():
        space = max(cut.rfind(" "), cut.rfind("\n"))
        cut = cut[:space] if space > 0 else whole_letters(text, room)
    cut = TRAILING.sub("", closed(tidied(cut)))
    return (cut or whole_letters(text, room)) + ELLIPSIS


def whole_letters(text: str, room: int) -> str:
    """The first `room` characters, less a letter whose marks would be cut off."""
    end = room
    while 0 < end < len(text) and (unicodedata.combining(text[end]) or text[end] in "\u200c\u200d\ufe0f"):
        end -= 1
    return text[:end] or text[:room]


def tidied(cut: str) -> str:
    """Without the punctuation, conjunction or lone letter that a cut leaves hanging."""
    return TRAILING.sub("", LAST_SINGLE.sub("", TRAILING.sub("", cut)))


def closed(cut: str) -> str:
    """Without the brackets and quotation marks that nothing closes."""
    stack: list[tuple[str, int]] = []
    for index, character in enumerate(cut):
        if character in PAIRS:
            stack.append((character, index))
        elif stack and character == PAIRS[stack[-1][0]]:
            stack.pop()
    for _, index in reversed(stack):
        cut = cut[:index] + cut[index + 1 :]
    return cut


def lead(paragraphs: Sequence[str], limit: int) -> str:
    """The first sentences of a text, at most `limit` characters; cut at a word where no sentence ends in time."""
    text = ""
    for paragraph in paragraphs:
        part = LEADING_STOPS.sub("", " ".join(paragraph.split()))
        if not part:
            continue
        text = f"{text} {part}" if text else part
        if len(text) > limit * 0.6:
            break
    if len(text) <= limit:
        return text
    ends = [match.end() for match in STOP.finditer(text[: limit + 1]) if match.end() <= limit]
    if ends and ends[-1] >= limit * 0.4:
        return text[: ends[-1]]
    return truncate(text, limit)
