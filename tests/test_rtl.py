"""Right to left as readers and browsers meet it: style sheet and templates read as text, and awkward pages as painted.

`docs/explanation/rtl.md` lists each requirement with the test here, or in a neighbouring file, that shows it.
"""

from __future__ import annotations

import html
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import NOW, LittleSite
from PIL import Image
from test_browser import ORDER, SIDE

from digest.site.options import BuildOptions
from digest.text import bidi, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

in_browser = pytest.mark.browser

# ---------------------------------------------------------------- the style sheet, read as text

PHYSICAL_PROPERTY = re.compile(
    r"(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-\w+)?"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)"
)
PHYSICAL_VALUE = re.compile(r"(?<![\w-])(?:left|right)(?![\w-])")
BOXES = {
    "margin",
    "padding",
    "inset",
    "border-width",
    "border-style",
    "border-color",
    "scroll-margin",
    "scroll-padding",
}
NEVER = {"direction", "unicode-bidi", "letter-spacing", "text-transform", "text-overflow", "-webkit-line-clamp"}
NEVER |= {"-webkit-text-stroke", "-webkit-text-stroke-width", "text-justify", "initial-letter", "line-clamp"}
NEVER |= {"font-variant", "font-variant-caps", "word-spacing"}


def declarations(sheet: str) -> list[tuple[str, str, str]]:
    """(selector, property, value) of each declaration, in order; at-rules' own preludes are no declarations."""
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    strings = re.compile(r"\"[^\"]*\"|'[^']*'")
    found = []
    for selector, block in re.findall(r"([^{}]+)\{([^{}]*)\}", strings.sub('""', sheet)):
        for one in filter(str.strip, block.split(";")):
            name, _, value = one.partition(":")
            found.append((selector.strip(), name.strip().lower(), value.strip().lower()))
    return found


def parts(value: str) -> list[str]:
    """The space-separated values of a shorthand, brackets kept whole."""
    return re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", value)


def sheet_faults(sheet: str) -> list[str]:
    """What a style sheet of a right-to-left site must not say."""
    faults = []
    for selector, name, value in declarations(sheet):
        shown = f"{selector} {{ {name}: {value} }}"
        sides = parts(value)
        one_sided = name in BOXES and len(sides) == 4 and sides[1] != sides[3]
        physical = PHYSICAL_PROPERTY.fullmatch(name) or (name != "src" and PHYSICAL_VALUE.search(value)) or one_sided
        slanted = name == "font-style" and value != "normal"
        hyphenated = name == "hyphens" and value != "manual"
        stretched = name == "text-align" and "justify" in value
        see_through = name == "color" and re.search(r"/\s*[\d.]|rgba|transparent", value)
        lined = name.startswith("text-decoration") and "overline" in value
        spilling = name in {"overflow-wrap", "word-break"} and value not in {"break-word", "normal"}
        if (
            physical
            or name in NEVER
            or slanted
            or hyphenated
            or stretched
            or see_through
            or lined
            or (spilling and "source" not in selector)
            or "::first-letter" in selector
            or "::first-line" in selector
        ):
            faults.append(shown)
    return faults


def line_heights(sheet: str) -> list[tuple[str, str]]:
    """(selector, line height) of every declaration that sets one."""
    found = []
    for selector, name, value in declarations(sheet):
        if name == "line-height":
            found.append((selector, value))
        elif name == "font" and "/" in value:
            found.append((selector, re.split(r"/\s*", value, maxsplit=1)[1].split()[0]))
    return found


@pytest.fixture(scope="module")
def sheet(repository: Path) -> str:
    """The built-in style sheet as it lies in the repository."""
    return (repository / "templates/assets/style.css").read_text("utf-8")


def test_the_style_sheet_says_nothing_physical_and_nothing_latin(sheet: str) -> None:
    """One sheet for both directions: no left or right, no direction, no tracking, capitals, slant, stretching, cutting."""
    assert len(declarations(sheet)) > 500
    assert sheet_faults(sheet) == []


@pytest.mark.parametrize(
    "rule",
    [
        "a { margin-left: 1px }", "a { padding: 1px 2px 1px 3px }", "a { text-align: right }", "a { float: left }", "a { left: 0 }",
        "a { border-right: 1px solid }", "a { direction: rtl }", "a { unicode-bidi: isolate }", "h1 { letter-spacing: .02em }",
        "a { text-transform: uppercase }", "p::first-letter { font-size: 3em }", "p { text-align: justify }", "p { hyphens: auto }",
        "h1 { -webkit-text-stroke: 1px }", "em { font-style: italic }", "p { overflow-wrap: anywhere }", "a { color: rgb(0 0 0 / .5) }",
        "h2 { text-overflow: ellipsis }", "@media print { a { margin-right: 1px } }", "a { text-decoration: overline }",
        "a { width: 3rem }", "a { background: url('x') right / cover }", "h2 { -webkit-line-clamp: 2 }",
    ],
)  # fmt: skip
def test_the_reading_of_style_sheets_finds_each_of_them(rule: str) -> None:
    """The rules above can fail."""
    assert sheet_faults(rule)


