"""The preview as a whole: files are watched, snapshots made, pages answered, browsers told.

One thread looks at files and makes snapshots; an assignment puts a new one in place of the old. Requests are answered
by another thread's loop, pages made in a few more. No browser is told anything but that something of its page changed;
what, it asks for itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, quote, unquote

from digest.arabic import bidi
from digest.content.static import FOLDER as STATIC
from digest.engine.order import MEMORY
from digest.engine.survey import clashes, pictures_of
from digest.model import Entry, Place
from digest.pages.blocks import FRAGMENT
from digest.pages.page import Own
from digest.pages.plan import SITE
from digest.serving import causes, state
from digest.serving.editors import chosen
from digest.serving.furniture import furniture_files
from digest.serving.gallery import photo_lab
from digest.serving.http import ENDINGS, Answer, Server, kind_of, redirect, refusal
from digest.serving.injection import blank, included, injected
from digest.serving.looking import Looker, first_look
from digest.serving.manuscripts import Manuscripts, OvertakenError
from digest.serving.requests import OWN, RefusedError, Request, decoded
from digest.serving.snapshot import MOVED, NOT_FOUND, Made, Setting, Snapshot
from digest.serving.watch import Ground, Hint, Watcher
from digest.serving.words import words_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from digest.content.pictures import Negative
    from digest.pages.page import Page
    from digest.problems import Problem
    from digest.serving.causes import Recipe
    from digest.serving.gallery import PhotoLab
    from digest.serving.holdings import Holdings

CLIENT: Final = Path(__file__).parent / "client"
MAKERS: Final = 4
"""Threads in which pages and pictures are made."""
STALE: Final = 2.0
"""Seconds after which a request for a page has the files looked at, should a change have escaped the watcher."""
WAIT: Final = 1.0
"""Seconds a request waits for the snapshot that overtook its own."""
GOOD: Final = 100
"""Pages that are kept as they last were good."""
HEARTBEAT: Final = 15.0
"""Seconds between two signs of life on a stream."""
LISTENERS: Final = 400
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Of the preview's own pages."""


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say on the terminal."""

    changed: tuple[str, ...] = ()
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    """Those that were not there before."""
    solved: bool = False
    """Whether the last problem has gone."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a preview is asked for."""

    root: Path
    output: Path
    """The build whose memory it starts from."""
    clock: Callable[[], datetime]
    drafts: bool = False
    future: bool = False
    poll: bool = False
    jobs: int | None = None
    tell: Callable[[News], None] = lambda _: None
    progress: Callable[[str, int, int], None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is sent."""

    html: str
    print: str
    """Of all that is seen of it, what it loads included."""
    made: Made | None
    status: int = 200


@dataclass(eq=False)
class Listener:
    """A browser that waits for news of one page. Belongs to the loop's thread, but for `told`."""

    path: str
    close: Callable[[], None]
    told: bytes = b""
    """Fingerprint of what it was told last."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    greeted: bool = False

    async def piece(self) -> bytes:
        if not self.greeted:
            self.greeted = True
            return b"retry: 400\n\n"
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self.news.wait()
        except TimeoutError:
            return b":\n\n"
        self.news.clear()
        return b"event: changed\ndata: changed\n\n"


class Preview:
    """One site, served while it is written."""

    def __init__(self, wishes: Wishes) -> None:
        self.wishes = wishes
        self.setting = Setting(wishes.root, wishes.drafts, wishes.future)
        self.manuscripts = Manuscripts(wishes.root)
        self.looker = Looker(wishes.root, self.manuscripts)
        self.holdings: Holdings
        self.snapshot: Snapshot | None = None
        self.lab: PhotoLab | None = None
        self.negatives: dict[str, Negative] = {}
        self.watcher = Watcher(self.ground, wishes.poll, lambda note: wishes.tell(News(note=note)))
        self.clashes: tuple[Problem, ...] = ()
        self.told: tuple[Problem, ...] = ()
        self.looked = time.monotonic()
        self.good: OrderedDict[str, str] = OrderedDict()
        self.recipes: OrderedDict[str, tuple[str, Recipe, tuple[str, ...], str]] = OrderedDict()
        self.saved: tuple[str, str] = ("", "")
        self.listeners: set[Listener] = set()
        self.lock = threading.Lock()
        self.fresh = threading.Condition()
        self.makers = ThreadPoolExecutor(MAKERS, thread_name_prefix="digest-maker")
        self.loop: asyncio.AbstractEventLoop | None = None

    # ------------------------------------------------------------------ beginning and end

    def open(self) -> int:
        """Look at everything; gives the number of sources that had to be read. To be called before any thread."""
        gc.disable()

        def told(stage: str, total: int) -> Callable[[int], None]:
            done = 0

            def tell(count: int) -> None:
                nonlocal done
                done += count
                self.wishes.progress(stage, done, total)

            return tell

        start = first_look(self.wishes.root, self.wishes.output, self.wishes.jobs, told)
        self.holdings = start.holdings
        self.negatives = dict(start.negatives)
        self.renew()
        return start.read

    @property
    def home(self) -> str:
        """Path of the home page."""
        house = self.holdings.furniture.house
        return house.settings.base_path if house else "/"

    @property
    def counts(self) -> tuple[int, int]:
        """How many entries are shown, and how many are not."""
        linked = self.snapshot.linked if self.snapshot else None
        return (len(linked.index.entries), len(linked.held)) if linked else (0, 0)

    def run(self, listening: socket.socket, hosts: frozenset[str]) -> None:
        """Serve until Ctrl-C, or the system's word to end."""
        gc.collect()
        gc.freeze()  # what was read stays; collecting is for what comes after
        gc.enable()

        async def main() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends the loop
                    loop.add_signal_handler(number, stop.set)
            await self.serve(listening, hosts, stop)

        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(main())

    async def serve(self, listening: socket.socket, hosts: frozenset[str], stop: asyncio.Event | None = None) -> None:
        """Answer until it is stopped or cancelled."""
        self.loop = asyncio.get_running_loop()
        self.loop.set_exception_handler(lambda *_: None)  # a connection that breaks is nobody's affair
        server = Server(self.answer, hosts)
        await server.start(listening)
        looking = threading.Thread(target=self.look, name="digest-looker", daemon=True)
        looking.start()
        try:
            await (stop or asyncio.Event()).wait()
        finally:
            self.watcher.stop()
            await server.close()
            self.makers.shutdown(wait=False, cancel_futures=True)
            await asyncio.to_thread(looking.join, 5)

    # ------------------------------------------------------------------ files → snapshots

    def ground(self) -> Ground:
        """What is to be watched."""
        root = self.wishes.root
        holdings = getattr(self, "holdings", None)
        house = holdings.furniture.house if holdings else None
        named = [root / name for name in (house.settings.popular, house.settings.image) if name] if house else []
        themes = [folder for folder, _ in house.theme.folders] if house else []
        trees = (root / "content", root / "templates", root / STATIC, *themes)
        return Ground(root, tuple(dict.fromkeys(trees)), (root / "site.yaml", *named))

    def look(self) -> None:
        """The looking thread: from each hint to a snapshot, until it is stopped."""
        with contextlib.suppress(Exception):
            self.inspect(told=False)
        for hint in self.watcher.hints():
            try:
                self.follow(hint)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next save is looked at too
                if os.environ.get("DIGEST_DEBUG"):
                    raise
                self.wishes.tell(News(note=f"a fault of digest itself ({type(error).__name__}: {error})"))

    def follow(self, hint: Hint) -> None:
        """Look, and show what is new."""
        started = time.perf_counter()
        holdings = self.looker.look(self.holdings, hint)
        if hint.paths is None:
            self.looked = time.monotonic()
        due = self.snapshot is not None and (until := self.snapshot.linked.until) and self.wishes.clock() >= until
        if holdings is not self.holdings or due:
            self.watcher.restless = True
            self.holdings = holdings
            self.renew()
            if holdings.changed:
                self.note_saved(holdings.changed)
                self.wishes.tell(News(changed=holdings.changed, seconds=time.perf_counter() - started))
            self.tell_listeners()
        if hint.settled:
            self.inspect()

    def renew(self) -> None:
        """A snapshot of what there is now."""
        house = self.holdings.furniture.house
        before = self.snapshot
        if house is None:
            return
        if self.lab is None or before is None or lab_differs(before, house.settings):
            cache = self.wishes.root / MEMORY / "pictures"
            self.lab = photo_lab(self.wishes.root, cache, house.settings, self.negatives if before is None else {})
        now = self.wishes.clock()
        snapshot = Snapshot(self.setting, self.holdings, house, self.lab, self.manuscripts, now, before)
        self.snapshot = snapshot
        with self.fresh:
            self.fresh.notify_all()

    def inspect(self, *, told: bool = True) -> None:
        """Find what only the whole site shows, and say what is new about problems."""
        snapshot = self.snapshot
        if snapshot is not None:
            self.clashes = tuple(whole_site(snapshot))
            self.check_templates(snapshot)
        found = tuple(sorted({problem for problem in self.problems(snapshot) if problem.level == "error"}))
        if found != self.told or told:
            new = tuple(problem for problem in found if problem not in self.told)
            solved = bool(self.told) and not found
            self.told = found
            if new or solved:
                self.wishes.tell(News(problems=new, solved=solved))
            self.tell_listeners()

    def check_templates(self, snapshot: Snapshot) -> None:
        """Have every page that is looked at made, so that its template's fault is known."""
        for path in {listener.path for listener in tuple(self.listeners)}:
            with contextlib.suppress(OvertakenError):
                self.shown(snapshot, path)

    def problems(self, snapshot: Snapshot | None) -> tuple[Problem, ...]:
        """Everything wrong with the site as far as it is known."""
        found = [*self.holdings.problems]
        if snapshot is not None:
            found += [*snapshot.linked.faults, *self.clashes, *(fault.problem for fault in snapshot.faults.values())]
            found += snapshot.gallery.faults(lambda: pictures_of(snapshot.index))
        return tuple(found)

    def note_saved(self, changed: Iterable[str]) -> None:
        """Which page the editor is at: that of the source saved last."""
        snapshot = self.snapshot
        for path in changed:
            held = self.holdings.files.get(path)
            if snapshot is not None and held is not None and held.items:
                item = held.items[0]
                self.saved = item.url, item.title.plain

    # ------------------------------------------------------------------ snapshots → browsers

    def tell_listeners(self) -> None:
        """Wake those browsers of whose page something changed."""
        states: dict[str, bytes] = {}
        for listener in tuple(self.listeners):
            if listener.path not in states:
                try:
                    states[listener.path] = print_of(self.state(listener.path))
                except OvertakenError:
                    continue  # another snapshot is on its way, and another telling
            if states[listener.path] != listener.told:
                listener.told = states[listener.path]
                if self.loop is not None:
                    with contextlib.suppress(RuntimeError):
                        self.loop.call_soon_threadsafe(listener.news.set)

    def state(self, path: str) -> dict[str, Any]:
        """What bar and overlay show at an address, and the fingerprint of its page. Raises `OvertakenError`."""
        snapshot = self.snapshot
        house = snapshot.house if snapshot else None
        paths = state.Paths(self.wishes.root, house, chosen(house.settings if house else None))
        shown = self.shown(snapshot, path) if snapshot else None
        told = state.problems(self.problems(snapshot), paths)
        made: dict[str, Any] = {
            "print": shown.print if shown else "",
            "problems": told,
            "page": None,
            "saved": self.saved,
            "held": state.held_links(snapshot) if snapshot else {},
            "base": {"url": house.settings.base_url, "path": house.settings.base_path} if house else None,
        }
        if snapshot is None or shown is None or shown.made is None:
            return made
        page = shown.made.page
        made["page"] = state.page_state(snapshot, page, paths) | {"why": self.why(page.path)}
        text = page.parts.get("text")
        if isinstance(text, Own):
            made["page"]["advice"] = state.advice_on(snapshot, text.entry, self.clashes, paths)
        if shown.status != 200:
            made["page"]["hidden"] = state.hidden_at(snapshot, self.site_path(snapshot, path) or "", paths)
        if shown.made.fault:
            made["view"] = {"name": page.template, "rows": state.view_of(shown.made.fault)}
        return made

    def why(self, path: str) -> dict[str, Any]:
        """Why a page was last made again, and when."""
        _, _, found, at = self.recipes.get(path, ("", None, (), ""))
        return {"causes": found, "at": at}

    # ------------------------------------------------------------------ requests

    async def answer(self, request: Request) -> Answer:
        """What stands at an address. Raises `RefusedError`."""
        if request.path.startswith(OWN):
            return await self.own(request)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.makers, self.site_answer, request)

    async def own(self, request: Request) -> Answer:
        """What the preview itself needs."""
        name = request.path.removeprefix(OWN)
        asked = decoded(parse_qs(request.query, max_num_fields=4).get("path", ["/"])[0])
        if name == "events":
            return self.listen(asked)
        if name == "state":
            loop = asyncio.get_running_loop()
            try:
                made = await loop.run_in_executor(self.makers, self.state, asked)
            except OvertakenError:
                return refusal(503, "a save is under way")
            return Answer(json.dumps(made, ensure_ascii=False).encode(), ENDINGS["json"])
        if name == "words.json":
            house = self.holdings.furniture.house
            return Answer(json.dumps(words_of(house.settings.lang if house else "ar")).encode(), ENDINGS["json"])
        if name in CLIENT_FILES:
            more = (("Content-Security-Policy", POLICY),) if name.endswith(".html") else ()
            return Answer((CLIENT / name).read_bytes(), kind_of(name), more=more)
        raise RefusedError(404, "not found")

    def listen(self, path: str) -> Answer:
        """A stream of news of one page."""
        if len(self.listeners) >= LISTENERS:
            raise RefusedError(503, "too many listeners")
        listener = Listener(path, lambda: self.listeners.discard(listener))
        self.listeners.add(listener)
        self.makers.submit(self.greet, listener)
        return Answer(kind="text/event-stream", stream=listener)

    def greet(self, listener: Listener) -> None:
        """What a browser that has just come knows is what there is now: it asks for it when the stream opens."""
        with contextlib.suppress(OvertakenError):
            listener.told = print_of(self.state(listener.path))

    def site_answer(self, request: Request) -> Answer:
        """What the site has at an address; waits for a snapshot that is on its way."""
        if time.monotonic() - self.looked > STALE:
            self.looked = time.monotonic()
            self.watcher.wake()
        until = time.monotonic() + WAIT
        while True:
            snapshot = self.snapshot
            if snapshot is None:
                return self.placeholder("waiting")
            try:
                return self.from_snapshot(snapshot, request)
            except OvertakenError as overtaken:
                broken = self.holdings.files.get(str(overtaken))
                if (broken is not None and broken.broken) or time.monotonic() > until:
                    return self.last_good(request.path)
            self.watcher.wake()
            with self.fresh:
                if self.snapshot is snapshot:
                    self.fresh.wait(until - time.monotonic())

    def from_snapshot(self, snapshot: Snapshot, request: Request) -> Answer:
        """Raises `OvertakenError`."""
        path = self.site_path(snapshot, request.path)
        query = f"?{request.query}" if request.query else ""
        if path is None:
            home = snapshot.house.settings.base_path
            return redirect(home + query) if request.path in {"/", home.rstrip("/")} else refusal(404, "not found")
        page = snapshot.page(path)
        if page is None:
            stood = snapshot.stood(path)
            if stood is not None:
                return Answer(stood.content, kind_of(stood.path), more=(("Accept-Ranges", "bytes"),))
            if snapshot.page(f"{path}/"):
                return redirect(quote(request.path) + "/" + query)
        elif page.template == MOVED:
            return redirect(str(page.parts["url"]), snapshot.make(page).html.encode())
        elif page.path == FRAGMENT:
            return Answer(snapshot.make(page).html.encode(), ENDINGS["html"])
        shown = self.shown(snapshot, request.path)
        if not shown.html:
            return self.last_good(request.path)
        if shown.status == 200 and not (shown.made and shown.made.fault):
            self.keep_good(request.path, shown.html)
        return Answer(injected(shown.html, shown.print).encode(), ENDINGS["html"], shown.status)

    def site_path(self, snapshot: Snapshot, path: str) -> str | None:
        """A path of this server → one of the site, below its base path; None outside of that."""
        base = snapshot.base
        if not path.startswith(base):
            return None
        path = path[len(base) - 1 :]
        return path.removesuffix("index.html") if path.endswith("/index.html") else path

    def shown(self, snapshot: Snapshot, path: str) -> Shown:
        """A page as a browser gets it, or that of a missing one. Raises `OvertakenError`."""
        inside = self.site_path(snapshot, path)
        page = snapshot.page(inside) if inside is not None else None
        status = 200 if page is not None else 404
        page = page or snapshot.page(NOT_FOUND)
        if page is None:
            return Shown("", "", None, status)
        made = snapshot.make(page)

        def fragment(url: str) -> str | None:
            found = self.site_path(snapshot, unquote(url))
            its = snapshot.page(found) if found == FRAGMENT else None
            return snapshot.make(its).html if its else None

        html = included(made.html, fragment)
        seen = [html]
        if page.embeds and snapshot.context.fragments == "live":
            seen.append(fragment(snapshot.context.url(FRAGMENT)) or "")
        seen += [str(stamp) for name, stamp in statics(snapshot) if name in html]
        print_ = blake2b("\0".join(seen).encode(), digest_size=8).hexdigest() if html else ""
        self.note_recipe(snapshot, page, print_)
        return Shown(html, print_, made, status)

    def note_recipe(self, snapshot: Snapshot, page: Page, print_: str) -> None:
        """Remember what a page was made from, to say why it is another now."""
        known = self.recipes.get(page.path)
        if known is not None and known[0] == print_:
            return
        made = causes.recipe(snapshot, page)
        why = causes.causes(known[1], made) if known else ()
        at = f"{self.wishes.clock().astimezone():%H:%M:%S}"
        with self.lock:
            self.recipes[page.path] = print_, made, why, at
            self.recipes.move_to_end(page.path)
            while len(self.recipes) > GOOD:
                self.recipes.popitem(last=False)

    # ------------------------------------------------------------------ when there is nothing better

    def keep_good(self, path: str, html: str) -> None:
        with self.lock:
            self.good[path] = html
            self.good.move_to_end(path)
            while len(self.good) > GOOD:
                self.good.popitem(last=False)

    def last_good(self, path: str) -> Answer:
        """A page as it last was good; the overlay says what is wrong now."""
        html = self.good.get(path)
        if html is None:
            return self.placeholder("broken")
        return Answer(injected(html, "").encode(), ENDINGS["html"])

    def placeholder(self, why: str) -> Answer:
        """In place of a page that never was good."""
        house = self.holdings.furniture.house
        lang = house.settings.lang if house else "ar"
        words = words_of(lang)
        html = blank(words["lang"], bidi.lang_direction(words["lang"]), words[why])
        return Answer(injected(html, "").encode(), ENDINGS["html"], 503)


