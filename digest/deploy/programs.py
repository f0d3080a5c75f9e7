"""Run git, ssh and rsync without prompts, with secrets removed from what they say; retry what may pass."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from digest.deploy.redaction import redacted
from digest.problems import DeliveryError
from digest.translation import _

Result = TypeVar("Result")
ATTEMPTS = 4
PAUSE = 1.0
"""Seconds before the second attempt; each further pause is twice as long, plus up to half of it at random."""
LAST_LINES = 3


class FailedError(DeliveryError):
    """A program ended with a status other than 0. Most callers replace the message by one with a better cure."""

    def __init__(self, program: str, status: int, said: str) -> None:
        self.program = program
        self.status = status
        self.said = redacted(said)
        super().__init__(f"{program} ended with status {status}: {self.reason}; run the command again")

    @property
    def reason(self) -> str:
        """The last lines it wrote, as one."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip()]
        return "; ".join(lines[-LAST_LINES:]) or f"status {self.status}"


class PassingError(Exception):
    """A failure that another attempt may mend. `wait`: seconds the host asked for."""

    def __init__(self, reason: str, wait: float = 0) -> None:
        self.wait = wait
        super().__init__(redacted(reason))


def run(
    words: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, feed: bytes = b""
) -> bytes:
    """Run a program; gives its standard output. Raises `FailedError`, and `DeliveryError` if it is not installed."""
    import subprocess  # noqa: PLC0415 - every build of a site imports this module to check `deploy:`

    try:
        done = subprocess.run(  # noqa: S603 - the words come from checked settings
            words,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
            input=feed,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise DeliveryError(
            _("{program} is not installed on this machine; install it and run the command again", program=words[0])
        ) from None
    if done.returncode:
        raise FailedError(words[0], done.returncode, (done.stderr or done.stdout).decode("utf-8", "replace"))
    return done.stdout


def with_retries(what: str, attempt: Callable[[], Result]) -> Result:
    """Call `attempt` again while it raises `PassingError`. Raises `DeliveryError` that says what failed, and why."""
    import random  # noqa: PLC0415 - the same

    wait, left = PAUSE, ATTEMPTS
    while True:
        left -= 1
        try:
            return attempt()
        except PassingError as error:
            if not left:
                cure = _("what has arrived stays; run the command again to go on")
                raise DeliveryError(
                    _(
                        "{what}: {error} ({attempts} attempts); {cure}",
                        what=what,
                        error=error,
                        attempts=ATTEMPTS,
                        cure=cure,
                    )
                ) from None
            time.sleep(max(error.wait, wait * (1 + random.random() / 2)))  # noqa: S311 - no secret
            wait *= 2
