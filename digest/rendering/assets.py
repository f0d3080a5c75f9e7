"""Styles, scripts and fonts of the templates → output files whose names change with their content.

In: folders of templates, strongest first; what lies under `assets/` in one hides the file of the same name in the next.
Out: `assets/style.css` as `assets/style.3f2a9c1b.css`, so that a server may let browsers keep it for ever, and a table
from the one name to the other. Licence texts (`*.txt`) keep their names; hidden files and editors' backups (`x~`) stay
out.

Stylesheets are written last, what they name first: their `url(…)` and `@import` are rewritten to the new names, so a
changed font changes the stylesheet's name too. Comments go (but `/*! … */` stays), and each run of white space becomes
one character. Refused, with file and line: a reference to a missing file, to another host (a reader's browser talks
to the site alone), out of `assets/`, or round in a circle. All other files are published byte for byte.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

import msgspec

from digest.content.urls import path_url
from digest.problems import N_, Message, Problem, did_you_mean, excerpt, mistake

FOLDER: Final = "assets"

TOKEN: Final = re.compile(
    r"""
      (?P<comment> /\*(?P<loud>!)?.*?(?P<closed>\*/|\Z) )
    | (?P<space> [ \t\r\n\f]+ )
    | (?P<skip> \\[0-9a-f]{1,6}[ \t\r\n\f]? | \\. | @namespace\b[^;{}]*; )  # a namespace is a name, not an address
    | (?P<import> @import(?:[ \t\r\n\f]|/\*.*?\*/)*(?=["']) )
    | (?P<set> image-set\((?=[ \t\r\n\f]*["']) )
    | (?<![\w-])url\([ \t\r\n\f]*(?:
          (?P<quoted> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
        | (?P<bare> (?:[^"'()\\ \t\r\n\f]|\\[0-9a-f]{1,6}[ \t\r\n\f]?|\\.)*+ )
      )[ \t\r\n\f]*\)
    | (?P<string> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?P<open> ["'] | (?<![\w-])url\( )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""The tokens of CSS Syntax Level 3 that matter here; whatever lies between them is copied."""
ESCAPE: Final = re.compile(r"\\(?:([0-9a-f]{1,6})[ \t\r\n\f]?|(\r\n|.))", re.DOTALL | re.IGNORECASE)
SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|\\\\", re.IGNORECASE)
GLUE: Final = frozenset(" \t\r\n\f{};:,()")
"""Beside one of these a dropped comment cannot join two words."""


class Assets(msgspec.Struct, frozen=True):
    """The assets as the output has them."""

    urls: Mapping[str, str]
    """`assets/style.css` → its URL, percent-encoded, below the base path."""
    files: tuple[tuple[str, bytes], ...]
    """(output path without leading slash, content), sorted."""
    problems: tuple[Problem, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """One asset on disk."""

    path: Path
    shown: str
    """Its path in problems."""


class AssetPipeline(msgspec.Struct):
    """The state of one collection: the files that have their output names, and those being worked on."""

    sources: Mapping[str, Source]
    extra_css: Mapping[str, str]
    outputs: dict[str, str] = msgspec.field(default_factory=dict)
    files: dict[str, bytes] = msgspec.field(default_factory=dict)
    problems: list[Problem] = msgspec.field(default_factory=list)
    open: list[str] = msgspec.field(default_factory=list)
    """Stylesheets whose references are being resolved, outermost first."""

    def bind(self, name: str) -> None:
        """Give one file its output name, after everything it refers to."""
        if name in self.outputs:
            return
        content = self.read(name)
        if name.endswith(".css"):
            self.open.append(name)
            content = self.stylesheet(name, content)
            self.open.pop()
        output = name if name.endswith(".txt") else fingerprinted(name, content)
        self.outputs[name] = output
        self.files[output] = content

    def read(self, name: str) -> bytes:
        source = self.sources[name]
        said, cure = mistake("not-a-file", "not a regular file"), N_("put a copy of the file there")
        try:
            if stat.S_ISREG(source.path.stat().st_mode):  # a pipe would wait for a writer
                return source.path.read_bytes()
        except OSError as error:
            said = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
            cure = N_("check the file and its permissions")
        self.problems.append(Problem(source.shown, 0, 0, said, cure))
        return b""

    def stylesheet(self, name: str, content: bytes) -> bytes:
        """A sheet with the output names of all it refers to."""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.problems.append(
                Problem(self.sources[name].shown, line, 0, mistake("not-utf8", "is not UTF-8"), N_("save it as UTF-8"))
            )
            return content
        pieces = "".join(self.pieces(name, text))
        # The site's own rules come last and in full: they are written by the program, not by an author.
        return (pieces + self.extra_css.get(name, "")).encode()

    def pieces(self, name: str, text: str) -> Iterator[str]:
        """The sheet's text, white space shortened, token by token."""
        imported = False  # whether an @import waits for its string
        for piece in tokens_of(text):
            if isinstance(piece, str):
                yield piece
            elif piece["comment"]:
                yield self.comment(name, text, piece)
            else:
                yield "@import " if piece["import"] else self.word(name, text, piece, imported=imported)
                imported = piece["import"] is not None

    def word(self, name: str, text: str, token: re.Match[str], *, imported: bool) -> str:
        """A token that is neither comment nor white space; only references change."""
        kind = token.lastgroup
        if kind in {"quoted", "bare"} or (imported and kind == "string"):
            raw = token["bare"] if kind == "bare" else token[kind][1:-1]
            new = self.reference(name, text, token.start(), unescaped(raw))
            return token[0] if new is None else f'url("{new}")'
        if kind == "open":
            cure = N_("close it; an address with spaces needs quotation marks")
            self.report(name, text, token.start(), mistake("css-syntax", "{sign} is not closed", sign=token[0]), cure)
        if kind == "set":
            what = mistake("css-file", "image-set() names a file by a string")
            self.report(name, text, token.start(), what, N_('write url("…") round it'))
        return token[0]

    def comment(self, name: str, text: str, token: re.Match[str]) -> str:
        """What stays of a comment."""
        if not token["closed"]:
            self.report(
                name, text, token.start(), mistake("css-syntax", "a comment is not closed"), N_("end it with */")
            )
        return kept_of_comment(text, token)

    def reference(self, name: str, text: str, at: int, raw: str) -> str | None:
        """A reference as the output writes it, relative to its sheet; None where it stays as it is."""
        if not raw or raw.startswith("#") or raw[:5].lower() == "data:":
            return None
        if SCHEME.match(raw):
            cure = N_("put the file under templates/assets/ and name it there")
            what = mistake(
                "css-elsewhere",
                "'{address}' is on another host: a page must ask nothing of others",
                address=excerpt(raw),
            )
            self.report(name, text, at, what, cure)
            return None
        path, hash_mark, fragment = raw.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path.partition("?")[0])))
        if target not in self.sources:
            near = did_you_mean(target, self.sources)
            cure = near or N_("name a file under templates/assets/, relative to the stylesheet")
            self.report(name, text, at, mistake("css-file", "there is no file '{file}'", file=excerpt(target)), cure)
            return None
        if target in self.open:
            round_trip = " → ".join([*self.open[self.open.index(target) :], target])
            what = mistake("css-circle", "stylesheets import each other: {files}", files=round_trip)
            self.report(name, text, at, what, N_("take one @import out"))
            return None
        self.bind(target)
        relative = posixpath.relpath(self.outputs[target], posixpath.dirname(name))
        return quote(relative) + hash_mark + quote(fragment)

    def report(self, name: str, text: str, at: int, message: Message, cure: Message) -> None:
        line = text.count("\n", 0, at) + 1
        column = at - text.rfind("\n", 0, at)
        self.problems.append(Problem(self.sources[name].shown, line, column, message, cure))


@lru_cache(maxsize=8)
def tokens_of(text: str) -> tuple[str | re.Match[str], ...]:
    """What a sheet consists of: text that stays, white space shortened, and tokens that may change or be refused.

    The same sheet is asked for again whenever settings or templates are read again.
    """
    pieces: list[str | re.Match[str]] = []
    done = 0
    gap = False  # whether white space was written last, dropped comments aside
    for token in TOKEN.finditer(text):
        start, end = token.span()
        gap = gap and done == start
        pieces.append(text[done:start])
        done = end
        if token["space"]:
            pieces.append("" if gap else "\n" if "\n" in token[0] else " ")
            gap = True
        elif token["comment"]:
            pieces.append(token)
            gap = gap and not kept_of_comment(text, token)
        else:
            pieces.append(token[0] if token["skip"] else token)
            gap = False
    return (*joined(pieces), text[done:])


def joined(pieces: Iterable[str | re.Match[str]]) -> Iterator[str | re.Match[str]]:
    """The pieces, texts that follow each other as one."""
    for is_text, run in groupby(pieces, lambda piece: isinstance(piece, str)):
        if is_text:
            yield "".join(map(str, run))
        else:
            yield from run


def kept_of_comment(text: str, token: re.Match[str]) -> str:
    """A licence's whole, else only what keeps its neighbours apart."""
    if token["loud"]:
        return token[0]
    start, end = token.span()
    apart = start == 0 or end == len(text) or text[start - 1] in GLUE or text[end] in GLUE
    return "" if apart else "/**/"


def collect(folders: Sequence[Path], *, base_path: str, extra_css: Mapping[str, str] | None = None) -> Assets:
    """All files under `assets/` of the folders, strongest first.

    `extra_css` is put at the end of the sheets it names (`assets/style.css`) before their names are computed; a name
    without a sheet is ignored. Mistakes are in `Assets.problems`; what they concern is published as it is.
    """
    pipeline = AssetPipeline(found(folders), extra_css or {})
    names = sorted(pipeline.sources)
    # Others first: a cycle among stylesheets is then the only thing left to depend on order.
    for name in sorted(names, key=lambda name: name.endswith(".css")):
        pipeline.bind(name)
    return Assets(
        urls={name: path_url(base_path, f"/{pipeline.outputs[name]}") for name in names},
        files=tuple(sorted(pipeline.files.items())),
        problems=tuple(pipeline.problems),
    )


def found(folders: Sequence[Path]) -> dict[str, Source]:
    """The strongest file of each name."""
    sources: dict[str, Source] = {}
    for number, folder in enumerate(folders):
        builtin = number == len(folders) - 1 and number > 0
        label = "built-in templates" if builtin else "templates"
        for place, inner, files in os.walk(folder / FOLDER):
            inner[:] = [name for name in inner if not name.startswith(".")]
            for file in files:
                if file.startswith(".") or file.endswith("~"):
                    continue
                path = Path(place, file)
                name = path.relative_to(folder).as_posix()
                sources.setdefault(name, Source(path, f"{label}/{name}"))
    return sources


def fingerprinted(name: str, content: bytes) -> str:
    """`assets/style.css` → `assets/style.3f2a9c1b.css`."""
    stem, ending = posixpath.splitext(name)
    return f"{stem}.{blake2b(content, digest_size=4).hexdigest()}{ending}"


def unescaped(raw: str) -> str:
    """A CSS string's value (CSS Syntax Level 3, 4.3.7)."""
    return ESCAPE.sub(escaped_character, raw) if "\\" in raw else raw


def escaped_character(match: re.Match[str]) -> str:
    """The character an escape stands for."""
    if match[2] is not None:
        return "" if match[2] in {"\n", "\r\n", "\f"} else match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
