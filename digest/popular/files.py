"""The files of a count, plain or gzipped, as chunks of whole lines. Memory stays the same whatever a file holds.

Refused: what is no regular file (`-`, standard input, may be anything), and what unpacks to absurd sizes.
"""

from __future__ import annotations

import codecs
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from digest.problems import N_, Message, Problem, mistake

CHUNK = 1 << 20
"""Bytes of one chunk of lines."""
LONGEST_LINE = 1 << 20
"""Bytes of a line that are kept; what follows is dropped, and the line is of no known format then."""
ENDLESS = 256 << 20
"""Bytes without an end of a line after which a file is no log."""
BOMB_FROM = 256 << 20
BOMB_RATIO = 500
"""A gzipped log is ten to a hundred times smaller than its text; deflate can reach 1,032."""
GZIP = b"\x1f\x8b"
OTHERWISE_PACKED = {
    b"PK\x03\x04": (mistake("log-packed", "it is a ZIP archive"), N_("unpack it, and give the file of its pages")),
    b"BZh": (mistake("log-packed", "it is packed with bzip2"), N_("unpack it, or send it through bzcat")),
    b"\xfd7zXZ": (mistake("log-packed", "it is packed with xz"), N_("unpack it, or send it through xzcat")),
    b"\x28\xb5\x2f\xfd": (mistake("log-packed", "it is packed with zstd"), N_("unpack it, or send it through zstdcat")),
}
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
STANDARD_INPUT = "-"


class UnreadableError(Exception):
    """A file cannot be read any further: why, and what to do."""

    def __init__(self, what: Message, cure: Message) -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure


class LogFile(msgspec.Struct):
    """One file of a count."""

    name: str
    """As it was given."""
    size: int
    """Bytes on the disk; 0 where nobody knows."""
    handle: int
    ends_early: bool = False
    """Whether its gzip stream breaks off: what came before was read."""
    done: int = 0
    """Bytes of it that were read so far."""

    def chunks(self) -> Iterator[bytes]:
        """Its text as UTF-8 (or what else it is), cut after ends of lines. Raises `UnreadableError`, `OSError`."""
        return whole_lines(as_utf8(self.unpacked(self.blocks())))

    def blocks(self) -> Iterator[bytes]:
        """Its bytes as they are on the disk."""
        while block := os.read(self.handle, CHUNK):
            self.done += len(block)
            yield block

    def unpacked(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The same out of gzip, where it is gzip, whatever its name."""
        first = next(blocks, b"")
        while 0 < len(first) < len(GZIP) and (more := next(blocks, b"")):
            first += more
        refuse_packed(first)
        if first.startswith(GZIP):
            yield from self.inflated(joined(first, blocks))
        else:
            yield from joined(first, blocks)

    def inflated(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The text of a gzip stream, chunk by chunk."""
        made = 0
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        for block in blocks:
            rest = block
            while rest:
                if unpacker.eof:  # another member follows, as after `cat a.gz b.gz`, or padding
                    rest = rest.lstrip(b"\0")
                    if not rest:
                        break
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
                try:
                    text = unpacker.decompress(rest, CHUNK)
                except zlib.error:
                    raise UnreadableError(
                        mistake("log-damaged", "its gzip stream is damaged"), N_("fetch the file again")
                    ) from None
                made += len(text)
                if made > BOMB_FROM and made > BOMB_RATIO * self.done:
                    what = mistake("log-damaged", "it unpacks to more than {n} times its size", n=BOMB_RATIO)
                    raise UnreadableError(what, N_("no log does that"))
                yield text
                rest = unpacker.unconsumed_tail or unpacker.unused_data
        self.ends_early = not unpacker.eof


def refuse_packed(first: bytes) -> None:
    """Raises `UnreadableError` where a file begins as one that is packed in a way that is not read here."""
    for magic, what in OTHERWISE_PACKED.items():
        if first.startswith(magic):
            raise UnreadableError(*what)


def joined(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def as_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Without a byte order mark, and UTF-16 (which spreadsheets and Matomo write) as UTF-8."""
    first = next(blocks, b"")
    if not first.startswith(UTF_16):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for block in joined(first, blocks):
        yield decoder.decode(block).encode("utf-8", "replace")


def whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks cut after their last line's end; what follows the last one of all ends the last chunk."""
    chunk = begun = b""
    dropped = 0
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if not end:
            text = block.strip(b"\0")  # a log that was truncated while it was open may begin with gigabytes of these
            dropped += len(text)
            if dropped > ENDLESS:
                raise UnreadableError(mistake("log-format", "it has no ends of lines"), N_("is it a log?"))
            begun = (begun + text)[:LONGEST_LINE]
            continue
        dropped = 0
        if chunk:
            yield chunk
        chunk, begun = begun + block[:end], block[end:]
    if chunk or begun:
        yield chunk + begun


def open_all(names: Sequence[str]) -> tuple[list[LogFile], list[Problem]]:
    """Every file opened, one that is named twice once, and what keeps some from being read."""
    found: list[LogFile] = []
    problems = []
    known = set()
    for name in dict.fromkeys(names):
        try:
            handle = opened(name)
            about = os.fstat(handle)
        except UnreadableError as error:
            problems.append(Problem(name, 0, 0, error.what, error.cure))
            continue
        except (OSError, ValueError) as error:
            reason = error.strerror or str(error) if isinstance(error, OSError) else N_("no name of a file")
            what = mistake("cannot-be-read", "cannot be read: {reason}", reason=reason)
            problems.append(Problem(name, 0, 0, what, N_("check the path and its permissions")))
            continue
        if (about.st_dev, about.st_ino) in known:
            close([LogFile(name, 0, handle)])
            continue
        if stat.S_ISREG(about.st_mode):
            known.add((about.st_dev, about.st_ino))
        found.append(LogFile(name, about.st_size if stat.S_ISREG(about.st_mode) else 0, handle))
    return found, problems


def opened(name: str) -> int:
    """A file's handle. Raises `UnreadableError` for what is no regular file, and `OSError`."""
    if name == STANDARD_INPUT:
        if sys.stdin is None:
            raise UnreadableError(mistake("log-no-input", "standard input is closed"), N_("send it a log"))
        return sys.stdin.fileno()
    # a pipe would wait for a writer, a device might never end, and either could be one by the time it is opened
    handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return handle
    os.close(handle)
    if stat.S_ISDIR(kind):
        raise UnreadableError(mistake("not-a-file", "it is a folder"), N_("name the files in it"))
    raise UnreadableError(
        mistake("not-a-file", "it is no regular file"), N_("send what it gives to standard input and write - for it")
    )


def close(files: Iterable[LogFile]) -> None:
    """No handle stays open."""
    for file in files:
        if file.name != STANDARD_INPUT:
            os.close(file.handle)
