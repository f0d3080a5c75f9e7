"""Why a page is another than before: what it was made from then, against what it is made from now.

A page is made from its parts, its template and those inside it, the fragments it embeds and the constants of the site.
A build compares with what the last build left, a preview with how the page was made before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from digest.rendering import closure
from digest.resources import builtin_templates
from digest.site import fingerprints
from digest.site.cache import Template

if TYPE_CHECKING:
    from digest.rendering.template_set import TemplateText

PART = 8
"""Bytes of the fingerprint of one part."""


class LazyTemplates(Mapping[str, Template]):
    """Every template, looked into when it is asked for; parsed only if its text is not as the cache knows it."""

    def __init__(self, texts: Mapping[str, TemplateText], cached: Mapping[str, Template]) -> None:
        self.texts = texts
        self.cached = cached
        self.known: dict[str, Template] = {}

    def __getitem__(self, name: str) -> Template:
        if name not in self.known:
            content = self.texts[name].content
            fp = fingerprints.of_bytes(content)
            cached = self.cached.get(name)
            same = cached is not None and cached.fp == fp
            if cached and same:
                self.known[name] = cached
            else:
                keep = self.texts[name].path.is_relative_to(builtin_templates())
                self.known[name] = Template(fp, closure.names_in(content, keep=keep))
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def closure(self, name: str) -> frozenset[str]:
        """A template and all it is made of."""
        return closure_of(name, self)


class NamesIn(Mapping[str, "tuple[str, ...] | None"]):
    """Template → the templates it names."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.templates = templates

    def __getitem__(self, name: str) -> tuple[str, ...] | None:
        return self.templates[name].names

    def __iter__(self) -> Iterator[str]:
        return iter(self.templates)

    def __len__(self) -> int:
        return len(self.templates)


def closure_of(name: str, templates: Mapping[str, Template]) -> frozenset[str]:
    return closure.closure(name, NamesIn(templates))


class Basis(NamedTuple):
    """What pages are made with beside their own parts: name → fingerprint."""

    constants: Mapping[str, bytes]
    """Of what every page depends on."""
    fragments: Mapping[str, bytes]
    """Of what pages embed."""
    templates: Mapping[str, Template]


NO_BASIS = Basis({}, {}, {})


class Recipe(NamedTuple):
    """What one page was made from beside the basis."""

    template: str
    parts: bytes
    """Fingerprints of its parts, in their order."""


class Comparison(msgspec.Struct, dict=True):
    """Two bases. What pages have in common is compared once."""

    old: Basis
    new: Basis
    known: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = msgspec.field(default_factory=dict)
    """(template, fragments) → what differs for every page of them, found so far."""

    @cached_property
    def constants(self) -> list[str]:
        """Constants that differ."""
        return differing(self.old.constants, self.new.constants)

    @cached_property
    def templates(self) -> frozenset[str]:
        """Templates that differ, or are gone, or new."""
        old, new = self.old.templates, self.new.templates
        if old is new:
            return frozenset()
        same = {name for name in new if name in old and old[name].fp == new[name].fp}
        return frozenset({*old, *new} - same)

    def shared(self, template: str, embeds: tuple[str, ...]) -> tuple[str, ...]:
        """What differs for every page of a template that embeds certain fragments."""
        key = template, embeds
        if key not in self.known:
            fragments = differing(self.old.fragments, self.new.fragments)
            self.known[key] = (
                *sorted([*self.constants, *(f"fragment {name}" for name in fragments if name in embeds)]),
                *(f"template {name}" for name in sorted(self.templates_in(template))),
            )
        return self.known[key]

    def templates_in(self, template: str) -> frozenset[str]:
        """Templates that differ, of those that one is or was made of."""
        if not self.templates:
            return self.templates
        inner = closure_of(template, self.new.templates)
        if template in self.old.templates:
            inner |= closure_of(template, self.old.templates)
        return inner & self.templates


def own(old: Recipe, new: Recipe, names: Iterable[str]) -> tuple[str, ...]:
    """What differs in a page itself. `names`: of its parts, in their order."""
    if old.template != new.template:
        return ("template",)
    if old.parts == new.parts:
        return ()
    starts = range(0, max(len(old.parts), len(new.parts)), PART)
    moved = (old.parts[start : start + PART] != new.parts[start : start + PART] for start in starts)
    return tuple(sorted(name for name, differs in zip(names, moved, strict=False) if differs)) or ("parts",)


def differing(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in {*new, *old} if new.get(name) != old.get(name))
