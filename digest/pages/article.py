"""The pages of articles: the text, what linking found for it, and the margins that all articles share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from digest.linking.related.relations import NOTHING, Relations
from digest.model import Entry, Link, Picture, TranslationRef
from digest.pages import structured
from digest.pages.blocks import MARGINS, block
from digest.pages.figures import with_pictures
from digest.pages.page import FullText, Page, ViewContext
from digest.pages.views import ArticleView, Meta, Translation
from digest.text import bidi, languages, words
from digest.text.dates import rfc3339

if TYPE_CHECKING:
    from digest.linking.index import Index
    from digest.pages.context import SiteContext

DESCRIPTION_LIMIT = 300
ARTICLE = ArticleView.template


class ArticleContext(NamedTuple):
    """What linking found for one article, by ids: everything on its page that is not its own text."""

    title: str
    """For `<title>` where the article's own is not unique on the site, else empty."""
    repeated: bool
    """Whether its summary is another article's too."""
    related: tuple[str, ...]
    elsewhere: tuple[str, ...]
    """The same report at other outlets."""
    older: str
    """The story before it in its theme, or empty."""
    newer: str
    edition: Link | None
    translations: tuple[Translation, ...]
    """The same story in other languages."""


class ArticleContexts:
    """Makes the context of each article from the index; what takes a look at all articles is worked out once."""

    def __init__(self, index: Index, context: SiteContext) -> None:
        self.index = index
        self.context = context

    def with_replaced(self, index: Index, entries: Sequence[Entry]) -> ArticleContexts:
        """Those of an index in which some entries were replaced (`linking.index.with_replaced`)."""
        made, known = ArticleContexts(index, self.context), self.__dict__
        old = [self.index.by_id[entry.id] for entry in entries]
        for name, text_of in (("title_counts", title_of), ("summaries", summary_of)):
            if name in known:
                made.__dict__[name] = counts = known[name].copy()
                counts.subtract(map(text_of, old))
                counts.update(map(text_of, entries))
        if "titles" in known:
            texts = {*map(title_of, old), *map(title_of, entries)}
            if all(max(counts[text] for counts in (self.title_counts, made.title_counts)) < 2 for text in texts):
                made.__dict__["titles"] = known["titles"]
        return made

    @cached_property
    def title_counts(self) -> Counter[str]:
        """How many articles have a title."""
        return Counter(map(title_of, self.index.entries))

    @cached_property
    def titles(self) -> Mapping[str, str]:
        return unique_titles(self.index.entries, self.title_counts, self.context)

    @cached_property
    def summaries(self) -> Counter[str]:
        """How many articles have a summary."""
        return Counter(map(summary_of, self.index.entries))

    @cached_property
    def translations(self) -> Mapping[str, tuple[Translation, ...]]:
        index = self.index
        return {name: translated(index.by_id[name], group, self.context) for name, group in index.translations.items()}

    def of(self, entry: Entry, shown: Relations = NOTHING) -> ArticleContext:
        """What is around one article. `shown`: the stories related to it."""
        name, summary = entry.id, entry.summary.plain
        edition = self.index.edition_of.get(name)
        older, newer = self.index.neighbours[name]
        return ArticleContext(
            self.titles.get(name, ""),
            not summary or self.summaries[summary] > 1,
            shown.related,
            shown.elsewhere,
            older.id if older else "",
            newer.id if newer else "",
            Link(edition.title, edition.url) if edition else None,
            self.translations.get(name, ()),
        )


def page(entry: Entry, around: ArticleContext, by_id: Mapping[str, Entry]) -> Page:
    """The page of one article."""
    parts = {
        "text": FullText(entry),
        "title": around.title,
        "repeated": around.repeated,
        "related": tuple([by_id[name] for name in around.related]),
        "elsewhere": tuple([by_id[name] for name in around.elsewhere]),
        "neighbours": (by_id[around.older] if around.older else None, by_id[around.newer] if around.newer else None),
        "edition": around.edition,
        "translations": around.translations,
    }
    return Page(entry.path, ARTICLE, view, parts, entry.place, embeds=(MARGINS,))


def translated(entry: Entry, group: Sequence[Entry | TranslationRef], context: SiteContext) -> tuple[Translation, ...]:
    """The other languages of a story, each once, by their tags."""
    found: dict[str, Translation] = {}
    for other in group:
        lang = other.lang or context.view.lang
        url = context.absolute(other.url) if isinstance(other, Entry) else other.url
        found.setdefault(lang, Translation(lang, bidi.lang_direction(lang), languages.own_name(lang), url))
    found.pop(entry.lang or context.view.lang, None)
    return tuple(found[lang] for lang in sorted(found))


def title_of(entry: Entry) -> str:
    return entry.title.plain


def summary_of(entry: Entry) -> str:
    return entry.summary.plain


