"""Dates as pages and feeds write them → the moment or the day, and how it was read.

In: a value of metadata or a line of a page. Out: a `Dated`, or None. Reads ISO 8601 in the spellings that systems
produce, RFC 822, numbers, seconds since 1970, and words: Arabic in five families of months, French, English and others,
with either kind of digits, morning and evening, names of zones; Hijri days by Umm al-Qura's calendar, and what is
relative to now («منذ 3 ساعات»). Whether a date is believable is asked afterwards (`doubt`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Final, Literal, NamedTuple

import msgspec

from digest.content import date_input
from digest.text.folding import fold

LONGEST: Final = 300
"""Characters in which a date is looked for."""
FIRST_YEAR: Final = 1995
"""No news page is older: what says so is an epoch, a placeholder or a mistake."""

Kind = Literal["gregorian", "hijri", "relative"]


class Dated(msgspec.Struct, frozen=True):
    """A date that was read."""

    day: date
    """As written, in the zone it was written in."""
    moment: datetime | None
    """Aware, to the second; None where only a day is known."""
    kind: Kind = "gregorian"
    has_zone: bool = False
    text: str = ""
    """What was read, for a Hijri or relative date."""

    @property
    def value(self) -> datetime | date:
        return self.moment or self.day


class Clock(NamedTuple):
    """A time of the day in a text."""

    hour: int
    minute: int
    second: int
    zone: tzinfo | None


# ------------------------------------------------------------------ words

ALSO: Final = (
    "enero|janeiro|januar|gennaio|ocak|januari|janvier|كانون 2|كانون ثاني|جانفييه|ینایر|ژانویه",
    "febrero|fevereiro|februar|febbraio|subat|februari|فبرایر|فوریه",
    "marzo|marco|marz|mart|maart|mars|اذار",
    "abril|aprile|nisan|افريل",
    "mayo|maio|maggio|mayis|mei|maj|ايار",
    "junio|junho|juni|giugno|haziran|يونيه|ژوئن",
    "julio|julho|juli|luglio|temmuz|يوليه|ژوئیه",
    "agosto|august|agustos|augustus|اغشت",
    "septiembre|setembro|settembre|eylul|sept|سپتامبر|سبتنبر",
    "octubre|outubro|oktober|ottobre|ekim|تشرين 1|تشرين اول|اکتبر",
    "noviembre|novembro|novembre|kasim|تشرين 2|تشرين ثاني|نوامبر",
    "diciembre|dezembro|dezember|dicembre|aralik|كانون 1|كانون اول|دسامبر",
)
"""Further spellings of the months beside the editor's (`date_input.MONTHS`); folded, as all of them are before use."""
HIJRI_ALSO: Final = (
    "محرم الحرام", "صفر الخير", "ربيع 1", "ربيع 2|ربيع الثانى", "جمادى 1|جماد الاول|جمادى الاول",
    "جمادى 2|جماد الثاني|جماد الاخر|جمادى الاخر|جمادى الثاني", "", "", "رمضان المبارك", "", "ذوالقعده", "ذوالحجه",
)  # fmt: skip


@cache
def months() -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern of every month's name, folded, and their numbers; Hijri ones are 13 to 24."""
    numbers: dict[str, int] = {}
    for first, tables in ((1, (date_input.MONTHS, ALSO)), (13, (date_input.HIJRI_MONTHS, HIJRI_ALSO))):
        for table in tables:
            for number, names in enumerate(table, first):
                for name in filter(None, names.split("|")):
                    numbers.setdefault(fold(name), number)
    longest_first = sorted(numbers, key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W\d_])\.?"), numbers


ZONES: Final = {
    "gmt": 0, "utc": 0, "z": 0, "غرينتش": 0, "غرينيتش": 0, "جرينتش": 0, "جرينيتش": 0, "غرينويتش": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "et": -5,
    "bst": 1, "wat": 1, "cet": 1, "cest": 2, "cat": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "sast": 2,
    "مكه": 3, "السعوديه": 3, "الرياض": 3, "ابوظبي": 4, "الامارات": 4, "دبي": 4, "بغداد": 3, "الكويت": 3, "الدوحه": 3,
    "قطر": 3, "تونس": 1, "الجزائر": 1, "دمشق": 3, "عمان": 3, "صنعاء": 3, "مسقط": 4, "طرابلس": 2,
}  # fmt: skip
"""Names beside a time of the day → hours before Greenwich, for places without summer time or by their own letters."""
TIMEZONE_OF: Final = {
    "القاهره": "Africa/Cairo", "مصر": "Africa/Cairo", "بيروت": "Asia/Beirut", "لبنان": "Asia/Beirut",
    "القدس": "Asia/Jerusalem", "المغرب": "Africa/Casablanca", "الرباط": "Africa/Casablanca",
}  # fmt: skip

