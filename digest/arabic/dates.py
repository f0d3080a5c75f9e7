"""A date as readers of the site's country write it.

Month names of CLDR's families, the site's digits, an optional second calendar (Umm al-Qura, by hijridate). What machines read
stays Gregorian ISO 8601 with ASCII digits and an offset. No control character is in any text made here.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from digest.arabic import cldr, numbers
from digest.model import Moment

MONTHS = ("auto", "arab", "maghreb", "tunisia", "levant", "mauritania", "dual", "dual-levant-first")
CALENDARS = ("gregorian", "hijri")
BY_COUNTRY = {
    "MA": "maghreb", "DZ": "tunisia", "TN": "tunisia", "MR": "mauritania",
    "LB": "levant", "SY": "levant", "IQ": "levant", "JO": "levant", "PS": "levant",
}  # fmt: skip
HIJRI = {
    "ar": "محرم|صفر|ربيع الأول|ربيع الآخر|جمادى الأولى|جمادى الآخرة|رجب|شعبان|رمضان|شوال|ذو القعدة|ذو الحجة",
    "en": "Muharram|Safar|Rabiʻ I|Rabiʻ II|Jumada I|Jumada II|Rajab|Shaʻban|Ramadan|Shawwal|Dhuʻl-Qiʻdah|Dhuʻl-Hijjah",
}
"""CLDR's names of the islamic calendar's months."""
HIJRI_ERA = {"ar": "هـ", "en": "AH"}


class Formatter:
    """Dates of one site: call it with an aware datetime and whether its hour was given."""

    def __init__(
        self, lang: str, months: str, calendars: tuple[str, ...], digits: str, zone: tzinfo, hijri_offset: int
    ) -> None:
        self.lang = cldr.language(lang)
        self.names = month_names(lang, months)
        self.calendars = calendars
        self.system = numbers.digits_of(lang, digits)
        self.zone = zone
        self.hijri_offset = hijri_offset
        self.pattern: str = cldr.table()["patterns"][self.lang]
        self.day = lru_cache(maxsize=4096)(self.made_day)

    def __call__(self, moment: datetime, has_time: bool) -> Moment:  # noqa: FBT001 - (when, exact)
        local = moment.astimezone(self.zone)
        first, second = self.day(local.year, local.month, local.day)
        clock = self.digits(f"{local.hour:02}:{local.minute:02}") if has_time else ""
        return Moment(local.isoformat(timespec="seconds"), first, clock, second)

    def made_day(self, year: int, month: int, day: int) -> tuple[str, str]:
        """The day in the site's calendars."""
        written = {"gregorian": self.gregorian(year, month, day)}
        if "hijri" in self.calendars:
            written["hijri"] = self.hijri(year, month, day)
        shown = [written[name] for name in self.calendars if written.get(name)] or [written["gregorian"]]
        return shown[0], shown[1] if len(shown) > 1 else ""

    def gregorian(self, year: int, month: int, day: int) -> str:
        """CLDR's long form without the weekday: «20 نونبر 2026»."""
        text = self.pattern.replace("MMMM", "\x00").replace("d", str(day)).replace("y", str(year))
        return self.digits(text).replace("\x00", self.names[month - 1]).replace("'", "")

    def hijri(self, year: int, month: int, day: int) -> str:
        """Umm al-Qura, or an empty string outside its tables (1924-08-01 to 2077-11-16)."""
        from hijridate import Gregorian  # noqa: PLC0415 - only sites that show it pay for its tables

        shifted = datetime(year, month, day) + timedelta(days=self.hijri_offset)  # noqa: DTZ001 - a day, no moment
        try:
            found = Gregorian(shifted.year, shifted.month, shifted.day).to_hijri()
        except (OverflowError, ValueError):
            return ""
        key = "ar" if self.lang in ("ar", "fa", "ur") else "en"
        name = HIJRI[key].split("|")[found.month - 1]
        return f"{self.digits(str(found.day))} {name} {self.digits(str(found.year))} {HIJRI_ERA[key]}"

    def month_title(self, year: int, month: int) -> str:
        """«نونبر 2026»."""
        return f"{self.names[month - 1]} {self.digits(str(year))}"

    def digits(self, text: str) -> str:
        return numbers.shape(text, self.system)


def formatter(
    lang: str,
    *,
    months: str,
    calendars: tuple[str, ...],
    digits: str,
    zone: tzinfo,
    hijri_offset: int = 0,
) -> Formatter:
    """The formatter of a site's settings."""
    return Formatter(lang, months, calendars, digits, zone, hijri_offset)


def month_names(lang: str, months: str) -> tuple[str, ...]:
    """Twelve names; two with a slash between them where both families are asked for."""
    known = cldr.table()["months"]
    language = cldr.language(lang)
    if language != "ar":
        return tuple(known[language])
    if months.startswith("dual"):
        pair = ("levant", "arab") if months == "dual-levant-first" else ("arab", "levant")
        return tuple(
            a if a == b else f"{a}/{b}" for a, b in zip(*(known[family] for family in pair), strict=True)
        )
    family = BY_COUNTRY.get(cldr.country(lang), "arab") if months == "auto" else months
    return tuple(known[family])
