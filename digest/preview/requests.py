"""The bytes of a request → a `Request`, or why it is refused. Nothing is read, nothing is answered here.

Strict on purpose: two methods, no bodies, one spelling of each thing. A path is decoded once and looked at after that;
it is only ever compared with the addresses the site has, never made into the name of a file. Who may ask (TRUST: a
page of another site must neither read nor drive this server): a `Host` that is ours, so that a name which was made to
lead here (DNS rebinding) gets nothing; an `Origin`, where there is one, that is this server itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

OWN = "/.digest/"
"""Prefix of the preview's own files. No page of a site has it: names that begin with a dot are not published."""
HEAD_LIMIT = 16 * 1024
"""Bytes of a request."""
FIELD_LIMIT = 100
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})

REQUEST_LINE = re.compile(r"([A-Z]{1,20}) (/[!-~]*) HTTP/1\.([01])")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
HIDDEN_SEPARATOR = re.compile(r"%(?:2[fF]|5[cC])")
"""A slash or a backslash that would be a separator only after decoding."""
NOT_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\:\ufffe\uffff]")
SINGLE = frozenset({"host", "origin", "content-length", "transfer-encoding", "range", "sec-fetch-site"})
"""Fields that two of would be read in two ways."""


class RefusedError(Exception):
    """A request that is not answered as asked."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        """A few words without anything of the request in them."""


@dataclass(frozen=True, slots=True)
class Request:
    """A GET or HEAD from somebody who may ask."""

    method: str
    path: str
    """Decoded, begins with a slash, without dots, empty parts, backslashes, colons, controls."""
    query: str
    """As it came."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """By names in small letters."""
    keeps: bool = True
    """Whether the connection stays open afterwards."""


def parse(head: bytes, hosts: frozenset[str]) -> Request:
    """A request up to its empty line, which is left out. Raises `RefusedError`."""
    first, *rest = head.decode("latin-1").split("\r\n")
    line = REQUEST_LINE.fullmatch(first)
    if line is None:
        raise RefusedError(400, "not a request")
    fields = fields_of(rest)
    method, target, minor = line.groups()
    if method not in {"GET", "HEAD"}:
        raise RefusedError(405, "only GET and HEAD are answered")
    if "transfer-encoding" in fields or fields.get("content-length", "0") != "0":
        raise RefusedError(400, "a request with a body")
    check_sender(fields, hosts)
    target, _, query = target.partition("?")
    path = decoded(target)
    check_page(path, fields)
    wish = fields.get("connection", "").lower()
    return Request(method, path, query, fields, minor == "1" and "close" not in wish)


def fields_of(lines: list[str]) -> dict[str, str]:
    """Header fields by name. Raises `RefusedError`."""
    if len(lines) > FIELD_LIMIT:
        raise RefusedError(431, "too many header fields")
    found: dict[str, str] = {}
    for line in lines:
        pair = FIELD.fullmatch(line)
        if pair is None:
            raise RefusedError(400, "a header field that cannot be read")
        name = pair[1].lower()
        if name in found and name in SINGLE:
            raise RefusedError(400, "a header field given twice")
        found.setdefault(name, pair[2])
    return found


def decoded(target: str) -> str:
    """A path as it was meant, decoded once. Raises `RefusedError`."""
    if BAD_ESCAPE.search(target) or HIDDEN_SEPARATOR.search(target) or "#" in target:
        raise RefusedError(400, "not a path")
    try:
        path = unquote_to_bytes(target).decode()
    except UnicodeDecodeError:
        raise RefusedError(400, "not a path") from None
    parts = path.split("/")
    if NOT_IN_PATH.search(path) or "" in parts[1:-1] or "." in parts or ".." in parts:
        raise RefusedError(400, "not a path")
    return path


def check_sender(fields: Mapping[str, str], hosts: frozenset[str]) -> None:
    """Refuse names that are not ours, and other origins. Raises `RefusedError`."""
    if "host" not in fields:
        raise RefusedError(400, "no Host")
    name = fields["host"].lower()
    host = HOST.fullmatch(name)
    if host is None:
        raise RefusedError(400, "no Host")
    if host[1] not in hosts:
        raise RefusedError(403, "this name is not served here")
    if "origin" in fields and fields["origin"].lower() not in own_origins(
        name, forwarded=not host[2] and host[1] not in LOCAL
    ):
        raise RefusedError(403, "other origins are not served")


def own_origins(name: str, *, forwarded: bool) -> set[str]:
    """The origin of this server by the name it was asked by; a forwarded one may be https outside."""
    return {f"http://{name}", f"https://{name}"} if forwarded else {f"http://{name}"}


def check_page(path: str, fields: Mapping[str, str]) -> None:
    """Refuse what a page of another site asks for, where the browser says so (Fetch Metadata): it may lead a reader
    to a page of the site, nothing else. Raises `RefusedError`.
    """
    if fields.get("sec-fetch-site", "none") in {"none", "same-origin"}:
        return
    leads = fields.get("sec-fetch-mode") == "navigate" and fields.get("sec-fetch-dest", "document") == "document"
    if not leads or path.startswith(OWN):
        raise RefusedError(403, "other sites are not served")