def test_lines_are_high_enough_and_have_no_unit(sheet: str) -> None:
    """Body 1.7 and more; headings and labels 1.4 and more; only digits and code, which have no vowel marks, may have less."""
    heights = line_heights(sheet)
    assert len(heights) > 30
    assert [pair for pair in heights if not re.fullmatch(r"\d?\.?\d+", pair[1])] == []
    assert {selector for selector, value in heights if float(value) < 1.4} <= {".rank"}
    found = dict(heights)
    assert 1.7 <= float(found["body"]) <= 1.9
    assert 1.7 <= float(found[".article-body"]) <= 1.9
    assert 1.7 <= float(found[".card-summary"]) <= 1.9


def test_nothing_but_pictures_and_hidden_words_is_clipped(sheet: str) -> None:
    """No box cuts dots and vowel marks off."""
    clipped = {
        s for s, name, value in declarations(sheet) if name.startswith("overflow") and re.search("hidden|clip", value)
    }
    assert clipped == {".card-picture", ".hidden"}


def test_quotation_marks_of_arabic_are_angled(sheet: str) -> None:
    """CLDR's own for Arabic are curly and would stand beside the guillemets editors type."""
    assert 'q:lang(ar) { quotes: "«" "»" "“" "”" }' in sheet


# ---------------------------------------------------------------- templates and words, read as text

ARROWS = re.compile("[\u2190-\u21ff\u27f0-\u27ff\u2b00-\u2b11]|&[lr]arr;|&#(?:859[2-9]|x219[0-9a-f]);", re.IGNORECASE)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def template_faults(source: str, *, of_mail: bool = False) -> list[str]:
    """What a template of a right-to-left site must not say; a mail has no style but the one in its elements."""
    source = COMMENT.sub("", source)
    faults = [f"arrow {found}" for found in ARROWS.findall(source)]
    faults += [f"dash {found}" for found in re.findall(r"\}\}(?:</\w+>)? +[-–—|] +(?:<[^>]+>)?\{\{", source)]
    if not of_mail:
        faults += [f"style {found}" for found in re.findall(r"\sstyle=", source)]
    faults += [f"markup {found}" for found in re.findall(r"<bdi>|dir=\"?auto|<(?:i|u|marquee|font)\b", source)]
    faults += [
        f"filter {found}"
        for found in re.findall(
            r"\|\s*(urlize|title|capitalize|upper|lower|truncate|wordcount|wordwrap|center)\b", source
        )
    ]
    labels = re.findall(r"[\w-]+=\"\{\{ t\(\"\w+\", (?!n=).*?\}\}", source)
    return faults + [f"markup in {found}" for found in labels]


def test_templates_have_no_arrows_no_glued_names_and_no_guessed_direction(repository: Path) -> None:
    """Arrows do not mirror, a dash between two names mixes their directions, and `auto` is wrong for Arabic headlines."""
    files = [*(repository / "templates").rglob("*.html"), *(repository / "templates/strings").glob("*.yaml")]
    assert len(files) > 20
    found = {str(path): template_faults(path.read_text("utf-8"), of_mail=path.parent.name == "mail") for path in files}
    assert found == {str(path): [] for path in files}


@pytest.mark.parametrize(
    "source",
    [
        "<a>التالي ←</a>", "<a>&rarr;</a>", "{{ a }} - {{ b }}", "{{ a }} | <b>{{ b }}", '<h1 dir="auto">', "<bdi>x</bdi>",
        '<p style="x">', "<i>x</i>", "{{ page.title|truncate(50) }}", "{{ name | title }}", '<nav aria-label="{{ t("near", name=x) }}">',
    ],
)  # fmt: skip
def test_the_reading_of_templates_finds_each_of_them(source: str) -> None:
    """The rules above can fail."""
    assert template_faults(source)


def test_no_word_of_the_interface_is_stretched(repository: Path) -> None:
    """No tatweel inside a word (one that holds a preposition off a number is spelling), no typed direction mark."""
    for path in (repository / "templates/strings").glob("*.yaml"):
        table = path.read_text("utf-8")
        assert not re.search("[\u0620-\u064a]\u0640[\u0620-\u064a]", table), path
        assert not re.search("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", table), path


# ---------------------------------------------------------------- a site of awkward content

TITLE = "FIFA: قال «إن النتيجة (3-1) \"عادلة\" لفريق '{ا}'» بنسبة +7% و-5 و10-15% عند C++"
CAPTION = "Stade Atlas في صورة من 2026-11-20 (+212 522-12-34-56)"
TAGS = ("AI", "ذكاء (AI)", "5G", "C++", "-5%")
OUTLETS = ("Reuters (5)", "وكالة الأطلس 24", "BBC – عربي", "C++ Weekly!")
LONG = "https://atlas.example/" + "a-very-long-path-without-any-blank/" * 6

