"""What editors hide from readers: comments in a text, as Markdown, HTML and the template languages write them.

In: a source. Out: the source without its comments, every line on its number, and the comments that are not closed.
Code keeps its comments: there they are what the text is about. Time grows with the source alone, whatever it holds.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class _Kind(NamedTuple):
    """One way to write a comment."""

    opening: str
    """A regular expression; `^` is the start of a line."""
    closing: re.Pattern[str]
    missing: str = ""
    """The sign to write where the end is missing; empty where the opening sign is text without it."""


_PARAGRAPH_END: Final = r"\n[ \t]*\n"


def _kind(opening: str, closing: str, missing: str = "") -> _Kind:
    return _Kind(opening, re.compile(closing, re.MULTILINE), missing)


KINDS: Final = (
    _kind(r"<!--(?=-?>)", r"-?>", "-->"),  # an empty one, as HTML reads it
    _kind(r"<!--", r"--!?>", "-->"),  # HTML, WordPress blocks, <!--more-->
    _kind(r"\{\{-?[ \t]*/\*", r"\*/[ \t]*-?\}\}", "*/}}"),  # Hugo
    _kind(r"\{\{!--", r"--\}\}", "--}}"),  # Handlebars
    _kind(r"\{\{!", r"\}\}", "}}"),  # Mustache
    _kind(r"\{\{[<%][ \t]*comment[ \t]*[>%]\}\}", r"\{\{[<%][ \t]*/[ \t]*comment[ \t]*[>%]\}\}", "{{< /comment >}}"),
    _kind(r"\{%-?[ \t]*comment\b[^%\n]*%\}", r"\{%-?[ \t]*endcomment[ \t]*-?%\}", "{% endcomment %}"),  # Liquid, Django
    _kind(r"\{%-?[ \t]*#", r"%\}", "%}"),  # Liquid, in one tag
    _kind(
        r"\{#(?![\w-]+(?:[ \t][^#}\n]*)?\})", r"#\}", "#}"
    ),  # Jinja, Nunjucks, Tera; {#name} names a heading elsewhere
    _kind(r"\{/\*", r"\*/\}", "*/}"),  # MDX
    _kind(r"\{>>", r"<<\}", "<<}"),  # CriticMarkup
    _kind(r"\{::comment[^}\n]*\}", r"\{:/(?:comment)?\}", "{:/comment}"),  # kramdown
    _kind(r"\{\*(?=[ \t\n])", r"\*\}", "*}"),  # Smarty
    _kind(r"<%--", r"--%>", "--%>"),  # JSP
    _kind(r"<#--", r"-->", "-->"),  # FreeMarker
    _kind(r"<\?(?=[A-Za-z=\s])", r"\?>"),  # PHP and other instructions: HTML reads them as comments
    _kind(r"<![ \t]*(?:-?[–—]-?|[ \t]-[ \t]?-)", r"-?[–—]-?[ \t]*>|-[ \t]?-[ \t]*>", "-->"),  # after an autocorrection
    _kind(r"&lt;!--", r"--&gt;|-->", "--&gt;"),  # HTML, escaped on its way
    _kind(r"\\begin\{comment\}", r"\\end\{comment\}", "\\end{comment}"),  # LaTeX
    _kind(r"<%#", r"%>", "%>"),  # ERB, EJS
    _kind(
        r"^[ ]{0,3}\[[^\]\n]*\]:[ \t]*(?:#|<#?>)[ \t]*(?=[(\"'])", rf"[)\"'][ \t]*$|(?={_PARAGRAPH_END})"
    ),  # [//]: # (…)
    _kind(r"^[ ]{0,3}\[[^\]\n]*\]:[ \t]*(?:#|<#?>)(?=[ \t\n]|\Z)", r"$"),  # the same, without brackets
    _kind(r"^[ ]{0,3}\[(?://|#|_|\^_\^|comment)\]:", r"$"),
    _kind(
        r"^#\+(?:BEGIN|begin)_(?:COMMENT|comment)[ \t]*$",
        r"^#\+(?:END|end)_(?:COMMENT|comment)[ \t]*$",
        "#+END_COMMENT",
    ),
    _kind(r"^%%[ \t]*$", r"^%%[ \t]*$", "%%"),  # Obsidian, over several paragraphs
    _kind(r"(?<![\d%])%%(?!%)", rf"%%|(?P<none>{_PARAGRAPH_END})", "%%"),
    _kind(r"^/{4,}[ \t]*$", r"^/{4,}[ \t]*$"),  # AsciiDoc
)
_CODE: Final = r"(?P<escape>\\[!-/:-@\[-`{-~])|^[ ]{0,3}(?P<fence>```+|~~~+)|(?P<ticks>`+)"
_HIDES: Final = (
    r"(?P<hides><[A-Za-z](?i:[^<>]*\s(?:hidden(?=[\s=/>])"
    r"|style\s*=[^<>]*?(?:display\s*:\s*none|visibility\s*:\s*hidden)))[^<>]*>)"
)
"""An element of HTML that browsers do not show."""
_NEXT: Final = re.compile(
    "|".join([_CODE, _HIDES, *(f"(?P<kind{at}>{kind.opening})" for at, kind in enumerate(KINDS))]), re.MULTILINE
)
_SIGNS: Final = ("<", "{", "]:", "%%", "////", "&lt;!", "#+")
"""Cheaply: everything hidden has one of these."""
_IN_LINE: Final = re.compile("|".join(kind.opening for kind in KINDS if kind.missing))


class Unclosed(NamedTuple):
    """The start of a comment that nothing closes, or the end of one that nothing opens."""

    line: int
    """0-based."""
    sign: str
    closing: str
    """The sign that is missing; empty for an end without a start."""


class Hiding(NamedTuple):
    """An element of HTML that browsers do not show: HTML is text here, and all it hides would be read."""

    line: int
    """0-based."""
    sign: str
    """Its start tag."""


def may_have(source: str) -> bool:
    """Whether a source may hide anything; cheap, and never wrong when it says no."""
    return any(sign in source for sign in _SIGNS)


def in_line(text: str) -> str:
    """The sign that begins a comment in a one-line text, or nothing."""
    found = _IN_LINE.search(text) if any(sign in text for sign in ("<", "{", "%%", "&lt;")) else None
    return found[0] if found else ""


def take_out(source: str) -> tuple[str, list[Unclosed | Hiding]]:
    """The source without its comments, line ends kept; the first comment of each kind that is not closed, and every
    element that hides.
    """
    unclosed: list[Unclosed | Hiding] = []
    parts: list[str] = []
    kept = at = 0
    hopeless: dict[str, int] = {}  # what has no end before this index
    while match := _NEXT.search(source, at):
        what = match.lastgroup or ""
        at = match.end()
        if what == "escape":
            continue
        end = _code_end(source, match, hopeless) if what in {"fence", "ticks"} else -1
        if what in {"fence", "ticks"}:
            at = max(at, end)
            continue
        if what == "hides":
            unclosed.append(Hiding(source.count("\n", 0, match.start()), match[0]))
            continue
        kind = KINDS[int(what.removeprefix("kind"))]
        end = _comment_end(source, kind, at, hopeless)
        if end < 0:
            if kind.missing and all(kind.missing != found.closing for found in unclosed if isinstance(found, Unclosed)):
                unclosed.append(Unclosed(source.count("\n", 0, match.start()), match[0].strip(), kind.missing))
            continue
        comment = source[match.start() : end]
        parts += [source[kept : match.start()], "\n" * comment.count("\n")]
        kept = at = end
        if comment.startswith("<!--") and "<!--" in comment[4:] and (rest := source.find("-->", end)) >= 0:
            # HTML ends both at the first sign, and the rest of the outer one would be published.
            unclosed.append(Unclosed(source.count("\n", 0, rest), "-->", ""))
            break
    return "".join([*parts, source[kept:]]) if parts else source, unclosed


def _code_end(source: str, match: re.Match[str], hopeless: dict[str, int]) -> int:
    """Index behind the code that begins here, or -1 where it is text."""
    sign = match["fence"] or match["ticks"]
    if match["fence"]:
        found = re.compile(rf"^[ ]{{0,3}}{sign}[`~]*[ \t]*$", re.MULTILINE).search(source, match.end())
        return found.end() if found else len(source)
    if match.end() < hopeless.get(sign, 0):
        return -1
    closing = re.compile(rf"(?<!`){sign}(?!`)|(?P<none>{_PARAGRAPH_END})")
    found = closing.search(source, match.end())
    if found is None or found["none"]:
        hopeless[sign] = found.start() if found else len(source)
        return -1
    return found.end()


def _comment_end(source: str, kind: _Kind, at: int, hopeless: dict[str, int]) -> int:
    """Index behind the comment that begins before `at`, or -1 where nothing closes it."""
    if at < hopeless.get(kind.opening, 0):
        return -1
    found = kind.closing.search(source, at)
    if found is None or found.groupdict().get("none"):
        hopeless[kind.opening] = found.start() if found else len(source)
        return -1
    return found.end()
