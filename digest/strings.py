"""The words of the interface: `strings/<lang>.yaml` of the templates → what templates call `t(…)`.

A table maps a key to a text, or to a mapping of plural forms (zero, one, two, few, many, other). `{n}` is the number
in the site's digits; other `{names}` are filled by the caller. A site's own table is laid over the built-in one, key by
key, and a regional one (`ar-MA`) over its language's.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from markupsafe import Markup, escape

from digest.content import fields, nodes
from digest.content.nodes import Mapping as Keys
from digest.content.nodes import Node, Notes, Scalar
from digest.model import Direction, Text
from digest.problems import N_, Message, Problem, did_you_mean, excerpt, mistake
from digest.text import bidi, cldr, numbers, plurals
from digest.translation import FSI, PDI

Forms = str | Mapping[str, str]
Value = str | int | Text

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
NEARLY = 0.75
"""How like a built-in key another one must be to be taken for a slip."""
COMPUTED = re.compile(r"\bt(?:\.plain|\.text)?\(\s*(?![\s\"'])|\bt(?:\.plain|\.text)?\(\s*[\"'][^\"']*[\"']\s*[~+]")
"""A key that a template puts together."""


class UnknownStringError(KeyError):
    """A template asked for a key no table has; shown as a problem of that template."""

    def __init__(self, what: Message) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return str(self.what)


class Strings(msgspec.Struct, frozen=True, dict=True):
    """The string table of one site."""

    table: Mapping[str, Forms]
    lang: str
    dir: Direction
    digits: str
    """Digit system, as `numbers.digits_of` gives it."""

    @cached_property
    def patterns(self) -> Mapping[str, Forms]:
        """The table, escaped once."""
        return {
            key: str(escape(forms)) if isinstance(forms, str) else {f: str(escape(p)) for f, p in forms.items()}
            for key, forms in self.table.items()
        }

    @cached_property
    def phrases(self) -> Mapping[str, Markup]:
        """The strings that need no filling in, as they are written into pages."""
        return {key: Markup(form) for key, form in self.patterns.items() if isinstance(form, str) and "{" not in form}

    def __call__(self, key: str, n: int | None = None, **values: Value) -> Markup:
        """The string as safe HTML; `Text` values come isolated, in their own direction."""
        if n is None and not values and key in self.phrases:
            return self.phrases[key]
        return Markup(self.fill(self.form(self.patterns, key, n), n, values, self.as_html))

    def plain(self, key: str, n: int | None = None, **values: Value) -> str:
        """The string for attributes, feeds and metadata; inserted names are isolated by FSI…PDI."""
        return self.fill(self.form(self.table, key, n), n, values, self.as_plain)

    def text(self, key: str, n: int | None = None, **values: Value) -> Text:
        """The string as a `Text`, for headings made of a phrase and a name."""
        plain, safe = self.plain(key, n, **values), str(self(key, n, **values))
        return Text(plain, "" if safe == plain else safe, self.dir, self.dir)

    def list(self, names: Sequence[Text]) -> Markup:
        """Join names as a sentence of the language does (CLDR): «سلمى وعمر ونورة», each in its own direction."""
        pair, first, middle, last = cldr.facts(self.lang).get("list") or (", ",) * 4
        inner = len(names) - 3
        parted = ["", pair] if len(names) == 2 else ["", first, *[middle] * inner, last]
        # a name of another script does not join «and»: Hebrew sets a hyphen, Arabic a blank that cannot break
        glue = {"ו": "־", "و": "\u00a0"}
        parted = [
            before + glue[before[-1]] if before[-1:] in glue and name.dir == "ltr" else before
            for before, name in zip(parted, names, strict=False)
        ]
        return Markup("").join(escape(before) + name.bdi for before, name in zip(parted, names, strict=False))

    def number(self, n: int) -> str:
        """A number in the site's digits."""
        return numbers.format_number(n, self.lang, self.digits)

    def form(self, table: Mapping[str, Forms], key: str, n: int | None) -> str:
        """The pattern for `key` and `n`."""
        try:
            forms = table[key]
        except KeyError:
            hint = did_you_mean(key, table) or N_("add it to {file}", file=f"templates/strings/{self.lang}.yaml")
            what = N_("no string '{key}' in {file}; {cure}", key=key, file=f"strings/{self.lang}.yaml", cure=hint)
            raise UnknownStringError(what) from None
        if isinstance(forms, str):
            return forms
        if not n and "zero" in forms:
            return forms["zero"]  # «no articles» reads better than «0 articles» in languages without the form, too
        return forms.get(plurals.form(self.lang, n or 0)) or forms["other"]

    def fill(self, pattern: str, n: int | None, values: Mapping[str, Value], show: Callable[[Value], str]) -> str:
        """The pattern with its names filled in."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name == "n" and n is not None:
                return self.number(n)
            return show(values[name]) if name in values else match[0]

        return PLACEHOLDER.sub(value, pattern)

    def as_html(self, value: Value) -> str:
        if isinstance(value, Text):
            return str(value.bdi)
        return self.number(value) if isinstance(value, int) else str(escape(value))

    def as_plain(self, value: Value) -> str:
        if isinstance(value, Text):
            return value.plain if value.dir == self.dir else f"{FSI}{value.plain}{PDI}"
        return self.number(value) if isinstance(value, int) else value


class Word(msgspec.Struct, frozen=True):
    """A key of a table with its text and its place."""

    key: Scalar
    forms: Forms
    path: str
    """Of the table, as problems name it."""

    @property
    def names(self) -> frozenset[str]:
        """Names of the placeholders; a counted word may always have `{n}`."""
        counted = not isinstance(self.forms, str)
        texts = self.forms.values() if not isinstance(self.forms, str) else (self.forms,)
        return frozenset(PLACEHOLDER.findall(" ".join(texts))) | ({"n"} if counted else set())

    def problem(self, message: Message, cure: Message | None = None) -> Problem:
        return Problem(self.path, self.key.line, self.key.column, message, cure)


Table = dict[str, Word]


def read(folders: Sequence[tuple[Path, str]], lang: str, digits: str) -> tuple[Strings | None, tuple[Problem, ...]]:
    """The strings of `lang` from theme folders, strongest first, each with the name it has in problems.

    Problems: no table for the language, bad YAML, a value that is neither text nor plural forms, a key given twice or
    that is nearly a built-in one, a name in braces that nobody fills in.
    """
    table: Table = {}
    own: list[Word] = []
    problems: list[Problem] = []
    found = ""
    builtin = folders[-1][0]
    english = parse(builtin / "strings/en.yaml", "strings/en.yaml", problems)
    known: Table = dict(english)
    for folder, shown in reversed(folders):
        for name in dict.fromkeys((lang.partition("-")[0], lang)):
            path = folder / "strings" / f"{name}.yaml"
            if path.is_file():
                found = f"{shown}/strings/{name}.yaml"
                words = parse(path, found, problems)
                table |= words
                if folder == builtin:
                    known |= words
                else:
                    own += words.values()
    if not found:
        problems.append(
            Problem(
                "site.yaml",
                0,
                0,
                mistake("strings-missing", "there is no string table for lang '{lang}'", lang=lang),
                N_(
                    "run 'digest eject strings/en.yaml', rename the copy to {file} and translate it",
                    file=f"{lang.partition('-')[0]}.yaml",
                ),
            )
        )
        return None, tuple(problems)
    problems += slips(own, known, folders[0][0])
    lacking = sorted(set(english) - set(table))
    if lacking:
        what = mistake("strings-missing", "the string table lacks {names}", names=tuple(lacking))
        if len(lacking) > 8:
            what = mistake(
                "strings-missing",
                "the string table lacks {names} and {n} more",
                names=tuple(lacking[:8]),
                n=len(lacking) - 8,
            )
        cure = N_("strings/en.yaml has them all; translate what is missing")
        problems.append(Problem(found, 0, 0, what, cure))
        return None, tuple(problems)
    problems += lacking_forms(table, lang)
    said = {key: word.forms for key, word in table.items()}
    return Strings(said, lang, bidi.lang_direction(lang), digits), tuple(problems)


def lacking_forms(table: Table, lang: str) -> list[Problem]:
    """Counted words that would be wrong at some counts, because a form of the language (CLDR) is not given."""
    needed = plurals.forms(lang)
    return [
        word.problem(
            mistake("strings-plural", "'{key}' lacks the plural forms {forms}", key=key, forms=tuple(lacking)),
            N_("add them below the others"),
        )
        for key, word in table.items()
        if not isinstance(word.forms, str)
        and (lacking := [form for form in PLURAL_FORMS if form in needed and form not in word.forms])
    ]


def slips(own: Sequence[Word], known: Table, folder: Path) -> Iterator[Problem]:
    """Keys that no template asks for, and names that nothing fills in. A site's own templates may have their own."""
    asked: str | None = None
    for word in own:
        key = word.key.value
        if key not in known:
            hint = did_you_mean(key, known, NEARLY)
            asked = templates_text(folder) if hint and asked is None else asked
            if hint and not asks_for(key, asked or ""):
                yield word.problem(mistake("strings-unused", "no template asks for '{key}'", key=excerpt(key)), hint)
            continue
        for name in sorted(word.names - known[key].names):
            asked = templates_text(folder) if asked is None else asked
            if re.search(rf"\b{name}\s*=", asked):
                continue
            filled = tuple(f"{{{one}}}" for one in sorted(known[key].names))
            cure = did_you_mean(name, known[key].names) or (
                N_("what is filled in is {filled}", filled=filled)
                if filled
                else N_("nothing is filled in there; take it out")
            )
            what = mistake(
                "strings-placeholder",
                "'{key}': nobody fills in '{name}'",
                key=excerpt(key),
                name=excerpt("{" + name + "}"),
            )
            yield word.problem(what, cure)


