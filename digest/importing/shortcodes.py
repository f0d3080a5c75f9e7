"""Shortcodes of WordPress and its plug-ins → HTML, or nothing.

In: a post's text with `[name key="value"]words[/name]`. Out: the text without them, and which ones could not be said in
HTML. Layout goes and its words stay; captions, galleries, players, buttons and quotations become what they show; what
only a plug-in can draw (forms, sliders, maps) is left out. What looks like one and is none stays text: `[1]`, `[...]`,
`[sic]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape, unescape
from typing import Final, NamedTuple

MAX_NESTING: Final = 30
"""Levels of shortcodes inside each other; deeper ones go and leave their words."""
MAX_TAGS: Final = 5_000
"""Shortcodes of one text that are looked at; behind them brackets are text."""
NAME: Final = r"[A-Za-z][\w-]{0,60}"
TAG: Final = re.compile(
    rf"\[(?P<open>\[?)(?P<end>/?)(?P<name>{NAME})(?P<rest>(?:[ \t\r\n\u00a0/=][^\[\]]{{0,2000}})?)\](?P<close>\]?)"
)
ATTRIBUTE: Final = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|&quot;(.*?)&quot;|[«»“”″]([^«»“”″]*)[«»“”″]|([^\s"'\]]+))|(?:^|(?<=\s))(\S+)"""
)
CODE: Final = re.compile(
    r"<(pre|code|script|style)\b.*?</\1\s*>|<!--.*?-->|<[A-Za-z/][^<>]{0,4000}>", re.DOTALL | re.IGNORECASE
)

LAYOUT: Final = re.compile(
    r"vc_\w+|et_pb_\w+|fusion_\w+|av_\w+|cs_\w+|x_\w+|mk_\w+|su_(?:row|column|spacer|box|note|highlight|dropcap|list|"
    r"label|service|animate|expand|lightbox_content|tabs|accordion|frame|heading|divider)|(?:one|two|three|four|five)_"
    r"\w+|columns?|rows?|col|section|container|wrap(?:per)?|box|note|alert|info|warning|highlight|dropcap|intro|lead|"
    r"center|left|right|justify|align\w*|rtl|ltr|arabic|color|colour|size|font|b|i|u|h[1-6]|spoiler|toggles?|tabs?|"
    r"tabgroup|accordions?|accordion-item|panel|list|divider|separator|hr|clear|spacer|space|fullwidth|boxed|"
    r"padding|message|tie_\w+|td_\w+|tdc_\w+|jnews_\w+|elementor-\w+|private|member|restrict|hide|is_logged_in|su_spoiler"
)
"""Shortcodes that only arrange or colour: their words stay."""
TITLED: Final = re.compile(
    r"(?:su_)?(?:spoiler|tab|toggle|accordion-item|panel)|vc_(?:tta_section|tab|toggle)|et_pb_(?:toggle|tab)"
)
"""Those whose title is words of the text."""
FILMS: Final = re.compile(
    r"youtube|yt|embedyt|youtube_sc|vimeo|dailymotion|tweet|twitter|instagram|facebook|soundcloud|su_youtube|su_vimeo|"
    r"vc_video|fusion_youtube|fusion_vimeo|av_video|et_pb_video|embed|video|audio|playlist|ted|spotify|tiktok|telegram|"
    r"googlevideo|mp3|su_video|su_audio|evp_embed_video|fvplayer"
)
PLACES: Final = (
    "url",
    "src",
    "mp4",
    "webm",
    "ogv",
    "m4v",
    "mp3",
    "ogg",
    "m4a",
    "wav",
    "link",
    "href",
    "id",
    "video_id",
)
PLAYERS: Final = {
    "youtube": "https://www.youtube.com/watch?v=", "yt": "https://www.youtube.com/watch?v=",
    "vimeo": "https://vimeo.com/", "dailymotion": "https://www.dailymotion.com/video/",
    "fusion_youtube": "https://www.youtube.com/watch?v=", "fusion_vimeo": "https://vimeo.com/",
}  # fmt: skip
"""Where a film is of which only the number is given."""
BUTTONS: Final = re.compile(r"(?:su_|vc_|fusion_|et_pb_)?(?:button|btn|cta|vc_btn)")
PLAIN: Final = re.compile(r"[a-z]+")
"""Names that may be words between brackets: `[note]`, `[video]`."""
QUOTES: Final = re.compile(r"(?:su_)?(?:quote|pullquote|blockquote)|vc_pullquote|av_quote")
LEFT_OUT: Final = re.compile(
    r"contact-form(?:-7)?|wpforms|gravityforms?|ninja_forms?|formidable|mc4wp_form|newsletter\w*|rev_slider\w*|"
    r"layerslider|smartslider3|metaslider|soliloquy|ngg\w*|nggallery|slideshow|foogallery|modula|envira\w*|"
    r"table|tablepress|ad|ads|adrotate|adinserter|google_?ads\w*|the_ad\w*|quads|toc|ez-toc|maps?|googlemaps?|"
    r"osm_map\w*|wpgmza|events?\w*|eo_events|tribe_\w+|products?|woocommerce\w*|add_to_cart|poll|wp-?polls?|"
    r"totalpoll|quiz|wpdatatable|chart|visualizer|countdown|counter|social\w*|share\w*|sharethis\w*|addtoany|"
    r"related_posts|display-posts|post_?grid|latest_?posts|recent_?posts|sitemap|wp_sitemap\w*|login\w*|register\w*|"
    r"instagram-feed|custom-twitter-feeds?|do_widget|widget\w*|dynamic-sidebar|breadcrumb|sc|insert_php|php\w*|"
    r"postimages|img_assist|gview|pdf-embedder|pdfviewer|embeddoc|print_link|wppb\w*|caldera_form|fluentform"
)
"""What only a plug-in can draw."""


