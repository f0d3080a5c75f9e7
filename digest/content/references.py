"""References of a file: pictures, other entries, old addresses, links of its text.

In: checked pairs, the pictures found on disk, a body. Out: `ImageRef`, ids and paths with their places, and a body as
safe HTML. Refuses pictures that are missing, on other hosts or outside `content/`, and addresses that are no path of
the site.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from digest.content import fields, markdown, pasted_addresses
from digest.content.discovery import PICTURE_ENDINGS
from digest.content.fields import NAME, PROSE, TEXT, Key, Pair, Table, TextContext
from digest.content.nodes import MAX_BODY, Mapping, Notes, Scalar
from digest.model import Direction, ImageRef, Place, Text
from digest.problems import N_, Message, did_you_mean, excerpt, guess, mistake
from digest.text import bidi, cleaning
from digest.text.slugs import DEVICES
from digest.text.spacing import spaced

IMAGE = Table(
    N_("an image"),
    (
        Key("src", "الملف", N_("file beside this one, or under content/"), TEXT, required=True),
        Key(
            "alt", "البديل", "what the picture shows, for readers who cannot see it; empty for a decorative one", PROSE
        ),
        Key("caption", "التعليق", "words below the picture", PROSE),
        Key("credit", "المصدر", "who made the picture", NAME),
    ),
)  # fmt: skip
UNDESCRIBED = "?"
"""An alt text that is still to be written, as `digest import` leaves one."""


def no_alt(notes: Notes) -> Message:
    """The cure for a picture without words."""
    alt = notes.spelling("alt", "البديل")
    return N_("say in {alt}: what the picture shows; {empty} marks a decorative one", alt=alt, empty=f'{alt}: ""')


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
HOSTS_OWN = re.compile(r"^[._]|[. ]$|[:*?\"<>|]")
"""Parts of a path that hosts keep for themselves (.htaccess, _redirects) or that some file systems cannot hold."""
NOT_IN_PATH = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\\]")
INDEX = "/index"
"""Name of a file in a folder of its own: the folder stands for the story."""
MAX_SEGMENT = 255
MAX_ADVICE = 20


class Body(NamedTuple):
    """A file's text as safe HTML, with its references."""

    html: str
    images: tuple[ImageRef, ...]
    links: tuple[tuple[str, Place], ...]
    paragraphs: tuple[str, ...]
    words: int
    text: str
    """All of it, plain, a line a paragraph."""


EMPTY_BODY = Body("", (), (), (), 0, "")


class ImageIndex(msgspec.Struct, frozen=True):
    """The pictures of a site, and the folder from which a file names them."""

    pictures: frozenset[str]
    folder: str
    """`content/sport`."""

    def find(self, src: str) -> str | None:
        """The picture of that name beside the file, else under content/; None if neither exists."""
        for folder in (self.folder, "content"):
            path = posixpath.normpath(f"{folder}/{src}")
            if path in self.pictures:
                return path
        names = by_nfc(self.pictures)
        for folder in (self.folder, "content"):
            composed = names.get(unicodedata.normalize("NFC", posixpath.normpath(f"{folder}/{src}")))
            if composed:
                return composed
        return None

    def nearest(self, src: str) -> Message | None:
        """Did-you-mean for a missing picture: one beside the file that differs in capitals alone, one with a near
        name there, else one of that name elsewhere.
        """
        base = posixpath.basename(src)
        folder = posixpath.normpath(posixpath.join(self.folder, posixpath.dirname(src)))
        beside = sorted(p.removeprefix(f"{self.folder}/") for p in self.pictures if posixpath.dirname(p) == folder)
        shouted = next((p for p in beside if p.casefold() == src.casefold()), "")
        near = guess(shouted) if shouted else did_you_mean(src, beside[:2000])
        if near:
            return near
        same = sorted(p for p in self.pictures if posixpath.basename(p).casefold() == base.casefold())
        same = [p for p in same if p.casefold() == f"content/{src}".casefold()] or same
        return guess(same[0].removeprefix("content/")) if same else None


@lru_cache(maxsize=2)
def by_nfc(pictures: frozenset[str]) -> dict[str, str]:
    """Composed name → name on disk, for file systems that decompose Arabic letters."""
    return {unicodedata.normalize("NFC", path): path for path in pictures}


