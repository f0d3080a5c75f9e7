"""The places a site is put to, one call at a time: a branch in a bare repository, a server whose ssh is a script, a little store.

Git and rsync are the machine's own, behind scripts that note each call and fail when they are told to; nothing here
needs a server of the distribution.
"""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

import hosts
import pytest
from deployments import listed, rollback

from digest.deploy import programs
from digest.deploy.manifest import JOURNAL, MANIFEST, File, Journal, Manifest, packed, unpacked
from digest.deploy.targets import DeployContext, git, rsync
from digest.deploy.targets.git import GitPlace
from digest.deploy.targets.rsync import RsyncPlace
from digest.deploy.targets.s3 import S3Place
from digest.problems import DeliveryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from digest.deploy.targets import Target

pytestmark = pytest.mark.slow

Files = dict[str, bytes]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four attempts without a pause."""
    monkeypatch.setattr(programs, "PAUSE", 0.0)


@pytest.fixture
def context(tmp_path: Path) -> DeployContext:
    """Of a site from which nothing was deployed yet."""
    for name in ("site", "sending"):
        (tmp_path / name).mkdir()
    return DeployContext(tmp_path / "site", tmp_path / "own/live", tmp_path / "sending")


def put(target: Target, context: DeployContext, files: Files, headers: str = "") -> list[str]:
    """Send these; gives what was said to have arrived."""
    for path, content in files.items():
        (context.sending / path).parent.mkdir(parents=True, exist_ok=True)
        (context.sending / path).write_bytes(content)
    arrived: list[tuple[str, File]] = []
    rows = [(path, File("f", len(content), headers)) for path, content in files.items()]
    target.put(rows, lambda path, file: arrived.append((path, file)))
    assert sorted(arrived) == sorted(rows)
    return [path for path, _ in arrived]


def listing(files: Sequence[str], release: str = "r1") -> Manifest:
    """What is noted of these files."""
    return Manifest(release=release, files={path: File("f", 1) for path in files})


def refused(call: Callable[[], object], kind: type[Exception] = DeliveryError) -> str:
    """The whole message of a call that must fail."""
    with pytest.raises(kind) as error:
        call()
    assert type(error.value) is kind
    return str(error.value)


# ------------------------------------------------------------------ programs


@dataclass
class Program:
    """A program behind a script of its name that notes how it is called, and fails when it is told to."""

    script: Path
    work: str
    """What it does, as commands of a shell."""

    def __post_init__(self) -> None:
        noted, fault = (shlex.quote(f"{self.script}.{name}") for name in ("calls", "fault"))
        self.script.write_text(
            f"#!/bin/sh\nnote=$(printf '%s\\037' $$ \"$@\"; printf '\\036')\nprintf %s \"$note\" >> {noted}\n"
            f'work() {{\n{self.work}\n}}\nif [ -e {fault} ]; then . {fault}; fi\nwork "$@"\n'
        )
        self.script.chmod(0o755)

    def runs(self) -> list[list[str]]:
        """The number of each process and its words, those alone that were not started by the other end."""
        noted = Path(f"{self.script}.calls")
        text = noted.read_text("utf-8") if noted.exists() else ""
        return [call.split("\037")[:-1] for call in text.split("\036")[:-1] if "\037--server\037" not in call]

    def calls(self) -> list[list[str]]:
        """Words of each call."""
        return [words for _, *words in self.runs()]

    def forget(self) -> None:
        """From now on it does what it should, and what it was called with before counts no more."""
        for name in ("calls", "fault"):
            Path(f"{self.script}.{name}").unlink(missing_ok=True)

    def instead(self, when: str, commands: str) -> None:
        """Where these words are among the others, run these commands first."""
        pattern = f"*{shlex.quote(when)}*" if when else "*"
        Path(f"{self.script}.fault").write_text(f'case "$*" in {pattern})\n{commands}\n;; esac\n')

    def fails(self, when: str, said: str, status: int = 128, first: str = "") -> None:
        """With these last words and this status."""
        self.instead(when, f"{first}\nprintf '%s\\n' {shlex.quote(said)} >&2; exit {status}")

    def fails_once(self, when: str, said: str, status: int = 128) -> None:
        """And works from then on."""
        self.fails(when, said, status, f"rm {shlex.quote(f'{self.script}.fault')}")


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which programs are found first."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    return tmp_path / "bin"


# ------------------------------------------------------------------ git


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the machine's settings none counts: git knows no name to commit by, and no token."""
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("DIGEST_GIT_TOKEN", "DIGEST_GIT_USER", "GIT_SSH", "GIT_SSH_COMMAND", "EMAIL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def host(tmp_path: Path) -> hosts.GitHost:
    hosts.needed("git")
    return hosts.bare(tmp_path / "site.git")


@pytest.fixture
def program(behind: Path) -> Program:
    """Git."""
    hosts.needed("git")
    return Program(behind / "git", f'exec {shutil.which("git")} "$@"')


def branch(host: hosts.GitHost, context: DeployContext, **more: str) -> git.GitTarget:
    return git.GitTarget(GitPlace(host.url, **more), context)


def committed(
    target: git.GitTarget, context: DeployContext, files: Files, gone: Sequence[str] = (), release: str = "r1"
) -> None:
    """One deploy to a branch that was looked at."""
    put(target, context, files)
    target.delete(gone)
    target.commit(listing(list(files), release))
    target.close()


def test_missing_branch_is_created_with_one_commit(host: hosts.GitHost, context: DeployContext) -> None:
    """With one commit that holds the files, whatever their names, and their list."""
    target = branch(host, context, branch="pages")
    assert target.shown == f"branch pages of {host.url}"
    assert (target.atomic, target.purges, target.interrupted, target.headers("a.html")) == (True, False, False, "")
    assert target.manifest() is None
    files = {"a.html": b"one\n", 'خبر/"b" c.html': b"", "done": b"done\n"}
    committed(target, context, files)
    assert host.files("pages") == files
    assert unpacked(host.git("cat-file", "blob", f"pages:{MANIFEST}")) == listing(list(files))
    assert {row.split()[0] for row in host.git("ls-tree", "-r", "pages").splitlines()} == {b"100644"}
    assert host.git("log", "--format=%B", "pages").strip() == b"Deploy r1"
    assert host.git("fsck", "--strict") == b""


def test_second_deploy_adds_one_commit(host: hosts.GitHost, context: DeployContext) -> None:
    """One commit more: what is not sent stays, whoever put it there, and what is deleted goes."""
    first = branch(host, context)
    first.manifest()
    committed(first, context, {"a.html": b"1", "b/b.html": b"2", "c.html": b"3"})
    second = branch(host, context)
    assert second.manifest() == listing(["a.html", "b/b.html", "c.html"])
    second.checkpoint(Journal(pending=("a.html",)))
    committed(second, context, {"a.html": b"4", "d.html": b"5"}, ["b/b.html"], "r2")
    second.purge(["a.html"])
    assert host.files() == {"a.html": b"4", "c.html": b"3", "d.html": b"5"}
    assert host.git("log", "--format=%s", "gh-pages").split(b"\n")[:2] == [b"Deploy r2", b"Deploy r1"]


def test_squashed_branch_is_one_commit(host: hosts.GitHost, context: DeployContext) -> None:
    """With all the files nevertheless, and with those that others put there."""
    for number in (1, 2, 3):
        target = branch(host, context, history="squash")
        target.manifest()
        committed(target, context, {f"{number}.html": b"x"}, release=f"r{number}")
    assert host.files() == {"1.html": b"x", "2.html": b"x", "3.html": b"x"}
    assert host.git("log", "--format=%s", "gh-pages") == b"Deploy r3\n"


def test_branch_of_others_has_no_manifest(host: hosts.GitHost, context: DeployContext) -> None:
    """Its files stay."""
    blob = host.git("hash-object", "-w", str(context.root.parent / "gitconfig")).decode().strip()
    rows = f"100644 blob {blob}\ttheirs.txt\n".encode()
    made = subprocess.run(["git", "-C", host.url, "mktree"], input=rows, capture_output=True, check=True).stdout
    named = ("-c", "user.name=x", "-c", "user.email=x@x.test")
    tip = host.git(*named, "commit-tree", made.decode().strip(), "-m", "x").decode().strip()
    host.git("update-ref", "refs/heads/gh-pages", tip)
    target = branch(host, context)
    assert target.manifest() is None
    committed(target, context, {"a.html": b"1"})
    assert host.files().keys() == {"theirs.txt", "a.html"}


@pytest.mark.parametrize("named", [True, False])
def test_committer_is_the_one_git_knows(
    host: hosts.GitHost, context: DeployContext, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    """Whoever git knows; where it knows nobody, digest itself, now."""
    if named:
        monkeypatch.setenv("GIT_COMMITTER_NAME", "خليل")
        monkeypatch.setenv("GIT_COMMITTER_EMAIL", "editor@news.test")
    before = int(time.time())
    target = branch(host, context)
    target.manifest()
    committed(target, context, {"a.html": b"1"})
    who, when = host.git("log", "-1", "--format=%cn <%ce>|%ct", "gh-pages").decode().strip().split("|")
    assert who == ("خليل <editor@news.test>" if named else "digest <digest@localhost>")
    assert before <= int(when) <= time.time()


@pytest.mark.parametrize(
    ("loose", "packs", "stays"), [(9, 1, True), (2000, 40, True), (2001, 40, False), (2000, 41, False)]
)
def test_local_repository_over_its_limits_is_recreated(
    host: hosts.GitHost, context: DeployContext, program: Program, loose: int, packs: int, stays: bool
) -> None:
    """Past two thousand objects or forty packs; what an interrupted attempt at that left goes in any case."""
    ours = context.own / "repository.git"
    target = branch(host, context)
    target.manifest()
    committed(target, context, {"a.html": b"1"})
    (ours / "mark").touch()
    (context.own / "repository.git.old/objects").mkdir(parents=True)
    program.instead("count-objects", f"echo 'count: {loose}'; echo 'packs: {packs}'; exit 0")
    assert branch(host, context).manifest() == listing(["a.html"])
    assert (ours / "mark").exists() is stays
    assert [path.name for path in context.own.iterdir()] == ["repository.git"]


def another(host: hosts.GitHost, context: DeployContext, *, fetched: bool) -> git.GitTarget:
    """A second deploy, after one of `a.html`."""
    first = branch(host, context)
    first.manifest()
    committed(first, context, {"a.html": b"1"})
    target = branch(host, context)
    if fetched:
        target.manifest()
    return target


@pytest.mark.parametrize("when", ["fetch", "cat-file", "push"])
def test_unreachable_git_host_is_retried(
    host: hosts.GitHost, context: DeployContext, program: Program, when: str
) -> None:
    """Is asked again; one that stays away is given up, and said to be."""
    target = another(host, context, fetched=when == "push")
    if when == "push":
        put(target, context, {"b.html": b"2"})
        program.fails_once("push", "fatal: the remote end hung up unexpectedly")
        target.commit(listing(["a.html", "b.html"]))
        assert host.files() == {"a.html": b"1", "b.html": b"2"}
        put(target, context, {"b.html": b"3"})
        asked: Callable[[], object] = lambda: target.commit(listing([]))  # noqa: E731
    else:
        program.fails_once(when, "fatal: the remote end hung up unexpectedly")
        assert target.manifest() == listing(["a.html"])
        asked = target.manifest
    program.forget()
    program.fails(when, "fatal: unable to access 'x': Could not resolve host: git.test")
    what = f"pushing to branch gh-pages of {host.url}" if when == "push" else f"fetching from {host.url}"
    assert refused(asked) == (
        f"{what}: fatal: unable to access 'x': Could not resolve host: git.test (4 attempts); what has arrived stays; "
        "run the command again to go on"
    )
    assert sum(words[0] == when for words in program.calls()) == 4
    target.close()


@pytest.mark.parametrize("when", ["fetch", "cat-file", "push"])
@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "fatal: Authentication failed for 'https://git.test/'",
            (
                "{at} refused: fatal: Authentication failed for 'https://git.test/'; give git access: set DIGEST_GIT_TOKEN to a "
                "token that may write, or use an address that an SSH key opens (docs/reference/deploy.md)"
            ),
        ),
        ("fatal: repository not found", "git and {at}: fatal: repository not found; check repository: under deploy:"),
    ],
    ids=["no access", "not found"],
)
def test_refusal_of_a_git_host_names_the_cure(
    host: hosts.GitHost, context: DeployContext, program: Program, when: str, said: str, told: str
) -> None:
    """Is asked for once, and the message says what to do."""
    target = another(host, context, fetched=when == "push")
    program.forget()
    program.fails(when, said)
    call = (lambda: target.commit(listing([]))) if when == "push" else target.manifest
    assert refused(call) == told.format(at=host.url)
    assert sum(words[0] == when for words in program.calls()) == 1
    target.close()


