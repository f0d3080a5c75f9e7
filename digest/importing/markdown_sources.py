"""Markdown as other static site generators take it → HTML.

In: a text with the shortcodes of Hugo and Zola, Liquid of Jekyll, paths of Pelican. Out: HTML, and the marks that were
left out. Raw HTML stays, for these generators' authors write it; the conversion cleans it like any other.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from digest.importing.shortcodes import attributes_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

HUGO: Final = re.compile(r"\{\{[<%]\s*(?P<end>/)?\s*(?P<name>[\w/.-]+)(?P<rest>[^{}]{0,4000}?)/?\s*[>%]\}\}")
HUGO_REFERENCE: Final = re.compile(r"\{\{[<%]\s*(?:rel)?ref\s+\"?([^\"\s>%]+)\"?\s*[>%]\}\}")
HIGHLIGHT: Final = re.compile(
    r"(?:\{%-?\s*highlight\s+(\w*)[^%]*%\}|\{\{<\s*highlight\s+(\w*)[^>]*>\}\})\n?(.*?)\n?"
    r"(?:\{%-?\s*endhighlight\s*-?%\}|\{\{<\s*/\s*highlight\s*>\}\})",
    re.DOTALL,
)
LIQUID_COMMENT: Final = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{#.*?#\}", re.DOTALL)
POST_ADDRESS: Final = re.compile(r"\{%-?\s*(?:post_url|link)\s+([^\s%]+)\s*-?%\}")
ADDRESS: Final = re.compile(r"\{\{-?\s*['\"]([^'\"{}]+)['\"]\s*\|\s*(?:relative_url|absolute_url)\s*-?\}\}")
BASE: Final = re.compile(r"\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\}")
LIQUID: Final = re.compile(r"\{%-?.{0,4000}?-?%\}|\{\{-?.{0,4000}?-?\}\}", re.DOTALL)
ZOLA: Final = re.compile(r"\{\{\s*(?P<name>\w+)\((?P<rest>.{0,4000}?)\)\s*\}\}", re.DOTALL)
ZOLA_PATH: Final = re.compile(r"(?<=\()@/([^)\s#]+?)(?:\.md)?(#[^)\s]*)?(?=\))")
PELICAN: Final = re.compile(r"[{|](?:filename|static|attach)[}|]/?")
ATTRIBUTES: Final = re.compile(r"^\{:[^{}\n]*\}[ \t]*$|(?<=\S)\{:[^{}\n]*\}", re.MULTILINE)
FENCE: Final = re.compile(r"^(```+|~~~+).*?^\1[`~]*[ \t]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


@cache
def parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded with the parser

    made = MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).enable(["table", "strikethrough"])
    # what a link may lead to is decided where it is written; a blank in an address is no reason to lose the link
    made.validateLink = lambda url: not url.strip().lower().startswith(("javascript:", "vbscript:", "data:"))  # type: ignore[method-assign]
    return made


def html_of(text: str, system: str, *, is_html: bool) -> tuple[str, list[tuple[str, str]]]:
    """(HTML, (code of the report, what) of each mark that was left out)."""
    left: list[tuple[str, str]] = []
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\ue002{len(kept) - 1}\ue003"

    text = re.sub("[\ue000-\ue003]", "", text)
    text = HIGHLIGHT.sub(lambda m: f"\n```{m[1] or m[2] or ''}\n{m[3]}\n```\n", text)
    text = LIQUID_COMMENT.sub("", FENCE.sub(keep, text))
    text = HUGO_REFERENCE.sub(lambda m: f"{m[1].removesuffix('.md').strip('/')}.md", text)
    text = POST_ADDRESS.sub(lambda m: f"{m[1].strip('/').removesuffix('.md')}.md", text)
    text = BASE.sub("", ADDRESS.sub(r"\1", text))
    text = HUGO.sub(lambda m: hugo(m, left), text)
    if system == "zola":
        text = ZOLA.sub(lambda m: shown(m["name"], attributes_of(m["rest"].replace(",", " ")), m[0], left), text)
        text = ZOLA_PATH.sub(lambda m: f"/{m[1]}.md", text)
    if system == "pelican":
        text = PELICAN.sub("/", text)
    text = ATTRIBUTES.sub("", text) if system in {"jekyll", "hugo"} else text
    text = LIQUID.sub(lambda m: note(left, m[0]), text)
    text = re.sub("\ue002(\\d+)\ue003", lambda m: kept[int(m[1])], text)
    return (text if is_html else parser().render(text)), left


def note(left: list[tuple[str, str]], mark: str) -> str:
    """Leave a mark out, and say so."""
    left.append(("left-markup", re.sub(r"\s+", " ", mark)[:200]))
    return ""


def hugo(match: re.Match[str], left: list[tuple[str, str]]) -> str:
    """A shortcode of Hugo as what it shows. Those with words inside keep them."""
    if match["end"]:
        return ""
    return shown(match["name"], attributes_of(match["rest"].strip()), match[0], left)


def shown(name: str, given: dict[str, str], mark: str, left: list[tuple[str, str]]) -> str:
    """What a shortcode shows, as HTML; nothing, and a note, for what is not known."""
    number = given.get("id") or given.get("0") or ""
    if name in {"figure", "img", "image", "picture"} and (src := given.get("src") or given.get("0")):
        caption = given.get("caption") or given.get("title") or ""
        words = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        return f'\n\n<figure><img src="{escape(src)}" alt="{escape(given.get("alt", ""))}">{words}</figure>\n\n'
    players = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
    if name in players and re.fullmatch(r"[\w-]{5,20}", number):
        return f"\n\n<{players[name]}{number}>\n\n"
    return note(left, mark)
