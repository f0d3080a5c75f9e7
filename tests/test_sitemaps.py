"""Sitemaps, the news map and robots.txt: what crawlers are given."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.pages.sitemaps import NewsItem, news_sitemap, robots, sitemap, split
from digest.pages.xml import ascii_url

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
NINE = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=1)))
BASE = "https://mirat.example/"


def located(data: bytes, element: str = "url") -> list[tuple[str, str]]:
    return [
        (one.findtext("s:loc", namespaces=NS), one.findtext("s:lastmod", default="", namespaces=NS))
        for one in ET.fromstring(data).findall(f"s:{element}", NS)
    ]


def entries(count: int) -> list[tuple[str, str]]:
    return [(f"{BASE}economy/{n}/", f"2026-{1 + n // 28:02d}-{1 + n % 28:02d}") for n in range(count)]


def test_addresses_and_dates_stand_in_the_order_given():
    """A date that is not known is left out, never invented."""
    urls = [(BASE, "2026-11-20T09:30:00+01:00"), (BASE + "about/?a=1&b=2", "")]
    assert located(sitemap(urls)) == urls
    assert b"<lastmod></lastmod>" not in sitemap(urls)


def test_every_address_is_percent_encoded_ascii():
    """Google asks for percent-encoded UTF-8; an encoded address is not encoded twice."""
    raw, encoded = BASE + "اقتصاد/", BASE + "%D8%A7%D9%82%D8%AA%D8%B5%D8%A7%D8%AF/"
    data = sitemap([(raw, ""), (encoded, "")])
    assert data.isascii()
    assert located(data) == [(encoded, ""), (encoded, "")]


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ("https://e.example/a b", "https://e.example/a%20b"),
        ("https://e.example/100%", "https://e.example/100%25"),
        ("https://مثال.example/خبر?س=1#ج", "https://xn--mgbh0fb.example/%D8%AE%D8%A8%D8%B1?%D8%B3=1#%D8%AC"),
        ('https://e.example/"<>\x00\n', "https://e.example/%22%3C%3E"),
        ("https://[e.example/é", "https://%5Be.example/%C3%A9"),
        ("https://" + "ع" * 80 + ".example/", "https://" + "%D8%B9" * 80 + ".example/"),
        ("", ""),
    ],
)
def test_any_address_becomes_one_that_machines_accept(raw: str, want: str):
    """Spaces, stray percent signs, hosts in Arabic, quotation marks, hosts that are none."""
    assert ascii_url(raw) == want


@settings(max_examples=100)
@given(st.text(st.characters(codec=None)))
def test_encoding_an_address_is_idempotent_and_keeps_its_meaning(path: str):
    """Twice is once; what it decodes to is the path that was written, less what no document may hold."""
    url = ascii_url("https://e.example/" + path)
    assert url.isascii()
    assert ascii_url(url) == url
    if path.isalnum():
        assert unquote(url) == "https://e.example/" + path


def test_a_small_site_has_one_map():
    ((name, data),) = split(entries(3), [(BASE, "2026-11-20")], base=BASE, limit=4)
    assert name == "sitemap.xml"
    assert located(data) == [(BASE, "2026-11-20"), *entries(3)]


def test_a_large_site_has_an_index_and_parts():
    """Each part within the limit, each address in exactly one of them, each date the newest of its part."""
    lists = [(BASE, "2026-12-01"), (BASE + "economy/", "2026-11-30")]
    files = dict(split(entries(7), lists, base=BASE, limit=3))
    assert list(files) == ["sitemap.xml", "sitemap-lists-1.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    assert located(files["sitemap.xml"], "sitemap") == [
        (BASE + "sitemap-lists-1.xml", "2026-12-01"),
        (BASE + "sitemap-1.xml", "2026-01-03"),
        (BASE + "sitemap-2.xml", "2026-01-06"),
        (BASE + "sitemap-3.xml", "2026-01-07"),
    ]
    parts = [url for name, data in files.items() if name != "sitemap.xml" for url in located(data)]
    assert parts == lists + entries(7)


@pytest.mark.parametrize("count", [6, 7, 8])
def test_a_new_article_changes_only_the_last_part(count: int):
    """Parts are counted from the oldest: what is full stays as it is, byte for byte."""
    before = dict(split(entries(count), [(BASE, "2026-12-01")], base=BASE, limit=3))
    after = dict(split(entries(count + 1), [(BASE, "2026-12-02")], base=BASE, limit=3))
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"sitemap.xml", "sitemap-lists-1.xml", f"sitemap-{count // 3 + 1}.xml"}


def test_parts_keep_the_limit_of_bytes():
    """50 MB is a limit of its own; an address larger than a whole part still stands somewhere."""
    files = dict(split(entries(20), base=BASE, size=500))
    parts = [data for name, data in files.items() if name != "sitemap.xml"]
    assert len(parts) > 1
    assert all(len(data) <= 500 for data in parts)
    assert [url for data in parts for url in located(data)] == entries(20)
    assert len(split(entries(2), base=BASE, size=1)) == 3


def test_dates_of_different_zones_are_compared_as_instants():
    """01:00 in Rabat is earlier than 00:30 UTC, whatever the letters say."""
    urls = [(BASE + "a/", "2026-11-20T01:00:00+01:00"), (BASE + "b/", "2026-11-20T00:30:00+00:00")]
    files = dict(split([*urls, *urls], base=BASE, limit=2))
    assert located(files["sitemap.xml"], "sitemap")[0][1] == "2026-11-20T00:30:00+00:00"
    mixed = [(BASE + "a/", "2026-11-20"), (BASE + "b/", "2026-11-19T23:30:00+00:00")]
    files = dict(split([*mixed, *mixed], base=BASE, limit=2))
    assert located(files["sitemap.xml"], "sitemap")[0][1] == "2026-11-20"


def news(number: int, title: str = "سدّ الوادي يبلغ نصف سعته") -> NewsItem:
    return NewsItem(f"{BASE}water/{number}/", title, NINE + timedelta(minutes=number))


def test_the_news_map_has_what_google_requires():
    """Publication name and language (ISO 639 alone), date with its offset, title."""
    root = ET.fromstring(news_sitemap([news(0)], "مرآة الأخبار", "ar-MA"))
    (url,) = root.findall("s:url", NS)
    assert url.findtext("s:loc", namespaces=NS) == BASE + "water/0/"
    assert url.findtext("n:news/n:publication/n:name", namespaces=NS) == "مرآة الأخبار"
    assert url.findtext("n:news/n:publication/n:language", namespaces=NS) == "ar"
    assert url.findtext("n:news/n:publication_date", namespaces=NS) == "2026-11-20T09:30:00+01:00"
    assert url.findtext("n:news/n:title", namespaces=NS) == "سدّ الوادي يبلغ نصف سعته"


def test_the_news_map_may_be_empty():
    """A quiet weekend: the map stays where it is, with nothing in it."""
    root = ET.fromstring(news_sitemap([], "مرآة الأخبار", "ar"))
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    assert len(root) == 0


def test_the_news_map_holds_the_newest_thousand():
    locs = [loc for loc, _ in located(news_sitemap([news(n) for n in range(1003)], "مرآة", "ar"))]
    assert len(locs) == 1000
    assert set(locs) == {f"{BASE}water/{n}/" for n in range(3, 1003)}


def test_hostile_text_stays_text():
    """Titles, names and dates cannot leave their elements, and forbidden characters are gone."""
    bad = "]]></news:title><x>&\x00\x0c\ud800\u2028\u200f"
    root = ET.fromstring(news_sitemap([news(0, bad)], bad, "ar"))
    assert [one.text for one in root.iter(f"{{{NS['n']}}}title")] == ["]]></news:title><x>&\u2028\u200f"]
    assert located(sitemap([(BASE + "</loc><x>", "</lastmod>")])) == [(BASE + "%3C/loc%3E%3Cx%3E", "</lastmod>")]


def test_robots_names_the_maps_and_forbids_nothing():
    """A line break in an address cannot add a rule."""
    lines = robots([BASE + "sitemap.xml", BASE + "خريطة.xml\nDisallow: /"]).splitlines()
    assert lines[:2] == ["User-agent: *", "Allow: /"]
    assert lines[3] == "Sitemap: https://mirat.example/sitemap.xml"
    assert lines[4].startswith("Sitemap: https://mirat.example/%D8%AE")
    assert len(lines) == 5
