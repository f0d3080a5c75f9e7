"""A server block for nginx or a site block for Caddy, with the headers that all places use.

In: the settings of the site, and the directory of its files. Out: text for the configuration of the server, by the
templates in `servers/`. Files that deploys keep beside the site are not served.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.deploy.headers import FOR_A_MINUTE, FOR_AN_HOUR, FOR_EVER, FOR_FIVE_MINUTES, SECURITY
from digest.pages.media_types import TYPES_OF_NAMES

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.deploy.destinations import Destination

TEMPLATES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}
FALLBACK = "/srv/www/digest"
COMPRESSED = " ".join(
    ("text/css text/plain text/xml text/javascript application/javascript application/json application/xml",
     *TYPES_OF_NAMES.values(), "image/svg+xml")
)  # fmt: skip
"""Types for nginx, which always compresses text/html."""
TIMES = {"for_ever": FOR_EVER, "a_minute": FOR_A_MINUTE, "five_minutes": FOR_FIVE_MINUTES, "an_hour": FOR_AN_HOUR}


def root_of(destination: Destination | None, root: Path) -> str:
    """The directory the server is to serve. `root`: the site's folder."""
    return (destination.place.web_root(root) if destination else "") or FALLBACK


def config(server: str, settings: Settings, folder: str) -> str:
    """The configuration of a server: `nginx` or `caddy`."""
    template = (Path(__file__).parent / "servers" / TEMPLATES[server]).read_text("utf-8")
    values = {"host": urlsplit(settings.base_url).hostname, "base": settings.base_path, "folder": folder}
    return template % (TIMES | values | (nginx if server == "nginx" else caddy)(settings, folder))


def nginx(settings: Settings, folder: str) -> dict[str, str]:
    """Values for nginx. Every `add_header` is at one level: a location with its own would lose the others."""
    types = "        location ~ /{}$ {{ types {{ }} default_type {}; }}"
    return {
        "security": "\n".join(f'    add_header {name} "{value}" always;' for name, value in SECURITY),
        "typed": "\n".join(types.format(re.escape(name), kind) for name, kind in TYPES_OF_NAMES.items()),
        "where": f"root {folder};" if settings.base_path == "/" else f"alias {folder}/;",
        "ssi": "\n    ssi on;" if settings.fragments == "ssi" else "",
        "compressed": COMPRESSED,
    }


def caddy(settings: Settings, _folder: str) -> dict[str, str]:
    """Values for Caddy. `handle_path` removes the path of the site from requests."""
    address, base = urlsplit(settings.base_url), settings.base_path
    types = '\t@{0} path_regexp /{1}$\n\theader @{0} Content-Type "{2}; charset=utf-8"'
    typed = (types.format(name.replace(".", "_"), re.escape(name), kind) for name, kind in TYPES_OF_NAMES.items())
    ssi = "# Caddy puts no fragments in: fragments: live needs nobody to.\n" if settings.fragments == "ssi" else ""
    return {
        "address": address.netloc if address.scheme == "https" else f"http://{address.netloc}",
        "security": "\n".join(f'\t\t{name} "{value}"' for name, value in SECURITY),
        "typed": "\n".join(typed),
        "handle": "handle" if base == "/" else f"handle_path {base}*",
        "ssi": ssi,
    }
