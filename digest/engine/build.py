"""From a folder to a site: read → validate → link → render → write, each stage values in, values out.

The only module that knows the whole way. Every problem of every stage that can run is gathered before anything is
refused; the output changes only when all of it is good.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.arabic import numbers
from digest.content import discovery, editions, popularity, standing
from digest.content import settings as site_settings
from digest.content import static as static_files
from digest.content.pictures import PictureSettings, prepare
from digest.engine import publication
from digest.engine.publication import Tree
from digest.engine.workers import (
    Parsed,
    RenderOrder,
    Workshop,
    cores,
    make_renderer,
    read_bytes,
    worker_count,
)
from digest.linking import index as linking
from digest.linking.related import related
from digest.model import Entry, ImageRef, Issue, Place, StandingPage
from digest.pages import addresses, article, blocks, chrome, machine, plan
from digest.pages.addresses import output_path
from digest.pages.context import SiteContext
from digest.pages.plan import SITE
from digest.problems import DigestError, Problem
from digest.rendering import assets as theme_assets
from digest.rendering import strings as theme_strings
from digest.rendering.environment import TemplateFaultError, Theme
from digest.scaffold import builtin_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from markupsafe import Markup

    from digest.content.discovery import Found
    from digest.content.settings import Settings
    from digest.rendering.assets import Assets
    from digest.rendering.environment import Renderer
    from digest.rendering.strings import Strings

MEMORY = ".digest"
"""Folder of the build's memory, in the site."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one build is asked to do."""

    root: Path
    output: Path | None
    """None: find every problem, write nothing."""
    now: datetime
    """Aware: what is later is held back."""
    drafts: bool = False
    future: bool = False
    strict: bool = False
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    entries: int
    pages: int
    """HTML pages."""
    written: int
    """Files whose bytes are new."""
    unchanged: int
    held: int
    """Entries kept back: drafts and future ones."""
    advice: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """What the site's own settings and theme became."""

    settings: Settings
    theme: Theme
    strings: Strings
    assets: Assets


@dataclass(frozen=True, slots=True)
class Sources:
    """What the content folder became."""

    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...]
    pages: tuple[StandingPage, ...]
    popular: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]


def build(order: Order) -> Report:
    """Make the site. Raises `DigestError` with every problem found, `UsageError` for an output it must not replace."""
    if order.output is None:
        return made(order, None)
    output = order.output.resolve()
    publication.refuse_foreign(output, order.root)
    with publication.only_writer(output):
        staging = publication.open_staging(output)
        try:
            report = made(order, staging)
            publication.publish(staging)
        except BaseException:
            publication.discard(staging)
            raise
        return report


def made(order: Order, staging: publication.Staging | None) -> Report:
    """The whole new tree in `staging.new`, or a look at every page without writing."""
    house, problems = read_house(order.root)
    found = discovery.discover(order.root)
    problems += found.problems
    if house is None:
        raise DigestError(problems)
    entries = [file for file in found.files if file.kind == "entry"]
    with Workshop(order.root, house.settings, found.pictures, worker_count(order.jobs, len(entries))) as workshop:
        sources = read_sources(order.root, house.settings, found, workshop.parse(entries))
        index, faults = linking.link(
            sources.entries, sources.issues, sources.pages, linking.Visibility(order.now, order.drafts, order.future)
        )
        problems += [
            *sources.problems,
            *faults,
            *addresses.declared_twice(sources.entries, sources.issues, sources.pages),
        ]
        context, faults = site_context(order, house, index)
        problems += faults
        cards = {entry.id: context.card(entry) for entry in index.entries}
        room = plan.Newsroom(index, cards, sources.popular, context)
        site, faults = survey(order.root, house, room)
        refuse([*problems, *faults], strict=order.strict)
        return write_site(order, staging, workshop, house, site, sources, [*problems, *faults])


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything the site will hold, before any of it is rendered."""

    room: plan.Newsroom
    pages: tuple[plan.Page, ...]
    redirects: tuple[addresses.Redirect, ...]
    static: tuple[tuple[str, Path], ...]


def survey(root: Path, house: House, room: plan.Newsroom) -> tuple[Survey, tuple[Problem, ...]]:
    """What will stand where; two that want one place, and links that lead nowhere, are problems."""
    index = room.index
    pages = tuple(plan.pages(room))
    redirects = tuple(addresses.redirects(index))
    static, faults = static_files.collect(root)
    others = [
        *((path, SITE) for path in machine.paths(room)),
        *((f"/{path}", SITE) for path, _ in house.assets.files),
        (f"/{publication.MARKER}", SITE),
        *((path, Place(file.relative_to(root).as_posix())) for path, file in static),
    ]
    problems = (
        *faults,
        *addresses.collisions(index, pages, others, redirects),
        *addresses.dead_links(index, pages, others, redirects),
    )
    return Survey(room, pages, redirects, static), problems


def write_site(  # noqa: PLR0917 - what the earlier stages made, in their order
    order: Order,
    staging: publication.Staging | None,
    workshop: Workshop,
    house: House,
    site: Survey,
    sources: Sources,
    problems: Sequence[Problem],
) -> Report:
    """Render every page, workers and this process side by side."""
    room, pages = site.room, site.pages
    context, index, cards = room.context, room.index, room.cards
    new = str(staging.new) if staging else None
    old = str(staging.output) if staging and staging.output.is_dir() else None
    renderer = make_renderer(context, house.theme)
    # before the workers are set to render: feeds that hold whole texts ask them for bodies
    files = machine.files(room, pages, order.now, workshop.bodies) if new else []
    try:
        around = tuple(article.surroundings(index, related(index, context.settings.related.count), cards, context))
        popular = blocks.most_read(index, cards, sources.popular, context)
        margins = render_margins(renderer, blocks.margins(index, cards, popular, context))
        workshop.start_rendering(RenderOrder(context, house.theme, margins, around, new, old))
        tree = Tree(new, old) if new else None
        for page in pages:
            html = renderer.render(page.template, page=page.view())
            if tree:
                tree.put(output_path(page.path), html.encode())
        for redirect in site.redirects:
            target = context.absolute(redirect.url)
            html = renderer.render("redirect.html", target=target, url=redirect.url, title=redirect.title)
            if tree:
                tree.put(output_path(redirect.path), html.encode())
    except TemplateFaultError as fault:
        raise DigestError([*problems, fault.problem]) from fault
    if tree:
        put_files(tree, context, house.assets, files, site.static)
    share = workshop.finish_rendering()
    refuse([*problems, *share.problems], strict=order.strict)
    written = share.written
    if tree:
        tree.put(publication.MARKER, publication.marker(Path(tree.new), drafts=order.drafts))
        written += tree.report
    held = len(sources.entries) - len(index.entries)
    return Report(
        entries=len(index.entries),
        pages=len(pages) + len(around),
        written=written.written,
        unchanged=written.unchanged,
        held=held,
        advice=tuple(sorted(set(problems))),
    )


def put_files(
    tree: Tree,
    context: SiteContext,
    assets: Assets,
    files: Iterable[machine.File],
    static: Iterable[tuple[str, Path]],
) -> None:
    """Everything that is no page: feeds and sitemaps, the theme's files, pictures, the site's static files."""
    for file in files:
        tree.put(output_path(file.path), file.content)
    for path, content in assets.files:
        tree.put(path, content)
    for path, cached in sorted({pair for made in context.renditions.values() for pair in made.files}):
        tree.put(path, Path(cached).read_bytes())
    for path, source in static:
        tree.put(output_path(path), source.read_bytes())


def render_margins(renderer: Renderer, margins: object) -> Markup:
    """The blocks beside every article, once."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup(renderer.render("partials/margins.html", margins=margins))


