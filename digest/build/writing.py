"""The last stage of a build: stale pages are rendered, and pages and files become part of the output.

Little changed: what differs is made first, then the shortest way is taken. Much changed: workers write straight into
the new tree. What comes out with the old bytes is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from digest.build.rendering import BufferedOutput, DiscardedOutput, Writer, render_pages, splice_of
from digest.pages.addresses import output_path
from digest.site import fingerprints
from digest.site import output as trees
from digest.site.cache import Output
from digest.site.options import BuildOptions, Reason
from digest.site.workers import Tell, worker_count

if TYPE_CHECKING:
    from digest.build.release import Release
    from digest.build.stale import Job, LastBuild
    from digest.pages.generated import Content, GeneratedFile
    from digest.problems import Problem
    from digest.site.output import Imprint, Tree
    from digest.site.site import Site

FILE = ""
"""`Output.made` of what no template makes."""


TOGETHER = 20_000
"""Pages up to which the files are made while other processes render. In larger sites the memory of all processes at
once matters more than the time.
"""


class Written(msgspec.Struct, frozen=True):
    """What the last stage did."""

    outputs: Mapping[str, Output]
    """Every file of the output, for the cache; empty after a check."""
    written: int
    removed: int
    made: int
    """Pages that were rendered, whatever came out."""
    reasons: tuple[Reason, ...]

    @property
    def unchanged(self) -> int:
        return len(self.outputs) - self.written


class OutputStage(msgspec.Struct):
    """Makes what is stale, and puts it in its place."""

    site: Site
    last: LastBuild
    options: BuildOptions
    jobs: Sequence[Job]
    """Pages to be made."""
    files: Sequence[GeneratedFile]
    """Files that no template makes."""
    release: Release | None
    """None for a check: every page is made, nothing is written."""
    refuse: Callable[[Iterable[Problem]], None]
    """Raises `DigestError` for problems that must not be published."""
    outputs: dict[str, Output]
    """What the cache will know; at first what is up to date."""
    reasons: list[Reason]
    """Why pages and files were made."""
    imprints: dict[str, Imprint] = msgspec.field(default_factory=dict)
    """Of the files that were written."""
    constants: bytes = b""
    """Fingerprint of the constants of the site, for files that are made with them."""

    def run(self) -> Written:
        """Make and publish. Raises `DigestError` with a template's fault before anything is published; OSError."""
        self.outputs |= {job.path: Output(job.path, job.page.template, b"", 0, 0, 0) for job in self.jobs}
        tell = self.options.told("making", len(self.jobs))
        workers = worker_count(self.options.jobs, len(self.jobs))
        removed = 0
        if self.release is None:
            self.make_pages(DiscardedOutput(), workers, tell)
        elif not self.release.known or workers > 1:
            removed = self.into_tree(self.release, workers, tell)
        else:
            removed = self.by_change(self.release, tell)
        if self.release:
            made = self.imprints
            late = [output for path, output in self.outputs.items() if not output.inode or path in made]
            self.outputs |= {output.path: self.with_imprint(output) for output in late}
        outputs = self.outputs if self.release else {}
        return Written(outputs, len(self.imprints), removed, len(self.jobs), tuple(self.reasons))

    def with_imprint(self, output: Output) -> Output:
        """A row with the imprint of its file: the one just written, else the one it had."""
        made = self.imprints.get(output.path)
        if made is None and output.inode:
            return output
        if made is None:
            known = self.last.imprint(output.path)
            made = known or trees.imprint(f"{self.release.staging.output}/{output.path}") if self.release else None
        size, modified, inode = made or (0, 0, 0)
        return msgspec.structs.replace(output, size=size, modified=modified, inode=inode)

    def make_pages(self, writer: Writer, workers: int, tell: Tell, meanwhile: Callable[[], None] | None = None) -> None:
        """Every stale page, in one process or several. `meanwhile`: what this process does while others render."""
        splice = None
        if self.release and self.last.known and any(job.margins_alone for job in self.jobs):
            splice = splice_of(self.site, self.last.known.seen.margins, self.release.staging.output)
        pages, faults = render_pages(self.site, self.jobs, writer, workers, tell, splice, meanwhile)
        self.refuse(faults)
        for page in pages:
            self.outputs[page.path] = Output(page.path, self.outputs[page.path].made, page.parts, 0, 0, 0)
            if page.imprint is not None:
                self.imprints[page.path] = page.imprint

    def make_files(self, writer: Writer) -> None:
        """Files that no template makes, if they differ from what the cache knows."""
        view_context, page_fps = self.site.view_context, self.site.fingerprints.page
        for file in self.files:
            path, parts = output_path(file.path), b""
            if file.parts is not None:
                basis = self.constants if file.uses_constants else b""
                parts = fingerprints.short(basis + page_fps(file.parts))
            known = self.last.outputs.get(path)
            if parts and known and known.parts == parts and self.last.is_intact(known):
                self.outputs[path] = known
            else:
                self.put(writer, path, parts, file.content(view_context))
        self.make_marker(writer)

    def make_marker(self, writer: Writer) -> None:
        """The file that says what there is: the very one that lies there, if the paths are those of the last build."""
        known, paths = self.last.outputs.get(trees.MARKER), self.outputs.keys() - {trees.MARKER}
        if known and self.last.is_intact(known) and self.last.outputs.keys() - {trees.MARKER} == paths:
            self.outputs[trees.MARKER] = known
        else:
            self.put(writer, trees.MARKER, b"", trees.marker(paths))

    def put(self, writer: Writer, path: str, parts: bytes, content: Content) -> None:
        self.outputs[path] = Output(path, FILE, parts, 0, 0, 0)
        made = writer.put(path, content)
        if made is not None:
            self.imprints[path] = made
            self.reasons.append(Reason(path, ("content",)))

    @property
    def coming(self) -> set[str]:
        """Paths of files that are not made yet."""
        return {trees.MARKER, *(output_path(file.path) for file in self.files)}

    def gone(self) -> list[str]:
        """Files of the last build that are none of this one."""
        return sorted(self.last.outputs.keys() - self.outputs.keys() - self.coming)

    def into_tree(self, release: Release, workers: int, tell: Tell) -> int:
        """Much changed: the workers write straight into the new tree."""
        gone = self.gone()
        tree = release.next_tree()
        self.clear(tree, gone)
        together = workers > 1 and len(self.jobs) < TOGETHER
        with trees.Ahead(tree.new) as ahead:

            def told(count: int) -> None:
                if workers > 1:
                    ahead.started()
                tell(count)

            def meanwhile() -> None:
                ahead.started()
                if together:
                    self.make_files(tree)

            self.make_pages(tree, workers, told, meanwhile)
        if not together:
            self.make_files(tree)
        self.settle(tree, {path for path, output in self.outputs.items() if output.inode})
        tree.written = list(self.imprints)  # the workers wrote most of it
        release.exchange(tree, [*self.imprints, *gone], self.outputs)
        return len(gone)

    def by_change(self, release: Release, tell: Tell) -> int:
        """Little changed: what differs is made first, then the shortest way is taken."""
        buffered = BufferedOutput(str(release.staging.output))
        gone = self.gone()
        self.make_pages(buffered, 1, tell)
        self.make_files(buffered)
        changed = buffered.changed
        if not changed and not gone:
            return 0
        if len(changed) == 1 and not gone:
            ((path, content),) = changed.items()
            # another marker alone: the output holds files that the cache never heard of, of a build that died
            if self.last.imprint(path) and path != trees.MARKER:
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
        """Drop what is gone first: a file may be where a folder is needed."""
        for path in (*gone, *(tree.behind - self.coming - self.outputs.keys())):
            tree.drop(path)

    def settle(self, tree: Tree, stays: Collection[str]) -> None:
        """Have what stays in the tree."""
        if tree.old is None:
            return
        for path in tree.behind.intersection(stays) if tree.furnished else stays:
            made = tree.keep(path)
            if made is not None:
                self.imprints[path] = made
