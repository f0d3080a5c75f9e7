"""An entry's file → `Article` values, checked, with their text as safe HTML.

In: path and bytes of one file under content/, the site's settings, the pictures found on disk. Out: its articles
(several for a round-up) and every problem of the file. An article with a faulty key still comes out with its sound
values, so that references to it are not reported as well; the problems stop the build. Refuses unknown keys and themes,
values of another kind than their key's, and files that are not UTF-8 or not YAML. Pure: called in worker processes,
once per file.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from msgspec.structs import asdict, replace

from digest.content import date_input, documents, fields, nodes, pasted_addresses, references, translations, urls
from digest.content.documents import ContentContext, Document, File, file_of, read_slug
from digest.content.fields import (
    FLAG,
    NAME,
    PROSE,
    TEXT,
    Key,
    Pair,
    Table,
    TextContext,
    Value,
    either,
    keys_of,
    list_of,
    one_or_more,
)
from digest.content.nodes import Mapping, Notes, Scalar
from digest.model import Article, ArticleText, DisplayDate, Entry, Outlet, Place, Tag, Text
from digest.problems import N_, Message, Problem, did_you_mean, excerpt, guess, mistake
from digest.text import slugs, words

SHORTEST_READ = 60
"""Articles with fewer words show no reading time."""
OPENING = 1500
"""Characters at the start of a text used to find related stories: news opens with the essentials."""
MAX_SEGMENT = 200
"""Bytes of one part of a URL: a file name holds 255, and a build adds to it for a moment."""

SOURCE = Table(
    N_("a source"),
    (
        Key("name", "الاسم", "who published the story first", NAME, required=True),
        Key("url", "الرابط", "http(s) address of the original", TEXT),
    ),
)
KEYS = Table(
    N_("an entry"),
    (
        documents.title_key(N_("the headline")),
        documents.DATE,
        Key("theme", "المحور", "a theme's id from site.yaml; default: the folder's name", TEXT),
        Key("source", "المصدر", "who published it first: {name, url}, or a list of them",
            one_or_more(either(NAME, keys_of(SOURCE)))),
        Key("author", "الكاتب", "a name, or a list of names", one_or_more(NAME)),
        Key("dateline", "المكان", "where it was filed from", PROSE),
        documents.summary_key("text"),
        Key("image", "الصورة", "the lead picture: {src, alt, caption, credit}", documents.IMAGE.value),
        Key("tags", "الوسوم", "list of tags", one_or_more(NAME)),
        Key("related", "ذات_صلة", "ids of entries to show first; [] for none at all",
            list_of(TEXT)._replace(empty="list")),
        Key("edition", "العدد", "id of the edition it belongs to", TEXT),
        Key("lead", "بارز", "true: first in its theme and on the home page", FLAG),
        Key("slug", "الرابط", "last part of the URL; default: the file's name without its date", TEXT),
        documents.ALIASES,
        documents.LANG,
        Key("translations", "الترجمات",
            "the same story in other languages: {fr: entry id or address}, or [fr] for sister sites",
            either(TEXT, list_of(TEXT), Value({"type": "object", "additionalProperties": TEXT.shape}, TEXT.read))),
        documents.UPDATED,
        documents.DRAFT,
        documents.BODY,
    ),
)  # fmt: skip
"""Every key of an entry in English and Arabic."""

SHARED = ("date", "theme", "source", "author", "tags", "edition", "lang", "draft")
"""Keys a round-up may give once for all its entries."""
ITEMS = Table(N_("an entry of a round-up"), (replace(key, required=key.name == "title") for key in KEYS))
ENTRIES = Key("entries", "الأخبار", "a link round-up: a list of entries", list_of(keys_of(ITEMS)), required=True)
ROUND_UP = Table(N_("a round-up"), (*(replace(KEYS[name], required=False) for name in SHARED), ENTRIES))

DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:[-_ ]+|$)")
TAG_SEPARATORS = re.compile("[،,]")
ARABIC_COMMA = re.compile("،")
STRAY = " \t\n\u061c\u200b\u200c\u200d\u200e\u200f\ufeff"
MARKS = re.compile("[\u061c\u200b-\u200f\ufeff]")
HOST = re.compile(r"https?://[^/?#\\]+", re.IGNORECASE)


def read(
    path: str, raw: bytes, site: ContentContext, pictures: frozenset[str]
) -> tuple[tuple[Article, ...], tuple[Problem, ...]]:
    """The articles of one file, and everything wrong with it."""
    notes = Notes(path)
    file = file_of(path, pictures)
    if path.lower().endswith(".md"):
        articles = read_text_entry(raw, file, site, notes)
    else:
        articles = read_yaml_file(raw, file, site, notes)
    return articles, notes.problems()


def read_text_entry(raw: bytes, file: File, site: ContentContext, notes: Notes) -> tuple[Article, ...]:
    """Front matter and Markdown."""
    parts = nodes.read_markdown(raw, notes)
    if parts is None:
        return ()
    found = fields.take(parts.keys, KEYS, notes)
    if "body" in found:
        key = found["body"][0]
        what = mistake("body-in-markdown", "'{key}' stands in YAML files only", key=excerpt(key.value))
        notes.at(key, what, N_("write the text below the closing ---"))
    return only_entry(Document(found, parts.keys, parts.body, parts.body_line), file, site, notes)


def read_yaml_file(raw: bytes, file: File, site: ContentContext, notes: Notes) -> tuple[Article, ...]:
    """One entry as YAML, or a round-up of several."""
    root = nodes.read_yaml(raw, notes)
    if root is None:
        return ()
    if any(key.value in (ENTRIES.name, ENTRIES.arabic) for key, _ in root.items):
        return read_round_up(root, file, site, notes)
    return only_entry(documents.document(fields.take(root, KEYS, notes), root, notes), file, site, notes)


def only_entry(document: Document, file: File, site: ContentContext, notes: Notes) -> tuple[Article, ...]:
    """The entry of a file that holds one."""
    slug = read_slug(document.found.get("slug"), own_slug(undated(file.stem), file, site), notes)
    made = article(document, file, site, notes, slug=slug, name=file.id)
    return (made,) if made else ()


def read_round_up(root: Mapping, file: File, site: ContentContext, notes: Notes) -> tuple[Article, ...]:
    """The entries of `entries:`, with the file's shared keys as their defaults."""
    shared = fields.take(root, ROUND_UP, notes)
    pair = shared.pop("entries", None)
    made: list[Article] = []
    lines: dict[str, int] = {}
    given = fields.mappings(
        pair,
        ITEMS,
        notes,
        example=N_("a list: {item}", item="- title: …"),
        item_example="- title: …",
        what=N_("each item of '{key}'", key=notes.spelling("entries", "الأخبار")),
    )
    for node, own in given:
        found = {**shared, **own}
        title = fields.plain(found.get("title"), notes) or ""
        slug = read_slug(found.get("slug"), own_slug(title, file, site), notes)
        if not title and "slug" not in found:
            continue  # without a title there is no address; the missing title is noted
        first = lines.setdefault(slug.casefold(), node.line)
        if first != node.line:
            message = mistake(
                "slug-twice", "slug '{slug}' is also that of the entry on line {first}", slug=excerpt(slug), first=first
            )
            notes.at(node, message, N_("give this one a {key}: of its own", key=notes.spelling("slug", "الرابط")))
            continue
        if "date" not in found:
            name, entries = notes.spelling("date", "التاريخ"), notes.spelling("entries", "الأخبار")
            cure = N_("add {name}: here, or once above {entries}:", name=name, entries=entries)
            notes.at(node, fields.missing_key(N_("an entry"), name), cure)
        item = article(documents.document(found, node, notes), file, site, notes, slug=slug, name=f"{file.id}/{slug}")
        if item:
            made.append(item)
    return tuple(made)


