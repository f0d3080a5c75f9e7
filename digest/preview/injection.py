"""What a preview adds to a page of the site: one element before the end of its body, and nothing else.

Pages keep their Content Security Policy: the script comes from the page's own server, and so does all it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import escape

from digest.preview.requests import OWN

if TYPE_CHECKING:
    from digest.model import Direction

SCRIPT = f'<script type="module" src="{OWN}preview.js" id="digest-preview" data-print="{{print}}"></script>\n'
END = "</body>"

SSI = re.compile(r'<!--#include virtual="([^"]+)" -->')
ESI = re.compile(r'<esi:include src="([^"]+)"[^>]*/>(?:\s*<esi:remove>.*?</esi:remove>)?', re.DOTALL)


def injected(html: str, fp: str) -> str:
    """Add the preview's script to a page; its fingerprint tells the script which version it runs on."""
    tag = SCRIPT.format(print=escape(fp))
    at = html.rfind(END)
    return html[:at] + tag + html[at:] if at >= 0 else html + tag


def included(html: str, fragment: Callable[[str], str | None]) -> str:
    """A page as a web server gives it that puts fragments in (`fragments: ssi` and `esi`)."""
    if "<!--#include" not in html and "<esi:include" not in html:
        return html

    def put(match: re.Match[str]) -> str:
        found = fragment(match[1])
        return match[0] if found is None else found

    return ESI.sub(put, SSI.sub(put, html))


def blank(lang: str, direction: Direction, words: str) -> str:
    """An empty page for an address without a good page yet; the overlay says why."""
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}" dir="{escape(direction)}" class="digest-blank">\n<head>\n'
        '<meta charset="utf-8">\n'
        f"<title>{escape(words)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{OWN}icon.svg" type="image/svg+xml">\n'
        f"</head>\n<body>\n<p>{escape(words)}</p>\n</body>\n</html>\n"
    )