class Attachment(NamedTuple):
    """A file of the old site's library."""

    url: str
    caption: str = ""
    alt: str = ""
    credit: str = ""


class Library(NamedTuple):
    """The attachments that a gallery can show."""

    by_id: Callable[[str], Attachment | None]
    of_post: Callable[[], Sequence[Attachment]]
    """Those that were uploaded to the post itself."""


class Found(NamedTuple):
    """A tag in brackets."""

    start: int
    end: int
    name: str
    is_closing: bool
    is_single: bool
    """Ends with a slash."""
    rest: str


def expand(text: str, library: Library) -> tuple[str, list[str]]:
    """The text as HTML, and the shortcodes that were left out, as written (shortened)."""
    if "[" not in text:
        return text, []
    left: list[str] = []
    return "".join(pieces(text, list(tags(text)), library, left)), left


def tags(text: str) -> Iterator[Found]:
    """Every tag outside code and outside the tags of HTML; `[[escaped]]` ones are no tags."""
    masked = CODE.sub(lambda match: "\0" * len(match[0]), text)
    count = 0
    for match in TAG.finditer(text):
        if "\0" in masked[match.start() : match.start() + 2] or (match["open"] and match["close"]):
            continue
        count += 1
        if count > MAX_TAGS:
            return
        start = match.start() + len(match["open"])
        rest = match["rest"].replace("\u00a0", " ")
        is_single = rest.rstrip().endswith("/")
        yield Found(
            start, match.end() - len(match["close"]), match["name"], bool(match["end"]), is_single, rest.strip(" /\n")
        )


def pieces(text: str, found: list[Found], library: Library, left: list[str], depth: int = 0) -> Iterator[str]:
    """The text, piece by piece."""
    closings = partners(found)
    at, skipped = 0, 0
    for number, tag in enumerate(found):
        if tag.start < at or number < skipped:
            continue
        yield text[at : tag.start]
        closing = closings.get(number)
        inner_end = found[closing].start if closing is not None else tag.end
        inner = text[tag.end : inner_end]
        end = found[closing].end if closing is not None else tag.end
        if not is_shortcode(tag, text, has_partner=closing is not None):
            yield text[tag.start : tag.end]
            at = tag.end
            continue
        said, keeps = meaning(tag, inner, library, left, text)
        if closing is not None and keeps:
            within = [one._replace(start=one.start - tag.end, end=one.end - tag.end)
                      for one in found[number + 1 : closing]]  # fmt: skip
            words = inner
            if within:
                is_deep = depth >= MAX_NESTING
                words = TAG.sub("", inner) if is_deep else "".join(pieces(inner, within, library, left, depth + 1))
            said = said.replace("\0", words)
        yield said.replace("\0", "")
        at = end if closing is not None else tag.end
        skipped = closing + 1 if closing is not None else number + 1
    yield text[at:]


def partners(found: Sequence[Found]) -> dict[int, int]:
    """Index of an opening tag → that of its closing one."""
    made: dict[int, int] = {}
    opened: dict[str, list[int]] = {}
    for number, tag in enumerate(found):
        if tag.is_closing:
            if stack := opened.get(tag.name.lower()):
                made[stack.pop()] = number
        elif not tag.is_single:
            opened.setdefault(tag.name.lower(), []).append(number)
    ends = [-1]
    crossing = set()
    for number in range(len(found)):  # tags that cross each other hold nothing
        while ends[-1] != -1 and number > ends[-1]:
            ends.pop()
        closing = made.get(number)
        if closing is not None:
            if ends[-1] != -1 and closing > ends[-1]:
                crossing.add(number)
            else:
                ends.append(closing)
    return {number: closing for number, closing in made.items() if number not in crossing}


