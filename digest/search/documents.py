"""Entries → what search knows of them: the words it finds them by, and the card it shows.

Only what every page may know of an entry is here, never its body: an index of whole texts would be 2.6 times the
bytes, and finds nothing that readers judged better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from digest.search.words import stop_words, terms
from digest.text import bidi
from digest.text.words import truncate

if TYPE_CHECKING:
    from digest.model import Entry, Text

FORMAT: Final = 3
"""Counts up when files of the index change their meaning, so that no reader mixes old and new ones."""
INDEXED: Final = 300
"""Characters of a summary that are searched."""
SHOWN: Final = 140
"""Characters of a summary that are shown: ten cards are loaded before a reader sees the first results."""

encode = msgspec.msgpack.Encoder().encode


class Document(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry as search knows it."""

    path: str
    """Unencoded, below the base path, without the first slash."""
    title: str
    summary: str
    tags: tuple[str, ...]
    outlets: tuple[str, ...]
    """Names of all its sources."""
    theme: str
    iso: str
    day: str
    """The date as cards show it."""
    year: int
    lang: str = ""
    """Empty where it is the site's."""
    dir: str = ""
    """Of the title; empty where it is the site's."""

    def card(self) -> list[str]:
        """What a results page shows, without empty values at the end: see `card` in search.js."""
        row = [
            self.path, shown(self.title), shown(truncate(self.summary, SHOWN)), self.theme,
            self.outlets[0] if self.outlets else "", self.iso, self.day, self.lang, self.dir,
        ]  # fmt: skip
        while not row[-1]:
            row.pop()
        return row


def document(entry: Entry) -> Document:
    """What search knows of an entry."""
    title: Text = entry.title
    return Document(
        entry.path[1:],
        title.plain,
        entry.summary.plain,
        tuple([tag.name.plain for tag in entry.tags]),
        tuple([outlet.name.plain for outlet in entry.outlets]),
        entry.theme,
        entry.moment.iso,
        entry.moment.text,
        entry.published.year,
        entry.lang,
        title.dir if title.dir != title.base else "",
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first: the order in which documents are numbered."""
    return sorted(entries, key=lambda entry: (entry.published, entry.id))


def fingerprint(*values: object) -> str:
    """32 hexadecimal digits that stand for documents and what they are indexed with."""
    return blake2b(encode((FORMAT, values)), digest_size=16).hexdigest()


def levels(found: Document, lang: str) -> dict[str, int]:
    """Term → 3: in the title and elsewhere, 2: in the title, 1: tag, source, or twice in the summary, 0: once there.

    Words that stand everywhere are kept of titles alone.
    """
    named = terms(found.title, lang)
    labels = terms(" ".join((*found.tags, *found.outlets)), lang)
    said = Counter(terms(found.summary[:INDEXED], lang))
    common = stop_words(lang)
    made = {term: min(count - 1, 1) for term, count in said.items() if term not in common}
    made |= dict.fromkeys(labels, 1)
    return made | {term: 3 if term in made else 2 for term in named}


def shown(text: str) -> str:
    """A text with its addresses, scores and telephone numbers isolated, so that they keep their order in a line."""
    return bidi.TOKEN.sub("\u2066\\g<0>\u2069", text) if bidi.has_tokens(text) else text


def documents_of(entries: Iterable[Entry]) -> list[Document]:
    """The documents of entries, in their order."""
    return [document(entry) for entry in in_order(entries)]
