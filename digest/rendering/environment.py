"""Jinja, set up once a process: where templates lie, how they escape, and how their errors become problems.

A site's `templates/` hides the built-in file of the same name; `{% extends "builtin/article.html" %}` reaches the
built-in one,
so that a site overrides a single block without copying the rest. Templates are trusted; content is never one.
"""

from __future__ import annotations

import contextlib
import traceback
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import jinja2
import msgspec
from jinja2 import nodes
from markupsafe import Markup

from digest.problems import Problem, did_you_mean
from digest.rendering.compiled import kept_templates
from digest.rendering.compiler import ViewEnvironment
from digest.strings import Strings, UnknownStringError
from digest.text import bidi

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.model import Text
    from digest.pages.views import SiteView
    from digest.rendering.closure import TemplateText

BUILTIN = "builtin"
PARTIALS = "partials/"
"""Where templates lie that are a part of a page only, and may be empty."""


class TemplateSet(msgspec.Struct, frozen=True):
    """Folders of templates, strongest first, each with the name it has in problems."""

    folders: tuple[tuple[Path, str], ...]
    texts: Mapping[str, TemplateText] | None = None
    """Every template as it was when it was read, by name; None where templates are read when they are asked for."""

    @property
    def builtin(self) -> Path:
        return self.folders[-1][0]


