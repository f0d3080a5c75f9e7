"""A page saved in a browser → its HTML, the address it came from and when it was saved.

In: the bytes of a file: HTML, SingleFile's, "web page, complete", MHTML, each also gzipped. Out: a `Saved`, or why the
file cannot be read. Nothing else on disk is opened: a "complete" page's folder holds pictures and scripts, no facts.
"""

from __future__ import annotations

import binascii
import email
import email.policy
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count, islice
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from digest.curating import addresses, fetching
from digest.problems import N_, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message as Mail

LARGEST: Final = 32 << 20
"""Bytes of a file, and of what its gzip holds: SingleFile puts every picture into the page."""
LARGEST_HTML: Final = 16 << 20
"""Bytes once pictures inside the page are taken out."""
DATA_URL: Final = re.compile(rb"data:[\w.+-]{1,60}/[\w.+-]{1,100}(?:;[\w.+=\"-]{0,60}){0,5},[A-Za-z0-9+/=%_.~-]{64,}")
BOUNDARY: Final = re.compile(rb"boundary=\"?([^\"\r\n;]{1,200})", re.IGNORECASE)
HTML_TYPES: Final = ("text/html", "application/xhtml+xml")
MOST_PARTS: Final = 3000
LONGEST_HEADERS: Final = 64 * 1024
COMMENT: Final = re.compile(rb"<!--(.{0,4000}?)-->", re.DOTALL)
SINGLE_FILE: Final = re.compile(rb"Page saved with SingleFile\s+url:\s*(\S+)\s+saved date:\s*([^\r\n]+)")
SAVED_FROM: Final = re.compile(rb"saved from url=\(\d{1,4}\)\s*(\S+)")
COPIED_FROM: Final = re.compile(rb"Mirrored from (\S+) by HTTrack[^,]*, (.{10,60}?GMT)")
HEAD: Final = 64 * 1024
LEAST_PICTURE: Final = 4000
"""Bytes: what is smaller is a sign, or stands for a picture that was not there yet."""


class Saved(NamedTuple):
    """A saved page."""

    html: bytes
    url: str = ""
    """Where it was saved from, canonical; empty where the file does not say."""
    charset: str = ""
    saved: datetime | None = None
    problem: Message | None = None
    """Why it cannot be read."""
    file: bytes = b""
    """The whole file, unpacked: its pictures can be taken out of it."""


TOO_LARGE: Final = N_("it is too large")
NO_PAGE: Final = N_("it is no web page")
NONE_INSIDE: Final = N_("it holds no web page")


def read(raw: bytes) -> Saved:  # noqa: PLR0911 - one for each fault of a file
    """The page in a file's bytes."""
    if raw.startswith(b"\x1f\x8b"):
        try:
            inflated = fetching.gunzipped(raw, LARGEST)
        except ValueError:
            return Saved(b"", problem=N_("it is too large once unpacked"))
        if inflated is None:
            return Saved(b"", problem=N_("it is no sound gzip"))
        raw = inflated
    if len(raw) > LARGEST:
        return Saved(b"", problem=TOO_LARGE)
    if raw.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"bplist00")):
        return Saved(b"", problem=NO_PAGE)
    if is_mhtml(raw):
        return of_mhtml(raw)._replace(file=raw)
    page = without_data(raw)
    if len(page) > LARGEST_HTML:
        return Saved(b"", problem=TOO_LARGE)
    return Saved(page, *origin(page[:HEAD]), file=raw)


def without_data(raw: bytes) -> bytes:
    """The page without the pictures and fonts that were put into it: `data:,3` stands where the fourth was."""
    number = count()
    return DATA_URL.sub(lambda _: b"data:,%d" % next(number), raw) if b"data:" in raw else raw


def picture(file: bytes, places: Iterable[str]) -> bytes:
    """The first picture of some size that a saved file holds of these places; empty where it holds none.

    A place is an address, or `data:,3`, as the page without its pictures names them. `file` is not gzipped.
    """
    places = list(places)
    held = in_parts(file, places) if is_mhtml(file) else {}
    for place in places:
        content = put_in(file, place) if place.startswith("data:,") else held.get(addresses.key(place), b"")
        if len(content) >= LEAST_PICTURE:
            return content
    return b""


def put_in(file: bytes, place: str) -> bytes:
    """The bytes of the picture that was put into a page as its N-th `data:` address."""
    number = place.removeprefix("data:,")
    found = next(islice(DATA_URL.finditer(file), int(number), None), None) if number.isdecimal() else None
    if found is None:
        return b""
    kind, _, data = found[0].partition(b",")
    content = unquote_to_bytes(data)
    if not kind.endswith(b";base64"):
        return content
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        return b""


