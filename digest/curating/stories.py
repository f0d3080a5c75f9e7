"""Items of many sources → stories, each once, whoever reports it.

In: items with their sources. Out: `Story` values. One address is one story. Two items are one story where their words
say so: the stems of headline and summary that related stories are found by (`digest.linking`), weighted by how rare
they are among all items, within three days, never twice from one source. Stories grow from the most alike pair
downwards and an item joins by its likeness to the whole story, not to one item of it, so that chains of half-alike
headlines do not run together. Items are sorted first: no order in which they come changes anything. The editor's word
goes before all of it.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from digest.curating import addresses
from digest.linking.terms import hashes_of
from digest.text.folding import fold
from digest.text.stemming import CHUNK

if TYPE_CHECKING:
    from digest.curating.feeds import Item

WINDOW: Final = timedelta(hours=72)
"""Between two reports of one story."""
SAME_STORY: Final = 0.19
"""Likeness from which two reports are one story; chosen on judged pairs (`docs/reference/inbox.md`)."""
HALF_LIFE: Final = 24
"""Hours between two reports after which their likeness counts half."""
ASIDE: Final = 0.8
"""What it counts between a report and a piece that asks, explains or shows."""
ASKS: Final = re.compile(
    r"[؟?]|(?:\A|[:\-–.] ?)(?:من هو|من هي|هل|ما |ماذا|كيف|لماذا|فيديو|بالصور|مباشر|تحليل|who |what |why |how |live\b"
    r"|qui |pourquoi|comment )",
    re.IGNORECASE,
)
SAME_REPORT: Final = 0.5
"""Part of the shorter text's runs of four words that two copies of one report share."""
JOINING: Final = 0.8
"""Part of `SAME_STORY` that an item's mean likeness to a whole story reaches."""
UNDATED: Final = 0.8
"""What the likeness counts where a date is missing."""
SHARED: Final = 3
"""Least number of different terms in common."""
TITLE: Final = 1.0
SUMMARY: Final = 0.35
"""What a word of the summary counts for beside one of the headline."""
RUN: Final = 4
SMOOTHING: Final = 60
"""Items that are assumed beside those that are there, so that a word of three headlines is not common to all news."""
COMMON: Final = 200
"""Items that hold a term, from which it finds no pairs any more."""
ALPHABET: Final = "23456789bcdfghjkmnpqrstvwxz"
"""Without vowels, so that no handle is a word, and without what looks alike."""
LETTERS: Final = ALPHABET[8:]
SHOWN: Final = 6
LONGEST: Final = 12
EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)


class Report(msgspec.Struct, frozen=True):
    """One item of one source."""

    source: str
    item: Item
    theme: str = ""
    """The source's theme."""
    host: str = ""
    """Host of the source's feed."""

    @property
    def key(self) -> str:
        return addresses.key(self.item.url)

    @property
    def handle(self) -> str:
        return handle_of(self.item.url)

    @property
    def moment(self) -> datetime | None:
        """The instant it is sorted by: a day begins at its midnight, Greenwich."""
        if self.item.moment:
            return self.item.moment.astimezone(UTC)
        return datetime.fromisoformat(self.item.day).replace(tzinfo=UTC) if self.item.day else None


class Story(msgspec.Struct, frozen=True):
    """What one or several outlets report."""

    reports: tuple[Report, ...]
    """Who had it first stands first; without a date, last."""

    @property
    def first(self) -> Report:
        return self.reports[0]


class Corrections(NamedTuple):
    """What the editor said of stories, by handles of reports."""

    joined: frozenset[tuple[str, str]] = frozenset()
    parted: frozenset[str] = frozenset()


def handle_of(url: str) -> str:
    """The whole handle of an address: a letter, then letters and digits; the list shows its beginning."""
    number = int.from_bytes(hashlib.sha256(addresses.key(url).encode("utf-8", "surrogateescape")).digest()[:12])
    number, first = divmod(number, len(LETTERS))
    made = LETTERS[first]
    while len(made) < LONGEST:
        number, digit = divmod(number, len(ALPHABET))
        made += ALPHABET[digit]
    return made


def shown_handles(reports: Iterable[Report]) -> dict[str, str]:
    """Whole handle → the shortest beginning of it, of six characters at least, that is no other's."""
    handles = sorted({report.handle for report in reports})
    length = SHOWN
    while length < LONGEST and len({handle[:length] for handle in handles}) < len(handles):
        length += 2
    by_beginning = Counter(handle[:SHOWN] for handle in handles)
    return {handle: handle[: SHOWN if by_beginning[handle[:SHOWN]] == 1 else length] for handle in handles}


# ------------------------------------------------------------------ one address once


NOTHING: Final = Corrections()


def gather(reports: Iterable[Report], site_lang: str, corrections: Corrections = NOTHING) -> list[Story]:
    """The stories of all items, newest first."""
    once: dict[str, Report] = {}
    for report in sorted(reports, key=preference):
        once.setdefault(report.key, report)
    items = [once[key] for key in sorted(once)]
    groups = grouped(items, likenesses(items, site_lang), corrections)
    return sorted((Story(tuple(sorted(group, key=first_first))) for group in groups), key=newest_first)


def preference(report: Report) -> tuple[bool, str, str, str, str, str, str]:
    """Sort key of items with one address: the outlet's own feed before one that passes it on; never their order."""
    own = addresses.registered(report.host) == addresses.registered(addresses.host(report.item.url))
    item = report.item
    return not own, item.date or "~", report.source, item.title, item.summary, item.url, item.lang


