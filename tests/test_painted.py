"""The order in which a browser paints words, read from their boxes: what a reader sees, whatever the markup says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from conftest import NOW, LittleSite

from digest.site.options import BuildOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

PAINTED = """
selector => {
  // words, and signs one by one, in lines from the top and in each from left to right, by the middle of their boxes
  const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const word of node.data.matchAll(/(?:(?=\\p{Script=Arabic}|\\p{M})[\\p{L}\\p{M}])+|(?:\\p{N}|(?!\\p{Script=Arabic})[\\p{L}\\p{M}])+|[^\\s\\p{L}\\p{M}\\p{N}]/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      if (box.width > 0.2) found.push([Math.round((box.top + box.bottom) / 2 / 24), (box.left + box.right) / 2, word[0]]);
    }
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(word => word[2]).join(' ');
}
"""

TITLES = {
    "latin-first": (
        "FIFA تعلن موعد كأس العالم 2030 في المغرب!",
        "! المغرب في 2030 العالم كأس موعد تعلن FIFA",
    ),
    "latin-last": ("المغرب يستضيف مؤتمر Atlas Tech 2026", "Atlas Tech 2026 مؤتمر يستضيف المغرب"),
    "latin-both": ("BBC تحاور مدير UNESCO (خاص)", ") خاص ( UNESCO مدير تحاور BBC"),
    "signs": ("نمو بنسبة +7% وتراجع بنسبة -5% في 2026", "2026 في - 5 % بنسبة وتراجع + 7 % بنسبة نمو"),
    "quote": ("قال «إن النتيجة (3-1) عادلة» ثم غادر", "غادر ثم » عادلة ) 1 - 3 ( النتيجة إن « قال"),
    "nested": (
        'وكالة: «أعلنت "FIFA" (الاتحاد الدولي) القرار 5/2026»',
        '» 5 / 2026 القرار ) الدولي الاتحاد ( " FIFA " أعلنت « : وكالة',
    ),
    "quoted-latin": ("فيلم «The Last Harbour (2)» يفوز", "يفوز » The Last Harbour ( 2 ) « فيلم"),
    "hebrew": ("صحيفة הארץ تنشر تقرير UN عن 2026", "2026 عن UN تقرير تنشر הארץ صحيفة"),
    "phone": ("اتصلوا بالرقم +212 522-12-34-56 اليوم", "اليوم + 212 522 - 12 - 34 - 56 بالرقم اتصلوا"),
    "address": (
        "راسلوا press@atlas.example أو https://atlas.example/a-b",
        "https : / / atlas . example / a - b أو press @ atlas . example راسلوا",
    ),
    "particles": ("iPhone 18 وGalaxy S30: أيهما أفضل؟", "؟ أفضل أيهما : Galaxy S30 و iPhone 18"),
    "money": ("الدولار = 10.05 درهم (+0.3%)", ") + 0 . 3 % ( درهم 10 . 05 = الدولار"),
    "date": ("من 2026-11-20 إلى 20:30 مساء", "مساء 20 : 30 إلى 2026 - 11 - 20 من"),
    "range": ("بين 10-15 و3-1 نقطة", "نقطة 1 - 3 و 15 - 10 بين"),
    "arabic-digits": ("ارتفاع ٢٥٪ إلى ١٬٢٣٤٫٥ دولار", "دولار ١ ٬ ٢٣٤ ٫ ٥ إلى ٪ ٢٥ ارتفاع"),
    "latin-alone": ("C++ 26 released: what is new (and what is not)?", "C + + 26 released : what is new ( and what is not ) ?"),
}  # fmt: skip
"""Name → (what an editor wrote, the words and signs as painted from left to right on one line)."""

OUTLETS = ("وكالة الأطلس 24", "הארץ", "صحيفة المرفأ", "Reuters (5)", "الخبر – AFP")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """Titles, themes and sources of three scripts."""
    root = tmp_path_factory.mktemp("painted")
    site = LittleSite(root, BuildOptions(root, root / "public", NOW))
    site.put(
        "site.yaml",
        "title: موجز FIFA 24\ndescription: وصف\nbase_url: https://news.example/\nlang: ar\nthemes:\n  - {id: sport, title: رياضة}\n"
        "  - {id: tech, title: Tech & AI}\n  - {id: hebrew, title: עברית}\nblocks: {home_theme: 30, latest: 30}\n",
    )
    sources = json.dumps([{"name": name} for name in OUTLETS], ensure_ascii=False)
    for number, (name, (title, _)) in enumerate(TITLES.items()):
        site.entry(f"sport/{name}", f"title: {json.dumps(title, ensure_ascii=False)}\nsource: {OUTLETS[number % 5]}")
    site.entry("tech/many", f"title: خبر\nsource: {sources}\nauthor: [Ann Lee (2), ליאור, سلمى 3]\ntags: [AI, 5G]")
    site.entry("hebrew/one", "title: خبر", "قال «إن “القرار (رقم 5)” نهائي» بنسبة -3%، وفق Reuters.")
    site.build()
    return site


@pytest.fixture(scope="module")
def address(mixed: LittleSite, serve: Callable[[Path], str]) -> str:
    return serve(mixed.output)


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    """A tab so wide that each text stands on one line."""
    made = browser.new_page(viewport={"width": 3000, "height": 1000})
    yield made
    made.close()


ONE_LINE = "s => { const e = document.querySelector(s); e.style.fontSize = '14px'; e.style.whiteSpace = 'nowrap'; }"


@pytest.mark.parametrize("name", TITLES)
def test_a_title_is_painted_in_reading_order(address: str, tab: Any, name: str) -> None:
    """On its own page, in the list of its theme, and in a block of links on another page."""
    _, painted = TITLES[name]
    places = [
        (f"/sport/{name}/", "h1"),
        ("/sport/", f'h2 a[href="/sport/{name}/"]'),
        ("/tech/many/", f'.timeline a[href="/sport/{name}/"]'),
    ]
    for path, selector in places:
        tab.goto(address + path)
        tab.evaluate(ONE_LINE, selector)
        assert tab.evaluate(PAINTED, selector) == painted, path


def test_a_hebrew_or_latin_source_stands_between_arabic_ones_without_moving_them(address: str, tab: Any) -> None:
    """Each on a line of its own that begins at the right, its own words in their order."""
    tab.goto(f"{address}/tech/many/")
    rows = tab.evaluate(
        "[...document.querySelectorAll('.sources li a.source')].map(a => [a.textContent, Math.round(a.getBoundingClientRect().right), a.getBoundingClientRect().top])"
    )
    assert [name for name, _, _ in rows] == list(OUTLETS)
    assert len({right for _, right, _ in rows}) == 1
    assert [top for _, _, top in rows] == sorted(top for _, _, top in rows)
    seen = [tab.evaluate(PAINTED, f".sources li:nth-child({n}) a.source") for n in range(1, 6)]
    assert seen == ["24 الأطلس وكالة", "הארץ", "المرفأ صحيفة", "Reuters ( 5 )", "AFP – الخبر"]


def test_names_of_three_scripts_in_one_line_stand_in_their_order(address: str, tab: Any) -> None:
    """Authors with commas between them: from the right, the first, the second, the third."""
    tab.goto(f"{address}/tech/many/")
    tab.evaluate(ONE_LINE, ".byline-author")
    assert tab.evaluate(PAINTED, ".byline-author") == "3 سلمى و ליאור و Ann Lee ( 2 ) بأقلام"


def test_the_facts_of_a_card_stand_in_their_order(address: str, tab: Any) -> None:
    """Outlet, then date, whatever the outlet's script; theme first where it is shown."""
    tab.goto(f"{address}/sport/")
    rows = tab.evaluate(
        """() => [...document.querySelectorAll('.facts')].filter(f => f.querySelector('.source')).map(f => ['.source', 'time'].map(s => { const b = f.querySelector(s).getBoundingClientRect(); return (b.left + b.right) / 2; }))"""
    )
    assert len(rows) >= len(TITLES)
    assert all(outlet > time for outlet, time in rows)


