"""One source file as the cache keeps it: its content's fingerprint, and those of what it became."""

from __future__ import annotations

import msgspec

from digest.problems import Problem  # noqa: TC001 - MessagePack reads the types of fields when it runs


class Source(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One source file, and what it became when it last was read without an error."""

    path: str
    stamp: tuple[int, int, int, int]
    """All zeros where the disk's clock is too coarse to tell a later change: the file is then read again."""
    fp: bytes
    """Fingerprint of the file's content."""
    ids: tuple[str, ...] = ()
    """Of its entries; of an edition or a standalone page, its own."""
    wholes: tuple[bytes, ...] = ()
    """Fingerprint of each of them as it is packed."""
    cards: tuple[bytes, ...] = ()
    """Fingerprint of each entry's card."""
    terms: tuple[bytes, ...] = ()
    """Fingerprint of what related stories find each entry by."""
    has_images: bool = True
    """Whether the file names images: its problems then depend on which there are."""
    advice: tuple[Problem, ...] = ()
    """Advice to repeat in every build."""
    places: tuple[tuple[int, int], ...] = ()
    """Where each item is among the packed ones: offset, length."""

    def number(self, name: str) -> int:
        """The position of one of its entries."""
        return self.ids.index(name) if len(self.ids) > 1 else 0

    def text_fp(self, number: int) -> bytes:
        """Fingerprint of the whole text of one of its entries: another content of the file is another text."""
        return self.wholes[number] + self.fp
