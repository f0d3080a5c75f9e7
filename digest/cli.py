"""The commands. The only module that prints or exits.

Data goes to standard output, everything else to standard error; status 0 done, 1 the site's own files are wrong, 2
wrong usage. Heavy modules are imported by the command that needs them, so that `digest --help` is instant.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import click

from digest import __version__

if TYPE_CHECKING:
    from datetime import datetime

    from digest.content.hosting import Destination
    from digest.content.settings import Settings
    from digest.engine.order import Order, Report
    from digest.engine.relating import Findings
    from digest.problems import Problem
    from digest.publishing.deploying import Outcome, Wishes
    from digest.publishing.plan import Plan
    from digest.publishing.verification import Verification
    from digest.serving.preview import News, Preview

    Hosted = tuple[Settings, Destination]

AS_IT_WAS = "the output is as it was"
NOTHING_MADE = "nothing was made"
AGAIN = "what is online is whole; run the command again to go on"
CURES = {
    errno.EACCES: "check who owns it and who may write there",
    errno.EPERM: "check who owns it and who may write there",
    errno.ENOENT: "check the path",
    errno.EROFS: "choose a place that can be written",
    errno.ENOSPC: "make room on the disk, then run the command again",
    errno.EDQUOT: "make room on the disk, then run the command again",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOTDIR: "a file is in the way of a folder: move it, or choose another place",
    errno.EMFILE: "raise the limit of open files (ulimit -n), or use fewer --jobs",
}
"""What to do when the system refuses."""
Command = TypeVar("Command", bound=Callable[..., Any])
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SHOWN_PROBLEMS = 200
SHOWN_FROM = 200
"""Items of a stage from which its progress is shown."""
SHARED_TERMS = 12
"""Terms two stories share that `why` lists."""
EXPLAINED_ONE_BY_ONE = 100
"""Files made for the same causes up to which each gets a line."""


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


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """Make a static site of curated news, Arabic and right-to-left first.

    \b
    Start:    digest init mysite && cd mysite && digest serve
    Write:    digest new "عنوان الخبر" --theme sport
    Check:    digest check
    Publish:  digest build
    """  # noqa: D301 - click wants the backspace itself before lines that are not to be filled
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


# ------------------------------------------------------------------ commands


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
    from digest.content import hosting  # noqa: PLC0415
    from digest.publishing import ci  # noqa: PLC0415

    destination, _ = hosting.find(hosting.read((root / "site.yaml").read_bytes())[0].destinations, None)
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
        from digest.engine.order import Order  # noqa: PLC0415

        root = site_root(site)
        on_failure.root = root if verbose else None
        target = (output or root / "public").absolute()
        order = Order(root, target, now(), drafts, future, strict, jobs, clean)
        voice = Voice(as_json=as_json, quiet=quiet, verbose=verbose, explain=explain)
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
        from digest.serving import http  # noqa: PLC0415
        from digest.serving.preview import Preview, Wishes  # noqa: PLC0415

        started = time.perf_counter()
        listening = http.listen(host, port)
        told = Told(root, quiet=quiet, verbose=verbose)
        target = (output or root / "public").absolute()
        with told.progress() as progress:
            wishes = Wishes(root, target, now, drafts, future, poll, jobs, told.news, progress)
            preview = Preview(wishes)
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
    """Find everything `build --strict` would refuse, without writing."""
    with failures(as_json=as_json) as on_failure:
        from digest.engine.order import Order  # noqa: PLC0415

        root = site_root(site)
        on_failure.root = root if verbose else None
        order = Order(root, None, now(), drafts, future, strict=True, jobs=jobs)
        run(order, "", Voice(as_json=as_json, quiet=quiet, verbose=verbose))


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
            row = {key.name: getattr(reason, key.name) for key in fields(reason) if key.name != "shared"}
            put(json.dumps({**row, "shared": shared}, ensure_ascii=False))
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
    from digest.engine.build import look  # noqa: PLC0415
    from digest.engine.order import Order  # noqa: PLC0415

    return look(Order(root, root / "public", now(), drafts, future, jobs=jobs))


def entry_id(name: str, root: Path) -> str:
    """An entry's id, given as such or as its file."""
    from digest.content.references import identifier  # noqa: PLC0415

    path = Path(name)
    if path.is_file() and path.resolve().is_relative_to(root):
        name = path.resolve().relative_to(root).as_posix()
    return identifier(name)


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
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be sent and deleted, and do neither.")
@click.option("-y", "--yes", is_flag=True, help="Also if much is deleted, or a limit of the host is exceeded.")
@click.option("--no-build", is_flag=True, help="Deploy the site as it was built last.")
@click.option("--clean", is_flag=True, help="Believe nothing earlier deploys noted: send every file.")
@click.option("--verify", is_flag=True, help="Afterwards fetch pages from base_url and compare.")
@click.option(
    "--server-config",
    type=click.Choice(["nginx", "caddy"]),
    help="Print the configuration of a web server for this site, and do nothing else.",
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
    """Put the site on static hosting: build it, show what differs, send that. TARGET is a name under deploy: in
    site.yaml.
    """
    with failures(as_json=as_json, after=AGAIN) as on_failure:
        root = site_root(site)
        on_failure.root = root if verbose else None
        if server_config:
            put(server_configuration(server_config, root, target))
            return
        hosting = deployed_to(root, target)
        from digest.publishing.deploying import Wishes  # noqa: PLC0415

        public = (output or root / "public").absolute()
        voice = Voice(as_json=as_json, quiet=quiet, verbose=verbose)
        if not no_build:
            build_for_readers(root, public, voice)
        wishes = Wishes(dry_run=dry_run, yes=yes, clean=clean)
        publish(root, public.resolve(), hosting, wishes, voice, verify=verify and not dry_run)


@main.command()
@click.argument("target", required=False, metavar="[TARGET]")
@site_option
@click.option("--to", metavar="RELEASE", help="The release to go back to. [default: the one before the present]")
@click.option("--list", "listing", is_flag=True, help="List the releases that are kept.")
@voice_options
def rollback(
    target: str | None, site: Path | None, to: str | None, *, listing: bool, quiet: bool, verbose: bool
) -> None:
    """Have the release before the present one online again. For targets that keep releases: folder and rsync."""
    with failures(after=AGAIN):
        from digest.publishing import releases  # noqa: PLC0415

        root = site_root(site)
        _, destination = deployed_to(root, target)
        if listing:
            present, kept = releases.listed(root, destination)
            for name in kept:
                put(name + ("  (online)" if name == present else ""))
            return
        before, now_online = releases.rollback(root, destination, to)
    if not quiet:
        say(f"{destination.name}: {now_online} is online again" + (f"; it was {before}" if verbose else ""))


@main.command(name="next")
@site_option
@json_option
@voice_options
def next_change(site: Path | None, *, as_json: bool, quiet: bool, verbose: bool) -> None:
    """Print when the next entry or edition that waits for its date is due."""
    with failures(as_json=as_json) as on_failure:
        from digest.engine.due import waiting  # noqa: PLC0415
        from digest.engine.order import Order  # noqa: PLC0415

        root = site_root(site)
        on_failure.root = root if verbose else None
        due = waiting(Order(root, (root / "public").absolute(), now()))
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


# ------------------------------------------------------------------ deploying


def hosted(root: Path, name: str | None) -> tuple[Settings, Destination | None, Problem | None]:
    """The settings, the destination of that name or the first one, and what is wrong with the site's address.

    Raises `DigestError`, and `UsageError` for a name that is none.
    """
    from digest.content import hosting  # noqa: PLC0415
    from digest.content import settings as site_settings  # noqa: PLC0415
    from digest.problems import DigestError, UsageError  # noqa: PLC0415

    raw = (root / "site.yaml").read_bytes()
    settings, problems = site_settings.read(raw)
    if settings is None or any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    found, _ = hosting.read(raw)
    destination, why = hosting.find(found.destinations, name)
    if destination is None and name:
        raise UsageError(why)
    return settings, destination, hosting.example_address(settings.base_url, found)


def deployed_to(root: Path, name: str | None) -> tuple[Settings, Destination]:
    """The settings, and where the site is put. Raises `DigestError`, `UsageError`."""
    from digest.content import hosting  # noqa: PLC0415
    from digest.problems import DigestError, UsageError  # noqa: PLC0415

    settings, destination, example = hosted(root, name)
    if destination is None:
        raise UsageError(hosting.find((), name)[1])
    if example:
        raise DigestError([example])
    return settings, destination


def server_configuration(server: str, root: Path, name: str | None) -> str:
    """For any site, deployed or not. Raises `DigestError`, `UsageError`."""
    from digest.publishing import webserver  # noqa: PLC0415

    settings, destination, _ = hosted(root, name)
    return webserver.config(server, settings, webserver.root_of(destination, root))


def build_for_readers(root: Path, output: Path, voice: Voice) -> None:
    """The strict build a deploy begins with."""
    from digest.engine.order import Order  # noqa: PLC0415

    run(Order(root, output, now(), strict=True), os.path.relpath(output), replace(voice, mute=voice.as_json))


def publish(root: Path, output: Path, hosting: Hosted, wishes: Wishes, voice: Voice, *, verify: bool) -> None:
    """Deploy, announce, verify; say what will be done, and what was."""
    from digest.publishing import announcing, deploying, verification  # noqa: PLC0415

    settings, destination = hosting

    def planned(outcome: Outcome) -> None:
        if not voice.as_json and (wishes.dry_run or voice.verbose):
            put_plan(outcome.plan)
        if not wishes.dry_run:
            announcing.note(root, outcome, settings)

    started = time.perf_counter()
    with Progress() as progress:
        watched = not (voice.quiet or voice.as_json) and sys.stderr.isatty()
        wishes = replace(wishes, planned=planned)
        if watched:
            wishes = replace(wishes, progress=lambda done, total: progress.show("sending", done, total))
        outcome = deploying.deploy(root, output, destination, settings, wishes)
    seconds = time.perf_counter() - started
    said = [] if wishes.dry_run else announcing.announce(root, destination, settings)
    found = verification.verify(outcome, output, settings.base_url) if verify else None
    if voice.as_json:
        put(json.dumps(deploy_json(outcome, seconds, said, found, dry_run=wishes.dry_run), ensure_ascii=False))
    elif not voice.quiet:
        say(deploy_summary(outcome, seconds, dry_run=wishes.dry_run))
        say_all(said)
        say_all([f"{found.checked} files fetched and compared"] if found and not found.wrong else [])
    if found and found.wrong:
        from digest.problems import DeliveryError  # noqa: PLC0415

        more = f" and {len(found.wrong) - 5} more" if len(found.wrong) > 5 else ""
        raise DeliveryError(f"what is online is not what was sent: {'; '.join(found.wrong[:5])}{more}")


def put_plan(plan: Plan) -> None:
    """A line for each file: + new, ~ changed, - deleted."""
    for upload in plan.uploads:
        headers = "  (headers)" if upload.why == "headers" else ""
        put(f"{'+' if upload.why == 'new' else '~'} {upload.path}  {size(upload.file.size)}{headers}")
    for path, length in plan.deletions.items():
        put(f"- {path}  {size(length)}" if length else f"- {path}")


def deploy_summary(outcome: Outcome, seconds: float, *, dry_run: bool) -> str:
    """The one line after a deploy."""
    plan = outcome.plan
    new = sum(upload.why == "new" for upload in plan.uploads)
    parts = [f"{new:,} new", f"{len(plan.uploads) - new:,} changed", f"{len(plan.deletions):,} deleted",
        f"{plan.unchanged:,} unchanged"]  # fmt: skip
    done = f"{size(plan.size)} {'to send' if dry_run else 'sent'}"
    if plan.nothing:
        done = "nothing to send"
    where = outcome.shown
    if outcome.destination.name != outcome.destination.place.kind:
        where = f"{outcome.destination.name} ({outcome.shown})"
    asks = f"; --yes is needed: {outcome.asks[0]}" if dry_run and outcome.asks else ""
    return f"{where}: {', '.join(parts)}, {done}, {seconds:.2f} s{asks}"


def deploy_json(
    outcome: Outcome, seconds: float, said: list[str], found: Verification | None, *, dry_run: bool
) -> dict[str, object]:
    """What `--json` prints of a deploy."""
    plan = outcome.plan
    return {
        "target": outcome.destination.name,
        "kind": outcome.destination.place.kind,
        "place": outcome.shown,
        "dry_run": dry_run,
        "upload": [
            {"path": upload.path, "size": upload.file.size, "why": upload.why, "stage": upload.stage.name.lower()}
            for upload in plan.uploads
        ],
        "delete": [{"path": path, "size": length} for path, length in plan.deletions.items()],
        "kept": sorted(plan.retired),
        "unchanged": plan.unchanged,
        "bytes": plan.size,
        "needs_yes": list(outcome.asks),
        "release": outcome.release or None,
        "announced": said,
        "verified": {"checked": found.checked, "wrong": list(found.wrong)} if found else None,
        "seconds": round(seconds, 3),
    }


def size(number: int) -> str:
    """Bytes as people read them."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:,.0f} KB" if number < 1_000_000 else f"{number / 1_000_000:,.1f} MB"


# ------------------------------------------------------------------ running and reporting


@dataclass(frozen=True, slots=True)
class Voice:
    """How much a command says."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    explain: bool = False
    mute: bool = False
    """Say nothing at all unless the build fails."""


def run(order: Order, shown: str, voice: Voice) -> None:
    """Build, then say in one line what was done."""
    import gc  # noqa: PLC0415
    import signal  # noqa: PLC0415

    # a stop from outside (a container's, a time limit's) cleans up like one from the keyboard
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # a build makes millions of values and no cycles worth collecting
    gc.disable()
    started = time.perf_counter()
    report = made(order, voice)
    seconds = time.perf_counter() - started
    if voice.mute:
        return
    if voice.as_json:
        put(json.dumps(report_json(report, seconds, explain=voice.explain), ensure_ascii=False))
        return
    if voice.explain:
        explain_all(report)
    if voice.verbose:
        show_problems(report.advice, order.root)
    if not voice.quiet:
        say(summary(report, shown, seconds) + (", with drafts: not for readers" if order.drafts and shown else ""))
        if report.advice and not voice.verbose:
            say(f"{count(len(report.advice), 'piece', 'pieces')} of advice: digest check lists them")
        if voice.verbose:
            say(f"  {count(report.read, 'source', 'sources')} read, {count(report.made, 'page', 'pages')} made")


def made(order: Order, voice: Voice) -> Report:
    """The build, or the word that there is nothing to do; with its progress on a terminal."""
    from digest.engine.inventory import nothing_to_do  # noqa: PLC0415

    known, scan = nothing_to_do(order)
    if known is not None:
        return known
    from digest.engine.build import build as make  # noqa: PLC0415 - and all it needs: it would be half the time

    if voice.quiet or voice.as_json or not sys.stderr.isatty():
        return make(order, scan)
    with Progress() as progress:
        return make(replace(order, progress=progress.show), scan)


class Told:
    """What a preview says on the terminal."""

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
        """Where the site is, and what is in it."""
        taken = int(url.rpartition(":")[2].partition("/")[0])
        if asked not in {0, taken}:
            say(f"port {asked} is taken, {taken} is free")
        put(url)
        if not self.quiet:
            shown, held = preview.counts
            more = f" ({held} held back)" if held else ""
            say(f"{count(shown, 'entry', 'entries')}{more}, {seconds:.2f} s. Ctrl-C ends it.")

    def news(self, news: News) -> None:
        """One change, its problems, or a note."""
        if news.note:
            say(f"digest: {news.note}")
        if news.changed and not self.quiet:
            more = f" and {len(news.changed) - 3} more" if len(news.changed) > 3 else ""
            names = ", ".join(news.changed[:3]) + more
            say(f"{time.strftime('%H:%M:%S')}  {names}  ({news.seconds * 1000:.0f} ms)")
        if news.problems:
            show_problems(news.problems, self.root if self.verbose else None)
        if news.solved and not self.quiet:
            say(f"{time.strftime('%H:%M:%S')}  no problem any more")


class Progress:
    """A bar on the terminal for each stage, with its rate and the time that remains."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.stage = ""
        self.done = 0
        self.started = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.render_finish()

    def show(self, stage: str, done: int, total: int) -> None:
        """Told by the build."""
        if total < SHOWN_FROM:
            return
        if stage != self.stage:
            self.__exit__()
            self.bar = click.progressbar(
                length=total,
                label=f"{stage:<8}",
                item_show_func=lambda rate: rate,
                width=30,
                file=sys.stderr,
                show_pos=True,
                show_eta=True,
                update_min_steps=max(total // 200, 1),
            )
            self.bar.render_progress()
            self.stage, self.done, self.started = stage, 0, time.monotonic()
        rate = done / max(time.monotonic() - self.started, 0.001)
        self.bar.update(done - self.done, f"{rate:,.0f}/s")
        self.done = done


def explain_all(report: Report) -> None:
    """Why files were made again: one line each, or one for all that share their causes and are many."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for reason in report.reasons:
        shared.setdefault(reason.causes, []).append(reason.path)
    for causes, paths in shared.items():
        if len(paths) > EXPLAINED_ONE_BY_ONE:
            put(f"{count(len(paths), 'file', 'files')}, {paths[0]} and others: {', '.join(causes)}")
            continue
        for path in paths:
            put(f"{path}: {', '.join(causes)}")


def summary(report: Report, shown: str, seconds: float) -> str:
    """The one line after a build or a check."""
    held = f" ({report.held} held back)" if report.held else ""
    done = f"{count(report.entries, 'entry', 'entries')}{held}, {count(report.pages, 'page', 'pages')}"
    if not shown:
        return f"no problem: {done}, {seconds:.2f} s"
    removed = f", {report.removed} removed" if report.removed else ""
    files = f"{report.made:,} made, {count(report.written, 'file', 'files')} written{removed}"
    files += f", {report.unchanged:,} unchanged"
    return f"{shown}: {done}, {files}, {seconds:.2f} s, {peak_memory()} MiB"


def count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def report_json(report: Report, seconds: float, *, explain: bool) -> dict[str, object]:
    return {
        "entries": report.entries,
        "held": report.held,
        "pages": report.pages,
        "read": report.read,
        "made": report.made,
        "written": report.written,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "seconds": round(seconds, 3),
        "peak_memory_mib": peak_memory(),
        "problems": [problem.as_json() for problem in report.advice],
        **({"reasons": {reason.path: reason.causes for reason in report.reasons}} if explain else {}),
    }


def peak_memory() -> int:
    """MiB of the largest process of this build; 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)


class failures:  # noqa: N801 - reads as a word of the with statement
    """Turns what a command may raise into messages and an exit status; no traceback reaches a user."""

    def __init__(self, *, as_json: bool = False, root: Path | None = None, after: str = AS_IT_WAS) -> None:
        self.as_json = as_json
        self.root = root
        self.after = after

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from digest.problems import DeliveryError, DigestError, UsageError  # noqa: PLC0415

        if error is None or isinstance(error, (click.ClickException, click.exceptions.Exit, SystemExit)):
            return
        if isinstance(error, DigestError):
            refuse(error.problems, as_json=self.as_json, root=self.root)
        if isinstance(error, UsageError):
            say(f"digest: {error}")
            raise SystemExit(2)
        if isinstance(error, DeliveryError):
            say(f"digest: {error}")
            raise SystemExit(3)
        if isinstance(error, KeyboardInterrupt):
            say(f"digest: stopped; {self.after}")
            raise SystemExit(130)
        if isinstance(error, OSError):
            cure = CURES.get(error.errno or 0)
            named = f"{error.filename or 'the system'}: {error.strerror or error}; "
            say(f"digest: {named}{self.after}" + (f"; {cure}" if cure else ""))
            raise SystemExit(1)
        if os.environ.get("DIGEST_DEBUG"):
            return
        say(f"digest: a fault of digest itself ({type(error).__name__}: {error}); {self.after}. "
            "Set DIGEST_DEBUG=1 to see where, and please report it.")  # fmt: skip
        raise SystemExit(1)


def refuse(problems: Sequence[Problem], *, as_json: bool, root: Path | None) -> NoReturn:
    """Show every problem and end with status 1."""
    if as_json:
        put(json.dumps({"problems": [problem.as_json() for problem in problems]}, ensure_ascii=False))
        raise SystemExit(1)
    show_problems(problems, root)
    errors = sum(problem.level == "error" for problem in problems)
    told = [count(errors, "problem", "problems")] if errors else []
    if len(problems) > errors:
        told.append(count(len(problems) - errors, "piece of advice", "pieces of advice"))
    say(" and ".join(told) + "; nothing was written")
    raise SystemExit(1)


def show_problems(problems: Sequence[Problem], root: Path | None) -> None:
    """One line each on standard error; with the site's root, the line of the file below it."""
    for problem in problems[:SHOWN_PROBLEMS]:
        say(click.style(str(problem), fg="red" if problem.level == "error" else "yellow"))
        if root:
            say_all(filter(None, [quoted_line(problem, root)]))
    if len(problems) > SHOWN_PROBLEMS:
        say(f"… and {len(problems) - SHOWN_PROBLEMS} more; --json prints all")


def quoted_line(problem: Problem, root: Path) -> str:
    """The line a problem stands on, with a caret."""
    from digest.engine.reading import read_bytes  # noqa: PLC0415
    from digest.problems import snippet  # noqa: PLC0415

    raw = read_bytes(root, problem.path, []) if problem.line else None
    return snippet((raw or b"").decode("utf-8", "replace").splitlines(), problem)


def speak_utf8() -> None:
    """Files and pipes get UTF-8 whatever the system's code page is: JSON is nothing else, and titles are Arabic. A
    terminal keeps its own, and is shown in escapes what it has no letter for.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def say(text: str) -> None:
    """A line on standard error; colour goes to a terminal only."""
    colour = False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None
    with contextlib.suppress(OSError):  # a full or closed standard error must not undo what was done
        click.echo(text, err=True, color=colour)


def put(text: str) -> None:
    """Data on standard output. Ends with status 1 where it cannot be written."""
    try:
        click.echo(text)
    except BrokenPipeError:  # `digest eject | head`: the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        say(f"digest: standard output: {error.strerror}")
        raise SystemExit(1) from None


def say_all(lines: Any) -> None:  # noqa: ANN401
    for line in lines:
        say(line)


def site_root(asked: Path | None) -> Path:
    """The site's folder: as asked, or the nearest upwards."""
    from digest.problems import UsageError  # noqa: PLC0415

    if asked is not None:
        if not (asked / "site.yaml").is_file():
            raise UsageError(f"there is no site.yaml in {asked}; 'digest init DIR' starts a site")
        return asked.resolve()
    root = nearest_site()
    if root is None:
        raise UsageError(
            "there is no site.yaml here or above; go to your site's folder, "
            "name it with --site, or start one with 'digest init DIR'"
        )
    return root


def nearest_site() -> Path | None:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "site.yaml").is_file()), None)


def now() -> datetime:
    """The clock; SOURCE_DATE_EPOCH overrides it, for builds that must be repeatable."""
    from datetime import UTC, datetime  # noqa: PLC0415

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        from digest.problems import UsageError  # noqa: PLC0415

        raise UsageError("SOURCE_DATE_EPOCH must be a number of seconds since 1970") from None


if __name__ == "__main__":
    main()
