"""A broken entry and the exact message an editor reads."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.content import entries, nodes
from digest.content import settings as site
from digest.content.documents import ContentContext
from digest.problems import FSI, PDI, Problem, did_you_mean, quoted, snippet

SITE = """\
title: موجز المساء
base_url: https://digest.example/
lang: ar
timezone: Africa/Tunis
themes:
  - {id: sport, title: رياضة}
  - {id: economy, title: اقتصاد}
"""
PICTURES = frozenset({"content/sport/final.jpg", "content/logo.png"})
GOOD = "title: عنوان\ndate: 2026-11-20\n"

SETTINGS, _, _ = site.read(SITE.encode())


def read(raw: bytes, path: str = "content/sport/a.md"):
    assert SETTINGS is not None
    return entries.read(path, raw, ContentContext.of(SETTINGS), PICTURES)


def messages(raw: bytes, path: str = "content/sport/a.md") -> list[str]:
    return [str(problem).replace(FSI, "").replace(PDI, "") for problem in read(raw, path)[1]]


YAML_FAULTS = [
    ("title: قال: نعم\n", "2:11: a colon inside a value; put the whole value in quotes: 'like this'"),
    (
        'title: "أ" ب\n',
        (
            "2:12: text after a closing quotation mark or bracket, or wrong indentation; "
            "put the whole value in single quotes; begin all keys in one column"
        ),
    ),
    ('title: "أ\n', "2:8: a quotation mark is not closed; close it, or put the whole value in single quotes"),
    ("title: أ\n\tdate: x\n", "3:1: a tab in YAML; indent with spaces"),
    ("tags: [أ, ب\n", "3:1: a bracket is not closed, or a comma is missing; close it, or put the value in quotes"),
    ("title: @x\n", "2:8: a value may not begin with '@'; put the whole value in quotes: 'like this'"),
    ("title: *x\n", "2:8: YAML aliases (*) are not used here; where * is part of the text, put the value in quotes"),
    ("title: &x y\n", "2:8: YAML anchors (&) are not used here; where & is part of the text, put the value in quotes"),
    ("title: !x y\n", "2:8: YAML tags (!) are not used here; where ! is part of the text, put the value in quotes"),
    ("title: أ\nنص بلا مفتاح\n", "3:1: a line without a key; write key: value; text that runs over lines is indented"),
    ('title: "C:\\d"\n', "2:11: a backslash inside double quotes; use single quotes, or write \\\\"),
    ("title: - أ\n", "2:8: a list must begin on its own line; put - on the line below the key"),
    ("? [أ]\n: ب\n", "2:3: a key must be text; write key: value; brackets in text need quotes"),
    ("a\x07b: x\n", "2:2: control character U+0007; delete it"),
    ("- أ\n", "2: expected keys, one a line; write key: value, as in title: and date:"),
    ("\n\n- أ\n", "4: expected keys, one a line; write key: value, as in title: and date:"),
    ("", "2: no keys here; write key: value, as in title: and date:"),
    ("# title: أ\n", "2: no keys here; write key: value, as in title: and date:"),
    ("tags: " + "[" * 25 + "]" * 25 + "\n", "2:26: nested deeper than 20 levels; make it simpler"),
    ("tags: [" + "أ, " * 5001 + "]\n", "2: more than 5000 values in one file; split the file"),
    ("title: أ\n--- ب\n", "3: a second YAML document begins here; delete this line: a file holds one"),
    ("a: b\nc: d\n--- ب\n", "4: a second YAML document begins here; delete this line: a file holds one"),
    (
        "a: b\nc: d\ne: *x\n",
        "4:4: YAML aliases (*) are not used here; where * is part of the text, put the value in quotes",
    ),
    ("a: b\nc: d\ne: " + "[" * 25 + "]" * 25 + "\n", "4:23: nested deeper than 20 levels; make it simpler"),
    ("a: b\nc: d\ntags: [" + "أ, " * 5001 + "]\n", "4: more than 5000 values in one file; split the file"),
    ("a: b\nc: d\ne\x07: x\n", "4:2: control character U+0007; delete it"),
    ("title: أ\n date: x\n", "3:1: a key that does not begin in the first column; take out the blanks before it"),
    (
        "  x: y\nb: c\n",
        "3:1: not valid YAML: did not find expected <document start>; compare it with an entry that works",
    ),
    ("key：value\nb: c\n", "2:4: '：' is not the colon of YAML; write : in place of ："),
    ("key:value\nb: c\n", "2:4: no blank after the colon; write key: value, with a blank after the colon"),
    ("نص\nb: c\n", "2:1: a line without a key; write key: value; text that runs over lines is indented"),
    ("\n\n\nkey:value\nb: c\n", "5:4: no blank after the colon; write key: value, with a blank after the colon"),
    ("a: b\n  text\nc: - d\n", "4:4: a list must begin on its own line; put - on the line below the key"),
    ("a: b\nc: d\ne: @x\n", "4:4: a value may not begin with '@'; put the whole value in quotes: 'like this'"),
    ("# a note\nb: c: d\n", "3:5: a colon inside a value; put the whole value in quotes: 'like this'"),
    ("- a\n b: c\n", "3:3: a colon inside a value; put the whole value in quotes: 'like this'"),
    ("a:\nb: c: d\n", "3:5: a colon inside a value; put the whole value in quotes: 'like this'"),
    ("\n b: c: d\n", "3:6: a colon inside a value; put the whole value in quotes: 'like this'"),
    ("title: a\u2028b: c\n", "2:11: a colon inside a value; put the whole value in quotes: 'like this'"),
    (
        "a: {b: #fff}\n",
        "2:8: # begins a comment, and the rest of the line is lost; put the whole value in quotes: 'like this'",
    ),
    (
        "tags: [أ, #ب]\ntitle: x\n",
        "2:11: # begins a comment, and the rest of the line is lost; put the whole value in quotes: 'like this'",
    ),
    (
        "a: b\nc: d\ne: {f: #fff}\n",
        "4:8: # begins a comment, and the rest of the line is lost; put the whole value in quotes: 'like this'",
    ),
    (
        "a: {b: #fff\n\n\nc: d\n",
        "2:8: # begins a comment, and the rest of the line is lost; put the whole value in quotes: 'like this'",
    ),
    (
        "a: {b: #fff\n\n\n\nc: d\n",
        "6:2: a bracket is not closed, or a comma is missing; close it, or put the value in quotes",
    ),
    (
        "x: {a: b، c: d}\n",
        (
            "2:12: a bracket is not closed, or a comma is missing; "
            "between the parts inside { } or [ ] write a Latin comma (,) and not «،»"
        ),
    ),
    ("title: %x\n", "2:8: a value may not begin with '%'; put the whole value in quotes: 'like this'"),
    ("a:\n\t- b\n", "3:1: a tab in YAML; indent with spaces"),
    ("a:\n -\tb: c\n", "3:3: a tab in YAML; indent with spaces"),
    ("a:\n  -\tb: c\n", "3:4: a tab in YAML; indent with spaces"),
    ("نص\n  \tb: c\n", "3:3: a tab in YAML; indent with spaces"),
    ("k: x\n\n #h\n\u00a0\t y- \n", "5:2: a tab in YAML; indent with spaces"),
    ("title: @x\ty\n", "2:8: a value may not begin with '@'; put the whole value in quotes: 'like this'"),
    ('a: "x\n\n\nb: c\n', "2:4: a quotation mark is not closed; close it, or put the whole value in single quotes"),
    ("x: &a {b: c}\n", "2:4: YAML anchors (&) are not used here; where & is part of the text, put the value in quotes"),
    ("x: !!map {b: c}\n", "2:4: YAML tags (!) are not used here; where ! is part of the text, put the value in quotes"),
    ("[\n" * 25, "22:1: nested deeper than 20 levels; make it simpler"),
    ("title: عنوان\nc\x00\n", "3:2: control character U+0000; delete it"),
    ("\x00a\x00: b\n", "2:1: control character U+0000; the file looks like UTF-16; save it as UTF-8"),
    ("\0\0" + "x" * 16 + "\n", "2:1: control character U+0000; the file looks like UTF-16; save it as UTF-8"),
    ("\0\0" + "x" * 17 + "\n", "2:1: control character U+0000; delete it"),
    ("\nb\x07\n", "3:2: control character U+0007; delete it"),
    ("title: " + "أ" * 70_000 + "\n", "1: the front matter is longer than 64 KiB; move the text below the closing ---"),
]


@pytest.mark.parametrize(("front_matter", "expected"), YAML_FAULTS, ids=[fault[1][:50] for fault in YAML_FAULTS])
def test_faulty_yaml_gives_one_problem_in_plain_words(front_matter: str, expected: str):
    """Faulty YAML gives one problem: where, what, and what to do."""
    assert messages(f"---\n{front_matter}---\nنص\n".encode()) == [f"content/sport/a.md:{expected}"]


FIELD_FAULTS = [
    ("title: ثان\n", "4:1: 'title' is given twice, first on line 2; keep one of them"),
    ("العنوان: ثان\n", "4:1: 'العنوان' is given twice, first on line 2 as 'title'; keep one of them"),
    ("sorce: x\n", "4:1: unknown key 'sorce'; did you mean 'source'?"),
    ("مصدر: x\n", "4:1: unknown key 'مصدر'; did you mean 'المصدر'?"),
    ("<<: {a: b}\n", "4:1: YAML merge keys (<<) are not used here; write the keys out"),
    ("theme: spor\n", "4:8: unknown theme 'spor'; did you mean 'sport'?"),
    ("theme: رياضة\n", "4:8: unknown theme 'رياضة'; did you mean 'sport'?"),
    ("theme: zz\n", "4:8: unknown theme 'zz'; themes are sport, economy"),
    ("draft: yes\n", "4:8: 'draft' must be true or false, not 'yes'; write true or false (or نعم، لا)"),
    ("lead: [x]\n", "4:7: 'lead' must be text, not a list; write true or false"),
    ("slug: أ ب/ج\n", "4:7: 'أ ب/ج' cannot be a slug; write أ-ب-ج"),
    ("slug: con\n", "4:7: the slug 'con' is a name Windows keeps for a device; write con-1, say"),
    (
        "aliases: [https://x.example/a]\n",
        "4:11: an alias is a path of this site, not 'https://x.example/a'; leave out the scheme and the host",
    ),
    ("aliases: [/a/../b]\n", "4:11: '/a/../b' is not a path of this site; write one like /old/address/"),
    ("aliases: [/a/%2e%2e/b]\n", "4:11: '/a/%2e%2e/b' is not a path of this site; write one like /old/address/"),
    (
        "aliases: ['/?p=1']\n",
        "4:11: an alias cannot hold ? or #, as in '/?p=1'; static hosts see the path alone; leave the rest out",
    ),
    ("source: {url: https://x.example/}\n", "4:9: a source without 'name'; add name: (who published the story first)"),
    (
        "source: {name: أ, url: 'javascript:alert(1)'}\n",
        (
            "4:24: 'javascript:alert(1)' cannot be an address: the scheme javascript: is not allowed; "
            "write one that begins with https://"
        ),
    ),
    (
        "source: {name: أ, url: /a/}\n",
        "4:24: '/a/' is not the address of another site; write one that begins with https://",
    ),
    ("source: {name: أ, uri: x}\n", "4:19: unknown key 'uri'; did you mean 'url'?"),
    (
        "source: [[أ]]\n",
        "4:10: 'source' must be a name or {name, url}, not a list; write {name: …, url: https://…}",
    ),
    (
        "image: final.jpg\n",
        (
            "4:8: the image has no alt text; write {src: final.jpg, alt: …}; "
            'say in alt: what the picture shows; alt: "" marks a decorative one'
        ),
    ),
    (
        "image: {src: final.jpg}\n",
        '4:8: the image has no alt text; say in alt: what the picture shows; alt: "" marks a decorative one',
    ),
    ("image: {src: finl.jpg, alt: ''}\n", "4:14: no picture 'finl.jpg'; did you mean 'final.jpg'?"),
    (
        "image: {src: https://x.example/a.jpg, alt: أ}\n",
        "4:14: 'https://x.example/a.jpg' is on another host; save a copy beside this file and name that",
    ),
    (
        "image: {src: ../../site.yaml, alt: أ}\n",
        "4:14: '../../site.yaml' leads out of content/; keep pictures beside the entries that use them",
    ),
    ("image: {src: a.svg, alt: أ}\n", "4:14: 'a.svg' is SVG, which can carry scripts; save it as PNG or WebP"),
    ("related: sport/x\n", "4:10: 'related' must be a list, not text; write related: [sport/2026-11-20-final]"),
    ("updated: 2026-11-19\n", "4:10: 'updated' is before 'date'; correct one of the two"),
    ("lang: arabic\n", "4:7: 'arabic' is not a language tag; write one like ar, ar-MA or fr"),
    ("body: x\n", "4:1: 'body' stands in YAML files only; write the text below the closing ---"),
    ('summary: "أ\u202eب"\n', "4:10: U+202E is taken out of 'summary'; delete it: direction is set by the page"),
    (
        "dateline: تونس #عاجل\n",
        "4:11: YAML takes '#عاجل' for a comment; put the whole value in quotes, or a space after #",
    ),
]


@pytest.mark.parametrize(("line", "expected"), FIELD_FAULTS, ids=[fault[0].strip() for fault in FIELD_FAULTS])
def test_faulty_key_gives_a_problem_with_place_and_cure(line: str, expected: str):
    """One faulty key in an otherwise good entry gives exactly one problem."""
    assert messages(f"---\n{GOOD}{line}---\nنص\n".encode()) == [f"content/sport/a.md:{expected}"]


TITLE_FAULTS = [
    ("date: 2026-11-20\n", "2:1: an entry without 'title'; add title: (the headline)"),
    ("title:\ndate: 2026-11-20\n", "2:7: 'title' is empty; write it after the colon (the headline)"),
    ("title: ''\ndate: 2026-11-20\n", "2:8: 'title' is empty; write it after the colon (the headline)"),
    ('title: "\\u200b"\ndate: 2026-11-20\n', "2:8: 'title' is empty; write it after the colon (the headline)"),
    ("title: [أ]\ndate: 2026-11-20\n", "2:8: 'title' must be text, not a list; write title: …"),
    (f"title: {'أ' * 501}\ndate: 2026-11-20\n", "2:8: 'title' is longer than 500 characters; shorten it"),
]


@pytest.mark.parametrize(("front_matter", "expected"), TITLE_FAULTS, ids=[fault[1][:60] for fault in TITLE_FAULTS])
def test_entry_without_title_is_refused(front_matter: str, expected: str):
    """An entry has a title of 1 to 500 characters once it is cleaned."""
    assert messages(f"---\n{front_matter}---\n".encode()) == [f"content/sport/a.md:{expected}"]


EXPECTED_ISO = "write it like 2026-11-20 or 2026-11-20T10:30"
DATE_FAULTS = [
    ("2026-02-30", f"is not a day: 2026-02 has 28 days; {EXPECTED_ISO}"),
    ("2026-13-01", f"has no month 13; {EXPECTED_ISO}"),
    ("1446-05-12", "looks like a Hijri date; dates are Gregorian; did you mean 2024-11-14?"),
    ("١٤٤٦-٠٥-١٢", "looks like a Hijri date; dates are Gregorian; did you mean 2024-11-14?"),
    ("1446/5/12", "looks like a Hijri date; dates are Gregorian; did you mean 2024-11-14?"),
    ("20/11/2026", "is not an ISO 8601 date; write 2026-11-20"),
    ("20 نوفمبر 2026", "is not an ISO 8601 date; write 2026-11-20"),
    ("٢٠ نونبر ٢٠٢٦", "is not an ISO 8601 date; write 2026-11-20"),
    ("20 تشرين الثاني 2026", "is not an ISO 8601 date; write 2026-11-20"),
    ("November 20, 2026", "is not an ISO 8601 date; write 2026-11-20"),
    ("2026-1-5", "is not an ISO 8601 date; write 2026-01-05"),
    (
        "2026-11-20T25:00",
        "has an hour or a zone that does not exist; write hours 00:00 to 23:59 and a zone like +01:00",
    ),
    ("3026-11-20", f"is outside the years 1900 to 2100; {EXPECTED_ISO}"),
    ("أمس", f"is not an ISO 8601 date; {EXPECTED_ISO}"),
]


@pytest.mark.parametrize(("written", "expected"), DATE_FAULTS, ids=[fault[0] for fault in DATE_FAULTS])
def test_date_in_another_form_is_refused_with_an_offer(written: str, expected: str):
    """What is no ISO date is shown with the one most likely meant."""
    raw = f"---\ntitle: أ\ndate: {written}\n---\n".encode()
    assert messages(raw) == [f"content/sport/a.md:3:7: 'date': '{written}' {expected}"]


def test_entry_without_date_is_refused():
    """An entry has a date."""
    assert messages("---\ntitle: أ\n---\n".encode()) == [
        (
            "content/sport/a.md:2:1: an entry without 'date'; "
            "add date: (ISO 8601 date or date-time; a future one is held back until then)"
        )
    ]


FILE_FAULTS = [
    (b"", "1: the file is empty; start it with a line ---, then title: and date:, then a line ---"),
    (b"---\n", "1: the front matter is not closed; add a line --- below its last key"),
    (b"---\ntitle: a\n", "1: the front matter is not closed; add a line --- below its last key"),
    (b"\n---\ntitle: a\n---\n", "1: the front matter must begin on the first line; delete what stands above ---"),
    (b"+++\n+++\n", "1: the front matter is not YAML; write the keys as `key: value` between two lines ---"),
    (b"title: a\n---\n", "1: the keys have no line --- above them; begin the file with a line ---"),
    ("العنوان: أ\n---\n".encode(), "1: the keys have no line --- above them; begin the file with a line ---"),
    (b"a text\n", "1: no front matter; start the file with a line ---, then title: and date:, then a line ---"),
    ("---\nt: موجز\n".encode("utf-16"), "1: not UTF-8: byte 0xFF at offset 0; it looks like UTF-16; save it as UTF-8"),
    ("---\nt: x\n".encode("utf-16-be"), "1: no front matter; the file looks like UTF-16; save it as UTF-8"),
    (
        "---\nt: مرحبا بكم\n".encode("cp1256"),
        "2: not UTF-8: byte 0xE3 at offset 7; it looks like Windows-1256; save it as UTF-8",
    ),
    (b"---\nt: caf\xe9\n", "2: not UTF-8: byte 0xE9 at offset 10; save the file as UTF-8"),
    (b"\n---\nt: caf\xe9\n", "3: not UTF-8: byte 0xE9 at offset 11; save the file as UTF-8"),
]


@pytest.mark.parametrize(("raw", "expected"), FILE_FAULTS, ids=[fault[1][:60] for fault in FILE_FAULTS])
def test_file_that_is_no_entry_gives_the_reason(raw: bytes, expected: str):
    """Encodings, missing and unclosed front matter are told apart."""
    assert messages(raw) == [f"content/sport/a.md:{expected}"]


PLACE_FAULTS = [
    (
        "content/a.md",
        "content/a.md: an entry directly in content/ needs 'theme'; move it into a theme's folder, or add theme:",
    ),
    ("content/sprt/a.md", "content/sprt/a.md: the folder 'sprt' is not a theme; did you mean 'sport'?"),
    (
        "content/sport/con.md",
        "content/sport/con.md: the slug 'con' is a name Windows keeps for a device; add slug: con-1, say",
    ),
]


@pytest.mark.parametrize(("path", "expected"), PLACE_FAULTS, ids=[fault[0] for fault in PLACE_FAULTS])
def test_file_in_an_undeclared_folder_gives_a_problem(path: str, expected: str):
    """A theme comes from the key or from the folder, and must be declared."""
    assert messages(f"---\n{GOOD}---\n".encode(), path) == [expected]


@pytest.mark.parametrize("text", ["😀: x\n", "\ufeff😀: x\n"])
def test_byte_order_mark_is_dropped_at_the_beginning_only(text: str) -> None:
    """Whatever else a file begins with is its own."""
    root, problems = nodes.load(text.encode(), "data/a.yaml")
    assert root
    assert (root.items[0][0], problems) == (nodes.Scalar("😀", 1, 1), ())


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_keep_places_of_problems(ending: str, mark: str):
    """Lines are counted as an editor shows them, whatever the line ends."""
    raw = (mark + f"---\n{GOOD}sorce: x\n---\nنص\n".replace("\n", ending)).encode()
    assert messages(raw) == ["content/sport/a.md:4:1: unknown key 'sorce'; did you mean 'source'?"]


def test_all_faults_of_a_file_are_reported_at_once():
    """An editor sees all faults in one run, in the order of the file."""
    raw = b"---\ntitle: ''\ndate: 20/11/2026\nsorce: x\ndraft: perhaps\n---\n![](gone.png)\n"
    lines = [problem.line for problem in read(raw)[1]]
    assert lines == [2, 3, 4, 5, 7]


def test_problems_in_a_text_carry_lines_of_the_file():
    """A picture that is missing in the text is named with its own line, not the text's."""
    raw = f"---\n{GOOD}---\n\nفقرة.\n\n![خريطة](finl.jpg)\n".encode()
    assert messages(raw) == ["content/sport/a.md:8: no picture 'finl.jpg'; did you mean 'final.jpg'?"]


