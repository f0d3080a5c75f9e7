"""Whole articles: read when a page asks for one, the last of them kept at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import msgspec

from digest.content import entries
from digest.content.documents import ContentContext
from digest.site import fingerprints
from digest.site.sources import Spool, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from digest.content.settings import Settings
    from digest.model import Article, Entry
    from digest.site.sources import Span

AT_HAND: Final = 64
"""Files whose articles are kept: those on screen, and those just saved."""


class OvertakenError(Exception):
    """A file is no longer what a snapshot was made from: a newer snapshot is on its way, or the file is broken."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
        """From the site's root."""


class CollectingSpool(Spool):
    """Where articles are put while their file is read: kept, not written."""

    def __init__(self) -> None:
        self.articles: list[Article] = []

    def put(self, article: Article) -> Span:
        self.articles.append(article)
        return 0, 0, 0


class ArticleCache:
    """The articles of a site. Used by several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = threading.Lock()
        self.kept: OrderedDict[tuple[str, bytes], Mapping[str, Article]] = OrderedDict()

    def keep(self, path: str, fp: bytes, articles: Iterable[Article]) -> Mapping[str, Article]:
        """Have the articles of a file ready, by their entries' ids."""
        by_id = {article.entry.id: article for article in articles}
        with self.lock:
            self.kept[path, fp] = by_id
            self.kept.move_to_end((path, fp))
            while len(self.kept) > AT_HAND:
                self.kept.popitem(last=False)
        return by_id

    def article(self, entry: Entry, fp: bytes, settings: Settings, pictures: frozenset[str]) -> Article:
        """An entry's article, from the file of that fingerprint. Raises `OvertakenError` where the file is another."""
        path = entry.place.path
        with self.lock:
            found = self.kept.get((path, fp))
        if found is None:
            raw = read_bytes(self.root, path, [])
            if raw is None or fingerprints.of_bytes(raw) != fp:
                raise OvertakenError(path)
            found = self.keep(path, fp, entries.read(path, raw, ContentContext.of(settings), pictures)[0])
        return msgspec.structs.replace(found[entry.id], entry=entry)

    def forget(self) -> None:
        """Settings or pictures changed: articles read by the old ones are worth nothing."""
        with self.lock:
            self.kept.clear()
