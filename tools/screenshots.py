"""Photograph the preview and the terminal for the Arabic manual: the example, as it is and with the commonest mistakes.

In: the repository's own example, copied, so that mistakes can be saved in it. Out: `docs/images/*-ar.png`, in few
colours. Needs Playwright, a Chromium (`CHROMIUM`, default /usr/bin/chromium), and an Arabic font as desktops have one.

    python tools/screenshots.py                # the pictures of the manual
    python tools/screenshots.py --inbox        # that of the inbox alone
    python tools/screenshots.py --all FOLDER   # every mistake on a desktop, a phone and in a terminal, to be looked at
"""

from __future__ import annotations

import html
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
STORY = "content/sport/2026-11-22-final-night.md"
PAGE = "sport/final-night/"
NOW = "1795435200"
"""The day of the example, in seconds since 1970."""
COLOURS = 96
DESKTOP, PHONE = (1200, 760), (390, 780)
SPEAKS_ARABIC = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "DIGEST_LANG": "ar"}


def changed(before: str, after: str) -> Callable[[bytes], bytes]:
    """A mistake: the first of these words written otherwise."""
    return lambda text: re.sub(before, after, text.decode(), count=1, flags=re.MULTILINE).encode()


MISTAKES: dict[str, Callable[[bytes], bytes]] = {
    "unknown-key": changed("^source:", "sorce:"),
    "no-date": changed("^date:.*\n", ""),
    "no-front-matter": changed(r"\A---\n", ""),
    "colon": changed("^title: نسور الهضبة", "title: الدوري: نسور الهضبة"),
    "hijri-date": changed("^date: .*", "date: 1448-06-12"),
    "unknown-theme": changed("^tags:", "theme: sprot\ntags:"),
    "no-picture": changed("src: stadium-night.jpg", "src: stadium-nite.jpg"),
    "no-description": changed("^  alt:.*\n", ""),
    "not-utf-8": lambda text: text.decode().encode("cp1256", "replace"),
    "not-closed": changed(r"^lead: true\n---$", "lead: true"),
}
"""Name → how the commonest mistakes change a story."""


OUTLETS = {
    "الواحة": (
        ("20:40", "الميناء يستقبل أول سفينة تسير بالهيدروجين", "رست السفينة «نورس» في الميناء بعد رحلة من ستة أيام بلا دخان."),
        ("19:05", "بلدية وادي الزهور تفتتح مكتبة متنقلة للقرى البعيدة", "حافلة تحمل ثلاثة آلاف كتاب تبدأ جولتها بين عشرين قرية."),
    ),
    "النخلة": (
        ("21:15", "أول سفينة بالهيدروجين ترسو في الميناء", "وصلت السفينة «نورس» إلى الميناء مساء الأحد بعد رحلة من ستة أيام."),
        ("17:30", "معرض الخزف يمدد أبوابه أسبوعًا", "زار المعرض خمسة عشر ألف زائر في أيامه العشرة الأولى."),
    ),
    "Harbour Post": (("20:55", "First hydrogen ship “Nawras” docks after six days", "The ship came without smoke."),),
}  # fmt: skip
"""Outlet → its stories of the evening before: time, headline, summary; all invented."""


class Line(NamedTuple):
    """One line of a terminal: what was typed, or what the program answered."""

    text: str
    is_typed: bool = False


@contextmanager
def example() -> Iterator[Path]:
    """A copy of the example."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "mysite")
        for name in ("content", "data"):
            shutil.copytree(ROOT / name, site / name)
        shutil.copy(ROOT / "site.yaml", site)
        if (ROOT / ".digest/pictures").is_dir():
            shutil.copytree(ROOT / ".digest/pictures", site / ".digest/pictures")
        yield site


@contextmanager
def preview(site: Path) -> Iterator[str]:
    """The address the site is shown at, in an Arabic terminal."""
    command = [sys.executable, "-m", "digest", "serve", "--site", str(site), "--port", "0"]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=SPEAKS_ARABIC)
    try:
        yield re.search(r"http\S+/", serving.stdout.readline())[0]  # type: ignore[union-attr, index]
    finally:
        serving.terminate()
        serving.wait()


def keep(path: Path, raw: bytes) -> None:
    """Write a picture in few colours."""
    small = Image.open(BytesIO(raw)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path.name} {path.stat().st_size} bytes")


def opened(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    """A page of the preview, its bar drawn."""
    touch = size == PHONE
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=touch, is_mobile=touch)
    page = context.new_page()
    page.goto(address)
    page.locator("digest-preview .bar").wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)
    return page


@contextmanager
def mistaken(site: Path, name: str) -> Iterator[None]:
    """The story with a mistake, and mended again."""
    story = site / STORY
    whole = story.read_bytes()
    story.write_bytes(MISTAKES[name](whole))
    try:
        yield
    finally:
        story.write_bytes(whole)


def mistake(page: Page, site: Path, name: str) -> bytes:
    """A picture of the page while its story has a mistake."""
    overlay = page.locator("digest-preview .overlay")
    with mistaken(site, name):
        overlay.wait_for(state="visible")
        page.wait_for_timeout(300)
        raw = page.screenshot()
    overlay.wait_for(state="hidden")
    return raw


# ------------------------------------------------------------------ terminal

COLOUR_NAMES = {"1": "bold", "31": "red", "32": "green", "33": "yellow", "36": "cyan", "2": "faint"}
WIPED = re.compile(r"\r\x1b\[K|\r")
"""What brings the cursor back to the beginning of a line that is written anew."""
ESCAPE = re.compile(r"\x1b\[([\d;]*)m")
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; display: inline-block; inline-size: 62rem; padding: 1.25rem 1.5rem 1.5rem; background: #10161b; color: #e8e6e1;
  font: 16px/1.9 "DejaVu Sans Mono", "Noto Sans Arabic", monospace }
p { margin: 0; white-space: pre-wrap; unicode-bidi: plaintext; overflow-wrap: anywhere }
.typed { color: #fff; font-weight: 700 } .typed::before { content: "$ "; color: #6fc28f }
.bold { font-weight: 700 } .red { color: #ff7b72 } .green { color: #6fc28f } .yellow { color: #e3b341 } .cyan { color: #76c7d8 }
.faint { opacity: .7 }
</style>"""


