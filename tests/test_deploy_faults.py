"""Each target fails at its first step, its second, and so on to the last; is killed; goes on. The site stays whole.

After every failure all pages a reader can reach have their links and parts, and the next run ends with the new site.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import hosts
import pytest
from deployments import command, deploy, listed, mixed, numbers, published, rollback, said, to, today, yesterday

from digest.deploy import programs
from digest.deploy.targets import folder
from digest.deploy.targets.folder import FolderPlace
from digest.problems import DeliveryError
from digest.site import output
from digest.site.output import Staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import LittleSite

pytestmark = pytest.mark.slow

Files = dict[str, bytes]
AWAITED = "/.~tmp~/"
"""Where rsync keeps the files of a stage until it puts all of them in place; no link leads there."""
KILLS = int(os.environ.get("DIGEST_DEPLOY_KILLS", "6"))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """One attempt: what fails, fails."""
    monkeypatch.setattr(programs, "ATTEMPTS", 1)


def stay_whole(seen: Files, old: Files, new: Files) -> None:
    """What readers meet: no link into nowhere, no file that is neither old nor new."""
    assert hosts.broken(seen) == []
    assert mixed(seen, old, new) == []


def one_of(seen: Files, old: Files, new: Files) -> None:
    """For targets that switch: all of the old site or all of the new one, with the old one's fingerprinted files."""
    assert seen == old or (mixed(seen, new, old) == [] and new.items() <= seen.items())
    stay_whole(seen, old, new)


# ------------------------------------------------------------------ folder

CALLS = ((os, "link"), (os, "unlink"), (os, "mkdir"), (os, "open"), (os, "write"), (os, "fsync"), (os, "rename"),
    (shutil, "copy2"), (shutil, "rmtree"), (output, "exchange"))  # fmt: skip


class Failing:
    """The N-th of certain calls of the system fails, or ends the process before it."""

    def __init__(self, patch: pytest.MonkeyPatch, number: int, fault: int | BaseException) -> None:
        self.left = number
        for module, name in CALLS:
            real = getattr(module, name)

            def call(*words: object, real: Callable = real, **more: object) -> object:
                self.left -= 1
                if self.left == 0:
                    raise OSError(fault, os.strerror(fault)) if isinstance(fault, int) else fault
                return real(*words, **more)

            patch.setattr(module, name, call)


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES], ids=["full disk", "no permission"])
def test_folder_with_every_call_failing_once_shows_one_whole_site(site: LittleSite, tmp_path: Path, fault: int) -> None:
    """The whole old site or the whole new one, and in the end the new one."""
    www, before = tmp_path / "www", tmp_path / "before"
    to(yesterday(site), f"deploy: {{to: folder, path: {www}}}\n")
    deploy(site)
    old = hosts.tree(hosts.copied(www, before))
    today(site).build(strict=True)
    new, number, ended = published(site), 0, False
    while not ended:
        number += 1 if number < 40 else 7
        hosts.copied(before, www)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, number, fault)
            try:
                deploy(site, build=False)
                ended = failing.left > 0
            except OSError:
                pass
        one_of(hosts.tree(www), old, new)
        deploy(site, build=False)
        assert new.items() <= hosts.tree(www).items()
        assert numbers(deploy(site, build=False))[:2] == (0, 0)
    assert number > 40


class KilledError(BaseException):
    """What a process does not get to answer."""


