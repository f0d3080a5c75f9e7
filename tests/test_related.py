"""Which stories stand below one, on whole little sites."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from test_linking import links

from digest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import LittleSite

DAM = "انهار سد الوادي الأخضر بعد أمطار غزيرة وغمرت المياه قرى السهل وأجلت فرق الإنقاذ مئات العائلات"
INQUIRY = "فتحت النيابة تحقيقا في انهيار سد الوادي الأخضر واستدعت مهندسي شركة المقاولات التي شيدته قبل عشرين عاما"
AID = "وصلت قافلة من الخيام والأغطية إلى العائلات التي فقدت بيوتها في قرى السهل عقب انهيار السد"
FINAL = "توج نادي المنارة بكأس البطولة بعد فوزه على الميناء بضربات الترجيح في الملعب البلدي أمام جمهور غفير"
COACH = "أعلن مدرب نادي المنارة استقالته بعد أيام من التتويج بكأس البطولة وشكر جمهور الملعب البلدي"
OLIVES = "بدأ موسم جني الزيتون في هضاب الشمال وتوقع الفلاحون محصولا وافرا بفضل خريف رطب"
SONG = "أطلقت المطربة ليلى أغنية جديدة من ألحان الموسيقار سامي عن ليالي المدينة القديمة"
LIBRARY = "افتتحت المكتبة الوطنية قاعة للمخطوطات النادرة تضم خرائط بحارة ورسائل علماء من القرن العاشر"


@pytest.fixture
def paper(site: LittleSite) -> LittleSite:
    """Eight stories: three of a dam, two of a cup, three alone."""
    rows = (
        ("politics/dam", "انهيار سد الوادي الأخضر", "2026-11-10", DAM),
        ("politics/inquiry", "تحقيق في انهيار السد", "2026-11-12", INQUIRY),
        ("politics/aid", "مساعدات لقرى السهل بعد انهيار السد", "2026-11-11", AID),
        ("sport/final", "نادي المنارة يتوج بكأس البطولة", "2026-11-11", FINAL),
        ("sport/coach", "استقالة مدرب نادي المنارة", "2026-11-14", COACH),
        ("politics/olives", "موسم الزيتون ينطلق في الشمال", "2026-11-13", OLIVES),
        ("sport/song", "أغنية جديدة للمطربة ليلى", "2026-11-15", SONG),
        ("politics/library", "قاعة للمخطوطات في المكتبة الوطنية", "2026-11-16", LIBRARY),
    )
    for name, title, date, text in rows:
        site.entry(name, f"title: {title}\ndate: {date}", text)
    return site


def shown(site: LittleSite, name: str, block: str = "related") -> list[str]:
    return [url.strip("/") for url in links(site, f"{name}/index.html", block)]


def test_shared_words_relate_stories_and_recency_alone_does_not(paper: LittleSite) -> None:
    """A small site is enough; who shares nothing has no block."""
    paper.build()
    assert set(shown(paper, "politics/dam")) == {"politics/inquiry", "politics/aid"}
    assert shown(paper, "sport/final") == ["sport/coach"]
    for alone in ("politics/olives", "sport/song", "politics/library"):
        assert 'data-block="related"' not in paper.text(f"{alone}/index.html")


def test_pins_come_first_in_order_and_computed_stories_fill_the_list(paper: LittleSite) -> None:
    """A pin is not repeated below."""
    paper.entry(
        "politics/dam", "title: انهيار سد الوادي الأخضر\ndate: 2026-11-10\nrelated: [sport/song, politics/aid]", DAM
    )
    paper.build()
    assert shown(paper, "politics/dam") == ["sport/song", "politics/aid", "politics/inquiry"]


def test_count_limits_pins_and_computed_stories_together(paper: LittleSite) -> None:
    """`count: 1` shows one."""
    paper.put("site.yaml", (paper.root / "site.yaml").read_text("utf-8") + "related: {count: 1}\n")
    paper.entry("politics/dam", "title: سد\ndate: 2026-11-10\nrelated: [sport/song, politics/aid]", DAM)
    paper.build()
    assert shown(paper, "politics/dam") == ["sport/song"]
    assert len(shown(paper, "politics/inquiry")) == 1


def test_newer_false_lists_only_older_stories(paper: LittleSite) -> None:
    """`newer: false` is for archives that must not point forward."""
    paper.put("site.yaml", (paper.root / "site.yaml").read_text("utf-8") + "related: {newer: false}\n")
    paper.build()
    assert shown(paper, "politics/dam") == []
    assert set(shown(paper, "politics/inquiry")) == {"politics/dam", "politics/aid"}


def test_shared_tag_relates_stories_that_share_few_words(paper: LittleSite) -> None:
    """An editor's word weighs most; weight 0 leaves tags out."""
    for name, title, date, text in (
        ("politics/olives", "موسم الزيتون ينطلق", "2026-11-13", OLIVES),
        ("sport/song", "أغنية جديدة", "2026-11-15", SONG),
    ):
        paper.entry(name, f"title: {title}\ndate: {date}\ntags: [مهرجان الخريف]", text)
    paper.build()
    assert shown(paper, "politics/olives") == ["sport/song"]
    paper.put("site.yaml", (paper.root / "site.yaml").read_text("utf-8") + "related: {weights: {tags: 0}}\n")
    paper.build()
    assert shown(paper, "politics/olives") == []


