"""One site for a build and a preview: whatever one of them tells, the other tells too; and a page is one call away."""

from __future__ import annotations

import dataclasses
import gc
import random
import weakref
from datetime import timedelta
from typing import TYPE_CHECKING

from conftest import NOW, LittleSite
from msgspec.structs import replace
from previews import put, running

from digest.model import Place
from digest.pages import media_types, plan
from digest.site.load import load_site

if TYPE_CHECKING:
    import pytest

    from digest.site.site import Site


# ------------------------------------------------------------------ what a build tells, a preview tells


def test_news_sitemap_of_preview_forgets_story_after_two_days(site: LittleSite) -> None:
    """Though no file changed, as in a build."""
    site.entry("sport/a", "date: 2026-11-22T12:00:00+00:00")
    later = [NOW]
    with running(site.root, clock=lambda: later[0]) as server:
        assert "sport/a/" in server.get("/news-sitemap.xml").text
        later[0] = NOW + timedelta(days=2)
        server.until(lambda: "sport/a/" not in server.get("/news-sitemap.xml").text)


def test_preview_until_is_when_an_update_comes_true(site: LittleSite) -> None:
    """What is said of an entry changes then: its date of change is no longer later than now."""
    site.entry("sport/a", "date: 2026-11-20\nupdated: 2026-11-23T12:00:01+00:00")
    later = [NOW]
    with running(site.root, clock=lambda: later[0]) as server:
        assert any("later than now" in problem.message for problem in server.preview.problems())
        later[0] = NOW + timedelta(seconds=2)
        server.until(lambda: server.get("/") and not server.preview.problems())


def test_dead_link_of_menu_is_advised_in_preview(site: LittleSite) -> None:
    """With its place in site.yaml, as a build does."""
    yaml = (site.root / "site.yaml").read_text("utf-8")
    site.put("site.yaml", yaml + "menu:\n  - {title: غائبة, url: /nowhere/}\n")
    site.entry("sport/a")
    with running(site.root) as server:
        server.calm()
        (found,) = [problem for problem in server.preview.problems() if "/nowhere/" in problem.message]
        assert (found.path, found.line) == ("site.yaml", 10)


def test_missing_file_that_settings_name_is_a_problem_in_preview(site: LittleSite) -> None:
    """From the start, and when the setting comes later."""
    yaml = (site.root / "site.yaml").read_text("utf-8")
    site.entry("sport/a")
    site.put("site.yaml", yaml + "popular: data/mine.yaml\n")
    with running(site.root) as server:
        assert any("data/mine.yaml" in problem for problem in server.problems())
        put(site.root / "site.yaml", yaml)
        server.until(lambda: not server.problems())
        put(site.root / "site.yaml", yaml + "popular: data/mine.yaml\n")
        server.until(lambda: any("data/mine.yaml" in problem for problem in server.problems()))


