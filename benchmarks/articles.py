"""Invented Arabic news for benchmarks that anybody can run: all words are ours, and no story happened.

Article k is the same in every run, whatever the number of articles. The articles resemble news in length, number of
paragraphs and frequency of words: each has one subject, shared with a few dozen others, and names with a realistic
distribution. As a program, the module writes a site:

python benchmarks/articles.py FOLDER --count 1000
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST = datetime(2024, 1, 1, 12, tzinfo=UTC)
"""Date of article 0. It is in the past, because generators leave out articles with a future date."""
APART = timedelta(minutes=24)
"""Sixty articles a day."""

SITE = """\
title: موجز الأخبار
description: أخبار مختارة مرتبة حسب المحاور
base_url: https://digest.example/
lang: ar
timezone: Africa/Tunis
themes:
"""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: its name and its words for actors (`bodies`), subjects (`matters`) and actions (`works`)."""

    title: str
    bodies: tuple[str, ...]
    matters: tuple[str, ...]
    works: tuple[str, ...]


def words(text: str) -> tuple[str, ...]:
    """Split a list of words written as one string."""
    return tuple(text.split())


THEMES = {
    "economy": Theme(
        "اقتصاد",
        words("مصرف صندوق اتحاد ميناء سوق مصنع مكتب مجلس معرض مختبر"),
        words(
            "التجارة التصدير الزيتون القمح النسيج الأسعار القروض السياحة الصيد التمور الطاقة الجمارك الشحن "
            "التأمين الإسمنت الفوسفات الاستثمار الأجور الضرائب المحاصيل"
        ),
        words("توسعة تمويل تحديث خفض رفع دعم تنظيم رقمنة مراجعة توزيع"),
    ),
    "sport": Theme(
        "رياضة",
        words("نادي فريق منتخب اتحاد ملعب مركز مدرب حارس مجلس مسبح"),
        words(
            "الدوري الكأس السباحة الماراثون الطائرة السلة الدراجات الملاكمة الشطرنج الرماية المصارعة الناشئين "
            "القفز التجديف الفروسية التزلج الجمباز العدو الشاطئ اليد"
        ),
        words("تنظيم افتتاح تأجيل إعادة متابعة نقل تدريب اختيار تكريم إصلاح"),
    ),
    "culture": Theme(
        "ثقافة",
        words("متحف مسرح معهد مركز مهرجان نادي بيت مكتب مجلس أرشيف"),
        words(
            "الشعر الخط الموسيقى الرواية الترجمة السينما التراث الفخار الخزف المخطوطات الحكاية النقوش الزجل "
            "التصوير النحت الأوبرا المقام اللغة الكتاب القصور"
        ),
        words("ترميم عرض نشر جمع رقمنة دراسة تدريس إحياء توثيق تكريم"),
    ),
    "technology": Theme(
        "تكنولوجيا",
        words("مختبر معهد مركز مكتب فريق مرصد مصنع نادي مجلس صندوق"),
        words(
            "البرمجيات الأقمار الروبوت الحوسبة الشبكات البطاريات الخرائط التشفير الترددات الرقائق الطباعة "
            "الاستشعار البيانات المجاهر الليزر الهواتف الألواح الذاكرة الصواريخ الأرصاد"
        ),
        words("تطوير تجربة إطلاق حماية قياس تحسين تصميم فحص تعريب ربط"),
    ),
    "society": Theme(
        "مجتمع",
        words("مجلس مستشفى مكتب مركز صندوق بيت اتحاد معهد نادي فريق"),
        words(
            "التعليم الصحة النقل المياه الإسكان الطرق الأسرة المدارس الحدائق النظافة الطفولة التطوع الإسعاف "
            "التغذية السلامة الأرصفة المكتبات الحافلات الجسور الغابات"
        ),
        words("تحسين توسعة إصلاح دعم توفير صيانة تنظيم افتتاح مراقبة تجديد"),
    ),
    "politic": Theme(
        "سياسة",
        words("مجلس مكتب اتحاد وفد حزب فريق مركز برلمان ديوان صندوق"),
        words(
            "الانتخابات الدستور الميزانية البلديات الحوار القضاء الشفافية الحدود المعاهدة الوساطة اللجان "
            "الإدارة القانون الحصص السفارات الهدنة النقابات الأحزاب التصويت الرقابة"
        ),
        words("مناقشة إقرار تعديل تأجيل مراجعة إعلان توقيع دراسة تقييم تنفيذ"),
    ),
}
FIRST = words(
    "سليم هادي نبيل رائد كريم وليد زياد أنيس باسم طارق عدنان فارس ماهر ناصر يوسف إبراهيم حسام خالد داود رشيد سامي "
    "شادي صابر ضياء عمر غسان فؤاد قاسم مروان هيثم"
)
OUTLETS = (
    ("صحيفة المرفأ", "almarfaa.example"), ("وكالة النخيل", "nakheel.example"), ("إذاعة الواحة", "waha.example"),
    ("موقع السهل", "sahl.example"), ("صحيفة المنارة", "manara.example"), ("مجلة الضفاف", "difaf.example"),
)  # fmt: skip
VERBS = words("أعلن قرر أكد درس ناقش عرض تابع راجع طلب اقترح أنجز بدأ واصل أجل نشر قدم")
DAYS = words("الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت")
PEOPLE = words("مشاركا عاملا متطوعا خبيرا مهندسا مدربا باحثا ضيفا")
ENDINGS = words("الجديد المشترك المقبل السنوي الواسع الأول الموسع العاجل")
LETTERS = "برزسشصضطعغفقكلمنهتجحخد"
NAMES = 40_000
SHAPES = words("{0}ا{1}و{2} {0}{1}{2}ان م{0}{1}{2}ة {0}{1}ي{2}ة ال{0}ا{1}{2}ية ت{0}{1}ي{2} ال{0}{1}{2}اء {0}و{1}{2}")
"""Patterns of invented names of towns and families, round three letters."""
SENTENCES = (
    "{verb} {body} {matter} في {town} {work} {other} خلال اجتماع يوم {day}.",
    "وقال {person} إن {work} {matter} في {town} تكلف {number} ألف دينار على الأقل.",
    "وأضاف أن {body} {other} {verb} قبل {number} يوما ملف {matter} مع سكان {town2}.",
    "ويشمل البرنامج {ending} {work} {matter} و{work2} {other} قبل نهاية الموسم.",
    "وبحسب {outlet} فإن {work2} {matter} تحتاج إلى {number} {people} في كل مرحلة.",
    "ورحب {person2} باسم {body2} {other} بقرار {work} {matter} في {town}.",
    "وكان {body2} {town2} {verb} في العام الماضي {work2} {other} بعد نقاش طويل.",
    "ومن المنتظر أن يزور {person2} مدينة {town} يوم {day} لمتابعة {work} {matter}.",
    "ولم يحدد {body} {matter} موعد {work2} {other}، لكنه {verb} لجنة من {number} {people}.",
    "وتقع {town} على بعد {number} كيلومترا من {town2} حيث بدأت {work} {other}.",
)
TITLES = (
    "{body} {matter} في {town}: {work} {other} خلال {number} يوما",
    "{work} {matter} في {town} و{work2} {other}",
    "{person}: {work} {matter} لا تنتظر {other}",
    "{town} و{town2} في مشروع {work} {matter} {ending}",
    "{body} {town} {verb} {work} {other}",
)


