"""Bodies: what Markdown becomes, what never reaches a page, and that the short way gives the long way's bytes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.content import markdown
from digest.content.markdown import BodyImage, Rendered
from digest.model import Direction, picture_mark
from digest.text.slugs import SLUG

GOLDEN = Path(__file__).parent / "golden" / "markdown.md"
CASE = re.compile(r"^(?!\.$)([^\n]+)\n\.\n(.*?)\n\.\n(.*?)\n\.$", re.MULTILINE | re.DOTALL)
CASES = CASE.findall(GOLDEN.read_text("utf-8"))


def render(source: str, base: Direction = "rtl", base_path: str = "/") -> Rendered:
    return markdown.render(source, base=base, base_path=base_path)


def said(rendered: Rendered) -> list[tuple[int, str, str, str]]:
    """Line, mistake, cure and level of each fault, isolates left out."""
    isolates = {0x2068: None, 0x2069: None}
    return [
        (fault.line, str(fault.message).translate(isolates), str(fault.cure).translate(isolates), fault.level)
        for fault in rendered.faults
    ]


@pytest.mark.parametrize(("source", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_golden(source: str, expected: str) -> None:
    """Each case of golden/markdown.md, pictures as ⟦number⟧, a fault as `! line: message`."""
    rendered = render(source, base_path="/repo/")
    shown = rendered.html.translate({0xE000: "⟦", 0xE001: "⟧"})
    assert "\n".join([shown, *(f"! {fault.line}: {fault.message}" for fault in rendered.faults)]) == expected


def test_every_golden_case_is_read() -> None:
    """The file's dots stand where the reader of cases expects them."""
    assert len(CASES) >= 60
    assert len(re.findall(r"^\.$", GOLDEN.read_text("utf-8"), re.MULTILINE)) == 3 * len(CASES)


# ---------------------------------------------------------------- what comes beside the HTML


def test_pictures_are_listed_with_caption_and_line() -> None:
    rendered = render('نص\n\n![ملعب *المدينة*](my%20photo.jpg "قبل «المباراة»")\n\nسطر\nوفيه ![](b.png)')
    assert rendered.images == (
        BodyImage("my photo.jpg", "ملعب المدينة", "قبل «المباراة»", 2),
        BodyImage("b.png", "", "", 5),
    )
    assert f"\n{picture_mark(0)}\n" in rendered.html


def test_only_the_product_writes_picture_marks() -> None:
    """A private-use character in a source is removed, so that a body cannot forge a picture."""
    assert render("خبر \ue0000\ue001 عاجل").html == "<p>خبر 0 عاجل</p>"
    assert render("*خبر* \ue0000\ue001").html == "<p><em>خبر</em> 0</p>"
    assert render("*خبر* \ue000").html == render("*خبر* \ue001").html == "<p><em>خبر</em></p>"


@pytest.mark.parametrize(
    "code",
    [
        "&#xE000;0&#xE001;",
        "&#57344;0&#57345;",
        "&#xE&#xE000;000;",
        "&#x202e;",
        "&#8237;",
        "&#x2067;",
        "&#13;",
        "&#127;",
        "&#x9f;",
    ],
)
def test_entities_bring_nothing_back_that_cleaning_took_out(code: str) -> None:
    """Neither picture marks nor direction overrides nor control characters, in text, title or alternative text."""
    rendered = render(f'خبر {code} [x](/a/ "{code}") ![{code}](a.jpg "{code}")')
    shown = rendered.html.replace(picture_mark(0), "") + rendered.images[0].alt + rendered.images[0].title
    assert not re.search("[\ue000\ue001\u202a-\u202e\u2066-\u2069\r\x7f-\x9f]", shown)


@pytest.mark.parametrize("form", ["&#{};", "&#x{:x};", "&#X{:X};"])
def test_which_entities_of_a_number_are_replaced(form: str) -> None:
    """Those of what cleaning takes out, from the first to the last, and nothing beside them."""
    taken = (0, 8, 0xB, 0xC, 0xD, 0x1F, 0x7F, 0x9F, 0x202A, 0x202E, 0x2066, 0x2069, 0xE000, 0xE001)
    kept = (9, 0xA, 0x20, 0x7E, 0xA0, 0x2029, 0x202F, 0x2065, 0x206A, 0xE002)
    for code in taken:
        assert render(f"*خ*{form.format(code)}خبر").text == "خ\ufffdخبر", code
    for code in kept:
        assert render(f"*خ*{form.format(code)}خبر").text == f"خ{chr(code)}خبر", code
    assert render(f"*خ* \\{form.format(0x202E)}").text == f"خ {form.format(0x202E)}"