def test_yaml_file_above_its_limit_is_refused():
    """A YAML entry above 2 MiB is refused before it is parsed."""
    raw = b"title: a\n" + b"#" * nodes.MAX_YAML
    assert messages(raw, "content/sport/a.yaml") == [
        "content/sport/a.yaml: the file is larger than 2 MiB; split it into several files"
    ]


def test_text_above_one_mebibyte_is_refused():
    """The Markdown of one entry ends at 1 MiB."""
    raw = f"---\n{GOOD}---\n".encode() + "نص ".encode() * 300_000
    assert messages(raw) == ["content/sport/a.md:1: the text is longer than 1 MiB; split it into several entries"]


def nested(levels: int) -> bytes:
    return b"a: " + b"[" * (levels - 1) + b"]" * (levels - 1) + b"\n"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (nested(20), ""),
        (nested(21), "nested deeper than 20 levels"),
        (b"a: [" + b"b, " * 4997 + b"]\n", ""),
        (b"a: [" + b"b, " * 4998 + b"]\n", "more than 5000 values in one file"),
        (b"a: [" + b"[], " * 4997 + b"]\n", ""),
        (b"a: [" + b"[], " * 4998 + b"]\n", "more than 5000 values in one file"),
        (b"a: [" + b"{}, " * 4998 + b"]\n", "more than 5000 values in one file"),
        (b"a: b\n" + b"#" * (2 * 1024 * 1024 - 5), ""),
        (b"a: b\n" + b"#" * (2 * 1024 * 1024 - 4), "the file is larger than 2 MiB"),
    ],
)
def test_yaml_file_at_its_limit_is_accepted(raw: bytes, message: str):
    """The deepest, longest, largest file is read; one more is not."""
    root, problems = nodes.load(raw, "data/a.yaml")
    assert [problem.message for problem in problems] == ([message] if message else [])
    assert (root is None) is bool(message)


