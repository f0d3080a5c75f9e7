"""HTTP headers of each file: how long it may be cached, and what browsers may do with the site.

In: the path of a file. Out: one set of rules for the metadata of objects in a bucket, for the `_headers` file of hosts
that read it, and for the configuration of web servers (`digest.deploy.webserver`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.content.urls import path_url
from digest.paths import ending, parents

FINGERPRINTED = re.compile(
    r"assets/.+\.[0-9a-f]{8}(?:\.\w+)?|media/[^/]+-[0-9a-f]{16}-[^/]+"
    r"|search/(?:[0-9a-f]{8}/[a-z]+(?:-\d+)?|cards/[0-9a-f]{8}-\d+|language-[0-9a-f]{8})\.json"
)
"""Paths that hold a fingerprint of their content: a file with such a path never changes."""
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60"
FOR_FIVE_MINUTES = "public, max-age=300"
FOR_AN_HOUR = "public, max-age=3600"
RULES = 100
"""The number of rules that Cloudflare reads in `_headers`."""
DATA = frozenset({".xml", ".json", ".txt"})

SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Content-Security-Policy", "frame-ancestors 'self'"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
"""For every file. Pages declare themselves what they may load; `frame-ancestors` works only in a header."""


def is_fingerprinted(path: str) -> bool:
    return FINGERPRINTED.fullmatch(path) is not None


def caching(path: str) -> str:
    """The value of Cache-Control."""
    if is_fingerprinted(path):
        return FOR_EVER
    end = ending(path)
    if end == ".html":
        return FOR_A_MINUTE
    return FOR_FIVE_MINUTES if end in DATA else FOR_AN_HOUR


def headers_file(base_path: str, paths: Iterable[str], room: int = RULES) -> str:
    """The `_headers` file of Netlify and Cloudflare Pages, which have browsers revalidate every other file.

    `paths`: all files of the site. `room`: the number of rules allowed.
    """
    every = "".join(f"  {name}: {value}\n" for name, value in SECURITY)
    rules = [path_url(base_path, f"/{rule}") for rule in for_ever(paths)]
    ever = "".join(f"\n{rule}\n  Cache-Control: {FOR_EVER}\n" for rule in rules[: max(0, room - 1)])
    return f"{base_path}*\n{every}{ever}"


def for_ever(paths: Iterable[str]) -> list[str]:
    """Rules that match fingerprinted files, for which `_headers` has no pattern. No file matches two of them.

    Folders that hold only fingerprinted files come first, then single files, `assets/` before `media/`.
    """
    ever: list[str] = []
    mixed: set[str] = set()
    for path in paths:
        if is_fingerprinted(path) and "*" not in path and ":" not in path:  # hosts take these for patterns
            ever.append(path)
        else:
            mixed.update(parents(path))
    rules = {
        next((f"{folder}/*" for folder in reversed([*parents(path)]) if folder not in mixed), path) for path in ever
    }
    return sorted(rules, key=lambda rule: (not rule.endswith("/*"), rule))
