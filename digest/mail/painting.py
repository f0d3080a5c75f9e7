"""`digest email --proof`: the mail as several clients show it, side by side in one picture, painted by Chromium.

The browser is started twice: to learn how high the frames are, then to paint them. It has no network: pictures of the
site are given to it as data, and every host name is unknown to it.
"""

from __future__ import annotations

import base64
import html
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from digest.mail.clients import CLIENTS, as_shown
from digest.problems import UsageError
from digest.site.images import LazyImages
from digest.translation import _

if TYPE_CHECKING:
    from digest.site.site import Site

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge")
APPLICATIONS: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
COLUMNS: Final = 3
"""Clients in one row of the page."""
GAP: Final = 24
HIGHEST: Final = 6000
"""Pixels of a frame; a longer mail is cut off there."""
SECONDS: Final = 120
SIZE: Final = re.compile(r'data-size="(\d+)x(\d+)"')
STYLE: Final = (
    f"body{{margin:0;padding:{GAP}px;background:#8a9096;font:16px sans-serif;width:max-content}}"
    f".row{{display:flex;gap:{GAP}px;align-items:flex-start;margin-bottom:{GAP}px}}"
    "h2{margin:0 0 8px;color:#fff;font-size:18px}iframe{display:block;border:0;background:#fff}"
)
MEASURE: Final = (
    "addEventListener('load',()=>{for(const f of document.querySelectorAll('iframe')){"
    f"const d=f.contentDocument;f.height=Math.min(Math.max(d.body.scrollHeight,1),{HIGHEST})}}"
    "const r=document.documentElement;"
    "r.dataset.size=document.body.offsetWidth+'x'+document.body.offsetHeight})"
)


def paint(mail: str, site: Site) -> bytes:
    """A PNG of all clients. Raises `UsageError` if there is no Chromium, or if it fails."""
    browser = find_browser()
    if not browser:
        raise UsageError(_("--proof needs Chromium, and there is none; install it, or name its path in CHROMIUM"))
    page = proof_page(with_pictures(mail, site))
    with tempfile.TemporaryDirectory(prefix="digest-proof-") as folder:
        source, picture = Path(folder, "proof.html"), Path(folder, "proof.png")
        source.write_text(page, "utf-8")
        told = run(browser, folder, "--dump-dom", source.as_uri())
        size = SIZE.search(told)
        width, height = (int(size[1]), int(size[2])) if size else (3600, HIGHEST)
        run(browser, folder, f"--window-size={width},{height}", f"--screenshot={picture}", source.as_uri())
        try:
            return picture.read_bytes()
        except OSError:
            raise UsageError(
                _("{browser} did not paint the mail; try it with --headless --screenshot", browser=browser)
            ) from None


def find_browser() -> str:
    """Path of an executable Chromium, or an empty string."""
    asked = os.environ.get("CHROMIUM", "")
    if asked:
        return shutil.which(asked) or ""
    return next((path for name in (*NAMES, *APPLICATIONS) if (path := shutil.which(name))), "")


def run(browser: str, folder: str, *words: str) -> str:
    """Start the browser once; what it prints. Raises `UsageError`."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        browser, "--headless", *sandbox, "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--force-device-scale-factor=1", f"--user-data-dir={folder}/profile",
        "--host-resolver-rules=MAP * ~NOTFOUND", *words,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(_("{browser} could not paint the mail: {error}", browser=browser, error=error)) from error
    return done.stdout.decode("utf-8", "replace")


def proof_page(mail: str) -> str:
    """The page that is painted: a frame for each client and width."""
    rows = [CLIENTS[start : start + COLUMNS] for start in range(0, len(CLIENTS), COLUMNS)]
    parts = []
    for row in rows:
        frames = []
        for client in row:
            shown = html.escape(as_shown(mail, client))
            for width in client.widths:
                frame = f'<iframe sandbox="allow-same-origin" width="{width}" height="100" srcdoc="{shown}"></iframe>'
                frames.append(f"<div><h2>{html.escape(client.name)}, {width} px</h2>{frame}</div>")
        parts.append(f'<div class="row">{"".join(frames)}</div>')
    head = f'<meta charset="utf-8"><title>proof</title><style>{STYLE}</style><script>{MEASURE}</script>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(parts)}</body></html>"


def with_pictures(mail: str, site: Site) -> str:
    """The mail with the site's own pictures as data: it may not be online yet."""
    for url, content in picture_files(mail, site):
        kind = "png" if url.endswith(".png") else "jpeg"
        mail = mail.replace(f'src="{url}"', f'src="data:image/{kind};base64,{base64.b64encode(content).decode()}"')
    return mail


def picture_files(mail: str, site: Site) -> Iterator[tuple[str, bytes]]:
    """Address and content of the pictures that a mail shows, made now unless a build made them."""
    if not isinstance(site.images, LazyImages):
        return
    for url in dict.fromkeys(re.findall(r'<img [^>]*?src="([^"]+)"', mail)):
        plain = html.unescape(url)
        if plain.startswith(site.settings.base_url):
            content = site.images.pipeline.file(unquote(plain.removeprefix(site.settings.base_url)))
            if content is not None:
                yield url, content
