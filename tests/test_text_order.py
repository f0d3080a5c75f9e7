"""Folding for search, and alphabetical order."""

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text import collation, folding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"), ("إبراهيم", "ابراهيم"), ("آمال", "امال"), ("ٱلكتاب", "الكتاب"), ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي"), ("٢٠٢٦", "2026"), ("۲۰۲۶", "2026"), ("القُرْآنُ", "القران"), ("الجـــزائر", "الجزاير"),
        ("کتابی", "كتابي"), ("مؤتمر", "موتمر"), ("مسئول", "مسوول"), ("رءوس", "رووس"), ("شِـئُون", "شوون"), ("الأسئلة", "الاسيله"), ("شيء", "شي"), ("ﻻعب", "لاعب"), ("می\u200cخواهم", "ميخواهم"),
        ("École", "ecole"), ("FIFA", "fifa"), ("ﷺ", "صلي الله عليه وسلم"), ("ہے", "هي"),
    ],
)  # fmt: skip
def test_fold_makes_spellings_of_one_word_equal(one, other):
    assert folding.fold(one) == folding.fold(other) == other


def test_fold_keeps_different_words_different():
    assert len({folding.fold(word) for word in ("علم", "عالم", "قلم", "كلم", "ذهب", "دهب")}) == 6


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_fold_is_idempotent(text):
    once = folding.fold(text)
    assert folding.fold(once) == once


def test_names_sort_in_alphabetical_order():
    """Digits by value, alef forms together, the article passed over, Persian letters at home, Latin behind Arabic."""
    expected = [
        "3 أخبار", "12 خبرا", "٢٠٢٦", "آسيا", "إبراهيم", "أحمد", "احمد", "الأردن", "ألمانيا", "باريس", "پاكستان",
        "تونس", "الجزائر", "چاد", "خبر", "کتاب", "كتب", "گوگل", "ليبيا", "اليمن", "Akhbar", "école", "Zoom",
    ]  # fmt: skip
    shuffled = random.Random(7).sample(expected, len(expected))
    assert sorted(shuffled, key=collation.sort_key) == expected


ICU_ORDER = (Path(__file__).parent / "golden/order.txt").read_text("utf-8").split("\n")[:-1]
"""Names as ICU 72 sorts them for `ar`, their article taken off for the comparison."""


def test_letters_sort_as_in_icu() -> None:
    """A stored list, so that it holds where ICU is not installed."""
    assert len(ICU_ORDER) > 150
    shuffled = random.Random(5).sample(ICU_ORDER, len(ICU_ORDER))
    assert sorted(shuffled, key=collation.sort_key) == ICU_ORDER


def test_names_sort_as_in_the_installed_icu() -> None:
    """Every pair of the list, by the ICU at hand."""
    icu = pytest.importorskip("icu")
    collator = icu.Collator.createInstance(icu.Locale("ar"))
    bare = [name.removeprefix("ال") if not name.startswith("الله") else name for name in ICU_ORDER]
    assert all(collator.compare(one, other) <= 0 for one, other in itertools.combinations(bare, 2))


def test_letters_of_another_keyboard_sort_with_the_arabic_ones() -> None:
    """Here we leave ICU, which sets all Persian ک behind all ك: in an Arabic name it is the same letter."""
    assert sorted(["كمال", "کتاب", "كأس"], key=collation.sort_key) == ["كأس", "کتاب", "كمال"]


def test_article_counts_in_the_order_only_on_request():
    names = ["اليمن", "باريس"]
    assert sorted(names, key=collation.sort_key) == ["باريس", "اليمن"]
    assert sorted(names, key=lambda name: collation.sort_key(name, ignore_article=False)) == names


def test_shorter_word_sorts_first():
    assert sorted(["كأس العالم", "كأسان", "كأس"], key=collation.sort_key) == ["كأس", "كأس العالم", "كأسان"]


@given(st.lists(st.text(max_size=12), max_size=8))
@settings(max_examples=60, deadline=None)
def test_order_does_not_depend_on_the_input_order(names):
    """Keys of any texts compare, and only equal texts have equal keys."""
    assert sorted(names, key=collation.sort_key) == sorted(names, key=collation.sort_key)
