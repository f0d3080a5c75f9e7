"""A site at one moment: what it is made from, linked, and every page and file it holds. Never changes.

In: `Inputs`, a clock, the site before. Out: for an address the page or file there, for a page its HTML, and what is
wrong. Everything is worked out when it is asked for, once; what a change leaves as it was is taken over from the site
before. A build asks for all of it, a preview for what a browser shows, a command for its answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from markupsafe import Markup

from digest.linking import index as linking
from digest.linking.related.relations import NOTHING, Relations
from digest.model import Article, Card, Entry, ImageRef, Item, Place
from digest.pages import addresses, article, blocks, generated, plan, site_view
from digest.pages.blocks import FRAGMENT, MARGINS
from digest.pages.figures import template_picture
from digest.pages.generated import NEWS_AGE, GeneratedFile
from digest.pages.page import Page, ViewContext
from digest.pages.plan import SITE
from digest.rendering.renderer import Renderer
from digest.site import fingerprints
from digest.site.articles import Articles, SourceChangedError
from digest.site.fingerprints import Fingerprints
from digest.site.output import MARKER
from digest.site.project import assets_of, site_context
from digest.site.reasons import Basis, LazyTemplates

if TYPE_CHECKING:
    from digest.linking.index import Index, Visibility
    from digest.pages.article import ArticleContext
    from digest.pages.context import SiteContext
    from digest.problems import Problem
    from digest.site.cache import Template
    from digest.site.images import Images
    from digest.site.inputs import Inputs
    from digest.site.sources import Library

TICK = timedelta(microseconds=1)
FEW = 100
"""Changed files up to which linking is not done anew for entries that stay in place."""
YIELDING = frozenset({"/robots.txt"})
"""Generated files that a file of that name in `static/` replaces."""


MADE_OF_INPUTS = (
    "context", "page_inputs", "fingerprints", "basis", "margins", "margins_in_articles", "redirect_pages", "generated",
    "assets", "static",
)  # fmt: skip
"""Names of what stays if only the related stories changed."""


class Related(NamedTuple):
    """The stories related to each."""

    found_in: Index | None = None
    """The index of the site they were found for."""
    lists: Mapping[str, Relations] = {}
    """By entry id, for stories that show anything."""


class Assumed(NamedTuple):
    """What the last build found out about the whole site: believed if nothing but texts changed since."""

    sections: site_view.Sections
    fragments: str
    """How pages carry what they share."""
    margins: str
    """The margins that articles carry, finished."""
    images: tuple[ImageRef, ...]
    """Those of the pages that will be rendered."""


class Parts(NamedTuple):
    """What a site is put together from."""

    inputs: Inputs
    visibility: Visibility
    articles: Articles
    images: Images
    related: Related = Related()
    cached_templates: Mapping[str, Template] = {}
    """Templates as the last build left them, which saves parsing."""
    assumed: Assumed | None = None


class Site:
    """A site at one moment. Asked by several threads."""

    def __init__(self, parts: Parts, before: Site | None = None) -> None:
        self.parts = parts
        self.inputs = parts.inputs
        self.project = parts.inputs.project
        self.sources = parts.inputs.sources
        self.settings = parts.inputs.project.settings
        self.root = parts.inputs.reader.root
        self.now = parts.visibility.now
        self.images = parts.images
        self.lock = threading.RLock()
        self.found: dict[str, Page | None] = {}
        """Pages that were asked for, by address."""
        self.arounds: dict[str, ArticleContext] = {}
        """The contexts of articles that were asked for, by id."""
        self.listed: list[Page] = []
        """Pages that are no articles, as far as they were asked for."""
        self.by_address: dict[str, Page] = {}
        """The same by address."""
        self.kinds: Iterator[Callable[[plan.PageInputs], Iterator[Page]]] = iter(plan.PAGES)
        self.cards: dict[str, Card] = {}
        self.fragments: dict[str, Markup] = {}
        """Markup that pages embed, by name; rendered when a page needs it."""
        self.last_renderer: Renderer | None = None
        """That of the site before, if it has the same templates and strings."""
        if parts.assumed:
            self.fragments[MARGINS] = Markup(parts.assumed.margins)
        if before is not None:
            self.take_over(before)

    def next(self, parts: Parts) -> Site:
        """The site after a change."""
        return Site(parts, self)

    def take_over(self, before: Site) -> None:
        """What was worked out before and holds still."""
        mine, theirs = self.project, before.project
        if mine.templates is theirs.templates and mine.strings is theirs.strings:
            self.last_renderer = before.__dict__.get("renderer", before.last_renderer)
        taken: list[str] = []
        if mine.templates is theirs.templates and self.parts.cached_templates is before.parts.cached_templates:
            taken += ["templates"]
        replaced = self.replaced_since(before)
        if replaced is not None:
            taken += self.taken_of_links(before, replaced)
        for name in taken:
            if name in before.__dict__:
                self.__dict__[name] = before.__dict__[name]

    def taken_of_links(self, before: Site, replaced: Sequence[Entry]) -> list[str]:
        """Names of what is still true because linking would see what it saw, or would put the same in the place of
        what was `replaced`.
        """
        taken = ["until", "held", "link_problems"]
        if before.project is self.project and before.inputs.loose is self.inputs.loose:
            taken += ["clashes"]
        if replaced:
            self.put_in_place(before, replaced)
            return taken
        taken += ["index", "by_path"]
        if before.project is self.project:
            taken += ["contexts"]
            if before.parts.related is self.parts.related:
                self.arounds = before.arounds
            if before.inputs is self.inputs and before.images is self.images:
                taken += MADE_OF_INPUTS
                with before.lock:
                    self.listed, self.by_address, self.kinds = before.listed, before.by_address, before.kinds
                self.lock, self.cards, self.fragments = before.lock, before.cards, before.fragments
        return taken

    def put_in_place(self, before: Site, replaced: Sequence[Entry]) -> None:
        """Derive what linking finds from what it found before."""
        index = self.__dict__["index"] = linking.with_replaced(before.index, replaced)
        if "by_path" in before.__dict__:
            known = before.by_path
            own = {entry.path: entry for entry in replaced if known[entry.path].id == entry.id}
            self.__dict__["by_path"] = {**known, **own}
        if "contexts" in before.__dict__ and before.project is self.project:
            self.__dict__["contexts"] = before.contexts.with_replaced(index, replaced)

    def replaced_since(self, before: Site) -> list[Entry] | None:
        """The published entries in the place of which linking saw others, which it would order and group alike; None
        if more than that is another.
        """
        if "index" not in before.__dict__ or (before.until is not None and self.now >= before.until):
            return None
        files = self.sources.replaced_since(before.sources) if self.now >= before.now else None
        if files is None or len(files) > FEW:
            return None
        found: list[Entry] = []
        for old, new in files:
            if old.wholes == new.wholes:
                continue
            if old.ids != new.ids:
                return None
            for one, two in zip(before.sources.items(old.path), self.sources.items(new.path), strict=True):
                if one == two:
                    continue
                if not isinstance(one, Entry) or not isinstance(two, Entry):
                    return None
                if before.index.by_id.get(one.id) is not one or not linking.stays_in_place(one, two):
                    return None
                found.append(two)
        return found

    # ------------------------------------------------------------------ linking

    @cached_property
    def index(self) -> Index:
        """Everything that is published. Raises `DamagedError`."""
        return linking.published(*self.sources.library, self.parts.visibility)

    @cached_property
    def held(self) -> tuple[Entry, ...]:
        """Entries that are not published: drafts and future ones."""
        entries = self.sources.library.entries
        if len(self.index.entries) == len(entries):
            return ()
        return tuple([entry for entry in entries if entry.id not in self.index.by_id])

    @cached_property
    def until(self) -> datetime | None:
        """When the site, or what is said of it, will change without any file changing."""
        return next_change(self.sources.library, self.now)

    @cached_property
    def link_problems(self) -> tuple[Problem, ...]:
        """What is wrong between files."""
        library = self.sources.library
        late = linking.hasty(self.index.entries, self.now)
        return (*linking.between_files(*library), *addresses.declared_twice(*library), *late)

    @cached_property
    def clashes(self) -> tuple[Problem, ...]:
        """Addresses wanted twice, and links that lead nowhere: what only a look at all addresses shows."""
        pages, old = self.list_pages, addresses.redirects(self.index)
        others = [*((path, SITE) for path in (*self.generated, *self.assets, f"/{MARKER}"))]
        others += [(path, Place(file.relative_to(self.root).as_posix())) for path, file in self.inputs.loose.static]
        return (
            *addresses.collisions(self.index, pages, others, old),
            *addresses.dead_links(self.index, pages, others, old, self.project.places.links),
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with the site, and advice. Raises `DamagedError`."""
        rest = (*self.link_problems, *self.clashes, *self.images.problems(lambda: images_of(self.index)))
        return (*self.inputs.problems, *rest)

    # ------------------------------------------------------------------ the constants of pages

    @cached_property
    def context(self) -> SiteContext:
        """The constants that every page is made with; all images of a build are processed for it."""
        settings, assumed = self.settings, self.parts.assumed
        if assumed:
            sections, mode, refs = assumed.sections, assumed.fragments, iter(assumed.images)
        else:
            sections, refs = site_view.sections(self.index), images_of(self.index)
            mode = blocks.fragments_mode(settings.fragments, len(self.index.entries))
        share = [ImageRef(settings.image, settings.title.plain, None, None, SITE)] if settings.image else []
        return site_context(self.project, sections, mode, self.images.renditions(chain(refs, share)))

    @cached_property
    def page_inputs(self) -> plan.PageInputs:
        counts, count = self.inputs.loose.counts, self.settings.blocks.most_read
        return plan.PageInputs(self.index, blocks.most_read(self.index, counts, count), self.context)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """Of the parts of pages."""
        return Fingerprints(self.sources.files, self.context.renditions)

    @cached_property
    def templates(self) -> LazyTemplates:
        """Fingerprints of the templates."""
        return LazyTemplates(self.project.templates.texts, self.parts.cached_templates)

    @cached_property
    def basis(self) -> Basis:
        """Fingerprints of what pages are made with beside their own parts."""
        templates, margins = self.templates, self.margins_in_articles
        inner = sorted(templates.closure(margins.template).intersection(templates))
        markup = b"".join([templates[name].fp for name in inner])
        margins_fp = fingerprints.short(markup + self.fingerprints.page(margins.parts))
        return Basis(constants_of(self.context), {MARGINS: margins_fp}, templates)

    @property
    def constants_fp(self) -> bytes:
        """Fingerprint of all constants."""
        return b"".join(fp for _, fp in sorted(self.basis.constants.items()))

    # ------------------------------------------------------------------ articles

    @cached_property
    def contexts(self) -> article.ArticleContexts:
        return article.ArticleContexts(self.index, self.context)

    def around(self, entry: Entry) -> ArticleContext:
        """What is on the page of an article beside its own text."""
        found = self.arounds.get(entry.id)
        if found is None:
            related = self.parts.related
            shown = related.lists.get(entry.id, NOTHING)
            if related.found_in is not self.index:  # a story in them may be gone
                there = self.index.by_id
                shown = Relations(*(tuple([name for name in names if name in there]) for names in shown))
            found = self.arounds[entry.id] = self.contexts.of(entry, shown)
        return found

    def article(self, entry: Entry) -> Article:
        """An entry with its text. Raises `SourceChangedError`."""
        source = self.sources.source_of(entry)
        if source is None:
            raise SourceChangedError(entry.place.path)
        return self.parts.articles.article(entry, source, self.inputs.reader)

    def parsed_article(self, entry: Entry) -> Article:
        """The same with the opening of its text. Raises `SourceChangedError`."""
        source = self.sources.source_of(entry)
        if source is None:
            raise SourceChangedError(entry.place.path)
        return self.parts.articles.parsed(entry, source, self.inputs.reader)

    def article_page(self, entry: Entry) -> Page:
        return article.page(entry, self.around(entry), self.index.by_id)

    # ------------------------------------------------------------------ addresses

    @property
    def base(self) -> str:
        """The site's base path, decoded."""
        return unquote(self.settings.base_path)

    @cached_property
    def by_path(self) -> Mapping[str, Entry]:
        return {entry.path: entry for entry in reversed(self.index.entries)}

    def page(self, path: str) -> Page | None:
        """The page at an address of the site, not yet rendered."""
        if path not in self.found:
            entry = self.by_path.get(path)
            self.found[path] = self.article_page(entry) if entry else self.list_page(path)
        return self.found[path]

    def list_page(self, path: str) -> Page | None:
        """A page that is no article: kind after kind is gone through until there is one of that address."""
        if path == FRAGMENT and self.context.fragments != "inline":
            return self.margins
        with self.lock:
            while path not in self.by_address:
                kind = next(self.kinds, None)
                if kind is None:
                    return next((page for page in self.redirect_pages if page.path == path), None)
                pages = list(kind(self.page_inputs))
                self.listed += pages
                self.by_address |= {page.path: page for page in pages}
            return self.by_address[path]

    @property
    def list_pages(self) -> list[Page]:
        """Every page but articles and old addresses."""
        self.list_page("")
        return self.listed if self.context.fragments == "inline" else [*self.listed, self.margins]

    @cached_property
    def redirect_pages(self) -> list[Page]:
        """A page for each old address, which leads on."""
        return list(plan.redirects(addresses.redirects(self.index)))

    @cached_property
    def margins(self) -> Page:
        """The blocks beside articles, as a page of their own."""
        return blocks.margins(self.index, self.page_inputs.popular, self.context, SITE)

    @cached_property
    def margins_in_articles(self) -> Page:
        """The margins as articles carry them: themselves, or what holds their place."""
        if self.context.fragments == "inline":
            return self.margins
        return blocks.awaited_margins(self.index, self.page_inputs.popular, self.context, SITE)

    # ------------------------------------------------------------------ files

    @cached_property
    def generated(self) -> Mapping[str, GeneratedFile]:
        """Files for machines, by address, but for those that the site's own files replace."""
        own = {path for path, _ in self.inputs.loose.static}
        files = generated.files(self.page_inputs, self.list_pages, self.now)
        return {file.path: file for file in files if file.path not in YIELDING or file.path not in own}

    @cached_property
    def assets(self) -> Mapping[str, GeneratedFile]:
        """The static files of the templates, by address."""
        return {
            f"/{path}": generated.copied(f"/{path}", content, fingerprints.of_bytes(content))
            for path, content in assets_of(self.project, self.context)
        }

    @cached_property
    def static(self) -> Mapping[str, GeneratedFile]:
        """The site's own files, by address."""
        return {path: generated.copied(path, file) for path, file in self.inputs.loose.static}

    @property
    def image_files(self) -> Iterator[GeneratedFile]:
        """The files of all images that were asked for."""
        renditions = self.context.renditions
        for path, cached in sorted({pair for file in renditions for pair in renditions[file].files}):
            yield generated.copied(f"/{path}", Path(cached), cached)

    @property
    def files(self) -> Iterator[GeneratedFile]:
        """Everything that is no page."""
        yield from self.generated.values()
        yield from self.assets.values()
        yield from self.image_files
        yield from self.static.values()

    # ------------------------------------------------------------------ rendering

    @cached_property
    def renderer(self) -> Renderer:
        last, view = self.last_renderer, self.context.view
        if last is not None and last.given["site"] == view:
            return last
        given = {"site": view, "t": self.project.strings, "picture": template_picture}
        return Renderer(self.project.templates, given)

    @property
    def view_context(self) -> ViewContext:
        """Made for each page: kept, it and the site would hold each other, and old sites would fill memory until the
        collector looked at everything.
        """
        return ViewContext(self.context, self.card, self.article, self.fragments)

    def card(self, entry: Entry) -> Card:
        made = self.cards.get(entry.id)
        if made is None:
            made = self.cards[entry.id] = self.context.card(entry)
        return made

    def render(self, page: Page) -> str:
        """A page as HTML. Raises `TemplateFaultError`, `SourceChangedError`."""
        if MARGINS in page.embeds and MARGINS not in self.fragments:
            self.fragments[MARGINS] = self.rendered_margins()
        return self.renderer.render(page.template, **{page.variable: page.view(self.view_context)})

    def rendered_margins(self) -> Markup:
        """The margins that articles carry. Raises `TemplateFaultError`."""
        return Markup(self.render(self.margins_in_articles))


