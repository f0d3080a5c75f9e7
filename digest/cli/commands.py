"""Every command with its options. Heavy modules are imported by the command that needs them, so that `digest --help` is
instant.
"""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from digest import __version__
from digest.cli.environment import entry_id, nearest_site, now, site_root
from digest.cli.terminal import Verbosity, count, failures, put, say, say_all, speak_utf8

if TYPE_CHECKING:
    from digest.site.related import Findings

NOTHING_MADE = "nothing was made"
AGAIN = "what is online is whole; run the command again to go on"
Command = TypeVar("Command", bound=Callable[..., Any])
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SHARED_TERMS = 12
"""Terms two stories share that `why` lists."""


class Commands(click.Group):
    """Commands in the order an editor meets them, with a hint for a mistyped one."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """The start of the program, before anything is printed."""
        speak_utf8()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from digest.problems import did_you_mean  # noqa: PLC0415

            hint = did_you_mean(args[0], self.commands)
            ctx.fail(f"no such command '{args[0]}'" + (f"; {hint}" if hint else ""))
        return super().resolve_command(ctx, args)


HELP = """Make a static site of curated news, Arabic and right-to-left first.

\b
Start:    digest init mysite && cd mysite && digest serve
Write:    digest new "عنوان الخبر" --theme sport
Check:    digest check
Publish:  digest build
"""
"""The character before the four lines has click leave them as they are."""


@click.group(cls=Commands, context_settings=CONTEXT, help=HELP)
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """All commands."""
    try:
        Path.cwd()
    except FileNotFoundError:
        say("digest: the folder you are in is there no more; go to another one, or make it again and enter it anew")
        raise SystemExit(2) from None


def site_option(command: Command) -> Command:
    """`--site DIR` of every command."""
    return click.option(
        "--site", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
        help="The site's folder. [default: the nearest folder upwards with a site.yaml]",
    )(command)  # fmt: skip


def voice_options(command: Command) -> Command:
    """`--quiet` and `-v` of every command."""
    command = click.option("-v", "--verbose", is_flag=True, help="Say more.")(command)
    return click.option("-q", "--quiet", is_flag=True, help="Print problems only.")(command)


def json_option(command: Command) -> Command:
    """`--json` of the commands that report."""
    return click.option("--json", "as_json", is_flag=True, help="Report as JSON on standard output.")(command)


def build_options(command: Command) -> Command:
    """What `build` and `check` share."""
    command = click.option(
        "--jobs",
        type=click.IntRange(1, 64),
        metavar="N",
        help="Worker processes. [default: the cores, for large sites]",
    )(command)
    command = click.option("--future", is_flag=True, help="Include entries dated later than now.")(command)
    return click.option("--drafts", is_flag=True, help="Include drafts.")(command)


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
            raise click.UsageError("Missing argument 'DIR'.")
        there = site_root(None) if folder is None else folder if (folder / "site.yaml").is_file() and ci else None
        if there is None and folder is not None:
            made = scaffold.init(folder)
            if verbose:
                say_all(f"  {path}" for path in made)
            if not quiet:
                say(f"{folder}: {len(made)} files. Next: cd {shlex.quote(str(folder))} && digest serve")
        if ci:
            on_failure.after = "the workflow is not written"
            write_workflow((there or folder or Path()).resolve(), ci, quiet=quiet)


def write_workflow(root: Path, platform: str, *, quiet: bool) -> None:
    """`digest init --ci`."""
    from digest.deploy import ci, destinations  # noqa: PLC0415

    destination, _ = destinations.find(destinations.read((root / "site.yaml").read_bytes())[0].destinations, None)
    path, to_do = ci.write(root, platform, destination)
    if not quiet:
        say(f"{os.path.relpath(path)}" + (f" is written; {to_do}" if to_do else " is written"))


@main.command()
@click.argument("title")
@click.option("--theme", required=True, metavar="T", help="The entry's theme: an id from site.yaml.")
@site_option
@voice_options
def new(title: str, theme: str, site: Path | None, *, quiet: bool, verbose: bool) -> None:
    """Write a new entry called TITLE with its front matter filled in. Never overwrites."""
    from digest import scaffold  # noqa: PLC0415

    with failures(after=NOTHING_MADE):
        root = site_root(site)
        path = scaffold.new(root, title, theme, now())
    if not quiet:
        put(os.path.relpath(path))
    if verbose:
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
                put(name + ("  (this site has its own)" if own else ""))
            return
        made = scaffold.eject(site_root(site), files)
    if not quiet:
        say_all(f"{os.path.relpath(path)}" for path in made)
    if verbose:
        say('A file of the site hides the built-in one; {% extends "builtin/…" %} overrides single blocks.')


@main.command()
@site_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the site goes. [default: public/ in the site]",
)
@build_options
@click.option("--strict", is_flag=True, help="Refuse on advice too.")
@click.option("--clean", is_flag=True, help="Believe nothing an earlier build left: read and make everything.")
@click.option("--explain", is_flag=True, help="Say why each file was made again.")
@json_option
@voice_options
def build(
    site: Path | None,
    output: Path | None,
    *,
    drafts: bool,
    future: bool,
    jobs: int | None,
    strict: bool,
    clean: bool,
    explain: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Build the site: content in, a static site out. Only what changed is made again."""
    with failures(as_json=as_json) as on_failure:
        from digest.cli.building import run  # noqa: PLC0415
        from digest.site.options import BuildOptions  # noqa: PLC0415

        root = site_root(site)
        on_failure.root = root if verbose else None
        target = (output or root / "public").absolute()
        order = BuildOptions(root, target, now(), drafts, future, strict, jobs, clean)
        voice = Verbosity(as_json=as_json, quiet=quiet, verbose=verbose, explain=explain)
        run(order, os.path.relpath(target), voice)


