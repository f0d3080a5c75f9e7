"""Related stories in a process of their own: they are found there while pages are served here.

In: a site's stories, as far as they differ from those of the last time. Out: the list of each. The process is started
before anything is read, so that it holds nothing but what the stories are found by, and reads the memory of the last
build while this one reads the sources. It gives way to every other program, and ends with this one. Where it ended by
itself, stories are related in this process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from digest.content.settings import RelatedSettings  # noqa: TC001 - MessagePack reads the types of fields when it runs
from digest.linking.related.corpus import ArticleResult, Story
from digest.linking.related.relations import Relations, ScoreRanks, relate, relations_of
from digest.linking.related.state import RelatedState, array_of
from digest.problems import UsageError
from digest.site import fingerprints
from digest.site.cache import BuildCache
from digest.site.output import only_writer
from digest.site.related import RelatedStories, Terms, load_stories, recorded, rules_of
from digest.site.site import Related
from digest.site.workers import FORKS, STOPS, stops_later

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from digest.content.settings import Settings
    from digest.model import Entry
    from digest.site.cache import RelatedBasis, StoriesRecord
    from digest.site.site import Site
    from digest.site.source import Source
    from digest.site.sources import Reading

BATCH: Final = 1000
"""Stories in one message: packing them holds up every thread for a millisecond."""
PIECE: Final = 256
"""Stories that are scored between two looks whether the preview is still there."""
YIELDS: Final = 10
"""How far the process stands back behind others, as `nice` counts."""


# ------------------------------------------------------------------ what is said to the process


class StoryRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A published story."""

    id: str
    time: int
    """Seconds since 1970."""
    text: bytes
    """Fingerprint of its text."""
    pins: tuple[str, ...] | None


class Begin(msgspec.Struct, array_like=True, frozen=True, tag=0):
    """Stories are to be found by these rules. Answered by `Lists`, as the last build left them."""

    rules: RelatedSettings
    rules_fp: bytes
    """Fingerprint of all that decides beside the stories."""


class Changed(msgspec.Struct, array_like=True, frozen=True, tag=1):
    """Stories that are new or others, and ids of those that went."""

    rows: tuple[StoryRow, ...] = ()
    gone: tuple[str, ...] = ()


class AskMissing(msgspec.Struct, array_like=True, frozen=True, tag=2):
    """Of which stories are the terms unknown? Answered by their ids."""

    terms_by: bytes
    """Fingerprint of what terms are taken by: others make all unknown."""


class Given(msgspec.Struct, array_like=True, frozen=True, tag=3):
    """Terms of stories, by id."""

    terms: dict[str, bytes]


class Find(msgspec.Struct, array_like=True, frozen=True, tag=4):
    """Relate all stories. Answered by `Lists`."""

    rules: RelatedSettings


class Keep(msgspec.Struct, array_like=True, frozen=True, tag=5):
    """Write the stories to the memory of the build."""

    sources: bytes
    """Fingerprint of all sources."""
    rules_fp: bytes


Order = Begin | Changed | AskMissing | Given | Find | Keep


