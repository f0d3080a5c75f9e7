"""Saves as editors and tools really make them: each is shown, none is lost, and nothing in between is taken for a mistake."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from conftest import NOW, LittleSite
from PIL import Image
from previews import pages_of, put, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from previews import Running

pytestmark = pytest.mark.slow

TEXT = "---\ntitle: خبر a\ndate: 2026-11-20T10:00\n---\n\n{}\n"


# ------------------------------------------------------------------ editors, call by call


def vim(file: Path, text: str) -> None:
    """backupcopy=no: probes the folder, moves the old file aside, writes a new one, removes the old."""
    (file.parent / f".{file.name}.swp").write_bytes(b"b0VIM 9.1")
    probe = file.parent / "4913"
    probe.touch()
    probe.unlink()
    backup = file.with_name(f"{file.name}~")
    file.rename(backup)
    file.write_text(text)
    file.chmod(0o644)
    backup.unlink()
    (file.parent / f".{file.name}.swp").unlink()


def vim_by_copy(file: Path, text: str) -> None:
    """backupcopy=yes: copies the old file aside, then cuts it and writes."""
    backup = file.with_name(f"{file.name}~")
    shutil.copy2(file, backup)
    file.write_text(text)
    backup.unlink()


def vs_code(file: Path, text: str) -> None:
    """Cuts the file and writes it, in two system calls with a gap between them."""
    with file.open("w") as out:
        time.sleep(0.04)
        out.write(text)


def emacs(file: Path, text: str) -> None:
    """A lock that is a link to nowhere, an automatic save beside the file, a backup that stays."""
    lock, auto = file.with_name(f".#{file.name}"), file.with_name(f"#{file.name}#")
    lock.symlink_to("editor@host.1234:1700000000")
    auto.write_text(text[: len(text) // 2])
    file.rename(file.with_name(f"{file.name}~"))
    file.write_text(text)
    auto.unlink()
    lock.unlink()


def gedit(file: Path, text: str) -> None:
    """GLib: a hidden file in the same folder, moved over the old one."""
    hidden = file.with_name(".goutputstream-XQ3ZV2")
    hidden.write_text(text)
    hidden.replace(file)


def kate(file: Path, text: str) -> None:
    """QSaveFile: a file whose name goes on after the ending, moved over the old one."""
    swap = file.with_name(f".{file.name}.kate-swp")
    swap.write_bytes(b"\0\0\0\x12Kate Swap File 2.0")
    made = file.with_name(f"{file.name}.tAbZkQ")
    made.write_text(text)
    made.replace(file)
    swap.unlink()


def libre_office(file: Path, text: str) -> None:
    """A lock file with `#` at its end, a temporary copy, and the old file written over."""
    lock = file.with_name(f".~lock.{file.name}#")
    lock.write_text(",editor,host,23.11.2026 12:00,file:///;")
    copy = file.with_name("lu1234abcd.tmp")
    copy.write_text(text)
    shutil.copyfile(copy, file)
    copy.unlink()
    lock.unlink()


def sublime(file: Path, text: str) -> None:
    """atomic_save: written beside with a name of its own, the old one removed, the new one moved."""
    made = file.with_name(f"{file.name}.sb-5f1c2d3e-abc")
    made.write_text(text)
    file.unlink()
    made.rename(file)


def sed(file: Path, text: str) -> None:
    """`sed -i`: a file without an ending, moved over the old one."""
    made = file.with_name("sedK3v9Qa")
    made.write_text(text)
    made.replace(file)


def piecemeal(file: Path, text: str) -> None:
    """A slow program: a few bytes at a time over a second, the file open all the while."""
    with file.open("w", buffering=1) as out:
        for start in range(0, len(text), 12):
            out.write(text[start : start + 12])
            out.flush()
            time.sleep(0.12)


def twice(file: Path, text: str) -> None:
    """A formatter runs after the save."""
    file.write_text(text.replace("\n\n", "\n\n\n"))
    time.sleep(0.02)
    file.write_text(text)


def old_times(file: Path, text: str) -> None:
    """A tool that sets the file's time back: what the disk says of it is what it said, but for its change time."""
    before = file.stat()
    file.write_text(text)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


EDITORS = (
    vim, vim_by_copy, vs_code, emacs, gedit, kate, libre_office, sublime, sed, piecemeal, twice, old_times,
)  # fmt: skip


