"""Which templates a template is made of: all it extends, includes, imports or renders `once`, and what those do.

In: the folders of templates. Out: for each template the names in it, found in its syntax tree; a name that is
computed may be any template. A page is made again when one of its templates changed. Whatever text lies in
`templates/` may be included, a drawing or a style as well as HTML; folders that are links are not followed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import msgspec
from jinja2 import meta, nodes

from digest.files import replace
from digest.problems import N_, Problem, did_you_mean, mistake
from digest.rendering.caches import own_folder

if TYPE_CHECKING:
    from digest.rendering.template_set import TemplateSet, TemplateText

COMMENT = re.compile(rb"\{#.*?#\}", re.DOTALL)
EXTENDS = re.compile(rb"\{%[-+]?\s*extends\b")
EXTENDED = re.compile(rb"""\{%[-+]?\s*extends\s+(["'])(.+?)\1\s*[-+]?%\}""")
BLOCK = re.compile(rb"\{%[-+]?\s*block\s+(\w+)")


@cache
def parser() -> jinja2.Environment:
    """Jinja, for trees alone."""
    return jinja2.Environment(autoescape=True)


@lru_cache(maxsize=512)
def names_in(content: bytes, *, keep: bool = False) -> tuple[str, ...] | None:
    """The templates that a template names; None if it names one by an expression, or cannot be parsed.

    Parsing all built-in templates takes as long as rendering hundreds of pages, so `keep` has the answer kept in the
    user's own cache folder.
    """
    folder = names_folder() if keep else None
    kept = folder / blake2b(content, digest_size=16).hexdigest() if folder else None
    if kept:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode(kept.read_bytes(), type=tuple[str, ...] | None)
    names = parsed_names(content)
    if kept:
        with contextlib.suppress(OSError, ValueError):
            replace(kept, msgspec.json.encode(names))
    return names


@cache
def names_folder() -> Path | None:
    """Where names are kept that this module finds by this version of Jinja."""
    made = blake2b(jinja2.__version__.encode() + Path(__file__).read_bytes(), digest_size=8)
    return own_folder(f"names-{made.hexdigest()}")


def parsed_names(content: bytes) -> tuple[str, ...] | None:
    """The same from the syntax tree."""
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


def stray_blocks(templates: TemplateSet) -> Iterator[Problem]:
    """Advice on blocks that no extended template defines, so that they are never rendered."""
    if len(templates.folders) == 1:
        return
    held = templates.texts
    own, shown = templates.folders[0]
    for text in held.values():
        if not text.path.is_relative_to(own) or b"extends" not in text.content:
            continue
        above = [COMMENT.sub(b"", parent.content) for parent in ancestors(text, held)]
        theirs = {name for content in above for name in BLOCK.findall(content)}
        if not above or theirs.issuperset(BLOCK.findall(COMMENT.sub(b"", text.content))):
            continue  # nearly always; parsing takes milliseconds
        known = {name.decode() for name in theirs}
        for line, name in outer_blocks(text.content):
            if name not in known:
                said = mistake(
                    "block-not-shown",
                    "no template that this one extends has a block '{name}', so it is never shown",
                    name=name,
                )
                cure = did_you_mean(name, known) or N_("docs/reference/templates.md lists the blocks")
                yield Problem(f"{shown}/{text.name}", line, 0, said, cure, "advice")


def ancestors(text: TemplateText, held: Mapping[str, TemplateText]) -> list[TemplateText]:
    """The templates that one extends, the nearest first; none if one of them is computed or missing."""
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
    """Line and name of the blocks outside other blocks; none if the template cannot be parsed."""
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
