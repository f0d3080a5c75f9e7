"""Find tags and sources that are likely the same, spelled in two ways. Each spelling has a page of its own.

In: the index. Out: entry, name, message and cure for the first entry of the rarer spelling. Two names are alike if they
are equal after folding (`digest.text.folding`) and removing blanks: «مدرسة» and «مدرسه», «عبد الله» and «عبدالله». The
article counts, because «المغرب» is not «مغرب», and so does every sign and digit: C, C# and C++ are three tags.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digest.problems import N_, Message, excerpt, mistake
from digest.text.folding import fold

if TYPE_CHECKING:
    from digest.linking.index import Index
    from digest.model import Entry, Outlet, Tag

BLANK = re.compile(r"(?<!\d)[\s_]+|[\s_]+(?!\d)")
"""A blank that two spellings may differ in; not one between two digits, since «20 26» is not 2026."""


class Alike(NamedTuple):
    """A name that other entries write in another spelling."""

    entry: Entry
    name: str
    message: Message
    cure: Message


def near_equal(index: Index) -> Iterator[Alike]:
    """All alike names of a site, tags first."""
    yield from pairs(index.tags, index.by_tag, "tag")
    yield from pairs(index.outlets, index.by_outlet, "source")


def pairs(named: Mapping[str, Tag | Outlet], rows: Mapping[str, Sequence[Entry]], what: str) -> Iterator[Alike]:
    """Alike names of one kind (`what`)."""
    families: dict[str, list[str]] = defaultdict(list)
    for slug, item in named.items():
        families[spelling_key(item.name.plain)].append(slug)
    for slugs in families.values():
        if len(slugs) < 2:
            continue
        kept, *others = sorted(slugs, key=lambda slug: (-len(rows[slug]), slug))
        usual = named[kept].name.plain
        for slug in others:
            name = named[slug].name.plain
            message, cure = advice(what, name, usual, len(rows[kept]), equal=len(rows[slug]) == len(rows[kept]))
            yield Alike(rows[slug][-1], name, message, cure)


def advice(what: str, name: str, usual: str, many: int, *, equal: bool) -> tuple[Message, Message]:
    """What to say of two spellings; `many`: the entries that have the usual one."""
    named = {"name": excerpt(name), "usual": excerpt(usual)}
    if equal:
        cure = N_("if so, write them alike")
        if what == "tag":
            return mistake("tag-spellings", "the tags '{name}' and '{usual}' may be one", **named), cure
        return mistake("source-spellings", "the sources '{name}' and '{usual}' may be one", **named), cure
    cure = N_("if so, write '{usual}', as {n} of your entries do", usual=excerpt(usual), n=many)
    if what == "tag":
        return mistake("tag-spellings", "the tag '{name}' may be '{usual}' in another spelling", **named), cure
    return mistake("source-spellings", "the source '{name}' may be '{usual}' in another spelling", **named), cure


def spelling_key(name: str) -> str:
    """The part that two spellings of one name have in common."""
    return BLANK.sub("", fold(name))
