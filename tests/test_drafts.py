"""Values of a story become a draft entry that the site's own check accepts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from digest.content import inbox_sources
from digest.content import settings as site_settings
from digest.curating import addresses, drafts
from digest.curating.drafts import Draft, Picture, Remark, Source
from digest.curating.taken import Taken

if TYPE_CHECKING:
    from conftest import LittleSite

NASTY = [
    "عنوان: فيه نقطتان",
    "--- عنوان",
    "{{ title }} {% raw %}",
    "\"quoted\" 'twice' \\ back \\n",
    "- item",
    "# comment",
    "@at &anchor *alias !tag | > % `",
    "null",
    "2026-11-20",
    "one\ntwo\r\n---\nthree: four",
    "bidi \u202eover\u202c and \u200bzero \u2028 line",
    "nul \x00 \x1b[31m red",
    "[a, b]: {c: d}",
    "قال: «هذا: خبر» # و---",
    "x" * 600,
]


def settings_of(site: LittleSite):
    settings, _, problems = site_settings.read((site.root / "site.yaml").read_bytes())
    assert settings
    assert not problems
    return settings


def draft(**changes) -> Draft:
    given = {
        "title": "خبر",
        "date": date(2026, 11, 20),
        "theme": "sport",
        "sources": (Source("مصدر", "https://news.example/a"),),
        "summary": "ملخص",
    }
    return Draft(**{**given, **changes})


def articles(site: LittleSite):
    """What the build reads, drafts too."""
    site.build(drafts=True)
    return site.text("sport/خبر/index.html")


def test_draft_when_written_is_an_entry_that_builds(site):
    written = draft(
        date=datetime(2026, 11, 20, 10, 30, tzinfo=timezone(timedelta(hours=1))),
        authors=("كاتبة", "كاتب"),
        dateline="الرباط",
    )
    path, _ = drafts.write(site.root, written, settings_of(site))
    assert path == site.root / "content/sport/2026-11-20-خبر.md"
    page = articles(site)
    for word in ("مصدر", "https://news.example/a", "كاتبة", "كاتب", "الرباط", "2026-11-20T10:30:00+01:00"):
        assert word in page
    site.build(strict=True)
    assert "sport/خبر/index.html" not in site.files()


@pytest.mark.parametrize("text", NASTY)
def test_text_when_it_looks_like_yaml_is_text_in_every_field(site, text):
    nasty = draft(
        title=text, summary=text, authors=(text, text + "x"), dateline=text, passages=(text,), text=text,
        sources=(Source(text, "https://news.example/a"), Source(text + "y")),
        picture=Picture("https://news.example/x.jpg\n---", text, text, text),
        remarks=(Remark("agency", {"name": text}),),
    )  # fmt: skip
    path, _ = drafts.write(site.root, nasty, settings_of(site))
    site.build(drafts=True)
    raw = path.read_text("utf-8")
    assert raw.startswith("---\n")
    assert raw.count("\ntitle: ") == 1
    assert raw.count("\ndraft: true\n---\n") == 1
    assert not set(raw) & set("\x00\x1b\u202e\u200b\u2028\r")


def test_draft_when_a_file_has_its_name_gets_the_next_one(site):
    settings = settings_of(site)
    paths = [drafts.write(site.root, draft(summary=str(number)), settings)[0] for number in range(3)]
    assert [path.name for path in paths] == ["2026-11-20-خبر.md", "2026-11-20-خبر-2.md", "2026-11-20-خبر-3.md"]
    assert ['summary: "0"' in paths[0].read_text("utf-8"), 'summary: "2"' in paths[2].read_text("utf-8")] == [
        True,
        True,
    ]
    site.build(drafts=True)


def test_draft_when_an_entry_of_another_day_has_its_slug_gets_another(site):
    site.entry("sport/2026-01-01-خبر")
    assert drafts.planned_path(site.root, draft(), settings_of(site)).name == "2026-11-20-خبر-2.md"


def test_draft_when_the_name_is_taken_meanwhile_never_overwrites(site, monkeypatch):
    settings = settings_of(site)
    first = site.root / "content/sport/2026-11-20-خبر.md"

    def stale(*_):
        yield first
        yield first.with_name("2026-11-20-خبر-2.md")

    monkeypatch.setattr(drafts, "candidates", stale)
    first.parent.mkdir()
    first.write_text("mine")
    path, _ = drafts.write(site.root, draft(), settings)
    assert path.name == "2026-11-20-خبر-2.md"
    assert first.read_text() == "mine"


def test_picture_is_written_beside_the_entry_under_its_name(site):
    written = draft(picture=Picture("https://news.example/p.jpg", "", "شرح", ""))
    path, named = drafts.write(site.root, written, settings_of(site), b"bytes", ".jpg")
    assert named.picture_file == "2026-11-20-خبر.jpg"
    assert path.with_suffix(".jpg").read_bytes() == b"bytes"
    text = path.read_text("utf-8")
    assert 'src: "2026-11-20-خبر.jpg"' in text
    assert "alt:  # صف ما في الصورة لمن لا يراها" in text
    assert "credit: # لا تذكر الصفحة صاحب الصورة" in text
    assert next(problem.partition(": ")[2] for problem in site.problems(drafts=True)).startswith(
        "the image has no alt text"
    )


@pytest.mark.parametrize(
    ("lang", "words"), [("ar", "اكتب جملة أو جملتين"), ("fr-MA", "écrivez une phrase"), ("de", "write a sentence")]
)
def test_comments_are_in_the_language_of_the_site(site, lang, words):
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8").replace("lang: ar", f"lang: {lang}"))
    path, _ = drafts.write(site.root, draft(summary="", lang="ar"), settings_of(site))
    text = path.read_text("utf-8")
    assert f"# summary: …  # {words}" in text
    assert ("\nlang: ar\n" in text) == (lang != "ar")


@pytest.mark.parametrize("lang", ["en", "ar", "fr"])
@pytest.mark.parametrize("code", drafts.REMARKS)
def test_every_remark_is_said_in_three_languages(code, lang):
    values = dict.fromkeys(("date", "url", "host", "word", "name", "declared", "actual", "path"), "«س»")
    said = Remark(code, values).said(lang)
    assert said
    assert "{" not in said


def test_quoted_passages_are_shown_as_they_are(site):
    written = draft(passages=("# قال *كثيرًا* <b>\n\n- ثم قال [هنا](x)", "1. ثانيًا"))
    drafts.write(site.root, written, settings_of(site))
    page = articles(site)
    assert page.count("<blockquote") == 2
    for shown in ("# قال *كثيرًا* &lt;b&gt;", "- ثم قال [هنا](x)", "1. ثانيًا"):
        assert shown in page


# ------------------------------------------------------------------ what is taken, and whose


def test_address_is_taken_by_the_entry_that_names_it_however_it_is_written(site):
    site.entry("sport/a", "source: {name: x, url: 'https://news.example/a,b?utm_source=y'}")
    site.entry(
        "sport/b",
        "source:\n  - {name: x, url: 'http://news.example/خبر/'}\n  - name: y\n    url: https://other.example/\ndraft: true",
    )
    site.put(
        "content/sport/c.yaml",
        'date: 2026-11-20\nentries:\n  - title: t\n    source: {name: z, url: "https://z.example/1"}\n',
    )
    site.entry("sport/d", "المصدر: {الاسم: ك, الرابط: https://k.example/2}")
    taken = Taken(site.root, settings_of(site))
    assert taken.entry_with("http://news.example/a,b") == "content/sport/a.md"
    assert taken.entry_with("https://news.example/%D8%AE%D8%A8%D8%B1?fbclid=1") == "content/sport/b.md"
    assert taken.entry_with("https://other.example") == "content/sport/b.md"
    assert taken.entry_with("https://z.example/1/") == "content/sport/c.yaml"
    assert taken.entry_with("https://k.example/2") == "content/sport/d.md"
    assert not taken.entry_with("https://news.example/a")
    assert not taken.entry_with("")


def test_address_in_a_text_or_a_comment_is_not_taken(site):
    site.entry("sport/a", "# https://news.example/c\nsummary: https://news.example/s", "https://news.example/t")
    taken = Taken(site.root, settings_of(site))
    assert not any(taken.entry_with(f"https://news.example/{letter}") for letter in "cst")


def test_source_of_an_address_is_found_by_host_then_by_domain():
    found = inbox_sources.read(
        b"inbox:\n"
        b"  - {name: one, url: https://feeds.one.example/x, theme: sport, timezone: Asia/Beirut}\n"
        b"  - {name: two, url: feeds/two.xml}\n"
        b"  - {name: three, url: https://a.three.example/, theme: sport}\n"
        b"  - {name: four, url: https://b.three.example/, theme: politics}\n"
        b"  - broken\n"
    )
    assert [source.name for source in found] == ["one", "two", "three", "four"]
    assert addresses.source_of(found, "https://www.one.example/y").timezone == "Asia/Beirut"
    assert addresses.source_of(found, "https://b.three.example/y").name == "four"
    assert addresses.source_of(found, "https://c.three.example/y") is None
    assert addresses.source_of(found, "no address") is None


def test_dates_are_days_or_moments(site):
    day, _ = drafts.write(site.root, draft(), settings_of(site))
    moment, _ = drafts.write(site.root, draft(date=datetime(2026, 11, 20, 9, tzinfo=UTC)), settings_of(site))
    assert "\ndate: 2026-11-20\n" in day.read_text("utf-8")
    assert "\ndate: 2026-11-20T09:00:00+00:00\n" in moment.read_text("utf-8")