@main.command()
@site_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The build whose memory makes the start quick. [default: public/ in the site]",
)
@click.option("--host", default="127.0.0.1", metavar="HOST", help="Address to listen on. [default: 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    metavar="N",
    help="Port, or the next free one; 0 for any. [default: 8000]",
)
@click.option("--open", "opens", is_flag=True, help="Open the browser.")
@click.option("--poll", is_flag=True, help="Look at the files in intervals, not at the system's events.")
@build_options
@voice_options
def serve(
    site: Path | None,
    output: Path | None,
    host: str,
    port: int,
    *,
    opens: bool,
    poll: bool,
    drafts: bool,
    future: bool,
    jobs: int | None,
    quiet: bool,
    verbose: bool,
) -> None:
    """Show the site while you write it: each save appears in the browser at once, mistakes where they are.

    Nothing is written into the output; Ctrl-C ends it.
    """
    with failures() as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        from digest.cli.serving import Told  # noqa: PLC0415
        from digest.preview import http  # noqa: PLC0415
        from digest.preview.preview import Preview, PreviewOptions  # noqa: PLC0415

        started = time.perf_counter()
        listening = http.listen(host, port)
        told = Told(root, quiet=quiet, verbose=verbose)
        target = (output or root / "public").absolute()
        with told.progress() as progress:
            options = PreviewOptions(root, target, now, drafts, future, poll, jobs, told.news, progress)
            preview = Preview(options)
            preview.open()
        url = f"http://{http.shown_host(host)}:{listening.getsockname()[1]}{preview.home}"
        told.started(preview, url, port, time.perf_counter() - started)
        if not http.loopback(host):
            say(f"digest: {host} is open to the network: whoever reaches this machine sees the site, drafts and all")
        if opens:
            click.launch(url)
        preview.run(listening, http.hosts_of(host, listening))


@main.command()
@site_option
@build_options
@json_option
@voice_options
def check(
    site: Path | None, *, drafts: bool, future: bool, jobs: int | None, as_json: bool, quiet: bool, verbose: bool
) -> None:
    """Find everything `build --strict` would refuse, without writing. Notes on spelling refuse nothing."""
    with failures(as_json=as_json) as on_failure:
        from digest.cli.building import run  # noqa: PLC0415
        from digest.site.options import BuildOptions  # noqa: PLC0415

        root = site_root(site)
        on_failure.root = root if verbose else None
        order = BuildOptions(root, None, now(), drafts, future, strict=True, jobs=jobs)
        run(order, "", Verbosity(as_json=as_json, quiet=quiet, verbose=verbose))


