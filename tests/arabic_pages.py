"""Arabic news pages as publishing systems make them, with their facts known by construction.

Every story, name and outlet is invented. The heads and bodies follow what the systems write: their metadata, their
classes, their habits and their mistakes.
"""

from __future__ import annotations

import json
from typing import NamedTuple

HEADLINE = "بلدية وادي الزهور تفتتح مكتبة متنقلة للقرى البعيدة"
SUMMARY = "حافلة تحمل ثلاثة آلاف كتاب تبدأ جولتها الأولى بين عشرين قرية، وتعود إلى كل قرية مرة في الشهر."
AUTHOR = "سلمى الورديغي"
OUTLET = "صحيفة الواحة"
HOST = "https://www.alwaha.example"
TEXT = "".join(
    f"<p>{sentence}</p>\n"
    for sentence in (
        "بدأت الحافلة جولتها صباح أمس من ساحة السوق القديمة، وفيها ثلاثة آلاف كتاب للأطفال والكبار، ومقاعد للقراءة في الظل، وحاسوبان.",
        "وقالت أمينة المكتبة إن القرى البعيدة طلبت هذه الخدمة منذ سنوات، وإن المتطوعين رتبوا الكتب في ثلاثة أسابيع بمساعدة تلاميذ المدرسة.",
        "وتزور الحافلة كل قرية مرة في الشهر، وتبقى فيها نهارًا كاملًا، ويمكن استعارة خمسة كتب إلى الزيارة التالية دون مقابل.",
        "ويأمل القائمون على المشروع أن تصل الحافلة الثانية قبل الصيف، وأن تضاف إليها كتب بطريقة برايل وأخرى مسموعة.",
    )
)
SIDE = """<aside class="sidebar"><h3>الأكثر قراءة</h3><ul><li><a href="/1">خبر آخر لا صلة له</a> <time datetime="2020-01-01T08:00:00Z">1 يناير 2020</time></li>
<li><span class="author">كاتب آخر</span> <a href="/2">عنوان ثان من عناوين الجانب الطويلة</a></li></ul></aside>"""
FOOT = '<footer class="site-footer">جميع الحقوق محفوظة © 2026 <a href="/about">من نحن</a></footer>'


class Facts(NamedTuple):
    """What a page says."""

    html: str
    date: str
    """ISO, as `--json` has it."""
    url: str = f"{HOST}/news/library"
    title: str = HEADLINE
    authors: tuple[str, ...] = (AUTHOR,)
    source: str = OUTLET
    agencies: tuple[str, ...] = ()
    summary: str = SUMMARY
    encoding: str = "utf-8"
    canonical: str = ""
    """Where it is not `url`."""
    picture: tuple[str, str, str] | None = None
    """(address, caption, credit)."""


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def page(head: str, body: str, lang: str = ' lang="ar" dir="rtl"') -> str:
    return f"<!DOCTYPE html>\n<html{lang}>\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>"


def article(byline: str = "", before: str = "") -> str:
    return f"<main><article>{before}<h1>{HEADLINE}</h1>{byline}{TEXT}</article></main>{SIDE}{FOOT}"


PAGES: dict[str, Facts] = {}

