"""Editors' text → safe text in NFC, without controls and invisible junk; letters stay as typed.

In: any `str`, pasted from anywhere. Out: one line (`clean`) or lines (`clean_body`); both are idempotent. Removed:
controls, direction overrides, zero-width junk, private use, noncharacters and lone surrogates. Kept: ZWNJ and ZWJ
beside Arabic letters and emoji, LRM, RLM and ALM inside a text, and balanced embeddings and isolates in bodies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import is_normalized, normalize

OVERRIDES: Final = "\u202d\u202e"
OPENERS: Final = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
ISOLATES: Final = "\u2066\u2067\u2068"
PDF, PDI = "\u202c", "\u2069"
BIDI: Final = "\u202a-\u202e\u2066-\u2069"
BLANKS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters without ink, treated as blanks."""
SIMPLE_JUNK: Final = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ud800-\udfff\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff"
)
JUNK: Final = (
    SIMPLE_JUNK
    + "\U000e0000-\U000e007f\U000f0000-\U0010ffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000))
)
"""Controls, soft hyphens and their like, tags, surrogates, private use, noncharacters."""
SCRIPT: Final = (
    "\u0610-\u061a\u0620-\u109f\u1780-\u1c4f\u1cd0-\u1cff\ua800-\uaaff\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
"""Scripts whose spelling uses joiners: Arabic script, Syriac, N'Ko, the scripts of South and South-East Asia."""
EMOJI: Final = "\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff"

SUSPICIOUS: Final = re.compile(
    rf"[\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u3000{BLANKS}{BIDI}{SIMPLE_JUNK}\U00010000-\U0010ffff]"
)
"""A cheap test for characters that a clean line does not hold, or only in some places.

Characters above the first plane always need the full cleaning.
"""
SUSPICIOUS_BODY: Final = re.compile(
    rf"[\v-\r\x1c-\x1f\x85\u200c\u200d\u2028\u2029{BLANKS}{BIDI}{SIMPLE_JUNK}\U00010000-\U0010ffff]"
)
UNSPACED: Final = "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf"
"""Thai, Lao, Tibetan, Myanmar, Khmer and their kin: a line breaks at a zero-width space."""
NEEDED: Final = (
    "(?:\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # flags of England, Scotland, Wales
    "|(?<=[\u1820-\u18aa])\u180e(?=[\u1820-\u18aa])"  # Mongolian's vowel separator
    f"|(?<=[{UNSPACED}])\u200b(?=[{UNSPACED}])"
    "|(?<=[\u0300-\u036f\u0591-\u05c7])\u034f(?=[\u0300-\u036f\u0591-\u05c7]))"  # the order of marks, in Hebrew
)
"""Sequences of otherwise unwanted characters that spelling or an emoji needs."""
REMOVED: Final = re.compile(rf"(?P<needed>{NEEDED})|[{JUNK}]")
REMOVED_FIELD: Final = re.compile(rf"(?P<needed>{NEEDED})|[{BIDI}{JUNK}]")
SYMBOL_BULLET: Final = re.compile("(^|\n)([ \t]*)[\uf06c\uf06e\uf076\uf0a7\uf0b7\uf0d8\uf0fc](?=\\s)")
"""Bullets of word processors, which are letters of the fonts Symbol and Wingdings."""
CONTROL: Final = re.compile(rf"[{BIDI}]")
STRAY_JOINER: Final = re.compile(
    rf"(?<![{SCRIPT}{EMOJI}])[\u200c\u200d]+(?![{SCRIPT}{EMOJI}\u200c\u200d])|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
BLANK_RUN: Final = re.compile(rf"[\s{BLANKS}]+")
EDGE: Final = " \u00a0\u202f\u200e\u200f\u061c"
"""Characters removed from both ends of a line."""
LINE_END: Final = re.compile(r"\r\n?")
LINE_BREAK_CHARACTER: Final = re.compile(rf"[\v\f\x1c-\x1f\x85\u2028{BLANKS}]")
SCAN: Final = re.compile(rf"[\r\n\u2029][\s\u200c\u200d{BLANKS}{BIDI}{JUNK}]*[\r\n\u2029]|\u2029|[{BIDI}]")
"""The end of a paragraph (two line ends with nothing visible between them), or a bidi control."""


def clean(text: str) -> str:
    """Clean a one-line field: blanks collapsed, ends stripped, NFC; empty if nothing visible remains."""
    if SUSPICIOUS.search(text) is None and "  " not in text:
        text = text.strip(EDGE)
        return text if is_normalized("NFC", text) else normalize("NFC", text)
    text = normalize("NFC", STRAY_JOINER.sub("", REMOVED_FIELD.sub(needed, text)))
    return BLANK_RUN.sub(one_blank, text).strip(EDGE)


def needed(match: re.Match[str]) -> str:
    """Keep a sequence that spelling or an emoji needs; drop a lone character."""
    return match["needed"] or ""


def one_blank(match: re.Match[str]) -> str:
    """Replace a run of blanks by one; a run of no-break blanks stays no-break."""
    run = match[0]
    return run[0] if not run.strip("\u00a0\u202f") else " "


def clean_body(text: str) -> str:
    """Clean a body: NFC, lines and indents kept, line ends as LF.

    Line numbers do not change, so that a problem can name them; only U+2029, a paragraph's end, becomes two LF.
    """
    if SUSPICIOUS_BODY.search(text) is not None:
        text = SYMBOL_BULLET.sub(r"\1\2•", without_places(text, (at for at, _ in unbalanced(text))))
        text = STRAY_JOINER.sub("", REMOVED.sub(needed, text))
        text = LINE_BREAK_CHARACTER.sub(" ", LINE_END.sub("\n", text)).replace("\u2029", "\n\n")
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def removed(text: str, *, body: bool) -> list[tuple[int, str]]:
    """(index in `text`, «U+202E») of each bidi control that cleaning removes."""
    found = unbalanced(text) if body else [(match.start(), match[0]) for match in CONTROL.finditer(text)]
    return [(at, f"U+{ord(control):04X}") for at, control in sorted(found)]


def without_places(text: str, places: Iterator[int]) -> str:
    """The text without the characters at these indices."""
    gone = set(places)
    return "".join([c for i, c in enumerate(text) if i not in gone]) if gone else text


def unbalanced(text: str) -> list[tuple[int, str]]:
    """Bidi controls to remove from a body: all overrides, and controls without a partner in their paragraph."""
    gone: list[tuple[int, str]] = []
    opened: list[tuple[int, str]] = []
    for match in SCAN.finditer(text):
        at, control = match.start(), match[0]
        if len(control) > 1 or control == "\u2029":
            gone += [*opened, *((at + i, c) for i, c in enumerate(control) if CONTROL.match(c))]
            opened = []
        elif control in OPENERS:
            opened.append((at, control))
        elif control == PDI:
            close_isolate(opened, gone, at)
        elif opened and opened[-1][1] not in ISOLATES:
            if (opener := opened.pop())[1] in OVERRIDES:
                gone += [opener, (at, control)]
        else:
            gone.append((at, control))
    return gone + opened


def close_isolate(opened: list[tuple[int, str]], gone: list[tuple[int, str]], at: int) -> None:
    """Close the last open isolate by a PDI, and discard every embedding left open inside it."""
    if not any(control in ISOLATES for _, control in opened):
        gone.append((at, PDI))
        return
    while opened[-1][1] not in ISOLATES:
        gone.append(opened.pop())
    opened.pop()