@dataclass(frozen=True, slots=True)
class Article:
    """One story, with the fields of the JSON lines from which other programs' sites are made."""

    id: str
    title: str
    date: str
    """The date in ISO 8601, with the time zone."""
    theme: str
    source: str
    url: str
    author: str
    summary: str
    body: tuple[str, ...]

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def invented(count: int) -> Iterator[Article]:
    """Articles, newest first."""
    return (article(number) for number in range(count))


def name_of(number: int) -> str:
    """Id of the `number`-th newest article."""
    return f"invented-{number:07d}"


def date_of(number: int) -> str:
    """Date of the `number`-th newest article."""
    return (NEWEST - number * APART).isoformat()


def article(number: int) -> Article:
    """The `number`-th newest article."""
    chance = random.Random(number)
    theme = chance.choice(tuple(THEMES))
    its = story_words(chance, THEMES[theme])
    summary, *body = (paragraph(chance, its) for _ in range(2 + min(int(chance.lognormvariate(1.55, 0.5)), 16)))
    outlet, host = chance.choice(OUTLETS)
    return Article(
        id=name_of(number),
        title=chance.choice(TITLES).format_map(its | passing_words(chance)),
        date=date_of(number),
        theme=theme,
        source=outlet,
        url=f"https://{host}/{number}",
        author=its["person"] if number % 3 else "",
        summary=summary.partition(".")[0],
        body=tuple(body),
    )


