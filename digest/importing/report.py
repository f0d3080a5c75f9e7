"""What an import did: counts, and everything that needs a person's hand, the most frequent first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from digest.problems import escape_controls
from digest.translation import _, gettext_noop

FILE: Final = "import-report.txt"
SHOWN: Final = 5
"""Places that are printed for each kind; the file has all."""

SENTENCES: Final = {
    "unreadable": gettext_noop("cannot be read in the export"),
    "not-taken": gettext_noop("not written: the entry would be refused"),
    "conflict": gettext_noop("changed here and in the archive since the last import: yours is kept"),
    "gone": gettext_noop("deleted here since the last import: not written again"),
    "status": gettext_noop("a draft here, because it was not public there"),
    "no-title": gettext_noop("without a title: its first words are taken"),
    "no-date": gettext_noop("without a date: 1970-01-01, and a draft"),
    "no-theme": gettext_noop("without a category that has a theme: put into the default theme"),
    "plain-text": gettext_noop("written as plain paragraphs: its markup could not be kept"),
    "no-emphasis": gettext_noop("bold and italic words are plain"),
    "no-markup": gettext_noop("links, lists and emphasis are plain words"),
    "too-deep": gettext_noop("its markup is nested too deep"),
    "too-long": gettext_noop("longer than an entry can be: cut"),
    "left-shortcode": gettext_noop("a shortcode that only its plug-in can draw was left out"),
    "left-block": gettext_noop("a block that the server fills was left out"),
    "left-element": gettext_noop("an element that no entry can hold was left out"),
    "left-markup": gettext_noop("a mark of the old generator was left out"),
    "dead-link": gettext_noop("a link to a page or file that did not come along: its words stay"),
    "no-picture": gettext_noop("a picture that is missing; a comment in the text holds its place"),
    "no-lead-picture": gettext_noop("the lead picture is missing"),
    "bad-picture": gettext_noop("a picture that cannot be used"),
    "no-alt": gettext_noop("a picture that nobody has described yet (alt: ?)"),
    "alias-taken": gettext_noop("an old address that another page has"),
    "redirects": gettext_noop("static/_redirects is not from this import: its lines were not written"),
}
"""Code → what it says of an entry."""
COUNTED: Final = {
    "entries": gettext_noop("stories"), "pages": gettext_noop("standing pages"), "new": gettext_noop("new"),
    "updated": gettext_noop("updated"), "unchanged": gettext_noop("as they were"), "kept": gettext_noop("yours, kept"),
    "conflict": gettext_noop("in conflict"), "gone": gettext_noop("deleted here"),
    "refused": gettext_noop("not written"), "aliases": gettext_noop("old addresses of stories"),
    "redirects": gettext_noop("old addresses of lists"), "pictures": gettext_noop("pictures"),
}  # fmt: skip
"""What is counted → its words."""
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
        yield from (f"{number:>8,}  {_(COUNTED[name])}" for name, number in self.counts.items() if number)
        if self.left_out:
            rows = ", ".join(f"{number:,} {name}" for name, number in self.left_out.most_common())
            yield _("left out: {rows}", rows=rows)
        for code in self.ranked():
            places = self.notes[code]
            yield ""
            yield f"{len(places):,} × {_(SENTENCES[code])}"
            for where, detail in places[:most]:
                yield escape_controls(f"    {where}" + (f": {detail}" if detail else ""))
            if most is not None and len(places) > most:
                yield "    " + _("… and {n:,} more in {file}", n=len(places) - most, file=FILE)
