"""Untrusted Markdown → safe HTML, with what the rest of the product must know of it.

Comes in: the cleaned text of a body (`digest.text.cleaning.clean_body`), the site's direction and base path. Goes
out: `Rendered`. The dialect is CommonMark with tables and strikethrough; raw HTML is text, quotes stay as typed.
Refused, as `Fault` values: addresses the gate refuses, links that depend on where a page lies, pictures on other hosts,
and sources that only an attacker writes (see the limits below). Nothing is raised for what an author writes.

There are two ways through, which give the same bytes (tests prove it): plain paragraphs, as nearly all news bodies
are, take a short one; everything else goes through markdown-it-py and then nh3 as a second wall.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional
from urllib.parse import quote, unquote

import msgspec
from markupsafe import escape

from digest.content import comments, dialect, pasted_addresses, urls
from digest.model import PICTURE_CLOSE, PICTURE_OPEN, Direction, picture_mark
from digest.problems import N_, Level, Message, did_you_mean, excerpt, mistake
from digest.text import bidi, languages, words
from digest.text.slugs import slugify
from digest.text.spacing import parted

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.parser_inline import RuleFuncInlineType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from nh3 import Cleaner


MAX_SOURCE = 1 << 20
"""Characters of one body of plain paragraphs."""
MAX_MARKED = 1 << 17
"""Characters of one body with Markdown in it (some 20,000 words): dense markup costs the parser up to 13 µs each."""
MAX_BRACKETS = 2_000
"""`[` in one body with Markdown in it: each may become a link as long as the gate allows."""
MAX_BRACKET_WORK = 20_000_000
"""`[` in a paragraph times its characters: each may make the parser read on to the paragraph's end."""
MAX_QUOTES = 10
"""`>` at the start of one line, list markers between them or not; the parser reads every line below once for each."""
MAX_NESTING = 20
"""Levels of quotes and lists; an item is two of them. Deeper text would be lost in silence, so it is a fault."""
LEAD_PARAGRAPHS = 3
TEMPLATE_NAMES = re.compile(
    r"main|tags|sources|translations|most-read|in-issue|(?:front|edition)-title|search-(?:box|q|ways)|(?:theme|story)-[\d-]+"
)
"""Names that templates give to elements (`id`), which no heading of a text takes."""
LONG_ADDRESS = 60
"""Longest address shown as the text of a link; of a longer one only the host is shown."""


class BodyImage(msgspec.Struct, frozen=True, gc=False):
    """A picture as a body names it."""

    src: str
    """As written, percent-encoding undone; not yet looked for on disk."""
    alt: str
    title: str
    """The caption, plain text."""
    line: int


class Fault(msgspec.Struct, frozen=True, gc=False):
    """What is wrong in a body: 0-based line within it, what, and what to do."""

    line: int
    message: Message
    cure: Message
    level: Level = "error"


class Rendered(msgspec.Struct, frozen=True, gc=False):
    """A body, ready. Lines are 0-based within the source."""

    html: str
    """Sanitised; picture `i` stands as `picture_mark(i)`, bare on a line where its paragraph held nothing else."""
    images: tuple[BodyImage, ...] = ()
    links: tuple[tuple[str, int], ...] = ()
    """Unencoded paths on this site, without base path, query and fragment, and their lines."""
    paragraphs: tuple[str, ...] = ()
    """Plain text of the first top-level paragraphs, at most three."""
    words: int = 0
    text: str = ""
    """All of it, plain, a line a paragraph."""
    faults: tuple[Fault, ...] = ()


def render(source: str, *, base: Direction, base_path: str, base_url: str = "") -> Rendered:
    """Turn a body into safe HTML for a page of direction `base` on a site below `base_path` (`/` or `/repo/`).

    Links to `base_url` are links within the site.
    """
    if PICTURE_OPEN in source or PICTURE_CLOSE in source:
        source = source.replace(PICTURE_OPEN, "").replace(PICTURE_CLOSE, "")
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if len(source) > MAX_SOURCE:
        return _refused(0, mistake("text-too-long", "text longer than {limit:,} characters", limit=MAX_SOURCE))
    if comments.may_have(source):
        source, unclosed = comments.take_out(source)
        if unclosed:
            return Rendered("", faults=tuple(map(_hidden, unclosed)))
    source = dialect.as_lists(parted(source))
    return (
        render_plain(source, base=base)
        or _excess(source)
        or render_full(source, base=base, base_path=base_path, base_url=base_url)
    )