def test_half_a_surrogate_pair_is_shown_as_a_replacement_character() -> None:
    """A YAML body can hold one; it must not end the build."""
    assert render("*\ud800*").html == "<p><em>\ufffd</em></p>"
    assert render("خبر \udfff").html == "<p>خبر \ufffd</p>"


def test_links_to_the_site_are_listed_unencoded_without_query() -> None:
    rendered = render(
        "[أ](/sport/نهائي/)\n[ب](/a%20b/?x=1#y)\n\n> [ج](/c/)\n\n[د](https://a.example/) [ه](mailto:a@b.example)"
    )
    assert rendered.links == (("/sport/نهائي/", 0), ("/a b/", 1), ("/c/", 3))


def test_the_base_path_stands_in_links_and_not_in_the_list() -> None:
    rendered = render("[أ](/sport/)", base_path="/repo/")
    assert 'href="/repo/sport/"' in rendered.html
    assert rendered.links == (("/sport/", 0),)


def test_a_fault_names_its_line_and_cure() -> None:
    rendered = render("سطر\nوهنا [خبر](x.md)")
    assert said(rendered) == [
        (1, "relative link 'x.md'", "write the page's path from the site's root, as in /theme/slug/", "error"),
    ]


def test_lines_are_counted_through_all_that_may_break_them() -> None:
    """Breaks, the texts of pictures, titles and code that run over lines; in quotations and cells of tables too."""
    source = "سطر\\\nثان  \nثالث ![أ\nب](a.jpg) [ج](/c/\n'عنوان') `x\ny` [خبر](x.md) ![د](b.jpg)\n<vb:x> [ه](/e/)"
    rendered = render(source)
    assert [fault.line for fault in rendered.faults] == [5, 6]
    assert [picture.line for picture in rendered.images] == [2, 5]
    assert rendered.links == (("/c/", 3), ("/e/", 6))
    rendered = render("نص [أ\n![ب](b.jpg)\nج](/a/) ![د](d.jpg)")
    assert (rendered.links, [picture.line for picture in rendered.images]) == ((("/a/", 0),), [1, 2])
    rendered = render("نص\n\n> أ\n> [ب](/b/)\n\n| ج |\n|---|\n| [د](/d/) |\n| ![ه](e.jpg) |")
    assert rendered.links == (("/b/", 3), ("/d/", 7))
    assert rendered.images[0].line == 8


@pytest.mark.parametrize("end", ["", "\n\n**رابعة**"])
def test_the_first_three_top_level_paragraphs_are_kept_as_plain_text(end: str) -> None:
    """Quotes, lists, headings and lone pictures are no lead; a line break is a blank."""
    source = "أولى\nبسطرين\n\nثانية\n\nثالثة" + end
    assert render(source).paragraphs == ("أولى بسطرين", "ثانية", "ثالثة")
    source = "# عنوان\n\n> اقتباس\n\n![](a.jpg)\n\n- بند\n\nنص **غامق** و`رمز` و[رابط](/a/) ![](b.jpg)" + end
    assert render(source).paragraphs[0].startswith("نص غامق ورمز ورابط")


@pytest.mark.parametrize("line", ["[تحديث]: عاجل", "[المصدر]: https://almarfaa.example/news", "[^1]: حاشية"])
@pytest.mark.parametrize("text", ["{}", "نص الخبر.\n\n{}", "{}\n\nنص الخبر.", "> {}", "- {}", "{}\n{}"])
def test_a_definition_that_no_link_uses_is_text(line: str, text: str) -> None:
    """An editor's line of source is no Markdown; the parser alone would drop it."""
    source = text.replace("{}", line)
    rendered = render(source)
    shown = html5lib.parseFragment(rendered.html, treebuilder="etree")
    assert "".join(shown.itertext()).count(line) == source.count(line) == rendered.text.count(line)
    assert not rendered.faults


def test_a_definition_that_a_link_uses_is_not_shown() -> None:
    """It goes on to work beside, above and below lines that are text."""
    link = '<p>خبر <a href="https://a.example/" rel="noopener noreferrer">المرفأ</a>.</p>'
    used, idle = "[المرفأ]: https://a.example/", "[المصدر]: عاجل"
    for definitions in (used, f"{idle}\n{used}", f"{used}\n{idle}", f"{idle}\n{used}\n{idle}"):
        rendered = render(f"خبر [المرفأ].\n\n{definitions}")
        assert rendered.html == "\n".join([link, *["<p>[المصدر]: عاجل</p>"] * definitions.count(idle)])
        assert not rendered.faults
    assert render("[المصدر]: عاجل\nنص الخبر.").html == "<p>[المصدر]: عاجل\nنص الخبر.</p>"
    rendered = render(f"> {idle}\n2. # عنوان\n{used}\n\nخبر [المرفأ].")
    quote = "<blockquote>\n<p>[المصدر]: عاجل</p>\n</blockquote>"
    assert rendered.html == f'{quote}\n<ol start="2">\n<li><h2 id="عنوان">عنوان</h2>\n</li>\n</ol>\n{link}'