def templates_text(folder: Path) -> str:
    """The text of all the site's own templates."""
    return "\n".join(path.read_text("utf-8", "replace") for path in folder.rglob("*.html") if path.is_file())


def asks_for(key: str, templates: str) -> bool:
    """Whether a template names this key, or any key by an expression."""
    return f'"{key}"' in templates or f"'{key}'" in templates or bool(COMPUTED.search(templates))


def parse(path: Path, shown: str, problems: list[Problem]) -> Table:
    """One table; its problems are added to `problems`."""
    notes = Notes(shown)
    table: Table = {}
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
        problems.append(Problem(shown, 0, 0, what, N_("check the file and its permissions")))
        return table
    lines = map(bytes.strip, raw.removeprefix(BOM_UTF8).splitlines())
    if all(not line or line.startswith(b"#") for line in lines):
        return table
    root = nodes.read_yaml(raw, notes)
    for key, value in root.items if root else ():
        if key.value in table:
            fields.twice(key, table[key.value].key, notes)
            continue
        forms = forms_in(key, value, notes)
        if forms is not None:
            table[key.value] = Word(key, forms, shown)
    problems += notes.problems()
    return table


def forms_in(key: Scalar, value: Node, notes: Notes) -> Forms | None:
    """Read a text, or a text for each plural form; None, with a problem, for anything else."""
    if isinstance(value, Scalar):
        return value.value
    forms: dict[str, str] = {}
    if isinstance(value, Keys):
        seen: dict[str, Scalar] = {}
        for form, text in value.items:
            if form.value not in PLURAL_FORMS:
                cure = did_you_mean(form.value, PLURAL_FORMS) or N_("forms are {forms}", forms=tuple(PLURAL_FORMS))
                what = mistake(
                    "strings-plural",
                    "'{key}' has no plural form '{form}'",
                    key=excerpt(key.value),
                    form=excerpt(form.value),
                )
                notes.at(form, what, cure)
                return None
            if form.value in seen:
                fields.twice(form, seen[form.value], notes)
            if isinstance(text, Scalar):
                seen[form.value], forms[form.value] = form, text.value
            else:
                forms.clear()
                break
    if "other" not in forms:
        what = mistake(
            "strings-plural", "'{key}' is neither a text nor plural forms with 'other'", key=excerpt(key.value)
        )
        notes.at(key, what, N_("forms are {forms}", forms=tuple(PLURAL_FORMS)))
        return None
    return forms
