"""`digest clip`: a page of the web, or one saved in a browser → a draft entry.

In: an address or a file, the site, what was asked for. Out: a `Clip`, or a `Refused` with its cure. The network is used
for addresses, and for a picture that was asked for; a file is read without it.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import msgspec

from digest.curating import addresses, drafts, encoding, fetching, metadata, pages, pictures, saved, walls
from digest.curating.drafts import Draft, Remark, Source
from digest.problems import N_, Message
from digest.text import cleaning
from digest.text.folding import fold
from digest.translation import ENGLISH, FSI, PDI, Catalogue, _

if TYPE_CHECKING:
    from digest.content.inbox_sources import InboxSource
    from digest.content.settings import Settings
    from digest.curating.metadata import Metadata
    from digest.curating.pages import Page
    from digest.curating.taken import Taken

WEB: Final = re.compile(r"https?://", re.IGNORECASE)
LIKE_A_HOST: Final = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?:/\S*)?")
PAGE_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})
MOST_PASSAGES: Final = 8
LONGEST_PASSAGE: Final = 1500
ZONELESS: Final = "UTC"


class ClipOptions(msgspec.Struct, frozen=True):
    """What was asked for beside the page."""

    theme: str = ""
    url: str = ""
    image: bool = False
    quote: bool = False
    text: bool = False
    again: bool = False
    dry_run: bool = False


class Site(msgspec.Struct, frozen=True):
    """The site that gets the entry."""

    root: Path
    settings: Settings
    sources: tuple[InboxSource, ...]
    taken: Taken


class Clip(msgspec.Struct, frozen=True):
    """A draft that was made, or with `dry_run` would be."""

    path: Path
    draft: Draft
    found: Metadata
    lang: str

    def as_json(self, root: Path) -> dict[str, Any]:
        """One item of `--json`."""
        draft, picture = self.draft, self.draft.picture
        path = self.path.relative_to(root).as_posix()
        first = draft.sources[0]
        return {
            "id": path.removeprefix("content/").rpartition(".")[0],
            "path": path,
            "title": draft.title,
            "date": draft.date.isoformat(),
            "date_precision": "minute" if isinstance(draft.date, datetime) else "day",
            "source": {"name": first.name, "url": first.url},
            "authors": list(draft.authors),
            "summary": draft.summary,
            "lang": self.lang,
            "theme": draft.theme,
            "image": None
            if picture is None
            else {"url": picture.url, "alt": picture.alt, "caption": picture.caption, "credit": picture.credit},
            "origin": self.found.origin,
            "advice": [remark.said() for remark in draft.remarks],
            "dropped": [{"value": name, "was": value} for name, value in self.found.dropped],
        }


class Refused(msgspec.Struct, frozen=True):
    """Why a page gives no entry, and what to do."""

    target: str
    what: Message
    remedy: Message

    @property
    def message(self) -> str:
        """In English."""
        return str(self.what)

    @property
    def cure(self) -> str:
        """In English."""
        return str(self.remedy)

    def within(self, language: Catalogue) -> str:
        """The line in a language."""
        why = f"{self.what.within(language)}{language.one('; ')}{self.remedy.within(language)}"
        return f"{language.shown(self.shown)}: " + (f"{FSI}{why}{PDI}" if language.turns else why)

    def __str__(self) -> str:
        return self.within(ENGLISH)

    @property
    def shown(self) -> str | Message:
        """The target without what may be secret in it."""
        if not WEB.match(self.target):
            return self.target
        address = addresses.canonical(self.target)
        return unquote(address.partition("?")[0])[:200] or N_("the address")


class Read(msgspec.Struct, frozen=True):
    """A page's bytes and where they come from."""

    raw: bytes
    url: str = ""
    """Where it was read from, after redirects; of a saved page what it says."""
    asked: str = ""
    charset: str = ""
    headers: dict[str, str] = {}
    saved: datetime | None = None
    is_complete: bool = True
    file: bytes = b""
    """The whole saved file, with its pictures."""


def clip(
    target: str, site: Site, options: ClipOptions, now: datetime, network: fetching.Network = fetching.NETWORK
) -> Clip | Refused:
    """Make a draft of one page. Raises OSError where the entry cannot be written."""
    got = from_web(target, site, options, network) if WEB.match(target) else from_file(target, options)
    if isinstance(got, Refused):
        return got
    decoded = encoding.decode(got.raw, got.charset)
    page = pages.read(decoded.text)
    setting = metadata.Setting(got.url, zone_of(site, got.url), got.saved or now, now)
    found = metadata.read(page, setting)
    if not got.url and found.url and (zone := zone_of(site, found.url)) != setting.zone:
        found = metadata.read(page, setting._replace(zone=zone))
    fault = (
        walls.refusal(page, found, got.url or found.url, got.asked)
        or unreadable(found, decoded)
        or (None if found.url else NO_ADDRESS)
    )
    if fault:
        return Refused(target, *fault)
    entry = named_by(site, (found.url, got.url))
    if entry and not options.again:
        return Refused(target, *already(entry))
    remarks = [*remarks_of(page, found, got, decoded), *([Remark("repeated", {"path": entry})] if entry else [])]
    draft = drafted(page, found, site, remarks, options=options, now=now, asked=options.url or target)
    if options.text:
        draft = msgspec.structs.replace(draft, text=whole_text(decoded.text, found.url))
    picture = pictures.Taken()
    if options.image and draft.picture and not options.dry_run:
        picture = taken_picture(draft.picture.url, [image.src for image in metadata.lead_images(page)], got, network)
    return kept(target, draft, found, site=site, options=options, picture=picture)


