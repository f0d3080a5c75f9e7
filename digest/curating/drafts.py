"""Values of a story → a draft entry: a file written whole, and never over another one.

In: a `Draft`. Out: YAML front matter with every text as a double-quoted scalar, so that no title can be anything else,
comments in the site's language for what only an editor can add, and quoted passages as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from digest import scaffold
from digest.content.fields import MAX_TITLE
from digest.text import cleaning, slugs

if TYPE_CHECKING:
    from digest.content.settings import Settings

MAX_SUMMARY: Final = 2000
MAX_NAME: Final = 300
"""Characters of a person's or an outlet's name."""
MAX_URL: Final = 4096
ATTEMPTS: Final = 1000
LONGEST_SLUG: Final = 120
"""Bytes (`slugs.slugify`)."""
SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&~|])")
LINE_MARK: Final = re.compile(r"^(\s*)(#|[-+=]|\d+[.)](?=\s)|:::)", re.MULTILINE)


class Source(msgspec.Struct, frozen=True):
    """Who published a story, and where."""

    name: str
    url: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A story's lead picture."""

    url: str
    """Where it is on the web."""
    alt: str = ""
    caption: str = ""
    credit: str = ""


class Remark(msgspec.Struct, frozen=True):
    """Something an editor should know: a key of `REMARKS` and what fills its braces."""

    code: str
    values: dict[str, str] = {}

    def said(self, lang: str = "en") -> str:
        """The sentence in a language, or in English."""
        words = REMARKS[self.code]
        return words.get(lang.partition("-")[0], words["en"]).format(**self.values)


class Draft(msgspec.Struct, frozen=True):
    """What is known of a story; texts are plain and may be anything."""

    title: str
    date: datetime | date
    """An aware moment, or a day."""
    theme: str
    sources: tuple[Source, ...] = ()
    """Who had it first stands first."""
    authors: tuple[str, ...] = ()
    summary: str = ""
    lang: str = ""
    """Empty: the site's."""
    dateline: str = ""
    picture: Picture | None = None
    picture_file: str = ""
    """The picture's file beside the entry; empty where none is kept."""
    passages: tuple[str, ...] = ()
    """Quoted word for word."""
    text: str = ""
    """The story itself, paragraphs parted by blank lines."""
    remarks: tuple[Remark, ...] = ()


