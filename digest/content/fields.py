"""Nodes → checked values of the kinds that keys have: text, yes or no, numbers, choices, lists, languages.

In: a mapping node and the table of the keys it may have, in English and Arabic. Out: for each key its value, or None
with a problem in `Notes` that says what was expected. The same tables give the JSON Schema (`digest.content.schema`).
Refuses unknown keys, keys given twice (also once in each language), and values of another kind than the key's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from digest.content.nodes import Listing, Mapping, Node, Notes, Scalar
from digest.problems import did_you_mean, quoted
from digest.text import bidi, cleaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.model import Direction, Text

Shape: TypeAlias = MappingOf[str, Any]
"""What a value looks like: a fragment of JSON Schema 2020-12."""
Pair: TypeAlias = tuple[Scalar, Node]
"""A key as the editor wrote it, and its value."""
Found: TypeAlias = dict[str, Pair]
"""English name of a key → the pair it came from."""

TEXT: Shape = {"type": ["string", "number"]}
FLAG: Shape = {"enum": [True, False, "نعم", "لا"]}

BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?((-[A-Za-z0-9]{5,8})|(-[0-9][A-Za-z0-9]{3}))*"
)
LANGUAGE_PATTERN = f"^{LANGUAGE.pattern}$"
ABSENT = frozenset({"", "~", "null"})
YES_NO = {"true": True, "false": False, "نعم": True, "لا": False}
ASCII_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
MAX_TITLE = 500
MAX_ITEMS = 100
"""Tags, authors, sources or old addresses of one entry: each may become a page of its own."""


class Key(msgspec.Struct, frozen=True):
    """A key of a file: its two spellings, what it means, what its value looks like."""

    name: str
    arabic: str
    about: str
    shape: Shape
    required: bool = False


def list_of(items: Shape) -> Shape:
    """The shape of a list."""
    return {"type": "array", "items": items}


def one_or_more(shape: Shape) -> Shape:
    """The shape of a value, or a list of them."""
    return {"anyOf": [shape, list_of(shape)]}


class Table:
    """The keys one mapping may have. `what` names it in messages: `an entry`."""

    __slots__ = ("keys", "required", "shapes", "spellings", "what")

    def __init__(self, what: str, keys: Iterable[Key]) -> None:
        self.what = what
        self.keys = tuple(keys)
        self.spellings = {spelling: key.name for key in self.keys for spelling in (key.name, key.arabic)}
        self.shapes = {key.name: key.shape for key in self.keys}
        self.required = tuple(key for key in self.keys if key.required)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)


class TextContext(NamedTuple):
    """How text of a file is read: the page's direction, the file's own language if it has one, the site's language,
    and the letters of what becomes part of a URL (`slugs.SLUGS`).
    """

    base: Direction
    lang: str
    page_lang: str
    slugs: str = "arabic"

    def text(self, raw: str) -> Text:
        return bidi.text(raw, base=self.base, lang=self.lang, page_lang=self.page_lang)


def take(node: Mapping, table: Table, notes: Notes) -> Found:
    """The pairs of a mapping by their keys' English names. Keys without a value count as absent."""
    found: Found = {}
    spellings = table.spellings
    for pair in node.items:
        key = pair[0]
        name = spellings.get(key.value) or spellings.get(unicodedata.normalize("NFC", key.value))
        if name is None:
            unknown(key, table, notes)
        elif name in found:
            twice(key, found[name][0], notes)
        else:
            found[name] = pair
    for required in table.required:
        given = found.get(required.name)
        if given is not None and absent(given[1]):
            notes.at(given[1], f"{quoted(given[0].value)} is empty", f"write it after the colon ({required.about})")
        if given is None and not any(meant(key.value, required, table) for key, _ in node.items):
            notes.at(node, f"{table.what} without '{required.name}'", f"add {required.name}: ({required.about})")
    draft = found.get("draft")
    if draft is not None and absent(draft[1]):  # what was begun and not written must not be published by that
        notes.at(draft[1], f"{quoted(draft[0].value)} is empty", "write true or false, or take it out")
    return {name: pair for name, pair in found.items() if not absent(pair[1])}


