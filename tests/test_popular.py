"""`digest popular`: what the files of a count say is what was read, and nothing of who read it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from conftest import NOW, SITE_YAML
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.cli import main

if TYPE_CHECKING:
    from typing import Any

    from click.testing import Result
    from conftest import LittleSite

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
ARABIC = "/sport/نهائي-الكأس/"
MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def news(site: LittleSite) -> LittleSite:
    """Three stories, one with an Arabic address, one with an old one."""
    site.entry("sport/final", "slug: final\naliases: [/old/final.html, /2019/final]\ndate: 2026-11-19")
    site.entry("sport/cup", "slug: نهائي-الكأس\ndate: 2026-11-20")
    return site.entry("politics/vote", "slug: vote\ndate: 2026-11-20")


def hit(
    path: str = "/sport/final/", address: str = "203.0.113.7", agent: str = BROWSER, when: datetime = MOMENT,
    status: int = 200, method: str = "GET", more: str = "",
) -> str:  # fmt: skip
    """A line of the combined format."""
    stamp = when.strftime("%d/%b/%Y:%H:%M:%S %z")
    return f'{address} - - [{stamp}] "{method} {path} HTTP/1.1" {status} 512 "https://else.example/x" "{agent}"{more}\n'


STYLE = hit("/assets/style.45c760dc.css")


def popular(site: LittleSite, *words: str | Path) -> Result:
    """The command, at the time of the tests."""
    said = ["popular", "--site", str(site.root), *map(str, words)]
    return CliRunner(env={"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}).invoke(main, said)


def saved(site: LittleSite, *logs: str | bytes) -> list[Path]:
    """Logs beside the site."""
    found = []
    for number, log in enumerate(logs):
        path = site.root.parent / f"access.log.{number}"
        path.write_bytes(log if isinstance(log, bytes) else log.encode("utf-8", "surrogateescape"))
        found.append(path)
    return found


def counted(site: LittleSite, *logs: str | bytes, words: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the command reports as JSON of some logs."""
    done = popular(site, "--json", *words, *saved(site, *logs))
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["reads"] == sum(report["counts"].values())
    return report


def refused(site: LittleSite, *words: str | Path) -> str:
    """What a count says that ends with status 1 and changes nothing."""
    kept = site.root / "data/popular.yaml"
    before = kept.read_bytes() if kept.exists() else None
    done = popular(site, *words)
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    assert (kept.read_bytes() if kept.exists() else None) == before
    return done.output


def text(site: LittleSite) -> str:
    return (site.root / "data/popular.yaml").read_text("utf-8")


# ------------------------------------------------------------------ formats