def constants_of(context: SiteContext) -> Mapping[str, bytes]:
    """Fingerprints of what every page depends on, by the names `--explain` gives them."""
    view = context.view
    return {
        "tools": fingerprints.of_tools().encode(),
        "settings": fingerprints.of_value(context.settings),
        "strings": fingerprints.of_value(context.strings.table),
        "sharing picture": fingerprints.of_value(context.share),
        "fragments": context.fragments.encode(),
        **{f"site.{name}": fingerprints.of_value(getattr(view, name)) for name in view.__struct_fields__},
    }


def images_of(index: Index) -> Iterator[ImageRef]:
    """Every image of what is published; those of drafts stay out of the output."""
    return images_in((*index.entries, *index.editions, *index.pages))


def images_in(items: Iterable[Item]) -> Iterator[ImageRef]:
    for item in items:
        yield from (ref for ref in (item.image, *item.images) if ref and ref.file)


def next_change(library: Library, now: datetime) -> datetime | None:
    """When a site will change without any file changing: an entry or edition becomes due, leaves the news sitemap, or
    was updated by then.
    """
    moments = [entry.published for entry in library.entries]
    due = [moment for moment in (*moments, *(edition.published for edition in library.editions)) if moment > now]
    due += [entry.updated for entry in library.entries if entry.updated and entry.updated > now]
    oldest = now - NEWS_AGE
    due += [moment + NEWS_AGE + TICK for moment in moments if oldest <= moment <= now]
    return min(due, default=None)
