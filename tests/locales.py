"""One little digest in four languages and six countries, and the words a reader of it meets, as plain lines.

For the golden files of `test_locales.py`; `python tools/goldens.py` writes them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import html5lib

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite


@dataclass(frozen=True)
class Words:
    """What one language's digest says."""

    title: str
    description: str
    themes: tuple[str, str]
    headlines: tuple[str, ...]
    """The first is the story with everything."""
    summary: str
    body: str
    authors: tuple[str, ...]
    sources: tuple[str, str]
    tags: tuple[str, ...]
    dateline: str
    edition: str
    introduction: str
    about: str


ARABIC = Words(
    "موجز الميناء", "مختارات من أخبار المدن والبحر", ("سياسة", "رياضة"),
    (
        "FIFA تختار مدينة المرسى لبطولة 2030 وتخصص +7% للملاعب!", "المجلس يناقش ميزانية النقل", "قارب شراعي يعبر المضيق في 3 أيام",
        "افتتاح مكتبة «الضوء» (بعد عامين)", "سباق المشي يجمع 1200 مشارك", "مؤتمر Atlas Tech يبدأ غدا", "الميناء يستقبل السفينة الألف",
    ),
    "قال الاتحاد إن «القرار نهائي» وإن النتيجة (3-1) لا تغيّر شيئا.",
    "أعلن الاتحاد قراره أمس، وقال المتحدث: «إن “الملعب” جاهز بنسبة 95%».\n\n> Le stade est prêt, et la ville est avec lui.\n\nللاستفسار +212 522-12-34-56 أو press@marsa.example.\n\n- أول\n- ثان",
    ("سلمى الودغيري", "Ann Lee", "عمر ناصر"), ("وكالة الساحل", "Harbour Wire (2)"), ("كأس العالم", "الملاعب", "AI"), "المرسى – وكالة الساحل",
    "العدد الأول", "مقدمة العدد بقلم التحرير.", "نحن فريق صغير يختار الأخبار.",
)  # fmt: skip
PERSIAN = Words(
    "گزیدهٔ بندر", "گزیدهٔ خبرهای شهر و دریا", ("سیاست", "ورزش"),
    (
        "FIFA شهر ساحلی را برای جام ۲۰۳۰ برگزید و ۷٪ به ورزشگاه‌ها افزود!", "شورا بودجهٔ حمل‌ونقل را بررسی می‌کند", "قایق بادبانی در ۳ روز از تنگه گذشت",
        "کتابخانهٔ «روشنایی» (پس از دو سال) باز شد", "پیاده‌روی همگانی با ۱۲۰۰ نفر", "همایش Atlas Tech فردا آغاز می‌شود", "بندر هزارمین کشتی را پذیرفت",
    ),
    "فدراسیون گفت «تصمیم نهایی است» و نتیجهٔ (3-1) چیزی را عوض نمی‌کند.",
    "فدراسیون دیروز تصمیم خود را اعلام کرد و سخنگو گفت: «ورزشگاه ۹۵٪ آماده است».\n\n> The stadium is ready, and the city is with it.\n\nتماس: +98 21 1234 5678 یا press@bandar.example.\n\n- یکم\n- دوم",
    ("سارا احمدی", "Ann Lee", "کیان رضایی"), ("خبرگزاری ساحل", "Harbour Wire (2)"), ("جام جهانی", "ورزشگاه‌ها", "AI"), "بندر – خبرگزاری ساحل",
    "شمارهٔ نخست", "دیباچهٔ این شماره.", "ما گروهی کوچک هستیم که خبرها را برمی‌گزینیم.",
)  # fmt: skip
HEBREW = Words(
    "תקציר הנמל", "מבחר חדשות מן העיר והים", ("פוליטיקה", "ספורט"),
    (
        "FIFA בחרה בעיר החוף לטורניר 2030 ותוסיף +7% לאצטדיונים!", "המועצה דנה בתקציב התחבורה", "סירת מפרש חצתה את המצר ב־3 ימים",
        "ספריית „האור” (לאחר שנתיים) נפתחה", "צעדה המונית עם 1200 משתתפים", "כנס Atlas Tech ייפתח מחר", "הנמל קיבל את האונייה האלף",
    ),
    "ההתאחדות אמרה כי „ההחלטה סופית” וכי התוצאה (3-1) אינה משנה דבר.",
    "ההתאחדות הודיעה אתמול על החלטתה, והדובר אמר: „האצטדיון מוכן ב־95%”.\n\n> The stadium is ready, and the city is with it.\n\nלפרטים: +972 3-123-4567 או press@namal.example.\n\n- ראשון\n- שני",
    ("נועה לוי", "Ann Lee", "איתי כהן"), ("סוכנות החוף", "Harbour Wire (2)"), ("גביע העולם", "אצטדיונים", "AI"), "העיר – סוכנות החוף",
    "גיליון ראשון", "פתח דבר לגיליון.", "אנחנו צוות קטן שבוחר חדשות.",
)  # fmt: skip
FRENCH = Words(
    "Le digest du port", "L’actualité choisie de la ville et de la mer", ("Politique", "Sport"),
    (
        "La FIFA choisit la ville pour 2030 et ajoute +7 % aux stades !", "Le conseil étudie le budget des transports", "Un voilier traverse le détroit en 3 jours",
        "La bibliothèque « Lumière » ouvre (après deux ans)", "La marche réunit 1 200 personnes", "Le mot «أمل» (espoir), expliqué", "Le port reçoit son millième navire",
    ),
    "La fédération dit que « la décision est définitive » et que le score (3-1) n’y change rien.",
    "La fédération a annoncé hier sa décision, et le porte-parole a dit : « Le stade est prêt à 95 % ».\n\n> الملعب جاهز والمدينة معه.\n\nContact : +33 1 23 45 67 89 ou press@port.example.\n\n- un\n- deux",
    ("Anne Lefèvre", "سلمى الودغيري", "Omar Nasr"), ("Agence Littorale", "وكالة الساحل (2)"), ("Coupe du monde", "Stades", "ذكاء"), "Le Port – Agence Littorale",
    "Premier numéro", "Quelques mots de la rédaction.", "Nous sommes une petite équipe qui choisit l’actualité.",
)  # fmt: skip

