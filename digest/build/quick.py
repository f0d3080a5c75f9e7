"""The short way through a build: nothing changed but the texts of some articles.

Linking would see what it saw, but for related stories. So only the pages of the edited articles are looked at, and
those whose related stories differ now; entries are unpacked for these alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from digest.pages import article
from digest.pages.addresses import output_path
from digest.site.cache import BuildCache, RelatedBasis, unpack_around
from digest.site.related import CachedStories, after_edits, load_record, load_stories, with_new_texts
from digest.site.site import Assumed, images_in

if TYPE_CHECKING:
    from digest.build.stale import LastBuild
    from digest.content.settings import Settings
    from digest.linking.related.relations import Relations
    from digest.pages.article import ArticleContext
    from digest.pages.page import Page
    from digest.site.options import BuildOptions
    from digest.site.sources import Reading


def is_enough(options: BuildOptions, reading: Reading, last: LastBuild, rest: bytes) -> bool:
    """Whether nothing but texts can have changed since the last build, texts that are on their own pages alone, and
    its output is as it left it. `rest`: fingerprint of everything that was read beside the sources.
    """
    known = last.known
    if known is None or reading.edited is None or not rest or options.strict:
        return False
    if not reading.edited.isdisjoint(known.seen.texts):
        return False
    if rest != known.seen.rest or reading.cached_fp != known.seen.sources:
        return False
    now, until = options.now.timestamp(), known.seen.until
    if now < known.seen.made or (until is not None and now >= until):
        return False
    return last.is_whole


class RelatedUpdate(NamedTuple):
    """How the related stories change."""

    lists: Mapping[str, Relations]
    """Those that differ now, by entry id."""
    record: RelatedBasis | None = None
    """For the cache, if no list differs."""
    stories: CachedStories | None = None
    """For the cache, if lists may differ."""

    def keep(self, cache: BuildCache) -> None:
        """Write it to the cache."""
        if self.stories:
            self.stories.keep(cache)
        elif self.record:
            cache.related.keep(self.record)


def related_update(cache: BuildCache, reading: Reading, settings: Settings) -> RelatedUpdate | None:
    """The lists that other texts change; None if the cache does not know the old ones."""
    if not settings.related.count:
        return RelatedUpdate({})
    if reading.same_terms:
        record = load_record(cache, settings)
        if record is None or record.basis != reading.cached_fp:
            return None
        return RelatedUpdate({}, record=with_new_texts(record, reading))
    known = load_stories(cache, settings)
    if known is None or known.record.basis != reading.cached_fp:
        return None
    stories, lists = after_edits(known, reading, settings.related)
    return RelatedUpdate(lists, stories=stories)


class Edit(NamedTuple):
    """The pages that an edit concerns."""

    pages: list[Page]
    arounds: dict[str, ArticleContext]
    """Output path → what is on the page beside its text."""
    assumed: Assumed


def pages_of(reading: Reading, last: LastBuild, lists: Mapping[str, Relations]) -> Edit | None:
    """The pages of the edited articles, and of those whose lists differ. Raises `DamagedError`."""
    known = last.known
    if known is None:
        return None
    entries = reading.sources.entries
    names = dict.fromkeys([*(reading.edited or ()), *lists])
    rows = {name: last.outputs.get(output_path(entries[name].path)) for name in names}
    arounds = {name: unpack_around(row.around) for name, row in rows.items() if row and row.around}
    arounds |= {name: arounds[name]._replace(**shown._asdict()) for name, shown in lists.items()}
    pages = [article.page(entries[name], around, entries) for name, around in arounds.items()]
    seen = known.seen
    assumed = Assumed(seen.sections, seen.fragments, seen.margins, tuple(images_in(entries.values())))
    return Edit(pages, {output_path(entries[name].path): around for name, around in arounds.items()}, assumed)
