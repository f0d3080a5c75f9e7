"""What a reader's browser makes of the pages: painted order, layout, keyboard, print, privacy. Needs Chromium."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from conftest import NOW, LittleSite

from digest.site.options import BuildOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.browser

WIDTHS = (320, 375, 768, 1280)

ORDER = """
([selector, piece]) => {
  // the pieces of `piece` as painted from left to right: horizontal middle of each character's box
  const root = document.querySelector(selector);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let text = '', spots = [];
  for (let n = walker.nextNode(); n; n = walker.nextNode())
    for (let i = 0; i < n.data.length; i++) { text += n.data[i]; spots.push([n, i]); }
  const at = text.indexOf(piece);
  if (at < 0) return null;
  const boxes = [];
  for (let i = at; i < at + piece.length; i++) {
    const range = document.createRange();
    range.setStart(spots[i][0], spots[i][1]); range.setEnd(spots[i][0], spots[i][1] + 1);
    const box = range.getClientRects()[0];
    if (box && box.width > 0.2 && text[i].trim()) boxes.push([box.left + box.width / 2, text[i]]);
  }
  return boxes.sort((a, b) => a[0] - b[0]).map(b => b[1]).join('');
}
"""

SIDE = """
([selector, first, second]) => {
  // where `first` is painted relative to `second`: 'left' or 'right'
  const middle = piece => {
    const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      const at = n.data.indexOf(piece);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(n, at); range.setEnd(n, at + piece.length);
      const box = range.getClientRects()[0];
      return (box.left + box.right) / 2;
    }
    return null;
  };
  return middle(first) < middle(second) ? 'left' : 'right';
}
"""

MIXED = {
    "latin-first": ("FIFA تعلن موعد كأس العالم 2030 في المغرب!", []),
    "latin-last": ("المغرب يستضيف مؤتمر Atlas Tech 2026", []),
    "percent": ("نمو بنسبة +7% في الربع الثالث وتراجع بنسبة -5%", ["+7%", "-5%"]),
    "phone": ("خط مجاني +212 522-12-34-56 للمواطنين", ["+212522-12-34-56"]),
    "address": (
        "للمراسلة press@atlas.example أو https://atlas.example/news/a",
        ["press@atlas.example", "https://atlas.example/news/a"],
    ),
    "code": ("إصدار جديد من C++ للمطورين", ["C++"]),
    "time": ("تبدأ المباراة 20:30 مساء", ["20:30"]),
    "only-latin": ("C++ 26 released: what is new (and what is not)?", ["C++26released:whatisnew(andwhatisnot)?"]),
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """A site of difficult titles, with Latin and Arabic sources side by side."""
    root = tmp_path_factory.mktemp("mixed")
    site = LittleSite(root, BuildOptions(root, root / "public", NOW))
    site.put(
        "site.yaml",
        "title: موجز\ndescription: وصف الموقع\nbase_url: https://news.example/\nlang: ar\nthemes:\n  - {id: sport, title: رياضة}\n"
        "  - {id: tech, title: Tech & AI}\n",
    )
    source = "source:\n  - {name: Reuters News, url: 'https://reuters.example/a'}\n  - {name: وكالة الأطلس, url: 'https://atlas.example/b'}\n"
    for name, (title, _) in MIXED.items():
        site.entry(
            f"sport/{name}",
            f"title: '{title}'\n{source}tags: [AI, ذكاء]",
            body=f"{title}\n\nقال المتحدث باسم Atlas Wire: «نعم».",
        )
    site.entry(
        "tech/quote",
        "title: 'قال «إن النتيجة (3-1) عادلة» ثم غادر'",
        body="> Une citation en français, sans fard.\n\nنص عربي.",
    )
    site.build()
    return site


@pytest.mark.parametrize("name", MIXED)
def test_difficult_titles_are_painted_in_order(
    mixed: LittleSite, serve: Callable[[Path], str], page: Any, name: str
) -> None:
    """Numbers, addresses and Latin names keep their own order inside an Arabic headline, in heading and text."""
    page.goto(f"{serve(mixed.output)}/sport/{name}/")
    for piece in MIXED[name][1]:
        title, _ = MIXED[name]
        written = next(p for p in title_pieces(title) if "".join(p.split()) == piece)
        assert page.evaluate(ORDER, ["h1", written]) == piece


def title_pieces(title: str) -> list[str]:
    """Every run of whole words of a title."""
    words = title.split(" ")
    return [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]


def test_a_latin_name_that_opens_a_headline_stands_at_the_right(
    mixed: LittleSite, serve: Callable[[Path], str], page: Any
) -> None:
    """The headline is right-to-left although its first letter is not; its exclamation mark ends it at the left."""
    page.goto(f"{serve(mixed.output)}/sport/latin-first/")
    assert page.evaluate(SIDE, ["h1", "FIFA", "المغرب"]) == "right"
    assert page.evaluate(SIDE, ["h1", "!", "المغرب"]) == "left"


def test_sources_of_two_scripts_stand_in_reading_order(
    mixed: LittleSite, serve: Callable[[Path], str], page: Any
) -> None:
    """A Latin source before an Arabic one does not drag its neighbours along."""
    page.goto(f"{serve(mixed.output)}/sport/latin-first/")
    spots = page.evaluate(
        "[...document.querySelectorAll('.sources li a.source')].map(a => [a.textContent, a.getClientRects()[0].right])"
    )
    assert [text for text, _ in spots] == ["Reuters News", "وكالة الأطلس"]
    assert abs(spots[0][1] - spots[1][1]) < 1, "both begin at the right edge"
    assert page.evaluate(ORDER, [".sources li", "Reuters News"]) == "ReutersNews"


def test_a_foreign_quotation_runs_its_own_way(mixed: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """A French blockquote in an Arabic article is left-to-right."""
    page.goto(f"{serve(mixed.output)}/tech/quote/")
    assert page.evaluate("getComputedStyle(document.querySelector('blockquote p, blockquote')).direction") == "ltr"
    assert page.evaluate(SIDE, ["h1", "قال", "غادر"]) == "right"


def test_breadcrumb_reads_from_the_right_and_its_marks_point_onward(
    mixed: LittleSite, serve: Callable[[Path], str], page: Any
) -> None:
    """Home, then the theme even when its name is Latin; the separator is drawn by CSS and silent."""
    page.goto(f"{serve(mixed.output)}/tech/quote/")
    nav = "nav[aria-label] ol"
    assert page.evaluate(SIDE, [nav, "الرئيسية", "Tech"]) == "right"
    assert "»" not in page.inner_text(nav)
    contents = page.evaluate(
        "[...document.querySelectorAll('nav[aria-label] ol li')].flatMap(li => ['::before','::after'].map(p => getComputedStyle(li, p).content))"
    )
    assert any("»" in c or "›" in c for c in contents)


KINDS = (
    "/", "/hot/", "/archive/", "/sources/", "/tags/", "/editions/", "/editions/2026-47/", "/about/", "/404.html",
)  # fmt: skip


def article_of(example: LittleSite) -> str:
    """Some article of the example with a picture in it."""
    for path, content in example.files().items():
        if (
            path.startswith("hot/")
            and path.count("/") == 2
            and b"<picture" in content
            and b'data-block="related"' in content
        ):
            return "/" + path.removesuffix("index.html")
    raise AssertionError("the example has no such article")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(
    example: LittleSite, serve: Callable[[Path], str], page: Any, width: int
) -> None:
    """From the smallest phone to a desk."""
    base = serve(example.output)
    page.set_viewport_size({"width": width, "height": 900})
    for path in (*KINDS, article_of(example)):
        page.goto(base + path)
        assert page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") <= 0, path


def test_a_word_wider_than_the_screen_is_broken(tmp_path: Path, serve: Callable[[Path], str], browser: Any) -> None:
    """In headlines, summaries, names, tags and hosts, on every page: none makes its column wider."""
    word = "Internationalizationdocumentationframeworkspecification"
    site = LittleSite(tmp_path, BuildOptions(tmp_path, tmp_path / "public", NOW))
    site.put(
        "site.yaml",
        "title: موجز\nbase_url: https://news.example/\nlang: ar\nthemes:\n  - {id: sport, title: رياضة}\n  - {id: tech, title: تقنية}\n",
    )
    for number in range(8):
        site.entry(
            f"{'sport' if number % 2 else 'tech'}/n{number}",
            f"title: 'إطلاق مبادرة {word} {number}'\nsummary: 'خبر {word}'\ntags: [{word}]\n"
            f"source: {{name: '{word}', url: 'https://{word[:40].lower()}.{word[:40].lower()}.example/a'}}",
            body=f"نص {word}",
        )
    site.build()
    base = serve(site.output)
    pages = ["/" + path.removesuffix("index.html") for path in site.files() if path.endswith("index.html")]
    for touch in (False, True):
        context = browser.new_context(has_touch=touch)
        tab = context.new_page()
        for path in pages:
            tab.goto(base + path)
            for width in (width for width in (*WIDTHS, 1024) if (width < 1000) == touch):
                tab.set_viewport_size({"width": width, "height": 900})
                wider = tab.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
                assert wider <= 0, (width, path)
        context.close()


def test_a_foreign_headline_begins_where_its_neighbours_do(
    mixed: LittleSite, serve: Callable[[Path], str], page: Any
) -> None:
    """A Latin headline and a Latin name are read from the left, but stand at the right edge of their column."""
    base = serve(mixed.output)
    for path, selector in (("/sport/", ".card-title[dir=ltr]"), ("/sources/reuters-news/", "h1")):
        page.goto(base + path)
        gaps = page.evaluate(
            "selector => [...document.querySelectorAll(selector)].map(e => { const r = document.createRange(); r.selectNodeContents(e);"
            " return [getComputedStyle(e).direction, Math.abs(e.getBoundingClientRect().right - Math.max(...[...r.getClientRects()].map(b => b.right)))]; })",
            selector,
        )
        assert gaps, path
        assert all(direction == "ltr" and gap < 2 for direction, gap in gaps), (path, gaps)


def test_a_short_page_fills_the_window(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """The footer ends where the window does; on pages that fit, nothing scrolls."""
    page.set_viewport_size({"width": 1280, "height": 1400})
    base = serve(example.output)
    for path in ("/archive/", "/sources/", "/editions/"):
        page.goto(base + path)
        ends = page.evaluate(
            "[document.querySelector('footer.footer').getBoundingClientRect().bottom, document.scrollingElement.scrollHeight]"
        )
        assert ends == [1400, 1400], path


def test_fingers_find_every_link(example: LittleSite, serve: Callable[[Path], str], browser: Any) -> None:
    """On a touch screen, a link outside running text is 44 pixels high, or all of its card or line is the link."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
    tab = context.new_page()
    base = serve(example.output)
    for path in (*KINDS, article_of(example)):
        tab.goto(base + path)
        small = tab.evaluate(
            "[...document.querySelectorAll('a')].filter(a => !a.matches('.article-body a, .footer-text a, .skip') && a.getClientRects().length).map(a => {"
            " const over = getComputedStyle(a, '::after').position === 'absolute'; const box = over ? a.closest('.card, li') : a;"
            " return [a.textContent, box.getBoundingClientRect().height]; }).filter(([, height]) => height < 43.5)"
        )
        assert small == [], path
    context.close()


