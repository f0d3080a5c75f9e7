"""The files for machines: feeds, sitemaps, OPML, robots.txt. Each is a path and its bytes.

A feed that carries whole texts is the one place beside an article's own page where bodies are asked for, by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.arabic import bidi, collation
from digest.model import Article, Entry, Theme
from digest.pages import feeds, opml, sitemaps
from digest.pages.article import with_pictures
from digest.pages.plan import origin_of
from digest.pages.sitemaps import rfc3339

if TYPE_CHECKING:
    from digest.pages.context import SiteContext
    from digest.pages.plan import Newsroom, Page

NEWS_AGE = timedelta(hours=48)
"""Google's news sitemap holds articles of the last two days."""

Bodies = Callable[[Sequence[str]], Mapping[str, Article]]


@dataclass(frozen=True, slots=True)
class File:
    """One file of the site that no template makes."""

    path: str
    content: bytes


def files(room: Newsroom, pages: Sequence[Page], now: datetime, bodies: Bodies) -> list[File]:
    """All of them, in a fixed order."""
    return [*feed_files(room, bodies), *sitemap_files(room, pages, now), File("/opml.xml", sources_opml(room))]


def paths(room: Newsroom) -> list[str]:
    """Where they will stand, before they are made."""
    themes = (f"/{theme.id}/feed.xml" for theme in room.context.settings.themes)
    fixed = ("/feed.xml", "/feed.json", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/opml.xml")
    return [*fixed, *themes]


# ------------------------------------------------------------------ feeds


def feed_files(room: Newsroom, bodies: Bodies) -> list[File]:
    """The site's feeds and one for each theme."""
    count = room.context.settings.feeds.count
    whole = room.index.entries[:count]
    rows = {theme: room.index.by_theme.get(theme.id, ())[:count] for theme in room.context.settings.themes}
    wanted = {entry.id for row in (whole, *rows.values()) for entry in row}
    full = room.context.settings.feeds.content == "full"
    texts = bodies(sorted(wanted)) if full else {}
    made = [
        File("/feed.xml", feeds.atom(feed_info(room, "/feed.xml", None), feed_items(room, whole, texts))),
        File("/feed.json", feeds.json_feed(feed_info(room, "/feed.json", None), feed_items(room, whole, texts))),
    ]
    for theme, row in rows.items():
        path = f"/{theme.id}/feed.xml"
        made.append(File(path, feeds.atom(feed_info(room, path, theme), feed_items(room, row, texts))))
    return made


def feed_info(room: Newsroom, path: str, theme: Theme | None) -> feeds.FeedInfo:
    """What a feed says of itself."""
    context = room.context
    settings = context.settings
    described = theme.description if theme and theme.description else settings.description
    address = urlsplit(settings.base_url)
    return feeds.FeedInfo(
        title=bidi.join((settings.title.plain, theme.title.plain), " – ") if theme else settings.title.plain,
        description=described.plain,
        lang=settings.lang,
        home=context.absolute(theme.url if theme else context.chrome.home),
        self_url=context.absolute(context.url(path)),
        id=f"{address.scheme}://{address.netloc}{context.url(path)}" if theme else settings.base_url,
        icon=context.absolute(context.chrome.icon),
        author=settings.publisher,
        dir=settings.dir,
    )


def feed_items(room: Newsroom, entries: Sequence[Entry], texts: Mapping[str, Article]) -> list[feeds.FeedItem]:
    return [feed_item(room.context, entry, texts.get(entry.id)) for entry in entries]


def feed_item(context: SiteContext, entry: Entry, whole: Article | None) -> feeds.FeedItem:
    """One entry as feeds show it; absolute addresses, so that a reader's program finds them."""
    picture = context.picture(entry.image)
    html = ""
    if whole:
        origin = context.settings.base_url[: -len(context.settings.base_path)]
        html = feeds.absolute(str(with_pictures(whole.body, entry.images, context)), origin)
    return feeds.FeedItem(
        id=feeds.tag_uri(context.settings.base_url, entry.id, entry.published),
        url=context.absolute(entry.url),
        external_url=entry.outlets[0].url if entry.outlets else "",
        title=entry.title,
        summary=entry.summary,
        html=html,
        published=entry.published,
        updated=entry.updated or entry.published,
        authors=tuple(author.plain for author in entry.authors),
        tags=tuple(tag.name.plain for tag in entry.tags),
        image=context.absolute(picture.rendition.src) if picture else "",
        lang=entry.lang or context.chrome.lang,
        outlet=entry.outlets[0].name.plain if entry.outlets else "",
    )


# ------------------------------------------------------------------ sitemaps


def sitemap_files(room: Newsroom, pages: Sequence[Page], now: datetime) -> list[File]:
    """sitemap.xml (an index of several when large), news-sitemap.xml and robots.txt."""
    context = room.context
    articles = [(context.absolute(e.url), rfc3339(e.updated or e.published)) for e in reversed(room.index.entries)]
    lists = [(context.absolute(context.url(page.path)), page.modified) for page in pages if page.indexed]
    base = context.absolute(context.chrome.home)
    made = [File(f"/{name}", content) for name, content in sitemaps.split(articles, lists, base=base)]
    news = [
        sitemaps.NewsItem(context.absolute(entry.url), entry.title.plain, entry.published)
        for entry in room.index.entries
        if now - NEWS_AGE <= entry.published <= now
    ]
    language = context.chrome.lang.partition("-")[0]
    made.append(File("/news-sitemap.xml", sitemaps.news_sitemap(news, context.settings.publisher, language)))
    # the news map repeats articles of the other one and is given to Google in its console, so it is not named here
    made.append(File("/robots.txt", sitemaps.robots([context.absolute(context.url("/sitemap.xml"))]).encode()))
    return made


def sources_opml(room: Newsroom) -> bytes:
    """The outlets this digest reads, in the order of the alphabet."""
    outlets = sorted(room.index.outlets.values(), key=lambda outlet: collation.key(outlet.name.plain))
    rows = [(outlet.name.plain, origin_of(outlet.url), "") for outlet in outlets]
    return opml.opml(room.context.settings.title.plain, rows)
