"""From a folder to a site: read → validate → link → render → write, each stage values in, values out.

The only module that knows the whole way. What the memory holds saves work and never decides: each stage compares
fingerprints and does the rest again. Every problem of every stage that can run is gathered before anything is
refused; the output changes only when all of it is good.
"""

from __future__ import annotations

import tempfile
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from digest.build import render_stage
from digest.build.release import Release
from digest.build.render_stage import OtherFile, PageRenderer, RenderStage, StaleCheck
from digest.content.images import ImageCache, salt_of
from digest.linking import index as linking
from digest.linking.related.relations import relations
from digest.pages import addresses, article, blocks, generated, plan, site_view
from digest.pages.addresses import output_path
from digest.pages.blocks import MARGINS
from digest.problems import DigestError, Problem
from digest.rendering import closure, probe
from digest.rendering.faults import TemplateFaultError
from digest.site import fingerprints
from digest.site import output as publication
from digest.site import scan as inventory
from digest.site.cache import BuildCache, Items, Output, Outputs, Pictures, Seen, unpack_around
from digest.site.fingerprints import Fingerprints
from digest.site.options import BuildOptions, Report
from digest.site.output import Imprint, Staging
from digest.site.project import assets_of, load_project, read_counts, site_context
from digest.site.related import Ground, about, believed, find, keep, recorded, related, retitled, retouched, rules_of
from digest.site.site_plan import SitePlan, pictures_in, pictures_of, plan_site, site_prints
from digest.site.sources import BodyStore, DamagedError, LazyEntries, SourceReader, read_known, settled, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.build.render_stage import RenderResult
    from digest.content.discovery import Stamp
    from digest.linking.related.relations import Relations
    from digest.pages.article import ArticleContext
    from digest.site.cache import Relating, Stories
    from digest.site.project import Project
    from digest.site.related import Findings, Known
    from digest.site.scan import Scan
    from digest.site.sources import Library, Reading


def build(order: BuildOptions, scan: Scan | None = None) -> Report:
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


def look(order: BuildOptions) -> Findings:
    """Read and link, and make no page. `order.output` names the build whose memory saves reading.

    Raises `DigestError` with every problem found.
    """
    house, problems = load_project(order.root)
    if house is None or order.output is None:
        raise DigestError(problems)
    memory = BuildCache(inventory.memory_folder(order.root, order.output.resolve()))
    return find(order, house.settings, memory, problems)


