"""The pages of a site that are not articles: one function a kind, each giving `Page` values.

In: the index and the context. Out: pages in a fixed order, each with the parts its view is made of; a function that
makes a view sees these parts and the desk, never the index. A new kind of page is two functions and a line in `PAGES`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from digest.model import Edition, Entry, Link, Outlet, Place, StandalonePage, Tag, Text, Theme
from digest.pages import blocks, structured
from digest.pages.article import with_pictures
from digest.pages.blocks import ThemeRow
from digest.pages.context import SiteContext, Slice, paginate
from digest.pages.page import Page
from digest.pages.sitemaps import rfc3339
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.linking.index import Index
    from digest.pages.addresses import Redirect
    from digest.pages.page import ViewContext

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


def pages(room: PageInputs) -> list[Page]:
    """Every page but the articles'."""
    return [page for kind in PAGES for page in kind(room)]


# ------------------------------------------------------------------ home

TOP = 5
"""Stories above the fold: the lead and those beside it."""


class EditionRow(msgspec.Struct, frozen=True, gc=False):
    """An edition and what is in it."""

    issue: Edition
    entries: tuple[Entry, ...]
    count: int
    """Of all its entries, where `entries` are the first ones only."""


def home(room: PageInputs) -> Iterator[Page]:
    index, context = room.index, room.context
    newest = index.entries[0].published if index.entries else None
    top = blocks.leads_first(index.entries, TOP)
    issue = index.issues[0] if index.issues else None
    parts = {
        "top": top,
        "latest": index.entries[: context.settings.blocks.latest],
        "themes": tuple(home_rows(room, {entry.id for entry in top})),
        "popular": room.popular,
        "edition": issue_row(index, issue, context.settings.blocks.latest) if issue else None,
    }
    yield Page("/", "home.html", home_view, parts, SITE, rfc3339(newest) if newest else "")


def home_rows(room: PageInputs, used: set[str]) -> Iterator[ThemeRow]:
    """A row for each theme, without what already stands at the top unless nothing else is left."""
    count = room.context.settings.blocks.home_theme
    for theme in room.context.settings.themes:
        row = room.index.by_theme.get(theme.id, ())
        fresh = tuple(entry for entry in row[: count + len(used)] if entry.id not in used)
        if row:
            yield ThemeRow(theme, blocks.leads_first(fresh or row, count))


def issue_row(index: Index, issue: Edition, limit: int | None = None) -> EditionRow:
    entries = index.by_edition[issue.id]
    return EditionRow(issue, entries[:limit], len(entries))


def home_view(
    desk: ViewContext,
    *,
    top: tuple[Entry, ...],
    latest: tuple[Entry, ...],
    themes: tuple[ThemeRow, ...],
    popular: tuple[Entry, ...],
    edition: EditionRow | None,
) -> HomeView:
    context = desk.context
    return HomeView(
        meta=context.meta(
            context.settings.title.plain,
            context.settings.description.plain,
            context.chrome.home,
            home=True,
            alternates=context.alternates("", context.chrome.home, context.chrome.languages),
            picture=context.picture(top[0].image) if top else None,
            jsonld=structured.document(
                structured.website(
                    context.publisher, lang=context.chrome.lang, description=context.settings.description.plain
                ),
                structured.organization(context.publisher),
            ),
        ),
        lead=desk.card(top[0]) if top else None,
        top=desk.shown(top[1:]),
        latest=blocks.latest_block(desk, latest),
        blocks=tuple(made for made in (blocks.theme_block(desk, row) for row in themes) if made),
        most_read=blocks.most_read_block(desk, popular),
        edition=edition_card(desk, edition) if edition else None,
        edition_block=edition_block(desk, edition) if edition else None,
    )


def edition_block(desk: ViewContext, row: EditionRow) -> Block | None:
    return blocks.block(desk, "edition", row.issue.title, row.entries, url=row.issue.url)


# ------------------------------------------------------------------ lists


def list_page(part: Slice, make: Callable[..., ListView], origin: Place, total: int, /, **parts: object) -> Page:
    """One page of a list. How long the list is belongs to its front page alone: the numbered ones never change."""
    shown = {**parts, "entries": part, "count": 0 if part.number else total}
    return Page(part.path, "list.html", make, shown, origin, newest_of(part))


def themes(room: PageInputs) -> Iterator[Page]:
    for theme in room.context.settings.themes:
        entries = room.index.by_theme.get(theme.id, ())
        for part in paginate(f"/{theme.id}/", entries, room.context.settings.per_page, room.context):
            yield list_page(part, theme_view, SITE, len(entries), theme=theme)


