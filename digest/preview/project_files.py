"""The site's own settings, its theme and its loose files → values that are replaced only when they changed.

In: what was known, and the disk. Out: `Furniture` and `Loose`; the parts that are the same are the very values they
were. Templates are held as they were read, so that a snapshot goes on being rendered with them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import jinja2
from msgspec.structs import replace

from digest.content import static as static_files
from digest.content.discovery import stamp_of
from digest.preview.source_states import NEVER, ProjectFiles, StaticFiles, is_broken
from digest.search import aliases
from digest.site import scan
from digest.site.project import load_project, read_counts, theme_of
from digest.site.sources import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from digest.content import discovery
    from digest.preview.source_states import Stamp
    from digest.rendering.template_set import TemplateText
    from digest.site.project import Project

NOTHING = ProjectFiles({}, None)


def furnish(root: Path, known: ProjectFiles, at: int, *, sure: bool) -> ProjectFiles:
    """Settings and theme as they are. Where not `sure` anything wrong may be half a save: all stays as it was."""
    stamps = {path: settled(stamp, at) for path, stamp in furniture_files(root)}
    if stamps == known.stamps and NEVER not in stamps.values():
        return known
    try:
        house, faults = load_project(root)
    except (OSError, UnicodeDecodeError):  # something came or went meanwhile
        return known._replace(stamps={})
    broken = house is None or is_broken(faults)
    texts = (house and house.theme.texts) or {}
    if not sure and (broken or not all(map(readable, changed(texts, known.house)))):
        return known
    if broken and (house is None or known.house is not None):
        house = known.house
    return ProjectFiles(stamps, the_same(house, known.house), tuple(faults))


def furniture_files(root: Path) -> Iterator[tuple[str, discovery.Stamp]]:
    """Every file that settings and theme are read from."""
    yield from scan.tree(root / "site.yaml")
    yield from scan.tree(root / aliases.FILE)
    for folder, _ in theme_of(root).folders:
        yield from scan.tree(folder)


def changed(texts: Mapping[str, TemplateText], before: Project | None) -> Iterator[TemplateText]:
    """The templates that are not as they were."""
    old = before.theme.texts if before and before.theme.texts else {}
    return (text for name, text in texts.items() if name not in old or old[name].content != text.content)


def readable(text: TemplateText) -> bool:
    """Whether a template can be taken apart at all. Another text (a style, a script) matters only to a page that
    includes it, and its fault shows there.
    """
    if not text.name.endswith(".html"):
        return True
    try:
        jinja2.Environment(autoescape=True).parse(text.content.decode())
    except (jinja2.TemplateSyntaxError, UnicodeDecodeError):
        return False
    return True


def the_same(house: Project | None, known: Project | None) -> Project | None:
    """The known house where the new one is equal to it in all its parts; each equal part is the known one."""
    if house is None or known is None:
        return house
    if house == known:
        return known
    kept = {
        name: getattr(known, name)
        for name in ("settings", "footer", "theme", "strings", "assets", "aliases")
        if getattr(house, name) == getattr(known, name)
    }
    return replace(house, **kept)


# ------------------------------------------------------------------ loose files


def gather(root: Path, house: Project | None, known: StaticFiles, at: int) -> StaticFiles:
    """What settings name outside content/, and static/."""
    named = [root / name for name in (house.settings.popular, house.settings.image) if name] if house else []
    stamps: dict[str, Stamp] = dict(scan.tree(root / static_files.FOLDER))
    for path in named:
        if path.is_file():
            stamps[str(path)] = stamp_of(path.stat())
    stamps = {path: settled(stamp, at) for path, stamp in stamps.items()}  # type: ignore[arg-type]
    if stamps == known.stamps and NEVER not in stamps.values():
        return known
    static, faults = static_files.collect(root)
    counts, more = read_counts(root, house) if house else ((), [])
    made = StaticFiles(stamps, counts, static, (*faults, *more))
    return known if made == known else made


def picture_stamp(root: Path, file: str) -> Stamp:
    """What the disk says of a picture outside content/."""
    try:
        return stamp_of(os.stat(root / file))  # noqa: PTH116 - the same call as everywhere
    except OSError:
        return NEVER
