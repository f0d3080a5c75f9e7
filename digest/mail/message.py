"""HTML and text → one message (`.eml`): multipart/alternative, both parts base64 UTF-8, the same bytes each time.

The head is written here and not by `email.message`: Python 3.11's glues the words of Arabic subjects together
(cpython 92081), later ones add blanks (120930). Encoded words are those of RFC 2047: at most 75 characters each, each
on a line of its own, cut between characters.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from digest.content.settings import MAILBOX, Settings

if TYPE_CHECKING:
    from digest.mail.rendering import RenderedMail
    from digest.model import Edition

PLAIN: Final = re.compile(r"[A-Za-z0-9 ,.:;!?'()/+-]*")
"""Text that a header line holds as it is; never a mark of a template language."""
PLAIN_LENGTH: Final = 60
ENCODED_WORD: Final = 75
"""RFC 2047, 2: the longest encoded word."""
SAFE_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")


def message(settings: Settings, edition: Edition, mail: RenderedMail) -> bytes:
    """The whole message; its identity and date are those of the edition."""
    email = settings.email
    host = host_of(settings)
    made = blake2b(digest_size=16)
    for text in (settings.base_url, edition.id, mail.html, mail.text):
        made.update(text.encode() + b"\0")
    identity = made.hexdigest()
    boundary = f"=_{identity}"
    head = [
        header("From", mailbox(email.sender or f"{settings.title.plain} <noreply@{host}>")),
        *([header("Reply-To", mailbox(email.reply_to))] if email.reply_to else []),
        header("Subject", encoded(mail.view.subject, len("Subject: "))),
        header("Date", format_datetime(edition.published.astimezone(settings.zone))),
        header("Message-ID", f"<{identity}@{host}>"),
        header("Content-Language", settings.lang),
        *leaving(email.unsubscribe, host),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = [part("plain", mail.text), part("html", mail.html)]
    body = "".join(f"--{boundary}\r\n{one}" for one in parts)
    return ("\r\n".join(head) + f"\r\n\r\n{body}--{boundary}--\r\n").encode("ascii")


def leaving(unsubscribe: str, host: str) -> Iterator[str]:
    """How a client offers to leave the list (RFC 2369, RFC 8058)."""
    if not unsubscribe:
        return
    yield header("List-Id", f"<digest.{host}>")
    yield header("List-Unsubscribe", f"<{unsubscribe}>")
    if unsubscribe.startswith("https:"):
        yield header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def host_of(settings: Settings) -> str:
    """The site's host in ASCII."""
    host = urlsplit(settings.base_url).hostname or ""
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        host = ""
    return host if SAFE_HOST.fullmatch(host) else "site.invalid"


def header(name: str, value: str) -> str:
    """One field. Nothing in a value can begin another: only our own folding breaks lines."""
    folded = value.replace("\r\n ", "\0")
    return f"{name}: " + re.sub(r"[\r\n]", " ", folded).replace("\0", "\r\n ")


def mailbox(raw: str) -> str:
    """A name and an address, or the address alone."""
    found = MAILBOX.fullmatch(raw)
    if found is None:  # a title with angle brackets: its name is the address's own
        return raw[raw.rfind("<") + 1 :].rstrip(">")
    name = (found["name"] or "").strip().strip('"')
    return f"{encoded(name, len('Reply-To: '), phrase=True)}\r\n <{found['address']}>" if name else found["address"]


def encoded(text: str, used: int, *, phrase: bool = False) -> str:
    """A text for a header, as it is if it is plain and short, else as encoded words; `used`: before it on its line."""
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).split(" "))
    if PLAIN.fullmatch(text) and len(text) <= PLAIN_LENGTH and text == text.strip():
        return f'"{text}"' if phrase else text
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words(text, used))


def words(text: str, used: int) -> Iterator[bytes]:
    """A text cut between characters, so that each piece fits one line as an encoded word."""
    room = piece_size(ENCODED_WORD - used)
    piece = b""
    for character in text:
        more = character.encode("utf-8", "replace")
        if len(piece) + len(more) > room:
            yield piece
            piece, room = b"", piece_size(ENCODED_WORD)
        piece += more
    yield piece


def piece_size(length: int) -> int:
    """Bytes that an encoded word of a length holds."""
    return (length - len("=?utf-8?b??=")) // 4 * 3


def part(kind: str, body: str) -> str:
    """One body. Lines end as mails want them."""
    raw = body.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    lines = base64.encodebytes(raw).decode().replace("\n", "\r\n")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}"