def first_first(report: Report) -> tuple[bool, datetime, str, str]:
    """Sort key inside a story: the oldest first, undated last."""
    return report.moment is None, report.moment or EARLIEST, report.source, report.key


def newest_first(story: Story) -> tuple[float, str]:
    """Sort key of stories, by their first report; undated ones last."""
    moment = story.first.moment
    return -(moment.timestamp()) if moment else math.inf, story.first.key


# ------------------------------------------------------------------ likeness


class Words(NamedTuple):
    """What of a report is compared."""

    weights: dict[int, float]
    """Term → how much it counts, before rarity."""
    runs: frozenset[tuple[int, ...]]
    """Runs of four words of headline and summary."""
    headline: str
    """Folded, without signs."""
    asks: bool
    """Whether it asks or explains rather than reports."""


def words_of(report: Report, site_lang: str) -> Words:
    """The terms of headline and summary."""
    known = hashes_of((report.item.lang or site_lang).partition("-")[0]).__getitem__
    title = [term for term in map(known, CHUNK.findall(report.item.title)) if term]
    summary = [term for term in map(known, CHUNK.findall(report.item.summary)) if term]
    weights = dict.fromkeys(summary, SUMMARY) | dict.fromkeys(title, TITLE)
    row = [*title, 0, *summary]
    runs = (tuple(row[at : at + RUN]) for at in range(len(row) - RUN + 1))
    return Words(
        weights,
        frozenset(run for run in runs if 0 not in run),
        re.sub(r"[\W_]+", " ", fold(report.item.title)).strip(),
        ASKS.search(report.item.title) is not None,
    )


def likenesses(reports: Sequence[Report], site_lang: str) -> dict[tuple[int, int], float]:
    """(position, position) → likeness, for pairs of two sources within three days that share words."""
    words = [words_of(report, site_lang) for report in reports]
    moments = [report.moment for report in reports]
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for at, one in enumerate(words):
        for term in one.weights:
            holders[term].append(at)
    total = len(reports) + SMOOTHING
    rarity = {term: math.log(total / len(where)) for term, where in holders.items()}
    norms = [math.sqrt(math.fsum((w * rarity[t]) ** 2 for t, w in one.weights.items())) or 1.0 for one in words]
    shared: Counter[tuple[int, int]] = Counter()
    for where in holders.values():
        if 1 < len(where) <= COMMON:
            shared.update((a, b) for i, a in enumerate(where) for b in where[i + 1 :])
    found = {}
    for (a, b), many in shared.items():
        if many < SHARED or reports[a].source == reports[b].source or far(moments[a], moments[b]):
            continue
        score = likeness(words[a], words[b], rarity, norms[a] * norms[b])
        score *= 0.5 ** (hours(reports[a], reports[b]) / HALF_LIFE)
        if moments[a] is None or moments[b] is None:
            score *= UNDATED
        if words[a].asks != words[b].asks:
            score *= ASIDE
        if score > 0:
            found[a, b] = round(score, 9)
    return found


def likeness(one: Words, other: Words, rarity: Mapping[int, float], norm: float) -> float:
    """Cosine of two reports, 1 for copies of one."""
    few, many = sorted((one.weights, other.weights), key=len)
    products = (few[term] * many[term] * rarity[term] ** 2 for term in few if term in many)
    if is_copy(one, other):
        return 1.0
    return math.fsum(products) / norm


def is_copy(one: Words, other: Words) -> bool:
    """Whether two texts are one report: the same headline, or half of the shorter one's runs of four words."""
    if one.headline == other.headline and one.headline.count(" ") >= SHARED:
        return True
    least = min(len(one.runs), len(other.runs))
    return least >= RUN and len(one.runs & other.runs) >= SAME_REPORT * least


def hours(one: Report, other: Report) -> float:
    """Between two reports; where one knows only its day, between the days."""
    first, second = one.item, other.item
    if first.moment and second.moment:
        return abs((first.moment - second.moment).total_seconds()) / 3600
    if not first.day or not second.day:
        return 0.0
    return 24.0 * abs((date.fromisoformat(first.day) - date.fromisoformat(second.day)).days)


def far(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) > WINDOW


# ------------------------------------------------------------------ growing


def grouped(
    reports: Sequence[Report], alike: Mapping[tuple[int, int], float], corrections: Corrections
) -> list[list[Report]]:
    """Items joined into stories."""
    group_of = {at: [at] for at in range(len(reports))}
    position = {report.handle: at for at, report in enumerate(reports)}
    fixed = {position[handle] for handle in corrections.parted if handle in position}

    def join(a: int, b: int) -> None:
        if group_of[a] is not group_of[b]:
            joined = sorted([*group_of[a], *group_of[b]])
            group_of.update(dict.fromkeys(joined, joined))

    for one, other in sorted(corrections.joined):
        if one in position and other in position:
            join(position[one], position[other])
    for (a, b), score in sorted(alike.items(), key=lambda pair: (-pair[1], pair[0])):
        if score < SAME_STORY:
            break
        if group_of[a] is group_of[b] or a in fixed or b in fixed:
            continue
        pairs = [(min(x, y), max(x, y)) for x in group_of[a] for y in group_of[b]]
        sources = [reports[at].source for at in (*group_of[a], *group_of[b])]
        mean = math.fsum(alike.get(pair, 0.0) for pair in pairs) / len(pairs)
        if len(set(sources)) == len(sources) and mean >= SAME_STORY * JOINING:
            join(a, b)
    return [[reports[at] for at in group] for group in {id(group): group for group in group_of.values()}.values()]
