"""Hostile content: each case is refused with its file and line, or becomes harmless and stays readable.

The cases stand in `hostile.py`. Those that must be refused lie in one site, and each must be blamed for itself; those
that must become harmless in another, of which every file is parsed and searched (`invariants.py`).
"""

from __future__ import annotations

import io
import os
import re
import socket
import stat
import struct
import zlib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import NOW, SITE_YAML, LittleSite
from hostile import COLLISIONS, FILES, MARKDOWN, REFUSED, SETTINGS, TEXTS
from invariants import breaches
from PIL import Image
from whole_site import parsed

from digest.problems import DigestError, Problem
from digest.site.built import load_built
from digest.site.options import BuildOptions
from digest.text import cleaning

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "https://news.example/"
CANARY = "canary-of-the-environment-4711"
PRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")
"""What no message may hold: it would command the terminal or turn the line round."""

pytestmark = pytest.mark.timeout(300)


def little(root: Path) -> LittleSite:
    """An empty site with two themes; built by one process."""
    site = LittleSite(root, BuildOptions(root, root / "public", NOW, jobs=1))
    site.put("site.yaml", SITE_YAML)
    (root / "content").mkdir()
    return site


def picture(width: int = 300, height: int = 200, kind: str = "PNG", **options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, kind, **options)
    return made.getvalue()


def png_head(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def pictures() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x010E] = CANARY
    return {
        "p.png": picture(), "p.svg": b"<svg/>", "bomb.png": png_head(60_000, 60_000), "cut.png": picture()[:200],
        "text.png": b"hello", "svg.png": b"<svg onload=x></svg>", "page.jpg": b"<html><script>", "empty.png": b"",
        "tiff.png": picture(30, 20, "TIFF"), "huge.png": picture() + bytes(31 * 2**20),
        "poly.jpg": picture(kind="JPEG") + b"<?php system('id'); ?><script>alert(1)</script>",
        "place.jpg": picture(kind="JPEG", exif=exif),
    }  # fmt: skip


def in_quotes(text: str) -> str:
    """A text as YAML in double quotes, with escapes for what YAML does not take."""
    return '"' + re.sub(r'[\x00-\x1f\x7f-\x9f"\\\u2028\u2029\ufffe\uffff]', lambda m: f"\\u{ord(m[0]):04x}", text) + '"'


def text_of(page: bytes) -> str:
    """What a page says, white space as single blanks."""
    return " ".join("".join(parsed("page.html", page.decode())[0].itertext()).split())


# ---------------------------------------------------------------- refused


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Problem]]:
    """Path → what is said of it, of a site with every case that must be refused; its good output stays."""
    site = little(tmp_path_factory.mktemp("refused"))
    site.entry("sport/good").build()
    before = site.files()
    for name, content in pictures().items():
        site.put(f"content/sport/{name}", content)
    for number, (_, front, text, _, _) in enumerate(REFUSED):
        name = f"r{number:03}"
        site.entry(f"sport/{name}", front.replace("{name}", name), text or "نص.")
    for _, path, raw, _, _ in FILES:
        target = site.root / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
    with pytest.raises(DigestError) as raised:
        site.build()
    assert site.files() == before
    said = defaultdict(list)
    for problem in raised.value.problems:
        said[problem.path].append(problem)
    return said


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=[case[0] for case in REFUSED])
def test_an_entry_is_refused_with_its_line(refused: Mapping[str, list[Problem]], number: int) -> None:
    """The file, the line, what is wrong and a cure; nothing in it commands a terminal."""
    _, _, _, line, words = REFUSED[number]
    said = [problem for problem in refused[f"content/sport/r{number:03}.md"] if problem.level == "error"]
    assert any(problem.line == line and words in unisolated(problem.message) for problem in said), said
    assert all(problem.cure or "must be a number" in problem.message for problem in said)
    assert not any(PRINTED.search(str(problem)) for problem in said)


