"""`digest import wordpress`: an export becomes a site, with every old address answered and nothing lost in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from made_exports import CITIES, FOOTBALL, HEAD, SPORT, UNCATEGORIZED, export, item

from digest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@dataclass
class Import:
    """A folder with an export and the site that is made of it."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / "site"

    def run(self, *options: str, status: int = 0) -> Result:
        """The command, in this process: it is run often."""
        words = ["import", "wordpress", str(self.root / "export.xml"), "--into", str(self.site), *options]
        made = CliRunner().invoke(main, words)
        assert made.exit_code == status, made.output
        return made

    def bring(self, *items: str, **changes: str) -> Import:
        """Both runs: the map as it is proposed, then the site."""
        self.write(*items, **changes)
        self.run()
        self.report = json.loads(self.run("--json").stdout)
        return self

    def write(self, *items: str, **changes: str) -> Import:
        (self.root / "export.xml").write_text(export(*items, **changes), "utf-8")
        return self

    def entry(self, name: str = "story-7") -> str:
        return self.path(name).read_text("utf-8")

    def path(self, name: str = "story-7") -> Path:
        (found,) = [path for path in (self.site / "content").rglob("*.md") if path.stem.endswith(name)]
        return found

    def notes(self, code: str) -> list[str]:
        found = [note for note in self.report["notes"] if note["code"] == code]
        return [one["detail"] for note in found for one in note["entries"]]

    def digest(self, *words: str, status: int = 0) -> str:
        made = CliRunner().invoke(main, [*words, "--site", str(self.site)])
        assert made.exit_code == status, made.output
        return made.stderr


@pytest.fixture
def old(tmp_path: Path) -> Import:
    return Import(tmp_path)


def test_first_run_proposes_map_and_site_and_writes_no_entry(old: Import) -> None:
    """Every category with its count; nested ones joined with the one above, kept as a tag."""
    old.write(item(terms=FOOTBALL), item(id="8", terms=SPORT + CITIES)).run()
    proposal = (old.site / "import.yaml").read_text("utf-8")
    assert '- {category: "football", theme: "رياضة", tag: "كرة القدم"}  # 1' in proposal
    assert '{login: "salma", role: author, name: "سلمى الودغيري"}  # 2' in proposal
    site = (old.site / "site.yaml").read_text("utf-8")
    assert 'title: "صحيفة المرفأ"' in site
    assert 'base_url: "https://almarfaa.example"' in site
    assert "permalink: /{year}/{month}/{slug}/" in site
    assert list((old.site / "content").rglob("*")) == []


def test_entry_when_it_is_written_has_title_date_author_theme_and_passes_check(old: Import) -> None:
    """The date to the second, in the zone the export tells."""
    old.bring(item(title="«عنوان» & آخر", terms=FOOTBALL + CITIES))
    assert old.entry() == (
        '---\ntitle: "«عنوان» & آخر"\ndate: 2019-05-03T10:30:15+01:00\nauthor: "سلمى الودغيري"\n'
        'tags: ["مدن", "كرة القدم"]\n---\n\nنص الخبر.\n'
    )
    assert old.path().relative_to(old.site).as_posix() == "content/رياضة/2019/2019-05-03-story-7.md"
    old.digest("check")


def test_old_address_when_it_changes_becomes_an_alias_or_a_redirect(old: Import) -> None:
    """Percent-encoded slugs are letters; `?p=` and lists of categories are lines for hosts."""
    old.bring(
        item(id="5", slug="%d8%a3%d9%85%d8%b3", link="https://almarfaa.example/old/%d8%a3%d9%85%d8%b3/"),
        item(id="6"), item(id="7"),
    )  # fmt: skip
    assert 'aliases: ["/old/أمس/"]' in old.entry("أمس")
    assert "aliases" not in old.entry("story-6")
    redirects = (old.site / "static/_redirects").read_text("utf-8")
    assert "/ p=6 /2019/05/story-6/ 301" in redirects
    assert "/category/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9/ /%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9/ 301" in redirects
    assert "/feed/ /feed.xml 301" in redirects
    old.digest("check")


@pytest.mark.parametrize(("status", "password"), [("draft", ""), ("pending", ""), ("private", ""), ("publish", "سر")])
def test_post_that_was_not_public_is_a_draft_and_said(old: Import, status: str, password: str) -> None:
    old.bring(item(status=status, password=password))
    assert "draft: true" in old.entry()
    assert old.notes("status") == ["password" if password else status]


