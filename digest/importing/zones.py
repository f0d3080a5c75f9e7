"""Offsets of an old site's clock → the time zone that had them.

An export says of each post what the clock showed and what it was in Greenwich, never the zone's name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections import Counter

ARAB_WORDS: Final = """
Asia/Riyadh Africa/Cairo Africa/Casablanca Africa/Algiers Africa/Tunis Asia/Dubai Asia/Baghdad Asia/Beirut
Asia/Amman Asia/Damascus Africa/Tripoli Africa/Khartoum Asia/Gaza Asia/Kuwait Asia/Qatar Asia/Aden Asia/Muscat
"""
ARAB: Final = tuple(ARAB_WORDS.split())
OTHERS_WORDS: Final = """
Etc/UTC Europe/Paris Europe/London Europe/Berlin Europe/Istanbul Asia/Tehran Asia/Karachi Asia/Jerusalem
America/New_York America/Chicago America/Los_Angeles Asia/Kolkata Australia/Sydney
"""
OTHERS: Final = tuple(OTHERS_WORDS.split())
ENOUGH: Final = 0.9
MOST: Final = 400
"""Days that are looked at."""


def fitting(samples: Counter[tuple[datetime, timedelta]], lang: str) -> str:
    """The likeliest zone of (day, offset) samples; empty where none fits nine tenths of them.

    A site that wrote the same offset all the year has the first zone that is known to do so.
    """
    chosen = samples.most_common(MOST)
    total = sum(count for _, count in chosen)
    if not total:
        return ""
    near = [*ARAB, *OTHERS] if lang.partition("-")[0] in {"ar", "fa", "ur", ""} else [*OTHERS, *ARAB]
    best, best_share = "", 0.0
    for name in (*near, *sorted(available_timezones() - {*near})):
        if best_share >= ENOUGH and name not in near:
            break
        zone = ZoneInfo(name)
        fits = sum(count for (day, offset), count in chosen if zone.utcoffset(day.replace(hour=12)) == offset)
        if fits / total > best_share + 1e-9:
            best, best_share = name, fits / total
    return best if best_share >= ENOUGH else ""