@main.command()
@site_option
@build_options
@json_option
@voice_options
def related(
    site: Path | None, *, drafts: bool, future: bool, jobs: int | None, as_json: bool, quiet: bool, verbose: bool
) -> None:
    """List the related stories of every story, and the same report at other outlets."""
    with failures(as_json=as_json) as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        found = findings(root, drafts=drafts, future=future, jobs=jobs)
        from digest.linking.related.relations import NOTHING  # noqa: PLC0415

        lists = found.lists()
        if as_json:
            names = [entry.id for entry in found.index.entries]
            put(json.dumps({name: lists.get(name, NOTHING)._asdict() for name in names}, ensure_ascii=False))
            return
        if quiet:
            return
        for entry in found.index.entries:
            row = lists.get(entry.id, NOTHING)
            if row != NOTHING or verbose:
                put(f"{entry.id}: {entry.title.plain}")
                for mark, shown in (("  ", row.related), ("  = ", row.elsewhere)):
                    for name in shown:
                        put(f"{mark}{name}: {found.index.by_id[name].title.plain}")


@main.command()
@click.argument("words", nargs=-1, required=True)
@site_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The built site. [default: public/ in the site's folder]",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Results to list.")
@json_option
@voice_options
def search(
    words: tuple[str, ...],
    site: Path | None,
    *,
    output: Path | None,
    limit: int,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """List what readers find when they search the built site for WORDS."""
    with failures(as_json=as_json) as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        from digest.cli import searching  # noqa: PLC0415

        answer = searching.found(root, (output or root / "public").absolute(), " ".join(words), limit)
        searching.show(answer, as_json=as_json, quiet=quiet)


@main.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@site_option
@build_options
@json_option
@voice_options
def why(
    one: str,
    other: str,
    site: Path | None,
    *,
    drafts: bool,
    future: bool,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Say why story B stands below story A among the related ones, or why it does not. A and B are entry ids."""
    with failures(as_json=as_json) as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        found = findings(root, drafts=drafts, future=future, jobs=jobs)
        reason = found.why(*(entry_id(name, root) for name in (one, other)))
        if as_json:
            shared = [term._asdict() for term in reason.shared]
            put(json.dumps({**reason._asdict(), "shared": shared}, ensure_ascii=False))
            return
        place = f"shown, number {reason.shown}" if reason.shown else "not shown"
        put(f"{place}: {reason.verdict}")
        if quiet:
            return
        put(
            f"score {reason.score:g} per cent of the first story's score with itself (minimum {reason.minimum}); "
            f"{count(reason.days, 'day', 'days')} apart, factor {reason.time:g}; "
            f"texts alike {reason.resemblance:.0%}"
        )
        for term in reason.shared if verbose else reason.shared[:SHARED_TERMS]:
            put(f"  {term.part:5.1f} %  {term.word}  ({term.weight} x {term.other_weight})")
        if len(reason.shared) > SHARED_TERMS and not verbose:
            put(f"  and {count(len(reason.shared) - SHARED_TERMS, 'term', 'terms')} more; -v lists them")


def findings(root: Path, *, drafts: bool, future: bool, jobs: int | None) -> Findings:
    """A site read and linked. Raises `DigestError` with its problems."""
    from digest.build.build import look  # noqa: PLC0415
    from digest.site.options import BuildOptions  # noqa: PLC0415

    return look(BuildOptions(root, root / "public", now(), drafts, future, jobs=jobs))


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
        put(json.dumps(made, ensure_ascii=False, indent=2))
        if verbose:
            say(
                f"Save it as {which}.schema.json; "
                f"a YAML file names it with # yaml-language-server: $schema={which}.schema.json"
            )


@main.command()
@click.argument("target", required=False, metavar="[TARGET]")
@site_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the built site is. [default: public/ in the site]",
)
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
@json_option
@voice_options
def deploy(
    target: str | None,
    site: Path | None,
    output: Path | None,
    *,
    dry_run: bool,
    yes: bool,
    no_build: bool,
    clean: bool,
    verify: bool,
    server_config: str | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Build the site and put it online. Only what changed is sent. TARGET is a name under deploy: in site.yaml."""
    with failures(as_json=as_json, after=AGAIN) as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        from digest.cli import deploying  # noqa: PLC0415
        from digest.deploy.deploying import DeployOptions  # noqa: PLC0415

        if server_config:
            put(deploying.server_configuration(server_config, root, target))
            return
        to = deploying.deployed_to(root, target)
        public = (output or root / "public").absolute()
        voice = Verbosity(as_json=as_json, quiet=quiet, verbose=verbose)
        if not no_build:
            deploying.build_for_readers(root, public, voice)
        options = DeployOptions(dry_run=dry_run, yes=yes, clean=clean)
        deploying.publish(root, public.resolve(), to, options, voice, verify=verify and not dry_run)


@main.command()
@click.argument("target", required=False, metavar="[TARGET]")
@site_option
@click.option("--to", metavar="RELEASE", help="The release to go back to. [default: the previous one]")
@click.option("--list", "listing", is_flag=True, help="List the releases and change nothing.")
@voice_options
def rollback(
    target: str | None, site: Path | None, to: str | None, *, listing: bool, quiet: bool, verbose: bool
) -> None:
    """Roll back to the previous release. For places that keep releases: folder, and rsync in releases mode."""
    with failures(after=AGAIN):
        from digest.cli.deploying import deployed_to  # noqa: PLC0415
        from digest.deploy.deploying import releases_of  # noqa: PLC0415

        root = site_root(site)
        _, destination = deployed_to(root, target)
        with releases_of(root, destination) as place:
            if listing:
                present, kept = place.releases()
                for name in kept:
                    put(name + ("  (online)" if name == present else ""))
                return
            before, now_online = place.rollback(to)
    if not quiet:
        say(f"{destination.name}: {now_online} is online again" + (f"; it was {before}" if verbose else ""))


@main.command(name="next")
@site_option
@json_option
@voice_options
def next_change(site: Path | None, *, as_json: bool, quiet: bool, verbose: bool) -> None:
    """Print when the next entry or edition that waits for its date is due."""
    with failures(as_json=as_json) as on_failure:
        from digest.site.due import waiting  # noqa: PLC0415
        from digest.site.options import BuildOptions  # noqa: PLC0415

        root = site_root(site)
        on_failure.root = root if verbose else None
        due = waiting(BuildOptions(root, (root / "public").absolute(), now()))
        shown = due if verbose else [row for row in due if row.moment == due[0].moment]
        if as_json:
            put(json.dumps({"next": due[0].moment.isoformat() if due else None,
                "due": [{"at": row.moment.isoformat(), "id": row.id, "title": row.title} for row in due]},
                ensure_ascii=False))  # fmt: skip
            return
        for row in shown:
            put(f"{row.moment.isoformat()}  {row.id}" + ("" if quiet else f"  {row.title}"))
    if not due and not quiet:
        say("nothing waits for its date")


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@site_option
@click.option("--days", type=click.IntRange(1, 36500), metavar="N", help="Count the last N days alone.")
@click.option("--report", is_flag=True, help="Print what was read, what was not, and which theme rises.")
@click.option(
    "--no-pairing", is_flag=True, help="Count visitors that never took the site's style, a font or a fragment."
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Worker processes. [default: the cores, for large logs]"
)
@click.option("-n", "--dry-run", is_flag=True, help="Print the counts, and write nothing.")
@json_option
@voice_options
def popular(
    files: tuple[str, ...],
    site: Path | None,
    *,
    days: int | None,
    report: bool,
    no_pairing: bool,
    jobs: int | None,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Count how often entries were read, from access logs or exports of analytics services, for the block "most read".

    FILE is a log or a CSV, plain or gzipped; - is standard input. The counts are those of these files alone.
    """
    with failures(as_json=as_json, after="the counts are as they were") as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        from datetime import timedelta  # noqa: PLC0415

        from digest.cli.popular import CountingOptions, run  # noqa: PLC0415
        from digest.site.options import BuildOptions  # noqa: PLC0415

        clock = now()
        since = clock - timedelta(days=days) if days else None
        options = CountingOptions(since, pairing=not no_pairing, jobs=jobs, reporting=report, dry_run=dry_run)
        run(
            BuildOptions(root, root / "public", clock),
            files,
            options,
            Verbosity(as_json=as_json, quiet=quiet, verbose=verbose),
        )
