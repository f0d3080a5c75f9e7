"""OPML of feed readers → lines for `inbox:` of `site.yaml`, as people would write them.

Feedly, Inoreader, NetNewsWire, FreshRSS and others write OPML 1.0 or 2.0: outlines with `xmlUrl`, in folders. A folder
with the id or title of a theme gives its feeds that theme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from digest.content import urls
from digest.curating import encoding
from digest.curating.drafts import quoted
from digest.curating.markup_items import FAULTY
from digest.problems import N_, Message
from digest.text import cleaning
from digest.text.folding import fold

if TYPE_CHECKING:
    from digest.model import Theme

LARGEST: Final = 8 << 20
DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")


class Refused(Exception):  # noqa: N818 - ends the reading, carries the reason
    """Why a file is no OPML."""

    def __init__(self, what: Message) -> None:
        super().__init__(str(what))
        self.what = what


def read(raw: bytes, themes: Iterable[Theme]) -> list[tuple[str, str, str]]:
    """(name, address, theme or "") of each feed, each once, in their order. Raises Refused."""
    text = DECLARATION.sub("", FAULTY.sub("", encoding.decode(raw[:LARGEST]).text))
    known = {fold(name): theme.id for theme in themes for name in (theme.title.plain, theme.id)}
    folders: list[str] = []
    found: dict[str, tuple[str, str, str]] = {}
    names: set[str] = set()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if not folders and tag.lower() != "opml":
            raise Refused(N_("it is no OPML"))
        given = {name.lower(): value for name, value in attributes.items()}
        title = cleaning.clean(given.get("title") or given.get("text") or "")
        folders.append(fold(title) if tag.lower() == "outline" else "")
        address = urls.gate(given.get("xmlurl", "").strip().replace("feed://", "https://", 1))[0]
        if not urls.is_external(address) or address in found:
            return
        name = title or urls.host(address)
        number = 2
        while name in names:
            name, number = f"{title or urls.host(address)} {number}", number + 1
        names.add(name)
        theme = next((known[folder] for folder in reversed(folders[:-1]) if folder in known), "")
        found[address] = (name, address, theme)

    def declared(*_: object) -> None:
        raise Refused(N_("it declares a document type"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: folders.pop()
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise Refused(
            N_(
                "it is no sound OPML: {reason} on line {line}",
                reason=expat.ErrorString(error.code) or "",
                line=error.lineno,
            )
        ) from None
    return list(found.values())


def lines(found: Iterable[tuple[str, str, str]]) -> list[str]:
    """Lines for site.yaml."""
    made = ["inbox:"]
    for name, address, theme in found:
        made.append(f"  - name: {quoted(name)}")
        made.append(f"    url: {quoted(address, 4096)}")
        if theme:
            made.append(f"    theme: {quoted(theme)}")
    return made
