"""Addresses of pages: collisions, redirects from old addresses, links that lead nowhere.

Addresses are compared after NFC and case folding, because some file systems take two such names for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from digest.linking.index import Index, file_name_key
from digest.paths import parents
from digest.problems import N_, Problem, did_you_mean, mistake

if TYPE_CHECKING:
    from digest.model import Edition, Entry, Item, Place, StandalonePage, Text
    from digest.pages.page import Page

GUESSES = 50
"""Dead links that get a suggestion: an import may bring ten thousand."""
GUESSED_FROM = 5000
"""Addresses that suggestions are chosen from."""


class Redirect(msgspec.Struct, frozen=True, gc=False):
    """An old address and where it leads."""

    path: str
    url: str
    title: Text
    place: Place


def redirects(index: Index) -> list[Redirect]:
    """The aliases of everything published, but for the address an item came back to."""
    items: tuple[Item, ...] = (*index.entries, *index.editions, *index.pages)
    return [
        Redirect(page_like(path), item.url, item.title, place)
        for item in items
        for path, place in item.aliases
        if page_like(path) != item.path
    ]


def page_like(path: str) -> str:
    """The address of a redirect: a last part without an ending becomes a folder; hosts would send a file."""
    return path if "." in path.rpartition("/")[2] or path.endswith("/") else path + "/"


def declared_twice(
    entries: Iterable[Entry], editions: Iterable[Edition], pages: Iterable[StandalonePage]
) -> list[Problem]:
    """Items with the same address. Drafts and future entries count, because they will be published one day."""
    items: tuple[Item, ...] = (*entries, *editions, *pages)
    if len({file_name_key(item.path) for item in items}) == len(items):
        return []
    first: dict[str, Item] = {}
    problems = []
    for item in sorted(items, key=lambda i: (i.place.path, i.place.line)):
        key = file_name_key(item.path)
        if key in first and first[key].id != item.id:
            problems.append(taken(item.place, item.path, first[key].place))
        first.setdefault(key, item)
    return problems


def output_path(path: str) -> str:
    """A site path → the file that serves it: `/sport/final/` → `sport/final/index.html`."""
    return f"{path[1:]}index.html" if path.endswith("/") else path[1:]


def collisions(
    index: Index, pages: Sequence[Page], others: Iterable[tuple[str, Place]], old: Sequence[Redirect]
) -> list[Problem]:
    """Pages, files and aliases that would share an output file, or need one as a folder. `others`: (path, place)."""
    owners = {file_name_key(output_path(entry.path)): entry.place for entry in index.entries}
    problems = []
    for path, place in (*((page.path, page.origin) for page in pages), *others):
        other = owners.setdefault(file_name_key(output_path(path)), place)
        if other is not place and other != place:
            problems.append(
                hidden(place, path, other) if place.path.startswith("static/") else taken(other, path, place)
            )
    folders = {folder for file in owners for folder in parents(file)}
    for file in sorted(folders & owners.keys()):
        within = next(place for name, place in owners.items() if name.startswith(f"{file}/"))
        what = mistake(
            "file-and-folder",
            "/{file} would have to be a file and a folder; {other} stands in the folder",
            file=file,
            other=shown(within),
        )
        problems.append(owners[file].problem(what, N_("give one of them another name")))
    for redirect in old:
        file = file_name_key(output_path(redirect.path))
        above = next((folder for folder in parents(file) if folder in owners), "")
        inside = next((name for name in owners if name.startswith(f"{file}/")), "") if file in folders else ""
        taken_by = next((name for name in (file, above, inside) if name in owners), "")
        if taken_by:
            other = owners[taken_by]
            what = mistake(
                "alias-taken",
                "the alias {path} is already the address of {other}",
                path=redirect.path,
                other=shown(other),
            )
            problems.append(redirect.place.problem(what, N_("take the alias out")))
        owners.setdefault(file, redirect.place)
        folders.update(parents(file))
    return problems


def taken(place: Place, path: str, other: Place) -> Problem:
    """The problem of two items with one address."""
    what = mistake("address-taken", "its page {path} is already that of {other}", path=path, other=shown(other))
    return place.problem(what, N_("give one of them another 'slug'"))


def hidden(place: Place, path: str, other: Place) -> Problem:
    """The problem of a static file at the address of a page."""
    what = mistake("address-taken", "{path} is already made from {other}", path=path, other=shown(other))
    return place.problem(what, N_("give the file another name"))


def shown(place: Place) -> str:
    return f"{place.path}:{place.line}" if place.line > 1 else place.path


def dead_links(
    index: Index,
    pages: Sequence[Page],
    others: Iterable[tuple[str, Place]],
    old: Sequence[Redirect],
    own: Sequence[tuple[str, Place]] = (),
) -> Iterator[Problem]:
    """Advice on links to pages that this site does not have, in texts and in its menus and footer (`own`)."""
    items: tuple[Item, ...] = (*index.entries, *index.editions, *index.pages)
    if not own and not any(item.links for item in items):
        return
    known = {item.path for item in items} | {page.path for page in pages}
    known |= {path for path, _ in others} | {redirect.path for redirect in old}
    ordered = sorted(known)[:GUESSED_FROM]
    guesses = 0
    for links in (own, *(item.links for item in items)):
        for path, place in links:
            clean = path.partition("#")[0].partition("?")[0]
            if clean in known:
                continue
            guesses += 1
            hint = did_you_mean(clean, ordered, 0.8) if guesses <= GUESSES else None
            cure = hint or N_("a link within the site starts with / and names a page of it")
            what = mistake("dead-link", "the link {path} leads to no page of this site", path=path)
            yield place.problem(what, cure, "advice")
