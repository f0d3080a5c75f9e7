"""No-break spaces in French texts: inside « » and before ; : ! ? (Imprimerie nationale).

In: a text or Markdown as typed. Out: the same text with no-break spaces in place of such blanks. No blank is added
where the writer typed none. Code, addresses, table rules and Markdown's signs are unchanged.
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
    """Apply the spacing rules of a language; only French has any."""
    if not lang.startswith("fr") or SIGN.search(text) is None:
        return text
    return BLANK.sub(lambda match: match["kept"] or NO_BREAK, text)
