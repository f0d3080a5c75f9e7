"""Digits and grouping of the numbers that the generator writes; editors' numbers stay as typed.

In: ASCII digits. Out: digits and separators in the system of the site (CLDR): `1,234`, `1.234`, `١٬٢٣٤`.
"""

from __future__ import annotations

from typing import Final, Literal, cast

from digest.text import cldr

System = Literal["latn", "arab", "arabext"]

DIGITS: Final = ("auto", "latn", "arab")
"""Values of the `digits` setting."""

ASCII: Final = "0123456789"
SHAPES: Final = {
    "arab": str.maketrans(ASCII, "٠١٢٣٤٥٦٧٨٩"),
    "arabext": str.maketrans(ASCII, "۰۱۲۳۴۵۶۷۸۹"),
}


def digits_of(lang: str, setting: str) -> System:
    """The digit system of a site: that of the setting, or for `auto` the default of the language's country (CLDR).

    `arab` means the Arabic digits of the language: `arabext` (۴۵۶) for Persian, Urdu and related languages, `arab` for
    all others.
    """
    if setting in ("latn", "arabext"):
        return cast("System", setting)
    facts = cldr.facts(lang)
    if setting == "arab":
        return "arabext" if facts.get("native") == "arabext" else "arab"
    found = facts.get("digits")
    return cast("System", found) if found in SHAPES else "latn"


def shape(text: str, system: str) -> str:
    """Replace ASCII digits by those of another system; `latn` changes nothing."""
    digits = SHAPES.get(system)
    return text.translate(digits) if digits else text


def format_number(n: int, lang: str, system: str) -> str:
    """Write a whole number in a system's digits, grouped by threes with the separator of the language's country."""
    if -1000 < n < 1000:
        return shape(str(n), system)
    group = cldr.facts(lang).get("group", {}).get(system) or ("," if system == "latn" else "٬")
    return shape(f"{n:,}".replace(",", group), system)
