"""What an entry's file becomes: keys in both languages, defaults, dates, round-ups, pictures."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.content import entries
from digest.content import settings as site
from digest.content.documents import ContentContext
from digest.model import Article, Entry
from digest.text import cleaning

if TYPE_CHECKING:
    from digest.problems import Problem

SITE = """\
title: موجز المساء
base_url: https://digest.example/nashra/
lang: ar
timezone: Africa/Tunis
themes:
  - {id: sport, title: رياضة}
  - {id: economy, title: اقتصاد}
"""
PICTURES = frozenset({"content/sport/final.jpg", "content/shared/logo.png", "content/sport/كأس.png"})
TUNIS = ZoneInfo("Africa/Tunis")

SETTINGS, _, _ = site.read(SITE.encode())


def read(text: str | bytes, path: str = "content/sport/2026-11-20-final.md", pictures: frozenset[str] = PICTURES):
    assert SETTINGS is not None
    return entries.read(path, text if isinstance(text, bytes) else text.encode(), ContentContext.of(SETTINGS), pictures)


def article(text: str, path: str = "content/sport/2026-11-20-final.md") -> Article:
    articles, problems = read(text, path)
    assert problems == ()
    (only,) = articles
    return only


def entry(keys: str = "", body: str = "", path: str = "content/sport/2026-11-20-final.md") -> Entry:
    return article(f"---\ntitle: نهائي الكأس\ndate: 2026-11-20\n{keys}---\n{body}", path).entry


ENGLISH = """\
---
title: نهائي الكأس الليلة
date: 2026-11-20T21:00:00+02:00
theme: economy
source: {name: صحيفة الميناء, url: https://mina.example/final}
author: [سلمى العياري, Jean Roux]
dateline: سوسة – صحيفة الميناء
summary: مباراة منتظرة منذ عام.
image: {src: final.jpg, alt: ملعب مضاء, caption: الملعب قبل المباراة, credit: وكالة الساحل}
tags: [كأس, كرة القدم]
related: [sport/2026-11-19-semi, content/economy/tickets.md]
edition: 2026-11-21
lead: true
slug: nihai
aliases: [/old/final/, "%D9%82%D8%AF%D9%8A%D9%85"]
lang: ar
updated: 2026-11-21
draft: false
---
فقرة أولى.
"""

ARABIC = """\
---
العنوان: نهائي الكأس الليلة
التاريخ: ٢٠٢٦-١١-٢٠T٢١:٠٠:٠٠+٠٢:٠٠
المحور: economy
المصدر: {الاسم: صحيفة الميناء, الرابط: https://mina.example/final}
الكاتب: [سلمى العياري, Jean Roux]
المكان: سوسة – صحيفة الميناء
الملخص: مباراة منتظرة منذ عام.
الصورة: {الملف: final.jpg, البديل: ملعب مضاء, التعليق: الملعب قبل المباراة, المصدر: وكالة الساحل}
الوسوم: [كأس, كرة القدم]
ذات_صلة: [sport/2026-11-19-semi, content/economy/tickets.md]
العدد: 2026-11-21
بارز: نعم
الرابط: nihai
روابط_قديمة: [/old/final/, "%D9%82%D8%AF%D9%8A%D9%85"]
اللغة: ar
التحديث: 2026-11-21
مسودة: لا
---
فقرة أولى.
"""


def test_every_key_has_its_value():
    """Each key of an entry arrives where pages look for it."""
    made = article(ENGLISH)
    found = made.entry
    assert found.id == "sport/2026-11-20-final"
    assert (found.path, found.url) == ("/economy/nihai/", "/nashra/economy/nihai/")
    assert found.title.plain == "نهائي الكأس الليلة"
    assert found.published == datetime(2026, 11, 20, 20, 0, tzinfo=TUNIS)
    assert found.theme == "economy"
    (outlet,) = found.outlets
    assert (outlet.name.plain, outlet.url, outlet.host) == (
        "صحيفة الميناء",
        "https://mina.example/final",
        "mina.example",
    )
    assert [author.plain for author in made.entry.authors] == ["سلمى العياري", "Jean Roux"]
    assert [author.dir for author in made.entry.authors] == ["rtl", "ltr"]
    assert made.story.dateline is not None
    assert made.story.dateline.plain == "سوسة – صحيفة الميناء"
    assert found.summary.plain == "مباراة منتظرة منذ عام."
    assert made.story.standfirst == made.entry.summary
    assert found.image is not None
    assert found.image.file == "content/sport/final.jpg"
    assert found.image.alt == "ملعب مضاء"
    assert (str(found.image.caption), str(found.image.credit)) == ("الملعب قبل المباراة", "وكالة الساحل")
    assert [tag.name.plain for tag in found.tags] == ["كأس", "كرة القدم"]
    assert found.pins == ("sport/2026-11-19-semi", "economy/tickets")
    assert [place.line for place in found.pin_places] == [11, 11]
    assert found.edition == "2026-11-21"
    assert found.lead
    assert [path for path, _ in found.aliases] == ["/old/final/", "/قديم"]
    assert found.lang == ""
    assert found.updated == datetime(2026, 11, 21, tzinfo=TUNIS)
    assert not found.draft
    assert "فقرة أولى." in made.story.body


def test_text_keys_say_the_same_as_english_ones():
    """An entry written in Arabic keys is the same value as its English twin."""

    def comparable(made: Article) -> dict[str, object]:
        places = {"pin_places", "aliases", "image", "edition_place"}
        return {name: getattr(made.entry, name) for name in Entry.__slots__ if name not in places} | {
            "authors": made.entry.authors,
            "dateline": made.story.dateline,
            "body": made.story.body,
            "image": str(made.entry.image.file if made.entry.image else ""),
            "caption": made.entry.image.caption if made.entry.image else None,
            "aliases": [path for path, _ in made.entry.aliases],
        }

    assert comparable(article(ARABIC)) == comparable(article(ENGLISH))


def test_every_key_has_two_spellings():
    """No key lacks an Arabic name, and no spelling means two keys."""
    spellings = [spelling for key in entries.KEYS for spelling in (key.name, key.arabic)]
    assert len(spellings) == len(set(spellings))


def test_entry_without_optional_keys_has_defaults():
    """Theme from the folder, slug from the name without its date, summary from the text, everything else empty."""
    made = article("---\ntitle: نهائي الكأس\ndate: 2026-11-20\n---\nانتهت المباراة. ثم خرج الجمهور.\n")
    found = made.entry
    assert (found.theme, found.path) == ("sport", "/sport/final/")
    assert found.summary.plain.startswith("انتهت المباراة.")
    assert made.story.standfirst is None
    assert found.pins is None
    assert (found.outlets, found.tags, found.aliases, found.image) == ((), (), (), None)
    assert not found.draft
    assert not found.lead
    assert made.story.minutes == 0


@pytest.mark.parametrize("written", ["summary:", "summary: ~", "الملخص:"])
def test_key_without_a_value_counts_as_absent(written: str):
    """A template's empty keys do no harm."""
    assert entry(written + "\n", "نص.\n").summary.plain == "نص."


DATES = [
    ("2026-11-20", datetime(2026, 11, 20, tzinfo=TUNIS)),
    ("'2026-11-20'", datetime(2026, 11, 20, tzinfo=TUNIS)),
    ("٢٠٢٦-١١-٢٠", datetime(2026, 11, 20, tzinfo=TUNIS)),
    ("2026-11-20T10:30", datetime(2026, 11, 20, 10, 30, tzinfo=TUNIS)),
    ("2026-11-20 10:30:05", datetime(2026, 11, 20, 10, 30, 5, tzinfo=TUNIS)),
    ("2026-11-20T10:30:05.125Z", datetime(2026, 11, 20, 11, 30, 5, tzinfo=TUNIS)),
    ("2026-11-20T10:30:00+0300", datetime(2026, 11, 20, 8, 30, tzinfo=TUNIS)),
    ("2026-11-20 10:30 -05:00", datetime(2026, 11, 20, 16, 30, tzinfo=TUNIS)),
]


@pytest.mark.parametrize(("written", "expected"), DATES, ids=[written for written, _ in DATES])
def test_date_without_zone_is_read_in_the_sites_zone(written: str, expected: datetime):
    """ISO dates and date-times; without a zone they mean the site's, with one they are converted to it."""
    published = article(f"---\ntitle: أ\ndate: {written}\n---\n").entry.published
    assert published == expected
    assert published.tzinfo == TUNIS


def test_hour_is_shown_for_a_date_time_only():
    """A day alone has no hour to show."""
    with_time = article("---\ntitle: أ\ndate: 2026-11-20T10:30\n---\n").entry.moment
    assert with_time.time != ""
    assert entry().moment.time == ""


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("content/sport/2026-11-20-final.md", "final"),
        ("content/sport/final.md", "final"),
        ("content/sport/2026/الكأس.yaml", "الكأس"),
        ("content/sport/2026-11-20.md", "2026-11-20"),
        ("content/sport/2026-11-20_Cup Final.md", "cup-final"),
    ],
)
def test_slug_by_default_is_the_file_name_without_its_date(path: str, slug: str):
    """The last part of the URL, where the entry gives none."""
    text = "title: أ\ndate: 2026-11-20\n"
    assert article(text if path.endswith(".yaml") else f"---\n{text}---\n", path).entry.path == f"/sport/{slug}/"