def theme_view(desk: ViewContext, *, theme: Theme, entries: Slice, count: int) -> ListView:
    strings = desk.context.strings
    described = theme.description.plain if theme.description else strings.plain("theme_description", name=theme.title)
    return list_view(
        desk,
        entries,
        kind="theme",
        title=theme.title,
        head=theme.title.plain,
        described=described,
        trail=(desk.context.home,),
        total=count,
        description=theme.description,
        theme=theme,
        feed=f"{theme.url}feed.xml",
    )


def sources(room: PageInputs) -> Iterator[Page]:
    outlets = room.index.outlets
    if not outlets:
        return
    yield index_page(
        "sources", [(o.name, f"/sources/{o.slug}/", room.index.by_outlet[o.slug]) for o in outlets.values()]
    )
    for outlet in outlets.values():
        entries = room.index.by_outlet[outlet.slug]
        for part in paginate(f"/sources/{outlet.slug}/", entries, room.context.settings.per_page, room.context):
            yield list_page(part, source_view, entries[0].place, len(entries), outlet=outlet)


def source_view(desk: ViewContext, *, outlet: Outlet, entries: Slice, count: int) -> ListView:
    strings = desk.context.strings
    return list_view(
        desk,
        entries,
        kind="source",
        title=outlet.name,
        head=strings.plain("source_title", name=outlet.name),
        described=strings.plain("source_description", name=outlet.name),
        trail=(desk.context.home, trail_link(desk, "sources")),
        total=count,
        outlet_url=origin_of(outlet.url),
    )


def origin_of(url: str) -> str:
    """The outlet's own site: the original's address without its path."""
    scheme, slashes, rest = url.partition("//")
    return f"{scheme}//{rest.partition('/')[0]}/" if slashes else ""


def tags(room: PageInputs) -> Iterator[Page]:
    known = room.index.tags
    if not known:
        return
    yield index_page("tags", [(t.name, f"/tags/{t.slug}/", room.index.by_tag[t.slug]) for t in known.values()])
    for tag in known.values():
        entries = room.index.by_tag[tag.slug]
        for part in paginate(f"/tags/{tag.slug}/", entries, room.context.settings.per_page, room.context):
            yield list_page(part, tag_view, entries[0].place, len(entries), tag=tag)


def tag_view(desk: ViewContext, *, tag: Tag, entries: Slice, count: int) -> ListView:
    strings = desk.context.strings
    return list_view(
        desk,
        entries,
        kind="tag",
        title=tag.name,
        head=strings.plain("tag_title", name=tag.name),
        described=strings.plain("tag_description", name=tag.name),
        trail=(desk.context.home, trail_link(desk, "tags")),
        total=count,
    )


def archive(room: PageInputs) -> Iterator[Page]:
    persian = room.context.settings.calendars[0] == "persian"
    months = room.index.by_persian_month if persian else room.index.by_month
    if not months:
        return
    counts = tuple((year, month, len(entries)) for (year, month), entries in months.items())
    newest = rfc3339(room.index.entries[0].published)
    yield Page("/archive/", "lists.html", archive_view, {"months": counts}, SITE, newest)
    for (year, month), entries in months.items():
        for part in paginate(f"/archive/{year}/{month:02}/", entries, MONTH_PAGE, room.context):
            yield list_page(part, month_view, SITE, len(entries), year=year, month=month)


def archive_view(desk: ViewContext, *, months: tuple[tuple[int, int, int], ...]) -> IndexView:
    context = desk.context
    moments = context.settings.moments()
    years: dict[int, list[Link]] = {}
    for year, month, count in months:
        link = Link(
            context.strings.text("archive_month", name=moments.month_title(year, month)),
            context.url(f"/archive/{year}/{month:02}/"),
            context.strings.plain("articles", n=count),
        )
        years.setdefault(year, []).append(link)
    shown = tuple(Year(numbers.shape(str(year), context.strings.digits), tuple(links)) for year, links in years.items())
    return index_view(desk, "archive", (), shown)


def month_view(desk: ViewContext, *, year: int, month: int, entries: Slice, count: int) -> ListView:
    strings = desk.context.strings
    name = desk.context.settings.moments().month_title(year, month)
    title = strings.text("archive_month", name=name)
    return list_view(
        desk,
        entries,
        kind="month",
        title=title,
        head=strings.plain("month_title", name=name),
        described=strings.plain("month_description", name=name),
        trail=(desk.context.home, trail_link(desk, "archive")),
        total=count,
    )


