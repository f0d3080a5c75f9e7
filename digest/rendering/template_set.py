"""The templates of a site: the folders they lie in, and their texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from digest.content.discovery import BACKUP

BUILTIN = "builtin"
"""Prefix under which a template reaches the built-in ones: `builtin/article.html`."""
NO_TEXTS = (
    ".avif", ".eot", ".gif", ".ico", ".jpeg", ".jpg", ".otf", ".png", ".ttf", ".webp", ".woff", ".woff2",
)  # fmt: skip
"""Endings of files that cannot be included in a page."""


class TemplateText(msgspec.Struct, frozen=True):
    """One template as it lies on disk."""

    name: str
    """As templates name it: `partials/card.html`, `builtin/article.html`."""
    content: bytes
    path: Path


class TemplateSet(msgspec.Struct, frozen=True):
    """Folders of templates, strongest first, each with the name it has in problems."""

    folders: tuple[tuple[Path, str], ...]
    texts: Mapping[str, TemplateText]
    """Every template as it was when it was read, by name."""

    @property
    def builtin(self) -> Path:
        return self.folders[-1][0]


def read_templates(folders: tuple[tuple[Path, str], ...]) -> TemplateSet:
    """Every template by name, the strongest of each; the built-in ones also under their own prefix."""
    found: dict[str, TemplateText] = {}
    for folder, _ in folders:
        for name, path in templates_in(folder):
            if name not in found:
                found[name] = TemplateText(name, path.read_bytes(), path)
    for name, path in templates_in(folders[-1][0]):
        full = f"{BUILTIN}/{name}"
        content = found[name].content if len(folders) == 1 else path.read_bytes()
        found[full] = TemplateText(full, content, path)
    return TemplateSet(folders, found)


def templates_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each; what editors leave beside a file is none."""
    for path in sorted(folder.rglob("*")):
        name = path.name
        if name.startswith(".") or name.lower().endswith(NO_TEXTS) or BACKUP.search(name):
            continue
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
