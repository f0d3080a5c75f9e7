"""`digest inbox`: from feeds to a list of stories, and from a story to a draft."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from arabic_pages import AUTHOR, HEADLINE, PAGES
from arabic_pages import SUMMARY as PAGE_SUMMARY
from made_feeds import ENTRY, HOST, PLAIN, TITLE, URL, atom, item, json_feed, rss
from test_fetching import network

from digest.content import settings as site_settings
from digest.content.inbox_sources import InboxSource
from digest.curating import decisions, feed_memory, following, messages, stories, subscriptions
from digest.curating.feeds import Item
from digest.curating.fetching import Redirect, Response
from digest.curating.following import Asking, Followed
from digest.curating.stories import Corrections, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite

REPOSITORY = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = f"{HOST}/news/library/"


def run(site: LittleSite, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "digest", "inbox", *arguments],
        cwd=site.root, capture_output=True, text=True, check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())), "PYTHONPATH": str(REPOSITORY), **environment},
    )  # fmt: skip


def document(site: LittleSite, *arguments: str) -> dict:
    done = run(site, "--json", *arguments)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def following_site(site: LittleSite, *lines: str) -> LittleSite:
    """The site with sources."""
    yaml = (site.root / "site.yaml").read_text("utf-8")
    return site.put("site.yaml", yaml + "inbox:\n" + "".join(f"  - {line}\n" for line in lines))


@pytest.fixture
def desk(site: LittleSite) -> LittleSite:
    """A site that follows two files: one story in both, one in the first alone."""
    other = "المجلس البلدي يقر خطة النقل النظيف بكلفة 12 مليون دينار"
    library = item(
        link=f"<link>{SECOND}</link>",
        title="<title>مكتبة الحي تفتح</title>",
        summary="<description>رفوف للأطفال وقاعة للقراءة</description>",
    )
    site.put("feeds/oasis.xml", rss(item(), library))
    later = json_feed(url="https://palm.example/a", id="1", title=other, date_published="2026-11-19T11:00:00+01:00")
    site.put("feeds/palm.json", later)
    return following_site(
        site, "{name: الواحة, url: feeds/oasis.xml, theme: sport}", "{name: النخلة, url: feeds/palm.json}"
    )


def files(site: LittleSite) -> dict[str, bytes]:
    return {p.relative_to(site.root).as_posix(): p.read_bytes() for p in sorted(site.root.rglob("*")) if p.is_file()}


# ------------------------------------------------------------------ the list


def test_list_when_two_outlets_report_a_story_shows_it_once(desk: LittleSite) -> None:
    shown = document(desk)
    assert [one["status"] for one in shown["sources"]] == ["new", "new"]
    assert [set(one) for one in shown["sources"]] == [{"name", "url", "status", "items", "message"}] * 2
    (story,) = [one for one in shown["stories"] if one["also"]]
    assert (story["title"], story["url"], story["source"], story["date"], story["theme"], story["state"]) == (
        TITLE, URL, "الواحة", "2026-11-19T09:30:00+01:00", "sport", "new",
    )  # fmt: skip
    assert [(one["source"], one["url"]) for one in story["also"]] == [("النخلة", "https://palm.example/a")]
    assert len(shown["stories"]) == 2


def test_list_on_a_terminal_when_the_site_is_arabic_counts_in_arabic_and_isolates(desk: LittleSite) -> None:
    done = run(desk)
    assert "خبران من مصدرين" in done.stderr
    assert f"\u2068{TITLE}\u2069" in done.stdout
    handle = document(desk)["stories"][0]["handle"]
    assert f"\u200f\u2066{handle}\u2069" in done.stdout
    assert f"لتجعل من الأول مسودة: \u2066digest inbox --take {handle}\u2069" in done.stderr
    assert all(line.startswith("\u200f") for line in done.stdout.splitlines())


def test_list_when_the_site_is_english_begins_at_the_left(desk: LittleSite) -> None:
    desk.put("site.yaml", (desk.root / "site.yaml").read_text("utf-8").replace("lang: ar", "lang: en"))
    done = run(desk)
    assert "\u200f" not in done.stdout
    assert done.stderr.endswith("makes a draft of the first\n")


def test_sources_when_their_order_changes_give_the_same_stories(desk: LittleSite) -> None:
    before = document(desk)["stories"]
    yaml = (desk.root / "site.yaml").read_text("utf-8").splitlines(keepends=True)
    desk.put("site.yaml", "".join([*yaml[:-2], yaml[-1], yaml[-2]]))
    assert document(desk)["stories"] == before


def test_listing_when_it_reads_files_writes_nothing(desk: LittleSite) -> None:
    before = files(desk)
    run(desk)
    assert files(desk) == before


@pytest.mark.parametrize(
    ("url", "content", "word"),
    [
        ("feeds/page.html", "<!doctype html><p>x", "HTML page"),
        ("feeds/empty.xml", "", "empty"),
        ("feeds/bomb.xml", "<!DOCTYPE a [<!ENTITY a 'b'>]><rss/>", "entity"),
        ("feeds/missing.xml", None, "no such file"),
        ("../outside.xml", PLAIN, "leads out"),
        ("feeds/link.xml", ..., "leads out"),
    ],
)
def test_source_when_it_fails_hides_no_other_and_says_why(
    site: LittleSite, url: str, content: object, word: str
) -> None:
    site.put("feeds/good.xml", PLAIN)
    following_site(site, "{name: جيد, url: feeds/good.xml}", f"{{name: سيئ, url: {url}}}")
    if content is ...:
        site.root.parent.joinpath("secret.xml").write_text(PLAIN.replace(TITLE, "سر"), "utf-8")
        (site.root / url).symlink_to(site.root.parent / "secret.xml")
    elif isinstance(content, str):
        site.put(url, content)
    done = run(site, "--json")
    shown = json.loads(done.stdout)
    assert done.returncode == 0
    assert [one["title"] for one in shown["stories"]] == [TITLE]
    bad = next(one for one in shown["sources"] if one["name"] == "سيئ")
    assert bad["status"] == "failed"
    assert word in bad["message"]


def test_json_when_every_source_failed_has_its_shape_and_status_one(site: LittleSite) -> None:
    following_site(site, "{name: سيئ, url: feeds/none.xml}")
    done = run(site, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["stories"] == []
    assert [one["status"] for one in json.loads(done.stdout)["sources"]] == ["failed"]


def test_title_of_a_feed_when_it_holds_controls_reaches_no_terminal(site: LittleSite) -> None:
    site.put("feeds/a.xml", rss(item(title="<title>خبر\x1b[2J&#x202e;\nk7f2m9  مزور&#27;]0;x</title>")))
    following_site(site, "{name: الواحة, url: feeds/a.xml}")
    done = run(site)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout
    assert len(done.stdout.splitlines()) == 2


# ------------------------------------------------------------------ taking


def test_story_when_taken_becomes_a_draft_with_all_sources_oldest_first(desk: LittleSite) -> None:
    story = next(one for one in document(desk)["stories"] if one["also"])
    done = run(desk, "--take", story["handle"], "--offline")
    assert done.returncode == 0, done.stderr
    text = (desk.root / done.stdout.strip()).read_text("utf-8")
    assert done.stdout.startswith("content/sport/2026-11-19-")
    assert text.index(URL) < text.index("https://palm.example/a")
    assert "draft: true" in text
    assert [one["title"] for one in document(desk)["stories"]] == ["مكتبة الحي تفتح"]
    states = {one["title"]: one["state"] for one in document(desk, "--all")["stories"]}
    assert states == {TITLE: "taken", "مكتبة الحي تفتح": "new"}
    desk.build(drafts=True)


def test_story_when_its_entry_is_deleted_is_new_again(desk: LittleSite) -> None:
    handle = document(desk)["stories"][0]["handle"]
    made = run(desk, "--take", handle, "--offline").stdout.strip()
    (desk.root / made).unlink()
    assert handle in [one["handle"] for one in document(desk)["stories"]]


@pytest.mark.parametrize("form", ["together", "apart"])
def test_several_handles_when_taken_make_an_entry_each(desk: LittleSite, form: str) -> None:
    handles = [one["handle"] for one in document(desk)["stories"]]
    given = ["--take", *handles] if form == "together" else ["--take", handles[0], "--take", handles[1]]
    done = run(desk, *given, "--theme", "politics", "--offline")
    assert len(done.stdout.split("\n")) == 3
    assert all(line.startswith("content/politics/") for line in done.stdout.split())


def test_handle_when_unknown_or_taken_is_refused_and_nothing_is_written(desk: LittleSite) -> None:
    handles = [one["handle"] for one in document(desk)["stories"]]
    run(desk, "--take", handles[0], "--offline")
    before = files(desk)
    for wrong in (["zzzzzz"], [handles[0]], ["../x"], [""]):
        done = run(desk, "--take", handles[1], *wrong, "--offline")
        assert done.returncode != 0
        assert "nothing was written" in done.stderr
        assert files(desk) == before


def test_dry_run_when_taking_writes_nothing(desk: LittleSite) -> None:
    handle = document(desk)["stories"][0]["handle"]
    before = files(desk)
    done = run(desk, "--take", handle, "--aside", document(desk)["stories"][1]["handle"], "--offline", "--dry-run")
    assert done.stdout.startswith("content/")
    assert files(desk) == before


def test_address_of_any_source_of_any_entry_when_spelled_otherwise_makes_a_story_taken(desk: LittleSite) -> None:
    spelled = "http://OASIS.example/news/library?utm_source=x#top"
    desk.entry("politics/a", f"source: [{{name: أ, url: 'https://else.example/'}}, {{name: ب, url: '{spelled}'}}]")
    assert [one["url"] for one in document(desk)["stories"]] == [URL]


# ------------------------------------------------------------------ the editor's word


def test_story_when_put_aside_is_not_listed_and_outlives_the_cache(desk: LittleSite) -> None:
    stories_before = document(desk)["stories"]
    run(desk, "--aside", stories_before[0]["handle"])
    assert "aside 2026-11-23 " in (desk.root / "data/inbox.txt").read_text("utf-8")
    assert document(desk)["stories"] == stories_before[1:]
    assert document(desk, "--all")["stories"][0]["state"] == "aside"


def test_stories_when_joined_or_parted_stay_so(desk: LittleSite) -> None:
    both = next(one for one in document(desk)["stories"] if one["also"])
    run(desk, "--part", both["also"][0]["handle"])
    apart = document(desk)["stories"]
    assert [len(one["also"]) for one in apart] == [0, 0, 0]
    run(desk, "--join", *(one["handle"] for one in apart))
    assert [len(one["also"]) for one in document(desk)["stories"]] == [2]


def test_decisions_when_read_keep_lines_of_others(tmp_path: Path) -> None:
    path = tmp_path / "data/inbox.txt"
    path.parent.mkdir()
    path.write_text("# ours\n<<<<<<< x\naside 2026-11-01 bcdfghjkmnpq خبر\n", "utf-8")
    kept = decisions.read(tmp_path)
    assert set(kept.aside) == {"bcdfghjkmnpq"}
    assert kept.text() == "# ours\n<<<<<<< x\naside 2026-11-01 bcdfghjkmnpq خبر\n"


# ------------------------------------------------------------------ stories


def report(source: str, url: str, title: str, hour: int = 8, summary: str = "") -> Report:
    moment = NOW.replace(hour=hour)
    return Report(source, Item(url, title, summary, moment, f"{moment:%Y-%m-%d}", "ar"), "", "")


REPORTS = [
    report("أ", "https://a.example/1", "البنك المركزي يخفض سعر الفائدة إلى 7 بالمئة", 6),
    report("ب", "https://b.example/1", "المركزي يخفض الفائدة نصف نقطة إلى 7 بالمئة", 7),
    report("ج", "https://c.example/1", "خفض سعر الفائدة في البنك المركزي إلى 7 بالمئة", 9),
    report("أ", "https://a.example/2", "افتتاح معرض الكتاب في العاصمة بمشاركة 300 دار نشر", 8),
    report("ب", "https://b.example/2", "فوز المنتخب على ضيفه بهدفين في تصفيات كأس القارة", 5),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_stories_when_items_come_in_any_order_are_the_same(order: tuple[int, ...]) -> None:
    found = stories.gather([REPORTS[at] for at in order], "ar")
    assert [[one.item.url for one in story.reports] for story in found] == [
        ["https://a.example/2"],
        ["https://a.example/1", "https://b.example/1", "https://c.example/1"],
        ["https://b.example/2"],
    ]


def test_address_when_two_sources_give_it_is_one_story() -> None:
    both = [report("أ", "https://a.example/x", "عنوان"), report("ب", "http://a.example/x/", "عنوان آخر تمامًا")]
    assert [len(one.reports) for one in stories.gather(both, "ar")] == [1]


def test_item_when_its_feed_gives_it_twice_is_the_same_one_in_any_order() -> None:
    twice = [report("الواحة", URL, TITLE, summary=text) for text in ("ملخص", "ملخص آخر")]
    assert stories.gather(twice, "ar") == stories.gather(twice[::-1], "ar")


def test_reports_when_days_apart_or_of_one_source_are_two_stories() -> None:
    one = report("أ", "https://a.example/1", TITLE)
    other = report("أ", "https://a.example/2", TITLE)
    assert len(stories.gather([one, other], "ar")) == 2
    old = msgspec.structs.replace(other.item, moment=NOW - timedelta(days=5), day="2026-11-18")
    assert len(stories.gather([one, Report("ب", old)], "ar")) == 2


def test_handle_of_a_story_is_one_short_word_made_of_its_address_alone() -> None:
    handles = [stories.handle_of(f"https://a.example/{n}") for n in range(2000)]
    assert len(set(handles)) == 2000
    assert all(
        handle.isalnum() and handle.isascii() and len(handle) <= 16 and handle[0].isalpha() for handle in handles
    )
    assert stories.handle_of("https://a.example/1") == stories.handle_of("http://A.example/1/?utm_source=x")


def test_editors_word_when_stories_are_joined_goes_before_all() -> None:
    pair = tuple(sorted(REPORTS[at].handle for at in (3, 4)))
    corrections = Corrections(frozenset({pair}), frozenset({REPORTS[0].handle}))  # type: ignore[arg-type]
    found = stories.gather(REPORTS, "ar", corrections)
    assert sorted(len(story.reports) for story in found) == [1, 2, 2]


# ------------------------------------------------------------------ politeness


class Outlet(BaseHTTPRequestHandler):
    """A feed's server that knows what a polite reader does."""

    def do_GET(self) -> None:
        server = self.server
        server.asked.append((self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")))  # type: ignore[attr-defined]
        status, headers, body = server.answer(self.headers)  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def outlet() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outlet)
    server.asked, server.answer = [], lambda _: (200, {}, PLAIN.encode())  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(site: LittleSite, outlet: ThreadingHTTPServer, after: timedelta = timedelta(0), **changes: object) -> Followed:
    """One run of the inbox at a time."""
    settings = site_settings.read((site.root / "site.yaml").read_bytes())[0]
    assert settings
    now = NOW + after
    source = InboxSource("الواحة", f"http://oasis.example:{outlet.server_address[1]}/feed?key=secret")
    asking = Asking(site.root, settings, now, network(now=lambda: now), **changes)
    return following.follow([source], asking)[0]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_reader_when_a_server_scores_it_sends_no_request_too_many(site: LittleSite, outlet) -> None:
    etag, modified = 'W/"a b,c"', "Thu, 19 Nov 2026 08:30:00 GMT"

    def answer(headers):
        same = headers.get("If-None-Match") == etag and headers.get("If-Modified-Since") == modified
        given = {"ETag": etag, "Last-Modified": modified}
        return (304, given, b"") if same else (200, given, PLAIN.encode())

    outlet.answer = answer
    statuses = [ask(site, outlet, hours(after)).status for after in (0, 0.1, 0.99, 1, 1.5, 2, 30)]
    assert statuses == ["new", "waiting", "waiting", "unchanged", "waiting", "unchanged", "unchanged"]
    assert outlet.asked == [(None, None)] + [(etag, modified)] * 3
    assert len(ask(site, outlet, hours(30.1)).items) == 1


def test_validators_when_only_one_of_them_changes_are_both_renewed(site: LittleSite, outlet) -> None:
    given = [{"ETag": '"1"', "Last-Modified": "x"}, {"ETag": '"2"', "Last-Modified": "x"}, {"ETag": '"2"'}, {}]
    answers = iter([(200, one, PLAIN.encode()) for one in given])
    outlet.answer = lambda _: next(answers)
    for after in range(4):
        ask(site, outlet, hours(after))
    assert outlet.asked == [(None, None), ('"1"', "x"), ('"2"', "x"), ('"2"', None)]


def test_429_when_it_names_a_time_is_obeyed_to_the_second(site: LittleSite, outlet) -> None:
    outlet.answer = lambda _: (429, {"Retry-After": "7200"}, b"")
    assert ask(site, outlet).status == "failed"
    outlet.answer = lambda _: (200, {}, PLAIN.encode())
    assert ask(site, outlet, timedelta(seconds=7199)).status == "waiting"
    assert ask(site, outlet, timedelta(seconds=7200)).status == "new"
    assert len(outlet.asked) == 2


def test_410_when_it_was_said_once_ends_all_requests(site: LittleSite, outlet) -> None:
    ask(site, outlet)
    outlet.answer = lambda _: (410, {}, b"")
    assert [ask(site, outlet, hours(after)).status for after in (1, 2, 1000)] == ["gone"] * 3
    assert len(outlet.asked) == 2
    assert len(ask(site, outlet, hours(2000)).items) == 1


def test_failure_when_a_feed_worked_before_keeps_its_stories(site: LittleSite, outlet) -> None:
    ask(site, outlet)
    outlet.answer = lambda _: (503, {}, b"")
    found = ask(site, outlet, hours(1))
    assert (found.status, found.has_answered, len(found.items)) == ("failed", False, 1)
    outlet.answer = lambda _: (200, {}, b"<html>maintenance")
    found = ask(site, outlet, hours(2))
    assert (found.status, len(found.items)) == ("failed", 1)


def test_feed_when_it_asks_for_a_longer_time_is_left_alone_for_it(site: LittleSite, outlet) -> None:
    outlet.answer = lambda _: (200, {"Cache-Control": "public, max-age=10800"}, PLAIN.encode())
    assert [ask(site, outlet, hours(after)).status for after in (0, 2.9, 3)] == ["new", "waiting", "unchanged"]


def test_reader_when_a_server_lives_through_a_week_stays_polite(site: LittleSite, outlet) -> None:
    """A run every seven minutes. Each answer of the server holds until the next; what it says is scored by it."""
    quotes, bare = '"a"', "no-quotes"
    hour = 3600

    def at(seconds: int) -> tuple[int, dict[str, str], bytes]:
        days = seconds / 86400
        if days < 1:
            return (
                200,
                {"ETag": quotes, "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT", "Expires": "0"},
                PLAIN.encode(),
            )
        if days < 2:
            return 304, {"ETag": f"W/{quotes}"}, b""
        if days < 3:
            return 200, {"ETag": bare}, PLAIN.encode()
        if days < 3.5:
            return 503, {}, b""
        if days < 4:
            return 429, {"Retry-After": "Sat, 28 Nov 2026 12:00:00 GMT"}, b""
        return (304, {}, b"") if days < 6 else (410, {}, b"")

    asked_at: list[tuple[int, int]] = []
    for seconds in range(0, 8 * 86400, 420):
        before = len(outlet.asked)
        outlet.answer = lambda _, seconds=seconds: at(seconds)
        ask(site, outlet, timedelta(seconds=seconds))
        if len(outlet.asked) > before:
            asked_at.append((seconds, at(seconds)[0]))
    moments = [seconds for seconds, _ in asked_at]
    assert sum(pair == (None, None) for pair in outlet.asked) == 1
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= hour
    assert [status for _, status in asked_at].count(410) == 1
    assert asked_at[-1][1] == 410
    refused = next(seconds for seconds, status in asked_at if status == 429)
    assert next(seconds for seconds in moments if seconds > refused) >= 5 * 86400
    tags = [tag for tag, _ in outlet.asked]
    assert [tag for tag, _ in itertools.groupby(tags)] == [None, quotes, f"W/{quotes}", bare]
    assert len(moments) < 24 * 5


@pytest.mark.parametrize("status", [301, 308])
def test_feed_when_it_moved_for_a_week_is_proposed_as_an_edit_and_never_made(
    site: LittleSite, outlet, status: int
) -> None:
    place = f"http://new.example:{outlet.server_address[1]}/feed"
    yaml = (site.root / "site.yaml").read_bytes()

    def answer(headers):
        if headers["Host"].startswith("oasis"):
            return status, {"Location": place}, b""
        return 200, {}, PLAIN.encode()

    outlet.answer = answer
    told = [[one.fault for one in ask(site, outlet, hours(24 * day + day)).remarks] for day in range(8)]
    assert told == [[]] * 7 + [["moved"]]
    assert f"write url: {place}" in messages.all_said(ask(site, outlet, hours(24 * 9)).remarks, "en")
    assert (site.root / "site.yaml").read_bytes() == yaml


@pytest.mark.parametrize(
    ("to", "told"),
    [("https://oasis.example/feed", ["moved"]), ("https://other.example/feed", []), ("http://oasis.example/rss", [])],
)
def test_feed_when_it_moved_to_https_is_proposed_at_once(to: str, told: list[str]) -> None:
    before = feed_memory.Memory("http://oasis.example/feed")
    answer = Response(to, 200, {}, b"", (Redirect(301, before.url, to),))
    assert [one.fault for one in following.redirected(before, answer, NOW)[1]] == told


def test_redirect_when_it_ends_or_was_never_for_good_is_not_proposed(site: LittleSite, outlet) -> None:
    place = f"http://new.example:{outlet.server_address[1]}/feed"
    statuses = iter([301, 301, 302, 301, 301])

    def answer(headers):
        moved = headers["Host"].startswith("oasis")
        return (next(statuses), {"Location": place}, b"") if moved else (200, {}, PLAIN.encode())

    outlet.answer = answer
    assert [ask(site, outlet, hours(24 * day)).remarks for day in (0, 6, 8, 9, 15)] == [()] * 5


def test_page_when_a_feed_is_redirected_to_it_never_becomes_the_feed(site: LittleSite, outlet) -> None:
    place = f"http://new.example:{outlet.server_address[1]}/maintenance"
    ask(site, outlet)

    def answer(headers):
        moved = headers["Host"].startswith("oasis")
        return (301, {"Location": place}, b"") if moved else (200, {}, b"<!doctype html><p>x")

    outlet.answer = answer
    found = [ask(site, outlet, hours(24 * day)) for day in (1, 5, 9)]
    assert [[one.fault for one in each.remarks] for each in found] == [["html"]] * 3
    assert [len(each.items) for each in found] == [1] * 3


def test_offline_when_nothing_is_remembered_sends_nothing(site: LittleSite, outlet) -> None:
    assert ask(site, outlet, is_offline=True).status == "failed"
    ask(site, outlet)
    found = ask(site, outlet, hours(5), is_offline=True)
    assert (found.status, len(found.items), len(outlet.asked)) == ("waiting", 1, 1)


def test_dry_run_when_a_feed_is_read_remembers_nothing(site: LittleSite, outlet) -> None:
    ask(site, outlet, remembers=False)
    assert not (site.root / ".digest").exists()


def test_memory_when_its_file_is_broken_is_empty(site: LittleSite, outlet) -> None:
    ask(site, outlet)
    (path,) = (site.root / feed_memory.FOLDER).iterdir()
    assert "secret" not in path.name
    path.write_bytes(path.read_bytes()[:50])
    assert ask(site, outlet, hours(0.1)).status == "new"


def test_private_address_when_a_feed_names_it_is_never_asked(site: LittleSite, outlet) -> None:
    port = outlet.server_address[1]
    following_site(site, f"{{name: داخلي, url: 'http://127.0.0.1:{port}/feed?token=abc'}}")
    done = run(site, "--json")
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["status"], done.returncode, outlet.asked) == ("failed", 1, [])
    assert "private address" in source["message"]
    assert "abc" not in done.stdout + done.stderr


