"""Everything a site will hold, before any of it is made: pages and files, who stands where, what is wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from digest.content import static as static_files
from digest.model import Place
from digest.pages import addresses, article, blocks, generated, plan
from digest.pages.blocks import MARGINS
from digest.pages.plan import SITE
from digest.rendering.closure import closure
from digest.site import fingerprints, output
from digest.site.project import assets_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from digest.linking.index import Index
    from digest.linking.related.relations import Relations
    from digest.model import Edition, Entry, ImageRef, StandalonePage
    from digest.pages.addresses import Redirect
    from digest.pages.article import ArticleContext
    from digest.pages.context import SiteContext
    from digest.pages.page import Page
    from digest.problems import Problem
    from digest.site.cache import Template
    from digest.site.fingerprints import Fingerprints
    from digest.site.options import BuildOptions
    from digest.site.project import Project


YIELDING = frozenset({"/robots.txt"})
"""Files for machines that a file of that name in `static/` replaces."""


class SitePlan(msgspec.Struct, frozen=True):
    """Everything the site will hold, before any of it is made."""

    room: plan.PageInputs
    arounds: Mapping[str, ArticleContext]
    """Entry id → what stands around its text."""
    pages: tuple[Page, ...]
    """Every page but the articles; old addresses and the file of the margins among them."""
    margins: Page
    """What articles carry beside them: the margins, or what holds their place."""
    generated_files: tuple[generated.GeneratedFile, ...]
    static: tuple[tuple[str, Path], ...]


def plan_site(
    order: BuildOptions, house: Project, room: plan.PageInputs, related: Mapping[str, Relations]
) -> tuple[SitePlan, tuple[Problem, ...]]:
    """What will stand where; two that want one place, and links that lead nowhere, are problems."""
    index, context = room.index, room.context
    lists = plan.pages(room)
    if context.fragments != "inline":
        lists.append(blocks.margins(index, room.popular, context, SITE))
    old = addresses.redirects(index)
    static, faults = static_files.collect(order.root)
    files = tuple(machine_files(room, lists, order.now, dict(static)))
    others = [
        *((file.path, SITE) for file in files),
        *((f"/{path}", SITE) for path, _ in assets_of(house, context)),
        *((path, Place(file.relative_to(order.root).as_posix())) for path, file in static),
    ]
    problems = (*faults, *clashes(index, lists, others, old, house.places.links))
    arounds = {entry.id: around for entry, around in article.arounds(index, related, context)}
    pages = (*lists, *plan.redirects(old))
    return SitePlan(room, arounds, pages, beside_articles(room), files, static), problems


def machine_files(
    room: plan.PageInputs, lists: Sequence[Page], now: datetime, static: Container[str]
) -> Iterator[generated.GeneratedFile]:
    """The files for machines, but for those that the site's own files (`static`, by site path) replace."""
    return (file for file in generated.files(room, lists, now) if file.path not in YIELDING or file.path not in static)


def clashes(
    index: Index,
    lists: Sequence[Page],
    others: Iterable[tuple[str, Place]],
    old: Sequence[Redirect],
    own: Sequence[tuple[str, Place]] = (),
) -> Iterator[Problem]:
    """Who stands where somebody else stands, and links that lead nowhere. `others`: files that are no pages, and who
    asks for them; `own`: links round all pages.
    """
    there = [*others, (f"/{output.MARKER}", SITE)]
    yield from addresses.collisions(index, lists, there, old)
    yield from addresses.dead_links(index, lists, there, old, own)


def beside_articles(room: plan.PageInputs) -> Page:
    """The margins, or what holds their place where they are a file of their own."""
    make = blocks.margins if room.context.fragments == "inline" else blocks.awaited_margins
    return make(room.index, room.popular, room.context, SITE)


def site_prints(
    context: SiteContext, margins: Page, prints: Fingerprints, templates: Mapping[str, Template]
) -> Mapping[str, bytes]:
    """Fingerprints of what all pages depend on, by the names `--explain` gives them."""
    inner = closure(margins.template, {name: template.names for name, template in templates.items()})
    markup = b"".join(templates[name].print for name in sorted(inner) if name in templates)
    return {
        "tools": fingerprints.of_tools().encode(),
        f"fragment {MARGINS}": fingerprints.short(markup + prints.page(margins.parts)),
        **constants(context),
    }


def constants(context: SiteContext) -> Mapping[str, bytes]:
    """Fingerprints of the constants of a build."""
    view = context.view
    return {
        "settings": fingerprints.of_value(context.settings),
        "strings": fingerprints.of_value(context.strings.table),
        "sharing picture": fingerprints.of_value(context.share),
        "fragments": context.fragments.encode(),
        **{f"site.{name}": fingerprints.of_value(getattr(view, name)) for name in view.__struct_fields__},
    }


def pictures_of(index: Index) -> Iterable[ImageRef]:
    """Every picture of what is published; those of drafts stay out of the output."""
    return pictures_in((*index.entries, *index.issues, *index.pages))


def pictures_in(items: Iterable[Entry | Edition | StandalonePage]) -> Iterator[ImageRef]:
    for item in items:
        yield from (ref for ref in (item.image, *item.images) if ref and ref.file)
