"""The bytes of a page → its text, in the encoding it really is in.

The order is the standard's (WHATWG HTML, "determining the character encoding"): byte order mark, the server's charset,
`<meta charset>`. Two things are asked of the bytes besides, because old Arabic sites declare windows-1252 and mean
windows-1256, and newer ones declare anything and are UTF-8. Nothing is replaced in silence: bytes that fit no encoding
are a fault with their place.
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

SNIFFED: Final = 4096
"""Bytes in which a declaration is looked for; the standard has 1,024, pages of real systems need more."""
META: Final = re.compile(
    rb"<meta\b[^>]{0,400}?\bcharset\s*=\s*[\"']?\s*([\w.:\-]{2,40})", re.IGNORECASE,
)  # fmt: skip
XML: Final = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:\-]{2,40})", re.IGNORECASE)
BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

LABELS: Final = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "windows-1252": "cp1252", "x-cp1252": "cp1252", "l1": "cp1252", "ansi_x3.4-1968": "cp1252",
    "iso-8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "windows-1256": "cp1256", "x-cp1256": "cp1256", "cp-1256": "cp1256", "arabic": "iso8859-6",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6", "asmo-708": "iso8859-6", "ecma-114": "iso8859-6", "csisolatinarabic": "iso8859-6",
    "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8", "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "utf-16": "utf-16-le",
    "unicode": "utf-16-le", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "shift-jis": "cp932", "shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "big5-hkscs": "big5hkscs",
}  # fmt: skip
"""Labels whose meaning on the web differs from Python's (WHATWG Encoding)."""

ARABIC: Final = re.compile("[\u0621-\u064a]")
LATIN_WORD: Final = re.compile("[A-Za-z][\u00c0-\u00ff]|[\u00c0-\u00ff][A-Za-z]")
MOJIBAKE: Final = re.compile("[\u00c0-\u00ff\u0152\u0153\u0160\u0161\u0178\u0192\u02c6]{3,}")
"""A word without any ASCII letter: Latin languages have none of four letters, Arabic read as Latin only such."""
HIGH: Final = re.compile(rb"[\x80-\xff]")
TAGS: Final = re.compile("<[^>]{0,2000}>")


class Decoded(NamedTuple):
    """A page's text."""

    text: str
    encoding: str
    """As the web names it: `utf-8`, `windows-1256`."""
    declared: str = ""
    """What the page said instead; empty where it said so."""
    bad_byte: int = -1
    """Offset of the first byte that fits no encoding; -1 for none."""


