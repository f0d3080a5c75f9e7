"""The URL gate: which spellings pass, in which normal form, and which are refused (WHATWG URL standard, UTS #39)."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.content import urls

SCRIPTED = ["javascript", "vbscript", "data", "blob", "filesystem", "file", "about", "view-source", "intent"]
OTHERS = ["ftp", "ws", "wss", "tel", "sms", "ssh", "jar", "mhtml", "chrome", "res", "livescript", "feed", "x-a+b.c"]


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spellings(scheme: str) -> list[str]:
    """The ways attackers write one scheme so that a filter overlooks it and a browser does not."""
    half = len(scheme) // 2
    head, tail = scheme[:half], scheme[half:]
    return [
        f"{scheme}:alert(1)",
        f"{scheme.upper()}:alert(1)",
        f"{scheme.title()}:alert(1)",
        f"  {scheme}:alert(1)",
        f"\x01\x1f{scheme}:alert(1)",
        f"{head}\t{tail}:alert(1)",
        f"{head}\n{tail}:alert(1)",
        f"{head}\r\n{tail}:alert(1)",
        f"{scheme}\t:alert(1)",
        f"{scheme}://%0aalert(1)",
        f"{head}\x00{tail}:alert(1)",
        f"{head}%0a{tail}:alert(1)",
        f"{head}%250a{tail}:alert(1)",
        f"{scheme}%3Aalert(1)",
        f"{scheme}%253Aalert(1)",
        f"{full_width(scheme)}:alert(1)",
        f"{scheme}：alert(1)",
        f"{scheme}%EF%BC%9Aalert(1)",
        f"\u200e{scheme}:alert(1)",
        f"{head}\u200b{tail}:alert(1)",
        f"\ufeff{scheme}:alert(1)",
        f"\xa0{scheme}:alert(1)",
    ]


REFUSED_SCHEMES = [spelling for scheme in SCRIPTED for spelling in spellings(scheme)] + [f"{s}:x" for s in OTHERS]

REFUSED = {
    "empty": ["", " ", "\t\n", "\x00"],
    "no host": [
        "http:",
        "https:",
        "http:/",
        "http://",
        "https:///a",
        "http:a",
        "http:/a",
        "http:\\a",
        "http://?q",
        "https://#f",
    ],
    "protocol-relative": [
        "//a.example",
        "\\\\a.example",
        "/\\a.example",
        "\\/a.example",
        "/\t/a.example",
        "///a",
        " //a",
        "//",
    ],
    "password": [
        "http://u:p@a.example/",
        "https://u@a.example",
        "https://good.example@bad.example/",
        "https://good.example%2F@bad.example/",
        "https://@a.example",
        "https:\\\\u@a.example",
    ],
    "control": ["http://a.example/\x00b", "/a\x07b", "/a\x7f", "/a\x85", "http://a\x1f.example/", "/\udc80"],
    "direction": ["/\u202egpj.exe", "http://a.example/\u2066x", "\u202dhttps://a.example/", "/a\u2069"],
    "host": [
        "http://a b.example/",
        "http://a..example/",
        "http://.example/",
        "http://-a.example/",
        "http://a-.example/",
        "http://a%00.example/",
        "http://a%2fb.example/",
        "http://a<b.example/",
        "http://a＠b.example/",
        "http://a／b.example/",
        "http://a%ff.example/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 127 + "example/",
        "http://faß.example/",
        "http://می\u200cخواهم.example/",
        "http://a\u200e.example/",
        "http://*.example/",
        "http://a,b/",
    ],
    "address in numbers": [
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://256.0.0.1/",
        "http://1.2.3.4.5/",
        "http://a.0x7f/",
        "http://[::1/",
        "http://[::g]/",
        "http://[fe80::1%25eth0]/",
        "http://[]/",
    ],
    "port": [
        "http://a.example:x/",
        "http://a.example:65536/",
        "http://a.example:1:2/",
        "http://a.example:-1/",
        "http://[::1]x/",
    ],
    "mail": [
        "mailto:",
        "mailto:nobody",
        "mailto:@a.example",
        "mailto:a@",
        "mailto:a b@c.example",
        "mailto:<a@b.example>",
    ],
    "colon before a slash": ["خبر:عاجل", "1a:b", "a b:c", "a%3ab", "-:x", ":x", "x:y/z", "a%20b%253Ac"],
    "a scheme beside mailto": ["sip:a@b.example", "xmpp:a@b.example", "im:a@b.example", "acct:a@b.example"],
    "length": ["/" + "a" * 4096, "http://a.example/" + "a" * 5000],
}

ACCEPTED = {
    # as written: normal form
    "http://a.example": "http://a.example/",
    "https://a.example": "https://a.example/",
    "https://a.example/": "https://a.example/",
    "HTTPS://A.EXAMPLE/Path": "https://a.example/Path",
    "hTtP://a.example/": "http://a.example/",
    " https://a.example/ ": "https://a.example/",
    "ht\ntps://a.exa\tmple/": "https://a.example/",
    "https:\\\\a.example\\b": "https://a.example/b",
    "https://a.example\\b?c\\d": "https://a.example/b?c%5Cd",
    "https://a.example:443/": "https://a.example/",
    "http://a.example:80/": "http://a.example/",
    "http://a.example:/": "http://a.example/",
    "http://a.example:8080/": "http://a.example:8080/",
    "http://a.example:0080/": "http://a.example/",
    "http://a.example./": "http://a.example/",
    "http://a_b.example/": "http://a_b.example/",
    "http://localhost/": "http://localhost/",
    "http://127.0.0.1/": "http://127.0.0.1/",
    "http://[::1]/": "http://[::1]/",
    "http://[0:0::1]:8000/": "http://[::1]:8000/",
    "http://ex%61mple.example/": "http://example.example/",
    "http://ａ.example/": "http://a.example/",
    "http://a。example/": "http://a.example/",
    "https://أخبار.example/": "https://xn--igbicxr.example/",
    "https://xn--igbicxr.example/": "https://xn--igbicxr.example/",
    "https://a.example/خبر": "https://a.example/%D8%AE%D8%A8%D8%B1",
    "https://a.example/%d8%ae": "https://a.example/%D8%AE",
    "https://a.example/%D8%AEبر": "https://a.example/%D8%AE%D8%A8%D8%B1",
    "https://a.example/100%": "https://a.example/100%25",
    "https://a.example/%2": "https://a.example/%252",
    "https://a.example/%zz": "https://a.example/%25zz",
    "https://a.example/%2525": "https://a.example/%2525",
    "https://a.example/a b": "https://a.example/a%20b",
    "https://a.example/\"'<>": "https://a.example/%22%27%3C%3E",
    "https://a.example/`{|}^[]": "https://a.example/%60%7B%7C%7D%5E%5B%5D",
    "https://a.example/~-._!$&()*+,;=:@": "https://a.example/~-._!$&()*+,;=:@",
    "https://a.example?q=س": "https://a.example/?q=%D8%B3",
    "https://a.example/?q=a/b?c": "https://a.example/?q=a/b?c",
    "https://a.example/?u=http://b.example/@": "https://a.example/?u=http://b.example/@",
    "https://a.example/#قسم": "https://a.example/#%D9%82%D8%B3%D9%85",
    "https://a.example/#a#b": "https://a.example/#a%23b",
    "https://a.example/?#": "https://a.example/?#",
    "https://a.example//b//c": "https://a.example//b//c",
    "https://a.example/😀": "https://a.example/%F0%9F%98%80",
    "https://a.example/خبر\u200f/": "https://a.example/%D8%AE%D8%A8%D8%B1%E2%80%8F/",
    "https://a.example/می\u200cخواهم": "https://a.example/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85",
    "/": "/",
    "/sport/x/": "/sport/x/",
    "/رياضة/نهائي/": "/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9/%D9%86%D9%87%D8%A7%D8%A6%D9%8A/",
    "/a:b": "/a:b",
    "/a!": "/a!",
    "/a?b?c": "/a?b?c",
    "/a#b?c": "/a#b?c",
    "a?q=خ#س": "a?q=%D8%AE#%D8%B3",
    "/javascript:alert(1)": "/javascript:alert(1)",
    "\\a\\b": "/a/b",
    "a/b": "a/b",
    "a.jpg": "a.jpg",
    "صورة.jpg": "%D8%B5%D9%88%D8%B1%D8%A9.jpg",
    "./a:b": "./a:b",
    "../a": "../a",
    "?a:b": "?a:b",
    "#a:b": "#a:b",
    "mailto:a@b.example": "mailto:a@b.example",
    "MAILTO:A@B.Example": "mailto:A@b.example",
    "mailto:a@b.example?subject=خبر عاجل": "mailto:a@b.example?subject=%D8%AE%D8%A8%D8%B1%20%D8%B9%D8%A7%D8%AC%D9%84",
    "mailto:a@b.example,c@d.example": "mailto:a@b.example,c@d.example",
    "mailto:?subject=x": "mailto:?subject=x",
    "mailto:a+b@c.example": "mailto:a+b@c.example",
}

CASES = [(raw, "") for raw in itertools.chain(REFUSED_SCHEMES, *REFUSED.values())] + list(ACCEPTED.items())


def test_the_table_is_long_enough() -> None:
    """The gate is held against at least two hundred different spellings."""
    assert len({raw for raw, _ in CASES}) >= 300


@pytest.mark.parametrize(("raw", "safe"), CASES)
def test_a_spelling_passes_in_its_normal_form_or_is_refused_with_a_reason(raw: str, safe: str) -> None:
    url, reason = urls.gate(raw)
    assert url == safe
    assert bool(reason) != bool(safe)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("java\tscript:x", "the scheme javascript: is not allowed"),
        ("//a.example", "it starts with //, which leads to another host"),
        ("https://u:p@a.example", "it holds a user name or password"),
        ("http:///a", "it has no host"),
        ("a" * 20 + ":x", f"the scheme {'a' * 20}: is not allowed"),
        ("a" * 21 + ":x", f"the scheme {'a' * 20}: is not allowed"),
        ("/" + "a" * 4096, "it is longer than 4096 characters"),
    ],
)
def test_a_reason_says_what_is_wrong(raw: str, reason: str) -> None:
    url, said = urls.gate(raw)
    assert (url, str(said)) == ("", reason)


PIECES = st.sampled_from(
    [
        *(
            "http",
            "https",
            "mailto",
            "java",
            "script",
            "data",
            ":",
            ":",
            "/",
            "//",
            "\\",
            "@",
            "#",
            "?",
            "%",
            "%3a",
            "%25",
        ),
        *(
            "[",
            "]",
            "a.example",
            "b",
            "خبر",
            "ｊ",
            "：",
            "／",
            " ",
            "\t",
            "\n",
            "\x00",
            "\u200e",
            "..",
            ".",
            "1",
            "0x7f",
        ),
        *("xn--", "ß", "'", '"', "<"),
    ]
)
HOSTILE = st.lists(PIECES | st.characters(), max_size=12).map("".join) | st.text(max_size=40)


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_what_the_gate_lets_out_is_safe_and_final(raw: str) -> None:
    """Output is ASCII without quotes or blanks, of an allowed scheme or none, and passes again unchanged."""
    url, reason = urls.gate(raw)
    assert bool(url) != bool(reason)
    if not url:
        return
    assert urls.gate(url) == (url, "")
    assert re.fullmatch(r"[!-~]+", url)
    assert not set(url) & set("\"'<>`\\^{|}")
    assert re.match(r"https?://[^/@]+/|mailto:|(?!//)[^:?#]*/|[^:?#]*(?:[?#]|\Z)", url)
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url)
    assert scheme is None or scheme[0] in {"http:", "https:", "mailto:"}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.a.example/b", "a.example"),
        ("https://www.example/", "www.example"),
        ("https://a.example:8080/", "a.example"),
        ("https://أخبار.موقع/", "أخبار.موقع"),
        ("https://أخبار.example/", "xn--igbicxr.example"),
        ("https://пример.рф/", "пример.рф"),
        ("https://аррӏе.example/", "xn--80ak6aa92e.example"),
        ("https://bücher.example/", "bücher.example"),
        ("http://[::1]:80/", "[::1]"),
        ("mailto:a@b.example", ""),
        ("/sport/", ""),
    ],
)
def test_a_host_is_shown_in_unicode_only_when_its_letters_are_of_one_script(url: str, shown: str) -> None:
    assert urls.host(urls.gate(url)[0]) == shown


@pytest.mark.parametrize(
    ("base_path", "path", "url"),
    [
        ("/", "/", "/"),
        ("/", "/sport/final/", "/sport/final/"),
        ("/repo/", "/sport/final/", "/repo/sport/final/"),
        ("/repo/", "/خبر/", "/repo/%D8%AE%D8%A8%D8%B1/"),
        ("/", "/a b/100%/", "/a%20b/100%25/"),
        ("/", "/a'b\"&?#/", "/a%27b%22%26%3F%23/"),
        ("/", "/😀/ی/", "/%F0%9F%98%80/%DB%8C/"),
    ],
)
def test_an_unencoded_path_is_written_below_the_sites_base_path(base_path: str, path: str, url: str) -> None:
    assert urls.path_url(base_path, path) == url


def test_only_web_addresses_are_external() -> None:
    """Mail addresses and paths stay with the site."""
    assert urls.is_external("https://a.example/")
    assert not urls.is_external("mailto:a@b.example")
    assert not urls.is_external("/http://a.example/")


@pytest.mark.parametrize(
    ("raw", "passes"),
    [
        ("https://a.example/" + "x" * (urls.MAX_LENGTH - 18), True),
        ("https://a.example/" + "x" * (urls.MAX_LENGTH - 17), False),
        ("https://a.example/'" + "x" * (urls.MAX_LENGTH - 19), True),
        ("https://a.example/'" + "x" * (urls.MAX_LENGTH - 18), False),
        ("/" + "x" * 4095, True),
        ("/" + "x" * 4096, False),
        ("http://a.example:65535/", True),
        ("http://a.example:65536/", False),
        ("https://" + ".".join(["x" * 61] * 4) + ".abcde/?'", True),
        ("https://" + ".".join(["x" * 61] * 4) + ".abcdef/?'", False),
    ],
)
def test_limits_are_where_they_are_said_to_be(raw, passes):
    """The longest address, port and host pass; one more does not."""
    assert bool(urls.gate(raw)[0]) is passes


@pytest.mark.parametrize(
    ("raw", "url", "reason"),
    [
        ("http://a.example:8/", "http://a.example:8/", ""),
        ("http://a.example:080/", "http://a.example/", ""),
        ("mailto:a@b.example?", "mailto:a@b.example", ""),
        ("http:/a.example/", "", "it has no host"),
        ("http:?//a.example/", "", "it has no host"),
    ],
)
def test_small_things_of_the_normal_form(raw, url, reason):
    """A port that is nearly the usual one stays; an empty query goes."""
    found, said = urls.gate(raw)
    assert (found, str(said)) == (url, reason)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://xn--99999999.example/", "xn--99999999.example"),
        ("https://xn--abc-.example/", "xn--abc-.example"),
        ("https://xn--bcher-kva.example/", "bücher.example"),
        ("https://xn--b-voa.example/", "xn--b-voa.example"),
        ("https://xn--ls8h.example/", "xn--ls8h.example"),
        ("https://www.a.example/", "a.example"),
        ("https://www.example/", "www.example"),
    ],
)
def test_a_host_that_is_no_word_of_a_script_is_shown_as_it_is(url, shown):
    """Punycode of nothing, of a picture; `www.` goes only where a name is left."""
    assert urls.host(url) == shown