@pytest.mark.parametrize("save", EDITORS, ids=lambda save: save.__name__)
@pytest.mark.parametrize("poll", [False, True], ids=["events", "polling"])
def test_an_editor_saves(site: LittleSite, save: Callable[[Path, str], None], *, poll: bool) -> None:
    """The text is shown, and at no moment was anything wrong."""
    file = site.entry("sport/a", body="قبل").root / "content/sport/a.md"
    site.entry("sport/b")
    with running(site.root, poll=poll) as server:
        server.shows("/sport/a/", "قبل")
        for number in range(2):
            save(file, TEXT.format(f"بعد{number}"))
            server.shows("/sport/a/", f"بعد{number}")
        server.calm()
        assert server.said() == ""
        equals_clean_build(server, site)


def equals_clean_build(server: Running, site: LittleSite, **changes: bool) -> None:
    """What is shown is what a build would write."""
    server.calm()
    clean = site.root.parent / "clean"
    shutil.rmtree(clean, ignore_errors=True)
    site.build(output=clean, clean=True, **changes)
    for path, content in pages_of(clean).items():
        if not path.startswith("/.") and b'http-equiv="refresh"' not in content:
            assert server.get(path).page == content, path


# ------------------------------------------------------------------ many files, folders


def test_a_checkout_of_a_thousand_files(site: LittleSite) -> None:
    """Another branch and back: every page is the other branch's."""

    def git(*words: str) -> None:
        named = ("-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "init.defaultBranch=one")
        subprocess.run(["git", *named, *words], cwd=site.root, check=True, capture_output=True)

    site.put("site.yaml", (site.root / "site.yaml").read_text() + "related: false\n")
    for number in range(1000):
        site.entry(f"sport/e{number:04}", body="فرع أول")
    git("init")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "two")
    for number in range(1000):
        site.entry(f"sport/e{number:04}", body="فرع ثان")
    (site.root / "content/sport/e0999.md").unlink()
    site.entry("politics/new")
    git("add", ".")
    git("commit", "-qm", "two")
    with running(site.root) as server:
        git("checkout", "-q", "one")
        for number in (0, 500, 999):
            server.shows(f"/sport/e{number:04}/", "فرع أول")
        server.until(lambda: server.get("/politics/new/").status == 404)
        git("checkout", "-q", "two")
        for number in (0, 500, 998):
            server.shows(f"/sport/e{number:04}/", "فرع ثان")
        server.until(lambda: server.get("/sport/e0999/").status == 404)
        assert server.get("/politics/new/").status == 200
        server.calm()
        assert server.said() == ""


def test_folders_come_go_and_change_their_names(site: LittleSite) -> None:
    """With all that lies in them."""
    site.entry("sport/season/a", body="موسم").entry("sport/b")
    season = site.root / "content/sport/season"
    with running(site.root) as server:
        server.shows("/sport/a/", "موسم")
        season.rename(season.with_name("cup"))
        server.shows("/sport/a/", "موسم")
        server.until(lambda: "content/sport/cup/a.md" in server.state("/sport/a/")["page"]["source"]["path"])
        put(site.root / "content/sport/cup/a.md", TEXT.format("في المجلد الجديد"))
        server.shows("/sport/a/", "في المجلد الجديد")
        shutil.rmtree(season.with_name("cup"))
        server.until(lambda: server.get("/sport/a/").status == 404)
        shutil.move(
            shutil.copytree(site.root / "content/sport", site.root / "elsewhere"), site.root / "content/politics"
        )
        server.until(lambda: server.get("/politics/b/").status == 200)
        (site.root / "content").rename(site.root / "put-away")
        server.until(lambda: server.get("/sport/b/").status == 404)
        (site.root / "put-away").rename(site.root / "content")
        server.shows("/sport/b/", "نص الخبر")
        put(site.root / "content/sport/b.md", TEXT.format("ما زال مراقبا"))
        server.shows("/sport/b/", "ما زال مراقبا")
        equals_clean_build(server, site)


def test_a_new_theme_in_the_settings(site: LittleSite) -> None:
    """Its folder may be there before it or after it."""
    site.entry("sport/a")
    settings = (site.root / "site.yaml").read_text()
    with running(site.root) as server:
        put(site.root / "content/culture/film.md", TEXT.format("فيلم"))
        server.until(lambda: any("culture" in line for line in server.problems()))
        put(site.root / "site.yaml", settings + "  - {id: culture, title: ثقافة}\n")
        server.shows("/culture/film/", "فيلم")
        server.shows("/", "ثقافة")
        server.until(lambda: not server.problems())
        put(site.root / "site.yaml", settings.replace("موجز الاختبار", "اسم جديد") + "  - {id: culture, title: فن}\n")
        server.shows("/sport/a/", "اسم جديد")
        server.shows("/culture/", "فن")
        equals_clean_build(server, site)