def _hidden(found: comments.Unclosed | comments.Hiding) -> Fault:
    """What an editor hides and would be published, or would hide the rest of the text."""
    if isinstance(found, comments.Hiding):
        what = mistake("hidden-html", "{sign} hides nothing: HTML is text here", sign=excerpt(found.sign))
        return Fault(found.line, what, N_("take it out with all it hides, or write that between <!-- and -->"))
    if not found.closing:
        what = mistake("comment-inside-comment", "{sign} ends no comment: comments hold no others", sign=found.sign)
        return Fault(found.line, what, N_("take the inner comment out"))
    sign, closing = excerpt(found.sign), excerpt(found.closing)
    what = mistake("comment-not-closed", "a comment that begins with '{sign}' has no end", sign=sign)
    return Fault(
        found.line, what, N_("write '{closing}' where it ends, or take '{sign}' out", closing=closing, sign=sign)
    )


# ---------------------------------------------------------------- limits

_PARAGRAPH_END = re.compile(r"\n(?=[ \t]*\n)")
_QUOTE_MARKERS = re.compile(rf"^(?:(?:[ \t+*-]|[0-9]{{1,9}}[.)])*+>){{{MAX_QUOTES + 1}}}", re.MULTILINE)


def _excess(source: str) -> Rendered | None:
    """A refusal of a source with Markdown that exceeds a limit. Whatever passes is rendered in under two seconds."""
    if len(source) > MAX_MARKED:
        return _refused(
            0, mistake("text-too-long", "text with Markdown in it longer than {limit:,} characters", limit=MAX_MARKED)
        )
    brackets = source.count("[")
    if brackets > MAX_BRACKETS:
        return _refused(0, mistake("text-too-intricate", "more than {limit:,} [ in one text", limit=MAX_BRACKETS))
    if brackets * len(source) > MAX_BRACKET_WORK:
        line = 0
        for block in _PARAGRAPH_END.split(source):
            if block.count("[") * len(block) > MAX_BRACKET_WORK:
                what = mistake("text-too-intricate", "too many [ in one long paragraph")
                return _refused(line + block.count("\n", 0, block.index("[")), what)
            line += block.count("\n") + 1
    if source.count(">") > MAX_QUOTES and (deep := _QUOTE_MARKERS.search(source)):
        what = mistake("text-too-intricate", "quotes nested more than {limit} deep", limit=MAX_QUOTES)
        return _refused(source.count("\n", 0, deep.start()), what)
    return None


def _refused(line: int, message: Message) -> Rendered:
    return Rendered("", faults=(Fault(line, message, N_("split the text into several entries, or simplify it")),))


# ---------------------------------------------------------------- direction

_ARABIC = re.compile("[\u0621-\u064a]")
_LATIN = re.compile("[A-Za-z]")
# All that can be a left-to-right letter, and some that is not: enough to pass over Arabic text at the regex's speed.
# Compiled where it is needed, on left-to-right pages: that takes 4 ms.
_PERHAPS_LTR = (
    "[A-Za-z\xaa\xb5\xba-\u058f\u0900-\u1fff\u200e\u2071-\ufb1c\ufe00-\ufe6f\uff00-\U000107ff\U00011000-\U0010ffff]"
)
_NEUTRAL, _OTHER, _BASE = 0, 1, 2


def _letters(text: str, base: Direction) -> int:
    """Whether a text has letters of the base direction, only of the other one, or none at all."""
    if base == "rtl":
        if "\u0621" <= text[:1] <= "\u064a" or _ARABIC.search(text):
            return _BASE
        if not text.isascii() and bidi.RTL_LETTER.search(text):
            return _BASE
        return _OTHER if bidi.direction(text, "rtl") == "ltr" else _NEUTRAL
    if _LATIN.search(text) or any(bidirectional(c) == "L" for c in re.findall(_PERHAPS_LTR, text)):
        return _BASE
    return _OTHER if bidi.direction(text, "ltr") == "rtl" else _NEUTRAL


def _opposite(base: Direction) -> Direction:
    return "ltr" if base == "rtl" else "rtl"


def _turn(text: str, base: Direction) -> str:
    """Attributes of an element with letters of the other direction only; with its language if that is evident."""
    language, direction = languages.guess(text), _opposite(base)
    known = language and bidi.lang_direction(language) == direction  # code inside may be in the page's own letters
    return (f' lang="{language}"' if known else "") + f' dir="{direction}"'


