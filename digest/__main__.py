"""`python -m digest` is `digest`."""

from digest.cli import start

start()
