"""The words of bar and overlay, in the site's language where there is a table, else in English."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "message_tables"


@cache
def words_of(lang: str) -> dict[str, str]:
    """Key → words; `lang` is the table's own language."""
    english: dict[str, str] = table("en")
    return english | table(lang.partition("-")[0]) if (TABLES / f"{lang.partition('-')[0]}.json").is_file() else english


def table(lang: str) -> dict[str, str]:
    made: dict[str, str] = json.loads((TABLES / f"{lang}.json").read_text("utf-8"))
    return made | {"lang": lang}
