"""A server over SSH: a release folder and a link that is switched, or files in place.

`releases`: `releases/<release>/` is made on the server of links to the release before, what is new is sent into it,
then the link `current` is renamed over: one step. `in-place`: only rsync is spoken, for hosts that allow nothing else;
the files of each stage appear together (`--delay-updates`), the stages in their order. Either way contents are compared
(`--checksum`), never times, and what an interrupted deploy had sent is not sent again.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from digest.deploy import manifest as manifests
from digest.deploy import programs
from digest.deploy.manifest import JOURNAL, MANIFEST, Manifest, believed, packed, resumed, unpacked
from digest.deploy.programs import FailedError, PassingError, patiently
from digest.deploy.releases import chosen, list_of, with_parts_of
from digest.problems import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.content.hosting import RsyncPlace
    from digest.deploy.manifest import File, Journal
    from digest.deploy.targets import DeployContext

AT_ONCE = 1000
"""Files of one call of rsync: after each, progress is shown and what has arrived is noted."""
PASSING_STATUS = frozenset({10, 12, 30, 35})
"""rsync(1): socket and protocol stream errors, time-outs."""
PASSING = re.compile(
    r"Could not resolve|Connection (?:reset|refused|timed out|closed)|timed out|Network is unreachable|"
    r"Connection to .* closed|lost connection|kex_exchange_identification",
    re.IGNORECASE,
)
NO_LOGIN = re.compile(r"Permission denied \((?![0-9])")
"""Ways to log in stand there; after other refusals, of files, a number does."""
SOCKET = re.compile(r"/[A-Za-z0-9_./+-]{4,85}")
"""Paths of sockets that ssh can make: 104 bytes on macOS with the 18 it adds, and no sign it would read as its own."""
RELEASE = r"^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[0-9a-f]{8}$"
MOVED, NO_LINK = 75, 76
"""Statuses of our scripts: the link leads elsewhere than it did; it is no link."""

# Every script may be run once more, where the line broke after it had done its work.

LOOK = """
cd {path} 2>/dev/null || exit 0
if [ -e current ] && ! [ -L current ]; then exit 76; fi
readlink current 2>/dev/null || exit 0
cat current/{manifest} 2>/dev/null || true
"""
OPEN = """
set -e
umask 022
mkdir -p {path}/releases
cd {path}
rm -rf releases/.resumed
if [ -d releases/.incoming ]; then mv releases/.incoming releases/.resumed; echo resumed; fi
if [ -L current ]; then
  before=$(readlink current)
  rsync -a --link-dest="$PWD/$before/" "$before/" releases/.incoming/
else
  mkdir releases/.incoming
fi
"""
REUSE = """
cd {path}/releases && rsync -rt --ignore-missing-args --from0 --files-from=- .resumed/ .incoming/ 2>/dev/null || true
"""
DELETE = """
cd {path}/releases/.incoming && tr '\\n' '\\0' | xargs -0 rm -f --
"""
PRUNE_FOLDERS = """
cd {path}/releases/.incoming && tr '\\n' '\\0' | xargs -0 rmdir -- 2>/dev/null || true
"""
SWITCH = """
set -e
cd {path}
before=$(readlink current || true)
if [ "$before" != releases/{release} ]; then
  if [ "$before" != {before} ]; then exit 75; fi
  if [ -d releases/.incoming ]; then mv releases/.incoming releases/{release}; fi
  [ -d releases/{release} ]
  rm -f .current.new
  ln -s releases/{release} .current.new
  mv -fT .current.new current 2>/dev/null || mv -fh .current.new current
fi
rm -rf releases/.resumed
"""
PRUNE = """
cd releases && ls -1 | grep -E {pattern} | grep -vxF {release} | sort -r | tail -n +{first} |
while read -r name; do rm -rf "./$name"; done
"""
READ = """
cat {path}/releases/{release}/{manifest} 2>/dev/null || true
"""
CARRY = """
set -e
cd {path}/releases
rm -rf .incoming
if [ -d {before} ]; then
  rsync -a --from0 --files-from=- --ignore-existing --link-dest="$PWD"/{before}/ {before}/ {release}/
