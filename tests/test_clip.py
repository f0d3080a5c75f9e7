"""`digest clip`: from a page, or a saved one, to a draft entry."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arabic_pages import AUTHOR, HEADLINE, HOST, OUTLET, PAGES, SUMMARY, TEXT
from PIL import Image
from test_fetching import moved, network, serving
from test_fetching import page as answer_of

from digest.content import inbox_sources
from digest.content import settings as site_settings
from digest.curating import clipping, fetching, pictures, saved
from digest.curating.clipping import Clip, ClipOptions, Refused
from digest.curating.taken import Taken

if TYPE_CHECKING:
    from conftest import LittleSite

REPOSITORY = Path(__file__).resolve().parent.parent
STORY = PAGES["wordpress-yoast"]


def run(site: LittleSite, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command itself, in the site's folder."""
    return subprocess.run(
        [sys.executable, "-m", "digest", "clip", *arguments],
        cwd=site.root, capture_output=True, text=True, check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1795435200", "PYTHONPATH": str(REPOSITORY), **environment},
    )  # fmt: skip


def clipped(site: LittleSite, target: str, way: fetching.Network | None = None, **options: object) -> Clip | Refused:
    """The same in this process, where the network may be the tests' own."""
    raw = (site.root / "site.yaml").read_bytes()
    settings = site_settings.read(raw)[0]
    assert settings
    where = clipping.Site(site.root, settings, inbox_sources.read(raw), Taken(site.root, settings))
    return clipping.clip(
        target, where, ClipOptions(**options), datetime(2026, 11, 23, 12, tzinfo=UTC), way or network()
    )


def save(site: LittleSite, html: str | bytes, name: str = "saved.html") -> str:
    path = site.root.parent / name
    path.write_bytes(html.encode() if isinstance(html, str) else html)
    return str(path)


# ------------------------------------------------------------------ what comes out


def test_saved_page_when_clipped_becomes_a_draft_with_its_facts(site):
    done = run(site, save(site, STORY.html), "--theme", "sport", "--json")
    assert done.returncode == 0, done.stderr
    (made,) = json.loads(done.stdout)
    assert {
        key: made[key] for key in ("title", "date", "date_precision", "source", "authors", "summary", "lang", "theme")
    } == {
        "title": HEADLINE,
        "date": "2026-03-12T09:30:15+00:00",
        "date_precision": "minute",
        "source": {"name": OUTLET, "url": f"{HOST}/news/library/"},
        "authors": [AUTHOR],
        "summary": SUMMARY,
        "lang": "ar",
        "theme": "sport",
    }
    assert made["image"] == {
        "url": f"{HOST}/wp-content/uploads/2026/03/bus.jpg",
        "alt": "",
        "caption": "",
        "credit": "",
    }
    assert made["origin"]["title"] == made["origin"]["date"] == "json-ld"
    assert made["path"] == f"content/{made['id']}.md"
    assert (site.root / made["path"]).is_file()
    site.build(drafts=True)
    assert AUTHOR in site.text(f"sport/{made['id'].partition('/')[2][11:]}/index.html")


def test_path_of_the_entry_is_printed_and_advice_is_apart(site):
    done = run(site, save(site, PAGES["agency-byline"].html), "--url", f"{HOST}/a")
    assert done.stdout.strip().startswith("content/politics/2026-03-12-")
    assert "the text comes from رويترز" in done.stderr
    entry = (site.root / done.stdout.strip()).read_text("utf-8")
    assert '  - name: "رويترز"\n' in entry
    assert entry.index(OUTLET) < entry.index('name: "رويترز"')


def test_dry_run_writes_nothing_and_says_what_would_be(site):
    done = run(site, save(site, STORY.html), "--dry-run", "--json")
    (made,) = json.loads(done.stdout)
    assert made["title"] == HEADLINE
    assert list((site.root / "content").rglob("*")) == []


