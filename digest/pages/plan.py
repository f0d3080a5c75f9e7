"""The pages of a site that are not articles: one function a kind, each giving `Page` values whose view is a thunk.

In: the index, the cards and the context. Out: pages in a fixed order. A new kind of page is one function and one
line in `PAGES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.arabic import bidi, collation, numbers
from digest.model import Card, Entry, Issue, Link, Outlet, Place, StandingPage, Tag, Text, Theme
from digest.pages import blocks, structured
from digest.pages.article import with_pictures
from digest.pages.context import SiteContext, Slice, paginate
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
    StandingView,
    View,
    Year,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from digest.linking.index import Index

MONTH_PAGE = 100
"""Entries on one page of a month: a month is looked through, not read."""


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML file of the site, not yet rendered."""

    path: str
    """Unencoded site path: `/sport/page/2/`, `/404.html`."""
    template: str
    view: Callable[[], View]
    origin: Place
    """What in the site's own files asks for this page, for problems."""
    modified: str = ""
    """ISO moment of the newest thing on it; for the sitemap."""
    indexed: bool = True


@dataclass(frozen=True)
class Newsroom:
    """What the functions of this module are made from."""

    index: Index
    cards: Mapping[str, Card]
    popular: tuple[tuple[str, int], ...]
    context: SiteContext

    def shown(self, entries: Sequence[Entry]) -> tuple[Card, ...]:
        return tuple(self.cards[entry.id] for entry in entries)


SITE = Place("site.yaml")


def pages(room: Newsroom) -> list[Page]:
    """Every page but the articles'."""
    return [page for kind in PAGES for page in kind(room)]


# ------------------------------------------------------------------ home


def home(room: Newsroom) -> Iterator[Page]:
    newest = room.index.entries[0].published if room.index.entries else None
    yield Page("/", "home.html", partial(home_view, room), SITE, rfc3339(newest) if newest else "")


TOP = 5
"""Stories above the fold: the lead and those beside it."""


def home_view(room: Newsroom) -> HomeView:
    context, index = room.context, room.index
    top = blocks.leads_first(index.entries, TOP)
    used = {entry.id for entry in top}
    issue = index.issues[0] if index.issues else None
    popular = blocks.most_read(index, room.cards, room.popular, context)
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
        lead=room.cards[top[0].id] if top else None,
        top=room.shown(top[1:]),
        latest=blocks.latest(index, room.cards, context),
        blocks=tuple(home_blocks(room, used)),
        most_read=popular,
        edition=edition_card(room, issue) if issue else None,
        edition_block=edition_block(room, issue) if issue else None,
    )


def home_blocks(room: Newsroom, used: set[str]) -> Iterator[Block]:
    """A block for each theme, without what already stands at the top unless nothing else is left."""
    count = room.context.settings.blocks.home_theme
    for theme in room.context.settings.themes:
        row = room.index.by_theme.get(theme.id, ())
        fresh = [entry for entry in row[: count + len(used)] if entry.id not in used]
        made = blocks.theme_block(theme, blocks.leads_first(fresh or row, count), room.cards)
        if made:
            yield made


def edition_block(room: Newsroom, issue: Issue) -> Block | None:
    entries = room.index.by_edition[issue.id][: room.context.settings.blocks.latest]
    return blocks.block("edition", issue.title, entries, room.cards, url=issue.url)


# ------------------------------------------------------------------ lists


def themes(room: Newsroom) -> Iterator[Page]:
    for theme in room.context.settings.themes:
        entries = room.index.by_theme.get(theme.id, ())
        for part in paginate(f"/{theme.id}/", entries, room.context.settings.per_page, room.context):
            yield Page(part.path, "list.html", partial(theme_view, room, theme, entries, part), SITE, newest_of(part))


def theme_view(room: Newsroom, theme: Theme, entries: Sequence[Entry], part: Slice) -> ListView:
    strings = room.context.strings
    described = theme.description.plain if theme.description else strings.plain("theme_description", name=theme.title)
    return list_view(
        room,
        part,
        kind="theme",
        title=theme.title,
        head=theme.title.plain,
        described=described,
        trail=(room.context.home,),
        total=len(entries),
        description=theme.description,
        theme=theme,
        feed=f"{theme.url}feed.xml",
    )


