"""The content folder → notes on what a build passes over: files that are no stories, and copies of those that are.

In: the site's root and the files that are read. Out: `Problem` values of level `note`, for `digest check`: builds do
not pay for them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from digest.content.discovery import ENDINGS, NEAR_MISSES, READ, SourceFile, regular_files
from digest.paths import ending
from digest.problems import N_, Problem, excerpt, mistake

TEXTS = frozenset({"", ".doc", ".docx", ".htm", ".html", ".odt", ".pages", ".rtf", ".txt"})
"""Endings of files that may hold a story."""
PER_ENDING = 5
"""Notes on files of one ending: the sixth says nothing new."""
COPY = re.compile(
    r"(?:Copy of |Copie de |نسخة من )(?P<first>.+)"
    r"|(?P<second>.+?)(?: \d{1,2}| ?\(\d{1,2}\)|(?: - | )(?:copy|copie|نسخة)(?: \d+| \(\d+\))?)",
    re.IGNORECASE,
)
"""Names that file managers, browsers and clouds give to the copy of a file, without their ending."""


def notes(root: Path, files: Sequence[SourceFile]) -> Iterator[Problem]:
    """What lies in content/ unread; then what is published twice."""
    seen: Counter[str] = Counter()
    for path in sorted(path for path, _ in regular_files(root, [])):
        kind = ending(path)
        if kind in READ or kind in NEAR_MISSES:
            continue
        seen[kind] += 1
        if seen[kind] <= PER_ENDING:
            cure = N_("save its text as .md") if kind in TEXTS else N_("put what readers download into static/")
            what = mistake("file-not-read", "not read: stories end in {endings:or}", endings=ENDINGS[:2])
            yield Problem(path, 0, 0, what, cure, "note")
    paths = {file.path for file in files}
    for path in sorted(paths):
        original = copied_from(path)
        if original in paths:
            cure = N_("delete the one you do not need, or give it a name of its own")
            what = mistake(
                "copy-of-story", "looks like a copy of '{path}', and both are published", path=excerpt(original)
            )
            yield Problem(path, 0, 0, what, cure, "note")


def copied_from(path: str) -> str:
    """The path of the file that this one is a copy of, by its name; empty for a name that says nothing of one."""
    folder, _, name = path.rpartition("/")
    stem, dot, last = name.rpartition(".")
    match = COPY.fullmatch(stem)
    return f"{folder}/{match['first'] or match['second']}{dot}{last}" if match else ""
