"""Mail clients, simulated: what each would make of a mail before a browser paints it.

In: the finished HTML of a mail. Out: HTML for a frame, without what the client takes out by caniemail.com's data:
`<style>`, the document round the body, properties, elements, pictures. The page round it runs from left to right, as a
mail client's own does.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Final, NamedTuple

from digest.mail.linting import LACKS, VOID, client_data, declarations, feature_of

CONDITION: Final = re.compile(r"\[if [^\]]*mso[^\]]*\]>(?P<markup>.*)<!\[endif\]", re.DOTALL)
INVERTED: Final = "html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}"


class Client(NamedTuple):
    """How a client treats a mail."""

    name: str
    data: str
    """Its name in the data."""
    keeps_document: bool = False
    """Whether `<html>`, `<head>` and `<body>` stay; else the body becomes a `<div>`."""
    pictures: bool = True
    inverted: bool = False
    """Whether it turns colours into their opposites for dark mode."""
    widths: tuple[int, ...] = (375, 700)
    """A phone's and a desktop's, in pixels."""


CLIENTS: Final = (
    Client("Apple Mail", "Apple Mail", keeps_document=True),
    Client("Gmail", "Gmail"),
    Client("Gmail, dark", "Gmail", inverted=True),
    Client("Outlook for Windows", "Outlook Windows", keeps_document=True, widths=(700,)),
    Client("Outlook.com, dark", "Outlook.com", inverted=True),
    Client("Yahoo, pictures off", "Yahoo", pictures=False),
)
"""Those that `--proof` paints."""


def as_shown(mail: str, client: Client) -> str:
    """The mail as a client hands it to its browser."""
    writer = ClientWriter(client)
    writer.feed(mail)
    writer.close()
    body = "".join(writer.parts)
    style = f"<style>{INVERTED}</style>" if client.inverted else ""
    return (
        f'<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8">{style}</head>'
        f'<body style="margin:0">{body}</body></html>'
    )


class ClientWriter(HTMLParser):
    """Writes a mail anew without what one client takes out."""

    def __init__(self, client: Client) -> None:
        super().__init__(convert_charrefs=False)
        self.client = client
        self.features = client_data().features
        self.parts: list[str] = []
        self.silent = 0

    def lacks(self, slug: str) -> bool:
        found = self.features.get(slug)
        return found is not None and found.by.get(self.client.data) == LACKS

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"head", "style", "title"}:
            self.silent += 1
        name = self.shown_as(tag)
        if self.silent or not name:
            return
        given = {key: value or "" for key, value in attrs if not (tag in {"html", "body"} and key in {"dir", "lang"})}
        if tag == "html":
            return
        if tag == "img" and not self.client.pictures:
            given.pop("src", None)
        if "style" in given:
            given["style"] = self.style(given["style"])
        written = "".join(f' {key}="{html.escape(value)}"' for key, value in given.items())
        self.parts.append(f"<{name}{written}>")

    def shown_as(self, tag: str) -> str:
        """The element that a client makes of another; empty for one it takes out."""
        if tag in {"html", "meta", "head"} or (self.lacks(f"html-{tag}") and tag not in {"body", "style"}):
            return ""
        return "div" if tag == "body" else tag

    def style(self, style: str) -> str:
        """The declarations that a client keeps."""
        kept = [(name, value) for name, value in declarations(style) if not self.lacks(feature_of(name, value))]
        return ";".join(f"{name}:{value}" for name, value in kept)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"head", "style", "title"}:
            self.silent = max(self.silent - 1, 0)
            return
        name = self.shown_as(tag)
        if not self.silent and name and tag not in VOID and tag != "html":
            self.parts.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Outlook for Windows reads what is written for it alone."""
        found = CONDITION.fullmatch(data)
        if found and self.client.data == "Outlook Windows" and not self.silent:
            self.parts.append(found["markup"])
