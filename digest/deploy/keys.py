"""Values of keys that describe a destination in site.yaml, and the keys that all destinations have.

Each kind of place declares its own keys at the fields of its struct, in its module under `targets/`. Refused
everywhere: words that a program would take for an option, and passwords or tokens, because site.yaml is committed and
shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from digest.content import fields
from digest.content.fields import (
    RAW,
    TEXT,
    Key,
    Pair,
    Refusal,
    Shape,
    TextContext,
    Value,
    checked,
    one_of,
    one_or_more,
    wrong_value,
)
from digest.problems import N_, Message, mistake

if TYPE_CHECKING:
    from digest.content.nodes import Notes

HOSTS = ("github-pages", "gitlab-pages", "codeberg-pages", "cloudflare-pages", "netlify")
ANNOUNCEMENTS = ("indexnow", "websub")


def private(key: str) -> Message:
    """A secret where everybody reads it."""
    return mistake(
        "secret-in-settings",
        "'{key}': a password or token does not belong in site.yaml, which is committed and shown",
        key=key,
    )


def word(form: str, example: Message | str, shape: Shape = TEXT.shape) -> Value:
    """A word of a certain form. `example`: what to write instead of another."""

    def check(raw: str, key: str) -> str | Refusal:
        return raw if re.fullmatch(form, raw) else wrong_value(key, raw, N_("write {example}", example=example))

    return checked(check, shape)


def check_path(raw: str, key: str) -> str | Refusal:
    """A printable path on this machine that no program takes for an option."""
    if raw.isprintable() and not raw.startswith("-") and raw.strip():
        return raw.strip()
    return wrong_value(key, raw, N_("write a path such as ../www"))


def check_remote_path(raw: str, key: str) -> str | Refusal:
    """A path on a server: without `..`, and without characters of a shell."""
    is_odd = ".." in raw.split("/") or re.search(r"[\\'\"`$:*?\[\]{}<>|;&!#]", raw)
    if not is_odd and isinstance(check_path(raw, key), str):
        return raw.strip()
    return wrong_value(key, raw, N_("write a path such as /srv/www/digest"))


def read_announce(pair: Pair, _context: TextContext, notes: Notes) -> tuple[str, ...]:
    """Services, each once."""
    given = fields.several(pair, notes, f"[{', '.join(ANNOUNCEMENTS)}]")
    return tuple(dict.fromkeys(fields.choice((node, node), ANNOUNCEMENTS, "", notes) for node in given))


def split_address(address: str) -> SplitResult | None:
    """The parts of an address; None if it cannot be one, as `https://[` cannot."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


TO = Key("to", "إلى", "the kind of place", RAW, required=True)
NAME = Key(
    "name", "الاسم", "what commands call it; default: its kind",
    word(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", N_("letters, digits and hyphens, as in live")),
)  # fmt: skip
HOST = Key("host", "المضيف", "whose limits are checked and whose files are written", one_of(HOSTS))
ANNOUNCE = Key(
    "announce", "الإعلان", "who is told what changed",
    Value(one_or_more(one_of(ANNOUNCEMENTS)).shape, read_announce),
)  # fmt: skip
PATH, REMOTE_PATH = checked(check_path), checked(check_remote_path)