CADDY = {
    "level": "info", "ts": 1795168800.5, "logger": "http.log.access", "msg": "handled request", "status": 200, "size": 9,
    "request": {"remote_ip": "203.0.113.7", "client_ip": "203.0.113.7", "proto": "HTTP/2.0", "method": "GET",
                "host": "news.example", "uri": "/sport/final/?a=1", "headers": {"User-Agent": [BROWSER]}},
}  # fmt: skip
NGINX = {
    "time_iso8601": "2026-11-20T10:00:00+00:00", "remote_addr": "203.0.113.7", "request": "GET /sport/final/ HTTP/1.1",
    "status": "200", "http_user_agent": BROWSER,
}  # fmt: skip
CLOUDFRONT = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status"
    " cs(Referer) cs(User-Agent) cs-uri-query\n"
)
EDGE = (
    f"2026-11-20\t10:00:00\tFRA2\t9\t203.0.113.7\tGET\td1.cloudfront.net\t/sport/final/\t200\t-\t{quote(BROWSER)}\t-\n"
)
IIS = (
    "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query"
    " s-port c-ip cs(User-Agent) sc-status time-taken\n"
    f"2026-11-20 10:00:00 10.0.0.1 GET /sport/final/ - 443 203.0.113.7 {BROWSER.replace(' ', '+')} 200 5\n"
)
FORMATS = {
    "combined": hit(),
    "common": '203.0.113.7 - - [20/Nov/2026:10:00:00 +0000] "GET /sport/final/ HTTP/1.1" 200 512\n',
    "combined with more fields": hit(more=' "203.0.113.7" 0.004'),
    "combined with a user": hit().replace(" - - [", ' - "sal ma" ['),
    "vhost combined": "news.example:443 " + hit(),
    "vhost common": 'www.news.example 203.0.113.7 - - [20/Nov/2026:10:00:00 +0000] "GET /sport/final/ HTTP/1.1" 200 5\n',
    "what a collector of logs puts before it": "Nov 20 10:00:00 web nginx: " + hit(),
    "IPv6": hit(address="2001:db8::7"),
    "nginx JSON": json.dumps(NGINX) + "\n",
    "nginx JSON with its own names": json.dumps(
        {"time": "20/Nov/2026:10:00:00 +0000", "ip": "203.0.113.7", "method": "GET", "uri": "/sport/final/", "status": 200}
    ) + "\n",
    "Caddy JSON": json.dumps(CADDY) + "\n",
    "Traefik JSON": json.dumps(
        {"StartUTC": "2026-11-20T10:00:00Z", "ClientHost": "203.0.113.7", "RequestMethod": "GET",
         "RequestPath": "/sport/final/", "DownstreamStatus": 200, "level": "info", "msg": ""}
    ) + "\n",
    "Cloudflare JSON": json.dumps(
        {"ClientIP": "203.0.113.7", "ClientRequestHost": "news.example", "ClientRequestMethod": "GET",
         "ClientRequestURI": "/sport/final/", "ClientRequestUserAgent": BROWSER, "EdgeResponseStatus": 200,
         "EdgeStartTimestamp": "2026-11-20T10:00:00Z"}
    ) + "\n",
    "Bunny": (
        f"HIT|200|1795168800123|512|390|203.0.113.7|-|https://news.example/sport/final/|FR|{BROWSER}|322b688bd63fb63f|MA\n"
    ),
    "CloudFront": CLOUDFRONT + EDGE,
    "W3C of IIS": IIS,
    "Windows line ends": hit().replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + hit(),
    "UTF-16": hit().encode("utf-16"),
    "gzip": gzip.compress(hit().encode()),
    "gzip in two members": gzip.compress(STYLE.encode()) + gzip.compress(hit().encode()) + b"\0\0",
}  # fmt: skip
EXPORTS = {
    "GoatCounter": (
        (
        "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date\n"
        f'/sport/final/,T,0,"{BROWSER}",F,L,aa-1,0,,,,MA,1,2026-11-20T10:00:00Z\n'
        f'/sport/final/,T,0,"{BROWSER}",F,L,aa-1,0,,,,MA,0,2026-11-20T11:00:00Z\n'
        f'/sport/final/,T,0,"{BROWSER}",F,L,bb-2,0,,,,MA,1,2026-11-20T10:00:00Z\n'
        f'/sport/final/,T,0,"{BROWSER}",F,L,cc-3,1,,,,MA,1,2026-11-20T10:00:00Z\n'
        f'click,T,1,"{BROWSER}",F,L,bb-2,0,,,,MA,1,2026-11-20T10:00:00Z\n'
        ),
        "visitors", 2,
    ),
    "GoatCounter, events in words": (
        (
        "2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date\n"
        f'/sport/final/,T,false,"{BROWSER}",F,L,aa-1,0,,,,MA,true,2026-11-20T10:00:00Z\n'
        f'click,T,true,"{BROWSER}",F,L,bb-2,0,,,,MA,true,2026-11-20T10:00:00Z\n'
        ),
        "visitors", 1,
    ),
    "Plausible, pages": ("name,visitors,pageviews,bounce_rate,time_on_page\n/sport/final/,7,9,50,30\n", "visitors", 7),
    "Plausible, all": (
        (
        "date,hostname,page,visits,visitors,pageviews\n2026-11-20,news.example,/sport/final/,8,7,9\n"
        "2026-11-21,news.example,/sport/final/?x=1,1,1,1\n"
        ),
        "visitors", 8,
    ),
    "Umami, all": (
        (
        "website_id,session_id,visit_id,event_id,hostname,url_path,event_type,created_at\n"
        "w,s1,v,e1,news.example,/sport/final/,1,2026-11-20 10:00:00\n"
        "w,s1,v,e2,news.example,/sport/final/,1,2026-11-20 10:05:00\n"
        "w,s2,v,e3,news.example,/sport/final/,2,2026-11-20 10:05:00\n"
        ),
        "visitors", 1,
    ),
    "Umami, pages": ("x,y\n/sport/final/,5\n", "visitors", 5),
    "Matomo": ("label,nb_uniq_visitors,nb_visits,nb_hits,url\n/final,3,4,5,https://news.example/sport/final/\n", "visitors", 3),
    "Matomo in words": (
        "Label,Unique Pageviews,Pageviews,Metadata: url\n/final,4,5,https://news.example/sport/final/\n", "visits", 4,
    ),
    "page views alone": ('Page path;Views\n/sport/final/;"1,200"\n', "views", 1200),
}  # fmt: skip


@pytest.mark.parametrize("log", FORMATS.values(), ids=FORMATS)
def test_a_log_is_recognised_without_an_option(news: LittleSite, log: str | bytes) -> None:
    assert counted(news, log)["counts"] == {"sport/final": 1}


@pytest.mark.parametrize(("export", "measure", "reads"), EXPORTS.values(), ids=EXPORTS)
def test_an_export_is_recognised_by_its_header_and_the_command_says_what_is_counted(
    news: LittleSite, export: str, measure: str, reads: int
) -> None:
    report = counted(news, export)
    assert report["counts"] == {"sport/final": reads}
    assert set(report["measures"].values()) == {measure}
    shown = {"views": "page views"}.get(measure, measure)
    assert f"counted are its {shown}" in popular(news, *saved(news, export)).stderr


def test_an_export_that_spreadsheets_or_matomo_wrote_as_utf_16_is_read(news: LittleSite) -> None:
    export = "Label,Pageviews,Metadata: url\n/cup,5,https://news.example" + quote(ARABIC) + "\n"
    assert counted(news, export.encode("utf-16"))["counts"] == {"sport/cup": 5}


def test_a_log_that_changes_its_format_half_way_is_read_to_its_end(news: LittleSite) -> None:
    """Every line is recognised by itself."""
    log = hit(address="203.0.113.1") + json.dumps(NGINX) + "\n" + CLOUDFRONT + EDGE.replace(".7\t", ".9\t")
    assert counted(news, log)["counts"] == {"sport/final": 3}


