"""From a folder to a site: read → validate → link → render → write, each stage values in, values out.

The only module that knows the whole way. What the memory holds saves work and never decides: each stage compares
fingerprints and does the rest again. Every problem of every stage that can run is gathered before anything is
refused; the output changes only when all of it is good.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from digest.arabic import numbers
from digest.content import popularity
from digest.content import settings as site_settings
from digest.content import static as static_files
from digest.content.pictures import PictureSettings, prepare
from digest.engine import fingerprints, inventory, making, publication
from digest.engine.fingerprints import Prints
from digest.engine.making import Ledger, OtherFile, Press, Studio
from digest.engine.order import MEMORY, Order, Report
from digest.engine.publication import Staging
from digest.engine.reading import ReadingRoom, Texts, read_bytes, read_library
from digest.engine.relating import find, related
from digest.engine.release import Release
from digest.engine.store import Memory, Outputs, Sources
from digest.engine.workers import cores
from digest.linking import index as linking
from digest.linking.related.memory import remembered
from digest.linking.related.relations import relations
from digest.model import Entry, ImageRef, Issue, Place, StandingPage
from digest.pages import addresses, article, blocks, chrome, machine, plan
from digest.pages.addresses import output_path
from digest.pages.blocks import MARGINS
from digest.pages.context import SiteContext
from digest.pages.plan import SITE
from digest.problems import DigestError, Problem
from digest.rendering import assets as theme_assets
from digest.rendering import strings as theme_strings
from digest.rendering.closure import closure
from digest.rendering.environment import TemplateFaultError, Theme
from digest.scaffold import builtin_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from digest.content.settings import Settings
    from digest.engine.inventory import Scan
    from digest.engine.making import Pressed
    from digest.engine.publication import Imprint
    from digest.engine.reading import Library
    from digest.engine.relating import Findings
    from digest.engine.store import Template
    from digest.linking.related.relations import Relations
    from digest.pages.page import Page
    from digest.rendering.assets import Assets
    from digest.rendering.strings import Strings


@dataclass(frozen=True, slots=True)
class House:
    """What the site's own settings and theme became."""

    settings: Settings
    theme: Theme
    strings: Strings
    assets: Assets


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything the site will hold, before any of it is made."""

    room: plan.Newsroom
    articles: tuple[Page, ...]
    pages: tuple[Page, ...]
    """Every page but the articles; old addresses and the file of the margins among them."""
    margins: Page
    """What articles carry beside them: the margins, or what holds their place."""
    machine: tuple[machine.File, ...]
    static: tuple[tuple[str, Path], ...]


def build(order: Order, scan: Scan | None = None) -> Report:
    """Make the site. `scan`: what lies in the folder, where it was looked at already.

    Raises `DigestError` with every problem found, `UsageError` for an output it must not replace.
    """
    if scan is None:
        known, scan = inventory.nothing_to_do(order)
        if known is not None:
            return known
    if order.output is None:
        with tempfile.TemporaryDirectory(prefix="digest-") as folder:
            return Build(order, Path(folder), None, scan).run()
    output = order.output.resolve()
    publication.refuse_foreign(output, order.root)
    with publication.only_writer(output):
        return Build(order, inventory.memory_folder(order.root, output), Staging.of(output), scan).run()


def look(order: Order) -> Findings:
    """Read and link, and make no page. `order.output` names the build whose memory saves reading.

    Raises `DigestError` with every problem found.
    """
    house, problems = read_house(order.root)
    if house is None or order.output is None:
        raise DigestError(problems)
    return find(order, house.settings, Memory(inventory.memory_folder(order.root, order.output.resolve())))


class Build:
    """One build of one output: its stages in their order, and what they have in common."""

    def __init__(
        self,
        order: Order,
        memory: Path,
        staging: Staging | None,
        scan: Scan,
    ) -> None:
        self.order = order
        self.memory = Memory(memory)
        self.staging = staging
        """None for a check, which remembers nothing either."""
        self.scan = scan
        self.found = scan.found
        self.problems: list[Problem] = list(self.found.problems)

    def run(self) -> Report:
        """The whole way."""
        try:
            if self.staging:
                publication.prepare(self.staging)
            house, problems = read_house(self.order.root)
            self.problems += problems
            if house is None:
                raise DigestError(self.problems)
            room = ReadingRoom(self.order.root, house.settings, self.found.pictures, self.memory.folder)
            library = self.read(house, room)
            survey, context = self.link(house, library)
            return self.press(house, room, library, survey, context)
        finally:
            for spool in self.memory.folder.glob("texts-*"):
                spool.unlink(missing_ok=True)
            if self.staging:
                publication.discard(self.staging.new)

    def read(self, house: House, room: ReadingRoom) -> Library:
        """All sources; those without a fault are remembered at once, also for a build that will be refused."""
        reading = fingerprints.of_value(house.settings)
        known = None if self.order.clean or not self.staging else self.memory.sources.load()
        if known and known.reading != reading:
            known = None
        tell = self.order.told("reading", len(self.found.files))
        library = read_library(self.found, known, room, scanned=self.scan.at, jobs=self.order.jobs, tell=tell)
        self.problems += library.problems
        if self.staging and (known is None or known.sources != library.kept):
            self.memory.sources.keep(Sources(reading, room.picture_print, library.kept))
        return library

    def link(self, house: House, library: Library) -> tuple[Survey, SiteContext]:
        """What will stand where. Raises `DigestError` with every problem of the site."""
        order = self.order
        visibility = linking.Visibility(order.now, order.drafts, order.future)
        index, faults = linking.link(library.entries, library.issues, library.pages, visibility)
        self.problems += faults
        self.problems += addresses.declared_twice(library.entries, library.issues, library.pages)
        counts, missing = read_counts(order.root, house.settings)
        self.problems += missing
        context, faults = site_context(order, house, index)
        self.problems += faults
        popular = blocks.most_read(index, counts, house.settings.blocks.most_read)
        survey, faults = make_survey(
            order, house, plan.Newsroom(index, popular, context), self.relate(index, library, house)
        )
        self.problems += faults
        refuse(self.problems, strict=order.strict)
        return survey, context

    def relate(self, index: linking.Index, library: Library, house: House) -> Mapping[str, Relations]:
        """Which stories stand below which: from the memory but for what changed."""
        rules = house.settings.related
        if not rules.count:
            return {}
        kept = None if self.order.clean or not self.staging else self.memory.related.load()
        before = remembered(kept) if kept else None
        after = related(index, library.terms, rules, before, self.order.jobs)
        if self.staging and after != before:
            self.memory.related.keep(after.kept())
        return relations(after, rules.count)

    def press(self, house: House, room: ReadingRoom, library: Library, survey: Survey, context: SiteContext) -> Report:
        """Find what is stale, make it, put it in its place."""
        prints = Prints(library.cards, library.whole, library.texts, context.renditions)
        known = None if self.order.clean or not self.staging else self.memory.outputs.load()
        templates = making.templates_of(house.theme, known)
        site = site_prints(context, survey.margins, prints, templates)
        ledger = Ledger(known, site, templates, self.imprints(known))
        studio = Studio(context, house.theme, Texts(room, library).article)
        try:
            studio.fragments[MARGINS] = Markup(studio.html(survey.margins))
        except TemplateFaultError as fault:
            raise DigestError([*self.problems, fault.problem]) from fault
        press = Press(
            studio=studio,
            ledger=ledger,
            prints=prints,
            pages=(*survey.articles, *survey.pages),
            files=tuple(self.files(house, survey, studio, ledger)),
            release=Release(self.staging, self.memory.trees, ledger.outputs) if self.staging else None,
            drafts=self.order.drafts,
        )
        pressed = press.run(self.order.jobs, self.order.told, self.refuse)
        report = self.report(library, survey, pressed)
        if self.staging:
            self.memory.outputs.keep(Outputs(dict(site), dict(templates), tuple(pressed.outputs.values())))
            self.see(report, house, library, pressed)
        return report

    def refuse(self, faults: Iterable[Problem]) -> None:
        refuse([*self.problems, *faults], strict=self.order.strict)

    def imprints(self, known: Outputs | None) -> Mapping[str, Imprint | None]:
        """What the disk says of every file the memory knows."""
        if not known or not self.staging:
            return {}
        output = str(self.staging.output)
        return {row.path: publication.imprint(f"{output}/{row.path}") for row in known.outputs}

    def files(self, house: House, survey: Survey, studio: Studio, ledger: Ledger) -> Iterator[OtherFile]:
        """Everything that is no page: feeds and sitemaps, the theme's files, pictures, the site's static files."""
        site = b"".join(print_ for name, print_ in sorted(ledger.site.items()) if not name.startswith("fragment "))
        for made in survey.machine:
            yield OtherFile(output_path(made.path), made.parts, site, partial(made.make, studio.desk))
        for path, content in assets_of(house, studio.context):
            yield OtherFile(path, {"content": fingerprints.of_bytes(content)}, b"", partial(bytes, content))
        for path, cached in sorted({pair for made in studio.context.renditions.values() for pair in made.files}):
            yield OtherFile(path, {"content": cached}, b"", Path(cached).read_bytes)
        for path, source in survey.static:
            yield OtherFile(output_path(path), None, b"", source.read_bytes)

    def report(self, library: Library, survey: Survey, pressed: Pressed) -> Report:
        index = survey.room.index
        return Report(
            entries=len(index.entries),
            pages=len(survey.articles) + sum(page.template != "redirect.html" for page in survey.pages),
            written=pressed.written,
            unchanged=pressed.unchanged,
            held=len(library.entries) - len(index.entries),
            removed=pressed.removed,
            read=library.read,
            made=pressed.made,
            reasons=pressed.reasons,
            advice=tuple(sorted(set(self.problems))),
        )

    def see(self, report: Report, house: House, library: Library, pressed: Pressed) -> None:
        """Write down what the next build may find unchanged; nothing where the disk's clock could not tell."""
        file = self.memory.folder / inventory.SEEN
        if self.scan.newest > self.scan.at - inventory.COARSE:
            file.unlink(missing_ok=True)
            return
        shown = {"entries": report.entries, "pages": report.pages, "held": report.held}
        shown |= {"written": 0, "unchanged": len(pressed.outputs)}
        named = [self.order.root / name for name in (house.settings.popular, house.settings.image) if name]
        inventory.keep(
            file,
            self.scan,
            ((row.path, row.size, row.modified, row.inode) for row in pressed.outputs.values()),
            named,
            self.order.now.timestamp(),
            next_change(library, self.order),
            {**shown, "advice": [problem.as_json() for problem in report.advice]},
        )


