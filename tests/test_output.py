"""The ways into the output, one by one: file systems without links, systems without an exchange, trees nobody can trust."""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest import files
from digest.build.release import Release
from digest.problems import UsageError
from digest.site import output as publication
from digest.site.cache import CacheFile, Output, Trees, TreeState
from digest.site.output import Staging, Tree

if TYPE_CHECKING:
    from conftest import LittleSite

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and signals of other systems")


OUTPUT = Output("a.txt", "static", b"", 3, 0, 0)
"""A file that the memory knows."""


def raising(error: BaseException):
    def call(*_: object, **__: object) -> None:
        raise error

    return call


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """An old tree with two files, and an empty new one."""
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "sport/a").mkdir(parents=True)
    (old / "sport/a/index.html").write_bytes(b"old")
    (old / "feed.xml").write_bytes(b"feed")
    new.mkdir()
    return old, new


def no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_tree_without_hard_links_copies_files(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT and some network file systems have none."""
    old, new = pair
    monkeypatch.setattr(os, "link", no_links)
    tree = Tree(str(new), str(old))
    assert tree.put("feed.xml", b"feed") is not None
    assert tree.keep("sport/a/index.html") is not None
    assert (new / "sport/a/index.html").read_bytes() == b"old"
    assert tree.written == ["feed.xml", "sport/a/index.html"]


def test_furnished_tree_takes_missing_files_from_the_old_one(pair: tuple[Path, Path]) -> None:
    """Same content is linked, other content replaces the file without touching the old tree's."""
    old, new = pair
    (new / "sport/a").mkdir(parents=True)
    (new / "sport/a/index.html").write_bytes(b"older")
    os.link(old / "feed.xml", new / "feed.xml")
    tree = Tree(str(new), str(old), furnished=True, behind=frozenset({"sport/a/index.html"}))
    assert tree.put("sport/a/index.html", b"old") is None
    assert (old / "sport/a/index.html").samefile(new / "sport/a/index.html")
    assert tree.keep("feed.xml") is None
    assert tree.keep("sport/a/index.html") is None
    assert tree.put("feed.xml", b"feed") is None
    assert tree.put("feed.xml", b"other") is not None
    assert (old / "feed.xml").read_bytes() == b"feed"
    tree.drop("sport/a/index.html")
    assert not (new / "sport").exists()
    assert (old / "sport/a/index.html").exists()


def test_furnished_tree_keeps_its_files_and_fetches_those_behind(pair: tuple[Path, Path]) -> None:
    """A file that stays is left as it is, but where the tree is known to be behind."""
    old, new = pair
    tree = Tree(str(new), str(old), furnished=True, behind=frozenset({"sport/a/index.html"}))
    assert tree.keep("feed.xml") is None
    assert not (new / "feed.xml").exists()
    assert tree.keep("sport/a/index.html") is None
    assert (old / "sport/a/index.html").samefile(new / "sport/a/index.html")


def test_same_is_false_for_folders_and_missing_files(pair: tuple[Path, Path]) -> None:
    """What cannot be read is not the same."""
    old, _ = pair
    assert not publication.same(str(old / "sport"), bytes((old / "sport").stat().st_size))
    assert not publication.same(str(old / "none"), b"")
    assert publication.same(str(old / "feed.xml"), b"feed")
    assert publication.imprint(str(old / "none")) is None


def test_same_compares_to_the_last_byte(tmp_path: Path) -> None:
    """Neither one that begins alike, nor one as long."""
    (tmp_path / "page").write_bytes(b"m" * 1000)
    for content in (b"m" * 999, b"m" * 1001, b"m" * 999 + b"a", b"m" * 999 + b"z", b""):
        assert not publication.same(str(tmp_path / "page"), content)
    assert publication.same(str(tmp_path / "page"), b"m" * 1000)


def test_file_cut_short_during_comparison_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is being copied into the site just now."""
    for name in ("page", "film"):
        (tmp_path / name).write_bytes(b"m" * 1000)
    assert publication.same(str(tmp_path / "page"), tmp_path / "film")
    for left in (b"m" * 500, b""):

        def pieces(path: Path, left: bytes = left) -> list[bytes]:
            return [left] if left else []

        monkeypatch.setattr(publication, "pieces", pieces)
        assert not publication.same(str(tmp_path / "page"), tmp_path / "film")


def test_existing_file_is_replaced_and_never_written_into(tmp_path: Path) -> None:
    """An old tree may share it: writing a new file refuses, replacing one makes another."""
    (tmp_path / "page").write_text("old")
    os.link(tmp_path / "page", tmp_path / "shared")
    with pytest.raises(FileExistsError):
        publication.write_new(f"{tmp_path}/page", b"new")
    publication.replace_new(f"{tmp_path}/page", b"new")
    assert [(tmp_path / name).read_text() for name in ("page", "shared")] == ["new", "old"]


def test_folder_made_by_another_writer_meanwhile_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was missing when it was looked for may be there when it is made."""
    real = os.mkdir

    def overtaken(folder: str) -> None:
        monkeypatch.setattr(os, "mkdir", real)
        (tmp_path / "a/b").mkdir(parents=True)
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", folder)

    monkeypatch.setattr(os, "mkdir", overtaken)
    publication.write_new(f"{tmp_path}/a/b/index.html", b"x")
    assert (tmp_path / "a/b/index.html").read_text() == "x"


def test_folders_are_made_to_any_depth(tmp_path: Path) -> None:
    """Several levels at once, and one that is there."""
    for path in ("a/b/c/index.html", "a/b/c/x.txt", "d/e.txt"):
        publication.write_new(f"{tmp_path}/{path}", b"x")
        assert (tmp_path / path).read_bytes() == b"x"


def test_system_call_of_an_unknown_name_is_none() -> None:
    """Other systems lack these calls as this one lacks that."""
    assert publication.system_call("no_such_call") is None


def test_publish_without_an_exchange_call_swaps_by_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And everything can be synced without a call for one file system."""
    monkeypatch.setattr(publication, "system_call", lambda _: None)
    staging = Staging.of(tmp_path / "public")
    tree_of(staging.output, "old")
    tree_of(staging.new, "new")
    publication.sync_all(str(tmp_path))
    publication.publish(staging)
    assert [(path / "index.html").read_text() for path in (staging.output, staging.new)] == ["new", "old"]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOSYS, errno.ENOTSUP])
def test_publish_on_a_file_system_without_exchange_swaps_by_renames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The system has the call, and the file system refuses it."""
    monkeypatch.setattr(publication, "system_call", lambda _: lambda *_: ctypes.set_errno(code) or -1)
    staging = Staging.of(tmp_path / "public")
    tree_of(staging.output, "old")
    tree_of(staging.new, "new")
    publication.publish(staging)
    assert [(path / "index.html").read_text() for path in (staging.output, staging.new)] == ["new", "old"]


def test_broken_disk_stops_exchange_and_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another error than an unknown call is an error, with its number and the path."""
    monkeypatch.setattr(publication, "system_call", lambda _: lambda *_: ctypes.set_errno(errno.EIO) or -1)
    for call in (lambda: publication.exchange(tmp_path, tmp_path), lambda: publication.sync_all(str(tmp_path))):
        with pytest.raises(OSError, match="error") as refused:
            call()
        assert (refused.value.errno, refused.value.filename) == (errno.EIO, str(tmp_path))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a call of Linux")
def test_exchange_swaps_two_names_or_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two names that are there change places wherever the system can; of one that is not the error has its own number.
    A name may be that of where one stands.
    """
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(name).write_text(name)
    here, swap = -100, 2
    can = ctypes.CDLL(None).renameat2(here, b"a", here, b"b", swap) == 0
    assert publication.exchange(Path("a"), Path("b")) is can
    assert Path("a").read_text() == "a", "there and back, or not at all"
    if not can:
        pytest.skip("this file system exchanges nothing")
    with pytest.raises(FileNotFoundError):
        publication.exchange(Path("a"), Path("none"))


@pytest.mark.parametrize("files", [1, 64, 65])
def test_sync_of_any_number_of_files_keeps_them(tmp_path: Path, files: int) -> None:
    """One by one, or with the whole file system."""
    tree = Tree(str(tmp_path))
    for number in range(files):
        tree.put(f"a/{number}.txt", b"x")
    publication.sync(tree)
    assert len(list((tmp_path / "a").iterdir())) == files


def test_sync_of_a_lost_file_is_an_error_and_of_a_lost_folder_is_none(tmp_path: Path) -> None:
    """Network file systems refuse to sync folders; a file that is not on the disk must stop the build."""
    tree = Tree(str(tmp_path), written=["none.txt"])
    with pytest.raises(FileNotFoundError):
        publication.sync(tree)
    publication.sync_folder(tmp_path / "none")


def test_spare_changed_by_others_is_not_trusted(tmp_path: Path) -> None:
    """A folder newer than our last writing, one that is gone; unless we changed it, or knew."""
    (tmp_path / "a").mkdir()
    now = (tmp_path / "a").stat().st_mtime_ns
    tree = str(tmp_path)
    assert publication.untouched(tree, now, ["a"], set(), set())
    assert publication.untouched(tree, now + 1, ["a"], set(), set())
    assert not publication.untouched(tree, now - 1, ["a"], set(), set())
    assert publication.untouched(tree, now - 1, ["a"], {"a"}, set())
    assert not publication.untouched(tree, now, ["gone"], set(), set())
    assert publication.untouched(tree, now, ["gone"], set(), {"gone"})


def test_output_inside_another_output_is_refused(site: LittleSite) -> None:
    """The next build of the outer one would replace it, so it is refused by name before anything is written."""
    site.entry("sport/a").build()
    before = site.files()
    said = f"the output lies inside {site.output}, the output of a build, which the next build replaces as a whole"
    for inner in ("inner", "sport", "very/deep"):
        with pytest.raises(UsageError, match=said):
            site.build(output=site.output / inner)
    site.build()
    assert site.files() == before


@pytest.mark.parametrize("built", [False, True], ids=["empty", "an output"])
def test_cure_for_an_unwritable_place_is_outside_any_output(
    site: LittleSite, monkeypatch: pytest.MonkeyPatch, *, built: bool
) -> None:
    """A volume gives room for a folder inside it, unless it is the output of a build itself."""
    site.entry("sport/a")
    site.output.mkdir()
    if built:
        site.build()
        site.entry("sport/b")
    cure = "; choose another folder with --output" if built else "; choose a folder inside it with --output"
    for name, answer in (("access", lambda *_: False), ("path.ismount", lambda _: True)):
        with monkeypatch.context() as patched:
            patched.setattr(f"os.{name}", answer)
            with pytest.raises(UsageError, match=cure):
                site.build()


def test_output_that_cannot_be_replaced_is_refused(
    site: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, a mount point, a folder in one that may not be written; each named with what to do."""
    site.entry("sport/a")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is not a folder"):
        site.build(output=tmp_path / "file")
    (tmp_path / "web").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(os.path, "ismount", lambda path: Path(path).name == "web")
        with pytest.raises(UsageError, match="is a mount point"):
            site.build(output=tmp_path / "web")
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda *_: False)
        with pytest.raises(UsageError, match="is not writable"):
            site.build(output=tmp_path / "web")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "home", raising(RuntimeError("no home")))
        site.build(output=tmp_path / "web")
    assert (tmp_path / "file").read_text() == "mine"


def test_lock_removed_by_its_holder_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever locked a file that is no longer the one of its name tries again."""
    real, answers = files.is_named, [False]
    monkeypatch.setattr(files, "is_named", lambda *given: answers.pop() if answers else real(*given))
    with publication.only_writer(tmp_path / "public"):
        assert Staging.of(tmp_path / "public").lock.exists()
    assert not Staging.of(tmp_path / "public").lock.exists()
    with (tmp_path / "other").open("a+b") as file:
        assert not files.is_named(tmp_path / "none", file)


def test_second_writer_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes on as soon as it is done; the folder of the output is made for both. A lock somebody deleted is no fault."""
    monkeypatch.setattr(publication, "PATIENCE", 60.0)
    output = tmp_path / "deep/www/public"
    begun, done = threading.Event(), []

    def first() -> None:
        with publication.only_writer(output):
            begun.set()
            time.sleep(0.2)
            done.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(60)
    with publication.only_writer(output):
        done.append("second")
        Staging.of(output).lock.unlink()
    thread.join()
    assert done == ["first", "second"]
    assert list(output.parent.iterdir()) == []


def test_writer_that_waits_too_long_is_refused_with_the_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another build, unless it can be said better."""
    monkeypatch.setattr(publication, "PATIENCE", 0.1)
    output = tmp_path / "public"
    with publication.only_writer(output):
        for other, said in (("", f"another digest build into {output}"), ("a deploy to live", "a deploy to live")):
            with (
                pytest.raises(UsageError, match=f"^{said} is running; wait until it has finished$"),
                publication.only_writer(output, other),
            ):
                pass


@pytest.mark.parametrize("links", [True, False])
def test_large_site_gets_its_spare_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    """Of links; where there are none, there is no second tree and nothing is left."""
    monkeypatch.setattr("digest.build.release.LARGE", 2)
    staging = Staging.of(tmp_path / "public")
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    release = Release(staging, book, {})
    tree = release.new_tree()
    for path in ("a/index.html", "b.txt"):
        tree.put(path, b"x")
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    release.exchange(tree, [], ["a/index.html", "b.txt"])
    kept = book.load()
    assert kept is not None
    assert (kept.spare is not None) is links
    assert staging.spare.exists() is links


@pytest.mark.parametrize(("count", "linked"), [(49_999, False), (50_000, True), (50_001, True)])
def test_site_of_fifty_thousand_files_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, linked: bool
) -> None:
    """Making its second tree later would make the first new story slow."""
    monkeypatch.setattr(publication, "link", lambda *_: True)
    staging = Staging.of(tmp_path / "public")
    release = Release(staging, CacheFile(tmp_path / "trees", Trees), {})
    release.exchange(release.new_tree(), [], [f"{number}.txt" for number in range(count)])
    assert staging.spare.exists() is linked


@pytest.mark.parametrize("lost", [False, True])
def test_missing_spare_is_linked_while_others_find_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    """Of all files that the memory knows; where one is gone there is none, and the tree is made as ever."""
    monkeypatch.setattr("digest.build.release.WORTH_A_PROCESS", 2)
    staging = Staging.of(tmp_path / "public")
    known = dict.fromkeys(("a/index.html", "b.txt"), OUTPUT)
    for path in known:
        file = staging.output / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    (staging.output / "stranger.txt").write_text("x")
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    book.keep(Trees(TreeState(1)))
    release = Release(staging, book, known, jobs=2)
    if lost:
        (staging.output / "b.txt").unlink()
    release.prepare_spare()
    tree = release.next_tree()
    assert tree.furnished is not lost
    found = {path.relative_to(tree.new).as_posix() for path in Path(tree.new).rglob("*") if path.is_file()}
    assert found == (set() if lost else set(known))
    assert not staging.spare.exists()
    if not lost:
        assert Path(tree.new, "b.txt").samefile(staging.output / "b.txt")


@pytest.mark.parametrize("spare", [None, TreeState(1 << 62)])
def test_spare_that_is_there_or_not_worth_it_is_not_linked_again(tmp_path: Path, spare: TreeState | None) -> None:
    staging = Staging.of(tmp_path / "public")
    staging.output.mkdir()
    staging.spare.mkdir()
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    book.keep(Trees(TreeState(1), spare))
    release = Release(staging, book, {f"{number}.txt": OUTPUT for number in range(2_000 if spare else 1_999)}, jobs=2)
    release.prepare_spare()
    assert release.coming is None
    assert not staging.new.exists()


@pytest.mark.parametrize("touched", [False, True])
def test_spare_that_is_there_is_looked_at_while_others_find_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touched: bool
) -> None:
    for name in ("WORTH_A_PROCESS", "WORTH_A_LOOK"):
        monkeypatch.setattr(f"digest.build.release.{name}", 1)
    staging = Staging.of(tmp_path / "public")
    for tree in (staging.output, staging.spare):
        (tree / "a").mkdir(parents=True)
        (tree / "a/index.html").write_text(tree.name)
    if touched:
        os.utime(staging.spare / "a", ns=(1 << 62, 1 << 62))
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    book.keep(Trees(TreeState(1), TreeState(time.time_ns())))
    release = Release(staging, book, {"a/index.html": OUTPUT}, jobs=2)
    release.prepare_spare()
    assert release.looking
    monkeypatch.setattr(publication, "is_trusted", raising(AssertionError("asked again")))
    assert release.next_tree().furnished is not touched