LOCALES = {
    "ar-MA": (ARABIC, "Africa/Casablanca", "calendars: [gregorian, hijri]\nweekday: true\n"),
    "ar-EG": (ARABIC, "Africa/Cairo", ""),
    "ar-LB": (ARABIC, "Asia/Beirut", "months: dual-levant-first\n"),
    "fa": (PERSIAN, "Asia/Tehran", "calendars: [persian, gregorian]\n"),
    "he": (HEBREW, "Asia/Jerusalem", ""),
    "fr": (FRENCH, "Africa/Tunis", "weekday: true\n"),
}
"""Language and country → its words, its time zone, and what else its site says."""

DAYS = (
    "2026-11-20T23:30+00:00",
    "2026-11-05",
    "2026-08-05T08:15",
    "2026-07-02",
    "2026-04-09",
    "2025-12-31",
    "2025-02-18",
)

KINDS = {
    "home": "index.html", "article": "sport/n0/index.html", "foreign article": "sport/foreign/index.html", "theme": "sport/index.html",
    "older page": "sport/page/1/index.html", "archive": "archive/index.html", "month": "archive/2026/08/index.html", "sources": "sources/index.html",
    "tags": "tags/index.html", "editions": "editions/index.html", "edition": "editions/n1/index.html", "page": "about/index.html", "not found": "404.html",
}  # fmt: skip
PERSIAN_MONTH = "archive/1405/05/index.html"


def fill(site: LittleSite, locale: str) -> LittleSite:
    """The digest of one country, built."""
    words, zone, more = LOCALES[locale]
    site.put(
        "site.yaml",
        f"title: {words.title}\ndescription: {words.description}\nbase_url: https://news.example/\nlang: {locale}\ntimezone: {zone}\nper_page: 5\n"
        f"themes: [{{id: politics, title: {words.themes[0]}}}, {{id: sport, title: {words.themes[1]}}}]\n{more}",
    )
    for number, (headline, day) in enumerate(zip(words.headlines, DAYS, strict=True)):
        front = f'title: "{headline}"\ndate: {day}\nsource: {{name: {words.sources[number % 2]}, url: https://s{number}.example/a}}\ntags: [{words.tags[number % 3]}]'
        if not number:
            front = (
                f'title: "{headline}"\ndate: {day}\nupdated: 2026-11-22\nsummary: "{words.summary}"\ndateline: {words.dateline}\nlead: true\nedition: n1\n'
                f"author: [{', '.join(words.authors)}]\ntags: [{', '.join(words.tags)}]\ntranslations: {{en: sport/foreign}}\nrelated: [sport/n1, sport/n2]\n"
                f"source:\n  - {{name: {words.sources[0]}, url: https://a.example/x}}\n  - {{name: {words.sources[1]}, url: https://b.example/y}}"
            )
        site.entry(
            f"sport/n{number}",
            front,
            words.body + ("\n\n" + words.body.split("\n\n", maxsplit=1)[0]) * 20 if not number else words.body,
        )
    site.entry(
        "sport/foreign",
        "title: 'Harbour chosen for 2030: what is new?'\nlang: en\ndate: 2026-08-04",
        "The harbour is ready, and the city is with it.",
    )
    site.put("content/editions/n1.md", f"---\ntitle: {words.edition}\ndate: 2026-11-21\n---\n\n{words.introduction}\n")
    site.put(
        "content/pages/about.md",
        f"---\ntitle: {words.about.split(' ')[0]}\nupdated: 2026-01-15\n---\n\n{words.about}\n",
    )
    site.put("data/popular.yaml", "sport/n1: 9\nsport/n2: 5\n")
    site.build()
    return site


