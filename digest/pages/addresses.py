"""Who stands where: two pages never share an address, old addresses lead on, links lead somewhere.

Addresses are compared after NFC and case folding, because a file system may see two of them as one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model import Entry, Issue, Place, StandingPage, Text
from digest.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.linking.index import Index
    from digest.pages.machine import File
    from digest.pages.plan import Page

Item = Entry | Issue | StandingPage


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old address and where it leads."""

    path: str
    url: str
    title: Text
    place: Place


def folded(path: str) -> str:
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def redirects(index: Index) -> list[Redirect]:
    """The aliases of everything published."""
    items: tuple[Item, ...] = (*index.entries, *index.issues, *index.pages)
    return [Redirect(path, item.url, item.title, place) for item in items for path, place in item.aliases]


def declared_twice(entries: Iterable[Entry], issues: Iterable[Issue], pages: Iterable[StandingPage]) -> list[Problem]:
    """Items that want one address, drafts and future ones included: they will want it one day."""
    first: dict[str, Item] = {}
    problems = []
    items: tuple[Item, ...] = (*entries, *issues, *pages)
    for item in sorted(items, key=lambda i: (i.place.path, i.place.line)):
        key = folded(item.path)
        if key in first and first[key].id != item.id:
            problems.append(taken(item.place, item.path, first[key].place))
        first.setdefault(key, item)
    return problems


def collisions(index: Index, pages: Sequence[Page], files: Sequence[File], old: Sequence[Redirect]) -> list[Problem]:
    """Whatever else would share an address: lists, files, aliases."""
    owners: dict[str, Place] = {folded(entry.path): entry.place for entry in index.entries}
    problems = []
    generated = [(page.path, page.origin) for page in pages]
    generated += [(file.path, Place("site.yaml")) for file in files]
    for path, place in generated:
        other = owners.setdefault(folded(path), place)
        if other != place:
            problems.append(taken(other, path, place))
    for redirect in old:
        for path in {redirect.path, redirect.path.rstrip("/"), redirect.path.rstrip("/") + "/"} - {""}:
            other = owners.setdefault(folded(path), redirect.place)
            if other != redirect.place:
                problems.append(
                    problem(
                        redirect.place,
                        f"the alias {redirect.path} is already the address of {shown(other)}",
                        "take the alias out",
                    )
                )
                break
    return problems


def taken(place: Place, path: str, other: Place) -> Problem:
    """One address wanted by two."""
    return problem(place, f"its page {path} is already that of {shown(other)}", "give one of them another 'slug'")


def shown(place: Place) -> str:
    return f"{place.path}:{place.line}" if place.line > 1 else place.path


def dead_links(index: Index, pages: Sequence[Page], files: Sequence[File]) -> Iterator[Problem]:
    """Links of a text to pages this site does not have: advice, because the text still reads."""
    items: tuple[Item, ...] = (*index.entries, *index.issues, *index.pages)
    if not any(item.links for item in items):
        return
    known = {item.path for item in items} | {page.path for page in pages} | {file.path for file in files}
    for item in items:
        for path, place in item.links:
            clean = path.partition("#")[0].partition("?")[0]
            if clean not in known:
                hint = did_you_mean(clean, sorted(known)[:5000], 0.8)
                cure = hint or "a link within the site starts with / and names a page of it"
                yield Problem(
                    place.path,
                    place.line,
                    place.column,
                    f"the link {path} leads to no page of this site",
                    cure,
                    "advice",
                )


def problem(place: Place, message: str, cure: str) -> Problem:
    return Problem(place.path, place.line, place.column, message, cure)
