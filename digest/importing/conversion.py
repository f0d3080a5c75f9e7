"""HTML of another system → the Markdown of an entry, with nothing lost that a reader saw.

In: HTML of any kind, broken, pasted from Word, made by page builders. Out: `Converted`. The HTML is parsed as browsers
do and cleaned by nh3, markdownify writes the Markdown; the rules of this module say what becomes a paragraph, a
caption, a quotation, a table, a link. What comes out is rendered as a build renders it and compared with the text that
went in: where they differ, it is written again with less markup, last of all as plain paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any, Final, NamedTuple
from unicodedata import normalize

import msgspec
import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from digest.content import markdown, urls
from digest.model import PICTURE_CLOSE, PICTURE_OPEN, Direction
from digest.text import cleaning
from digest.text.spacing import spaced

MAX_HTML: Final = 4 << 20
MAX_MARKUP: Final = 8_000
"""Signs `<` in one text; the longest live blogs have some five thousand."""
LONG_BLANKS: Final = re.compile("[ \t\u00a0]{200,}|(?:&nbsp;){50,}")
LONG_BREAKS: Final = re.compile("\n{20,}")
ANY_TAG: Final = re.compile(r"<[^<>]*>")
SCRIPT: Final = re.compile(r"<(?:script|style)\b[^<>]*>[^<]*</", re.IGNORECASE)
MAX_DEPTH: Final = 100
"""Levels of elements that are written with their markup; page builders have some thirty."""
BREAK: Final = "\ue000"
"""A line break while a text is written; cleaning takes private characters out of what comes in."""
DROPPED: Final = frozenset(
    {"script", "style", "form", "select", "textarea", "svg", "math", "noscript", "template", "xml", "head", "title"}
)
"""Elements that go with their content."""
EMBEDS: Final = frozenset({"iframe", "video", "audio", "embed", "object"})
BLOCKS_WORDS: Final = """
address article aside blockquote center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6
header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption
"""
BLOCKS: Final = frozenset(BLOCKS_WORDS.split())
CONTAINERS_WORDS: Final = """
[document] address article aside blockquote center dd details div fieldset figure footer header main nav section
"""
CONTAINERS: Final = frozenset(CONTAINERS_WORDS.split())
"""Elements whose loose words are paragraphs."""
INLINE_WORDS: Final = """
a abbr b bdi bdo big br cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup time
tt u var source track param
"""
INLINE: Final = frozenset(INLINE_WORDS.split())
TAGS: Final = BLOCKS | INLINE | EMBEDS
ATTRIBUTES: Final = {
    "*": {"class"},
    "a": {"href"},
    "img": {"src", "alt", "title", "srcset", "data-src", "data-lazy-src", "data-original", "width", "height"},
    "iframe": {"src", "data-src", "title"},
    "video": {"src", "poster"}, "audio": {"src"}, "source": {"src"}, "embed": {"src"}, "object": {"data"},
    "ol": {"start"}, "td": {"colspan"}, "th": {"colspan"},
}  # fmt: skip
SAME: Final = {"b": "strong", "i": "em", "s": "del", "strike": "del"}
MARKS: Final = {"strong": "**", "em": "*", "del": "~~"}
SPECIAL: Final = re.compile(r"([\\`*_\[\]<{|]|~(?=~)|(?<=~)~|&(?=[#A-Za-z])|%(?=%)|(?<=%)%)")
LINE_MARK: Final = re.compile(
    r"^([ \t]*)(?:(#|[-+=>]|:{3}|/{4})|([0-9٠-٩۰-۹]{1,9}) ?([.)\-–ـ])(?=\D|\Z))", re.MULTILINE
)
BLANK: Final = re.compile("[ \t\r\n\f\v]+")
NO_BREAK_RUN: Final = re.compile(
    "[ \u00a0\u202f\u2007]*[\u00a0\u202f\u2007][ \u00a0\u202f\u2007]+|[ ]+[\u00a0\u202f\u2007]"
)
NO_BREAK: Final = re.compile("(?<![«0-9])[\u00a0\u202f\u2007](?![:;!?»%€0-9])")
BREAKS: Final = re.compile(rf"\s*{BREAK}\s*(?:{BREAK}\s*)+")
PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n\s*")
ARABIC: Final = re.compile("[\u0620-\u06ff]")
WORD: Final = re.compile(r"[^\W_]")
BARE_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
LEFT_OUT: Final = re.compile(r"<(script|form|svg|math|object|embed)\b", re.IGNORECASE)
MARKUP: Final = re.compile(rf"<[^<>]*>|{PICTURE_OPEN}[0-9]+{PICTURE_CLOSE}")
SHORTENED: Final = re.compile(r'<a href="([^"]*)"[^<>]*><bdi dir="ltr">([^<]*)</bdi></a>')
"""A link that shows its own address, of which pages show less."""
SIGNS: Final = re.compile("[\\s\u00a0\u200b-\u200f\u2060\ufeff\u00ad•◦‣⁃▪▫●○■□►▶➢➤✓✔❖∙·\\-–—]+")
"""What two texts may differ in: blanks, what nobody sees, signs of lists."""


class Note(NamedTuple):
    """Something that did not come along as it was: a code of the report, and what it is about."""

    code: str
    detail: str = ""


class Converted(msgspec.Struct, frozen=True):
    """A text, ready for an entry."""

    markdown: str
    notes: tuple[Note, ...] = ()
    is_exact: bool = True
    """Whether a reader sees the same words as before."""


class Surroundings(NamedTuple):
    """What a text needs to know of the old site and the new one."""

    link: Callable[[str], str]
    """An address as written → the address to write, empty for none."""
    picture: Callable[[str], str]
    """A picture's address as written → its file as entries name it, empty where there is none."""
    direction: Direction = "rtl"
    base_url: str = ""
    lang: str = ""


