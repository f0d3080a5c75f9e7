"""Every command of README, tutorial and how-to guides, run as it is written there, page by page.

Stand-ins are there only for what is elsewhere: repositories of GitHub and GitLab are bare ones on this disk (git's own
`insteadOf`), an SSH server is a shell, Amazon is moto, outlets are files, and pip and `python3 -m venv` install nothing
(tests/test_package.py installs). `digest serve` is asked for its home page and then stopped, as by Ctrl-C.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import manual
import pytest
from conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are written for the tools of Linux"),
]
PROGRAMS = Path(__file__).resolve().parent / "manual_programs"
"""The stand-ins."""
SITE = {
    "site.yaml": """\
title: موجز المرفأ
base_url: https://news.harbour.org/
lang: ar
timezone: Africa/Tunis
themes:
  - {id: economy, title: اقتصاد}
  - {id: culture, title: ثقافة}
deploy: {to: folder, path: ../www}
""",
    "content/economy/2026-11-20-tram.md": """\
---
title: ترام المدينة يصل إلى الحي الجامعي
date: 2026-11-20
---

يصل الخط الجديد إلى الحي الجامعي في عشرين دقيقة.
""",
    "content/economy/2026-11-21-briefs.md": """\
---
title: ارتفاع صادرات التمور
date: 2026-11-21
---

ارتفعت صادرات التمور هذا الموسم.
""",
    "content/culture/2026-11-18-library.md": """\
---
title: المكتبة البلدية تفتح أبوابها ليلًا
date: 2026-11-18
---

تفتح المكتبة البلدية أبوابها حتى العاشرة ليلًا.
""",
    ".gitignore": "/public/\n/.digest/\n/mail/\n.*\n!.gitignore\n!.gitattributes\n!.github/\n!.gitlab-ci.yml\n",
}
"""The site that how-to guides begin with."""
FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{name}</title><link>https://{host}/</link>{items}</channel></rss>
"""
ITEM = (
    "<item><title>{title}</title><link>{url}</link><description>{title}.</description>"
    "<pubDate>Mon, 23 Nov 2026 07:00:00 GMT</pubDate></item>"
)
STORIES = {
    "oasis.example": {
        "/2026/tram": "افتتاح خط الترام الجديد نحو الحي الجامعي",
        "/2026/fair": "معرض الصيد البحري يعود إلى الميناء",
    },
    "palm.example": {
        "/2026/library": "المكتبة البلدية تمدد ساعات القراءة",
        "/2026/weather": "أمطار متفرقة على الساحل",
        "/report": "تحقيق عن أسواق السمك القديمة",
    },
}
FEEDS = {"oasis.example": ("/feed/", "الواحة"), "palm.example": ("/rss.xml", "النخلة")}


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the outlets of the pages publish: a file an address."""
    root = tmp_path_factory.mktemp("web")
    for host, stories in STORIES.items():
        (root / host).mkdir()
        items = [ITEM.format(title=title, url=f"https://{host}{path}") for path, title in stories.items()]
        path, name = FEEDS[host]
        place(root, host, path).write_text(FEED.format(name=name, host=host, items="".join(items[:2])), "utf-8")
        for path, title in stories.items():
            place(root, host, path).write_text(
                f'<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>'
                f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
                '<meta property="article:published_time" content="2026-11-23T07:00:00Z"></head>'
                f"<body><article><h1>{title}</h1><p>{'نص الخبر كما نشرته الصحيفة. ' * 20}</p></article></body></html>",
                "utf-8",
            )
    return root


def place(root: Path, host: str, path: str) -> Path:
    return root / host / (path.strip("/").replace("/", "_") or "index")


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    """An S3 of this machine with the bucket of the guide."""
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="eu-south-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    client.create_bucket(Bucket="harbour-news", CreateBucketConfiguration={"LocationConstraint": "eu-south-1"})
    yield address
    server.stop()


def clone(folder: Path, repository: Path) -> None:
    """A checkout whose environment is ready."""
    for name in ("content", "templates", "data"):
        shutil.copytree(repository / name, folder / name)
    for name in ("site.yaml", "Makefile", "pyproject.toml"):
        shutil.copy(repository / name, folder)
    shutil.copytree(repository / ".digest/pictures", folder / ".digest/pictures")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/digest").symlink_to(PROGRAMS / "digest")
    (folder / ".venv/bin/python").symlink_to(sys.executable)
    (folder / ".venv/.site").touch()


def begin(start: str, folder: Path, repository: Path) -> None:
    """Fill the folder that a page begins in."""
    folder.mkdir()
    if start == "clone":
        clone(folder, repository)
    for path, text in SITE.items() if start == "site" else ():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def script(steps: list[manual.Step], notes: Path) -> str:
    """One shell script of a page; files are saved where the reader is at that moment."""
    notes.mkdir()
    lines = ["set -eu"]
    for number, step in enumerate(steps):
        if step.kind == "run":
            lines += [f"echo '--- line {step.line}' >&2", step.text]
        else:
            note = notes / str(number)
            note.write_text(step.text, "utf-8")
            lines.append(f"save-{step.kind} '{note}' '{step.path}'")
    return "\n".join(lines)


def environment(home: Path, web: Path, repository: Path) -> dict[str, str]:
    """What the commands find: the stand-ins first, a home folder of their own, the clock of the tests."""
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Editor\n\temail = editor@harbour.org\n[init]\n\tdefaultBranch = main\n"
        + "".join(f'[url "{home}/{host}/"]\n\tinsteadOf = git@{host}:\n' for host in ("github.com", "gitlab.com")),
        "utf-8",
    )
    for name in ("github.com/harbour/news.git", "github.com/harbour/news-source.git", "gitlab.com/harbour/news.git"):
        subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", home / name], check=True)
    return {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())),
        "XDG_CACHE_HOME": str(Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))),
        "PYTHON": sys.executable,
        "PYTHONPATH": str(repository),
        "REPOSITORY": str(repository),
        "SERVER": str(home / "server"),
        "WEB": str(web),
        "BROWSER": "true",
    }


def shown(page: Path) -> str:
    return page.relative_to(manual.ROOT).as_posix()


@pytest.mark.parametrize("page", manual.with_commands(), ids=shown)
def test_commands_of_a_page_when_run_as_written_succeed(
    page: Path, example: LittleSite, web: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """One after the other, in a folder of their own."""
    start, steps = manual.steps(page)
    assert start in {"empty", "site", "clone"}
    begin(start, tmp_path / "mysite", example.root)
    variables = environment(tmp_path / "home", web, example.root)
    if "s3" in page.name:
        variables["AWS_ENDPOINT_URL"] = request.getfixturevalue("store")
    done = subprocess.run(
        ["bash", "-c", script(steps, tmp_path / "notes")],
        cwd=tmp_path / "mysite", env=variables, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{shown(page)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    assert "Traceback" not in done.stderr