PAGES["wordpress-yoast"] = Facts(
    page(
        f"""<meta charset="UTF-8"><title>{HEADLINE} - {OUTLET}</title>
<link rel="canonical" href="{HOST}/news/library/" />
<meta property="og:locale" content="ar_AR" /><meta property="og:type" content="article" />
<meta property="og:title" content="{HEADLINE} - {OUTLET}" /><meta property="og:description" content="{SUMMARY}" />
<meta property="og:url" content="{HOST}/news/library/" /><meta property="og:site_name" content="{OUTLET}" />
<meta property="article:published_time" content="2026-03-12T09:30:15+00:00" />
<meta property="og:image" content="{HOST}/wp-content/uploads/2026/03/bus.jpg" />
<meta name="author" content="admin" /><meta name="twitter:label1" content="كُتب بواسطة" /><meta name="twitter:data1" content="{AUTHOR}" />"""
        + ld(
            {
                "@context": "https://schema.org",
                "@graph": [
                    {
                        "@type": "NewsArticle", "@id": f"{HOST}/news/library/#article", "headline": HEADLINE,
                        "isPartOf": {"@id": f"{HOST}/news/library/"}, "author": {"name": AUTHOR, "@id": f"{HOST}/#/schema/person/1"},
                        "datePublished": "2026-03-12T09:30:15+00:00", "dateModified": "2026-03-13T10:00:00+00:00",
                        "publisher": {"@id": f"{HOST}/#organization"},
                    },
                    {"@type": "WebPage", "@id": f"{HOST}/news/library/", "name": f"{HEADLINE} - {OUTLET}"},
                    {"@type": "WebSite", "@id": f"{HOST}/#website", "name": OUTLET},
                    {"@type": "Organization", "@id": f"{HOST}/#organization", "name": OUTLET},
                    {"@type": "Person", "@id": f"{HOST}/#/schema/person/1", "name": AUTHOR},
                ],
            }
        ),
        article(),
    ),
    "2026-03-12T09:30:15+00:00",
    canonical=f"{HOST}/news/library/",
    picture=(f"{HOST}/wp-content/uploads/2026/03/bus.jpg", "", ""),
)  # fmt: skip

PAGES["wordpress-plain-theme"] = Facts(
    page(
        f'<meta charset="UTF-8"><title>{HEADLINE} | {OUTLET}</title><meta name="description" content="{SUMMARY}">',
        article(
            '<div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="2026-03-12T09:30:00+01:00">12 مارس 2026</time>'
            f'<time class="updated" datetime="2026-04-01T09:30:00+01:00">1 أبريل 2026</time></span> <span class="byline">بقلم <a class="url fn n" rel="author" href="/author/1">{AUTHOR}</a></span></div>'
        ),
    ),
    "2026-03-12T09:30:00+01:00",
)

PAGES["blogger"] = Facts(
    page(
        f"""<meta content='text/html; charset=UTF-8' http-equiv='Content-Type'/><title>{OUTLET}: {HEADLINE}</title>
<meta content='blogger' name='generator'/><link href='https://alwaha.example/2026/03/blog-post.html' rel='canonical'/>
<meta content='{HEADLINE}' property='og:title'/><meta content='{SUMMARY}' property='og:description'/>
<meta content='https://alwaha.example/2026/03/blog-post.html' property='og:url'/>""",
        f"""<div class='post hentry' itemprop='blogPost' itemscope='itemscope' itemtype='http://schema.org/BlogPosting'>
<h3 class='post-title entry-title' itemprop='name'>{HEADLINE}</h3><div class='post-body'>{TEXT}</div>
<div class='post-footer'><span class='post-author vcard'>مرسلة بواسطة <span class='fn' itemprop='author'><span itemprop='name'>{AUTHOR}</span></span></span>
<span class='post-timestamp'>في <a class='timestamp-link' href='#'><abbr class='published' itemprop='datePublished' title='2026-03-12T09:30:00-08:00'>9:30 ص</abbr></a></span></div></div>{SIDE}""",
        " dir='rtl'",
    ),
    "2026-03-12T09:30:00-08:00",
    url="https://alwaha.example/2026/03/blog-post.html?m=1",
    canonical="https://alwaha.example/2026/03/blog-post.html",
)

