"""Secrets stay secret: which the environment holds, and words without them.

Passwords and tokens reach digest through the environment, key files and the stores of platforms, never through
site.yaml or arguments. Whatever a program or a host says is shown without them, and no file that holds one is sent.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = re.compile(
    r"TOKEN|SECRET|PASS(?:WORD|WD|PHRASE)|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_PAT$|_AUTH$", re.IGNORECASE
)
"""Names of variables whose values nobody else may see."""
SHORTEST = 12
"""Characters from which a value is taken for a secret: shorter ones may stand in any text."""
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
    """The longest first, so that none is left in part."""
    return tuple(sorted(set(held().values()), key=len, reverse=True))


def redacted(text: str) -> str:
    """Words fit to be shown."""
    for value in values():
        text = text.replace(value, "***")
    return IN_HEADER.sub(r"\1***", IN_ADDRESS.sub("***", text))


def leak(content: bytes, secrets: Mapping[str, str]) -> str:
    """Name of the variable whose value stands in a file; empty where none does. `secrets`: those `held`."""
    return next((name for name, value in secrets.items() if value.encode() in content), "")
