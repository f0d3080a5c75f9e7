"""How soon a reader sees what a search finds: `python benchmarks/search_browser.py SITE/public`.

A built site is served as a plain host would (HTTP/1.1, gzip, kept connections) to Chromium, which is held to
1.6 Mbit/s, 150 ms for each request and a processor four times as slow (its own throttling, by the DevTools protocol).
For each query, medians over all:

* *link*: from opening `/search/?q=…` with an empty cache to the first result, and to all ten;
* *box*: from Enter in the box of the home page, where nothing of search was loaded before, to the first result;
* *warm*: from a letter typed on the results page to the results, of words that were looked for before;
* requests and bytes of the index before the first result, without page, style, script and fonts.
"""

from __future__ import annotations

import argparse
import gzip
import mimetypes
import statistics
import sys
import threading
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

QUERIES = (
    "قمة ترامب وكيم", "محمد صلاح", "والانتخابات التركية", "السعوديات سيارات قيادة", "الاتفاق النوري الإيراني", "Macron",
    "Kim Jong Un Trump", "ترامب الصين رسوم جمركية", "سكربال نوفيتشوك", "نهائي أبطال أوروبا ٢٠١٨", "الحكومة",
)  # fmt: skip
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
OPEN = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
SLOWED = 4

WATCH = """(() => {
  const seen = {};
  new MutationObserver(() => {
    const place = document.querySelector('[data-block="search"]');
    if (!place) return;
    if (place.querySelector("a")) seen.first ??= performance.now();
    if (place.dataset.state === "done") seen.done ??= performance.now();
  }).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"]});
  window.seen = seen;
})()"""

TYPED = """async query => {
  const box = document.querySelector("#search-q"), place = document.querySelector('[data-block="search"]');
  const next = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
  await next();
  place.querySelectorAll("a").forEach(link => link.dataset.old = 1);
  box.value = query;
  const before = performance.now();
  box.dispatchEvent(new Event("input", {bubbles: true}));
  await new Promise(resolve => {
    const done = () => {
      if (place.dataset.state !== "done" || place.querySelector("a[data-old]")) return;
      eye.disconnect();
      resolve();
    };
    const eye = new MutationObserver(done);
    eye.observe(place, {childList: true, subtree: true, attributes: true});
  });
  const made = performance.now() - before;
  await next();
  return [made, performance.now() - before];
}"""


class Host(SimpleHTTPRequestHandler):
    """A plain host: gzip, kept connections, no word about requests."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file."""
        path = Path(self.directory) / unquote(urlsplit(self.path).path).lstrip("/")
        status, kind, content = answer(path / "index.html" if path.is_dir() else path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "max-age=60")
        if not kind.startswith("font"):
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@cache
def answer(path: Path) -> tuple[int, str, bytes]:
    """Status, type and compressed content of a file."""
    if not path.is_file():
        return 404, "text/html; charset=utf-8", gzip.compress(b"not here")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content = path.read_bytes()
    text = "; charset=utf-8" if kind.startswith("text") else ""
    return 200, kind + text, content if kind.startswith("font") else gzip.compress(content, 6)


class Reader:
    """A browser with nothing in its cache, on a slow line."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 375, "height": 812})
        self.address = address
        self.page = self.context.new_page()
        self.page.add_init_script(WATCH)
        self.tools = self.context.new_cdp_session(self.page)
        self.files: list[tuple[str, int]] = []
        names: dict[str, str] = {}
        self.tools.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
        self.tools.on(
            "Network.loadingFinished",
            lambda e: self.files.append((names.get(e["requestId"], ""), int(e["encodedDataLength"]))),
        )
        self.tools.send("Network.enable")
        self.slow(LINE)

    def slow(self, line: dict[str, Any]) -> None:
        """Hold the line, and always the processor."""
        self.tools.send("Network.emulateNetworkConditions", line)
        self.tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})

    def seen(self) -> tuple[float, float]:
        """Milliseconds to the first result, and to all."""
        self.page.wait_for_selector('[data-block="search"][data-state="done"]', state="attached")
        self.page.wait_for_timeout(200)
        marks = self.page.evaluate("seen")
        return marks["first"], marks["done"]

    def index_files(self) -> list[tuple[str, int]]:
        """Name and bytes of each file of the index that came."""
        return [(url, size) for url, size in self.files if "/search/" in url and url.endswith(".json")]


def link(browser: Browser, address: str, query: str) -> tuple[float, float, int, int]:
    """Opened from a link: first result, all, requests, bytes."""
    reader = Reader(browser, address)
    reader.page.goto(f"{address}/search/?q={quote(query)}", wait_until="commit")
    first, done = reader.seen()
    files = reader.index_files()
    reader.context.close()
    return first, done, len(files), sum(size for _, size in files)


def box(browser: Browser, address: str, query: str) -> float:
    """From Enter in the box of the home page."""
    reader = Reader(browser, address)
    reader.page.goto(f"{address}/")
    reader.page.wait_for_timeout(500)
    reader.page.press("body", "/")
    reader.page.keyboard.type(query, delay=80)
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/search/**", wait_until="commit")
    first, _ = reader.seen()
    reader.context.close()
    return first


def warm(browser: Browser, address: str) -> list[tuple[float, float]]:
    """Each query typed when it was looked for before: milliseconds to the results, and to their being painted."""
    reader = Reader(browser, address)
    reader.slow(OPEN)
    reader.page.goto(f"{address}/search/?q=x")
    for query in QUERIES:
        reader.page.evaluate(TYPED, query)
    times = [tuple(reader.page.evaluate(TYPED, query)) for query in QUERIES]
    reader.context.close()
    return times


def shown(values: list[float]) -> str:
    """Median and worst."""
    return f"{statistics.median(values):,.0f} (to {max(values):,.0f})"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("public", type=Path)
    parser.add_argument("--each", action="store_true", help="also print each query")
    asked = parser.parse_args()
    from chromium import found  # noqa: PLC0415
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(asked.public)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=["--no-sandbox", "--disable-gpu"])
        links = [link(browser, address, query) for query in QUERIES]
        boxes = [box(browser, address, query) for query in QUERIES]
        warms = warm(browser, address)
        browser.close()
    server.shutdown()
    if asked.each:
        for query, one, other, third in zip(QUERIES, links, boxes, warms, strict=True):
            print([round(value) for value in (*one, other, *third)], query)
    print("link, first result, ms:", shown([row[0] for row in links]))
    print("link, all results, ms: ", shown([row[1] for row in links]))
    print("box, first result, ms: ", shown(boxes))
    print("warm, results made, ms:", shown([row[0] for row in warms]))
    print("warm, painted, ms:     ", shown([row[1] for row in warms]))
    print("index files requested: ", shown([row[2] for row in links]))
    print("index bytes:           ", shown([row[3] for row in links]))


if __name__ == "__main__":
    main()