def unisolated(message: str) -> str:
    return message.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("path", "where", "words"), [case[1::2][:1] + case[3:] for case in FILES], ids=[case[0] for case in FILES]
)
def test_a_file_is_refused_with_its_place(
    refused: Mapping[str, list[Problem]], path: str | bytes, where: str, words: str
) -> None:
    """Encodings, files that are none, names that deceive."""
    shown = os.fsdecode(path)
    start = where if where.startswith("content/") else shown + where
    said = [str(problem) for problem in refused[shown if start.startswith(shown) else where.partition(":")[0]]]
    assert any(problem.startswith(start) and words in unisolated(problem) for problem in said), said
    assert not any(PRINTED.search(problem) for problem in said)


@pytest.mark.parametrize(("lines", "words"), SETTINGS, ids=[lines[:50] for lines, _ in SETTINGS])
def test_settings_are_refused(site: LittleSite, lines: str, words: str) -> None:
    """site.yaml is the owner's own, and may be pasted as well."""
    key = lines.partition(":")[0]
    kept = re.sub(rf"^{key}:.*\n(?:[ -].*\n)*", "", SITE_YAML, flags=re.MULTILINE)
    site.put("site.yaml", f"{kept}{lines}\n").entry("politics/a")
    said = site.problems()
    assert any(problem.startswith(("site.yaml", "nowhere")) and words in unisolated(problem) for problem in said), said
    assert not any(PRINTED.search(problem) for problem in said)


@pytest.mark.parametrize(("files", "words"), COLLISIONS.values(), ids=COLLISIONS)
def test_two_things_never_share_a_path(site: LittleSite, files: dict[str, str], words: str) -> None:
    """Composed letters, cases and folders aside: the message names both."""
    site.put("site.yaml", SITE_YAML + "per_page: 5\n")
    for path, content in files.items():
        site.put(path, content)
    said = site.problems()
    assert any(words in problem for problem in said), said


def make_link(path: Path, target: str) -> None:
    path.symlink_to(target)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def make_device(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))


THINGS = {
    "a link to the system": ("content/sport/x.md", lambda p: make_link(p, "/etc/passwd"), "leads out of the site"),
    "a link to a picture outside": ("content/sport/x.png", lambda p: make_link(p, "/etc/passwd"), "leads out of the site"),
    "a link upwards": ("content/sport/x.md", lambda p: make_link(p, "../../../secret"), "leads out of the site"),
    "a link to a sibling of the same beginning": ("content/sport/x.md", lambda p: make_link(p, "../../../site-secret"), "leads out of the site"),
    "a link to a folder": ("content/sport/x", lambda p: make_link(p, "/etc"), "leads out of the site"),
    "a link to itself": ("content/sport/x.md", lambda p: make_link(p, "x.md"), "leads nowhere"),
    "a link to nothing": ("content/sport/x.md", lambda p: make_link(p, "nowhere"), "leads nowhere"),
    "a link to the own folder": ("content/sport/x", lambda p: make_link(p, ".."), "is no file"),
    "a link to a device": ("content/sport/x.md", lambda p: make_link(p, "/dev/zero"), "leads out of the site"),
    "a pipe": ("content/sport/x.md", os.mkfifo, "named pipe"),
    "a pipe as a picture": ("content/sport/x.png", os.mkfifo, "named pipe"),
    "a socket": ("content/sport/x.md", make_socket, "a socket"),
    "a device": ("content/sport/x.md", make_device, "a device"),
    "a static link": ("static/x", lambda p: make_link(p, "/etc/passwd"), "not a regular file"),
    "a static folder of links": ("static", lambda p: make_link(p, "/etc"), "not a folder"),
    "a static link to a folder": ("static/x", lambda p: make_link(p, "/etc"), "a symbolic link to a folder"),
    "a static link to a folder of the site": ("static/a/x", lambda p: make_link(p, "../../content"), "a symbolic link to a folder"),
    "a static pipe": ("static/x", os.mkfifo, "not a regular file"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "make", "words"), THINGS.values(), ids=THINGS)
