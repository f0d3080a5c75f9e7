"""Rendering stale pages, in one process or several, and handing them on to whoever writes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from digest.pages.article import ARTICLE
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


def render_pages(
    site: Site, jobs: Sequence[Job], writer: Writer, workers: int, tell: Tell
) -> tuple[list[Made], list[Problem]]:
    """Every page of the jobs, and the faults of templates. Raises `SourceChangedError`."""
    if workers > 1:
        site.renderer.warm(sorted({job.page.template for job in jobs}))
    shares = spread(partial(render_share, site, writer), jobs, workers, tell)
    return [page for made, _ in shares for page in made], [fault for _, fault in shares if fault]


def render_share(
    site: Site, writer: Writer, _: int, jobs: Sequence[Job], tell: Tell
) -> tuple[list[Made], Problem | None]:
    """Some pages. A fault of a template ends the share, since it would repeat on every page."""
    made: list[Made] = []
    for job in jobs:
        try:
            content = site.render(job.page).encode()
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
