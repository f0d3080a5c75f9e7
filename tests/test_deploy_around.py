"""What stands around a deploy: who is told of it, the workflow that runs it, the server that shows the site."""

from __future__ import annotations

import json
from importlib import metadata
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
import yaml
from deployments import to

from digest.content import settings as site_settings
from digest.deploy import announcing, ci, destinations, headers, web, webserver
from digest.deploy.manifest import File
from digest.deploy.plan import Plan, Stage, Upload
from digest.deploy.targets import place_type
from digest.problems import DeliveryError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import LittleSite

HUBS = "feeds: {hubs: ['https://hub.test/a', 'https://hub.test/b']}\n"
TOLD = "deploy: {name: live, to: folder, path: ../www, announce: [indexnow, websub]}\n"
KEY = "indexnow: {key: 0123456789abcdef, endpoint: 'https://search.test/now'}\n"


def read(site: LittleSite) -> tuple[destinations.Destination, site_settings.Settings]:
    """The site's first place and its settings."""
    raw = (site.root / "site.yaml").read_bytes()
    settings, _, problems = site_settings.read(raw)
    place, why = destinations.find(destinations.read(raw)[0].destinations, None)
    assert problems == ()
    assert settings
    assert place, why
    return place, settings


def outcome(place: destinations.Destination, changed: dict[str, str], deleted: tuple[str, ...] = ()) -> SimpleNamespace:
    """Of a deploy that sent these (path → why) and deleted those."""
    uploads = tuple(Upload(path, File("x", 1), why, Stage.LISTS) for path, why in changed.items())  # type: ignore[arg-type]
    made = {path: "404.html" if path == "404.html" else "article.html" for path in changed if path.endswith(".html")}
    plan = Plan(uploads, dict.fromkeys(deleted, 1), {}, 0, 0, 0)
    return SimpleNamespace(destination=place, plan=plan, templates=made)


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """Address and body of each message; what the world answers is 202 unless the address says otherwise."""
    found: list[tuple[str, bytes]] = []

    def ask(_: str, url: str, *, method: str, body: bytes, headers: dict[str, str]) -> web.Answer:
        assert method == "POST"
        assert headers["Content-Type"]
        found.append((url, body))
        return web.Answer(300 if url.endswith("/b") else 299, b"")

    monkeypatch.setattr(web, "ask_with_retries", ask)
    return found


# ------------------------------------------------------------------ announcements


def test_announcements_name_what_changed(site: LittleSite, posted: list[tuple[str, bytes]]) -> None:
    """New, changed and deleted pages; feeds; nothing of which only the headers changed, and no page of what is not found."""
    place, settings = read(to(site, TOLD + KEY + HUBS.replace("/b'", "/c'")))
    changed = {"a/index.html": "new", "b.html": "changed", "c.html": "headers", "404.html": "new", "feed.xml": "changed",
        "sport/feed.json": "new", "tags/feed.xml": "headers", "assets/a.css": "new"}  # fmt: skip
    announcing.note(site.root, outcome(place, changed, ("gone/index.html", "gone.css", "gone.jpg")), settings)
    assert announcing.announce(site.root, place, settings) == [
        "IndexNow was told of 3 pages",
        "WebSub hubs were told of 2 feeds",
    ]
    (where, body), *hubs = posted
    assert (where, json.loads(body)) == (
        "https://search.test/now",
        {
            "host": "news.test",
            "key": "0123456789abcdef",
            "keyLocation": "https://news.test/0123456789abcdef.txt",
            "urlList": ["https://news.test/a/", "https://news.test/b.html", "https://news.test/gone/"],
        },
    )
    topics = [(url, parse_qs(body.decode())["hub.topic"][0]) for url, body in hubs]
    feeds = ["https://news.test/feed.xml", "https://news.test/sport/feed.json"]
    assert topics == [(hub, feed) for hub in ("https://hub.test/a", "https://hub.test/c") for feed in feeds]
    posted.clear()
    assert announcing.announce(site.root, place, settings) == []
    assert posted == []


