"""Bytes of a file → text → YAML nodes that still know their line and column.

In: the raw bytes of an entry, an edition, a page or `site.yaml`. Out: a tree of `Scalar`, `Listing` and `Mapping`;
every scalar is text, for the schema alone says what is a date or a number. Refuses, with a problem that names the cure:
bytes that are not UTF-8, faulty YAML, tags, anchors, aliases, a second document, and anything beyond the limits below.
The tree is composed from libyaml's events in a loop of its own, so that no input can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from digest.problems import N_, Level, Message, Problem, excerpt, mistake

Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml if PyYAML has it: about nine times faster than the pure parser of the same language."""

MAX_DEPTH = 20
MAX_NODES = 5_000
MAX_FRONT_MATTER = 64 * 1024
MAX_YAML = 2 * 1024 * 1024
MAX_BODY = 1024 * 1024
MAX_GUESSES = 50

UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EXOTIC_BREAKS = "\x85\u2028\u2029"
"""YAML 1.1 counts these as line ends, no editor does."""
INVISIBLE = "\xa0\xad\u061c\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2069\u3000\ufeff"
"""Characters that nobody sees beside `---`: marks of direction, blanks of other widths, byte-order marks."""
CLOSING = re.compile(rf"\n[\t{INVISIBLE}]*(?:---|\.\.\.)[ \t{INVISIBLE}]*(?:\n|\Z)")
OPENING = re.compile(rf"[ \t{INVISIBLE}]*---[ \t{INVISIBLE}]*\n")
INDENTED = re.compile(r"\n +---[ \t]*(?:\n|\Z)")
DASHES = re.compile(
    rf"[ \t{INVISIBLE}]*([-\u2010-\u2015\u2212\u0640\u2500\u2501\ufe58\ufe63\uff0d_*=~]{{2,}}|[\u2014\u2015])"
    rf"[ \t{INVISIBLE}]*"
)
"""A line that was meant as `---`: programs make a dash of two hyphens, and a keyboard may give a kashida."""
LOST = re.compile(r"\s+(#[^\s#].*)")
ARABIC_LETTER = re.compile("[\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc]")


class Scalar(NamedTuple):
    """A piece of text with its place (1-based)."""

    value: str
    line: int
    column: int
    style: str = ""
    """`""` plain, else the YAML indicator: `'`, `"`, `|` or `>`."""


class Listing(NamedTuple):
    """A YAML sequence."""

    items: list[Node]
    line: int
    column: int


class Mapping(NamedTuple):
    """A YAML mapping, its pairs in order, doubles included."""

    items: list[tuple[Scalar, Node]]
    line: int
    column: int


Node: TypeAlias = Scalar | Listing | Mapping


