"""Which templates a template is made of: all it extends, includes, imports or renders `once`, and what those do.

In: the theme's folders. Out: for each template the names in it, found in its syntax tree; a name that is computed may
be any template. A page is made again when one of its templates changed. Whatever text lies in `templates/` may be
included, a drawing or a style as well as HTML; folders that are links are not followed.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import jinja2
import msgspec
from jinja2 import meta, nodes

from digest.content.discovery import BACKUP
from digest.problems import Problem, did_you_mean
from digest.rendering.environment import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from digest.rendering.environment import TemplateSet


NO_TEXTS = (
    ".avif", ".eot", ".gif", ".ico", ".jpeg", ".jpg", ".otf", ".png", ".ttf", ".webp", ".woff", ".woff2",
)  # fmt: skip
"""Endings of files that are nobody's template."""

COMMENT = re.compile(rb"\{#.*?#\}", re.DOTALL)
EXTENDS = re.compile(rb"\{%[-+]?\s*extends\b")
EXTENDED = re.compile(rb"""\{%[-+]?\s*extends\s+(["'])(.+?)\1\s*[-+]?%\}""")
BLOCK = re.compile(rb"\{%[-+]?\s*block\s+(\w+)")


class TemplateText(msgspec.Struct, frozen=True):
    """One template as it lies on disk."""

    name: str
    """As templates name it: `partials/card.html`, `builtin/article.html`."""
    content: bytes
    path: Path


def texts(theme: TemplateSet) -> Mapping[str, TemplateText]:
    """Every template of the theme, the strongest of each name; the built-in ones also under their own prefix."""
    found: dict[str, TemplateText] = {}
    for folder, _ in theme.folders:
        for name, path in templates_in(folder):
            if name not in found:
                found[name] = TemplateText(name, path.read_bytes(), path)
    for name, path in templates_in(theme.builtin):
        full = f"{BUILTIN}/{name}"
        content = found[name].content if len(theme.folders) == 1 else path.read_bytes()
        found[full] = TemplateText(full, content, path)
    return found


def templates_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each; what editors leave beside a file is none."""
    for path in sorted(folder.rglob("*")):
        name = path.name
        if name.startswith(".") or name.lower().endswith(NO_TEXTS) or BACKUP.search(name):
            continue
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


@cache
def parser() -> jinja2.Environment:
    """Jinja, for trees alone."""
    return jinja2.Environment(autoescape=True)


@lru_cache(maxsize=512)
def names_in(content: bytes) -> tuple[str, ...] | None:
    """The templates a template names; None where it names one by an expression, or cannot be read at all. A built-in
    one has two names, and is looked into once.
    """
    try:
        tree = parser().parse(content.decode())
    except (jinja2.TemplateSyntaxError, UnicodeDecodeError):
        return None
    found = set(meta.find_referenced_templates(tree))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "once":
            first = call.args[0] if call.args else None
            found.add(first.value if isinstance(first, nodes.Const) else None)
    return None if None in found else tuple(sorted(name for name in found if name))


def closure(name: str, names: Mapping[str, tuple[str, ...] | None]) -> frozenset[str]:
    """The template and all it is made of; every template where one of them names another by an expression."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        one = ahead.pop()
        if one in found:
            continue
        found.add(one)
        inner = names.get(one, ())
        if inner is None:
            return frozenset(names)
        ahead += inner
    return frozenset(found)


# ------------------------------------------------------------------ blocks


def stray_blocks(theme: TemplateSet) -> Iterator[Problem]:
    """Advice on blocks of the site's own templates that no template they extend has: nothing ever shows them."""
    if len(theme.folders) == 1:
        return
    held = theme.texts or texts(theme)
    own, shown = theme.folders[0]
    for text in held.values():
        if not text.path.is_relative_to(own) or b"extends" not in text.content:
            continue
        above = [COMMENT.sub(b"", parent.content) for parent in ancestors(text, held)]
        theirs = {name for content in above for name in BLOCK.findall(content)}
        if not above or theirs.issuperset(BLOCK.findall(COMMENT.sub(b"", text.content))):
            continue  # nearly always, and a tree takes milliseconds
        known = {name.decode() for name in theirs}
        for line, name in outer_blocks(text.content):
            if name not in known:
                said = f"no template that this one extends has a block '{name}', so it is never shown"
                cure = did_you_mean(name, known) or "docs/themes.md lists the blocks"
                yield Problem(f"{shown}/{text.name}", line, 0, said, cure, "advice")


def ancestors(text: TemplateText, held: Mapping[str, TemplateText]) -> list[TemplateText]:
    """The templates that one extends, the nearest first; none where one of them cannot be told or is missing."""
    found: list[TemplateText] = []
    while EXTENDS.search(content := COMMENT.sub(b"", text.content)):
        named = EXTENDED.search(content)
        parent = held.get(named[2].decode("utf-8", "replace")) if named else None
        if parent is None or parent in found:
            return []
        found.append(parent)
        text = parent
    return found


def outer_blocks(content: bytes) -> Iterator[tuple[int, str]]:
    """Line and name of the blocks that lie in no other one; none where the template cannot be read."""
    try:
        ahead: list[nodes.Node] = [parser().parse(content.decode())]
    except (jinja2.TemplateSyntaxError, UnicodeDecodeError):
        return
    while ahead:
        for node in ahead.pop().iter_child_nodes():
            if isinstance(node, nodes.Block):
                yield node.lineno, node.name
            else:
                ahead.append(node)
