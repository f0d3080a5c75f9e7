"""Measure each save in the preview of a site that exists: how long until its page is served, and until a browser hears.

python benchmarks/articles.py SITE --count 5000
python benchmarks/saves.py SITE                              # its texts and titles, 0.3, 1 and 2.5 seconds apart
python benchmarks/saves.py SITE --kinds title --pauses 2.5 --saves 12 --never-built

Each save is of another article. A reader's page is open at the article that is saved: the stream of its events is
listened to, and the page is requested every few milliseconds until the change is in it. Every article is put back at
the end. Prints one line for each pause and kind, in milliseconds in the order of the saves, and the memory.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import shutil
import socket
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import programs
import serve
from serve import Running, Side, Target

DATED = re.compile(r"\d{4}-\d{2}-\d{2}-")
"""The date in a file's name, which addresses leave out."""
TITLE = re.compile(r'^title: (["\']?)', re.MULTILINE)
KINDS = ("body", "title")


class Saved(NamedTuple):
    """One save, in seconds from the moment the file was closed."""

    served: float | None
    """Until the page with the change was served; None: never."""
    heard: float | None
    """Until an open browser was told; None: not within five seconds."""


class Listener(threading.Thread):
    """An open browser: notes when it is told that its page changed."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__(daemon=True)
        self.told: list[float] = []
        self.line = socket.create_connection(("127.0.0.1", port))
        request = f"GET /.digest/events?path={quote(quote(path))} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        self.line.sendall(request.encode())

    def run(self) -> None:
        """Listen until the stream is closed."""
        with contextlib.suppress(OSError):
            while piece := self.line.recv(65536):
                if b"event: changed" in piece:
                    self.told.append(time.perf_counter())

    def heard(self, since: float, patience: float = 5.0) -> float | None:
        """Seconds from a moment to the first word after it."""
        while time.perf_counter() < since + patience:
            later = [moment for moment in self.told if moment > since]
            if later:
                return later[0] - since
            time.sleep(0.002)
        return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()


def options() -> argparse.Namespace:
    """The options of the command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("site", type=Path, help="a folder with content/ and site.yaml; its .digest/ says what is known")
    words.add_argument("--saves", type=int, default=12, metavar="N", help="for each pause and kind (default 12)")
    words.add_argument("--pauses", default="0.3,1,2.5", metavar="S,…", help="seconds between two saves")
    words.add_argument("--kinds", default="body,title", metavar="K,…", help="what is changed, of body,title")
    words.add_argument("--calm", type=float, default=5, metavar="S", help="after the start (default 5 s)")
    words.add_argument("--never-built", action="store_true", help="delete .digest/ first")
    words.add_argument("--seed", type=int, default=1, metavar="N", help="which articles")
    words.add_argument("--digest", metavar="COMMAND", help="default: the one beside this Python")
    return words.parse_args()


def change(file: Path, kind: str, word: str) -> None:
    """Put a word at the end of a text, or into its title."""
    text = file.read_text("utf-8")
    file.write_text(TITLE.sub(rf"title: \1{word} ", text, count=1) if kind == "title" else f"{text}\n\n{word}\n")


def saved(server: Running, target: Target, kind: str, word: str) -> Saved:
    """Change one article and wait until that is seen."""
    listener = Listener(server.port, target.path)
    listener.start()
    server.page(target.path)
    time.sleep(0.05)
    change(target.file, kind, word)
    since = time.perf_counter()
    served = server.shows(target.path, word.encode())
    heard = listener.heard(since)
    listener.close()
    return Saved(served, heard)


def milliseconds(times: list[float | None]) -> str:
    """The times in their order, then the median and the worst."""
    known = sorted(moment for moment in times if moment is not None)
    row = " ".join("never" if moment is None else f"{moment * 1000:.0f}" for moment in times)
    return f"{row} (median {known[len(known) // 2] * 1000:.0f}, worst {known[-1] * 1000:.0f})" if known else row


def articles(site: Path, number: int, seed: int) -> list[Target]:
    """Articles chosen at random."""
    root = site / "content"
    files = sorted(path for path in root.rglob("*.md") if path.parent != root and path.parent.name != "pages")
    chosen = random.Random(seed).sample(files, number)
    return [Target(file, f"/{file.parent.relative_to(root).as_posix()}/{DATED.sub('', file.stem)}/") for file in chosen]


def main() -> int:
    asked = options()
    pauses, kinds = [float(pause) for pause in asked.pauses.split(",")], asked.kinds.split(",")
    chosen = iter(articles(asked.site, asked.saves * len(pauses) * len(kinds), asked.seed))
    if asked.never_built:
        shutil.rmtree(asked.site / ".digest", ignore_errors=True)
    command = (*programs.digest_command(asked.digest), "serve", "--port", "PORT", "--quiet")
    logs = asked.site / ".digest" / "benchmark"
    logs.mkdir(parents=True, exist_ok=True)
    server = Running(Side("digest serve", asked.site, command, {}), logs)
    before: dict[Path, bytes] = {}
    number = 0
    try:
        print(f"first page after {server.start:.2f} s, {server.memory:.0f} MiB", flush=True)
        time.sleep(asked.calm)
        print(f"{server.memory:.0f} MiB, {serve.gauge_of(server):.1f} s of CPU after {asked.calm:.0f} s", flush=True)
        for kind in kinds:
            for pause in pauses:
                found = []
                for _ in range(asked.saves):
                    target = next(chosen)
                    before[target.file] = target.file.read_bytes()
                    number += 1
                    began = time.perf_counter()
                    found.append(saved(server, target, kind, f"كلمة{number}جديدة"))
                    time.sleep(max(pause - (time.perf_counter() - began), 0.05))
                print(f"{kind}, {pause} s apart: served {milliseconds([one.served for one in found])}")
                print(f"{kind}, {pause} s apart: heard {milliseconds([one.heard for one in found])}", flush=True)
        print(f"{server.memory:.0f} MiB, {serve.gauge_of(server):.1f} s of CPU, load {os.getloadavg()[0]:.1f}")
    finally:
        server.stop()
        for file, raw in before.items():
            file.write_bytes(raw)
    return 0


if __name__ == "__main__":
    sys.exit(main())
