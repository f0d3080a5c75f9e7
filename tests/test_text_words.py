"""Counting words and shortening texts."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text import words

SENTENCES = st.text(st.sampled_from('ابجدو  َُِّـ،:.؟!«»()"\u200c\u200dA9'), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("القُرْآنُ الكريمُ", 2),
        ("مـــدرسة", 1),
        ("می\u200cخواهم", 1),
        ("و2026 بنسبة 3.5% عند 10:30", 5),
        ("don’t l'été", 2),
        ("« – ! »", 0),
        ("", 0),
    ],
)
def test_count_words_counts_parts_between_blanks(text, expected):
    assert words.count_words(text) == expected


def test_reading_minutes_are_whole():
    """180 words a minute, at least one minute for any text."""
    assert [words.reading_minutes(n) for n in (0, 1, 180, 400, 1800)] == [0, 1, 1, 2, 10]
    assert words.reading_minutes(1000, 100) == 10


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("خبر قصير", 20, "خبر قصير"),
        ("وصل الوفد إلى المدينة مساء اليوم", 15, "وصل الوفد إلى…"),
        ("وصل الوفد و وصل بعده الوزير", 13, "وصل الوفد…"),
        ("أعلن الوزير: «القمة في موعدها» أمس", 20, "أعلن الوزير: «القمة…»"),
        ("أعلن الوزير: «القمة في موعدها» أمس", 15, "أعلن الوزير…"),
        ('قال ل"صدى" إن القمة في موعدها', 22, 'قال ل"صدى" إن القمة…'),
        ("أعلن (الوزير الأول) القرار", 13, "أعلن (الوزير…)"),
        ('قال "إن القمة في موعدها" أمس', 14, 'قال "إن القمة…"'),
        ("مستشفياتهم", 5, "مستش…"),
        ("خبر🇲🇦🇹🇳", 6, "خبر🇲🇦…"),
        ("خبر🇲🇦🇹🇳", 7, "خبر🇲🇦🇹🇳"),
        ("فريق👨‍👩‍👧‍👦كبير", 7, "فريق…"),
        ("كَتَّبَ", 2, "كَ…"),
        ("كَتَبَ الطَّالِبُ الدَّرْسَ", 14, "كَتَبَ الطَّالِبُ…"),
        ("كَتَبَ الطَّالِبُ", 10, "كَتَبَ الطَّالِبُ"),
    ],
)
def test_truncate_cuts_between_words_and_keeps_short_texts(text, limit, expected):
    """Marks do not count; nothing that only leads on stays at the end; quotations are closed."""
    assert words.truncate(text, limit) == expected


@given(SENTENCES, st.integers(2, 40))
@settings(max_examples=100, deadline=None)
def test_truncated_text_is_a_beginning_within_the_limit(text, limit):
    """Within the limit, never between a letter and its marks or beside a joiner, never with an open guillemet."""
    cut = words.truncate(text, limit)
    if cut == text:
        return
    head, ellipsis, closers = cut.rpartition("…")
    assert ellipsis
    assert text.startswith(head)
    assert len(words.SILENT.sub("", head)) < limit
    rest = text[len(head) :]
    assert not re.match("[\u064b-\u0652\u200c\u200d]", rest) or not head
    assert set(closers) <= set('»)"')
    depth = 0
    for sign in re.findall("[«»]", cut):
        depth = depth + 1 if sign == "«" else max(depth - 1, 0)
    assert depth == 0


def test_lead_ends_with_a_sentence():
    body = ["بدأت القمة صباح اليوم في العاصمة. وتستمر يومين. ويحضرها وزراء من عشر دول عربية وأفريقية.", "فقرة أخرى."]
    assert words.lead(body, 60) == "بدأت القمة صباح اليوم في العاصمة. وتستمر يومين."
    assert words.lead(body, 500) == " ".join(body)


def test_lead_without_a_sentence_end_is_truncated():
    assert words.lead(["بدأت القمة صباح اليوم في العاصمة بحضور وزراء من عشر دول"], 30) == "بدأت القمة صباح اليوم في…"


def test_lead_does_not_end_in_a_quotation_or_at_an_abbreviation():
    assert (
        words.lead(["قال «لن نقبل بهذا القرار. سنرد عليه» ثم غادر القاعة مسرعا"], 37)
        == "قال «لن نقبل بهذا القرار. سنرد عليه»…"
    )
    assert words.lead(["ألقى الكلمة الافتتاحية د. سامر الأحمد أمام حضور كبير"], 32) == "ألقى الكلمة الافتتاحية د. سامر…"


def test_lead_omits_a_full_stop_before_a_paragraph():
    assert (
        words.lead([".انطلق المهرجان مساء اليوم", "،وحضره جمهور كبير."], 200)
        == "انطلق المهرجان مساء اليوم وحضره جمهور كبير."
    )
    assert words.lead([], 100) == ""