@pytest.mark.parametrize(
    ("path", "painted"), [("/tech/many/", "Tech & AI » الرئيسية"), ("/hebrew/one/", "עברית » الرئيسية")]
)
def test_a_mixed_breadcrumb_reads_from_the_right(address: str, tab: Any, path: str, painted: str) -> None:
    """Home at the right, then the theme in its own order; the sign between them lies between them."""
    tab.goto(address + path)
    words, sign = painted.partition(" » ")[0], "»"
    assert tab.evaluate(PAINTED, ".breadcrumb ol") == f"{words} الرئيسية"
    boxes = tab.evaluate(
        "[...document.querySelectorAll('.breadcrumb li a')].map(a => [a.getBoundingClientRect().left, a.getBoundingClientRect().right])"
    )
    (home_left, _), (_, theme_right) = boxes
    assert home_left - theme_right > 8, "the sign has room between the two"
    content = tab.evaluate(
        "[...document.querySelectorAll('.breadcrumb li')].map(li => getComputedStyle(li, '::before').content)"
    )
    assert any(sign in one for one in content)


def test_quotations_inside_quotations_enclose_what_they_quote(address: str, tab: Any) -> None:
    """Curly inside angled, brackets inside both, a signed number and a Latin name at the end of the paragraph."""
    tab.goto(f"{address}/hebrew/one/")
    tab.evaluate(ONE_LINE, ".article-body p")
    assert (
        tab.evaluate(PAINTED, ".article-body p") == ". Reuters وفق ، - 3 % بنسبة » نهائي ” ) 5 رقم ( القرار “ إن « قال"
    )


def test_a_latin_site_keeps_arabic_names_in_their_order(tmp_path: Path, serve: Callable[[Path], str], tab: Any) -> None:
    """The other way round: an English digest with Arabic and Hebrew titles and sources."""
    site = LittleSite(tmp_path, BuildOptions(tmp_path, tmp_path / "public", NOW))
    site.put(
        "site.yaml",
        "title: Harbour Digest\nbase_url: https://news.example/\nlang: en\nthemes: [{id: news, title: News}, {id: art, title: فن}]\n",
    )
    site.entry(
        "news/a",
        "title: 'وزير النقل: 5 خطوط جديدة (2026)'\nlang: ar\nsource: [Reuters, صحيفة المرفأ, AFP]\nauthor: [سلمى 3, Ann Lee]",
    )
    site.entry("art/b", "title: 'The word «أمل» (hope), explained'")
    site.build()
    base = serve(site.output)
    tab.goto(f"{base}/news/a/")
    assert tab.evaluate(PAINTED, "h1") == ") 2026 ( جديدة خطوط 5 : النقل وزير"
    assert tab.evaluate(PAINTED, ".byline-author") == "By 3 سلمى and Ann Lee"
    tab.goto(f"{base}/art/b/")
    assert tab.evaluate(PAINTED, "h1") == "The word « أمل » ( hope ) , explained"
    assert tab.evaluate(PAINTED, ".breadcrumb ol") == "Home فن"
