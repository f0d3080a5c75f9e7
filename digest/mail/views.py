"""What the templates of the mail may see, under the name `mail`: closed, frozen values.

Mail clients know neither `<bdi>` nor logical properties, and services that send mail run templates of their own over
it. So every text is here as markup that is safe for both, and as plain text; every address is absolute.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from markupsafe import Markup

from digest.mail.inert import inert
from digest.model import Direction

Side = Literal["left", "right"]


class MailText(msgspec.Struct, frozen=True, gc=False):
    """A text in a mail: `{{ title }}` writes its markup."""

    html: Markup
    """Safe in a mail, also where a service runs a template language over it."""
    plain: str
    """For the text alone: in HTML a service would run what looks like its template language."""
    dir: Direction
    lang: str = ""
    """BCP 47 tag if it differs from that of the mail, else empty."""

    @property
    def value(self) -> Markup:
        """The plain text, safe in an attribute and in `<title>`."""
        return inert(self.plain)

    def __html__(self) -> str:
        return self.html

    def __bool__(self) -> bool:
        return bool(self.plain)


class MailPicture(msgspec.Struct, frozen=True, gc=False):
    """A picture on the site, as JPEG or PNG."""

    src: str
    """Absolute."""
    width: int
    """Pixels of the file, at most 1200."""
    height: int
    alt: Markup
    """Safe in an attribute."""
    credit: MailText | None = None


class MailStory(msgspec.Struct, frozen=True, gc=False):
    """A story of the edition."""

    title: MailText
    url: Markup
    """Absolute, of its page on the site."""
    summary: MailText
    sources: MailText
    """The names of its sources in a sentence («سلمى وعمر»), or empty."""
    source_count: int
    moment: str
    """The day, in the words and digits of the site."""
    picture: MailPicture | None = None
    """Empty where the mail's head shows the same picture."""


class MailSection(msgspec.Struct, frozen=True, gc=False):
    """One theme inside the edition."""

    title: MailText
    url: Markup
    colour: str
    """`#rrggbb` of the theme."""
    ink: str
    """The same where text of that colour can be read on `paper`, else the colour of text."""
    stories: tuple[MailStory, ...]


class MailColours(msgspec.Struct, frozen=True, gc=False):
    """The colours of the site's style sheet in light mode, as `#rrggbb`."""

    paper: str
    wash: str
    ink: str
    soft: str
    line: str
    accent: str
    band: str
    band_ink: str
    band_soft: str


class MailView(msgspec.Struct, frozen=True, gc=False):
    """An edition as a mail."""

    lang: str
    dir: Direction
    start: Side
    """The side where lines begin: `right` in Arabic."""
    end: Side
    site: MailText
    site_url: Markup
    subject: str
    preheader: MailText
    """What lists of mails show after the subject."""
    title: MailText
    url: Markup
    """Absolute, of the edition's page on the site."""
    moment: str
    second: str
    """The day in the site's second calendar, or empty."""
    count: str
    """«12 خبرًا», all stories of the edition."""
    picture: MailPicture | None
    introduction: Markup
    """The editor's words as HTML with inline styles."""
    introduction_plain: tuple[str, ...]
    """The same as paragraphs of plain text."""
    sections: tuple[MailSection, ...]
    left_out: int
    """Stories that no longer fit and are on the site alone."""
    footer: Markup
    """`email.footer` as HTML with inline styles."""
    footer_plain: tuple[str, ...]
    postal: MailText
    unsubscribe: Markup
    """An address, or what the sending service replaces by one; empty where there is neither."""
    colours: MailColours

    @property
    def stories(self) -> int:
        """How many stories are in it."""
        return sum(len(section.stories) for section in self.sections)
