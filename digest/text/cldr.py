"""The packaged extract of CLDR: what a language and its region say about dates, digits and plurals.

In: a BCP 47 tag. Out: one JSON mapping, read from `cldr.json` beside this module when it is first asked for. A language
outside the extract has no facts: its callers fall back on ISO dates, ASCII digits and the plural form `other`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


def subtags(tag: str) -> tuple[str, str, str]:
    """(language, script, region) of a BCP 47 tag, cased as the standard writes them; empty where absent."""
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
def table() -> Any:  # noqa: ANN401 - JSON
    """The whole extract."""
    import json  # noqa: PLC0415 - only where dates or counts are written

    return json.loads(Path(__file__).with_name("cldr.json").read_bytes())


@cache
def facts(tag: str) -> dict[str, Any]:
    """What CLDR says for a tag, its region laid over its language; empty for a language outside the extract."""
    language, _, region = subtags(tag)
    own = table()["languages"].get(language)
    if own is None:
        return {}
    for regions, different in own["regions"].items():
        if region and region in regions.split():
            return {**own, **different}
    return dict(own)