def test_push_that_arrived_despite_an_error_succeeds(
    host: hosts.GitHost, context: DeployContext, program: Program
) -> None:
    """The line broke after it had done its work, and the next attempt finds the branch moved, by itself."""
    target = branch(host, context)
    target.manifest()
    program.fails("push --quiet", "! [rejected] (stale info)", 1, '(work "$@")')
    committed(target, context, {"a.html": b"1"})
    assert host.files() == {"a.html": b"1"}


@pytest.mark.parametrize("there", ["", "0" * 40, "f" * 40, None])
def test_branch_moved_by_others_is_left_alone(
    host: hosts.GitHost, context: DeployContext, program: Program, there: str | None
) -> None:
    """Wherever it leads now, and where nobody can see that."""
    target = branch(host, context)
    target.manifest()
    put(target, context, {"a.html": b"1"})
    answer = "exit 1" if there is None else f"printf '{there}\\trefs/heads/gh-pages\\n'; exit 0"
    push = "echo '! [rejected] (fetch first)' >&2; exit 1"
    program.instead("target", f"case $1 in push) {push};; ls-remote) {answer};; esac")
    told = f"branch gh-pages of {host.url} was changed by somebody else meanwhile; run the command again"
    assert refused(lambda: target.commit(listing(["a.html"]))) == told
    assert sum(words[0] == "push" for words in program.calls()) == 1
    assert host.git("for-each-ref") == b""


def test_abandoned_branch_deploy_leaves_no_process(
    host: hosts.GitHost, context: DeployContext, program: Program
) -> None:
    """And nothing on the branch."""
    target = branch(host, context)
    target.manifest()
    target.close()
    put(target, context, {"a.html": b"1"})
    while not (started := [int(number) for number, *words in program.runs() if words[0] == "fast-import"]):
        time.sleep(0.01)
    (number,) = started
    os.kill(number, 0)
    target.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert host.git("for-each-ref") == b""


@pytest.mark.parametrize("size", [1, 1_000_000], ids=["at the end", "on the way"])
def test_failed_commit_is_reported_in_words_of_git(
    host: hosts.GitHost, context: DeployContext, program: Program, size: int
) -> None:
    """Says in git's words why, whenever it stops."""
    target = branch(host, context)
    target.manifest()
    wait = "cat > /dev/null" if size == 1 else ""
    program.fails("fast-import", "fatal: write error: No space left on device\n", 3, wait)

    def send() -> None:
        put(target, context, {"a.html": b"x" * size})
        target.commit(listing(["a.html"]))

    told = "git fast-import ended with status 3: fatal: write error: No space left on device; run the command again"
    assert refused(send, programs.FailedError) == told
    target.close()
    assert host.git("for-each-ref") == b""


