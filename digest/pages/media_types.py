"""The media type of each file of a site, for a preview and for every kind of host."""

from __future__ import annotations

from digest.pages import feeds, opml

TEXT_TYPES = {
    ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
    ".json": "application/json", ".xml": "application/xml", ".txt": "text/plain", ".svg": "image/svg+xml",
    ".csv": "text/csv", ".md": "text/markdown", ".webmanifest": "application/manifest+json", ".vtt": "text/vtt",
}  # fmt: skip
"""Ending → type of what is text, and shrinks when compressed."""
OTHER_TYPES = {
    ".avif": "image/avif", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
    ".gif": "image/gif", ".ico": "image/vnd.microsoft.icon", ".woff2": "font/woff2", ".woff": "font/woff",
    ".ttf": "font/ttf", ".otf": "font/otf", ".pdf": "application/pdf", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
    ".ogg": "audio/ogg", ".webm": "video/webm", ".zip": "application/zip", ".wasm": "application/wasm",
}  # fmt: skip
TYPES_OF_NAMES = {kind.file: kind.media_type for kind in feeds.FORMATS} | {opml.FILE: opml.MEDIA_TYPE}
"""File name → type where it does not follow from the ending."""
UNKNOWN_TYPE = "application/octet-stream"


def ending(path: str) -> str:
    """`.html`, or empty."""
    name = path.rpartition("/")[2]
    return name[name.rindex(".") :].lower() if "." in name[1:] else ""


def content_type(path: str) -> str:
    """As in `text/html; charset=utf-8`."""
    name, end = path.rpartition("/")[2], ending(path)
    found = TYPES_OF_NAMES.get(name) or TEXT_TYPES.get(end)
    return f"{found}; charset=utf-8" if found else OTHER_TYPES.get(end, UNKNOWN_TYPE)


def is_text(path: str) -> bool:
    """Whether compressing it pays."""
    return ending(path) in TEXT_TYPES
