"""Fetching over TLS: a sound certificate is believed, and each fault of one is named with its cure."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from test_fetching import Server, network, page

from digest.curating.fetching import Failure, Response, fetch

x509 = pytest.importorskip("cryptography.x509")
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "news.example"
NOW = datetime.now(UTC)


def certificate(host: str, issuer: tuple | None, *, ends: int = 30) -> tuple:
    """(certificate, key) of a host for so many days from now, signed by an issuer or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[0].subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=ends))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    return made.sign(issuer[1] if issuer else key, hashes.SHA256()), key


AUTHORITY = certificate("Authority of the tests", None)
CERTIFICATES = {
    "sound": lambda: certificate(HOST, AUTHORITY),
    "expired": lambda: certificate(HOST, AUTHORITY, ends=-1),
    "of another host": lambda: certificate("other.example", AUTHORITY),
    "signed by nobody": lambda: certificate(HOST, None),
}


class SecureServer(Server):
    """The server of the tests behind TLS."""

    def __init__(self, folder: Path, kind: str, protocol: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        made, key = CERTIFICATES[kind]()
        file = folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(file)
        self.context.maximum_version = protocol
        super().__init__(page(b"safe"))

    def serve(self, stream: socket.socket) -> None:
        with stream, suppress(OSError), self.context.wrap_socket(stream, server_side=True) as secure:
            super().serve(secure)


def trusting() -> ssl.SSLContext:
    authority = AUTHORITY[0].public_bytes(serialization.Encoding.PEM).decode()
    return ssl.create_default_context(cadata=authority)


@pytest.fixture
def answered(tmp_path: Path) -> Iterator:
    """What is fetched of a server with a certificate, and what the server was asked."""
    servers = []

    def answer(kind: str, **changes: object) -> tuple[Response | Failure, list[bytes]]:
        server = SecureServer(tmp_path, kind, **changes)
        servers.append(server)
        url = server.url("/a?key=secret", HOST).replace("http:", "https:")
        return fetch(url, network=network(tls=trusting)), server.asked

    yield answer
    for server in servers:
        server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()


def test_page_behind_a_sound_certificate_is_fetched(answered) -> None:
    found, asked = answered("sound")
    assert isinstance(found, Response), str(found)
    assert found.body == b"safe"
    assert asked[0].startswith(b"GET /a?key=secret HTTP/1.1\r\nHost: news.example")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "the certificate of news.example is not valid (certificate has expired)"),
        ("of another host", "the certificate of news.example is not valid (Hostname mismatch"),
        ("signed by nobody", "the certificate of news.example is not valid (self-signed certificate"),
    ],
)
def test_certificate_with_a_fault_is_named_and_no_request_is_sent(answered, kind: str, words: str) -> None:
    found, asked = answered(kind)
    assert isinstance(found, Failure)
    assert asked == []
    assert found.kind == "tls"
    assert found.message.startswith(words)
    assert found.cure == "check the address and the clock of this computer"
    assert "secret" not in str(found)


def test_server_that_speaks_an_old_tls_only_is_named(answered) -> None:
    with pytest.warns(DeprecationWarning, match="TLS"):
        found, _ = answered("sound", protocol=ssl.TLSVersion.TLSv1_1)
    assert isinstance(found, Failure)
    assert (found.kind, found.message.partition(" (")[0]) == ("tls", "no secure connection to news.example")


def test_server_that_hangs_up_during_the_handshake_is_named() -> None:
    def hang_up() -> None:
        stream, _ = listening.accept()
        stream.recv(100)
        stream.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=hang_up, daemon=True).start()
        found = fetch(f"https://{HOST}:{listening.getsockname()[1]}/", network=network())
    assert isinstance(found, Failure)
    assert found.kind in {"tls", "connection"}
    assert found.cure
