"""Rendering stale pages, in one process or several, and handing them on to whoever writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from digest.pages.article import ARTICLE
from digest.pages.blocks import MARGINS
from digest.rendering.faults import TemplateFaultError
from digest.rendering.renderer import compile_ahead
from digest.site.output import Imprint, same
from digest.site.reasons import LazyTemplates
from digest.site.workers import Tell, spread

if TYPE_CHECKING:
    from digest.build.stale import Job
    from digest.pages.generated import Content
    from digest.problems import Problem
    from digest.rendering.template_set import TemplateSet
    from digest.site.site import Site

USUAL = (ARTICLE, "home.html", "list.html", "lists.html", "404.html")
"""Templates of pages that every site has."""
NOT_YET = Imprint(0, 0, 0)
"""Of a file that differs and is still to be written."""


class Made(NamedTuple):
    """A page that was rendered."""

    path: str
    parts: bytes
    """Fingerprints of its parts."""
    imprint: Imprint | None
    """None if the output had it already."""


class Writer(Protocol):
    """Where finished files go: a tree, memory, nowhere."""

    def put(self, path: str, content: Content) -> Imprint | None:
        """The imprint of a file that is new; None if the output has these bytes already."""


class BufferedOutput(msgspec.Struct):
    """Keeps what differs from the output, until all of it is known."""

    old: str
    changed: dict[str, Content] = msgspec.field(default_factory=dict)

    def put(self, path: str, content: Content) -> Imprint | None:
        if same(f"{self.old}/{path}", content):
            return None
        self.changed[path] = content
        return NOT_YET


class DiscardedOutput:
    """For a check: pages are rendered and forgotten."""

    def put(self, path: str, content: Content) -> Imprint | None:  # noqa: ARG002 - a writer
        return None


class Splice(NamedTuple):
    """Other margins for pages that are as they were but for these."""

    folder: str
    """The output with the pages as they are."""
    before: bytes
    """The margins they hold."""
    after: bytes

    def page(self, path: str) -> bytes | None:
        """A page with the new margins; None where it is not plain what to replace."""
        try:
            old = Path(f"{self.folder}/{path}").read_bytes()
        except OSError:
            return None
        return old.replace(self.before, self.after) if old.count(self.before) == 1 else None


def splice_of(site: Site, before: str, folder: Path) -> Splice | None:
    """How margins are exchanged in the articles of an output that holds `before`; None where a template of the site's
    own may make more of them than to embed them.
    """
    texts, builtin = site.project.templates.texts, site.project.templates.builtin
    own = any(
        name in texts and not texts[name].path.is_relative_to(builtin) for name in site.templates.closure(ARTICLE)
    )
    after = str(site.fragments[MARGINS])
    if own or not before or not after:
        return None
    return Splice(str(folder), before.encode(), after.encode())


def render_pages(  # noqa: PLR0917 - all that it takes to make them
    site: Site,
    jobs: Sequence[Job],
    writer: Writer,
    workers: int,
    tell: Tell,
    splice: Splice | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[list[Made], list[Problem]]:
    """Every page of the jobs, and the faults of templates. `meanwhile`: as of `spread`. Raises `SourceChangedError`."""
    if workers > 1:
        site.renderer.warm(sorted({job.page.template for job in jobs}))
    shares = spread(partial(render_share, site, writer, splice), jobs, workers, tell, meanwhile)
    return [page for made, _ in shares for page in made], [fault for _, fault in shares if fault]


def render_share(
    site: Site, writer: Writer, splice: Splice | None, _: int, jobs: Sequence[Job], tell: Tell
) -> tuple[list[Made], Problem | None]:
    """Some pages. A fault of a template ends the share, since it would repeat on every page."""
    made: list[Made] = []
    for job in jobs:
        content = splice.page(job.path) if splice and job.margins_alone else None
        try:
            content = content or site.render(job.page).encode()
        except TemplateFaultError as fault:
            return made, fault.problem
        parts = site.fingerprints.page(job.page.parts) if job.parts is None else job.parts
        made.append(Made(job.path, parts, writer.put(job.path, content)))
        tell(1)
    return made, None


def compile_usual(templates: TemplateSet) -> None:
    """Compile the templates that nearly every site uses."""
    texts = LazyTemplates(templates.texts, {})
    used = {inner for name in USUAL for inner in texts.closure(name)}
    compile_ahead(templates, sorted(name for name in used if name.endswith(".html")))
