"""Every command with its options. Heavy modules are imported by the command that needs them, so that `digest --help` is
instant.
"""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.declaration import Run, TitledCommand, main, output_option, site_command, site_option, voice_options
from digest.cli.environment import entry_id, nearest_site, now, site_root
from digest.cli.terminal import failures, put, put_json, say, say_all
from digest.translation import _, current, gettext_noop, ngettext

if TYPE_CHECKING:
    from digest.linking.related.state import RelatedState
    from digest.site.site import Site

NOTHING_MADE = gettext_noop("nothing was made")
AGAIN = gettext_noop("what is online is whole; run the command again to go on")
SHARED_TERMS = 12
"""Terms two stories share that `why` lists."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", required=False)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab"]),
    help="Also write a workflow that checks, builds and deploys the site; without DIR, for the site you are in.",
)
@voice_options
def init(folder: Path | None, ci: str | None, *, quiet: bool, verbose: bool) -> None:
    """Start a complete small site in DIR, with Arabic example entries."""
    from digest import scaffold  # noqa: PLC0415

    with failures(after=NOTHING_MADE) as on_failure:
        if folder is None and ci is None:
            raise click.UsageError(_("Missing argument 'DIR'."))
        there = site_root(None) if folder is None else folder if (folder / "site.yaml").is_file() and ci else None
        if there is None and folder is not None:
            made = scaffold.init(folder)
            if verbose:
                say_all(f"  {path}" for path in made)
            if not quiet:
                say(
                    _("{folder}: {n} files. Next:", folder=folder, n=len(made))
                    + f" cd {shlex.quote(str(folder))} && digest serve"
                )
        if ci:
            on_failure.after = _("the workflow is not written")
            write_workflow((there or folder or Path()).resolve(), ci, quiet=quiet)


def write_workflow(root: Path, platform: str, *, quiet: bool) -> None:
    """`digest init --ci`."""
    from digest.deploy import ci, destinations  # noqa: PLC0415

    destination, __ = destinations.find(destinations.read((root / "site.yaml").read_bytes())[0].destinations, None)
    path, to_do = ci.write(root, platform, destination)
    if not quiet:
        done = _("{path} is written; {next}", path=os.path.relpath(path), next=to_do)
        say(done if to_do else _("{path} is written", path=os.path.relpath(path)))


@site_command(after=NOTHING_MADE, kind=TitledCommand)
@click.argument("title")
@click.option("--theme", required=True, metavar="T", help="The entry's theme: an id from site.yaml.")
def new(run: Run, title: str, theme: str) -> None:
    """Write a new entry called TITLE with its front matter filled in. Never overwrites."""
    from digest import scaffold  # noqa: PLC0415

    path = scaffold.new(run.root, title, theme, now())
    if not run.verbosity.quiet:
        put(os.path.relpath(path))
    if run.verbosity.verbose:
        say(path.read_text("utf-8"))


@main.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@site_option
@voice_options
def eject(files: tuple[str, ...], site: Path | None, *, quiet: bool, verbose: bool) -> None:
    """Copy built-in templates, styles or string tables into the site's templates/, to be changed there.

    Without names, lists what there is.
    """
    from digest import scaffold  # noqa: PLC0415

    with failures(after=NOTHING_MADE):
        if not files:
            for name, own in scaffold.ejectable(site_root(site) if site else nearest_site()):
                put(name + ("  " + _("(this site has its own)") if own else ""))
            return
        made = scaffold.eject(site_root(site), files)
    if not quiet:
        say_all(f"{os.path.relpath(path)}" for path in made)
    if verbose:
        say(_('A file of the site hides the built-in one; {{% extends "builtin/…" %}} overrides single blocks.'))


@site_command(reports=True, builds=True)
@output_option("Where the site goes.")
@click.option("--strict", is_flag=True, help="Refuse on advice too.")
@click.option("--clean", is_flag=True, help="Ignore the cache and rebuild everything.")
@click.option("--explain", is_flag=True, help="Say why each file was made again.")
def build(run: Run, *, output: Path | None, strict: bool, clean: bool, explain: bool) -> None:
    """Build the site: content in, a static site out. Only what changed is made again."""
    from digest.cli.building import run_build  # noqa: PLC0415

    target = run.public(output)
    options = run.build_options(target, strict=strict, clean=clean)
    run_build(options, os.path.relpath(target), run.verbosity._replace(explain=explain))


@site_command(builds=True)
@output_option("The build whose cache makes the start quick.")
@click.option("--host", default="127.0.0.1", metavar="HOST", help="Address to listen on. [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    metavar="N",
    help="Port, or the next free one; 0 for any. [default: 8000]",
)
@click.option("--open", "opens", is_flag=True, help="Open the browser.")
@click.option("--poll", is_flag=True, help="Poll for changes instead of using file-system events.")
def serve(run: Run, *, output: Path | None, host: str, port: int, opens: bool, poll: bool) -> None:
    """Show the site while you write it: each save appears in the browser at once, mistakes where they are.

    Nothing is written into the output; Ctrl-C ends it.
    """
    from digest.cli.serving import PreviewReporter  # noqa: PLC0415
    from digest.preview import http  # noqa: PLC0415
    from digest.preview.preview import Preview, PreviewOptions  # noqa: PLC0415

    started = time.perf_counter()
    listening = http.listen(host, port)
    reporter = PreviewReporter(run.root, quiet=run.verbosity.quiet, verbose=run.verbosity.verbose)
    with reporter.progress() as progress:
        options = PreviewOptions(
            run.root, run.public(output), now, run.drafts, run.future, poll, run.jobs, reporter.news, progress
        )
        preview = Preview(options)
        preview.open()
    url = f"http://{http.shown_host(host)}:{listening.getsockname()[1]}{preview.home}"
    reporter.started(preview, url, port, time.perf_counter() - started)
    if not http.loopback(host):
        say(
            _(
                "digest: {host} is open to the network: whoever reaches this machine sees the site, drafts and all",
                host=host,
            )
        )
    if opens:
        click.launch(url)
    preview.run(listening, http.hosts_of(host, listening))


@site_command(reports=True, builds=True)
def check(run: Run) -> None:
    """Find everything `build --strict` would refuse, without writing. Notes on spelling refuse nothing."""
    from digest.cli.building import run_build  # noqa: PLC0415

    run_build(run.build_options(None, strict=True), "", run.verbosity)


@site_command(reports=True, builds=True)
def related(run: Run) -> None:
    """List the related stories of every story, and the same report at other outlets."""
    found, __ = with_related(run)
    from digest.linking.related.relations import NOTHING  # noqa: PLC0415

    lists = found.parts.related.lists
    if run.verbosity.as_json:
        names = [entry.id for entry in found.index.entries]
        put_json({name: lists.get(name, NOTHING)._asdict() for name in names})
        return
    for entry in () if run.verbosity.quiet else found.index.entries:
        row = lists.get(entry.id, NOTHING)
        if row != NOTHING or run.verbosity.verbose:
            put(f"{entry.id}: {entry.title.plain}")
            for mark, shown in (("  ", row.related), ("  = ", row.elsewhere)):
                for name in shown:
                    put(f"{mark}{name}: {found.index.by_id[name].title.plain}")


@site_command(reports=True)
@click.argument("words", nargs=-1, required=True)
@output_option("Where the built site is.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, metavar="N", help="Results to list. [default: 10]")
def search(run: Run, words: tuple[str, ...], *, output: Path | None, limit: int) -> None:
    """List what readers find when they search the built site for WORDS."""
    from digest.cli import searching  # noqa: PLC0415

    answer = searching.find(run.root, run.public(output), " ".join(words), limit)
    searching.show(answer, run.verbosity)


@site_command(reports=True, builds=True)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
def why(run: Run, one: str, other: str) -> None:
    """Say why story B stands below story A among the related ones, or why it does not. A and B are entry ids."""
    found, state = with_related(run)
    from digest.site import related as related_stories  # noqa: PLC0415

    reason = related_stories.why(found, state, *(entry_id(name, run.root) for name in (one, other)))
    verbose = run.verbosity.verbose
    if run.verbosity.as_json:
        shared = [term._asdict() for term in reason.shared]
        put_json({**reason._asdict(), "verdict": str(reason.verdict), "shared": shared})
        return
    place = _("shown, number {shown}", shown=reason.shown) if reason.shown else _("not shown")
    put(f"{place}: {reason.verdict.within(current())}")
    if run.verbosity.quiet:
        return
    put(
        _(
            "score {score} per cent of the first story's score with itself (minimum {minimum}); "
            "{days} apart, factor {time}; texts alike {alike}",
            score=f"{reason.score:g}",
            minimum=reason.minimum,
            days=ngettext("{n:,} day", "{n:,} days", reason.days),
            time=f"{reason.time:g}",
            alike=f"{reason.resemblance:.0%}",
        )
    )
    for term in reason.shared if verbose else reason.shared[:SHARED_TERMS]:
        put(f"  {term.part:5.1f} %  {term.word}  ({term.weight} x {term.other_weight})")
    if len(reason.shared) > SHARED_TERMS and not verbose:
        left = len(reason.shared) - SHARED_TERMS
        put("  " + ngettext("and {n:,} term more; -v lists them", "and {n:,} terms more; -v lists them", left))


def with_related(run: Run) -> tuple[Site, RelatedState]:
    """A site with its related stories. Raises `DigestError` with its problems."""
    from digest.site.load import load_related  # noqa: PLC0415

    return load_related(run.build_options(run.root / "public"))


@main.command()
@click.argument("which", type=click.Choice(["entry", "site", "edition", "page"]), default="entry")
@voice_options
def schema(which: str, *, quiet: bool, verbose: bool) -> None:  # noqa: ARG001 - there is nothing to be quiet about
    """Print the JSON Schema of an entry's front matter (or of site.yaml, an edition, a page), for editors to
    complete by.
    """
    from digest.content import schema as schemas  # noqa: PLC0415

    with failures():
        made = {
            "entry": schemas.entry_schema,
            "site": schemas.site_schema,
            "edition": schemas.edition_schema,
            "page": schemas.standing_schema,
        }[which]()
        put_json(made, indent=2)
        if verbose:
            say(
                _(
                    "Save it as {file}; a YAML file names it with {line}",
                    file=f"{which}.schema.json",
                    line=f"# yaml-language-server: $schema={which}.schema.json",
                )
            )


@site_command(reports=True, after=AGAIN)
@click.argument("target", required=False, metavar="[TARGET]")
@output_option("Where the built site is.")
@click.option("-n", "--dry-run", is_flag=True, help="List what would be sent and deleted, and change nothing.")
@click.option(
    "-y", "--yes", is_flag=True, help="Deploy even if many files would be deleted or a limit of the host is exceeded."
)
@click.option("--no-build", is_flag=True, help="Deploy the last build as it is.")
@click.option("--clean", is_flag=True, help="Ignore what earlier deploys recorded and send every file.")
@click.option(
    "--verify", is_flag=True, help="Afterwards fetch pages from base_url and compare them with what was sent."
)
@click.option(
    "--server-config",
    type=click.Choice(["nginx", "caddy"]),
    help="Only print the configuration of a web server for this site.",
)
def deploy(
    run: Run,
    target: str | None,
    *,
    output: Path | None,
    dry_run: bool,
    yes: bool,
    no_build: bool,
    clean: bool,
    verify: bool,
    server_config: str | None,
) -> None:
    """Build the site and put it online. Only what changed is sent. TARGET is a name under deploy: in site.yaml."""
    from digest.cli import deploying  # noqa: PLC0415
    from digest.deploy.deploying import DeployOptions  # noqa: PLC0415

    if server_config:
        put(deploying.server_configuration(server_config, run.root, target))
        return
    to = deploying.deployed_to(run.root, target)
    public = run.public(output)
    if not no_build:
        deploying.build_for_readers(run.root, public, run.verbosity)
    options = DeployOptions(dry_run=dry_run, yes=yes, clean=clean)
    deploying.publish(run.root, public.resolve(), to, options, run.verbosity, verify=verify and not dry_run)


@site_command(after=AGAIN)
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--to", metavar="RELEASE", help="The release to go back to. [default: the previous one]")
@click.option("--list", "listing", is_flag=True, help="List the releases and change nothing.")
def rollback(run: Run, target: str | None, *, to: str | None, listing: bool) -> None:
    """Roll back to the previous release. For places that keep releases: folder, and rsync in releases mode."""
    from digest.cli.deploying import deployed_to  # noqa: PLC0415
    from digest.deploy.deploying import releases_of  # noqa: PLC0415

    __, destination = deployed_to(run.root, target)
    with releases_of(run.root, destination) as place:
        if listing:
            present, kept = place.releases()
            for name in kept:
                put(name + ("  " + _("(online)") if name == present else ""))
            return
        before, now_online = place.rollback(to)
    if not run.verbosity.quiet:
        more = _("; it was {before}", before=before) if run.verbosity.verbose else ""
        say(_("{name}: {now_online} is online again{more}", name=destination.name, now_online=now_online, more=more))


@site_command("next", reports=True)
def next_change(run: Run) -> None:
    """Print when the next entry or edition that waits for its date is due."""
    from digest.site.due import waiting  # noqa: PLC0415
    from digest.site.load import load_site  # noqa: PLC0415

    quiet = run.verbosity.quiet
    due = waiting(load_site(run.build_options(run.public())))
    shown = due if run.verbosity.verbose else [row for row in due if row.moment == due[0].moment]
    if run.verbosity.as_json:
        rows = [{"at": row.moment.isoformat(), "id": row.id, "title": row.title} for row in due]
        put_json({"next": rows[0]["at"] if rows else None, "due": rows})
        return
    for row in shown:
        put(f"{row.moment.isoformat()}  {row.id}" + ("" if quiet else f"  {row.title}"))
    if not due and not quiet:
        say(_("nothing waits for its date"))


@site_command(reports=True, after=gettext_noop("the counts are as they were"))
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--days", type=click.IntRange(1, 36500), metavar="N", help="Count the last N days alone.")
@click.option("--report", is_flag=True, help="Print what was read, what was not, and which theme rises.")
@click.option(
    "--no-pairing", is_flag=True, help="Count visitors that never took the site's style, a font or a fragment."
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Worker processes. [default: the cores, for large logs]"
)
@click.option("-n", "--dry-run", is_flag=True, help="Print the counts, and write nothing.")
def popular(
    run: Run,
    files: tuple[str, ...],
    *,
    days: int | None,
    report: bool,
    no_pairing: bool,
    jobs: int | None,
    dry_run: bool,
) -> None:
    """Count how often entries were read, from access logs or exports of analytics services, for the block "most read".

    FILE is a log or a CSV, plain or gzipped; - is standard input. The counts are those of these files alone.
    """
    from datetime import timedelta  # noqa: PLC0415

    from digest.cli import popular as counting  # noqa: PLC0415

    order = run.build_options(run.root / "public")
    since = order.now - timedelta(days=days) if days else None
    options = counting.CountingOptions(since, pairing=not no_pairing, jobs=jobs, reporting=report, dry_run=dry_run)
    counting.run(order, files, options, run.verbosity)
