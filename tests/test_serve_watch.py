"""Events are hints: when they are lost, cannot be had or are not to be trusted, every save is shown all the same."""

from __future__ import annotations

import ctypes
import errno
import time
from typing import TYPE_CHECKING

import pytest
from previews import put, running
from watchdog.observers import inotify_c

from digest.content.discovery import discover
from digest.preview import watch
from digest.preview.watch import Ground

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import LittleSite

    from digest.content.discovery import Found

pytestmark = pytest.mark.slow

TEXT = "---\ntitle: خبر a\ndate: 2026-11-20T10:00\n---\n\n{}\n"


def refusing(number: int) -> object:
    def refuse(*_: object) -> int:
        ctypes.set_errno(number)
        return -1

    return refuse


@pytest.mark.parametrize(
    ("call", "number", "said"),
    [
        ("inotify_add_watch", errno.ENOSPC, "fs.inotify.max_user_watches"),
        ("inotify_init", errno.EMFILE, "fs.inotify.max_user_instances"),
    ],
)
def test_limits_of_the_system(
    site: LittleSite, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    """Files are polled instead, and the terminal says why and which limit it is."""
    site.entry("sport/a", body="قبل")
    monkeypatch.setattr(inotify_c.InotifyFD, "_instance", None)
    monkeypatch.setattr(inotify_c, call, refusing(number))
    with running(site.root) as server:
        server.until(lambda: server.preview.watcher.poll)
        assert any(said in news.note and "in intervals instead" in news.note for news in server.news)
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        server.shows("/sport/a/", "بعد")


def test_a_limit_reached_below_a_folder(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher keeps that to itself: it is noticed all the same."""
    for number in range(6):
        site.entry(f"sport/part{number}/a{number}")
    real, left = inotify_c.inotify_add_watch, [4]

    def scarce(*arguments: object) -> int:
        left[0] -= 1
        return real(*arguments) if left[0] >= 0 else refusing(errno.ENOSPC)()

    monkeypatch.setattr(inotify_c, "inotify_add_watch", scarce)
    with running(site.root) as server:
        assert server.preview.watcher.poll
        put(site.root / "content/sport/part5/a5.md", TEXT.format("بعد"))
        server.shows("/sport/a5/", "بعد")


def test_the_systems_queue_runs_over(site: LittleSite) -> None:
    """IN_Q_OVERFLOW: whatever was lost is found by looking."""
    site.entry("sport/a", body="قبل")
    with running(site.root) as server:
        server.shows("/sport/a/", "قبل")
        deaf(server.preview.watcher)
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        overflow = inotify_c.InotifyEvent(-1, inotify_c.InotifyConstants.IN_Q_OVERFLOW, 0, b"")
        inotify_c.InotifyFD.get_instance().handle_event(overflow)
        server.until(lambda: server.news, "the overflow was not noticed")
        server.shows("/sport/a/", "بعد")


def deaf(watcher: watch.Watcher) -> None:
    """From now on no event arrives."""
    assert watcher.observer
    for emitter in watcher.observer.emitters:
        emitter.queue_event = lambda _: None  # type: ignore[method-assign]


def test_an_event_that_never_came(site: LittleSite) -> None:
    """Whoever reloads the page sees the change: a request has the files looked at now and then."""
    site.entry("sport/a", body="قبل")
    with running(site.root) as server:
        server.shows("/sport/a/", "قبل")
        deaf(server.preview.watcher)
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        server.shows("/sport/a/", "بعد")


def test_a_save_of_sources_is_looked_at_by_their_names(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edited, broken, mended, new and gone: no look at the whole folder is needed for any of it."""
    site.entry("sport/a", body="قبل").entry("sport/b")
    looks = []
    monkeypatch.setattr("digest.preview.preview.STALE", 1e9)
    with running(site.root) as server:
        server.calm()
        monkeypatch.setattr("digest.preview.scanner.discover", lambda *_: looks.append(1))
        file = site.root / "content/sport/a.md"
        put(file, TEXT.format("بعد"))
        server.shows("/sport/a/", "بعد")
        put(file, "---\ntitle: [\n---\n")
        server.until(lambda: server.problems("/sport/a/"))
        put(file, TEXT.format("مصلح"))
        server.until(lambda: not server.problems("/sport/a/"))
        put(site.root / "content/sport/c.md", TEXT.format("جديد"))
        server.shows("/sport/c/", "جديد")
        (site.root / "content/sport/b.md").unlink()
        server.until(lambda: server.get("/sport/b/").status == 404)
        server.calm()
        assert not looks


def test_a_save_is_shown_before_a_look_at_everything_ends(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what that look would have found is found afterwards."""
    site.entry("sport/a", body="قبل").entry("sport/b", body="قبل")
    seconds = [0.0]

    def slow(root: Path, rest: Callable[[], None] = lambda: None) -> Found:
        end = time.monotonic() + seconds[0]
        while time.monotonic() < end:
            rest()
            time.sleep(0.005)
        return discover(root)

    monkeypatch.setattr("digest.preview.scanner.discover", slow)
    with running(site.root) as server:
        server.calm()
        events = server.preview.watcher.signs.put
        seconds[0] = 60.0
        deaf(server.preview.watcher)
        put(site.root / "content/sport/b.md", TEXT.format("بعد"))
        server.preview.watcher.wake()
        time.sleep(0.2)
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        events(watch.Sign(str(site.root / "content/sport/a.md"), 0))
        server.shows("/sport/a/", "بعد")
        seconds[0] = 0.0
        events(watch.Sign(str(site.root / "content/sport/a.md"), 0))
        server.shows("/sport/b/", "بعد")


def test_the_watcher_dies(site: LittleSite) -> None:
    """Another one takes its place."""
    site.entry("sport/a", body="قبل")
    with running(site.root) as server:
        first = server.preview.watcher.observer
        assert first
        first.stop()
        first.join(5)
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        server.shows("/sport/a/", "بعد")
        server.until(lambda: server.preview.watcher.observer not in {None, first})


@pytest.mark.parametrize(
    ("kind", "far"),
    [("ext4", ""), ("btrfs", ""), ("overlay", ""), ("nfs4", "nfs4"), ("cifs", "cifs"), ("9p", "9p"), ("vboxsf", "vboxsf"),
     ("virtiofs", "virtiofs"), ("fuse.sshfs", "fuse.sshfs"), ("fuse.rclone", "fuse.rclone"), ("fuse.mergerfs", "")],
)  # fmt: skip
def test_drives_that_others_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, far: str) -> None:
    """The longest mount point counts; spaces in it are written as octal numbers."""
    from pathlib import Path as Real

    home = tmp_path / "مجلد الأخبار"
    home.mkdir()
    point = str(home).replace(" ", "\\040")
    table = f"1 1 8:1 / / rw - ext4 /dev/a rw\n2 1 0:3 / {point} rw,relatime shared:9 - {kind} host:/x rw\n"
    real = Real.read_text
    monkeypatch.setattr(
        Real, "read_text", lambda self, *a: table if str(self) == "/proc/self/mountinfo" else real(self, *a)
    )
    assert watch.far_system(home) == far
    assert watch.far_system(tmp_path) == ""


def test_a_network_drive_is_polled(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself, and said."""
    site.entry("sport/a", body="قبل").put("static/x.txt", "أول")
    monkeypatch.setattr(watch, "far_system", lambda _: "nfs4")
    with running(site.root) as server:
        assert [news.note for news in server.news] == [
            "the site lies on nfs4, where events are not to be relied on; files are looked at in intervals instead"
        ]
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        server.shows("/sport/a/", "بعد")
        put(site.root / "static/x.txt", "ثان")
        server.until(lambda: server.get("/x.txt").text == "ثان")
        put(site.root / "content/sport/a.md", "---\ntitle: [\n---\n")
        server.until(lambda: server.problems("/sport/a/"))
        put(site.root / "content/sport/a.md", TEXT.format("مصلح"))
        server.until(lambda: not server.problems("/sport/a/"))


def test_which_files_matter(tmp_path: Path) -> None:
    """Editors' own files, the output and the memory wake nobody."""
    ground = Ground(
        tmp_path, (tmp_path / "content", tmp_path / "templates", tmp_path / "static"), (tmp_path / "site.yaml",)
    )

    def concerns(path: str, *, folder: bool = False) -> bool:
        return ground.concerns(str(tmp_path / path), folder=folder)

    for path in (
        "content/sport/a.md", "content/sport/a.yaml", "content/sport/x.JPG", "content/sport/x.markdown", "templates/article.html",
        "templates/assets/style.css", "static/cv.pdf", "static/.well-known", "site.yaml",
    ):  # fmt: skip
        assert concerns(path), path
    for path in (
        "content/sport/a.md~", "content/sport/.a.md.swp", "content/sport/#a.md#", "content/sport/.#a.md", "content/sport/4913",
        "content/sport/.goutputstream-X", "content/sport/.~lock.a.md#", "content/sport/a.md.tAbZkQ", "content/sport/notes.txt",
        "public/index.html", ".digest/outputs/x", "site.yaml~", ".git/index", "templates/.article.html.swp", "templates/a.html~",
    ):  # fmt: skip
        assert not concerns(path), path
    assert concerns("content/sport/new", folder=True)
    assert not concerns("public/sport", folder=True)


def test_a_folder_reached_by_a_link(site: LittleSite, tmp_path: Path) -> None:
    """content/ may be a link to where the texts really are."""
    site.entry("sport/a", body="قبل")
    (site.root / "content").rename(tmp_path / "texts")
    (site.root / "content").symlink_to(tmp_path / "texts")
    with running(site.root) as server:
        server.shows("/sport/a/", "قبل")
        put(tmp_path / "texts/sport/a.md", TEXT.format("بعد"))
        server.shows("/sport/a/", "بعد")
        assert server.news[-1].changed == ("content/sport/a.md",)