def unique_titles(entries: Sequence[Entry], seen: Counter[str], context: SiteContext) -> Mapping[str, str]:
    """Id → a title no other page has, for entries whose own is not unique: «حالة الطقس (3 مارس 2018)», numbered within
    a day. `seen`: how many entries have a title.
    """
    dated: Counter[tuple[str, str]] = Counter()
    found = {}
    for entry in reversed(entries):
        if seen[entry.title.plain] < 2:
            continue
        key = entry.title.plain, entry.moment.text
        dated[key] += 1
        title = context.strings.plain("dated_title", title=entry.title, date=entry.moment.text)
        found[entry.id] = f"{title} ({context.strings.number(dated[key])})" if dated[key] > 1 else title
    return found


def view(
    ctx: ViewContext,
    *,
    text: FullText,
    title: str,
    related: tuple[Entry, ...],
    elsewhere: tuple[Entry, ...],
    neighbours: tuple[Entry | None, Entry | None],
    edition: Link | None,
    translations: tuple[Translation, ...],
    repeated: bool,
) -> ArticleView:
    """Everything the template of an article sees.

    `title` is for `<title>` where the entry's own is not unique on the site; `repeated` says the same of its summary.
    """
    context, story, entry = ctx.context, ctx.article(text.entry).story, text.entry
    theme = context.themes[entry.theme]
    picture = context.picture(entry.image)
    breadcrumb = (context.home, Link(theme.title, theme.url))
    older, newer = neighbours
    return ArticleView(
        meta=meta(entry, title, picture, breadcrumb, translations, context, repeated=repeated),
        breadcrumb=breadcrumb,
        theme=theme,
        title=entry.title,
        moment=entry.moment,
        updated=entry.updated_moment,
        dateline=story.dateline,
        authors=entry.authors,
        outlets=tuple([(outlet, context.outlet_url(outlet.slug)) for outlet in entry.outlets]),
        picture=picture,
        summary=story.standfirst,
        body=with_pictures(story.body, entry.images, context),
        minutes=context.strings.plain("minutes", n=story.minutes) if story.minutes else "",
        tags=tuple([Link(tag.name, context.url(f"/tags/{tag.slug}/")) for tag in entry.tags]),
        edition=edition,
        related=block(ctx, "related", context.strings.text("related"), related),
        elsewhere=block(ctx, "elsewhere", context.strings.text("elsewhere"), elsewhere),
        previous=ctx.card(older) if older else None,
        next=ctx.card(newer) if newer else None,
        lang=entry.lang or context.view.lang,
        dir=bidi.lang_direction(entry.lang) if entry.lang else context.view.dir,
        margins=ctx.fragments[MARGINS],
        translations=translations,
    )


def meta(  # noqa: PLR0917 - what a page's head is made of
    entry: Entry,
    title: str,
    picture: Picture | None,
    breadcrumb: tuple[Link, ...],
    translations: tuple[Translation, ...],
    context: SiteContext,
    *,
    repeated: bool,
) -> Meta:
    """The head of an article's page; `title` and `repeated` as `view` has them."""
    theme = context.themes[entry.theme]
    head, summary = title or entry.title.plain, entry.summary.plain
    described = f"{head}: {summary}".rstrip(": ") if repeated else summary
    node = structured.article(facts_of(entry, picture, context), context.publisher)
    head_of_page = context.meta(
        head,
        words.truncate(described, DESCRIPTION_LIMIT),
        entry.url,
        picture=picture,
        jsonld=structured.document(node, context.crumbs(breadcrumb, entry.title.plain, entry.url)),
        feeds=context.theme_feeds[entry.theme],
        alternates=context.alternates(entry.lang, entry.url, translations),
    )
    return replace(
        head_of_page,
        kind="article",
        published=rfc3339(entry.published),
        modified=rfc3339(entry.updated) if entry.updated else "",
        section=theme.title.plain,
        tags=tuple([bidi.mark(tag.name.plain, context.view.dir) for tag in entry.tags]),
    )


def facts_of(entry: Entry, picture: Picture | None, context: SiteContext) -> structured.ArticleFacts:
    """The article as structured data tells it."""
    return structured.ArticleFacts(
        url=context.absolute(entry.url),
        title=entry.title,
        summary=entry.summary,
        published=entry.published,
        updated=entry.updated,
        lang=entry.lang or context.view.lang,
        section=context.themes[entry.theme].title.plain,
        images=(context.absolute(picture.rendition.src if picture else context.share.url),),
        authors=tuple(author.plain for author in entry.authors),
        originals=tuple(
            structured.Original(outlet.name.plain, outlet.url, context.absolute(context.outlet_url(outlet.slug)))
            for outlet in entry.outlets
        ),
        keywords=tuple(tag.name.plain for tag in entry.tags),
    )