def test_two_pages_that_want_one_address_are_a_problem_in_preview(
    site: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if both are pages of lists."""
    twin = plan.Page("/sources/", "404.html", plan.not_found_view, {}, Place("site.yaml", 3), indexed=False)
    monkeypatch.setattr(plan, "PAGES", (*plan.PAGES, lambda _: iter([twin])))
    site.entry("sport/a", "source: {name: مصدر}")
    with running(site.root) as server:
        server.calm()
        assert any("/sources/" in problem for problem in server.problems())
        assert any("/sources/" in problem for problem in site.problems())


def test_preview_says_why_a_page_differs_in_the_words_of_a_build(site: LittleSite) -> None:
    """A title is shown by neighbours; a template is named; a fragment too."""
    keys = "date: 2026-11-{}\nsummary: ملخص"
    for number in (10, 11, 12):
        site.entry(f"sport/e{number}", keys.format(number))
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "related: false\n")
    site.build()
    with running(site.root) as server:
        server.get("/sport/e11/")
        site.entry("sport/e12", "title: عنوان آخر\n" + keys.format(12))
        site.put("templates/partials/pager.html", "x")
        site.put("templates/article.html", '{% extends "builtin/article.html" %}')
        server.shows("/sport/e11/", "عنوان آخر")
        server.calm()
        shown = server.state("/sport/e11/")["page"]["why"]["causes"]
    reasons = {reason.path: reason.causes for reason in site.build().reasons}
    assert set(reasons["sport/e11/index.html"]) <= set(shown)
    assert "template article.html" in shown


# ------------------------------------------------------------------ a page for another use


def test_any_page_is_rendered_by_one_call(site: LittleSite) -> None:
    """Also one that is no page of the site."""
    site.entry("sport/a", "title: خبر المباراة")
    site.put(
        "templates/letter.html", "{% for card in page.top %}<h1>{{ card.title }}</h1>{% endfor %}{{ page.meta.title }}"
    )
    loaded = load_site(site.order)
    home = loaded.page("/")
    assert home
    assert loaded.render(home) == (site.build() and site.text("index.html"))
    letter = home._replace(path="/letter/", template="letter.html")
    assert "موجز الاختبار" in loaded.render(letter)


def test_next_site_keeps_what_a_change_leaves(site: LittleSite) -> None:
    """The very index; and what was rendered with it is rendered the same."""
    site.entry("sport/a").entry("sport/b", "date: 2026-12-24")
    first = load_site(site.order)
    index = first.index
    second = first.next(first.parts._replace(visibility=replace(site.order, now=NOW + timedelta(minutes=1)).visibility))
    assert second.index is index
    third = first.next(first.parts._replace(visibility=replace(site.order, now=NOW + timedelta(days=60)).visibility))
    assert third.index is not index


LINKED = (
    "entries", "by_id", "by_theme", "by_outlet", "by_tag", "by_month", "by_persian_month", "outlets", "tags", "neighbours",
    "by_edition", "edition_of", "translations",
)  # fmt: skip
"""What an index tells."""


def linked(site: Site) -> list[object]:
    """All that linking found, in its order, and the pages of all entries."""
    found: list[object] = []
    for name in LINKED:
        value = getattr(site.index, name)
        found.append(list(value.items()) if isinstance(value, dict) else value)
    found += [dict(site.contexts.titles), +site.contexts.summaries, dict(site.by_path), site.until, site.held]
    found += [site.link_problems, site.clashes]
    return [*found, *[site.render(site.article_page(entry)) for entry in site.index.entries]]


def test_next_site_after_edits_of_what_is_shown_equals_a_fresh_one(site: LittleSite) -> None:
    """Titles that become or were two entries' own; entries with the same time, in editions and other languages, drafts."""
    site.put("content/editions/1.yaml", "title: العدد\ndate: 2026-11-21\nentries: [sport/e1, politics/e2]\n")
    chance, titles = random.Random(16), ("عنوان", "عنوان آخر", "ثالث", "رابع", "خامس")

    def write(number: int) -> None:
        fixed = f"date: 2026-11-{10 + number % 4}T10:00\ntags: [وسم{number % 3}]\nsource: {{name: مصدر{number % 2}}}"
        more = ("", "\ntranslations: {fr: sport/e5}", "\nedition: '1'", "\ndraft: true", "", "\nlang: fr")[number % 6]
        shown = f"title: {chance.choice(titles)}\nsummary: {chance.choice(titles)}\nlead: {chance.choice(('true', 'false'))}"
        site.entry(f"{('sport', 'politics')[number % 2 == 0]}/e{number}", f"{shown}\n{fixed}{more}")

    for number in range(12):
        write(number)
    before = load_site(site.order)
    linked(before)
    kept = 0
    for _ in range(25):
        for number in chance.sample(range(12), chance.randint(1, 3)):
            write(number)
        fresh = load_site(site.order)
        inputs = dataclasses.replace(fresh.inputs, project=before.project, loose=before.inputs.loose)
        after = before.next(fresh.parts._replace(inputs=inputs))
        kept += after.clashes is before.clashes and after.index is not before.index
        assert linked(after) == linked(fresh)
        before = after
    assert kept > 10


def test_site_goes_when_the_next_one_is_there(site: LittleSite) -> None:
    """At once: a preview makes one after each save, and looking for what holds itself takes long in a large one."""
    site.entry("sport/a").entry("sport/b")
    first = load_site(site.order)
    first.problems  # noqa: B018
    first.render(first.list_pages[0])
    first.render(first.article_page(first.index.entries[0]))
    old = weakref.ref(first)
    gc.disable()
    try:
        second = first.next(first.parts)
        del first
        assert old() is None
        assert second.page("/")
    finally:
        gc.enable()


def test_preview_sends_media_types_of_the_hosts(site: LittleSite) -> None:
    """A feed as what it is; a text in its character set; an icon and a drawing too."""
    site.entry("sport/a")
    for name in ("favicon.ico", "mark.svg", "song.ogg", "old.htm", "table.csv"):
        site.put(f"static/{name}", "x")
    with running(site.root) as server:
        for path in (
            "feed.xml",
            "opml.xml",
            "favicon.ico",
            "mark.svg",
            "song.ogg",
            "old.htm",
            "table.csv",
            "robots.txt",
        ):
            assert server.get(f"/{path}").fields["content-type"] == media_types.media_type(path), path
    assert media_types.media_type("feed.xml") == "application/atom+xml; charset=utf-8"