PAGES["drupal"] = Facts(
    page(
        f"""<meta charset="utf-8" /><title>{HEADLINE} | {OUTLET}</title><meta name="Generator" content="Drupal 9" />
<link rel="canonical" href="{HOST}/node/1234" /><meta name="description" content="{SUMMARY}" />
<meta name="dcterms.date" content="2026-03-12T09:30+01:00" /><meta name="dcterms.creator" content="{AUTHOR}" />
<meta property="og:site_name" content="{OUTLET}" /><meta property="og:title" content="{HEADLINE}" />""",
        f'<div class="region region-content"><article class="node node--type-article"><h1 class="page-title"><span class="field field--name-title">{HEADLINE}</span></h1>'
        f'<div class="node__submitted">أرسله <span class="field field--name-uid">محرر</span> في خميس, 12/03/2026 - 09:30</div>{TEXT}</article></div>{SIDE}',
    ),
    "2026-03-12T09:30:00+01:00",
    url=f"{HOST}/node/1234",
)

PAGES["joomla"] = Facts(
    page(
        f"""<base href="{HOST}/news/library" /><meta http-equiv="content-type" content="text/html; charset=utf-8" />
<meta name="author" content="{AUTHOR}" /><meta name="description" content="{SUMMARY}" /><meta name="generator" content="Joomla! - Open Source Content Management" />
<title>{OUTLET} - {HEADLINE}</title>""",
        f"""<div class="item-page" itemscope itemtype="https://schema.org/Article"><meta itemprop="inLanguage" content="ar-AA" />
<div class="page-header"><h2 itemprop="headline">{HEADLINE}</h2></div><dl class="article-info muted"><dt>التفاصيل</dt>
<dd class="createdby" itemprop="author" itemscope itemtype="https://schema.org/Person">كتب بواسطة: <span itemprop="name">{AUTHOR}</span></dd>
<dd class="published"><time datetime="2026-03-12T09:30:00+01:00" itemprop="datePublished">نشر بتاريخ: 12 آذار/مارس 2026</time></dd></dl>
<div itemprop="articleBody">{TEXT}</div></div>{SIDE}""",
        ' xml:lang="ar-aa" lang="ar-aa" dir="rtl"',
    ),
    "2026-03-12T09:30:00+01:00",
)

PAGES["arc"] = Facts(
    page(
        f"""<meta charset="UTF-8"/><title>{HEADLINE}</title><meta property="og:title" content="{HEADLINE}"/><meta property="og:type" content="article"/>
<meta property="og:site_name" content="{OUTLET}"/><meta property="og:description" content="{SUMMARY}"/>
<meta property="og:image" content="https://cdn.alwaha.example/resizer/bus.jpg?width=1200&amp;auth=x"/>"""
        + ld(
            [
                {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "محليات"}]},
                {
                    "@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, "description": SUMMARY,
                    "datePublished": "2026-03-12T08:30:00.123Z", "dateModified": "2026-03-12T18:30:00Z",
                    "mainEntityOfPage": {"@type": "WebPage", "@id": f"{HOST}/news/library"},
                    "author": [{"@type": "Person", "name": AUTHOR}, {"@type": "Person", "name": "وليد بن عاشور"}],
                    "publisher": {"@type": "Organization", "name": OUTLET, "logo": {"@type": "ImageObject", "url": f"{HOST}/logo.png"}},
                    "image": [{"@type": "ImageObject", "url": "https://cdn.alwaha.example/resizer/bus.jpg", "caption": "الحافلة في ساحة السوق", "creditText": "ناصر الحموي"}],
                },
            ]
        ),
        article(),
    ),
    "2026-03-12T08:30:00+00:00",
    authors=(AUTHOR, "وليد بن عاشور"),
    picture=("https://cdn.alwaha.example/resizer/bus.jpg?width=1200&auth=x", "الحافلة في ساحة السوق", "ناصر الحموي"),
)  # fmt: skip

PAGES["amp"] = Facts(
    page(
        f'<meta charset="utf-8"><link rel="canonical" href="{HOST}/news/library"><title>{HEADLINE} | {OUTLET}</title>'
        + ld({"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2026-03-12T09:30:00+01:00", "author": AUTHOR, "publisher": {"name": OUTLET}, "description": SUMMARY}),
        article(),
        ' ⚡ lang="ar"',
    ),
    "2026-03-12T09:30:00+01:00",
    url=f"{HOST}/news/library/amp",
    canonical=f"{HOST}/news/library",
)  # fmt: skip