def test_missing_git_is_reported(
    host: hosts.GitHost, context: DeployContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Says so, before a deploy and within."""
    target = branch(host, context)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    told = "git is not installed on this machine; install it and run the command again"
    assert refused(target.manifest) == told
    assert refused(lambda: put(target, context, {"a.html": b"1"})) == told
    target.close()


@pytest.mark.parametrize(
    ("written", "meant", "secret"),
    [
        ("../x.git", "{root}/x.git", ""),
        ("/srv/x.git", "/srv/x.git", ""),
        ("~/x.git", "{home}/x.git", ""),
        ("git@git.test:name/x.git", "git@git.test:name/x.git", ""),
        ("git.test:x.git", "git.test:x.git", ""),
        ("ssh://git@git.test/x.git", "ssh://git@git.test/x.git", ""),
        ("https://git.test/x.git", "https://git.test/x.git", ""),
        ("https://me@git.test/x.git", "https://me@git.test/x.git", ""),
        ("https://me:canary@git.test:8443/x.git", "https://me@git.test:8443/x.git", "canary"),
        ("https://me:@git.test/x.git", "https://me@git.test/x.git", ""),
        ("origin", "git@git.test:push.git", ""),
        ("with-secret", "https://me@git.test/x.git", "canary"),
        ("here", "{root}/site/here", ""),
    ],
)
def test_repository_is_an_address_a_path_or_a_remote(context: DeployContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str,
        meant: str, secret: str) -> None:  # fmt: skip
    """An address; a path from the site's folder, which goes before the name of a remote; where a remote is pushed to."""
    hosts.needed("git")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    ran = lambda *words: subprocess.run(["git", "-C", str(context.root), *words], check=True)  # noqa: E731
    ran("init", "--quiet")
    for name, url in (
        ("origin", "https://git.test/fetch.git"),
        ("with-secret", "https://me:canary@git.test/x.git"),
        ("here", "https://git.test/x.git"),
    ):
        ran("remote", "add", name, url)
    ran("remote", "set-url", "--push", "origin", "git@git.test:push.git")
    (context.root / "here").mkdir()
    found = git.address_of(written, context.root)
    assert found == (meant.format(root=tmp_path, home=tmp_path / "home"), secret)


def test_unknown_remote_is_refused(context: DeployContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that is no repository, too."""
    hosts.needed("git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    told = "the site's folder is no repository with a remote 'origin'; name the address of one, as in repository: git@github.com:name/site.git"
    for _ in range(2):
        assert refused(lambda: git.GitTarget(GitPlace(), context), UsageError) == told
        subprocess.run(["git", "init", "--quiet", str(context.root)], check=True)


def test_remote_with_an_impossible_address_is_refused(context: DeployContext) -> None:
    """Is named, without the password in it."""
    hosts.needed("git")
    ran = lambda *words: subprocess.run(["git", "-C", str(context.root), *words], check=True)  # noqa: E731
    ran("init", "--quiet")
    ran("remote", "add", "origin", "https://me:canary@[git.test/x.git")
    told = "the remote 'origin' has an address that cannot be one: https://[git.test/x.git; correct it: git remote set-url origin …"
    assert refused(lambda: git.GitTarget(GitPlace(), context), UsageError) == told


def test_address_is_shown_without_user_and_password(context: DeployContext) -> None:
    """And without a password."""
    target = git.GitTarget(GitPlace("https://me:canary@git.test/x.git"), context)
    assert target.shown == "branch gh-pages of https://git.test/x.git"


def credentials(env: Mapping[str, str], url: str) -> set[str]:
    """What git finds for an address."""
    split = urlsplit(url)
    fed = f"protocol={split.scheme}\nhost={split.netloc.rpartition('@')[2]}\n\n"
    words = ["git", "credential", "fill"]
    done = subprocess.run(words, env=os.environ | dict(env), input=fed, capture_output=True, text=True, check=False)
    return {line for line in done.stdout.splitlines() if line.startswith(("username=", "password="))}


@pytest.mark.parametrize(
    ("url", "secret", "token", "user", "found"),
    [
        ("https://git.test/x.git", "", "canary", "", {"username=x-access-token", "password=canary"}),
        ("http://git.test:8080/x.git", "", "canary", "", {"username=x-access-token", "password=canary"}),
        ("https://git.test/x.git", "", "canary", "me", {"username=me", "password=canary"}),
        ("https://you@git.test/x.git", "", "canary", "me", {"username=you", "password=canary"}),
        ("https://you@git.test/x.git", "own", "canary", "", {"username=you", "password=own"}),
        ("https://you@git.test/x.git", "own", "", "", {"username=you", "password=own"}),
        ("https://git.test/x.git", "", "", "", set()),
    ],
)
def test_token_comes_from_the_environment_or_the_remote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, secret: str, token: str, user: str, found: set[str]
) -> None:
    """Or from the remote's own address; git asks for it, and no other host gets it."""
    hosts.needed("git")
    for name, value in (("DIGEST_GIT_TOKEN", token), ("DIGEST_GIT_USER", user)):
        if value:
            monkeypatch.setenv(name, value)
    env = git.environment(tmp_path / "x.git", url, secret)
    assert credentials(env, url) == found
    assert credentials(env, "https://other.test/x.git") == set()
    assert secret not in {value for name, value in env.items() if name != "DIGEST_GIT_TOKEN"} or not secret


def test_token_is_not_given_to_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over ssh a key opens."""
    monkeypatch.setenv("DIGEST_GIT_TOKEN", "canary")
    env = git.environment(tmp_path / "x.git", "ssh://git@git.test/x.git", "")
    assert "canary" not in env.values()
    assert "DIGEST_GIT_USER" not in env
    assert not any("credential" in value for value in env.values())


def test_git_environment_asks_nobody(tmp_path: Path) -> None:
    """It asks nobody, runs no program that an address names, and takes its own time for nothing."""
    hosts.needed("git")
    env = git.environment(tmp_path / "x.git", "https://git.test/x.git", "")
    said = subprocess.run(["git", "config", "--list"], env=os.environ | env, capture_output=True, text=True, check=True)
    assert {
        "remote.target.url=https://git.test/x.git",
        "core.quotepath=false",
        "core.compression=6",
        "protocol.ext.allow=never",
        "maintenance.auto=false",
    } <= set(said.stdout.splitlines())
    assert (env["GIT_DIR"], env["GIT_TERMINAL_PROMPT"]) == (f"{tmp_path}/x.git", "0")
    assert (env["GIT_ASKPASS"], env["SSH_ASKPASS"]) == ("", "")


@pytest.mark.parametrize("name", ["", "GIT_SSH", "GIT_SSH_COMMAND"])
def test_own_ssh_command_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Else one that asks nothing and does not wait for ever."""
    if name:
        monkeypatch.setenv(name, "my-ssh")
    env = git.environment(tmp_path / "x.git", "git@git.test:x.git", "")
    assert env.get("GIT_SSH_COMMAND") == (None if name else "ssh -o BatchMode=yes -o ConnectTimeout=20")


# ------------------------------------------------------------------ rsync

HERE = """\
while :; do case $1 in -[oipl]) shift 2;; -O) exit 0;; -*) shift;; *) break;; esac; done
shift
exec sh -c "$*\""""
"""An ssh whose every server is this machine."""
STATISTICS = 'case "$*" in *--server*) exec {real} "$@";; *) exec {real} --stats "$@" >> {noted};; esac'
R1, R2, R3, R4, R5 = (f"2026112{number}T120000.000Z-0000000{number}" for number in range(1, 6))
NEVER = "20261120T120000.000Z-0000000f"


@pytest.fixture
def ssh(behind: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    return Program(behind / "ssh", HERE)


@pytest.fixture
def sender(behind: Path, ssh: Program) -> Program:
    """Rsync."""
    hosts.needed("rsync")
    words = {"real": shutil.which("rsync"), "noted": shlex.quote(f"{behind}/rsync.stats")}
    return Program(behind / "rsync", STATISTICS.format(**words))


@pytest.fixture
def www(tmp_path: Path, sender: Program) -> Path:
    """The folder of the server, which nobody has made yet."""
    return tmp_path / "srv/my www"


def server_at(www: Path, **more: object) -> RsyncPlace:
    return RsyncPlace("editor@a.test", f"{www}/", **more)  # type: ignore[arg-type]


def released(
    place: RsyncPlace, context: DeployContext, release: str, files: Files, gone: Sequence[str] = ()
) -> Manifest:
    """A deploy to a server, of these files and those that are there."""
    target = place.open(context)
    try:
        known = target.manifest() or Manifest()
        target.checkpoint(Journal(pending=tuple(files)))
        put(target, context, files)
        target.delete(gone)
        made = listing(sorted({*known.files, *files} - set(gone)), release)
        target.commit(made)
        target.purge(list(files))
    finally:
        target.close()
    return made


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, []),
        ({"port": 21}, ["-p", "21"]),
        ({"port": 2222}, ["-p", "2222"]),
        ({"key": "id"}, ["-i", "{root}/id", "-o", "IdentitiesOnly=yes"]),
        ({"key": "~/id"}, ["-i", "{home}/id", "-o", "IdentitiesOnly=yes"]),
        ({"known_hosts": "h"}, ["-o", "UserKnownHostsFile={root}/h", "-o", "StrictHostKeyChecking=yes"]),
        ({"known_hosts": "~/h"}, ["-o", "UserKnownHostsFile={home}/h", "-o", "StrictHostKeyChecking=yes"]),
    ],
)
def test_ssh_and_rsync_are_called_without_prompts(
    context: DeployContext, ssh: Program, monkeypatch: pytest.MonkeyPatch, more: dict[str, object], words: list[str]
) -> None:
    """Nothing is asked, nobody waits for ever, and all calls share a connection that is closed in the end."""
    monkeypatch.setenv("HOME", str(context.root.parent / "home"))
    server = rsync.Server(server_at(Path("/srv"), **more), context.root)
    assert server.script("looking", "cat; echo $((6 * 7))", b"in ") == b"in 42\n"
    ((*options, name, script),) = ssh.calls()
    assert (name, script) == ("editor@a.test", "exec sh -c 'cat; echo $((6 * 7))'")
    (socket,) = (word for word in options if word.startswith("ControlPath="))
    quietly = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15"]
    told = [word.format(root=context.root, home=context.root.parent / "home") for word in words]
    shared = ["-o", "ControlMaster=auto", "-o", socket, "-o", "ControlPersist=60"]
    assert options == [*quietly, *told, *shared]
    assert Path(socket.partition("=")[2]).parent.is_dir()
    server.close()
    assert not Path(socket.partition("=")[2]).parent.exists()


