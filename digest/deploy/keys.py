"""Keys that describe a destination in site.yaml, and the readers of their values.

Each kind of place declares its own keys in its module under `targets/`; the shapes, the shared keys and the checks of
words that programs and hosts will be given are here. Refused everywhere: words that a program would take for an option,
and a password or token, because site.yaml is committed and shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.content import fields
from digest.content.fields import TEXT, Key, Shape, Table, one_or_more
from digest.problems import quoted

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from digest.content.fields import Found, Pair
    from digest.content.nodes import Notes

HOSTS = ("github-pages", "gitlab-pages", "codeberg-pages", "cloudflare-pages", "netlify")
ANNOUNCEMENTS = ("indexnow", "websub")
PRIVATE = "a password or token does not belong in site.yaml, which is committed and shown"


def number(low: int, high: int, default: int) -> Shape:
    """The shape of a whole number."""
    return {"type": "integer", "minimum": low, "maximum": high, "default": default}


def one_of(words: tuple[str, ...], default: str = "") -> Shape:
    """The shape of one word of a few."""
    return {"enum": list(words), **({"default": default} if default else {})}


NAME = Key("name", "الاسم", "what commands call it; default: its kind", TEXT)
HOST = Key("host", "المضيف", "whose limits are checked and whose files are written", one_of(HOSTS))
ANNOUNCE = Key("announce", "الإعلان", "who is told what changed", one_or_more(one_of(ANNOUNCEMENTS)))
KEEP = Key("keep", "الإصدارات", "earlier releases kept for digest rollback", number(0, 50, 3))
TO = ("to", "إلى")
"""Spellings of the key that names the kind of place."""


def place_table(kind: str, *keys: Key) -> Table:
    """The keys of one kind of place: those that all kinds have, and its own."""
    to = Key(*TO, "the kind of place", {"const": kind}, required=True)
    return Table(f"a place of kind {kind}", (to, NAME, *keys, HOST, ANNOUNCE))


def read_number(found: Found, key: Key, notes: Notes) -> int:
    """A number within the range of its key."""
    return fields.integer(found.get(key.name), key.shape, key.shape["default"], notes)


def read_choice(found: Found, key: Key, notes: Notes) -> str:
    """One of the words of a key; its default if it is absent."""
    return fields.choice(found.get(key.name), key.shape["enum"], key.shape.get("default", ""), notes)


def read_word(pair: Pair | None, form: re.Pattern[str], expected: str, notes: Notes) -> str:
    """A word of a certain form, or empty."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None or form.fullmatch(raw):
        return raw or ""
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(raw)}", f"write {expected}")
    return ""


def read_path(pair: Pair | None, notes: Notes, *, remote: bool = False) -> str:
    """A printable path here or on a server: no option; on a server no `..`, and no character of a shell."""
    raw = fields.plain(pair, notes)
    if raw is None or pair is None:
        return ""
    bad = not raw.isprintable() or raw.startswith("-") or not raw.strip()
    if remote:
        bad = bad or ".." in raw.split("/") or bool(re.search(r"[\\'\"`$:*?\[\]{}<>|;&!#]", raw))
    if not bad:
        return raw.strip()
    cure = "write a path such as /srv/www/digest" if remote else "write a path such as ../www"
    notes.at(pair[1], f"{quoted(pair[0].value)} cannot be {quoted(raw)}", cure)
    return ""


def split_address(address: str) -> SplitResult | None:
    """The parts of an address; None if it cannot be one, as `https://[` cannot."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
