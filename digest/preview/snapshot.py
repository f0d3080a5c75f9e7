"""What a site is at one moment. A snapshot never changes; a page is made from it when somebody asks.

In: `Holdings`, a clock, the snapshot before. Out: for an address what stands there. Linking is done again only where
something linking sees is another; lists, maps and feeds are looked up when they are asked for, so that a save costs
what it changes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import is_, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from markupsafe import Markup

from digest.build import render_stage
from digest.content.discovery import kind_of
from digest.linking import index as linking
from digest.linking.related.relations import NOTHING, Relations
from digest.pages import addresses, article, blocks, generated, plan, site_view
from digest.pages.blocks import FRAGMENT, MARGINS
from digest.pages.plan import SITE
from digest.preview.article_cache import OvertakenError
from digest.preview.images import LazyImageFingerprints, LazyImages
from digest.preview.project_files import picture_stamp, readable
from digest.preview.source_states import SourceState
from digest.rendering.faults import TemplateFaultError
from digest.site.fingerprints import Fingerprints
from digest.site.project import assets_of, furnished
from digest.site.site_plan import beside_articles, machine_files, pictures_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from digest.model import Article, Edition, Entry, StandalonePage
    from digest.pages.article import ArticleContext
    from digest.pages.context import SiteContext
    from digest.pages.page import Page
    from digest.pages.views import View
    from digest.preview.article_cache import ArticleCache
    from digest.preview.images import LazyImagePipeline
    from digest.preview.source_states import Holdings
    from digest.problems import Problem
    from digest.rendering.renderer import Renderer
    from digest.rendering.template_set import TemplateText
    from digest.site.cache import Source
    from digest.site.project import Project

ITEMS = itemgetter(SourceState._fields.index("items"))
MOVED = "redirect.html"
NOT_FOUND = "/404.html"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a preview was asked for, and where."""

    root: Path
    drafts: bool = False
    future: bool = False


@dataclass(frozen=True)
class Linked:
    """All entries in order, and what only the whole site shows."""

    index: linking.Index
    held: tuple[Entry, ...]
    """Entries that are not shown."""
    entries: tuple[Entry, ...]
    """All, in the order of their files; so with the others."""
    issues: tuple[Edition, ...]
    pages: tuple[StandalonePage, ...]
    until: datetime | None
    """When another one is due."""

    @cached_property
    def faults(self) -> tuple[Problem, ...]:
        """What is wrong between files."""
        twice = addresses.declared_twice(self.entries, self.issues, self.pages)
        return (*linking.between_files(self.entries, self.issues, self.pages), *twice)


class Fault(NamedTuple):
    """A template that failed, and what it was to show."""

    problem: Problem
    view: View | None
    """None where nobody asked for a page of it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page as it was made."""

    page: Page
    html: str
    fault: Fault | None = None
    """Why it was made by the templates of before; `html` is empty where these failed too."""


class Stood(NamedTuple):
    """A file of the site that is no page."""

    path: str
    """Relative path in the output: its ending says what it is."""
    content: bytes


