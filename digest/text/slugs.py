"""Titles → the last segment of a URL, in the title's own letters.

In: any text. Out: NFC letters and digits joined by single hyphens, lower case, within a number of UTF-8 bytes, cut
between words. Vowel marks, tatweel and joiners fall out; letters are not folded (ة, ى, أ stay), so that a slug reads as
its title does.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, is_normalized, normalize

MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff"
)
"""Combining marks that may be left out: vowels and cantillation of Arabic, Hebrew and Syriac, loose accents."""
INDIC_MARKS: Final = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0dff\u0e00-\u0eff"
DROPPED: Final = re.compile(
    rf"[{MARKS}\u0640\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\u05f3\u05f4\U000e0000-\U000e01ef]"
)
"""Falls out without a trace: marks, tatweel, format characters, geresh."""
UNUSUAL: Final = re.compile("[^\x00-\u08ff\u2000-\u206f\ufb1d-\ufdff\ufe00-\ufeff]")
LOOSE_MARK: Final = re.compile(r"(?:(?<=-)|\A)[^\w-]+")
"""Marks with no letter before them."""
HYPHENS: Final = re.compile("-+")
BREAK: Final = re.compile(r"[\W_]+")
DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

DEVICES: Final = frozenset({
    "con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"),
})  # fmt: skip
"""Names that Windows keeps for devices: a folder of that name cannot be checked out there."""
SIGN: Final = re.compile(r"(?<=[^\W_])[+#]+")
SIGNS: Final = {"+": "-plus", "#": "-sharp"}

SLUGS: Final = ("arabic", "latin", "id")
"""Values of the `slugs` setting: the title's own letters, Latin ones, or a short fingerprint."""

SLUG: Final = re.compile(
    r"(?=[\x00-\x7f]{1,200}\Z|[\x00-\u07ff]{1,100}\Z|[^\U00010000-\U0010ffff]{1,66}\Z|.{1,50}\Z)"
    rf"[^\W_](?:-?(?:[^\W_]|[{MARKS}{INDIC_MARKS}]))*"
)
"""What an editor may give as a slug (`fullmatch`): letters, marks, digits, single hyphens between; at most 200 bytes,
measured by its widest letter."""


def slugify(text: str, max_bytes: int = 120) -> str:
    """The slug of a text, at most `max_bytes` of UTF-8; empty where no letter or digit is left."""
    lower = text.lower()
    if not lower.isascii():
        lower = DROPPED.sub("", normalize("NFC", lower)).translate(DIGITS)
        if not is_normalized("NFC", lower):
            lower = normalize("NFC", lower)
        if UNUSUAL.search(lower):
            lower = LOOSE_MARK.sub("-", "".join([c if kept(c) else "-" for c in lower]))
            joined = HYPHENS.sub("-", lower).strip("-")
            return cut(joined, max_bytes)
    joined = BREAK.sub("-", lower).strip("-")
    return joined if len(joined) * 3 <= max_bytes else cut(joined, max_bytes)


def kept(c: str) -> bool:
    """Whether a character stays in the slug of a text with rare ones: a letter, a digit, a mark of Indic scripts."""
    kind = category(c)
    return kind[0] == "L" or kind == "Nd" or (kind[0] == "M" and c > "\u08ff")


def made(text: str, letters: str = "arabic") -> str:
    """The slug of a text by the `slugs` setting; a fingerprint where no letter of it can stand in a URL."""
    if letters == "id":
        return fallback(text)
    if letters == "latin" and not text.isascii():
        from digest.text.transliteration import latin  # noqa: PLC0415 - few sites ask for it

        return slugify(latin(text)) or fallback(text)
    # case folding, so that two spellings that one file system may confuse are one slug (straße, strasse)
    return normalize("NFC", slugify(text).casefold()) or fallback(text)


def named(name: str, letters: str = "arabic") -> str:
    """The slug of a tag's or an outlet's name: C, C++ and C# are three, and none is a device's name on Windows."""
    if letters != "id" and ("+" in name or "#" in name):
        name = SIGN.sub(lambda match: "".join(map(SIGNS.__getitem__, match[0])), name)
    slug = made(name, letters)
    return f"n-{slug}" if slug in DEVICES else slug


def cut(slug: str, max_bytes: int) -> str:
    """The slug's longest beginning within so many bytes that ends with a word, or with a letter of its first word."""
    encoded = slug.encode()
    if len(encoded) <= max_bytes:
        return slug
    whole = encoded[:max_bytes].decode(errors="ignore")
    if slug[len(whole)] == "-":
        return whole.rstrip("-")
    head, _, _ = whole.rpartition("-")
    return head or whole


def fallback(text: str) -> str:
    """A short stable slug for a text without a letter that can stand in one, of its fingerprint."""
    from hashlib import sha256  # noqa: PLC0415 - for very few texts

    return "n-" + sha256(normalize("NFC", text).encode(errors="replace")).hexdigest()[:10]