def test_logs_and_exports_in_one_count_are_added(news: LittleSite) -> None:
    assert counted(news, hit(), EXPORTS["Umami, pages"][0], gzip.compress(CLOUDFRONT.encode()))["reads"] == 6


def test_standard_input_is_read_plain_and_gzipped(news: LittleSite) -> None:
    for given_bytes in (hit().encode(), gzip.compress(hit().encode())):
        done = subprocess.run(
            [sys.executable, "-m", "digest", "popular", "-", "--json", "--site", news.root], input=given_bytes,
            capture_output=True, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))},
        )  # fmt: skip
        assert json.loads(done.stdout)["reads"] == 1


def test_a_file_of_no_known_format_is_refused_with_its_first_line_and_the_nearest_formats(news: LittleSite) -> None:
    """Of the line only plain words are shown."""
    log, other = saved(news, "Nov 20 host kernel: from 203.0.113.7 oops\n" * 3, hit())
    told = refused(news, log, other)
    assert f"{log}:1: no line of it is of a known format; the first one is 'Nov … host … from … oops', " in told
    assert "203.0.113.7" not in told
    assert "nearest to it are combined" in told


@pytest.mark.parametrize("log", ["", "\n\n", hit("/nowhere/"), hit(agent="Googlebot/2.1")])
def test_a_count_without_a_read_changes_nothing_and_names_the_file(news: LittleSite, log: str) -> None:
    news.put("data/popular.yaml", "sport/final: 7\n")
    assert str(saved(news, log)[0]) in refused(news, *saved(news, log))


# ------------------------------------------------------------------ paths

SPELT = {
    "percent": quote(ARABIC), "lower-case percent": quote(ARABIC).lower(), "raw UTF-8": ARABIC,
    "escapes of nginx": "".join(f"\\x{octet:02X}" if octet > 126 else chr(octet) for octet in ARABIC.encode()),
    "NFD": quote(unicodedata.normalize("NFD", ARABIC)), "NFD raw": unicodedata.normalize("NFD", ARABIC),
    "presentation forms": quote("/sport/ﻧﻬﺎﺋﻲ-ﺍﻟﻜﺄﺱ/"), "no last slash": quote(ARABIC).rstrip("/"),
    "index.html": quote(ARABIC) + "index.html", "a query": quote(ARABIC) + "?utm_source=x&fbclid=IwAR0",
    "two slashes": "/" + quote(ARABIC), "the whole address": "https://news.example" + quote(ARABIC),
}  # fmt: skip


@pytest.mark.parametrize("path", SPELT.values(), ids=SPELT)
def test_a_path_leads_to_its_entry_however_it_is_logged(news: LittleSite, path: str) -> None:
    assert counted(news, hit(path))["counts"] == {"sport/cup": 1}


@pytest.mark.parametrize("path", ["/old/final.html", "/2019/final/", "/2019/final", "/2019/final/index.html?a"])
def test_an_old_address_leads_to_its_entry(news: LittleSite, path: str) -> None:
    assert counted(news, hit(path))["counts"] == {"sport/final": 1}


@pytest.mark.parametrize("path", ["/repo/sport/final/", "/sport/final/", "/repo/old/final.html"])
def test_a_site_below_a_base_path_is_counted_with_it_and_behind_a_proxy_without(news: LittleSite, path: str) -> None:
    news.put("site.yaml", SITE_YAML.replace("news.example/", "news.example/repo/"))
    assert counted(news, hit(path))["counts"] == {"sport/final": 1}


def test_json_of_nginx_with_escapes_that_json_does_not_know_is_read(news: LittleSite) -> None:
    line = json.dumps(NGINX).replace("/sport/final/", SPELT["escapes of nginx"])
    assert counted(news, line + "\n")["counts"] == {"sport/cup": 1}


def test_cloudfront_encodes_what_browsers_had_encoded(news: LittleSite) -> None:
    line = EDGE.replace("/sport/final/", quote(ARABIC).replace("%", "%25"))
    assert counted(news, CLOUDFRONT + line)["counts"] == {"sport/cup": 1}


def test_a_path_is_decoded_once(news: LittleSite) -> None:
    assert "sport/final" not in counted(news, hit("/sport/fin%2561l/") + hit("/politics/vote/"))["counts"]


def test_unknown_pages_are_listed_and_pages_of_the_site_are_not(news: LittleSite) -> None:
    """The ten most frequent; queries, files and what scanners look for are left out."""
    log = hit() + "".join(
        hit(f"/gone-{number}/", f"203.0.113.{n}", status=404) for number in range(12) for n in range(number + 1)
    )
    log += "".join(
        hit(path) for path in ("/", "/sport/", "/sport/page/2/", "/tags/x/", "/feed.xml", "/wp-login.php", "/.env")
    )
    unmatched = counted(news, log)["unmatched"]
    assert unmatched[:2] == [["/gone-11/", 12], ["/gone-10/", 11]]
    assert sorted(path for path, _ in unmatched) == sorted(f"/gone-{number}/" for number in range(12))
    path = saved(news, log)[0]
    assert popular(news, path).stderr.count("no entry: ") == 10
    assert popular(news, "-v", path).stderr.count("no entry: ") == 12


