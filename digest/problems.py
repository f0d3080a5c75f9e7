"""Problems in an editor's files, as values: the place, the mistake and the cure.

Every stage collects problems and finishes its batch, so that an editor sees all of them at once. `DigestError` is
raised once, after the last stage, and only `digest.cli` prints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from digest.translation import ENGLISH, FSI, PDI, Catalogue

Level = Literal["error", "advice", "note"]

COMMANDING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066\u2067\ud800-\udfff]")
"""Characters that control a terminal, break or reverse the line, or are not valid Unicode."""


class Message(msgspec.Struct, frozen=True):
    """A text that is translated where it is shown: `str()` gives the English one."""

    template: str
    """English, with named placeholders: the key of the catalogue."""
    values: tuple[tuple[str, Value], ...] = ()
    many: str = ""
    """The template for several, where the text depends on the value `n`."""
    code: str = ""
    """Of a kind of problem, if the text names one: `unknown-key`."""

    def within(self, language: Catalogue) -> str:
        """The text in a language."""
        if not self.template:
            return ""
        if self.many:
            template = language.many(self.template, self.many, next(v for name, v in self.values if name == "n"))  # type: ignore[arg-type]
        else:
            template = language.one(self.template)
        return language.filled(template, self.values)

    def __str__(self) -> str:
        return self.within(ENGLISH)


Value: TypeAlias = "str | int | Message | tuple[str | Message, ...]"
"""What is put in for a placeholder; a tuple becomes a list in the sentence."""


def N_(template: str, /, **values: Value) -> Message:  # noqa: N802 - gettext's name, which translators' tools look for
    """A text to be translated where it is shown."""
    return Message(template, tuple(values.items()))


def nN_(one: str, many: str, /, n: int, **values: Value) -> Message:  # noqa: N802 - the same with a number
    """A text that depends on a number, `{n}`."""
    return Message(one, (("n", n), *values.items()), many)


def mistake(code: str, template: str, /, **values: Value) -> Message:
    """What is wrong, in a few words without a full stop. The code is stable: `--json` and the manual show it."""
    return Message(template, tuple(values.items()), code=code)


class Problem(msgspec.Struct, frozen=True):
    """`path:line:column: message; cure`.

    An error stops a build; advice stops only `build --strict` and `check`; a note stops nothing.
    """

    path: str
    """Relative to the site's root, with forward slashes."""
    line: int
    """1-based; 0 for the whole file."""
    column: int
    """1-based, in characters; 0 for the whole line."""
    what: Message | str
    """The mistake, a text of `mistake`."""
    remedy: Message | str | None = None
    """How to correct it."""
    level: Level = "error"

    @property
    def code(self) -> str:
        """The kind of problem."""
        return self.what.code if isinstance(self.what, Message) else ""

    @property
    def message(self) -> str:
        """In English."""
        return str(self.what)

    @property
    def cure(self) -> str:
        """In English; empty for none."""
        return str(self.remedy or "")

    def __lt__(self, other: Problem) -> bool:
        mine, theirs = (self.path, self.line, self.column), (other.path, other.line, other.column)
        return (
            (mine, self.message, self.cure) < (theirs, other.message, other.cure) if mine == theirs else mine < theirs
        )

    def __str__(self) -> str:
        return self.within(ENGLISH)

    def within(self, language: Catalogue) -> str:
        """The line in a language."""
        where = self.path
        if self.line:
            where += f":{self.line}"
            if self.column:
                where += f":{self.column}"
        return escape_controls(f"{where}: {self.said(language)}")

    def said(self, language: Catalogue) -> str:
        """The mistake and its cure in a language."""
        what, remedy = in_language(self.what, language), in_language(self.remedy, language)
        text = what + (language.one("; ") + remedy if remedy else "")
        return f"{FSI}{text}{PDI}" if language.turns else text

    def as_json(self) -> dict[str, str | int]:
        """Convert to a plain mapping, for `--json`: in English, with the code."""
        return {
            "path": escape_controls(self.path),
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "message": escape_controls(self.message),
            "cure": escape_controls(self.cure),
            "level": self.level,
        }


def in_language(text: Message | str | None, language: Catalogue) -> str:
    """A text in a language; a string as it is."""
    return text.within(language) if isinstance(text, Message) else text or ""


def without_hidden(problems: Iterable[Problem], hidden: Collection[str]) -> list[Problem]:
    """The problems but for notes of these codes, which an editor does not want to see."""
    return [problem for problem in problems if problem.level != "note" or problem.code not in hidden]


class DigestError(Exception):
    """The site's files have errors; holds every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def escape_controls(text: str) -> str:
    """Make a message with content safe for a terminal and a log: control characters are written as escapes."""
    return COMMANDING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def excerpt(text: str, limit: int = 60) -> str:
    """Content for a message: shortened, control characters escaped. The template has the quotation marks."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def nearest(word: str, known: Iterable[str], near_enough: float = 0.6) -> str:
    """The word that was most likely meant, or an empty string if none is near enough (difflib's ratio, 0 to 1)."""
    import difflib  # noqa: PLC0415 - most sites have nothing misspelt

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=near_enough)), "")


def did_you_mean(word: str, known: Iterable[str], near_enough: float = 0.6) -> Message | None:
    """`did you mean 'source'?`; None if no word is near enough."""
    near = nearest(word, known, near_enough)
    return guess(near) if near else None


def guess(near: str) -> Message:
    """What was most likely meant."""
    return N_("did you mean '{near}'?", near=near)


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
