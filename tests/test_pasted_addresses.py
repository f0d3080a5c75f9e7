"""Addresses as curators type and paste them: what they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.content import pasted_addresses, urls

if TYPE_CHECKING:
    from conftest import LittleSite


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("www.x.example/a?b=1&amp;c=2", "https://www.x.example/a?b=1&c=2"),
        ("x.example/a", "https://x.example/a"),
        ("x.example", "https://x.example/"),
        ("x.example:8080/a", "https://x.example:8080/a"),
        ("موقع.مصر/خبر", "https://xn--4gbrim.xn--wgbh1c/%D8%AE%D8%A8%D8%B1"),
        ("https:/x.example/", "https://x.example/"),
        ("https//x.example/a", "https://x.example/a"),
        ("https://https://x.example/", "https://x.example/"),
        ("https://x.example/?a=1&#038;b=2", "https://x.example/?a=1&b=2"),
        ("https://x.example/a b|c_(d)", "https://x.example/a%20b%7Cc_(d)"),
        ("\u200fhttps://x.example/\u200b", "https://x.example/"),
        ("<https://x.example/>", "https://x.example/"),
        ("info@x.example", "mailto:info@x.example"),
        ("about.html", "about.html"),
        ("sport/final", "sport/final"),
        ("tel:+216 71 000 000", "tel:+21671000000"),
        ("tel:(٠٢) ٧١-٠٠٠", "tel:0271000"),
        ("tel:*123#", "tel:*123%23"),
        ("tel:abc", ""),
    ],
)
def test_an_address_is_what_its_writer_meant(written: str, meant: str) -> None:
    assert urls.gate(pasted_addresses.as_meant(written))[0] == meant


@pytest.mark.parametrize(
    ("source", "name", "url"),
    [
        ("https://almarfaa.example/news/tram", "almarfaa.example", "https://almarfaa.example/news/tram"),
        ("www.almarfaa.example/news", "almarfaa.example", "https://www.almarfaa.example/news"),
        ("almarfaa.example/news", "almarfaa.example", "https://almarfaa.example/news"),
        ("صحيفة المرفأ https://almarfaa.example/a", "صحيفة المرفأ", "https://almarfaa.example/a"),
        ("'صحيفة المرفأ: https://almarfaa.example/a'", "صحيفة المرفأ", "https://almarfaa.example/a"),
        ("'[صحيفة المرفأ](https://almarfaa.example/a_(b))'", "صحيفة المرفأ", "https://almarfaa.example/a_(b)"),
        ("{name: صحيفة المرفأ, url: www.almarfaa.example/a}", "صحيفة المرفأ", "https://www.almarfaa.example/a"),
        ("{name: https://almarfaa.example/a, url: ''}", "almarfaa.example", "https://almarfaa.example/a"),
        ("Noon.com", "Noon.com", ""),
        ("أ ف ب / رويترز", "أ ف ب / رويترز", ""),
    ],
)
def test_a_source_that_holds_an_address_links_to_it(site: LittleSite, source: str, name: str, url: str) -> None:
    site.entry("sport/2026-11-20-a", f"source: {source}").build()
    page = site.text("sport/a/index.html")
    assert name in page
    assert (f'href="{url}"' in page) if url else "http" not in name
    assert not [path for path in site.files() if path.startswith("sources/http")]


@pytest.mark.parametrize(
    "host", ["https://news.example", "http://www.news.example", "//news.example:443", "news.example"]
)
def test_a_link_to_the_sites_own_host_is_a_link_within_it(site: LittleSite, host: str) -> None:
    host = host if host[0] != "/" else f"https:{host}"
    site.entry("sport/2026-11-20-a", body=f"[خبر]({host}/sport/b/?x=1) و[مفقود]({host}/sport/zz/)")
    site.entry("sport/2026-11-20-b")
    assert site.problems(strict=True)[0].startswith(
        "content/sport/2026-11-20-a.md:6: the link /sport/zz/ leads to no page"
    )
    site.build()
    assert 'href="/sport/b/?x=1"' in site.text("sport/a/index.html")


@pytest.mark.parametrize("old", ["https://news.example/old/", "http://www.news.example/old", "/old/", "old"])
def test_an_old_address_may_be_pasted_with_the_sites_own_host(site: LittleSite, old: str) -> None:
    site.entry("sport/a", f"aliases: ['{old}']").build()
    assert 'href="https://news.example/sport/a/"' in site.text("old/index.html")


@pytest.mark.parametrize("old", ["https://other.example/old/", "//other.example/old/", "https://news.example//other/"])
def test_an_old_address_of_another_host_is_refused(site: LittleSite, old: str) -> None:
    assert any(
        "an alias is a path of this site, not" in said
        for said in site.entry("sport/a", f"aliases: ['{old}']").problems()
    )


def test_a_path_that_would_be_another_host_is_none_of_the_site() -> None:
    assert pasted_addresses.within("https://news.example//evil.example/", "https://news.example/") == ""
    assert pasted_addresses.within("https://x.github.example/other/", "https://x.github.example/repo/") == ""
    assert pasted_addresses.within("https://x.github.example/repo", "https://x.github.example/repo/") == "/"


def test_a_telephone_link_is_dialled_and_runs_left_to_right(site: LittleSite) -> None:
    site.entry("sport/2026-11-20-a", body="اتصلوا: [+216 71 000 000](tel:+21671000000).")
    site.build()
    assert (
        '<a href="tel:+21671000000"><span class="range"><bdi dir="ltr">+216 71 000 000</bdi></span></a>'
        in site.text("sport/a/index.html")
    )


@pytest.mark.parametrize(
    ("file", "slug", "address"),
    [
        ("2026-11-20-%d8%a3%d8%ae%d8%a8%d8%a7%d8%b1", "", "أخبار"),
        ("2026-11-20-%25d8%25a3%25d8%25ae", "", "أخ"),
        ("2026-11-20-a", "slug: '%d8%a3%d8%ae%d8%a8%d8%a7%d8%b1'", "أخبار"),
        ("2026-11-20-a", "slug: '%d8%a3%d8%ae%d8'", "أخ"),
        ("2026-11-20-final/index", "", "final"),
        ("final/2026-11-20-a", "", "a"),
    ],
)
def test_an_address_is_made_of_what_an_export_wrote(site: LittleSite, file: str, slug: str, address: str) -> None:
    """Percent-encoded, cut short in the middle of a letter, a folder for each story."""
    site.entry(f"sport/{file}", slug or "lead: true").build()
    assert (site.output / "sport" / address / "index.html").is_file()


def test_a_story_in_a_folder_of_its_own_is_named_by_the_folder(site: LittleSite) -> None:
    site.entry("sport/2026-11-20-a/index").entry("sport/2026-11-20-b/index")
    site.entry("sport/2026-11-20-c", "related: [sport/2026-11-20-a, sport/2026-11-20-b/index]")
    site.put("content/pages/about/index.md", "---\ntitle: من نحن\n---\n\nنص.\n").build()
    assert {"sport/a/index.html", "sport/b/index.html", "about/index.html"} <= site.files().keys()


def test_a_base_url_that_names_a_file_is_answered_with_its_folder(site: LittleSite) -> None:
    text = (
        (site.root / "site.yaml")
        .read_text("utf-8")
        .replace("https://news.example/", "https://news.example/ar/index.html")
    )
    assert site.put("site.yaml", text).problems() == [
        "site.yaml:3:11: 'base_url' names a file, 'index.html'; write https://news.example/ar/"
    ]
