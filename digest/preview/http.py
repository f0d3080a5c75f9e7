"""A small server of HTTP/1.1 over asyncio: GET and HEAD, answers from memory, streams that stay open.

It trusts nobody: a request has a size and a time in which it must have come, an answer a time in which it must be
taken, connections a number. Whatever goes wrong ends one connection and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final, Protocol

from digest.pages.media_types import media_type
from digest.preview.requests import HEAD_LIMIT, LOCAL, RefusedError, Request, parse
from digest.problems import UsageError
from digest.translation import _

HEAD_SECONDS: Final = 10.0
"""Time limit for a request, from its first byte, or from the start of the connection."""
IDLE_SECONDS: Final = 30.0
"""Time limit for the next request on a connection."""
SEND_SECONDS: Final = 30.0
"""Time limit for sending an answer."""
CONNECTIONS: Final = 600
TRIES: Final = 100
"""Ports that are tried one after the other."""
RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
PIECE: Final = 1 << 16
HTML: Final = media_type("index.html")
JSON: Final = media_type("state.json")
ALWAYS: Final = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "SAMEORIGIN"),
)
"""Header fields of every answer."""


class Stream(Protocol):
    """A body that is sent piece by piece, as pieces become available."""

    async def piece(self) -> bytes:
        """The next piece, waited for; empty at the end."""

    def close(self) -> None:
        """Called when the connection has ended."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response."""

    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    status: int = 200
    more: tuple[tuple[str, str], ...] = ()
    """Further header fields."""
    stream: Stream | None = field(default=None, compare=False)
    """In place of a body: one that has no end."""


Answerer = Callable[[Request], Awaitable[Answer]]


def refusal(status: int, reason: str) -> Answer:
    """A few plain words; nothing of the request, nothing of this machine."""
    more = (("Allow", "GET, HEAD"),) if status == HTTPStatus.METHOD_NOT_ALLOWED else ()
    return Answer(f"{status} {reason}\n".encode(), status=status, more=more)


def redirect(url: str, body: bytes = b"") -> Answer:
    return Answer(body, HTML, 302, (("Location", url),))


# ------------------------------------------------------------------ where it listens


def listen(host: str, port: int) -> socket.socket:
    """Open a socket at the port or the next free one. Raises `UsageError` for no free port and for an unknown host."""
    try:
        family, kind, proto, __, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise UsageError(
            _("there is no host '{host}' to listen on ({reason})", host=host, reason=error.strerror or str(error))
        ) from None
    fault: OSError | None = None
    for number in range(port, min(port + TRIES, 65536)) if port else (0,):
        made = socket.socket(family, kind, proto)
        try:
            if os.name == "posix":  # elsewhere it would let two servers share a port
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((address[0], number, *address[2:]))
            made.listen(128)
        except OSError as error:
            made.close()
            fault = error
            if error.errno == errno.EADDRNOTAVAIL:
                raise UsageError(
                    _(
                        "cannot listen on {host}: this machine has no such address; choose another --host "
                        "(127.0.0.1 for this machine alone, 0.0.0.0 for the network)",
                        host=host,
                    )
                ) from None
            if isinstance(error, PermissionError):
                break
        else:
            made.setblocking(False)
            return made
    raise UsageError(
        _(
            "cannot listen on {host}, port {port}: {reason}; choose --port",
            host=host,
            port=port,
            reason=fault.strerror if fault else _("no port"),
        )
    )


