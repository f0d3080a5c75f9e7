"""`digest deploy` to real counterparts on loopback: git over HTTP, rsync over SSH, an S3 server, nginx."""

from __future__ import annotations

import gzip
import http.client
import subprocess
import tempfile
import threading
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import hosts
import pytest
from deployments import current, deploy, numbers, published, rollback, said, to, today, yesterday

from digest.deploy.headers import is_fingerprinted
from digest.deploy.manifest import MANIFEST
from digest.deploy.targets import git
from digest.deploy.targets.folder import FolderPlace
from digest.deploy.targets.rsync import RsyncPlace, Server
from digest.problems import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import LittleSite

pytestmark = pytest.mark.server


@pytest.fixture
def news(site: LittleSite) -> LittleSite:
    return yesterday(site)


# ------------------------------------------------------------------ git


@pytest.fixture(scope="module")
def git_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hosts.GitHost]:
    with hosts.git_http(tmp_path_factory.mktemp("git")) as host:
        yield host


def test_deploy_to_a_branch_over_http_makes_one_commit(
    news: LittleSite, git_http: hosts.GitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token comes from the environment; one commit for each deploy; a second run makes none."""
    monkeypatch.setenv("DIGEST_GIT_TOKEN", git_http.password)
    monkeypatch.setenv("DIGEST_GIT_USER", git_http.user)
    to(news, f"deploy: {{to: git, repository: {git_http.url}, branch: pages, domain: news.test}}\n")
    deploy(news)
    own = {".nojekyll": b"", "CNAME": b"news.test\n"}
    assert git_http.files("pages") == published(news) | own
    assert numbers(deploy(news))[:2] == (0, 0)
    news.entry("sport/new", "tags: [كأس]")
    (news.root / "content/politics/vote.md").unlink()
    sent, deleted, same = numbers(deploy(news))
    assert sent
    assert deleted
    assert same
    assert current(git_http.files("pages"), news) == published(news) | own
    assert len(git_http.git("rev-list", "pages").splitlines()) == 2
    assert git_http.git("fsck", "--strict") == b""


def test_branch_moved_during_a_deploy_is_left_alone(news: LittleSite, tmp_path: Path) -> None:
    """The push is refused; the next run goes on from theirs and keeps their file. Squashed, it is one commit all the same."""
    hosts.needed("git")
    host = hosts.bare(tmp_path / "site.git")
    to(news, f"deploy: {{to: git, repository: {host.url}, history: squash}}\n")
    deploy(news)
    news.entry("sport/new")

    def moved(_: object) -> None:
        blob = host.git("hash-object", "-w", str(news.root / "site.yaml")).decode().strip()
        tree = host.git("ls-tree", "gh-pages").decode() + f"100644 blob {blob}\ttheirs.txt\n"
        made = subprocess.run(["git", "-C", host.url, "mktree"], input=tree.encode(), capture_output=True, check=True)
        words = (
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x.test",
            "commit-tree",
            made.stdout.decode().strip(),
            "-m",
            "x",
        )
        host.git("update-ref", "refs/heads/gh-pages", host.git(*words).decode().strip())

    with pytest.raises(DeliveryError, match="was changed by somebody else meanwhile; run the command again"):
        deploy(news, planned=moved)
    theirs = host.files()
    assert "theirs.txt" in theirs
    assert "sport/new/index.html" not in theirs
    deploy(news)
    kept = {name: theirs[name] for name in ("theirs.txt", ".nojekyll")}
    assert current(host.files(), news) == published(news) | kept
    assert len(host.git("rev-list", "gh-pages").splitlines()) == 1


def test_local_repository_with_many_objects_is_recreated(
    news: LittleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is begun anew from time to time; the branch keeps its history."""
    hosts.needed("git")
    host = hosts.bare(tmp_path / "site.git")
    to(news, f"deploy: {{to: git, repository: {host.url}}}\n")
    monkeypatch.setattr(git, "LOOSE", 60)
    ours = news.root / ".digest/deploy/git/repository.git"
    held = []
    for number in range(8):
        news.entry("sport/final", f"title: عنوان {number}")
        deploy(news)
        held.append(sum(path.is_file() for path in (ours / "objects").rglob("*")))
        assert published(news).items() <= host.files().items()
    assert max(held) < 2 * 60
    assert min(held[2:]) < max(held)
    assert len(host.git("rev-list", "gh-pages").splitlines()) == 8
    assert host.git("fsck", "--strict") == b""


def test_local_repository_with_many_packs_is_recreated(news: LittleSite, tmp_path: Path) -> None:
    """What an interrupted attempt at that left goes too."""
    hosts.needed("git")
    host = hosts.bare(tmp_path / "site.git")
    to(news, f"deploy: {{to: git, repository: {host.url}}}\n")
    deploy(news)
    ours = news.root / ".digest/deploy/git/repository.git"
    for number in range(git.PACKS + 1):
        blob = subprocess.run(["git", "-C", str(ours), "hash-object", "-w", "--stdin"], input=str(number).encode(),
            capture_output=True, check=True).stdout  # fmt: skip
        words = ["git", "-C", str(ours), "pack-objects", "-q", "objects/pack/pack"]
        subprocess.run(words, input=blob, capture_output=True, check=True)
    assert len(list(ours.glob("objects/pack/*.pack"))) > git.PACKS
    ours.with_name("repository.git.old").mkdir()
    news.entry("sport/new")
    deploy(news)
    assert len(list(ours.glob("objects/pack/*.pack"))) < 5
    assert [path.name for path in ours.parent.glob("repository*")] == ["repository.git"]


# ------------------------------------------------------------------ rsync


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hosts.SshHost]:
    with hosts.sshd(tmp_path_factory.mktemp("ssh")) as host:
        yield host