def test_every_page_is_right_to_left_and_says_so(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """`lang` and `dir` on the root element, a single h1, no heading level skipped."""
    base = serve(example.output)
    for path in (*KINDS, article_of(example)):
        page.goto(base + path)
        facts = page.evaluate(
            "({dir: document.documentElement.dir, lang: document.documentElement.lang, levels: "
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])})"
        )
        assert facts["dir"] == "rtl"
        assert facts["lang"].startswith("ar")
        assert facts["levels"].count(1) == 1, path
        assert all(b - a <= 1 for a, b in zip(facts["levels"], facts["levels"][1:], strict=False)), (
            path,
            facts["levels"],
        )


def test_the_page_talks_to_nobody_else_and_keeps_nothing(
    example: LittleSite, serve: Callable[[Path], str], page: Any, asked: list[str]
) -> None:
    """No request to another host, no cookie, no storage, no violation of its own content policy (the tab fails on one)."""
    base = serve(example.output)
    for path in ("/", article_of(example), "/editions/2026-47/"):
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("[document.cookie.length, localStorage.length, sessionStorage.length]") == [0, 0, 0]
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(base).netloc}


def test_pages_are_complete_without_javascript(example: LittleSite, serve: Callable[[Path], str], browser: Any) -> None:
    """The same text and the same links."""
    base, seen = serve(example.output), []
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script, viewport={"width": 1280, "height": 900})
        tab = context.new_page()
        tab.goto(base + article_of(example))
        seen.append((tab.inner_text("body"), tab.locator("a[href]").count()))
        context.close()
    assert seen[0] == seen[1]


