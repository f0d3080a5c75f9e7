"""The text of a feed → its items as pieces of markup, so that each is read within bounds and none hides another.

In: XML, or what was meant to be. Out: `Pieces`: the beginning, the items, what follows. One pass, no backtracking: the
time is that of reading the text once. An item that is cut off keeps the elements that are whole; texts far longer than
any headline or summary are cut, so that the parser behind this never meets one.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MOST_ITEMS: Final = 2000
LONGEST_TEXT: Final = 6000
"""Characters of one run of text, or of one CDATA section, that are kept."""
LONGEST_ITEM: Final = 40_000
LONGEST_BEGINNING: Final = 100_000
MOST_KEPT: Final = 3_000_000
"""Characters of all items together."""
LONG_TEXT: Final = re.compile(rf"[^<>]{{{LONGEST_TEXT + 1}}}[^<>]*")
CUT_ENTITY: Final = re.compile(r"&[^;\s]{0,12}\Z")
CDATA, COMMENT = "<![CDATA[", "<!--"
NAME: Final = r"(?:[\w.\-]{1,60}:)?"
ROOT: Final = re.compile(rf"<({NAME}[A-Za-z][\w.\-]*)")
CLOSED: Final = re.compile(rf"</{NAME}[\w.\-]+\s*>|/>")
FAULTY: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML 1.0 knows no place for."""


class Pieces(NamedTuple):
    """A feed, taken apart."""

    beginning: str
    items: list[str]
    """Each from its start tag to its end tag."""
    root: str
    """Name of the outermost element; empty for none."""
    is_cut: bool
    """Whether the last item, or the feed, has no end."""
    is_full: bool
    """Whether there are more items than are read."""


def split(text: str, names: tuple[str, ...]) -> Pieces:  # noqa: C901 - one pass, a branch for each kind of mark
    """Take a feed apart at the elements with these names."""
    root = ROOT.search(text)
    if not root:
        return Pieces(text[:LONGEST_BEGINNING], [], "", is_cut=False, is_full=False)
    mark = re.compile(rf"<!\[CDATA\[|<!--|<(/?){NAME}(?:{'|'.join(names)})(?=[\s/>])")
    spans: list[tuple[int, int]] = []
    start, at, cut = -1, root.start(), False
    while match := mark.search(text, at):
        found = match[0]
        if found in (CDATA, COMMENT):
            ending = "]]>" if found == CDATA else "-->"
            end = text.find(ending, match.end())
            if end < 0:
                cut = True
                break
            at = end + 3
            continue
        at = match.end()
        if match[1]:
            if start >= 0:
                close = text.find(">", at)
                spans.append((start, close + 1 if close >= 0 else len(text)))
                start = -1
            continue
        if start >= 0:
            spans.append((start, match.start()))  # the one before was never closed
        start = match.start()
        if len(spans) > MOST_ITEMS:
            break
    full = len(spans) > MOST_ITEMS
    first = min([span[0] for span in spans[:1]] + ([start] if start >= 0 else []), default=len(text))
    items = [shortened(text[begin:end]) for begin, end in spans[:MOST_ITEMS]]
    if start >= 0 and not full:
        cut = True
        items.append(whole_part(shortened(text[start : start + 8 * LONGEST_ITEM])))
    if not full and not cut:
        cut = re.search(rf"</{re.escape(root[1])}\s*>\s*(?:<!--[^>]{{0,2000}}-->\s*)*\Z", text[-4000:]) is None
    kept, total = [], 0
    for item in items:
        total += len(item)
        if total > MOST_KEPT:
            full = True
            break
        kept.append(item)
    return Pieces(text[root.start() : first], kept, root[1], cut, full)


def shortened(item: str) -> str:
    """An item without what nobody needs of an overlong one."""
    if len(item) <= LONGEST_TEXT:
        return item
    item = LONG_TEXT.sub(lambda match: CUT_ENTITY.sub("", match[0][:LONGEST_TEXT]), item)
    if CDATA in item:
        item = "".join(short_sections(item))
    return item if len(item) <= LONGEST_ITEM else whole_part(item[:LONGEST_ITEM])


def short_sections(item: str) -> list[str]:
    """An item's pieces with each CDATA section cut to a length."""
    pieces, at = [], 0
    while (begin := item.find(CDATA, at)) >= 0:
        end = item.find("]]>", begin)
        if end < 0:
            break
        pieces += [item[at : min(begin + len(CDATA) + LONGEST_TEXT, end)], "]]>"]
        at = end + 3
    return [*pieces, item[at:]]


def whole_part(item: str) -> str:
    """A cut item up to the last element of it that is whole, closed."""
    name = ROOT.match(item)
    if not name:
        return ""
    bare = "".join(outside_sections(item))
    end = max((match.end() for match in CLOSED.finditer(bare)), default=0)
    return f"{item[:end]}</{name[1]}>" if end else ""


def outside_sections(item: str) -> list[str]:
    """The same length, with blanks for what is inside CDATA sections."""
    pieces, at = [], 0
    while (begin := item.find(CDATA, at)) >= 0:
        end = item.find("]]>", begin)
        end = len(item) if end < 0 else end + 3
        pieces += [item[at:begin], " " * (end - begin)]
        at = end
    return [*pieces, item[at:]]
