"""Hostile pages in a browser: nothing runs, nothing is asked of another host, nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from conftest import NOW, SITE_YAML, LittleSite
from hostile import MARKDOWN, TEXTS
from test_hostile import in_quotes, picture

from digest.site.options import BuildOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.browser


def test_hostile_pages_do_nothing_in_a_browser(
    tmp_path: Path, serve: Callable[[Path], str], page: Any, asked: list[str]
) -> None:
    """No dialog, no error, no breach of the policy (the tab fails on one), no request to others, no cookie, no storage."""
    site = LittleSite(tmp_path, BuildOptions(tmp_path, tmp_path / "public", NOW, jobs=1))
    site.put("site.yaml", SITE_YAML).put("content/sport/p.png", picture())
    for number, text in enumerate(list(TEXTS.values())[:30]):
        words = in_quotes(text)
        site.entry(
            f"sport/t{number}",
            f"title: {words}\nsummary: {words}\ntags: [{words}]\nauthor: {words}\nsource: {words}",
            f"{text}",
        )
    texts = [text for text, _ in MARKDOWN.values() if "](p" not in text and len(text) < 400]
    site.entry("sport/all", "", "\n\nفاصل.\n\n".join(texts[:25]))
    site.build()
    dialogs: list[str] = []

    def dismiss(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    base = serve(site.output)
    kept = "[document.cookie.length, localStorage.length, sessionStorage.length, window.name.length]"
    for path in (
        "/",
        "/sport/",
        "/sport/all/",
        "/tags/",
        "/archive/",
        *(f"/sport/t{number}/" for number in range(0, 30, 3)),
    ):
        page.goto(base + path)
        assert page.evaluate(kept) == [0, 0, 0, 0], path
        assert (
            page.evaluate(
                "document.querySelectorAll('script:not([src]):not([type=\"application/ld+json\"]), iframe').length"
            )
            == 0
        )
    page.remove_listener("dialog", dismiss)
    assert dialogs == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(base).netloc}