NO_CHARSETS: Final = frozenset({"utf-7", "utf7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python that no page may ask for."""
NAMES: Final = {
    "cp1252": "windows-1252",
    "cp1256": "windows-1256",
    "iso8859-6": "iso-8859-6",
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
}


def decode(raw: bytes, charset: str = "") -> Decoded:
    """The text of a page; `charset` is the server's. Faulty bytes are U+FFFD in it, and named."""
    for mark, name in BOMS:
        if raw.startswith(mark):
            return strictly(raw[len(mark) :], name, len(mark))
    if raw[:512].count(0) > len(raw[:512]) // 4:
        return strictly(raw, "utf-16-be" if raw[:1] == b"\0" else "utf-16-le")
    named = charset or declaration(raw)
    declared = codec(charset) or codec(declaration(raw))
    if declared.startswith("utf-16"):  # a page cannot say this of itself in bytes that are not
        declared = ""
    if HIGH.search(raw) is None:
        return Decoded(raw.decode("ascii"), NAMES.get(declared, declared) or "utf-8")
    if is_utf8(raw):
        return Decoded(raw.decode("utf-8"), "utf-8", named if declared not in ("", "utf-8") else "")
    return of_one_byte(raw, declared, named) if declared not in ("", "utf-8") else of_none(raw, named)


def of_none(raw: bytes, named: str) -> Decoded:
    """A page that is not the UTF-8 it says, or says nothing: nearly UTF-8, or a legacy encoding."""
    if mostly_utf8(raw):
        return strictly(raw, "utf-8")
    arabic = raw.decode("cp1256", "replace")
    if is_arabic(arabic):
        return Decoded(arabic, "windows-1256", named)
    return Decoded(raw.decode("cp1252", "replace"), "windows-1252", named, first_bad(raw, "cp1252"))


def of_one_byte(raw: bytes, declared: str, named: str) -> Decoded:
    """A page in a legacy encoding: the declared one, but for Arabic that was declared as Latin."""
    try:
        text = raw.decode(declared)
    except UnicodeDecodeError as error:
        other = "cp1256" if declared in ("cp1252", "iso8859-6", "cp1254") else ""
        if other and is_arabic(guess := raw.decode(other, "replace")):
            return Decoded(guess, NAMES[other], named, first_bad(raw, other))
        return Decoded(raw.decode(declared, "replace"), NAMES.get(declared, declared), "", error.start)
    if declared in ("cp1252", "cp1254", "iso8859-2", "cp1250", "cp1251") and is_mojibake(text):
        for other in ("cp1256", "iso8859-6"):
            try:
                guess = raw.decode(other)
            except UnicodeDecodeError:
                continue
            if is_arabic(guess):
                return Decoded(guess, NAMES[other], named)
    if declared == "iso8859-6" and not is_arabic(text) and is_arabic(guess := raw.decode("cp1256", "replace")):
        return Decoded(guess, "windows-1256", named)
    return Decoded(text, NAMES.get(declared, declared))


def strictly(raw: bytes, name: str, skipped: int = 0) -> Decoded:
    """Text in one encoding, with the place of its first fault."""
    bad = first_bad(raw, name)
    return Decoded(raw.decode(name, "replace"), NAMES.get(name, name), "", bad + skipped if bad >= 0 else -1)


def first_bad(raw: bytes, name: str) -> int:
    try:
        raw.decode(name)
    except UnicodeDecodeError as error:
        return error.start
    return -1


def is_utf8(raw: bytes) -> bool:
    return first_bad(raw, "utf-8") < 0


def mostly_utf8(raw: bytes) -> bool:
    """Whether a few faults are all that keeps the bytes from being UTF-8."""
    text = raw.decode("utf-8", "replace")
    return text.count("\ufffd") * 20 < len(HIGH.findall(raw[: 1 << 20])) and text.count("\ufffd") < 50


def is_arabic(text: str) -> bool:
    """Whether what is no ASCII is mostly Arabic letters."""
    sample = TAGS.sub(" ", text[:200_000])
    letters = len(ARABIC.findall(sample))
    others = sum(1 for c in sample if c > "\x7f")
    return letters > 10 and letters * 10 > others * 7


def is_mojibake(text: str) -> bool:
    """Whether Latin letters stand as no Latin language has them: «ÇáÓáÇã»."""
    sample = TAGS.sub(" ", text[:200_000])
    return len(MOJIBAKE.findall(sample)) > 3 and len(MOJIBAKE.findall(sample)) > 2 * len(LATIN_WORD.findall(sample))


def declaration(raw: bytes) -> str:
    """What the page says of itself, lower-case."""
    head = raw[:SNIFFED]
    match = XML.match(head) or META.search(head) or META.search(raw[: SNIFFED * 16])
    return match[1].decode("ascii", "ignore").lower() if match else ""


def codec(label: str) -> str:
    """Python's name of an encoding; empty for an unknown one."""
    name = LABELS.get(label.strip().lower(), label.strip().lower())
    if not name or name in NO_CHARSETS:
        return ""
    try:
        found = codecs.lookup(name).name
        "ا".encode(found, "replace").decode(found, "replace")
    except Exception:  # noqa: BLE001 - an unknown name, or a codec that is no encoding of text, which raises what it likes
        return ""
    return found