def test_another_host_in_the_same_log_is_another_site(news: LittleSite) -> None:
    """Where a line names the site's own host; else all hosts are the site's, whatever a proxy calls it."""
    others = "staging.example:443 " + hit(address="203.0.113.9")
    assert counted(news, others)["reads"] == 1
    report = counted(news, others + "news.example:443 " + hit())
    assert (report["reads"], report["foreign"]) == (1, 1)


def test_drafts_and_what_waits_for_its_date_are_no_entries(news: LittleSite) -> None:
    news.entry("sport/draft", "draft: true").entry("sport/later", "date: 2027-01-01")
    assert counted(news, hit("/sport/draft/") + hit("/sport/later/") + hit())["counts"] == {"sport/final": 1}


# ------------------------------------------------------------------ readers


def test_a_reader_counts_once_a_story_and_day_of_the_sites_zone(news: LittleSite) -> None:
    """Casablanca is an hour ahead of UTC: 23:30 is the next day there."""
    day = timedelta(days=1)
    times = [
        MOMENT,
        MOMENT + timedelta(seconds=10),
        MOMENT.replace(hour=22),
        MOMENT.replace(hour=23, minute=30),
        MOMENT + day,
    ]
    assert counted(news, "".join(hit(when=when) for when in times))["counts"] == {"sport/final": 2}


def test_a_day_is_that_of_the_zone_whichever_zone_the_log_has(news: LittleSite) -> None:
    """One moment, written by servers in Tokyo, at home and without daylight saving."""
    lines = [hit().replace("20/Nov/2026:10:00:00 +0000", stamp) for stamp in (
        "20/Nov/2026:19:00:00 +0900", "20/Nov/2026:11:00:00 +0100", "19/Nov/2026:23:00:00 -1100",
    )]  # fmt: skip
    assert counted(news, "".join(lines))["reads"] == 1


@pytest.mark.parametrize(("seconds", "reads"), [(20, 1), (40, 2)])
def test_a_second_click_is_no_second_read_at_midnight_either(news: LittleSite, seconds: int, reads: int) -> None:
    """23:59:50 in Casablanca, and some seconds after."""
    before = datetime(2026, 11, 20, 22, 59, 50, tzinfo=UTC)
    assert counted(news, hit(when=before) + hit(when=before + timedelta(seconds=seconds)))["reads"] == reads


def test_a_read_at_the_stroke_of_midnight_counts(news: LittleSite) -> None:
    assert counted(news, hit(when=datetime(2026, 11, 20, 23, 0, 5, tzinfo=UTC)))["reads"] == 1


def test_two_agents_at_one_address_are_two_readers_and_a_flood_of_agents_is_one(news: LittleSite) -> None:
    log = hit() + hit(agent=BROWSER.replace("132", "133"))
    assert counted(news, log)["reads"] == 2
    flood = "".join(hit(agent=f"{BROWSER} {number}", address="198.51.100.1") for number in range(500))
    assert counted(news, log + flood)["reads"] == 3


@pytest.mark.parametrize(
    "line",
    [
        hit(method="HEAD"), hit(method="POST"), hit(status=404), hit(status=301), hit(status=500), hit(status=206),
        hit(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), hit(agent="curl/8.5.0"),
        hit(agent="Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"), hit(agent="SomeNewBot/1.0"),
        hit(more=' "prefetch;prerender"'),
        json.dumps(CADDY | {"request": CADDY["request"] | {"headers": {"User-Agent": [BROWSER], "Sec-Purpose": ["prefetch"]}}}) + "\n",
        json.dumps(NGINX | {"http_purpose": "prefetch"}) + "\n",
    ],
)  # fmt: skip
def test_robots_prefetches_and_whatever_was_not_shown_are_no_reads(news: LittleSite, line: str) -> None:
    assert counted(news, line + hit("/politics/vote/"))["counts"] == {"politics/vote": 1}


@pytest.mark.parametrize("status", [200, 304])
def test_what_a_browser_had_already_is_read(news: LittleSite, status: int) -> None:
    assert counted(news, hit(status=status))["reads"] == 1


def test_requests_of_robots_are_counted_as_such(news: LittleSite) -> None:
    report = counted(news, hit() + hit(agent="Googlebot/2.1") * 2 + hit("/", agent="bingbot/2.0"))
    assert (report["lines"], report["reads"], report["robots"]) == (4, 1, 3)


def test_a_telephone_called_cubot_is_no_robot_nor_is_a_path_with_a_robots_name(news: LittleSite) -> None:
    news.entry("sport/googlebot", "slug: googlebot-2-1")
    agent = "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"
    assert counted(news, hit("/sport/googlebot-2-1/?q=Googlebot/2.1", agent=agent))["counts"] == {"sport/googlebot": 1}


def test_the_list_of_robots_knows_its_own_examples_and_no_browser() -> None:
    """Whatever is folded together finds what the list's own expressions find."""
    from digest.popular import robots

    listed = json.loads(robots.source().read_text("utf-8"))
    examples = [example for row in listed for example in row.get("instances", ())]
    assert len(examples) > 1500
    assert [example for example in examples if not robots.is_robot(example)] == []
    assert not robots.is_robot(BROWSER)