def test_theme_and_zone_come_from_the_source_of_that_host(site):
    settings = (site.root / "site.yaml").read_text("utf-8")
    site.put(
        "site.yaml",
        settings + f"inbox:\n  - {{name: الواحة, url: '{HOST}/feed', theme: sport, timezone: Asia/Riyadh}}\n",
    )
    made = clipped(site, save(site, PAGES["date-numbers-pm"].html), url=f"{HOST}/a")
    assert isinstance(made, Clip)
    assert made.draft.theme == "sport"
    assert made.draft.date.isoformat() == "2026-03-12T21:30:00+03:00"


def test_page_without_a_date_gets_todays_and_says_so(site):
    html = STORY.html.replace("2026-03-12T09:30:15+00:00", "").replace("2026-03-13T10:00:00+00:00", "")
    made = clipped(site, save(site, html))
    assert isinstance(made, Clip)
    shown = made.as_json(site.root)
    assert (shown["date"], shown["date_precision"]) == ("2026-11-23", "day")
    assert shown["advice"][0] == "the page gives no date: this is today's, correct it"
    assert "# لا تذكر الصفحة تاريخًا: هذا تاريخ اليوم، صحّحه\ndate: 2026-11-23\n" in made.path.read_text("utf-8")


@pytest.mark.parametrize(
    ("date", "words"),
    [("2031-01-01T00:00:00Z", "a date in the future"), ("1970-01-01T00:00:00Z", "a date before 1995")],
)
def test_date_that_cannot_be_is_refused_as_such(site, date, words):
    html = STORY.html.replace("2026-03-12T09:30:15+00:00", date).replace("2026-03-13T10:00:00+00:00", date)
    made = clipped(site, save(site, html))
    assert isinstance(made, Clip)
    shown = made.as_json(site.root)
    assert shown["date"] == "2026-11-23"
    assert words in shown["advice"][0]
    assert {"value": "date", "was": date} in shown["dropped"]


def test_hijri_date_is_converted_and_said(site):
    made = clipped(site, save(site, PAGES["date-hijri"].html), url=f"{HOST}/a")
    assert isinstance(made, Clip)
    assert "the date was converted from the Hijri date 23 رمضان 1447 هـ" in made.as_json(site.root)["advice"]


# ------------------------------------------------------------------ twice


def test_second_clip_of_an_address_is_refused_with_the_entry_that_has_it(site):
    target = save(site, STORY.html)
    first = run(site, target)
    assert first.returncode == 0
    second = run(site, target)
    assert second.returncode == 1
    assert f"{first.stdout.strip()} names this address already" in re.sub("[\u2068\u2069]", "", second.stderr)
    third = run(site, target, "--again", "-q")
    assert third.returncode == 0
    assert third.stdout.strip().endswith("-2.md")
    site.build(drafts=True)


def test_second_clip_is_refused_before_anything_is_fetched(site):
    site.entry("sport/a", "source: {name: x, url: 'http://news.example/a/'}")
    made = clipped(site, "https://news.example/a?utm_source=x#y", network(resolve=None))
    assert isinstance(made, Refused)
    assert made.message == "content/sport/a.md names this address already"


def test_several_pages_are_clipped_and_one_that_is_refused_stops_none(site):
    done = run(
        site, save(site, STORY.html), "missing.html", save(site, PAGES["arc"].html, "b.html"), "--again", "--json"
    )
    assert done.returncode == 1
    assert [made["path"].rpartition(".")[0][-2:] for made in json.loads(done.stdout)][1] == "-2"
    assert "missing.html: there is no such file; check the path" in done.stderr


@pytest.mark.slow
def test_two_clips_at_once_never_take_one_name(site):
    target = save(site, STORY.html)
    command = [sys.executable, "-m", "digest", "clip", target, "--again", "-q", "--site", str(site.root)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) for _ in range(4)]
    paths = {process.communicate()[0].strip() for process in running}
    assert len(paths) == 4


# ------------------------------------------------------------------ files


