"""Direction of texts, and isolation of left-to-right parts that a right-to-left line would scramble.

In: an editor's text, the direction of the page, the languages of both. Out: `Text` values, safe HTML without quotation
marks, and plain text with direction marks. Direction is data: any right-to-left letter makes a text right-to-left,
whatever its first letter, because Arabic headlines often begin with a Latin name (UAX #9; W3C, inline bidi markup).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

from digest.model import Direction, Text
from digest.text.cldr import subtags
from digest.text.cleaning import clean
from digest.text.spacing import parted, spaced

FSI, PDI = "\u2068", "\u2069"
RLM, LRM = "\u200f", "\u200e"

RTL: Final = (
    "\u05be\u05c0\u05c3\u05c6\u05d0-\u05f4\u0608\u060b\u0620-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06e5\u06e6\u06ee"
    "\u06ef\u06fa-\u070d\u0710\u0712-\u072f\u074d-\u07a5\u07b1\u07c0-\u07ea\u07f4\u07f5\u0800-\u0815\u0840-\u0858"
    "\u0860-\u088e\u08a0-\u08c9\ufb1d\ufb1f-\ufb28\ufb2a-\ufd3d\ufd50-\ufdfc\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff"
)
"""Letters of right-to-left scripts (bidi classes R and AL), without digits and marks."""

RTL_LETTER: Final = re.compile(f"[{RTL}]")
ASCII_LETTER: Final = re.compile("[A-Za-z]")
WORD_CHARACTER: Final = re.compile(r"[^\W\d_]")
LTR_LETTER: Final = re.compile(rf"(?![{RTL}])[^\W\d_]")
QUOTATION: Final = re.compile(rf"«[^«»<>&]*[{RTL}][^«»<>&]*»")
FIRST_STRONG: Final = re.compile(rf"(?P<rtl>[{RTL}{RLM}\u061c])|(?P<ltr>[^\W\d_]|{LRM})|(?P<isolate>[\u2066-\u2068])")
ISOLATE_BOUND: Final = re.compile("[\u2066-\u2069]")
TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

RTL_SCRIPTS: Final = frozenset({
    "Adlm", "Arab", "Aran", "Armi", "Avst", "Hebr", "Mand", "Mani", "Mend", "Nkoo", "Phnx", "Rohg", "Samr", "Syrc",
    "Thaa",
})  # fmt: skip
RTL_LANGUAGES: Final = frozenset({
    "ar", "arc", "arq", "ary", "arz", "aeb", "acm", "apc", "ajp", "ayl", "bal", "bgn", "bqi", "brh", "ckb", "dv", "fa",
    "glk", "he", "iw", "khw", "ks", "lrc", "luz", "mzn", "nqo", "pnb", "prs", "ps", "sd", "sdh", "skr", "syr", "ug",
    "ur", "yi",
})  # fmt: skip
"""Languages with a right-to-left script by CLDR's likely subtags."""