ISO: Final = re.compile(
    r"(?<!\d)([12]\d{3})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[T_ ]+|, )(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?!\d)"
    r"\s*(am|pm)?\s*(z(?![a-z])|utc|gmt|[+\-]\d{2}(?::?\d{2})?(?!\d))?)?",
    re.IGNORECASE,
)
COMPACT: Final = re.compile(
    r"([12]\d{3})(\d{2})(\d{2})(?:[t ]?(\d{2})(\d{2})(\d{2})?(?:\d{2})?\s*(z|[+-]\d{4})?)?", re.IGNORECASE
)
EPOCH: Final = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?")
YEAR_FIRST: Final = re.compile(
    r"(?<![\d/.\-])(1[34]\d{2}|[12]\d{3})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?![\d/\-])"
)
DAY_FIRST: Final = re.compile(
    r"(?<![\d/.\-])(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(1[34]\d{2}|[12]\d{3})(?![\d/\-])"
)
CLOCK: Final = re.compile(
    r"(?<![\d:+\-])(\d{1,2})\s?(?:[:\u2236٫]|h(?=\d{2}))\s?(\d{2})(?:\s?:\s?(\d{2})(?:\.\d{1,9})?)?(?![\d:])\s*"
    r"(?:(?P<am>a\.?m\.?(?!\w)|ص(?:باحا?)?(?!\w)|قبل الظهر)|(?P<pm>p\.?m\.?(?!\w)|م(?:سا[ءا]*)?(?!\w)|بعد الظهر"
    r"|ظهرا|عصرا|ليلا))?"
    r"[\s(,،]*(?:-+\s*(?!\d))?(?:(?:ب?توقيت|ت)\s+)?(?P<zone>z(?!\w)|(?:(?:utc|gmt)\s*)?[+\-]\d{1,2}(?::?\d{2})?(?!\d)|[^\W\d_]+)?"
)
WHOLE_HOUR: Final = re.compile(
    r"(?:الساعه\s+|at\s+)?(?<![\d:./\-])(\d{1,2})\s?(?P<am>a\.?m\.?(?!\w)|صباحا)?(?P<pm>p\.?m\.?(?!\w)"
    r"|مساء?ا?(?!\w)|ظهرا)?(?![\w:./])"
)
DAY_BEFORE: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?:\s+|\s*[-–،,]\s*)(?:de\s+|of\s+|من\s+)?(?:شهر\s+)?\Z"
)
YEAR_AFTER: Final = re.compile(r"\s*(?:[-–،,./]|\bde\b|\bdel\b|من|عام|سنه|لعام|للعام)*\s*(\d{4})(?!\d)")
SECOND_NAME: Final = re.compile(r"\s*[/(\-–]\s*")
DAY_AFTER: Final = re.compile(r"\s+(\d{1,2})(?:st|nd|rd|th)?(?!\d)\s*[,،]?\s+(\d{4})(?!\d)")
HIJRI_MARK: Final = re.compile(r"\s*(?:ه(?:ـ|جري(?:ه|ا)?)?)(?!\w)|\s*h(?:ijri)?(?!\w)")

AMOUNTS: Final = {
    "دقيقه": (1, "minutes"), "دقيقتين": (2, "minutes"), "دقيقتان": (2, "minutes"), "دقائق": (0, "minutes"),
    "ساعه": (1, "hours"), "ساعتين": (2, "hours"), "ساعتان": (2, "hours"), "ساعات": (0, "hours"),
    "يوم": (1, "days"), "يومين": (2, "days"), "يومان": (2, "days"), "ايام": (0, "days"), "يوما": (0, "days"),
    "اسبوع": (1, "weeks"), "اسبوعين": (2, "weeks"), "اسابيع": (0, "weeks"),
    "ثانيه": (0, "seconds"), "ثوان": (0, "seconds"), "ثواني": (0, "seconds"), "لحظات": (1, "seconds"),
    "قليل": (1, "seconds"),
    "minute": (1, "minutes"), "minutes": (0, "minutes"), "min": (1, "minutes"), "mins": (0, "minutes"),
    "hour": (1, "hours"), "hours": (0, "hours"), "heure": (1, "hours"), "heures": (0, "hours"), "hrs": (0, "hours"),
    "day": (1, "days"), "days": (0, "days"), "jour": (1, "days"), "jours": (0, "days"),
    "week": (1, "weeks"), "weeks": (0, "weeks"), "semaine": (1, "weeks"), "semaines": (0, "weeks"),
}  # fmt: skip
"""A word of time, folded → how many it means alone (0: it needs a number) and its unit."""
AGO: Final = re.compile(
    r"(?:(?:منذ|قبل|il y a)\s+(?:حوالي\s+|نحو\s+)?(?:(\d{1,3})\s+)?([^\W\d_]+))|(?:(\d{1,3}|an?)\s+([^\W\d_]+)\s+ago\b)"
)
SAME_DAY: Final = {"اليوم": 0, "امس": 1, "البارحه": 1, "today": 0, "yesterday": 1, "aujourd'hui": 0, "hier": 1}