def picture_file(src: str, images: ImageIndex, *, guesses: bool) -> tuple[str, Message | None, Message | None]:  # noqa: PLR0911 - one for each fault
    """(file, None, None) or ("", what is wrong, the cure)."""
    name = src.strip()
    if SCHEME.match(name):
        if name.lower().startswith(("http:", "https:", "//")):
            what = mistake("picture-elsewhere", "'{name}' is on another host", name=excerpt(name))
            return "", what, N_("save a copy beside this file and name that")
        what = mistake("picture-name", "'{name}' is not a picture's file", name=excerpt(name))
        return "", what, N_("name a file beside this one")
    if not name or NOT_IN_PATH.search(name):
        what = mistake("picture-name", "'{src}' is not a picture's file", src=excerpt(src))
        return "", what, N_("name a file beside this one")
    name = name.lstrip("/").removeprefix("content/") if name.startswith(("/", "content/")) else name
    found = images.find(name)
    if found:
        return found, None, None
    inside = posixpath.normpath(f"{images.folder}/{name}")
    if not inside.startswith("content/"):
        what = mistake("picture-outside", "'{src}' leads out of content/", src=excerpt(src))
        return "", what, N_("keep pictures beside the entries that use them")
    if name.lower().endswith(".svg"):
        what = mistake("picture-format", "'{src}' is SVG, which can carry scripts", src=excerpt(src))
        return "", what, N_("save it as PNG or WebP")
    if not name.lower().endswith(PICTURE_ENDINGS):
        what = mistake("picture-format", "'{src}' is not a kind of picture used here", src=excerpt(src))
        return "", what, N_("use one of {endings}", endings=tuple(PICTURE_ENDINGS))
    near = images.nearest(name) if guesses else None
    what = mistake("picture-missing", "no picture '{src}'", src=excerpt(src))
    return "", what, near or N_("put it into {folder}/", folder=images.folder)


def image(pair: Pair | None, images: ImageIndex, context: TextContext, notes: Notes) -> ImageRef | None:
    """`image:` → the picture; None if absent or, with a problem, unusable."""
    if pair is None:
        return None
    node = pair[1]
    if isinstance(node, Scalar):
        keys = notes.spelling("src", "الملف"), notes.spelling("alt", "البديل")
        example = f"{{{keys[0]}: {node.value[:80]}, {keys[1]}: …}}"
        cure = N_("write {example}; {more}", example=example, more=no_alt(notes))
        notes.at(node, mistake("no-alt", "the image has no alt text"), cure)
        return placed(node, images, context, notes, alt="", words=(None, None))
    if not isinstance(node, Mapping):
        fields.wrong(pair, N_("keys and values"), notes, "{src: …, alt: …}")
        return None
    alt = next((p for p in node.items if IMAGE.spellings.get(p[0].value) == "alt"), None)
    found = fields.take(node, IMAGE, notes)
    if alt is None or (fields.absent(alt[1])):
        notes.at(node, mistake("no-alt", "the image has no alt text"), no_alt(notes))
    src = found.get("src")
    alt_text = described(fields.plain(found.get("alt"), notes) or "", node.line, notes)
    if src is None:
        return None
    if not isinstance(src[1], Scalar):
        fields.wrong(src, N_("text"), notes)
        return None
    words = (fields.text(found.get("caption"), context, notes), fields.text(found.get("credit"), context, notes))
    return placed(src[1], images, context, notes, alt=alt_text, words=words)


def described(alt: str, line: int, notes: Notes) -> str:
    """An alt text; none, with a note, where nobody has written it yet."""
    if alt.strip() not in {UNDESCRIBED, "؟"}:
        return alt
    what = mistake("undescribed-image", "nobody has described this picture yet (alt: ?)")
    notes.line(line, what, N_("say what it shows"), level="note")
    return ""


def placed(
    src: Scalar,
    images: ImageIndex,
    context: TextContext,
    notes: Notes,
    *,
    alt: str,
    words: tuple[Text | None, Text | None],
) -> ImageRef | None:
    """A picture found on disk, with its words."""
    file, message, cure = picture_file(src.value, images, guesses=notes.patient)
    if message:
        notes.at(src, message, cure)
        return None
    words_of_alt = context.text(alt)
    shown = bidi.mark(words_of_alt.plain, words_of_alt.base) if alt else ""
    return ImageRef(file, shown, words[0], words[1], Place(notes.path, src.line, src.column))


def body(source: str, line: int, notes: Notes, *, images: ImageIndex, context: TextContext, base: Direction) -> Body:
    """Markdown that starts on `line` of its file → safe HTML and its references."""
    if not source or source.isspace():
        return EMPTY_BODY
    if len(source) * 4 > MAX_BODY and len(source.encode()) > MAX_BODY:
        notes.line(line, mistake("text-too-long", "the text is longer than 1 MiB"), N_("split it into several entries"))
        return EMPTY_BODY
    cleaned = cleaning.clean_body(source)
    if len(cleaned) != len(source) and fields.BIDI_CONTROLS.search(source):
        advise(source, line, notes)
    cleaned = spaced(cleaned, context.lang or context.page_lang)
    rendered = markdown.render(cleaned, base=base, base_path=context.base_path, base_url=context.base_url)
    for fault in rendered.faults:
        notes.line(line + fault.line, fault.message, fault.cure, level=fault.level)
    shown = tuple([body_image(found, line, images, context, notes) for found in rendered.images])
    links = tuple([(path, Place(notes.path, line + at)) for path, at in rendered.links])
    return Body(rendered.html, shown, links, rendered.paragraphs, rendered.words, rendered.text)


