"""A site's own settings and templates, read before any source; and, once it is known which entries there are, the
constants that every page is made with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import msgspec

from digest import strings as theme_strings
from digest.content import popularity
from digest.content import settings as site_settings
from digest.content.settings import Places, Settings
from digest.pages import site_view
from digest.pages.context import SiteContext
from digest.problems import N_, Problem, excerpt, mistake
from digest.rendering import assets as theme_assets
from digest.rendering import closure
from digest.rendering.template_set import TemplateSet, TemplateText, read_templates
from digest.resources import builtin_templates
from digest.search import aliases
from digest.site import scan
from digest.site.files import read_source
from digest.site.scan import UNSETTLED, settled_stamp
from digest.text import numbers

if TYPE_CHECKING:
    from markupsafe import Markup

    from digest.content.discovery import Stamp
    from digest.model import Rendition
    from digest.pages.site_view import Sections
    from digest.rendering.assets import Assets
    from digest.search.aliases import Groups
    from digest.strings import Strings


class Project(msgspec.Struct, frozen=True):
    """What the site's own settings and templates became."""

    settings: Settings
    footer: Markup
    """Its Markdown, rendered."""
    templates: TemplateSet
    """Its templates as they were read: a page is rendered with the text that was fingerprinted."""
    strings: Strings
    assets: Assets
    places: Places = Places()
    """Lines of site.yaml."""
    aliases: Groups = ()
    """Names for the same, of `data/aliases.yaml`, beside the built-in ones."""


class ProjectFiles(msgspec.Struct, frozen=True):
    """Settings and templates, and the files they come from."""

    project: Project | None
    """As it last was without an error; None if site.yaml never was good enough."""
    problems: tuple[Problem, ...] = ()
    """What is wrong now."""
    stamps: Mapping[str, Stamp] = msgspec.field(default_factory=dict)
    """Of every file it was read from, by absolute path; empty if nobody will ask again."""


def load_project(root: Path) -> ProjectFiles:
    """site.yaml, the strings of the interface, the templates and their static files."""
    problems: list[Problem] = []
    raw = read_source(root, "site.yaml", problems)
    if raw is None:
        return ProjectFiles(None, tuple(problems))
    settings, places, faults = site_settings.read(raw)
    problems += faults
    if settings is None:
        return ProjectFiles(None, tuple(problems))
    templates = read_templates(template_folders(root))
    footer, faults = site_view.footer_of(settings)
    problems += faults
    digits = numbers.digits_of(settings.lang, settings.digits)
    strings, faults = theme_strings.read(templates.folders, settings.lang, digits)
    problems += faults
    assets = theme_assets.collect(
        [folder for folder, _ in templates.folders],
        base_path=settings.base_path,
        extra_css={site_view.STYLESHEET: site_view.theme_colours(settings.themes)},
    )
    problems += assets.problems
    own = read_aliases(root, problems) if settings.search else ()
    project = Project(settings, footer, templates, strings, assets, places, own) if strings else None
    return ProjectFiles(project, tuple(problems))


def reload_project(root: Path, known: ProjectFiles, at: int, *, settled: bool) -> ProjectFiles:
    """Settings and templates as they are `at` a time in nanoseconds; the very value `known` if they are the same.

    If not `settled`, anything wrong may be half a save: all stays as it was.
    """
    stamps = {path: settled_stamp(stamp, at) for path, stamp in files_of_project(root)}
    if stamps == known.stamps and UNSETTLED not in stamps.values():
        return known
    try:
        found = load_project(root)
    except (OSError, UnicodeDecodeError):  # something came or went meanwhile
        return msgspec.structs.replace(known, stamps={})
    project = found.project
    broken = project is None or any(problem.level == "error" for problem in found.problems)
    texts = project.templates.texts if project else {}
    if not settled and (broken or not all(map(readable, changed_texts(texts, known.project)))):
        return known
    if broken and (project is None or known.project is not None):
        project = known.project
    return ProjectFiles(with_known_parts(project, known.project), found.problems, stamps)


