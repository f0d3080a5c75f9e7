"""The preview as a whole: files are watched, snapshots made, requests answered, browsers told.

One thread looks at files and makes snapshots; an assignment puts a new one in place of the old. Requests are read by
another thread's loop and answered by a few more. What takes longer than a page follows it, in a thread of its own:
related stories, and what is wrong with the site as a whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from digest.content import static as static_files
from digest.model import Place
from digest.pages import addresses
from digest.pages.media_types import media_type
from digest.pages.page import FullText
from digest.pages.plan import SITE
from digest.preview import page_info
from digest.preview.article_cache import ArticleCache, OvertakenError
from digest.preview.editors import chosen
from digest.preview.event_streams import EventStreams
from digest.preview.http import JSON, Answer, Server, refusal
from digest.preview.images import photo_lab
from digest.preview.messages import words_of
from digest.preview.related import Relater, is_same
from digest.preview.requests import OWN, RefusedError, decoded
from digest.preview.responses import OK, Responses, Shown, placeholder, site_path
from digest.preview.scanner import Scanner, first_look
from digest.preview.snapshot import Setting, Snapshot
from digest.preview.watch import Ground, Watcher
from digest.site import scan
from digest.site.cache import BuildCache
from digest.site.options import MEMORY
from digest.site.related import believed
from digest.site.site_plan import clashes, pictures_of
from digest.site.workers import PAYS_FROM

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from digest.content.images import ImageRecord
    from digest.content.settings import Settings
    from digest.linking.related.relations import Relations
    from digest.preview.images import LazyImagePipeline
    from digest.preview.requests import Request
    from digest.preview.source_states import Holdings
    from digest.preview.watch import Hint
    from digest.problems import Problem

CLIENT: Final = Path(__file__).parent / "client"
FILES: Final = frozenset({
    "preview.js", "surface.js", "preview.css", "idiomorph.esm.js", "phone.html", "phone.css", "icon.svg",
})  # fmt: skip
MAKERS: Final = 4
"""Threads in which pages and pictures are made."""
STALE: Final = 2.0
"""Seconds after which a request has the files looked at, should a change have escaped the watcher."""
WAIT: Final = 1.0
"""Seconds a request waits for the snapshot that overtakes its own."""
SWITCH: Final = 0.0005
"""Seconds for which a thread may hold up the others: a save and a request, which take turns with the disk, wait that
long at every turn for what follows an earlier save."""
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
    """What it took to show the change."""
    problems: tuple[Problem, ...] = ()
    """Those that were not there before."""
    solved: bool = False
    """Whether the last problem has gone."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PreviewOptions:
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