def taken_picture(address: str, shown: list[str], got: Read, network: fetching.Network) -> pictures.Taken:
    """The lead picture: from the saved file where that holds it, or what it shows instead; else from the web."""
    places = [address, *(src if src.startswith("data:") else addresses.canonical(src, got.url) for src in shown)]
    held = saved.picture(got.file, places) if got.file else b""
    picture = pictures.made(held) if held else pictures.Taken()
    return picture if picture.content else pictures.take(address, network)


def kept(
    target: str, draft: Draft, found: Metadata, *, site: Site, options: ClipOptions, picture: pictures.Taken
) -> Clip | Refused:
    """Write the entry, with its picture."""
    if picture.problem:
        return Refused(target, picture.problem, picture.cure or fetching.OPEN_IT)
    if draft.picture and picture.credit and not draft.picture.credit:
        draft = msgspec.structs.replace(draft, picture=msgspec.structs.replace(draft.picture, credit=picture.credit))
    lang = found.lang or site.settings.lang.partition("-")[0]
    if options.dry_run:
        return Clip(drafts.planned_path(site.root, draft, site.settings), draft, found, lang)
    path, draft = drafts.write(site.root, draft, site.settings, picture.content, picture.ending)
    return Clip(path, draft, found, lang)


# ------------------------------------------------------------------ where it comes from

NO_ADDRESS: Final = walls.Refusal(
    N_("the file does not say which address it was saved from"), N_("give it with --url ADDRESS")
)


def already(entry: str) -> walls.Refusal:
    return walls.Refusal(
        N_("{entry} names this address already", entry=entry),
        N_("edit that entry, or clip it once more with --again"),
    )


def named_by(site: Site, known: tuple[str, ...]) -> str:
    """Path of the entry that names one of the addresses as its source."""
    return next((path for address in known if address and (path := site.taken.entry_with(address))), "")


def from_web(target: str, site: Site, options: ClipOptions, network: fetching.Network) -> Read | Refused:
    """Fetch a page, unless an entry names it already."""
    entry = named_by(site, (target,))
    if entry and not options.again:
        return Refused(target, *already(entry))
    answer = fetching.fetch(target, network=network)
    if isinstance(answer, fetching.Failure):
        if answer.status and answer.kind == "status" and (fault := wall_behind(answer)):
            return Refused(target, *fault)
        return Refused(target, answer.what, answer.remedy)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in PAGE_TYPES:
        return Refused(
            target,
            N_("it is no web page ({kind})", kind=kind[:40]),
            N_("give the address of the page that tells the story"),
        )
    if not answer.body.strip():
        return Refused(target, N_("the page is empty"), fetching.CHECK_ADDRESS)
    url = addresses.canonical(options.url) or answer.url
    return Read(answer.body, url, target, answer.charset, answer.headers, None, answer.is_complete)


def wall_behind(answer: fetching.Failure) -> walls.Refusal | None:
    """What the page says that came with an error: 403 and 503 are often a robots' wall."""
    if answer.status not in (401, 403, 405, 429, 503) or not answer.body:
        return None
    page = pages.read(encoding.decode(answer.body).text)
    title, text = fold(page.title), walls.text_of(page)
    if walls.is_wall(page, title, fold(f"{page.title} {text[:1500]}"), text):
        host = addresses.host(answer.url)
        return walls.Refusal(fetching.asks_for_proof(host, answer.status), fetching.SAVE_IT)
    return None


NO_FILE: Final = N_("there is no such file")


def from_file(target: str, options: ClipOptions) -> Read | Refused:  # noqa: PLR0911 - one for each fault of a file
    """Read a saved page."""
    path = Path(target)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Refused(target, N_("it is no file"), N_("name the page's own file, such as page.html"))
        if status.st_size > saved.LARGEST:
            return Refused(target, saved.TOO_LARGE, N_("save the page without its pictures"))
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        if LIKE_A_HOST.fullmatch(target) and not path.suffix.lower().startswith((".htm", ".mht", ".gz")):
            return Refused(
                target, NO_FILE, N_("write an address with its scheme: {address}", address=f"https://{target}")
            )
        reason = getattr(error, "strerror", None)
        what = NO_FILE if not reason or isinstance(error, FileNotFoundError) else N_("{error}", error=reason)
        return Refused(target, what, N_("check the path"))
    page = saved.read(raw)
    if page.problem:
        return Refused(target, page.problem, N_("save it again as HTML, as one file (MHTML), or with SingleFile"))
    if not page.html.strip():
        return Refused(target, N_("the file is empty"), N_("save the page again"))
    given = addresses.canonical(options.url)
    if options.url and not given:
        return Refused(target, N_("--url is no web address"), N_("write one that begins with https://"))
    return Read(page.html, given or page.url, charset=page.charset, saved=page.saved, file=page.file)


