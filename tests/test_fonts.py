"""The shipped faces: every letter of a newspaper, joined as it should be, in files small enough for a first view."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
FONTS = sorted((ROOT / "templates/assets/fonts").glob("*.woff2"))
SHEET = (ROOT / "templates/assets/style.css").read_text("utf-8")

LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱپچژڤڨڭگکیہھےۓٹڈڑںۀ"
MARKS = "ًٌٍَُِّْٰ"
DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
SIGNS = "،؛؟٪٫٬۔ـ«»‹›“”‘’…–—().,:;!?/%+-@&"
SAMPLE = "أعلنت اللجنة الوطنية، أمس، تأجيل المؤتمر إلى يوم الخميس المقبل «لأسباب تقنية» بنسبة 25% و٢٥٪؛ هل هذا صحيح؟"


@cache
def face(path: Path) -> tuple[TTFont, bytes]:
    """The font as tables and as the bytes HarfBuzz reads."""
    font = TTFont(path)
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain)
    return font, plain.getvalue()


def shaped(path: Path, text: str) -> list[Any]:
    """Glyph numbers of a text as HarfBuzz shapes it, right to left."""
    font = uharfbuzz.Font(uharfbuzz.Face(face(path)[1]))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return [info.codepoint for info in buffer.glyph_infos]


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_one_file_holds_all_that_a_newspaper_sets(path: Path) -> None:
    """Arabic, Persian and Urdu letters, vowel marks, three kinds of digits, guillemets and Latin letters in a single face: no
    word and no number is drawn by two.
    """
    known = face(path)[0].getBestCmap()
    wanted = LETTERS + MARKS + DIGITS + SIGNS + "".join(map(chr, range(0x41, 0x5B))) + "éèàçùœÉÀÇ"
    assert [f"U+{ord(c):04X} {c}" for c in wanted if ord(c) not in known] == []


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_subsetting_left_the_letters_joined(path: Path) -> None:
    """The tables that shape are there, no glyph is missing, and a letter inside a word is another shape than alone."""
    assert {"GSUB", "GPOS", "GDEF"} <= set(face(path)[0].keys())
    assert 0 not in shaped(path, SAMPLE)
    for letter in "بتثجحخسشصضطعغفقكلمنهي":
        (alone,) = shaped(path, letter)[-1:]
        assert alone not in shaped(path, f"ب{letter}ب"), letter
    assert len(shaped(path, "لا")) < len(shaped(path, "ل")) + len(shaped(path, "ا")) or shaped(path, "لا") != shaped(
        path, "ا"
    ) + shaped(path, "ل")


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_joiners_and_marks_of_direction_have_no_ink(path: Path) -> None:
    """A non-joiner parts letters («ه‌ا»), a joiner joins («ه‍»), and nothing is drawn for them, in the face itself or by HarfBuzz."""
    for sign in "\u200c\u200d\u200e\u200f\u061c":
        assert 0 not in shaped(path, f"ه{sign}ا")
    (alone,) = shaped(path, "ه")
    assert alone in shaped(path, "ه\u200cا")
    assert alone not in shaped(path, "ها")
    assert alone not in shaped(path, "ه\u200d")


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_vowel_marks_find_their_letter(path: Path) -> None:
    """Marks are moved on to the letter below them, not set beside it."""
    font = uharfbuzz.Font(uharfbuzz.Face(face(path)[1]))
    buffer = uharfbuzz.Buffer()
    buffer.add_str("بُّ")
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    advances = [position.x_advance for position in buffer.glyph_positions]
    assert sum(1 for advance in advances if advance) == 1


def test_a_first_view_needs_little() -> None:
    """The two faces fetched first are under 60 KB together, all of them under 80."""
    first = [path for path in FONTS if "-preload" in path.name]
    assert len(first) == 2
    assert sum(path.stat().st_size for path in first) < 60 * 1024
    assert sum(path.stat().st_size for path in FONTS) < 80 * 1024


def rules() -> list[dict[str, str]]:
    """The @font-face rules of the style sheet."""
    blocks = re.findall(r"@font-face \{([^}]*)\}", SHEET)
    return [
        dict(
            tuple(part.strip().split(": ", 1))
            for part in re.sub(r'url\("[^"]*"\)', "url", block).split(";")
            if ":" in part
        )
        for block in blocks
    ]  # type: ignore[misc]


def test_text_is_shown_at_once_and_does_not_move_when_the_face_comes() -> None:
    """`font-display: swap`; fallbacks are as wide and as high as the face they stand for, measured in Arabic text."""
    shipped = [rule for rule in rules() if "url" in rule["src"]]
    fallbacks = [rule for rule in rules() if "local" in rule["src"]]
    assert len(shipped) >= 3
    assert len(fallbacks) >= 2
    assert all(rule["font-display"] == "swap" for rule in shipped)
    assert all({"size-adjust", "ascent-override", "descent-override"} <= set(rule) for rule in fallbacks)


def test_no_script_is_split_over_files_and_no_weight_is_made_up() -> None:
    """A range of letters names Latin ones alone, of the same file; weights are those that exist, and synthesis is off."""
    for rule in rules():
        assert "U+6" not in rule.get("unicode-range", "").replace("U+61-7A", ""), "Arabic is never behind a range"
    assert "font-synthesis: none" in SHEET
    for family in ("--sans", "--naskh"):
        stack = re.search(rf"{family}: ([^;]+);", SHEET)
        assert stack
        names = [name.strip() for name in stack[1].split(",")]
        assert names[0].startswith('"Digest')
        assert names[1].endswith('fallback"')
        assert names[-1] in {"serif", "sans-serif"}
        assert names.index('"Noto Sans Arabic"' if family == "--sans" else '"Noto Naskh Arabic"') < len(names) - 1
