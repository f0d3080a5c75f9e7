"""Nodes → checked values, by tables that say which keys a file may have, in English and Arabic.

A `Table` lists `Key`s; a `Key` has a `Value`: a shape for the JSON Schema (`digest.content.schema`), a reader for
files, a kind for spelling notes. `table_of` makes a table from the annotations of a struct.
In: a mapping node and its table. Out: values, and problems in `Notes` that name the expected value.
Refuses unknown keys, keys given twice (also once in each language), and values of another kind than the key's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar

import msgspec

from digest.content import comments
from digest.content.nodes import Listing, Mapping, Node, Notes, Scalar
from digest.problems import N_, Message, did_you_mean, excerpt, mistake, nearest
from digest.text import bidi, cleaning
from digest.text.characters import ASCII_DIGITS

if TYPE_CHECKING:
    from digest.model import Direction, Text

Shape: TypeAlias = MappingOf[str, Any]
"""A fragment of JSON Schema 2020-12."""
Pair: TypeAlias = tuple[Scalar, Node]
"""A key as the editor wrote it, and its value."""
Found: TypeAlias = dict[str, Pair]
"""English name of a key → its pair."""
Kind = Literal["", "prose", "name", "markdown"]
"""How readers of the site see a text: not at all, as sentences, as a name, formatted."""

BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?((-[A-Za-z0-9]{5,8})|(-[0-9][A-Za-z0-9]{3}))*"
)
NULL = frozenset({"", "~", "null", "Null", "NULL"})
EMPTY = re.compile("[\\s\u061c\u200b-\u200f\u2060\ufeff]*")
"""A text that says nothing."""
YES_NO = {"true": True, "false": False, "نعم": True, "لا": False}
REQUIRED = True
MAX_TITLE = 500
MAX_ITEMS = 100
"""Tags, authors, sources or old addresses of one entry: each may become a page."""


class TextContext(NamedTuple):
    """How text of a file is read: the page's direction, the file's own language if it has one, the site's language,
    the letters of URLs (`slugs.SLUGS`), the path below which the site is published, and its address.
    """

    base: Direction
    lang: str
    page_lang: str
    slugs: str = "arabic"
    base_path: str = "/"
    base_url: str = ""
    """Address of the site: links to it are links within the site."""

    def text(self, raw: str) -> Text:
        return bidi.directed_text(raw, base=self.base, lang=self.lang, page_lang=self.page_lang)


# ------------------------------------------------------------------ tables of keys


class Value(NamedTuple):
    """The kind of value a key may hold."""

    shape: Shape
    read: Callable[[Pair, TextContext, Notes], Any]
    """A pair → its value; None, with a problem, for one that cannot be used."""
    kind: Kind = ""
    table: Table | None = None
    """The keys of a mapping inside the value."""
    empty: Literal["absent", "list", "refused"] = "absent"
    """The meaning of an empty value: `absent`, as the forms of a CMS write it; `list`: an empty list is a value of its
    own; `refused`: a guess would be dangerous.
    """


class Refusal(NamedTuple):
    """Why a value cannot be used, and the cure."""

    message: Message
    cure: Message


def wrong_value(key: str, raw: str, cure: Message) -> Refusal:
    """The refusal of a value that says enough by itself."""
    return Refusal(mistake("wrong-value", "'{key}' cannot be '{value}'", key=key, value=excerpt(raw)), cure)


def empty_value(key: Scalar) -> Message:
    return mistake("empty-value", "'{key}' is empty", key=excerpt(key.value))


def missing_key(what: Message | str, name: str) -> Message:
    return mistake("missing-key", "{what} without '{name}'", what=what, name=name)


def no_mapping(what: Message | str, node: Node) -> Message:
    """The mistake of a list or a text in place of keys and values."""
    return mistake("wrong-kind", "{what} must be keys and values, not {kind}", what=what, kind=kind(node))


def refused(key: str, raw: str, reason: Message | str) -> Message:
    """An address that cannot be used, for a reason of `urls.gate`."""
    if not reason:
        return mistake("wrong-address", "'{key}' cannot be '{value}'", key=key, value=excerpt(raw))
    return mistake("wrong-address", "'{key}' cannot be '{value}': {reason}", key=key, value=excerpt(raw), reason=reason)


class Key(msgspec.Struct, frozen=True):
    """A key of a file: its two spellings, what it means, what it may hold."""

    name: str
    arabic: str
    about: Message | str
    """For the JSON Schema in English; a `Message` where cures name it."""
    value: Value
    required: bool = False
    default: object = None

    @property
    def shape(self) -> Shape:
        """The value's shape, with its default if that is a number or a word."""
        shape = self.value.shape
        is_word = bool(self.default) and isinstance(self.default, str)
        shown = (is_word or type(self.default) is int) and (
            "enum" in shape or shape.get("type") in {"integer", "string"}
        )
        return {**shape, "default": self.default} if shown else shape