def test_trash_revisions_and_menus_are_left_out_and_counted(old: Import) -> None:
    old.bring(
        item(),
        item(id="8", status="trash"),
        item(id="9", kind="revision", status="inherit"),
        item(id="10", kind="nav_menu_item"),
    )
    assert old.report["left_out"] == {"trash": 1, "revision": 1, "nav_menu_item": 1}
    assert old.report["counts"]["entries"] == 1


def test_page_stands_under_pages_and_keeps_its_address(old: Import) -> None:
    old.bring(item(), item(id="8", kind="page", slug="about", link="https://almarfaa.example/about/", title="من نحن"))
    assert (old.site / "content/pages/about.md").read_text("utf-8").startswith('---\ntitle: "من نحن"\n---\n')


def test_second_import_updates_what_nobody_touched_and_keeps_an_editors_work(old: Import) -> None:
    """A changed story there is updated here, one that was changed on both sides is a conflict, a deleted one stays away."""
    old.bring(item(id="5"), item(id="6"), item(id="7"), item(id="8"))
    edited = old.entry("story-6") + "\nكلمة المحرر.\n"
    old.path("story-6").write_text(edited, "utf-8")
    old.path("story-8").unlink()
    newer = "<p>نص أحدث.</p>"
    old.write(item(newer, id="5"), item(newer, id="6"), item(id="7"), item(id="8"), item(id="9"))
    old.report = json.loads(old.run("--json").stdout)
    assert "نص أحدث" in old.entry("story-5")
    assert old.entry("story-6") == edited
    counts = old.report["counts"]
    assert (counts["updated"], counts["new"], counts["unchanged"], counts["conflict"], counts["gone"]) == (
        1,
        1,
        1,
        1,
        1,
    )
    assert not list((old.site / "content").rglob("*story-8.md"))


def test_moved_entry_when_it_is_imported_again_stays_where_the_editor_put_it(old: Import) -> None:
    old.bring(item())
    place = old.site / "content/رياضة/moved.md"
    old.path().rename(place)
    old.report = json.loads(old.run("--json").stdout)
    assert old.report["counts"]["unchanged"] == 1
    assert not list((old.site / "content").rglob("*story-7.md"))


def test_theme_that_site_yaml_lacks_is_refused_with_the_line_to_add(old: Import) -> None:
    old.write(item()).run()
    path = old.site / "import.yaml"
    path.write_text(path.read_text("utf-8").replace('theme: "رياضة"', "theme: economy"), "utf-8")
    refused = old.run(status=1).stderr
    assert "import.yaml:11" in refused
    assert "there is no theme 'economy' in site.yaml; add - {id: economy, title: …}" in refused


def test_dry_run_writes_nothing(old: Import) -> None:
    old.write(item()).run("--dry-run")
    assert not old.site.exists()
    old.run()
    before = sorted(path for path in old.site.rglob("*"))
    old.run("--dry-run")
    assert sorted(path for path in old.site.rglob("*")) == before


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("سطر\nثان\n\nفقرة", "سطر\\\nثان\n\nفقرة"),
        ("<!-- wp:paragraph -->\n<p>واحد</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:paragraph -->\n<p>اثنان</p>\n<!-- /wp:paragraph -->", "واحد\n\nاثنان"),
        ("<p>قال <strong> نعم</strong> و<b>لا</b></p>", "قال **نعم** و**لا**"),
        ("<p>&nbsp;</p><p>كلمة&nbsp;&nbsp; أخرى</p>", "كلمة أخرى"),
        ('<div dir="rtl"><p style="text-align: right"><span lang="AR-SA">من Word<o:p></o:p></span></p></div>', "من Word"),
        ("<blockquote><p>قول</p><cite>قائل</cite></blockquote>", "> قول\n>\n> قائل"),
        ("<table><tr><th>أ</th><th>ب</th></tr><tr><td>1</td><td>2|3</td></tr></table>", "| أ | ب |\n|---|---|\n| 1 | 2\\|3 |"),
        ("<ul><li>أ<ul><li>ب</li></ul></li></ul>", "- أ\n  - ب"),
        ("1. ليست قائمة\n\n# ليس عنوانا\n\n- ليست قائمة", "1\\. ليست قائمة\n\n\\# ليس عنوانا\n\n\\- ليست قائمة"),
        ("<p>نص {# سر #} و%% و%% و[1]</p>", "نص \\{# سر #} و\\%\\% و\\%\\% و\\[1\\]"),
        ('<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>', "<https://www.youtube.com/watch?v=abcdefghijk>"),
        ("[vc_row][vc_column]نص[/vc_column][/vc_row]", "نص"),
        ('<p>قبل</p>[su_quote cite="قائل"]قول[/su_quote]', "قبل\n\n> قول\n>\n> قائل"),
    ],
)  # fmt: skip
def test_text_in_wordpress_forms_becomes_markdown(old: Import, html: str, markdown: str) -> None:
    assert old.bring(item(html)).entry().partition("---\n\n")[2] == markdown + "\n"
    old.digest("check")


