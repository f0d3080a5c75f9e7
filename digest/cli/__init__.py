"""The commands; the only room that prints or exits."""

from digest.cli import clipping
from digest.cli.commands import main
from digest.cli.terminal import leave

__all__ = ["clipping", "main", "start"]


def start() -> None:
    """The program, from its start to its end."""
    try:
        main()
    except SystemExit as end:
        leave(end)
