"""The last lines of a story that name its source: «المصدر: …», «نقلا عن …» → the source.

In: a text as HTML or Markdown. Out: the words that introduced a source, for the editor's map; or the name and the
address that stood there, with the text that is left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from digest.text import cleaning

TAIL: Final = 800
"""Characters at the end of a text that are searched."""
LABELS: Final = (
    "المصدر", "مصدر", "المصادر", "نقلا عن", "نقلاً عن", "نقلًا عن", "عن", "وكالات", "المصدر الأصلي", "رابط المصدر",
    "Source", "Sources", "Via", "Quelle", "Fuente", "منبع", "ماخذ",
)  # fmt: skip
LABEL: Final = re.compile(
    r"(?:^|[>\n(\[])[ \t\u00a0*_\\-]*(" + "|".join(sorted(map(re.escape, LABELS), key=len, reverse=True))
    + r")[ \t\u00a0*_\\]*(?:[::／/|\-–][ \t\u00a0*_]*|(?=<)|(?<=عن) )", re.MULTILINE | re.IGNORECASE
)  # fmt: skip
LINK: Final = re.compile(r"\[([^\[\]]*)\]\(<?([^()<>\s]+)>?\)|<(https?://[^<>\s]+)>|(https?://\S+)")
LONGEST: Final = 160


class Closing(NamedTuple):
    """A source that a text ends with."""

    name: str
    url: str
    text: str
    """The text without that line."""


def labels(html: str) -> Iterator[str]:
    """Words that introduce a source at the end of a text, as written."""
    tail = re.sub(r"</?(?:strong|b|em|i|span|u|font|a)\b[^<>]*>", "", html[-TAIL:])
    for match in LABEL.finditer(tail):
        has_colon = ":" in match[0] + tail[match.end() : match.end() + 1]
        if match[1] != "عن" and ("عن" in match[1] or (len(match[1]) > 2 and has_colon)):
            yield match[1]
            return


def take(text: str, wanted: Collection[str]) -> Closing | None:
    """The source in the last paragraph of a Markdown text, if its label is one of those wanted."""
    if not wanted:
        return None
    body, _, last = text.rstrip().rpartition("\n\n")
    names = "|".join(sorted(map(re.escape, wanted), key=len, reverse=True))
    match = re.match(
        rf"[ \t*_(\\\[]*(?:{names})[ \t*_\\]*(?:[::／|–-][ \t*_]*|(?<=عن) ?)(?P<rest>[^\n]*)\Z", last, re.IGNORECASE
    )
    if match is None or not body or len(cleaning.clean(LINK.sub(r"\1", match["rest"]))) > LONGEST:
        return None
    rest, url = match["rest"], ""
    if found := LINK.search(rest):
        url = found[2] or found[3] or found[4] or ""
        rest = rest[: found.start()] + (found[1] or "") + rest[found.end() :]
    name = cleaning.clean(re.sub(r"[*_`]|\\(?=[^\w\s])", "", rest)).strip(" .،,;:)]-–|")
    return Closing(name, url, body.rstrip()) if name or url else None