def mhtml(html: str, url: str = f"{HOST}/news/library") -> bytes:
    encoded = base64.encodebytes(html.encode()).decode()
    return (
        "From: <Saved by Blink>\r\n"
        f"Snapshot-Content-Location: {url}\r\nSubject: =?utf-8?Q?x?=\r\nDate: Mon, 23 Nov 2026 11:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----MultipartBoundary--x----"\r\n\r\n'
        "------MultipartBoundary--x----\r\nContent-Type: text/html\r\nContent-ID: <frame@mhtml.blink>\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Location: {url}\r\n\r\n{encoded}\r\n"
        "------MultipartBoundary--x----\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://x.example/a.jpg\r\n\r\n/9j/\r\n"
        "------MultipartBoundary--x------\r\n"
    ).encode()


PLAIN = PAGES["date-iso-day"]
FORMS = {
    "single-file": PLAIN.html.replace("<html", f"<!--\n Page saved with SingleFile \n url: {HOST}/news/library?utm_source=x \n saved date: Mon Nov 23 2026 12:00:00 GMT+0100 (x)\n--><html", 1).encode(),
    "complete": PLAIN.html.replace("<html", f"<!-- saved from url=(0042){HOST}/news/library -->\n<html", 1).encode(),
    "mhtml": mhtml(PLAIN.html),
    "single-file-with-pictures": PLAIN.html.replace("<html", f"<!--\n Page saved with SingleFile \n url: {HOST}/news/library \n saved date: x\n--><html", 1).replace("</main>", "").replace("<div id", f'<img src="data:image/png;base64,{"A" * 5_000_000}"><div id', 1).encode(),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("form", FORMS)
def test_saved_page_says_where_it_is_from(site, form, packed):
    raw = gzip.compress(FORMS[form]) if packed else FORMS[form]
    made = clipped(site, save(site, raw, "page.gz" if packed else "page.html"))
    assert isinstance(made, Clip), str(made)
    assert (made.draft.title, made.draft.sources[0].url) == (HEADLINE, f"{HOST}/news/library")


def test_saved_page_that_does_not_say_its_address_asks_for_it(site):
    made = clipped(site, save(site, PLAIN.html))
    assert isinstance(made, Refused)
    assert str(made).endswith("the file does not say which address it was saved from; give it with --url ADDRESS")
    given = clipped(site, save(site, PLAIN.html), url=f"{HOST}/x?fbclid=1")
    assert isinstance(given, Clip)
    assert given.draft.sources[0].url == f"{HOST}/x"


@pytest.mark.parametrize("form", ["single-file", "complete", "mhtml"])
def test_relative_addresses_of_a_saved_page_are_of_where_it_was_saved_from(site, form):
    picture = '<meta property="og:image" content="../pictures/bus.jpg"></head>'
    html = PLAIN.html.replace("</head>", picture, 1)
    raw = mhtml(html) if form == "mhtml" else FORMS[form].replace(b"</head>", picture.encode(), 1)
    made = clipped(site, save(site, raw))
    assert isinstance(made, Clip), str(made)
    assert made.draft.picture.url == f"{HOST}/pictures/bus.jpg"


def test_relative_date_of_a_saved_page_counts_from_when_it_was_saved(site):
    html = PAGES["date-hours-ago"].html.replace(
        "<html",
        f"<!--\n Page saved with SingleFile \n url: {HOST}/a \n saved date: Fri Nov 20 2026 12:00:00 GMT+0000 (x)\n--><html",
        1,
    )
    made = clipped(site, save(site, html))
    assert isinstance(made, Clip)
    assert made.draft.date.isoformat() == "2026-11-20T10:00:00+01:00"


def test_file_makes_no_request_at_all(site):
    def never(*_):
        raise AssertionError

    made = clipped(site, save(site, STORY.html), network(resolve=never, proxies=never))
    assert isinstance(made, Clip)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"), (b"%PDF-1.7", "no web page"), (b"\x1f\x8bxx", "no sound gzip"), (b"\x89PNG\r\n", "no web page"),
        (gzip.compress(b"\0" * (40 << 20)), "too large"), (b"x" * (33 << 20), "too large"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\n\r\nx\r\n--x--", "no web page"),
    ],
)  # fmt: skip
def test_file_that_is_no_page_is_refused_by_what_it_is(site, raw, words):
    made = clipped(site, save(site, raw))
    assert isinstance(made, Refused)
    assert words in made.message


