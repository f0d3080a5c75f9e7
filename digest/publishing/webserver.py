"""A server block for nginx or a site block for Caddy, by the same rules as everything else says of files.

In: the site's settings, and where its files lie. Out: text to be put into the server's configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.content.hosting import FolderPlace, RsyncPlace
from digest.publishing import headers
from digest.publishing.headers import FOR_A_MINUTE, FOR_AN_HOUR, FOR_EVER, FOR_FIVE_MINUTES, SECURITY
from digest.publishing.targets.folder import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.content.hosting import Destination
    from digest.content.settings import Settings

FALLBACK = "/srv/www/digest"
COMPRESSED = "text/css text/javascript application/json application/xml application/atom+xml application/feed+json "\
    "text/plain text/x-opml image/svg+xml"  # fmt: skip
"""nginx compresses text/html anyway."""


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
    address = urlsplit(settings.base_url)
    base = settings.base_path
    where = "alias" if base != "/" else "root"
    security = "".join(f'    add_header {name} "{value}" always;\n' for name, value in SECURITY)
    ssi = "        ssi on;\n" if settings.fragments == "ssi" else ""
    types = "".join(f"        {kind} {name};\n" for name, kind in ())
    return f"""\
# Of the site {address.hostname}, for nginx. The map stands outside of server {{ }}, e.g. in conf.d/.
map $uri $digest_caching {{
    ~^{base}assets/.+\\.[0-9a-f]{{8}}(\\.\\w+)?$           "{FOR_EVER}";
    ~^{base}media/[^/]+-[0-9a-f]{{16}}-[^/]+$            "{FOR_EVER}";
    ~(/|\\.html)$                                       "{FOR_A_MINUTE}";
    ~\\.(xml|json|txt)$                                 "{FOR_FIVE_MINUTES}";
    default                                            "{FOR_AN_HOUR}";
}}
map $uri $digest_type {{
    ~/feed\\.xml$    "application/atom+xml; charset=utf-8";
    ~/feed\\.json$   "application/feed+json; charset=utf-8";
    ~/opml\\.xml$    "text/x-opml; charset=utf-8";
    default         "";
}}
server {{
    listen 80;
    listen [::]:80;
    server_name {address.hostname};
    charset utf-8;
    charset_types text/css text/javascript application/javascript application/json application/xml text/xml;
    index index.html;
    error_page 404 {base}404.html;
    gzip on;
    gzip_vary on;
    gzip_types {COMPRESSED} application/javascript text/xml;
    add_header Cache-Control $digest_caching always;
{security}
    # a release is replaced as a whole: no file may be remembered longer than a request
    open_file_cache off;

    location {base} {{
        {where} {folder}{"/" if where == "alias" else ""};
{ssi}        try_files $uri $uri/ =404;
    }}
    # what deploys note beside the site is nobody's business; .well-known is
    location ~ /\\.(?!well-known/) {{
        return 404;
    }}
{types}}}
"""


def caddy(settings: Settings, folder: str) -> str:
    """`handle_path` takes the site's path off, where it has one."""
    address = urlsplit(settings.base_url)
    base = settings.base_path
    security = "".join(f'\t\t{name} "{value}"\n' for name, value in SECURITY)
    handle = "handle {" if base == "/" else f"handle_path {base}* {{"
    templates = "\t\ttemplates\n" if settings.fragments == "ssi" else ""
    del templates
    host = f"{address.scheme}://{address.netloc}" if address.scheme == "http" else address.netloc
    return f"""\
# Of the site {address.hostname}, for Caddy.
{host} {{
	root * {folder}
	encode zstd gzip
	@hidden path_regexp /\\.(?!well-known/)
	@ever path_regexp ^{base}(assets/.+\\.[0-9a-f]{{8}}(\\.\\w+)?|media/[^/]+-[0-9a-f]{{16}}-[^/]+)$
	@pages path_regexp (/|\\.html)$
	@data path_regexp \\.(xml|json|txt)$
	@atom path_regexp /feed\\.xml$
	@feed path_regexp /feed\\.json$
	@opml path_regexp /opml\\.xml$
	header ?Cache-Control "{FOR_AN_HOUR}"
	header @ever Cache-Control "{FOR_EVER}"
	header @pages Cache-Control "{FOR_A_MINUTE}"
	header @data Cache-Control "{FOR_FIVE_MINUTES}"
	header @atom Content-Type "application/atom+xml; charset=utf-8"
	header @feed Content-Type "application/feed+json; charset=utf-8"
	header @opml Content-Type "text/x-opml; charset=utf-8"
	header {{
{security}\t}}
	{handle}
		respond @hidden 404
		file_server
	}}
	handle_errors {{
		rewrite * /404.html
		file_server
	}}
}}
"""


_ = headers
