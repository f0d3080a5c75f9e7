"""What holds of every file, whatever the settings: other languages, a site under a path, whole texts in feeds, hostile entries."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from whole_site import faults

from digest.problems import DigestError

if TYPE_CHECKING:
    from conftest import LittleSite

SITE = "title: {title}\ndescription: {title}\nbase_url: {base}\nlang: {lang}\nthemes:\n  - {{id: sport, title: {title}}}\n{more}"


def filled(
    site: LittleSite, lang: str = "ar", title: str = "موجز", base: str = "https://news.example/", more: str = ""
) -> None:
    """A site with one of everything."""
    site.put("site.yaml", SITE.format(title=title, base=base, lang=lang, more=more))
    site.entry(
        "sport/a",
        "title: 'عنوان «فيه» (أقواس) & <وسم>'\ntags: [كأس, C++]\nupdated: 2026-11-21\nauthor: [سلمى, Omar]\n"
        "source: [{name: الأطلس, url: 'https://atlas.example/خبر'}, Atlas Wire]\nedition: n1\naliases: [/old/]",
        "فقرة أولى طويلة فيها ما يكفي من الكلام.\n\n> Une citation\n\n[خارج](https://e.example/x) و[داخل](/sport/b/)\n\n- واحد\n- اثنان",
    )
    site.entry(
        "sport/b",
        "tags: [كأس]\nlead: true\nlang: en\ntitle: 'English & \"quotes\"'",
        "Body `code` <script>alert(1)</script>.",
    )
    site.put("content/editions/n1.md", "---\ntitle: العدد الأول\ndate: 2026-11-20\n---\n\nمقدمة.\n")
    site.put("content/pages/about.md", "---\ntitle: من نحن\n---\n\nنحن.\n")
    site.put("data/popular.yaml", "sport/b: ٣\n")


@pytest.mark.parametrize("lang", ["ar", "ar-EG", "fa", "ur", "he", "fr", "en"])
def test_every_language_has_its_strings_and_direction(site: LittleSite, lang: str) -> None:
    """Complete strings, the right direction, every file sound."""
    filled(site, lang)
    site.build()
    direction = "ltr" if lang in ("fr", "en") else "rtl"
    assert f'<html lang="{lang}" dir="{direction}">' in site.text("index.html")
    assert faults(site.files(), "https://news.example/") == []


def test_a_language_without_strings_is_an_error_with_the_cure(site: LittleSite) -> None:
    """Half a table is one too."""
    filled(site, "de", more="")
    assert site.problems() == [
        "site.yaml: there is no string table for lang 'de'; run 'digest eject strings/en.yaml', rename the copy to de.yaml and translate it"
    ]
    site.put("templates/strings/de.yaml", "home: Start\n")
    (problem,) = site.problems()
    assert problem.startswith("templates/strings/de.yaml: the string table lacks ")


def test_every_link_of_a_site_under_a_path_leads_somewhere(site: LittleSite) -> None:
    """Home, feeds, pictures, styles and redirects, all below the path."""
    filled(site, base="https://user.example/repo/")
    site.build()
    assert faults(site.files(), "https://user.example/repo/") == []


def test_feeds_may_hold_whole_texts(site: LittleSite) -> None:
    """`feeds: {content: full}`: the body in both kinds of feed, addresses absolute."""
    filled(site, more="feeds: {content: full}\n")
    for jobs in (1, 2):
        site.build(jobs=jobs)
        atom = ET.fromstring(site.text("feed.xml"))
        contents = [e.text or "" for e in atom.iter("{http://www.w3.org/2005/Atom}content")]
        assert any("فقرة أولى" in text and 'href="https://news.example/sport/b/"' in text for text in contents)
        items = json.loads(site.text("feed.json"))["items"]
        assert any("فقرة أولى" in item["content_html"] for item in items)


@pytest.mark.parametrize("base", ["https://news.example/", "https://user.example/repo/"])
def test_pictures_in_feeds_name_their_host(site: LittleSite, base: str) -> None:
    """Whatever size and format a reader's program chooses from the text in a feed, it finds the file."""
    site.put("site.yaml", SITE.format(title="موجز", base=base, lang="ar", more="feeds: {content: full}\n"))
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(picture, "PNG")
    site.put("content/sport/photo.png", picture.getvalue())
    site.entry("sport/a", body="![ملعب](photo.png)")
    site.build()
    atom = ET.fromstring(site.text("feed.xml"))
    bodies = [content.text or "" for content in atom.iter("{http://www.w3.org/2005/Atom}content")]
    bodies += [item["content_html"] for item in json.loads(site.text("feed.json"))["items"]]
    for body in bodies:
        sets = re.findall(r'srcset="([^"]*)"', body)
        found = [candidate.split()[0] for many in sets for candidate in many.split(", ")]
        found += re.findall(r' src="([^"]*)"', body)
        assert len(sets) > 1
        assert len(found) > len(sets) + 1
        assert all(url.startswith(f"{base}media/") for url in found)
        assert {url.removeprefix(base) for url in found} <= site.files().keys()


