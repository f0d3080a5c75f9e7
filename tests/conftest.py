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
from digest.deploy.headers import is_fingerprinted
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
    """A static host that says nothing; files that carry their fingerprint may be kept, as every host should allow."""

    def log_message(self, *_: object) -> None:
        return

    def end_headers(self) -> None:
        if is_fingerprinted(self.path.lstrip("/")):
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        super().end_headers()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve folders on loopback ports, each folder once; gives their addresses."""
    servers: dict[tuple[Path, int], socketserver.ThreadingTCPServer] = {}

    def start(folder: Path) -> str:
        key = folder, folder.stat().st_ino
        if key not in servers:
            server = servers[key] = socketserver.ThreadingTCPServer(
                ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
            )
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{servers[key].server_address[1]}"

    yield start
    for server in servers.values():
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


@pytest.fixture(scope="session")
def shared_tab(browser: Any) -> Any:
    """One tab for the whole session: to open one costs more than to load three pages."""
    tab = browser.new_context().new_page()
    tab.faults = []
    tab.on("console", lambda m: tab.faults.append(m.text) if m.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda e: tab.faults.append(str(e)))
    return tab


MEDIA = ("media", "color_scheme", "reduced_motion", "forced_colors", "contrast")


@pytest.fixture
def tab_as_new(shared_tab: Any) -> Iterator[Any]:
    """The tab as it was when it was opened; what it complains of is in `faults`. Listeners are taken off by who put them on."""
    shared_tab.set_viewport_size({"width": 1280, "height": 900})
    shared_tab.emulate_media(**dict.fromkeys(MEDIA, "null"))
    shared_tab.set_default_timeout(30_000)
    shared_tab.mouse.move(0, 0)
    shared_tab.faults.clear()
    yield shared_tab
    shared_tab.unroute_all(behavior="ignoreErrors")
    shared_tab.goto("about:blank")
    shared_tab.context.clear_cookies()


@pytest.fixture
def page(tab_as_new: Any) -> Iterator[Any]:
    """A tab that fails the test on any console error."""
    yield tab_as_new
    tab_as_new.goto("about:blank")
    assert not tab_as_new.faults


@pytest.fixture
def asked(page: Any) -> Iterator[list[str]]:
    """Addresses that `page` asks for, as they are asked."""
    urls: list[str] = []

    def note(request: Any) -> None:
        urls.append(request.url)

    page.on("request", note)
    yield urls
    page.remove_listener("request", note)
