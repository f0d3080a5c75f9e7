"""The law of the engine: an incremental build equals a clean build, byte for byte, and makes no more than it must."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import every_part
import pytest
from conftest import NOW, LittleSite
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from digest.content import images
from digest.content.discovery import Stamp
from digest.pages import generated
from digest.problems import DigestError
from digest.rendering import closure
from digest.rendering.template_set import read_templates
from digest.resources import builtin_templates
from digest.site import fingerprints, scan
from digest.site.cache import BuildCache
from digest.site.options import BuildOptions
from digest.site.output import Staging
from digest.site.reasons import LazyTemplates
from digest.site.related import FoundAhead
from digest.site.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from digest.pages.page import Page
    from digest.problems import Problem


# ------------------------------------------------------------------ what is made, and why


@pytest.fixture
def trusted_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk whose clock tells any two changes apart, so that stamps are believed at once."""
    monkeypatch.setattr("digest.site.scan.COARSE", 0)


@pytest.fixture
def archive(site: LittleSite, trusted_clock: None) -> LittleSite:
    """Twelve entries of two themes, built."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "fragments: live\nrelated: false\n")
    for number in range(12):
        theme = "sport" if number % 2 else "politics"
        site.entry(
            f"{theme}/e{number:02}",
            f"date: 2026-11-{number + 1:02}\ntags: [t{number % 3}]\nsource: {{name: م{number % 2}}}",
        )
    site.build()
    return site


@pytest.fixture(params=["here", "in another process"])
def output_looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the files of the output are looked at: those of a large site by another process."""
    if request.param != "here":
        monkeypatch.setattr("digest.site.scan.LARGE", 0)
        monkeypatch.setattr("digest.site.workers.cores", lambda asked: asked or 2)


def large_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other processes do for large sites, they do for this one."""
    monkeypatch.setattr("digest.build.release.WORTH_A_PROCESS", 1)
    monkeypatch.setattr("digest.build.release.WORTH_A_LOOK", 1)
    monkeypatch.setattr("digest.build.relating.WORTH_A_PROCESS", 1)
    monkeypatch.setattr("digest.build.relating.FEW", 0)
    monkeypatch.setattr("digest.site.scan.LARGE", 0)


@pytest.fixture
def related_ahead(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A large site, whose related stories another process follows: a mark for each build that took what it found."""
    large_at_once(monkeypatch)
    taken: list[str] = []
    keep = FoundAhead.keep
    monkeypatch.setattr(FoundAhead, "keep", lambda found, cache: taken.append("taken") or keep(found, cache))
    return taken


@pytest.fixture
def related_site(site: LittleSite, trusted_clock: None) -> LittleSite:
    """Twenty entries about four things, some of them one report, built."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "fragments: live\nrelated: {minimum: 1}\n")
    for number in range(20):
        site.entry(f"sport/e{number:02}", f"title: {about(number)}\ndate: 2026-10-{number + 2:02}", report(number))
    site.build(jobs=2)
    return site


def about(number: int) -> str:
    return f"{('زيتون', 'قطار', 'ميناء', 'جسر')[number % 4]} {number}"


def report(number: int) -> str:
    """Stories of one thing share most words; each third is a copy of another."""
    thing = ("حصاد الزيتون في الشمال", "قطار الجنوب السريع", "ميناء الصيد القديم", "جسر الوادي الجديد")[number % 4]
    return f"{thing} خبر طويل عن {thing} وعن كل ما جرى حول {thing} هذا العام. " * 4 + (
        "" if number % 3 else f"تفصيل {number}."
    )


def remade(site: LittleSite, **changes: object) -> dict[str, tuple[str, ...]]:
    """What a build makes again, and why."""
    return {reason.path: reason.causes for reason in site.build(**changes).reasons}


def equal_to_clean(site: LittleSite, **changes: object) -> None:
    """The law, for the site as it is now."""
    site.build(**changes)
    before = site.files()
    clean = replace(site.order, output=site.root / "clean-output", clean=True, **changes)  # type: ignore[arg-type]
    other = LittleSite(site.root, clean)
    other.build()
    assert before == other.files()
    shutil.rmtree(site.root / "clean-output")


@pytest.mark.usefixtures("output_looked_at")
def test_nothing_changed_makes_nothing(archive: LittleSite) -> None:
    """No source is read, no page made, no file written."""
    report = archive.build()
    assert (report.read, report.made, report.written, report.removed) == (0, 0, 0, 0)
    assert report.unchanged == len(archive.files())


def test_a_text_below_its_summary_is_the_affair_of_one_page(archive: LittleSite) -> None:
    """Nobody else shows it."""
    keys = "date: 2026-11-05\ntags: [t1]\nsource: {name: م0}\nsummary: ملخص ثابت"
    archive.entry("politics/e04", keys)
    archive.build()
    archive.entry("politics/e04", keys, "نص آخر تماما.")
    assert remade(archive) == {"politics/e04/index.html": ("text",)}


@pytest.fixture
def with_every_part(site: LittleSite, trusted_clock: None, monkeypatch: pytest.MonkeyPatch) -> LittleSite:
    """A site with a page and files made of every sort of part; one entry of each theme, built."""
    every_part.register(monkeypatch)
    site.put("templates/every.html", every_part.TEMPLATE)
    for name in ("sport/e1", "politics/e2"):
        site.entry(name, "date: 2026-11-05\nsummary: ملخص ثابت", "نص أول.")
    site.build()
    return site


def test_text_edit_remakes_every_page_and_file_that_declares_the_text(with_every_part: LittleSite) -> None:
    """Whatever kind of page or file it is, and however deep in its parts the text is."""
    site = with_every_part
    site.entry("sport/e1", "date: 2026-11-05\nsummary: ملخص ثابت", "نص ثان.")
    assert remade(site) == {
        "sport/e1/index.html": ("text",),
        "every/index.html": ("text",),
        "every-text.json": ("content",),
    }
    assert "نص ثان" in site.text("every-text.json")
    equal_to_clean(site)


def test_text_edit_remakes_one_page_when_only_other_texts_are_held_elsewhere(with_every_part: LittleSite) -> None:
    """That another file holds whole texts does not make the edit of a text it does not hold any dearer."""
    site = with_every_part
    site.entry("politics/e2", "date: 2026-11-05\nsummary: ملخص ثابت", "نص ثان.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digest.build.build.Build.linked", dies)
        assert remade(site) == {"politics/e2/index.html": ("text",)}
    equal_to_clean(site)


def test_file_without_declared_parts_gets_no_whole_text(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not be told when that text changed."""
    files = generated.files

    def with_secret_text(room: Any, *rest: Any) -> list[generated.GeneratedFile]:
        secret = generated.GeneratedFile(
            "/x.txt", None, lambda desk: desk.article(room.index.entries[0]).story.body.encode()
        )
        return [*files(room, *rest), secret]

    monkeypatch.setattr(generated, "files", with_secret_text)
    site.entry("sport/e1")
    with pytest.raises(TypeError, match="without `FullText` among the parts"):
        site.build()