def sources(room: Newsroom) -> Iterator[Page]:
    outlets = room.index.outlets
    if not outlets:
        return
    yield index_page(
        room, "sources", [(o.name, f"/sources/{o.slug}/", room.index.by_outlet[o.slug]) for o in outlets.values()]
    )
    for outlet in outlets.values():
        entries = room.index.by_outlet[outlet.slug]
        for part in paginate(f"/sources/{outlet.slug}/", entries, room.context.settings.per_page, room.context):
            yield Page(
                part.path,
                "list.html",
                partial(source_view, room, outlet, entries, part),
                entries[0].place,
                newest_of(part),
            )


def source_view(room: Newsroom, outlet: Outlet, entries: Sequence[Entry], part: Slice) -> ListView:
    strings = room.context.strings
    return list_view(
        room,
        part,
        kind="source",
        title=outlet.name,
        head=strings.plain("source_title", name=outlet.name),
        described=strings.plain("source_description", name=outlet.name),
        trail=(room.context.home, trail_link(room, "sources")),
        total=len(entries),
        outlet_url=origin_of(outlet.url),
    )


def origin_of(url: str) -> str:
    """The outlet's own site: the original's address without its path."""
    scheme, slashes, rest = url.partition("//")
    return f"{scheme}//{rest.partition('/')[0]}/" if slashes else ""


def tags(room: Newsroom) -> Iterator[Page]:
    known = room.index.tags
    if not known:
        return
    yield index_page(room, "tags", [(t.name, f"/tags/{t.slug}/", room.index.by_tag[t.slug]) for t in known.values()])
    for tag in known.values():
        entries = room.index.by_tag[tag.slug]
        for part in paginate(f"/tags/{tag.slug}/", entries, room.context.settings.per_page, room.context):
            yield Page(
                part.path, "list.html", partial(tag_view, room, tag, entries, part), entries[0].place, newest_of(part)
            )


def tag_view(room: Newsroom, tag: Tag, entries: Sequence[Entry], part: Slice) -> ListView:
    strings = room.context.strings
    return list_view(
        room,
        part,
        kind="tag",
        title=tag.name,
        head=strings.plain("tag_title", name=tag.name),
        described=strings.plain("tag_description", name=tag.name),
        trail=(room.context.home, trail_link(room, "tags")),
        total=len(entries),
    )


def archive(room: Newsroom) -> Iterator[Page]:
    months = room.index.by_month
    if not months:
        return
    newest = room.index.entries[0]
    yield Page("/archive/", "lists.html", partial(archive_view, room), SITE, rfc3339(newest.published))
    for (year, month), entries in months.items():
        for part in paginate(f"/archive/{year}/{month:02}/", entries, MONTH_PAGE, room.context):
            yield Page(
                part.path, "list.html", partial(month_view, room, year, month, entries, part), SITE, newest_of(part)
            )


def archive_view(room: Newsroom) -> IndexView:
    context = room.context
    moments = context.settings.moments()
    years: dict[int, list[Link]] = {}
    for (year, month), entries in room.index.by_month.items():
        link = Link(
            context.strings.text("archive_month", name=moments.month_title(year, month)),
            context.url(f"/archive/{year}/{month:02}/"),
            context.strings.plain("articles", n=len(entries)),
        )
        years.setdefault(year, []).append(link)
    shown = tuple(Year(numbers.shape(str(year), context.strings.digits), tuple(links)) for year, links in years.items())
    return index_view(room, "archive", (), shown)


def month_view(room: Newsroom, year: int, month: int, entries: Sequence[Entry], part: Slice) -> ListView:
    strings = room.context.strings
    name = room.context.settings.moments().month_title(year, month)
    title = strings.text("archive_month", name=name)
    return list_view(
        room,
        part,
        kind="month",
        title=title,
        head=strings.plain("month_title", name=name),
        described=strings.plain("month_description", name=name),
        trail=(room.context.home, trail_link(room, "archive")),
        total=len(entries),
    )


