"""Lists of documents for a term, as printable text that compresses well.

A posting is a document's number and a level from 0 to 3: how much the document is about the term. Lists hold the
distance to the document before, times 4, plus the level: most are one or two characters.
"""

from __future__ import annotations

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