def test_shortcode_that_only_a_plugin_can_draw_is_left_out_and_listed(old: Import) -> None:
    """What looks like one and is none stays."""
    old.bring(item('نص [contact-form-7 id="3"] و[1] و[sic].'))
    assert old.entry().endswith("\nنص و\\[1\\] و\\[sic\\].\n")
    assert old.notes("left-shortcode") == ['[contact-form-7 id="3"]']


def test_featured_picture_comes_along_with_alt_and_caption(old: Import, tmp_path: Path) -> None:
    """From a copy of the uploads; one without alt text is a note, and one that is missing is listed."""
    from PIL import Image

    picture = tmp_path / "uploads/2019/05/صورة 1.png"
    picture.parent.mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(picture)
    url = "https://almarfaa.example/wp-content/uploads/2019/05/صورة 1.png"
    attached = item(
        id="70",
        kind="attachment",
        status="inherit",
        attachment=url,
        excerpt="شرح",
        meta={"_wp_attachment_image_alt": "وصف"},
    )
    text = f'<p>قبل</p><img src="{url.replace(" ", "%20").replace("1.png", "1-300x200.png")}"><img src="https://almarfaa.example/wp-content/uploads/no.jpg">'
    old.write(attached, item(text, meta={"_thumbnail_id": "70"})).run()
    old.report = json.loads(old.run("--media", str(tmp_path / "uploads"), "--json").stdout)
    entry = old.entry()
    assert 'alt: "وصف"\n  caption: "شرح"' in entry
    assert "![?](uploads/2019/05/صورة-1-" in entry
    assert "<!-- https://almarfaa.example/wp-content/uploads/no.jpg -->" in entry
    assert old.notes("no-picture") == ["https://almarfaa.example/wp-content/uploads/no.jpg"]
    assert "nobody has described this picture yet" in old.digest("check")


def test_source_in_the_last_line_becomes_the_entrys_source_when_the_map_says_so(old: Import) -> None:
    old.bring(item('<p>نص الخبر هنا.</p><p>المصدر: <a href="https://sahel.example/a">وكالة الساحل</a></p>'))
    assert '  - "المصدر"' in (old.site / "import.yaml").read_text("utf-8").replace("sources:\n", "sources:\n")
    assert 'source:\n  name: "وكالة الساحل"\n  url: "https://sahel.example/a"' in old.entry()
    assert "المصدر" not in old.entry()


def test_link_to_another_story_leads_to_its_new_address(old: Import) -> None:
    old.bring(
        item('<p><a href="https://almarfaa.example/?p=8">هنا</a> و<a href="/nowhere/">هناك</a></p>'), item(id="8")
    )
    assert "[هنا](/2019/05/story-8/) وهناك" in old.entry()
    assert old.notes("dead-link") == ["/nowhere/"]


# ------------------------------------------------------------------ broken and hostile exports


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
            "declares entities of its own",
        ),
        ("<html><body>Login</body></html>", "is no WordPress export"),
        ("", "is no WordPress export"),
        (HEAD.replace("<title>صحيفة المرفأ</title>", "<title>صحيفة"), "its head is not well-formed"),
    ],
)
def test_file_that_is_no_export_is_refused_with_a_cure(old: Import, text: str, message: str) -> None:
    (old.root / "export.xml").write_text(text, "utf-8")
    refused = old.run(status=2).stderr
    assert message in refused
    assert "Tools → Export" in refused
    assert not old.site.exists()