def unreadable(found: Metadata, decoded: encoding.Decoded) -> walls.Refusal | None:
    """Whether a value holds bytes that are no text."""
    values = (found.title, found.summary, found.outlet, *found.authors)
    if decoded.bad_byte < 0 or not any("\ufffd" in value for value in values):
        return None
    return walls.Refusal(
        N_(
            "byte {number} is no {encoding}, and stands in the title, the summary or a name",
            number=decoded.bad_byte,
            encoding=decoded.encoding,
        ),
        fetching.OPEN_IT,
    )


def zone_of(site: Site, address: str) -> ZoneInfo:
    """The time zone of the source with this address, else the site's."""
    source = addresses.source_of(site.sources, address)
    for name in (source.timezone if source else "", site.settings.timezone):
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            continue
    return ZoneInfo(ZONELESS)


# ------------------------------------------------------------------ the draft


def drafted(
    page: Page, found: Metadata, site: Site, remarks: list[Remark], *, options: ClipOptions, now: datetime, asked: str
) -> Draft:
    """The draft of a page's values."""
    day = now.astimezone(ZoneInfo(site.settings.timezone)).date()
    passages: tuple[str, ...] = ()
    if options.quote:
        passages = quoted(page, asked)
        if not passages:
            remarks.append(Remark("no-passages"))
    outlet = found.outlet or addresses.host(found.url)
    return Draft(
        title=found.title,
        date=found.dated.value if found.dated else day,
        theme=options.theme or theme_of(site, found.url),
        sources=(Source(outlet, found.url), *(Source(name) for name in found.agencies)),
        authors=found.authors,
        summary=found.summary,
        lang=found.lang,
        dateline=found.dateline,
        picture=found.picture,
        passages=passages,
        remarks=tuple(remarks),
    )


def theme_of(site: Site, address: str) -> str:
    """The theme of the source with that host, else the site's first."""
    known = [theme.id for theme in site.settings.themes]
    source = addresses.source_of(site.sources, address)
    return source.theme if source and source.theme in known else known[0]


def remarks_of(page: Page, found: Metadata, got: Read, decoded: encoding.Decoded) -> Iterator[Remark]:
    """What the editor should know."""
    yield from found.remarks
    if not found.dated and not any(remark.code in ("future-date", "old-date") for remark in found.remarks):
        yield Remark("no-date")
    if decoded.declared:
        yield Remark("encoding", {"declared": cleaning.clean(decoded.declared), "actual": decoded.encoding})
    if not got.is_complete or page.is_cut:
        yield Remark("cut-short")
    if got.asked and walls.leads_home(got.asked, got.url):
        yield Remark("redirected-home", {"host": addresses.host(got.url)})
    if word := walls.reservation(page, got.headers):
        yield Remark("no-copying", {"word": word})
    for name in found.agencies:
        yield Remark("agency", {"name": name})
    if not found.summary:
        yield Remark("no-summary")


def quoted(page: Page, address: str) -> tuple[str, ...]:
    """Marked passages: `<mark>`, what a link to a highlight names (`#:~:text=`), else the page's own quotations."""
    marked = [one.text for one in page.elements if one.tag == "mark" and not one.where & pages.OTHERS]
    marked += highlighted(page, address)
    if not marked:
        marked = [one.text for one in page.elements if one.tag == "blockquote" and not one.where & pages.OTHERS]
    texts = (cleaning.clean(text)[:LONGEST_PASSAGE] for text in marked)
    return tuple(dict.fromkeys(text for text in texts if len(text) >= 3))[:MOST_PASSAGES]


def highlighted(page: Page, address: str) -> list[str]:
    """Passages of a text fragment: `start` or `start,end`, with what stands round them left out."""
    found = []
    for part in address.partition("#")[2].partition(":~:")[2].split("&"):
        if not part.startswith("text="):
            continue
        pieces = [
            unquote(piece) for piece in part[5:].split(",") if not piece.startswith("-") and not piece.endswith("-")
        ]
        if not pieces:
            continue
        for line in walls.story_lines(page):
            start = line.text.find(pieces[0])
            if start < 0:
                continue
            end = line.text.find(pieces[-1], start) + len(pieces[-1])
            found.append(line.text[start:end] if end > start else line.text[start:])
            break
    return found


def whole_text(markup: str, address: str) -> str:
    """The main text, by trafilatura. Raises UsageError where it is not installed."""
    try:
        import trafilatura  # noqa: PLC0415 - an extra
    except ImportError:
        from digest.problems import UsageError  # noqa: PLC0415

        raise UsageError(_("--text needs trafilatura; run: pip install 'digest[text]'")) from None
    found = trafilatura.extract(markup, url=address, include_comments=False, include_tables=False, output_format="txt")
    return "\n\n".join((found or "").splitlines())
