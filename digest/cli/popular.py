"""`digest popular`: counts the reads of entries, says what it found, and writes the file of counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.cli.terminal import Progress, Verbosity, put, put_json, say, show_problems
from digest.files import save
from digest.popular import counting, counts, report
from digest.popular.routes import routes
from digest.popular.site import pages_of
from digest.problems import N_, DigestError, Problem, escape_controls, mistake
from digest.site.load import load_site
from digest.translation import _, gettext_noop, ngettext

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
        cure = N_("name a file there, or take the key out")
        raise DigestError(
            [Problem("site.yaml", 0, 0, mistake("popular-off", "'popular: false' switches the block off"), cure)]
        )
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
        done = (
            _("{path} is written", path=settings.popular) if wrote else _("{path} is as it was", path=settings.popular)
        )
        say(_("nothing was written") if options.dry_run else done)


def show_progress(bar: Progress, verbosity: Verbosity, done: int, total: int) -> None:
    """How far it is, on a terminal."""
    import sys  # noqa: PLC0415

    if not verbosity.quiet and not verbosity.as_json and total and sys.stderr.isatty():
        bar.show(_("counting"), min(done, total) // KILOBYTE, total // KILOBYTE)


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
    what = mistake(
        "popular-too-long",
        "the {n:,} least read stories are left out: a build reads 2 MiB of counts",
        n=counts_found - kept,
    )
    return [Problem(path, 0, 0, what, N_("nothing is to be done; the block shows the most read ones"), "advice")]


MEASURES = {
    "views": gettext_noop("page views"),
    "visitors": gettext_noop("visitors"),
    "visits": gettext_noop("visits"),
    "sessions": gettext_noop("sessions"),
}
"""Measure of an export → its words."""


def summary(counted: Counted, unknown: Sequence[tuple[str, int]]) -> None:
    """What was counted, and what was not."""
    found = counted.counts
    reads = ngettext("{n:,} read", "{n:,} reads", sum(number for _, number in found))
    stories = ngettext("{n:,} story", "{n:,} stories", len(found))
    lines = ngettext("{n:,} line", "{n:,} lines", counted.lines)
    say(_("{reads} of {stories} in {lines}", reads=reads, stories=stories, lines=lines))
    for name, measure in counted.measures:
        what = _(MEASURES.get(measure, measure))
        say(escape_controls("  " + _("{file}: counted are its {what}", file=name, what=what)))
    if counted.robots:
        say(
            "  "
            + ngettext("not counted: {n:,} request of robots", "not counted: {n:,} requests of robots", counted.robots)
        )
    if counted.unpaired:
        what = ngettext("{n:,} read", "{n:,} reads", counted.unpaired)
        say(
            "  "
            + _("not counted: {reads} of visitors that never took the site's style, a font or a fragment", reads=what)
        )
    if counted.foreign:
        say(
            "  "
            + ngettext(
                "not counted: {n:,} read of other hosts", "not counted: {n:,} reads of other hosts", counted.foreign
            )
        )
    for path, number in unknown:
        say("  " + _("no entry: {path}  {n:,}", path=path, n=number))
