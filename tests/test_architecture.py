"""The rooms of the house: who may import whom, and what views may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import typing
from datetime import date
from pathlib import Path

import msgspec
import pytest
from markupsafe import Markup

from digest.mail.views import MailView
from digest.pages import views

if typing.TYPE_CHECKING:
    from conftest import LittleSite

ROOMS = (
    "translation",
    "problems",
    "paths",
    "files",
    "resources",
    "model",
    "text",
    "content",
    "strings",
    "linking",
    "search",
    "rendering",
    "pages",
    "scaffold",
    "site",
    "build",
    "deploy",
    "mail",
    "preview",
    "curating",
    "importing",
    "popular",
    "cli",
)
"""From the foundation up: a module imports its own room and those before it."""
PACKAGE = Path(views.__file__).resolve().parent.parent
CONTRIBUTING = (PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")
GUIDE = CONTRIBUTING.partition("## Where do I change")[2].partition("\n## ")[0]
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stem not in {"__init__", "__main__"})


def name_of(path: Path) -> str:
    """`digest/text/bidi.py` → `digest.text.bidi`."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Modules of the package that a module imports anywhere in it, types that only the checker reads included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {node.module} if inner - ALL.keys() else set()
            found |= inner
    return {name for name in found if name in ALL} - {name_of(path)}


ALL = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
IMPORTS = {name: imports(path) for name, path in ALL.items()}


def reached(start: str) -> set[str]:
    """Modules that an import of this one leads to."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for name in IMPORTS[ahead.pop()] - found:
            found.add(name)
            ahead.append(name)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_when_it_imports_others_imports_no_higher_room(path: Path) -> None:
    """Not for types either: a lower room never knows a higher one."""
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    above = ROOMS[ROOMS.index(room) + 1 :]
    assert {name for name in IMPORTS[name_of(path)] if name.split(".")[1:2] and name.split(".")[1] in above} == set()


def test_imports_between_modules_make_no_circle() -> None:
    """A module can be read, tested and moved without those that need it."""
    followed = {name: reached(name) for name in IMPORTS}
    circles = {frozenset(other for other in met if name in followed[other]) for name, met in followed.items()}
    assert sorted(sorted(circle) for circle in circles if circle) == []


def test_building_and_checking_never_import_what_fetches(site: LittleSite) -> None:
    """Promise 23: neither touches the network; only the commands of the editor's day load the room that does."""
    site.entry("sport/a")
    for command in ("build", "check"):
        code = (
            "import sys; from digest.cli import main; main([*sys.argv[1:]], standalone_mode=False); "
            "print(*[name for name in sys.modules if name.startswith(('digest.curating', 'http.client', 'ssl'))])"
        )
        run = subprocess.run(
            [sys.executable, "-c", code, command, "--site", str(site.root)], capture_output=True, text=True, check=True
        )
        assert run.stdout.split() == [], command


def mapped() -> tuple[set[str], set[str]]:
    """Modules that CONTRIBUTING.md has in its map of the package, and folders it names without their modules."""
    modules, folders = set(), set()
    for fence in re.findall(r"^```\n(digest/.*?)^```$", CONTRIBUTING, re.MULTILINE | re.DOTALL):
        top, *lines = fence.splitlines()
        above = [top.rstrip("/")]
        for line in lines:
            drawn = re.match(r"[│├└─ ]*", line)[0]
            above = above[: max(len(drawn) // 4, 1)]
            first = line[len(drawn) :].split(" ")[0]
            if first.endswith("/"):
                folders.discard("/".join(above))
                above.append(first.rstrip("/"))
                folders.add("/".join(above))
            names = re.findall(r"\b\w+\.py\b", line)
            modules |= {"/".join([*above, name]) for name in names}
            if names:
                folders.discard("/".join(above))
    return modules, folders


def test_map_names_every_module_and_no_other() -> None:
    """And nothing else does: whoever looks for a thing finds its room in CONTRIBUTING.md."""
    modules, folders = mapped()
    there = {f"digest/{path.relative_to(PACKAGE).as_posix()}" for path in MODULES}
    assert sorted(modules - there) == []
    assert sorted(path for path in there - modules if path.rpartition("/")[0] not in folders) == []
    assert all((PACKAGE.parent / folder).is_dir() for folder in folders)


@pytest.mark.parametrize(
    ("names", "path"), re.findall(r"((?:`\w+(?:\(\))?`(?: and )?)+) (?:in|of) `([\w/]+\.py)`", GUIDE), ids=str
)
def test_guide_names_what_its_modules_define(names: str, path: str) -> None:
    """CONTRIBUTING.md, "Where do I change …": `NAME` in `file`."""
    tree = ast.parse((PACKAGE.parent / path).read_text("utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        defined |= {target.id for target in targets if isinstance(target, ast.Name)}
    assert set(re.findall(r"\w+", names.replace(" and ", " "))) <= defined


def test_guide_names_files_that_exist() -> None:
    """In "Where do I change …"; a bare name is a module of the folder named before it."""
    named = set(re.findall(r"`((?:digest|docs|templates|tools|tests|benchmarks)/[\w/.-]+)`", GUIDE))
    assert len(named) > 30
    assert sorted(path for path in named if not (PACKAGE.parent / path).exists()) == []


@pytest.mark.parametrize(
    ("change", "most"),
    [
        ("a format of feed", 3),
        ("a new key of entries", 5),
        ("a new kind of page", 6),
        ("a kind of place", 3),
        ("one page, rendered for another use", 1),
    ],
)
def test_change_in_the_guide_reaches_few_files(change: str, most: int) -> None:
    """Files of code and templates, without documentation and tests: what a stranger has to find."""
    (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| {change} |")]
    assert 0 < len(set(re.findall(r"`((?:digest|templates)/[\w/.-]*)`", row))) <= most


def leaves(kind: object, seen: set[object]) -> set[object]:
    """The plain types a value of this type is made of."""
    if typing.get_origin(kind) is typing.Literal or kind in seen:
        return set()
    arguments = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
    if arguments:
        return set().union(*(leaves(argument, seen) for argument in arguments))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        assert kind.__struct_config__.frozen
        seen.add(kind)
        hints = typing.get_type_hints(kind)
        return set().union(*(leaves(hints[name], seen) for name in kind.__struct_fields__))
    return {kind}


@pytest.mark.parametrize("view", [*typing.get_args(views.View), MailView], ids=lambda view: view.__name__)
def test_a_view_is_made_of_values(view: type) -> None:
    """Text, numbers, flags, dates, tuples of them and frozen structs: nothing that can be asked or changed."""
    assert leaves(view, set()) <= {str, int, bool, type(None), date, Markup}