def files_of_project(root: Path) -> Iterator[tuple[str, Stamp]]:
    """Every file that settings and templates are read from."""
    yield from scan.tree(root / "site.yaml")
    yield from scan.tree(root / aliases.FILE)
    for folder, _ in template_folders(root):
        yield from scan.tree(folder)


def changed_texts(texts: Mapping[str, TemplateText], before: Project | None) -> Iterator[TemplateText]:
    """The templates that differ from those of before."""
    old = before.templates.texts if before else {}
    return (text for name, text in texts.items() if name not in old or old[name].content != text.content)


def readable(text: TemplateText) -> bool:
    """Whether a template can be parsed at all. Another text (a style, a script) matters only to a page that includes
    it, and its fault shows there.
    """
    if not text.name.endswith(".html"):
        return True
    try:
        closure.parser().parse(text.content.decode())
    except (jinja2.TemplateSyntaxError, UnicodeDecodeError):
        return False
    return True


def with_known_parts(project: Project | None, known: Project | None) -> Project | None:
    """The known project if the new one equals it; else the new one, with each equal part the known one."""
    if project is None or known is None:
        return project
    if project == known:
        return known
    names = ("settings", "footer", "templates", "strings", "assets", "aliases")
    kept = {name: getattr(known, name) for name in names if getattr(project, name) == getattr(known, name)}
    return msgspec.structs.replace(project, **kept)


def template_folders(root: Path) -> tuple[tuple[Path, str], ...]:
    """The site's own templates over the built-in ones, each folder with the name it has in problems."""
    builtin = builtin_templates()
    own = root / "templates"
    if own.is_dir() and own.resolve() != builtin.resolve():
        return (own, "templates"), (builtin, "built-in templates")
    return ((builtin, "templates" if own.is_dir() else "built-in templates"),)


def read_aliases(root: Path, problems: list[Problem]) -> Groups:
    """Names for the same, where the site has any of its own."""
    if not (root / aliases.FILE).exists():
        return ()
    groups, faults = aliases.read(read_source(root, aliases.FILE, problems) or b"")
    problems += faults
    return groups


def read_counts(root: Path, project: Project) -> tuple[tuple[tuple[str, int], ...], list[Problem]]:
    """The counts behind "most read", where the site has any."""
    problems: list[Problem] = []
    settings = project.settings
    if not settings.popular or not ((root / settings.popular).exists() or settings.popular != site_settings.POPULAR):
        return (), problems
    if not (root / settings.popular).exists():
        place = project.places.values["popular"]
        what = mistake(
            "popular-missing", "'popular' names '{path}', which is not there", path=excerpt(settings.popular)
        )
        cure = N_("make the file, or take the key out: data/popular.yaml is read where it exists")
        return (), [Problem(place.path, place.line, place.column, what, cure)]
    raw = read_source(root, settings.popular, problems)
    counts, faults = popularity.read(settings.popular, raw or b"")
    return counts, [*problems, *faults]


def site_context(project: Project, has: Sections, fragments: str, renditions: Mapping[str, Rendition]) -> SiteContext:
    """The constants that every page is made with."""
    settings = project.settings
    shared = site_view.share_picture(renditions.get(settings.image), project.assets)
    view = site_view.make_site_view(settings, project.footer, project.assets, has, fragments)
    return SiteContext(settings, project.strings, view, renditions, shared, fragments, project.aliases)


def assets_of(project: Project, context: SiteContext) -> Iterator[tuple[str, bytes]]:
    """Files beside the templates, (output path, content); its scripts only where a page runs them."""
    view = context.view
    used = {
        site_view.SCRIPT: view.script,
        site_view.AGO: view.ago,
        site_view.BOX: view.search,
        site_view.SEARCH: view.search,
    }
    idle = tuple(f"{name.removesuffix('.js')}." for name, url in used.items() if not url)
    for path, content in project.assets.files:
        if not path.startswith(idle):
            yield path, content