fi
"""
NOTE = """
set -e
cd {path}/releases/{release}
cat > .digest-manifest.part
mv -f .digest-manifest.part {manifest}
"""
LIST = """
cd {path} 2>/dev/null || exit 0
readlink current 2>/dev/null || echo
ls -1 releases | grep -E {pattern} | sort
"""


class Server:
    """One SSH connection, shared by all calls where ssh can do that."""

    def __init__(self, place: RsyncPlace, root: Path) -> None:
        self.place = place
        self.name = place.server
        self.sockets = tempfile.mkdtemp(prefix="digest-") if sys.platform != "win32" else ""
        self.ssh = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15"]
        if place.port != 22:
            self.ssh += ["-p", str(place.port)]
        if place.key:
            self.ssh += ["-i", str((root / Path(place.key).expanduser()).resolve()), "-o", "IdentitiesOnly=yes"]
        if place.known_hosts:
            hosts = (root / Path(place.known_hosts).expanduser()).resolve()
            self.ssh += ["-o", f"UserKnownHostsFile={hosts}", "-o", "StrictHostKeyChecking=yes"]
        if SOCKET.fullmatch(path := f"{self.sockets}/s"):
            self.ssh += ["-o", "ControlMaster=auto", "-o", f"ControlPath={path}", "-o", "ControlPersist=60"]

    def script(self, what: str, text: str, feed: bytes = b"") -> bytes:
        """Run a POSIX shell script there; standard output. Raises `DeliveryError`, `FailedError` with our statuses."""

        def attempt() -> bytes:
            try:
                return programs.run([*self.ssh, self.name, f"exec sh -c {shlex.quote(text)}"], feed=feed)
            except FailedError as error:
                if error.status in {MOVED, NO_LINK}:
                    raise
                raise self.explained(error) from None

        return patiently(f"{what} on {self.name}", attempt)

    def rsync(self, what: str, *words: str, feed: bytes = b"", absent: bool = False) -> None:
        """Raises `DeliveryError`. `absent`: the folder read from need not be there."""

        def attempt() -> None:
            try:
                programs.run(["rsync", "-e", shlex.join(self.ssh), "--timeout=120", *words], feed=feed)
            except FailedError as error:
                if not (absent and "change_dir" in error.said and "No such file" in error.said):
                    raise self.explained(error) from None

        patiently(f"{what} {self.name}", attempt)

    def explained(self, error: FailedError) -> Exception:
        """A failure that may pass, or what to do about it."""
        if "Host key verification failed" in error.said:
            cure = f"connect once by hand (ssh {self.name}) and compare its key, or name a file under known_hosts:"
            return DeliveryError(f"{self.name} is not known to this machine's ssh; {cure}")
        if NO_LOGIN.search(error.said):
            cure = "have your key in an agent, or name it under key: (it may have no passphrase then)"
            return DeliveryError(f"{self.name} refused the login: {error.reason}; {cure}")
        if (
            "rsync" in error.said
            and ("not found" in error.said or "No such file" in error.said)
            and error.status == 127
        ):
            return DeliveryError(f"rsync is not installed on {self.name}; install it there")
        if error.status in PASSING_STATUS or PASSING.search(error.said):
            return PassingError(error.reason)
        return DeliveryError(
            f"{error.program} and {self.name}: {error.reason}; put that right and run the command again"
        )

    def close(self) -> None:
        if not self.sockets:
            return
        if any(Path(self.sockets).iterdir()):
            with contextlib.suppress(FailedError, DeliveryError):
                programs.run([*self.ssh, "-O", "exit", self.name])
        shutil.rmtree(self.sockets, ignore_errors=True)


def rsync_target(place: RsyncPlace, errand: DeployContext) -> ReleasesTarget | InPlaceTarget:
    return ReleasesTarget(place, errand) if place.mode == "releases" else InPlaceTarget(place, errand)


def send_words(folder: Path, server: Server, where: str) -> list[str]:
    """What every sending call of rsync has: contents compared, modes that a web server can read."""
    words = ["-rt", "--checksum", "--chmod=D755,F644", "--from0", "--files-from=-"]
    return [*words, f"{folder}/", f"{server.name}:{where}/"]


def lines_of(paths: Sequence[str], end: str = "\0") -> bytes:
    return "".join(f"{path}{end}" for path in paths).encode()


class ReleasesTarget:
    """See `digest.deploy.targets.Target`."""

    atomic = True
    purges = False
    interrupted = False

    def __init__(self, place: RsyncPlace, errand: DeployContext) -> None:
        self.place = place
        self.errand = errand
        self.server = Server(place, errand.root)
        self.path = place.path.rstrip("/")
        self.shown = f"{place.server}:{self.path}/current"
        self.before = ""
        self.opened = False
        self.resumes = False

    def headers(self, path: str) -> str:  # noqa: ARG002 - the web server there says them
        return ""

    def manifest(self) -> Manifest | None:
        try:
            said = self.server.script("looking at what is", self.filled(LOOK, manifest=MANIFEST))
        except FailedError:
            cure = "move it away: digest puts a link there"
            raise DeliveryError(f"{self.shown} is there and is no link; {cure}") from None
        before, _, raw = said.partition(b"\n")
        self.before = before.decode()
        return unpacked(raw) if raw else None

    def checkpoint(self, journal: Journal) -> None:
        """Nothing is seen of a release before the link leads to it."""

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        self.open()
        for start in range(0, len(files), AT_ONCE):
            batch = files[start : start + AT_ONCE]
            names = lines_of([path for path, _ in batch])
            if self.resumes:
                self.server.script("going on", self.filled(REUSE), names)
            where = f"{self.path}/releases/.incoming"
            self.server.rsync("sending to", *send_words(self.errand.sending, self.server, where), feed=names)
            for path, file in batch:
                sent(path, file)

    def delete(self, paths: Sequence[str]) -> None:
        if not paths:
            return
        self.open()
        self.server.script("deleting", self.filled(DELETE), lines_of([f"./{path}" for path in paths], "\n"))
        folders = sorted({folder for path in paths for folder in parents(path)}, key=lambda f: -f.count("/"))
        if folders:
            self.server.script("deleting", self.filled(PRUNE_FOLDERS), lines_of([f"./{f}" for f in folders], "\n"))

    def commit(self, manifest: Manifest) -> None:
        self.open()
        (self.errand.sending / MANIFEST).write_bytes(packed(manifest))
        where = f"{self.path}/releases/.incoming"
        words = send_words(self.errand.sending, self.server, where)
        self.server.rsync("sending to", *words, feed=lines_of([MANIFEST]))
        switch(self.server, self.path, self.before, manifest.release, self.place.keep)
        self.opened, self.before = False, f"releases/{manifest.release}"

    def purge(self, paths: Sequence[str]) -> None:
        """No cache lies before a server of one's own."""

    def close(self) -> None:
        self.server.close()

    def open(self) -> None:
        """Have a release on the way, with all that is there now."""
        if not self.opened:
            said = self.server.script("making a release", self.filled(OPEN))
            self.opened, self.resumes = True, b"resumed" in said

    def filled(self, script: str, **words: str) -> str:
        return script.format(path=shlex.quote(self.path), **words)