BODY = f"""\
FIFA أعلنت *موعدا جديدا* **مهما** اليوم، وقال المتحدث «إن “القرار” نهائي» (انظر {LONG}).

هاتف +212 522-12-34-56 والحرارة -5 درجات ونمو 25% وفوز 3-1 وبريد press@atlas.example.

كتـــاب "قديم" و'جديد' بلا تغيير.

> اقتباس عربي من Atlas Wire.
>
> > Une citation imbriquée, sans fard (2026)!

> An English quotation with a list:
>
> - one
> - two

1. أول
2. ثان
   - فرع أول
   - Latin branch, with a comma.
3. FIFA ثالث!

| المدينة | العدد | النسبة |
|---|---|---|
| الرباط | 1200 | -5% |
| Casablanca | 3400 | +7.5% |

```
pip install digest --upgrade  # -5%
```

نص فيه `a = -5` وزر.

## عنوان FIFA!

Only Latin paragraph, ends with a stop.
"""


def photograph() -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (640, 360), (40, 90, 120)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """A site where everything an editor writes is of two directions."""
    root = tmp_path_factory.mktemp("awkward")
    site = LittleSite(root, BuildOptions(root, root / "public", NOW))
    themes = "".join(
        f"  - {{id: t{n}, title: '{name}'}}\n"
        for n, name in enumerate(
            ("Tech & AI", "رياضة", "C++", "سياسة 2026", "Économie", "أخبار FIFA", "صحة", "ثقافة", "علوم")
        )
    )
    site.put(
        "site.yaml",
        f"title: موجز FIFA 24\ndescription: وصف الموقع\nbase_url: https://news.example/\nlang: ar\nthemes:\n{themes}"
        "images: {widths: [320], formats: [webp]}\n",
    )
    site.put("content/t0/stade.jpg", photograph())
    names = "\n".join(
        f"  - {{name: {json.dumps(n, ensure_ascii=False)}, url: 'https://s{i}.example/مقال/2026'}}"
        for i, n in enumerate(OUTLETS)
    )
    front = "\n".join(
        (
            f"title: {json.dumps(TITLE, ensure_ascii=False)}",
            f"summary: {json.dumps('Atlas: ' + TITLE, ensure_ascii=False)}",
            f"image: {{src: stade.jpg, alt: ملعب, caption: {json.dumps(CAPTION, ensure_ascii=False)}, credit: AFP (3)}}",
            f"tags: {json.dumps(TAGS, ensure_ascii=False)}",
            "author: [Ann Lee, ليلى (2)]",
            f"source:\n{names}",
        )
    )
    site.entry("t0/whole", front, BODY)
    site.entry(
        "t0/french",
        "title: 'Le «Journal» (3-1) : +7 %'\nlang: fr\ntags: [AI]",
        "Un *mot* et un `code`.\n\n> اقتباس عربي\n\nFin.",
    )
    site.entry("t0/persian", "title: 'گزارش FIFA'\nlang: fa", "متن خبر.")
    site.entry("t0/latin", "title: 'Atlas Tech 2026: what is new?'", "نص.")
    for number in range(9):
        site.entry(
            f"t{number}/more-{number}",
            f"title: 'خبر (2-{number}) عن Atlas وبنسبة -{number}%'\ntags: [AI]\nsource: {{name: Reuters, url: 'https://r.example/{number}'}}",
        )
    site.build()
    return site


@pytest.fixture(scope="module")
def address(awkward: LittleSite, serve: Callable[[Path], str]) -> str:
    """Where the awkward site is served."""
    return serve(awkward.output)


@pytest.fixture(scope="module")
def wide_article(browser: Any, address: str) -> Iterator[Any]:
    """The awkward article on a screen so wide that its titles stand on one line; only to be looked at."""
    tab = browser.new_page(viewport={"width": 2200, "height": 900})
    tab.goto(f"{address}/t0/whole/")
    yield tab
    tab.close()


def pages(site: LittleSite) -> dict[str, str]:
    """Every page of a built site: path → HTML."""
    return {path: content.decode() for path, content in site.files().items() if path.endswith(".html")}


# ---------------------------------------------------------------- the pages, read as text


def test_tabs_and_meta_texts_are_taken_for_right_to_left(awkward: LittleSite) -> None:
    """Whatever letter a plain text begins with, its first strong character is right-to-left; joined names are isolated."""
    page = awkward.text("t0/whole/index.html")
    title = html.unescape(re.search("<title>(.*?)</title>", page)[1])
    assert bidi.first_strong(title) == "rtl"
    assert title == f"\u200f\u2068{TITLE}\u2069 – \u2068موجز FIFA 24\u2069"
    for name in ("description", "og:title", "og:description"):
        content = html.unescape(re.search(f'(?:name|property)="{name}" content="(.*?)"', page)[1])
        assert bidi.first_strong(content) == "rtl", name
    data = json.loads(re.search(r"<script[^>]*json[^>]*>(.*?)</script>", page)[1])
    assert bidi.first_strong(data["@graph"][0]["headline"]) == "rtl"
    feed = awkward.text("feed.xml")
    heads = [html.unescape(t) for t in re.findall(r"<title[^>]*>(.*?)</title>", feed) if "FIFA:" in t]
    assert heads
    assert all(bidi.first_strong(t) == "rtl" for t in heads)