def list_view(
    room: Newsroom,
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
    context = room.context
    url = context.url(part.path)
    entries = (
        blocks.leads_first(part.entries, len(part.entries)) if kind == "theme" and not part.number else part.entries
    )
    cards = room.shown(entries)
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


def index_page(room: Newsroom, kind: str, rows: Sequence[tuple[Text, str, Sequence[Entry]]]) -> Page:
    """The list of all sources or all tags, in the order of the alphabet."""
    ordered = sorted(rows, key=lambda row: collation.key(row[0].plain))
    newest = max(entries[0].published for _, _, entries in rows)
    return Page(f"/{kind}/", "lists.html", partial(named_lists, room, kind, ordered), SITE, rfc3339(newest))


def named_lists(room: Newsroom, kind: str, rows: Sequence[tuple[Text, str, Sequence[Entry]]]) -> IndexView:
    context = room.context
    links = (Link(name, context.url(path), context.strings.plain("articles", n=len(row))) for name, path, row in rows)
    return index_view(room, kind, tuple(links), ())


def index_view(room: Newsroom, kind: str, links: tuple[Link, ...], years: tuple[Year, ...]) -> IndexView:
    context = room.context
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


def trail_link(room: Newsroom, kind: str) -> Link:
    return Link(room.context.strings.text(kind), room.context.url(f"/{kind}/"))


def newest_of(part: Slice) -> str:
    return rfc3339(max(e.published for e in part.entries)) if part.entries else ""


# ------------------------------------------------------------------ editions


def editions(room: Newsroom) -> Iterator[Page]:
    issues = room.index.issues
    if not issues:
        return
    yield Page(
        "/editions/", "editions.html", partial(editions_view, room), issues[0].place, rfc3339(issues[0].published)
    )
    for position, issue in enumerate(issues):
        older = issues[position + 1] if position + 1 < len(issues) else None
        newer = issues[position - 1] if position else None
        yield Page(
            issue.path,
            "edition.html",
            partial(edition_view, room, issue, older, newer),
            issue.place,
            rfc3339(issue.published),
        )


def editions_view(room: Newsroom) -> EditionsView:
    context = room.context
    title = context.strings.text("editions")
    url = context.url("/editions/")
    described = context.strings.plain("editions_description")
    shown = tuple(edition_card(room, issue) for issue in room.index.issues)
    node = context.collection(title.plain, described, url, [(card.title.plain, card.url) for card in shown])
    trail = (context.home,)
    meta = context.meta(
        title.plain, described, url, jsonld=structured.document(node, context.crumbs(trail, title.plain, url))
    )
    return EditionsView(meta, trail, title, shown)


def edition_card(room: Newsroom, issue: Issue) -> EditionCard:
    count = len(room.index.by_edition[issue.id])
    return EditionCard(
        issue.url,
        issue.title,
        issue.summary,
        issue.moment,
        room.context.strings.plain("stories", n=count),
        room.context.picture(issue.image),
    )


def edition_view(room: Newsroom, issue: Issue, older: Issue | None, newer: Issue | None) -> EditionView:
    context = room.context
    by_theme: dict[str, list[Entry]] = {}
    for entry in room.index.by_edition[issue.id]:
        by_theme.setdefault(entry.theme, []).append(entry)
    sections = tuple(EditionSection(context.themes[theme], room.shown(row)) for theme, row in by_theme.items())
    trail = (context.home, trail_link(room, "editions"))
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
        previous=edition_card(room, older) if older else None,
        next=edition_card(room, newer) if newer else None,
    )


# ------------------------------------------------------------------ pages outside the news


def standing(room: Newsroom) -> Iterator[Page]:
    for page in room.index.pages:
        yield Page(
            page.path,
            "page.html",
            partial(standing_view, room, page),
            page.place,
            page.updated.iso if page.updated else "",
        )


def standing_view(room: Newsroom, page: StandingPage) -> StandingView:
    context = room.context
    trail = (context.home,)
    picture = context.picture(page.image)
    described = page.summary.plain or page.title.plain
    return StandingView(
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


def not_found(room: Newsroom) -> Iterator[Page]:
    yield Page("/404.html", "404.html", partial(not_found_view, room), SITE, indexed=False)


def not_found_view(room: Newsroom) -> NotFoundView:
    title = room.context.strings.plain("not_found")
    meta = room.context.meta(title, title, "/404.html", indexed=False, jsonld=Markup(""))
    return NotFoundView(meta, blocks.latest(room.index, room.cards, room.context))


PAGES = (home, themes, sources, tags, archive, editions, standing, not_found)
