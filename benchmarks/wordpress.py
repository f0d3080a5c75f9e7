"""A WordPress export in WordPress's own forms, and a look at the site that `digest import` makes of it.

    python benchmarks/wordpress.py make FOLDER --count 2000 [--corpus NEWS.jsonl.xz]
    digest import wordpress FOLDER/export-*.xml --into FOLDER/site   (twice)
    digest build --site FOLDER/site
    python benchmarks/wordpress.py check FOLDER

Stories are invented ones (`articles.py`), or those of a corpus as JSON lines. Each is written in one of the forms that
ten years of WordPress leave: classic with and without paragraphs, blocks, page builders, pastes from Word; with
percent-encoded slugs, nested categories, fields of Yoast, two zones of the clock, shortcodes of ten plug-ins, galleries,
captions and tables. What a reader should find is kept beside the export, made from the stories and not from the HTML;
`check` compares it with the built pages: title, date, words, and an answer for each old address.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = "https://almarfaa.example"
ZONE = ZoneInfo("Africa/Tunis")
MOVED = datetime(2014, 1, 1, tzinfo=UTC)
"""Before this day the site's clock showed another zone's time."""
OLD_ZONE = timedelta(hours=3)
PER_FILE = 7000
SECTIONS = {
    "localNews": ("وطنية", ""), "internationalNews": ("دولية", ""), "middleEast": ("الشرق الأوسط", "دولية"),
    "politic": ("سياسة", ""), "economy": ("اقتصاد", ""), "society": ("مجتمع", ""), "sport": ("رياضة", ""),
    "culture": ("ثقافة", ""), "technology": ("تكنولوجيا", "ثقافة"), "diverse": ("متفرقات", ""),
}  # fmt: skip
"""Theme of the corpus → a category, and the one above it."""
PEOPLE = {"salma": "سلمى الودغيري", "admin": "admin", "karim": "كريم بن صالح", "afp": "فرانس برس"}
LEFT_OUT = (
    '[contact-form-7 id="12" title="اتصل بنا"]', '[rev_slider alias="home"]', '[tablepress id="3" /]', '[wpforms id="7"]',
    '[ngg_images gallery_ids="1"]', '[mc4wp_form id="5"]', '[adrotate banner="1"]', '[instagram-feed num="4"]',
    '[osm_map_v3 map_center="35.8,14.5"]', "[eo_events]",
)  # fmt: skip
KEPT = (
    ("[vc_row][vc_column width=\"1/2\"]{}[/vc_column][/vc_row]", 1), ("[su_box title=\"\"]{}[/su_box]", 1),
    ("[et_pb_text admin_label=\"x\"]{}[/et_pb_text]", 1), ("[fusion_text]{}[/fusion_text]", 1), ("[one_half]{}[/one_half]", 1),
)  # fmt: skip


def slugged(text: str) -> str:
    """A slug as WordPress makes one: percent-encoded, cut at 200 bytes of that."""
    plain = re.sub(r"[^\w]+", "-", re.sub("[\u064b-\u0652\u0640]", "", text.lower())).strip("-_")
    encoded = quote(plain, safe="-").lower()
    return re.sub(r"%[0-9a-f]?$|(?:%d[89])$", "", encoded[:200]).rstrip("-")


def stories(corpus: Path | None, count: int) -> Iterator[dict[str, object]]:
    """Stories as dictionaries: id, title, date, theme, body; a corpus is repeated until there are enough."""
    if corpus is None:
        import articles  # noqa: PLC0415 - beside this file

        for number, one in enumerate(articles.invented(count)):
            yield {"title": one.title, "date": one.date, "theme": list(SECTIONS)[number % len(SECTIONS)],
                   "body": list(one.body), "summary": ""}  # fmt: skip
        return
    number = 0
    while number < count:
        with lzma.open(corpus, "rt", encoding="utf-8") as lines:
            for line in lines:
                if number >= count:
                    return
                one = json.loads(line)
                if number >= 16_000:
                    one["title"] += f" ({number})"
                yield one
                number += 1


class Maker:
    """Writes one export."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.random = random.Random(11)
        self.number = 100
        self.slugs: set[str] = set()
        self.before: list[tuple[str, int]] = []

    def make(self, corpus: Path | None, count: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = None
        with (self.folder / "expected.jsonl").open("w", encoding="utf-8") as expected:
            for number, story in enumerate(stories(corpus, count)):
                if number % PER_FILE == 0:
                    if file:
                        file.write("</channel>\n</rss>\n")
                        file.close()
                    file = (self.folder / f"export-{number // PER_FILE + 1:03}.xml").open("w", encoding="utf-8")
                    file.write(head())
                text, truth = self.item(story, number)
                file.write(text)
                expected.write(json.dumps(truth, ensure_ascii=False) + "\n")
        if file:
            file.write("</channel>\n</rss>\n")
            file.close()

    def item(self, story: dict[str, object], number: int) -> tuple[str, dict[str, object]]:
        """The item of a story, and what readers should find."""
        self.number += self.random.choice((1, 2, 3))
        title = str(story["title"]).strip()
        instant = datetime.fromisoformat(str(story["date"])) + timedelta(seconds=number % 60)
        instant = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        local = instant + OLD_ZONE if instant < MOVED else instant.astimezone(ZONE)
        slug = slugged(title)
        base, turn = slug, 2
        while slug in self.slugs:
            slug, turn = f"{base}-{turn}", turn + 1
        self.slugs.add(slug)
        link = f"{SITE}/{local:%Y/%m/%d}/{slug}/"
        name, above = SECTIONS[str(story["theme"])]
        html, words, shortcodes = self.body([str(one) for one in story["body"]], number)  # type: ignore[union-attr]
        author = self.random.choice(list(PEOPLE))
        status = "publish" if number % 50 else "draft"
        categories = [name] if number % 7 else [name, above or "متفرقات"]
        terms = (
            "".join(
                f'<category domain="category" nicename="{slugged(one)}"><![CDATA[{one}]]></category>'
                for one in dict.fromkeys(categories)
            )
            + '<category domain="post_tag" nicename="news"><![CDATA[أخبار &amp; تقارير]]></category>'
        )
        meta = {"_edit_last": "1", "_yoast_wpseo_metadesc": "%%excerpt%%", "_yoast_wpseo_content_score": "60",
                "_yoast_wpseo_primary_category": str(20 + list(SECTIONS).index(str(story["theme"])))}  # fmt: skip
        rows = "".join(
            f"<wp:postmeta><wp:meta_key><![CDATA[{key}]]></wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
            for key, value in meta.items()
        )
        shown = escape(title, quote=False).replace("'", "&#8217;") if number % 2 else escape(title, quote=False)
        self.before = [*self.before[-20:], (link, self.number)]
        cdata = html.replace("]]>", "]]]]><![CDATA[>")
        text = (
            f"<item>\n<title>{shown}</title>\n<link>{link if status == 'publish' else f'{SITE}/?p={self.number}'}</link>\n"
            f"<pubDate>{instant:%a, %d %b %Y %H:%M:%S} +0000</pubDate>\n<dc:creator><![CDATA[{author}]]></dc:creator>\n"
            f'<guid isPermaLink="false">{SITE}/?p={self.number}</guid>\n<description></description>\n'
            f"<content:encoded><![CDATA[{cdata}]]></content:encoded>\n<excerpt:encoded><![CDATA[]]></excerpt:encoded>\n"
            f"<wp:post_id>{self.number}</wp:post_id>\n<wp:post_date>{local:%Y-%m-%d %H:%M:%S}</wp:post_date>\n"
            f"<wp:post_date_gmt>{instant:%Y-%m-%d %H:%M:%S}</wp:post_date_gmt>\n<wp:post_name>{slug}</wp:post_name>\n"
            f"<wp:status>{status}</wp:status>\n<wp:post_parent>0</wp:post_parent>\n<wp:post_type>post</wp:post_type>\n"
            f"<wp:post_password></wp:post_password>\n<wp:is_sticky>0</wp:is_sticky>\n{terms}{rows}\n</item>\n"
        )
        title = title.replace("'", "\u2019") if number % 2 else title
        truth = {"title": title, "instant": instant.isoformat(), "link": link, "number": self.number, "status": status,
                 "words": words, "shortcodes": shortcodes}  # fmt: skip
        return text, truth

    def body(self, paragraphs: list[str], number: int) -> tuple[str, list[str], list[str]]:
        """(HTML, the words a reader sees, shortcodes that cannot come along)."""
        form = ("classic", "markup", "blocks", "builder", "word", "divs")[number % 6]
        parts: list[tuple[str, str]] = [(self.dressed(one, form), one) for one in paragraphs if one.strip()]
        extra = self.extra(number)
        if extra:
            parts.insert(self.random.randrange(len(parts) + 1), extra)
        left = []
        if number % 9 == 0:
            left.append(self.random.choice(LEFT_OUT))
            parts.append((left[0], ""))
        html = {
            "classic": "\r\n\r\n".join, "markup": lambda all_: "\n".join(f'<p style="text-align: right;">{one}</p>' if not one.startswith(("<", "[")) else one for one in all_),
            "blocks": blocks, "builder": lambda all_: self.random.choice(KEPT)[0].format("\n\n".join(all_)),
            "word": lambda all_: "".join(f'<p class="MsoNormal" dir="RTL"><span lang="AR-SA" style="font-size:14pt">{one}<o:p></o:p></span></p>\n' if not one.startswith(("<", "[")) else one for one in all_),
            "divs": lambda all_: '<div dir="rtl" class="elementor-widget-text-editor">' + "".join(f"<div>{one}</div>" if not one.startswith("[") else f"<p>{one}</p>" for one in all_) + "</div>",
        }[form]([one for one, _ in parts])  # fmt: skip
        return html, [words for _, words in parts if words], left

    def dressed(self, text: str, form: str) -> str:
        """A paragraph as HTML: entities, bold words, no-break blanks, a line break in classic texts."""
        made = escape(text, quote=False)
        words = made.split(" ")
        if len(words) > 8 and self.random.random() < 0.5:
            at = self.random.randrange(2, len(words) - 4)
            tag = self.random.choice(("strong", "b", "em", "i", "span"))
            words[at] = f"<{tag}>{words[at]}"
            words[at + 1] = f"{words[at + 1]}</{tag}>"
        if len(words) > 12 and self.random.random() < 0.3 and self.before:
            link, post = self.random.choice(self.before)
            href = self.random.choice((link, f"{SITE}/?p={post}", urlsplit(link).path))
            words[-2] = f'<a href="{href}" target="_blank">{words[-2]}</a>'
        if self.random.random() < 0.2:
            words[0] = f"&nbsp;&nbsp;{words[0]}"
        joined = " ".join(words)
        return joined.replace(". ", ".\n", 1) if form == "classic" and self.random.random() < 0.3 else joined

    def extra(self, number: int) -> tuple[str, str] | None:
        """Something that is no paragraph, and the words a reader sees in it."""
        picture = f"{SITE}/wp-content/uploads/2018/05/p{number}.jpg"
        return {
            1: (f'[caption id="attachment_1" align="aligncenter" width="600"]<a href="{picture}"><img src="{picture}" alt="" width="600" height="300" /></a> شرح الصورة[/caption]', ""),
            2: ('[gallery ids="1,2,3" columns="2"]', ""),
            3: ("<blockquote><p>قال المتحدث كلمته</p><cite>المتحدث</cite></blockquote>", "قال المتحدث كلمته المتحدث"),
            4: ("<table><tbody><tr><th>البلد</th><th>العدد</th></tr><tr><td>تونس</td><td>12</td></tr></tbody></table>", "البلد العدد تونس 12"),
            5: ('<iframe src="https://www.youtube.com/embed/abcdefghijk" width="560"></iframe>', "https://www.youtube.com/watch?v=abcdefghijk"),
            6: ("<ul>\n<li>نقطة أولى</li>\n<li>نقطة ثانية<ul><li>فرعية</li></ul></li>\n</ul>", "نقطة أولى نقطة ثانية فرعية"),
            7: ("<h3>عنوان <strong>فرعي</strong></h3>", "عنوان فرعي"),
            8: ("[su_quote cite=\"قائل\"]قول مأثور[/su_quote]", "قول مأثور قائل"),
            9: ("[youtube https://www.youtube.com/watch?v=abcdefghijk]", "https://www.youtube.com/watch?v=abcdefghijk"),
            10: ("<p>&nbsp;</p><script>var a = 1;</script><style>p{color:red}</style>", ""),
        }.get(number % 13)  # fmt: skip


def blocks(parts: list[str]) -> str:
    """Parts as the block editor writes them."""
    made = []
    for one in parts:
        if one.startswith("["):
            made.append(f"<!-- wp:shortcode -->\n{one}\n<!-- /wp:shortcode -->")
        elif one.startswith("<blockquote"):
            made.append(f'<!-- wp:quote -->\n<blockquote class="wp-block-quote">{one[12:]}\n<!-- /wp:quote -->')
        elif one.startswith(("<table", "<iframe", "<ul", "<h3", "<p>")):
            made.append(f"<!-- wp:html -->\n{one}\n<!-- /wp:html -->")
        else:
            made.append(
                f'<!-- wp:paragraph {{"align":"right"}} -->\n<p class="has-text-align-right">{one}</p>\n<!-- /wp:paragraph -->'
            )
    return "\n\n".join(made)


def head() -> str:
    """The head of an export."""
    people = "".join(
        f"<wp:author><wp:author_login><![CDATA[{login}]]></wp:author_login><wp:author_display_name><![CDATA[{name}]]></wp:author_display_name></wp:author>\n"
        for login, name in PEOPLE.items()
    )
    categories = "".join(
        f"<wp:category><wp:term_id>{20 + number}</wp:term_id><wp:category_nicename><![CDATA[{slugged(name)}]]></wp:category_nicename>"
        f"<wp:category_parent><![CDATA[{slugged(above)}]]></wp:category_parent><wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>\n"
        for number, (name, above) in enumerate(SECTIONS.values())
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- generator="WordPress/6.4.2" -->\n<rss version="2.0"\n'
        '\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"\n\txmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        '\txmlns:dc="http://purl.org/dc/elements/1.1/"\n\txmlns:wp="http://wordpress.org/export/1.2/"\n>\n<channel>\n'
        f"<title>صحيفة المرفأ</title>\n<link>{SITE}</link>\n<description>أخبار</description>\n<language>ar</language>\n"
        f"<wp:wxr_version>1.2</wp:wxr_version>\n<wp:base_site_url>{SITE}</wp:base_site_url>\n"
        f"<wp:base_blog_url>{SITE}</wp:base_blog_url>\n{people}{categories}"
    )


# ------------------------------------------------------------------ looking at what came out


class Page(HTMLParser):
    """Title, date and words of a built article."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.time, self.words = "", "", ""
        self.depth = 0
        self.in_title = False
        self.caption = 0
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h1":
            self.in_title = not self.title
        elif tag == "time" and not self.time:
            self.time = given.get("datetime") or ""
        elif self.depth and tag == "div":
            self.depth += 1
        elif tag == "div" and given.get("class") == "article-body":
            self.depth = 1
        elif tag == "figure":
            self.caption += 1
        elif tag == "a":
            self.href = given.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self.in_title = False
        elif tag == "div" and self.depth:
            self.depth -= 1
        elif tag == "figure":
            self.caption -= 1
        elif tag == "a":
            self.href = ""

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title += data
        elif self.depth and not self.caption:
            # a page shows less of a long address: what it leads to is compared
            is_short = self.href.startswith("http") and data.rstrip("…").rstrip("/") in self.href and "." in data
            self.words += self.href if is_short else data


def bare(text: str) -> str:
    """A text without blanks, invisible characters and vowel order."""
    import unicodedata  # noqa: PLC0415

    return re.sub(
        "[\\s\u00a0\u200b-\u200f\u00ad\u2060-\u2069\ufeff\u061c]+", "", unicodedata.normalize("NFC", unescape(text))
    )


def check(folder: Path) -> int:
    """Compare the built site with what was expected; print figures and the first differences."""
    site = folder / "site"
    public = site / "public"
    redirects = {}
    for line in (site / "static/_redirects").read_text("utf-8").splitlines():
        words = line.split()
        if len(words) == 4 and words[0] == "/":
            redirects["?" + words[1]] = unquote(words[2])
    counts = dict.fromkeys(("stories", "drafts", "address", "number", "title", "date", "words", "markup"), 0)
    wrong: list[str] = []
    for line in (folder / "expected.jsonl").open(encoding="utf-8"):
        truth = json.loads(line)
        if truth["status"] != "publish":
            counts["drafts"] += 1
            continue
        counts["stories"] += 1
        path = unquote(urlsplit(truth["link"]).path)
        html = answer(public, path)
        if html is None:
            wrong.append(f"no answer: {path}")
            continue
        counts["address"] += 1
        counts["number"] += answer(public, redirects.get(f"?p={truth['number']}", "/nowhere/")) == html
        page = Page()
        page.feed(html)
        expected = bare("".join(truth["words"]))
        found = bare(page.words)
        same = {
            "title": bare(page.title) == bare(truth["title"]),
            "date": bool(page.time) and datetime.fromisoformat(page.time) == datetime.fromisoformat(truth["instant"]),
            "words": found == expected,
            "markup": not re.search(r"\[/?[a-z_]+[ \]=]|&[a-z]+;|</?[a-z]+|\*\*|<!--", page.words),
        }
        for name, fits in same.items():
            counts[name] += fits
            if not fits:
                at = next(
                    (i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b),
                    min(len(found), len(expected)),
                )
                detail = (
                    f": found {found[max(at - 20, 0) : at + 40]!r}, expected {expected[max(at - 20, 0) : at + 40]!r}"
                    if name == "words"
                    else ""
                )
                wrong.append(
                    f"{name}: {path} {page.time if name == 'date' else ''}{truth['instant'] if name == 'date' else ''}{detail}"
                )
    for name, number in counts.items():
        share = f"  {number / max(counts['stories'], 1):8.2%}" if name not in {"stories", "drafts"} else ""
        print(f"{name:>8} {number:>7,}{share}")
    print("\n".join(wrong[:40]))
    return 1 if wrong else 0


def answer(public: Path, path: str) -> str | None:
    """The page at an address; of one that leads on, the page it leads to."""
    file = public / path.strip("/") / "index.html"
    if not file.is_file():
        return None
    html = file.read_text("utf-8")
    leads = re.search(r'<meta http-equiv="refresh" content="0; ?url=([^"]+)"', html)
    return answer(public, unquote(urlsplit(unescape(leads[1])).path)) if leads else html


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("make", "check"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--corpus", type=Path)
    given = parser.parse_args()
    if given.what == "check":
        return check(given.folder)
    Maker(given.folder).make(given.corpus, given.count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