def convert(html: str, around: Surroundings, *, is_classic: bool = False, as_plain: bool = False) -> Converted:
    """The Markdown of an HTML text. `is_classic`: empty lines part paragraphs, line ends are line breaks. `as_plain`:
    its words alone.
    """
    notes: list[Note] = [Note("left-element", name) for name in sorted({n.lower() for n in LEFT_OUT.findall(html)})]
    if len(html) > MAX_HTML:
        html = html[:MAX_HTML]
        notes.append(Note("too-long"))
    html = LONG_BLANKS.sub(" ", LONG_BREAKS.sub("\n\n", html))
    if html.count("<") > MAX_MARKUP:
        return Converted(bare_words(html), (*notes, Note("plain-text", "too much markup")), is_exact=False)
    soup = BeautifulSoup(cleaned(html, is_classic=is_classic), "html.parser")
    if is_too_deep(soup):
        return as_paragraphs(soup, [*notes, Note("too-deep")])
    simplified(soup, around, notes, is_classic=is_classic)
    if as_plain:
        return as_paragraphs(soup, notes)
    wanted = shown(soup)
    for without, code in (((), ""), (("strong", "em", "del"), "no-emphasis"), ((*MARKS, "a", "ul", "ol"), "no-markup")):
        for name in without:
            for tag in soup.find_all(name):
                loosened(tag)
        writer = Writer(around)
        made = cleaning.clean_body(tidy(writer.convert_soup(soup)))
        if is_same(made, wanted, around):
            kept = [*notes, *writer.notes, *([Note(code)] if code else [])]
            return Converted(made, tuple(dict.fromkeys(kept)))
    return as_paragraphs(soup, notes)


def bare_words(html: str) -> str:
    """The words of a text with more markup than any story has, without a look at what it means."""
    text = unescape(ANY_TAG.sub("\n\n", SCRIPT.sub("", html)))
    lines = (cleaning.clean(line) for line in text.split("\n"))
    return "\n\n".join(at_line_start(SPECIAL.sub(r"\\\1", line)) for line in lines if line)


