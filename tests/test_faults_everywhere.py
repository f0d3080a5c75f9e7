"""Whatever call of the file system fails, wherever a build makes it; builds side by side; a memory that was harmed.

`test_faults.py` makes the calls fail by which the output is written. Here it is every call that Python reports to an
audit hook, for any file below the site: sources, memory, pictures, output. How many are tried is set by
$DIGEST_FAULT_STRIDE (every n-th call; a release is tried with each).
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from conftest import NOW, LittleSite

from digest.problems import DigestError, UsageError
from digest.site.options import BuildOptions
from digest.site.output import Staging

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

STRIDE = int(os.environ.get("DIGEST_FAULT_STRIDE", "13"))
PAIRS = int(os.environ.get("DIGEST_PAIRS", "50"))
HARMS = int(os.environ.get("DIGEST_HARMS", "12"))
EVENTS = {
    "open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate", "os.scandir", "os.listdir", "os.chmod",
    "os.utime", "os.symlink", "shutil.rmtree", "shutil.copyfile",
}  # fmt: skip


class Hook:
    """Fails the n-th reported call on a path below a folder; switched off it does nothing, for a hook is for ever."""

    def __init__(self) -> None:
        self.below = ""
        self.left = -1
        self.thread = 0
        self.error: BaseException = OSError()
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.left < 0 or event not in EVENTS or threading.get_ident() != self.thread:
            return
        first = arguments[0] if arguments else ""
        path = os.fsdecode(first) if isinstance(first, (str, bytes, os.PathLike)) else ""
        if path.startswith(self.below):
            self.left -= 1
            if self.left < 0:
                raise self.error


HOOK = Hook()


@pytest.fixture
def grown(site: LittleSite) -> Iterator[LittleSite]:
    """A site with a spare and a memory."""
    for number in range(4):
        site.entry(f"sport/e{number}", f"date: 2026-11-{number + 1:02}")
    site.put("static/CNAME", "news.example\n")
    site.build()
    site.entry("sport/e4", "date: 2026-11-05")
    site.build()
    assert Staging.of(site.output).spare.is_dir()
    yield site
    HOOK.left = -1


ERRORS = {
    "no room": OSError(errno.ENOSPC, "No space left on device"),
    "a bad disk": OSError(errno.EIO, "Input/output error"),
    "no right": PermissionError(errno.EACCES, "Permission denied"),
    "too many files": OSError(errno.EMFILE, "Too many open files"),
    "stopped": KeyboardInterrupt(),
}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_whatever_call_fails_the_output_is_old_or_new(grown: LittleSite, error: BaseException) -> None:
    """The first call fails, then a later one, until a build meets none; each next build is right by itself."""
    number = list(ERRORS.values()).index(error) * STRIDE // len(ERRORS)
    tried = 0
    while True:
        old = grown.files()
        grown.entry("sport/e1", f"date: 2026-11-02\ntitle: عنوان {number}")
        HOOK.below, HOOK.error, HOOK.thread, HOOK.left = str(grown.root), error, threading.get_ident(), number
        with contextlib.suppress(OSError, KeyboardInterrupt, DigestError, UsageError):
            grown.build(jobs=1)
        passed = HOOK.left >= 0
        HOOK.left = -1
        after = grown.files()
        grown.build()
        assert after in (old, grown.files()), f"call {number}"
        if passed:
            break
        tried += 1
        number += STRIDE
    print(f"{tried} calls made to fail: {error!r}")
    assert tried > 3
    assert grown.files() == clean(grown)


def clean(site: LittleSite) -> dict[str, bytes]:
    """What a build that believes nothing makes of the same sources."""
    output = site.root.parent / "clean"
    made = LittleSite(site.root, BuildOptions(site.root, output, NOW, clean=True))
    made.build()
    return made.files()


# ------------------------------------------------------------------ side by side


@pytest.mark.timeout(900)
def test_two_builds_at_once_take_turns_or_one_is_refused(grown: LittleSite) -> None:
    """Fifty pairs, each after a change: whoever comes first, the output is whole and right."""
    run = (
        "import sys, contextlib\nfrom pathlib import Path\nfrom datetime import datetime\nfrom digest.build.build import build\nfrom digest.site.options import BuildOptions\n"
        "from digest.site import output as publication\nfrom digest.problems import UsageError\n"
        "publication.PATIENCE = 0.2\nsite, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])\n"
        "order = BuildOptions(site, site / 'public', now, jobs=1)\n"
        "for line in sys.stdin:\n"
        "    try:\n        build(order)\n        print('built', flush=True)\n"
        "    except UsageError as error:\n        print(error, flush=True)\n"
    )
    command = [sys.executable, "-c", run, str(grown.root), NOW.isoformat()]
    pair = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for number in range(PAIRS):
            grown.entry("sport/e1", f"date: 2026-11-02\ntitle: عنوان {number}")
            if number % 10 == 0:
                grown.entry(f"sport/new{number}", "date: 2026-11-09")
            for process in pair:
                print("go", file=process.stdin, flush=True)
            said = [process.stdout.readline().strip() for process in pair]
            assert "built" in said
            assert all(line == "built" or "is running; wait until it has finished" in line for line in said), said
            assert f"عنوان {number}" in grown.text("sport/e1/index.html")
            assert f"عنوان {number}" in grown.text("index.html")
    finally:
        for process in pair:
            process.stdin.close()
            process.stdout.close()
            process.wait()
    assert grown.files() == clean(grown)
    assert not list(grown.root.glob(".public.digest-lock"))


# ------------------------------------------------------------------ a memory that was harmed


def harm(path: Path, chance: random.Random) -> None:
    """Cut short, scribbled on, filled with zeros, another's, empty, or gone."""
    raw = bytearray(path.read_bytes())
    kind = chance.randrange(6)
    if kind == 0:
        path.write_bytes(raw[: chance.randrange(len(raw) + 1)])
    elif kind == 1:
        for _ in range(chance.randrange(1, 8)):
            if raw:
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
    elif kind == 2:
        path.write_bytes(bytes(len(raw)))
    elif kind == 3:
        others = [other for other in sorted(path.parent.iterdir()) if other.is_file()]
        path.write_bytes(chance.choice(others).read_bytes())
    elif kind == 4:
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.mark.timeout(900)
def test_a_memory_cut_short_or_scribbled_on_costs_a_rebuild_and_nothing_else(
    grown: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At random, any of its files; the output is that of a clean build, whatever was changed meanwhile."""
    monkeypatch.setattr("digest.site.scan.COARSE", 0)
    chance = random.Random(8)
    for number in range(HARMS):
        grown.build()
        books = sorted(path for path in (grown.root / ".digest").rglob("*") if path.is_file())
        for path in chance.sample(books, min(len(books), chance.randrange(1, 4))):
            if path.exists():
                harm(path, chance)
        if number % 3:
            grown.entry("sport/e1", f"date: 2026-11-02\ntitle: عنوان {number}")
        if number % 3 == 2:
            grown.entry("sport/e2", "date: 2026-11-03", f"نص {number}.")
        grown.build()
        assert grown.files() == clean(grown), number


# ------------------------------------------------------------------ an output that cannot be written


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A file system with a site in it that may not be written any more, where this user may mount one."""
    folder = tmp_path / "web"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_output_that_is_read_only_stays(site: LittleSite, read_only: Path) -> None:
    """The command says so in one line, with status 1 or 2; once it may be written, the next build is right."""
    output = read_only / "public"
    site.entry("sport/a").build(output=output)
    web = LittleSite(site.root, BuildOptions(site.root, output, NOW))
    old = web.files()
    subprocess.run(["mount", "-o", "remount,ro", str(read_only)], check=True)
    site.entry("sport/b")
    command = [sys.executable, "-m", "digest", "build", "--site", str(site.root), "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert "ead-only" in done.stderr or "not writable" in done.stderr
    assert web.files() == old
    subprocess.run(["mount", "-o", "remount,rw", str(read_only)], check=True)
    web.build()
    assert "sport/b/index.html" in web.files()
