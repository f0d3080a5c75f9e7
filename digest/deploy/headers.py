"""What a host says of each file: its type, how long it may be kept, and what browsers may do with the site.

In: a file's path. Out: one set of rules, from which come the metadata of objects in a bucket, `_headers` for the hosts
that read it, and the snippets for web servers (`digest.deploy.webserver`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.content.urls import path_url
from digest.pages import feeds, opml

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT_TYPES = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
    ".json": "application/json", ".xml": "application/xml", ".txt": "text/plain", ".svg": "image/svg+xml",
    ".csv": "text/csv", ".md": "text/markdown", ".webmanifest": "application/manifest+json", ".vtt": "text/vtt",
}  # fmt: skip
"""Ending → type of what is text, and shrinks when compressed."""
OTHER_TYPES = {
    ".avif": "image/avif", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
    ".gif": "image/gif", ".ico": "image/vnd.microsoft.icon", ".woff2": "font/woff2", ".woff": "font/woff",
    ".ttf": "font/ttf", ".otf": "font/otf", ".pdf": "application/pdf", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
    ".webm": "video/webm", ".zip": "application/zip", ".wasm": "application/wasm",
}  # fmt: skip
TYPES_OF_NAMES = {kind.file: kind.media_type for kind in feeds.FORMATS} | {opml.FILE: opml.MEDIA_TYPE}
"""File name → type where it does not follow from the ending."""
UNKNOWN_TYPE = "application/octet-stream"

FINGERPRINTED = re.compile(
    r"assets/.+\.[0-9a-f]{8}(?:\.\w+)?|media/[^/]+-[0-9a-f]{16}-[^/]+"
    r"|search/(?:[0-9a-f]{8}/[a-z]+(?:-\d+)?|cards/[0-9a-f]{8}-\d+|language-[0-9a-f]{8})\.json"
)
"""Paths that name their content: what they lead to never changes."""
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60"
FOR_FIVE_MINUTES = "public, max-age=300"
FOR_AN_HOUR = "public, max-age=3600"
RULES = 100
"""How many rules of `_headers` are read: Cloudflare's limit."""
DATA = frozenset({".xml", ".json", ".txt"})

SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Content-Security-Policy", "frame-ancestors 'self'"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
"""For every file. The pages carry their own policy of what they may load; `frame-ancestors` works in a header alone."""


def is_fingerprinted(path: str) -> bool:
    return FINGERPRINTED.fullmatch(path) is not None


def ending(path: str) -> str:
    """`.html`, or empty."""
    name = path.rpartition("/")[2]
    return name[name.rindex(".") :].lower() if "." in name[1:] else ""


def content_type(path: str) -> str:
    """As in `text/html; charset=utf-8`."""
    name, end = path.rpartition("/")[2], ending(path)
    found = TYPES_OF_NAMES.get(name) or TEXT_TYPES.get(end)
    return f"{found}; charset=utf-8" if found else OTHER_TYPES.get(end, UNKNOWN_TYPE)


def is_text(path: str) -> bool:
    """Whether compressing it pays."""
    return ending(path) in TEXT_TYPES


def caching(path: str) -> str:
    """How long browsers and caches may keep it without asking."""
    if is_fingerprinted(path):
        return FOR_EVER
    end = ending(path)
    if end == ".html":
        return FOR_A_MINUTE
    return FOR_FIVE_MINUTES if end in DATA else FOR_AN_HOUR


def headers_file(base_path: str, paths: Iterable[str], room: int = RULES) -> str:
    """`_headers` as Netlify and Cloudflare Pages read it. Their own rule for all the rest is to ask each time.

    `paths`: all files of the site; `room`: how many rules there may be.
    """
    every = "".join(f"  {name}: {value}\n" for name, value in SECURITY)
    rules = [path_url(base_path, f"/{rule}") for rule in for_ever(paths)]
    ever = "".join(f"\n{rule}\n  Cache-Control: {FOR_EVER}\n" for rule in rules[: max(0, room - 1)])
    return f"{base_path}*\n{every}{ever}"


def for_ever(paths: Iterable[str]) -> list[str]:
    """What `_headers` can say of fingerprinted files, whose names it cannot tell by a pattern: whole folders where all
    files are fingerprinted, then files one by one, `assets/` before `media/`. No file is in two of them.
    """
    ever: list[str] = []
    mixed = {""}
    for path in paths:
        if is_fingerprinted(path) and "*" not in path and ":" not in path:  # hosts take these for patterns
            ever.append(path)
        else:
            mixed.update(folders(path))
    rules = {next((f"{folder}/*" for folder in folders(path) if folder not in mixed), path) for path in ever}
    return sorted(rules, key=lambda rule: (not rule.endswith("/*"), rule))


def folders(path: str) -> list[str]:
    """Those a file lies in, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]
