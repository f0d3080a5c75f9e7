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


JOINED: Final = re.compile(r"(?<=[^\W\d_])\u00a0(?=[^\W\d_])")


def parted(text: str) -> str:
    """A text whose words a paste joined by no-break spaces, with plain ones; one that uses a few of them is kept.

    Where more words are joined by them than parted by blanks nobody typed them: such a text can break nowhere.
    """
    if "\u00a0" not in text:
        return text
    return "\n\n".join([parted_paragraph(paragraph) for paragraph in text.split("\n\n")])


def parted_paragraph(text: str) -> str:
    joined = len(JOINED.findall(text))
    return JOINED.sub(" ", text) if joined > 1 and joined > text.count(" ") else text
