"""The manual as a site made with digest: built strictly, in two languages, every link and heading reached."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import manual
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
BASE = "https://manual.digest.example"


@pytest.fixture(scope="session")
def pages(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Address → HTML of every page of both languages."""
    root = tmp_path_factory.mktemp("manual") / "site-docs"
    variables = {**os.environ, "PYTHONPATH": str(repository)}
    subprocess.run([sys.executable, repository / "tools/manual_site.py", root], check=True, env=variables)
    found = {}
    for path in root.rglob("*.html"):
        found["/" + path.relative_to(root).as_posix().removesuffix("index.html")] = path.read_text("utf-8")
    return found


def test_every_page_of_the_manual_is_a_page_of_the_site(pages: dict[str, str]) -> None:
    """Each by its title."""
    heads = [title for html in pages.values() for title in re.findall(r"<h1.*?</h1>", html)]
    titles = {unescape(re.sub(r"<[^>]*>", "", title)) for title in heads}
    for path in (manual.ROOT / "docs").rglob("*.md"):
        if path.name != "README.md":
            title = re.search(r"^# (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert title
            assert title[1].replace("`", "") in titles, path


def test_every_link_leads_to_a_page_and_every_fragment_to_a_heading(pages: dict[str, str]) -> None:
    """Within both sites, and from one to the other."""
    names = {path: set(re.findall(r'\bid="([^"]+)"', html)) for path, html in pages.items()}
    broken = []
    for path, html in pages.items():
        for address in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', html):
            parts = urlsplit(address.removeprefix(BASE))
            target = unquote(parts.path) or path
            if parts.scheme or parts.netloc or re.search(r"\.(?:xml|json|opml)$", target):
                continue
            fragment = unquote(parts.fragment)
            if target not in names or (fragment and fragment not in names[target]):
                broken.append(f"{path}: {address}")
    assert broken == []


def test_each_language_reads_its_way_and_names_the_other(pages: dict[str, str]) -> None:
    for path, html in pages.items():
        lang, way, other = ("ar", "rtl", "en") if path.startswith("/ar/") else ("en", "ltr", "ar")
        if 'http-equiv="refresh"' not in html:
            assert re.search(rf'<html lang="{lang}" dir="{way}"', html), path
            assert f'hreflang="{other}"' in html, path
