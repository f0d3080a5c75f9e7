"""Tags and sources that are likely one, spelled in two ways: until they are written alike, each has a page of its own.

In: the index. Out: (entry, name, message, cure) for the first entry of the rarer spelling. Two names are alike when
they fold together (`digest.text.folding`) once blanks are left out: «مدرسة» and «مدرسه», «عبد الله» and «عبدالله».
The article counts, for «المغرب» is not «مغرب», and so does every sign and digit: C, C# and C++ are three tags.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from digest.problems import quoted
from digest.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.linking.index import Index
    from digest.model import Entry, Outlet, Tag

BLANK = re.compile(r"(?<!\d)[\s_]+|[\s_]+(?!\d)")
"""Not between two digits: «20 26» is not 2026."""


class Alike(NamedTuple):
    """A name that stands on another entry in another spelling."""

    entry: Entry
    name: str
    message: str
    cure: str


def near_equal(index: Index) -> Iterator[Alike]:
    """All of a site's, tags first."""
    yield from pairs(index.tags, index.by_tag, "tag")
    yield from pairs(index.outlets, index.by_outlet, "source")


def pairs(named: Mapping[str, Tag | Outlet], rows: Mapping[str, Sequence[Entry]], what: str) -> Iterator[Alike]:
    """Names of one kind."""
    families: dict[str, list[str]] = defaultdict(list)
    for slug, item in named.items():
        families[folded(item.name.plain)].append(slug)
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


def folded(name: str) -> str:
    """What two spellings of one name have in common."""
    return BLANK.sub("", fold(name))
