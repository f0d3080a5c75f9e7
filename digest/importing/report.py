"""What an import did: counts, and everything that needs a person's hand, the most frequent first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from digest.problems import escape_controls

FILE: Final = "import-report.txt"
SHOWN: Final = 5
"""Places that are printed for each kind; the file has all."""

SENTENCES: Final = {
    "unreadable": "cannot be read in the export",
    "not-taken": "not written: the entry would be refused",
    "conflict": "changed here and in the archive since the last import: yours is kept",
    "gone": "deleted here since the last import: not written again",
    "status": "a draft here, because it was not public there",
    "no-title": "without a title: its first words are taken",
    "no-date": "without a date: 1970-01-01, and a draft",
    "no-theme": "without a category that has a theme: put into the default theme",
    "plain-text": "written as plain paragraphs: its markup could not be kept",
    "no-emphasis": "bold and italic words are plain",
    "no-markup": "links, lists and emphasis are plain words",
    "too-deep": "its markup is nested too deep",
    "too-long": "longer than an entry can be: cut",
    "left-shortcode": "a shortcode that only its plug-in can draw was left out",
    "left-block": "a block that the server fills was left out",
    "left-element": "an element that no entry can hold was left out",
    "left-markup": "a mark of the old generator was left out",
    "dead-link": "a link to a page or file that did not come along: its words stay",
    "no-picture": "a picture that is missing; a comment in the text holds its place",
    "no-lead-picture": "the lead picture is missing",
    "bad-picture": "a picture that cannot be used",
    "no-alt": "a picture that nobody has described yet (alt: ?)",
    "alias-taken": "an old address that another page has",
    "redirects": "static/_redirects is not from this import: its lines were not written",
}
"""Code → what it says of an entry."""
NEEDS_HAND: Final = (
    "unreadable",
    "not-taken",
    "conflict",
    "redirects",
    "no-date",
    "too-long",
    "alias-taken",
    "plain-text",
)
"""Codes that are told before all others."""


class Report:
    """Gathers what happens."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.notes: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)

    def note(self, code: str, where: str, detail: str = "") -> None:
        self.notes[code].append((where, detail))

    def ranked(self) -> list[str]:
        """The codes that occur: what needs a hand first, then the most frequent."""
        return sorted(self.notes, key=lambda code: (code not in NEEDS_HAND, -len(self.notes[code]), code))

    def as_json(self) -> dict[str, Any]:
        return {
            "counts": dict(self.counts),
            "left_out": dict(self.left_out.most_common()),
            "notes": [
                {"code": code, "message": SENTENCES[code], "count": len(self.notes[code]),
                 "entries": [{"where": where, "detail": detail} for where, detail in self.notes[code]]}
                for code in self.ranked()
            ],
        }  # fmt: skip

    def lines(self, most: int | None = SHOWN) -> Iterator[str]:
        """The report as text; at most so many places of each kind."""
        yield from (f"{number:>8,}  {name}" for name, number in self.counts.items() if number)
        if self.left_out:
            rows = ", ".join(f"{number:,} {name}" for name, number in self.left_out.most_common())
            yield f"left out: {rows}"
        for code in self.ranked():
            places = self.notes[code]
            yield ""
            yield f"{len(places):,} × {SENTENCES[code]}"
            for where, detail in places[:most]:
                yield escape_controls(f"    {where}" + (f": {detail}" if detail else ""))
            if most is not None and len(places) > most:
                yield f"    … and {len(places) - most:,} more in {FILE}"
