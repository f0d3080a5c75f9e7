"""Which addresses the site's entries already name as their sources.

Nothing is kept: an address is taken when the `source.url` of any entry, draft or not, is the same story
(`addresses.key`). Files are searched for addresses first and only read as entries where one could be it, so that a
clip on a site of thousands of entries starts at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.content import discovery, entries
from digest.content.documents import ContentContext
from digest.curating import addresses

if TYPE_CHECKING:
    from digest.content.settings import Settings

CANDIDATE: Final = re.compile(r"https?:[^\s\"'<>|\\^`]+", re.IGNORECASE)
FRONT_MATTER_END: Final = re.compile(rb"^(?:---|\.\.\.)\s*$", re.MULTILINE)
TRAILING: Final = "}],;.*"


class Taken:
    """The addresses of a site's sources; each question reads the entries that may name it."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.site = ContentContext.of(settings)
        self.candidates: defaultdict[str, list[str]] = defaultdict(list)
        self.confirmed: dict[str, frozenset[str]] = {}
        for file in discovery.discover(root).files:
            if file.kind == "entry":
                for key in possible_keys(self.bytes_of(file.path), whole=not file.path.lower().endswith(".md")):
                    self.candidates[key].append(file.path)

    def add(self, address: str, path: str) -> None:
        """An entry that was made since."""
        self.candidates[addresses.key(address)].append(path)
        self.confirmed[path] = self.confirmed.get(path, frozenset()) | {addresses.key(address)}

    def bytes_of(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError:  # gone meanwhile
            return b""

    def entry_with(self, address: str) -> str:
        """Path of the file whose entry names this address; empty for none."""
        key = addresses.key(address)
        return next((path for path in self.candidates.get(key, ()) if key in self.keys_of(path)), "") if key else ""

    def keys_of(self, path: str) -> frozenset[str]:
        """Keys of the sources that a file's entries really name."""
        if path not in self.confirmed:
            articles, _ = entries.read(path, self.bytes_of(path), self.site, frozenset())
            found = (addresses.key(outlet.url) for article in articles for outlet in article.entry.outlets)
            self.confirmed[path] = frozenset(filter(None, found))
        return self.confirmed[path]


def possible_keys(raw: bytes, *, whole: bool) -> set[str]:
    """Keys of everything in a file's front matter that looks like an address."""
    if not whole:
        end = FRONT_MATTER_END.search(raw, 3)
        raw = raw[: end.start()] if end else raw
    found = set()
    for match in CANDIDATE.findall(raw.decode("utf-8", "replace")):
        # inside braces a comma or a brace ends the address, outside it may belong to it
        for spelling in {match, match.rstrip(TRAILING), match.partition(",")[0].partition("}")[0].rstrip(TRAILING)}:
            found.add(addresses.key(spelling))
    found.discard("")
    return found