def in_parts(file: bytes, places: Iterable[str]) -> dict[str, bytes]:
    """Key of an address → picture, for those of these addresses that an MHTML file holds."""
    wanted = {addresses.key(place) for place in places} - {""}
    found: dict[str, bytes] = {}
    for part in parts(file):
        head = headers_of(part)
        key = addresses.key(header(head, "Content-Location"))
        if key in wanted and key not in found and head.get_content_maintype() == "image":
            content = email.message_from_bytes(part, policy=email.policy.compat32).get_payload(decode=True)
            found[key] = content if isinstance(content, bytes) else b""
    return found


def origin(head: bytes) -> tuple[str, str, datetime | None]:
    """(address, charset, moment of saving) as the comments that browsers and SingleFile leave say them."""
    if head[:4].count(0) > 1:
        head = head.replace(b"\0", b"")
    for match in COMMENT.finditer(head):
        if found := SINGLE_FILE.search(match[1]):
            return address(found[1]), "", script_date(found[2])
        if found := SAVED_FROM.search(match[1]):
            return address(found[1]), "", None
        if found := COPIED_FROM.search(match[1]):
            return address(b"http://" + found[1]), "", mail_date(found[2].decode("ascii", "ignore"))
    return "", "", None


def address(raw: bytes) -> str:
    return addresses.canonical(raw.decode("utf-8", "replace").strip())


def script_date(raw: bytes) -> datetime | None:
    """`Mon Nov 23 2026 12:00:00 GMT+0100 (…)`, as JavaScript writes it."""
    match = re.match(
        r"\w{3} (\w{3}) (\d{1,2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})", raw.decode("ascii", "replace")
    )
    return mail_date(f"{match[2]} {match[1]} {match[3]} {match[4]} {match[5]}") if match else None


def mail_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# ------------------------------------------------------------------ MHTML


def is_mhtml(raw: bytes) -> bool:
    """Whether the bytes are a mail message of several parts, as browsers save a page in one file (RFC 2557)."""
    head = raw[:4096].lstrip()
    if head.startswith(b"<"):
        return False
    fields = head.lower()
    return b"multipart/related" in fields and b"mime-version:" in fields and b"boundary" in fields


def of_mhtml(raw: bytes) -> Saved:
    """The first HTML part, and the address it names."""
    message = email.message_from_bytes(raw[:LONGEST_HEADERS].partition(b"\r\n\r\n")[0], policy=email.policy.compat32)
    page = next(filter(None, map(html_in, parts(raw))), None)
    payload = page.get_payload(decode=True) if page else None
    if page is None or not isinstance(payload, bytes) or not payload.strip():
        return Saved(b"", problem=NONE_INSIDE)
    named = (
        header(message, "Snapshot-Content-Location")
        or header(page, "Content-Location")
        or header(message, "Content-Location")
    )
    charset = page.get_param("charset", "")
    when = mail_date(header(message, "Date"))
    return Saved(
        without_data(payload)[:LARGEST_HTML],
        address(named.encode()),
        str(charset).lower() if isinstance(charset, str) else "",
        when,
    )


def parts(raw: bytes) -> Iterator[bytes]:
    """The parts of an MHTML file with their headers, the first so many; the pictures in them are not looked at."""
    boundary = BOUNDARY.search(raw, 0, 8192)
    mark = b"--" + boundary[1].strip() if boundary else b""
    start = raw.find(mark) if mark else -1
    for _ in range(MOST_PARTS):
        if start < 0:
            return
        end = raw.find(mark, start + len(mark))
        yield raw[start + len(mark) : end if end >= 0 else len(raw)].lstrip(b"\r\n")
        start = end


def headers_of(part: bytes) -> Mail:
    """The headers of a part alone."""
    head = re.split(rb"\r?\n\r?\n", part[:LONGEST_HEADERS], maxsplit=1)[0]
    return email.message_from_bytes(head, policy=email.policy.compat32)


def html_in(part: bytes) -> Mail | None:
    """The HTML that a part is, or holds as one of its own parts."""
    kind = headers_of(part).get_content_type()
    if kind in HTML_TYPES:
        return email.message_from_bytes(part, policy=email.policy.compat32)
    if not kind.startswith("multipart/") or len(part) > LARGEST_HTML:
        return None
    inner = (html_in(one) for one in islice(parts(part), 20))
    return next(filter(None, inner), None) if part[:8192].count(b"boundary") == 1 else None


def header(message: Mail, name: str) -> str:
    """A header's text, its folding and MIME words undone."""
    from email.header import decode_header, make_header  # noqa: PLC0415

    raw = str(message.get(name, ""))
    if "=?" in raw:
        try:
            raw = str(make_header(decode_header(raw)))
        except (ValueError, LookupError):
            return ""
    return re.sub(r"[\r\n]\s*", "", raw).strip()
