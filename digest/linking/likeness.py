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

from digest.problems import quoted
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
    message: str
    cure: str


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
            if len(rows[slug]) == len(rows[kept]):
                message = f"the {what}s {quoted(name)} and {quoted(usual)} may be one"
                cure = "if so, write them alike"
            else:
                message = f"the {what} {quoted(name)} may be {quoted(usual)} in another spelling"
                cure = f"if so, write {quoted(usual)}, as {len(rows[kept])} of your entries do"
            yield Alike(rows[slug][-1], name, message, cure)


def spelling_key(name: str) -> str:
    """The part that two spellings of one name have in common."""
    return BLANK.sub("", fold(name))
