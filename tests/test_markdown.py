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
from digest.content.markdown import BodyImage, Fault, Rendered
from digest.model import Direction, picture_mark

GOLDEN = Path(__file__).parent / "golden" / "markdown.md"
CASE = re.compile(r"^(?!\.$)([^\n]+)\n\.\n(.*?)\n\.\n(.*?)\n\.$", re.MULTILINE | re.DOTALL)
CASES = CASE.findall(GOLDEN.read_text("utf-8"))


def render(source: str, base: Direction = "rtl", base_path: str = "/") -> Rendered:
    return markdown.render(source, base=base, base_path=base_path)


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
    assert rendered.faults == (
        Fault(1, "relative link 'x.md'", "write the page's path from the site's root, as in /theme/slug/"),
    )


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


def test_indented_text_in_arabic_is_a_paragraph() -> None:
    """A word processor begins paragraphs with blanks; code stands between fences, or has no Arabic letter."""
    for blanks in ("    ", "\t", "      "):
        rendered = render(f"{blanks}وصل *الوفد*.\n\n{blanks}ثم غادر\n{blanks}البلد.")
        assert rendered.html == "<p>وصل <em>الوفد</em>.</p>\n<p>ثم غادر\nالبلد.</p>"
        assert rendered.paragraphs == ("وصل الوفد.", "ثم غادر البلد.")
    assert render("- بند\n\n      تتمة").html == "<ul>\n<li><p>بند</p>\n<p>تتمة</p>\n</li>\n</ul>"
    assert render("    x = 1\n\n    نص").html == '<pre dir="ltr"><code>x = 1\n</code></pre>\n<p>نص</p>'
    assert render("    x = 1\n\n    y = 2").html == '<pre dir="ltr"><code>x = 1\n\ny = 2\n</code></pre>'


def test_code_runs_the_way_of_most_of_its_letters() -> None:
    """A poem between fences from the right, a program with a word of Arabic in it from the left."""
    assert render("```\nقفا نبك\n```").html == '<pre dir="rtl"><code>قفا نبك\n</code></pre>'
    assert render('```\nprint("خبر")\n```').html == '<pre dir="ltr"><code>print("خبر")\n</code></pre>'
    assert render("```\n1 + 1\n```").html == '<pre dir="ltr"><code>1 + 1\n</code></pre>'


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
    rendered = render(f"سطر\n\nسطر\nوفيه *خبر* {source} هنا")
    isolates = {0x2068: None, 0x2069: None}
    bare = [
        replace(fault, message=fault.message.translate(isolates), cure=fault.cure.translate(isolates))
        for fault in rendered.faults
    ]
    assert bare == [Fault(3, message, cure, "advice")]
    mended = cure.removeprefix("write '").removesuffix("'")
    assert not render(source.replace(mended[1:-1], mended)).faults


@pytest.mark.parametrize(
    "source", ["[نص](ملحق رقم 2)", "`[a](/b c/)`", r"\[a\](/b c/)", "[a](</b c/>)", "[a](/b/ 'c d')"]
)
def test_brackets_that_are_meant_are_left_alone(source: str) -> None:
    """A remark in brackets, code, an escape, a title."""
    assert not render(f"خبر {source} هنا").faults


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
ATTRIBUTES = {"dir", "lang", "href", "rel", "title", "start", "align"}
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
        assert set(element.attrib) <= ATTRIBUTES
        assert re.match(r"https?://|mailto:|/(?!/)", element.get("href", "/"))
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
    ],
)
def test_news_without_markup_takes_the_short_way(source: str) -> None:
    assert markdown.render_plain(source, base="rtl") is not None


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("ا" * (markdown.MAX_SOURCE + 1), "text longer than 1,048,576 characters"),
        ("*" + "ا" * markdown.MAX_MARKED, "text with Markdown in it longer than 131,072 characters"),
        ("[" * 2001, "more than 2,000 [ in one text"),
        ("سطر\n\n" + "[" * 300 + "ا" * 80_000, "too many [ in one long paragraph"),
        ("> " * 11 + "ا", "quotes nested more than 10 deep"),
        ("> - " * 10 + "1. > ا", "quotes nested more than 10 deep"),
    ],
)
def test_what_only_an_attacker_writes_is_refused_before_parsing(source: str, message: str) -> None:
    rendered = render(source)
    assert rendered.html == ""
    assert [fault.message for fault in rendered.faults] == [message]


def test_ten_quotes_inside_each_other_are_read() -> None:
    """As deep as the limit says, with another one below."""
    rendered = render("> " * 10 + "ا\n\n> ب")
    assert rendered.faults == ()
    assert rendered.html.count("<blockquote>") == 11


def test_a_heading_of_a_picture_alone_is_a_heading() -> None:
    """A paragraph of pictures is none."""
    assert render("# ![صورة](a.jpg)").html == f"<h2>{picture_mark(0)}</h2>"
    assert render("![صورة](a.jpg)").html == picture_mark(0)


@pytest.mark.parametrize("quote", ["", "> "])
def test_a_passage_with_markup_tells_its_language(quote: str) -> None:
    """By the words of all its text, in a paragraph and in a quotation."""
    assert render(f"{quote}The *quick* fox is in the house of the *lord*").html.count(' lang="en" dir="ltr">') == 1


@pytest.mark.parametrize("length", [60, 61])
def test_an_address_of_sixty_letters_is_shown_whole(length: int) -> None:
    """A longer one as its host; either way the link leads all the way."""
    address = "https://news.test/".ljust(length, "x")
    html = render(f"*خبر* [{address}]({address})").html
    assert f'<a href="{address}"' in html
    assert f'<bdi dir="ltr">{address if length == 60 else "news.test/…"}</bdi>' in html


def test_a_refusal_names_the_paragraphs_line() -> None:
    assert render("سطر\n\n" + "[" * 300 + "ا" * 80_000).faults[0].line == 2


def test_text_nested_too_deeply_to_be_shown_is_a_fault() -> None:
    """The parser drops what lies deeper than its limit; that is said, not hidden."""
    assert render("- " * 30 + "ا").faults[0].message == "quotes and lists nested too deeply"
    assert not render("- " * 9 + "ا").faults


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


def test_other_right_to_left_scripts_need_no_turning() -> None:
    """Hebrew stands in an Arabic page as it is; Latin letters alone are turned."""
    assert "dir=" not in render("> שלום").html
    assert 'dir="ltr"' in render("> shalom").html


def test_many_brackets_in_short_paragraphs_are_read() -> None:
    """What one paragraph costs is what counts, not what all of them hold."""
    count = markdown.MAX_BRACKETS - 1
    assert count * len("[abc]\n\n" * count) > markdown.MAX_BRACKET_WORK
    assert render("[abc]\n\n" * count).faults == ()
    (fault,) = render("*ب*\n\n" + "[abcde]" * count).faults
    assert (fault.line, fault.message) == (2, "too many [ in one long paragraph")