# ---------------------------------------------------------------- the short way: plain paragraphs

# What CommonMark could take for structure, anywhere in a line: markers, entities, escapes that are not undone below,
# and all white space but a plain blank, because the parser trims paragraphs by it. ] ! > inside a line are nothing.
_INLINE_SYNTAX = re.compile(
    "[\\\\`*_~<|&\\[\x00-\x09\x0b-\x1f\x7f-\x9f\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]"
)
# And at the start of a line: headings, quotes, lists, underlines, a table's second line, indentation.
_BLOCK_SYNTAX = re.compile(r"\n(?:[#>+\-=: ]|[0-9]{1,9}[.)])")
# These escapes are undone in one sweep: a backslash before ASCII punctuation, and the five entities of XML.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(amp|lt|gt|quot|#39);")
_SIGN_ESCAPED = re.compile(rb"\\(?=([!-/:-@\[-`{-~]))")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'"}
_BLANK_LINES = re.compile(r"\n\n+")
_SETTLED = (
    ("&#34;", '"'),
    ("&quot;", '"'),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("<bdi dir=ltr>", '<bdi dir="ltr">'),
    ("<span class=range>", '<span class="range">'),
)


def render_plain(source: str, *, base: Direction) -> Rendered | None:
    """Render a source of plain paragraphs, with the bytes of `render_full`; None for any other source."""
    text = source.strip("\n")
    escaped = "\\" in text or "&" in text
    shown, structure = _without_escapes(text) if escaped else (text, text)
    probe = "\n" + structure
    if _INLINE_SYNTAX.search(probe) or " \n" in probe or probe.endswith(" ") or _BLOCK_SYNTAX.search(probe):
        return None
    if not text:
        return Rendered("")
    blocks = _BLANK_LINES.split(shown) if "\n\n\n" in shown else shown.split("\n\n")
    # nh3 has nothing to do here: the only tags are the ones written in these lines and by `bidi.isolate`, and all
    # else is escaped. `_settled` writes quotation marks and attributes the way nh3 would.
    safe = not escaped and ">" not in text
    isolated = bidi.has_tokens(text) or bidi.has_ranges(text) or (base == "ltr" and "«" in text)
    html = "\n".join([_paragraph(block, base, plain=safe and not isolated) for block in blocks])
    leads = tuple(
        " ".join(block.split()) if "\n" in block or "  " in block else block for block in blocks[:LEAD_PARAGRAPHS]
    )
    plain = "\n".join(blocks)
    return Rendered(html, paragraphs=leads, words=words.count_words(plain), text=plain)


def _paragraph(text: str, base: Direction, *, plain: bool) -> str:
    """A paragraph in its direction; `plain` if nothing in it needs an escape or an isolate."""
    if _letters(text, base) == _OTHER:
        return f"<p{_turn(text, base)}>{text if plain else _settled(_line(text, _opposite(base)))}</p>"
    return f"<p>{text if plain else _settled(_line(text, base))}</p>"


def _line(text: str, direction: Direction) -> str:
    """Safe HTML of a text without markup in a line of that direction, its parts of another direction isolated."""
    safe = bidi.unbroken(bidi.isolate(text))
    return bidi.turned_quotations(safe) if direction == "ltr" and "«" in safe else safe


def _without_escapes(text: str) -> tuple[str, str]:
    """A text as it shows, and a text of the same structure: what an escape hides can start nothing, and stands there
    as a letter.
    """
    if "&" in text or "\\\\" in text:
        return _ESCAPED.sub(_unescaped, text), _ESCAPED.sub("x", text)
    # Without two backslashes together each stands for itself, and one kind of escape can be undone after another:
    # that passes over the letters between them ten times as fast as a regex.
    shown = structure = text
    for sign in sorted(set(_SIGN_ESCAPED.findall(text.encode("ascii", "ignore")))):
        escape_ = "\\" + sign.decode()
        shown, structure = shown.replace(escape_, escape_[1]), structure.replace(escape_, "x")
    return shown, structure


def _unescaped(match: re.Match[str]) -> str:
    return match[1] or _ENTITIES[match[2]]


def _settled(html: str) -> str:
    if "&" in html or "<" in html:
        for written, serialised in _SETTLED:
            html = html.replace(written, serialised)
    return html


# ---------------------------------------------------------------- the full way

