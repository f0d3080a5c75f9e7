"""Nobody else reaches the preview, nothing but the site is served, and nothing brings it down."""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from previews import Running, put, running

from digest.preview import http
from digest.preview.requests import RefusedError, parse
from digest.problems import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite


REQUESTS = int(os.environ.get("DIGEST_FUZZED", "1000"))
SECRET = "سر لا يخرج"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A site with a secret beside it, one in its memory, and links that would lead out."""
    from conftest import NOW, SITE_YAML, LittleSite

    from digest.site.options import BuildOptions

    root = tmp_path_factory.mktemp("guarded") / "site"
    site = LittleSite(root, BuildOptions(root, root / "public", NOW))
    site.put("site.yaml", SITE_YAML).entry("sport/a").put("static/x.txt", "عام")
    put(root.parent / "secret.txt", SECRET)
    put(root / ".digest/secret.txt", SECRET)
    put(root / "secret.txt", SECRET)
    (root / "static/out.txt").symlink_to(root.parent / "secret.txt")
    with running(root) as made:
        yield made
        assert made.get("/sport/a/").status == 200


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/1.1 ") else 0


def ask(server: Running, target: str = "/", *fields: str, host: str | None = None, method: str = "GET") -> bytes:
    """One request by hand over a bare socket."""
    named = [] if host == "" else [f"Host: {host or f'127.0.0.1:{server.port}'}"]
    lines = [f"{method} {target} HTTP/1.1", *named, *fields, "Connection: close", "", ""]
    return server.raw("\r\n".join(lines).encode("utf-8", "surrogateescape"))


# ------------------------------------------------------------------ who may ask

OURS = ("localhost", "LOCALHOST", "127.0.0.1", "localhost:1234", "127.0.0.1:1", "[::1]", "[::1]:8000")
OTHERS = (
    "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.1.evil.example:8000", "localhost.", "127.0.0.1.", "evil.example:8000",
    "0.0.0.0", "127.0.0.2", "127.1", "2130706433", "0x7f.0.0.1", "192.168.1.5", "10.0.0.1:8000", "[::]", "[::ffff:127.0.0.1]", "xn--lcalhost-55a", "localhost-evil",
)  # fmt: skip
UNREADABLE = (
    "",
    "evil@localhost",
    "localhost:99999999",
    "localhost:80:80",
    "localhost/x",
    "local host",
    "http://localhost",
    "localhost:x",
    "لوكال",
    "[::1",
    "::1",
)


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("path", ["/sport/a/", "/.digest/state?path=/", "/.digest/events"])
def test_our_own_names(server: Running, host: str, path: str) -> None:
    """Localhost and loopback addresses, with any port: a tunnel may change it."""
    line = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(line)
        assert status(connection.recv(100)) == 200


@pytest.mark.parametrize("path", ["/sport/a/", "/.digest/state?path=/", "/.digest/events", "/.digest/preview.js"])
def test_other_names_get_nothing(server: Running, path: str) -> None:
    """A name that was made to lead here (DNS rebinding) is refused, on pages and on the stream."""
    assert {host: status(ask(server, path, host=host)) for host in OTHERS} == dict.fromkeys(OTHERS, 403)
    assert {host: status(ask(server, path, host=host)) for host in UNREADABLE} == dict.fromkeys(UNREADABLE, 400)
    assert status(ask(server, path, "Host: localhost")) == 400, "two of them"


def test_a_forwarded_name_is_answered_when_site_yaml_gives_it(site: LittleSite) -> None:
    """A tunnel hands on its own name, and its page is https outside; other names stay refused."""
    settings = (site.root / "site.yaml").read_text("utf-8")
    name = "a-8000.app.example"
    site.entry("sport/a").put("site.yaml", f"{settings}preview: {{host: {name}}}\n")
    with running(site.root) as server:
        assert status(ask(server, "/sport/a/", f"Origin: https://{name}", host=name)) == 200
        assert status(ask(server, "/.digest/state?path=/", host=name)) == 200
        assert status(ask(server, "/sport/a/", "Origin: https://evil.example", host=name)) == 403
        assert [status(ask(server, host=other)) for other in ("evil.example", f"x.{name}", "app.example")] == [403] * 3
        site.put("site.yaml", settings)
        server.until(lambda: status(ask(server, "/sport/a/", host=name)) == 403)


def test_origins(server: Running) -> None:
    """A page of another origin may not read, nor open the stream; nobody gets a CORS field."""
    own = f"127.0.0.1:{server.port}"
    origins = {
        f"http://{own}": 200, "http://evil.example": 403, "null": 403, "https://" + own: 403, f"http://localhost:{server.port}": 403,
        f"http://127.0.0.1:{server.port + 1}": 403, f"http://{own}.evil.example": 403, "file://": 403, "": 403, f"http://{own}/": 403,
    }  # fmt: skip
    for path in ("/sport/a/", "/.digest/state?path=/"):
        assert {origin: status(ask(server, path, f"Origin: {origin}")) for origin in origins} == origins
    refused = [origin for origin, code in origins.items() if code != 200]
    assert [status(ask(server, "/.digest/events", f"Origin: {origin}")) for origin in refused] == [403] * len(refused)
    assert status(ask(server, "/sport/a/", f"Origin: http://{own}", f"Origin: http://{own}")) == 400
    reply = ask(server, "/sport/a/", f"Origin: http://{own}")
    assert b"access-control" not in reply.lower()


def test_what_other_sites_pages_may_not_load(server: Running) -> None:
    """Scripts, pictures, frames of another page (Fetch Metadata); a link may lead to the site."""

    def seen(path: str, site: str, mode: str, kind: str) -> int:
        return status(
            ask(server, path, f"Sec-Fetch-Site: {site}", f"Sec-Fetch-Mode: {mode}", f"Sec-Fetch-Dest: {kind}")
        )

    assert seen("/.digest/preview.js", "cross-site", "no-cors", "script") == 403
    assert seen("/sport/a/", "cross-site", "no-cors", "image") == 403
    assert seen("/sport/a/", "same-site", "cors", "empty") == 403
    assert seen("/sport/a/", "cross-site", "navigate", "iframe") == 403
    assert seen("/.digest/state", "cross-site", "navigate", "document") == 403
    assert seen("/sport/a/", "cross-site", "navigate", "document") == 200
    assert seen("/sport/a/", "same-origin", "cors", "empty") == 200


def test_every_answer_says_how_it_may_be_used(server: Running) -> None:
    """Not kept, not guessed at, not for other origins, not in their frames; refusals too."""
    for path in ("/", "/sport/a/", "/x.txt", "/nothing", "/.digest/preview.js", "/.digest/nothing", "/%00"):
        fields = server.get(path).fields
        assert fields["cache-control"] == "no-store"
        assert fields["x-content-type-options"] == "nosniff"
        assert fields["cross-origin-resource-policy"] == "same-origin"
        assert fields["x-frame-options"] == "SAMEORIGIN"
        assert "server" not in fields


def test_the_stream_says_only_that_something_changed(server: Running) -> None:
    """No path, no text."""
    with server.stream("/sport/a/") as stream:
        file = server.preview.options.root / "content/sport/a.md"
        put(file, file.read_text().replace("نص الخبر", "نص آخر للخبر"))
        stream.read_until(b"\n\n")
        assert stream.read_until(b"\n\n").strip(b":\n ") == b"event: changed\ndata: changed"


# ------------------------------------------------------------------ what is served

OUT = (
    "/../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E/secret.txt", "/..%2fsecret.txt", "/..%2Fsecret.txt", "/%2e%2e%2fsecret.txt", "/..%5csecret.txt",
    "/..%5Csecret.txt", "/..\\secret.txt", "/%252e%252e/secret.txt", "/%252e%252e%252fsecret.txt", "/%c0%ae%c0%ae/secret.txt", "/%e0%80%ae%e0%80%ae/secret.txt",
    "/..%c0%afsecret.txt", "/%uff0e%uff0e/secret.txt", "/．．/secret.txt", "/static/../../secret.txt", "/static../secret.txt", "/x.txt/../../secret.txt",
    "/./../secret.txt", "/.../secret.txt", "/....//secret.txt", "/..;/secret.txt", "/;/../secret.txt", "//secret.txt", "///../secret.txt", "//evil.example/..",
    "//evil.example/%2e%2e", "/\\evil.example", "/%5cevil.example", "/%2fevil.example", "/%00", "/x.txt%00.html", "/secret.txt%00", "/x.txt%0a", "/%0d%0aSet-Cookie:x=1",
    "/C:/secret.txt", "/c%3a/secret.txt", "/x.txt::$DATA", "/con", "/nul", "/aux.txt", "/file:///etc/passwd", "/etc/passwd", "/secret.txt", "/.digest/secret.txt",
    "/.digest/../secret.txt", "/.digest/%2e%2e/secret.txt", "/.digest/client/preview.js", "/.digest/..%2fpreview.py", "/site.yaml", "/content/sport/a.md", "/templates/base.html",
    "/out.txt", "/.git/config", "/%", "/%2", "/%zz", "/x.txt#", "/sport/a/?../../secret.txt", "/?path=../secret.txt", "/~root/", "/proc/self/environ",
)  # fmt: skip


@pytest.mark.parametrize("target", OUT)
def test_nothing_but_the_site(server: Running, target: str) -> None:
    """Out of the site in any spelling: refused or not found, without a word of the disk, and nobody is sent elsewhere."""
    reply = ask(server, target)
    assert status(reply) in ({200} if target.startswith(("/sport/a/?", "/?")) else {400, 404})
    assert SECRET.encode() not in reply
    assert str(server.preview.options.root).encode() not in reply
    assert b"\r\nlocation:" not in reply.lower()
    assert b"set-cookie" not in reply.lower().partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "path", ["../x", "//evil.example/", "/%2e%2e/", "/\\x", "x", "http://evil.example/", "/%00", "%", "/a//b"]
)
def test_the_preview_is_asked_of_no_other_path(server: Running, path: str) -> None:
    """The page that a stream or a state is of is a path like any other."""
    from urllib.parse import quote

    assert status(ask(server, f"/.digest/state?path={quote(path, safe='')}")) == 400
    assert status(ask(server, f"/.digest/events?path={quote(path, safe='')}")) == 400


def test_the_way_to_a_folder_stays_on_this_server(server: Running) -> None:
    """Never `//somewhere`, whatever was asked."""
    assert re.search(rb"location: /sport/a/\r\n", ask(server, "/sport/a"), re.IGNORECASE)
    assert re.search(rb"location: /sport/a/\?q=1\r\n", ask(server, "/sport/a?q=1"), re.IGNORECASE)


# ------------------------------------------------------------------ malformed requests

MALFORMED = {
    b"": 0, b"\r\n\r\n": 0, b"GET\r\n\r\n": 400, b"GET /\r\n\r\n": 400, b"GET / HTTP/0.9\r\n\r\n": 400, b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n": 400,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": 400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n": 400, b"get / HTTP/1.1\r\nHost: localhost\r\n\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc": 405, b"PUT /x HTTP/1.1\r\nHost: localhost\r\n\r\n": 405, b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n": 405,
    b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n": 405, b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n": 400, b"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n": 405,
    b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n": 400, b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n": 400, b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n": 400,
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n": 400, b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n": 400, b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX\r\n\r\n": 400, b"GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n": 400, b"GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello": 400, b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n": 400, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"Host: localhost\r\n\r\n": 431, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 65536 + b"\r\n\r\n": 431,
    b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n": 431, b"GET / HTTP/1.1\r\n\r\n": 400, b"GET / HTTP/1.1\nHost: localhost\n\n\r\n\r\n": 400,
}  # fmt: skip


@pytest.mark.parametrize("request_", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_requests(server: Running, request_: bytes) -> None:
    """A plain refusal, and the connection ends: nothing of it is taken for a second request."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        with contextlib.suppress(OSError):
            line.sendall(request_)
            line.shutdown(socket.SHUT_WR)
        reply = b""
        with contextlib.suppress(OSError):
            while piece := line.recv(65536):
                reply += piece
    assert status(reply) == MALFORMED[request_]
    assert reply.count(b"HTTP/1.1 ") <= 1
    assert b"Traceback" not in reply