def list_view(
    desk: ViewContext,
    part: Slice,
    *,
    kind: str,
    title: Text,
    head: str,
    described: str,
    trail: tuple[Link, ...],
    total: int,
    description: Text | None = None,
    theme: Theme | None = None,
    feed: str = "",
    outlet_url: str = "",
) -> ListView:
    """What themes, sources, tags and months have in common."""
    context = desk.context
    url = context.url(part.path)
    entries = (
        blocks.leads_first(part.entries, len(part.entries)) if kind == "theme" and not part.number else part.entries
    )
    cards = desk.shown(entries)
    if part.number:
        head = context.strings.plain("list_page", title=head, page=part.number)
        described = context.strings.plain("list_page", title=described, page=part.number)
    return ListView(
        meta=context.meta(
            head,
            described,
            url,
            picture=next((card.picture for card in cards if card.picture), None),
            jsonld=structured.document(
                context.collection(head, described, url, [(card.title.plain, card.url) for card in cards]),
                context.crumbs(trail, head, url),
            ),
            feeds=(Link(title, feed),) if feed else (),
        ),
        kind=kind,
        title=title,
        description=description,
        breadcrumb=trail,
        count="" if part.number else context.strings.plain("articles", n=total),
        cards=cards,
        pager=part.pager,
        theme=theme,
        feed=feed,
        outlet_url=outlet_url,
        first=not part.number,
    )


def index_page(kind: str, rows: Sequence[tuple[Text, str, Sequence[Entry]]]) -> Page:
    """The list of all sources or all tags, in the order of the alphabet."""
    ordered = sorted(rows, key=lambda row: collation.key(row[0].plain))
    newest = max(entries[0].published for _, _, entries in rows)
    parts = {"kind": kind, "rows": tuple((name, path, len(entries)) for name, path, entries in ordered)}
    return Page(f"/{kind}/", "lists.html", named_lists, parts, SITE, rfc3339(newest))


def named_lists(desk: ViewContext, *, kind: str, rows: tuple[tuple[Text, str, int], ...]) -> IndexView:
    context = desk.context
    links = (Link(name, context.url(path), context.strings.plain("articles", n=count)) for name, path, count in rows)
    return index_view(desk, kind, tuple(links), ())


def index_view(desk: ViewContext, kind: str, links: tuple[Link, ...], years: tuple[Year, ...]) -> IndexView:
    context = desk.context
    title = context.strings.text(kind)
    url = context.url(f"/{kind}/")
    described = context.strings.plain(f"{kind}_description")
    trail = (context.home,)
    items = [(link.title.plain, link.url) for link in (links or [m for y in years for m in y.months])]
    node = context.collection(title.plain, described, url, items)
    meta = context.meta(
        title.plain, described, url, jsonld=structured.document(node, context.crumbs(trail, title.plain, url))
    )
    return IndexView(meta, kind, title, trail, links, years)


def trail_link(desk: ViewContext, kind: str) -> Link:
    return Link(desk.context.strings.text(kind), desk.context.url(f"/{kind}/"))


def newest_of(part: Slice) -> str:
    return rfc3339(max(e.published for e in part.entries)) if part.entries else ""


# ------------------------------------------------------------------ editions


def editions(room: PageInputs) -> Iterator[Page]:
    rows = [issue_row(room.index, issue) for issue in room.index.issues]
    if not rows:
        return
    listed = {"editions": tuple(EditionRow(row.issue, (), row.count) for row in rows)}
    newest = rows[0].issue
    yield Page("/editions/", "editions.html", editions_view, listed, newest.place, rfc3339(newest.published))
    for position, row in enumerate(rows):
        parts = {
            "edition": row,
            "older": listed["editions"][position + 1] if position + 1 < len(rows) else None,
            "newer": listed["editions"][position - 1] if position else None,
        }
        modified = rfc3339(row.issue.published)
        yield Page(row.issue.path, "edition.html", edition_view, parts, row.issue.place, modified)


def editions_view(desk: ViewContext, *, editions: tuple[EditionRow, ...]) -> EditionsView:
    context = desk.context
    title = context.strings.text("editions")
    url = context.url("/editions/")
    described = context.strings.plain("editions_description")
    shown = tuple(edition_card(desk, row) for row in editions)
    node = context.collection(title.plain, described, url, [(card.title.plain, card.url) for card in shown])
    trail = (context.home,)
    meta = context.meta(
        title.plain, described, url, jsonld=structured.document(node, context.crumbs(trail, title.plain, url))
    )
    return EditionsView(meta, trail, title, shown)


def edition_card(desk: ViewContext, row: EditionRow) -> EditionCard:
    issue = row.issue
    return EditionCard(
        issue.url,
        issue.title,
        issue.summary,
        issue.moment,
        desk.context.strings.plain("stories", n=row.count),
        desk.context.picture(issue.image),
    )


