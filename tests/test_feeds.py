"""Atom, JSON Feed and OPML: what feed readers are given."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.deploy import webserver
from digest.model import Text
from digest.pages import feeds
from digest.pages.feeds import FeedInfo, FeedItem, atom, json_feed, tag_uri
from digest.pages.media_types import media_type
from digest.pages.opml import opml

if TYPE_CHECKING:
    from conftest import LittleSite

RABAT = timezone(timedelta(hours=1))
NINE = datetime(2026, 11, 20, 9, 30, tzinfo=RABAT)
A = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


def text(plain: str, direction: str = "rtl") -> Text:
    return Text(plain=plain, markup="", dir=direction, base="rtl")


INFO = FeedInfo(
    title="مرآة الأخبار",
    description="موجز يومي لأهم ما نُشر",
    lang="ar-MA",
    home="https://mirat.example/",
    self_url="https://mirat.example/feed.xml",
    id="",
    icon="https://mirat.example/icon.png",
    author="هيئة تحرير مرآة الأخبار",
    dir="rtl",
)
ITEM = FeedItem(
    id="tag:mirat.example,2026:economy/2026-11-20-%D9%85%D9%8A%D9%86%D8%A7%D8%A1",
    url="https://mirat.example/economy/%D9%85%D9%8A%D9%86%D8%A7%D8%A1/",
    external_url="https://shati.example/news/812?a=1&b=2",
    title=text("ميناء الجديدة يستقبل أول سفينة حاويات"),
    summary=text("رست السفينة صباح الجمعة بعد رحلة دامت أسبوعين."),
    html="<p>رست السفينة &amp; بدأت عمليات التفريغ.</p>",
    published=NINE,
    updated=NINE,
    authors=("ليلى الساحلي",),
    tags=("موانئ", "تجارة"),
    image="https://mirat.example/media/port.jpg",
    outlet="صحيفة الشاطئ",
)
HOSTILE = "]]></title><script>alert(1)</script>&amp;\x00\x08\x0b\x85\ud800\ufffe\u2028\u200f"


def parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)


def entry_of(item: FeedItem, info: FeedInfo = INFO) -> ET.Element:
    entry = parsed(atom(info, [item])).find(f"{A}entry")
    assert entry is not None
    return entry


def link(element: ET.Element, rel: str) -> ET.Element | None:
    return next((one for one in element.findall(f"{A}link") if one.get("rel") == rel), None)


def test_feed_head_has_language_address_page_and_author():
    """RFC 4287, 4.1.1: id, title, updated, self, alternate; an author even where entries have none."""
    root = parsed(atom(INFO, [ITEM]))
    assert root.tag == f"{A}feed"
    assert root.get(LANG) == "ar-MA"
    assert root.findtext(f"{A}id") == INFO.self_url
    assert root.findtext(f"{A}title") == INFO.title
    assert root.findtext(f"{A}author/{A}name") == INFO.author
    assert link(root, "self").attrib == {"rel": "self", "type": "application/atom+xml", "href": INFO.self_url}
    assert link(root, "alternate").get("href") == INFO.home


def test_feed_entry_links_its_page_and_the_original():
    """`alternate` is our page, `via` where the story was found."""
    entry = entry_of(ITEM)
    assert link(entry, "alternate").get("href") == ITEM.url
    assert link(entry, "via").get("href") == ITEM.external_url
    assert link(entry_of(replace(ITEM, external_url="")), "via") is None


def test_feed_entry_has_tags_picture_and_text():
    entry = entry_of(ITEM)
    assert [one.get("term") for one in entry.findall(f"{A}category")] == ["موانئ", "تجارة"]
    assert entry.find("{http://search.yahoo.com/mrss/}thumbnail").get("url") == ITEM.image
    assert entry.findtext(f"{A}summary") == ITEM.summary.plain


def test_feed_when_full_puts_the_text_in_an_element_with_direction_and_language():
    """Readers use first-strong or nothing: the wrapper decides. The markup inside stays as it was."""
    content = entry_of(ITEM).find(f"{A}content")
    assert content.get("type") == "html"
    assert content.text == f'<div dir="rtl" lang="ar-MA">{ITEM.html}</div>'
    assert entry_of(replace(ITEM, lang="ar-MA")).get(LANG) is None
    french = entry_of(replace(ITEM, lang="fr", html="<p>Bonjour</p>"))
    assert french.get(LANG) == "fr"
    assert french.findtext(f"{A}content") == '<div dir="ltr" lang="fr"><p>Bonjour</p></div>'


def test_feed_title_when_it_begins_with_the_other_script_carries_a_mark():
    """Plain-text slots have no markup: U+200F before an Arabic title that begins in Latin, U+200E for the reverse."""
    for plain, direction, mark in (("FIFA تعلن القرعة", "rtl", "\u200f"), ("«مدينة»: a new film", "ltr", "\u200e")):
        item = replace(ITEM, title=text(plain, direction))
        title = entry_of(item).find(f"{A}title")
        assert title.get("type") == "text"
        assert title.text == mark + plain
        assert json.loads(json_feed(INFO, [item]))["items"][0]["title"] == mark + plain


def test_feed_ids_are_tag_uris_of_the_first_host_and_path():
    """No title, date or feed goes into the id; neither scheme, port, `www.` nor letter case of the host belongs to it."""
    want = "tag:mirat.example,2026:/economy/%D9%85%D9%8A%D9%86%D8%A7%D8%A1/"
    assert tag_uri("https://mirat.example/", "/economy/ميناء/") == want
    assert entry_of(replace(ITEM, id=want)).findtext(f"{A}id") == want
    assert json.loads(json_feed(INFO, [replace(ITEM, id=want)]))["items"][0]["id"] == want
    assert tag_uri("http://www.Mirat.example:8443/ar/", "/a/") == "tag:mirat.example,2026:/ar/a/"
    assert tag_uri("https://مرآة.example/", "/a/") == "tag:xn--hgbow3f.example,2026:/a/"


def test_feed_entry_without_authors_names_the_outlet():
    def names(item: FeedItem) -> list[str]:
        return [one.text for one in entry_of(item).findall(f"{A}author/{A}name")]

    assert names(ITEM) == ["ليلى الساحلي"]
    assert names(replace(ITEM, authors=())) == ["صحيفة الشاطئ"]
    assert names(replace(ITEM, authors=(), outlet="")) == []


def test_feed_date_is_that_of_its_newest_entry():
    """No build time anywhere: the same entries are the same bytes, and the feed is as new as its newest change."""
    old = replace(
        ITEM, id="tag:mirat.example,2026:old", published=NINE - timedelta(days=9), updated=NINE - timedelta(days=8)
    )
    changed = replace(old, id="tag:mirat.example,2026:changed", updated=NINE + timedelta(hours=1))
    root = parsed(atom(INFO, [ITEM, changed, old]))
    stamps = [one.text for one in root.findall(f"{A}entry/{A}updated")]
    assert root.findtext(f"{A}updated") == stamps[1]
    assert stamps[1].startswith("2026-11-20T10:30:00.")
    assert atom(INFO, [ITEM, old]) == atom(INFO, [ITEM, old])


def test_feed_entries_of_one_moment_have_distinct_dates_that_neighbours_do_not_move():
    """Entries dated by the day all say midnight; each gets a fraction of the second from its id, and keeps it."""
    items = [replace(ITEM, id=f"tag:mirat.example,2026:{n}") for n in range(40)]
    stamps = [one.text for one in parsed(atom(INFO, items)).findall(f"{A}entry/{A}updated")]
    assert len(set(stamps)) == 40
    assert all(stamp.startswith("2026-11-20T09:30:00.") and RFC3339.fullmatch(stamp) for stamp in stamps)
    assert entry_of(items[7]).findtext(f"{A}updated") == stamps[7]
    exact = replace(ITEM, updated=NINE.replace(microsecond=250_000))
    assert entry_of(exact).findtext(f"{A}updated") == "2026-11-20T09:30:00.250000+01:00"


def test_feed_when_empty_is_valid():
    """A theme without articles yet: an id, a title and a date all the same."""
    root = parsed(atom(INFO, []))
    assert root.findtext(f"{A}updated") == "2000-01-01T00:00:00+00:00"
    assert json.loads(json_feed(INFO, []))["items"] == []


def test_feed_entry_without_text_is_summed_up_by_its_title():
    bare = replace(ITEM, summary=text(""), html="")
    assert entry_of(bare).findtext(f"{A}summary") == ITEM.title.plain
    assert json.loads(json_feed(INFO, [bare]))["items"][0]["content_text"] == ITEM.title.plain


def test_json_feed_has_the_fields_of_version_1_1():
    feed = json.loads(json_feed(replace(INFO, self_url="https://mirat.example/feed.json"), [ITEM]))
    row = feed.pop("items")[0]
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": INFO.title,
        "home_page_url": INFO.home,
        "feed_url": "https://mirat.example/feed.json",
        "description": INFO.description,
        "icon": INFO.icon,
        "authors": [{"name": INFO.author}],
        "language": "ar-MA",
    }
    assert row.pop("content_html") == f'<div dir="rtl" lang="ar-MA">{ITEM.html}</div>'
    assert row == {
        "id": ITEM.id,
        "url": ITEM.url,
        "external_url": ITEM.external_url,
        "title": ITEM.title.plain,
        "summary": ITEM.summary.plain,
        "image": ITEM.image,
        "date_published": "2026-11-20T09:30:00+01:00",
        "date_modified": "2026-11-20T09:30:00+01:00",
        "authors": [{"name": "ليلى الساحلي"}],
        "tags": ["موانئ", "تجارة"],
    }


def test_a_naive_date_is_refused():
    """Guessing a zone would make the output depend on the machine."""
    with pytest.raises(ValueError, match="without a time zone"):
        atom(INFO, [replace(ITEM, published=datetime(2026, 11, 20))])  # noqa: DTZ001


def test_offsets_with_seconds_become_utc():
    """RFC 3339 cannot write the local mean times of the nineteenth century."""
    old = datetime(1912, 1, 1, 12, tzinfo=timezone(-timedelta(minutes=30, seconds=20)))
    assert entry_of(replace(ITEM, published=old, updated=old.astimezone(UTC))).findtext(f"{A}published") == (
        "1912-01-01T12:30:20+00:00"
    )


def test_hostile_text_stays_text():
    """`]]>`, closing tags, control characters, lone surrogates, marks: the feed parses and says the harmless rest."""
    clean = "]]></title><script>alert(1)</script>&amp;\u2028\u200f"
    item = replace(
        ITEM,
        title=text(HOSTILE),
        summary=text("\u200f"),
        html=HOSTILE,
        authors=(HOSTILE, "\x00"),
        tags=(HOSTILE,),
        outlet=HOSTILE,
        external_url='https://e.example/"><x>\n',
    )
    info = replace(INFO, title=HOSTILE, description=HOSTILE, author=HOSTILE)
    entry = entry_of(item, info)
    assert entry.findtext(f"{A}title").lstrip("\u200e\u200f") == clean
    assert entry.findtext(f"{A}content") == f'<div dir="rtl" lang="ar-MA">{clean}</div>'
    assert [one.text for one in entry.findall(f"{A}author/{A}name")] == [clean]
    assert link(entry, "via").get("href") == "https://e.example/%22%3E%3Cx%3E"
    data = json_feed(info, [item])
    assert "\u2028" not in data.decode()
    assert json.loads(data)["items"][0]["content_html"] == f'<div dir="rtl" lang="ar-MA">{clean}</div>'


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_text_gives_feeds_that_parse(one: str, other: str):
    """Whatever characters an entry holds, both feeds are well-formed UTF-8."""
    item = replace(ITEM, id=one or "a", title=text(one), summary=text(other), html=other, tags=(one,), authors=(other,))
    assert len(parsed(atom(INFO, [item])).findall(f"{A}entry")) == 1
    assert len(json.loads(json_feed(INFO, [item]))["items"]) == 1


def test_rooted_addresses_of_a_body_become_absolute():
    """A feed is read elsewhere: `/media/a.jpg` must name its host, words that look like markup stay as written."""
    body = (
        '<p><a class="x" href="/sport/?a=1">أ</a> <img src="/media/a.jpg" alt="x"> <a href="//cdn.example/">ب</a>'
        ' <a href="https://e.example/">ج</a> اكتب href="/x" هكذا</p>'
    )
    assert feeds.absolute(body, "https://mirat.example", "https://mirat.example/sport/") == (
        '<p><a class="x" href="https://mirat.example/sport/?a=1">أ</a> <img src="https://mirat.example/media/a.jpg"'
        ' alt="x"> <a href="//cdn.example/">ب</a> <a href="https://e.example/">ج</a> اكتب href="/x" هكذا</p>'
    )


def test_link_to_a_heading_leads_to_the_page_it_stands_on():
    body = '<p><a href="#a">أ</a></p><h2 id="a">أ</h2>'
    made = feeds.absolute(body, "https://mirat.example", "https://mirat.example/sport/final/")
    assert made == body.replace("#a", "https://mirat.example/sport/final/#a")


def test_every_size_of_a_picture_becomes_absolute():
    """`srcset` is a list: each of its addresses names its host, not the first alone."""
    body = (
        '<picture><source type="image/avif" srcset="/media/a-200.avif 200w, /media/a-400.avif 400w" sizes="100vw">'
        '<img src="/media/a-400.jpg" alt="srcset, /b 2x"></picture>'
        '<img srcset="//cdn.example/a.jpg 1x,/media/a.jpg 2x" src="https://e.example/a.jpg"> srcset="/x 1w"'
    )
    assert feeds.absolute(body, "https://mirat.example", "https://mirat.example/sport/") == (
        '<picture><source type="image/avif" srcset="https://mirat.example/media/a-200.avif 200w,'
        ' https://mirat.example/media/a-400.avif 400w" sizes="100vw">'
        '<img src="https://mirat.example/media/a-400.jpg" alt="srcset, /b 2x"></picture>'
        '<img srcset="//cdn.example/a.jpg 1x,https://mirat.example/media/a.jpg 2x" src="https://e.example/a.jpg">'
        ' srcset="/x 1w"'
    )


def test_opml_lists_sources_with_their_home_pages():
    """OPML 2.0: `link` needs url; a name alone has no type. Nothing in it is a date."""
    data = opml(
        "مصادر مرآة الأخبار" + HOSTILE,
        [
            ("صحيفة الشاطئ", "https://shati.example/?a=1&b=2"),
            ("Le Phare & Co", "https://phare.example/à-propos"),
            ('"وكالة"' + HOSTILE, ""),
        ],
    )
    root = parsed(data)
    assert root.get("version") == "2.0"
    assert [one.tag for one in root.find("head")] == ["title"]
    first, second, third = root.findall("body/outline")
    assert first.attrib == {
        "text": "صحيفة الشاطئ",
        "title": "صحيفة الشاطئ",
        "type": "link",
        "url": "https://shati.example/?a=1&b=2",
        "htmlUrl": "https://shati.example/?a=1&b=2",
    }
    assert second.get("url") == second.get("htmlUrl") == "https://phare.example/%C3%A0-propos"
    assert "type" not in third.attrib
    assert third.get("text").startswith('"وكالة"]]>')


def test_format_when_declared_is_made_linked_and_typed(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever adds a format of feed declares it; pages, deploys and servers read the declaration."""
    titles = feeds.Format("titles.txt", "text/x-titles", lambda info, _: info.title.encode(), per_theme=True)
    monkeypatch.setattr(feeds, "FORMATS", (*feeds.FORMATS, titles))
    site.entry("sport/a")
    site.build()
    assert "رياضة" in site.text("sport/titles.txt")
    assert site.text("titles.txt") == "موجز الاختبار"
    assert 'type="text/x-titles" title="' in site.text("index.html")
    assert 'href="/sport/titles.txt"' in site.text("sport/index.html")
    assert 'href="/sport/titles.txt"' in site.text("sport/a/index.html")


def test_feeds_when_deployed_have_their_types() -> None:
    """On every host that asks digest for the type, and on servers whose configuration it writes."""
    for kind in feeds.FORMATS:
        assert media_type(f"sport/{kind.file}") == f"{kind.media_type}; charset=utf-8"
        assert kind.media_type in webserver.COMPRESSED
