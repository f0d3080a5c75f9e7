"""The suite's fixture: a whole little site as text, built, edited, looked at."""

from __future__ import annotations

import os
import shutil
import signal
import socketserver
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import found
from msgspec.structs import replace

from digest.build.build import build
from digest.problems import DigestError
from digest.site.options import BuildOptions, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""The clock of the tests."""


def keep_sites_in_memory() -> None:
    """Put the tests' folders on a file system in memory where there is a large one that programs may start from: digest
    syncs every change it makes, and thousands of little sites would wait for the disk.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and not os.statvfs(memory).f_flag & os.ST_NOEXEC and shutil.disk_usage(memory).free > 4 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


if sys.platform == "linux":
    keep_sites_in_memory()
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # a shell's background: programs that tests start must hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

SITE_YAML = """\
title: موجز الاختبار
description: أخبار مختارة للاختبار
base_url: https://news.example/
lang: ar
timezone: Africa/Casablanca
themes:
  - {id: politics, title: سياسة}
  - {id: sport, title: رياضة}
"""


@dataclass
class LittleSite:
    """A site on disk, written from text; `-- path --` lines start its files."""

    root: Path
    order: BuildOptions
    reports: list[Report] = field(default_factory=list)

    def write(self, text: str) -> LittleSite:
        """Files from one string: each starts with a line `-- path --`."""
        path, lines = "", []
        for line in [*text.splitlines(keepends=True), "--  --\n"]:
            if line.startswith("-- ") and line.rstrip().endswith(" --"):
                if path:
                    self.put(path, "".join(lines))
                path, lines = line.rstrip()[3:-3].strip(), []
            else:
                lines.append(line)
        return self

    def put(self, path: str, content: str | bytes) -> LittleSite:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def entry(self, name: str, front_matter: str = "", body: str = "نص الخبر.") -> LittleSite:
        """An entry with a title and a date unless the front matter gives them."""
        lines = front_matter.strip().splitlines()
        keys = {line.partition(":")[0] for line in lines}
        lines += [] if "title" in keys else [f"title: خبر {name.rpartition('/')[2]}"]
        lines += [] if "date" in keys else ["date: 2026-11-20T10:00"]
        return self.put(f"content/{name}.md", "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n")

    def build(self, **changes: object) -> Report:
        report = build(replace(self.order, **changes))  # type: ignore[arg-type]
        self.reports.append(report)
        return report

    def problems(self, **changes: object) -> list[str]:
        """Every problem of a build that must fail, as printed."""
        with pytest.raises(DigestError) as refused:
            self.build(**changes)
        # a column is one of a line: where the whole file is meant, there is none
        assert [problem for problem in refused.value.problems if problem.column and not problem.line] == []
        return [str(problem) for problem in refused.value.problems]

    @property
    def output(self) -> Path:
        assert self.order.output
        return self.order.output

    def text(self, path: str) -> str:
        """A file of the built site."""
        return (self.output / path).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """The whole output: path → bytes."""
        return {
            p.relative_to(self.output).as_posix(): p.read_bytes() for p in sorted(self.output.rglob("*")) if p.is_file()
        }


@pytest.fixture
def site(tmp_path: Path) -> LittleSite:
    """An empty site with two themes."""
    made = LittleSite(tmp_path / "site", BuildOptions(tmp_path / "site", tmp_path / "site" / "public", NOW))
    made.put("site.yaml", SITE_YAML)
    (made.root / "content").mkdir()
    return made


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout these tests lie in."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def example(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """The repository's own living example, built once; its picture cache is kept between runs."""
    output = tmp_path_factory.mktemp("example") / "public"
    made = LittleSite(repository, BuildOptions(repository, output, NOW))
    made.build()
    return made


@pytest.fixture(scope="session")
def example_with(
    example: LittleSite, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], LittleSite]:
    """The example with lines added to its settings, built once for each; it borrows the example's finished pictures."""
    built: dict[str, LittleSite] = {}

    def build(lines: str) -> LittleSite:
        if lines not in built:
            root = tmp_path_factory.mktemp("example-with")
            for name in ("content", "data"):
                shutil.copytree(repository / name, root / name)
            shutil.copytree(repository / ".digest/pictures", root / ".digest/pictures")
            built[lines] = LittleSite(root, BuildOptions(root, root / "public", NOW))
            built[lines].put("site.yaml", (repository / "site.yaml").read_text("utf-8") + lines).build()
        return built[lines]

    return build


class Quiet(SimpleHTTPRequestHandler):
    """A static host that says nothing."""

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve folders on loopback ports; gives their addresses."""
    servers = []

    def start(folder: Path) -> str:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless Chromium for the whole session."""
    path = found()
    if not path:
        if os.environ.get("DIGEST_NEED_BROWSER"):
            pytest.fail("no Chromium found")
        pytest.skip("no Chromium found; set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as tool:
        running = tool.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab that fails the test on any console error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    faults: list[str] = []
    tab.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda e: faults.append(str(e)))
    yield tab
    context.close()
    assert not faults
