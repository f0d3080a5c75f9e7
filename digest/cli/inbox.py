"""`digest inbox`: what it runs, and what it says."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from digest.cli.clipping import tamed
from digest.cli.declaration import Run, site_command
from digest.cli.environment import now
from digest.cli.terminal import put, put_json, say
from digest.translation import _, current, gettext_noop

if TYPE_CHECKING:
    from digest.content.inbox_sources import InboxSource
    from digest.content.settings import Settings
    from digest.curating import clipping
    from digest.curating.decisions import Decisions
    from digest.curating.following import Followed
    from digest.curating.inbox import Inbox, Made, Row

NOT_FINISHED = gettext_noop("entries whose path was printed are whole, nothing else was written")
FSI, LRI, PDI, RLM = "\u2068", "\u2066", "\u2069", "\u200f"
LOCK = ".inbox.digest-lock"
AT_ONCE, PATIENCE = 0.2, 120.0
"""Seconds before a run says that it waits for another, and before it gives up."""


class HandleCommand(click.Command):
    """Reads words that stand after `--take`, `--aside` and the like as more of their handles."""

    MANY = ("--take", "--aside", "--join")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        current = ""
        for word in args:
            if word.startswith("-"):
                current = word if word in self.MANY else ""
                spread.append(word)
            elif current and spread[-1] != current:
                spread += [current, word]
            else:
                spread.append(word)
        return super().parse_args(ctx, spread)


class InboxOptions(NamedTuple):
    """What was asked for."""

    take: tuple[str, ...]
    aside: tuple[str, ...]
    join: tuple[str, ...]
    part: tuple[str, ...]
    theme: str | None
    source: str | None
    everything: bool
    offline: bool
    dry_run: bool
    opml: Path | None

    @property
    def handles(self) -> tuple[str, ...]:
        """Every handle that was given."""
        return (*self.take, *self.aside, *self.join, *self.part)


@site_command(reports=True, after=NOT_FINISHED, kind=HandleCommand)
@click.option("--take", multiple=True, metavar="HANDLE...", help="Make a draft entry of each of these stories.")
@click.option("--aside", multiple=True, metavar="HANDLE...", help="Put these stories aside: they are not listed again.")
@click.option("--join", multiple=True, metavar="HANDLE...", help="Make these stories one, now and later.")
@click.option("--part", multiple=True, metavar="HANDLE", help="Make this outlet's report a story of its own.")
@click.option("--theme", metavar="T", help="The entries' theme. [default: the source's, else the site's first]")
@click.option("--source", metavar="NAME", help="Ask this source only, and list its stories.")
@click.option("--all", "everything", is_flag=True, help="Also list what is taken or put aside.")
@click.option("--offline", is_flag=True, help="Send no request: list what is remembered, take from the feed alone.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option(
    "--import", "opml", type=click.Path(path_type=Path), metavar="FILE",
    help="Print the lines for site.yaml of an OPML file.",
)  # fmt: skip
def inbox(run: Run, **given: Any) -> None:  # noqa: ANN401 - the options above
    """List what the sources published, each story once; make drafts of stories."""
    options = InboxOptions(**given)
    if options.theme is not None and options.opml:
        raise click.UsageError(_("--theme and --import do not go together"))
    if options.opml:
        import_lines(options.opml, read_site(run, None).settings)
        return
    with alone(run):
        desk = Desk(run, read_site(run, options.theme), options)
        desk.read()
        if options.handles:
            desk.act()
    desk.report()
    if options.handles or desk.found.has_answered:
        return
    if not desk.given.usable and not desk.given.faulty:
        say(
            "digest: "
            + _(
                "site.yaml names no source; add {example} (docs/reference/inbox.md)",
                example="inbox: [{name: …, url: https://…}]",
            )
        )
    raise SystemExit(1)


@contextlib.contextmanager
def alone(run: Run) -> Iterator[None]:
    """One run at a time in a site: no feed is asked twice, no story taken twice, no decision lost.

    Another one waits, as long as a run can take. Raises UsageError after that.
    """
    from digest.files import lock  # noqa: PLC0415
    from digest.problems import UsageError  # noqa: PLC0415

    path = run.root / LOCK
    if not os.access(run.root, os.W_OK):  # nothing can be written here, neither by this run nor by another
        yield
        return
    with lock(path, AT_ONCE) as is_ours:
        if is_ours:
            yield
            return
    say(_("another digest inbox is running in this site: waiting for it"))
    with lock(path, PATIENCE) as is_ours:
        if not is_ours:
            raise UsageError(
                _("{other} is running; wait until it has finished", other=_("another digest inbox in this site"))
            )
        yield


class Desk:
    """One run of the command."""

    def __init__(self, run: Run, site: clipping.Site, options: InboxOptions) -> None:
        from digest.content import inbox_sources  # noqa: PLC0415
        from digest.curating import decisions, following  # noqa: PLC0415 - the network stays out of the others

        self.run, self.site, self.options = run, site, options
        self.given = inbox_sources.read_all((run.root / "site.yaml").read_bytes())
        self.sources = named(self.given.usable, options.source)
        self.kept = decisions.read(run.root)
        self.asking = following.Asking(
            run.root, site.settings, now(), is_offline=options.offline, remembers=not options.dry_run
        )
        self.followed: list[Followed] = []
        self.made: list[Made] = []
        self.found = self.arranged()

    def arranged(self) -> Inbox:
        """The list, with all that was decided and taken up to now."""
        from digest.curating import inbox as stories  # noqa: PLC0415

        faulty = () if self.options.source else self.given.faulty
        return stories.arrange(self.followed, faulty, self.site.taken, self.kept, self.site.settings.lang)

    def read(self) -> None:
        """Ask the sources. A list that was shown is acted upon as it was: asking again could take a story off it."""
        import msgspec  # noqa: PLC0415

        from digest.curating import following  # noqa: PLC0415

        if self.options.handles:
            self.followed = following.follow(self.sources, msgspec.structs.replace(self.asking, is_offline=True))
            self.found = self.arranged()
            if all(self.found.find(handle) for handle in self.options.handles):
                return
        progress = Asked(quiet=self.run.verbosity.quiet or self.run.verbosity.as_json)
        self.followed = following.follow(self.sources, self.asking, progress.show)
        progress.end()
        self.found = self.arranged()

    def act(self) -> None:
        """Take, put aside, join, part. Raises UsageError before anything is written."""
        from digest.curating import decisions  # noqa: PLC0415
        from digest.curating import inbox as stories  # noqa: PLC0415

        options = self.options
        rows = stories.chosen(self.found, options.take)
        changed = decided(self.found, self.kept, options)
        network = None if options.offline else self.asking.network
        making = stories.Making(self.site, options.theme or "", now(), network, options.dry_run)
        for row in rows:
            self.keep(stories.make(row, making))
        if changed is not None:
            self.kept = changed
            if not options.dry_run:
                decisions.write(self.run.root, changed)
        if options.dry_run:
            say(_("nothing was written (--dry-run)"))
        self.found = self.arranged()

    def keep(self, made: Made) -> None:
        """Say where an entry is."""
        self.made.append(made)
        for report in made.row.story.reports:
            self.site.taken.add(report.item.url, made.path.relative_to(self.run.root).as_posix())
        if not self.run.verbosity.as_json:
            put(os.path.relpath(made.path))
        if made.problem:
            say(tamed("  " + made.problem.within(current())))

    def report(self) -> None:
        """Print the list, or the document."""
        from digest.curating import inbox as stories  # noqa: PLC0415

        verbosity, settings = self.run.verbosity, self.site.settings
        rows = [row for row in self.found.rows if self.options.everything or row.state == "new"]
        if verbosity.as_json:
            document = stories.as_json(self.found, rows)
            if self.options.take:
                document["made"] = [one.as_json(self.run.root) for one in self.made]
            put_json(document)
        elif not self.options.handles:
            show(self.found, rows, settings, quiet=verbosity.quiet)
        if not verbosity.quiet:
            faults(self.found, settings.lang, verbose=verbosity.verbose)


def read_site(run: Run, theme: str | None) -> clipping.Site:
    """The site, with a faulty line of `inbox` left to the list. Raises UsageError, DigestError."""
    from digest.cli.clipping import read_site as read  # noqa: PLC0415

    return read(run.root, theme, many=False, url=None, but_inbox=True)


def named(usable: Sequence[InboxSource], name: str | None) -> list[InboxSource]:
    """All sources, or the one of a name. Raises UsageError."""
    from digest.problems import N_, UsageError, did_you_mean  # noqa: PLC0415

    if name is None:
        return list(usable)
    found = [one for one in usable if one.name == name.strip()]
    if not found:
        known = [one.name for one in usable]
        hint = did_you_mean(name, known) or (
            N_("the sources are {sources}", sources=tuple(known)) if known else N_("site.yaml names none")
        )
        raise UsageError(tamed(_("there is no source '{name}'; {cure}", name=name, cure=hint)))
    return found


def decided(found: Inbox, kept: Decisions, options: InboxOptions) -> Decisions | None:
    """The decisions with those asked for; None for none. Raises UsageError."""
    from digest.curating import inbox as stories  # noqa: PLC0415
    from digest.problems import UsageError  # noqa: PLC0415

    aside, join, part = options.aside, options.join, options.part
    if not (aside or join or part):
        return None
    reports = {handle: found.report(handle) for handle in (*join, *part)}
    unknown = [handle for handle, report in reports.items() if report is None]
    if unknown:
        message = _(
            "there is no story '{handle}'; run digest inbox to see the list; nothing was written", handle=unknown[0]
        )
        raise UsageError(tamed(message))
    if len(join) == 1:
        raise UsageError(_("--join needs two handles; nothing was written"))
    for handle in part:
        if report := reports[handle]:
            kept = kept.part(report.handle, report.item.title)
    kept = kept.join([report.handle for handle in join if (report := reports[handle])])
    for row in stories.chosen(found, aside):
        kept = kept.put_aside([(one.handle, one.item.title) for one in row.story.reports], now().date())
    return kept


def import_lines(path: Path, settings: Settings) -> None:
    """Print an OPML file as lines of site.yaml."""
    from digest.curating import subscriptions  # noqa: PLC0415
    from digest.problems import UsageError  # noqa: PLC0415

    try:
        found = subscriptions.read(path.read_bytes(), settings.themes)
    except subscriptions.Refused as refused:
        raise UsageError(
            _("{path}: {refused}; export the feeds of your reader as OPML", path=path, refused=refused.what)
        ) from None
    if not found:
        raise UsageError(
            _("{path}: no outline of it has an xmlUrl; export the feeds of your reader as OPML", path=path)
        )
    put("\n".join(subscriptions.lines(found)))


# ------------------------------------------------------------------ what is said


class Asked:
    """On a terminal: how many sources have answered."""

    def __init__(self, *, quiet: bool) -> None:
        self.is_shown = not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def show(self, done: int, total: int) -> None:
        if self.is_shown and total:
            sys.stderr.write(f"\r{done}/{total} ")
            sys.stderr.flush()

    def end(self) -> None:
        if self.is_shown:
            sys.stderr.write("\r\x1b[K")


def show(found: Inbox, rows: Sequence[Row], settings: Settings, *, quiet: bool) -> None:
    """The list on standard output, in the site's language; then how many."""
    from digest.curating import messages  # noqa: PLC0415
    from digest.text.numbers import digits_of  # noqa: PLC0415

    digits = digits_of(settings.lang, settings.digits)
    for row in rows:
        put("\n".join(lines_of(row, found, settings)))
    if quiet or not (found.followed or found.faulty):
        return
    counts = {
        name: messages.counted(name, number, settings.lang, digits)
        for name, number in (("stories", len(rows)), ("sources", len(found.followed) + len(found.faulty)))
    }
    say(messages.word("count", settings.lang).format(**counts))
    if rows and rows[0].state != "taken":
        command = f"{LRI}digest inbox --take {found.handles[rows[0].story.first.handle]}{PDI}"
        say(f"  {messages.word('take', settings.lang).format(command=command)}")