def meant(key: str, required: Key, table: Table) -> bool:
    """Whether an unknown key is a slip for a required one: one slip, one problem."""
    if key in table.spellings:
        return False
    names = (required.name, required.arabic)
    return any(f"'{name}'" in did_you_mean(key.lower(), table.spellings) for name in names)


def absent(node: Node) -> bool:
    """Whether a key stands there without a value (`summary:`)."""
    return isinstance(node, Scalar) and not node.style and node.value in ABSENT


def unknown(key: Scalar, table: Table, notes: Notes) -> None:
    """A key no spelling of the table has."""
    if key.value == "<<":
        notes.at(key, "YAML merge keys (<<) are not used here", "write the keys out")
        return
    cure = ""
    if notes.patient:
        cure = did_you_mean(key.value, table.spellings) or did_you_mean(key.value.lower(), table.spellings)
    if not cure:
        cure = f"the keys of {table.what} are {', '.join(k.name for k in table.keys)}"
    notes.at(key, f"unknown key {quoted(key.value)}", cure)


def twice(key: Scalar, first: Scalar, notes: Notes) -> None:
    """A key that stands there already, perhaps in the other language."""
    also = "" if key.value == first.value else f" as {quoted(first.value)}"
    notes.at(key, f"{quoted(key.value)} is given twice, first on line {first.line}{also}", "keep one of them")


def kind(node: Node) -> str:
    """What a node is, in the words of a message."""
    if isinstance(node, Scalar):
        return quoted(node.value) if not node.style and node.value.strip().lower() in YES_NO else "text"
    return "a list" if isinstance(node, Listing) else "keys and values"


def wrong(pair: Pair, expected: str, notes: Notes, example: str = "") -> None:
    """The value of a key is of another kind than expected."""
    key, node = pair
    notes.at(node, f"{quoted(key.value)} must be {expected}, not {kind(node)}", f"write {example}" if example else "")


def plain(pair: Pair | None, notes: Notes, example: str = "") -> str | None:
    """The text of a scalar as written; None when the key is absent or, with a problem, when it holds something else."""
    if pair is None:
        return None
    if isinstance(pair[1], Scalar):
        return pair[1].value
    wrong(pair, "text", notes, example or f"{pair[0].value}: …")
    return None


def text(pair: Pair | None, voice: TextContext, notes: Notes, limit: int = 5_000) -> Text | None:
    """A one-line text, cleaned; None when absent, and with a problem when empty, too long or no text at all."""
    raw = plain(pair, notes)
    if raw is None or pair is None:
        return None
    return worded(raw, pair, voice, notes, limit)


def worded(raw: str, pair: Pair, voice: TextContext, notes: Notes, limit: int) -> Text | None:
    """Raw text → `Text`, with advice where direction controls were taken out of it."""
    key, node = pair
    if BIDI_CONTROLS.search(raw):
        for name in dict.fromkeys(name for _, name in cleaning.removed(raw, body=False)):
            advice = f"{name} is taken out of {quoted(key.value)}"
            notes.line(node.line, advice, "delete it: direction is set by the page", node.column, "advice")
    if len(raw) > limit:
        notes.at(node, f"{quoted(key.value)} is longer than {limit} characters", "shorten it")
        return None
    value = spoken(raw, voice)
    if not value.plain:
        notes.at(node, f"{quoted(key.value)} is empty", "write it, or take the key out")
        return None
    return value


@lru_cache(maxsize=8192)
def spoken(raw: str, voice: TextContext) -> Text:
    """`Voice.text`, remembered: outlets, authors, tags and datelines come again and again."""
    return voice.text(raw)


def flag(pair: Pair | None, notes: Notes) -> bool:
    """True or false and nothing else, so that a misspelt draft is not published."""
    raw = plain(pair, notes, "true or false")
    if raw is None or pair is None:
        return False
    value = YES_NO.get(raw.strip().lower())
    if value is None:
        notes.at(
            pair[1],
            f"{quoted(pair[0].value)} must be true or false, not {quoted(raw)}",
            "write true or false (or نعم، لا)",
        )
        return False
    return value