def test_templates_styles_and_words(site: LittleSite) -> None:
    """A site's own files are shown as soon as they are there, and the built-in ones again when they go."""
    site.entry("sport/a")
    article = site.root / "templates/article.html"
    with running(site.root) as server:
        put(article, '{% extends "builtin/article.html" %}{% block title %}عنوان خاص{% endblock %}')
        server.shows("/sport/a/", "عنوان خاص")
        article.unlink()
        server.lacks("/sport/a/", "عنوان خاص")
        sheet = server.state("/sport/a/")["print"]
        put(site.root / "templates/assets/style.css", "body { color: teal }")
        server.until(lambda: server.state("/sport/a/")["print"] != sheet)
        assert b"teal" in server.get("/" + stylesheet(server)).body
        equals_clean_build(server, site)


def stylesheet(server: Running) -> str:
    page = server.get("/sport/a/").text
    return page[: page.index(".css") + 4].rpartition('href="/')[2]


# ------------------------------------------------------------------ pictures, files


def picture(colour: str, size: tuple[int, int] = (640, 360)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def test_a_picture_is_exchanged(site: LittleSite) -> None:
    """The page names the new one, and the new one is what comes."""
    site.entry("sport/a", "image: {src: goal.jpg, alt: هدف}").put("content/sport/goal.jpg", picture("red"))
    with running(site.root) as server:

        def source() -> str:
            return (
                server.get("/sport/a/").text.partition('<source type="image/avif" srcset="')[2].split()[0]
                if "avif" in server.get("/sport/a/").text
                else server.get("/sport/a/").text.partition("/media/")[2].split('"')[0].split()[0]
            )

        first = source()
        put(site.root / "content/sport/new.jpg", picture("blue", (900, 600)))
        (site.root / "content/sport/new.jpg").replace(site.root / "content/sport/goal.jpg")
        server.until(lambda: source() != first)
        equals_clean_build(server, site)
        (site.root / "content/sport/goal.jpg").unlink()
        server.until(lambda: any("goal.jpg" in line for line in server.problems("/sport/a/")))
        assert server.get("/sport/a/").status == 200
        put(site.root / "content/sport/goal.jpg", picture("green"))
        server.until(lambda: not server.problems("/sport/a/"))
        equals_clean_build(server, site)


def test_a_static_file_is_replaced(site: LittleSite) -> None:
    """static/ is shown as it is."""
    site.entry("sport/a").put("static/papers/x.txt", "أول")
    with running(site.root) as server:
        assert server.get("/papers/x.txt").text == "أول"
        put(site.root / "static/papers/x.txt", "ثان")
        server.until(lambda: server.get("/papers/x.txt").text == "ثان")
        (site.root / "static/papers/x.txt").unlink()
        server.until(lambda: server.get("/papers/x.txt").status == 404)


# ------------------------------------------------------------------ mistakes


def test_a_robots_txt_of_the_sites_own(site: LittleSite) -> None:
    """It is shown in place of the one that is made, and is no problem."""
    site.entry("sport/a").put("static/robots.txt", "Disallow: /private/\n")
    with running(site.root) as server:
        server.shows("/robots.txt", "/private/")
        server.calm()
        assert server.problems() == []
        equals_clean_build(server, site)


def test_a_mistake_keeps_the_last_good_page(site: LittleSite) -> None:
    """The page stays, the problem stands in the state with its lines and its cure, the terminal shows it once."""
    file = site.entry("sport/a", body="سليم").root / "content/sport/a.md"
    with running(site.root) as server:
        server.shows("/sport/a/", "سليم")
        put(file, TEXT.format("مكسور").replace("date: 2026-11-20T10:00", "date: 2026-13-20\ntagz: [x]"))
        server.until(lambda: len(server.problems("/sport/a/")) == 2)
        assert "سليم" in server.get("/sport/a/").text
        date, tags = server.state("/sport/a/")["problems"]["list"]
        assert (date["path"], date["line"], date["column"]) == ("content/sport/a.md", 3, 7)
        assert date["open"] == f"vscode://file{site.root}/content/sport/a.md:3:7"
        assert [3, "date: 2026-13-20"] in date["lines"]
        assert (tags["line"], tags["cure"]) == (4, "لعلك تقصد «\u2068tags\u2069»؟")
        server.calm()
        put(site.root / "content/sport/b.md", TEXT.format("غيره"))
        server.shows("/sport/b/", "غيره")
        server.calm()
        assert len(server.said().splitlines()) == 2
        put(file, TEXT.format("مصلح"))
        server.shows("/sport/a/", "مصلح")
        server.until(lambda: not server.problems("/sport/a/"))
        server.until(lambda: server.news[-1].solved or any(news.solved for news in server.news))
        equals_clean_build(server, site)


def test_a_mistake_in_a_page_nobody_looked_at(site: LittleSite) -> None:
    """There is no last good page to show, but the overlay, and what the file becomes."""
    file = site.entry("sport/a").root / "content/sport/a.md"
    with running(site.root) as server:
        put(file, TEXT.format("مكسور").replace("date:", "dat:"))
        server.until(server.problems)
        assert len(server.problems("/sport/a/")) == 1
        assert server.state("/sport/a/")["page"]["source"]["path"] == "content/sport/a.md"
        reply = server.get("/sport/a/")
        assert (reply.status, "digest-preview" in reply.text) == (503, True)
        put(file, TEXT.format("مصلح"))
        server.shows("/sport/a/", "مصلح")


def test_a_template_breaks(site: LittleSite) -> None:
    """File, line, and what the template was given; the page as its templates last made it, with the text of today."""
    file = site.entry("sport/a", body="أول").root / "content/sport/a.md"
    template = site.root / "templates/article.html"
    put(template, '{% extends "builtin/article.html" %}\n')
    with running(site.root) as server:
        server.shows("/sport/a/", "أول")
        put(template, '{% extends "builtin/article.html" %}\n\n{% block body %}{{ page.nothing }}{% endblock %}\n')
        server.until(lambda: server.problems("/sport/a/"))
        (line,) = server.problems("/sport/a/")
        assert line.startswith("templates/article.html:3:")
        view = server.state("/sport/a/")["view"]
        assert view["name"] == "article.html"
        assert any("title" in name and "خبر a" in value for name, _, value in view["rows"])
        assert "أول" in server.get("/sport/a/").text
        put(file, TEXT.format("ثان"))
        server.shows("/sport/a/", "ثان")
        put(template, '{% extends "builtin/article.html" %}\n')
        server.until(lambda: not server.problems("/sport/a/"))
        put(template, "{% if %}")
        server.until(lambda: any(line.startswith("templates/article.html:1:") for line in server.problems("/")))
        template.unlink()
        server.until(lambda: not server.problems("/"))
        equals_clean_build(server, site)


def test_a_template_without_a_word(site: LittleSite) -> None:
    """The page stays as it was, and its template is named."""
    site.entry("sport/a", body="أول")
    with running(site.root) as server:
        server.shows("/sport/a/", "أول")
        site.put("templates/base.html", "{# later #}")
        server.until(lambda: server.problems("/sport/a/"))
        assert server.problems("/sport/a/") == ["templates/base.html:0:0: gives an empty page"]
        assert "أول" in server.get("/sport/a/").text


def test_a_site_that_is_broken_from_the_start(site: LittleSite) -> None:
    """Serving begins all the same, and the first good moment is shown."""
    good = (site.root / "site.yaml").read_text()
    site.entry("sport/a").put("site.yaml", "title: [")
    with running(site.root) as server:
        reply = server.get("/sport/a/")
        assert (reply.status, "digest-preview" in reply.text) == (503, True)
        assert server.problems()[0].startswith("site.yaml:")
        put(site.root / "site.yaml", good)
        server.shows("/sport/a/", "نص الخبر")
        server.until(lambda: not server.problems())
        put(site.root / "site.yaml", "title: [")
        server.until(server.problems)
        assert server.get("/sport/a/").status == 200


def test_half_a_save_is_no_mistake(site: LittleSite) -> None:
    """A file that is being written shows what it was, and no problem is told."""
    file = site.entry("sport/a", body="كامل").root / "content/sport/a.md"
    with running(site.root) as server:
        server.shows("/sport/a/", "كامل")
        out = file.open("w")
        for piece in ("---\ntit", "le: خبر", " a\nda", "te: 2026-11-", "20\n", "---\n\nنص", " جديد\n"):
            out.write(piece)
            out.flush()
            time.sleep(0.1)
            assert server.get("/sport/a/").status == 200
        out.close()
        server.shows("/sport/a/", "نص جديد")
        server.calm()
        assert server.said() == ""


# ------------------------------------------------------------------ drafts, and the clock


def test_drafts_and_future_stories_are_marked(site: LittleSite) -> None:
    """Where they are shown the page says what it is, and so do links to it; where not, their address says why."""
    site.entry("sport/hidden", "draft: true").entry("sport/later", "date: 2026-12-24").entry("sport/open")
    with running(site.root) as server:
        assert server.get("/sport/hidden/").status == 404
        assert server.state("/sport/hidden/")["page"]["hidden"]["held"] == "draft"
        assert server.state("/sport/later/")["page"]["hidden"]["held"] == "future"
        assert server.preview.counts == (1, 2)
    with running(site.root, drafts=True, future=True) as server:
        assert server.state("/sport/hidden/")["page"]["held"] == "draft"
        assert server.state("/sport/later/")["page"]["held"] == "future"
        assert server.state("/sport/open/")["page"]["held"] == ""
        assert server.state("/")["held"] == {"/sport/hidden/": "draft", "/sport/later/": "future"}
        equals_clean_build(server, site, drafts=True, future=True)


def test_a_story_becomes_due(site: LittleSite) -> None:
    """Without any save: the clock is looked at."""
    site.entry("sport/soon", "date: 2026-11-23T12:00:01+00:00")
    began = datetime.now(UTC)
    with running(site.root, clock=lambda: NOW + (datetime.now(UTC) - began) - timedelta(seconds=2)) as server:
        assert server.get("/sport/soon/").status == 404
        server.until(lambda: server.get("/sport/soon/").status == 200)


# ------------------------------------------------------------------ what need not be done again


def test_settings_that_reading_does_not_ask_for(example: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are not read again when one of these changes: no source of the example asks for any of them."""
    from digest.content.discovery import discover
    from digest.content.settings import Settings
    from digest.preview.scanner import UNREAD
    from digest.site.project import load_project
    from digest.site.reader import SourceReader

    project = load_project(example.root).project
    assert project
    found = discover(example.root)
    asked: set[str] = set()
    real = Settings.__getattribute__

    def noted(self: Settings, name: str) -> object:
        asked.add(name)
        return real(self, name)

    monkeypatch.setattr(Settings, "__getattribute__", noted)
    reader = SourceReader(example.root, project.settings, found.pictures)
    asked.clear()
    for file in found.files:
        reader.parse(file, (example.root / file.path).read_bytes())
    monkeypatch.undo()
    assert {"lang", "timezone"} & asked or "zone" in asked
    assert not asked & UNREAD
    assert {field for field in Settings.__struct_fields__ if field in UNREAD} == UNREAD


def test_a_text_alone_links_nothing_anew(site: LittleSite) -> None:
    """Index, related stories and clashes are the very values they were; a title makes them new."""
    site.entry("sport/b")
    text = TEXT.replace("date:", "summary: خلاصة\ndate:")
    put(site.root / "content/sport/a.md", text.format("نص الخبر."))
    with running(site.root) as server:
        server.calm()
        before = server.preview.snapshot
        put(site.root / "content/sport/a.md", text.format("نص الخبر.\n\nفقرة ثانية"))
        server.shows("/sport/a/", "فقرة ثانية")
        server.calm()
        after = server.preview.snapshot
        assert before
        assert after
        assert after is not before
        assert after.site.index is before.site.index
        put(site.root / "content/sport/a.md", text.format("نص الخبر.").replace("خبر a", "عنوان جديد"))
        server.shows("/", "عنوان جديد")
        assert server.preview.snapshot
        assert server.preview.snapshot.site.index is not before.site.index


def test_what_lies_beside_templates_is_no_faulty_template(site: LittleSite) -> None:
    """An editor's swap file is no text, and a style may hold what Jinja would take for its own."""
    site.entry("sport/a")
    site.put("templates/base.html", '{% extends "builtin/base.html" %}')
    site.put("templates/.base.html.swp", b"b0VIM\x00\xff\xfe")
    site.put("templates/base.html~", "{% block")
    site.put("templates/print.css", "a{#b} {% x")
    site.build()
    with running(site.root) as server:
        assert server.get("/sport/a/").status == 200
        assert server.problems("/sport/a/") == []
