"""Feeds of all formats, systems and encodings: what the inbox reads of them, and what it makes of hostile ones."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from made_feeds import ENTRY, FEEDS, HOST, PLAIN, SITEMAP, SUMMARY, TITLE, URL, Made, atom, item, json_feed, rss

from digest.curating import feeds, messages
from digest.curating.feeds import Feed, Setting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTING = Setting("https://feeds.example/oasis.xml", ZoneInfo("Africa/Tunis"), NOW)


def read(feed: str | bytes, **changes: object) -> Feed:
    return feeds.read(feed.encode() if isinstance(feed, str) else feed, SETTING._replace(**changes))


def faults(feed: Feed) -> list[str]:
    return [remark.fault for remark in feed.remarks]


# ------------------------------------------------------------------ systems and encodings


@pytest.mark.parametrize("name", FEEDS)
def test_feed_of_a_system_when_read_gives_the_same_story(name: str) -> None:
    made: Made = FEEDS[name]
    feed = feeds.read(made.raw, SETTING, made.charset)
    assert [remark.fault for remark in feed.remarks] == []
    (story,) = feed.items
    title = TITLE.replace("«", "").replace("»", "") if name == "iso-8859-6" else TITLE
    assert (story.title, story.url, story.summary, story.lang) == (title, URL, made.summary, "ar")
    date = story.moment.isoformat() if story.moment else story.date
    assert date == made.date


def test_language_when_the_feed_declares_english_and_writes_arabic_is_arabic() -> None:
    feed = read(rss(item(), channel="<language>en-US</language>"))
    assert [one.lang for one in feed.items] == ["ar"]


def test_language_when_the_editor_gives_it_is_that() -> None:
    assert read(PLAIN, lang="ary").items[0].lang == "ary"


def test_time_without_zone_when_read_is_of_the_sources_zone() -> None:
    (story,) = read(rss(item(date="<pubDate>2026-11-19 09:30</pubDate>")), zone=ZoneInfo("Asia/Riyadh")).items
    assert story.date == "2026-11-19T09:30:00+03:00"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Thu, 19 Nov 2026 09:30:00 -0500", "2026-11-19T09:30:00-05:00"),
        ("Thu, 19 Nov 2026 09:30:00 +0300", "2026-11-19T09:30:00+03:00"),
        ("19 Nov 2026 09:30 (-03:00)", "2026-11-19T09:30:00-03:00"),
        ("Thu, 19 Nov 2026 09:30:00 EST", "2026-11-19T09:30:00-05:00"),
        ("19/11/2026 - 09:30 -0300", "2026-11-19T09:30:00-03:00"),
        ("19 نوفمبر 2026 09:30 - غرينتش", "2026-11-19T09:30:00+00:00"),
        ("09:30 - 19 نوفمبر 2026", "2026-11-19T09:30:00+01:00"),
    ],
)
def test_zone_of_a_time_when_it_is_west_of_greenwich_is_kept(written: str, read_as: str) -> None:
    (story,) = read(rss(item(date=f"<pubDate>{written}</pubDate>"))).items
    assert story.date == read_as


def test_atom_entry_when_edited_later_is_dated_when_it_was_published() -> None:
    later = ENTRY.replace("2026-11-20T08:00:00Z", "2026-11-22T08:00:00Z")
    assert read(atom(later)).items[0].date == "2026-11-19T09:30:00+01:00"


def test_atom_entry_without_published_when_read_is_dated_by_its_update() -> None:
    entry = ENTRY.partition("<published>")[0] + "</entry>"
    assert read(atom(entry)).items[0].date == "2026-11-20T08:00:00+00:00"


def test_base_of_an_entry_when_it_is_given_goes_before_the_channels_link() -> None:
    entry = "<entry xml:base='https://deep.example/a/'><title>عنوان</title><link href='b'/></entry>"
    assert [one.url for one in read(atom(entry)).items] == ["https://deep.example/a/b"]


def test_channel_without_link_when_links_are_relative_leaves_the_feeds_address() -> None:
    feed = read("<rss version='2.0'><channel><item><title>عنوان</title><link>b</link></item></channel></rss>")
    assert [one.url for one in feed.items] == ["https://feeds.example/b"]


def test_number_as_guid_when_there_is_no_link_is_no_address() -> None:
    feed = read(rss(item(link="<guid>12345</guid>"), item()))
    assert ([one.url for one in feed.items], faults(feed)) == ([URL], ["no-address"])


def test_item_without_title_when_read_is_called_after_its_beginning() -> None:
    (story,) = read(rss(item(title=""))).items
    assert story.title
    assert SUMMARY.startswith(story.title.rstrip("…"))


def test_json_item_with_both_addresses_when_read_has_its_own() -> None:
    assert read(json_feed(external_url="https://other.example/")).items[0].url == URL


# ------------------------------------------------------------------ what is no feed


@pytest.mark.parametrize(
    ("raw", "fault", "word"),
    [
        (b"", "empty", "empty"),
        (b" \n\xef\xbb\xbf", "empty", "empty"),
        (b"<!DOCTYPE html><html><body>x", "html", "HTML page"),
        (b"<html><head></head></html>", "html", "HTML page"),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", "entity", "entity"),
        (
            b"<?xml version='1.0'?>\n<!DOCTYPE rss [\n<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss/>",
            "entity",
            "line 3",
        ),
        (b"<opml version='2.0'/>", "opml", "OPML"),
        (b"<sitemapindex/>", "sitemap-index", "index"),
        (b"<svg/>", "no-feed", "no feed"),
        (b"nothing", "no-feed", "no feed"),
        (b"{}", "no-feed", "no feed"),
        (b"[1]", "no-feed", "no feed"),
        (b"x" * (feeds.LARGEST + 1), "large", "too large"),
    ],
)
def test_bytes_that_are_no_feed_when_read_are_refused_with_the_reason(raw: bytes, fault: str, word: str) -> None:
    feed = feeds.read(raw, SETTING)
    assert (feed.is_feed, feed.items, faults(feed)) == (False, (), [fault])
    assert word in messages.all_said(feed.remarks, "en")
    assert messages.all_said(feed.remarks, "ar") != messages.all_said(feed.remarks, "en")


def test_html_page_when_it_names_its_feed_is_refused_with_that_address() -> None:
    feed = read('<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed/?key=secret">')
    assert messages.all_said(feed.remarks, "en").endswith("try https://feeds.example/feed/")


def test_document_type_without_entities_when_read_is_no_fault() -> None:
    feed = read("<!DOCTYPE rss [<!-- nothing -->]>" + rss(item(), head=""))
    assert [one.title for one in feed.items] == [TITLE]


@pytest.mark.parametrize("end", range(60, len(rss(item(), item())), 37))
def test_feed_cut_short_when_read_lists_its_whole_items_and_says_so(end: int) -> None:
    feed = read(rss(item(), item(link="<link>https://oasis.example/2</link>"))[:end])
    assert "cut" in faults(feed) or not feed.is_feed
    assert all(one.title == TITLE for one in feed.items if one.url == URL and one.title != "oasis.example")


def test_json_feed_cut_short_when_read_lists_its_whole_items_and_says_so() -> None:
    two = json.loads(json_feed())
    two["items"] *= 2
    feed = read(json.dumps(two)[:-40])
    assert (len(feed.items), faults(feed)) == (1, ["cut"])


def test_sitemap_cut_short_when_read_lists_its_whole_items_and_says_so() -> None:
    start, end = SITEMAP.index("<url>"), SITEMAP.index("</urlset>")
    feed = read(SITEMAP[:end] + SITEMAP[start : end - 90])
    assert (len(feed.items), "cut" in faults(feed)) == (1, True)


def test_broken_item_when_read_hides_no_other() -> None:
    broken = "<item><title>x</title><link>https://oasis.example/x</link><description><p><b></description></item>"
    feed = read(rss(item(), broken, item(link="<link>https://oasis.example/2</link>")))
    assert {one.url for one in feed.items} >= {URL, "https://oasis.example/2"}


def test_old_stories_when_read_are_not_left_out() -> None:
    items = [
        item(link=f"<link>{HOST}/{n}</link>", date=f"<pubDate>Mon, 05 Jan {1996 + n % 30} 10:00:00 GMT</pubDate>")
        for n in range(300)
    ]
    assert len(read(rss(*items)).items) == 300


# ------------------------------------------------------------------ hostile texts


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>عنوان",
        "&lt;script&gt;alert(1)&lt;/script&gt;عنوان",
        "&amp;lt;img src=x onerror=alert(1)&amp;gt;عنوان",
        "<![CDATA[<style>p{}</style>عنوان]]>",
        "\u202eعنوان\u2066\x1b[31m",
        "عن\u0000وان\n\r",
        "<b>عنوان",
    ],
)
def test_markup_and_controls_of_a_title_when_read_are_gone(title: str) -> None:
    (story,) = read(rss(item(title=f"<title>{title}</title>"))).items
    assert story.title in ("عنوان", "[31m", "عنوان[31m")


HOSTILE = {
    "billion-laughs": lambda: b"<!DOCTYPE l [" + b"".join(
        b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9)) + b"]><rss>&l9;</rss>",
    "five-megabyte-title": lambda: b"<rss><channel><item><title>" + b"x" * 5_000_000 + b"</title></item></channel></rss>",
    "ten-thousand-namespaces": lambda: b"<rss " + b" ".join(b'xmlns:a%d="http://%d/"' % (n, n) for n in range(10_000)) + b">",
    "items-without-end": lambda: b"<rss><channel>" + b"<item>" * 2_500_000,
    "half-a-million-items": lambda: b"<rss><channel>" + b"<item><title>x</title></item>" * 500_000 + b"</channel></rss>",
    "tags-without-end": lambda: b"<rss><channel><item>" + b"<a>" * 4_000_000,
    "attributes-without-end": lambda: b"<rss><channel><item " + b"a='1' " * 2_000_000,
    "sections-without-end": lambda: b"<rss><channel><item>" + b"<![CDATA[" * 1_500_000,
    "comments-without-end": lambda: b"<rss><channel><item><title>" + b"<!--" * 3_000_000,
    "comments-before-all": lambda: b"<!---->" * 2_000_000 + b"<rss/>",
    "ampersands": lambda: b"<rss><channel><item><title>" + b"&" * 15_000_000,
    "less-than": lambda: b"<" * 15_000_000,
    "deep-json": lambda: b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 15_000_000,
    "wide-json": lambda: b'{"version":"https://jsonfeed.org/version/1","items":[' + b"1," * 7_000_000 + b"1]}",
    "nul-bytes": lambda: b"\0" * 15_000_000,
    "invalid-utf-8": lambda: b"<rss><channel><item><title>" + b"\xff\xd8" * 7_000_000,
    "utf-7": lambda: b"<?xml version='1.0' encoding='utf-7'?><rss><channel>+ADw-item+AD4-" * 1000,
}  # fmt: skip
PROGRAM = """
import re, sys, time
sys.path.insert(0, sys.argv[1])
from datetime import UTC, datetime
import feedparser
from digest.curating import feeds
raw = sys.stdin.buffer.read()
start = time.process_time()
feed = feeds.read(raw, feeds.Setting("https://feeds.example/", UTC, datetime(2026, 11, 23, tzinfo=UTC)))
seconds = time.process_time() - start
peak = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())
print(seconds, int(peak[1]) / 1024 if peak else 0)
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feed_when_read_stays_within_its_bounds(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(Path(__file__).parent.parent)],
        input=HOSTILE[name](), capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    seconds, megabytes = map(float, done.stdout.split())
    assert (seconds < 2, megabytes < 256) == (True, True), (seconds, megabytes)


def test_gzip_bomb_when_read_is_too_large() -> None:
    import gzip

    bomb = gzip.compress(b"\0" * (feeds.LARGEST * 8))
    start = time.process_time()
    assert faults(feeds.read(bomb, SETTING)) == ["large"]
    assert time.process_time() - start < 2
