"""What moves, and what systems and sync programs leave: ids of feeds, order, names of files, where a site stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from PIL import Image

from digest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import LittleSite

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"


def ids(site: LittleSite) -> list[str]:
    site.build()
    return re.findall(r"<id>(tag:[^<]*)", site.text("feed.xml"))


def test_an_entry_keeps_its_feed_id_through_every_move(site: LittleSite) -> None:
    """Another theme, file, day, host and shape of addresses, and back home: its first address is its name."""
    site.entry("sport/2026-11-20-a")
    first = ids(site)
    (site.root / "content/sport/2026-11-20-a.md").unlink()
    assert ids(site.entry("politics/2025-01-01-b", "aliases: /sport/a/\ndate: 2025-01-01")) == first
    site.entry("politics/2025-01-01-b", "aliases: [/sport/a, /politics/x/]")
    assert ids(site) == first
    settings = (site.root / "site.yaml").read_text("utf-8")
    site.put("site.yaml", settings.replace("https://news", "http://www.news"))
    assert ids(site) == first
    moved = settings.replace("https://news.example/", "https://new.example/ar/")
    site.put("site.yaml", f"{moved}permalink: /{{year}}/{{slug}}/\nfeeds: {{first_url: https://news.example/}}\n")
    assert ids(site) == first
    (site.root / "content/politics/2025-01-01-b.md").unlink()
    site.put("site.yaml", settings).entry("sport/2026-11-20-a", "aliases: [/sport/a/, /politics/b/]")
    assert ids(site) == first


def test_stories_of_one_moment_stand_in_the_editors_order(site: LittleSite) -> None:
    """In a round-up from top to bottom, and files by their names."""
    names = ("quake", "mayor", "dates", "ball")
    items = "".join(f"- {{title: خبر, slug: {name}}}\n" for name in names)
    site.put("content/sport/2026-11-20-b.yaml", f"date: 2026-11-20\nentries:\n{items}")
    site.entry("sport/2026-11-20-a", "date: 2026-11-20").entry("sport/2026-11-20-c", "date: 2026-11-20").build()
    shown = re.findall(r'card-title"><a href="/sport/([a-z]+)', site.text("sport/index.html"))
    assert shown == ["a", *names, "c"]


def test_a_static_file_has_the_composed_form_of_its_name(site: LittleSite) -> None:
    name = "تقرير-أحمد.pdf"
    site.put(f"static/{unicodedata.normalize('NFD', name)}", "x")
    site.entry("sport/2026-11-20-a", body=f"[تقرير](/{name})").build(strict=True)
    assert name in site.files()


@pytest.mark.parametrize(
    "name", ["Icon\r", "Thumbs.db", "desktop.ini", ".DS_Store", "._a.md", "~$a.md", "a\u200f.docx"]
)
def test_what_systems_leave_stops_nothing_and_is_not_published(site: LittleSite, name: str) -> None:
    site.entry("sport/2026-11-20-a").put(f"content/sport/{name}", "x").put(f"static/{name}", "x").build(strict=True)
    assert name.endswith("docx") or name not in site.files()


@pytest.mark.parametrize(
    "name",
    [
        "2026-11-20-a (سلمى's conflicted copy 2026-11-21).md",
        "2026-11-20-a (conflicted copy 2026-11-21 101500).md",
        "2026-11-20-a.sync-conflict-20261121-101500-ABCDEFG.md",
        "2026-11-20-a-DESKTOP-4K2B7QX.md",
    ],
)
def test_a_conflict_copy_is_left_out_with_a_word(site: LittleSite, name: str) -> None:
    site.entry("sport/2026-11-20-a")
    shutil.copy(site.root / "content/sport/2026-11-20-a.md", site.root / "content/sport" / name)
    shutil.copytree(site.root / "content/sport", site.root / "static")
    said = " ".join(site.problems(strict=True))
    assert said.count("is a copy that a program made of two versions, and is left out") == 2
    assert site.build().entries == 1
    assert name not in site.files()


def checked(site: LittleSite) -> str:
    """All that `digest check` says."""
    return "\n".join(map(str, site.build(output=None, strict=True).advice))


@pytest.mark.parametrize(
    "name", ["خبر 2", "خبر (1)", "خبر - نسخة", "خبر - Copy (2)", "خبر copy", "نسخة من خبر", "Copy of خبر"]
)
def test_the_copy_of_a_story_is_named_with_the_story(site: LittleSite, name: str) -> None:
    """Clouds and file managers name copies so; both would be published without a word."""
    said = checked(site.entry("sport/خبر").entry(f"sport/{name}"))
    assert f"content/sport/{name}.md: looks like a copy of '\u2068content/sport/خبر.md\u2069'" in said


def test_a_number_in_a_name_makes_no_copy(site: LittleSite) -> None:
    said = checked(site.entry("sport/قمة").entry("sport/قمة 2026").entry("sport/جولة 2").entry("politics/قمة 2"))
    assert "copy" not in said


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("خبر.docx", "save its text as .md"), ("خبر.md.txt", "save its text as .md"), ("خبر", "save its text as .md"),
        ("page.html", "save its text as .md"), ("report.pdf", "put what readers download into static/"),
    ],
)  # fmt: skip
def test_a_file_that_no_build_reads_is_named_with_its_place(site: LittleSite, name: str, cure: str) -> None:
    site.entry("sport/a").put(f"content/sport/{name}", "نص")
    assert f"content/sport/{name}: not read: stories end in .md or .yaml; {cure}" in checked(site)
    site.put(f"static/{name}", "نص").build()
    assert site.text(name) == "نص"


def test_files_that_are_not_read_are_named_five_times_an_ending(site: LittleSite) -> None:
    for number in range(9):
        site.put(f"content/sport/{number}.pdf", "x")
    assert checked(site).count(".pdf: not read") == 5


def test_a_pointer_of_git_lfs_is_named_wherever_it_stands(site: LittleSite) -> None:
    site.put("content/sport/a.png", POINTER).put("static/a.pdf", POINTER)
    site.entry("sport/2026-11-20-a", "image: {src: a.png, alt: صورة}")
    assert [line.rpartition("; ")[2] for line in site.problems()] == ["fetch the files: git lfs pull"] * 2


def test_a_jpeg_with_a_second_picture_has_the_limit_of_a_jpeg(site: LittleSite) -> None:
    made = BytesIO()
    Image.new("RGB", (5000, 4000)).save(made, "MPO", save_all=True, append_images=[Image.new("RGB", (16, 16))])
    site.put("content/sport/a.jpg", made.getvalue())
    site.entry("sport/2026-11-20-a", "image: {src: a.jpg, alt: صورة}").build()
    assert "5000" not in site.text("sport/a/index.html")


def test_a_day_in_the_files_name_that_differs_from_the_date_is_a_note(site: LittleSite) -> None:
    site.entry("sport/2026-11-20-a", "date: 2026-11-02").entry("sport/2026-11-20-b/index", "date: 2025-11-20")
    site.entry("sport/2026-11-21-c", "date: 2026-11-20T23:30Z")
    said = [str(problem) for problem in site.build(strict=True, output=None).advice]
    assert said == [
        "content/sport/2026-11-20-a.md:3: the file is named 2026-11-20, and 'date' is 2026-11-02; correct the wrong one",
        "content/sport/2026-11-20-b/index.md:3: the file is named 2026-11-20, and 'date' is 2025-11-20; correct the wrong one",
    ]


@pytest.mark.parametrize("date", ["", "date: 1448-06-12\n"])
def test_a_date_that_is_missing_or_refused_is_named_once(site: LittleSite, date: str) -> None:
    """Not once more beside the day in the file's name."""
    site.put("content/sport/2026-11-20-a.md", f"---\ntitle: أ\n{date}---\n\nنص\n")
    assert len(site.problems(output=None, strict=True)) == 1


