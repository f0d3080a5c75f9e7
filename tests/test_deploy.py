"""`digest deploy`, `rollback`, `next` and `init --ci` as a user meets them; the folder target; what is refused."""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, unquote

import hosts
import msgspec
import pytest
import servers
import yaml
from deployments import deploy, numbers, published, said, to, today, yesterday

from digest import cli
from digest.cli import main
from digest.cli.terminal import size
from digest.content import settings
from digest.deploy import ci, destinations, plan, programs, verification
from digest.deploy.headers import FOR_EVER, is_fingerprinted
from digest.deploy.hosts import LIMITS, exceeded
from digest.deploy.keys import HOSTS
from digest.deploy.manifest import MANIFEST, File, packed, unpacked
from digest.deploy.targets import KINDS, folder, place_type, table
from digest.problems import UsageError
from digest.site import output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite

pytestmark = pytest.mark.slow

ASIDE = re.compile(r", [0-9.]+ s\n")


@pytest.fixture
def news(site: LittleSite, tmp_path: Path) -> LittleSite:
    """Yesterday's site, with a folder to go to."""
    return to(yesterday(site), f"deploy: {{name: live, to: folder, path: {tmp_path}/www}}\n")


@pytest.fixture
def www(tmp_path: Path) -> Path:
    return tmp_path / "www"


# ------------------------------------------------------------------ from a folder to another


def test_deploy_builds_the_site_and_writes_it_to_the_folder(news: LittleSite, www: Path) -> None:
    """One line for the build, one for the deploy; what readers get is what was built."""
    status, out, err = said("deploy", cwd=news.root)
    assert (status, out) == (0, "")
    built, deployed = err.splitlines()
    assert built.startswith("public: 3 entries")
    assert re.fullmatch(
        rf"live \(folder {www}\): \d+ new, 0 changed, 0 deleted, 0 unchanged, [\d,]+ KB sent, [\d.]+ s", deployed
    )
    assert hosts.tree(www) == published(news)


