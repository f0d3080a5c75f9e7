"""How entries find each other, and what is said when they do not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from conftest import SITE_YAML

if TYPE_CHECKING:
    from conftest import LittleSite


def links(site: LittleSite, path: str, block: str) -> list[str]:
    """Addresses in one block of a page, in reading order."""
    section = re.search(rf'<section[^>]*data-block="{block}".*?</section>', site.text(path), re.DOTALL)
    return list(dict.fromkeys(re.findall(r'href="(/\w+/[^"]+/)"', section[0]))) if section else []


def test_pins_come_first_then_shared_tags(site: LittleSite) -> None:
    """The editor's order stands; tags fill up, the rarest first."""
    site.entry("sport/a", "tags: [نادر, شائع]\nrelated: [sport/pin]")
    site.entry("sport/pin").entry("sport/rare", "tags: [نادر]").entry("sport/common", "tags: [شائع]")
    site.entry("sport/common2", "tags: [شائع]")
    site.build()
    found = links(site, "sport/a/index.html", "related")
    assert found[:2] == ["/sport/pin/", "/sport/rare/"]
    assert set(found[2:]) == {"/sport/common/", "/sport/common2/"}


def test_entry_without_shared_words_has_no_related_block(site: LittleSite) -> None:
    """Latest is never called related."""
    site.entry("sport/a", "title: أمطار غزيرة", "جرفت السيول جسرا قديما.").entry(
        "sport/b", "title: فوز", "سجل المهاجم هدفين."
    )
    site.build()
    assert 'data-block="related"' not in site.text("sport/a/index.html")


def test_empty_list_of_pins_hides_related(site: LittleSite) -> None:
    """`related: []` means none at all."""
    site.entry("sport/a", "tags: [x]\nrelated: []").entry("sport/b", "tags: [x]")
    site.build()
    assert links(site, "sport/a/index.html", "related") == []
    assert links(site, "sport/b/index.html", "related") == ["/sport/a/"]


def test_missing_pin_is_reported_with_line_and_suggestion(site: LittleSite) -> None:
    """Pins to a wrong folder or with a slip of the pen."""
    site.entry("sport/a", "related:\n  - politics/b\n  - sport/fnal").entry("sport/b").entry("sport/final")
    assert site.problems() == [
        "content/sport/a.md:3:5: 'related' names the entry 'politics/b', which does not exist; did you mean 'sport/b'?",
        "content/sport/a.md:4:5: 'related' names the entry 'sport/fnal', which does not exist; did you mean 'sport/final'?",
    ]


def test_pin_to_a_draft_is_accepted_and_shows_nothing(site: LittleSite) -> None:
    """The draft will be published one day."""
    site.entry("sport/a", "related: [sport/b]").entry("sport/b", "draft: true")
    site.build()
    assert links(site, "sport/a/index.html", "related") == []


def test_two_entries_with_one_address_are_an_error_that_names_both(site: LittleSite) -> None:
    """Compared after NFC and case folding."""
    site.entry("sport/2026-11-01-final").entry("sport/2026-11-02-final")
    site.entry("politics/x", "slug: Straße").entry("politics/y", "slug: STRASSE")
    assert site.problems() == [
        "content/politics/y.md:3: its page /politics/STRASSE/ is already that of content/politics/x.md:3; give one of them another 'slug'",
        (
            "content/sport/2026-11-02-final.md:2: its page /sport/final/ is already that of content/sport/2026-11-01-final.md:2; "
            "give one of them another 'slug'"
        ),
    ]


def test_alias_of_an_existing_page_is_an_error(site: LittleSite) -> None:
    """Nor may a slug hide a list."""
    site.entry("sport/a", "aliases: [/sport/b/]").entry("sport/b")
    (problem,) = site.problems()
    assert problem.startswith("content/sport/a.md:")
    assert "already the address of content/sport/b.md" in problem