def test_no_page_embeds_overrides_or_guesses(awkward: LittleSite) -> None:
    """No LRE, RLE, LRO, RLO, PDF; isolates closed; no `dir=auto`, no bare `<bdi>`, no inline style."""
    for path, page in pages(awkward).items():
        assert not re.search("[\u202a-\u202e]", page), path
        assert page.count("\u2068") == page.count("\u2069"), path
        assert not re.search(r'dir="?auto|<bdi>|\sstyle=', page), path
        typed = [field for field in re.findall("<(?:input|textarea)[ >][^>]*", page) if 'type="search"' not in field]
        assert not typed, "what a reader types would need dir=auto; words to look for are in the language of the page"


def test_attributes_hold_words_and_never_markup(awkward: LittleSite, example: LittleSite) -> None:
    """What a screen reader speaks of a label is text."""
    seen = 0
    for page in (*pages(awkward).values(), *pages(example).values()):
        for value in re.findall(r'\s(?:aria-label|alt|title|content|placeholder)="([^"]*)"', page):
            seen += 1
            assert "<" not in value
            assert "&lt;bdi" not in value
    assert seen > 1000


def test_the_page_and_its_words_say_their_language(awkward: LittleSite) -> None:
    """A French story says French where its words stand, and Arabic where the site's words stand inside it; a Persian one keeps the direction."""
    french = awkward.text("t0/french/index.html")
    assert re.search(r'<article class="story[^>]* lang="fr" dir="ltr">', french)
    assert re.search(r'<header class="story-head" lang="ar" dir="rtl">', french)
    assert re.search(r'<h1 class="story-title" lang="fr" dir="ltr">', french)
    persian = awkward.text("t0/persian/index.html")
    assert re.search(r'<article class="story[^>]* lang="fa">', persian)
    home = awkward.text("index.html")
    assert re.search(r'<a href="/t0/french/" lang="fr" dir="ltr">|lang="fr" dir="ltr"><a href="/t0/french/">', home)


def test_text_is_kept_as_typed(awkward: LittleSite) -> None:
    """Tatweel, straight and curly quotation marks, guillemets: none added, none taken away, none turned."""
    body = html.unescape(awkward.text("t0/whole/index.html"))
    assert "كتـــاب \"قديم\" و'جديد' بلا تغيير." in body
    assert "«إن “القرار” نهائي»" in body


def test_the_original_is_shown_by_name_and_host(awkward: LittleSite) -> None:
    """An address with an Arabic path never stands in a line; its host does, as a left-to-right isolate."""
    text = awkward.text("t0/whole/index.html")
    shown = re.sub(r"<script.*?</script>|<[^>]*>", " ", text, flags=re.DOTALL)
    assert "s0.example" in shown
    assert "s0.example/" not in shown
    assert re.search(r'<bdi class="source" dir="ltr">s0\.example</bdi>', text)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("هاتف (+212 522-12-34-56) مجاني", "+212 522-12-34-56"), ("هاتف (0522-12-34-56) مجاني", "0522-12-34-56"),
        ("هاتف (+212) 522-12-34-56 مجاني", "(+212) 522-12-34-56"), ("هاتف +1 (555) 123-4567 مجاني", "+1 (555) 123-4567"),
        ("هاتف (+1 (555) 123-4567) مجاني", "+1 (555) 123-4567"), ("هاتف (05) 22 12 34 56 مجاني", "(05) 22 12 34 56"),
    ],
)  # fmt: skip
def test_a_bracket_is_isolated_only_with_its_partner(text: str, token: str) -> None:
    """Half a pair inside an isolate would be painted on the wrong side, open to the wrong way."""
    assert re.findall("<bdi dir=ltr>(.*?)</bdi>", bidi.isolate(text)) == [token]


@pytest.mark.parametrize(
    ("plain", "kept"),
    [
        ("فاز (3-1) أمس", ["3-1"]), ("و10–15 عاما", ["10–15"]), ("بين ٣-١ و٢-٢", ["٣-١", "٢-٢"]), ("بين 10-15%", ["10-<bdi dir=ltr>15%</bdi>"]),
        ("خطة 4-3-3", ["4-3-3"]), ("https://atlas.example/3-1/x خبر", []), ("كوفيد-19 وC-130", []), ("a_3-1 خبر", []),
        ("1-2-3-4-5-6-7-8 خبر", []), ("12345678-12345678 خبر", []), ("Final 3-1", ["3-1"]),
    ],
)  # fmt: skip
def test_scores_and_ranges_of_a_title_are_kept_whole(plain: str, kept: list[str]) -> None:
    """Nothing is added to the text, and what is kept on one line is short enough for every column."""
    found = bidi.directed_text(plain, base="rtl")
    assert re.findall(r"<span class=range>(.*?)</span>", found.html) == kept
    assert found.plain == plain
    assert html.unescape(re.sub(r"<[^>]*>", "", found.html)) == plain
    assert not set(found.html) & {'"', "'"}


# ---------------------------------------------------------------- the pages, as painted


