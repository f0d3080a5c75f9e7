"""Measure the cost of one hostile file: `python benchmarks/bounds.py [NAME...]`.

Each case has two measurements. *Cost*: CPU seconds and peak memory of a process that builds a site of one entry.
*Growth*: the file is read once as it is and once twice as long, and the CPU times are compared; each is the least of
several readings, so that other load has little effect. `tests/test_bounded.py` has the same cases and requires less
than 5 s, 256 MB, and a factor of 2.2.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SITE = "title: x\nbase_url: https://news.example/\nlang: ar\nthemes:\n  - {id: sport, title: x}\n"
HEAD = "---\ntitle: خبر\ndate: 2026-11-20\n---\n\n"

CASES: dict[str, tuple[str, Callable[[int], str], int]] = {
    # ending of the file, its content at a size, the size that comes near a limit
    "plain text": (".md", lambda n: HEAD + "كلمة\n\n" * n, 95_000),
    "one line": (".md", lambda n: HEAD + "كلمة " * n + "x", 110_000),
    "one word": (".md", lambda n: HEAD + "ك" * n, 520_000),
    "marked text": (".md", lambda n: HEAD + "*ن* " * n, 32_000),
    "emphasis": (".md", lambda n: HEAD + "*a **a " * n, 16_000),
    "links": (".md", lambda n: HEAD + "[a](https://e.example/b)\n\n" * n, 1_900),
    "brackets": (".md", lambda n: HEAD + "[a\n\n" * n, 1_999),
    "rows of a table": (".md", lambda n: HEAD + "|a|b|\n|-|-|\n" + "|x|y|\n" * n, 21_000),
    "entities": (".md", lambda n: HEAD + "&#x202e;" * n, 16_000),
    "overrides": (".md", lambda n: HEAD + "ن\u202e\n" * n, 160_000),
    "isolates": (".md", lambda n: HEAD + "\u2067ن" * n, 200_000),
    "joiners": (".md", lambda n: HEAD + "a\u200d" * n, 250_000),
    "numbers": (".md", lambda n: HEAD + "+212 5 x" * n, 110_000),
    "dashes": (".md", lambda n: HEAD + "1-" * n, 500_000),
    "mails": (".md", lambda n: HEAD + "a@b" * n, 330_000),
    "addresses": (".md", lambda n: HEAD + "https://e.example/((((" * n, 42_000),
    "quotes": (".md", lambda n: HEAD + (">" * 10 + " a\n") * n, 9_000),
    "backslashes": (".md", lambda n: HEAD + "\\*" * n, 65_000),
    "unknown keys": (".md", lambda n: "---\n" + "".join(f"k{i}: x\n" for i in range(n)) + "---\n", 2_400),
    "hashes": (".md", lambda n: "---\ntitle: x\ndate: 2026-11-20\nsummary: '" + "a # " * n + "'\n---\n", 14_000),
    "a list": (".md", lambda n: "---\ntitle: x\ndate: 2026-11-20\ntags: [" + "a, " * n + "]\n---\n", 4_900),
    "brackets of YAML": (".yaml", lambda n: "tags: " + "[" * n, 1_000_000),
    "colons of YAML": (".yaml", lambda n: ": " * n, 1_000_000),
    "anchors of YAML": (".yaml", lambda n: "&a " * n, 600_000),
    "lines of dots": (".md", lambda n: "---\n" + "...x\n" * n, 400_000),
    "round-up": (
        ".yaml",
        lambda n: "date: 2026-11-20\nentries:\n" + "".join(f"- title: خبر {i}\n" for i in range(n)),
        1_600,
    ),
}  # fmt: skip
"""Cases near a limit, or beyond it and refused."""

PICTURES = {
    # format, mode, megapixels: all at the limit
    "JPEG": ("RGB", 32, {}),
    "JPEG bit by bit": ("RGB", 25, {"progressive": True}),
    "PNG": ("RGB", 32, {}),
    "PNG with transparency": ("RGBA", 16, {}),
    "WebP": ("RGB", 12, {}),
    "AVIF": ("RGB", 16, {"speed": 10}),
    "GIF": ("P", 16, {}),
}
FILM = "a file of 400 MB"
FILM_SIZE = 400_000_000
"""Size in bytes of a file in `static/`, which is copied."""
DRAW = """
import sys
from PIL import Image
path, mode, megapixels, options = sys.argv[1], sys.argv[2], int(sys.argv[3]), eval(sys.argv[4])
Image.new(mode, (4000, megapixels * 250)).save(path, **options)
"""
SPAWN = """
import os, sys
devnull = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_WRONLY, 0) for n in (1, 2)]
child = os.posix_spawn(sys.executable, [sys.executable, "-m", "digest", "build", "--site", sys.argv[1]], os.environ,
                       file_actions=devnull)
