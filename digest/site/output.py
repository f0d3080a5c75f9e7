"""The output folder: a new tree is made beside it, then the two change places at once.

At every instant the output is the complete old site or the complete new one; a build that fails or dies leaves the old
one. Three ways lead there, by how much changed:

- one file alone is replaced by a rename, which is atomic by itself;
- some files: the tree that was the output before (the *spare*) is brought up to date by hard links, the new files are
  written into it, and it changes places with the output. That costs what changed, not what the site holds;
- everything, or no spare to be trusted: a tree is made from nothing, unchanged files linked from the output.

Files are synced to the disk before the exchange. Where the system cannot exchange two names (not Linux), the gap is two
renames long and the next build repairs it. Refuses an output that holds something digest did not write.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, cast

import msgspec

from digest.files import lock
from digest.paths import LEFT_BY_SYSTEMS, parents
from digest.problems import UsageError
from digest.translation import _

if TYPE_CHECKING:
    from digest.pages.generated import Content

MARKER = ".digest-site"
MARKER_TEXT = "Made by digest: the next build replaces this folder as a whole."
FIRST_OF_ITS_FOLDER = "/index.html"
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
OLD_FILE_TO_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
RENAME_EXCHANGE = 2
AT_FDCWD = -100
PATIENCE = 2.0
"""Seconds to wait for another build of the same site: workers of one that was killed need a moment to end."""
SYNCED_ONE_BY_ONE = 64
"""Files up to which each is synced by itself; more are left to one sync of the whole file system."""
AHEAD_EVERY = 0.6
"""Seconds between two syncs while many pages are being written."""
PIECE = 1 << 20
"""Bytes of a copied file that are in memory at once: `static/` may hold films."""


class Staging(msgspec.Struct, frozen=True):
    """The output and what may lie beside it."""

    output: Path
    new: Path
    """The tree being made; left over, it is worth nothing."""
    old: Path
    """The output while two names change places in two steps."""
    spare: Path
    """The tree that was the output before."""

    @classmethod
    def of(cls, output: Path) -> Staging:
        names = (output.with_name(f".{output.name}.digest-{role}") for role in ("new", "old", "spare"))
        return cls(output, *names)

    @property
    def lock(self) -> Path:
        return self.output.with_name(f".{self.output.name}.digest-lock")


class Imprint(NamedTuple):
    """What the disk says of a file this program wrote."""

    size: int
    modified: int
    """Nanoseconds."""
    inode: int


def imprint_of(found: os.stat_result) -> Imprint:
    return Imprint(found.st_size, found.st_mtime_ns, found.st_ino)


def imprint(path: str) -> Imprint | None:
    """Of the file at a path; None where there is none."""
    try:
        return imprint_of(os.stat(path))  # noqa: PTH116 - hot path
    except OSError:
        return None


class Tree(msgspec.Struct):
    """Writes files into the new tree."""

    new: str
    old: str | None = None
    """The output, if there is one."""
    furnished: bool = False
    """Whether the new tree holds the files of the old one already, but for those `behind`."""
    behind: frozenset[str] = frozenset()
    """Paths at which a furnished tree is not as the old one."""
    written: list[str] = msgspec.field(default_factory=list)

    def put(self, path: str, content: Content) -> Imprint | None:
        """Have this content at `path` (relative, with forward slashes); None where the old tree had it. OSError."""
        if self.old is not None and same(f"{self.old}/{path}", content):
            if self.furnished and path not in self.behind:
                return None
            if self.furnished:
                remove(self.new, path)
            if link(f"{self.old}/{path}", f"{self.new}/{path}"):
                return None
        return self.write(path, content)

    def write(self, path: str, content: Content) -> Imprint:
        self.written.append(path)
        target = f"{self.new}/{path}"
        return replace_new(target, content) if self.furnished else write_new(target, content)

    def keep(self, path: str) -> Imprint | None:
        """Have the old tree's file at `path`; its new imprint where it had to be copied. Raises OSError."""
        if self.furnished:
            if path not in self.behind:
                return None
            remove(self.new, path)
        if link(f"{self.old}/{path}", f"{self.new}/{path}"):
            return None
        return self.write(path, Path(f"{self.old}/{path}"))

    def drop(self, path: str) -> None:
        """Have no file at `path`."""
        if self.furnished:
            remove(self.new, path)


