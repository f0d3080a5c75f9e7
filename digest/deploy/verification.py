"""Compare what is online with what was sent: the home page, some changed pages, and the files they load."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.deploy import built_site, web
from digest.deploy.programs import PassingError
from digest.paths import ending

if TYPE_CHECKING:
    from digest.deploy.deploying import Outcome
    from digest.deploy.manifest import File

PAGES = 20
PARTS = 40
"""The number of changed pages, and of files they load, that are compared."""
PATIENCE = 180.0
"""Seconds until a host must show the new files: some build for a minute, and caches keep pages for one."""
LOADED = re.compile(r"""<(?:link|script|img|source)\b[^>]*?\s(?:href|src)="([^"]+)\"""")
INCLUDED = re.compile(rb"<!--#include |<esi:include ")
"""Pages that a server completes, so that readers get other bytes than were sent."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a comparison."""

    checked: int
    wrong: tuple[str, ...]
    """`address: what is wrong`, for each file that differs."""


def verify(
    outcome: Outcome,
    output: Path,
    base_url: str,
    patience: float = PATIENCE,
    fetch: Callable[[str], web.Answer] = web.ask,
) -> Verification:
    """Fetch and compare, and repeat what differs until nothing does or `patience` seconds are over."""
    base_path = urlsplit(base_url).path
    paths = sample(outcome, lambda page: parts_of((output / page).read_text("utf-8"), base_path, outcome.local))
    left, ends, pause = dict.fromkeys(paths, ""), time.monotonic() + patience, 1.0
    while True:
        left = {
            path: fault for path in left if (fault := difference(path, outcome.local[path], output, base_url, fetch))
        }
        if not left or time.monotonic() + pause > ends:
            break
        time.sleep(pause)
        pause = min(pause * 2, 15)
    wrong = tuple(f"{built_site.address(base_url, path)}: {fault}" for path, fault in left.items())
    return Verification(len(paths), wrong)


def sample(outcome: Outcome, parts: Callable[[str], Iterable[str]]) -> list[str]:
    """The home page, changed pages spread evenly over all of them, and files they load."""
    changed = [upload.path for upload in outcome.plan.uploads if ending(upload.path) == ".html"]
    step = max(1, -(-len(changed) // PAGES))
    pages = list(dict.fromkeys([*(["index.html"] if "index.html" in outcome.local else []), *changed[::step]]))
    pages = [path for path in pages if path != "404.html"]
    loaded = dict.fromkeys(part for page in pages for part in parts(page))
    return [*pages, *list(loaded)[:PARTS]]


def parts_of(html: str, base_path: str, local: Mapping[str, File]) -> list[str]:
    """Files of the site that a page loads, without those too large to fetch whole."""
    found = (built_site.local_path(base_path, url) for url in LOADED.findall(html))
    return [path for path in found if path in local and ending(path) != ".html" and local[path].size <= web.LIMIT]


def difference(path: str, file: File, output: Path, base_url: str, fetch: Callable[[str], web.Answer]) -> str:
    """What is wrong with a file online; empty if nothing is."""
    try:
        answer = fetch(built_site.address(base_url, path))
    except PassingError as error:
        return f"no answer ({error})"
    if answer.status != 200:
        return f"status {answer.status}"
    if hashlib.sha256(answer.body).hexdigest() == file.fingerprint:
        return ""
    if ending(path) == ".html" and INCLUDED.search((output / path).read_bytes()):
        return ""
    return "it has another content"