def integer(pair: Pair | None, shape: Shape, default: int, notes: Notes) -> int:
    """A whole number between the shape's `minimum` and `maximum`; ASCII, Arabic or Persian digits."""
    low, high = shape["minimum"], shape["maximum"]
    raw = plain(pair, notes, f"a number from {low} to {high}")
    if raw is None or pair is None:
        return default
    digits = raw.strip().translate(ASCII_DIGITS)
    if re.fullmatch(r"[+-]?[0-9]{1,9}", digits) and low <= int(digits) <= high:
        return int(digits)
    notes.at(pair[1], f"{quoted(pair[0].value)} must be a number from {low} to {high}, not {quoted(raw)}", "")
    return default


def choice(pair: Pair | None, known: Iterable[str], default: str, notes: Notes) -> str:
    """One word of a few."""
    words = tuple(known)
    raw = plain(pair, notes, " or ".join(words))
    if raw is None or pair is None or raw in words:
        return default if raw is None else raw
    cure = did_you_mean(raw, words) or f"write {' or '.join(words)}"
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(raw)}", cure)
    return default


def items(pair: Pair | None, notes: Notes, example: str) -> list[Node]:
    """The items of a list; one value alone is no list."""
    if pair is None:
        return []
    if isinstance(pair[1], Listing):
        return pair[1].items
    wrong(pair, "a list", notes, example)
    return []


def words(pair: Pair | None, notes: Notes, example: str) -> list[Scalar]:
    """The items of a list of texts."""
    if pair is None:
        return []
    found = []
    for item in items(pair, notes, example):
        if isinstance(item, Scalar):
            found.append(item)
        else:
            notes.at(item, f"each item of {quoted(pair[0].value)} must be text, not {kind(item)}", f"write {example}")
    return found


def several(pair: Pair | None, notes: Notes, example: str) -> list[Scalar]:
    """A list of texts, or one text alone."""
    if pair is not None and isinstance(pair[1], Scalar):
        return [pair[1]]
    return few(words(pair, notes, example), pair, notes)


Item = TypeVar("Item")


def few(found: list[Item], pair: Pair | None, notes: Notes) -> list[Item]:
    """At most `MAX_ITEMS` of a list; more are a problem."""
    if pair is not None and len(found) > MAX_ITEMS:
        notes.at(pair[1], f"{quoted(pair[0].value)} has more than {MAX_ITEMS} items", "keep the most telling ones")
    return found[:MAX_ITEMS]


def language(pair: Pair | None, default: str, notes: Notes) -> str:
    """A BCP 47 tag in its usual case (`ar-MA`, `az-Arab`)."""
    raw = plain(pair, notes, "a language tag such as ar or fr")
    if raw is None or pair is None:
        return default
    tag = raw.strip()
    if LANGUAGE.fullmatch(tag):
        return cased(tag)
    notes.at(pair[1], f"{quoted(raw)} is not a language tag", "write one like ar, ar-MA or fr")
    return default


@lru_cache(maxsize=256)
def cased(tag: str) -> str:
    """A BCP 47 tag in the case RFC 5646 (2.1.1) recommends."""
    first, *rest = tag.split("-")
    return "-".join(
        [first.lower(), *(p.upper() if len(p) == 2 else p.title() if len(p) == 4 else p.lower() for p in rest)]
    )


def mapping(pair: Pair | None, table: Table, notes: Notes, also: str = "") -> Found | None:
    """The keys of a mapping inside another; None when absent or, with a problem, no mapping. `also`: what else the cure
    says may stand there.
    """
    if pair is None:
        return None
    if isinstance(pair[1], Mapping):
        return take(pair[1], table, notes)
    example = "{" + ", ".join(f"{k.name}: …" for k in table.keys) + "}"
    wrong(pair, "keys and values", notes, f"{example}, {also}" if also else example)
    return None
