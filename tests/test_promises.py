"""Promises that no other file of tests shows: templates that escape, content that is never code, no network, no secrets,
few packages, durable writes. docs/explanation/trust.md lists them all.
"""

from __future__ import annotations

import ast
import html
import importlib.metadata
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement
from PIL import Image

from digest.importing import folders
from digest.problems import DigestError, UsageError
from digest.site import output as publication
from digest.site.output import Staging

if TYPE_CHECKING:
    from conftest import LittleSite

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "digest").rglob("*.py"))
NOW = "1795435200"


def digest(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, in an environment of its own."""
    env = {
        "PATH": os.pathsep.join(os.get_exec_path()),
        "SOURCE_DATE_EPOCH": NOW,
        "HOME": str(Path.home()),
    } | environment
    words = [sys.executable, "-m", "digest", *map(str, command)]
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False)


# ------------------------------------------------------------------ 4, 7: the output


@pytest.mark.parametrize("inside", [".git/HEAD", "notes.txt", "index.html", "CNAME"])
def test_what_digest_did_not_make_is_not_touched(site: LittleSite, tmp_path: Path, inside: str) -> None:
    """A folder of somebody else's, also a checkout, also one that looks like a site."""
    other = tmp_path / "web"
    (other / inside).parent.mkdir(parents=True)
    (other / inside).write_text("mine")
    site.entry("sport/a")
    with pytest.raises(UsageError, match="which digest did not make"):
        site.build(output=other)
    assert [path.read_text() for path in other.rglob("*") if path.is_file()] == ["mine"]


def test_home_and_the_root_of_the_disk_are_refused(
    site: LittleSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Empty or not."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    site.entry("sport/a")
    for output in (home, Path(home.anchor)):
        with pytest.raises(UsageError, match="the output would replace"):
            site.build(output=output)
    assert list(home.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot sync a folder")
@pytest.mark.parametrize("change", ["a text", "a title"])
def test_everything_is_on_the_disk_before_the_site_changes_places(
    site: LittleSite, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Each new file and its folder are synced before the rename or the exchange, the folder above after it."""
    site.entry("sport/a").entry("sport/b").build()
    site.entry("sport/c", "date: 2026-11-19\nsummary: ثابت").build()
    done: list[str] = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), sync(handle))[1])
    near = str(site.output)
    monkeypatch.setattr(
        os,
        "replace",
        lambda old, new: (done.append("replace") if str(new).startswith(near) else None, rename(old, new))[1],
    )
    real_exchange = publication.exchange
    monkeypatch.setattr(publication, "exchange", lambda *pair: (done.append("exchange"), real_exchange(*pair))[1])
    front = "date: 2026-11-19\nsummary: ثابت" if change == "a text" else "date: 2026-11-19\ntitle: آخر"
    site.entry("sport/c", front, "نص آخر.")
    written = site.build().written
    way = "replace" if change == "a text" else "exchange"
    at = done.index(way)
    assert done[:at].count("fsync") >= written
    assert "fsync" in done[at + 1 :]


# ------------------------------------------------------------------ 13, 14: templates and content


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_cannot_forget_to_escape(path: Path) -> None:
    """No `safe`, no autoescape block, no attribute without quotes, no code and, but for mails, no style in the page."""
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|xmlattr|\|\s*forceescape", text)
    assert not re.search(r"(?<!; url)=\s*\{\{", text), "an attribute without quotes"
    inline = r"on\w+|srcdoc" if path.parent.name == "mail" else r"on\w+|style|srcdoc"  # clients take no style sheets
    assert not re.search(rf"<[^>]*\s({inline})\s*=", text.replace('onerror="continue"', "")), "ESI's own"
    for attributes, inside in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "src=" in attributes or "application/ld+json" in attributes
        assert "src=" not in attributes or not inside.strip()
    assert "javascript:" not in text
    assert not re.search(r"<style|<iframe|<object|<embed|<base", text)
    assert all('role="search"' in form for form in re.findall(r"<form[^>]*>", text)), "no form but that of search"


def names_called(tree: ast.AST) -> set[str]:
    """Functions a module calls, by their last name and with their module's."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(function) for function in called} | {ast.unparse(f).rpartition(".")[2] for f in called}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_content_is_never_code(path: Path) -> None:
    """No template made of a string, no eval, no pickle, no YAML loader but our own, no archive unpacked."""
    called = names_called(ast.parse(path.read_text("utf-8")))
    forbidden = {
        "from_string", "eval", "exec", "pickle.load", "pickle.loads", "marshal.load", "marshal.loads", "yaml.load", "yaml.safe_load",
        "yaml.full_load", "yaml.unsafe_load", "os.system", "os.popen", "extractall", "unpack_archive", "jinja2.Template", "Template",
        "shelve.open", "dill.loads", "__import__",
    }  # fmt: skip
    if path.name == "reasons.py":
        forbidden -= {"Template"}  # a row of the memory
    if path.match("importing/folders.py"):
        assert issubclass(folders.Loader, (yaml.BaseLoader, getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
        forbidden -= {"yaml.load"}  # with a loader that makes texts, lists and mappings alone
    assert not called & forbidden


# ------------------------------------------------------------------ 22: the reader's browser


def test_every_page_forbids_what_it_does_not_need(example: LittleSite) -> None:
    """The policy stands before anything that is fetched, in redirects too, and allows no code inside a page."""
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
    for path, content in example.files().items():
        if not path.endswith(".html") or path.startswith("fragments/"):
            continue
        text = content.decode()
        found = policy.search(text)
        assert found, path
        assert not re.search(r"<(link|script|img|style)\b", text[: found.start()]), path
        rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(found[1]).split(";"))
        assert rules["default-src"] == "'none'"
        assert set(rules.values()) <= {"'none'", "'self'"}, path
        assert rules["base-uri"] == "'none'"
        assert rules["form-action"] == ("'self'" if 'role="search"' in text else "'none'"), path
        assert 'name="referrer"' in text, path


# ------------------------------------------------------------------ 23: no network, no programs

ALONE = """
import sys

def alone(event, arguments):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.bind", "urllib.")) or event in {
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "webbrowser.open",
    }:
        print("NOT ALONE:", event, arguments, file=sys.stderr, flush=True)
        raise RuntimeError(event)

sys.addaudithook(alone)
"""


@pytest.mark.parametrize(
    "command",
    [("build", "--jobs", "2"), ("check", "--jobs", "2"), ("new", "عنوان", "--theme", "sport"), ("init", "other")],
    ids=lambda command: command[0],
)
def test_no_network_is_used_and_no_program_started(site: LittleSite, tmp_path: Path, command: tuple[str, ...]) -> None:
    """With a picture, feeds, two workers; an audit hook would stop it."""
    (tmp_path / "sitecustomize.py").write_text(ALONE, "utf-8")
    site.put("content/sport/p.png", drawn())
    for number in range(4):
        site.entry(f"sport/a{number}", "image: {src: p.png, alt: x}", "[x](https://a.example/) <https://b.example/x>")
    path = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    options = (str(tmp_path / "other"),) if command[0] == "init" else (*command[1:], "--site", site.root)
    done = digest(command[0], *options, **path)
    assert "NOT ALONE" not in done.stderr
    assert done.returncode == 0, done.stderr


def test_the_hook_that_watches_can_fail(tmp_path: Path) -> None:
    """A program that starts another is stopped."""
    (tmp_path / "sitecustomize.py").write_text(ALONE, "utf-8")
    probe = [sys.executable, "-c", "import subprocess; subprocess.run(['true'])"]
    env = {"PATH": os.pathsep.join(os.get_exec_path()), "PYTHONPATH": str(tmp_path)}
    watched = subprocess.run(probe, env=env, capture_output=True, text=True, check=False)
    assert "NOT ALONE" in watched.stderr


def drawn() -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(made, "PNG")
    return made.getvalue()


# ------------------------------------------------------------------ 28: secrets

SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "canary-aws-5d1f", "GITHUB_TOKEN": "ghp_canary77", "DIGEST_TOKEN": "canary-digest-9", "SSH_AUTH_SOCK": "/canary/agent",
    "HTTPS_PROXY": "http://canary:pass@proxy.example:3128", "USER": "canary-user", "LOGNAME": "canary-user", "HOSTNAME": "canary-host", "MAILTO": "canary@mail.example",
}  # fmt: skip


def test_nothing_of_the_environment_is_told(site: LittleSite) -> None:
    """Not in the output, not in the memory, not in messages: of a build, of one refused, of one that fails in itself."""
    site.entry("sport/a")
    said = digest("build", "--site", site.root, "-v", "--explain", **SECRETS)
    assert said.returncode == 0, said.stderr
    kept = [path.read_bytes() for path in site.root.rglob("*") if path.is_file()]
    site.entry("sport/b", "date: x\ntitle: [a]")
    refused = digest("build", "--site", site.root, "-v", "--json", **SECRETS)
    site.put("templates/home.html", "{{ 1 / 0 }}").entry("sport/b")
    broken = digest("build", "--site", site.root, "-v", **SECRETS)
    assert (refused.returncode, broken.returncode) == (1, 1)
    told = "".join(done.stdout + done.stderr for done in (said, refused, broken))
    for secret in (*SECRETS.values(), "canary"):
        assert secret not in told
        assert not [content for content in kept if secret.encode() in content]
    assert "Traceback" not in told
    public = b"".join(path.read_bytes() for path in (site.root / "public").rglob("*") if path.is_file())
    assert str(site.root).encode() not in public
    assert str(ROOT).encode() not in public


# ------------------------------------------------------------------ 29: packages


def pinned(path: Path) -> dict[str, tuple[str, int]]:
    """Name → (version, number of hashes) of a lock."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", line):
            name = match[1].lower().replace("_", "-")
            found[name] = match[2], 0
        elif "--hash=sha256:" in line:
            found[name] = found[name][0], found[name][1] + 1
    return found


def declared() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    given = {"": project["dependencies"], "test": extras["test"], "dev": extras["dev"]}
    return {extra: [Requirement(line) for line in lines] for extra, lines in given.items()}


def test_what_development_needs_is_locked_by_its_hash() -> None:
    """Every package that is declared stands in the lock, in a version that is allowed; no host is named."""
    text = (ROOT / "requirements/development.txt").read_text("utf-8")
    lock = pinned(ROOT / "requirements/development.txt")
    assert "://" not in text
    assert all(number for _, number in lock.values())
    for requirements in declared().values():
        for requirement in requirements:
            version = lock[requirement.name.lower().replace("_", "-")][0]
            assert requirement.specifier.contains(version), f"{requirement}: run make lock"
    assert {"hatchling", "editables"} <= set(lock)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "--require-hashes --requirement requirements/development.txt" in makefile


def test_every_package_that_runs_is_listed_with_its_reason_and_licence() -> None:
    """docs/explanation/packages.md: a row for each, with the licence it states itself; and no other package is loaded."""
    text = (ROOT / "docs/explanation/packages.md").read_text("utf-8")
    rows = {
        row[0]: row for row in (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| "))
    }
    names = {requirement.name.lower() for requirement in declared()[""]}
    assert names <= set(rows)
    for name in names | {"mdurl"}:
        metadata = importlib.metadata.metadata(name)
        licence = metadata.get("License-Expression") or metadata.get("License") or ""
        classified = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if "License" in line]
        assert len(rows[name]) == 4, name
        stated = {licence, *classified} - {""} or {licence_of_file(name)}
        assert rows[name][2] in stated, f"{name}: {stated}"


def licence_of_file(name: str) -> str:
    """The licence that a package without a word on it in its metadata brings as a file."""
    brought = [path for path in importlib.metadata.files(name) or [] if "licen" in path.name.lower()]
    first = brought[0].read_text("utf-8").split("\n")[0] if brought else ""
    return first.partition(" License")[0].removeprefix("The ")


def test_nothing_but_the_listed_packages_is_loaded(site: LittleSite) -> None:
    """By a build with everything in it."""
    site.entry("sport/a", "tags: [كأس]", "**نص** [x](https://a.example/)")
    code = (
        "import sys, json; sys.argv = ['digest', 'build', '--site', sys.argv[1], '--quiet']\n"
        "from digest.cli import main\ntry:\n    main()\nexcept SystemExit as e:\n    assert not e.code\n"
        "print(json.dumps(sorted({n.partition('.')[0] for n, m in sys.modules.items() if 'site-packages' in (getattr(m, '__file__', '') or '')})))"
    )
    # measured lines are no part of it
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", code, str(site.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    loaded = set(json.loads(done.stdout)) - {"sitecustomize", "_virtualenv", "_distutils_hack"}
    allowed = {
        "typing_extensions",  # taken by others where something else installed it
        "click",
        "jinja2",
        "markdown_it",
        "mdurl",
        "markupsafe",
        "msgspec",
        "nh3",
        "numpy",
        "PIL",
        "yaml",
        "_yaml",
        "hijridate",
        "tzdata",
    }
    assert {name for name in loaded if not name.startswith(("__editable__", "_editable"))} <= allowed


# ------------------------------------------------------------------ what comes with a folder that somebody sent


def test_a_memory_that_somebody_sent_publishes_no_other_files(site: LittleSite, tmp_path: Path) -> None:
    """Not through a link in the cache of pictures, nor as another kind of file."""
    site.put("content/sport/p.png", drawn()).entry("sport/a", "image: {src: p.png, alt: x}").build()
    before = site.files()
    (sidecar,) = (site.root / ".digest/pictures").glob("*/rendition.json")
    secret = tmp_path / "secret"
    kept = json.loads(sidecar.read_text())
    name = next(iter(kept["bytes"]))
    secret.write_bytes(b"s" * kept["bytes"][name])
    (sidecar.parent / name).unlink()
    (sidecar.parent / name).symlink_to(secret)
    site.build(clean=True)
    assert site.files() == before
    page = sidecar.parent / "x.html"
    page.write_text("<script>1</script>")
    kept["bytes"]["x.html"] = page.stat().st_size
    sidecar.write_text(json.dumps(kept))
    site.build(clean=True)
    assert site.files() == before


# ------------------------------------------------------------------ init and new


def test_new_never_leaves_the_theme_nor_overwrites(site: LittleSite) -> None:
    """Titles that name paths, devices, commands, controls."""
    from datetime import UTC, datetime

    from digest import scaffold

    before = set(site.root.rglob("*"))
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for title in (
        "../../x",
        "/etc/passwd",
        "con",
        "COM¹",
        "a\x00b",
        "\u202egnp",
        "x" * 500,
        "..",
        "",
        "\x1b[2J",
        "--- \ndraft: false",
        '"\\',
        "{{ 7*7 }}",
    ):
        try:
            made = scaffold.new(site.root, title, "sport", now)
        except UsageError:
            continue
        assert made.parent == site.root / "content/sport"
        kept = made.read_bytes()
        with pytest.raises(UsageError):
            scaffold.new(site.root, title, "sport", now)
        assert made.read_bytes() == kept
    for theme in ("../x", "none", "sport/../../x", ""):
        with pytest.raises(UsageError):
            scaffold.new(site.root, "a", theme, now)
    new = set(site.root.rglob("*")) - before
    assert all(path.is_relative_to(site.root / "content/sport") for path in new)
    site.build()
    assert not list((site.output / "sport").glob("*/index.html")), "what new makes is a draft"


def test_init_never_writes_into_what_is_there(tmp_path: Path) -> None:
    """A folder with anything in it, a file, a link to another folder with something in it."""
    from digest import scaffold

    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "full")
    for name in ("full", "file", "link"):
        with pytest.raises((UsageError, DigestError)):
            scaffold.init(tmp_path / name)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["x"]
    assert not Staging.of(tmp_path / "full").new.exists()