def test_fuzzed_requests(server: Running) -> None:
    """$DIGEST_FUZZED says how many; a good one is answered after them, and no fault of digest was among the answers."""
    seed = int(os.environ.get("DIGEST_SEED", "0")) or random.randrange(1, 1 << 30)
    print(f"DIGEST_SEED={seed}")
    chance = random.Random(seed)
    good = [
        b"GET /sport/a/ HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nRange: bytes=0-10\r\nOrigin: http://localhost\r\n\r\n",
        b"GET /.digest/state?path=%2Fsport%2Fa%2F HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\r\n",
        b"HEAD /x.txt HTTP/1.0\r\nHost: [::1]:80\r\nConnection: keep-alive\r\n\r\n",
        b"GET /.digest/events?path=/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ]
    pieces = (
        b"\r\n",
        b"\x00",
        b"%",
        b"../",
        b"/",
        b":",
        b" ",
        b"\xff\xfe",
        b"\r",
        b"\n",
        b"HTTP/1.1",
        b"Host: ",
        "ض".encode(),
        b"%2e",
        b"\\",
        b"?",
        b"#",
        b"=",
        b"&",
        b"-",
        b",",
    )
    codes = set()
    for _ in range(REQUESTS):
        made = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(made) + 1)
            match chance.randrange(4):
                case 0:
                    made[at:at] = chance.choice(pieces)
                case 1:
                    del made[at : at + chance.randint(1, 8)]
                case 2:
                    made[at : at + 1] = chance.randbytes(chance.randint(1, 3))
                case _:
                    made[at:at] = made[max(at - 20, 0) : at] * chance.randint(1, 50)
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line, contextlib.suppress(OSError):
            line.sendall(made)
            if chance.random() < 0.9:
                line.shutdown(socket.SHUT_WR)
                codes.add(status(line.recv(64)))
    assert codes <= {0, 200, 206, 302, 400, 403, 404, 405, 416, 431, 503}
    assert 200 in codes
    assert server.get("/sport/a/").status == 200
    server.until(lambda: not server.preview.streams.here, "streams were left behind")


