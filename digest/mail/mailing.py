"""From a site's folder to the files of a mail: load → view → render → lint → message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.files import replace
from digest.mail import message
from digest.mail.edition import FOLDER, mail_edition
from digest.mail.linting import lint
from digest.mail.rendering import HTML_LIMIT, HTML_TEMPLATE, RenderedMail, render
from digest.problems import N_, DigestError, Problem, mistake
from digest.rendering.faults import TemplateFaultError
from digest.site.load import load_site

if TYPE_CHECKING:
    from digest.model import Edition
    from digest.site.options import BuildOptions
    from digest.site.site import Site


class Mail(NamedTuple):
    """A finished mail."""

    site: Site
    edition: Edition
    rendered: RenderedMail
    message: bytes
    advice: tuple[Problem, ...]


def make(options: BuildOptions, name: str) -> Mail:
    """The mail of an edition. Raises `UsageError` for an unknown one, `DigestError` with everything that is wrong."""
    return make_from(load_site(options), name)


def make_from(site: Site, name: str) -> Mail:
    """The same from a site that is loaded."""
    found = mail_edition(site, name)
    try:
        rendered = render(site, found.view)
    except TemplateFaultError as fault:
        raise DigestError([fault.problem]) from fault
    problems = lint(rendered.html, f"templates/{HTML_TEMPLATE}")
    too_long = len(rendered.html.encode())
    if too_long > HTML_LIMIT:
        what = mistake(
            "mail-too-long",
            "the mail has {size:,} bytes without a single story; Gmail cuts it off beyond {limit:,}",
            size=too_long,
            limit=HTML_LIMIT,
        )
        cure = N_("shorten the introduction, or the template templates/mail/edition.html")
        problems.append(found.edition.place.problem(what, cure))
    if problems:
        raise DigestError(problems)
    made = message.message(site.settings, found.edition, rendered)
    return Mail(site, found.edition, rendered, made, found.advice)


def files(mail: Mail, folder: Path) -> list[tuple[Path, bytes]]:
    """Path and content of the files of a mail."""
    stem = stem_of(mail, folder)
    return [
        (stem.with_name(f"{stem.name}.html"), mail.rendered.html.encode()),
        (stem.with_name(f"{stem.name}.txt"), mail.rendered.text.encode()),
        (stem.with_name(f"{stem.name}.eml"), mail.message),
    ]


def stem_of(mail: Mail, folder: Path) -> Path:
    """The files' common path, without an ending."""
    return folder / mail.edition.id.removeprefix(FOLDER)


def proof(mail: Mail, folder: Path) -> tuple[Path, bytes]:
    """One page of screenshots: the mail as several clients show it. Raises `UsageError` if there is no Chromium."""
    from digest.mail import painting  # noqa: PLC0415 - a browser is started for it

    stem = stem_of(mail, folder)
    return stem.with_name(f"{stem.name}-proof.png"), painting.paint(mail.rendered.html, mail.site)


def write(made: Sequence[tuple[Path, bytes]]) -> None:
    """Write files, each whole."""
    for path, content in made:
        replace(path, content)
