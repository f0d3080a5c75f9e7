"""`data/popular.yaml`: how often each entry was read → the counts behind "most read".

A mapping from entry ids to whole numbers. An id that is no entry any more is no fault: counts outlive entries.
"""

from __future__ import annotations

import re

from digest.content import nodes
from digest.linking.index import entry_id
from digest.problems import Problem, quoted

COUNT = re.compile(r"[0-9]{1,12}\Z")


def read(path: str, raw: bytes) -> tuple[tuple[tuple[str, int], ...], tuple[Problem, ...]]:
    """(id, count) in the file's order, and what is wrong in it."""
    root, problems = nodes.load(raw, path)
    found: list[tuple[str, int]] = []
    faults = list(problems)
    if root is None:
        return (), tuple(faults)
    if not isinstance(root, nodes.Mapping):
        return (), (
            *faults,
            Problem(path, 1, 1, "not a mapping from entry ids to counts", "write lines such as 'sport/final: 1200'"),
        )
    for key, value in root.items:
        if isinstance(value, nodes.Scalar) and COUNT.match(value.value):
            found.append((entry_id(key.value), int(value.value)))
        else:
            shown = value.value if isinstance(value, nodes.Scalar) else "a list or mapping"
            faults.append(
                Problem(
                    path, value.line, value.column, f"{quoted(shown)} is not a count", "write a whole number of reads"
                )
            )
    return tuple(found), tuple(faults)
