"""Refuses a mail whose meaning would depend on what mail clients lack.

In: finished HTML, so that ejected templates are held to it too; what clients support, from `clients.json`
(caniemail.com, renewed by `tools/caniemail.py`). Out: a problem for each feature that one of the counted clients lacks
and that is no mere garnish, at the first line that uses it; and for cells and pictures without what clients need.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import msgspec

from digest.problems import N_, Message, Problem, excerpt, mistake

COUNTED: Final = ("Gmail", "Outlook Windows", "Outlook.com", "Yahoo", "Apple Mail")
"""Clients whose lack of a feature counts; the data has others too."""
LACKS: Final = "n"
GARNISH: Final = frozenset({
    "css-border-collapse", "css-border-radius", "css-border-spacing", "css-box-shadow", "css-box-sizing",
    "css-color-scheme", "css-cursor", "css-display-none", "css-font-kerning", "css-height", "css-hyphens",
    "css-letter-spacing", "css-max-height", "css-min-height", "css-min-width", "css-opacity", "css-outline",
    "css-overflow", "css-overflow-wrap",
    "css-table-layout", "css-text-decoration-color", "css-text-decoration-line", "css-text-decoration-skip-ink",
    "css-text-decoration-style", "css-text-decoration-thickness", "css-text-shadow", "css-text-underline-offset",
    "css-text-underline-position", "css-text-wrap", "css-transition", "css-user-select", "css-white-space",
    "css-word-break", "css-word-spacing", "css-word-wrap", "html-aria-describedby", "html-aria-hidden",
    "html-aria-label", "html-aria-labelledby", "html-body", "html-doctype", "html-loading-attribute",
    "html-meta-color-scheme", "html-style", "html-target", "html-wbr",
})  # fmt: skip
"""Features whose absence takes some polish and no meaning."""
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SEMANTIC: Final = frozenset({"article", "aside", "details", "figcaption", "figure", "footer", "header", "main", "mark",
                             "nav", "section", "summary", "time"})  # fmt: skip
ACTIVE: Final = frozenset({"script", "iframe", "form", "object", "embed", "input", "button", "link", "base"})
VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
LOGICAL: Final = re.compile(r"(?P<family>margin|padding)-(?:inline|block)(?P<end>-start|-end)?")
FUNCTIONS: Final[Mapping[str, str]] = {
    "var(": "css-variables", "calc(": "css-unit-calc", "clamp(": "css-function-clamp", "min(": "css-function-min",
    "max(": "css-function-max", "linear-gradient(": "css-linear-gradient", "light-dark(": "css-function-light-dark",
    "rgba(": "css-rgba", "radial-gradient(": "css-radial-gradient",
}  # fmt: skip
UNIT: Final = re.compile(r"(?<![\w#-])-?\d*\.?\d+(rem|vw|vh|vmin|vmax|ch)\b")
FLOWING: Final = re.compile(r"(?<![\w-])(?:start|end|match-parent|inline-start|inline-end)(?![\w-])")
IMAGE_ENDINGS: Final[Mapping[str, str]] = {
    "jpg": "jpg", "jpeg": "jpg", "png": "png", "gif": "gif", "webp": "webp", "svg": "svg", "avif": "avif", "bmp": "bmp",
    "tif": "tiff", "tiff": "tiff", "ico": "ico", "heic": "heif", "apng": "apng",
}  # fmt: skip
ABSOLUTE: Final = re.compile(r"https?://|mailto:|\{\{ \w+ \}\}$|\*\|\w+\|\*$")
CURES: Final[Mapping[str, Message]] = {
    "html-bdi": N_('write <span dir="rtl"> or <span dir="ltr">'),
    "css-variables": N_("write the colour itself: mail.colours has them"),
    "html-anchor-links": N_("link to the edition's page on the site"),
    "css-display-flex": N_("use a table with role=presentation"),
    "css-display-grid": N_("use a table with role=presentation"),
    "css-unit-rem": N_("write px"),
    "image-webp": N_("use a JPEG or PNG: mail.picture.src is one"),
    "image-svg": N_("use a JPEG or PNG: mail.picture.src is one"),
    "html-semantics": N_("use a table with role=presentation, h1 to h3, p"),
}
USUAL_CURE: Final = N_("leave it out, or write it in another way; docs/reference/email.md says what clients know")
PHYSICAL: Final = N_("write left or right: mail.start is the side where lines begin")


class Feature(msgspec.Struct, frozen=True):
    """A feature of HTML or CSS, and what each client makes of it."""

    title: str
    by: Mapping[str, str]
    """Client → `y` yes, `a` partly, `n` no, `u` unknown."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """Counted clients without it."""
        return tuple(name for name in COUNTED if self.by.get(name) == LACKS)


class ClientData(msgspec.Struct, frozen=True):
    """What mail clients support."""

    about: str
    date: str
    """The day of the data."""
    features: Mapping[str, Feature]


@cache
def client_data() -> ClientData:
    """The data that comes with the program."""
    return msgspec.json.decode(Path(__file__).with_name("clients.json").read_bytes(), type=ClientData)


def lint(body: str, template: str) -> list[Problem]:
    """What is wrong with a finished mail; `template` is named in the problems."""
    reader = Linter(template)
    reader.feed(body)
    reader.close()
    return reader.problems


def feature_of(name: str, value: str) -> str:
    """The feature that a declaration uses, or an empty string if the data has none."""
    known = client_data().features
    logical = LOGICAL.fullmatch(name)
    if logical:
        return f"css-{logical['family']}-{'inline-start-end' if logical['end'] else 'inline-block'}"
    if name.startswith(("border-inline", "border-block")):
        return "css-border-inline-block"
    if name in {"left", "right", "top", "bottom"}:
        return "css-left-right-top-bottom"
    if name == "display" and f"css-display-{value.removeprefix('inline-')}" in known:
        return f"css-display-{value.removeprefix('inline-')}"
    while name and f"css-{name}" not in known:
        name = name.rpartition("-")[0]
    return f"css-{name}" if name else ""


def declarations(style: str) -> list[tuple[str, str]]:
    """Property and value of each declaration of a `style` attribute."""
    pairs = (one.partition(":") for one in re.split(r";(?![^()]*\))", style))
    return [(name.strip().lower(), value.strip().lower()) for name, _, value in pairs if name.strip()]


class Linter(HTMLParser):
    """Goes through a mail once."""

    def __init__(self, template: str) -> None:
        super().__init__(convert_charrefs=True)
        self.template = template
        self.problems: list[Problem] = []
        self.said: set[str] = set()
        self.cells: list[tuple[dict[str, str], int]] = []
        """Open cells: their attributes and line."""
        self.open: list[str] = []

    def report(self, key: str, what: Message, cure: Message) -> None:
        """Each fault once, at the first line that has it."""
        if key not in self.said:
            self.said.add(key)
            line = self.getpos()[0]
            message = mistake(what.code, "line {line} of the mail: {what}", line=line, what=what)
            self.problems.append(Problem(self.template, 0, 0, message, cure))

    def feature(self, slug: str, shown: Message | str) -> None:
        """A use of a feature."""
        found = client_data().features.get(slug)
        if found and found.lacking and slug not in GARNISH:
            what = mistake(
                "mail-feature", "{what} means nothing to {clients}", what=shown, clients=tuple(found.lacking)
            )
            self.report(slug, what, CURES.get(slug, USUAL_CURE))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ACTIVE:
            what = mistake("mail-active", "{what} is taken out or refused by mail clients", what=f"<{tag}>")
            self.report(tag, what, N_("leave it out"))
        self.feature(f"html-{'h1-h6' if tag in HEADINGS else 'semantics' if tag in SEMANTIC else tag}", f"<{tag}>")
        for name, value in given.items():
            self.attribute(tag, name, value)
        for name, value in declarations(given.get("style", "")):
            self.declaration(name, value)
        if tag == "img":
            self.image(given)
        if tag in {"td", "th"}:
            self.cells.append((given, self.getpos()[0]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self.cells:
            self.cells.pop()
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            if "@import" in data or len(data.encode()) > 16_000:
                what = mistake("mail-style", "Gmail drops a <style> with @import or of more than 16 kB")
                self.report("style", what, N_("shorten it"))
            return
        if data.strip() and self.cells:
            self.cell(*self.cells[-1])

    def cell(self, given: dict[str, str], line: int) -> None:
        """A cell that holds text says direction, side, ground and colour itself."""
        styles = dict(declarations(given.get("style", "")))
        lacking = [name for name in ("direction", "text-align", "color") if name not in styles]
        lacking += [] if given.get("dir") else ["dir"]
        lacking += [] if "bgcolor" in given or "background-color" in styles else ["background-color"]
        if lacking:
            what = mistake(
                "mail-cell", "a cell with text (line {line}) does not say {lacking}", line=line, lacking=tuple(lacking)
            )
            self.report(f"cell {' '.join(lacking)}", what, N_('use parts.cell(…) of "mail/parts.html" for it'))

    def attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            what = mistake("mail-active", "{what} is taken out by mail clients", what=f"{name}=")
            self.report("handler", what, N_("leave it out"))
        if tag == "a" and name == "href":
            self.link(value)
        elif name in {"id", "name"} and tag != "meta":
            what = mistake("mail-feature", "{what} names a place in the mail that few clients find", what=f"{name}=")
            self.report("id", what, CURES["html-anchor-links"])
        elif name in {"srcset", "hidden", "popover", "loading", "target"} or name.startswith("aria-"):
            self.feature({"loading": "html-loading-attribute"}.get(name, f"html-{name}"), f"{name}=")

    def link(self, url: str) -> None:
        """An address leads somewhere from wherever the mail is read."""
        if url.startswith("#"):
            self.feature("html-anchor-links", N_("the link '{url}'", url=excerpt(url)))
        elif not ABSOLUTE.match(url):
            cure = N_("write the whole address: mail.url, story.url")
            self.report(
                "link", mistake("mail-link", "the link '{url}' leads nowhere from a mail", url=excerpt(url)), cure
            )

    def image(self, given: dict[str, str]) -> None:
        src = given.get("src", "")
        if src.startswith("data:"):
            self.feature("image-base64", N_("a picture inside the mail"))
            return
        if not src.startswith(("https://", "http://")):
            what = mistake("mail-picture", "the picture '{src}' has no absolute address", src=excerpt(src))
            self.report("src", what, N_("use mail.picture.src"))
        ending = src.partition("?")[0].rpartition(".")[2].lower()
        self.feature(f"image-{IMAGE_ENDINGS.get(ending, '')}", N_("the picture '{src}'", src=excerpt(src)))
        for name in ("alt", "width"):
            if name not in given:
                what = mistake("mail-picture", "a picture without {what}", what=f"{name}=")
                self.report(f"img {name}", what, N_("add {what}", what=f"{name}="))

    def declaration(self, name: str, value: str) -> None:
        """One property of a `style` attribute."""
        if name in {"text-align", "float", "clear"} and FLOWING.search(value):
            what = mistake("mail-feature", "{what} means nothing to some clients", what=f"{name}: {value}")
            self.report(f"flowing {name}", what, PHYSICAL)
        logical = "-inline" in name or "-block" in name or name in {"inline-size", "block-size"}
        slug = feature_of(name, value)
        if logical:
            found = client_data().features.get(slug)
            clients = tuple(found.lacking) if found else ("Outlook",)
            what = mistake("mail-feature", "{what} means nothing to {clients}", what=name, clients=clients)
            self.report(slug, what, PHYSICAL)
        else:
            self.feature(slug, f"{name}: {value}")
        for function, used in FUNCTIONS.items():
            if re.search(rf"(?<![\w-]){re.escape(function)}", value):
                self.feature(used, f"{function}…)")
        for unit in UNIT.findall(value):
            self.feature(f"css-unit-{unit}", N_("the unit {unit}", unit=unit))