@in_browser
def test_direction_is_declared_only_where_it_changes(awkward: LittleSite, address: str, page: Any) -> None:
    """But for isolates and code, whose `dir` is what they are for, each `dir` differs from the one around it."""
    for path in pages(awkward):
        page.goto(f"{address}/{path}")
        idle = page.evaluate("""() => [...document.querySelectorAll('body [dir]:not(bdi, pre, code)')]
          .filter(e => e.dir === e.parentElement.closest('[dir]').dir).map(e => e.outerHTML.slice(0, 90))""")
        assert idle == [], path


@in_browser
def test_the_style_sheet_never_overrides_direction(address: str, page: Any) -> None:
    """Without author styles each element has the direction it has with them."""
    page.goto(f"{address}/t0/whole/")
    ways = "[...document.querySelectorAll('body *')].map(e => getComputedStyle(e).direction).join()"
    styled = page.evaluate(ways)
    page.evaluate("document.querySelectorAll('link[rel=stylesheet]').forEach(l => l.disabled = true)")
    assert page.evaluate(ways) == styled
    assert "ltr" in styled


@in_browser
@pytest.mark.parametrize(
    ("selector", "piece"),
    [
        ("h1", "+7%"), ("h1", "-5"), ("h1", "C++"), (".standfirst p", "+7%"), ("figcaption span", "+212 522-12-34-56"),
        ("figcaption span", "2026-11-20"), (".tags li:nth-child(5)", "-5%"), (".tags li:nth-child(4)", "C++"), (".sources ul", "Reuters (5)"),
        (".sources li:nth-child(4)", "C++ Weekly!"), (".article-body", "+212 522-12-34-56"), (".article-body", "-5"), (".article-body", "25%"),
        (".article-body", "press@atlas.example"), (".article-body td:nth-child(3)", "-5%"), (".article-body tr:nth-child(2) td:nth-child(3)", "+7.5%"),
        (".article-body pre", "digest --upgrade  # -5%"), (".article-body", "a = -5"), (".article-body", "sans fard (2026)!"),
        (".byline-author", "Ann Lee"), (".breadcrumb", "Tech & AI"), (".themes li:nth-child(3)", "C++"), (".credit", "AFP (3)"),
        (".article-body p[dir=ltr]:last-child", "with a stop."),
    ],
)  # fmt: skip
def test_what_reads_from_the_left_is_painted_so_wherever_it_stands(
    wide_article: Any, selector: str, piece: str
) -> None:
    """Numbers, addresses, code and Latin names in every field of an article."""
    assert wide_article.evaluate(ORDER, [selector, piece]) == "".join(piece.split())


@in_browser
def test_an_awkward_headline_is_painted_in_reading_order(address: str, page: Any) -> None:
    """Its Latin beginning at the right, its Latin end at the left, guillemets and brackets round what they enclose."""
    page.set_viewport_size({"width": 2200, "height": 900})
    page.goto(f"{address}/t0/whole/")
    heading = "h1"
    page.evaluate("document.querySelector('h1').style.fontSize = '1rem'")
    assert page.evaluate("document.querySelector('h1').offsetHeight") < 40, "one line"
    assert page.evaluate(SIDE, [heading, "FIFA", "قال"]) == "right"
    assert page.evaluate(SIDE, [heading, "قال", "عادلة"]) == "right"
    assert page.evaluate(SIDE, [heading, "«", "عادلة"]) == "right"
    assert page.evaluate(SIDE, [heading, "عادلة", "»"]) == "right"
    # A score keeps the order its writer saw: 3 at the right.
    assert page.evaluate(ORDER, [heading, "3-1"]) == "1-3"


@in_browser
@pytest.mark.parametrize("path", ["/", "/t0/", "/t0/whole/"])
def test_no_score_is_broken_across_lines(address: str, page: Any, path: str) -> None:
    """At every width from a phone's to a desk's."""
    page.goto(address + path)
    for width in range(320, 760, 40):
        page.set_viewport_size({"width": width, "height": 900})
        broken = page.evaluate("""() => [...document.querySelectorAll('.range')].filter(e => {
          const tops = [...e.getClientRects()].map(r => r.top); return Math.max(...tops) - Math.min(...tops) > 8; }).map(e => e.textContent)""")
        assert broken == [], width
    assert page.evaluate("document.querySelectorAll('.range').length") > 3


@in_browser
def test_names_and_their_counts_keep_apart(address: str, page: Any) -> None:
    """In the list of sources each count is an element of its own at the left end of its line, the name at the right."""
    page.goto(f"{address}/sources/")
    lines = page.evaluate("""() => [...document.querySelectorAll('.names li')].map(li => { const a = li.querySelector('a').getBoundingClientRect(),
      c = li.querySelector('.count').getBoundingClientRect(), b = li.getBoundingClientRect();
      return [Math.abs(b.right - a.right) < 2, Math.abs(c.left - b.left) < 2, a.left > c.right]; })""")
    assert len(lines) == 5
    assert all(all(line) for line in lines)