_INLINE_TAGS = {"em_open": "<em>", "em_close": "</em>", "strong_open": "<strong>", "strong_close": "</strong>"}
_INLINE_TAGS |= {"s_open": "<s>", "s_close": "</s>"}
_BREAKS = ("softbreak", "hardbreak")
_TURNABLE = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "th", "td"}
_NEWLINE_AFTER = {"<ul>", "<ol>", "<blockquote>", "<table>"}
_CELLS = {"th", "td"}
_DATE = re.compile(r"(?<![0-9-])([0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?)(?![0-9-])")
WRITTEN = {"", "text", "txt", "markdown", "md", "yaml", "yml"}
"""Languages of blocks of code that may be Arabic from the right: what people write, not what a machine runs."""
_WEB_ADDRESS = re.compile(r"https?://[^\s,}\]'\"]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_UNLINKED = re.compile(r"(?P<picture>!?)\[[^\[\]\n]{0,300}\]\((?P<address>[^()<>\n]{1,500})\)")
_LIKE_ADDRESS = re.compile(r"^/|^[a-z]+:|^www\.|\.[A-Za-z]{2,5}$", re.IGNORECASE)
_LOOKS_EMPTY = re.compile(r"^[> \t]*[^\S \t\r\n]", re.MULTILINE)
"""A line that begins with a no-break or wider blank, and may hold nothing else."""
_LINE_END = re.compile(r"\r\n?|\n")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A backslash and what it escapes are passed over together: `\&#8238;` is text.
_NUMERIC = re.compile(r"\\.|&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));", re.DOTALL)
_UNWANTED = {*range(9), *range(0xB, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_UNWANTED |= {ord(PICTURE_OPEN), ord(PICTURE_CLOSE)}
IDLE, KEPT = "idle", "kept"
"""Keys of the parser's environment: first lines of definitions without a link, and of those with one."""
AT, END = "at", "end"
"""Keys of a token's `meta`: start and end of a link, a picture or code in the source of its paragraph."""
_ROOTED_CURE = N_("write the page's path from the site's root, as in /theme/slug/")


def render_full(source: str, *, base: Direction, base_path: str, base_url: str = "") -> Rendered:
    """A source within the limits through the parser, the writer and the sanitiser."""
    if "&#" in source:
        source = _NUMERIC.sub(_harmless, source)
    # A YAML body may spell out half a surrogate pair, which no UTF-8 can hold.
    source = _SURROGATE.sub("\ufffd", source)
    tokens = _parse(source)
    if _LOOKS_EMPTY.search(source):
        _begin_at_words(tokens, source)
    writer = _Writer(tokens, base, base_path, base_url)
    writer.write()
    # nh3 spells a no-break space as an entity, which XML does not know.
    html = _cleaner().clean("".join(writer.parts).strip("\n")).replace("&nbsp;", "\u00a0")
    plain = "\n".join(writer.texts)
    return Rendered(
        html,
        images=tuple(writer.images),
        links=tuple(writer.links),
        paragraphs=tuple(writer.paragraphs),
        words=words.count_words(plain),
        text=plain,
        faults=tuple(writer.faults),
    )


def _harmless(match: re.Match[str]) -> str:
    """Keep a numeric entity; one that names a character removed by cleaning becomes U+FFFD, as in HTML."""
    code = int(match[1], 16) if match[1] else int(match[2] or "32")
    return "\ufffd" if code in _UNWANTED else match[0]


class _References(dict[str, Any]):
    """Definitions of links by their labels; remembers which ones a link asked for."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def get(self, label: str, default: Any = None) -> Any:  # noqa: ANN401 - as the parser's own
        if label in self:
            self.used.add(label)
        return super().get(label, default)


def _parse(source: str) -> list[Token]:
    """A source → the parser's tokens. A line `[المصدر]: https://…` that no link asks for defines nothing and stays in
    the text, where the parser alone would drop it in silence.
    """
    if "]:" not in source:
        return _parser().parse(source, {})
    references = _References()
    env: dict[str, Any] = {"references": references}
    tokens = _parser().parse(source, env)
    kept = {references[label]["map"][0] for label in references.used}
    found = [*references.values(), *env.get("duplicate_refs", ())]
    idle = {definition["map"][0] for definition in found} - kept
    return _parser().parse(source, {IDLE: idle, KEPT: sorted(kept)}) if idle else tokens


def _begin_at_words(tokens: Sequence[Token], source: str) -> None:
    """Have paragraphs begin at their first word: the parser takes lines of no-break and wider blanks off them, and lets
    them begin there all the same.
    """
    lines = _LINE_END.split(source)
    for token in tokens:
        if token.map:
            first, last = token.map
            worded = (n for n, line in enumerate(lines[first:last], first) if line.lstrip("> \t").strip())
            token.map = [next(worded, first), last]


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The parser's rule for definitions, without those that `_parse` found unused."""
    from markdown_it.rules_block import paragraph, reference  # noqa: PLC0415 (see `_parser`)

    if start not in state.env.get(IDLE, ()):
        return reference(state, start, end, silent)
    kept = state.env[KEPT]
    at = bisect(kept, start)
    last = state.lineMax
    if at < len(kept) and kept[at] < last:
        # A paragraph would run on over a definition that is used.
        state.lineMax = kept[at]
    try:
        return paragraph(state, start, state.lineMax, silent)
    finally:
        state.lineMax = last


def _code(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001 - the parser's signature
    """The parser's rule for indented code, which ends where a paragraph has right-to-left letters: text from a word
    processor begins with blanks.
    """
    line = last = start
    while line < end:
        first = line
        while line < end and not state.isEmpty(line) and state.is_code_block(line):
            line += 1
        if line == first or bidi.RTL_LETTER.search(state.src, state.bMarks[first], state.eMarks[line - 1]):
            break
        last = line
        while line < end and state.isEmpty(line):
            line += 1
    if last == start:
        return False
    state.line = last
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(start, last, 4 + state.blkIndent, False) + "\n"
    token.map = [start, last]
    return True


def _placed(rule: RuleFuncInlineType) -> RuleFuncInlineType:
    """Extend a rule for links, pictures or code: its tokens record their place in the source."""

    def placed(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        for token in state.tokens[before:]:
            # what stands in a link knows it already
            if token.type in {"link_open", "image", "code_inline"} and not token.meta:
                token.meta |= {AT: start, END: state.pos}
        return True

    return placed


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (25 ms that plain bodies need not pay)
    from markdown_it.rules_inline import autolink, backtick, image, link  # noqa: PLC0415

    class Parser(MarkdownIt):
        """Hands addresses on as written: the gate decides, so that a refused one is reported, not left as brackets."""

        def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002
            return True

        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return url

        def normalizeLinkText(self, link: str) -> str:  # noqa: N802
            return link

    options = {"html": False, "typographer": False, "maxNesting": MAX_NESTING}
    parser = Parser("commonmark", options).enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    parser.block.ruler.at("reference", _reference)
    parser.block.ruler.at("code", _code)
    parser.block.ruler.at("lheading", dialect.heading)
    parser.inline.ruler.at("emphasis", dialect.emphasis)
    parser.inline.ruler.before("autolink", "line_break", dialect.line_break)
    for name, rule in (("link", link), ("image", image), ("autolink", autolink), ("backticks", backtick)):
        parser.inline.ruler.at(name, _placed(rule))
    return parser


@cache
def _cleaner() -> Cleaner:
    from nh3 import Cleaner  # noqa: PLC0415 (the same)

    ways = {"ltr", "rtl"}
    values: dict[str, dict[str, set[str]]] = {
        tag: {"dir": ways, "lang": set(languages.GUESSED)} for tag in _TURNABLE - {"h1"} | {"bdi", "pre", "code"}
    }
    values["th"] |= {"align": {"left", "center", "right"}}
    values["td"] |= {"align": {"left", "center", "right"}}
    values["span"] = {"class": {"range"}}
    values["pre"] |= {"tabindex": {"0"}}
    values["div"] = values["table"] | {"class": {"scroll"}, "role": {"region"}, "tabindex": {"0"}}
    values["a"] = {"rel": {"noopener noreferrer"}}
    return Cleaner(
        tags={*values, "em", "strong", "s", "br", "hr", "thead", "tbody", "tr"},
        attributes={
            "a": {"href", "title"},
            "ol": {"start"},
            "div": {"aria-label"},
            **{f"h{level}": {"id"} for level in range(2, 7)},
        },
        tag_attribute_values=values,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


class _Writer(msgspec.Struct):
    """One walk over the parser's tokens, gathering everything `Rendered` holds."""

    tokens: Sequence[Token]
    base: Direction
    base_path: str
    base_url: str = ""
    parts: list[str] = msgspec.field(default_factory=list)
    images: list[BodyImage] = msgspec.field(default_factory=list)
    links: list[tuple[str, int]] = msgspec.field(default_factory=list)
    paragraphs: list[str] = msgspec.field(default_factory=list)
    texts: list[str] = msgspec.field(default_factory=list)
    faults: list[Fault] = msgspec.field(default_factory=list)
    line: int = 0
    headings: list[int] = msgspec.field(default_factory=list)
    """Levels of the headings above the current one, as written."""
    closings: list[str] = msgspec.field(default_factory=list)
    anchors: dict[str, int] = msgspec.field(default_factory=dict)
    """Name of each heading → its token."""
    turned: int = -1
    """How many elements were open when one took the other direction, or -1."""

    def write(self) -> None:
        letters = self._survey()
        for index, token in enumerate(self.tokens):
            if token.map:
                self.line = token.map[0]
            if token.nesting == 1:
                self._open(index, token, letters.get(index, _NEUTRAL))
            elif token.nesting == -1:
                self._close()
            else:
                self._leaf(token)

    def _survey(self) -> dict[int, int]:
        """Find the kind of letters in each element, by its opening token, in one pass."""
        letters: dict[int, int] = {}
        stack = [-1]
        for index, token in enumerate(self.tokens):
            if token.nesting == 1:
                stack.append(index)
            elif token.nesting == -1:
                inner, outer = stack.pop(), stack[-1]
                letters[outer] = max(letters.get(outer, _NEUTRAL), letters.get(inner, _NEUTRAL))
            elif token.type == "inline":
                children = token.children or ()
                text = _plain(children)
                self.texts.append(text)
                if self.tokens[index - 1].type == "heading_open":
                    self._name_heading(index - 1, text)
                if token.level == 1 and len(self.paragraphs) < LEAD_PARAGRAPHS:
                    self._keep_paragraph(self.tokens[index - 1], text)
                # Code runs left to right by itself and says nothing about the sentence it stands in.
                sentence = "".join(c.content for c in children if c.type == "text")
                letters[stack[-1]] = _letters(sentence, self.base)
                if "](" in sentence:
                    self._blanks_in_addresses(token)
        return letters

    def _name_heading(self, index: int, text: str) -> None:
        """Give a heading the name that links lead to: its words as in an address, counted where they come again."""
        slug = name = slugify(text)
        if not slug:
            return
        count = 1
        while name in self.anchors or TEMPLATE_NAMES.fullmatch(name):
            count += 1
            name = f"{slug}-{count}"
        self.anchors[name] = index
        self.tokens[index].attrs["id"] = name

    def _blanks_in_addresses(self, token: Token) -> None:
        """Advise on links and pictures that became text because of blanks in their address."""
        text = "".join(
            "\n" if child.type in _BREAKS else child.content
            for child in token.children or ()
            if child.type in {"text", *_BREAKS}
        )
        written, end = _without_code(token), 0
        for match in _UNLINKED.finditer(text):
            address = match["address"].partition(' "')[0].strip()
            if " " not in address or not (match["picture"] or _LIKE_ADDRESS.search(address)):
                continue
            start = written.find(match[0], end)
            if start >= 0:  # else it was not meant as one: a sign of it is escaped
                end = start + len(match[0])
                line = (token.map or [0])[0] + written[:start].count("\n")
                shown = excerpt(address)
                what = mistake("link-with-blanks", "an address with blanks is no link: '{address}'", address=shown)
                if match["picture"]:
                    what = mistake(
                        "link-with-blanks", "an address with blanks is no picture: '{address}'", address=shown
                    )
                self.faults.append(Fault(line, what, N_("write '{value}'", value=excerpt(f"<{address}>")), "advice"))

    def _keep_paragraph(self, opening: Token, text: str) -> None:
        if opening.type == "paragraph_open" and (plain := " ".join(text.split())):
            self.paragraphs.append(plain)

    def _open(self, index: int, token: Token, letters: int) -> None:
        if token.level >= MAX_NESTING - 1 and token.tag in {"blockquote", "li"}:
            what = mistake("text-too-intricate", "quotes and lists nested too deeply")
            self._fault(self.line, what, N_("take away some levels"))
        if token.hidden or (token.tag == "p" and _only_pictures(self.tokens[index + 1].children or ())):
            # A tight item's text stands in the item itself; pictures alone stand without a paragraph.
            self.closings.append("" if token.hidden else "\n")
            return
        tag = f"h{self._heading_level(int(token.tag[1]))}" if token.type == "heading_open" else token.tag
        attributes = _attributes(token) if token.attrs else ""
        if letters == _OTHER and self.turned < 0 and token.tag in _TURNABLE:
            attributes += _turn(self._inside(index), self.base)
            self.turned = len(self.closings)
        if tag == "table":
            self.parts.append(f'<div class="scroll"{attributes}{self._name_of_table(index)} tabindex="0">')
        self.closings.append(f"</{tag}>" if tag in _CELLS else "</table></div>\n" if tag == "table" else f"</{tag}>\n")
        self.parts.append(f"<{tag}{attributes}>")
        if f"<{tag}>" in _NEWLINE_AFTER:
            self.parts.append("\n")

    def _name_of_table(self, index: int) -> str:
        """A table may be wider than the page: the keyboard reaches its frame, which is called by the table's heads."""
        heads = takewhile(lambda token: token.type != "thead_close", self.tokens[index + 1 :])
        words = [" ".join(_plain(token.children or ()).split()) for token in heads if token.type == "inline"]
        name = excerpt(("، " if self.base == "rtl" else ", ").join(filter(None, words)))
        return f' role="region" aria-label="{escape(name)}"' if name else ""

    def _inside(self, index: int) -> str:
        """The text of the element that the token at `index` opens."""
        level = self.tokens[index].level
        inner = takewhile(lambda token: token.level > level, self.tokens[index + 1 :])
        return "\n".join(_plain(token.children or ()) for token in inner)

    def _close(self) -> None:
        self.parts.append(self.closings.pop())
        if self.turned == len(self.closings):
            self.turned = -1

    def _heading_level(self, level: int) -> int:
        """The level of a heading in the page: h2 for the highest, else one below its parent; h1 is the title's."""
        while self.headings and self.headings[-1] >= level:
            self.headings.pop()
        self.headings.append(level)
        return min(len(self.headings) + 1, 6)

    def _leaf(self, token: Token) -> None:
        if token.type == "inline":
            self._inline(token, token.children or ())
        elif token.type in {"fence", "code_block"}:
            self.parts.append(_code_block(token.content, token.info.strip().partition(" ")[0].lower()))
        else:  # a rule: HTML is not parsed, and there is no other kind
            self.parts.append("<hr>\n")

    def _inline(self, token: Token, children: Sequence[Token]) -> None:
        run: list[str] = []
        link_open = False
        at = 0
        for index, child in enumerate(children):
            if child.type == "text":
                run.append(child.content)
                continue
            if child.type == "softbreak":
                run.append("\n")
                continue
            self._flush(run)
            if child.meta:
                self.line += token.content.count("\n", at, child.meta[AT])
                at = child.meta[AT]
            if child.type == "link_open":
                link_open, shown = self._link(child, children[index + 1 : index + 3])
                if shown:
                    run.clear()
                    self.parts.append(shown)
                    children[index + 1].content = ""
            elif child.type == "link_close":
                self.parts.append("</a>" if link_open else "")
            else:
                self._mark(child)
        self._flush(run)

    def _flush(self, run: list[str]) -> None:
        if run:
            self.parts.append(_line("".join(run), _opposite(self.base) if self.turned >= 0 else self.base))
            run.clear()

    def _mark(self, child: Token) -> None:
        if child.type == "hardbreak":
            self.parts.append("<br>\n")
        elif child.type == "code_inline":
            self.parts.append(f'<code dir="ltr">{escape(child.content)}</code>')
        elif child.type == "image":
            self._picture(child)
        else:
            self.parts.append(_INLINE_TAGS[child.type])

    def _link(self, token: Token, following: Sequence[Token]) -> tuple[bool, str]:
        """Write a link's opening tag. Returns (whether it was written, what to show if its text is an address)."""
        url = self._target(str(token.attrs["href"]))
        text = following[0].content if len(following) == 2 and following[1].type == "link_close" else ""
        shown = _shown_address(text) if following[0].type == "text" and _ADDRESS.fullmatch(text) else ""
        if url:
            title = str(token.attrs.get("title", ""))
            attributes = f' title="{escape(bidi.mark(title, self.base))}"' if title else ""
            attributes += ' rel="noopener noreferrer"' if urls.is_external(url) else ""
            self.parts.append(f'<a href="{escape(url)}"{attributes}>')
        return bool(url), shown

    def _target(self, raw: str) -> str:
        """The target of a link; empty, with a fault, if it is refused."""
        if raw.startswith("#"):
            return self._within(unquote(raw[1:]))
        url, reason = urls.gate(pasted_addresses.as_meant(raw))
        if reason:
            self._fault(
                self.line,
                mistake("link-refused", "link address '{value}' refused: {reason}", value=excerpt(raw), reason=reason),
                N_("write a full http or https address, or /theme/slug/"),
            )
            return ""
        url = pasted_addresses.within(url, self.base_url) or url
        if urls.leaves(url):
            return url
        if not url.startswith("/"):
            self._fault(
                self.line, mistake("link-relative", "relative link '{value}'", value=excerpt(raw)), _ROOTED_CURE
            )
            return ""
        self.links.append((unquote(url.partition("#")[0].partition("?")[0]), self.line))
        return self.base_path + url[1:]

    def _within(self, name: str) -> str:
        """The link to a heading of this text, or an empty string if there is none of that name."""
        if slugify(name) in self.anchors:
            return "#" + quote(slugify(name))
        cure = did_you_mean(slugify(name), self.anchors) or N_("write the words of the heading, joined by hyphens")
        self._fault(
            self.line, mistake("no-heading", "this text has no heading '{name}'", name=excerpt(f"#{name}")), cure
        )
        return ""

    def _picture(self, token: Token) -> None:
        alt = _plain(token.children or ())
        url, reason = urls.gate(str(token.attrs["src"]))
        if not reason and urls.leaves(url):
            reason = N_("it lies on another host")
        src = unquote(url)
        if not reason and not src.isprintable():
            reason = N_("it holds a control character")
        if reason:
            what = mistake("picture-refused", "picture address refused: {reason}", reason=reason)
            self._fault(self.line, what, N_("put the file beside the entry and write its name"))
            self.parts.append(bidi.isolate(alt))
            return
        self.parts.append(picture_mark(len(self.images)))
        self.images.append(BodyImage(src, " ".join(alt.split()), str(token.attrs.get("title", "")), self.line))

    def _fault(self, line: int, message: Message, cure: Message) -> None:
        self.faults.append(Fault(line, message, cure))


def _without_code(token: Token) -> str:
    """A paragraph's source, its code in it gone but for its line ends."""
    parts, at = [], 0
    for child in token.children or ():
        if child.type == "code_inline":
            code = token.content[child.meta[AT] : child.meta[END]]
            parts += [token.content[at : child.meta[AT]], "\n" * code.count("\n")]
            at = child.meta[END]
    return "".join([*parts, token.content[at:]])


def _attributes(token: Token) -> str:
    """Attributes that the parser gives to lists and cells of tables."""
    if "id" in token.attrs:
        return f' id="{token.attrs["id"]}"'
    if "start" in token.attrs:
        return f' start="{int(token.attrs["start"])}"'
    # The parser writes a column's alignment as a style, which the page's policy forbids.
    return f' align="{str(token.attrs["style"]).removeprefix("text-align:")}"'


def _code_block(text: str, language: str) -> str:
    """Code runs from the left, unless it is mostly Arabic, its addresses left out, and no program: then its dates do.

    It may be wider than the page, so the keyboard reaches it (`tabindex`) and scrolls it.
    """
    if text.isascii() or language not in WRITTEN or not bidi.mostly_rtl(_WEB_ADDRESS.sub("", text)):
        return f'<pre dir="ltr" tabindex="0"><code>{escape(text)}</code></pre>\n'
    # odd parts are dates
    parts = [
        f'<bdi dir="ltr">{part}</bdi>' if at % 2 else bidi.isolate(part) for at, part in enumerate(_DATE.split(text))
    ]
    return f'<pre dir="rtl" tabindex="0"><code>{"".join(parts)}</code></pre>\n'


def _only_pictures(children: Sequence[Token]) -> bool:
    kinds = {child.type for child in children}
    return "image" in kinds and kinds <= {"image", *_BREAKS}


def _plain(children: Sequence[Token]) -> str:
    """The text a reader sees of inline tokens, pictures left out, line breaks kept."""
    return "".join("\n" if child.type in _BREAKS else child.content for child in children if child.type != "image")


def _shown_address(text: str) -> str:
    """An address as a link's text: whole where short and plain, else its host (a path in Arabic paints backwards)."""
    short = len(text) <= LONG_ADDRESS and text.isascii() and "%" not in text
    if short:
        return f'<bdi dir="ltr">{escape(text)}</bdi>'
    url = urls.gate(text if "://" in text else f"http://{text}")[0]
    return f'<bdi dir="ltr">{escape(urls.host(url))}/…</bdi>' if url else ""
