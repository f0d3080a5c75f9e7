"""A WordPress export (WXR 1.0–1.2) → its head and its items, read as a stream, whatever the size of the file.

In: files as WordPress and its hosts write them, with their control characters, bare ampersands, entities of HTML and
bytes of other encodings. Out: a `Head`, then one `Item` after the other; what cannot be read is a `Fault` with its
line, and costs one item. The file is parted at `<item>` first, so that only one item is in memory; each part goes
through expat alone. Refused: document types and entities of one's own (they can grow without end), and files that are
no export.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path
from typing import Final, NamedTuple
from xml.parsers import expat

import msgspec

from digest.importing.archive import Person
from digest.translation import _, gettext_noop

AGAIN: Final = gettext_noop("export the site again in WordPress: Tools → Export → All content")
BLOCK: Final = 1 << 18
MAX_ITEM: Final = 16 << 20
"""Characters of one item; the largest story there may be has 1 MiB."""
MAX_HEAD: Final = 64 << 20
"""Characters before the first item: the site's terms and authors."""
MAX_DEPTH: Final = 64
OPEN_IN_HEAD: Final = 3
"""The root, rss and channel."""
DECLARED: Final = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:\-]{2,40})", re.IGNORECASE)
MARK: Final = re.compile(r"<!\[CDATA\[|\]\]>|<item[\s>]|</item\s*>|<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
LONGEST_MARK: Final = 10
CDATA: Final = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
AMPERSAND: Final = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));|([A-Za-z][A-Za-z0-9]{1,31});)?")
OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Term(msgspec.Struct, frozen=True):
    """A category, a tag, or a term of another taxonomy."""

    taxonomy: str
    slug: str
    name: str
    parent: str = ""
    """Slug of the term above it."""
    id: str = ""
    description: str = ""


class Head(msgspec.Struct, frozen=True):
    """What an export says of the site."""

    title: str = ""
    link: str = ""
    description: str = ""
    language: str = ""
    version: str = ""
    authors: tuple[Person, ...] = ()
    terms: tuple[Term, ...] = ()


class Item(msgspec.Struct, frozen=True):
    """One record: a post, a page, an attachment, a revision, a line of a menu."""

    line: int
    """Line of the export on which it begins."""
    kind: str
    """`wp:post_type`."""
    id: str
    title: str
    link: str
    slug: str
    status: str
    password: str
    author: str
    """The account's login."""
    date: str
    """As the site's clock showed it: `2019-05-03 10:30:15`."""
    date_gmt: str
    modified: str
    modified_gmt: str
    published: str
    """`pubDate`."""
    content: str
    excerpt: str
    parent: str
    attachment: str
    """Address of the file of an attachment."""
    is_sticky: bool
    terms: tuple[Term, ...]
    meta: dict[str, str]
    comments: int


class Fault(NamedTuple):
    """A part of an export that cannot be read."""

    line: int
    message: str


class RefusedExportError(Exception):
    """A file that is read no further: why, and the cure."""

    def __init__(self, line: int, message: str, cure: str) -> None:
        super().__init__(message)
        self.line, self.message, self.cure = line, message, cure


class UnclosedError(Exception):
    """An element of the head that is not closed; its name."""


Part = Head | Item | Fault


def read(path: Path) -> Iterator[Part]:
    """The head of an export, then its items. Raises RefusedExportError, OSError."""
    is_first = True
    for part in parts(path):
        if is_first:
            is_first = False
            yield head_of(part)
        elif part.fault:
            yield Fault(part.line, part.fault)
        else:
            try:
                yield item_of(part)
            except expat.ExpatError as error:
                yield Fault(
                    part.line + error.lineno - 1, _("not well-formed: {what}", what=expat.ErrorString(error.code))
                )


# ------------------------------------------------------------------ bytes → text