@in_browser
def test_fields_are_elements_of_their_own(awkward: LittleSite, address: str, page: Any) -> None:
    """No text node of the frame holds two names, or a name and a dash."""
    for path in ("t0/whole/index.html", "index.html", "sources/index.html"):
        page.goto(f"{address}/{path}")
        glued = page.evaluate("""names => { const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let n = walker.nextNode(); n; n = walker.nextNode()) if (names.filter(name => n.data.includes(name)).length > 1) found.push(n.data); return found; }""",
            ["Reuters (5)", "وكالة الأطلس 24", "Tech & AI", "رياضة", "Ann Lee", "20 نوفمبر 2026"])  # fmt: skip
        assert glued == [], path


@in_browser
def test_code_runs_from_the_left_and_quotations_their_own_way(address: str, page: Any) -> None:
    """A code block, inline code, quotations in both directions, one inside the other."""
    page.goto(f"{address}/t0/whole/")
    facts = page.evaluate("""() => { const way = e => getComputedStyle(e).direction, all = s => [...document.querySelectorAll('.article-body ' + s)];
      const pre = all('pre')[0], quotes = all('blockquote');
      const bar = e => { const s = getComputedStyle(e); return parseFloat(s.borderRightWidth) > 0 ? 'right' : parseFloat(s.borderLeftWidth) > 0 ? 'left' : ''; };
      return {pre: [way(pre), getComputedStyle(pre).textAlign], code: all('p code').map(way), quotes: quotes.map(q => [way(q), bar(q)])}; }""")
    assert facts["pre"] == ["ltr", "start"]
    assert facts["code"] == ["ltr"]
    assert facts["quotes"] == [["rtl", "right"], ["ltr", "left"], ["ltr", "left"]]


@in_browser
def test_lists_and_tables_begin_at_the_right(address: str, page: Any) -> None:
    """Markers stand in padding at the right, nested lists further in, decimal numbers, the first column outermost."""
    page.goto(f"{address}/t0/whole/")
    facts = page.evaluate("""() => { const one = s => document.querySelector('.article-body ' + s), s = e => getComputedStyle(e), box = e => e.getBoundingClientRect();
      const ol = one('> ol'), inner = one('ol ul'), cells = [...document.querySelectorAll('.article-body tbody tr:first-child td')];
      return {ol: [s(ol).listStyleType, parseFloat(s(ol).paddingRight) > 20, s(ol).paddingLeft], deeper: box(inner.firstElementChild).right < box(ol.firstElementChild).right - 20,
        columns: cells.map(c => box(c).left), aligned: cells.map(c => s(c).textAlign), head: s(one('th')).textAlign}; }""")
    assert facts["ol"] == ["decimal", True, "0px"]
    assert facts["deeper"]
    assert facts["columns"] == sorted(facts["columns"], reverse=True)
    assert set(facts["aligned"]) == {"start"}
    assert facts["head"] == "start"


@in_browser
def test_letters_join_stand_upright_and_are_never_stretched(awkward: LittleSite, address: str, page: Any) -> None:
    """Every element of every kind of page: no tracking, capitals, slant, synthetic face, justification, hyphenation."""
    for path in ("", "t0/", "t0/whole/", "t0/french/", "tags/", "archive/", "404.html"):
        page.goto(f"{address}/{path}")
        odd = page.evaluate("""() => [...document.querySelectorAll('body, body *')].filter(e => { const s = getComputedStyle(e);
          return s.letterSpacing !== 'normal' || s.wordSpacing !== '0px' || s.textTransform !== 'none' || s.fontStyle !== 'normal' || s.fontVariantCaps !== 'normal'
            || s.fontSynthesisStyle !== 'none' || s.textAlign === 'justify' || s.hyphens !== 'manual' || parseFloat(s.webkitTextStrokeWidth) > 0
            || s.textOverflow === 'ellipsis' || s.opacity !== '1'; }).map(e => e.outerHTML.slice(0, 80))""")
        assert odd == [], path


@in_browser
@pytest.mark.parametrize("path", ["/t0/whole/", "/t0/french/"])
def test_emphasis_is_weight(address: str, page: Any, path: str) -> None:
    """Upright and bold, in Arabic and in other scripts: the theme has no slanted face."""
    page.goto(address + path)
    assert page.evaluate(
        "(s => [s.fontStyle, s.fontWeight])(getComputedStyle(document.querySelector('.article-body em')))"
    ) == ["normal", "700"]


@in_browser
def test_underlines_keep_clear_of_dots(address: str, page: Any) -> None:
    """Links in a text are underlined, low and thin, and skip ink; headlines only under the pointer or the keyboard."""
    page.goto(f"{address}/t0/whole/")
    seen = page.evaluate("""() => [...document.querySelectorAll('a')].map(a => { const s = getComputedStyle(a);
      return [s.textUnderlineOffset, s.textDecorationThickness, s.textDecorationSkipInk, parseFloat(s.fontSize)]; })""")
    assert len(seen) > 30
    for offset, thickness, skip, size in seen:
        assert float(offset.removesuffix("px")) / size >= 0.3 or offset == "0.32em"
        assert thickness in {"1px", "auto"}, "auto is of what has no line of its own"
        assert skip == "auto"
    line = "getComputedStyle(document.querySelector('{}')).textDecorationLine"
    assert page.evaluate(line.format(".sources li a.source")) == "underline"
    card = ".card-title a"
    assert page.evaluate(line.format(card)) == "none"
    page.hover(card)
    assert page.evaluate(line.format(card)) == "underline"


