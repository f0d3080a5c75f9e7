"""What a build makes of a folder, and what it leaves alone."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import SITE_YAML

from digest.content import markdown
from digest.problems import DigestError, UsageError
from digest.site import output as publication
from digest.site.output import MARKER, Staging
from digest.site.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from conftest import LittleSite


def test_a_little_site_has_every_file_of_the_contract(site: LittleSite) -> None:
    """One entry is enough for home, theme, article, source, tag, archive, feeds and the files for machines."""
    site.entry("sport/2026-11-20-final", "tags: [كأس]\nsource: {name: الأطلس, url: 'https://atlas.example/a'}")
    site.put("content/editions/2026-47.yaml", "title: العدد ٤٧\ndate: 2026-11-20\nentries: [sport/2026-11-20-final]\n")
    site.put("content/pages/about.md", "---\ntitle: من نحن\n---\n\nنحن.\n")
    site.build()
    expected = {
        "index.html", "sport/index.html", "politics/index.html", "sport/final/index.html", "sources/index.html",
        "sources/الأطلس/index.html", "tags/index.html", "tags/كأس/index.html", "archive/index.html",
        "archive/2026/11/index.html", "editions/index.html", "editions/2026-47/index.html", "about/index.html", "404.html",
        "feed.xml", "feed.json", "sport/feed.xml", "politics/feed.xml", "sitemap.xml", "news-sitemap.xml", "robots.txt",
        "opml.xml", MARKER,
    }  # fmt: skip
    assert expected <= set(site.files())


def test_an_empty_site_builds(site: LittleSite) -> None:
    """No entry yet is no fault."""
    assert site.build().entries == 0
    assert "index.html" in site.files()


def test_the_same_sources_give_the_same_bytes_and_keep_their_files(site: LittleSite) -> None:
    """A second build writes nothing anew, and unchanged files keep their time."""
    site.entry("sport/a").entry("politics/b")
    site.build()
    before = site.files()
    page = site.output / "sport/a/index.html"
    os.utime(page, (1, 1))
    again = site.build()
    assert site.files() == before
    assert (again.written, again.unchanged) == (0, len(before))
    assert page.stat().st_mtime == 1


def test_workers_change_nothing_in_the_output(site: LittleSite) -> None:
    """One process and three give the same bytes."""
    for number in range(30):
        site.entry(f"sport/e{number:02}", f"date: 2026-10-{number % 28 + 1:02}\ntags: [t{number % 3}]")
    site.build(jobs=1)
    alone = site.files()
    site.build(jobs=3)
    assert site.files() == alone


def test_deleted_renamed_and_drafted_entries_leave_nothing(site: LittleSite) -> None:
    """The output is a function of the sources."""
    site.entry("sport/gone").entry("sport/renamed").entry("sport/drafted")
    site.build()
    (site.root / "content/sport/gone.md").unlink()
    (site.root / "content/sport/renamed.md").rename(site.root / "content/sport/new-name.md")
    site.entry("sport/drafted", "draft: true")
    site.build()
    pages = {path for path in site.files() if path.startswith("sport/") and path.count("/") == 2}
    assert pages == {"sport/new-name/index.html"}


def test_drafts_and_future_entries_are_in_no_file(site: LittleSite) -> None:
    """Not in a page, list, feed, sitemap, tag or related list, nor as a copied picture."""
    site.entry("sport/open", "tags: [عام]\nrelated: [sport/hidden]")
    site.entry("sport/hidden", "title: سرٌّ مكتوم\ntags: [وسم-سري]\ndraft: true\naliases: [/old-secret/]")
    site.entry("sport/later", "title: خبر الغد\ndate: 2026-11-24\ntags: [وسم-الغد]")
    site.build()
    whole = "\n".join(path + content.decode("utf-8", "replace") for path, content in site.files().items())
    for trace in ("مكتوم", "وسم-سري", "old-secret", "sport/hidden", "خبر الغد", "وسم-الغد", "sport/later"):
        assert trace not in whole


def test_drafts_and_future_entries_show_where_asked(site: LittleSite) -> None:
    """`--drafts` and `--future`."""
    site.entry("sport/hidden", "draft: true").entry("sport/later", "date: 2027-01-01")
    assert site.build().entries == 0
    assert site.build(drafts=True).entries == 1
    assert site.build(drafts=True, future=True).entries == 2


def test_a_failed_build_leaves_the_old_site(site: LittleSite) -> None:
    """Every problem is reported, and not a byte of the output moves."""
    site.entry("sport/a")
    site.build()
    before = site.files()
    site.entry("sport/b", "themes: x").entry("sport/c", "date: 2026-02-30")
    assert len(site.problems()) == 2
    assert site.files() == before
    assert not Staging.of(site.output).new.exists()


def test_a_fault_in_a_template_names_its_line_and_leaves_the_old_site(site: LittleSite) -> None:
    """Template errors are problems too, wherever in the chain they arise."""
    site.entry("sport/a")
    site.build()
    before = site.files()
    site.put("templates/page.html", "ok")
    site.put(
        "templates/article.html",
        '{% extends "builtin/article.html" %}\n{% block title %}\n{{ page.headline }}{% endblock %}\n',
    )
    (problem,) = site.problems()
    assert problem.startswith("templates/article.html:3: ")
    assert "headline" in problem
    assert site.files() == before


@pytest.mark.parametrize("name", ["article.html", "base.html"])
@pytest.mark.parametrize("content", ["", " \n", "{# later #}\n"])
def test_a_template_that_gives_an_empty_page_is_a_fault(site: LittleSite, name: str, content: str) -> None:
    """Nothing empty is published: the file is named, and how to have the built-in one."""
    site.entry("sport/a").put(f"templates/{name}", content)
    (problem,) = site.problems()
    assert problem == (
        f"templates/{name}: gives an empty page; delete the file to have the built-in one again, "
        f'or write {{% extends "builtin/{name}" %}}'
    )


def test_a_part_of_a_page_may_be_empty(site: LittleSite) -> None:
    """A site without anything beside its articles."""
    site.entry("sport/a").put("templates/partials/margins.html", "").build()
    assert "نص الخبر" in site.text("sport/a/index.html")


def test_a_part_of_a_page_is_changed_block_by_block(site: LittleSite) -> None:
    """The menu without its lists; the rest of it is the built-in one's."""
    page = "sport/a/index.html"
    with (site.root / "site.yaml").open("a", encoding="utf-8") as settings_file:
        settings_file.write("menu: [{title: من نحن, url: https://about.example/}]\n")
    site.entry("sport/a").build()
    assert "/archive/" in site.text(page).partition('<nav class="menu"')[2].partition("</nav>")[0]
    own = '{% extends "builtin/partials/menu.html" %}\n{% block menu_lists %}{% endblock %}\n'
    site.put("templates/partials/menu.html", own).build()
    menu = site.text(page).partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert "من نحن" in menu
    assert "/archive/" not in menu


