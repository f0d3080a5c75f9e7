"""A page's HTML → what its facts are read from: metadata, JSON-LD, headings, marked elements, lines of text.

In: text, of any size and however broken. Out: a `Page` of plain values. One pass over the tags, no tree, every list
bounded, nothing executed. A tag ends where a browser ends it (WHATWG HTML, tokenisation): an open quotation mark or
comment runs to the end. What stands in navigation, asides, footers and lists of other stories is marked as such.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Final

import msgspec

MOST_TAGS: Final = 120_000
MOST_METAS: Final = 3_000
MOST_ATTRIBUTES: Final = 1_000
"""Of one tag; behind them it ends at the next `>`."""
MOST_ELEMENTS: Final = 4_000
MOST_LINES: Final = 8_000
MOST_TEXT: Final = 2 << 20
"""Characters of visible text that are kept."""
LONGEST_TEXT: Final = 200_000
"""Characters between two tags."""
LONGEST_ELEMENT: Final = 3_000
LONGEST_LINE: Final = 4_000
LONGEST_VALUE: Final = 20_000
DEEPEST: Final = 400
INLINE_REACH: Final = 12
"""Open elements an inline end tag may close over."""

ARTICLE, ASIDE, LINK, FIGURE, SIDE_CLASS, HEADING = 1, 2, 4, 8, 16, 32
"""Where a piece of text stands: bits of `where`."""
OTHERS: Final = ASIDE | SIDE_CLASS
"""Any part of a page that is not the story's."""

TAG: Final = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]*)|!--|[!?/])")
ATTRIBUTE: Final = re.compile(r"[\s/]*([^\s=>/][^\s=>/]*)(?:\s*=\s*([\"']|[^\s>\"'][^\s>]*)?)?|[\s/]+")
BLANK: Final = re.compile(r"\s+")

VOID_NAMES: Final = "area base br col embed hr img input link meta param source track wbr"
VOID: Final = frozenset(VOID_NAMES.split())
RAW_NAMES: Final = "script style title textarea noscript template iframe xmp noembed noframes svg"
RAW: Final = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW_NAMES.split()}
"""Elements whose content is no markup of the page, or none that is shown."""
BLOCK_NAMES: Final = """
address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 head header hr html li main menu nav ol option p pre section select summary table tbody td tfoot th
thead tr ul
"""
BLOCKS: Final = frozenset(BLOCK_NAMES.split())
CLOSES: Final = {
    "p": ("p",), "li": ("li",), "td": ("td", "th"), "th": ("td", "th"), "tr": ("tr",), "dt": ("dt", "dd"),
    "dd": ("dt", "dd"), "option": ("option",),
}  # fmt: skip
"""Elements that a new one of these ends, where they were not ended."""
CAPTURED: Final = frozenset({"h1", "h2", "time", "figcaption", "address", "blockquote", "mark", "q"})
HINTED: Final = re.compile(
    r"author|byline|writer|write-?by|writtenby|reporter|auteur|autor|journalist|katib|kateb|editor|date|time|publish|posted|tarikh|created"
    r"|credit|caption|copyright|agency|source|headline|title"
)
"""Parts of class, id, itemprop or rel that mark an element whose text is kept."""
SIDE: Final = re.compile(
    r"(?:^|[\s_-])(?:related\w*|sidebar|side-?bar|widget\w*|comments?|recommend\w*|most-?read|most-?popular|popular\w*"
    r"|trending|latest\w*|ticker|navbar|(?<!post-)(?<!entry-)(?<!article-)(?<!node-)(?<!story-)footer"
    r"|breadcrumbs?|newsletter\w*|promo\w*|teasers?|read-?more|also-?read"
    r"|more-?(?:news|stories|from)|cookie\w*|consent\w*|popup|modal|disqus\w*|outbrain|taboola\w*|advert\w*|sponsor\w*)"
    r"(?:$|[\s_-])"
)
NOT_SIDE: Final = re.compile(r"(?:with|has|no|without|toggle|js)-(?:\w+-)*$")
WALL_MARK: Final = re.compile(
    r"_cf_chl_opt|cdn-cgi/challenge-platform/h/|captcha-delivery\.com|px-captcha|_Incapsula_Resource|/_sec/cp_challenge"
    r"|awsWafCookieDomainList|challenge-container|sucuri_cloudproxy_js|ddos-guard|g-recaptcha|h-captcha|hcaptcha\.com"
    r"|cf-turnstile|ips\.js\?"
)
WALL_SEARCHED: Final = 300_000
SIDE_TAGS: Final = frozenset({"nav", "aside", "footer"})
NEVER_SIDE: Final = frozenset(
    {"html", "body", "main", "article", "h1", "a", "time", "span", "td", "tr", "table", "tbody"}
)


