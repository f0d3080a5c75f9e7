"""Documents → the files of the index: what a reader's browser loads of them, and when.

Documents are numbered from the oldest. The newest (`LEAST_RECENT`, and up to `BLOCK` more) are *recent*: all their
postings are in `search/index.json`. The others are *frozen*: their postings are cut into shards, under a name made of
the documents, so that a reader never meets a shard of another time than the list that names it. Where the one part
ends depends on the number of documents alone, never on how the site came to them: an incremental build makes the very
files of a clean one. Every name is known before a file is made; nothing is made whose fingerprint is as it was.

| file | holds | changes |
|---|---|---|
| `search/index.json` | the recent documents' postings, the names of everything else | with each story |
| `search/cards/NAME-I.json` | titles, summaries, addresses of `CHUNK` documents | the newest one, with each story |
| `search/NAME/directory.json` | the first term of each shard | once in `BLOCK` stories |
| `search/NAME/terms-I.json` | terms and their postings | once in `BLOCK` stories |
| `search/NAME/words-I.json` | words to propose for misspelt ones | once in `BLOCK` stories |
| `search/NAME/facets.json` | theme, sources and year of each document, for filters | once in `BLOCK` stories |
| `search/language-NAME.json` | aliases, stop words, endings, keyboard of the site's language | with the aliases |
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Final, NamedTuple

import msgspec

from digest.search import postings
from digest.search.documents import Document, fingerprint, levels
from digest.search.words import sorting_key, term
from digest.text.folding import tokens

BLOCK: Final = 300
"""Stories after which the recent ones are frozen."""
LEAST_RECENT: Final = 50
"""Recent stories that always stay: one that comes in a little late still changes nothing that is frozen."""
CHUNK: Final = 6
"""Cards in one file."""
SHARD: Final = 20
"""Documents for each shard of postings: about 1 KB of gzip."""
WORDS: Final = 400
"""Documents for each file of words to propose."""
PROPOSED: Final = 2
"""Documents that must hold a word before a large site proposes it to readers who mistype another."""
LETTERS: Final = 8
"""Letters of a fingerprint that name a file."""
HEAD: Final = "search/index.json"
"""The file that names all others."""
PUNCTUATION: Final = " .,;:!?\"'()[]{}«»“”‘’‹›…،؛؟ـ-–—/|*_٪%\u200e\u200f\u2066\u2067\u2068\u2069"

encode = msgspec.json.Encoder().encode


def to_json(value: object) -> bytes:
    """JSON in which nothing looks like markup, or like a server's own code (`<?php`), to whoever serves it."""
    return encode(value).replace(b"<", b"\\u003c")


class IndexFile(NamedTuple):
    """One file of the index, not yet made."""

    path: str
    """Below the site's base path."""
    print: str
    """Fingerprint of all it is made of."""
    make: Callable[[], bytes]


def frozen_count(count: int) -> int:
    """How many of a number of documents are frozen."""
    return max(0, (count - LEAST_RECENT) // BLOCK * BLOCK)


def parts_of(count: int, each: int) -> int:
    """Files for a number of documents: known before any is looked at."""
    return max(1, round(count / each))


def cut(sizes: Sequence[int], parts: int) -> list[int]:
    """Where to cut a row of things into parts of about one size: the first index of each, and the end."""
    whole, sum_, starts = sum(sizes), 0, [0]
    for index, size in enumerate(sizes):
        while len(starts) < parts and sum_ + size / 2 >= whole * len(starts) / parts:
            starts.append(index)
        sum_ += size
    return starts + [len(sizes)] * (parts + 1 - len(starts))


def slices(documents: Sequence[Document], size: int) -> list[Sequence[Document]]:
    return [documents[at : at + size] for at in range(0, len(documents), size)]


class TermTable(msgspec.Struct, dict=True):
    """The terms of some documents, and where they are."""

    documents: Sequence[Document]
    lang: str

    @cached_property
    def postings(self) -> Mapping[str, array[int]]:
        """Term → its postings, ascending."""
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, document in enumerate(self.documents):
            for one, level in levels(document, self.lang).items():
                found[one].append(number * 4 + level)
        return found

    @cached_property
    def order(self) -> list[str]:
        """The terms as shards have them."""
        return sorted(self.postings, key=sorting_key)

    @cached_property
    def encoded(self) -> list[str]:
        """Their postings as text, in that order."""
        return [postings.encode(self.postings[one]) for one in self.order]

    def words(self, least: int) -> tuple[list[str], list[str]]:
        """For each term of at least that many documents, in their order: how it is written most often, and the bits of
        the number of its documents.
        """
        written: Counter[str] = Counter()
        for document in self.documents:
            written.update(f"{document.title} {document.summary} {' '.join(document.tags)}".split())
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for word, count in written.items():
            bare = word.strip(PUNCTUATION)
            folded = tokens(bare)
            if len(folded) == 1 and folded[0].isalpha():
                forms[term(folded[0], self.lang)][bare] += count
        kept = [one for one in self.order if len(self.postings[one]) >= least and one in forms]
        spelt = [min(forms[one].items(), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))[0] for one in kept]
        return spelt, [str(min(len(self.postings[one]).bit_length(), 9)) for one in kept]