def test_a_robots_txt_of_the_sites_own_takes_the_place_of_the_made_one(site: LittleSite) -> None:
    """As long as it is there; every other file for machines stays where it is."""
    site.entry("sport/a").build()
    made = site.text("robots.txt")
    site.put("static/robots.txt", "User-agent: *\nDisallow: /private/\n").build()
    assert site.text("robots.txt") == "User-agent: *\nDisallow: /private/\n"
    (site.root / "static/robots.txt").unlink()
    site.build()
    assert site.text("robots.txt") == made
    site.put("static/sitemap.xml", "mine")
    assert site.problems() == [
        "static/sitemap.xml: /sitemap.xml is already made from site.yaml; give the file another name"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{% include "zzzz.svg" %}', "there is no template 'zzzz.svg'; digest eject lists the built-in ones"),
        ('{{ t("qqqqqqq") }}', "no string 'qqqqqqq' in strings/ar.yaml; add it to templates/strings/ar.yaml"),
    ],
)
def test_what_resembles_nothing_has_a_cure_too(site: LittleSite, content: str, said: str) -> None:
    """Where to look, or what to add."""
    site.entry("sport/a").put("templates/404.html", content)
    assert site.problems() == [f"templates/404.html:1: {said}"]


def test_a_fault_in_jinja_reads_as_one_sentence(site: LittleSite) -> None:
    """No full stop before the cure."""
    site.entry("sport/a").put("templates/404.html", "{% block a %}")
    (problem,) = site.problems()
    assert "'.; mend" not in problem
    assert re.search(r"[^.]; mend the template$", problem)


