"""How finished files become the output: which of the three ways of `publication` is the shortest, and what the memory
must know of the trees for the next one.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from digest.site import output as publication
from digest.site.cache import CacheFile, Output, Trees, TreeState
from digest.site.workers import Begun, Tell, can_begin, spread, worker_count

if TYPE_CHECKING:
    from digest.pages.generated import Content
    from digest.site.output import Imprint, Staging, Tree

LARGE = 50_000
"""Files from which a second tree is made with the first: linking it later would make the first new story slow."""
WORTH_A_PROCESS = 2_000
"""Files from which a second tree that is missing is linked by another process while this one finds what differs."""
WORTH_A_LOOK = 8_000
"""Files from which another process looks at a spare that is there."""


class Release(msgspec.Struct):
    """One output on its way to the next."""

    staging: Staging
    book: CacheFile[Trees]
    known: Mapping[str, Output]
    """Files of the output as the memory knows them; empty where it knows nothing."""
    jobs: int | None = 1
    """Processes asked for."""
    coming: Begun[bool] | None = None
    """Who links the spare, as `new`."""
    looking: Begun[bool] | None = None
    """Who asks whether the spare that is there is as it was left."""

    def prepare_spare(self) -> None:
        """Have the spare looked at meanwhile, or linked if it is missing: the change that will most likely need it is
        being read.
        """
        if self.coming or self.looking or len(self.known) < WORTH_A_PROCESS or not can_begin(self.jobs):
            return
        trees = self.book.load()
        if trees is None:
            return
        if trees.spare is None or not self.staging.spare.is_dir():
            publication.discard(self.staging.spare)
            publication.discard(self.staging.new)
            self.new_tree()
            self.coming = Begun(partial(self.linked, 0, tuple(self.known)))
        elif len(self.known) >= WORTH_A_LOOK:
            self.looking = Begun(lambda _: self.is_trusted(trees))

    def is_trusted(self, trees: Trees) -> bool:
        """Whether the spare is as it was left."""
        spare, folders = trees.spare, {path.rpartition("/")[0] for path in self.known}
        return spare is not None and publication.is_trusted(
            self.staging, spare.written, spare.replaced, trees.behind, folders
        )

    def take_spare(self) -> None:
        """Wait for the spare, if somebody links it."""
        if self.coming is None:
            return
        coming, self.coming = self.coming, None
        trees = self.book.load()
        if coming.answer() and trees:
            self.staging.new.rename(self.staging.spare)
            self.book.keep(Trees(trees.output, TreeState(time.time_ns())))
        else:
            publication.discard(self.staging.new)

    def stop(self) -> None:
        """No spare is wanted after all."""
        if self.looking:
            self.looking.stop()
            self.looking = None
        if self.coming:
            self.coming.stop()
            self.coming = None
            publication.discard(self.staging.new)

    def linked(self, _: int, files: Sequence[str], tell: Tell) -> bool:
        """Whether all these files of the output could be linked into the new tree."""
        new, source = str(self.staging.new), str(self.staging.output)
        for path in files:
            if not publication.link(f"{source}/{path}", f"{new}/{path}"):
                return False
            tell(1)
        return True

    def new_tree(self) -> Tree:
        """Made from nothing; files that stay are linked into it one by one."""
        return publication.open_tree(self.staging)

    def next_tree(self) -> Tree:
        """The spare brought up to date, or a new one where there is no spare to be trusted."""
        self.take_spare()
        trees = self.book.load()
        if not self.known or trees is None or trees.spare is None:
            publication.discard(self.staging.spare)
            return self.new_tree()
        trusted = self.looking.answer() if self.looking else self.is_trusted(trees)
        self.looking = None
        self.book.keep(Trees(trees.output))  # from here on the spare is neither the old tree nor the new one
        if trusted:
            return publication.furnish(self.staging, trees.behind)
        publication.discard(self.staging.spare)
        return self.new_tree()

    def replace_one(self, path: str, content: Content) -> Imprint:
        """A change of one file."""
        self.take_spare()
        trees = self.book.load()
        if trees:  # noted before it is done: what is behind once too often is linked once too often, nothing else
            output = TreeState(trees.output.written, (*trees.output.replaced, path))
            self.book.keep(Trees(output, trees.spare, tuple(dict.fromkeys((*trees.behind, path)))))
        return publication.replace_one(self.staging, path, content)

    def exchange(self, tree: Tree, changed: Iterable[str], files: Collection[str]) -> None:
        """The new tree becomes the output; the old one stays as the spare.

        `changed`: paths at which the two differ, `files`: all of the new one. Raises OSError.
        """
        publication.sync(tree)
        written = TreeState(time.time_ns())
        before = self.book.load()
        had_output = self.staging.output.exists()
        publication.publish(self.staging)
        behind = tuple(changed)
        publication.discard(self.staging.spare)
        if had_output and before and self.known:
            self.staging.new.rename(self.staging.spare)
            self.book.keep(Trees(written, before.output, behind))
            return
        self.book.keep(Trees(written))
        publication.discard(self.staging.new)
        if len(files) >= LARGE:
            self.make_spare(written, files)

    def make_spare(self, output: TreeState, files: Collection[str]) -> None:
        """A second tree of a large site, of links."""
        self.new_tree()
        shares = spread(self.linked, tuple(files), worker_count(self.jobs, len(files)), lambda _: None)
        if all(shares):
            self.staging.new.rename(self.staging.spare)
            self.book.keep(Trees(output, TreeState(time.time_ns())))