class Frozen(msgspec.Struct, dict=True):
    """The part of the index that most builds leave alone."""

    documents: Sequence[Document]
    lang: str

    @cached_property
    def terms(self) -> TermTable:
        return TermTable(self.documents, self.lang)

    @cached_property
    def shard_starts(self) -> list[int]:
        sizes = [len(one) + len(text) for one, text in zip(self.terms.order, self.terms.encoded, strict=True)]
        return cut(sizes, parts_of(len(self.documents), SHARD))

    @cached_property
    def words(self) -> tuple[list[str], list[str]]:
        return self.terms.words(PROPOSED)

    @cached_property
    def word_starts(self) -> list[int]:
        return cut([len(word) for word in self.words[0]], parts_of(len(self.documents), WORDS))

    def directory(self) -> bytes:
        """The first term of each file."""
        words = [term(tokens(word)[0], self.lang) for word in firsts(self.words[0], self.word_starts)]
        return to_json({"terms": " ".join(firsts(self.terms.order, self.shard_starts)), "words": " ".join(words)})

    def shard(self, number: int) -> bytes:
        """Terms and their postings."""
        start, end = self.shard_starts[number : number + 2]
        return to_json([" ".join(self.terms.order[start:end]), " ".join(self.terms.encoded[start:end])])

    def words_file(self, number: int) -> bytes:
        """Words to propose."""
        start, end = self.word_starts[number : number + 2]
        return to_json([" ".join(self.words[0][start:end]), "".join(self.words[1][start:end])])

    def facets(self) -> bytes:
        return to_json(facets(self.documents))


def firsts(items: Sequence[str], starts: Sequence[int]) -> list[str]:
    """What each part begins with; an empty part, what the next one does."""
    return [items[min(start, len(items) - 1)] for start in starts[:-1]] if items else []


def facets(documents: Iterable[Document]) -> dict[str, object]:
    """Theme and sources of each document, by their number in lists; each year and its first document."""
    themes: dict[str, int] = {}
    outlets: dict[tuple[str, ...], int] = {}
    years: dict[int, int] = {}
    theme, outlet = [], []
    for number, document in enumerate(documents):
        theme.append(themes.setdefault(document.theme, len(themes)))
        outlet.append(outlets.setdefault(document.outlets, len(outlets)))
        years.setdefault(document.year, number)
    return {
        "themes": list(themes),
        "theme": theme,
        "outlets": list(outlets),
        "outlet": outlet,
        "years": list(years.items()),
    }


class SearchIndex(msgspec.Struct, dict=True):
    """The index of a site, of which only names are worked out until a file is asked for."""

    documents: Sequence[Document]
    """Oldest first."""
    lang: str

    @cached_property
    def count(self) -> int:
        """How many are frozen."""
        return frozen_count(len(self.documents))

    @cached_property
    def old(self) -> Sequence[Document]:
        return self.documents[: self.count]

    @cached_property
    def new(self) -> Sequence[Document]:
        return self.documents[self.count :]

    @cached_property
    def frozen_print(self) -> str:
        """Of the frozen documents; empty where there are none."""
        return fingerprint(self.lang, self.block_prints) if self.old else ""

    @cached_property
    def folder(self) -> str:
        """Where the frozen files are, `search/NAME/`, or empty."""
        return f"search/{self.frozen_print[:LETTERS]}/" if self.old else ""

    @cached_property
    def block_prints(self) -> list[str]:
        return [fingerprint(block) for block in slices(self.old, BLOCK)]

    @cached_property
    def chunk_prints(self) -> list[str]:
        return [fingerprint(chunk) for chunk in slices(self.new, CHUNK)]

    def files(self, language: str) -> Iterator[IndexFile]:
        """All of them but the language's; `language` is the path of that one."""
        made = Frozen(self.old, self.lang)  # looked into only when a file of it is made
        if self.old:
            for name, make in self.frozen_files(made):
                yield IndexFile(f"{self.folder}{name}.json", self.frozen_print, make)
        for block, documents in zip(self.block_prints, slices(self.old, BLOCK), strict=True):
            for number, chunk in enumerate(slices(documents, CHUNK)):
                yield IndexFile(f"search/cards/{block[:LETTERS]}-{number}.json", block, partial(cards, chunk))
        for one, chunk in zip(self.chunk_prints, slices(self.new, CHUNK), strict=True):
            yield IndexFile(f"search/cards/{one[:LETTERS]}-0.json", one, partial(cards, chunk))
        whole = fingerprint(self.lang, language, self.frozen_print, self.block_prints, self.chunk_prints)
        yield IndexFile(HEAD, whole, partial(self.head, language))

    def frozen_files(self, made: Frozen) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Name and content of each."""
        yield "directory", made.directory
        yield "facets", made.facets
        for number in range(parts_of(self.count, SHARD)):
            yield f"terms-{number}", partial(made.shard, number)
        for number in range(parts_of(self.count, WORDS)):
            yield f"words-{number}", partial(made.words_file, number)

    def head(self, language: str) -> bytes:
        """The file that names all others, with the recent documents. A site without frozen ones has its words here."""
        terms = TermTable(self.new, self.lang)
        words = terms.words(1) if not self.old else ([], [])
        return to_json(
            {
                "documents": [self.count, len(self.new)],
                "frozen": self.frozen_print[:LETTERS],
                "language": language,
                "blocks": " ".join([one[:LETTERS] for one in self.block_prints]),
                "chunks": " ".join([one[:LETTERS] for one in self.chunk_prints]),
                "terms": postings.share(names := sorted(terms.postings)),
                "postings": " ".join([postings.encode(terms.postings[one]) for one in names]),
                "words": [" ".join(words[0]), "".join(words[1])],
                "facets": facets(self.new),
            }
        )


def cards(documents: Sequence[Document]) -> bytes:
    """Some documents as a results page shows them."""
    return to_json([document.card() for document in documents])
