"""Look up terms, words and cards in the files of an index, each read once and only where it is asked for.

What is missing, cut short or no JSON is left out, and remembered: a search says then that it may not have found all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar

import msgspec

from digest.search.index import BLOCK, CHUNK, HEAD
from digest.search.postings import decode, unshare
from digest.search.words import ended, skeleton, sorting_key, term
from digest.text.folding import tokens

T = TypeVar("T")
Read = Callable[[str], bytes | None]
"""A path below the site's base path → the file there, or nothing."""
NONE: Final = -1
"""Number of the shard that a site without frozen documents has."""


class Facets(msgspec.Struct, frozen=True):
    """Theme, sources and year of documents: see `index.facets`."""

    themes: tuple[str, ...] = ()
    theme: tuple[int, ...] = ()
    outlets: tuple[tuple[str, ...], ...] = ()
    outlet: tuple[int, ...] = ()
    years: tuple[tuple[int, int], ...] = ()


class Head(msgspec.Struct, frozen=True):
    """`search/index.json`."""

    documents: tuple[int, int] = (0, 0)
    """Frozen ones, recent ones."""
    frozen: str = ""
    language: str = ""
    blocks: str = ""
    chunks: str = ""
    terms: str = ""
    postings: str = ""
    words: tuple[str, str] = ("", "")
    facets: Facets = Facets()


class Directory(msgspec.Struct, frozen=True):
    """`search/NAME/directory.json`."""

    terms: str = ""
    words: str = ""


class Language(msgspec.Struct, frozen=True):
    """`search/language-NAME.json`."""

    aliases: tuple[str, ...] = ()
    keyboard: tuple[str, str] = ("", "")
    """What its keys write, and those of a Latin one."""


class Proposed(msgspec.Struct, frozen=True):
    """A word of the site to propose for a misspelt one."""

    shown: str
    """As the site writes it."""
    whole: str
    """That, folded, without its ending."""
    term: str
    size: int
    """Bits of the number of documents that have it."""


