"""The constants of a build, from which views are made; heads of pages; long lists cut into pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from digest.content.urls import path_url
from digest.model import Card, Entry, ImageRef, Link, Picture, Rendition, Theme
from digest.pages import feeds, structured
from digest.pages.views import NO_DATA, EditionCard, FeedLink, Meta, Pager, SiteView, Translation
from digest.text import bidi

if TYPE_CHECKING:
    from markupsafe import Markup

    from digest.content.settings import Settings
    from digest.search.aliases import Groups
    from digest.strings import Strings


class SharePicture(msgspec.Struct, frozen=True, gc=False):
    """The sharing picture of pages that have none of their own."""

    url: str
    width: int
    height: int


class SiteContext(msgspec.Struct, frozen=True, dict=True):
    """One build's constants. Values only: it travels to worker processes."""

    settings: Settings
    strings: Strings
    view: SiteView
    renditions: Mapping[str, Rendition]
    share: SharePicture
    fragments: str = "inline"
    """How pages carry what they share: `inline`, `live`, `ssi` or `esi`."""
    aliases: Groups = ()
    """Names for the same that the site's editor wrote down, for search."""

    @cached_property
    def themes(self) -> Mapping[str, Theme]:
        return {theme.id: theme for theme in self.settings.themes}

    @cached_property
    def theme_feeds(self) -> Mapping[str, tuple[FeedLink, ...]]:
        """Theme id → the feeds of that theme."""
        kinds = [kind for kind in feeds.FORMATS if kind.per_theme]
        return {
            theme.id: tuple(FeedLink(theme.title, f"{theme.url}{kind.file}", kind.media_type) for kind in kinds)
            for theme in self.settings.themes
        }

    @cached_property
    def publisher(self) -> structured.Publisher:
        """Who publishes the site, as structured data names it."""
        return structured.Publisher(
            self.settings.publisher, self.absolute(self.view.home), self.absolute(self.share.url)
        )

    @cached_property
    def home(self) -> Link:
        return Link(self.strings.text("home"), self.view.home)

    def url(self, path: str) -> str:
        """A site path, unencoded → the URL that links write."""
        return path_url(self.settings.base_path, path)

    def outlet_url(self, slug: str) -> str:
        """URL of the page of an outlet."""
        return self.url(f"/sources/{slug}/")

    def absolute(self, url: str) -> str:
        """A URL of `url` → with scheme and host."""
        return self.settings.base_url + url[len(self.settings.base_path) :]

    def picture(self, ref: ImageRef | None) -> Picture | None:
        """A picture as a page shows it; None where it could not be made (its problem was reported)."""
        if ref is None or ref.file not in self.renditions:
            return None
        return Picture(self.renditions[ref.file], ref.alt, ref.caption, ref.credit)

    def card(self, entry: Entry) -> Card:
        return Card(
            url=entry.url,
            title=entry.title,
            summary=entry.summary,
            moment=entry.moment,
            theme=self.themes[entry.theme],
            outlet=entry.outlets[0].name if entry.outlets else None,
            picture=self.picture(entry.image),
        )

    def meta(
        self,
        title: str,
        description: str,
        url: str,
        *,
        picture: Picture | None = None,
        jsonld: Markup = NO_DATA,
        feeds: tuple[FeedLink, ...] = (),
        indexed: bool = True,
        home: bool = False,
        alternates: tuple[tuple[str, str], ...] = (),
    ) -> Meta:
        """The head of a page; the site's name is added to the title on every page but the home page.

        `url` is rooted; `alternates` as the function of that name gives them.
        """
        own = picture.rendition if picture else None
        site = self.settings.title.plain
        full = bidi.mark(title, self.view.dir) if home else bidi.mark(bidi.join((title, site), " – "), self.view.dir)
        return Meta(
            title=full,
            description=bidi.mark(description, self.view.dir),
            canonical=self.absolute(url) if indexed else "",
            image=self.absolute(own.src if own else self.share.url),
            image_alt=bidi.mark(picture.alt if picture and picture.alt else site, self.view.dir),
            image_width=own.width if own else self.share.width,
            image_height=own.height if own else self.share.height,
            indexed=indexed,
            jsonld=jsonld,
            feeds=feeds,
            alternates=alternates,
        )

    def list_meta(
        self,
        title: str,
        description: str,
        url: str,
        trail: Sequence[Link],
        items: Sequence[Card | EditionCard | Link] | None,
        *,
        picture: Picture | None = None,
        feeds: tuple[FeedLink, ...] = (),
    ) -> Meta:
        """The head of a page below the home page: its trail, and the pages it lists (None: it is no list)."""
        crumbs = self.crumbs(trail, title, url)
        nodes = [crumbs]
        if items is not None:
            listed = structured.collection(
                self.absolute(url),
                title,
                [(item.title.plain, self.absolute(item.url)) for item in items],
                lang=self.view.lang,
                direction=self.view.dir,
                description=description,
            )
            nodes = [listed, crumbs]
        return self.meta(title, description, url, picture=picture, jsonld=structured.document(*nodes), feeds=feeds)

    def alternates(self, lang: str, url: str, others: Sequence[Translation]) -> tuple[tuple[str, str], ...]:
        """A page and its translations for `hreflang`, each page naming all of them, itself too (Google's rule)."""
        own = ((lang or self.view.lang, self.absolute(url)),)
        return own + tuple((other.lang, other.url) for other in others) if others else ()

    def crumbs(self, trail: Sequence[Link], title: str, url: str) -> Mapping[str, object]:
        """The trail and the page itself as a BreadcrumbList."""
        steps = [(bidi.mark(link.title.plain, self.view.dir), self.absolute(link.url)) for link in trail]
        return structured.breadcrumbs([*steps, (bidi.mark(title, self.view.dir), self.absolute(url))])


class Slice(msgspec.Struct, frozen=True, gc=False):
    """One page of a long list."""

    path: str
    number: int
    """0 for the front page, else the stable number counted from the oldest."""
    entries: tuple[Entry, ...]
    pager: Pager | None


def paginate(path: str, entries: tuple[Entry, ...], size: int, context: SiteContext) -> list[Slice]:
    """A list, newest first → its front page and its archive pages.

    The front page shows the newest `size`. Page 1 holds the oldest `size`, page 2 the next, and so on: a full page
    never changes again, and a new entry moves only the front page and, once in `size` times, adds one page.
    """
    full = max((len(entries) - 1) // size, 0)
    oldest_first = entries[::-1]

    def url(number: int) -> str:
        return context.url(f"{path}page/{number}/")

    def label(number: int) -> str:
        return context.strings.plain("page_number", page=number)

    front = Pager("", url(full), context.strings.plain("newest_first")) if full else None
    slices = [Slice(path, 0, entries[:size], front)]
    for number in range(full, 0, -1):
        chunk = oldest_first[(number - 1) * size : number * size][::-1]
        newer = url(number + 1) if number < full else context.url(path)
        older = url(number - 1) if number > 1 else ""
        slices.append(Slice(f"{path}page/{number}/", number, chunk, Pager(newer, older, label(number))))
    return slices
