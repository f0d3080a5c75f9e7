"""Every cure, followed to the letter: the site builds, and says what the editor meant."""

from __future__ import annotations

import ast
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from conftest import SITE_YAML
from PIL import Image

from digest.content.settings import NOTES
from digest.problems import FSI, PDI, DigestError

if TYPE_CHECKING:
    from conftest import LittleSite

    from digest.problems import Problem

ROOT = Path(__file__).resolve().parent.parent
HEAD = "title: خبر\ndate: 2026-11-20\n"


class Case(NamedTuple):
    """One mistake in the keys of an entry, or in its text."""

    code: str
    faulty: str
    """Text of the file."""
    cure: str
    """What is said, or the part of it that is to be followed."""
    mended: str
    meant: str
    """What the page then holds."""


def picture() -> bytes:
    """A small PNG."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    return out.getvalue()


PICTURE = picture()


def keys(lines: str, body: str = "نص الخبر.") -> str:
    return f"---\n{lines}---\n\n{body}\n"


CASES = [
    Case("unknown-key", keys(HEAD + "sorce: الأفق\n"), "did you mean 'source'?", keys(HEAD + "source: الأفق\n"), "الأفق"),
    Case("missing-key", keys("date: 2026-11-20\n"), "add title: ", keys("title: قمر\ndate: 2026-11-20\n"), "قمر"),
    Case("missing-key", keys("العنوان: قمر\n"), "add التاريخ: ", keys("العنوان: قمر\nالتاريخ: 2026-11-20\n"), "قمر"),
    Case("key-twice", keys(HEAD + "author: أ\nالكاتب: أ\n"), "keep one of them", keys(HEAD + "author: سهى\n"), "سهى"),
    Case("empty-value", keys("title:\ndate: 2026-11-20\n"), "write it after the colon", keys("title: قمر\ndate: 2026-11-20\n"), "قمر"),
    Case("wrong-kind", keys(HEAD + "summary: [أ]\n"), "write summary: …", keys(HEAD + "summary: موجز\n"), "موجز"),
    Case("wrong-flag", keys(HEAD + "lead: ربما\n"), "write true or false (or نعم، لا)", keys(HEAD + "lead: نعم\n"), "خبر"),
    Case("language-tag", keys(HEAD + "lang: عربي\n"), "write one like ar, ar-MA or fr", keys(HEAD + "lang: ar-MA\n"), "خبر"),
    Case("comment-in-value", keys(HEAD + "summary: موجز <!-- سر -->\n"), "take it out", keys(HEAD + "summary: موجز\n"), "موجز"),
    Case("date-hijri", keys("title: خبر\ndate: 1448/06/01\n"), "did you mean 2026-11-11?", keys("title: خبر\ndate: 2026-11-11\n"), "2026-11-11"),
    Case("date-form", keys("title: خبر\ndate: 20/11/2026\n"), "write 2026-11-20", keys("title: خبر\ndate: 2026-11-20\n"), "2026-11-20"),
    Case("date-month", keys("title: خبر\ndate: 2026-13-20\n"), "write it like 2026-11-20", keys("title: خبر\ndate: 2026-11-20\n"), "2026-11-20"),
    Case("date-day", keys("title: خبر\ndate: 2026-11-31\n"), "write it like 2026-11-20", keys("title: خبر\ndate: 2026-11-20\n"), "2026-11-20"),
    Case("date-year", keys("title: خبر\ndate: 0026-11-20\n"), "write it like 2026-11-20", keys("title: خبر\ndate: 2026-11-20\n"), "2026-11-20"),
    Case("date-hour", keys("title: خبر\ndate: 2026-11-20T25:00\n"), "write hours 00:00 to 23:59", keys("title: خبر\ndate: 2026-11-20T09:00\n"), "2026-11-20T09:00"),
    Case("updated-before-date", keys(HEAD + "updated: 2026-11-19\n"), "correct one of the two", keys(HEAD + "updated: 2026-11-21\n"), "2026-11-21"),
    Case("unknown-theme", keys(HEAD + "theme: sprot\n"), "did you mean 'sport'?", keys(HEAD + "theme: sport\n"), "خبر"),
    Case("slug-letters", keys(HEAD + "slug: a b\n"), "write a-b", keys(HEAD + "slug: a-b\n"), "/sport/a-b/"),
    Case("slug-device", keys(HEAD + "slug: con\n"), "write con-1, say", keys(HEAD + "slug: con-1\n"), "/sport/con-1/"),
    Case("wrong-address", keys(HEAD + "source: {name: أ, url: 'javascript:x'}\n"), "write one that begins with https://", keys(HEAD + "source: {name: أ, url: 'https://a.example/1'}\n"), "https://a.example/1"),
    Case("alias-with-query", keys(HEAD + "aliases: [/a/?b]\n"), "leave the rest out", keys(HEAD + "aliases: [/a/]\n"), "خبر"),
    Case("alias-path", keys(HEAD + "aliases: [/a//b/]\n"), "write one like /old/address/", keys(HEAD + "aliases: [/old/address/]\n"), "خبر"),
    Case("alias-ending", keys(HEAD + "aliases: [/a.php]\n"), "aliases are folders or end in .html", keys(HEAD + "aliases: [/a.html]\n"), "خبر"),
    Case("unknown-entry", keys(HEAD + "related: [culture/a]\n"), "did you mean 'sport/a'?", keys(HEAD + "related: [sport/a2]\n"), "آخر"),
    Case("related-itself", keys(HEAD + "related:\n- sport/a\n"), "take this line out", keys(HEAD + "related:\n"), "خبر"),
    Case("yaml-quotes-needed", keys("title: عاجل: خبر\ndate: 2026-11-20\n"), "put the whole value in quotes: 'like this'", keys("title: 'عاجل: خبر'\ndate: 2026-11-20\n"), "عاجل: خبر"),
    Case("yaml-quotation-mark", keys('title: "قمر\ndate: 2026-11-20\n'), "close it", keys('title: "قمر"\ndate: 2026-11-20\n'), "قمر"),
    Case("yaml-tab", keys("title: خبر\ndate: 2026-11-20\nimage:\n\tsrc: a\n"), "indent with spaces", keys("title: خبر\ndate: 2026-11-20\nsource:\n  name: الأفق\n"), "الأفق"),
    Case("yaml-no-blank-after-colon", keys("title:قمر\ndate: 2026-11-20\n"), "write key: value, with a blank after the colon", keys("title: قمر\ndate: 2026-11-20\n"), "قمر"),
    Case("no-front-matter", "نص الخبر.\n", "start the file with a line ---, then title: and date:, then a line ---", keys("title: قمر\ndate: 2026-11-20\n"), "نص الخبر."),
    Case("no-front-matter", HEAD + "---\n\nنص الخبر.\n", "begin the file with a line ---", keys(HEAD), "نص الخبر."),
    Case("front-matter-not-closed", "---\n" + HEAD + "\nنص الخبر.\n", "add a line --- below its last key", keys(HEAD), "نص الخبر."),
    Case("empty-file", "", "start it with a line ---, then title: and date:, then a line ---", keys(HEAD), "خبر"),
    Case("body-in-markdown", keys(HEAD + "body: قمر\n", ""), "write the text below the closing ---", keys(HEAD, "قمر"), "قمر"),
    Case("link-relative", keys(HEAD, "[رابط](b.md)"), "as in /theme/slug/", keys(HEAD, "[رابط](/sport/a2/)"), "/sport/a2/"),
    Case("link-refused", keys(HEAD, "[رابط](javascript:x)"), "write a full http or https address", keys(HEAD, "[رابط](https://a.example/2)"), "https://a.example/2"),
    Case("comment-not-closed", keys(HEAD, "قمر <!-- سر"), "write '-->' where it ends", keys(HEAD, "قمر <!-- سر -->"), "قمر"),
    Case("picture-missing", keys(HEAD + "image: {src: b.png, alt: قمر}\n"), "did you mean 'a.png'?", keys(HEAD + "image: {src: a.png, alt: قمر}\n"), "قمر"),
    Case("no-alt", keys(HEAD + "image: {src: a.png}\n"), "say in alt: what the picture shows", keys(HEAD + "image: {src: a.png, alt: قمر}\n"), "قمر"),
    Case("picture-elsewhere", keys(HEAD + "image: {src: 'https://a.example/a.png', alt: قمر}\n"), "save a copy beside this file and name that", keys(HEAD + "image: {src: a.png, alt: قمر}\n"), "قمر"),
    Case("address-taken", keys(HEAD + "slug: a2\n"), "give one of them another 'slug'", keys(HEAD + "slug: a3\n"), "/sport/a3/"),
    Case("alias-name", keys(HEAD + "aliases: [/con/]\n"), "write one like /old/address/", keys(HEAD + "aliases: [/old/address/]\n"), "خبر"),
    Case("alias-taken", keys(HEAD + "aliases: [/sport/a2/]\n"), "take the alias out", keys(HEAD), "خبر"),
    Case("alias-with-host", keys(HEAD + "aliases: ['https://other.example/old/']\n"), "leave out the scheme and the host", keys(HEAD + "aliases: ['/old/']\n"), "خبر"),
    Case("hidden-html", keys(HEAD, "قمر <div hidden>سر</div>"), "take it out with all it hides, or write that between <!-- and -->", keys(HEAD, "قمر <!-- سر -->"), "قمر"),
    Case("comment-inside-comment", keys(HEAD, "قمر <!-- سر <!-- آخر --> نص -->"), "take the inner comment out", keys(HEAD, "قمر <!-- سر نص -->"), "قمر"),
    Case("date-zone", keys("title: خبر\ndate: 2026-01-02 10:30 IST\n"), "write 2026-01-02T10:30 and its offset behind it", keys("title: خبر\ndate: 2026-01-02T10:30+05:30\n"), "2026-01-02T06:00:00+01:00"),
    Case("front-matter-not-first", "\n" + keys(HEAD), "delete what stands above ---", keys(HEAD), "خبر"),
    Case("front-matter-not-yaml", "+++\ntitle = 'قمر'\n+++\n\nنص\n", "write the keys as `key: value` between two lines ---", keys("title: قمر\ndate: 2026-11-20\n"), "قمر"),
    Case("language-twice", keys(HEAD + "translations: {fr: sport/a2, FR: sport/a2}\n"), "keep one of them", keys(HEAD + "translations: {fr: 'https://a.example/fr/'}\n"), "https://a.example/fr/"),
    Case("no-heading", keys(HEAD, "## قمر الليل\n\n[رابط](#قمر)"), "write the words of the heading, joined by hyphens", keys(HEAD, "## قمر الليل\n\n[رابط](#قمر-الليل)"), 'id="قمر-الليل"'),
    Case("no-keys", "---\n---\n\nنص\n", "write key: value, as in title: and date:", keys("title: قمر\ndate: 2026-11-20\n"), "قمر"),
    Case("own-language", keys(HEAD + "translations: {ar: sport/a2}\n"), "name the others", keys(HEAD + "translations: {fr: 'https://a.example/fr/'}\n"), "https://a.example/fr/"),
    Case("picture-format", keys(HEAD + "image: {src: a.md, alt: قمر}\n"), "use one of .jpg, .jpeg, .png", keys(HEAD + "image: {src: a.png, alt: قمر}\n"), "قمر"),
    Case("picture-outside", keys(HEAD + "image: {src: ../../a.png, alt: قمر}\n"), "keep pictures beside the entries", keys(HEAD + "image: {src: a.png, alt: قمر}\n"), "قمر"),
    Case("picture-refused", keys(HEAD, "![قمر](javascript:x)"), "put the file beside the entry and write its name", keys(HEAD, "![قمر](a.png)"), "قمر"),
    Case("unknown-edition", keys(HEAD + "edition: 9\n"), "take the key out", keys(HEAD), "خبر"),
    Case("yaml-backslash", keys('title: "قمر \\ق"\ndate: 2026-11-20\n'), "use single quotes", keys("title: 'قمر \\ق'\ndate: 2026-11-20\n"), "قمر \\ق"),
    Case("yaml-bracket", keys(HEAD + "tags: [قمر، شمس\n"), "close it", keys(HEAD + "tags: [قمر، شمس]\n"), "شمس"),
    Case("yaml-feature", keys("title: *قمر\ndate: 2026-11-20\n"), "put the value in quotes", keys("title: '*قمر'\ndate: 2026-11-20\n"), "*قمر"),
    Case("yaml-indentation", keys("title: خبر\n date: 2026-11-20\n"), "take out the blanks before it", keys("title: خبر\ndate: 2026-11-20\n"), "2026-11-20"),
    Case("yaml-key-not-text", keys(HEAD + "[أ]: ب\n"), "write key: value", keys(HEAD + "author: ب\n"), "ب"),
    Case("yaml-line-without-key", keys("title: خبر\nقمر\ndate: 2026-11-20\n"), "text that runs over lines is indented", keys("title: خبر\n  قمر\ndate: 2026-11-20\n"), "خبر قمر"),
    Case("yaml-list", keys(HEAD + "tags: - قمر\n"), "put - on the line below the key", keys(HEAD + "tags:\n- قمر\n"), "قمر"),
    Case("yaml-merge", keys(HEAD + "<<: {author: سهى}\n"), "write the keys out", keys(HEAD + "author: سهى\n"), "سهى"),
    Case("yaml-other-colon", keys("title： قمر\ndate: 2026-11-20\n"), "write : in place of", keys("title: قمر\ndate: 2026-11-20\n"), "قمر"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_cure_when_it_is_followed_leads_to_what_was_meant(case: Case, site: LittleSite) -> None:
    site.put("content/sport/a.png", PICTURE).entry("sport/a2", "title: آخر")
    site.put("content/sport/a.md", case.faulty)
    with pytest.raises(DigestError) as refused:
        site.build()
    found = [problem for problem in refused.value.problems if problem.code == case.code]
    assert found, [problem.code for problem in refused.value.problems]
    assert case.cure in found[0].cure.replace(FSI, "").replace(PDI, "")
    site.put("content/sport/a.md", case.mended)
    report = site.build()
    assert [problem for problem in report.advice if problem.level == "error"] == []
    assert any(case.meant in path.read_text("utf-8") for path in site.output.glob("sport/*/index.html"))


class Elsewhere(NamedTuple):
    """A mistake in another file, in a file's name, or in several; advice too."""

    code: str
    faulty: dict[str, str | bytes]
    """Files beside the little site's own, by path."""
    cure: str
    mended: dict[str, str | bytes | None]
    """What the cure changes; None deletes a file."""
    meant: str
    """What some file of the site then holds, or the path of one."""


