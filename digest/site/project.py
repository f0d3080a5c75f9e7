"""What a site's own settings and theme become, before any story is read: settings, words, templates, the theme's files;
and, once it is known which stories there are, the constants every page is made with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from digest import strings as theme_strings
from digest.content import popularity
from digest.content import settings as site_settings
from digest.content.images import prepare
from digest.content.settings import Places
from digest.model import ImageRef, Place
from digest.pages import site_view
from digest.pages.context import SiteContext
from digest.problems import Problem, quoted
from digest.rendering import assets as theme_assets
from digest.rendering.template_set import TemplateSet, read_texts
from digest.resources import builtin_templates
from digest.search import aliases
from digest.site.options import MEMORY
from digest.site.sources import read_bytes
from digest.site.workers import cores
from digest.text import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from markupsafe import Markup

    from digest.content.images import ImageCache
    from digest.content.settings import Settings
    from digest.model import Rendition
    from digest.pages.site_view import Sections
    from digest.rendering.assets import Assets
    from digest.search.aliases import Groups
    from digest.site.options import BuildOptions
    from digest.strings import Strings


class Project(msgspec.Struct, frozen=True):
    """What the site's own settings and theme became."""

    settings: Settings
    footer: Markup
    """Its Markdown, rendered."""
    theme: TemplateSet
    """Its templates as they were when the house was read: what is rendered is what was fingerprinted."""
    strings: Strings
    assets: Assets
    places: Places = Places()
    """Lines of site.yaml."""
    aliases: Groups = ()
    """Names for the same, of `data/aliases.yaml`, beside the built-in ones."""


def load_project(root: Path) -> tuple[Project | None, list[Problem]]:
    """site.yaml, the string table and the theme's files."""
    problems: list[Problem] = []
    raw = read_bytes(root, "site.yaml", problems)
    if raw is None:
        return None, problems
    settings, places, faults = site_settings.read(raw)
    problems += faults
    if settings is None:
        return None, problems
    theme = theme_of(root)
    theme = msgspec.structs.replace(theme, texts=read_texts(theme))
    footer, faults = site_view.footer_of(settings)
    problems += faults
    digits = numbers.digits_of(settings.lang, settings.digits)
    strings, faults = theme_strings.read(theme.folders, settings.lang, digits)
    problems += faults
    assets = theme_assets.collect(
        [folder for folder, _ in theme.folders],
        base_path=settings.base_path,
        extra_css={site_view.STYLESHEET: site_view.theme_colours(settings.themes)},
    )
    problems += assets.problems
    own = read_aliases(root, problems) if settings.search else ()
    return (Project(settings, footer, theme, strings, assets, places, own) if strings else None), problems


def theme_of(root: Path) -> TemplateSet:
    """The site's own templates over the built-in ones."""
    builtin = builtin_templates()
    own = root / "templates"
    if own.is_dir() and own.resolve() != builtin.resolve():
        return TemplateSet(((own, "templates"), (builtin, "built-in templates")))
    return TemplateSet(((builtin, "templates" if own.is_dir() else "built-in templates"),))


def read_aliases(root: Path, problems: list[Problem]) -> Groups:
    """Names for the same, where the site has any of its own."""
    if not (root / aliases.FILE).exists():
        return ()
    groups, faults = aliases.read(read_bytes(root, aliases.FILE, problems) or b"")
    problems += faults
    return groups


def read_counts(root: Path, house: Project) -> tuple[tuple[tuple[str, int], ...], list[Problem]]:
    """The counts behind "most read", where the site has any."""
    problems: list[Problem] = []
    settings = house.settings
    if not settings.popular or not ((root / settings.popular).exists() or settings.popular != site_settings.POPULAR):
        return (), problems
    if not (root / settings.popular).exists():
        place = house.places.values["popular"]
        what = f"'popular' names {quoted(settings.popular)}, which is not there"
        cure = "make the file, or take the key out: data/popular.yaml is read where it exists"
        return (), [Problem(place.path, place.line, place.column, what, cure)]
    raw = read_bytes(root, settings.popular, problems)
    counts, faults = popularity.read(settings.popular, raw or b"")
    return counts, [*problems, *faults]


def site_context(  # noqa: PLR0917 - what the stages before it found, in their order
    order: BuildOptions, house: Project, has: Sections, fragments: str, refs: Iterable[ImageRef], album: ImageCache
) -> tuple[SiteContext, tuple[Problem, ...]]:
    """The constants of this build, with the pictures of `refs` made."""
    settings = house.settings
    share = ImageRef(settings.image, settings.title.plain, None, None, Place("site.yaml")) if settings.image else None
    renditions, problems = prepare(
        [*refs, *([share] if share else [])],
        root=order.root,
        folder=order.root / MEMORY / "pictures",
        settings=settings.images,
        base_path=settings.base_path,
        jobs=cores(order.jobs),
        cache=album,
    )
    return furnished(house, has, fragments, renditions), problems


def furnished(house: Project, has: Sections, fragments: str, renditions: Mapping[str, Rendition]) -> SiteContext:
    """The constants of a build, from pictures that are made."""
    settings = house.settings
    shared = site_view.share_picture(renditions.get(settings.image), house.assets)
    round_it = site_view.make_site_view(settings, house.footer, house.assets, has, fragments)
    return SiteContext(settings, house.strings, round_it, renditions, shared, fragments, house.aliases)


def assets_of(house: Project, context: SiteContext) -> Iterator[tuple[str, bytes]]:
    """The theme's files, (output path, content); its scripts only where a page runs them."""
    view = context.view
    used = {
        site_view.SCRIPT: view.script,
        site_view.AGO: view.ago,
        site_view.BOX: view.search,
        site_view.SEARCH: view.search,
    }
    idle = tuple(f"{name.removesuffix('.js')}." for name, url in used.items() if not url)
    for path, content in house.assets.files:
        if not path.startswith(idle):
            yield path, content
