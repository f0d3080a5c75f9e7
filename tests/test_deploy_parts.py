"""The pieces of a deploy, one by one: requests, what is compared afterwards, which builds may go, folders, releases."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote

import pytest
from deployments import deploy, destination, listed, numbers, published, rollback, to, today, yesterday

from digest.deploy import (
    built_site,
    deploying,
    destinations,
    headers,
    hosts,
    manifest,
    programs,
    redaction,
    releases,
    verification,
    web,
)
from digest.deploy.headers import is_fingerprinted
from digest.deploy.manifest import MANIFEST, DamagedError, File, Journal, Manifest, Retired, packed, unpacked
from digest.deploy.plan import Plan, Stage, Upload, plan
from digest.deploy.targets import DeployContext, folder
from digest.deploy.targets.folder import FolderPlace
from digest.pages.media_types import is_text
from digest.problems import DeliveryError, UsageError
from digest.site.output import Staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from conftest import LittleSite


@pytest.fixture
def www(tmp_path: Path) -> Path:
    return tmp_path / "www"


@pytest.fixture
def news(site: LittleSite, www: Path) -> LittleSite:
    """Yesterday's site, with a folder to go to."""
    return to(yesterday(site), f"deploy: {{name: live, to: folder, path: {www}}}\n")


# ------------------------------------------------------------------ what is kept on a target


def test_manifest_over_the_limit_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes of zeros can be gigabytes; one byte more than the limit is refused, the limit itself is read."""
    raw = packed(Manifest(release="r"))
    monkeypatch.setattr(manifest, "LIMIT", len(gzip.decompress(raw)))
    assert unpacked(raw).release == "r"
    monkeypatch.setattr(manifest, "LIMIT", len(gzip.decompress(raw)) - 1)
    with pytest.raises(DamagedError, match=r"^it is too large$"):
        unpacked(raw)


def test_interrupted_uploads_are_unknown_and_finished_ones_count() -> None:
    """A file sent keeps its fingerprint; one under way loses it, and keeps its size only if it was listed."""
    before = Manifest(files={"old": File("1", 5), "a": File("2", 6)}, retired={"b": Retired(File("3", 7), 9)})
    after = manifest.resumed(before, Journal(pending=("a", "b", "new"), done={"b": File("4", 8)}))
    assert after.files == {"old": File("1", 5), "a": File("", 6), "new": File("", 0), "b": File("4", 8)}
    assert after.retired == {}


def test_journal_round_trips() -> None:
    """And is refused like a manifest where it is damaged or another version's."""
    made = Journal(pending=("a", "b/خبر"), done={"a": File("1", 2)})
    assert manifest.journal(packed(made)) == made
    with pytest.raises(DamagedError, match="upgrade digest"):
        manifest.journal(packed(Journal(version=2)))


def test_plan_size_counts_the_bytes_to_send() -> None:
    """Of the files that are sent, not of those that are there."""
    there = {"c.html": File("3", 4000), "d.html": File("4", 50_000)}
    local = {"a.html": File("1", 20), "b.html": File("2", 300), **there}
    made = plan(local, {}, Manifest(files=there), 0)
    assert (made.size, made.unchanged) == (320, 2)


# ------------------------------------------------------------------ words without secrets


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("GITHUB_TOKEN", "0123456789ab", True),
        ("GITHUB_TOKEN", "0123456789a", False),
        ("AWS_SECRET_ACCESS_KEY", "0123456789ab", True),
        ("DB_PASSWORD", "0123456789ab", True),
        ("DB_PASSPHRASE", "0123456789ab", True),
        ("MY_APIKEY", "0123456789ab", True),
        ("MY_PAT", "0123456789ab", True),
        ("MY_PATH", "0123456789ab", False),
        ("SSH_AUTH", "0123456789ab", True),
        ("AUTHOR_NAME", "0123456789ab", False),
        ("my_token", "0123456789ab", True),
        ("TOKEN_FILE", "~/0123456789ab", False),
        ("TOKEN_FILE", "/0123456789ab", False),
        ("TOKEN_LINES", "0123456789ab\ncd", False),
    ],
)
def test_secret_variables_are_known_by_their_names(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, hidden: bool
) -> None:
    """By their names; short values, paths and files may stand in any text."""
    monkeypatch.setattr(os, "environ", {name: value})
    assert (name in redaction.held()) is hidden
    assert redaction.leak(f"x{value}x".encode(), redaction.held()) == (name if hidden else "")


def test_secret_that_begins_another_is_redacted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest is taken out first."""
    monkeypatch.setattr(os, "environ", {"A_TOKEN": "0123456789ab", "B_TOKEN": "0123456789abcdef"})
    redaction.values.cache_clear()
    assert redaction.redacted("say 0123456789abcdef and 0123456789ab") == "say *** and ***"
    redaction.values.cache_clear()


# ------------------------------------------------------------------ programs and requests


def test_failed_program_is_reported_with_its_last_lines() -> None:
    """Standard error, or what else it said, without blank lines; a silent one says its status."""
    loud = "for n in 1 2 3 4; do echo $n >&2; echo >&2; done; exit 7"
    with pytest.raises(programs.FailedError, match=r"^sh ended with status 7: 2; 3; 4; run the command again$"):
        programs.run(["sh", "-c", loud])
    with pytest.raises(programs.FailedError, match="status 3: out;"):
        programs.run(["sh", "-c", "echo out; exit 3"])
    with pytest.raises(programs.FailedError, match="status 3: status 3;"):
        programs.run(["sh", "-c", "exit 3"])
    with pytest.raises(DeliveryError, match=r"^no-such-program is not installed on this machine; install it"):
        programs.run(["no-such-program", "--version"])


def test_program_gets_its_input_folder_and_variables(tmp_path: Path) -> None:
    """And speaks English, so that its words can be understood."""
    shown = programs.run(["sh", "-c", "cat; pwd; echo $LC_ALL $MORE"], cwd=tmp_path, env={"MORE": "x"}, feed=b"in ")
    assert shown.decode() == f"in {tmp_path}\nC x\n"


class Host(BaseHTTPRequestHandler):
    """Answers by its path, and notes who asked."""

    seen: ClassVar[list[tuple[str, str | None]]] = []
    elsewhere: ClassVar[str] = ""

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Authorization"]))
        if self.path == "/gone":
            return
        status = int(self.path[1:4])
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.elsewhere if self.path.endswith("away") else "/200")
        if status == 503:
            self.send_header("Retry-After", unquote(self.path[5:]))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


@pytest.fixture
def host() -> Iterator[str]:
    """Its address; `Host.elsewhere` is that of another one."""
    made = [ThreadingHTTPServer(("127.0.0.1", 0), Host) for _ in range(2)]
    for server in made:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    here, there = (f"http://127.0.0.1:{server.server_address[1]}" for server in made)
    Host.seen, Host.elsewhere = [], f"{there}/200"
    yield here
    for server in made:
        server.shutdown()
        server.server_close()


def test_redirect_is_followed_without_secrets(host: str) -> None:
    """To another host too, as from `news.test` to `www.news.test`."""
    for path in ("/302", "/302away"):
        assert web.ask(f"{host}{path}") == web.Answer(200, b"ok")
    assert Host.seen == [("/302", None), ("/200", None), ("/302away", None), ("/200", None)]


@pytest.mark.parametrize(
    ("asked", "seconds"), [("7", 7), ("60", 60), ("3600", 60), ("tomorrow", 0), ("", 0), ("-5", 0), ("²", 0)]
)
def test_retry_after_is_honoured_up_to_a_minute(host: str, asked: str, seconds: float) -> None:
    """At most a minute; no number is no time."""
    with pytest.raises(programs.PassingError, match=r"^status 503$") as error:
        web.ask(f"{host}/503/{quote(asked)}")
    assert error.value.wait == seconds


def test_statuses_that_may_pass_are_retried_and_others_are_answers(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too busy, too slow, broken behind: those statuses pass; any other is an answer, of which the body does not count."""
    busy = set()
    for status in range(400, 600):
        try:
            assert web.ask(f"{host}/{status}") == web.Answer(status, b"")
        except programs.PassingError as error:
            busy.add(str(error))
    assert busy == {f"status {status}" for status in (408, 425, 429, 500, 502, 503, 504)}
    assert web.ask_with_retries("asking", f"{host}/200") == web.Answer(200, b"ok")
    monkeypatch.setattr(web, "LIMIT", 1)
    assert web.ask(f"{host}/200").body == b"o"


