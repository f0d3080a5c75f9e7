"""The manual says what is there, all of it, and nothing that is not."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from datetime import UTC
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import click
import manual
import pytest
import yaml
from PIL import Image

from digest.cli import main
from digest.cli.building import report_json
from digest.cli.deploying import deploy_json
from digest.content import editions, entries, references, settings, standalone_pages
from digest.content.documents import ContentContext
from digest.content.fields import FLAG, Key, Table
from digest.deploy.deploying import Outcome
from digest.deploy.destinations import Destination
from digest.deploy.hosts import LIMITS
from digest.deploy.plan import Plan
from digest.deploy.targets import KINDS, table
from digest.deploy.targets.folder import FolderPlace
from digest.problems import Problem
from digest.site.options import Report
from digest.text import dates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"public", "dist", "build", "content", "golden"}

HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
MARKED = re.compile(r"^ *<!-- ([^\n]+?) -->\n *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)\[[^\]`]*(?:`[^`]*`[^\]`]*)*\]\(([^()\s]+)(?: \"[^\"]*\")?\)")
CODE = re.compile(r"`+[^`\n]+`+")
OPTION = re.compile(r"`(--?[a-z][a-z-]*)")
PICTURE = re.compile(r"(?:src|الملف): ([^,}\s]+)|!\[[^\]]*\]\(([^)\s]+)")


def markdown_files() -> list[Path]:
    """Every Markdown file of the repository but the example's content."""
    found = []
    for place, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        found += [Path(place, name) for name in sorted(files) if name.endswith(".md")]
    return found


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def doc(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, down to the next one of any level."""
    bare = FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)
    headings = list(HEADING.finditer(bare))
    for position, heading in enumerate(headings):
        if heading[2].strip("`") == title:
            end = headings[position + 1].start() if position + 1 < len(headings) else len(text)
            return text[heading.end() : end]
    raise AssertionError(f"there is no heading '{title}'")


def rows(text: str) -> dict[str, str]:
    """First cell of each row of a section's tables, without its code marks → the row."""
    return {line.split("|")[1].strip().strip("`"): line for line in text.splitlines() if line.startswith("| `")}


# ------------------------------------------------------------------ commands


@pytest.mark.parametrize("name", list(main.commands))
def test_every_option_of_a_command_is_in_its_section_and_no_other(name: str) -> None:
    """docs/reference/commands.md has the options the command has, in both directions."""
    command = main.commands[name]
    there = set(OPTION.findall(section(doc("docs/reference/commands.md"), f"digest {name}")))
    known = {opt for parameter in command.params if isinstance(parameter, click.Option) for opt in parameter.opts}
    everywhere = {"-h", "--help"}
    assert known - there == set()
    assert {option for option in there if option not in known | everywhere} == set()


def test_the_summary_lists_every_command() -> None:
    """The README's table and the manual's."""
    for name in main.commands:
        assert f"(#digest-{name})" in doc("docs/reference/commands.md")
        assert f"| `digest {name}" in doc("README.md")


def shell_lines() -> Iterator[tuple[str, str]]:
    for path in markdown_files():
        for language, code in FENCE.findall(path.read_text("utf-8")):
            for line in code.splitlines() if language == "sh" else ():
                for part in line.split("&&"):
                    words = part.strip().removeprefix(".venv/bin/")
                    if words.startswith("digest "):
                        yield shown(path), words


def spoken_lines() -> Iterator[tuple[str, str]]:
    """`digest build --strict` inside a sentence or a table."""
    for path in markdown_files():
        text = FENCE.sub("", path.read_text("utf-8"))
        for words in re.findall(r"`(digest [a-z][^`]*)`", text):
            yield shown(path), words


def test_shell_snippets_name_commands_and_options_that_exist() -> None:
    """Each line is parsed by the program itself, without being run."""
    lines = list(shell_lines())
    assert len(lines) > 10
    for path, line in lines:
        words = shlex.split(line.partition(" > ")[0], comments=True)[1:]
        if words == ["--version"]:
            continue
        assert words[0] in main.commands, f"{path}: {line}"
        try:
            main.commands[words[0]].make_context(words[0], words[1:])
        except click.UsageError as error:
            pytest.fail(f"{path}: {line}: {error.message}")


def test_commands_in_sentences_exist() -> None:
    """Their names, and the options beside them."""
    for path, line in spoken_lines():
        name, *words = line.removeprefix("digest ").split()
        assert name in main.commands, f"{path}: {line}"
        known = {opt for parameter in main.commands[name].params for opt in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known | {"--help"}, f"{path}: {line}"


def test_reports_have_the_fields_the_manual_lists() -> None:
    """`--json` and its table, and the example above it."""
    text = section(doc("docs/reference/commands.md"), "JSON")
    done, refused = (json.loads(code) for language, code in FENCE.findall(text) if language == "json")
    made = report_json(Report(entries=0, pages=0, written=0, unchanged=0, held=0), 0, explain=True)
    assert set(made) == set(done) == set(rows(text))
    assert set(refused["problems"][0]) == set(Problem("", 0, 0, "").as_json())


def test_every_variable_of_the_environment_is_listed() -> None:
    """What the program and its tests read, and no more."""
    sources = [*(ROOT / "digest").rglob("*.py"), *(ROOT / "tests").glob("*.py")]
    read = {name for path in sources for name in re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", path.read_text("utf-8"))}
    assert read - {"TERM"} == set(rows(section(doc("docs/reference/commands.md"), "Environment")))


# ------------------------------------------------------------------ keys

TABLES = {
    ("docs/reference/content.md", "Keys of an entry"): entries.KEYS,
    ("docs/reference/content.md", "Keys of a source"): entries.SOURCE,
    ("docs/reference/content.md", "Keys of an image"): references.IMAGE,
    ("docs/reference/content.md", "Round-ups"): entries.ROUND_UP,
    ("docs/reference/content.md", "Editions"): editions.KEYS,
    ("docs/reference/content.md", "Pages"): standalone_pages.KEYS,
    ("docs/reference/settings.md", "Keys"): settings.KEYS,
    ("docs/reference/settings.md", "themes"): settings.THEME,
    ("docs/reference/settings.md", "languages"): settings.LANGUAGE_SITE,
    ("docs/reference/settings.md", "related"): settings.RELATED.table,
    ("docs/reference/settings.md", "Weights of related"): settings.WEIGHTS.table,
    ("docs/reference/settings.md", "feeds"): settings.FEEDS.table,
    ("docs/reference/settings.md", "indexnow"): settings.INDEXNOW.table,
    ("docs/reference/settings.md", "blocks"): settings.BLOCKS.table,
    ("docs/reference/settings.md", "images"): settings.IMAGES.table,
    ("docs/reference/settings.md", "Links"): settings.LINK,
    ("docs/reference/settings.md", "email"): settings.EMAIL.table,
    ("docs/reference/settings.md", "preview"): settings.PREVIEW.table,
}


@pytest.mark.parametrize(("place", "table"), TABLES.items(), ids=[f"{p.split('/')[1]}#{h}" for p, h in TABLES])
def test_every_key_stands_in_the_table_of_its_section(place: tuple[str, str], table: Table) -> None:
    """In English and in Arabic, marked as required where it is, and no key that does not exist."""
    found = rows(section(doc(place[0]), place[1]))
    assert set(found) == {key.name for key in table}
    for key in table:
        cells = found[key.name].split("|")
        assert cells[2].strip() == f"`{key.arabic}`", key.name
        assert ("**required**" in found[key.name]) == key.required, key.name


def test_every_table_of_keys_is_documented() -> None:
    """A new table of keys in the code is asked for here."""
    modules = (entries, editions, standalone_pages, settings, references)
    tables = {id(value) for module in modules for value in vars(module).values() if isinstance(value, Table)}
    assert tables - {id(table) for table in TABLES.values()} == {id(entries.ITEMS)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_place_to_deploy_to_is_in_the_manual(kind: str) -> None:
    """Those that all places have in one table, a kind's own in another."""
    text = doc("docs/reference/deploy.md")
    found = rows(section(text, "Every place")) | rows(section(text, kind))
    assert set(found) == {key.name for key in table(kind)}
    for key in table(kind):
        assert found[key.name].split("|")[2].strip() == f"`{key.arabic}`", key.name
        assert ("**required**" in found[key.name]) == key.required, key.name
        for word in key.shape.get("enum", ()) if key.value is not FLAG else ():
            assert f"`{word}`" in found[key.name], word


def test_every_host_and_its_limits_are_in_the_manual() -> None:
    """By their names, with the number of files each takes."""
    found = rows(section(doc("docs/reference/deploy.md"), "Hosts"))
    assert set(found) == set(LIMITS)
    for host, limits in LIMITS.items():
        for number in (limits.files, limits.in_folder):
            assert not number or f"{number:,}" in found[host], host


def test_the_json_of_a_deploy_has_the_fields_the_manual_lists() -> None:
    """Its table, and the example above it."""
    text = section(doc("docs/reference/commands.md"), "JSON of a deploy")
    (example,) = [json.loads(code) for language, code in FENCE.findall(text) if language == "json"]
    place = Destination("live", FolderPlace("www"))
    outcome = Outcome(place, "folder www", Plan((), {}, {}, 0, 0, 0), {}, {}, (), "")
    made = deploy_json(outcome, 0, [], None, dry_run=True)
    assert set(made) == set(example)
    assert set(made) == {name for row in rows(text).values() for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def settled(key: Key) -> bool:
    return "default" in key.shape and "minimum" in key.shape


@pytest.mark.parametrize(
    ("place", "key"),
    [(place, key) for place, table in TABLES.items() for key in table if settled(key)],
    ids=lambda value: value.name if isinstance(value, Key) else "",
)
def test_numbers_have_their_range_and_default(place: tuple[str, str], key: Key) -> None:
    """As the code has them."""
    row = rows(section(doc(place[0]), place[1]))[key.name]
    assert f"{key.shape['minimum']}–{key.shape['maximum']}" in row
    assert row.split("|")[4].strip() == str(key.shape["default"])


@pytest.mark.parametrize(
    "key", [key for key in settings.KEYS if "enum" in key.shape and key.value is not FLAG], ids=lambda key: key.name
)
def test_choices_name_every_word(key: Key) -> None:
    """All values of `digits`, `months` and their like are in the manual."""
    text = doc("docs/reference/settings.md")
    assert [word for word in key.shape["enum"] if f"`{word}`" not in text] == []


def test_months_are_as_sites_write_them() -> None:
    """July, August and November of every family."""
    table = rows(section(doc("docs/reference/settings.md"), "Dates and digits"))
    for family in set(dates.MONTHS) - {"auto"}:
        names = dates.date_formatter("ar", months=family, calendars=("gregorian",), digits="latn", zone=UTC)
        shown = "، ".join(names.month_title(2026, month).removesuffix(" 2026") for month in (7, 8, 11))
        assert table[family].split("|")[2].strip() == shown


# ------------------------------------------------------------------ templates


def test_views_are_as_the_code_has_them() -> None:
    """docs/reference/views.md is written by tools/views.py."""
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools/views.py"), "--print"], capture_output=True, check=True, cwd=ROOT
    )
    assert made.stdout.decode() == doc("docs/reference/views.md"), "run: python tools/views.py"


def test_every_template_and_block_is_in_the_guide() -> None:
    """Each template has a row with the blocks it really has."""
    found = rows(section(doc("docs/reference/templates.md"), "Templates and their blocks"))
    templates = ROOT / "templates"
    for path in sorted(templates.glob("*.html")):
        blocks = set(re.findall(r"\{%-? block (\w+)", path.read_text("utf-8")))
        assert set(re.findall(r"`(\w+)`", found[path.name].split("|")[3])) == blocks, path.name
    partials = {path.relative_to(templates).as_posix() for path in templates.glob("partials/*.html")}
    assert {name for name in found if name.startswith("partials/")} == partials
    for name in partials:
        blocks = set(re.findall(r"\{%-? block (\w+)", (templates / name).read_text("utf-8")))
        assert {block for block in blocks if f"`{block}`" in found[name]} == blocks, name


def test_every_language_of_the_interface_is_named() -> None:
    """The theme guide lists the string tables there are."""
    listed = re.findall(r"\(`([\w-]+)`\)", section(doc("docs/reference/templates.md"), "Words"))
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "templates/strings").glob("*.yaml"))


# ------------------------------------------------------------------ pages


def pages_of_the_manual() -> list[Path]:
    return sorted((ROOT / "docs").rglob("*.md"))


def test_index_leads_to_every_page() -> None:
    """docs/README.md lists what there is; decisions have an index of their own."""
    for folder in ("docs", "docs/decisions"):
        index = ROOT / folder / "README.md"
        linked = {
            (index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(doc(f"{folder}/README.md"))
        }
        below = {path for path in pages_of_the_manual() if index.parent in path.parents and path != index}
        missing = (
            below - linked if folder != "docs" else {path for path in below - linked if "decisions" not in path.parts}
        )
        assert sorted(shown(path) for path in missing) == []


@pytest.mark.parametrize(("name", "most"), [("README.md", 150), ("CONTRIBUTING.md", 150)])
def test_first_pages_are_short(name: str, most: int) -> None:
    """CONTRIBUTING beside its map of the package."""
    text = re.sub(r"^```\ndigest/.*?^```\n", "", doc(name), flags=re.MULTILINE | re.DOTALL)
    assert len(text.splitlines()) < most


def test_arabic_manual_names_every_key_of_an_entry() -> None:
    """README.ar.md is complete for those who write entries."""
    assert set(rows(section(doc("README.ar.md"), "المفاتيح"))) == {key.arabic for key in entries.KEYS}


def test_arabic_manual_lists_messages_as_the_program_says_them() -> None:
    """Each of its table is one of the Arabic catalogue, but for what is put in."""
    with (ROOT / "digest/locale/ar/LC_MESSAGES/digest.mo").open("rb") as stream:
        texts = [str(text) for text in GNUTranslations(stream)._catalog.values()]  # type: ignore[attr-defined]
    patterns = [re.sub(r"\\{\w+\\}", ".+", re.escape(text)) for text in texts if text]
    table = section(doc("README.ar.md"), "الرسائل")
    cells = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(cells) > 5
    assert [cell for cell in cells if not any(re.fullmatch(pattern, cell) for pattern in patterns)] == []


@pytest.mark.parametrize("path", [*pages_of_the_manual(), *ROOT.glob("*.md")], ids=shown)
def test_prose_has_one_sentence_a_line(path: Path) -> None:
    """So that a change of a sentence is a change of a line."""
    if path.name in {"CHANGELOG.md", "views.md"}:  # a list of changes; written by a tool
        return
    assert [line for line in manual.prose(path) if manual.has_two_sentences(line)] == []


LOOKS = re.compile(
    r"\b(built-in|the package's|a site's own|custom|install\w*|eject\w*|whole) themes?\b|\btheme guide\b|"
    r"\b[Tt]hemes? and `site\.yaml`|\btheme(?:'s)? (?:templates?|style sheets?|files?)\b"
)


@pytest.mark.parametrize("path", [*pages_of_the_manual(), *ROOT.glob("*.md")], ids=shown)
def test_theme_is_a_section_of_the_news(path: Path) -> None:
    """The look of a site is its templates."""
    assert LOOKS.findall(path.read_text("utf-8")) == []


def test_workflow_tests_every_python_on_every_system() -> None:
    """.github/workflows/ci.yml: `make test` on Linux, tests without servers elsewhere, from the oldest Python on."""
    jobs = yaml.safe_load(doc(".github/workflows/ci.yml"))["jobs"]
    (oldest,) = re.findall(r'requires-python = ">=([\d.]+)"', doc("pyproject.toml"))
    for job in jobs.values():
        assert job["strategy"]["matrix"]["python"][0] == oldest
        assert all(isinstance(version, str) for version in job["strategy"]["matrix"]["python"])
    assert any(step.get("run", "").startswith("make test") for step in jobs["linux"]["steps"])
    assert {"macos-latest", "windows-latest"} == set(jobs["others"]["strategy"]["matrix"]["system"])
    (marks,) = re.findall(r'-m "([^"]+)"', jobs["others"]["steps"][-1]["run"])
    known = {line.partition(":")[0] for line in re.findall(r'^    "(\w+: .*)",$', doc("pyproject.toml"), re.MULTILINE)}
    assert {word for word in marks.split() if word not in {"and", "not"}} <= known


# ------------------------------------------------------------------ figures

SPEED = (
    "in an archive of 10,000 real articles, a build after one edited text takes {edit[0]} s (Hugo {edit[1]} s), "
    "and a new article changes {files[0]} files (Hugo {files[1]}); "
    "a build from nothing takes {cold[0]} s (Hugo {cold[1]} s)."
)


def figures(title: str, column: str) -> tuple[str, str]:
    """What the benchmark wrote into docs/explanation/performance.md of digest and Hugo, without its spread."""
    tables = section(doc("docs/explanation/performance.md"), title).split("\n\n")
    (table,) = [table.splitlines() for table in tables if f"| {column}" in table.partition("\n")[0]]
    position = [cell.strip() for cell in table[0].split("|")].index(column)
    cells = {row.split("|")[1].strip(): row.split("|")[position].strip() for row in table[2:]}
    return cells["digest, live"].split(" ")[0], cells["Hugo"].split(" ")[0]


def test_figures_of_the_first_page_are_those_of_the_benchmark() -> None:
    """The README's sentence on speed, number by number."""
    place = "10,000 real articles"
    sentence = SPEED.format(
        edit=figures(place, "one text edited, s"),
        files=figures(place, "changed: one new article"),
        cold=figures(place, "cold, s"),
    )
    (written,) = re.findall(r"<!-- figures: speed -->\n *(.*?)\n *<!-- end -->", doc("README.md"))
    assert written == sentence


def test_figures_of_search_and_margins_are_those_of_the_files() -> None:
    """Groups of names, and what the script of the margins weighs."""
    groups = json.loads(doc("digest/search/aliases.json"))
    assert f"\n{len(groups)} groups of names are built in" in doc("docs/reference/search.md")
    clitics = (ROOT / "digest/text/clitics.json").read_bytes()
    (sizes,) = re.findall(r"table of ([\d.]+) KB \(([\d.]+) KB compressed", doc("docs/explanation/stemming.md"))
    assert sizes == (f"{len(clitics) / 1000:.0f}", f"{len(gzip.compress(clitics)) / 1000:.1f}")
    script = (ROOT / "templates/assets/live.js").read_bytes()
    (size,) = re.findall(r"script of ([\d.]+) KB \(([\d.]+) compressed", doc("docs/reference/settings.md"))
    assert size == (f"{len(script) / 1000:.1f}", f"{len(gzip.compress(script)) / 1000:.1f}")


MEASURED = re.compile(r"\d ?(?:ms|µs)\b|\d\.\d+ s\b|\| \d+ s\b|\bµs an? \w+|\d\.\d+ %")
SET_BY_US = {"150 ms"}
"""Times that the product keeps to: nobody measured them."""


@pytest.mark.parametrize("path", [*pages_of_the_manual(), *ROOT.glob("*.md")], ids=shown)
def test_measured_figures_stand_beside_their_benchmark(path: Path) -> None:
    """In a place that a benchmark fills, or in a section of an explanation that names the benchmark printing them."""
    if path.name in {"CHANGELOG.md", "messages.md"} or "decisions" in path.parts:  # what was so once; no figures
        return
    for part in re.split("^(?=## )", path.read_text("utf-8"), flags=re.MULTILINE):
        unfilled = re.sub(r"<!-- figures:.*?<!-- end -->", "", FENCE.sub("", part), flags=re.DOTALL)
        found = {found[0] for found in re.finditer(rf"[\d.]*{MEASURED.pattern}", unfilled)} - SET_BY_US
        programs = re.findall(r"benchmarks/\w+\.py", part)
        has_source = "<!-- figures:" in part or any((ROOT / name).is_file() for name in programs)
        assert not found or (path.parent.name == "explanation" and has_source), f"{part.partition(chr(10))[0]}: {found}"


def test_pictures_of_the_manual_are_small_and_shown() -> None:
    """Below 100 KB each; none lies there unused."""
    pictures = sorted((ROOT / "docs/images").iterdir())
    assert {path.name: path.stat().st_size for path in pictures if path.stat().st_size >= 100_000} == {}
    shown_ones = "".join(path.read_text("utf-8") for path in (*pages_of_the_manual(), *ROOT.glob("README*.md")))
    assert [path.name for path in pictures if f"images/{path.name})" not in shown_ones] == []


# ------------------------------------------------------------------ links


def anchors(text: str) -> set[str]:
    """The names that code hosts give to headings."""
    bare = FENCE.sub("", text)
    found = set()
    for _, title in HEADING.findall(bare):
        name = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        found.add(re.sub(r"[^\w\- ]", "", name).replace(" ", "-"))
    return found


@pytest.mark.parametrize("path", markdown_files(), ids=shown)
def test_relative_links_lead_somewhere(path: Path) -> None:
    """Files exist, and so do the headings named after #."""
    text = re.sub(r"<!--.*?-->", "", FENCE.sub("", path.read_text("utf-8")), flags=re.DOTALL)
    for target in LINK.findall(CODE.sub("`code`", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (path.parent / name) if name else path
        assert file.exists(), f"{shown(path)} links to {target}"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file.read_text("utf-8")), f"{shown(path)} links to {target}"


# ------------------------------------------------------------------ examples


@dataclass(frozen=True)
class Example:
    """A fenced block with a comment above it that says what it is."""

    place: str
    what: str
    language: str
    text: str

    @property
    def pictures(self) -> list[str]:
        return [first or second for first, second in PICTURE.findall(self.text)]


def examples() -> list[Example]:
    return [
        Example(
            f"{shown(path)}:{text.count(chr(10), 0, match.start()) + 1}", match[1], match[2], textwrap.dedent(match[3])
        )
        for path in markdown_files()
        for text in [path.read_text("utf-8")]
        for match in MARKED.finditer(text)
    ]


KINDS = ("entry", "round-up", "edition", "page", "site.yaml")


@pytest.mark.parametrize("example", [e for e in examples() if e.what in KINDS], ids=lambda e: f"{e.place}-{e.what}")
def test_examples_are_accepted(site: LittleSite, example: Example) -> None:
    """By the readers, without one problem."""
    raw = example.text.encode()
    ending = "md" if example.language == "markdown" else "yaml"
    if example.what == "site.yaml":
        made, _, problems = settings.read(raw)
        assert made is not None
        assert problems == ()
        return
    config, _, _ = settings.read((site.root / "site.yaml").read_bytes())
    assert config is not None
    pictures = frozenset(f"content/sport/{name}" for name in example.pictures)
    if example.what == "edition":
        issue, problems = editions.read(f"content/editions/e.{ending}", raw, ContentContext.of(config), pictures)
        assert issue is not None
    elif example.what == "page":
        page, problems = standalone_pages.read(f"content/pages/p.{ending}", raw, ContentContext.of(config), pictures)
        assert page is not None
    else:
        articles, problems = entries.read(
            f"content/sport/2026-11-20-a.{ending}", raw, ContentContext.of(config), pictures
        )
        assert len(articles) == (
            len(re.findall(r"- (?:title|العنوان):", example.text)) if example.what == "round-up" else 1
        )
    assert [str(problem) for problem in problems] == []


def test_every_kind_of_example_is_known() -> None:
    """A misspelt mark would test nothing."""
    found = examples()
    others = ("file: ", "add: ", "prepare: ")  # tests/manual.py reads these
    assert {e.what for e in found if not e.what.startswith(others)} == set(KINDS)
    assert sum(e.what == "entry" for e in found) >= 4


def test_the_tutorial_builds_as_written(site: LittleSite) -> None:
    """Its files, one after the other, are a site without a problem, and its pages stand where it says."""
    page = "docs/tutorial/first-site.md"
    files = [e for e in examples() if e.place.startswith(page) and e.what.startswith("file: ")]
    assert len(files) >= 7
    for example in files:
        site.put(example.what.removeprefix("file: "), example.text)
        for name in example.pictures:
            stream = BytesIO()
            Image.new("RGB", (640, 360), "teal").save(stream, "JPEG")
            site.put(f"content/economy/{name}", stream.getvalue())
    report = site.build(strict=True)
    assert (report.entries, report.held) == (5, 1)
    built = set(site.files())
    for address in re.findall(r"`(/[\w/-]+/)`", doc("docs/tutorial/first-site.md")):
        assert f"{address.strip('/')}/index.html" in built, address
    related = re.search(r'data-block="related".*?</section>', site.text("culture/library/index.html"), re.DOTALL)
    assert related
    assert "/economy/tram/" in related[0]


def test_the_examples_of_the_theme_guide_work(site: LittleSite) -> None:
    """All of them together: a block and a word of one's own, a tag in every head, rules after the built-in sheet."""
    files = {
        e.what.removeprefix("file: "): e.text for e in examples() if e.place.startswith("docs/reference/templates.md")
    }
    assert len(files) == 5
    for path, text in files.items():
        site.put(path, text)
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8").replace("lang: ar\n", "lang: ar-MA\n"))
    site.put("data/popular.yaml", "sport/a: 1\n")
    site.entry("sport/a", "tags: [x]")
    site.build()
    story = site.text("sport/a/index.html")
    assert "شكرًا لقراءتكم" in story
    assert "الأكثر مطالعة" in story
    assert 'rel="tag"' in story
    assert '<meta name="verification"' in site.text("index.html")
    (sheet,) = [path for path in site.files() if re.match(r"assets/site\.\w+\.css", path)]
    assert f'<link rel="stylesheet" href="/{sheet}">' in story


FAULTY = {
    "no front matter": "x\n",
    "the keys have no line --- above them": "title: x\n",
    "the front matter is not closed": "---\ntitle: x\n",
    "the first line is '----', not ---": "----\ntitle: x\n----\n",
    "the closing --- does not begin its line": "---\ntitle: x\n ---\n",
    "the file is a pointer of Git LFS, not the text": "version https://git-lfs.github.com/spec/v1\n",
    "'date': '2026-01-02 10:30 IST' names a time zone that is not known here": "---\ntitle: a\ndate: 2026-01-02 10:30 IST\n---\n",
    "the front matter must begin on the first line": "\n---\ntitle: x\n---\n",
    "a colon inside a value": "---\ntitle: a: b\n---\n",
    "a quotation mark is not closed": '---\ntitle: "a\n---\n',
    "a bracket is not closed, or a comma is missing": "---\nsource: {name: أ، url: b}\n---\n",
    "a tab in YAML": "---\ntitle:\n\t- a\n---\n",
    "a list must begin on its own line": "---\ntags: - a\n---\n",
    "YAML aliases (*) are not used here": "---\ntitle: *a\n---\n",
    "not UTF-8: byte 0xC7 at offset 12": b"---\ntitle: a\xc7\n---\n",
    "unknown key 'sorce'": "---\nsorce: x\n---\n",
    "'title' is given twice": "---\ntitle: a\ntitle: b\n---\n",
    "an entry without 'date'": "---\ntitle: a\n---\n",
    "'date': '1448-06-10' looks like a Hijri date": "---\ntitle: a\ndate: 1448-06-10\n---\n",
    "'date': '20/11/2026' is not an ISO 8601 date": "---\ntitle: a\ndate: 20/11/2026\n---\n",
    "'draft' must be true or false, not 'yes'": "---\ndraft: yes\n---\n",
    "unknown theme 'sprt'": "---\ntheme: sprt\n---\n",
    "no picture 'tram.jpg'": "---\nimage: {src: tram.jpg, alt: a}\n---\n",
    "the image has no alt text": "---\nimage: {src: tram.jpg}\n---\n",
    "'https://a.example/a.jpg' is on another host": "---\nimage: {src: 'https://a.example/a.jpg', alt: a}\n---\n",
    "'related' names the entry 'x', which does not exist": "---\ntitle: a\ndate: 2026-11-20\nrelated: [x]\n---\n",
    "'edition' names the edition '48', which does not exist": "---\ntitle: a\ndate: 2026-11-20\nedition: 48\n---\n",
    "'/con/' cannot be the name of a page": "---\ntitle: a\ndate: 2026-11-20\naliases: ['/con/']\n---\n",
    "'：' is not the colon of YAML": "---\ntitle： a\ndate: 2026-11-20\n---\n",
    "no blank after the colon": "---\ntitle:a\ndate: 2026-11-20\n---\n",
    "# begins a comment, and the rest of the line is lost": "---\nsource: {name: #fff}\n---\n",
    "relative link 'b/'": "---\ntitle: a\ndate: 2026-11-20\n---\n[a](b/)\n",
    "link address 'javascript:b' refused": "---\ntitle: a\ndate: 2026-11-20\n---\n[a](javascript:b)\n",
    "the link /sport/x/ leads to no page of this site": "---\ntitle: a\ndate: 2026-11-20\n---\n[a](/sport/x/)\n",
    "U+202B is taken out of the text": "---\ntitle: a\ndate: 2026-11-20\n---\na \u202bb\n",
    "an address with blanks is no picture": "---\ntitle: a\ndate: 2026-11-20\n---\n\n![a](b c.jpg)\n",
}
"""Messages of docs/reference/content.md that one entry alone provokes, and that entry."""
ELSEWHERE = {
    "the folder 'sprt' is not a theme": "-- content/sprt/a.md --\n---\ntitle: a\ndate: 2026-11-20\n---\n",
    "an entry directly in content/ needs 'theme'": "-- content/a.md --\n---\ntitle: a\ndate: 2026-11-20\n---\n",
    "the picture '": "-- content/sport/a.md --\n---\ntitle: a\ndate: 2026-11-20\nimage: {src: a.jpg, alt: a}\n---\n"
    "-- content/sport/a.jpg --\nnot a picture\n",
    "its page /sport/final/ is already that of": "-- content/sport/final.md --\n---\ntitle: a\ndate: 2026-11-20\n---\n"
    "-- content/sport/2026-11-20-final.md --\n---\ntitle: a\ndate: 2026-11-20\n---\n",
    "the alias /old/ is already the address of": "-- content/sport/a.md --\n"
    "---\ntitle: a\ndate: 2026-11-20\naliases: /old/\n---\n"
    "-- content/pages/old.md --\n---\ntitle: a\n---\n",
}
"""The same for messages that take more files."""


def listed_messages() -> list[str]:
    """First cells of the manual's table of problems, up to what differs from case to case."""
    table = section(doc("docs/reference/content.md"), "Problems and how to read them")
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| `")]


def test_the_manual_lists_messages_as_they_are(site: LittleSite) -> None:
    """Each one of its table is really said."""
    said: dict[str, list[str]] = {}
    for message, text in FAULTY.items():
        site.put("content/sport/faulty.md", text)
        said[message] = site.problems(strict=True)
    (site.root / "content/sport/faulty.md").unlink()
    for message, text in ELSEWHERE.items():
        before = {path for path in site.root.rglob("*") if path.is_file()}
        site.write(text)
        said[message] = site.problems()
        for path in {path for path in site.root.rglob("*") if path.is_file()} - before:
            path.unlink()
    unspoken = [message for message, problems in said.items() if not any(message in problem for problem in problems)]
    assert unspoken == []
    unlisted = [cell for cell in listed_messages() if not any(f"`{message}" in cell for message in said)]
    assert unlisted == []
