"""Pages and files → what has to be made again, and making it.

A page is fresh when its parts, its templates and everything site-wide have the fingerprints they had when its file was
made, and the file is still as it was written then. Only what is not fresh gets a view; what comes out with the old
bytes is not written.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import msgspec

from digest.pages.addresses import output_path
from digest.pages.article import ARTICLE
from digest.pages.blocks import MARGINS
from digest.pages.figures import template_picture
from digest.pages.page import ViewContext
from digest.rendering import closure
from digest.rendering.faults import TemplateFaultError
from digest.rendering.renderer import Renderer, compile_ahead
from digest.rendering.template_set import TemplateSet, read_texts
from digest.site import fingerprints
from digest.site import output as publication
from digest.site.cache import Output, Template
from digest.site.options import Reason
from digest.site.output import Imprint, same
from digest.site.workers import spread, worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from markupsafe import Markup

    from digest.build.release import Release
    from digest.model import Article, Card, Entry
    from digest.pages.article import ArticleContext
    from digest.pages.context import SiteContext
    from digest.pages.page import Page
    from digest.problems import Problem
    from digest.site.cache import Outputs
    from digest.site.fingerprints import Fingerprints
    from digest.site.output import Content, Tree
    from digest.site.workers import Tell

USUAL = (ARTICLE, "home.html", "list.html", "lists.html", "404.html")
"""Templates of pages that every site has."""
FILE = ""
"""`Output.made` of what no template makes."""
NOT_YET = Imprint(0, 0, 0)
"""Of a file that differs and is still to be written."""
TAMPERED = "its file was changed or is missing"


class Job(msgspec.Struct, frozen=True):
    """A page to be made."""

    page: Page
    path: str
    """Of its file, relative."""
    parts: bytes | None
    """Fingerprints of its parts, where deciding took them."""


Made = tuple[str, bytes, Imprint | None]
"""Path, fingerprints of the parts, and the imprint of a page that was made; None where the output had it already."""


class Writer(Protocol):
    """Where finished files go: a tree, the memory, nowhere."""

    def put(self, path: str, content: Content) -> Imprint | None:
        """The imprint of a file that is new; None where the output has these bytes already."""


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
    """For a check: pages are made and forgotten."""

    def put(self, path: str, content: Content) -> Imprint | None:  # noqa: ARG002 - a sink
        return None


# ------------------------------------------------------------------ what is stale


class StaleCheck(msgspec.Struct, dict=True):
    """What the memory knows of the output, and what the site is made with now."""

    known: Outputs | None
    imprints: Mapping[str, Imprint | None]
    """What the disk says now of the files the memory knows."""
    site: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    """Fingerprints of what every page depends on, by name; `fragment …` concerns those that embed it."""
    templates: Mapping[str, Template] = msgspec.field(default_factory=dict)

    @cached_property
    def commons(self) -> dict[tuple[str, tuple[str, ...]], tuple[str, ...]]:
        """What moved for every page of a template and its fragments, found so far."""
        return {}

    @cached_property
    def outputs(self) -> Mapping[str, Output]:
        return {output.path: output for output in self.known.outputs} if self.known else {}

    @cached_property
    def moved(self) -> frozenset[str]:
        """Names of site-wide things that are not as they were."""
        old = self.known.site if self.known else {}
        return frozenset(name for name in {*old, *self.site} if old.get(name) != self.site.get(name))

    @cached_property
    def changed_templates(self) -> Mapping[str, tuple[str, ...]]:
        """Template → which of its templates are not as they were; empty tuple where all are."""
        old = self.known.templates if self.known else {}
        names = {name: template.names for name, template in self.templates.items()}
        differing = {
            name for name, template in self.templates.items() if name not in old or old[name].print != template.print
        }
        differing |= old.keys() - self.templates.keys()
        found = {}
        for name in self.templates:
            inner = closure.closure(name, names)
            before = closure.closure(name, {n: t.names for n, t in old.items()}) if name in old else inner
            found[name] = tuple(sorted((inner | before) & differing))
        return found

    def causes_of_all(self, path: str, template: str, embeds: tuple[str, ...]) -> tuple[str, ...]:
        """Why a page must be made again, whatever it is made of."""
        return self.common(template, embeds) if path in self.outputs else ("new",)

    def causes(self, path: str, template: str, parts: bytes, names: Iterable[str]) -> tuple[str, ...]:
        """Why a page the memory knows must be made again because of itself; empty where it is fresh."""
        output = self.outputs[path]
        causes = [] if self.intact(output) else [TAMPERED]
        if output.made != template:
            causes.append("template")
        elif output.parts != parts:
            causes += [
                name
                for position, name in enumerate(names)
                if output.parts[position * 8 : position * 8 + 8] != parts[position * 8 : position * 8 + 8]
            ] or ["parts"]
        return tuple(sorted(causes))

    def intact(self, output: Output) -> bool:
        """Whether the output still holds the file as it was written."""
        return self.imprints.get(output.path) == (output.size, output.modified, output.inode)

    def common(self, template: str, embeds: tuple[str, ...]) -> tuple[str, ...]:
        """What moved for every page of a template."""
        key = template, embeds
        if key not in self.commons:
            mine = {f"fragment {name}" for name in embeds}
            moved = [name for name in self.moved if not name.startswith("fragment ") or name in mine]
            self.commons[key] = (
                *sorted(moved),
                *(f"template {name}" for name in self.changed_templates.get(template, ())),
            )
        return self.commons[key]


# ------------------------------------------------------------------ making


class PageRenderer(msgspec.Struct, dict=True):
    """What making a page needs; the same in every worker."""

    context: SiteContext
    theme: TemplateSet
    article: Callable[[Entry], Article]
    prints: Fingerprints
    fragments: dict[str, Markup] = msgspec.field(default_factory=dict)
    sink: Writer = msgspec.field(default_factory=DiscardedOutput)
    cards: dict[str, Card] = msgspec.field(default_factory=dict)

    @cached_property
    def renderer(self) -> Renderer:
        given = {"site": self.context.view, "t": self.context.strings, "picture": template_picture}
        return Renderer(self.theme, given)

    @cached_property
    def desk(self) -> ViewContext:
        return ViewContext(self.context, self.card, self.article, self.fragments)

    def card(self, entry: Entry) -> Card:
        made = self.cards.get(entry.id)
        if made is None:
            made = self.cards[entry.id] = self.context.card(entry)
        return made

    def html(self, page: Page) -> str:
        """The page, finished. Raises `TemplateFaultError`, `DigestError`."""
        return self.renderer.render(page.template, **{page.variable: page.view(self.desk)})

    def make_share(self, _: int, jobs: Sequence[Job], tell: Tell) -> tuple[list[Made], Problem | None]:
        """Make pages. A fault of a template ends the share, since it would repeat on every page."""
        made: list[Made] = []
        for job in jobs:
            try:
                content = self.html(job.page).encode()
            except TemplateFaultError as fault:
                return made, fault.problem
            parts = self.prints.page(job.page.parts) if job.parts is None else job.parts
            made.append((job.path, parts, self.sink.put(job.path, content)))
            tell(1)
        return made, None


class OtherFile(msgspec.Struct, frozen=True):
    """A file of the output that no template makes."""

    path: str
    """Relative, with forward slashes."""
    parts: Mapping[str, object] | None
    """What it is made of; None where only its content tells."""
    site: bytes
    """Fingerprint of what it is made of beside that."""
    make: Callable[[], Content]


class RenderResult(msgspec.Struct, frozen=True):
    """What the last stage did."""

    outputs: Mapping[str, Output]
    """Every file of the output, for the memory; empty after a check."""
    written: int
    removed: int
    made: int
    """Pages that were rendered, whatever came out."""
    reasons: tuple[Reason, ...]

    @property
    def unchanged(self) -> int:
        return len(self.outputs) - self.written


class RenderStage(msgspec.Struct):
    """The last stage: what is stale is made and becomes part of the output."""

    studio: PageRenderer
    ledger: StaleCheck
    pages: Sequence[Page]
    files: Sequence[OtherFile]
    release: Release | None
    """None for a check: every page is made, nothing is written."""
    outputs: dict[str, Output]
    """What the memory will know; at first what is not looked at here."""
    jobs: list[Job] = msgspec.field(default_factory=list)
    reasons: list[Reason] = msgspec.field(default_factory=list)
    imprints: dict[str, Imprint] = msgspec.field(default_factory=dict)
    """Of the files that were written."""

    def run(
        self, jobs: int | None, told: Callable[[str, int], Tell], refuse: Callable[[Iterable[Problem]], None]
    ) -> RenderResult:
        """Make and publish. Raises `DigestError` with a template's fault before anything is published; OSError."""
        self.sort()
        tell = told("making", len(self.jobs))
        workers = worker_count(jobs, len(self.jobs))
        removed = 0
        if self.release is None:
            self.make_pages(DiscardedOutput(), workers, tell, refuse)
        elif not self.release.known or workers > 1:
            removed = self.into_tree(self.release, workers, tell, refuse)
        else:
            removed = self.by_change(self.release, tell, refuse)
        outputs = {path: self.signed(output) for path, output in self.outputs.items()} if self.release else {}
        return RenderResult(outputs, len(self.imprints), removed, len(self.jobs), tuple(self.reasons))

    def sort(self) -> None:
        """Which pages are stale; the others keep what the memory knows of them."""
        for page in self.pages:
            path = output_path(page.path)
            causes: tuple[str, ...] = self.ledger.causes_of_all(path, page.template, page.embeds)
            parts = None
            if not causes:
                parts = self.studio.prints.page(page.parts)
                causes = self.ledger.causes(path, page.template, parts, page.parts)
                if not causes:
                    self.outputs[path] = self.ledger.outputs[path]
                    continue
            self.jobs.append(Job(page, path, parts))
            self.reasons.append(Reason(path, causes))
            self.outputs[path] = Output(path, page.template, b"", 0, 0, 0)

    def signed(self, output: Output) -> Output:
        """With the imprint of its file: the one just written, else the one it had."""
        made = self.imprints.get(output.path)
        if made is None and output.inode:
            return output
        if made is None:
            known = self.ledger.imprints.get(output.path)
            made = (
                known or publication.imprint(f"{self.release.staging.output}/{output.path}") if self.release else None
            )
        return Output(output.path, output.made, output.parts, *(made or (0, 0, 0)))

    def make_pages(self, sink: Writer, workers: int, tell: Tell, refuse: Callable[[Iterable[Problem]], None]) -> None:
        """Every stale page, in one process or several."""
        self.studio.sink = sink
        if workers > 1:
            self.studio.renderer.warm(sorted({job.page.template for job in self.jobs}))
        shares = spread(self.studio.make_share, self.jobs, workers, tell)
        refuse([fault for _, fault in shares if fault])
        for share, _ in shares:
            for path, parts, imprint in share:
                self.outputs[path] = Output(path, self.outputs[path].made, parts, 0, 0, 0)
                if imprint is not None:
                    self.imprints[path] = imprint

    def make_files(self, sink: Writer) -> None:
        """What no template makes, where it is not as the memory knows it."""
        for file in self.files:
            parts = b"" if file.parts is None else fingerprints.short(file.site + self.studio.prints.page(file.parts))
            known = self.ledger.outputs.get(file.path)
            if parts and known and known.parts == parts and self.ledger.intact(known):
                self.outputs[file.path] = known
            else:
                self.put(sink, file.path, parts, file.make())
        marker = publication.marker(self.outputs.keys() - {publication.MARKER})
        self.put(sink, publication.MARKER, b"", marker)

    def put(self, sink: Writer, path: str, parts: bytes, content: Content) -> None:
        self.outputs[path] = Output(path, FILE, parts, 0, 0, 0)
        made = sink.put(path, content)
        if made is not None:
            self.imprints[path] = made
            self.reasons.append(Reason(path, ("content",)))

    def gone(self) -> list[str]:
        """Files of the last build that are none of this one."""
        coming = {publication.MARKER, *(file.path for file in self.files)}
        return sorted(self.ledger.outputs.keys() - self.outputs.keys() - coming)

    def into_tree(self, release: Release, workers: int, tell: Tell, refuse: Callable[[Iterable[Problem]], None]) -> int:
        """Much changed: the workers write straight into the new tree."""
        gone = self.gone()
        tree = release.next_tree()
        self.clear(tree, gone)
        with publication.Ahead(tree.new) as ahead:

            def told(count: int) -> None:
                if workers > 1:
                    ahead.started()
                tell(count)

            self.make_pages(tree, workers, told, refuse)
        self.make_files(tree)
        self.settle(tree, {path for path, output in self.outputs.items() if output.inode})
        tree.written = list(self.imprints)  # the workers wrote most of it
        release.exchange(tree, [*self.imprints, *gone], self.outputs)
        return len(gone)

    def by_change(self, release: Release, tell: Tell, refuse: Callable[[Iterable[Problem]], None]) -> int:
        """Little changed: what differs is made first, then the shortest way is taken."""
        held = BufferedOutput(str(release.staging.output))
        gone = self.gone()
        self.make_pages(held, 1, tell, refuse)
        self.make_files(held)
        changed = held.changed
        if not changed and not gone:
            return 0
        if len(changed) == 1 and not gone:
            ((path, content),) = changed.items()
            # another marker alone: the output holds files that the memory never heard of, of a build that died
            if self.ledger.imprints.get(path) and path != publication.MARKER:
                self.imprints[path] = release.replace_one(path, content)
                return 0
        tree = release.next_tree()
        self.clear(tree, gone)
        self.settle(tree, self.outputs.keys() - changed.keys())
        for path, content in changed.items():
            made = tree.put(path, content)
            if made is not None:
                self.imprints[path] = made
        release.exchange(tree, [*self.imprints, *gone], self.outputs)
        return len(gone)

    def clear(self, tree: Tree, gone: Iterable[str]) -> None:
        """What is gone leaves the tree first: a file may be where a folder is needed."""
        coming = {publication.MARKER, *(file.path for file in self.files), *self.outputs}
        for path in (*gone, *(tree.behind - coming)):
            tree.drop(path)

    def settle(self, tree: Tree, stays: Collection[str]) -> None:
        """What stays is in the tree."""
        if tree.old is None:
            return
        for path in tree.behind.intersection(stays) if tree.furnished else stays:
            made = tree.keep(path)
            if made is not None:
                self.imprints[path] = made