class Index:
    """One index. `lang` is the site's language."""

    def __init__(self, read: Read, lang: str) -> None:
        self.read_file = read
        self.lang = lang
        self.missing: set[str] = set()
        """Paths of files that could not be read."""
        self.shards: dict[int, Mapping[str, list[int]]] = {NONE: {}}
        self.words: dict[int, list[Proposed]] = {}

    def read(self, path: str, kind: type[T]) -> T | None:
        """One file; None where it cannot be read as what it should be."""
        try:
            return msgspec.json.decode(self.read_file(path) or b"", type=kind)
        except msgspec.DecodeError:
            self.missing.add(path)
            return None

    @cached_property
    def head(self) -> Head:
        return self.read(HEAD, Head) or Head()

    @cached_property
    def language(self) -> Language:
        return (self.read(self.head.language, Language) if self.head.language else None) or Language()

    @cached_property
    def directory(self) -> Directory:
        return (self.read(f"search/{self.head.frozen}/directory.json", Directory) if self.head.frozen else None) or (
            Directory()
        )

    @cached_property
    def count(self) -> int:
        """All documents."""
        return sum(self.head.documents)

    @cached_property
    def recent(self) -> Mapping[str, list[int]]:
        return table(unshare(self.head.terms), self.head.postings)

    @cached_property
    def first_terms(self) -> list[bytes]:
        """What each shard begins with."""
        return [sorting_key(one) for one in self.directory.terms.split()]

    def shard(self, one: str) -> Mapping[str, list[int]]:
        """The shard a term would be in."""
        number = max(last_at(self.first_terms, sorting_key(one)), 0) if self.first_terms else NONE
        if number not in self.shards:
            found = self.read(f"search/{self.head.frozen}/terms-{number}.json", tuple[str, str])
            self.shards[number] = table(found[0].split(), found[1]) if found else {}
        return self.shards[number]

    def postings(self, one: str) -> list[int]:
        """Of one term; recent documents are numbered after the frozen ones."""
        after = self.head.documents[0] * 4
        return [*self.shard(one).get(one, ()), *(posting + after for posting in self.recent.get(one, ()))]

    def size(self, one: str) -> int:
        """How many documents have a term."""
        return len(self.shard(one).get(one, ())) + len(self.recent.get(one, ()))

    def near(self, one: str) -> dict[str, int]:
        """Terms of the shard a term would be in, and of the recent documents → documents there that have them."""
        found = {other: len(postings) for other, postings in self.shard(one).items()}
        for other, postings in self.recent.items():
            found[other] = found.get(other, 0) + len(postings)
        return found

    def proposed(self, one: str, *, whole: bool) -> list[Proposed]:
        """Words of the site that sound like one: of the file it would be in, or `whole`, of all that begin alike."""
        if not self.head.frozen:
            if NONE not in self.words:
                self.words[NONE] = spelled(self.head.words, self.lang)
            return self.words[NONE]
        words = self.directory.words.split()
        if not whole:
            at = last_at([sorting_key(word) for word in words], sorting_key(one))
            return self.words_of(max(at, 0)) if words else []
        begun = skeleton(one)[:1]
        firsts = [skeleton(word)[:1] for word in words]
        return [
            word
            for number, first in enumerate(firsts)
            if first <= begun <= (firsts[number + 1] if number + 1 < len(firsts) else begun)
            for word in self.words_of(number)
        ]

    def words_of(self, number: int) -> list[Proposed]:
        """The words of one file."""
        if number not in self.words:
            found = self.read(f"search/{self.head.frozen}/words-{number}.json", tuple[str, str])
            self.words[number] = spelled(found, self.lang) if found else []
        return self.words[number]

    @cached_property
    def aliases(self) -> Mapping[str, list[tuple[tuple[str, ...], list[tuple[str, ...]]]]]:
        """First term of a name → (the name's terms, all names of the group)."""
        found: dict[str, list[tuple[tuple[str, ...], list[tuple[str, ...]]]]] = {}
        for row in self.language.aliases:
            group = [tuple(name.split(" ")) for name in row.split("|")]
            for name in group:
                found.setdefault(name[0], []).append((name, group))
        return found

    def card_path(self, number: int) -> tuple[str, int]:
        """Where a document's card is: the file, and which of its cards."""
        frozen = self.head.documents[0]
        if number < frozen:
            block, inside = divmod(number, BLOCK)
            return f"search/cards/{self.head.blocks.split()[block]}-{inside // CHUNK}.json", inside % CHUNK
        chunk, inside = divmod(number - frozen, CHUNK)
        return f"search/cards/{self.head.chunks.split()[chunk]}-0.json", inside

    def cards(self, numbers: Sequence[int]) -> list[list[str]]:
        """The cards of documents, in their order; what cannot be read is left out."""
        places = [self.card_path(number) for number in numbers]
        files = {path: self.read(path, list[list[str]]) or [] for path in dict.fromkeys(path for path, _ in places)}
        return [files[path][inside] for path, inside in places if inside < len(files[path])]


def table(terms: Sequence[str], texts: str) -> Mapping[str, list[int]]:
    """Terms and a row of postings → term and postings."""
    return dict(zip(terms, map(decode, texts.split()), strict=False))


def spelled(content: tuple[str, str], lang: str) -> list[Proposed]:
    """A file of words."""
    pairs = zip(content[0].split(), content[1], strict=False)
    folded = [(word, tokens(word)[0], int(size)) for word, size in pairs]
    return [Proposed(word, ended(whole, lang), term(whole, lang), size) for word, whole, size in folded]


def last_at(firsts: Sequence[bytes], key: bytes) -> int:
    """Index of the last that is not greater; -1 where all are."""
    low, high = 0, len(firsts)
    while low < high:
        middle = (low + high) // 2
        if firsts[middle] <= key:
            low = middle + 1
        else:
            high = middle
    return low - 1