@in_browser
@pytest.mark.parametrize("width", [320, 1280])
def test_lines_are_higher_than_their_ink(address: str, page: Any, width: int) -> None:
    """The ink of ordinary words with a vowel mark, in the faces as loaded, fits into one line of each kind of text; nothing clips it."""
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/t0/whole/", "/"):
        page.goto(address + path)
        tight = page.evaluate("""async () => { await document.fonts.ready; const c = document.createElement('canvas').getContext('2d'), found = [];
          for (const e of document.querySelectorAll('h1, h2, h3, .card-summary, .standfirst p, .article-body p, .facts, .brand-line, figcaption, .tags a, .term')) {
            if (!e.checkVisibility() || e.matches('.hidden')) continue;
            const s = getComputedStyle(e); c.font = `${s.fontWeight} ${s.fontSize} ${s.fontFamily}`;
            const ink = t => { const m = c.measureText(t); return m.actualBoundingBoxAscent + m.actualBoundingBoxDescent; };
            if (parseFloat(s.lineHeight) < ink('أعلن مجلس المدينة عن خط جديد للحافلات، وقال إنّ') || s.overflowY !== 'visible') found.push([e.className, s.lineHeight, ink('أعلن مجلس المدينة عن خط جديد للحافلات، وقال إنّ')]); }
          return found; }""")
        assert tight == [], path


@in_browser
def test_latin_stands_a_little_smaller_than_arabic(address: str, page: Any) -> None:
    """In both shipped faces Latin letters and digits are drawn 5 to 15 % smaller than the same size would have them."""
    page.goto(f"{address}/t0/whole/")
    shares = page.evaluate("""async () => { await document.fonts.ready; const c = document.createElement('canvas').getContext('2d');
      return ['Digest Sans', 'Digest Naskh'].map(f => { c.font = `100px "${f}"`;
        const height = t => c.measureText(t).actualBoundingBoxAscent; return height('H') / height('ا'); }); }""")
    assert all(0.85 <= share <= 1.0 for share in shares), shares


@in_browser
def test_signs_that_point_are_mirrored_and_others_are_not(awkward: LittleSite, address: str, page: Any) -> None:
    """Forward, back and outward point leftwards on an Arabic page; the feed's waves, the mark and pictures stay."""
    turned: dict[bool, int] = {True: 0, False: 0}
    for path in ("", "t0/", "t0/whole/", "t0/french/"):
        page.goto(f"{address}/{path}")
        for flips, matrix in page.evaluate(
            """() => [...document.querySelectorAll('svg, img')].map(e => [e.classList.contains('flip'), getComputedStyle(e).transform])"""
        ):
            turned[flips] += 1
            assert matrix == ("matrix(-1, 0, 0, 1, 0, 0)" if flips else "none"), path
    assert turned[True] > 5
    assert turned[False] > 5
    page.goto(f"{address}/t0/whole/")
    page.evaluate("document.documentElement.dir = 'ltr'")
    assert page.evaluate("[...document.querySelectorAll('.flip')].every(e => getComputedStyle(e).transform === 'none')")
    assert "icon flip" not in page.evaluate("(e => e ? e.outerHTML : '')(document.querySelector('a[type*=atom] svg'))")


@in_browser
def test_the_themes_of_a_phone_scroll_from_the_right(address: str, page: Any) -> None:
    """At 320 px the first theme is in view without scrolling, the last comes by scrolling left, and the page itself stays."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(address + "/")
    facts = page.evaluate("""() => { const ul = document.querySelector('.themes ul'), box = e => e.getBoundingClientRect(), first = box(ul.firstElementChild), last = box(ul.lastElementChild);
      const before = [ul.scrollLeft, first.right <= 321 && first.left >= 0, last.right < 0];
      ul.scrollLeft = -10000; const moved = box(ul.lastElementChild);
      return {before, after: [ul.scrollLeft < 0, moved.left >= 0 && moved.right <= 320], page: document.scrollingElement.scrollWidth}; }""")
    assert facts == {"before": [0, True, True], "after": [True, True], "page": 320}


@in_browser
def test_long_addresses_tables_and_code_fit_the_smallest_phone(address: str, page: Any) -> None:
    """The awkward article is no wider than 320 px; code scrolls in its own box, from the left."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{address}/t0/whole/")
    assert page.evaluate("document.scrollingElement.scrollWidth") == 320
    assert page.evaluate(
        """() => [...document.querySelectorAll('.article-body li')].every(e => e.getBoundingClientRect().left >= 16 && e.getBoundingClientRect().right <= 304)"""
    )
    assert page.evaluate("(e => [e.scrollLeft, e.scrollWidth > e.clientWidth])(document.querySelector('pre'))") == [
        0,
        True,
    ]


