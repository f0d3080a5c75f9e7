"""`digest serve`: report where the preview is and what each save changed."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.terminal import Progress, put, say, show_problems
from digest.translation import _, ngettext

if TYPE_CHECKING:
    from digest.preview.preview import News, Preview


class PreviewReporter:
    """Reports on the terminal what a preview does."""

    def __init__(self, root: Path, *, quiet: bool, verbose: bool) -> None:
        self.root = root
        self.quiet = quiet
        self.verbose = verbose

    @contextlib.contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A bar while many sources are read."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda *_: None
            return
        with Progress() as bar:
            yield bar.show

    def started(self, preview: Preview, url: str, asked: int, seconds: float) -> None:
        """Print where the site is and what is in it."""
        taken = int(url.rpartition(":")[2].partition("/")[0])
        if asked not in {0, taken}:
            say(_("port {asked} is taken, {taken} is free", asked=asked, taken=taken))
        put(url)
        if not self.quiet:
            shown, held = preview.counts
            more = _(" ({held} held back)", held=held) if held else ""
            entries = ngettext("{n:,} entry", "{n:,} entries", shown) + more
            say(_("{entries}, {seconds} s. Ctrl-C ends it.", entries=entries, seconds=f"{seconds:.2f}"))

    def news(self, news: News) -> None:
        """Print one change, its problems, or a note."""
        if news.note:
            say(f"digest: {news.note}")
        if news.changed and not self.quiet:
            more = _(" and {n} more", n=len(news.changed) - 3) if len(news.changed) > 3 else ""
            names = ", ".join(news.changed[:3]) + more
            took = _("({n} ms)", n=round(news.seconds * 1000))
            say(f"{time.strftime('%H:%M:%S')}  {names}  {took}")
        if news.problems:
            show_problems(news.problems, self.root if self.verbose else None)
        if news.solved and not self.quiet:
            say(f"{time.strftime('%H:%M:%S')}  {_('all problems fixed')}")
