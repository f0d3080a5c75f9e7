"""What each template may see. A view is a closed, frozen value: a template reads it and nothing else.

Every template receives `page` (one of the views below), `site` (`SiteView`, the same on every page) and the functions
`t` (the string table), `picture` (a `<picture>` element). Strings typed `str` are plain and get escaped; `Text`
writes its own safe HTML; `Markup` is finished HTML.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec
from markupsafe import Markup

from digest.model import Card, Direction, DisplayDate, Link, Outlet, Picture, Text, Theme

NO_DATA = Markup("")
"""For pages that say nothing to machines."""


class Translation(msgspec.Struct, frozen=True, gc=False):
    """A page in another language, for `<a href="…" hreflang="{{ lang }}" lang="{{ lang }}" dir="{{ dir }}">`."""

    lang: str
    dir: Direction
    title: str
    """The language's own name: «Français»."""
    url: str
    """Absolute."""


class FeedLink(msgspec.Struct, frozen=True, gc=False):
    """A feed: `<link rel="alternate" type="{{ media_type }}" title="{{ title|marked }}" href="{{ url }}">`."""

    title: Text
    url: str
    media_type: str


class Meta(msgspec.Struct, frozen=True, gc=False):
    """The head of a page: everything search engines and sharing read."""

    title: str
    """For `<title>` and `og:title`: plain, with its direction mark; unique over the site."""
    description: str
    canonical: str
    """Absolute; empty on pages that have none (404)."""
    kind: str = "website"
    """`og:type`: `website` or `article`."""
    image: str = ""
    """Absolute URL of the sharing picture."""
    image_alt: str = ""
    image_width: int = 0
    image_height: int = 0
    indexed: bool = True
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    jsonld: Markup = NO_DATA
    """A JSON document, already safe inside `<script type="application/ld+json">`."""
    feeds: tuple[FeedLink, ...] = ()
    """Feeds of this page's theme, beside the site's own."""
    alternates: tuple[tuple[str, str], ...] = ()
    """(language, absolute URL) of this page and its translations, for `hreflang`; empty where there are none."""


class SiteView(msgspec.Struct, frozen=True, gc=False):
    """What every page of a site has in common."""

    title: Text
    description: Text
    lang: str
    dir: Direction
    locale: str
    """`og:locale`: `ar_MA`."""
    home: str
    """URL of the home page: the base path of the site."""
    themes: tuple[Theme, ...]
    menu: tuple[Link, ...]
    """Standing pages and what `menu:` names, after the themes."""
    footer: Markup
    footer_links: tuple[Link, ...]
    script: str
    """What fetches the margins where they are not in the page (`fragments: live`), or empty."""
    fragment: str
    """URL of the file it fetches, or empty."""
    stylesheet: str
    own_stylesheet: str
    """The site's own `assets/site.css`, or empty."""
    fonts: tuple[str, ...]
    """Fonts to preload."""
    ago: str
    """Script that makes recent dates relative, or empty."""
    icon: str
    feeds: tuple[FeedLink, ...]
    """The feeds of the whole site: Atom, JSON Feed."""
    editions: str
    """URL of the list of editions, or empty where there are none."""
    archive: str
    sources: str
    tags: str
    """URL of the list of tags, or empty where there are none."""
    languages: tuple[Translation, ...] = ()
    """Home pages of the sister sites in other languages."""
    search: str = ""
    """URL of the results page, or empty on a site without search."""
    box: str = ""
    """Script for the keys of the search box, or empty."""
    search_script: str = ""
    """Script of the results page, or empty."""


class Block(msgspec.Struct, frozen=True, gc=False):
    """A list of links in a margin or on the home page: `<section data-block="{{ kind }}">`."""

    kind: str
    """`related`, `elsewhere`, `latest`, `theme`, `most-read` or `edition`."""
    title: Text
    cards: tuple[Card, ...]
    url: str = ""
    """The whole list, or empty."""
    theme: Theme | None = None


class Margins(msgspec.Struct, frozen=True, gc=False):
    """The blocks beside every article, rendered once a build by `partials/margins.html`: into the articles, or to a
    file of their own.
    """

    template: ClassVar[str] = "partials/margins.html"
    latest: Block | None
    themes: tuple[Block, ...]
    most_read: Block | None


class AwaitedBlock(msgspec.Struct, frozen=True, gc=False):
    """A block of the margins that is not in the page: where its list is, and how long it will be."""

    kind: str
    title: Text
    url: str
    line: Text
    """A sentence about that list, for readers without scripts."""
    count: int
    """Links it will hold: the style sheet keeps their room free."""
    theme: Theme | None = None


class AwaitedMargins(msgspec.Struct, frozen=True, gc=False):
    """The margins of a page that carries them as a reference, rendered once a build by
    `partials/margins-awaited.html`.
    """

    template: ClassVar[str] = "partials/margins-awaited.html"
    url: str
    """Of the file that holds them."""
    mode: str
    """`live`: a script fetches them; `ssi`, `esi`: the server includes them."""
    column: tuple[AwaitedBlock, ...]
    """Latest and most read."""
    themes: tuple[AwaitedBlock, ...]


class Pager(msgspec.Struct, frozen=True, gc=False):
    """Stable numbers: page 1 is the oldest, so a page's content never shifts to another number."""

    newer: str
    """URL, or empty on the front page."""
    older: str
    label: str
    """«الصفحة 3» in the site's digits, or what order the front page is in. Never how many pages: it would change
    them all."""


