"""Digits and grouping of the numbers the generator itself writes; an editor's own numbers stay as typed.

In: ASCII digits. Out: the same in the site's system, digits and separators together (CLDR): `1,234`, `1.234`, `١٬٢٣٤`.
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
    """The digit system of a site: the setting's, or for `auto` the default of the language's country (CLDR).

    `arab` means the Arabic digits of that language: `arabext` (۴۵۶) for Persian, Urdu and their neighbours. A language
    without any keeps ASCII digits under `auto` only.
    """
    if setting in ("latn", "arabext"):
        return cast("System", setting)
    facts = cldr.facts(lang)
    if setting == "arab":
        return "arabext" if facts.get("native") == "arabext" else "arab"
    found = facts.get("digits")
    return cast("System", found) if found in SHAPES else "latn"


def shape(text: str, system: str) -> str:
    """The text with its ASCII digits in another system; `latn` changes nothing."""
    digits = SHAPES.get(system)
    return text.translate(digits) if digits else text


def number(n: int, lang: str, system: str) -> str:
    """A whole number in the system's digits, grouped by threes with the separator of the language's country."""
    if -1000 < n < 1000:
        return shape(str(n), system)
    group = cldr.facts(lang).get("group", {}).get(system) or ("," if system == "latn" else "٬")
    return shape(f"{n:,}".replace(",", group), system)
