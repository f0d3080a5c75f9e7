"""French texts with the blanks that may not part: inside « » and before » ; : ! ? (Imprimerie nationale).

In: a text or Markdown as typed. Out: the same with a no-break space where a plain blank stood; nothing is added and
nothing is set where the writer left no blank. Code, addresses, table rules and Markdown's own signs stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

NO_BREAK: Final = "\u00a0"
BLANK: Final = re.compile(
    r"(?P<kept>`[^`\n]*`|^(?: {4}|\t)[^\n]*$|^[ \t]*[|+:-][^\n]*$)"
    r"|(?<=«) (?=\S)|(?<=[^\s|>#*+-]) (?=»|[;?](?!\S)|!(?![\[\w])|:(?![-\w/]))",
    re.MULTILINE,
)
SIGN: Final = re.compile("[«»;:!?]")


def spaced(text: str, lang: str) -> str:
    """The text by the rules of its language; other languages have none here."""
    if not lang.startswith("fr") or SIGN.search(text) is None:
        return text
    return BLANK.sub(lambda match: match["kept"] or NO_BREAK, text)