def test_a_block_that_no_template_above_has_is_advised_on(site: LittleSite) -> None:
    """Nothing shows it, so its name is a slip; the advice stays until it is mended, and `--strict` refuses it."""
    site.entry("sport/a").put(
        "templates/article.html",
        '{% extends "builtin/article.html" %}\n{% block story_fot %}شكرا{% endblock %}\n{% block qqq %}{% endblock %}\n',
    )
    never = "no template that this one extends has a block '{}', so it is never shown"
    said = [
        f"templates/article.html:2: {never.format('story_fot')}; did you mean 'story_foot'?",
        f"templates/article.html:3: {never.format('qqq')}; docs/reference/templates.md lists the blocks",
    ]
    assert [str(problem) for problem in site.build().advice] == said
    assert [str(problem) for problem in site.build().advice] == said
    assert site.problems(strict=True) == said


def test_a_block_of_ones_own_inside_a_known_one_is_shown(site: LittleSite) -> None:
    """Through any number of templates; a comment is no block, and a template that extends nothing has its own."""
    site.entry("sport/a").put("templates/partials/own.html", "{% block any %}{% endblock %}")
    site.put(
        "templates/middle.html",
        '{% extends "builtin/404.html" %}{% block main %}{% block mine %}{% endblock %}{% endblock %}',
    )
    site.put(
        "templates/404.html",
        "{#{% block no %}#}{%- extends 'middle.html' -%}{% block mine %}ضاعت{% endblock %}"
        "{% block title %}{% block inner %}{% endblock %}{% endblock %}",
    )
    assert site.build().advice == ()
    assert "ضاعت" in site.text("404.html")


@pytest.mark.timeout(60)
@pytest.mark.skipif(sys.platform == "win32", reason="named pipes")
@pytest.mark.parametrize(
    "path", ["static/pipe", "data/popular.yaml", "templates/assets/pipe.css", "content/sport/pipe.md"]
)
def test_a_named_pipe_is_refused_and_never_waited_for(site: LittleSite, path: str) -> None:
    """Not by the build, and not where `-v` shows the lines of a problem."""
    site.entry("sport/a")
    (site.root / path).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(site.root / path)
    command = [sys.executable, "-m", "digest", "build", "-v", "--site", str(site.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith((f"{path}: not a regular file; ", f"{path}: is a named pipe, not a file; "))


ITSELF = "a template extends or includes itself by"
ENDLESS = "a template, or a macro in it, calls itself without end"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "article.html",
            '\n{% extends "article.html" %}',
            f"templates/article.html:2: {ITSELF} 'article.html'; write builtin/article.html to reach the built-in one",
        ),
        (
            "base.html",
            '{% extends "article.html" %}',
            f"templates/base.html:1: {ITSELF} 'article.html'; write builtin/article.html to reach the built-in one",
        ),
        (
            "404.html",
            '<p>{% include "partials/mine.html" %}</p>',
            f"templates/partials/mine.html:1: {ITSELF} 'partials/mine.html'; take it out",
        ),
        (
            "404.html",
            "{% macro row() %}{{ row() }}{% endmacro %}{{ row() }}",
            f"templates/404.html: {ENDLESS}; give it a condition under which it stops",
        ),
    ],
)
def test_a_template_that_leads_back_to_itself(site: LittleSite, name: str, content: str, said: str) -> None:
    """The site's own line that begins the circle, and how the built-in template is reached."""
    site.entry("sport/a").put("templates/partials/mine.html", '{% include "partials/mine.html" %}')
    site.put(f"templates/{name}", content)
    assert site.problems() == [said]


def test_a_site_overrides_one_block_without_copying_the_rest(site: LittleSite) -> None:
    """`{% extends "builtin/…" %}` reaches the built-in template from the site's own of that name."""
    site.entry("sport/a")
    site.put(
        "templates/404.html", '{% extends "builtin/404.html" %}\n{% block main %}<h1>ضاعت الصفحة</h1>{% endblock %}\n'
    )
    site.build()
    assert "<h1>ضاعت الصفحة</h1>" in site.text("404.html")
    assert "<title>" in site.text("404.html")


@pytest.mark.parametrize("output", [".", "content", "content/sport/out", "templates", ".digest/out", ".."])
def test_an_output_that_holds_the_site_is_refused(site: LittleSite, output: str) -> None:
    """Nothing of the site's own is ever replaced."""
    site.entry("sport/a")
    with pytest.raises(UsageError):
        site.build(output=(site.root / output).resolve())
    assert (site.root / "content/sport/a.md").is_file()


