"""What no content may ever bring into a site: checked over every file of an output, by parsers.

`whole_site.faults` looks at markup and links, on which a sound theme can fail as well; this looks at what an attacker
would want: code, requests to others, addresses that run, text turned round, and anything of the machine or of its
user that the build could have seen.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import html5lib
from whole_site import HANDLER, SAFE_SCHEMES, URL_ATTRIBUTES, faults, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

ACTIVE = {"iframe", "object", "embed", "applet", "form", "input", "button", "base", "frame", "frameset", "portal", "math",
          "template", "noscript", "style", "video", "audio", "track", "dialog", "marquee"}  # fmt: skip
"""Elements that no page and no text of ours has."""
OVERRIDES = re.compile("[\u202a-\u202e]")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
INCLUDES = re.compile(rb"<!--#|<esi:|<\?php|<%")
"""What a server would run before a reader sees it; the built-in theme writes the first two itself where asked to."""
CSS_ADDRESS = re.compile(r"(?:url\(|@import)\s*['\"]?([^'\")]+)", re.IGNORECASE)
KINDS = {"html", "xml", "json", "txt", "css", "js", "woff2", "png", "jpg", "webp", "avif", "svg", "map", "ico", ""}


def breaches(
    files: dict[str, bytes],
    base: str,
    *,
    secrets: Iterable[str] = (),
    scripts: tuple[str, ...] = ("assets/ago", "assets/box", "assets/search"),
) -> list[str]:
    """Everything in a site served at `base` that should not be there, each with its file.

    `secrets`: words that lay about the build (paths of the machine, values of the environment) and must be nowhere.
    """
    found = faults(files, base, scripts)
    needles = tuple(secret.encode() for secret in secrets)
    for path, content in files.items():
        if path.rpartition("/")[2].rpartition(".")[2] not in KINDS and not path.startswith("."):
            found.append(f"{path}: a kind of file that no build makes")
        found += (f"{path}: holds {needle.decode()!r}" for needle in needles if needle in content)
        if path.endswith((".html", ".xml", ".json", ".txt")):
            found += text_breaches(path, content)
        if path.endswith(".html"):
            found += page_breaches(path, content.decode(), base)
        elif path.endswith(".xml"):
            found += xml_breaches(path, content, base)
        elif path.endswith(".json"):
            found += json_breaches(path, json.loads(content), base)
        elif path.endswith((".css", ".svg")):
            found += style_breaches(path, content.decode(), base)
    return found


def text_breaches(path: str, content: bytes) -> Iterator[str]:
    """Characters that no text may hold, whatever the format."""
    text = content.decode()
    if OVERRIDES.search(text):
        yield f"{path}: an override of direction"
    if CONTROLS.search(text):
        yield f"{path}: a control character or a noncharacter"
    if INCLUDES.search(content):
        yield f"{path}: something a server would run"


def page_breaches(path: str, text: str, base: str) -> Iterator[str]:
    root, _ = parsed(path, text)
    yield from element_breaches(path, root, base)
    for element in root.iter():
        if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            target = (element.get("content") or "").partition("=")[2]
            if not urljoin(base, target).startswith(base):
                yield f"{path}: a redirect to {target}"
        if element.tag == "script" and element.get("type") == "application/ld+json":
            yield from json_breaches(path, json.loads(element.text or ""), base)


def element_breaches(path: str, root: Element, base: str) -> Iterator[str]:
    """Of a page, or of a piece of HTML inside a feed."""
    own = searching(root, path, base)
    for element in root.iter():
        if not isinstance(element.tag, str):
            if "Comment" in str(element.tag) and "<" in (element.text or ""):
                yield f"{path}: a comment with markup in it"
            continue
        if element.tag in ACTIVE and element not in own:
            yield f"{path}: <{element.tag}>"
        for name, value in element.attrib.items():
            if HANDLER.fullmatch(str(name)) or str(name) in {"srcdoc", "style", "formaction", "ping", "background"}:
                yield f"{path}: {name}={value!r}"
        for name in URL_ATTRIBUTES:
            if element.get(name) is not None:
                yield from address_breaches(path, element.get(name) or "", base)
        if element.tag == "a" and element.get("target"):
            yield f"{path}: a link with a target"
        foreign = urlsplit(urljoin(base, element.get("href") or "")).netloc != urlsplit(base).netloc
        leads_away = element.tag == "a" and foreign and element.get("href", "").startswith("http")
        if leads_away and "noopener" not in (element.get("rel") or ""):
            yield f"{path}: a link to another host without noopener: {element.get('href')}"


def searching(root: Element, path: str, base: str) -> set[Element]:
    """The site's own search: forms that lead to its results page, and what stands on that page for the script."""
    forms = [form for form in root.iter("form") if form.get("role") == "search" and form.get("method") == "get"]
    there = [form for form in forms if urljoin(base, form.get("action") or "") == urljoin(base, "search/")]
    if path.endswith("search/index.html"):
        there += [*root.iter("template"), *root.iter("noscript"), *root.iter("button")]
    return {element for form in there for element in form.iter()}


def address_breaches(path: str, value: str, base: str) -> Iterator[str]:
    """As a browser reads it: blanks at the ends and line ends inside are dropped."""
    target = urlsplit(urljoin(base, re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(33)))))))
    if target.scheme.lower() not in SAFE_SCHEMES:
        yield f"{path}: the address {value!r}"
    if "@" in target.netloc:
        yield f"{path}: a password in {value!r}"


def xml_breaches(path: str, content: bytes, base: str) -> Iterator[str]:
    """Feeds, sitemaps, OPML: addresses, and HTML inside them."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<?xml-stylesheet" in content:
        yield f"{path}: a document type or a style sheet"
    for element in ET.fromstring(content).iter():
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] in {"href", "src", "url", "xmlUrl", "htmlUrl", "uri"}:
                yield from address_breaches(path, value, base)
        tag = element.tag.rpartition("}")[2]
        if tag in {"loc", "uri"}:
            yield from address_breaches(path, element.text or "", base)
        if element.get("type") == "html":
            piece = html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(element.text or "")
            yield from element_breaches(path, piece, base)
        if element.get("type") == "xhtml":
            yield f"{path}: markup that is not escaped"


def json_breaches(path: str, value: object, base: str, key: str = "") -> Iterator[str]:
    """JSON Feed, JSON-LD, the web app's manifest: addresses, and HTML inside them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from json_breaches(path, inner, base, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from json_breaches(path, inner, base, key)
    elif isinstance(value, str):
        if "url" in key.lower() or key in {
            "@id",
            "image",
            "item",
            "contentUrl",
            "sameAs",
            "mainEntityOfPage",
            "isBasedOn",
        }:
            yield from address_breaches(path, value, base)
        if key == "content_html":
            piece = html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(value)
            yield from element_breaches(path, piece, base)


def style_breaches(path: str, text: str, base: str) -> Iterator[str]:
    """Style sheets: nothing is fetched from elsewhere. SVG: no script either."""
    for address in CSS_ADDRESS.findall(text):
        if address.startswith("data:image/"):
            continue
        if urlsplit(urljoin(base, address)).netloc != urlsplit(base).netloc:
            yield f"{path}: fetches {address}"
    if path.endswith(".svg") and re.search(r"<script|\son\w+=|javascript:", text, re.IGNORECASE):
        yield f"{path}: a picture that runs"