def loosened(tag: Tag) -> None:
    """An element as its content; the items of a list are paragraphs."""
    if tag.name in ("ul", "ol"):
        for item in tag.find_all("li", recursive=False):
            item.name = "p" if not item.find(BLOCKS) else "div"
    tag.unwrap()


def as_paragraphs(soup: BeautifulSoup, notes: Iterable[Note]) -> Converted:
    """Its words alone, a paragraph for each block."""
    lines: list[str] = []
    line = ""
    for node in soup.descendants:
        if isinstance(node, Tag):
            if node.name in BLOCKS or node.name == "br":
                lines.append(line)
                line = ""
        elif type(node) is NavigableString:
            line += BLANK.sub(" ", str(node))
    paragraphs = [at_line_start(SPECIAL.sub(r"\\\1", text)) for one in (*lines, line) if (text := cleaning.clean(one))]
    return Converted("\n\n".join(paragraphs), (*notes, Note("plain-text")), is_exact=False)


# ------------------------------------------------------------------ what is compared


def is_same(text: str, wanted: str, around: Surroundings) -> bool:
    """Whether a build of a text shows the words that it is made of."""
    source = spaced(cleaning.clean_body(text), around.lang)
    rendered = markdown.render(source, base=around.direction, base_path="/", base_url=around.base_url)
    if any(fault.level == "error" for fault in rendered.faults):
        return False
    words = unescape(MARKUP.sub("", SHORTENED.sub(whole_address, rendered.html)))
    return compared(words) == compared(wanted)


def whole_address(link: re.Match[str]) -> str:
    """What a link shows; where pages show less of its address, all of it."""
    address, words = unescape(link[1]), unescape(link[2])
    is_long = len(address) > markdown.LONG_ADDRESS and words == urls.host(address)
    return address if is_long or "…" in words or words.startswith("http") else words


def compared(text: str) -> str:
    return SIGNS.sub("", normalize("NFC", cleaning.clean_body(text)))


def shown(soup: BeautifulSoup) -> str:
    """The words of a simplified text, without those that describe pictures."""
    words = []
    for node in soup.descendants:
        if type(node) is NavigableString:
            parent = node.parent
            is_address = parent is not None and parent.name == "a" and BARE_ADDRESS.fullmatch(node.strip())
            words.append(attribute(parent, "href") if parent is not None and is_address else str(node))
    return "\n".join(words)


# ------------------------------------------------------------------ the tree


def cleaned(html: str, *, is_classic: bool) -> str:
    """HTML as a browser reads it, written well-formed, without anything that is never words."""
    if is_classic:
        html = html.replace("\r\n", "\n").replace("\r", "\n")
    return nh3.clean(
        html.replace(BREAK, ""), tags=set(TAGS), clean_content_tags=set(DROPPED), attributes=ATTRIBUTES,
        link_rel=None, url_schemes={"http", "https", "mailto", "tel"}, strip_comments=True,
    )  # fmt: skip


def is_too_deep(soup: BeautifulSoup) -> bool:
    """Whether elements are nested deeper than can be written; counted without descending."""
    depths = {id(soup): 0}
    for node in soup.descendants:
        if isinstance(node, Tag):
            depths[id(node)] = depths[id(node.parent)] + 1
    return max(depths.values()) > MAX_DEPTH


def simplified(soup: BeautifulSoup, around: Surroundings, notes: list[Note], *, is_classic: bool) -> None:
    """Leave only what Markdown can say: wrappers go, captions move to their pictures, loose words become paragraphs."""
    for tag in soup.find_all(["img", *EMBEDS]):
        if tag.name == "img":
            one_image(tag)
        elif not tag.decomposed:
            embedded(tag, soup)
    for tag in soup.find_all(["font", "span", "bdi", "bdo", "abbr", "big", "small", "u", "ins", "time", "fieldset"]):
        tag.unwrap()
    captions(soup)
    tables(soup)
    for tag in soup.find_all("pre"):
        if "verse" in classes(tag) or ARABIC.search(tag.get_text()):
            verses(tag, soup)
    soup.smooth()
    if is_classic:
        line_ends(soup)
    emphasis(soup)
    for container in [soup, *soup.find_all(CONTAINERS)]:
        paragraphed(container, soup, is_classic=is_classic)
    linked(soup)
    resolved(soup, around, notes)


