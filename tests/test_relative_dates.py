"""`relative_dates: true`: how long ago, worked out where a page is read, and never stored in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from conftest import NOW, SITE_YAML, LittleSite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGO = (timedelta(minutes=2), timedelta(minutes=11), timedelta(hours=2), timedelta(hours=3), timedelta(hours=30))


def dated(site: LittleSite, lang: str = "ar", more: str = "relative_dates: true\n") -> LittleSite:
    """A site of entries so long ago, and one of a day without its hour."""
    site.put("site.yaml", SITE_YAML.replace("lang: ar", f"lang: {lang}") + more)
    for number, ago in enumerate(AGO):
        site.entry(f"sport/n{number}", f"date: {(NOW - ago).isoformat()}")
    site.entry("sport/day", f"date: {NOW.date().isoformat()}")
    site.build()
    return site


def test_no_page_holds_a_relative_date(site: LittleSite) -> None:
    """It would be false an hour later; the script is there only where it is asked for."""
    dated(site)
    pages = [content.decode() for path, content in site.files().items() if path.endswith(".html")]
    assert not any(re.search("قبل (?:ساع|دقي|[0-9])|منذ [0-9]", page) for page in pages)
    assert all(re.search(r'<script type="module" src="/assets/ago\.\w+\.js"></script>', page) for page in pages)
    dated(site, more="")
    assert "ago." not in site.text("index.html")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "expected", "day"),
    [
        ("ar", ["قبل دقيقتين", "قبل 11 دقيقة", "قبل ساعتين", "قبل 3 ساعات"], "22 نوفمبر 2026"),
        ("ar-EG", ["قبل دقيقتين", "قبل ١١ دقيقة", "قبل ساعتين", "قبل ٣ ساعات"], "٢٢ نوفمبر ٢٠٢٦"),
        ("fa", ["۲ دقیقه پیش", "۱۱ دقیقه پیش", "۲ ساعت پیش", "۳ ساعت پیش"], "۱ آذر ۱۴۰۵"),
        ("fr", ["il y a 2 minutes", "il y a 11 minutes", "il y a 2 heures", "il y a 3 heures"], "22 novembre 2026"),
    ],
)
def test_recent_dates_say_how_long_ago_they_were(
    site: LittleSite, serve: Callable[[Path], str], browser: Any, lang: str, expected: list[str], day: str
) -> None:
    """In the site's language, digits and cases; the day itself under the pointer; older days and bare days as they were."""
    dated(site, lang)
    context = browser.new_context(timezone_id="America/Montreal", locale="en-US")
    tab = context.new_page()
    tab.clock.install(time=NOW)
    tab.goto(serve(site.output) + "/sport/")
    times = {
        slug: tab.locator(f'article:has(a[href="/sport/{slug}/"]) time')
        for slug in ("n0", "n1", "n2", "n3", "n4", "day")
    }
    assert [times[f"n{n}"].inner_text() for n in range(4)] == expected
    assert times["n4"].inner_text() == day
    assert "title" not in (times["day"].evaluate("e => e.getAttributeNames()"))
    title = times["n3"].get_attribute("title")
    assert title
    assert title.split()[1] == times["day"].inner_text().split()[1], "the month, in words"
    tab.clock.run_for(60_000)
    assert re.search("[3٣۳]", times["n0"].inner_text()), "a minute later"
    tab.clock.run_for(25 * 3_600_000)
    assert times["n3"].inner_text() == title, "a day later the page says the day again"
    context.close()


@pytest.mark.browser
def test_without_scripts_the_days_stand(site: LittleSite, serve: Callable[[Path], str], browser: Any) -> None:
    """Absolute dates are what the page is made of."""
    dated(site)
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(serve(site.output) + "/sport/")
    assert tab.locator("time").first.inner_text() == "23 نوفمبر 2026"
    context.close()


def test_scripts_are_published_only_where_a_page_runs_them(site: LittleSite) -> None:
    """A site without them has none."""
    searching = {"assets/box", "assets/search"}
    dated(site, more="")
    assert {path.partition(".")[0] for path in site.files() if path.endswith(".js")} == searching
    dated(site)
    assert {path.partition(".")[0] for path in site.files() if path.endswith(".js")} == searching | {"assets/ago"}