def test_a_folder_that_digest_did_not_make_is_refused(site: LittleSite) -> None:
    """A folder with other files stays as it is."""
    site.entry("sport/a").put("public/mine.txt", "لي")
    with pytest.raises(UsageError, match=r"holds mine[.]txt, which digest did not make"):
        site.build()
    assert set(site.files()) == {"mine.txt"}


def test_what_an_interrupted_build_left_is_repaired(site: LittleSite) -> None:
    """The half-made tree goes; a site moved aside by a build that died between two renames comes back first."""
    site.entry("sport/a")
    site.build()
    before = site.files()
    staging = Staging.of(site.output)
    site.output.rename(staging.old)
    staging.new.mkdir()
    (staging.new / "half.html").write_text("half")
    site.build()
    assert site.files() == before
    assert not staging.old.exists()
    assert not staging.new.exists()


def test_without_an_exchange_the_site_is_renamed_into_place(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system cannot swap two names, two renames do."""
    monkeypatch.setattr(publication, "exchange", lambda *_: False)
    site.entry("sport/a")
    site.build()
    site.entry("sport/b")
    site.build()
    assert "sport/b/index.html" in site.files()
    assert not Staging.of(site.output).old.exists()


def test_a_second_build_at_the_same_time_is_refused(site: LittleSite) -> None:
    """One writer into one output, whatever the site; the lock leaves nothing behind."""
    site.entry("sport/a")
    with publication.only_writer(site.output), pytest.raises(UsageError, match="another"):
        site.build()
    site.build()
    assert not list(site.root.glob(".public*"))


def waited_for(condition: Callable[[], object], running: subprocess.Popen[bytes]) -> bool:
    """Whether the condition came true before the process ended."""
    while running.poll() is None:
        if condition():
            return True
    return False


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("moment", ["staging", "first page", "hundredth page", "feeds"])
def test_a_killed_build_leaves_the_old_site_and_the_next_one_succeeds(site: LittleSite, moment: str) -> None:
    """SIGKILL while the new tree is being made: the output stays the complete old site. On a machine so busy that the
    build was done before the signal came, it is the complete new one.
    """
    for number in range(300):
        site.entry(f"sport/e{number}")
    site.build()
    before = site.files()
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8").replace("موجز الاختبار", "عنوان جديد"))
    new = Staging.of(site.output).new
    reached = {
        "staging": new.exists,
        "first page": lambda: next(new.glob("sport/*/index.html"), None),
        "hundredth page": lambda: len(list(new.glob("sport/*/index.html"))) > 100,
        "feeds": (new / "feed.xml").exists,
    }[moment]
    command = [sys.executable, "-m", "digest", "build", "--site", str(site.root), "--quiet", "--jobs", "2"]
    running = subprocess.Popen(command)
    assert waited_for(reached, running)
    running.send_signal(signal.SIGKILL)
    running.wait()
    after = site.files()
    site.build()
    assert after in (before, site.files())
    assert "عنوان جديد" in site.text("index.html")
    assert list(site.root.glob(".public*")) == [Staging.of(site.output).spare]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_build_cleans_up(site: LittleSite, stop: signal.Signals) -> None:
    """From the keyboard or from outside: the old site stays, nothing else is left, and it does not take long."""
    for number in range(300):
        site.entry(f"sport/e{number}")
    new = Staging.of(site.output).new
    command = [sys.executable, "-m", "digest", "build", "--site", str(site.root), "--jobs", "3"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert waited_for(lambda: next(new.glob("sport/*/index.html"), None), running)
    running.send_signal(stop)
    _, said = running.communicate(timeout=10)
    if running.returncode == 0:
        pytest.skip("the machine is so busy that the build was done before the signal came")
    assert running.returncode in {130, 143}
    assert b"Traceback" not in said
    assert sorted(path.name for path in site.root.iterdir()) == [".digest", "content", "site.yaml"]
    assert not list((site.root / ".digest").rglob("texts-*"))


def test_workers_end_by_themselves(site: LittleSite) -> None:
    """They hear their parent hang up; none has to be stopped."""

    def idle(number: int, share: list[int], tell: Callable[[int], None]) -> int:
        for _ in share:
            tell(50)
        return number

    workers = [Worker(idle, number, [1] * 100, []) for number in range(3)]
    for worker in workers:
        worker.close()
    assert [worker.process.exitcode for worker in workers] == [0, 0, 0]


def test_an_output_that_is_a_link_stands_for_its_folder(site: LittleSite, tmp_path: Path) -> None:
    """The link stays a link; what it leads to is replaced."""
    (tmp_path / "web").mkdir()
    (site.root / "public").symlink_to(tmp_path / "web")
    site.entry("sport/a")
    for _ in range(2):
        site.build()
        assert (site.root / "public").is_symlink()
        assert (tmp_path / "web/sport/a/index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "web"]


def test_what_others_put_into_the_output_is_never_destroyed(site: LittleSite) -> None:
    """A file beside the made ones is named with the cure; in static/ it is published."""
    site.entry("sport/a")
    site.build()
    site.put("public/CNAME", "news.example")
    with pytest.raises(UsageError, match=r"holds CNAME, which digest did not make; move it .*static/"):
        site.build()
    (site.output / "CNAME").unlink()
    site.put("static/CNAME", "news.example").put("static/.well-known/security.txt", "x").put("static/.secret", "x")
    site.build()
    assert site.text("CNAME") == "news.example"
    assert {".well-known/security.txt", "CNAME"} <= set(site.files())
    assert ".secret" not in site.files()
    site.build()


def test_the_footer_is_rendered_once_in_a_build(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """For its mistakes and for the pages at the same time."""
    site.put("site.yaml", SITE_YAML + "footer: نص *التذييل*\n").entry("sport/a")
    seen: list[str] = []
    render = markdown.render

    def counted(source: str, **more: Any) -> markdown.Rendered:
        seen.append(source)
        return render(source, **more)

    monkeypatch.setattr(markdown, "render", counted)
    site.build(jobs=1)
    assert sum("التذييل" in source for source in seen) == 1
    assert "<p>نص <em>التذييل</em></p>" in site.text("sport/a/index.html")


def test_plain_words_below_the_pages_cost_no_parser(site: LittleSite) -> None:
    """Importing it would be a twelfth of a small change."""
    site.put("site.yaml", SITE_YAML + "footer: «موجز الاختبار» نشرة مختارة.\n").entry("sport/a")
    code = (
        "import sys; sys.argv = ['digest', 'build', '--site', sys.argv[1], '--quiet', '--jobs', '1']\n"
        "from digest.cli import main\ntry:\n    main()\nexcept SystemExit as e:\n    assert not e.code\n"
        "print([name for name in ('markdown_it', 'nh3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(site.root)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert "نشرة مختارة" in site.text("index.html")


def test_a_static_file_may_not_hide_a_page(site: LittleSite) -> None:
    """Named with the file."""
    site.entry("sport/a").put("static/index.html", "x")
    (problem,) = site.problems()
    assert "static/index.html" in problem
    (site.root / "static/index.html").unlink()
    site.put("static/sport", "x")
    (problem,) = site.problems()
    assert problem.startswith("static/sport: /sport would have to be a file and a folder")


def test_a_static_folder_that_cannot_be_read_is_named(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in it would be missing from the site without a word."""
    site.entry("sport/a").put("static/papers/one.pdf", "x").put("static/.git/config", "x")
    listed = os.scandir

    def scandir(folder: str | Path = ".") -> Iterator[os.DirEntry[str]]:
        if str(folder).endswith(("static/papers", ".git")):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert site.problems() == ["static/papers: cannot be read: Permission denied; give yourself the right to read it"]


def test_a_static_file_is_copied_whole_and_only_once(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pieces it has; a change of its last byte is a change of the file, and so is its loss meanwhile."""
    monkeypatch.setattr(publication, "PIECE", 7)
    film = b"0123456789" * 50
    site.entry("sport/a").put("static/film.mp4", film).build()
    assert site.files()["film.mp4"] == film
    assert site.build().written == 0
    for changed in (film[:-1] + b"!", film, film[:-1] + b"x", film + b"x", film[:-1], film[:7], b""):
        site.put("static/film.mp4", changed)
        assert site.build().written == 1
        assert site.files()["film.mp4"] == changed
        assert site.build().written == 0


def test_a_static_file_that_cannot_be_read_is_named(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is made, with every other one."""
    for name in ("one.pdf", "open.pdf", "two.pdf"):
        site.put(f"static/{name}", "x")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK or Path(path).name == "open.pdf")
    said = "cannot be read: Permission denied; give yourself the right to read it"
    assert site.entry("sport/a").problems() == [f"static/one.pdf: {said}", f"static/two.pdf: {said}"]


def test_a_static_folder_that_shows_its_names_alone_is_named(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that may be listed and not entered, with everything in it."""
    site.entry("sport/a").put("static/closed/one.pdf", "x").put("static/closed/more/two.pdf", "x").put("static/x", "x")
    looked = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        if path.parent.name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return looked(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    said = "cannot be read: Permission denied; give yourself the right to read it"
    assert site.problems() == [f"static/closed/{name}: {said}" for name in ("more", "one.pdf")]


def test_every_link_of_static_is_named_in_one_run(site: LittleSite, tmp_path: Path) -> None:
    """The first one does not hide the next."""
    (tmp_path / "secret").write_text("x")
    site.entry("sport/a").put("static/CNAME", "x")
    for name in ("a", "b"):
        (site.root / "static" / name).symlink_to(tmp_path / "secret")
    said = "not a regular file; put a copy of the file there"
    assert site.problems() == [f"static/a: {said}", f"static/b: {said}"]


@pytest.mark.parametrize(
    "alias",
    ["/sport/b/index.html", "/sport/b", "/feed.xml", "/feed.xml/x/", "/.digest-site", "/sport"],
)
def test_an_alias_never_takes_the_file_of_another_page(site: LittleSite, alias: str) -> None:
    """Compared as the files they become, folders included; `check` knows it too."""
    site.entry("sport/a", f"aliases: ['{alias}']").entry("sport/b")
    for output in (None, site.output):
        (problem,) = site.problems(output=output)
        assert problem.startswith("content/sport/a.md:")


def test_check_writes_nothing(site: LittleSite) -> None:
    """A check renders every page, finds template faults, and makes no output."""
    site.entry("sport/a")
    assert site.build(output=None).pages > 5
    assert not (site.root / "public").exists()
    site.put("templates/list.html", "{{ page.nothing }}")
    with pytest.raises(DigestError):
        site.build(output=None)


def test_strict_refuses_advice(site: LittleSite) -> None:
    """A dead link within the site lets a build pass, and stops a strict one."""
    site.entry("sport/a", body="انظر [هنا](/sport/b/).")
    assert [str(p) for p in site.build().advice] == [
        "content/sport/a.md:6: the link /sport/b/ leads to no page of this site; did you mean '/sport/a/'?"
    ]
    assert len(site.problems(strict=True)) == 1


def test_dead_links_round_all_pages_are_advice(site: LittleSite) -> None:
    """In the menu, at the foot and in its text, each at its place in site.yaml; pages, lists, feeds and files are there."""
    site.put("content/pages/about.md", "---\ntitle: من نحن\n---\n\nنص.\n").put("static/rules.pdf", "x").entry("sport/a")
    site.put(
        "site.yaml",
        SITE_YAML
        + "menu:\n  - {title: من نحن, url: /abuot/}\n  - {title: من نحن, url: /about/#us}\n"
        + "  - {title: خبر, url: https://a.example/x}\n"
        + "footer_links: [{title: خلاصة, url: /feed.xml}, {title: وسوم, url: /nowhere/}, {title: ميثاق, url: /rules.pdf}]\n"
        + "footer: |\n  سطر\n  [هنا](/gone/) و[هناك](/sport/)\n",
    )
    assert [str(p) for p in site.build().advice] == [
        "site.yaml:10:26: the link /abuot/ leads to no page of this site; did you mean '/about/'?",
        "site.yaml:13:67: the link /nowhere/ leads to no page of this site; a link within the site starts with / and names a page of it",
        "site.yaml:16: the link /gone/ leads to no page of this site; a link within the site starts with / and names a page of it",
    ]
    assert len(site.problems(strict=True)) == 3


def test_aliases_lead_to_the_page(site: LittleSite) -> None:
    """An old address is a page that redirects, is not indexed, and still has a link for those who stay."""
    site.entry("sport/a", "aliases: [/2019/old/, /old.html]")
    site.build()
    for path in ("2019/old/index.html", "old.html"):
        page = site.text(path)
        assert 'http-equiv="refresh"' in page
        assert "/sport/a/" in page
        assert "noindex" in page
    assert "2019/old" not in site.text("sitemap.xml")


def test_a_site_under_a_path_prefixes_every_link(site: LittleSite) -> None:
    """`base_url` with a path, as project pages of hosts have."""
    site.put(
        "site.yaml",
        (site.root / "site.yaml").read_text("utf-8").replace("https://news.example/", "https://news.example/repo/"),
    )
    site.entry("sport/a", body="[هنا](/sport/a/)")
    site.build()
    page = site.text("sport/a/index.html")
    assert 'href="/sport' not in page
    assert 'href="/repo/sport/a/"' in page
    assert "https://news.example/repo/sport/a/" in page


def test_source_date_epoch_sets_the_clock(site: LittleSite) -> None:
    """What is published depends on the clock that was given, not on the machine's."""
    site.entry("sport/old", "date: 2001-01-01").entry("sport/new", "date: 2001-03-01")
    environment = os.environ | {"SOURCE_DATE_EPOCH": "980000000"}
    subprocess.run(
        [sys.executable, "-m", "digest", "build", "--site", str(site.root), "--quiet"], env=environment, check=True
    )
    assert "sport/old/index.html" in site.files()
    assert "sport/new/index.html" not in site.files()


@pytest.mark.parametrize("content", ["summary", "full"])
def test_feeds_name_the_author(site: LittleSite, content: str) -> None:
    """Whether they carry the text or not."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + f"feeds: {{content: {content}}}\n")
    site.entry("sport/a", "author: سلمى الدرعاوي\nsource: {name: الأطلس}")
    site.build()
    assert "<name>سلمى الدرعاوي</name>" in site.text("feed.xml")
    assert "<name>الأطلس</name>" not in site.text("feed.xml")


def test_very_old_dates_have_offsets_that_machines_read(site: LittleSite) -> None:
    """Local mean time of 1900 has seconds in its offset."""
    site.entry("sport/a", "date: 1900-01-01")
    site.build()
    for path in ("sport/a/index.html", "sitemap.xml", "feed.xml"):
        assert not re.search(r"[+-]\d\d:\d\d:\d\d", site.text(path)), path


@pytest.mark.parametrize(("entries", "numbered"), [(0, 0), (1, 0), (5, 0), (6, 1), (10, 1), (11, 2)])
def test_pages_of_a_list(site: LittleSite, entries: int, numbered: int) -> None:
    """Every entry is on the front page or a numbered one; each page leads to the next."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "per_page: 5\n")
    for number in range(entries):
        site.entry(f"sport/e{number}", f"date: 2026-10-{number + 1:02}")
    site.build()
    pages = [path for path in site.files() if re.fullmatch(r"sport/page/\d+/index.html", path)]
    assert len(pages) == numbered
    shown = "".join(site.text(path) for path in ["sport/index.html", *pages])
    assert all(f'href="/sport/e{number}/"' in shown for number in range(entries))
    older = 'class="pager-older" href="/sport/page/'
    assert sum(older in site.text(path) for path in ["sport/index.html", *pages]) == numbered


def test_the_archive_goes_by_the_day_that_is_shown(site: LittleSite) -> None:
    """Late in the evening of one month elsewhere is the next month here; a Persian archive goes by the sun's year."""
    site.entry("sport/late", "date: 2026-10-31T23:30:00+00:00")
    for _ in range(2):
        site.build()
        assert "archive/2026/11/index.html" in site.files()
        assert "archive/2026/10/index.html" not in site.files()
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8").replace("lang: ar", "lang: fa"))
    site.build()
    assert "<h1" in site.text("archive/1405/08/index.html")
    assert "آبان ۱۴۰۵" in site.text("archive/index.html")


@pytest.mark.parametrize("mode", ["inline", "live", "ssi", "esi"])
def test_a_site_without_blocks_has_empty_margins(site: LittleSite, mode: str) -> None:
    """What stands beside articles may be nothing at all: that is no empty page."""
    blocks = "blocks: {latest: 0, theme: 0, most_read: 0}\n"
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + f"{blocks}fragments: {mode}\n")
    site.entry("sport/a")
    assert site.build().entries == 1
