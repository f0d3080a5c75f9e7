"""The sources an editor follows → what each publishes now, politely asked.

In: `inbox` sources, what is remembered of them, the clock, the network. Out: a `Followed` for each source in the order
of site.yaml, whatever happened to it: one that fails hides no other, and what it published before is still listed.
A feed is asked at most once an hour, with its validators, never before the time a server names, and never again after
410. A file of the site is read anew each time.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from digest.content import urls
from digest.curating import addresses, feed_memory, feeds, fetching
from digest.curating.feeds import Item, Remark, Setting
from digest.curating.fetching import Failure, Request, Response
from digest.curating.stories import Report

if TYPE_CHECKING:
    from digest.content.inbox_sources import InboxSource
    from digest.content.settings import Settings
    from digest.curating.feed_memory import Memory

ACCEPT: Final = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/rdf+xml;q=0.9,"
    "application/xml;q=0.8,text/xml;q=0.8,application/json;q=0.7,*/*;q=0.5"
)
Status = Literal["new", "unchanged", "waiting", "gone", "failed"]
ASKED: Final = frozenset({"status", "wall", "size", "encoding", "protocol"})
"""Kinds of failure in which a server was reached: the hour counts."""


class Followed(msgspec.Struct, frozen=True):
    """A source and what it publishes."""

    source: InboxSource
    status: Status
    items: tuple[Item, ...] = ()
    remarks: tuple[Remark, ...] = ()
    has_answered: bool = True
    """Whether it gave its items now, or the last time it was asked."""

    def reports(self) -> Iterator[Report]:
        """Its items as stories are made of them."""
        host = addresses.host(self.source.url)
        for item in self.items:
            yield Report(self.source.name, item, self.source.theme, host)


class Asking(msgspec.Struct, frozen=True):
    """What asking needs beside the sources."""

    root: Path
    settings: Settings
    now: datetime
    network: fetching.Network = fetching.NETWORK
    is_offline: bool = False
    remembers: bool = True
    """False for a dry run: nothing is written."""


def follow(
    sources: Sequence[InboxSource], asking: Asking, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> list[Followed]:
    """What each source publishes, in their order. Raises OSError where `.digest/` cannot be written."""
    found: dict[int, Followed] = {}
    due: dict[str, list[int]] = {}
    memories: dict[str, Memory] = {}
    for at, source in enumerate(sources):
        if source.is_file:
            found[at] = read_file(source, asking)
            continue
        memory = memories.setdefault(source.url, feed_memory.load(asking.root, source.url))
        if asking.is_offline or not memory.may_ask(asking.now):
            found[at] = remembered(source, memory, asking)
        else:
            due.setdefault(source.url, []).append(at)
    requests = [
        Request(url, memories[url].etag, memories[url].last_modified, ACCEPT) for url in due
    ]  # one request for two lines with one address
    answers = fetching.fetch_all(requests, network=asking.network) if requests else iter(())
    progress(len(found), len(sources))
    for request, answer in answers:
        for at in due[request.url]:
            found[at], memory = answered(sources[at], memories[request.url], answer, asking)
        if asking.remembers:
            feed_memory.save(asking.root, memory)
        progress(len(found), len(sources))
    return [found[at] for at in range(len(sources))]


def remembered(source: InboxSource, memory: Memory, asking: Asking) -> Followed:
    """A source that is not asked now."""
    if memory.is_gone:
        return Followed(source, "gone", memory.items, (Remark("gone"),), has_answered=False)
    if asking.is_offline and memory.not_before is None:
        return Followed(source, "failed", (), (Remark("never-asked"),), has_answered=False)
    later = [Remark("later", clock(memory.not_before, asking))] if not memory.may_ask(asking.now) else []
    return Followed(source, "waiting", memory.items, (*memory.remarks, *later), memory.has_answered)


def answered(
    source: InboxSource, memory: Memory, answer: Response | Failure, asking: Asking
) -> tuple[Followed, Memory]:
    """What a server's answer means, and what to remember of it."""
    now = asking.now
    change = msgspec.structs.replace
    if isinstance(answer, Failure):
        return failed(source, memory, answer, asking)
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    if answer.is_unchanged:
        memory = change(
            memory, etag=etag or memory.etag, last_modified=modified or memory.last_modified, has_answered=True,
            not_before=feed_memory.next_time(answer.headers, 0, now),
        )  # fmt: skip
        memory, moved = redirected(memory, answer, now)
        kept = tuple(one for one in memory.remarks if one.fault in feeds.OF_ITEMS)
        memory = change(memory, remarks=kept)
        return Followed(source, "unchanged", memory.items, (*kept, *moved)), memory
    feed = feeds.read(answer.body, setting(source, answer.url, asking), answer.charset, is_complete=answer.is_complete)
    later = feed_memory.next_time(answer.headers, feed.interval, now)
    if not feed.is_feed:
        memory = change(memory, remarks=feed.remarks, not_before=later, has_answered=False)
        return Followed(source, "failed", memory.items, feed.remarks, has_answered=False), memory
    made = feed_memory.fingerprint(answer.body)
    status: Status = "unchanged" if made == memory.fingerprint else "new"
    memory = change(
        memory, etag=etag, last_modified=modified, not_before=later, has_answered=True, items=feed.items,
        remarks=feed.remarks, fingerprint=made,
    )  # fmt: skip
    memory, moved = redirected(memory, answer, now)
    return Followed(source, status, feed.items, (*feed.remarks, *moved)), memory


