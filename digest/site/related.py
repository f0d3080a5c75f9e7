"""The related stories of a site: found for a build, followed from save to save in a preview, explained by a command.

In: a site, and what was known of its stories before, which saves all that a change does not touch
(`digest.linking.related`). Out: the lists of stories, always those of a fresh start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.linking.related.corpus import ArticleResult, Story, corpus_of
from digest.linking.related.explanation import Explanation, explain
from digest.linking.related.relations import (
    Relations,
    differing,
    relate,
    related_by_changes,
    relations,
    relations_of,
    serial,
)
from digest.linking.related.state import RelatedState
from digest.linking.terms import words_by_hash
from digest.problems import UsageError, did_you_mean
from digest.site import fingerprints
from digest.site.cache import BuildCache, RelatedBasis, StoriesRecord
from digest.site.site import Related, Site
from digest.site.workers import FORKS, Tell, spread, worker_count
from digest.translation import _

if TYPE_CHECKING:
    from digest.content.settings import RelatedSettings, Settings
    from digest.site.sources import Reading

Terms = tuple[bytes, bytes]
"""Fingerprint of a text, and what the story is found by."""


class CachedStories(NamedTuple):
    """The related stories as the cache has them."""

    record: RelatedBasis
    stories: StoriesRecord

    def keep(self, cache: BuildCache) -> None:
        """Write them to the cache."""
        cache.stories.keep(self.stories)
        cache.related.keep(self.record)


class FoundAhead(NamedTuple):
    """What changed of the related stories, as another process found it, who wrote what is to be kept."""

    lists: Mapping[str, Relations]
    """Of the stories that may show others than in the last build, by entry id."""
    record: bytes
    """Checksum of the `related` that is to be kept."""
    stories: bytes
    """The same of `stories`."""

    def keep(self, cache: BuildCache) -> None:
        """Have the cache keep it."""
        cache.stories.take(self.stories)
        cache.related.take(self.record)


def rules_of(settings: Settings) -> bytes:
    """Fingerprint of what decides beside the stories: other weights, or another language, give other terms."""
    return fingerprints.of_value((settings.related, settings.lang))


def load_record(cache: BuildCache, settings: Settings) -> RelatedBasis | None:
    """What the stories were last made from, if by these settings."""
    known = cache.related.load()
    return known if known and known.rules == rules_of(settings) else None


def load_stories(cache: BuildCache, settings: Settings) -> CachedStories | None:
    """All that the cache has, if it was made by these settings."""
    known = load_record(cache, settings)
    stories = cache.stories.load() if known else None
    return CachedStories(known, stories) if known and stories and stories.name == known.stories else None


class RelatedStories:
    """Finds the related stories of one site after another. Belongs to one thread."""

    def __init__(self, known: CachedStories | None, reading: Reading | None = None, jobs: int | None = 1) -> None:
        """`reading`: what was just read, with its terms. `jobs`: processes; a process with threads must not fork."""
        self.state: RelatedState | None = None
        self.terms: dict[str, Terms] = {}
        """By id of the story."""
        self.rules = b""
        self.jobs = jobs
        self.inputs: tuple[object, ...] = ()
        """What the lists were last made of."""
        self.terms_by: object = None
        """Weights and language by which the terms were taken."""
        if known:
            record, self.state = known.record, RelatedState.from_record(known.stories.kept)
            self.rules = record.rules
            self.terms = dict(zip(self.state.ids, zip(record.prints, self.state.packed, strict=True), strict=True))
        if reading:
            self.terms |= {name: (fp, reading.terms[name]) for name, fp in reading.text_fps() if name in reading.terms}

    def as_known(self, count: int) -> Related:
        """The lists as they were last made."""
        return Related(None, relations(self.state, count) if self.state and count else {})

    def find(self, site: Site) -> Related:
        """The lists of a site; its own if they are made of the same. Raises `SourceChangedError`."""
        settings = site.settings
        known = site.parts.related
        if not settings.related.count:
            return Related(site.index) if known.lists or known.found_in is not site.index else known
        terms_by = settings.related.weights, settings.lang
        if self.terms_by not in {None, terms_by}:
            self.terms.clear()
        self.terms_by = terms_by
        inputs = site.index, site.sources.files, settings.related
        if self.inputs and all(one is other for one, other in zip(inputs, self.inputs, strict=True)):
            return known
        before = self.state
        self.state = self.relate(site)
        self.inputs, self.rules = inputs, rules_of(settings)
        if known.lists and before is not None and same_lists(before, self.state):
            return known if known.found_in is site.index else Related(site.index, known.lists)
        return Related(site.index, relations(self.state, settings.related.count))

    def relate(self, site: Site) -> RelatedState:
        """The stories of a site related, whether or not it shows any. Raises `SourceChangedError`."""
        find_rows = serial if self.jobs == 1 else partial(spread_rows, self.jobs)
        return relate(self.state, self.stories_of(site), site.settings.related, find_rows)

    def follow(self, site: Site) -> Mapping[str, Relations] | None:
        """The lists that may be others now; None where more than a little changed. Raises `SourceChangedError`."""
        settings, before = site.settings, self.state
        after = related_by_changes(before, corpus_of(self.stories_of(site), settings.related))
        if before is None or after is None:
            return None
        self.state, self.inputs = after, (site.index, site.sources.files, settings.related)
        self.rules = rules_of(settings)
        return differing(before, after, settings.related.count)

    def stories_of(self, site: Site) -> list[Story]:
        """What relating reads of the published entries. Raises `SourceChangedError`."""
        return [
            Story(entry.id, int(entry.published.timestamp()), terms, entry.pins)
            for entry, terms in zip(site.index.entries, self.terms_of(site), strict=True)
        ]

    def terms_of(self, site: Site) -> list[bytes]:
        """What each published story is found by; taken from a text only if it is not known."""
        found = []
        for entry in site.index.entries:
            name, source = entry.id, site.sources.files[entry.place.path]
            fp = source.text_fp(source.number(name))
            known = self.terms.get(name)
            if known is None or known[0] != fp:
                known = self.terms[name] = fp, site.inputs.reader.terms(site.parsed_article(entry))
            found.append(known[1])
        return found

    def record(self, site: Site) -> CachedStories | None:
        """For the cache; None if the site wants no related stories."""
        if self.state is None or not self.inputs:
            return None
        fps = {name: known[0] for name, known in self.terms.items()}
        return recorded(self.state, fps, site.sources.fp, self.rules)


def recorded(state: RelatedState, fps: Mapping[str, bytes], sources: bytes, rules: bytes) -> CachedStories:
    """For the cache. `fps`: id → fingerprint of the text; `sources`: fingerprint of all sources."""
    name = fingerprints.short(sources + rules)
    record = RelatedBasis(sources, rules, state.ids, tuple([fps[story] for story in state.ids]), name)
    return CachedStories(record, StoriesRecord(name, state.to_record()))


def find_ahead(cache: BuildCache, site: Site, reading: Reading, basis: bytes) -> FoundAhead | None:
    """What changed since the last build, whose lists are of the `related` with the checksum `basis`; None where that
    cannot be told. What is to be kept is written ahead. Raises `SourceChangedError`.
    """
    known = load_stories(cache, site.settings)
    if known is None or cache.related.checksum != basis:
        return None
    found = RelatedStories(known, reading)
    lists = found.follow(site)
    kept = found.record(site)
    if lists is None or kept is None:
        return None
    try:
        cache.stories.write(cache.stories.ahead, kept.stories)
        cache.related.write(cache.related.ahead, kept.record)
    except OSError:
        return None
    return FoundAhead(lists, cache.related.checksum, cache.stories.checksum)


def same_lists(one: RelatedState, other: RelatedState) -> bool:
    """Whether every story shows what it showed."""
    return (one.ids, one.related, one.copies, one.pins) == (other.ids, other.related, other.copies, other.pins)


def spread_rows(
    jobs: int | None, work: Callable[[Sequence[int]], list[ArticleResult]], number: int
) -> list[ArticleResult]:
    """Rows of related stories, in their order, from as many processes as they are worth."""
    workers = worker_count(jobs, number) if FORKS else 1

    def share(_: int, ranks: Sequence[int], __: Tell) -> list[ArticleResult]:
        return work(ranks)

    shares = spread(share, range(number), workers, lambda _: None)
    return [shares[rank % workers][rank // workers] for rank in range(number)]


# ------------------------------------------------------------------ after an edit of texts alone


def with_new_texts(known: RelatedBasis, reading: Reading) -> RelatedBasis:
    """The record with the fingerprints of edited texts; their terms are unchanged."""
    fps = dict(reading.text_fps())
    prints = tuple([fps.get(name, fp) for name, fp in zip(known.ids, known.prints, strict=True)])
    return msgspec.structs.replace(known, basis=reading.sources.fp, prints=prints)


def after_edits(
    known: CachedStories, reading: Reading, rules: RelatedSettings
) -> tuple[CachedStories, Mapping[str, Relations]]:
    """Update the related stories after an edit of texts alone. Returns the state to save and the lists that differ."""
    before = RelatedState.from_record(known.stories.kept)
    packed = list(before.packed)
    ranks = {name: rank for rank, name in enumerate(before.ids)}
    for name, __ in reading.text_fps():
        if name in ranks:
            packed[ranks[name]] = reading.terms[name]
    after = relate(
        before,
        [
            Story(name, time, terms, before.pins.get(name))
            for name, time, terms in zip(before.ids, before.times, packed, strict=True)
        ],
        rules,
    )
    rows = enumerate(zip(before.related, after.related, strict=True))
    changed = {rank for rank, (was, now) in rows if was is not now and was != now}
    copied = before.copies.keys() | after.copies.keys()
    changed |= {rank for rank in copied if before.copies.get(rank) != after.copies.get(rank)}
    lists = {after.ids[rank]: relations_of(after, rank, ranks, rules.count) for rank in sorted(changed)}
    record = with_new_texts(known.record, reading)
    fps = dict(zip(record.ids, record.prints, strict=True))
    return recorded(after, fps, reading.sources.fp, known.record.rules), lists


# ------------------------------------------------------------------ for a command


def why(site: Site, state: RelatedState, one: str, other: str) -> Explanation:
    """Why one story is related to another or is not. Raises `UsageError` for an unknown id."""
    words: dict[int, str] = {}
    for name in (other, one):
        entry = site.index.by_id.get(name)
        if entry is None:
            hint = did_you_mean(name, sorted(site.index.by_id))
            if hint is None:
                raise UsageError(_("there is no published story '{name}'", name=name))
            raise UsageError(_("there is no published story '{name}'; {cure}", name=name, cure=hint))
        words |= words_by_hash(site.parsed_article(entry), site.settings.lang)
    return explain(state, site.settings.related, one, other, words)
