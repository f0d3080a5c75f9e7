"""What `digest inbox` says, in the languages of sites: what is wrong with a source, and the list's own words.

Code → language → sentence. English goes to JSON, the site's language to the terminal; a language without a sentence of
its own gets the English one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from digest.text import plurals
from digest.text.numbers import format_number

if TYPE_CHECKING:
    from digest.curating.feeds import Remark

FAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "empty": {
        "en": "the feed is empty; check the address",
        "ar": "الخلاصة فارغة؛ تحقق من الرابط",
        "fr": "le flux est vide ; vérifiez l’adresse",
    },
    "html": {
        "en": "it is an HTML page, not a feed; {cure}",
        "ar": "هذه صفحة HTML وليست خلاصة؛ {cure}",
        "fr": "c’est une page HTML, pas un flux ; {cure}",
    },
    "entity": {
        "en": "the feed declares an entity on line {detail}, which could grow without bound: it was not read",
        "ar": "تعرّف الخلاصة كيانًا (entity) في السطر {detail} قد يكبر بلا حد: لم تُقرأ",
        "fr": "le flux déclare une entité à la ligne {detail}, qui pourrait grossir sans fin : il n’a pas été lu",
    },
    "large": {
        "en": "the feed is too large: more than 16 MB",
        "ar": "الخلاصة أكبر مما يُقرأ: أكثر من 16 م.ب",
        "fr": "le flux est trop grand : plus de 16 Mo",
    },
    "beginning": {
        "en": "what precedes the first story is too large: it was not read",
        "ar": "ما يسبق أول خبر أكبر مما يُقرأ: لم تُقرأ الخلاصة",
        "fr": "ce qui précède la première nouvelle est trop grand : le flux n’a pas été lu",
    },
    "opml": {
        "en": "it is an OPML list of feeds; digest inbox --import prints its lines for site.yaml",
        "ar": "هذه قائمة خلاصات OPML؛ يطبع digest inbox --import أسطرها لملف site.yaml",
        "fr": "c’est une liste OPML ; digest inbox --import écrit ses lignes pour site.yaml",
    },
    "sitemap-index": {
        "en": "it is an index of sitemaps; name the news sitemap that it leads to",
        "ar": "هذا فهرس خرائط؛ اذكر خريطة الأخبار التي يقود إليها",
        "fr": "c’est un index de plans de site ; nommez le plan d’actualités auquel il mène",
    },
    "no-news": {
        "en": "it is a sitemap without news: no address in it has a headline",
        "ar": "خريطة موقع بلا أخبار: لا عنوان خبر فيها",
        "fr": "c’est un plan de site sans actualités : aucun titre",
    },
    "no-feed": {
        "en": "it is no feed: neither RSS, RDF, Atom, JSON Feed nor a news sitemap",
        "ar": "ليست خلاصة: لا RSS ولا RDF ولا Atom ولا JSON Feed ولا خريطة أخبار",
        "fr": "ce n’est pas un flux : ni RSS, RDF, Atom, JSON Feed, ni plan d’actualités",
    },
    "cut": {
        "en": "the feed was cut short: what came first is listed",
        "ar": "وصلت الخلاصة مبتورة: يُعرض أولها",
        "fr": "le flux est arrivé tronqué : son début est affiché",
    },
    "full": {
        "en": "the feed is very long: the first {detail} items are listed",
        "ar": "الخلاصة طويلة جدًا: يُعرض أول {detail} منها",
        "fr": "le flux est très long : les {detail} premiers articles sont affichés",
    },
    "no-address": {
        "en": "items without a web address, left out: {detail}",
        "ar": "مواد بلا رابط تُركت: {detail}",
        "fr": "articles sans adresse, laissés de côté : {detail}",
    },
    "unreadable": {
        "en": "items that cannot be read, left out: {detail}",
        "ar": "مواد تعذرت قراءتها تُركت: {detail}",
        "fr": "articles illisibles, laissés de côté : {detail}",
    },
    "gone": {
        "en": "the feed is gone for good (410): it is not asked again; change its url or take its line out",
        "ar": "حُذفت الخلاصة نهائيًا (410): لن تُطلب ثانية؛ غيّر رابطها أو احذف سطرها",
        "fr": "le flux a disparu (410) : il n’est plus demandé ; changez son url ou ôtez sa ligne",
    },
    "later": {
        "en": "it is asked again after {detail}",
        "ar": "يُطلب ثانية بعد {detail}",
        "fr": "il sera redemandé après {detail}",
    },
    "never-asked": {
        "en": "it was never fetched; run digest inbox without --offline once",
        "ar": "لم تُجلب بعد؛ شغّل digest inbox مرة بلا --offline",
        "fr": "il n’a jamais été demandé ; lancez une fois digest inbox sans --offline",
    },
    "moved": {
        "en": "the feed has moved for good; write url: {detail}",
        "ar": "انتقلت الخلاصة نهائيًا؛ اكتب url: {detail}",
        "fr": "le flux a déménagé ; écrivez url: {detail}",
    },
    "outside": {
        "en": "its path leads out of the site: it was not read",
        "ar": "يقود مساره إلى خارج الموقع: لم يُقرأ",
        "fr": "son chemin sort du site : il n’a pas été lu",
    },
    "no-file": {
        "en": "there is no such file in the site; check the path",
        "ar": "لا ملف بهذا الاسم في الموقع؛ تحقق من المسار",
        "fr": "il n’y a pas de tel fichier dans le site ; vérifiez le chemin",
    },
    "unreadable-file": {
        "en": "the file cannot be read ({detail}); check the path and who may read it",
        "ar": "تعذرت قراءة الملف ({detail})؛ تحقق من المسار ومن إذن القراءة",
        "fr": "le fichier ne peut être lu ({detail}) ; vérifiez le chemin et les droits",
    },
    "faulty-line": {"en": "{detail}", "ar": "سطر المصدر في site.yaml خاطئ: {detail}"},
    "fetch-lookup": {"ar": "لا خادم بهذا الاسم، أو لا شبكة"},
    "fetch-connection": {"ar": "تعذر الاتصال بالخادم"},
    "fetch-tls": {"ar": "تعذر اتصال آمن بالخادم"},
    "fetch-time": {"ar": "لم يجب الخادم في الوقت المتاح"},
    "fetch-private": {"ar": "يقود الرابط إلى عنوان خاص في هذا الحاسوب أو شبكته"},
    "fetch-address": {"ar": "لا يصلح الرابط؛ تحقق من كتابته"},
    "fetch-redirect": {"ar": "يحيل الخادم إلى ما لا يُتبع"},
    "fetch-status": {"ar": "أجاب الخادم بالرمز {detail}"},
    "fetch-wall": {"ar": "يطلب الخادم إثبات أن الزائر ليس روبوتًا ({detail})"},
    "fetch-size": {"ar": "ما يرسله الخادم أكبر مما يُقرأ"},
    "fetch-encoding": {"ar": "ما يرسله الخادم مضغوط ضغطًا لا يُفك"},
    "fetch-protocol": {"ar": "لا يجيب الخادم كما تجيب خوادم الويب"},
}
CURES: Final = {
    "en": ("try {url}", "look for its feed's address"),
    "ar": ("جرّب {url}", "ابحث عن رابط خلاصتها"),
    "fr": ("essayez {url}", "cherchez l’adresse de son flux"),
}
"""Language → the cure for a page: with the feed that it names, and without."""

COUNTS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "stories": {
        "ar": {
            "zero": "لا خبر", "one": "خبر واحد", "two": "خبران", "few": "{n} أخبار", "many": "{n} خبرًا",
            "other": "{n} خبر",
        },
        "en": {"one": "{n} story", "other": "{n} stories"},
        "fr": {"one": "{n} nouvelle", "other": "{n} nouvelles"},
    },
    "sources": {
        "ar": {
            "zero": "لا مصدر", "one": "مصدر واحد", "two": "مصدرين", "few": "{n} مصادر", "many": "{n} مصدرًا",
            "other": "{n} مصدر",
        },
        "en": {"one": "{n} source", "other": "{n} sources"},
        "fr": {"one": "{n} source", "other": "{n} sources"},
    },
}  # fmt: skip
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "count": {"ar": "{stories} من {sources}", "en": "{stories} from {sources}", "fr": "{stories} de {sources}"},
    "taken": {"ar": "مأخوذ", "en": "taken", "fr": "prise"},
    "aside": {"ar": "موضوع جانبًا", "en": "put aside", "fr": "mise de côté"},
    "undated": {"ar": "بلا تاريخ", "en": "no date", "fr": "sans date"},
    "take": {
        "ar": "لتجعل من الأول مسودة: {command}", "en": "{command} makes a draft of the first",
        "fr": "{command} fait du premier un brouillon",
    },
}  # fmt: skip


def said(remark: Remark, lang: str) -> str:
    """A remark in a language."""
    primary = lang.partition("-")[0]
    words = FAULTS.get(remark.fault, {})
    sentence = words.get(primary) or words.get("en") or ""
    if not sentence or (primary == "en" and remark.english):
        return remark.english
    with_url, without = CURES.get(primary, CURES["en"])
    cure = with_url.format(url=remark.detail) if remark.detail else without
    return sentence.format(detail=remark.detail, cure=cure)


def all_said(remarks: Iterable[Remark], lang: str) -> str:
    """Several remarks on one line."""
    return ("؛ " if lang.partition("-")[0] == "ar" else "; ").join(filter(None, (said(one, lang) for one in remarks)))


def counted(what: str, number: int, lang: str, digits: str) -> str:
    """«٣ أخبار»."""
    tables = COUNTS[what]
    primary = lang.partition("-")[0] if lang.partition("-")[0] in tables else "en"
    table = tables[primary]
    form = plurals.form(primary, number)
    return table.get(form, table["other"]).format(n=format_number(number, lang, digits))


def word(name: str, lang: str) -> str:
    return WORDS[name].get(lang.partition("-")[0], WORDS[name]["en"])
