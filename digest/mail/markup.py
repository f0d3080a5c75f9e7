"""Markup of the site's pages → markup for mail, and → plain text.

In: the safe HTML of `Text` values and of sanitised Markdown. Out: HTML that mail clients keep: `<span dir>`,
styles at each element, physical sides, absolute addresses, no names, text that no service's template language runs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from digest.mail.inert import address, inert

if TYPE_CHECKING:
    from digest.mail.views import MailColours, Side
    from digest.model import Direction

PICTURE_MARK: Final = re.compile("\ue000(\\d+)\ue001")

BLOCKS: Final = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "table", "tr", "td", "th", "hr",
})  # fmt: skip
VOID: Final = frozenset({"br", "hr", "img"})
KEPT: Final = BLOCKS | {"a", "em", "strong", "s", "code", "span", "br", "thead", "tbody"}


def inline(markup: str) -> Markup:
    """The markup of a one-line text (`Text.html`, `Strings.list`)."""
    return Markup(MailWriter(lambda url: url, lambda _: "", {}).write(markup))


class Body:
    """How the editor's Markdown is shown: its styles, for one direction and one set of colours."""

    def __init__(
        self, direction: Direction, side: Side, colours: MailColours, absolute: Callable[[str], str],
        picture: Callable[[int], str] = lambda _: "", *, small: bool = False,
    ) -> None:  # fmt: skip
        ink, size = (colours.soft, 14) if small else (colours.ink, 17)
        font = "font-family:Tahoma,'Segoe UI','Geeza Pro',Arial,sans-serif"
        text = f"color:{ink};{font};text-align:{side}"
        heading = f"margin:0 0 8px;font-weight:bold;line-height:1.5;{text}"
        self.direction = direction
        self.absolute = absolute
        self.picture = picture
        cell = f"padding:6px 8px;border:1px solid {colours.line};background-color:{colours.paper};line-height:1.6"
        self.styles: Mapping[str, str] = {
            "p": f"margin:0 0 14px;font-size:{size}px;line-height:1.8;{text}",
            "li": f"margin:0 0 8px;font-size:{size}px;line-height:1.8;{text}",
            "ul": f"margin:0 0 14px;padding:0 24px;{text}",
            "ol": f"margin:0 0 14px;padding:0 24px;{text}",
            "blockquote": f"margin:0 0 14px;padding:0 14px;border-{side}:3px solid {colours.accent};{text}",
            "pre": f"margin:0 0 14px;padding:8px;background-color:{colours.wash};color:{ink};font-size:14px",
            "table": "margin:0 0 14px;border-collapse:collapse",
            "td": f"{cell};font-size:16px;{text}",
            "th": f"{cell};font-size:16px;font-weight:bold;{text}",
            "a": f"color:{colours.soft if small else colours.accent};text-decoration:underline",
            **dict.fromkeys(("h1", "h2"), f"{heading};font-size:20px"),
            **dict.fromkeys(("h3", "h4", "h5", "h6"), f"{heading};font-size:18px"),
        }

    def write(self, body: str) -> Markup:
        """Sanitised HTML with its styles at each element."""
        return Markup(MailWriter(self.absolute, self.picture, self.styles, self.direction).write(body))


class MailWriter(HTMLParser):
    """Writes markup anew, one element after the other, with what mail clients keep of it."""

    def __init__(
        self, absolute: Callable[[str], str], picture: Callable[[int], str], styles: Mapping[str, str],
        direction: Direction | None = None,
    ) -> None:  # fmt: skip
        super().__init__(convert_charrefs=True)
        self.absolute = absolute
        self.picture = picture
        self.styles = styles
        self.directions: list[str] = [direction or ""]
        self.ends: list[tuple[str, str]] = []
        self.parts: list[str] = []

    def write(self, markup: str) -> str:
        self.feed(markup)
        self.close()
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = "span" if tag == "bdi" else tag
        if name not in KEPT:
            self.ends.append((tag, ""))
            return
        self.parts.append(f"<{name}{self.attributes(name, given)}>")
        if name == "a":  # Outlook shows a link's own `dir` wrongly; a span inside it holds
            turn = given.get("dir")
            self.parts.append(f'<span dir="{turn}">' if turn else "")
            self.ends.append((tag, "</span></a>" if turn else "</a>"))
        elif name not in VOID:
            self.ends.append((tag, f"</{name}>"))
        if name in BLOCKS and name not in VOID:
            self.directions.append(given.get("dir") or self.directions[-1])

    def attributes(self, name: str, given: Mapping[str, str | None]) -> str:
        """Direction at each block, language, address, style."""
        made = []
        turn = given.get("dir") or (self.directions[-1] if name in BLOCKS and name not in VOID else "")
        if turn and name != "a":
            made.append(f'dir="{turn}"')
        if given.get("lang"):
            made.append(f'lang="{html.escape(given["lang"] or "")}"')
        if name == "a":
            made.append(f'href="{address(self.absolute(given.get("href") or ""))}"')
        style = self.styles.get(name, "")
        if "range" in (given.get("class") or "").split():
            style = "white-space:nowrap"
        if turn and name in BLOCKS and style:
            style += f";direction:{turn}"
        made += [f'style="{style}"'] if style else []
        made += [f'start="{given["start"]}"'] if name == "ol" and (given.get("start") or "").isdecimal() else []
        return "".join(f" {one}" for one in made)

    def handle_endtag(self, tag: str) -> None:
        if not any(opened == tag for opened, _ in self.ends):
            return
        while self.ends:
            opened, end = self.ends.pop()
            self.parts.append(end)
            if opened in BLOCKS:
                self.directions.pop()
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        end = 0
        for mark in PICTURE_MARK.finditer(data):
            self.parts += (inert(data[end : mark.start()]), self.picture(int(mark[1])))
            end = mark.end()
        self.parts.append(inert(data[end:]))


class PlainWriter(HTMLParser):
    """Collects the paragraphs of sanitised HTML; the addresses of its links follow each, on lines of their own."""

    def __init__(self, absolute: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.absolute = absolute
        self.blocks: list[str] = [""]
        self.links: list[str] = []

    def begin(self, text: str) -> None:
        """A new block, behind the addresses of the one before."""
        for url in dict.fromkeys(self.links):
            plain = html.unescape(str(address(self.absolute(url))))
            if plain not in self.blocks[-1]:
                self.blocks[-1] += f"\n{plain}"
        self.links.clear()
        self.blocks.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.begin("– " if tag == "li" else "")
        if tag == "br":
            self.blocks[-1] += "\n"
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.begin("")

    def handle_data(self, data: str) -> None:
        self.blocks[-1] += PICTURE_MARK.sub("", data).replace("\n", " ")


def paragraphs(body: str, absolute: Callable[[str], str]) -> tuple[str, ...]:
    """Sanitised HTML as paragraphs of plain text."""
    writer = PlainWriter(absolute)
    writer.feed(body)
    writer.close()
    return tuple(block.strip() for block in writer.blocks if block.strip(" –\n"))


def plain_of(markup: str) -> str:
    """The text of one-line markup."""
    return " ".join(paragraphs(markup, lambda url: url))
