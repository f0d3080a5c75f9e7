"""One canonical form for the addresses of stories, and which of them are one story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curating import addresses


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://News.Example/a", "https://news.example/a"),
        ("HTTPS://news.example:443/a#top", "https://news.example/a"),
        ("http://news.example:80/", "http://news.example/"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=y", "https://news.example/a?id=7"),
        ("https://news.example/a?UTM_Medium=x", "https://news.example/a"),
        ("https://news.example/a?%75tm_source=x", "https://news.example/a"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://news.example/a?b=&c", "https://news.example/a?b=&c"),
        ("https://news.example/%7eami/%d8%ae%d8%a8%d8%b1", "https://news.example/~ami/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/a/./b/../c", "https://news.example/a/c"),
        ("https://news.example/a/..", "https://news.example/"),
        ("https://موقع.example/a", "https://xn--4gbrim.example/a"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a/amp", "https://news.example/a/amp"),
        ("https://www.google.com/amp/s/news.example/a", "https://news.example/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://user:word@news.example/a", ""),
        ("http://2130706433/", ""),
        ("/a", ""),
        ("", ""),
    ],
)
def test_canonical_address_when_written_another_way_has_one_form(raw, expected):
    assert addresses.canonical(raw) == expected


def test_relative_address_when_given_a_base_is_resolved():
    assert addresses.canonical("../b?utm_id=1", "https://news.example/a/c/") == "https://news.example/a/b"
    assert addresses.canonical("http://[", "https://news.example/") == ""


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/sport/خبر",
        "https://news.example/sport/%D8%AE%D8%A8%D8%B1/",
        "https://news.example/sport/%d8%ae%d8%a8%d8%b1?utm_source=x#y",
        "https://NEWS.example:443/sport/خبر/amp/",
        "https://news.example/sport/خبر?amp=1",
        "https://news.example/sport/خبر?outputType=amp",
    ],
)
def test_two_addresses_when_they_differ_in_what_does_not_matter_are_one(other):
    assert addresses.same("https://news.example/sport/خبر", other)


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/sport/خبر?id=2",
        "https://news.example/sport/Kh",
        "https://other.example/sport/خبر",
        "https://news.example:8443/sport/خبر",
        "javascript:1",
        "",
    ],
)
def test_two_addresses_when_they_differ_in_what_matters_are_two(other):
    assert not addresses.same("https://news.example/sport/خبر", other)
    assert not addresses.same(other, "https://news.example/sport/خبر")


def test_encoded_separators_when_compared_do_not_become_separators():
    assert not addresses.same("https://news.example/a%2Fb", "https://news.example/a/b")
    assert not addresses.same("https://news.example/a%3Fb", "https://news.example/a?b")
    assert addresses.same("https://news.example/a%2fb", "https://news.example/a%2Fb")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"), ("feeds.news.example", "news.example"), ("aljarida.com.kw", "aljarida.com.kw"),
        ("m.alarabiya.net", "alarabiya.net"), ("example", "example"), ("93.184.216.34", "93.184.216.34"), ("t.co", "t.co"),
    ],
)  # fmt: skip
def test_registered_domain_of_a_host_is_what_one_owner_has(host, domain):
    assert addresses.registered(host) == domain


@given(st.text(max_size=60))
def test_canonical_form_of_anything_is_canonical_and_raises_nothing(text):
    for raw in (text, "https://news.example/" + text, "https://news.example/?" + text):
        once = addresses.canonical(raw)
        assert addresses.canonical(once) == once
        assert addresses.key(once) == addresses.key(raw)
