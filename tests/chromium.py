"""Find a Chromium for the browser tests, or install one where that can be done; print in one line what was found.

Order: $CHROMIUM, a browser on the PATH, Playwright's own; then Debian's package as root, then Playwright's download.
Exit status 0 always, unless $DIGEST_NEED_BROWSER is set and there is none: then 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def found() -> str:
    """Path of an executable Chromium, or an empty string."""
    asked = os.environ.get("CHROMIUM", "")
    if asked:
        return shutil.which(asked) or ""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    caches = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium")
    return next((str(p) for cache in caches for pattern in patterns for p in sorted(cache.glob(pattern))), "")


def attempts() -> list[list[list[str]]]:
    """Ways to install one, each a list of commands."""
    ways = []
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        ways.append([[*quiet, "update"], [*quiet, "install", "-y", "--no-install-recommends", "chromium"]])
    ways.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    return ways


def installed() -> str:
    for way in attempts():
        print("installing Chromium for the browser tests:", " ".join(way[-1]), flush=True)
        done = all(subprocess.run(command, capture_output=True, check=False).returncode == 0 for command in way)
        if done and found():
            return found()
    return ""


def main() -> int:
    path = found() or installed()
    if path:
        print(f"browser tests use {path}")
        return 0
    print("no Chromium found, and none could be installed: the browser tests are skipped (set CHROMIUM to its path)")
    return 1 if os.environ.get("DIGEST_NEED_BROWSER") else 0


if __name__ == "__main__":
    sys.exit(main())
