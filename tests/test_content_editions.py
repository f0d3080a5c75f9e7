"""Editions and standing pages: their keys in both languages, and what is refused."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from digest.content import editions, standalone_pages
from digest.content import settings as site
from digest.content.documents import ContentContext
from digest.problems import FSI, PDI

SITE = """\
title: موجز المساء
base_url: https://digest.example/
timezone: Africa/Tunis
themes: [{id: sport, title: رياضة}]
"""
SETTINGS, _, _ = site.read(SITE.encode())
PICTURES = frozenset({"content/editions/cover.jpg"})


def edition(text: str, path: str = "content/editions/2026-11-20.yaml"):
    assert SETTINGS is not None
    return editions.read(path, text.encode(), ContentContext.of(SETTINGS), PICTURES)


def page(text: str, path: str = "content/pages/about.md"):
    assert SETTINGS is not None
    return standalone_pages.read(path, text.encode(), ContentContext.of(SETTINGS), PICTURES)


def shown(problems) -> list[str]:
    return [str(problem).replace(FSI, "").replace(PDI, "") for problem in problems]


ENGLISH = """\
title: العدد الأول
date: 2026-11-20
introduction: |
  أهلًا *بكم*. هذا عددنا الأول.
summary: ما يستحق القراءة.
entries: [sport/final, content/sport/semi.md]
image: {src: cover.jpg, alt: غلاف}
slug: awwal
aliases: [/old/1/]
draft: true
"""
ARABIC = """\
العنوان: العدد الأول
التاريخ: 2026-11-20
المقدمة: |
  أهلًا *بكم*. هذا عددنا الأول.
