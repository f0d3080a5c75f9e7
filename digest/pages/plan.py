"""The pages of a site that are not articles: one function for each kind, which gives `Page` values.

In: the index and the site's constants. Out: pages in a fixed order, each with the parts its view is made of. The
function that makes a view gets these parts and a `ViewContext`, never the index. A new kind of page is a view, these
two functions and a place in `PAGES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from digest.content.urls import origin_of
from digest.model import Card, Edition, Entry, Link, Picture, Place, StandalonePage, Text, Theme
from digest.pages import blocks, structured
from digest.pages.blocks import ThemeRow
from digest.pages.context import SiteContext, Slice, paginate
from digest.pages.figures import with_pictures
from digest.pages.page import Page, ViewContext
from digest.pages.views import (
    Block,
    EditionCard,
    EditionSection,
    EditionsView,
    EditionView,
    HomeView,
    IndexView,
    ListView,
    NotFoundView,
    RedirectView,
    SearchView,
    StandaloneView,
    Year,
)
from digest.search.documents import documents_of
from digest.search.index import HEAD, IndexFile, SearchIndex
from digest.search.language import language_file
from digest.text import bidi, collation, numbers
from digest.text.dates import rfc3339

if TYPE_CHECKING:
    from digest.linking.index import Index
    from digest.pages.addresses import Redirect

MONTH_PAGE = 100
"""Entries on one page of a month: a month is looked through, not read."""


class PageInputs(msgspec.Struct, frozen=True, dict=True):
    """What the pages are chosen from."""

    index: Index
    popular: tuple[Entry, ...]
    """Most read first."""
    context: SiteContext

    @cached_property
    def search(self) -> SearchIndex:
        """The search index, of which nothing but names is made until a file is asked for."""
        return SearchIndex(documents_of(self.index.entries), self.context.settings.lang)

    @cached_property
    def search_language(self) -> IndexFile:
        """What a search must know of the site's language."""
        return language_file(self.context.settings.lang, self.context.aliases)


SITE = Place("site.yaml")


# ------------------------------------------------------------------ home

TOP = 5
"""Stories above the fold: the lead and those beside it."""


class EditionRow(msgspec.Struct, frozen=True, gc=False):
    """An edition and what is in it."""

    edition: Edition
    entries: tuple[Entry, ...]
    count: int
    """Number of all its entries; `entries` may hold the first ones only."""


def home(inputs: PageInputs) -> Iterator[Page]:
    index, context = inputs.index, inputs.context
    newest = index.entries[0].published if index.entries else None
    top = blocks.leads_first(index.entries, TOP)
    current = index.editions[0] if index.editions else None
    parts = {
        "top": top,
        "latest": index.entries[: context.settings.blocks.latest],
        "themes": tuple(home_rows(inputs, {entry.id for entry in top})),
        "popular": inputs.popular,
        "edition": edition_row(index, current, context.settings.blocks.latest) if current else None,
    }
    yield Page("/", HomeView.template, home_view, parts, SITE, rfc3339(newest) if newest else "")


def home_rows(inputs: PageInputs, used: set[str]) -> Iterator[ThemeRow]:
    """A row for each theme without the stories at the top of the page, unless it has no others."""
    count = inputs.context.settings.blocks.home_theme
    for theme in inputs.context.settings.themes:
        row = inputs.index.by_theme.get(theme.id, ())
        fresh = tuple(entry for entry in row[: count + len(used)] if entry.id not in used)
        if row:
            yield ThemeRow(theme, blocks.leads_first(fresh or row, count))


def edition_row(index: Index, edition: Edition, limit: int | None = None) -> EditionRow:
    entries = index.by_edition[edition.id]
    return EditionRow(edition, entries[:limit], len(entries))


def home_view(
    ctx: ViewContext,
    *,
    top: tuple[Entry, ...],
    latest: tuple[Entry, ...],
    themes: tuple[ThemeRow, ...],
    popular: tuple[Entry, ...],
    edition: EditionRow | None,
) -> HomeView:
    context = ctx.context
    return HomeView(
        meta=context.meta(
            context.settings.title.plain,
            context.settings.description.plain,
            context.view.home,
            home=True,
            alternates=context.alternates("", context.view.home, context.view.languages),
            picture=context.picture(top[0].image) if top else None,
            jsonld=structured.document(
                structured.website(
                    context.publisher, lang=context.view.lang, description=context.settings.description.plain
                ),
                structured.organization(context.publisher),
            ),
        ),
        lead=ctx.card(top[0]) if top else None,
        top=ctx.shown(top[1:]),
        latest=blocks.latest_block(ctx, latest),
        blocks=tuple(made for made in (blocks.theme_block(ctx, row) for row in themes) if made),
        most_read=blocks.most_read_block(ctx, popular),
        edition=edition_card(ctx, edition) if edition else None,
        edition_block=edition_block(ctx, edition) if edition else None,
    )


