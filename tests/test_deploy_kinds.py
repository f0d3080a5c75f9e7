"""A kind of place is one module and one line: all that is needed is here, in a kind that keeps files in memory."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import pytest
from deployments import deploy, destination, published, said, to, yesterday

from digest.content import schema, settings
from digest.content.fields import REQUIRED
from digest.deploy import ci, targets, webserver
from digest.deploy.keys import PATH
from digest.deploy.manifest import packed, unpacked
from digest.deploy.targets import Place, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conftest import LittleSite

    from digest.deploy.manifest import File, Manifest
    from digest.deploy.targets import DeployContext

STORES: dict[str, dict[str, bytes]] = {}


class MemoryPlace(Place, frozen=True):
    """A store of this process."""

    kind = "memory"
    secrets = ("MEMORY_TOKEN",)
    packages = ("memory",)
    store: Annotated[str, "المخزن", "its name", PATH, REQUIRED]

    def open(self, context: DeployContext) -> MemoryTarget:
        return MemoryTarget(self.store, context)

    def web_root(self, root: Path) -> str:  # noqa: ARG002 - it is not in the site
        return f"/memory/{self.store}"


class MemoryTarget(Target):
    """The store, and the files of the next release."""

    def __init__(self, store: str, context: DeployContext) -> None:
        self.context = context
        self.shown = f"store {store}"
        self.files = STORES.setdefault(store, {})
        self.next = dict(self.files)

    def manifest(self) -> Manifest | None:
        return unpacked(self.files["manifest"]) if self.files else None

    def put(self, files: Sequence[tuple[str, File]], sent: Callable[[str, File], None]) -> None:
        for path, file in files:
            self.next[path] = (self.context.sending / path).read_bytes()
            sent(path, file)

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.next.pop(path, None)

    def commit(self, manifest: Manifest) -> None:
        self.files |= self.next | {"manifest": packed(manifest)}


@pytest.fixture
def news(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> LittleSite:
    """A site whose first place is of the new kind."""
    module = ModuleType("digest.deploy.targets.memory")
    module.MemoryPlace = MemoryPlace  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(targets.KINDS, "memory", "MemoryPlace")
    STORES.clear()
    return to(yesterday(site), "deploy: {to: memory, store: news}\n")


def test_deploy_to_a_new_kind_sends_the_site(news: LittleSite) -> None:
    """Whatever a target does not declare has a default."""
    outcome = deploy(news)
    stored = STORES["news"]
    assert {path: content for path, content in stored.items() if path != "manifest"} == published(news)
    assert (outcome.shown, outcome.release) == ("store news", unpacked(stored["manifest"]).release)
    assert deploy(news).plan.nothing


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("{to: memory}", "a place of kind memory without 'store'; add store: (its name)"),
        ("{to: memory, store: -x}", "'store' cannot be '-x'; write a path such as ../www"),
        ("[x]", "a place to deploy to must be keys and values, not text; write {to: folder, path: …}"),
        ("{to: memory, stor: x}", "unknown key 'stor'; did you mean 'store'?"),
        ("{to: memry, store: x}", "'to' cannot be 'memry'; did you mean 'memory'?"),
    ],
)
def test_faulty_keys_of_a_new_kind_are_reported_with_their_cure(news: LittleSite, lines: str, told: str) -> None:
    """By every reader of site.yaml, since each reads all of it."""
    raw = (to(news, f"deploy: {lines}\n").root / "site.yaml").read_bytes()
    assert [str(problem).partition(": ")[2] for problem in settings.read(raw)[2]] == [told]


def test_new_kind_appears_in_schema_workflow_and_web_server(news: LittleSite) -> None:
    """Nothing else has to know of it."""
    kinds = schema.site_schema()["properties"]["deploy"]["anyOf"]
    assert {"store", "المخزن"} <= next(kind for kind in kinds if "store" in kind["properties"])["properties"].keys()
    place = destination(news)
    assert (place.name, place.host, place.announce) == ("memory", "", ())
    assert webserver.root_of(place, news.root) == "/memory/news"
    assert "secrets.MEMORY_TOKEN" in ci.github(MemoryPlace)
    assert " memory" in ci.gitlab(MemoryPlace)


def test_unused_kinds_are_not_loaded(site: LittleSite) -> None:
    """A build checks all of site.yaml, and pays for the kinds it names alone."""
    to(yesterday(site), "deploy: {to: folder, path: ../www}\n")
    code = (
        "import sys; from digest.cli import main; main(['build', '--quiet'], standalone_mode=False); "
        "print([kind for kind in ('folder', 'git', 'rsync', 's3') if f'digest.deploy.targets.{kind}' in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=site.root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['folder']"
    assert said("schema", "site", cwd=site.root)[0] == 0
