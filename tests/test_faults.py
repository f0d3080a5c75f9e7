"""Nothing that goes wrong while a build writes leaves a mixture: the output is the old site or the new one."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from conftest import LittleSite

from digest import scaffold
from digest.problems import DigestError
from digest.site import output as publication
from digest.site.output import Staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

CALLS = ("open", "write", "close", "link", "unlink", "mkdir", "rmdir", "replace", "rename", "fsync", "stat")
"""System calls a build writes by. Reading has its own messages."""


class Faults:
    """Makes the n-th call of a build fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, output: Path) -> None:
        self.left = -1
        self.error: BaseException = OSError(errno.ENOSPC, "No space left on device")
        self.near = str(output.parent / f".{output.name}."), str(output)
        for name in CALLS:
            monkeypatch.setattr(os, name, self.faulty(getattr(os, name)))
        monkeypatch.setattr(publication, "exchange", self.faulty(publication.exchange))

    def faulty(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            if self.left >= 0 and self.concerns(arguments):
                self.left -= 1
                if self.left < 0:
                    raise self.error
            return real(*arguments, **options)

        return call

    def concerns(self, arguments: tuple[object, ...]) -> bool:
        """Only what touches the output or lies beside it: descriptors always do here."""
        first = arguments[0] if arguments else ""
        return isinstance(first, int) or str(first).startswith(self.near)


@pytest.fixture
def grown(site: LittleSite) -> LittleSite:
    """A site with a spare, so that the next change of several files goes through it."""
    for number in range(4):
        site.entry(f"sport/e{number}", f"date: 2026-11-{number + 1:02}")
    site.build()
    site.entry("sport/e4", "date: 2026-11-05")
    site.build()
    assert Staging.of(site.output).spare.is_dir()
    return site


CHANGES = {
    "a text": ("sport/e1", "date: 2026-11-02\nsummary: ملخص"),
    "a title": ("sport/e1", "date: 2026-11-02\ntitle: عنوان جديد"),
    "a new story": ("sport/e9", "date: 2026-11-09"),
}


FULL = OSError(errno.ENOSPC, "No space left on device")
STRIDE = int(os.environ.get("DIGEST_FAULT_STRIDE", "3"))
"""Every n-th call is made to fail; a release is tried with each."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("change", "error", "spare"),
    [
        ("a text", FULL, True),
        ("a title", FULL, True),
        ("a title", KeyboardInterrupt(), True),
        ("a title", PermissionError(errno.EACCES, "Permission denied"), True),
        ("a text", OSError(errno.EMFILE, "Too many open files"), True),
        ("a new story", OSError(errno.EIO, "Input/output error"), False),
    ],
    ids=["one file", "through the spare", "stopped", "no right", "too many files", "without a spare"],
)
def test_whatever_call_fails_the_output_is_old_or_new(
    grown: LittleSite, monkeypatch: pytest.MonkeyPatch, change: str, error: BaseException, spare: bool
) -> None:
    """The first call fails, then a later one, and so on until a build passes; each next build succeeds by itself."""
    name, front = CHANGES[change]
    path = grown.root / f"content/{name}.md"
    before_text = path.read_bytes() if path.exists() else None
    if not spare:
        publication.discard(Staging.of(grown.output).spare)
    old = grown.files()
    grown.entry(name, front, "نص جديد.")
    faults = Faults(monkeypatch, grown.output)
    faults.error = error
    number, new = 0, None
    while True:
        faults.left = number
        try:
            grown.build()
            passed = faults.left >= 0
        except (OSError, KeyboardInterrupt, DigestError):
            passed = False
        faults.left = -1
        after = grown.files()
        grown.build()
        new = new or grown.files()
        assert grown.files() == new
        assert after in (old, new), f"call {number}"
        if passed:
            break
        if before_text is None:
            path.unlink()
        else:
            path.write_bytes(before_text)
        grown.build()
        assert grown.files() == old
        grown.entry(name, front, "نص جديد.")
        number += STRIDE
    print(f"{number // STRIDE} calls made to fail: {error!r}")
    assert number > 5


@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new(grown: LittleSite) -> None:
    """SIGKILL, at random; the next build needs no help."""
    random.seed(11)
    command = [sys.executable, "-m", "digest", "build", "--site", str(grown.root), "--quiet"]
    for number in range(int(os.environ.get("DIGEST_KILLS", "12"))):
        old = grown.files()
        grown.entry("sport/e1", f"date: 2026-11-02\ntitle: عنوان {number}")
        running = subprocess.Popen(
            command, env=os.environ | {"SOURCE_DATE_EPOCH": str(int(grown.order.now.timestamp()))}
        )
        time.sleep(random.uniform(0.15, 0.8))
        running.send_signal(signal.SIGKILL)
        running.wait()
        after = grown.files()
        grown.build()
        assert after in (old, grown.files()), number
        grown.build(clean=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_site(site: LittleSite, small_disk: Path) -> None:
    """A build that does not fit is refused by the disk; the site stays, and a smaller change is published."""
    output = small_disk / "web" / "public"
    site.entry("sport/e1")
    site.build(output=output)
    web = LittleSite(site.root, site.order)
    web.order = site.order.__class__(site.root, output, site.order.now)
    old = web.files()
    for number in range(60):
        site.entry(f"sport/big{number}", "", "كلام كثير جدا. " * 2000)
    with pytest.raises(OSError, match="No space left"):
        web.build()
    assert web.files() == old
    for number in range(60):
        (site.root / f"content/sport/big{number}.md").unlink()
    site.entry("sport/e2")
    web.build()
    assert "sport/e2/index.html" in web.files()


def test_eject_and_init_on_a_full_disk_make_nothing(site: LittleSite, small_disk: Path) -> None:
    """No file half, no folder left behind; the message names the file that had no room, and what to do."""
    (small_disk / "site.yaml").write_bytes((site.root / "site.yaml").read_bytes())
    (small_disk / "filler").write_bytes(b"x" * (2 * 1024 * 1024 - 4 * 4096))
    before = sorted(small_disk.rglob("*"))
    for arguments in (("eject", "404.html", "assets/style.css", "--site", "."), ("init", "mine/site")):
        done = subprocess.run(
            [sys.executable, "-m", "digest", *arguments], cwd=small_disk, capture_output=True, text=True, check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.endswith(
            ": No space left on device; nothing was made; make room on the disk, then run the command again\n"
        )
        assert "templates/assets/style.css" in done.stderr or "mine/site/" in done.stderr
        assert sorted(small_disk.rglob("*")) == before


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()], ids=["full", "stopped"])
def test_whatever_call_fails_all_files_are_made_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """From the first call on, then from the second, until all pass: what `init`, `new` and `eject` write is whole or not there."""
    files = [(tmp_path / "new/a/one", b"1"), (tmp_path / "new/two", b"2"), (tmp_path / "old/three", b"3")]
    (tmp_path / "old").mkdir()
    calls = 0

    def faulty(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls -= 1
            if calls < 0:
                raise error
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(scaffold.Path, "mkdir", faulty(scaffold.Path.mkdir))
        patched.setattr(scaffold.Path, "open", faulty(scaffold.Path.open))
        patched.setattr(scaffold.Path, "rename", faulty(scaffold.Path.rename))
        patched.setattr(os, "link", faulty(os.link))
        for number in range(8):
            calls = number
            with pytest.raises(type(error)) as failed:
                scaffold.write_all(files)
            assert error is failed.value or str(failed.value.filename).startswith(str(tmp_path))
            assert [path.name for path in tmp_path.rglob("*")] == ["old"], number
        calls = 8
        scaffold.write_all(files)
    assert [path.read_bytes() for path, _ in files] == [b"1", b"2", b"3"]
    assert not list(tmp_path.rglob(".*"))


def test_files_are_made_without_hard_links_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a USB stick; what is there already stays, and so does the rest."""

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    scaffold.write_all([(tmp_path / "one", b"1")])
    with pytest.raises(FileExistsError):
        scaffold.write_all([(tmp_path / "two", b"2"), (tmp_path / "one", b"other")])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"one": b"1"}