def test_same_report_is_shown_elsewhere_and_not_as_related(paper: LittleSite) -> None:
    """With its source, one line; each of the two points to the other, and a third story shows one of them only."""
    paper.entry("politics/dam", "title: انهيار سد الوادي الأخضر\ndate: 2026-11-10\nsource: وكالة الساحل", DAM)
    paper.entry("politics/dam-again", "title: سد الوادي ينهار\ndate: 2026-11-10\nsource: صحيفة الجبل", f"{DAM} مساء.")
    paper.build()
    assert shown(paper, "politics/dam", "elsewhere") == ["politics/dam-again"]
    assert shown(paper, "politics/dam-again", "elsewhere") == ["politics/dam"]
    assert "politics/dam-again" not in shown(paper, "politics/dam")
    assert len({"politics/dam", "politics/dam-again"} & set(shown(paper, "politics/inquiry"))) == 1
    block = re.search(
        '<section[^>]*data-block="elsewhere".*?</section>', paper.text("politics/dam/index.html"), re.DOTALL
    )
    assert block
    assert "القصة في مصادر أخرى" in block[0]
    assert "صحيفة الجبل" in block[0]
    assert block[0].count("<li>") == 1


def test_empty_list_of_pins_still_shows_the_story_elsewhere(paper: LittleSite) -> None:
    """`related: []` speaks of related stories."""
    paper.entry("politics/dam", "title: انهيار سد\ndate: 2026-11-10\nrelated: []", DAM)
    paper.entry("politics/dam-again", "title: سد الوادي ينهار\ndate: 2026-11-10", DAM)
    paper.build()
    assert shown(paper, "politics/dam") == []
    assert shown(paper, "politics/dam", "elsewhere") == ["politics/dam-again"]


@pytest.mark.parametrize(
    ("lang", "one", "other", "apart"),
    [
        ("fa", "سیل در شمال ایران صدها خانه را ویران کرد و راه‌ها بسته شد", "امدادگران به خانه‌های ویران شمال ایران پس از سیل رسیدند", "تیم ملی والیبال قهرمان آسیا شد"),
        ("ur", "دریائے سوات میں سیلاب سے سینکڑوں مکانات تباہ ہو گئے", "سوات کے سیلاب زدگان کے لیے مکانات کی تعمیر شروع", "قومی کرکٹ ٹیم کا نیا کپتان مقرر"),
        ("he", "שיטפון בצפון הרס מאות בתים ופינה משפחות מהכפרים", "המשפחות שפונו מהכפרים בצפון חוזרות אחרי השיטפון", "הנבחרת זכתה באליפות הכדורסל"),
        ("fr", "Une crue détruit des centaines de maisons dans la vallée de l'Ourika", "Reconstruction des maisons de l'Ourika après la crue", "Le club remporte la coupe de basket"),
        ("en", "Flood destroys hundreds of houses in the Ourika valley", "Ourika houses rebuilt after the flood", "Club wins basketball cup"),
    ],
)  # fmt: skip
def test_stories_in_other_languages_are_related(site: LittleSite, lang: str, one: str, other: str, apart: str) -> None:
    """Within an Arabic site, each entry by its own language."""
    for name, text in (("a", one), ("b", other), ("c", apart)):
        site.entry(f"sport/{name}", f'title: "{text}"\nlang: {lang}', text)
    site.entry("politics/d", "title: انهيار سد", DAM)
    site.build()
    assert shown(site, "sport/a") == ["sport/b"]
    assert shown(site, "sport/c") == []


