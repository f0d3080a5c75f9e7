"""The last part of a URL: Arabic letters kept, whatever cannot be seen or typed left out.

NFC; vowel marks, tatweel and format characters dropped; eastern digits to ASCII; letters and digits kept, every other run
becomes one hyphen; Latin in lower case. ة/ه, ى/ي and أ/ا stay as they are: a slug reads like its title.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_BYTES = 200
"""Of an explicit slug: a file name holds 255, and endings are added to it."""

ASCII_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
DROPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u061c\u00ad]")
SEPARATORS = re.compile(r"[\W_]+")
SLUG = re.compile(r"(?=.{1,200}\Z)[^\W_]+(?:-[^\W_]+)*\Z")
SIMPLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def slugify(text: str, max_bytes: int = 120) -> str:
    """The slug of a title, at most `max_bytes` of UTF-8, cut at a word; empty when no letter or digit is left."""
    if len(text) <= max_bytes and SIMPLE.match(text):
        return text
    text = DROPPED.sub("", unicodedata.normalize("NFC", text)).translate(ASCII_DIGITS).lower()
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Co", "Cs"))
    words = [word for word in SEPARATORS.split(unicodedata.normalize("NFC", text)) if word]
    kept: list[str] = []
    room = max_bytes + 1
    for word in words:
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    if kept or not words:
        return "-".join(kept)
    return words[0].encode()[:max_bytes].decode("utf-8", "ignore")


def fallback(text: str) -> str:
    """A short stable slug for a text without a letter or digit."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
