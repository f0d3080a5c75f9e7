"""One source file → what linking may know of it: packed entries, fingerprints, terms, problems.

Reading is a function of the file's bytes, the settings and the set of images, the same in every process.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.content import editions, entries, standalone_pages
from digest.content.documents import ContentContext
from digest.linking.terms import pack
from digest.site import fingerprints
from digest.site.source import Source

if TYPE_CHECKING:
    from digest.content.discovery import SourceFile
    from digest.content.settings import Settings
    from digest.model import Article, Edition, StandalonePage
    from digest.problems import Problem


class Parsed(NamedTuple):
    """What one source file became."""

    source: Source
    """Its record; where the packed items are is not known yet."""
    items: tuple[bytes, ...] = ()
    """Packed entries, edition or page."""
    terms: tuple[bytes, ...] = ()
    """What related stories find each entry by."""
    articles: tuple[Article, ...] = ()
    problems: tuple[Problem, ...] = ()


class SourceReader(msgspec.Struct, frozen=True, dict=True):
    """What reading a source depends on beside its bytes."""

    root: Path
    settings: Settings
    images: frozenset[str]

    @cached_property
    def context(self) -> ContentContext:
        """The settings as files are read by them."""
        return ContentContext.of(self.settings)

    @property
    def images_fp(self) -> bytes:
        """Fingerprint of the set of images."""
        return fingerprints.short("\n".join(sorted(self.images)).encode("utf-8", "surrogateescape"))

    def parse(self, file: SourceFile, raw: bytes) -> Parsed:
        """One source."""
        if file.kind != "entry":
            return self.parse_page(file, raw)
        articles, problems = entries.read(file.path, raw, self.context, self.images)
        found = [article.entry for article in articles]
        packed = tuple(map(fingerprints.encode, found))
        terms = tuple(map(self.terms, articles))
        source = Source(
            path=file.path,
            stamp=file.stamp,
            fp=fingerprints.of_bytes(raw),
            ids=tuple([entry.id for entry in found]),
            wholes=tuple(map(fingerprints.short, packed)),
            cards=tuple(map(fingerprints.of_card, found)),
            terms=tuple(map(fingerprints.short, terms)),
            has_images=any(entry.image or entry.images for entry in found),
            advice=problems,
        )
        return Parsed(source, packed, terms, articles, problems)

    def parse_page(self, file: SourceFile, raw: bytes) -> Parsed:
        """An edition, or a standalone page."""
        item: Edition | StandalonePage | None
        if file.kind == "edition":
            item, problems = editions.read(file.path, raw, self.context, self.images)
        else:
            item, problems = standalone_pages.read(file.path, raw, self.context, self.images)
        source = Source(file.path, file.stamp, fingerprints.of_bytes(raw), advice=problems)
        if item is None:
            return Parsed(source, problems=problems)
        packed = fingerprints.encode(item)
        source = msgspec.structs.replace(
            source, ids=(item.id,), wholes=(fingerprints.short(packed),), has_images=bool(item.image or item.images)
        )
        return Parsed(source, (packed,), problems=problems)

    def terms(self, article: Article) -> bytes:
        """What related stories are found by; nothing if the site wants none."""
        related = self.settings.related
        return pack(article, related.weights, self.settings.lang) if related.count else b""
