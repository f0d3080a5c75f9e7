"""A file as its editor sees it → notes on its spelling, each with line and column.

In: path and bytes of a file under content/, the site's language. Out: `Problem` values of level `note`. The tables of
keys say which values are prose, names or Markdown. Reads the file again, because a note is about what was typed, not
about what it became; faulty files give none, since their errors come first. For `digest check` and the preview's bar:
builds do not pay for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digest.content import editions, entries, nodes, standalone_pages
from digest.content.discovery import kind_of
from digest.content.nodes import Listing, Mapping, Notes, Scalar
from digest.problems import Problem
from digest.text.cldr import subtags
from digest.text.spelling import proofread

if TYPE_CHECKING:
    from digest.content.fields import Kind, Table
    from digest.text.pasted import Finding

TABLES = {"entry": entries.KEYS, "edition": editions.KEYS, "standing": standalone_pages.KEYS}
PER_RULE = 5
"""Notes of one kind for one file: the sixth says nothing new."""


class Passage(NamedTuple):
    """A text of a file."""

    text: str
    line: int
    """Its first line."""
    lang: str
    kind: Kind


def read(path: str, raw: bytes, lang: str) -> list[Problem]:
    """The notes on one file."""
    notes = Notes(path)
    passages = read_passages(path, raw, lang, notes)
    if notes.found:
        return []
    lines: Sequence[str] = ()
    problems: list[Problem] = []
    seen: Counter[str] = Counter()
    for text, first_line, own, kind in passages:
        is_arabic = subtags(own)[0] == "ar"
        for finding in proofread(text, arabic=is_arabic, prose=kind != "name", markdown=kind == "markdown"):
            rule = finding.message.template
            seen[rule] += 1
            if seen[rule] > PER_RULE:
                continue
            lines = lines or (nodes.decode(raw, notes) or "").split("\n")
            line, column = place(text, finding, first_line, lines)
            problems.append(Problem(path, line, column, finding.message, finding.cure, "note"))
    return problems


def read_passages(path: str, raw: bytes, lang: str, notes: Notes) -> list[Passage]:
    """Every text of a file that readers of the site see."""
    table = TABLES[kind_of(path)]
    if path.lower().endswith(".md"):
        document = nodes.read_markdown(raw, notes)
        if document is None:
            return []
        own = language(document.keys, table) or lang
        return [*texts(document.keys, table, own), Passage(document.body, document.body_line, own, "markdown")]
    root = nodes.read_yaml(raw, notes)
    if root is None:
        return []
    is_round_up = any(entries.ROUND_UP.spellings.get(key.value) == "entries" for key, _ in root.items)
    return list(texts(root, entries.ROUND_UP if is_round_up and table is entries.KEYS else table, lang))


def texts(root: Mapping, table: Table, lang: str) -> Iterator[Passage]:
    """The texts of a mapping, by its table of keys."""
    lang = language(root, table) or lang
    for key, node in root.items:
        if key.value not in table.spellings:
            continue
        value = table[table.spellings[key.value]].value
        for item in node.items if isinstance(node, Listing) else [node]:
            if isinstance(item, Mapping) and value.table:
                yield from texts(item, value.table, lang)
            elif isinstance(item, Scalar) and value.kind:
                below = value.kind == "markdown" and item.style in ("|", ">")
                yield Passage(item.value, item.line + below, lang, value.kind)


def language(root: Mapping, table: Table) -> str:
    """The `lang:` of a mapping, or nothing."""
    given = (value for key, value in root.items if table.spellings.get(key.value) == "lang")
    return next((value.value.strip() for value in given if isinstance(value, Scalar)), "")


def place(text: str, finding: Finding, first_line: int, lines: Sequence[str]) -> tuple[int, int]:
    """(line, column) of a finding in its file; column 0 for words that YAML writes in another way."""
    line = first_line + text.count("\n", 0, finding.at)
    start = text.rfind("\n", 0, finding.at) + 1
    shown = text[start : (text + "\n").index("\n", finding.at)]
    written = lines[line - 1] if line <= len(lines) else ""
    at, before = written.find(shown), shown[: finding.at - start]
    if at < 0:  # YAML escapes quotation marks between quotation marks
        at, before = written.find(escaped(shown)), escaped(before)
    return line, at + len(before) + 1 if at >= 0 else 0


def escaped(text: str) -> str:
    """A text as YAML writes it between double quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def where(raw: bytes, name: str) -> tuple[int, int]:
    """(line, column) where a name first occurs in a file, as a tag in its front matter; (0, 0) for none."""
    for number, line in enumerate(raw.decode("utf-8", "replace").split("\n"), 1):
        at = line.find(name)
        if at >= 0:
            return number, at + 1
    return 0, 0
