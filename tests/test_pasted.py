"""Advice on what a paste damaged, and on markup of other programs: what is said, and the word that was meant."""

from __future__ import annotations

import pytest

from digest.text.cleaning import clean, clean_body
from digest.text.spelling import proofread


def cures(text: str, *, markdown: bool = False) -> list[str]:
    found = proofread(text, arabic=True, markdown=markdown)
    return [str(finding.cure).replace("\u2068", "").replace("\u2069", "") for finding in found]


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("التجارة &amp; الصناعة", "write '&'"), ("قال &quot;نعم", "write '\"'"), ("الرياض &#8211; خبر", "write '–'"),
        ("قرأ ط§ظ„ط£ط®ط¨ط§ط± كلها", "write 'الأخبار'"), ("وقرأ Ø§Ù„Ø£Ø®Ø¨Ø§Ø± كلها", "write 'الأخبار'"),
        ("رأي 𝐁𝐫𝐞𝐚𝐤𝐢𝐧𝐠 هنا", "write 'Breaking'"), ("الوز\ufffdير قال", "type the word again"),
    ],
)  # fmt: skip
def test_damaged_word_in_field_is_named_with_the_word_meant(text: str, cure: str) -> None:
    assert cure in cures(text)


def test_entity_in_body_counts_only_where_it_is_escaped_twice() -> None:
    """Markdown undoes one of them."""
    assert cures("التجارة &amp; الصناعة", markdown=True) == []
    assert "write '&'" in cures("التجارة &amp;amp; الصناعة", markdown=True)


@pytest.mark.parametrize(
    "text",
    [
        "اقرؤوا (التقرير)[https://a.example/1] هنا", "اقرؤوا [التقرير] (https://a.example/2) هنا", "اقرؤوا [التقرير](https://a.example/3 هنا",
        "اقرؤوا [](https://a.example/4) هنا", "اقرؤوا ]التقرير[(https://a.example/5) هنا", "اقرؤوا [التقرير]() هنا", "اقرؤوا التقرير](https://a.example/6) هنا",
        "{{< youtube abc >}}", "{% include video.html %}", '[caption id="x"]صورة[/caption]', "[gallery]", '<iframe src="https://v.example/1"></iframe>',
        "<p>نص</p>", "خبر[^1]", "{: .class}", "::: warning", "==مهم==", "{++مضاف++}", "{--محذوف--}", "{~~قديم~>جديد~~}", "[TOC]", "- [ ] مهمة", ":smile: خبر",
    ],
)  # fmt: skip
def test_markup_that_readers_would_see_is_named(text: str) -> None:
    assert cures(text, markdown=True)


@pytest.mark.parametrize(
    "text",
    [
        "اقرؤوا [التقرير](https://a.example/1) هنا", "قال [رئيس الحكومة] أمس", "إذا a < b وc > d", "`{{ x }}`", "```\n<p>\n```",
        "الساعة 10:30: خبر", "الصيغة {س، ص}", "كتب «نعم» (لا)", "<https://a.example/1>", "![صورة](a.jpg)", "انظر [ميثاق\nالمرافئ](/politics/charter/) هنا", "من [[1] كذا](/a/)",
    ],
)  # fmt: skip
def test_text_without_such_markup_is_left_alone(text: str) -> None:
    assert cures(text, markdown=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "क्\u200dष", "ක්\u200dර", "می\u200cشود", "ᠠ\u180eᠡ",
        "ភាសា\u200bខ្មែរ", "👨\u200d👩\u200d👧", "❤\ufe0f",
    ],
)  # fmt: skip
def test_what_spelling_or_an_emoji_needs_is_kept(text: str) -> None:
    assert clean(text) == text
    assert clean_body(text) == text


@pytest.mark.parametrize("text", ["a\u200db", "x\U000e0067\U000e007f", "نص\u200bنص", "a\u034fb", "a\u180eb"])
def test_lone_invisible_character_is_taken_out(text: str) -> None:
    assert len(clean(text)) < len(text)


def test_bullet_of_a_word_processor_begins_an_item() -> None:
    """It is a letter of the font Symbol, in Unicode's private area."""
    assert clean_body("\uf0b7\tأول\n\uf0a7 ثان") == "•\tأول\n• ثان"