REMARKS: Final[Mapping[str, Mapping[str, str]]] = {
    "no-date": {
        "en": "the page gives no date: this is today's, correct it",
        "ar": "لا تذكر الصفحة تاريخًا: هذا تاريخ اليوم، صحّحه",
        "fr": "la page ne donne pas de date : celle-ci est la date du jour, corrigez-la",
    },
    "future-date": {
        "en": "the page gives a date in the future, {date}: this is today's, correct it",
        "ar": "تذكر الصفحة تاريخًا لم يحن بعد، {date}: هذا تاريخ اليوم، صحّحه",
        "fr": "la page donne une date à venir, {date} : celle-ci est la date du jour, corrigez-la",
    },
    "old-date": {
        "en": "the page gives a date before 1995, {date}: this is today's, correct it",
        "ar": "تذكر الصفحة تاريخًا قبل 1995، {date}: هذا تاريخ اليوم، صحّحه",
        "fr": "la page donne une date antérieure à 1995, {date} : celle-ci est la date du jour, corrigez-la",
    },
    "hijri": {
        "en": "the date was converted from the Hijri date {date}",
        "ar": "حُوّل التاريخ من التاريخ الهجري {date}",
        "fr": "date convertie de la date hégirienne {date}",
    },
    "relative-date": {
        "en": "the date was worked out from “{date}”",
        "ar": "حُسب التاريخ من «{date}»",
        "fr": "date calculée d’après « {date} »",
    },
    "no-summary": {
        "en": "write a sentence or two",
        "ar": "اكتب جملة أو جملتين",
        "fr": "écrivez une phrase ou deux",
    },
    "no-source": {
        "en": "who published it first",
        "ar": "من نشره أولًا",
        "fr": "qui l’a publié en premier",
    },
    "alt": {
        "en": "say what the picture shows, for those who cannot see it",
        "ar": "صف ما في الصورة لمن لا يراها",
        "fr": "décrivez l’image pour qui ne la voit pas",
    },
    "no-credit": {
        "en": "the page names no photographer: ask who took it",
        "ar": "لا تذكر الصفحة صاحب الصورة: اسأل عنه",
        "fr": "la page ne nomme pas le photographe : demandez-le",
    },
    "picture-left": {
        "en": "the page's picture, not copied: {url}",
        "ar": "صورة الصفحة، لم تُنسخ: {url}",
        "fr": "l’image de la page, non copiée : {url}",
    },
    "own-text": {
        "en": "the text below is the source's: publish it only with the right to it",
        "ar": "النص أدناه نص المصدر: لا تنشره إلا إن كان لك الحق فيه",
        "fr": "le texte ci-dessous est celui de la source : ne le publiez que si vous en avez le droit",
    },
    "other-host": {
        "en": "the page names an address on another host as its own ({host}); the address it was read from is kept",
        "ar": "تنسب الصفحة نفسها إلى عنوان في موقع آخر ({host})؛ أُبقي العنوان الذي قُرئت منه",
        "fr": "la page donne pour sienne une adresse d’un autre site ({host}) ; l’adresse lue est gardée",
    },
    "home-canonical": {
        "en": "the page names a home page as its address; the address it was read from is kept",
        "ar": "تذكر الصفحة الصفحة الرئيسية عنوانًا لها؛ أُبقي العنوان الذي قُرئت منه",
        "fr": "la page donne la page d’accueil pour adresse ; l’adresse lue est gardée",
    },
    "redirected-home": {
        "en": "the address leads to {host}'s home page: the story may be gone",
        "ar": "يؤدي العنوان إلى الصفحة الرئيسية لموقع {host}: ربما حُذف الخبر",
        "fr": "l’adresse mène à la page d’accueil de {host} : l’article a peut-être disparu",
    },
    "no-copying": {
        "en": "the page asks not to be copied or mined ({word})",
        "ar": "تطلب الصفحة ألا تُنسخ ولا تُستخرج ({word})",
        "fr": "la page demande de ne pas être copiée ni fouillée ({word})",
    },
    "cut-short": {
        "en": "the page was cut short: what came first was read",
        "ar": "وصلت الصفحة مبتورة: قُرئ أولها",
        "fr": "la page est arrivée tronquée : son début a été lu",
    },
    "agency": {
        "en": "the text comes from {name}: find its own report, and put it first if it had the story first",
        "ar": "النص منقول عن {name}: ابحث عن خبره، وقدّمه إن كان السابق",
        "fr": "le texte vient de {name} : cherchez sa dépêche, et placez-la en tête si elle a été la première",
    },
    "encoding": {
        "en": "the page says {declared} and is {actual}",
        "ar": "تعلن الصفحة ترميز {declared} وهي بترميز {actual}",
        "fr": "la page annonce {declared} et est en {actual}",
    },
    "no-passages": {
        "en": "the page marks no passage: nothing was quoted",
        "ar": "لا مقطع معلّمًا في الصفحة: لم يُقتبس شيء",
        "fr": "la page ne marque aucun passage : rien n’a été cité",
    },
    "repeated": {
        "en": "{path} names this address too",
        "ar": "يذكر {path} هذا العنوان أيضًا",
        "fr": "{path} cite aussi cette adresse",
    },
}
"""Code → language → sentence. English ones go to the terminal and to JSON, those of the site to the entry."""

INLINE: Final = {
    "date": ("no-date", "future-date", "old-date", "hijri", "relative-date"),
    "title": ("encoding", "cut-short"),
    "source": ("agency", "other-host", "home-canonical", "redirected-home", "no-copying", "repeated"),
}
"""Key of an entry → the remarks that stand above it."""


# ------------------------------------------------------------------ the text


def entry_text(draft: Draft, settings: Settings) -> str:
    """The whole file."""
    lines = "\n".join(front_matter(draft, settings))
    return f"---\n{lines}\n---\n" + (f"\n{body}\n" if (body := body_text(draft)) else "")


def front_matter(draft: Draft, settings: Settings) -> Iterator[str]:
    """Its lines. Empty values are comments that say what to write."""
    site_lang = settings.lang

    def said(code: str) -> str:
        return comment(Remark(code).said(site_lang))

    def above(key: str) -> Iterator[str]:
        for remark in draft.remarks:
            if remark.code in INLINE[key]:
                yield comment(remark.said(site_lang))

    yield from above("title")
    yield f"title: {quoted(draft.title, MAX_TITLE)}"
    yield from above("date")
    yield f"date: {draft.date.isoformat()}"
    yield from above("source")
    yield from source_lines(draft.sources) or ("# source: {name: …, url: https://…}  " + said("no-source"),)
    if draft.authors:
        yield "author: " + (
            quoted(draft.authors[0]) if len(draft.authors) == 1 else f"[{', '.join(map(quoted, draft.authors))}]"
        )
    if draft.dateline:
        yield f"dateline: {quoted(draft.dateline)}"
    yield (
        f"summary: {quoted(draft.summary, MAX_SUMMARY)}"
        if cleaning.clean(draft.summary)
        else f"# summary: …  {said('no-summary')}"
    )
    if draft.picture:
        yield from picture_lines(draft.picture, draft.picture_file, site_lang)
    if draft.lang and draft.lang.partition("-")[0] != site_lang.partition("-")[0]:
        yield f"lang: {draft.lang}"
    yield "# tags: []"
    if draft.text:
        yield said("own-text")
    yield "draft: true"


