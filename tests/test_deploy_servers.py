"""`digest deploy` to real counterparts on loopback: git over HTTP, rsync over SSH, an S3 server, nginx."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import hosts
import pytest
from deployments import deploy, numbers, published, to, yesterday

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


def test_a_branch_over_http(news: LittleSite, git_http: hosts.GitHost, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert git_http.files("pages") == published(news) | own
    assert len(git_http.git("rev-list", "pages").splitlines()) == 2
    assert git_http.git("fsck", "--strict") == b""


# ------------------------------------------------------------------ rsync


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hosts.SshHost]:
    with hosts.sshd(tmp_path_factory.mktemp("ssh")) as host:
        yield host


@pytest.fixture
def server(sshd: hosts.SshHost, tmp_path: Path) -> hosts.SshHost:
    """The server with an empty folder."""
    return replace(sshd, root=tmp_path / "srv/www")


def test_releases_over_ssh(news: LittleSite, server: hosts.SshHost) -> None:
    """A release folder for each deploy, what stays linked, and a link that is switched."""
    to(news, server.yaml(keep=1))
    deploy(news)
    current = server.root / "current"
    assert hosts.tree(current) == published(news)
    assert numbers(deploy(news))[:2] == (0, 0)
    first = current.resolve()
    for name in ("a", "b"):
        news.entry(f"sport/{name}")
        (news.root / "content/politics/vote.md").unlink(missing_ok=True)
        deploy(news)
        assert hosts.tree(current) == published(news)
    releases = sorted(path.name for path in (server.root / "releases").iterdir())
    assert len(releases) == 2
    assert first.name not in releases
    assert not (current / "politics/vote").exists()
    style = next((current / "assets").glob("style.*.css"))
    assert style.stat().st_nlink == 2


def test_in_place_over_ssh(news: LittleSite, server: hosts.SshHost) -> None:
    """Without a command of its own on the server; somebody else's files stay."""
    to(news, server.yaml(mode="in-place"))
    deploy(news)
    assert hosts.tree(server.root) == published(news)
    (server.root / "others.txt").write_text("x")
    assert numbers(deploy(news))[:2] == (0, 0)
    (news.root / "content/politics/vote.md").unlink()
    news.entry("sport/new")
    deploy(news)
    assert hosts.tree(server.root) == published(news) | {"others.txt": b"x"}
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


def test_a_bucket(news: LittleSite, bucket: hosts.Bucket) -> None:
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
def test_a_bucket_of_compressed_text(news: LittleSite, bucket: hosts.Bucket, compress: str) -> None:
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
