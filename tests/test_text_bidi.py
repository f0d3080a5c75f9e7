"""Direction of texts and isolation of left-to-right tokens (UAX #9, W3C inline bidi markup)."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text import bidi

TAGS = re.compile(r"<bdi dir=ltr>|</bdi>")
MIXED = st.text(
    st.sampled_from("ابتثجحخ وَ،؛؟«»ABcdz0123456789٣٤٥+-−%‰°.,:;/@#()[]'\"<>&=?_!\u00a0\n")
    | st.characters(codec="utf-8"),
    max_size=80,
)


def isolated(text):
    """What `isolate` wraps, unescaped."""
    return [html.unescape(part) for part in re.findall(r"<bdi dir=ltr>(.*?)</bdi>", bidi.isolate(text), re.DOTALL)]


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("FIFA تعلن موعد البطولة", "ltr", "rtl"),
        ("Reuters", "rtl", "ltr"),
        ("Économie", "rtl", "ltr"),
        ("Привет", "rtl", "ltr"),
        ("2026 – 25%", "rtl", "rtl"),
        ("2026 – 25%", "ltr", "ltr"),
        ("١٢٣", "ltr", "ltr"),
        ("חדשות", "ltr", "rtl"),
        ("The word «أمل», explained", "ltr", "ltr"),
        ("The word «أمل», explained", "rtl", "rtl"),
        ("وزير النقل يزور Port Azur", "ltr", "rtl"),
        ("", "rtl", "rtl"),
    ],
)
def test_direction_follows_the_letters_or_the_default(text, default, expected):
    """One right-to-left letter decides where such are expected, the majority elsewhere; without letters the default holds."""
    assert bidi.direction(text, default) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar", "rtl"), ("ar-MA", "rtl"), ("fa", "rtl"), ("ur-PK", "rtl"), ("he", "rtl"), ("ckb", "rtl"),
        ("AR-eg", "rtl"),
        ("fr", "ltr"), ("en-GB", "ltr"), ("az", "ltr"), ("az-Arab", "rtl"), ("ar-Latn", "ltr"), ("pa-Arab-PK", "rtl"),
        ("ur-Aran", "rtl"), ("en-x-arab", "ltr"),
    ],
)  # fmt: skip
def test_lang_direction_follows_the_script(tag, expected):
    assert bidi.lang_direction(tag) == expected


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("اقرؤوا https://example.com/a?b=1&c=2، ثم عودوا", ["https://example.com/a?b=1&c=2"]),
        ("(انظر www.example.org/a_(b)).", ["www.example.org/a_(b)"]),
        ("في https://example.com/مقال/2026.", ["https://example.com/مقال/2026"]),
        ("راسلوا info@news.example أو @akhbar_24", ["info@news.example", "@akhbar_24"]),
        ("موقع akhbar.example/tv والملف report.pdf", ["akhbar.example/tv", "report.pdf"]),
        ("وسم #AI2026 ووسم #كأس_العالم و#Tunisie", ["#AI2026", "#Tunisie"]),
        ("صدر في 2026-11-20 عند الزوال", ["2026-11-20"]),
        ("صدر في 2026-11-20T10:00:00+01:00", ["2026-11-20T10:00:00+01:00"]),
        ("موعده 20-11-2026", ["20-11-2026"]),
        ("من 10:30 إلى 12:45:10 أو 10:30 PM", ["10:30", "12:45:10", "10:30 PM"]),
        ("الحرارة -5 أو −3 أو +7.5 درجات", ["-5", "−3", "+7.5"]),
        ("بلغت و-5 وبـ-3 (+2) «-1»", ["-5", "-3", "+2", "-1"]),
        ("زادت 25% و+7% و3,5 % و12‰", ["25%", "+7%", "3,5 %", "12‰"]),
        ("درجة الحرارة 25°C و-3°", ["25°C", "-3°"]),
        ("اتصلوا بالرقم +212 522-12-34-56 اليوم", ["+212 522-12-34-56"]),
        (
            "(+216) 71 123 456 أو 0522-12-34-56 أو 00212522123456",
            ["(+216) 71 123 456", "0522-12-34-56", "00212522123456"],
        ),
        ("و+21671123456", ["+21671123456"]),
        ("هاتف 71 10 77 77 أو (+216 ) 31 30 30 30", ["71 10 77 77", "(+216 ) 31 30 30 30"]),
        ("حساب 230 780 1234567890123456 78 باسمها", ["230 780 1234567890123456 78"]),
        ("حساب MA64 0112 5800 0012 3456 7890 123 باسمها", ["MA64 0112 5800 0012 3456 7890 123"]),
        ("حساب GB29 NWBK 6016 1331 9268 19.", ["GB29 NWBK 6016 1331 9268 19"]),
        ("أنفقت 200 000 دينار و1 234 567,5", ["200 000", "1 234 567,5"]),
        ("لغات C++ وC# وF# وقناة Canal+", ["C++", "C#", "F#", "Canal+"]),
    ],
)
def test_isolate_wraps_tokens_that_a_right_to_left_line_scrambles(text, tokens):
    assert isolated(text) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "فاز الفريق 3-1 أمس",
        "بين 10-15 عاما و2026-2027",
        "كوفيد-19",
        "الطائرة F-16 وCOVID-19",
        "نسبة %25",
        "بلغ 3.5 و1,234.5 في 20/11/2026",
        "قمة G20 وشبكة 5G",
        "بلغت ٢٥٪ و-٥ درجات",
        "مقابلة مع ليلى - خاص",
        "خبر عادي بلا أرقام",
    ],
)
def test_isolate_leaves_text_that_reads_right_unchanged(text):
    """Ranges and scores are what their writer saw; separators inside numbers keep their place by themselves."""
    assert bidi.isolate(text) == text


def test_isolate_wraps_only_the_end_of_a_percent_range():
    assert bidi.isolate("بين 10-15%") == "بين 10-<bdi dir=ltr>15%</bdi>"


@given(MIXED)
@settings(max_examples=100, deadline=None)
def test_isolate_keeps_the_text_and_escapes_attributes(text):
    """No quotation mark, no markup but the isolates, and the text content is the input."""
    found = bidi.isolate(text)
    assert not set(found) & {'"', "'"}
    bare = TAGS.sub("", found)
    assert "<" not in bare
    assert ">" not in bare
    assert html.unescape(bare) == text


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "a." * 30_000, "www." * 20_000, "1 " * 30_000, "http://((((" * 9_000, "+1-" * 20_000]
)
def test_isolate_takes_linear_time(text):
    """A hostile text of tens of thousands of characters passes in well under a second."""
    assert bidi.isolate("خ " + text)


def test_directed_text_has_direction_and_language():
    """A foreign title on an Arabic page, from its data alone."""
    title = bidi.directed_text(" Le «Journal»  & vous ", base="rtl", lang="fr", page_lang="ar")
    assert (title.plain, title.dir, title.base, title.lang) == ("Le «Journal» & vous", "ltr", "rtl", "fr")
    assert title.html == "Le «Journal» &amp; vous"
    assert title.attrs == ' lang="fr" dir="ltr"'


@pytest.mark.parametrize(
    ("raw", "lang", "page_lang", "expected"),
    [
        ("FIFA تعلن", "", "ar", ("rtl", "")),
        ("BBC", "", "ar", ("ltr", "")),
        ("BBC", "ar-MA", "ar", ("ltr", "")),
        ("2026", "fr", "ar", ("ltr", "fr")),
        ("خبر", "ar-MA", "ar-TN", ("rtl", "")),
        ("Le Monde et الخبر", "fr", "ar", ("ltr", "fr")),
        ("Le Monde et الخبر", "", "ar", ("rtl", "")),
        ("صحيفة المرفأ", "fr", "ar", ("rtl", "fr")),
        ("xeber", "az-Latn", "az-Arab", ("ltr", "az-Latn")),
        ("x", 'fr" onclick="y', "ar", ("ltr", "")),
    ],
)
def test_directed_text_when_languages_differ_sets_lang_and_dir(raw, lang, page_lang, expected):
    found = bidi.directed_text(raw, base="rtl", lang=lang, page_lang=page_lang)
    assert (found.dir, found.lang) == expected


@pytest.mark.parametrize(
    ("plain", "base", "expected"),
    [
        ("FIFA تعلن", "rtl", "\u200fFIFA تعلن"),
        ("«مرحبا» FIFA", "rtl", "«مرحبا» FIFA"),
        ("2026 عام", "rtl", "2026 عام"),
        ("2026", "rtl", "\u200f2026"),
        ("Reuters", "rtl", "Reuters"),
        ("ليلى: the film", "ltr", "\u200eليلى: the film"),
        ("ليلى", "ltr", "ليلى"),
        ("2026", "ltr", "2026"),
        ("", "rtl", ""),
    ],
)
def test_mark_is_added_only_when_the_first_letter_misleads(plain, base, expected):
    assert bidi.mark(plain, base) == expected


def test_mark_ignores_letters_inside_isolates():
    """UAX #9 takes no notice of isolates when it looks for a paragraph's first letter."""
    joined = bidi.join(("خبر", "", "BBC"), " – ")
    assert joined == "\u2068خبر\u2069 – \u2068BBC\u2069"
    assert bidi.mark(joined, "rtl") == "\u200f" + joined
    assert bidi.mark(bidi.mark(joined, "rtl"), "rtl") == "\u200f" + joined
