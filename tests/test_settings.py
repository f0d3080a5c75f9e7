"""`site.yaml`: every key, its Arabic name, its default, and what is refused."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.content import settings as site
from digest.content.fields import Table, Value
from digest.problems import FSI, PDI

if TYPE_CHECKING:
    from digest.content.settings import Settings

OFFERED = [value.table if isinstance(value, Value) else value for value in vars(site).values()]
TABLES = list(dict.fromkeys(table for table in OFFERED if isinstance(table, Table)))
BASE = "title: موجز المساء\nbase_url: https://digest.example/\nthemes: [{id: sport, title: رياضة}]\n"


def read(text: str) -> Settings:
    settings, _, problems = site.read(text.encode())
    assert problems == ()
    assert settings is not None
    return settings


def messages(text: str) -> list[str]:
    return [str(problem).replace(FSI, "").replace(PDI, "") for problem in site.read(text.encode())[2]]


def test_settings_of_three_keys_have_defaults():
    """Title, address and themes are needed; all else has a sensible default."""
    settings = read(BASE)
    assert settings.title.plain == settings.publisher == "موجز المساء"
    assert (settings.lang, settings.dir, settings.timezone) == ("ar", "rtl", "UTC")
    assert (settings.base_url, settings.base_path) == ("https://digest.example/", "/")
    assert settings.permalink == "/{theme}/{slug}/"
    assert settings.related == site.RelatedSettings(5, 14, 13, True, site.TermWeights(5, 2, 1, 8, 0))
    assert (settings.feeds.count, settings.feeds.content) == (30, "summary")
    assert (settings.blocks.latest, settings.blocks.theme, settings.blocks.most_read, settings.blocks.home_theme) == (
        8,
        4,
        6,
        5,
    )
    assert (settings.images.widths, settings.images.formats, settings.images.quality) == (
        (200, 400, 800, 1200),
        ("avif", "webp"),
        70,
    )
    assert (settings.per_page, settings.popular, settings.menu, settings.image) == (20, "data/popular.yaml", (), "")


ENGLISH = """\
title: موجز المساء
description: أخبار مختارة
base_url: https://digest.example/nashra
lang: ar-ma
timezone: Africa/Casablanca
themes:
  - {id: sport, title: رياضة, description: ملاعب, colour: '#0A6E5C'}