def test_spare_that_nobody_wants_any_more_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.build.release.WORTH_A_PROCESS", 1)
    staging = Staging.of(tmp_path / "public")
    staging.output.mkdir()
    monkeypatch.setattr(publication, "link", lambda *_: time.sleep(60))
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    book.keep(Trees(TreeState(1)))
    release = Release(staging, book, {"a.txt": OUTPUT}, jobs=2)
    release.prepare_spare()
    release.stop()
    assert multiprocessing.active_children() == []
    assert release.next_tree().furnished is False


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize("remembered", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_old_output_is_kept_only_if_wholly_known(tmp_path: Path, online: bool, remembered: bool, known: bool) -> None:
    """There was one, the memory knows when it was written, and which files it has; else it goes."""
    staging = Staging.of(tmp_path / "public")
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    before = TreeState(5, ("b.txt",))
    if online:
        staging.output.mkdir()
        (staging.output / "a.txt").write_text("old")
    if remembered:
        book.keep(Trees(before))
    release = Release(staging, book, {"a.txt": OUTPUT} if known else {})
    tree = release.new_tree()
    tree.put("a.txt", b"new")
    release.exchange(tree, ["a.txt"], ["a.txt"])
    kept = book.load()
    assert kept is not None
    assert kept.output.written >= (staging.output / "a.txt").stat().st_mtime_ns
    assert (staging.output / "a.txt").read_text() == "new"
    if online and remembered and known:
        assert kept == Trees(TreeState(kept.output.written), before, ("a.txt",))
        assert (staging.spare / "a.txt").read_text() == "old"
    else:
        assert kept == Trees(TreeState(kept.output.written))
        assert not staging.spare.exists()
    assert not staging.new.exists()


@pytest.mark.parametrize("remembered", [None, Trees(TreeState(1)), Trees(TreeState(1), TreeState(1 << 62))])
@pytest.mark.parametrize("known", [False, True])
def test_spare_is_used_only_if_the_cache_knows_it(tmp_path: Path, remembered: Trees | None, known: bool) -> None:
    """When it was written, and the files it has; from then on it is no spare any more. Else a tree is made anew."""
    staging = Staging.of(tmp_path / "public")
    for tree in (staging.output, staging.spare):
        tree.mkdir()
        (tree / "a.txt").write_text(tree.name)
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    if remembered:
        book.keep(remembered)
    tree = Release(staging, book, {"a.txt": OUTPUT} if known else {}).next_tree()
    used = known and remembered is not None and remembered.spare is not None
    assert tree.furnished is used
    assert (staging.new / "a.txt").exists() is used
    assert not staging.spare.exists()
    assert book.load() == (Trees(TreeState(1)) if used else remembered)


def test_spare_changed_in_any_folder_is_rebuilt(tmp_path: Path) -> None:
    """At the top, in the folder of a file; a folder that digest itself changed is none of these."""
    for replaced, changed, used in (
        ((), "", False),
        ((), "sport/a", False),
        (("sport/a/index.html",), "sport/a", True),
        (("sport/a/index.html",), "", False),
        ((), None, True),
    ):
        staging = Staging.of(tmp_path / "public")
        (staging.spare / "sport/a").mkdir(parents=True)
        staging.output.mkdir(exist_ok=True)
        for folder in ("sport/a", "sport", ""):
            os.utime(staging.spare / folder, ns=(5, 6 if folder == changed else 5))
        book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
        book.keep(Trees(TreeState(1), TreeState(5, replaced)))
        known = {"index.html": OUTPUT, "sport/a/index.html": OUTPUT}
        assert Release(staging, book, known).next_tree().furnished is used, (replaced, changed)
        publication.discard(staging.new)


def test_one_file_is_replaced_without_a_cache(tmp_path: Path) -> None:
    """The memory of the trees may be gone."""
    staging = Staging.of(tmp_path / "public")
    staging.output.mkdir()
    (staging.output / "a.txt").write_text("old")
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    Release(staging, book, {}).replace_one("a.txt", b"new")
    assert (staging.output / "a.txt").read_text() == "new"
    assert book.load() is None
    book.keep(Trees(TreeState(1)))
    Release(staging, book, {}).replace_one("a.txt", b"newer")
    assert book.load() == Trees(TreeState(1, ("a.txt",)), None, ("a.txt",))
    assert not staging.new.exists()


def test_files_of_others_are_known_by_the_marker(tmp_path: Path) -> None:
    """What it lists is digest's; one that lists nothing, or none at all, owns nothing."""
    output = tmp_path / "public"
    output.mkdir()
    (output / "mine.txt").write_text("x")
    (output / "index.html").write_text("x")
    assert publication.strangers(output) == ["index.html", "mine.txt"]
    (output / publication.MARKER).write_text("digest\n")
    assert publication.strangers(output) == ["index.html", "mine.txt"]
    (output / publication.MARKER).write_text("digest\nindex.html\n")
    assert publication.strangers(output) == ["mine.txt"]


def test_untrusted_spare_is_discarded(tmp_path: Path) -> None:
    """Missing, or changed by somebody: a new tree is made instead."""
    staging = Staging.of(tmp_path / "public")
    book: CacheFile[Trees] = CacheFile(tmp_path / "trees", Trees)
    assert not publication.is_trusted(staging, 0, [], [], [""])
    for folder in ("", "sport"):
        if folder:
            (staging.spare / folder).mkdir(parents=True)
        assert not publication.is_trusted(staging, 0, [], [], [folder])
        book.keep(Trees(TreeState(1), TreeState(0)))
        assert not Release(staging, book, {"sport/a.txt": OUTPUT}).next_tree().furnished
        assert not staging.spare.exists()
        publication.discard(staging.new)


@pytest.mark.parametrize("replaced", ["sport/a/index.html", "feed.xml"])
def test_spare_changed_by_digest_itself_is_trusted(tmp_path: Path, replaced: str) -> None:
    """The folder of a file that was replaced there later may be newer than the rest, and no other."""
    staging = Staging.of(tmp_path / "public")
    (staging.spare / "sport/a").mkdir(parents=True)
    changed = (staging.spare / replaced).parent
    for folder in (staging.spare, staging.spare / "sport", staging.spare / "sport/a"):
        os.utime(folder, ns=(2, 2) if folder == changed else (1, 1))
    folders = ["", "sport", "sport/a"]
    behind = frozenset({"sport/b/index.html", replaced})
    assert publication.is_trusted(staging, 1, [replaced], behind, folders)
    made = publication.furnish(staging, behind)
    assert made == Tree(str(staging.new), str(staging.output), furnished=True, behind=behind)
    staging.new.rename(staging.spare)
    assert not publication.is_trusted(staging, 1, ["sport/index.html"], [replaced], folders)


def test_root_and_home_are_refused_as_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a folder that holds the site; a user without a home has none to lose."""
    site = tmp_path / "home/site"
    site.mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for folder in (Path(tmp_path.anchor), tmp_path / "home"):
        with pytest.raises(
            UsageError, match=r"^the output would replace .*; choose a folder of its own with --output$"
        ):
            publication.refuse_place(folder, tmp_path / "elsewhere", "the output", "with --output")
    with pytest.raises(UsageError, match="which holds the site itself"):
        publication.refuse_place(tmp_path, site, "the output", "with --output")

    def nobody() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", nobody)
    publication.refuse_place(tmp_path / "public", site, "the output", "with --output")


def test_exchange_that_fails_half_way_restores_the_old_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a system cannot exchange two folders: the old one is moved away, and comes back if the new one cannot."""
    staging = Staging.of(tmp_path / "public")
    for folder in (staging.output, staging.new):
        folder.mkdir()
        (folder / "index.html").write_text(folder.name)
    monkeypatch.setattr(publication, "exchange", lambda *_: False)
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self == staging.new:
            raise OSError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OSError, match="Permission denied"):
        publication.publish(staging)
    assert (staging.output / "index.html").read_text() == staging.output.name
    assert (staging.new / "index.html").read_text() == staging.new.name
    assert not staging.old.exists()