def next_change(library: Library, order: Order) -> float | None:
    """When the site will be another without any file changing: a story becomes due, or leaves the news map."""
    now = order.now
    moments = [entry.published for entry in library.entries]
    due = [moment for moment in (*moments, *(issue.published for issue in library.issues)) if moment > now]
    due += [moment + machine.NEWS_AGE for moment in moments if moment <= now < moment + machine.NEWS_AGE]
    return min(due).timestamp() if due else None


def make_survey(
    order: Order, house: House, room: plan.Newsroom, related: Mapping[str, Relations]
) -> tuple[Survey, tuple[Problem, ...]]:
    """What will stand where; two that want one place, and links that lead nowhere, are problems."""
    index, context = room.index, room.context
    inline = context.fragments == "inline"
    margins = blocks.margins(index, room.popular, context, SITE)
    lists = [*plan.pages(room), *([] if inline else [margins])]
    old = addresses.redirects(index)
    static, faults = static_files.collect(order.root)
    files = tuple(machine.files(room, lists, order.now))
    others = [
        *((file.path, SITE) for file in files),
        *((f"/{path}", SITE) for path, _ in assets_of(house, context)),
        (f"/{publication.MARKER}", SITE),
        *((path, Place(file.relative_to(order.root).as_posix())) for path, file in static),
    ]
    problems = (
        *faults,
        *addresses.collisions(index, lists, others, old),
        *addresses.dead_links(index, lists, others, old),
    )
    articles = tuple(article.pages(index, related, context))
    standing_in = margins if inline else blocks.awaited_margins(index, room.popular, context, SITE)
    survey = Survey(room, articles, (*lists, *plan.redirects(old)), standing_in, files, static)
    return survey, problems