@pytest.mark.parametrize(
    ("front", "body", "message"),
    [
        (64 * 1024, 0, ""),
        (64 * 1024 + 1, 0, "the front matter is longer than 64 KiB"),
        (7, 1024 * 1024 - 1, ""),
        (7, 1024 * 1024, ""),
        (7, 1024 * 1024 + 1, "the text is longer than 1 MiB"),
    ],
)
@pytest.mark.parametrize("letter", ["a", "ب", "😀"])
def test_markdown_file_at_its_limit_is_accepted(front: int, body: int, message: str, letter: str):
    """Counted in bytes, in whatever letters it is written."""
    notes = nodes.Notes("content/sport/a.md")
    keys = "a: b\n#" + filled(letter, front - 6)
    read = nodes.read_markdown(
        f"---\n{keys[:-1] if front > 6 else keys[:5]}\n---\n{filled(letter, body)}".encode(), notes
    )
    assert [problem.message for problem in notes.problems()] == ([message] if message else [])
    assert (read is None) is bool(message)


def filled(letter: str, size: int) -> str:
    """So many bytes of a letter, and of another where it does not divide them."""
    return letter * (size // len(letter.encode())) + "x" * (size % len(letter.encode()))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("---\na: b\n---", (3, "")),
        ("---\na: b\n---\n", (4, "")),
        ("---\na: b\n---\nنص\n---\n", (4, "نص\n---\n")),
        ("--- \na: b\n---  \nنص", (4, "نص")),
        ("---\na: b\n...\nنص\n---\n", (4, "نص\n---\n")),
        ("---\na: b\n...\t\nنص", (4, "نص")),
        ("---\na: b\n\n---\n\nنص", (5, "\nنص")),
        ("---\na: |\n ---\n---\nنص", (5, "نص")),
        ("---\na: b\n---x\nc: d\n---\nنص", None),
        ("---\n---\na: b\n---\n", None),
        ("---\n...\nنص", None),
        ("---\n\n...\na: b\n---\n", None),
    ],
)
def test_front_matter_ends_at_a_closing_line_only(raw: str, expected: tuple[int, str] | None) -> None:
    """At the first line of --- or ... alone, be it the first of all; the text's own line is known."""
    notes = nodes.Notes("content/sport/a.md")
    found = nodes.read_markdown(raw.encode(), notes)
    assert (found and (found.body_line, found.body)) == expected
    assert [problem.message for problem in notes.found] == (
        [] if expected else ["a line without a key" if "---x" in raw else "no keys here"]
    )