def edition_block(ctx: ViewContext, row: EditionRow) -> Block | None:
    return blocks.block(ctx, "edition", row.edition.title, row.entries, url=row.edition.url)


# ------------------------------------------------------------------ lists

LISTED_IN = {"source": "sources", "tag": "tags", "month": "archive"}
"""Kind of a list → the page that lists all of that kind, and its folder; themes are in the menu instead."""


class Listing(msgspec.Struct, frozen=True, gc=False):
    """A theme, a source, a tag or a month as each page of its list shows it: nothing here changes with a new entry."""

    kind: str
    """`theme`, `source`, `tag` or `month`: `ListView.kind`, and the beginning of its keys in the string table."""
    title: Text
    name: str = ""
    """What its strings are filled in with where that is not the title."""
    theme: Theme | None = None
    outlet_url: str = ""


def list_pages(
    inputs: PageInputs, listing: Listing, path: str, entries: tuple[Entry, ...], origin: Place, *, size: int = 0
) -> Iterator[Page]:
    """The front page of a list at `path` and its numbered pages, `size` entries each (default: `per_page`)."""
    for part in paginate(path, entries, size or inputs.context.settings.per_page, inputs.context):
        # How long the list is belongs to its front page alone: the numbered ones never change.
        parts = {"listing": listing, "entries": part, "count": 0 if part.number else len(entries)}
        modified = rfc3339(max(entry.published for entry in part.entries)) if part.entries else ""
        yield Page(part.path, ListView.template, list_view, parts, origin, modified)


def list_view(ctx: ViewContext, *, listing: Listing, entries: Slice, count: int) -> ListView:
    context, kind, theme = ctx.context, listing.kind, listing.theme
    head, described = words_of(listing, context)
    if entries.number:
        head = context.strings.plain("list_page", title=head, page=entries.number)
        described = context.strings.plain("list_page", title=described, page=entries.number)
    front = theme and not entries.number
    cards = ctx.shown(blocks.leads_first(entries.entries, len(entries.entries)) if front else entries.entries)
    trail = (context.home,) if theme else (context.home, index_link(context, LISTED_IN[kind]))
    meta = context.list_meta(
        head,
        described,
        context.url(entries.path),
        trail,
        cards,
        picture=first_picture(cards),
        feeds=context.theme_feeds[theme.id] if theme else (),
    )
    return ListView(
        meta=meta,
        kind=kind,
        title=listing.title,
        description=theme.description if theme else None,
        breadcrumb=trail,
        count="" if entries.number else context.strings.plain("articles", n=count),
        cards=cards,
        pager=entries.pager,
        theme=theme,
        outlet_url=listing.outlet_url,
        first=not entries.number,
    )


def words_of(listing: Listing, context: SiteContext) -> tuple[str, str]:
    """Title and description of a list for the head of its pages."""
    strings, kind = context.strings, listing.kind
    name = listing.name or listing.title
    if listing.theme is None:
        return strings.plain(f"{kind}_title", name=name), strings.plain(f"{kind}_description", name=name)
    return listing.title.plain, blocks.described(context, listing.theme).plain


def first_picture(cards: Iterable[Card]) -> Picture | None:
    return next((card.picture for card in cards if card.picture), None)


def themes(inputs: PageInputs) -> Iterator[Page]:
    for theme in inputs.context.settings.themes:
        entries = inputs.index.by_theme.get(theme.id, ())
        yield from list_pages(inputs, Listing("theme", theme.title, theme=theme), f"/{theme.id}/", entries, SITE)


def sources(inputs: PageInputs) -> Iterator[Page]:
    outlets = inputs.index.outlets.values()
    listings = {outlet.slug: Listing("source", outlet.name, outlet_url=origin_of(outlet.url)) for outlet in outlets}
    yield from indexed_lists(inputs, "sources", listings, inputs.index.by_outlet)


def tags(inputs: PageInputs) -> Iterator[Page]:
    listings = {tag.slug: Listing("tag", tag.name) for tag in inputs.index.tags.values()}
    yield from indexed_lists(inputs, "tags", listings, inputs.index.by_tag)


def indexed_lists(
    inputs: PageInputs, kind: str, listings: Mapping[str, Listing], entries: Mapping[str, tuple[Entry, ...]]
) -> Iterator[Page]:
    """An index in the order of the alphabet, and the list of each; `listings` and `entries` by slug."""
    if not listings:
        return
    ordered = sorted(listings.items(), key=lambda row: collation.sort_key(row[1].title.plain))
    rows = tuple((listing.title, f"/{kind}/{slug}/", len(entries[slug])) for slug, listing in ordered)
    newest = max(entries[slug][0].published for slug in listings)
    yield Page(f"/{kind}/", IndexView.template, named_lists, {"kind": kind, "rows": rows}, SITE, rfc3339(newest))
    for slug, listing in listings.items():
        yield from list_pages(inputs, listing, f"/{kind}/{slug}/", entries[slug], entries[slug][0].place)


