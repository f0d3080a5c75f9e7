"""Hosts of static sites: their limits, and the files they read beside those of the site."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.deploy.headers import RULES, headers_file
from digest.deploy.manifest import File, total
from digest.problems import N_, Message

if TYPE_CHECKING:
    from digest.deploy.destinations import Destination

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a host; zero: none is known."""

    files: int = 0
    in_folder: int = 0
    """Files in one folder."""
    file: int = 0
    """Bytes of one file."""
    site: int = 0
    """Bytes of all files."""
    redirects: int = 0
    """Lines of `_redirects` that are read."""
    note: str = ""
    """When the numbers differ."""


LIMITS = {
    "github-pages": Limits(file=100 * MIB, site=GIB),
    "gitlab-pages": Limits(files=200_000, site=GIB, note="gitlab.com's own; other servers set theirs"),
    "codeberg-pages": Limits(),
    "cloudflare-pages": Limits(files=20_000, file=25 * MIB, redirects=2_000, note="100,000 files on paid plans"),
    "netlify": Limits(in_folder=54_000),
}
"""From the manuals of the hosts, November 2026."""
REDIRECTING = {"cloudflare-pages": "301", "netlify": "301!"}
"""Host → status in its `_redirects`. Other hosts serve the pages that redirect."""
RULE = re.compile(rb"(?m)^[/h]")
"""The first line of a rule of `_headers`: a path or an address."""


def exceeded(host: str, files: Mapping[str, File]) -> list[Message]:
    """A sentence for each limit of the host that the site exceeds."""
    limits = LIMITS.get(host)
    if limits is None:
        return []
    found = []
    note = f" ({limits.note})" if limits.note else ""
    if limits.files and len(files) > limits.files:
        found.append(
            N_(
                "{host} takes {limit:,} files{note}, and the site has {n:,}",
                host=host,
                limit=limits.files,
                note=note,
                n=len(files),
            )
        )
    size = total(files.values())
    if limits.site and size > limits.site:
        found.append(
            N_(
                "{host} takes {limit:,} MiB{note}, and the site has {n:,}",
                host=host,
                limit=limits.site // MIB,
                note=note,
                n=size // MIB,
            )
        )
    folders = Counter(os.path.dirname(path) for path in files) if limits.in_folder else {}  # noqa: PTH120 - of each file
    for folder, count in folders.items():
        if count > limits.in_folder:
            found.append(
                N_(
                    "{host} takes {limit:,} files in one folder, and {folder} has {n:,}",
                    host=host,
                    limit=limits.in_folder,
                    folder=f"{folder}/",
                    n=count,
                )
            )
    large = [path for path, file in files.items() if limits.file and file.size > limits.file]
    found += [
        N_("{host} takes files of {limit} MiB, and {path} is larger", host=host, limit=limits.file // MIB, path=path)
        for path in sorted(large)
    ]
    return found


def extras(
    destination: Destination,
    base_path: str,
    redirects: Sequence[tuple[str, str]],
    own: Mapping[str, bytes],
    paths: Iterable[str],
) -> dict[str, bytes]:
    """Files that the host reads and that are no part of the site.

    `own`: files of the site with such names. `paths`: all files of the site.
    """
    host = destination.host
    made = destination.place.host_files(host)
    if host in REDIRECTING:
        room = RULES - len(RULE.findall(own.get("_headers", b"")))
        made["_headers"] = headers_file(base_path, paths, room).encode()
        lines = redirect_lines(host, base_path, redirects)
        if lines:
            made["_redirects"] = "".join(lines).encode()
    for name in made.keys() & own.keys():  # a site's own rules come first, and the first one counts
        made[name] = (
            own[name] if name in {"CNAME", ".domains", ".nojekyll"} else own[name].rstrip() + b"\n\n" + made[name]
        )
    return made


def redirect_lines(host: str, base_path: str, redirects: Sequence[tuple[str, str]]) -> list[str]:
    """As many lines as the host reads; the pages at the other addresses redirect by themselves."""
    from digest.content.urls import path_url  # noqa: PLC0415 - few sites have old addresses

    lines = []
    for path, target in redirects[: LIMITS[host].redirects or None]:
        old = path_url(base_path, f"/{path.removesuffix('index.html')}")
        lines.append(f"{old} {target} {REDIRECTING[host]}\n")
    return lines
