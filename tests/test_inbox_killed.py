"""`digest inbox` and `digest clip` killed at every call of the system, and two runs at once: nothing half, nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import test_inbox
from click.testing import CliRunner
from made_feeds import TITLE, item, rss
from test_inbox import NOW, REPOSITORY, ask, following_site, hours, run

from digest.cli import inbox as command
from digest.cli import main as program
from digest.content import settings as site_settings
from digest.curating import decisions, drafts, feed_memory
from digest.files import lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import ThreadingHTTPServer

    from click.testing import Result
    from conftest import LittleSite

CALLS = ((os, "link"), (os, "replace"), (os, "unlink"), (os, "mkdir"), (os, "fsync"), (Path, "open"))
KILLED = 9
OTHER = "بلدية الوادي تغرس ألف شجرة زيتون على ضفة النهر"
unix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def killed(action: Callable[[], object], number: int) -> bool:
    """Whether a child that does this ends just before or after the N-th call, as by SIGKILL: nothing is tidied up."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    left = number

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(KILLED)

    for owner, name in CALLS:
        real = getattr(owner, name)

        def call(*words: object, real: Callable = real, **more: object) -> object:
            count()
            made = real(*words, **more)
            count()
            return made

        setattr(owner, name, call)
    try:
        action()
    finally:
        os._exit(0)


def entries(site: LittleSite) -> list[Path]:
    return sorted((site.root / "content").rglob("[!.]*.md"))


def inbox(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(program, ["inbox", *words])


def new_ones() -> list[str]:
    """Handles of the stories that are listed."""
    return [one["handle"] for one in json.loads(inbox("--json").stdout)["stories"]]


served = test_inbox.outlet
"""A feed's server."""


@pytest.fixture
def two(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> LittleSite:
    """A site with two stories in its inbox."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    monkeypatch.chdir(site.root)
    other = item(title=f"<title>{OTHER}</title>", link="<link>https://oasis.example/trees</link>", summary="")
    site.put("feeds/oasis.xml", rss(item(), other))
    return following_site(site, "{name: الواحة, url: feeds/oasis.xml}")


@unix
@pytest.mark.slow
def test_stories_when_a_run_is_killed_at_any_call_are_taken_whole_and_once(two: LittleSite) -> None:
    handles = new_ones()
    number, seen = 1, set()
    while killed(lambda: inbox("--offline", "--take", *handles), number):
        whole = [file for file in entries(two) if file.read_text("utf-8").endswith("draft: true\n---\n")]
        assert whole == entries(two), number
        new = new_ones()
        assert len(new) + len(whole) == 2, number
        if new:
            assert inbox("--offline", "--take", *new).exit_code == 0
        assert sorted(file.read_text("utf-8").count("url:") for file in entries(two)) == [1, 1], number
        assert new_ones() == []
        seen.add(len(whole))
        number += 1
        for file in entries(two):
            file.unlink()
    assert seen == {0, 1, 2}
    assert number > 10


@unix
@pytest.mark.slow
def test_decisions_when_a_run_is_killed_at_any_call_are_the_old_or_the_new(two: LittleSite) -> None:
    first, second = new_ones()
    assert inbox("--aside", first).exit_code == 0
    before = decisions.read(two.root).text()
    assert inbox("--aside", second).exit_code == 0
    after = decisions.read(two.root).text()
    number, seen = 1, set()
    for_good = two.root / decisions.FILE
    for_good.write_text(before, "utf-8")
    while killed(lambda: inbox("--aside", second), number):
        found = for_good.read_text("utf-8")
        assert found in (before, after), number
        seen.add(found == after)
        for_good.write_text(before, "utf-8")
        number += 1
    assert seen == {False, True}


@unix
def test_memory_of_feeds_when_a_run_is_killed_at_any_call_loses_and_repeats_nothing(
    site: LittleSite, served: ThreadingHTTPServer
) -> None:
    """What was listed is listed again; the new story is new once; no request comes without its validators."""
    ask(site, served)
    kept = {path: path.read_bytes() for path in (site.root / feed_memory.FOLDER).iterdir()}
    other = item(title=f"<title>{OTHER}</title>", link="<link>https://oasis.example/trees</link>")
    served.answer = lambda _: (200, {"ETag": '"2"'}, rss(item(), other).encode())  # type: ignore[attr-defined]
    number = 1
    while killed(lambda: ask(site, served, hours(1)), number):
        again = ask(site, served, hours(1.5))
        assert [one.title for one in again.items] == [TITLE, OTHER], number
        for path, content in kept.items():
            path.write_bytes(content)
        number += 1
    assert number > 3


@unix
def test_entry_with_its_picture_when_a_run_is_killed_at_any_call_never_lacks_it(site: LittleSite) -> None:
    settings = site_settings.read((site.root / "site.yaml").read_bytes())[0]
    assert settings
    draft = drafts.Draft("مكتبة متنقلة", NOW, "sport", (drafts.Source("الواحة", "https://oasis.example/a"),),
                         picture=drafts.Picture("https://oasis.example/a.jpg"))  # fmt: skip
    number = 1
    while killed(lambda: drafts.write(site.root, draft, settings, b"picture" * 20_000, ".jpg"), number):
        for file in entries(site):
            assert file.read_text("utf-8").endswith("draft: true\n---\n"), number
            assert file.with_suffix(".jpg").read_bytes() == b"picture" * 20_000, number
        drafts.write(site.root, draft, settings, b"picture" * 20_000, ".jpg")
        for file in (site.root / "content/sport").iterdir():
            file.unlink()
        number += 1
    assert number > 5


# ------------------------------------------------------------------ two runs at once


def test_second_run_when_one_is_at_work_says_so_and_waits(two: LittleSite) -> None:
    words = [sys.executable, "-m", "digest", "inbox", "--json"]
    where = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        words, cwd=two.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=where
    ) as waiting:
        assert waiting.stderr
        assert waiting.stdout
        with lock(two.root / command.LOCK, 5) as is_ours:
            assert is_ours
            started = time.monotonic()
            told = waiting.stderr.readline()
            assert waiting.poll() is None
        assert len(json.loads(waiting.stdout.read())["stories"]) == 2
        assert waiting.wait(20) == 0
    assert told == "another digest inbox is running in this site: waiting for it\n"
    assert time.monotonic() - started < 60
    assert not (two.root / command.LOCK).exists()


def test_second_run_when_the_first_does_not_end_gives_up(two: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PATIENCE", 0.1)
    with lock(two.root / command.LOCK, 5):
        ended = inbox()
    assert ended.exit_code == 2
    assert "another digest inbox in this site is running; wait until it has finished" in ended.output


def test_story_when_two_runs_take_it_at_once_is_taken_once(two: LittleSite) -> None:
    handle = new_ones()[0]
    statuses: list[int] = []
    takers = [
        threading.Thread(target=lambda: statuses.append(run(two, "--offline", "--take", handle).returncode))
        for _ in range(2)
    ]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sorted(statuses) == [0, 2]
    assert len(entries(two)) == 1