def source_lines(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """`source:`, one or a list."""
    rows = [
        [f"name: {quoted(source.name)}"] + ([f"url: {quoted(source.url, MAX_URL)}"] if source.url else [])
        for source in sources
    ]
    if len(rows) == 1:
        return ("source:", *(f"  {row}" for row in rows[0]))
    return ("source:", *(f"  {'-' if at == 0 else ' '} {row}" for pair in rows for at, row in enumerate(pair))) * bool(
        rows
    )


def picture_lines(picture: Picture, file: str, lang: str) -> Iterator[str]:
    """`image:`, as comments where no file is kept."""
    hash_mark = "" if file else "# "
    if not file:
        yield comment(Remark("picture-left", {"url": picture.url}).said(lang))
    yield f"{hash_mark}image:"
    yield f"{hash_mark}  src: {quoted(file) if file else '…'}"
    alt = Remark("alt").said(lang)
    yield f"{hash_mark}  alt:  {comment(alt)}" + (f": {cleaned_comment(picture.alt)}" if picture.alt else "")
    if picture.caption:
        yield f"{hash_mark}  caption: {quoted(picture.caption, MAX_SUMMARY)}"
    credit = quoted(picture.credit) if picture.credit else comment(Remark("no-credit").said(lang))
    yield f"{hash_mark}  credit: {credit}"


def body_text(draft: Draft) -> str:
    """Quoted passages, then the text, as Markdown that shows them as they are."""
    passages = ["\n>\n".join(f"> {escaped(part)}" for part in paragraphs(passage)) for passage in draft.passages]
    return "\n\n".join([*passages, *(escaped(part) for part in paragraphs(draft.text))])


def paragraphs(text: str) -> list[str]:
    """Its paragraphs, each on one line."""
    return [line for part in re.split(r"\n\s*\n", text) if (line := cleaning.clean(part))]


def escaped(text: str) -> str:
    """Markdown that shows a line as it is."""
    return LINE_MARK.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", text))


def quoted(text: str, most: int = MAX_NAME) -> str:
    """A double-quoted YAML scalar on one line, without anything that could turn or command it."""
    return '"' + cleaning.clean(text)[:most].strip().replace("\\", "\\\\").replace('"', '\\"') + '"'


def comment(text: str) -> str:
    return f"# {cleaned_comment(text)}"


def cleaned_comment(text: str) -> str:
    """A comment stays on its line."""
    return cleaning.clean(text)[:MAX_TITLE]


# ------------------------------------------------------------------ the file


def candidates(root: Path, draft: Draft, settings: Settings) -> Iterator[Path]:
    """Paths an entry of this title may get: first the plain one, then numbered ones; those that are free now.

    A slug is free where no entry of the theme has it on any day, for the day need not be part of the URL.
    """
    folder = root / "content" / draft.theme
    slug = slugs.make_slug(draft.title, settings.slugs)
    if slug in slugs.DEVICES:
        slug = f"n-{slug}"
    for number in range(1, ATTEMPTS):
        # a file's name is cut to a slug's length when it is read: the number must fit
        name = slug if number == 1 else f"{slugs.cut(slug, LONGEST_SLUG - len(str(number)) - 1)}-{number}"
        if not any(path.stem[11:] == name or path.stem == name for path in folder.glob(f"*{glob_safe(name)}.*")):
            yield folder / f"{draft.date:%Y-%m-%d}-{name}.md"


def glob_safe(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


def planned_path(root: Path, draft: Draft, settings: Settings) -> Path:
    """Where `write` would put it now."""
    return next(candidates(root, draft, settings))


def write(root: Path, draft: Draft, settings: Settings, picture: bytes = b"", ending: str = "") -> tuple[Path, Draft]:
    """Write the draft and, beside it, its picture's bytes; gives the path and the draft as written.

    Both files are whole, or there is none. Where somebody took the name meanwhile, the next one is taken. Raises
    OSError.
    """
    for path in candidates(root, draft, settings):
        named = msgspec.structs.replace(draft, picture_file=path.stem + ending) if picture else draft
        files = [(path, entry_text(named, settings).encode())]
        if picture:
            files.insert(0, (path.with_suffix(ending), picture))
        try:
            scaffold.write_all(files)
        except FileExistsError:
            continue
        return path, named
    raise FileExistsError(17, "too many entries of this title", str(root / "content" / draft.theme))