class Preview:
    """One site, served while it is written."""

    def __init__(self, wishes: PreviewOptions) -> None:
        self.wishes = wishes
        self.setting = Setting(wishes.root, wishes.drafts, wishes.future)
        self.manuscripts = ArticleCache(wishes.root)
        self.looker = Scanner(wishes.root, self.manuscripts)
        self.watcher = Watcher(self.ground, wishes.poll, lambda note: wishes.tell(News(note=note)))
        self.answers = Responses(wishes.clock)
        self.listeners = EventStreams()
        self.makers = ThreadPoolExecutor(MAKERS, thread_name_prefix="digest-maker")
        self.making = threading.RLock()
        """Held while a snapshot is made and put in place."""
        self.renewed = threading.Condition()
        self.to_inspect = threading.Event()
        self.stopped = False
        self.memory = BuildCache(scan.memory_folder(wishes.root, wishes.output.resolve()))
        self.holdings: Holdings | None = None
        self.snapshot: Snapshot | None = None
        self.lab: LazyImagePipeline | None = None
        self.negatives: Mapping[str, ImageRecord] = {}
        self.relater = Relater()
        self.lists: Mapping[str, Relations] = {}
        self.clashes: tuple[Problem, ...] = ()
        self.inspected: tuple[object, ...] = ()
        """What the clashes were last looked for in."""
        self.told: tuple[Problem, ...] = ()
        """Problems the terminal has shown."""
        self.saved = "", ""
        """URL and title of the page whose source was saved last."""
        self.looked = time.monotonic()
        self.afresh = False
        """Whether most sources had to be read: the next start is to be spared that."""

    # ------------------------------------------------------------------ beginning and end

    def open(self) -> None:
        """Look at everything. It may fork: no thread may run yet."""
        gc.disable()
        try:
            self.look_first()
        finally:
            gc.freeze()  # what was read stays; collecting is for what comes after
            gc.collect()  # which makes collecting measure itself by that alone
            gc.enable()

    def look_first(self) -> None:
        """The first holdings, and a snapshot of them."""

        def told(stage: str, total: int) -> Callable[[int], None]:
            done = 0

            def tell(count: int) -> None:
                nonlocal done
                done += count
                self.wishes.progress(stage, done, total)

            return tell

        start = first_look(self.wishes.root, self.wishes.output, self.wishes.jobs, told)
        self.holdings, self.negatives = start.holdings, start.negatives
        self.afresh = start.read >= PAYS_FROM
        house = start.holdings.furniture.house
        if house is not None and house.settings.related.count:
            self.relater = Relater.starting(believed(self.memory, house.settings), start.terms)
            self.lists = self.relater.as_known(house.settings.related.count)
        self.renew()

    @property
    def settings(self) -> Settings | None:
        house = self.holdings.furniture.house if self.holdings else None
        return house.settings if house else None

    @property
    def home(self) -> str:
        """Path of the home page."""
        return self.settings.base_path if self.settings else "/"

    @property
    def counts(self) -> tuple[int, int]:
        """How many entries are shown, and how many are not."""
        linked = self.snapshot.linked if self.snapshot else None
        return (len(linked.index.entries), len(linked.held)) if linked else (0, 0)

    def run(self, listening: socket.socket, hosts: frozenset[str]) -> None:
        """Serve until Ctrl-C, or the system's word to end."""
        sys.setswitchinterval(SWITCH)

        async def main() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends the loop
                    loop.add_signal_handler(number, stop.set)
            await self.serve(listening, hosts, stop)

        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(main())

    async def serve(self, listening: socket.socket, hosts: frozenset[str], stop: asyncio.Event) -> None:
        """Answer until it is stopped."""
        loop = self.listeners.loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: None)  # a connection that breaks is nobody's affair
        server = Server(self.answer, hosts)
        await server.start(listening)
        threads = [threading.Thread(target=work, daemon=True) for work in (self.look, self.follow_up)]
        for thread in threads:
            thread.start()
        try:
            await stop.wait()
        finally:
            self.stopped = True
            self.watcher.stop()
            self.to_inspect.set()
            await server.close()
            self.makers.shutdown(wait=False, cancel_futures=True)
            for thread in threads:
                await asyncio.to_thread(thread.join, 5)

    # ------------------------------------------------------------------ files → snapshots

    def ground(self) -> Ground:
        """What is to be watched."""
        root = self.wishes.root
        house = self.holdings.furniture.house if self.holdings else None
        named = [root / name for name in (house.settings.popular, house.settings.image) if name] if house else []
        themes = [folder for folder, _ in house.theme.folders] if house else []
        trees = (root / "content", root / "templates", root / static_files.FOLDER, *themes)
        return Ground(root, tuple(dict.fromkeys(trees)), (root / "site.yaml", *named))

    def look(self) -> None:
        """The looking thread: from each hint to a snapshot, until it is stopped."""
        for hint in self.watcher.hints():
            self.guarded(self.follow, hint)

    def guarded(self, step: Callable[..., None], *arguments: object) -> None:
        """Whatever goes wrong, the next save is looked at too."""
        try:
            step(*arguments)
        except OvertakenError as overtaken:
            self.watcher.wake(self.wishes.root / overtaken.path)
        except Exception as error:
            if os.environ.get("DIGEST_DEBUG"):
                raise
            self.wishes.tell(News(note=f"internal error ({type(error).__name__}: {error})"))

    def follow(self, hint: Hint) -> None:
        """Look, and show what is new."""
        if self.holdings is None:
            return
        started = time.perf_counter()
        aside = self.looker.aside
        holdings = self.looker.look(self.holdings, hint)
        if hint.paths is None:
            self.looked = time.monotonic()
        if self.looker.aside != aside:
            self.watcher.restless = True
        if holdings is not self.holdings or self.overdue:
            self.watcher.restless = True
            with self.making:
                self.holdings = holdings
                self.renew()
            self.note_saved(holdings.changed)
            if holdings.changed:
                self.wishes.tell(News(changed=holdings.changed, seconds=time.perf_counter() - started))
            self.listeners.tell(self.state_print)
        if hint.settled:
            self.to_inspect.set()

    @property
    def overdue(self) -> bool:
        """Whether a story has become due since the snapshot was made."""
        until = self.snapshot.linked.until if self.snapshot else None
        return until is not None and self.wishes.clock() >= until

    def renew(self) -> None:
        """A snapshot of what there is now."""
        house, before = (self.holdings.furniture.house if self.holdings else None), self.snapshot
        if house is None or self.holdings is None:
            return
        if self.lab is None or (before is not None and pictures_differ(before.house.settings, house.settings)):
            cache = self.wishes.root / MEMORY / "pictures"
            self.lab = photo_lab(self.wishes.root, cache, house.settings, self.negatives if before is None else {})
        self.snapshot = Snapshot(
            self.setting, self.holdings, house, self.lab, self.manuscripts, self.wishes.clock(), self.lists, before
        )
        with self.renewed:
            self.renewed.notify_all()

    # ------------------------------------------------------------------ what follows a save

    def follow_up(self) -> None:
        """The inspecting thread: after each save, until it is stopped."""
        self.to_inspect.set()
        while self.to_inspect.wait() and not self.stopped:
            self.to_inspect.clear()
            self.guarded(self.inspect)

    def inspect(self) -> None:
        """Related stories, and problems. Raises `OvertakenError`."""
        self.relate()
        snapshot = self.snapshot
        if snapshot is not None:
            basis = snapshot.index, snapshot.house, snapshot.holdings.loose
            if len(self.inspected) != len(basis) or not all(map(is_same, basis, self.inspected)):
                self.clashes = tuple(whole_site(snapshot))
                self.inspected = basis
            snapshot.check_templates()
        del snapshot
        gc.collect()  # snapshots know their parts and these them: without it old ones would wait for many more
        self.listeners.tell(self.state_print)  # which makes the pages that are looked at, and meets their faults
        found = tuple(sorted({problem for problem in self.problems() if problem.level == "error"}))
        if found == self.told:
            return
        new = tuple(problem for problem in found if problem not in self.told)
        self.told = found
        self.wishes.tell(News(problems=new, solved=not found))
        self.listeners.tell(self.state_print)

    def relate(self) -> None:
        """The stories below each, once more. Raises `OvertakenError`."""
        snapshot = self.snapshot
        if snapshot is None:
            return
        lists = self.relater.relate(snapshot)
        if lists is not snapshot.lists:
            with self.making:
                self.lists = lists
                self.renew()
        if self.afresh and self.holdings is not None:
            self.relater.remember(self.memory, self.wishes.output, self.holdings)
            self.afresh = False

    def problems(self) -> list[Problem]:
        """Everything wrong with the site, as far as it is known."""
        snapshot = self.snapshot
        found = [*self.holdings.problems] if self.holdings else []
        if snapshot is not None:
            faults = tuple(snapshot.faults.values())
            found += [*snapshot.linked.faults, *self.clashes, *(fault.problem for fault in faults)]
            found += snapshot.gallery.faults(lambda: pictures_of(snapshot.index))
        return found

    def note_saved(self, changed: Iterable[str]) -> None:
        """Which page the editor is at: that of the source saved last."""
        for path in changed:
            held = self.holdings.files.get(path) if self.holdings else None
            if held is not None and held.items:
                self.saved = held.items[0].url, held.items[0].title.plain

    # ------------------------------------------------------------------ what browsers are told

    def state_print(self, path: str) -> bytes | None:
        """Fingerprint of the state of a page; None while a save is under way."""
        try:
            made = self.state(path)
        except OvertakenError:
            return None
        return blake2b(json.dumps(made, sort_keys=True).encode(), digest_size=16).digest()

    def state(self, path: str) -> page_info.Json:
        """What bar and overlay show at an address, and the fingerprint of its page. Raises `OvertakenError`."""
        snapshot = self.snapshot
        paths = page_info.Paths(self.wishes.root, snapshot.house if snapshot else None, chosen(self.settings))
        shown = self.shown(snapshot, path) if snapshot else None
        made: page_info.Json = {
            "print": shown.print if shown else "",
            "problems": page_info.problems(self.problems(), paths),
            "saved": self.saved,
        }
        page = shown.page if shown else None
        if snapshot is None or shown is None or page is None:
            return made
        making = self.answers.makings.get(page.path)
        made["base"] = {"url": snapshot.house.settings.base_url, "path": snapshot.house.settings.base_path}
        made["held"] = page_info.held_links(snapshot)
        about = made["page"] = page_info.page_state(snapshot, page, paths)
        about["why"] = {"causes": making.causes, "at": making.at} if making else None
        text = page.parts.get("text")
        if isinstance(text, FullText):
            about["advice"] = page_info.advice_on(snapshot, text.entry, self.clashes, paths)
        if shown.status != OK:
            about["hidden"] = page_info.hidden_at(snapshot, site_path(snapshot, path) or "", paths)
        if shown.fault:
            made["view"] = {"name": page.template, "rows": page_info.view_of(shown.fault)}
        return made

    def shown(self, snapshot: Snapshot, path: str) -> Shown:
        """A page as a browser gets it; without content where its file is broken. Raises `OvertakenError`."""
        try:
            return self.answers.shown(snapshot, path)
        except OvertakenError as overtaken:
            if not self.broken(overtaken.path):
                raise
        return Shown("", "", snapshot.page(site_path(snapshot, path) or ""))

    def broken(self, path: str) -> bool:
        """Whether a source has a mistake in it just now."""
        held = self.holdings.files.get(path) if self.holdings else None
        return held is not None and held.broken

    # ------------------------------------------------------------------ requests

    async def answer(self, request: Request) -> Answer:
        """Raises `RefusedError`."""
        make = self.own_answer if request.path.startswith(OWN) else self.site_answer
        if request.path == f"{OWN}events":
            listener, answer = self.listeners.add(asked_path(request))
            self.makers.submit(self.greet, listener.path, listener)
            return answer
        return await asyncio.get_running_loop().run_in_executor(self.makers, make, request)

    def greet(self, path: str, listener: Any) -> None:  # noqa: ANN401
        """What a browser that has just come knows is what there is now: it asks for that when its stream opens."""
        listener.told = self.state_print(path) or b""

    def own_answer(self, request: Request) -> Answer:
        """What the preview itself needs. Raises `RefusedError`."""
        name = request.path.removeprefix(OWN)
        if name == "state":
            try:
                made = self.state(asked_path(request))
            except OvertakenError:
                return refusal(503, "a save is under way")
            return Answer(json.dumps(made, ensure_ascii=False).encode(), JSON)
        if name == "words.json":
            lang = self.settings.lang if self.settings else "ar"
            return Answer(json.dumps(words_of(lang), ensure_ascii=False).encode(), JSON)
        if name in FILES:
            more = (("Content-Security-Policy", POLICY),) if name.endswith(".html") else ()
            return Answer((CLIENT / name).read_bytes(), media_type(name), more=more)
        raise RefusedError(404, "not found")

    def site_answer(self, request: Request) -> Answer:
        """What the site has at an address; waits for a snapshot that is on its way."""
        if time.monotonic() - self.looked > STALE:
            self.looked = time.monotonic()
            self.watcher.wake()
        lang = self.settings.lang if self.settings else "ar"
        until = time.monotonic() + WAIT
        while self.snapshot is not None:
            snapshot = self.snapshot
            try:
                return self.answers.answer(snapshot, request)
            except OvertakenError as overtaken:
                if self.broken(overtaken.path) or time.monotonic() > until:
                    return self.answers.last_good(request.path, lang)
                self.watcher.wake(self.wishes.root / overtaken.path)
            with self.renewed:
                if self.snapshot is snapshot:
                    self.renewed.wait(until - time.monotonic())
        return placeholder("waiting", lang)


def asked_path(request: Request) -> str:
    """The page that a browser asks something of. Raises `RefusedError`."""
    try:
        asked = parse_qs(request.query, max_num_fields=4).get("path", ["/"])[0]
    except ValueError:
        raise RefusedError(400, "not a path") from None
    if not asked.startswith("/"):
        raise RefusedError(400, "not a path")
    return decoded(asked)


def pictures_differ(old: Settings, new: Settings) -> bool:
    """Whether pictures would become other files, or have other addresses."""
    return old.images != new.images or old.base_path != new.base_path


def whole_site(snapshot: Snapshot) -> Iterable[Problem]:
    """What only a look at all addresses shows."""
    root = snapshot.setting.root
    others = [
        *((path, SITE) for path in snapshot.machine),
        *((f"/{name}", SITE) for name in snapshot.assets),
        *((path, Place(file.relative_to(root).as_posix())) for path, file in snapshot.static.items()),
    ]
    return clashes(snapshot.index, snapshot.list_pages, others, addresses.redirects(snapshot.index))
