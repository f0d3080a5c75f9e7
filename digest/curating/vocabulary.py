"""Words and patterns by which the facts of a page are recognised: names of metadata, classes, phrases.

Kept apart from the rules that use them, so that a class some system writes or a word of some language is added in one
place. Everything is compared in lower case.
"""

from __future__ import annotations

import re
from typing import Final

TITLE_METAS: Final = ("twitter:title", "title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
SUMMARY_METAS: Final = (
    "description",
    "twitter:description",
    "dc.description",
    "dcterms.description",
    "sailthru.description",
)
PUBLISHED_METAS: Final = ("article:published_time", "og:article:published_time", "og:published_time", "og:pubdate")
AUTHOR_LABEL: Final = re.compile(r"كُ?تب|كاتب|بقلم|written|author|by|écrit|verfasst|escrito", re.IGNORECASE)
ARABIC: Final = re.compile("[\u0621-\u064a]")
ARABIC_SCRIPT: Final = frozenset({"ar", "fa", "ur", "ps", "ckb", "ku", "ug", "sd", "arz", "ary"})
DATE_METAS_WORDS: Final = """
datepublished parsely-pub-date sailthru.date article.published publishdate publish-date publish_date published_time
published-date pubdate article_date_original date.issued dc.date.issued dcterms.issued dcterms.created dcterms.date
dc.date dc.date.created dc.created cxenseparse:recs:publishtime originalpublicationdate citation_publication_date
citation_date prism.publicationdate date created lastpubdate displaydate bt:pubdate article:published
article:publish_date cse_date analyticsattributes.articledate shareaholic:article_published_time rnews:datepublished
iso-8601-publish-date timestamp vf:date article:create_time publication-date publication_date newsdate
nrk:publishdate content_create_date
"""
DATE_METAS: Final = tuple(DATE_METAS_WORDS.split())
AUTHOR_METAS_WORDS: Final = """
author authors byl byline parsely-author sailthru.author dc.creator dcterms.creator citation_author
cxenseparse:author twitter:data1_author article:author:name mediator_author rnews:author creator dc.contributor
"""
AUTHOR_METAS: Final = tuple(AUTHOR_METAS_WORDS.split())
TITLE_HINT: Final = re.compile(
    r"(?:^|\s)headline(?:\s|$)|(?:^|[\s_-])(?:entry|post|article|page|news|story|content|item"
    r"|details?)[-_]?(?:title|headline)(?:\s|$)"
)
URL_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})[/\-_]?(0[1-9]|1[0-2])[/\-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
DATE_HINT: Final = re.compile(r"date|time(?!line)|publish|posted|tarikh|created|postdate|pubdate")
MODIFIED: Final = re.compile(r"modif|updat")
MODIFIED_WORDS: Final = re.compile(
    r"(?:آخر\s+)?(?:تحديث|تم\s+التحديث|حُ?دّ?ثت?|عُدّلت?|تعديل)|(?:last\s+)?(?:updated|modified)|mise? à jour"
    r"|aktualisiert|actualizado",
    re.IGNORECASE,
)
PUBLISHED_WORDS: Final = re.compile(
    r"نُ?شرت?|تاريخ\s+النشر|النشر|أُ?ضيف|published|posted|publié|veröffentlicht|publicado", re.IGNORECASE
)
ITEM_AUTHOR: Final = re.compile(r"(?:^|\s)(?:author|creator)(?:\s|$)")
REL_AUTHOR: Final = re.compile(r"(?:^|\s)author(?:\s|$)")
AUTHOR_HINT: Final = re.compile(
    r"(?:^|[\s_-])(?:article|post|entry|story|news)?-?_?(?:author|byline|writer|write-?by|written-?by|reporter|auteur|autor|katib|kateb"
    r"|journalist)"
)
AUTHOR_NOT: Final = re.compile(
    r"bio|avatar|image|photo|img|box|follow|social|about|desc|date|time|comment|more|title|role|job|email|twitter"
)
BYLINE: Final = re.compile(
    r"\s*(?:by|par|von|por)\s+(?=[A-ZÀ-Þ])|\s*(?:بقلم|كتبت?|كتبه|الكاتب(?:ة)?|إعداد|اعداد|تحرير|تقرير)\s*(?::|/|-"
    r"|–|\s)\s*(?=[^\W\d_])",
    re.IGNORECASE,
)
BYLINE_INSIDE: Final = re.compile(
    r"(?<=[\s|•·،,-])(?:بقلم|الكاتب(?:ة)?)\s*[:/]?\s*(?=[^\W\d_])|(?<=[\s|•·,-])By\s+(?=[A-Z])"
)
CAPTION_HINT: Final = re.compile(
    r"(?:^|[\s_-])(?:caption|wp-caption-text|image-caption|photo-caption|img-caption|legend)"
)
CREDIT_HINT: Final = re.compile(r"credit|copyright(?!-)|photographer|img-source|image-source|photo-source")
CREDIT_TAIL: Final = re.compile(
    r"\s*(?:[(\[]\s*(?P<in>[^()\[\]]{2,60})\s*[)\]]\s*\.?|(?:^|[\s./|–—-])\s*(?:©|\(c\)|photo(?:graph)?\s*(?:by"
    r"|credit)?\s*:|photo\s+by|image\s*:|credit\s*:|picture\s*:"
    r"|foto\s*:|bild\s*:|تصوير\s*:?|الصورة\s*:|صورة\s*:|المصدر\s*:|عدسة\s*:?|مصدر الصورة\s*:?)\s*(?P<after>.{2,80}))$",
    re.IGNORECASE,
)
CREDIT_LEAD: Final = re.compile(
    r"^(?:©|\(c\)|photo(?:graph)?\s*(?:by|credit)?\s*:?|image\s*(?:credit|source)?\s*:|credit\s*:|تصوير\s*:?"
    r"|الصورة\s*:|المصدر\s*:|مصدر الصورة\s*:?|عدسة\s*:?)\s*",
    re.IGNORECASE,
)
AGENCY_TAIL: Final = re.compile(
    r"(?:[/|–—-]\s*|\s)(?P<name>Getty(?: Images)?|AFP|Reuters|AP|EPA|رويترز|أ ?ف ?ب|الأناضول|غيتي(?: إيميجز)?"
    r"|الفرنسية|أسوشيتد برس)\s*\.?$"
)
CREDIT_WORDS: Final = re.compile(
    r"getty|reuters|afp|shutterstock|istock|ap\b|epa|anadolu|رويترز|فرانس|الأناضول|أ ?ف ?ب|غيتي|أسوشيتد|مواقع"
    r"|أرشيف|file|الفرنسية|وكال|صور|©|تصوير|archive",
    re.IGNORECASE,
)
NO_PICTURE: Final = re.compile(
    r"\.svg(?:$|\?)|/(?:default|placeholder|no-?image|blank|spacer|pixel)[^/]*\.(?:png|gif|jpe?g)"
    r"|/logo[^/]*\.(?:png|jpe?g|gif|webp)(?:$|\?)|1x1"
)
DATELINE: Final = re.compile(
    r"^\s*(?P<place>[^()\d:.،]{2,40}?)?\s*(?:[-–—/،,]\s*)?[(«\"\[]?\s*(?P<by>[^()\[\]«»\d]{2,40}?)\s*[)»\"\]]?\s*[-–—:ـ]+\s+\S"
)
SOURCE_LINE: Final = re.compile(
    r"^\s*(?:المصدر|المصادر|نقلا عن|نقلًا عن|source|sources|quelle|fuente)\s*[:：]\s*(.{2,100})$", re.IGNORECASE
)
