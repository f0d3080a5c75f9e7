"""Text as it comes from outside → text that is what it looks like: NFC, nothing invisible, nothing that reorders a line.

Joiners (ZWNJ, ZWJ) stay next to letters that join and emoji, direction marks (LRM, RLM, ALM) stay inside a text, tatweel and
Quranic signs stay. Embeddings, overrides and isolates go: from fields always; from bodies overrides always, the others where
they are not balanced within their paragraph.
"""

from __future__ import annotations

import re
import unicodedata

CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
OPENERS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
OVERRIDES = "\u202d\u202e"

JUNK = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0d"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff\U0001fffe\U0001ffff"
)
SUSPICIOUS = re.compile(f"[{JUNK}{CONTROLS}\u200c\u200d\x85\u2028\u2029\u2800]")
PLAIN = re.compile("[\n -~«»\u060c-\u061b\u061d-\u06ff–—…“”‘’éèàçêîôûï]*")
"""Nothing in here needs cleaning; a match of a whole text costs a tenth of the search for junk."""
REMOVED = re.compile(f"[{JUNK}]")
BLANKS = re.compile("[\x85\u2028\u2029\u2800]")
BIDI = re.compile(f"[{CONTROLS}]")
JOINERS = re.compile("[\u200c\u200d]+")
EDGE_MARKS = "\u200e\u200f\u061c"
SPACES = re.compile(r"[ \t\n\r\x0b\x0c\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{2,}|[\t\n\r\x0b\x0c]")
PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
RUNS_OF_NBSP = re.compile("\u00a0{2,}")


def normal(text: str) -> str:
    """NFC; the check is cheap, the work is rare."""
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """A field of one line: no control is left, runs of white space become one space, the ends are trimmed."""
    if not PLAIN.fullmatch(text) and SUSPICIOUS.search(text):
        text = joined(REMOVED.sub("", BIDI.sub("", BLANKS.sub(" ", text))))
    if SPACES.search(text):
        text = SPACES.sub(" ", text)
    text = text.strip()
    if text and (text[0] in EDGE_MARKS or text[-1] in EDGE_MARKS):
        text = text.strip(EDGE_MARKS + " ")
    return normal(text)


def clean_body(text: str) -> str:
    """A text of several lines: lines and their indentation stay."""
    if PLAIN.fullmatch(text):
        return normal(text)
    if SUSPICIOUS.search(text):
        text = joined(REMOVED.sub("", BLANKS.sub(" ", text)))
        if BIDI.search(text):
            text = "".join(balanced(part) for part in PARAGRAPHS.split(text))
    if RUNS_OF_NBSP.search(text):
        text = RUNS_OF_NBSP.sub("\u00a0", text)
    return normal(text)


def removed(text: str, *, body: bool) -> list[tuple[int, str]]:
    """Controls of direction that cleaning takes out: (index, `U+202E`)."""
    if not BIDI.search(text):
        return []
    if not body:
        return [(match.start(), name(match[0])) for match in BIDI.finditer(text)]
    found, start = [], 0
    for part in PARAGRAPHS.split(text):
        found += [(start + index, name(part[index])) for index in unbalanced(part)]
        start += len(part)
    return found


def name(character: str) -> str:
    return f"U+{ord(character):04X}"


def balanced(paragraph: str) -> str:
    """A paragraph without overrides and without controls that nothing closes or opens."""
    drop = set(unbalanced(paragraph))
    return "".join(c for i, c in enumerate(paragraph) if i not in drop) if drop else paragraph


def unbalanced(paragraph: str) -> list[int]:
    """Indices of overrides and of unpaired embeddings and isolates."""
    drop: list[int] = []
    stack: list[tuple[int, str]] = []
    for match in BIDI.finditer(paragraph):
        index, control = match.start(), match[0]
        if control in OVERRIDES:
            drop.append(index)
            stack.append((-1, "\u202c"))
        elif control in OPENERS:
            stack.append((index, OPENERS[control]))
        elif stack and stack[-1][1] == control:
            opener, _ = stack.pop()
            if opener < 0:
                drop.append(index)
        else:
            drop.append(index)
    return sorted([*drop, *(index for index, _ in stack if index >= 0)])


def joined(text: str) -> str:
    """The text with joiners only where they join: beside an Arabic-script letter or an emoji."""
    if "\u200c" not in text and "\u200d" not in text:
        return text

    def kept(match: re.Match[str]) -> str:
        before = text[match.start() - 1] if match.start() else ""
        after = text[match.end()] if match.end() < len(text) else ""
        return match[0][0] if joins(before) or joins(after) else ""

    return JOINERS.sub(kept, text)


def joins(character: str) -> bool:
    """Whether a joiner beside this character means something: scripts that join, their marks, emoji."""
    if not character:
        return False
    if "\u0600" <= character <= "\u08ff" or "\ufb50" <= character <= "\ufeff" or "\u0900" <= character <= "\u0dff":
        return True
    return character == "\ufe0f" or unicodedata.category(character) == "So"
