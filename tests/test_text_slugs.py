"""Slugs in the title's own letters."""

import unicodedata

import pytest
from conftest import LittleSite
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text import slugs, transliteration


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
def test_slugify_gives_letters_digits_and_hyphens(title, expected):
    """Marks, tatweel and joiners fall out, digits become ASCII, all else separates; no letter is folded."""
    assert slugs.slugify(title) == expected


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C", "c"), ("C++", "c-plus-plus"), ("C#", "c-sharp"), ("Canal+", "canal-plus"), ("+7", "7"), ("con", "n-con"), ("COM¹", "n-com¹"),
        ("日︬ ︬日", "日-日"), ("ὔ", "ὔ"),
    ],
)  # fmt: skip
def test_name_with_signs_has_a_distinct_slug(name, slug):
    """Tags and outlets: three languages are three, and none is a device of Windows; folded letters stay composed."""
    assert slugs.name_slug(name) == slug
    assert slugs.SLUG.fullmatch(slugs.name_slug(name))


def test_long_slug_is_cut_between_words():
    title = " ".join(["كلمة"] * 40)
    slug = slugs.slugify(title)
    assert len(slug.encode()) <= 120
    assert set(slug.split("-")) == {"كلمة"}
    assert slugs.slugify("ك" * 100, 21) == "ك" * 10


@pytest.mark.parametrize(
    ("title", "limit", "slug"),
    [
        ("ك" * 60, 120, "ك" * 60),
        ("ك" * 61, 120, "ك" * 60),
        ("ك" * 100, 120, "ك" * 60),
        ("ࢠ" * 59, 120, "ࢠ" * 40),
        ("a" * 120, 120, "a" * 120),
        ("a" * 121, 120, "a" * 120),
        ("ab cde", 6, "ab-cde"),
        ("ab cde", 5, "ab"),
        ("ab cd ef", 5, "ab-cd"),
        ("ab cd ef", 6, "ab-cd"),
    ],
)
def test_slug_is_cut_at_the_limit_of_bytes(title, limit, slug):
    """Two or three bytes a letter; a word that just fits stays whole. 120 are taken unless another number is asked for."""
    assert slugs.slugify(title, limit) == slug
    assert limit != 120 or slugs.slugify(title) == slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("\u1100\u200b\u1161", "가"),
        ("漢。字", "漢-字"),
        ("漢①字", "漢-字"),
        ("漢字٣", "漢字3"),
        ("漢字१", "漢字१"),
        ("漢\u3000字", "漢-字"),
    ],
)
def test_slugify_keeps_rare_letters_and_separates_at_rare_signs(title, slug):
    """Parts of a letter that something invisible held apart are one letter again."""
    assert slugs.slugify(title) == slug


@pytest.mark.parametrize("letters", ["arabic", "latin"])
def test_signs_of_a_name_are_spelled_out_by_every_slugs_setting(letters):
    """But where an address holds no word: there C++ is a fingerprint of its own, as it was written."""
    assert slugs.name_slug("C++", letters) == "c-plus-plus"
    assert slugs.name_slug("C++", "id") == slugs.fallback("C++")
    assert slugs.name_slug("C#", "id") == slugs.fallback("C#") != slugs.name_slug("C", "id")


@given(st.text(st.sampled_from("ابةى ُـ٣-_ :«é") | st.characters(), max_size=60), st.sampled_from([12, 60, 120]))
@settings(max_examples=100, deadline=None)
def test_slugify_is_idempotent_and_within_limits(text, limit):
    """Idempotent, within its bytes, NFC, no control, no hyphen at an end."""
    slug = slugs.slugify(text, limit)
    assert slugs.slugify(slug, limit) == slug
    assert len(slug.encode()) <= limit
    assert unicodedata.is_normalized("NFC", slug)
    assert not any(unicodedata.category(c).startswith(("C", "Z", "P")) and c != "-" for c in slug)
    assert slug == slug.strip("-")
    assert "--" not in slug