def test_indented_text_in_arabic_is_a_paragraph() -> None:
    """A word processor begins paragraphs with blanks; code stands between fences, or has no Arabic letter."""
    for blanks in ("    ", "\t", "      "):
        rendered = render(f"{blanks}وصل *الوفد*.\n\n{blanks}ثم غادر\n{blanks}البلد.")
        assert rendered.html == "<p>وصل <em>الوفد</em>.</p>\n<p>ثم غادر\nالبلد.</p>"
        assert rendered.paragraphs == ("وصل الوفد.", "ثم غادر البلد.")
    assert render("- بند\n\n      تتمة").html == "<ul>\n<li><p>بند</p>\n<p>تتمة</p>\n</li>\n</ul>"
    assert render("    x = 1\n\n    نص").html == '<pre dir="ltr" tabindex="0"><code>x = 1\n</code></pre>\n<p>نص</p>'
    assert render("    x = 1\n\n    y = 2").html == '<pre dir="ltr" tabindex="0"><code>x = 1\n\ny = 2\n</code></pre>'


def test_letters_in_any_line_of_an_indented_text_make_it_a_paragraph() -> None:
    """In the last one alone too; those of the paragraph below it do not."""
    code = '<pre dir="ltr" tabindex="0"><code>{}\n</code></pre>\n<p>نص</p>'
    assert render("    x = 1\nنص").html == code.format("x = 1")
    assert render("    x = 1\n    y = 2\nنص").html == code.format("x = 1\ny = 2")
    assert render("    x = 1\n    y = 2\n    نص").html == "<p>x = 1\ny = 2\nنص</p>"
    assert render("    نص\n    x = 1\n    y = 2").html == "<p>نص\nx = 1\ny = 2</p>"


def test_code_keeps_the_blanks_beyond_its_indentation() -> None:
    """Four of them make it code, behind those of the item it stands in."""
    assert render("     x = 1\n    y = 2").html == '<pre dir="ltr" tabindex="0"><code> x = 1\ny = 2\n</code></pre>'
    code = '<pre dir="ltr" tabindex="0"><code>  x = 1\ny = 2\n</code></pre>'
    html = render("10. بند\n\n          x = 1\n        y = 2").html
    assert html == f'<ol start="10">\n<li><p>بند</p>\n{code}\n</li>\n</ol>'


def test_code_runs_the_way_of_most_of_its_letters() -> None:
    """A poem between fences from the right, a program with a word of Arabic in it from the left."""
    assert render("```\nقفا نبك\n```").html == '<pre dir="rtl" tabindex="0"><code>قفا نبك\n</code></pre>'
    keys = render("```yaml\nالوارد: {الرابط: https://oasis.example/feed/, المحور: economy}\n```").html
    assert keys.startswith('<pre dir="rtl"'), "an address is of no language"
    assert render('```\nprint("خبر")\n```').html == '<pre dir="ltr" tabindex="0"><code>print("خبر")\n</code></pre>'
    assert render("```\n1 + 1\n```").html == '<pre dir="ltr" tabindex="0"><code>1 + 1\n</code></pre>'


@pytest.mark.parametrize(
    ("source", "message", "cure"),
    [
        ("![صورة](صورة الترام.jpg)", "an address with blanks is no picture: 'صورة الترام.jpg'", "write '<صورة الترام.jpg>'"),
        ('![a](my tram.jpg "تعليق")', "an address with blanks is no picture: 'my tram.jpg'", "write '<my tram.jpg>'"),
        ("[رابط](/economy/خبر جديد/)", "an address with blanks is no link: '/economy/خبر جديد/'", "write '</economy/خبر جديد/>'"),
        ("[a](https://a.example/b c)", "an address with blanks is no link: 'https://a.example/b c'", "write '<https://a.example/b c>'"),
    ],
)  # fmt: skip
def test_an_address_with_blanks_is_advised_on(source: str, message: str, cure: str) -> None:
    """It stands on the page as typed; what is offered works."""
    rendered = render(f"سطر\nثان\n\nسطر\nوفيه *خبر* {source} هنا")
    assert said(rendered) == [(4, message, cure, "advice")]
    mended = cure.removeprefix("write '").removesuffix("'")
    assert not render(source.replace(mended[1:-1], mended)).faults