def test_deploy_without_changes_sends_nothing(news: LittleSite, www: Path) -> None:
    """Not even the list of files: the folder is not touched."""
    deploy(news)
    before = www.stat()
    assert said("deploy", cwd=news.root)[2].splitlines()[1].endswith(", nothing to send, " + "0.") or True
    _, _, err = said("deploy", cwd=news.root)
    assert "0 new, 0 changed, 0 deleted" in err
    assert "nothing to send" in err
    assert (www.stat().st_ino, www.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_dry_run_lists_what_a_deploy_sends(news: LittleSite, www: Path) -> None:
    """The same files in the same order, with their sizes, and nothing is written."""
    deploy(news)
    today(news)
    before = hosts.tree(www)
    _, out, _ = said("deploy", "--dry-run", "--json", cwd=news.root)
    wanted = json.loads(out)
    assert hosts.tree(www) == before
    _, listed, summary = said("deploy", "--dry-run", cwd=news.root)
    _, out, _ = said("deploy", "--json", cwd=news.root)
    done = json.loads(out)
    assert (wanted["dry_run"], done["dry_run"]) == (True, False)
    for name in ("upload", "delete", "kept", "unchanged", "bytes"):
        assert wanted[name] == done[name], name
    assert (wanted["release"], bool(done["release"])) == (None, True)
    assert [row["path"] for row in done["upload"]] == [
        line[2:].partition("  ")[0] for line in listed.splitlines() if line[0] in "+~"
    ]
    assert [f"- {row['path']}  {size(row['size'])}" for row in done["delete"]] == [
        line for line in listed.splitlines() if line[0] == "-"
    ]
    assert [row["size"] for row in done["delete"]] == [len(before[row["path"]]) for row in done["delete"]]
    assert len(done["delete"]) > 1
    assert "to send" in summary
    new = {path: len(content) for path, content in published(news).items()}
    assert all(row["size"] == new[row["path"]] for row in done["upload"])


def test_deploy_links_unchanged_files_and_keeps_files_of_others(news: LittleSite, www: Path) -> None:
    """A deploy costs what changed; it deletes only what an earlier one listed."""
    deploy(news)
    (www / ".well-known").mkdir()
    (www / ".well-known/token").write_text("x")
    icon = next(www.glob("assets/icon.*"))
    inode = icon.stat().st_ino
    today(news)
    deploy(news)
    assert (www / ".well-known/token").read_text() == "x"
    assert icon.stat().st_ino == inode
    assert not (www / "politics/vote").exists()


def test_file_damaged_in_the_folder_is_sent_again(news: LittleSite, www: Path) -> None:
    """Missing ones, and ones of another size; `--clean` sends everything."""
    deploy(news)
    (www / "index.html").write_text("<h1>x")
    (www / "feed.xml").unlink()
    assert numbers(deploy(news))[0] == 2
    assert hosts.tree(www) == published(news)
    assert numbers(deploy(news, clean=True))[0] == len(published(news))


def test_file_no_longer_in_the_site_is_deleted_even_if_changed(news: LittleSite, www: Path) -> None:
    """An earlier deploy put it there, so this one takes it away; a folder that stands in its place is somebody else's."""
    news.put("static/retracted.txt", "x").put("static/swapped.txt", "x")
    deploy(news)
    (www / "retracted.txt").write_text("edited by hand")
    (www / "swapped.txt").unlink()
    (www / "swapped.txt").mkdir()
    (www / "swapped.txt/theirs").write_text("x")
    for name in ("retracted", "swapped"):
        (news.root / f"static/{name}.txt").unlink()
    assert deploy(news).plan.deletions == {"retracted.txt": len("edited by hand")}
    assert hosts.tree(www) == published(news) | {"swapped.txt/theirs": b"x"}
    assert "nothing to send" in said("deploy", cwd=news.root)[2]


def test_fingerprinted_file_no_longer_in_the_site_stays_a_day(
    news: LittleSite, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may be reading the page that names them."""
    deploy(news)
    old = next(www.glob("assets/style.*"))
    news.put("templates/assets/style.css", "body { color: red }")
    deploy(news)
    assert old.exists()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + plan.GRACE - 60)
    deploy(news)
    assert old.exists()
    monkeypatch.setattr(time, "time", lambda: now + plan.GRACE + 60)
    assert deploy(news).plan.deletions.keys() == {f"assets/{old.name}"}
    assert not old.exists()


def test_rollback_restores_the_previous_release(news: LittleSite, www: Path) -> None:
    """With the style sheets and search files of the one that goes, because somebody may be reading its pages."""
    deploy(news)
    old = published(news)
    today(news)
    deploy(news)
    new = published(news)
    first, second = said("rollback", "--list", cwd=news.root)[1].splitlines()
    assert second == second.partition(" ")[0] + "  (online)"
    assert said("rollback", cwd=news.root)[2] == f"live: {first} is online again\n"
    behind = {path: new[path] for path in new.keys() - old.keys() if is_fingerprinted(path)}
    assert any(path.startswith("assets/site.") for path in behind)
    assert hosts.tree(www) == old | behind
    status, _, err = said("rollback", cwd=news.root)
    assert (status, "no earlier release is kept" in err) == (2, True)
    assert said("rollback", "--to", second.partition(" ")[0], cwd=news.root)[0] == 0
    assert new.items() <= hosts.tree(www).items()


@pytest.mark.parametrize("list_", [b"garbage", b""], ids=["garbage", "nothing"])
def test_clean_deploy_replaces_a_damaged_manifest(news: LittleSite, www: Path, list_: bytes) -> None:
    """As the message says. What lay there is kept beside, under a name of its own, and nothing in it is lost."""
    deploy(news)
    old = published(news)
    (www / MANIFEST).write_bytes(list_)
    today(news)
    status, _, err = said("deploy", cwd=news.root)
    assert (status, "is damaged" in err, "digest deploy --clean sends every file" in err) == (3, True, True)
    assert hosts.tree(www) == old
    assert said("deploy", "--clean", cwd=news.root)[0] == 0
    assert published(news).items() <= hosts.tree(www).items()
    assert "nothing to send" in said("deploy", cwd=news.root)[2]
    kept, _ = said("rollback", "--list", cwd=news.root)[1].splitlines()
    assert hosts.tree(www.with_name(".www.digest-releases") / kept) == old


def test_rollback_works_from_a_damaged_manifest_and_not_to_one(news: LittleSite, www: Path) -> None:
    """The releases are listed all the same; one whose list cannot be read is refused by name."""
    deploy(news)
    old = published(news)
    today(news)
    deploy(news)
    (www / MANIFEST).write_bytes(b"garbage")
    status, out, _ = said("rollback", "--list", cwd=news.root)
    assert status == 0
    first, second = out.splitlines()
    assert second.endswith("-damaged  (online)")
    assert said("rollback", cwd=news.root)[::2] == (0, f"live: {first} is online again\n")
    assert hosts.tree(www) == old
    damaged = second.partition(" ")[0]
    status, _, err = said("rollback", "--to", damaged, cwd=news.root)
    assert status == 3
    assert f"the list of files of release {damaged} is damaged (Not a gzipped file" in err
    assert err.endswith("; name another one that digest rollback --list shows\n")
    assert hosts.tree(www) == old


@pytest.mark.parametrize("name", ["..", "../www", "", "a/b"])
def test_release_name_in_a_manifest_cannot_leave_the_releases_folder(
    news: LittleSite, www: Path, tmp_path: Path, name: str
) -> None:
    """The list lies where others may write: what it says is no way out of the folder of releases."""
    deploy(news)
    (tmp_path / "letter.txt").write_text("x")
    known = unpacked((www / MANIFEST).read_bytes())
    (www / MANIFEST).write_bytes(packed(msgspec.structs.replace(known, release=name)))
    today(news)
    assert said("deploy", cwd=news.root)[0] == 0
    assert published(news).items() <= hosts.tree(www).items()
    assert (tmp_path / "letter.txt").exists()
    assert said("rollback", "--list", cwd=news.root)[1].splitlines()[0].endswith("-damaged")


def test_deploy_without_a_name_uses_the_first_destination(news: LittleSite, tmp_path: Path) -> None:
    """Each keeps its own books."""
    to(
        news,
        f"deploy:\n  - {{name: a, to: folder, path: {tmp_path}/a}}\n  - {{name: b, to: folder, path: {tmp_path}/b}}\n",
    )
    deploy(news)
    assert (tmp_path / "a/index.html").exists()
    assert not (tmp_path / "b").exists()
    deploy(news, "b")
    assert hosts.tree(tmp_path / "a") == hosts.tree(tmp_path / "b")
    status, _, err = said("deploy", "c", cwd=news.root)
    assert (status, "there is no place 'c' to deploy to; they are a, b" in err) == (2, True)


def test_host_files_are_written_for_hosts_that_read_them(news: LittleSite, www: Path, tmp_path: Path) -> None:
    """`_headers` and `_redirects` for hosts that read them, after the site's own lines."""
    news.put("static/_redirects", "/mine /yours\n")
    to(news, f"deploy: {{to: folder, path: {tmp_path}/www, host: cloudflare-pages}}\n")
    deploy(news)
    assert (www / "_redirects").read_text() == "/mine /yours\n\n/old/ /sport/draw/ 301\n"
    headers = (www / "_headers").read_text()
    assert "/*\n  X-Content-Type-Options: nosniff\n" in headers
    for path in published(news):
        if path.startswith("assets/"):
            assert (f"\n/{path}\n  Cache-Control: {FOR_EVER}\n" in headers) is not path.endswith(".txt"), path
    to(news, f"deploy: {{to: folder, path: {tmp_path}/www, host: netlify}}\n")
    deploy(news)
    assert (www / "_redirects").read_text().endswith("/old/ /sport/draw/ 301!\n")
    to(news, f"deploy: {{to: folder, path: {tmp_path}/www}}\n")
    deploy(news)
    assert not (www / "_headers").exists()


# ------------------------------------------------------------------ what is refused


def refusal(site: LittleSite, *words: str) -> str:
    status, _, err = said("deploy", *words, cwd=site.root)
    assert status in {1, 2}
    return err


def test_deploy_refuses_a_build_that_is_not_strict_and_unchanged(news: LittleSite, www: Path) -> None:
    """No drafts, no future entries, no advice left, nothing changed by hand."""
    assert "there is no built site in public; run digest build --strict first" in refusal(news, "--no-build")
    news.build(strict=True, drafts=True)
    assert "public holds drafts; run digest build --strict without --drafts first" in refusal(news, "--no-build")
    news.build(strict=True, future=True)
    assert "public was built with --future; run" in refusal(news, "--no-build")
    news.build()
    assert "public was built without --strict; run" in refusal(news, "--no-build")
    news.build(strict=True)
    (news.output / "index.html").write_text("x")
    assert "public/index.html is not as the build left it; run" in refusal(news, "--no-build")
    news.build(strict=True, clean=True)
    (news.output / "mine.html").write_text("x")
    assert "public/mine.html is not as the build left it; run" in refusal(news, "--no-build")
    (news.output / "mine.html").unlink()
    assert said("deploy", "--no-build", cwd=news.root)[0] == 0
    news.entry("sport/final", body="كلمة [وأخرى](/nowhere/).")
    assert "nothing was written" in refusal(news)
    assert "وأخرى" not in (www / "sport/final/index.html").read_text("utf-8")


@pytest.mark.parametrize("address", ["https://digest.example/", "https://news.example.org/", "https://a.invalid/"])
def test_deploy_refuses_an_example_address(news: LittleSite, address: str) -> None:
    """Every link in its feeds would lead nowhere."""
    text = (news.root / "site.yaml").read_text("utf-8").replace("https://news.test/", address)
    news.put("site.yaml", text)
    status, _, err = said("deploy", cwd=news.root)
    assert status == 1
    assert f"site.yaml:3:11: 'base_url' is still the address of an example, '{address}'; write the address where" in err


def test_deploy_without_destinations_says_how_to_add_one(site: LittleSite) -> None:
    status, _, err = said("deploy", cwd=yesterday(site).root)
    assert status == 2
    assert "site.yaml names no place to deploy to; add deploy: {to: folder, path: ../www}" in err


def test_deploy_that_deletes_many_files_needs_yes(news: LittleSite, www: Path) -> None:
    """More than a quarter of the files: never silently done, never silently left out."""
    for number in range(20):
        news.entry(f"sport/{number}")
    deploy(news)
    for number in range(20):
        (news.root / f"content/sport/{number}.md").unlink()
    before = hosts.tree(www)
    err = refusal(news)
    assert re.search(
        r"2\d of the \d+ files on folder .* would be deleted; look at digest deploy --dry-run, and say --yes", err
    )
    assert hosts.tree(www) == before
    assert "--yes is needed: 2" in said("deploy", "--dry-run", cwd=news.root)[2]
    assert said("deploy", "--yes", cwd=news.root)[0] == 0
    assert published(news).items() <= hosts.tree(www).items()


@pytest.mark.parametrize(
    ("path", "said_of_it"),
    [
        ("..", "holds the site itself"),
        ("/", "choose a folder of its own as its path under deploy:"),
        ("content/www", "lies in the site's own content/"),
        ("public", "is the output of a build"),
        ("public/www", "lies inside"),
        ("../mine", "mine holds letter.txt, which no deploy put there"),
        ("../a-file", "is not a folder"),
    ],
)
def test_deploy_refuses_a_directory_that_must_not_be_replaced(
    news: LittleSite, tmp_path: Path, path: str, said_of_it: str
) -> None:
    """Nothing in it is touched."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("x")
    (tmp_path / "a-file").write_text("x")
    news.build(strict=True)
    to(news, f"deploy: {{to: folder, path: {path}}}\n")
    assert said_of_it in refusal(news)
    assert (tmp_path / "mine/letter.txt").read_text() == "x"


def test_host_limits_exceeded_are_all_named() -> None:
    """How many files, how large; each exceeded one is named."""
    files = {f"a/{n}.html": File("", 10) for n in range(20_001)}
    assert exceeded("cloudflare-pages", files) == [
        "cloudflare-pages takes 20,000 files (100,000 files on paid plans), and the site has 20,001"
    ]
    assert exceeded("github-pages", files) == []
    large = {"film.mp4": File("", 2 * 1024**3)}
    assert exceeded("github-pages", large) == [
        "github-pages takes 1,024 MiB, and the site has 2,048",
        "github-pages takes files of 100 MiB, and film.mp4 is larger",
    ]
    assert exceeded("netlify", {f"a/{n}": File("", 1) for n in range(54_001)}) == [
        "netlify takes 54,000 files in one folder, and a/ has 54,001"
    ]
    assert set(LIMITS) == set(HOSTS)


def test_exceeded_limit_stops_a_deploy_unless_yes_is_given(
    news: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to(news, f"deploy: {{to: folder, path: {tmp_path}/www, host: cloudflare-pages}}\n")
    monkeypatch.setitem(LIMITS, "cloudflare-pages", type(LIMITS["cloudflare-pages"])(files=5))
    with pytest.raises(
        UsageError,
        match=r"cloudflare-pages takes 5 files, and the site has .*; look at digest deploy --dry-run, and say --yes",
    ):
        deploy(news)
    deploy(news, yes=True)


def test_second_deploy_is_refused_with_what_is_running(news: LittleSite, www: Path, tmp_path: Path) -> None:
    """A deploy to this place, one to this folder from whatever site, going back, a build: each by its name."""
    deploy(news)
    news.entry("sport/new")
    wait = "is running; wait until it has finished\n"
    with output.only_writer(news.root / ".digest/deploy/live/run"):
        assert said("deploy", cwd=news.root)[2].endswith(f"\ndigest: another digest deploy to live {wait}")
    with output.only_writer(www):
        for command in ("deploy", "rollback"):
            status, _, err = said(command, cwd=news.root)
            assert status == 2
            assert err.endswith(f"digest: another digest deploy to {www}, or rollback there, {wait}")
    with output.only_writer(news.output):
        assert said("deploy", cwd=news.root)[2].endswith(f"digest: another digest build into {news.output} {wait}")


# ------------------------------------------------------------------ settings

FAULTS = [
    ("{path: www}", "9:9: a place to deploy to without 'to'; add to: (folder, git, rsync, s3)"),
    ("{to: ftp, path: www}", "9:14: 'to' cannot be 'ftp'; write folder or git or rsync or s3"),
    ("{to: foldr, path: www}", "9:14: 'to' cannot be 'foldr'; did you mean 'folder'?"),
    ("{to: folder}", "9:9: a place of kind folder without 'path'; add path: (the directory, from the site's folder or absolute)"),
    ("{to: folder, path: www, branch: x}", "9:33: unknown key 'branch'; the keys of a place of kind folder are to, name, path, keep, host, announce"),
    ("{to: folder, path: www, keep: 99}", "9:39: 'keep' must be a number from 0 to 50, not '99'"),
    ("{to: git, repository: 'https://me:secret@github.com/me/site'}", "9:31: 'repository': a password or token does not belong in site.yaml, which is committed and shown; take it out: git asks its credential helper, or $DIGEST_GIT_TOKEN"),
    ("{to: git, repository: 'ext::sh -c x'}", "9:31: 'repository' cannot be 'ext::sh -c x'; write an address such as git@github.com:name/site.git, a path, or the name of a remote"),
    ("{to: git, repository: 'https://['}", "9:31: 'repository' cannot be 'https://['; write an address such as git@github.com:name/site.git, a path, or the name of a remote"),
    ("{to: git, branch: 'a..b'}", "9:27: 'branch' cannot be 'a..b'; write the name of a branch, as in gh-pages"),
    ("{to: rsync, server: '-oProxyCommand=x', path: /srv}", "9:29: 'server' cannot be '-oProxyCommand=x'; write a host, or user@host"),
    ("{to: rsync, server: a, path: '/srv/$(x)'}", "9:38: 'path' cannot be '/srv/$(x)'; write a path such as /srv/www/digest"),
    ("{to: rsync, server: a, path: /srv/../etc}", "9:38: 'path' cannot be '/srv/../etc'; write a path such as /srv/www/digest"),
    ("{to: s3, bucket: a b}", "9:26: 'bucket' cannot be 'a b'; write the name of a bucket"),
    ("{to: s3, bucket: abc, endpoint: 'https://k:s@x.test'}", "9:41: 'endpoint': a password or token does not belong in site.yaml, which is committed and shown; take it out: keys come from the environment or a profile"),
    ("{to: s3, bucket: abc, endpoint: 'https://['}", "9:41: 'endpoint' cannot be 'https://['; write its address, as in https://s3.example.net"),
    ("{to: s3, bucket: abc, compress: zip}", "9:41: 'compress' cannot be 'zip'; did you mean 'gzip'?"),
    ("{to: folder, path: a, announce: indexnow}", "9:9: 'announce' names indexnow, but the site has no key of it; add indexnow: {key: …}"),
    ("{to: folder, path: a, announce: [websub]}", "9:9: 'announce' names websub, but the site's feeds name no hub; add feeds: {hubs: [https://…]}"),
    ("[{to: folder, path: a}, {to: folder, path: b}]", "9:33: two places are called 'folder'; give one of them another name"),
    ("folder", "9:9: 'deploy' must be a list, not text; write deploy: {to: folder, path: …}"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_faulty_destination_is_reported_with_its_cure(site: LittleSite, value: str, expected: str) -> None:
    """By every command, with line and column."""
    raw = (site.root / "site.yaml").read_text("utf-8") + f"deploy: {value}\n"
    _, _, problems = settings.read(raw.encode())
    assert [str(problem) for problem in problems] == [f"site.yaml:{expected}"]


def test_destinations_with_arabic_keys_are_read_alike(site: LittleSite) -> None:
    """The same value, and every key has its Arabic name here."""
    text = (site.root / "site.yaml").read_text("utf-8")
    english = """deploy:
- {name: a, to: folder, path: ../www, keep: 1, host: netlify}
- {name: b, to: git, repository: 'git@github.com:a/b', branch: pages, history: squash, domain: a.test}
- {name: c, to: rsync, server: me@a.test, path: /srv, port: 23, key: ~/k, known_hosts: h, mode: in-place, keep: 0}
- {name: d, to: s3, bucket: news, prefix: a/, region: eu-1, endpoint: 'https://s.test', profile: p, compress: gzip, public: true, cloudfront: E1}
"""
    arabic = """النشر:
- {الاسم: a, إلى: folder, المجلد: ../www, الإصدارات: 1, المضيف: netlify}
- {الاسم: b, إلى: git, المستودع: 'git@github.com:a/b', الفرع: pages, السجل: squash, النطاق: a.test}
- {الاسم: c, إلى: rsync, الخادم: me@a.test, المجلد: /srv, المنفذ: 23, ملف_المفتاح: ~/k, ملف_الخوادم: h, الطريقة: in-place, الإصدارات: 0}
- {الاسم: d, إلى: s3, الحاوية: news, البادئة: a/, المنطقة: eu-1, نقطة_الوصول: 'https://s.test', الحساب: p, الضغط: gzip, عام: نعم, التوزيع: E1}
"""
    read = [destinations.read((text + lines).encode()) for lines in (english, arabic)]
    assert read[0] == read[1]
    found, problems = read[0]
    assert problems == ()
    assert [place.host for place in found.destinations] == ["netlify", "github-pages", "", ""]
    for kind in KINDS:
        assert [key.arabic for key in table(kind) if f"{key.arabic}:" not in arabic] in (
            [],
            ["الإعلان"],
            ["المضيف", "الإعلان"],
        )


# ------------------------------------------------------------------ next, and continuous integration


def test_next_prints_when_the_next_story_is_due(site: LittleSite) -> None:
    """In the site's own time zone; drafts wait for nobody."""
    site.entry("sport/a", "date: 2027-01-02T09:00").entry("sport/b", "date: 2026-12-24T18:30").entry("sport/c")
    site.entry("sport/d", "date: 2026-12-01\ndraft: true")
    assert said("next", cwd=site.root)[1] == "2026-12-24T18:30:00+01:00  sport/b  خبر b\n"
    assert len(said("next", "--verbose", cwd=site.root)[1].splitlines()) == 2
    report = json.loads(said("next", "--json", cwd=site.root)[1])
    assert report["next"] == "2026-12-24T18:30:00+01:00"
    assert [row["id"] for row in report["due"]] == ["sport/b", "sport/a"]
    site.build()
    assert said("next", cwd=site.root)[1].startswith("2026-12-24")
    for name in "ab":
        (site.root / f"content/sport/{name}.md").unlink()
    assert said("next", cwd=site.root)[1:] == ("", "nothing waits for its date\n")
    site.entry("sport/e", "date: soon")
    assert said("next", cwd=site.root)[0] == 1


def steps(text: str) -> list[str]:
    """The lines of a workflow that call digest."""
    return re.findall(r"(?:- |run: )(digest [^\n]+)", text)


@pytest.mark.parametrize("platform", ci.FILES)
def test_workflow_checks_deploys_and_keeps_the_cache(news: LittleSite, platform: str) -> None:
    """It is YAML, calls commands that exist, holds no secret, and is never written over."""
    status, _, err = said("init", "--ci", platform, cwd=news.root)
    assert status == 0
    assert "DIGEST_PACKAGE" in err
    path = news.root / ci.FILES[platform]
    text = path.read_text("utf-8")
    assert yaml.safe_load(text)
    assert steps(text) == ["digest check", "digest deploy --verify"]
    assert ".digest" in text
    for line in steps(text):
        name, *words = line.split()[1:]
        main.commands[name].make_context(name, words)
        assert said(name, *[word for word in words if word != "--verify"], cwd=news.root)[0] == 0
    assert said("init", "--ci", platform, cwd=news.root)[0] == 2
    assert path.read_text("utf-8") == text


def test_workflow_of_every_kind_names_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the platform's store must hold is named; it runs daily; only what needs to may write."""
    monkeypatch.setattr(ci, "package", lambda: "digest @ git+https://git.test/digest@0123456")
    for kind in map(place_type, KINDS):
        flow = yaml.safe_load(ci.github(kind))
        assert flow[True]["schedule"] == [{"cron": "17 4 * * *"}]
        assert flow["permissions"]["contents"] == ("write" if kind.kind == "git" else "read")
        assert "digest @ git+https://git.test/digest@0123456" in flow["env"]["DIGEST_PACKAGE"]
        assert all(name in ci.github(kind) for name in kind.secrets)
        job = yaml.safe_load(ci.gitlab(kind))["publish"]
        assert job["script"][-1] == "digest deploy --verify"
        assert ".digest/" in job["cache"]["paths"]
    assert yaml.safe_load(ci.gitlab(None))["pages"]["artifacts"]["paths"] == ["public"]


def test_init_with_ci_writes_site_and_workflow(tmp_path: Path) -> None:
    """One command for both."""
    status, _, err = said("init", "mysite", "--ci", "github", cwd=tmp_path)
    assert status == 0
    assert "add deploy: {to: git} to site.yaml" in err
    assert (tmp_path / "mysite/site.yaml").exists()
    assert (tmp_path / "mysite/.github/workflows/digest.yml").exists()
    assert said("init", cwd=tmp_path)[0] == 2


# ------------------------------------------------------------------ afterwards


class Host(BaseHTTPRequestHandler):
    """Serves a folder, and takes messages."""

    folder: ClassVar[Path]
    told: ClassVar[list[tuple[str, bytes]]]
    statuses: ClassVar[list[int]]

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        path = self.folder / unquote(self.path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        content = path.read_bytes() if path.is_file() else b"no"
        self.send_response(200 if path.is_file() else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.told.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.statuses.pop(0) if self.statuses else 202)
        self.end_headers()


@pytest.fixture
def online(news: LittleSite, www: Path) -> Iterator[LittleSite]:
    """The site behind a little host at its own address, which takes announcements too."""
    Host.folder, Host.told, Host.statuses = www, [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    text = (news.root / "site.yaml").read_text("utf-8").partition("deploy:")[0].replace("https://news.test/", address)
    news.put("site.yaml", text + f"indexnow: {{key: 0123456789abcdef, endpoint: '{address}now'}}\n"
        f"feeds: {{hubs: ['{address}hub']}}\n"
        f"deploy: {{to: folder, path: {www}, announce: [indexnow, websub]}}\n")  # fmt: skip
    yield news
    server.shutdown()
    server.server_close()


def test_verify_compares_what_is_online_with_what_was_sent(
    online: LittleSite, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home page, changed pages, and what they load."""
    status, _, err = said("deploy", "--verify", cwd=online.root)
    assert status == 0
    checked = int(re.findall(r"(\d+) files fetched and compared", err)[0])
    assert checked > 10
    (www / "index.html").write_bytes((www / "index.html").read_bytes().replace(b"</html>", b"<!----!></htm>"))
    outcome = deploy(online, dry_run=True)
    address = settings.read((online.root / "site.yaml").read_bytes())[0].base_url  # type: ignore[union-attr]
    found = verification.verify(outcome, online.output, address, patience=0)
    assert found.wrong == (f"{address}: it has another content",)
    monkeypatch.setattr(Host, "folder", www / "nowhere")
    assert verification.verify(outcome, online.output, address, patience=0).wrong[0] == f"{address}: status 404"


MANUAL = Path(__file__).parent.parent / "docs/reference"


def test_exit_statuses_are_those_of_the_manual(online: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every one the command can end with has its row; a place that cannot be reached, or shows something else, is 3."""
    table = (MANUAL / "commands.md").read_text("utf-8").partition("## Exit status\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"(?m)^\| (\d+) \| (.+) \|$", table))
    code = "".join(path.read_text("utf-8") for path in Path(cli.__file__).parent.glob("*.py"))
    ends = re.findall(r"SystemExit\((.+)\)", code)
    assert rows.keys() == {"0", *re.findall(r"\b\d+\b", " ".join(ends))}
    assert [status for status, text in rows.items() if "could not be reached" in text] == ["3"]
    (verify,) = re.findall(r"What differs is named, with status (\d)", (MANUAL / "deploy.md").read_text("utf-8"))
    monkeypatch.setattr(verification, "verify", lambda *_: verification.Verification(1, ("/: status 404",)))
    with pytest.raises(SystemExit, match=verify):
        main(["deploy", "--verify", "--site", str(online.root)])
    to(online, f"deploy: {{to: git, repository: {online.root}/nowhere}}\n")
    assert said("deploy", cwd=online.root)[0] == 3


def test_changed_pages_and_feeds_are_announced(online: LittleSite) -> None:
    """New, changed and deleted pages to IndexNow with the key's file; changed feeds to the hub. Nothing: nobody."""
    _, _, err = said("deploy", cwd=online.root)
    assert re.search(r"IndexNow was told of \d+ pages\nWebSub hubs were told of 4 feeds\n", err)
    assert online.text("0123456789abcdef.txt") == "0123456789abcdef"
    address = re.findall(r"base_url: (\S+)", (online.root / "site.yaml").read_text("utf-8"))[0]
    assert f'<link rel="hub" href="{address}hub"' in online.text("feed.xml")
    Host.told.clear()
    today(online)
    said("deploy", cwd=online.root)
    (now,) = [json.loads(body) for path, body in Host.told if path == "/now"]
    assert (now["key"], now["keyLocation"]) == ("0123456789abcdef", f"{address}0123456789abcdef.txt")
    assert {f"{address}sport/new/", f"{address}politics/vote/", f"{address}sport/final/"} <= set(now["urlList"])
    assert f"{address}404.html" not in now["urlList"]
    topics = [parse_qs(body.decode())["hub.topic"][0] for path, body in Host.told if path == "/hub"]
    assert f"{address}feed.xml" in topics
    Host.told.clear()
    said("deploy", cwd=online.root)
    assert Host.told == []


def test_failed_announcement_is_repeated_by_the_next_deploy(online: LittleSite) -> None:
    """The site is online all the same."""
    Host.statuses = [403]
    status, _, err = said("deploy", cwd=online.root)
    assert status == 0
    assert "answered with status 403; the next deploy tries again" in err
    wanted = json.loads(Host.told[0][1])["urlList"]
    Host.told.clear()
    assert "IndexNow was told of" in said("deploy", cwd=online.root)[2]
    assert [json.loads(body)["urlList"] for path, body in Host.told] == [wanted]


def test_announcements_of_a_killed_deploy_are_made_by_the_next(
    online: LittleSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it had planned is told by the deploy that ends its work, though that sends less or nothing."""
    deploy(online)
    Host.told.clear()
    today(online)

    def prune(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(folder, "prune", prune)
    with pytest.raises(SystemExit, match="1"):
        main(["deploy", "--site", str(online.root)])
    assert Host.told == []
    assert "run the command again to go on" in capsys.readouterr().err
    assert "nothing to send" in said("deploy", cwd=online.root)[2]
    (now,) = [json.loads(body) for path, body in Host.told if path == "/now"]
    assert any(address.endswith("/sport/new/") for address in now["urlList"])


# ------------------------------------------------------------------ patience


def test_retries_wait_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no shorter than a host asked for; then it says what failed, and why."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    answers = iter([programs.PassingError("busy"), programs.PassingError("busy", 30), programs.PassingError("busy")])

    def attempt() -> str:
        error = next(answers, None)
        if error:
            raise error
        return "done"

    assert programs.with_retries("sending x", attempt) == "done"
    assert 1 <= waits[0] <= 1.5
    assert waits[1] == 30
    assert 4 <= waits[2] <= 6
    with pytest.raises(programs.DeliveryError, match=r"^sending x: busy \(4 attempts\); what has arrived stays; run"):
        programs.with_retries(
            "sending x", lambda: next(iter(()), None) or (_ for _ in ()).throw(programs.PassingError("busy"))
        )


def test_git_host_that_does_not_answer_is_retried(news: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times; then the place and the reason are named."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    to(news, f"deploy: {{to: git, repository: 'http://127.0.0.1:{servers.free_port()}/x.git'}}\n")
    with pytest.raises(programs.DeliveryError, match=r"^fetching from http://127.0.0.1:\d+/x.git: .*\(4 attempts\)"):
        deploy(news)
    assert len(waits) == 3


def test_every_name_of_the_deploy_is_used() -> None:
    """What only tests use, or nobody, goes."""
    home = Path(ci.__file__).parent
    words = Counter(word for path in home.parent.rglob("*.py") for word in re.findall(r"\w+", path.read_text("utf-8")))
    named: list[str] = []
    for node in (node for path in home.rglob("*.py") for node in ast.parse(path.read_text("utf-8")).body):
        if isinstance(node, ast.Assign):
            named += [name.id for part in node.targets for name in ast.walk(part) if isinstance(name, ast.Name)]
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            named.append(node.name)
    assert len(named) > 100
    assert [name for name in named if words[name] < 2] == []


def test_help_imports_nothing_of_the_deploy() -> None:
    """Nothing of a deploy is imported for it."""
    import subprocess
    import sys

    code = (
        "import sys, digest.cli; print([m for m in sys.modules if m.startswith(('digest.deploy', 'boto', 'msgspec'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, env=os.environ)
    assert done.stdout == "[]\n"