ASP_2008 = f"""<html dir=rtl><head><meta http-equiv="Content-Type" content="text/html; charset={{charset}}"><title>{OUTLET} - {HEADLINE}</title></head>
<body topmargin=0><table width=780><tr><td colspan=2><img src=images/header.gif></td></tr>
<tr><td colspan=2 bgcolor=#003366><font color=white>اليوم: الاثنين 23 نوفمبر 2026 </font></td></tr>
<tr><td width=160 valign=top><a href=default.asp>الرئيسية</a><br><a href=sport.asp>رياضة</a><br><a href=art.asp>فنون</a></td>
<td valign=top><font size=5 color=red><b>{HEADLINE}</b></font><br><font size=2>الأربعاء 12 آذار 2008</font><br><b>كتبت: {AUTHOR}</b><br><br>
{TEXT.replace("<p>", "").replace("</p>", "<br><br>")}</td></tr></table></body></html>"""

PAGES["asp-2008-in-1256"] = Facts(
    ASP_2008.format(charset="windows-1256"), "2008-03-12", summary="", encoding="cp1256", url=f"{HOST}/news.asp?id=1234"
)
PAGES["asp-2008-in-1256-declared-as-1252"] = PAGES["asp-2008-in-1256"]._replace(
    html=ASP_2008.format(charset="windows-1252")
)
PAGES["asp-2008-in-1256-declared-as-latin1"] = PAGES["asp-2008-in-1256"]._replace(
    html=ASP_2008.format(charset="iso-8859-1")
)
PAGES["asp-2008-in-1256-declared-as-utf8"] = PAGES["asp-2008-in-1256"]._replace(html=ASP_2008.format(charset="utf-8"))
PAGES["asp-2008-in-1256-undeclared"] = PAGES["asp-2008-in-1256"]._replace(
    html=ASP_2008.replace('<meta http-equiv="Content-Type" content="text/html; charset={charset}">', "")
)
PAGES["iso-8859-6"] = PAGES["asp-2008-in-1256"]._replace(
    html=ASP_2008.format(charset="iso-8859-6"), encoding="iso8859-6"
)
PAGES["utf-8-declared-as-1256"] = PAGES["asp-2008-in-1256"]._replace(
    html=ASP_2008.format(charset="windows-1256"), encoding="utf-8"
)
PAGES["utf-16"] = PAGES["asp-2008-in-1256"]._replace(html=ASP_2008.format(charset="utf-16"), encoding="utf-16")
PAGES["utf-16-without-mark"] = PAGES["asp-2008-in-1256"]._replace(
    html=ASP_2008.format(charset="utf-16"), encoding="utf-16-be"
)
PAGES["utf-8-undeclared"] = PAGES["asp-2008-in-1256-undeclared"]._replace(encoding="utf-8")


def with_date(written: str, date: str, name: str) -> None:
    """A hand-made page that only has its date in words."""
    PAGES[f"date-{name}"] = Facts(
        page(
            f'<meta charset="utf-8"><title>{HEADLINE} | {OUTLET}</title><meta name="description" content="{SUMMARY}"><meta property="og:site_name" content="{OUTLET}">',
            f'<div id="header">اليوم: الاثنين 23 نوفمبر 2026</div><h1>{HEADLINE}</h1><div class="meta"><span>{written}</span> | <span class="writer">{AUTHOR}</span></div>{TEXT}{SIDE}',
        ),
        date,
    )