def test_latin_name_relates_stories_of_two_languages(site: LittleSite) -> None:
    """One index for all: names are words like others."""
    site.entry("sport/a", "title: شركة Zenobia تطلق قمرا", "أطلقت شركة Zenobia قمرها الأول من قاعدة Tarfaya فجر أمس.")
    site.entry(
        "sport/b",
        "title: Zenobia launches first satellite\nlang: en",
        "Zenobia put its satellite into orbit from Tarfaya.",
    )
    site.entry("sport/c", "title: موسم الزيتون", OLIVES)
    site.build()
    assert shown(site, "sport/a") == ["sport/b"]
    assert shown(site, "sport/b") == ["sport/a"]


def test_drafts_and_future_stories_are_not_related(paper: LittleSite) -> None:
    """They are not there."""
    paper.entry("politics/inquiry", "title: تحقيق في انهيار السد\ndate: 2026-11-12\ndraft: true", INQUIRY)
    paper.entry("politics/aid", "title: مساعدات لقرى السهل بعد انهيار السد\ndate: 2030-01-01", AID)
    paper.build()
    assert shown(paper, "politics/dam") == []


def test_edited_text_changes_the_lists_as_a_clean_build_does(paper: LittleSite) -> None:
    """The memory of the last build saves work and decides nothing."""
    paper.build()
    paper.entry(
        "politics/olives",
        "title: انهيار سد الوادي الأخضر يهدد موسم الزيتون\ndate: 2026-11-13",
        f"{OLIVES} وقال فلاحون إن انهيار سد الوادي الأخضر أغرق بساتين قرى السهل",
    )
    paper.entry("sport/new", "title: جمهور نادي المنارة يحتفل بكأس البطولة\ndate: 2026-11-20", COACH)
    (paper.root / "content/politics/aid.md").unlink()
    paper.build()
    incremental = paper.files()
    assert "politics/olives" in shown(paper, "politics/dam")
    paper.build(clean=True)
    assert paper.files() == incremental


def test_edit_rerenders_only_pages_with_changed_lists(paper: LittleSite) -> None:
    """A story that relates to nobody touches nobody's list."""
    paper.put("site.yaml", (paper.root / "site.yaml").read_text("utf-8") + "fragments: live\n")
    paper.build()
    paper.entry("sport/coach", "title: استقالة مدرب نادي المنارة\ndate: 2026-11-14", f"{COACH} وكأس.")
    report = paper.build()
    assert not [
        reason.path for reason in report.reasons if "related" in reason.causes and reason.path.startswith("politics/")
    ]


# ------------------------------------------------------------------ the commands that tell


def told(site: LittleSite, *arguments: str) -> str:
    made = CliRunner().invoke(main, [*arguments, "--site", str(site.root)], env={"SOURCE_DATE_EPOCH": "1795435200"})
    assert made.exit_code == 0, made.output
    return made.stdout


def test_related_lists_every_story(paper: LittleSite) -> None:
    """As lines, and as JSON that holds those with nothing too."""
    paper.entry("politics/dam-again", "title: سد الوادي ينهار\ndate: 2026-11-10", DAM)
    lists = json.loads(told(paper, "related", "--json"))
    assert len(lists) == 9
    assert lists["sport/song"] == {"related": [], "elsewhere": []}
    assert lists["politics/dam"]["elsewhere"] == ["politics/dam-again"]
    text = told(paper, "related")
    assert "sport/final: نادي المنارة يتوج بكأس البطولة\n  sport/coach: استقالة مدرب نادي المنارة\n" in text
    assert "  = politics/dam-again: سد الوادي ينهار\n" in text
    assert "sport/song:" not in text


