"""A server block for nginx or a site block for Caddy, with the headers that all places use.

In: the settings of the site, and the directory of its files. Out: text for the configuration of the server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.deploy.headers import FOR_A_MINUTE, FOR_AN_HOUR, FOR_EVER, FOR_FIVE_MINUTES, SECURITY
from digest.pages.media_types import TYPES_OF_NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from digest.content.settings import Settings
    from digest.deploy.destinations import Destination

FALLBACK = "/srv/www/digest"
COMPRESSED = " ".join(
    ("text/css text/plain text/xml text/javascript application/javascript application/json application/xml",
     *TYPES_OF_NAMES.values(), "image/svg+xml")
)  # fmt: skip
"""Types for nginx, which always compresses text/html."""
HIDDEN = r"/\.(?!well-known/)"
"""Files that deploys keep beside the site are not served."""


def root_of(destination: Destination | None, root: Path) -> str:
    """The directory the server is to serve. `root`: the site's folder."""
    return (destination.place.web_root(root) if destination else "") or FALLBACK


def config(server: str, settings: Settings, folder: str) -> str:
    """The configuration of a server: `nginx` or `caddy`."""
    return (nginx if server == "nginx" else caddy)(settings, folder)


def nginx(settings: Settings, folder: str) -> str:
    """A server block. All `add_header` are at one level, since a location with its own would lose the others."""
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
    """A site block. `handle_path` removes the path of the site from requests."""
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
