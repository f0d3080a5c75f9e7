"""The packaged extract of CLDR: dates, digits and plurals of a language and its region.

In: a BCP 47 tag. Out: one JSON mapping, read from `cldr.json` in this folder at first use. A language outside the
extract has no facts; callers then use ISO dates, ASCII digits and the plural form `other`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


def subtags(tag: str) -> tuple[str, str, str]:
    """(language, script, region) of a BCP 47 tag, in the standard's case; empty if absent."""
    language, *rest = tag.replace("_", "-").split("-")
    script = region = ""
    for part in rest:
        if len(part) == 1:
            break
        if len(part) == 4 and part.isalpha() and not region:
            script = part.title()
        elif (len(part) == 2 or part.isdigit()) and not region:
            region = part.upper()
    return language.lower(), script, region


@cache
def extract() -> Any:  # noqa: ANN401 - JSON
    """The whole extract."""
    import json  # noqa: PLC0415 - only for dates and counts

    return json.loads(Path(__file__).with_name("cldr.json").read_bytes())


@cache
def facts(tag: str) -> dict[str, Any]:
    """CLDR's facts for a tag: those of its language, overridden by those of its region; empty outside the extract."""
    language, _, region = subtags(tag)
    own = extract()["languages"].get(language)
    if own is None:
        return {}
    for regions, different in own["regions"].items():
        if region and region in regions.split():
            return {**own, **different}
    return dict(own)