def test_what_stands_in_code_is_not_advised_on() -> None:
    """Nor is it taken for the same text outside, before it or after it, on its line or another."""
    wrong = "![ا](ا ب.jpg)"
    for source, lines in (
        (f"`{wrong}` وكذا\nو {wrong}", [1]),
        (f"`{wrong}` س {wrong}\n{wrong}", [0, 1]),
        (f"`a\n{wrong}\nb` س\n``` {wrong} ```\n{wrong}", [4]),
        (f"[`{wrong}`\nس](/a/) {wrong}\n`b`", [1]),
        (f"`a`\n`{wrong}`", []),
    ):
        assert [fault.line for fault in render(source).faults] == lines, source


@pytest.mark.parametrize("blank", ["\u00a0", " \u3000", "\u2003\u2003 "])
def test_lines_of_no_break_blanks_before_a_text_are_counted(blank: str) -> None:
    """As they come from a word processor; a quotation may begin with one, and a text be nothing else."""
    source = f"{blank}\n{blank}\nنص [أ](rel)\nثم [ب](rel2)\n\n> {blank}\n> [ج](rel3)\n\n{blank}\n\n[د](rel4)\n\n{blank} و [ه](rel5)"
    assert [fault.line for fault in render(source).faults] == [2, 3, 6, 10, 12]
    assert render(f"{blank}\n    >").html == "<p>&gt;</p>"


def test_each_address_with_blanks_is_advised_on_in_its_line() -> None:
    """Behind a picture, behind code that runs over lines; twice the same one twice."""
    source = "![أ](a.jpg)\nوفي هذا النص: [ب](/b c/)\n`x\ny` [ب](/b c/)\n\n> [ج](ملحق 1)\n> ![د](d e.jpg)\n\n[ه](/f g/)"
    assert [fault.line for fault in render(source).faults] == [1, 3, 6, 8]


@pytest.mark.parametrize(
    "source", ["[نص](ملحق رقم 2)", "`[a](/b c/)`", r"\[a\](/b c/)", "[a](</b c/>)", "[a](/b/ 'c d')"]
)
def test_brackets_that_are_meant_are_left_alone(source: str) -> None:
    """A remark in brackets, code, an escape, a title."""
    assert not render(f"*خبر* {source} هنا").faults


def test_code_and_rules_are_no_text() -> None:
    """A text's lines are its paragraphs."""
    rendered = render("أ *ب*\n\n```\nx\n```\n\n---\n\n    y\n\nج")
    assert (rendered.text, rendered.words) == ("أ ب\nج", 3)


def test_words_are_counted_in_text_and_not_in_markup() -> None:
    assert render("كلمة ثم كلمة").words == 3
    assert render("## كلمة\n\n- **ثم** [كلمة](https://a.example/b/c)").words == 3
    assert render("").words == 0


def test_the_other_direction_is_marked_on_an_english_site_too() -> None:
    assert render("صدر البيان أمس.", base="ltr").html == '<p lang="ar" dir="rtl">صدر البيان أمس.</p>'
    assert render("> صدر البيان.\n>\n> وانتهى.", base="ltr").html.startswith('<blockquote lang="ar" dir="rtl">\n<p>')
    assert render("Он сказал: نعم", base="ltr").html == "<p>Он сказал: نعم</p>"
    assert render("Он сказал", base="rtl").html == '<p dir="ltr">Он сказал</p>'
    assert render("2026 – 100", base="ltr").html == "<p>2026 – 100</p>"
    assert render("قال: «بلغ السعر 50 €».", base="ltr").html == '<p lang="ar" dir="rtl">قال: «بلغ السعر 50 €».</p>'
    assert render("قال بوتين (Путин) نعم وأكثر", base="ltr").html == "<p>قال بوتين (Путин) نعم وأكثر</p>"


def test_quotation_marks_are_no_letters() -> None:
    """What begins with one turns by the letters inside."""
    html = '<p lang="en" dir="ltr">“The end of the world is near.”</p>'
    assert render("“The end of the world is near.”").html == html
    assert render("“نهاية العالم”").html == "<p>“نهاية العالم”</p>"


def test_a_language_is_told_where_it_runs_the_way_of_the_sentence() -> None:
    """Code in other letters says nothing about it."""
    html = '<p dir="ltr">Run <code dir="ltr">خبر</code> and see.</p>'
    assert render("Run `خبر` and see.").html == html
    html = '<p dir="rtl">ދިވެހި <code dir="ltr">the law of the land</code></p>'
    assert render("ދިވެހި `the law of the land`", base="ltr").html == html


