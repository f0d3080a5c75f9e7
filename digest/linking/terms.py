"""An article's words → its terms: the few hundred bytes by which it finds, and is found by, related articles.

In: headline, lead, text and tags of one article, in a language. Out: `bytes` that hold stems (as 32-bit hashes) with
how often each stands there, fields weighted, and a sample of the text's shingles, by which two copies of one report
know each other. Pure, and all that linking ever learns of a body: called in workers, kept in the build's memory.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

from digest.arabic.folding import tokens
from digest.arabic.stemming import CHUNK, stem
from digest.linking.stopwords import stop_words

TEXT_LIMIT = 1500
"""Characters of a text that count: news says first what it is about, and the rest costs time (docs/related.md)."""
LEAD_LIMIT = 500
KEPT = 1 << 17
"""Chunks of text whose terms are remembered at most: some 30 MB."""
MOST = 255
"""The highest weighted count of one term."""
SHINGLE = 4
"""Words of a shingle."""
SAMPLED = 3
"""A shingle is in the sample when its first word's hash ends in zero bits below this mask."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What one word counts for in each part of an article; 0 leaves the part out."""

    title: int = 5
    lead: int = 2
    text: int = 1
    tags: int = 3
    theme: int = 0


class Wording(NamedTuple):
    """The words of one article, as plain text."""

    title: str
    lead: str
    text: str
    tags: tuple[str, ...] = ()
    theme: str = ""


class Terms(NamedTuple):
    """Unpacked: hashes of stems in the order they first stand, their weighted counts, the sample of shingles."""

    hashes: array[int]
    counts: bytes
    shingles: array[int]


class Hashes(dict[str, tuple[int, ...]]):
    """Chunk of text → the hashes of its stems; stop words and single letters have none."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang
        self.stop = stop_words(lang)

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        if len(self) > KEPT:
            self.clear()
        words = [word for word in tokens(chunk) if word not in self.stop]
        found = self[chunk] = tuple([term_hash(stem(word, self.lang)) for word in words if len(word) > 1])
        return found


@cache
def hashes_of(lang: str) -> Hashes:
    """The memory of one language."""
    return Hashes(lang)


def term_hash(term: str) -> int:
    """32 bits, the same in every process and version of Python."""
    return zlib.crc32(term.encode())


def pack(wording: Wording, weights: Weights, lang: str) -> bytes:
    """The terms of an article; empty for one without a word."""
    known = hashes_of(lang.partition("-")[0]).__getitem__
    text = list(chain.from_iterable(map(known, CHUNK.findall(cut(wording.text, TEXT_LIMIT)))))
    found: Counter[int] = Counter(text) if weights.text else Counter()
    if weights.text > 1:
        found = Counter({term: count * weights.text for term, count in found.items()})
    parts = (
        (wording.title, weights.title),
        (cut(wording.lead, LEAD_LIMIT), weights.lead),
        (" ".join(wording.tags), weights.tags),
    )
    for words, weight in parts:
        if words and weight:
            for term in chain.from_iterable(map(known, CHUNK.findall(words))):
                found[term] += weight
    if wording.theme and weights.theme:
        found[term_hash(f"theme {wording.theme}")] += weights.theme
    counts = bytes(found.values()) if not found or max(found.values()) <= MOST else bytes(
        [min(count, MOST) for count in found.values()]
    )
    return len(found).to_bytes(2, "little") + array("I", found).tobytes() + counts + sample(text).tobytes()


def cut(text: str, limit: int) -> str:
    """The beginning of a text, to the last whole word."""
    return text if len(text) <= limit else text[: text.rfind(" ", 0, limit + 1)]


def sample(text: list[int]) -> array[int]:
    """16-bit hashes of the shingles that begin with one word in four, whichever text the words stand in.

    A sample that depends on the words alone is the same part of two copies of a text, so that what two samples share
    estimates what the texts share (Broder, "On the resemblance and containment of documents", 1997: sampling mod m).
    """
    chosen = {
        (text[at] * 3 + text[at + 1] * 5 + text[at + 2] * 7 + text[at + 3] * 11) >> 7 & 0xFFFF
        for at in range(len(text) - SHINGLE + 1)
        if not text[at] & SAMPLED
    }
    return array("H", sorted(chosen))


def unpack(packed: bytes) -> Terms:
    """What `pack` packed."""
    number = int.from_bytes(packed[:2], "little")
    end = 2 + 4 * number
    hashes, shingles = array("I"), array("H")
    hashes.frombytes(packed[2:end])
    shingles.frombytes(packed[end + number :])
    return Terms(hashes, packed[end : end + number], shingles)


def shingles(packed: bytes) -> frozenset[int]:
    """The sample of shingles alone."""
    sampled = array("H")
    sampled.frombytes(packed[2 + 5 * int.from_bytes(packed[:2], "little") :])
    return frozenset(sampled)
