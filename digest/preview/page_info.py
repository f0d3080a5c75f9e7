"""What overlay and bar show of a page, as plain values for JSON: problems with the lines round them, where the page
comes from, why it was made again.

In: a site, the problems of the site, the page. Reads the files that problems are in, to show their lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from digest.content import spelling
from digest.model import Entry, Place, Text
from digest.pages.page import Details, FullText, Page
from digest.preview import editors
from digest.problems import in_language, without_hidden
from digest.rendering.faults import shown
from digest.site.files import read_source
from digest.translation import catalogue

if TYPE_CHECKING:
    from digest.problems import Problem
    from digest.rendering.template_set import TemplateSet
    from digest.site.project import Project
    from digest.site.site import Site

SHOWN: Final = 50
"""Problems in an overlay."""
ROUND: Final = 3
"""Lines above and below."""
WIDE: Final = 300
"""Characters of a line."""
DEPTH: Final = 2
"""How deep a view is shown."""
UNSHOWN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and characters that change the direction of a line."""

Json = dict[str, Any]


class Paths:
    """Finds the files that problems name."""

    def __init__(self, root: Path, project: Project | None, editor: str, lang: str = "en") -> None:
        self.root = root
        self.language = catalogue(lang)
        """Of messages: the site's, where there is a catalogue."""
        self.editor = editor
        folders = project.templates.folders if project else ()
        self.folders = {name: folder for folder, name in reversed(folders)}

    def file(self, path: str) -> Path:
        """`templates/base.html` may be the built-in one in a checkout; `built-in templates/…` always is."""
        for name, folder in self.folders.items():
            if path.startswith(f"{name}/"):
                return folder / path[len(name) + 1 :]
        return self.root / path

    def place(self, path: str, line: int = 0, column: int = 0) -> Json:
        link = editors.link(self.editor, self.file(path), line, column)
        return {"path": path, "line": line, "column": column, "open": link}


# ------------------------------------------------------------------ problems


def problems(found: Iterable[Problem], paths: Paths) -> Json:
    """The errors as the overlay shows them."""
    errors = sorted({problem for problem in found if problem.level == "error"})
    shown = [{**told(one, paths), "lines": lines_round(paths.file(one.path), one.line)} for one in errors[:SHOWN]]
    return {"count": len(errors), "list": shown}


def told(problem: Problem, paths: Paths) -> Json:
    """One problem with its place."""
    place = paths.place(problem.path, problem.line, problem.column)
    language = paths.language
    message, cure = in_language(problem.what, language), in_language(problem.remedy, language)
    said = {"lang": language.lang, "message": message, "cure": cure, "said": problem.said(language)}
    return {**place, "code": problem.code, **said}


def lines_round(file: Path, line: int) -> list[tuple[int, str]]:
    """(number, text) of a line and its neighbours."""
    raw = read_source(file.parent, file.name, []) if line else None
    if raw is None:
        return []
    lines = raw.decode("utf-8", "replace").split("\n")
    first = max(line - ROUND, 1)
    return [(number, printable(text)) for number, text in enumerate(lines[first - 1 : line + ROUND], first)]


def printable(text: str) -> str:
    """A line without characters that could reorder or hide its neighbours."""
    return UNSHOWN.sub("\ufffd", text.rstrip("\r")[:WIDE])


# ------------------------------------------------------------------ the view of a template that failed


def rows(value: object, name: str = "", depth: int = DEPTH) -> Iterator[tuple[str, str, str]]:
    """(name, kind, text) of each part of a value, and of what these are made of."""
    for key in parts_of(value):
        inner = getattr(value, key)
        path = f"{name}.{key}" if name else key
        yield path, type(inner).__name__, in_short(inner)
        if depth > 1 and not isinstance(inner, Text):
            yield from rows(inner, path, depth - 1)


def parts_of(value: object) -> tuple[str, ...]:
    """The names in a view or a value of the model."""
    return getattr(value, "__struct_fields__", ())


def in_short(value: object) -> str:
    """A value in a line."""
    if isinstance(value, (Text, Markup, str)):
        text = " ".join(str(value).split())
        return text[:120] + ("…" if len(text) > 120 else "")
    if isinstance(value, tuple):
        inner = ", ".join(in_short(item) for item in value[:3])
        return f"({inner}{', …' if len(value) > 3 else ''})"[:240]
    if parts_of(value):
        title = getattr(value, "title", None)
        return f"{type(value).__name__}({in_short(title) if title is not None else '…'})"
    return str(value)


# ------------------------------------------------------------------ the page


def page_state(site: Site, page: Page, paths: Paths) -> Json:
    """The source and template of a page, and more for an article."""
    text = page.parts.get("text")
    entry = text.entry if isinstance(text, (FullText, Details)) else None
    return {
        "source": place_of(page.origin, paths),
        "template": paths.place(template_file(site.project.templates, page.template)),
        **(entry_state(site, entry) if entry else {}),
    }


def template_file(templates: TemplateSet, name: str) -> str:
    """A template's file as problems name it."""
    text = templates.texts.get(name)
    return shown(str(text.path), templates) if text else f"templates/{name}"


def place_of(place: Place, paths: Paths) -> Json:
    return paths.place(place.path, place.line, place.column)


def entry_state(site: Site, entry: Entry) -> Json:
    """An article's theme and edition, and whether it would be published."""
    edition = site.index.edition_of.get(entry.id)
    return {
        "theme": site.context.themes[entry.theme].title.plain,
        "edition": edition.title.plain if edition else "",
        "held": held_back(entry, site),
    }


def held_back(entry: Entry, site: Site) -> str:
    """`draft`, `future`, or nothing."""
    if entry.draft:
        return "draft"
    return "future" if entry.published > site.now else ""


def held_links(site: Site) -> dict[str, str]:
    """URL → why it would not be published, of the entries that are shown all the same."""
    if not (site.parts.visibility.drafts or site.parts.visibility.future):
        return {}
    return {entry.url: why for entry in site.index.entries if (why := held_back(entry, site))}


def hidden_at(site: Site, path: str, paths: Paths) -> Json | None:
    """The entry that has this address but is held back; None if there is none."""
    for entry in site.held:
        if entry.path == path:
            return {"held": held_back(entry, site), "source": place_of(entry.place, paths)}
    return None


def advice_on(site: Site, entry: Entry, others: Sequence[Problem], paths: Paths) -> list[Json]:
    """The advice and notes of `digest check` on the file of an entry."""
    path = entry.place.path
    raw = read_source(site.root, path, [])
    found = list(site.sources.problems_of(path))
    found += [problem for problem in others if problem.path == path]
    found += spelling.read(path, raw, site.settings.lang) if raw is not None else []
    found = without_hidden(found, site.settings.hide_notes)
    unique = sorted({problem for problem in found if problem.level != "error"})
    return [told(problem, paths) for problem in unique]
