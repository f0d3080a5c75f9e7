"""Markup that is none here, and stands on the page as it was typed: links written wrong, HTML, shortcodes of others.

In: a body whose code and addresses are masked. Out: findings, each with its place, what is wrong and the cure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from digest.problems import quoted
from digest.text.pasted import Finding

_TARGET: Final = r"(?:https?://|www\.|mailto:|/(?!/))[^\s\[\]()<>\"]*"
_LINKS: Final = re.compile(
    rf"(?P<exchanged>\([^()\[\]\n]+\)\[{_TARGET}\])"
    rf"|(?P<reversed>\][^\[\]()\n]+\[\({_TARGET}\))"
    rf"|(?P<apart>\[[^\[\]\n]+\][ \t\u00a0]+\({_TARGET}\))"
    rf"|(?P<empty>(?<!!)\[[ \t\u00a0]*\]\([^()\n]*\))"
    rf"|(?P<nowhere>\[[^\[\]\n]+\]\([ \t\u00a0]*\))"
    rf"|(?P<open>\[[^\[\]\n]+\]\({_TARGET}(?=[ \t]+[^\s\"'(]|[ \t]*$))"
    rf"|(?P<unopened>\]\({_TARGET}\))"
    rf"|(?P<braces>\[[^\[\]\n]+\][{{<]{_TARGET}[}}>])",
    re.MULTILINE,
)
_LINK_WORDS: Final = {
    "exchanged": "( ) and [ ] of a link are exchanged",
    "reversed": "[ ] and ( ) of a link are turned round",
    "apart": "a blank between [ ] and ( ) makes them no link",
    "empty": "a link without words cannot be seen",
    "nowhere": "a link without an address leads nowhere",
    "open": "the ( of a link is not closed",
    "unopened": "the [ of a link is missing",
    "braces": "the address of a link belongs between ( and )",
}
_TAGS: Final = (
    "a|abbr|article|aside|audio|b|big|blockquote|body|button|center|cite|code|col|dd|del|details|dfn|div|dl|dt|em|embed|"
    "figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|"
    "meta|nav|object|ol|option|p|param|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|"
    "sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr"
)
_HTML: Final = re.compile(rf"</?(?P<tag>{_TAGS})(?:[\s/][^<>]*)?>|<(?:!DOCTYPE|\?php|\?xml)[^>]*>", re.IGNORECASE)
_SHORTCODES: Final = re.compile(
    r"\{\{-?[<%]?[^{}\n]+[%>]?-?\}\}|\{%-?[^%\n]+%\}|<%[^%\n]*%>"
    r"|\[(?P<closing>/)?(?P<name>[a-z][a-z0-9_-]+)(?P<rest>(?:[ =][^\]\n]*)?)/?\](?![(\[:])"
)
_KNOWN: Final = re.compile(
    r"(?:audio|b|caption|center|code|color|columns|contact-form-7|dropcap|em|embed|font|gallery|gist|googlemaps|h|i|img|"
    r"justify|left|more|playlist|pullquote|quote|right|row|sc|size|soundcloud|spoiler|table|tweet|twitter|u|url|vc_row|"
    r"video|vimeo|vc_column|wp_caption|youtube)"
)
"""Shortcodes of WordPress and tags of BBCode that are written without a value too."""
_OTHER: Final = re.compile(
    r"(?P<footnote>\[\^[^\]\s]{1,60}\]:?)|(?P<attributes>\{:[^{}\n]*\}|\{[#.][A-Za-z][^{}\n]*\})"
    r"|(?P<contents>^[ \t]*(?:\[(?:TOC|toc)\]|\[\[_?(?:TOC|toc)_?\]\]|\$toc|\{:toc\})[ \t]*$)"
    r"|(?P<container>^:{3,}[ \t]*\{?[\w.]*\}?.*$)|(?P<marked>(?<![=\w])==(?=[^\s=])[^=\n]+==(?![=\w]))"
    r"|(?P<callout>^ {0,3}> ?\[!\w+\][+-]?)|(?P<cells>^[^\t\n|]*\S\t[^|\n]*$(?=\n[^\t\n|]*\S\t[^|\n]*$))"
    r"|(?P<slanted>(?<![^\s«(])[وفبلك]_[^\s_][^_\n]*_(?!\w))"
    r"|(?P<task>^[ \t]*[-*+] \[[ xX]\](?= ))|(?P<emoji>(?<![\w:]):[a-z][a-z0-9_+-]{2,30}:(?![\w:]))",
    re.MULTILINE,
)
_OTHER_WORDS: Final = {
    "footnote": ("there are no footnotes here", "write the note in the text, between brackets"),
    "attributes": ("attributes between { } are text here", "take them out"),
    "contents": ("there is no table of contents here", "take the line out"),
    "container": ("::: begins nothing here", "take the line out, or begin the lines of a quotation with >"),
    "marked": ("== marks nothing here", "write ** for bold words"),
    "callout": ("boxes of notes are quotations here", "take the word between [ ] out"),
    "cells": ("tabs make no table", "write | between the cells, and |---|---| under the first line"),
    "slanted": ("_ inside a word marks nothing", "write * for slanted words"),
    "task": ("there are no boxes to tick here", "take [ ] out"),
    "emoji": ("names of emoji are text here", "type the emoji itself"),
}
_CHEAP: Final = re.compile(r"[\]<{\t_]|:::|==|:[a-z]")


def foreign_markup(text: str) -> Iterator[Finding]:
    """Everything in a body that looks like markup and is none; code and addresses may be masked, brackets not."""
    if _CHEAP.search(text) is None:
        return
    for match in _LINKS.finditer(text):
        kind = match.lastgroup or ""
        if kind == "unopened" and _is_open(text, match.start()):
            continue
        yield Finding(match.start(), f"{_LINK_WORDS[kind]}: {_short(match[0])}", "write [words](address)")
    for match in _HTML.finditer(text):
        if match["tag"] and match["tag"].lower() == "wbr":
            continue
        yield Finding(match.start(), f"HTML is text here: {_short(match[0])}", "take it out, or write Markdown")
    for match in _SHORTCODES.finditer(text):
        name = match["name"]
        if name and not (match["closing"] or "=" in match["rest"] or _KNOWN.fullmatch(name)):
            continue
        yield Finding(
            match.start(), f"{_short(match[0])} is a shortcode of another program, and text here", "take it out"
        )
    for match in _OTHER.finditer(text):
        what, cure = _OTHER_WORDS[match.lastgroup or ""]
        yield Finding(match.start(), f"{what}: {_short(match[0].strip())}", cure)


_IN_A_LINE: Final = re.compile(
    r"(?<![\\*\w])\*\*[^\s*][^*\n]*\*\*(?![*\w])|\[[^\[\]\n]+\]\((?:https?:|/|www\.)[^\s()]*\)"
    rf"|</?(?:{_TAGS})(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_CHEAP_IN_A_LINE: Final = re.compile(r"\*\*|\]\(|<")


def markup_in_a_line(text: str) -> Iterator[Finding]:
    """Markdown and HTML in a title, a name or another text without markup."""
    if _CHEAP_IN_A_LINE.search(text) is None:
        return
    for match in _IN_A_LINE.finditer(text):
        yield Finding(match.start(), f"markup is text here: {_short(match[0])}", "write the words alone")


def unclosed_code(text: str) -> Iterator[Finding]:
    """A fence that nothing closes: all that follows it is code."""
    fence, at = "", 0
    for match in _FENCE.finditer(text):
        if not fence:
            fence, at = match["fence"], match.start("fence")
        elif match["fence"].startswith(fence) and not match["rest"].strip():
            fence = ""
    if fence:
        message = f"{fence} begins code that nothing closes"
        yield Finding(at, message, f"write {fence} below the code, or take this line out")


_FENCE: Final = re.compile(r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<rest>[^\n]*)$", re.MULTILINE)


def _is_open(text: str, at: int) -> bool:
    """Whether a [ of the same paragraph is still open before this ]."""
    paragraph = text[max(text.rfind("\n\n", 0, at), 0) : at]
    return paragraph.count("[") > paragraph.count("]")


def _short(text: str) -> str:
    return quoted(text if len(text) <= 60 else f"{text[:59]}…")
