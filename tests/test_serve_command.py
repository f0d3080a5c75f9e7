"""`digest serve` as it is typed: where it listens, what it says, how it ends."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import LittleSite

pytestmark = pytest.mark.slow

TEXT = "---\ntitle: خبر a\ndate: 2026-11-20T10:00\n---\n\n{}\n"


@dataclass
class Typed:
    """A running command."""

    process: subprocess.Popen[str]
    out: Path
    err: Path
    url: str = ""

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].partition("/")[0])

    def get(self, path: str) -> tuple[int, str]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            line.request("GET", path)
            reply = line.getresponse()
            return reply.status, reply.read().decode()

    def says(self, pattern: str) -> str:
        """Wait until something stands on standard error; gives all of it."""
        end = time.monotonic() + 20
        while not re.search(pattern, text := self.err.read_text("utf-8")):
            assert time.monotonic() < end, text
            time.sleep(0.02)
        return text


@contextlib.contextmanager
def typed(site: LittleSite, *options: str, **environment: str) -> Iterator[Typed]:
    out, err = site.root.parent / "out.txt", site.root.parent / "err.txt"
    command = [sys.executable, "-m", "digest", "serve", "--site", str(site.root), *options]
    variables = {"SOURCE_DATE_EPOCH": "1795435200", **environment}
    with out.open("w") as one, err.open("w") as two:
        process = subprocess.Popen(command, stdout=one, stderr=two, text=True, env=os.environ | variables)
    made = Typed(process, out, err)
    try:
        end = time.monotonic() + 20
        while not made.url and process.poll() is None and time.monotonic() < end:
            made.url = out.read_text("utf-8").strip()
            time.sleep(0.02)
        yield made
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        finally:
            process.kill()


def taken_port() -> socket.socket:
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen(1)
    return held


def test_it_says_where_the_site_is(site: LittleSite) -> None:
    """The address alone on standard output; counts and time on standard error; Ctrl-C ends it with status 0."""
    site.entry("sport/a").entry("sport/b", "draft: true")
    with typed(site, "--port", "0") as command:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", command.url)
        assert command.get("/sport/a/")[0] == 200
        assert re.search(r"1 entry \(1 held back\), \d+\.\d\d s\. Ctrl-C ends it\.", command.says("Ctrl-C"))
    assert command.process.returncode == 0
    assert not site.output.exists()
    assert "Traceback" not in command.err.read_text("utf-8")


def test_a_taken_port(site: LittleSite) -> None:
    """The next free one, and it is said."""
    site.entry("sport/a")
    with taken_port() as held:
        port = held.getsockname()[1]
        with typed(site, "--port", str(port)) as command:
            assert command.port > port
            assert f"port {port} is taken, {command.port} is free" in command.says("Ctrl-C")


def test_open_starts_the_browser(site: LittleSite, tmp_path: Path) -> None:
    """With the address that is served."""
    site.entry("sport/a")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    opener = tmp_path / "xdg-open"
    opener.write_text(browser.read_text())
    opener.chmod(0o755)
    with typed(
        site, "--port", "0", "--open", BROWSER=f"{browser} %s", PATH=f"{tmp_path}:{os.environ['PATH']}"
    ) as command:
        end = time.monotonic() + 10
        while not (tmp_path / "opened").exists() and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.1)
        assert (tmp_path / "opened").read_text().strip() == command.url


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_host_that_others_reach_is_warned_of(site: LittleSite, host: str) -> None:
    """Whoever reaches the machine sees drafts too."""
    site.entry("sport/a")
    with typed(site, "--port", "0", "--host", host) as command:
        if command.process.poll() is not None:
            pytest.skip(f"no address {host} here")
        assert f"{host} is open to the network" in command.says("open to the network")
        assert command.get("/sport/a/")[0] == 200
    with typed(site, "--port", "0") as command:
        assert "network" not in command.says("Ctrl-C")


def test_drafts_and_future(site: LittleSite) -> None:
    """Shown when asked for."""
    site.entry("sport/hidden", "draft: true").entry("sport/later", "date: 2099-01-01")
    with typed(site, "--port", "0", "--drafts", "--future") as command:
        assert [command.get(f"/sport/{name}/")[0] for name in ("hidden", "later")] == [200, 200]
    with typed(site, "--port", "0", "--drafts") as command:
        assert [command.get(f"/sport/{name}/")[0] for name in ("hidden", "later")] == [200, 404]


def test_a_save_and_a_mistake_on_the_terminal(site: LittleSite) -> None:
    """Each save is a line with its time; a problem stands there once, as `build` prints it; its end is a line too."""
    file = site.entry("sport/a").root / "content/sport/a.md"
    with typed(site, "--port", "0", "--poll") as command:
        command.says("Ctrl-C")
        file.write_text(TEXT.format("جديد"))
        assert re.search(r"\d\d:\d\d:\d\d  content/sport/a\.md  \(\d+ ms\)", command.says("a.md"))
        file.write_text(TEXT.format("x").replace("date:", "dat:"))
        command.says(r"content/sport/a\.md:3:1: unknown key 'dat'; did you mean 'date'\?")
        command.get("/sport/a/")
        file.write_text(TEXT.format("أجدد"))
        said = command.says("all problems fixed")
        assert said.count("unknown key") == 1


def test_quiet(site: LittleSite) -> None:
    """The address and mistakes, nothing else."""
    site.entry("sport/a", "titel: x")
    with typed(site, "--port", "0", "--quiet") as command:
        said = command.says("titel")
    assert len(said.splitlines()) == 1


def test_wrong_usage(site: LittleSite) -> None:
    """Status 2 and one sentence."""
    site.entry("sport/a")
    for options in (("--port", "99999"), ("--host", "nowhere.invalid"), ("--port", "x")):
        with typed(site, *options) as command:
            command.process.wait(15)
        assert command.process.returncode == 2
        assert "Traceback" not in command.err.read_text("utf-8")


def test_the_memory_of_a_build_makes_the_start_quick_and_stays_good(site: LittleSite) -> None:
    """Serving between two builds changes nothing of what the next one writes."""
    for number in range(40):
        site.entry(f"sport/e{number}")
    site.build()
    before = site.files()
    with typed(site, "--port", "0") as command:
        assert command.get("/sport/e1/")[0] == 200
    report = site.build()
    assert (site.files(), report.made) == (before, 0)