def named_lists(ctx: ViewContext, *, kind: str, rows: tuple[tuple[Text, str, int], ...]) -> IndexView:
    context = ctx.context
    links = [Link(name, context.url(path), context.strings.plain("articles", n=count)) for name, path, count in rows]
    return index_view(context, kind, links=tuple(links))


def archive(inputs: PageInputs) -> Iterator[Page]:
    context, index = inputs.context, inputs.index
    months = index.by_persian_month if context.settings.calendars[0] == "persian" else index.by_month
    if not months:
        return
    counts = tuple((year, month, len(entries)) for (year, month), entries in months.items())
    newest = rfc3339(index.entries[0].published)
    yield Page("/archive/", IndexView.template, archive_view, {"months": counts}, SITE, newest)
    month_title = context.settings.date_formatter().month_title
    for (year, month), entries in months.items():
        name = month_title(year, month)
        listing = Listing("month", context.strings.text("archive_month", name=name), name)
        yield from list_pages(inputs, listing, f"/archive/{year}/{month:02}/", entries, SITE, size=MONTH_PAGE)


def archive_view(ctx: ViewContext, *, months: tuple[tuple[int, int, int], ...]) -> IndexView:
    context = ctx.context
    moments = context.settings.date_formatter()
    years: dict[int, list[Link]] = {}
    for year, month, count in months:
        link = Link(
            context.strings.text("archive_month", name=moments.month_title(year, month)),
            context.url(f"/archive/{year}/{month:02}/"),
            context.strings.plain("articles", n=count),
        )
        years.setdefault(year, []).append(link)
    shown = tuple(Year(numbers.shape(str(year), context.strings.digits), tuple(links)) for year, links in years.items())
    return index_view(context, "archive", years=shown)


def index_view(
    context: SiteContext, kind: str, *, links: tuple[Link, ...] = (), years: tuple[Year, ...] = ()
) -> IndexView:
    title, described, url = index_words(context, kind)
    listed = links or [month for year in years for month in year.months]
    meta = context.list_meta(title.plain, described, url, (context.home,), listed)
    return IndexView(meta, kind, title, (context.home,), links, years)


def index_words(context: SiteContext, kind: str) -> tuple[Text, str, str]:
    """Title, description and URL of a page that lists lists."""
    return context.strings.text(kind), context.strings.plain(f"{kind}_description"), context.url(f"/{kind}/")


def index_link(context: SiteContext, kind: str) -> Link:
    return Link(context.strings.text(kind), context.url(f"/{kind}/"))


# ------------------------------------------------------------------ editions


def editions(inputs: PageInputs) -> Iterator[Page]:
    rows = [edition_row(inputs.index, edition) for edition in inputs.index.editions]
    if not rows:
        return
    listed = {"editions": tuple(EditionRow(row.edition, (), row.count) for row in rows)}
    newest = rows[0].edition
    yield Page("/editions/", EditionsView.template, editions_view, listed, newest.place, rfc3339(newest.published))
    for position, row in enumerate(rows):
        parts = {
            "edition": row,
            "older": listed["editions"][position + 1] if position + 1 < len(rows) else None,
            "newer": listed["editions"][position - 1] if position else None,
        }
        modified = rfc3339(row.edition.published)
        yield Page(row.edition.path, EditionView.template, edition_view, parts, row.edition.place, modified)


def editions_view(ctx: ViewContext, *, editions: tuple[EditionRow, ...]) -> EditionsView:
    context = ctx.context
    title, described, url = index_words(context, "editions")
    shown = tuple(edition_card(ctx, row) for row in editions)
    meta = context.list_meta(title.plain, described, url, (context.home,), shown)
    return EditionsView(meta, (context.home,), title, shown)


def edition_card(ctx: ViewContext, row: EditionRow) -> EditionCard:
    edition = row.edition
    return EditionCard(
        edition.url,
        edition.title,
        edition.summary,
        edition.moment,
        ctx.context.strings.plain("stories", n=row.count),
        ctx.context.picture(edition.image),
    )


