"""The files for machines: feeds, sitemaps, OPML, robots.txt. Each is a path, the parts it is made of, and its bytes.

A file that carries whole texts, such as a full feed, says so by `FullText` among its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from digest.content.urls import origin_of
from digest.pages import feeds, opml, sitemaps
from digest.pages.addresses import page_like
from digest.pages.figures import with_pictures
from digest.pages.page import Details, FullText, Page, ViewContext
from digest.text import bidi, collation
from digest.text.dates import rfc3339

if TYPE_CHECKING:
    from digest.model import Article, Entry, Theme
    from digest.pages.context import SiteContext
    from digest.pages.plan import PageInputs

Content = bytes | Path
"""Of a file of the output; a path stands for what is in the file there."""

NEWS_AGE = timedelta(hours=48)
"""Google's news sitemap holds articles of the last two days."""


class GeneratedFile(msgspec.Struct, frozen=True):
    """One file of the site that no template makes."""

    path: str
    parts: Mapping[str, object] | None
    """What it is made of beside what is site-wide; None where that would cost as much to compare as to make."""
    make: Callable[[ViewContext], Content]
    uses_constants: bool = True
    """Whether it is made with the constants of the site; otherwise its parts say all."""

    def content(self, ctx: ViewContext) -> Content:
        """The bytes of the file, or where they are. Whole texts are only for those who declare them as `FullText`."""
        return self.make(ctx.without_texts() if self.parts is None else ctx)


def files(inputs: PageInputs, pages: Sequence[Page], now: datetime) -> list[GeneratedFile]:
    """All of them, in a fixed order. `pages` are the site's beside its articles, for the site map."""
    key = inputs.context.settings.indexnow.key
    proof = [made(f"/{key}.txt", key.encode())] if key else []
    opml_file = GeneratedFile(f"/{opml.FILE}", None, partial(sources_opml, inputs))
    return [*feed_files(inputs), *sitemap_files(inputs, pages, now), opml_file, *search_files(inputs), *proof]


# ------------------------------------------------------------------ feeds


def feed_files(inputs: PageInputs) -> Iterator[GeneratedFile]:
    """The site's feeds and one for each theme."""
    settings = inputs.context.settings
    full = settings.feeds.content == "full"
    whole = inputs.index.entries[: settings.feeds.count]
    for kind in feeds.FORMATS:
        yield feed_file(kind, None, whole, full=full)
    for theme in settings.themes:
        row = inputs.index.by_theme.get(theme.id, ())[: settings.feeds.count]
        yield from (feed_file(kind, theme, row, full=full) for kind in feeds.FORMATS if kind.per_theme)


def feed_file(kind: feeds.Format, theme: Theme | None, entries: Sequence[Entry], *, full: bool) -> GeneratedFile:
    """One feed; with `full` it is made of the entries' whole texts."""
    path = f"/{theme.id}/{kind.file}" if theme else f"/{kind.file}"

    def make(ctx: ViewContext) -> bytes:
        items = [feed_item(ctx.context, e, ctx.article(e) if full else None) for e in entries]
        return kind.write(feed_info(ctx.context, path, theme), items)

    return GeneratedFile(path, {"entries": tuple(map(FullText if full else Details, entries))}, make)


def feed_info(context: SiteContext, path: str, theme: Theme | None) -> feeds.FeedInfo:
    """What a feed says of itself."""
    settings = context.settings
    described = theme.description if theme and theme.description else settings.description
    address = urlsplit(settings.base_url)
    return feeds.FeedInfo(
        title=bidi.join((settings.title.plain, theme.title.plain), " – ") if theme else settings.title.plain,
        description=described.plain,
        lang=settings.lang,
        home=context.absolute(theme.url if theme else context.view.home),
        self_url=context.absolute(context.url(path)),
        id=f"{address.scheme}://{address.netloc}{context.url(path)}" if theme else settings.base_url,
        icon=context.absolute(context.view.icon),
        author=settings.publisher,
        dir=settings.dir,
        hubs=settings.feeds.hubs,
    )


def first_address(entry: Entry) -> str:
    """Where an entry stood first: its oldest alias, else its path. Feeds name it by that, so that no move makes readers
    see it twice.
    """
    return page_like(entry.aliases[0][0]).removesuffix("index.html") if entry.aliases else entry.path


def feed_item(context: SiteContext, entry: Entry, whole: Article | None) -> feeds.FeedItem:
    """One entry as feeds show it; absolute addresses, so that a reader's program finds them."""
    picture = context.picture(entry.image)
    html = ""
    if whole:
        origin = context.settings.base_url[: -len(context.settings.base_path)]
        body = str(with_pictures(whole.story.body, entry.images, context))
        html = feeds.absolute(body, origin, context.absolute(entry.url))
    return feeds.FeedItem(
        id=feeds.tag_uri(context.settings.feeds.first_url or context.settings.base_url, first_address(entry)),
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
        lang=entry.lang or context.view.lang,
        outlet=entry.outlets[0].name.plain if entry.outlets else "",
    )


# ------------------------------------------------------------------ search


def search_files(inputs: PageInputs) -> Iterator[GeneratedFile]:
    """The search index. What each file is made of is in its fingerprint; no text of an entry is."""
    if not inputs.context.settings.search:
        return
    for file in (inputs.search_language, *inputs.search.files(inputs.search_language.path)):
        yield GeneratedFile(f"/{file.path}", {"print": file.print}, partial(made_from, file.make))


def made_from(make: Callable[[], bytes], _: ViewContext) -> bytes:
    """What a file is made into without the site's views."""
    return make()


# ------------------------------------------------------------------ sitemaps


def sitemap_files(inputs: PageInputs, pages: Sequence[Page], now: datetime) -> Iterator[GeneratedFile]:
    """sitemap.xml (an index of several when large), news-sitemap.xml and robots.txt."""
    context = inputs.context
    articles = [(context.absolute(e.url), rfc3339(e.updated or e.published)) for e in reversed(inputs.index.entries)]
    lists = [(context.absolute(context.url(page.path)), page.modified) for page in pages if page.indexed]
    for name, content in sitemaps.split(articles, lists, base=context.absolute(context.view.home)):
        yield made(f"/{name}", content)
    news = [
        sitemaps.NewsItem(context.absolute(entry.url), entry.title.plain, entry.published)
        for entry in inputs.index.entries
        if now - NEWS_AGE <= entry.published <= now
    ]
    language = context.view.lang.partition("-")[0]
    yield made("/news-sitemap.xml", sitemaps.news_sitemap(news, context.settings.publisher, language))
    # the news map repeats articles of the other one and is given to Google in its console, so it is not named here
    yield made("/robots.txt", sitemaps.robots([context.absolute(context.url("/sitemap.xml"))]).encode())


def made(path: str, content: bytes) -> GeneratedFile:
    return GeneratedFile(path, None, lambda _: content)


def copied(path: str, content: Content, version: bytes | str | None = None) -> GeneratedFile:
    """A file that is there already. `version` is another whenever its content is; None if only the content tells."""
    parts = {"content": version} if version else None
    return GeneratedFile(path, parts, lambda _: content, uses_constants=False)


def sources_opml(inputs: PageInputs, _: ViewContext) -> bytes:
    """The outlets this digest reads, in the order of the alphabet."""
    outlets = sorted(inputs.index.outlets.values(), key=lambda outlet: collation.sort_key(outlet.name.plain))
    rows = [(outlet.name.plain, origin_of(outlet.url)) for outlet in outlets]
    return opml.opml(inputs.context.settings.title.plain, rows)
