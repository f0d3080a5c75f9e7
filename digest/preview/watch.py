"""What the system says of the site's folders → hints where to look.

Events are hints and never the truth: whoever gets a hint looks at the files and lets their content decide. So an event
may be wrong, doubled or lost without harm as long as one comes: an overflow of the system's queue, a fault of the
watcher or a folder that vanished end in the hint that anything may have changed. Where events cannot be had (limits of
inotify) or not be trusted (network drives, folders mounted into a virtual machine) the hint comes at intervals.

An editor saves in several steps. A file that was closed, renamed or removed is looked at after a breath; one that is
being written, when it is closed or has been left alone. A while after the last step comes a *settled* hint: what is
wrong then is not half a save.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import queue
import re
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from digest.content.discovery import BACKUP, ENDINGS, NEAR_MISSES, PICTURE_ENDINGS
from digest.content.static import HIDDEN_BUT_PUBLISHED

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

BREATH: Final = 0.008
"""Seconds after a finished save until it is looked at: many editors do two things at once."""
WRITING: Final = 0.15 if sys.platform.startswith("linux") else 0.05
"""The same after a write to a file that is still open; only Linux says when it is closed."""
NEW: Final = 0.03
"""The same after a file appeared: moved here whole, or about to be written."""
SETTLED: Final = 0.3
"""Seconds without an event after which a save is over."""
PATIENCE: Final = 1.0
"""Seconds after which a scan is made even if events keep coming."""
MANY: Final = 100
"""Changed files above which a hint names none and asks for a full scan: a checkout, a moved folder."""
POLL: Final = 0.5
"""Seconds between two looks without events, at least."""
POLL_SHARE: Final = 20
"""How many times as long as a look the pause after it is: looking at large sites costs a twentieth of a core."""
POLL_PATIENCE: Final = 3.0
"""Seconds after which polling counts a scan as settled even if changes go on."""
REGULAR: Final = 60.0
"""Seconds between scans without any event: the system may have stopped sending them."""
CHECKED: Final = 1.0
"""Seconds between two looks at the watcher itself."""

READ: Final = (*ENDINGS, *PICTURE_ENDINGS, *NEAR_MISSES)
"""How names of files under content/ end that matter."""
FAR: Final = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "fakeowner", "glusterfs", "grpcfuse", "lustre", "ncpfs",
    "nfs", "nfs4", "osxfs", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
})  # fmt: skip
"""File systems that others change behind the back of this system's events."""
FAR_FUSE: Final = tuple(
    f"fuse.{kind}"
    for kind in ("ceph", "davfs", "gcsfuse", "glusterfs", "google", "grpcfuse", "gvfsd", "osxfs", "portal", "rclone",
                 "s3fs", "smbnetfs", "sshfs", "vmhgfs")
)  # fmt: skip
"""The same, through programs."""

OCTAL: Final = re.compile(r"\\([0-7]{3})")
"""How the system's table of mounts writes spaces and the like."""


class Hint(NamedTuple):
    """A request to scan some files, or all of them."""

    paths: frozenset[str] | None
    """Absolute; None: anywhere."""
    settled: bool
    """Whether nothing has happened since for a while."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The folders and files to watch."""

    root: Path
    trees: tuple[Path, ...]
    """Folders, with all below them; they need not exist."""
    files: tuple[Path, ...]
    """Single files."""

    def concerns(self, path: str, *, folder: bool) -> bool:
        """Whether a change of this path can matter."""
        name = path.rpartition(os.sep)[2]
        if (name.startswith(".") and name not in HIDDEN_BUT_PUBLISHED) or BACKUP.search(name):
            return False
        if path.startswith(f"{self.root}{os.sep}content{os.sep}") and not folder:
            return name.lower().endswith(READ)
        return any(path == place or path.startswith(place + os.sep) for place in self.places)

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(map(str, (*self.trees, *self.files)))


class Sign(NamedTuple):
    """One event, as far as it matters here."""

    path: str
    """Empty: anything may have changed."""
    wait: float
    """Seconds to wait before scanning it."""
    folder: bool = False

    @property
    def hint(self) -> str:
        """The file to look at; empty: anything may have changed."""
        return "" if self.folder else self.path