_, status, usage = os.wait4(child, 0)
assert os.waitstatus_to_exitcode(status) in (0, 1), status
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
"""The smallest possible parent process: peak memory of a program is never reported below that of its parent."""


def cost(folder: Path, name: str) -> tuple[float, float]:
    """(CPU seconds, MB of the largest process) of a build of a site with this file."""
    site = folder / "site"
    (site / "content/sport").mkdir(parents=True)
    (site / "site.yaml").write_text(SITE, "utf-8")
    if name in CASES:
        ending, made, size = CASES[name]
        (site / f"content/sport/a{ending}").write_text(made(size), "utf-8")
    elif name == FILM:
        (site / "static").mkdir()
        with (site / "static/film.mp4").open("wb") as film:
            film.truncate(FILM_SIZE)
    else:
        mode, megapixels, options = PICTURES[name]
        file = f"a.{name.split(maxsplit=1)[0].lower()}".replace("jpeg", "jpg")
        drawn = [sys.executable, "-c", DRAW, str(site / "content/sport" / file), mode, str(megapixels), repr(options)]
        subprocess.run(drawn, check=True)
        entry = f"---\ntitle: x\ndate: 2026-11-20\nimage: {{src: {file}, alt: x}}\n---\n\nx\n"
        (site / "content/sport/x.md").write_text(entry, "utf-8")
    env = os.environ | {"SOURCE_DATE_EPOCH": "1795435200"}
    told = subprocess.run(
        [sys.executable, "-S", "-c", SPAWN, str(site)], capture_output=True, text=True, check=True, env=env
    )
    seconds, kibibytes = told.stdout.split()
    return float(seconds), int(kibibytes) * 1024 / 1_000_000


def growth(name: str, times: int = 3) -> float:
    """The factor by which reading takes longer for a file of twice the length; the longer one is near the limit."""
    ending, made, size = CASES[name]
    return spent(f"content/sport/a{ending}", made(size), times) / spent(
        f"content/sport/a{ending}", made(size // 2), times
    )


def spent(path: str, text: str, times: int) -> float:
    """CPU seconds of reading a file, plus a hundredth of a second for the constant part."""
    from digest.content import entries, settings  # noqa: PLC0415 - `--help` works without it
    from digest.content.documents import ContentContext  # noqa: PLC0415

    site, _, _ = settings.read(SITE.encode())
    assert site is not None
    context = ContentContext.of(site)
    raw = text.encode()
    found = []
    gc.disable()  # as a build does
    for _ in range(times):
        began = time.process_time()
        entries.read(path, raw, context, frozenset())
        found.append(time.process_time() - began)
    gc.enable()
    return min(found) + 0.01


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("names", nargs="*", metavar="NAME", help="cases [default: all]")
    asked = given.parse_args().names or [*CASES, *PICTURES, FILM]
    print(f"| {'file':<24} | seconds | MB | growth |\n|---|--:|--:|--:|")
    for name in asked:
        with tempfile.TemporaryDirectory(prefix="bounds-") as folder:
            seconds, megabytes = cost(Path(folder), name)
        shown = f"{growth(name, 5):.2f}" if name in CASES else ""
        print(f"| {name:<24} | {seconds:.2f} | {megabytes:.0f} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
