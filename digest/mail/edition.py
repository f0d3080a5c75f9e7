"""An edition of a site → `MailView`.

In: a `Site` and the id of an edition. Out: the view of all its stories, in the order and the groups of its page, every
address absolute; and advice. Refuses an edition that is not published, and one that names an entry that is not: the
mail cannot be called back, and its links would lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from digest.content import markdown
from digest.mail import colours
from digest.mail.inert import address, inert
from digest.mail.markup import Body, inline, paragraphs, plain_of
from digest.mail.views import MailPicture, MailSection, MailStory, MailText, MailView
from digest.pages.site_view import OWN_STYLESHEET, STYLESHEET
from digest.problems import N_, DigestError, Problem, UsageError, did_you_mean, excerpt, mistake
from digest.text import bidi, cleaning
from digest.translation import _

if TYPE_CHECKING:
    from digest.model import Edition, Entry, ImageRef, Outlet, Text
    from digest.site.site import Site

FOLDER: Final = "editions/"
WIDEST: Final = 1200
"""Pixels of a picture in a mail."""
PLACEHOLDERS: Final[Mapping[str, Markup]] = {
    "listmonk": Markup("{{ UnsubscribeURL }}"), "buttondown": Markup("{{ unsubscribe_url }}"),
    "mailchimp": Markup("*|UNSUB|*"),
}  # fmt: skip
"""What each service replaces by the address where this reader leaves the list."""


class MailEdition(NamedTuple):
    """An edition, and its view."""

    edition: Edition
    view: MailView
    advice: tuple[Problem, ...] = ()


def mail_edition(site: Site, name: str) -> MailEdition:
    """The edition of an id. Raises `UsageError` for an unknown one, `DigestError` for one that cannot be sent."""
    edition = find(site, name)
    problems = not_published(site, edition)
    if problems:
        raise DigestError(problems)
    view = ViewMaker(site, edition).view()
    wrong = tuple(site.images.problems(lambda: refs_of(site, edition)))
    if any(problem.level == "error" for problem in wrong):
        raise DigestError(wrong)
    return MailEdition(edition, view, (*wrong, *advice(site, view, edition)))


def find(site: Site, name: str) -> Edition:
    """The edition of an id, published or not. Raises `UsageError`."""
    wanted = re.sub(r"\.(?:md|yaml|yml)$", "", name.removeprefix("./").removeprefix("content/").removeprefix(FOLDER))
    known = {edition.id.removeprefix(FOLDER): edition for edition in site.sources.library.editions}
    if wanted not in known:
        near = did_you_mean(wanted, known) or (
            N_("the latest is {name}", name=max(known, key=lambda one: known[one].published))
            if known
            else N_("content/editions/ has no edition yet")
        )
        raise UsageError(_("there is no edition '{name}'; {cure}", name=excerpt(wanted), cure=near))
    return known[wanted]


def not_published(site: Site, edition: Edition) -> list[Problem]:
    """Why an edition cannot be sent yet."""
    if edition not in site.index.editions:
        if edition.draft:
            return [
                edition.place.problem(
                    mistake("edition-not-published", "this edition is a draft"),
                    N_("take 'draft' out, then deploy the site"),
                )
            ]
        return [
            edition.place.problem(
                mistake("edition-not-published", "this edition is dated later than now"),
                N_("wait, or correct its date"),
            )
        ]
    held = {entry.id: entry for entry in site.held}
    problems = []
    for name, place in edition.picks:
        if name in held:
            problems.append(unpublished(held.pop(name), place.path, place.line, place.column))
    for entry in held.values():
        if entry.edition == edition.id.removeprefix(FOLDER) or entry.edition == edition.id:
            place = entry.edition_place or entry.place
            problems.append(unpublished(entry, place.path, place.line, place.column))
    return problems


def unpublished(entry: Entry, path: str, line: int, column: int) -> Problem:
    """An entry of an edition that readers could not open."""
    state = N_("a draft") if entry.draft else N_("dated later than now")
    what = mistake(
        "entry-not-published", "the edition holds '{id}', which is {state}", id=excerpt(entry.id), state=state
    )
    return Problem(path, line, column, what, N_("publish the entry, or take it out of the edition"))


def advice(site: Site, view: MailView, edition: Edition) -> list[Problem]:
    """What may be meant otherwise."""
    found = []
    if not site.settings.email.sender:
        what = mistake(
            "email-sender",
            "'email.sender' is not set: the mail says that it comes from an address that takes no answers",
        )
        cure = N_("add {example}", example="email: {sender: Name <news@example.org>}")
        found.append(Problem("site.yaml", 0, 0, what, cure, "advice"))
    if not view.stories:
        what = mistake("edition-empty", "this edition has no stories")
        found.append(edition.place.problem(what, N_("list them under 'entries'"), "advice"))
    wide = sorted({ref.file for ref in refs_of(site, edition) if too_wide(site, ref)})
    for file in wide:
        what = mistake(
            "picture-too-wide",
            "the picture '{file}' is left out of the mail: the site has it wider than {limit} pixels only",
            file=excerpt(file),
            limit=WIDEST,
        )
        found.append(
            Problem("site.yaml", 0, 0, what, N_("add a width up to {limit} to images.widths", limit=WIDEST), "advice")
        )
    return found


def refs_of(site: Site, edition: Edition) -> list[ImageRef]:
    """The pictures that a mail may show."""
    entries = site.index.by_edition.get(edition.id, ())
    shown = [edition.image, *(entry.image for entry in entries), *edition.images]
    return [ref for ref in shown if ref and ref.file]


def too_wide(site: Site, ref: ImageRef) -> bool:
    picture = site.context.picture(ref)
    return picture is not None and picture.rendition.width > WIDEST


class ViewMaker:
    """Makes the view of one edition."""

    def __init__(self, site: Site, edition: Edition) -> None:
        self.site = site
        self.edition = edition
        self.settings = site.settings
        self.context = site.context
        self.strings = site.project.strings
        assets = dict(site.project.assets.files)
        urls = site.project.assets.urls
        base = self.settings.base_path
        sheets = [urls[name] for name in (STYLESHEET, OWN_STYLESHEET) if name in urls]
        self.found = colours.properties(assets[url.removeprefix(base)].decode() for url in sheets)
        self.colours = colours.mail_colours(self.found)

    def view(self) -> MailView:
        """The whole edition."""
        settings, edition = self.settings, self.edition
        email = settings.email
        picture = self.picture(edition.image)
        start, end = ("right", "left") if settings.dir == "rtl" else ("left", "right")
        body = Body(settings.dir, start, self.colours, self.absolute, self.body_picture)  # type: ignore[arg-type]
        footer = markdown.render(cleaning.clean_body(email.footer), base=settings.dir, base_path=settings.base_path)
        small = Body(settings.dir, start, self.colours, self.absolute, small=True)  # type: ignore[arg-type]
        before = self.as_text(email.preheader) if email.preheader else self.text(edition.summary)
        return MailView(
            lang=settings.lang,
            dir=settings.dir,
            start=start,  # type: ignore[arg-type]
            end=end,  # type: ignore[arg-type]
            site=self.text(settings.title),
            site_url=address(settings.base_url),
            subject=edition.title.plain,
            preheader=before,
            title=self.text(edition.title),
            url=self.url(edition.url),
            moment=edition.moment.text,
            second=edition.moment.second,
            count=self.strings.plain("stories", n=len(self.entries)),
            picture=picture,
            introduction=body.write(edition.body),
            introduction_plain=paragraphs(edition.body, self.absolute),
            sections=tuple(self.sections(picture)),
            left_out=0,
            footer=small.write(footer.html),
            footer_plain=paragraphs(footer.html, self.absolute),
            postal=self.as_text(email.postal),
            unsubscribe=self.unsubscribe(),
            colours=self.colours,
        )

    @property
    def entries(self) -> Sequence[Entry]:
        return self.site.index.by_edition.get(self.edition.id, ())

    def sections(self, shown: MailPicture | None) -> list[MailSection]:
        """Themes in the order of their first stories, as on the edition's page."""
        by_theme: dict[str, list[Entry]] = {}
        for entry in self.entries:
            by_theme.setdefault(entry.theme, []).append(entry)
        made = []
        for name, entries in by_theme.items():
            theme = self.context.themes[name]
            colour = colours.theme_colour(theme, self.found)
            ink = colours.readable(colour, self.colours.paper, self.colours.ink)
            stories = tuple(self.story(entry, shown) for entry in entries)
            made.append(MailSection(self.text(theme.title), self.url(theme.url), colour, ink, stories))
        return made

    def story(self, entry: Entry, shown: MailPicture | None) -> MailStory:
        picture = self.picture(entry.image)
        return MailStory(
            title=self.text(entry.title),
            url=self.url(entry.url),
            summary=self.text(entry.summary),
            sources=self.sources(entry.outlets),
            source_count=len(entry.outlets),
            moment=entry.moment.text,
            picture=None if picture and shown and picture.src == shown.src else picture,
        )

    def sources(self, outlets: Sequence[Outlet]) -> MailText:
        markup = self.strings.list([outlet.name for outlet in outlets])
        return MailText(inline(markup), plain_of(markup), self.settings.dir)

    def text(self, text: Text) -> MailText:
        return MailText(inline(text.html), text.plain, text.dir, text.lang)

    def as_text(self, raw: str) -> MailText:
        return self.text(bidi.directed_text(raw, base=self.settings.dir, page_lang=self.settings.lang))

    def url(self, url: str) -> Markup:
        return address(self.context.absolute(url))

    def absolute(self, url: str) -> str:
        """An address of the body: of the site, of another one, or of a heading, which is on the edition's page."""
        url = self.edition.url + url if url.startswith("#") else url
        return self.context.absolute(url) if url.startswith(self.settings.base_path) else url

    def picture(self, ref: ImageRef | None) -> MailPicture | None:
        picture = self.context.picture(ref)
        if picture is None or picture.rendition.width > WIDEST:
            return None
        made, credit = picture.rendition, picture.credit
        said = self.text(self.strings.text("credit", name=credit)) if credit else None
        return MailPicture(address(self.context.absolute(made.src)), made.width, made.height, inert(picture.alt), said)

    def body_picture(self, number: int) -> str:
        """A picture of the introduction."""
        refs = self.edition.images
        picture = self.picture(refs[number]) if number < len(refs) else None
        if picture is None:
            return ""
        width = min(picture.width, 544)
        style = "display:block;width:100%;height:auto;border:0"
        return f'<img src="{picture.src}" alt="{picture.alt}" width="{width}" style="{style}">'

    def unsubscribe(self) -> Markup:
        email = self.settings.email
        if email.service:
            return PLACEHOLDERS[email.service]
        return address(email.unsubscribe) if email.unsubscribe else Markup("")
