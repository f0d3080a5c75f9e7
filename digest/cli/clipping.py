"""`digest clip`: what it runs, and what it says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.declaration import Run, site_command
from digest.cli.environment import now
from digest.cli.terminal import put, put_json, say
from digest.translation import _, current, gettext_noop

if TYPE_CHECKING:
    from digest.curating.clipping import Clip, Refused, Site

NOT_FINISHED = gettext_noop("what was already printed is whole, the rest was not made")


@site_command(reports=True, after=NOT_FINISHED)
@click.argument("targets", nargs=-1, required=True, metavar="URL_OR_FILE...")
@click.option("--theme", metavar="T", help="The entry's theme. [default: the source's, else the site's first]")
@click.option("--url", metavar="ADDRESS", help="The address of a saved page that does not say its own.")
@click.option("--image", is_flag=True, help="Also take the page's picture and put it beside the entry.")
@click.option("--quote", is_flag=True, help="Also quote the passages that are marked in the page.")
@click.option(
    "--text", is_flag=True, help="Also copy the whole text, if you have the right to it (needs digest[text])."
)
@click.option("--again", is_flag=True, help="Make an entry even if one names this address already.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
def clip(
    run: Run,
    targets: tuple[str, ...],
    theme: str | None,
    url: str | None,
    *,
    image: bool,
    quote: bool,
    text: bool,
    again: bool,
    dry_run: bool,
) -> None:
    """Make a draft entry of a web page, or of a page saved in the browser: title, date, source, author, summary."""
    from digest.curating import clipping  # noqa: PLC0415 - the network stays out of the other commands

    root, verbosity = run.root, run.verbosity
    options = clipping.ClipOptions(theme or "", url or "", image, quote, text, again, dry_run)
    where = read_site(root, theme, many=len(targets) > 1, url=url)
    made: list[Clip] = []
    refused: list[Refused] = []
    for target in targets:
        found = clipping.clip(target, where, options, now())
        if isinstance(found, clipping.Refused):
            refused.append(found)
            say(tamed(found.within(current())))
            continue
        made.append(found)
        where.taken.add(found.found.url, found.path.relative_to(root).as_posix())
        if not verbosity.as_json:
            report(found, root, quiet=verbosity.quiet, verbose=verbosity.verbose, dry_run=dry_run)
    if verbosity.as_json:
        put_json([one.as_json(root) for one in made])
    if refused:
        raise SystemExit(1)


def read_site(root: Path, theme: str | None, *, many: bool, url: str | None, but_inbox: bool = False) -> Site:
    """The site's settings, sources and what is taken. Raises UsageError, DigestError.

    `but_inbox` leaves the problems of `inbox` to a command that lists them itself.
    """
    from digest.content import inbox_sources  # noqa: PLC0415
    from digest.content import settings as site_settings  # noqa: PLC0415
    from digest.curating.clipping import Site  # noqa: PLC0415
    from digest.curating.taken import Taken  # noqa: PLC0415
    from digest.problems import N_, DigestError, UsageError, did_you_mean  # noqa: PLC0415

    raw = (root / "site.yaml").read_bytes()
    settings, __, problems = site_settings.read(raw)
    if but_inbox:
        of_inbox = set(inbox_sources.read_all(raw).problems)
        problems = tuple(problem for problem in problems if problem not in of_inbox)
    if settings is None or any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    known = [one.id for one in settings.themes]
    if theme is not None and theme not in known:
        raise UsageError(
            _(
                "there is no theme '{theme}'; {cure}",
                theme=theme,
                cure=did_you_mean(theme, known) or N_("the themes are {themes}", themes=tuple(known)),
            )
        )
    if url is not None and many:
        raise UsageError(_("--url is the address of one page; clip the files one by one"))
    return Site(root, settings, inbox_sources.read(raw), Taken(root, settings))


def report(clip: Clip, root: Path, *, quiet: bool, verbose: bool, dry_run: bool) -> None:
    """The entry's path on standard output, the rest for the editor."""
    put(os.path.relpath(clip.path))
    if quiet:
        return
    for remark in clip.draft.remarks:
        say(tamed("  " + remark.said(current().lang)))
    if dry_run:
        say("  " + _("nothing was written (--dry-run)"))
    if verbose:
        for name, where in clip.found.origin.items():
            say(f"  {name}: {where}")
        say(f"  {clip.path.relative_to(root).as_posix()}")


def tamed(text: str) -> str:
    """A message that holds words of a page, safe for a terminal."""
    from digest.problems import escape_controls  # noqa: PLC0415

    return escape_controls(text)
