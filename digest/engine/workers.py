"""The share of the work that grows with the number of articles, in this process or spread over several.

A worker reads and checks its share of the entries, hands their `Entry` values back for linking, keeps the
`Article`s, and
later renders their pages straight into the new tree: bodies never travel. Which worker does what changes nothing in the
output.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from digest.content import entries
from digest.engine.publication import Tree, Written
from digest.pages import article
from digest.pages.addresses import output_path
from digest.pages.figures import template_picture
from digest.problems import DigestError, Problem
from digest.rendering.environment import Renderer, TemplateFaultError, Theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from pathlib import Path

    from markupsafe import Markup

    from digest.content.discovery import SourceFile
    from digest.content.settings import Settings
    from digest.model import Article, Entry
    from digest.pages.article import Surroundings
    from digest.pages.context import SiteContext

PAYS_FROM = 400
"""Entries from which a second process earns its start."""
FILE_LIMIT = 2 * 1024 * 1024
"""Bytes of one source file; one more is read, so that the reader can refuse it by name."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a share of the entries became."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class RenderOrder:
    """What a worker needs to render the pages of its own articles."""

    context: SiteContext
    theme: Theme
    margins: Markup
    surroundings: tuple[Surroundings, ...]
    new: str | None
    """Folder of the new tree; None to render without writing."""
    old: str | None


@dataclass(frozen=True, slots=True)
class Rendered:
    """What rendering a share did."""

    written: Written
    problems: tuple[Problem, ...] = ()


class Worker:
    """One share of the entries."""

    def __init__(self, root: Path, settings: Settings, pictures: frozenset[str]) -> None:
        self.root = root
        self.settings = settings
        self.pictures = pictures
        self.articles: dict[str, Article] = {}
        self.parent = 0
        """Process this worker belongs to; 0 where it is that process itself."""

    def orphaned(self) -> bool:
        """Whether the parent died: an orphan must not go on writing, nor hold the build's lock."""
        return bool(self.parent) and os.getppid() != self.parent

    def parse(self, files: Sequence[SourceFile]) -> Parsed:
        """Read and check entries; keep their articles."""
        found: list[Entry] = []
        problems: list[Problem] = []
        for file in files:
            if self.orphaned():
                os._exit(1)
            raw = read_bytes(self.root, file.path, problems)
            if raw is None:
                continue
            made, faults = entries.read(file.path, raw, self.settings, self.pictures)
            problems += faults
            for item in made:
                self.articles[item.entry.id] = item
                found.append(item.entry)
        return Parsed(tuple(found), tuple(problems))

    def bodies(self, ids: Sequence[str]) -> Mapping[str, Article]:
        """The articles among `ids` that this worker holds, for feeds that carry the whole text."""
        return {name: self.articles[name] for name in ids if name in self.articles}

    def render(self, order: RenderOrder) -> Rendered:
        """The pages of this worker's articles. A fault of a template ends the share: it would repeat on every page."""
        renderer = make_renderer(order.context, order.theme)
        tree = Tree(order.new, order.old) if order.new else None
        for around in order.surroundings:
            if self.orphaned():
                os._exit(1)
            item = self.articles[around.id]
            try:
                html = renderer.render("article.html", page=article.view(item, around, order.margins, order.context))
            except TemplateFaultError as fault:
                return Rendered(tree.report if tree else Written(), (fault.problem,))
            if tree:
                tree.put(output_path(item.entry.path), html.encode())
        return Rendered(tree.report if tree else Written())


def make_renderer(context: SiteContext, theme: Theme) -> Renderer:
    """Jinja with the functions templates may call."""
    return Renderer(theme, context.strings, context.chrome, {"picture": template_picture})


