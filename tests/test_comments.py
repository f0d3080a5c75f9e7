"""What editors hide from readers is nowhere in what is published: taken out of a text, refused in a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content import comments, markdown

if TYPE_CHECKING:
    from conftest import LittleSite

HIDDEN = "سر المحرر"
WAYS = {
    "HTML": "<!-- سر المحرر -->",
    "HTML over lines": "<!--\nسر المحرر\n\nفقرة\n-->",
    "HTML that ends like a script": "<!-- سر المحرر --!>",
    "a block of WordPress": '<!-- wp:paragraph {"note":"سر المحرر"} -->',
    "a link that is none": "[//]: # (سر المحرر)",
    "a link that is none, in quotation marks": '[comment]: # "سر المحرر"',
    "a link to nothing": "[//]: <> (سر المحرر)",
    "a link over lines": "[//]: # (سر المحرر\nسطر آخر)",
    "Hugo": "{{/* سر المحرر */}}",
    "Hugo, trimmed": "{{- /* سر المحرر */ -}}",
    "a shortcode of Hugo's themes": "{{< comment >}}سر المحرر{{< /comment >}}",
    "Liquid": "{% comment %}سر المحرر{% endcomment %}",
    "Liquid in one tag": "{% # سر المحرر %}",
    "Jinja": "{# سر المحرر #}",
    "Handlebars": "{{!-- سر المحرر --}}",
    "Mustache": "{{! سر المحرر }}",
    "MDX": "{/* سر المحرر */}",
    "CriticMarkup": "{>>سر المحرر<<}",
    "kramdown": "{::comment}سر المحرر{:/comment}",
    "ERB": "<%# سر المحرر %>",
    "Obsidian": "%%سر المحرر%%",
    "Obsidian over lines": "%%\nسر المحرر\n\nفقرة\n%%",
    "Smarty": "{* سر المحرر *}",
    "FreeMarker": "<#-- سر المحرر -->",
    "PHP": "<?php // سر المحرر ?>",
    "HTML after an autocorrection": "<!– سر المحرر –>",
    "HTML with blanks": "<! -- سر المحرر -- >",
    "HTML, escaped": "&lt;!-- سر المحرر --&gt;",
    "LaTeX": "\\begin{comment}\nسر المحرر\n\\end{comment}",
    "Org": "#+BEGIN_COMMENT\nسر المحرر\n#+END_COMMENT",
    "a link that is none, without brackets": "[//]: # سر المحرر",
    "a link that is none, without its target": "[comment]: سر المحرر",
    "AsciiDoc": "////\nسر المحرر\n////",
}


@pytest.mark.parametrize("written", WAYS.values(), ids=WAYS)
def test_comment_in_text_is_published_nowhere(site: LittleSite, written: str) -> None:
    """Not on the page, nor in the summary that is made of the text, the feed, or what machines read."""
    site.entry("sport/a", "", f"قبل.\n\n{written}\n\nبعد.")
    site.build()
    published = b"".join(path.read_bytes() for path in site.output.rglob("*") if path.is_file()).decode(
        "utf-8", "ignore"
    )
    assert HIDDEN not in published
    assert "قبل." in site.text("sport/a/index.html")
    assert "بعد." in site.text("sport/a/index.html")


@pytest.mark.parametrize(
    ("written", "sign", "closing"),
    [
        ("<!-- سر", "<!--", "-->"), ("{# سر", "{#", "#}"), ("{{/* سر", "{{/*", "*/}}"), ("{>> سر", "{>>", "<<}"),
        ("{% comment %} سر", "{% comment %}", "{% endcomment %}"), ("%% سر", "%%", "%%"), ("{* سر", "{*", "*}"),
    ],
)  # fmt: skip
def test_comment_without_end_is_refused_and_its_cure_builds(
    site: LittleSite, written: str, sign: str, closing: str
) -> None:
    """Neither the note nor the rest of the text is published by guess."""
    site.entry("sport/a", "", f"قبل.\n\n{written}\n\nبعد.")
    cure = f"write '{closing}' where it ends, or take '{sign}' out"
    assert site.problems() == [f"content/sport/a.md:8: a comment that begins with '{sign}' has no end; {cure}"]
    site.entry("sport/a", "", f"قبل.\n\n{written} {closing}\n\nبعد.")
    site.build()
    assert "سر" not in site.text("sport/a/index.html")


@pytest.mark.parametrize(
    "tag",
    ["<div hidden>", '<p style="color: red; display:none">', "<span class='a' HIDDEN>"],
)
def test_html_that_hides_is_refused_for_it_would_be_read(site: LittleSite, tag: str) -> None:
    """HTML is text here, and what browsers would hide stands on the page; in code it is what the text is about."""
    site.entry("sport/a", "", f"قبل.\n\n{tag}سر\n\nبعد.")
    cure = "take it out with all it hides, or write that between <!-- and -->"
    assert site.problems() == [f"content/sport/a.md:8: {tag} hides nothing: HTML is text here; {cure}"]
    site.entry("sport/a", "", f"قبل `{tag}`.\n\n<!-- سر -->\n\nبعد.")
    site.build()
    assert "سر" not in site.text("sport/a/index.html")


@pytest.mark.parametrize("title", ["خبر %%سر%%", "خبر {* سر *}", "خبر &lt;!-- سر --&gt;"])
def test_comment_in_title_is_refused(site: LittleSite, title: str) -> None:
    """A title is one line of text: nothing is taken out of it."""
    site.entry("sport/a", f"title: '{title}'", "نص.")
    assert "holds a comment" in site.problems()[0]


def test_comment_in_comment_is_refused(site: LittleSite) -> None:
    """HTML ends both at the first sign: the rest of the outer one would be on the page."""
    site.entry("sport/a", "", "أول <!-- سر <!-- سر --> سر المحرر --> آخر")
    assert "ends no comment: comments hold no others" in site.problems()[0]


@pytest.mark.parametrize("key", ["title", "summary", "dateline", "author"])
def test_comment_in_field_is_refused(site: LittleSite, key: str) -> None:
    site.entry("sport/a", f"{key}: نص <!-- {HIDDEN} -->")
    assert f"'{key}' holds a comment: '<!--'" in site.problems()[0]


def test_comment_in_code_is_shown() -> None:
    """There it is what the text is about."""
    made = markdown.render("انظر `<!-- x -->` و\n\n```\n{# y #}\n```", base="rtl", base_path="/").html
    assert "&lt;!-- x --&gt;" in made
    assert "{# y #}" in made


@pytest.mark.parametrize(
    "text", ["نسبة 100%% و50%% منها", "## عنوان {#name}", "أ --> ب", "القوس {نص} والنجمة /* */", "\\<!-- x"]
)
def test_text_that_is_no_comment_stays(text: str) -> None:
    assert comments.take_out(text) == (text, [])


@given(
    st.lists(
        st.sampled_from([*WAYS.values(), "نص ", "\n\n", "`", "``", "```\n", "<!--", "-->", "%%", "\\"]), max_size=12
    )
)
def test_lines_keep_their_numbers(parts: list[str]) -> None:
    """So that a problem names the line an editor sees."""
    source = "".join(parts)
    assert comments.take_out(source)[0].count("\n") == source.count("\n")
