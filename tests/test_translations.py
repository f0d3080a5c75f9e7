"""A story in several languages: links for readers, hreflang for machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import SITE_YAML
from whole_site import faults

if TYPE_CHECKING:
    from conftest import LittleSite

SISTERS = """\
languages:
  - {lang: fr, url: 'https://news.example/fr/'}
  - {lang: en, url: 'https://english.example/', title: In English}
"""


def alternates(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)


def test_two_entries_of_one_site_name_each_other(site: LittleSite) -> None:
    """One of them says so; both pages link, and each names itself too, as search engines ask."""
    site.entry("politics/charter", "translations: {fr: politics/charte}")
    site.entry("politics/charte", "lang: fr\ntitle: La charte", "Le texte.")
    site.build()
    arabic, french = (site.text(f"politics/{slug}/index.html") for slug in ("charter", "charte"))
    pair = [("ar", "https://news.example/politics/charter/"), ("fr", "https://news.example/politics/charte/")]
    assert alternates(arabic) == pair
    assert sorted(alternates(french)) == pair
    assert '<a href="https://news.example/politics/charte/" hreflang="fr" lang="fr" dir="ltr">Français</a>' in arabic
    assert '<a href="https://news.example/politics/charter/" hreflang="ar" lang="ar">العربية</a>' in french
    assert "بلغات أخرى" in arabic
    assert faults(site.files(), "https://news.example/") == []


def test_three_languages_are_one_family(site: LittleSite) -> None:
    """Each names the two others, though only one of them was told."""
    site.entry("sport/a", "translations: {fr: sport/b, en: sport/c, fa: 'https://fa.example/خبر'}")
    site.entry("sport/b", "lang: fr")
    site.entry("sport/c", "lang: en")
    site.entry("sport/alone")
    site.build()
    for slug in "abc":
        assert [lang for lang, _ in sorted(alternates(site.text(f"sport/{slug}/index.html")))] == [
            "ar",
            "en",
            "fa",
            "fr",
        ]
    assert ("fa", "https://fa.example/%D8%AE%D8%A8%D8%B1") in alternates(site.text("sport/a/index.html"))
    alone = site.text("sport/alone/index.html")
    assert alternates(alone) == []
    assert "بلغات أخرى" not in alone


def test_sister_sites_are_in_the_menu_and_share_paths(site: LittleSite) -> None:
    """`languages` in site.yaml, and `translations: [fr]` for a story that has the same path there."""
    site.put("site.yaml", SITE_YAML + SISTERS)
    site.entry("sport/كأس", "translations: [fr, en]")
    site.entry("sport/other", "translations: fr")
    site.build()
    home = site.text("index.html")
    assert alternates(home) == [
        ("ar", "https://news.example/"),
        ("fr", "https://news.example/fr/"),
        ("en", "https://english.example/"),
    ]
    assert '<a href="https://english.example/" hreflang="en" lang="en" dir="ltr">In English</a>' in home
    path = "sport/%D9%83%D8%A3%D8%B3/"
    assert alternates(site.text("sport/كأس/index.html")) == [
        ("ar", f"https://news.example/{path}"), ("en", f"https://english.example/{path}"), ("fr", f"https://news.example/fr/{path}"),
    ]  # fmt: skip
    assert alternates(site.text("sport/other/index.html"))[1] == ("fr", "https://news.example/fr/sport/other/")
    assert alternates(site.text("sport/index.html")) == []


@pytest.mark.parametrize(
    ("front", "problem"),
    [
        ("translations: {fr: sport/none}", "2:20: 'translations' names the entry 'sport/none', which does not exist; did you mean 'sport/one'?"),
        ("translations: {ar: sport/one}", "2:16: 'ar' is the language of this entry itself; name the others"),
        ("translations: {french: sport/one}", "2:16: 'french' is not a language tag; write translations: {fr: sport/2026-11-20-finale}"),
        ("translations: [de]", "2:16: 'de' is not under 'languages' in site.yaml; declare its site there, or write translations: {fr: sport/2026-11-20-finale}"),
        ("translations: {en: sport/one}", "2:20: 'translations' says en, but 'sport/one' is in fr; correct one of the two"),
        ("translations: {fr: 'javascript://x'}", "2:20: 'javascript://x' cannot be an address: the scheme javascript: is not allowed; write https://…"),
        ("translations: {fr: sport/one, fr: sport/one}", "2:31: 'fr' is given twice; keep one of them"),
    ],
)  # fmt: skip
def test_a_wrong_translation_is_named_with_its_place(site: LittleSite, front: str, problem: str) -> None:
    site.entry("sport/one", "lang: fr")
    site.put("content/sport/x.md", f"---\n{front}\ntitle: خبر\ndate: 2026-11-20\n---\n\nنص.\n")
    assert site.problems() == [f"content/sport/x.md:{problem}"]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("languages: [{lang: ar, url: 'https://a.example/'}]", "9:13: 'ar' is the site's own language; name each other language once"),
        ("languages: [{lang: fr, url: /fr/}]", "9:29: 'url' must be absolute, not '/fr/'; write https:// and the host in front, as in https://example.org/"),
        ("languages: [fr]", "9:13: a language must be keys and values, not text; write {lang: fr, url: …}"),
    ],
)  # fmt: skip
def test_a_wrong_sister_site_is_named(site: LittleSite, more: str, problem: str) -> None:
    site.put("site.yaml", SITE_YAML + more + "\n").entry("sport/a")
    assert site.problems() == [f"site.yaml:{problem}"]


def test_both_pages_follow_when_a_translation_comes_or_goes(site: LittleSite) -> None:
    """The page that was not touched is made again too, and an incremental build equals a clean one."""
    site.entry("sport/a").entry("sport/b", "lang: fr")
    site.build()
    assert alternates(site.text("sport/a/index.html")) == []
    site.entry("sport/b", "lang: fr\ntranslations: {ar: sport/a}")
    site.build()
    assert len(alternates(site.text("sport/a/index.html"))) == 2
    whole = site.files()
    site.build(clean=True)
    assert site.files() == whole
    site.entry("sport/b", "lang: fr\nslug: renamed\ntranslations: {ar: sport/a}")
    site.build()
    assert ("fr", "https://news.example/sport/renamed/") in alternates(site.text("sport/a/index.html"))
    site.entry("sport/b", "lang: fr\ndraft: true\ntranslations: {ar: sport/a}")
    site.build()
    assert alternates(site.text("sport/a/index.html")) == []
    whole = site.files()
    site.build(clean=True)
    assert site.files() == whole