# ------------------------------------------------------------------ reading


def read(text: str, zone: tzinfo, now: datetime, *, month_first: bool = False) -> Dated | None:
    """The date a short text gives, or None.

    `zone` is that of a time without one; `now` that to which «منذ ساعة» is relative; `month_first` reads 4/3/2026 as
    the third of April.
    """
    text = " ".join(text[:LONGEST].split())
    if not text:
        return None
    plain = fold(text).translate(date_input.LOOSE)
    return (
        machine_date(plain, zone)
        or worded(plain, zone, text)
        or numbered(plain, zone, text, month_first=month_first)
        or relative(plain, zone, now, text)
    )


def machine_date(text: str, zone: tzinfo) -> Dated | None:
    """ISO 8601 and its relatives, seconds since 1970."""
    match = ISO.search(text)
    if match and not 1300 <= int(match[1]) <= 1500:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if match[4] is None:
            found = clock_in(text[match.end() :])
            return made(year, month, day, found, zone)
        hour = by_half(int(match[4]), am=match[7] == "am", pm=match[7] == "pm")
        return made(year, month, day, Clock(hour, int(match[5]), int(match[6] or 0), offset(match[8] or "")), zone)
    match = COMPACT.fullmatch(text)
    if match and 1900 < int(match[1]) < 2100:
        clock = Clock(int(match[4]), int(match[5]), int(match[6] or 0), offset(match[7] or "")) if match[4] else None
        return made(int(match[1]), int(match[2]), int(match[3]), clock, zone)
    match = EPOCH.fullmatch(text)
    if match:
        moment = datetime.fromtimestamp(int(match[1]), UTC)
        return Dated(moment.date(), moment, has_zone=True)
    return None


def worded(text: str, zone: tzinfo, original: str) -> Dated | None:
    """A day with the name of its month; a Gregorian one goes before a Hijri one beside it."""
    hijri: Dated | None = None
    pattern, numbers = months()
    at = 0
    while match := pattern.search(text, at):
        at = match.end()
        number = numbers[match[0].removesuffix(".")]
        found = around(text, match, pattern)
        if found is None:
            continue
        year, day, rest, span = found
        if number > 12 or 1300 <= year <= 1500:
            if (
                number > 12
                and 1300 <= year <= 1500
                and hijri is None
                and (gregorian := from_hijri(year, number - 12, day))
            ):
                hijri = made(*gregorian, clock_in(rest), zone, kind="hijri", text=shown(original, span))
            continue
        dated = made(year, number, day, clock_in(text[at:]) or clock_in(text[: match.start()]), zone)
        if dated:
            return dated
    return hijri


def around(text: str, match: re.Match[str], pattern: re.Pattern[str]) -> tuple[int, int, str, str] | None:
    """(year, day, the text after them, the span of all) of a month's name; a second name («أيار/مايو») is skipped."""
    after = match.end()
    mark = SECOND_NAME.match(text, after)
    second = pattern.match(text, mark.end()) if mark else None
    if second:
        after = second.end() + (text[second.end() : second.end() + 1] == ")")
    before = DAY_BEFORE.search(text, max(match.start() - 20, 0), match.start())
    if before:
        year = YEAR_AFTER.match(text, after)
        return (int(year[1]), int(before[1]), text[year.end() :], text[before.start() : year.end()]) if year else None
    both = DAY_AFTER.match(text, after)
    return (int(both[2]), int(both[1]), text[both.end() :], text[match.start() : both.end()]) if both else None


def numbered(text: str, zone: tzinfo, original: str, *, month_first: bool) -> Dated | None:
    """20/11/2026, 2026/11/20, 20.11.2026; 12/3/1448 is Hijri."""
    for pattern in (YEAR_FIRST, DAY_FIRST):
        hijri: Dated | None = None
        for match in pattern.finditer(text):
            year, month, day = map(int, match.groups() if pattern is YEAR_FIRST else match.groups()[::-1])
            if pattern is DAY_FIRST and month_first and day <= 12:
                month, day = day, month
            if month > 12:
                month, day = day, month
            rest = text[match.end() :]
            if 1300 <= year <= 1500:
                gregorian = from_hijri(year, month, day)
                named = shown(original, match[0])
                hijri = hijri or (
                    made(*gregorian, clock_in(rest), zone, kind="hijri", text=named) if gregorian else None
                )
                continue
            dated = made(year, month, day, clock_in(rest) or clock_in(text[: match.start()]), zone)
            if dated:
                return dated
        if hijri:
            return hijri
    return None


