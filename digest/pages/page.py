"""One file of the site, not yet made: its template, and the parts its view is made of.

A view is made from the parts alone, with what is the same all over the site (`ViewContext`). So a page is stale exactly
when one of its parts, its template or something site-wide changed, and a build can tell without making the view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from markupsafe import Markup

    from digest.model import Article, Card, Entry, Place
    from digest.pages.context import SiteContext
    from digest.pages.views import View


class FullText(NamedTuple):
    """An entry whose text is made into something; a bare `Entry` among the parts is there as a card."""

    entry: Entry


class Details(NamedTuple):
    """An entry of which more is shown than a card: authors, tags, the date of its last change."""

    entry: Entry


class ViewContext(msgspec.Struct, frozen=True):
    """What a view may be made from, beside its parts. Nothing here leads from one entry to another."""

    context: SiteContext
    card: Callable[[Entry], Card]
    article: Callable[[Entry], Article]
    """The whole article of an entry that is `FullText` among the parts."""
    fragments: Mapping[str, Markup]
    """Markup that many pages share, by name (`Page.embeds`)."""

    def shown(self, entries: Sequence[Entry]) -> tuple[Card, ...]:
        return tuple(map(self.card, entries))

    def without_texts(self) -> ViewContext:
        """The same without texts, for files that declare no parts: nothing would remake them when a text changes."""
        return msgspec.structs.replace(self, article=undeclared)


def undeclared(entry: Entry) -> Article:
    """Refuse the text of an entry that is not among the parts."""
    raise TypeError(f"the text of '{entry.id}' is asked for without `FullText` among the parts")


class Page(NamedTuple):
    """One HTML file of the site: a tuple, because there is one for each article in every build."""

    path: str
    """Unencoded site path: `/sport/page/2/`, `/404.html`."""
    template: str
    make: Callable[..., View]
    """Called with a `ViewContext` and the parts by name."""
    parts: Mapping[str, object]
    """Name → value: text, numbers, entries, and tuples or frozen structs of them."""
    origin: Place
    """The place in the site's own files that asks for this page, for problems."""
    modified: str = ""
    """ISO moment of the newest thing on it, for the site map; an article's stands in its entry."""
    indexed: bool = True
    embeds: tuple[str, ...] = ()
    """Names of the fragments it holds."""
    variable: str = "page"
    """What the template calls its view."""

    def view(self, ctx: ViewContext) -> View:
        return self.make(ctx, **self.parts)
