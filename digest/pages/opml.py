"""The site's sources as OPML 2.0 (opml.org/spec2.opml), for feed readers: in come names and URLs, out come bytes.

No date stands in it, so that the same sources are the same bytes.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from digest.pages.sitemaps import ascii_url, legal, xml_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence


def opml(title: str, outlets: Sequence[tuple[str, str, str]]) -> bytes:
    """OPML of `outlets`, each (name, URL of its home page or "", URL of its feed or ""), in the order given.

    With a feed an outline is of type `rss`, with a home page alone of type `link`, else a mere name.
    """
    root = ET.Element("opml", {"version": "2.0"})
    ET.SubElement(ET.SubElement(root, "head"), "title").text = legal(title)
    body = ET.SubElement(root, "body")
    body.text = "\n"
    for name, home_url, feed_url in outlets:
        ET.SubElement(body, "outline", _outline(legal(name), ascii_url(home_url), ascii_url(feed_url))).tail = "\n"
    return xml_bytes(root)


def _outline(name: str, home_url: str, feed_url: str) -> dict[str, str]:
    attributes = {"text": name, "title": name}
    if feed_url:
        attributes |= {"type": "rss", "xmlUrl": feed_url}
    elif home_url:
        attributes |= {"type": "link", "url": home_url}
    if home_url:
        attributes["htmlUrl"] = home_url
    return attributes