@pytest.mark.parametrize(("text", "line"), [("---", 1), ("", 1), ("# a\n", 1), ("\n\n- a\n", 3)])
def test_file_without_keys_gives_a_problem_on_an_existing_line(text: str, line: int) -> None:
    """Also where nothing follows."""
    _, (problem,) = nodes.load(text.encode(), "data/a.yaml")
    assert problem.line == line


@pytest.mark.parametrize("text", ["b", "bb"])
def test_block_text_in_front_matter_keeps_its_last_line_end(text: str) -> None:
    """Where `---` follows as where another key does."""
    found = nodes.read_markdown(f"---\na: |\n  {text}\n---\n".encode(), nodes.Notes("content/sport/a.md"))
    root, _ = nodes.load(f"a: |\n  {text}\nc: d\n".encode(), "data/a.yaml")
    assert root
    assert found
    assert found.keys.items[0][1].value == root.items[0][1].value == f"{text}\n"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a: [b", "2:1: a bracket is not closed, or a comma is missing; close it, or put the value in quotes"),
        (
            b"a: [b, #c",
            "1:8: # begins a comment, and the rest of the line is lost; put the whole value in quotes: 'like this'",
        ),
        (b"a: b #c\n? d", "1:4: YAML takes '#c' for a comment; put the whole value in quotes, or a space after #"),
    ],
)
def test_file_without_a_final_line_end_is_accepted(raw: bytes, said: str) -> None:
    """What is missing at a file's end is missing on the line below."""
    assert [str(problem) for problem in nodes.load(raw, "a.yaml")[1]] == [f"a.yaml:{said}"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (yaml.YAMLError("what is new"), "not valid YAML"),
        (yaml.MarkedYAMLError(problem="what is new"), "not valid YAML: what is new"),
    ],
)
def test_yaml_error_without_a_place_is_a_problem_of_the_file(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """A later libyaml may say what this one never did."""

    class Later:
        def __init__(self, _: str) -> None:
            pass

        def get_event(self) -> None:
            raise error

    monkeypatch.setattr(nodes, "Parser", Later)
    assert messages(b"---\na: b\n---\n") == [f"content/sport/a.md:2: {said}; compare it with an entry that works"]


def test_guesses_stop_after_many_problems():
    """The fiftieth is no more looked for: each one takes time."""
    notes = nodes.Notes("a.md")
    for line in range(49):
        notes.line(line, "x")
    assert notes.patient
    notes.file("x")
    assert not notes.patient
    assert (notes.found[-1].line, notes.found[-1].column) == (0, 0)
    notes.line(50, "x")
    assert not notes.patient


@pytest.mark.parametrize(
    ("raw", "cure"),
    [
        ("یک خبر".encode("utf-16"), "it looks like UTF-16; save it as UTF-8"),
        ("\ufeffیک".encode("utf-16-be"), "it looks like UTF-16; save it as UTF-8"),
        ("title: یک".encode("utf-16-le"), "it looks like UTF-16; save it as UTF-8"),
        (b"\0ab\xff", "save the file as UTF-8"),
        (b"\0a\xff", "it looks like UTF-16; save it as UTF-8"),
        ("title: خبر".encode("cp1256"), "it looks like Windows-1256; save it as UTF-8"),
        (("é" * 9 + "ابتث").encode("cp1256"), "save the file as UTF-8"),
        ("éèخبر".encode("cp1256"), "it looks like Windows-1256; save it as UTF-8"),
        ("éèçخبر".encode("cp1256"), "save the file as UTF-8"),
        (b"caf\xe9", "save the file as UTF-8"),
        (b"abc", "save the file as UTF-8"),
    ],
)
def test_file_in_another_encoding_gets_a_guess_of_it(raw: bytes, cure: str):
    """By its mark, its zeros, or Arabic letters where most letters are none of ASCII."""
    assert str(nodes.save_as_utf8(raw)) == cure


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("\u200fأ\u200f", "أ"),
        ("'\u200f 2026\u061c'", "2026"),
        ('" x "', " x "),
        ("|\n  \u200fأ\n", "\u200fأ\n"),
        (">\n  \u200fأ\n", "\u200fأ\n"),
        ("أ\u200fب", "أ\u200fب"),
        ("\u200f漢", "漢"),
    ],
)
def test_invisible_marks_around_a_value_are_dropped(written: str, value: str):
    """Editors add them so that a line looks right; in a text of several lines they stay."""
    root, _ = nodes.load(f"a: {written}\n".encode(), "data/a.yaml")
    assert root is not None
    assert root.items[0][1].value == value  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "advised"),
    [
        ("title: خبر #عاجل", (1, 8, "#عاجل")),
        ("  colour: x #fff", (1, 11, "#fff")),
        ("a: [b, {c: d #e\n}]", (1, 12, "#e")),
        ("a: 'x'\nb: y #z", (2, 4, "#z")),
        ("a: [x]\nb: y #z", (2, 4, "#z")),
        ("a: #b", (1, 3, "#b")),
        ("a: x #y\nb:", (1, 4, "#y")),
        ("a: x # a comment", None),
        ("a: 'x' #e", None),
        ("a: x\\ #", None),
        ("# x #y", None),
        ("a: x\n  y #z", None),
    ],
)
def test_hashtag_taken_for_a_comment_gives_advice(line: str, advised: tuple[int, int, str] | None):
    """A hashtag or a colour without quotes; a comment with a blank is meant as one."""
    root, problems = nodes.load(f"{line}\n".encode(), "data/a.yaml")
    assert root is not None or line.startswith("#")
    found = [problem for problem in problems if problem.level == "advice"]
    shown = [(problem.line, problem.column, problem.message) for problem in found]
    expected = f"YAML takes '{advised[2]}' for a comment" if advised else ""
    assert [(at, column, said.replace(FSI, "").replace(PDI, "")) for at, column, said in shown] == (
        [(*advised[:2], expected)] if advised else []
    )


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["content/sport/a.md", "content/sport/a.yaml"]))
def test_no_bytes_raise(raw: bytes, path: str):
    """Whatever a file holds, reading it returns problems and never raises."""
    articles, problems = read(raw, path)
    assert articles or problems


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.text(alphabet="[]{}:,-&*!|>'\"%@`#~<? \n\tabأ0\\", max_size=120), st.booleans())
def test_entry_of_any_yaml_does_not_raise(text: str, fenced: bool):
    """Text made of YAML's own signs never raises, in front matter or alone."""
    raw = f"---\n{text}\n---\n".encode() if fenced else text.encode()
    articles, problems = read(raw, "content/sport/a.md" if fenced else "content/sport/a.yaml")
    assert articles or problems