@pytest.mark.parametrize(
    "path", ["/assets/style.45c760dc.css", "/assets/fonts/naskh-700.3bb2ee46.woff2", "/fragments/margins.html"]
)
def test_where_a_log_shows_styles_only_those_who_took_one_are_readers(news: LittleSite, path: str) -> None:
    """Whenever they did, in whichever file; a browser may have kept it from a time before the days that count."""
    log = hit() + hit("/politics/vote/", address="203.0.113.9")
    taken = hit(path, when=MOMENT - timedelta(days=20))
    report = counted(news, log, taken, words=("--days", "7"))
    assert (report["counts"], report["unpaired"]) == ({"sport/final": 1}, 1)
    assert counted(news, log, taken, words=("--no-pairing",))["reads"] == 2
    assert counted(news, log)["reads"] == 2


def test_pictures_scripts_and_styles_of_robots_show_nothing(news: LittleSite) -> None:
    log = hit() + hit("/media/a-400.avif", "203.0.113.9") + hit("/assets/style.45c760dc.css", agent="Googlebot/2.1")
    assert counted(news, log)["reads"] == 1


def test_behind_a_proxy_readers_are_told_apart_by_the_address_it_noted(news: LittleSite) -> None:
    """What a reader wrote into the header itself stands before it, and is nobody's address."""
    log = "".join(hit(address="10.0.0.5", more=f' "198.51.100.{made_up}, 203.0.113.{number}"')
                  for number in range(3) for made_up in range(4))  # fmt: skip
    assert counted(news, log)["reads"] == 3
    assert counted(news, log.replace("10.0.0.5", "192.0.2.5"))["reads"] == 1


# ------------------------------------------------------------------ files


def test_files_in_any_order_and_lines_that_stand_in_two_count_once(news: LittleSite) -> None:
    lines = [hit(path, f"203.0.113.{n}") for n in range(5) for path in ("/sport/final/", "/politics/vote/")]
    lines += [hit(agent="Googlebot/2.1"), hit(agent="Googlebot/2.1")]
    whole = counted(news, "".join(lines))
    before = text(news)
    again = counted(news, "".join(lines[4:]), gzip.compress("".join(lines[:7]).encode()), "".join(lines))
    assert again == whole
    assert text(news) == before


def test_a_file_that_is_named_twice_or_copied_counts_once(news: LittleSite) -> None:
    export = EXPORTS["Plausible, pages"][0]
    log, other = saved(news, hit() * 2, export)
    once = json.loads(popular(news, "--json", log, other).stdout)
    link = log.with_name("link")
    link.symlink_to(log)
    twice = json.loads(popular(news, "--json", log, log, link, other, other).stdout)
    assert (twice["counts"], twice["lines"]) == (once["counts"], once["lines"]) == ({"sport/final": 8}, 3)
    assert counted(news, hit() * 2, export, hit() * 2, export)["counts"] == once["counts"]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_lines_in_any_order_and_files_give_the_same_bytes(news: LittleSite, data: st.DataObject) -> None:
    """However a log was rotated, cut into files, packed and named."""
    lines = [
        hit(path, f"203.0.113.{n % 7}", when=datetime(2026, 11, 20, 22, 59, 40 + n, tzinfo=UTC) + timedelta(seconds=n))
        for n in range(16) for path in ("/sport/final/", "/politics/vote/", ARABIC, "/gone/")
    ] + [STYLE, STYLE.replace("203.0.113.7", "203.0.113.2"), STYLE.replace("203.0.113.7", "203.0.113.3")]  # fmt: skip
    counted(news, "".join(lines))
    wanted = text(news)
    shuffled = data.draw(st.permutations(lines))
    places = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=4)))
    parts = [shuffled[a:b] for a, b in zip([0, *places], [*places, len(lines)], strict=True)]
    logs = ["".join(part).encode() for part in parts]
    logs = [gzip.compress(log) if data.draw(st.booleans()) else log for log in logs]
    news.put("data/popular.yaml", "sport/final: 1\n" if data.draw(st.booleans()) else "").root.joinpath(
        "data/popular.yaml"
    ).unlink()
    counted(news, *logs)
    assert text(news) == wanted


@pytest.mark.slow
def test_many_processes_find_what_one_finds(news: LittleSite) -> None:
    """A log of several pieces, with its columns in the first one alone."""
    rows = [EDGE.replace("203.0.113.7", f"203.0.{n % 90}.{n % 250}") for n in range(30_000)]
    log = gzip.compress((CLOUDFRONT + "".join(rows)).encode())
    one = counted(news, log, words=("--jobs", "1"))
    assert one["reads"] == 2250
    assert counted(news, log, words=("--jobs", "3")) == one


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_pipes_devices_sockets_and_folders_are_refused(news: LittleSite) -> None:
    pipe = news.root.parent / "pipe"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(str(news.root.parent / "plug"))
        told = refused(
            news, pipe, "/dev/zero", news.root.parent, news.root.parent / "missing", news.root.parent / "plug"
        )
    assert f"{pipe}: it is no regular file; send what it gives to standard input and write - for it" in told
    assert "/dev/zero: it is no regular file" in told
    assert f"{news.root.parent}: it is a folder; name the files in it" in told
    assert "missing: cannot be read: No such file" in told
    assert "plug: cannot be read" in told


