"""`fragments: live` in a reader's browser: the same page as `inline`, nothing moves, nothing breaks. Needs Chromium."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from conftest import NOW, SITE_YAML
from whole_site import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import LittleSite

pytestmark = pytest.mark.browser

FILE = "**/fragments/margins.html"
LONG, SHORT = "/hot/cold-wave/", "/sport/amina-10k/"
SCREENS = {"phone": {"width": 375, "height": 812}, "desk": {"width": 1280, "height": 900}}
TALL = {"width": 1280, "height": 2400}
"""Everything of a short article is on the screen, the footer too."""

BLOCKS = """() => [...document.querySelectorAll('.margins [data-block]')].map(block => {
  block.classList.remove('awaited'); // the room that is kept for what stands below it
  block.className = block.className.replace(/ rows-\\d+/, '');
  return block.outerHTML;
})"""
FILLED = "document.querySelectorAll('.margins [data-block] li').length > 0"
READY = "document.querySelector('.margins') && document.readyState === 'complete' && document.fonts.status === 'loaded'"
SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver(list => { for (const entry of list.getEntries()) shifts.push(
    entry.sources.map(s => `${s.node && (s.node.className || s.node.nodeName)} ${s.previousRect.y} -> ${s.currentRect.y}`).join('; ')
  ) }).observe({type: 'layout-shift', buffered: true});
}"""


@pytest.fixture
def live(example_with: Callable[[str], LittleSite], serve: Callable[[Path], str]) -> str:
    """Address of the example with `fragments: live`."""
    return serve(example_with("fragments: live\n").output)


@pytest.fixture
def inline(example_with: Callable[[str], LittleSite], serve: Callable[[Path], str]) -> str:
    """Address of the example with `fragments: inline`."""
    return serve(example_with("fragments: inline\n").output)


@pytest.fixture(scope="module")
def tab_without_script(browser: Any) -> Iterator[Any]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def without_script(tab_without_script: Any) -> Any:
    """A tab that runs no JavaScript of pages."""
    tab_without_script.set_viewport_size(SCREENS["desk"])
    return tab_without_script


def until(tab: Any, condition: str) -> None:
    """Wait for a condition; the pages' own policy forbids the usual way."""
    for _ in range(200):
        if tab.evaluate(condition):
            return
        tab.wait_for_timeout(25)
    pytest.fail(f"never came true: {condition}")


def holding(tab: Any) -> list[Any]:
    """Requests for the file that wait for an answer, as they come."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    tab.route(FILE, hold)
    return held


# ------------------------------------------------------------------ with script


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("article", [LONG, SHORT])
def test_the_page_is_that_of_inline(page: Any, live: str, inline: str, screen: str, article: str) -> None:
    """The same blocks with the same markup in the same order, without an error or a breach of the page's policy."""
    page.set_viewport_size(SCREENS[screen])
    page.goto(inline + article)
    blocks, links = page.evaluate(BLOCKS), page.evaluate("[...document.links].map(a => a.getAttribute('href'))")
    assert len(blocks) == 9
    page.goto(live + article)
    until(page, FILLED)
    assert page.evaluate("[...document.links].map(a => a.getAttribute('href'))") == links
    assert page.evaluate("document.querySelectorAll('.awaited-line').length") == 0
    assert page.evaluate(BLOCKS) == blocks


def test_no_trace_is_left_where_nobody_looked(page: Any, live: str) -> None:
    """Below the screen no room is kept: blocks are as high as their lines."""
    page.set_viewport_size(SCREENS["phone"])
    page.goto(live + LONG)
    until(page, FILLED)
    assert page.evaluate("document.querySelectorAll('.awaited').length") == 0


def test_the_file_is_fetched_once(page: Any, live: str, asked: list[str]) -> None:
    """By the preload in the head; the script takes what came. Nothing else is asked for, from nobody else."""
    page.goto(live + LONG)
    until(page, FILLED)
    page.wait_for_load_state("networkidle")
    assert sum("/fragments/" in url for url in asked) == 1
    assert all(url.startswith(f"{live}/") for url in asked)