class Notes:
    """The problems of one file, gathered while it is read."""

    __slots__ = ("arabic", "found", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.arabic = False
        """Whether the file has keys in Arabic: messages then name others in Arabic too."""
        self.found: list[Problem] = []

    def file(self, message: Message, cure: Message | None = None) -> None:
        """A problem of the whole file."""
        self.found.append(Problem(self.path, 0, 0, message, cure))

    def line(
        self, line: int, message: Message, cure: Message | None = None, column: int = 0, level: Level = "error"
    ) -> None:
        """A problem of a line, or of one place in it."""
        self.found.append(Problem(self.path, line, column, message, cure, level))

    def at(self, node: Node, message: Message, cure: Message | None = None) -> None:
        """A problem at a node."""
        self.found.append(Problem(self.path, node.line, node.column, message, cure))

    def spelling(self, english: str, arabic: str) -> str:
        """A key in the language of the file's other keys."""
        return arabic if self.arabic else english

    @property
    def patient(self) -> bool:
        """Whether to offer guesses still: nobody reads the fiftieth, and each one takes time."""
        return len(self.found) < MAX_GUESSES

    def problems(self) -> tuple[Problem, ...]:
        """Each problem once, in the order of the file."""
        return tuple(sorted(set(self.found))) if self.found else ()


class Document(NamedTuple):
    """A file taken apart: its keys, and below them the Markdown."""

    keys: Mapping
    body: str
    body_line: int
    """Line of the file on which `body` starts."""


def decode(raw: bytes, notes: Notes) -> str | None:
    """UTF-8 → text without byte-order mark, every line end as a line feed; None with a problem when it is no UTF-8."""
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start]
        what = mistake("not-utf8", "not UTF-8: byte {byte} at offset {start}", byte=f"0x{byte:02X}", start=error.start)
        notes.line(line, what, save_as_utf8(raw))
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def save_as_utf8(raw: bytes) -> Message:
    """The cure for a file in another encoding, naming the likely one."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw.count(b"\0") * 4 > len(raw):
        return N_("it looks like UTF-16; save it as UTF-8")
    guess = raw[:4096].decode("cp1256", errors="replace")
    letters = sum(not c.isascii() for c in guess)
    if letters and len(ARABIC_LETTER.findall(guess)) * 2 > letters:
        return N_("it looks like Windows-1256; save it as UTF-8")
    return N_("save the file as UTF-8")


def read_markdown(raw: bytes, notes: Notes) -> Document | None:  # noqa: PLR0911 - one for each way it can fail
    """A Markdown file: YAML between `---` lines, then the text. None, with a problem, for any other file."""
    text = decode(raw, notes)
    if text is None:
        return None
    opening = len(text.partition("\n")[0])
    if text[:opening] != "---":
        match = OPENING.match(text)
        if match is None:
            notes.line(1, *no_front_matter(text))
            return None
        opening = match.end() - 1
    closing = CLOSING.search(text, opening)
    if closing is None:
        notes.line(*unclosed(text, opening))
        return None
    front, body = text[opening + 1 : closing.start() + 1], text[closing.end() :]
    if len(front.encode()) > MAX_FRONT_MATTER:
        what = mistake("front-matter-too-long", "the front matter is longer than 64 KiB")
        notes.line(1, what, N_("move the text below the closing ---"))
        return None
    keys = compose(front, notes, first_line=text.count("\n", 0, opening) + 2)
    if keys is None:
        return None
    if len(raw) > MAX_BODY and len(body.encode()) > MAX_BODY:
        notes.line(1, mistake("text-too-long", "the text is longer than 1 MiB"), N_("split it into several entries"))
        return None
    return Document(keys, body, text[: closing.end()].count("\n") + 1)


def unclosed(text: str, opening: int) -> tuple[int, Message, Message]:
    """The line and what to say of front matter without an end; `opening`: where its first line ends."""
    indented = INDENTED.search(text, opening)
    if indented:
        line = text.count("\n", 0, indented.start()) + 2
        what = mistake("front-matter-not-closed", "the closing --- does not begin its line")
        return line, what, N_("take away the blanks before it")
    for number, row in enumerate(text.split("\n")[1:], 2):
        dashes = DASHES.fullmatch(row)
        if dashes and dashes[1] != "---" and dashes[1][0] not in "_*=~":
            what = mistake(
                "front-matter-not-closed",
                "the front matter is not closed: '{sign}' is not ---",
                sign=excerpt(dashes[1]),
            )
            return number, what, N_("write three hyphens: ---")
    what = mistake("front-matter-not-closed", "the front matter is not closed")
    return 1, what, N_("add a line --- below its last key")


KEYS_ALONE = re.compile("(?:title|date|العنوان|التاريخ)[ \t]*:[ \t\n]")
"""A file that begins with a key every entry has."""


def no_front_matter(text: str) -> tuple[Message, Message]:  # noqa: PLR0911 - one for each thing a file may begin with
    """What to say of a Markdown file that does not begin with `---`."""
    if not text.strip():
        return mistake("empty-file", "the file is empty"), N_(
            "start it with a line ---, then title: and date:, then a line ---"
        )
    if "\0" in text:
        return mistake("no-front-matter", "no front matter"), N_("the file looks like UTF-16; save it as UTF-8")
    first = text.lstrip()
    dashes = DASHES.fullmatch(first.partition("\n")[0])
    if dashes and dashes[1] != "---":
        return mistake("no-front-matter", "the first line is '{sign}', not ---", sign=excerpt(dashes[1])), N_(
            "write three hyphens: ---"
        )
    if text.startswith("version https://git-lfs"):
        return mistake("lfs-pointer", "the file is a pointer of Git LFS, not the text"), N_(
            "fetch the files: git lfs pull"
        )
    unseen = re.match(rf"[\s{INVISIBLE}]*([{INVISIBLE}])[\s{INVISIBLE}]*---", text)
    if unseen:
        return mistake(
            "front-matter-not-first",
            "the front matter must begin on the first line, and {sign}, which is invisible, stands there",
            sign=f"U+{ord(unseen[1]):04X}",
        ), N_("delete it")
    if first.startswith("---"):
        return mistake("front-matter-not-first", "the front matter must begin on the first line"), N_(
            "delete what stands above ---"
        )
    if KEYS_ALONE.match(first):
        return mistake("no-front-matter", "the keys have no line --- above them"), N_("begin the file with a line ---")
    if first.startswith(("+++", "{")):
        return mistake("front-matter-not-yaml", "the front matter is not YAML"), N_(
            "write the keys as `key: value` between two lines ---"
        )
    return mistake("no-front-matter", "no front matter"), N_(
        "start the file with a line ---, then title: and date:, then a line ---"
    )


def read_yaml(raw: bytes, notes: Notes) -> Mapping | None:
    """A file that is YAML from its first line to its last."""
    if len(raw) > MAX_YAML:
        notes.file(mistake("file-too-large", "the file is larger than 2 MiB"), N_("split it into several files"))
        return None
    text = decode(raw, notes)
    return None if text is None else compose(text, notes)


def load(raw: bytes, path: str) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """A YAML file of keys and values, and its problems as YAML."""
    notes = Notes(path)
    root = read_yaml(raw, notes)
    return root, notes.problems()


def compose(text: str, notes: Notes, first_line: int = 1) -> Mapping | None:
    """YAML text → its mapping; None, with one problem, for anything else."""
    for exotic in EXOTIC_BREAKS:
        if exotic in text:
            text = text.replace(exotic, " ")
    try:
        root = tree(Parser(text).get_event, first_line)
    except Refused as refused:
        line, column, message, cure = refused.args
        notes.line(line, message, cure, column)
        return None
    except yaml.MarkedYAMLError as error:
        notes.found.append(explained(error, text, notes.path, first_line))
        return None
    except yaml.YAMLError:
        notes.found.append(unreadable(text, notes.path, first_line))
        return None
    if isinstance(root, Mapping):
        if " #" in text:
            cut_short(root, rows(text), notes, first_line)
        return root
    empty = isinstance(root, Scalar) and not root.value
    message = mistake("no-keys", "no keys here") if empty else mistake("no-keys", "expected keys, one a line")
    line = min(root.line, first_line + text.count("\n"))  # libyaml ends an empty file on the line below it
    notes.line(line, message, N_("write key: value, as in title: and date:"))
    return None


def rows(text: str) -> list[str]:
    """The lines of a text, and one more: libyaml ends a text without a last line end on the line below."""
    return [*text.split("\n"), ""]


class Refused(Exception):  # noqa: N818 - it never leaves this module
    """YAML that is well formed but not accepted here: (line, column, message, cure)."""


UNSEEN_EDGES = "\u200e\u200f\u061c\u200b\u2060\ufeff\xa0\u202f"
"""LRM, RLM, ALM, and blanks that nobody sees: no part of a date, a flag or a key."""


def tree(get_event: Callable[[], Any], first_line: int) -> Node:  # noqa: C901 - one loop, a branch an event
    """Events → node; an empty document gives an empty scalar. Raises `Refused`, and PyYAML's errors."""
    current: list[Node] = []
    stack: list[tuple[list[Node], int, int]] = []
    count = 0
    while count <= MAX_NODES:
        event = get_event()
        kind = type(event)
        if kind is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                raise unwanted(event, first_line)
            mark = event.start_mark
            value = event.value
            if not value.isascii() and value.strip(UNSEEN_EDGES) != value and event.style not in ("|", ">"):
                value = value.strip(UNSEEN_EDGES + " ")  # editors add them so that the line looks right
            current.append(Scalar(value, mark.line + first_line, mark.column + 1, event.style or ""))
            count += 1
        elif kind is MappingEndEvent:
            values, (current, line, column) = current, stack.pop()
            current.append(Mapping(paired(values), line, column))
        elif kind is SequenceEndEvent:
            values, (current, line, column) = current, stack.pop()
            current.append(Listing(values, line, column))
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if event.tag is not None or event.anchor is not None:
                raise unwanted(event, first_line)
            mark = event.start_mark
            stack.append((current, mark.line + first_line, mark.column + 1))
            current = []
            count += 1
            if len(stack) > MAX_DEPTH:
                message = mistake("yaml-too-deep", "nested deeper than {limit} levels", limit=MAX_DEPTH)
                raise Refused(mark.line + first_line, mark.column + 1, message, N_("make it simpler"))
        elif kind is AliasEvent:
            raise unwanted(event, first_line)
        elif kind is StreamEndEvent:
            return current[0] if current else Scalar("", first_line, 1)
        elif kind is DocumentStartEvent and current:
            line = event.start_mark.line + first_line
            what = mistake("yaml-second-document", "a second YAML document begins here")
            raise Refused(line, 0, what, N_("delete this line: a file holds one"))
    what = mistake("yaml-too-many-values", "more than {limit} values in one file", limit=MAX_NODES)
    raise Refused(mark.line + first_line, 0, what, N_("split the file"))


