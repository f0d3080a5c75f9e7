"""What a build makes of a folder, and what it leaves alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from conftest import NOW, LittleSite

from digest.engine import publication
from digest.engine.publication import MARKER, Staging
from digest.problems import DigestError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


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
    site.entry("sport/later", "title: خبر الغد\ndate: 2026-11-24\ntags: [غدا]")
    site.build()
    whole = "\n".join(path + content.decode("utf-8", "replace") for path, content in site.files().items())
    for trace in ("مكتوم", "وسم-سري", "old-secret", "sport/hidden", "خبر الغد", "غدا", "sport/later"):
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
    with pytest.raises(UsageError, match="did not make"):
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
    """One writer; the lock goes with its process."""
    site.entry("sport/a")
    with publication.only_writer(site.root / ".digest"), pytest.raises(UsageError, match="another"):
        site.build()
    site.build()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_build_leaves_the_old_site_and_the_next_one_succeeds(site: LittleSite) -> None:
    """SIGKILL at several moments: the output is always the complete old site."""
    for number in range(300):
        site.entry(f"sport/e{number}")
    site.build()
    before = site.files()
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8").replace("موجز الاختبار", "عنوان جديد"))
    for delay in (0.15, 0.3, 0.45, 0.6):
        running = subprocess.Popen(
            [sys.executable, "-m", "digest", "build", "--site", str(site.root), "--quiet", "--jobs", "2"]
        )
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.wait()
        after = site.files()
        if "عنوان جديد".encode() in after["index.html"]:
            break
        assert after == before
    site.build()
    assert "عنوان جديد" in site.text("index.html")


def test_check_writes_nothing(site: LittleSite) -> None:
    """A check renders every page, finds template faults, and leaves no trace."""
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


def test_output_does_not_depend_on_hash_seed_locale_zone_or_path(site: LittleSite, tmp_path: Path) -> None:
    """The same sources give the same bytes on any machine."""
    for number in range(12):
        site.entry(f"sport/e{number}", f"tags: [ا{number % 4}, ب]\nsource: {{name: م{number % 3}}}")
    made = []
    for number, (seed, zone) in enumerate([("0", "UTC"), ("7", "Asia/Tokyo")]):
        moved = tmp_path / f"elsewhere-{number}"
        moved.mkdir()
        for source in site.root.rglob("*"):
            if source.is_file():
                target = moved / source.relative_to(site.root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        environment = os.environ | {
            "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())),
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "digest", "build", "--site", str(moved), "--quiet"], env=environment, check=True
        )
        made.append({p.relative_to(moved): p.read_bytes() for p in (moved / "public").rglob("*") if p.is_file()})
    assert made[0] == made[1]