# ------------------------------------------------------------------ OPML


OPML = """<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head/><body>
<outline text="رياضة" title="رياضة"><outline type="rss" text="الواحة" title="الواحة" xmlUrl="https://oasis.example/feed"
 htmlUrl="https://oasis.example/"/></outline>
<outline text="x &quot;y&quot;&#10;z" xmlUrl="https://palm.example/rss?a=1&amp;b=2"/><outline text="no feed"/></body></opml>"""


def test_opml_when_imported_prints_lines_that_site_yaml_takes(site: LittleSite) -> None:
    site.put("feeds.opml", OPML)
    done = run(site, "--import", "feeds.opml")
    assert done.returncode == 0, done.stderr
    yaml = (site.root / "site.yaml").read_text("utf-8") + done.stdout
    assert site_settings.read(yaml.encode())[2] == ()
    from digest.content import inbox_sources

    assert [(one.name, one.url, one.theme) for one in inbox_sources.read(yaml.encode())] == [
        ("الواحة", "https://oasis.example/feed", "sport"), ('x "y" z', "https://palm.example/rss?a=1&b=2", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("raw", [b"", b"<html/>", b"<!DOCTYPE o [<!ENTITY a 'b'>]><opml/>", b"<opml><a>", b"\0\xff"])
def test_file_that_is_no_opml_when_imported_is_refused(raw: bytes) -> None:
    with pytest.raises(subscriptions.Refused):
        subscriptions.read(raw, ())


def test_atom_when_read_from_a_file_needs_no_network(site: LittleSite) -> None:
    site.put("feeds/a.xml", atom(ENTRY))
    following_site(site, "{name: الواحة, url: feeds/a.xml}")
    assert [one["url"] for one in document(site, "--offline")["stories"]] == [URL]


# ------------------------------------------------------------------ with the story's page


def taken_with(site: LittleSite, outlet: ThreadingHTTPServer, page: tuple[int, bytes]) -> tuple[str, str]:
    """(the entry, why its page was not read) of a story whose first outlet answers with a page."""
    from digest.curating import clipping
    from digest.curating import inbox as desk
    from digest.curating.decisions import Decisions
    from digest.curating.taken import Taken

    settings = site_settings.read((site.root / "site.yaml").read_bytes())[0]
    assert settings
    outlet.answer = lambda _: (page[0], {"Content-Type": "text/html; charset=utf-8"}, page[1])
    url = f"http://oasis.example:{outlet.server_address[1]}/news/library/"
    first = report("الواحة", url, HEADLINE, 6, "ملخص الخلاصة")
    second = report("النخلة", "https://palm.example/9", HEADLINE, 9)
    source = InboxSource("x", "feeds/x.xml")
    followed = [
        Followed(msgspec.structs.replace(source, name=one.source), "new", (one.item,)) for one in (second, first)
    ]
    found = desk.arrange(followed, (), Taken(site.root, settings), Decisions(), "ar")
    where = clipping.Site(site.root, settings, (), Taken(site.root, settings))
    made = desk.make(found.rows[0], desk.Making(where, "politics", NOW, network()))
    return made.path.read_text("utf-8"), str(made.problem or "")


def test_story_when_taken_with_the_network_has_what_its_page_says_and_all_sources(site: LittleSite, outlet) -> None:
    entry, problem = taken_with(site, outlet, (200, PAGES["wordpress-yoast"].html.encode()))
    assert problem == ""
    assert f'author: "{AUTHOR}"' in entry
    assert f'summary: "{PAGE_SUMMARY}"' in entry
    assert entry.index("/news/library/") < entry.index("https://palm.example/9")


@pytest.mark.parametrize("page", [(404, b""), (200, b"<title>x</title>")])
def test_story_when_its_page_cannot_be_read_is_made_of_the_feed(site: LittleSite, outlet, page: tuple) -> None:
    entry, problem = taken_with(site, outlet, page)
    assert "the feed alone" in problem
    assert "ملخص الخلاصة" in entry
    assert entry.index("/news/library/") < entry.index("https://palm.example/9")
