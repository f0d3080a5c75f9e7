"""Jinja, set up: where templates lie and how they escape.

A site's `templates/` hides the built-in file of the same name; `{% extends "builtin/article.html" %}` reaches the
built-in one, so that a site overrides a single block without copying the rest. Templates are trusted; content is never
one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2

from digest.text import bidi

if TYPE_CHECKING:
    from digest.model import Text
    from digest.rendering.template_set import TemplateSet


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
    """Templates as they were when they were read, whatever has become of their files."""

    def source(name: str) -> tuple[str, str, None] | None:
        text = templates.texts.get(name)
        return (text.content.decode(), str(text.path), None) if text else None

    return jinja2.FunctionLoader(source)


def marked(text: Text) -> str:
    """A text for an attribute or another slot without markup: plain, with a direction mark where it needs one."""
    return bidi.mark(text.plain, text.base)
