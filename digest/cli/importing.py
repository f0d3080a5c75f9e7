"""`digest import`: what it runs, and what it says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from digest.cli.declaration import json_option, main, site_option, voice_options
from digest.cli.environment import nearest_site, now, site_root
from digest.cli.terminal import Progress, Verbosity, failures, put, put_json, say
from digest.translation import _, gettext_noop

if TYPE_CHECKING:
    from digest.curating.fetching import Network
    from digest.importing.answers import Checked
    from digest.importing.archive import Reader
    from digest.importing.importer import ImportOptions
    from digest.importing.report import Report

NOT_FINISHED = gettext_noop("files that were written are whole, and the next run goes on from them")
MISSING = 20
ANSWERS = {
    "page": gettext_noop("old addresses are pages"), "alias": gettext_noop("lead on by themselves"),
    "redirect": gettext_noop("lead on by static/_redirects"), "none": gettext_noop("are not answered"),
}  # fmt: skip
SYSTEMS = ("wordpress", "folder")


class Asked(NamedTuple):
    """What was asked for."""

    system: str
    targets: tuple[Path, ...]
    into: Path
    map: Path
    media: Path | None
    check: Path | None
    fetch: bool
    dry_run: bool
    verbosity: Verbosity


@main.command("import")
@click.argument("system", type=click.Choice(SYSTEMS))
@click.argument("targets", nargs=-1, type=click.Path(path_type=Path), metavar="[EXPORT.xml|DIR]...")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The site's folder, which may be new. [default: the site you are in]",
)  # fmt: skip
@click.option(
    "--map", "map_", type=click.Path(path_type=Path), metavar="MAP.yaml",
    help="What becomes of categories, tags and authors. [default: import.yaml in the site]",
)  # fmt: skip
@click.option(
    "--media", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="A copy of the old site's uploads.",
)  # fmt: skip
@click.option("--fetch", is_flag=True, help="Fetch pictures that are not in FOLDER from where they were.")
@click.option(
    "--check", type=click.Path(path_type=Path, dir_okay=False), metavar="ADDRESSES",
    help="Then ask for each old address of a sitemap, a log or a list whether the site answers it.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@site_option
@json_option
@voice_options
def import_(system: str, targets: tuple[Path, ...], *, site: Path | None, as_json: bool, quiet: bool, verbose: bool,
            into: Path | None, map_: Path | None, media: Path | None, check: Path | None, fetch: bool,
            dry_run: bool) -> None:  # fmt: skip
    """Bring an archive: the exports of a WordPress site, or the folder of a Hugo, Jekyll, Zola or Pelican site.

    The first run writes import.yaml, for you to look at; the second one writes the site.
    """
    from digest.problems import UsageError  # noqa: PLC0415

    with failures(as_json=as_json, after=NOT_FINISHED):
        if not targets and not check:
            raise UsageError(_("name the export, as in: digest import wordpress export.xml --into mysite"))
        if system == "folder" and (media or fetch):
            raise UsageError(_("--media and --fetch are for WordPress; the folder has its own pictures"))
        if media and not media.is_dir():
            raise UsageError(_("there is no folder {folder}; name a copy of wp-content/uploads", folder=str(media)))
        root = into or (site_root(site) if site else nearest_site())
        if root is None:
            raise UsageError(_("there is no site here; name a folder, which may be new: --into mysite"))
        root = root.absolute()
        verbosity = Verbosity(as_json=as_json, quiet=quiet, verbose=verbose)
        run(Asked(system, targets, root, map_ or root / "import.yaml", media, check, fetch, dry_run, verbosity))


def run(asked: Asked) -> None:
    """The command. Raises UsageError, DigestError, OSError."""
    from digest.importing import importer  # noqa: PLC0415 - heavy

    report = None
    if asked.targets:
        reader = read(asked.system, asked.targets)
        media = asked.targets[0] if asked.system == "folder" else asked.media
        options = importer.ImportOptions(asked.into, asked.map, media, network(asked), asked.dry_run)
        if not asked.map.exists():
            proposed(importer.propose(reader.archive, options), reader, options, asked.verbosity)
            return
        is_mute = asked.verbosity.quiet or asked.verbosity.as_json
        with Progress() as bar:
            report = importer.write(
                reader.archive, reader.stories, options,
                None if is_mute else lambda done, total: bar.show("stories", done, total),
            )  # fmt: skip
    tell(report, ask(asked.check, asked.into) if asked.check else None, asked)


def network(asked: Asked) -> Network | None:
    """The network, only where it is asked for."""
    if not asked.fetch:
        return None
    from digest.curating import fetching  # noqa: PLC0415

    return fetching.NETWORK


def ask(file: Path, root: Path) -> Checked:
    """Ask the site for every old address of a file. Raises DigestError, OSError."""
    from digest.importing import answers  # noqa: PLC0415
    from digest.site.load import load_site  # noqa: PLC0415
    from digest.site.options import BuildOptions  # noqa: PLC0415

    addresses = answers.read(file)
    site = load_site(BuildOptions(root, root / "public", now()), needs_counts=False)
    rules = root / "static/_redirects"
    return answers.check(addresses, site, rules.read_text("utf-8") if rules.is_file() else "")


def read(system: str, targets: Sequence[Path]) -> Reader:
    """The archive that was named. Raises UsageError, OSError."""
    from digest.importing.archive import Reader  # noqa: PLC0415
    from digest.problems import UsageError  # noqa: PLC0415

    try:
        from digest.importing import wordpress  # noqa: PLC0415
        from digest.importing.wxr import RefusedExportError  # noqa: PLC0415
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"bs4", "markdownify", "soupsieve", "six"}:
            raise
        raise UsageError(_("this needs two packages more: pip install 'digest[import]'")) from None
    if system == "folder":
        return read_folder(targets)
    found = wordpress.Exports(targets)
    for path in targets:
        try:
            found.read(path)
        except RefusedExportError as error:
            where = f"{path}:{error.line}" if error.line else f"{path}"
            raise UsageError(f"{where}: {error.message}" + _("; ") + error.cure) from None
    return Reader(found.archive(), found.stories())


def read_folder(targets: Sequence[Path]) -> Reader:
    """The sources of another generator. Raises UsageError, OSError."""
    from digest.importing import folders  # noqa: PLC0415
    from digest.importing.archive import Reader  # noqa: PLC0415
    from digest.problems import UsageError  # noqa: PLC0415

    if len(targets) != 1 or not targets[0].is_dir():
        raise UsageError(_("name one folder: that of the other site, as in: digest import folder ../old --into mysite"))
    found = folders.Folder(targets[0])
    found.read()
    if not found.records:
        raise UsageError(
            _("{folder} holds no text with front matter; name the folder of a Hugo, Jekyll, Zola or Pelican site",
              folder=str(targets[0]))
        )  # fmt: skip
    return Reader(found.archive(), found.stories())


def proposed(files: Sequence[Path], reader: Reader, options: ImportOptions, verbosity: Verbosity) -> None:
    """Say what the first run wrote, and what is next."""
    archive = reader.archive
    if verbosity.as_json:
        put_json({"proposed": [str(path) for path in files], "stories": len(archive.records),
                  "categories": len(archive.categories), "written": not options.dry_run,
                  "unreadable": list(archive.faults)})  # fmt: skip
        return
    for path in files:
        put(os.path.relpath(path))
    if verbosity.quiet:
        return
    say(_("{stories:,} stories and pages in {categories:,} categories",
          stories=len(archive.records), categories=len(archive.categories)))  # fmt: skip
    for fault in archive.faults[:10]:
        say(fault)
    if options.dry_run:
        say(_("nothing was written (--dry-run)"))
    else:
        say(_("look at these files and change what you like; then run the command again"))


def tell(report: Report | None, checked: Checked | None, asked: Asked) -> None:
    """Print the report. Ends with status 1 if something could not be written, or an old address has no answer."""
    verbosity = asked.verbosity
    if verbosity.as_json:
        document = report.as_json() if report else {}
        put_json(document | ({"check": as_json(checked)} if checked else {}) | {"written": not asked.dry_run})
    elif not verbosity.quiet:
        for line in (report.lines(None) if verbosity.verbose else report.lines()) if report else ():
            put(line)
        if checked:
            tell_answers(checked, verbose=verbosity.verbose)
        elif report:
            say(_("nothing was written (--dry-run)") if asked.dry_run else _("next: digest check"))
    if (report and report.counts["refused"]) or (checked and checked.missing):
        raise SystemExit(1)


def as_json(checked: Checked) -> dict[str, object]:
    """The answers of `--json`."""
    rows = [{"address": one.address, "how": one.how, "target": one.target, "requests": one.requests}
            for one in checked.answers]  # fmt: skip
    return {"addresses": rows, "missing": len(checked.missing), "no_pages": checked.machinery}


def tell_answers(checked: Checked, *, verbose: bool) -> None:
    """How many addresses are answered, and which are not."""
    from digest.problems import escape_controls  # noqa: PLC0415

    for how in ("page", "alias", "redirect", "none"):
        number = sum(one.how == how for one in checked.answers)
        put(f"{number:>8,}  {_(ANSWERS[how])}")
    if checked.machinery:
        put(f"{checked.machinery:>8,}  " + _("no pages: scripts, styles, pictures"))
    missing = checked.missing
    for one in missing if verbose else missing[:MISSING]:
        put(escape_controls(f"    {one.address}" + (f"  ({one.requests:,})" if one.requests > 1 else "")))
    if not verbose and len(missing) > MISSING:
        put("    " + _("… and {n:,} more; -v prints all", n=len(missing) - MISSING))
