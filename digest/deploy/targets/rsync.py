"""A server over SSH: a release folder and a link that is switched, or files in place.

`releases`: `releases/<release>/` is made on the server of links to the previous release, new files are sent into it,
then the link `current` is renamed over, in one step. `in-place`: only rsync runs on the server, for hosts that allow
nothing else; the files of each stage appear together (`--delay-updates`), stage by stage. Both compare contents
(`--checksum`), never times, and do not send again what an interrupted deploy had sent.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from digest.content.fields import REQUIRED, number, one_of
from digest.deploy import programs
from digest.deploy.keys import PATH, REMOTE_PATH, word
from digest.deploy.manifest import JOURNAL, MANIFEST, File, Journal, Manifest, as_left, packed, trusted, unpacked
from digest.deploy.programs import FailedError, PassingError, with_retries
from digest.deploy.releases import chosen, list_of, with_parts_of
from digest.deploy.targets import DeployContext, Place, ReleaseTarget, Target
from digest.paths import parents
from digest.problems import DeliveryError
from digest.translation import _

HOST = word(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?", "a host, or user@host")

AT_ONCE = 1000
"""Files of one call of rsync; progress is reported after each call."""
PASSING_STATUS = frozenset({10, 12, 30, 35})
"""Statuses that are retried (rsync(1)): socket and protocol stream errors, time-outs."""
PASSING = re.compile(
    r"Could not resolve|Connection (?:reset|refused|timed out|closed)|timed out|Network is unreachable|"
    r"Connection to .* closed|lost connection|kex_exchange_identification",
    re.IGNORECASE,
)
NO_LOGIN = re.compile(r"Permission denied \((?![0-9])")
"""A refused login, which names ways to log in; a refused file has a number there."""
SOCKET = re.compile(r"/[A-Za-z0-9_./+-]{4,85}")
"""Paths of sockets that ssh can make: 104 bytes on macOS with the 18 it adds, and no character special to ssh."""
RELEASE = r"^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[0-9a-f]{8}$"
MOVED, NO_LINK = 75, 76
"""Statuses of the scripts below: the link was moved meanwhile; it is no link."""

SCRIPTS: dict[str, str] = dict(
    re.findall(r"(?ms)^#: (\w+):[^\n]*\n(.*?)(?=^#: |\Z)", Path(__file__).with_suffix(".sh").read_text("utf-8"))
)
"""Name → script for the server, with the words that `str.format` fills in."""


class RsyncPlace(Place, frozen=True):
    """A server reached over SSH."""

    kind = "rsync"
    secrets = ("DIGEST_SSH_KEY",)
    server: Annotated[str, "الخادم", "host, or user@host, as ssh takes it", HOST, REQUIRED]
    path: Annotated[str, "المجلد", "directory on the server", REMOTE_PATH, REQUIRED]
    port: Annotated[int, "المنفذ", "port of its SSH server", number(1, 65535)] = 22
    key: Annotated[str, "ملف_المفتاح", "path of a private key", PATH] = ""
    """Empty: as ssh finds it."""
    known_hosts: Annotated[str, "ملف_الخوادم", "path of a file with the server's public key", PATH] = ""
    mode: Annotated[str, "الطريقة", "how the site is put in its place", one_of(("releases", "in-place"))] = "releases"
    keep: Annotated[int, "الإصدارات", "earlier releases kept for digest rollback", number(0, 50)] = 3

    def open(self, context: DeployContext) -> Target:
        return self.open_releases(context) or InPlaceTarget(self, context)

    def open_releases(self, context: DeployContext) -> ReleasesTarget | None:
        return ReleasesTarget(self, context) if self.mode == "releases" else None

    def web_root(self, root: Path) -> str:  # noqa: ARG002 - it is on the server
        return f"{self.path.rstrip('/')}/current" if self.mode == "releases" else self.path


class Server:
    """One SSH connection, shared by all calls if ssh can do that."""

    def __init__(self, place: RsyncPlace, root: Path) -> None:
        self.place = place
        self.name = place.server
        self.sockets = tempfile.mkdtemp(prefix="digest-")
        self.ssh = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15"]
        if place.port != 22:
            self.ssh += ["-p", str(place.port)]
        if place.key:
            self.ssh += ["-i", str((root / Path(place.key).expanduser()).resolve()), "-o", "IdentitiesOnly=yes"]
        if place.known_hosts:
            hosts = (root / Path(place.known_hosts).expanduser()).resolve()
            self.ssh += ["-o", f"UserKnownHostsFile={hosts}", "-o", "StrictHostKeyChecking=yes"]
        if SOCKET.fullmatch(path := f"{self.sockets}/s"):  # no path of Windows, whose ssh shares no connections
            self.ssh += ["-o", "ControlMaster=auto", "-o", f"ControlPath={path}", "-o", "ControlPersist=60"]

    def script(self, what: str, text: str, feed: bytes = b"") -> bytes:
        """Run a POSIX shell script on the server; gives its standard output.

        Raises `DeliveryError`, and `FailedError` with the statuses `MOVED` and `NO_LINK`.
        """

        def attempt() -> bytes:
            try:
                return programs.run([*self.ssh, self.name, f"exec sh -c {shlex.quote(text)}"], feed=feed)
            except FailedError as error:
                if error.status in {MOVED, NO_LINK}:
                    raise
                raise self.explained(error) from None

        return with_retries(f"{what} on {self.name}", attempt)

    def rsync(self, what: str, *words: str, feed: bytes = b"", absent: bool = False) -> None:
        """Run rsync. Raises `DeliveryError`. `absent`: the folder to read from may be missing."""

        def attempt() -> None:
            try:
                programs.run(["rsync", "-e", shlex.join(self.ssh), "--timeout=120", *words], feed=feed)
            except FailedError as error:
                if not (absent and "change_dir" in error.said and "No such file" in error.said):
                    raise self.explained(error) from None

        with_retries(f"{what} {self.name}", attempt)

    def send(self, folder: Path, where: str, names: Sequence[str], *words: str) -> None:
        """Send files of a folder: contents are compared, and modes set that a web server can read."""
        words = (*words, "-rt", "--checksum", "--chmod=D755,F644", "--from0", "--files-from=-")
        self.rsync("sending to", *words, f"{folder}/", f"{self.name}:{where}/", feed=lines_of(names))

    def explained(self, error: FailedError) -> Exception:
        """The same failure as one that may pass, or with its cure."""
        if "Host key verification failed" in error.said:
            cure = _(
                "connect once by hand (ssh {name}) and compare its key, or name a file under known_hosts:",
                name=self.name,
            )
            return DeliveryError(_("{name} is not known to this machine's ssh; {cure}", name=self.name, cure=cure))
        if NO_LOGIN.search(error.said):
            cure = _("have your key in an agent, or name it under key: (it may have no passphrase then)")
            return DeliveryError(
                _("{name} refused the login: {reason}; {cure}", name=self.name, reason=error.reason, cure=cure)
            )
        if (
            "rsync" in error.said
            and ("not found" in error.said or "No such file" in error.said)
            and error.status == 127
        ):
            return DeliveryError(_("rsync is not installed on {name}; install it there", name=self.name))
        if error.status in PASSING_STATUS or PASSING.search(error.said):
            return PassingError(error.reason)
        return DeliveryError(
            _(
                "{program} and {name}: {reason}; put that right and run the command again",
                program=error.program,
                name=self.name,
                reason=error.reason,
            )
        )

    def close(self) -> None:
        if any(Path(self.sockets).iterdir()):
            with contextlib.suppress(FailedError, DeliveryError):
                programs.run([*self.ssh, "-O", "exit", self.name])
        shutil.rmtree(self.sockets, ignore_errors=True)


def batches(files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> Iterator[list[str]]:
    """The names of files to send at once; when the next ones are asked for, these have been sent."""
    for start in range(0, len(files), AT_ONCE):
        batch = files[start : start + AT_ONCE]
        yield [path for path, _ in batch]
        for path, file in batch:
            sent(path, file)


def lines_of(paths: Sequence[str], end: str = "\0") -> bytes:
    return "".join(f"{path}{end}" for path in paths).encode()


class ReleasesTarget(ReleaseTarget):
    """A folder of releases, and the link to the one that is online."""

    def __init__(self, place: RsyncPlace, context: DeployContext) -> None:
        self.place = place
        self.context = context
        self.server = Server(place, context.root)
        self.path = place.path.rstrip("/")
        self.shown = f"{place.server}:{self.path}/current"
        self.before = ""
        self.opened = False
        self.resumes = False

    def manifest(self) -> Manifest | None:
        try:
            said = self.server.script("looking at what is", self.filled("look", manifest=MANIFEST))
        except FailedError:
            cure = _("move it away: digest puts a link there")
            raise DeliveryError(_("{shown} is there and is no link; {cure}", shown=self.shown, cure=cure)) from None
        before, __, raw = said.partition(b"\n")
        self.before = before.decode()
        return unpacked(raw) if raw else None

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        self.open()
        for names in batches(files, sent):
            if self.resumes:
                self.server.script("going on", self.filled("reuse"), lines_of(names))
            self.send(names)

    def send(self, names: Sequence[str]) -> None:
        self.server.send(self.context.sending, f"{self.path}/releases/.incoming", names)

    def delete(self, paths: Sequence[str]) -> None:
        if not paths:
            return
        self.open()
        self.server.script("deleting", self.filled("delete"), lines_of([f"./{path}" for path in paths], "\n"))
        folders = sorted({folder for path in paths for folder in parents(path)}, key=lambda f: -f.count("/"))
        if folders:
            self.server.script("deleting", self.filled("prune_folders"), lines_of([f"./{f}" for f in folders], "\n"))

    def commit(self, manifest: Manifest) -> None:
        self.open()
        (self.context.sending / MANIFEST).write_bytes(packed(manifest))
        self.send([MANIFEST])
        switch(self.server, self.path, self.before, manifest.release, self.place.keep)
        self.opened, self.before = False, f"releases/{manifest.release}"

    def close(self) -> None:
        self.server.close()

    def releases(self) -> tuple[str, list[str]]:
        said = self.server.script("looking at what is", self.filled("list", pattern=shlex.quote(RELEASE)))
        present, *names = said.decode().splitlines() or [""]
        return present.rpartition("/")[2], names

    def rollback(self, to: str | None) -> tuple[str, str]:
        before, names = self.releases()
        name = chosen(before, [n for n in names if n != before], to, f"on {self.place.server}")
        words = {"before": shlex.quote(before), "release": name, "manifest": MANIFEST}
        texts = (self.filled("read", **words | {"release": words[each]}) for each in ("release", "before"))
        raw = [self.server.script("looking at what is", text) for text in texts]
        known, parts = with_parts_of(list_of(name, raw[0]), trusted(raw[1]), int(time.time()))
        self.server.script("going back", self.filled("carry", **words), lines_of(parts))
        self.server.script("going back", self.filled("note", **words), packed(known))
        switch(self.server, self.path, f"releases/{before}" if before else "", name)
        return before, name

    def open(self) -> None:
        """Make the folder of a new release, with all files of the present one."""
        if not self.opened:
            said = self.server.script("making a release", self.filled("open"))
            self.opened, self.resumes = True, b"resumed" in said

    def filled(self, script: str, **words: str) -> str:
        return SCRIPTS[script].format(path=shlex.quote(self.path), **words)


def switch(server: Server, path: str, before: str, release: str, keep: int | None = None) -> None:
    """Point the link to a release and delete the oldest ones. Raises `DeliveryError` if others moved the link."""
    words = {"path": shlex.quote(path), "before": shlex.quote(before), "release": shlex.quote(release)}
    prune = "" if keep is None else SCRIPTS["prune"].format(**words, pattern=shlex.quote(RELEASE), first=keep + 1)
    try:
        server.script("switching", SCRIPTS["switch"].format(**words) + prune)
    except FailedError:
        where = f"{server.name}:{path}/current"
        raise DeliveryError(
            _("{where} was deployed to by somebody else meanwhile; run the command again", where=where)
        ) from None


class InPlaceTarget(Target):
    """A folder whose files are seen as they arrive."""

    atomic = False

    def __init__(self, place: RsyncPlace, context: DeployContext) -> None:
        self.context = context
        self.server = Server(place, context.root)
        self.path = place.path.rstrip("/")
        self.shown = f"{place.server}:{self.path}"
        self.known = Manifest()
        """What is listed once this deploy is committed."""

    def manifest(self) -> Manifest | None:
        """The manifest on the server, with the journal of an interrupted deploy."""
        there = self.context.own / "there"
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir(parents=True)
        sources = [f"{self.server.name}:{self.path}/{MANIFEST}", f":{self.path}/{JOURNAL}"]
        self.server.rsync("looking at what is on", "-t", "--ignore-missing-args", *sources, f"{there}/", absent=True)
        raw, noted = (path.read_bytes() if path.exists() else b"" for path in (there / MANIFEST, there / JOURNAL))
        self.interrupted = bool(noted)
        return as_left(raw, noted)

    def checkpoint(self, journal: Journal) -> None:
        self.send_note(JOURNAL, packed(journal))

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        for names in batches(files, sent):
            self.server.send(self.context.sending, self.path, names, "--delay-updates")

    def delete(self, paths: Sequence[str]) -> None:
        """Delete files, then the folders they leave empty: rsync removes what a tree of empty folders lacks."""
        kept = {folder for path in self.known.everything() - set(paths) for folder in parents(path)}
        empty = {folder for path in paths for folder in parents(path)} - kept
        depths = sorted({folder.count("/") for folder in empty}, reverse=True)
        self.drop_together(paths)
        for depth in depths:
            with contextlib.suppress(DeliveryError):  # somebody else's file is in one of them
                self.drop_together([folder for folder in empty if folder.count("/") == depth])

    def drop_together(self, paths: Sequence[str]) -> None:
        with tempfile.TemporaryDirectory(prefix="digest-") as tree:
            for folder in {folder for path in paths for folder in parents(path)}:
                Path(tree, folder).mkdir(parents=True, exist_ok=True)
            words = ["-r", "--delete-missing-args", "--from0", "--files-from=-", f"{tree}/"]
            self.server.rsync("deleting on", *words, f"{self.server.name}:{self.path}/", feed=lines_of(paths))

    def commit(self, manifest: Manifest) -> None:
        self.known = manifest
        self.send_note(MANIFEST, packed(manifest))
        self.delete([JOURNAL])

    def send_note(self, name: str, content: bytes) -> None:
        notes = self.context.own / "notes"
        notes.mkdir(parents=True, exist_ok=True)
        (notes / name).write_bytes(content)
        words = ["-t", "--checksum", "--chmod=D755,F644", "--mkpath", str(notes / name)]
        self.server.rsync("sending to", *words, f"{self.server.name}:{self.path}/")

    def close(self) -> None:
        self.server.close()
