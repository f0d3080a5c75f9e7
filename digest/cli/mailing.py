"""`digest email`: what it runs, and what it says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.declaration import Run, site_command
from digest.cli.terminal import put_json, say, show_problems, size
from digest.translation import _, gettext_noop, ngettext

if TYPE_CHECKING:
    from digest.mail.mailing import Mail


@site_command("email", reports=True, after=gettext_noop("no mail was written"))
@click.argument("edition")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the files go. [default: mail/ in the site]",
)
@click.option("--proof", is_flag=True, help="Also paint the mail as several clients show it (needs Chromium).")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
def email(run: Run, edition: str, output: Path | None, *, proof: bool, dry_run: bool) -> None:
    """Make a mail of an edition: HTML that clients show well, right to left, plain text, and a message of both."""
    from digest.mail import mailing  # noqa: PLC0415

    folder = (output or run.root / "mail").absolute()
    mail = mailing.make(run.build_options(None), edition)
    files = mailing.files(mail, folder)
    if proof:
        files.append(mailing.proof(mail, folder))
    if not dry_run:
        mailing.write(files)
    if run.verbosity.as_json:
        put_json(as_json(mail, [path for path, _ in files], dry_run=dry_run))
        return
    show_problems(mail.advice, run.root if run.verbosity.verbose else None)
    if run.verbosity.quiet:
        return
    for path, content in files:
        say(f"{_('would write ') if dry_run else ''}{os.path.relpath(path)}  {size(len(content))}")
    shown = mail.rendered.view
    stories = ngettext("{n:,} story", "{n:,} stories", shown.stories)
    say(_("{stories}; {size} of HTML", stories=stories, size=size(len(mail.rendered.html.encode()))))
    if shown.left_out:
        left = ngettext("{n:,} story", "{n:,} stories", shown.left_out)
        say(
            _(
                "{left} left out: a mail of more than 73 KB is cut off by Gmail; the mail ends with a link to the rest",
                left=left,
            )
        )


def as_json(mail: Mail, paths: list[Path], *, dry_run: bool) -> dict[str, Any]:
    """The document of `--json`."""
    shown = mail.rendered.view
    return {
        "edition": mail.edition.id.removeprefix("editions/"),
        "subject": shown.subject,
        "url": str(shown.url),
        "stories": shown.stories,
        "left_out": shown.left_out,
        "html_bytes": len(mail.rendered.html.encode()),
        "files": [str(path) for path in paths],
        "written": not dry_run,
        "advice": [problem.as_json() for problem in mail.advice],
    }
