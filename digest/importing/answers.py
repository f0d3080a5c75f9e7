"""Old addresses of a site → whether the new one answers each: by a page, an alias, or a line of `_redirects`.

In: a sitemap, an access log, or a list of addresses; the site as it would be built. Out: an `Answer` for each address,
once. Files of the old site's machinery (scripts, styles, pictures) are no pages and only counted.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections import Counter
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from digest.pages.addresses import page_like, redirects

if TYPE_CHECKING:
    from digest.site.site import Site

MAX_BYTES: Final = 512 << 20
LOCATION: Final = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</loc>", re.DOTALL | re.IGNORECASE)
REQUEST: Final = re.compile(r'"(?:GET|HEAD) (\S+)(?: HTTP/[\d.]+)?" (\d{3})')
MACHINERY: Final = re.compile(
    r"/(?:wp-content|wp-includes|wp-admin|wp-json|cdn-cgi)(?:/|\Z)|/(?:wp-[\w-]+|xmlrpc|index)\.php|"
    r"\.(?:css|js|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|eot|mp[34]|zip|gz|txt|php|env)\Z",
    re.IGNORECASE,
)
How = Literal["page", "alias", "redirect", "none"]


class Answer(NamedTuple):
    """An old address and what becomes of it."""

    address: str
    how: How
    target: str = ""
    requests: int = 1
    """How often the list names it."""


class Checked(NamedTuple):
    """All of a list."""

    answers: tuple[Answer, ...]
    machinery: int
    """Addresses that are no pages."""

    @property
    def missing(self) -> list[Answer]:
        """Those without an answer, the most asked for first."""
        return sorted((one for one in self.answers if one.how == "none"), key=lambda one: (-one.requests, one.address))


def read(path: Path) -> Counter[str]:
    """The addresses of a file, and how often it names each. Raises OSError."""
    with path.open("rb") as file:
        raw = file.read(2)
        file.seek(0)
        if raw == b"\x1f\x8b":
            with gzip.open(file) as inflated:
                text = inflated.read(MAX_BYTES).decode("utf-8", "replace")
        else:
            text = file.read(MAX_BYTES).decode("utf-8", "replace")
    if "<loc" in text[:100_000].lower():
        return Counter(unescape(found) for found in LOCATION.findall(text))
    counts: Counter[str] = Counter()
    for line in text.splitlines():
        request = REQUEST.search(line)
        if request:
            if int(request[2]) < 400:  # what the old site did not answer is no loss
                counts[request[1]] += 1
        elif (address := line.strip().partition("\t")[0]).startswith(("http://", "https://", "/")):
            counts[address] += 1
    return counts


def check(addresses: Counter[str], site: Site, redirect_file: str) -> Checked:
    """Ask for each address."""
    known = paths_of(site)
    aliases = {folded(one.path): unquote(urlsplit(one.url).path) for one in redirects(site.index)}
    base = site.settings.base_path
    rules = Rules(redirect_file)
    asked: Counter[tuple[str, str]] = Counter()
    machinery = 0
    for raw, times in addresses.items():
        parts = urlsplit(raw)
        path = unicodedata.normalize("NFC", unquote(parts.path)) or "/"
        path = "/" + path[len(base) :] if path.startswith(base) else path
        if MACHINERY.search(path):
            machinery += times
            continue
        numbers = re.match(r"(?:p|page_id|cat|tag|attachment_id|feed)=[^&]+", parts.query)
        asked[path, numbers[0] if numbers else ""] += times
    answers = []
    for (path, query), times in asked.items():
        target = rules.target(path, query) if query else ""
        shown = f"{path}?{query}" if query else path
        if query and path == "/":
            answers.append(Answer(shown, "redirect" if known.get(folded(target)) else "none", target, times))
            continue
        how, target = answer(path, known, aliases, rules)
        answers.append(Answer(shown, how, target, times))
    return Checked(tuple(answers), machinery)


def answer(path: str, known: dict[str, str], aliases: dict[str, str], rules: Rules) -> tuple[How, str]:
    """What a path is answered by."""
    for name in (folded(path), folded(page_like(path))):
        if name in known:
            return "page", known[name]
        if name in aliases:
            return "alias", aliases[name]
    target = rules.target(path, "") or rules.target(page_like(path), "")
    return ("redirect", target) if target and folded(target) in known else ("none", "")


def paths_of(site: Site) -> dict[str, str]:
    """Every address that a build makes, compared form → path."""
    items = (*site.index.entries, *site.index.editions, *site.index.pages)
    paths = [item.path for item in items] + [page.path for page in site.list_pages] + list(site.generated)
    paths += [path for path, _ in site.inputs.loose.static]
    return {folded(path.removesuffix("index.html")): path for path in paths}


class Rules:
    """The lines of a `_redirects` file."""

    def __init__(self, text: str) -> None:
        self.exact: dict[tuple[str, str], str] = {}
        self.splats: list[tuple[str, str]] = []
        for line in text.splitlines():
            words = line.split()
            if len(words) < 2 or line.startswith("#"):
                continue
            path, *rest = map(unquote, words)
            queries = [word for word in rest[:-1] if "=" in word]
            target = next((word for word in rest if word.startswith("/")), "")
            if path.endswith("*"):
                self.splats.append((folded(path[:-1]), target))
            else:
                self.exact.setdefault((folded(path), queries[0] if queries else ""), target)

    def target(self, path: str, query: str) -> str:
        """Where the first line that fits leads."""
        found = self.exact.get((folded(path), query), "")
        name = folded(path)
        return found or next((target for start, target in self.splats if not query and name.startswith(start)), "")


def folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