def advise(source: str, line: int, notes: Notes) -> None:
    """Advise on direction controls taken out of a text: each kind once a line, in the first few lines only."""
    told: set[tuple[int, str]] = set()
    before = 0
    for at, name in cleaning.removed(source, body=True):
        line += source.count("\n", before, at)
        before = at
        if (line, name) not in told:
            told.add((line, name))
            advice = mistake("direction-mark", "{sign} is taken out of the text", sign=name)
            notes.line(line, advice, N_("delete it: direction is set by the page"), level="advice")
        if len(told) >= MAX_ADVICE:
            return


def body_image(
    found: markdown.BodyImage, line: int, images: ImageIndex, context: TextContext, notes: Notes
) -> ImageRef:
    """A picture inside a text. A missing one keeps its position, for marks in the HTML count them."""
    file, message, cure = picture_file(found.src, images, guesses=notes.patient)
    if message:
        notes.line(line + found.line, message, cure)
    caption = context.text(found.title) if found.title else None
    alt = described(found.alt, line + found.line, notes)
    return ImageRef(file, alt, caption, None, Place(notes.path, line + found.line))


def entry_ids(pair: Pair | None, notes: Notes) -> list[tuple[str, Place]]:
    """A list of entry ids with their places, as written but for NFC, a leading `content/` and an ending."""
    key = pair[0].value if pair else ""
    found = []
    for node in fields.words(pair, notes, f"{key}: [sport/2026-11-20-final]"):
        name = identifier(node.value)
        if name:
            found.append((name, Place(notes.path, node.line, node.column)))
        else:
            what = mistake("empty-id", "an empty id in '{key}'", key=excerpt(key))
            notes.at(node, what, N_("write an entry's path under content/ without its ending"))
    return found


def identifier(raw: str, folder: str = "content/") -> str:
    """An id as editors write it → its normal form."""
    name = unicodedata.normalize("NFC", raw).strip().strip("/").removeprefix(folder)
    for ending in (".md", ".yaml", ".yml"):
        name = name.removesuffix(ending)
    return name.removesuffix(INDEX) if name.count("/") > 1 else name


def aliases(pair: Pair | None, base_url: str, notes: Notes) -> tuple[tuple[str, Place], ...]:
    """Old addresses: unencoded paths of the site, each with its place."""
    found: dict[str, Place] = {}
    for node in fields.several(pair, notes, "[/old/address/]"):
        path = alias(node, base_url, notes)
        if path:
            found.setdefault(path, Place(notes.path, node.line, node.column))
    return tuple(found.items())


def alias(  # noqa: PLR0911 - one for each thing an alias cannot be
    node: Scalar, base_url: str, notes: Notes
) -> str:
    """One old address → an unencoded path that starts with a slash; empty with a problem. The site's own host goes."""
    raw = node.value.strip()
    own = pasted_addresses.within(raw, base_url)
    path = unicodedata.normalize("NFC", unquote(own or raw))
    if SCHEME.match(path) or (SCHEME.match(raw) and not own):
        what = mistake("alias-with-host", "an alias is a path of this site, not '{value}'", value=excerpt(raw))
        notes.at(node, what, N_("leave out the scheme and the host"))
        return ""
    path = "/" + path.lstrip("/")
    if "?" in path or "#" in path:
        what = mistake("alias-with-query", "an alias cannot hold ? or #, as in '{value}'", value=excerpt(raw))
        notes.at(node, what, N_("static hosts see the path alone; leave the rest out"))
        return ""
    parts = path.split("/")
    if path == "/" or NOT_IN_PATH.search(path) or "." in parts or ".." in parts or "" in parts[1:-1]:
        what = mistake("alias-path", "'{value}' is not a path of this site", value=excerpt(raw))
        notes.at(node, what, N_("write one like /old/address/"))
        return ""
    if any(HOSTS_OWN.search(part) or part.casefold().partition(".")[0] in DEVICES for part in parts if part):
        what = mistake("alias-name", "'{value}' cannot be the name of a page", value=excerpt(raw))
        notes.at(node, what, N_("write one like /old/address/ or /old/page.html"))
        return ""
    if "." in parts[-1] and not parts[-1].lower().endswith((".html", ".htm")):
        cure = N_("static hosts would not serve it as a page; aliases are folders or end in .html")
        notes.at(node, mistake("alias-ending", "an alias cannot end as '{value}' does", value=excerpt(raw)), cure)
        return ""
    if any(len(part.encode(errors="replace")) > MAX_SEGMENT for part in parts):
        what = mistake(
            "address-too-long",
            "a part of '{value}' is longer than {limit} bytes",
            value=excerpt(raw),
            limit=MAX_SEGMENT,
        )
        notes.at(node, what, N_("no file can have that name; leave it out"))
        return ""
    return path
