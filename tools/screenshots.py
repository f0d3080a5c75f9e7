"""Photograph the preview for the Arabic manual: the example in a browser, with a mistake, and as wide as a phone.

In: the repository's own example, copied, so that a mistake can be saved in it. Out: `docs/images/*-ar.png`, in few
colours. Needs Playwright and a Chromium (`CHROMIUM`, default /usr/bin/chromium).

    python tools/screenshots.py
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
STORY = "content/sport/2026-11-22-final-night.md"
NOW = "1795435200"
"""The day of the example, in seconds since 1970."""
COLOURS = 96
DESKTOP, PHONE = (1200, 760), (390, 780)


@contextmanager
def preview() -> Iterator[tuple[Path, str]]:
    """A copy of the example and the address it is shown at, in an Arabic terminal."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "mysite")
        for name in ("content", "data"):
            shutil.copytree(ROOT / name, site / name)
        shutil.copy(ROOT / "site.yaml", site)
        if (ROOT / ".digest/pictures").is_dir():
            shutil.copytree(ROOT / ".digest/pictures", site / ".digest/pictures")
        command = [sys.executable, "-m", "digest", "serve", "--site", str(site), "--port", "0"]
        variables = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "DIGEST_LANG": "ar"}
        serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables)
        try:
            yield site, re.search(r"http\S+/", serving.stdout.readline())[0]  # type: ignore[union-attr, index]
        finally:
            serving.terminate()
            serving.wait()


def keep(name: str, raw: bytes) -> None:
    """Write a picture in few colours."""
    small = Image.open(BytesIO(raw)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(IMAGES / f"{name}.png", optimize=True)
    print(f"{name}.png {(IMAGES / name).with_suffix('.png').stat().st_size} bytes")


def main() -> None:
    """Home page, a story on a phone, and a story with a mistake."""
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with preview() as (site, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for name, path, (width, height) in (
            ("preview-ar", "", DESKTOP),
            ("phone-ar", "sport/final-night/", PHONE),
            ("mistake-ar", "sport/final-night/", DESKTOP),
        ):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address + path)
            page.locator("digest-preview").wait_for(state="attached")
            if name == "mistake-ar":
                story = site / STORY
                story.write_text(story.read_text("utf-8").replace("source:", "sorce:", 1), "utf-8")
            page.wait_for_timeout(2500)
            keep(name, page.screenshot())
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
