"""The keys of site.yaml in English and Arabic, the words and numbers they take, and the names a site keeps to itself.

One list: `digest.content.settings` reads by it, `digest.content.schema` prints it.
"""

from __future__ import annotations

from digest.content.deploy_keys import TABLES
from digest.content.fields import FLAG, LANGUAGE_PATTERN, TEXT, Key, Shape, Table, list_of
from digest.text.dates import CALENDARS, MONTHS
from digest.text.numbers import DIGITS
from digest.text.slugs import SLUGS

RESERVED = frozenset(
    {"editions", "sources", "tags", "archive", "search", "page", "pages", "assets", "media", "fragments", "404"}
)
"""First segments of the site's own pages: no theme and no standing page may take one."""

PLACEHOLDERS = ("theme", "slug", "year", "month", "day")
FRAGMENTS = ("auto", "inline", "live", "ssi", "esi")
FEED_CONTENT = ("summary", "full")
IMAGE_FORMATS = ("avif", "webp")
INDEXNOW_ENDPOINT = "https://api.indexnow.org/indexnow"
"""Hands on to every search engine that takes part."""


def number(low: int, high: int, default: int) -> Shape:
    """A whole number within a range."""
    return {"type": "integer", "minimum": low, "maximum": high, "default": default}


def one_of(words: tuple[str, ...], default: str) -> Shape:
    """One word of a few."""
    return {"enum": list(words), "default": default}


def table_shape(table: Table) -> Shape:
    """A mapping inside the file; `digest.content.schema` writes its keys out."""
    return {"type": "object", "table": table}


def either(*shapes: Shape) -> Shape:
    """A value of one shape or another."""
    return {"anyOf": list(shapes)}


THEME = Table(
    "a theme",
    (
        Key(
            "id",
            "المعرف",
            "letters, digits and hyphens: the theme's folder and first part of its URLs",
            TEXT,
            required=True,
        ),
        Key("title", "العنوان", "its name on the site", TEXT, required=True),
        Key("description", "الوصف", "a sentence about it", TEXT),
        Key("colour", "اللون", "its colour, as in '#0a6e5c'", {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}),
    ),
)
LINK = Table(
    "a link",
    (
        Key("title", "العنوان", "the words of the link", TEXT, required=True),
        Key("url", "الرابط", "a path of the site or an http(s) address", TEXT, required=True),
    ),
)
LANGUAGE_SITE = Table(
    "a language",
    (
        Key(
            "lang",
            "اللغة",
            "BCP 47 tag of a sister site",
            {"type": "string", "pattern": LANGUAGE_PATTERN},
            required=True,
        ),
        Key("url", "الرابط", "address of its home page", TEXT, required=True),
        Key("title", "العنوان", "what the link to it says; default: the language's own name", TEXT),
    ),
)
WEIGHTS = Table(
    "weights",
    (
        Key("title", "العنوان", "what a word of the headline counts for", number(0, 20, 5)),
        Key("lead", "الملخص", "what a word of the summary counts for", number(0, 20, 2)),
        Key("text", "النص", "what a word of the text counts for", number(0, 20, 1)),
        Key("tags", "الوسوم", "what a tag, and each word of it, counts for", number(0, 20, 8)),
        Key("theme", "المحور", "what the same theme counts for", number(0, 20, 0)),
    ),
)
RELATED = Table(
    "related",
    (
        Key("count", "العدد", "how many related stories an article shows", number(0, 20, 5)),
        Key("half_life", "نصف_العمر", "days in which nearness in time loses half of its part", number(1, 365, 14)),
        Key(
            "minimum",
            "الحد_الأدنى",
            "per cent of its score with itself that a story asks of others",
            number(0, 100, 13),
        ),
        Key("newer", "الأحدث", "whether stories newer than the article may stand below it", FLAG),
        Key("weights", "الأوزان", "what a word counts for in each part of an article", table_shape(WEIGHTS)),
    ),
)
FEEDS = Table(
    "feeds",
    (
        Key("count", "العدد", "entries in each feed", number(1, 200, 30)),
        Key("content", "المحتوى", "what each entry in a feed holds", one_of(FEED_CONTENT, "summary")),
        Key("hubs", "مراكز_التنبيه", "addresses of WebSub hubs that feeds can be subscribed at", list_of(TEXT)),
    ),
)
INDEXNOW = Table(
    "indexnow",
    (
        Key("key", "المفتاح", "8 to 128 letters, digits and hyphens; published as a file", TEXT, required=True),
        Key("endpoint", "نقطة_الوصول", "who is told", {"type": "string", "default": INDEXNOW_ENDPOINT}),
    ),
)
BLOCKS = Table(
    "blocks",
    (
        Key("latest", "آخر_الأخبار", "links in the block of latest news", number(0, 30, 8)),
        Key("theme", "المحور", "links in a theme's block beside an article", number(0, 30, 4)),
        Key("most_read", "الأكثر_قراءة", "links in the block of most read stories", number(0, 30, 6)),
        Key("home_theme", "محور_الرئيسية", "stories of each theme on the home page", number(1, 30, 5)),
    ),
)
IMAGES = Table(
    "images",
    (
        Key("widths", "المقاسات", "widths in pixels that each picture is made in", list_of(number(100, 4000, 800))),
        Key("formats", "الصيغ", "modern formats beside JPEG and PNG", list_of(one_of(IMAGE_FORMATS, "webp"))),
        Key("quality", "الجودة", "quality of the made pictures", number(30, 95, 70)),
    ),
)