@pytest.mark.parametrize("ends", ["exit 0", "exit 255", "rm -r {folder}"], ids=["well", "badly", "by itself"])
def test_shared_connection_is_closed_at_the_end(context: DeployContext, ssh: Program, ends: str) -> None:
    """Where there is one, however that goes; nothing stays in the temporary folder."""
    server = rsync.Server(server_at(Path("/srv")), context.root)
    server.script("looking", "true")
    (socket,) = (Path(word.partition("=")[2]) for word in ssh.calls()[0] if word.startswith("ControlPath="))
    socket.touch()
    ssh.instead("-O exit", ends.format(folder=shlex.quote(str(socket.parent))))
    server.close()
    assert ssh.calls()[1:] == [[*ssh.calls()[0][:-2], "-O", "exit", "editor@a.test"]]
    assert not socket.parent.exists()
    ssh.forget()
    unused = rsync.Server(server_at(Path("/srv")), context.root)
    unused.close()
    assert ssh.calls() == []


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (
            255,
            "Host key verification failed.",
            ("editor@a.test is not known to this machine's ssh; connect once by hand (ssh editor@a.test) and compare its "
            "key, or name a file under known_hosts:"),
        ),
        (
            255,
            "editor@a.test: Permission denied (publickey).",
            ("editor@a.test refused the login: editor@a.test: Permission denied (publickey).; have your key in an agent, "
            "or name it under key: (it may have no passphrase then)"),
        ),
        (
            255,
            "editor@a.test: Permission denied ().",
            ("editor@a.test refused the login: editor@a.test: Permission denied ().; have your key in an agent, "
            "or name it under key: (it may have no passphrase then)"),
        ),
        (127, "bash: line 1: rsync: command not found", "rsync is not installed on editor@a.test; install it there"),
        (127, "sh: /opt/rsync: No such file or directory", "rsync is not installed on editor@a.test; install it there"),
        (126, "rsync: not found", "{p} and editor@a.test: rsync: not found; {cure}"),
        (128, "rsync: not found", "{p} and editor@a.test: rsync: not found; {cure}"),
        (127, "rsync: odd", "{p} and editor@a.test: rsync: odd; {cure}"),
        (127, "sh: tr: not found", "{p} and editor@a.test: sh: tr: not found; {cure}"),
        (23, 'rsync: mkstemp "/srv/x" failed: Permission denied (13)', '{p} and editor@a.test: rsync: mkstemp "/srv/x" failed: Permission denied (13); {cure}'),
        (1, "sh: 1: cannot create x: Permission denied", "{p} and editor@a.test: sh: 1: cannot create x: Permission denied; {cure}"),
        (255, "ssh: connect to host a.test port 22: Connection timed out", "{what}: ssh: connect to host a.test port 22: Connection timed out {again}"),
        (255, "Connection to a.test closed by remote host.", "{what}: Connection to a.test closed by remote host. {again}"),
        (12, "rsync error: error in rsync protocol data stream", "{what}: rsync error: error in rsync protocol data stream {again}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["ssh", "rsync"])
def test_refusal_of_a_server_names_the_cure(
    context: DeployContext, ssh: Program, sender: Program, name: str, status: int, said: str, told: str
) -> None:
    """The message says what to do; what may pass is tried four times."""
    server = rsync.Server(server_at(Path("/srv")), context.root)
    program = {"ssh": ssh, "rsync": sender}[name]
    program.fails("", said, status)
    words = {
        "p": name,
        "what": "looking on editor@a.test",
        "cure": "put that right and run the command again",
        "again": "(4 attempts); what has arrived stays; run the command again to go on",
    }
    call = (
        (lambda: server.script("looking", "true")) if name == "ssh" else (lambda: server.rsync("looking on", "x", "y"))
    )
    assert refused(call) == told.format(**words)
    assert len(program.calls()) == (4 if "{again}" in told else 1)
    server.close()


def test_rsync_statuses_that_may_pass_are_retried(
    context: DeployContext, sender: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the line and of time; all others stay."""
    monkeypatch.setattr(programs, "ATTEMPTS", 1)
    server = rsync.Server(server_at(Path("/srv")), context.root)
    passing = set()
    for status in range(1, 40):
        sender.fails("", "odd", status)
        if "attempts" in refused(lambda: server.rsync("sending to", "x", "y")):
            passing.add(status)
    assert passing == {10, 12, 30, 35}
    server.close()


def test_release_is_made_beside_the_present_and_switched(context: DeployContext, www: Path) -> None:
    """What stays is linked, what goes goes with the folders it leaves empty, and one link is switched."""
    place = server_at(www)
    target = place.open(context)
    assert target.shown == f"editor@a.test:{www}/current"
    assert (target.atomic, target.purges, target.interrupted, target.headers("a.html")) == (True, False, False, "")
    assert target.manifest() is None
    target.close()
    files = {"a.html": b"1", "b.html": b"2", "خبر/x y.html": b"3", "d/e/f/g.html": b"4", "d/h.html": b"5"}
    first = released(place, context, R1, files | {"k/l/m/n.html": b"6", "o.html": b"7"})
    assert (www / "current").readlink() == Path(f"releases/{R1}")
    target = place.open(context)
    assert target.manifest() == first
    put(target, context, {"a.html": b"8"})
    target.delete(["d/e/f/g.html", "k/l/m/n.html", "o.html", "not/there.html"])
    assert (www / "current/a.html").read_bytes() == b"1"
    second = listing(["a.html"], R2)
    target.commit(second)
    target.close()
    del files["d/e/f/g.html"]
    assert hosts.tree(www / "current") == files | {"a.html": b"8"}
    assert sorted(path.name for path in (www / "current").iterdir() if path.is_dir()) == ["d", "خبر"]
    assert not (www / "current/d/e").exists()
    assert (www / "current/b.html").samefile(www / f"releases/{R1}/b.html")
    assert unpacked((www / "current" / MANIFEST).read_bytes()) == second
    assert sorted(path.name for path in (www / "releases").iterdir()) == [R1, R2]


def test_target_accepts_a_second_commit(context: DeployContext, www: Path) -> None:
    """Each time from what it made itself."""
    target = server_at(www).open(context)
    target.manifest()
    for release in (R1, R2, R3):
        put(target, context, {f"{release}.html": b"x"})
        target.commit(listing([], release))
    target.close()
    assert hosts.tree(www / "current").keys() == {f"{release}.html" for release in (R1, R2, R3)}


@pytest.mark.parametrize("mode", ["releases", "in-place"])
def test_sent_files_are_readable_by_a_web_server(context: DeployContext, www: Path, mode: str) -> None:
    """Whoever may read it here."""
    (context.sending / "d").mkdir(mode=0o700)
    (context.sending / "d/a.html").touch(mode=0o600)
    released(server_at(www, mode=mode), context, R1, {"d/a.html": b"1"})
    root = www / "current" if mode == "releases" else www
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}
    assert modes == {"d": 0o755, "a.html": 0o644, MANIFEST: 0o644}


def test_empty_deletion_makes_no_call(context: DeployContext, ssh: Program, www: Path) -> None:
    """And a file of the first folder alone leaves no folder to look at."""
    place = server_at(www)
    released(place, context, R1, {"a.html": b"1", "b.html": b"2"})
    target = place.open(context)
    target.manifest()
    ssh.forget()
    target.delete([])
    assert ssh.calls() == []
    target.delete(["a.html"])
    target.commit(listing(["b.html"], R2))
    target.close()
    assert hosts.tree(www / "current") == {"b.html": b"2"}


@pytest.mark.parametrize("keep", [0, 1, 2, 3])
def test_server_keeps_as_many_releases_as_asked(context: DeployContext, www: Path, keep: int) -> None:
    """The newest; what is no release of ours stays."""
    (www / "releases/notes").mkdir(parents=True)
    for release in (R1, R2, R3, R4, R5):
        released(server_at(www, keep=keep), context, release, {"a.html": release.encode()})
    kept = sorted([R1, R2, R3, R4, R5][4 - keep :])
    assert sorted(path.name for path in (www / "releases").iterdir()) == [*kept, "notes"]


def transferred(sender: Program) -> list[int]:
    """How many files each call of rsync sent, and all are forgotten."""
    noted = Path(f"{sender.script}.stats")
    found = re.findall(r"regular files transferred: (\d+)", noted.read_text("utf-8"))
    noted.unlink()
    return [int(number) for number in found]


def test_resumed_release_does_not_send_arrived_files(context: DeployContext, sender: Program, www: Path) -> None:
    """But what has changed since; nothing else of it comes in."""
    place = server_at(www)
    released(place, context, R1, {"old.html": b"0"})
    target = place.open(context)
    target.manifest()
    put(target, context, {"a.html": b"1", "b/c.html": b"2", "gone.html": b"3", "d.html": b"4"})
    target.close()
    transferred(sender)
    released(place, context, R2, {"a.html": b"1", "b/c.html": b"2", "d.html": b"5", "new.html": b"6"})
    assert transferred(sender)[-2:] == [2, 1]
    assert hosts.tree(www / "current") == {
        "old.html": b"0", "a.html": b"1", "b/c.html": b"2", "d.html": b"5", "new.html": b"6",
    }  # fmt: skip
    assert sorted(path.name for path in (www / "releases").iterdir()) == [R1, R2]


@pytest.mark.parametrize("mode", ["releases", "in-place"])
def test_files_are_sent_in_batches_of_a_thousand(context: DeployContext, sender: Program, www: Path, mode: str) -> None:
    """Each thousand has arrived when it is said so."""
    fed = www.parent.parent / "fed"
    sender.instead("--files-from=-", f"cat >> {shlex.quote(str(fed))}; exit 0")
    target = server_at(www, mode=mode).open(context)
    target.manifest()
    rows = [(f"{number}.html", File("f", 1)) for number in range(2001)]
    after: list[int] = []
    noted = Path(f"{sender.script}.calls")
    target.put(rows, lambda _path, _file: after.append(noted.stat().st_size))
    assert [after.count(size) for size in sorted(set(after))] == [1000, 1000, 1]
    assert fed.read_text("utf-8").split("\0") == [*(path for path, _ in rows), ""]
    target.close()


def test_link_switched_by_others_is_left_alone(context: DeployContext, www: Path) -> None:
    """What they put online stays online."""
    place = server_at(www)
    released(place, context, R1, {"a.html": b"1"})
    target = place.open(context)
    target.manifest()
    put(target, context, {"a.html": b"2"})
    released(place, DeployContext(context.root, context.own, context.sending), R2, {"a.html": b"3"})
    put(target, context, {"a.html": b"2"})
    told = f"editor@a.test:{www}/current was deployed to by somebody else meanwhile; run the command again"
    assert refused(lambda: target.commit(listing(["a.html"], R3))) == told
    target.close()
    assert hosts.tree(www / "current") == {"a.html": b"3"}


def test_connection_that_breaks_after_the_switch_is_no_failure(context: DeployContext, ssh: Program, www: Path) -> None:
    """The next attempt finds it done."""
    ssh.fails("ln -s", "Connection to a.test closed.", 255, f'rm {shlex.quote(f"{ssh.script}.fault")}; (work "$@")')
    released(server_at(www), context, R1, {"a.html": b"1"})
    assert hosts.tree(www / "current") == {"a.html": b"1"}


def test_folder_in_place_of_the_link_is_refused(context: DeployContext, ssh: Program, www: Path) -> None:
    """A deploy is not begun; of other refusals the cause is told."""
    (www / "current").mkdir(parents=True)
    target = server_at(www).open(context)
    told = f"editor@a.test:{www}/current is there and is no link; move it away: digest puts a link there"
    assert refused(target.manifest) == told
    ssh.fails("", "odd", 77)
    assert refused(target.manifest) == "ssh and editor@a.test: odd; put that right and run the command again"
    target.close()


def test_release_of_others_has_no_manifest(context: DeployContext, www: Path) -> None:
    """Its files stay in the next one."""
    (www / "theirs").mkdir(parents=True)
    (www / "theirs/x.txt").write_bytes(b"x")
    (www / "current").symlink_to("theirs")
    target = server_at(www).open(context)
    assert target.manifest() is None
    target.close()
    released(server_at(www), context, R1, {"a.html": b"1"})
    assert hosts.tree(www / "current") == {"a.html": b"1", "x.txt": b"x"}


# ------------------------------------------------------------------ rsync in place


def in_place(www: Path, context: DeployContext) -> rsync.InPlaceTarget:
    target = server_at(www, mode="in-place").open(context)
    assert isinstance(target, rsync.InPlaceTarget)
    return target


def test_in_place_deploy_replaces_files_and_keeps_others(context: DeployContext, ssh: Program, www: Path) -> None:
    """What is sent replaces what was, everything else stays; the server runs nothing but rsync."""
    target = in_place(www, context)
    assert target.shown == f"editor@a.test:{www}"
    assert (target.atomic, target.purges, target.interrupted, target.headers("a.html")) == (False, False, False, "")
    assert target.manifest() is None
    assert not target.interrupted
    target.close()
    place = server_at(www, mode="in-place")
    first = released(place, context, R1, {"a.html": b"1", "خبر/b c.html": b"2", "gone.html": b"3"})
    (www / "theirs.txt").write_bytes(b"x")
    again = in_place(www, context)
    assert again.manifest() == first
    assert not again.interrupted
    again.close()
    released(place, context, R2, {"a.html": b"4"}, ["gone.html"])
    assert hosts.tree(www) == {"a.html": b"4", "خبر/b c.html": b"2", "theirs.txt": b"x"}
    assert unpacked((www / MANIFEST).read_bytes()) == listing(["a.html", "خبر/b c.html"], R2)
    assert not (www / JOURNAL).exists()
    assert all("rsync --server" in " ".join(words) for words in ssh.calls())


def test_first_journal_needs_no_folder(context: DeployContext, www: Path) -> None:
    """Needs no folder, here or there."""
    target = in_place(www, context)
    target.checkpoint(Journal(pending=("a.html",)))
    target.close()
    assert [path.name for path in www.iterdir()] == [JOURNAL]


@pytest.mark.parametrize("listed", [True, False])
def test_interrupted_in_place_deploy_is_resumed(context: DeployContext, www: Path, listed: bool) -> None:
    """What had arrived counts, what was on its way is unknown; the first one of all leaves a journal alone."""
    place = server_at(www, mode="in-place")
    if listed:
        released(place, context, R1, {"a.html": b"1", "b.html": b"2"})
    target = in_place(www, context)
    target.manifest()
    target.checkpoint(Journal(pending=("a.html", "c.html"), done={"c.html": File("c", 3)}))
    target.close()
    again = in_place(www, context)
    known = again.manifest()
    before = {"a.html": File("", 1), "b.html": File("f", 1)} if listed else {"a.html": File("", 0)}
    assert known
    assert known.files == before | {"c.html": File("c", 3)}
    assert again.interrupted
    again.commit(listing(["a.html"], R2))
    assert not (www / JOURNAL).exists()
    assert again.manifest() == listing(["a.html"], R2)
    assert not again.interrupted
    again.close()


def test_folders_emptied_by_deletions_are_removed(context: DeployContext, sender: Program, www: Path) -> None:
    """However deep; those in which anything stays do not, and no call is spent on those of listed files."""
    files = ["a/b/c/1.html", "a/b/c/2.html", "d/e/3.html", "d/4.html", "f/g/h/5.html", "i/6.html", "7.html", "d/8.html"]
    released(server_at(www, mode="in-place"), context, R1, dict.fromkeys(files, b"x"))
    (www / "f/g/theirs.txt").write_bytes(b"x")
    target = in_place(www, context)
    target.manifest()
    sender.forget()
    target.delete([*files[:3], files[4], "7.html"])
    assert len(sender.calls()) == 4
    sender.forget()
    target.delete(["d/8.html"])
    assert len(sender.calls()) == 1
    assert hosts.tree(www).keys() == {"d/4.html", "f/g/theirs.txt", "i/6.html"}
    assert {path.relative_to(www).as_posix() for path in www.rglob("*") if path.is_dir()} == {"d", "f", "f/g", "i"}
    target.delete(["i/6.html"])
    assert not (www / "i").exists()
    target.close()


def test_unreadable_manifest_is_not_taken_for_none(context: DeployContext, sender: Program, www: Path) -> None:
    """Only a folder that is not there holds nothing; one that is missing here is a fault."""
    target = in_place(www, context)
    for said in (
        'rsync: change_dir "/srv" failed: Permission denied (13)',
        'rsync: link_stat "/srv/x" failed: No such file or directory (2)',
    ):
        sender.fails("", said, 23)
        told = f"rsync and editor@a.test: {said}; put that right and run the command again"
        assert refused(target.manifest) == told
    sender.forget()
    shutil.rmtree(context.sending)
    with pytest.raises(DeliveryError, match=r"^rsync and editor@a\.test: "):
        target.put([("a.html", File("f", 1))], lambda _path, _file: None)
    target.close()


# ------------------------------------------------------------------ going back on a server


@pytest.fixture
def three(context: DeployContext, www: Path) -> RsyncPlace:
    """A server with three releases, the last one online."""
    place = server_at(www)
    for number, release in enumerate((R1, R2, R3), 1):
        gone = [f"assets/a.0000000{number - 1}.css"] if number > 1 else []
        released(place, context, release, {"a.html": release.encode(), f"assets/a.0000000{number}.css": b"x"}, gone)
    return place


def test_rollback_on_a_server_restores_the_previous_release(
    context: DeployContext, www: Path, three: RsyncPlace
) -> None:
    """To the release before, with the fingerprinted files of the one that goes; then to any, a later one too."""
    target = three.open(context)
    target.manifest()
    put(target, context, {"b.html": b"on its way"})
    target.close()
    assert listed(three, context.root) == (R3, [R1, R2, R3])
    before = int(time.time())
    assert rollback(three, context.root, None) == (R3, R2)
    assert listed(three, context.root) == (R2, [R1, R2, R3])
    present = www / "current"
    assert hosts.tree(present) == {"a.html": R2.encode(), "assets/a.00000002.css": b"x", "assets/a.00000003.css": b"x"}
    assert (present / "assets/a.00000003.css").samefile(www / f"releases/{R3}/assets/a.00000003.css")
    known = unpacked((present / MANIFEST).read_bytes())
    assert (known.release, known.files.keys()) == (R2, {"a.html", "assets/a.00000002.css"})
    ((path, row),) = known.retired.items()
    assert (path, row.file) == ("assets/a.00000003.css", File("f", 1))
    assert before <= row.since <= time.time()
    assert sorted(path.name for path in (www / "releases").iterdir()) == [R1, R2, R3]
    assert rollback(three, context.root, R3) == (R2, R3)
    assert rollback(three, context.root, R1) == (R3, R1)
    assert (present / "a.html").read_bytes() == R1.encode()
    assert unpacked((present / MANIFEST).read_bytes()).retired.keys() == {
        "assets/a.00000002.css",
        "assets/a.00000003.css",
    }


def test_rollback_to_a_missing_release_is_refused(context: DeployContext, www: Path, three: RsyncPlace) -> None:
    """Nor does the one that is online; the message names those that could."""
    there = f"; there are {R1}, {R2}"
    for asked in (R3, NEVER):
        told = f"no release {asked} is kept on editor@a.test{there}"
        assert refused(lambda asked=asked: rollback(three, context.root, asked), UsageError) == told
    rollback(three, context.root, R1)
    told = f"no earlier release is kept on editor@a.test; there are {R2}, {R3}"
    assert refused(lambda: rollback(three, context.root, None), UsageError) == told


@pytest.mark.parametrize("present", ["", f"releases/{NEVER}", "releases/it's gone"], ids=["none", "a lost one", "odd"])
def test_rollback_without_a_release_online_works(
    context: DeployContext, www: Path, three: RsyncPlace, present: str
) -> None:
    """The link was taken away, or its release was: one that is asked for comes back."""
    (www / "current").unlink()
    if present:
        (www / "current").symlink_to(present)
    online = present.partition("/")[2]
    assert listed(three, context.root) == (online, [R1, R2, R3])
    assert rollback(three, context.root, R2) == (online, R2)
    assert hosts.tree(www / "current") == {"a.html": R2.encode(), "assets/a.00000002.css": b"x"}


def test_rollback_on_an_empty_server_is_refused(context: DeployContext, www: Path) -> None:
    """Has nothing to go back to."""
    place = server_at(www)
    assert listed(place, context.root) == ("", [])
    told = "no earlier release is kept on editor@a.test"
    assert refused(lambda: rollback(place, context.root, None), UsageError) == told


def test_link_moved_during_a_rollback_is_left_alone(
    context: DeployContext, ssh: Program, www: Path, three: RsyncPlace
) -> None:
    """Somebody else's deploy stays online."""
    link = shlex.quote(str(www / "current"))
    ssh.instead("ln -s", f"ln -sfn releases/{R1} {link}")
    told = f"editor@a.test:{www}/current was deployed to by somebody else meanwhile; run the command again"
    assert refused(lambda: rollback(three, context.root, R2)) == told
    assert (www / "current").readlink() == Path(f"releases/{R1}")


# ------------------------------------------------------------------ S3

CUT = "cut"
"""What the store answers where the line breaks on the way."""


@dataclass
class Store:
    """A bucket, and what was asked of it; `answers` may say otherwise."""

    url: str = ""
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    """Method, path, body, headers of each request."""
    connections: int = 0
    answers: Callable[[str, str], tuple[int, str] | None] = lambda _method, _path: None
    """Method and path → a status and a code of S3's or a whole text, instead of what was asked for."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def requests(self) -> list[str]:
        """Method and path of each request."""
        return [f"{method} {path}" for method, path, _, _ in self.asked]

    def put_by(self, path: str) -> tuple[bytes, dict[str, str]]:
        """Body and telling headers of an object."""
        body, headers = self.objects[path]
        telling = ("content-type", "cache-control", "content-encoding", "x-amz-acl")
        return body, {name: headers[name] for name in telling if name in headers}


class Counter(BaseHTTPRequestHandler):
    """Where the store is asked."""

    protocol_version = "HTTP/1.1"
    store: ClassVar[Store]

    def setup(self) -> None:
        super().setup()
        self.store.connections += 1

    def log_message(self, *_: object) -> None:
        return

    def do_CONNECT(self) -> None:
        self.store.asked.append(("CONNECT", self.path, b"", {}))
        self.answer(502)

    def hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(self.path)
        with self.store.lock:
            self.store.asked.append((self.command, path, body, {k.lower(): v for k, v in self.headers.items()}))
        instead = self.store.answers(self.command, path)
        if instead and instead[1] == CUT:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        elif instead:
            status, code = instead
            text = f"<Error><Code>{code}</Code><Message>{code} it is</Message></Error>" if code.isalnum() else code
            self.answer(status, text.encode())
        else:
            self.work(path, body)

    def work(self, path: str, body: bytes) -> None:
        objects = self.store.objects
        if self.command == "PUT":
            objects[path] = body, {name.lower(): value for name, value in self.headers.items()}
            self.answer(200)
        elif "/invalidation" in path:
            self.answer(201, b"<Invalidation><Id>I</Id></Invalidation>")
        elif self.command == "POST":
            for key in re.findall(rb"<Key>(.*?)</Key>", body):
                objects.pop(f"{path.partition('?')[0]}/{key.decode()}", None)
            self.answer(200, b"<DeleteResult></DeleteResult>")
        elif path in objects:
            self.answer(200, objects[path][0])
        else:
            self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")

    def answer(self, status: int, content: bytes = b"") -> None:
        self.send_response_only(status)
        self.send_header("ETag", f'"{len(content)}"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = hand_on  # noqa: N815


@pytest.fixture(scope="module")
def counter() -> Iterator[str]:
    """Its address."""

    class Hall(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            """A deploy that is given up leaves its line."""

    server = Hall(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def store(counter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty one; of the machine's settings none counts."""
    pytest.importorskip("boto3")
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    Counter.store = Store(counter)
    return Counter.store


def bucket(store: Store, context: DeployContext, **more: object) -> Target:
    from digest.deploy.targets.s3 import S3Target

    return S3Target(S3Place("news", endpoint=store.url, **more), context)  # type: ignore[arg-type]


def test_bucket_gets_files_then_the_manifest(store: Store, context: DeployContext) -> None:
    """Each file with its headers, then the list, then the journal goes."""
    target = bucket(store, context)
    assert (target.shown, target.atomic, target.purges, target.interrupted) == ("bucket news", False, False, False)
    assert target.manifest() is None
    assert not target.interrupted
    target.checkpoint(Journal(pending=("a.html",)))
    assert store.objects.keys() == {f"/news/{JOURNAL}"}
    page, picture = target.headers("a.html"), target.headers("خبر/b.jpg")
    assert page == "text/html; charset=utf-8\npublic, max-age=60\n\n"
    put(target, context, {"a.html": b"<p>a"}, page)
    put(target, context, {"خبر/b.jpg": b"b"}, picture)
    target.commit(listing(["a.html"]))
    target.close()
    assert store.objects.keys() == {"/news/a.html", "/news/خبر/b.jpg", f"/news/{MANIFEST}"}
    told = {"content-type": "text/html; charset=utf-8", "cache-control": "public, max-age=60"}
    assert store.put_by("/news/a.html") == (b"<p>a", told)
    assert store.put_by("/news/خبر/b.jpg")[1]["content-type"] == "image/jpeg"
    noted = {"content-type": "application/gzip", "cache-control": "no-cache"}
    assert store.put_by(f"/news/{MANIFEST}") == (packed(listing(["a.html"])), noted)
    again = bucket(store, context)
    assert again.manifest() == listing(["a.html"])
    assert not again.interrupted
    again.close()


@pytest.mark.parametrize("listed", [True, False])
def test_interrupted_bucket_deploy_is_resumed(store: Store, context: DeployContext, listed: bool) -> None:
    """What had arrived counts, what was on its way is unknown; the first one of all leaves a journal alone."""
    target = bucket(store, context, prefix="de/site")
    assert target.shown == "bucket news/de/site"
    if listed:
        target.commit(listing(["a.html", "b.html"]))
    target.checkpoint(Journal(pending=("a.html", "c.html"), done={"c.html": File("c", 3)}))
    known = target.manifest()
    before = {"a.html": File("", 1), "b.html": File("f", 1)} if listed else {"a.html": File("", 0)}
    assert known
    assert known.files == before | {"c.html": File("c", 3)}
    assert target.interrupted
    target.commit(listing(["a.html"], "r2"))
    assert target.manifest() == listing(["a.html"], "r2")
    assert not target.interrupted
    assert store.objects.keys() == {f"/news/de/site/{MANIFEST}"}
    target.close()


def test_gzip_text_is_stored_reproducibly(store: Store, context: DeployContext) -> None:
    """The same bytes every time, as tightly as gzip packs, and readers are told; pictures stay as they are."""
    target = bucket(store, context, compress="gzip", prefix="de")
    text = bytes(number * number % 251 for number in range(5000)) + b"<p>text" * 99
    assert target.headers("a.html") == "text/html; charset=utf-8\npublic, max-age=60\ngzip\n"
    for path in ("a.html", "b.jpg"):
        put(target, context, {path: text}, target.headers(path))
    body, told = store.put_by("/news/de/a.html")
    assert body == gzip.compress(text, 9, mtime=0)
    assert told["content-encoding"] == "gzip"
    body, told = store.put_by("/news/de/b.jpg")
    assert (body, "content-encoding" in told) == (text, False)
    target.close()


def test_brotli_text_is_stored_if_installed(
    store: Store, context: DeployContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By brotli, which has to be installed."""
    brotli = pytest.importorskip("brotli")
    target = bucket(store, context, compress="brotli")
    assert target.headers("a.html") == "text/html; charset=utf-8\npublic, max-age=60\nbr\n"
    text = (Path(__file__).parent.parent / "digest/deploy/targets/s3.py").read_bytes()
    put(target, context, {"a.html": text}, target.headers("a.html"))
    body, told = store.put_by("/news/a.html")
    assert (brotli.decompress(body), told["content-encoding"]) == (text, "br")
    assert len(body) == len(brotli.compress(text, quality=9))
    target.close()
    monkeypatch.setitem(sys.modules, "brotli", None)
    told = "compress: brotli needs the package brotli; install it with: pip install 'digest[s3]'"
    assert refused(lambda: bucket(store, context, compress="brotli"), UsageError) == told


def test_public_bucket_gets_an_acl_for_each_file(store: Store, context: DeployContext) -> None:
    """Of each file of the site."""
    target = bucket(store, context, public=True)
    assert target.headers("a.jpg").endswith("\n\npublic-read")
    put(target, context, {"a.jpg": b"1"}, target.headers("a.jpg"))
    assert store.put_by("/news/a.jpg")[1]["x-amz-acl"] == "public-read"
    target.close()


@pytest.mark.parametrize(("region", "signed"), [("", "us-east-1"), ("eu-west-3", "eu-west-3")])
def test_store_with_an_endpoint_needs_no_region(store: Store, context: DeployContext, region: str, signed: str) -> None:
    """And its buckets are folders."""
    target = bucket(store, context, region=region)
    target.manifest()
    target.close()
    ((_, path, _, headers), _) = store.asked
    assert path == f"/news/{MANIFEST}"
    assert f"/{signed}/s3/aws4_request" in headers["authorization"]


def test_amazon_buckets_are_addressed_by_host(
    store: Store, context: DeployContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no endpoint is named; its buckets are hosts."""
    from digest.deploy.targets.s3 import S3Target

    monkeypatch.setenv("HTTPS_PROXY", store.url)
    monkeypatch.setattr(programs, "ATTEMPTS", 1)
    target = S3Target(S3Place("news", region="eu-west-3"), context)
    told = refused(target.manifest)
    assert told.startswith(f"reading {MANIFEST} from bucket news: Failed to connect to proxy URL: ")
    assert told.endswith(" (1 attempts); what has arrived stays; run the command again to go on")
    assert store.requests() == ["CONNECT news.s3.eu-west-3.amazonaws.com:443"]
    target.close()


def test_eight_files_are_sent_at_once(store: Store, context: DeployContext) -> None:
    """No more, and each goes over a line that is there already."""
    on_the_way, most, together = 0, 0, threading.Condition()

    def answers(method: str, _: str) -> None:
        nonlocal on_the_way, most
        with together:
            on_the_way += 1
            most = max(most, on_the_way)
            together.notify_all()
            together.wait_for(lambda: most >= 8, 2.0)
            if len(store.asked) <= 9:
                together.wait(0.3)
            on_the_way -= 1

    target = bucket(store, context)
    store.answers = answers
    put(target, context, {f"{number}.html": b"x" for number in range(80)})
    assert most == 8
    assert store.connections <= 9
    target.close()


def test_first_failed_file_stops_the_rest(store: Store, context: DeployContext) -> None:
    """What is on its way arrives, nothing more is begun."""
    store.answers = lambda _, path: (403, "AccessDenied") if path == "/news/0.html" else time.sleep(0.02)
    target = bucket(store, context)
    told = (
        "sending 0.html to bucket news: AccessDenied: AccessDenied it is; the key may not do that: it needs "
        "s3:ListBucket, GetObject, PutObject and DeleteObject"
    )
    assert refused(lambda: put(target, context, {f"{number}.html": b"x" for number in range(200)})) == told
    arrived = len(store.objects)
    assert 0 < arrived < 50
    time.sleep(0.1)
    assert len(store.objects) == arrived
    target.close()


def test_objects_are_deleted_in_batches_of_a_thousand(store: Store, context: DeployContext) -> None:
    """As many as one request may name."""
    target = bucket(store, context, prefix="de")
    target.delete([f"{number}.html" for number in range(2001)])
    named = [re.findall(r"<Key>(.*?)</Key>", body.decode()) for _, _, body, _ in store.asked]
    assert [len(keys) for keys in named] == [1000, 1000, 1]
    assert [key for keys in named for key in keys] == [f"de/{number}.html" for number in range(2001)]
    assert all(b"<Quiet>true</Quiet>" in body for _, _, body, _ in store.asked)
    assert store.requests() == ["POST /news?delete"] * 3
    target.delete([])
    assert len(store.asked) == 3
    target.close()


@pytest.mark.parametrize(
    ("paths", "errors", "told"),
    [
        (["a.html"], [("a.html", "AccessDenied", "No")], "deleting a.html from bucket news: a.html: No"),
        (
            ["a.html", "b.html"],
            [("b.html", "InternalError", ""), ("a.html", "AccessDenied", "No")],
            "deleting a.html and others from bucket news: b.html: InternalError",
        ),
    ],
)
def test_object_that_cannot_be_deleted_is_named(
    store: Store, context: DeployContext, paths: list[str], errors: list[tuple[str, str, str]], told: str
) -> None:
    """The first of them, with the store's own words, or its code where it says no more."""
    rows = (f"<Error><Key>{k}</Key><Code>{c}</Code><Message>{m}</Message></Error>" for k, c, m in errors)
    text = f"<DeleteResult>{''.join(rows)}</DeleteResult>"
    store.answers = lambda _method, _path: (200, text)
    target = bucket(store, context)
    assert refused(lambda: target.delete(paths)) == told
    target.close()


@pytest.mark.parametrize(
    ("prefix", "paths", "items"),
    [
        ("", ["b.html", "a.css"], ["/a.css", "/b.html"]),
        ("", ["index.html"], ["/", "/index.html"]),
        ("de", ["خبر/index.html"], ["/de/%D8%AE%D8%A8%D8%B1/", "/de/%D8%AE%D8%A8%D8%B1/index.html"]),
        ("", ["sport/myindex.html", "aindex.html"], ["/aindex.html", "/sport/myindex.html"]),
        ("", [f"{number:02}.html" for number in range(15)], [f"/{number:02}.html" for number in range(15)]),
        ("", [f"{number:02}.html" for number in range(16)], ["/*"]),
        ("de", [f"{number:02}/index.html" for number in range(8)], ["/de/*"]),
    ],
)
def test_invalidation_names_each_address_up_to_the_limit(
    store: Store, context: DeployContext, prefix: str, paths: list[str], items: list[str]
) -> None:
    """By each address it may know; from sixteen on, of everything."""
    target = bucket(store, context, prefix=prefix, cloudfront="E2EXAMPLE")
    assert target.purges
    target.purge(paths)
    target.close()
    method, path, body, _ = store.asked[-1]
    assert method == "POST"
    assert path.endswith("/distribution/E2EXAMPLE/invalidation")
    assert re.findall(r"<Path>(.*?)</Path>", body.decode()) == items
    assert f"<Quantity>{len(items)}</Quantity>" in body.decode()


def test_repeated_invalidation_has_the_same_reference(store: Store, context: DeployContext) -> None:
    """The same of the same deploy is one request; of the next one, or of other files, another."""
    target = bucket(store, context, cloudfront="E2EXAMPLE")
    target.purge(["a.html"])
    target.commit(listing(["a.html"]))
    target.purge(["a.html"])
    target.purge(["a.html"])
    target.purge(["b.html"])
    target.commit(listing(["a.html", "more.html", "much-more.html"], "r2"))
    target.purge(["a.html"])
    target.close()
    told = b"".join(body for _, path, body, _ in store.asked if "invalidation" in path)
    names = re.findall(rb"<CallerReference>(.*?)</C", told)
    assert names[1] == names[2]
    assert len(set(names)) == 4


def test_failed_invalidation_is_reported(store: Store, context: DeployContext) -> None:
    """Is spoken of as such."""
    store.answers = lambda _method, path: (403, "AccessDenied") if "invalidation" in path else None
    target = bucket(store, context, cloudfront="E2EXAMPLE")
    told = refused(lambda: target.purge([f"{number}.html" for number in range(1234)]))
    assert told.startswith("telling CloudFront of 1,234 changed files: AccessDenied: ")
    target.close()


@pytest.mark.parametrize(
    ("status", "code", "attempts", "cure"),
    [
        (403, "InvalidAccessKeyId", 1, "; the store does not know this key: see the environment or profile"),
        (403, "SignatureDoesNotMatch", 1, "; the secret key is another one: see the environment or profile"),
        (400, "AuthorizationHeaderMalformed", 1, "; the bucket is in another region: see region: under deploy:"),
        (404, "NoSuchBucket", 1, "; make the bucket, or correct bucket: under deploy:"),
        (
            400,
            "AccessControlListNotSupported",
            1,
            "; the bucket has no ACLs: take public: out, and use a bucket policy",
        ),
        (404, "NoSuchKey", 1, ""),
        (499, "Odd", 1, ""),
        (500, "Odd", 4, ""),
        (501, "Odd", 4, ""),
        (400, "RequestTimeout", 4, ""),
        (400, "SlowDown", 4, ""),
        (429, "Throttling", 4, ""),
    ],
)
def test_refusal_of_a_store_names_the_cure(
    store: Store, context: DeployContext, status: int, code: str, attempts: int, cure: str
) -> None:
    """With what to do about it; what may pass is tried four times, each a single request."""
    store.answers = lambda _method, _path: (status, code)
    target = bucket(store, context)
    again = "; what has arrived stays; run the command again to go on"
    after = cure if attempts == 1 else f" (4 attempts){again}"
    told = f"sending {MANIFEST} to bucket news: {code}: {code} it is{after}"
    assert refused(lambda: target.commit(listing([]))) == told
    assert len(store.asked) == attempts
    target.close()


def test_refusal_without_a_message_shows_its_code(store: Store, context: DeployContext) -> None:
    store.answers = lambda _method, _path: (403, "<Error><Code>Odd</Code></Error>")
    target = bucket(store, context)
    assert refused(target.manifest) == f"reading {MANIFEST} from bucket news: Odd: Odd"
    target.close()


def test_busy_store_is_retried(store: Store, context: DeployContext) -> None:
    """And what it answers then is taken."""
    store.answers = lambda _method, _path: (503, "SlowDown") if len(store.asked) % 2 else None
    target = bucket(store, context)
    target.commit(listing(["a.html"]))
    assert target.manifest() == listing(["a.html"])
    target.close()


def test_unreachable_store_is_retried(store: Store, context: DeployContext) -> None:
    """May be there in a moment."""
    store.url = "http://127.0.0.1:9"
    target = bucket(store, context)
    told = f'reading {MANIFEST} from bucket news: Could not connect to the endpoint URL: "http://127.0.0.1:9/news/{MANIFEST}"'
    again = " (4 attempts); what has arrived stays; run the command again to go on"
    assert refused(target.manifest) == told + again
    target.close()


def test_answer_that_is_not_of_a_store_is_retried(store: Store, context: DeployContext) -> None:
    """As in a network that wants to be logged in to first: that may pass."""
    store.answers = lambda _method, _path: (200, "<html><p>Welcome")
    target = bucket(store, context, cloudfront="E2EXAMPLE")
    told = "telling CloudFront of 1 changed files: the answer could not be read (4 attempts)"
    assert (
        refused(lambda: target.purge(["a.html"])) == f"{told}; what has arrived stays; run the command again to go on"
    )
    target.close()


def test_truncated_answer_is_retried(store: Store, context: DeployContext) -> None:
    """A list of which the half arrived is no list."""
    target = bucket(store, context)
    target.commit(listing(["a.html"]))
    store.asked.clear()
    store.answers = lambda _method, _path: (200, CUT) if len(store.asked) == 1 else None
    assert target.manifest() == listing(["a.html"])
    assert store.requests() == [f"GET /news/{MANIFEST}"] * 2 + [f"GET /news/{JOURNAL}"]
    target.close()


def test_missing_keys_are_reported(store: Store, context: DeployContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says where they are looked for."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    target = bucket(store, context)
    assert refused(target.manifest) == (
        f"reading {MANIFEST} from bucket news: no keys to this store were found; set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or name a profile"
    )
    assert store.asked == []
    target.close()


def test_impossible_settings_are_refused_before_sending(
    store: Store, context: DeployContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are found before anything is sent."""
    cure = "; see region, endpoint and profile under deploy:"
    store.url = "http://a..b"
    assert refused(lambda: bucket(store, context), UsageError) == f"bucket news: Invalid endpoint: http://a..b{cure}"
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    told = "bucket news: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY"
    assert refused(lambda: bucket(store, context), UsageError) == told + cure
    told = "The config profile (other) could not be found; name one that stands in ~/.aws/config under profile:"
    assert refused(lambda: bucket(store, context, profile="other"), UsageError) == told


def test_profile_keys_precede_the_environment(
    store: Store, context: DeployContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go before those of the environment."""
    (tmp_path / "keys").write_text("[other]\naws_access_key_id = of-other\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "keys"))
    target = bucket(store, context, profile="other")
    target.manifest()
    target.close()
    assert all("Credential=of-other/" in headers["authorization"] for *_, headers in store.asked)


def test_expired_login_is_reported(
    store: Store, context: DeployContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is told in Amazon's words."""
    (tmp_path / "config").write_text(
        "[profile other]\nsso_start_url = https://login.test/\nsso_region = eu-west-3\nsso_account_id = 123456789012\n"
        "sso_role_name = editor\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    target = bucket(store, context, profile="other")
    told = refused(target.manifest)
    assert told.startswith(f"reading {MANIFEST} from bucket news: Error loading SSO Token: ")
    assert told.endswith("; see region, endpoint and profile under deploy:")
    assert store.asked == []
    target.close()


def test_missing_boto3_is_reported(store: Store, context: DeployContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told what to install."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    told = "deploying to a bucket needs boto3; install it with: pip install 'digest[s3]'"
    assert refused(lambda: bucket(store, context), UsageError) == told
