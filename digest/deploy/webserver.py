"""A server block for nginx or a site block for Caddy, by the same rules as everything else says of files.

In: the site's settings, and where its files lie. Out: text to be put into the server's configuration.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.content.hosting import FolderPlace, RsyncPlace
from digest.deploy.headers import FOR_A_MINUTE, FOR_AN_HOUR, FOR_EVER, FOR_FIVE_MINUTES, SECURITY, TYPES_OF_NAMES
from digest.deploy.targets.folder import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.content.hosting import Destination
    from digest.content.settings import Settings

FALLBACK = "/srv/www/digest"
COMPRESSED = " ".join(
    ("text/css text/plain text/xml text/javascript application/javascript application/json application/xml",
     *TYPES_OF_NAMES.values(), "image/svg+xml")
)  # fmt: skip
"""nginx compresses text/html anyway."""
HIDDEN = r"/\.(?!well-known/)"
"""What deploys note beside the site is nobody's business."""


def root_of(destination: Destination | None, root: Path) -> str:
    """The directory the server is to serve."""
    place = destination.place if destination else None
    if isinstance(place, FolderPlace):
        return str(folder_of(place, root))
    if isinstance(place, RsyncPlace):
        return f"{place.path.rstrip('/')}/current" if place.mode == "releases" else place.path
    return FALLBACK


def config(server: str, settings: Settings, folder: str) -> str:
    """`server`: `nginx` or `caddy`."""
    return (nginx if server == "nginx" else caddy)(settings, folder)


def nginx(settings: Settings, folder: str) -> str:
    """Every `add_header` stands at one level: a location with one of its own would lose the others."""
    host, base = urlsplit(settings.base_url).hostname, settings.base_path
    security = "\n".join(f'    add_header {name} "{value}" always;' for name, value in SECURITY)
    typed = "\n".join(
        f"        location ~ /{re.escape(name)}$ {{ types {{ }} default_type {kind}; }}"
        for name, kind in TYPES_OF_NAMES.items()
    )
    where = f"root {folder};" if base == "/" else f"alias {folder}/;"
    ssi = "\n    ssi on;" if settings.fragments == "ssi" else ""
    return f"""\
# {host}, for nginx: a file of its own in conf.d/ or sites-enabled/.
map $uri $digest_caching {{
    "~^{base}assets/.+\\.[0-9a-f]{{8}}(\\.\\w+)?$"     "{FOR_EVER}";
    "~^{base}media/[^/]+-[0-9a-f]{{16}}-[^/]+$"       "{FOR_EVER}";
    "~(/|\\.html)$"                                 "{FOR_A_MINUTE}";
    "~\\.(xml|json|txt)$"                           "{FOR_FIVE_MINUTES}";
    default                                         "{FOR_AN_HOUR}";
}}
server {{
    listen 80;
    listen [::]:80;
    server_name {host};
    index index.html;
    charset utf-8;
    charset_types {COMPRESSED};
    gzip on;
    gzip_vary on;
    gzip_types {COMPRESSED};
    absolute_redirect off;
    error_page 404 {base}404.html;
    error_page 403 =404 {base}404.html;{ssi}
    add_header Cache-Control $digest_caching always;
{security}

    location {base} {{
        {where}
        location ~ {HIDDEN} {{ return 404; }}
{typed}
    }}
}}
"""


def caddy(settings: Settings, folder: str) -> str:
    """`handle_path` takes the site's path off, where it has one."""
    address, base = urlsplit(settings.base_url), settings.base_path
    security = "\n".join(f'\t\t{name} "{value}"' for name, value in SECURITY)
    typed = "\n".join(
        f"\t@{name.replace('.', '_')} path_regexp /{re.escape(name)}$\n"
        f'\theader @{name.replace(".", "_")} Content-Type "{kind}; charset=utf-8"'
        for name, kind in TYPES_OF_NAMES.items()
    )
    handle = "handle" if base == "/" else f"handle_path {base}*"
    host = address.netloc if address.scheme == "https" else f"http://{address.netloc}"
    ssi = "# Caddy puts no fragments in: fragments: live needs nobody to.\n" if settings.fragments == "ssi" else ""
    return f"""\
# {address.hostname}, for Caddy: a site block of the Caddyfile.
{ssi}{host} {{
	root * {folder}
	encode zstd gzip
	@hidden {{
		path_regexp /\\.
		not path /.well-known/*
	}}
	header {{
		?Cache-Control "{FOR_AN_HOUR}"
{security}
	}}
	@data path_regexp \\.(xml|json|txt)$
	header @data Cache-Control "{FOR_FIVE_MINUTES}"
	@pages path_regexp (/|\\.html)$
	header @pages Cache-Control "{FOR_A_MINUTE}"
	@ever path_regexp ^{base}(assets/.+\\.[0-9a-f]{{8}}(\\.\\w+)?|media/[^/]+-[0-9a-f]{{16}}-[^/]+)$
	header @ever Cache-Control "{FOR_EVER}"
{typed}
	{handle} {{
		error @hidden 404
		file_server
	}}
	handle_errors {{
		header Cache-Control "{FOR_A_MINUTE}"
		rewrite * /404.html
		file_server
	}}
}}
"""