@pytest.mark.parametrize("article", [LONG, SHORT])
@pytest.mark.parametrize("where", ["top", "bottom"])
@pytest.mark.parametrize("answer", ["file", "nothing"])
@pytest.mark.parametrize("screen", [*SCREENS.values(), TALL], ids=[*SCREENS, "tall"])
def test_nothing_moves(page: Any, live: str, article: str, where: str, answer: str, screen: dict[str, int]) -> None:
    """Wherever the reader is when the file comes, or when it is known that none will come."""
    held = holding(page)
    page.set_viewport_size(screen)
    page.goto(live + article, wait_until="commit")
    until(page, READY)
    page.evaluate(SHIFTS)
    if where == "bottom":
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_timeout(100)
    page.evaluate("shifts.length = 0")  # what happened before is the same in every mode
    assert len(held) == 1
    if answer == "file":
        held[0].continue_()
        until(page, FILLED)
    else:
        held[0].fulfill(status=200, body="")
    page.wait_for_timeout(200)
    assert page.evaluate("shifts") == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_room_kept_is_about_what_the_blocks_take(page: Any, live: str, inline: str, screen: str) -> None:
    """The page's length is known within a tenth before the blocks come, so that its scroll bar does not lie."""
    page.set_viewport_size(SCREENS[screen])
    page.goto(inline + LONG)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.route(FILE, lambda _: None)
    page.goto(live + LONG, wait_until="commit")
    until(page, READY)
    assert page.evaluate("document.documentElement.scrollHeight") == pytest.approx(height, rel=0.1)


def test_focus_in_a_place_stays_in_it(page: Any, live: str) -> None:
    """On the heading's link, and the page does not jump."""
    held = holding(page)
    page.goto(live + SHORT, wait_until="commit")
    until(page, READY)
    page.evaluate("document.querySelector('[data-theme=economy] a').focus()")
    before = page.evaluate("scrollY")
    held[0].continue_()
    until(page, FILLED)
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/economy/"
    assert page.evaluate("document.activeElement.closest('[data-theme]').querySelectorAll('li').length") == 4
    assert page.evaluate("scrollY") == before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-theme=economy] li:first-child a')")


def test_a_focus_elsewhere_is_left_alone(page: Any, live: str) -> None:
    """On the story's own link."""
    held = holding(page)
    page.goto(live + SHORT, wait_until="commit")
    until(page, READY)
    page.evaluate("document.querySelector('.story a').focus()")
    held[0].continue_()
    until(page, FILLED)
    assert page.evaluate("document.activeElement.matches('.story a')")


def test_nothing_is_announced(page: Any, live: str) -> None:
    """No live region, no role that interrupts; one labelled landmark, headings below the story's."""
    page.goto(live + LONG)
    until(page, FILLED)
    assert page.locator("[aria-live], [role=alert], [role=status], [aria-busy]").count() == 0
    assert page.evaluate("document.querySelector('.margins').getAttribute('aria-label').length") > 0
    assert set(page.evaluate("[...document.querySelectorAll('.margins :is(h1,h2,h3,h4)')].map(h => h.tagName)")) == {
        "H2"
    }


# ------------------------------------------------------------------ when the file is not what it should be


def cut(text: str) -> str:
    """The file as a broken upload leaves it: it ends within a headline of the second theme's block."""
    start = text.index('data-theme="politics"')
    return text[: text.index("<li", text.index("<li", start) + 3) + 60]


ANSWERS = {
    "missing": ({"status": 404, "content_type": "text/html"}, lambda site, _: site.text("404.html")),
    "the 404 page, said to be found": ({"content_type": "text/html"}, lambda site, _: site.text("404.html")),
    "the front page": ({"content_type": "text/html"}, lambda site, _: site.text("index.html")),
    "a word": ({"content_type": "text/plain"}, lambda *_: "gone"),
    "nothing": ({}, lambda *_: ""),
    "half a tag": ({"content_type": "text/html"}, lambda *_: '<section class="block" data-block="latest"><h2>'),
    "a fault of the host": ({"status": 503}, lambda _, text: text),
}