@pytest.mark.parametrize("what", ["folder", "pipe", "missing", "device"])
def test_what_is_no_file_is_refused(site, what):
    path = site.root.parent / what
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    made = clipped(site, "/dev/zero" if what == "device" else str(path))
    assert isinstance(made, Refused)


def test_bytes_that_are_no_text_are_named_and_never_written(site):
    raw = STORY.html.encode().replace("مكتبة".encode(), b"\xd9\x85\xff\xd9\x83", 3)
    made = clipped(site, save(site, raw))
    assert isinstance(made, Refused)
    assert made.message.startswith("byte ")
    assert list((site.root / "content").rglob("*.md")) == []


# ------------------------------------------------------------------ the web


def test_page_of_the_web_is_fetched_and_its_canonical_address_kept(site):
    with serving(answer_of(STORY.html.encode())) as server:
        made = clipped(site, server.url("/x?utm_source=y", "www.alwaha.example"))
    assert isinstance(made, Clip)
    assert made.draft.sources[0].url == f"{HOST}/news/library/"


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://other.example/news/library", "/a"), (HOST + "/", "/a"), ("/b", "/b"), ("javascript:x", "/a"),
        ("https://m.alwaha.example/c", "https://m.alwaha.example/c"),
    ],
)  # fmt: skip
def test_canonical_address_that_leads_home_or_elsewhere_is_not_believed(site, canonical, kept):
    html = PLAIN.html.replace("<title>", f'<link rel="canonical" href="{canonical}"><title>', 1)
    with serving(answer_of(html.encode())) as server:
        made = clipped(site, server.url("/a", "www.alwaha.example"))
        base = f"http://www.alwaha.example:{server.port}"
    assert isinstance(made, Clip)
    assert made.draft.sources[0].url == (kept if "//" in kept else base + kept)
    told = [remark.code for remark in made.draft.remarks]
    assert ("other-host" in told, "home-canonical" in told) == ("other.example" in canonical, canonical == HOST + "/")


def test_redirect_to_a_home_page_gives_no_entry(site):
    home = f"<title>{OUTLET}</title><h1>{OUTLET}</h1>" + "".join(
        f'<a href="/{n}">عنوان من عناوين اليوم رقم {n} في الصفحة الأولى</a>' for n in range(40)
    )
    with serving(lambda request: answer_of(home.encode()) if b"GET / " in request else moved("/")) as server:
        made = clipped(site, server.url("/story"))
    assert isinstance(made, Refused)
    assert made.message == "the page is no article"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<title>Just a moment...</title><body>Enable JavaScript and cookies to continue<script>window._cf_chl_opt={}</script>", "robots"),
        ("<title>Access Denied</title><h1>Access Denied</h1>You don't have permission. Reference #18.2d", "robots"),
        ("<title>لحظة…</title><p>يجب التحقق من أنك إنسان</p>", "robots"),
        ("<html><head><script src='https://ct.captcha-delivery.com/c.js'></script></head><body><p>Please enable JS</p>", "robots"),
        ("<title>الصفحة غير موجودة - موقع</title><h1>404</h1><p>عذرًا، الصفحة التي تبحث عنها غير موجودة</p>", "no such page"),
        ("<title>Page not found</title><p>Sorry, the page you are looking for does not exist.</p>", "no such page"),
        ("<title>تسجيل الدخول</title><form><input type=password></form>", "login"),
        ("<title>Log in | Site</title><form><input type='password'></form><p>Welcome back</p>", "login"),
        ("<title>موقع</title>" + "".join(f"<li><a href='/{n}'>عنوان خبر من أخبار القسم رقم {n}</a></li>" for n in range(50)), "no article"),
        ("<p>hi", "no article"),
        ("", "empty"),
        ("{}", "no article"),
    ],
)  # fmt: skip
def test_page_that_is_no_story_is_refused_with_a_cure(site, html, words):
    with serving(answer_of(html.encode())) as server:
        made = clipped(site, server.url("/story"))
    assert isinstance(made, Refused), made
    assert words in made.message
    assert made.cure
    assert list((site.root / "content").rglob("*")) == []