BLOCKS = frozenset({
    "h1", "h2", "h3", "h4", "p", "li", "time", "th", "td", "blockquote", "figcaption", "dt", "dd", "pre",
})  # fmt: skip
HEAD = ("description", "og:title", "og:locale", "og:site_name", "article:section")


def shown(page: str) -> list[str]:
    """What a reader is told by a page: its head, then each line of text; ‹lang dir› where they change, ⟨…⟩ round isolates."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    head, body = tree.find("head"), tree.find("body")
    lines = [f"html ‹{tree.get('lang')} {tree.get('dir')}›", f"title: {visible(head.findtext('title'))}"]
    metas = {meta.get("name") or meta.get("property"): meta.get("content") for meta in head.iter("meta")}
    lines += [f"{name}: {visible(metas[name])}" for name in HEAD if name in metas]
    lines += [
        f"hreflang {link.get('hreflang')}: {link.get('href')}" for link in head.iter("link") if link.get("hreflang")
    ]
    return lines + list(spoken(body, []))


def visible(text: str) -> str:
    """Direction marks as signs."""
    for mark, sign in (
        ("\u200f", "[RLM]"),
        ("\u200e", "[LRM]"),
        ("\u2068", "⟨"),
        ("\u2069", "⟩"),
        ("\u202f", "[NNBSP]"),
        ("\u00a0", "[NBSP]"),
    ):
        text = text.replace(mark, sign)
    return text


def spoken(element: Any, path: list[str]) -> Iterator[str]:
    """The lines of an element's text, in order."""
    if not isinstance(element.tag, str) or element.tag in ("script", "svg", "style"):
        return
    label = element.get("aria-label")
    if label:
        yield f"({element.tag}: {visible(label)})"
    nested = any(
        child.tag in BLOCKS or any(inner.tag in BLOCKS for inner in child.iter() if inner is not child)
        for child in element
    )
    if (element.tag in BLOCKS or element.tag in ("a", "span")) and not nested:
        text = " ".join(inline(element).split(" "))
        if text.strip():
            yield f"{element.tag}{way(element)}: {visible(' '.join(text.split()))}"
        return
    if way(element):
        yield f"{element.tag}{way(element)}:"
    if element.text and element.text.strip():
        yield f"{element.tag}: {visible(' '.join(element.text.split()))}"
    for child in element:
        yield from spoken(child, [*path, element.tag])
        if child.tail and child.tail.strip():
            yield f"{element.tag}: {visible(' '.join(child.tail.split()))}"


def way(element: Any) -> str:
    """` ‹fr ltr›` where an element says language or direction."""
    said = " ".join(filter(None, [element.get("lang"), element.get("dir")]))
    moment = element.get("datetime")
    return (f" ‹{said}›" if said else "") + (f" {moment}" if moment else "")


def inline(element: Any) -> str:
    """Text of an element with its isolates and changes of language marked."""
    text = element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag != "svg":
            inner = inline(child)
            if child.tag == "bdi":
                inner = f"⟨{inner}⟩"
            elif way(child):
                inner = f"{way(child).strip()} {inner}"
            apart = child.tag in BLOCKS or (child.tag in ("span", "a") and child.get("class") != "range")
            text += f" {inner} " if apart else inner
        text += child.tail or ""
    return text


def golden(site: LittleSite) -> str:
    """All kinds of pages of a built site, one after another."""
    made = site.files()
    kinds = {kind: path if path in made else PERSIAN_MONTH for kind, path in KINDS.items()}
    return "".join(f"== {kind} ==\n" + "\n".join(shown(site.text(path))) + "\n\n" for kind, path in kinds.items())
