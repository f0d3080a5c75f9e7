"""Write docs/reference/views.md from the docstrings of the views, so that the manual cannot differ from the code.

python tools/views.py          # writes docs/reference/views.md
python tools/views.py --print  # prints it
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (ROOT / "digest/pages/views.py", ROOT / "digest/model.py")
HEAD = """\
# What a template may use

*Written by `tools/views.py` from the code; change the docstrings, not this page.*

Every template gets `page`, one of the views below, and `site`, the same [`SiteView`](#siteview) on every page. Nothing else of the
site can be reached from a template: what is not in the view is not on the page. A name that does not exist is an error with
the template's file and line.

Functions:

- `t("key")`, `t("key", n=3)`, `t("key", name=value)`: a text of the string table, with the right plural form and digits.
- `t.list(names)`: names in a sentence as the language joins them («سلمى وعمر ونورة»), each in an isolate of its own direction.
- `{{ text|marked }}`: a `Text` for an attribute: plain, with a direction mark where it needs one.
- `once("partials/menu.html", current="sport")`: a partial that sees `site` and the values given, rendered a single time for each set of values.
- `picture(picture, sizes="…", eager=False, css_class="")`: the `<picture>` element of a [`Picture`](#picture), or nothing.

`Text` values write safe HTML by themselves: `{{ page.title }}`. In an attribute write `{{ page.title.plain }}`; on the element that holds
one text alone add `{{ page.title.attrs }}`; inside a line of other text write `{{ page.title.bdi }}`.
"""


def classes() -> dict[str, ast.ClassDef]:
    """Every class of the sources by name."""
    found = {}
    for source in SOURCES:
        for node in ast.parse(source.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = node
    return found


def fields(node: ast.ClassDef) -> list[tuple[str, str, str]]:
    """(name, type, description) of each field and property, from the docstring below it."""
    rows: list[tuple[str, str, str]] = []
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and "ClassVar" in ast.unparse(statement.annotation):
            continue
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            rows.append((statement.target.id, ast.unparse(statement.annotation), ""))
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and rows:
            name, kind, _ = rows[-1]
            rows[-1] = name, kind, " ".join(str(statement.value.value).split())
        elif isinstance(statement, ast.FunctionDef) and any(
            ast.unparse(d) == "property" for d in statement.decorator_list
        ):
            rows.append(
                (
                    statement.name,
                    ast.unparse(statement.returns or ast.Constant("")),
                    " ".join((ast.get_docstring(statement) or "").split()),
                )
            )
    return rows


def template_of(node: ast.ClassDef) -> str:
    """The template that gets this view; empty for a value inside a view."""
    named = [s.value for s in node.body if isinstance(s, ast.AnnAssign) and ast.unparse(s.target) == "template"]
    return ast.literal_eval(named[0]) if named and named[0] else ""


def section(name: str, node: ast.ClassDef) -> str:
    template = f" — `{template_of(node)}`" if template_of(node) else ""
    described = " ".join((ast.get_docstring(node) or "").split())
    rows = "\n".join(
        f"| `{field}` | `{kind.replace('|', chr(92) + '|')}` | {text.replace('|', chr(92) + '|')} |"
        for field, kind, text in fields(node)
    )
    return f"### {name}{template}\n\n{described + chr(10) * 2 if described else ''}| field | type | |\n|---|---|---|\n{rows}\n"


def page() -> str:
    """The text of docs/reference/views.md."""
    known = classes()
    of_pages = [
        name for name in known if template_of(known[name]) and not template_of(known[name]).startswith("partials/")
    ]
    inside, ahead = {"SiteView"}, ["SiteView", *of_pages, "Margins", "AwaitedMargins"]
    while ahead:
        types = " ".join(kind for _, kind, _ in fields(known[ahead.pop()]))
        found = {word for word in re.findall(r"\w+", types) if word in known} - inside
        inside |= found
        ahead += found
    views = "\n".join(section(name, known[name]) for name in of_pages)
    values = "\n".join(
        section(name, node) for name, node in known.items() if name in inside - {*of_pages} or name.endswith("Margins")
    )
    return f"{HEAD}\n## Views\n\n{views}\n## Values inside them\n\n{values}"


if __name__ == "__main__":
    if "--print" in sys.argv:
        print(page(), end="")
    else:
        (ROOT / "docs/reference/views.md").write_text(page(), "utf-8")