def refuse(problems: Iterable[Problem], *, strict: bool) -> None:
    """Raises `DigestError` when there is an error among the problems, or, if strict, anything at all."""
    found = tuple(problems)
    if any(strict or problem.level == "error" for problem in found):
        raise DigestError(found)


def read_house(root: Path) -> tuple[House | None, list[Problem]]:
    """site.yaml, the string table and the theme's files."""
    problems: list[Problem] = []
    raw = read_bytes(root, "site.yaml", problems)
    if raw is None:
        return None, problems
    settings, faults = site_settings.read(raw)
    problems += faults
    if settings is None:
        return None, problems
    theme = theme_of(root)
    problems += chrome.footer_problems(settings)
    digits = numbers.digits_of(settings.lang, settings.digits)
    strings, faults = theme_strings.read(theme.folders, settings.lang, digits)
    problems += faults
    assets = theme_assets.collect(
        [folder for folder, _ in theme.folders],
        base_path=settings.base_path,
        extra_css={chrome.STYLESHEET: chrome.theme_colours(settings.themes)},
    )
    problems += assets.problems
    return (House(settings, theme, strings, assets) if strings else None), problems


def theme_of(root: Path) -> Theme:
    """The site's own templates over the built-in ones."""
    builtin = builtin_templates()
    own = root / "templates"
    if own.is_dir() and own.resolve() != builtin.resolve():
        return Theme(((own, "templates"), (builtin, "built-in templates")))
    return Theme(((builtin, "templates" if own.is_dir() else "built-in templates"),))


def read_sources(root: Path, settings: Settings, found: Found, parsed: Parsed) -> Sources:
    """Editions, standing pages and counts, beside the entries the workers read."""
    problems = list(parsed.problems)
    issues: list[Issue] = []
    pages: list[StandingPage] = []
    for file in found.files:
        raw = read_bytes(root, file.path, problems) if file.kind != "entry" else None
        if raw is None:
            continue
        if file.kind == "edition":
            issue, faults = editions.read(file.path, raw, settings, found.pictures)
            issues += [issue] if issue else []
        else:
            page, faults = standing.read(file.path, raw, settings, found.pictures)
            pages += [page] if page else []
        problems += faults
    popular: tuple[tuple[str, int], ...] = ()
    if settings.popular and ((root / settings.popular).exists() or settings.popular != site_settings.POPULAR):
        counts = read_bytes(root, settings.popular, problems)
        popular, faults = popularity.read(settings.popular, counts or b"")
        problems += faults
    return Sources(parsed.entries, tuple(issues), tuple(pages), popular, tuple(problems))


def site_context(order: Order, house: House, index: linking.Index) -> tuple[SiteContext, tuple[Problem, ...]]:
    """The constants of this build, its pictures made."""
    settings = house.settings
    share = ImageRef(settings.image, settings.title.plain, None, None, Place("site.yaml")) if settings.image else None
    refs = [*pictures_of(index), *([share] if share else [])]
    renditions, problems = prepare(
        refs,
        root=order.root,
        cache=order.root / MEMORY / "pictures",
        settings=PictureSettings(settings.images.widths, settings.images.formats, settings.images.quality),
        base_path=settings.base_path,
        jobs=cores(order.jobs),
    )
    shared = chrome.share_picture(renditions.get(settings.image), house.assets)
    made = SiteContext(settings, house.strings, chrome.chrome(settings, house.assets, index), renditions, shared)
    return made, problems


def pictures_of(index: linking.Index) -> Iterable[ImageRef]:
    """Every picture of what is published; those of drafts stay out of the output."""
    items: tuple[Entry | Issue | StandingPage, ...] = (*index.entries, *index.issues, *index.pages)
    for item in items:
        yield from (ref for ref in (item.image, *item.images) if ref and ref.file)