def test_sync_all_changes_nothing(tmp_path: Path) -> None:
    """As this system has it, or by syncing everything; nothing is raised and nothing changes."""
    (tmp_path / "a.txt").write_text("x")
    publication.sync_all(str(tmp_path))
    assert (tmp_path / "a.txt").read_text() == "x"


def test_marker_without_a_list_owns_nothing(tmp_path: Path) -> None:
    """A marker cut short says nothing of what digest made: all of it stays."""
    output = tmp_path / "public"
    output.mkdir()
    (output / publication.MARKER).write_text("Made by digest: the next build replaces this folder as a whole.\n")
    (output / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match=r"mine\.txt, which digest did not make"):
        publication.refuse_foreign(output.resolve(), tmp_path / "site")


def tree_of(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "index.html").write_text(text)


@pytest.mark.parametrize("at_once", [True, False])
def test_publish_swaps_the_two_trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: bool) -> None:
    """The old one is left as `new`; the first one of a site takes the name alone. Nothing else lies beside them, in
    however many steps.
    """
    if not at_once:
        monkeypatch.setattr(publication, "exchange", lambda *_: False)
    staging = Staging.of(tmp_path / "public")
    tree_of(staging.new, "1")
    publication.publish(staging)
    assert [path.name for path in tmp_path.iterdir()] == ["public"]
    tree_of(staging.new, "2")
    publication.publish(staging)
    assert (staging.output / "index.html").read_text() == "2"
    assert (staging.new / "index.html").read_text() == "1"
    assert sorted(tmp_path.iterdir()) == sorted([staging.output, staging.new])


