"""The plan of a deploy, a pure function: its laws, its order, and what survives an interruption."""

from __future__ import annotations

import gzip
import json
import random
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from digest.deploy import destinations, headers, hosts, manifest, plan, redaction
from digest.deploy.manifest import (
    DamagedError,
    File,
    Journal,
    Manifest,
    Retired,
    journal,
    packed,
    resumed,
    trusted,
    unpacked,
)
from digest.deploy.plan import GRACE, Stage, rank
from digest.deploy.targets.folder import FolderPlace
from digest.pages.media_types import UNKNOWN_TYPE, media_type
from digest.paths import is_inside

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = {"a/": "article.html", "l/": "list.html", "t/": "list.html"}
NAMES = [f"{folder}{n}/index.html" for folder in TEMPLATES for n in range(4)]
ASSETS = [f"assets/style.{n:08x}.css" for n in range(3)] + ["favicon.ico"]
MACHINES = ["feed.xml", "sitemap.xml"]


@st.composite
def sites(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """A whole site: path → what it links to, all of it there. The home page leads to everything."""
    there = [
        *draw(st.lists(st.sampled_from(NAMES), unique=True)),
        *draw(st.lists(st.sampled_from(ASSETS), unique=True)),
    ]
    links = {
        path: tuple(draw(st.lists(st.sampled_from([*there, "index.html"]), max_size=4, unique=True)))
        if path.endswith(".html")
        else (str(draw(st.integers(0, 1))),)
        for path in there
    }
    return {**links, "index.html": tuple(there), **{name: tuple(there) for name in MACHINES}}


def files_of(site: Mapping[str, tuple[str, ...]]) -> dict[str, File]:
    """Equal contents have equal fingerprints."""
    return {path: File(f"{path} {links}", 1) for path, links in site.items()}


def made_of(site: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {path: TEMPLATES.get(path[:2], "home.html") for path in site if path.endswith(".html")}


def shuffled(made: plan.Plan, seed: int) -> list[plan.Upload]:
    """The uploads in one of the orders in which several threads may finish them."""
    chance = random.Random(seed)
    rows = [(upload.stage, rank(upload.path), chance.random(), upload) for upload in made.uploads]
    return [row[3] for row in sorted(rows, key=lambda row: row[:3])]


def dead_links(seen: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Links into nowhere of all pages a reader can reach."""
    todo, known, dead = ["index.html"] if "index.html" in seen else [], set(), []
    while todo:
        path = todo.pop()
        if path in known:
            continue
        known.add(path)
        if path.endswith(".html"):
            dead += [f"{path} → {link}" for link in seen[path] if link not in seen]
            todo += [link for link in seen[path] if link in seen]
    return dead


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.one_of(st.just({}), sites()), sites(), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_interrupted_deploy_never_shows_a_broken_site(
    old: dict[str, tuple[str, ...]], new: dict[str, tuple[str, ...]], seed: int, stop: int, noted: int
) -> None:
    """Whatever the two sites are, however the threads run, wherever it is interrupted: no page lacks its parts, and the
    next run ends with the new site, all of it, and nothing more to send.
    """
    before = plan.plan(files_of(old), made_of(old), None, 0).manifest(files_of(old), "r1") if old else Manifest()
    first = plan.plan(files_of(new), made_of(new), before, 100)
    assert set(first.deletions) <= before.everything()
    seen = dict(old)
    uploads = shuffled(first, seed)[:stop]
    for upload in uploads:
        seen[upload.path] = new[upload.path]
        assert dead_links(seen) == []
    pending = tuple(upload.path for upload in first.uploads)
    done = {upload.path: upload.file for upload in uploads[: min(noted, len(uploads))]}
    there = resumed(before, Journal(pending=pending, done=done))
    second = plan.plan(files_of(new), made_of(new), there, 200)
    assert not {upload.path for upload in second.uploads} & done.keys()
    for upload in shuffled(second, seed + 1):
        seen[upload.path] = new[upload.path]
        assert dead_links(seen) == []
    for path in second.deletions:
        seen.pop(path, None)
        assert dead_links(seen) == []
    assert {path: seen[path] for path in new} == new
    assert seen.keys() - new.keys() == second.retired.keys()
    after = second.manifest(files_of(new), "r2")
    assert plan.plan(files_of(new), made_of(new), after, 300).nothing
    late = plan.plan(files_of(new), made_of(new), after, 200 + GRACE)
    assert (late.uploads, set(late.deletions)) == ((), set(second.retired))


def test_plan_orders_stages() -> None:
    """Parts, new pages, changed pages, lists, the home page, then what machines fetch by themselves."""
    made = {"sport/a/index.html": "article.html", "sport/b/index.html": "article.html", "sport/index.html": "list.html",
        "tags/x/index.html": "list.html", "index.html": "home.html", "404.html": "404.html"}  # fmt: skip
    paths = [*made, "feed.xml", "sport/feed.xml", "sitemap.xml", "assets/style.12345678.css", "media/a-0123456789abcdef-400.avif",
        "fragments/margins.html", "robots.txt", "favicon.ico"]  # fmt: skip
    known = {path: File("old", 1) for path in paths if path not in {"sport/b/index.html", "tags/x/index.html"}}
    rows = plan.plan({path: File("new", 1) for path in paths}, made, Manifest(files=known), 0).uploads
    assert [(upload.stage.name, upload.path) for upload in rows] == [
        ("ASSETS", "assets/style.12345678.css"),
        ("ASSETS", "favicon.ico"),
        ("ASSETS", "media/a-0123456789abcdef-400.avif"),
        ("NEW_PAGES", "sport/b/index.html"),
        ("NEW_PAGES", "tags/x/index.html"),
        ("CHANGED_PAGES", "404.html"),
        ("CHANGED_PAGES", "sport/a/index.html"),
        ("LISTS", "fragments/margins.html"),
        ("LISTS", "sport/feed.xml"),
        ("LISTS", "sport/index.html"),
        ("LISTS", "index.html"),
        ("LISTS", "feed.xml"),
        ("LISTS", "robots.txt"),
        ("LISTS", "sitemap.xml"),
    ]


def test_parts_are_sent_before_pages() -> None:
    """Data and fragments that scripts load are parts like styles, and so is what is no page and no data, wherever it
    lies; a theme may be called media all the same.
    """
    made = {"media/index.html": "list.html", "media/a/index.html": "article.html"}
    parts = [
        "assets/part.html",
        "assets/search.json",
        "brand.css",
        "media/captions.txt",
        "papers/plan.avi",
        "papers/plan.mp4",
    ]
    paths = [*made, *parts]
    rows = plan.plan({path: File("new", 1) for path in paths}, made, None, 0).uploads
    assert [(upload.stage.name, upload.path) for upload in rows] == [
        *(("ASSETS", path) for path in parts),
        ("NEW_PAGES", "media/a/index.html"),
        ("NEW_PAGES", "media/index.html"),
    ]


def test_change_of_headers_alone_is_sent() -> None:
    """The bytes are the same, and yet the file is sent, if more is said of it or less; the same words are none."""
    short, long = (
        Manifest(files={"index.html": File("a", 1, said)}) for said in ("text/html", "text/html\nmax-age=60")
    )
    for local, there in ((long, short), (short, long)):
        (row,) = plan.plan(local.files, {}, there, 0).uploads
        assert (row.why, row.stage) == ("headers", Stage.LISTS)
    assert plan.plan(long.files, {}, unpacked(packed(long)), 0).nothing


def test_deleting_over_a_quarter_counts_as_much() -> None:
    """Fingerprinted files that stay a while are not counted."""
    known = {f"{n}.html": File("a", 1) for n in range(100)}

    def after(left: int) -> plan.Plan:
        return plan.plan({path: known[path] for path in list(known)[:left]}, {}, Manifest(files=known), 0)

    assert not after(75).deletes_much
    assert after(74).deletes_much
    assets = {f"assets/a.{n:08x}.css": File("a", 1) for n in range(100)}
    assert not plan.plan({}, {}, Manifest(files=assets), 0).deletes_much


def test_fingerprinted_file_is_retired_for_exactly_a_day() -> None:
    """To the second; whatever else is no part of the site any more goes at once, with its size where that is known."""
    style = "assets/a.00000001.css"
    there = Manifest(
        files={"old.html": File("1", 7)}, retired={style: Retired(File("2", 9), 1000)}, leaving=("gone.html",)
    )
    kept = plan.plan({}, {}, there, 1000 + 24 * 3600 - 1)
    assert (kept.retired, kept.deletions) == (there.retired, {"gone.html": 0, "old.html": 7})
    assert (kept.vanished, kept.listed) == (1, 1)
    for late in (24 * 3600, 24 * 3600 + 1, 48 * 3600):
        gone = plan.plan({}, {}, there, 1000 + late)
        assert (gone.retired, gone.deletions[style]) == ({}, 9)
    back = plan.plan({style: File("2", 9)}, {}, there, 1001)
    assert (back.retired, back.uploads, back.unchanged) == ({}, (), 1)


def test_plan_without_differences_is_empty() -> None:
    """Nothing to send and nothing to delete; one of the two is something."""
    local = {"index.html": File("1", 2), "empty.txt": File("3", 0)}
    assert plan.plan(local, {}, Manifest(files=local), 0).nothing
    assert not plan.plan(local, {}, None, 0).nothing
    assert not plan.plan({}, {}, Manifest(files=local), 0).nothing


def test_file_of_unknown_content_is_sent_again() -> None:
    """A file of which nobody knows is new where it was never listed, else changed; one that was empty is known."""
    local = {"a.html": File("1", 2), "b.html": File("1", 2)}
    there = Manifest(files={"a.html": File("", 0), "b.html": File("", 3)})
    assert [(row.path, row.why) for row in plan.plan(local, {}, there, 0).uploads] == [
        ("a.html", "new"),
        ("b.html", "changed"),
    ]
    filled = plan.plan(local, {}, Manifest(files={**local, "a.html": File("3", 0)}), 0)
    assert [(row.path, row.why) for row in filled.uploads] == [("a.html", "changed")]
    lost = Manifest(files={"assets/a.00000001.css": File("", 5)})
    assert plan.plan({}, {}, lost, 0).deletions == {"assets/a.00000001.css": 5}


def test_manifest_round_trips_to_the_same_bytes() -> None:
    """The same bytes for the same value, whatever the order of its files."""
    made = Manifest(release="r", files={"b": File("1", 2), "a/خبر": File("3", 4, "x")}, leaving=("c",))
    again = Manifest(release="r", files={"a/خبر": File("3", 4, "x"), "b": File("1", 2)}, leaving=("c",))
    assert packed(made) == packed(again)
    assert unpacked(packed(made)) == made


def test_manifest_of_an_earlier_digest_is_read() -> None:
    """Rows of files and not tables: the form in which every target holds it already."""
    made = Manifest(
        release="r",
        files={"a/index.html": File("1", 2, "text/html")},
        retired={"assets/b.00000001.css": Retired(File("3", 4), 5)},
    )
    text = (
        b'{"version":1,"release":"r","files":{"a/index.html":["1",2,"text/html"]},'
        b'"retired":{"assets/b.00000001.css":[["3",4,""],5]},"leaving":[],"owed":[]}'
    )
    assert unpacked(gzip.compress(text)) == made
    assert json.loads(gzip.decompress(packed(made))) == json.loads(text)


def test_manifest_limit_allows_a_million_files() -> None:
    """A row of a file with a long name takes some two hundred bytes."""
    assert 1_000_000 * 200 < manifest.LIMIT < 2**29


def test_damaged_manifest_counts_as_empty_for_rollback() -> None:
    """Missing or damaged; one that is sound is what it says."""
    made = Manifest(release="r", files={"a": File("1", 2)})
    assert trusted(packed(made)) == made
    assert trusted(None) == trusted(b"") == trusted(packed(made)[:-9]) == Manifest()


def test_path_with_a_space_is_allowed() -> None:
    """A site's own files may be called so."""
    made = Manifest(files={"papers/annual report.pdf": File("1", 2)})
    assert unpacked(packed(made)) == made


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a//b", "a/./b", "a\\b", "", "a/..", "a\nb", "a\0b"])
def test_manifest_with_a_path_outside_the_site_is_refused(path: str) -> None:
    """Others may write to the host: nothing outside the site is ever deleted."""
    assert not is_inside(path)
    for made in (Manifest(files={path: File("", 0)}), Manifest(leaving=(path,))):
        with pytest.raises(DamagedError, match="which is no file of a site"):
            unpacked(packed(made))
    with pytest.raises(DamagedError):
        journal(packed(Journal(pending=(path,))))


@pytest.mark.parametrize(
    "raw",
    [b"", b"x", gzip.compress(b"{}")[:-9], gzip.compress(b"[]"), gzip.compress(b'{"files": 3}')],
    ids=["nothing", "no gzip", "cut", "a list", "a number"],
)
def test_damaged_manifest_is_refused(raw: bytes) -> None:
    with pytest.raises(DamagedError):
        unpacked(raw)


@pytest.mark.parametrize("version", [0, 2])
def test_manifest_of_another_version_is_refused(version: int) -> None:
    with pytest.raises(DamagedError, match="upgrade digest"):
        unpacked(packed(Manifest(version=version)))


# ------------------------------------------------------------------ headers


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("index.html", "text/html; charset=utf-8", headers.FOR_A_MINUTE),
        ("sport/خبر/index.html", "text/html; charset=utf-8", headers.FOR_A_MINUTE),
        ("fragments/margins.html", "text/html; charset=utf-8", headers.FOR_A_MINUTE),
        ("feed.xml", "application/atom+xml; charset=utf-8", headers.FOR_FIVE_MINUTES),
        ("sport/feed.json", "application/feed+json; charset=utf-8", headers.FOR_FIVE_MINUTES),
        ("sitemap.xml", "application/xml; charset=utf-8", headers.FOR_FIVE_MINUTES),
        ("assets/style.3f2a9c1b.css", "text/css; charset=utf-8", headers.FOR_EVER),
        ("assets/fonts/naskh-400.dc03104b.woff2", "font/woff2", headers.FOR_EVER),
        ("assets/fonts/OFL.txt", "text/plain; charset=utf-8", headers.FOR_FIVE_MINUTES),
        ("media/ميناء-0123456789abcdef-400.avif", "image/avif", headers.FOR_EVER),
        ("favicon.ico", "image/vnd.microsoft.icon", headers.FOR_AN_HOUR),
        ("CNAME", "application/octet-stream", headers.FOR_AN_HOUR),
    ],
)
def test_headers_follow_from_the_path(path: str, kind: str, caching: str) -> None:
    """For ever where the name says the content, a minute for pages."""
    assert (media_type(path), headers.caching(path)) == (kind, caching)


@pytest.mark.slow
def test_every_file_of_the_example_has_a_known_type(example: object) -> None:
    """No file of the living example goes out as bytes of an unknown kind; its assets are kept for ever."""
    paths = [path for path in example.files() if path != ".digest-site"]  # type: ignore[attr-defined]
    assert [path for path in paths if media_type(path) == UNKNOWN_TYPE] == []
    named = [path for path in paths if path.startswith(("assets/", "media/")) and not path.endswith(".txt")]
    assert len(named) > 50
    assert [path for path in named if not headers.is_fingerprinted(path)] == []


PARTS = ["assets/style.3f2a9c1b.css", "assets/fonts/naskh.dc03104b.woff2"]
PICTURES = [f"media/{name}-0123456789abcdef-{width}.avif" for name in ("ميناء", "harbour") for width in (400, 800)]


def kept_for_ever(text: str, path: str) -> int:
    """How many rules of a `_headers` say so of a file."""
    rules = re.findall(r"(?m)^(/\S*)\n  Cache-Control: public, max-age=31536000, immutable$", text)
    address = "/" + quote(path)
    return sum(rule == address or (rule[-1] == "*" and address.startswith(rule[:-1])) for rule in rules)


@pytest.mark.parametrize(
    "others",
    [
        [],
        ["assets/fonts/OFL.txt"],
        ["media/report.pdf"],
        ["media/film/a.mp4"],
        ["assets/data.csv"],
        ["assets/a*.3f2a9c1b.css"],
    ],
)
def test_only_fingerprinted_files_are_immutable(others: list[str]) -> None:
    """Hosts that read `_headers` cannot tell by a pattern: a folder is named where all in it is fingerprinted, else
    files are. No file by two rules: their values would be joined.
    """
    ever, files = [*PARTS, *PICTURES], [*PARTS, *PICTURES, *others, "index.html"]
    text = headers.headers_file("/", files)
    assert [path for path in files if kept_for_ever(text, path) != (path in ever)] == []
    assert ("\n/media/*\n" in text) is not any(path.startswith("media/") for path in others)


def test_site_of_few_folders_needs_few_rules() -> None:
    """Cloudflare reads a hundred, the site's own ones among them: styles and fonts come first."""
    pictures = [f"media/{n}-0123456789abcdef-400.avif" for n in range(500)]
    assert headers.headers_file("/", [*PARTS, *pictures]).count("immutable") == 2
    text = headers.headers_file("/repo/", [*PARTS, *pictures, "media/report.pdf", "assets/fonts/OFL.txt"], room=50)
    assert len(re.findall(r"(?m)^/", text)) == 50
    assert all(f"\n/repo/{path}\n" in text for path in PARTS)
    # one rule for a folder spares many: it comes before the files of another
    crowded = [f"assets/a.{number:08x}.css" for number in range(200)]
    text = headers.headers_file("/", [*crowded, "assets/OFL.txt", *pictures], room=50)
    assert "\n/media/*\n" in text
    assert len(re.findall(r"(?m)^/", text)) == 50


@pytest.mark.parametrize("room", [-3, 0, 1])
def test_own_rules_that_fill_the_limit_leave_one_rule_for_all_files(room: int) -> None:
    """The rule of safety comes first; none of caching is added to what a host would not read."""
    text = headers.headers_file("/", [*PARTS, *PICTURES], room=room)
    assert re.findall(r"(?m)^/.*", text) == ["/*"]


def test_own_rules_count_towards_the_limit() -> None:
    """A hundred in all."""
    files = {f"media/{n}-0123456789abcdef-400.avif": File("", 1) for n in range(500)} | {"media/a.pdf": File("", 1)}
    place = destinations.Destination("x", FolderPlace("x"), "cloudflare-pages", ())
    own = {"_headers": b"# mine\n/a\n  X: y\n\n/b\n  X: y\n"}
    made = hosts.extras(place, "/", [], own, files)["_headers"].decode()
    assert made.startswith("# mine\n/a\n")
    assert len(re.findall(r"(?m)^/", made)) == 100


# ------------------------------------------------------------------ secrets


def test_redacted_text_holds_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of variables that look like secrets, passwords in addresses, headers of authorization."""
    redaction.values.cache_clear()
    monkeypatch.setenv("MY_API_TOKEN", "canary-1234567890")
    monkeypatch.setenv("PATH_TO_TOKEN", "/home/me/token-file")
    monkeypatch.setenv("SHORT_SECRET", "abc")
    text = "a canary-1234567890 b https://me:pw@host.test/x Authorization: Bearer abcdef abc /home/me/token-file"
    assert (
        redaction.redacted(text) == "a *** b https://***@host.test/x Authorization: Bearer *** abc /home/me/token-file"
    )
    assert redaction.leak(b"x canary-1234567890 y", redaction.held()) == "MY_API_TOKEN"
    assert redaction.leak(b"x", redaction.held()) == ""
    redaction.values.cache_clear()
