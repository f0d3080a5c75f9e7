"""Plural forms of whole numbers by CLDR's rules: six in Arabic, two or three in the other languages of the extract."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, cast

from digest.text import cldr

Form = Literal["zero", "one", "two", "few", "many", "other"]


@lru_cache(maxsize=4096)
def form(lang: str, n: int) -> Form:
    """The plural form of a count; `other` in a language outside the extract. The sign does not matter."""
    n = abs(n)
    for name, alternatives in cldr.facts(lang).get("plurals", {}).items():
        if any(all(holds(clause, n) for clause in clauses) for clauses in alternatives):
            return cast("Form", name)
    return "other"


def forms(lang: str) -> tuple[Form, ...]:
    """The plural forms of a language, with `other` last; only `other` for a language outside the extract."""
    return *cast("tuple[Form, ...]", tuple(cldr.facts(lang).get("plurals", {}))), "other"


def holds(clause: list[Any], n: int) -> bool:
    """Whether n, or n modulo the clause's modulus, is inside (or outside) the clause's ranges, as the clause asks."""
    modulus, inside, ranges = clause
    value = n % modulus if modulus else n
    return any(low <= value <= high for low, high in ranges) is inside