def test_only_regular_files_inside_the_site_are_read(site: LittleSite, path: str, make, words: str) -> None:
    """Links out of it, pipes, sockets and devices are named."""
    (site.root.parent / "secret").write_text("---\ntitle: x\ndate: 2026-11-20\n---\n")
    (site.root.parent / "site-secret").write_text("---\ntitle: x\ndate: 2026-11-20\n---\n")
    target = site.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        make(target)
    except PermissionError:
        pytest.skip("needs the right to make devices")
    said = site.problems()
    assert any(problem.startswith(f"{path}: ") and words in problem for problem in said), said


def test_a_file_of_gigabytes_is_not_read(site: LittleSite) -> None:
    """Refused by its first bytes over the limit."""
    for path in ("content/sport/x.md", "content/sport/y.yaml", "data/popular.yaml"):
        site.put(path, "")
        os.truncate(site.root / path, 3 * 2**30)
    said = site.problems()
    assert [problem.partition(";")[0] for problem in said] == [
        "content/sport/x.md: the file is larger than 2 MiB",
        "content/sport/y.yaml: the file is larger than 2 MiB",
        "data/popular.yaml: the file is larger than 2 MiB",
    ]


# ---------------------------------------------------------------- harmless


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """A site with every case that must become harmless: texts in every field, and in a text; Markdown."""
    site = little(tmp_path_factory.mktemp("harmless"))
    site.put("site.yaml", SITE_YAML + "feeds: {content: full, count: 200}\n")
    for name, content in pictures().items():
        if name in {"p.png", "poly.jpg", "place.jpg"}:
            site.put(f"content/sport/{name}", content).put(f"content/politics/{name}", content)
    for number, text in enumerate(TEXTS.values()):
        words = in_quotes(text)
        site.entry(
            f"sport/t{number:03}",
            f"title: {words}\nsummary: {words}\ntags: [{words}]\nauthor: [{words}]\ndateline: {words}\n"
            f"source: {{name: {words}, url: 'https://atlas.example/a'}}\n"
            f"image: {{src: p.png, alt: {words}, caption: {words}, credit: {words}}}",
        )
        site.entry(f"politics/b{number:03}", "", f"قبل.\n\n{text}\n\nبعد.")
    for number, (text, _) in enumerate(MARKDOWN.values()):
        site.entry(f"politics/m{number:03}", "", f"{text}\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKEN", CANARY)
        site.build()
    return site


@pytest.fixture(scope="module")
def outside(harmless: LittleSite) -> dict[str, bytes]:
    return harmless.files()


@pytest.fixture(scope="module")
def found(harmless: LittleSite, outside: dict[str, bytes]) -> list[str]:
    """Every breach of an invariant in the whole output."""
    secrets = (CANARY, str(harmless.root), f"{Path.home()}/", "root:x:0", str(Path.cwd()))
    return breaches(outside, BASE, secrets=secrets)


def test_every_file_of_the_output_is_sound(found: list[str], outside: dict[str, bytes]) -> None:
    """Parsed by an HTML5 parser, expat and json; none of the things that no content may bring into a site."""
    assert found == []
    assert len(outside) > 2 * len(TEXTS) + len(MARKDOWN)


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=TEXTS)
def test_a_field_shows_its_text(outside: dict[str, bytes], found: list[str], number: int) -> None:
    """As title, summary, tag, author, dateline, source, caption, credit: read as it was written."""
    path = f"sport/t{number:03}/index.html"
    words = " ".join(cleaning.clean(list(TEXTS.values())[number]).split())
    assert text_of(outside[path]).count(words) >= 5
    assert not [breach for breach in found if breach.startswith(path)]


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=TEXTS)
def test_a_text_is_text(outside: dict[str, bytes], found: list[str], number: int) -> None:
    """The paragraphs round it are there."""
    path = f"politics/b{number:03}/index.html"
    shown = text_of(outside[path])
    assert "قبل." in shown
    assert "بعد." in shown
    assert not [breach for breach in found if breach.startswith(path)]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(MARKDOWN)), ids=MARKDOWN)
