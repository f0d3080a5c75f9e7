"""Bylines → the persons who wrote, and the agency the text comes from.

In: names as metadata and bylines give them: one or several in a text, with «بقلم» before and a role behind. Out:
persons in their order, each once, and agencies. Newsrooms, accounts, addresses and the site itself are neither.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from digest.curating import outlets
from digest.text import cleaning
from digest.text.folding import fold

if TYPE_CHECKING:
    from digest.curating.outlets import Names

LONGEST: Final = 400
MOST: Final = 12
TAGS: Final = re.compile(r"<[^<>]{0,300}>")
ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|(?<!\w)@\w+")
LEAD: Final = re.compile(
    r"^\s*(?:written\s+by|reported\s+by|posted\s+by|story\s+by|reporting\s+by|edited\s+by|by|par|von|por|di|door"
    r"|av|af|text|texte|auteurs?"
    r"|authors?|autore?n?|publié par|propos recueillis par|écrit par|"
    r"بقلم|كتبت?|كتبه|كتبها|كتب/ت|الكاتب(?:ة)?|كاتب(?:ة)? المقال|تحرير|إعداد|اعداد|أعده|أعدّه|تقرير|حوار|حاوره"
    r"|تصوير وتقرير|المصدر|نشر بواسطة|بواسطة|أرسل بواسطة)"
    r"(?:\s*[:：/\-–]\s*|\s+)",
    re.IGNORECASE,
)
TAIL: Final = re.compile(
    r"\s*(?:\(.{0,60}\)|\[.{0,60}\]|\s[-–—|]\s.*|[,،]\s*(?:for|pour|für|special to|in|à|aus|correspondent"
    r"|reporter|editor|senior|chief|staff|bbc|cnn|business|political"
    r"|journaliste?|redakteur\w*|korrespondent\w*|مراسلة?|محررة?|كاتبة?|صحافية?|صحفية?|خاص|باحثة?)\b.*)$",
    re.IGNORECASE,
)
SPLIT: Final = re.compile(r"\s*(?:[;|\n•·]|\s/\s|\s(?:and|&|et|und|y|e|en|och|og|ve|و|with|avec|mit)\s|[،])\s*")
COMMA: Final = re.compile(r"\s*,\s*(?!(?:jr|sr|ii|iii|iv|md|phd|esq)\b)", re.IGNORECASE)
JOINED_AND: Final = re.compile(r"\s(?=و[^\W\d_]{2})")
WAW_NAMES_WORDS: Final = """
وليد وائل وسام وفاء وداد وهيب وجدي وسيم ورد وردة وجيه وهبة وهبه وديع وصال وعد ولاء وحيد وضاح وهيبة وجدان وئام وسن واصف
وفيق وليم وصفي ولد ونيس وهبي وائلة وجيهة وسيلة وريدة ورود وهران ويليام والتر وات ولي وزان وطفة وهب وهاب وصيف وناس ويس
"""
WAW_NAMES: Final = frozenset(fold(word) for word in WAW_NAMES_WORDS.split())
"""Names that begin with و, which is no “and” there."""
COLLECTIVE_WORDS: Final = """
staff getty images istock shutterstock photos newsroom editorial editors editor redaktion redaction redaccion
redazione redactie redakcja redaktionen redacao agency agencies agence agences agencia agenturen agentur news
press correspondents admin administrator webmaster contributors contributor reporters desk team wire service
services network media magazine bureau office online digital guest unknown anonymous newsdesk web magazin
zeitung journal tv radio group gmbh inc ltd company university institute redakce toimitus toimittajat rédaction
équipe وكالة وكالات الوكالات هيئة غرفة قسم فريق محرر المحرر محررو محررون موقع جريدة صحيفة قناة شبكة مراسل
مراسلون مراسلو مراسلنا متابعات متابعة مصادر أدمن ادمن ادارة الإدارة إدارة المصدر تحرير التحرير المحررون أخبار
الأخبار بوابة مركز مؤسسة مجلة إذاعة تلفزيون ديسك وحدة لجنة المحررين أسرة nachrichten nachrichtenagentur facebook
twitter instagram whatsapp telegram youtube comments وكالاتنا الموقع تويتر فيسبوك القسم الجريدة الصحيفة منوعات
رياضة اقتصاد سياسة دولي محلي محليات
"""
COLLECTIVE: Final = frozenset(fold(word) for word in COLLECTIVE_WORDS.split())
"""A name with one of these words is no person's."""
ALONE_WORDS: Final = """
by user root author authors source writer reporter journalist test demo none null undefined n/a na default super
superadmin editor1 خاص كتب الكاتب كاتب الكاتبة صحفي مراسلة نشر مدير رئيس سكرتير تقرير ترجمة المحررة محررة مشرف عام
"""
ALONE: Final = frozenset(fold(word) for word in ALONE_WORDS.split())
"""No names when they stand alone."""
ACCOUNT: Final = re.compile(r"[a-z0-9._-]+|.*[_\d].*|[A-Z]{1,3}")


