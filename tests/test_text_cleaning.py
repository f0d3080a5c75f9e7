"""What is taken out of editors' texts and what stays."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text import cleaning

NASTY = st.text(
    st.sampled_from(
        "ابم َّxé \t\n\r\u00a0\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
        "\u2060\u2066\u2067\u2068\u2069\u3164\ue000\ufeff\ufffe\x00\x85\U000e0041👍\ud800"
    )
    | st.characters(),
    max_size=40,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  خبر\n عاجل\t ", "خبر عاجل"),
        ("\u200fخبر عاجل\u200e ", "خبر عاجل"),
        ("قال\u00a0\u00a0إن", "قال\u00a0إن"),
        ("خبر\u202eFIFA\u202c", "خبرFIFA"),
        ("\u2067خبر\u2069", "خبر"),
        ("خـبر", "خـبر"),
        ("م\u200cي\u200cخواهم", "م\u200cي\u200cخواهم"),
        ("ه\u200d", "ه\u200d"),
        ("a\u200db\u200c", "ab"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("أ\u200b\ufeffب\u2060ج\u00adد\ue000", "أبجد"),
        ("\u3164\u2800\u115f", ""),
        ("\ud800x\udfff", "x"),
        ("شَّدة", unicodedata.normalize("NFC", "شَّدة")),
        ("أ", "أ"),
        ("ﷺ", "ﷺ"),
        ("\u0627\u0654", "\u0623"),
        ("\u0627\u200b\u0654", "\u0623"),
        ("قال\u00a0\u202fإن", "قال\u00a0إن"),
        ("قال\u202f\u00a0إن", "قال\u202fإن"),
        ("قال\u00a0 إن", "قال إن"),
    ],
)
def test_clean_removes_junk_from_a_line(raw, expected):
    """Blanks collapse, what is invisible or turns the line goes, letters and their joiners stay; never NFKC."""
    assert cleaning.clean(raw) == expected


def test_clean_body_keeps_lines_and_indents():
    assert cleaning.clean_body("سطر\r\n    رمز\r\tنص\u2028تتمة\x0c") == "سطر\n    رمز\n\tنص تتمة "
    assert cleaning.clean_body("\u0627\u0654\u2029ب") == "\u0623\n\nب"
    assert cleaning.clean_body("\u0627\u0654") == "\u0623"


@pytest.mark.parametrize("plane", range(15))
def test_clean_removes_noncharacters_of_every_plane(plane):
    """The last two of each; what stands beside them is a letter, or may be one some day."""
    last = plane * 0x10000 + 0xFFFF
    assert cleaning.clean(f"a{chr(last - 1)}b{chr(last)}c") == "abc"
    assert cleaning.clean_body(f"a{chr(last - 1)}b{chr(last)}c") == "abc"
    beside = [code for code in (last - 2, last - 0xFFFF + 0x100, last - 0xFFFE + 0x100) if code < 0xE0000]
    for code in beside:
        assert cleaning.clean(f"a{chr(code)}b") == f"a{chr(code)}b"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\u2067خبر\u2069 و\u202bنص\u202c", "\u2067خبر\u2069 و\u202bنص\u202c"),
        ("\u2067خبر\n\nنص\u2069", "خبر\n\nنص"),
        ("\u2067خبر\nنص\u2069", "\u2067خبر\nنص\u2069"),
        ("\u202eخبر\u202c نص", "خبر نص"),
        ("\u2066a\u202bb\u2069c\u202c", "\u2066ab\u2069c"),
        ("\u202bx\u2069\u202c", "\u202bx\u202c"),
        ("\u200fخبر\u200f", "\u200fخبر\u200f"),
        ("\u2067a\u202bb\u202cc\u2069", "\u2067a\u202bb\u202cc\u2069"),
        ("\u202ba\u2067b\u202cc\u2069d\u202c", "\u202ba\u2067bc\u2069d\u202c"),
        ("\u2067أ\u2029ب\u2069", "أ\n\nب"),
        ("أبج\n\u202a\nد", "أبج\n\nد"),
    ],
)
def test_clean_body_keeps_only_balanced_bidi_controls(raw, expected):
    """Overrides never stay; embeddings and isolates only where they are closed; marks always."""
    assert cleaning.clean_body(raw) == expected


def test_removed_gives_name_and_place_of_controls():
    assert cleaning.removed("أ\u202eب\u2066", body=False) == [(1, "U+202E"), (3, "U+2066")]
    assert cleaning.removed("\u2067أ\u2069\n\n\u202dب\u202c\u2069", body=True) == [
        (5, "U+202D"),
        (7, "U+202C"),
        (8, "U+2069"),
    ]
    assert cleaning.removed("نص عادي", body=True) == []
    assert cleaning.removed("أبج\n\u202a \u2069\nد", body=True) == [(4, "U+202A"), (6, "U+2069")]
    assert cleaning.removed("\u2067أ\u2029ب\u2069", body=True) == [(0, "U+2067"), (4, "U+2069")]


@given(NASTY)
@settings(max_examples=100, deadline=None)
def test_cleaning_is_idempotent(text):
    line, body = cleaning.clean(text), cleaning.clean_body(text)
    assert cleaning.clean(line) == line
    assert cleaning.clean_body(body) == body
    assert cleaning.removed(body, body=True) == []


@given(NASTY)
@settings(max_examples=100, deadline=None)
def test_clean_text_is_nfc_and_encodable(text):
    """NFC, encodable, on one line, without controls."""
    line = cleaning.clean(text)
    assert unicodedata.is_normalized("NFC", line)
    assert line == line.strip()
    line.encode()
    assert {unicodedata.category(c) for c in line}.isdisjoint({"Cc", "Cs", "Co", "Zl", "Zp"})
    body = cleaning.clean_body(text)
    body.encode()
    assert {c for c in body if unicodedata.category(c) in ("Cc", "Cs", "Co")} <= {"\n", "\t"}


@given(NASTY)
@settings(max_examples=100, deadline=None)
def test_removed_gives_true_places(text):
    for body in (False, True):
        for at, name in cleaning.removed(text, body=body):
            assert f"U+{ord(text[at]):04X}" == name