def failed(source: InboxSource, memory: Memory, failure: Failure, asking: Asking) -> tuple[Followed, Memory]:
    """A request that brought nothing: what it published before stays listed."""
    change = msgspec.structs.replace
    if failure.status == 410:
        memory = change(memory, is_gone=True, has_answered=False, remarks=())
        return Followed(source, "gone", memory.items, (Remark("gone"),), has_answered=False), memory
    remark = Remark(f"fetch-{failure.kind}", str(failure.status or ""), feed_cure(failure))
    later = memory.not_before
    if failure.kind in ASKED:
        later = feed_memory.next_time(failure.headers, 0, asking.now)
        later = max(later, failure.retry_after or later)
    memory = change(memory, remarks=(remark,), has_answered=False, not_before=later)
    return Followed(source, "failed", memory.items, (remark,), has_answered=False), memory


def feed_cure(failure: Failure) -> str:
    """A failure in English, without the cures that are for pages."""
    return failure.message if "digest clip" in failure.cure else str(failure)


def redirected(memory: Memory, answer: Response, now: datetime) -> tuple[Memory, tuple[Remark, ...]]:
    """What permanent redirects say: after a week, or at once from http to https, that the line should be changed."""
    change = msgspec.structs.replace
    hops = answer.redirects
    if not hops or not all(hop.is_permanent for hop in hops):
        return change(memory, moved_to="", moved_since=None), ()
    since = memory.moved_since if memory.moved_to == answer.url and memory.moved_since else now
    memory = change(memory, moved_to=answer.url, moved_since=since)
    secured = answer.url == memory.url.replace("http://", "https://", 1)
    if secured or now - since >= feed_memory.MOVED_FOR:
        return memory, (Remark("moved", answer.url.partition("?")[0]),)
    return memory, ()


# ------------------------------------------------------------------ files


def read_file(source: InboxSource, asking: Asking) -> Followed:  # noqa: PLR0911 - one for each fault of a file
    """A feed that lies in the site's folder. Nothing outside it is opened, whatever links say."""
    path = asking.root / source.url
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(asking.root.resolve()):
            return broken(source, Remark("outside"))
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            return broken(source, Remark("no-file"))
        if status.st_size > feeds.LARGEST:
            return broken(source, Remark("large"))
        raw = real.read_bytes()
    except FileNotFoundError:
        return broken(source, Remark("no-file"))
    except (OSError, ValueError, RuntimeError) as error:
        return broken(source, Remark("unreadable-file", getattr(error, "strerror", None) or type(error).__name__))
    feed = feeds.read(raw, setting(source, "", asking))
    if not feed.is_feed:
        return broken(source, *feed.remarks)
    return Followed(source, "new", feed.items, feed.remarks)


def broken(source: InboxSource, *remarks: Remark) -> Followed:
    return Followed(source, "failed", (), remarks, has_answered=False)


def setting(source: InboxSource, url: str, asking: Asking) -> Setting:
    """What reading a source's bytes needs."""
    zone = ZoneInfo(source.timezone or asking.settings.timezone)
    base = urls.gate(url)[0] if url else ""
    return Setting(base, zone, asking.now, source.lang)


def clock(moment: datetime | None, asking: Asking) -> str:
    """A time of the day in the site's zone, with the day where it is another one."""
    if moment is None:
        return ""
    local = moment.astimezone(asking.settings.zone)
    same_day = local.date() == asking.now.astimezone(asking.settings.zone).date()
    return f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"
