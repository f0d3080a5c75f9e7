"""An article's words → its terms: the few hundred bytes by which it finds, and is found by, related articles.

In: headline, lead, text and tags of one article, in a language. Out: `bytes` that hold stems (as 32-bit hashes) with
how often each stands there, fields weighted, and a sample of the text's shingles, by which two copies of one report
know each other. Pure, and all that linking ever learns of a body: called in workers, kept in the build's memory.
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
"""A word of Arabic letters alone."""
SPELLINGS = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ة", "ه"), ("ى", "ي"), ("ؤ", "و"), ("ئو", "وو"), ("ءو", "وو"),
             ("ئ", "ي"), ("ء", ""))  # fmt: skip
KEPT = 1 << 18
"""Chunks of text whose terms are remembered at most: some 60 MB."""
MOST = 255
"""The highest weighted count of one term."""
SHINGLE = 4
"""Words of a shingle."""
SHORT = 100
"""Words up to which a text's shingles are all kept."""
NONE: frozenset[int] = frozenset()
LOW_BYTES = slice(0 if sys.byteorder == "little" else 1, None, 2)
SAMPLED_BYTES = bytes(range(0, 256, 4))
"""The lower bytes of shingles that a sample of a long text may hold: a text that has no other is long."""
WITHOUT_END = 0xFFFC
SAMPLED = 3
"""Bits of a word's hash that are zero where a shingle that begins with it is in the sample."""


class Sample(NamedTuple):
    """Shingles by which two texts are compared."""

    some: frozenset[int]
    """Those that begin with one word in four."""
    every: frozenset[int]
    """All of them; empty for a long text."""


class Terms(NamedTuple):
    """Unpacked: hashes of stems in the order they first stand, their weighted counts, the sample of shingles."""

    hashes: array[int]
    counts: bytes
    shingles: array[int]


class Hashes(dict[str, int]):
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
        """Of a word of Arabic letters alone: folding it is replacing a few of them."""
        for written, folded in SPELLINGS:
            word = word.replace(written, folded)
        return term_hash(stem_letters(word, self.lang)) if len(word) > 1 and word not in self.stop else 0

    def other(self, chunk: str) -> int:
        """Of anything else: a word, but for rare signs between two; then both together are a term."""
        words = [word for word in tokens(chunk) if len(word) > 1 and word not in self.stop]
        return term_hash(" ".join([stem_folded(word, self.lang) for word in words])) if words else 0


@cache
def hashes_of(lang: str) -> Hashes:
    """The memory of one language."""
    return Hashes(lang)


def term_hash(term: str) -> int:
    """30 bits (Python's quickest whole numbers), never 0; the same in every process and version of Python."""
    return crc32(term.encode()) & 0x3FFF_FFFF or 1


def pack(article: Article, weights: TermWeights, lang: str) -> bytes:
    """The terms of an article on a site in `lang`; nothing but zeros for one without a word."""
    entry = article.entry
    known = hashes_of((entry.lang or lang).partition("-")[0]).__getitem__
    text = list(map(known, CHUNK.findall(article.opening)))
    found: dict[int, int] = Counter(text)
    if weights.text != 1:
        found = {term: count * weights.text for term, count in found.items() if weights.text}
    count_of = found.get
    lead = entry.summary.plain[:LEAD_LIMIT] if article.standfirst else ""
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
    return len(found).to_bytes(2, "little") + array("I", found).tobytes() + packed + sample(text)


def sample(text: list[int]) -> bytes:
    """16-bit hashes of a short text's shingles; of a long one's, those that begin with one word in four.

    Which word that is depends on the word alone, so that the samples of two copies are of the same part of both, and
    what two samples share estimates what the texts share (Broder, "On the resemblance and containment of documents",
    1997: sampling mod m). A hash ends as its first word's does, so that a short text's hold the sample of a long one.
    """
    text = list(filter(None, text))
    mask = SAMPLED if len(text) > SHORT else 0
    starts = [at for at, term in enumerate(text[: 1 - SHINGLE]) if not term & mask]
    row = array("I", text).tobytes()
    found = {crc32(row[4 * at : 4 * (at + SHINGLE)]) & WITHOUT_END | text[at] & SAMPLED for at in starts}
    return array("H", sorted(found)).tobytes()


def unpack(packed: bytes) -> Terms:
    """What `pack` packed."""
    number = int.from_bytes(packed[:2], "little")
    end = 2 + 4 * number
    hashes, shingles = array("I"), array("H")
    hashes.frombytes(packed[2:end])
    shingles.frombytes(packed[end + number :])
    return Terms(hashes, packed[end : end + number], shingles)


def shingles(packed: bytes) -> Sample:
    """The sample of shingles alone."""
    raw = packed[2 + 5 * int.from_bytes(packed[:2], "little") :]
    sampled = array("H")
    sampled.frombytes(raw)
    if not raw[LOW_BYTES].translate(None, SAMPLED_BYTES):
        return Sample(frozenset(sampled), NONE)
    return Sample(frozenset([shingle for shingle in sampled if not shingle & SAMPLED]), frozenset(sampled))


def words_of(article: Article, lang: str) -> dict[int, str]:
    """Hash of a term → the word it stands for, as this article first writes it."""
    entry = article.entry
    known = hashes_of((entry.lang or lang).partition("-")[0])
    named: dict[int, str] = {}
    parts = (entry.title.plain, entry.summary.plain, *(tag.name.plain for tag in entry.tags), article.opening)
    for word in chain.from_iterable(map(CHUNK.findall, parts)):
        named.setdefault(known[word], word)
    named.setdefault(term_hash(f"theme {entry.theme}"), entry.theme)
    named.update((term_hash(f"tag {tag.slug}"), f"#{tag.name.plain}") for tag in entry.tags)
    return named
