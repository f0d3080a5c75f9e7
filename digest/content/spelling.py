"""A file as its editor sees it → notes on its spelling, each with line and column.

In: path and bytes of a file under content/, the site's language. Out: `Problem` values of level `note`. Reads the file
for itself, because a note is about what was typed, not about what it became; faulty files give none, since their errors
come first. For `digest check` and the preview's bar: builds do not pay for it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from digest.content import nodes
from digest.content.nodes import Listing, Mapping, Notes, Scalar
from digest.problems import Problem
from digest.text.cldr import subtags
from digest.text.spelling import Finding, proofread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.content.nodes import Node

PROSE = frozenset({
    "title", "العنوان", "summary", "الملخص", "dateline", "المكان", "caption", "التعليق", "alt", "البديل",
})  # fmt: skip
"""Keys that hold sentences; the others hold names, lists and addresses."""
NAMES = frozenset({"author", "الكاتب", "tags", "الوسوم", "name", "الاسم", "credit"})
BODY = ("body", "النص")
LANG = ("lang", "اللغة")
PER_RULE = 5
"""Notes of one kind for one file: the sixth says nothing new."""


class Passage(NamedTuple):
    """A text of a file."""

    text: str
    line: int
    """Its first line."""
    arabic: bool
    prose: bool = True
    markdown: bool = False


def read(path: str, raw: bytes, lang: str) -> list[Problem]:
    """The notes on one file."""
    notes = Notes(path)
    lines: Sequence[str] = ()
    passages: list[Passage] = []
    if path.lower().endswith(".md"):
        document = nodes.read_markdown(raw, notes)
        if document is None or notes.found:
            return []
        own = language(document.keys) or lang
        passages += values(document.keys, own)
        passages.append(Passage(document.body, document.body_line, is_arabic(own), markdown=True))
    else:
        root = nodes.read_yaml(raw, notes)
        if root is None or notes.found:
            return []
        passages += values(root, language(root) or lang)
    problems: list[Problem] = []
    seen: Counter[str] = Counter()
    for text, first_line, arabic, prose, markdown in passages:
        for finding in proofread(text, arabic=arabic, prose=prose, markdown=markdown):
            kind = finding.message.rpartition("\u2069'")[2] or finding.message
            seen[kind] += 1
            if seen[kind] > PER_RULE:
                continue
            lines = lines or (nodes.decode(raw, notes) or "").split("\n")
            line, column = place(text, finding, first_line, lines)
            problems.append(Problem(path, line, column, finding.message, finding.cure, "note"))
    return problems


def values(root: Node, lang: str) -> Iterator[Passage]:
    """Each value that readers see."""
    if isinstance(root, Listing):
        for item in root.items:
            yield from values(item, lang)
        return
    if not isinstance(root, Mapping):
        return
    lang = language(root) or lang
    for key, value in root.items:
        name = key.value
        for node in value.items if isinstance(value, Listing) else [value]:
            if not isinstance(node, Scalar):
                yield from values(node, lang)
            elif name in BODY:
                first = node.line + (node.style in ("|", ">"))
                yield Passage(node.value, first, is_arabic(lang), markdown=True)
            elif name in PROSE or name in NAMES:
                yield Passage(node.value, node.line, is_arabic(lang), prose=name in PROSE)


def language(root: Node) -> str:
    """The `lang:` of a mapping, or nothing."""
    if isinstance(root, Mapping):
        for key, value in root.items:
            if key.value in LANG and isinstance(value, Scalar):
                return value.value.strip()
    return ""


def is_arabic(lang: str) -> bool:
    return subtags(lang)[0] == "ar"


def place(text: str, finding: Finding, first_line: int, lines: Sequence[str]) -> tuple[int, int]:
    """(line, column) of a finding in its file; the column is 0 where YAML writes the words in another way."""
    line = first_line + text.count("\n", 0, finding.at)
    start = text.rfind("\n", 0, finding.at) + 1
    shown = text[start : (text + "\n").index("\n", finding.at)]
    written = lines[line - 1] if line <= len(lines) else ""
    at, before = written.find(shown), shown[: finding.at - start]
    if at < 0:  # YAML writes quotation marks with a backslash inside others
        at, before = written.find(escaped(shown)), escaped(before)
    return line, at + len(before) + 1 if at >= 0 else 0


def escaped(text: str) -> str:
    """A text as it stands between double quotation marks in YAML."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def where(raw: bytes, name: str) -> tuple[int, int]:
    """(line, column) where a name first stands in a file, as a tag in its front matter; (0, 0) where it does not."""
    for number, line in enumerate(raw.decode("utf-8", "replace").split("\n"), 1):
        at = line.find(name)
        if at >= 0:
            return number, at + 1
    return 0, 0
