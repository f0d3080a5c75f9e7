"""The index of published entries, editions and pages, and the problems between files.

In: checked entries, editions and standalone pages. Out: an `Index` of all that is published, and the problems that only
the whole site shows: two files with one id, a pin or an edition that does not exist. Each file was checked before.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from digest.model import Entry
from digest.problems import N_, Message, Problem, guess, mistake
from digest.text.cldr import subtags
from digest.text.dates import to_persian

if TYPE_CHECKING:
    from digest.model import Edition, Item, Outlet, Place, StandalonePage, Tag, TranslationRef

DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
DATED = re.compile(r"\d{4}-\d{2}-\d{2}-")
"""The date in a file's name, left out when ids are compared: it makes different ids look alike."""

SHOWN_ONLY = frozenset({"title", "summary", "image", "images", "authors", "lead"})
"""Fields of an entry that no order, group, address or problem between files depends on."""
FIXED = tuple(name for name in Entry.__struct_fields__ if name not in SHOWN_ONLY)
GROUPS: Mapping[str, Callable[[Entry], Iterable[Hashable]]] = {
    "by_theme": lambda entry: (entry.theme,),
    "by_outlet": lambda entry: [outlet.slug for outlet in once(entry.outlets)],
    "by_tag": lambda entry: [tag.slug for tag in entry.tags],
    "by_month": lambda entry: (month_of(entry),),
    "by_persian_month": lambda entry: (persian_month_of(entry),),
}
"""Names of an index's groups of entries, newest first, and in which of them an entry is."""

Key = TypeVar("Key", bound=Hashable)
Group = TypeVar("Group")


class Visibility(msgspec.Struct, frozen=True):
    """The rule for publishing: drafts and future entries only if the editor asks for them."""

    now: datetime
    drafts: bool = False
    future: bool = False

    def shows(self, *, draft: bool, published: datetime | None) -> bool:
        """Whether an item is published; `published` is None for an item without a date."""
        if draft and not self.drafts:
            return False
        return published is None or self.future or published <= self.now