def hosts_of(host: str, listening: socket.socket) -> frozenset[str]:
    """Names of this server that a `Host` field may have."""
    names = {host.lower(), str(listening.getsockname()[0]).lower()}
    if everywhere(host):
        names |= {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local", *own_addresses()}
    return LOCAL | {f"[{name}]" if ":" in name else name for name in names}


def shown_host(host: str) -> str:
    """A host as URLs write it; 127.0.0.1 for all addresses."""
    if everywhere(host):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def everywhere(host: str) -> bool:
    """Whether a server on this host is open to the network by all its addresses."""
    return host in {"0.0.0.0", "::"}  # noqa: S104 - it is asked for, and warned of


def loopback(host: str) -> bool:
    """Whether only this machine reaches a server on this host."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def own_addresses() -> Iterable[str]:
    """Addresses of this machine, as far as it knows them without asking anybody."""
    with contextlib.suppress(OSError):
        for *_, address in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM):
            yield str(address[0]).lower()
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))  # sends nothing: it only chooses the address to send from
            yield str(probe.getsockname()[0]).lower()


# ------------------------------------------------------------------ serving


class Server:
    """Answers on one socket until it is closed."""

    def __init__(self, answer: Answerer, hosts: Callable[[], frozenset[str]]) -> None:
        self.answer = answer
        self.hosts = hosts
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self, listening: socket.socket) -> None:
        """Begin to accept connections."""
        self.server = await asyncio.start_server(self.connected, sock=listening, limit=HEAD_LIMIT)

    async def close(self) -> None:
        """End every connection."""
        self.server.close()
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first request to its end."""
        task = asyncio.current_task()
        if task is None:
            return
        self.tasks.add(task)
        try:
            if len(self.tasks) > CONNECTIONS:
                await send(writer, refusal(503, "too many connections"), keeps=False)
            else:
                await self.converse(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # whoever was there has gone, or is told to
        finally:
            self.tasks.discard(task)
            writer.transport.abort()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests and answers until one side has enough."""
        wait = HEAD_SECONDS
        while True:
            try:
                request = parse(await head_of(reader, wait), self.hosts())
                answer = await self.answered(request)
            except RefusedError as refused:
                request = Request("GET", "/", "", keeps=False)
                answer = refusal(refused.status, refused.reason)
            except TimeoutError:
                return
            if answer.stream is not None:
                await stream(reader, writer, answer, answer.stream)
                return
            await send(writer, ranged(request, answer), keeps=request.keeps, bare=request.method == "HEAD")
            if not request.keeps:
                await linger(reader, writer)
                return
            wait = IDLE_SECONDS

    async def answered(self, request: Request) -> Answer:
        """The answer; a fault of this program is one too."""
        try:
            return await self.answer(request)
        except RefusedError:
            raise
        except Exception:  # noqa: BLE001 - the server lives, and tells nobody where it stands
            return refusal(500, "internal error")


async def head_of(reader: asyncio.StreamReader, wait: float) -> bytes:
    """A request up to its empty line. Raises `RefusedError`, TimeoutError, asyncio.IncompleteReadError."""
    try:
        async with asyncio.timeout(wait):
            first = await reader.readexactly(1)
        async with asyncio.timeout(HEAD_SECONDS):
            return (first + await reader.readuntil(b"\r\n\r\n"))[:-4]
    except asyncio.LimitOverrunError:
        raise RefusedError(431, "the request is too long") from None


def head_lines(answer: Answer, *, keeps: bool, length: int | None) -> bytes:
    """The status line and header fields of an answer."""
    fields = [("Content-Type", answer.kind), *ALWAYS, *answer.more]
    if length is not None:
        fields.append(("Content-Length", str(length)))
    fields.append(("Connection", "keep-alive" if keeps else "close"))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", *(f"{k}: {v}" for k, v in fields), "", ""]
    return "\r\n".join(lines).encode("ascii")


async def send(writer: asyncio.StreamWriter, answer: Answer, *, keeps: bool, bare: bool = False) -> None:
    """Write an answer, `bare` without its body. Raises OSError, and TimeoutError after `SEND_SECONDS`."""
    async with asyncio.timeout(SEND_SECONDS):
        writer.write(head_lines(answer, keeps=keeps, length=len(answer.body)))
        for start in range(0, 0 if bare else len(answer.body), PIECE):
            writer.write(answer.body[start : start + PIECE])
            await writer.drain()
        await writer.drain()


async def linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let a sender finish for a moment, or the answer would be lost with what it still sends (RFC 9112, 9.6)."""
    with contextlib.suppress(OSError, TimeoutError):
        if writer.can_write_eof():
            writer.write_eof()
        async with asyncio.timeout(1):
            while await reader.read(PIECE):
                pass


async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, body: Stream) -> None:
    """Write pieces as they come until one side ends. Raises OSError, and TimeoutError after `SEND_SECONDS`."""
    gone = asyncio.ensure_future(hung_up(reader))
    ahead = asyncio.ensure_future(body.piece())
    try:
        writer.write(head_lines(answer, keeps=False, length=None))
        while True:
            await asyncio.wait({gone, ahead}, return_when=asyncio.FIRST_COMPLETED)
            piece = b"" if gone.done() else ahead.result()
            if not piece:
                return
            async with asyncio.timeout(SEND_SECONDS):
                writer.write(piece)
                await writer.drain()
            ahead = asyncio.ensure_future(body.piece())
    finally:
        gone.cancel()
        ahead.cancel()
        body.close()


async def hung_up(reader: asyncio.StreamReader) -> None:
    """Returns when the other side has gone."""
    with contextlib.suppress(OSError):
        while await reader.read(PIECE):
            pass


def ranged(request: Request, answer: Answer) -> Answer:
    """The requested part of a body (RFC 9110, 14.2), as video players ask for; only single ranges."""
    asked = RANGE.fullmatch(request.fields.get("range", ""))
    total = len(answer.body)
    if asked is None or answer.status != HTTPStatus.OK or asked.groups() == ("", ""):
        return answer
    if asked[1]:
        start, end = int(asked[1]), min(int(asked[2] or total - 1), total - 1)
    else:
        start, end = max(total - int(asked[2]), 0), total - 1
    if start > end or start >= total:
        return Answer(status=416, more=(("Content-Range", f"bytes */{total}"),))
    more = (*answer.more, ("Content-Range", f"bytes {start}-{end}/{total}"))
    return replace(answer, body=answer.body[start : end + 1], status=206, more=more)