def story_words(chance: random.Random, theme: Theme) -> dict[str, str]:
    """The subject of one story, to which the sentences return."""
    matter, other = chance.sample(theme.matters, 2)
    work, work2 = chance.sample(theme.works, 2)
    body, body2 = chance.sample(theme.bodies, 2)
    return {
        "matter": matter, "other": other, "work": work, "work2": work2, "body": body, "body2": body2,
        "town": name(chance), "person": person(chance), "outlet": chance.choice(OUTLETS)[0],
    }  # fmt: skip


def paragraph(chance: random.Random, its: dict[str, str]) -> str:
    sentences = chance.sample(SENTENCES, chance.randint(2, 5))
    return " ".join(sentence.format_map(its | passing_words(chance)) for sentence in sentences)


def passing_words(chance: random.Random) -> dict[str, str]:
    """The words that differ in every sentence."""
    kinds = {"verb": VERBS, "day": DAYS, "people": PEOPLE, "ending": ENDINGS}
    chosen = {key: chance.choice(kind) for key, kind in kinds.items()}
    return chosen | {"town2": name(chance), "person2": person(chance), "number": str(chance.randint(11, 99))}


def name(chance: random.Random) -> str:
    """An invented proper name: a few occur everywhere, most are rare, as with real names."""
    return names()[int(chance.paretovariate(0.15)) % NAMES]


@cache
def names() -> tuple[str, ...]:
    """All invented names, the most common first."""
    chance = random.Random(NAMES)
    return tuple(chance.choice(SHAPES).format(*chance.sample(LETTERS, 3)) for _ in range(NAMES))


def person(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {name(chance)}"


# ------------------------------------------------------------------ a site of them


def write_site(folder: Path, articles: Iterator[Article], *, tags: bool) -> None:
    """Write `site.yaml` and one Markdown file for each article. `tags` adds three words of the title as tags."""
    for theme in THEMES:
        (folder / "content" / theme).mkdir(parents=True)
    rows = "".join(f"  - {{id: {key}, title: {theme.title}}}\n" for key, theme in THEMES.items())
    (folder / "site.yaml").write_text(SITE + rows, "utf-8")
    for made in articles:
        path = folder / "content" / made.theme / f"{made.date[:10]}-{made.id}.md"
        path.write_text(source(made, tags=tags), "utf-8")


def source(made: Article, *, tags: bool) -> str:
    """The source file of an article."""
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in asdict(made).items()}
    lines = [f"title: {quoted['title']}", f"date: {made.date}", f"source: {{name: {made.source}, url: {made.url}}}"]
    lines += [f"author: {quoted['author']}"] if made.author else []
    lines += [f"summary: {quoted['summary']}"]
    if tags:
        tagged = dict.fromkeys(word.strip(":") for word in made.title.split() if len(word) > 3)
        lines += [f"tags: [{', '.join(list(tagged)[:3])}]"]
    return "\n".join(["---", *lines, "---", ""]) + "\n" + "\n\n".join(made.body) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--tags", action="store_true", help="three tags an article")
    asked = parser.parse_args()
    if asked.folder.exists() and any(asked.folder.iterdir()):
        print(f"{asked.folder} is not empty", file=sys.stderr)
        return 1
    write_site(asked.folder, invented(asked.count), tags=asked.tags)
    print(f"{asked.count} articles in {asked.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
