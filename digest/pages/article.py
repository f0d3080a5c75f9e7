"""The page of one article: its own text, what stands round it, and the margins every article shares."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.arabic import bidi, languages, words
from digest.model import PICTURE_CLOSE, PICTURE_OPEN, Article, Card, Entry, ImageRef, Issue, Link, TranslationRef
from digest.pages import structured
from digest.pages.figures import BODY_SIZES, figure_html, picture_html
from digest.pages.sitemaps import rfc3339
from digest.pages.views import ArticleView, Block, Translation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.linking.index import Index
    from digest.pages.context import SiteContext

MARK = re.compile(f"{PICTURE_OPEN}(\\d+){PICTURE_CLOSE}")
DESCRIPTION_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What linking found for one article: everything on its page that is not its own text."""

    id: str
    title: str
    """For `<title>`: unique over the site."""
    description: str
    related: tuple[Card, ...]
    previous: Card | None
    next: Card | None
    edition: Link | None
    translations: tuple[Translation, ...] = ()


def surroundings(
    index: Index, related: Mapping[str, tuple[Entry, ...]], cards: Mapping[str, Card], context: SiteContext
) -> list[Surroundings]:
    """Every published article's, in the index's order."""
    titles = unique_titles(index.entries, context)
    seen = Counter(entry.summary.plain for entry in index.entries)
    editions = {issue.id: edition_link(issue) for issue in index.issues}
    translations = {name: translated(index.by_id[name], group, context) for name, group in index.translations.items()}
    found = []
    for entry in index.entries:
        older, newer = index.neighbours[entry.id]
        issue = index.edition_of.get(entry.id)
        summary = entry.summary.plain
        found.append(
            Surroundings(
                id=entry.id,
                title=titles[entry.id],
                description=summary
                if seen[summary] == 1 and summary
                else f"{titles[entry.id]}: {summary}".rstrip(": "),
                related=tuple(cards[other.id] for other in related.get(entry.id, ())),
                previous=cards[older.id] if older else None,
                next=cards[newer.id] if newer else None,
                edition=editions[issue.id] if issue else None,
                translations=translations.get(entry.id, ()),
            )
        )
    return found


def translated(entry: Entry, group: Sequence[Entry | TranslationRef], context: SiteContext) -> tuple[Translation, ...]:
    """The other languages of a story, each once, by their tags."""
    found: dict[str, Translation] = {}
    for other in group:
        lang = other.lang or context.chrome.lang
        url = context.absolute(other.url) if isinstance(other, Entry) else other.url
        found.setdefault(lang, Translation(lang, bidi.lang_direction(lang), languages.own_name(lang), url))
    found.pop(entry.lang or context.chrome.lang, None)
    return tuple(found[lang] for lang in sorted(found))


def edition_link(issue: Issue) -> Link:
    return Link(issue.title, issue.url)


def unique_titles(entries: Sequence[Entry], context: SiteContext) -> Mapping[str, str]:
    """Id → a title no other page has: «حالة الطقس (3 مارس 2018)» where two stories share one, numbered within a day."""
    seen = Counter(entry.title.plain for entry in entries)
    dated: Counter[tuple[str, str]] = Counter()
    found = {}
    for entry in reversed(entries):
        title = entry.title.plain
        if seen[title] > 1:
            key = title, entry.moment.text
            dated[key] += 1
            title = context.strings.plain("dated_title", title=entry.title, date=entry.moment.text)
            if dated[key] > 1:
                title = f"{title} ({context.strings.number(dated[key])})"
        found[entry.id] = title
    return found


def view(article: Article, around: Surroundings, margins: Markup, context: SiteContext) -> ArticleView:
    """Everything the template of an article sees."""
    entry = article.entry
    theme = context.themes[entry.theme]
    picture = context.picture(entry.image)
    breadcrumb = (context.home, Link(theme.title, theme.url))
    description = words.truncate(around.description, DESCRIPTION_LIMIT)
    story = structured.Story(
        url=context.absolute(entry.url),
        title=entry.title,
        summary=entry.summary,
        published=entry.published,
        updated=entry.updated,
        lang=entry.lang or context.chrome.lang,
        section=theme.title.plain,
        images=(context.absolute(picture.rendition.src if picture else context.share.url),),
        authors=tuple(author.plain for author in entry.authors),
        originals=tuple(
            structured.Original(
                outlet.name.plain, outlet.url, context.absolute(context.url(f"/sources/{outlet.slug}/"))
            )
            for outlet in entry.outlets
        ),
        keywords=tuple(tag.name.plain for tag in entry.tags),
    )
    node = structured.article(story, context.publisher)
    return ArticleView(
        meta=context.meta(
            around.title,
            description,
            entry.url,
            kind="article",
            picture=picture,
            published=rfc3339(entry.published),
            modified=rfc3339(entry.updated) if entry.updated else "",
            section=theme.title.plain,
            tags=tuple(tag.name.plain for tag in entry.tags),
            jsonld=structured.document(node, context.crumbs(breadcrumb, entry.title.plain, entry.url)),
            feeds=(Link(theme.title, f"{theme.url}feed.xml"),),
            alternates=context.alternates(entry.lang, entry.url, around.translations),
        ),
        breadcrumb=breadcrumb,
        theme=theme,
        title=entry.title,
        moment=entry.moment,
        updated=entry.updated_moment,
        dateline=article.dateline,
        authors=entry.authors,
        outlets=tuple((outlet, context.url(f"/sources/{outlet.slug}/")) for outlet in entry.outlets),
        picture=picture,
        summary=entry.summary if article.standfirst else None,
        body=with_pictures(article.body, entry.images, context),
        minutes=context.strings.plain("minutes", n=article.minutes) if article.minutes else "",
        tags=tuple(Link(tag.name, context.url(f"/tags/{tag.slug}/")) for tag in entry.tags),
        edition=around.edition,
        related=Block("related", context.strings.text("related"), around.related) if around.related else None,
        previous=around.previous,
        next=around.next,
        lang=entry.lang or context.chrome.lang,
        dir=bidi.lang_direction(entry.lang) if entry.lang else context.chrome.dir,
        margins=margins,
        translations=around.translations,
    )


def with_pictures(body: str, refs: Sequence[ImageRef], context: SiteContext) -> Markup:
    """The body with a figure where each of its pictures goes."""
    if not refs:
        return Markup(body)

    def shown(match: re.Match[str]) -> str:
        number = int(match[1])
        picture = context.picture(refs[number]) if number < len(refs) else None
        if picture is None:
            return ""
        line = body[body.rfind("\n", 0, match.start()) + 1 : (body + "\n").index("\n", match.end())]
        # alone on its line it is a block; within a line of text a figure would break the paragraph
        alone = not MARK.sub("", line).strip()
        if not alone:
            return str(picture_html(picture, sizes=BODY_SIZES, eager=False))
        return str(
            figure_html(picture, context.strings("credit", name=picture.credit) if picture.credit else Markup(""))
        )

    return Markup(MARK.sub(shown, body))
