"""The words of the interface: `strings/<lang>.yaml` of the theme → what templates call `t(…)`.

A table maps a key to a text, or to a mapping of plural forms (zero, one, two, few, many, other). `{n}` is the number
in the site's digits; other `{names}` are filled by the caller. A site's own table is laid over the built-in one, key by
key, and a regional one (`ar-MA`) over its language's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import yaml
from markupsafe import Markup, escape

from digest.arabic import bidi, cldr, numbers, plurals
from digest.model import Text
from digest.problems import FSI, PDI, Problem, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Direction

Forms = str | Mapping[str, str]
Value = str | int | Text

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class UnknownStringError(KeyError):
    """A template asked for a key no table has; shown as a problem of that template."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Strings:
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
        """Names in a sentence, as the language joins them (CLDR): «سلمى وعمر ونورة», each in its own direction."""
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
        return numbers.number(n, self.lang, self.digits)

    def form(self, table: Mapping[str, Forms], key: str, n: int | None) -> str:
        """The pattern for `key` and `n`."""
        try:
            forms = table[key]
        except KeyError:
            hint = did_you_mean(key, table)
            raise UnknownStringError(
                f"no string '{key}' in strings/{self.lang}.yaml" + (f"; {hint}" if hint else "")
            ) from None
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


def read(folders: Sequence[tuple[Path, str]], lang: str, digits: str) -> tuple[Strings | None, tuple[Problem, ...]]:
    """The strings of `lang` from theme folders, strongest first, each with the name it has in problems.

    Problems: no table for the language, bad YAML, a value that is neither text nor plural forms.
    """
    table: dict[str, Forms] = {}
    problems: list[Problem] = []
    found = ""
    for folder, shown in reversed(folders):
        for name in dict.fromkeys((lang.partition("-")[0], lang)):
            path = folder / "strings" / f"{name}.yaml"
            if path.is_file():
                found = f"{shown}/strings/{name}.yaml"
                table |= parse(path, f"{shown}/strings/{name}.yaml", problems)
    if not found:
        problems.append(
            Problem("site.yaml", 0, 0, f"there is no string table for lang '{lang}'",
                    "run 'digest eject strings/en.yaml', rename the copy to "
                    f"{lang.partition('-')[0]}.yaml and translate it")
        )  # fmt: skip
        return None, tuple(problems)
    lacking = sorted(set(parse(folders[-1][0] / "strings/en.yaml", "strings/en.yaml", problems)) - set(table))
    if lacking:
        names = ", ".join(lacking[:8]) + (f" and {len(lacking) - 8} more" if len(lacking) > 8 else "")
        problems.append(
            Problem(
                found,
                0,
                0,
                f"the string table lacks {names}",
                "strings/en.yaml has them all; translate what is missing",
            )
        )
        return None, tuple(problems)
    problems += lacking_forms(table, lang, found)
    return Strings(table, lang, bidi.lang_direction(lang), digits), tuple(problems)


def lacking_forms(table: Mapping[str, Forms], lang: str, found: str) -> list[Problem]:
    """Counted words that would be wrong at some counts, because a form of the language (CLDR) is not given."""
    needed = plurals.forms(lang)
    return [
        Problem(found, 0, 0, f"'{key}' lacks the plural forms {', '.join(lacking)}", "add them below the others")
        for key, forms in table.items()
        if not isinstance(forms, str)
        and (lacking := [form for form in PLURAL_FORMS if form in needed and form not in forms])
    ]


def parse(path: Path, shown: str, problems: list[Problem]) -> Mapping[str, Forms]:
    """One table; what is wrong in it is added to `problems`."""
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=Loader)  # noqa: S506 - BaseLoader makes text only
    except UnicodeDecodeError:
        problems.append(Problem(shown, 0, 0, "not UTF-8", "save the file as UTF-8"))
        return {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problems.append(
            Problem(shown, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, f"bad YAML: {error.problem}")
        )
        return {}
    except yaml.YAMLError as error:
        problems.append(Problem(shown, 0, 0, f"bad YAML: {error}"))
        return {}
    table: dict[str, Forms] = {}
    if loaded and not isinstance(loaded, dict):
        problems.append(
            Problem(shown, 1, 1, "not a mapping from names to texts", "write lines such as 'home: الرئيسية'")
        )
        return {}
    for key, forms in loaded.items() if loaded else ():
        if isinstance(forms, str) or (isinstance(forms, dict) and "other" in forms and set(forms) <= set(PLURAL_FORMS)):
            table[key] = forms
        else:
            problems.append(Problem(shown, 0, 0, f"'{key}' is neither a text nor plural forms with 'other'",
                                    "forms are " + ", ".join(PLURAL_FORMS)))  # fmt: skip
    return table