def test_login_that_a_story_redirects_to_is_refused(site):
    with serving(
        lambda request: answer_of(STORY.html.encode()) if b"/login" in request else moved("/login?next=/story")
    ) as server:
        made = clipped(site, server.url("/story"))
    assert isinstance(made, Refused)
    assert "wants a login" in made.message


def test_wall_behind_a_403_is_recognised_and_its_cure_is_the_file(site):
    wall = b"<title>Just a moment...</title><p>Checking if the site connection is secure</p>"
    with serving(b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n" % len(wall) + wall) as server:
        made = clipped(site, server.url("/story"))
    assert isinstance(made, Refused)
    assert made.cure == "save the page in your browser and run digest clip FILE"


def test_story_about_a_wall_is_a_story(site):
    html = STORY.html.replace(HEADLINE, "الصفحة غير موجودة: حكاية خطأ 404").replace(
        "</head>", "<script src='https://www.google.com/recaptcha/g-recaptcha'></script></head>"
    )
    made = clipped(site, save(site, html))
    assert isinstance(made, Clip), str(made)


def test_private_address_is_refused_in_the_command_whatever_the_environment_says(site):
    with serving(answer_of(STORY.html.encode())) as server:
        done = run(site, f"http://127.0.0.1:{server.port}/a", f"http://localhost:{server.port}/a", no_proxy="*")
        assert server.connections == 0
    assert done.returncode == 1
    assert done.stderr.count("private address") == 2


def test_what_is_no_page_is_refused_by_its_type(site):
    with serving(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 4\r\n\r\n%PDF") as server:
        made = clipped(site, server.url("/a"))
    assert isinstance(made, Refused)
    assert made.message == "it is no web page (application/pdf)"


# ------------------------------------------------------------------ hostile


def test_hostile_values_in_every_field_never_reach_the_entry(site):
    bad = "\u202eنص\u200b\u200b <script>alert(1)</script><b onclick=x>غامق</b> javascript:alert(1) \x1b[31m {{ x }} ---\n---\n: # «»"
    node = {
        "@type": "NewsArticle", "headline": bad, "description": bad * 3, "datePublished": "2026-03-12T09:30:00Z",
        "author": [{"name": bad}, {"name": "سعاد الحر\u202eة"}], "publisher": {"name": bad},
        "image": {"url": "javascript:alert(1)", "caption": bad, "creditText": bad}, "url": "javascript:alert(1)",
    }  # fmt: skip
    inside = json.dumps(node).replace("</", "<\\/")
    html = f'<title>{bad}</title><meta property="og:image" content="data:image/png;base64,AAAA"><script type="application/ld+json">{inside}</script><article>{TEXT}</article>'
    made = clipped(site, save(site, html), url=f"{HOST}/a")
    assert isinstance(made, Clip), str(made)
    entry = made.path.read_text("utf-8")
    assert not set(entry) & set("\u202e\u200b\x1b")
    assert "<script" not in entry
    assert "onclick" not in entry
    assert made.draft.picture is None
    assert "سعاد الحرة" in made.draft.authors
    site.build(drafts=True)


def test_base_that_is_no_address_is_as_if_it_were_not_there(site):
    made = clipped(site, save(site, STORY.html.replace("<head>", "<head><base href='http://['>")), url=f"{HOST}/a")
    assert isinstance(made, Clip), str(made)
    assert made.draft.picture.url == f"{HOST}/wp-content/uploads/2026/03/bus.jpg"


LARGE_FILES = {
    "data addresses": lambda: b'<img src="data:image/png;base64,' + b'A">data:image/png;base64,A' * 1_100_000,
    "data without end": lambda: b"data:a/" * 4_500_000,
    "parts": lambda: MAIL + b"--x\r\nContent-Type: image/png\r\nContent-Location: https://a.example/b\r\n\r\nx\r\n" * 300_000,
    "parts in parts": lambda: MAIL + b'--x\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n' * 400_000,
    "headers": lambda: MAIL.strip() + b"\r\n" + b"a: b\r\n" * 4_000_000,
}  # fmt: skip
MAIL = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n'


@pytest.mark.parametrize("name", LARGE_FILES)
def test_saved_file_of_any_size_is_read_within_bounds(name):
    raw = LARGE_FILES[name]()
    started = time.process_time()
    saved.read(raw)
    saved.picture(raw, [f"{HOST}/bus.jpg", "data:,9999999"])
    assert time.process_time() - started < 5, "2 s on a quiet machine"


LARGE = {
    "ten megabytes of text": "<p>" + "نص " * 3_500_000,
    "nested tags": "<div>" * 100_000 + "نص",
    "metas": "<meta property='og:title' content='x'>" * 50_000,
    "json-ld": '<script type="application/ld+json">'
    + json.dumps([{"@type": "NewsArticle", "headline": "ع" * 50}] * 30_000)
    + "</script>",
    "nested json-ld": '<script type="application/ld+json">' + "[" * 1_000_000 + "</script>",
    "open quotes": '<a b="' * 500_000,
    "open comments": "<!--" * 1_000_000,
    "attributes": "<a " + "b " * 2_000_000,
    "entities": "&amp;" * 1_500_000,
    "bylines": "<span class=author>أ</span>" * 200_000,
    "dates": "<time datetime=2026-01-01>1</time>" * 100_000,
    "separators": "<title>" + " - ".join("ab" * 5000) + "</title>",
    "headings": "<h1>عنوان - " * 50_000,
    "long title": "<title>" + "ع" * 5_000_000 + "</title>",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_page_of_any_size_is_read_within_bounds(name):
    """CPU time, so that a busy machine does not matter."""
    code = (
        "import re, sys, time; from datetime import UTC, datetime\n"
        "from digest.curating import encoding, metadata, pages, walls\n"
        "raw = sys.stdin.buffer.read(); started = time.process_time()\n"
        "page = pages.read(encoding.decode(raw).text); now = datetime(2026, 11, 23, tzinfo=UTC)\n"
        "found = metadata.read(page, metadata.Setting('https://x.example/a', UTC, now, now))\n"
        "walls.refusal(page, found, 'https://x.example/a')\n"
        "print(time.process_time() - started, int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=LARGE[name].encode(), capture_output=True, check=True, cwd=REPOSITORY
    )
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 4, f"{seconds:.1f} s; 2 s on a quiet machine"
    assert megabytes < 256


# ------------------------------------------------------------------ pictures, passages, the whole text


def jpeg(size=(800, 600), **options) -> bytes:
    to = BytesIO()
    Image.new("RGB", size, "teal").save(to, "JPEG", **options)
    return to.getvalue()


def test_picture_is_verified_written_anew_and_its_credit_read(site):
    exif = Image.Exif()
    exif[315] = "N. Hamwi"
    exif[34853] = {1: "N"}
    shot = jpeg((3000, 1500), exif=exif)
    with serving(lambda request: answer_of(shot) if b"/p.jpg" in request else answer_of(html.encode())) as server:
        html = STORY.html.replace(f"{HOST}/wp-content/uploads/2026/03/bus.jpg", server.url("/p.jpg"))
        made = clipped(site, server.url("/a", "www.alwaha.example"), image=True)
    assert isinstance(made, Clip), str(made)
    file = made.path.with_suffix(".jpg")
    with Image.open(file) as image:
        assert image.size == (2400, 1200)
        assert not image.getexif()
    entry = made.path.read_text("utf-8")
    assert f'  src: "{file.name}"\n' in entry
    assert '  credit: "N. Hamwi"\n' in entry
    assert ["the image has no alt text" in problem for problem in site.problems(drafts=True)] == [True]


def iptc(raw: bytes, **fields: str) -> bytes:
    """A JPEG with IPTC data, as agencies send it: Photoshop's block 1028 in APP13."""
    numbers = {"credit": 110, "byline": 80}
    data = b"".join(
        b"\x1c\x02" + bytes([numbers[name]]) + len(text.encode()).to_bytes(2, "big") + text.encode()
        for name, text in fields.items()
    )
    block = b"8BIM\x04\x04\x00\x00" + len(data).to_bytes(4, "big") + data + b"\0" * (len(data) % 2)
    segment = b"Photoshop 3.0\0" + block
    return raw[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment + raw[2:]


@pytest.mark.parametrize(
    ("fields", "credit"),
    [
        ({"credit": "رويترز"}, "رويترز"), ({"byline": "Nasser Hamwi"}, "Nasser Hamwi"),
        ({"byline": "N. Hamwi", "credit": "Oasis Press"}, "Oasis Press"), ({"credit": "\u202ex\n---"}, "x ---"), ({}, ""),
    ],
)  # fmt: skip
def test_credit_of_a_picture_is_read_of_its_iptc_data(fields, credit):
    taken = pictures.made(iptc(jpeg(), **fields))
    assert (taken.credit, taken.problem) == (credit, None)
    assert b"8BIM" not in taken.content


def noisy(colour: str) -> bytes:
    """A picture of some size in bytes."""
    to = BytesIO()
    image = Image.effect_noise((640, 400), 60).convert("RGB")
    Image.blend(image, Image.new("RGB", image.size, colour), 0.5).save(to, "JPEG")
    return to.getvalue()


LEAD, SIGN = noisy("teal"), noisy("red")[:3000]
FIGURE = '<figure><img src="{}" alt="الحافلة"></figure>'


def mail_part(raw: bytes, url: str) -> bytes:
    encoded = base64.encodebytes(raw).decode()
    return (
        "------MultipartBoundary--x----\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Location: {url}\r\n\r\n{encoded}\r\n"
    ).encode()


def data_of(raw: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(raw).decode()


def saved_with_picture(form: str) -> bytes:
    """A saved page whose picture is in the file: under its own address, shown by another one, or put into the page."""
    own = f"{HOST}/wp-content/uploads/2026/03/bus.jpg"
    shown = {"mhtml": own, "mhtml-other-size": f"{HOST}/small/bus.jpg", "single-file": data_of(LEAD)}[form]
    html = STORY.html.replace("</h1>", f"</h1><img src='{data_of(SIGN)}'>{FIGURE.format(shown)}", 1)
    if form == "single-file":
        return html.replace(
            "<html", f"<!--\n Page saved with SingleFile \n url: {HOST}/a \n saved date: x\n--><html", 1
        ).encode()
    end = b"------MultipartBoundary--x------"
    return mhtml(html).replace(end, mail_part(LEAD, shown) + end)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("form", ["mhtml", "mhtml-other-size", "single-file"])
def test_picture_of_a_saved_page_is_taken_out_of_the_file(site, form, packed):
    def never(*_):
        raise AssertionError

    raw = saved_with_picture(form)
    way = network(resolve=never, proxies=never)
    made = clipped(site, save(site, gzip.compress(raw) if packed else raw, "page.mhtml"), way, image=True)
    assert isinstance(made, Clip), str(made)
    with Image.open(made.path.with_suffix(".jpg")) as image:
        assert image.size == (640, 400)
        red, green, _ = image.resize((1, 1)).getpixel((0, 0))
    assert green > red
    assert f'  src: "{made.path.stem}.jpg"\n' in made.path.read_text("utf-8")


def test_picture_that_a_saved_page_does_not_hold_is_fetched(site):
    with serving(answer_of(jpeg())) as server:
        html = STORY.html.replace(f"{HOST}/wp-content/uploads/2026/03/bus.jpg", server.url("/p.jpg"))
        made = clipped(site, save(site, html), image=True)
    assert isinstance(made, Clip), str(made)
    assert made.path.with_suffix(".jpg").is_file()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"), (b"<html>not a picture", "is not a picture"), (jpeg()[:200], "damaged"), (b"", "empty"),
        (b"\0" * ((12 << 20) + 1), "larger than 12 MB"),
    ],
)  # fmt: skip
def test_picture_that_is_none_is_refused(raw, words):
    assert words in str(pictures.made(raw).problem)


@pytest.mark.slow
def test_picture_of_too_many_pixels_is_refused():
    to = BytesIO()
    Image.new("1", (30_000, 30_000)).save(to, "PNG")
    started = time.process_time()
    assert "megapixels" in str(pictures.made(to.getvalue()).problem)
    assert time.process_time() - started < 1


def test_picture_that_cannot_be_had_leaves_no_entry(site):
    html = STORY.html.replace(f"{HOST}/wp-content/uploads/2026/03/bus.jpg", "http://127.0.0.1:9/p.jpg")
    made = clipped(site, save(site, html), network(is_allowed=fetching.is_public), image=True)
    assert isinstance(made, Refused)
    assert "private address" in made.message
    assert list((site.root / "content").rglob("*.md")) == []


def test_marked_passages_are_quoted_and_nothing_else(site):
    html = STORY.html.replace("وتزور الحافلة كل قرية", "<mark>وتزور الحافلة كل قرية</mark>")
    made = clipped(site, save(site, html), quote=True)
    assert isinstance(made, Clip)
    assert made.path.read_text("utf-8").endswith("---\n\n> وتزور الحافلة كل قرية\n")


def test_link_to_a_highlight_names_the_passage(site):
    with serving(answer_of(STORY.html.encode())) as server:
        made = clipped(site, server.url("/a", "www.alwaha.example") + "#:~:text=ويأمل,الصيف", quote=True)
    assert isinstance(made, Clip)
    assert made.draft.passages == ("ويأمل القائمون على المشروع أن تصل الحافلة الثانية قبل الصيف",)


def test_page_without_marks_quotes_nothing_and_says_so(site):
    made = clipped(site, save(site, STORY.html), quote=True)
    assert isinstance(made, Clip)
    assert made.draft.passages == ()
    assert "the page marks no passage: nothing was quoted" in made.as_json(site.root)["advice"]


def test_whole_text_without_its_package_is_refused_with_the_way_to_get_it(site):
    done = run(site, save(site, STORY.html), "--text", PYTHONPATH=f"{site.root.parent}{os.pathsep}{REPOSITORY}")
    if done.returncode == 0:
        pytest.skip("trafilatura is installed")
    assert done.returncode == 2
    assert "pip install 'digest[text]'" in done.stderr
    assert list((site.root / "content").rglob("*.md")) == []


def test_whole_text_is_marked_as_the_sources_own(site, monkeypatch):
    class Extractor:
        @staticmethod
        def extract(markup, **_):
            assert HEADLINE in markup
            return "الفقرة الأولى.\nالفقرة # الثانية."

    monkeypatch.setitem(sys.modules, "trafilatura", Extractor)
    made = clipped(site, save(site, STORY.html), text=True)
    assert isinstance(made, Clip)
    entry = made.path.read_text("utf-8")
    assert entry.endswith("\n\nالفقرة الأولى.\n\nالفقرة # الثانية.\n")
    assert "# النص أدناه نص المصدر" in entry


# ------------------------------------------------------------------ usage


def test_unknown_theme_is_wrong_usage(site):
    done = run(site, save(site, STORY.html), "--theme", "sprot")
    assert done.returncode == 2
    assert "did you mean 'sport'?" in done.stderr


def test_address_for_several_files_is_wrong_usage(site):
    assert run(site, "a.html", "b.html", "--url", f"{HOST}/a").returncode == 2


def test_address_without_its_scheme_is_told_so(site):
    made = clipped(site, "news.example/a")
    assert isinstance(made, Refused)
    assert made.cure == "write an address with its scheme: https://news.example/a"
