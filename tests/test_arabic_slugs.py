"""Slugs in the title's own letters."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.arabic import slugs


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("الجزائر: «قرار مهم» بعد 3 أيام…!", "الجزائر-قرار-مهم-بعد-3-أيام"),
        ("القُرْآنُ الكـــريم", "القرآن-الكريم"),
        ("كأس العالم ٢٠٢٦", "كأس-العالم-2026"),
        ("می\u200cخواهم", "میخواهم"),
        ("مدرسة إلى مدرسه", "مدرسة-إلى-مدرسه"),
        ("FIFA تعلن / النتائج", "fifa-تعلن-النتائج"),
        ("Économie & société", "économie-société"),
        ("snake_case--x", "snake-case-x"),
        ("İstanbul", "istanbul"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("«…»!", ""),
        ("", ""),
    ],
)
def test_recipe(title, expected):
    """Marks, tatweel and joiners fall out, digits become ASCII, all else separates; no letter is folded."""
    assert slugs.slugify(title) == expected


def test_a_long_title_is_cut_between_words():
    title = " ".join(["كلمة"] * 40)
    slug = slugs.slugify(title)
    assert len(slug.encode()) <= 120
    assert set(slug.split("-")) == {"كلمة"}
    assert slugs.slugify("ك" * 100, 21) == "ك" * 10


@given(st.text(st.sampled_from("ابةى ُـ٣-_ :«é") | st.characters(), max_size=60), st.sampled_from([12, 60, 120]))
@settings(max_examples=100, deadline=None)
def test_laws(text, limit):
    """Idempotent, within its bytes, NFC, no control, no hyphen at an end."""
    slug = slugs.slugify(text, limit)
    assert slugs.slugify(slug, limit) == slug
    assert len(slug.encode()) <= limit
    assert unicodedata.is_normalized("NFC", slug)
    assert not any(unicodedata.category(c).startswith(("C", "Z", "P")) and c != "-" for c in slug)
    assert slug == slug.strip("-")
    assert "--" not in slug


@pytest.mark.parametrize("slug", ["خبر-اليوم", "a", "2026", "fifa-تعلن", "x" * 200, "خ" * 100, "हिन्दी", "قُرآن"])
def test_what_an_editor_may_give(slug):
    assert slugs.SLUG.fullmatch(slug)


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "a--b", "a b", "a/b", "..", "a.b", "a_b", "x" * 201, "خ" * 101, "a\u202eb", "a\n", "a%20"]
)
def test_what_an_editor_may_not_give(slug):
    assert not slugs.SLUG.fullmatch(slug)


def test_a_title_without_letters_has_a_stable_slug():
    assert slugs.fallback("!!!") == slugs.fallback("!!!") != slugs.fallback("؟؟؟")
    assert slugs.SLUG.fullmatch(slugs.fallback("\ud800"))
