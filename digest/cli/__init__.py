"""The commands; the only package that prints or exits."""

from digest.cli import commands  # noqa: F401 - declared in this order

# isort: split
import os
import sys

from digest.cli import clipping, importing, inbox, mailing  # noqa: F401
from digest.cli.declaration import main
from digest.cli.terminal import leave

__all__ = ["main", "start"]


def restart_in_utf8() -> None:
    """Begin again in Python's UTF-8 mode where the system names its files otherwise (LC_ALL=C): their names, and the
    text on the terminal, are Arabic.
    """
    if sys.flags.utf8_mode or sys.getfilesystemencoding().lower() in {"utf-8", "utf8"} or not sys.executable:
        return
    arguments = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
    os.execve(sys.executable, arguments, {**os.environ, "PYTHONUTF8": "1"})  # noqa: S606 - this very program


def start() -> None:
    """The program, from its start to its end."""
    restart_in_utf8()
    try:
        main()
    except SystemExit as end:
        leave(end)