def article(
    document: Document, file: File, site: ContentContext, notes: Notes, *, slug: str, name: str
) -> Article | None:
    """Checked keys and a text → the article; None for an entry without a theme, which has no address."""
    settings = site.settings
    found = document.found
    context = site.text_in(found.get("lang"), notes)
    published, has_time = site.date(found.get("date"), notes)
    updated, updated_moment = None, None
    if "updated" in found:
        updated, updated_moment = read_updated(found["updated"], site, notes, published=published, has_time=has_time)
    theme = read_theme(found.get("theme"), file, site, notes)
    path = read_path(settings.permalink, document.node, notes, theme=theme, slug=slug, published=published)
    shared, body, summary = documents.read_shared(document, file, site, notes, context=context, name=name, path=path)
    pins = references.entry_ids(found["related"], notes) if "related" in found else None
    edition, edition_place = read_edition(found.get("edition"), notes)
    dateline = fields.text(found.get("dateline"), context, notes)
    lang = context.lang or settings.lang
    entry = Entry(
        **asdict(shared),
        theme=theme,
        published=published,
        moment=site.date_formatter(published, has_time),
        updated=updated,
        updated_moment=updated_moment,
        authors=read_authors(found["author"], context, notes) if "author" in found else (),
        outlets=read_outlets(found["source"], context, notes) if "source" in found else (),
        tags=read_tags(found["tags"], context, notes) if "tags" in found else (),
        pins=None if pins is None else tuple(pin for pin, _ in pins),
        pin_places=() if pins is None else tuple(place for _, place in pins),
        edition=edition,
        edition_place=edition_place,
        lead=fields.flag(found.get("lead"), notes),
        lang=context.lang,
        translations=translations.read(found["translations"], settings, lang, path, notes)
        if "translations" in found
        else (),
    )
    if not theme:  # only now, so that every fault of the entry is noted
        return None
    minutes = words.reading_minutes(body.words, settings.reading_speed) if body.words >= SHORTEST_READ else 0
    story = ArticleText(body.html, dateline, minutes, summary)
    return Article(entry, story, body.text[:OPENING] if settings.related.count else "")


