"""A snapshot and a request → what is sent: a page with the preview's script in it, or a file as it is.

A page that was good once is kept as it then was, for the time its file or template is broken.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import quote, unquote

from digest.pages.blocks import FRAGMENT
from digest.pages.media_types import media_type
from digest.preview.http import HTML, Answer, redirect, refusal
from digest.preview.injection import blank, included, injected
from digest.preview.messages import words_of
from digest.site import reasons
from digest.site.reasons import Basis, Comparison, Recipe
from digest.text import bidi

if TYPE_CHECKING:
    from digest.pages.page import Page
    from digest.preview.requests import Request
    from digest.preview.snapshot import Fault, Snapshot

KEPT: Final = 100
"""Pages whose last good version and last recipe are kept."""
MOVED: Final = "redirect.html"
NOT_FOUND: Final = "/404.html"
OK, MISSING, NOT_NOW = 200, 404, 503

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as a browser gets it, but for the script."""

    html: str
    """Empty if the page was never rendered without a fault."""
    print: str
    """Fingerprint of the page and of all files it loads; empty if `html` is."""
    page: Page | None
    fault: Fault | None = None
    """Of its template."""
    status: int = OK


class Making(NamedTuple):
    """How a page came to be as it is."""

    print: str
    basis: Basis
    recipe: Recipe
    causes: tuple[str, ...]
    """Why it was rendered again; empty for the first time."""
    at: str
    """The hour: 14:05:09."""


class Responses:
    """Answers to requests for the site. Asked by several threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.lock = threading.Lock()
        self.good: OrderedDict[str, str] = OrderedDict()
        self.makings: OrderedDict[str, Making] = OrderedDict()

    def answer(self, snapshot: Snapshot, request: Request) -> Answer:
        """Answer a request for an address of the site. Raises `SourceChangedError`."""
        path = site_path(snapshot, request.path)
        if path is None:
            home = snapshot.site.settings.base_path
            at_home = request.path in {"/", home.removesuffix("/")}
            return redirect(home) if at_home else refusal(MISSING, "not found")
        page = snapshot.site.page(path)
        if page is None:
            return self.file(snapshot, request, path) or self.page(snapshot, request)
        if page.template == MOVED:
            return redirect(str(page.parts["url"]), snapshot.make(page).html.encode())
        if page.path == FRAGMENT:
            return Answer(snapshot.make(page).html.encode(), HTML)
        return self.page(snapshot, request)

    def file(self, snapshot: Snapshot, request: Request, path: str) -> Answer | None:
        """A file that is no page, or the way to the page that is meant. Raises `SourceChangedError`."""
        content = snapshot.file(path)
        if content is not None:
            return Answer(content, media_type(path), more=(("Accept-Ranges", "bytes"),))
        query = f"?{request.query}" if request.query else ""
        return redirect(f"{quote(request.path)}/{query}") if snapshot.site.page(f"{path}/") else None

    def page(self, snapshot: Snapshot, request: Request) -> Answer:
        """The page at an address, or that of a missing one. Raises `SourceChangedError`."""
        shown = self.shown(snapshot, request.path)
        if not shown.html:
            return self.last_good(request.path, snapshot.site.settings.lang)
        if shown.status == OK and not shown.fault:
            self.keep(self.good, request.path, shown.html)
        return Answer(injected(shown.html, shown.print).encode(), HTML, shown.status)

    def shown(self, snapshot: Snapshot, path: str) -> Shown:
        """The page at an address of this server, or that of a missing one. Raises `SourceChangedError`."""
        inside = site_path(snapshot, path)
        page = snapshot.site.page(inside) if inside is not None else None
        status = OK if page is not None else MISSING
        page = page or snapshot.site.page(NOT_FOUND)
        if page is None:
            return Shown("", "", None, status=status)

        def fragment(url: str) -> str | None:
            its = snapshot.site.page(FRAGMENT) if site_path(snapshot, unquote(url)) == FRAGMENT else None
            return snapshot.make(its).html if its else None

        made = snapshot.make(page)
        html = included(made.html, fragment)
        if not html:
            return Shown("", "", page, made.fault, status)
        seen = [html]
        if page.embeds and snapshot.site.context.fragments == "live":
            seen.append(fragment(snapshot.site.context.url(FRAGMENT)) or "")
        seen += [f"{stamp}" for url, stamp in statics(snapshot) if url in html]
        fp = blake2b("\0".join(seen).encode(), digest_size=8).hexdigest()
        self.note(snapshot, page, fp)
        return Shown(html, fp, page, made.fault, status)

    def note(self, snapshot: Snapshot, page: Page, fp: str) -> None:
        """Remember the recipe of a page, to explain its next change."""
        known = self.makings.get(page.path)
        if known is not None and known.print == fp:
            return
        site = snapshot.site
        recipe = Recipe(page.template, site.fingerprints.page(page.parts))
        why: tuple[str, ...] = ()
        if known:
            shared = Comparison(known.basis, site.basis).shared(page.template, page.embeds)
            why = (*shared, *reasons.own(known.recipe, recipe, page.parts))
        when = f"{self.clock().astimezone():%H:%M:%S}"
        self.keep(self.makings, page.path, Making(fp, site.basis, recipe, why, when))

    def keep(self, where: OrderedDict[str, Kept], path: str, value: Kept) -> None:
        """Remember something of a page, and forget the page that was not looked at for the longest time."""
        with self.lock:
            where[path] = value
            where.move_to_end(path)
            while len(where) > KEPT:
                where.popitem(last=False)

    def last_good(self, path: str, lang: str) -> Answer:
        """The last good version of a page; the overlay shows the present fault."""
        html = self.good.get(path)
        return Answer(injected(html, "").encode(), HTML) if html else placeholder("broken", lang)


def placeholder(why: str, lang: str) -> Answer:
    """In place of a page that never was good."""
    words = words_of(lang)
    html = blank(words["lang"], bidi.lang_direction(words["lang"]), words[why])
    return Answer(injected(html, "").encode(), HTML, NOT_NOW)


def site_path(snapshot: Snapshot, path: str) -> str | None:
    """A path of this server → one of the site, below its base path; None outside of that."""
    base = snapshot.site.base
    if not path.startswith(base):
        return None
    path = path[len(base) - 1 :]
    return path.removesuffix("index.html") if path.endswith("/index.html") else path


def statics(snapshot: Snapshot) -> Iterable[tuple[str, object]]:
    """URL and stamp of each file under static/."""
    loose = snapshot.site.inputs.loose
    return ((snapshot.site.context.url(path), loose.stamps.get(str(file))) for path, file in loose.static)