def test_export_with_control_characters_bare_ampersands_and_old_encodings_is_read(old: Import) -> None:
    raw = export(item(title="T")).replace("<title>T</title>", "<title>A & B &nbsp;\x0bC &bogus; \x00</title>").encode()
    raw = raw.replace("نص الخبر".encode(), "نص ".encode() + "الخبر".encode("cp1256"))
    (old.root / "export.xml").write_bytes(raw)
    old.run()
    old.report = json.loads(old.run("--json").stdout)
    assert 'title: "A & B C &bogus;"' in old.entry()
    assert "نص الخبر." in old.entry()


def test_item_that_is_broken_costs_itself_alone(old: Import) -> None:
    old.bring(item(id="5").replace("<wp:post_id>", "<wp:post_id><"), item(id="6"))
    assert old.report["counts"]["entries"] == 1
    assert len([note for note in old.report["notes"] if note["code"] == "unreadable"]) == 1


def test_export_that_was_cut_short_is_read_as_far_as_it_goes_and_said(old: Import) -> None:
    text = export(item(id="5"), item(id="6"))
    (old.root / "export.xml").write_text(text[: text.rindex("<wp:post_id>")], "utf-8")
    old.run()
    old.report = json.loads(old.run("--json").stdout)
    assert old.report["counts"]["entries"] == 1
    assert "cut short" in json.dumps(old.report["notes"])


def test_paths_in_an_export_never_lead_out_of_the_site(old: Import, tmp_path: Path) -> None:
    """Slugs, categories, attachments."""
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "uploads").mkdir()
    url = "https://almarfaa.example/wp-content/uploads/../../secret.jpg"
    old.write(
        item(f'<img src="{url}"><a href="{url.replace("jpg", "pdf")}">x</a>', slug="../../../evil", meta={"_thumbnail_id": "70"},
             terms='<category domain="category" nicename="..%2f..%2fx"><![CDATA[../x]]></category>'),
        item(id="70", kind="attachment", status="inherit", attachment=url),
    ).run()  # fmt: skip
    old.run("--media", str(tmp_path / "uploads"))
    there = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert there == {"export.xml", "secret.jpg", "uploads", "site"}
    old.digest("check")


def test_scripts_of_an_export_never_reach_a_page(old: Import) -> None:
    old.bring(
        item(
            '<script>alert(1)</script><p onclick="x()">نص <a href="javascript:alert(2)">رابط</a><img src="data:image/png;base64,AA"></p>',
            title="<b>عنوان</b>",
        )
    )
    old.digest("build")
    page = (old.site / "public/2019/05/story-7/index.html").read_text("utf-8")
    assert "alert(" not in page
    assert "onclick" not in page
    assert "<h1" in page


def test_folder_in_the_site_that_is_a_link_out_of_it_is_refused(old: Import, tmp_path: Path) -> None:
    old.write(item()).run()
    (tmp_path / "elsewhere").mkdir()
    (old.site / "content/رياضة").symlink_to(tmp_path / "elsewhere")
    assert "leads out of the site" in old.run(status=2).stderr
    assert list((tmp_path / "elsewhere").rglob("*.md")) == []


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "نص",
        "<a href=x>نص</a>" * 20_000,
        "[vc_row]" * 2_000 + "نص" + "[/vc_row]" * 2_000,
        "<!-- wp:x {" * 20_000 + "نص",
        " " * 300_000 + "نص",
        "<blockquote>" * 60 + "نص",
        "[" * 100_000 + "نص",
    ],
    ids=("deep", "links", "shortcodes", "blocks", "blanks", "quotes", "brackets"),
)
def test_text_that_only_an_attacker_writes_is_plain_words_within_seconds(old: Import, html: str) -> None:
    started = time.process_time()
    old.bring(item(html))
    assert time.process_time() - started < 20
    assert "نص" in old.entry()


def test_footnotes_of_the_block_editor_stand_at_the_end(old: Import) -> None:
    text = '<!-- wp:paragraph --><p>نص<sup class="fn"><a href="#a">1</a></sup></p><!-- /wp:paragraph --><!-- wp:footnotes /-->'
    old.bring(item(text, meta={"footnotes": '[{"content":"حاشية","id":"a"}]'}))
    assert old.entry().endswith("نص1\n\n1. حاشية\n")


