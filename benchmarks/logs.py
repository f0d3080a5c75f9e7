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
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{m} like Mac OS X) AppleWebKit/605.1.15 Version/18.{m} Safari/604.1",
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
SCANNED = ("/wp-login.php", "/.env", "/admin/", "/xmlrpc.php")
STYLE = "/assets/style.45c760dc.css"
KINDS = ("listed", "library", "scraper", "probe", "prefetcher", "head", "feed", "scanner", "reloader", "attack")
"""Of these every robot is one; the last two are one each."""


class Planted(NamedTuple):
    """A log whose truth is known."""

    lines: list[str]
    truth: Counter[str]
    """Path → reads."""
    kinds: Counter[str]
    """Kind of robot → requests."""


class Field(NamedTuple):
    """What a log is planted in."""

    chance: random.Random
    paths: Sequence[str]
    """Of the stories; those that stand first are read more."""
    days: int
    attack: int
    """Requests of the attack."""


Request = tuple[datetime, str]


def planted(
    paths: Sequence[str],
    *,
    seed: int = 21,
    readers: int = 1000,
    robots: int = 1000,
    days: int = 7,
    attack: int = 50_000,
) -> Planted:
    """A log of some days."""
    field = Field(random.Random(seed), paths, days, attack)
    truth: Counter[str] = Counter()
    rows = [row for number in range(readers) for row in read(field, number, truth)]
    kinds: Counter[str] = Counter()
    for number in range(robots):
        kind = KINDS[number - robots] if number >= robots - 2 else KINDS[number % (len(KINDS) - 2)]
        requests = list(robot(kind, field, number))
        kinds[kind] += len(requests)
        rows += requests
        if kind == "reloader":  # whatever else it is, it is one reader too
            truth[paths[-1]] += 1
    rows.sort()
    return Planted([row for _, row in rows], truth, kinds)


def read(field: Field, number: int, truth: Counter[str]) -> Iterator[Request]:
    """One reader: visits on some days, the style once (a browser keeps it), stories, reloads, pictures."""
    chance = field.chance
    address, agent = reader_address(number), browser(chance, number)
    weights = [1 / (place + 1) ** 0.7 for place in range(len(field.paths))]
    for visit, day in enumerate(sorted(chance.sample(range(field.days), chance.randint(1, min(3, field.days))))):
        when = START + timedelta(days=day, seconds=chance.randint(6 * 3600, 22 * 3600))
        yield when, line(address, when, "/", agent)
        if not visit:
            yield when, line(address, when, STYLE, agent)
            yield when, line(address, when, "/assets/fonts/naskh-700.3bb2ee46.woff2", agent)
        for path in sorted(set(chance.choices(field.paths, weights, k=chance.randint(1, 5)))):
            when += timedelta(seconds=chance.randint(40, 400))
            yield when, line(address, when, spelt(path, chance), agent, status=chance.choice((200, 200, 304)))
            yield when, line(address, when, "/media/picture-400.avif", agent)
            truth[path] += 1
            if chance.random() < 0.2:
                again = when + timedelta(seconds=chance.randint(1, 20))
                yield again, line(address, again, path, agent, status=304)


def robot(kind: str, field: Field, number: int) -> Iterator[Request]:
    """The requests of one robot."""
    chance = field.chance
    address, agent = f"198.18.{number // 250}.{number % 250}", robot_agent(kind, chance, number)
    often = {"reloader": 500, "attack": field.attack, "probe": field.days * 24}
    requests = often.get(kind, chance.randint(5, 40))
    target = field.paths[-1 if kind == "reloader" else len(field.paths) // 2]
    start = START + timedelta(hours=12 if kind == "reloader" else 0, seconds=chance.randint(0, 3600))
    step = timedelta(seconds=(field.days * 86400 - 7200) // requests)
    step = {"attack": timedelta(seconds=0.02), "reloader": timedelta(seconds=1)}.get(kind, step)
    if kind in {"reloader", "prefetcher"}:
        yield start, line(address, start, STYLE, agent)
    for turn in range(requests):
        when = start + turn * step
        path = target if kind in often else chance.choice(SCANNED if kind == "scanner" else field.paths)
        found = line(address, when, path, agent, "HEAD" if kind == "head" else "GET", 404 if kind == "scanner" else 200)
        yield when, found + (' "prefetch;prerender"' if kind == "prefetcher" else "")


def robot_agent(kind: str, chance: random.Random, number: int) -> str:
    """What a robot calls itself; most kinds pretend to be browsers."""
    names = {"listed": LISTED, "library": LIBRARIES, "probe": PROBES, "feed": FEED_READERS}.get(kind)
    return chance.choice(names) if names else browser(chance, number)


def reader_address(number: int) -> str:
    return f"203.0.{number // 250}.{number % 250 + 1}" if number % 9 else f"2001:db8::{number:x}"


def browser(chance: random.Random, number: int) -> str:
    return BROWSERS[number % len(BROWSERS)].format(v=chance.randint(120, 140), m=chance.randint(1, 7))


def spelt(path: str, chance: random.Random) -> str:
    """A path as one of many ways leads to it."""
    return path + chance.choice(("", "", "", "index.html", "?utm_source=planted&fbclid=123"))


def line(  # noqa: PLR0917 - the fields of a line, in its order
    address: str, when: datetime, path: str, agent: str, method: str = "GET", status: int = 200
) -> str:
    """One line in the combined format."""
    stamp = when.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{address} - - [{stamp}] "{method} {path} HTTP/2.0" {status} 5120 "https://news.example/" "{agent}"'
