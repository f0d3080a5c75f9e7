"""The results page in a real browser, and that it finds what Python finds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from searching import ROOT, VECTORS, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import LittleSite

pytestmark = pytest.mark.browser

ASK = """async queries => {
  const read = path => fetch("/" + path).then(answer => answer.ok && answer.json());
  const index = await new digestSearch.Index(read, "ar").open(), rows = [];
  for (const query of queries) {
    const {documents, meant} = await digestSearch.search(query, index);
    rows.push({query, first: documents.slice(0, 10), count: documents.length, meant});
  }
  return rows;
}"""


def test_the_browser_answers_as_python_does(page: Any, serve: Callable[[Path], str], tmp_path: Path) -> None:
    """300 queries over frozen and recent documents: the same documents, order, count and proposal."""
    for path, content in files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "search.js").write_bytes((ROOT / "templates/assets/search.js").read_bytes())
    (tmp_path / "index.html").write_text(
        "<!doctype html><meta charset=utf-8><title>x</title><link rel=icon href=data:,><script src=search.js></script>"
    )
    page.goto(serve(tmp_path))
    rows = json.loads(VECTORS.read_text("utf-8"))
    for mine, theirs in zip(rows, page.evaluate(ASK, [row["query"] for row in rows]), strict=True):
        assert mine == theirs


@pytest.fixture
def address(site: LittleSite, serve: Callable[[Path], str]) -> str:
    """A site under a base path, with margins that come later."""
    text = (site.root / "site.yaml").read_text("utf-8").replace("https://news.example/", "https://news.example/news/")
    site.put("site.yaml", text + "fragments: live\n")
    for number in range(14):
        site.entry(
            f"sport/s{number:02}",
            f"title: الحكومة والميناء {number}\ndate: 2026-01-{number + 1:02}\nsource: {{name: وكالة {number % 2}}}",
        )
    site.entry("sport/old", "title: ميناء قديم\ndate: 2024-05-05\nsummary: وصلت والحكومة نفسها إلى <b>الميناء</b>")
    site.build()
    (site.output.parent / "top").mkdir()
    (site.output.parent / "top/news").symlink_to(site.output)
    return f"{serve(site.output.parent / 'top')}/news/"


def done(page: Any) -> list[str]:
    """Addresses of the results, once they are complete."""
    page.wait_for_selector('[data-block="search"][data-state="done"]', state="attached")
    return page.eval_on_selector_all(
        '[data-block="search"] a', "links => links.map(a => decodeURI(new URL(a.href).pathname))"
    )


def test_enter_leads_from_any_page_to_the_results(page: Any, address: str) -> None:
    """By the keyboard alone: `/`, words, Enter; the address is a link, and back leads back."""
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("ميناء قديم")
    page.keyboard.press("Enter")
    assert done(page)[0] == "/news/sport/old/"
    assert page.url.startswith(f"{address}search/?q=")
    assert page.input_value("input[name=q]") == "ميناء قديم"
    page.fill("input[name=q]", "حكومة")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-block]').dataset.count === '15'")
    page.go_back()
    page.wait_for_function("document.querySelector('input[name=q]').value === 'ميناء قديم'")


def test_results_are_counted_aloud_and_come_in_tens(page: Any, address: str) -> None:
    """In the plural forms of the language; the next ones get the focus."""
    page.goto(f"{address}search/?q=الحكومة")
    assert len(done(page)) == 10
    assert page.get_attribute("[data-block=search]", "data-count") == "15"
    assert page.inner_text("[role=status]") == "15 نتيجة"
    page.click(".search-more")
    page.wait_for_function("document.querySelectorAll('[data-block] a').length === 15")
    assert page.is_hidden(".search-more")
    assert page.evaluate("document.activeElement.closest('.card') === document.querySelectorAll('.card')[10]")


def test_found_forms_are_marked_whole_and_markup_is_text(page: Any, address: str) -> None:
    """والحكومة for حكومة."""
    page.goto(f"{address}search/?q=حكومة قديم")
    done(page)
    first = page.locator(".card").first
    assert first.locator("mark").all_inner_texts() == ["قديم", "والحكومة"]
    assert "<b>الميناء</b>" in first.inner_text() or "الميناء" in first.inner_text()
    assert first.locator("b").count() == 0


def test_filters_and_order_stand_in_the_address(page: Any, address: str) -> None:
    """By year, source and date."""
    page.goto(f"{address}search/?q=ميناء&year=2024")
    assert done(page) == ["/news/sport/old/"]
    page.goto(f"{address}search/?q=ميناء&sort=date")
    assert done(page)[0] == "/news/sport/s13/"
    page.select_option("select[name=source]", "وكالة 1")
    page.wait_for_function("document.querySelector('[data-block]').dataset.count === '7'")
    assert "source=" in page.url


def test_a_very_long_query_is_searched_by_its_beginning(page: Any, address: str) -> None:
    """As long as the box lets readers type; the end of a link of thousands of words asks for nothing."""
    page.goto(f"{address}search/?q={'ميناء ' * 40}قديم {'كلمة ' * 1000}")
    assert done(page)[0] == "/news/sport/old/"
    assert "قديم" not in page.locator(".card").first.locator("mark").all_inner_texts()


def test_nothing_found_leads_on(page: Any, address: str) -> None:
    """To themes and the archive; the place says that it is done."""
    page.goto(f"{address}search/?q=قشظزغض")
    assert done(page) == []
    assert page.get_attribute("[data-block=search]", "data-count") == "0"
    assert page.inner_text("[role=status]") == "لا نتائج"
    assert page.is_visible(".search-ways a")


def test_a_misspelt_word_and_the_other_keyboard_are_proposed(page: Any, address: str) -> None:
    """As links."""
    for query, meant in (("الحكمومة", "الحكومة"), ("hgp;,lm", "الحكومة")):
        page.goto(f"{address}search/?q={query}")
        assert done(page)
        assert page.inner_text(".search-meant a") == meant


def test_no_request_carries_the_query(page: Any, address: str, asked: list[str]) -> None:
    """But that for the page itself; and nobody else is asked."""
    page.goto(f"{address}search/?q=ميناء")
    done(page)
    assert [url for url in asked if "?" in url] == [page.url]
    assert all(url.startswith(address) for url in asked)


def test_what_searches_is_fetched_when_a_reader_comes_to_the_box(page: Any, address: str, asked: list[str]) -> None:
    """Before there are words, and only then: script, head and language."""
    page.goto(address)
    assert not [url for url in asked if "search" in url]
    with page.expect_response("**/search/language-*.json"):
        page.keyboard.press("/")
    names = {url.rpartition("/")[2].partition(".")[0].partition("-")[0] for url in asked if "search" in url}
    assert names == {"search", "index", "language"}


@pytest.mark.parametrize("damage", ["gone", "cut", "html"])
def test_cards_that_cannot_be_read_cost_one_sentence(tab_as_new: Any, address: str, damage: str) -> None:
    """The others are shown."""
    tab = tab_as_new
    answers = {"gone": {"status": 404, "body": ""}, "cut": {"body": '[["sport'}, "html": {"body": "<!doctype html>"}}
    broken: list[str] = []

    def spoil(route: Any) -> None:
        if not broken or route.request.url in broken:
            broken.append(route.request.url)
            route.fulfill(**answers[damage])
        else:
            route.continue_()

    tab.route("**/search/cards/*", spoil)
    tab.goto(f"{address}search/?q=الحكومة")
    shown = done(tab)
    assert 0 < len(shown) < 10
    assert tab.inner_text(".search-note")
    assert [text for text in tab.faults if "Failed to load resource" not in text] == []


def test_a_page_opened_from_disk_says_why_it_cannot_search(tab_as_new: Any, site: LittleSite, address: str) -> None:
    """And only there."""
    tab = tab_as_new
    tab.goto(f"{(site.output / 'search/index.html').as_uri()}?q=ميناء")
    assert tab.is_visible("text=مفتوحة من القرص")
    tab.goto(f"{address}search/?q=ميناء")
    done(tab)
    assert tab.is_hidden("text=مفتوحة من القرص")


def test_results_are_shown_as_they_come(page: Any, address: str) -> None:
    """The first ones do not wait for the last."""
    held: list[Any] = []
    page.route("**/search/cards/*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects it
    page.goto(f"{address}search/?q=الحكومة")
    page.wait_for_function("document.querySelector('[role=status]').textContent")
    assert page.inner_text("[role=status]") == "15 نتيجة"
    assert len(held) > 1
    first = page.locator("[data-block=search] a").first
    for number, route in enumerate(held):
        route.continue_()
        if number == 0:
            first.wait_for()
            assert page.get_attribute("[data-block=search]", "data-state") is None
    assert len(done(page)) == 10


def test_without_a_script_the_page_says_so_and_leads_on(browser: Any, address: str) -> None:
    """And the box still leads there."""
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(address)
    tab.fill("input[name=q]", "ميناء")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search/?q=*")
    assert "جافاسكربت" in tab.inner_text("main")
    assert tab.locator(".search-ways a").first.is_visible()
    context.close()


def test_the_page_of_a_missing_address_offers_its_words(page: Any, address: str) -> None:
    """In the box, without the theme's folder: a host shows this page at the address that is not there."""
    lost = page.request.get(f"{address}404.html").text()
    page.route("**/sport/**", lambda route: route.fulfill(body=lost, content_type="text/html"))
    page.goto(f"{address}sport/كأس-العالم-2026/")
    assert page.input_value("input[name=q]") == "كأس العالم 2026"


def test_nothing_moves_while_results_come(page: Any, address: str) -> None:
    """Layout shift of the page, from the beginning."""
    page.goto(f"{address}search/?q=الحكومة")
    done(page)
    page.evaluate(
        "() => { new PerformanceObserver(list => { for (const e of list.getEntries()) window.moved = (window.moved || 0) + e.value }).observe({type: 'layout-shift', buffered: true}) }"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved || 0") < 0.02
