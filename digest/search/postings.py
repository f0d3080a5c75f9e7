"""Lists of documents for a term, and rows of terms, as printable text that compresses well.

A posting is a document's number and a level from 0 to 3: how much the document is about the term. Lists hold the
distance to the document before, times 4, plus the level: most are one or two characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

ALPHABET: Final = "".join(map(chr, range(0x21, 0x7F))).translate(dict.fromkeys(map(ord, '"<\\')))
"""Printable characters that JSON writes as they are, without the blank that parts lists, and `<`: see `to_json`."""
LAST: Final = 46
"""A digit below this ends its number; the others add (digit - LAST) and say that more follows."""
MORE: Final = len(ALPHABET) - LAST


def encode_number(value: int) -> str:
    """The digits of a number, the least first."""
    digits = ""
    while value >= LAST:
        value -= LAST
        digits += ALPHABET[LAST + value % MORE]
        value //= MORE
    return digits + ALPHABET[value]


NO_LETTER: Final = ord("A")
"""The capital that says: nothing is shared."""
SHARED: Final = 25
"""Most letters that one capital counts."""
LAST_OF_PLANE: Final = "\uffff"
"""Letters after it are two to JavaScript: they are not counted."""
PARTS: Final = re.compile("[A-Z][^A-Z]*")


NUMBERS: Final = tuple(map(encode_number, range(4096)))


def encode(postings: Iterable[int]) -> str:
    """Postings (document * 4 + level), ascending → text."""
    before = 0
    made = []
    for posting in postings:
        document = posting & ~3
        value = posting - before
        made.append(NUMBERS[value] if value < len(NUMBERS) else encode_number(value))
        before = document
    return "".join(made)


def decode(text: str) -> list[int]:
    """Text → postings. Raises ValueError for what `encode` never wrote."""
    found = []
    before = value = 0
    scale = 1
    for letter in text:
        digit = ALPHABET.index(letter)
        if digit >= LAST:
            value += (digit - LAST) * scale + LAST * scale
            scale *= MORE
            continue
        posting = before + value + digit * scale
        found.append(posting)
        before, value, scale = posting & ~3, 0, 1
    return found


def share(terms: Iterable[str]) -> str:
    """Write terms without what each shares with the one before: a capital letter counts that, and no term has one."""
    before = ""
    made = []
    for term in terms:
        same = 0
        for one, other in zip(term[:SHARED], before, strict=False):
            if one != other or one > LAST_OF_PLANE:
                break
            same += 1
        made.append(chr(NO_LETTER + same) + term[same:])
        before = term
    return "".join(made)


def unshare(text: str) -> list[str]:
    """Read what `share` wrote."""
    before = ""
    found = []
    for part in PARTS.findall(text):
        before = before[: ord(part[0]) - NO_LETTER] + part[1:]
        found.append(before)
    return found