def test_markdown_is_harmless(outside: dict[str, bytes], found: list[str], number: int) -> None:
    """What a reader may see of it is there."""
    path = f"politics/m{number:03}/index.html"
    seen = list(MARKDOWN.values())[number][1]
    if seen is not None:
        assert seen in text_of(outside[path])
    assert not [breach for breach in found if breach.startswith(path)]


def test_no_content_makes_a_folder_of_its_own(outside: dict[str, bytes]) -> None:
    """Names at the top are the site's own; none is hidden, none a device, none upwards."""
    tops = {path.partition("/")[0] for path in outside}
    assert tops <= {
        ".digest-site", "404.html", "archive", "assets", "feed.json", "feed.xml", "index.html", "media", "news-sitemap.xml",
        "opml.xml", "politics", "robots.txt", "search", "sitemap.xml", "sources", "sport", "tags", "fragments", "editions",
    }  # fmt: skip
    parts = {part for path in outside for part in path.split("/")}
    assert not [part for part in parts if part in {"..", ".", "con", ""} or len(part.encode()) > 255]


def test_of_a_picture_nothing_but_pixels_is_left(outside: dict[str, bytes]) -> None:
    """No program behind it, no place and no device inside."""
    made = [content for path, content in outside.items() if path.startswith("media/")]
    assert len(made) > 2
    assert not [
        content for content in made if b"<?php" in content or b"<script" in content or CANARY.encode() in content
    ]


# ---------------------------------------------------------------- drafts


def test_a_draft_leaves_no_trace(site: LittleSite) -> None:
    """Whatever it holds and whoever names it: an entry, an edition, a page; not in a path, not in a file."""
    secret = "سريجدا"
    draft = (
        f"draft: true\ntitle: {secret} عنوان\ntags: [{secret}وسم]\nauthor: {secret}كاتب\ndateline: {secret}مكان\nsummary: {secret}ملخص\n"
        f"source: {{name: {secret}مصدر, url: 'https://{secret}.example/'}}\naliases: [/{secret}-old/]\nimage: {{src: {secret}.png, alt: {secret}}}\n"
        f"lead: true\nedition: n1\nslug: {secret}"
    )
    site.put(f"content/sport/{secret}.png", picture())
    site.entry("sport/hidden", draft, f"{secret} نص ![x]({secret}.png)")
    site.entry("sport/open", "related: [sport/hidden]\nedition: n1")
    site.entry("sport/future", f"date: 2027-01-01\ntitle: {secret} قادم\nslug: {secret}-2")
    site.put("content/editions/n1.yaml", "title: عدد\ndate: 2026-11-20\nentries: [sport/hidden, sport/open]\n")
    site.put("content/editions/n2.yaml", f"title: {secret}\ndate: 2026-11-20\ndraft: true\nentries: [sport/open]\n")
    site.put(
        f"content/pages/{secret}.md", f"---\ntitle: {secret}\ndraft: true\naliases: [/{secret}-p/]\n---\n{secret}\n"
    )
    site.put("data/popular.yaml", "sport/hidden: 100\nsport/open: 1\n")
    for jobs in (1, 2):
        site.build(clean=True, jobs=jobs)
        needles = (secret, "".join(f"%{byte:02X}" for byte in secret.encode()), "xn--ngb")
        for path, content in site.files().items():
            assert not any(needle in path or needle.encode() in content for needle in needles), path
    shown = site.build(drafts=True, future=True)
    assert shown.entries == 3
    assert f"sport/{secret}/index.html" in site.files()
    assert load_built(site.root, site.output).variant.drafts


@pytest.mark.parametrize("written", ["yes", "on", "1", "ture", "", "~", "'true '", "نعم جدا"])
def test_a_draft_fails_closed(site: LittleSite, written: str) -> None:
    """What is not clearly false is not published: it is a draft, or an error."""
    site.entry("sport/a", f"draft: {written}")
    try:
        site.build()
    except DigestError:
        return
    assert "sport/a/index.html" not in site.files()
