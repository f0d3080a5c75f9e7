"""The media type of each file of a site: one table for the preview, for buckets and for the files of web servers."""

from __future__ import annotations

from digest.pages import feeds, opml
from digest.paths import ending

TEXT_TYPES = {
    ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
    ".json": "application/json", ".xml": "application/xml", ".txt": "text/plain", ".svg": "image/svg+xml",
    ".csv": "text/csv", ".md": "text/markdown", ".webmanifest": "application/manifest+json", ".vtt": "text/vtt",
}  # fmt: skip
"""Ending → type of text, which is UTF-8 and becomes smaller when compressed."""
OTHER_TYPES = {
    ".avif": "image/avif", ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
    ".gif": "image/gif", ".ico": "image/vnd.microsoft.icon", ".woff2": "font/woff2", ".woff": "font/woff",
    ".ttf": "font/ttf", ".otf": "font/otf", ".pdf": "application/pdf", ".mp3": "audio/mpeg", ".ogg": "audio/ogg",
    ".mp4": "video/mp4", ".webm": "video/webm", ".zip": "application/zip", ".wasm": "application/wasm",
}  # fmt: skip
TYPES_OF_NAMES = {kind.file: kind.media_type for kind in feeds.FORMATS} | {opml.FILE: opml.MEDIA_TYPE}
"""File name → type that does not follow from the ending."""
UNKNOWN_TYPE = "application/octet-stream"


def media_type(path: str) -> str:
    """The type of a file by its path, as in `text/html; charset=utf-8`."""
    name, end = path.rpartition("/")[2], ending(path)
    found = TYPES_OF_NAMES.get(name) or TEXT_TYPES.get(end)
    return f"{found}; charset=utf-8" if found else OTHER_TYPES.get(end, UNKNOWN_TYPE)


def is_text(path: str) -> bool:
    """Whether a file becomes smaller when compressed."""
    return ending(path) in TEXT_TYPES
