"""The same sources give the same bytes: on any machine, in any order, with any number of workers, from any state."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from conftest import NOW, SITE_YAML, LittleSite
from PIL import Image

from digest.site.options import BuildOptions

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SHUFFLED = """
import os, random
real, order = os.scandir, random.Random(SEED)

class Shuffled:
    def __init__(self, found):
        order.shuffle(found)
        self.rest = iter(found)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.rest)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        pass

def scandir(*arguments):
    with real(*arguments) as listing:
        return Shuffled(list(listing))

os.scandir = scandir
listdir = os.listdir
os.listdir = lambda *arguments: order.sample(found := listdir(*arguments), len(found))
"""
"""What Python runs first: folders give their files in another order."""


def one_of_everything(root: Path) -> LittleSite:
    """Entries in two languages, pictures, editions, pages, tags, counts, old addresses, static files."""
    site = LittleSite(root, BuildOptions(root, root / "public", NOW, jobs=1))
    site.put(
        "site.yaml",
        SITE_YAML
        + "feeds: {content: full}\ncalendars: [gregorian, hijri]\nper_page: 5\nmenu: [{title: من نحن, url: /about/}]\n"
        "footer: 'نص **التذييل**'\nfragments: live\nrelative_dates: true\n",
    )
    drawn = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((640, 400)).save(drawn, "PNG")
    site.put("content/sport/كأس.png", drawn.getvalue())
    for number in range(24):
        theme = "sport" if number % 3 else "politics"
        site.entry(
            f"{theme}/2026-11-{number % 20 + 1:02}-خبر-{number}",
            f"tags: [İzmir, ıssız, كأس {number % 4}, Straße]\nsource: {{name: وكالة {number % 3}, url: 'https://a.example/{number}'}}\n"
            f"author: [سلمى, I i {number % 2}]\ndate: 2026-11-{number % 20 + 1:02}T0{number % 9}:30"
            + ("\nimage: {src: كأس.png, alt: كأس}" if number == 4 else "")
            + ("\naliases: [/قديم/]\nedition: n1\nlead: true" if number == 5 else ""),
            f"فاز فريق المدينة {number} بكأس البلاد أمام جمهور كبير من {number % 5} مدن.\n\n> Une citation\n\n- واحد\n- [رابط](/about/)",
        )
    site.put("content/sport/موجز.yaml", "date: 2026-11-19\nentries:\n  - {title: أول}\n  - {title: ثان, lang: fr}\n")
    site.put("content/editions/n1.md", "---\ntitle: العدد\ndate: 2026-11-20\n---\n\nمقدمة.\n")
    site.put("content/pages/about.md", "---\ntitle: من نحن\n---\n\nنحن.\n")
    site.put("data/popular.yaml", "sport/2026-11-02-خبر-1: 7\nsport/2026-11-03-خبر-2: 7\n")
    site.put("static/CNAME", "news.example\n")
    return site


def print_of(output: Path) -> str:
    """sha256 over the names and bytes of every file."""
    made = sha256()
    for path in sorted(path for path in output.rglob("*") if path.is_file()):
        made.update(path.relative_to(output).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()


def built(site: Path, *options: str, **environment: str) -> str:
    """The print of a site built by the command line, in an environment of nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    command = [sys.executable, "-m", "digest", "build", "--site", str(site), "--quiet", *options]
    env = kept | {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp())), "HOME": str(site)} | environment
    subprocess.run(command, env=env, check=True, cwd=environment.get("CWD"))
    return print_of(site / "public")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """The site, built in this process."""
    site = one_of_everything(tmp_path_factory.mktemp("first"))
    site.build()
    return site


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Locales of Saudi Arabia and Türkiye, made where the system has the means; else Python falls back to its own."""
    folder = tmp_path_factory.mktemp("locales")
    for name in ("ar_SA", "tr_TR"):
        if shutil.which("localedef"):
            subprocess.run(
                ["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")],
                check=False,
                capture_output=True,
            )
    return folder


VARIANTS = {
    "hash seed and the C locale": {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
    "Saudi Arabia": {"PYTHONHASHSEED": "2", "LC_ALL": "ar_SA.UTF-8", "TZ": "Asia/Riyadh"},
    "Türkiye": {"PYTHONHASHSEED": "3", "LC_ALL": "tr_TR.UTF-8", "TZ": "Europe/Istanbul"},
    "far east of the date line": {"TZ": "Pacific/Kiritimati", "LANG": "C.UTF-8", "PYTHONUTF8": "0"},
    "far west of it": {"TZ": "Etc/GMT+12", "PYTHONOPTIMIZE": "2", "COLUMNS": "20", "NO_COLOR": "1"},
}


@pytest.mark.parametrize("environment", VARIANTS.values(), ids=VARIANTS)
def test_the_environment_does_not_matter(
    first: LittleSite, tmp_path: Path, locales: Path, environment: dict[str, str]
) -> None:
    """Hash seed, locale, zone, home, folder of the checkout, the folder it is called from."""
    elsewhere = tmp_path / "نسخة أخرى (2)" / "x"
    shutil.copytree(first.root, elsewhere, ignore=shutil.ignore_patterns("public", ".digest", ".*.digest-*"))
    assert built(elsewhere, LOCPATH=str(locales), CWD=str(tmp_path), **environment) == print_of(first.output)


@pytest.mark.parametrize(("shuffle", "jobs"), [("1", "2"), ("2", "3"), ("3", "1")])
def test_the_order_and_the_times_of_files_do_not_matter(
    first: LittleSite, tmp_path: Path, shuffle: str, jobs: str
) -> None:
    """Nor how many workers read and write them, nor what the user's mask is."""
    site = tmp_path / "site"
    sources = [path for path in first.root.rglob("*") if path.is_file() and not {"public", ".digest"} & set(path.parts)]
    for number, path in enumerate(sorted(sources, reverse=True)):
        target = site / path.relative_to(first.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        os.utime(target, (1 + number * int(shuffle), 1 + number * 86_400_000))
    (tmp_path / "start").mkdir()
    (tmp_path / "start/sitecustomize.py").write_text(SHUFFLED.replace("SEED", shuffle), "utf-8")
    made = built(site, "--jobs", jobs, PYTHONPATH=str(tmp_path / "start"))
    assert made == print_of(first.output)


def test_the_state_it_is_built_from_does_not_matter(first: LittleSite, tmp_path: Path) -> None:
    """Clean, from the memory, after changes that were taken back, and after a day's pause."""
    site = one_of_everything(tmp_path / "site")
    expected = print_of(first.output)
    site.build(jobs=2)
    assert print_of(site.output) == expected
    path = next((site.root / "content/sport").glob("*خبر-4.md"))
    kept = path.read_bytes()
    path.unlink()
    site.put("content/sport/other.md", kept.replace("فاز".encode(), "خسر".encode()))
    settings = (site.root / "site.yaml").read_bytes()
    site.put("site.yaml", settings.replace("موجز الاختبار".encode(), b"Other"))
    site.build()
    assert print_of(site.output) != expected
    (site.root / "content/sport/other.md").unlink()
    path.write_bytes(kept)
    site.put("site.yaml", settings)
    site.build(jobs=3)
    assert print_of(site.output) == expected
    site.build(clean=True)
    assert print_of(site.output) == expected