def test_each_block_turns_by_its_own_letters() -> None:
    """Not by those of its neighbours; what stands inside of one that has turned does not turn again."""
    english, arabic = "The *quick* fox is in the house of the lord", "نص *مهم*"
    shown = '<p lang="en" dir="ltr">The <em>quick</em> fox is in the house of the lord</p>'
    assert render(f"{english}\n\n{arabic}").html == f"{shown}\n<p>نص <em>مهم</em></p>"
    assert (
        render(f"{arabic}\n\n{english}\n\n{arabic}").html == f"<p>نص <em>مهم</em></p>\n{shown}\n<p>نص <em>مهم</em></p>"
    )
    items = '<ul dir="ltr">\n<li>African Union</li>\n<li>Arab League</li>\n</ul>'
    assert render("- African Union\n- Arab League\n\nنص").html == f"{items}\n<p>نص</p>"
    items = '<ul>\n<li dir="ltr">African Union</li>\n<li>الاتحاد الإفريقي</li>\n</ul>'
    assert render("- African Union\n- الاتحاد الإفريقي").html == items
    quote = "<blockquote>\n<p>African</p>\n<p>Arab</p>\n</blockquote>"
    html = f'<ul>\n<li dir="ltr">{quote}\n</li>\n<li>عربي</li>\n</ul>'
    assert render("- > African\n  >\n  > Arab\n- عربي").html == html


# ---------------------------------------------------------------- what never reaches a page

TAGS = {
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "em",
    "strong",
    "s",
    "a",
    "br",
}
TAGS |= {"hr", "table", "thead", "tbody", "tr", "th", "td", "bdi"}
ATTRIBUTES = {"dir", "lang", "href", "rel", "title", "start", "align", "tabindex"}
HOSTILE = [
    *(
        "<script>",
        "</p>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=x>",
        "<!--",
        "-->",
        "]]>",
        "<a href='javascript:x'>",
    ),
    *(
        "[x](javascript:x)",
        "![x](data:x)",
        "[x](https://a.example/\"'>)",
        "<https://a.example/\"'>",
        "[x](/a 't\"')",
        "[x]: //a",
    ),
    *(
        "[x]",
        "[x][x]",
        "`",
        "```",
        "~~",
        "**",
        "_",
        "*",
        "# ",
        "> ",
        "- ",
        "1. ",
        "|",
        "\n-|-\n",
        "    ",
        "\n",
        "\n\n",
        "\\",
    ),
    *(
        "&lt;",
        "&#60;",
        "&quot;",
        "&#x202e;",
        "&nbsp;",
        "\ue000",
        "\ue001",
        "\x00",
        "\r",
        "\t",
        '"',
        "'",
        "خبر",
        "word",
        "+5%",
        "/a",
    ),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=25).map("".join))
def test_only_allowed_elements_attributes_and_addresses_come_out(source: str) -> None:
    """Whatever goes in: an HTML parser finds only the allow list in what comes out, and nothing it had to mend."""
    rendered = render(source)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    for element in parser.parseFragment(rendered.html.replace("\x00", "")).iter():
        assert element.tag in TAGS | {"DOCUMENT_FRAGMENT"}
        assert set(element.attrib) <= ATTRIBUTES | ({"id"} if re.fullmatch("h[2-6]", str(element.tag)) else set())
        assert SLUG.fullmatch(element.get("id", "x"))
        assert re.match(r"https?://|mailto:|/(?!/)|#", element.get("href", "/"))
    marks = re.findall("[\ue000\ue001]", rendered.html)
    assert len(marks) == 2 * len(rendered.images)


# ---------------------------------------------------------------- the two ways

PLAIN = [
    *(
        "خبر",
        "عاجل",
        "word",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n\n\n",
        ".",
        "،",
        '"',
        "'",
        "(",
        ")",
        ":",
        "-",
        "–",
        "؟",
        "!",
        "]",
        ">",
    ),
    *(
        "\\*",
        "\\-",
        "\\\\",
        "\\و",
        "\\",
        "&amp;",
        "&lt;",
        "&#39;",
        "&quot;",
        "&",
        "&copy;",
        "1.",
        "1)",
        "٣.",
        "#",
        "=",
        "+",
        "٪",
    ),
    *(
        "-5",
        "+7%",
        "25%",
        "10:30",
        "3-1",
        "2026",
        "a@b.example",
        "https://a.example/b",
        "+212 522-12-34-56",
        "@name",
        "C++",
    ),
    *(
        "{",
        "}",
        "^",
        "$",
        "@",
        "/",
        "%",
        ";",
        ",",
        "?",
        "*",
        "_",
        "|",
        "\t",
        "\xa0",
        "\u200f",
        "\u200c",
        "\u3000",
        "\ufeff",
        "~",
    ),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PLAIN), max_size=14).map("".join), st.sampled_from(["rtl", "ltr"]))