def test_the_first_tab_stop_skips_to_the_text(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """The skip link shows itself when focused and leads to the main part."""
    page.goto(serve(example.output) + "/")
    page.keyboard.press("Tab")
    link = page.evaluate(
        "(e => ({href: e.getAttribute('href'), height: e.getBoundingClientRect().height, top: e.getBoundingClientRect().top}))(document.activeElement)"
    )
    assert link["href"].startswith("#")
    assert link["height"] > 20
    assert link["top"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector(location.hash).matches('main, main *')")


def test_every_stop_of_the_keyboard_can_be_seen(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """Each focused element differs from its unfocused self by an outline or a shadow."""
    page.goto(serve(example.output) + article_of(example))
    for _ in range(25):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none' })(document.activeElement)"
        )
        assert shown, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def test_reading_is_calm(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """Body of 18–20 px, line height about 1.8, 50 to 80 letters a line; no tracking, no slant, no thin Arabic."""
    page.goto(serve(example.output) + article_of(example))
    facts = page.evaluate("""() => {
      const p = [...document.querySelectorAll('article p')].sort((a, b) => b.textContent.length - a.textContent.length)[0];
      const s = getComputedStyle(p), range = document.createRange(); range.selectNodeContents(p);
      const lines = new Set([...range.getClientRects()].map(r => Math.round(r.top / 10))).size;
      const arabic = [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && /[\\u0620-\\u064a]/.test(n.data)));
      const odd = arabic.filter(e => { const c = getComputedStyle(e); return c.letterSpacing !== 'normal' && c.letterSpacing !== '0px' || c.fontStyle !== 'normal' || +c.fontWeight < 400 || parseFloat(c.fontSize) < 14; });
      return {size: parseFloat(s.fontSize), leading: parseFloat(s.lineHeight) / parseFloat(s.fontSize), letters: p.textContent.length / lines, odd: odd.map(e => e.outerHTML.slice(0, 80))};
    }""")
    assert 18 <= facts["size"] <= 21
    assert 1.7 <= facts["leading"] <= 2
    assert 50 <= facts["letters"] <= 82
    assert facts["odd"] == []


def test_dark_mode_follows_the_system(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """A dark ground and light letters."""
    page.emulate_media(color_scheme="dark")
    page.goto(serve(example.output) + "/")
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color].map(c => c.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + +b, 0))"
    )
    assert ground < 200
    assert ink > 450


def test_print_is_the_article_alone(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """No menu, no margins, dark letters on white even where the system is dark."""
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(serve(example.output) + article_of(example))
    facts = page.evaluate("""() => {
      const shown = s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 2).length;
      const sum = c => c.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + +b, 0);
      const p = document.querySelector('article p');
      return {nav: shown('nav'), aside: shown('aside'), margins: shown('[data-block=latest], [data-block=theme]'), h1: shown('h1'), ink: sum(getComputedStyle(p).color)};
    }""")
    assert facts == {"nav": 0, "aside": 0, "margins": 0, "h1": 1, "ink": facts["ink"]}
    assert facts["ink"] < 200


def test_nothing_moves_for_readers_who_asked_for_rest(
    example: LittleSite, serve: Callable[[Path], str], page: Any
) -> None:
    """prefers-reduced-motion."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(serve(example.output) + "/")
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);
      const long = v => v.split(',').some(x => parseFloat(x) > (x.includes('ms') ? 10 : 0.01));
      return s.animationName !== 'none' && long(s.animationDuration) || /all|transform|top|left|width|height/.test(s.transitionProperty) && long(s.transitionDuration); }).length""")
    assert moving == 0


def test_a_foreign_entry_stands_in_its_own_direction_on_an_arabic_page(
    example: LittleSite, serve: Callable[[Path], str], page: Any
) -> None:
    """The page stays Arabic; the article says its language."""
    paths = [
        p
        for p, c in example.files().items()
        if p.count("/") == 2 and p.endswith("index.html") and re.search(b'<article class="story[^>]* lang="fr"', c)
    ]
    assert paths
    page.goto(f"{serve(example.output)}/{paths[0]}")
    assert page.evaluate(
        "[document.documentElement.dir, getComputedStyle(document.querySelector('article')).direction]"
    ) == ["rtl", "ltr"]


def test_the_arabic_face_is_the_sites_own(example: LittleSite, serve: Callable[[Path], str], page: Any) -> None:
    """The web fonts named by the stylesheet load, and no preload is wasted."""
    page.goto(serve(example.output) + article_of(example))
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').length)"
    )
    wanted = page.evaluate("document.querySelectorAll('link[rel=preload][as=font]').length")
    assert loaded >= wanted >= 1
