"""Facts of Arabic pages, whatever system made them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from arabic_pages import PAGES, SUMMARY, Facts

from digest.curating import encoding, metadata, pages, walls

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZONE = ZoneInfo("Africa/Casablanca")


def read(facts: Facts):
    decoded = encoding.decode(facts.html.encode(facts.encoding))
    page = pages.read(decoded.text)
    return page, metadata.read(page, metadata.Setting(facts.url, ZONE, NOW, NOW))


def shown(value: datetime | date | None) -> str:
    return value.isoformat() if value else ""


@pytest.mark.parametrize("name", PAGES)
def test_title_of_an_arabic_page_is_its_headline(name):
    assert read(PAGES[name])[1].title == PAGES[name].title


@pytest.mark.parametrize("name", PAGES)
def test_date_of_an_arabic_page_is_that_of_publication(name):
    found = read(PAGES[name])[1]
    assert found.dated
    assert shown(found.dated.value) == PAGES[name].date


@pytest.mark.parametrize("name", PAGES)
def test_authors_of_an_arabic_page_are_persons_and_agencies_are_apart(name):
    found = read(PAGES[name])[1]
    assert (found.authors, found.agencies) == (PAGES[name].authors, PAGES[name].agencies)


@pytest.mark.parametrize("name", PAGES)
def test_outlet_of_an_arabic_page_is_named(name):
    assert read(PAGES[name])[1].outlet == PAGES[name].source


@pytest.mark.parametrize("name", PAGES)
def test_summary_language_and_address_of_an_arabic_page(name):
    found = read(PAGES[name])[1]
    assert found.summary == PAGES[name].summary
    assert found.lang == "ar"
    assert found.url == (PAGES[name].canonical or PAGES[name].url)


@pytest.mark.parametrize("name", PAGES)
def test_arabic_page_of_a_story_is_an_article(name):
    page, found = read(PAGES[name])
    assert walls.refusal(page, found, PAGES[name].url) is None


@pytest.mark.parametrize("name", [name for name, facts in PAGES.items() if facts.picture])
def test_picture_of_an_arabic_page_has_its_words(name):
    picture = read(PAGES[name])[1].picture
    assert picture
    assert (picture.url, picture.caption, picture.credit) == PAGES[name].picture


def test_there_are_enough_pages():
    assert len(PAGES) >= 40
    assert sum(facts.summary == SUMMARY for facts in PAGES.values()) > 20
