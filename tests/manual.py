"""The pages of the manual as steps: files a reader saves, commands a reader types.

Marks are HTML comments, which readers do not see. Above a fenced block: `file: PATH` (the block is saved there) and
`add: site.yaml` (its keys take the place of those of the same name). On a line of their own: `start: NAME`, the folder
a page begins in (`empty`, `site`, `clone`), and `prepare: COMMANDS`, what the text says in words. Every `sh` block is
run; `not run: REASON` above one leaves it out.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE_END = re.compile(r"[.!?؟][\"”»*_)]* +(?=[\"“«(\[*`_]*[A-Z0-9\u0621-\u064a`])")
NOT_PROSE = re.compile(r"`[^`]*`|\[[^\]]*\]\([^)]*\)|\([^()]*\)|«[^»]*»|“[^”]*”")
ABBREVIATIONS = re.compile(r"\b(?:e\.g|i\.e|vs|cf|etc)\.|^\s*(?:[-*] )?\d+\.")

ROOT = Path(__file__).resolve().parent.parent
STEP = re.compile(
    r"^(?P<indent> *)<!-- (?P<mark>start|prepare|file|add|not run): (?P<value>[^\n]+?) -->$"
    r"|^(?P<margin> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=margin)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """What a reader does next."""

    kind: Literal["file", "add", "run"]
    text: str
    path: str = ""
    line: int = 0


def with_commands() -> list[Path]:
    """Every page whose commands a reader types one after the other."""
    docs = ROOT / "docs"
    return [
        *sorted(ROOT.glob("README*.md")),
        *sorted((docs / "tutorial").glob("*.md")),
        *sorted((docs / "how-to").glob("*.md")),
    ]


def steps(page: Path) -> tuple[str, list[Step]]:
    """The folder a page begins in, and its steps in order."""
    start, found, mark, value = "", [], "", ""
    text = page.read_text("utf-8")
    for match in STEP.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["mark"] == "start":
            start = match["value"]
        elif match["mark"] == "prepare":
            found.append(Step("run", match["value"] + "\n", line=line))
        elif match["mark"]:
            mark, value = match["mark"], match["value"]
        else:
            found += of_block(match["language"], textwrap.dedent(match["text"]), mark, value, line)
            mark = ""
    return start, found


def of_block(language: str, text: str, mark: str, value: str, line: int) -> Iterator[Step]:
    """The step that one fenced block is, if any."""
    if mark in {"file", "add"}:
        yield Step("file" if mark == "file" else "add", text, value, line)
    elif language == "sh" and mark != "not run":
        yield Step("run", text, line=line)


def prose(page: Path) -> Iterator[str]:
    """The lines of a page that are sentences: no block of code, table, heading, markup or figures of a benchmark."""
    text = re.sub(r"^<!-- figures.*?<!-- end -->$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (line for line in text.splitlines() if not line.lstrip().startswith(("|", "#", "<", "![")))


def has_two_sentences(line: str) -> bool:
    """Whether another sentence begins behind one."""
    return bool(SENTENCE_END.search(ABBREVIATIONS.sub("", NOT_PROSE.sub("x", line))))
