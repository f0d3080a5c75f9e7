"""A WordPress export → an `Archive`, and its texts one after the other.

The files are read twice: once for what stands in them (terms, accounts, attachments, dates), once for the texts.
Drafts, pending, private and protected posts are drafts here; trash, revisions, menus and what themes and plug-ins keep
are left out and counted.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from digest.content import urls
from digest.importing import blocks, closing_lines, wxr, zones
from digest.importing.archive import Archive, Category, Person, Record, Story
from digest.importing.shortcodes import Attachment, Library
from digest.text import cleaning, slugs

NEVER_WORDS: Final = """
revision nav_menu_item custom_css customize_changeset oembed_cache user_request wp_template wp_template_part
wp_global_styles wp_navigation wp_font_family wp_font_face acf-field acf-field-group elementor_library
wpcf7_contact_form wp_changeset feedback mc4wp-form wpforms vc_grid_item amn_smtp jp_mem_plan spucpt shop_order
scheduled-action tablepress_table et_pb_layout wp_log postman_sent_mail
"""
NEVER: Final = frozenset(NEVER_WORDS.split())
"""Kinds of records that are no content."""
STATUSES: Final = {
    "publish": "publish",
    "future": "future",
    "draft": "draft",
    "pending": "pending",
    "private": "private",
}
TAG: Final = re.compile(r"<[^<>]{0,2000}>")
ENTITY: Final = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,31});")
FEATURED: Final = "_thumbnail_id"
PRIMARY: Final = ("_yoast_wpseo_primary_category", "rank_math_primary_category", "_primary_category")
SUMMARIES: Final = ("_yoast_wpseo_metadesc", "rank_math_description", "_aioseop_description", "_aioseo_description")
CANONICAL: Final = ("_yoast_wpseo_canonical", "rank_math_canonical_url")
CREDITS: Final = ("_credit", "_media_credit", "credit", "photo_credit", "_image_credit", "be_attachment_credit")
OLD_SLUG: Final = "_wp_old_slug"


class Exports:
    """What the files of an export hold."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = files
        self.head = wxr.Head()
        self.categories: dict[str, Category] = {}
        self.tags: dict[str, str] = {}
        self.tag_ids: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self.records: dict[str, Record] = {}
        self.attachments: dict[str, Attachment] = {}
        self.of_post: dict[str, list[str]] = {}
        self.attachment_pages: list[tuple[str, str, str]] = []
        self.reusable: dict[str, str] = {}
        self.left_out: Counter[str] = Counter()
        self.faults: list[str] = []
        self.labels: Counter[str] = Counter()
        self.samples: Counter[tuple[datetime, timedelta]] = Counter()

    def read(self, path: Path) -> None:
        """Read one of the files. Raises wxr.RefusedExportError, OSError."""
        for part in wxr.read(path):
            self.take(part, path.name)

    def take(self, part: wxr.Part, file: str) -> None:
        """Note what a part of an export says."""
        if isinstance(part, wxr.Head):
            self.take_head(part)
        elif isinstance(part, wxr.Fault):
            self.faults.append(f"{file}:{part.line}: {part.message}")
        else:
            self.take_item(part, file)

    def take_head(self, head: wxr.Head) -> None:
        if not self.head.link:
            self.head = head
        for author in head.authors:
            self.people.setdefault(author.login, Person(author.login, plain(author.name)))
        for term in head.terms:
            self.take_term(term)

    def take_term(self, term: wxr.Term) -> None:
        slug = slugs.decoded(term.slug)
        if term.taxonomy == "category":
            known = self.categories.get(slug)
            if known is None or (term.parent and not known.parent):
                parent = slugs.decoded(term.parent)
                self.categories[slug] = Category(
                    slug, plain(term.name), parent if parent != slug else "", term.id, plain(term.description)
                )
        elif term.taxonomy == "post_tag":
            self.tags.setdefault(slug, plain(term.name))
            if term.id:
                self.tag_ids.setdefault(slug, term.id)

    def take_item(self, item: wxr.Item, file: str) -> None:
        if item.kind == "attachment":
            self.take_attachment(item)
            return
        if item.kind == "wp_block":
            self.reusable[item.id] = item.content
        self.left_out["comments"] += item.comments
        reason = left_reason(item)
        if reason:
            self.left_out[reason] += 1
            return
        key = f"{item.kind} {item.id or item.link or f'{file}:{item.line}'}"
        if key in self.records:
            self.left_out["repeated"] += 1
            return
        for term in item.terms:
            self.take_term(term)
        if item.author and item.author not in self.people:
            self.people[item.author] = Person(item.author, plain(item.author))
        date, has_date = date_of(item)
        if has_date and date.tzinfo:
            self.samples[date.replace(tzinfo=None, minute=0, second=0, hour=0), date.utcoffset() or timedelta()] += 1
        self.labels.update(closing_lines.labels(item.content))
        self.records[key] = self.record(item, key, date, file, has_date=has_date)

    def take_attachment(self, item: wxr.Item) -> None:
        address = item.attachment or item.link
        self.left_out["attachment"] += 1
        alt = plain(item.meta.get("_wp_attachment_image_alt", ""))
        credit = next((plain(item.meta[key]) for key in CREDITS if item.meta.get(key)), "")
        self.attachments[item.id] = Attachment(address, plain(item.excerpt), alt, credit)
        if item.parent and item.parent != "0":
            self.of_post.setdefault(item.parent, []).append(item.id)
        self.attachment_pages.append((item.id, item.link, item.parent))

    def record(self, item: wxr.Item, key: str, date: datetime, file: str, *, has_date: bool) -> Record:
        status = "password" if item.password else STATUSES.get(item.status, "draft")
        categories = [slugs.decoded(term.slug) for term in item.terms if term.taxonomy == "category"]
        primary = next((item.meta[name] for name in PRIMARY if item.meta.get(name)), "")
        in_link = set(filter(None, slugs.decoded(urlsplit(item.link).path).split("/")[:-1])) if item.link else set()
        first = [slug for slug in categories if primary and self.categories[slug].id == primary]
        first = first or sorted((slug for slug in categories if slug in in_link), key=len)[-1:]
        old = item.meta.get(OLD_SLUG, "")
        return Record(
            key=key, kind=item.kind, id=item.id, title=plain(item.title), slug=slugs.decoded(item.slug), link=item.link,
            date=date, has_date=has_date, status=status,
            categories=tuple(dict.fromkeys([*first, *categories])),
            tags=tuple(slugs.decoded(term.slug) for term in item.terms if term.taxonomy == "post_tag"),
            author=(item.author,) if item.author else (), parent=item.parent if item.parent != "0" else "",
            old=(slugs.decoded(old),) if old else (), where=f"{file}:{item.line}",
        )  # fmt: skip

    def archive(self) -> Archive:
        """All of it as one value."""
        head = self.head
        base = head.link or next((one.link for one in self.records.values() if one.link.startswith("http")), "")
        base = urls.origin_of(base) if base and not head.link else base
        lang = head.language.strip().replace("_", "-")
        return Archive(
            system="wordpress", title=plain(head.title), description=plain(head.description), base=base,
            lang=lang, zone=zones.fitting(self.samples, lang), categories=tuple(self.categories.values()),
            tags=self.tags, tag_ids=self.tag_ids, people=tuple(self.people.values()),
            records=tuple(self.records.values()), attachments=self.attachments,
            attachment_pages=tuple(self.attachment_pages), left_out=+self.left_out, faults=tuple(self.faults),
            labels=self.labels,
        )  # fmt: skip

    def stories(self) -> Iterator[Story]:
        """Every record with its text, in the order of the files."""
        seen: set[str] = set()
        for path in self.files:
            for part in wxr.read(path):
                if not isinstance(part, wxr.Item) or part.kind == "attachment" or left_reason(part):
                    continue
                key = f"{part.kind} {part.id or part.link or f'{path.name}:{part.line}'}"
                if key not in seen and key in self.records:
                    seen.add(key)
                    yield self.story(part, self.records[key])

    def story(self, item: wxr.Item, record: Record) -> Story:
        library = Library(
            self.attachments.get, lambda: [self.attachments[one] for one in self.of_post.get(item.id, ())]
        )
        text = blocks.html_of(item.content, library, self.reusable)
        updated = moment(item.modified, item.modified_gmt)
        summary = plain(item.excerpt) or next((plain(item.meta[key]) for key in SUMMARIES if item.meta.get(key)), "")
        canonical = next((item.meta[key] for key in CANONICAL if item.meta.get(key)), "")
        own = urlsplit(self.head.link).hostname
        return Story(
            record=record, html=text.html + footnotes(item.meta.get("footnotes", "")), is_classic=text.is_classic,
            summary="" if "%%" in summary else summary,  # a pattern of the plug-in, not yet filled in
            updated=updated if updated and item.status == "publish" else None,
            picture=self.attachments.get(item.meta.get(FEATURED, "")),
            source=canonical if urlsplit(canonical).hostname not in (None, own) else "",
            is_lead=item.is_sticky,
            left=(*(("left-block", one) for one in text.left_blocks),
                  *(("left-shortcode", one) for one in text.left_shortcodes)),
        )  # fmt: skip


