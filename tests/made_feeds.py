"""Feeds as publishing systems write them, with invented stories: one story, in the spelling of each system.

Each of `FEEDS` tells the same first story: headline, address, summary where the format has one, moment of publication.
"""

from __future__ import annotations

import gzip
import json
from typing import NamedTuple

HOST = "https://oasis.example"
TITLE = "المجلس البلدي يقر خطة «النقل النظيف» ويخصص لها 12 مليون دينار"
URL = f"{HOST}/news/transport/"
SUMMARY = "صادق المجلس البلدي في جلسة الخميس على خطة من ثلاث مراحل لتجديد حافلات المدينة."
MOMENT = "2026-11-19T09:30:00+01:00"
DAY = "2026-11-19"


class Made(NamedTuple):
    """A feed."""

    raw: bytes
    date: str | None = MOMENT
    summary: str = SUMMARY
    charset: str = ""
    """That the server names."""


def item(date: str = "<pubDate>Thu, 19 Nov 2026 09:30:00 +0100</pubDate>", link: str = f"<link>{URL}</link>",
         title: str = f"<title>{TITLE}</title>", summary: str = f"<description>{SUMMARY}</description>", more: str = "",
         ) -> str:  # fmt: skip
    return f"<item>{title}{link}{summary}{date}{more}</item>"


def rss(*items: str, root: str = 'rss version="2.0"', channel: str = "", head: str = "<?xml version='1.0'?>") -> str:
    name = root.split(maxsplit=1)[0]
    return (
        f"{head}<{root}><channel><title>الواحة</title><link>{HOST}/</link><description>أخبار</description>"
        f"{channel}{''.join(items)}</channel></{name}>"
    )


def atom(entry: str, root: str = "", head: str = "") -> str:
    return (
        f'{head}<feed xmlns="http://www.w3.org/2005/Atom"{root}><title>الواحة</title><id>tag:oasis.example,2026:1</id>'
        f'<link href="{HOST}/"/><updated>2026-11-20T00:00:00Z</updated>{entry}</feed>'
    )


def json_feed(version: str = "1.1", **changes: object) -> str:
    given = {"id": URL, "url": URL, "title": TITLE, "summary": SUMMARY, "date_published": MOMENT}
    items = [{key: value for key, value in {**given, **changes}.items() if value is not None}]
    return json.dumps(
        {"version": f"https://jsonfeed.org/version/{version}", "title": "الواحة", "items": items}, ensure_ascii=False
    )


ENTRY = (
    f"<entry><id>{URL}</id><title>{TITLE}</title><link href='{URL}'/><summary>{SUMMARY}</summary>"
    f"<updated>2026-11-20T08:00:00Z</updated><published>{MOMENT}</published></entry>"
)
NAMESPACES = (
    'rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
RDF = (
    '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    f'<channel rdf:about="{HOST}/"><title>الواحة</title><link>{HOST}/</link><items><rdf:Seq>'
    f'<rdf:li rdf:resource="{URL}"/></rdf:Seq></items></channel>'
    f'<item rdf:about="{URL}"><title>{TITLE}</title><link>{URL}</link><description>{SUMMARY}</description>'
    f"<dc:date>{MOMENT}</dc:date></item></rdf:RDF>"
)
SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
    f"<url><loc>{URL}</loc><image:image><image:loc>{HOST}/a.jpg</image:loc></image:image><news:news><news:publication>"
    "<news:name>الواحة</news:name><news:language>ar</news:language></news:publication>"
    f"<news:publication_date>{MOMENT}</news:publication_date><news:title>{TITLE}</news:title></news:news></url></urlset>"
)
PLAIN = rss(item())
WINDOWS = PLAIN.replace("version='1.0'", "version='1.0' encoding='windows-1256'")