الملخص: ما يستحق القراءة.
الأخبار: [sport/final, content/sport/semi.md]
الصورة: {الملف: cover.jpg, البديل: غلاف}
الرابط: awwal
روابط_قديمة: [/old/1/]
مسودة: نعم
"""


@pytest.mark.parametrize("text", [ENGLISH, ARABIC])
def test_edition_reads_every_key_in_both_languages(text: str):
    """Both languages give the same issue."""
    issue, problems = edition(text)
    assert problems == ()
    assert issue is not None
    assert (issue.id, issue.path, issue.url) == ("2026-11-20", "/editions/awwal/", "/editions/awwal/")
    assert issue.title.plain == "العدد الأول"
    assert issue.published == datetime(2026, 11, 20, tzinfo=ZoneInfo("Africa/Tunis"))
    assert "<em>بكم</em>" in issue.body
    assert issue.summary.plain == "ما يستحق القراءة."
    assert [pick for pick, _ in issue.picks] == ["sport/final", "sport/semi"]
    assert [place.line for _, place in issue.picks] == [6, 6]
    assert issue.image is not None
    assert issue.image.file == "content/editions/cover.jpg"
    assert [path for path, _ in issue.aliases] == ["/old/1/"]
    assert issue.draft


@pytest.mark.parametrize(
    ("path", "name", "url"),
    [
        ("content/editions/2026-11-20.yaml", "2026-11-20", "/editions/2026-11-20/"),
        ("content/editions/2026/47.yaml", "2026/47", "/editions/2026/47/"),
        ("content/editions/عدد 47.yaml", "عدد 47", "/editions/عدد-47/"),
    ],
)
def test_edition_without_slug_has_its_id_as_address(path: str, name: str, url: str):
    """The path under content/editions/ without the ending."""
    issue, problems = edition("title: أ\ndate: 2026-11-20\n", path)
    assert problems == ()
    assert issue is not None
    assert (issue.id, issue.path) == (name, url)


def test_edition_in_markdown_takes_the_text_as_introduction():
    """In a .md file the text is the introduction, and gives the summary where there is none."""
    issue, problems = edition("---\ntitle: أ\ndate: 2026-11-20\n---\nأهلًا بكم.\n", "content/editions/a.md")
    assert problems == ()
    assert issue is not None
    assert "أهلًا بكم." in issue.body
    assert issue.summary.plain == "أهلًا بكم."


def test_edition_in_markdown_without_text_takes_the_key_introduction():
    """With its line; `body` is the same key, so that one of the two is refused."""
    head = "---\ntitle: أ\ndate: 2026-11-20\nintroduction: أهلًا بكم.\n"
    issue, problems = edition(f"{head}---\n", "content/editions/a.md")
    assert problems == ()
    assert issue is not None
    assert "أهلًا بكم." in issue.body
    both = shown(edition(f"{head}body: مرحبًا.\n---\n", "content/editions/a.md")[1])
    assert both == [
        "content/editions/a.md:5:1: 'body' is given twice, first on line 4 as 'introduction'; keep one of them"
    ]
    below = shown(edition(f"{head}---\nنص.\n", "content/editions/a.md")[1])
    assert below == ["content/editions/a.md:4:1: 'introduction' and text below the front matter; keep one of them"]


def test_edition_in_markdown_without_front_matter_is_none():
    """With the reason."""
    issue, problems = edition("نص\n", "content/editions/a.md")
    assert issue is None
    assert [problem.message for problem in problems] == ["no front matter"]
    page_made, problems = page("نص\n")
    assert page_made is None
    assert [problem.message for problem in problems] == ["no front matter"]


EDITION_FAULTS = [
    ("title: أ\n", ("1:1: an edition without 'date'; add date: "
     "(ISO 8601 date or date-time; a future one is held back until then)")),
    ("title: أ\ndate: 2026-11-20\nentries: sport/final\n",
     "3:10: 'entries' must be a list, not text; write entries: [sport/2026-11-20-final]"),
    ("title: أ\ndate: 2026-11-20\nentris: []\n", "3:1: unknown key 'entris'; did you mean 'entries'?"),
    ("title: أ\ndate: 2026-11-20\nintroduction: أ\nbody: ب\n",
     "4:1: 'body' is given twice, first on line 3 as 'introduction'; keep one of them"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EDITION_FAULTS, ids=[fault[1][:40] for fault in EDITION_FAULTS])
def test_edition_when_faulty_gives_a_problem(text: str, expected: str):
    """Faults are named with their place and cure."""
    assert shown(edition(text)[1]) == [f"content/editions/2026-11-20.yaml:{expected}"]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: من نحن\nsummary: فريق صغير.\nupdated: 2026-11-01\nlang: ar\nslug: who\ndraft: true\n---\nنص.\n",
        "---\nالعنوان: من نحن\nالملخص: فريق صغير.\nالتحديث: 2026-11-01\nاللغة: ar\nالرابط: who\nمسودة: نعم\n---\nنص.\n",
    ],
)
def test_standalone_page_reads_every_key(text: str):
    """Both languages give the same page."""
    found, problems = page(text)
    assert problems == ()
    assert found is not None
    assert (found.id, found.path, found.title.plain, found.summary.plain) == ("about", "/who/", "من نحن", "فريق صغير.")
    assert found.updated is not None
    assert found.updated.iso.startswith("2026-11-01")
    assert found.draft
    assert "نص." in found.body


PAGE_FAULTS = [
    ("content/pages/sport.md", "", ("content/pages/sport.md: /sport/ is the address of the theme 'sport'; "
     "rename the file, or add slug:")),
    ("content/pages/about.md", "slug: tags\n",
     "content/pages/about.md:3:7: /tags/ is the address of one of the site's own pages; choose another slug"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "keys", "expected"), PAGE_FAULTS, ids=[fault[0] for fault in PAGE_FAULTS])
def test_standalone_page_refuses_an_address_of_the_site(path: str, keys: str, expected: str):
    """Themes and the site's own lists stand at the first level too."""
    assert shown(page(f"---\ntitle: أ\n{keys}---\nنص\n", path)[1]) == [expected]


def test_standalone_page_in_another_language_has_its_direction():
    """`lang` gives the text its direction."""
    found, problems = page("---\ntitle: About us\nlang: en\n---\nWe are few.\n")
    assert problems == ()
    assert found is not None
    assert (found.lang, found.title.dir) == ("en", "ltr")