class Snapshot:
    """A site at one moment. Asked by several threads."""

    def __init__(  # noqa: PLR0917 - all it is made of
        self,
        setting: Setting,
        holdings: Holdings,
        house: Project,
        lab: LazyImagePipeline,
        manuscripts: ArticleCache,
        now: datetime,
        lists: Mapping[str, Relations],
        before: Snapshot | None = None,
    ) -> None:
        self.setting = setting
        self.holdings = holdings
        self.house = house
        self.now = now
        self.lists = lists
        """The stories below each, as they were last related."""
        self.manuscripts = manuscripts
        self.pictures = frozenset(holdings.pictures)
        self.gallery = LazyImages(lab, self.stamp_of)
        self.linked = self.link(before)
        self.index = self.linked.index
        self.lock = threading.RLock()
        self.pages: dict[str, Page | None] = {}
        self.made: dict[str, Made] = {}
        self.arounds: dict[str, ArticleContext] = {}
        """What stands around each article that was asked for, by its id."""
        self.listed: dict[str, Page] = {}
        self.kinds: Iterator[Callable[[plan.PageInputs], Iterator[Page]]] = iter(plan.PAGES)
        self.faults: dict[str, Fault] = {}
        """Path of a page, or name of a template → what went wrong with it."""
        self.studio = render_stage.PageRenderer(self.context, house.theme, self.article, self.prints)
        self.checked: Mapping[str, TemplateText] | None = None
        """The templates whose faults are known, those nobody looks at included."""
        self.sound: Renderer | None = None
        """The templates of before, which worked."""
        if before is not None:
            self.take_over(before)

    # ------------------------------------------------------------------ what stays from the snapshot before

    def link(self, before: Snapshot | None) -> Linked:
        """The index of what is shown; that of before where nothing linking sees has changed."""
        if before is not None and self.links_alike(before):
            return before.linked
        items: dict[str, list[Any]] = {"entry": [], "edition": [], "standing": []}
        for path, held in self.holdings.files.items():
            items[kind_of(path)] += held.items
        entries, issues, pages = map(tuple, items.values())
        visible = linking.Visibility(self.now, self.setting.drafts, self.setting.future)
        index = linking.published(entries, issues, pages, visible)
        hidden = ()
        if len(index.entries) < len(entries):
            hidden = tuple([entry for entry in entries if entry.id not in index.by_id])
        due = [item.published for item in (*hidden, *issues) if item.published > self.now]
        return Linked(index, hidden, entries, issues, pages, min(due, default=None))

    def links_alike(self, before: Snapshot) -> bool:
        """Whether linking would see what it saw."""
        if before.linked.until is not None and self.now >= before.linked.until:
            return False
        old, new = before.holdings.files, self.holdings.files
        return old is new or (
            len(old) == len(new) and all(map(is_, map(ITEMS, old.values()), map(ITEMS, new.values())))
        )

    def take_over(self, before: Snapshot) -> None:
        """What was worked out before and holds still."""
        if before.index is self.index:
            with before.lock:
                if "by_path" in before.__dict__:
                    self.__dict__["by_path"] = before.by_path
                if before.lists is self.lists and before.house is self.house:
                    self.arounds = before.arounds
        fits = self.house.theme is before.house.theme and self.house.strings is before.house.strings
        if fits and self.context.view == before.context.view:
            self.studio.renderer = before.studio.renderer
            self.faults = dict(before.faults)
            self.checked = before.checked
            self.sound = before.sound
        else:
            self.sound = before.studio.renderer if not before.faults else before.sound

    # ------------------------------------------------------------------ what pages are made with

    @cached_property
    def context(self) -> SiteContext:
        settings = self.house.settings
        mode = blocks.fragments_mode(settings.fragments, len(self.index.entries))
        return furnished(self.house, site_view.sections(self.index), mode, self.gallery)

    @cached_property
    def newsroom(self) -> plan.PageInputs:
        counts, rules = self.holdings.loose.counts, self.house.settings.blocks
        return plan.PageInputs(self.index, blocks.most_read(self.index, counts, rules.most_read), self.context)

    @cached_property
    def prints(self) -> Fingerprints:
        """Fingerprints of what pages are made from, looked up one by one."""
        prints = Fingerprints(
            EntryPrints(self, lambda source, number: source.cards[number]),
            EntryPrints(self, lambda source, number: source.wholes[number]),
            EntryPrints(self, lambda source, number: source.wholes[number] + source.print),
            {},
        )
        prints.renditions = LazyImageFingerprints(self.gallery)
        return prints

    def around(self, entry: Entry) -> ArticleContext:
        """What stands around an article."""
        if entry.id in self.arounds:
            return self.arounds[entry.id]
        shown = self.lists.get(entry.id, NOTHING)
        there = self.index.by_id  # the lists may be those of before a story went
        shown = Relations(*(tuple([name for name in names if name in there]) for names in shown))
        made = self.arounds[entry.id] = article.around(entry, shown, self.index, self.context)
        return made

    def stamp_of(self, file: str) -> tuple[int, int, int, int]:
        return self.holdings.pictures.get(file) or picture_stamp(self.setting.root, file)

    def source_of(self, entry: Entry) -> tuple[Source, int] | None:
        """The source an entry stands in, and its number there."""
        held = self.holdings.files.get(entry.place.path)
        if held is None or held.source is None:
            return None
        return held.source, held.source.ids.index(entry.id)

    def article(self, entry: Entry) -> Article:
        """An entry's whole article. Raises `OvertakenError`."""
        found = self.source_of(entry)
        if found is None:
            raise OvertakenError(entry.place.path)
        return self.manuscripts.article(entry, found[0].print, self.house.settings, self.pictures)

    # ------------------------------------------------------------------ addresses

    @property
    def base(self) -> str:
        """The site's base path, decoded."""
        return unquote(self.house.settings.base_path)

    @cached_property
    def by_path(self) -> Mapping[str, Entry]:
        return {entry.path: entry for entry in reversed(self.index.entries)}

    def page(self, path: str) -> Page | None:
        """The page at an address, not yet made."""
        if path not in self.pages:
            self.pages[path] = self.article_page(path) or self.list_page(path)
        return self.pages[path]

    def article_page(self, path: str) -> Page | None:
        """The page of an article, and the file of the margins that articles ask for."""
        entry = self.by_path.get(path)
        if entry is not None:
            return article.page(entry, self.around(entry), self.index.by_id)
        return self.margins if path == FRAGMENT and self.context.fragments != "inline" else None

    def list_page(self, path: str) -> Page | None:
        """Any other page: kind after kind is gone through until there is one of that address."""
        with self.lock:
            while path not in self.listed:
                kind = next(self.kinds, None)
                if kind is None:
                    return self.old.get(path)
                self.listed |= {page.path: page for page in kind(self.newsroom)}
            return self.listed[path]

    @property
    def margins(self) -> Page:
        """The blocks beside articles, as a file of their own."""
        return blocks.margins(self.index, self.newsroom.popular, self.context, SITE)

    @cached_property
    def old(self) -> Mapping[str, Page]:
        """Old addresses, which lead on."""
        return {page.path: page for page in plan.redirects(addresses.redirects(self.index))}

    @property
    def list_pages(self) -> list[Page]:
        """Every page but the articles'."""
        self.list_page("")
        found = list(self.listed.values())
        return found if self.context.fragments == "inline" else [*found, self.margins]

    def stood(self, path: str) -> Stood | None:
        """The file at an address where no page stands. Raises `OvertakenError`."""
        name = path.removeprefix("/")
        if path in self.machine:
            return Stood(name, self.machine[path].content(self.studio.desk))
        if name in self.assets:
            return Stood(name, self.assets[name])
        if path in self.static:
            content = static_content(self.static[path], self.setting.root)
            return Stood(name, content) if content is not None else None
        content = self.gallery.lab.file(name)
        if content is None and name.startswith("media/"):
            for ref in pictures_of(self.index):  # a browser may know it from before this server was started
                self.gallery.get(ref.file)
            content = self.gallery.lab.file(name)
        return Stood(name, content) if content is not None else None

    @cached_property
    def machine(self) -> Mapping[str, generated.GeneratedFile]:
        return {file.path: file for file in machine_files(self.newsroom, self.list_pages, self.now, self.static)}

    @cached_property
    def assets(self) -> Mapping[str, bytes]:
        return dict(assets_of(self.house, self.context))

    @cached_property
    def static(self) -> Mapping[str, Path]:
        return dict(self.holdings.loose.static)

    # ------------------------------------------------------------------ making

    def make(self, page: Page) -> Made:
        """A page, made once. Raises `OvertakenError`."""
        made = self.made.get(page.path)
        if made is None:
            made = self.made[page.path] = self.rendered(page)
        return made

    def rendered(self, page: Page) -> Made:
        """With the templates as they are, or, where they fail, as they last worked."""
        if MARGINS in page.embeds:
            self.set_margins()
        view = page.view(self.studio.desk)
        try:
            html = self.studio.renderer.render(page.template, **{page.variable: view})
        except TemplateFaultError as error:
            fault = Fault(error.problem, view)
        else:
            self.faults.pop(page.path, None)
            return Made(page, html)
        self.faults[page.path] = fault
        return Made(page, self.by_sound_templates(page.template, {page.variable: view}), fault)

    def check_templates(self) -> None:
        """Find the faults of templates that nobody looks at just now, and those that are gone. Raises
        `OvertakenError`.
        """
        for path in [path for path in self.faults if path.startswith("/")]:
            page = self.page(path)
            if page is None:
                self.faults.pop(path, None)
            else:
                self.make(page)
        texts = self.house.theme.texts or {}
        if texts is self.checked:
            return
        self.checked = texts
        for name in [name for name, text in texts.items() if not readable(text)]:
            try:
                self.studio.renderer.render(name)
            except TemplateFaultError as error:
                self.faults[name] = Fault(error.problem, None)

    def set_margins(self) -> None:
        """What articles carry beside them."""
        with self.lock:
            if MARGINS in self.studio.fragments:
                return
            margins = beside_articles(self.newsroom)
            self.studio.fragments[MARGINS] = Markup(self.rendered(margins).html)  # noqa: S704 - finished markup

    def by_sound_templates(self, template: str, values: Mapping[str, View]) -> str:
        """Rendered as before the templates broke; empty where that cannot be done."""
        if self.sound is None:
            return ""
        try:
            return self.sound.render(template, **values)
        except TemplateFaultError:
            return ""


class EntryPrints(Mapping[str, bytes]):
    """A fingerprint of each entry, taken from its source when it is asked for."""

    def __init__(self, snapshot: Snapshot, of: Callable[[Source, int], bytes]) -> None:
        self.snapshot = snapshot
        self.of = of

    def __getitem__(self, name: str) -> bytes:
        found = self.snapshot.source_of(self.snapshot.index.by_id[name])
        if found is None:
            raise KeyError(name)
        return self.of(*found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.snapshot.index.by_id)

    def __len__(self) -> int:
        return len(self.snapshot.index.by_id)


def static_content(file: Path, root: Path) -> bytes | None:
    """A file of static/, if it still is a regular one inside the site."""
    try:
        if file.is_symlink() or not file.is_file() or not file.resolve().is_relative_to((root / "static").resolve()):
            return None
        return file.read_bytes()
    except OSError:
        return None
