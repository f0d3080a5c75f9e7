r"""What a request asks for → the entry it leads to.

Targets come as servers log them: percent-encoded in either case, as raw UTF-8, with `\x` escapes, in any normal form,
with the base path or (behind a proxy) without it, with `index.html`, with or without the last slash, with a query, by
an old address. Compared is what is left, case-folded: no two pages of a site differ in less.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import msgspec

OTHER, STYLE, PAGE = -1, -2, -3
"""Nothing that counts (pictures, feeds, lists), what a browser takes with a page, a page that is not there."""
ESCAPE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|(["\\]))')
ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)
PAGER = re.compile(r"/page/\d+/?$")
SLASHES = re.compile("/{2,}")
PAGE_ENDINGS = (".html", ".htm")
STYLE_ENDINGS = (".css", ".woff2", ".woff", ".ttf", ".otf")
STYLE_FOLDERS = ("/assets/", "/fragments/")
OWN_FOLDERS = ("/assets/", "/fragments/", "/media/", "/tags/", "/sources/", "/archive/", "/editions/", "/search/", "/.")
"""What the site makes beside its stories; the last one is not the site's, but no page either."""
LONGEST = 4096
SHOWN = 200
"""Letters of an unknown path that are kept."""


class Page(msgspec.Struct, frozen=True, gc=False):
    """One page of the site, as far as requests for it are concerned."""

    paths: tuple[str, ...]
    """Its address and its old ones, unencoded, without the base path."""
    entry: str = ""
    """Id of the entry; empty for a page that is none."""


class Routes(msgspec.Struct, frozen=True):
    """The entries of a site by their addresses."""

    entries: tuple[str, ...]
    """Ids; a route is a position among them."""
    known: Mapping[str, int]
    """Folded path → position of an entry, or `OTHER`."""
    base: str
    """Folded, without the last slash."""
    hosts: frozenset[bytes]
    """Names of the site's own host."""

    def find(self, target: bytes) -> tuple[int, str]:
        """(position of the entry, or what else it is; the path where it is a page that is not there)."""
        if len(target) > LONGEST:
            return OTHER, ""
        match = ABSOLUTE.match(target)
        if match:
            if not self.own(match[1]):
                return OTHER, ""
            target = target[match.end() :] or b"/"
        if not target.startswith(b"/"):
            return OTHER, ""
        path = decoded(target)
        for inside in self.inside(path):
            position = self.known.get(folded(inside))
            position = self.known.get(folded(inside, "NFKC")) if position is None else position
            if position is not None:
                return position, ""
        return self.others(path)

    def inside(self, path: str) -> tuple[str, ...]:
        """A path below the base path, and as it stands, for servers that know nothing of it."""
        if self.base and folded(path).startswith(self.base + "/"):
            return path[len(self.base) :], path
        return (path,)

    def others(self, path: str) -> tuple[int, str]:
        """What a path is that leads to no entry."""
        below = self.inside(path)[0]
        name = below.rpartition("/")[2].lower()
        if below.startswith(STYLE_FOLDERS) and (name.endswith(STYLE_ENDINGS) or below.startswith(STYLE_FOLDERS[1])):
            return STYLE, ""
        if below.startswith(OWN_FOLDERS) or PAGER.search(below) or ("." in name and not name.endswith(PAGE_ENDINGS)):
            return OTHER, ""
        return PAGE, path[:SHOWN]

    def own(self, host: bytes) -> bool:
        """Whether a host is the site's."""
        return bare(host) in self.hosts


def routes(pages: Iterable[Page], base_url: str) -> Routes:
    """The table of a site. Where two pages are one when folded without mercy (NFKC), neither is found that way."""
    entries: list[str] = []
    known: dict[str, int] = {}
    loose: dict[str, set[int]] = {}
    for page in pages:
        position = len(entries) if page.entry else OTHER
        entries += [page.entry] if page.entry else []
        for path in page.paths:
            known.setdefault(folded(path), position)
            loose.setdefault(folded(path, "NFKC"), set()).add(position)
    for path, positions in loose.items():
        if len(positions) == 1:
            known.setdefault(path, *positions)
    parts = urlsplit(base_url)
    host = bare(parts.netloc.encode("idna") if not parts.netloc.isascii() else parts.netloc.encode())
    return Routes(tuple(entries), known, folded(unquote(parts.path).rstrip("/")).rstrip("/"), frozenset({host}))


def bare(host: bytes) -> bytes:
    """A host without port and `www.`, in lower case."""
    name = host.lower().rpartition(b"@")[2].removesuffix(b".")
    head, colon, port = name.rpartition(b":")
    name = head if colon and port.isdigit() else name
    return name.removeprefix(b"www.")


def decoded(target: bytes) -> str:
    """A target as it was logged → its path, unencoded, NFC."""
    if b"\\" in target:
        target = ESCAPE.sub(lambda match: bytes([int(match[1], 16)]) if match[1] else match[2], target)
    path = target.partition(b"?")[0].partition(b"#")[0]
    text = (unquote_to_bytes(path) if b"%" in path else path).decode("utf-8", "replace")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(path: str, form: str = "NFC") -> str:
    """A path as it is compared: without what servers add or leave out."""
    if not path.isascii():
        path = unicodedata.normalize(form, path)  # type: ignore[arg-type]
    path = SLASHES.sub("/", path).casefold()
    for name in ("index.html", "index.htm"):
        if path.endswith("/" + name):
            path = path.removesuffix(name)
    return unicodedata.normalize(form, path).rstrip("/") or "/"  # type: ignore[arg-type]
