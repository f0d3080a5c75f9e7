"""Folding for search, and alphabetical order."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.arabic import collation, folding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"), ("إبراهيم", "ابراهيم"), ("آمال", "امال"), ("ٱلكتاب", "الكتاب"), ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي"), ("٢٠٢٦", "2026"), ("۲۰۲۶", "2026"), ("القُرْآنُ", "القران"), ("الجـــزائر", "الجزاير"),
        ("کتابی", "كتابي"), ("مؤتمر", "موتمر"), ("مسئول", "مسوول"), ("رءوس", "رووس"), ("شِـئُون", "شوون"), ("الأسئلة", "الاسيله"), ("شيء", "شي"), ("ﻻعب", "لاعب"), ("می\u200cخواهم", "ميخواهم"),
        ("École", "ecole"), ("FIFA", "fifa"), ("ﷺ", "صلي الله عليه وسلم"), ("ہے", "هي"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_fold_together(one, other):
    assert folding.fold(one) == folding.fold(other) == other


def test_different_words_stay_apart():
    assert len({folding.fold(word) for word in ("علم", "عالم", "قلم", "كلم", "ذهب", "دهب")}) == 6


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_folding_twice_is_folding_once(text):
    once = folding.fold(text)
    assert folding.fold(once) == once


def test_order_of_names():
    """Digits by value, alef forms together, the article passed over, Persian letters at home, Latin behind Arabic."""
    expected = [
        "3 أخبار", "12 خبرا", "٢٠٢٦", "إبراهيم", "أحمد", "احمد", "الأردن", "آسيا", "ألمانيا", "باريس", "پاكستان",
        "تونس", "الجزائر", "چاد", "خبر", "کتاب", "كتب", "گوگل", "ليبيا", "اليمن", "Akhbar", "école", "Zoom",
    ]  # fmt: skip
    shuffled = random.Random(7).sample(expected, len(expected))
    assert sorted(shuffled, key=collation.key) == expected


def test_the_article_counts_where_it_is_asked_to():
    names = ["اليمن", "باريس"]
    assert sorted(names, key=collation.key) == ["باريس", "اليمن"]
    assert sorted(names, key=lambda name: collation.key(name, ignore_article=False)) == names


def test_the_shorter_word_comes_first():
    assert sorted(["كأس العالم", "كأسان", "كأس"], key=collation.key) == ["كأس", "كأس العالم", "كأسان"]


@given(st.lists(st.text(max_size=12), max_size=8))
@settings(max_examples=60, deadline=None)
def test_order_does_not_depend_on_where_it_starts(names):
    """Keys of any texts compare, and only equal texts have equal keys."""
    assert sorted(names, key=collation.key) == sorted(names, key=collation.key)
