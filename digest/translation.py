"""Texts for the user in their language: GNU gettext's catalogues under `locale/`, English where there is none.

The English text is the key. `_` translates at once, for what a command prints; `digest.problems.N_` makes a value that
is translated where it is shown. Placeholders have names (`{path}`); what is put in for them is isolated, so that a name
in another script does not reorder the sentence. A tuple is put in as a list, `{words:or}` with "or" before the last.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path

DOMAIN = "digest"
LOCALE = Path(__file__).parent / "locale"
FSI, PDI = "\u2068", "\u2069"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
SIGN = r"(?:\{\{|\}\}|(?!\{[a-z_]+[:}])[!-~…])"
LATIN_RUN = rf"\{{[a-z_]+(?::[^{{}}]*)?\}}|{SIGN}+(?: {SIGN}+)*"
"""A pattern, compiled where it is needed: a placeholder, or words in Latin letters, signs and digits (an option, a key,
a command, a date).
"""


class Words(str):
    """Items of a list, ready to be put into a sentence: `{words}` with commas, `{words:or}` with "or"."""

    __slots__ = ("items", "language")
    items: tuple[str, ...]
    language: Catalogue

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        joint = self.language.one(" or ") if spec == "or" else self.language.one(" and ")
        return joint.join(self.items)


class Catalogue:
    """One language."""

    def __init__(
        self,
        lang: str,
        one: Callable[[str], str] = str,
        many: Callable[[str, str, int], str] = lambda one, many, n: one if n == 1 else many,
    ) -> None:
        self.lang = lang
        self.one = one
        self.many = many
        self.turns = lang in RIGHT_TO_LEFT

    def text(self, template: str, /, **values: object) -> str:
        """A template in this language, filled in."""
        return self.filled(self.one(template), values.items())

    def plain(self, text: str) -> str:
        """A text without placeholders, whose braces stand for themselves."""
        if not text:
            return ""
        translated = self.one(text)
        is_flowing = "\b" not in text  # else lines of commands, each by itself
        return isolated_latin(translated) if self.turns and is_flowing and translated != text else translated

    def counted(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A template that depends on a number, `{n}` in it."""
        return self.filled(self.many(one, many, n), [("n", n), *values.items()])

    def filled(self, template: str, values: Iterable[tuple[str, object]]) -> str:
        """A template of this language with its values."""
        if self.turns:
            template = isolated_latin(template)
        return template.format_map({name: self.shown(value) for name, value in values})

    def shown(self, value: object) -> object:
        """A value as it stands in a sentence of this language."""
        if isinstance(value, str):
            return self.isolated(value)
        if isinstance(value, tuple):
            items = tuple(str(self.shown(item)) for item in value)
            words = Words(self.one(", ").join(items))
            words.items, words.language = items, self
            return words
        if isinstance(value, int):
            return value
        if hasattr(value, "within"):
            translated: str = value.within(self)
            return translated
        return self.isolated(str(value))

    def isolated(self, text: str) -> str:
        """Content in a sentence: alone, wherever its letters could draw their neighbours along."""
        foreign = any(c > "\u02ff" and c.isalnum() for c in text)
        if self.turns and not foreign:
            foreign = any(c.isascii() and not c.isspace() for c in text)
        return f"{FSI}{text}{PDI}" if foreign else text


@lru_cache(maxsize=512)
def isolated_latin(template: str) -> str:
    """A template written from right to left, in which options, keys and commands keep their own direction."""

    def isolate(found: re.Match[str]) -> str:
        run = found[0]
        if (run.startswith("{") and not run.startswith("{{")) or not re.search(r"[A-Za-z]|\d[-:/+]\d", run):
            return run
        start, end = len(run) - len(run.lstrip(".,:;!?) ")), len(run.rstrip(".,;!?([ "))
        words = run[start:end]
        for opening, closing in ("()", "[]"):  # the partner of a bracket may stand among the Arabic words
            if words.startswith(opening) and closing not in words:
                start, words = start + 1, words[1:]
            if words.endswith(closing) and words.count(closing) > words.count(opening):
                end, words = end - 1, words[:-1]
        return f"{run[:start]}{FSI}{words}{PDI}{run[end:]}"

    return re.sub(LATIN_RUN, isolate, template)


ENGLISH = Catalogue("en")


@cache
def catalogue(lang: str, domain: str = DOMAIN) -> Catalogue:
    """The catalogue of a language tag (`ar-MA`: Arabic), English if there is none."""
    short = lang.partition("-")[0].lower()
    file = LOCALE / short / "LC_MESSAGES" / f"{domain}.mo"
    if not re.fullmatch("[a-z]{2,3}", short) or not file.is_file():
        return ENGLISH
    from gettext import GNUTranslations  # noqa: PLC0415 - not for English

    with file.open("rb") as stream:
        found = GNUTranslations(stream)
    return Catalogue(short, found.gettext, found.ngettext)


def language() -> str:
    """The user's language: DIGEST_LANG, else the locale, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    asked = os.environ.get("DIGEST_LANG") or locale or "en"
    return re.split("[.@_-]", asked)[0].lower()


@cache
def current() -> Catalogue:
    """The catalogue of this process's user."""
    return catalogue(language())


def _(template: str, /, **values: object) -> str:
    """A text in the user's language."""
    return current().text(template, **values)


def gettext_noop(template: str) -> str:
    """Mark a text that is handed to `_` later."""
    return template


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """A text with a number, `{n}`, in the user's language."""
    return current().counted(one, many, n, **values)
