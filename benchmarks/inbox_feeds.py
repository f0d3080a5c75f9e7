"""What the inbox lists of feedparser's own test files, beside what feedparser lists.

    python benchmarks/inbox_feeds.py feedparser/tests/wellformed

Files in which feedparser finds an item with a web address count. An item agrees when headline and address are the same
after the same cleaning, and so is the instant where both give one.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from digest.curating import addresses, dating, feeds

NOW = datetime(2026, 11, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8097/"


def theirs(raw: bytes) -> list[tuple[str, str, datetime | None]]:
    """(address, headline, instant) of feedparser's entries with a web address."""
    found = []
    for entry in feedparser.parse(io.BytesIO(raw), response_headers={"content-location": BASE}).entries:
        url = addresses.canonical(entry.get("link", "") or "")
        parsed = entry.get("published_parsed") or dict.get(entry, "updated_parsed")
        moment = datetime(*parsed[:6], tzinfo=UTC) if parsed and parsed[0] >= dating.FIRST_YEAR else None
        if url:
            found.append((url, feeds.plain(entry.get("title", "") or ""), moment))
    return found


def main() -> None:
    counts: Counter[str] = Counter()
    for path in sorted(Path(sys.argv[1]).rglob("*.xml")):
        raw = path.read_bytes()
        try:
            expected = theirs(raw)
        except Exception:  # noqa: BLE001 - a file that feedparser's release cannot read
            continue
        if not expected:
            continue
        items = {item.url: item for item in feeds.read(raw, feeds.Setting(BASE, UTC, NOW)).items}
        for url, title, moment in expected:
            counts["items"] += 1
            item = items.get(url)
            if item is None:
                counts["not listed"] += 1
            elif title and item.title != feeds.shortened(title, feeds.LONGEST_TITLE):
                counts["another headline"] += 1
            elif moment and item.moment and item.moment.astimezone(UTC) != moment:
                counts["another instant"] += 1
            else:
                counts["agree"] += 1
                continue
            if "-v" in sys.argv:
                print(path.name, url, repr(title), moment, item, sep=" | ")
    print(dict(counts), f"{counts['agree'] / max(counts['items'], 1):.1%}")


if __name__ == "__main__":
    main()