def unchanged_articles(
    ledger: StaleCheck, entries: Iterable[Entry], arounds: Mapping[str, ArticleContext], touched: set[str]
) -> dict[str, Output]:
    """Entry id → the row of its page, where that is as it was: the same stand round it, and neither it nor one of them
    is among the `touched`. Nothing else is in it, so none of its parts need be compared.
    """
    if ledger.common(ARTICLE, (MARGINS,)):
        return {}
    rows = ledger.outputs
    found = {}
    for entry in entries:
        name, row = entry.id, rows.get(output_path(entry.path))
        around = arounds[name]
        if (
            row is None
            or name in touched
            or row.made != ARTICLE
            or not ledger.intact(row)
            or row.around != fingerprints.encode(around)
        ):
            continue
        if touched.isdisjoint(around.related) and touched.isdisjoint((*around.elsewhere, around.older, around.newer)):
            found[name] = row
    return found


def prepare(theme: TemplateSet) -> None:
    """Compile the templates that nearly every site uses."""
    names = {name: template.names for name, template in templates_of(theme, None).items()}
    used = {inner for name in USUAL for inner in closure.closure(name, names)}
    compile_ahead(theme, sorted(name for name in used if name.endswith(".html")))


def templates_of(theme: TemplateSet, known: Outputs | None) -> Mapping[str, Template]:
    """Every template with the names in it; parsed only where its text is not as the memory knows it."""
    old = known.templates if known else {}
    found = {}
    for name, text in (theme.texts or read_texts(theme)).items():
        fp = fingerprints.of_bytes(text.content)
        before = old.get(name)
        found[name] = before if before and before.print == fp else Template(fp, closure.names_in(text.content))
    return found
