"""Markup that is none here, and stands on the page as it was typed: links written wrong, HTML, shortcodes of others.

In: a body whose code and addresses are masked. Out: findings, each with its place, what is wrong and the cure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from digest.problems import N_, Message, excerpt, mistake
from digest.text.characters import WORD_BULLETS
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
    "exchanged": mistake("link-brackets", "( ) and [ ] of a link are exchanged: '{text}'"),
    "reversed": mistake("link-brackets", "[ ] and ( ) of a link are turned round: '{text}'"),
    "apart": mistake("link-brackets", "a blank between [ ] and ( ) makes them no link: '{text}'"),
    "empty": mistake("link-empty", "a link without words cannot be seen: '{text}'"),
    "nowhere": mistake("link-empty", "a link without an address leads nowhere: '{text}'"),
    "open": mistake("link-brackets", "the ( of a link is not closed: '{text}'"),
    "unopened": mistake("link-brackets", "the [ of a link is missing: '{text}'"),
    "braces": mistake("link-brackets", "the address of a link belongs between ( and ): '{text}'"),
}
_TAGS: Final = (
    "a|abbr|article|aside|audio|b|big|blockquote|body|button|center|cite|code|col|comment|dd|del|details|dfn|div|dl|dt|em|embed|"
    "figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|"
    "meta|nav|noscript|object|ol|option|p|param|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|"
    "sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr"
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
    r"(?P<change>\{(?:\+\+|--|~~|==)[^{}\n]*(?:\+\+|--|~~|==)\})"
    r"|(?P<footnote>\[\^[^\]\s]{1,60}\]:?)|(?P<attributes>\{:[^{}\n]*\}|\{[#.][A-Za-z][^{}\n]*\})"
    r"|(?P<contents>^[ \t]*(?:\[(?:TOC|toc)\]|\[\[_?(?:TOC|toc)_?\]\]|\$toc|\{:toc\})[ \t]*$)"
    r"|(?P<container>^:{3,}[ \t]*\{?[\w.]*\}?.*$)|(?P<marked>(?<![=\w])==(?=[^\s=])[^=\n]+==(?![=\w]))"
    r"|(?P<callout>^ {0,3}> ?\[!\w+\][+-]?)"
    rf"|(?P<cells>^(?![{WORD_BULLETS}]\t)[^\t\n|]*\S\t[^|\n]*$(?=\n[^\t\n|]*\S\t[^|\n]*$))"
    r"|(?P<slanted>(?<![^\s«(])[وفبلك]_[^\s_][^_\n]*_(?!\w))"
    r"|(?P<task>^[ \t]*[-*+] \[[ xX]\](?= ))|(?P<emoji>(?<![\w:]):[a-z][a-z0-9_+-]{2,30}:(?![\w:]))",
    re.MULTILINE,
)
_OTHER_WORDS: Final = {
    "change": (
        mistake("foreign-markup", "marks of a change are text here: '{text}'"),
        N_("accept the change or reject it"),
    ),
    "footnote": (
        mistake("foreign-markup", "there are no footnotes here: '{text}'"),
        N_("write the note in the text, between brackets"),
    ),
    "attributes": (mistake("foreign-markup", "attributes between {{ }} are text here: '{text}'"), N_("take them out")),
    "contents": (mistake("foreign-markup", "there is no table of contents here: '{text}'"), N_("take the line out")),
    "container": (
        mistake("foreign-markup", "::: begins nothing here: '{text}'"),
        N_("take the line out, or begin the lines of a quotation with >"),
    ),
    "marked": (mistake("foreign-markup", "== marks nothing here: '{text}'"), N_("write ** for bold words")),
    "callout": (
        mistake("foreign-markup", "boxes of notes are quotations here: '{text}'"),
        N_("take the word between [ ] out"),
    ),
    "cells": (
        mistake("foreign-markup", "tabs make no table: '{text}'"),
        N_("write | between the cells, and |---|---| under the first line"),
    ),
    "slanted": (mistake("foreign-markup", "_ inside a word marks nothing: '{text}'"), N_("write * for slanted words")),
    "task": (mistake("foreign-markup", "there are no boxes to tick here: '{text}'"), N_("take [ ] out")),
    "emoji": (mistake("foreign-markup", "names of emoji are text here: '{text}'"), N_("type the emoji itself")),
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
        yield Finding(match.start(), _quoting(_LINK_WORDS[kind], match[0]), N_("write [words](address)"))
    for match in _HTML.finditer(text):
        if match["tag"] and match["tag"].lower() == "wbr":
            continue
        what = mistake("html", "HTML is text here: '{text}'", text=_short(match[0]))
        yield Finding(match.start(), what, N_("take it out, or write Markdown"))
    for match in _SHORTCODES.finditer(text):
        name = match["name"]
        if name and not (match["closing"] or "=" in match["rest"] or _KNOWN.fullmatch(name)):
            continue
        what = mistake("shortcode", "'{text}' is a shortcode of another program, and text here", text=_short(match[0]))
        yield Finding(match.start(), what, N_("take it out"))
    for match in _OTHER.finditer(text):
        what, cure = _OTHER_WORDS[match.lastgroup or ""]
        yield Finding(match.start(), _quoting(what, match[0].strip()), cure)


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
        what = mistake("markup-in-a-line", "markup is text here: '{text}'", text=_short(match[0]))
        yield Finding(match.start(), what, N_("write the words alone"))


def unclosed_code(text: str) -> Iterator[Finding]:
    """A fence that nothing closes: all that follows it is code."""
    if "```" not in text and "~~~" not in text:
        return
    fence, at = "", 0
    for match in _FENCE.finditer(text):
        if not fence:
            fence, at = match["fence"], match.start("fence")
        elif match["fence"].startswith(fence) and not match["rest"].strip():
            fence = ""
    if fence:
        message = mistake("code-not-closed", "{sign} begins code that nothing closes", sign=fence)
        yield Finding(at, message, N_("write {sign} below the code, or take this line out", sign=fence))


_FENCE: Final = re.compile(r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<rest>[^\n]*)$", re.MULTILINE)


def _is_open(text: str, at: int) -> bool:
    """Whether a [ of the same paragraph is still open before this ]."""
    paragraph = text[max(text.rfind("\n\n", 0, at), 0) : at]
    return paragraph.count("[") > paragraph.count("]")


def _quoting(what: Message, text: str) -> Message:
    """What is wrong, with the text that is meant."""
    return mistake(what.code, what.template, text=_short(text))


def _short(text: str) -> str:
    return excerpt(text if len(text) <= 60 else f"{text[:59]}…")
