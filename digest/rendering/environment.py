"""Jinja, set up: where templates lie and how they escape.

A site's `templates/` hides the built-in file of the same name; `{% extends "builtin/article.html" %}` reaches the
built-in one, so that a site overrides a single block without copying the rest. Templates are trusted; content is never
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import jinja2

from digest.rendering.template_set import BUILTIN, TemplateSet, TemplateText
from digest.text import bidi

if TYPE_CHECKING:
    from digest.model import Text


def environment(templates: TemplateSet, kind: type[jinja2.Environment]) -> jinja2.Environment:
    """Autoescape whatever the file's name, and no silence about a missing value."""
    made = kind(
        loader=loader_of(templates),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters["marked"] = marked
    return made


def loader_of(templates: TemplateSet) -> jinja2.BaseLoader:
    """Templates from the templates's folders, or from what was read of them."""
    if templates.texts is not None:
        return HeldTemplates(templates.texts)
    folders = [jinja2.FileSystemLoader(folder) for folder, _ in templates.folders]
    return jinja2.ChoiceLoader([*folders, jinja2.PrefixLoader({BUILTIN: jinja2.FileSystemLoader(templates.builtin)})])


class HeldTemplates(jinja2.BaseLoader):
    """Templates as they were when they were read, whatever has become of their files."""

    def __init__(self, texts: Mapping[str, TemplateText]) -> None:
        self.texts = texts

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002 - Jinja's signature
        held = self.texts.get(template)
        if held is None:
            raise jinja2.TemplateNotFound(template)
        return held.content.decode(), str(held.path), None


def marked(text: Text) -> str:
    """A text for an attribute or another slot without markup: plain, with a direction mark where it needs one."""
    return bidi.mark(text.plain, text.base)
