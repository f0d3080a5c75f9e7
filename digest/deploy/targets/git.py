"""A branch of a repository: one commit in a local repository, then one update of the branch, unless others moved it.

`git fast-import` writes the commit into a repository under `.digest/`, on the tree that is online, so files that are no
part of the site stay, and only new content is sent. Secrets are in no arguments: a token comes from the environment and
reaches git through a credential helper that prints it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Annotated
from urllib.parse import urlsplit

from digest.content.fields import WORD, Refusal, checked, one_of, wrong_value
from digest.deploy import programs
from digest.deploy.keys import private, split_address, word
from digest.deploy.manifest import MANIFEST, File, Manifest, packed, unpacked
from digest.deploy.programs import FailedError, PassingError, with_retries
from digest.deploy.targets import DeployContext, Place, Target
from digest.problems import N_, DeliveryError, UsageError
from digest.translation import _, gettext_noop

DOMAIN = word(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    "a host name in small letters, as in news.example.org",
)
BRANCH = word(
    r"(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![/.])",
    "the name of a branch, as in gh-pages",
    WORD,
)
HOSTS = {"github.com": "github-pages", "gitlab.com": "gitlab-pages", "codeberg.org": "codeberg-pages"}
"""Host of a repository → the host of the pages in it."""

TIP, NEW = "refs/digest/tip", "refs/digest/new"
LOOSE, PACKS = 2000, 40
"""Loose objects and packs above which the local repository is made anew: it keeps old commits that nobody needs, and
each deploy fetches the newest one anyway.
"""
NOBODY = "digest <digest@localhost>"
"""The committer if git knows none, as in continuous integration."""
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
ACCESS = gettext_noop(
    "give git access: set DIGEST_GIT_TOKEN to a token that may write, or use an address that an SSH key opens "
    "(docs/reference/deploy.md)"
)


def check_repository(raw: str, key: str) -> str | Refusal:
    """An address git understands, a path, or the name of a remote. No transport that runs programs (`ext::`)."""
    scheme = raw.partition("://")[0].lower() if "://" in raw else ""
    address = split_address(raw)
    if scheme and address and address.password is not None:
        return Refusal(private(key), N_("take it out: git asks its credential helper, or $DIGEST_GIT_TOKEN"))
    known = not scheme or scheme in {"https", "http", "ssh", "git", "file"}
    if address and known and "::" not in raw and not raw.startswith("-") and raw.isprintable() and " " not in raw:
        return raw or "origin"
    cure = N_("write an address such as git@github.com:name/site.git, a path, or the name of a remote")
    return wrong_value(key, without_user(raw), cure)


def without_user(address: str) -> str:
    """An address fit to be shown."""
    return re.sub(r"(?<=//)[^/@]*@", "", address)


class GitPlace(Place, frozen=True):
    """A branch of a repository."""

    kind = "git"
    secrets = ("DIGEST_GIT_TOKEN",)
    repository: Annotated[str, "المستودع", "address, path, or name of a remote", checked(check_repository, WORD)] = (
        "origin"
    )
    branch: Annotated[str, "الفرع", "the branch", BRANCH] = "gh-pages"
    history: Annotated[str, "السجل", "squash: the branch is always one commit", one_of(("keep", "squash"))] = "keep"
    domain: Annotated[str, "النطاق", "host name of the site, for the host's CNAME file", DOMAIN] = ""

    def open(self, context: DeployContext) -> GitTarget:
        return GitTarget(self, context)

    def host(self) -> str:
        found = re.search(r"(?:@|//)(?:[^/@]*@)?(github\.com|gitlab\.com|codeberg\.org)[:/]", self.repository)
        return HOSTS[found[1]] if found else ""

    def host_files(self, host: str) -> dict[str, bytes]:
        name = ".domains" if host == "codeberg-pages" else "CNAME"
        return {".nojekyll": b""} | ({name: f"{self.domain}\n".encode()} if self.domain else {})


class GitTarget(Target):
    """The branch, and the commit being made."""

    def __init__(self, place: GitPlace, context: DeployContext) -> None:
        self.place = place
        self.context = context
        self.folder = context.own / "repository.git"
        self.address, secret = address_of(place.repository, context.root)
        self.env = environment(self.folder, self.address, secret)
        self.ref = f"refs/heads/{place.branch}"
        self.shown = f"branch {place.branch} of {without_user(self.address)}"
        self.tip = ""
        self.importer: Importer | None = None

    def manifest(self) -> Manifest | None:
        """The manifest in the newest commit, which is fetched without its files if the host supports that."""
        self.recreate_if_grown()
        if not (self.folder / "HEAD").exists():
            self.git("init", "--quiet", "--bare", str(self.folder))
        self.tip = with_retries(_("fetching from {place}", place=without_user(self.address)), self.fetch)
        if not self.tip or not self.git("ls-tree", self.tip, MANIFEST):
            return None
        read = partial(self.remote, "cat-file", "blob", f"{self.tip}:{MANIFEST}")  # fetches it, if the host filters
        return unpacked(with_retries(_("fetching from {place}", place=without_user(self.address)), read))

    def recreate_if_grown(self) -> None:
        """Delete a large local repository, which holds nothing that the branch does not."""
        old = self.folder.with_name(f"{self.folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if not (self.folder / "HEAD").exists():
            return
        rows = dict(line.split(": ") for line in self.git("count-objects", "-v").decode().splitlines())
        if int(rows["count"]) > LOOSE or int(rows["packs"]) > PACKS:
            self.folder.rename(old)
            shutil.rmtree(old, ignore_errors=True)

    def fetch(self) -> str:
        """Fetch the newest commit; gives its id, empty if there is no such branch."""
        words = ("fetch", "--quiet", "--depth=1", "--filter=blob:none", "--no-tags", "--no-write-fetch-head")
        try:
            self.git(*words, "target", f"+{self.ref}:{TIP}")
        except FailedError as error:
            if "find remote ref" in error.said:
                return ""
            raise self.explained(error) from None
        return self.git("rev-parse", TIP).decode().strip()

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        importer = self.opened()
        for path, file in files:
            importer.put(path, Path(f"{self.context.sending}/{path}").read_bytes())
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
        with_retries(_("pushing to {place}", place=self.shown), self.push)

    def push(self) -> None:
        """Move the branch from the fetched commit to the new one. Raises `PassingError`, `DeliveryError`."""
        lease = f"--force-with-lease={self.ref}:{self.tip}"
        try:
            self.git("push", "--quiet", "--no-verify", lease, "target", f"{NEW}:{self.ref}")
        except FailedError as error:
            if REJECTED.search(error.said):
                if self.arrived():
                    return
                raise DeliveryError(
                    _("{shown} was changed by somebody else meanwhile; run the command again", shown=self.shown)
                ) from None
            raise self.explained(error) from None

    def arrived(self) -> bool:
        """Whether the branch already has the new commit, after an attempt that seemed to fail."""
        try:
            there = self.git("ls-remote", "target", self.ref).decode().partition("\t")[0]
        except FailedError:
            return False
        return there == self.git("rev-parse", NEW).decode().strip()

    def close(self) -> None:
        if self.importer:
            self.importer.stop()

    def opened(self) -> Importer:
        if self.importer is None:
            self.importer = Importer(self.env)
        return self.importer

    def identity(self) -> str:
        """The committer and the time."""
        try:
            return self.git("var", "GIT_COMMITTER_IDENT").decode().strip()
        except FailedError:
            import time  # noqa: PLC0415

            return f"{NOBODY} {int(time.time())} +0000"

    def git(self, *words: str) -> bytes:
        return programs.run(["git", *words], env=self.env)

    def remote(self, *words: str) -> bytes:
        """Run git with the repository of the branch. Raises `PassingError`, `DeliveryError`."""
        try:
            return self.git(*words)
        except FailedError as error:
            raise self.explained(error) from None

    def explained(self, error: FailedError) -> Exception:
        """The same failure as one that may pass, or with its cure."""
        if PASSING.search(error.said):
            return PassingError(error.reason)
        if NO_ACCESS.search(error.said):
            return DeliveryError(
                _(
                    "{address} refused: {reason}; {access}",
                    address=without_user(self.address),
                    reason=error.reason,
                    access=_(ACCESS),
                )
            )
        return DeliveryError(
            _(
                "git and {address}: {reason}; check repository: under deploy:",
                address=without_user(self.address),
                reason=error.reason,
            )
        )


class Importer:
    """A running `git fast-import` (git-fast-import(1)): file contents first, then one commit that names them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        import subprocess  # noqa: PLC0415 - every build of a site imports this module to check `deploy:`

        self.marks: dict[str, int] = {}
        self.gone: list[str] = []
        words = ["git", "fast-import", "--quiet", "--done", "--force"]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - fixed words
                words, env={**os.environ, **env, "LC_ALL": "C"}, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        except FileNotFoundError:
            raise DeliveryError(
                _("git is not installed on this machine; install it and run the command again")
            ) from None

    @property
    def stream(self) -> IO[bytes]:
        assert self.process.stdin  # noqa: S101 - it was asked for
        return self.process.stdin

    def put(self, path: str, content: bytes) -> None:
        mark = self.marks[path] = len(self.marks) + 1
        self.write(b"blob\nmark :%d\ndata %d\n" % (mark, len(content)), content, b"\n")

    def commit(self, identity: str, message: str, base: str, tree: str) -> None:
        """Write the commit and end: on `base`, or without a parent on the files of `tree`. Raises `FailedError`."""
        said = message.encode()
        lines = [f"commit {NEW}", f"committer {identity}", f"data {len(said)}"]
        self.write("\n".join(lines).encode(), b"\n", said)
        if base:
            self.write(b"from %s\n" % base.encode())
        if tree:
            self.write(b"M 040000 %s \n" % tree.encode())
        for path in self.gone:
            self.write(b"D %s\n" % c_quoted(path))
        for path, mark in self.marks.items():
            self.write(b"M 100644 :%d %s\n" % (mark, c_quoted(path)))
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
        """Kill the process; nothing of the commit remains."""
        self.process.kill()
        self.process.communicate()