class Lists(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The lists of all stories. A rank is a place in `ids`."""

    ids: tuple[str, ...] | None = None
    """None: as they were."""
    lengths: bytes = b""
    """Of each story's list."""
    related: bytes = b""
    """Ranks of related stories, all lists in one row, four bytes each."""
    elsewhere: dict[int, tuple[int, ...]] = {}
    """Rank → the same report elsewhere."""


encode = msgspec.msgpack.Encoder().encode
order_of = msgspec.msgpack.Decoder(Order).decode
lists_of = msgspec.msgpack.Decoder(Lists).decode
names_of = msgspec.msgpack.Decoder(tuple[str, ...]).decode


class ListsByRank(Mapping[str, Relations]):
    """The lists by id, each put together when it is asked for: a hundred thousand tuples of texts would fill memory."""

    def __init__(self, ids: tuple[str, ...], ranks: Mapping[str, int], packed: Lists) -> None:
        self.ids = ids
        self.ranks = ranks
        self.packed = packed
        self.related = array_of("I", packed.related)
        self.ends = array("I", accumulate(packed.lengths))

    def __getitem__(self, name: str) -> Relations:
        rank, ids = self.ranks[name], self.ids
        row = self.related[self.ends[rank] - self.packed.lengths[rank] : self.ends[rank]]
        elsewhere = self.packed.elsewhere.get(rank, ())
        return Relations(tuple([ids[other] for other in row]), tuple([ids[other] for other in elsewhere]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def with_lists(self, packed: Lists) -> ListsByRank:
        """Those of an answer; these very ones if nothing differs."""
        mine = self.packed
        if packed.ids is not None:
            return ListsByRank(packed.ids, {name: rank for rank, name in enumerate(packed.ids)}, packed)
        if (mine.lengths, mine.related, mine.elsewhere) == (packed.lengths, packed.related, packed.elsewhere):
            return self
        return ListsByRank(self.ids, self.ranks, packed)


NO_LISTS: Final = ListsByRank((), {}, Lists())


# ------------------------------------------------------------------ here


class Told(NamedTuple):
    """What the process was told of."""

    by_id: Mapping[str, Entry] = {}
    files: Mapping[str, Source] = {}


class RelatingProcess:
    """The related stories of one site after another. Belongs to one thread at a time."""

    def __init__(self, cache: BuildCache, output: Path) -> None:
        """Start the process. Where it is forked no thread may run yet."""
        import multiprocessing  # noqa: PLC0415 - only a preview needs it

        self.cache = cache
        self.fresh: dict[str, Terms] = {}
        """Terms of stories that were just read, by id, until they are told."""
        self.lists = NO_LISTS
        self.told = Told()
        self.inputs: tuple[object, ...] = ()
        """What the lists were last made of."""
        self.closed = False
        self.instead: RelatedStories | None = None
        """What relates in this process, once that process has ended."""
        context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        with stops_later():
            self.process = context.Process(target=serve, args=(theirs, cache.folder, output), daemon=True)
            self.process.start()
        theirs.close()

    def close(self) -> None:
        """End the process."""
        self.closed = True
        self.process.terminate()
        self.process.join()

    def begin(self, settings: Settings, reading: Reading) -> Related:
        """The lists as the last build left them. `reading`: what was just read, with its terms."""
        self.fresh = {name: (fp, reading.terms[name]) for name, fp in reading.text_fps() if name in reading.terms}
        try:
            self.say(Begin(settings.related, rules_of(settings)))
            self.lists = self.lists.with_lists(lists_of(self.connection.recv_bytes()))
        except (OSError, EOFError):
            self.instead = self.in_this_process(settings)
            return self.instead.as_known(settings.related.count)
        return Related(None, self.lists)

    def find(self, site: Site) -> Related:
        """The lists of a site; its own if they are the same. Raises `SourceChangedError`."""
        settings, known = site.settings, site.parts.related
        if not settings.related.count:
            return Related(site.index) if known.lists or known.found_in is not site.index else known
        if self.instead is None:
            try:
                return self.found(site)
            except (OSError, EOFError):
                self.instead = self.in_this_process(settings)
        return known if self.closed else self.instead.find(site)

    def in_this_process(self, settings: Settings) -> RelatedStories:
        """What takes over when the process has ended."""
        return RelatedStories(load_stories(self.cache, settings))

    def found(self, site: Site) -> Related:
        """Tell what changed, and hear the lists. Raises `SourceChangedError`, OSError, EOFError."""
        settings, known = site.settings, site.parts.related
        inputs = site.index, site.sources.files, settings.related, settings.lang
        if self.inputs and all(one is other for one, other in zip(inputs, self.inputs, strict=True)):
            return known
        self.tell(site)
        self.say(AskMissing(fingerprints.of_value((settings.related.weights, settings.lang))))
        missing = names_of(self.connection.recv_bytes())
        for start in range(0, len(missing), BATCH):
            self.say(Given({name: self.terms(site, name) for name in missing[start : start + BATCH]}))
        self.fresh = {}
        self.say(Find(settings.related))
        self.lists = self.lists.with_lists(lists_of(self.connection.recv_bytes()))
        self.inputs = inputs
        return known if self.lists is known.lists else Related(site.index, self.lists)

    def tell(self, site: Site) -> None:
        """Tell of the stories that differ from what was told last."""
        by_id, files = site.index.by_id, site.sources.files
        told, self.told = self.told, Told()  # should it break off, everything is told the next time
        changed: dict[str, Entry] = {}
        if by_id is not told.by_id:
            before = told.by_id.get
            changed = {name: entry for name, entry in by_id.items() if before(name) is not entry}
        if files is not told.files:
            known = told.files.get
            for path in [path for path, source in files.items() if known(path) is not source] if told.files else ():
                changed |= {entry.id: by_id[entry.id] for entry in site.sources.items(path) if entry.id in by_id}
        rows = iter(changed.values())
        gone = tuple(told.by_id.keys() - by_id.keys()) if by_id is not told.by_id else ()
        self.say(Changed(gone=gone))
        for _ in range(0, len(changed), BATCH):
            self.say(Changed(tuple([row_of(site, entry) for entry, _ in zip(rows, range(BATCH), strict=False)])))
        self.told = Told(by_id, files)

    def terms(self, site: Site, name: str) -> bytes:
        """What a story is found by. Raises `SourceChangedError`."""
        entry = site.index.by_id[name]
        known = self.fresh.get(name)
        if known and known[0] == text_fp(site, entry):
            return known[1]
        return site.inputs.reader.terms(site.parsed_article(entry))

    def keep(self, site: Site) -> None:
        """Have the stories written to the memory of the build."""
        if self.instead is None and self.inputs:
            with contextlib.suppress(OSError):
                self.say(Keep(site.sources.fp, rules_of(site.settings)))

    def say(self, order: Order) -> None:
        self.connection.send_bytes(encode(order))


def row_of(site: Site, entry: Entry) -> StoryRow:
    return StoryRow(entry.id, int(entry.published.timestamp()), text_fp(site, entry), entry.pins)


def text_fp(site: Site, entry: Entry) -> bytes:
    """Fingerprint of an entry's text."""
    source = site.sources.files[entry.place.path]
    return source.text_fp(source.number(entry.id))


# ------------------------------------------------------------------ there


def serve(connection: Connection, folder: Path, output: Path) -> None:
    """The process: does what it is told until nobody tells anything any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        os.nice(YIELDS)
    if FORKS:
        leave_files_to_parent(connection.fileno())
    follower = Follower(BuildCache(folder), output, os.getppid())
    with contextlib.suppress(EOFError, OSError):
        while True:
            answer = follower.done(order_of(connection.recv_bytes()))
            if answer is not None:
                connection.send_bytes(encode(answer))


def leave_files_to_parent(own: int) -> None:
    """Close what was inherited: a socket that a dead preview listened on would keep its port."""
    os.closerange(3, own)
    os.closerange(own + 1, os.sysconf("SC_OPEN_MAX"))
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a file descriptor is all that is wanted
        for number in range(3):
            os.dup2(nothing.fileno(), number)


class Follower:
    """Follows a site's stories from order to order."""

    def __init__(self, cache: BuildCache, output: Path, parent: int) -> None:
        self.cache = cache
        self.output = output
        self.parent = parent
        self.rows: dict[str, StoryRow] = {}
        self.terms: dict[str, Terms] = {}
        self.terms_by: bytes | None = None
        self.state: RelatedState | None = None
        self.ids: tuple[str, ...] = ()
        """Of the stories in the last answer, by rank."""
        self.known: tuple[RelatedBasis | None, StoriesRecord | None] = cache.related.load(), cache.stories.load()
        """What the last build left, until it is known which rules hold."""

    def done(self, order: Order) -> Lists | Sequence[str] | None:
        """Do one thing; gives the answer."""
        match order:
            case Begin():
                self.load(order.rules_fp)
                return self.lists(order.rules.count)
            case Changed():
                self.rows |= {row.id: row for row in order.rows}
                for name in order.gone:
                    del self.rows[name]
                    self.terms.pop(name, None)
                return None
            case AskMissing():
                return self.missing(order.terms_by)
            case Given():
                self.terms |= {name: (self.rows[name].text, terms) for name, terms in order.terms.items()}
                return None
            case Find():
                self.state = self.related(order.rules)
                return self.lists(order.rules.count)
            case Keep():
                self.keep(order)
                return None

    def load(self, rules_fp: bytes) -> None:
        """Take what the last build left, if it was made by these rules."""
        (basis, stories), self.known = self.known, (None, None)
        if basis and stories and basis.rules == rules_fp and basis.stories == stories.name:
            state = self.state = RelatedState.from_record(stories.kept)
            self.terms = dict(zip(state.ids, zip(basis.prints, state.packed, strict=True), strict=True))

    def missing(self, terms_by: bytes) -> Sequence[str]:
        """Ids of the stories without terms."""
        if self.terms_by not in {None, terms_by}:
            self.terms.clear()
        self.terms_by = terms_by
        known, nothing = self.terms.get, (b"", b"")
        return [name for name, row in self.rows.items() if known(name, nothing)[0] != row.text]

    def related(self, rules: RelatedSettings) -> RelatedState:
        """All stories related."""
        terms = self.terms
        stories = [Story(row.id, row.time, terms[row.id][1], row.pins) for row in self.rows.values()]
        return relate(self.state, stories, rules, self.in_pieces)

    def in_pieces(self, score: ScoreRanks, number: int) -> list[ArticleResult]:
        """Score all stories; ends the process where the preview has ended."""
        found: list[ArticleResult] = []
        for start in range(0, number, PIECE):
            if os.getppid() != self.parent:
                os._exit(1)
            found += score(range(start, min(start + PIECE, number)))
        return found

    def lists(self, count: int) -> Lists:
        """The present lists. `count` limits the pins."""
        state = self.state
        if state is None:
            return Lists(())
        rows = list(state.related)
        if state.pins:
            ranks = {name: rank for rank, name in enumerate(state.ids)}
            for name in state.pins.keys() & ranks.keys():
                shown = relations_of(state, ranks[name], ranks, count).related
                rows[ranks[name]] = tuple([ranks[other] for other in shown])
        flat = array("I")
        for row in rows:
            flat.extend(row)
        same = state.ids == self.ids
        self.ids = state.ids
        return Lists(None if same else state.ids, bytes(map(len, rows)), flat.tobytes(), dict(state.copies))

    def keep(self, order: Keep) -> None:
        """Write the stories to the memory of the build."""
        if self.state is None:
            return
        fps = {name: fp for name, (fp, _) in self.terms.items()}
        with contextlib.suppress(UsageError, OSError), only_writer(self.output):
            recorded(self.state, fps, order.sources, order.rules_fp).keep(self.cache)