@pytest.fixture
def server(sshd: hosts.SshHost, tmp_path: Path) -> hosts.SshHost:
    """The server with an empty folder."""
    return replace(sshd, root=tmp_path / "srv/www")


def test_deploy_over_ssh_links_a_release_and_switches(news: LittleSite, server: hosts.SshHost) -> None:
    """A release folder for each deploy, what stays linked, and a link that is switched."""
    to(news, server.yaml(keep=1))
    deploy(news)
    online = server.root / "current"
    assert hosts.tree(online) == published(news)
    assert numbers(deploy(news))[:2] == (0, 0)
    first = online.resolve()
    for name in ("a", "b"):
        news.entry(f"sport/{name}")
        (news.root / "content/politics/vote.md").unlink(missing_ok=True)
        deploy(news)
        assert current(hosts.tree(online), news) == published(news)
    releases = sorted(path.name for path in (server.root / "releases").iterdir())
    assert len(releases) == 2
    assert first.name not in releases
    assert not (online / "politics/vote").exists()
    style = next((online / "assets").glob("style.*.css"))
    assert style.stat().st_nlink == 2


@pytest.mark.parametrize("name", ["x" * 120, "100% of it"], ids=["long", "odd"])
def test_temporary_folder_too_long_for_a_socket_opens_separate_connections(
    news: LittleSite, server: hosts.SshHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A socket's path has 104 bytes at most, and ssh reads signs in it: then each call has a connection of its own."""
    (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
    to(news, server.yaml())
    deploy(news)
    assert hosts.tree(server.root / "current") == published(news)


def test_ssh_calls_share_one_connection(
    news: LittleSite, server: hosts.SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the temporary folder is as long as macOS has them, too."""
    folder = "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/digest-abcdefgh"
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **_: folder)
    words = Server(RsyncPlace(server="a", path="/srv"), news.root).ssh
    assert f"ControlPath={folder}/s" in words
    assert len(f"{folder}/s.0123456789abcdef\0") <= 104


def test_in_place_deploy_over_ssh_runs_only_rsync(news: LittleSite, server: hosts.SshHost) -> None:
    """Without a command of its own on the server; somebody else's files stay."""
    to(news, server.yaml(mode="in-place"))
    deploy(news)
    assert hosts.tree(server.root) == published(news)
    (server.root / "others.txt").write_text("x")
    assert numbers(deploy(news))[:2] == (0, 0)
    (news.root / "content/politics/vote.md").unlink()
    news.entry("sport/new")
    deploy(news)
    assert current(hosts.tree(server.root), news) == published(news) | {"others.txt": b"x"}
    assert not (server.root / "politics/vote").exists()


# ------------------------------------------------------------------ S3


@pytest.fixture(scope="module")
def store() -> Iterator[hosts.Bucket]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing-id")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "s3-canary-5d1e97a3c0")
        with hosts.s3() as bucket:
            yield bucket


@pytest.fixture
def bucket(store: hosts.Bucket) -> hosts.Bucket:
    store.restore({})
    return store


def test_deploy_to_a_bucket_sends_headers_and_only_changes(news: LittleSite, bucket: hosts.Bucket) -> None:
    """Types and caching by kind of file; what is unchanged is not sent; a fingerprinted file stays a day."""
    to(news, bucket.yaml())
    deploy(news)
    assert bucket.files() == published(news)
    objects = bucket.objects()
    home, feed = objects["index.html"], objects["feed.xml"]
    style = next(row for key, row in objects.items() if key.startswith("assets/style."))
    assert (home["ContentType"], home["CacheControl"]) == ("text/html; charset=utf-8", "public, max-age=60")
    assert (feed["ContentType"], style["CacheControl"]) == (
        "application/atom+xml; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    assert numbers(deploy(news))[:2] == (0, 0)
    news.put("templates/assets/site.css", "body { color: black }")
    news.entry("sport/new")
    (news.root / "content/politics/vote.md").unlink()
    outcome = deploy(news)
    assert outcome.plan.deletions
    assert bucket.files() == published(news) | {key: bucket.files()[key] for key in outcome.plan.retired}


@pytest.mark.parametrize("compress", ["gzip", "brotli"])
def test_bucket_with_compression_stores_small_text(news: LittleSite, bucket: hosts.Bucket, compress: str) -> None:
    """Stored small and said so; changing how is a change of headers."""
    import brotli

    to(news, bucket.yaml(compress=compress, prefix="de/site"))
    deploy(news)
    row = bucket.objects()["de/site/index.html"]
    unpack = gzip.decompress if compress == "gzip" else brotli.decompress
    assert unpack(row["Body"].read()) == news.files()["index.html"]
    assert row["ContentEncoding"] == {"gzip": "gzip", "brotli": "br"}[compress]
    to(news, bucket.yaml(prefix="de/site"))
    assert {upload.why for upload in deploy(news).plan.uploads} == {"headers"}
    assert bucket.files()["de/site/index.html"] == news.files()["index.html"]


# ------------------------------------------------------------------ web servers


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers, body."""
    try:
        with urlopen(Request(url, headers={"Accept-Encoding": "identity"}), timeout=10) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


@pytest.mark.parametrize("server", ["nginx", "caddy"])
@pytest.mark.parametrize("base", ["/", "/repo/"])
def test_web_server_with_the_printed_configuration_serves_the_site(
    news: LittleSite, tmp_path: Path, server: str, base: str
) -> None:
    """As printed it serves the site, says how long what may be kept, and shows nobody the notes of a deploy."""
    news.put("site.yaml", (news.root / "site.yaml").read_text("utf-8").replace("news.example/", f"news.example{base}"))
    to(news, f"deploy: {{to: folder, path: {tmp_path}/www}}\n")
    news.put("site.yaml", (news.root / "site.yaml").read_text("utf-8").replace("news.example", "news.test"))
    deploy(news)
    status, config, _ = said("deploy", "--server-config", server, cwd=news.root)
    assert status == 0
    files = published(news)
    style = next(path for path in files if path.startswith("assets/style."))
    running = (
        hosts.nginx(config, tmp_path / "w") if server == "nginx" else hosts.caddy(config, "news.test", tmp_path / "w")
    )
    with running as origin:
        url = f"{origin}{base}"
        for path in ("index.html", style, "feed.xml", "sport/final/index.html", "robots.txt"):
            code, _, body = get(url + path.removesuffix("index.html"))
            assert (code, body) == (200, files[path]), path
        caching = {path: get(url + path)[1]["cache-control"] for path in ("", style, "feed.xml", "sport/draw/")}
        assert caching == {
            "": "public, max-age=60",
            style: "public, max-age=31536000, immutable",
            "feed.xml": "public, max-age=300",
            "sport/draw/": "public, max-age=60",
        }
        home = get(url)[1]
        assert home["content-type"].lower() == "text/html; charset=utf-8"
        assert home["x-content-type-options"] == "nosniff"
        assert home["content-security-policy"] == "frame-ancestors 'self'"
        assert get(url + "feed.xml")[1]["content-type"].startswith("application/atom+xml")
        assert get(url + "feed.json")[1]["content-type"].startswith("application/feed+json")
        for path in ("nothing/", ".digest-manifest.json.gz", "assets/"):
            code, _, body = get(url + path)
            assert (code, body) == (404, files["404.html"]), path


def test_requests_during_switches_see_whole_releases(news: LittleSite, tmp_path: Path) -> None:
    """Each one is answered, and each answer is a file of one release: none fails, none is mixed."""
    to(news, f"deploy: {{to: folder, path: {tmp_path}/www}}\n")
    deploy(news)
    states = [published(news)]
    today(news)
    deploy(news)
    states.append(published(news))
    _, config, _ = said("deploy", "--server-config", "nginx", cwd=news.root)
    paths = ["index.html", "sport/final/index.html", "sport/index.html", "feed.xml", "sitemap.xml"]
    styles = [path for state in states for path in state if path.startswith("assets/site.") and path.endswith(".css")]
    faults: list[str] = []
    asked = [0]
    busy = threading.Lock()
    ended = threading.Event()

    def read(number: int, port: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        turn = number
        while not ended.is_set():
            turn += 1
            path = [*paths, *styles][turn % (len(paths) + len(styles))]
            line.request("GET", f"/{path.removesuffix('index.html')}")
            answer = line.getresponse()
            body = answer.read()
            good = answer.status == 200 and any(state.get(path) == body for state in states)
            with busy:
                asked[0] += 1
                if not good:
                    faults.append(f"{path}: {answer.status}")
        line.close()

    with hosts.nginx(config, tmp_path / "w") as url:
        readers = [threading.Thread(target=read, args=(n, int(url.rpartition(":")[2]))) for n in range(8)]
        for reader in readers:
            reader.start()
        switches = 0
        while asked[0] < 10_000 or switches < 30:
            if switches % 3 == 2:
                news.entry("sport/final", f"tags: [كأس]\ntitle: عنوان {switches}")
                news.build(strict=True)
                with busy:
                    states.append(published(news))
                deploy(news, build=False)
            else:
                rollback(FolderPlace(f"{tmp_path}/www"), news.root, None)
                deploy(news, build=False)
            switches += 2
        ended.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert asked[0] >= 10_000


def test_rollback_on_a_server_restores_the_previous_release(news: LittleSite, server: hosts.SshHost) -> None:
    """The release before comes back, with the style sheets of the one that goes; the next deploy goes on from there."""
    to(news, server.yaml())
    deploy(news)
    old = published(news)
    today(news)
    deploy(news)
    behind = {path: content for path, content in published(news).items() if path not in old and is_fingerprinted(path)}
    assert any(path.startswith("assets/site.") for path in behind)
    first, second = said("rollback", "--list", cwd=news.root)[1].splitlines()
    assert second.endswith("  (online)")
    status, _, words = said("rollback", cwd=news.root)
    assert (status, words) == (0, f"rsync: {first} is online again\n")
    seen = hosts.tree(server.root / "current")
    assert seen == old | behind
    deploy(news, build=False)
    assert published(news).items() <= hosts.tree(server.root / "current").items()
    assert said("rollback", "--to", "nothing", cwd=news.root)[0] == 2


def test_damaged_manifest_on_a_server_is_refused_and_replaced_by_clean(news: LittleSite, server: hosts.SshHost) -> None:
    """Going back from it works, going back to it is refused by name; `--clean` writes a new one."""
    to(news, server.yaml())
    deploy(news)
    old = published(news)
    today(news)
    deploy(news)
    first, second = (line.partition(" ")[0] for line in said("rollback", "--list", cwd=news.root)[1].splitlines())
    (server.root / "current" / MANIFEST).write_bytes(b"garbage")
    assert said("deploy", cwd=news.root)[0] == 3
    assert said("rollback", cwd=news.root)[::2] == (0, f"rsync: {first} is online again\n")
    assert hosts.tree(server.root / "current") == old
    status, _, err = said("rollback", "--to", second, cwd=news.root)
    assert (status, f"the list of files of release {second} is damaged" in err) == (3, True)
    (server.root / "current" / MANIFEST).write_bytes(b"garbage")
    assert said("deploy", "--clean", cwd=news.root)[0] == 0
    assert published(news).items() <= hosts.tree(server.root / "current").items()
