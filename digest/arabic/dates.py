"""Dates in words: aware datetimes → `Moment` values in the site's language, months, calendars, digits and zone.

The ISO form stays Gregorian with ASCII digits and an offset whatever is shown. Names and patterns are CLDR's; Hijri
days are Umm al-Qura's (hijridate: 1343 to 1500), and a day outside its tables has a Gregorian date alone. Texts hold no
direction mark: CLDR's short patterns, which do, are not used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from digest.arabic import cldr, numbers
from digest.model import Moment

MONTHS: Final = ("auto", "arab", "maghreb", "tunisia", "levant", "mauritania", "dual", "dual-levant-first")
"""Values of the `months` setting: Arabic month names by the country of `lang`, or of one family, or of two together."""

CALENDARS: Final = ("gregorian", "hijri")
"""Values of the `calendars` setting."""

ISO_DAY: Final = "y-MM-dd"
FIELD: Final = re.compile(r"'([^']*)'|d{1,2}|M{2,4}|y")
"""A quoted text or a field of a CLDR date pattern."""


def iso(moment: datetime) -> str:
    """ISO 8601 to the second with the offset; local mean times (before about 1920) have offsets HTML cannot write."""
    text = moment.isoformat(timespec="seconds")
    return text if len(text) <= 25 else moment.astimezone(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Month names and the pattern of a day in one calendar."""

    months: tuple[str, ...]
    pattern: str
    """CLDR date pattern of `d`, `dd`, `MM`, `MMMM`, `y` and quoted text."""

    def day(self, year: int, month: int, day: int) -> str:
        """The day in words, ASCII digits."""
        fields = {"d": str(day), "dd": f"{day:02}", "MM": f"{month:02}", "y": str(year)}
        if self.months:
            fields["MMMM"] = self.months[month - 1]
        return FIELD.sub(lambda m: m[1] if m[1] is not None else fields.get(m[0], m[0]), self.pattern)


@dataclass(frozen=True, slots=True)
class Formatter:
    """Writes moments for one site: call it with an aware datetime and whether its hour is known."""

    gregorian: Calendar
    month: str
    """CLDR pattern of a month and its year."""
    hijri: Calendar | None
    calendars: tuple[str, ...]
    digits: str
    zone: tzinfo
    hijri_offset: int = 0
    days: dict[tuple[int, int, int], tuple[str, str]] = field(default_factory=dict, repr=False, compare=False)
    """(text, second) of the days written so far."""

    def __call__(self, moment: datetime, has_time: bool) -> Moment:
        """The moment in the site's zone; a bare date stands at its midnight."""
        local = moment if moment.tzinfo is self.zone else moment.astimezone(self.zone)
        if not has_time:
            local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        key = (local.year, local.month, local.day)
        texts = self.days.get(key)
        if texts is None:
            texts = self.days[key] = self.texts(local.date())
        time = numbers.shape(f"{local.hour:02}:{local.minute:02}", self.digits) if has_time else ""
        return Moment(iso(local), texts[0], time, texts[1])

    def texts(self, day: date) -> tuple[str, str]:
        """The day in the first calendar and in the second; a calendar that does not know it is left out."""
        gregorian = self.gregorian.day(day.year, day.month, day.day)
        found = [gregorian if name == "gregorian" else self.hijri_day(day) for name in self.calendars]
        first, *others = [numbers.shape(text, self.digits) for text in found if text] or [
            numbers.shape(gregorian, self.digits)
        ]
        return first, others[0] if others else ""

    def hijri_day(self, day: date) -> str:
        """The day in the Umm al-Qura calendar, shifted by `hijri_offset` days; empty outside its tables."""
        from hijridate import Gregorian  # noqa: PLC0415 - its tables take time to load, and few sites show them

        if self.hijri is None:
            return ""
        try:
            shifted = day + timedelta(days=self.hijri_offset)
            year, month, number = Gregorian(shifted.year, shifted.month, shifted.day).to_hijri().datetuple()
        except OverflowError:
            return ""
        return self.hijri.day(year, month, number)

    def month_title(self, year: int, month: int) -> str:
        """A Gregorian month and its year: «نونبر 2026»."""
        return numbers.shape(Calendar(self.gregorian.months, self.month).day(year, month, 1), self.digits)


def formatter(
    lang: str, *, months: str, calendars: tuple[str, ...], digits: str, zone: tzinfo, hijri_offset: int = 0
) -> Formatter:
    """The formatter of a site's settings.

    `calendars` is in display order, one or two of `CALENDARS`; `months` one of `MONTHS`, which changes nothing in a
    language other than Arabic; `digits` a setting or a system (`numbers.digits_of`). ValueError for another word.
    """
    if months not in MONTHS or not calendars or not set(calendars) <= set(CALENDARS):
        raise ValueError(f"no such months or calendars: {months!r}, {calendars!r}")
    facts = cldr.facts(lang)
    islamic = facts.get("hijri") or cldr.facts("en")["hijri"]
    return Formatter(
        gregorian=Calendar(month_names(lang, months), facts.get("day", ISO_DAY)),
        month=facts.get("month", "y-MM"),
        hijri=Calendar(tuple(islamic["months"]), islamic["day"]) if "hijri" in calendars else None,
        calendars=tuple(dict.fromkeys(calendars)),
        digits=numbers.digits_of(lang, digits),
        zone=zone,
        hijri_offset=hijri_offset,
    )


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
