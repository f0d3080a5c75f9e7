"""CLDR's plural rules for whole numbers, of the languages the product speaks."""

from __future__ import annotations

from typing import Literal

Form = Literal["zero", "one", "two", "few", "many", "other"]


def form(lang: str, n: int) -> Form:
    """The plural form of `n` things in a language."""
    match lang.partition("-")[0].lower():
        case "ar":
            return arabic(n)
        case "he":
            return "one" if n == 1 else "two" if n == 2 else "other"
        case "fr":
            return "one" if n in (0, 1) else "many" if n % 1_000_000 == 0 else "other"
        case "fa":
            return "one" if n in (0, 1) else "other"
        case _:
            return "one" if n == 1 else "other"


def arabic(n: int) -> Form:
    """zero 0; one 1; two 2; few 3–10, 103–110 …; many 11–99, 111–199 …; other 100–102, 200, 1000."""
    if n in (0, 1, 2):
        return ("zero", "one", "two")[n]  # type: ignore[return-value]
    rest = n % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
