"""WordPress exports as text: a head, and items with what a test says of them."""

from __future__ import annotations

from html import escape

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- generator="WordPress/6.4" created="2026-11-01 10:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>صحيفة المرفأ</title>
<link>https://almarfaa.example</link>
<description>أخبار المدينة</description>
<language>ar</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://almarfaa.example</wp:base_site_url>
<wp:base_blog_url>https://almarfaa.example</wp:base_blog_url>
<wp:author><wp:author_login><![CDATA[salma]]></wp:author_login><wp:author_display_name><![CDATA[سلمى الودغيري]]></wp:author_display_name></wp:author>
<wp:author><wp:author_login><![CDATA[admin]]></wp:author_login><wp:author_display_name><![CDATA[admin]]></wp:author_display_name></wp:author>
<wp:author><wp:author_login><![CDATA[afp]]></wp:author_login><wp:author_display_name><![CDATA[فرانس برس]]></wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename><![CDATA[%d8%b1%d9%8a%d8%a7%d8%b6%d8%a9]]></wp:category_nicename><wp:category_parent/><wp:cat_name><![CDATA[رياضة]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>4</wp:term_id><wp:category_nicename><![CDATA[football]]></wp:category_nicename><wp:category_parent><![CDATA[%d8%b1%d9%8a%d8%a7%d8%b6%d8%a9]]></wp:category_parent><wp:cat_name><![CDATA[كرة القدم]]></wp:cat_name></wp:category>
<wp:category><wp:term_id>1</wp:term_id><wp:category_nicename><![CDATA[uncategorized]]></wp:category_nicename><wp:category_parent/><wp:cat_name><![CDATA[Uncategorized]]></wp:cat_name></wp:category>
<wp:tag><wp:term_id>9</wp:term_id><wp:tag_slug><![CDATA[%d9%85%d8%af%d9%86]]></wp:tag_slug><wp:tag_name><![CDATA[مدن]]></wp:tag_name></wp:tag>
"""
TAIL = "</channel>\n</rss>\n"
SPORT = '<category domain="category" nicename="%d8%b1%d9%8a%d8%a7%d8%b6%d8%a9"><![CDATA[رياضة]]></category>'
FOOTBALL = '<category domain="category" nicename="football"><![CDATA[كرة القدم]]></category>'
UNCATEGORIZED = '<category domain="category" nicename="uncategorized"><![CDATA[Uncategorized]]></category>'
CITIES = '<category domain="post_tag" nicename="%d9%85%d8%af%d9%86"><![CDATA[مدن]]></category>'


def item(
    content: str = "<p>نص الخبر.</p>", *, terms: str = SPORT, meta: dict[str, str] | None = None, **given: str
) -> str:
    """One item of an export; `given` are its fields."""
    number = given.get("id", "7")
    values = {
        "title": "خبر", "link": f"https://almarfaa.example/2019/05/story-{number}/", "creator": "salma", "slug": f"story-{number}",
        "date": "2019-05-03 10:30:15", "gmt": "2019-05-03 09:30:15", "status": "publish", "kind": "post", "parent": "0",
        "password": "", "excerpt": "", "sticky": "0", "attachment": "", **given,
    }  # fmt: skip
    rows = "".join(
        f"<wp:postmeta><wp:meta_key><![CDATA[{key}]]></wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for key, value in (meta or {}).items()
    )
    attachment = f"<wp:attachment_url>{values['attachment']}</wp:attachment_url>" if values["attachment"] else ""
    return f"""<item>
<title>{escape(values["title"])}</title>
<link>{values["link"]}</link>
<pubDate></pubDate>
<dc:creator><![CDATA[{values["creator"]}]]></dc:creator>
<content:encoded><![CDATA[{content}]]></content:encoded>
<excerpt:encoded><![CDATA[{values["excerpt"]}]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date>{values["date"]}</wp:post_date>
<wp:post_date_gmt>{values["gmt"]}</wp:post_date_gmt>
<wp:post_modified>{values["date"]}</wp:post_modified>
<wp:post_modified_gmt>{values["gmt"]}</wp:post_modified_gmt>
<wp:post_name>{values["slug"]}</wp:post_name>
<wp:status>{values["status"]}</wp:status>
<wp:post_parent>{values["parent"]}</wp:post_parent>
<wp:post_type>{values["kind"]}</wp:post_type>
<wp:post_password>{values["password"]}</wp:post_password>
<wp:is_sticky>{values["sticky"]}</wp:is_sticky>
{attachment}{terms}{rows}
</item>
"""


def export(*items: str, head: str = HEAD) -> str:
    return head + "".join(items) + TAIL
