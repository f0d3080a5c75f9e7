"""Where each story of an old site stands here, and where its old addresses lead.

In: records, an editor's decisions, the site's settings. Out: a `Place` for each record, with old addresses as aliases;
for addresses that no page can have (`?p=123`, archives of categories, feeds), lines of `_redirects`. No two records
share an address: addresses are compared after NFC and case folding, as a build compares them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import msgspec

from digest.content import references, urls
from digest.content.nodes import Notes, Scalar
from digest.content.settings import RESERVED, Settings
from digest.pages.addresses import page_like
from digest.text import slugs

if TYPE_CHECKING:
    from digest.importing.archive import Archive, Record
    from digest.importing.mapping import Decisions

NAME_BYTES: Final = 120
MAX_ALIASES: Final = 100


class Place(msgspec.Struct, frozen=True):
    """A record's place in the new site."""

    file: str
    """Path from the site's root."""
    path: str
    """Its address below the home page, letters unencoded."""
    slug: str
    """To be written as `slug:`; empty where the file's name gives it."""
    aliases: tuple[str, ...]
    is_page: bool
    theme: str
    tags: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True):
    """Where everything stands."""

    places: Mapping[str, Place]
    """By a record's key."""
    targets: Mapping[str, str]
    """Old path or `?p=123` → the path here; what links in texts are looked up in."""
    redirects: tuple[tuple[str, str], ...]
    """(old address: a path, a path with `*` at its end, or `?p=123`; the path here), for `_redirects`."""
    taken: tuple[tuple[str, str], ...]
    """(key, old address) that cannot lead to its story because another page has it."""


