"""HTTP requests to hosts and services, with patience; answers of reasonable size, words fit to be shown."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest import __version__
from digest.deploy.programs import PassingError, patiently

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 30
"""Seconds for one answer."""
LIMIT = 256 * 1024 * 1024
"""Bytes of one answer; more are not read."""
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that may be others at the next attempt."""
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    """Empty where the status is no success."""


def ask(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request, without a secret: urllib would carry it on to whatever host an answer names.

    Raises `PassingError` where another attempt may help; other statuses are answers.
    """
    given = {"User-Agent": f"digest/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
    request = urllib.request.Request(url, data=body, method=method, headers=given)  # noqa: S310 - http(s) by settings
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - the same
            return Answer(answer.status, answer.read(LIMIT))
    except urllib.error.HTTPError as error:
        with error:
            if error.code in BUSY:
                raise PassingError(f"status {error.code}", wait(error.headers.get("Retry-After", ""))) from None
            return Answer(error.code, b"")
    except (OSError, http.client.HTTPException) as error:
        raise PassingError(str(getattr(error, "reason", "") or error) or type(error).__name__) from None


def wait(asked: str) -> float:
    """Seconds a busy host asked for; dates and nonsense count as none."""
    return min(float(asked), LONGEST_WAIT) if asked.isdecimal() else 0


def ask_patiently(what: str, url: str, **request: object) -> Answer:
    """The same, tried again where that may help. Raises `DeliveryError`."""
    return patiently(what, lambda: ask(url, **request))  # type: ignore[arg-type]