def relative(text: str, zone: tzinfo, now: datetime, original: str) -> Dated | None:
    """«منذ 3 ساعات», «أمس 10:30», “2 hours ago”."""
    match = AGO.search(text)
    if match:
        number, word = match[1] or match[3], match[2] or match[4]
        alone, unit = AMOUNTS.get(word, (0, ""))
        many = int(number) if number and number.isdigit() else alone
        if unit and (many or number):
            then = (now - timedelta(**{unit: many})).astimezone(zone)
            precise = unit in ("seconds", "minutes", "hours")
            moment = then.replace(second=0, microsecond=0) if precise else None
            return Dated(then.date(), moment, "relative", has_zone=True, text=original[:60])
    word = next((word for word in SAME_DAY if re.match(rf"(?:\S+\s+)?{word}(?!\w)", text)), "")
    if word and len(text) < 40:
        day = (now.astimezone(zone) - timedelta(days=SAME_DAY[word])).date()
        dated = made(day.year, day.month, day.day, clock_in(text), zone)
        return msgspec.structs.replace(dated, kind="relative", text=original[:60]) if dated else None
    return None


def made(
    year: int, month: int, day: int, clock: Clock | None, zone: tzinfo, *, kind: Kind = "gregorian", text: str = ""
) -> Dated | None:
    """The value of numbers; None for a day there is not. An impossible time leaves the day."""
    try:
        found = date(year, month, day)
        if clock is None or not 1900 <= year <= 2200:
            return Dated(found, None, kind, text=text)
    except ValueError:
        return None
    try:
        moment = datetime(year, month, day, clock.hour, clock.minute, clock.second, tzinfo=clock.zone or zone)
        moment.utcoffset()
    except (ValueError, OverflowError):
        return Dated(found, None, kind, text=text)
    return Dated(found, moment, kind, has_zone=clock.zone is not None, text=text)


def clock_in(text: str) -> Clock | None:
    """The first time of the day in a folded text."""
    match = CLOCK.search(text)
    if match:
        hour = by_half(int(match[1]), am=bool(match["am"]), pm=bool(match["pm"]))
        minute, second = int(match[2]), int(match[3] or 0)
        if hour < 24 and minute < 60 and second < 60:
            return Clock(hour, minute, second, offset(match["zone"] or ""))
    match = WHOLE_HOUR.search(text)
    if match and (match["am"] or match["pm"]) and 1 <= int(match[1]) <= 12:
        return Clock(by_half(int(match[1]), am=bool(match["am"]), pm=bool(match["pm"])), 0, 0, None)
    return None


def by_half(hour: int, *, am: bool, pm: bool) -> int:
    """An hour of the half day → of the day."""
    if not (am or pm) or not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if pm else 0)


def offset(name: str) -> tzinfo | None:
    """`z`, `+0300`, `gmt+3`, `القاهره` → a zone; None for what is none."""
    match = re.fullmatch(r"(?:utc|gmt)?\s*([+\-])(\d{1,2}):?(\d{2})?", name)
    if match:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes)) if minutes <= 14 * 60 else None
    if name in TIMEZONE_OF:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few pages name one

        return ZoneInfo(TIMEZONE_OF[name])
    hours = ZONES.get(name)
    return None if hours is None else timezone(timedelta(hours=hours)) if hours else UTC


def shown(original: str, span: str) -> str:
    """A Hijri date as the page writes it: its part of a short line, or as it was read."""
    parts = [part.strip() for part in re.split(r"[|•]", original)]
    held = next((part for part in parts if any(c.isdigit() for c in part)), original)
    return held if len(held) < 60 else span


def from_hijri(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    """The Gregorian day of an Umm al-Qura date; None where there is no such day or its tables do not reach."""
    found = date_input.hijri(year, month, day)
    if not found:
        return None
    gregorian = date.fromisoformat(found)
    return gregorian.year, gregorian.month, gregorian.day


# ------------------------------------------------------------------ believing


def doubt(dated: Dated, now: datetime) -> Literal["", "future-date", "old-date"]:
    """Why a date cannot be that of a story that is out: a remark's code, or an empty string."""
    if dated.day.year < FIRST_YEAR:
        return "old-date"
    if dated.moment and dated.has_zone:
        return "future-date" if dated.moment > now + timedelta(hours=1) else ""
    # a day, or a time of nobody knows which zone, may be tomorrow's already on the other side of the world
    return "future-date" if dated.day > (now + timedelta(hours=14)).date() else ""
