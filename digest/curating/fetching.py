"""Fetch what other sites publish: no private address, no cookie, everything bounded.

In: an address. Out: a `Response` or a `Failure` with its cure; nothing is raised for what a network or a server does.
The address that was checked is the one connected to, and every redirect is checked again, so that no name can lead a
request to this machine or its network (the order of Miniflux's dialler, which checks between the lookup and the
connection). A proxy named by the environment is trusted; what is asked of it is checked as far as it can be here.
Sizes are counted while reading and while inflating, time runs for a request as a whole. https never falls back to http.

Used by `digest clip` and `digest inbox` only: building and checking never import it.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import (  # type: ignore[attr-defined] # both are public, typeshed has one
    getproxies_environment,
    proxy_bypass_environment,
)

import msgspec

from digest import __version__
from digest.content import urls
from digest.problems import N_, Message
from digest.translation import gettext_noop

Address = IPv4Address | IPv6Address

USER_AGENT: Final = f"digest/{__version__} (news digest editor; fetches pages and feeds an editor asked for)"
HTML: Final = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
PERMANENT: Final = frozenset({301, 308})
CHUNK: Final = 64 * 1024
REFUSAL_KEPT: Final = 64 * 1024
"""Bytes read of a page that comes with an error: enough to recognise a wall."""

Kind = Literal[
    "address", "private", "lookup", "connection", "tls", "time", "redirect", "status", "wall", "size", "encoding",
    "protocol",
]  # fmt: skip


class Limits(msgspec.Struct, frozen=True):
    """Bounds of one request."""

    received: int = 8 << 20
    """Bytes as sent."""
    inflated: int = 16 << 20
    """Bytes after gzip."""
    connecting: float = 10.0
    """Seconds for a connection."""
    total: float = 20.0
    """Seconds from the first lookup to the last byte, redirects included."""
    redirects: int = 5


class Redirect(msgspec.Struct, frozen=True):
    """One hop that a server asked for."""

    status: int
    source: str
    target: str

    @property
    def is_permanent(self) -> bool:
        return self.status in PERMANENT


class Response(msgspec.Struct, frozen=True):
    """An answer with a body, or 304 without one."""

    url: str
    """The final address."""
    status: int
    headers: dict[str, str]
    """Lower-case names; values byte for byte as Latin-1, so that an ETag can be sent back as it came."""
    body: bytes
    redirects: tuple[Redirect, ...] = ()
    is_complete: bool = True
    """False where the server closed before the length it had announced."""

    @property
    def is_unchanged(self) -> bool:
        """Whether the server said 304."""
        return self.status == http.client.NOT_MODIFIED

    @property
    def charset(self) -> str:
        """The charset of `Content-Type`, lower-case; empty for none."""
        return parameter(self.headers.get("content-type", ""), "charset")


class Failure(msgspec.Struct, frozen=True):
    """Why there is nothing, and what to do about it. Names hosts only: an address may hold a secret."""

    kind: Kind
    url: str
    """The address that failed; never part of a message."""
    what: Message
    remedy: Message
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    """Beginning of the page that came with an error status."""
    redirects: tuple[Redirect, ...] = ()
    retry_after: datetime | None = None
    """Not before this, where the server said so."""

    @property
    def message(self) -> str:
        """In English."""
        return str(self.what)

    @property
    def cure(self) -> str:
        """In English."""
        return str(self.remedy)

    def __str__(self) -> str:
        return f"{self.message}; {self.cure}"


class Request(msgspec.Struct, frozen=True):
    """One address to fetch; the validators are those of the last answer, byte for byte."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = HTML


Resolver = Callable[[str, int], "list[tuple[int, str]]"]


class Network(NamedTuple):
    """The edge: how names are looked up, which addresses may be connected to, the clock. Tests give their own."""

    is_allowed: Callable[[Address], bool]
    resolve: Resolver
    proxies: Callable[[], Mapping[str, str]]
    tls: Callable[[], ssl.SSLContext]
    now: Callable[[], datetime]


# ------------------------------------------------------------------ addresses

PRIVATE_4: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""IANA's special-purpose registry. A table of our own: `ipaddress.is_global` has changed between versions of Python."""
PUBLIC_6: Final = IPv6Network("2000::/3")
PRIVATE_6: Final = tuple(IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "3fff::/20"))
MAPPED: Final = IPv6Network("::ffff:0:0/96")
NAT64: Final = IPv6Network("64:ff9b::/96")
SIX_TO_FOUR: Final = IPv6Network("2002::/16")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet; an IPv4 address inside an IPv6 one is looked at itself."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in PRIVATE_4)
    if address in MAPPED or address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address in SIX_TO_FOUR:
        return is_public(IPv4Address(int(address) >> 80 & 0xFFFFFFFF))
    return address in PUBLIC_6 and not any(address in block for block in PRIVATE_6)