class Element(msgspec.Struct, frozen=True):
    """An element whose class or tag says that it may be a fact."""

    tag: str
    hint: str
    """Its class, id, itemprop and rel, lower-case."""
    text: str
    value: str
    """Its `datetime`, `content` or `title`."""
    href: str
    where: int
    at: int
    """Number of the line it begins on."""


class Line(msgspec.Struct, frozen=True):
    """A run of text between two block boundaries."""

    text: str
    where: int
    linked: int
    """Characters of it inside links."""


class Image(msgspec.Struct, frozen=True):
    """An `<img>` of the page."""

    src: str
    alt: str
    where: int
    at: int


class Page(msgspec.Struct, frozen=True):
    """What was found, in the order of the document."""

    lang: str = ""
    base: str = ""
    title: str = ""
    metas: tuple[tuple[str, str], ...] = ()
    """(name, property, itemprop or http-equiv; content)."""
    links: tuple[tuple[str, str, str], ...] = ()
    """(rel, href, hreflang or type)."""
    json_ld: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    lines: tuple[Line, ...] = ()
    images: tuple[Image, ...] = ()
    has_password: bool = False
    is_cut: bool = False
    """Whether a bound ended the reading."""
    amp: bool = False
    has_wall_mark: bool = False
    """Whether a script of those who keep robots out is part of it."""

    def meta(self, *names: str) -> str:
        """The first filled value of the first name that has one."""
        for wanted in names:
            for name, content in self.metas:
                if name == wanted and content:
                    return content
        return ""

    def all_metas(self, *names: str) -> list[str]:
        return [content for name, content in self.metas if name in names and content]


class Open:
    """An element that has not ended."""

    __slots__ = ("captured", "chunk", "hint", "href", "line", "tag", "value", "where")

    def __init__(self, tag: str, where: int) -> None:
        self.tag = tag
        self.where = where
        """That of what surrounds it."""
        self.captured = False
        self.chunk = self.line = 0
        self.hint = self.value = self.href = ""


def read(text: str) -> Page:
    """The facts of a page's HTML."""
    return Reading(text).page()