def assets_of(house: House, context: SiteContext) -> Iterator[tuple[str, bytes]]:
    """The theme's files, (output path, content); its script only where a page runs it."""
    script = chrome.SCRIPT.partition(".")[0]
    for path, content in house.assets.files:
        if context.chrome.script or not path.startswith(f"{script}."):
            yield path, content


def site_prints(
    context: SiteContext, margins: Page, prints: Prints, templates: Mapping[str, Template]
) -> Mapping[str, bytes]:
    """Fingerprints of what all pages depend on, by the names `--explain` gives them."""
    inner = closure(margins.template, {name: template.names for name, template in templates.items()})
    markup = b"".join(templates[name].print for name in sorted(inner) if name in templates)
    chrome_ = context.chrome
    return {
        "tools": fingerprints.of_tools().encode(),
        "settings": fingerprints.of_value(context.settings),
        "strings": fingerprints.of_value(context.strings.table),
        "sharing picture": fingerprints.of_value(context.share),
        "fragments": context.fragments.encode(),
        f"fragment {MARGINS}": fingerprints.short(markup + prints.page(margins.parts)),
        **{f"site.{key.name}": fingerprints.of_value(getattr(chrome_, key.name)) for key in fields(chrome_)},
    }


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


def read_counts(root: Path, settings: Settings) -> tuple[tuple[tuple[str, int], ...], list[Problem]]:
    """The counts behind "most read", where the site has any."""
    problems: list[Problem] = []
    if not settings.popular or not ((root / settings.popular).exists() or settings.popular != site_settings.POPULAR):
        return (), problems
    raw = read_bytes(root, settings.popular, problems)
    counts, faults = popularity.read(settings.popular, raw or b"")
    return counts, [*problems, *faults]


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
    fragments = blocks.fragments_mode(settings.fragments, len(index.entries))
    round_it = chrome.chrome(settings, house.assets, index, fragments)
    return SiteContext(settings, house.strings, round_it, renditions, shared, fragments), problems


def pictures_of(index: linking.Index) -> Iterable[ImageRef]:
    """Every picture of what is published; those of drafts stay out of the output."""
    items: tuple[Entry | Issue | StandingPage, ...] = (*index.entries, *index.issues, *index.pages)
    for item in items:
        yield from (ref for ref in (item.image, *item.images) if ref and ref.file)