class Planner:
    """Gives each record its address."""

    def __init__(self, archive: Archive, decisions: Decisions, settings: Settings, known: Mapping[str, str]) -> None:
        self.archive, self.decisions, self.settings = archive, decisions, settings
        self.known = known
        """Key → file, of an earlier import."""
        self.used = (
            {f"/{theme.id.casefold()}/" for theme in settings.themes} | {f"/{name}/" for name in RESERVED} | {"/"}
        )
        self.files = {file.casefold() for file in known.values()}
        self.places: dict[str, Place] = {}
        self.targets: dict[str, str] = {}
        self.taken: list[tuple[str, str]] = []
        self.extra: list[tuple[str, str]] = []
        """Old addresses that no alias can be."""

    def plan(self) -> Plan:
        """All of them: pages first, for their addresses are short."""
        roles = self.decisions.kinds
        chosen = [one for one in self.archive.records if roles.get(one.kind, "none") != "none"]
        for record in sorted(chosen, key=lambda one: roles[one.kind] != "page"):
            self.places[record.key] = self.place(record, is_page=roles[record.kind] == "page")
        claimed: set[str] = set()
        for record in chosen:
            self.places[record.key] = self.with_aliases(record, claimed)
        return Plan(self.places, self.targets, tuple(dict.fromkeys(self.redirects())), tuple(self.taken))

    # ---------------------------------------------------------------- new addresses

    def place(self, record: Record, *, is_page: bool) -> Place:
        theme, tags = ("", []) if is_page else self.decisions.theme_and_tags(record.categories)
        if not is_page and not theme:
            theme = self.settings.themes[0].id
        names = dict.fromkeys(filter(None, (*map(self.decisions.tag, record.tags), *tags)))
        wanted = usable_slug(record)
        for number in range(1, 100_000):
            slug = wanted if number == 1 else f"{slugs.cut(wanted, 180)}-{number}"
            path = f"/{slug}/" if is_page else self.address(theme, slug, record)
            key = folded(path)
            if key not in self.used and not (is_page and slug.casefold() in RESERVED):
                break
        self.used.add(key)
        file = self.known.get(record.key) or self.file(record, theme, slug, is_page=is_page)
        default = self.default_slug(file)
        return Place(file, path, "" if slug == default else slug, (), is_page, theme, tuple(names))

    def address(self, theme: str, slug: str, record: Record) -> str:
        date = record.date.astimezone(self.settings.zone) if record.date.tzinfo else record.date
        return self.settings.permalink.format(
            theme=theme, slug=slug, year=f"{date.year:04}", month=f"{date.month:02}", day=f"{date.day:02}"
        )

    def file(self, record: Record, theme: str, slug: str, *, is_page: bool) -> str:
        """A free name: pages lie together, stories by theme and year."""
        name = slugs.cut(slug, NAME_BYTES)
        date = record.date.astimezone(self.settings.zone) if record.date.tzinfo else record.date
        start = "content/pages/" if is_page else f"content/{theme}/{date.year:04}/{date:%Y-%m-%d}-"
        for number in range(1, 100_000):
            file = f"{start}{name}.md" if number == 1 else f"{start}{slugs.cut(name, 110)}-{number}.md"
            if folded(file) not in self.files:
                break
        self.files.add(folded(file))
        return file

    def default_slug(self, file: str) -> str:
        """The slug that the entry has without saying it."""
        stem = file.rpartition("/")[2].removesuffix(".md")
        if file.startswith("content/pages/"):
            return slugs.make_slug(stem, "latin" if self.settings.slugs == "latin" else "arabic")
        return "" if self.settings.slugs == "id" else slugs.make_slug(slugs.decoded(stem[11:]), self.settings.slugs)

    # ---------------------------------------------------------------- old addresses

    def with_aliases(self, record: Record, claimed: set[str]) -> Place:
        """The place with the old addresses that can be pages; others become lines of `_redirects`."""
        place = self.places[record.key]
        aliases: list[str] = []
        is_public = record.status == "publish"  # nothing may link to a draft
        for old in self.old_paths(record):
            if is_public:
                self.targets.setdefault(old, place.path)
                self.targets.setdefault(page_like(old), place.path)
            if folded(page_like(old)) == folded(place.path):
                continue
            alias = as_alias(old)
            key = folded(page_like(alias)) if alias else ""
            if not alias:
                self.extra += [(old, place.path)] * is_public
            elif key in self.used or key in claimed:
                self.taken.append((record.key, old))
            elif len(aliases) < MAX_ALIASES:
                claimed.add(key)
                aliases.append(alias)
        if record.id and is_public and self.archive.system == "wordpress":
            for name in ("p", "page_id") if place.is_page else ("p",):
                self.targets.setdefault(f"?{name}={record.id}", place.path)
        return msgspec.structs.replace(place, aliases=tuple(aliases))

    def old_paths(self, record: Record) -> list[str]:
        """The paths that a story had, the newest first."""
        found = []
        path = self.archive.path_of(record.link) if record.link else ""
        if path and path != "/" and not urlsplit(record.link).query:
            found.append(path)
            for slug in record.old:
                head, slash, _ = path.rstrip("/").rpartition("/")
                if slug.startswith("/"):
                    found.append(slug)
                elif slug != path.rstrip("/").rpartition("/")[2]:
                    found.append(f"{head}{slash}{slug}" + "/" * path.endswith("/"))
        else:
            found += [one for one in record.old if one.startswith("/")]
        return list(dict.fromkeys(found))

    def redirects(self) -> Iterator[tuple[str, str]]:
        """Old addresses of lists, feeds and numbers. What is narrower stands first, for the first line counts."""
        yield from self.extra
        if self.archive.system != "wordpress":
            return
        yield from self.of_categories()
        yield from self.of_tags()
        yield from self.of_people()
        yield from self.of_dates()
        for old in ("/feed/", "/feed/atom/", "/feed/rss2/", "/feed/rss/", "/feed/rdf/", "/rss/", "/comments/feed/"):
            yield old, "/feed.xml"
        yield "/page/*", "/"
        yield from (("?feed=" + kind, "/feed.xml") for kind in ("rss2", "atom", "rss", "rdf"))
        yield from self.of_attachments()
        yield from ((old, path) for old, path in self.targets.items() if old.startswith("?"))

    def shown_tags(self) -> set[str]:
        """Slugs of the tags that have a page."""
        letters = self.settings.slugs
        return {
            slugs.name_slug(tag, letters)
            for record in self.archive.records
            if record.status == "publish" and (place := self.places.get(record.key))
            for tag in place.tags
        }

    def of_categories(self) -> Iterator[tuple[str, str]]:
        base = self.decisions.given.addresses.category.strip("/")
        parents = {one.slug: one.parent for one in self.archive.categories}
        shown = self.shown_tags()
        for one in self.archive.categories:
            line = self.decisions.lines.get(one.slug)
            theme = self.decisions.theme_of(one.slug)
            target = f"/{theme}/" if theme else "/archive/"
            if line and line.tag and (tag := slugs.name_slug(line.tag, self.settings.slugs)) in shown:
                target = f"/tags/{tag}/"
            path = nested(one.slug, parents)
            for old in dict.fromkeys((f"/{base}/{path}/", f"/{base}/{one.slug}/")):
                self.targets.setdefault(old, target)
                yield f"{old}feed/", f"/{theme}/feed.xml" if theme else "/feed.xml"
                yield f"{old}page/*", target
                yield old, target
            if one.id:
                self.targets.setdefault(f"?cat={one.id}", target)

    def of_tags(self) -> Iterator[tuple[str, str]]:
        base = self.decisions.given.addresses.tag.strip("/")
        shown = self.shown_tags()
        for slug in self.archive.tags:
            name = slugs.name_slug(self.decisions.tag(slug), self.settings.slugs) if self.decisions.tag(slug) else ""
            target = f"/tags/{name}/" if name in shown else "/archive/"
            self.targets.setdefault(f"/{base}/{slug}/", target)
            yield f"/{base}/{slug}/*", target
            self.targets.setdefault(f"?tag={slug}", target)

    def of_people(self) -> Iterator[tuple[str, str]]:
        base = self.decisions.given.addresses.author.strip("/")
        for one in self.archive.people:
            role, name = self.decisions.person(one.login)
            target = f"/sources/{slugs.name_slug(name, self.settings.slugs)}/" if role == "source" else "/archive/"
            nicename = slugs.slugify(one.login)
            if nicename:
                self.targets.setdefault(f"/{base}/{nicename}/", target)
                yield f"/{base}/{nicename}/*", target

    def of_dates(self) -> Iterator[tuple[str, str]]:
        """Archives of months and years."""
        months: dict[tuple[int, int], None] = {}
        for record in self.archive.records:
            place = self.places.get(record.key)
            if place and not place.is_page and record.status == "publish":
                date = record.date.astimezone(self.settings.zone) if record.date.tzinfo else record.date
                months[date.year, date.month] = None
        for year, month in months:
            yield f"/{year:04}/{month:02}/", f"/archive/{year:04}/{month:02}/"
        for year in dict.fromkeys(year for year, _ in months):
            yield f"/{year:04}/", "/archive/"

    def of_attachments(self) -> Iterator[tuple[str, str]]:
        """Pages of pictures lead to the story they belong to."""
        owners = {one.id: self.places[one.key].path for one in self.archive.records if one.key in self.places}
        for number, link, parent in self.archive.attachment_pages:
            target = owners.get(parent, "")
            path = self.archive.path_of(link) if link else ""
            if target and path and path != "/" and not urlsplit(link).query and path not in self.targets:
                self.targets[path] = target
                yield path, target
            if target and number:
                self.targets.setdefault(f"?attachment_id={number}", target)