def settings(lines: str, *, base: str = SITE_YAML) -> dict[str, str | bytes]:
    return {"site.yaml": base + lines}


A = "content/sport/a.md"
IN_FRENCH = "content/sport/fr.md"
TWO = "date: 2026-11-20\ntheme: sport\nentries:\n  - {title: أ, slug: x}\n  - {title: ب, slug: %s}\n"

FILES = [
    Elsewhere("address-not-elsewhere", {A: keys(HEAD + "source: {name: أ, url: /x/}\n")}, "write one that begins with https://", {A: keys(HEAD + "source: {name: أ, url: 'https://a.example/x/'}\n")}, "https://a.example/x/"),
    Elsewhere("empty-id", {A: keys(HEAD + "related: [/]\n")}, "write an entry's path under content/ without its ending", {A: keys(HEAD + "related: [sport/a2]\n")}, "آخر"),
    Elsewhere("empty-translation", {A: keys(HEAD + "translations: {fr: /.md}\n")}, "write translations: {fr: ", {A: keys(HEAD + "translations: {fr: 'https://a.example/fr/'}\n")}, "https://a.example/fr/"),
    Elsewhere("not-utf8", {A: keys("title: قمر\ndate: 2026-11-20\n").encode("cp1256")}, "save it as UTF-8", {A: keys("title: قمر\ndate: 2026-11-20\n")}, "قمر"),
    Elsewhere("picture-name", {A: keys(HEAD + "image: {src: 'file:///a.png', alt: قمر}\n")}, "name a file beside this one", {A: keys(HEAD + "image: {src: a.png, alt: قمر}\n")}, "قمر"),
    Elsewhere("translation-language", {A: keys(HEAD + "translations: {fr: sport/fr}\n"), IN_FRENCH: keys("title: Lune\nlang: en\ndate: 2026-11-20\n")}, "correct one of the two", {IN_FRENCH: keys("title: Lune\nlang: fr\ndate: 2026-11-20\n")}, "Lune"),
    Elsewhere("yaml-second-document", {"content/sport/b.yaml": "title: قمر\ndate: 2026-11-20\n---\ntitle: شمس\n"}, "delete this line: a file holds one", {"content/sport/b.yaml": "title: قمر\ndate: 2026-11-20\n"}, "قمر"),
    Elsewhere("slug-twice", {"content/sport/b.yaml": TWO % "x"}, "give this one a slug: of its own", {"content/sport/b.yaml": TWO % "y"}, "/sport/y/"),
    Elsewhere("base-url", settings("", base=SITE_YAML.replace("https://news.example/", "news.example")), "write https:// and the host in front", settings("", base=SITE_YAML.replace("https://news.example/", "https://news.example")), "https://news.example/"),
    Elsewhere("base-url", settings("", base=SITE_YAML.replace("https://news.example/", "https://news.example/?a")), "write the address of the site's home page alone", settings(""), "https://news.example/"),
    Elsewhere("calendars", settings("calendars: [hijri, hijri]\n"), "write calendars: [gregorian, hijri], say", settings("calendars: [gregorian, hijri]\n"), "1448"),
    Elsewhere("colour", settings("  - {id: art, title: فن, colour: أخضر}\n"), "write six hexadecimal digits in quotes, as in '#0a6e5c'", settings("  - {id: art, title: فن, colour: '#0a6e5c'}\n"), "#0a6e5c"),
    Elsewhere("footer-picture", settings("footer: 'قمر ![أ](a.png)'\n"), "take the picture out", settings("footer: 'قمر'\n"), "قمر"),
    Elsewhere("image-widths", settings("images: {widths: []}\n"), "write widths: [200, 400, 800, 1200]", settings("images: {widths: [200, 400, 800, 1200]}\n"), "خبر"),
    Elsewhere("indexnow-key", settings("indexnow: {key: قمر}\n"), "write 8 to 128 letters, digits, hyphens", settings("indexnow: {key: abcdefgh12}\n"), "abcdefgh12.txt"),
    Elsewhere("menu-link", settings("menu: [{title: قمر, url: sport/}]\n"), "write /sport/", settings("menu: [{title: قمر, url: /sport/}]\n"), "قمر"),
    Elsewhere("note-code", settings("hide_notes: [extra-blank]\n"), "did you mean 'extra-blanks'?", settings("hide_notes: [extra-blanks]\n"), "خبر"),
    Elsewhere("permalink", settings("permalink: /{theme}/\n"), "write /{theme}/{slug}/", settings("permalink: '/{theme}/{slug}/'\n"), "/sport/a2/"),
    Elsewhere("theme-id", settings("  - {id: فن وموسيقى, title: فن}\n"), "write فن-وموسيقى", settings("  - {id: فن-وموسيقى, title: فن}\n"), "/فن-وموسيقى/"),
    Elsewhere("theme-id", settings("  - {id: tags, title: فن}\n"), "write tags-news, say", settings("  - {id: tags-news, title: فن}\n"), "/tags-news/"),
    Elsewhere("theme-twice", settings("  - {id: sport, title: فن}\n"), "give it another id", settings("  - {id: art, title: فن}\n"), "/art/"),
    Elsewhere("inbox-outside", settings("inbox: [{name: الواحة, url: ../a.xml}]\n"), "name a file under the folder of site.yaml", settings("inbox: [{name: الواحة, url: feeds/a.xml}]\n"), "خبر"),
    Elsewhere("source-twice", settings("inbox: [{name: الواحة, url: a.xml}, {name: الواحة, url: b.xml}]\n"), "", settings("inbox: [{name: الواحة, url: a.xml}, {name: النخلة, url: b.xml}]\n"), "خبر"),
    Elsewhere("wrong-value", settings("image: ../share.png\n"), "name a file of the site, from the folder of site.yaml", settings("image: share.png\n") | {"share.png": PICTURE}, "share"),
    Elsewhere("time-zone", settings("", base=SITE_YAML.replace("Africa/Casablanca", "Casablanca")), "did you mean 'Africa/Casablanca'?", settings(""), "+01:00"),
    Elsewhere("wrong-choice", settings("digits: '5'\n"), "write auto or latn or arab", settings("digits: arab\n"), "٢٠٢٦"),
    Elsewhere("wrong-number", settings("blocks: {latest: 99}\n"), "", settings("blocks: {latest: 30}\n"), "خبر"),
    Elsewhere("no-theme", {"content/b.md": keys(HEAD)}, "move it into a theme's folder, or add theme:", {"content/b.md": keys(HEAD + "theme: sport\n")}, "/sport/b/"),
    Elsewhere("folder-not-theme", {"content/sprot/b.md": keys(HEAD)}, "did you mean 'sport'?", {"content/sprot/b.md": None, "content/sport/b.md": keys(HEAD)}, "/sport/b/"),
    Elsewhere("id-twice", {"content/sport/b.md": keys(HEAD), "content/sport/b.yaml": HEAD}, "rename one of the two files", {"content/sport/b.yaml": None, "content/sport/c.yaml": HEAD}, "/sport/c/"),
    Elsewhere("conflict-copy", {"content/sport/b (conflicted copy 2026-11-20).md": keys("title: قمر\ndate: 2026-11-20\n"), "content/sport/b.md": keys(HEAD)}, "take what is missing over into the other, and delete this one", {"content/sport/b (conflicted copy 2026-11-20).md": None, "content/sport/b.md": keys("title: قمر\ndate: 2026-11-20\n")}, "قمر"),
    Elsewhere("ending-not-read", {"content/sport/b.markdown": keys("title: قمر\ndate: 2026-11-20\n")}, "rename it to end in .md", {"content/sport/b.markdown": None, "content/sport/b.md": keys("title: قمر\ndate: 2026-11-20\n")}, "قمر"),
    Elsewhere("file-name-unprintable", {"content/sport/b\u202e.md": keys(HEAD)}, "rename the file", {"content/sport/b\u202e.md": None, "content/sport/b.md": keys(HEAD)}, "/sport/b/"),
    Elsewhere("picture-damaged", {A: keys(HEAD + "image: {src: b.png, alt: قمر}\n"), "content/sport/b.png": b"\x89PNG\r\n\x1a\n0000"}, "put a whole copy of it there", {"content/sport/b.png": PICTURE}, "قمر"),
    Elsewhere("unknown-sister-site", {A: keys(HEAD + "translations: [fr]\n")}, "declare its site there, or write", {"site.yaml": SITE_YAML + "languages: [{lang: fr, title: Nouvelles, url: 'https://fr.example/'}]\n"}, "https://fr.example/sport/a/"),
    Elsewhere("dead-link", {A: keys(HEAD, "[قمر](/sport/a22/)")}, "did you mean '/sport/a2/'?", {A: keys(HEAD, "[قمر](/sport/a2/)")}, "قمر"),
    Elsewhere("direction-mark", {A: keys("title: قمر\u202b\ndate: 2026-11-20\n")}, "delete it: direction is set by the page", {A: keys("title: قمر\ndate: 2026-11-20\n")}, "قمر"),
    Elsewhere("link-with-blanks", {A: keys(HEAD, "[قمر](https://a.example/a b)")}, "write '<https://a.example/a b>'", {A: keys(HEAD, "[قمر](<https://a.example/a b>)")}, "https://a.example/a%20b"),
    Elsewhere("updated-in-future", {A: keys(HEAD + "updated: 2030-01-01\n")}, "correct it", {A: keys(HEAD + "updated: 2026-11-20T12:00\n")}, "2026-11-20T12:00"),
    Elsewhere("yaml-comment", {A: keys("title: قمر #عاجل\ndate: 2026-11-20\n")}, "put the whole value in quotes", {A: keys("title: 'قمر #عاجل'\ndate: 2026-11-20\n")}, "قمر #عاجل"),
]  # fmt: skip


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.code)
def test_cure_in_another_file_when_it_is_followed_leads_to_what_was_meant(case: Elsewhere, site: LittleSite) -> None:
    site.put("content/sport/a.png", PICTURE).entry("sport/a2", "title: آخر")
    for path, content in case.faulty.items():
        site.put(path, content)
    found = [problem for problem in told(site) if problem.code == case.code]
    assert found, [problem.code for problem in told(site)]
    assert case.cure in found[0].cure.replace(FSI, "").replace(PDI, "")
    for path, mended in case.mended.items():
        if mended is None:
            (site.root / path).unlink()
        else:
            site.put(path, mended)
    assert [problem for problem in told(site) if problem.code == case.code] == []
    paths = [path for path in site.output.rglob("*") if path.is_file()]
    assert any(case.meant in str(path) or case.meant.encode() in path.read_bytes() for path in paths)