def read_theme(pair: Pair | None, file: File, site: ContentContext, notes: Notes) -> str:
    """The theme's id from the key, else from the folder; empty with a problem when it is not declared."""
    if pair is None:
        if file.folder in site.themes:
            return file.folder
        if not file.folder:
            what = mistake(
                "no-theme", "an entry directly in content/ needs '{key}'", key=notes.spelling("theme", "المحور")
            )
            notes.file(what, N_("move it into a theme's folder, or add {key}:", key=notes.spelling("theme", "المحور")))
            return ""
        cure = near_theme(file.folder, site) or N_(
            "declare it in site.yaml, or add {key}: to the entry", key=notes.spelling("theme", "المحور")
        )
        notes.file(
            mistake("folder-not-theme", "the folder '{folder}' is not a theme", folder=excerpt(file.folder)), cure
        )
        return ""
    raw = fields.plain(pair, notes, N_("a theme's id from site.yaml"))
    if raw is None:
        return ""
    name = raw if raw in site.themes else unicodedata.normalize("NFC", raw.strip())
    if name in site.themes:
        return name
    what = mistake("unknown-theme", "unknown theme '{value}'", value=excerpt(raw))
    notes.at(pair[1], what, near_theme(name, site) or N_("declare it in site.yaml"))
    return ""


def near_theme(name: str, site: ContentContext) -> Message | None:
    """Did-you-mean over the themes' ids and titles."""
    title = site.theme_titles.get(name.casefold())
    if title:
        return guess(title)
    known = [theme.id for theme in site.settings.themes]
    near = did_you_mean(name, known)
    if near:
        return near
    return N_("themes are {themes}", themes=tuple(known[:12])) if known else None


def own_slug(text: str, file: File, site: ContentContext) -> str:
    """The default slug: a name in the site's letters, or the file's id."""
    letters, text = site.settings.slugs, slugs.decoded(text)
    return slugs.make_slug(f"{file.id}/{text}" if letters == "id" else text, letters)


def read_updated(
    pair: Pair, site: ContentContext, notes: Notes, *, published: datetime, has_time: bool
) -> tuple[datetime | None, DisplayDate | None]:
    """The last change and how a page shows it; not before the publication."""
    found = date_input.moment(pair, site.zone, notes, site.settings.lang)
    if found is None:
        return None, None
    updated, with_time = found
    too_early = updated < published if has_time and with_time else updated.date() < published.date()
    if too_early:
        what = mistake(
            "updated-before-date",
            "'{key}' is before '{date}'",
            key=excerpt(pair[0].value),
            date=notes.spelling("date", "التاريخ"),
        )
        notes.at(pair[1], what, N_("correct one of the two"))
        return None, None
    return updated, site.date_formatter(updated, with_time)


def read_path(pattern: str, node: Mapping, notes: Notes, *, theme: str, slug: str, published: datetime) -> str:
    """The entry's path by the site's permalink."""
    path = pattern.format(
        theme=theme, slug=slug, year=f"{published.year:04}", month=f"{published.month:02}", day=f"{published.day:02}"
    )
    if len(path) > MAX_SEGMENT // 3 and any(len(part.encode()) > MAX_SEGMENT for part in path.split("/")):
        what = mistake(
            "address-too-long",
            "a part of the URL '{path}' is longer than {limit} bytes",
            path=excerpt(path),
            limit=MAX_SEGMENT,
        )
        notes.at(node, what, N_("give the entry a shorter {key}:", key=notes.spelling("slug", "الرابط")))
    return path


def read_edition(pair: Pair | None, notes: Notes) -> tuple[str, Place | None]:
    """The edition's id and its place in the file."""
    raw = fields.plain(pair, notes, N_("an edition's id"))
    if raw is None or pair is None:
        return "", None
    name = references.identifier(raw.strip().removeprefix("content/"), "editions/")
    if not name:
        notes.at(pair[1], fields.empty_value(pair[0]), N_("write an edition's id, or take the key out"))
    return name, Place(notes.path, pair[1].line, pair[1].column)


def undated(stem: str) -> str:
    """A file's name without the date in front, unless it is nothing but a date."""
    return DATED.sub("", stem, count=1) or stem