def test_id_of_a_decomposed_file_name_is_composed():
    """A file system that decomposes أ makes no other id."""
    assert entry(path="content/sport/\u0627\u0654حمد.md").id == "sport/أحمد"


def test_source_reads_a_name_a_mapping_or_a_list():
    """A bare name, a mapping, or a list of both."""
    assert [o.name.plain for o in entry("source: صحيفة الميناء\n").outlets] == ["صحيفة الميناء"]
    both = entry("source: [صحيفة الميناء, {name: وكالة الساحل, url: https://sahel.example}]\n").outlets
    assert [(o.name.plain, o.url) for o in both] == [("صحيفة الميناء", ""), ("وكالة الساحل", "https://sahel.example/")]


def test_source_address_with_direction_marks_encodes_them():
    """Some outlets' own paths hold an invisible mark: it stays, percent-encoded."""
    (outlet,) = entry('source: {name: أ, url: "https://x.example/a\u200e/b\u200f"}\n').outlets
    assert outlet.url == "https://x.example/a%E2%80%8E/b"


def test_tags_in_one_text_split_at_commas():
    """An Arabic or Latin comma separates tags; one slug is one tag."""
    tags = entry("tags: كأس، كرة القدم, كأس،\n").tags
    assert [tag.name.plain for tag in tags] == ["كأس", "كرة القدم"]


