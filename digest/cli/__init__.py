"""The commands; the only room that prints or exits."""

from digest.cli.commands import main

__all__ = ["main"]