@example("أ\\|ب\n:--", "rtl")
@example("أ | ب\n:-:|:-:", "rtl")
@example("أ\n===", "rtl")
@example("أ \nب", "rtl")
@example("\\&lt; &amp;lt; \\\\&gt;", "rtl")
@example("\\&#x202e;", "rtl")
@example("٣. ليست قائمة", "rtl")
@example("\n\nأ\n\n\n\nب\n", "rtl")
@example("أ ", "rtl")
@example("أ > \"ب\" 'ج'", "rtl")
@example("أ\\\\^", "rtl")
@example("أ  ب", "rtl")
def test_the_short_way_gives_the_bytes_of_the_long_way(source: str, base: Direction) -> None:
    plain = markdown.render_plain(source, base=base)
    assert plain is None or plain == markdown.render_full(source, base=base, base_path="/")


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_the_two_ways_agree_on_any_text(source: str) -> None:
    plain = markdown.render_plain(source, base="rtl")
    assert plain is None or plain == markdown.render_full(source, base="rtl", base_path="/")


@pytest.mark.parametrize(
    "source",
    [
        "افتتح المعرض، وقال المدير: «حضر كثيرون» (نحو 1200 زائر).\n\nوانتهى في 10:30.",
        "\\- ليست قائمة\n\nوهذه \\*نجمة\\* و&lt;وسم&gt;",
        "سطر - بشرطة في وسطه\nوسطر ثان!",
        "هذه \\*نجمة\\*",
        "هذا &lt;وسم&gt;",
    ],
)
def test_news_without_markup_takes_the_short_way(source: str) -> None:
    assert markdown.render_plain(source, base="rtl") is not None


# ---------------------------------------------------------------- limits


MANY = "[" * 300 + "ا" * 80_000


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("ا" * (markdown.MAX_SOURCE + 1), 0, "text longer than 1,048,576 characters"),
        ("*" + "ا" * markdown.MAX_MARKED, 0, "text with Markdown in it longer than 131,072 characters"),
        ("[" * 2001, 0, "more than 2,000 [ in one text"),
        ("سطر\n\n" + MANY, 2, "too many [ in one long paragraph"),
        ("أ\nب\n \t\nج\n\n\nد\nه\n" + MANY, 8, "too many [ in one long paragraph"),
        ("ا" * 99_801 + "[" * 200, 0, "too many [ in one long paragraph"),
        ("> " * 11 + "ا", 0, "quotes nested more than 10 deep"),
        ("> - " * 10 + "1. > ا", 0, "quotes nested more than 10 deep"),
        ("\nسطر\n\n" + "> " * 11 + "ا", 3, "quotes nested more than 10 deep"),
    ],
)
def test_what_only_an_attacker_writes_is_refused_before_parsing(source: str, line: int, message: str) -> None:
    """With its line, and nothing of it is shown."""
    cure = "split the text into several entries, or simplify it"
    assert replace(render(source), faults=()) == Rendered("")
    assert said(render(source)) == [(line, message, cure, "error")]


@pytest.mark.parametrize(
    "source",
    [
        "ا" * (1 << 20),
        "*" + "ا" * ((1 << 17) - 1),
        "[" * 2000,
        "ا" * 99_800 + "[" * 200,
        "نص\n\n" + "ا" * 99_799 + "[" * 200,
    ],
    ids=["characters", "with Markdown", "brackets", "brackets in a paragraph", "brackets in the second"],
)
def test_what_is_as_long_as_a_limit_says_is_read(source: str) -> None:
    """To the last letter."""
    rendered = render(source)
    assert (rendered.text, rendered.faults) == (source.replace("\n\n", "\n"), ())


def test_ten_quotes_inside_each_other_are_read() -> None:
    """As deep as the limit says, with another one below."""
    rendered = render("> " * 10 + "ا\n\n> ب")
    assert rendered.faults == ()
    assert rendered.html.count("<blockquote>") == 11


def test_a_heading_of_a_picture_alone_is_a_heading() -> None:
    """A paragraph of pictures is none."""
    assert render("# ![صورة](a.jpg)").html == f"<h2>{picture_mark(0)}</h2>"
    assert render("![صورة](a.jpg)").html == picture_mark(0)


def test_pictures_alone_stand_bare_however_their_lines_break() -> None:
    """In a cell of a table they stay in the cell."""
    html = render("![أ](a.jpg)\\\n![ب](b.jpg)\n![ج](c.jpg)").html
    assert html == f"{picture_mark(0)}<br>\n{picture_mark(1)}\n{picture_mark(2)}"
    html = render("| ![أ](a.jpg) |\n|---|\n| ![ب](b.jpg) |").html
    head, body = (f"<tr><{tag}>{picture_mark(number)}</{tag}></tr>" for number, tag in enumerate(("th", "td")))
    table = f"<table>\n<thead>{head}\n</thead>\n<tbody>{body}\n</tbody>\n</table>"
    assert html == f'<div class="scroll" tabindex="0">{table}</div>'


