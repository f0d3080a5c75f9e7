"""Renders templates to HTML, compiled at first use and kept between runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from digest.rendering.compiled import kept_templates
from digest.rendering.compiler import ViewEnvironment
from digest.rendering.environment import environment
from digest.rendering.faults import TemplateFaultError, empty_page, template_problem
from digest.rendering.probe import compiler_is_sound

if TYPE_CHECKING:
    from digest.rendering.template_set import TemplateSet

PARTIALS = "partials/"
"""Folder of templates that are a part of a page only, and may be empty."""


class Renderer:
    """Templates compiled at first use; `render` gives finished HTML."""

    def __init__(self, templates: TemplateSet, given: Mapping[str, object]) -> None:
        """`given`: what every template sees, by name."""
        self.templates = templates
        self.given = {**given, "once": self.once}
        self.environment = compiling_environment(templates)
        self.environment.globals.update(self.given)
        self.plain: jinja2.Environment | None = None
        """Jinja as it is, for templates that ask for more than the compiler for views can do."""
        self.made: dict[tuple[str, tuple[tuple[str, str], ...]], Markup] = {}

    def warm(self, templates: Iterable[str]) -> None:
        """Compile templates now, so that processes forked later share them. A fault shows when a page is rendered."""
        for name in templates:
            with contextlib.suppress(Exception):
                self.environment.get_template(name)

    def render(self, template: str, **values: Any) -> str:  # noqa: ANN401 - a template takes what it is given
        """The template filled in. Raises `TemplateFaultError` with file and line."""
        try:
            html = self.environment.get_template(template).render(values)
        except Exception:  # noqa: BLE001 - whatever it is, plain Jinja says it in its own words
            html = self.render_plainly(template, values)
        if (not html or html.isspace()) and not template.startswith(PARTIALS):
            raise TemplateFaultError(empty_page(self.templates, template))
        return html

    def render_plainly(self, template: str, values: Mapping[str, Any]) -> str:
        """The same without our compiler. Raises `TemplateFaultError` with file and line."""
        if self.plain is None:
            self.plain = environment(self.templates, jinja2.Environment)
            self.plain.globals.update(self.given)
        try:
            return self.plain.get_template(template).render(values)
        except Exception as error:
            raise TemplateFaultError(template_problem(error, self.templates, template)) from error

    def once(self, template: str, **values: str) -> Markup:
        """`once("partials/menu.html", current="sport")`: a partial that sees `site` and these values alone.

        Whatever it needs is in its arguments, so it is rendered a single time for each set of them.
        """
        key = template, tuple(values.items())
        if key not in self.made:
            environment = self.plain or self.environment
            self.made[key] = Markup(environment.get_template(template).render(values))
        return self.made[key]


def compile_ahead(templates: TemplateSet, names: Iterable[str]) -> None:
    """Compile templates for renderers to come; nothing where there is no cache to keep them. A fault shows when a page
    is made.
    """
    made = compiling_environment(templates)
    for name in names if made.bytecode_cache else ():
        with contextlib.suppress(Exception):
            made.get_template(name)


def compiling_environment(templates: TemplateSet) -> jinja2.Environment:
    """Jinja with our compiler and its cache; plain Jinja where the two were found to differ."""
    if not compiler_is_sound():
        return environment(templates, jinja2.Environment)
    made = environment(templates, ViewEnvironment)
    made.bytecode_cache = kept_templates()
    return made
