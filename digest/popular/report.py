"""What was read, what was published and not read, and which theme rises: values, and the words of the site for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from digest.site.site import Site

MOST_READ = 10
UNREAD = 20
"""Stories that were not read that a report names; it says how many more there are."""
ENOUGH = 5
"""Reads from which a theme may rise: one reader more is no news."""


class Rise(msgspec.Struct, frozen=True):
    """A theme that is read more than before."""

    theme: str
    before: int
    """Reads in the first half of the days."""
    after: int
    """Reads in the second."""


class Report(msgspec.Struct, frozen=True):
    """What the counts of some days say of a site."""

    first: date | None
    """The first day of the reads; None where an export has no dates."""
    last: date | None
    read: tuple[tuple[str, int], ...]
    """Entry id, reads; the most read first."""
    unread: tuple[str, ...]
    """Ids of the entries that were published in these days and not read, newest first."""
    rising: tuple[Rise, ...]
    """The one that grew most first."""

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "read": [list(row) for row in self.read],
            "unread": list(self.unread),
            "rising": [msgspec.structs.asdict(rise) for rise in self.rising],
        }


def report(site: Site, reads: Mapping[tuple[str, int], int], counts: Sequence[tuple[str, int]]) -> Report:
    """The report on what was counted."""
    days = sorted({day for _, day in reads})
    if not days or not days[0]:
        return Report(None, None, tuple(counts[:MOST_READ]), (), ())
    first, last = date.fromordinal(days[0]), date.fromordinal(days[-1])
    known = {entry for entry, _ in counts}
    zone = site.settings.zone
    unread = [
        entry.id
        for entry in site.index.entries
        if entry.id not in known and first <= entry.published.astimezone(zone).date() <= last
    ]
    return Report(first, last, tuple(counts[:MOST_READ]), tuple(unread), tuple(rises(site, reads, days[0], days[-1])))


def rises(site: Site, reads: Mapping[tuple[str, int], int], first: int, last: int) -> list[Rise]:
    """The themes that were read more in the second half of the days; the middle one of an odd number is neither's."""
    half = (last - first + 1) // 2
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for (name, day), number in reads.items():
        entry = site.index.by_id.get(name)
        if entry and day < first + half:
            before[entry.theme] += number
        elif entry and day > last - half:
            after[entry.theme] += number
    found = [Rise(theme, before[theme], after[theme]) for theme in after if after[theme] >= ENOUGH]
    found = [rise for rise in found if rise.after > rise.before]
    return sorted(found, key=lambda rise: (-(rise.after + 1) / (rise.before + 1), -rise.after, rise.theme))


def lines(made: Report, site: Site) -> Iterator[str]:
    """The report in the language of the site."""
    words, titles = site.project.strings, {name: entry.title for name, entry in site.index.by_id.items()}
    if made.first and made.last:
        yield words.plain("read_between", first=day(site, made.first), last=day(site, made.last))
    else:
        yield words.plain("most_read")
    for name, number in made.read:
        yield f"  {words.plain('read_story', title=titles[name], reads=words.plain('reads', number))}"
    if made.unread:
        yield words.plain("read_not", stories=words.plain("stories", len(made.unread)))
        for name in made.unread[:UNREAD]:
            yield f"  {words.plain('read_title', title=titles[name])}"
        if len(made.unread) > UNREAD:
            yield "  …"
    if made.rising:
        yield words.plain("read_rising")
        names = {theme.id: theme.title for theme in site.settings.themes}
        for rise in made.rising:
            yield f"  {words.plain('read_rise', name=names[rise.theme], before=rise.before, after=rise.after)}"


def day(site: Site, found: date) -> str:
    """A day as the site writes it."""
    return site.settings.date_formatter()(datetime.combine(found, time(), site.settings.zone), False).text