def told(site: LittleSite) -> tuple[Problem, ...]:
    """What a build refuses or advises."""
    try:
        return tuple(site.build().advice)
    except DigestError as refused:
        return tuple(refused.problems)


WITHOUT = {
    "nothing in the site's files is to be corrected": (
        "cannot-be-read disk file-and-folder lfs-pointer no-content not-a-file not-a-folder picture-encoder "
        "popular-count symbolic-link"
    ),
    "only an attacker or a program writes it": (
        "address-too-long control-character file-too-large front-matter-too-long picture-too-large text-too-intricate "
        "text-too-long too-long too-many-items yaml-too-deep yaml-too-many-values"
    ),
    "import alone writes what it is about": "undescribed-image",
    "nothing known leads to it": "text-twice yaml-syntax",
}
"""Why a kind of problem of content, settings and links has no case here."""


def codes_in(*folders: str) -> set[str]:
    """Codes of the problems that modules raise."""
    return {
        node.args[0].value
        for folder in folders
        for path in (ROOT / "digest" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "mistake"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_kind_has_a_case_or_a_reason_to_have_none() -> None:
    """And none has both. Notes stop nothing; their cures are in test_spelling.py."""
    reasons = {code for codes in WITHOUT.values() for code in codes.split()}
    cases = {case.code for case in (*CASES, *FILES)}
    assert codes_in("content", "linking", "pages") - set(NOTES) - cases == reasons


def test_every_case_is_of_a_code_that_the_program_has() -> None:
    codes = codes_in("")
    assert {case.code for case in (*CASES, *FILES)} - codes == set()
