"""`data/popular.yaml` as `digest popular` writes it: the comments at its head, then an id and a number on each line."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Sequence
from pathlib import Path

HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:[ \t]*#[^\n]*\Z)?")
NEW_HEAD = """\
# عدد قراءات كل خبر كما أحصاها digest popular من سجلات الخادم. التعليقات في أول الملف تبقى.
# How often each entry was read, as digest popular counted it. Comments at the head of this file stay.
"""
PLAIN = re.compile(r"[A-Za-z\u0620-\u063f\u0641-\u064a][\w-]*(?:/[\w.-]+)+")
"""Ids that YAML reads as they stand."""
MOST = 10**12 - 1
"""The greatest count that a build takes."""
LARGEST = 2 * 1024 * 1024 - 1024
"""Bytes of the file; a build reads no larger one."""


def head_of(path: Path) -> bytes:
    """The comments a file of counts begins with, to the byte, or those of a new one. Raises OSError."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    try:
        with path.open("rb") as file:
            found = HEAD.match(file.read(LARGEST))
    except FileNotFoundError:
        return NEW_HEAD.encode()
    head = found[0] if found else b""
    return head + b"\n" if head and not head.endswith(b"\n") else head


def text(head: bytes, counts: Sequence[tuple[str, int]]) -> tuple[bytes, int]:
    """(the file, how many of the counts are in it): the most read first, no more than a build takes."""
    lines = [head]
    size = len(head)
    for entry, number in counts:
        line = f"{key(entry)}: {min(number, MOST)}\n".encode()
        size += len(line)
        if size > LARGEST:
            break
        lines.append(line)
    return b"".join(lines), len(lines) - 1


def key(entry: str) -> str:
    """An id as a key of YAML."""
    if PLAIN.fullmatch(entry):
        return entry
    quoted = json.dumps(entry, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in quoted)
