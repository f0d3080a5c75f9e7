"""Which pages have to be made again: those of which anything they are made from differs from the last build.

A page is up to date if its parts, its templates and everything site-wide have the fingerprints they had when its file
was made, and the file is still as it was written then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.pages.addresses import output_path
from digest.pages.article import ARTICLE, ArticleContext
from digest.pages.blocks import MARGINS
from digest.site import fingerprints, reasons
from digest.site.options import Reason
from digest.site.output import Imprint, Staging, imprint
from digest.site.reasons import NO_BASIS, Basis, Comparison, Recipe

if TYPE_CHECKING:
    from digest.model import Entry
    from digest.pages.page import Page
    from digest.site.cache import Output, Outputs
    from digest.site.fingerprints import Fingerprints

TAMPERED = "its file was changed or is missing"


class Job(NamedTuple):
    """A page to be made."""

    page: Page
    path: str
    """Of its file, relative."""
    parts: bytes | None
    """Fingerprints of its parts, if they were needed to decide."""
    margins_alone: bool = False
    """Whether it differs in the margins it embeds, and in nothing else."""


class Sorted(NamedTuple):
    """Pages, sorted by whether they have to be made."""

    jobs: list[Job]
    reasons: list[Reason]
    """Why, of each job."""
    fresh: list[Output]
    """The rows of the others."""

    def embed(self, page: Page, known: Output) -> None:
        """Add an article that differs in its margins alone."""
        self.jobs.append(Job(page, known.path, known.parts, margins_alone=True))
        self.reasons.append(Reason(known.path, (f"fragment {MARGINS}",)))


class LastBuild(msgspec.Struct, dict=True):
    """What the cache knows of the output, and what the disk says of it now."""

    known: Outputs | None
    imprints: Mapping[str, Imprint | None]
    as_left: bool = False
    """Whether every file is known to be as it was written: then nothing else is known of them."""

    @cached_property
    def outputs(self) -> Mapping[str, Output]:
        """Every file by its path."""
        return {output.path: output for output in self.known.outputs} if self.known else {}

    @property
    def basis(self) -> Basis:
        """What the pages were made with."""
        known = self.known
        return Basis(known.constants, known.fragments, known.templates) if known else NO_BASIS

    def is_intact(self, output: Output) -> bool:
        """Whether the output still holds the file as it was written."""
        return self.as_left or self.imprints.get(output.path) == (output.size, output.modified, output.inode)

    def imprint(self, path: str) -> Imprint | None:
        """What the disk says of a file of the last build; None where it is none, or gone."""
        if not self.as_left:
            return self.imprints.get(path)
        row = self.outputs.get(path)
        return Imprint(row.size, row.modified, row.inode) if row else None

    @property
    def is_whole(self) -> bool:
        """Whether every file is as it was written."""
        return self.known is not None and (self.as_left or all(map(self.is_intact, self.known.outputs)))


def last_build(known: Outputs | None, staging: Staging, *, as_left: bool) -> LastBuild:
    """Looks at every file of the output, unless it is known to be as the last build left it."""
    if known is None:
        return LastBuild(None, {})
    if as_left:
        return LastBuild(known, {}, as_left=True)
    output = str(staging.output)
    return LastBuild(known, {row.path: imprint(f"{output}/{row.path}") for row in known.outputs})


class StaleCheck:
    """Compares a site with the last build."""

    def __init__(self, last: LastBuild, basis: Basis, prints: Fingerprints) -> None:
        self.last = last
        self.fingerprints = prints
        self.comparison = Comparison(last.basis, basis)

    @property
    def margins_alone(self) -> bool:
        """Whether the margins are another and nothing else that all articles are made with."""
        return self.comparison.shared(ARTICLE, (MARGINS,)) == (f"fragment {MARGINS}",)

    def sort(self, pages: Iterable[Page]) -> Sorted:
        """Which pages are stale, and why."""
        made = Sorted([], [], [])
        for page in pages:
            path = output_path(page.path)
            known, parts = self.last.outputs.get(path), None
            causes = self.comparison.shared(page.template, page.embeds) if known else ("new",)
            if known and not causes:
                parts = self.fingerprints.page(page.parts)
                causes = self.own_causes(known, page, parts)
                if not causes:
                    made.fresh.append(known)
                    continue
            made.jobs.append(Job(page, path, parts))
            made.reasons.append(Reason(path, causes))
        return made

    def own_causes(self, known: Output, page: Page, parts: bytes) -> tuple[str, ...]:
        """Why a page must be made again because of itself; empty if it is up to date."""
        causes = reasons.own(Recipe(known.made, known.parts), Recipe(page.template, parts), page.parts)
        return causes if self.last.is_intact(known) else tuple(sorted((TAMPERED, *causes)))

    def unchanged_articles(
        self, entries: Iterable[Entry], arounds: Mapping[str, ArticleContext], edited: set[str]
    ) -> dict[str, Output]:
        """Articles whose page is up to date but for its margins, by id: same neighbours, and none of them was edited.

        Nothing else is on it, so none of its parts need be compared.
        """
        if self.comparison.shared(ARTICLE, (MARGINS,)) and not self.margins_alone:
            return {}
        rows = self.last.outputs
        found = {}
        for entry in entries:
            name, row = entry.id, rows.get(output_path(entry.path))
            around = arounds[name]
            if (
                row is None
                or name in edited
                or row.made != ARTICLE
                or not self.last.is_intact(row)
                or row.around != fingerprints.encode(around)
            ):
                continue
            shown = around.related, around.elsewhere, (around.older, around.newer)
            if all(map(edited.isdisjoint, shown)):
                found[name] = row
        return found
