"""Advice on spelling: where it is given, where it keeps silent, and what it costs those who did not ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import SITE_YAML
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.content import spelling as content_spelling
from digest.text import spelling

if TYPE_CHECKING:
    from conftest import LittleSite

ISOLATES = re.compile("[\u2068\u2069]")


def found(text: str, *, arabic: bool = True, prose: bool = True) -> list[tuple[str, str]]:
    """(the text from the finding on, the cure), isolates left out."""
    return [
        (text[f.at :][:12], ISOLATES.sub("", str(f.cure))) for f in spelling.proofread(text, arabic=arabic, prose=prose)
    ]


@pytest.mark.parametrize(
    ("text", "at", "cure"),
    [
        # look-alikes of another alphabet
        ("شركة \u0410pple تعلن", "\u0410pple تعلن", "type the word again"),
        ("موقع g\u043e\u043egle.com", "g\u043e\u043egle.com", "type the word again"),
        ("وكالة REUT\u0395RS", "REUT\u0395RS", "type the word again"),
        # two scripts in one word
        ("أعلنت FIFAتعلن", "FIFAتعلن", "write 'FIFA تعلن'"),
        ("دواء الفولتارينVoltaren", "الفولتارينVo", "write 'الفولتارين Voltaren'"),
        # Persian letters and digits
        ("هذا کتاب جديد", "کتاب جديد", "write 'كتاب'"),
        ("ذهب علی عجل", "علی عجل", "write 'على' or 'علي'"),
        ("سنة ۱۹۹۹ كانت", "۱۹۹۹ كانت", "write '١٩٩٩'"),
        ("وأھمھا", "وأھمھا", "write 'وأهمها'"),
        # presentation forms
        ("قطاع اﻹعلام", "اﻹعلام", "write 'الإعلام'"),
        ("ﻓﻲ البيت", "ﻓﻲ البيت", "write 'في'"),
        # quotation marks
        ("قال «نعم ثم غادر", "«نعم ثم غادر", "add » or take « out"),
        ("قال نعم» ثم غادر", "» ثم غادر", "add « or take » out"),
        ('قال "نعم ثم غادر', '"نعم ثم غادر', "add its partner, or take it out"),
        ('قال "نعم" ثم "لا', '"لا', "add its partner, or take it out"),
        ('قال نعم" ثم "لا"', '" ثم "لا"', "add its partner, or take it out"),
        ("قال “نعم ثم غادر", "“نعم ثم غادر", "add its partner, or take it out"),
        # blanks
        ("وصل  الوفد", "  الوفد", "leave one"),
        # Latin signs
        ("وصل الوفد, ثم غادر", ", ثم غادر", "write ،"),
        ("وصل الوفد ,ثم غادر", ",ثم غادر", "write ،"),
        ("هل وصل الوفد?", "?", "write ؟"),
        ("وصل الوفد; ثم غادر", "; ثم غادر", "write ؛"),
    ],
)
def test_proofread_finds_mistakes(text: str, at: str, cure: str) -> None:
    """One finding, with its place and a cure that can be copied."""
    assert found(text) == [(at[:12], cure)]


@pytest.mark.parametrize(
    "text",
    [
        "أعلنت FIFA وFIFA والـFIFA وبالـGPS أن iPhone 18 وC++ متاحان في 2026",
        'قال «إن “القرار” نهائي» و"لا رجعة" فيه (انظر https://atlas.example/a,ب?c=d)',
        "الأطوال 5 μm و10 kΩ وزاوية β-carotene وπ",
        'شاشة 27" وأخرى 32" بسعر 1,250 درهما',
        "«الفقرة الأولى.\n\nوالفقرة الثانية.»",
        "كتـــاب مُشَكَّل، ﷺ وﷲ و﷼ ٢٠٢٦",
        "صدر عن گوگل في پاكستان وچاد",
        "| عمود  | آخر |\n|---|---|\n| أ  | ب |",
        'نص `a,  b` و\n\n```\nx,  y "\n```\n\nثم',
        "سعرها 3,5 و4,000 وصوت A, B ثم ب",
        "Only Latin, with \"quotes\" and commas, and 5' 10\".",
        "نهاية سطر بفراغين  \nسطر تال",
        "ه‍ و١٤٤٨ه‍ ول‍ W3C",
        'צה"ל ושב"כ',
    ],
)  # fmt: skip
def test_proofread_reports_nothing_in_correct_text(text: str) -> None:
    """Whatever a careful writer may have meant."""
    assert found(text) == []


def test_proofread_accepts_letters_of_other_languages() -> None:
    """Persian letters and Latin commas are advice in Arabic alone; alphabets and quotation marks everywhere."""
    assert found("خبر یک کتاب", arabic=False) == []
    assert found("Un mot, l'autre", arabic=False) == []
    assert found("Un «mot", arabic=False) == [("«mot", "add » or take « out")]
    assert found("A \u0420arty", arabic=False) == [("\u0420arty", "type the word again")]


def test_proofread_accepts_commas_in_a_list_of_names() -> None:
    """Commas part them; letters still matter."""
    assert found("أحمد, سلمى", prose=False) == []
    assert found("أحمد, کمال", prose=False) == [("کمال", "write 'كمال'")]


def test_proofread_reads_indented_arabic_as_text() -> None:
    """As on the page; a program is passed over."""
    assert found("    وصل  الوفد") == [("  الوفد", "leave one")]
    assert found("نص\n\n    x  = 1") == []


def test_proofread_finds_broken_markdown() -> None:
    """It stands on the page as typed."""
    made = spelling.proofread("##عنوان\n\nانظر [[ويكي]] و**نص ** هنا", arabic=True, markdown=True)
    assert [(finding.at, str(finding.cure)) for finding in made] == [
        (0, "add one"),
        (14, "write [words](address)"),
        (24, "write the blank outside the stars"),
    ]
    for text in (
        "## عنوان",
        "#وسم",
        "**أ** و**ب**، ** ج",
        "`[[أ]] ##`",
        "[[1]](https://a.example/)",
        "***أ*** ب **ج**",
    ):
        assert spelling.proofread(text, arabic=True, markdown=True) == []
    assert found("##عنوان [[ويكي]]") == []


@pytest.mark.parametrize(
    ("text", "at", "cure"),
    [
        ("> [!NOTE]\n> نص", 0, "take the word between [ ] out"),
        ("نص\n\nالفريق\tالنقاط\nالرجاء\t30", 4, "write | between the cells, and |---|---| under the first line"),
        ("قال و_مائل_ هنا", 4, "write * for slanted words"),
        ("نص\n\n```\nكود\n\nنص", 4, "write ``` below the code, or take this line out"),
        ("~~~\nأ\n```\nب", 0, "write ~~~ below the code, or take this line out"),
    ],
)
def test_markup_of_other_programs_is_named_with_what_to_write(text: str, at: int, cure: str) -> None:
    made = spelling.proofread(text, arabic=True, markdown=True)
    assert [(finding.at, str(finding.cure)) for finding in made] == [(at, cure)]


@pytest.mark.parametrize(
    "text",
    [
        "```\nأ\n```",
        "~~~\n```\n~~~",
        "نص `و_أ_ب`",
        "| أ\tب |\n| - | - |",
        "snake_case_name",
        "> [نص](/a/)",
        "وصل\tالوفد",
    ],
)
def test_markup_that_works_is_not_named(text: str) -> None:
    assert spelling.proofread(text, arabic=True, markdown=True) == []


@pytest.mark.parametrize("title", ["خبر **مهم** هنا", "خبر <b>مهم", "خبر [هنا](https://a.example/)"])
def test_markup_in_a_line_without_markup_is_noted(title: str) -> None:
    """A title shows it as typed; a source may be written as a link."""
    assert [cure for _, cure in found(title)] == ["write the words alone"]
    assert found(title, prose=False) == []
    assert found("5 * 3 ** 2 و[1] (أ) 3 < 4 > 2") == []


@given(st.text(st.sampled_from('ابکی ﻹ«»"“”,?;aБ ،\n`<>0٣۳') | st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_finding_has_an_index_within_the_text(text: str) -> None:
    """Whatever is typed, and in the order of the text."""
    places = [f.at for f in spelling.proofread(text, arabic=True)]
    assert places == sorted(places)
    assert all(0 <= at < len(text) for at in places)


ENTRY = """\
---
title: "وصل الوفد, ثم \\"غادر"
date: 2026-11-20
tags: [مدرسة, کتب]
summary: ملخص  قصير
image: {src: x.jpg, alt: 'ملعب, كبير'}
---

