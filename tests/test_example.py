"""The living example: it builds without a word, and everything in it holds together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from whole_site import faults

from digest.build.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import LittleSite


def test_the_example_builds_without_a_problem_advice_or_note(example: LittleSite) -> None:
    """What `digest check` says of it: nothing."""
    report = example.reports[0]
    assert report.advice == ()
    assert report.entries >= 30
    assert report.held >= 2
    assert example.build(output=None, strict=True).advice == ()


def test_every_file_of_the_example_is_sound(example: LittleSite) -> None:
    """HTML5 without a parse error, XML and JSON that parse, links that lead somewhere, nothing foreign fetched."""
    assert faults(example.files(), "https://digest.example/") == []


@pytest.mark.parametrize(
    "feature",
    [
        "بارز:", "العنوان:", "entries:", "related: []", "lead: true", "draft: true", "updated:", "aliases:", "lang: fr",
        "lang: en", "edition:", 'alt: ""', "slug:",
    ],
)  # fmt: skip
def test_the_example_shows_every_feature(repository: Path, feature: str) -> None:
    """It is the model new users copy from."""
    assert any(feature in path.read_text("utf-8") for path in (repository / "content").rglob("*.[my]*"))


def test_an_article_has_every_part_of_the_model_page(example: LittleSite) -> None:
    """Breadcrumb, picture with caption and credit, dateline, date, author, source, text, tags, and every block."""
    pages = [
        text.decode()
        for path, text in example.files().items()
        if path.count("/") == 2 and b'<article class="story' in text
    ]
    parts = (
        r'<nav[^>]*aria-label="مسار التنقل"', "<h1", "<figcaption", 'class="credit', 'class="dateline"', "<time datetime=",
        'class="byline-author"', 'class="original"', 'class="tags"', 'data-block="related"', 'data-block="latest"',
        'data-block="theme" data-theme="sport"', 'data-block="most-read"', 'class="neighbours"',
    )  # fmt: skip
    lacking = min(([part for part in parts if not re.search(part, page)] for page in pages), key=len)
    assert lacking == []
    assert all('data-block="latest"' in page for page in pages)


def test_check_agrees(repository: Path, example: LittleSite) -> None:
    """`digest check` on the repository itself."""
    from msgspec.structs import replace

    assert build(replace(example.order, output=None, strict=True)).entries == example.reports[0].entries
