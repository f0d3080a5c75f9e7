"""The values of the product: frozen, without I/O, and without queries to the site.

An `Article` comes from one source entry. Its `Entry` is the part that other pages may use, never the body. A `Card` is
the part of an entry that another page may show. A body cannot leak into another page, because no query returns one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from markupsafe import Markup

from digest.problems import Level, Message, Problem

Direction = Literal["rtl", "ltr"]
NO_ATTRIBUTES = Markup("")


class Text(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A piece of an editor's text, ready for a page: `{{ title }}` in a template writes `html`.

    The direction is computed once, when the text is read, and never guessed by the browser. `html` holds no quotation
    mark, so even a careless `title="{{ t }}"` stays inside the attribute.
    """

    plain: str
    """Clean text in NFC, not escaped: for attributes (`{{ t.plain }}`), feeds, JSON."""
    markup: str
    """Safe HTML if it differs from `plain`, else empty: see `html`."""
    dir: Direction
    """Direction of this text."""
    base: Direction
    """Direction of the page, which is that of the site."""
    lang: str = ""
    """BCP 47 tag if it differs from that of the site, else empty."""

    @property
    def html(self) -> str:
        """Safe HTML, with URLs, phone numbers, signed numbers and the like as left-to-right isolates."""
        return self.markup or self.plain

    def __html__(self) -> str:
        return self.markup or self.plain

    def __str__(self) -> str:
        return self.plain

    def __bool__(self) -> bool:
        return bool(self.plain)

    @property
    def attrs(self) -> Markup:
        """` lang="fr" dir="ltr"` for a block element that holds only this text; empty if those of the page apply."""
        if self.dir == self.base and not self.lang:
            return NO_ATTRIBUTES
        lang = f' lang="{self.lang}"' if self.lang else ""
        turn = f' dir="{self.dir}"' if self.dir != self.base else ""
        return Markup(lang + turn)

    @property
    def bdi(self) -> Markup:
        """The text in an isolate with its direction, for use inside a line of other text."""
        lang = f" lang={self.lang}" if self.lang else ""
        return Markup(f"<bdi{lang} dir={self.dir}>{self.html}</bdi>")


