"""What all pages of a site have in common: names, menus, addresses of styles and scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from digest.content import markdown
from digest.content.urls import path_url
from digest.model import Link, Rendition, Theme
from digest.pages import feeds
from digest.pages.blocks import FRAGMENT
from digest.pages.context import SharePicture
from digest.pages.views import FeedLink, SiteView, Translation
from digest.problems import N_, Problem, mistake
from digest.text import bidi, cleaning

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.linking.index import Index
    from digest.rendering.assets import Assets

STYLESHEET = "assets/style.css"
OWN_STYLESHEET = "assets/site.css"
"""A site's own rules, loaded after the built-in ones."""
AGO = "assets/ago.js"
"""Makes recent dates relative."""
BOX = "assets/box.js"
"""Keys of the search box, on every page."""
SEARCH = "assets/search.js"
"""What searches, on the results page alone."""
SCRIPT = "assets/live.js"
"""Fetches the margins of pages that hold a placeholder for them."""
SHARE = "assets/share.png"
SHARE_SIZE = 1200, 630
LOCALES = {"ar": "ar_AR", "en": "en_US", "fr": "fr_FR", "fa": "fa_IR", "he": "he_IL", "ur": "ur_PK"}
"""Open Graph names a territory with each language; these are the ones its readers know for a language alone."""
ICON = "assets/icon.svg"


def theme_colours(themes: Sequence[Theme]) -> str:
    """The colours of site.yaml as rules after the stylesheet's own palette."""
    return "".join(f".theme-id-{theme.position}{{--theme:{theme.colour}}}\n" for theme in themes if theme.colour)


def share_picture(own: Rendition | None, assets: Assets) -> SharePicture:
    """The site's own sharing picture, or the built-in one."""
    if own:
        return SharePicture(own.src, own.width, own.height)
    return SharePicture(assets.urls[SHARE], *SHARE_SIZE)


def footer_of(settings: Settings) -> tuple[Markup, tuple[Problem, ...]]:
    """The footer, from site.yaml's Markdown, and problems of what is not shown."""
    footer = cleaning.clean_body(settings.footer)
    made = markdown.render(footer, base=settings.dir, base_path=settings.base_path, base_url=settings.base_url)
    problems = []
    for fault in made.faults:
        what = mistake(fault.message.code, "footer: {fault}", fault=fault.message)
        problems.append(Problem("site.yaml", 0, 0, what, fault.cure, fault.level))
    if made.images:
        what = mistake("footer-picture", "footer: pictures are not shown there")
        problems.append(Problem("site.yaml", 0, 0, what, N_("take the picture out")))
    return Markup(made.html), tuple(problems)


class Sections(NamedTuple):
    """What a site has that menus lead to."""

    pages: tuple[Link, ...]
    """Pages outside the news."""
    editions: bool
    archive: bool
    sources: bool
    tags: bool


def sections(index: Index) -> Sections:
    return Sections(
        tuple(Link(page.title, page.url) for page in index.pages),
        bool(index.editions),
        bool(index.entries),
        bool(index.outlets),
        bool(index.tags),
    )


def make_site_view(settings: Settings, footer: Markup, assets: Assets, has: Sections, fragments: str) -> SiteView:
    """The same on every page of one build; `fragments` as pages carry them (`blocks.fragments_mode`)."""

    def url(path: str) -> str:
        return path_url(settings.base_path, path)

    menu = tuple(Link(item.title, item.url) for item in settings.menu)
    return SiteView(
        title=settings.title,
        description=settings.description,
        lang=settings.lang,
        dir=settings.dir,
        locale=LOCALES.get(settings.lang) or settings.lang.replace("-", "_"),
        home=settings.base_path,
        themes=settings.themes,
        menu=menu or has.pages,
        footer=footer,
        footer_links=tuple(Link(item.title, item.url) for item in settings.footer_links),
        script=assets.urls[SCRIPT] if fragments == "live" else "",
        fragment=url(FRAGMENT) if fragments == "live" else "",
        stylesheet=assets.urls[STYLESHEET],
        fonts=tuple(u for name, u in sorted(assets.urls.items()) if name.endswith(".woff2") and "-preload" in name),
        own_stylesheet=assets.urls.get(OWN_STYLESHEET, ""),
        ago=assets.urls[AGO] if settings.relative_dates else "",
        icon=assets.urls[ICON],
        feeds=tuple(FeedLink(settings.title, url(f"/{kind.file}"), kind.media_type) for kind in feeds.FORMATS),
        editions=url("/editions/") if has.editions else "",
        archive=url("/archive/") if has.archive else "",
        sources=url("/sources/") if has.sources else "",
        tags=url("/tags/") if has.tags else "",
        search=url("/search/") if settings.search else "",
        box=assets.urls[BOX] if settings.search else "",
        search_script=assets.urls[SEARCH] if settings.search else "",
        languages=tuple(
            Translation(site.lang, bidi.lang_direction(site.lang), site.title, site.url) for site in settings.languages
        ),
    )
