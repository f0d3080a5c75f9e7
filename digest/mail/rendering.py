"""`MailView` → HTML and plain text, by the templates `mail/edition.html` and `mail/edition.txt`.

Out: HTML of at most `HTML_LIMIT` bytes; a longer edition ends at a whole story. Text whose lines read in the mail's
direction and are at most 998 bytes long.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from digest.mail.inert import inert_plain
from digest.rendering.renderer import Renderer
from digest.text.bidi import RLM, RTL_LETTER

if TYPE_CHECKING:
    from digest.mail.views import MailSection, MailView
    from digest.site.site import Site
    from digest.strings import Strings

HTML_TEMPLATE: Final = "mail/edition.html"
TEXT_TEMPLATE: Final = "mail/edition.txt"
HTML_LIMIT: Final = 73_000
"""Bytes. As base64 they are 100 kB: beyond that Gmail cuts a mail off in the middle."""
LINE_LIMIT: Final = 900
"""Bytes of a line of text; RFC 5322, 2.1.1, allows 998."""
LEFT_TO_RIGHT: Final = re.compile(r"[^\W_]")
PLACEHOLDER: Final = re.compile(r"\{\{ \w+ \}\}|\*\|\w+\|\*")
"""What this program itself writes for a service to replace, on a line of its own."""


class RenderedMail(NamedTuple):
    """The two bodies of a mail."""

    html: str
    text: str
    view: MailView
    """As it was shown: with the stories that fit."""


def render(site: Site, view: MailView) -> RenderedMail:
    """Both bodies. Raises `TemplateFaultError`."""
    renderer = Renderer(site.project.templates, {"t": site.project.strings})
    fitting, body = fit(renderer, view)
    text = html.unescape(renderer.render(TEXT_TEMPLATE, mail=fitting))
    return RenderedMail(body, finished_text(text, site.project.strings, str(view.unsubscribe)), fitting)


def fit(renderer: Renderer, view: MailView) -> tuple[MailView, str]:
    """As many stories as the limit allows, from the first on."""
    body = tight(renderer.render(HTML_TEMPLATE, mail=view))
    if len(body.encode()) <= HTML_LIMIT or not view.stories:
        return view, body
    low, high = 0, view.stories - 1
    best = shortened(view, 0)
    body = tight(renderer.render(HTML_TEMPLATE, mail=best))
    while low < high:
        middle = (low + high + 1) // 2
        tried = shortened(view, middle)
        made = tight(renderer.render(HTML_TEMPLATE, mail=tried))
        if len(made.encode()) <= HTML_LIMIT:
            low, best, body = middle, tried, made
        else:
            high = middle - 1
    return best, body


def tight(body: str) -> str:
    """Without blank lines: each byte counts, and white space between cells shows nowhere."""
    return re.sub(r"\n\s*\n+", "\n", body).lstrip()


def shortened(view: MailView, count: int) -> MailView:
    """The view with its first stories alone."""
    return msgspec.structs.replace(
        view, sections=tuple(first_sections(view, count)), left_out=view.left_out + view.stories - count
    )


def first_sections(view: MailView, count: int) -> Iterator[MailSection]:
    for section in view.sections:
        kept = section.stories[:count]
        if kept:
            yield msgspec.structs.replace(section, stories=kept)
        count -= len(kept)


def finished_text(text: str, strings: Strings, unsubscribe: str) -> str:
    """Lines as readers see them: inert, short enough, each begun in the direction of the mail."""
    placeholder = html.unescape(unsubscribe)
    lines: list[str] = []
    for line in text.splitlines():
        whole = line.rstrip() if line != "-- " else line
        safe = whole if whole == placeholder and PLACEHOLDER.fullmatch(whole) else inert_plain(whole)
        for part in parts_of(safe):
            if part or (lines and lines[-1]):
                lines.append(marked(part, strings.dir))
    return "\n".join(lines).strip("\n") + "\n"


def parts_of(line: str) -> Iterator[str]:
    """A line cut between words, or within a word that is longer than a line."""
    while len(line.encode()) > LINE_LIMIT:
        room = line.encode()[:LINE_LIMIT].decode(errors="ignore")
        cut = room.rfind(" ") if " " in room[1:] else len(room)
        yield line[:cut]
        line = line[cut:].lstrip(" ")
    yield line


def marked(line: str, direction: str) -> str:
    """A line with a mark where its first letter, or a number, would turn it round."""
    if direction != "rtl":
        return line
    first = LEFT_TO_RIGHT.search(line)
    return RLM + line if first and not RTL_LETTER.match(first[0]) else line
