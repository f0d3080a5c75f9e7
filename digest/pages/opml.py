"""The site's sources as OPML 2.0 (opml.org/spec2.opml), for feed readers: in come names and URLs, out come bytes.

No date stands in it, so that the same sources are the same bytes.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from digest.pages.xml import ascii_url, legal, xml_bytes

FILE = "opml.xml"
MEDIA_TYPE = "text/x-opml"


def opml(title: str, outlets: Sequence[tuple[str, str]]) -> bytes:
    """OPML of `outlets`, each (name, URL of its home page or ""), in the order given.

    With a home page an outline is of type `link`, else a mere name. None is of type `rss`: nobody says where the feeds
    of a source are.
    """
    root = ET.Element("opml", {"version": "2.0"})
    ET.SubElement(ET.SubElement(root, "head"), "title").text = legal(title)
    body = ET.SubElement(root, "body")
    body.text = "\n"
    for name, home_url in outlets:
        url = ascii_url(home_url)
        place = {"type": "link", "url": url, "htmlUrl": url} if url else {}
        ET.SubElement(body, "outline", {"text": legal(name), "title": legal(name), **place}).tail = "\n"
    return xml_bytes(root)
