"""Lines of access logs, whatever server wrote them, as rows of one shape. Nobody says which format it is.

Known are the common and combined formats with or without a host before them and with further fields after them, JSON
of nginx, Caddy, Traefik, CloudFront and Cloudflare, the extended format of W3C, whose `#Fields` line says what is
where, and Bunny's. Each line is recognised by itself, so a file may change its format half-way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
"""Who («host address - user», or without the host), when, «GET /path», status, agent, what follows the agent."""
NO_REQUEST: Row = (b"", b"", b"", b"", b"", b"")
"""A line that is known and tells of no request: a comment, a message of the server."""

LONGEST = 64 << 10
"""Bytes of a line that are looked at; servers refuse requests of an eighth of that."""
TEXT = rb'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+'
COMMON = re.compile(
    rb'^([^\["\n]{3,600}+)(?:"[^"\n]*+" )?\[([^\]\n]{18,40}+)\] (?:\([^)\n]{0,20}\) )?"('
    + TEXT
    + rb')" (\d{3}|-) [\d-]+'
    rb'(?: "' + TEXT + rb'" "(' + TEXT + rb')"([^\n]*)|[^"\n]*)$',
    re.MULTILINE,
)
"""The common log format of the NCSA, and what nginx and Apache make of it."""
BUNNY_FIELDS = 12
BUNNY_URL = re.compile(rb"https?://(?P<host>[^/\s]+)(?P<target>/\S*)")
W3C_PARTS = re.compile(rb'"[^"]*"|\S+')
UNESCAPED = re.compile(rb'\\(?!["\\/bfnrtu])')
"""A backslash that JSON does not know: nginx writes `\\xD8` unless it is told `escape=json`."""

Names = tuple[str, ...]
ADDRESS: Names = (
    "client_ip", "remote_ip", "remote_addr", "ClientHost", "clientip", "ip", "client", "c-ip", "remote_host", "address",
    "ClientIP",
)  # fmt: skip
FORWARDED: Names = ("http_x_forwarded_for", "x_forwarded_for", "xff", "X-Forwarded-For", "x-forwarded-for")
METHOD: Names = ("method", "request_method", "RequestMethod", "cs-method", "verb", "ClientRequestMethod")
TARGET: Names = ("uri", "request_uri", "path", "url", "RequestPath", "cs-uri-stem", "request_path", "ClientRequestURI")
STATUS: Names = ("status", "DownstreamStatus", "sc-status", "status_code", "response", "EdgeResponseStatus")
AGENT: Names = (
    "User-Agent", "http_user_agent", "user_agent", "agent", "userAgent", "useragent", "request_User-Agent",
    "cs(User-Agent)", "ua",
    "ClientRequestUserAgent",
)  # fmt: skip
WHEN: Names = (
    "time_iso8601", "ts", "@timestamp", "time", "timestamp", "time_local", "date", "datetime", "msec", "time_msec",
    "StartUTC", "StartLocal",
    "EdgeStartTimestamp",
)  # fmt: skip
HOST: Names = ("host", "http_host", "RequestHost", "x-host-header", "vhost", "server_name", "ClientRequestHost")
PURPOSE: Names = (
    "Sec-Purpose", "Purpose", "X-Moz", "X-Purpose", "sec_purpose", "http_sec_purpose", "purpose", "http_purpose",
)  # fmt: skip


def rows(lines: Sequence[bytes], text: bytes, columns: Sequence[bytes]) -> list[Row | None]:
    """Lines as rows in their order; None for those of no known format. `text`: the same lines in one chunk.

    `columns` are those of the last `#Fields` line before them; one among the lines takes its place.
    """
    found: list[Row | None] = COMMON.findall(text)
    if len(found) == len(lines):  # nearly always: one call for all of them
        return found
    found = []
    for line in lines:
        if line.startswith(b"#"):
            columns = columns_of(line) or columns
        found.append(row(line, columns))
    return found


def row(line: bytes, columns: Sequence[bytes]) -> Row | None:
    """One line, by whatever format it is of."""
    if len(line) > LONGEST:
        return None
    if line.startswith(b"{"):
        return json_row(line)
    if line.startswith(b"#"):
        return NO_REQUEST
    match = COMMON.match(line)
    if match:
        host, when, request, status, agent, rest = match.groups(b"")
        return host, when, request, status, agent, rest
    if line.count(b"|") >= BUNNY_FIELDS - 1:
        return bunny_row(line)
    return extended_row(line, columns) if columns else None


def bunny_row(line: bytes) -> Row | None:
    """A line of Bunny: cache, status, milliseconds, bytes, zone, address, referrer, URL, place, agent, id, country."""
    parts = line.split(b"|")
    found = BUNNY_URL.fullmatch(parts[7])
    if found is None or not parts[1].isdigit() or not parts[2].isdigit():
        return None
    agent = b"|".join(parts[9:-2])
    return who(found["host"], parts[5]), parts[2], b"GET " + found["target"], parts[1], agent, b""


def columns_of(line: bytes) -> list[bytes]:
    """The columns that a `#Fields` line names; none where it is another line."""
    name, _, fields = line.partition(b":")
    return fields.split() if name.strip().lower() == b"#fields" else []


def extended_row(line: bytes, columns: Sequence[bytes]) -> Row | None:
    """A line of the extended log format (W3C, CloudFront, IIS). Raises nothing."""
    parts = line.split(b"\t") if b"\t" in line else W3C_PARTS.findall(line) if b'"' in line else line.split()
    if len(parts) != len(columns):
        return None
    cells = {
        name.decode("ascii", "replace"): part.strip(b'"') for name, part in zip(columns, parts, strict=True) if part
    }
    when = cells.get("date", b"") + b" " + cells.get("time", b"") if "date" in cells else cells.get("timestamp", b"")
    target = cells.get("cs-uri-stem") or cells.get("cs-uri") or b""
    status = cells.get("sc-status", b"")
    method = cells.get("cs-method", b"")
    if not target or not method or not status.isdigit():
        return None
    agent = cells.get("cs(User-Agent)", b"")
    if b"%" in agent or b"+" in agent:
        agent = unquote_to_bytes(unquote_to_bytes(agent.replace(b"+", b" ")))
    if "x-edge-location" in cells and b"%25" in target:  # CloudFront encodes what readers' browsers had encoded
        target = unquote_to_bytes(target)
    host = cells.get("x-host-header") or cells.get("cs-host") or b""
    return who(host, cells.get("c-ip", b"-")), when, method + b" " + target, status, agent, b""


def json_row(line: bytes) -> Row | None:
    """A line of JSON: names of fields as nginx's documentation, Caddy, Traefik and CloudFront write them."""
    found = json_object(line) or json_object(UNESCAPED.sub(rb"\\\\", line))
    if found is None:
        return None
    fields = flat(found)
    status = first(fields, STATUS)
    request = first(fields, ("request",))
    method, target = first(fields, METHOD), first(fields, TARGET)
    if method and target:
        request = method + b" " + target
    when = first(fields, WHEN)
    if b" " not in request or not status.isdigit() or not when:
        return NO_REQUEST if {"level", "msg"} <= found.keys() else None
    if "date" in fields and "time" in fields and b":" not in first(fields, ("date",)):
        when = first(fields, ("date",)) + b" " + first(fields, ("time",))
    rest = b' "' + first(fields, PURPOSE) + b'" "' + first(fields, FORWARDED) + b'"'
    return who(first(fields, HOST), first(fields, ADDRESS)), when, request, status, first(fields, AGENT), rest


