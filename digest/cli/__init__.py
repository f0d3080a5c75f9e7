"""The commands; the only package that prints or exits."""

from digest.cli import commands  # noqa: F401 - declared in this order

# isort: split
from digest.cli import clipping, inbox, mailing  # noqa: F401
from digest.cli.declaration import main
from digest.cli.terminal import leave

__all__ = ["main", "start"]


def start() -> None:
    """The program, from its start to its end."""
    try:
        main()
    except SystemExit as end:
        leave(end)