with_date("الخميس، ١٢ مارس ٢٠٢٦ - ٠٩:٣٠ م", "2026-03-12T21:30:00+00:00", "arab-digits")
with_date("12 آذار/مارس 2026 الساعة 09:30 بتوقيت غرينتش", "2026-03-12T09:30:00+00:00", "levant-gmt")
with_date("نشر في: 12 غشت 2026 على الساعة 21:30", "2026-08-12T21:30:00+01:00", "maghreb")
with_date("12 جويلية 2026 - 21:30", "2026-07-12T21:30:00+01:00", "algeria")
with_date("آخر تحديث: 15 مارس 2026 10:00 - نُشر: 12 مارس 2026 09:30", "2026-03-12T09:30:00+00:00", "updated-first")
with_date("الخميس 23 رمضان 1447هـ - 12 مارس 2026م", "2026-03-12", "both-calendars")
with_date("23 رمضان 1447 هـ", "2026-03-12", "hijri")
with_date("1447/09/23 هـ الساعة 9:30 مساء", "2026-03-12T21:30:00+00:00", "hijri-numbers")
with_date("منذ 3 ساعات", "2026-11-23T10:00:00+01:00", "hours-ago")
with_date("12/3/2026 9:30:00 PM", "2026-03-12T21:30:00+00:00", "numbers-pm")
with_date("2026-03-12", "2026-03-12", "iso-day")

PAGES["agency-byline"] = Facts(
    page(
        f'<meta charset="utf-8"><title>{HEADLINE} – {OUTLET}</title><meta property="og:site_name" content="{OUTLET}"><meta property="og:description" content="{SUMMARY}">',
        article('<div class="article-author">الرباط - رويترز</div><div class="date">12 مارس 2026</div>'),
    ),
    "2026-03-12",
    authors=(),
    agencies=("رويترز",),
)
PAGES["agencies-and-newsroom"] = Facts(
    page(
        f'<meta charset="utf-8"><meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="{OUTLET}"><meta property="og:description" content="{SUMMARY}">'
        + ld({"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2026-03-12T09:30:00+01:00", "author": [{"@type": "Person", "name": "غرفة الأخبار"}, {"@type": "Organization", "name": "أ ف ب"}], "publisher": {"name": OUTLET}}),
        article(),
    ),
    "2026-03-12T09:30:00+01:00",
    authors=(),
    agencies=("أ ف ب",),
)  # fmt: skip
PAGES["source-line-at-the-end"] = Facts(
    page(
        f'<meta charset="utf-8"><meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="{OUTLET}"><meta property="og:description" content="{SUMMARY}"><meta property="article:published_time" content="2026-03-12T09:30:00+01:00">',
        article(f'<p class="author-name">{AUTHOR}</p>').replace(
            "</article>", "<p>المصدر: الأناضول + وكالات</p></article>"
        ),
    ),
    "2026-03-12T09:30:00+01:00",
    agencies=("الأناضول",),
)
PAGES["two-authors-with-and"] = Facts(
    page(
        f'<meta charset="utf-8"><meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="{OUTLET}"><meta property="og:description" content="{SUMMARY}"><meta property="article:published_time" content="2026-03-12T09:30:00+01:00">',
        article('<p class="byline">بقلم: ليلى بن سعيد وعمر الفاسي</p>'),
    ),
    "2026-03-12T09:30:00+01:00",
    authors=("ليلى بن سعيد", "عمر الفاسي"),
)
PAGES["caption-with-credit"] = Facts(
    page(
        f'<meta charset="utf-8"><meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="{OUTLET}"><meta property="og:description" content="{SUMMARY}"><meta property="article:published_time" content="2026-03-12T09:30:00+01:00"><meta name="author" content="{AUTHOR}">',
        article(
            before='<figure><img src="/photos/bus.jpg" alt=""><figcaption>الحافلة في ساحة السوق القديمة (رويترز)</figcaption></figure>'
        ),
    ),
    "2026-03-12T09:30:00+01:00",
    picture=(f"{HOST}/photos/bus.jpg", "الحافلة في ساحة السوق القديمة", "رويترز"),
)
PAGES["broken-json-ld"] = Facts(
    page(
        f"""<meta charset="utf-8"><title>{HEADLINE} | {OUTLET}</title><script type="application/ld+json">
/* news */ {{"@context":"http://schema.org","@type":"NewsArticle","headline":"{HEADLINE}","description":"{SUMMARY}
","datePublished":"2026-03-12T09:30:00+01:00","author":{{"@type":"Person","name":"{AUTHOR}",}},"publisher":{{"name":"{OUTLET}"}},}}</script>""",
        article(),
    ),
    "2026-03-12T09:30:00+01:00",
)
PAGES["escaped-twice"] = Facts(
    page(
        f'<meta charset="utf-8"><title>x</title><meta property="og:title" content="قال: &amp;quot;نعم&amp;quot; &amp;amp; مضى في سبيله"><meta property="og:site_name" content="{OUTLET}"><meta property="og:description" content="&lt;p&gt;{SUMMARY}&lt;/p&gt;"><meta property="article:published_time" content="2026-03-12T09:30:00+01:00"><meta name="author" content="{AUTHOR}">',
        f"<article>{TEXT}</article>",
    ),
    "2026-03-12T09:30:00+01:00",
    title='قال: "نعم" & مضى في سبيله',
)
PAGES["presentation-forms-and-tatweel"] = Facts(
    page(
        f'<meta charset="utf-8"><meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="الـــواحة نـــت"><meta property="og:description" content="{SUMMARY}"><meta property="article:published_time" content="2026-03-12T09:30:00+01:00"><meta name="author" content="{AUTHOR}"><title>{HEADLINE} | الواحة نت</title>',
        article(),
    ),
    "2026-03-12T09:30:00+01:00",
    source="الـــواحة نـــت",
)
PAGES["html-declared-english"] = PAGES["date-iso-day"]._replace(
    html=PAGES["date-iso-day"].html.replace('lang="ar" dir="rtl"', 'lang="en"')
)
PAGES["title-with-section-and-site"] = Facts(
    page(
        f'<meta charset="utf-8"><title>{HEADLINE} | محليات | {OUTLET}</title><meta name="description" content="{SUMMARY}"><meta name="date" content="2026-03-12T09:30:00+01:00"><meta name="author" content="{AUTHOR}"><meta property="og:site_name" content="{OUTLET}">',
        article(),
    ),
    "2026-03-12T09:30:00+01:00",
)

