"""An article's words → its terms: the few hundred bytes that related stories are computed from.

In: headline, lead, text and tags of one article, in a language. Out: `bytes` with stems (as 32-bit hashes), the
weighted count of each, and a sample of the text's shingles, which identifies copies of one report. Linking learns
nothing else of a body. `pack` is pure: worker processes call it, and the build's cache keeps the result.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections import Counter
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from digest.linking.stopwords import stop_words
from digest.text.folding import tokens
from digest.text.stemming import CHUNK, stem_folded, stem_letters

if TYPE_CHECKING:
    from digest.content.settings import TermWeights
    from digest.model import Article

LEAD_LIMIT = 500
"""Characters of a summary that count."""
PLAIN = re.compile("[ء-غف-ي]+")
"""A word of Arabic letters only."""
SPELLINGS = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ة", "ه"), ("ى", "ي"), ("ؤ", "و"), ("ئو", "وو"), ("ءو", "وو"),
             ("ئ", "ي"), ("ء", ""))  # fmt: skip
"""The part of folding that changes a plain word, in the order of application."""
KEPT = 1 << 18
"""Most chunks of text whose hash is cached: some 60 MB."""
MOST = 255
"""The greatest weighted count of one term."""
SHINGLE = 4
"""Words of a shingle."""
SHORT = 100
"""Words up to which all shingles of a text are kept."""
NONE: frozenset[int] = frozenset()
LOW_BYTES = slice(0 if sys.byteorder == "little" else 1, None, 2)
SAMPLED_BYTES = bytes(range(0, 256, 4))
"""Low bytes of the shingles in the sample of a long text. A text with any other low byte is short."""
WITHOUT_END = 0xFFFC
SAMPLED = 3
"""Bits of a word's hash that are zero if a shingle that begins with it is in the sample."""


class Sample(NamedTuple):
    """The shingles of one text that are compared with those of another."""

    some: frozenset[int]
    """The shingles that begin with one word in four."""
    every: frozenset[int]
    """All shingles; empty for a long text."""


class TermBytes(NamedTuple):
    """The three parts of packed terms, as bytes."""

    hashes: bytes
    """Four bytes each."""
    counts: bytes
    """One byte each."""
    shingles: bytes
    """Two bytes each."""


class Terms(NamedTuple):
    """Hashes of stems in the order of their first occurrence, their weighted counts, and the sample of shingles."""

    hashes: array[int]
    counts: bytes
    shingles: array[int]


