"""How commands are declared: the group, the options that several share, and what each is handed.

`site_command` declares a command on a site. It is called with a `Run` and its own options; whatever it raises becomes
a message and an exit status.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from digest import __version__
from digest.cli.environment import now, site_root
from digest.cli.terminal import AS_IT_WAS, Verbosity, failures, say, speak_utf8
from digest.translation import DOMAIN, ENGLISH, LOCALE, Catalogue, _, current

if TYPE_CHECKING:
    from digest.site.options import BuildOptions

Command = TypeVar("Command", bound=Callable[..., Any])
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
HELP = """Make a static site of curated news, Arabic and right-to-left first.

\b
Start:    digest init mysite && cd mysite && digest serve
Write:    digest new "عنوان الخبر" --theme sport
Check:    digest check
Publish:  digest build
"""
"""The character before the four lines has click leave them as they are."""


HEADLINE = re.compile(r"\A-\d|\s|[^\x00-\x7f]")
"""Of a word that begins with a minus: it is no option."""


class Commands(click.Group):
    """Commands in the order an editor meets them, with a hint for a mistyped one."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """The start of the program, before anything is printed."""
        speak_utf8()
        language = current()
        if language is not ENGLISH:
            speak(language)
            translate(self, language)
        return super().main(*args, **kwargs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, its help in the user's language."""
        command = super().get_command(ctx, cmd_name)
        if command is not None and current() is not ENGLISH:
            translate(command, current())
        return command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from digest.problems import did_you_mean  # noqa: PLC0415

            hint = did_you_mean(args[0], self.commands)
            said = _("no such command '{name}'", name=args[0])
            ctx.fail(said + (_("; ") + hint.within(current()) if hint else ""))
        return super().resolve_command(ctx, args)


def speak(language: Catalogue) -> None:
    """Have click say its own words ("Usage:") from the same catalogue; it looks them up by gettext's rules."""
    import gettext  # noqa: PLC0415 - not for English

    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language.lang


def translate(command: click.Command, language: Catalogue) -> None:
    """Put the help of a command and its options into a language, once."""
    if command.__dict__.setdefault("language", "en") == language.lang:
        return
    command.__dict__["language"] = language.lang
    command.help = language.plain(inspect.cleandoc(command.help or ""))
    for param in command.params:
        if isinstance(param, click.Option) and param.help:
            param.help = language.plain(param.help)


@click.group(cls=Commands, context_settings=CONTEXT, help=HELP)
@click.version_option(__version__, prog_name="digest")
def main() -> None:
    """All commands."""
    try:
        Path.cwd()
    except FileNotFoundError:
        say(_("digest: the current directory no longer exists; change to another one"))
        raise SystemExit(2) from None


class TitledCommand(click.Command):
    """A command whose argument is a headline, which may begin with a minus: «-5 درجات»."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        title = next((word for word in args if word[:1] == "-" and HEADLINE.search(word)), None)
        if title is not None and "--" not in args:
            args = [*(word for word in args if word is not title), "--", title]
        return super().parse_args(ctx, args)


class Run(NamedTuple):
    """What a command on a site is handed beside its own options."""

    root: Path
    """The site's folder."""
    verbosity: Verbosity
    drafts: bool = False
    future: bool = False
    jobs: int | None = None

    def build_options(self, output: Path | None, *, strict: bool = False, clean: bool = False) -> BuildOptions:
        """A build of this site, now; `output` None: a check."""
        from digest.site.options import BuildOptions  # noqa: PLC0415

        return BuildOptions(
            self.root,
            output,
            now(),
            drafts=self.drafts,
            future=self.future,
            strict=strict,
            jobs=self.jobs,
            clean=clean,
        )

    def public(self, output: Path | None = None) -> Path:
        """The folder of the built site: as asked, or `public/` in the site."""
        return (output or self.root / "public").absolute()


def site_command(
    name: str | None = None,
    *,
    reports: bool = False,
    builds: bool = False,
    after: str = AS_IT_WAS,
    kind: type[click.Command] | None = None,
) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command on a site: `--site`, `-q` and `-v` beside its own options.

    `reports` adds `--json`, `builds` adds `--drafts`, `--future` and `--jobs`; `after` is what an error says of the
    state it leaves; `kind` the class of a command that reads its words in a way of its own.
    """

    def declare(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def command(site: Path | None, *, quiet: bool, verbose: bool, as_json: bool = False, **given: Any) -> None:  # noqa: ANN401 - its own options
            with failures(as_json=as_json, after=after) as on_failure:
                root = site_root(site)
                on_failure.root = root if verbose else None
                scope = {key: given.pop(key) for key in ("drafts", "future", "jobs") if builds}
                verbosity = Verbosity(as_json=as_json, quiet=quiet, verbose=verbose)
                function(Run(root, verbosity, **scope), **given)

        # click lists options in the reverse order of their decorators: the shared ones stand round the command's own
        own, command.__click_params__ = getattr(function, "__click_params__", []), []  # type: ignore[attr-defined]
        voice_options(command)
        if reports:
            json_option(command)
        if builds:
            build_options(command)
        command.__click_params__ += own  # type: ignore[attr-defined]
        return main.command(name, cls=kind)(site_option(command))

    return declare


def site_option(command: Command) -> Command:
    """`--site DIR` of every command."""
    return click.option(
        "--site", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
        help="The site's folder. [default: the nearest folder upwards with a site.yaml]",
    )(command)  # fmt: skip


def output_option(description: str) -> Callable[[Command], Command]:
    """`--output DIR` of the commands that make or use a built site."""
    said = f"{description} [default: public/ in the site]"
    return click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help=said)


def voice_options(command: Command) -> Command:
    """`--quiet` and `-v` of every command."""
    command = click.option("-v", "--verbose", is_flag=True, help="Print more.")(command)
    return click.option("-q", "--quiet", is_flag=True, help="Print problems only.")(command)


def json_option(command: Command) -> Command:
    """`--json` of the commands that report."""
    return click.option("--json", "as_json", is_flag=True, help="Report as JSON on standard output.")(command)


def build_options(command: Command) -> Command:
    """What every command that reads a site's entries can be asked for."""
    count = click.IntRange(1, 64)
    jobs = "Worker processes. [default: the cores, for large sites]"
    command = click.option("--jobs", type=count, metavar="N", help=jobs)(command)
    command = click.option("--future", is_flag=True, help="Include entries dated later than now.")(command)
    return click.option("--drafts", is_flag=True, help="Include drafts.")(command)