def test_why_gives_words_weights_time_and_place(paper: LittleSite) -> None:
    """A link's reasons, as text and as JSON."""
    text = told(paper, "why", "politics/dam", "politics/inquiry")
    assert text.startswith("shown, number ")
    assert "2 days apart" in text
    assert "الوادي" in text
    row = json.loads(told(paper, "why", "politics/dam", "politics/inquiry", "--json"))
    assert row["shown"] > 0
    assert row["score"] >= row["minimum"]
    assert row["days"] == 2
    assert sum(term["part"] for term in row["shared"]) == pytest.approx(100, abs=1)
    assert {"word", "weight", "other_weight", "part"} == set(row["shared"][0])


def test_why_explains_an_absent_story(paper: LittleSite) -> None:
    """Too little in common, a copy, a pin, a story below the minimum, the story itself."""
    paper.entry("politics/dam-again", "title: سد الوادي ينهار\ndate: 2026-11-10\nrelated: [sport/song]", DAM)
    assert "too little in common" in told(paper, "why", "politics/dam", "sport/song")
    assert "the same report" in told(paper, "why", "politics/dam", "politics/dam-again")
    assert told(paper, "why", "politics/dam-again", "sport/song").startswith("shown, number 1: pinned by the editor")
    assert "the editor wants none" not in told(paper, "why", "politics/dam", "sport/song")
    assert "not related to itself" in told(paper, "why", "politics/dam", "politics/dam")
    paper.put("site.yaml", (paper.root / "site.yaml").read_text("utf-8") + "related: {minimum: 90}\n")
    assert "below the minimum" in told(paper, "why", "politics/dam", "politics/inquiry")
    settings = (paper.root / "site.yaml").read_text("utf-8").replace("related: {minimum: 90}", "related: false")
    paper.put("site.yaml", settings)
    assert "the site shows none" in told(paper, "why", "politics/dam", "politics/inquiry")
    assert set(json.loads(told(paper, "related", "--json"))["politics/dam"]["related"]) == set()


def test_why_accepts_files_and_suggests_ids(paper: LittleSite) -> None:
    """Ids as everywhere; status 2 for one that is not there."""
    files = [str(paper.root / f"content/politics/{name}.md") for name in ("dam", "aid")]
    assert told(paper, "why", *files).startswith("shown")
    made = CliRunner().invoke(main, ["why", "politics/dam", "politics/adi", "--site", str(paper.root)])
    assert made.exit_code == 2
    assert "did you mean 'politics/aid'?" in made.output


@pytest.mark.parametrize("damage", ["scribbled", "cut", "gone"])
@pytest.mark.parametrize("command", [("related",), ("why", "politics/dam", "politics/inquiry"), ("next", "--verbose")])
def test_damaged_cache_changes_no_related_list(paper: LittleSite, command: tuple[str, ...], damage: str) -> None:
    """What the last build left saves reading the sources; where it is not what it was, they are read."""
    paper.entry("sport/derby", "date: 2027-03-01T20:00")
    paper.build()
    answer = told(paper, *command)
    assert answer
    for items in (paper.root / ".digest/outputs").glob("*/items-*"):
        raw = items.read_bytes()
        items.write_bytes(raw[:200] if damage == "cut" else raw[:200] + b"?" * 400 + raw[600:])
        if damage == "gone":
            items.unlink()
    assert told(paper, *command) == answer


@pytest.mark.parametrize("command", [("related",), ("why", "politics/dam", "politics/inquiry"), ("next",)])
def test_related_and_why_report_every_mistake(paper: LittleSite, command: tuple[str, ...]) -> None:
    """Those of site.yaml too, by which stories are related: no answer is given that the next build would refuse."""
    settings = (paper.root / "site.yaml").read_text("utf-8")
    paper.put("site.yaml", settings + "relatd: {minimum: 90}\n").entry("sport/derby", "date: soon")
    made = CliRunner().invoke(main, [*command, "--site", str(paper.root)])
    assert (made.exit_code, made.stdout) == (1, "")
    assert "site.yaml:9:1: unknown key 'relatd'" in made.stderr
    assert "content/sport/derby.md:" in made.stderr
    assert made.stderr.endswith("2 problems; nothing was written\n")


def test_small_sites_and_edits_do_not_import_numpy(paper: LittleSite, repository: Path) -> None:
    """Its import would cost more than all their scoring."""
    script = (
        "import sys; from digest.cli import main\ntry: main(['build','-q'])\nfinally: assert 'numpy' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", script], cwd=paper.root, check=True, env={"PYTHONPATH": str(repository), "PATH": ""}
    )
