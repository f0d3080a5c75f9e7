"""A preview that runs while a test looks at it: as a browser asks, and as an editor saves."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conftest import NOW

from digest.preview import http as serving
from digest.preview.preview import News, Preview, PreviewOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

PATIENCE = 15.0
"""Seconds until a change must have been seen, on a busy machine."""
SCRIPT = re.compile(
    rb'<script type="module" src="/\.digest/preview\.js" id="digest-preview" data-print="[0-9a-f]*"></script>\n'
)


@dataclass
class Reply:
    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> bytes:
        """Without what the preview put in."""
        return SCRIPT.sub(b"", self.body)


@dataclass
class Running:
    """One preview on a free port of loopback."""

    preview: Preview
    port: int
    news: list[News]
    loop: asyncio.AbstractEventLoop
    end: asyncio.Event
    thread: threading.Thread
    hosts: frozenset[str] = field(default_factory=frozenset)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **fields: str) -> Reply:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            named = {name.replace("_", "-"): value for name, value in fields.items()}
            line.request(method, quote(path, safe="/%?=&"), headers=named)
            answer = line.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def raw(self, request: bytes, wait: float = 10) -> bytes:
        """Whatever comes back for these bytes until the connection ends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as line:
            got = b""
            with contextlib.suppress(OSError):
                line.sendall(request)
                while piece := line.recv(65536):
                    got += piece
            return got

    def state(self, path: str = "/") -> Any:
        return json.loads(self.get(f"/.digest/state?path={quote(quote(path))}").body)

    def problems(self, path: str = "/") -> list[str]:
        """As the overlay names them."""
        found = self.state(path)["problems"]["list"]
        return [f"{p['path']}:{p['line']}:{p['column']}: {p['message']}" for p in found]

    def until(self, holds: Callable[[], object], what: str = "") -> Any:
        """Wait for something to become true; gives it."""
        end = time.monotonic() + PATIENCE
        while not (found := holds()):
            if time.monotonic() > end:
                raise AssertionError(what or "it did not happen in time")
            time.sleep(0.01)
        return found

    def shows(self, path: str, text: str) -> Reply:
        """Wait until a page has a text."""
        found: Reply = self.until(
            lambda: (r := self.get(path)).status < 500 and text in r.text and r, f"{path} never showed {text}"
        )
        return found

    def lacks(self, path: str, text: str) -> None:
        self.until(lambda: (r := self.get(path)).status < 500 and text not in r.text, f"{path} still shows {text}")

    def calm(self) -> None:
        """Wait until nothing is under way: what was saved is looked at, and all that follows is done."""
        before: tuple[object, ...] = ()
        since = time.monotonic()
        end = since + PATIENCE
        while time.monotonic() - since < 0.7 and time.monotonic() < end:
            now = self.preview.snapshot, self.preview.told, self.preview.watcher.signs.qsize(), len(self.news)
            if len(before) != len(now) or any(a is not b and a != b for a, b in zip(now, before, strict=True)):
                before, since = now, time.monotonic()
            time.sleep(0.02)

    def said(self) -> str:
        """Everything on the terminal."""
        return "\n".join(str(problem) for news in self.news for problem in news.problems)

    @contextlib.contextmanager
    def stream(self, path: str = "/") -> Iterator[Stream]:
        """An open stream of news for a page."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        with contextlib.closing(line):
            line.sendall(
                f"GET /.digest/events?path={quote(quote(path))} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
            )
            stream = Stream(line)
            stream.read_until(b"retry:")
            yield stream


@dataclass
class Stream:
    line: socket.socket
    got: bytes = b""

    def read_until(self, text: bytes) -> bytes:
        while text not in self.got:
            piece = self.line.recv(65536)
            assert piece, "the stream has ended"
            self.got += piece
        before, _, self.got = self.got.partition(text)
        return before

    def quiet(self, seconds: float) -> bool:
        """Whether no news comes for so long."""
        self.line.settimeout(seconds)
        try:
            while b"changed" not in self.got:
                self.got += self.line.recv(65536)
        except TimeoutError:
            return True
        finally:
            self.line.settimeout(PATIENCE)
        return False


@contextlib.contextmanager
def running(
    root: Path, output: Path | None = None, clock: Callable[[], datetime] = lambda: NOW, port: int = 0, **options: Any
) -> Iterator[Running]:
    """A preview of a site, until the end of the block."""
    news: list[News] = []
    options = {"jobs": 1, **options}
    preview = Preview(PreviewOptions(root, output or root / "public", clock, tell=news.append, **options))
    listening = serving.listen("127.0.0.1", port)
    preview.open()
    started = threading.Event()
    found: list[Any] = []

    async def main() -> None:
        stop = asyncio.Event()
        found.extend((asyncio.get_running_loop(), stop))
        started.set()
        await preview.serve(listening, serving.hosts_of("127.0.0.1", listening), stop)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    started.wait()
    made = Running(preview, listening.getsockname()[1], news, found[0], found[1], thread)
    try:
        made.until(lambda: preview.watcher.poll or preview.watcher.observer is not None)
        made.calm()
        yield made
    finally:
        made.loop.call_soon_threadsafe(made.end.set)
        thread.join(20)
        assert not thread.is_alive()


def put(path: Path, content: str | bytes) -> None:
    """A plain save: cut and written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def pages_of(folder: Path) -> dict[str, bytes]:
    """The files of a built site by their addresses."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(base, name), folder).replace(os.sep, "/")  # noqa: PTH118 - thousands
            with open(os.path.join(base, name), "rb") as file:  # noqa: PTH118, PTH123 - the same
                found[f"/{path.removesuffix('index.html') if path.rpartition('/')[2] == 'index.html' else path}"] = (
                    file.read()
                )
    return found
