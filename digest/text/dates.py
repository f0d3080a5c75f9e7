"""Dates in words: aware datetimes → `DisplayDate` values in a site's language, months, calendars, digits and zone.

The ISO form is always Gregorian, with ASCII digits and an offset. Names and patterns come from CLDR. Hijri days follow
Umm al-Qura (hijridate: 1343 to 1500); a day outside these tables has only a Gregorian date. Texts hold no direction
marks, so CLDR's short patterns, which have them, are not used. No date is relative to now, because a page is read long
after it was rendered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, Final

import msgspec

from digest.model import DisplayDate
from digest.text import cldr, numbers

MONTHS: Final = ("auto", "arab", "maghreb", "tunisia", "levant", "mauritania", "dual", "dual-levant-first")
"""Values of the `months` setting: Arabic month names by the country of `lang`, of one family, or of two families."""

CALENDARS: Final = ("gregorian", "hijri", "persian")
"""Values of the `calendars` setting."""

ISO_DAY: Final = "y-MM-dd"
FIELD: Final = re.compile(r"'([^']*)'|d{1,2}|M{2,4}|y|E{4}")
"""A quoted text or a field of a CLDR date pattern."""
DAY_FIRST: Final = re.compile(r"EEEE[،, ]*")
"""The day of the week and the separator after it."""


def rfc3339(when: datetime) -> str:
    """`when` to the second with its offset, as RFC 3339 and W3C-DTF write it; ValueError for a naive one."""
    text = when.isoformat(timespec="seconds")
    if len(text) == 25:  # 2026-11-20T09:30:00+01:00, nearly always
        return text
    if when.tzinfo is None:
        raise ValueError(f"a date without a time zone: {text}")
    # Local mean times before about 1920 have offsets with seconds, which neither format can write.
    return when.astimezone(UTC).isoformat(timespec="seconds")


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
    """Write dates for one site: call it with an aware datetime and whether the hour is known."""

    calendars: tuple[tuple[str, Calendar], ...]
    """One or two of `CALENDARS` in display order."""
    gregorian: Calendar
    """For a day that is in none of these calendars."""
    month: Calendar
    """The pattern of a month and its year."""
    digits: str
    zone: tzinfo
    hijri_offset: int = 0

    @cached_property
    def days(self) -> dict[tuple[int, int, int], tuple[str, str]]:
        """Cache: (year, month, day) → text and second text."""
        return {}

    def __call__(self, moment: datetime, has_time: bool) -> DisplayDate:
        """Write a moment in the site's zone; a date without an hour is at midnight."""
        local = moment if moment.tzinfo is self.zone else moment.astimezone(self.zone)
        if not has_time:
            local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        key = (local.year, local.month, local.day)
        texts = self.days.get(key)
        if texts is None:
            texts = self.days[key] = self.texts(local.date())
        time = numbers.shape(f"{local.hour:02}:{local.minute:02}", self.digits) if has_time else ""
        return DisplayDate(rfc3339(local), texts[0], time, texts[1])

    def texts(self, day: date) -> tuple[str, str]:
        """The day in the first calendar and in the second; a calendar without this day is omitted."""
        found = [self.text(name, calendar, day) for name, calendar in self.calendars]
        first, *others = [text for text in found if text] or [self.text("gregorian", self.gregorian, day)]
        return first, others[0] if others else ""

    def text(self, name: str, calendar: Calendar, day: date) -> str:
        """The day in one calendar; empty if it is outside the calendar's tables."""
        if name == "gregorian":
            parts = day.year, day.month, day.day
        elif name == "persian":
            parts = to_persian(day)
        else:
            try:
                parts = to_hijri(day + timedelta(days=self.hijri_offset))
            except OverflowError:
                return ""
        return numbers.shape(calendar.day(*parts, day.weekday()), self.digits)

    def month_title(self, year: int, month: int) -> str:
        """A month and its year: «نونبر 2026»; Gregorian, or Solar Hijri if that calendar is first."""
        return numbers.shape(self.month.day(year, month, 1), self.digits)


def to_hijri(day: date) -> tuple[int, int, int]:
    """(year, month, day) in the Umm al-Qura calendar.

    Raises OverflowError before 1 August 1924 and after 16 November 2077, the ends of the tables.
    """
    from hijridate import Gregorian  # noqa: PLC0415 - its tables take time to load, and few sites need them

    return Gregorian(day.year, day.month, day.day).to_hijri().datetuple()


PERSIAN_EPOCH: Final = 226_895
"""Ordinal (`date.toordinal`) of 1 Farvardin of the year 1."""


def to_persian(day: date) -> tuple[int, int, int]:
    """(year, month, day) in the Solar Hijri calendar, by ICU's rule of 8 leap years in 33.

    The result agrees with the astronomical calendar of Iran from 1800 to 2256.
    """
    passed = day.toordinal() - PERSIAN_EPOCH
    year = (33 * passed + 3) // 12053 + 1
    within = passed - 365 * (year - 1) - (8 * year + 21) // 33
    month, rest = divmod(within, 31) if within < 186 else divmod(within - 186, 30)
    return year, month + (1 if within < 186 else 7), rest + 1


def calendars_of(lang: str) -> tuple[str, ...]:
    """The default calendars of a language: Solar Hijri for Persian (CLDR, calendar preference), else Gregorian."""
    return ("persian",) if cldr.subtags(lang)[0] == "fa" else ("gregorian",)


def date_formatter(
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

    `calendars` holds one or two of `CALENDARS` in display order. `months` is one of `MONTHS` and has an effect only in
    Arabic. `digits` is a setting or a system (`numbers.digits_of`). With `weekday` the first calendar names the day of
    the week. Raises ValueError for other months or calendars.
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
    """A calendar in the words of a language, or else in English; `months` are the Gregorian ones.

    With `full` the pattern includes the day of the week.
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
    """The pattern of a day with the weekday in the same position as in the Gregorian pattern `full`."""
    first = DAY_FIRST.match(full)
    return f"{first[0]}{pattern}" if first else f"{pattern} EEEE"


def month_names(lang: str, months: str) -> tuple[str, ...]:
    """January to December by the country of `lang`, or in Arabic by a family, or by two with a slash between."""
    own = cldr.facts(lang).get("months", ())
    families = cldr.extract()["families"]
    if not isinstance(own, str):
        return tuple(own)
    if months.startswith("dual"):
        pairs = zip(families["arab"], families["levant"], strict=True)
        turned = months == "dual-levant-first"
        return tuple(f"{levant}/{arab}" if turned else f"{arab}/{levant}" for arab, levant in pairs)
    return tuple(families[own if months == "auto" else months])
