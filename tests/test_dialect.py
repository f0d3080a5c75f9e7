"""What Arabic writers mean by their Markdown is done, where CommonMark reads something else."""

from __future__ import annotations

import pytest

from digest.content import markdown


def html(source: str) -> str:
    return markdown.render(source, base="rtl", base_path="/").html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("الاتحاد و**«النهضة»** قال", "الاتحاد و<strong>«النهضة»</strong> قال"),
        ('قال ال**"حزب"** كلمته', 'قال ال<strong>"حزب"</strong> كلمته'),
        ("هذا **«تصريح»**هم", "هذا <strong>«تصريح»</strong>هم"),
        ("وقال و__غامق__ هنا", "وقال و<strong>غامق</strong> هنا"),
        ("بـ**(الأول)** كذا", "بـ<strong>(الأول)</strong> كذا"),
        ("و*«مائل»*", "و<em>«مائل»</em>"),
        ("كتاب__هم__", "كتاب__هم__"),
        ("#اليوم_العالمي_للغة", "#اليوم_العالمي_للغة"),
        ("5*3*2 متر", "5*3*2 متر"),
    ],
)
def test_emphasis_beside_arabic_words(written: str, shown: str) -> None:
    """Particles are written on to the word that follows, pronouns on to the one before."""
    assert html(written) == f"<p>{shown}</p>"


@pytest.mark.parametrize("code", ["*100*1#", "*858*10*20#", "**21*0600000000#", "*#06#", "*١٠٠#"])
def test_dial_code_keeps_its_stars(code: str) -> None:
    made = html(f"اطلب {code} ثم {code} من هاتفك")
    assert made.count(code) == 2
    assert "<em>" not in made


@pytest.mark.parametrize(
    "lines",
    [
        "١. أولا\n٢. ثانيا\n٣. ثالثا", "۱. اول\n۲. دوم\n۳. سوم", "1- أولا\n2- ثانيا\n3- ثالثا", "١- أولا\n٢- ثانيا\n٣- ثالثا",
        "1-أولا\n2-ثانيا\n3-ثالثا", "١) أولا\n٢) ثانيا\n٣) ثالثا", "1.أولا\n2.ثانيا\n3.ثالثا", "1 - أولا\n2 - ثانيا\n3 - ثالثا",
    ],
)  # fmt: skip
def test_numbered_lines_are_a_list(lines: str) -> None:
    made = html(f"الشروط:\n\n{lines}")
    assert made.count("<li>") == 3
    assert "<ol>" in made


@pytest.mark.parametrize("sign", ["• ", "•\t", "o\t", "§\t", "▪ ", "●", "– ", "🔹 ", "أ- ", "(1) "])
def test_lines_with_a_sign_of_their_own_stay_lines(sign: str) -> None:
    """As word processors and chat programs write lists."""
    made = html(f"{sign}خبر أول\n{sign}خبر ثان")
    assert made.count("<li>") == 2 or "<br>" in made


@pytest.mark.parametrize("text", ["2026- عام جديد", "10-15 شخصا\n\nنص", "3- صفر", "– قال", "2.5 مليون\n3.5 مليون"])
def test_text_that_is_no_list_stays(text: str) -> None:
    assert "<li>" not in html(text)


def test_dashes_under_a_paragraph_are_a_rule() -> None:
    """The manual says so; CommonMark would make the last sentence a heading."""
    assert html("انتهى الخبر.\n---\nالمصدر: وكالات") == "<p>انتهى الخبر.</p>\n<hr>\n<p>المصدر: وكالات</p>"
    assert html("عنوان\n===\nنص") == '<h2 id="عنوان">عنوان</h2>\n<p>نص</p>'


def test_a_footnote_of_other_programs_stays_text() -> None:
    """One of a single word is an address to CommonMark, and its text would be lost."""
    assert html("نص[^1]\n\n[^1]: حاشية") == "<p>نص[^1]</p>\n<p>[^1]: حاشية</p>"
    assert "<a " in html("[هنا][1]\n\n[1]: https://a.example/")


def test_br_is_a_line_break() -> None:
    assert html("سطر<br>سطر<BR />سطر") == "<p>سطر<br>\nسطر<br>\nسطر</p>"


def test_words_joined_by_no_break_spaces_part() -> None:
    """A paste joins all of them; a writer joins a few."""
    assert html("رئيس\u00a0الحكومة\u00a0يزور\u00a0المرفأ") == "<p>رئيس الحكومة يزور المرفأ</p>"
    assert "\u00a0" in html("زار رئيس الحكومة 5\u00a0مدن و3\u00a0قرى اليوم")


def test_code_is_left_alone() -> None:
    assert "1- أ" in html("```\n1- أ\n2- ب\n```")
