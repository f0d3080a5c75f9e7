"""Dates as editors write them → aware datetimes.

In: the text of `date:` or `updated:`. Out: (datetime in the site's zone, whether an hour was given). Takes ISO 8601
dates and date-times between 1900 and 2100, in ASCII, Arabic or Persian digits. Refuses everything else, and says what
the editor most likely meant: a Hijri date with its Gregorian day, `20/11/2026` and «20 نوفمبر 2026» with the ISO form,
each with the hour and the zone that were given (`digest.content.zones`): the form that is offered means the same
instant. A year of two digits says too little for that.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.content import zones
from digest.content.fields import Pair, plain
from digest.problems import N_, Message, excerpt, mistake
from digest.text.characters import ASCII_DIGITS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.content.nodes import Notes

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST = 200
"""Characters of an unreadable value that are searched for a date."""
EXPECTED = N_("write it like 2026-11-20 or 2026-11-20T10:30")

ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ]+(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
SOLAR = ("fa", "ps", "ckb", "lrc", "mzn")
"""Languages with a solar Hijri calendar: their 1405 is 2026, the lunar 1405 is 1985."""

DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z?))?", re.ASCII)
"""ISO 8601 without signs, as calendars write it: 20260102T103000Z."""
SECONDS = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
"""Seconds or milliseconds since 1970, as databases keep them."""
YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})", re.ASCII)
SHORT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{1,2}(?!\d)", re.ASCII)
NUMBER = re.compile(r"\d+", re.ASCII)
CLOCK = re.compile(
    r"[Tt ]*(?<![\d.])(?P<hour>\d{1,2})(?:[:hH]|(?<=\d{4} \d\d)\.)(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?!\d)"
    r" *(?:(?P<am>[aA]\.?[mM]\.?|ص(?:باح(?:ا|\u0627\u064b|\u064b\u0627))?)"
    r"|(?P<pm>[pP]\.?[mM]\.?|م(?:ساء(?:\u064b|ا)?)?))?(?![^\WZz])"
)
"""An hour as editors write one, in ASCII digits."""
LOOSE = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2212\xa0\u202f", "------  ", "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"
)
"""Dashes and blanks to replace; invisible marks to drop."""
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
"""Names of months in a date that is not ISO, from which its ISO form is offered."""
HIJRI_MONTHS = (
    "محرم|المحرم|muharram",
    "صفر|safar",
    "ربيع الأول|ربيع الاول",
    "ربيع الثاني|ربيع الآخر|ربيع الاخر",
    "جمادى الأولى|جمادى الاولى|جمادي الأولى|جمادي الاولى",
    "جمادى الآخرة|جمادى الاخرة|جمادى الثانية|جمادي الآخرة|جمادي الثانية",
    "رجب|rajab",
    "شعبان|shaban|sha'ban",
    "رمضان|ramadan",
    "شوال|shawwal",
    "ذو القعدة|ذي القعدة|ذو القعده|ذي القعده",
    "ذو الحجة|ذي الحجة|ذو الحجه|ذي الحجه",
)
"""Names of Hijri months, for the same offer."""


def moment(pair: Pair | None, zone: ZoneInfo, notes: Notes, lang: str = "") -> tuple[datetime, bool] | None:
    """The instant and whether its hour was given; None if absent or, with a problem, unreadable."""
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
    named = {"key": excerpt(pair[0].value), "value": excerpt(raw)}
    notes.at(pair[1], *complaint(text, match, lang, named))
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


def complaint(  # noqa: PLR0911 - one for each thing that may be wrong
    text: str, match: re.Match[str] | None, lang: str, named: dict[str, str]
) -> tuple[Message, Message]:
    """What is wrong with a date, and the cure. `named`: its key and its value, as messages show them."""
    if match and (fault := impossible(*map(int, match.groups()[:3]), named=named)):
        return fault
    if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return mistake("date-hour", "'{key}': '{value}' has an hour or a zone that does not exist", **named), N_(
            "write hours 00:00 to 23:59 and a zone like +01:00"
        )
    text = spread_out(text[:LONGEST].translate(LOOSE).strip())
    found = CLOCK.search(text)
    hour = clock(found) if found else ""
    rest, zone = zones.find(text[found.end() :]) if found else ("", None)
    day = f"{text[: found.start()]} {rest}" if found else text
    numbers = parts(day.strip())
    if numbers is None:
        short = SHORT_YEAR.match(day.strip())
        return mistake("date-form", "'{key}': '{value}' is not an ISO 8601 date", **named), N_(
            "write the year with four digits, like 2026-11-20"
        ) if short else EXPECTED
    if 1300 <= numbers[0] <= 1500 and lang.partition("-")[0] in SOLAR:
        return mistake("date-hijri", "'{key}': '{value}' looks like a Solar Hijri date", **named), N_(
            "write the Gregorian date, like 2026-11-20"
        )
    if 1300 <= numbers[0] <= 1500:
        offered = hijri(*numbers)
        offered += with_zone(offered, hour, zone)
        cure = (
            N_("dates are Gregorian; did you mean {offered}?", offered=offered)
            if offered
            else N_("write the Gregorian date")
        )
        return mistake("date-hijri", "'{key}': '{value}' looks like a Hijri date", **named), cure
    fault = impossible(*numbers, named=named)
    if fault:
        return fault
    offered = "{:04}-{:02}-{:02}".format(*numbers)
    offered += with_zone(offered, hour, zone)
    if hour and zone and not zone.offset_on(offered):
        cure = N_("write {offered} and its offset behind it, as in {offered}+03:00", offered=offered)
        named["zone"] = excerpt(zone.name)
        return mistake(
            "date-zone", "'{key}': '{value}' names a time zone that is not known here, '{zone}'", **named
        ), cure
    return mistake(
        "date-form", "'{key}': '{value}' is not an ISO 8601 date", **named
    ), EXPECTED if found and not hour else N_("write {offered}", offered=offered)


def with_zone(day: str, hour: str, zone: zones.Zone | None) -> str:
    """An hour and the offset that a zone has at that moment; empty without either."""
    return hour + (zone.offset_on(day + hour) if zone and hour and day else "")


def spread_out(text: str) -> str:
    """Forms without any sign between their parts, with signs."""
    if SECONDS.fullmatch(text):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S}Z"
    match = COMPACT.fullmatch(text)
    if match is None:
        return text
    year, month, day, hour, minute, second, zone = match.groups("")
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}:{second or '00'}{zone}" if hour else "")


def impossible(year: int, month: int, day: int, *, named: dict[str, str]) -> tuple[Message, Message] | None:
    """What is wrong with a Gregorian day, and the cure; None for a day that exists or is likely a Hijri one."""
    if 1300 <= year <= 1500:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return mistake("date-year", "'{key}': '{value}' is outside the years 1900 to 2100", **named), EXPECTED
    if not 1 <= month <= 12:
        return mistake("date-month", "'{key}': '{value}' has no month {month}", month=month, **named), EXPECTED
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        named["month"] = f"{year:04}-{month:02}"
        return mistake(
            "date-day", "'{key}': '{value}' is not a day: {month} has {days} days", days=days, **named
        ), EXPECTED
    return None


def clock(match: re.Match[str]) -> str:
    """An hour in ISO form, `T` before it; empty for one that does not exist."""
    hour, minute = int(match["hour"]), int(match["minute"])
    if (match["am"] or match["pm"]) and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match["pm"] else 0)
    if hour > 23 or minute > 59 or int(match["second"] or 0) > 59:
        return ""
    return f"T{hour:02}:{minute:02}" + (f":{match['second']}" if match["second"] else "")


def parts(text: str) -> tuple[int, int, int] | None:
    """(year, month, day) of a date in another form; None if unclear."""
    match = YEAR_FIRST.match(text)
    if match:
        year, month, day = map(int, match.groups())
        return year, month, day
    match = DAY_FIRST.match(text)
    if match:
        day, month, year = map(int, match.groups())
        return (year, month, day) if month <= 12 else (year, day, month)
    low = text.lower()
    numbers = [int(n) for n in NUMBER.findall(text)[:3] if len(n) <= 4]  # int() refuses thousands of digits
    days = [n for n in numbers if 1 <= n <= 31]
    for names, first, last in ((MONTHS, FIRST_YEAR, LAST_YEAR), (HIJRI_MONTHS, 1300, 1500)):
        months = [i for i, month in enumerate(names, 1) if re.search(rf"(?<!\w)(?:{month})(?!\w)", low)]
        years = [n for n in numbers if first <= n <= last]
        if months and years and days:
            return years[0], months[0], days[0]
    return None


def hijri(year: int, month: int, day: int) -> str:
    """The Gregorian day of an Umm al-Qura date; empty outside its tables (1343 to 1500)."""
    from hijridate import Hijri  # noqa: PLC0415 - only for a mistake, and its tables take time to load

    try:
        return str(Hijri(year, month, day).to_gregorian().isoformat())
    except (ValueError, OverflowError):
        return ""