HOSTILE = (
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](https://evil.example/x.png)",
    "[a](data:text/html,x)", "{{ site }}{% include 'x' %}", "&#x202e;fdp.exe", "<iframe src=//evil.example>", "[x](//evil.example)",
    "<a href='x' onclick='y'>z</a>", "`` ` ``<svg onload=x>", "]]>", "\u202egnp.exe", "<!- x ->", "<style>*{}</style>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_wherever_it_stands(site: LittleSite, text: str) -> None:
    """In a title, summary, caption, tag, author, source, dateline and body: refused by name, or shown as text."""
    quoted = json.dumps(text)
    fields = f"title: {quoted}\nsummary: {quoted}\ntags: [{quoted}]\nauthor: {quoted}\ndateline: {quoted}\n"
    site.entry("sport/x", f"{fields}source: {{name: {quoted}}}", "نص.")
    refused = ""
    try:
        site.build()
    except DigestError as error:  # a source that holds an address is a link, and this one may lead nowhere
        refused = str(error)
    if refused:
        assert refused.startswith("content/sport/x.md:7:16: ")
        site.entry("sport/x", fields, "نص.")
        site.build()
    assert faults(site.files(), "https://news.example/") == []
    assert "\u202e" not in "".join(content.decode("utf-8", "replace") for content in site.files().values())
    site.entry("sport/x", body=f"{text}\n\nنص.")
    refused = ""
    try:
        site.build()
    except DigestError as error:
        refused = str(error)
    if refused:
        assert refused.startswith("content/sport/x.md:")
    else:
        assert faults(site.files(), "https://news.example/") == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("![صورة](p.png)", 1),
        ('![صورة](p.png "تعليق")\n![أخرى](p.png)', 2),
        ("نص ![صورة](p.png) نص", 0),
        ("[![صورة](p.png)](https://a.example/)", 0),
        ("**![صورة](p.png)** و*![صورة](p.png)*", 0),
        ("> نص ![صورة](p.png)", 0),
        ("- ![صورة](p.png)\n- نص", 0),
        ("| أ |\n|---|\n| ![صورة](p.png) |", 0),
        ("## عنوان ![صورة](p.png)", 0),
    ],
)
def test_a_picture_is_a_figure_only_where_it_stands_alone(site: LittleSite, text: str, figures: int) -> None:
    """Within a line, a link or a list it stays in the line; the page is sound either way."""
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(picture, "PNG")
    site.put("content/sport/p.png", picture.getvalue()).entry("sport/a", body=f"قبل.\n\n{text}\n\nبعد.")
    site.build()
    body = site.text("sport/a/index.html")
    body = body[body.index('class="article-body"') : body.index("</article>")]
    assert body.count("<figure>") == figures
    assert "<picture>" in body
    assert faults(site.files(), "https://news.example/") == []