HOSTILE = {
    "lines of dots": b"---\n" + b"...x\n" * 200_000,
    "open brackets": f"---\n{GOOD}tags: ".encode() + b"[" * 30_000 + b"\n---\n",
    "unknown keys": f"---\n{GOOD}".encode() + b"".join(b"k%d: x\n" % i for i in range(2400)) + b"---\n",
    "overrides": f"---\n{GOOD}---\n".encode() + "نص\u202e\n".encode() * 100_000,
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_quickly(raw: bytes):
    """No file takes longer than its size allows, and each says what is wrong."""
    assert messages(raw)


def test_problem_as_json_escapes_terminal_commands():
    """Its parts by name; control characters are spelt out."""
    problem = Problem("a\x1b.md", 3, 0, "said\x07", "cure", "advice")
    shown = problem.as_json()
    assert shown.keys() == {"path", "line", "column", "code", "message", "cure", "level"}
    assert (shown["line"], shown["column"], shown["cure"], shown["level"]) == (3, 0, "cure", "advice")
    assert all(str(value).isprintable() for value in shown.values())


@pytest.mark.parametrize(
    ("lines", "line", "column", "shown"),
    [
        (["one", "two"], 2, 3, "  | two\n  |   ^"),
        (["one", "two"], 1, 1, "  | one\n  | ^"),
        (["one", "two"], 1, 0, "  | one"),
        (["one", "two", "three", "four"], 3, 2, "  | three\n  |  ^"),
        (["one", "two"], 0, 0, ""),
        (["one", "two"], 3, 1, ""),
        (["خبر"], 1, 2, "  | خبر"),
        (["a\x1bb"], 1, 3, "  | a b\n  |   ^"),
        (["x" * 200], 1, 0, "  | " + "x" * 200),
        (["x" * 201], 1, 0, ""),
    ],
)
def test_snippet_shows_the_line_with_a_caret(lines: list[str], line: int, column: int, shown: str):
    """A caret where columns are as wide as letters; no line that is too long, none that does not exist."""
    assert snippet(lines, Problem("a.md", line, column, "x", "")) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 60, "'" + "x" * 60 + "'"),
        ("x" * 61, f"'{FSI}" + "x" * 60 + f"…{PDI}'"),
        ("x" * 200, f"'{FSI}" + "x" * 60 + f"…{PDI}'"),
        ("é\u02ff", "'é\u02ff'"),
        ("a\u0300", f"'{FSI}a\u0300{PDI}'"),
        ("خبر", f"'{FSI}خبر{PDI}'"),
        ("a\x1b", "'a\\u001b'"),
    ],
    ids=["sixty", "one more", "many", "Latin", "a mark", "Arabic", "a command"],
)
def test_quoted_content_is_short_and_isolated(text: str, shown: str):
    """Sixty characters, and a sign that there are more; letters that could turn the line round stand isolated."""
    assert quoted(text) == shown