def switch(server: Server, path: str, before: str, release: str, keep: int | None = None) -> None:
    """Have the link lead to a release, and delete the oldest ones. Raises `DeliveryError` where somebody moved it."""
    words = {"path": shlex.quote(path), "before": shlex.quote(before), "release": shlex.quote(release)}
    prune = "" if keep is None else PRUNE.format(**words, pattern=shlex.quote(RELEASE), first=keep + 1)
    try:
        server.script("switching", SWITCH.format(**words) + prune)
    except FailedError:
        where = f"{server.name}:{path}/current"
        raise DeliveryError(f"{where} was deployed to by somebody else meanwhile; run the command again") from None


def parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


class InPlaceTarget:
    """See `digest.deploy.targets.Target`."""

    atomic = False
    purges = False

    def __init__(self, place: RsyncPlace, errand: DeployContext) -> None:
        self.errand = errand
        self.server = Server(place, errand.root)
        self.path = place.path.rstrip("/")
        self.shown = f"{place.server}:{self.path}"
        self.interrupted = False
        self.known: Manifest = Manifest()

    def headers(self, path: str) -> str:  # noqa: ARG002 - the web server there says them
        return ""

    def manifest(self) -> Manifest | None:
        """The list that lies there, and the journal of a deploy that was interrupted."""
        there = self.errand.own / "there"
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir(parents=True)
        sources = [f"{self.server.name}:{self.path}/{MANIFEST}", f":{self.path}/{JOURNAL}"]
        self.server.rsync("looking at what is on", "-t", "--ignore-missing-args", *sources, f"{there}/", absent=True)
        raw, noted = (path.read_bytes() if path.exists() else b"" for path in (there / MANIFEST, there / JOURNAL))
        self.interrupted = bool(noted)
        if not raw and not noted:
            return None
        self.known = unpacked(raw) if raw else Manifest()
        return resumed(self.known, manifests.journal(noted)) if noted else self.known

    def checkpoint(self, journal: Journal) -> None:
        self.send_note(JOURNAL, packed(journal))

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        for start in range(0, len(files), AT_ONCE):
            batch = files[start : start + AT_ONCE]
            words = ["--delay-updates", *send_words(self.errand.sending, self.server, self.path)]
            self.server.rsync("sending to", *words, feed=lines_of([path for path, _ in batch]))
            for path, file in batch:
                sent(path, file)

    def delete(self, paths: Sequence[str]) -> None:
        self.drop(paths)

    def drop(self, paths: Sequence[str]) -> None:
        """What is not in a tree of empty folders is deleted there: the files, then the folders they leave empty."""
        empty = {folder for path in paths for folder in parents(path)} - self.peopled(paths)
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

    def peopled(self, gone: Sequence[str]) -> set[str]:
        """Folders in which listed files stay."""
        return {folder for path in self.known.everything() - set(gone) for folder in parents(path)}

    def commit(self, manifest: Manifest) -> None:
        self.known = manifest
        self.send_note(MANIFEST, packed(manifest))
        self.drop([JOURNAL])

    def send_note(self, name: str, content: bytes) -> None:
        notes = self.errand.own / "notes"
        notes.mkdir(parents=True, exist_ok=True)
        (notes / name).write_bytes(content)
        words = ["-t", "--checksum", "--chmod=D755,F644", "--mkpath", str(notes / name)]
        self.server.rsync("sending to", *words, f"{self.server.name}:{self.path}/")

    def purge(self, paths: Sequence[str]) -> None:
        """No cache lies before a server of one's own."""

    def close(self) -> None:
        self.server.close()