def is_shortcode(tag: Found, text: str, *, has_partner: bool) -> bool:
    """Whether brackets are a shortcode, and no words."""
    name = tag.name.lower()
    if has_partner or "=" in tag.rest or (is_known(name) and (tag.rest or tag.is_closing or not PLAIN.fullmatch(name))):
        return True
    if tag.is_closing:
        return "_" in name or "-" in name
    if tag.rest:
        return "_" in name or "http" in tag.rest
    before, after = text[: tag.start].rstrip(" \t"), text[tag.end :].lstrip(" \t")
    alone = (not before or before[-1] in "\n>") and (not after or after[0] in "\r\n<")
    return alone or "_" in name or ("-" in name and name == tag.name)


def is_known(name: str) -> bool:
    return name in {"caption", "wp_caption", "gallery"} or any(
        kind.fullmatch(name) for kind in (LAYOUT, FILMS, BUTTONS, QUOTES, LEFT_OUT)
    )


def meaning(tag: Found, inner: str, library: Library, left: list[str], text: str) -> tuple[str, bool]:  # noqa: PLR0911 - one for each kind
    """(HTML in which U+0000 stands for the words inside, whether these are wanted)."""
    name = tag.name.lower()
    if tag.is_closing:
        return "", False
    attributes = attributes_of(tag.rest)
    if name in ("caption", "wp_caption"):
        return captioned(attributes, inner), False
    if name == "gallery":
        return gallery(attributes, library), False
    if QUOTES.fullmatch(name):
        cite = attributes.get("cite") or attributes.get("author") or ""
        return f"<blockquote>\0{f'<p>{escape(cite)}</p>' if cite else ''}</blockquote>", True
    if FILMS.fullmatch(name):
        address = film(name, attributes, inner)
        if address:
            return f'<p><a href="{escape(address)}">{escape(address)}</a></p>', False
    if BUTTONS.fullmatch(name):
        address = next((attributes[key] for key in ("url", "link", "href", "button_url") if key in attributes), "")
        address = address.partition("|")[0].removeprefix("url:")
        words = "\0" if inner.strip() else escape(attributes.get("title") or attributes.get("button_text") or "")
        return f'<p><a href="{escape(address)}">{words}</a></p>' if words else "", True
    if LAYOUT.fullmatch(name):
        title = attributes.get("title") or ""
        head = f"<p><strong>{escape(title)}</strong></p>" if title and TITLED.fullmatch(name) else ""
        is_block = not re.fullmatch(r"(?:su_)?(?:highlight|dropcap|label)|color|colour|size|font|[biu]", name)
        return (f"<div>{head}\0</div>" if is_block and inner else f"{head}\0"), True
    left.append(text[tag.start : tag.end][:200])
    return "\0", not LEFT_OUT.fullmatch(name)


def attributes_of(rest: str) -> dict[str, str]:
    """`key="value"` and bare words, which are numbered."""
    found: dict[str, str] = {}
    for number, match in enumerate(ATTRIBUTE.finditer(rest)):
        if match[1]:
            found.setdefault(
                match[1].lower(), unescape(next((v for v in match.groups()[1:6] if v is not None), "")).strip()
            )
        else:
            found.setdefault(str(number), unescape(match[7]).strip("=\"'”″"))
    return found


def captioned(attributes: dict[str, str], inner: str) -> str:
    """`[caption]<img> words[/caption]` as a figure."""
    match = re.search(r"(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", inner, re.IGNORECASE)
    if match is None:
        return inner
    words = (inner[: match.start()] + inner[match.end() :]).strip() or escape(attributes.get("caption", ""))
    return f"<figure>{match[0]}<figcaption>{words}</figcaption></figure>" if words else f"<figure>{match[0]}</figure>"


def gallery(attributes: dict[str, str], library: Library) -> str:
    """`[gallery]` as its pictures in their order."""
    ids = attributes.get("ids") or attributes.get("include") or ""
    chosen = [library.by_id(one) for one in re.findall(r"\d+", ids)[:500]] if ids else list(library.of_post())
    return "".join(figure(one) for one in chosen if one)


def figure(picture: Attachment) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.alt)}">{caption}</figure>'


def film(name: str, attributes: dict[str, str], inner: str) -> str:
    """The address of what a player shows; empty where none can be told."""
    words = unescape(re.sub(r"<[^<>]*>", "", inner)).strip()
    for value in (words, *(attributes.get(key, "") for key in PLACES), *attributes.values()):
        if re.match(r"(?:https?:)?//\S+$", value):
            return value if value.startswith("http") else f"https:{value}"
    number = attributes.get("id") or attributes.get("video_id") or attributes.get("0") or words
    return PLAYERS[name] + number if name in PLAYERS and re.fullmatch(r"[\w-]{5,20}", number) else ""