def test_failed_announcements_are_kept_with_later_ones(site: LittleSite, posted: list[tuple[str, bytes]]) -> None:
    """With what comes later, each address once; the other service is told all the same."""
    place, settings = read(to(site, TOLD + KEY + HUBS))
    for path in ("feed.xml", "feed.xml"):
        announcing.note(site.root, outcome(place, {path: "changed", "a.html": "new"}), settings)
        assert announcing.announce(site.root, place, settings) == [
            "IndexNow was told of 1 page",
            "the WebSub hub at https://hub.test/b answered with status 300; the next deploy tries again",
        ]
    settings = read(to(site, TOLD + KEY + HUBS.replace("/b'", "/c'")))[1]
    assert announcing.announce(site.root, place, settings) == ["WebSub hubs were told of 1 feed"]
    assert len(posted) == 2 * 3 + 2


def test_indexnow_sends_ten_thousand_pages_in_one_message(site: LittleSite, posted: list[tuple[str, bytes]]) -> None:
    """One more is a second message."""
    _, settings = read(to(site, TOLD + KEY + HUBS))
    addresses = [f"https://news.test/{number}/" for number in range(10_001)]
    assert announcing.indexnow(addresses[:-1], settings) == "IndexNow was told of 10,000 pages"
    assert announcing.indexnow(addresses, settings) == "IndexNow was told of 10,001 pages"
    assert [json.loads(body)["urlList"] for _, body in posted] == [addresses[:-1], addresses[:-1], addresses[-1:]]


def test_announcement_with_another_status_than_2xx_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only 200 to 299 count as told."""
    for status in (200, 204, 299):
        monkeypatch.setattr(web, "ask_with_retries", lambda *_, said=status, **__: web.Answer(said, b""))
        announcing.post("x", "https://a.test/", b"", {})
    for status in (199, 300, 404):
        monkeypatch.setattr(web, "ask_with_retries", lambda *_, said=status, **__: web.Answer(said, b""))
        with pytest.raises(DeliveryError, match=f"^x at https://a.test/ answered with status {status}$"):
            announcing.post("x", "https://a.test/", b"", {})


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"indexnow": 3}', b"\xff"])
def test_unreadable_notes_count_as_none(tmp_path: Path, content: bytes | None) -> None:
    """They cost an announcement, nothing else."""
    if content is not None:
        (tmp_path / "owed.json").write_bytes(content)
    assert announcing.remembered(tmp_path / "owed.json") == {}


def test_notes_that_cannot_be_written_stop_nothing(tmp_path: Path) -> None:
    """A file where their folder has to be."""
    (tmp_path / "live").write_text("x")
    announcing.keep(tmp_path / "live/owed.json", {"indexnow": ["a"]})
    assert (tmp_path / "live").read_text() == "x"
    announcing.keep(tmp_path / "other/owed.json", {"indexnow": ["a"]})
    assert announcing.remembered(tmp_path / "other/owed.json") == {"indexnow": ["a"]}


def test_deploy_without_announce_announces_nothing(site: LittleSite, posted: list[tuple[str, bytes]]) -> None:
    """And no notes are written."""
    place, settings = read(to(site, "deploy: {to: folder, path: ../www}\n"))
    announcing.note(site.root, outcome(place, {"a.html": "new"}), settings)
    assert announcing.announce(site.root, place, settings) == []
    assert not (site.root / ".digest").exists()
    assert posted == []


# ------------------------------------------------------------------ workflows


@pytest.mark.parametrize("platform", ci.FILES)
@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        ("", {"github": "add deploy: {to: git} to site.yaml", "gitlab": "add a daily pipeline schedule"}),
        ("to: git", {"github": "", "gitlab": "keep DIGEST_GIT_TOKEN in the platform's store of secrets; add a daily pipeline schedule"}),
        ("to: folder, path: ../www", {"github": "", "gitlab": "add a daily pipeline schedule"}),
        (
            "to: rsync, server: a.test, path: /srv/www",
            {
                "github": "keep DIGEST_SSH_KEY in the platform's store of secrets",
                "gitlab": "keep DIGEST_SSH_KEY in the platform's store of secrets; add a daily pipeline schedule",
            },
        ),
        (
            "to: s3, bucket: news",
            {
                "github": "keep AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the platform's store of secrets",
                "gitlab": "keep AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the platform's store of secrets; add a daily pipeline schedule",
            },
        ),
    ],
)  # fmt: skip
def test_workflow_names_the_steps_left_to_a_person(
    site: LittleSite, monkeypatch: pytest.MonkeyPatch, platform: str, lines: str, steps: dict[str, str]
) -> None:
    """For each kind of place; the file is YAML, and is never written over."""
    monkeypatch.setattr(ci, "package", lambda: "digest==1.0")
    place = read(to(site, f"deploy: {{{lines}}}\n"))[0] if lines else None
    path, to_do = ci.write(site.root, platform, place)
    assert (path, to_do) == (site.root / ci.FILES[platform], steps[platform])
    text = path.read_text("utf-8")
    assert yaml.safe_load(text)
    assert ("boto3" in text) is lines.startswith("to: s3")
    assert ("ssh-agent" in text) is lines.startswith("to: rsync")
    assert ("secrets.GITHUB_TOKEN" in text) is (platform == "github" and lines in {"", "to: git"})
    with pytest.raises(UsageError, match="is already there; take it away first to get a new one"):
        ci.write(site.root, platform, place)


@pytest.mark.parametrize(
    ("origin", "package"),
    [
        (None, ci.__version__),
        ('{"url": "file:///x", "dir_info": {"editable": true}}', ""),
        ('{"url": "https://git.test/d", "vcs_info": {"vcs": "git", "commit_id": "012"}}', "digest @ git+https://git.test/d@012"),
    ],
)  # fmt: skip
def test_workflow_installs_the_digest_that_wrote_it(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, package: str
) -> None:
    """From the index, from its repository; what lies on a disk must be named by a person."""
    monkeypatch.setattr(metadata, "distribution", lambda _: SimpleNamespace(read_text=lambda _: origin))
    assert ci.package() == (package if origin else f"digest=={package}")
    for platform, variable in (("github", "repository variable"), ("gitlab", "CI/CD variable")):
        told = f"set the {variable} DIGEST_PACKAGE to what pip installs digest from" in ci.to_do(
            platform, place_type("git")
        )
        assert told is not bool(ci.package())


def test_workflow_of_an_uninstalled_digest_asks_for_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from its sources."""

    def missing(_: str) -> None:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "distribution", missing)
    assert ci.package() == ""


