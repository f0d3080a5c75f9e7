"""What readers see of a mail, by a browser: the order of words in each simulated client, pictures off, narrow screens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from conftest import NOW, LittleSite
from msgspec.structs import replace
from test_painted import PAINTED, TITLES

from digest.cli import main
from digest.mail import mailing
from digest.mail.clients import CLIENTS, as_shown
from digest.site.options import BuildOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

PIECES = (
    "FIFA", "https://a.example/x-1", "+212 522-12-34-56", "3-2", "12%", "«قال (نعم)»", "press@atlas.example", "الفريق",
    "iPhone 18", "2026-11-20", "10.05", "-5%", "הארץ", "C++", "20:30", "وGalaxy",
)  # fmt: skip
LINES = [title for title, _ in TITLES.values()] + [
    f"{PIECES[n % 16]} في {PIECES[(n * 3 + 5) % 16]} خبر {PIECES[(n * 7 + 2) % 16]}" for n in range(44)
]
"""Sixty lines that hold two directions: names, addresses, numbers, scores, percentages, quotations."""
ALL_PAINTED = f"""
([selector, style]) => {{
  const painted = {PAINTED.replace("document.querySelector(selector)", "element").replace("selector =>", "element =>").strip()};
  return [...document.querySelectorAll(selector)].map(element => {{
    element.style.cssText += ';display:block;' + style;
    for (const inner of element.querySelectorAll('*')) inner.style.font = 'inherit';
    return painted(element);
  }});
}}
"""
ONE_LINE = "font:14px/24px sans-serif;white-space:nowrap;width:max-content"
NARROW = "font:14px/24px sans-serif;width:260px"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> LittleSite:
    """An edition of sixty stories with mixed titles."""
    root = tmp_path_factory.mktemp("mail")
    site = LittleSite(root, BuildOptions(root, root / "public", NOW))
    site.put(
        "site.yaml",
        "title: موجز FIFA 24\ndescription: وصف\nbase_url: https://news.example/\nlang: ar\nthemes:\n  - {id: sport, title: رياضة}\n"
        "email: {postal: 'شارع 3-5، Tunis', footer: 'راسلوا press@atlas.example أو +212 522-12-34-56.'}\n",
    )
    for number, title in enumerate(LINES):
        site.entry(f"sport/s{number:02}", f"title: {json.dumps(title, ensure_ascii=False)}\nsummary: ملخص")
    names = "\n".join(f"  - sport/s{number:02}" for number in range(len(LINES)))
    site.put("content/editions/1.yaml", f"title: 'FIFA 2030: العدد 1'\ndate: 2026-11-22\nentries:\n{names}\n")
    site.build()
    return site


@pytest.fixture(scope="module")
def mail(mixed: LittleSite) -> str:
    return mailing.make(replace(mixed.order, output=None), "1").rendered.html


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    made = browser.new_page(viewport={"width": 3000, "height": 1000})
    yield made
    made.close()


@pytest.fixture(scope="module")
def page_order(mixed: LittleSite, tab: Any) -> dict[str, list[str]]:
    """The lines as the edition's web page paints them, by the room they have."""
    found = {}
    for style in (ONE_LINE, NARROW):
        tab.set_content(mixed.text("editions/1/index.html"))
        found[style] = tab.evaluate(ALL_PAINTED, [".edition-sections .card-title a", style])
    return found


def test_the_mail_holds_the_sixty_lines(page_order: dict[str, list[str]], mail: str) -> None:
    assert len(LINES) == len(page_order[ONE_LINE]) == mail.count("<h3") == 60


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_sixty_mixed_lines_are_painted_in_the_order_of_the_web_page(
    client: Any, mail: str, page_order: dict[str, list[str]], tab: Any
) -> None:
    """Without `<style>`, without `<html dir>`, the body a `<div>` inside a page from left to right."""
    for style in (ONE_LINE, NARROW) if client.data != "Outlook Windows" else (ONE_LINE,):  # it breaks lines at hyphens
        tab.set_content(as_shown(mail, client))
        painted = tab.evaluate(ALL_PAINTED, ["h3 a", style])
        assert [pair for pair in zip(painted, page_order[style], strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
@pytest.mark.parametrize("width", [375, 700])
def test_every_cell_begins_on_the_right_and_none_is_wider_than_the_screen(
    client: Any, width: int, mail: str, tab_as_new: Any
) -> None:
    if width not in client.widths:
        pytest.skip("no client of phones")
    tab_as_new.set_viewport_size({"width": width, "height": 900})
    tab_as_new.set_content(as_shown(mail, client))
    assert tab_as_new.evaluate("document.documentElement.scrollWidth") <= width
    sides = tab_as_new.evaluate(
        "[...document.querySelectorAll('td, h1, h2, h3')].filter(e => e.dir && e.textContent.trim())"
        ".map(e => getComputedStyle(e)).map(s => s.textAlign)"
    )
    assert set(sides) <= {"right", "center"}


def test_mail_without_pictures_still_says_everything(mail: str, tab_as_new: Any) -> None:
    """Every title is seen where pictures are off, and the preheader nowhere."""
    tab_as_new.set_viewport_size({"width": 375, "height": 900})
    tab_as_new.set_content(as_shown(mail, CLIENTS[-1]))
    seen = tab_as_new.evaluate("document.body.innerText")
    assert [line for line in LINES if " ".join(line.split()) not in " ".join(seen.split())] == []


def test_proof_paints_every_client_in_one_picture(mixed: LittleSite, tmp_path: Path, browser: Any) -> None:
    from PIL import Image

    mixed.put("content/editions/2.yaml", "title: عدد صغير\ndate: 2026-11-22\nentries: [sport/s01, sport/s02]\n")
    run = CliRunner().invoke(main, ["email", "2", "--site", str(mixed.root), "--output", str(tmp_path), "--proof"])
    assert run.exit_code == 0, run.stderr
    picture = Image.open(tmp_path / "2-proof.png").convert("RGB")
    assert picture.width > 3 * 1075
    colours = {colour for _, colour in picture.resize((600, 400)).getcolors(240_000)}
    assert min(map(sum, colours)) < 60
    assert max(map(sum, colours)) > 740
