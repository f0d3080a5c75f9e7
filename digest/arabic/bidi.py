"""Direction as data: of a text, of a language, of the pieces inside a line.

First-strong (`dir="auto"`) is wrong for an Arabic headline that opens with a Latin name; here any right-to-left letter makes a
text right-to-left. Pieces that must keep their left-to-right order whatever stands round them (addresses, phone numbers,
signed numbers, times) become isolates. Ranges and scores (10-15, 3-1) are left as typed: Arabic readers read them from the
right, and wrapping would turn their meaning round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.arabic import cleaning
from digest.model import Direction, Text
from digest.problems import FSI, PDI

RLM, LRM = "\u200f", "\u200e"

RTL_LETTER = re.compile(
    "[\u05be\u05c0\u05c3\u05c6\u05d0-\u05f4\u0608\u060b\u060d\u061b-\u064a\u066d-\u066f\u0671-\u06d5\u06e5\u06e6\u06ee\u06ef\u06fa-\u0710"
    "\u0712-\u072f\u074d-\u07a5\u07b1-\u07ea\u0800-\u0815\u0840-\u0858\u0860-\u086a\u0870-\u088e\u08a0-\u08c9\ufb1d-\ufb4f\ufb50-\ufd3d"
    "\ufd50-\ufdfc\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
LTR_LETTER = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ԯԱ-֏ऀ-ൿ฀-໿က-ᏽᐁ-ᙶ一-鿿぀-ヿ가-힯Ａ-Ｚａ-ｚ]")
RTL_LANGUAGES = frozenset("ar arc ckb dv fa glk he iw ks ku-arab lrc mzn nqo pnb prs ps sd syr ug ur yi azb bal".split())
RTL_SCRIPTS = frozenset("arab hebr syrc thaa nkoo adlm rohg mand samr aran".split())

DIGIT = "0-9٠-٩۰-۹"
LATIN_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}"
TLD = "(?:com|org|net|info|int|edu|gov|mil|io|co|me|tv|news|media|press|example|test|ma|dz|tn|ly|mr|eg|sd|sa|ae|qa|kw|bh|om|ye|jo|lb|sy|ps|iq|ir|tr|fr|uk|de|eu)"
TOKEN = re.compile(
    rf"""(?=[{DIGIT}A-Za-z+@\#$€£¥(\u2212-])(?:
      (?:https?://|www\.)[A-Za-z0-9][^\s<>"'«»،؛؟\u2066-\u2069]*[A-Za-z0-9/=_~-]        # address of a page
    | [A-Za-z0-9._%+-]{{1,64}}@{LATIN_HOST}[A-Za-z]{{2,24}}                          # e-mail
    | (?<![\w@./-]){LATIN_HOST}{TLD}(?![\w-])(?:/[A-Za-z0-9._~%/?=&-]*[A-Za-z0-9/=])?     # bare domain
    | (?<![\w@\#&])[@\#][A-Za-z0-9_]+                                                  # handle, Latin hash tag
    | (?<![\w+])\+[{DIGIT}][{DIGIT}\ ().-]{{5,24}}[{DIGIT}]                             # phone with country code
    | (?<![\w.,/-])\(?0[{DIGIT}]{{1,4}}\)?(?:[\ .-][{DIGIT}]{{2,4}}){{2,5}}(?![\w-])       # phone in groups
    | (?<![\w.,/-])[{DIGIT}]{{4}}-[{DIGIT}]{{2}}-[{DIGIT}]{{2}}(?:[T\ ][{DIGIT}]{{2}}:[{DIGIT}]{{2}})?(?![\w-])  # ISO date
    | (?<![\w.,/-])[{DIGIT}]{{1,4}}/[{DIGIT}]{{1,2}}/[{DIGIT}]{{1,4}}(?![\w/])             # date with slashes
    | (?<![\w:])[{DIGIT}]{{1,2}}:[{DIGIT}]{{2}}(?::[{DIGIT}]{{2}})?(?![\w:])                # time
    | (?<![A-Za-z{DIGIT}_.,%٪)-])[+\u2212-][{DIGIT}]+(?:[.,٫٬][{DIGIT}]+)*(?:\ ?[%٪‰]|\ ?°[CF]?)?(?![\w-])   # signed number
    | (?<![A-Za-z{DIGIT}_.,+-])[{DIGIT}]+(?:[.,٫٬][{DIGIT}]+)*\ ?[%٪‰°]                      # percentage, also after و
    | (?<![\w])[$€£¥][{DIGIT}]+(?:[.,٫٬][{DIGIT}]+)*                                      # sum with its sign in front
    | (?<![A-Za-z])[A-Za-z]{{1,20}}(?:\+\+|\#)                                              # C++, C#
    | (?<![\w.,])[{DIGIT}]{{1,18}}[.,][{DIGIT}]{{1,18}}(?:[.,][{DIGIT}]{{1,18}}){{2,4}}(?![\w])  # version, IP address
    )""",
    re.VERBOSE,
)
HINT = re.compile(
    # one set in front, so that the search runs at the speed of a single look-up a character
    rf"""[{DIGIT}@%٪‰°+$€£¥\u2212:.\#-](?:
        (?<=[@%٪‰°+$€£¥\u2212])
      | (?<=[{DIGIT}])(?:[:/][{DIGIT}] | -[{DIGIT}]{{2}}-[{DIGIT}] | [.,][{DIGIT}]+[.,][{DIGIT}] | \#)
      | (?<=:)//
      | (?<=\.)[A-Za-z]
      | (?<!\w.)(?<=-)[{DIGIT}]
      | (?<=\#)[A-Za-z0-9_]
      | (?<=[A-Za-z]\#)
      | (?<![{DIGIT}].)(?<=0)[{DIGIT}]{{1,4}}\)?[\ .-]
    )""",
    re.VERBOSE,
)
"""Characters without which no token can be there: most titles have none."""
SPECIAL = re.compile("[&<>\"']")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}


def direction(text: str, default: Direction) -> Direction:
    """Right-to-left if any letter is; left-to-right if there are only such letters; else the default."""
    if RTL_LETTER.search(text):
        return "rtl"
    return "ltr" if LTR_LETTER.search(text) else default


def lang_direction(tag: str) -> Direction:
    """Direction of a language (BCP 47); a script subtag wins over the language."""
    parts = tag.lower().split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in RTL_SCRIPTS else "ltr"
    return "rtl" if parts[0] in RTL_LANGUAGES else "ltr"


def text(raw: str, *, base: Direction, lang: str = "", page_lang: str = "") -> Text:
    """An editor's line as a `Text`: cleaned, escaped, isolated, with its direction.

    `lang` is the language it was said to be in; it decides where the letters do not.
    """
    plain = cleaning.clean(raw)
    own = direction(plain, lang_direction(lang) if lang else base)
    foreign = lang if lang and primary(lang) != primary(page_lang) else ""
    return Text(plain, isolate(plain), own, base, foreign)


def primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def escape(plain: str) -> str:
    """Text as HTML, for elements and quoted attributes alike."""
    return SPECIAL.sub(lambda match: ENTITIES[match[0]], plain) if SPECIAL.search(plain) else plain


def isolate(plain: str) -> str:
    """Text as HTML with pieces that must keep their order as `<bdi dir=ltr>`; no quotation mark is in the output."""
    if not HINT.search(plain):
        return escape(plain)
    pieces, at = [], 0
    for match in TOKEN.finditer(plain):
        pieces += [escape(plain[at : match.start()]), "<bdi dir=ltr>", escape(match[0]), "</bdi>"]
        at = match.end()
    return "".join((*pieces, escape(plain[at:]))) if pieces else escape(plain)


def mark(plain: str, base: Direction) -> str:
    """Text for a slot without markup: a direction mark in front where first-strong would mislead (UAX #9, P2–P3)."""
    if not plain:
        return plain
    own = direction(plain, base)
    first = first_strong(plain)
    if first is None or first == own:
        return plain
    return (RLM if own == "rtl" else LRM) + plain


def first_strong(plain: str) -> Direction | None:
    """Direction of the first letter that has one, as browsers see a title; isolates are passed over."""
    depth = 0
    for character in plain:
        if character in "\u2066\u2067\u2068":
            depth += 1
        elif character == PDI:
            depth = max(depth - 1, 0)
        elif not depth:
            if character == RLM or RTL_LETTER.match(character):
                return "rtl"
            if character == LRM or LTR_LETTER.match(character):
                return "ltr"
    return None


def join(parts: Sequence[str], separator: str) -> str:
    """Texts of unknown direction in one plain line, each isolated from the others."""
    return separator.join(f"{FSI}{mark(part, 'rtl')}{PDI}" for part in parts if part)