def same(old: str, content: Content) -> bool:
    """Whether a file has these very bytes."""
    try:
        handle = os.open(old, OLD_FILE_TO_READ)
    except OSError:
        return False
    try:
        if isinstance(content, Path):
            alike = os.fstat(handle).st_size == content.stat().st_size and all(
                os.read(handle, len(piece)) == piece for piece in pieces(content)
            )
            return alike and not os.read(handle, 1)  # else the other was cut short meanwhile
        size = len(content)
        return os.fstat(handle).st_size == size and os.read(handle, size) == content
    except OSError:
        return False
    finally:
        os.close(handle)


def pieces(content: Content) -> Iterator[bytes]:
    """What makes up a content, as much as may be in memory at once. Raises OSError."""
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


def link(old: str, target: str) -> bool:
    """Whether a file could be shared instead of written again."""
    try:
        if target.endswith(FIRST_OF_ITS_FOLDER):
            make_folder(target)
        try:
            os.link(old, target)
        except FileNotFoundError:
            make_folder(target)
            os.link(old, target)
    except OSError:
        return False
    return True


def remove(tree: str, path: str) -> None:
    """Take a file out of a tree, and the folders it leaves empty."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{tree}/{path}")  # noqa: PTH108
    folder = path.rpartition("/")[0]
    while folder:
        try:
            os.rmdir(f"{tree}/{folder}")  # noqa: PTH106
        except OSError:
            return
        folder = folder.rpartition("/")[0]


def write_new(target: str, content: Content) -> Imprint:
    """A file that was not there, all of it. A page is nearly always the first of its folder, so that is made first."""
    if target.endswith(FIRST_OF_ITS_FOLDER):
        make_folder(target)
    try:
        handle = os.open(target, NEW_FILE, 0o666)
    except FileNotFoundError:
        make_folder(target)
        handle = os.open(target, NEW_FILE, 0o666)
    try:
        return filled(handle, content)
    finally:
        os.close(handle)


def filled(handle: int, content: Content) -> Imprint:
    """All of the content in an empty open file."""
    for piece in pieces(content):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(handle, rest) :]  # one call may write a part only
    return imprint_of(os.fstat(handle))


def replace_new(target: str, content: Content) -> Imprint:
    """A file in place of another, which is never written into: the old tree may share it, and a reader who takes his
    time still hold it.
    """
    with contextlib.suppress(FileNotFoundError):
        os.unlink(target)  # noqa: PTH108
    return write_new(target, content)


def make_folder(target: str) -> None:
    """The folder of a file: one call where only the last level is missing, as it nearly always is."""
    folder = target.rpartition("/")[0]
    try:
        os.mkdir(folder)  # noqa: PTH102 - hot path
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103


def refuse_foreign(output: Path, site: Path) -> None:
    """Raises `UsageError` where replacing `output` would destroy what digest did not make, or cannot be done at all.

    `output` is resolved: a link to a folder stands for that folder.
    """
    refuse_place(output, site, _("the output"), _("with --output"))
    if not output.exists():
        return
    foreign = strangers(output)
    if foreign:
        first, *others = foreign
        raise UsageError(
            _(
                "the output {output} holds {held}, which digest did not make; "
                "move it (files to publish belong in static/), or choose another folder with --output",
                output=output,
                held=first,
            )
            if not others
            else _(
                "the output {output} holds {held}, which digest did not make, and {n} more; "
                "move it (files to publish belong in static/), or choose another folder with --output",
                output=output,
                held=first,
                n=len(others),
            )
        )


def refuse_place(folder: Path, site: Path, what: str, how: str) -> None:
    """Raises `UsageError` for a folder that no site may replace, or that cannot be replaced.

    `folder` is resolved. `what` names it in messages, `how` says where another one is chosen.
    """
    site = site.resolve()
    if folder in {Path(folder.anchor), home()}:
        raise UsageError(
            _("{what} would replace {folder}; choose a folder of its own {how}", what=what, folder=folder, how=how)
        )
    if site.is_relative_to(folder):
        raise UsageError(
            _(
                "{what} would replace {folder}, which holds the site itself; choose a folder of its own {how}",
                what=what,
                folder=folder,
                how=how,
            )
        )
    own = folder.relative_to(site).parts[0] if folder.is_relative_to(site) else ""
    if own in {"content", "templates", "data", "static", ".digest", ".git"}:
        raise UsageError(
            _("{what} lies in the site's own {own}/; choose a folder of its own {how}", what=what, own=own, how=how)
        )
    around = next((parent for parent in folder.parents if (parent / MARKER).exists()), None)
    if around:
        raise UsageError(
            _(
                "{what} lies inside {around}, the output of a build, which the next build replaces as a whole; "
                "choose a folder outside of it {how}",
                what=what,
                around=around,
                how=how,
            )
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(_("{what} {folder} is not a folder; choose another {how}", what=what, folder=folder, how=how))
    if not folder.exists():
        return
    # inside an output nothing else may lie
    cure = (
        _("choose another folder {how}", how=how)
        if (folder / MARKER).exists()
        else _("choose a folder inside it {how}", how=how)
    )
    if mounted(folder):
        raise UsageError(
            _("{what} {folder} is a mount point and cannot be replaced; {cure}", what=what, folder=folder, cure=cure)
        )
    if not os.access(folder.parent, os.W_OK):
        raise UsageError(
            _(
                "{what} {folder} cannot be replaced, because {parent} is not writable; {cure}",
                what=what,
                folder=folder,
                parent=folder.parent,
                cure=cure,
            )
        )


def mounted(folder: Path) -> bool:
    """Whether something is mounted on a folder; a part of the same disk too, which its device number does not say."""
    if os.path.ismount(folder):
        return True
    try:
        rows = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:  # only Linux can mount a part of a disk
        return False
    points = {row.split(b" ")[4] for row in rows if row.count(b" ") > 4}
    return os.fsencode(folder).replace(b" ", rb"\040") in points


def home() -> Path | None:
    """The user's home folder, where there is one."""
    try:
        return Path.home().resolve()
    except RuntimeError:
        return None


