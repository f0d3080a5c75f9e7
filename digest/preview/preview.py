"""The preview as a whole: files are watched, snapshots made, requests answered, browsers told.

One thread scans files and makes snapshots; assigning a new snapshot replaces the old one. The main thread's loop reads
requests, and a few more threads answer them. A thread of its own does what takes longer than a page: it asks another
process for the related stories, and looks for the problems of the site as a whole.
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
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from digest.content import static as static_files
from digest.linking.index import Visibility
from digest.pages.media_types import media_type
from digest.pages.page import FullText
from digest.pages.views import EditionView
from digest.preview import page_info
from digest.preview.editors import chosen
from digest.preview.event_streams import EventStream, EventStreams
from digest.preview.http import JSON, Answer, Server, refusal
from digest.preview.messages import words_of
from digest.preview.relating import RelatingProcess
from digest.preview.requests import OWN, RefusedError, Request, decoded
from digest.preview.responses import OK, Responses, Shown, placeholder, site_path
from digest.preview.scanner import Scanner, Start, first_scan
from digest.preview.snapshot import Snapshot
from digest.preview.watch import Ground, Hint, Watcher
from digest.site import scan
from digest.site.articles import Articles, SourceChangedError
from digest.site.cache import BuildCache
from digest.site.images import Images, LazyImages, lazy_pipeline, records
from digest.site.options import counted
from digest.site.project import ProjectFiles
from digest.site.site import Parts, Related, Site, images_of
from digest.site.workers import PAYS_FROM

if TYPE_CHECKING:
    import socket

    from digest.content.settings import Settings
    from digest.problems import Problem
    from digest.site.inputs import Inputs

CLIENT: Final = Path(__file__).parent / "client"
FILES: Final = frozenset({
    "preview.js", "surface.js", "preview.css", "idiomorph.esm.js", "phone.html", "phone.css", "mail.html",
    "icon.svg",
})  # fmt: skip
MAKERS: Final = 4
"""Threads in which pages and pictures are made."""
STALE: Final = 2.0
"""Seconds after the last scan from which a request asks for another: the watcher may have missed a change."""
LOOK_SHARE: Final = 10
"""How many times as long as such a look the pause before it is at least."""
PATIENCE: Final = 3
"""Looks at everything that give way to saves; the next one does not."""
WAIT: Final = 1.0
"""Seconds a request waits for a newer snapshot when a source changed under it."""
SWITCH: Final = 0.0005
"""Seconds for which a thread may hold up the others. A save and a request read the disk in turns, and wait that long at
each turn for the follow-up of an earlier save."""
COLLECTING: Final = (100_000, 20, 20)
"""How rarely cycles are looked for. A look at a hundred thousand files makes more objects than that, none of them in a
cycle, and each search through them stops every thread."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content Security Policy of the preview's own pages."""


