"""Problems in an editor's files, as values: the place, the mistake and the cure.

Every stage collects problems and finishes its batch, so that an editor sees all of them at once. `DigestError` is
raised once, after the last stage, and only `digest.cli` prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Level = Literal["error", "advice", "note"]

FSI, PDI = "\u2068", "\u2069"
COMMANDING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066\u2067\ud800-\udfff]")
"""Characters that control a terminal, break or reverse the line, or are not valid Unicode."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """`path:line:column: message; cure`.

    An error stops a build; advice stops only `build --strict` and `check`; a note stops nothing.
    """

    path: str
    """Relative to the site's root, with forward slashes."""
    line: int
    """1-based; 0 for the whole file."""
    column: int
    """1-based, in characters; 0 for the whole line."""
    message: str
    """The mistake in a few words, without a full stop."""
    cure: str = ""
    """How to correct it."""
    level: Level = "error"

    def __str__(self) -> str:
        where = self.path
        if self.line:
            where += f":{self.line}"
            if self.column:
                where += f":{self.column}"
        return escape_controls(f"{where}: {self.message}" + (f"; {self.cure}" if self.cure else ""))

    def as_json(self) -> dict[str, str | int]:
        """Convert to a plain mapping, for `--json`."""
        values = msgspec.structs.asdict(self)
        return {key: escape_controls(value) if isinstance(value, str) else value for key, value in values.items()}


class DigestError(Exception):
    """The site's files have errors; holds every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def escape_controls(text: str) -> str:
    """Make a message with content safe for a terminal and a log: control characters are written as escapes."""
    return COMMANDING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def did_you_mean(word: str, known: Iterable[str], near_enough: float = 0.6) -> str:
    """`did you mean 'source'?`, or an empty string if no word is near enough (difflib's ratio, 0 to 1)."""
    import difflib  # noqa: PLC0415 - most sites have nothing misspelt

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=near_enough)
    return f"did you mean '{near[0]}'?" if near else ""


def quoted(text: str, limit: int = 60) -> str:
    """Quote content in a message: shortened, control characters escaped, isolated so that a terminal does not reorder
    the line.
    """
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:limit]) + (
        "…" if len(text) > limit else ""
    )
    return f"'{FSI}{shown}{PDI}'" if any(ord(c) > 0x2FF for c in shown) else f"'{shown}'"


def snippet(lines: Sequence[str], problem: Problem) -> str:
    """The line of a problem with a caret below the column, or an empty string."""
    if not 0 < problem.line <= len(lines):
        return ""
    text = lines[problem.line - 1]
    if len(text) > 200:
        return ""
    shown = "".join(c if c.isprintable() else " " for c in text)
    caret = " " * max(problem.column - 1, 0) + "^" if problem.column and shown.isascii() else ""
    return f"  | {shown}" + (f"\n  | {caret}" if caret else "")


class UsageError(Exception):
    """A command was asked for something it cannot or must not do; one sentence with the cure."""


class DeliveryError(Exception):
    """The destination of a deploy could not be reached, or refused; one sentence with the cure.

    Readers see the old site or the complete new one. Running the command again resumes the deploy.
    """
