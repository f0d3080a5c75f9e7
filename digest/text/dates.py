"""Dates in words: aware datetimes → `Moment` values in the site's language, months, calendars, digits and zone.

The ISO form stays Gregorian with ASCII digits and an offset whatever is shown. Names and patterns are CLDR's; Hijri
days are Umm al-Qura's (hijridate: 1343 to 1500), and a day outside its tables has a Gregorian date alone. Texts hold no
direction mark: CLDR's short patterns, which do, are not used. Nothing here is relative to now: a page is read long
after it was made.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec

from digest.model import DisplayDate
from digest.text import cldr, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS: Final = ("auto", "arab", "maghreb", "tunisia", "levant", "mauritania", "dual", "dual-levant-first")
"""Values of the `months` setting: Arabic month names by the country of `lang`, or of one family, or of two together."""

CALENDARS: Final = ("gregorian", "hijri", "persian")
"""Values of the `calendars` setting."""

ISO_DAY: Final = "y-MM-dd"
FIELD: Final = re.compile(r"'([^']*)'|d{1,2}|M{2,4}|y|E{4}")
"""A quoted text or a field of a CLDR date pattern."""
DAY_FIRST: Final = re.compile(r"EEEE[،, ]*")
"""The day of the week and what parts it from the date."""


def iso(moment: datetime) -> str:
    """ISO 8601 to the second with the offset; local mean times (before about 1920) have offsets HTML cannot write."""
    text = moment.isoformat(timespec="seconds")
    return text if len(text) <= 25 else moment.astimezone(UTC).isoformat(timespec="seconds")


class Calendar(msgspec.Struct, frozen=True):
    """Names and the pattern of a day in one calendar."""

    months: tuple[str, ...]
    pattern: str
    """CLDR date pattern of `d`, `dd`, `MM`, `MMMM`, `y`, `EEEE` and quoted text."""
    weekdays: tuple[str, ...] = ()
    """Monday to Sunday."""

    def day(self, year: int, month: int, day: int, weekday: int = 0) -> str:
        """The day in words, ASCII digits; `weekday` is 0 for Monday."""
        fields = {"d": str(day), "dd": f"{day:02}", "MM": f"{month:02}", "y": str(year)}
        if self.months:
            fields["MMMM"] = self.months[month - 1]
        if self.weekdays:
            fields["EEEE"] = self.weekdays[weekday]
        return FIELD.sub(lambda m: m[1] if m[1] is not None else fields.get(m[0], m[0]), self.pattern)


class Formatter(msgspec.Struct, frozen=True, dict=True):
    """Writes moments for one site: call it with an aware datetime and whether its hour is known."""

    calendars: tuple[tuple[str, Calendar], ...]
    """One or two of `CALENDARS` in the order they are shown."""
    gregorian: Calendar
    """For a day none of them knows."""
    month: Calendar
    """A month and its year."""
    digits: str
    zone: tzinfo
    hijri_offset: int = 0

    @cached_property
    def days(self) -> dict[tuple[int, int, int], tuple[str, str]]:
        """(text, second) of the days written so far."""
        return {}

    def __call__(self, moment: datetime, has_time: bool) -> DisplayDate:
        """The moment in the site's zone; a bare date stands at its midnight."""
        local = moment if moment.tzinfo is self.zone else moment.astimezone(self.zone)
        if not has_time:
            local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        key = (local.year, local.month, local.day)
        texts = self.days.get(key)
        if texts is None:
            texts = self.days[key] = self.texts(local.date())
        time = numbers.shape(f"{local.hour:02}:{local.minute:02}", self.digits) if has_time else ""
        return DisplayDate(iso(local), texts[0], time, texts[1])

    def texts(self, day: date) -> tuple[str, str]:
        """The day in the first calendar and in the second; a calendar that does not know it is left out."""
        found = [self.text(name, calendar, day) for name, calendar in self.calendars]
        first, *others = [text for text in found if text] or [self.text("gregorian", self.gregorian, day)]
        return first, others[0] if others else ""

    def text(self, name: str, calendar: Calendar, day: date) -> str:
        """The day in one calendar; empty where its tables do not reach."""
        if name == "gregorian":
            parts = day.year, day.month, day.day
        elif name == "persian":
            parts = persian(day)
        else:
            try:
                parts = hijri(day + timedelta(days=self.hijri_offset))
            except OverflowError:
                return ""
        return numbers.shape(calendar.day(*parts, day.weekday()), self.digits)

    def month_title(self, year: int, month: int) -> str:
        """A month and its year: «نونبر 2026»; Gregorian, or of the sun's year where that comes first."""
        return numbers.shape(self.month.day(year, month, 1), self.digits)


