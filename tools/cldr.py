"""Write digest/arabic/cldr.json: the part of CLDR that the product needs, taken from Babel.

    python tools/cldr.py          # writes the file
    python tools/cldr.py --print  # prints it

Babel is a development dependency only (docs/decisions/0008-cldr-as-a-table.md).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "digest/arabic/cldr.json"
FAMILIES = {"arab": "ar", "maghreb": "ar_MA", "tunisia": "ar_TN", "levant": "ar_LB", "mauritania": "ar_MR"}
LANGUAGES = ("ar", "fa", "ur", "he", "fr", "en")
ARAB_COUNTRIES = (
    "AE BH DJ DZ EG ER IL IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SS SY TD TN YE"
).split()  # fmt: skip


def table() -> dict[str, object]:
    """Months by family and language, date patterns, digits and separators by locale."""
    from babel import Locale, __version__
    from babel.dates import get_month_names

    def months(tag: str) -> list[str]:
        return [get_month_names("wide", "format", Locale.parse(tag))[n] for n in range(1, 13)]

    def numbers(tag: str) -> dict[str, str]:
        locale = Locale.parse(tag)
        system = locale.default_numbering_system
        own = {name: locale.number_symbols.get(name, {}).get("group", "") for name in {system, "latn"}}
        return {"digits": system, "group": own[system], "latn_group": own["latn"]}

    locales = [*LANGUAGES, *(f"ar_{country}" for country in ARAB_COUNTRIES)]
    return {
        "source": f"CLDR through Babel {__version__}",
        "months": {name: months(tag) for name, tag in FAMILIES.items()} | {tag: months(tag) for tag in LANGUAGES if tag != "ar"},
        "patterns": {tag: Locale.parse(tag).date_formats["long"].pattern for tag in LANGUAGES},
        "month_patterns": {tag: Locale.parse(tag).datetime_skeletons["yMMMM"].pattern for tag in LANGUAGES},
        "numbers": {tag.replace("_", "-"): numbers(tag) for tag in locales},
    }


def text() -> str:
    return json.dumps(table(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(text())
    else:
        TARGET.write_text(text(), "utf-8")
