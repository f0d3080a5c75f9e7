"""Dates as editors write them → aware datetimes.

In: the text of `date:` or `updated:`. Out: (datetime in the site's zone, whether an hour was given). Takes ISO 8601
dates and date-times between 1900 and 2100, in ASCII, Arabic or Persian digits. Refuses everything else, and says what
the editor most likely meant: a Hijri year with its Gregorian date, `20/11/2026` and «20 نوفمبر 2026» with the ISO form.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.content.fields import ASCII_DIGITS, Pair, plain
from digest.problems import quoted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.content.nodes import Notes

FIRST_YEAR, LAST_YEAR = 1900, 2100
EXPECTED = "write 2026-11-20 or 2026-11-20T10:30"

ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ]+(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
SOLAR = ("fa", "ps", "ckb", "lrc", "mzn")
"""Languages whose readers count years by the sun: 1405 is 2026 there, and 1985 by the moon."""

DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})", re.ASCII)
NUMBER = re.compile(r"\d+", re.ASCII)
MONTHS = (
    "يناير|جانفي|كانون الثاني|january|janvier|jan",
    "فبراير|فيفري|شباط|february|février|feb",
    "مارس|آذار|march|mars|mar",
    "أبريل|ابريل|إبريل|أفريل|نيسان|april|avril|apr",
    "مايو|ماي|أيار|may|mai",
    "يونيو|جوان|حزيران|june|juin|jun",
    "يوليو|يوليوز|جويلية|تموز|july|juillet|jul",
    "أغسطس|غشت|أوت|آب|august|août|aug",
    "سبتمبر|شتنبر|أيلول|september|septembre|sep",
    "أكتوبر|اكتوبر|تشرين الأول|october|octobre|oct",
    "نوفمبر|نونبر|تشرين الثاني|november|novembre|nov",
    "ديسمبر|دجنبر|كانون الأول|december|décembre|dec",
)
"""Names of the months an editor may have typed, to offer the ISO form of the date."""


def moment(pair: Pair | None, zone: ZoneInfo, notes: Notes, lang: str = "") -> tuple[datetime, bool] | None:
    """The instant and whether its hour was given; None when absent or, with a problem, unreadable."""
    raw = plain(pair, notes, "2026-11-20")
    if raw is None or pair is None:
        return None
    text = raw.strip()
    if not text.isascii():
        text = text.translate(ASCII_DIGITS)
    match = ISO.fullmatch(text)
    if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        found = instant(match, zone)
        if found:
            return found
    message, cure = complaint(text, match, lang)
    notes.at(pair[1], f"{quoted(pair[0].value)}: {message.format(quoted(raw))}", cure)
    return None


def instant(match: re.Match[str], zone: ZoneInfo) -> tuple[datetime, bool] | None:
    """A match of `ISO` → the instant in the site's zone; None for an impossible one."""
    day, clock, offset = match[0][:10], match[4], match[5]
    try:
        if clock is None:
            return datetime.fromisoformat(day).replace(tzinfo=zone), False
        given = datetime.fromisoformat(f"{day}T{clock.replace(',', '.')}{(offset or '').upper()}")
        if given.microsecond:
            given = given.replace(microsecond=0)
        return (given.astimezone(zone) if offset else given.replace(tzinfo=zone)), True
    except (ValueError, OverflowError):
        return None


def complaint(text: str, match: re.Match[str] | None, lang: str) -> tuple[str, str]:  # noqa: PLR0911 - one for each fault
    """What is wrong with a date (`{}` stands for it), and the cure."""
    numbers = YEAR_FIRST.match(text)
    if numbers:
        year, month, day = map(int, numbers.groups())
        if 1300 <= year <= 1500 and lang.partition("-")[0] in SOLAR:
            return "{} looks like a Solar Hijri date", "write the Gregorian date, as in 2026-11-20"
        if 1300 <= year <= 1500:
            return "{} looks like a Hijri date", hijri(year, month, day) or "write the Gregorian date"
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return "{} is outside the years 1900 to 2100", EXPECTED
        if not 1 <= month <= 12:
            return f"{{}} has no month {month}", EXPECTED
        days = calendar.monthrange(year, month)[1]
        if not 1 <= day <= days:
            return "{} is not a day: " + f"{year:04}-{month:02} has {days} days", EXPECTED
        if match:
            return "{} has an hour or a zone that does not exist", "write hours 00:00 to 23:59 and a zone like +01:00"
        return "{} is not an ISO 8601 date", written(year, month, day)
    return "{} is not an ISO 8601 date", iso_of(text) or EXPECTED


def hijri(year: int, month: int, day: int) -> str:
    """The Gregorian date of an Umm al-Qura date, as a question; empty outside its tables (1343 to 1500)."""
    from hijridate import Hijri  # noqa: PLC0415 - only for a mistake, and its tables take time to load

    try:
        gregorian = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return ""
    return f"dates are Gregorian; did you mean {gregorian.isoformat()}?"


def iso_of(text: str) -> str:
    """The ISO form of a date in day-month-year order or with a month's name, as a cure; empty when unclear."""
    match = DAY_FIRST.match(text)
    if match:
        day, month, year = map(int, match.groups())
        return written(year, month, day) if month <= 12 else written(year, day, month)
    low = text.lower()
    months = [
        i for i, names in enumerate(MONTHS, 1) if any(re.search(rf"(?<!\w){n}(?!\w)", low) for n in names.split("|"))
    ]
    numbers = [int(n) for n in NUMBER.findall(text)[:3] if len(n) <= 4]  # int() refuses thousands of digits
    years = [n for n in numbers if FIRST_YEAR <= n <= LAST_YEAR]
    days = [n for n in numbers if 1 <= n <= 31]
    return written(years[0], months[0], days[0]) if months and years and days else ""


def written(year: int, month: int, day: int) -> str:
    """The cure that spells a date out, where it exists."""
    try:
        return f"write {date(year, month, day).isoformat()}"
    except ValueError:
        return EXPECTED