class Reading:
    """One pass over a page."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\0", "")
        self.where = 0
        self.open: list[Open] = []
        self.counts: Counter[str] = Counter()
        self.chunks: list[str] = []
        self.line: list[str] = []
        self.linked = 0
        self.kept = 0
        self.lines: list[Line] = []
        self.elements: list[Element] = []
        self.metas: list[tuple[str, str]] = []
        self.links: list[tuple[str, str, str]] = []
        self.images: list[Image] = []
        self.json_ld: list[str] = []
        self.title = self.base = self.lang = ""
        self.has_password = self.is_cut = self.amp = False

    def page(self) -> Page:
        self.run()
        self.flush()
        while self.open:
            self.close_last()
        return Page(
            self.lang, self.base, self.title, tuple(self.metas), tuple(self.links), tuple(self.json_ld),
            tuple(sorted(self.elements, key=lambda element: element.at)), tuple(self.lines), tuple(self.images),
            self.has_password, self.is_cut, self.amp, bool(WALL_MARK.search(self.text, 0, WALL_SEARCHED)),
        )  # fmt: skip

    def run(self) -> None:
        """Every tag in order."""
        text, at = self.text, 0
        for _ in range(MOST_TAGS):
            match = TAG.search(text, at)
            if match is None:
                self.add_text(text[at:])
                return
            if match.start() > at:
                self.add_text(text[at : match.start()])
            name = match[2]
            if name is None:
                at = self.skip_markup(match)
            elif match[1]:
                at = text.find(">", match.end()) + 1 or len(text)
                self.end(name.lower())
            else:
                attributes, at = self.attributes(match.end())
                at = self.start(name.lower(), attributes, at)
            if at >= len(text):
                return
        self.is_cut = True

    def skip_markup(self, match: re.Match[str]) -> int:
        """The end of a comment, doctype or stray `<!`, `<?`, `</`."""
        end, width = (
            (self.text.find("-->", match.start() + 4), 3)
            if match[0] == "<!--"
            else (self.text.find(">", match.end()), 1)
        )
        if match[0] == "<!--" and end < 0:  # a comment nobody closed: browsers show nothing after it
            return len(self.text)
        return end + width if end >= 0 else len(self.text)

    def attributes(self, at: int) -> tuple[dict[str, str], int]:
        """A tag's attributes and where it ends; the first of a name counts."""
        text = self.text
        found: dict[str, str] = {}
        length = len(text)
        for _ in range(MOST_ATTRIBUTES):
            if at >= length:
                return found, length
            if text[at] == ">":
                return found, at + 1
            match = ATTRIBUTE.match(text, at)
            if match is None or match.end() == at:
                at += 1
                continue
            at = match.end()
            name, value = match[1], match[2]
            if name is None:
                continue
            if value in ('"', "'"):
                end = text.find(value, at)
                if end < 0:
                    return found, length
                value, at = text[at:end], end + 1
            if len(found) < 64:
                found.setdefault(name.lower(), value or "")
        return found, text.find(">", at) + 1 or length

    # ---------------------------------------------------------------- text

    def add_text(self, raw: str) -> None:
        if self.kept > MOST_TEXT:
            return
        raw = raw[:LONGEST_TEXT]
        text = html.unescape(raw) if "&" in raw else raw
        self.kept += len(text)
        self.chunks.append(text)
        self.line.append(text)
        if self.where & LINK:
            self.linked += len(text.strip())

    def flush(self) -> None:
        """End the line."""
        if self.line:
            text = BLANK.sub(" ", "".join(self.line)[: LONGEST_LINE * 2]).strip()
            if text and len(self.lines) < MOST_LINES:
                self.lines.append(Line(text[:LONGEST_LINE], self.where, self.linked))
            self.line = []
        self.linked = 0

    def block(self) -> None:
        self.flush()
        self.chunks.append("\n")

    # ---------------------------------------------------------------- elements

    def start(self, tag: str, attributes: dict[str, str], at: int) -> int:
        """An element begins; gives where reading goes on."""
        if tag in RAW:
            return self.raw(tag, attributes, at)
        if tag in BLOCKS:
            self.block()
            if tag in CLOSES and self.open and self.open[-1].tag in CLOSES[tag]:
                self.close_last()
        if tag in ("meta", "link", "base", "html", "img", "input"):
            self.note(tag, {key: html.unescape(value)[:LONGEST_VALUE] for key, value in attributes.items()})
        if tag not in VOID:
            self.push(tag, attributes)
        return at

    def raw(self, tag: str, attributes: dict[str, str], at: int) -> int:
        """An element whose content is not read as markup."""
        match = RAW[tag].search(self.text, at)
        end = match.start() if match else len(self.text)
        if tag == "title" and not self.title:
            self.title = BLANK.sub(" ", html.unescape(self.text[at : min(end, at + LONGEST_VALUE)])).strip()
        elif tag == "script" and "ld+json" in attributes.get("type", "").lower() and len(self.json_ld) < 100:
            self.json_ld.append(self.text[at:end])
        if match is None:
            return len(self.text)
        return self.text.find(">", match.end()) + 1 or len(self.text)

    def note(self, tag: str, attributes: dict[str, str]) -> None:
        """What an empty element says."""
        get = attributes.get
        if tag == "meta" and len(self.metas) < MOST_METAS:
            for kind in ("property", "name", "itemprop", "http-equiv"):
                if name := get(kind, "").strip().lower():
                    self.metas.append((name, BLANK.sub(" ", get("content", get("value", ""))).strip()))
        elif tag == "link" and len(self.links) < MOST_METAS:
            rel = get("rel", get("itemprop", "")).strip().lower()
            if rel and get("href"):
                self.links.append((rel, get("href", "").strip(), get("hreflang", get("type", ""))))
        elif tag == "base" and not self.base:
            self.base = get("href", "").strip()
        elif tag == "html":
            self.lang = self.lang or get("lang", get("xml:lang", "")).strip()
            self.amp = self.amp or "amp" in attributes or "⚡" in attributes
        elif tag == "input" and get("type", "").lower() == "password":
            self.has_password = True
        elif tag == "img" and len(self.images) < 500:
            src = next((get(key, "") for key in ("data-src", "data-original", "data-lazy-src", "src") if get(key)), "")
            self.images.append(Image(src.strip(), get("alt", ""), self.where, len(self.lines)))

    def push(self, tag: str, attributes: dict[str, str]) -> None:
        """An element is open until it ends."""
        if len(self.open) >= DEEPEST:
            return
        opened = Open(tag, self.where)
        self.open.append(opened)
        self.counts[tag] += 1
        get = attributes.get
        hint = (
            " ".join(filter(None, map(get, ("class", "id", "itemprop", "rel", "data-testid")))).lower()[:300]
            if attributes
            else ""
        )
        self.where |= self.place(tag, hint)
        if len(self.elements) < MOST_ELEMENTS and (tag in CAPTURED or (hint and HINTED.search(hint))):
            opened.captured = True
            opened.hint, opened.chunk, opened.line = hint, len(self.chunks), len(self.lines)
            opened.value = html.unescape(get("datetime") or get("content") or get("title") or "")[:300].strip()
            opened.href = html.unescape(get("href", ""))[:300]
        if tag == "h1" and self.where & SIDE_CLASS:
            # what holds the page's heading is no box of other stories, whatever its class says
            for one in self.open:
                one.where &= ~SIDE_CLASS
            self.where &= ~SIDE_CLASS

    def place(self, tag: str, hint: str) -> int:  # noqa: PLR0911 - one for each kind of place
        """Bits that an element adds to `where`."""
        if tag == "a":
            return LINK
        if tag in ("article", "main"):
            return ARTICLE
        if tag in SIDE_TAGS:
            return ASIDE
        if tag in ("figure", "figcaption"):
            return FIGURE
        if tag in ("h1", "h2", "h3"):
            return HEADING
        if "articlebody" in hint:
            return ARTICLE
        if (
            hint
            and tag not in NEVER_SIDE
            and (match := SIDE.search(hint))
            and not NOT_SIDE.search(hint[: match.start() + 1])
        ):
            return SIDE_CLASS
        return 0

    def end(self, tag: str) -> None:
        """An end tag: what is open inside ends with it."""
        if tag in BLOCKS:
            self.block()
        if not self.counts[tag]:
            return
        if tag not in BLOCKS and all(one.tag != tag for one in self.open[-INLINE_REACH:]):
            return
        while self.open:
            if self.close_last() == tag:
                return

    def close_last(self) -> str:
        """End the innermost open element; gives its name."""
        opened = self.open.pop()
        self.counts[opened.tag] -= 1
        if opened.captured and len(self.elements) < MOST_ELEMENTS:
            self.elements.append(
                Element(
                    opened.tag,
                    opened.hint,
                    self.since(opened.chunk),
                    opened.value,
                    opened.href,
                    self.where,
                    opened.line,
                )
            )
        self.where = opened.where
        return opened.tag

    def since(self, chunk: int) -> str:
        """The text since a chunk, its lines parted by line ends."""
        parts, length = [], 0
        for part in self.chunks[chunk : chunk + 400]:
            parts.append(part if part == "\n" else part.replace("\n", " "))
            length += len(part)
            if length > LONGEST_ELEMENT:
                break
        lines = (BLANK.sub(" ", line).strip() for line in "".join(parts)[:LONGEST_ELEMENT].split("\n"))
        return "\n".join(filter(None, lines))