CLIENT_FILES: Final = frozenset({
    "preview.js", "surface.js", "preview.css", "idiomorph.esm.js", "phone.html", "phone.css",
})  # fmt: skip


def print_of(made: dict[str, Any]) -> bytes:
    """Fingerprint of a state."""
    return blake2b(json.dumps(made, ensure_ascii=False, sort_keys=True).encode(), digest_size=16).digest()


def lab_differs(before: Snapshot, settings: Any) -> bool:  # noqa: ANN401
    """Whether pictures would become other files."""
    old = before.house.settings
    return old.images != settings.images or old.base_path != settings.base_path


def whole_site(snapshot: Snapshot) -> Iterable[Problem]:
    """What a build would refuse when it looks at the whole site."""
    root = snapshot.setting.root
    others = [
        *((path, SITE) for path in snapshot.machine),
        *((f"/{name}", SITE) for name in snapshot.assets),
        *((path, Place(file.relative_to(root).as_posix())) for path, file in snapshot.static.items()),
    ]
    from digest.pages import addresses

    old = addresses.redirects(snapshot.index)
    return clashes(snapshot.index, snapshot.lists, others, old)


def statics(snapshot: Snapshot) -> Iterable[tuple[str, object]]:
    """The site's own files as pages name them, with what the disk says of them."""
    stamps = snapshot.holdings.loose.stamps
    return ((snapshot.context.url(path), stamps.get(str(file))) for path, file in snapshot.holdings.loose.static)
