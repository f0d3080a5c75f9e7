"""Pages of every kind in six countries: every word, number, date, mark and isolate a reader meets, held as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from locales import KINDS, LOCALES, fill, golden
from whole_site import faults

if TYPE_CHECKING:
    from conftest import LittleSite

GOLDEN = Path(__file__).parent / "golden" / "pages"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_page_says_what_it_should(site: LittleSite, locale: str) -> None:
    """`python tools/goldens.py` writes the files anew; the difference is to be read by somebody who reads the language."""
    fill(site, locale)
    assert faults(site.files(), "https://news.example/") == []
    assert golden(site).split("\n") == (GOLDEN / f"{locale}.txt").read_text("utf-8").split("\n")


@pytest.mark.parametrize("locale", LOCALES)
def test_there_is_a_golden_page_of_every_template(locale: str) -> None:
    """A new kind of page is asked for here."""
    text = (GOLDEN / f"{locale}.txt").read_text("utf-8")
    assert [f"== {kind} ==" for kind in KINDS] == [line for line in text.split("\n") if line.startswith("== ")]
