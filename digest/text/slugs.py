"""Titles → the last segment of a URL, in the letters of the title.

In: any text. Out: NFC letters and digits joined by single hyphens, in lower case, cut between words to a number of
UTF-8 bytes. Vowel marks, tatweel and joiners are removed. Letters are not folded (ة, ى, أ stay), so a slug reads like
the title.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, is_normalized, normalize
from urllib.parse import unquote

from digest.text.characters import ASCII_DIGITS, INDIC_MARKS, MARKS, OMITTED

UNUSUAL: Final = re.compile("[^\x00-\u08ff\u2000-\u206f\ufb1d-\ufdff\ufe00-\ufeff]")
LOOSE_MARK: Final = re.compile(r"(?:(?<=-)|\A)[^\w-]+")
"""Marks without a letter before them."""
HYPHENS: Final = re.compile("-+")
ENCODED: Final = re.compile("%[0-9A-Fa-f]{2}")
BREAK: Final = re.compile(r"[\W_]+")

DEVICES: Final = frozenset({
    "con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"),
})  # fmt: skip
"""Names that Windows reserves for devices: it cannot check out a folder with such a name."""
SIGN: Final = re.compile(r"(?<=[^\W_])[+#]+")
SIGNS: Final = {"+": "-plus", "#": "-sharp"}

SLUGS: Final = ("arabic", "latin", "id")
"""Values of the `slugs` setting: the letters of the title, Latin letters, or a short fingerprint."""

SLUG: Final = re.compile(
    r"(?=[\x00-\x7f]{1,200}\Z|[\x00-\u07ff]{1,100}\Z|[^\U00010000-\U0010ffff]{1,66}\Z|.{1,50}\Z)"
    rf"[^\W_](?:-?(?:[^\W_]|[{MARKS}{INDIC_MARKS}]))*"
)
"""A slug that an editor may write (`fullmatch`): letters, marks and digits, joined by single hyphens.

At most 200 bytes, counting every character as wide as the widest.
"""


def slugify(text: str, max_bytes: int = 120) -> str:
    """The slug of a text, at most `max_bytes` of UTF-8; empty for a text without letters and digits."""
    lower = text.lower()
    if not lower.isascii():
        lower = OMITTED.sub("", normalize("NFC", lower)).translate(ASCII_DIGITS)
        if not is_normalized("NFC", lower):
            lower = normalize("NFC", lower)
        if UNUSUAL.search(lower):
            lower = LOOSE_MARK.sub("-", "".join([c if belongs(c) else "-" for c in lower]))
            joined = HYPHENS.sub("-", lower).strip("-")
            return cut(joined, max_bytes)
    joined = BREAK.sub("-", lower).strip("-")
    return joined if len(joined) * 3 <= max_bytes else cut(joined, max_bytes)


def belongs(c: str) -> bool:
    """Whether a rare character is part of a slug: a letter, a digit, a mark of Indic scripts."""
    kind = category(c)
    return kind[0] == "L" or kind == "Nd" or (kind[0] == "M" and c > "\u08ff")


def decoded(text: str) -> str:
    """A name or slug as WordPress exports it (`%d8%a3…`) as its letters; a letter that was cut short is left out."""
    for _ in range(2):  # some exports encode twice
        if not ENCODED.search(text):
            break
        text = unquote(text, errors="ignore")
    return text if text.isprintable() else slugify(text)


def make_slug(text: str, letters: str = "arabic") -> str:
    """The slug of a text by the `slugs` setting; a fingerprint if a URL can hold none of the letters."""
    if letters == "id":
        return fallback(text)
    if letters == "latin" and not text.isascii():
        from digest.text.transliteration import latin  # noqa: PLC0415 - few sites ask for it

        return slugify(latin(text)) or fallback(text)
    # case folding: two spellings that a file system may take for one get one slug (straße, strasse)
    return normalize("NFC", slugify(text).casefold()) or fallback(text)


def name_slug(name: str, letters: str = "arabic") -> str:
    """The slug of a tag or an outlet: C, C++ and C# have three slugs, and none is a device's name on Windows."""
    if letters != "id" and ("+" in name or "#" in name):
        name = SIGN.sub(lambda match: "".join(map(SIGNS.__getitem__, match[0])), name)
    slug = make_slug(name, letters)
    return f"n-{slug}" if slug in DEVICES else slug


def cut(slug: str, max_bytes: int) -> str:
    """Shorten a slug to `max_bytes`, at the end of a word, or within the first word."""
    encoded = slug.encode()
    if len(encoded) <= max_bytes:
        return slug
    whole = encoded[:max_bytes].decode(errors="ignore")
    if slug[len(whole)] == "-":
        return whole.rstrip("-")
    head, _, _ = whole.rpartition("-")
    return head or whole


def fallback(text: str) -> str:
    """A short stable slug, made from the fingerprint of a text without usable letters."""
    from hashlib import sha256  # noqa: PLC0415 - few texts need it

    return "n-" + sha256(normalize("NFC", text).encode(errors="replace")).hexdigest()[:10]