def classes(tag: Tag) -> str:
    """The classes of an element, as one text."""
    found = tag.get("class") or ()
    return found if isinstance(found, str) else " ".join(found)


def attribute(tag: Tag, *names: str) -> str:
    """The first attribute of these that says something."""
    return next((str(found).strip() for name in names if (found := tag.get(name))), "")


def one_image(tag: Tag) -> None:
    """A picture that is a letter becomes one; one that loads late gets its address; one that counts readers goes."""
    if re.search(r"\b(?:emoji|wp-smiley)\b", classes(tag)) or "s.w.org/images/core/emoji" in attribute(tag, "src"):
        tag.replace_with(attribute(tag, "alt"))
        return
    src = attribute(tag, "data-lazy-src", "data-src", "data-original", "src")
    if not src and (candidates := attribute(tag, "srcset")):
        src = candidates.split(",")[-1].strip().partition(" ")[0]
    if attribute(tag, "width") in {"0", "1"} and attribute(tag, "height") in {"0", "1"}:
        src = ""
    if src:
        tag["src"] = src
    else:
        tag.decompose()


def embedded(tag: Tag, soup: BeautifulSoup) -> None:
    """A player or a frame as a link to what it shows."""
    src = attribute(tag, "src", "data-src", "data")
    inner = tag.find("source")
    if not src and isinstance(inner, Tag):
        src = attribute(inner, "src")
    link = soup.new_tag("a", href=watchable(src))
    link.string = watchable(src)
    if not src:
        tag.decompose()
    elif tag.find_parent("a") or tag.find_parent("p"):
        tag.replace_with(link)
    else:
        paragraph = soup.new_tag("p")
        paragraph.append(link)
        tag.replace_with(paragraph)


def watchable(src: str) -> str:
    """The page of a film for the address of its player."""
    src = f"https:{src}" if src.startswith("//") else src
    film = re.match(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{6,20})", src)
    if film:
        return f"https://www.youtube.com/watch?v={film[1]}"
    film = re.match(r"https?://player\.vimeo\.com/video/([0-9]+)", src)
    return f"https://vimeo.com/{film[1]}" if film else src


def captions(soup: BeautifulSoup) -> None:
    """Words below one picture become its caption, others a paragraph."""
    for tag in soup.find_all(class_="wp-caption-text"):
        tag.name = "figcaption"
    for tag in soup.find_all("figcaption"):
        around = tag.parent
        pictures = around.find_all("img") if around else []
        if around is not None and len(pictures) == 1 and around.name != "[document]":
            pictures[0]["data-caption"] = cleaning.clean(tag.get_text(" "))
            tag.decompose()
        else:
            tag.name = "p"
    for tag in soup.find_all("caption"):
        table = tag.find_parent("table")
        tag.name = "p"
        if table is not None:
            table.insert_before(tag.extract())
    for tag in soup.find_all("summary"):
        tag.name = "p"
        inner = soup.new_tag("strong")
        for child in list(tag.children):
            inner.append(child.extract())
        tag.append(inner)
    for tag in soup.find_all(["dt", "dd", "dl"]):
        tag.name = "div"


def linked(soup: BeautifulSoup) -> None:
    """Addresses that stand alone, of which WordPress makes players, as links."""
    for tag in soup.find_all("p"):
        text = tag.get_text().strip()
        if BARE_ADDRESS.fullmatch(text) and not tag.find("a"):
            anchor = soup.new_tag("a", href=text)
            anchor.string = text
            tag.clear()
            tag.append(anchor)