def run(site: Path, *words: str) -> list[Line]:
    """What a command prints on a terminal, line by line."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "digest", *words]
    with subprocess.Popen(
        command, cwd=site, stdout=theirs, stderr=theirs, env={**SPEAKS_ARABIC, "TERM": "xterm"}
    ) as run:
        os.close(theirs)
        raw = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the program has ended
                break
            if not more:
                break
            raw += more
        run.wait()
    os.close(ours)
    said = [WIPED.split(line)[-1] for line in raw.decode().replace("\r\n", "\n").rstrip("\n").split("\n")]
    return [Line(f"digest {' '.join(words)}", is_typed=True), *map(Line, said)]


def followed(site: Path) -> None:
    """Outlets to the site's inbox, their feeds as files."""
    (site / "feeds").mkdir()
    lines = ["inbox:"]
    for number, (outlet, stories) in enumerate(OUTLETS.items(), 1):
        items = "".join(
            f"<item><title>{html.escape(title)}</title><link>https://outlet{number}.example/{at}</link>"
            f"<description>{html.escape(summary)}</description><pubDate>2026-11-22T{clock}:00+01:00</pubDate></item>"
            for at, (clock, title, summary) in enumerate(stories, 1)
        )
        (site / f"feeds/{number}.xml").write_text(f"<rss version='2.0'><channel>{items}</channel></rss>", "utf-8")
        lines.append(f"  - {{name: {outlet}, url: feeds/{number}.xml}}")
    settings = site / "site.yaml"
    kept = re.sub(r"^inbox:.*?(?=^\S|\Z)", "", settings.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    settings.write_text("\n".join([kept.rstrip(), *lines, ""]), "utf-8")


def marked_up(text: str) -> str:
    """A line of a terminal as HTML, its colours as classes."""
    parts = ESCAPE.split(text)
    shown = html.escape(parts[0])
    for codes, words in zip(parts[1::2], parts[2::2], strict=True):
        names = " ".join(COLOUR_NAMES.get(code, "") for code in codes.split(";")).strip()
        shown += f'<span class="{names}">{html.escape(words)}</span>' if names else html.escape(words)
    return shown


def terminal(browser: Browser, lines: list[Line]) -> bytes:
    """A picture of a terminal that gives each line its own direction, as those that know Arabic do."""
    page = browser.new_page(viewport={"width": 1100, "height": 400})
    body = "".join(f'<p class="{"typed" if line.is_typed else ""}">{marked_up(line.text)}</p>' for line in lines)
    page.set_content(TERMINAL + body)
    raw = page.locator("body").screenshot()
    page.close()
    return raw


def with_all_mistakes(site: Path) -> None:
    """Copies of the story, each with one mistake."""
    whole = (site / STORY).read_bytes()
    for number, (name, spoil) in enumerate(MISTAKES.items(), 1):
        (site / f"content/sport/2026-11-{number:02}-{name}.md").write_bytes(spoil(whole))


# ------------------------------------------------------------------ what is written


def everything(browser: Browser, site: Path, folder: Path) -> None:
    """Each mistake as each screen shows it."""
    folder.mkdir(parents=True, exist_ok=True)
    with preview(site) as address:
        for screen, size in (("desktop", DESKTOP), ("phone", PHONE)):
            page = opened(browser, address + PAGE, size)
            for name in MISTAKES:
                keep(folder / f"{name}-{screen}.png", mistake(page, site, name))
            page.close()
    for name in MISTAKES:
        with mistaken(site, name):
            keep(folder / f"{name}-terminal.png", terminal(browser, run(site, "check")))
    with_all_mistakes(site)
    keep(folder / "all-terminal.png", terminal(browser, run(site, "check")))


def manual(browser: Browser, site: Path) -> None:
    """The home page, a story on a phone, mistakes on both, and terminals."""
    with preview(site) as address:
        keep(IMAGES / "preview-ar.png", opened(browser, address, DESKTOP).screenshot())
        phone = opened(browser, address + PAGE, PHONE)
        keep(IMAGES / "phone-ar.png", phone.screenshot())
        keep(IMAGES / "mistake-phone-ar.png", mistake(phone, site, "hijri-date"))
        keep(IMAGES / "mistake-ar.png", mistake(opened(browser, address + PAGE, DESKTOP), site, "unknown-key"))
    for name in ("unknown-key", "no-date", "no-picture"):
        with mistaken(site, name):
            (site / f"content/sport/{name}.md").write_bytes((site / STORY).read_bytes())
    keep(IMAGES / "terminal-ar.png", terminal(browser, run(site, "check")))
    inbox(browser, site)


def inbox(browser: Browser, site: Path) -> None:
    """The list of what outlets published, in a terminal."""
    followed(site)
    keep(IMAGES / "inbox-ar.png", terminal(browser, run(site, "inbox")))


def main() -> None:
    """The pictures of the manual, or all of them."""
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with example() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        if sys.argv[1:2] == ["--all"]:
            everything(browser, site, Path(sys.argv[2]))
        elif sys.argv[1:2] == ["--inbox"]:
            inbox(browser, site)
        else:
            manual(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