def test_tags_typed_as_on_social_networks_are_words():
    tags = entry("tags: '#كأس_العالم، #المغرب، C#، أ_ب، #'\n").tags
    assert [tag.name.plain for tag in tags] == ["كأس العالم", "المغرب", "C#", "أ_ب", "#"]


def test_related_as_empty_list_means_none():
    """`related: []` is not the same as no key."""
    assert entry("related: []\n").pins == ()
    assert entry().pins is None


def test_entry_in_another_language_has_its_direction():
    """`lang: fr` is kept where it differs from the site's, and gives the title its direction."""
    found = article("---\ntitle: La finale ce soir\ndate: 2026-11-20\nlang: fr\n---\nBonsoir.\n").entry
    assert found.lang == "fr"
    assert (found.title.dir, found.title.lang) == ("ltr", "fr")


@pytest.mark.parametrize(
    ("src", "file"),
    [
        ("final.jpg", "content/sport/final.jpg"),
        ("./final.jpg", "content/sport/final.jpg"),
        ("../shared/logo.png", "content/shared/logo.png"),
        ("shared/logo.png", "content/shared/logo.png"),
        ("/shared/logo.png", "content/shared/logo.png"),
        ("content/shared/logo.png", "content/shared/logo.png"),
        ("\u0643\u0623\u0633.png", "content/sport/كأس.png"),
        ("\u0643\u0627\u0654\u0633.png", "content/sport/كأس.png"),
    ],
)
def test_image_is_found_beside_the_entry_before_content(src: str, file: str):
    """Names are compared composed; the file keeps its name on disk."""
    image = entry(f'image: {{src: "{src}", alt: ""}}\n').image
    assert image is not None
    assert (image.file, image.alt) == (file, "")


def test_images_and_links_of_a_text_carry_their_lines():
    """What the text refers to is looked up later, and blamed on its own line."""
    found = entry(body='\nأول.\n\n![ملعب](final.jpg "قبل المباراة")\n\n[خبر](/sport/semi/)\n')
    (picture,) = found.images
    assert (picture.file, picture.alt, str(picture.caption), picture.place.line) == (
        "content/sport/final.jpg",
        "ملعب",
        "قبل المباراة",
        8,
    )
    ((path, place),) = found.links
    assert (path, place.line) == ("/sport/semi/", 10)


def test_yaml_entry_reads_its_text_from_body():
    """The same keys, the text as a block; its problems have the file's lines."""
    path = "content/sport/final.yaml"
    text = "title: أ\ndate: 2026-11-20\nbody: |\n  فقرة *أولى*.\n\n  ![](gone.png)\n"
    articles, problems = read(text, path)
    assert "<em>أولى</em>" in articles[0].story.body
    assert [problem.line for problem in problems] == [6]


ROUND_UP = """\
date: 2026-11-20
source: صحيفة الميناء
tags: [روابط]
entries:
  - title: خبر أول
    body: نص *أول*.
  - title: خبر ثان
    date: 2026-11-19
    source: {name: وكالة الساحل, url: https://sahel.example/2}
  - title: خبر ثالث
    slug: thalith
    theme: economy
"""