def usable_slug(record: Record) -> str:
    """A record's slug as entries can have it."""
    slug = unicodedata.normalize("NFC", record.slug)
    if not slugs.SLUG.fullmatch(slug):
        slug = slugs.make_slug(slug) if slugs.slugify(slug) else slugs.make_slug(record.title or record.key)
    return f"n-{slug}" if slug.casefold() in slugs.DEVICES else slug


def nested(slug: str, parents: Mapping[str, str]) -> str:
    """`news/world/asia`, as WordPress writes the address of a category below others."""
    parts = [slug]
    while (above := parents.get(parts[0], "")) and above not in parts and len(parts) < 10:
        parts.insert(0, above)
    return "/".join(parts)


def folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def as_alias(path: str) -> str:
    """An old path as `aliases:` takes it; empty where no page can have it."""
    return references.alias(Scalar(path, 0, 0), "", Notes(""))


def redirect_file(redirects: Iterable[tuple[str, str]], base_path: str, head: str) -> str:
    """The text of `_redirects`: paths, then what hosts without queries in it leave out."""
    lines = [head]
    for old, path in redirects:
        target = urls.path_url(base_path, path)
        if old.startswith("?"):
            lines.append(f"{base_path} {old[1:]} {target} 301")
        else:
            lines.append(f"{urls.path_url(base_path, old.removesuffix('*'))}{'*' * old.endswith('*')} {target} 301")
    return "\n".join([*lines, ""])


PATTERNS: Final = (
    "/{year}/{month}/{day}/{slug}/",
    "/{year}/{month}/{slug}/",
    "/{year}/{slug}/",
    "/{theme}/{slug}/",
    "/{slug}/",
)


def permalink_of(archive: Archive, themes: Mapping[str, str]) -> str:
    """The pattern that most old addresses follow, so that they stay as they are; empty for the usual one."""
    counts = dict.fromkeys(PATTERNS, 0)
    prefixes: dict[str, int] = {}
    total = 0
    for record in archive.records:
        path = archive.path_of(record.link) if record.kind == "post" and record.status == "publish" else ""
        if not path or urlsplit(record.link).query or not record.slug:
            continue
        total += 1
        theme = next((themes[slug] for slug in record.categories if slug in themes), "")
        date = record.date
        for pattern in PATTERNS:
            made = pattern.format(
                year=f"{date.year:04}", month=f"{date.month:02}", day=f"{date.day:02}", slug=record.slug, theme=theme
            )
            counts[pattern] += page_like(path) == made
        parts = path.strip("/").split("/")
        if len(parts) == 2 and unquote(parts[1]) == record.slug and re.fullmatch(r"[a-z-]+", parts[0]):
            prefixes[parts[0]] = prefixes.get(parts[0], 0) + 1
    best = max(PATTERNS, key=lambda pattern: counts[pattern])
    if total and counts[best] * 2 > total:
        return "" if best == "/{theme}/{slug}/" else best
    word = max(prefixes, key=lambda one: prefixes[one], default="")
    if word and prefixes[word] * 2 > total and word not in RESERVED and word not in themes.values():
        return f"/{word}/{{slug}}/"
    return ""