@pytest.mark.parametrize("online", [True, False])
def test_prepare_repairs_an_interrupted_build(tmp_path: Path, *, online: bool) -> None:
    """Between two renames the output comes back; what is left over goes."""
    staging = Staging.of(tmp_path / "deep/www/public")
    staging.output.parent.mkdir(parents=True)
    for folder in (staging.new, staging.old):
        tree_of(folder, folder.name)
    if online:
        tree_of(staging.output, "public")
    publication.prepare(staging)
    assert (staging.output / "index.html").read_text() == ("public" if online else staging.old.name)
    assert list(staging.output.parent.iterdir()) == [staging.output]


def test_new_tree_has_the_permissions_of_the_old_one(tmp_path: Path) -> None:
    """A web server that may read the output may read the next one; files have the rights a program gives by default."""
    staging = Staging.of(tmp_path / "deep/www/public")
    publication.prepare(staging)
    assert publication.open_tree(staging) == Tree(str(staging.new))
    staging.new.rename(staging.output)
    staging.output.chmod(0o2751)
    tree = publication.open_tree(staging)
    assert tree == Tree(str(staging.new), str(staging.output))
    assert staging.new.stat().st_mode & 0o7777 == staging.output.stat().st_mode & 0o7777
    (tmp_path / "mine").write_text("x")
    for path in ("a.txt", "b/c.txt", "d/index.html"):
        assert tree.put(path, b"x") == publication.imprint(f"{staging.new}/{path}")
        assert (staging.new / path).stat().st_mode == (tmp_path / "mine").stat().st_mode


