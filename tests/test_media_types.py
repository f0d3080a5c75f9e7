"""One table of media types: what the preview shows is what readers are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from previews import running

from digest.deploy.targets.s3 import S3Place, object_headers

if TYPE_CHECKING:
    from conftest import LittleSite

TYPES = {
    "icon.ico": "image/vnd.microsoft.icon",
    "logo.svg": "image/svg+xml; charset=utf-8",
    "voice.ogg": "audio/ogg",
    "old.htm": "text/html; charset=utf-8",
    "table.csv": "text/csv; charset=utf-8",
    "all.zip": "application/zip",
    "feed.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "opml.xml": "text/x-opml; charset=utf-8",
    "sitemap.xml": "application/xml; charset=utf-8",
    "strange.qqq": "application/octet-stream",
}


def test_media_type_is_the_same_in_preview_and_bucket(site: LittleSite) -> None:
    """Seven endings and all feeds differed while each had a table of its own."""
    site.entry("sport/a")
    for name in TYPES:
        if name.split(".")[0] in {"icon", "logo", "voice", "old", "table", "all", "strange"}:
            site.put(f"static/{name}", b"x")
    with running(site.root) as server:
        shown = {name: server.get(f"/{name}").fields["content-type"] for name in TYPES}
    assert shown == TYPES
    assert {name: object_headers(S3Place("news"), name).content_type for name in TYPES} == TYPES
