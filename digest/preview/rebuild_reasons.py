"""Why a page is another than before: by the parts it is made of, as `digest build --explain` says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from digest.rendering import closure
from digest.site import fingerprints
from digest.site.site_plan import beside_articles, constants

if TYPE_CHECKING:
    from digest.pages.page import Page
    from digest.preview.snapshot import Snapshot
    from digest.rendering.template_set import TemplateText

names_in = lru_cache(maxsize=512)(closure.names_in)


class Recipe(NamedTuple):
    """Fingerprints of all that a page was made from, by name."""

    template: str
    of_site: Mapping[str, bytes]
    templates: Mapping[str, bytes]
    parts: Mapping[str, bytes]


class Names(Mapping[str, tuple[str, ...] | None]):
    """Template → the templates it names, taken apart when it is asked for."""

    def __init__(self, texts: Mapping[str, TemplateText]) -> None:
        self.texts = texts

    def __getitem__(self, name: str) -> tuple[str, ...] | None:
        return names_in(self.texts[name].content)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def recipe(snapshot: Snapshot, page: Page) -> Recipe:
    """What a page is made from in this snapshot."""
    prints = snapshot.prints
    of_site = dict(constants(snapshot.context))
    for fragment in page.embeds:
        margins = beside_articles(snapshot.newsroom)
        markup = b"".join(templates_of(snapshot, margins.template).values())
        of_site[f"fragment {fragment}"] = fingerprints.short(markup + prints.page(margins.parts))
    parts = {name: fingerprints.short(prints.of(part)) for name, part in page.parts.items()}
    return Recipe(page.template, of_site, templates_of(snapshot, page.template), parts)


def templates_of(snapshot: Snapshot, template: str) -> Mapping[str, bytes]:
    """A template and all it is made of."""
    texts = snapshot.house.theme.texts or {}
    inner = closure.closure(template, Names(texts))
    return {name: fingerprints.of_bytes(texts[name].content) for name in sorted(inner) if name in texts}


def causes(old: Recipe, new: Recipe) -> tuple[str, ...]:
    """What differs, in words; empty where nothing does."""
    found = [*differing(new.of_site, old.of_site)]
    if old.template != new.template:
        return (*found, "template")
    found += [f"template {name}" for name in differing(new.templates, old.templates)]
    return (*found, *differing(new.parts, old.parts))


def differing(new: Mapping[str, bytes], old: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in {*new, *old} if new.get(name) != old.get(name))
