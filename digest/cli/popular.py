"""`digest popular`: counts the reads of entries, says what it found, and writes the file of counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.cli.terminal import Progress, Verbosity, count, put, put_json, say, show_problems
from digest.files import save
from digest.popular import counting, counts, report
from digest.popular.routes import routes
from digest.popular.site import pages_of
from digest.problems import DigestError, Problem, escape_controls
from digest.site.load import load_site

if TYPE_CHECKING:
    from digest.popular.counting import Counted
    from digest.site.options import BuildOptions

UNKNOWN_SHOWN, UNKNOWN_LISTED = 10, 100
"""Unknown pages that are shown, and that `-v` and `--json` list."""
PERSONAL = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|@|(?:[0-9a-f]{1,4}:){3}", re.IGNORECASE)
"""What an unknown path may hold of a reader: a mail address, an address of the network."""
KILOBYTE = 1000


class CountingOptions(NamedTuple):
    """What was asked for beside the files."""

    since: datetime | None
    pairing: bool
    jobs: int | None
    reporting: bool
    dry_run: bool


def run(build_options: BuildOptions, names: Sequence[str], options: CountingOptions, verbosity: Verbosity) -> None:
    """The command. Raises `DigestError` where there is nothing to count, and `OSError`."""
    site = load_site(build_options, needs_counts=False)
    settings = site.settings
    if not settings.popular:
        cure = "name a file there, or take the key out"
        raise DigestError([Problem("site.yaml", 0, 0, "'popular: false' switches the block off", cure)])
    found = routes(pages_of(site), settings.base_url)
    asked = counting.CountOptions(found, settings.zone, options.since, options.pairing, options.jobs)
    with Progress() as bar:
        counted = counting.count(names, asked, lambda done, total: show_progress(bar, verbosity, done, total))
    path = build_options.root / settings.popular
    content, kept = counts.text(counts.head_of(path), counted.counts)
    wrote = not options.dry_run and save(path, content)
    about = report.report(site, counted.reads, counted.counts) if options.reporting else None
    if verbosity.as_json:
        put_json(as_json(counted) | ({"report": about.as_json()} if about else {}))
    elif about:
        for line in report.lines(about, site):
            put(escape_controls(line))
    elif options.dry_run:
        for name, number in counted.counts:
            put(escape_controls(f"{name}: {number}"))
    show_problems([*counted.advice, *cut_off(settings.popular, kept, len(counted.counts))], None)
    if not verbosity.quiet and not verbosity.as_json:
        shown = UNKNOWN_LISTED if verbosity.verbose else UNKNOWN_SHOWN
        summary(counted, unmatched(counted)[:shown])
        done = f"{settings.popular} is written" if wrote else f"{settings.popular} is as it was"
        say("nothing was written" if options.dry_run else done)


def show_progress(bar: Progress, verbosity: Verbosity, done: int, total: int) -> None:
    """How far it is, on a terminal."""
    import sys  # noqa: PLC0415

    if not verbosity.quiet and not verbosity.as_json and total and sys.stderr.isatty():
        bar.show("counting", min(done, total) // KILOBYTE, total // KILOBYTE)


def as_json(counted: Counted) -> dict[str, Any]:
    """The document of `--json`."""
    found = counted.counts
    return {
        "counts": dict(found),
        "lines": counted.lines,
        "reads": sum(number for _, number in found),
        "robots": counted.robots,
        "unmatched": [list(row) for row in unmatched(counted)],
        "unpaired": counted.unpaired,
        "foreign": counted.foreign,
        "measures": {escape_controls(name): measure for name, measure in counted.measures},
    }


def unmatched(counted: Counted) -> list[tuple[str, int]]:
    """The unknown pages that were asked for most, none that may say who asked."""
    shown = [(escape_controls(path), number) for path, number in counted.unknown if not PERSONAL.search(path)]
    return shown[:UNKNOWN_LISTED]


def cut_off(path: str, kept: int, counts_found: int) -> list[Problem]:
    """Said where a file of counts would be larger than a build takes."""
    if kept == counts_found:
        return []
    what = f"the {counts_found - kept:,} least read stories are left out: a build reads 2 MiB of counts"
    return [Problem(path, 0, 0, what, "nothing is to be done; the block shows the most read ones", "advice")]


def summary(counted: Counted, unknown: Sequence[tuple[str, int]]) -> None:
    """What was counted, and what was not."""
    found = counted.counts
    reads = count(sum(number for _, number in found), "read", "reads")
    say(f"{reads} of {count(len(found), 'story', 'stories')} in {count(counted.lines, 'line', 'lines')}")
    for name, measure in counted.measures:
        say(escape_controls(f"  {name}: counted are its {'page views' if measure == 'views' else measure}"))
    if counted.robots:
        say(f"  not counted: {count(counted.robots, 'request', 'requests')} of robots")
    if counted.unpaired:
        what = count(counted.unpaired, "read", "reads")
        say(f"  not counted: {what} of visitors that never took the site's style, a font or a fragment")
    if counted.foreign:
        say(f"  not counted: {count(counted.foreign, 'read', 'reads')} of other hosts")
    for path, number in unknown:
        say(f"  no entry: {path}  {number:,}")