class Build:
    """One build of one output: its stages in their order, and what they have in common."""

    def __init__(
        self,
        order: BuildOptions,
        memory: Path,
        staging: Staging | None,
        scan: Scan,
    ) -> None:
        self.order = order
        self.memory = BuildCache(memory)
        self.staging = staging
        """None for a check, which remembers nothing either."""
        self.scan = scan
        self.found = scan.found
        self.problems: list[Problem] = list(self.found.problems)
        self.named: tuple[tuple[str, Stamp | None], ...] = ()
        """Files that the settings name, wherever they lie, as they were before they were read."""
        self.relating: tuple[Relating, Stories | None] | None = None
        """The related stories, for the next build."""

    def run(self) -> Report:
        """The whole way."""
        try:
            if self.staging:
                publication.prepare(self.staging)
            house, problems = load_project(self.order.root)
            problems += [*closure.stray_blocks(house.theme), *probe.compiler_advice()] if house else ()
            self.problems += problems
            if house is None:
                raise DigestError(self.problems)
            names = (house.settings.popular, house.settings.image)
            paths = [str(self.order.root / name) for name in names if name]
            self.named = tuple((path, inventory.stamp_at(path)) for path in paths)
            room = SourceReader(self.order.root, house.settings, self.found.pictures, self.memory.folder)
            known = self.memory.outputs.load() if self.remembers else None
            ledger = StaleCheck(known, self.imprints(known))
            try:
                return self.make(house, room, ledger)
            except DamagedError:
                self.memory.sources.forget()
                self.problems = [*self.found.problems, *problems]
                return self.make(house, room, ledger)
        finally:
            for spool in self.memory.folder.glob("texts-*"):
                spool.unlink(missing_ok=True)
            if self.staging:
                publication.discard(self.staging.new)

    @cached_property
    def rest(self) -> bytes:
        """Fingerprint of all that was read beside the sources, as the disk describes it; empty where a change might
        not show in that: then it equals no other.
        """
        newest = max([self.scan.newest_rest, *(max(stamp[1:3]) for _, stamp in self.named if stamp)])
        known = inventory.settled(newest, self.scan.at)
        return fingerprints.of_value((self.scan.rest, self.named)) if known else b""

    @property
    def remembers(self) -> bool:
        """Whether what earlier builds left is believed."""
        return self.staging is not None and not self.order.clean

    def make(self, house: Project, room: SourceReader, ledger: StaleCheck) -> Report:
        """From reading on. Raises `DamagedError` where the memory turns out not to hold what it says."""
        reading, items = self.read(house, room)
        if ledger.known and reading.retouched is not None and self.alike(reading, ledger):
            lists = self.relisted(house, reading)
            if lists is not None:
                return self.retouch(house, room, reading, items, ledger.known, lists)
        library = unpack(reading, items)
        self.keep(house, room, reading, items)
        items.let_go()
        reading = reading.without_items()
        survey = self.link(house, room, reading, library)
        return self.press(house, room, reading, library, survey, ledger)

    def read(self, house: Project, room: SourceReader) -> tuple[Reading, Items]:
        """All sources."""
        reading, items = read_known(
            self.found, self.memory, room, remembers=self.remembers, scanned=self.scan.at, jobs=self.order.jobs,
            tell=self.order.told("reading", len(self.found.files)), meanwhile=partial(prepare, house),
        )  # fmt: skip
        self.problems += reading.problems
        return reading, items

    def keep(self, house: Project, room: SourceReader, reading: Reading, items: Items) -> None:
        """Remember the sources without an error, also for a build that will be refused."""
        if self.staging and reading.news:
            self.memory.keep_sources(
                fingerprints.of_value(house.settings), room.picture_print, reading.sound, reading.fresh, items
            )

    def alike(self, reading: Reading, ledger: StaleCheck) -> bool:
        """Whether nothing but texts can have changed since the last build, texts that are on their own pages alone,
        and its output is as it left it.
        """
        known = ledger.known
        if known is None or not self.rest or self.order.strict:
            return False
        if not (reading.retouched or frozenset()).isdisjoint(known.seen.texts):
            return False
        if self.rest != known.seen.rest or reading.before != known.seen.sources:
            return False
        now, until = self.order.now.timestamp(), known.seen.until
        if now < known.seen.made or (until is not None and now >= until):
            return False
        return all(map(ledger.intact, known.outputs))

    def relisted(self, house: Project, reading: Reading) -> Mapping[str, Relations] | None:
        """Lists of related stories that other texts make others; None where the memory does not know the old ones."""
        if not house.settings.related.count:
            return {}
        if reading.same_terms:
            was = about(self.memory, house.settings)
            if was is None or was.basis != reading.before:
                return None
            self.relating = retitled(reading, was), None
            return {}
        known = believed(self.memory, house.settings)
        if known is None or known.about.basis != reading.before:
            return None
        self.relating, lists = retouched(reading, known, house.settings.related)
        return lists

    def retouch(  # noqa: PLR0917 - what the stages before it made, in their order
        self,
        house: Project,
        room: SourceReader,
        reading: Reading,
        items: Items,
        known: Outputs,
        lists: Mapping[str, Relations],
    ) -> Report:
        """Only the texts of some articles changed: but for related stories linking would see what it saw, so only
        their pages are looked at, and those whose lists are others now.
        """
        self.problems = list(known.seen.advice)
        ledger = StaleCheck(known, {row.path: Imprint(row.size, row.modified, row.inode) for row in known.outputs})
        ledger.site, ledger.templates = known.site, known.templates
        shelf = LazyEntries(reading, items)
        names = dict.fromkeys([*(reading.retouched or ()), *lists])
        touched = {name: ledger.outputs.get(output_path(shelf[name].path)) for name in names}
        arounds = {name: unpack_around(row.around) for name, row in touched.items() if row and row.around}
        arounds |= {name: arounds[name]._replace(**shown._asdict()) for name, shown in lists.items()}
        pages = [article.page(shelf[name], around, shelf) for name, around in arounds.items()]
        refs = pictures_in(shelf.entries.values())
        album = self.album(house)
        context, unmade = site_context(self.order, house, known.seen.sections, known.seen.fragments, refs, album)
        self.problems += unmade
        self.refuse(())
        prints = Fingerprints(*shelf.prints(), context.renditions)
        studio = PageRenderer(context, house.theme, BodyStore(room, reading.spans, prints.texts).article, prints)
        studio.fragments[MARGINS] = Markup(known.seen.margins)
        release = Release(self.staging, self.memory.trees, ledger.outputs) if self.staging else None
        press = RenderStage(
            studio=studio,
            ledger=ledger,
            pages=pages,
            files=(),
            release=release,
            outputs=dict(ledger.outputs),
        )
        pressed = press.run(self.order.jobs, self.order.told, self.refuse)
        self.keep(house, room, reading, items)
        seen = msgspec.structs.replace(known.seen, sources=reading.print, made=self.order.now.timestamp())
        round_them = {output_path(shelf[name].path): around for name, around in arounds.items()}
        return self.done(reading, seen, ledger, pressed, round_them)

    def album(self, house: Project) -> ImageCache:
        """The pictures as the last build left them; none whose file changed so lately that the disk could not tell."""
        known = self.memory.pictures.load() if self.remembers and self.found.pictures else None
        if known and known.salt != salt_of(house.settings.images):
            known = None
        stamps = {path: settled(stamp, self.scan.at) for path, stamp in self.found.picture_stamps.items()}
        trusted = {path: stamp for path, stamp in stamps.items() if any(stamp)}
        return ImageCache(trusted, known.negatives if known else {})

    def link(self, house: Project, room: SourceReader, reading: Reading, library: Library) -> SitePlan:
        """What will stand where. Raises `DigestError` with every problem of the site."""
        order = self.order
        visibility = linking.Visibility(order.now, order.drafts, order.future)
        index, faults = linking.link(library.entries, library.issues, library.pages, visibility)
        counts, missing = read_counts(order.root, house)
        fragments = blocks.fragments_mode(house.settings.fragments, len(index.entries))
        album = self.album(house)
        context, unmade = site_context(order, house, site_view.sections(index), fragments, pictures_of(index), album)
        if self.staging and album.seen != album.known:
            self.memory.pictures.keep(Pictures(salt_of(house.settings.images), album.seen))
        popular = blocks.most_read(index, counts, house.settings.blocks.most_read)
        ground = Ground(reading.terms, library.texts, self.related_before(house), room)
        lists = self.relate(index, ground, house, reading)
        survey, clashes = plan_site(order, house, plan.PageInputs(index, popular, context), lists)
        twice = addresses.declared_twice(library.entries, library.issues, library.pages)
        self.problems += [*faults, *missing, *unmade, *clashes, *twice]
        if order.strict and order.output is None:  # a check: notes stop no build, so none pays for them
            from digest.site import spelling  # noqa: PLC0415 - for a check alone

            self.problems += spelling.notes(order.root, self.found.files, index, house.settings.lang)
        self.refuse(())
        return survey

    def related_before(self, house: Project) -> Known | None:
        return believed(self.memory, house.settings) if self.remembers else None

    def relate(self, index: linking.Index, ground: Ground, house: Project, reading: Reading) -> Mapping[str, Relations]:
        """Which stories stand below which: from the memory but for what changed."""
        rules = house.settings.related
        if not rules.count:
            return {}
        found = related(index, ground, rules, self.order.jobs)
        self.relating = recorded(found, ground.prints, reading.print, rules_of(house.settings))
        return relations(found, rules.count)

    def press(  # noqa: PLR0917 - what the stages before it made, in their order
        self,
        house: Project,
        room: SourceReader,
        reading: Reading,
        library: Library,
        survey: SitePlan,
        ledger: StaleCheck,
    ) -> Report:
        """Find what is stale, make it, put it in its place."""
        context = survey.room.context
        prints = Fingerprints(library.cards, library.whole, library.texts, context.renditions)
        ledger.templates = render_stage.templates_of(house.theme, ledger.known)
        ledger.site = site_prints(context, survey.margins, prints, ledger.templates)
        studio = PageRenderer(context, house.theme, BodyStore(room, reading.spans, library.texts).article, prints)
        try:
            studio.fragments[MARGINS] = Markup(studio.html(survey.margins))
        except TemplateFaultError as fault:
            raise DigestError([*self.problems, fault.problem]) from fault
        entries = survey.room.index.entries
        pictures = prints.of_pictures
        steady = self.steady(reading, survey, ledger, pictures)
        articles = [
            article.page(entry, survey.arounds[entry.id], survey.room.index.by_id)
            for entry in entries
            if entry.id not in steady
        ]
        press = RenderStage(
            studio=studio,
            ledger=ledger,
            pages=(*articles, *survey.pages),
            files=tuple(self.files(house, survey, studio, ledger)),
            release=Release(self.staging, self.memory.trees, ledger.outputs) if self.staging else None,
            outputs={row.path: row for row in steady.values()},
        )
        pressed = press.run(self.order.jobs, self.order.told, self.refuse)
        seen = Seen(
            sources=reading.print,
            rest=self.rest,
            made=self.order.now.timestamp(),
            until=next_change(library, self.order),
            entries=len(entries),
            pages=len(entries) + sum(page.template != "redirect.html" for page in survey.pages),
            held=len(library.entries) - len(entries),
            advice=tuple(sorted(set(self.problems))),
            sections=site_view.sections(survey.room.index),
            fragments=context.fragments,
            margins=str(studio.fragments[MARGINS]),
            pictures=pictures,
            variant=self.order.variant,
            texts=tuple(sorted(texts_beside_articles(survey))),
        )
        arounds = {output_path(entry.path): survey.arounds[entry.id] for entry in entries if entry.id not in steady}
        return self.done(reading, seen, ledger, pressed, arounds)

    def steady(self, reading: Reading, survey: SitePlan, ledger: StaleCheck, pictures: bytes) -> Mapping[str, Output]:
        """The pages of articles that are as they were; nothing where the output is not of the sources in the memory, or
        pictures are others now.
        """
        known = ledger.known
        if known is None or known.seen.sources != reading.before or known.seen.pictures != pictures:
            return {}
        touched = {name for path in reading.fresh if path in reading.sources for name in reading.sources[path].ids}
        return render_stage.unchanged_articles(ledger, survey.room.index.entries, survey.arounds, touched)

    def done(
        self,
        reading: Reading,
        seen: Seen,
        ledger: StaleCheck,
        pressed: RenderResult,
        arounds: Mapping[str, ArticleContext],
    ) -> Report:
        """Write down what the next build may believe."""
        if self.staging:
            outputs = tuple([signed(row, arounds) for row in pressed.outputs.values()])
            if self.relating:
                keep(self.memory, *self.relating)
            self.memory.outputs.keep(Outputs(seen, dict(ledger.site), dict(ledger.templates), outputs))
            self.see(seen, outputs)
        return Report(
            entries=seen.entries,
            pages=seen.pages,
            written=pressed.written,
            unchanged=pressed.unchanged,
            held=seen.held,
            removed=pressed.removed,
            read=len(reading.fresh),
            made=pressed.made,
            reasons=pressed.reasons,
            advice=seen.advice,
        )

    def refuse(self, faults: Iterable[Problem]) -> None:
        refuse([*self.problems, *faults], strict=self.order.strict)

    def imprints(self, known: Outputs | None) -> Mapping[str, Imprint | None]:
        """What the disk says of every file the memory knows."""
        if not known or not self.staging:
            return {}
        output = str(self.staging.output)
        return {row.path: publication.imprint(f"{output}/{row.path}") for row in known.outputs}

    def files(self, house: Project, survey: SitePlan, studio: PageRenderer, ledger: StaleCheck) -> Iterator[OtherFile]:
        """Everything that is no page: feeds and sitemaps, the theme's files, pictures, the site's static files."""
        site = b"".join(fp for name, fp in sorted(ledger.site.items()) if not name.startswith("fragment "))
        for made in survey.generated_files:
            yield OtherFile(output_path(made.path), made.parts, site, partial(made.content, studio.desk))
        for path, content in assets_of(house, studio.context):
            yield OtherFile(path, {"content": fingerprints.of_bytes(content)}, b"", partial(bytes, content))
        for path, cached in sorted({pair for made in studio.context.renditions.values() for pair in made.files}):
            yield OtherFile(path, {"content": cached}, b"", partial(Path, cached))
        for path, source in survey.static:
            yield OtherFile(output_path(path), None, b"", partial(Path, source))

    def see(self, seen: Seen, outputs: Sequence[Output]) -> None:
        """What a build with nothing to do asks for; nothing where the disk's clock could not tell."""
        file = self.memory.folder / inventory.SEEN
        if not (inventory.settled(self.scan.newest, self.scan.at) and self.rest):
            file.unlink(missing_ok=True)
            return
        shown = {"entries": seen.entries, "pages": seen.pages, "held": seen.held, "written": 0}
        shown |= {"unchanged": len(outputs)}
        inventory.keep(
            file,
            self.scan,
            ((row.path, row.size, row.modified, row.inode) for row in outputs),
            self.named,
            seen.made,
            seen.until,
            {**shown, "advice": [problem.as_json() for problem in seen.advice]},
        )


