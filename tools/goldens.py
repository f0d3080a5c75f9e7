"""Rewrite `tests/golden/pages/` and `tests/golden/counts.txt` after a change of words, dates or templates.

Run `python tools/goldens.py`, then read the difference.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import NOW, LittleSite  # noqa: E402
from locales import LOCALES, fill, golden  # noqa: E402
from test_strings import counts  # noqa: E402

from digest.site.options import BuildOptions  # noqa: E402

GOLDEN = ROOT / "tests/golden"


def main() -> None:
    """Build each site in a temporary folder and write its texts."""
    (GOLDEN / "pages").mkdir(exist_ok=True)
    for locale in LOCALES:
        with tempfile.TemporaryDirectory() as folder:
            site = LittleSite(Path(folder), BuildOptions(Path(folder), Path(folder) / "public", NOW))
            (GOLDEN / "pages" / f"{locale}.txt").write_text(golden(fill(site, locale)), "utf-8")
    (GOLDEN / "counts.txt").write_text(counts(), "utf-8")


if __name__ == "__main__":
    main()
