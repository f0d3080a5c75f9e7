"""Browsers that wait for news: each has a stream for the page it shows, and hears nothing but that it changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from digest.preview.http import Answer
from digest.preview.requests import RefusedError

HEARTBEAT: Final = 15.0
"""Seconds between two signs of life."""
MOST: Final = 400
GREETING: Final = b"retry: 400\n\n"
BEAT: Final = b":\n\n"
NEWS: Final = b"event: changed\ndata: changed\n\n"


@dataclass(eq=False)
class EventStream:
    """One stream. Belongs to the loop's thread, but for `told`."""

    path: str
    gone: Callable[[EventStream], None]
    told: bytes = b""
    """Fingerprint of the state it was told of last."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    greeted: bool = False

    async def piece(self) -> bytes:
        if not self.greeted:
            self.greeted = True
            return GREETING
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self.news.wait()
        except TimeoutError:
            return BEAT
        self.news.clear()
        return NEWS

    def close(self) -> None:
        self.gone(self)


class EventStreams:
    """All streams of a preview."""

    def __init__(self) -> None:
        self.here: set[EventStream] = set()
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def paths(self) -> frozenset[str]:
        """The pages that are looked at."""
        return frozenset(stream.path for stream in tuple(self.here))

    def add(self, path: str) -> tuple[EventStream, Answer]:
        """Open a stream for a page. Raises `RefusedError` if there are too many."""
        if len(self.here) >= MOST:
            raise RefusedError(503, "too many listeners")
        stream = EventStream(path, self.here.discard)
        self.here.add(stream)
        return stream, Answer(kind="text/event-stream", stream=stream)

    def tell(self, state_of: Callable[[str], bytes | None]) -> None:
        """Wake those whose page is in another state than they know. `state_of`: its fingerprint, None where that is
        about to change. From any thread.
        """
        states: dict[str, bytes | None] = {}
        for stream in tuple(self.here):
            if stream.path not in states:
                states[stream.path] = state_of(stream.path)
            state = states[stream.path]
            if state is None or state == stream.told:
                continue
            stream.told = state
            if self.loop is not None:
                with contextlib.suppress(RuntimeError):  # the loop has just ended
                    self.loop.call_soon_threadsafe(stream.news.set)
