"""Find the secrets of the environment, and remove them from texts.

Passwords and tokens reach digest through the environment, key files and the stores of platforms, never through
site.yaml or arguments. Output of programs and hosts is shown without them, and a file that holds one is not sent.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache

NAMES = re.compile(
    r"TOKEN|SECRET|PASS(?:WORD|WD|PHRASE)|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_PAT$|_AUTH$", re.IGNORECASE
)
"""Names of variables that hold secrets."""
SHORTEST = 12
"""Characters of the shortest secret: shorter values may occur in any text."""
IN_ADDRESS = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")
IN_HEADER = re.compile(r"(?i)(authorization:\s*(?:\w+\s+)?)\S+")


def held() -> Mapping[str, str]:
    """Name → value of every secret in the environment."""
    return {
        name: value
        for name, value in os.environ.items()
        if NAMES.search(name) and len(value) >= SHORTEST and not value.startswith(("/", "~")) and value.isprintable()
    }


@cache
def values() -> tuple[str, ...]:
    """The values of all secrets, the longest first, so that none is removed only in part."""
    return tuple(sorted(set(held().values()), key=len, reverse=True))


def redacted(text: str) -> str:
    """The text without secrets."""
    for value in values():
        text = text.replace(value, "***")
    return IN_HEADER.sub(r"\1***", IN_ADDRESS.sub("***", text))


def leak(content: bytes, secrets: Mapping[str, str]) -> str:
    """The name of the variable whose value a file holds; empty if none does. `secrets`: see `held`."""
    return next((name for name, value in secrets.items() if value.encode() in content), "")