def test_a_text_alone_changes_the_lists_of_others_as_a_clean_build_does(site: LittleSite, trusted_clock: None) -> None:
    """Though nothing else that linking knows of the story changed; twice, and after a build that was refused."""
    dam, crew = "انهار سد الوادي الأخضر وغمرت المياه قرى السهل", "أعلن مدرب نادي المنارة استقالته بعد كأس البطولة"
    site.entry("politics/dam", "title: انهيار سد الوادي\ndate: 2026-11-10", dam)
    site.entry("sport/crew", "title: مدرب المنارة\ndate: 2026-11-12", crew)
    keys = "title: موسم الزيتون ينطلق في الشمال\ndate: 2026-11-13\nsummary: جني"
    site.entry("politics/olives", keys, "بدأ جني الزيتون في الهضاب")
    site.build()
    for text in (
        "بدأ جني الزيتون بعد انهيار سد الوادي الأخضر وغمر قرى السهل",
        "بدأ جني الزيتون وزاره مدرب نادي المنارة حامل كأس البطولة",
    ):
        site.entry("politics/olives", keys, text)
        site.entry("sport/broken", "theme: nowhere")
        assert site.problems()
        (site.root / "content/sport/broken.md").unlink()
        report = site.build()
        assert report.made < 12
        incremental = site.files()
        site.build(clean=True)
        assert site.files() == incremental
    assert "/politics/olives/" in site.text("sport/crew/index.html").split('data-block="related"')[1]


def test_advice_on_an_edited_text_is_given_at_once(archive: LittleSite) -> None:
    """Although only its page is looked at otherwise."""
    keys = "date: 2026-11-05\nsummary: ملخص ثابت"
    archive.entry("politics/e04", keys)
    archive.build()
    archive.entry("politics/e04", keys, "نص \u202e مقلوب.")
    assert len(archive.build().advice) == 1
    assert len(archive.build().advice) == 1
    archive.entry("politics/e04", keys, "نص سليم.")
    assert archive.build().advice == ()


def test_a_title_is_shown_by_neighbours_and_lists(archive: LittleSite) -> None:
    """Its page, the pages that name it, the lists it stands in, and feeds; no other article."""
    archive.entry("politics/e04", "title: عنوان آخر\ndate: 2026-11-05\ntags: [t1]\nsource: {name: م0}")
    made = remade(archive)
    articles = {path for path in made if path.count("/") == 2 and path.startswith(("politics/", "sport/"))}
    assert articles >= {"politics/e04/index.html", "politics/e02/index.html", "politics/e06/index.html"}
    assert made["politics/e02/index.html"] == ("neighbours",)
    assert made["politics/index.html"] == ("entries",)
    assert "sport/index.html" not in made
    assert "politics/feed.xml" in made


def test_a_new_story_among_many_touches_few_files_when_margins_are_live(site: LittleSite) -> None:
    """Its page, its neighbour, the front pages it stands on, feeds, maps, and the one file of the margins."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "fragments: live\nper_page: 5\n")
    for number in range(42):
        site.entry(
            f"sport/e{number:02}", f"date: 2026-10-{number % 28 + 1:02}T{number % 24:02}:00\nsource: {{name: م}}"
        )
    site.build()
    before = site.files()
    site.entry("sport/newest", "date: 2026-11-22\nsource: {name: م}")
    report = site.build()
    after = site.files()
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {
        "index.html", "404.html", "archive/index.html", "archive/2026/11/index.html", "sport/index.html",
        "sport/newest/index.html", "sport/e27/index.html", "sources/index.html", "sources/م/index.html",
        "feed.xml", "feed.json", "sport/feed.xml", "sitemap.xml", "news-sitemap.xml", "fragments/margins.html",
        ".digest-site", "search/index.json",
    } | {path for path in changed if path.startswith("search/cards/")}  # fmt: skip
    assert report.written == len(changed)


def test_new_margins_are_put_into_pages_that_are_otherwise_as_they_were(
    archive: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of these articles is rendered again, by one worker or two, and all are as a clean build makes them."""
    inline(archive)
    rendered: list[str] = []
    render = Site.render

    def noted(site: Site, page: Page) -> str:
        rendered.append(page.path)
        return render(site, page)

    monkeypatch.setattr(Site, "render", noted)
    archive.entry("sport/e50", "date: 2026-11-19")
    made = remade(archive)
    assert made["politics/e02/index.html"] == ("fragment margins",)
    articles = {path for path in rendered if path.count("/") == 3 and path.startswith(("/sport/e", "/politics/e"))}
    assert articles == {"/sport/e50/", "/sport/e11/"}  # the new one and the one before it in its theme
    equal_to_clean(archive)
    archive.entry("sport/e51", "date: 2026-11-20")
    equal_to_clean(archive, jobs=2)


def inline(site: LittleSite) -> None:
    """Have margins in the pages themselves, and build."""
    settings_ = (site.root / "site.yaml").read_text("utf-8")
    site.put("site.yaml", settings_.replace("fragments: live", "fragments: inline"))
    site.build()


def test_a_template_that_makes_more_of_the_margins_is_rendered_again(archive: LittleSite) -> None:
    """It may ask for their length, say."""
    extended = (
        '{% extends "builtin/article.html" %}{% block margins %}{{ super() }}{{ page.margins|length }}{% endblock %}'
    )
    archive.put("templates/article.html", extended)
    inline(archive)
    archive.entry("sport/e50", "title: خبر بعنوان طويل جدا\ndate: 2026-11-19")
    equal_to_clean(archive)


def test_built_in_templates_embed_the_margins_as_they_are(archive: LittleSite) -> None:
    """What lets a build put others in their place."""
    templates = read_templates(((builtin_templates(), ""),)).texts
    article = {name: templates[name].content.decode() for name in LazyTemplates(templates, {}).closure("article.html")}
    assert "".join(article.values()).count("page.margins") == 1
    assert "\n{{ page.margins }}\n" in article["article.html"]


def test_margins_that_come_or_go_are_rendered(archive: LittleSite) -> None:
    """A site that wants no blocks at all."""
    inline(archive)
    settings_ = (archive.root / "site.yaml").read_text("utf-8")
    archive.put("site.yaml", settings_ + "blocks: {latest: 0, most_read: 0, theme: 0}\n")
    equal_to_clean(archive)
    archive.put("site.yaml", settings_)
    equal_to_clean(archive)


