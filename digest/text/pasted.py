"""What a paste leaves in a text: entities of HTML, letters read in a wrong encoding, signs that look like letters.

In: a text as typed. Out: findings with the word as it was meant. Every rule keeps silent where it cannot be certain.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from unicodedata import normalize

from digest.problems import N_, Message, excerpt, mistake


class Finding(NamedTuple):
    """A possible mistake in a text."""

    at: int
    """Index in the text."""
    message: Message
    cure: Message


ENTITY: Final = re.compile(r"&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z][A-Za-z0-9]{1,30});")
DOUBLE: Final = re.compile(r"&amp;(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z][A-Za-z0-9]{1,30});")
REPLACED: Final = re.compile(r"[^\s\ufffd]*\ufffd[^\s]*")
MISREAD: Final = re.compile(r"[طظ][^\s\w]|[طظ][\u00a0-\u00bf\u2013-\u2122ھگچژڈ†‡ˆŒœپ]|[ØÙÚÛÃÂ][^\sA-Za-z]|â€")
"""What each word has that was read in a wrong encoding."""
REST_OF_WORD: Final = re.compile(r"\S*")
BEYOND: Final = re.compile("[^\u0000-\u24b5]")
"""A cheap test: a sign that no text without look-alikes needs."""
LOOK_ALIKE: Final = re.compile(
    "[\uff01-\uff5e\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001ee00-\U0001eeff\U0001f110-\U0001f189]"
    "(?:[ -~]?[\uff01-\uff5e\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001ee00-\U0001eeff\U0001f110-\U0001f189])*"
)
ARABIC: Final = re.compile("[\u0620-\u064a\u067e-\u06d3]")


def pasted(text: str, *, markdown: bool) -> Iterator[Finding]:
    """Everything in a text that a paste damaged. Markdown undoes entities once: in it only double ones count."""
    if "&" in text:
        for match in (DOUBLE if markdown else ENTITY).finditer(text):
            meant = html.unescape(html.unescape(match[0]))
            if meant != match[0] and "&" not in meant[1:]:
                shown = html.unescape(match[0]) if markdown else match[0]
                what = mistake("html-entity", "readers see '{entity}', an entity of HTML", entity=excerpt(shown))
                yield Finding(match.start(), what, N_("write '{word}'", word=excerpt(named(meant))))
    if "\ufffd" in text:
        for match in REPLACED.finditer(text):
            what = mistake("lost-letter", "'{word}' has a U+FFFD where a letter was lost", word=excerpt(match[0]))
            yield Finding(match.start(), what, N_("type the word again"))
    if not text.isascii():
        yield from misread(text)
        for match in LOOK_ALIKE.finditer(text) if BEYOND.search(text) else ():
            plain = normalize("NFKC", match[0])
            if len(plain) >= len(match[0]) and (len(match[0]) > 1 or ord(match[0]) > 0xFFFF):
                what = mistake(
                    "look-alike-letters",
                    "'{word}' is made of signs that only look like letters",
                    word=excerpt(match[0]),
                )
                yield Finding(match.start(), what, N_("write '{word}'", word=excerpt(plain)))


def named(sign: str) -> str:
    """A sign as a cure can show it: a no-break space as a blank."""
    return " " if sign in "\u00a0\u2007\u202f" else sign


def misread(text: str) -> Iterator[Finding]:
    """Words in UTF-8 that a program read as Windows-1256 or Windows-1252."""
    end = 0
    for match in MISREAD.finditer(text):
        if match.start() < end:
            continue
        start = match.start()
        while start and not text[start - 1].isspace():
            start -= 1
        rest = REST_OF_WORD.match(text, match.end())
        end = rest.end() if rest else match.end()
        word = text[start:end]
        meant = reread(word)
        if meant:
            what = mistake(
                "wrong-encoding",
                "'{word}' is '{meant}', read in the wrong encoding",
                word=excerpt(word),
                meant=excerpt(meant),
            )
            yield Finding(start, what, N_("write '{word}'", word=excerpt(meant)))


def reread(word: str) -> str:
    """The word that was misread, or nothing where it is none."""
    for encoding in ("cp1256", "cp1252"):
        raw = as_bytes(word, encoding)
        if raw is None:
            continue
        try:
            meant = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(meant) < len(word) and meant.isprintable() and (ARABIC.search(meant) or encoding == "cp1252"):
            return meant
    return ""


def as_bytes(word: str, encoding: str) -> bytes | None:
    """A word as it was read from bytes; None where no bytes give it. Holes of Windows-1252 stand for themselves."""
    found = bytearray()
    for letter in word:
        try:
            found += letter.encode(encoding)
        except UnicodeEncodeError:
            if not 0x80 <= ord(letter) < 0xA0:
                return None
            found.append(ord(letter))
    return bytes(found)