PAGES["microdata-only"] = Facts(
    page(
        f'<meta charset="utf-8"><title>{HEADLINE} | {OUTLET}</title><meta name="description" content="{SUMMARY}"><meta name="application-name" content="{OUTLET}">',
        f'<div itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">{HEADLINE}</h1><meta itemprop="datePublished" content="2026-03-12T09:30:00+0100"><span itemprop="author">{AUTHOR}</span>{TEXT}</div>{SIDE}',
    ),
    "2026-03-12T09:30:00+01:00",
)
PAGES["logo-as-heading"] = Facts(
    page(
        f'<meta charset="utf-8"><title>{HEADLINE} :: {OUTLET}</title><meta name="description" content="{SUMMARY}">',
        f'<header><h1 class="logo"><a href="/">{OUTLET}</a></h1></header><div class="news-details"><h2 class="news-title">{HEADLINE}</h2><div class="news-info"><i class="fa fa-calendar"></i> الخميس 12 مارس 2026 - 09:30 <i class="fa fa-user"></i> بقلم: {AUTHOR}</div>{TEXT}</div>{SIDE}',
    ),
    "2026-03-12T09:30:00+00:00",
)
PAGES["date-in-the-address-only"] = Facts(
    page(
        f'<meta charset="utf-8"><title>{HEADLINE} | {OUTLET}</title><meta name="description" content="{SUMMARY}"><meta name="author" content="{AUTHOR}"><meta property="og:site_name" content="{OUTLET}">',
        article(),
    ),
    "2026-03-12",
    url=f"{HOST}/2026/03/12/library",
)
