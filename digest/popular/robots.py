"""Which agents are robots: the list of the package `crawler-user-agents` and a few words no browser has in its name.

The list's 1,500 patterns become three expressions. Nearly all are plain text, which is folded into a tree, so that an
agent is read a few times and not 1,500 times.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

WORDS = (
    r"(?<![Cc][Uu])[Bb][Oo][Tt](?![A-Za-z])",  # CUBOT makes telephones
    r"[Cc]rawl", r"[Ss]pider", r"[Ss]crap(?:er|ing|y)", r"[Hh]eadless", r"https?:", r"[Uu]ptime", r"[Mm]onitoring",
    r"[Pp]refetch", r"^[Pp]ython", r"^[Jj]ava/", r"^[Gg]o-http", r"^[Ll]ib(?:www|curl)", r"^node\b", r"^Ruby\b",
    r"[Ll]ighthouse",
)  # fmt: skip
"""What names a program beside the list: kinds of robots, libraries, an address to complain to."""
ESCAPED = re.compile(r"\\([^A-Za-z0-9])")
SPECIAL = re.compile(r"[\[\](){}|?*+^$.\\]")

Tree = dict[str, Any]


@cache
def patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Three expressions that find a robot: plain names, what an agent begins with, and the rest. Each is fast alone."""
    listed = [row["pattern"] for row in json.loads(source().read_text("utf-8"))]
    plain = {ESCAPED.sub(r"\1", text) for text in listed if not SPECIAL.search(ESCAPED.sub("", text))}
    special = [text for text in listed if SPECIAL.search(ESCAPED.sub("", text))] + list(WORDS)
    first = [text for text in special if text.startswith("^")]
    others = [text for text in special if not text.startswith("^")]
    return re.compile(folded(plain)), re.compile("|".join(first)), re.compile("|".join(others))


def source() -> Any:  # noqa: ANN401 - a path, or a member of an archive
    """The list's file."""
    return files("crawleruseragents").joinpath("crawler-user-agents.json")


def is_robot(agent: str) -> bool:
    """Whether an agent names itself as a robot."""
    plain, first, others = patterns()
    return (plain.search(agent) or first.match(agent) or others.search(agent)) is not None


def folded(words: set[str]) -> str:
    """An expression for any of the words, their common beginnings written once."""
    tree: Tree = {}
    for word in sorted(words):
        here = tree
        for letter in word:
            if "" in here:  # a shorter word is found wherever the longer one would be
                break
            here = here.setdefault(letter, {})
        else:
            here.clear()
            here[""] = {}
    return written(tree)


def written(tree: Tree) -> str:
    """A tree of letters as an expression."""
    text = ""
    while len(tree) == 1 and "" not in tree:
        (letter, tree), *_ = tree.items()
        text += re.escape(letter)
    if "" in tree:
        return text
    return text + "(?:" + "|".join(re.escape(letter) + written(below) for letter, below in sorted(tree.items())) + ")"