@dataclass(frozen=True, slots=True)
class News:
    """A report for the terminal."""

    changed: tuple[str, ...] = ()
    seconds: float = 0.0
    """Time from the hint to the new snapshot."""
    problems: tuple[Problem, ...] = ()
    """New problems."""
    solved: bool = False
    """Whether the last problem was fixed."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """The options of a preview."""

    root: Path
    output: Path
    """The output of the build whose cache the start uses."""
    clock: Callable[[], datetime]
    drafts: bool = False
    future: bool = False
    poll: bool = False
    jobs: int | None = None
    tell: Callable[[News], None] = lambda _: None
    progress: Callable[[str, int, int], None] = lambda *_: None


class OvertakenError(Exception):
    """A file was saved while everything was looked at."""


class Preview:
    """One site, served while it is written."""

    def __init__(self, options: PreviewOptions) -> None:
        self.options = options
        self.articles = Articles(options.root)
        self.scanner = Scanner(options.root, self.articles, self.give_way)
        self.watcher = Watcher(self.ground, options.poll, lambda note: options.tell(News(note=note)))
        self.responses = Responses(options.clock)
        self.streams = EventStreams()
        self.makers = ThreadPoolExecutor(MAKERS, thread_name_prefix="digest-maker")
        self.making = threading.RLock()
        """Held while a snapshot is made and put in place."""
        self.renewed = threading.Condition()
        self.to_inspect = threading.Event()
        self.stopped = False
        self.cache = BuildCache(scan.memory_folder(options.root, options.output.resolve()))
        self.start = Start(ProjectFiles(None))
        """The last scan of a site that has no settings yet."""
        self.inputs: Inputs | None = None
        self.snapshot: Snapshot | None = None
        self.related = Related()
        self.stories: RelatingProcess | None = None
        self.between_files: tuple[Problem, ...] = ()
        """Problems between files, as of the last inspection: no request waits for a look at all of them."""
        self.clashes: tuple[Problem, ...] = ()
        """Address collisions and dead links of the last inspection."""
        self.told: tuple[Problem, ...] = ()
        """Problems the terminal has shown."""
        self.saved = "", ""
        """URL and title of the page whose source was saved last."""
        self.looked = time.monotonic()
        self.look_takes = 0.0
        """Seconds that the last look at everything took."""
        self.broken_off = 0
        """Looks at everything, one after the other, that gave way to a save."""
        self.inspected = False
        self.spares_next_start = False
        """Whether most sources had to be read: the cache is then updated for the next start."""

    # ------------------------------------------------------------------ beginning and end

    def open(self) -> None:
        """Scan everything and make the first snapshot. It forks: no thread may run yet."""
        gc.disable()
        try:
            self.stories = RelatingProcess(self.cache, self.options.output)
            told = partial(counted, self.options.progress)
            self.begin(first_scan(self.options.root, self.options.output, self.cache, self.options.jobs, told))
        finally:
            gc.freeze()  # what was read stays; collecting is for what comes after
            gc.collect()  # which makes collecting measure itself by that alone
            gc.enable()

    def begin(self, start: Start) -> None:
        """Make the first snapshot of a site."""
        self.start, self.inputs = start._replace(reading=None), start.inputs
        if start.inputs is None or start.reading is None:
            return
        settings = start.inputs.project.settings
        self.spares_next_start = len(start.reading.fresh) >= PAYS_FROM
        if settings.related.count and self.stories:
            self.related = self.stories.begin(settings, start.reading)
        self.renew()

    @property
    def settings(self) -> Settings | None:
        return self.inputs.project.settings if self.inputs else None

    @property
    def lang(self) -> str:
        return self.settings.lang if self.settings else "ar"

    @property
    def further_hosts(self) -> frozenset[str]:
        """Further host names from site.yaml under which the preview answers now."""
        return frozenset({self.settings.preview.host} if self.settings and self.settings.preview.host else ())

    @property
    def home(self) -> str:
        """Path of the home page."""
        return self.settings.base_path if self.settings else "/"

    @property
    def counts(self) -> tuple[int, int]:
        """Numbers of entries shown and held back."""
        site = self.snapshot.site if self.snapshot else None
        return (len(site.index.entries), len(site.held)) if site else (0, 0)

    def run(self, listening: socket.socket, hosts: frozenset[str]) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        sys.setswitchinterval(SWITCH)
        gc.set_threshold(*COLLECTING)

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
        """Answer requests until `stop` is set."""
        loop = self.streams.loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: None)  # a connection that breaks is nobody's affair
        server = Server(self.answer, lambda: hosts | self.further_hosts)
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
            if self.stories:
                self.stories.close()
            for thread in threads:
                await asyncio.to_thread(thread.join, 5)

    # ------------------------------------------------------------------ files → snapshots

    def ground(self) -> Ground:
        """The folders and files to watch."""
        root = self.options.root
        project = self.inputs.project if self.inputs else None
        settings = project.settings if project else None
        named = [root / name for name in (settings.popular, settings.image) if name] if settings else []
        folders = [folder for folder, _ in project.templates.folders] if project else []
        trees = (root / "content", root / "templates", root / static_files.FOLDER, *folders)
        return Ground(root, tuple(dict.fromkeys(trees)), (root / "site.yaml", *named))

    def look(self) -> None:
        """The scanning thread: turn each hint into a snapshot, until the preview stops."""
        for hint in self.watcher.hints():
            self.guarded(self.follow, hint)

    def guarded(self, step: Callable[..., None], *arguments: object) -> None:
        """Run a step of a thread, and report its faults: the thread goes on."""
        try:
            step(*arguments)
        except SourceChangedError as overtaken:
            self.watcher.wake(self.options.root / overtaken.path)
        except Exception as error:
            if os.environ.get("DIGEST_DEBUG"):
                raise
            self.options.tell(News(note=f"internal error ({type(error).__name__}: {error})"))

    def follow(self, hint: Hint) -> None:
        """Scan after a hint, and show the changes."""
        started = time.perf_counter()
        try:
            changed = self.try_again(hint) if self.inputs is None else self.rescan(self.inputs, hint)
        except OvertakenError:
            self.watcher.unfinished = True
            self.broken_off += 1
            return
        self.looked = time.monotonic()  # a hint that came shows that hints come
        if hint.paths is None:
            self.broken_off = 0
            self.look_takes = time.perf_counter() - started
        if changed is not None:
            self.watcher.restless = True
            self.note_saved(changed)
            if changed:
                self.options.tell(News(changed=changed, seconds=time.perf_counter() - started))
            self.streams.tell(self.state_print)
        if hint.settled:
            self.to_inspect.set()

    def give_way(self) -> None:
        """Break a long look off for a save: the page that is written is shown first. Raises `OvertakenError`."""
        if self.broken_off < PATIENCE and not self.watcher.poll and self.watcher.save_waits():
            raise OvertakenError

    def rescan(self, inputs: Inputs, hint: Hint) -> tuple[str, ...] | None:
        """Scan the files and make a new snapshot. Returns the changed paths; None if nothing changed."""
        deferred = self.scanner.deferred
        change = self.scanner.scan(inputs, hint)
        if self.scanner.deferred != deferred:
            self.watcher.restless = True
        if change.inputs is inputs and not self.is_overdue:
            return None
        with self.making:
            self.inputs = change.inputs
            self.renew()
        return change.paths

    def try_again(self, hint: Hint) -> tuple[str, ...] | None:
        """Scan a site that had no usable settings. Returns None if it still has none."""
        start = first_scan(self.options.root, self.options.output, self.cache, 1, lambda *_: lambda _: None)
        if start.inputs is None:
            if hint.settled:
                self.start = start
            return None
        with self.making:
            self.begin(start)
        return ("site.yaml",)

    @property
    def is_overdue(self) -> bool:
        """Whether the site changed by itself since the snapshot was made."""
        until = self.snapshot.site.until if self.snapshot else None
        return until is not None and self.options.clock() >= until

    def renew(self) -> None:
        """Make a snapshot of the present inputs."""
        inputs, before = self.inputs, self.snapshot
        if inputs is None:
            return
        pipeline = before.images if before else None
        settings = inputs.project.settings
        shown = before.site.settings if before else None
        if (
            shown is None
            or pipeline is None
            or (shown.images, shown.base_path) != (settings.images, settings.base_path)
        ):
            known = records(self.cache, settings) if before is None else {}
            pipeline = lazy_pipeline(self.options.root, settings, known)
        images: Images = LazyImages(pipeline, inputs.stamp_of_image)
        if before is not None and before.images is pipeline and before.site.inputs is inputs:
            images = before.site.images
        visibility = Visibility(self.options.clock(), self.options.drafts, self.options.future)
        parts = Parts(inputs, visibility, self.articles, images, self.related)
        site = before.site.next(parts) if before else Site(parts)
        self.snapshot = Snapshot(site, pipeline, before)
        with self.renewed:
            self.renewed.notify_all()

    # ------------------------------------------------------------------ what follows a save

    def follow_up(self) -> None:
        """The inspecting thread: inspect after each save, until the preview stops."""
        self.to_inspect.set()
        while self.to_inspect.wait() and not self.stopped:
            self.to_inspect.clear()
            self.guarded(self.inspect)

    def inspect(self) -> None:
        """Update the related stories, and report new problems. Raises `SourceChangedError`."""
        if self.snapshot is not None:
            self.between_files = self.snapshot.site.link_problems
        self.relate()
        snapshot = self.snapshot
        if snapshot is not None:
            self.between_files = snapshot.site.link_problems
            self.clashes = snapshot.site.clashes
            snapshot.check_templates()
        del snapshot
        if not self.inspected:
            self.inspected = True
            gc.freeze()  # what linking made stays; looking through it holds up every thread
        self.streams.tell(self.state_print)  # which makes the pages that are looked at, and meets their faults
        found = tuple(sorted({problem for problem in self.problems() if problem.level == "error"}))
        if found == self.told:
            return
        new = tuple(problem for problem in found if problem not in self.told)
        self.told = found
        self.options.tell(News(problems=new, solved=not found))
        self.streams.tell(self.state_print)

    def relate(self) -> None:
        """Update the related stories. Raises `SourceChangedError`."""
        snapshot = self.snapshot
        if snapshot is None or self.stories is None:
            return
        site = snapshot.site
        related = self.stories.find(site)
        if related is not site.parts.related:
            with self.making:
                self.related = related
                self.renew()
        if self.spares_next_start:
            self.spares_next_start = False
            self.stories.keep(site)

    def problems(self) -> list[Problem]:
        """All problems known so far."""
        snapshot = self.snapshot
        found = [*self.inputs.problems] if self.inputs else [*self.start.files.problems, *self.start.problems]
        if snapshot is not None:
            site, faults = snapshot.site, tuple(snapshot.faults.values())
            found += [*self.between_files, *self.clashes, *(fault.problem for fault in faults)]
            found += site.images.problems(lambda: images_of(site.index))
        return found

    def note_saved(self, changed: Iterable[str]) -> None:
        """Note the page of the source saved last: the editor is working on it."""
        sources = self.inputs.sources if self.inputs else None
        for path in changed:
            if sources is not None and path in sources.files:
                for item in sources.items(path)[:1]:
                    self.saved = item.url, item.title.plain

    # ------------------------------------------------------------------ what browsers are told

    def state_print(self, path: str) -> bytes | None:
        """Fingerprint of the state of a page; None while a save is under way."""
        try:
            made = self.state(path)
        except SourceChangedError:
            return None
        return blake2b(json.dumps(made, sort_keys=True).encode(), digest_size=16).digest()

    def state(self, path: str) -> page_info.Json:
        """The state that bar and overlay show at an address. Raises `SourceChangedError`."""
        snapshot = self.snapshot
        site = snapshot.site if snapshot else None
        paths = page_info.Paths(self.options.root, site.project if site else None, chosen(self.settings), self.lang)
        shown = self.shown(snapshot, path) if snapshot else None
        made: page_info.Json = {
            "print": shown.print if shown else "",
            "problems": page_info.problems(self.problems(), paths),
            "saved": self.saved,
        }
        page = shown.page if shown else None
        if snapshot is None or site is None or shown is None or page is None:
            return made
        making = self.responses.makings.get(page.path)
        made["base"] = {"url": site.settings.base_url, "path": site.settings.base_path}
        made["held"] = page_info.held_links(site)
        about = made["page"] = page_info.page_state(site, page, paths)
        about["mail"] = self.mail_print(snapshot, shown)
        about["why"] = {"causes": making.causes, "at": making.at} if making else None
        text = page.parts.get("text")
        if isinstance(text, FullText):
            about["advice"] = page_info.advice_on(site, text.entry, self.clashes, paths)
        if shown.status != OK:
            about["hidden"] = page_info.hidden_at(site, site_path(snapshot, path) or "", paths)
        if shown.fault:
            made["view"] = {"name": page.template, "rows": [*page_info.rows(shown.fault.view)]}
        return made

    def mail_print(self, snapshot: Snapshot, shown: Shown) -> str:
        """Fingerprint of the mail beside a page; empty where there is none."""
        if shown.page is None or shown.status != OK or shown.page.template != EditionView.template:
            return ""
        from digest.preview.mails import mail_print  # noqa: PLC0415 - few previews show one

        return mail_print(snapshot, shown.print)

    def shown(self, snapshot: Snapshot, path: str) -> Shown:
        """A page as a browser gets it; empty if its source is broken. Raises `SourceChangedError`."""
        try:
            return self.responses.shown(snapshot, path)
        except SourceChangedError as overtaken:
            if not self.broken(overtaken.path):
                raise
        return Shown("", "", snapshot.site.page(site_path(snapshot, path) or ""))

    def broken(self, path: str) -> bool:
        """Whether a source has an error now."""
        return self.inputs is not None and path in self.inputs.sources.broken

    # ------------------------------------------------------------------ requests

    async def answer(self, request: Request) -> Answer:
        """Answer one request. Raises `RefusedError`."""
        make = self.own_answer if request.path.startswith(OWN) else self.site_answer
        if request.path == f"{OWN}events":
            stream, answer = self.streams.add(asked_path(request))
            self.makers.submit(self.greet, stream)
            return answer
        return await asyncio.get_running_loop().run_in_executor(self.makers, make, request)

    def greet(self, stream: EventStream) -> None:
        """Mark the present state as sent: a new browser asks for it when its stream opens."""
        stream.told = self.state_print(stream.path) or b""

    def own_answer(self, request: Request) -> Answer:
        """Answer a request for one of the preview's own files. Raises `RefusedError`."""
        name = request.path.removeprefix(OWN)
        if name == "state":
            try:
                made = self.state(asked_path(request))
            except SourceChangedError:
                return refusal(503, "a save is under way")
            return Answer(json.dumps(made, ensure_ascii=False).encode(), JSON)
        if name == "mail":
            from digest.preview.mails import mail_answer  # noqa: PLC0415 - few previews show one

            return mail_answer(self.snapshot, asked_path(request))
        if name == "words.json":
            return Answer(json.dumps(words_of(self.lang), ensure_ascii=False).encode(), JSON)
        if name in FILES:
            more = (("Content-Security-Policy", POLICY),) if name.endswith(".html") else ()
            return Answer((CLIENT / name).read_bytes(), media_type(name), more=more)
        raise RefusedError(404, "not found")

    def site_answer(self, request: Request) -> Answer:
        """Answer a request for the site; waits for a newer snapshot if a source changed."""
        if time.monotonic() - self.looked > max(STALE, self.look_takes * LOOK_SHARE):
            self.looked = time.monotonic()
            self.watcher.wake()
        until = time.monotonic() + WAIT
        while self.snapshot is not None:
            snapshot = self.snapshot
            try:
                return self.responses.answer(snapshot, request)
            except SourceChangedError as overtaken:
                if self.broken(overtaken.path) or time.monotonic() > until:
                    return self.responses.last_good(request.path, self.lang)
                self.watcher.wake(self.options.root / overtaken.path)
            with self.renewed:
                if self.snapshot is snapshot:
                    self.renewed.wait(until - time.monotonic())
        return placeholder("waiting", self.lang)


def asked_path(request: Request) -> str:
    """The page that a request for a state, a stream or a mail is about. Raises `RefusedError`."""
    try:
        asked = parse_qs(request.query, max_num_fields=4).get("path", ["/"])[0]
    except ValueError:
        raise RefusedError(400, "not a path") from None
    if not asked.startswith("/"):
        raise RefusedError(400, "not a path")
    return decoded(asked)