@dataclass
class Watcher:
    """Turns signs into hints. `ground` is asked again after every settled hint: settings name files to watch."""

    ground: Callable[[], Ground]
    poll: bool
    tell: Callable[[str], None]
    """Tells the editor that files are polled, and why."""
    signs: queue.SimpleQueue[Sign | None] = field(default_factory=queue.SimpleQueue)
    restless: bool = False
    """Set by the scanner after a change: polling then scans again soon."""
    observer: BaseObserver | None = None
    now: Ground = field(init=False)
    watched: tuple[Path, ...] = ()
    regular: float = field(default_factory=lambda: time.monotonic() + REGULAR)
    """When a look is due though no event came."""
    stopped: bool = False
    ahead: deque[Sign | None] = field(default_factory=deque)
    """Signs that came while something was looked at."""
    unfinished: bool = False
    """Set by whoever broke a look at everything off, because a file was saved: it is still to be taken."""

    # ------------------------------------------------------------------ from other threads

    def wake(self, path: Path | None = None) -> None:
        """Ask for a scan of one file, or of everything, which takes ten times as long in a large site."""
        self.signs.put(Sign(str(path or ""), 0))

    def stop(self) -> None:
        self.stopped = True
        self.signs.put(None)

    # ------------------------------------------------------------------ hints

    def hints(self) -> Iterator[Hint]:
        """Yield hints until stopped. The caller scans before it asks for the next one."""
        self.now = self.ground()
        try:
            if not self.poll:
                self.begin()
            while not self.stopped:
                yield from self.polled() if self.poll else self.told()
        finally:
            self.end()

    def polled(self) -> Iterator[Hint]:
        """A look everywhere, more of them soon while things change, and one that is settled. The pause that follows is
        measured by what the first one took.
        """
        started = time.monotonic()
        self.restless = False
        yield Hint(None, settled=False)
        pause = max(POLL, (time.monotonic() - started) * POLL_SHARE)
        while self.restless and time.monotonic() < started + POLL_PATIENCE and not self.stopped:
            self.restless = False
            time.sleep(SETTLED)
            yield Hint(None, settled=False)
        yield Hint(None, settled=True)
        with contextlib.suppress(queue.Empty):
            self.signs.get(timeout=pause)

    def told(self) -> Iterator[Hint]:
        """Yield hints from the first event to the end of a save."""
        first = self.next_sign(None)
        if first is None:
            return
        touched: set[str] = set()
        pending = {first.hint: time.monotonic() + first.wait}
        began = time.monotonic()
        while pending and not self.stopped:
            due = min(max(pending.values()), began + PATIENCE)
            sign = self.next_sign(due)
            if sign is not None:
                pending[sign.hint] = time.monotonic() + sign.wait
                continue
            if self.stopped or self.poll:
                return
            yield Hint(paths_of(pending), settled=False)
            touched.update(pending)
            pending, began = {}, time.monotonic()
            sign = self.next_sign(began + SETTLED)
            if sign is not None:
                pending = {sign.hint: time.monotonic() + sign.wait}
        if not self.stopped:
            everywhere = self.unfinished or paths_of(touched) is None
            self.unfinished = False
            yield Hint(None if everywhere else paths_of(touched), settled=True)
            if everywhere:
                self.regular = time.monotonic() + REGULAR
            self.renew()

    def save_waits(self) -> bool:
        """Whether a file was saved while something is looked at. For whoever got a hint, in his thread."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.ahead.append(self.signs.get_nowait())
        return any(sign is None or (sign.hint and self.now.concerns(sign.path, folder=False)) for sign in self.ahead)

    def next_sign(self, due: float | None) -> Sign | None:
        """The next sign that matters, or None when it is due; without `due`, looks after the watcher meanwhile."""
        while not self.stopped:
            left = CHECKED if due is None else due - time.monotonic()
            try:
                if self.ahead:
                    sign = self.ahead.popleft()
                else:
                    sign = self.signs.get(timeout=max(left, 0)) if left > 0 else self.signs.get_nowait()
            except queue.Empty:
                if due is not None:
                    return None
                if not self.failing() and not self.unfinished and time.monotonic() < self.regular:
                    continue
                sign = Sign("", 0)
                self.renew()
            if sign is None or not sign.path or self.now.concerns(sign.path, folder=sign.folder):
                return sign
        return None

    # ------------------------------------------------------------------ the watcher of the system

    def begin(self) -> None:
        """Start watching; if that is not possible, poll from now on and say why."""
        self.now = self.ground()
        self.watched = folders_of(self.now)
        far = next((kind for folder in self.watched if (kind := far_system(folder))), "")
        if far:
            self.give_up(f"the site lies on {far}, where events are not to be relied on")
            return
        try:
            self.observer = observing(self.now, self.watched, self.signs)
        except OSError as error:
            limit = {errno.ENOSPC: "max_user_watches", errno.EMFILE: "max_user_instances"}.get(error.errno or 0)
            why = f"the system's limit is reached (fs.inotify.{limit})" if limit else str(error.strerror or error)
            self.give_up(f"the folders cannot be watched: {why}")

    def give_up(self, why: str) -> None:
        self.end()
        self.poll = True
        self.tell(f"{why}; files are looked at in intervals instead")

    def end(self) -> None:
        """Stop watching."""
        if self.observer is not None:
            observer, self.observer = self.observer, None
            with contextlib.suppress(RuntimeError, OSError):
                observer.stop()
                observer.join(5)

    def failing(self) -> bool:
        """Whether the watcher has ended, or a folder it should watch has come or gone."""
        observer = self.observer
        if self.poll or observer is None:
            return False
        dead = not observer.is_alive() or not all(emitter.is_alive() for emitter in observer.emitters)
        return dead or folders_of(self.ground()) != self.watched

    def renew(self) -> None:
        """Restart the watcher if it has ended or its folders have changed."""
        if self.failing():
            self.end()
            self.begin()
            self.wake()  # for what happened between the two


def paths_of(pending: Collection[str]) -> frozenset[str] | None:
    """The paths of pending events; None for a full scan."""
    return None if "" in pending or len(pending) > MANY else frozenset(pending)


def folders_of(ground: Ground) -> tuple[Path, ...]:
    """Existing folders to watch, links followed; trees come first."""
    trees = [tree.resolve() for tree in ground.trees if tree.is_dir()]
    single = {file.parent.resolve() for file in ground.files if file.parent.is_dir()} | {ground.root.resolve()}
    return (*dict.fromkeys(trees), *sorted(single - set(trees)))


def observing(ground: Ground, folders: tuple[Path, ...], signs: queue.SimpleQueue[Sign | None]) -> BaseObserver:
    """Start an observer of the folders. Raises OSError if the system refuses."""
    from watchdog import events  # noqa: PLC0415 - polling needs none of it
    from watchdog.observers import Observer  # noqa: PLC0415

    waits = {
        events.EVENT_TYPE_MODIFIED: WRITING,
        events.EVENT_TYPE_CREATED: NEW,
        events.EVENT_TYPE_CLOSED: BREATH,
        events.EVENT_TYPE_MOVED: BREATH,
        events.EVENT_TYPE_DELETED: BREATH,
    }
    # folders reached by a link are watched where they are, and named as the site names them
    named = {str(tree.resolve()): str(tree) for tree in ground.trees if tree.is_dir()}

    def put(path: str | bytes, wait: float, *, folder: bool) -> None:
        text = os.fsdecode(path)
        for real, name in named.items():
            if real != name and (text == real or text.startswith(real + os.sep)):
                text = name + text[len(real) :]
        signs.put(Sign(text, wait, folder))

    class Listener(events.FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            wait = waits.get(event.event_type)
            if wait is None or (event.is_directory and event.event_type == events.EVENT_TYPE_MODIFIED):
                return
            for path in (event.src_path, event.dest_path):
                if path:
                    put(path, wait, folder=event.is_directory)

    listener = Listener()
    heard = [
        events.FileModifiedEvent, events.FileCreatedEvent, events.FileClosedEvent, events.FileMovedEvent,
        events.FileDeletedEvent, events.DirCreatedEvent, events.DirMovedEvent, events.DirDeletedEvent,
    ]  # fmt: skip
    listen_to_warnings(signs)
    observer = Observer()
    try:
        observer.start()
        trees = {tree.resolve() for tree in ground.trees}
        for folder in folders:
            observer.schedule(listener, str(folder), recursive=folder in trees, event_filter=heard)
        # a limit that is reached below a folder is not reported, so one more watch is asked for at the end
        observer.unschedule(observer.schedule(listener, folders[0].anchor, event_filter=heard))
    except BaseException:
        observer.stop()
        raise
    return observer


class Warnings(logging.Handler):
    """Turns warnings of watchdog (an overflowed queue, an unwatchable folder) into hints."""

    def __init__(self, signs: queue.SimpleQueue[Sign | None]) -> None:
        super().__init__(logging.WARNING)
        self.signs = signs

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - whatever it says
        self.signs.put(Sign("", BREATH))


def listen_to_warnings(signs: queue.SimpleQueue[Sign | None]) -> None:
    """Instead of on the terminal they end in `signs`."""
    logger = logging.getLogger("watchdog")
    for other in [handler for handler in logger.handlers if isinstance(handler, Warnings)]:
        logger.removeHandler(other)
    logger.addHandler(Warnings(signs))
    logger.propagate = False
    warnings.filterwarnings("ignore", module=r"watchdog\.")  # a folder that went and came back while it was looked at


def far_system(folder: Path) -> str:
    """The kind of a network file system that holds a folder; empty for a local one."""
    if os.name == "nt":
        return far_drive(folder)
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    best = ("", "")
    for line in mounts:
        left, _, right = line.partition(" - ")
        point = OCTAL.sub(lambda found: chr(int(found[1], 8)), left.split(" ")[4])
        inside = point == "/" or str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = point, right.split(" ")[0]
    return best[1] if best[1] in FAR or best[1].startswith(FAR_FUSE) else ""


def far_drive(folder: Path) -> str:
    """The same on Windows, by the kind of the drive."""
    import ctypes  # noqa: PLC0415

    remote = 4  # DRIVE_REMOTE
    system: Any = ctypes
    return "a network drive" if system.windll.kernel32.GetDriveTypeW(str(folder.anchor)) == remote else ""