def hijri(day: date) -> tuple[int, int, int]:
    """(year, month, day) in the Umm al-Qura calendar.

    Raises OverflowError before 1 August 1924 and after 16 November 2077, where its tables end.
    """
    from hijridate import Gregorian  # noqa: PLC0415 - its tables take time to load, and few sites show them

    return Gregorian(day.year, day.month, day.day).to_hijri().datetuple()


PERSIAN_EPOCH: Final = 226_895
"""Ordinal (`date.toordinal`) of 1 Farvardin of the year 1."""


def persian(day: date) -> tuple[int, int, int]:
    """(year, month, day) in the Solar Hijri calendar, by the rule of 33 years (8 leap years in each) that ICU has.

    It agrees with the astronomical calendar of Iran from 1800 to 2256.
    """
    passed = day.toordinal() - PERSIAN_EPOCH
    year = (33 * passed + 3) // 12053 + 1
    within = passed - 365 * (year - 1) - (8 * year + 21) // 33
    month, rest = divmod(within, 31) if within < 186 else divmod(within - 186, 30)
    return year, month + (1 if within < 186 else 7), rest + 1


def calendars_of(lang: str) -> tuple[str, ...]:
    """The calendars of a site that names none: Persian readers count by the sun's year (CLDR, calendar preference)."""
    return ("persian",) if cldr.subtags(lang)[0] == "fa" else ("gregorian",)


def formatter(
    lang: str,
    *,
    months: str,
    calendars: tuple[str, ...],
    digits: str,
    zone: tzinfo,
    hijri_offset: int = 0,
    weekday: bool = False,
) -> Formatter:
    """The formatter of a site's settings.

    `calendars` is in display order, one or two of `CALENDARS`; `months` one of `MONTHS`, which changes nothing in a
    language other than Arabic; `digits` a setting or a system (`numbers.digits_of`); with `weekday` the first calendar
    names the day of the week. ValueError for another word.
    """
    if months not in MONTHS or not calendars or not set(calendars) <= set(CALENDARS):
        raise ValueError(f"no such months or calendars: {months!r}, {calendars!r}")
    facts = cldr.facts(lang)
    names = month_names(lang, months)
    first, *others = dict.fromkeys(calendars)
    full = weekday and "weekdays" in facts
    return Formatter(
        calendars=(
            (first, calendar(first, facts, names, full=full)),
            *((n, calendar(n, facts, names)) for n in others),
        ),
        gregorian=calendar("gregorian", facts, names, full=full),
        month=Calendar(
            calendar(first, facts, names).months if first == "persian" else names, facts.get("month", "y-MM")
        ),
        digits=numbers.digits_of(lang, digits),
        zone=zone,
        hijri_offset=hijri_offset,
    )


def calendar(name: str, facts: Mapping[str, Any], months: tuple[str, ...], *, full: bool = False) -> Calendar:
    """A calendar in the words of a language, or failing that in English ones; Gregorian months are given.

    With `full` its days are named.
    """
    pattern = facts.get("day", ISO_DAY)
    if name != "gregorian":
        words = facts.get(name) or cldr.facts("en")[name]
        months, pattern = tuple(words["months"]), words["day"]
    if not full:
        return Calendar(months, pattern)
    gregorian = facts["weekday"]
    return Calendar(
        months, gregorian if name == "gregorian" else with_weekday(pattern, gregorian), tuple(facts["weekdays"])
    )


def with_weekday(pattern: str, full: str) -> str:
    """The pattern of another calendar's day with the weekday where the Gregorian one (`full`) has it."""
    first = DAY_FIRST.match(full)
    return f"{first[0]}{pattern}" if first else f"{pattern} EEEE"


def month_names(lang: str, months: str) -> tuple[str, ...]:
    """January to December: by the country of `lang`, or for Arabic by a family or two of them with a slash between."""
    own = cldr.facts(lang).get("months", ())
    families = cldr.table()["families"]
    if not isinstance(own, str):
        return tuple(own)
    if months.startswith("dual"):
        pairs = zip(families["arab"], families["levant"], strict=True)
        turned = months == "dual-levant-first"
        return tuple(f"{levant}/{arab}" if turned else f"{arab}/{levant}" for arab, levant in pairs)
    return tuple(families[own if months == "auto" else months])