PROCLITICS = "وفبلك"
"""One-letter words that Arabic joins to the next word."""
SIGNED = rf"(?:(?<![^\s(\[«“\"'/])|(?<=(?<!\w)[{PROCLITICS}])|(?<=\u0640))"
"""The position before a sign: not inside a word («كوفيد-19»), a range or a score."""
EMBEDDED = r"[^\s<>\"'«»“”،؛؟()]"
URL_END = r"[^\s<>\"'«»“”،؛؟().,;:!?\]}…]"
TOKENS: Final = (
    # Dial codes.
    r"(?<![A-Za-z0-9_*#])(?:\*{1,2}\#?|\#)[0-9]{2,}(?:\*[0-9]+)*\#(?![A-Za-z0-9_*])",
    # Addresses first, with everything they hold. A round bracket only together with its partner.
    rf"(?:https?://|www\.)(?:{EMBEDDED}|\({EMBEDDED}*\))*(?:{URL_END}|\({EMBEDDED}*\))",
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    rf"(?<![A-Za-z0-9.@/-])[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{{2,}}(?![A-Za-z0-9])(?:/(?:{EMBEDDED}*{URL_END}|))?",
    r"(?<![A-Za-z0-9_@#])[@#][A-Za-z0-9_]+(?!\w)",
    # Dates written with hyphens, which a right-to-left line would reverse.
    r"(?<![\d-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:]{5,8}(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?(?![\d-])",
    r"(?<![\d-])[0-9]{1,2}-[0-9]{1,2}-(?:19|20)[0-9]{2}(?![\d-])",
    # Telephone numbers: an international sign, eight and more digits in groups after a leading zero, or pairs.
    # A bracket only together with its partner: a bracket round the whole number belongs to the line.
    (
        r"(?<![A-Za-z0-9_+./-])(?:\(\+[0-9 ]{1,6}\)|\+(?:[0-9]|\([0-9]{1,4}\)))"
        r"(?:[ ./-]{0,3}(?:[0-9]|\([0-9 ]{1,5}\))){6,14}(?![0-9])"
    ),
    r"(?<![A-Za-z0-9_+./-])(?:0[0-9]|\(0[0-9]\))(?:[ .-]?[0-9]){6,12}(?!\d|[ .-][0-9])",
    r"(?<![\w+./-])[0-9]{2}(?: [0-9]{2}){3,4}(?! ?[0-9])",
    # Account numbers, ISBN and their like: groups of which one is long, or the second of two begins with a zero.
    # Three short groups are a score or a line-up (4-3-3), years are a range: their writer saw them run to the left.
    (
        r"(?<![A-Za-z0-9_+./-])(?!(?:19|20)[0-9]{2}(?:-(?:19|20)?[0-9]{2})+(?![0-9-]))"
        r"(?=[0-9-]*[0-9]{3}|[0-9]{2}-[0-9]{2}-[0-9]{2}-)[0-9]{1,9}(?:-[0-9]{1,9}){2,7}(?:-?[xX])?(?![\w-])"
    ),
    r"(?<![A-Za-z0-9_+./-])[0-9]{3,5}-0[0-9]{3,7}(?![\w-])",
    r"(?<![A-Za-z0-9_.,+/-])[0-9]{4}(?: [0-9]{4}){2,7}(?: [0-9]{1,3})?(?![\w-])",
    r"(?<![A-Za-z0-9_.,+/-])(?=(?:[0-9]{2,5} ){1,4}[0-9]{9})[0-9]{2,5}(?: [0-9]{2,16}){2,5}(?![\w-])",
    r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?(?!\w)",  # IBAN
    r"(?<![\d:])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp]\.?[Mm]\b\.?)?(?![\d:])",
    # Signs and units beside digits. A hyphen inside a word, a range or a score is none of these.
    rf"{SIGNED}[+\u2212±-][0-9]+(?:[.,][0-9]+)*(?:[ \u00a0\u202f]?[%‰]|°[CF]?)?(?!\d|-\d)",
    r"(?<![\d.,])[0-9]+(?:[.,][0-9]+)*(?:[ \u00a0\u202f]?[%‰]|°[CF]?)(?![0-9])",
    # Thousands set apart by blanks.
    r"(?<![A-Za-z0-9_.,+])(?!0)[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?(?!\w)",
    # C++, C#, Canal+.
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:\+{1,2}|#)(?![\w+#])",
)
"""Patterns of text that must read left to right inside an Arabic line, in order of precedence.

Not included: ranges and scores (10-15, 3-1), because writers type them as a right-to-left line shows them; decimals,
slashed dates and the like, because the bidi algorithm keeps their separators in place; numbers in Arabic-Indic digits,
because the algorithm puts their signs where CLDR wants them (CLDR writes an ALM before the sign for this).
"""
TOKEN: Final = re.compile(rf"(?=[A-Za-z0-9@#*+(\u2212±-])(?:{'|'.join(TOKENS)})")
LATIN: Final = re.compile("[0-9A-Za-z@#]")
"""The cheapest test: a character that every token has."""
TRIGGER: Final = re.compile(
    r"(?=[@#*%‰°0-9A-Za-z+\u2212±)-])"
    r"(?:[@#%‰°]|[*+\u2212±-][0-9]|\+\(|[0-9A-Za-z](?:[:+]|[.-][0-9A-Za-z])|[0-9)][ \u00a0\u202f.-][0-9]|0[0-9]{7})"
)
"""A cheap test: two characters in a row that some token has."""
DASHED: Final = re.compile(r"\d[-–]\d")
"""A cheap test: a dash between digits."""
RANGE: Final = re.compile(
    r"<bdi dir=ltr>(?=[^<]{3,28}<)[^<A-Za-z@]*[0-9)][ \u00a0\u202f-][^<A-Za-z@]*</bdi>|"
    r"(?<![\dA-Za-z_.,/@#&=?%+~–-])\d{1,4}(?:[-–](?:\d{1,4}|<bdi dir=ltr>[^<]{1,12}</bdi>)){1,3}"
    r"(?![\dA-Za-z_/–-])(?![.,]\d)"
)
"""A number in groups, a score, a range or a date, as `isolate` leaves it; short enough for any column."""


def direction(text: str, default: Direction) -> Direction:
    """The direction of a text's letters, or the default for a text without letters.

    If the default is right-to-left, one right-to-left letter decides: an Arabic headline may begin with a Latin name
    and hold more of them. If it is left-to-right (an English site, a French entry), the majority of letters decides, so
    that an Arabic word quoted in an English headline does not reverse it.
    """
    if not text.isascii():
        if RTL_LETTER.search(text):
            return "rtl" if default == "rtl" or mostly_rtl(text) else "ltr"
        if any(match[0].isalpha() for match in WORD_CHARACTER.finditer(text)):
            return "ltr"
        return default
    return "ltr" if ASCII_LETTER.search(text) else default


def mostly_rtl(text: str) -> bool:
    """Whether more than half of a text's letters are right-to-left."""
    rtl = len(RTL_LETTER.findall(text))
    return 2 * rtl > sum(len(word) for word in WORD_CHARACTER.findall(text) if word.isalpha())