def edition_view(
    ctx: ViewContext, *, edition: EditionRow, older: EditionRow | None, newer: EditionRow | None
) -> EditionView:
    context, shown = ctx.context, edition.edition
    by_theme: dict[str, list[Entry]] = {}
    for entry in edition.entries:
        by_theme.setdefault(entry.theme, []).append(entry)
    sections = tuple(EditionSection(context.themes[theme], ctx.shown(row)) for theme, row in by_theme.items())
    trail = (context.home, index_link(context, "editions"))
    described = shown.summary.plain or context.strings.plain("edition_description", title=shown.title)
    picture = context.picture(shown.image)
    cards = [card for section in sections for card in section.cards]
    shared = picture or first_picture(cards)
    return EditionView(
        meta=context.list_meta(shown.title.plain, described, shown.url, trail, cards, picture=shared),
        breadcrumb=trail,
        title=shown.title,
        moment=shown.moment,
        count=context.strings.plain("stories", n=len(cards)),
        picture=picture,
        introduction=with_pictures(shown.body, shown.images, context),
        sections=sections,
        previous=edition_card(ctx, older) if older else None,
        next=edition_card(ctx, newer) if newer else None,
    )


# ------------------------------------------------------------------ pages outside the news


def standing(inputs: PageInputs) -> Iterator[Page]:
    for page in inputs.index.pages:
        modified = page.updated.iso if page.updated else ""
        yield Page(page.path, StandaloneView.template, standing_view, {"text": page}, page.place, modified)


def standing_view(ctx: ViewContext, *, text: StandalonePage) -> StandaloneView:
    context, page = ctx.context, text
    trail = (context.home,)
    picture = context.picture(page.image)
    described = page.summary.plain or page.title.plain
    return StandaloneView(
        meta=context.list_meta(page.title.plain, described, page.url, trail, None, picture=picture),
        breadcrumb=trail,
        title=page.title,
        body=with_pictures(page.body, page.images, context),
        picture=picture,
        updated=page.updated,
        lang=page.lang or context.view.lang,
        dir=bidi.lang_direction(page.lang) if page.lang else context.view.dir,
    )


def not_found(inputs: PageInputs) -> Iterator[Page]:
    latest = inputs.index.entries[: inputs.context.settings.blocks.latest]
    yield Page("/404.html", NotFoundView.template, not_found_view, {"latest": latest}, SITE, indexed=False)


def not_found_view(ctx: ViewContext, *, latest: tuple[Entry, ...]) -> NotFoundView:
    title = ctx.context.strings.plain("not_found")
    meta = ctx.context.meta(title, title, "/404.html", indexed=False, jsonld=Markup(""))
    return NotFoundView(meta, blocks.latest_block(ctx, latest))


# ------------------------------------------------------------------ search


def search(inputs: PageInputs) -> Iterator[Page]:
    """The results page: what it shows changes in the reader's browser, not here."""
    index = inputs.index
    if not inputs.context.settings.search:
        return
    folder = inputs.search.folder
    parts = {
        "outlets": tuple(sorted((outlet.name.plain for outlet in index.outlets.values()), key=collation.sort_key)),
        "years": tuple(sorted({entry.published.year for entry in index.entries}, reverse=True)),
        "folder": folder,
        "language": inputs.search_language.path,
    }
    yield Page("/search/", SearchView.template, search_view, parts, SITE, indexed=False)


COUNTED = 200
"""Counts whose plural forms the results page has: of larger ones the last two digits decide."""


def search_view(
    ctx: ViewContext, *, outlets: tuple[str, ...], years: tuple[int, ...], folder: str, language: str
) -> SearchView:
    context = ctx.context
    first = (*([f"{folder}directory.json"] if folder else []), language, HEAD)
    strings = context.strings
    title = strings.text("search")
    counted = [strings.form(strings.table, "search_found", n) for n in range(COUNTED)]
    found = list(dict.fromkeys(counted))
    words = {
        "part": strings.plain("search_part"),
        "broken": strings.plain("search_broken"),
        "found": found,
        "forms": "".join([str(found.index(one)) for one in counted]),
    }
    return SearchView(
        meta=context.meta(
            title.plain, strings.plain("search_description"), context.url("/search/"), indexed=False, jsonld=Markup("")
        ),
        title=title,
        preload=tuple(context.url(f"/{file}") for file in first),
        frozen=folder.removeprefix("search/").removesuffix("/"),
        language=language,
        digits=numbers.shape(numbers.ASCII, strings.digits) + strings.number(1000)[1],
        words=msgspec.json.encode(words).decode(),
        outlets=outlets,
        years=tuple((str(year), numbers.shape(str(year), strings.digits)) for year in years),
    )


PAGES = (home, themes, sources, tags, archive, editions, standing, search, not_found)


def redirects(found: Iterable[Redirect]) -> Iterator[Page]:
    """A page for each old address, which leads on."""
    for old in found:
        parts = {"url": old.url, "title": old.title}
        yield Page(old.path, RedirectView.template, redirect_view, parts, old.place, indexed=False)


def redirect_view(ctx: ViewContext, *, url: str, title: Text) -> RedirectView:
    return RedirectView(ctx.context.absolute(url), title)