def edition_view(
    desk: ViewContext, *, edition: EditionRow, older: EditionRow | None, newer: EditionRow | None
) -> EditionView:
    context, issue = desk.context, edition.issue
    by_theme: dict[str, list[Entry]] = {}
    for entry in edition.entries:
        by_theme.setdefault(entry.theme, []).append(entry)
    sections = tuple(EditionSection(context.themes[theme], desk.shown(row)) for theme, row in by_theme.items())
    trail = (context.home, trail_link(desk, "editions"))
    described = issue.summary.plain or context.strings.plain("edition_description", title=issue.title)
    picture = context.picture(issue.image)
    items = [(card.title.plain, card.url) for section in sections for card in section.cards]
    node = context.collection(issue.title.plain, described, issue.url, items)
    return EditionView(
        meta=context.meta(
            issue.title.plain,
            described,
            issue.url,
            picture=picture or next((c.picture for s in sections for c in s.cards if c.picture), None),
            jsonld=structured.document(node, context.crumbs(trail, issue.title.plain, issue.url)),
        ),
        breadcrumb=trail,
        title=issue.title,
        moment=issue.moment,
        count=context.strings.plain("stories", n=len(items)),
        picture=picture,
        introduction=with_pictures(issue.body, issue.images, context),
        sections=sections,
        previous=edition_card(desk, older) if older else None,
        next=edition_card(desk, newer) if newer else None,
    )


# ------------------------------------------------------------------ pages outside the news


def standing(room: PageInputs) -> Iterator[Page]:
    for page in room.index.pages:
        modified = page.updated.iso if page.updated else ""
        yield Page(page.path, "page.html", standing_view, {"text": page}, page.place, modified)


def standing_view(desk: ViewContext, *, text: StandalonePage) -> StandaloneView:
    context, page = desk.context, text
    trail = (context.home,)
    picture = context.picture(page.image)
    described = page.summary.plain or page.title.plain
    return StandaloneView(
        meta=context.meta(
            page.title.plain,
            described,
            page.url,
            picture=picture,
            jsonld=structured.document(context.crumbs(trail, page.title.plain, page.url)),
        ),
        breadcrumb=trail,
        title=page.title,
        body=with_pictures(page.body, page.images, context),
        picture=picture,
        updated=page.updated,
        lang=page.lang or context.chrome.lang,
        dir=bidi.lang_direction(page.lang) if page.lang else context.chrome.dir,
    )


def not_found(room: PageInputs) -> Iterator[Page]:
    latest = room.index.entries[: room.context.settings.blocks.latest]
    yield Page("/404.html", "404.html", not_found_view, {"latest": latest}, SITE, indexed=False)


def not_found_view(desk: ViewContext, *, latest: tuple[Entry, ...]) -> NotFoundView:
    title = desk.context.strings.plain("not_found")
    meta = desk.context.meta(title, title, "/404.html", indexed=False, jsonld=Markup(""))
    return NotFoundView(meta, blocks.latest_block(desk, latest))


# ------------------------------------------------------------------ search


def search(room: PageInputs) -> Iterator[Page]:
    """The results page: what it shows changes in the reader's browser, not here."""
    index = room.index
    if not room.context.settings.search:
        return
    folder = room.search.folder
    parts = {
        "outlets": tuple(sorted((outlet.name.plain for outlet in index.outlets.values()), key=collation.key)),
        "years": tuple(sorted({entry.published.year for entry in index.entries}, reverse=True)),
        "files": (HEAD, *([f"{folder}directory.json"] if folder else []), room.search_language.path),
    }
    yield Page("/search/", "search.html", search_view, parts, SITE, indexed=False)


def search_view(
    desk: ViewContext, *, outlets: tuple[str, ...], years: tuple[int, ...], files: tuple[str, ...]
) -> SearchView:
    context = desk.context
    strings = context.strings
    title = strings.text("search")
    trail = (context.home,)
    found = strings.table["search_found"]
    words = {
        "part": strings.plain("search_part"),
        "file": strings.plain("search_file"),
        "broken": strings.plain("search_broken"),
        "found": {"other": found} if isinstance(found, str) else found,
    }
    return SearchView(
        meta=context.meta(
            title.plain, strings.plain("search_description"), context.url("/search/"), indexed=False, jsonld=Markup("")
        ),
        breadcrumb=trail,
        title=title,
        preload=tuple(context.url(f"/{file}") for file in files),
        digits=strings.digits,
        words=msgspec.json.encode(words).decode(),
        outlets=outlets,
        years=tuple((str(year), numbers.shape(str(year), strings.digits)) for year in years),
    )


PAGES = (home, themes, sources, tags, archive, editions, standing, search, not_found)


def redirects(found: Iterable[Redirect]) -> list[Page]:
    """A page for each old address, which leads on."""
    return [
        Page(old.path, "redirect.html", redirect_view, {"url": old.url, "title": old.title}, old.place, indexed=False)
        for old in found
    ]


def redirect_view(desk: ViewContext, *, url: str, title: Text) -> RedirectView:
    return RedirectView(desk.context.absolute(url), title)
