"""Output and exit status of commands: data goes to standard output, all else to standard error.

Status 0 done, 1 the site's own files are wrong, 2 wrong usage, 3 what is elsewhere failed, 130 stopped.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import io
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self

import click

from digest.translation import _, current, gettext_noop, ngettext

if TYPE_CHECKING:
    from digest.problems import Problem

AS_IT_WAS = gettext_noop("the output is as it was")
CURES = {
    errno.EACCES: gettext_noop("check who owns it and who may write there"),
    errno.EPERM: gettext_noop("check who owns it and who may write there"),
    errno.ENOENT: gettext_noop("check the path"),
    errno.EROFS: gettext_noop("choose a place that can be written"),
    errno.ENOSPC: gettext_noop("make room on the disk, then run the command again"),
    errno.EDQUOT: gettext_noop("make room on the disk, then run the command again"),
    errno.ENAMETOOLONG: gettext_noop("choose a shorter name"),
    errno.ENOTDIR: gettext_noop("a file is in the way of a folder: move it, or choose another place"),
    errno.EMFILE: gettext_noop("raise the limit of open files (ulimit -n), or use fewer --jobs"),
}
"""Error number of the system → what to do about it."""
SHOWN_PROBLEMS = 200
LEVELS = {
    "error": ("red", "{n:,} problem", "{n:,} problems"),
    "advice": ("yellow", "{n:,} piece of advice", "{n:,} pieces of advice"),
    "note": ("cyan", "{n:,} note", "{n:,} notes"),
}
"""Level of a problem → its colour, and how it is counted."""
SHOWN_FROM = 200
"""A stage of fewer items shows no progress."""


class Verbosity(NamedTuple):
    """How much a command says."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    explain: bool = False
    mute: bool = False
    """Say nothing at all unless the build fails."""


def speak_utf8() -> None:
    """Write UTF-8 to files and pipes whatever the system's code page is, as JSON and Arabic titles need.

    A terminal keeps its own encoding; characters outside it are written as escapes.
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
    """Write data to standard output. Ends with status 1 if that fails."""
    try:
        click.echo(text)
    except BrokenPipeError:  # `digest eject | head`: the reader closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        say("digest: " + _("standard output: {reason}", reason=error.strerror or str(error)))
        raise SystemExit(1) from None


def put_json(document: object, *, indent: int | None = None) -> None:
    """Write one JSON document to standard output; letters stand as they are. Ends with status 1 if that fails."""
    import json  # noqa: PLC0415 - for who asked for it

    put(json.dumps(document, ensure_ascii=False, indent=indent))


def leave(end: SystemExit) -> NoReturn:
    """End the program at once: freeing all its values one by one would take a tenth of an edit's time.

    Raises `end` where Python must end the program itself: for a message, other threads, a full disk.
    """
    if not isinstance(end.code, int | None) or threading.active_count() > 1:
        raise end
    atexit._run_exitfuncs()  # noqa: SLF001 - nothing public runs them, and `os._exit` does not
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        raise end from None
    os._exit(end.code or 0)


def say_all(lines: Any) -> None:  # noqa: ANN401
    for line in lines:
        say(line)


def size(number: int) -> str:
    """Bytes as people read them."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:,.0f} KB" if number < 1_000_000 else f"{number / 1_000_000:,.1f} MB"


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
        """Called by the build."""
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


class failures:  # noqa: N801 - reads as a word of the with statement
    """Turns exceptions of a command into messages and an exit status; no traceback reaches a user."""

    def __init__(self, *, as_json: bool = False, root: Path | None = None, after: str = AS_IT_WAS) -> None:
        self.as_json = as_json
        self.root = root
        self.after = after

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, __: object) -> None:
        from digest.problems import DeliveryError, DigestError, UsageError  # noqa: PLC0415

        if error is None or isinstance(error, (click.ClickException, click.exceptions.Exit, SystemExit)):
            return
        if isinstance(error, DigestError):
            refuse(error.problems, as_json=self.as_json, root=self.root)
        if isinstance(error, (UsageError, DeliveryError)):
            say(f"digest: {told(error)}")
            raise SystemExit(2 if isinstance(error, UsageError) else 3)
        if isinstance(error, KeyboardInterrupt):
            say("digest: " + _("stopped; {after}", after=_(self.after)))
            raise SystemExit(130)
        if isinstance(error, OSError):
            cure = CURES.get(error.errno or 0)
            named = f"{error.filename or _('the system')}: {error.strerror or error}; "
            say(f"digest: {named}{_(self.after)}" + (_("; ") + _(cure) if cure else ""))
            raise SystemExit(1)
        if os.environ.get("DIGEST_DEBUG"):
            return
        say(
            "digest: "
            + _(
                "internal error ({error}); {after}. Set DIGEST_DEBUG=1 to see where, and please report it.",
                error=f"{type(error).__name__}: {error}",
                after=_(self.after),
            )
        )
        raise SystemExit(1)


def told(error: Exception) -> str:
    """The text of an error in the user's language."""
    from digest.problems import in_language  # noqa: PLC0415

    return in_language(error.args[0] if error.args else None, current())


def refuse(problems: Sequence[Problem], *, as_json: bool, root: Path | None) -> NoReturn:
    """Print every problem and end with status 1."""
    if as_json:
        put_json({"problems": [problem.as_json() for problem in problems]})
        raise SystemExit(1)
    show_problems(problems, root)
    levels: Counter[str] = Counter(problem.level for problem in problems)
    counts = [ngettext(one, many, levels[level]) for level, (__, one, many) in LEVELS.items() if levels[level]]
    say(_("{counts}; nothing was written", counts=_(" and ").join(counts)))
    raise SystemExit(1)


def show_problems(problems: Sequence[Problem], root: Path | None) -> None:
    """Print a line each on standard error; with the site's root, the line of the file below it."""
    for problem in sorted(problems, key=lambda problem: problem.level == "note")[:SHOWN_PROBLEMS]:
        say(click.style(problem.within(current()), fg=LEVELS[problem.level][0]))
        if root:
            say_all(filter(None, [quoted_line(problem, root)]))
    if len(problems) > SHOWN_PROBLEMS:
        say(_("… and {n} more; --json prints all", n=len(problems) - SHOWN_PROBLEMS))


def quoted_line(problem: Problem, root: Path) -> str:
    """The line a problem stands on, with a caret."""
    from digest.problems import snippet  # noqa: PLC0415
    from digest.site.files import read_source  # noqa: PLC0415

    raw = read_source(root, problem.path, []) if problem.line else None
    return snippet((raw or b"").decode("utf-8", "replace").splitlines(), problem)
