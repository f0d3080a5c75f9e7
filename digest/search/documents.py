"""Entries → what search knows of them: the words it finds them by, and the card it shows.

Only what every page may know of an entry is here, never its body: an index of whole texts would be 2.6 times the
bytes, and finds nothing that readers judged better.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from digest.search.words import stop_words, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import Entry

FORMAT: Final = 1
"""Counts up when files of the index change their meaning, so that no reader mixes old and new ones."""
INDEXED: Final = 300
"""Letters of a summary that are searched and shown."""
LEVELS: Final = 4
"""How much a document is about a term: see `levels`."""

encode = msgspec.msgpack.Encoder().encode


class Document(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One entry as search knows it."""

    id: str
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
    lang: str
    """Empty where it is the site's."""
    dir: str
    """Of the title, empty where it is the site's."""
    year: int


def document(entry: Entry) -> Document:
    """What search knows of an entry."""
    title, summary = entry.title, entry.summary.plain
    return Document(
        entry.id,
        entry.path[1:],
        title.plain,
        summary if len(summary) <= INDEXED else summary[:INDEXED].rpartition(" ")[0] + " …",
        tuple([tag.name.plain for tag in entry.tags]),
        tuple([outlet.name.plain for outlet in entry.outlets]),
        entry.theme,
        entry.moment.iso,
        entry.moment.text,
        entry.lang,
        title.dir if title.dir != title.base else "",
        entry.published.year,
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first: the order in which documents are numbered."""
    return sorted(entries, key=lambda entry: (entry.published, entry.id))


def fingerprint(documents: Sequence[Document], lang: str) -> str:
    """Eight letters that stand for documents: names of files that are made of them."""
    return blake2b(encode((FORMAT, lang, documents)), digest_size=4).hexdigest()


def levels(found: Document, lang: str) -> dict[str, int]:
    """Term → 3: in the title and elsewhere, 2: in the title, 1: tag, source, or twice in the summary, 0: once there.

    Words that stand everywhere are kept of titles alone.
    """
    named = terms(found.title, lang)
    labels = terms(" ".join((*found.tags, *found.outlets)), lang)
    said = Counter(terms(found.summary, lang))
    common = stop_words(lang)
    made = {term: min(count - 1, 1) for term, count in said.items() if term not in common}
    made |= dict.fromkeys(labels, 1)
    return made | {term: 3 if term in made else 2 for term in named}