@pytest.mark.parametrize("name", [*ANSWERS, "no network"])
def test_without_the_file_the_places_stay(
    tab_as_new: Any, live: str, example_with: Callable[[str], LittleSite], name: str
) -> None:
    """Each with its heading and its sentence, without the room for lines; the script says nothing."""
    site, tab = example_with("fragments: live\n"), tab_as_new
    tab.set_viewport_size(SCREENS["phone"])
    if name == "no network":
        tab.route(FILE, lambda route: route.abort())
    else:
        options, body = ANSWERS[name]
        tab.route(FILE, lambda route: route.fulfill(**options, body=body(site, site.text("fragments/margins.html"))))
    tab.goto(live + LONG)
    until(tab, "document.querySelectorAll('.awaited').length === 0")
    tab.wait_for_timeout(50)
    places = tab.evaluate(
        "[...document.querySelectorAll('.margins [data-block]')].map(p => [p.querySelector('h2 a').href, p.querySelector('p').textContent, p.querySelectorAll('li').length, p.getBoundingClientRect().height])"
    )
    assert len(places) == 9
    assert all(link and line and not lines and height < 150 for link, line, lines, height in places)
    # the browser's own note of a failed request is nobody's to suppress
    assert [text for text in tab.faults if "Failed to load resource" not in text] == []


def test_of_a_file_that_was_cut_off_the_whole_blocks_are_taken(
    page: Any, live: str, example_with: Callable[[str], LittleSite]
) -> None:
    """The one it breaks off in, and those after it, keep their places."""
    text = example_with("fragments: live\n").text("fragments/margins.html")
    page.set_viewport_size(SCREENS["phone"])
    page.route(FILE, lambda route: route.fulfill(body=cut(text), content_type="text/html"))
    page.goto(live + LONG)
    until(page, FILLED)
    lines = page.evaluate(
        "[...document.querySelectorAll('.margins [data-block]')].map(b => [b.dataset.block, b.dataset.theme || '', b.querySelectorAll('li').length])"
    )
    assert lines[:4] == [["latest", "", 8], ["most-read", "", 6], ["theme", "hot", 4], ["theme", "politics", 0]]
    assert [count for _, _, count in lines[4:]] == [0] * 5
    assert page.evaluate("document.querySelectorAll('.margins p').length") == 6


def test_a_file_that_never_comes_shows_the_places_sentences(page: Any, live: str) -> None:
    """After a moment: a list that comes at once is not preceded by a flicker of them."""
    page.route(FILE, lambda _: None)
    start = time.monotonic()
    page.goto(live + LONG, wait_until="commit")
    until(page, READY)
    seen = "getComputedStyle(document.querySelector('.awaited-line')).visibility"
    until(page, f"{seen} === 'visible'")
    assert time.monotonic() - start > 1.4
    assert page.evaluate("document.querySelectorAll('.awaited').length") == 9


# ------------------------------------------------------------------ without script


@pytest.mark.parametrize("screen", SCREENS)
def test_without_script_the_margins_are_links_with_a_sentence_each(without_script: Any, live: str, screen: str) -> None:
    """No blank room, nothing hidden; every place leads to a page that is there."""
    tab = without_script
    tab.set_viewport_size(SCREENS[screen])
    tab.goto(live + LONG)
    places = tab.locator(".margins [data-block]")
    assert places.count() == 9
    leads = []
    for place in places.all():
        link, line = place.locator("h2 a"), place.locator("p")
        assert link.is_visible()
        assert line.is_visible()
        assert line.inner_text().strip()
        assert (place.bounding_box() or {})["height"] < 160
        assert (link.bounding_box() or {})["height"] >= 24
        leads.append(link.get_attribute("href"))
    assert len(set(leads)) == 9
    for lead in leads:
        answer = tab.goto(live + str(lead))
        assert answer.status == 200
        assert tab.locator(f"#{lead.partition('#')[2]}" if "#" in lead else "h1").is_visible()


