"""Find mistakes that an editor overlooks: letters that only look right, signs without a partner, extra blanks.

In: a text as typed, and whether it is Arabic and running prose. Out: findings, each with a place, the mistake and the
cure. A rule reports nothing that a careful writer may have intended; each was checked against a corpus of 16,201
articles (`docs/reference/content.md` has the counts). This module changes and refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import name as character_name
from unicodedata import normalize

from digest.problems import N_, Message, excerpt, mistake
from digest.text.foreign_markup import foreign_markup, markup_in_a_line, unclosed_code
from digest.text.pasted import Finding, pasted

LETTERS: Final = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06fa-\u06fc"
MARKS: Final = "\u0640\u064b-\u0652\u0670\u200c\u200d"
AR: Final = f"[{LETTERS}{MARKS}]"
WORD: Final = re.compile(rf"[\w{MARKS}]+")

MASKED: Final = re.compile(
    r"^(?P<fence>```|~~~)[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)|`[^`\n]+`|<!--.*?-->|<[^>\s]+>|\]\([^()\n]*\)"
    rf"|(?:https?://|www\.)\S+|\S+@\S+\.\S+|^(?: {{4}}|\t)[^\n{LETTERS}]*$",
    re.MULTILINE | re.DOTALL,
)
"""Code, addresses and targets of links: not words of the text."""
CODE: Final = re.compile(
    r"^(?P<fence>```|~~~)[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)|`[^`\n]+`|<!--.*?-->|\\[!-/:-@\[-`{-~]"
    rf"|^(?: {{4}}|\t)[^\n{LETTERS}]*$",
    re.MULTILINE | re.DOTALL,
)
"""Code, comments, and signs behind a backslash."""
HIDES: Final = re.compile(r"[`<@\t]|\]\(|~~~|http|www\.|\n {4}")
"""A cheap test: a part of every text with something to mask."""

OTHER_ALPHABET: Final = re.compile(
    "[\u0400-\u04ff\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u03c1]"
)
"""Cyrillic letters, and Greek letters that look like Latin ones."""
LATIN: Final = re.compile("[A-Za-z]")
SEAM: Final = re.compile(rf"[A-Za-z](?:(?=[{LETTERS}])|(?<={AR}[A-Za-z]))")
"""A cheap test, Latin letters first: an Arabic text has few."""
GLUED: Final = re.compile(
    rf"(?<![\w/@#.\\-])(?P<left>{AR}{{2,}})(?P<latin>[A-Za-z]{{2,}})(?![\w@/]|\.[A-Za-z])"
    rf"|(?<![\w/@#.\\-])[A-Za-z]{{2,}}(?P<right>[{LETTERS}]{AR}*)"
)
"""Arabic and Latin letters in one word."""
PREFIXES: Final = frozenset(
    conjunction + rest
    for conjunction in ("", "و", "ف")
    for rest in ("", "ال", "ب", "ل", "ك", "س", "بال", "كال", "لل", "لال")
)
"""Arabic particles that are joined to a Latin name."""
FARSI: Final = str.maketrans("کیہھۀےۃ۰۱۲۳۴۵۶۷۸۹", "كيههههة٠١٢٣٤٥٦٧٨٩")
FARSI_LETTER: Final = re.compile("[کیہھۀےۃ۰-۹]")
PERSIAN_ONLY: Final = re.compile("[پچژگٹڈڑں]")
FORM: Final = re.compile(r"[\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdf1\ufdf3-\ufdf9\ufe70-\ufefc]")
"""Presentation forms of letters, without the single characters for Allah, salla and rial."""
BLANKS: Final = re.compile(r"(?<=[^\s|])  +(?=[^\s|])")
LATIN_SIGN: Final = re.compile(
    rf"[,;?](?:(?<=[{LETTERS}\u064b-\u0652].)|(?<=[{LETTERS}\u064b-\u0652] .))(?=\s*[{LETTERS}]|\s*\Z|\s*\n)"
)
SIGNS: Final = {",": "،", ";": "؛", "?": "؟"}
ANGLES: Final = re.compile("[«»]")
CURLY: Final = re.compile("[“”„]")
STRAIGHT: Final = re.compile(r'"(?:(?<![\u05d0-\u05ea0-9]")|(?<=[0-9]")(?=[\s،,.؛:؟!»)])|(?=\w))')
"""A straight quotation mark; not gershayim, not inches."""
MARKUP: Final = re.compile(
    r"^ {0,3}(?P<heading>\#{2,6})(?=[^\#\s])|(?P<wiki>\[\[[^\[\]\n]+\]\])(?!\()"
    r"|(?<![\\*])\*\*(?P<strong>[^*\n]+)\*\*(?!\*)",
    re.MULTILINE,
)
"""Headings without a blank (one # begins a hashtag), wiki links, and pairs of **."""
BEFORE_OPENING: Final = re.compile(r"(?:\A|[\s(\[«ـ:–—-])[وفبلك]?\Z")
AFTER_OPENING: Final = re.compile(r"[\w(\[«]")


def proofread(text: str, *, arabic: bool, prose: bool = True, markdown: bool = False) -> list[Finding]:
    """All findings in a text, by position.

    `arabic`: the text is in Arabic, not in Persian, Urdu or French. `prose`: the text is not a list of names separated
    by commas. `markdown`: the text is a body, not a title.
    """
    bare = MASKED.sub(blank_out, text) if HIDES.search(text) or text.startswith("    ") else text
    found = [*look_alikes(bare), *presentation(bare, arabic=arabic)]
    if arabic:
        found += [*glued(bare), *farsi(bare)]
    if prose:
        found += [*blanks(bare), *quotes(bare), *(latin_signs(bare) if arabic else ())]
    found += pasted(bare if markdown else text, markdown=markdown)
    if markdown:
        found += markup(bare)
        has_code = any(sign in text for sign in ("`", "~~~", "\n    ", "<!--", "\\"))
        shown = CODE.sub(blank_out, text) if has_code else text
        found += foreign_markup(shown)
        found += unclosed_code(text)
    elif prose:  # a source may be written as a link
        found += markup_in_a_line(text)
    return sorted(found, key=lambda finding: finding.at)


def markup(text: str) -> Iterator[Finding]:
    """Markdown with a mistake, which the page would show as typed."""
    if not any(sign in text for sign in ("##", "[[", "**")):
        return
    for match in MARKUP.finditer(text):
        if match["heading"]:
            what = mistake(
                "heading-without-blank", "{sign} without a blank after it is no heading", sign=match["heading"]
            )
            yield Finding(match.start("heading"), what, N_("add one"))
        elif match["wiki"]:
            yield Finding(match.start(), mistake("wiki-link", "[[ ]] is no link"), N_("write [words](address)"))
        elif match["strong"] != match["strong"].strip():
            what = mistake("bold-with-blank", "** with a blank inside is not bold")
            yield Finding(match.start(), what, N_("write the blank outside the stars"))


def blank_out(match: re.Match[str]) -> str:
    """Replace all characters but line ends, keeping the length."""
    return re.sub(r"[^\n]", "\0", match[0])


def words_with(letter: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The words that contain such a letter."""
    end = 0
    for match in letter.finditer(text):
        if match.start() < end:
            continue
        start = match.start()
        while start and WORD.match(text[start - 1]):
            start -= 1
        if word := WORD.match(text, start):
            end = word.end()
            yield word


def look_alikes(text: str) -> Iterator[Finding]:
    """Latin words with a look-alike letter of another script: searches miss them, and addresses lead elsewhere."""
    for match in words_with(OTHER_ALPHABET, text):
        odd = OTHER_ALPHABET.search(match[0])
        if odd and LATIN.search(match[0]):
            named = f"U+{ord(odd[0]):04X} {character_name(odd[0], '').title()}"
            what = mistake(
                "mixed-alphabets", "'{word}' mixes two alphabets, by a {letter}", word=excerpt(match[0]), letter=named
            )
            yield Finding(match.start(), what, N_("type the word again"))


def glued(text: str) -> Iterator[Finding]:
    """Arabic and Latin words without a blank between them; particles may be joined to names."""
    for match in GLUED.finditer(text) if SEAM.search(text) else ():
        left, word = match["left"], match[0]
        if left is not None:
            if re.sub(f"[{MARKS}]", "", left) in PREFIXES:
                continue
            parted = f"{left} {match['latin']}"
        else:
            cut = match.start("right") - match.start()
            parted = f"{word[:cut]} {word[cut:]}"
        what = mistake("mixed-scripts", "'{word}' mixes two scripts in one word", word=excerpt(word))
        yield Finding(match.start(), what, N_("write '{word}'", word=excerpt(parted)))


def farsi(text: str) -> Iterator[Finding]:
    """Arabic words with a Persian or Urdu letter or digit that looks the same: searches miss them.

    A word with a letter that Arabic does not have is taken for a Persian one.
    """
    for match in words_with(FARSI_LETTER, text):
        word = match[0]
        odd = FARSI_LETTER.search(word)
        if odd is None or PERSIAN_ONLY.search(word):
            continue
        if odd[0].isdigit():
            what = mistake("persian-letters", "'{word}' has Persian digits", word=excerpt(word))
        else:
            sign = f"U+{ord(odd[0]):04X}"
            what = mistake(
                "persian-letters", "'{word}' has the Persian letter {letter}", word=excerpt(word), letter=sign
            )
        yield Finding(match.start(), what, in_arabic_letters(word))


def in_arabic_letters(word: str) -> Message:
    """The cure that gives the word in Arabic letters; a ی at the end may stand for either of two letters."""
    plain = word.translate(FARSI)
    if word.endswith("ی"):
        return N_("write '{word}' or '{other}'", word=excerpt(plain[:-1] + "ى"), other=excerpt(plain))
    return N_("write '{word}'", word=excerpt(plain))


def presentation(text: str, *, arabic: bool) -> Iterator[Finding]:
    """Words in presentation forms, as copied from a PDF: they look right, but searches miss them."""
    for match in words_with(FORM, text):
        folded = normalize("NFKC", match[0])
        what = mistake(
            "presentation-forms", "'{word}' is made of presentation forms, as PDFs have them", word=excerpt(match[0])
        )
        yield Finding(
            match.start(), what, in_arabic_letters(folded) if arabic else N_("write '{word}'", word=excerpt(folded))
        )


def blanks(text: str) -> Iterator[Finding]:
    """More than one blank between two words."""
    for match in BLANKS.finditer(text) if "  " in text else ():
        yield Finding(
            match.start(), mistake("extra-blanks", "{n} blanks between two words", n=len(match[0])), N_("leave one")
        )


def latin_signs(text: str) -> Iterator[Finding]:
    """A Latin comma, semicolon or question mark between Arabic words."""
    for match in LATIN_SIGN.finditer(text):
        sign = match[0]
        what = mistake("latin-punctuation", "a Latin {sign} between Arabic words", sign=sign)
        yield Finding(match.start(), what, N_("write {sign}", sign=SIGNS[sign]))


def quotes(text: str) -> Iterator[Finding]:
    """Quotation marks without a partner in the text."""
    opened: list[int] = []
    for match in ANGLES.finditer(text):
        if match[0] == "«":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            what = mistake("quotation-marks", "» closes a quotation that nothing opened")
            yield Finding(match.start(), what, N_("add « or take » out"))
    for at in opened:
        yield Finding(
            at, mistake("quotation-marks", "« opens a quotation that nothing closes"), N_("add » or take « out")
        )
    for signs, shown in ((CURLY, "“ ”"), (STRAIGHT, '"')):
        places = [match.start() for match in signs.finditer(text)]
        if len(places) % 2:
            lone = alone(text, places)
            if lone and text[lone - 1].isdigit():
                continue  # inches, perhaps
            what = mistake("quotation-marks", "{signs} stand in pairs, and this one is alone", signs=shown)
            yield Finding(lone, what, N_("add its partner, or take it out"))


def alone(text: str, places: list[int]) -> int:
    """The place of the quotation mark without a partner, among an odd number of them, by the characters round each.

    A paragraph with an even number of marks is assumed to be correct.
    """
    paragraphs: dict[int, list[int]] = {}
    for at in places:
        paragraphs.setdefault(text.count("\n", 0, at), []).append(at)
    doubtful = [at for marks in paragraphs.values() if len(marks) % 2 for at in marks]
    opened: int | None = None
    for at in doubtful:
        opening = text[at] == "„" or (
            BEFORE_OPENING.search(text[max(at - 2, 0) : at]) is not None
            and AFTER_OPENING.match(text, at + 1) is not None
        )
        if opening and opened is not None:
            return opened
        if not opening and opened is None:
            return at
        opened = at if opening else None
    return doubtful[-1] if opened is None else opened