permalink: /{year}/{theme}/{slug}/
slugs: latin
digits: arab
months: levant
calendars: [gregorian, hijri]
hijri_offset: -1
weekday: true
relative_dates: true
fragments: inline
related: {count: 4, half_life: 30, minimum: 20, newer: false, weights: {title: 6, lead: 3, text: 2, tags: 4, theme: 2}}
feeds: {count: 10, content: full, hubs: ['https://hub.example/'], first_url: 'https://old.example/'}
blocks: {latest: 5, theme: 3, most_read: 2, home_theme: 6}
images: {widths: [800, 400], formats: [webp], quality: 60}
per_page: ٣٠
reading_speed: 220
popular: data/counts.yaml
menu: [{title: من نحن, url: /about/}]
footer: نص *التذييل*
footer_links: [{title: اتصل بنا, url: 'mailto:desk@digest.example'}]
image: content/share.png
publisher: دار الموجز
email: {sender: الموجز <news@example.org>, reply_to: editor@example.org, preheader: تمهيد, service: listmonk, unsubscribe: 'https://example.org/leave', footer: تحية, postal: شارع الميناء 3}
preview: {editor: zed, host: x-8000.app.github.dev}
languages: [{lang: fr, url: 'https://digest.example/fr', title: Le digest}]
search: true
inbox: [{name: x, url: https://x.example/feed}]
deploy: {to: folder, path: ../www}
indexnow: {key: 0123456789abcdef}
"""


ARABIC = """\
العنوان: موجز المساء
الوصف: أخبار مختارة
رابط_الموقع: https://digest.example/nashra
اللغة: ar-ma
المنطقة_الزمنية: Africa/Casablanca
المحاور:
  - {المعرف: sport, العنوان: رياضة, الوصف: ملاعب, اللون: '#0A6E5C'}
الرابط_الدائم: /{year}/{theme}/{slug}/
حروف_الروابط: latin
الأرقام: arab
الشهور: levant
التقاويم: [gregorian, hijri]
تعديل_الهجري: -1
اليوم: نعم
تواريخ_نسبية: نعم
الأجزاء: inline
ذات_صلة: {العدد: 4, نصف_العمر: 30, الحد_الأدنى: 20, الأحدث: لا, الأوزان: {العنوان: 6, الملخص: 3, النص: 2, الوسوم: 4, المحور: 2}}
الخلاصات: {العدد: 10, المحتوى: full, مراكز_التنبيه: ['https://hub.example/'], الرابط_الأول: 'https://old.example/'}
الكتل: {آخر_الأخبار: 5, المحور: 3, الأكثر_قراءة: 2, محور_الرئيسية: 6}
الصور: {المقاسات: [800, 400], الصيغ: [webp], الجودة: 60}
أخبار_الصفحة: ٣٠
سرعة_القراءة: 220
المقروء: data/counts.yaml
القائمة: [{العنوان: من نحن, الرابط: /about/}]
التذييل: نص *التذييل*
روابط_التذييل: [{العنوان: اتصل بنا, الرابط: 'mailto:desk@digest.example'}]
الصورة: content/share.png
الناشر: دار الموجز
البريد: {المرسل: الموجز <news@example.org>, الرد_إلى: editor@example.org, النص_التمهيدي: تمهيد, الخدمة: listmonk, إلغاء_الاشتراك: 'https://example.org/leave', التذييل: تحية, العنوان_البريدي: شارع الميناء 3}
المعاينة: {المحرر: zed, المضيف: x-8000.app.github.dev}
اللغات: [{اللغة: fr, الرابط: 'https://digest.example/fr', العنوان: Le digest}]
البحث: true
الوارد: [{الاسم: x, الرابط: https://x.example/feed}]
النشر: {إلى: folder, المجلد: ../www}
إندكس_ناو: {المفتاح: 0123456789abcdef}
"""


def test_text_keys_say_the_same_as_english_ones():
    """site.yaml in Arabic keys is the same value, and every key has its Arabic name here."""
    assert read(ARABIC) == read(ENGLISH)
    assert [key.name for table in TABLES for key in table if f"{key.arabic}:" not in ARABIC] == ["endpoint"]


def test_every_key_has_its_value():
    """Each key arrives in `Settings`."""
    settings = read(ENGLISH)
    assert settings.description.plain == "أخبار مختارة"
    assert (settings.base_url, settings.base_path) == ("https://digest.example/nashra/", "/nashra/")
    assert (settings.lang, settings.timezone) == ("ar-MA", "Africa/Casablanca")
    (theme,) = settings.themes
    assert (theme.id, theme.title.plain, theme.url, theme.colour) == ("sport", "رياضة", "/nashra/sport/", "#0a6e5c")
    assert theme.description is not None
    assert theme.description.plain == "ملاعب"
    assert settings.permalink == "/{year}/{theme}/{slug}/"
    assert (settings.digits, settings.months, settings.calendars) == ("arab", "levant", ("gregorian", "hijri"))
    assert [(s.lang, s.url, s.title) for s in settings.languages] == [("fr", "https://digest.example/fr/", "Le digest")]
    assert (settings.slugs, settings.reading_speed) == ("latin", 220)
    assert (settings.weekday, settings.relative_dates) == (True, True)
    assert (settings.hijri_offset, settings.fragments) == (-1, "inline")
    assert settings.related == site.RelatedSettings(4, 30, 20, False, site.TermWeights(6, 3, 2, 4, 2))
    assert (settings.feeds.count, settings.feeds.content) == (10, "full")
    assert (settings.blocks.latest, settings.blocks.home_theme) == (5, 6)
    assert (settings.images.widths, settings.images.formats, settings.images.quality) == ((400, 800), ("webp",), 60)
    assert (settings.per_page, settings.popular) == (30, "data/counts.yaml")
    assert [(item.title.plain, item.url) for item in settings.menu] == [("من نحن", "/nashra/about/")]
    assert [item.url for item in settings.footer_links] == ["mailto:desk@digest.example"]
    assert (settings.footer, settings.image, settings.publisher) == ("نص *التذييل*", "content/share.png", "دار الموجز")


FAULTS = [
    ("timezone: Africa/Tuins\n", "4:11: unknown time zone 'Africa/Tuins'; did you mean 'Africa/Tunis'?"),
    ("timezone: Tunis\n", "4:11: unknown time zone 'Tunis'; did you mean 'Africa/Tunis'?"),
    ("timezone: ../etc/passwd\n", "4:11: unknown time zone '../etc/passwd'; write an IANA name, as in Africa/Tunis"),
    ("permalink: /{them}/{slug}/\n", "4:12: unknown placeholder {them} in 'permalink'; did you mean 'theme'?"),
    ("permalink: /{theme}/\n", "4:12: 'permalink' must contain {slug}; write /{theme}/{slug}/"),
    ("permalink: '{slug}'\n", "4:12: 'permalink' must begin and end with /; write /{theme}/{slug}/"),
    ("permalink: '/{slug!r}/'\n", "4:12: unknown placeholder {slug!r} in 'permalink'; did you mean 'slug'?"),
    (
        "permalink: /../{slug}/\n",
        (
            "4:12: 'permalink' may hold letters, digits, hyphens and single slashes beside its placeholders; "
            "write /{theme}/{slug}/"
        ),
    ),
    (
        "permalink: /tags/{slug}/\n",
        "4:12: 'permalink' cannot begin with /tags/: the site's own pages stand there; choose another word",
    ),
    ("fragments: x\n", "4:12: 'fragments' cannot be 'x'; write auto or inline or live or ssi or esi"),
    ("related: {count: 50}\n", "4:18: 'count' must be a number from 0 to 20, not '50'"),
    (
        "related: 5\n",
        "4:10: 'related' must be keys and values, not text; write {count: …, half_life: …, minimum: …, newer: …, weights: …}, or false for none",
    ),
    (
        "related: true\n",
        "4:10: 'related' must be keys and values, not 'true'; write {count: …, half_life: …, minimum: …, newer: …, weights: …}, or false for none",
    ),
    (
        "blocks: false\n",
        "4:9: 'blocks' must be keys and values, not 'false'; write {latest: …, theme: …, most_read: …, home_theme: …}, where 0 leaves a block out",
    ),
    ("feeds: {content: ful}\n", "4:18: 'content' cannot be 'ful'; did you mean 'full'?"),
    ("images: {widths: [big]}\n", "4:19: 'widths' must be a number from 100 to 4000, not 'big'"),
    ("images: {widths: []}\n", "4:18: 'widths' must list 1 to 8 numbers; write widths: [200, 400, 800, 1200]"),
    ("preview: {editor: vscod}\n", "4:19: 'editor' cannot be 'vscod'; did you mean 'vscode'?"),
    (
        "preview: {editor: 'javascript:{path}'}\n",
        (
            "4:19: 'editor' cannot be 'javascript:{path}'; write vscode, vscodium, cursor, windsurf, zed, sublime, textmate, idea, "
            "pycharm, macvim, none, or an address such as myeditor://{path}:{line}"
        ),
    ),
    ("popular: ../x\n", "4:10: 'popular' cannot be '../x'; name a file of the site, from the folder of site.yaml"),
    (
        "image: /etc/passwd\n",
        "4:8: 'image' cannot be '/etc/passwd'; name a file of the site, from the folder of site.yaml",
    ),
    (
        "menu: [{title: x, url: about/}]\n",
        "4:24: 'about/' is neither a path of the site nor an address; write /about/ or https://…",
    ),
    (
        "menu: [{title: x, url: 'javascript:x'}]\n",
        (
            "4:24: 'javascript:x' cannot be a link: the scheme javascript: is not allowed; "
            "write a path such as /about/ or an https address"
        ),
    ),
    ("menu: [{url: /a/}]\n", "4:8: a link without 'title'; add title: (the words of the link)"),
    ("search: 5\n", "4:9: 'search' must be true or false, not '5'; write true or false (or نعم، لا)"),
    (
        "inbox: [{name: a, url: 'https://a.example/', name: b}]\n",
        "4:46: 'name' is given twice, first on line 4; keep one of them",
    ),
    (
        "inbox: [{name: a, url: ../feed.xml}]\n",
        "4:24: 'url' leads out of the site: '../feed.xml'; name a file under the folder of site.yaml",
    ),
    (
        "inbox: [{name: a, url: 'https://a.example/', timezone: Africa/Tunnis}]\n",
        "4:56: unknown time zone 'Africa/Tunnis'; did you mean 'Africa/Tunis'?",
    ),
    (
        "inbox: https://a.example/\n",
        "4:8: 'inbox' must be a list, not text; write a list: - {name: الواحة, url: https://oasis.example/feed/}",
    ),
    ("digits: arabic\n", "4:9: 'digits' cannot be 'arabic'; did you mean 'arab'?"),
    ("calendars: [greg]\n", "4:13: 'calendars' cannot be 'greg'; did you mean 'gregorian'?"),
    *(
        (
            f"calendars: {given}\n",
            "4:12: 'calendars' must list one calendar or two different ones; write calendars: [gregorian, hijri], say",
        )
        for given in ("[]", "[hijri, hijri]", "[gregorian, hijri, persian]")
    ),
    ("lang: xx_yy\n", "4:7: 'xx_yy' is not a language tag; write one like ar, ar-MA or fr"),
    ("baseurl: x\n", "4:1: unknown key 'baseurl'; did you mean 'base_url'?"),
    ("اللغه: ar\n", "4:1: unknown key 'اللغه'; did you mean 'اللغة'?"),
]


@pytest.mark.parametrize(("line", "expected"), FAULTS, ids=[fault[0].strip() for fault in FAULTS])
def test_settings_with_a_faulty_key_give_one_problem_and_the_rest(line: str, expected: str):
    """One fault, one problem; entries can be checked in the same run."""
    assert messages(BASE + line) == [f"site.yaml:{expected}"]
    assert site.read((BASE + line).encode())[0] is not None


THEME_FAULTS = [
    ("{id: tags, title: x}", "'tags' cannot be a theme's id: the name is taken; write tags-news, say"),
    ("{id: a b, title: x}", "'a b' cannot be a theme's id; write a-b"),
    ("{id: SPORT, title: x}", "theme 'SPORT' is declared twice, first on line 4; give it another id"),
    (
        "{id: a, title: x, colour: red}",
        "'red' is not a colour; write six hexadecimal digits in quotes, as in '#0a6e5c'",
    ),
    ("{id: a}", "a theme without 'title'; add title: (its name on the site)"),
    ("economy", "a theme must be keys and values, not text; write {id: sport, title: رياضة}"),
]


@pytest.mark.parametrize(("theme", "expected"), THEME_FAULTS, ids=[fault[0] for fault in THEME_FAULTS])
def test_themes_with_a_faulty_one_keep_the_others(theme: str, expected: str):
    """A theme's fault is named on its line, and the sound themes remain."""
    text = f"title: x\nbase_url: https://e.example/\nthemes:\n- {{id: sport, title: رياضة}}\n- {theme}\n"
    settings, _, problems = site.read(text.encode())
    (problem,) = problems
    assert problem.line == 5
    assert f"{problem.message}; {problem.cure}".replace(FSI, "").replace(PDI, "") == expected
    assert settings is not None
    assert settings.themes[0].id == "sport"


BAD_BASES = [
    ("example.org", ("'base_url' must be absolute, not 'example.org'; "
     "write https:// and the host in front, as in https://example.org/")),
    ("https://e.example/?a", "'base_url' holds a ? or #; write the address of the site's home page alone"),
    ("ftp://e.example/", ("'base_url' cannot be 'ftp://e.example/': the scheme ftp: is not allowed; "
     "write one like https://example.org/")),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), BAD_BASES, ids=[bad[0] for bad in BAD_BASES])
def test_settings_without_an_address_are_none_with_every_fault(written: str, expected: str):
    """No usable base_url: no settings, but every fault of the file is named all the same."""
    text = f"title: x\nbase_url: {written}\nthemes: [{{id: a, title: x}}]\ndigits: 5\n"
    assert site.read(text.encode())[0] is None
    assert messages(text) == [
        f"site.yaml:2:11: {expected}",
        "site.yaml:4:9: 'digits' cannot be '5'; write auto or latn or arab",
    ]


@pytest.mark.parametrize("written", ["false", "لا"])
def test_related_and_popular_accept_false(written: str):
    """`related: false` and `popular: false` mean none."""
    settings = read(BASE + f"related: {written}\npopular: {written}\n")
    assert (settings.related.count, settings.popular) == (0, "")


def test_places_of_settings_name_values_and_links():
    """Values by their English key; links to the site's own pages, of menus and of the footer, without query or base."""
    text = BASE + "menu: [{title: أ, url: /a/?x}, {title: ب, url: 'https://b.example/'}, {title: ج}]\n"
    text += "footer: |\n  نص\n  [د](/d/)\nالمقروء: data/c.yaml\n"
    _, places, _ = site.read(text.encode())
    assert (places.values["popular"].line, places.values["popular"].column) == (8, 10)
    assert [(path, place.line) for path, place in places.links] == [("/a/", 4), ("/d/", 7)]


def test_settings_with_a_line_more_stay_equal():
    """Line numbers are beside them, so that a comment remakes no page."""
    assert read("# comment\n" + ENGLISH) == read(ENGLISH)


def test_settings_when_pickled_stay_equal():
    """Settings survive pickling, and equal settings share one formatter of dates."""
    settings = read(ENGLISH)
    copy = pickle.loads(pickle.dumps(settings))
    assert copy == settings
    assert copy.date_formatter() is settings.date_formatter()


def test_base_url_with_an_arabic_path_is_encoded_in_links():
    """A base_url may hold Arabic letters; links carry them percent-encoded."""
    settings = read(BASE.replace("digest.example/", "digest.example/نشرة"))
    assert settings.base_path == "/%D9%86%D8%B4%D8%B1%D8%A9/"
    assert settings.themes[0].url == "/%D9%86%D8%B4%D8%B1%D8%A9/sport/"


def test_every_key_has_two_spellings():
    """No spelling means two keys of one mapping."""
    for table in TABLES:
        spellings = [spelling for key in table for spelling in (key.name, key.arabic)]
        assert len(spellings) == len(set(spellings))


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: (BASE + t).encode())))
def test_no_bytes_raise(raw: bytes):
    """Whatever site.yaml holds, reading it returns."""
    settings, _, problems = site.read(raw)
    assert settings is not None or problems
