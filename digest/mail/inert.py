"""Text and addresses in which no template language of a mailing service finds anything to run.

listmonk runs Go templates over the body it is given (`{{ }}`), Buttondown Django's (`{{ }}`, `{% %}`, `{# #}`),
Mailchimp replaces `*| |*`, Mailgun `%recipient%`. In HTML their marks become character references, in plain text an
invisible character stands between them: a reader sees what was written.
"""

from __future__ import annotations

import html
import re
from typing import Final

from markupsafe import Markup

MARKS: Final = re.compile(r"[{}|]|%(?=\w)|(?<=\w)%|\*(?=\|)|(?<=\|)\*|\[(?=\[)|(?<=\])\]")
"""Characters that begin or end something in the template languages of mailing services."""
SPLIT: Final = re.compile(
    r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})|(?<=\*)(?=\|)|(?<=\|)(?=\*)|(?<=%)(?=[A-Za-z_])|(?<=\[)(?=\[)"
)
"""The places between two such characters."""
WORD_JOINER: Final = "\u2060"
NOT_HEX: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def inert(text: str) -> Markup:
    """A plain text as HTML in which no template language finds anything to run."""
    return Markup(MARKS.sub(reference, html.escape(text)))


def inert_plain(text: str) -> str:
    """A plain text with an invisible character inside every mark of a template language."""
    return SPLIT.sub(WORD_JOINER, text)


def address(url: str) -> Markup:
    """An absolute address for an attribute or a line of its own."""
    for mark in "{}|[]":
        url = url.replace(mark, f"%{ord(mark):02X}")
    return Markup(html.escape(NOT_HEX.sub("%25", url)))


def reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