def read_bytes(root: Path, path: str, problems: list[Problem]) -> bytes | None:
    """A source file's bytes; what keeps it from being read is a problem."""
    try:
        with open(f"{root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 - hot path
            raw = file.read(FILE_LIMIT + 1)
    except OSError as error:
        problems.append(Problem(path, 0, 0, f"cannot be read: {error.strerror}", "check the file and its permissions"))
        return None
    if len(raw) > FILE_LIMIT:
        problems.append(Problem(path, 0, 0, "the file is larger than 2 MiB", "split it into several files"))
        return None
    return raw


class Remote:
    """A worker in a process of its own: calls go out at once, answers are collected later."""

    def __init__(self, worker: Worker, siblings: Sequence[Connection]) -> None:
        # fork shares what is already imported; elsewhere (macOS, Windows) it is not safe or not there
        start: ForkContext | SpawnContext = multiprocessing.get_context("spawn")
        if sys.platform.startswith("linux"):
            start = multiprocessing.get_context("fork")
        self.connection, theirs = start.Pipe()
        # a forked child holds the parent's ends too, its own and its elder siblings': they must close there, or
        # hanging up would not be heard
        inherited = (self.connection, *siblings) if sys.platform.startswith("linux") else ()
        self.process = start.Process(target=serve, args=(worker, theirs, inherited, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()

    def send(self, method: str, *arguments: Any) -> None:  # noqa: ANN401
        self.connection.send((method, arguments))

    def receive(self) -> Any:  # noqa: ANN401
        """The answer to the oldest call. Raises what the worker raised."""
        try:
            good, answer = self.connection.recv()
        except EOFError:
            self.process.join(1)
            raise DigestError(
                [
                    Problem(
                        "", 0, 0, f"a worker process ended (status {self.process.exitcode})", "try again with --jobs 1"
                    )
                ]
            ) from None
        if not good:
            raise answer
        return answer

    def close(self) -> None:
        """Wait until the process has ended; the connection was hung up before."""
        self.process.join(2)
        if self.process.is_alive():
            self.process.terminate()
            self.process.join()


def serve(worker: Worker, connection: Connection, inherited: Sequence[Connection], parent: int) -> None:
    """A worker process: answers calls until its parent hangs up."""
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in inherited:
        end.close()
    worker.parent = parent
    gc.disable()
    while True:
        try:
            method, arguments = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = True, getattr(worker, method)(*arguments)
        except BaseException as error:  # noqa: BLE001 - every fault belongs to the parent
            answer = False, error
        try:
            connection.send(answer)
        except (BrokenPipeError, OSError):
            return


class Workshop:
    """All workers of one build: one in this process, or several beside it."""

    def __init__(self, root: Path, settings: Settings, pictures: frozenset[str], jobs: int) -> None:
        make = Worker(root, settings, pictures)
        self.here = make if jobs < 2 else None
        self.remotes: list[Remote] = []
        for _ in range(jobs if jobs > 1 else 0):
            self.remotes.append(Remote(make, [remote.connection for remote in self.remotes]))
        self.owner: dict[str, int] = {}
        self.pending: Rendered | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for remote in self.remotes:
            remote.connection.close()
        for remote in self.remotes:
            remote.close()

    def parse(self, files: Sequence[SourceFile]) -> Parsed:
        """Every entry, in the files' order."""
        if self.here:
            return self.here.parse(files)
        for number, remote in enumerate(self.remotes):
            remote.send("parse", files[number :: len(self.remotes)])
        found: list[Entry] = []
        problems: list[Problem] = []
        for number, remote in enumerate(self.remotes):
            share: Parsed = remote.receive()
            self.owner.update((entry.id, number) for entry in share.entries)
            found += share.entries
            problems += share.problems
        return Parsed(tuple(sorted(found, key=lambda e: (e.place.path, e.place.line))), tuple(problems))

    def bodies(self, ids: Sequence[str]) -> Mapping[str, Article]:
        """The articles named, wherever they are held."""
        if self.here:
            return self.here.bodies(ids)
        for remote in self.remotes:
            remote.send("bodies", ids)
        found: dict[str, Article] = {}
        for remote in self.remotes:
            found |= remote.receive()
        return found

    def start_rendering(self, order: RenderOrder) -> None:
        """Set the workers to work; this process is free for the other pages meanwhile."""
        if self.here:
            self.pending = self.here.render(order)
            return
        shares: list[list[Surroundings]] = [[] for _ in self.remotes]
        for around in order.surroundings:
            shares[self.owner[around.id]].append(around)
        for remote, share in zip(self.remotes, shares, strict=True):
            remote.send(
                "render",
                RenderOrder(order.context, order.theme, order.margins, tuple(share), order.new, order.old),
            )

    def finish_rendering(self) -> Rendered:
        """What all shares did."""
        if self.pending:
            return self.pending
        shares: list[Rendered] = [remote.receive() for remote in self.remotes]
        return Rendered(
            sum((share.written for share in shares), Written()),
            tuple(problem for share in shares for problem in share.problems),
        )


def worker_count(asked: int | None, files: int) -> int:
    """How many processes a build of so many entries is worth."""
    return min(cores(asked), max(files, 1)) if asked is not None or files >= PAYS_FROM else 1


def cores(asked: int | None) -> int:
    """As many as asked for, else all this process may use."""
    if asked is not None:
        return max(asked, 1)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