فقرة سليمة.

فقرة فيها کتاب و«قول.
"""


def test_note_has_line_column_and_cure() -> None:
    """In front matter as in the text; names in isolates, so that a terminal keeps the line together."""
    made = [str(problem) for problem in content_spelling.read("content/sport/a.md", ENTRY.encode(), "ar")]
    assert [ISOLATES.sub("", line) for line in made] == [
        "content/sport/a.md:2:18: a Latin , between Arabic words; write ،",
        'content/sport/a.md:2:23: " stand in pairs, and this one is alone; add its partner, or take it out',
        "content/sport/a.md:4:15: 'کتب' has the Persian letter U+06A9; write 'كتب'",
        "content/sport/a.md:5:14: 2 blanks between two words; leave one",
        "content/sport/a.md:6:31: a Latin , between Arabic words; write ،",
        "content/sport/a.md:11:11: 'کتاب' has the Persian letter U+06A9; write 'كتاب'",
        "content/sport/a.md:11:17: « opens a quotation that nothing closes; add » or take « out",
    ]
    assert {problem.level for problem in content_spelling.read("content/sport/a.md", ENTRY.encode(), "ar")} == {"note"}


def test_notes_follow_the_language_of_the_entry() -> None:
    """A Persian entry in an Arabic digest has Persian letters; each item of a round-up has its own language."""
    persian = ENTRY.replace("date:", "lang: fa\ndate:").encode()
    assert not any("Persian" in str(problem) for problem in content_spelling.read("content/sport/a.md", persian, "ar"))
    round_up = "date: 2026-11-20\nentries:\n  - title: خبر کوتاه\n    lang: fa\n  - title: خبر کبير\n    body: |\n      سطر.\n      سطر  ثان.\n"
    made = content_spelling.read("content/sport/b.yaml", round_up.encode(), "ar")
    assert [(problem.line, problem.column) for problem in made] == [(5, 16), (8, 10)]


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("content/editions/1.yaml", "title: عدد\nintroduction: |\n  وصل  الوفد\n", (3, 6)),
        ("content/editions/1.yaml", "العنوان: عدد\nالمقدمة: |\n  وصل  الوفد\n", (3, 6)),
        ("content/editions/1.yaml", "title: عدد\nintroduction: وصل  الوفد\n", (2, 18)),
        ("content/sport/a.md", "---\nimage:\n  credit: کتاب\n---\n", (3, 11)),
        ("content/sport/a.md", "---\nالصورة:\n  المصدر: کتاب\n---\n", (3, 11)),
        ("content/sport/a.md", "---\nالمصدر: کتاب\n---\n", (2, 9)),
        ("content/sport/a.md", "---\nالمصدر: [{الاسم: کتاب}]\n---\n", (2, 18)),
        ("content/pages/a.yaml", "النص: |\n  وصل  الوفد\n", (2, 6)),
    ],
)
def test_spelling_of_visible_keys_when_faulty_gives_a_note(path: str, text: str, place: tuple[int, int]) -> None:
    """The tables of keys say which they are, in either language; addresses and ids are none."""
    made = content_spelling.read(path, text.encode(), "ar")
    assert [(problem.line, problem.column) for problem in made] == [place]
    addresses = "---\nslug: کتاب\naliases: [/کتاب/]\nimage: {src: کتاب.jpg}\nedition: کتاب\n---\n"
    assert content_spelling.read("content/sport/a.md", addresses.encode(), "ar") == []


def test_each_kind_of_note_is_given_at_most_five_times_a_file() -> None:
    """The sixth says nothing new."""
    text = "---\ntitle: خبر\n---\n\n" + "کتاب\n\n" * 20 + "وصل  الوفد\n"
    made = content_spelling.read("content/a.md", text.encode(), "ar")
    assert len(made) == 6


def notes(site: LittleSite) -> list[str]:
    """What a check prints and lets pass."""
    report = site.build(output=None, strict=True)
    assert {problem.level for problem in report.advice} <= {"note"}
    return [ISOLATES.sub("", str(problem)) for problem in report.advice]


def test_spelling_notes_appear_only_on_request(site: LittleSite) -> None:
    """`check` has notes and passes; a build, strict or not, looks at nothing."""
    site.entry("sport/a", "title: وصل الوفد, ثم غادر")
    expected = "content/sport/a.md:2:17: a Latin , between Arabic words; write ،"
    assert site.build().advice == ()
    assert site.build(strict=True).advice == ()
    assert notes(site) == [expected]
    site.entry("sport/b", body="[خبر](/nowhere/)")
    assert site.problems(output=None, strict=True)[0] == expected
    assert not any("Latin" in line for line in site.problems(strict=True))
    site.entry("sport/b")
    site.entry("sport/a", "title: وصل الوفد، ثم غادر")
    assert notes(site) == []


def test_tags_and_sources_in_two_spellings_are_noted(site: LittleSite) -> None:
    """At the rarer spelling, naming the usual one; where each is as usual as the other nothing is preferred."""
    site.entry("sport/a", "tags: [مدرسة, عبد الله, تونس]\nsource: وكالة الأطلس")
    site.entry("sport/b", "tags: [مدرسة, عبد الله, تونسي]\nsource: وكالة الأطلس")
    site.entry("sport/c", "tags: [مدرسه, عبدالله, كره]\nsource: وكالة الاطلس")
    site.entry("sport/d", "tags: [كرة]")
    assert notes(site) == [
        "content/sport/c.md:2:8: the tag 'مدرسه' may be 'مدرسة' in another spelling; if so, write 'مدرسة', as 2 of your entries do",
        "content/sport/c.md:2:15: the tag 'عبدالله' may be 'عبد الله' in another spelling; if so, write 'عبد الله', as 2 of your entries do",
        "content/sport/c.md:2:24: the tags 'كره' and 'كرة' may be one; if so, write them alike",
        "content/sport/c.md:3:9: the source 'وكالة الاطلس' may be 'وكالة الأطلس' in another spelling; if so, write 'وكالة الأطلس', as 2 of your entries do",
    ]
    assert site.build().advice == ()


@pytest.mark.parametrize(
    "tags", ["C, C#, C++, .NET, NET", "المغرب, مغرب", "2026, 20-26, 20 26", "A/B, AB", "انتخاب, انتخابات", "5G, +5G"]
)
def test_tags_that_differ_in_more_than_spelling_are_not_noted(site: LittleSite, tags: str) -> None:
    """A sign, a digit, the article: each makes another name, with a page of its own."""
    site.entry("sport/a", f"tags: [{tags}]")
    assert notes(site) == []


def test_example_has_no_spelling_notes(site: LittleSite) -> None:
    """What `digest init` writes has nothing to be noted: it is checked by `test_example.py`; here, the fixture's own site."""
    site.put("site.yaml", SITE_YAML).entry("sport/a", "title: خبر سليم")
    assert notes(site) == []
