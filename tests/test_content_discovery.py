"""Which files of the content folder are read, and which are refused."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from digest.content import discovery
from digest.content.discovery import discover

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "site" / "content" / "sport").mkdir(parents=True)
    return tmp_path / "site"


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x", encoding="utf-8")


def messages(root: Path) -> list[str]:
    """Each of a whole file: no line and no column, neither in words nor in the JSON of `--json`."""
    problems = discover(root).problems
    assert {(problem.line, problem.column) for problem in problems} <= {(0, 0)}
    return [str(problem) for problem in problems]


def test_discovery_sorts_files_into_kinds(root: Path):
    """Entries, editions and standing pages by their folder; pictures by their ending; all sorted by path."""
    put(
        root,
        "content/sport/b.md",
        "content/sport/2026/a.yaml",
        "content/economy/خبر.yml",
        "content/editions/2026-11-20.yaml",
        "content/pages/about.md",
        "content/sport/final.JPG",
        "content/sport/notes.txt",
    )
    found = discover(root)
    assert [(file.path, file.kind) for file in found.files] == [
        ("content/economy/خبر.yml", "entry"),
        ("content/editions/2026-11-20.yaml", "edition"),
        ("content/pages/about.md", "standing"),
        ("content/sport/2026/a.yaml", "entry"),
        ("content/sport/b.md", "entry"),
    ]
    assert found.pictures == {"content/sport/final.JPG"}
    assert found.problems == ()


def test_discovery_leaves_out_hidden_files_and_backups(root: Path):
    """What editors and systems leave behind is no entry."""
    put(
        root,
        *(
            f"content/sport/{name}"
            for name in (".keep", ".a.md", "a.md~", "a.md.bak", ".a.md.swp", "#a.md#", ".hidden/b.md")
        ),
    )
    found = discover(root)
    assert (found.files, found.problems) == ((), ())


def test_discovery_finds_files_beside_refused_ones(root: Path):
    """Whatever order the disk lists them in: so many stand round it that some come after."""
    entries = [f"content/sport/{number}.md" for number in range(20)]
    for odd in (".keep", "a.md~", "a\u202ecod.md"):
        put(root, f"content/sport/{odd}", *entries)
        assert [file.path for file in discover(root).files] == sorted(entries)
        (root / "content/sport" / odd).unlink()


def test_discovery_of_a_misspelt_ending_gives_a_problem(root: Path):
    """`.markdown` is not read, and says so."""
    put(root, "content/sport/a.markdown")
    assert messages(root) == [
        "content/sport/a.markdown: files ending in .markdown are not read; rename it to end in .md"
    ]


def test_discovery_takes_no_svg_for_a_picture(root: Path):
    """SVG can carry scripts: it is not published, and nothing is said until an entry names it."""
    put(root, "content/sport/a.svg")
    assert discover(root).pictures == frozenset()
    assert discover(root).problems == ()


def test_discovery_refuses_links_out_of_the_site(root: Path, tmp_path: Path):
    """A symbolic link may lead to a regular file of the site, nowhere else."""
    put(root, "content/sport/a.md", "drafts/c.md")
    (tmp_path / "site-secret").mkdir()
    (tmp_path / "site-secret" / "s.md").write_text("x", encoding="utf-8")
    for name, target in (
        ("b.md", root / "drafts" / "c.md"),
        ("out.md", tmp_path / "site-secret" / "s.md"),
        ("gone.md", root / "nothing.md"),
        ("loop.md", root / "content" / "sport" / "loop.md"),
        ("folder", root / "drafts"),
    ):
        (root / "content" / "sport" / name).symlink_to(target)
    assert [file.path for file in discover(root).files] == ["content/sport/a.md", "content/sport/b.md"]
    assert messages(root) == [
        (
            "content/sport/folder: is a symbolic link to something that is no file; "
            "move the folder here, or delete the link"
        ),
        "content/sport/gone.md: is a symbolic link that leads nowhere; delete it, or copy the file here",
        "content/sport/loop.md: is a symbolic link that leads nowhere; delete it, or copy the file here",
        "content/sport/out.md: is a symbolic link that leads out of the site; copy the file here",
    ]


def test_discovery_refuses_pipes_and_devices(root: Path, monkeypatch: pytest.MonkeyPatch):
    """A pipe would block the build for ever, a socket cannot be read."""
    os.mkfifo(root / "content" / "sport" / "pipe.md")
    monkeypatch.chdir(root / "content" / "sport")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.md")
        assert messages(root) == [
            "content/sport/pipe.md: is a named pipe, not a file; take it out of content/",
            "content/sport/socket.md: is a socket, not a file; take it out of content/",
        ]


def test_discovery_refuses_names_that_cannot_be_shown(root: Path):
    """A name with a direction override could pose as another."""
    put(root, "content/sport/a\u202ecod.md")
    (said,) = messages(root)
    assert said.startswith("content/sport: the file name '")
    assert said.endswith(" holds invisible or broken characters; rename the file")


def test_discovery_without_a_content_folder_gives_a_problem(tmp_path: Path):
    """No folder, no traceback."""
    assert messages(tmp_path) == ["content: there is no folder content/; make it, with a folder for each theme"]


def test_discovery_of_an_unreadable_folder_gives_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch):
    """The others are read all the same."""
    put(root, "content/sport/a.md", "content/economy/b.md")
    listed = os.scandir

    def refused(path: Path):
        if path == root / "content/sport":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert messages(root) == ["content/sport: cannot be read: Permission denied; give yourself the right to read it"]
    assert [source.path for source in discover(root).files] == ["content/economy/b.md"]


@pytest.mark.parametrize("linked", [False, True])
def test_discovery_skips_a_file_deleted_meanwhile(root: Path, monkeypatch: pytest.MonkeyPatch, linked: bool):
    """Another program may take it away at any moment."""
    put(root, "content/sport/a.md", "content/sport/b.md")
    if linked:
        for name in "ab":
            (root / f"{name}.md").write_text("x")
            (root / f"content/sport/{name}.md").unlink()
            (root / f"content/sport/{name}.md").symlink_to(root / f"{name}.md")
    stamp, looked = discovery.stamp_of, []

    def gone(found: os.stat_result):
        looked.append(found)
        if len(looked) == 1:
            raise FileNotFoundError(2, "No such file or directory")
        return stamp(found)

    monkeypatch.setattr(discovery, "stamp_of", gone)
    assert len(discover(root).files) == 1
    assert messages(root) == []
