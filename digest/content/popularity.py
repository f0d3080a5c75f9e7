"""`data/popular.yaml`: how often each entry was read → the counts behind "most read".

A mapping from entry ids to whole numbers. An id that is no entry any more is no fault: counts outlive entries.
"""

from __future__ import annotations

import re

from digest.content import nodes
from digest.content.references import identifier
from digest.problems import N_, Problem, excerpt, mistake

COUNT = re.compile(r"\d{1,12}\Z")
NOT_BLANK = re.compile(rb"^[ \t]*[^#\s]", re.MULTILINE)
"""A line that is neither empty nor a comment."""


def read(path: str, raw: bytes) -> tuple[tuple[tuple[str, int], ...], tuple[Problem, ...]]:
    """(id, count) in the file's order, and the file's problems."""
    if not NOT_BLANK.search(raw):
        return (), ()
    root, problems = nodes.load(raw, path)
    found: dict[str, int] = {}
    faults = list(problems)
    for key, value in root.items if root else ():
        if isinstance(value, nodes.Scalar) and COUNT.match(value.value):
            name = identifier(key.value)
            found[name] = found.get(name, 0) + int(value.value)  # int() knows Arabic digits
        else:
            shown = N_("a list or mapping")
            if isinstance(value, nodes.Scalar):
                shown = N_("'{value}'", value=excerpt(value.value))
            what = mistake("popular-count", "{value} is not a count", value=shown)
            faults.append(Problem(path, value.line, value.column, what, N_("write a whole number of reads")))
    return tuple(found.items()), tuple(faults)
