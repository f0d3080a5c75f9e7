"""Documents → the files of the index: what a reader's browser loads of them, and when.

Documents are numbered from the oldest. The newest (`LEAST_RECENT` and up to `BLOCK` more) are *recent*: all their
postings are in `search/index.json`. The others are *frozen*: their postings lie in shards under a name made of the
documents, so that a reader never meets a shard of another time than the list that names it. Where the one part ends
depends on the number of documents alone, never on how the site came to them: an incremental build makes the files of
a clean one.

| file | holds | changes |
|---|---|---|
| `search/index.json` | the recent documents' postings, the names of everything else | with each story |
| `search/cards/NAME-I.json` | titles, summaries, addresses of `CHUNK` documents | the newest one, with each story |
| `search/NAME/directory.json` | the first term of each shard | once in `BLOCK` stories |
| `search/NAME/terms-I.json` | terms and their postings | once in `BLOCK` stories |
| `search/NAME/words-I.json` | words to propose for misspelt ones | once in `BLOCK` stories |
| `search/NAME/facets.json` | theme and source of each document, for filters | once in `BLOCK` stories |
| `search/language-NAME.json` | aliases, stop words, keyboard of the site's language | with the list of aliases |
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from digest.arabic.folding import tokens
from digest.search import postings
from digest.search.documents import fingerprint, levels
from digest.search.words import sorting_key, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.search.documents import Document

BLOCK: Final = 300
"""Stories after which the recent ones are frozen."""
LEAST_RECENT: Final = 50
"""Recent stories that always stay: one that comes in a little late still changes nothing that is frozen."""
CHUNK: Final = 12
"""Cards in one file."""
SHARD: Final = 60
"""Documents for each shard of postings: about 5 KB of gzip."""
WORDS: Final = 400
"""Documents for each file of words to propose."""
PROPOSED: Final = 2
"""Documents that must hold a word before it is proposed to readers who mistype another, on sites with frozen ones."""

HEAD: Final = "search/index.json"
"""The file that names all others."""

to_json = msgspec.json.Encoder().encode


def frozen_count(count: int) -> int:
    """How many of a number of documents are frozen."""
    return max(0, (count - LEAST_RECENT) // BLOCK * BLOCK)


class Terms(msgspec.Struct, dict=True):
    """The postings of some documents."""

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
        return [postings.encode(self.postings[one]) for one in self.order]

    def words(self, least: int) -> tuple[list[str], list[str]]:
        """For each term of at least that many documents, in their order: how it is written most often; its weight."""
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for document in self.documents:
            for text in (document.title, document.summary, *document.tags):
                for written in text.split():
                    bare = written.strip(PUNCTUATION)
                    folded = tokens(bare)
                    if len(folded) == 1 and folded[0].isalpha():
                        forms[term(folded[0], self.lang)][bare] += 1
        kept = [one for one in self.order if len(self.postings[one]) >= least and one in forms]
        spelt = [min(forms[one].items(), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))[0] for one in kept]
        return spelt, [str(min(len(self.postings[one]).bit_length(), 9)) for one in kept]


PUNCTUATION: Final = " .,;:!?\"'()[]{}«»“”‘’‹›…،؛؟ـ-–—/|*_٪%\u200e\u200f\u2066\u2067\u2068\u2069"


def cut(items: Sequence[str], sizes: Sequence[int], parts: int) -> list[int]:
    """Where to cut a row of items into parts of about one size: the first index of each, and the end."""
    whole, sum_, starts = sum(sizes), 0, [0]
    for index, size in enumerate(sizes):
        while len(starts) < parts and sum_ + size / 2 >= whole * len(starts) / parts:
            starts.append(index)
        sum_ += size
    return [*starts, *([len(items)] * (parts - len(starts))), len(items)]


def parts_of(count: int, each: int) -> int:
    """Files for a number of documents: known before any is looked at."""
    return max(1, round(count / each))


class Frozen(msgspec.Struct, dict=True):
    """The part of the index that most builds leave alone."""

    documents: Sequence[Document]
    lang: str
    aliases: Sequence[str] = ()
    """Terms of aliases: the directory says which of them are there."""

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.documents, self.lang)

    @cached_property
    def shard_starts(self) -> list[int]:
        sizes = [len(one) + len(text) + 4 for one, text in zip(self.terms.order, self.terms.encoded, strict=True)]
        return cut(self.terms.order, sizes, parts_of(len(self.documents), SHARD))

    @cached_property
    def words(self) -> tuple[list[str], list[str]]:
        return self.terms.words(PROPOSED)

    @cached_property
    def word_starts(self) -> list[int]:
        return cut(self.words[0], [len(word) for word in self.words[0]], parts_of(len(self.documents), WORDS))

    def directory(self) -> bytes:
        order, spelt = self.terms.order, self.words[0]
        firsts = [order[min(start, len(order) - 1)] for start in self.shard_starts[:-1]] if order else []
        words = [term(tokens(spelt[min(s, len(spelt) - 1)])[0], self.lang) for s in self.word_starts[:-1]] if spelt else []
        return to_json({"terms": " ".join(firsts), "words": " ".join(words)})

    def shard(self, number: int) -> bytes:
        start, end = self.shard_starts[number : number + 2]
        return to_json([" ".join(self.terms.order[start:end]), " ".join(self.terms.encoded[start:end])])

    def words_file(self, number: int) -> bytes:
        start, end = self.word_starts[number : number + 2]
        return to_json([" ".join(self.words[0][start:end]), "".join(self.words[1][start:end])])

    def facets(self) -> bytes:
        return to_json(facets(self.documents))


def facets(documents: Iterable[Document]) -> dict[str, object]:
    """Theme, sources and year of each document, by position in lists of them."""
    themes: dict[str, int] = {}
    outlets: dict[tuple[str, ...], int] = {}
    years: list[list[int]] = []
    rows = []
    for number, document in enumerate(documents):
        rows.append((themes.setdefault(document.theme, len(themes)), outlets.setdefault(document.outlets, len(outlets))))
        if not years or years[-1][0] != document.year:
            years.append([document.year, number])
    return {
        "themes": list(themes),
        "theme": [theme for theme, _ in rows],
        "outlets": list(outlets),
        "outlet": [outlet for _, outlet in rows],
        "years": years,
    }


def cards(documents: Sequence[Document], lang: str) -> bytes:
    """Some documents as a results page shows them."""
    return to_json([card(document) for document in documents])


def card(document: Document) -> list[str]:
    row = [
        document.path, document.title, document.summary, document.theme, document.outlets[0] if document.outlets else "",
        document.iso, document.day, document.lang, document.dir,
    ]  # fmt: skip
    while not row[-1]:
        row.pop()
    return row


def chunks(documents: Sequence[Document]) -> list[Sequence[Document]]:
    return [documents[at : at + CHUNK] for at in range(0, len(documents), CHUNK)]


def blocks(documents: Sequence[Document]) -> list[Sequence[Document]]:
    return [documents[at : at + BLOCK] for at in range(0, len(documents), BLOCK)]


def files(documents: Sequence[Document], lang: str, language: bytes = b"{}", aliases: Sequence[str] = ()) -> dict[str, bytes]:
    """All files of the index, by path below the base path; `documents` oldest first."""
    count = frozen_count(len(documents))
    old, new = documents[:count], documents[count:]
    made: dict[str, bytes] = {}
    name = fingerprint(old, lang) if old else ""
    names = [fingerprint(block, lang) for block in blocks(old)]
    recent_names = [fingerprint(chunk, lang) for chunk in chunks(new)]
    if old:
        frozen = Frozen(old, lang, aliases)
        made[f"search/{name}/directory.json"] = frozen.directory()
        for number in range(parts_of(count, SHARD)):
            made[f"search/{name}/terms-{number}.json"] = frozen.shard(number)
        for number in range(parts_of(count, WORDS)):
            made[f"search/{name}/words-{number}.json"] = frozen.words_file(number)
        made[f"search/{name}/facets.json"] = frozen.facets()
        for block_name, block in zip(names, blocks(old), strict=True):
            for number, chunk in enumerate(chunks(block)):
                made[f"search/cards/{block_name}-{number}.json"] = cards(chunk, lang)
    for chunk_name, chunk in zip(recent_names, chunks(new), strict=True):
        made[f"search/cards/{chunk_name}-0.json"] = cards(chunk, lang)
    made[HEAD] = recent(new, lang, count, name, names, recent_names)
    return made


def recent(new: Sequence[Document], lang: str, count: int, name: str, names: list[str], recent_names: list[str]) -> bytes:
    terms = Terms(new, lang)
    fields: dict[str, object] = {
        "format": 1,
        "frozen": name,
        "documents": [count, len(new)],
        "blocks": " ".join(names),
        "chunks": " ".join(recent_names),
        "terms": " ".join(terms.order),
        "postings": " ".join(terms.encoded),
        "facets": facets(new),
    }
    if not count:
        fields["words"] = [" ".join(terms.words(1)[0]), "".join(terms.words(1)[1])]
    return to_json(fields)
