"""Errors of templates as problems: the file and line of the template, in words an editor understands."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import jinja2
from jinja2 import nodes

from digest.problems import N_, Problem, guess, mistake, nearest
from digest.rendering.environment import environment, loader_of
from digest.rendering.template_set import BUILTIN, TemplateSet
from digest.strings import UnknownStringError


class TemplateFaultError(Exception):
    """A template could not be compiled or rendered; carries its problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))

    def __reduce__(self) -> tuple[type[TemplateFaultError], tuple[Problem]]:
        return type(self), (self.problem,)


def template_problem(error: Exception, templates: TemplateSet, template: str) -> Problem:
    """What went wrong, at the innermost template line that led there."""
    if isinstance(error, jinja2.TemplateNotFound):
        known = sorted(
            str(path.relative_to(folder)) for folder, _ in templates.folders for path in folder.rglob("*.html")
        )
        path, line = innermost(error, templates) or (f"templates/{template}", 0)
        _, builtin, name = str(error.name).rpartition(f"{BUILTIN}/")
        near = nearest(name, known)
        hint = guess(f"{BUILTIN}/{near}" if builtin else near) if near else N_("digest eject lists the built-in ones")
        linked = linked_folder(name, templates)
        if linked:
            hint = N_(
                "{folder} is a symbolic link to a folder, which is not followed; copy the folder there", folder=linked
            )
        return Problem(
            path, line, 0, mistake("template-missing", "there is no template '{name}'", name=str(error.name)), hint
        )
    if isinstance(error, jinja2.TemplateSyntaxError):
        what = mistake("template-syntax", "{error}", error=str(error.message).rstrip("."))
        return Problem(shown(error.filename or template, templates), error.lineno, 0, what, N_("mend the template"))
    if isinstance(error, UnicodeDecodeError):
        what = mistake("not-utf8", "this template, or one it uses, is not UTF-8")
        return Problem(f"templates/{template}", 0, 0, what, N_("save the file as UTF-8"))
    if isinstance(error, RecursionError):
        return endless(templates, template)
    path, line = innermost(error, templates) or (f"templates/{template}", 0)
    cure = N_("docs/reference/views.md lists what each template may use")
    if isinstance(error, UnknownStringError):
        return Problem(path, line, 0, mistake("template-string", "{error}", error=error.what))
    said = str(error.message) if isinstance(error, jinja2.UndefinedError) else f"{type(error).__name__}: {error}"
    return Problem(path, line, 0, mistake("template-error", "{error}", error=said.rstrip(".")), cure)


def empty_page(templates: TemplateSet, template: str) -> Problem:
    """A page without a single letter comes from the outermost of the templates that are extended."""
    name, seen = template, {template}
    while True:
        path, tree = parsed(templates, name)
        parent = next((inner for _, inner in steps(tree, nodes.Extends)), name)
        if parent in seen:
            break
        name = parent
        seen.add(name)
    cure = N_("write the page into it")
    if len(templates.folders) > 1 and (templates.builtin / name).is_file():
        cure = N_(
            'delete the file to have the built-in one again, or write {{% extends "{template}" %}}',
            template=f"{BUILTIN}/{name}",
        )
    return Problem(shown(path, templates), 0, 0, mistake("template-empty", "gives an empty page"), cure)


def endless(templates: TemplateSet, template: str) -> Problem:
    """Templates that lead back to themselves, at the line of the site's own template that begins the way."""
    circle = circle_from(templates, template, ())
    if not circle:
        what = mistake("template-endless", "a template, or a macro in it, calls itself without end")
        return Problem(f"templates/{template}", 0, 0, what, N_("give it a condition under which it stops"))
    own = templates.folders[0][0]
    path, line, name = next((step for step in circle if Path(step[0]).is_relative_to(own)), circle[0])
    cure = (
        N_("write {template} to reach the built-in one", template=f"{BUILTIN}/{name}")
        if (templates.builtin / name).is_file()
        else N_("take it out")
    )
    what = mistake("template-endless", "a template extends or includes itself by '{name}'", name=name)
    return Problem(shown(path, templates), line, 0, what, cure)


def circle_from(
    templates: TemplateSet, name: str, way: tuple[tuple[str, int, str], ...]
) -> tuple[tuple[str, int, str], ...]:
    """File, line and name of each step from a template back to itself; empty where no way leads back. `way` is the way
    so far, whose last name is this template.
    """
    try:
        path, tree = parsed(templates, name)
    except (jinja2.TemplateError, UnicodeDecodeError):
        return ()
    for line, inner in steps(tree, nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport):
        step = (path, line, inner)
        names = [taken for _, _, taken in way]
        if inner in names:
            return (*way[names.index(inner) + 1 :], step)
        found = circle_from(templates, inner, (*way, step))
        if found:
            return found
    return ()


def steps(tree: nodes.Template, *tags: type[nodes.Node]) -> Iterator[tuple[int, str]]:
    """Line and name wherever one of these tags names another template, and no expression."""
    for tag in tree.find_all(tags):
        template = getattr(tag, "template", None)
        if isinstance(template, nodes.Const) and isinstance(template.value, str):
            yield tag.lineno, template.value


def parsed(templates: TemplateSet, name: str) -> tuple[str, nodes.Template]:
    """A template's file and syntax tree. Raises `jinja2.TemplateError`."""
    made = environment(templates, jinja2.Environment)
    text, path, _ = loader_of(templates).get_source(made, name)
    return path or name, made.parse(text)


def linked_folder(name: str, templates: TemplateSet) -> str:
    """The folder on the way to a template that is a symbolic link, as problems name it; empty where there is none."""
    for folder, shown_as in templates.folders:
        for parent in PurePosixPath(name).parents:
            if parent.parts and (folder / parent).is_symlink():
                return f"{shown_as}/{parent}"
    return ""


def innermost(error: Exception, templates: TemplateSet) -> tuple[str, int] | None:
    """File and line of the last template frame of a traceback."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if any(Path(frame.filename).is_relative_to(folder) for folder, _ in templates.folders):
            return shown(frame.filename, templates), frame.lineno or 0
    return None


def shown(filename: str, templates: TemplateSet) -> str:
    """A template's path as problems name it."""
    for folder, name in templates.folders:
        if Path(filename).is_relative_to(folder):
            return f"{name}/{Path(filename).relative_to(folder).as_posix()}"
    return filename