def system_resolve(name: str, port: int) -> list[tuple[int, str]]:
    """(address family, address) of a name, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(family), str(place[0])) for family, _, _, _, place in found))


NETWORK: Final = Network(
    is_public, system_resolve, getproxies_environment, ssl.create_default_context, lambda: datetime.now(UTC)
)
"""The real one; no option and no variable of the environment opens it."""


# ------------------------------------------------------------------ one address


class Refused(Exception):  # noqa: N818 - ends one request, carries the value
    """A request that ends here."""

    def __init__(self, kind: Kind, what: Message, remedy: Message) -> None:
        super().__init__(str(what))
        self.kind: Kind = kind
        self.what = what
        self.remedy = remedy


SAVE_IT: Final = N_("save the page in your browser and run digest clip FILE")
LOG_IN: Final = N_("log in with your browser, save the page there and run digest clip FILE")
OPEN_IT: Final = N_("open it in your browser, save the page there and run digest clip FILE")
LATER: Final = N_("try again later")
CHECK_ADDRESS: Final = N_("check the address")


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = HTML,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    network: Network = NETWORK,
    turns: Turns | None = None,
) -> Response | Failure:
    """Fetch one address, following redirects.

    `etag` and `last_modified` make the request conditional; they belong to this address and are not sent after a
    redirect to another host. `turns` has requests to one host wait for each other.
    """
    return Fetching(Request(url, etag, last_modified, accept), limits, network, turns).run()


class Fetching:
    """One request with its redirects and its clock."""

    def __init__(self, request: Request, limits: Limits, network: Network, turns: Turns | None) -> None:
        self.request = request
        self.limits = limits
        self.network = network
        self.turns = turns
        self.deadline = time.monotonic() + limits.total
        self.redirects: list[Redirect] = []

    def run(self) -> Response | Failure:
        """Follow the redirects to an answer."""
        url = self.request.url
        try:
            while True:
                url, reason = urls.gate(url.partition("#")[0])
                if not urls.is_external(url):
                    why = reason or N_("it is not an http or https address")
                    raise Refused(  # noqa: TRY301
                        "address", N_("the address cannot be used: {why}", why=why), N_("check how it is written")
                    )
                answer = self.hop(url)
                if isinstance(answer, (Response, Failure)):
                    return answer
                url = answer
        except Refused as refused:
            return Failure(
                refused.kind, url or self.request.url, refused.what, refused.remedy, redirects=tuple(self.redirects)
            )

    def hop(self, url: str) -> Response | Failure | str:
        """One request: an answer, or the address it leads on to. Raises Refused."""
        parts = urlsplit(url)
        name = parts.hostname or ""
        shown = urls.host(url) or name
        waited = time.monotonic()
        with self.turns.of(name) if self.turns else nullcontext():
            self.deadline += time.monotonic() - waited  # waiting for one's turn is not the server's slowness
            try:
                return self.exchange(url, name, shown)
            except Refused:
                raise
            except TimeoutError:
                raise Refused(
                    "time",
                    N_("{host} did not answer within {seconds} seconds", host=shown, seconds=f"{self.limits.total:g}"),
                    LATER,
                ) from None
            except ssl.SSLCertVerificationError as error:
                raise Refused(
                    "tls",
                    N_(
                        "the certificate of {host} is not valid ({reason})",
                        host=shown, reason=error.verify_message.strip("."),
                    ),
                    N_("check the address and the clock of this computer"),
                ) from None  # fmt: skip
            except ssl.SSLError as error:
                reason = (error.reason or "no agreement").lower().replace("_", " ")
                raise Refused(
                    "tls", N_("no secure connection to {host} ({reason})", host=shown, reason=reason), SAVE_IT
                ) from None
            except http.client.HTTPException as error:
                raise Refused(
                    "protocol",
                    N_(
                        "{host} does not answer as a web server does ({reason})",
                        host=shown,
                        reason=type(error).__name__,
                    ),
                    SAVE_IT,
                ) from None
            except OSError as error:
                reason = error.strerror or str(error) or type(error).__name__
                raise Refused(
                    "connection",
                    N_("no connection to {host} ({reason})", host=shown, reason=reason),
                    N_("check the network, then try again"),
                ) from None

    def exchange(self, url: str, name: str, shown: str) -> Response | Failure | str:
        """Connect, ask, read. Raises Refused, OSError, HTTPException."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        proxy = self.proxy(parts.scheme, name, port)
        connection = http.client.HTTPConnection(name, port)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        stream = self.connect_through(proxy, name, port, secure) if proxy else self.connect(name, port, shown)
        try:
            if secure:
                stream = self.secured(stream, name)
            connection.sock = Timed(stream, self.remaining)
            connection.putrequest(
                "GET", url if proxy and not secure else target, skip_host=True, skip_accept_encoding=True
            )
            for header, value in self.headers(parts.netloc, url):
                connection.putheader(header, value)
            connection.endheaders()
            return self.answer(connection.getresponse(), url, shown)
        finally:
            stream.close()

    def headers(self, netloc: str, url: str) -> Iterator[tuple[str, str]]:
        yield "Host", netloc
        yield "User-Agent", USER_AGENT
        yield "Accept", self.request.accept
        yield "Accept-Encoding", "gzip"
        yield "Connection", "close"
        if not self.redirects or urlsplit(self.redirects[0].source).netloc == urlsplit(url).netloc:
            for header, value in (
                ("If-None-Match", self.request.etag),
                ("If-Modified-Since", self.request.last_modified),
            ):
                if value and value.isprintable():
                    yield header, value

    def answer(self, response: http.client.HTTPResponse, url: str, shown: str) -> Response | Failure | str:
        """What the server said. Raises Refused, OSError, HTTPException."""
        headers = {field.lower(): value.strip() for field, value in reversed(response.getheaders())}
        status = response.status
        if status in REDIRECTS and headers.get("location"):
            return self.onward(url, status, headers["location"])
        hops = tuple(self.redirects)
        if status == http.client.NOT_MODIFIED:
            return Response(url, status, headers, b"", hops)
        if status in (204, 205):
            raise Refused(
                "status", N_("{host} sent an empty page ({status})", host=shown, status=status), CHECK_ADDRESS
            )
        if not 200 <= status < 300:
            try:
                body, _ = self.read(response, headers, shown, REFUSAL_KEPT)
            except (Refused, OSError, http.client.HTTPException):
                body = b""
            return failed(Response(url, status, headers, body, hops), shown, self.network.now())
        body, complete = self.read(response, headers, shown, 0)
        return Response(url, status, headers, body, hops, complete)

    def onward(self, url: str, status: int, location: str) -> str:
        """The address a redirect leads to. Raises Refused."""
        try:
            location = location.encode("latin-1").decode("utf-8")
        except UnicodeError:
            location = quote(location.encode("latin-1", "replace"), safe="%/:?#[]@!$&'()*+,;=~")
        try:
            joined = urljoin(url, location)
        except ValueError:
            joined = ""
        target, reason = urls.gate(joined.partition("#")[0])
        shown, where = urls.host(url), urls.host(target) if target else ""
        if not urls.is_external(target):
            raise Refused(
                "redirect",
                N_("{host} redirects to what is no web address ({reason})", host=shown, reason=reason or N_("no host")),
                CHECK_ADDRESS,
            )
        if url.startswith("https://") and target.startswith("http://"):
            raise Refused(
                "redirect", N_("{host} redirects from https to http at {where}", host=shown, where=where), OPEN_IT
            )
        seen = {self.request.url.partition("#")[0], url, *(hop.source for hop in self.redirects)}
        if target in seen:
            raise Refused("redirect", N_("{host} redirects in a loop", host=shown), SAVE_IT)
        if len(self.redirects) >= self.limits.redirects:
            raise Refused(
                "redirect",
                N_("more than {limit} redirects; the next leads to {where}", limit=self.limits.redirects, where=where),
                N_("give the address at their end"),
            )
        self.redirects.append(Redirect(status, url, target))
        return target

    def read(
        self, response: http.client.HTTPResponse, headers: Mapping[str, str], shown: str, most: int
    ) -> tuple[bytes, bool]:
        """The body and whether it is whole, at most `most` bytes of it (0: all, within the limits).

        Raises Refused for what is too large or in another encoding, OSError, HTTPException.
        """
        announced = headers.get("content-length", "")
        large = Refused("size", N_("what {host} sends is too large", host=shown), SAVE_IT)
        if not most and announced.isascii() and announced.isdigit() and len(announced) > 7 and (
            len(announced) > 15 or int(announced) > self.limits.received
        ):  # fmt: skip
            raise large
        coding = headers.get("content-encoding", "identity").lower().strip()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise Refused(
                "encoding",
                N_("{host} sends a packed page that was not asked for ({kind})", host=shown, kind=coding[:20]),
                SAVE_IT,
            )
        inflating = Inflating(most or self.limits.inflated) if "gzip" in coding else None
        received, kept, complete = 0, bytearray(), True
        while True:
            try:
                chunk = response.read1(CHUNK)
            except http.client.IncompleteRead:
                complete = False
                break
            if not chunk:
                complete = not response.length
                break
            received += len(chunk)
            if not most and received > self.limits.received:
                raise large
            kept += inflating.feed(chunk) if inflating else chunk
            if most and len(kept) >= most:
                return bytes(kept[:most]), False
            if len(kept) > self.limits.inflated or (inflating and inflating.is_full):
                raise large
        if inflating and inflating.is_broken:
            raise Refused("encoding", N_("what {host} sends is no sound gzip", host=shown), LATER)
        return bytes(kept), complete and not (inflating and not inflating.is_done)

    # ---------------------------------------------------------------- connections

    def remaining(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def connect(self, name: str, port: int, shown: str) -> socket.socket:
        """A connection to an address of the name that was checked. Raises Refused, OSError."""
        places = self.checked(name, port, shown)
        failure: OSError | None = None
        for family, place in places[:4]:
            try:
                return self.dial(family, place, port)
            except OSError as error:
                failure = error
        raise failure or OSError("no address")

    def checked(self, name: str, port: int, shown: str) -> list[tuple[int, str]]:
        """The addresses of a name, none of them private. Raises Refused, OSError."""
        places = literal(name) or self.looked_up(name, port, shown)
        for _, place in places:
            if not self.network.is_allowed(ip_address(place.partition("%")[0])):
                raise Refused(
                    "private",
                    N_("{host} leads to a private address of this computer or its network", host=shown),
                    N_("only public web pages are fetched; save the page and run digest clip FILE"),
                )
        return places

    def looked_up(self, name: str, port: int, shown: str) -> list[tuple[int, str]]:
        """A name's addresses within the time that is left: the system's lookup itself knows no limit."""
        answers: SimpleQueue[list[tuple[int, str]] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.network.resolve(name, port))
            except Exception as error:  # noqa: BLE001 - it must reach the thread that waits
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=min(self.remaining(), self.limits.connecting))
        except Empty:
            raise TimeoutError from None
        if isinstance(found, Exception) or not found:
            raise Refused(
                "lookup",
                N_("there is no host {host}, or no network", host=shown),
                N_("check the address and the network"),
            )
        return found

    def dial(self, family: int, place: str, port: int) -> socket.socket:
        stream = socket.socket(family, socket.SOCK_STREAM)
        try:
            stream.settimeout(min(self.remaining(), self.limits.connecting))
            stream.connect((place, port))
        except BaseException:
            stream.close()
            raise
        return stream

    def secured(self, stream: socket.socket, name: str) -> socket.socket:
        """TLS over a connection, the certificate checked against the name. Raises OSError."""
        try:
            stream.settimeout(min(self.remaining(), self.limits.connecting))
            return self.network.tls().wrap_socket(stream, server_hostname=name.strip("[]"))
        except BaseException:
            stream.close()
            raise

    def proxy(self, scheme: str, name: str, port: int) -> str:
        """The proxy the environment names for an address; empty for none."""
        proxies = dict(self.network.proxies())
        found = proxies.get(scheme) or proxies.get("all") or ""
        if not found or proxy_bypass_environment(f"{name}:{port}", proxies):
            return ""
        return found if "//" in found else f"http://{found}"

    def connect_through(self, proxy: str, name: str, port: int, secure: bool) -> socket.socket:
        """A connection to the proxy, and for https a tunnel through it. Raises Refused, OSError."""
        try:
            self.checked(name, port, name)
        except Refused as refused:
            if refused.kind == "private":
                raise
        except TimeoutError:
            self.remaining()  # a name that only the proxy can look up
        parts = urlsplit(proxy)
        if parts.scheme != "http" or not parts.hostname:
            raise Refused(
                "connection",
                N_("the proxy of the environment is no http proxy"),
                N_("set http_proxy to http://HOST:PORT"),
            )
        place = (parts.hostname, parts.port or 8080)
        stream = socket.create_connection(place, min(self.remaining(), self.limits.connecting))
        if not secure:
            return stream
        try:
            timed = Timed(stream, self.remaining)
            timed.sendall(f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n".encode())
            answer = http.client.HTTPResponse(timed, method="CONNECT")  # type: ignore[arg-type]
            answer.begin()
        except BaseException:
            stream.close()
            raise
        if answer.status != 200:
            stream.close()
            raise Refused(
                "connection",
                N_("the proxy refuses {host} ({status})", host=name, status=answer.status),
                N_("ask who runs the proxy"),
            )
        return stream


def literal(name: str) -> list[tuple[int, str]]:
    """A host that is an address itself, as a lookup would give it."""
    try:
        address = ip_address(name.strip("[]"))
    except ValueError:
        return []
    return [(socket.AF_INET if address.version == 4 else socket.AF_INET6, str(address))]


class Timed:
    """A socket whose every byte counts against the request's time; what http.client needs of one."""

    def __init__(self, stream: socket.socket, remaining: Callable[[], float]) -> None:
        self.stream = stream
        self.remaining = remaining

    def sendall(self, data: bytes) -> None:
        self.stream.settimeout(self.remaining())
        self.stream.sendall(data)

    def makefile(self, _mode: str = "rb", *_: Any, **__: Any) -> io.BufferedReader:  # noqa: ANN401 - socket's signature
        return io.BufferedReader(TimedReader(self.stream, self.remaining), CHUNK)

    def close(self) -> None:
        """Leave the connection open: http.client closes before it has read what comes without a length."""


class TimedReader(io.RawIOBase):
    """Reads a socket within the time that remains for the whole request."""

    def __init__(self, stream: socket.socket, remaining: Callable[[], float]) -> None:
        self.stream = stream
        self.remaining = remaining

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer has no name in 3.11
        self.stream.settimeout(self.remaining())
        return self.stream.recv_into(buffer)


class Inflating:
    """gzip in pieces, member after member, never more than a limit."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.made = 0
        self.is_full = self.is_broken = False
        self.inflater = zlib.decompressobj(31)

    @property
    def is_done(self) -> bool:
        return self.inflater.eof

    def feed(self, chunk: bytes) -> bytes:
        """The next piece, inflated; what is broken ends it."""
        made = bytearray()
        while chunk and not self.is_full and not self.is_broken:
            if self.inflater.eof:
                if not chunk.startswith(b"\x1f"):
                    break  # padding after the last member
                self.inflater = zlib.decompressobj(31)
            try:
                piece = self.inflater.decompress(chunk, self.most - self.made + 1)
            except zlib.error:
                self.is_broken = True
                break
            self.made += len(piece)
            made += piece
            self.is_full = self.made > self.most
            chunk = self.inflater.unconsumed_tail or self.inflater.unused_data
        return bytes(made)


def gunzipped(raw: bytes, most: int) -> bytes | None:
    """A gzip file's content, at most `most` bytes; None where it is broken from the start. Raises ValueError beyond."""
    inflating = Inflating(most)
    made = inflating.feed(raw)
    if inflating.is_full:
        raise ValueError("too large")
    return made if made or not inflating.is_broken else None


# ------------------------------------------------------------------ what a status means


def failed(response: Response, shown: str, now: datetime) -> Failure:
    """An answer that is no success → what it means and what to do."""
    status, headers = response.status, response.headers
    when = retry_after(headers.get("retry-after", ""), now)
    kind: Kind = "status"
    if is_challenge(status, headers):
        kind, what, remedy = "wall", asks_for_proof(shown, status), SAVE_IT
    else:
        what, remedy = meaning(status, shown, when)
    return Failure(kind, response.url, what, remedy, status, headers, response.body, response.redirects, when)


def asks_for_proof(host: str, status: int) -> Message:
    """What a robots' wall says."""
    return N_("{host} asks visitors to prove that they are no robots ({status})", host=host, status=status)


def meaning(status: int, host: str, when: datetime | None) -> tuple[Message, Message]:
    """What an error's status says of a page, and what to do; `when` is the moment the server names for a new try."""
    if status in (401, 407):
        return N_("{host} wants a login ({status})", host=host, status=status), LOG_IN
    if status in (402, 451):
        return N_("{host} does not give this page to everybody ({status})", host=host, status=status), SAVE_IT
    if status in SAID:
        what, remedy = SAID[status]
        return N_(what, host=host), remedy
    later = N_("try again after {moment} UTC", moment=f"{when:%Y-%m-%d %H:%M}") if when else LATER
    if status == http.client.TOO_MANY_REQUESTS:
        return N_("{host} has had too many requests (429)", host=host), later
    if status >= http.client.INTERNAL_SERVER_ERROR:
        return N_("{host} is out of order ({status})", host=host, status=status), later
    return N_("{host} answers with status {status}", host=host, status=status), SAVE_IT


SAID: Final = {
    403: (gettext_noop("{host} refuses the request (403)"), OPEN_IT),
    404: (gettext_noop("{host} has no such page (404)"), CHECK_ADDRESS),
    410: (gettext_noop("{host} has taken the page down for good (410)"), N_("look for the story elsewhere")),
}
"""Status → what it says of a page, and what to do."""


def is_challenge(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the headers of an error are those of a known bot wall."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if headers.get("x-amzn-waf-action", "").lower() in ("challenge", "captcha"):
        return True
    walls = ("x-datadome", "x-dd-b", "x-sucuri-block", "x-iinfo", "x-px-block", "x-kpsdk-ct")
    server = headers.get("server", "").lower()
    return status in (403, 405, 429, 503) and (
        any(name in headers for name in walls) or server.startswith(("ddos-guard", "sucuri", "datadome"))
    )


def retry_after(value: str, now: datetime) -> datetime | None:
    """`Retry-After`, seconds or a date, as an instant; None for none, at most a year ahead."""
    value = value.strip()
    longest = now + timedelta(days=366)
    if value.isascii() and value.isdigit():
        return now + timedelta(seconds=int(value)) if len(value) < 8 else longest
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        return min(max(when.astimezone(UTC), now), longest)
    except OverflowError:
        return longest


def parameter(header: str, name: str) -> str:
    """A parameter of a header such as `text/html; charset="utf-8"`, lower-case; empty for none."""
    for part in header.split(";")[1:]:
        given, _, value = part.partition("=")
        if given.strip().lower() == name:
            return value.strip().strip("\"'").strip().lower()
    return ""


# ------------------------------------------------------------------ many addresses


class Turns:
    """One request a host at a time, whichever thread makes it."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def of(self, name: str) -> AbstractContextManager[object]:
        with self.guard:
            return self.locks[name.removeprefix("www.")]


def fetch_all(
    requests: Iterable[Request],
    *,
    at_once: int = 8,
    within: float = 60.0,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    network: Network = NETWORK,
) -> Iterator[tuple[Request, Response | Failure]]:
    """Fetch many addresses, as they are answered: several hosts at once, one request a host at a time.

    What has not begun within so many seconds is a `Failure` of kind "time". Closing the iterator stops what has not
    begun.
    """
    by_host: dict[str, deque[Request]] = {}
    for request in requests:
        name = (urls.host(urls.gate(request.url)[0]) or request.url).removeprefix("www.")
        by_host.setdefault(name, deque()).append(request)
    total = sum(map(len, by_host.values()))
    waiting: SimpleQueue[deque[Request] | None] = SimpleQueue()
    for line in by_host.values():
        waiting.put(line)
    done: SimpleQueue[tuple[Request, Response | Failure]] = SimpleQueue()
    turns, end, stopped = Turns(), time.monotonic() + within, threading.Event()

    def work() -> None:
        while (line := waiting.get()) is not None:
            while line and not stopped.is_set():
                request = line.popleft()
                left = end - time.monotonic()
                if left <= 0:
                    done.put((request, too_late(request, within)))
                    continue
                bounds = msgspec.structs.replace(limits, total=min(limits.total, left))
                done.put((request, safe(Fetching(request, bounds, network, turns))))

    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(at_once, len(by_host)))]
    for worker in workers:
        waiting.put(None)
        worker.start()
    try:
        for _ in range(total):
            yield done.get()
    finally:
        stopped.set()


def safe(fetching: Fetching) -> Response | Failure:
    """Run one of many requests: a fault of ours must not leave the others waiting for ever."""
    try:
        return fetching.run()
    except Exception as error:  # noqa: BLE001 - reported as a value
        reason = N_("internal error ({kind})", kind=type(error).__name__)
        return Failure("protocol", fetching.request.url, reason, N_("please report it"))


def too_late(request: Request, within: float) -> Failure:
    return Failure("time", request.url, N_("no time was left within {seconds} seconds", seconds=f"{within:g}"), LATER)