@lru_cache(maxsize=8192)
def tag_of(raw: str, context: TextContext) -> Tag | None:
    """A tag and its slug; None for one without a letter."""
    name = context.text(raw)
    return Tag(name, slugs.name_slug(name.plain, context.slugs)) if name.plain else None


def read_tags(pair: Pair, context: TextContext, notes: Notes) -> tuple[Tag, ...]:
    """A list of tags, or one text with commas between them; each slug once."""
    found: dict[str, Tag] = {}
    key, value = pair
    for node in fields.several(pair, notes, "[اقتصاد, طاقة]"):
        # «،» parts tags inside brackets too: [اقتصاد، طاقة] is one text to YAML
        for raw in (TAG_SEPARATORS if node is value else ARABIC_COMMA).split(node.value):
            if not raw.strip() and len(node.value.strip()) > 0:
                continue
            word = without_hash(raw)
            name = fields.worded(word, (key, node), context, notes, 200)
            tag = tag_of(word, context) if name is not None else None
            if tag:
                found.setdefault(tag.slug, tag)
    return tuple(fields.few(list(found.values()), pair, notes))


def without_hash(raw: str) -> str:
    """A tag typed as on social networks, as words: «#كأس_العالم» → «كأس العالم»."""
    word = raw.strip()
    return word.lstrip("#").replace("_", " ") if word.startswith("#") and word.strip("#") else raw


def read_authors(pair: Pair, context: TextContext, notes: Notes) -> tuple[Text, ...]:
    """A name, or a list of names, each once."""
    names = (
        fields.worded(node.value, (pair[0], node), context, notes, 300)
        for node in fields.several(pair, notes, N_("a name, or a list of names"))
    )
    return tuple(dict.fromkeys(name for name in names if name is not None))


def read_outlets(pair: Pair, context: TextContext, notes: Notes) -> tuple[Outlet, ...]:
    """`{name, url}`, a bare name, or a list of them."""
    key, value = pair
    given = [value] if isinstance(value, (Scalar, Mapping)) else fields.few(fields.items(pair, notes, ""), pair, notes)
    outlets = []
    for node in given:
        if isinstance(node, Scalar):
            name, url = named(key, node, context, notes)
        elif isinstance(node, Mapping):
            found = fields.take(node, SOURCE, notes)
            url = read_address(found.get("url"), notes)
            if "name" not in found:
                continue
            label = found["name"][1]
            if not isinstance(label, Scalar):
                fields.text(found["name"], context, notes, 300)
                continue
            name, inside = named(found["name"][0], label, context, notes)
            url = url or inside
        else:
            fields.wrong((key, node), N_("a name or {{name, url}}"), notes, "{name: …, url: https://…}")
            continue
        if name is not None:
            outlets.append(Outlet(name, outlet_slug(name.plain, context.slugs), url, urls.host(url) if url else ""))
    return tuple(outlets)


def named(key: Scalar, node: Scalar, context: TextContext, notes: Notes) -> tuple[Text | None, str]:
    """Split a source written as a name, an address, or both."""
    raw = node.value
    pasted, address = pasted_addresses.cited(raw) if "/" in raw or "www." in raw else (raw, "")
    name = fields.worded(pasted, (key, node), context, notes, 300)
    return name, read_address((key, node._replace(value=address)), notes) if address else ""


@lru_cache(maxsize=8192)
def outlet_slug(name: str, letters: str) -> str:
    """`slugs.name_slug`, remembered: a site has few outlets and many entries."""
    return slugs.name_slug(name, letters)


def read_address(pair: Pair | None, notes: Notes) -> str:
    """An http(s) address of another site through the gate; empty with a problem for anything else."""
    raw = fields.plain(pair, notes, "url: https://…")
    if raw is None or pair is None:
        return ""
    raw = pasted_addresses.as_meant(raw)
    url, reason = urls.gate(raw if raw.isascii() else with_marks_encoded(raw))
    if not url:
        what = mistake("wrong-address", "'{value}' cannot be an address: {reason}", value=excerpt(raw), reason=reason)
        notes.at(pair[1], what, N_("write one that begins with https://"))
    elif not urls.is_external(url):
        what = mistake("address-not-elsewhere", "'{value}' is not the address of another site", value=excerpt(raw))
        notes.at(pair[1], what, N_("write one that begins with https://"))
        return ""
    return url


def with_marks_encoded(raw: str) -> str:
    """An address with the direction marks and joiners of its path percent-encoded: some outlets' own URLs hold them."""
    if not MARKS.search(raw):
        return raw
    head = HOST.match(raw.strip(STRAY))
    if head is None:
        return raw
    return head[0] + MARKS.sub(lambda mark: quote(mark[0]), raw.strip(STRAY)[head.end() :])