class Index(msgspec.Struct, frozen=True, dict=True):
    """Published entries and editions, newest first, equal times by file and line. No query returns a body."""

    entries: tuple[Entry, ...]
    editions: tuple[Edition, ...]
    pages: tuple[StandalonePage, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def by_theme(self) -> Mapping[str, tuple[Entry, ...]]:
        return grouped((entry.theme, entry) for entry in self.entries)

    @cached_property
    def by_outlet(self) -> Mapping[str, tuple[Entry, ...]]:
        """Slug of an outlet → its entries; an entry of two sources is in both lists."""
        return grouped((outlet.slug, entry) for entry in self.entries for outlet in once(entry.outlets))

    @cached_property
    def by_tag(self) -> Mapping[str, tuple[Entry, ...]]:
        return grouped((tag.slug, entry) for entry in self.entries for tag in entry.tags)

    @cached_property
    def by_month(self) -> Mapping[tuple[int, int], tuple[Entry, ...]]:
        """(year, month) → entries, by the day that is shown, in the site's time zone."""
        return grouped((month_of(entry), entry) for entry in self.entries)

    @cached_property
    def by_persian_month(self) -> Mapping[tuple[int, int], tuple[Entry, ...]]:
        """(year, month) of the Solar Hijri calendar → entries."""
        return grouped((persian_month_of(entry), entry) for entry in self.entries)

    @cached_property
    def outlets(self) -> Mapping[str, Outlet]:
        """Slug → the outlet, named as in its oldest entry, so that a new entry renames nothing."""
        return {outlet.slug: outlet for entry in self.entries for outlet in entry.outlets}

    @cached_property
    def tags(self) -> Mapping[str, Tag]:
        """Slug → the tag, named as in its oldest entry."""
        return {tag.slug: tag for entry in self.entries for tag in entry.tags}

    @cached_property
    def neighbours(self) -> Mapping[str, tuple[Entry | None, Entry | None]]:
        """Id → the next older and the next newer entry of its theme."""
        found: dict[str, tuple[Entry | None, Entry | None]] = {}
        for row in self.by_theme.values():
            for position, entry in enumerate(row):
                older = row[position + 1] if position + 1 < len(row) else None
                found[entry.id] = older, row[position - 1] if position else None
        return found

    @cached_property
    def by_edition(self) -> Mapping[str, tuple[Entry, ...]]:
        """Edition's id → its entries: the editor's picks in their order, then entries that name it, newest first."""
        named = grouped((entry.edition, entry) for entry in self.entries if entry.edition)
        found: dict[str, tuple[Entry, ...]] = {}
        for edition in self.editions:
            picks = [self.by_id[pick] for pick, _ in edition.picks if pick in self.by_id]
            found[edition.id] = tuple(dict.fromkeys([*picks, *named.get(edition.id, ())]))
        return found

    @cached_property
    def edition_of(self) -> Mapping[str, Edition]:
        """Entry's id → the newest edition that contains it."""
        found: dict[str, Edition] = {}
        for edition in reversed(self.editions):
            for entry in self.by_edition[edition.id]:
                found[entry.id] = edition
        return found

    @cached_property
    def translations(self) -> Mapping[str, tuple[Entry | TranslationRef, ...]]:
        """Id → the same story in other languages: entries of this site first, then pages elsewhere.

        A link joins two entries in both directions, and joins the groups they belong to.
        """
        joined = {entry.id for entry in self.entries if entry.translations}
        if not joined:
            return {}
        groups = {name: [name] for name in joined}
        for entry in self.entries:
            for ref in entry.translations:
                if ref.id in self.by_id and groups.setdefault(ref.id, [ref.id]) is not groups[entry.id]:
                    groups[entry.id] += groups[ref.id]
                    for name in groups[ref.id]:
                        groups[name] = groups[entry.id]
        found: dict[str, tuple[Entry | TranslationRef, ...]] = {}
        for name, group in groups.items():
            inside = [self.by_id[other] for other in sorted(group) if other != name]
            elsewhere = {ref.lang: ref for other in sorted(group) for ref in self.by_id[other].translations if ref.url}
            found[name] = (*inside, *elsewhere.values())
        return found


def published(
    entries: Iterable[Entry], editions: Iterable[Edition], pages: Iterable[StandalonePage], visibility: Visibility
) -> Index:
    """The index of all that is published."""
    shows = visibility.shows
    return Index(
        entries=tuple(sorted([e for e in entries if shows(draft=e.draft, published=e.published)], key=newest_first)),
        editions=tuple(sorted([i for i in editions if shows(draft=i.draft, published=i.published)], key=newest_first)),
        pages=tuple(sorted([p for p in pages if shows(draft=p.draft, published=None)], key=lambda p: p.id)),
    )


def month_of(entry: Entry) -> tuple[int, int]:
    """(year, month) of the day that is shown."""
    return int(entry.moment.iso[:4]), int(entry.moment.iso[5:7])


def persian_month_of(entry: Entry) -> tuple[int, int]:
    """The same in the Solar Hijri calendar."""
    return to_persian(date.fromisoformat(entry.moment.iso[:10]))[:2]


def stays_in_place(old: Entry, new: Entry) -> bool:
    """Whether one entry may replace another in an index, and nothing else of the index is another for it."""
    return all(getattr(old, name) == getattr(new, name) for name in FIXED)


def with_replaced(before: Index, entries: Sequence[Entry]) -> Index:
    """The index after these entries replaced those of their ids, each of which `stays_in_place`: what was grouped
    before is not grouped again. Takes some milliseconds at a hundred thousand entries.
    """
    if not entries:
        return before
    after = Index(replaced(before.entries, entries), before.editions, before.pages)
    known, made = before.__dict__, after.__dict__
    new = {entry.id: entry for entry in entries}
    made |= {name: known[name] for name in ("outlets", "tags", "edition_of") if name in known}
    if "by_id" in known:
        made["by_id"] = {**known["by_id"], **new}
    for name in GROUPS.keys() & known.keys():
        rows = made[name] = dict(known[name])
        for entry in entries:
            for key in GROUPS[name](entry):
                rows[key] = replaced(rows[key], (entry,))
    if "neighbours" in known:
        made["neighbours"] = neighbours_with(known["neighbours"], entries)
    for name in ("by_edition", "translations"):
        if name in known:
            made[name] = {
                key: tuple([new.get(one.id, one) if isinstance(one, Entry) else one for one in row])
                for key, row in known[name].items()
            }
    return after


def replaced(row: tuple[Entry, ...], entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries, newest first, some of them replaced."""
    made = list(row)
    for entry in entries:
        made[bisect_left(made, newest_first(entry), key=newest_first)] = entry
    return tuple(made)


def neighbours_with(
    known: Mapping[str, tuple[Entry | None, Entry | None]], entries: Iterable[Entry]
) -> Mapping[str, tuple[Entry | None, Entry | None]]:
    """`Index.neighbours` after some entries were replaced."""
    found = dict(known)
    for entry in entries:
        older, newer = found[entry.id]
        if older:
            found[older.id] = found[older.id][0], entry
        if newer:
            found[newer.id] = entry, found[newer.id][1]
    return found


def between_files(
    entries: Sequence[Entry], editions: Sequence[Edition], pages: Sequence[StandalonePage]
) -> list[Problem]:
    """Problems that two files cause together."""
    return [*twins(entries), *twins(editions), *twins(pages), *dangling(entries, editions)]


def hasty(entries: Iterable[Entry], now: datetime) -> Iterator[Problem]:
    """Advice on published entries with an `updated` in the future, because feeds would announce it."""
    for entry in entries:
        if entry.updated and entry.updated_moment and entry.published <= now < entry.updated:
            what = mistake(
                "updated-in-future",
                "'updated' of '{id}' is later than now: {time}",
                id=entry.id,
                time=entry.updated_moment.iso[:16],
            )
            yield entry.place.problem(what, N_("correct it"), "advice")


REFUSED_DATE = "1900-01-01"
"""The day of an entry whose date is missing or refused: the reader has said so already."""


def misdated(index: Index) -> Iterator[Problem]:
    """Notes on entries whose file's name has another day than `date`; a zone may make it the next one."""
    for entry in index.entries:
        name = entry.place.path.rpartition("/")[2]
        match = DAY.match(name if not name.startswith("index.") else entry.place.path.split("/")[-2])
        if match is None or entry.moment.iso[:10] in {match[0], REFUSED_DATE}:
            continue
        try:
            apart = abs((date.fromisoformat(match[0]) - entry.published.date()).days)
        except ValueError:
            continue
        if apart > (len(entry.moment.iso) > len("2026-11-20")):
            what = mistake(
                "date-of-file-name",
                "the file is named {name}, and 'date' is {date}",
                name=match[0],
                date=entry.moment.iso[:10],
            )
            yield entry.place.problem(what, N_("correct the wrong one"), "note")


def newest_first(item: Entry | Edition) -> tuple[float, str, int, str]:
    """Sort key: newest first, equal times by file, and in one file in the editor's order."""
    return -item.published.timestamp(), item.place.path.rpartition(".")[0], item.place.line, item.id


def grouped(pairs: Iterable[tuple[Key, Group]]) -> Mapping[Key, tuple[Group, ...]]:
    """Group the values of each key, in their order."""
    found: dict[Key, list[Group]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


def once(outlets: Sequence[Outlet]) -> Iterable[Outlet]:
    """Each outlet once: an entry may link two originals of one outlet."""
    return {outlet.slug: outlet for outlet in outlets}.values() if len(outlets) > 1 else outlets


def file_name_key(name: str) -> str:
    """The same for two names that some hosts and disks take for one: other case, or another form of a letter."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def twins(items: Sequence[Item]) -> list[Problem]:
    """Problems of two files with one id, such as `final.md` and `final.yaml`."""
    keys = [file_name_key(item.id) for item in items]
    if len(set(keys)) == len(keys):
        return []
    first: dict[str, Place] = {}
    problems = []
    for item in sorted(items, key=lambda i: i.place.path):
        key = file_name_key(item.id)
        if key in first:
            what = mistake("id-twice", "its id '{id}' is also that of {path}", id=item.id, path=first[key].path)
            problems.append(item.place.problem(what, N_("rename one of the two files")))
        first.setdefault(key, item.place)
    return problems


def dangling(entries: Sequence[Entry], editions: Sequence[Edition]) -> list[Problem]:
    """Problems of pins, picks, translations and editions that do not exist."""
    ids = {entry.id for entry in entries}
    by_id = {entry.id: entry for entry in entries} if any(entry.translations for entry in entries) else {}
    known = {edition.id for edition in editions}
    problems = []
    for entry in entries:
        for pin, place in zip(entry.pins or (), entry.pin_places, strict=False):
            if pin == entry.id:
                what = mistake("related-itself", "'related' names the entry itself")
                problems.append(place.problem(what, N_("take this line out")))
            elif pin not in ids:
                problems.append(missing(place, "related", pin, ids))
        if entry.translations:
            problems += wrong_translations(entry, by_id)
        if entry.edition and entry.edition not in known:
            problems.append(missing(entry.edition_place or entry.place, "edition", entry.edition, known))
    for edition in editions:
        problems += [missing(place, "entries", pick, ids) for pick, place in edition.picks if pick not in ids]
    return problems


def wrong_translations(entry: Entry, by_id: Mapping[str, Entry]) -> list[Problem]:
    """Problems of translations that are not entries, or are in another language than stated."""
    problems = []
    for ref in entry.translations:
        other = by_id.get(ref.id)
        if ref.id and other is None:
            problems.append(missing(ref.place, "translations", ref.id, set(by_id)))
        elif other is not None and other.lang and subtags(other.lang)[0] != subtags(ref.lang)[0]:
            message = mistake(
                "translation-language",
                "'translations' says {lang}, but '{id}' is in {other}",
                lang=ref.lang,
                id=ref.id,
                other=other.lang,
            )
            problems.append(ref.place.problem(message, N_("correct one of the two")))
    return problems


def missing(place: Place, key: str, name: str, known: set[str]) -> Problem:
    """The problem of a name that does not exist, with the nearest one that does."""
    near = nearest_id(name, known)
    if key == "edition":
        what = mistake(
            "unknown-edition", "'{key}' names the edition '{name}', which does not exist", key=key, name=name
        )
        return place.problem(what, near or N_("make {path} or take the key out", path=f"content/editions/{name}.yaml"))
    what = mistake("unknown-entry", "'{key}' names the entry '{name}', which does not exist", key=key, name=name)
    return place.problem(what, near or N_("an id is the entry's path under content/ without its ending"))


def nearest_id(name: str, known: set[str]) -> Message | None:
    """A suggestion among ids: the same file name in another folder, else the nearest spelling among 3,000 ids."""
    folder, _, tail = name.rpartition("/")
    same = sorted(i for i in known if i.rpartition("/")[2] == tail)
    if same:
        return guess(same[0])
    tails = {
        DATED.sub("", i.rpartition("/")[2]): i
        for i in sorted(known, key=lambda i: (i.startswith(folder + "/"), i))[-3000:]
    }
    near = difflib.get_close_matches(DATED.sub("", tail), list(tails), n=1, cutoff=0.6)
    return guess(tails[near[0]]) if near else None