EDITORS = {
    "vscode": "vscode://file/{path}:{line}:{column}",
    "vscodium": "vscodium://file/{path}:{line}:{column}",
    "cursor": "cursor://file/{path}:{line}:{column}",
    "windsurf": "windsurf://file/{path}:{line}:{column}",
    "zed": "zed://file/{path}:{line}:{column}",
    "sublime": "subl://open?url=file:///{path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file:///{path}&line={line}&column={column}",
    "idea": "idea://open?file=/{path}&line={line}&column={column}",
    "pycharm": "pycharm://open?file=/{path}&line={line}&column={column}",
    "macvim": "mvim://open?url=file:///{path}&line={line}&column={column}",
    "none": "",
}
"""Editor → the address that opens a file in it; `path` without its first slash."""
PREVIEW = Table(
    "preview",
    (
        Key("editor", "المحرر", "which editor links of the preview open: a name, or an address with {path}",
            {"type": "string", "default": "vscode"}),
    ),
)  # fmt: skip

places = [table_shape(table) for table in TABLES.values()]
ANYTHING: Shape = {"type": ["object", "array", "boolean"]}
KEYS = Table(
    "site.yaml",
    (
        Key("title", "العنوان", "the site's name", TEXT, required=True),
        Key("description", "الوصف", "a sentence about the site, for search engines and feeds", TEXT),
        Key("base_url", "رابط_الموقع", "where the site will stand, as in https://example.org/", TEXT, required=True),
        Key("lang", "اللغة", "BCP 47 tag; direction, digits and months follow it",
            {"type": "string", "pattern": LANGUAGE_PATTERN, "default": "ar"}),
        Key("languages", "اللغات", "sister sites in other languages", list_of(table_shape(LANGUAGE_SITE))),
        Key("timezone", "المنطقة_الزمنية", "IANA name, as in Africa/Tunis", {"type": "string", "default": "UTC"}),
        Key("themes", "المحاور", "the site's themes in their order", list_of(table_shape(THEME)), required=True),
        Key("permalink", "الرابط_الدائم", "an entry's URL, made of {theme} {slug} {year} {month} {day}",
            {"type": "string", "default": "/{theme}/{slug}/"}),
        Key("slugs", "حروف_الروابط", "letters of addresses made of titles and names", one_of(SLUGS, "arabic")),
        Key("digits", "الأرقام", "digits of dates and counts", one_of(DIGITS, "auto")),
        Key("months", "الشهور", "family of month names", one_of(MONTHS, "auto")),
        Key("calendars", "التقاويم", "calendars of dates, the first one first",
            {**list_of(one_of(CALENDARS, "gregorian")), "minItems": 1, "maxItems": 2, "uniqueItems": True}),
        Key("weekday", "اليوم", "true: dates name the day of the week", FLAG),
        Key("relative_dates", "تواريخ_نسبية", "true: for a day, dates of lists say how long ago they were", FLAG),
        Key("hijri_offset", "تعديل_الهجري", "days by which the sighted Hijri month differs", number(-2, 2, 0)),
        Key("fragments", "الأجزاء", "how pages carry the blocks they share", one_of(FRAGMENTS, "auto")),
        Key("related", "ذات_صلة", "related stories; false for none", either(table_shape(RELATED), {"const": False})),
        Key("feeds", "الخلاصات", "Atom and JSON feeds", table_shape(FEEDS)),
        Key("blocks", "الكتل", "how long the blocks of links are", table_shape(BLOCKS)),
        Key("images", "الصور", "what pictures are made into", table_shape(IMAGES)),
        Key("per_page", "أخبار_الصفحة", "entries on one page of a list", number(5, 200, 20)),
        Key("reading_speed", "سرعة_القراءة", "words a reader reads in a minute", number(60, 600, 180)),
        Key("popular", "المقروء", "file with the counts behind most read; false for none",
            either(TEXT, {"const": False})),
        Key("menu", "القائمة", "links after the themes", list_of(table_shape(LINK))),
        Key("footer", "التذييل", "text at the foot of every page, Markdown", TEXT),
        Key("footer_links", "روابط_التذييل", "links at the foot of every page", list_of(table_shape(LINK))),
        Key("image", "الصورة", "sharing picture of the site, a path from the site's folder", TEXT),
        Key("publisher", "الناشر", "who publishes the site; default: its title", TEXT),
        Key("preview", "المعاينة", "the local preview, digest serve", table_shape(PREVIEW)),
        Key("search", "البحث", "false: no search page, no box, no index", FLAG),
        Key("inbox", "الوارد", "feeds to choose stories from", ANYTHING),
        Key("deploy", "النشر", "where the site is put", either(*places, list_of(either(*places)))),
        Key("indexnow", "إندكس_ناو", "tells search engines what changed", table_shape(INDEXNOW)),
    ),
)  # fmt: skip
"""Every key of site.yaml in English and Arabic."""