class TemplateFaultError(Exception):
    """A template could not be compiled or rendered; carries its problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))

    def __reduce__(self) -> tuple[type[TemplateFaultError], tuple[Problem]]:
        return type(self), (self.problem,)


class Renderer:
    """Templates compiled at first use; `render` gives finished HTML."""

    def __init__(self, theme: TemplateSet, strings: Strings, chrome: SiteView, functions: Mapping[str, Any]) -> None:
        self.theme = theme
        self.given = {"site": chrome, "t": strings, "once": self.once, **functions}
        self.environment = environment(theme, ViewEnvironment)
        self.environment.bytecode_cache = kept_templates()
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
            raise TemplateFaultError(empty_page(self.theme, template))
        return html

    def render_plainly(self, template: str, values: Mapping[str, Any]) -> str:
        """The same without our compiler. Raises `TemplateFaultError` with file and line."""
        if self.plain is None:
            self.plain = environment(self.theme, jinja2.Environment)
            self.plain.globals.update(self.given)
        try:
            return self.plain.get_template(template).render(values)
        except Exception as error:
            raise TemplateFaultError(template_problem(error, self.theme, template)) from error

    def once(self, template: str, **values: str) -> Markup:
        """`once("partials/menu.html", current="sport")`: a partial that sees `site` and these values alone.

        Whatever it needs is in its arguments, so it is rendered a single time for each set of them.
        """
        key = template, tuple(values.items())
        if key not in self.made:
            environment = self.plain or self.environment
            self.made[key] = Markup(environment.get_template(template).render(values))
        return self.made[key]


def compile_ahead(theme: TemplateSet, names: Iterable[str]) -> None:
    """Compile templates for renderers to come; nothing where there is no cache to keep them. A fault shows when a page
    is made.
    """
    made = environment(theme, ViewEnvironment)
    made.bytecode_cache = kept_templates()
    for name in names if made.bytecode_cache else ():
        with contextlib.suppress(Exception):
            made.get_template(name)


def environment(theme: TemplateSet, kind: type[jinja2.Environment]) -> jinja2.Environment:
    """Autoescape whatever the file's name, and no silence about a missing value."""
    made = kind(
        loader=loader_of(theme),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters["marked"] = marked
    return made


def loader_of(theme: TemplateSet) -> jinja2.BaseLoader:
    """Templates from the theme's folders, or from what was read of them."""
    if theme.texts is not None:
        return HeldTemplates(theme.texts)
    folders = [jinja2.FileSystemLoader(folder) for folder, _ in theme.folders]
    return jinja2.ChoiceLoader([*folders, jinja2.PrefixLoader({BUILTIN: jinja2.FileSystemLoader(theme.builtin)})])


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


def template_problem(error: Exception, theme: TemplateSet, template: str) -> Problem:
    """What went wrong, at the innermost template line that led there."""
    if isinstance(error, jinja2.TemplateNotFound):
        known = sorted(str(path.relative_to(folder)) for folder, _ in theme.folders for path in folder.rglob("*.html"))
        path, line = innermost(error, theme) or (f"templates/{template}", 0)
        _, builtin, name = str(error.name).rpartition(f"{BUILTIN}/")
        hint = did_you_mean(name, known) or "digest eject lists the built-in ones"
        linked = linked_folder(name, theme)
        if linked:
            hint = f"{linked} is a symbolic link to a folder, which is not followed; copy the folder there"
        if builtin:
            hint = hint.replace("'", f"'{BUILTIN}/", 1)
        return Problem(path, line, 0, f"there is no template '{error.name}'", hint)
    if isinstance(error, jinja2.TemplateSyntaxError):
        return Problem(
            shown(error.filename or template, theme),
            error.lineno,
            0,
            str(error.message).rstrip("."),
            "mend the template",
        )
    if isinstance(error, UnicodeDecodeError):
        return Problem(
            f"templates/{template}", 0, 0, "this template, or one it uses, is not UTF-8", "save the file as UTF-8"
        )
    if isinstance(error, RecursionError):
        return endless(theme, template)
    path, line = innermost(error, theme) or (f"templates/{template}", 0)
    cure = "docs/views.md lists what each template may use"
    if isinstance(error, UnknownStringError):
        return Problem(path, line, 0, str(error))
    said = str(error.message) if isinstance(error, jinja2.UndefinedError) else f"{type(error).__name__}: {error}"
    return Problem(path, line, 0, said.rstrip("."), cure)


def empty_page(theme: TemplateSet, template: str) -> Problem:
    """A page without a single letter comes from the outermost of the templates that are extended."""
    name, seen = template, {template}
    while True:
        path, tree = parsed(theme, name)
        parent = next((inner for _, inner in steps(tree, nodes.Extends)), name)
        if parent in seen:
            break
        name = parent
        seen.add(name)
    cure = "write the page into it"
    if len(theme.folders) > 1 and (theme.builtin / name).is_file():
        cure = f'delete the file to have the built-in one again, or write {{% extends "{BUILTIN}/{name}" %}}'
    return Problem(shown(path, theme), 0, 0, "gives an empty page", cure)


def endless(theme: TemplateSet, template: str) -> Problem:
    """Templates that lead back to themselves, at the line of the site's own template that begins the way."""
    circle = circle_from(theme, template, ())
    if not circle:
        return Problem(f"templates/{template}", 0, 0, "a template, or a macro in it, calls itself without end",
                       "give it a condition under which it stops")  # fmt: skip
    own = theme.folders[0][0]
    path, line, name = next((step for step in circle if Path(step[0]).is_relative_to(own)), circle[0])
    cure = f"write {BUILTIN}/{name} to reach the built-in one" if (theme.builtin / name).is_file() else "take it out"
    return Problem(shown(path, theme), line, 0, f"a template extends or includes itself by '{name}'", cure)


def circle_from(
    theme: TemplateSet, name: str, way: tuple[tuple[str, int, str], ...]
) -> tuple[tuple[str, int, str], ...]:
    """File, line and name of each step from a template back to itself; empty where no way leads back. `way` is the way
    so far, whose last name is this template.
    """
    try:
        path, tree = parsed(theme, name)
    except (jinja2.TemplateError, UnicodeDecodeError):
        return ()
    for line, inner in steps(tree, nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport):
        step = (path, line, inner)
        names = [taken for _, _, taken in way]
        if inner in names:
            return (*way[names.index(inner) + 1 :], step)
        found = circle_from(theme, inner, (*way, step))
        if found:
            return found
    return ()


def steps(tree: nodes.Template, *tags: type[nodes.Node]) -> Iterator[tuple[int, str]]:
    """Line and name wherever one of these tags names another template, and no expression."""
    for tag in tree.find_all(tags):
        template = getattr(tag, "template", None)
        if isinstance(template, nodes.Const) and isinstance(template.value, str):
            yield tag.lineno, template.value


def parsed(theme: TemplateSet, name: str) -> tuple[str, nodes.Template]:
    """A template's file and syntax tree. Raises `jinja2.TemplateError`."""
    made = environment(theme, jinja2.Environment)
    text, path, _ = loader_of(theme).get_source(made, name)
    return path or name, made.parse(text)


def linked_folder(name: str, theme: TemplateSet) -> str:
    """The folder on the way to a template that is a symbolic link, as problems name it; empty where there is none."""
    for folder, shown_as in theme.folders:
        for parent in PurePosixPath(name).parents:
            if parent.parts and (folder / parent).is_symlink():
                return f"{shown_as}/{parent}"
    return ""


def innermost(error: Exception, theme: TemplateSet) -> tuple[str, int] | None:
    """File and line of the last template frame of a traceback."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if any(Path(frame.filename).is_relative_to(folder) for folder, _ in theme.folders):
            return shown(frame.filename, theme), frame.lineno or 0
    return None


def shown(filename: str, theme: TemplateSet) -> str:
    """A template's path as problems name it."""
    for folder, name in theme.folders:
        if Path(filename).is_relative_to(folder):
            return f"{name}/{Path(filename).relative_to(folder).as_posix()}"
    return filename