def test_round_up_gives_several_entries():
    """Each item is an entry of its own; what stands above them holds for those without."""
    articles, problems = read(ROUND_UP, "content/sport/links.yaml")
    assert problems == ()
    found = [made.entry for made in articles]
    assert [e.id for e in found] == ["sport/links/خبر-أول", "sport/links/خبر-ثان", "sport/links/thalith"]
    assert [e.path for e in found] == ["/sport/خبر-أول/", "/sport/خبر-ثان/", "/economy/thalith/"]
    assert [e.published.day for e in found] == [20, 19, 20]
    assert [e.outlets[0].name.plain for e in found] == ["صحيفة الميناء", "وكالة الساحل", "صحيفة الميناء"]
    assert all(e.tags[0].name.plain == "روابط" for e in found)
    assert [e.place.line for e in found] == [5, 7, 10]


def test_round_up_reads_arabic_keys():
    """`الأخبار` is `entries`."""
    articles, problems = read("التاريخ: 2026-11-20\nالأخبار:\n- العنوان: خبر\n", "content/sport/links.yml")
    assert problems == ()
    assert articles[0].entry.id == "sport/links/خبر"


ROUND_UP_FAULTS = [
    (
        "date: 2026-11-20\nentries:\n- title: خبر\n- title: خبر\n",
        ["4:3: slug 'خبر' is also that of the entry on line 3; give this one a slug: of its own"],
    ),
    ("entries:\n- title: خبر\n", ["2:3: an entry without 'date'; add date: here, or once above entries:"]),
    (
        "date: 2026-11-20\nentries:\n- slug: x\n",
        ["3:3: an entry of a round-up without 'title'; add title: (the headline)"],
    ),
    (
        "date: 2026-11-20\nentries: خبر\n",
        ["2:10: 'entries' must be a list, not text; write a list: - title: …"],
    ),
    (
        "date: 2026-11-20\nentries:\n- خبر\n",
        ["3:3: each item of 'entries' must be keys and values, not text; write - title: …"],
    ),
    (
        "date: 20/11/2026\nentries:\n- title: أ\n- title: ب\n",
        ["1:7: 'date': '20/11/2026' is not an ISO 8601 date; write 2026-11-20"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), ROUND_UP_FAULTS, ids=[fault[1][0][:50] for fault in ROUND_UP_FAULTS])
def test_round_up_when_faulty_gives_problems(text: str, expected: list[str]):
    """Faults of a round-up are named once, at the item or the shared key."""
    shown = [f"{p.line}:{p.column}: {plain(p)}" for p in read(text, "content/sport/links.yaml")[1]]
    assert shown == expected


def plain(problem: Problem) -> str:
    return f"{problem.message}; {problem.cure}".replace("\u2068", "").replace("\u2069", "")


def test_entry_when_faulty_keeps_its_id():
    """An entry with a wrong date comes out all the same, so that a pin to it is not called missing as well."""
    articles, problems = read("---\ntitle: أ\ndate: yesterday\n---\n")
    assert len(problems) == 1
    assert articles[0].entry.id == "sport/2026-11-20-final"


@pytest.mark.parametrize("ending", ["\n---\n", "\n---", "\n...\n", "\n---  \n"])
def test_front_matter_at_the_end_of_a_file_is_accepted(ending: str):
    """An entry may be nothing but its front matter."""
    assert article(f"---\ntitle: أ\ndate: 2026-11-20{ending}").story.body == ""


def test_dashes_inside_a_text_do_not_end_front_matter():
    """Only the first closing line counts."""
    assert "بعد" in article("---\ntitle: أ\ndate: 2026-11-20\n---\nقبل\n\n---\n\nبعد\n").story.body


def test_direction_overrides_give_advice_and_do_not_stop_a_build():
    """What is taken out of a text is told, not punished."""
    problems = read('---\ntitle: "أ\u202e"\ndate: 2026-11-20\n---\nنص \u202eب\n')[1]
    assert [(problem.line, problem.level) for problem in problems] == [(2, "advice"), (5, "advice")]


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_title_of_any_characters_is_cleaned(title: str):
    """Whatever a quoted title holds, it arrives as the cleaned text, or is refused for what it holds."""
    title = re.sub("[\n\r\x85\u2028\u2029]", " ", title)
    quoted = title.replace("'", "''")
    articles, problems = read(f"---\ntitle: 'أ{quoted}ب'\ndate: 2026-11-20\n---\n")
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        assert all("control character" in problem.message for problem in errors)
    else:
        wanted = cleaning.clean(f"أ{title}ب")
        assert articles[0].entry.title.plain == wanted