def mixed(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, as Windows-1256, which also has the letters of French: whole words up to the next ASCII
    sign, for databases keep old rows in old encodings.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw, at = error.object, error.start
    end = at + 1
    while end < len(raw) and raw[end] >= 0x80:
        end += 1
    return raw[at:end].decode("cp1256", "replace"), end


codecs.register_error("digest-mixed", mixed)


def blocks(path: Path) -> Iterator[str]:
    """The text of a file in blocks, without characters that XML forbids. Raises RefusedExportError, OSError."""
    with path.open("rb") as file:
        first = file.read(BLOCK)
        decoder = codecs.getincrementaldecoder(encoding_of(first))("digest-mixed")
        while first:
            text = CONTROL.sub("", decoder.decode(first))
            if text:
                yield text
            first = file.read(BLOCK)
        if rest := CONTROL.sub("", decoder.decode(b"", True)):
            yield rest


def encoding_of(raw: bytes) -> str:
    """What a file is read as. Raises RefusedExportError for what is no text."""
    if raw[:2] in (b"\x1f\x8b", b"PK"):
        raise RefusedExportError(0, _("it is compressed"), _("unpack it and name the .xml files in it"))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if raw[:3] == codecs.BOM_UTF8:
        return "utf-8-sig"
    declared = DECLARED.match(raw)
    name = declared[1].decode().lower() if declared else "utf-8"
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return "utf-8"
    is_text = getattr(codec, "_is_text_encoding", True) and codec.name not in {"utf-7", "idna", "punycode"}
    return codec.name if is_text and not codec.name.startswith(("utf-16", "utf-32")) else "utf-8"


# ------------------------------------------------------------------ text → parts


class Raw(NamedTuple):
    """The text of the head or of one item."""

    line: int
    text: str
    fault: str = ""


def parts(path: Path) -> Iterator[Raw]:
    """The text before the first item, then that of each item. Raises RefusedExportError, OSError."""
    parting = Parting()
    for block in blocks(path):
        yield from parting.feed(block)
    yield from parting.end()


class Parting:
    """Parts an export at its items, however its text comes in blocks."""

    def __init__(self) -> None:
        self.is_head, self.is_inside, self.in_cdata = True, False, False
        self.kept: list[str] = []
        self.size = 0
        self.line = self.started = 1
        self.rest = self.ending = ""

    def keep(self, text: str) -> None:
        """Pass over a text; of what belongs to a part, keep no more than its limit."""
        self.line += text.count("\n")
        self.size += len(text)
        if (self.is_inside and self.size <= MAX_ITEM) or (self.is_head and self.size <= MAX_HEAD):
            self.kept.append(text)

    def feed(self, block: str) -> Iterator[Raw]:
        """The parts that end in a block."""
        text, at = self.rest + block, 0
        for match in MARK.finditer(text):
            mark = match[0].lower()
            if self.in_cdata != (mark == "]]>"):
                continue  # what stands inside CDATA is text, and what ends none is too
            if mark.startswith(("<!d", "<!e")):
                self.keep(text[at : match.start()])
                raise RefusedExportError(self.line, _("it declares entities of its own, as no export does"), _(AGAIN))
            if mark in {"<![cdata[", "]]>"}:
                self.in_cdata = not self.in_cdata
            elif mark.startswith("</item"):
                self.keep(text[at : match.end()])
                at = match.end()
                if self.is_inside:
                    fault = _("an item larger than 16 MB") if self.size > MAX_ITEM else ""
                    yield Raw(self.started, "".join(self.kept), fault)
                self.begin(is_inside=False)
            elif not self.is_inside:
                self.keep(text[at : match.start()])
                at = match.start()
                if self.is_head:
                    yield Raw(1, "".join(self.kept))
                self.begin(is_inside=True)
        self.ending = (self.ending + text[at:])[-200:]
        cut = max(at, len(text) - LONGEST_MARK)
        self.keep(text[at:cut])
        self.rest = text[cut:]

    def begin(self, *, is_inside: bool) -> None:
        """An item begins here, or what stands between two."""
        self.is_inside, self.is_head, self.size, self.started = is_inside, False, 0, self.line
        self.kept.clear()

    def end(self) -> Iterator[Raw]:
        """The head of an export without items; or what is wrong with its end."""
        self.keep(self.rest)
        if self.is_head:
            yield Raw(1, "".join(self.kept))
        elif self.is_inside:
            yield Raw(self.started, "", _("the file ends in the middle of an item: the export was cut short"))
        elif "</channel" not in self.ending:
            yield Raw(self.line, "", _("the file does not end as an export does: it may have been cut short"))


def sound(text: str) -> str:
    """A part as expat takes it: entities of HTML as their letters, bare ampersands escaped."""
    pieces = CDATA.split(text)
    for at in range(0, len(pieces), 2):
        if "&" in pieces[at]:
            pieces[at] = AMPERSAND.sub(one_entity, pieces[at])
    return "".join(pieces)


def one_entity(match: re.Match[str]) -> str:
    """A reference that XML knows, or its letter, or text."""
    name = match[3]
    if name:
        if name in OF_XML:
            return match[0]
        letter = html5.get(f"{name};", "")
        return ESCAPED.get(letter, letter) if letter else f"&amp;{match[0][1:]}"
    if match[1] or match[2]:
        code = int(match[1], 16) if match[1] else int(match[2])
        is_text = 0 < code <= 0x10FFFF and not CONTROL.match(chr(code))
        return f"&#{code};" if is_text else ""
    return "&amp;"


# ------------------------------------------------------------------ parts → values


class Tree(NamedTuple):
    """An element: its name, attributes, text and children."""

    name: str
    attributes: dict[str, str]
    text: list[str]
    children: list[Tree]

    def get(self, *names: str) -> str:
        """The text of the first child of these names that has any."""
        for name in names:
            for child in self.children:
                if child.name == name and (found := "".join(child.text).strip()):
                    return found
        return ""


def tree_of(text: str, *, inner: bool = False) -> Tree:
    """The element of a part. `inner`: rss and channel stay open. Raises expat.ExpatError, UnclosedError."""
    root = Tree("", {}, [], [])
    stack = [root]
    too_deep = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal too_deep
        if len(stack) > MAX_DEPTH:
            too_deep += 1
            return
        made = Tree(name, attributes, [], [])
        stack[-1].children.append(made)
        stack.append(made)

    def end(_: str) -> None:
        nonlocal too_deep
        if too_deep:
            too_deep -= 1
        else:
            stack.pop()

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: stack[-1].text.append(data)  # noqa: PLW0108 - the stack changes
    parser.Parse(sound(text).encode("utf-8", "replace"), not inner)
    if inner and len(stack) > OPEN_IN_HEAD:
        raise UnclosedError(stack[-1].name)
    return root


def head_of(raw: Raw) -> Head:
    """The head of an export. Raises RefusedExportError."""
    if "wordpress.org/export/" not in raw.text and "<wp:wxr_version" not in raw.text:
        raise RefusedExportError(raw.line, _("it is no WordPress export"), _(AGAIN))
    try:
        root = tree_of(raw.text[raw.text.find("<rss") :] if "<rss" in raw.text else raw.text, inner=True)
    except expat.ExpatError as error:
        message = _("its head is not well-formed: {what}", what=expat.ErrorString(error.code))
        raise RefusedExportError(error.lineno, message, _(AGAIN)) from error
    except UnclosedError as error:
        message = _("its head is not well-formed: <{name}> is not closed", name=str(error))
        raise RefusedExportError(raw.line, message, _(AGAIN)) from error
    rss = next((one for one in root.children if one.name == "rss"), root)
    channel = next((one for one in rss.children if one.name == "channel"), rss)
    return Head(
        title=channel.get("title"),
        link=channel.get("wp:base_blog_url", "link", "wp:base_site_url"),
        description=channel.get("description"),
        language=channel.get("language"),
        version=channel.get("wp:wxr_version"),
        authors=tuple(
            Person(login, one.get("wp:author_display_name") or login)
            for one in channel.children
            if one.name == "wp:author" and (login := one.get("wp:author_login"))
        ),
        terms=tuple(filter(None, map(term_of, channel.children))),
    )


def term_of(node: Tree) -> Term | None:
    """A term that the head declares."""
    get = node.get
    if node.name == "wp:category":
        taxonomy, slug, name = "category", get("wp:category_nicename"), get("wp:cat_name")
        parent, about = get("wp:category_parent"), get("wp:category_description")
    elif node.name == "wp:tag":
        taxonomy, slug, name = "post_tag", get("wp:tag_slug"), get("wp:tag_name")
        parent, about = "", get("wp:tag_description")
    elif node.name == "wp:term":
        taxonomy, slug, name = get("wp:term_taxonomy"), get("wp:term_slug"), get("wp:term_name")
        parent, about = get("wp:term_parent"), get("wp:term_description")
    else:
        return None
    return Term(taxonomy, slug or name, name or slug, parent, get("wp:term_id"), about) if slug or name else None


def item_of(raw: Raw) -> Item:
    """One item. Raises expat.ExpatError."""
    node = tree_of(raw.text).children[0]
    get = node.get
    terms: dict[tuple[str, str], Term] = {}
    meta: dict[str, str] = {}
    comments = 0
    for child in node.children:
        if child.name == "category":
            name = "".join(child.text).strip()
            slug = child.attributes.get("nicename", "")
            taxonomy = child.attributes.get("domain", "category")
            taxonomy = "post_tag" if taxonomy == "tag" else taxonomy
            if slug and name:
                terms.setdefault((taxonomy, slug), Term(taxonomy, slug, name))
        elif child.name == "wp:postmeta":
            if key := child.get("wp:meta_key"):
                meta.setdefault(key, child.get("wp:meta_value"))
        elif child.name == "wp:comment":
            comments += 1
    return Item(
        line=raw.line, kind=get("wp:post_type") or "post", id=get("wp:post_id"), title=get("title"), link=get("link"),
        slug=get("wp:post_name"), status=get("wp:status") or "publish", password=get("wp:post_password"),
        author=get("dc:creator"), date=get("wp:post_date"), date_gmt=get("wp:post_date_gmt"),
        modified=get("wp:post_modified"), modified_gmt=get("wp:post_modified_gmt"), published=get("pubDate"),
        content=get("content:encoded"), excerpt=get("excerpt:encoded"), parent=get("wp:post_parent"),
        attachment=get("wp:attachment_url"), is_sticky=get("wp:is_sticky") == "1", terms=tuple(terms.values()),
        meta=meta, comments=comments,
    )  # fmt: skip