def paired(values: list[Node]) -> list[tuple[Scalar, Node]]:
    """Alternating keys and values → pairs. Raises `Refused` for a key that is no text."""
    pairs = []
    for key, value in zip(values[::2], values[1::2], strict=True):
        if not isinstance(key, Scalar):
            what = mistake("yaml-key-not-text", "a key must be text")
            raise Refused(key.line, key.column, what, N_("write key: value; brackets in text need quotes"))
        pairs.append((key, value))
    return pairs


def unwanted(event: Any, first_line: int) -> Refused:  # noqa: ANN401 - events of two parsers
    """Tags, anchors and aliases: most often a value that begins with `!`, `&` or `*` and was meant as text."""
    what, sign = N_("tags"), "!"
    if isinstance(event, AliasEvent):
        what, sign = N_("aliases"), "*"
    elif event.anchor is not None:
        what, sign = N_("anchors"), "&"
    mark = event.start_mark
    return Refused(mark.line + first_line, mark.column + 1, *feature(what, sign))


def feature(what: Message, sign: str) -> tuple[Message, Message]:
    """A part of YAML that is not accepted, and the cure."""
    message = mistake("yaml-feature", "YAML {what} ({sign}) are not used here", what=what, sign=sign)
    return message, N_("where {sign} is part of the text, put the value in quotes", sign=sign)


