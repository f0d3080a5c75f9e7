"""JSON-LD of a page → the node of its story.

In: the contents of `<script type="application/ld+json">`, as careless as they come: comments, trailing commas, raw line
ends, entities, several documents in one. Out: flat nodes, and of them the one that is the story of this page.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any, Final

Node = dict[str, Any]

MOST: Final = 2 << 20
"""Characters of one script that are read."""
MOST_NODES: Final = 5000
DEEPEST: Final = 40
NOISE: Final = re.compile(r"\A\s*(?://\s*)?(?:<!\[CDATA\[|<!--)\s*|\s*(?://\s*)?(?:\]\]>|-->)\s*\Z|\A\ufeff")
TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")
LEADING_COMMENT: Final = re.compile(r"^\s*(?:/\*[^*]*\*/|//[^\n]*$)", re.MULTILINE)
RAW_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BAD_ESCAPE: Final = re.compile(r"\\(?![\"\\/bfnrtu])")

NEWS: Final = frozenset(
    {
        "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle",
        "reviewnewsarticle", "askpublicnewsarticle", "liveblogposting", "advertisercontentarticle",
    }
)  # fmt: skip
ARTICLES: Final = NEWS | {
    "article", "blogposting", "report", "techarticle", "scholarlyarticle", "satiricalarticle", "socialmediaposting",
    "discussionforumposting", "medicalscholarlyarticle",
}  # fmt: skip
MEDIA: Final = frozenset(
    {"videoobject", "audioobject", "podcastepisode", "imagegallery", "review", "recipe", "claimreview"}
)
OUTLETS: Final = frozenset({"newsmediaorganization", "organization", "website"})


def nodes(scripts: list[str] | tuple[str, ...]) -> list[Node]:
    """Every object with a type, the outer ones first; what hangs in a list of other stories is left out."""
    found: list[Node] = []
    for script in scripts:
        for document in documents(script[:MOST]):
            flatten(document, found, 0)
    return found


def documents(script: str) -> list[Any]:
    """The JSON values of a script; none where it cannot be mended."""
    text = NOISE.sub("", script).strip()
    for mend in (str, mended, lambda raw: mended(html.unescape(raw))):
        try:
            return several(mend(text).strip())
        except (ValueError, RecursionError):
            continue
    return []


def several(text: str) -> list[Any]:
    """One JSON value, or some after each other. Raises ValueError, RecursionError."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text) and len(values) < 100:
        value, at = decoder.raw_decode(text, at)
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def mended(text: str) -> str:
    """Without comments, trailing commas, stray controls and escapes JSON does not have."""
    text = LEADING_COMMENT.sub("", text)
    return TRAILING_COMMA.sub("", BAD_ESCAPE.sub(r"\\\\", RAW_CONTROL.sub(" ", text)))


OF_OTHERS_NAMES: Final = """
itemlistelement ispartof haspart relatedlink citation mentions about comment publisher author creator image logo
isbasedon backstory liveblogupdate video associatedmedia breadcrumb sourceorganization copyrightholder editor
contributor review itemreviewed
"""
OF_OTHERS: Final = frozenset(OF_OTHERS_NAMES.split())
"""Keys whose values say something of the story, and are no story themselves."""


def flatten(value: Any, found: list[Node], depth: int) -> None:  # noqa: ANN401 - JSON
    if depth > DEEPEST or len(found) >= MOST_NODES:
        return
    if isinstance(value, list):
        for item in value:
            flatten(item, found, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "@id" in value:
            found.append(value)
        for key, inner in value.items():
            if isinstance(inner, dict | list) and key.lower() not in OF_OTHERS:
                flatten(inner, found, depth + 1)


def types(node: Node) -> frozenset[str]:
    """Its types, lower-case, without the vocabulary's address."""
    given = node.get("@type")
    listed = given if isinstance(given, list) else [given]
    return frozenset(str(one).rpartition("/")[2].rpartition(":")[2].lower() for one in listed if one)


def text(value: Any) -> str:  # noqa: ANN401 - JSON
    """A text, or the text of what holds one (`{"@value": …}`, a list's first)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return text(value.get("@value") or value.get("name") or "")
    if isinstance(value, list):
        return next((inner for item in value[:10] if isinstance(item, str | dict) and (inner := text(item))), "")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """A value as a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


class Graph:
    """The nodes of a page and the references between them."""

    def __init__(self, scripts: list[str] | tuple[str, ...]) -> None:
        self.nodes = nodes(scripts)
        self.by_id: dict[str, Node] = {}
        for node in self.nodes:
            name = node.get("@id")
            if isinstance(name, str) and len(node) > len(self.by_id.get(name, ())):
                self.by_id[name] = node

    def resolved(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """`{"@id": …}` → the node of that id."""
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and len(value) < 3:
            return {**self.by_id.get(value["@id"], {}), **value}
        return value

    def story(self, is_this_page: Any) -> Node | None:  # noqa: ANN401 - a function of an address
        """The node of the page's story: a news article before an article before a video, this page's before others."""
        best: tuple[int, Node] | None = None
        for node in self.nodes:
            kinds = types(node)
            rank = 8 if kinds & NEWS else 7 if kinds & ARTICLES else 2 if kinds & MEDIA else 0
            if not rank:
                continue
            named = [
                text_of_page(value) for key in ("url", "mainEntityOfPage", "@id") for value in listed(node.get(key))
            ]
            if any(is_this_page(address) for address in named if address):
                rank += 4
            rank += bool(node.get("headline")) + bool(node.get("datePublished"))
            if best is None or rank > best[0]:
                best = (rank, node)
        return best[1] if best else None


def text_of_page(value: Any) -> str:  # noqa: ANN401 - JSON
    """The address in `url` or `mainEntityOfPage`."""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else ""
