"""The one gate for every address a site's content names, and the few questions asked of an address afterwards.

In: an address as an author, a feed or a clipped page wrote it. Out: an address in one normal form (lower-case scheme
and host, punycode, percent-encoded UTF-8 with upper-case hex) that a browser cannot read as anything but http, https,
mailto, tel or a path. Refused, with a reason: every other scheme however spelt, passwords, missing or malformed hosts,
`//host`, control characters and direction controls. The parsing follows the WHATWG URL standard where it matters for
safety (what a browser drops, what it takes for a slash, what it takes for a number), and refuses where browsers guess.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import unquote, unquote_to_bytes

from digest.problems import N_, Message
from digest.text.characters import ASCII_DIGITS

Reason: TypeAlias = Message | Literal[""]
"""Why an address is refused; empty for one that is not."""

MAX_LENGTH = 4096
"""Characters of one address. Browsers and servers take at least 2,000 octets; percent-encoding triples Arabic."""

_PLAIN = re.compile(
    r"https?://(?=[^/?#]{1,253}(?:[/?#]|\Z))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z]"
    r"(?:/[A-Za-z0-9._~!$&()*+,;=:@/-]*)?(?:\?[A-Za-z0-9._~!$&()*+,;=:@/?-]*)?"
)
"""Addresses already in the normal form, as nearly all sources have them (an empty path gets its slash elsewhere)."""

_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\n\r")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Not marks and joiners (U+200C-200F, U+061C): some outlets' own paths hold them, and encoded they turn nothing.
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HEAD = re.compile(r"[^/?#]*")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMERIC_END = re.compile(r"(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\Z")
_IPV4 = r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}"  # compiled where it is needed: 4 ms
_PORT = re.compile(r"[0-9]{0,5}")
_SEPARATORS = re.compile("[ \xa0\u202f\u2010-\u2013\u200e\u200f./()-]")
_NUMBER = re.compile(r"\+?[0-9][0-9*#]{1,30}|[*#]{1,2}[0-9][0-9*#]{1,30}")
_PARAMETERS = re.compile(r"[a-z-]{1,20}=[A-Za-z0-9+.-]{1,40}(?:;[a-z-]{1,20}=[A-Za-z0-9+.-]{1,40}){0,5}")
_DEVIATIONS = re.compile("[ßẞςΣ\u200c\u200d]", re.IGNORECASE)
_PERCENT = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_DEFAULT_PORT = {"http": "80", "https": "443"}
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


class _Encoding(dict[int, str]):
    """A `str.translate` table that writes every character outside `safe` as percent-encoded UTF-8 (RFC 3986, 2.1)."""

    def __init__(self, safe: str) -> None:
        super().__init__({ord(c): c for c in safe})
        # Arabic blocks up front; what is rarer is computed anew each time, so that the table never grows.
        self.update({c: self.encoded(c) for c in (*range(0x80), *range(0x600, 0x700)) if c not in self})

    @staticmethod
    def encoded(code: int) -> str:
        return "".join(f"%{octet:02X}" for octet in chr(code).encode())

    def __missing__(self, code: int) -> str:
        return self.encoded(code)


# A quotation mark ' is legal in a path, yet encoded, so that no address can ever end an attribute.
_PATH = _Encoding(_UNRESERVED + "!$&()*+,;=:@/%")
_QUERY = _Encoding(_UNRESERVED + "!$&()*+,;=:@/?%")
_OWN_PATH = _Encoding(_UNRESERVED + "!$()*+,;=:@/")
_OWN_PLAIN = re.compile(r"[A-Za-z0-9._~/-]*")


def gate(raw: str) -> tuple[str, Reason]:  # noqa: PLR0911 - one for each kind of address
    """(safe address in normal form, ""), or ("", why it is refused). Takes http, https, mailto, tel, relative paths."""
    if _PLAIN.fullmatch(raw) and raw.find("/", 8) > 0 and "xn--" not in raw and len(raw) <= MAX_LENGTH:
        return raw, ""
    text = raw.strip(_C0_AND_SPACE).translate(_DROPPED)
    if reason := _unfit(text):
        return "", reason
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _relative(text)
    name, rest = scheme[1].lower(), text[scheme.end() :]
    if name in _DEFAULT_PORT:
        return _web(name, rest)
    if name == "mailto":
        return _mailto(rest)
    if name == "tel":
        return _tel(rest)
    return "", N_("the scheme {name}: is not allowed", name=name[:20])


def _unfit(text: str) -> Reason:
    """Why no part of a text can be an address, or an empty string."""
    if not text:
        return N_("it is empty")
    if len(text) > MAX_LENGTH:
        return N_("it is longer than {limit} characters", limit=MAX_LENGTH)
    if _CONTROL.search(text):
        return N_("it holds a control character")
    return N_("it holds an invisible direction control") if _DIRECTION.search(text) else ""


def is_external(url: str) -> bool:
    """Whether a gated address leads to another host."""
    return url.startswith(("http://", "https://"))


def leaves(url: str) -> bool:
    """Whether a gated address leads away from the site: to another host, to mail, to a telephone."""
    return url.startswith(("http://", "https://", "mailto:", "tel:"))


def path_url(base_path: str, path: str) -> str:
    """An unencoded path of the site (`/sport/خبر/`) as links write it, below `base_path` (`/` or `/repo/`)."""
    encoded = path if _OWN_PLAIN.fullmatch(path) else path.translate(_OWN_PATH)
    return base_path + encoded.lstrip("/")


@lru_cache(maxsize=1024)
def host(url: str) -> str:
    """The host of a gated address for display: Unicode if all its letters are of one script, else punycode."""
    if not is_external(url):
        return ""
    head = _HEAD.match(url, url.index("//") + 2)
    name = head[0] if head else ""
    name = name.rpartition("@")[2]
    if not name.startswith("["):
        name = name.partition(":")[0]
    if name.count(".") > 1:
        name = name.removeprefix("www.")
    if "xn--" not in name:
        return name
    try:
        shown = name.encode("ascii").decode("idna")
    except UnicodeError:  # not punycode, or of a name that would not become this punycode again
        return name
    return shown if _one_script(shown) else name


def origin_of(url: str) -> str:
    """The home page of the site that a URL is on: `https://paper.example/`; empty for a path."""
    scheme, slashes, rest = url.partition("//")
    return f"{scheme}//{rest.partition('/')[0]}/" if slashes else ""


def _relative(text: str) -> tuple[str, Reason]:
    cut = min((i for i in (text.find("?"), text.find("#")) if i >= 0), default=len(text))
    path, rest = text[:cut].replace("\\", "/"), text[cut:]
    if path.startswith("//"):
        return "", N_("it starts with //, which leads to another host")
    # `java%0Ascript:` and full-width letters are harmless paths to a browser, but never what an honest author means,
    # and the next program that decodes them may think otherwise.
    encoded = _encode(path, _PATH)
    head, before = encoded.partition("/")[0], ""
    while head != before:
        before, head = head, unicodedata.normalize("NFKC", unquote(head))
    if ":" in head:
        return "", N_("it looks like a scheme that is not allowed")
    return encoded + _tail(rest), ""


def _web(scheme: str, rest: str) -> tuple[str, Reason]:
    cut = min((i for i in (rest.find("?"), rest.find("#")) if i >= 0), default=len(rest))
    before, tail = rest[:cut].replace("\\", "/"), rest[cut:]
    if not before.startswith("//") or before.startswith("///"):
        return "", N_("it has no host")
    authority, _, path = before[2:].partition("/")
    if not authority:
        return "", N_("it has no host")
    if "@" in authority:
        return "", N_("it holds a user name or password")
    name, port = _split_port(authority)
    if not _PORT.fullmatch(port) or int(port or 0) > 65535:
        return "", N_("its port is not a number up to 65535")
    name, reason = _host(name)
    if reason:
        return "", reason
    number = port.lstrip("0")
    shown = f":{number}" if number and number != _DEFAULT_PORT[scheme] else ""
    return f"{scheme}://{name}{shown}/{_encode(path, _PATH)}{_tail(tail)}", ""


def _mailto(rest: str) -> tuple[str, Reason]:
    addresses, mark, fields = rest.partition("?")
    fields = fields.partition("#")[0]
    shown = []
    for address in addresses.split(",") if addresses else ():
        local, at, name = address.strip().rpartition("@")
        if not local or not at or re.search(r"[\s<>()\[\]\\:;\"/@#]", local):
            return "", N_("it is not a mail address")
        name, reason = _host(name)
        if reason:
            return "", reason
        shown.append(f"{_encode(local, _QUERY)}@{name}")
    if not shown and not fields:
        return "", N_("it is not a mail address")
    return "mailto:" + ",".join(shown) + (f"?{_encode(fields, _QUERY)}" if mark and fields else ""), ""


def _tel(rest: str) -> tuple[str, Reason]:
    """A number (RFC 3966) without the signs that only part its digits; digits of any script."""
    number, mark, parameters = rest.partition(";")
    number = _SEPARATORS.sub("", unquote(number).translate(ASCII_DIGITS))
    if not _NUMBER.fullmatch(number) or (mark and not _PARAMETERS.fullmatch(parameters)):
        return "", N_("it is not a telephone number")
    return f"tel:{number.replace('#', '%23')}{mark}{parameters}", ""


def _split_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        name, bracket, after = authority.partition("]")
        return name + bracket, after[1:] if after.startswith(":") else after and "?"
    name, _, port = authority.partition(":")
    return name, port


def _host(raw: str) -> tuple[str, Reason]:
    if raw.startswith("["):
        return _ipv6(raw)
    bad = N_("its host is not a valid name")
    try:
        name = unquote_to_bytes(raw).decode("utf-8").removesuffix(".")
        if _DEVIATIONS.search(name) and not name.isascii():
            # IDNA 2003 and 2008 lead to different hosts here (UTS #46, section 4): do not choose for the author.
            return "", N_("its host is ambiguous, write it in punycode")
        name = name.lower() if name.isascii() else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return "", bad
    if len(name) > 253 or not _HOST.fullmatch(name):
        return "", bad
    if _NUMERIC_END.search(name) and not re.fullmatch(_IPV4, name):
        return "", bad
    return name, ""


def _ipv6(raw: str) -> tuple[str, Reason]:
    from ipaddress import IPv6Address  # noqa: PLC0415 (an import of 5 ms for addresses nobody writes)

    try:
        address = IPv6Address(raw[1:-1] if raw.endswith("]") else "")
    except ValueError:
        return "", N_("its host is not a valid name")
    return (f"[{address.compressed}]", "") if address.scope_id is None else ("", N_("its host is not a valid name"))


def _encode(text: str, table: _Encoding) -> str:
    if "%" in text:
        text = _PERCENT.sub(lambda m: f"%{m[1].upper()}" if m[1] else "%25", text)
    return text.translate(table)


def _tail(text: str) -> str:
    """Query and fragment, from their `?` or `#` on."""
    query, mark, fragment = text.partition("#")
    shown = "?" + _encode(query[1:], _QUERY) if query else ""
    return shown + (f"#{_encode(fragment, _QUERY)}" if mark else "")


def _one_script(name: str) -> bool:
    """Whether all letters of a host are of one script (UTS #39, 5.2), ASCII digits and hyphens aside."""
    scripts = set()
    for c in name:
        if c in "0123456789-.":
            continue
        if unicodedata.category(c)[0] not in "LM":
            return False
        scripts.add(unicodedata.name(c, "?").partition(" ")[0])
    return len(scripts) == 1 and scripts.isdisjoint({"COMBINING", "?"})