def unreadable(text: str, path: str, first_line: int) -> Problem:
    """Control characters, which YAML does not allow at all."""
    found = UNPRINTABLE.search(text)
    if not found:  # a kind of error this libyaml does not know
        return Problem(
            path, first_line, 0, mistake("yaml-syntax", "not valid YAML"), N_("compare it with an entry that works")
        )
    at = found.start()
    line, column = text.count("\n", 0, at) + first_line, at - text.rfind("\n", 0, at)
    character = found[0]
    cure = N_("the file looks like UTF-16; save it as UTF-8") if text.count("\0") * 10 > len(text) else N_("delete it")
    what = mistake("control-character", "control character {sign}", sign=f"U+{ord(character):04X}")
    return Problem(path, line, column, what, cure)


OTHER_COLON = re.compile("[\uff1a\ufe55\ufe13\u02d0\u0589\u05c3\u2236\ua789]")
"""Signs that keyboards and pasted texts have for a colon."""
LATIN_COMMA = N_("between the parts inside {{ }} or [ ] write a Latin comma (,) and not «،»")
QUOTE_IT = N_("put the whole value in quotes: 'like this'")

COLON = mistake("yaml-quotes-needed", "a colon inside a value"), QUOTE_IT
BACKSLASH = mistake("yaml-backslash", "a backslash inside double quotes"), N_("use single quotes, or write \\\\")
NO_KEY = (
    mistake("yaml-line-without-key", "a line without a key"),
    N_("write key: value; text that runs over lines is indented"),
)
BRACKET = (
    mistake("yaml-bracket", "a bracket is not closed, or a comma is missing"),
    N_("close it, or put the value in quotes"),
)

CURES = (
    ("mapping values are not allowed", *COLON),
    ("while scanning a quoted scalar", mistake("yaml-quotation-mark", "a quotation mark is not closed"),
     N_("close it, or put the whole value in single quotes")),
    ("unknown escape", *BACKSLASH),
    ("expected hexdecimal", *BACKSLASH),
    ("expected escape sequence", *BACKSLASH),
    ("could not find expected ':'", *NO_KEY),
    ("could not find expected key", *NO_KEY),
    ("while parsing a flow", *BRACKET),
    ("expected ',' or", *BRACKET),
    ("while parsing a block mapping",
     mistake("yaml-quotes-needed", "text after a closing quotation mark or bracket, or wrong indentation"),
     N_("put the whole value in single quotes; begin all keys in one column")),
    ("while parsing a block collection", mistake("yaml-indentation", "wrong indentation in a list"),
     N_("begin all items in one column: - item")),
    ("block sequence entries are not allowed", mistake("yaml-list", "a list must begin on its own line"),
     N_("put - on the line below the key")),
    ("while scanning a block scalar", mistake("yaml-indentation", "wrong indentation after | or >"),
     N_("indent every line of the text alike")),
    ("while scanning a directive", mistake("yaml-quotes-needed", "a value may not begin with %"), QUOTE_IT),
    ("tag", *feature(N_("tags"), "!")),
    ("anchor", *feature(N_("anchors"), "&")),
    ("alias", *feature(N_("aliases"), "*")),
)  # fmt: skip
"""Part of a message of libyaml, its meaning for an editor, the cure."""

FROM_CONTEXT = ("while scanning a quoted scalar", "while scanning a simple key")
"""Errors whose cause is at the start of the construct, not at the place where the parser gave up."""


