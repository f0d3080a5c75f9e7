"""Digits and separators of numbers the product itself makes; numbers an editor typed stay as typed.

CLDR's default digits by country, overridden by the `digits` setting. Digits and separators move together.
"""

from __future__ import annotations

from digest.arabic import cldr

DIGITS = ("auto", "latn", "arab", "arabext")
SHAPES = {"latn": "0123456789", "arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
TABLES = {system: str.maketrans("0123456789", shapes) for system, shapes in SHAPES.items()}
GROUPS = {"arab": "٬", "arabext": "٬"}
GROUPED_FROM = 10_000
"""Numbers below have no separator: «1234 مقالًا» reads better than «1.234»."""


def digits_of(lang: str, setting: str) -> str:
    """The digit system of a site: `latn`, `arab` or `arabext`."""
    if setting != "auto":
        return setting
    found = cldr.table()["numbers"][cldr.locale(lang)]["digits"]
    return found if found in SHAPES else "latn"


def shape(text: str, system: str) -> str:
    """ASCII digits of a text in the digits of `system`."""
    return text if system == "latn" else text.translate(TABLES[system])


def number(n: int, lang: str, system: str) -> str:
    """A whole number with the locale's separator of thousands."""
    if abs(n) < GROUPED_FROM:
        return shape(str(n), system)
    group = GROUPS.get(system) or cldr.table()["numbers"][cldr.locale(lang)]["latn_group"] or "\u00a0"
    return shape(f"{n:,}".replace(",", group), system)
