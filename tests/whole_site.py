"""What must hold of every file of every built site, whatever its content: checked by parsers, not by eye."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit
from xml.parsers import expat

import html5lib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

HANDLER = re.compile("on[a-z]+", re.IGNORECASE)
SAFE_SCHEMES = {"http", "https", "mailto"}
URL_ATTRIBUTES = ("href", "src", "action", "poster", "cite", "data", "formaction")
FETCHED = {"img": ("src",), "script": ("src",), "source": ("src",), "iframe": ("src",), "link": ("href",)}


def faults(files: dict[str, bytes], base: str, scripts: tuple[str, ...] = ()) -> list[str]:
    """Everything wrong with a site served at `base`: markup, links, scripts, foreign hosts, JSON, XML.

    `scripts` are those that its pages may run, by their names without fingerprint (`assets/live`): files of the site,
    deferred, with no code in the page.
    """
    return [fault for path, content in files.items() for fault in file_faults(path, content, files, base, scripts)]


def file_faults(
    path: str, content: bytes, files: dict[str, bytes], base: str, scripts: tuple[str, ...]
) -> Iterator[str]:
    if path.endswith(".html"):
        yield from page_faults(path, content.decode(), files, base, scripts)
    elif path.endswith(".xml"):
        expat.ParserCreate().Parse(content, True)
    elif path.endswith(".json"):
        json.loads(content)


def page_faults(path: str, text: str, files: dict[str, bytes], base: str, scripts: tuple[str, ...]) -> Iterator[str]:
    """One page, or a piece of one: parsed strictly by the HTML standard's own algorithm."""
    tree, errors = parsed(path, text)
    for (line, _), code, detail in errors:
        yield f"{path}:{line}: {code} {detail}"
    own = urljoin(base, path.removesuffix("index.html"))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    for name in {i for i in ids if ids.count(i) > 1}:
        yield f"{path}: id {name} twice"
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        yield from (f"{path}: handler {name}" for name in element.attrib if HANDLER.fullmatch(name))
        if "style" in element.attrib:
            yield f"{path}: inline style"
        if element.tag == "script" and element.get("type") == "application/ld+json":
            json.loads(element.text or "")
        elif element.tag == "script":
            yield from script_faults(path, element, urlsplit(base).path, scripts)
        if element.tag == "img" and (element.get("alt") is None or not element.get("width")):
            yield f"{path}: image without alt or size"
        for name in URL_ATTRIBUTES:
            if element.get(name) is not None:
                yield from link_faults(path, element.tag, name, element.get(name), own, files, base)
        for candidate in (element.get("srcset") or "").split(","):
            if candidate.strip():
                yield from link_faults(path, element.tag, "src", candidate.split()[0], own, files, base)


@lru_cache(maxsize=1024)
def parsed(path: str, text: str) -> tuple[Element, list[tuple[tuple[int, int], str, object]]]:
    """A page, or a piece of one, as the HTML standard reads it; and what is wrong with it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return (parser.parseFragment if path.startswith("fragments/") else parser.parse)(text), parser.errors


def script_faults(path: str, element: Element, root: str, scripts: tuple[str, ...]) -> Iterator[str]:
    """A script that is not one of those allowed, or holds up the page, or stands in it."""
    name = re.sub(r"\.[0-9a-f]{8}\.js$", "", element.get("src", "")).removeprefix(root)
    if name not in {*scripts, "assets/box", *(["assets/search"] if path.endswith("search/index.html") else [])}:
        yield f"{path}: script {element.get('src', '')}"
    if element.text or not ({"defer", "async"} & element.attrib.keys() or element.get("type") == "module"):
        yield f"{path}: a script that holds up the page, or has code in it"


def link_faults(
    path: str, tag: str, attribute: str, value: str, own: str, files: dict[str, bytes], base: str
) -> Iterator[str]:
    """One address: of a safe kind, not fetched from elsewhere, and leading to a file of the site."""
    if tag == "a" and not value.strip():
        yield f"{path}: empty link"
    target = urlsplit(urljoin(own, value))
    if target.scheme not in SAFE_SCHEMES:
        yield f"{path}: {value} has a hostile scheme"
    if target.scheme == "mailto" or target.netloc != urlsplit(base).netloc:
        if attribute in FETCHED.get(tag, ()):
            yield f"{path}: fetches {value}"
        return
    if not value.isascii():
        yield f"{path}: {value} is not percent-encoded"
    prefix = urlsplit(base).path
    local = unquote(target.path).removeprefix(prefix)
    file = local + "index.html" if local.endswith("/") or not local else local
    if file not in files:
        yield f"{path}: {value} leads nowhere"
    elif target.fragment and f'id="{unquote(target.fragment)}"'.encode() not in files[file]:
        yield f"{path}: {value} names no id"
