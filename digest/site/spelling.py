"""Reads every file once more with an editor's eye: for `digest check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digest.content import spelling
from digest.linking import likeness
from digest.problems import Problem
from digest.site import unread
from digest.site.files import read_source

if TYPE_CHECKING:
    from digest.content.discovery import SourceFile
    from digest.linking.index import Index


def notes(root: Path, files: Sequence[SourceFile], index: Index, lang: str) -> Iterator[Problem]:
    """What is not read; spelling, file by file; then tags and sources that are one in two spellings."""
    yield from unread.notes(root, files)
    for file in files:
        raw = read_source(root, file.path, [])
        if raw is not None:
            yield from spelling.read(file.path, raw, lang)
    for alike in likeness.near_equal(index):
        place = alike.entry.place
        line, column = spelling.where(read_source(root, place.path, []) or b"", alike.name)
        yield Problem(place.path, line or place.line, column, alike.message, alike.cure, "note")