def test_a_table_stands_in_a_frame_that_the_keyboard_reaches() -> None:
    """Called by the table's heads, and of the table's direction: it begins where the table begins."""
    html = render("| الدقيقة | `كود` و**الحدث** |\n|---|---|\n| 6 | هدف |").html
    assert html.startswith('<div class="scroll" role="region" aria-label="الدقيقة، كود والحدث" tabindex="0"><table>')
    turned = render('| Minute | a " < b |\n|---|---|\n| 6 | goal |').html
    assert turned.startswith(
        '<div class="scroll" dir="ltr" role="region" aria-label="Minute، a &quot; &lt; b" tabindex="0">'
    )
    assert render("| " + "عنوان " * 40 + "|\n|---|\n| 6 |").html.count("عنوان") == 40 + 10


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("a%0Ab.jpg", "it holds a control character"),
        ("mailto:desk@news.example", "it lies on another host"),
        ("HTTPS://news.example/a.jpg", "it lies on another host"),
    ],
)
def test_a_picture_that_cannot_be_shown_leaves_its_text(address: str, reason: str) -> None:
    """And says why."""
    rendered = render(f"انظر ![شعار *المدينة*]({address}) هنا")
    assert rendered.html == "<p>انظر شعار المدينة هنا</p>"
    assert rendered.images == ()
    cure = "put the file beside the entry and write its name"
    assert said(rendered) == [(0, f"picture address refused: {reason}", cure, "error")]


def test_headings_of_six_levels_have_five() -> None:
    """The first is the title's, and HTML has no seventh."""
    source = "\n".join(f"{'#' * level} {letter}" for level, letter in enumerate("أبجدهو", 1))
    html = render(source).html
    assert (
        html
        == "".join(
            f'<h{level} id="{name}">{name}</h{level}>\n'
            for level, name in zip((2, 3, 4, 5, 6, 6), "أبجدهو", strict=True)
        ).strip()
    )


@pytest.mark.parametrize("quote", ["", "> "])
def test_a_passage_with_markup_tells_its_language(quote: str) -> None:
    """By the words of all its text, in a paragraph and in a quotation."""
    assert render(f"{quote}The *quick* fox is in the house of the *lord*").html.count(' lang="en" dir="ltr">') == 1


@pytest.mark.parametrize("length", [60, 61])
def test_an_address_of_sixty_letters_is_shown_whole(length: int) -> None:
    """A longer one as its host; either way the link leads all the way."""
    address = "https://news.test/".ljust(length, "x")
    shown = address if length == 60 else "news.test/…"
    link = f'<a href="{address}" rel="noopener noreferrer"><bdi dir="ltr">{shown}</bdi></a>'
    assert render(f"*خبر* [{address}]({address})").html == f"<p><em>خبر</em> {link}</p>"
    assert render(f"<{address}> خبر").html == f"<p>{link} خبر</p>"


def test_only_an_address_alone_is_shown_as_one() -> None:
    """Not one that stands in code, or with other text in the link, nor a link without text."""
    address = "https://news.test/".ljust(70, "x")
    html = f'<p>خبر <a href="{address}" rel="noopener noreferrer">{{}}</a></p>'
    for text, shown in (
        (f"`{address}`", f'<code dir="ltr">{address}</code>'),
        (f"{address}*y*", f'<bdi dir="ltr">{address}</bdi><em>y</em>'),
        (f"{address}**y**", f'<bdi dir="ltr">{address}</bdi><strong>y</strong>'),
        ("", ""),
        (f"www.{address.removeprefix('https://')}", '<bdi dir="ltr">news.test/…</bdi>'),
    ):
        assert render(f"خبر [{text}]({address})").html == html.format(shown)


def test_text_nested_too_deeply_to_be_shown_is_a_fault() -> None:
    """The parser drops what lies deeper than its limit; that is said, not hidden."""
    fault = (2, "quotes and lists nested too deeply", "take away some levels", "error")
    for markers in ("- " * 10, "- " * 30, "> " + "- " * 10, "> > " + "- " * 9, "- " * 9 + "> > "):
        assert said(render(f"نص\n\n{markers}ا")) == [fault]
    for markers in ("- " * 9, "> " + "- " * 9, "- " * 9 + "> "):
        rendered = render(f"نص\n\n{markers}ا")
        assert (rendered.text, rendered.faults) == ("نص\nا", ())