def test_foreign_files_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    """The first by its name, the others by their number."""
    output = tmp_path / "public"
    tree_of(output, "x")
    for more, said in (
        ((), "digest did not make; move"),
        (("b",), "holds b, which digest did not make, and 1 more; move"),
        (("a",), "holds a, which digest did not make, and 2 more; move"),
    ):
        for name in more:
            (output / name).write_text("x")
        with pytest.raises(UsageError, match=said):
            publication.refuse_foreign(output, tmp_path / "site")


@pytest.mark.parametrize("path", ["content", "content/sport", "templates", "data", "static", ".digest", ".git/x"])
def test_source_folders_are_refused_as_output(tmp_path: Path, path: str) -> None:
    """Nor is anything inside them; a folder beside them is."""
    own = path.partition("/")[0]
    with pytest.raises(UsageError, match=f"^the output lies in the site's own {own}/; choose"):
        publication.refuse_place(tmp_path / path, tmp_path, "the output", "with --output")
    publication.refuse_place(tmp_path / "web" / path, tmp_path, "the output", "with --output")


def test_marker_names_the_top_of_the_output(tmp_path: Path) -> None:
    """Each name once, however many files lie below it; it is another one when any path is."""
    made = publication.marker(["b.txt", "a/2.html", "a/1.html"])
    assert made == publication.marker(["a/1.html", "b.txt", "a/2.html"])
    first, *names = made.decode().splitlines()
    assert names == ["a", "b.txt"]
    assert first.startswith(f"{publication.MARKER_TEXT} It made 3 files (fingerprint of their paths: ")
    assert publication.marker(["b.txt", "a/2.html", "a/3.html"]) != made
    (tmp_path / publication.MARKER).write_bytes(made)
    (tmp_path / "b.txt").write_text("x")
    assert publication.strangers(tmp_path) == []