def test_a_full_list_page_never_changes_again(site: LittleSite) -> None:
    """Numbered from the oldest: a new story adds to the end."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "per_page: 5\nfragments: live\n")
    for number in range(23):
        site.entry(f"sport/e{number:02}", f"date: 2026-10-{number + 1:02}")
    site.build()
    before = {path: content for path, content in site.files().items() if "/page/" in path}
    for number in range(5):
        site.entry(f"sport/n{number}", f"date: 2026-11-{number + 1:02}")
        site.build()
    after = site.files()
    assert [path for path in sorted(before) if after[path] != before[path]] == [
        "sport/page/4/index.html"
    ]  # gets a newer neighbour


def test_a_touched_file_is_read_and_nothing_else(archive: LittleSite) -> None:
    """A checkout gives every file a new time; its content decides."""
    for path in (archive.root / "content").rglob("*.md"):
        path.touch()
    report = archive.build()
    assert (report.read, report.made, report.written) == (0, 0, 0)


def test_a_template_changes_the_pages_made_of_it(archive: LittleSite) -> None:
    """Directly, by inclusion or by inheritance; and says which it was."""
    archive.put("templates/partials/pager.html", "لا شيء")
    made = remade(archive)
    assert set(made.values()) == {("template partials/pager.html",)}
    assert "sport/e01/index.html" not in made
    archive.put(
        "templates/base.html", '{% extends "builtin/base.html" %}\n{% block body_end %}<!-- x -->{% endblock %}'
    )
    made = remade(archive)
    assert made["sport/e01/index.html"] == ("template base.html",)
    assert "robots.txt" not in made


def test_a_style_changes_every_page_that_names_it(archive: LittleSite) -> None:
    """Because its name carries its fingerprint; `--explain` says so."""
    archive.put("templates/assets/site.css", "p { color: red }")
    assert remade(archive)["sport/e01/index.html"] == ("site.own_stylesheet",)


def test_a_setting_changes_what_depends_on_it(archive: LittleSite) -> None:
    """Coarsely: all pages are made, those that come out as before keep their files."""
    site = (archive.root / "site.yaml").read_text("utf-8")
    archive.put("site.yaml", site + "feeds: {count: 3}\n")
    report = archive.build()
    assert report.made > 20
    assert report.written == 1 + 2 + 1  # two feeds of the site, one of each theme that holds more than three
    archive.put("site.yaml", site + "# a comment\nfeeds: {count: 3}\n")
    assert archive.build().made == 0


def test_midnight_publishes_what_was_dated_for_it(archive: LittleSite) -> None:
    """The clock is an input like any other."""
    archive.entry("sport/tomorrow", "date: 2026-11-24")
    assert "sport/tomorrow/index.html" not in remade(archive)
    assert archive.build().made == 0
    made = remade(archive, now=NOW + timedelta(days=1))
    assert made["sport/tomorrow/index.html"] == ("new",)
    assert made["sport/index.html"] == ("count", "entries")


def test_the_news_map_forgets_by_itself(site: LittleSite, trusted_clock: None) -> None:
    """Two days after a story, though no file changed."""
    site.entry("sport/a", "date: 2026-11-22T12:00")
    site.build()
    assert "sport/a/" in site.text("news-sitemap.xml")
    site.build(now=NOW + timedelta(days=2))
    assert "sport/a/" not in site.text("news-sitemap.xml")


@pytest.mark.usefixtures("output_looked_at")
def test_an_output_that_somebody_changed_is_mended(archive: LittleSite) -> None:
    """A page that is missing, another that was edited by hand, one cut short."""
    before = archive.files()
    (archive.output / "sport/e01/index.html").unlink()
    (archive.output / "sport/e03/index.html").write_text("x")
    (archive.output / "feed.xml").write_bytes(before["feed.xml"][:100])
    made = remade(archive)
    assert set(made) == {"sport/e01/index.html", "sport/e03/index.html", "feed.xml"}
    assert archive.files() == before


@pytest.mark.usefixtures("output_looked_at")
def test_an_output_that_somebody_changed_is_mended_by_a_build_after_an_edit(archive: LittleSite) -> None:
    """That the sources differ as well hides nothing."""
    (archive.output / "sport/e03/index.html").write_text("x")
    archive.entry("politics/e04", "date: 2026-11-05\ntags: [t1]\nsource: {name: م0}", "نص آخر تماما.")
    equal_to_clean(archive)


@pytest.mark.usefixtures("output_looked_at")
def test_an_output_as_it_was_left_is_believed_when_a_text_changes(archive: LittleSite) -> None:
    """Nothing but the page of the text is made again."""
    keys = "date: 2026-11-05\ntags: [t1]\nsource: {name: م0}\nsummary: ملخص ثابت"
    for text in ("نص", "نص آخر", "نص ثالث"):
        archive.entry("politics/e04", keys, text)
        archive.build()
    archive.entry("politics/e04", keys, "نص أخير")
    assert remade(archive) == {"politics/e04/index.html": ("text",)}
    equal_to_clean(archive)


def test_a_source_that_changes_while_it_is_read_is_not_mixed(
    archive: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is made from the very bytes its entry was linked from, or not at all."""
    archive.put("templates/article.html", '{% extends "builtin/article.html" %}')
    monkeypatch.setattr("digest.build.stale.StaleCheck.sort", racing(archive))
    with pytest.raises(Exception, match="changed while the site was being built"):
        archive.build()


def racing(archive: LittleSite) -> object:
    """`StaleCheck.sort` that comes just before somebody saves a file."""
    from digest.build.stale import StaleCheck

    sort = StaleCheck.sort

    def sorted_late(check: StaleCheck, pages: Any) -> Any:
        archive.entry("sport/e01", "title: تغير الآن\ndate: 2026-11-02")
        return sort(check, pages)

    return sorted_late


