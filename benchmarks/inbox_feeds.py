"""What the inbox lists of other people's test files, beside what feedparser lists.

    python benchmarks/inbox_feeds.py feedparser/tests/wellformed
    python benchmarks/inbox_feeds.py feedvalidator/testcases

Files in which feedparser finds an item with a web address count. An item agrees when headline and address are the same
after the same cleaning, and so is the instant where both give one.
"""

from __future__ import annotations

import io
import sys
from collections import Counter, defaultdict
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


def verdict_on(items: list[feeds.Item], title: str, moment: datetime | None) -> str:
    """What is said of the items with one address, beside one of feedparser's entries."""
    if not items:
        return "not listed"
    same = [item for item in items if not title or item.title == feeds.shortened(title, feeds.LONGEST_TITLE)]
    if not same:
        return "another headline"
    agree = any(not moment or not item.moment or item.moment.astimezone(UTC) == moment for item in same)
    return "agree" if agree else "another instant"


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
        items = defaultdict(list)
        for item in feeds.read(raw, feeds.Setting(BASE, UTC, NOW)).items:
            items[item.url].append(item)
        for url, title, moment in expected:
            verdict = verdict_on(items[url], title, moment)
            counts["items"] += 1
            counts[verdict] += 1
            if "-v" in sys.argv and verdict != "agree":
                print(path.name, verdict, url, repr(title), moment, items[url], sep=" | ")
    print(dict(counts), f"{counts['agree'] / max(counts['items'], 1):.1%}")


if __name__ == "__main__":
    main()
