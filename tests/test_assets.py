"""The theme's static files and their fingerprinted names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.assets import Assets, collect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def theme(tmp_path):
    """A writer of theme files: `theme({"assets/a.css": "…"}, folder="own")` → the folder."""

    def write(files: dict[str, str | bytes], folder: str = "templates") -> Path:
        for name, content in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / folder

    return write


def sheet(assets: Assets, name: str = "assets/style.css") -> str:
    """The text a stylesheet is published with, at a site whose base path is `/`."""
    return dict(assets.files)[assets.urls[name].removeprefix("/")].decode()


def test_a_name_carries_the_fingerprint_of_its_content(theme):
    first = collect([theme({"assets/icon.svg": "<svg/>"})], base_path="/")
    again = collect([theme({"assets/icon.svg": "<svg/>"})], base_path="/")
    other = collect([theme({"assets/icon.svg": "<svg />"})], base_path="/")
    assert re.fullmatch(r"/assets/icon\.[0-9a-f]{8}\.svg", first.urls["assets/icon.svg"])
    assert first == again
    assert first.urls != other.urls


def test_urls_stand_below_the_base_path_and_outputs_do_not(theme):
    made = collect([theme({"assets/خط عربي.woff2": b"wOF2"})], base_path="/news/")
    assert made.urls["assets/خط عربي.woff2"].startswith("/news/assets/%D8%AE%D8%B7%20%D8%B9")
    assert made.files[0][0].startswith("assets/خط عربي.")


def test_bytes_of_other_files_are_published_as_they_are(theme):
    odd = b"\xff\x00/* not a comment here */\r\n"
    made = collect([theme({"assets/app.js": odd})], base_path="/")
    assert [content for _, content in made.files] == [odd]


def test_a_sites_own_file_hides_the_built_in_one_of_that_name(theme):
    own = theme({"assets/style.css": "a{}"}, "own")
    builtin = theme({"assets/style.css": "b{}", "assets/icon.svg": "<svg/>", "base.html": "x"}, "builtin")
    made = collect([own, builtin], base_path="/")
    assert sheet(made) == "a{}"
    assert set(made.urls) == {"assets/style.css", "assets/icon.svg"}
    assert len(made.files) == 2


def test_a_built_in_sheet_finds_the_sites_own_font(theme):
    own = theme({"assets/fonts/text.woff2": b"own"}, "own")
    builtin = theme({"assets/style.css": "@font-face{src:url(fonts/text.woff2)}", "assets/fonts/text.woff2": b"x"}, "b")
    made = collect([own, builtin], base_path="/")
    assert made.urls["assets/fonts/text.woff2"].removeprefix("/assets/") in sheet(made)
    assert b"x" not in [content for _, content in made.files]


def test_templates_without_assets_give_none(tmp_path):
    assert collect([tmp_path], base_path="/") == Assets({}, (), ())


def test_licence_texts_keep_their_names_and_hidden_files_stay_out(theme):
    folder = theme(
        {"assets/fonts/OFL.txt": "licence", "assets/.DS_Store": "x", "assets/a.css~": "x", "assets/.x/y": "x"}
    )
    made = collect([folder], base_path="/")
    assert made.files == (("assets/fonts/OFL.txt", b"licence"),)
    assert made.urls == {"assets/fonts/OFL.txt": "/assets/fonts/OFL.txt"}


def test_the_order_of_files_is_that_of_their_names(theme):
    made = collect([theme({f"assets/{name}.js": name for name in "cab"})], base_path="/")
    assert [content for _, content in made.files] == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    "written",
    ["url(fonts/a.woff2)", "url( 'fonts/a.woff2' )", 'URL("./fonts/a.woff2?v=3")', r"url(fonts/\61 .woff2)"],
)
def test_references_get_the_name_of_the_output(theme, written):
    folder = theme({"assets/style.css": f"@font-face{{src:{written} format('woff2')}}", "assets/fonts/a.woff2": b"1"})
    made = collect([folder], base_path="/news/")
    name = made.urls["assets/fonts/a.woff2"].removeprefix("/news/assets/")
    text = dict(made.files)[made.urls["assets/style.css"].removeprefix("/news/")].decode()
    assert text == f"@font-face{{src:url(\"{name}\") format('woff2')}}"
    assert not made.problems


def test_references_are_relative_to_their_own_sheet(theme):
    folder = theme({"assets/css/a.css": "a{b:url(../img/icons.svg#print)}", "assets/img/icons.svg": "<svg/>"})
    made = collect([folder], base_path="/")
    name = made.urls["assets/img/icons.svg"].removeprefix("/assets/")
    assert sheet(made, "assets/css/a.css") == f'a{{b:url("../{name}#print")}}'


def test_a_changed_font_changes_the_names_of_all_sheets_above_it(theme):
    files = {
        "assets/style.css": '@import "fonts/fonts.css" layer(base);',
        "assets/fonts/fonts.css": "a{src:url(a.woff2)}",
        "assets/fonts/a.woff2": b"1",
        "assets/print.css": "a{}",
    }
    before = collect([theme(files)], base_path="/").urls
    after = collect([theme({**files, "assets/fonts/a.woff2": b"2"})], base_path="/").urls
    assert {name for name in files if before[name] == after[name]} == {"assets/print.css"}


@pytest.mark.parametrize(
    "written", ['@import "b.css" print;', "@import url(b.css) print;", "@import/* b */'b.css' print;"]
)
def test_imports_name_the_output_of_the_other_sheet(theme, written):
    made = collect([theme({"assets/style.css": written, "assets/b.css": "b{}"})], base_path="/")
    assert sheet(made) == f'@import url("{made.urls["assets/b.css"].removeprefix("/assets/")}") print;'


def test_stylesheet_text_that_is_no_reference_stays(theme):
    text = (
        '@charset "utf-8";@namespace svg url(http://www.w3.org/2000/svg);'
        'a{b:url(data:image/gif;base64,R0lG);c:url(#x);content:"url(x.png)";d:my-url(x.png);e:local("x.png")}'
    )
    made = collect([theme({"assets/style.css": text})], base_path="/")
    assert sheet(made) == text
    assert not made.problems


@pytest.mark.parametrize(
    ("source", "published"),
    [
        ("a{}/* gone */b{}", "a{}b{}"),
        ("a/* gone */b{}", "a/**/b{}"),
        ("a /* gone */ b{}", "a b{}"),
        ('a{b:"/* stays */"}', 'a{b:"/* stays */"}'),
        (r'a{b:"\"/* stays */"}', r'a{b:"\"/* stays */"}'),
        ("a{b:'\"/* stays */'}/* gone */", "a{b:'\"/* stays */'}"),
        ("/*! licence */\na{}", "/*! licence */\na{}"),
        ("/* url(gone.png) \" ' */a{}", "a{}"),
        ("a {\r\n\r\n  b: c;\n\t/* gone */\n}\n", "a {\nb: c;\n}\n"),
        (r'a{b:"c  d";e:\26  f}', r'a{b:"c  d";e:\26  f}'),
        ("\ufeffa{}", "a{}"),
    ],
)
def test_comments_and_needless_space_go_and_nothing_else_does(theme, source, published):
    made = collect([theme({"assets/style.css": source})], base_path="/")
    assert sheet(made) == published
    assert not made.problems


@given(st.text(alphabet="ab{}:;,()\"'\\/*! \n#", max_size=40))
def test_publishing_a_published_sheet_changes_nothing(tmp_path_factory, text):
    """The scanner never takes its own output for something else."""
    folder = tmp_path_factory.mktemp("theme")
    (folder / "assets").mkdir()
    style = folder / "assets" / "style.css"
    style.write_text(text, newline="")
    first = collect([folder], base_path="/")
    style.write_bytes(dict(first.files)[first.urls["assets/style.css"][1:]])
    second = collect([folder], base_path="/")
    assert second.files == first.files


def test_extra_rules_end_the_sheet_and_are_in_its_name(theme):
    folder = theme({"assets/style.css": "a{}\n", "assets/b.css": "b{}"})
    plain = collect([folder], base_path="/")
    made = collect([folder], base_path="/", extra_css={"assets/style.css": ".x{--y:#abc}\n", "assets/none.css": "z"})
    assert sheet(made) == "a{}\n.x{--y:#abc}\n"
    assert made.urls["assets/style.css"] != plain.urls["assets/style.css"]
    assert made.urls["assets/b.css"] == plain.urls["assets/b.css"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a{}\nb{c:url(font/a.woff2)}",
            (
                "templates/assets/style.css:2:5: there is no file 'assets/font/a.woff2'; "
                "did you mean 'assets/fonts/a.woff2'?"
            ),
        ),
        (
            "a{b:url(../../site.yaml)}",
            (
                "templates/assets/style.css:1:5: there is no file '../site.yaml'; "
                "name a file under templates/assets/, relative to the stylesheet"
            ),
        ),
        (
            '@import "https://fonts.example/css?family=x";',
            (
                "templates/assets/style.css:1:9: 'https://fonts.example/css?family=x' is on another host: "
                "a page must ask nothing of others; put the file under templates/assets/ and name it there"
            ),
        ),
        (
            "a{b:url(//cdn.example/x.png)}",
            (
                "templates/assets/style.css:1:5: '//cdn.example/x.png' is on another host: "
                "a page must ask nothing of others; put the file under templates/assets/ and name it there"
            ),
        ),
        ("a{}\n/* b", "templates/assets/style.css:2:1: a comment is not closed; end it with */"),
        (
            "a{b:'c\n}",
            "templates/assets/style.css:1:5: ' is not closed; close it; an address with spaces needs quotation marks",
        ),
        (
            "a{b:url(c d.png)}",
            (
                "templates/assets/style.css:1:5: url( is not closed; "
                "close it; an address with spaces needs quotation marks"
            ),
        ),
        (
            'a{b:image-set("a.png" 1x)}',
            'templates/assets/style.css:1:5: image-set() names a file by a string; write url("…") round it',
        ),
        (
            "@import 'style.css';",
            (
                "templates/assets/style.css:1:9: stylesheets import each other: "
                "assets/style.css → assets/style.css; take one @import out"
            ),
        ),
        (b"a{}\n\xe9", "templates/assets/style.css:2: is not UTF-8; save it as UTF-8"),
    ],
)
def test_mistakes_are_named_with_their_place_and_cure(theme, text, problem):
    folder = theme({"assets/style.css": text, "assets/fonts/a.woff2": b"1"})
    made = collect([folder], base_path="/")
    assert [str(found) for found in made.problems] == [problem]
    assert "assets/style.css" in made.urls


def test_stylesheets_when_they_import_each_other_are_reported_once(theme):
    files = {
        "assets/a.css": '@import "b.css";',
        "assets/b.css": '\n@import "c.css";',
        "assets/c.css": '@import "a.css";',
    }
    made = collect([theme(files)], base_path="/")
    assert [str(found) for found in made.problems] == [
        (
            "templates/assets/c.css:1:9: stylesheets import each other: "
            "assets/a.css → assets/b.css → assets/c.css → assets/a.css; take one @import out"
        ),
    ]


def test_problems_of_assets_name_the_built_in_templates_or_the_sites_own(theme):
    own = theme({"assets/a.css": "a{b:url(x.png)}"}, "own")
    builtin = theme({"assets/b.css": "a{b:url(x.png)}"}, "builtin")
    made = collect([own, builtin], base_path="/")
    assert [found.path for found in made.problems] == ["templates/assets/a.css", "built-in templates/assets/b.css"]


def test_a_file_that_cannot_be_read_is_a_problem(theme):
    folder = theme({"assets/a.js": "x"})
    (folder / "assets" / "b.js").symlink_to(folder / "nowhere")
    made = collect([folder], base_path="/")
    assert [str(found) for found in made.problems] == [
        "templates/assets/b.js: cannot be read: No such file or directory; check the file and its permissions"
    ]