class HashCache(dict[str, int]):
    """Chunk of text → the hash of its stem; 0 for stop words and single letters."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang
        self.stop = stop_words(lang)

    def __missing__(self, chunk: str) -> int:
        if len(self) > KEPT:
            self.clear()
        found = self[chunk] = self.plain(chunk) if PLAIN.fullmatch(chunk) else self.other(chunk)
        return found

    def plain(self, word: str) -> int:
        """The hash of a word of Arabic letters only, which folds by replacing a few of them."""
        for written, folded in SPELLINGS:
            word = word.replace(written, folded)
        return term_hash(stem_letters(word, self.lang)) if len(word) > 1 and word not in self.stop else 0

    def other(self, chunk: str) -> int:
        """The hash of any other chunk. Rare signs may join two words; both together are one term then."""
        words = [word for word in tokens(chunk) if len(word) > 1 and word not in self.stop]
        return term_hash(" ".join([stem_folded(word, self.lang) for word in words])) if words else 0


@cache
def hashes_of(lang: str) -> HashCache:
    """The cache of one language."""
    return HashCache(lang)


def term_hash(term: str) -> int:
    """Hash a term to 30 bits (Python's fastest integers), never 0; the same in every process and Python version."""
    return crc32(term.encode()) & 0x3FFF_FFFF or 1


def pack(article: Article, weights: TermWeights, lang: str) -> bytes:
    """Pack the terms of an article on a site in `lang`; an article without words gives zeros only."""
    entry = article.entry
    known = hashes_of((entry.lang or lang).partition("-")[0]).__getitem__
    text = list(map(known, CHUNK.findall(article.opening)))
    found: dict[int, int] = Counter(text)
    if weights.text != 1:
        found = {term: count * weights.text for term, count in found.items() if weights.text}
    count_of = found.get
    lead = entry.summary.plain[:LEAD_LIMIT] if article.story.standfirst is not None else ""
    tags = " ".join([tag.name.plain for tag in entry.tags])
    for words, weight in ((entry.title.plain, weights.title), (lead, weights.lead), (tags, weights.tags)):
        if words and weight:
            for term in map(known, CHUNK.findall(words)):
                found[term] = count_of(term, 0) + weight
    whole = [(f"tag {tag.slug}", weights.tags) for tag in entry.tags] + [(f"theme {entry.theme}", weights.theme)]
    for name, weight in whole:
        if weight:
            term = term_hash(name)
            found[term] = count_of(term, 0) + weight
    found.pop(0, None)
    counts = found.values()
    packed = bytes(counts) if max(counts, default=0) <= MOST else bytes([min(count, MOST) for count in counts])
    return len(found).to_bytes(2, "little") + array("I", found).tobytes() + packed + pack_sample(text)


def pack_sample(text: list[int]) -> bytes:
    """Pack 16-bit hashes of a short text's shingles, or of one in four shingles of a long text.

    The first word of a shingle decides whether it is in the sample, so the samples of two copies take the same part of
    both, and the overlap of two samples estimates that of the texts (Broder, "On the resemblance and containment of
    documents", 1997: sampling mod m). A shingle's hash ends with the bits of the hash of its first word, so the
    shingles of a short text include the sample that a long text would have.
    """
    text = list(filter(None, text))
    mask = SAMPLED if len(text) > SHORT else 0
    starts = [at for at, term in enumerate(text[: 1 - SHINGLE]) if not term & mask]
    row = array("I", text).tobytes()
    found = {crc32(row[4 * at : 4 * (at + SHINGLE)]) & WITHOUT_END | text[at] & SAMPLED for at in starts}
    return array("H", sorted(found)).tobytes()


def split_terms(packed: bytes) -> TermBytes:
    """Split packed terms into their parts. The first two bytes are the number of terms."""
    number = int.from_bytes(packed[:2], "little")
    end = 2 + 4 * number
    return TermBytes(packed[2:end], packed[end : end + number], packed[end + number :])


def unpack_terms(packed: bytes) -> Terms:
    """Unpack the result of `pack`."""
    parts = split_terms(packed)
    hashes, shingles = array("I"), array("H")
    hashes.frombytes(parts.hashes)
    shingles.frombytes(parts.shingles)
    return Terms(hashes, parts.counts, shingles)


def shingles(packed: bytes) -> Sample:
    """Unpack the sample of shingles only."""
    raw = split_terms(packed).shingles
    sampled = array("H")
    sampled.frombytes(raw)
    if not raw[LOW_BYTES].translate(None, SAMPLED_BYTES):
        return Sample(frozenset(sampled), NONE)
    return Sample(frozenset([shingle for shingle in sampled if not shingle & SAMPLED]), frozenset(sampled))


def words_by_hash(article: Article, lang: str) -> dict[int, str]:
    """Hash of a term → its word, in the spelling that the article uses first."""
    entry = article.entry
    known = hashes_of((entry.lang or lang).partition("-")[0])
    named: dict[int, str] = {}
    parts = (entry.title.plain, entry.summary.plain, *(tag.name.plain for tag in entry.tags), article.opening)
    for word in chain.from_iterable(map(CHUNK.findall, parts)):
        named.setdefault(known[word], word)
    named.setdefault(term_hash(f"theme {entry.theme}"), entry.theme)
    named.update((term_hash(f"tag {tag.slug}"), f"#{tag.name.plain}") for tag in entry.tags)
    return named