def test_theme_pages_are_numbered_from_the_oldest(site: LittleSite) -> None:
    """A full page keeps its entries when new ones arrive; the front page shows the newest."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "per_page: 5\n")
    for number in range(1, 13):
        site.entry(f"sport/e{number:02}", f"date: 2026-10-{number:02}")
    site.build()
    first = site.text("sport/page/1/index.html")
    assert all(f"/sport/e{n:02}/" in first for n in range(1, 6))
    assert "/sport/e06/" not in first
    assert "/sport/e12/" in site.text("sport/index.html")
    site.entry("sport/e13", "date: 2026-10-13")
    report = site.build()
    assert site.text("sport/page/1/index.html") == first
    assert report.unchanged > 0


def test_previous_and_next_stay_within_the_theme(site: LittleSite) -> None:
    """By date."""
    site.entry("sport/a", "date: 2026-10-01").entry("politics/b", "date: 2026-10-02").entry(
        "sport/c", "date: 2026-10-03"
    )
    site.build()
    (nav,) = re.findall('<nav class="neighbours".*?</nav>', site.text("sport/a/index.html"), re.DOTALL)
    assert re.findall('class="([^" ]+)" href="([^"]+)"', nav) == [("neighbour-newer", "/sport/c/")]


def test_edition_keeps_the_editors_order(site: LittleSite) -> None:
    """By theme, in the order of first mention; entries that name the edition themselves come after."""
    site.entry("sport/a").entry("sport/b").entry("politics/c").entry("sport/d", "edition: '47'")
    site.put("content/editions/47.yaml", "title: العدد\ndate: 2026-11-20\nentries: [sport/b, politics/c, sport/a]\n")
    site.build()
    page = site.text("editions/47/index.html")
    contents, main = page[page.index("<main") : page.index("</main>")].split('class="edition-sections"')
    assert "في هذا العدد" in contents
    assert re.findall(r'href="#(story-\d-\d)"', contents) == re.findall(r'id="(story-\d-\d)"', main)
    order = list(dict.fromkeys(re.findall(r'href="/(sport|politics)/([abcd])/"', main)))
    assert order == [("sport", "b"), ("sport", "a"), ("sport", "d"), ("politics", "c")]


def test_edition_with_an_unknown_entry_is_an_error(site: LittleSite) -> None:
    """Picks and editions are checked both ways."""
    site.entry("sport/a", "edition: 2026-48")
    site.put("content/editions/2026-47.yaml", "title: العدد\ndate: 2026-11-20\nentries:\n  - sport/aa\n")
    assert site.problems() == [
        "content/editions/2026-47.yaml:4:5: 'entries' names the entry 'sport/aa', which does not exist; did you mean 'sport/a'?",
        "content/sport/a.md:2:10: 'edition' names the edition '2026-48', which does not exist; did you mean '2026-47'?",
    ]


def test_updated_in_the_future_is_advice(site: LittleSite) -> None:
    """Until then; of a story that waits for its own date nothing is said."""
    site.entry("sport/a", "date: 2026-11-20\nupdated: 2026-11-24")
    site.entry("sport/b", "date: 2026-11-20\nupdated: 2026-11-23")
    site.entry("sport/c", "date: 2026-12-20\nupdated: 2026-12-21")
    expected = ["content/sport/a.md:4: 'updated' of 'sport/a' is later than now: 2026-11-24T00:00; correct it"]
    assert [str(problem) for problem in site.build().advice] == expected
    assert [str(problem) for problem in site.build().advice] == expected
    assert site.problems(strict=True) == expected
    assert site.build(now=datetime(2026, 11, 24, 12, tzinfo=UTC)).advice == ()


def test_missing_file_of_counts_is_an_error(site: LittleSite) -> None:
    """Where site.yaml names it; without the key a missing file means no counts."""
    site.entry("sport/a").build()
    site.put("site.yaml", SITE_YAML + "popular: stats/nope.yaml\n")
    assert site.problems() == [
        (
            "site.yaml:9:10: 'popular' names 'stats/nope.yaml', which is not there; "
            "make the file, or take the key out: data/popular.yaml is read where it exists"
        )
    ]


def test_most_read_comes_from_counts_and_is_omitted_without(site: LittleSite) -> None:
    """An id that is no entry any more is passed over."""
    site.entry("sport/a").entry("sport/b")
    site.build()
    assert 'data-block="most-read"' not in site.text("sport/a/index.html")
    site.put("data/popular.yaml", "sport/a: 5\nsport/gone: 99\nsport/b: 7\n")
    site.build()
    assert links(site, "politics/../sport/a/index.html", "most-read") == ["/sport/b/", "/sport/a/"]


def test_titles_are_unique_across_the_site(site: LittleSite) -> None:
    """Two stories of one title are told apart by their dates, two of one day by a number."""
    for name, day in (("a", "01"), ("b", "02"), ("c", "02")):
        site.entry(f"sport/{name}", f"title: حالة الطقس\ndate: 2026-11-{day}")
    site.build()
    titles = {re.search("<title>(.*?)</title>", site.text(f"sport/{name}/index.html"))[1] for name in "abc"}  # type: ignore[index]
    assert len(titles) == 3