def test_without_script_the_keyboard_reaches_every_place(without_script: Any, live: str) -> None:
    """In the order of the page, with a ring that can be seen."""
    without_script.goto(live + SHORT)
    wanted = without_script.locator(".margins h2 a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    reached = []
    for _ in range(120):
        without_script.keyboard.press("Tab")
        here = without_script.locator(".margins h2 a:focus-visible")
        if here.count():
            reached.append(here.get_attribute("href"))
            assert float(here.evaluate("a => parseFloat(getComputedStyle(a).outlineWidth)")) >= 2
    assert reached[: len(wanted)] == wanted


def test_print_is_the_article_alone(page: Any, live: str) -> None:
    """Filled or not."""
    page.emulate_media(media="print")
    page.goto(live + LONG)
    until(page, FILLED)
    assert (
        page.evaluate("[...document.querySelectorAll('.margins, .margins *')].filter(e => e.checkVisibility()).length")
        == 0
    )


@pytest.mark.parametrize("width", [320, 375, 768, 1023, 1024, 1280, 1920])
def test_no_width_is_too_narrow_for_the_margins(page: Any, live: str, width: int) -> None:
    """Nothing sticks out."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live + SHORT)
    until(page, FILLED)
    assert page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") <= 0


def test_a_long_column_of_headlines_leaves_the_storys_parts_together(
    page: Any, site: LittleSite, serve: Callable[[Path], str]
) -> None:
    """Beside a story of one line too: what is near it follows at once, and then the themes."""
    site.put("site.yaml", f"{SITE_YAML}fragments: live\nblocks: {{latest: 20}}\n")
    for number in range(20):
        site.entry(f"sport/e{number}", f"title: خبر قصير {number}\ndate: 2026-11-{number + 1:02}")
    site.build()
    page.goto(serve(site.output) + "/sport/e3/")
    until(page, FILLED)
    box = page.evaluate(
        "Object.fromEntries(['.story', '.near', '[data-theme]', '.margins-column'].map(s => [s, document.querySelector(s).getBoundingClientRect()]))"
    )
    assert box[".near"]["top"] - box[".story"]["bottom"] < 1
    assert box["[data-theme]"]["top"] - box[".near"]["bottom"] < 1
    assert box[".margins-column"]["bottom"] > box["[data-theme]"]["bottom"] + 300


def test_dates_of_blocks_that_come_later_are_relative_too(
    browser: Any, site: LittleSite, serve: Callable[[Path], str]
) -> None:
    """`relative_dates: true` holds for them: two scripts on one page that do not know of each other."""
    site.put("site.yaml", f"{SITE_YAML}fragments: live\nrelative_dates: true\n")
    site.entry("sport/a", f"date: {(NOW - timedelta(hours=2)).isoformat()}").build()
    assert faults(site.files(), "https://news.example/", ("assets/live", "assets/ago")) == []
    context = browser.new_context()
    tab = context.new_page()
    tab.clock.set_fixed_time(NOW)
    tab.goto(serve(site.output) + "/sport/a/")
    tab.wait_for_selector(".margins .timeline time[title]")
    assert tab.inner_text(".margins .timeline time") == "قبل ساعتين"
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_where_no_server_includes_the_places_of_esi_stand_as_those_of_live(
    without_script: Any,
    live: str,
    example_with: Callable[[str], LittleSite],
    serve: Callable[[Path], str],
    screen: str,
) -> None:
    """A copy of such a site that is opened without its cache is a little poorer, not broken."""
    tab, seen = without_script, []
    tab.set_viewport_size(SCREENS[screen])
    for base in (live, serve(example_with("fragments: esi\n").output)):
        tab.goto(base + LONG)
        places = tab.locator(".margins [data-block] h2").all()
        assert len(places) == 9
        assert all(place.locator("~ p").is_visible() for place in places)
        seen.append([(place.inner_text(), place.bounding_box()) for place in places])
    tolerance = 200  # of height: the places of `live` draw together where no script will come
    for (text, box), (other, lies) in zip(*seen, strict=True):
        assert (text, box["x"], box["width"]) == (other, lies["x"], lies["width"])
        assert abs(box["y"] - lies["y"]) < tolerance
