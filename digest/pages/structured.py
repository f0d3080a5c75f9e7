"""JSON-LD (schema.org) as Google documents it for articles, breadcrumbs, lists: in come values, out comes a script.

Each function gives one node; `document` makes of nodes the text of a `<script type="application/ld+json">`, in which
nothing can end that element. All URLs given are absolute. Empty values are left out, never written as empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from digest.pages.xml import ascii_url
from digest.text import bidi, words
from digest.text.dates import rfc3339

if TYPE_CHECKING:
    from digest.model import Direction, Text

HEADLINE = 110
"""Characters: the limit of Google's Article documentation."""

Node = dict[str, object]

_encode = msgspec.json.Encoder().encode


class Publisher(msgspec.Struct, frozen=True, gc=False):
    """Who publishes the site."""

    name: str
    url: str
    """Absolute URL of the home page."""
    logo: str = ""
    """Absolute URL of a picture, or empty."""


class Original(msgspec.Struct, frozen=True, gc=False):
    """A source of an article: who published it first, and where."""

    name: str
    url: str = ""
    """Absolute URL of the original, or empty."""
    page: str = ""
    """Absolute URL of the outlet's page on this site or its home page: `author.url`."""


class ArticleFacts(msgspec.Struct, frozen=True, gc=False):
    """What an article's page says of it to machines."""

    url: str
    """Absolute URL of its page: canonical."""
    title: Text
    summary: Text
    published: datetime
    """Aware."""
    updated: datetime | None
    """Aware; None where nothing changed."""
    lang: str
    """BCP 47."""
    section: str
    """The theme's title."""
    images: tuple[str, ...] = ()
    """Absolute URLs, the best first."""
    authors: tuple[str, ...] = ()
    originals: tuple[Original, ...] = ()
    keywords: tuple[str, ...] = ()


def document(*nodes: Mapping[str, object]) -> Markup:
    """The nodes as one JSON-LD graph, safe inside a script element: no `<`, `>`, `&`, U+2028, U+2029 is left."""
    graph = {"@context": "https://schema.org", "@graph": nodes}
    try:
        text = _encode(graph).decode()
    except UnicodeEncodeError:  # a lone surrogate, which no page could be written with
        text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "ignore").decode()
    # Chained replaces: 1 µs, where str.translate looks up each Arabic letter and takes 100.
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - what matters to HTML is escaped


def article(facts: ArticleFacts, publisher: Publisher) -> Node:
    """A `NewsArticle`; without authors the sources are its authors, without those the publisher.

    `isBasedOn` names the originals: the page tells of them, which `canonical` must not say (Google, syndicated pages).
    """
    published = rfc3339(facts.published)
    return filled(
        {
            "@type": "NewsArticle",
            "@id": facts.url + "#article",
            "mainEntityOfPage": {"@type": "WebPage", "@id": facts.url},
            "headline": _headline(facts.title),
            "datePublished": published,
            "dateModified": rfc3339(facts.updated) if facts.updated else published,
            "author": _authors(facts, publisher),
            "publisher": organization(publisher),
            "inLanguage": facts.lang,
            "isAccessibleForFree": True,
            "image": facts.images,
            "description": bidi.mark(facts.summary.plain, facts.summary.dir),
            "articleSection": facts.section,
            "keywords": facts.keywords,
            "isBasedOn": [_original(original) for original in facts.originals],
        }
    )


def filled(node: Node) -> Node:
    """The node without its empty values."""
    return {name: value for name, value in node.items() if value}


def breadcrumbs(links: Sequence[tuple[str, str]]) -> Node:
    """A `BreadcrumbList` of (name, absolute URL), home first; the last one's URL may be empty (the page itself)."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, **({"item": url} if url else {})}
            for position, (name, url) in enumerate(links, 1)
        ],
    }


def collection(
    url: str, title: str, items: Sequence[tuple[str, str]], *, lang: str, direction: Direction, description: str = ""
) -> Node:
    """A `CollectionPage` with an `ItemList` of (name, absolute URL) in reading order; their pages say the rest."""
    return filled(
        {
            "@type": "CollectionPage",
            "@id": url,
            "url": url,
            "name": bidi.mark(title, direction),
            "inLanguage": lang,
            "mainEntity": {
                "@type": "ItemList",
                "numberOfItems": len(items),
                "itemListElement": [
                    {"@type": "ListItem", "position": position, "url": link, "name": name}
                    for position, (name, link) in enumerate(items, 1)
                ],
            },
            "description": bidi.mark(description, direction),
        }
    )


def website(publisher: Publisher, *, lang: str, description: str = "") -> Node:
    """The `WebSite` of the home page; give `organization(publisher)` beside it in the document."""
    return filled(
        {
            "@type": "WebSite",
            "@id": publisher.url + "#website",
            "url": publisher.url,
            "name": publisher.name,
            "inLanguage": lang,
            "publisher": {"@id": publisher.url + "#organization"},
            "description": description,
        }
    )


def organization(publisher: Publisher) -> Node:
    """The publisher as an `Organization`."""
    return filled(
        {
            "@type": "Organization",
            "@id": publisher.url + "#organization",
            "name": publisher.name,
            "url": publisher.url,
            "logo": {"@type": "ImageObject", "url": publisher.logo} if publisher.logo else None,
        }
    )


def _headline(title: Text) -> str:
    # One character is kept for the direction mark.
    plain = title.plain
    return bidi.mark(plain if len(plain) < HEADLINE else words.truncate(plain, HEADLINE - 1), title.dir)


def _authors(facts: ArticleFacts, publisher: Publisher) -> list[Node]:
    if facts.authors:
        offices = {publisher.name, *(original.name for original in facts.originals)}
        return [{"@type": "Organization" if name in offices else "Person", "name": name} for name in facts.authors]
    named = {original.name: original for original in facts.originals if original.name}
    if not named:
        return [{"@type": "Organization", "name": publisher.name, "url": publisher.url}]
    return [filled({"@type": "Organization", "name": name, "url": original.page}) for name, original in named.items()]


def _original(original: Original) -> Node:
    outlet = {"@type": "Organization", "name": original.name} if original.name else None
    return filled({"@type": "CreativeWork", "url": ascii_url(original.url), "publisher": outlet})