def lang_direction(tag: str) -> Direction:
    """Direction of a BCP 47 tag: by its script subtag (`az-Arab`), else by the likely script of its language."""
    language, script, _ = subtags(tag)
    if script:
        return "rtl" if script in RTL_SCRIPTS else "ltr"
    return "rtl" if language in RTL_LANGUAGES else "ltr"


def directed_text(raw: str, *, base: Direction, lang: str = "", page_lang: str = "") -> Text:
    """Clean a one-line text and determine its direction and its safe HTML.

    `base` is the direction of the page, `lang` the language of the text if an editor gave one: its direction is the
    default (see `direction`). `Text.lang` is set only if the languages differ by more than a country.
    """
    plain = parted(clean(raw))
    if (lang or page_lang).startswith("fr"):
        plain = spaced(plain, "fr")
    own = direction(plain, lang_direction(lang) if lang else base)
    if lang and (subtags(lang)[:2] == subtags(page_lang)[:2] or not TAG.fullmatch(lang)):
        lang = ""
    safe = unbroken(isolate(plain) if own == "rtl" else escape(plain))
    return Text(plain, "" if safe == plain else safe, own, base, lang)


def escape(plain: str) -> str:
    """Escape a text for HTML, quoted attributes included: `<`, `>`, `&`, `"` and `'`."""
    if "&" in plain or '"' in plain or "'" in plain or "<" in plain or ">" in plain:  # faster than a regex
        return html.escape(plain)
    return plain


def has_tokens(plain: str) -> bool:
    """Whether a text may hold a token that must read left to right: a cheap test without false negatives."""
    return LATIN.search(plain) is not None and TRIGGER.search(plain) is not None


def has_ranges(plain: str) -> bool:
    """Whether a text may hold a score or a range; cheap, and never wrong when it says no."""
    return ("-" in plain or "–" in plain) and DASHED.search(plain) is not None


def isolate(plain: str) -> str:
    """Safe HTML of a text, with left-to-right tokens as `<bdi dir=ltr>…</bdi>` and without quotation marks.

    The text content of the output equals the input.
    """
    if not has_tokens(plain):
        return escape(plain)
    parts: list[str] = []
    end = 0
    for match in TOKEN.finditer(plain):
        parts += (escape(plain[end : match.start()]), "<bdi dir=ltr>", escape(match[0]), "</bdi>")
        end = match.end()
    parts.append(escape(plain[end:]))
    return "".join(parts)


def turned_quotations(safe: str) -> str:
    """Safe HTML of a left-to-right line, quotations in «» that are wholly right-to-left as `<bdi dir="rtl">…</bdi>`.

    Else the marks take the line's direction and leave the words they belong to, most visibly at the end of a line.
    """
    return QUOTATION.sub(
        lambda found: f'<bdi dir="rtl">{found[0]}</bdi>' if not LTR_LETTER.search(found[0]) else found[0], safe
    )


def unbroken(safe: str) -> str:
    """Safe HTML with its scores, ranges and grouped numbers as `<span class=range>…</span>`: they stay on one line.

    Chromium breaks lines after a hyphen between digits. A span adds no character, so readers copy and find the text as
    it was written, and the painted order does not change.
    """
    if "-" not in safe and "–" not in safe and "<bdi" not in safe:
        return safe
    return RANGE.sub(r"<span class=range>\g<0></span>", safe) if "<bdi" in safe or DASHED.search(safe) else safe


def first_strong(plain: str) -> Direction | None:
    """The direction of a paragraph by UAX #9 (P2, P3): that of its first letter or mark outside isolates, or None."""
    at = 0
    while match := FIRST_STRONG.search(plain, at):
        if match.lastgroup != "isolate":
            return "rtl" if match.lastgroup == "rtl" else "ltr"
        at = isolate_end(plain, match.end())
    return None


def isolate_end(plain: str, at: int) -> int:
    """The index after the PDI that closes an isolate opened just before `at`; the text's length without one."""
    depth = 1
    for match in ISOLATE_BOUND.finditer(plain, at):
        depth += -1 if match[0] == PDI else 1
        if not depth:
            return match.end()
    return len(plain)


def mark(plain: str, base: Direction) -> str:
    """Plain text for a place without markup, with RLM or LRM in front if the first letter has the wrong direction.

    A text in which all letters have the other direction is unchanged, because it reads correctly.
    """
    if base == "rtl" and "\u0620" <= plain[:1] <= "\u064a":
        return plain  # the usual case: an Arabic letter first
    found = first_strong(plain)
    if found == base or not plain:
        return plain
    if base == "ltr":
        return LRM + plain if found and LTR_LETTER.search(plain) else plain
    return plain if found and not RTL_LETTER.search(plain) else RLM + plain


def join(parts: Sequence[str], separator: str) -> str:
    """Join plain texts of any direction to one line, each in FSI…PDI; empty texts are omitted."""
    return separator.join([f"{FSI}{part}{PDI}" for part in parts if part])