class Place(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A place in the site's files: path from the site's root, 1-based line and column (0: whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def problem(self, message: Message | str, cure: Message | str | None, level: Level = "error") -> Problem:
        """A problem at this place."""
        return Problem(self.path, self.line, self.column, message, cure, level)


class ImageRef(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A picture that an entry names: found on disk, not yet opened."""

    file: str
    """Path from the site's root, e.g. `content/sport/final.jpg`."""
    alt: str
    """Plain text; empty for a decorative picture."""
    caption: Text | None
    credit: Text | None
    place: Place


class Rendition(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The files made from one picture. URLs are rooted (`/media/…`), percent-encoded, and hold a fingerprint."""

    src: str
    """The fallback file (JPEG or PNG) that every browser shows."""
    width: int
    height: int
    """Pixels of `src`."""
    sources: tuple[tuple[str, str], ...]
    """(MIME type, srcset) in order of preference, e.g. `("image/avif", "/media/a-400.avif 400w, …")`."""
    files: tuple[tuple[str, str], ...]
    """(output path without leading slash, path of the cached file to copy)."""


class Picture(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A picture on a page."""

    rendition: Rendition
    alt: str
    caption: Text | None = None
    credit: Text | None = None


class DisplayDate(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A date on a page: `<time datetime="{{ m.iso }}">{{ m.text }}</time>`."""

    iso: str
    """Gregorian, ISO 8601, ASCII digits, with offset: `2026-11-20T10:00:00+01:00`."""
    text: str
    """The day in the words and digits of the site: «20 نونبر 2026»."""
    time: str = ""
    """The hour in the digits of the site («10:00»), empty if the entry gives only a day."""
    second: str = ""
    """The day in the second calendar of `calendars`, if there is one."""


class Theme(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One of the site's themes, as declared in site.yaml."""

    id: str
    title: Text
    url: str
    description: Text | None = None
    colour: str = ""
    """`#rrggbb`, or empty for the colour that the style sheet gives to this position."""
    position: int = 0


class Outlet(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The publisher of the original story: one value of an entry's `source`."""

    name: Text
    slug: str
    url: str
    """The checked address of the original, or empty."""
    host: str = ""
    """The host of the address, safe to show (punycode if it mixes scripts)."""


class Tag(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A tag of an entry; tags with equal slugs are the same tag."""

    name: Text
    slug: str


class TranslationRef(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The same story in another language, named by an entry."""

    lang: str
    """BCP 47."""
    id: str
    """Id of an entry of this site, or empty."""
    url: str
    """Absolute address of a page elsewhere, or empty."""
    place: Place


class Item(msgspec.Struct, frozen=True, gc=False, array_like=True, kw_only=True):
    """What entries, editions and standalone pages have in common."""

    id: str
    """Path under content/ without the ending; entries of a round-up add `/slug`."""
    place: Place
    path: str
    """Path of the page, not encoded: `/sport/final/`."""
    url: str
    """The path for links: with the base path of the site, percent-encoded UTF-8."""
    title: Text
    summary: Text
    image: ImageRef | None = None
    images: tuple[ImageRef, ...] = ()
    """Pictures inside the body, in order; `picture_mark(i)` in the body is the place of each."""
    draft: bool = False
    aliases: tuple[tuple[str, Place], ...] = ()
    links: tuple[tuple[str, Place], ...] = ()
    """Links of the body to pages of the site: paths, not encoded, checked when all pages are known."""


class Entry(Item, frozen=True, gc=False, array_like=True, kw_only=True):
    """The part of an article that linking uses, without the body."""

    theme: str
    published: datetime
    """With a time zone."""
    moment: DisplayDate
    updated: datetime | None = None
    updated_moment: DisplayDate | None = None
    authors: tuple[Text, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    tags: tuple[Tag, ...] = ()
    pins: tuple[str, ...] | None = None
    """Ids under `related:`; `()` for none at all, None for computed."""
    pin_places: tuple[Place, ...] = ()
    edition: str = ""
    edition_place: Place | None = None
    lead: bool = False
    lang: str = ""
    """BCP 47 tag if it differs from that of the site."""
    translations: tuple[TranslationRef, ...] = ()


class ArticleText(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The text of an article: what its own page shows, and no other page unless it declares so."""

    body: str
    """Sanitised HTML. Pictures stand as `picture_mark(i)`."""
    dateline: Text | None = None
    minutes: int = 0
    """Reading time, 0 for a body too short to say."""
    standfirst: Text | None = None
    """The summary as the editor wrote it; a computed one is for cards and feeds only."""


class Article(msgspec.Struct, frozen=True, gc=False):
    """One item of the digest, checked, its Markdown rendered to safe HTML."""

    entry: Entry
    story: ArticleText
    opening: str = ""
    """The beginning of the text, plain, for whoever takes terms from it; empty in an article that is rendered."""


class Edition(Item, frozen=True, gc=False, array_like=True, kw_only=True):
    """An edition of the digest."""

    published: datetime
    moment: DisplayDate
    body: str
    """The introduction: sanitised HTML."""
    picks: tuple[tuple[str, Place], ...] = ()
    """Entry ids in the editor's order."""


class StandalonePage(Item, frozen=True, gc=False, array_like=True, kw_only=True):
    """A page that is not news, such as about or contact."""

    body: str
    updated: DisplayDate | None = None
    lang: str = ""


class Card(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The part of an article that another page may show."""

    url: str
    title: Text
    summary: Text
    moment: DisplayDate
    theme: Theme
    outlet: Text | None = None
    """Name of the first source."""
    picture: Picture | None = None


class Link(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A name and its address: a tag, a menu item, a breadcrumb."""

    title: Text
    url: str
    count: str = ""
    """A counted noun in words («3 مقالات»), or empty."""


PICTURE_OPEN, PICTURE_CLOSE = "\ue000", "\ue001"
"""Private-use characters. Reading removes them from all content, so only digest writes them."""


def picture_mark(index: int) -> str:
    """The placeholder for picture number `index` in a body."""
    return f"{PICTURE_OPEN}{index}{PICTURE_CLOSE}"