def tables(soup: BeautifulSoup) -> None:
    """Tables that only place things as what they hold."""
    for tag in soup.find_all("table"):
        if not tag.decomposed and is_layout(tag):
            for part in [*tag.find_all(["thead", "tbody", "tfoot"]), *tag.find_all(["tr", "td", "th"])]:
                part.name = "div"
            tag.name = "div"


def is_layout(table: Tag) -> bool:
    """Whether a table only places things: it holds tables, pictures or paragraphs, or has one column."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    widest = max((len(row.find_all(["td", "th"], recursive=False)) for row in rows), default=0)
    if widest < 2 or table.find(["table", "img", "figure", "blockquote", "pre", "ul", "ol", "hr"]):
        return True
    return any(len(cell.find_all(["p", "div"])) > 3 for cell in table.find_all(["td", "th"]))


def verses(tag: Tag, soup: BeautifulSoup) -> None:
    """Preformatted words as a paragraph with its lines."""
    tag.name = "p"
    for node in list(tag.find_all(string=True)):
        pieces = str(node).split("\n")
        for at, piece in enumerate(pieces):
            if at:
                node.insert_before(soup.new_tag("br"))
            node.insert_before(piece)
        node.extract()


def line_ends(soup: BeautifulSoup) -> None:
    """The line ends of a classic text as the breaks that WordPress makes of them; an empty line stays one."""
    for node in list(soup.find_all(string=True)):
        text = str(node)
        parent = node.parent
        if "\n" not in text or parent is None or parent.find_parent("pre") or parent.name in NOT_WORDS:
            continue
        if is_edge(node.previous_sibling) or (parent.name in BLOCKS and node.previous_sibling is None):
            text = text.lstrip()
        if is_edge(node.next_sibling) or (parent.name in BLOCKS and node.next_sibling is None):
            text = text.rstrip()
        after_break = isinstance(node.previous_sibling, Tag) and node.previous_sibling.name == "br"
        if after_break and not text[:2].isspace():
            text = text.lstrip("\n")
        node.replace_with(re.sub(r"[ \t]*\n[ \t]*(?!\s)", BREAK, re.sub(r"\n[ \t]*\n\s*", "\n\n", text)
                                 .replace("\n\n", BREAK + BREAK)))  # fmt: skip


NOT_WORDS: Final = frozenset({"ul", "ol", "table", "tbody", "thead", "tfoot", "tr", "pre", "code", "dl"})


def is_edge(node: object) -> bool:
    """Whether a neighbour is a block, so that a line end beside it means nothing."""
    return isinstance(node, Tag) and (node.name in BLOCKS or node.name in EMBEDS)


def emphasis(soup: BeautifulSoup) -> None:
    """One name for each kind; none inside itself, none empty, and two that touch are one."""
    for tag in soup.find_all(list(SAME)):
        tag.name = SAME[tag.name]
    for tag in soup.find_all(list(MARKS)):
        if tag.find_parent(tag.name) or not WORD.search(tag.get_text()) or tag.find(BLOCKS):
            tag.unwrap()
    for tag in soup.find_all(list(MARKS)):
        after = tag.next_sibling
        while isinstance(after, Tag) and after.name == tag.name:
            for child in list(after.children):
                tag.append(child.extract())
            after.extract()
            after = tag.next_sibling
    soup.smooth()


def paragraphed(container: Tag, soup: BeautifulSoup, *, is_classic: bool) -> None:
    """Put the loose words of a container into paragraphs."""
    run: list[Any] = []

    def close() -> None:
        if any(isinstance(one, Tag) or str(one).strip() for one in run):
            paragraph = soup.new_tag("p")
            run[0].insert_before(paragraph)
            for one in run:
                paragraph.append(one.extract())
        run.clear()

    has_blocks = any(isinstance(one, Tag) and one.name in BLOCKS for one in container.children)
    if not has_blocks and container.name == "figure" and not is_classic:
        return
    for child in list(container.children):
        if isinstance(child, Tag) and (child.name in BLOCKS or child.find(BLOCKS)):
            close()
        else:
            run.append(child)
    close()


def resolved(soup: BeautifulSoup, around: Surroundings, notes: list[Note]) -> None:
    """Links and pictures of the old site as those of the new one."""
    for tag in soup.find_all("a"):
        href = attribute(tag, "href")
        found = around.link(href) if href else ""
        is_picture = tag.find("img") is not None
        if found and not is_picture:
            tag["href"] = found
            continue
        if href and not is_picture and not href.startswith("#"):
            notes.append(Note("dead-link", href))
        tag.unwrap()
    for tag in soup.find_all("img"):
        src = attribute(tag, "src")
        file = around.picture(src)
        if file:
            tag["src"] = file
            if not attribute(tag, "alt"):
                notes.append(Note("no-alt", file))
        else:
            notes.append(Note("no-picture", src))


# ------------------------------------------------------------------ the Markdown


class Writer(MarkdownConverter):
    """A simplified tree as Markdown of the dialect that entries are written in."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(heading_style="atx", bullets="-", strip_document=None)
        self.around = around
        self.notes: list[Note] = []

    def escape(self, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - its signature
        return SPECIAL.sub(r"\\\1", single_blanks(text))

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return BREAK

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return f"\n\n{paragraph(text)}\n\n" if text.strip() else ""

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return f"\n\n{text.strip()}\n\n" if text.strip() else ""

    convert_article = convert_section = convert_figure = convert_center = convert_aside = convert_header = convert_div
    convert_footer = convert_main = convert_nav = convert_details = convert_address = convert_div

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text if parent_tags & {"h1", "h2", "h3", "h4", "h5", "h6"} else marked(MARKS[el.name], text)

    convert_em = convert_del = convert_strong

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        href = attribute(el, "href")
        if not href or not text.strip() or parent_tags & {"pre", "code", "a"}:
            return text
        words = BLANK.sub(" ", text.replace(BREAK, " "))
        lead, core, rest = edges(words)
        if BARE_ADDRESS.fullmatch(el.get_text().strip()) and urls.is_external(href):
            return f"{lead}<{href}>{rest}"
        return f"{lead}[{core}]({as_target(href)}){rest}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        src = attribute(el, "src")
        caption = attribute(el, "data-caption")
        if not self.around.picture(src) and not src.startswith("uploads/"):
            about = " | ".join(filter(None, (src, attribute(el, "alt"), caption)))
            return f"\n\n<!-- {in_comment(about)} -->\n\n" if "_inline" not in parent_tags else ""
        alt = SPECIAL.sub(r"\\\1", cleaning.clean(attribute(el, "alt"))) or "?"
        title = f' "{as_title(caption)}"' if caption else ""
        made = f"![{alt}]({as_target(src)}{title})"
        return made if "_inline" in parent_tags else f"\n\n{made}\n\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        if "pre" in parent_tags or not text.strip():
            return text
        fence = "`" * (longest_run(text) + 1)
        blank = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{fence}{blank}{BLANK.sub(' ', text).strip()}{blank}{fence}"

    convert_kbd = convert_samp = convert_tt = convert_code

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        code = el.get_text().strip("\n")
        if not code.strip():
            return ""
        fence = "`" * max(3, longest_run(code) + 1)
        return f"\n\n{fence}\n{code}\n{fence}\n\n"

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return text

    convert_cite = convert_sub = convert_sup = convert_mark = convert_var = convert_dfn = convert_q

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if not el.find(["p", "div", "ul", "ol", "blockquote", "pre", "table"]):
            text = paragraph(text)
        found: str = super().convert_li(el, text, parent_tags)  # type: ignore[misc]
        return found

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return "\n\n---\n\n"

    def _convert_hn(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        words = BLANK.sub(" ", text.replace(BREAK, " ")).strip()
        return f"\n\n{'#' * min(max(n, 1), 6)} {words.replace('#', chr(92) + '#')}\n\n" if words else ""

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        rows = [self.cells(row, parent_tags) for row in el.find_all("tr")]
        rows = [row for row in rows if any(row)]
        if not rows:
            return ""
        width = max(map(len, rows))
        lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        return "\n\n" + "\n".join([lines[0], "|" + "---|" * width, *lines[1:]]) + "\n\n"

    def cells(self, row: Tag, parent_tags: set[str]) -> list[str]:
        found = []
        for cell in row.find_all(["td", "th"], recursive=False):
            inner = "".join(
                self.process_element(one, parent_tags={*parent_tags, "td", "_inline"})  # type: ignore[attr-defined]
                for one in cell.children
            )
            text = BREAKS.sub(BREAK, PARAGRAPHS.sub(BREAK, inner.strip())).strip(BREAK + " \n")
            found.append(BLANK.sub(" ", text).replace(BREAK, "<br>"))
            span = attribute(cell, "colspan")
            found += [""] * (min(int(span), 20) - 1 if span.isascii() and span.isdigit() and int(span) else 0)
        return found

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return text

    convert_td = convert_th = convert_tr


def single_blanks(text: str) -> str:
    """No-break blanks that only keep a distance as plain ones."""
    if "\u00a0" in text or "\u202f" in text or "\u2007" in text:
        text = NO_BREAK.sub(" ", NO_BREAK_RUN.sub(" ", text))
    return text


def edges(text: str) -> tuple[str, str, str]:
    """A text parted from the blanks and breaks round it."""
    core = text.strip(f" \n\u00a0{BREAK}")
    lead, _, rest = text.partition(core)
    return lead, core, rest


def marked(sign: str, text: str) -> str:
    """A text between two signs that touch its words, paragraph by paragraph."""
    if BREAKS.search(text) or "\n\n" in text:
        pieces = re.split(rf"({BREAKS.pattern}|\n\s*\n\s*)", text)
        return "".join(piece if at % 2 else marked(sign, piece) for at, piece in enumerate(pieces))
    lead, core, rest = edges(text)
    return f"{lead}{sign}{core}{sign}{rest}" if WORD.search(core) else text


def paragraph(text: str) -> str:
    """Words with their marks as paragraphs: line breaks at their places, nothing that begins a line by chance."""
    made = []
    for piece in PARAGRAPHS.split(BREAKS.sub("\n\n", text)):
        lines = [BLANK.sub(" ", line).strip() for line in piece.strip(BREAK + " \n").split(BREAK)]
        if block := "\\\n".join(at_line_start(line) for line in lines if line):
            made.append(block)
    return "\n\n".join(made)


def at_line_start(text: str) -> str:
    return LINE_MARK.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else escaped_number(m), text)


def escaped_number(match: re.Match[str]) -> str:
    """A number that would begin a list, with a backslash where Markdown takes one."""
    sign = match[4]
    between = match[0][len(match[1]) + len(match[3]) : -len(sign)]
    return f"{match[1]}{match[3]}{between}" + (f"\\{sign}" if sign.isascii() else sign)


def as_target(address: str) -> str:
    """An address as a link's target."""
    return f"<{address}>" if re.search(r"[()\s]", address) else address


def as_title(text: str) -> str:
    return re.sub(r'([\\"`*_\[\]<&])', r"\\\1", cleaning.clean(text))


def in_comment(text: str) -> str:
    """A text that cannot end the comment it stands in."""
    return cleaning.clean(text).replace("--", "%2D%2D").replace(">", "%3E").replace("<", "%3C")[:500]


def longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def tidy(text: str) -> str:
    """One empty line between blocks, none at the ends."""
    return "\n".join(
        line.rstrip() for line in re.sub(r"\n{3,}", "\n\n", text).replace(BREAK, "\\\n").split("\n")
    ).strip("\n")