# ------------------------------------------------------------------ slow and many


def test_slow_clients_hold_up_nobody(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that trickles in is ended after its time; an answer that nobody takes too; others are served meanwhile."""
    monkeypatch.setattr(http, "HEAD_SECONDS", 1.0)
    monkeypatch.setattr(http, "SEND_SECONDS", 1.0)
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10)) for _ in range(50)]
        for line in slow:
            line.sendall(b"GET /sport/a/ HTTP/1.1\r\nHos")
        begun = time.monotonic()
        assert server.get("/sport/a/").status == 200
        assert time.monotonic() - begun < 1
        time.sleep(0.6)
        for line in slow:
            line.sendall(b"t")
        assert [line.recv(10) for line in slow] == [b""] * 50
        assert time.monotonic() - begun < 8
    put(server.preview.options.root / "static/big.txt", b"x" * 30_000_000)
    server.until(lambda: server.get("/big.txt", "HEAD").status == 200)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        line.sendall(f"GET /big.txt HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        time.sleep(2)
        assert server.get("/sport/a/").status == 200
        got = 0
        with contextlib.suppress(OSError):
            while piece := line.recv(1 << 20):
                got += len(piece)
        assert got < 30_000_000


def test_two_hundred_streams(server: Running) -> None:
    """All of them hear of a change, pages are served meanwhile, and nothing of them is left when they go."""
    threads = threading.active_count()  # those of other tests' servers among them
    with contextlib.ExitStack() as open_:
        streams = [open_.enter_context(server.stream("/sport/a/")) for _ in range(200)]
        assert server.get("/sport/a/").status == 200
        server.until(lambda: all(listener.told for listener in tuple(server.preview.streams.here)))
        file = server.preview.options.root / "content/sport/a.md"
        put(file, file.read_text() + "\nسطر جديد\n")
        for stream in streams:
            stream.read_until(b"changed")
    server.until(lambda: not server.preview.streams.here)
    server.until(lambda: threading.active_count() < threads + 30)


def test_too_many_streams_and_connections(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is an end to them, and it is said."""
    monkeypatch.setattr("digest.preview.event_streams.MOST", 2)
    with server.stream("/"), server.stream("/"):
        assert server.get("/.digest/events?path=/").status == 503
        assert server.get("/").status == 200
    server.until(lambda: not server.preview.streams.here)


def test_kept_connections_and_parts(server: Running) -> None:
    """Several requests over one connection; a part of a file, as players ask for it."""
    line = f"Host: 127.0.0.1:{server.port}\r\n"
    reply = server.raw(
        f"GET /x.txt HTTP/1.1\r\n{line}\r\nHEAD /x.txt HTTP/1.1\r\n{line}Connection: close\r\n\r\n".encode()
    )
    assert reply.count(b"HTTP/1.1 200") == 2
    part = server.get("/x.txt", Range="bytes=2-3")
    assert (part.status, part.body, part.fields["content-range"]) == (
        206,
        "عام".encode()[2:4],
        "bytes 2-3/6",
    )
    assert server.get("/x.txt", Range="bytes=-2").body == "عام".encode()[-2:]
    assert server.get("/x.txt", Range="bytes=9-").status == 416
    assert server.get("/x.txt", Range="bytes=x").status == 200


# ------------------------------------------------------------------ where it listens


def test_only_loopback_unless_asked(server: Running) -> None:
    """No other address of this machine answers."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as line:
        line.settimeout(2)
        for address in http.own_addresses():
            if ":" not in address and not address.startswith("127."):
                with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
                    line.connect((address, server.port))


def test_a_taken_port_and_the_next() -> None:
    """The first free one from there on."""
    with contextlib.closing(http.listen("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with contextlib.closing(http.listen("127.0.0.1", port)) as second:
            assert port < second.getsockname()[1] < port + 100
    with pytest.raises(UsageError, match="no host"):
        http.listen("nowhere.invalid", 0)
    with pytest.raises(UsageError, match=r"no such address; choose another --host"):
        http.listen("192.0.2.1", 8000)
    with pytest.raises(UsageError, match="choose --port"), contextlib.closing(http.listen("127.0.0.1", 65535)):
        http.listen("127.0.0.1", 65535)


def test_names_of_a_server_that_is_open_to_the_network() -> None:
    """Those of this machine, nothing else."""
    with contextlib.closing(http.listen("0.0.0.0", 0)) as listening:
        names = http.hosts_of("0.0.0.0", listening)
    assert {"localhost", "127.0.0.1", "[::1]", "0.0.0.0", socket.gethostname().lower()} <= names
    good = b"GET / HTTP/1.1\r\nHost: evil.example"
    with pytest.raises(RefusedError, match="not served"):
        parse(good, names)
