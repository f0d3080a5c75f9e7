"""Addresses as curators type and paste them → as they meant them, before the gate (`digest.content.urls`) sees them.

In: the text of a link or of `source`. Out: the same address with `https://` or `mailto:` where it was left out,
entities of HTML undone, a scheme given twice once; the path where an address names the site's own host. Nothing is
refused here.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from digest.content import urls

UNSEEN: Final = "\u200b\u200e\u200f\u061c\u2060\ufeff\xa0 \t\r\n"
AMPERSAND: Final = re.compile("&(?:amp|#0*38|#[xX]0*26);")
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|\Z))")
TWICE: Final = re.compile(r"https?:/{0,2}(?=https?:/)", re.IGNORECASE)
ONE_SLASH: Final = re.compile(r"(https?)(?::/?|//)(?=[^/:])", re.IGNORECASE)
MAIL: Final = re.compile(r"[^\s<>()\[\]\\:;\"/@#?]+@[\w-]+(?:\.[\w-]+)+")
HOST: Final = re.compile(
    r"(?P<www>www\.)?[\w-]+(?:\.[\w-]+)*\.(?P<top>[^\W\d_]{2,24}|xn--[a-z0-9-]+)"
    r"\.?(?::\d{1,5})?(?P<path>[/?#]|\Z)"
)
FILES: Final = re.compile(
    "avif|css|csv|docx?|gif|html?|ico|jpe?g|js|json|md|markdown|mp[34]|odt|pdf|php|png|pptx?|rss|svg|txt|web[mp]|xlsx?|"
    "xml|ya?ml|zip",
    re.IGNORECASE,
)
"""Endings of files: `about.html` is a path, `almarfaa.example` a host."""
CITED: Final = re.compile(
    r"\[(?P<title>[^\[\]]+)\]\(\s*(?P<target>[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\s*\)"
    r"|(?P<before>.*?)[\s:|،,(<«–—-]*(?P<address>(?:https?:/|www\.)\S+?)[)>»]?",
    re.IGNORECASE | re.DOTALL,
)
"""`[name](address)`, or an address with a name before it or without one."""


def as_meant(raw: str) -> str:
    """An address with what its writer left out; anything else as it is."""
    text = raw.strip(UNSEEN)
    if "&" in text:
        text = AMPERSAND.sub("&", text)
    if text[:1] == "<" and text[-1:] == ">":
        text = text[1:-1]
    if "http" in text[:8].lower():
        text = TWICE.sub("", text)
        return text if "://" in text[:9] else ONE_SLASH.sub(r"\1://", text, count=1)
    if text.startswith(("/", "#", "?", ".")) or SCHEME.match(text):
        return text
    if MAIL.fullmatch(text):
        return f"mailto:{text}"
    return f"https://{text}" if is_host(text) else text


def is_host(text: str) -> bool:
    """Whether an address without a scheme begins with a host."""
    match = HOST.match(text)
    return match is not None and bool(match["www"] or match["path"] == "/" or not FILES.fullmatch(match["top"]))


def cited(raw: str) -> tuple[str, str]:
    """What a source's name holds → (name, address); the address alone is named by its host, and may be empty."""
    text = raw.strip(UNSEEN)
    match = CITED.fullmatch(text) if "http" in text.lower() or "www." in text.lower() or "](" in text else None
    if match:
        address = as_meant(match["target"] or match["address"])
        return (match["title"] or match["before"] or "").strip(f"{UNSEEN}:|-–—،,(") or host_name(address), address
    if "/" in text and " " not in text and is_host(text):
        return host_name(f"https://{text}"), f"https://{text}"
    return raw, ""


def host_name(address: str) -> str:
    """The host of an address, as it may be shown; the address itself where it has none."""
    url, _ = urls.gate(address)
    return urls.host(url).removeprefix("www.") or address


def within(url: str, base_url: str) -> str:
    """The path, query and fragment of a gated address that is on the site itself; empty for others. `www.`, the scheme
    and the port make no other site.
    """
    if not base_url or not urls.is_external(url):
        return ""
    if own_host(url) != own_host(base_url):
        return ""
    base, (_, _, path, query, fragment) = urlsplit(base_url).path, urlsplit(url)
    if not f"{path}/".startswith(base) or path[len(base) :].startswith("/"):  # //host would lead to another one
        return ""
    return "/" + path[len(base) :] + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def own_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
