"""Secrets stay secret: canaries in the environment, in the settings of a repository, in a failing host's answers.

While each kind of deploy runs, goes wrong and is refused, the arguments of every process of the machine are watched;
afterwards the canaries are looked for in all that was said and all that was written.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import hosts
import pytest
from deployments import deploy, said, to, today, yesterday

from digest.deploy import redaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conftest import LittleSite

GIT = "git-canary-71c0d5f2b9"
CANARIES = {
    "DIGEST_GIT_TOKEN": GIT,
    "AWS_ACCESS_KEY_ID": "testing-id",
    "AWS_SECRET_ACCESS_KEY": "s3-canary-5d1e97a3c0",
    "MY_DEPLOY_PASSWORD": "password-canary-3b8812",
}
SECRETS = [value for name, value in CANARIES.items() if name != "AWS_ACCESS_KEY_ID"]


@pytest.fixture(autouse=True)
def canaries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)


@contextmanager
def watched(secrets: Sequence[str] = SECRETS) -> Iterator[list[str]]:
    """Every command line of the machine that holds a canary, looked at again and again."""
    found: list[str] = []
    ended = Event()
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("this system does not show the arguments of processes")

    def look() -> None:
        while not ended.is_set():
            for name in os.listdir("/proc"):  # noqa: PTH208 - as fast as can be
                if name.isdigit():
                    try:
                        words = Path(f"/proc/{name}/cmdline").read_bytes().decode("utf-8", "replace")
                    except OSError:
                        continue
                    found.extend(words.replace("\0", " ") for secret in secrets if secret in words)
            ended.wait(0.002)

    thread = Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def holding(folder: Path, allowed: tuple[str, ...] = ()) -> list[str]:
    """Files that hold a canary."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        and path.name not in allowed
        and any(secret.encode() in path.read_bytes() for secret in SECRETS)
    ]


def deployed(site: LittleSite, status: int, *words: str, **environment: str) -> str:
    """What a deploy said, which is searched at once."""
    code, out, err = said("deploy", "--verbose", *words, cwd=site.root, **environment)
    assert code == status, err
    assert not any(secret in out + err for secret in SECRETS)
    return err


def test_watcher_sees_arguments() -> None:
    """Or it would prove nothing. With a canary of its own: other tests watch at the same time."""
    canary = "watch-canary-90b1f3a4e7"
    with watched([canary]) as found:
        subprocess.run(["sleep", "0.2", "0"], check=True, env={**os.environ})
        subprocess.run(["python3", "-c", "import time; time.sleep(0.3)", canary], check=True)
    assert found


@pytest.mark.server
def test_git_token_is_never_shown(site: LittleSite, tmp_path: Path) -> None:
    """Right, wrong, inside the address of a remote, and for a host that is not there."""
    with hosts.git_http(tmp_path / "host") as host, watched() as found:
        to(yesterday(site), f"deploy: {{to: git, repository: {host.url}}}\n")
        deployed(site, 0, DIGEST_GIT_USER=host.user)
        today(site)
        err = deployed(site, 3, DIGEST_GIT_TOKEN="wrong-canary-0000000", DIGEST_GIT_USER=host.user)
        assert "refused" in err
        assert "DIGEST_GIT_TOKEN" in err
        assert "give git access" in deployed(site, 3, DIGEST_GIT_TOKEN="")
        remote = host.url.replace("http://", f"http://{host.user}:{GIT}@")
        subprocess.run(["git", "init", "--quiet", str(site.root)], check=True)
        config = site.root / ".git/config"
        config.write_text(config.read_text() + f'[remote "origin"]\n\turl = {remote}\n')
        to(site, "deploy: {name: remote, to: git}\n")
        deployed(site, 0, DIGEST_GIT_TOKEN="")
        to(site, "deploy: {to: git, repository: 'http://127.0.0.1:9/site.git'}\n")
        deployed(site, 3)
    assert found == []
    assert holding(site.root, ("config",)) == []
    assert holding(tmp_path / "host" / "git") == []


@pytest.mark.server
def test_bucket_keys_are_never_shown(site: LittleSite) -> None:
    """Right, refused by the store, and for a store that is not there."""
    with hosts.s3() as bucket, hosts.line_to(bucket.endpoint) as line, watched() as found:
        to(yesterday(site), bucket.yaml(line.url))
        deployed(site, 0)
        today(site)
        line.calls.clear()
        line.breaks = lambda n: "403" if n == 6 else ""
        assert "sending" in deployed(site, 3)
        line.breaks = lambda _: "403"
        assert "reading .digest-manifest.json.gz from bucket news" in deployed(site, 3)
        to(site, bucket.yaml("http://127.0.0.1:9"))
        deployed(site, 3)
        contents = b"".join(bucket.files().values())
    assert found == []
    assert holding(site.root) == []
    assert not any(secret.encode() in contents for secret in SECRETS)


@pytest.mark.server
def test_refused_ssh_login_shows_no_secret(site: LittleSite, tmp_path: Path) -> None:
    """A key that it does not know, a server that ssh does not know, one that is not there."""
    with hosts.sshd(tmp_path / "ssh") as host, watched() as found:
        to(yesterday(site), host.yaml(path=tmp_path / "www"))
        deployed(site, 0)
        (tmp_path / "ssh/authorized_keys").write_text("")
        assert "refused the login" in deployed(site, 3)
        (tmp_path / "ssh/known_hosts").write_text("")
        assert "is not known to this machine's ssh; connect once by hand" in deployed(site, 3)
        to(site, host.yaml(port=9))
        assert "Connection refused" in deployed(site, 3)
    assert found == []
    assert holding(site.root) == []


def test_environment_is_searched_once(site: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for each file."""
    to(yesterday(site), f"deploy: {{to: folder, path: {tmp_path}/www}}\n")
    calls: list[int] = []
    held = redaction.held
    monkeypatch.setattr(redaction, "held", lambda: (calls.append(1), held())[1])
    redaction.values()
    calls.clear()
    assert len(deploy(site).plan.uploads) > 10
    assert len(calls) == 1


def test_page_with_a_secret_is_not_sent(site: LittleSite, tmp_path: Path) -> None:
    """A token that somebody pasted into a story; the message names the variable alone."""
    to(yesterday(site), f"deploy: {{to: folder, path: {tmp_path}/www}}\n")
    site.entry("sport/new", body=f"الرمز {CANARIES['MY_DEPLOY_PASSWORD']} هنا.")
    err = deployed(site, 2)
    assert "holds the value of $MY_DEPLOY_PASSWORD; take it out of the site. Nothing was sent" in err
    assert not (tmp_path / "www").exists()
