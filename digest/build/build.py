"""From a folder to an output: load the site, compare it with what the last build left, write what differs.

The only module that knows the whole way. What the cache holds saves work and never decides: each stage compares
fingerprints and does the rest again. Every problem of every stage that can run is gathered before anything is refused;
the output changes only when all of it is good.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from digest.build import quick, relating
from digest.build.release import Release
from digest.build.rendering import compile_usual
from digest.build.stale import LastBuild, Sorted, StaleCheck, last_build
from digest.build.writing import OutputStage, Written
from digest.pages import site_view
from digest.pages.addresses import output_path
from digest.pages.blocks import MARGINS
from digest.problems import DigestError, Problem, without_hidden
from digest.rendering import closure, probe
from digest.rendering.faults import TemplateFaultError
from digest.site import fingerprints, output, scan
from digest.site.articles import Articles, SourceChangedError
from digest.site.cache import AHEAD, BuildCache, Output, Outputs, Seen
from digest.site.images import ProcessedImages, image_cache, records
from digest.site.load import Loaded, changed_meanwhile, read_inputs
from digest.site.options import BuildOptions, Report
from digest.site.output import Staging
from digest.site.project import Project, ProjectFiles, load_project
from digest.site.related import CachedStories, RelatedStories, load_stories
from digest.site.site import Assumed, Parts, Site
from digest.site.sources import DamagedError, Reading, Workplace

if TYPE_CHECKING:
    from digest.build.quick import RelatedUpdate
    from digest.build.relating import Relating
    from digest.content.discovery import Stamp
    from digest.pages.article import ArticleContext
    from digest.pages.generated import GeneratedFile
    from digest.site.related import FoundAhead
    from digest.site.scan import Answer


def build(options: BuildOptions, looked: Answer | None = None) -> Report:
    """Make the site. `looked`: what is in the folder and in the output, if they were looked at already.

    Raises `DigestError` with every problem found, `UsageError` for an output it must not replace.
    """
    if looked is None:
        looked = scan.nothing_to_do(options)
        if looked.report is not None:
            return looked.report
    if options.output is None:
        with tempfile.TemporaryDirectory(prefix="digest-") as folder:
            return Build(options, BuildCache(Path(folder)), None, looked).run()
    target = options.output.resolve()
    output.refuse_foreign(target, options.root)
    with output.only_writer(target):
        cache = BuildCache(scan.memory_folder(options.root, target))
        return Build(options, cache, Staging.of(target), looked).run()


class Build:
    """One build of one output: its stages in their order, and what they have in common."""

    def __init__(self, options: BuildOptions, cache: BuildCache, staging: Staging | None, looked: Answer) -> None:
        self.options = options
        self.cache = cache
        self.staging = staging
        """None for a check, which leaves nothing."""
        self.scanned = looked.scan
        self.untouched = looked.untouched
        """Checksum of the `outputs` in the cache, if the output is known to be as they say."""
        self.release: Release | None = None
        """How it is published, once it is known what there is."""
        self.relating: Relating | None = None
        """Who finds the related stories meanwhile."""
        self.problems: list[Problem] = []
        self.named: tuple[tuple[str, Stamp | None], ...] = ()
        """Files that the settings name, wherever they are, as they were before they were read."""

    def run(self) -> Report:
        """The whole way."""
        try:
            if self.staging:
                output.prepare(self.staging)
            files = load_project(self.options.root)
            if files.project is None:
                raise DigestError((*self.scanned.found.problems, *files.problems))
            self.named = named_files(self.options.root, files.project)
            last = self.last()
            if self.staging:
                self.release = Release(self.staging, self.cache.trees, last.outputs, self.options.jobs)
            try:
                return self.make(files, files.project, last)
            except DamagedError:
                self.stop_others()
                self.cache.sources.forget()
                return self.make(files, files.project, last)
        except SourceChangedError as changed:
            raise changed_meanwhile(self.options.root, changed) from changed
        finally:
            self.stop_others()
            for left in (*self.cache.folder.glob("texts-*"), *self.cache.folder.glob(f"*{AHEAD}")):
                left.unlink(missing_ok=True)
            if self.staging:
                output.discard(self.staging.new)

    def stop_others(self) -> None:
        """Nobody wants any more what other processes are doing."""
        for other in (self.release, self.relating):
            if other:
                other.stop()

    def last(self) -> LastBuild:
        """What the cache knows of the output, and what the disk says of it."""
        if not self.believes or self.staging is None:
            return LastBuild(None, {})
        return last_build(
            self.cache.outputs.load(), self.staging, as_left=self.cache.outputs.checksum == self.untouched
        )

    @property
    def believes(self) -> bool:
        """Whether the cache is used."""
        return self.staging is not None and not self.options.clean

    @cached_property
    def rest(self) -> bytes:
        """Fingerprint of everything that was read beside the sources, as the disk describes it; empty if a change might
        not show in that: then it equals no other.
        """
        newest = max([self.scanned.newest_rest, *(max(stamp[1:3]) for _, stamp in self.named if stamp)])
        is_settled = scan.settled(newest, self.scanned.at)
        return fingerprints.of_value((self.scanned.rest, self.named)) if is_settled else b""

    def refuse(self, more: Iterable[Problem] = ()) -> None:
        """Raises `DigestError` if there is an error among the problems, or, if strict, advice."""
        found = (*self.problems, *more)
        strict = self.options.strict
        if any(problem.level == "error" or (strict and problem.level == "advice") for problem in found):
            raise DigestError(found)

    # ------------------------------------------------------------------ the site

    def make(self, files: ProjectFiles, project: Project, last: LastBuild) -> Report:
        """From reading on. Raises `DamagedError` if the cache turns out not to hold what it says."""
        place = Workplace(
            self.options.root, self.cache.folder, self.options.jobs, self.options.told, self.scanned.at,
            partial(prepare, project),
        )  # fmt: skip
        loaded = read_inputs(self.scanned.found, files, project, self.cache, place, believes=self.believes)
        if quick.is_enough(self.options, loaded.reading, last, self.rest):
            update = quick.related_update(self.cache, loaded.reading, project.settings)
            if update is not None:
                return self.edit(loaded, last, update)
        if self.release:
            self.release.prepare_spare()
        loaded = self.unpacked(loaded)
        return self.render(self.linked(loaded, last), last, loaded)

    def parts(self, loaded: Loaded, assumed: Assumed | None = None) -> Parts:
        """What the site is put together from."""
        inputs = loaded.inputs
        articles = Articles(self.options.root, self.cache.folder, loaded.reading.spans)
        known = records(self.cache, inputs.project.settings) if self.believes and inputs.images else {}
        settled = image_cache(inputs.images, self.scanned.at, known)
        images = ProcessedImages(self.options.root, inputs.project.settings, self.options.jobs, settled)
        return Parts(inputs, self.options.visibility, articles, images, assumed=assumed)

    def linked(self, loaded: Loaded, last: LastBuild) -> Site:
        """The site, linked and without an error. Raises `DigestError` with every problem."""
        templates = last.known.templates if last.known else {}
        site = Site(self.parts(loaded)._replace(cached_templates=templates))
        if self.believes:
            self.relating = relating.begin(self.cache, site, last, loaded.reading, self.options.jobs)
        self.problems = [*closure.stray_blocks(site.project.templates), *probe.compiler_advice(), *site.problems]
        if self.staging and isinstance(site.images, ProcessedImages):
            site.images.keep(self.cache)
        if self.options.strict and self.staging is None:  # a check: notes stop no build, so none pays for them
            from digest.linking import index  # noqa: PLC0415 - for a check alone
            from digest.site import spelling  # noqa: PLC0415

            files = self.scanned.found.files
            self.problems += spelling.notes(self.options.root, files, site.index, site.settings.lang)
            self.problems += index.misdated(site.index)
        self.problems = without_hidden(self.problems, site.settings.hide_notes)
        self.refuse()
        return site

    def unpacked(self, loaded: Loaded) -> Loaded:
        """Unpack every entry, and remember what was read. Raises `DamagedError`."""
        whole = replace(loaded.inputs, sources=loaded.inputs.sources.unpack_all())
        self.keep_sources(loaded)
        return loaded.without_items(whole)

    def keep_sources(self, loaded: Loaded) -> None:
        """Remember the sources without an error, also for a build that will be refused."""
        if self.staging and loaded.reading.differs:
            loaded.reading.keep(self.cache, loaded.inputs.reader)

    def related(self, site: Site, reading: Reading) -> tuple[Site, CachedStories | FoundAhead | None]:
        """The site with its related stories, and these for the cache."""
        ahead = self.relating.answer(site) if self.relating else None
        if ahead:
            return site.next(site.parts._replace(related=ahead[0])), ahead[1]
        known = load_stories(self.cache, site.settings) if self.believes else None
        stories = RelatedStories(known, reading, self.options.jobs)
        related = stories.find(site)
        return site.next(site.parts._replace(related=related)), stories.record(site)

    # ------------------------------------------------------------------ the output

    def render(self, site: Site, last: LastBuild, loaded: Loaded) -> Report:
        """Find what is stale, make it, put it in its place."""
        site, stories = self.related(site, loaded.reading)
        try:
            site.fragments[MARGINS] = site.rendered_margins()
        except TemplateFaultError as fault:
            raise DigestError((*self.problems, fault.problem)) from fault
        entries = site.index.entries
        arounds = {entry.id: site.around(entry) for entry in entries}
        check = StaleCheck(last, site.basis, site.fingerprints)
        same = self.fresh_articles(site, last, loaded, check, arounds)
        fresh, resettled = ({}, same) if check.margins_alone else (same, {})
        articles = [site.article_page(entry) for entry in entries if entry.id not in same]
        pages = [*site.list_pages, *site.redirect_pages]
        done = check.sort((*articles, *pages))
        for entry in entries if resettled else ():
            if entry.id in resettled:
                done.embed(site.article_page(entry), resettled[entry.id])
        outputs = {row.path: row for row in (*fresh.values(), *done.fresh)}
        written = self.write(site, last, done, outputs, tuple(site.files), site.constants_fp)
        seen = Seen(
            sources=site.sources.fp,
            rest=self.rest,
            made=self.options.now.timestamp(),
            until=site.until.timestamp() if site.until else None,
            entries=len(entries),
            pages=len(entries) + sum(page.template != "redirect.html" for page in pages),
            held=len(site.held),
            advice=tuple(sorted(set(self.problems))),
            sections=site_view.sections(site.index),
            fragments=site.context.fragments,
            margins=str(site.fragments[MARGINS]),
            pictures=site.fingerprints.of_images,
            variant=self.options.variant,
            texts=tuple(sorted(texts_beside_articles(site))),
        )
        around = {output_path(entry.path): arounds[entry.id] for entry in entries if entry.id not in fresh}
        basis = site.basis
        rows = with_contexts(written, around)
        kept = Outputs(seen, dict(basis.constants), dict(basis.fragments), dict(basis.templates), rows)
        return self.done(kept, written, len(loaded.reading.fresh), stories)

    def fresh_articles(
        self, site: Site, last: LastBuild, loaded: Loaded, check: StaleCheck, arounds: Mapping[str, ArticleContext]
    ) -> Mapping[str, Output]:
        """The pages of articles that are up to date but for their margins, by id; nothing if the output was not made
        from the sources in the cache, or images differ.
        """
        known, reading = last.known, loaded.reading
        if known is None or known.seen.sources != reading.cached_fp:
            return {}
        if known.seen.pictures != site.fingerprints.of_images:
            return {}
        files = site.sources.files
        edited = {name for path in reading.fresh if path in files for name in files[path].ids}
        return check.unchanged_articles(site.index.entries, arounds, edited)

    def edit(self, loaded: Loaded, last: LastBuild, update: RelatedUpdate) -> Report:
        """The short way: only the texts of some articles changed."""
        known = last.known
        edit = quick.pages_of(loaded.reading, last, update.lists)
        if known is None or edit is None:
            raise DamagedError
        site = Site(self.parts(loaded, edit.assumed))
        done = StaleCheck(last, last.basis, site.fingerprints).sort(edit.pages)
        self.problems = [*known.seen.advice, *site.images.problems(lambda: edit.assumed.images)]
        self.refuse()
        written = self.write(site, last, done, dict(last.outputs))
        self.keep_sources(loaded)
        seen = msgspec.structs.replace(known.seen, sources=site.sources.fp, made=self.options.now.timestamp())
        kept = msgspec.structs.replace(known, seen=seen, outputs=with_contexts(written, edit.arounds))
        return self.done(kept, written, len(loaded.reading.fresh), update)

    def write(  # noqa: PLR0917 - all that the last stage needs
        self,
        site: Site,
        last: LastBuild,
        done: Sorted,
        outputs: dict[str, Output],
        files: Sequence[GeneratedFile] = (),
        constants: bytes = b"",
    ) -> Written:
        """The last stage."""
        stage = OutputStage(
            site=site,
            last=last,
            options=self.options,
            jobs=done.jobs,
            files=files,
            release=self.release,
            refuse=self.refuse,
            outputs=outputs,
            reasons=done.reasons,
            constants=constants,
        )
        return stage.run()

    def done(
        self, kept: Outputs, written: Written, read: int, stories: CachedStories | FoundAhead | RelatedUpdate | None
    ) -> Report:
        """Write down what the next build may believe."""
        seen = kept.seen
        if self.staging:
            if stories:
                stories.keep(self.cache)
            seen = msgspec.structs.replace(seen, related=self.cache.related.checksum if stories else b"")
            self.cache.outputs.keep(msgspec.structs.replace(kept, seen=seen))
            self.see(seen, kept.outputs)
        return Report(
            entries=seen.entries,
            pages=seen.pages,
            written=written.written,
            unchanged=written.unchanged,
            held=seen.held,
            removed=written.removed,
            read=read,
            made=written.made,
            reasons=written.reasons,
            advice=seen.advice,
        )

    def see(self, seen: Seen, outputs: Sequence[Output]) -> None:
        """Write down what the next build asks for first."""
        is_settled = scan.settled(self.scanned.newest, self.scanned.at) and self.rest
        shown = {"entries": seen.entries, "pages": seen.pages, "held": seen.held, "written": 0}
        shown |= {"unchanged": len(outputs)}
        scan.keep(
            self.cache.folder / scan.SEEN,
            self.scanned if is_settled else None,
            ((row.path, row.size, row.modified, row.inode) for row in outputs),
            self.cache.outputs.checksum,
            self.named,
            seen.made,
            seen.until,
            {**shown, "advice": msgspec.to_builtins(seen.advice)},
        )


def prepare(project: Project) -> None:
    """What the stages after reading will need, while others read."""
    compile_usual(project.templates)
    if project.settings.related.count:
        import digest.linking.related.arrays  # noqa: F401, PLC0415 - numpy, where many stories are read it will be used


def named_files(root: Path, project: Project) -> tuple[tuple[str, Stamp | None], ...]:
    """Files that the settings name, as the disk describes them."""
    names = (project.settings.popular, project.settings.image)
    paths = [str(root / name) for name in names if name]
    return tuple((path, scan.stamp_at(path)) for path in paths)


def texts_beside_articles(site: Site) -> set[str]:
    """Ids of the entries whose whole texts are in a page or a file that is not their own page."""
    made_of = [page.parts for page in (*site.list_pages, site.margins_in_articles)]
    made_of += [file.parts for file in site.generated.values() if file.parts]
    return {name for parts in made_of for part in parts.values() for name in fingerprints.texts_in(part)}


def with_contexts(written: Written, arounds: Mapping[str, ArticleContext]) -> tuple[Output, ...]:
    """The rows of an output, those of articles with what is around them. `arounds`: by output path."""
    rows = dict(written.outputs)
    for path, around in arounds.items():
        packed = fingerprints.encode(around)
        if path in rows and rows[path].around != packed:
            rows[path] = msgspec.structs.replace(rows[path], around=packed)
    return tuple(rows.values())