def pathological(size: int = 20_000) -> dict[str, str]:
    """The inputs of CommonMark's own pathological tests, and what hurts this parser besides."""
    return {
        "strong in emphasis": "*a **a " * size + "b" + " a** a*" * size,
        "closers without openers": "a_ " * size,
        "openers without closers": "_a " * size,
        "links without openers": "a]" * size,
        "links without closers": "[a" * 1999,
        "mismatched delimiters": "*a_ " * size,
        "a pattern of three": "a**b" + "c* " * size,
        "brackets": "[" * 1000 + "a" + "]" * 1000,
        "quotes": "> " * 10 + "a\n" * size,
        "quotes in lists": "> - " * 9 + "a\n" * size,
        "backticks": "".join("e" + "`" * n for n in range(400)),
        "unclosed links": "[a](<b" * 1000,
        "a long unclosed link": "[a](<" * 150 + "b" * 100_000,
        "addresses with blanks": "[a](/b c/)" * 2000,
        "addresses with many blanks": "[a](" * 1000 + "/b c" * 20_000,
        "unclosed titles": "[a](b (c" * 1000,
        "references": "[a]: u\n\n" * 1000 + "[a]\n" * 900,
        "references for nothing": "".join(f"[{n}]: u\n" for n in range(1900)),
        "every other reference for nothing": "".join(f"[{n}]: u\n" for n in range(1200)) + "\n[1] [1199]" * 300,
        "indented letters": "    ب\n\n" * size,
        "indented code": "    b\n\n" * size,
        "comments": "</" + "<!--" * size,
        "declarations": "<?" * size + "<!A " * size,
        "table": "|" * size + "\n" + "|-" * size,
        "table rows": "|a|b|\n|-|-|\n" + "|x|y|\n" * size,
        "cells filled in": "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n" + "a\n" * 2000,
        "entities": "&" * size + "&#1;" * size,
        "digits": "1" * size + "+1" * size,
        "nested items": "".join("  " * n + "* a\n" for n in range(200)),
    }


@pytest.mark.slow
@pytest.mark.parametrize(("name", "source"), pathological().items(), ids=pathological())
def test_no_accepted_source_takes_long(name: str, source: str) -> None:
    """Two seconds on a quiet machine; the test grants a busy one more."""
    began = time.process_time()
    render(source[: markdown.MAX_MARKED])
    assert time.process_time() - began < 5, name


def test_line_ends_of_any_system_are_one() -> None:
    """A paragraph, a line within it, a rule."""
    expected = render("أ\n\nب\nج\n\n---\n")
    for ending in ("\r\n", "\r"):
        assert render("أ\n\nب\nج\n\n---\n".replace("\n", ending)) == expected
    assert expected.html.endswith("<hr>")
    assert expected.paragraphs == ("أ", "ب ج")
    (fault,) = render("سطر\r\r" + "> " * 11 + "ا").faults
    assert (fault.line, str(fault.message)) == (2, "quotes nested more than 10 deep")


def test_other_right_to_left_scripts_need_no_turning() -> None:
    """Hebrew stands in an Arabic page as it is; Latin letters alone are turned."""
    assert "dir=" not in render("> שלום").html
    quote = '<blockquote>\n<p>שלום</p>\n<p dir="ltr">shalom</p>\n</blockquote>'
    assert render("> שלום\n>\n> shalom").html == quote
    assert render("> “أهلا”\n>\n> shalom").html == quote.replace("שלום", "“أهلا”")
    assert 'dir="ltr"' in render("> shalom").html


def test_many_brackets_in_short_paragraphs_are_read() -> None:
    """What one paragraph costs is what counts, not what all of them hold."""
    count = markdown.MAX_BRACKETS - 1
    for source in ("[abc]\n\n" * count, "[abcdefghij] [klmnopqrstuvwxyz]\n\n" * (count // 2)):
        assert source.count("[") * len(source) > markdown.MAX_BRACKET_WORK
        assert render(source).faults == ()
    (fault,) = render("*ب*\n\n" + "[abcde]" * count).faults
    assert (fault.line, str(fault.message)) == (2, "too many [ in one long paragraph")


def test_heading_when_templates_use_its_name_takes_another(repository: Path) -> None:
    """Every name (`id`) that a template gives is one that no heading takes."""
    names = {
        re.sub(r"\{\{.*?\}\}", "1", name)
        for path in (repository / "templates").rglob("*.html")
        for name in re.findall(r'\bid="([^"]+)"', path.read_text("utf-8"))
    }
    assert {name for name in names if not markdown.TEMPLATE_NAMES.fullmatch(name)} == set()
    assert 'id="main-2"' in render("## Main").html


@pytest.mark.parametrize("markup", ["", "**x** "], ids=["plain", "marked"])
def test_arabic_quotation_on_a_left_to_right_page_keeps_its_marks(markup: str) -> None:
    """Wholly Arabic ones alone; on Arabic pages nothing is added."""
    html = render(f"{markup}as readers say («سلمى وعمر») and «Salma سلمى»", "ltr").html
    assert '(<bdi dir="rtl">«سلمى وعمر»</bdi>) and «Salma سلمى»' in html
    assert "<bdi" not in render(f"{markup}قالت «سلمى وعمر»").html