PLACES_OF_TWO_WORDS: Final = """
أبو ظبي|الدار البيضاء|نيو يورك|سيدي بوزيد|بورت سودان|تل أبيب|مكة المكرمة|المدينة المنورة|القدس المحتلة
رام الله|شرم الشيخ|كفر الشيخ|رأس الخيمة|أم القيوين|لوس أنجلوس|سان فرانسيسكو|خان يونس|بيت لحم|دير الزور
وادي حلفا|بني سويف|عين الدفلى|new york|los angeles|abu dhabi|tel aviv|hong kong|san francisco|new delhi
buenos aires|mexico city
"""
PLACES: Final = frozenset(fold(name) for line in PLACES_OF_TWO_WORDS.splitlines() for name in line.split("|") if name)
"""Places that look like the name of a person in a byline; a place of one word is known by what is beside it."""
DASH: Final = re.compile(r"\s[-–—|/]\s|(?<=\w)[-–—/]\s|\s[-–—/](?=\w)")


def persons(names: Iterable[str], site: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(persons, agencies) among names, in their order."""
    found: dict[str, str] = {}
    agencies: dict[int, str] = {}
    for raw in names:
        for name in without_places(parted(raw, site), site):
            if outlets.is_agency(name):
                if not site.has(name):
                    agencies.setdefault(outlets.agency(name), name)
            elif is_person(name, site):
                found.setdefault(outlets.compared(name), name)
    return tuple(found.values())[:MOST], tuple(agencies.values())[:3]


def without_places(names: list[str], site: Names) -> list[str]:
    """Without single words beside a full name, an agency or a newsroom: “Newsroom, Berlin”, «رويترز، القاهرة»."""
    telling = any(" " in name or outlets.is_agency(name) or not is_person(name, site) for name in names)
    if len(names) < 2 or not telling:
        return names
    return [name for name in names if " " in name or outlets.is_agency(name)]


def parted(raw: str, site: Names) -> list[str]:
    """The names in a text, without what stands around them."""
    text = ADDRESS.sub(" ", TAGS.sub(" ", html.unescape(raw[:LONGEST]))).replace("ـ", "")
    text = "\n".join(cleaning.clean(line) for line in text.split("\n")).strip(" :\n")
    inside = re.findall(r"[(\[]([^()\[\]]{2,40})[)\]]", text)
    agencies = [name for inner in inside if outlets.is_agency(name := inner.strip())]
    text = unled(text)
    if ":" in text:  # «القاهرة: فلان»: before the colon is a place or a role
        text = text.rpartition(":")[2]
    parts = [part.strip(' «»"') for part in DASH.split(text) if part.strip()]
    if len(parts) > 1 and any(outlets.is_agency(part) or site.has(part) for part in parts):
        # «الرباط - رويترز», «الجريدة - فلان»: the site is no name, and a single word beside it is a place
        return [part for part in parts if outlets.is_agency(part) or (" " in part and not site.has(part))]
    found: list[str] = []
    for piece in SPLIT.split(text):
        for part in COMMA.split(TAIL.sub("", unled(piece))) if piece else ():
            found += [name for one in joined(unled(part)) if (name := trimmed(one))]
    return found + agencies


def unled(text: str) -> str:
    """Without «بقلم» and its like, of which there may be two."""
    return LEAD.sub("", LEAD.sub("", text + " ")).strip()


def joined(text: str) -> list[str]:
    """«أحمد علي ومنى حسن» → two names, where both are of two words and و begins no name."""
    for match in JOINED_AND.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if len(before.split()) >= 2 and len(after.split()) >= 2 and fold(after.split()[0]) not in WAW_NAMES:
            return [before, *joined(after[1:])]
    return [text]


def trimmed(text: str) -> str:
    return TAIL.sub("", text).strip(" \t.,:;،؛|-–—/\\\"'«»“”()[]*&")


def is_person(name: str, site: Names) -> bool:
    """Whether a name can be a person's."""
    words = fold(name).split()
    if not 2 <= len(name) <= 60 or len(words) > 7 or not re.search(r"[^\W\d_]{2}", name):
        return False
    if (
        any(word.strip(".,-") in COLLECTIVE for word in words)
        or " ".join(words) in ALONE | PLACES
        or (len(words) == 1 and words[0] in ALONE)
    ):
        return False
    if re.search(r"\d|[{}<>=#%?!:…/]|\.\w{2,3}$", name) or (len(words) == 1 and ACCOUNT.fullmatch(name)):
        return False
    return not site.has(name) and not any(word in site.labels for word in words)
