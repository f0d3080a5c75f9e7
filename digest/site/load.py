"""From a folder to a site: scan → project → sources. The one order in which a site is read, for whoever needs one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.model import Place
from digest.problems import N_, DigestError, Problem, mistake
from digest.resources import builtin_templates
from digest.site import scan
from digest.site.articles import Articles, SourceChangedError
from digest.site.cache import BuildCache
from digest.site.files import read_source
from digest.site.images import LazyImages, lazy_pipeline
from digest.site.inputs import Inputs, read_loose_files
from digest.site.project import Project, ProjectFiles, load_project
from digest.site.reader import SourceReader
from digest.site.related import RelatedStories, load_stories
from digest.site.site import Parts, Site
from digest.site.sources import DamagedError, Reading, Workplace, is_broken, read_sources

if TYPE_CHECKING:
    from digest.content.discovery import Found
    from digest.linking.related.state import RelatedState
    from digest.site.options import BuildOptions


class Loaded(NamedTuple):
    """What a site is made from, and how it was read."""

    inputs: Inputs
    reading: Reading

    def without_items(self, inputs: Inputs) -> Loaded:
        """The same once they are unpacked and kept: of a large site they would fill memory for nothing."""
        self.reading.items.let_go()
        fresh = dict.fromkeys(self.reading.fresh, ())
        return Loaded(inputs, msgspec.structs.replace(self.reading, fresh=fresh, sources=inputs.sources))


def read_inputs(
    found: Found, files: ProjectFiles, project: Project, cache: BuildCache, place: Workplace, *, believes: bool
) -> Loaded:
    """Everything in a folder that was scanned. `believes`: whether the cache is used; what it holds is looked into
    when an entry is asked for.
    """
    reader = SourceReader(place.root, project.settings, found.pictures)
    reading = read_sources(found, reader, cache, place, believes=believes)
    loose = read_loose_files(place.root, project, None, place.scanned)
    inputs = Inputs(files, project, reader, reading.sources, found.picture_stamps, loose, found.problems)
    return Loaded(inputs, reading)


def read_whole(found: Found, files: ProjectFiles, project: Project, cache: BuildCache, place: Workplace) -> Loaded:
    """The same with every entry unpacked; from the disk if the cache is damaged."""
    try:
        loaded = read_inputs(found, files, project, cache, place, believes=True)
        sources = loaded.inputs.sources.unpack_all()
    except DamagedError:
        loaded = read_inputs(found, files, project, cache, place, believes=False)
        sources = loaded.inputs.sources.unpack_all()
    return Loaded(replace(loaded.inputs, sources=sources), loaded.reading)


def load_site(options: BuildOptions, *, needs_counts: bool = True) -> Site:
    """The site in a folder. The cache of the build into `options.output` saves reading.

    `needs_counts`: whether the file that `popular` names must be there.

    Raises `DigestError` with every problem of its files, and between them, if there is an error.
    """
    return load(options, cache_of(options), needs_counts=needs_counts).site


def load_related(options: BuildOptions) -> tuple[Site, RelatedState]:
    """The site with its related stories, and how they were found.

    Raises `DigestError` with every problem if there is an error.
    """
    cache = cache_of(options)
    site, reading = load(options, cache)
    stories = RelatedStories(load_stories(cache, site.settings), reading, options.jobs)
    try:
        related = stories.find(site)
        state = stories.state or stories.relate(site)
    except SourceChangedError as changed:
        raise changed_meanwhile(site.root, changed) from changed
    return site.next(site.parts._replace(related=related)), state


class ReadSite(NamedTuple):
    """A site, and how its sources were read."""

    site: Site
    reading: Reading


def load(options: BuildOptions, cache: BuildCache, *, needs_counts: bool = True) -> ReadSite:
    """The site in a folder. Raises `DigestError` if there is an error in a file, or between files."""
    scanned = scan.take(options.root, builtin_templates(), options.variant)
    files = load_project(options.root)
    if files.project is None:
        raise DigestError(files.problems)
    place = Workplace(options.root, None, options.jobs, options.told, scanned.at)
    inputs, reading = read_whole(scanned.found, files, files.project, cache, place)
    images = LazyImages(lazy_pipeline(options.root, files.project.settings, {}), inputs.stamp_of_image)
    site = Site(Parts(inputs, options.visibility, Articles(options.root), images))
    place_of_counts = None if needs_counts else files.project.places.values.get("popular")
    found = (problem for problem in inputs.problems if place_of(problem) != place_of_counts)
    refuse_errors((*found, *site.link_problems))
    return ReadSite(site, reading)


def place_of(problem: Problem) -> Place:
    return Place(problem.path, problem.line, problem.column)


def cache_of(options: BuildOptions) -> BuildCache:
    """The cache of the build that the options name."""
    output = options.output or options.root / "public"
    return BuildCache(scan.memory_folder(options.root, output.resolve()))


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raises `DigestError` with all of them if there is an error among them."""
    found = tuple(problems)
    if is_broken(found):
        raise DigestError(found)


def changed_meanwhile(root: Path, changed: SourceChangedError) -> DigestError:
    """The refusal of a site of which a source changed while it was read."""
    problems: list[Problem] = []
    read_source(root, changed.path, problems)
    message = mistake("changed-meanwhile", "changed while the site was being built")
    what = Problem(changed.path, 0, 0, message, N_("run digest build again"))
    return DigestError(problems or [what])