# ------------------------------------------------------------------ web servers


@pytest.mark.parametrize(
    ("lines", "folder"),
    [
        ("to: folder, path: /srv/x", "/srv/x"),
        ("to: rsync, server: a.test, path: /srv/www/", "/srv/www/current"),
        ("to: rsync, server: a.test, path: /srv/www, mode: in-place", "/srv/www"),
        ("to: git", "/srv/www/digest"),
        ("", "/srv/www/digest"),
    ],
)
def test_web_server_root_is_where_the_deploy_writes(site: LittleSite, lines: str, folder: str) -> None:
    """A link to the present release where there are several; without a place of its own, a usual one."""
    place = read(to(site, f"deploy: {{{lines}}}\n"))[0] if lines else None
    assert webserver.root_of(place, site.root) == folder


@pytest.mark.parametrize("base", ["/", "/repo/"])
@pytest.mark.parametrize("fragments", ["live", "ssi"])
@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_web_server_sends_the_headers_of_all_places(
    site: LittleSite, server: str, base: str, fragments: str, scheme: str
) -> None:
    """Each rule of security and caching, the types of feeds, nothing hidden; parts are put in where the site wants it."""
    text = (site.root / "site.yaml").read_text("utf-8").replace("https://news.example/", f"{scheme}://news.test{base}")
    settings, _, _ = site_settings.read((text + f"fragments: {fragments}\n").encode())
    assert settings
    config = webserver.config(server, settings, "/srv/www")
    for name, value in headers.SECURITY:
        assert name in config
        assert value in config
    for rule in (headers.FOR_EVER, headers.FOR_A_MINUTE, headers.FOR_FIVE_MINUTES, headers.FOR_AN_HOUR, "opml"):
        assert rule in config
    if server == "nginx":
        assert "server_name news.test;" in config
        assert ("    root /srv/www;" in config) is (base == "/")
        assert ("    alias /srv/www/;" in config) is (base == "/repo/")
        assert f"    location {base} {{" in config
        assert ("ssi on;" in config) is (fragments == "ssi")
    else:
        assert ("\nhttp://news.test {" in config) is (scheme == "http")
        assert ("\nnews.test {" in config) is (scheme == "https")
        assert ("\thandle_path /repo/* {" in config) is (base == "/repo/")
        assert ("\thandle {" in config) is (base == "/")
        assert ("Caddy puts no fragments in" in config) is (fragments == "ssi")