class Table:
    """The keys one mapping may have. `what` names it in messages: `an entry`, or the name of a key."""

    __slots__ = ("keys", "required", "spellings", "struct", "what")

    def __init__(self, what: Message | str, keys: Iterable[Key], struct: Callable[..., Any] = dict) -> None:
        self.what = what
        self.keys = {key.name: key for key in keys}
        self.spellings = {spelling: key.name for key in self for spelling in (key.name, key.arabic)}
        self.required = tuple(key for key in self if key.required)
        self.struct = struct

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys.values())

    def __getitem__(self, name: str) -> Key:
        return self.keys[name]

    def values(self, found: Found, context: TextContext, notes: Notes) -> dict[str, Any]:
        """The values of the keys given. Faulty ones are left out, so that their defaults hold."""
        read = {name: self.keys[name].value.read(pair, context, notes) for name, pair in found.items()}
        return {name: value for name, value in read.items() if value is not None}

    def read(self, found: Found, context: TextContext, notes: Notes) -> Any:  # noqa: ANN401 - the table's struct
        """The struct of the keys given; None without a usable value for each required key."""
        values = self.values(found, context, notes)
        return self.struct(**values) if all(key.name in values for key in self.required) else None


def table_of(struct: type[msgspec.Struct], what: Message | str, *more: Key) -> Table:
    """The table of a struct's annotated fields, and of keys that the struct does not hold.

    A field is `name: Annotated[type, key in Arabic, meaning, value] = default`, with `REQUIRED` after a required value.
    """
    keys = []
    for field in msgspec.structs.fields(struct):
        if hasattr(field.type, "__metadata__"):
            arabic, about, value, *required = field.type.__metadata__
            default = None if field.default is msgspec.NODEFAULT else field.default
            keys.append(Key(field.name, arabic, about, value, bool(required), default))
    return Table(what, (*keys, *more), struct)


def words_of(kind: Kind = "", limit: int = 5_000) -> Value:
    """One line of text, of at most so many characters."""
    shape = {"type": ["string", "number", "boolean"]}
    return Value(shape, lambda pair, context, notes: text(pair, context, notes, limit), kind)


