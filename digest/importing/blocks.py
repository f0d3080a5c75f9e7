"""A post's text as WordPress stores it → HTML: the comments of its block editor, marks of pages, shortcodes.

In: `content:encoded`. Out: `Text`. Blocks hold their HTML between comments, which go; those that a server fills when
the page is asked for (latest posts, search, menus) are left out; reusable blocks are put in their places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.importing import shortcodes

if TYPE_CHECKING:
    from digest.importing.shortcodes import Library

BLOCK: Final = re.compile(r"<!--\s*(?P<end>/)?wp:(?P<name>[a-z][a-z0-9_/-]{0,80})(?P<keys>[^<>]*?)(?P<single>/)?-->")
"""Keys of a block have their < and > escaped."""
MARKS: Final = re.compile(r"<!--\s*(?:more|nextpage|noteaser)\b[^<>]{0,400}?-->")
REFERENCE: Final = re.compile(r'"ref"\s*:\s*(\d+)')
SILENT: Final = frozenset(
    {"spacer", "separator", "more", "nextpage", "footnotes", "core/spacer", "core/separator", "block"}
)
"""Blocks without words, which nobody misses."""
MAX_REUSED: Final = 50


class Text(NamedTuple):
    """A text ready to be converted."""

    html: str
    is_classic: bool
    """Written in the old editor: empty lines part paragraphs."""
    left_blocks: tuple[str, ...] = ()
    left_shortcodes: tuple[str, ...] = ()


def html_of(content: str, library: Library, reusable: Mapping[str, str]) -> Text:
    """The HTML of a stored text."""
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    is_classic = "<!-- wp:" not in content and "<!--wp:" not in content
    left: list[str] = []
    if not is_classic:
        used = 0

        def reused(match: re.Match[str]) -> str:
            nonlocal used
            used += 1
            reference = REFERENCE.search(match["keys"])
            inner = reusable.get(reference[1], "") if reference and used <= MAX_REUSED else ""
            return inner or match[0]

        content = BLOCK.sub(lambda m: reused(m) if m["name"] in {"block", "core/block"} else m[0], content)
        left += [one["name"] for one in BLOCK.finditer(content) if one["single"] and one["name"] not in SILENT]
        content = BLOCK.sub("", content)
    content = MARKS.sub("\n\n" if is_classic else "", content)
    expanded, codes = shortcodes.expand(content, library)
    return Text(expanded, is_classic, tuple(dict.fromkeys(left)), tuple(dict.fromkeys(codes)))