@pytest.mark.parametrize("kind", ["sources", "items-*", "outputs", "trees", "seen"])
@pytest.mark.parametrize("damage", ["gone", "short", "scribbled", "empty", "another version"])
def test_a_damaged_memory_costs_a_rebuild_and_nothing_else(archive: LittleSite, kind: str, damage: str) -> None:
    """Whatever happened to it, the output is that of a clean build."""
    archive.build()  # so that there is a spare
    (book,) = (archive.root / ".digest/outputs").glob(f"*/{kind}")
    raw = bytearray(book.read_bytes())
    archive.entry("politics/e04", "title: عنوان آخر\ndate: 2026-11-05")
    if damage == "gone":
        book.unlink()
    elif damage == "short":
        book.write_bytes(raw[: len(raw) // 2])
    elif damage == "empty":
        book.write_bytes(b"")
    elif damage == "another version":
        book.write_bytes(raw.replace(b"digest memory 1", b"digest memory 0"))
    else:
        raw[len(raw) * 2 // 3] ^= 0x20
        book.write_bytes(raw)
    equal_to_clean(archive)


def test_another_version_of_a_tool_makes_everything_again(archive: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page made by another digest, or another Jinja, is not trusted."""
    monkeypatch.setattr("digest.site.fingerprints.of_tools", lambda: "0" * 32)
    archive.entry("sport/e99", "date: 2026-11-20")
    assert archive.build().made > 20


@pytest.mark.parametrize("damage", [b"", b"{", b'["no/such.html", 3]'])
def test_names_in_built_in_templates_are_kept_and_read_again_where_they_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    """In the user's cache; what is there and is no list of names counts as nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    content = (builtin_templates() / "article.html").read_bytes()

    def names() -> tuple[str, ...] | None:
        closure.names_in.cache_clear()
        closure.names_folder.cache_clear()
        return closure.names_in(content, keep=True)

    found = names()
    (kept,) = (tmp_path / "cache/digest").glob("names-*/*")
    with monkeypatch.context() as patch:
        patch.setattr(closure, "parsed_names", None)
        assert names() == found
    kept.write_bytes(damage)
    assert names() == found == closure.parsed_names(content)
    names()
    closure.names_folder.cache_clear()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A little package, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    package = tmp_path / "installed" / "digest"
    (package / "engine").mkdir(parents=True)
    (package / "engine/one.py").write_text("ONE = 1\n")
    (package / "words.json").write_text("{}")
    return package


def test_the_program_is_read_again_where_it_is_another(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before; and of a file that was replaced by one of the same size and time, the disk tells all the same."""
    reads: list[str] = []
    of_files = fingerprints.of_files

    def counted(*words: Any) -> str:
        reads.append("")
        return of_files(*words)

    monkeypatch.setattr(fingerprints, "of_files", counted)
    later = time.time_ns() + 60 * 10**9
    first = fingerprints.of_program(program, later)
    assert (fingerprints.of_program(program, later), len(reads)) == (first, 1)
    file = program / "engine/one.py"
    before = file.stat()
    other = file.with_name("two")
    other.write_text("ONE = 2\n")
    other.replace(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    second = fingerprints.of_program(program, later)
    assert (second != first, len(reads)) == (True, 2)
    file.write_text("ONE = 1\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (fingerprints.of_program(program, later), len(reads)) == (first, 3)
    (program / "words.json").unlink()
    assert fingerprints.of_program(program, later) not in {first, second}


def test_the_same_program_elsewhere_is_the_same(program: Path, tmp_path: Path) -> None:
    """A memory goes from machine to machine; neither place nor times count."""
    shutil.copytree(program, tmp_path / "elsewhere")
    later = time.time_ns() + 60 * 10**9
    assert fingerprints.of_program(tmp_path / "elsewhere", later) == fingerprints.of_program(program, later)


def test_a_program_that_just_changed_may_change_again(program: Path, tmp_path: Path) -> None:
    """Within a tick of the disk's clock nothing would tell: what is so young is not kept."""
    first = fingerprints.of_program(program, time.time_ns())
    assert not list((tmp_path / "cache/digest/programs").iterdir())
    later = time.time_ns() + 60 * 10**9
    assert fingerprints.of_program(program, later) == first
    (kept,) = (tmp_path / "cache/digest/programs").iterdir()
    for damaged in (b"", b"x y", b"\xff", kept.read_bytes()[:40]):
        kept.write_bytes(damaged)
        assert fingerprints.of_program(program, later) == first
    (tmp_path / "cache/digest/programs").chmod(0o777)
    kept.write_bytes(kept.read_bytes()[:-4] + b"0000")
    assert fingerprints.of_program(program, later) == first, "others can write there"


@pytest.mark.parametrize("package", scan.LIBRARIES)
def test_every_library_counts_with_its_version(package: str) -> None:
    """One table names what a page's bytes may depend on, as it is imported; each is found as it was installed."""
    (distribution, *_) = importlib.metadata.packages_distributions()[package]
    version = importlib.metadata.version(distribution)
    folder = f"{distribution.lower().replace('-', '_')}-{version}.dist-info"
    assert folder in {name.lower() for name in fingerprints.versions()}


def test_one_change_of_one_file_replaces_that_file_alone(archive: LittleSite) -> None:
    """The folder stays the same folder, and all other files the same files."""
    keys = "date: 2026-11-05\ntags: [t1]\nsource: {name: م0}\nsummary: ملخص ثابت"
    archive.entry("politics/e04", keys)
    archive.build()
    folder = archive.output.stat().st_ino
    inodes = {path: (archive.output / path).stat().st_ino for path in archive.files()}
    archive.entry("politics/e04", keys, "نص آخر.")
    assert archive.build().written == 1
    assert archive.output.stat().st_ino == folder
    assert [p for p, inode in inodes.items() if (archive.output / p).stat().st_ino != inode] == [
        "politics/e04/index.html"
    ]


def test_the_spare_takes_turns_with_the_output(archive: LittleSite) -> None:
    """From the second change on the two trees change places, and unchanged files are shared."""
    spare = Staging.of(archive.output).spare
    trees = []
    for number in range(4):
        archive.entry("sport/turn", f"title: دور {number}\ndate: 2026-11-21")
        archive.build()
        assert spare.is_dir()
        trees.append(archive.output.stat().st_ino)
        assert (spare / "robots.txt").stat().st_ino == (archive.output / "robots.txt").stat().st_ino
    assert trees[0] == trees[2] != trees[1] == trees[3]
    equal_to_clean(archive)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_spare_of_the_first_change_is_linked_meanwhile(
    archive: LittleSite, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """In a larger site, by another process; also where somebody changed a file or took one away, or the spare went."""
    monkeypatch.setattr("digest.build.release.WORTH_A_PROCESS", 1)
    archive.entry("sport/turn", "title: دور\ndate: 2026-11-21")
    equal_to_clean(archive, jobs=jobs)
    for number, harm in enumerate(("", "changed", "gone")):
        shutil.rmtree(Staging.of(archive.output).spare)
        if harm == "changed":
            (archive.output / "sport/e01/index.html").write_text("x")
        elif harm == "gone":
            (archive.output / "politics/e02/index.html").unlink()
        archive.entry("sport/turn", f"title: دور {number}\ndate: 2026-11-21")
        equal_to_clean(archive, jobs=jobs)
        assert list(archive.root.glob(".public*")) == [Staging.of(archive.output).spare]


def test_what_others_put_into_the_spare_or_take_from_it_never_comes_back(archive: LittleSite) -> None:
    """A tree that somebody else changed is not used again."""
    archive.entry("sport/turn", "title: دور 0\ndate: 2026-11-21")
    archive.build()
    spare = Staging.of(archive.output).spare
    (spare / "sport/e01/mine.txt").write_text("x")
    (spare / "politics/e02/index.html").unlink()
    for number in range(3):
        archive.entry("sport/turn", f"title: دور {number + 1}\ndate: 2026-11-21")
        equal_to_clean(archive)


@pytest.mark.slow
def test_a_large_change_is_made_by_several_workers(archive: LittleSite) -> None:
    """Through the spare as well as without one."""
    for number in range(3):
        archive.entry("sport/turn", f"title: دور {number}\ndate: 2026-11-21")
        equal_to_clean(archive, jobs=2)


RELATED_CHANGES = {
    "a new story": lambda site: site.entry("sport/new", f"title: {about(40)}\ndate: 2026-11-01", report(40)),
    "an old story": lambda site: site.entry("sport/new", f"title: {about(40)}\ndate: 2026-10-01", report(40)),
    "one between": lambda site: site.entry("sport/new", f"title: {about(41)}\ndate: 2026-10-09", report(41)),
    "one goes": lambda site: (site.root / "content/sport/e05.md").unlink(),
    "another title": lambda site: site.entry("sport/e05", "title: سوق\ndate: 2026-10-07", report(5)),
    "another day": lambda site: site.entry("sport/e05", f"title: {about(5)}\ndate: 2026-10-20", report(5)),
    "another name": lambda site: (site.root / "content/sport/e05.md").rename(site.root / "content/sport/f05.md"),
    "another address": lambda site: site.entry(
        "sport/e05", f"title: {about(5)}\ndate: 2026-10-07\nslug: there", report(5)
    ),
    "picked by hand": lambda site: site.entry(
        "sport/e05", f"title: {about(5)}\ndate: 2026-10-07\nrelated: [sport/e12]", report(5)
    ),
    "none wanted": lambda site: site.entry("sport/e05", f"title: {about(5)}\ndate: 2026-10-07\nrelated: []", report(5)),
    "a copy": lambda site: site.entry("sport/e05", f"title: {about(2)}\ndate: 2026-10-07", report(2)),
    "a draft": lambda site: site.entry("sport/e05", f"title: {about(5)}\ndate: 2026-10-07\ndraft: true", report(5)),
}
"""What may happen to the stories of a site."""


@pytest.mark.parametrize("change", RELATED_CHANGES)
def test_related_stories_another_process_follows_are_those_of_a_clean_build(
    related_site: LittleSite, related_ahead: list[str], change: str
) -> None:
    """Whatever happens to a story, and when it is undone. At an address that is new nobody knows the old list of a story
    that is found by the same words: then all are related here.
    """
    known = [] if change == "another address" else ["taken"]
    before = {path: path.read_bytes() for path in related_site.root.glob("content/sport/*")}
    RELATED_CHANGES[change](related_site)
    equal_to_clean(related_site, jobs=2)
    assert related_ahead == known
    for path in set(related_site.root.glob("content/sport/*")) - set(before):
        path.unlink()
    for path, content in before.items():
        path.write_bytes(content)
    equal_to_clean(related_site, jobs=2)
    assert related_ahead == 2 * known
    assert not list(related_site.root.rglob("*.ahead"))


@pytest.mark.parametrize(
    "harm", ["stories cut", "related cut", "stories gone", "related older", "outputs older", "killed"]
)
def test_lists_of_other_pages_than_the_memory_says_are_not_believed(
    related_site: LittleSite, related_ahead: list[str], monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    """A memory that is damaged, or of which a part is of another build, has the stories related anew."""
    (memory,) = (related_site.root / ".digest/outputs").iterdir()
    books = {name: (memory / name).read_bytes() for name in ("stories", "related", "outputs")}
    RELATED_CHANGES["another title"](related_site)
    if harm == "killed":  # between what is kept of the stories and what is kept of the output
        with monkeypatch.context() as patched:
            patched.setattr("digest.site.cache.BuildCache.__init__", killed_at_outputs(BuildCache.__init__))
            with pytest.raises(KeyboardInterrupt):
                related_site.build(jobs=2)
    else:
        related_site.build(jobs=2)
        name, _, how = harm.partition(" ")
        if how == "cut":
            (memory / name).write_bytes((memory / name).read_bytes()[:-9])
        elif how == "gone":
            (memory / name).unlink()
        else:
            (memory / name).write_bytes(books[name])
    assert related_ahead == ["taken"]
    RELATED_CHANGES["a new story"](related_site)
    equal_to_clean(related_site, jobs=2)
    assert related_ahead == ["taken"]


def killed_at_outputs(init: Callable[..., None]) -> Callable[..., None]:
    """A cache whose build ends before it knows the new output."""

    def keep(_: object) -> None:
        raise KeyboardInterrupt

    def make(cache: BuildCache, folder: Path) -> None:
        init(cache, folder)
        cache.outputs.keep = keep  # type: ignore[method-assign]

    return make


def test_explain_says_why(archive: LittleSite, capfd: pytest.CaptureFixture[str]) -> None:
    """One line a file on standard output."""
    from click.testing import CliRunner

    from digest.cli import main

    archive.entry("politics/e04", "title: عنوان آخر\ndate: 2026-11-05")
    made = CliRunner().invoke(main, ["build", "--site", str(archive.root), "--explain", "--quiet"])
    assert made.exit_code == 0
    assert "politics/e02/index.html: neighbours\n" in made.stdout


# ------------------------------------------------------------------ the law


THEMES = ("politics", "sport")
WORDS = ("أمطار", "ميناء", "كأس", "Reuters", "قطار 25", "زيتون")
SETTINGS = ("", "per_page: 5\n", "fragments: live\n", "fragments: ssi\n", "feeds: {content: full}\n", "digits: arab\n",
            "blocks: {latest: 3, theme: 2}\n", "footer: كلمة\n", "permalink: /{year}/{theme}/{slug}/\n")  # fmt: skip
PICTURES = {"a.jpg": (4, 3), "b.jpg": (3, 4)}


def problems_of(site: LittleSite, **changes: object) -> tuple[Problem, ...]:
    """What a build refuses; empty where it builds."""
    try:
        site.build(**changes)
    except DigestError as refused:
        return refused.problems
    return ()


entry_names = st.integers(0, 14).map(lambda n: f"e{n:02}")
themes = st.sampled_from(THEMES)


def picture(width: int, height: int, colour: str) -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (width * 20, height * 20), colour).save(out, "JPEG")
    return out.getvalue()


class Editing(RuleBasedStateMachine):
    """An editor at work: whatever is done to a site's folder, the next build comes out like a clean one."""

    folder: Path
    jobs: int | None = 1

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        shutil.rmtree(self.folder, ignore_errors=True)
        root = self.folder / "site"
        from conftest import SITE_YAML

        self.yaml = SITE_YAML
        self.extra = ""
        self.now = NOW
        self.site = LittleSite(root, BuildOptions(root, root / "public", NOW, jobs=self.jobs))
        self.site.put("site.yaml", self.yaml)
        self.site.put("content/a.jpg", picture(4, 3, "red"))
        self.site.put("templates/every.html", every_part.TEMPLATE)
        self.saved: dict[str, bytes] = {}

    def unused(self) -> int:
        self.number += 1
        return self.number

    @initialize()
    def first(self) -> None:
        for number in range(6):
            self.site.entry(
                f"{THEMES[number % 2]}/e{number:02}",
                f"date: 2026-11-{number + 10:02}\ntags: [{WORDS[number % 3]}]\nsummary: ملخص {number}",
            )

    @rule(theme=themes, name=entry_names, day=st.integers(1, 30), tags=st.sets(st.sampled_from(WORDS), max_size=2),
          extra=st.sampled_from(["", "draft: true", "lead: true", "image: {src: /a.jpg, alt: صورة}", "edition: one",
                                 "author: كاتب", "summary: ملخص ثابت", "related: []", "updated: 2026-11-21", "lang: fr", "aliases: [/old/]"]),
          text=st.sampled_from(["نص.", "نص أطول قليلا من غيره. وجملة ثانية 25%.", "![](/a.jpg)\n\nثم نص.", "[رابط](/sport/)"]))  # fmt: skip
    def write(self, theme: str, name: str, day: int, tags: set[str], extra: str, text: str) -> None:
        """A new entry, or one that was there before written anew: title, date, tags, draft, lead, picture, text."""
        if extra == "aliases: [/old/]" and any(b"/old/" in p.read_bytes() for p in self.sources()):
            extra = ""
        front = f"title: {WORDS[day % 6]} {day % 4}\ndate: 2026-11-{day:02}T{day % 24:02}:00\ntags: [{', '.join(sorted(tags))}]\n"
        self.site.entry(f"{theme}/{name}", front + f"source: {{name: {WORDS[day % 4]}}}\n" + extra, text)

    def sources(self) -> list[Path]:
        return sorted(path for theme in THEMES for path in (self.site.root / "content" / theme).glob("*.md"))

    @rule(which=st.integers(0, 30), before=st.sampled_from(["", "![](/a.jpg)\n\n"]))
    def edit_text(self, which: int, before: str) -> None:
        """The text alone: below a summary nothing else changes."""
        if self.sources():
            path = self.sources()[which % len(self.sources())]
            front, fence, _ = path.read_text("utf-8").rpartition("\n---\n")
            path.write_text(f"{front}{fence}\n{before}نص {self.unused()}.\n", "utf-8")

    @rule(which=st.integers(0, 30))
    def delete(self, which: int) -> None:
        if self.sources():
            self.sources()[which % len(self.sources())].unlink()

    @rule(which=st.integers(0, 30), name=entry_names)
    def rename(self, which: int, name: str) -> None:
        if self.sources():
            path = self.sources()[which % len(self.sources())]
            path.rename(path.with_name(f"{name}.md"))

    @rule(which=st.integers(0, 30), theme=themes)
    def move(self, which: int, theme: str) -> None:
        """Into another theme."""
        if self.sources():
            path = self.sources()[which % len(self.sources())]
            path.rename(self.site.root / "content" / theme / path.name)

    @rule()
    def touch(self) -> None:
        for path in self.sources():
            path.touch()

    @rule(colour=st.sampled_from(["red", "blue"]), size=st.sampled_from([(4, 3), (3, 4)]))
    def swap_picture(self, colour: str, size: tuple[int, int]) -> None:
        self.site.put("content/a.jpg", picture(*size, colour))

    @rule(
        text=st.sampled_from(["", "title: عدد\ndate: 2026-11-20\nentries: []\n", "title: عدد آخر\ndate: 2026-11-21\n"])
    )
    def edition(self, text: str) -> None:
        path = self.site.root / "content/editions/one.yaml"
        if text:
            self.site.put("content/editions/one.yaml", text)
        elif path.exists() and not any(b"edition: one" in p.read_bytes() for p in self.sources()):
            path.unlink()

    @rule(text=st.sampled_from(["", "---\ntitle: من نحن\n---\n\nنحن.\n", "---\ntitle: من نكون\n---\n\nنحن نكون.\n"]))
    def standing(self, text: str) -> None:
        path = self.site.root / "content/pages/about.md"
        if text:
            self.site.put("content/pages/about.md", text)
        else:
            path.unlink(missing_ok=True)

    @rule(counts=st.dictionaries(entry_names, st.integers(1, 90), max_size=4))
    def popularity(self, counts: dict[str, int]) -> None:
        self.site.put("data/popular.yaml", "".join(f"sport/{name}: {count}\n" for name, count in counts.items()))

    @rule(extra=st.sets(st.sampled_from(SETTINGS), max_size=2), swapped=st.booleans())
    def settings_(self, extra: set[str], swapped: bool) -> None:
        if len({line.partition(":")[0] for line in extra}) < len(extra):
            return
        text = self.yaml.replace("موجز الاختبار", "موجز آخر") if swapped else self.yaml
        self.site.put("site.yaml", text + "".join(sorted(extra)))

    @rule(
        name=st.sampled_from(["article.html", "base.html", "list.html", "home.html"]),
        body=st.sampled_from(["", "أ", "ب"]),
    )
    def template(self, name: str, body: str) -> None:
        path = self.site.root / "templates" / name
        if body:
            text = f'{{% extends "builtin/{name}" %}}\n{{% block body_end %}}<!-- {body} -->{{% endblock %}}\n'
            self.site.put(f"templates/{name}", text)
        else:
            path.unlink(missing_ok=True)

    @rule(
        name=st.sampled_from(["partials/pager.html", "partials/margins.html", "partials/footer.html"]),
        body=st.sampled_from(["", "<p>أ</p>"]),
    )
    def partial(self, name: str, body: str) -> None:
        if body:
            self.site.put(f"templates/{name}", body)
        else:
            (self.site.root / "templates" / name).unlink(missing_ok=True)

    @rule(text=st.sampled_from(["", "p { color: red }", "p { color: blue }"]))
    def style(self, text: str) -> None:
        path = self.site.root / "templates/assets/site.css"
        if text:
            self.site.put("templates/assets/site.css", text)
        else:
            path.unlink(missing_ok=True)

    @rule(text=st.sampled_from(["", "x", "y"]))
    def static(self, text: str) -> None:
        path = self.site.root / "static/CNAME"
        if text:
            self.site.put("static/CNAME", text)
        else:
            path.unlink(missing_ok=True)

    @rule(hours=st.sampled_from([1, 12, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def midnight_back(self) -> None:
        """A clock that was wrong and is set right."""
        self.now = NOW

    @rule(which=st.integers(0, 200), how=st.sampled_from(["delete", "edit", "cut"]))
    def tamper(self, which: int, how: str) -> None:
        """Somebody changes the output by hand."""
        files = sorted(path for path in self.site.output.rglob("*") if path.is_file() and not path.name.startswith("."))
        if not files:
            return
        path = files[which % len(files)]
        if how == "delete":
            path.unlink()
        else:  # as editors save: another file in its place
            raw = path.read_bytes()
            path.unlink()
            path.write_bytes(raw[: len(raw) // 2] if how == "cut" else raw + b"x")

    @rule(which=st.integers(0, 3), how=st.sampled_from(["delete", "cut", "flip"]))
    def damage(self, which: int, how: str) -> None:
        """Somebody, or a bad disk, changes the memory."""
        books = sorted(path for path in (self.site.root / ".digest/outputs").rglob("*") if path.is_file())
        if not books:
            return
        raw = bytearray(books[which % len(books)].read_bytes())
        if how == "delete":
            books[which % len(books)].unlink()
        else:
            if how == "flip" and raw:
                raw[len(raw) // 2] ^= 1
            books[which % len(books)].write_bytes(raw if how == "flip" else raw[: len(raw) // 3])

    @rule()
    def spare_goes(self) -> None:
        shutil.rmtree(Staging.of(self.site.output).spare, ignore_errors=True)

    @invariant()
    def incremental_equals_clean(self) -> None:
        site = self.site
        before = site.files() if site.output.is_dir() else {}
        times = {path: (site.output / path).stat().st_mtime_ns for path in before}
        clean = LittleSite(site.root, replace(site.order, output=self.folder / "clean", now=self.now, clean=True))
        shutil.rmtree(self.folder / "clean", ignore_errors=True)
        refused = problems_of(clean)
        if refused:
            assert problems_of(site, now=self.now) == refused
            assert (site.files() if site.output.is_dir() else {}) == before
            return
        site.build(now=self.now)
        after = site.files()
        assert after == clean.files()
        for path, content in after.items():
            if before.get(path) == content:
                assert (site.output / path).stat().st_mtime_ns == times[path], path
        again = site.build(now=self.now)
        assert (again.made, again.written, again.removed) == (0, 0, 0)

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def quiet_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Thousands of builds of little sites need no sync to the disk."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("digest.site.output.sync_all", lambda _: None)
    return


STEPS = int(os.environ.get("DIGEST_LAW_STEPS", "150"))
"""Edits in all; a release is tried with thousands."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("jobs", [1, 2])
def test_after_any_edits_an_incremental_build_equals_a_clean_one(
    tmp_path: Path, jobs: int, quiet_disk: None, trusted_clock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, file times of what did not change included, and a second build does nothing; also of pages and
    files of kinds that are still to come.
    """
    every_part.register(monkeypatch)
    if jobs > 1:
        large_at_once(monkeypatch)
    machine = type("Editing", (Editing,), {"folder": tmp_path / "law", "jobs": jobs})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(STEPS // 25 // jobs, 1),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
        ),
    )


def test_a_picture_nobody_touched_is_not_read_again(
    site: LittleSite, trusted_clock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stamp is enough; another content under the same name is seen."""
    read = []
    real = images.read
    monkeypatch.setattr(images, "read", lambda path: read.append(path.name) or real(path))
    site.put("content/a.jpg", picture(4, 3, "red")).put("content/b.jpg", picture(4, 3, "blue"))
    site.entry("sport/one", "image: {src: /a.jpg, alt: صورة}").entry("sport/two", "image: {src: /b.jpg, alt: صورة}")
    site.build()
    assert sorted(read) == ["a.jpg", "b.jpg"]
    read.clear()
    site.entry("sport/three")
    site.build()
    assert read == []
    site.put("content/a.jpg", picture(4, 3, "green"))
    equal_to_clean(site)
    assert read.count("a.jpg") == 2  # here and in the clean build


# ------------------------------------------------------------------ what changes beside the sources


def other_text(archive: LittleSite, text: str) -> None:
    """An entry whose text alone changes: by itself that is the shortest way through a build."""
    archive.entry("politics/e04", "date: 2026-11-05\ntags: [t1]\nsource: {name: م0}\nsummary: ملخص ثابت", text)


def both(archive: LittleSite, change: Callable[[], object]) -> None:
    """A change together with another text; then the law."""
    other_text(archive, "نص أول.")
    archive.build()
    change()
    other_text(archive, "نص ثان.")
    equal_to_clean(archive)


def setting(archive: LittleSite, line: str) -> None:
    archive.put("site.yaml", (archive.root / "site.yaml").read_text("utf-8") + line)


def test_counts_outside_data_are_looked_at(archive: LittleSite) -> None:
    """`popular:` may name any file of the site."""
    setting(archive, "popular: counts.yaml\n")
    archive.put("counts.yaml", "sport/e01: 100\n")
    both(archive, lambda: archive.put("counts.yaml", "sport/e03: 100\npolitics/e02: 5\n"))
    archive.put("counts.yaml", "sport/e05: 100\n")
    assert archive.build().made > 1
    equal_to_clean(archive)


def test_a_picture_outside_content_is_looked_at(archive: LittleSite) -> None:
    """`image:` is the share picture of every page without one."""
    setting(archive, "image: logo.png\n")
    archive.put("logo.png", picture(60, 32, "red"))
    both(archive, lambda: archive.put("logo.png", picture(60, 32, "blue")))


def test_whatever_a_template_includes_is_looked_at(archive: LittleSite) -> None:
    """A drawing, as HTML, is part of the pages that show it."""
    archive.put(
        "templates/base.html",
        '{% extends "builtin/base.html" %}{% block skip %}{% include "icons/logo.svg" %}{{ super() }}{% endblock %}',
    )
    archive.put("templates/icons/logo.svg", "<svg><title>ONE</title></svg>")
    archive.build()
    archive.put("templates/icons/logo.svg", "<svg><title>TWO</title></svg>")
    assert archive.build().made > 20
    assert "TWO" in archive.text("index.html")
    equal_to_clean(archive)


def test_a_folder_of_templates_that_is_a_link_is_refused_by_name(archive: LittleSite, tmp_path: Path) -> None:
    """What lies behind it could change without a sign."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/mark.html").write_text("<i>x</i>")
    archive.put(
        "templates/base.html",
        '{% extends "builtin/base.html" %}{% block skip %}{% include "linked/mark.html" %}{{ super() }}{% endblock %}',
    )
    (archive.root / "templates/linked").symlink_to(tmp_path / "shared")
    (problem,) = archive.problems()
    assert problem == (
        "templates/base.html:1: there is no template 'linked/mark.html'; templates/linked is a symbolic link to a "
        "folder, which is not followed; copy the folder there"
    )


def test_a_change_that_a_coarse_clock_hides_is_found(archive: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT tells times in steps of two seconds: a template saved again within one looks the same."""
    monkeypatch.setattr("digest.site.scan.COARSE", 2_000_000_000)
    path = archive.root / "templates/base.html"
    text = '{% extends "builtin/base.html" %}{% block skip %}AAAA{{ super() }}{% endblock %}'
    now = time.time_ns()
    monkeypatch.setattr("digest.site.scan.stamp_of", lambda found: Stamp(found.st_size, now, 0, 0))
    archive.put("templates/base.html", text)
    archive.build()
    path.write_text(text.replace("AAAA", "BBBB"))
    both(archive, lambda: None)
    assert "BBBB" in archive.text("sport/e01/index.html")


# ------------------------------------------------------------------ what a build that ended early left


def killed(archive: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that dies between the exchange and the memory."""
    with monkeypatch.context() as patch:
        patch.setattr("digest.build.build.Build.done", dies)
        with pytest.raises(KeyboardInterrupt):
            archive.build()


def dies(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["files/b.txt", "foo.txt"])
def test_what_a_build_that_died_put_there_goes_with_its_source(
    archive: LittleSite, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The memory never heard of the file; the output is a function of the sources all the same."""
    archive.put("static/files/a.txt", "a")
    archive.build()
    archive.put(f"static/{name}", "secret")
    killed(archive, monkeypatch)
    assert name in archive.files()
    (archive.root / "static" / name).unlink()
    archive.build()
    assert name not in archive.files()
    equal_to_clean(archive)


def test_a_page_that_a_build_that_died_made_goes_with_its_story(
    archive: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the next build only has another text to look at."""
    other_text(archive, "نص أول.")
    archive.build()
    archive.entry("sport/early", "date: 2026-11-21")
    killed(archive, monkeypatch)
    assert "sport/early/index.html" in archive.files()
    (archive.root / "content/sport/early.md").unlink()
    other_text(archive, "نص ثان.")
    equal_to_clean(archive)
    assert "sport/early/index.html" not in archive.files()


LONG = "خبر طويل من الميناء عن السفن والتجارة. " * 200


def test_an_edit_that_leaves_the_terms_leaves_the_stories_of_the_memory(site: LittleSite, trusted_clock: None) -> None:
    """Most of the memory is what related stories are found by: an edit far below the beginning need not touch it."""
    site.entry("sport/port", "title: سفن الميناء\ndate: 2026-11-10\nsummary: ملخص", LONG)
    site.entry("sport/sea", "title: تجارة الميناء\ndate: 2026-11-11\nsummary: ملخص", "خبر قصير عن سفن الميناء")
    site.build()
    (stories,) = site.root.glob(".digest/outputs/*/stories")
    before = stories.stat().st_ino
    site.entry("sport/port", "title: سفن الميناء\ndate: 2026-11-10\nsummary: ملخص", LONG + "\n\nخاتمة أخرى تماما.")
    assert remade(site) == {"sport/port/index.html": ("text",)}
    assert stories.stat().st_ino == before
    equal_to_clean(site)
    site.entry("sport/sea", "title: تجارة الميناء\ndate: 2026-11-11\nsummary: ملخص", "خبر آخر عن مطر الجبال")
    equal_to_clean(site)
    assert stories.stat().st_ino != before


def test_stories_of_another_build_are_not_believed(site: LittleSite, trusted_clock: None) -> None:
    """Two books of the memory belong together: one that was put back, or is of a build that died, is found out."""
    site.entry("sport/port", "title: سفن الميناء\ndate: 2026-11-10", "خبر عن السفن والتجارة في الميناء")
    site.build()
    (stories,) = site.root.glob(".digest/outputs/*/stories")
    old = stories.read_bytes()
    site.entry("politics/sea", "title: تجارة الميناء\ndate: 2026-11-11", "خبر عن تجارة الميناء والسفن")
    site.build()
    stories.write_bytes(old)
    site.entry("politics/rain", "title: مطر على الميناء\ndate: 2026-11-12", "مطر يوقف السفن في الميناء")
    equal_to_clean(site)


def test_terms_taken_by_other_weights_are_not_believed(site: LittleSite, trusted_clock: None) -> None:
    """A build that is refused keeps what it read, by the settings it had; the lists follow the settings of now."""
    yaml = (site.root / "site.yaml").read_text("utf-8")
    words = ["ميناء", "قطار", "مكتبة", "مهرجان"]
    for number in range(16):
        one, other = words[number % 4], words[number // 4]
        site.entry(f"sport/e{number:02}", f"title: {one} المدينة {number}\ndate: 2026-11-{number + 1:02}",
                   f"خبر طويل عن {other} الجديد في الحي القديم، و{other} آخر قرب {other} ثالث.")  # fmt: skip
    site.build()
    before = site.files()
    site.put("site.yaml", yaml + "related: {weights: {title: 0, lead: 0, text: 1, tags: 0, theme: 0}}\n")
    entry = (site.root / "content/sport/e03.md").read_text("utf-8")
    site.put("content/sport/e03.md", entry.replace("---\n", "---\nbogus: 1\n", 1))
    assert site.problems()
    site.put("content/sport/e03.md", entry)
    site.build()
    assert site.files() != before
    equal_to_clean(site)


@pytest.mark.parametrize("damage", ["emptied", "gone"])
def test_a_damaged_picture_is_made_again(site: LittleSite, trusted_clock: None, damage: str) -> None:
    """The cache of pictures is a memory like the others: a doubt costs work, never a broken picture."""
    site.put("content/sport/cup.png", picture(60, 32, "green"))
    site.entry("sport/cup", "image: {src: cup.png, alt: كأس}")
    site.build()
    good = site.files()
    for file in (site.root / ".digest/pictures").glob("*/*.avif"):
        file.write_bytes(b"") if damage == "emptied" else file.unlink()
    shutil.rmtree(site.output)
    site.build()
    assert site.files() == good


def test_a_linked_folder_of_files_that_comes_later_is_named(archive: LittleSite, tmp_path: Path) -> None:
    """A link to a folder is no file that changed; that it is there is looked at all the same."""
    archive.put("static/a.txt", "a")
    archive.build()
    (archive.root / "static/more").symlink_to(tmp_path)
    assert any("static/more" in problem for problem in archive.problems())
