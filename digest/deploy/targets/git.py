"""A branch of a repository: one commit made off to the side, then one update of the branch, only if nobody moved it.

The commit is written by `git fast-import` into a repository of our own under `.digest/`, on the tree that is online, so
files that are no part of the site stay, and only new content is sent. Secrets are in nobody's arguments: a token comes
from the environment and goes to git through a credential helper that prints it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from digest.content.hosting import parts_of, without_user
from digest.deploy import programs
from digest.deploy.manifest import MANIFEST, Manifest, packed, unpacked
from digest.deploy.programs import FailedError, PassingError, patiently
from digest.problems import DeliveryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.content.hosting import GitPlace
    from digest.deploy.manifest import File, Journal
    from digest.deploy.targets import DeployContext

TIP, NEW = "refs/digest/tip", "refs/digest/new"
LOOSE, PACKS = 2000, 40
"""Objects by themselves, and packs of them, from which on our repository is begun anew: of a branch it holds more and
more that nobody needs, and the newest commit is fetched at each deploy anyway.
"""
NOBODY = "digest <digest@localhost>"
"""Who commits where git knows nobody, as in many runs of continuous integration."""
HELPER = (
    '!f() { test "$1" = get || exit 0; echo "username=${DIGEST_GIT_USER:-x-access-token}"; '
    'echo "password=$DIGEST_GIT_TOKEN"; }; f'
)
PASSING = re.compile(
    r"Could not resolve|Failed to connect|Could not connect|"
    r"Connection (?:reset|refused|timed out|closed)|timed out|early EOF|unexpected disconnect|"
    r"RPC failed|remote end hung up|HTTP 5\d\d|The requested URL returned error: (?:5\d\d|429)|Network is unreachable",
    re.IGNORECASE,
)
REJECTED = re.compile(r"stale info|fetch first|non-fast-forward|\[rejected\]|cannot lock ref|reference already exists")
NO_ACCESS = re.compile(
    r"could not read (?:Username|Password)|Authentication failed|Permission denied|returned error: 40[13]|"
    r"Permission to .* denied|terminal prompts disabled|access denied",
    re.IGNORECASE,
)
ACCESS = (
    "give git access: set DIGEST_GIT_TOKEN to a token that may write, or use an address that an SSH key opens "
    "(docs/deploy.md)"
)


class GitTarget:
    """See `digest.deploy.targets.Target`."""

    atomic = True
    purges = False
    interrupted = False

    def __init__(self, place: GitPlace, errand: DeployContext) -> None:
        self.place = place
        self.errand = errand
        self.folder = errand.own / "repository.git"
        self.address, secret = address_of(place.repository, errand.root)
        self.env = environment(self.folder, self.address, secret)
        self.ref = f"refs/heads/{place.branch}"
        self.shown = f"branch {place.branch} of {without_user(self.address)}"
        self.tip = ""
        self.importer: Importer | None = None

    def headers(self, path: str) -> str:  # noqa: ARG002 - a branch holds files alone
        return ""

    def manifest(self) -> Manifest | None:
        """Fetches the newest commit of the branch, without the files in it where the host can leave them out."""
        self.begin_anew_where_grown()
        if not (self.folder / "HEAD").exists():
            self.git("init", "--quiet", "--bare", str(self.folder))
        self.tip = patiently(f"fetching from {without_user(self.address)}", self.fetch)
        if not self.tip or not self.git("ls-tree", self.tip, MANIFEST):
            return None
        return unpacked(patiently(f"fetching from {without_user(self.address)}", self.read_manifest))

    def begin_anew_where_grown(self) -> None:
        """Our repository holds nothing that the branch does not: it may go, all at once."""
        old = self.folder.with_name(f"{self.folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if not (self.folder / "HEAD").exists():
            return
        rows = dict(line.split(": ") for line in self.git("count-objects", "-v").decode().splitlines())
        if int(rows["count"]) > LOOSE or int(rows["packs"]) > PACKS:
            self.folder.rename(old)
            shutil.rmtree(old, ignore_errors=True)

    def read_manifest(self) -> bytes:
        try:
            return self.git("cat-file", "blob", f"{self.tip}:{MANIFEST}")
        except FailedError as error:
            raise self.explained(error) from None

    def fetch(self) -> str:
        """The newest commit; empty where there is no such branch."""
        words = ("fetch", "--quiet", "--depth=1", "--filter=blob:none", "--no-tags", "--no-write-fetch-head")
        try:
            self.git(*words, "target", f"+{self.ref}:{TIP}")
        except FailedError as error:
            if "find remote ref" in error.said:
                return ""
            raise self.explained(error) from None
        return self.git("rev-parse", TIP).decode().strip()

    def checkpoint(self, journal: Journal) -> None:
        """Nothing is seen of a commit before the branch names it."""

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        importer = self.opened()
        for path, file in files:
            importer.put(path, Path(f"{self.errand.sending}/{path}").read_bytes())
            sent(path, file)

    def delete(self, paths: Sequence[str]) -> None:
        self.opened().gone += paths

    def commit(self, manifest: Manifest) -> None:
        importer = self.opened()
        importer.put(MANIFEST, packed(manifest))
        base = self.tip if self.place.history == "keep" else ""
        tree = "" if base or not self.tip else self.git("rev-parse", f"{self.tip}^{{tree}}").decode().strip()
        importer.commit(self.identity(), f"Deploy {manifest.release}\n", base, tree)
        self.importer = None
        patiently(f"pushing to {self.shown}", self.push)

    def push(self) -> None:
        """One update of one reference, from what we fetched to what we made. Raises `PassingError`, `DeliveryError`."""
        lease = f"--force-with-lease={self.ref}:{self.tip}"
        try:
            self.git("push", "--quiet", "--no-verify", lease, "target", f"{NEW}:{self.ref}")
        except FailedError as error:
            if REJECTED.search(error.said):
                if self.arrived():
                    return
                raise DeliveryError(
                    f"{self.shown} was changed by somebody else meanwhile; run the command again"
                ) from None
            raise self.explained(error) from None

    def arrived(self) -> bool:
        """Whether an attempt that seemed to fail had done its work."""
        try:
            there = self.git("ls-remote", "target", self.ref).decode().partition("\t")[0]
        except FailedError:
            return False
        return there == self.git("rev-parse", NEW).decode().strip()

    def purge(self, paths: Sequence[str]) -> None:
        """The host sees to its caches."""

    def close(self) -> None:
        if self.importer:
            self.importer.stop()

    def opened(self) -> Importer:
        if self.importer is None:
            self.importer = Importer(self.env)
        return self.importer

    def identity(self) -> str:
        """Who commits, and when."""
        try:
            return self.git("var", "GIT_COMMITTER_IDENT").decode().strip()
        except FailedError:
            import time  # noqa: PLC0415

            return f"{NOBODY} {int(time.time())} +0000"

    def git(self, *words: str) -> bytes:
        return programs.run(["git", *words], env=self.env)

    def explained(self, error: FailedError) -> Exception:
        """A failure that may pass, or what to do about it."""
        if PASSING.search(error.said):
            return PassingError(error.reason)
        if NO_ACCESS.search(error.said):
            return DeliveryError(f"{without_user(self.address)} refused: {error.reason}; {ACCESS}")
        return DeliveryError(f"git and {without_user(self.address)}: {error.reason}; check repository: under deploy:")


class Importer:
    """A running `git fast-import` (git-fast-import(1)): content first, then one commit that names it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.marks: dict[str, int] = {}
        self.gone: list[str] = []
        words = ["git", "fast-import", "--quiet", "--done", "--force"]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - fixed words
                words, env={**os.environ, **env, "LC_ALL": "C"}, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        except FileNotFoundError:
            raise DeliveryError("git is not installed on this machine; install it and run the command again") from None

    @property
    def stream(self) -> IO[bytes]:
        assert self.process.stdin  # noqa: S101 - it was asked for
        return self.process.stdin

    def put(self, path: str, content: bytes) -> None:
        mark = self.marks[path] = len(self.marks) + 1
        self.write(b"blob\nmark :%d\ndata %d\n" % (mark, len(content)), content, b"\n")

    def commit(self, identity: str, message: str, base: str, tree: str) -> None:
        """End with one commit: on `base`, or without a parent on the files of `tree`. Raises `FailedError`."""
        said = message.encode()
        lines = [f"commit {NEW}", f"committer {identity}", f"data {len(said)}"]
        self.write("\n".join(lines).encode(), b"\n", said)
        if base:
            self.write(b"from %s\n" % base.encode())
        if tree:
            self.write(b"M 040000 %s \n" % tree.encode())
        for path in self.gone:
            self.write(b"D %s\n" % quoted(path))
        for path, mark in self.marks.items():
            self.write(b"M 100644 :%d %s\n" % (mark, quoted(path)))
        self.write(b"\ndone\n")
        _, errors = self.process.communicate()
        if self.process.returncode:
            raise FailedError("git fast-import", self.process.returncode, errors.decode("utf-8", "replace"))

    def write(self, *parts: bytes) -> None:
        try:
            self.stream.writelines(parts)
        except BrokenPipeError:
            errors = self.process.stderr.read() if self.process.stderr else b""
            raise FailedError("git fast-import", self.process.wait(), errors.decode("utf-8", "replace")) from None

    def stop(self) -> None:
        """Leave no trace of what is not finished."""
        self.process.kill()
        self.process.communicate()