@pytest.mark.parametrize("title", ["-5 درجات", "-7", "−3 نقاط", "-درجات"])
def test_a_headline_may_begin_with_a_minus(site: LittleSite, title: str) -> None:
    for words in (["new", title, "--theme", "sport"], ["new", "--theme", "sport", f"{title} 2"]):
        made = CliRunner().invoke(main, [*words, "--site", str(site.root)])
        assert made.exit_code == 0, made.output


def test_init_fills_a_new_repository(tmp_path: Path) -> None:
    """Where a README, a licence and Git's own files lie; what was ignored stays ignored."""
    for name in ("README.md", "LICENSE", ".gitattributes"):
        (tmp_path / name).write_text("own\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("node_modules\npublic/\n")
    assert CliRunner().invoke(main, ["init", str(tmp_path)]).exit_code == 0
    assert (tmp_path / ".gitignore").read_text().splitlines() == ["node_modules", "public/", ".digest/", ".*.digest-*"]
    assert (tmp_path / "README.md").read_text() == "own\n"
    (tmp_path / "README.md").unlink()
    refused = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert "is not empty: it holds content; choose a new folder" in refused.output


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name their files in Unicode")
def test_a_locale_without_arabic_letters_is_no_hindrance(site: LittleSite) -> None:
    site.entry("sport/2026-11-20-خبر")
    for words in (["check"], ["build"], ["new", "عنوان", "--theme", "sport"], ["next"]):
        ran = subprocess.run(
            [sys.executable, "-m", "digest", *words],
            cwd=site.root, env={**os.environ, "PYTHONUTF8": "0", "LC_ALL": "C"}, capture_output=True, check=False,
        )  # fmt: skip
        assert (ran.returncode, b"internal error" in ran.stderr) == (0, False), ran.stderr.decode()


def test_the_preview_answers_to_a_forwarded_name_that_site_yaml_gives(site: LittleSite) -> None:
    settings = (site.root / "site.yaml").read_text("utf-8")
    site.put("site.yaml", settings + "preview: {host: 'https://a-8000.app.example/'}\n")
    (said,) = site.problems()
    assert said.endswith("; write a-8000.app.example")


def with_mount(root: Path, point: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """digest, where a folder of the same disk is mounted at `point`."""
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("needs Linux's namespaces")
    for name in (point, "disk"):
        (root / name).mkdir(exist_ok=True)
    script = f"mount --bind disk {point} && exec {sys.executable} -m digest {' '.join(arguments)}"
    return subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=root, check=False, capture_output=True, text=True)


def test_an_output_that_is_mounted_from_the_same_disk_is_refused_with_what_helps(site: LittleSite) -> None:
    site.entry("sport/2026-11-20-a")
    refused = with_mount(site.root, "public", "build")
    assert "is a mount point and cannot be replaced; choose a folder inside it with --output" in refused.stderr
    followed = with_mount(site.root, "public", "build", "--output public/site")
    assert followed.returncode == 0, followed.stderr


def test_a_deploy_to_a_mounted_folder_is_refused_with_what_helps(site: LittleSite) -> None:
    settings = site.entry("sport/2026-11-20-a").root / "site.yaml"
    before = settings.read_text("utf-8").replace("news.example", "news.test")
    settings.write_text(f"{before}deploy: {{to: folder, path: www}}\n", "utf-8")
    refused = with_mount(site.root, "www", "deploy")
    assert refused.returncode
    assert (
        "www is a mount point and cannot be replaced; choose a folder inside it as its path under deploy:"
        in refused.stderr
    )
    settings.write_text(f"{before}deploy: {{to: folder, path: www/site}}\n", "utf-8")
    followed = with_mount(site.root, "www", "deploy")
    assert followed.returncode == 0, followed.stderr
    assert (site.root / "disk/site/index.html").exists()