def footnotes(value: str) -> str:
    """The notes that the block editor keeps beside a text, as a list at its end."""
    try:
        given = json.loads(value[:500_000]) if value.startswith("[") else []
    except (ValueError, RecursionError):
        return ""
    notes = [str(one["content"]) for one in given if isinstance(one, dict) and one.get("content")]
    return f"<ol>{''.join(f'<li>{note}</li>' for note in notes)}</ol>" if notes else ""


def left_reason(item: wxr.Item) -> str:
    """Why a record is not taken: its kind or its status; empty if it is."""
    if item.status in {"trash", "auto-draft"}:
        return item.status
    if item.kind in NEVER or item.kind == "wp_block":
        return item.kind
    return "revision" if item.status == "inherit" else ""


def plain(text: str) -> str:
    """A field of an export as plain text: no tags, entities undone, also those that were written twice."""
    text = TAG.sub("", text)
    for _ in range(3):
        if not ENTITY.search(text):
            break
        text = html.unescape(text)
    return cleaning.clean(text)


def date_of(item: wxr.Item) -> tuple[datetime, bool]:
    """When a post was published, and whether the export says so; drafts without a date get that of their change."""
    for found in (moment(item.date, item.date_gmt), of_mail(item.published), moment(item.modified, item.modified_gmt)):
        if found is not None:
            return found, True
    return datetime(1970, 1, 1, tzinfo=UTC), False


def moment(local: str, gmt: str) -> datetime | None:
    """A time of the site's clock, with the zone that it had then where the export tells it."""
    here, there = clock(local), clock(gmt)
    if here is None:
        return there.replace(tzinfo=UTC) if there else None
    if there is None:
        return here
    offset = here - there
    is_zone = abs(offset) <= timedelta(hours=14) and offset % timedelta(minutes=15) == timedelta()
    return here.replace(tzinfo=timezone(offset)) if is_zone else here


def clock(text: str) -> datetime | None:
    """`2019-05-03 10:30:15`; None for the zeros of a draft and for what is no date."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=None) if 1900 <= found.year <= 2100 else None


def of_mail(text: str) -> datetime | None:
    """`Mon, 16 Jan 2023 07:08:31 +0000`."""
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if 1971 <= found.year <= 2100 else None
