"""JSON-LD: what search engines read of a page."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.model import Text
from digest.pages.structured import (
    HEADLINE,
    ArticleFacts,
    Original,
    Publisher,
    article,
    breadcrumbs,
    collection,
    document,
    organization,
    website,
)

NINE = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=1)))
HOME = "https://mirat.example/"
PUBLISHER = Publisher(name="مرآة الأخبار", url=HOME, logo=HOME + "icon.png")


def text(plain: str, direction: str = "rtl") -> Text:
    return Text(plain=plain, markup="", dir=direction, base="rtl")


STORY = ArticleFacts(
    url=HOME + "economy/port/",
    title=text("ميناء الجديدة يستقبل أول سفينة حاويات"),
    summary=text("رست السفينة صباح الجمعة بعد رحلة دامت أسبوعين."),
    published=NINE,
    updated=NINE + timedelta(hours=2),
    lang="ar",
    section="اقتصاد",
    images=(HOME + "media/port.jpg",),
    authors=("ليلى الساحلي", "عمر التازي"),
    originals=(Original("صحيفة الشاطئ", "https://shati.example/812", HOME + "sources/shati/"),),
    keywords=("موانئ", "تجارة"),
)


def nodes(*given_nodes: dict[str, object]) -> list[dict[str, Any]]:
    read = json.loads(document(*given_nodes))
    assert read["@context"] == "https://schema.org"
    return read["@graph"]


def told(story: ArticleFacts) -> dict[str, Any]:
    return nodes(article(story, PUBLISHER))[0]


def types(value: object) -> list[str]:
    if isinstance(value, list):
        return [kind for one in value for kind in types(one)]
    if not isinstance(value, dict):
        return []
    own = [value["@type"]] if "@type" in value else []
    return own + [kind for one in value.values() for kind in types(one)]


def test_an_article_has_all_that_google_documents():
    """Headline, pictures, both dates with their offset, authors, publisher, and what it is based on."""
    assert told(STORY) == {
        "@type": "NewsArticle",
        "@id": HOME + "economy/port/#article",
        "mainEntityOfPage": {"@type": "WebPage", "@id": HOME + "economy/port/"},
        "headline": STORY.title.plain,
        "description": STORY.summary.plain,
        "image": [HOME + "media/port.jpg"],
        "datePublished": "2026-11-20T09:30:00+01:00",
        "dateModified": "2026-11-20T11:30:00+01:00",
        "author": [{"@type": "Person", "name": "ليلى الساحلي"}, {"@type": "Person", "name": "عمر التازي"}],
        "publisher": {
            "@type": "Organization",
            "@id": HOME + "#organization",
            "name": "مرآة الأخبار",
            "url": HOME,
            "logo": {"@type": "ImageObject", "url": HOME + "icon.png"},
        },
        "inLanguage": "ar",
        "articleSection": "اقتصاد",
        "keywords": ["موانئ", "تجارة"],
        "isAccessibleForFree": True,
        "isBasedOn": [
            {
                "@type": "CreativeWork",
                "url": "https://shati.example/812",
                "publisher": {"@type": "Organization", "name": "صحيفة الشاطئ"},
            }
        ],
    }


def test_an_article_never_changed_was_modified_when_published():
    assert told(replace(STORY, updated=None))["dateModified"] == "2026-11-20T09:30:00+01:00"


def test_structured_data_leaves_out_what_is_unknown():
    """Empty strings and lists are errors to validators; a missing key is none."""
    bare = told(replace(STORY, summary=text(""), section="", images=(), authors=(), originals=(), keywords=()))
    assert not {"description", "articleSection", "image", "keywords", "isBasedOn"} & set(bare)


def test_without_authors_the_sources_speak_then_the_publisher():
    """An author is always an object with a type and a name; an outlet named as author is an organisation."""
    outlet = {"@type": "Organization", "name": "صحيفة الشاطئ", "url": HOME + "sources/shati/"}
    assert told(replace(STORY, authors=()))["author"] == [outlet]
    assert told(replace(STORY, authors=(), originals=()))["author"] == [
        {"@type": "Organization", "name": "مرآة الأخبار", "url": HOME}
    ]
    assert told(replace(STORY, authors=("صحيفة الشاطئ",)))["author"] == [
        {"@type": "Organization", "name": "صحيفة الشاطئ"}
    ]


def test_a_long_headline_is_cut_at_a_word_within_the_limit():
    """110 characters with its direction mark; a headline that fits is whole."""
    for start in ("", "FIFA "):
        long = told(replace(STORY, title=text(start + "استقبال " * 20)))["headline"]
        assert len(long) <= HEADLINE
        assert set(long.replace("\u200f", "").rstrip(" …").split()) <= {"FIFA", "استقبال"}
    fits = "أ" * (HEADLINE - 1)
    assert told(replace(STORY, title=text(fits)))["headline"] == fits


def test_a_headline_that_begins_with_the_other_script_carries_a_mark():
    assert told(replace(STORY, title=text("FIFA تعلن القرعة")))["headline"] == "\u200fFIFA تعلن القرعة"


def test_a_page_with_breadcrumbs_speaks_of_one_article():
    """Crawlers take the one NewsArticle for the page's own; a breadcrumb's last place may be the page itself."""
    graph = nodes(
        article(STORY, PUBLISHER), breadcrumbs([("الرئيسية", HOME), ("اقتصاد", HOME + "economy/"), ("خبر", "")])
    )
    assert types(graph).count("NewsArticle") == 1
    assert graph[1]["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "name": "الرئيسية", "item": HOME},
        {"@type": "ListItem", "position": 2, "name": "اقتصاد", "item": HOME + "economy/"},
        {"@type": "ListItem", "position": 3, "name": "خبر"},
    ]


def test_a_collection_lists_its_articles_by_name_and_address_alone():
    """The articles' own pages say the rest: a list has no NewsArticle in it."""
    items = [("خبر أول", HOME + "a/"), ("خبر ثان", HOME + "b/")]
    (node,) = nodes(collection(HOME + "economy/", "اقتصاد", items, lang="ar", direction="rtl", description="المال"))
    assert node["@type"] == "CollectionPage"
    assert node["url"] == HOME + "economy/"
    assert node["description"] == "المال"
    assert node["mainEntity"] == {
        "@type": "ItemList",
        "numberOfItems": 2,
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "url": HOME + "a/", "name": "خبر أول"},
            {"@type": "ListItem", "position": 2, "url": HOME + "b/", "name": "خبر ثان"},
        ],
    }