def quoted(path: str) -> bytes:
    """A path as fast-import reads it whatever is in it."""
    return b'"' + path.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def address_of(repository: str, root: Path) -> tuple[str, str]:
    """The address without a password, and the password it had. Raises `UsageError`."""
    address = repository
    if re.fullmatch(r"[\w.-]+", repository) and not (root / repository).exists():
        env = {"GIT_TERMINAL_PROMPT": "0"}
        try:
            address = (
                programs.run(["git", "remote", "get-url", "--push", repository], cwd=root, env=env).decode().strip()
            )
        except FailedError:
            cure = "name the address of one, as in repository: git@github.com:name/site.git"
            raise UsageError(f"the site's folder is no repository with a remote '{repository}'; {cure}") from None
    if "://" not in address and not re.match(r"[\w.-]+@?[\w.-]*:", address):
        return str((root / Path(address).expanduser()).resolve()), ""
    split = parts_of(address)
    if split is None:
        what = f"the remote '{repository}' has an address that cannot be one: {without_user(address)}"
        raise UsageError(f"{what}; correct it: git remote set-url {repository} …")
    if split.password is not None:
        host = split.netloc.rpartition("@")[2]
        return split._replace(netloc=f"{split.username}@{host}").geturl(), split.password
    return address, ""


def environment(folder: Path, address: str, secret: str) -> dict[str, str]:
    """What git is told, but for the words of each command: nothing of it is written to the disk."""
    config = [
        ("remote.target.url", address),
        ("core.quotePath", "false"),
        ("core.compression", "6"),
        ("protocol.ext.allow", "never"),
        ("maintenance.auto", "false"),
    ]
    env = {"GIT_DIR": str(folder), "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": ""}
    token = secret or os.environ.get("DIGEST_GIT_TOKEN", "")
    if token and address.startswith(("https://", "http://")):
        split = urlsplit(address)
        host = f"{split.scheme}://{split.netloc.rpartition('@')[2]}"
        config += [(f"credential.{host}.helper", ""), (f"credential.{host}.helper", HELPER)]
        env["DIGEST_GIT_TOKEN"] = token
        if split.username:
            env["DIGEST_GIT_USER"] = split.username
    if "GIT_SSH_COMMAND" not in os.environ and "GIT_SSH" not in os.environ:
        env["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=20"
    env["GIT_CONFIG_COUNT"] = str(len(config))
    for number, (key, value) in enumerate(config):
        env[f"GIT_CONFIG_KEY_{number}"], env[f"GIT_CONFIG_VALUE_{number}"] = key, value
    return env