def test_did_you_mean_offers_the_nearest_name():
    """Of several the nearest, whatever their order; of none nothing."""
    assert str(did_you_mean("sourc", ["sources", "source", "course"])) == "did you mean 'source'?"
    assert did_you_mean("sourc", ["title"]) is None


@pytest.mark.parametrize("unseen", ["\u200b", "\u200e", "\u200f", "\u061c", "\u2060", "\ufeff", "\xa0", "\t", "\u202b"])
@pytest.mark.parametrize(
    "form", ["{0}---\n{1}---\nنص\n", "---{0}\n{1}---{0}\nنص\n", "---\n{1}{0}---\nنص\n", "---\n{1}---{0}"]
)
def test_an_invisible_character_beside_the_marks_of_front_matter_is_none(unseen: str, form: str):
    """Editors that write from right to left leave them there; nobody can see one to delete it."""
    assert messages(form.format(unseen, "title: أ\ndate: 2026-11-20\n").encode()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u200f\n---\ntitle: أ\n---\n", "1: the front matter must begin on the first line, and U+200F, which is invisible, stands there; delete it"),
        ("—\ntitle: أ\n—\n", "1: the first line is '—', not ---; write three hyphens: ---"),
        ("ـــ\ntitle: أ\nـــ\n", "1: the first line is 'ـــ', not ---; write three hyphens: ---"),
        ("----\ntitle: أ\n----\n", "1: the first line is '----', not ---; write three hyphens: ---"),
        ("---\ntitle: أ\n—-\nنص\n", "3: the front matter is not closed: '—-' is not ---; write three hyphens: ---"),
        ("---\ntitle: أ\n  ---\nنص\n", "3: the closing --- does not begin its line; take away the blanks before it"),
        ("version https://git-lfs.github.com/spec/v1\n", "1: the file is a pointer of Git LFS, not the text; fetch the files: git lfs pull"),
    ],
)  # fmt: skip
def test_what_was_meant_as_a_mark_of_front_matter_is_named(text: str, expected: str):
    assert messages(text.encode()) == [f"content/sport/a.md:{expected}"]