def test_rollback_killed_at_every_call_leaves_one_whole_release(site: LittleSite, tmp_path: Path) -> None:
    """One release or the other is online, whole, the other one is kept, and going back again ends with the earlier one."""
    www = tmp_path / "area/www"
    to(yesterday(site), f"deploy: {{name: live, to: folder, path: {www}}}\n")
    deploy(site)
    old = hosts.tree(www)
    today(site)
    deploy(site)
    new, before = hosts.tree(www), hosts.copied(www.parent, tmp_path / "before")
    (earlier,) = folder.kept(Staging.of(www))
    place, later = FolderPlace(str(www)), folder.release_of(www)
    number, ended = 0, False
    while not ended:
        number += 1 if number < 60 else 7
        hosts.copied(before, www.parent)
        with pytest.MonkeyPatch.context() as patch:
            killing = Failing(patch, number, KilledError())
            with contextlib.suppress(KilledError):
                rollback(place, site.root, None)
            ended = killing.left > 0
        seen = hosts.tree(www)
        online, releases = listed(place, site.root)
        assert (online, releases) in ((later, [earlier, later]), (earlier, [earlier, later])), number
        assert seen == new if online == later else old.items() <= seen.items()
        if online == later:
            rollback(place, site.root, None)
        assert old.items() <= hosts.tree(www).items()
        rollback(place, site.root, later)
        assert new.items() <= hosts.tree(www).items()
        assert folder.kept(Staging.of(www)) == [earlier]
    assert number > 60


def test_rollback_is_synced_before_readers_see_it(
    site: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could leave the list of files, and the files, empty."""
    to(yesterday(site), f"deploy: {{to: folder, path: {tmp_path}/www}}\n")
    deploy(site)
    today(site)
    deploy(site)
    calls: list[str] = []
    for name in ("sync_all", "publish"):
        real = getattr(output, name)
        monkeypatch.setattr(output, name, lambda x, name=name, real=real: (calls.append(name), real(x)))
    rollback(FolderPlace(f"{tmp_path}/www"), site.root, None)
    assert calls == ["sync_all", "publish"]


def test_deploy_killed_at_every_call_loses_no_release(site: LittleSite, tmp_path: Path) -> None:
    """The one that was online can be gone back to, as soon as the new one is online."""
    www = tmp_path / "area/www"
    to(yesterday(site), f"deploy: {{to: folder, path: {www}}}\n")
    deploy(site)
    old, earlier, before = hosts.tree(www), folder.release_of(www), hosts.copied(www.parent, tmp_path / "before")
    today(site).build(strict=True)
    place, number, ended = FolderPlace(str(www)), 0, False
    while not ended:
        number += 1 if number < 40 else 7
        hosts.copied(before, www.parent)
        with pytest.MonkeyPatch.context() as patch:
            killing = Failing(patch, number, KilledError())
            with contextlib.suppress(KilledError):
                deploy(site, build=False)
            ended = killing.left > 0
        online, releases = listed(place, site.root)
        assert releases == ([earlier] if online == earlier else [earlier, online])
        if online != earlier:
            rollback(place, site.root, None)
            assert old.items() <= hosts.tree(www).items()
    assert number > 40


def test_two_step_exchange_killed_afterwards_loses_no_release(
    site: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system cannot exchange two names, the next run puts away what was online."""
    www = tmp_path / "www"
    to(yesterday(site), f"deploy: {{to: folder, path: {www}}}\n")
    deploy(site)
    old, earlier = hosts.tree(www), folder.release_of(www)
    today(site).build(strict=True)
    real = os.rename

    def rename(source: str, target: str) -> None:
        if str(source).endswith(".digest-old"):
            raise KilledError
        real(source, target)

    monkeypatch.setattr(output, "exchange", lambda *_: False)
    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(KilledError):
        deploy(site, build=False)
    assert published(site).items() <= hosts.tree(www).items()
    monkeypatch.setattr(os, "rename", real)
    site.entry("sport/another")
    deploy(site)
    assert earlier in folder.kept(Staging.of(www))
    rollback(FolderPlace(str(www)), site.root, earlier)
    assert old.items() <= hosts.tree(www).items()


# ------------------------------------------------------------------ programs that fail


def failing_programs(folder: Path, names: tuple[str, ...]) -> Callable[[int, str], dict[str, str]]:
    """Wrappers of programs that fail at their N-th call, `before` or `after` doing their work."""
    folder.mkdir()
    for name in names:
        real = shutil.which(name)
        script = folder / name
        script.write_text(
            f"#!/bin/sh\nn=$(($(cat {folder}/count) + 1)); echo $n > {folder}/count\n"
            f'if [ "$n" = "$FAIL_AT" ]; then if [ "$FAIL_WHEN" = after ]; then {real} "$@"; fi; '
            f'echo "Connection to host closed" >&2; exit 99; fi\nexec {real} "$@"\n'
        )
        script.chmod(0o755)

    def environment(number: int, when: str) -> dict[str, str]:
        (folder / "count").write_text("0")
        return {"PATH": f"{folder}:{os.environ['PATH']}", "FAIL_AT": str(number), "FAIL_WHEN": when}

    return environment


def fail_everywhere(
    site: LittleSite,
    environment: Callable[[int, str], dict[str, str]],
    restore: Callable[[], object],
    seen: Callable[[], Files],
    check: Callable[[Files, Files, Files], None],
    both: int = 99,
) -> int:
    """Fail at every call, up to number `both` before and after its work; gives how many there are."""
    old, new, number = seen(), published(site), 0
    while True:
        number += 1
        for when in ("before", "after") if number <= both else (("before", "after")[number % 2],):
            restore()
            failed = False
            with pytest.MonkeyPatch.context() as patch:
                for name, value in environment(number, when).items():
                    patch.setenv(name, value)
                try:
                    deploy(site, build=False)
                except DeliveryError:
                    failed = True
            check(seen(), old, new)
            deploy(site, build=False)
            assert new.items() <= seen().items()
        if not failed:
            return number - 1


@pytest.mark.server
def test_branch_with_every_git_call_failing_once_shows_one_whole_site(site: LittleSite, tmp_path: Path) -> None:
    """One update of one reference: all or nothing."""
    hosts.needed("git")
    host = hosts.bare(tmp_path / "site.git")
    to(yesterday(site), f"deploy: {{to: git, repository: {host.url}}}\n")
    deploy(site)
    tip = host.git("rev-parse", "gh-pages").decode().strip()
    today(site).build(strict=True)
    calls = fail_everywhere(
        site,
        failing_programs(tmp_path / "bin", ("git",)),
        lambda: host.git("update-ref", "refs/heads/gh-pages", tip),
        lambda: {path: content for path, content in host.files().items() if path != ".nojekyll"},
        one_of,
    )
    assert calls >= 5


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hosts.SshHost]:
    with hosts.sshd(tmp_path_factory.mktemp("ssh")) as host:
        yield host


