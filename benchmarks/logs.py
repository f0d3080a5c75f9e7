"""A planted access log: who read what is known, and a thousand robots of many kinds are strewn among the readers.

`planted(…)` gives lines in the combined format, in the order of time, and the truth. Everything comes from one seed.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

START = datetime(2026, 11, 9, tzinfo=UTC)
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/{{v}}.0.0.0"
BROWSERS = (
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{m} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.{m} Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/{{v}}.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    f"Mozilla/5.0 (Linux; Android 14; SM-A54{{m}}B; wv) {CHROME} Mobile Safari/537.36 [FB_IAB/FB4A;]",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_{{m}}) {CHROME} Mobile Safari/537.36",
)
LISTED = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
LIBRARIES = (
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Wget/1.21.4",
    "axios/1.7.2",
)
PROBES = ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "Pingdom.com_bot_version_1.4")
FEED_READERS = ("Feedly/1.0 (+http://www.feedly.com/fetcher.html)", "Tiny Tiny RSS/23.05 (https://tt-rss.org/)")
KINDS = ("listed", "library", "scraper", "probe", "prefetcher", "head", "feed", "scanner", "reloader", "attack")
"""Of these every robot is one; the last two are one each."""


class Planted(NamedTuple):
    """A log whose truth is known."""

    lines: list[str]
    truth: Counter[str]
    """Path → reads."""
    kinds: Counter[str]
    """Kind of robot → requests."""


def planted(
    paths: Sequence[str], seed: int = 21, readers: int = 1000, robots: int = 1000, days: int = 7, attack: int = 50_000
) -> Planted:
    """A log of some days. Stories that stand first are read more."""
    chance = random.Random(seed)
    rows: list[tuple[datetime, str]] = []
    truth: Counter[str] = Counter()
    weights = [1 / (place + 1) ** 0.7 for place in range(len(paths))]
    for number in range(readers):
        read(chance, number, paths, weights, days, rows, truth)
    kinds: Counter[str] = Counter()
    for number in range(robots):
        kind = KINDS[number - robots] if number >= robots - 2 else KINDS[number % (len(KINDS) - 2)]
        before = len(rows)
        for when, line in robot(kind, chance, number, paths, days, attack):
            rows.append((when, line))
        kinds[kind] += len(rows) - before
        if kind == "reloader":
            truth[paths[-1]] += 1
    rows.sort()
    return Planted([line for _, line in rows], truth, kinds)


def read(
    chance: random.Random, number: int, paths: Sequence[str], weights: Sequence[float], days: int,
    rows: list[tuple[datetime, str]], truth: Counter[str],
) -> None:  # fmt: skip
    """One reader: some visits on some days, the style once (it is kept), stories, reloads, pictures."""
    address, agent = reader_address(number), browser(chance, number)
    dressed = False
    for day in sorted(chance.sample(range(days), chance.randint(1, min(3, days)))):
        when = START + timedelta(days=day, seconds=chance.randint(6 * 3600, 22 * 3600))
        rows.append((when, line(address, when, "/", agent)))
        if not dressed:
            for path in ("/assets/style.45c760dc.css", "/assets/fonts/naskh-700.3bb2ee46.woff2"):
                rows.append((when, line(address, when, path, agent)))
            dressed = True
        for path in set(chance.choices(paths, weights, k=chance.randint(1, 5))):
            when += timedelta(seconds=chance.randint(40, 400))
            rows.append((when, line(address, when, spelt(path, chance), agent, status=chance.choice((200, 200, 304)))))
            truth[path] += 1
            if chance.random() < 0.2:
                again = when + timedelta(seconds=chance.randint(1, 20))
                rows.append((again, line(address, again, path, agent, status=304)))
            rows.append((when, line(address, when, "/media/picture-400.avif", agent)))


def robot(
    kind: str, chance: random.Random, number: int, paths: Sequence[str], days: int, attack: int
) -> Iterator[tuple[datetime, str]]:
    """The requests of one robot."""
    address = f"198.18.{number // 250}.{number % 250}"
    requests = {"reloader": 500, "attack": attack, "probe": days * 24}.get(kind, chance.randint(5, 40))
    target = paths[-1] if kind == "reloader" else paths[len(paths) // 2]
    agent = {
        "listed": chance.choice(LISTED), "library": chance.choice(LIBRARIES), "probe": chance.choice(PROBES),
        "feed": chance.choice(FEED_READERS),
    }.get(kind) or browser(chance, number)  # fmt: skip
    start = START + timedelta(seconds=chance.randint(0, 3600))
    step = (
        timedelta(seconds=max(1, (days * 86400 - 7200) // requests))
        if kind not in ("attack", "reloader")
        else timedelta(seconds=1)
    )
    if kind == "reloader":
        start = START + timedelta(hours=12)
        yield start, line(address, start, "/assets/style.45c760dc.css", agent)
    for turn in range(requests):
        when = start + turn * step if kind != "attack" else start + timedelta(seconds=turn // 50)
        path = target if kind in ("reloader", "attack", "probe") else chance.choice(paths)
        if kind == "scanner":
            path = chance.choice(("/wp-login.php", "/.env", "/admin/", "/xmlrpc.php"))
        more = ' "prefetch;prerender"' if kind == "prefetcher" else ""
        if kind == "prefetcher" and not turn:
            yield when, line(address, when, "/assets/style.45c760dc.css", agent)
        method = "HEAD" if kind == "head" else "GET"
        yield when, line(address, when, path, agent, method, 404 if kind == "scanner" else 200) + more


def reader_address(number: int) -> str:
    return f"203.0.{number // 250}.{number % 250 + 1}" if number % 9 else f"2001:db8::{number:x}"


def browser(chance: random.Random, number: int) -> str:
    return BROWSERS[number % len(BROWSERS)].format(v=chance.randint(120, 140), m=chance.randint(1, 7))


def spelt(path: str, chance: random.Random) -> str:
    """A path as one of many ways leads to it."""
    return path + chance.choice(("", "", "", "index.html", "?utm_source=planted&fbclid=123"))


def line(address: str, when: datetime, path: str, agent: str, method: str = "GET", status: int = 200) -> str:
    """One line in the combined format."""
    stamp = when.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{address} - - [{stamp}] "{method} {path} HTTP/2.0" {status} 5120 "https://news.example/" "{agent}"'