def test_remove_deletes_only_folders_left_empty(tmp_path: Path) -> None:
    """Only folders that a file leaves empty go with it, however deep, and never the tree."""
    for path in ("a/b/c/x.txt", "a/y.txt", "z.txt"):
        publication.write_new(f"{tmp_path}/{path}", b"x")
    publication.remove(str(tmp_path), "a/b/c/x.txt")
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["y.txt"]
    publication.remove(str(tmp_path), "a/none.txt")
    publication.remove(str(tmp_path), "a/y.txt")
    publication.remove(str(tmp_path), "z.txt")
    assert list(tmp_path.iterdir()) == []


def test_syncing_ahead_repeats_until_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first word of a worker to the end, again and again; a fault is left to the sync that counts."""
    synced: list[str] = []
    enough = threading.Event()

    def sync(folder: str) -> None:
        synced.append(folder)
        if len(synced) == 3:
            enough.set()
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(publication, "sync_all", sync)
    monkeypatch.setattr(publication, "AHEAD_EVERY", 0.001)
    with publication.Ahead(str(tmp_path)) as ahead:
        assert not synced
        ahead.started()
        ahead.started()
        assert enough.wait(60)
    assert set(synced) == {str(tmp_path)}
    assert ahead.thread
    assert not ahead.thread.is_alive()
    with publication.Ahead(str(tmp_path)) as never:
        pass
    assert never.thread is None