@pytest.mark.server
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["releases", "in-place"])
def test_server_with_every_call_failing_once_shows_no_broken_site(
    site: LittleSite, sshd: hosts.SshHost, tmp_path: Path, mode: str
) -> None:
    """Releases are switched as a whole; in place every stage leaves a site that holds together."""
    host = replace(sshd, root=tmp_path / "srv/www")
    to(yesterday(site), host.yaml(mode=mode))
    deploy(site)
    before = hosts.copied(host.root, tmp_path / "before")
    today(site).build(strict=True)
    shown = host.root / "current" if mode == "releases" else host.root
    calls = fail_everywhere(
        site,
        failing_programs(tmp_path / "bin", ("ssh", "rsync") if mode == "releases" else ("rsync",)),
        lambda: hosts.copied(before, host.root),
        lambda: hosts.tree(shown),
        one_of if mode == "releases" else stay_whole,
        both=99 if mode == "releases" else 3,
    )
    assert calls >= 5


@pytest.mark.server
@pytest.mark.timeout(600)
def test_connection_that_breaks_after_a_call_succeeded_is_retried(
    site: LittleSite, sshd: hosts.SshHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next attempt finds it done, the switch too: it is nobody else who moved the link."""
    host = replace(sshd, root=tmp_path / "srv/www")
    to(yesterday(site), host.yaml(keep=1))
    deploy(site)
    before = hosts.copied(host.root, tmp_path / "before")
    today(site).build(strict=True)
    monkeypatch.setattr(programs, "ATTEMPTS", 2)
    monkeypatch.setattr(programs, "PAUSE", 0.01)
    environment = failing_programs(tmp_path / "bin", ("ssh", "rsync"))
    number, calls = 0, 1
    while number < calls:
        number += 1
        hosts.copied(before, host.root)
        with monkeypatch.context() as patch:
            for name, value in environment(number, "after").items():
                patch.setenv(name, value)
            deploy(site, build=False)
        calls = int((tmp_path / "bin/count").read_text()) - 1
        assert published(site).items() <= hosts.tree(host.root / "current").items()
        assert len(list((host.root / "releases").iterdir())) == 2
    assert calls >= 5


# ------------------------------------------------------------------ S3


@pytest.fixture(scope="module")
def store() -> Iterator[hosts.Bucket]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing-id")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
        with hosts.s3() as bucket:
            yield bucket


@pytest.mark.server
@pytest.mark.timeout(600)
@pytest.mark.parametrize("when", ["before", "after"])
def test_bucket_with_every_request_failing_once_shows_no_broken_site(
    site: LittleSite, store: hosts.Bucket, when: str
) -> None:
    """The order is all there is: it has to do."""
    store.restore({})
    with hosts.line_to(store.endpoint) as line:
        to(yesterday(site), store.yaml(line.url))
        deploy(site)
        state, old = store.everything(), store.files()
        today(site).build(strict=True)
        new, number, ended = published(site), 0, False
        while not ended:
            number += 1 if when == "before" else 3
            store.restore(state)
            line.calls.clear()
            line.breaks = lambda n, number=number: when if n == number else ""
            try:
                whole = len(deploy(site, build=False).plan.uploads)
                ended = True
            except DeliveryError:
                pass
            stay_whole(store.files(), old, new)
            line.breaks = lambda _: ""
            deploy(site, build=False)
            assert new.items() <= store.files().items()
        assert numbers(deploy(site, build=False))[:2] == (0, 0)
    assert number > whole > 10


@pytest.mark.server
def test_deploy_after_a_failure_sends_only_the_rest(site: LittleSite, store: hosts.Bucket) -> None:
    """After a failure late on the way little is left to do."""
    store.restore({})
    with hosts.line_to(store.endpoint) as line:
        to(yesterday(site), store.yaml(line.url))
        site.build(strict=True)
        files = len(published(site))
        line.breaks = lambda n: "before" if n > files - 5 else ""
        with pytest.raises(DeliveryError, match=r"sending .+ to bucket news: "):
            deploy(site, build=False)
        line.breaks = lambda n: "before" if n == len(line.calls) + 99 else ""
        assert len(deploy(site, build=False).plan.uploads) > files // 2  # the journal could not be written either
        store.restore({})
        line.calls.clear()
        line.breaks = lambda n: "500" if n == files - 5 else ""
        with pytest.raises(DeliveryError, match="500"):
            deploy(site, build=False)
        line.breaks = lambda _: ""
        assert len(deploy(site, build=False).plan.uploads) < 20
        assert store.files() == published(site)


@pytest.mark.server
def test_busy_store_is_retried(site: LittleSite, store: hosts.Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statuses 500 and 503, and a line that breaks, are nothing to give up for."""
    monkeypatch.setattr(programs, "ATTEMPTS", 4)
    monkeypatch.setattr(programs, "PAUSE", 0.01)
    store.restore({})
    with hosts.line_to(store.endpoint) as line:
        to(yesterday(site), store.yaml(line.url))
        line.breaks = lambda n: {1: "503", 2: "before", 3: "500"}.get(line.calls[:n].count(line.calls[n - 1]), "")
        deploy(site)
        assert store.files() == published(site)


def distribution(store: hosts.Bucket) -> str:
    """Id of a distribution before the bucket."""
    import boto3

    client = boto3.client("cloudfront", endpoint_url=store.endpoint, region_name="us-east-1")
    origin = {"Id": "bucket", "DomainName": "news.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    behaviour = {
        "TargetOriginId": "bucket", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
    }  # fmt: skip
    config = {
        "CallerReference": "x", "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour,
        "Origins": {"Quantity": 1, "Items": [origin]},
    }  # fmt: skip
    return client.create_distribution(DistributionConfig=config)["Distribution"]["Id"]


@pytest.mark.server
def test_failed_invalidation_is_repeated_by_the_next_deploy(site: LittleSite, store: hosts.Bucket) -> None:
    """Even by one that sends nothing; then it is told no more. New files are in no cache."""
    store.restore({})
    with hosts.line_to(store.endpoint) as line:
        to(yesterday(site), store.yaml(line.url, cloudfront=distribution(store)))

        def told() -> int:
            return sum(path.endswith("/invalidation") for _, path in line.calls)

        deploy(site)
        assert told() == 0
        today(site).build(strict=True)
        line.breaks = lambda n: "500" if line.calls[n - 1][1].endswith("/invalidation") else ""
        with pytest.raises(
            DeliveryError, match=r"telling CloudFront of \d+ changed files: .*; .*run the command again"
        ):
            deploy(site, build=False)
        assert published(site).items() <= store.files().items()
        line.breaks = lambda _: ""
        line.calls.clear()
        assert numbers(deploy(site, build=False))[:2] == (0, 0)
        assert told() == 1
        assert numbers(deploy(site, build=False))[:2] == (0, 0)
        assert told() == 1


# ------------------------------------------------------------------ kills


def kill_and_go_on(
    site: LittleSite,
    restore: Callable[[], object],
    seen: Callable[[], Files],
    check: Callable[[Files, Files, Files], None],
) -> None:
    """SIGKILL at random moments of a deploy, then a deploy that is left alone."""
    old, new = seen(), published(site)
    started = time.monotonic()
    restore()
    assert said("deploy", "--no-build", cwd=site.root)[0] == 0
    length = time.monotonic() - started
    chance = random.Random(11)
    for _ in range(KILLS):
        restore()
        process = command("deploy", "--no-build", cwd=site.root)
        time.sleep(chance.uniform(0.3, 1.0) * length)
        process.kill()
        process.communicate()
        time.sleep(0.2)  # children of the killed one end by themselves
        check({path: content for path, content in seen().items() if AWAITED not in path}, old, new)
        deploy(site, build=False)
        assert new.items() <= seen().items()
        assert [path for path in seen() if AWAITED in path] == []


def test_folder_deploy_killed_at_random_shows_one_whole_site(site: LittleSite, tmp_path: Path) -> None:
    www = tmp_path / "www"
    to(yesterday(site), f"deploy: {{to: folder, path: {www}}}\n")
    deploy(site)
    before = hosts.copied(www, tmp_path / "before")
    today(site).build(strict=True)
    kill_and_go_on(site, lambda: hosts.copied(before, www), lambda: hosts.tree(www), one_of)


@pytest.mark.server
@pytest.mark.timeout(600)
def test_branch_deploy_killed_at_random_shows_one_whole_site(site: LittleSite, tmp_path: Path) -> None:
    host = hosts.bare(tmp_path / "site.git")
    to(yesterday(site), f"deploy: {{to: git, repository: {host.url}}}\n")
    deploy(site)
    tip = host.git("rev-parse", "gh-pages").decode().strip()
    today(site).build(strict=True)
    kill_and_go_on(
        site,
        lambda: host.git("update-ref", "refs/heads/gh-pages", tip),
        lambda: {path: content for path, content in host.files().items() if path != ".nojekyll"},
        one_of,
    )


@pytest.mark.server
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["releases", "in-place"])
def test_server_deploy_killed_at_random_shows_no_broken_site(
    site: LittleSite, sshd: hosts.SshHost, tmp_path: Path, mode: str
) -> None:
    host = replace(sshd, root=tmp_path / "srv/www")
    to(yesterday(site), host.yaml(mode=mode))
    deploy(site)
    before = hosts.copied(host.root, tmp_path / "before")
    today(site).build(strict=True)
    shown = host.root / "current" if mode == "releases" else host.root
    check = one_of if mode == "releases" else stay_whole
    kill_and_go_on(site, lambda: hosts.copied(before, host.root), lambda: hosts.tree(shown), check)


@pytest.mark.server
@pytest.mark.timeout(600)
def test_bucket_deploy_killed_at_random_shows_no_broken_site(site: LittleSite, store: hosts.Bucket) -> None:
    store.restore({})
    to(yesterday(site), store.yaml())
    deploy(site)
    state = store.everything()
    today(site).build(strict=True)
    kill_and_go_on(site, lambda: store.restore(state), store.files, stay_whole)
