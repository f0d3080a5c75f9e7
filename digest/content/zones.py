"""Time zones as feeds, programs and people write them behind an hour → offsets such as `+01:00`.

In: the text behind an hour. Out: a `Zone` and the rest of the text. Known are offsets in every spelling (`+0100`,
`GMT+1`), `UTC` and its names, IANA names (`Africa/Tunis`, also in brackets), abbreviations that mean one offset alone,
and «بتوقيت غرينتش», «بتوقيت مكة المكرمة». Abbreviations of several zones (IST, CST, AST) give a zone without an
offset: to guess would move the hour.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

NAMES: Final = {
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "zulu": 0, "wet": 0,
    "west": 60, "cet": 60, "cest": 120, "met": 60, "mest": 120, "mez": 60, "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "wat": 60, "cat": 120, "eat": 180, "trt": 180, "sast": 120,
    "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "jst": 540, "kst": 540, "pkt": 300, "irst": 210,
    "غرينتش": 0, "غرينيتش": 0, "جرينتش": 0, "جرينيتش": 0, "العالمي": 0, "مكة": 180, "السعودية": 180,
}  # fmt: skip
"""Minutes east of Greenwich. The American ones as RFC 822 has them, but for CST, which is also China's."""
CITIES: Final = {
    "تونس": "Africa/Tunis", "الجزائر": "Africa/Algiers", "القاهرة": "Africa/Cairo", "بيروت": "Asia/Beirut",
    "دمشق": "Asia/Damascus", "بغداد": "Asia/Baghdad", "عمان": "Asia/Amman", "القدس": "Asia/Jerusalem",
    "الدوحة": "Asia/Qatar", "دبي": "Asia/Dubai", "الكويت": "Asia/Kuwait", "طرابلس": "Africa/Tripoli",
    "الخرطوم": "Africa/Khartoum", "الرباط": "Africa/Casablanca", "باريس": "Europe/Paris", "لندن": "Europe/London",
}  # fmt: skip
OFFSET = r"[+-]\d{1,2}(?::?\d{2})?(?::?\d{2})?(?![\d/.-])"
ZONE: Final = re.compile(
    rf"\s*[\[(]?\s*(?:(?i:UTC|GMT|UT)\s*)?(?P<offset>{OFFSET})\s*[\])]?"
    r"|\s*[\[(]?\s*(?P<iana>[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_+-]+){1,2})\s*[\])]?"
    r"|\s*[\[(]?\s*(?P<name>[A-Z]{2,5}|[Zz](?:ulu)?|(?i:utc|gmt))(?![\w/])\s*[\])]?"
    r"|\s*[،,(]?\s*(?:ب?توقيت|ب?التوقيت)\s+(?:مدينة\s+)?(?P<arabic>\w+)(?:\s+المكرمة)?\s*\)?"
)
BEHIND: Final = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|[A-Z]{3,5}(?!\w))(?:\s*m=[+-][\d.]+)?\s*")
"""What stands behind an offset and says it again: +0100 (Central European Standard Time), +0100 CET."""


class Zone(NamedTuple):
    """A zone as written, and what is known of it."""

    name: str
    minutes: int | None = None
    """East of Greenwich; None where the day decides, or nobody knows."""
    iana: str = ""

    def offset_on(self, moment: str) -> str:
        """`+01:00` at a moment (ISO 8601, that zone's own time); empty for a zone that is not known."""
        minutes = self.minutes
        if minutes is None and self.iana:
            try:
                found = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(self.iana)).utcoffset()
            except (ValueError, OSError, KeyError):
                return ""
            minutes = round(found.total_seconds() / 60) if found is not None else None
        if minutes is None:
            return ""
        if minutes == 0:
            return "Z"
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def find(text: str) -> tuple[str, Zone | None]:
    """What stands behind an hour → (the rest, its zone)."""
    match = ZONE.match(text)
    if match is None:
        return text, None
    rest = text[match.end() :]
    if match["offset"]:
        again = BEHIND.match(rest)
        return rest[again.end() :] if again else rest, Zone(match[0].strip(), minutes_of(match["offset"]))
    if match["iana"]:
        return rest, Zone(match["iana"], iana=match["iana"])
    word = match["name"] or match["arabic"]
    city = CITIES.get(word, "")
    return rest, Zone(word, NAMES.get(word.lower()), city)


def minutes_of(offset: str) -> int | None:
    """`+5:30`, `-0500`, `+3` → minutes; None for more than a day."""
    digits = offset[1:].replace(":", "")
    if len(digits) in {1, 2}:
        hours, minutes = int(digits), 0
    elif len(digits) == 3:
        hours, minutes = int(digits[0]), int(digits[1:])
    else:
        hours, minutes = int(digits[:2]), int(digits[2:4])
    if hours > 14 or minutes > 59:
        return None
    return (-1 if offset[0] == "-" else 1) * (hours * 60 + minutes)