@pytest.mark.parametrize("slug", ["خبر-اليوم", "a", "2026", "fifa-تعلن", "x" * 200, "خ" * 100, "हिन्दी", "قُرآن"])
def test_valid_slugs_match(slug):
    assert slugs.SLUG.fullmatch(slug)


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "a--b", "a b", "a/b", "..", "a.b", "a_b", "x" * 201, "خ" * 101, "a\u202eb", "a\n", "a%20"]
)
def test_invalid_slugs_do_not_match(slug):
    assert not slugs.SLUG.fullmatch(slug)


def test_title_without_letters_has_a_stable_slug():
    assert slugs.fallback("!!!") == slugs.fallback("!!!") != slugs.fallback("؟؟؟")
    assert slugs.SLUG.fullmatch(slugs.fallback("\ud800"))
    assert len(slugs.fallback("!!!")) == len("n-") + 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("الجزائر: قرار جديد!", "al-jazair-qarar-jadid"),
        ("وزير مجلس محمد شمس مدينة", "wazir-majlas-mahmad-shams-madina"),
        ("كأس العالم ٢٠٢٦ FIFA", "kas-al-alam-2026-fifa"),
        ("القُرْآنُ الكـــريم", "al-qaran-al-karim"),
        ("مسؤول شؤون", "masul-shun"),
        ("یوم خانه گزارش", "yum-khane-gazarash"),
        ("پاکستان کی خبریں", "pakastan-ki-khabrin"),
        ("ירושלים חדשות", "yaroshalim-chadshot"),
        ("L’Économie œuvre Straße", "l-economie-oeuvre-strasse"),
        ("Already Latin 3.5", "already-latin-3-5"),
    ],
)
def test_latin_writes_words_as_pronounced(text, expected):
    """Vowels that are not written are set where a syllable needs one; the article stands apart."""
    assert slugs.make_slug(text, "latin") == expected


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_latin_slug_is_ascii_and_never_empty(text):
    """Whatever the script: a fingerprint where nothing can be spelled."""
    slug = slugs.make_slug(text, "latin")
    assert slug.isascii()
    assert slugs.SLUG.fullmatch(slug)
    assert transliteration.latin(text).isascii()


@given(st.text(st.characters(max_codepoint=0x8FF), max_size=60), st.sampled_from(slugs.SLUGS))
@settings(max_examples=200, deadline=None)
def test_made_slug_is_never_empty_and_always_valid(text, letters):
    slug = slugs.make_slug(text, letters)
    assert slugs.SLUG.fullmatch(slug), (text, slug)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("arabic", ["sport/خبر-عن-البحر", "sport/الموجة-الأولى", "tags/كأس-العالم", "sources/وكالة-الأطلس"]),
        ("latin", ["sport/khabr-an-al-bahr", "sport/al-muja-al-aula", "tags/kas-al-alam", "sources/wakala-al-atlas"]),
    ],
)
def test_slugs_setting_decides_the_letters_of_addresses(site: LittleSite, letters: str, expected: list[str]) -> None:
    """Entries by their file's name or, in a round-up, their title; tags and sources; an explicit slug stands as it is."""
    three = fill(site, letters)
    pages = {path.removesuffix("/index.html") for path in three}
    assert set(expected) <= pages
    assert "sport/own-slug" in pages


def test_addresses_by_id_hold_no_words(site: LittleSite) -> None:
    """They stay when a title changes, and are short in any mail; two files of one name in two folders do not meet."""
    before = {path for path in fill(site, "id") if path.startswith("sport/n-")}
    assert len(before) == 3
    site.entry("sport/2026-11-20-خبر-عن-البحر", "title: عنوان آخر تماما")
    site.build()
    assert {path for path in site.files() if path.startswith("sport/n-")} == before


def fill(site: LittleSite, letters: str) -> dict[str, bytes]:
    """A site with these letters, built."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + f"slugs: {letters}\n")
    site.entry("sport/2026-11-20-خبر-عن-البحر", "tags: [كأس العالم]\nsource: وكالة الأطلس")
    site.entry("sport/2026-11-21-خبر-عن-البحر", "slug: own-slug")
    site.entry("politics/x/2026-11-20-خبر-عن-البحر", "theme: sport\nslug: other")
    site.put(
        "content/sport/brief.yaml",
        "date: 2026-11-19\nentries:\n  - {title: الموجة الأولى}\n  - {title: الموجة الثانية}\n",
    )
    site.build()
    return site.files()
