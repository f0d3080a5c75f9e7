"""What a count asks of a site: its settings, its published entries, and the addresses of its other pages."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from digest.linking.index import Visibility, link
from digest.popular.routes import Page
from digest.problems import DigestError
from digest.resources import builtin_templates
from digest.site import scan
from digest.site.cache import BuildCache
from digest.site.project import load_project
from digest.site.related import read
from digest.site.sources import SourceReader, undamaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.content.settings import Settings
    from digest.linking.index import Index
    from digest.model import Edition, Entry, StandalonePage
    from digest.site.options import BuildOptions
    from digest.strings import Strings


class CountedSite(msgspec.Struct, frozen=True):
    """A site as far as a count needs it."""

    settings: Settings
    strings: Strings
    index: Index


def read_site(options: BuildOptions) -> CountedSite:
    """A site read, as `digest check` reads it. Raises `DigestError` with every problem of it."""
    project, problems = load_project(options.root)
    if project is None or options.output is None:
        raise DigestError(problems)
    cache = BuildCache(scan.memory_folder(options.root, options.output.resolve()))
    found = scan.take(options.root, builtin_templates(), options.variant)
    with tempfile.TemporaryDirectory(prefix="digest-") as folder:
        reader = SourceReader(options.root, project.settings, found.found.pictures, Path(folder))
        reading, library = undamaged(lambda remembers: read(options, found, reader, cache, remembers=remembers))
    index, unlinked = link(library.entries, library.issues, library.pages, Visibility(options.now))
    faults = [*problems, *found.found.problems, *reading.problems, *unlinked]
    if any(problem.level == "error" for problem in faults):
        raise DigestError(faults)
    return CountedSite(project.settings, project.strings, index)


def pages_of(site: CountedSite) -> Iterator[Page]:
    """Every page that has an address of its own, stories first: where two claim one, the story has it."""
    for entry in site.index.entries:
        yield Page(addresses(entry), entry.id)
    others: Sequence[Edition | StandalonePage] = (*site.index.issues, *site.index.pages)
    for other in others:
        yield Page(addresses(other))
    yield Page(("/", "/404.html", *(f"/{theme.id}/" for theme in site.settings.themes)))


def addresses(item: Entry | Edition | StandalonePage) -> tuple[str, ...]:
    """Where an item is, and where it was."""
    return item.path, *(path for path, _ in item.aliases)