def strangers(output: Path) -> list[str]:
    """Names at the top of the output that its marker does not list: somebody else put them there."""
    try:
        made = (output / MARKER).read_text("utf-8").splitlines()
    except OSError:
        made = []
    return sorted({path.name for path in output.iterdir()} - set(made) - LEFT_BY_SYSTEMS - {MARKER})


def marker(paths: Iterable[str]) -> bytes:
    """The marker's text: what digest made at its top, name by name. A fingerprint of all paths makes it another file
    whenever the output has other files: so a memory that never heard of some is found out.
    """
    every = sorted(paths)
    names = sorted({path.partition("/")[0] for path in every})
    fp = blake2b("\n".join(every).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    head = f"{MARKER_TEXT} It made {len(every)} files (fingerprint of their paths: {fp}), and at the top:"
    return "\n".join([head, *names, ""]).encode()


def prepare(staging: Staging) -> None:
    """Repair what an interrupted build left beside the output. Raises OSError."""
    if staging.old.exists() and not staging.output.exists():
        staging.old.rename(staging.output)
    for leftover in (staging.new, staging.old):
        if leftover.exists():
            shutil.rmtree(leftover)
    staging.output.parent.mkdir(parents=True, exist_ok=True)


def open_tree(staging: Staging) -> Tree:
    """An empty new tree. Raises OSError."""
    staging.new.mkdir()
    if not staging.output.is_dir():
        return Tree(str(staging.new))
    staging.new.chmod(staging.output.stat().st_mode & 0o7777)
    return Tree(str(staging.new), str(staging.output))


def furnish(staging: Staging, behind: Iterable[str]) -> Tree:
    """The spare, which is trusted, as the new tree. `behind` is what is not as in the output. Raises OSError."""
    staging.spare.rename(staging.new)
    return Tree(str(staging.new), str(staging.output), furnished=True, behind=frozenset(behind))


def is_trusted(
    staging: Staging, written: int, replaced: Iterable[str], behind: Iterable[str], folders: Iterable[str]
) -> bool:
    """Whether the spare is as digest left it.

    `written` is when digest last wrote into it, `replaced` what it replaced there one by one later, `behind` what is
    not as in the output, `folders` all of the output's. A folder that changed otherwise was changed by somebody else.
    """
    missing = {folder for path in behind for folder in ("", *parents(path))}
    ours = {path.rpartition("/")[0] for path in replaced}
    spare = staging.spare
    return spare.is_dir() and untouched(str(spare), written, {*folders, *missing}, ours, missing)


def untouched(tree: str, written: int, folders: Iterable[str], ours: set[str], missing: set[str]) -> bool:
    """Whether nobody but `ours` changed a folder of the tree after `written`; those in `missing` may be missing."""
    for folder in folders:
        try:
            if os.stat(f"{tree}/{folder}").st_mtime_ns > written and folder not in ours:  # noqa: PTH116 - hot path
                return False
        except OSError:
            if folder not in missing:
                return False
    return True


def publish(staging: Staging) -> None:
    """The new tree takes the output's name, and is followed by the old one as `new`. Raises OSError."""
    if not staging.output.exists():
        staging.new.rename(staging.output)
    elif not exchange(staging.new, staging.output):
        staging.output.rename(staging.old)
        try:
            staging.new.rename(staging.output)
        except OSError:
            staging.old.rename(staging.output)
            raise
        staging.old.rename(staging.new)
    sync_folder(staging.output.parent)


def replace_one(staging: Staging, path: str, content: Content) -> Imprint:
    """One file of the output by another, at once. Raises OSError."""
    staging.new.mkdir()
    try:
        part, target = f"{staging.new}/file", staging.output / path
        made = write_new(part, content)
        sync_file(part)
        os.replace(part, target)  # noqa: PTH105
        sync_folder(target.parent)
        return made
    finally:
        discard(staging.new)


def discard(tree: Path) -> None:
    """A tree that is worth nothing goes."""
    shutil.rmtree(tree, ignore_errors=True)


def sync(tree: Tree) -> None:
    """Everything written is on the disk when this returns, as far as the system can tell."""
    if len(tree.written) > SYNCED_ONE_BY_ONE:
        sync_all(tree.new)
        return
    for path in tree.written:
        sync_file(f"{tree.new}/{path}")
    for folder in {folder for path in tree.written for folder in ("", *parents(path))}:
        sync_folder(Path(tree.new) / folder)


def sync_file(path: str) -> None:
    # Windows syncs only through a handle that may write; elsewhere a folder cannot be opened by one
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """A folder's names; Windows has no such call, and some network file systems refuse it."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        sync_file(str(folder))


def sync_all(folder: str) -> None:
    """The whole file system a folder lies on: syncfs(2), or all of them where there is no such call. OSError."""
    if sys.platform == "win32":
        return
    syncfs = system_call("syncfs")
    if syncfs is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), folder)
    finally:
        os.close(handle)


def system_call(name: str) -> Callable[..., int] | None:
    """A function of the C library that Python lacks; None if the system has none of that name."""
    try:
        return cast("Callable[..., int]", getattr(ctypes.CDLL(None, use_errno=True), name))
    except (OSError, AttributeError, TypeError):  # the last one is that of Windows
        return None


class Ahead:
    """What is being written goes to the disk meanwhile, so that `sync` at the end has little left to wait for."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        if self.thread:
            self.thread.join()

    def started(self) -> None:
        """From now on; not before all processes are there, since a process is not to be forked beside a thread."""
        if self.thread is None:
            self.thread = threading.Thread(target=self.run, daemon=True)
            self.thread.start()

    def run(self) -> None:
        """Until it is ended. A fault is none here: the sync at the end will meet it."""
        while not self.ended.wait(AHEAD_EVERY):
            with contextlib.suppress(OSError):
                sync_all(self.folder)


def exchange(first: Path, second: Path) -> bool:
    """Swap two names at once: renameat2(2) with RENAME_EXCHANGE; False where the system cannot."""
    renameat2 = system_call("renameat2")
    if renameat2 is None:
        return False
    if renameat2(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(second))


@contextlib.contextmanager
def only_writer(output: Path, other: str = "") -> Iterator[None]:
    """One build at a time into one output, whatever the site; the lock dies with its process.

    Raises `UsageError` when another build holds it. `other`: in words, who else that may be.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with lock(Staging.of(output).lock, PATIENCE) as is_ours:
        if not is_ours:
            other = other or _("another digest build into {output}", output=output)
            raise UsageError(_("{other} is running; wait until it has finished", other=other))
        yield