def test_the_home_page_names_the_site_and_who_publishes_it():
    """The site points to its publisher by id, and that id is in the same graph."""
    site, publisher = nodes(website(PUBLISHER, lang="ar", description="موجز يومي"), organization(PUBLISHER))
    assert (site["@type"], site["url"], site["inLanguage"]) == ("WebSite", HOME, "ar")
    assert site["publisher"]["@id"] == publisher["@id"]
    assert "logo" not in organization(replace(PUBLISHER, logo=""))


def test_nothing_in_a_document_can_end_its_script():
    """No `<`, `>`, `&` or line separator is left, yet a parser reads what was written."""
    bad = "</script><!--<script>]]>&amp;\u2028\u2029\x00\u200f"
    raw = document(article(replace(STORY, title=text(bad), section=bad), PUBLISHER))
    assert not set("<>&\u2028\u2029\x00") & set(raw)
    read = json.loads(raw)["@graph"][0]
    assert read["articleSection"] == bad
    assert read["headline"].endswith(bad)


def test_a_lone_surrogate_is_dropped():
    """No UTF-8 page could be written with it."""
    raw = document(breadcrumbs([("خبر\ud800 عاجل", HOME)]))
    assert json.loads(raw.encode())["@graph"][0]["itemListElement"][0]["name"] == "خبر عاجل"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None)))
def test_any_text_gives_a_document_that_can_be_written_and_read(plain: str):
    """Lone surrogates, which no UTF-8 page can hold, are dropped; all else comes back."""
    raw = document(breadcrumbs([(plain, HOME)]))
    raw.encode()
    want = "".join(one for one in plain if not "\ud800" <= one <= "\udfff")
    assert json.loads(raw)["@graph"][0]["itemListElement"][0]["name"] == want
