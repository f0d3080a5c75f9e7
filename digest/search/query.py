"""A reader's words → concepts: what to look for, in all the ways a site may write it.

Each word of a query is a concept. It may be there as it was typed (its stem), under another name (aliases), or, where
the index does not know it, as what was probably meant: without a letter in front, as two words, in other letters
(*macron* for ماكرون), or spelt otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from digest.search.words import LATIN, distance, ended, skeleton, sound, stop_words, term
from digest.text.folding import tokens

if TYPE_CHECKING:
    from digest.search.lookup import Index

NAMED: Final = 0.9
"""What another name for the same counts, against the word itself."""
MEANT: Final = 0.7
"""What a word counts that the reader probably meant."""
PREFIXES: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ف", "ب", "ل", "ك", "س")
"""Beginnings tried off a word that the index does not know, the longest first."""
LEAST: Final = 3
"""Letters that must be left of it."""
JOINED: Final = ("عبد", "ابو", "ابن")
"""First parts of names that are written together or apart."""
FAR: Final = 10.0
"""No likely spelling."""
SIZE: Final = 0.05
"""What each doubling of the documents that hold a spelling speaks for it."""
LIKELIER: Final = 5
"""Times more documents that must hold another spelling of a word that is there."""
CLOSE: Final = 1.1
"""How unlikely a spelling may be for the search to stop at the words that sound the same: one slip in a vowel."""
LOST: Final = 0.6
"""What a stem that lost a beginning speaks against a spelling."""
LONG: Final = 5
"""Letters of a word whose other spellings are looked for though it is there."""


class Way(msgspec.Struct, frozen=True):
    """One way to write a concept: a document must have all its terms."""

    terms: tuple[str, ...]
    weight: float = 1.0


class Concept(msgspec.Struct):
    """What one word of a query stands for."""

    word: str
    """Folded."""
    ways: list[Way]
    meant: str = ""
    """The word to propose in its place."""
    known: bool = False
    """Whether the site has the word itself, or another name for the same."""

    @property
    def own(self) -> str:
        """The term of the word itself."""
        return self.ways[0].terms[0]


def concepts(query: str, index: Index) -> list[Concept]:
    """What a query asks for; empty for a query without a word."""
    words = dict.fromkeys(tokens(query))
    every = [Concept(word, [Way((term(word, index.lang),))]) for word in words]
    add_aliases(every, index)
    common = stop_words(index.lang)
    telling = [concept for concept in every if concept.word not in common or len(concept.ways) > 1] or every
    for concept in telling:
        concept.known = any(all(map(index.size, way.terms)) for way in concept.ways)
        if concept.known:
            add_likelier(concept, index)
        else:
            guess(concept, index)
    return telling


def add_aliases(found: list[Concept], index: Index) -> None:
    """Other names of what the query names, to each word of the name."""
    own = [concept.own for concept in found]
    at = 0
    while at < len(own):
        fits = [
            (name, group) for name, group in index.aliases.get(own[at], ()) if tuple(own[at : at + len(name)]) == name
        ]
        longest = max((len(name) for name, _ in fits), default=1)
        for name, group in fits:
            if len(name) == longest:
                ways = [Way(other, NAMED) for other in group if other != name]
                for concept in found[at : at + longest]:
                    concept.ways += ways
        at += longest


def add_likelier(concept: Concept, index: Index) -> None:
    """Another spelling of a word, where far more documents have it."""
    own = concept.own
    if min(len(concept.word), len(own)) < LONG or len(concept.ways) > 1:
        return
    bones, heard, least = skeleton(own), sound(own), LIKELIER * (index.size(own) + 1)
    for one, size in index.near(own).items():
        if one != own and size > least and skeleton(one) == bones and distance(heard, sound(one), 1) <= 1:
            concept.ways.append(Way((one,), MEANT))


def guess(concept: Concept, index: Index) -> None:
    """What a word may be that the index does not know."""
    for add in (add_shorter, add_joined, add_begun, add_spellings, add_parts):
        add(concept, index)
        if len(concept.ways) > 1:
            return


def add_shorter(concept: Concept, index: Index) -> None:
    """The word without what stands before it; half of it must be left."""
    word = concept.word
    shorter = [word[len(start) :] for start in PREFIXES if word.startswith(start) and len(word) >= len(start) + LEAST]
    found = {one: index.size(one) for one in [word, *shorter, *(term(rest, index.lang) for rest in shorter)]}
    concept.ways += [Way((one,), NAMED) for one, size in found.items() if size and len(one) * 2 >= len(word)][:1]


def add_joined(concept: Concept, index: Index) -> None:
    """عبدالله as عبد الله."""
    for start in JOINED:
        rest = concept.word[len(start) :]
        if concept.word.startswith(start) and len(rest) >= LEAST and index.size(term(rest, index.lang)):
            concept.ways.append(Way((term(start, index.lang), term(rest, index.lang)), NAMED))
            return


def add_begun(concept: Concept, index: Index) -> None:
    """Words that begin like it: the reader may still be typing."""
    word = concept.word
    if len(word) >= LEAST:
        begun = sorted((-size, one) for one, size in index.near(word).items() if one.startswith(word))
        concept.ways += [Way((one,), MEANT) for _, one in begun[:3]]


def add_spellings(concept: Concept, index: Index) -> None:
    """The nearest words to one that is misspelt, or written in other letters: all that begin with the same sound are
    looked through only where none of the same consonants is close.
    """
    word, own = concept.word, concept.own
    asked = list(dict.fromkeys([own, word, ended(word, index.lang)]))
    most = 0 if len(word) < 4 else 1 if len(word) < 6 + bool(LATIN.search(word)) else 2
    beside = [("", one, one, size.bit_length()) for form in (own, word) for one, size in index.near(form).items()]
    near: list[tuple[float, str, str]] = []
    for whole in (False, True):
        forms = {one[:1]: one for one in (own, word, own[1:] or own)} if whole else {own: own, word: word}
        proposed = {row for form in forms.values() for row in index.proposed(form, whole=whole)}
        near = nearest(asked, most, [*beside, *((row.shown, row.whole, row.term, row.size) for row in proposed)])
        if near and near[0][0] <= CLOSE:
            break
    for away, one, shown in near[:3]:
        if away <= near[0][0] + SIZE:
            concept.meant = concept.meant or shown
            concept.ways.append(Way((one,), MEANT))


def nearest(asked: list[str], most: int, rows: Iterable[tuple[str, str, str, int]]) -> list[tuple[float, str, str]]:
    """How unlikely each term is, the term, how it is written: the likeliest first.

    `asked`: the stem of a word, the word, and the word without its ending; `most`: how many letters of the sound may
    differ. A beginning that the stem lost may be the word's own (as of كاليفورنيا): then whole words speak louder.
    """
    lost = 0.0 if asked[-1].startswith(asked[0]) else LOST
    found: dict[str, tuple[float, str]] = {}
    for shown, whole, one, size in rows:
        ways = [far(form, one, most) + (lost if form == asked[0] else 0.0) for form in asked]
        away = min(*ways, far(asked[-1], whole, most)) - size * SIZE
        before = found.get(one, (away, ""))
        found[one] = min(away, before[0]), before[1] or shown
    return sorted((away, one, shown) for one, (away, shown) in found.items() if away < FAR and one != asked[0])


def far(form: str, one: str, most: int) -> float:
    """How unlikely it is that a term was meant: by its sound above all, and by its letters where they are the same."""
    heard = distance(sound(form), sound(one), most)
    if heard > most:
        return FAR * 2
    apart = 0.0 if skeleton(form) == skeleton(one) else 0.5
    if LATIN.search(form):
        return FAR * 2 if heard + apart > most else heard + apart
    return 0.7 * heard + 0.4 * distance(form, one, 3) + apart


def add_parts(concept: Concept, index: Index) -> None:
    """Two words that were written as one."""
    word = concept.word
    heads = [one for one in index.near(word) if LEAST <= len(one) <= len(word) - LEAST and word.startswith(one)]
    for head in sorted(heads, key=lambda one: (-len(one), one)):
        rest = word[len(head) :]
        if index.size(term(rest, index.lang)):
            concept.meant = f"{head} {rest}"
            concept.ways.append(Way((head, term(rest, index.lang)), NAMED))
            return