def test_uncategorized_story_goes_to_the_default_theme(old: Import) -> None:
    old.bring(item(terms=UNCATEGORIZED), item(id="8"))
    assert old.path().parts[-3] == "رياضة"


# ------------------------------------------------------------------ --fetch


def test_fetched_picture_is_kept_once_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    """From where it was; a private address is never asked."""
    from io import BytesIO

    from PIL import Image
    from test_fetching import network, page, serving

    from digest.curating import fetching
    from digest.importing.media import Media
    from digest.importing.writing import Files

    to = BytesIO()
    Image.new("RGB", (40, 30)).save(to, "PNG")
    with serving(page(to.getvalue())) as server:
        address = f"http://old.example:{server.port}/wp-content/uploads/2019/05/a.png"
        media = Media(Files(tmp_path, dry_run=False), None, "old.example", network())
        assert media.picture(address) == media.picture(address) == "uploads/2019/05/a.png"
        assert (tmp_path / "content/uploads/2019/05/a.png").is_file()
    with serving(page(b"<html>no picture")) as server:
        other = f"http://old.example:{server.port}/wp-content/uploads/2019/05/b.png"
        assert media.picture(other) == ""
        assert other in media.faults
    private = Media(Files(tmp_path, dry_run=False), None, "old.example", network(is_allowed=fetching.is_public))
    assert private.picture("http://old.example/wp-content/uploads/c.png") == ""
    assert "private address" in next(iter(private.faults.values()))


# ------------------------------------------------------------------ --check


def test_check_asks_for_each_old_address_of_a_list_a_log_or_a_sitemap(old: Import) -> None:
    """Pages, aliases, lines of `_redirects`; scripts and pictures are no pages."""
    old.bring(
        item(id="5", slug="%d8%a3%d9%85%d8%b3", link="https://almarfaa.example/old/%d8%a3%d9%85%d8%b3/"),
        item(id="6"), item(id="7"),
    )  # fmt: skip
    asked = [
        "/2019/05/story-6/",
        "/old/%D8%A3%D9%85%D8%B3/",
        "/?p=7",
        "/category/football/feed/",
        "/wp-content/a.css",
        "/nowhere/",
    ]
    listed, log, sitemap = old.root / "list.txt", old.root / "access.log", old.root / "sitemap.xml"
    listed.write_text("\n".join(f"https://almarfaa.example{path}" for path in asked), "utf-8")
    log.write_text(
        "\n".join(f'1.2.3.4 - - [01/Jan/2026:00:00:00 +0000] "GET {path} HTTP/1.1" 200 1' for path in asked), "utf-8"
    )
    sitemap.write_text(
        f"<urlset>{''.join(f'<url><loc>https://almarfaa.example{path}</loc></url>' for path in asked)}</urlset>",
        "utf-8",
    )
    for file in (listed, log, sitemap):
        words = ["import", "wordpress", "--into", str(old.site), "--check", str(file), "--json"]
        made = CliRunner().invoke(main, words)
        assert made.exit_code == 1
        check = json.loads(made.stdout)["check"]
        assert [one["how"] for one in check["addresses"]] == ["page", "alias", "redirect", "redirect", "none"]
        assert (check["missing"], check["no_pages"]) == (1, 1)
    told = CliRunner().invoke(main, [*words[:-1]])
    assert "/nowhere/" in told.stdout


def test_import_when_the_user_reads_arabic_reports_in_arabic(old: Import) -> None:
    """What it refuses, what is next, and its report; `--json` stays English."""
    export_file = old.root / "export.xml"
    words = [sys.executable, "-m", "digest", "import", "wordpress", str(export_file), "--into", str(old.site)]

    def said(*options: str) -> str:
        environment = {**os.environ, "DIGEST_LANG": "ar"}
        done = subprocess.run([*words, *options], env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    export_file.write_text("<rss/>", "utf-8")
    assert "ليس ملف تصدير من ووردبريس" in said()
    old.write(item(title=""))
    assert "راجع هذه الملفات" in said()
    assert "بلا عنوان: أُخذت كلماته الأولى" in said()
    old.write(item(title="", id="9"))
    assert "without a title" in said("--json")
