"""The commands; the only package that prints or exits."""

from digest.cli import clipping, commands  # noqa: F401 - they declare them
from digest.cli.declaration import main
from digest.cli.terminal import leave

__all__ = ["main", "start"]


def start() -> None:
    """The program, from its start to its end."""
    try:
        main()
    except SystemExit as end:
        leave(end)