@pytest.mark.slow
def test_what_never_ends_a_line_or_never_is_a_log_is_refused_at_a_limit(
    news: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a log that begins with a hole, which a rotation left, is read."""
    monkeypatch.setattr("digest.popular.files.ENDLESS", 1 << 22)
    monkeypatch.setattr("digest.popular.counting.HOPELESS", 1 << 22)
    assert "it has no ends of lines" in refused(news, *saved(news, b"x" * (6 << 20)))
    assert "no line of it is of a known format" in refused(news, *saved(news, b"y\n" * (4 << 20) + hit().encode()))
    assert counted(news, b"\0" * (6 << 20) + hit().encode())["reads"] == 1


def test_a_closed_standard_input_is_said(news: LittleSite) -> None:
    done = subprocess.run(
        f"{sys.executable} -m digest popular - --site {news.root} <&-",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert done.stderr.startswith("-: ")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="one process there")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_count_that_is_stopped(news: LittleSite, end: signal.Signals) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "digest", "popular", "-", "--jobs", "2", "--site", news.root],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    line = hit().encode()
    for _ in range(12):
        running.stdin.write(line * ((1 << 20) // len(line)))
    running.stdin.flush()
    children = f"/proc/{running.pid}/task/{running.pid}/children"
    until = time.monotonic() + 60
    while not (workers := Path(children).read_text().split()) and time.monotonic() < until:
        time.sleep(0.05)
    assert workers
    running.send_signal(end)
    said = running.communicate()[1].decode()
    assert "Traceback" not in said
    if end == signal.SIGINT:
        assert (running.returncode, "stopped; the counts are as they were" in said) == (130, True)
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert not (news.root / "data").exists()


def test_a_gzip_bomb_stops_at_a_limit(news: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.popular.files.BOMB_FROM", 1 << 22)
    log = saved(news, gzip.compress(b"\0" * (1 << 24)))[0]
    assert "unpacks to more than 500 times its size" in refused(news, log)


def test_a_gzip_stream_that_breaks_off_is_counted_so_far_and_said_and_a_damaged_one_is_refused(
    news: LittleSite,
) -> None:
    noise = "".join(hit(f"/gone/{os.urandom(40).hex()}") for _ in range(2000))
    packed = gzip.compress((hit() + noise).encode())
    log = saved(news, packed[: len(packed) // 2])[0]
    done = popular(news, log)
    assert done.exit_code == 0
    assert f"{log}: its gzip stream ends early; what came before was counted" in done.stderr
    damaged = packed[:200] + b"\xff\xff\xff" + packed[203:]
    assert "its gzip stream is damaged" in refused(news, *saved(news, damaged))


@pytest.mark.parametrize(
    ("beginning", "told"),
    [(b"PK\x03\x04", "a ZIP archive; unpack it"), (b"BZh9", "packed with bzip2"), (b"(\xb5/\xfd", "packed with zstd")],
)
def test_what_is_packed_otherwise_is_refused_with_what_to_do(news: LittleSite, beginning: bytes, told: str) -> None:
    assert told in refused(news, *saved(news, beginning + b"\n\x00rest"))


@pytest.mark.parametrize(
    "line",
    ["{" * 60_000, '{"a":' + "[" * 60_000, '{"status": 1' + "0" * 5000 + ', "request": "GET / HTTP/1.1", "time": "x"}', '{"level": 1}',
     "[" * 60_000, '"' * 60_000, "x [" + "y" * 25 + '] "' + "\\" * 60_000],
    ids=["braces", "nested", "a long number", "another document", "brackets", "quotes", "backslashes"],
)  # fmt: skip
def test_a_malformed_line_costs_no_more_than_others(news: LittleSite, line: str) -> None:
    started = time.perf_counter()
    assert counted(news, (line + "\n") * 20 + hit())["reads"] == 1
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("cell", ["", "many", "-3", "nan", "inf", "1e400", "9" * 30])
def test_a_row_of_an_export_without_a_number_is_passed_over_and_named(news: LittleSite, cell: str) -> None:
    path = saved(news, f"x,y\n/politics/vote/,{cell}\n/sport/final/,2\nshort\n")[0]
    done = popular(news, path)
    assert (done.exit_code, text(news).endswith("yaml\n")) == (0, False)
    assert text(news).endswith("sport/final: 2\n")
    assert f"{path}:2: 2 lines, this one the first, were not counted" in done.stderr


def test_an_export_with_a_quotation_that_never_ends_is_refused(news: LittleSite) -> None:
    log = saved(news, 'x,y\n"/sport/final/,2\n' + "a,1\n" * 60_000)[0]
    assert "a quotation mark is not closed" in refused(news, log)


def test_lines_that_say_nothing_are_passed_over_and_the_first_is_named(news: LittleSite) -> None:
    """Half a line, NULs of a rotation, a megabyte, invalid UTF-8, a date that is none: nothing stops the count."""
    log = b"\0" * 5000 + hit(address="203.0.113.1").encode()
    log += b"A" * (3 << 20) + b"\n" + b"\xff\xfe\xfd garbage\n"
    log += hit("/\xd8\xff/").encode("latin-1") + hit(when=MOMENT).replace("Nov", "Foo").encode()
    log += hit(address="203.0.113.2").encode() + hit(address="203.0.113.3").encode()[:90]
    path = saved(news, log)[0]
    done = popular(news, path)
    assert done.exit_code == 0
    assert text(news).endswith("sport/final: 2\n")
    assert f"{path}:2: 4 lines, this one the first, were not counted" in done.stderr
    assert len(done.stderr) < 1000


def test_half_a_last_line_is_no_line_of_another_format(news: LittleSite) -> None:
    """Cut off after its size, a combined line looks like a common one."""
    line = hit(address="203.0.113.3")
    cuts = [line.index(" 200 512") + place for place in range(3, 9)]
    for end in (30, 60, *cuts, 110, len(line) - 3):
        assert counted(news, hit() + line[:end])["reads"] == 1, line[:end]


# ------------------------------------------------------------------ the file of counts


def test_counts_are_those_of_these_files_and_comments_at_the_head_stay(news: LittleSite) -> None:
    head = "# عدد القراءات: أهمها أولًا\r\n\n  # second\n"
    news.put("data/popular.yaml", head + "politics/vote: 900\n# at the end\nsport/gone: 5\n")
    log = saved(news, hit() + hit(ARABIC) + hit(ARABIC, "203.0.113.9"))[0]
    assert "data/popular.yaml is written" in popular(news, log).stderr
    assert (news.root / "data/popular.yaml").read_bytes().decode() == head + "sport/cup: 2\nsport/final: 1\n"
    assert "data/popular.yaml is as it was" in popular(news, log).stderr


def test_a_new_file_says_where_it_comes_from_and_a_build_takes_it(news: LittleSite) -> None:
    news.entry("sport/a b #x", "slug: odd").entry("sport/x - yes", "slug: n123")
    counted(news, hit() + hit("/sport/odd/") + hit("/sport/n123/"))
    assert text(news).startswith("# عدد قراءات")
    assert not [problem for problem in news.build().advice if problem.path.startswith("data")]
    block = news.text("index.html").partition('data-block="most-read"')[2].partition("</section>")[0]
    assert all(f'href="/sport/{slug}/"' in block for slug in ("final", "odd", "n123"))


def test_the_setting_names_the_file_or_switches_the_block_off(news: LittleSite) -> None:
    news.put("site.yaml", SITE_YAML + "popular: stats/reads.yaml\n")
    log = saved(news, hit())[0]
    assert popular(news, log).exit_code == 0
    assert (news.root / "stats/reads.yaml").read_text("utf-8").endswith("sport/final: 1\n")
    news.put("site.yaml", SITE_YAML + "popular: false\n")
    assert "'popular: false' switches the block off" in refused(news, log)


def test_dry_run_prints_the_counts_and_writes_nothing(news: LittleSite) -> None:
    done = popular(news, "--dry-run", *saved(news, hit()))
    assert (done.exit_code, done.stdout) == (0, "sport/final: 1\n")
    assert done.stderr.endswith("nothing was written\n")
    assert not (news.root / "data").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_place_of_the_file_of_counts_is_refused(news: LittleSite) -> None:
    news.put("data/x", "")
    os.mkfifo(news.root / "data/popular.yaml")
    done = popular(news, *saved(news, hit()))
    assert (done.exit_code, "not a regular file" in done.output) == (1, True)


def test_quiet_says_nothing(news: LittleSite) -> None:
    assert popular(news, "-q", *saved(news, hit())).output == ""


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_half_of_another(
    news: LittleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.put("data/popular.yaml", "sport/final: 7\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    told = refused(news, *saved(news, hit()))
    assert "the counts are as they were; make room on the disk" in told
    assert [path.name for path in (news.root / "data").iterdir()] == ["popular.yaml"]


def test_more_counts_than_a_build_reads_are_cut_and_said(news: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.popular.counts.LARGEST", 300)
    monkeypatch.setattr("digest.popular.counts.NEW_HEAD", "# " + "x" * 270 + "\n")
    done = popular(news, *saved(news, hit() * 2 + hit("/politics/vote/") + hit("/politics/vote/", "203.0.113.9")))
    assert "the 1 least read stories are left out" in done.stderr
    assert text(news).endswith("x\npolitics/vote: 2\n")


# ------------------------------------------------------------------ days


def test_days_count_back_from_now(news: LittleSite) -> None:
    """The clock of the tests says 23 November, noon."""
    log = hit(when=NOW - timedelta(days=7, minutes=1)) + hit("/politics/vote/", when=NOW - timedelta(days=6, hours=23))
    assert counted(news, log)["reads"] == 2
    assert counted(news, log, words=("--days", "7"))["counts"] == {"politics/vote": 1}
    assert "none since the day that --days names" in refused(news, *saved(news, log), "--days", "1")


def test_days_choose_among_the_rows_of_exports_that_have_dates_and_refuse_the_others(news: LittleSite) -> None:
    dated = "date,page,visitors\n2026-11-01,/sport/final/,5\n2026-11-22,/sport/final/,2\n"
    assert counted(news, dated, words=("--days", "7"))["reads"] == 2
    undated = saved(news, EXPORTS["Umami, pages"][0])[0]
    assert "its rows have no dates, so --days cannot choose among them" in refused(news, undated, "--days", "7")


# ------------------------------------------------------------------ what nobody may learn


def test_nothing_of_a_reader_is_in_any_output_or_file(news: LittleSite) -> None:
    """Addresses, agents, referrers, and what addresses of pages may say of them are planted and searched for."""
    planted = ("203.0.113.77", "SecretAgent", "else.example", "token=abc", "reader@mail.example", "198.51.100.200")
    line = hit(address=planted[0], agent=f"{planted[1]}/9.9")
    log = line + hit("/gone/?token=abc", planted[0]) + hit("/by/reader@mail.example/") + hit("/for/198.51.100.200/")
    good, odd, half = saved(news, log + line[:60], line.replace("[", "<"), line.replace("[", "<").replace('"', " "))
    spoken = [popular(news, *words, good).output for words in ((), ("--json",), ("--report",), ("-v",), ("--dry-run",))]
    spoken += [popular(news, "--json", odd).output, popular(news, odd, half).output]
    news.build()
    spoken += [path.read_bytes().decode("utf-8", "replace") for path in news.root.rglob("*") if path.is_file()]
    assert [name for name in planted for said in spoken if name in said] == []


@pytest.mark.parametrize("words", [(), ("--json",), ("--report",), ("--dry-run",)])
def test_a_hostile_line_cannot_reach_the_terminals_controls(news: LittleSite, words: tuple[str, ...]) -> None:
    """In paths, agents, names of files, titles and lines of no format."""
    evil = "\x1b]0;owned\x07\x9b31m\u202e\u2066\r"
    news.entry("sport/evil", 'slug: evil\ntitle: "خبر \\x1b[31m \\u202e أحمر"\ndate: 2026-11-20')
    log = hit() + hit("/sport/evil/") + hit(f"/gone{quote(evil)}/", status=404) + hit(f"/raw{evil}/", status=404)
    log += hit("/esc\\x1B[2J/", status=404) + hit(agent=evil) + evil + "\n"
    path = news.root.parent / "a\x1b[31mlog\u202e"
    path.write_text(log, "utf-8")
    unknown = news.root.parent / "b\x1b[31m"
    unknown.write_text(f"{evil} hello {evil}\n", "utf-8")
    said = popular(news, *words, path).output + popular(news, *words, unknown).output
    assert "Traceback" not in said
    assert not set("\x1b\x07\x9b\u202e\u2066\r") & set(said)


# ------------------------------------------------------------------ the report


def test_a_report_says_in_the_sites_language_what_was_read_what_was_not_and_which_theme_rises(news: LittleSite) -> None:
    news.entry("politics/unread", "title: خبر بلا قراء\ndate: 2026-11-21")
    log = "".join(hit("/politics/vote/", f"203.0.113.{n}", when=MOMENT + timedelta(days=n % 3)) for n in range(24))
    log += "".join(hit(address=f"203.0.113.{n}", when=MOMENT + timedelta(days=2)) for n in range(6))
    log += hit(ARABIC)
    said = popular(news, "--report", *saved(news, log)).stdout.splitlines()
    assert said == [
        "ما قُرئ من 20 نوفمبر 2026 إلى 22 نوفمبر 2026",
        "  خبر vote: 24 قراءة",
        "  خبر final: 6 قراءات",
        "  خبر cup: قراءة واحدة",
        "نُشر ولم يُقرأ: خبر واحد",
        "  خبر بلا قراء",
        "محاور يزداد قراؤها",
        "  رياضة: من 1 إلى 6",
    ]


def test_a_report_as_json_is_part_of_the_document(news: LittleSite) -> None:
    report = counted(news, hit(), words=("--report",))["report"]
    assert report == {
        "first": "2026-11-20", "last": "2026-11-20", "read": [["sport/final", 1]],
        "unread": ["politics/vote", "sport/cup"], "rising": [],
    }  # fmt: skip


def test_a_report_on_an_export_without_dates_says_what_was_read(news: LittleSite) -> None:
    said = popular(news, "--report", *saved(news, EXPORTS["Umami, pages"][0])).stdout.splitlines()
    assert said == ["الأكثر قراءة", "  خبر final: 5 قراءات"]


# ------------------------------------------------------------------ builds, and the whole


def test_a_build_after_a_count_makes_only_what_shows_the_block(news: LittleSite) -> None:
    news.put("site.yaml", SITE_YAML + "fragments: live\n")
    counted(news, hit() + hit("/politics/vote/"))
    news.build()
    counted(news, hit() + hit(address="203.0.113.9") + hit("/politics/vote/"))
    report = news.build()
    assert report.written <= 2
    assert counted(news, hit() + hit(address="203.0.113.9") + hit("/politics/vote/"))["reads"] == 3
    assert news.build().written == 0


def test_a_planted_log_is_counted_within_three_in_a_hundred_and_its_top_ten_in_order(
    site: LittleSite, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand readers and as many robots in the benchmark; fewer here, of the same kinds."""
    monkeypatch.syspath_prepend(repository / "benchmarks")
    import logs

    paths = [f"/sport/story-{number}/" for number in range(30)]
    for number in range(30):
        site.entry(f"sport/story-{number}", f"slug: story-{number}")
    log = logs.planted(paths, seed=3, readers=250, robots=100, attack=2000)
    assert set(log.kinds) == set(logs.KINDS)
    report = counted(site, "\n".join(log.lines) + "\n")
    true = {path.strip("/"): number for path, number in log.truth.items()}
    assert sum(abs(report["counts"].get(name, 0) - number) for name, number in true.items()) <= 0.03 * sum(
        true.values()
    )
    order = sorted(true, key=lambda name: (-true[name], name))
    assert list(report["counts"])[:10] == order[:10]