WORD: Shape = {"type": "string"}
"""The shape of a text whose default the schema shows."""
TEXT, PROSE, NAME = words_of(), words_of("prose"), words_of("name")
TITLE = words_of("prose", MAX_TITLE)
RAW = Value(TEXT.shape, lambda pair, _, notes: plain(pair, notes))
"""Text as written."""
MARKDOWN = RAW._replace(kind="markdown")
FLAG = Value({"enum": [True, False, "نعم", "لا"]}, lambda pair, _, notes: flag(pair, notes))
LANGUAGE_TAG = Value(
    {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"}, lambda pair, _, notes: language(pair, "", notes) or None
)


def checked(check: Callable[[str, str], object], shape: Shape = TEXT.shape, example: str = "") -> Value:
    """Text that a function checks: it gets the text and the key, both as written, and may give a `Refusal`."""

    def read(pair: Pair, _: TextContext, notes: Notes) -> object:
        raw = plain(pair, notes, example)
        found = None if raw is None else check(raw, excerpt(pair[0].value))
        if isinstance(found, Refusal):
            notes.at(pair[1], *found)
            return None
        return found

    return Value(shape, read)


def number(low: int, high: int, default: int | None = None) -> Value:
    """A whole number between two limits, both included."""
    shape = {"type": "integer", "minimum": low, "maximum": high, **({} if default is None else {"default": default})}
    return Value(shape, lambda pair, _, notes: integer(pair, low, high, notes))


def one_of(known: tuple[str, ...], default: str = "") -> Value:
    """One word of a few."""
    shape = {"enum": list(known), **({"default": default} if default else {})}
    return Value(shape, lambda pair, _, notes: choice(pair, known, "", notes) or None)


def keys_of(table: Table, also: Message | None = None) -> Value:
    """A mapping inside the file; `digest.content.schema` writes its keys out. `also`: see `mapping`."""

    def read(pair: Pair, context: TextContext, notes: Notes) -> Any:  # noqa: ANN401 - the table's struct
        found = mapping(pair, table, notes, also)
        return None if found is None else table.read(found, context, notes)

    return Value({"type": "object", "table": table}, read, table=table)


def either(*values: Value) -> Value:
    """Any of several values; each file's reader tells them apart."""
    table = next((value.table for value in values if value.table), None)
    kind: Kind = next((value.kind for value in values if value.kind), "")
    return Value({"anyOf": [value.shape for value in values]}, values[0].read, kind, table)


def or_false(value: Value, off: object) -> Value:
    """A value, or `false` (`لا`) for `off`."""

    def read(pair: Pair, context: TextContext, notes: Notes) -> Any:  # noqa: ANN401 - the value's own
        node = pair[1]
        is_off = isinstance(node, Scalar) and YES_NO.get(node.value.strip().lower()) is False
        return off if is_off else value.read(pair, context, notes)

    return Value({"anyOf": [value.shape, {"const": False}]}, read, value.kind, value.table)


def list_of(item: Value, example: str = "") -> Value:
    """A list of texts. Messages show `example`."""

    def read(pair: Pair, context: TextContext, notes: Notes) -> tuple[Any, ...]:
        made = (item.read((node, node), context, notes) for node in words(pair, notes, example))
        return tuple(value for value in made if value is not None)

    return Value({"type": "array", "items": item.shape}, read, item.kind, item.table)


def one_or_more(item: Value) -> Value:
    """A value, or a list of them."""
    return either(item, list_of(item))


def structs(table: Table, example: Message | str, item_example: str) -> Value:
    """A list of mappings. Faulty items are left out. Messages show the examples, of the list and of an item."""

    def read(pair: Pair, context: TextContext, notes: Notes) -> tuple[Any, ...]:
        given = mappings(pair, table, notes, example=example, item_example=item_example)
        made = (table.read(found, context, notes) for _, found in given)
        return tuple(value for value in made if value is not None)

    return Value({"type": "array", "items": keys_of(table).shape}, read, table=table)


# ------------------------------------------------------------------ mappings


def take(node: Mapping, table: Table, notes: Notes) -> Found:
    """The pairs of a mapping by their keys' English names. A key without a value counts as absent."""
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
            if name != key.value:
                notes.arabic = True
    for required in table.required:
        given = found.get(required.name)
        if given is not None and empty(given[1]):
            notes.at(given[1], empty_value(given[0]), N_("write it after the colon ({about})", about=required.about))
        if given is None and not any(meant(key.value, required, table) for key, _ in node.items):
            name = notes.spelling(required.name, required.arabic)
            cure = N_("add {name}: ({about})", name=name, about=required.about)
            notes.at(node, missing_key(table.what, name), cure)
    if any(empty(node) for _, node in found.values()):
        return {name: pair for name, pair in found.items() if not says_nothing(pair, table[name], notes)}
    return found


def says_nothing(pair: Pair, key: Key, notes: Notes) -> bool:
    """Whether a key counts as absent; a problem where it must not be empty."""
    node, meaning = pair[1], key.value.empty
    if not empty(node) or (meaning == "list" and isinstance(node, Listing) and not node.items):
        return False
    if meaning == "refused" and not key.required:
        notes.at(node, empty_value(pair[0]), N_("write true or false, or take it out"))
    return True


def meant(key: str, required: Key, table: Table) -> bool:
    """Whether an unknown key is a slip for a required one: one slip, one problem."""
    if key in table.spellings:
        return False
    names = (required.name, required.arabic)
    return nearest(key.lower(), table.spellings) in names


def absent(node: Node) -> bool:
    """Whether a key has no value (`summary:`)."""
    return isinstance(node, Scalar) and not node.style and node.value in NULL


def empty(node: Node) -> bool:
    """Whether a value holds nothing: no value, an empty text, a list of such, a mapping to empty texts (a list inside
    one may say something, as in `images: {formats: []}`).
    """
    if isinstance(node, Scalar):
        value = node.value
        return (not node.style and value in NULL) or (not value[:1].isalnum() and EMPTY.fullmatch(value) is not None)
    if isinstance(node, Listing):
        return all(empty(item) for item in node.items)
    return all(isinstance(value, Scalar) and empty(value) for _, value in node.items)


def unknown(key: Scalar, table: Table, notes: Notes) -> None:
    """Note a key that the table does not have."""
    if key.value == "<<":
        notes.at(key, mistake("yaml-merge", "YAML merge keys (<<) are not used here"), N_("write the keys out"))
        return
    cure = None
    if notes.patient:
        cure = did_you_mean(key.value, table.spellings) or did_you_mean(key.value.lower(), table.spellings)
    if cure is None:
        keys = tuple(notes.spelling(known.name, known.arabic) for known in table)
        cure = N_("the keys of {what} are {keys}", what=table.what, keys=keys)
    notes.at(key, mistake("unknown-key", "unknown key '{key}'", key=excerpt(key.value)), cure)


def twice(key: Scalar, first: Scalar, notes: Notes) -> None:
    """Note a key that was given before, perhaps in the other language."""
    if key.value == first.value:
        what = mistake(
            "key-twice", "'{key}' is given twice, first on line {line}", key=excerpt(key.value), line=first.line
        )
    else:
        what = mistake(
            "key-twice",
            "'{key}' is given twice, first on line {line} as '{first}'",
            key=excerpt(key.value),
            line=first.line,
            first=excerpt(first.value),
        )
    notes.at(key, what, N_("keep one of them"))


def kind(node: Node) -> Message:
    """The kind of a node, for a message."""
    if isinstance(node, Scalar):
        is_flag = not node.style and node.value.strip().lower() in YES_NO
        return N_("'{value}'", value=excerpt(node.value)) if is_flag else N_("text")
    return N_("a list") if isinstance(node, Listing) else N_("keys and values")


def wrong(pair: Pair, expected: Message, notes: Notes, example: Message | str = "") -> None:
    """Note a value of another kind than expected."""
    key, node = pair
    what = mistake(
        "wrong-kind",
        "'{key}' must be {expected}, not {kind}",
        key=excerpt(key.value),
        expected=expected,
        kind=kind(node),
    )
    notes.at(node, what, N_("write {example}", example=example) if example else None)


def mapping(pair: Pair, table: Table, notes: Notes, also: Message | None = None) -> Found | None:
    """The keys of a mapping inside another; None, with a problem, for anything else. `also`: an alternative to name."""
    if isinstance(pair[1], Mapping):
        return take(pair[1], table, notes)
    example = "{" + ", ".join(f"{k.name}: …" for k in table) + "}"
    wrong(pair, N_("keys and values"), notes, N_("{example}, {also}", example=example, also=also) if also else example)
    return None


def mappings(
    pair: Pair | None,
    table: Table,
    notes: Notes,
    *,
    example: Message | str,
    item_example: str,
    what: Message | None = None,
) -> Iterator[tuple[Mapping, Found]]:
    """The items of a list that are mappings; a problem for each that is none. `what` names an item in messages."""
    for node in items(pair, notes, example):
        if isinstance(node, Mapping):
            yield node, take(node, table, notes)
        else:
            notes.at(node, no_mapping(what or table.what, node), N_("write {example}", example=item_example))


# ------------------------------------------------------------------ single values


def plain(pair: Pair | None, notes: Notes, example: Message | str = "") -> str | None:
    """The text of a scalar as written; None when the key is absent or, with a problem, when it holds something else."""
    if pair is None:
        return None
    if isinstance(pair[1], Scalar):
        return pair[1].value
    wrong(pair, N_("text"), notes, example or f"{pair[0].value}: …")
    return None


def text(pair: Pair | None, context: TextContext, notes: Notes, limit: int = 5_000) -> Text | None:
    """A one-line text, cleaned; None when absent, and with a problem when empty, too long or no text at all."""
    raw = plain(pair, notes)
    if raw is None or pair is None:
        return None
    return worded(raw, pair, context, notes, limit)


def worded(raw: str, pair: Pair, context: TextContext, notes: Notes, limit: int) -> Text | None:
    """Raw text → `Text`, with advice on direction controls that were taken out of it."""
    key, node = pair
    if BIDI_CONTROLS.search(raw):
        for name in dict.fromkeys(name for _, name in cleaning.removed(raw, body=False)):
            advice = mistake("direction-mark", "{sign} is taken out of '{key}'", sign=name, key=excerpt(key.value))
            notes.line(node.line, advice, N_("delete it: direction is set by the page"), node.column, "advice")
    if sign := comments.in_line(raw):
        what = mistake(
            "comment-in-value", "'{key}' holds a comment: '{sign}'", key=excerpt(key.value), sign=excerpt(sign)
        )
        notes.at(node, what, N_("take it out; comments of YAML begin with #"))
        return None
    if len(raw) > limit:
        what = mistake("too-long", "'{key}' is longer than {limit} characters", key=excerpt(key.value), limit=limit)
        notes.at(node, what, N_("shorten it"))
        return None
    value = as_text(raw, context)
    if not value.plain:
        notes.at(node, empty_value(key), N_("write it, or take the key out"))
        return None
    return value


@lru_cache(maxsize=8192)
def as_text(raw: str, context: TextContext) -> Text:
    """`TextContext.text`, remembered: outlets, authors, tags and datelines come again and again."""
    return context.text(raw)


def flag(pair: Pair | None, notes: Notes) -> bool:
    """True or false and nothing else, so that a misspelt draft is not published."""
    raw = plain(pair, notes, N_("true or false"))
    if raw is None or pair is None:
        return False
    value = YES_NO.get(raw.strip().lower())
    if value is None:
        what = mistake(
            "wrong-flag", "'{key}' must be true or false, not '{value}'", key=excerpt(pair[0].value), value=excerpt(raw)
        )
        notes.at(pair[1], what, N_("write true or false (or نعم، لا)"))
        return False
    return value


def integer(pair: Pair | None, low: int, high: int, notes: Notes) -> int | None:
    """A whole number between two limits; ASCII, Arabic or Persian digits."""
    raw = plain(pair, notes, N_("a number from {low} to {high}", low=low, high=high))
    if raw is None or pair is None:
        return None
    digits = raw.strip().translate(ASCII_DIGITS)
    if re.fullmatch(r"[+-]?[0-9]{1,9}", digits) and low <= int(digits) <= high:
        return int(digits)
    what = mistake(
        "wrong-number",
        "'{key}' must be a number from {low} to {high}, not '{value}'",
        key=excerpt(pair[0].value),
        low=low,
        high=high,
        value=excerpt(raw),
    )
    notes.at(pair[1], what)
    return None


def choice(pair: Pair | None, known: Iterable[str], default: str, notes: Notes) -> str:
    """One word of a few."""
    words = tuple(known)
    raw = plain(pair, notes, N_("{words:or}", words=words))
    if raw is None or pair is None or raw in words:
        return default if raw is None else raw
    cure = did_you_mean(raw, words) or N_("write {words:or}", words=tuple(words))
    what = mistake("wrong-choice", "'{key}' cannot be '{value}'", key=excerpt(pair[0].value), value=excerpt(raw))
    notes.at(pair[1], what, cure)
    return default


def items(pair: Pair | None, notes: Notes, example: Message | str) -> list[Node]:
    """The items of a list, empty ones left out; one value alone is no list."""
    if pair is None:
        return []
    if isinstance(pair[1], Listing):
        return [item for item in pair[1].items if not empty(item)]
    wrong(pair, N_("a list"), notes, example)
    return []


def words(pair: Pair | None, notes: Notes, example: Message | str) -> list[Scalar]:
    """The items of a list of texts."""
    if pair is None:
        return []
    found = []
    for item in items(pair, notes, example):
        if isinstance(item, Scalar):
            found.append(item)
        else:
            what = mistake(
                "wrong-kind",
                "each item of '{key}' must be text, not {kind}",
                key=excerpt(pair[0].value),
                kind=kind(item),
            )
            notes.at(item, what, N_("write {example}", example=example))
    return found


def several(pair: Pair | None, notes: Notes, example: Message | str) -> list[Scalar]:
    """A list of texts, or one text alone."""
    if pair is not None and isinstance(pair[1], Scalar):
        return [pair[1]]
    return few(words(pair, notes, example), pair, notes)


Item = TypeVar("Item")


def few(found: list[Item], pair: Pair | None, notes: Notes) -> list[Item]:
    """At most `MAX_ITEMS` of a list; more are a problem."""
    if pair is not None and len(found) > MAX_ITEMS:
        what = mistake(
            "too-many-items", "'{key}' has more than {limit} items", key=excerpt(pair[0].value), limit=MAX_ITEMS
        )
        notes.at(pair[1], what, N_("keep the most telling ones"))
    return found[:MAX_ITEMS]


def language(pair: Pair | None, default: str, notes: Notes) -> str:
    """A BCP 47 tag in its usual case (`ar-MA`, `az-Arab`)."""
    raw = plain(pair, notes, N_("a language tag such as ar or fr"))
    if raw is None or pair is None:
        return default
    tag = raw.strip()
    if LANGUAGE.fullmatch(tag):
        return cased(tag)
    what = mistake("language-tag", "'{value}' is not a language tag", value=excerpt(raw))
    notes.at(pair[1], what, N_("write one like ar, ar-MA or fr"))
    return default


@lru_cache(maxsize=256)
def cased(tag: str) -> str:
    """A BCP 47 tag in the case RFC 5646 (2.1.1) recommends."""
    first, *rest = tag.split("-")
    return "-".join(
        [first.lower(), *(p.upper() if len(p) == 2 else p.title() if len(p) == 4 else p.lower() for p in rest)]
    )
