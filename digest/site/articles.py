"""Whole articles: the texts of a site, taken from disk when a page asks for one.

A build puts the texts of the files it reads into spools, so that no file is parsed twice. Every other text is parsed
from its source again; the articles of the last files stay in memory, since round-ups hold many and an editor looks at
few.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import msgspec

from digest.content import entries
from digest.model import Article, ArticleText, Entry
from digest.site import fingerprints
from digest.site.files import read_source

if TYPE_CHECKING:
    from digest.site.reader import SourceReader
    from digest.site.source import Source

FILES_KEPT: Final = 64
"""Files of which the articles stay in memory."""

Span = tuple[int, int, int]
"""Number of a spool, offset, length."""
unpack_story = msgspec.msgpack.Decoder(ArticleText).decode


class SourceChangedError(Exception):
    """A source is no longer what the site was made from: another save came meanwhile, or the file is broken."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
        """From the site's root."""


class Spool:
    """A file in which a worker puts the texts of the articles it read."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.path = spool_path(folder, number)
        self.end = 0

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.path.open("wb", buffering=1 << 18)
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def put(self, article: Article) -> Span:
        packed = fingerprints.encode(article.story)
        span = self.number, self.end, len(packed)
        self.file.write(packed)
        self.end += len(packed)
        return span


def spool_path(folder: Path, number: int) -> Path:
    return folder / f"texts-{number}"


class Articles:
    """The articles of a site. Used by several threads."""

    def __init__(self, root: Path, folder: Path | None = None, spans: Mapping[str, Span] | None = None) -> None:
        """`spans`: entry id → its text in the spools of `folder`."""
        self.root = root
        self.folder = folder
        self.spans = spans or {}
        self.spools: dict[int, int] = {}
        """Open spools: number → file descriptor."""
        self.lock = threading.Lock()
        self.kept: OrderedDict[tuple[str, bytes], tuple[SourceReader, Mapping[str, Article]]] = OrderedDict()

    def article(self, entry: Entry, source: Source, reader: SourceReader) -> Article:
        """An entry with its text. Raises `SourceChangedError` if the source is not what the entry was read from."""
        span = self.spans.get(entry.id)
        if span is None or self.folder is None:
            return self.parsed(entry, source, reader)
        number, start, length = span
        if number not in self.spools:
            self.spools[number] = os.open(spool_path(self.folder, number), os.O_RDONLY)
        return Article(entry, unpack_story(os.pread(self.spools[number], length, start)))

    def parsed(self, entry: Entry, source: Source, reader: SourceReader) -> Article:
        """The same from the source itself, with the opening of its text. Raises `SourceChangedError`."""
        key = source.path, source.fp
        with self.lock:
            known = self.kept.get(key)
        if known is None or known[0] is not reader:
            raw = read_source(self.root, source.path, [])
            if raw is None or fingerprints.of_bytes(raw) != source.fp:
                raise SourceChangedError(source.path)
            found = self.keep(source, reader, entries.read(source.path, raw, reader.context, reader.images)[0])
        else:
            found = known[1]
        article = found[entry.id]
        return Article(entry, article.story, article.opening)

    def keep(self, source: Source, reader: SourceReader, articles: Iterable[Article]) -> Mapping[str, Article]:
        """Have the articles of a file ready, by their entries' ids."""
        key = source.path, source.fp
        by_id = {article.entry.id: article for article in articles}
        with self.lock:
            self.kept[key] = reader, by_id
            self.kept.move_to_end(key)
            while len(self.kept) > FILES_KEPT:
                self.kept.popitem(last=False)
        return by_id