class ArticleView(msgspec.Struct, frozen=True, gc=False):
    template: ClassVar[str] = "article.html"
    meta: Meta
    breadcrumb: tuple[Link, ...]
    """Home and theme; the article itself is not in it."""
    theme: Theme
    title: Text
    moment: DisplayDate
    updated: DisplayDate | None
    dateline: Text | None
    authors: tuple[Text, ...]
    outlets: tuple[tuple[Outlet, str], ...]
    """Each source with the URL of its page on this site."""
    picture: Picture | None
    summary: Text | None
    """Only where the editor wrote one: the standfirst."""
    body: Markup
    minutes: str
    """Reading time in words, or empty."""
    tags: tuple[Link, ...]
    edition: Link | None
    related: Block | None
    elsewhere: Block | None
    """The same report as other outlets gave it."""
    previous: Card | None
    """The story before this one in its theme (older)."""
    next: Card | None
    lang: str
    dir: Direction
    margins: Markup
    """`Margins`, rendered; or, where they are a file of their own, `AwaitedMargins`."""
    translations: tuple[Translation, ...] = ()
    """The same story in other languages."""


class EditionSection(msgspec.Struct, frozen=True, gc=False):
    """One theme inside an edition."""

    theme: Theme
    cards: tuple[Card, ...]


class EditionCard(msgspec.Struct, frozen=True, gc=False):
    """An edition as other pages show it."""

    url: str
    title: Text
    summary: Text
    moment: DisplayDate
    count: str
    """«12 خبرًا»."""
    picture: Picture | None = None


class HomeView(msgspec.Struct, frozen=True, gc=False):
    template: ClassVar[str] = "home.html"
    meta: Meta
    lead: Card | None
    """The first story of the site."""
    top: tuple[Card, ...]
    """The next ones, beside the lead."""
    latest: Block | None
    blocks: tuple[Block, ...]
    """One a theme, in the order of site.yaml."""
    most_read: Block | None
    edition: EditionCard | None
    """The current edition."""
    edition_block: Block | None


class ListView(msgspec.Struct, frozen=True, gc=False):
    """A theme, a source, a tag or a month: `kind` says which."""

    template: ClassVar[str] = "list.html"
    meta: Meta
    kind: str
    """`theme`, `source`, `tag` or `month`."""
    title: Text
    description: Text | None
    breadcrumb: tuple[Link, ...]
    count: str
    """«57 مقالًا» on the front page; empty on numbered pages, which never change."""
    cards: tuple[Card, ...]
    pager: Pager | None
    theme: Theme | None = None
    outlet_url: str = ""
    """The outlet's own site, on a source's page."""
    first: bool = True
    """The front page of the list, where leads stand first."""


class Year(msgspec.Struct, frozen=True, gc=False):
    title: str
    months: tuple[Link, ...]


class IndexView(msgspec.Struct, frozen=True, gc=False):
    """A list of lists: all sources, all tags, the archive (`years`)."""

    template: ClassVar[str] = "lists.html"
    meta: Meta
    kind: str
    """`sources`, `tags` or `archive`."""
    title: Text
    breadcrumb: tuple[Link, ...]
    links: tuple[Link, ...] = ()
    years: tuple[Year, ...] = ()


class EditionView(msgspec.Struct, frozen=True, gc=False):
    template: ClassVar[str] = "edition.html"
    meta: Meta
    breadcrumb: tuple[Link, ...]
    title: Text
    moment: DisplayDate
    count: str
    picture: Picture | None
    introduction: Markup
    sections: tuple[EditionSection, ...]
    previous: EditionCard | None
    next: EditionCard | None


class EditionsView(msgspec.Struct, frozen=True, gc=False):
    template: ClassVar[str] = "editions.html"
    meta: Meta
    breadcrumb: tuple[Link, ...]
    title: Text
    editions: tuple[EditionCard, ...]


class StandaloneView(msgspec.Struct, frozen=True, gc=False):
    template: ClassVar[str] = "page.html"
    meta: Meta
    breadcrumb: tuple[Link, ...]
    title: Text
    body: Markup
    picture: Picture | None
    updated: DisplayDate | None
    lang: str
    dir: Direction


class SearchView(msgspec.Struct, frozen=True, gc=False):
    """The results page, which a script fills in the reader's browser."""

    template: ClassVar[str] = "search.html"
    meta: Meta
    title: Text
    preload: tuple[str, ...]
    """URLs of the files that every search begins with."""
    frozen: str
    """Name of the older part of the index, or empty."""
    language: str
    """Path of the file of the site's language."""
    digits: str
    """The site's ten digits, and what parts thousands."""
    words: str
    """JSON of what the script says: sentences, the plural forms of the count, and which of them each count has."""
    outlets: tuple[str, ...]
    """Names of the sources, in the order of the alphabet."""
    years: tuple[tuple[str, str], ...]
    """Years with stories, newest first: for the address, and in the site's digits."""


class NotFoundView(msgspec.Struct, frozen=True, gc=False):
    template: ClassVar[str] = "404.html"
    meta: Meta
    latest: Block | None


class RedirectView(msgspec.Struct, frozen=True, gc=False):
    """An old address that leads on."""

    template: ClassVar[str] = "redirect.html"
    target: str
    """Absolute URL."""
    title: Text


View = (
    ArticleView
    | HomeView
    | ListView
    | IndexView
    | EditionView
    | EditionsView
    | StandaloneView
    | SearchView
    | NotFoundView
    | RedirectView
    | Margins
    | AwaitedMargins
)
