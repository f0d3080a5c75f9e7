"""Fetching what others publish: bounded, polite, and never from a private network."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from digest.curating import fetching
from digest.curating.fetching import Failure, Limits, Redirect, Request, Response, Turns, fetch, fetch_all

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Server:
    """Listens on the loopback, keeps what it is asked, answers what it is given: bytes, or a function of the request."""

    def __init__(self, answer) -> None:
        self.answer = answer
        self.asked: list[bytes] = []
        self.connections = self.open = self.most_open = 0
        self.guard = threading.Lock()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        while True:
            try:
                stream, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(stream,), daemon=True).start()

    def serve(self, stream: socket.socket) -> None:
        with stream, suppress(OSError):
            request = b""
            with self.guard:
                self.connections += 1
            while b"\r\n\r\n" not in request and request[:1] != b"\x16" and (more := stream.recv(65536)):
                request += more
            with self.guard:
                self.asked.append(request)
                self.open += 1
                self.most_open = max(self.most_open, self.open)
            answer = self.answer(request) if callable(self.answer) else self.answer
            with self.guard:
                self.open -= 1
            for piece in [answer] if isinstance(answer, bytes) else answer:
                stream.sendall(piece)

    def url(self, path: str = "/", host: str = "news.example") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving(answer):
    server = Server(answer)
    try:
        yield server
    finally:
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()


def network(**changes):
    """Names lead to the loopback, which is allowed; no proxy; a still clock."""
    given = {
        "is_allowed": lambda address: address.is_loopback,
        "resolve": lambda _name, _port: [(socket.AF_INET, "127.0.0.1")],
        "proxies": dict,
        "now": lambda: NOW,
    }
    return fetching.NETWORK._replace(**{**given, **changes})


def page(body: bytes = b"<p>x", headers: bytes = b"") -> bytes:
    return OK + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


def moved(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


# ------------------------------------------------------------------ one page


def test_page_when_fetched_comes_with_headers_and_charset():
    with serving(page(b"<p>\xd8\xae", b'ETag: W/"a b"\r\n')) as server:
        answer = fetch(server.url("/a?b=c#d"), network=network())
    assert isinstance(answer, Response)
    assert (answer.status, answer.body, answer.charset, answer.is_complete) == (200, b"<p>\xd8\xae", "utf-8", True)
    assert answer.headers["etag"] == 'W/"a b"'
    asked = server.asked[0].decode()
    assert asked.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: news.example:{server.port}\r\n" in asked
    assert f"User-Agent: digest/{fetching.__version__} " in asked
    assert "Accept-Encoding: gzip\r\n" in asked
    assert "cookie" not in asked.lower()
    assert "referer" not in asked.lower()


def test_validators_when_given_are_sent_byte_for_byte_and_304_is_no_failure():
    with serving(b'HTTP/1.1 304 Not Modified\r\nETag: "n"\r\n\r\n') as server:
        answer = fetch(server.url(), etag='W/"x"', last_modified="Sun, 06 Nov 1994 08:49:37 GMT", network=network())
    assert isinstance(answer, Response)
    assert answer.is_unchanged
    assert answer.headers["etag"] == '"n"'
    assert b'If-None-Match: W/"x"\r\n' in server.asked[0]
    assert b"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n" in server.asked[0]


def test_validators_when_redirected_to_another_host_stay_behind():
    with serving(page()) as other, serving(lambda _: moved(other.url(host="other.example"))) as server:
        fetch(server.url(), etag='"x"', network=network())
    assert b"If-None-Match" in server.asked[0]
    assert b"If-None-Match" not in other.asked[0]


def test_validators_that_would_forge_a_header_are_not_sent():
    with serving(page()) as server:
        fetch(server.url(), etag='"x"\r\nCookie: a', network=network())
    assert b"Cookie" not in server.asked[0]


def test_gzip_in_several_members_is_inflated():
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    with serving(page(body, b"Content-Encoding: gzip\r\n")) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Response)
    assert answer.body == b"one two"


def test_body_shorter_than_announced_is_marked_incomplete():
    with serving(OK + b"Content-Length: 100\r\n\r\nhalf") as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Response)
    assert (answer.body, answer.is_complete) == (b"half", False)


# ------------------------------------------------------------------ private addresses


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:c0a8:101::",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
        "100::1",
    ],
)
def test_special_addresses_are_not_public(address):
    assert not fetching.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_internet_are_public(address):
    assert fetching.is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "localhost.",
    ],
)
def test_host_that_means_this_machine_gets_no_byte(host):
    with serving(page()) as server:
        answer = fetch(
            f"http://{host}:{server.port}/",
            network=network(is_allowed=fetching.is_public, resolve=fetching.system_resolve),
        )
        time.sleep(0.02)
    assert isinstance(answer, Failure)
    assert answer.kind in {"private", "address", "lookup"}
    assert server.connections == 0


def test_name_that_leads_to_a_private_address_gets_no_byte():
    with serving(page()) as server:
        answer = fetch(server.url(), network=network(is_allowed=fetching.is_public))
    assert isinstance(answer, Failure)
    assert answer.kind == "private"
    assert server.connections == 0


def test_name_with_one_private_address_among_public_ones_is_refused():
    places = [(socket.AF_INET, "93.184.216.34"), (socket.AF_INET, "10.0.0.1")]
    answer = fetch("http://news.example/", network=network(is_allowed=fetching.is_public, resolve=lambda *_: places))
    assert isinstance(answer, Failure)
    assert answer.kind == "private"


def test_name_that_changes_between_check_and_connection_is_asked_once():
    answers = [[(socket.AF_INET, "127.0.0.1")], [(socket.AF_INET, "10.0.0.1")]]
    with serving(page()) as server:
        answer = fetch(server.url(), network=network(resolve=lambda *_: answers.pop(0)))
    assert isinstance(answer, Response)
    assert len(answers) == 1


def test_redirect_to_a_private_address_gets_no_byte():
    def allowed(address):
        return str(address) == "127.0.0.1"

    def resolve(name, _port):
        return [(socket.AF_INET, "127.0.0.1" if name == "news.example" else "127.0.0.2")]

    with serving(page()) as inner, serving(moved(inner.url(host="router.example"))) as server:
        answer = fetch(server.url(), network=network(is_allowed=allowed, resolve=resolve))
    assert isinstance(answer, Failure)
    assert answer.kind == "private"
    assert inner.connections == 0


def test_environment_does_not_open_private_addresses(monkeypatch):
    for name in ("DIGEST_ALLOW_PRIVATE", "DIGEST_TEST", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "1")
    with serving(page()) as server:
        answer = fetch(f"http://127.0.0.1:{server.port}/")
    assert isinstance(answer, Failure)
    assert answer.kind == "private"
    assert server.connections == 0


def test_proxy_of_the_environment_is_used_and_private_targets_are_refused_all_the_same():
    def unknown(_name, _port):
        raise OSError

    with serving(page(b"by proxy")) as proxy:
        way = network(
            is_allowed=fetching.is_public, resolve=unknown, proxies=lambda: {"http": f"http://127.0.0.1:{proxy.port}"}
        )
        answer = fetch("http://news.example/a", network=way)
        assert isinstance(answer, Response)
        assert answer.body == b"by proxy"
        assert proxy.asked[0].startswith(b"GET http://news.example/a HTTP/1.1\r\nHost: news.example\r\n")
        refused = fetch("http://192.168.1.1/", network=way)
        assert isinstance(refused, Failure)
        assert refused.kind == "private"
    assert proxy.connections == 1


# ------------------------------------------------------------------ redirects


def test_five_redirects_are_followed_and_the_sixth_is_named():
    def answer(request):
        number = int(request.split(b" ")[1][1:] or b"0")
        return moved(f"/{number + 1}", 301) if number < limit else page()

    with serving(answer) as server:
        limit = 5
        found = fetch(server.url("/0"), network=network())
        assert isinstance(found, Response)
        assert found.url == server.url("/5")
        assert found.redirects[0] == Redirect(301, server.url("/0"), server.url("/1"))
        assert found.redirects[0].is_permanent
        limit = 6
        found = fetch(server.url("/0"), network=network())
    assert isinstance(found, Failure)
    assert found.message == "more than 5 redirects; the next leads to news.example"


def test_redirect_in_a_loop_is_named():
    with serving(lambda request: moved("/b" if b" /a " in request else "/a")) as server:
        answer = fetch(server.url("/a"), network=network())
    assert isinstance(answer, Failure)
    assert answer.message == "news.example redirects in a loop"


def test_redirect_with_arabic_letters_is_followed():
    with serving(lambda request: page() if b"%D8" in request else moved("/خبر")) as server:
        answer = fetch(server.url("/a"), network=network())
    assert isinstance(answer, Response)
    assert answer.url.endswith("/%D8%AE%D8%A8%D8%B1")


def test_redirect_from_https_to_http_is_refused():
    fetching_one = fetching.Fetching(Request("https://news.example/"), Limits(), network(), None)
    with pytest.raises(fetching.Refused, match="redirects from https to http"):
        fetching_one.onward("https://news.example/", 301, "http://news.example/")


@pytest.mark.parametrize(
    "to", ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/", "http://u:p@x.example/", "http://["]
)
def test_redirect_to_no_web_address_is_refused(to):
    with serving(moved(to)) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "redirect"


# ------------------------------------------------------------------ bounds


def test_page_that_is_announced_too_large_is_not_read():
    with serving([OK + b"Content-Length: 99999999999\r\n\r\n", b"x" * 1000]) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "size"


def test_endless_page_is_cut_at_the_limit():
    def endless(_request):
        yield OK + b"\r\n"
        while True:
            yield b"x" * 65536

    with serving(endless) as server:
        started = time.monotonic()
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "size"
    assert time.monotonic() - started < 2


def test_gigabyte_behind_gzip_is_not_inflated():
    bomb = gzip.compress(b"\0" * (1 << 26))
    many = bomb * 16
    with serving(page(many, b"Content-Encoding: gzip\r\n")) as server:
        started = time.monotonic()
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "size"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("where", ["head", "body"])
def test_server_that_sends_a_byte_a_second_ends_at_the_time_limit(where):
    def slow(_request):
        if where == "body":
            yield OK + b"Content-Length: 1000\r\n\r\n"
        for byte in OK * 100:
            yield bytes([byte])
            time.sleep(0.05)

    with serving(slow) as server:
        started = time.monotonic()
        answer = fetch(server.url(), network=network(), limits=Limits(total=0.5))
    assert isinstance(answer, Failure)
    assert answer.message == "news.example did not answer within 0.5 seconds"
    assert 0.4 < time.monotonic() - started < 1.5


def test_lookup_that_never_ends_ends_at_the_time_limit():
    answer = fetch("http://news.example/", network=network(resolve=lambda *_: time.sleep(3)), limits=Limits(total=0.2))
    assert isinstance(answer, Failure)
    assert answer.kind == "time"


def test_brotli_that_nobody_asked_for_is_named():
    with serving(page(b"x", b"Content-Encoding: br\r\n")) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "encoding"


def test_broken_gzip_is_named():
    with serving(page(b"no gzip", b"Content-Encoding: gzip\r\n")) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "encoding"


@pytest.mark.parametrize(
    "garbage", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500 + b"\r\n", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_server_that_speaks_no_http_is_named(garbage):
    with serving(garbage) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind in {"protocol", "connection"}


def test_plain_server_behind_https_is_named():
    with serving(page()) as server:
        answer = fetch(server.url().replace("http:", "https:"), network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "tls"


def test_no_server_at_all_is_named():
    with serving(page()) as server:
        port = server.port
    answer = fetch(f"http://news.example:{port}/", network=network())
    assert isinstance(answer, Failure)
    assert answer.kind == "connection"


# ------------------------------------------------------------------ what a status means


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (401, "", "status", "wants a login"),
        (403, "", "status", "refuses the request"),
        (403, "cf-mitigated: challenge", "wall", "no robots"),
        (503, "Server: ddos-guard", "wall", "no robots"),
        (404, "", "status", "no such page"),
        (410, "", "status", "for good"),
        (429, "Retry-After: 120", "status", "too many requests"),
        (500, "", "status", "out of order"),
        (503, "Retry-After: Mon, 23 Nov 2026 13:00:00 GMT", "status", "out of order"),
    ],
)
def test_status_when_it_is_an_error_has_a_line_and_a_cure(status, headers, kind, words):
    with serving(
        f"HTTP/1.1 {status} X\r\n{headers}{chr(13) + chr(10) if headers else ''}Content-Length: 2\r\n\r\nhi".encode()
    ) as server:
        answer = fetch(server.url(), network=network())
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.status, answer.body) == (kind, status, b"hi")
    assert words in answer.message
    assert answer.cure
    if status == 429:
        assert answer.retry_after == NOW + timedelta(seconds=120)
        assert answer.cure == "try again after 2026-11-23 12:02 UTC"
    if status == 503 and "Retry" in headers:
        assert answer.retry_after == NOW + timedelta(hours=1)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "٣", "Mon, 99 Nov 2026", "Mon, 23 Nov 99999 13:00:00 GMT"])
def test_retry_after_when_it_is_nonsense_is_none(value):
    assert fetching.retry_after(value, NOW) is None


def test_retry_after_is_never_past_and_never_far():
    assert fetching.retry_after("Mon, 23 Nov 2020 13:00:00 GMT", NOW) == NOW
    assert fetching.retry_after("99999999999999999999", NOW) == NOW + timedelta(days=366)


def test_messages_never_hold_the_address():
    with serving(b"HTTP/1.1 403 X\r\n\r\n") as server:
        answer = fetch(server.url("/feed?key=secret-word"), network=network())
    assert "secret-word" not in str(answer)


# ------------------------------------------------------------------ many at once


def test_many_hosts_are_asked_at_once_and_each_host_in_turn():
    gate = threading.Barrier(3, timeout=5)

    def slow(_request):
        gate.wait()
        return page()

    with serving(slow) as one, serving(slow) as two, serving(slow) as three:
        servers = {"one.example": one, "two.example": two, "three.example": three}
        requests = [Request(server.url(f"/{n}", host)) for host, server in servers.items() for n in range(3)]
        answers = dict(fetch_all(requests, network=network()))
    assert set(answers) == set(requests)
    assert all(isinstance(answer, Response) for answer in answers.values())
    assert [server.most_open for server in servers.values()] == [1, 1, 1]


def test_redirects_to_a_host_that_is_being_asked_wait_for_their_turn():
    def slow(_request):
        time.sleep(0.05)
        return page()

    with serving(slow) as one, serving(moved(one.url("/x", "one.example"))) as two:
        requests = [
            Request(one.url("/a", "one.example")),
            Request(two.url("/", "two.example")),
            Request(two.url("/", "three.example")),
        ]
        answers = dict(fetch_all(requests, network=network()))
    assert all(isinstance(answer, Response) for answer in answers.values())
    assert one.most_open == 1


def test_requests_for_which_no_time_is_left_are_said():
    with serving(page()) as server:
        answers = dict(fetch_all([Request(server.url())], within=-1, network=network()))
    assert [answer.kind for answer in answers.values() if isinstance(answer, Failure)] == ["time"]


def test_fault_of_one_request_does_not_stop_the_others():
    def faulty():
        raise RuntimeError

    answers = dict(fetch_all([Request("http://news.example/"), Request("no address")], network=network(proxies=faulty)))
    assert sorted(answer.kind for answer in answers.values() if isinstance(answer, Failure)) == ["address", "protocol"]


def test_turns_are_per_host():
    turns = Turns()
    assert turns.of("a.example") is turns.of("www.a.example")
    assert turns.of("a.example") is not turns.of("b.example")
