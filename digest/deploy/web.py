"""HTTP requests to hosts and services, with retries; answers have a limit, messages hold no secrets."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from digest import __version__
from digest.deploy.programs import PassingError, with_retries
from digest.translation import _

TIMEOUT = 30
"""Seconds until an answer must have come."""
LIMIT = 256 * 1024 * 1024
"""Bytes read of one answer, at most."""
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that are retried."""
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    """Empty if the status is no success."""


def ask(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Make one request. It must hold no secret, since urllib follows redirects to any host.

    Raises `PassingError` if another attempt may help; every other status is an answer.
    """
    given = {"User-Agent": f"digest/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
    request = urllib.request.Request(url, data=body, method=method, headers=given)  # noqa: S310 - http(s) by settings
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - the same
            return Answer(answer.status, answer.read(LIMIT))
    except urllib.error.HTTPError as error:
        with error:
            if error.code in BUSY:
                raise PassingError(
                    _("status {code}", code=error.code), wait(error.headers.get("Retry-After", ""))
                ) from None
            return Answer(error.code, b"")
    except (OSError, http.client.HTTPException) as error:
        raise PassingError(str(getattr(error, "reason", "") or error) or type(error).__name__) from None


def wait(asked: str) -> float:
    """Seconds that a busy host asked for; anything but a number counts as none."""
    return min(float(asked), LONGEST_WAIT) if asked.isdecimal() else 0


def ask_with_retries(what: str, url: str, **request: object) -> Answer:
    """Make one request, with retries. Raises `DeliveryError`."""
    return with_retries(what, lambda: ask(url, **request))  # type: ignore[arg-type]