def test_broken_connection_is_retried(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words say why; where it has none, its kind does."""
    monkeypatch.setattr(programs, "ATTEMPTS", 1)
    with pytest.raises(
        DeliveryError, match=r"^asking: \[Errno \d+\] Connection refused \(1 attempts\); what has arrived"
    ):
        web.ask_with_retries("asking", "http://127.0.0.1:9/")
    with pytest.raises(programs.PassingError, match=r"^Remote end closed connection without response$"):
        web.ask(f"{host}/gone")

    def silent(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(web.urllib.request, "urlopen", silent)
    with pytest.raises(programs.PassingError, match=r"^TimeoutError$"):
        web.ask(host)


# ------------------------------------------------------------------ what readers get


def outcome(local: dict[str, bytes], sent: list[str]) -> SimpleNamespace:
    """Of a deploy that sent these."""
    files = {path: File(hashlib.sha256(content).hexdigest(), len(content)) for path, content in local.items()}
    uploads = tuple(Upload(path, files[path], "new", Stage.LISTS) for path in sent)
    return SimpleNamespace(local=files, plan=Plan(uploads, {}, {}, 0, 0, 0))


class Clock:
    """Stands still but for those who sleep, and nobody sleeps for ever; `waits` are the pauses."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        assert len(self.waits) < 100
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """That of verification."""
    made = Clock()
    monkeypatch.setattr(verification, "time", made)
    return made


def test_sample_has_the_home_page_spread_pages_and_their_parts() -> None:
    """Twenty of a hundred, evenly; the page of what is not found has no address of its own."""
    names = [f"p{n:02}/index.html" for n in range(100)]
    local = dict.fromkeys([*names, "index.html", "404.html", "a.css"], b"")
    found = verification.sample(outcome(local, [*names, "404.html", "a.css"]), lambda _: ["a.css"])
    assert found[0] == "index.html"
    assert found[-1] == "a.css"
    assert 15 <= len(found) <= 2 + verification.PAGES
    assert found[1:3] == ["p00/index.html", "p06/index.html"]
    names = ["1.html", "404.html", "a.html"]
    assert verification.sample(outcome(dict.fromkeys(names, b""), names), lambda _: []) == ["1.html", "a.html"]
    assert verification.sample(outcome({"index.html": b""}, []), lambda page: [f"{page}.css"]) == [
        "index.html",
        "index.html.css",
    ]


@pytest.mark.parametrize(("changed", "step"), [(1, 1), (19, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_sample_has_at_most_twenty_pages_and_forty_parts(changed: int, step: int) -> None:
    """Every second page of a few more, every third of twice as many; what two pages load is looked at once."""
    names = [f"p{number:02}.html" for number in range(changed)]
    found = verification.sample(outcome(dict.fromkeys(names, b""), names), lambda _: [f"{n}.css" for n in range(41)])
    assert found == [*names[::step], *(f"{n}.css" for n in range(40))]


def test_parts_of_a_page_are_files_of_the_site() -> None:
    """Not links to follow, not other hosts', not other pages."""
    html = (
        '<link rel="stylesheet" href="/repo/assets/a.css"><script src="/repo/b.js"></script><img alt="" src="/repo/c.png">'
        '<a href="/repo/d.png">d</a><img src="https://other.example/c.png"><link href="/repo/sport/"><img src="/repo/gone.png">'
        '<img src="/c.png">'
    )
    local = dict.fromkeys(["assets/a.css", "b.js", "c.png", "d.png", "sport/index.html"], File("", 0))
    assert verification.parts_of(html, "/repo/", local) == ["assets/a.css", "b.js", "c.png"]


def test_file_over_the_limit_is_not_fetched() -> None:
    """Of a file of more than 256 MiB not all would be read; so it would seem another one for ever."""
    local = {"a.mp4": File("", 2**28), "b.mp4": File("", 2**28 + 1)}
    html = '<video><source src="/a.mp4"></video><video><source src="/b.mp4"></video>'
    assert verification.parts_of(html, "/", local) == ["a.mp4"]


@pytest.mark.usefixtures("clock")
def test_verification_names_what_differs_online(tmp_path: Path) -> None:
    """No answer, another status, another content; a page into which the server puts a part may be another."""
    local = {"index.html": b"<p>home", "a.html": b"<p>a", "b.html": b'<!--#include virtual="/x" -->', "c.css": b"c"}
    for path, content in local.items():
        (tmp_path / path).write_bytes(content)

    def fetch(url: str) -> web.Answer:
        if url.endswith("/a.html"):
            raise programs.PassingError("the line broke")
        if url.endswith("/c.css"):
            return web.Answer(500, b"c")
        return web.Answer(200, b"other")

    sent = outcome(local, list(local))
    asked = verification.verify(sent, tmp_path, "https://news.test/", patience=0, fetch=fetch)
    assert asked.wrong == (
        "https://news.test/: it has another content",
        "https://news.test/a.html: no answer (the line broke)",
    )
    assert asked.checked == 3


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("status", [199, 201, 404, 500])
def test_verification_accepts_only_status_200(tmp_path: Path, status: int) -> None:
    """Even with the right content."""
    (tmp_path / "index.html").write_bytes(b"x")
    sent = outcome({"index.html": b"x"}, [])
    asked = verification.verify(sent, tmp_path, "https://news.test/", 0, lambda _: web.Answer(status, b"x"))
    assert asked.wrong == (f"https://news.test/: status {status}",)


@pytest.mark.usefixtures("clock")
def test_only_pages_may_differ_by_server_side_includes(tmp_path: Path) -> None:
    """Whatever else has such a mark in it is compared to the byte."""
    page, mark = b'<link href="/a.css"><script src="/z.js"></script>', b"<!--#include "
    local = {
        "index.html": page + mark,
        "a.html": page + b"<esi:include ",
        "plain.html": page,
        "a.css": mark,
        "z.js": mark,
    }
    for path, content in local.items():
        (tmp_path / path).write_bytes(content)
    for other in (b"other", b"another", b"yet another", b""):
        sent = outcome(local, list(local))
        asked = verification.verify(sent, tmp_path, "https://n.test/", 0, lambda _, it=other: web.Answer(200, it))
        assert asked.wrong == tuple(
            f"https://n.test/{path}: it has another content" for path in ("plain.html", "a.css", "z.js")
        )


def test_verification_retries_only_what_differed(tmp_path: Path, clock: Clock) -> None:
    """Only what was wrong, after pauses twice as long each time, up to a quarter of a minute."""
    for name in ("index.html", "a.html"):
        (tmp_path / name).write_bytes(b"new")
    asked: list[str] = []

    def fetch(url: str) -> web.Answer:
        asked.append(url.removeprefix("https://news.test/"))
        return web.Answer(200, b"new" if url.endswith("a.html") or len(clock.waits) == 6 else b"old")

    sent = outcome({"index.html": b"new", "a.html": b"new"}, ["index.html", "a.html"])
    done = verification.verify(sent, tmp_path, "https://news.test/", fetch=fetch)
    assert (done.checked, done.wrong) == (2, ())
    assert clock.waits == [1, 2, 4, 8, 15, 15]
    assert asked == ["", "a.html", *[""] * 6]


@pytest.mark.parametrize(("answer", "waits"), [(0.0, 11), (0.05, 10)])
def test_verification_ends_after_three_minutes(tmp_path: Path, clock: Clock, answer: float, waits: int) -> None:
    """To the second, and the time of its own answers is part of them: no pause ends later."""
    (tmp_path / "index.html").write_bytes(b"new")

    def fetch(_: str) -> web.Answer:
        clock.now += answer
        return web.Answer(200, b"old")

    done = verification.verify(outcome({"index.html": b"new"}, []), tmp_path, "https://news.test/", fetch=fetch)
    assert done == verification.Verification(1, ("https://news.test/: it has another content",))
    assert clock.waits == [1, 2, 4, 8, *[15] * waits]


# ------------------------------------------------------------------ which builds may go


def test_address_and_local_path_are_inverse() -> None:
    """What links write, and the file that serves it; what leads elsewhere has none."""
    at = "https://news.test/repo/"
    assert built_site.address(at, "index.html") == at
    assert built_site.address(at, "sport/index.html") == f"{at}sport/"
    for name in ("sport/myindex.html", "about/myindex.html", "404.html", ".index.html"):
        assert built_site.address(at, name) == f"{at}{name}"
    assert built_site.address(at, "خبر/feed.xml") == f"{at}%D8%AE%D8%A8%D8%B1/feed.xml"
    assert built_site.local_path("/repo/", "/repo/") == "index.html"
    assert built_site.local_path("/repo/", "/repo/%D8%AE/?q#f") == "خ/index.html"
    assert built_site.local_path("/repo/", "/repo/feed.xml") == "feed.xml"
    for url in ("/other/", "https://news.test/repo/a", "//news.test/repo/a", "mailto:a@b.example"):
        assert built_site.local_path("/repo/", url) == ""


def test_redirects_lists_old_and_new_addresses(news: LittleSite) -> None:
    """Each with the new one; a page that was made otherwise leads nowhere."""
    news.build(strict=True)
    made = built_site.read(news.root, news.output)
    assert made.redirects() == [("old/index.html", "/sport/draw/")]
    (news.output / "old/index.html").write_text("<p>no link")
    assert made.redirects() == []


def test_unknown_build_or_other_options_are_refused(news: LittleSite) -> None:
    """Or one with drafts, or of other options: each is told apart."""
    with pytest.raises(UsageError, match=r"there is no built site in .*; run digest build --strict first"):
        built_site.finished(news.root, news.output)
    news.build(strict=False)
    with pytest.raises(UsageError, match="was built without --strict; run"):
        built_site.finished(news.root, news.output)
    news.build(strict=True, future=True)
    with pytest.raises(UsageError, match="was built with --future; run"):
        built_site.finished(news.root, news.output)
    news.build(strict=True, drafts=True)
    with pytest.raises(UsageError, match="holds drafts; run"):
        built_site.finished(news.root, news.output)
    shutil.rmtree(news.root / ".digest")
    with pytest.raises(UsageError, match=r"nothing is known of the build in .*, on this machine"):
        built_site.finished(news.root, news.output)


def test_output_changed_after_the_build_is_refused(news: LittleSite) -> None:
    """Another content, a file more at the top, a file less; the first is named."""
    news.build(strict=True)
    (news.output / "feed.xml").write_text("<feed/>")
    with pytest.raises(UsageError, match=r"/feed\.xml is not as the build left it; run digest build --strict again"):
        built_site.finished(news.root, news.output)
    news.build(strict=True, clean=True)
    (news.output / "extra.txt").write_text("x")
    with pytest.raises(UsageError, match=r"/extra\.txt is not as the build left it"):
        built_site.finished(news.root, news.output)
    (news.output / "extra.txt").unlink()
    (news.output / "index.html").unlink()
    with pytest.raises(UsageError, match=r"/index\.html is not as the build left it"):
        built_site.finished(news.root, news.output)


def test_only_changed_files_are_fingerprinted_again(news: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others' fingerprints are remembered, and are the same."""
    news.build(strict=True)
    first = built_site.read(news.root, news.output)
    read: list[str] = []
    taken = built_site.fingerprint
    monkeypatch.setattr(built_site, "fingerprint", lambda path: read.append(path.name) or taken(path))
    assert built_site.read(news.root, news.output) == first
    assert read == []
    news.put("static/CNAME", "news.test").build(strict=True)
    again = built_site.read(news.root, news.output)
    assert read == ["CNAME"]
    assert again.files == {**first.files, "CNAME": built_site.of_bytes(b"news.test")}
    # a longer one and a shorter one, each later than the one before
    for name in ("www.news.test", "a.test"):
        news.put("static/CNAME", name).build(strict=True)
        assert built_site.read(news.root, news.output).files["CNAME"] == built_site.of_bytes(name.encode())


def test_files_left_by_the_system_are_not_deployed(news: LittleSite) -> None:
    """Looking into a folder on a Mac puts a file into it; it is no part of the site either."""
    news.build(strict=True)
    first = built_site.read(news.root, news.output)
    (news.output / ".DS_Store").write_bytes(b"x")
    assert built_site.read(news.root, news.output) == first


def test_every_file_but_the_marker_is_deployed(news: LittleSite) -> None:
    """Whatever its name begins with; what marks the output as one of digest's is none of them."""
    for name in ("(1).pdf", "+.txt", ".well-known/security.txt", "ميناء.csv"):
        news.put(f"static/{name}", name)
    news.build(strict=True)
    assert built_site.read(news.root, news.output).files == {
        path: built_site.of_bytes(content) for path, content in published(news).items()
    }


def test_files_are_copied_to_the_sending_folder_without_links(
    news: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies, where the file system has no links; and what digest adds itself."""
    news.build(strict=True)

    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    aside = tmp_path / "aside"
    made = built_site.read(news.root, news.output)
    built_site.set_aside(made, {"_headers": b"x"}, ["sport/final/index.html", "_headers"], aside)
    assert (aside / "sport/final/index.html").read_text() == news.text("sport/final/index.html")
    assert not (aside / "sport/final/index.html").samefile(news.output / "sport/final/index.html")
    assert (aside / "_headers").read_bytes() == b"x"
    assert headers.headers_file("/repo/", []).startswith("/repo/*\n  X-Content-Type-Options: nosniff\n")


# ------------------------------------------------------------------ a folder


def test_copy_removes_what_is_in_its_way(tmp_path: Path) -> None:
    """A folder at its place, a file where a folder is needed; the file linked there before keeps its bytes."""
    source, tree = tmp_path / "new.txt", tmp_path / "tree"
    source.write_bytes(b"new")
    (tree / "a").mkdir(parents=True)
    (tree / "a/b.txt").write_bytes(b"old")
    kept = tmp_path / "kept"
    os.link(tree / "a/b.txt", kept)
    folder.copy(str(source), str(tree / "a/b.txt"), str(tree))
    assert ((tree / "a/b.txt").read_bytes(), kept.read_bytes()) == (b"new", b"old")
    folder.copy(str(source), str(tree / "a"), str(tree))
    assert (tree / "a").read_bytes() == b"new"
    folder.copy(str(source), str(tree / "a/deep/down.txt"), str(tree))
    assert (tree / "a/deep/down.txt").read_bytes() == b"new"


def test_folder_with_files_of_others_is_refused(news: LittleSite, www: Path) -> None:
    """What the system leaves in every folder counts for nothing; the first other name is said."""
    www.mkdir()
    (www / ".DS_Store").write_bytes(b"x")
    (www / "letter.txt").write_bytes(b"x")
    (www / "notes.txt").write_bytes(b"x")
    with pytest.raises(UsageError, match=rf"^{www} holds letter\.txt, which no deploy put there; name a new or empty"):
        deploy(news)
    (www / "letter.txt").unlink()
    (www / "notes.txt").unlink()
    assert deploy(news).release


def test_folder_keeps_its_permissions_and_leaves_only_releases_beside(news: LittleSite, www: Path) -> None:
    """Not even after the first deploy, which makes none; others may have to write or look into it."""
    before = {path.name for path in www.parent.iterdir()}
    www.mkdir()
    for mode in (0o2711, 0o750):
        www.chmod(mode)
        deploy(news)
        assert www.stat().st_mode & 0o7777 == mode
        beside = {path.name for path in www.parent.iterdir() if path.is_dir()} - before
        assert beside == ({"www"} if mode == 0o2711 else {"www", ".www.digest-releases"})
        news.entry("sport/new")


def test_folder_manifest_compares_sizes(news: LittleSite, www: Path) -> None:
    """A longer file, a shorter one and one that is gone are sent again; one that was always empty is not. What is gone
    from both sides, or is a folder now, is not deleted.
    """
    news.put("static/empty.txt", "").put("static/gone.txt", "x").put("static/swapped.txt", "x")
    deploy(news)
    assert deploy(news).release == ""
    (www / "gone.txt").unlink()
    (www / "swapped.txt").unlink()
    (www / "swapped.txt").mkdir()
    for name in ("gone", "swapped"):
        (news.root / f"static/{name}.txt").unlink()
    assert deploy(news).plan.nothing
    (www / "opml.xml").unlink()
    (www / "opml.xml").mkdir()
    (www / "index.html").write_text("<h1>x")
    with (www / "sport/index.html").open("a") as file:
        file.write("x")
    (www / "feed.xml").unlink()
    sent = [(upload.path, upload.why) for upload in deploy(news).plan.uploads]
    assert sent == [
        ("sport/index.html", "changed"),
        ("index.html", "changed"),
        ("feed.xml", "new"),
        ("opml.xml", "new"),
    ]
    assert (
        published(news).items()
        <= {path.relative_to(www).as_posix(): path.read_bytes() for path in www.rglob("*") if path.is_file()}.items()
    )


def test_unfinished_release_is_not_listed(news: LittleSite, www: Path) -> None:
    """A folder of somebody else's, and one that a deploy was making when it was killed."""
    first, second = deploy(news).release, deploy(today(news)).release
    kept = www.with_name(".www.digest-releases")
    (kept / "mine").mkdir()
    shutil.copytree(www, kept / second)
    assert listed(destination(news).place, news.root) == (second, [first, second])
    assert rollback(destination(news).place, news.root, None) == (second, first)


def test_interrupted_two_step_exchange_is_finished(news: LittleSite, www: Path) -> None:
    """Where a system exchanges no folders at once: the release lies under the name of the step, and is listed again."""
    made = [deploy(news).release, deploy(today(news)).release]
    www.with_name(".www.digest-releases").joinpath(made[0]).rename(Staging.of(www).old)
    news.entry("sport/third")
    made.append(deploy(news).release)
    assert listed(destination(news).place, news.root) == (made[-1], made)
    assert not Staging.of(www).old.exists()
    assert rollback(destination(news).place, news.root, made[0]) == (made[2], made[0])


def test_links_and_files_of_others_are_copied_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each at its path, whatever that begins with. A link stays a link, to a folder or to a file; files are copied where
    the file system links none.
    """
    old, linked, copied = (tmp_path / name for name in ("old", "linked", "copied"))
    (old / "deep").mkdir(parents=True)
    (old / "deep/a.txt").write_bytes(b"a")
    for name in ("(1)", ".well-known"):
        (old / name).mkdir()
        (old / name / "c.txt").write_bytes(b"c")
    (old / "way").symlink_to("deep")
    (old / "b.txt").symlink_to("deep/a.txt")
    for new in (linked, copied):
        new.mkdir()
        folder.double(old, new)
        assert str((new / "way").readlink()) == "deep"
        assert str((new / "b.txt").readlink()) == "deep/a.txt"
        assert (new / "deep/a.txt").read_bytes() == b"a"
        assert (new / "deep/a.txt").samefile(old / "deep/a.txt") is (new == linked)
        assert {path.name for path in new.iterdir()} == {path.name for path in old.iterdir()}
        assert [(new / name / "c.txt").read_bytes() for name in ("(1)", ".well-known")] == [b"c", b"c"]

        def no_links(*_: object, **__: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)


def test_second_deploy_to_a_folder_stops_the_first(
    news: LittleSite, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was made while another was being planned stops it; nothing of it stays behind."""
    deploy(news)
    today(news).build(strict=True)
    put = folder.FolderTarget.put

    def late(self: folder.FolderTarget, *words: object) -> None:
        (www / MANIFEST).write_bytes(written.pop())
        put(self, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(folder.FolderTarget, "put", late)
    ours = (www / MANIFEST).read_bytes()
    written = [packed(Manifest(release="other")), ours + b"x", ours[:-1]]
    while written:
        (www / MANIFEST).write_bytes(ours)
        with pytest.raises(DeliveryError, match="was deployed to by somebody else meanwhile; run the command again"):
            deploy(news, build=False)
    assert "sport/new/index.html" not in [path.relative_to(www).as_posix() for path in www.rglob("*.html")]
    assert not list(www.parent.glob(".www*new*"))


def test_failed_deploy_leaves_no_unfinished_release(
    news: LittleSite, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made of the new release goes; what is online stays."""
    deploy(news)
    before = (www / "index.html").read_bytes()
    beside = sorted(path.name for path in www.parent.iterdir())
    today(news).build(strict=True)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder, "copy", full)
    with pytest.raises((OSError, DeliveryError), match="No space left"):
        deploy(news, build=False)
    assert (www / "index.html").read_bytes() == before
    assert sorted(path.name for path in www.parent.iterdir()) == beside


def test_build_output_is_refused_as_a_destination(news: LittleSite, tmp_path: Path) -> None:
    """Whoever wrote its path twice would lose the build."""
    other = tmp_path / "other"
    other.mkdir()
    (other / ".digest-site").write_text("")
    to(news, f"deploy: {{to: folder, path: {other}}}\n")
    with pytest.raises(UsageError, match="is the output of a build; name another directory as its path under deploy:"):
        deploy(news)


def test_release_is_kept_for_each_deploy_that_changed_something(news: LittleSite, www: Path) -> None:
    """Nothing before the first; then one for each further deploy that changes something."""
    live = destination(news)
    assert listed(live.place, news.root) == ("", [])
    deploy(news)
    present, names = listed(live.place, news.root)
    assert names == [present]
    with pytest.raises(UsageError, match=rf"^no earlier release is kept beside {www}$"):
        rollback(live.place, news.root, None)
    with pytest.raises(UsageError, match=rf"^no release x is kept beside {www}$"):
        rollback(live.place, news.root, "x")
    today(news)
    assert numbers(deploy(news))[0] > 0
    now, both = listed(live.place, news.root)
    assert both == [present, now]
    assert rollback(live.place, news.root, None) == (now, present)
    with pytest.raises(UsageError, match=f"^no earlier release is kept beside {www}; there are {now}$"):
        rollback(live.place, news.root, None)
    assert rollback(live.place, news.root, now) == (present, now)


@pytest.mark.parametrize("keep", [0, 1, 3])
def test_folder_keeps_as_many_releases_as_asked(news: LittleSite, www: Path, keep: int) -> None:
    """The oldest go first, and without any there is nothing to go back to; the one that is online is not counted."""
    to(news, f"deploy: {{name: live, to: folder, path: {www}, keep: {keep}}}\n")
    made = []
    for number in range(5):
        news.entry("sport/final", f"title: عنوان {number}")
        made.append(deploy(news).release)
        assert listed(destination(news).place, news.root) == (made[-1], made[-1 - keep :])
    assert sorted(path.name for path in www.with_name(".www.digest-releases").iterdir()) == made[-1 - keep : -1]


def test_rollback_to_an_emptied_place_restores_the_release(news: LittleSite, www: Path) -> None:
    """Somebody deleted what was online: the one asked for is there again."""
    first = deploy(news)
    today(news)
    deploy(news)
    shutil.rmtree(www)
    _, names = listed(destination(news).place, news.root)
    assert rollback(destination(news).place, news.root, names[0]) == ("", names[0])
    assert first.plan.uploads
    assert (www / "politics/vote/index.html").exists()


# ------------------------------------------------------------------ the way of a deploy


class Shelf:
    """A place in memory, where files are seen as they arrive and a cache lies before it; `fails` names a step."""

    atomic = False
    purges = True
    interrupted = False
    shown = "the shelf"

    def __init__(self) -> None:
        self.raw: bytes | None = None
        self.steps: list[str] = []
        self.notes: list[Journal] = []
        self.batches: list[list[str]] = []
        self.fails = ""
        self.closed = 0

    def step(self, name: str) -> None:
        if self.fails and name.startswith(self.fails):
            raise DeliveryError(f"no {name}")
        self.steps.append(name)

    def headers(self, path: str) -> str:
        return f"of {path}"

    def manifest(self) -> Manifest | None:
        return None if self.raw is None else unpacked(self.raw)

    def checkpoint(self, journal: Journal) -> None:
        self.step("note")
        self.notes.append(journal)

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        self.batches.append([path for path, _ in files])
        for path, file in files:
            self.step(f"put {path}")
            sent(path, file)

    def delete(self, paths: Sequence[str]) -> None:
        self.step(f"delete {' '.join(paths)}")

    def commit(self, manifest: Manifest) -> None:
        self.step("commit")
        self.raw = packed(manifest)

    def purge(self, paths: Sequence[str]) -> None:
        self.step(f"purge {' '.join(paths)}")

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Where every deploy goes."""
    made = Shelf()
    monkeypatch.setattr(folder.FolderPlace, "open", lambda *_: made)
    return made


def test_in_place_deploy_sends_in_order_then_deletes_then_purges(news: LittleSite, shelf: Shelf) -> None:
    """First what pages load, then pages, then lists; the list of files, then deletions, the list again, the cache."""
    told: list[tuple[int, int]] = []
    first = deploy(news, progress=lambda *numbers: told.append(numbers))
    count = len(first.plan.uploads)
    assert told == [(number, count) for number in range(1, count + 1)]
    assert shelf.steps == ["note", *(f"put {upload.path}" for upload in first.plan.uploads), "commit"]
    assert shelf.notes == [Journal(pending=tuple(upload.path for upload in first.plan.uploads))]
    assert first.local["feed.xml"].headers == "of feed.xml"
    shelf.steps.clear()
    second = deploy(today(news))
    gone = tuple(second.plan.deletions)
    assert "politics/vote/index.html" in gone
    changed = sorted({*gone, *(upload.path for upload in second.plan.uploads if upload.why != "new")})
    assert shelf.steps[-5:] == ["commit", f"delete {' '.join(gone)}", "commit", f"purge {' '.join(changed)}", "commit"]
    assert unpacked(shelf.raw or b"").everything() == second.local.keys() | second.plan.retired.keys()
    shelf.steps.clear()
    assert deploy(news).release == ""
    assert shelf.steps == []
    assert shelf.closed == 3


def test_in_place_deploy_finishes_each_stage_before_the_next(news: LittleSite, shelf: Shelf) -> None:
    """Several may be sent at the same time, but none before all of the stage before it have arrived."""
    deploy(news)
    paths = published(news)
    parts = {path for path in paths if path.startswith("assets/") or is_fingerprinted(path)}
    machines = {path for path in paths if "/" not in path and not path.endswith(".html")}
    pages = paths.keys() - parts - machines - {"index.html"}
    assert shelf.batches == [sorted(batch) for batch in (parts, pages, {"index.html"}, machines)]


def test_atomic_deploy_sends_everything_in_one_batch(news: LittleSite, shelf: Shelf) -> None:
    """Deletions too, and the list of files is written once: it is what has readers see everything."""
    shelf.atomic, shelf.purges = True, False
    deploy(news)
    today(news)
    shelf.batches.clear()
    shelf.steps.clear()
    made = deploy(news).plan
    assert shelf.batches == [[upload.path for upload in made.uploads]]
    assert "politics/vote/index.html" in made.deletions
    assert [step for step in shelf.steps if not step.startswith("put ")] == [
        "note",
        f"delete {' '.join(made.deletions)}",
        "commit",
    ]
    known = unpacked(shelf.raw or b"")
    assert (known.leaving, known.owed) == ((), ())


def test_retired_file_is_recorded_without_uploads(news: LittleSite, shelf: Shelf) -> None:
    """Though nothing is sent: the day for which it stays begins and ends with that."""
    part = "assets/map.00000001.css"
    news.put(f"static/{part}", "p {}")
    deploy(news)
    for there in (False, True):
        shelf.steps.clear()
        if there:
            news.put(f"static/{part}", "p {}")
        else:
            (news.root / f"static/{part}").unlink()
        assert deploy(news).plan.nothing
        assert shelf.steps == ["note", "commit"]
        known = unpacked(shelf.raw or b"")
        assert (part in known.files, part in known.retired) == (there, not there)
        shelf.steps.clear()
        assert deploy(news).release == ""
        assert shelf.steps == []


def test_failed_purge_is_repeated_once_by_the_next_deploy(news: LittleSite, shelf: Shelf) -> None:
    """Though nothing is sent then; and only once."""
    deploy(news)
    news.entry("sport/final", "tags: [كأس]\ntitle: عنوان آخر")
    shelf.fails = "purge"
    with pytest.raises(DeliveryError, match=r"^no purge "):
        deploy(news)
    shelf.fails = ""
    shelf.steps.clear()
    known = unpacked(shelf.raw or b"")
    outcome = deploy(news)
    assert outcome.release == known.release
    assert shelf.steps == [f"purge {' '.join(known.owed)}", "commit"]
    assert "sport/final/index.html" in known.owed
    shelf.steps.clear()
    assert deploy(news).release == ""
    assert shelf.steps == []


@pytest.mark.parametrize("also", [False, True], ids=["noted", "not noted"])
def test_failed_deploy_records_what_arrived(news: LittleSite, shelf: Shelf, also: bool) -> None:
    """Even where nothing can be noted any more, it is the first failure that is told."""
    shelf.fails = "put index.html"
    checkpoint = shelf.checkpoint

    def noting(journal: Journal) -> None:
        if also and journal.done:
            raise DeliveryError("no note")
        checkpoint(journal)

    shelf.checkpoint = noting  # type: ignore[method-assign]
    with pytest.raises(DeliveryError, match=r"^no put index\.html$"):
        deploy(news)
    arrived = {step.removeprefix("put ") for step in shelf.steps if step.startswith("put ")}
    assert arrived
    assert shelf.notes[-1].done.keys() == (set() if also else arrived)
    assert shelf.raw is None


def test_failed_deploy_without_arrivals_records_nothing(news: LittleSite, shelf: Shelf) -> None:
    """The first file fails: what was set out to do is noted already."""
    news.build(strict=True)
    shelf.fails = "put " + min(
        path for path in built_site.read(news.root, news.output).files if path.startswith("assets/")
    )
    with pytest.raises(DeliveryError, match=r"^no put assets/"):
        deploy(news)
    assert [journal.done for journal in shelf.notes] == [{}]


def test_long_deploy_records_progress_every_five_seconds(
    news: LittleSite, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After five seconds, with all that has; so little is sent twice by the deploy after one that is killed."""
    clock = Clock()
    clock.now = 3.0
    monkeypatch.setattr(deploying.time, "monotonic", clock.monotonic)
    step = shelf.step

    def slowly(name: str) -> None:
        step(name)
        clock.now += 0.5 if name.startswith("put ") else 0.25

    shelf.step = slowly  # type: ignore[method-assign]
    count = len(deploy(news).plan.uploads)
    assert [len(journal.done) for journal in shelf.notes] == list(range(0, count + 1, 10))
    assert shelf.notes[-1].done.items() <= unpacked(shelf.raw or b"").files.items()


def test_damaged_manifest_stops_a_deploy_but_not_a_clean_one(news: LittleSite, shelf: Shelf) -> None:
    """Nobody knows what is there then, so everything is sent and nothing deleted."""
    everything = len(deploy(news).plan.uploads)
    shelf.raw = b"x"
    with pytest.raises(
        DeliveryError,
        match=r"^the list of files on the shelf is damaged \(.*\); digest deploy --clean sends every file",
    ):
        deploy(news)
    again = deploy(news, clean=True)
    assert (len(again.plan.uploads), again.plan.deletions) == (everything, {})
    assert deploy(news).plan.nothing
    assert len(deploy(news, clean=True).plan.uploads) == everything


def test_clean_deploy_sends_everything_and_deletes_leftovers(news: LittleSite, shelf: Shelf) -> None:
    """To a place where nothing is yet, too: there is nothing to delete."""
    first = deploy(news, clean=True).plan
    assert (len(first.uploads), first.deletions) == (len(published(news)), {})
    second = deploy(today(news), clean=True).plan
    assert len(second.uploads) == len(published(news))
    assert "politics/vote/index.html" in second.deletions


def test_deploy_that_would_delete_much_is_refused_unless_yes(
    news: LittleSite, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by a dry run, which says what would be asked; a yes lifts it. So do limits of hosts, which come first."""
    for number in range(30):
        news.entry(f"sport/{number}")
    deploy(news)
    for number in range(30):
        (news.root / f"content/sport/{number}.md").unlink()
    with pytest.raises(
        UsageError, match=r"^\d+ of the \d+ files on the shelf would be deleted; look at digest deploy --dry-run, and"
    ):
        deploy(news)
    shelf.steps.clear()
    dry = deploy(news, dry_run=True)
    assert (len(dry.asks), dry.release, shelf.steps) == (1, "", [])
    to(news, "deploy: {name: live, to: folder, path: ../www, host: cloudflare-pages}\n")
    monkeypatch.setitem(hosts.LIMITS, "cloudflare-pages", hosts.Limits(files=5))
    with pytest.raises(
        UsageError, match=r"^cloudflare-pages takes 5 files, and the site has \d+; look at digest deploy"
    ):
        deploy(news)
    shelf.steps.clear()
    dry = deploy(news, dry_run=True)
    assert ([str(ask).split()[1] for ask in dry.asks], dry.release, shelf.steps) == (["takes", "of"], "", [])
    assert deploy(news, yes=True).release


def test_file_with_a_secret_stops_a_deploy_before_sending(
    news: LittleSite, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent; the message names the variable, not its value."""
    monkeypatch.setenv("MY_API_TOKEN", "canary-1234567890")
    deploy(news)
    news.put("static/notes.txt", "canary-1234567890")
    shelf.steps.clear()
    with pytest.raises(UsageError, match=r"^notes\.txt holds the value of \$MY_API_TOKEN; take it out of the site\."):
        deploy(news)
    assert shelf.steps == []


def test_resumed_deploy_removes_its_journal(news: LittleSite, shelf: Shelf) -> None:
    """Also where nothing is left to send."""
    deploy(news)
    shelf.steps.clear()
    shelf.interrupted = True
    assert deploy(news).release
    assert shelf.steps == ["note", "commit"]


def test_host_files_follow_the_rules_of_the_site(news: LittleSite, shelf: Shelf) -> None:
    """The site's own rules come first; old addresses lead on as the host has it."""
    to(news, "deploy: {to: folder, path: ../www, host: netlify}\n")
    news.put("static/_headers", "/x\n  X-Own: 1\n\n")
    outcome = deploy(news)
    sent = {upload.path: upload.file for upload in outcome.plan.uploads}
    own = b"/x\n  X-Own: 1\n\n" + headers.headers_file("/", published(news), headers.RULES - 1).encode()
    assert sent["_headers"] == File(built_site.of_bytes(own).fingerprint, len(own), "of _headers")
    assert sent["_redirects"].size == len(b"/old/ /sport/draw/ 301!\n")


def test_release_name_has_time_and_content() -> None:
    """Names sort by age, and the same content at the same time has the same name."""
    local = {"b": File("1", 2), "a": File("3", 4)}
    name = deploying.name_of(local, 1795435200.0)
    assert name == deploying.name_of(dict(reversed(local.items())), 1795435200.0)
    assert re.fullmatch(r"20261123T120000\.000Z-[0-9a-f]{8}", name)
    assert deploying.name_of({"b": File("1", 2)}, 1795435200.0)[:21] == name[:21]
    assert deploying.name_of({"b": File("1", 2)}, 1795435200.0) != name
    assert deploying.name_of(local, 1795435200.001) > name


# ------------------------------------------------------------------ hosts


def test_limits_apply_to_named_hosts_only() -> None:
    """And one that is takes exactly as much as it says."""
    files = {f"{n}.html": File("", 1) for n in range(20_000)}
    assert hosts.exceeded("", files) == []
    assert hosts.exceeded("cloudflare-pages", files) == []
    assert hosts.exceeded("cloudflare-pages", {"a": File("", 25 * hosts.MIB)}) == []
    assert hosts.exceeded("github-pages", {str(n): File("", 64 * hosts.MIB) for n in range(16)}) == []
    assert hosts.exceeded("netlify", {f"a/{n}": File("", 1) for n in range(54_000)}) == []


@pytest.mark.parametrize(
    ("host", "most", "size", "said"),
    [
        ("github-pages", 1, 100 * 2**20, "takes files of 100 MiB, and 0 is larger"),
        ("github-pages", 64, 16 * 2**20, "takes 1,024 MiB, and the site has 1,024"),
        (
            "gitlab-pages",
            64,
            16 * 2**20,
            "takes 1,024 MiB (gitlab.com's own; other servers set theirs), and the site has",
        ),
        ("cloudflare-pages", 1, 25 * 2**20, "takes files of 25 MiB, and 0 is larger"),
    ],
)
def test_byte_limit_is_exact(host: str, most: int, size: int, said: str) -> None:
    """As much as its manual says, and not one byte more."""
    files = {str(number): File("", size) for number in range(most)}
    assert hosts.exceeded(host, files) == []
    files["0"] = File("", size + 1)
    (found,) = hosts.exceeded(host, files)
    assert str(found).startswith(f"{host} {said}")


@pytest.mark.parametrize(
    ("host", "most"), [("gitlab-pages", 200_000), ("cloudflare-pages", 20_000), ("netlify", 54_000)]
)
def test_file_limit_is_exact(host: str, most: int) -> None:
    """One more is named with the limit; files of other folders do not count where it is one of folders."""
    files = {f"a/{number}": File("", 1) for number in range(most)}
    assert hosts.exceeded(host, files) == []
    (found,) = hosts.exceeded(host, {**files, "a/more": File("", 1)})
    assert str(found).startswith(f"{host} takes {most:,} files")
    assert str(found).endswith(f" has {most + 1:,}")
    assert bool(hosts.exceeded(host, {**files, "b/more": File("", 1)})) is (host != "netlify")


@pytest.mark.parametrize(("host", "read", "status"), [("cloudflare-pages", 2_000, "301"), ("netlify", 3_000, "301!")])
def test_redirects_file_ends_at_the_limit_of_the_host(host: str, read: int, status: str) -> None:
    """Cloudflare two thousand; Netlify names no limit."""
    place = destinations.Destination("x", FolderPlace("x"), host, ())
    old = [(f"{number}/index.html", "/") for number in range(3_000)]
    lines = hosts.extras(place, "/", old, {}, [])["_redirects"].decode().splitlines()
    assert lines == [f"/{number}/ / {status}" for number in range(read)]


@pytest.mark.parametrize(
    ("lines", "made"),
    [
        ("to: git, repository: x.git", {".nojekyll": b""}),
        ("to: git, repository: x.git, domain: a.test", {".nojekyll": b"", "CNAME": b"a.test\n"}),
        (
            "to: git, repository: x.git, domain: a.test, host: github-pages",
            {".nojekyll": b"", "CNAME": b"a.test\n"},
        ),
        (
            "to: git, repository: x.git, domain: a.test, host: codeberg-pages",
            {".nojekyll": b"", ".domains": b"a.test\n"},
        ),
        ("to: folder, path: www", {}),
    ],
)
def test_git_host_files_keep_those_of_the_site(news: LittleSite, lines: str, made: dict[str, bytes]) -> None:
    """Its own name in the file this host reads; the site's own file of the name stays as it is."""
    place = destination(to(news, f"deploy: {{{lines}}}\n"))
    assert hosts.extras(place, "/", [("old/index.html", "/new/")], {}, []) == made
    own = dict.fromkeys(made, b"own\n")
    assert hosts.extras(place, "/", [], own, []) == own


def test_redirects_over_the_limit_are_left_to_pages(news: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others' pages lead on by themselves; without any there is no file of them."""
    place = destination(to(news, "deploy: {to: folder, path: www, host: cloudflare-pages}\n"))
    monkeypatch.setitem(hosts.LIMITS, "cloudflare-pages", hosts.Limits(redirects=2))
    old = [(f"خبر/{n}/index.html", f"/{n}/") for n in range(3)]
    made = hosts.extras(place, "/repo/", old, {"_redirects": b"/a /b\n"}, [])
    lines = [f"/repo/%D8%AE%D8%A8%D8%B1/{n}/ /{n}/ 301\n" for n in range(2)]
    assert made["_redirects"].decode() == "/a /b\n\n" + "".join(lines)
    assert "_redirects" not in hosts.extras(place, "/", [], {}, [])


@pytest.mark.parametrize(
    ("path", "text"), [("a.html", True), ("A.SVG", True), ("a.jpg", False), ("CNAME", False), (".txt", False)]
)
def test_text_is_known_by_its_ending(path: str, text: bool) -> None:
    """By its ending; a name that is nothing but an ending has none."""
    assert is_text(path) is text


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("to: folder, path: ../www", "FolderTarget"),
        ("to: git, repository: ../x.git", "GitTarget"),
        ("to: rsync, server: a.test, path: /srv/www", "ReleasesTarget"),
        ("to: s3, bucket: news, endpoint: 'http://127.0.0.1:9'", "S3Target"),
    ],
)
def test_every_kind_opens_its_target_without_a_write(news: LittleSite, tmp_path: Path, lines: str, kind: str) -> None:
    """Which touches nothing when it is opened."""
    if kind == "S3Target":
        pytest.importorskip("boto3")
    place = destination(to(news, f"deploy: {{{lines}}}\n"))
    target = place.place.open(DeployContext(news.root, tmp_path / "own", tmp_path / "own/sending"))
    assert type(target).__name__ == kind
    target.close()


def test_retries_end_after_four_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """After four attempts and three pauses, each twice as long and a little by chance: up to half of it."""
    waits: list[float] = []
    monkeypatch.setattr(programs.time, "sleep", waits.append)
    monkeypatch.setattr("random.random", lambda: 0.25)
    tries: list[int] = []

    def attempt() -> str:
        tries.append(1)
        raise programs.PassingError("busy")

    with pytest.raises(DeliveryError, match=r"^sending: busy \(4 attempts\); what has arrived stays; run the command"):
        programs.with_retries("sending", attempt)
    assert len(tries) == 4
    assert waits == [1.125, 2.25, 4.5]


# ------------------------------------------------------------------ releases


@pytest.mark.parametrize(
    "place", ["rsync, server: a.test, path: /srv/www, mode: in-place", "git, repository: nowhere", "s3, bucket: news"]
)
def test_rollback_without_releases_is_refused_before_the_place_is_opened(news: LittleSite, place: str) -> None:
    """The cure is another one than for a place that cannot be reached."""
    live = destination(to(news, f"deploy: {{to: {place}, name: other}}\n"))
    told = r"^'other' keeps no releases; go back in the site's own history and deploy again$"
    with pytest.raises(UsageError, match=told), deploying.releases_of(news.root, live):
        pass


def test_release_time_is_utc_in_milliseconds() -> None:
    """Of one length, so that names sort by age."""
    assert releases.moment(1795435200.0) == "20261123T120000.000Z"
    assert releases.moment(1795435200.9876) == "20261123T120000.987Z"


def test_chosen_release_is_the_previous_or_the_named_one() -> None:
    """The last one before the present, or the one that is asked for, an older or a newer one."""
    names = ["r1", "r2", "r4"]
    assert releases.chosen("r3", names, None, "here") == "r2"
    assert releases.chosen("r2", names, None, "here") == "r1"
    assert releases.chosen("r3", names, "r4", "here") == "r4"
    assert releases.chosen("r3", names, "r1", "here") == "r1"
    for before, kept, asked, said in (
        ("r1", names, None, "no earlier release is kept here; there are r1, r2, r4"),
        ("r3", [], None, "no earlier release is kept here"),
        ("r3", names, "r3", "no release r3 is kept here; there are r1, r2, r4"),
        ("r3", [], "r3", "no release r3 is kept here"),
    ):
        with pytest.raises(UsageError) as refused:
            releases.chosen(before, kept, asked, "here")
        assert str(refused.value) == said


def test_rollback_keeps_fingerprinted_files_of_the_replaced_release() -> None:
    """Its fingerprinted files, which pages that readers hold still load; what the older one has is its own."""
    style, picture = "assets/a.00000001.css", "media/x-0123456789abcdef-400.avif"
    present = Manifest(
        release="2",
        files={"index.html": File("2", 1), style: File("s", 2)},
        retired={picture: Retired(File("p", 3), 5), "assets/b.00000002.css": Retired(File("b", 4), 5)},
    )
    chosen = Manifest(release="1", files={"index.html": File("1", 1), "assets/b.00000002.css": File("b", 4)})
    back, more = releases.with_parts_of(chosen, present, 9)
    assert more == [style, picture]
    assert back.files == chosen.files
    assert back.retired == {style: Retired(File("s", 2), 9), picture: Retired(File("p", 3), 9)}


def test_release_with_a_damaged_manifest_is_named_by_time_and_refused(tmp_path: Path) -> None:
    """It is called after its time, so that it can be spoken of."""
    (tmp_path / MANIFEST).write_bytes(b"garbage")
    os.utime(tmp_path / MANIFEST, (0, 0))
    assert folder.release_of(tmp_path) == "19700101T000000.000Z-damaged"
    with pytest.raises(DeliveryError, match=r"the list of files of release r1 is damaged .*; name another one"):
        releases.list_of("r1", b"garbage")
    assert releases.list_of("r1", packed(Manifest(release="r1"))).release == "r1"


def test_file_of_another_release_is_copied_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On disks without links; one that is not there any more is none."""
    monkeypatch.setattr(folder.output, "link", lambda _source, _target: False)
    source, tree = tmp_path / "old.css", tmp_path / "new"
    source.write_bytes(b"a {}")
    tree.mkdir()
    folder.carry(str(source), f"{tree}/assets/a.css", str(tree))
    assert (tree / "assets/a.css").read_bytes() == b"a {}"
    assert not (tree / "assets/a.css").samefile(source)
    source.unlink()
    folder.carry(str(source), f"{tree}/assets/b.css", str(tree))
    assert not (tree / "assets/b.css").exists()