# ------------------------------------------------------------------ releases


def listed(place: RsyncPlace, root: Path) -> tuple[str, list[str]]:
    """The release that is online, and all there are, the oldest first."""
    server = Server(place, root)
    try:
        words = {"path": shlex.quote(place.path.rstrip("/")), "pattern": shlex.quote(RELEASE)}
        present, *names = server.script("looking at what is", LIST.format(**words)).decode().splitlines() or [""]
        return present.rpartition("/")[2], names
    finally:
        server.close()


def rollback(place: RsyncPlace, root: Path, to: str | None) -> tuple[str, str]:
    """Have an earlier release online again; names of the one that was, and the one that is. Raises `UsageError`."""
    before, names = listed(place, root)
    name = chosen(before, [n for n in names if n != before], to, f"on {place.server}")
    server, path = Server(place, root), place.path.rstrip("/")
    words = {"path": shlex.quote(path), "before": shlex.quote(before), "release": name, "manifest": MANIFEST}
    try:
        texts = (READ.format(**words | {"release": words[each]}) for each in ("release", "before"))
        raw = [server.script("looking at what is", text) for text in texts]
        known, parts = with_parts_of(list_of(name, raw[0]), believed(raw[1]), int(time.time()))
        server.script("going back", CARRY.format(**words), lines_of(parts))
        server.script("going back", NOTE.format(**words), packed(known))
        switch(server, path, f"releases/{before}" if before else "", name)
    finally:
        server.close()
    return before, name