def prepare(house: Project) -> None:
    """What the stages after reading will need, while others read."""
    render_stage.prepare(house.theme)
    if house.settings.related.count:
        import digest.linking.related.arrays  # noqa: F401, PLC0415 - numpy, where many stories are read it will be used


def texts_beside_articles(survey: SitePlan) -> set[str]:
    """Ids of the entries whose whole texts are in a page or a file that is not their own page."""
    made_of = [page.parts for page in (*survey.pages, survey.margins)]
    made_of += [file.parts for file in survey.generated_files if file.parts]
    return {name for parts in made_of for part in parts.values() for name in fingerprints.texts_in(part)}


def signed(row: Output, arounds: Mapping[str, ArticleContext]) -> Output:
    """With what is around it, where the file is an article's page."""
    if row.path not in arounds:
        return row
    packed = fingerprints.encode(arounds[row.path])
    return row if row.around == packed else msgspec.structs.replace(row, around=packed)


def next_change(library: Library, order: BuildOptions) -> float | None:
    """When the site, or what is said of it, will be another without any file changing: a story becomes due, leaves the
    news map, or was changed by then.
    """
    now = order.now
    moments = [entry.published for entry in library.entries]
    due = [moment for moment in (*moments, *(issue.published for issue in library.issues)) if moment > now]
    due += [entry.updated for entry in library.entries if entry.updated and entry.updated > now]
    due += [moment + generated.NEWS_AGE for moment in moments if moment <= now < moment + generated.NEWS_AGE]
    return min(due).timestamp() if due else None


def refuse(problems: Iterable[Problem], *, strict: bool) -> None:
    """Raises `DigestError` when there is an error among the problems, or, if strict, advice."""
    found = tuple(problems)
    if any(problem.level == "error" or (strict and problem.level == "advice") for problem in found):
        raise DigestError(found)