TAB = re.compile(r"[^\S\n\t]*\t")
COMMENT_INSIDE = re.compile(r"^[^{\[]*[{\[].*?\s(#\S+)")
"""A colour or a hashtag without quotes inside brackets. Anchored: thousands of brackets are looked through once."""


def unkeyed(before: str, row: str) -> tuple[int, int, Message, Message] | None:
    """A line that YAML took for the continuation of the one before: (lines up, column, what is wrong, the cure)."""
    text = before.strip()
    if not text or text.startswith(("#", "-")) or ": " in before or text.endswith(":"):
        if row.startswith(" ") and before[:1] not in ("", " ", "-", "#"):
            what = mistake("yaml-indentation", "a key that does not begin in the first column")
            return 0, 1, what, N_("take out the blanks before it")
        return None
    column = before.find(":") + 1
    if column:
        what = mistake("yaml-no-blank-after-colon", "no blank after the colon")
        return -1, column, what, N_("write key: value, with a blank after the colon")
    other = OTHER_COLON.search(before)
    if other:
        what = mistake("yaml-other-colon", "'{sign}' is not the colon of YAML", sign=other[0])
        return -1, other.start() + 1, what, N_("write : in place of {sign}", sign=other[0])
    return -1, 1, *NO_KEY


def explained(  # noqa: C901, PLR0911 - one branch for each thing editors write
    error: yaml.MarkedYAMLError, text: str, path: str, first_line: int
) -> Problem:
    """A parser's error in an editor's words, at the place that has to change."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    if error.context_mark and said.startswith(FROM_CONTEXT):
        mark = error.context_mark
    if mark is None:  # this libyaml always gives one
        what = mistake("yaml-syntax", "not valid YAML: {reason}", reason=said.strip())
        return Problem(path, first_line, 0, what, N_("compare it with an entry that works"))
    lines = rows(text)
    row = lines[mark.line]
    line, column = mark.line + first_line, mark.column + 1
    tab = TAB.match(row) or TAB.match(row, mark.column)
    if tab:
        return Problem(path, line, tab.end(), mistake("yaml-tab", "a tab in YAML"), N_("indent with spaces"))
    if "maximum nesting depth" in said:  # libyaml's own limit, newer than ours and met first inside one line
        what = mistake("yaml-too-deep", "nested deeper than {limit} levels", limit=MAX_DEPTH)
        return Problem(path, line, column, what, N_("make it simpler"))
    if "cannot start any token" in said:
        sign = excerpt(row[mark.column : mark.column + 1])
        what = mistake("yaml-quotes-needed", "a value may not begin with '{sign}'", sign=sign)
        return Problem(path, line, column, what, QUOTE_IT)
    if "mapping values are not allowed" in said and mark.line:
        blamed = unkeyed(lines[mark.line - 1], row)
        if blamed:
            return Problem(path, line + blamed[0], blamed[1], *blamed[2:])
    if "flow" in said or "',' or" in said:
        for up, before in enumerate(lines[mark.line :: -1][:4]):  # libyaml looks up from the next line or two
            comment = COMMENT_INSIDE.match(before)
            if comment:
                where = line - up, comment.start(1) + 1
                what = mistake("yaml-comment", "# begins a comment, and the rest of the line is lost")
                return Problem(path, *where, what, QUOTE_IT)
    for words, message, cure in CURES:
        if words in said:
            arabic_comma = "،" in row and message.code == "yaml-bracket"
            return Problem(path, line, column, message, LATIN_COMMA if arabic_comma else cure)
    what = mistake("yaml-syntax", "not valid YAML: {reason}", reason=said.strip())
    return Problem(path, line, column, what, N_("compare it with an entry that works"))


def cut_short(node: Node, lines: list[str], notes: Notes, first_line: int) -> None:
    """Advise on hashtags and colours that YAML took for comments: `title: خبر #عاجل`."""
    for mapping in walk(node):
        for _, value in mapping.items:
            if not isinstance(value, Scalar) or value.style:
                continue
            row = lines[value.line - first_line][value.column - 1 :]
            lost = LOST.match(row[len(value.value) :]) if row.startswith(value.value) else None
            if lost:
                advice = mistake("yaml-comment", "YAML takes '{words}' for a comment", words=excerpt(lost[1]))
                cure = N_("put the whole value in quotes, or a space after #")
                notes.line(value.line, advice, cure, value.column, level="advice")


def walk(node: Node) -> Iterator[Mapping]:
    """Every mapping in a tree (at most MAX_DEPTH deep)."""
    if isinstance(node, Mapping):
        yield node
        for _, value in node.items:
            yield from walk(value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from walk(item)
