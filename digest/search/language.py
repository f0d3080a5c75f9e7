"""What a reader's browser must know of the site's language to find words in it: one file, for all searches.

Every table in it is the one that Python goes by; the script has none of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from digest.search.aliases import LEAST, Groups, built_in, together
from digest.search.documents import fingerprint
from digest.search.index import LETTERS, IndexFile, to_json
from digest.search.keyboard import QWERTY, keyboard_of
from digest.search.query import JOINED, PREFIXES
from digest.search.words import stop_words, terms
from digest.text import stemming


def language_file(lang: str, own: Groups) -> IndexFile:
    """The file of a site; `own`: the editor's groups of names."""
    whole = fingerprint(lang, own, built_in())
    return IndexFile(f"search/language-{whole[:LETTERS]}.json", whole, lambda: content(lang, own))


@lru_cache(maxsize=8)  # the preview asks after every change of a setting
def content(lang: str, own: Groups) -> bytes:
    """The JSON of the file: see `Language` in lookup.py, and `learn` in search.js."""
    short = lang.partition("-")[0]
    clitics = json.loads(Path(stemming.__file__).with_name("clitics.json").read_bytes()) if short == "ar" else {}
    return to_json(
        {
            "stop": " ".join(sorted(stop_words(lang))),
            "aliases": list(rows(together(own), lang)),
            "keyboard": (keyboard_of(lang), QWERTY),
            "prefixes": PREFIXES,
            "joined": JOINED,
            "endings": endings(short),
            "articles": stemming.ARTICLES if clitics else (),
            "clitics": clitics,
        }
    )


def endings(short: str) -> tuple[tuple[str, int], ...]:
    """The endings that fall off words of a language."""
    return {"ar": stemming.ENDINGS, "fa": stemming.PERSIAN}.get(short, ())


def rows(groups: Groups, lang: str) -> Iterator[str]:
    """Groups as terms: names parted by `|`, terms of a name by blanks."""
    for group in groups:
        names = dict.fromkeys(" ".join(terms(name, lang)) for name in group)
        if len(names) >= LEAST:
            yield "|".join(names)