def lines_of(row: Row, found: Inbox, settings: Settings) -> Iterable[str]:
    """A story's lines: handle and headline; date, outlets, state; what the others call it."""
    from digest.curating import messages  # noqa: PLC0415
    from digest.text.bidi import lang_direction  # noqa: PLC0415

    first = row.story.first
    handle = found.handles[first.handle]
    when = messages.word("undated", settings.lang)
    if first.item.moment:
        when = f"{first.item.moment.astimezone(settings.zone):%Y-%m-%d %H:%M}"
    elif first.item.day:
        when = first.item.day
    state = [] if row.state == "new" else [messages.word(row.state, settings.lang)]
    side = RLM if lang_direction(settings.lang) == "rtl" else ""  # isolates say nothing of the line they stand in
    yield f"{side}{LRI}{handle}{PDI}  {isolated(first.item.title)}"
    yield f"{side}        " + " · ".join([f"{LRI}{when}{PDI}", isolated(first.source), *state])
    for one in row.story.reports[1:]:
        shown = f"{LRI}{found.handles[one.handle]}{PDI} {isolated(one.source)}: {isolated(one.item.title)}"
        yield f"{side}        + {shown}"


def isolated(text: str) -> str:
    """Text of a feed, on one line, that turns and commands nothing outside itself."""
    return f"{FSI}{tamed(' '.join(text.split()))}{PDI}"


def faults(found: Inbox, lang: str, *, verbose: bool) -> None:
    """A line for each source with something to say."""
    from digest.curating import messages  # noqa: PLC0415

    for one in found.followed:
        told = [remark for remark in one.remarks if verbose or remark.fault != "later"]
        if told:
            say(f"{isolated(one.source.name)}: {tamed(messages.all_said(told, lang))}")
    for name, message in found.faulty:
        say(f"{isolated(name)}: {tamed(message)}")