def c_quoted(path: str) -> bytes:
    """A path in the quotes of fast-import."""
    return b'"' + path.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def address_of(repository: str, root: Path) -> tuple[str, str]:
    """The address of a repository without its password, and the password. Raises `UsageError`."""
    address = repository
    if re.fullmatch(r"[\w.-]+", repository) and not (root / repository).exists():
        env = {"GIT_TERMINAL_PROMPT": "0"}
        try:
            address = (
                programs.run(["git", "remote", "get-url", "--push", repository], cwd=root, env=env).decode().strip()
            )
        except FailedError:
            cure = _("name the address of one, as in repository: git@github.com:name/site.git")
            raise UsageError(
                _(
                    "the site's folder is no repository with a remote '{repository}'; {cure}",
                    repository=repository,
                    cure=cure,
                )
            ) from None
    if "://" not in address and not re.match(r"[\w.-]+@?[\w.-]*:", address):
        return str((root / Path(address).expanduser()).resolve()), ""
    split = split_address(address)
    if split is None:
        what = _(
            "the remote '{repository}' has an address that cannot be one: {address}",
            repository=repository,
            address=without_user(address),
        )
        raise UsageError(_("{what}; correct it: git remote set-url {repository} …", what=what, repository=repository))
    if split.password is not None:
        host = split.netloc.rpartition("@")[2]
        return split._replace(netloc=f"{split.username}@{host}").geturl(), split.password
    return address, ""


def environment(folder: Path, address: str, secret: str) -> dict[str, str]:
    """The environment of every git command. It holds the configuration, so nothing is written to the disk."""
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