@in_browser
def test_the_margin_stands_at_the_left_and_after_the_story(address: str, page: Any) -> None:
    """Main column first in the document and at the right; the margin at the end of the line."""
    for path, main, side in (("/t0/whole/", "main", ".block-latest"), ("/", ".home-themes section", ".home-margin")):
        page.goto(address + path)
        facts = page.evaluate("""([m, s]) => { m = document.querySelector(m); s = document.querySelector(s);
          return [m.getBoundingClientRect().left >= s.getBoundingClientRect().right, !!(m.compareDocumentPosition(s) & Node.DOCUMENT_POSITION_FOLLOWING)]; }""", [main, side])  # fmt: skip
        assert facts == [True, True], path


@in_browser
@pytest.mark.parametrize(
    "media", [{"media": "print"}, {"color_scheme": "dark"}, {"forced_colors": "active"}, {"contrast": "more"}]
)
def test_other_media_keep_the_direction(address: str, page: Any, media: dict[str, str]) -> None:
    """Print, dark, high contrast and forced colours: lines begin at the right, the headline keeps its order, bars their side."""
    page.emulate_media(**media)
    page.set_viewport_size({"width": 2200, "height": 900})
    page.goto(f"{address}/t0/whole/")
    assert page.evaluate(SIDE, ["h1", "FIFA", "قال"]) == "right"
    assert page.evaluate(ORDER, ["h1", "+7%"]) == "+7%"
    facts = page.evaluate("""() => { const p = document.querySelector('.article-body p'), range = document.createRange(); range.selectNodeContents(p);
      const q = getComputedStyle(document.querySelector('.article-body > blockquote'));
      return [getComputedStyle(p).textAlign, Math.abs([...range.getClientRects()].reduce((far, r) => Math.max(far, r.right), 0) - p.getBoundingClientRect().right) < 2, parseFloat(q.borderRightWidth) > 0, q.borderLeftWidth]; }""")
    assert facts == ["start", True, True, "0px"]


@in_browser
def test_forced_colours_still_show_where_the_reader_is(address: str, page: Any) -> None:
    """The current theme's bar differs from its neighbours', whose transparent ones are painted in this mode."""
    page.emulate_media(forced_colors="active")
    page.goto(f"{address}/t0/whole/")
    current, other = page.evaluate(
        "['[aria-current]', ':not([aria-current])'].map(s => getComputedStyle(document.querySelector('.themes a' + s)).borderBlockEndColor)"
    )
    assert current != other
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (
        ground in {other, "rgba(0, 0, 0, 0)"}
        or page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == other
    )


@in_browser
def test_no_style_begins_inside_a_word(awkward: LittleSite, address: str, page: Any) -> None:
    """No element's edge lies between two letters that join, on a page whose editor marked whole words; a و joins no name."""
    for path in ("t0/whole/", "", "t0/"):
        page.goto(f"{address}/{path}")
        split = page.evaluate("""() => { const arabic = /[\\u0620-\\u064a]/, joins = /[\\u0626\\u0628\\u062a-\\u062e\\u0633-\\u063a\\u0641-\\u0647\\u0649\\u064a]/, found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const block = n => { let e = n.parentElement; while (getComputedStyle(e).display === 'inline') e = e.parentElement; return e; };
          for (let a = walker.nextNode(), b; a && (b = walker.nextNode()); a = b)
            if (a.data && joins.test(a.data.at(-1)) && arabic.test(b.data[0]) && block(a) === block(b)) found.push(a.data + '|' + b.data);
          return found; }""")
        assert split == [], path


@pytest.mark.parametrize("text", ["FIFA: " + "خبر عن Atlas " * 30, "Atlas " * 60, "خبر " * 60 + "Atlas"])
def test_a_shortened_text_ends_with_its_dots(text: str) -> None:
    """The dots come last, behind a whole word, and the mark in front keeps them at the end of the line as painted."""
    short = words.truncate(text, 100)
    assert len(short) <= 100
    assert short.endswith("…")
    assert text.split(" ")[: len(short.split(" ")) - 1] == short.split(" ")[:-1]
    way = bidi.direction(text, "rtl")
    assert bidi.first_strong(bidi.mark(short, way)) == way


# ---------------------------------------------------------------- the manual


def test_the_manual_maps_each_requirement_to_tests_that_exist(repository: Path) -> None:
    """`docs/explanation/rtl.md`: one row a requirement, in order, each naming tests of this suite or saying that there is nothing to test."""
    rows = re.findall(
        r"^\| (\d+) \| (.+?) \| (.+?) \|$", (repository / "docs/explanation/rtl.md").read_text("utf-8"), re.MULTILINE
    )
    assert [int(number) for number, _, _ in rows] == list(range(1, 143))
    known = {
        (path.name, name)
        for path in (repository / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    for number, _, tests in rows:
        named = re.findall(r"`(?:(test_\w+\.py)::)?(test_\w+)`", tests)
        assert named or tests.startswith("—"), number
        for file, name in named:
            assert (file or "test_rtl.py", name) in known, (number, name)