FEEDS: dict[str, Made] = {
    "rss-0.91": Made(rss(item(), root='rss version="0.91"', head='<?xml version="1.0"?><!DOCTYPE rss PUBLIC '
                              '"-//Netscape Communications//DTD RSS 0.91//EN" '
                              '"http://my.netscape.example/publish/formats/rss-0.91.dtd">').encode()),
    "rss-0.92-without-date": Made(rss(item(date=""), root='rss version="0.92"').encode(), None),
    "wordpress": Made(rss(item(
        title=f"<title><![CDATA[{TITLE}]]></title>",
        link=f"<link>{URL}?utm_source=rss&#038;utm_medium=rss&#038;utm_campaign=transport</link>",
        summary=f"<description><![CDATA[<p>{SUMMARY}</p>\n<p>ظهرت المقالة <a href='{URL}'>{TITLE}</a> أولاً على "
                "<a href='https://oasis.example'>الواحة</a>.</p>]]></description>",
        more="<content:encoded><![CDATA[<p>نص طويل</p>]]></content:encoded><guid isPermaLink='false'>?p=12</guid>",
    ), root=NAMESPACES).encode()),
    "drupal": Made(rss(item(
        summary=f"<description>&lt;div class=&quot;field&quot;&gt;{SUMMARY}&lt;/div&gt;</description>",
        more="<dc:creator>admin</dc:creator><guid isPermaLink='false'>12 at https://oasis.example</guid>",
    ), root=NAMESPACES, channel="<language>ar</language>").encode()),
    "joomla": Made(rss(item(
        link=f"<link>{URL}</link><guid isPermaLink='true'>{URL}</guid>",
        summary=f"<description><![CDATA[<div class='feed-description'><p><img src='/x.jpg' /></p>{SUMMARY}</div>]]>"
                "</description>",
    )).encode()),
    "blogger": Made(atom(
        f"<entry><id>tag:blogger.example,1999:blog-1.post-2</id><published>{MOMENT}</published>"
        "<updated>2026-11-20T08:00:00.000+01:00</updated>"
        f"<title type='text'>{TITLE}</title><content type='html'>&lt;p&gt;{SUMMARY}&lt;/p&gt;</content>"
        f"<link rel='replies' type='text/html' href='{URL}#comment-form' title='0'/>"
        f"<link rel='edit' href='https://blogger.example/feeds/1/posts/2'/>"
        f"<link rel='alternate' type='text/html' href='{URL}' title='x'/></entry>").encode()),
    "ghost": Made(rss(item(
        title=f"<title><![CDATA[ {TITLE} ]]></title>",
        summary=f"<description><![CDATA[ {SUMMARY} ]]></description>",
        more="<guid isPermaLink='false'>65a</guid><media:content url='/x.jpg' medium='image'/>",
    ), root=NAMESPACES).encode()),
    "hugo": Made(rss(item(more=f"<guid>{URL}</guid>"), root=NAMESPACES,
                     channel=f"<atom:link href='{HOST}/index.xml' rel='self'/>").encode()),
    "jekyll": Made(atom(ENTRY, f' xml:base="{HOST}/" xml:lang="ar"', "<?xml version='1.0' encoding='utf-8'?>").encode()),
    "feedburner": Made(rss(item(
        link="<link>http://feedproxy.example/~r/oasis/~3/abc/</link>",
        more=f"<feedburner:origLink>{URL}</feedburner:origLink>",
    ), root=NAMESPACES).encode()),
    "rdf": Made(RDF.encode()),
    "atom-0.3": Made(
        f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>الواحة</title><link rel="alternate" '
        f'type="text/html" href="{HOST}/"/><entry><title>{TITLE}</title><link rel="alternate" type="text/html" '
        f'href="{URL}"/><id>{URL}</id><issued>{MOMENT}</issued><modified>2026-11-20T08:00:00Z</modified>'
        f"<summary>{SUMMARY}</summary></entry></feed>".encode()),
    "atom-xhtml": Made(atom(ENTRY.replace(
        f"<summary>{SUMMARY}</summary>",
        f"<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>{SUMMARY}</p></div></summary>")).encode()),
    "json-feed-1.0": Made(json_feed("1").encode()),
    "json-feed-1.1": Made(json_feed(language="ar").encode()),
    "json-feed-link-blog": Made(json_feed(url=None, external_url=URL, id="12").encode()),
    "json-feed-html": Made(json_feed(summary=None, content_html=f"<p>{SUMMARY}</p>").encode()),
    "news-sitemap": Made(SITEMAP.encode(), summary=""),
    "gzip": Made(gzip.compress(PLAIN.encode())),
    "utf-8-bom": Made(b"\xef\xbb\xbf" + PLAIN.encode()),
    "utf-16": Made(PLAIN.encode("utf-16")),
    "windows-1256-declared": Made(WINDOWS.encode("cp1256")),
    "windows-1256-undeclared": Made(PLAIN.encode("cp1256")),
    "windows-1256-by-the-server": Made(PLAIN.encode("cp1256"), charset="windows-1256"),
    "windows-1256-as-utf-8": Made(WINDOWS.replace("windows-1256", "utf-8").encode("cp1256")),
    "windows-1256-as-latin": Made(WINDOWS.replace("windows-1256", "iso-8859-1").encode("cp1256")),
    "utf-8-as-windows-1256": Made(WINDOWS.encode()),
    "iso-8859-6": Made(WINDOWS.replace("windows-1256", "iso-8859-6").replace("«", "").replace("»", "")
                       .encode("iso-8859-6")),
    "escaped-twice": Made(rss(item(
        title=f"<title>&lt;b&gt;{TITLE}&lt;/b&gt;</title>",
        summary=f"<description>&amp;lt;p&amp;gt;{SUMMARY}&amp;lt;/p&amp;gt;</description>")).encode()),
    "bare-ampersands": Made(rss(item(
        link=f"<link>{URL}?utm_source=a&utm_medium=b</link>", more="<category>R & D</category>")).encode()),
    "html-entities": Made(rss(item(
        title=f"<title>{TITLE}&nbsp;</title>", more="<category>caf&eacute;</category>")).encode()),
    "control-characters": Made(rss(item(title=f"<title>\x0b{TITLE}\x00</title>")).encode()),
    "arabic-date": Made(rss(item(date="<pubDate>الخميس 19 نوفمبر 2026 - 09:30</pubDate>")).encode()),
    "arabic-digits": Made(rss(item(date="<pubDate>١٩ نونبر ٢٠٢٦، ٠٩:٣٠</pubDate>")).encode()),
    "levant-months": Made(rss(item(date="<pubDate>19 تشرين الثاني 2026 09:30</pubDate>")).encode()),
    "maghreb-day": Made(rss(item(date="<pubDate>19 نوفمبر 2026</pubDate>")).encode(), DAY),
    "no-zone": Made(rss(item(date="<pubDate>2026-11-19 09:30:00</pubDate>")).encode()),
    "slashed-day": Made(rss(item(date="<pubDate>2026/11/19</pubDate>")).encode(), DAY),
    "two-digit-year": Made(rss(item(date="<pubDate>Thu, 19 Nov 26 08:30:00 GMT</pubDate>")).encode(),
                           "2026-11-19T08:30:00+00:00"),
    "epoch": Made(rss(item(date="<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>")).encode(), None),
    "future": Made(rss(item(date="<pubDate>Fri, 01 Mar 2030 00:00:00 GMT</pubDate>")).encode(), None),
    "impossible-date": Made(rss(item(date="<pubDate>Thu, 31 Nov 2026 25:61:00</pubDate>")).encode(), None),
    "relative-link": Made(rss(item(link="<link>/news/transport/#top</link>")).encode()),
    "xml-base": Made(rss(item(link="<link>transport/</link>"), root=f'rss version="2.0" xml:base="{HOST}/news/"')
                     .encode()),
    "guid-as-link": Made(rss(item(link=f"<guid>{URL}</guid>")).encode()),
    "loud-host": Made(rss(item(link="<link>https://OASIS.example:443/news/./transport/?fbclid=x</link>")).encode()),
}  # fmt: skip
