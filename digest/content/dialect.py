"""What Arabic writers mean by their Markdown, where CommonMark reads something else.

Source → source, line for line: lists in Arabic digits («١.»), with a dash («1-») or with the bullets of word processors
and chat programs become lists; lines that each begin with a sign of their own stay lines. And rules for the parser:
emphasis behind a proclitic and before a suffix, dial codes, `<br>`, `---` as a rule under a paragraph too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.text.characters import ASCII_DIGITS, WORD_BULLETS

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

# ---------------------------------------------------------------- lines

DIGITS: Final = "0-9٠-٩۰-۹"
BULLETS: Final = "•◦‣⁃▪▫●○■□►▶➢➤✓✔❖∙·"
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_BULLET: Final = re.compile(rf"( {{0,3}})(?:[{BULLETS}]\ufe0f?|[{WORD_BULLETS}](?=\t|\u00a0{{2}}))[ \t\u00a0]*(?=\S)")
_NUMBER: Final = re.compile(
    rf"(?P<indent> {{0,3}})(?P<number>[{DIGITS}]{{1,3}}) ?(?P<sign>[.)\-–ـ])(?P<blank>[ \t\u00a0]*)(?=[^\s{DIGITS}])"
)
SYMBOLS: Final = "\u2600-\u27bf\u25a0-\u25ff\u2b00-\u2bff\U0001f300-\U0001faff"
_OWN_LINE: Final = re.compile(rf" {{0,3}}(?:[–—]|\([{DIGITS}]{{1,2}}\)|\(?[ء-ي][)\-–.]|[{SYMBOLS}]\ufe0f?)[ \t\u00a0]")
"""A dash, a letter of a list, a number between brackets, an emoji at the start of a line."""
_FOOTNOTE: Final = re.compile(r"( {0,3})(?=\[\^[^\]\s]+\]:)")
"""Text here; CommonMark takes a footnote of one word for the address of a link."""
LIST_SIGN: Final = re.compile(
    rf"\n {{0,3}}(?:\[\^|[٠-٩۰-۹{BULLETS}–—{SYMBOLS}(]|[{WORD_BULLETS}][\t\u00a0]|[0-9]{{1,3}} ?[.)\-–ـ]|[ء-ي][)\-–.])"
)
"""Cheaply: what some line of a source to be rewritten begins with."""


class _Item(NamedTuple):
    """A line that may be an item of a numbered list."""

    line: int
    number: int
    sign: str
    sure: bool
    """CommonMark would take it for one, if its digits were ASCII."""


def as_lists(source: str) -> str:
    """A source whose lists, written as Arabic writers do, are lists of CommonMark; other lines stay as they are."""
    if LIST_SIGN.search("\n" + source) is None:
        return source
    lines = source.split("\n")
    texts = list(_outside_code(lines))
    items = [item for at in texts if (item := _item(at, lines[at]))]
    for item in _numbered(items):
        lines[item.line] = _NUMBER.sub(_as_commonmark, lines[item.line], count=1)
    for at in texts:
        lines[at] = _FOOTNOTE.sub(r"\1\\", _BULLET.sub(r"\1- ", lines[at], count=1), count=1)
    for at, following in pairwise(texts):
        if following == at + 1 and _OWN_LINE.match(lines[at]) and _OWN_LINE.match(lines[following]):
            lines[at] = lines[at].rstrip() + "  "  # a line break
    return "\n".join(lines)


def _outside_code(lines: Sequence[str]) -> list[int]:
    """Indexes of the lines outside fenced code."""
    outside, fence = [], ""
    for at, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence:
            fence = "" if found and found[1].startswith(fence) else fence
        elif found:
            fence = found[1]
        else:
            outside.append(at)
    return outside


def _item(at: int, line: str) -> _Item | None:
    match = _NUMBER.match(line)
    if match is None:
        return None
    sure = match["sign"] in ".)" and bool(match["blank"])
    return _Item(at, int(match["number"].translate(ASCII_DIGITS)), match["sign"], sure)


def _numbered(items: Sequence[_Item]) -> list[_Item]:
    """The items that are part of a list: sure ones, and those that count on from a neighbour with the same sign."""
    follows = [first.sign == second.sign and second.number == first.number + 1 for first, second in pairwise(items)]
    return [
        item
        for item, before, after in zip(items, [False, *follows], [*follows, False], strict=False)
        if item.sure or before or after
    ]


def _as_commonmark(match: re.Match[str]) -> str:
    sign = match["sign"] if match["sign"] in ".)" else ")"
    return f"{match['indent']}{match['number'].translate(ASCII_DIGITS)}{sign} "


# ---------------------------------------------------------------- rules of the parser

ARABIC: Final = re.compile("[\u0620-\u065f\u0670-\u06d3\u06d5-\u06ff]")
_OPENING: Final = frozenset("«“„‹\"'([{*_~")
_CLOSING: Final = frozenset("»”›\"')]}*_~!?؟،؛.:…")
_PROCLITIC: Final = re.compile(r"(?<!\w)(?:[وف]?(?:[بلكس]|ال|بال|كال|لل)?)\Z")
_SUFFIX: Final = re.compile(r"(?:ات|ون|ين|ان|هم|هن|كم|ها|هما|نا|ية|يا|ه|ي|ة|ا)(?!\w)")
_DIAL_CODE: Final = re.compile(rf"(?<![\w*#])\*{{1,2}}#?[{DIGITS}]+(?:\*[{DIGITS}]+)*#(?![\w*])")
_LINE_BREAK: Final = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)


def emphasis(state: StateInline, silent: bool) -> bool:
    """The parser's rule for `*` and `_`, where an Arabic word is written on to what is emphasised; dial codes are text.

    CommonMark's flanking rules take «و**«كذا»**» for literal stars: Arabic writes particles on to the word that
    follows and pronouns on to the word before, with no blank between (commonmark/commonmark-spec#650).
    """
    from markdown_it.rules_inline import state_inline  # noqa: PLC0415 (loaded with the parser)

    start = state.pos
    marker = state.src[start]
    if silent or marker not in "*_":
        return False
    if marker == "*" and (code := _DIAL_CODE.match(state.src, start, state.posMax)):
        state.pending += code[0]
        state.pos = code.end()
        return True
    scanned = state.scanDelims(start, marker == "*")
    before = state.src[start - 1] if start else " "
    end = start + scanned.length
    after = state.src[end] if end < state.posMax else " "
    opens, closes = scanned.can_open, scanned.can_close
    if marker == "*" and before.isdigit() and after.isdigit():
        opens = closes = False  # 5*3
    elif marker == "*":
        opens = opens or (after in _OPENING and ARABIC.match(before) is not None)
        closes = closes or (before in _CLOSING and ARABIC.match(after) is not None)
    elif scanned.length > 1 and ARABIC.match(before) and ARABIC.match(after):
        opens = opens or _PROCLITIC.search(state.src, 0, start) is not None
        closes = closes or _SUFFIX.match(state.src, end) is not None
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            state_inline.Delimiter(
                marker=ord(marker), length=scanned.length, token=len(state.tokens) - 1, end=-1, open=opens, close=closes
            )
        )
    state.pos = end
    return True


def line_break(state: StateInline, silent: bool) -> bool:
    """`<br>`, as other programs and word processors write a line's end: a line break. No other tag means anything."""
    match = _LINE_BREAK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = match.end()
    return True


def heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The parser's rule for underlined headings, for lines of `=` alone: `---` is a rule, also right under a text."""
    from markdown_it.rules_block import lheading  # noqa: PLC0415 (loaded with the parser)

    for line in range(start + 1, end):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
        if not text:
            return False
        if text.strip("=") == "":
            return lheading(state, start, end, silent)
        if text.strip("-") == "":
            return False
    return False