def json_object(line: bytes) -> dict[str, Any] | None:
    """An object of JSON; None for what is none, however it is malformed."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def flat(found: Mapping[str, Any]) -> dict[str, Any]:
    """What Caddy has inside `request` and its `headers`, beside the rest."""
    inner = found.get("request")
    if not isinstance(inner, dict):
        return dict(found)
    headers = inner.get("headers")
    shown = {}
    for name, value in (headers if isinstance(headers, dict) else {}).items():
        shown[name] = value[0] if isinstance(value, list) and value else value
    return {**shown, **inner, **{name: value for name, value in found.items() if name != "request"}}


def first(fields: Mapping[str, Any], names: Names) -> bytes:
    """The first of these fields that says something."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str | int | float) and value not in ("", "-"):
            return str(value).encode("utf-8", "replace").replace(b"\n", b" ")
    return b""


def who(host: bytes, address: bytes) -> bytes:
    """Host and address as the common format has them."""
    shown = b"-".join(address.split()) or b"-"
    return b"-".join(host.split()) + b" " + shown + b" - -" if host else shown + b" - -"


# ------------------------------------------------------------------ time

MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1
    )
}
CLOCK = re.compile(rb"(\d{1,2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?: ?([+-])(\d{2}):?(\d{2}))?")
NUMBER = re.compile(rb"\d{9,19}(?:\.\d*)?")
LEAP_SECOND = 60


def moment(stamp: bytes) -> datetime | None:
    """When a request came; without a zone where the log gives none. None for what is no time."""
    match = CLOCK.fullmatch(stamp)
    try:
        if match:
            day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
            zone = offset(sign, hours, minutes) if sign else ""
            # servers write a leap second as :60
            text = f"{int(year):04}-{MONTHS[month]:02}-{int(day):02}T{hour.decode()}:{minute.decode()}"
            return datetime.fromisoformat(f"{text}:{min(int(second), LEAP_SECOND - 1):02}{zone}")
        if NUMBER.fullmatch(stamp):
            return epoch(float(stamp))
        text = stamp.decode("ascii").strip().replace("/", "-")
        return datetime.fromisoformat(text)
    except (ValueError, KeyError, OverflowError, OSError):
        return None


def offset(sign: bytes, hours: bytes, minutes: bytes) -> str:
    return f"{sign.decode()}{hours.decode()}:{minutes.decode()}"


def epoch(number: float) -> datetime:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970."""
    for _ in range(3):
        if number < 1e11:
            break
        number /= 1000
    return datetime.fromtimestamp(number, UTC)
