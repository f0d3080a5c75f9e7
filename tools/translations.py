"""Renew the catalogues under digest/locale/: what the program says, from its source and from click's.

python tools/translations.py          # writes every digest.po and preview.po, and their .mo
python tools/translations.py --check  # writes nothing; status 1 if anything would change
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message

from digest.cli import main as program
from digest.cli.terminal import LEVELS

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "digest/locale"
PREVIEW = ROOT / "digest/preview/messages.py"
"""The one module of the domain `preview`; all others are of the domain `digest`."""
MARKS = {"_": 0, "one": 0, "N_": 0, "gettext_noop": 0, "mistake": 1}
"""Function or method → which of its arguments is a text."""
NEVER_SHOWN = re.compile(
    r"DeprecationWarning|Editing failed|\Ad\Z|declaration|Value must be an iterable|\(dynamic\)|defined twice|Bash"
    r"|true/false|Confirm the action|start character|Press any key|Repeat for|do not match|[Cc]olour|invalid input"
    r"|Choice\(|does not match|len_type|UUID|executable|standard stream|No options defined"
)
"""What click says to programmers, or of things that no command has."""
COUNTED = ("ngettext", "nN_")
"""Functions whose first two arguments are a text for one and a text for many."""


class Said(NamedTuple):
    """A text of the program."""

    text: str
    many: str = ""
    file: str = ""
    code: str = ""
    """Of a kind of problem."""


PLURALS = [Said(*forms, "digest/cli/terminal.py") for forms in (LEVEL[1:] for LEVEL in LEVELS.values())]
"""Texts for one and for many that stand in a table."""


def literal(node: ast.expr) -> str | None:
    """A string without placeholders of Python's."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_source(source: str, file: str) -> Iterator[Said]:
    """Every text that a module marks."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        if name in COUNTED and len(node.args) > 1:
            one, many = literal(node.args[0]), literal(node.args[1])
            if one and many:
                yield Said(one, many, file)
        elif name in MARKS and len(node.args) > MARKS[name]:
            text = literal(node.args[MARKS[name]])
            if text:
                yield Said(text, "", file, (literal(node.args[0]) or "") if name == "mistake" else "")


def of_package() -> list[Said]:
    """Every text that a module of the package marks."""
    paths = sorted(path for path in (ROOT / "digest").rglob("*.py") if path != PREVIEW)
    return [said for path in paths for said in of_module(path)]


def of_module(path: Path) -> Iterator[Said]:
    """Every text that one module marks."""
    return in_source(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())


def of_help() -> Iterator[Said]:
    """The words of `--help`: commands and options."""
    context = click.Context(program)
    commands = [program, *(program.get_command(context, name) for name in program.list_commands(context))]
    for command in filter(None, commands):
        texts = [command.help, *(getattr(param, "help", None) for param in command.params)]
        yield from (Said(inspect.cleandoc(text), "", "digest/cli") for text in texts if text)


def of_click() -> Iterator[Said]:
    """What click itself says, such as "Usage:"."""
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        if path.name == "_winconsole.py":
            continue
        for said in in_source(path.read_text("utf-8"), path.name):
            if not NEVER_SHOWN.search(said.text):
                yield said._replace(file="click", code="")


def everything(domain: str) -> list[Said]:
    """Every text of a domain once, in the order of its file."""
    if domain == "preview":
        return list(of_module(PREVIEW))
    found: dict[str, Said] = {text.text: text for text in PLURALS}
    for said in (*of_package(), *of_help(), *of_click()):
        if said.text not in found or (said.many and not found[said.text].many):
            found[said.text] = said
    return list(found.values())


NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""A head without the day it was written on: the same texts give the same bytes."""


def renewed(old: Catalog, domain: str) -> Catalog:
    """A catalogue with the texts there are now, its translations kept."""
    new = Catalog(locale=old.locale, domain=domain, project="digest", header_comment=old.header_comment)
    new.fuzzy = False
    new.creation_date = new.revision_date = NEVER
    new.mime_headers = [("Plural-Forms", old.plural_forms)]  # those of CLDR; Babel has others for Arabic
    for said in everything(domain):
        key = (said.text, said.many) if said.many else said.text
        known = old.get(said.text)
        translated = known.string if known is not None and "fuzzy" not in known.flags else ""
        if isinstance(translated, tuple) != bool(said.many):
            translated = ("",) * new.num_plurals if said.many else ""
        flags = {"python-brace-format"} if "{" in said.text else set()
        new[said.text] = Message(key, translated, locations=[(said.file, None)], flags=flags)
    return new


def as_po(catalogue: Catalog) -> bytes:
    """The file for translators."""
    out = io.BytesIO()
    pofile.write_po(out, catalogue, width=0, omit_header=False, ignore_obsolete=True)
    lines = out.getvalue().decode().split("\n")
    kept = [line for line in lines if not DATED.match(line)]
    return "\n".join(kept).encode()


DATED = re.compile('"(?:POT-Creation|PO-Revision|Generated-By|Report-Msgid|Last-Translator|Language-Team|Project-Id)')
"""Lines of the head that say nothing, or something else each time."""


def as_mo(catalogue: Catalog) -> bytes:
    """The file for the program."""
    out = io.BytesIO()
    mofile.write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Write, or compare."""
    stale = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as stream:
            new = renewed(pofile.read_po(stream, locale=path.parent.parent.name), path.stem)
        for file, content in ((path, as_po(new)), (path.with_suffix(".mo"), as_mo(new))):
            if not file.is_file() or file.read_bytes() != content:
                stale.append(file.relative_to(ROOT).as_posix())
                if "--check" not in sys.argv:
                    file.write_bytes(content)
        lacking = sum(not (all(m.string) if isinstance(m.string, tuple) else m.string) for m in new if m.id)
        print(f"{path.relative_to(ROOT)}: {len(new)} texts, {lacking} not translated")
    print(*(f"changed: {name}" for name in stale), sep="\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
