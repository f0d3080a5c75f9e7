"""The packaged table of CLDR data (`cldr.json`, made by tools/cldr.py), read once when first needed."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> dict[str, Any]:
    """Months by family, date patterns by language, digits and separators by locale."""
    loaded: dict[str, Any] = json.loads((files("digest.arabic") / "locales.json").read_text("utf-8"))
    return loaded


def language(tag: str) -> str:
    """The language of a BCP 47 tag where the table has it, else `en`."""
    primary = tag.partition("-")[0].lower()
    return primary if primary in table()["patterns"] else "en"


def country(tag: str) -> str:
    """The country of a BCP 47 tag in capitals, or an empty string."""
    parts = tag.split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isalpha()), "")


def locale(tag: str) -> str:
    """The most exact locale of the table for a tag: `ar-MA`, else `ar`."""
    exact = f"{language(tag)}-{country(tag)}"
    return exact if exact in table()["numbers"] else language(tag)
