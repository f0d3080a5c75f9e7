"""A little site before and after a day's work, and deploys of it, for the tests of `digest deploy`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from digest.content import settings as site_settings
from digest.deploy import deploying, destinations
from digest.deploy.deploying import DeployOptions, Outcome
from digest.deploy.headers import is_fingerprinted
from digest.deploy.targets import DeployContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conftest import LittleSite

    from digest.deploy.destinations import Destination
    from digest.deploy.targets import Place, ReleaseTarget


def to(site: LittleSite, lines: str) -> LittleSite:
    """The site with these destinations at the end of its settings, and an address that is no example's."""
    text = (site.root / "site.yaml").read_text("utf-8").partition("deploy:")[0]
    return site.put("site.yaml", text.replace("https://news.example/", "https://news.test/") + lines)


def yesterday(site: LittleSite) -> LittleSite:
    """Three stories, two with a tag, one with an old address."""
    site.entry("sport/final", "tags: [كأس]").entry("sport/draw", "tags: [كأس]\naliases: /old/")
    return site.entry("politics/vote", "tags: [برلمان]")


def today(site: LittleSite) -> LittleSite:
    """A new story with a new tag, another title, a story less, another style sheet: every page changes."""
    site.entry("sport/new", "tags: [كأس, جديد]").entry("sport/final", "tags: [كأس]\ntitle: عنوان آخر")
    (site.root / "content/politics/vote.md").unlink()
    return site.put("templates/assets/site.css", "body { color: #123 }")


def destination(site: LittleSite, name: str | None = None) -> Destination:
    """The destination of that name, or the first one."""
    found, why = destinations.find(destinations.read((site.root / "site.yaml").read_bytes())[0].destinations, name)
    assert found, why
    return found


@contextlib.contextmanager
def opened(place: Place, root: Path) -> Iterator[ReleaseTarget]:
    """The target of a place that keeps releases."""
    target = place.open_releases(DeployContext(root, root / "own", root / "own/sending"))
    assert target
    try:
        yield target
    finally:
        target.close()


def rollback(place: Place, root: Path, to: str | None = None) -> tuple[str, str]:
    """Go back; names of the release that was online and of the one that is."""
    with opened(place, root) as target:
        return target.rollback(to)


def listed(place: Place, root: Path) -> tuple[str, list[str]]:
    """The release that is online, and all there are."""
    with opened(place, root) as target:
        return target.releases()


def deploy(site: LittleSite, name: str | None = None, *, build: bool = True, **options: object) -> Outcome:
    """A strict build, then a deploy of it."""
    if build:
        site.build(strict=True)
    raw = (site.root / "site.yaml").read_bytes()
    settings, _, problems = site_settings.read(raw)
    assert settings
    assert problems == ()
    return deploying.deploy(site.root, site.output, destination(site, name), settings, DeployOptions(**options))  # type: ignore[arg-type]


def numbers(outcome: Outcome) -> tuple[int, int, int]:
    """Files sent, deleted, left alone."""
    plan = outcome.plan
    return len(plan.uploads), len(plan.deletions), plan.unchanged


def published(site: LittleSite) -> dict[str, bytes]:
    """What readers should see."""
    return {path: content for path, content in site.files().items() if path != ".digest-site"}


def current(files: Mapping[str, bytes], site: LittleSite) -> dict[str, bytes]:
    """The files of a place without those that are kept for readers of old pages."""
    shown = published(site)
    return {path: content for path, content in files.items() if path in shown or not is_fingerprinted(path)}


def command(*words: str, cwd: object, **environment: str) -> subprocess.Popen[str]:
    """`digest …` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "digest", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=str(cwd), env=os.environ | {"SOURCE_DATE_EPOCH": "1795435200"} | environment,
    )  # fmt: skip


def said(*words: str, cwd: object, **environment: str) -> tuple[int, str, str]:
    """Status, standard output, standard error."""
    with command(*words, cwd=cwd, **environment) as process:
        try:
            out, err = process.communicate(timeout=100)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return process.returncode, out, err


def mixed(seen: Mapping[str, bytes], *states: Mapping[str, bytes]) -> list[str]:
    """Files that are as in none of the states."""
    return [path for path, content in seen.items() if not any(state.get(path) == content for state in states)]
