"""The sources of a Hugo, Jekyll, Zola or Pelican site → an `Archive`, and its texts one after the other.

In: the folder of such a site. Front matter is read as YAML, TOML or Pelican's lines, always as data; settings are read,
`pelicanconf.py` is never run. Texts become HTML by CommonMark, shortcodes and Liquid what they show or nothing. No file
outside the folder is read.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from digest.importing import closing_lines, markdown_sources
from digest.importing.archive import Archive, Category, Person, Record, Story
from digest.importing.shortcodes import Attachment
from digest.text import cleaning, slugs

Loader: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""All values are texts, and no tag means anything."""
MAX_FILE: Final = 4 << 20
MAX_FILES: Final = 200_000
MAX_FRONT_MATTER: Final = 64 << 10
READ: Final = (".md", ".markdown", ".mdown", ".html", ".htm")
UNREAD: Final = (".rst", ".adoc", ".asciidoc", ".org", ".textile", ".ipynb", ".mdx")
SKIPPED_WORDS: Final = """
node_modules public _site output themes layouts _layouts _includes templates archetypes vendor _sass resources i18n
"""
SKIPPED: Final = frozenset(SKIPPED_WORDS.split())
"""Folders that hold no texts."""
DATED: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})[-_ ](.+)")
WHEN: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
LANGUAGE: Final = re.compile(r"(.+)\.([a-z]{2}(?:-[a-z]{2})?)", re.IGNORECASE)
PELICAN_LINE: Final = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*)")
SETTING: Final = re.compile(r"^([A-Z_]+)\s*=\s*(['\"])(.*?)\2\s*$", re.MULTILINE)
DEFAULT_LINKS: Final = {
    "jekyll": "/:categories/:year/:month/:day/:title.html", "pelican": "/:slug.html", "hugo": "",
}  # fmt: skip
JEKYLL_STYLES: Final = {
    "pretty": "/:categories/:year/:month/:day/:title/", "date": DEFAULT_LINKS["jekyll"],
    "ordinal": "/:categories/:year/:y_day/:title.html", "none": "/:categories/:title.html",
}  # fmt: skip


class Page(NamedTuple):
    """A source file taken apart."""

    path: str
    """From the folder."""
    keys: dict[str, Any]
    """Lower-case keys."""
    body: str


class Folder:
    """A site's sources."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.config = self.read_config()
        self.system = self.detected()
        self.pages: list[Page] = []
        self.records: dict[str, Record] = {}
        self.bodies: dict[str, Page] = {}
        self.left_out: Counter[str] = Counter()
        self.faults: list[str] = []
        self.labels: Counter[str] = Counter()

    # ---------------------------------------------------------------- the site

    def detected(self) -> str:
        there = {path.name for path in self.root.iterdir()}
        if "pelicanconf.py" in there:
            return "pelican"
        if "_config.yml" in there or "_posts" in there:
            return "jekyll"
        if there & {"hugo.toml", "hugo.yaml", "hugo.json", "archetypes"} or "baseurl" in self.config:
            return "hugo"
        return "zola" if "config.toml" in there and "base_url" in self.config else "markdown"

    def read_config(self) -> dict[str, Any]:
        """The settings that can be read without running anything. Keys are lower-case."""
        names = ("hugo.toml", "hugo.yaml", "hugo.yml", "config/_default/hugo.toml", "config/_default/config.toml",
                 "config.toml", "config.yaml", "config.yml", "_config.yml", "pelicanconf.py")  # fmt: skip
        for name in names:
            file = self.root / name
            if not self.is_inside(file):
                continue
            text = file.read_bytes()[:MAX_FILE].decode("utf-8", "replace")
            if name.endswith(".py"):
                return {key.lower(): value for key, _, value in SETTING.findall(text)}
            try:
                found = tomllib.loads(text) if name.endswith(".toml") else yaml.load(text, Loader)  # noqa: S506 - texts alone
            except (tomllib.TOMLDecodeError, yaml.YAMLError, RecursionError):
                return {}
            return lowered(found)
        return {}

    def is_inside(self, file: Path) -> bool:
        """Whether a path is a file of the folder, and no link out of it."""
        try:
            return file.is_file() and file.resolve().is_relative_to(self.root)
        except OSError:
            return False

    def said(self, *names: str) -> str:
        """The first setting of these names."""
        return next((str(value) for name in names if isinstance(value := self.config.get(name), (str, int))), "")

    # ---------------------------------------------------------------- files

    def read(self) -> None:
        """Every source file. Raises OSError for a folder that cannot be listed."""
        for number, file in enumerate(self.files()):
            if number >= MAX_FILES:
                self.faults.append(f"more than {MAX_FILES:,} files")
                return
            path = file.relative_to(self.root).as_posix()
            ending = file.suffix.lower()
            if ending in UNREAD:
                self.left_out[ending] += 1
                self.faults.append(f"{path}: {ending} is not read")
                continue
            try:
                page = self.page(file, path)
            except (ValueError, yaml.YAMLError, RecursionError, OSError) as error:
                self.faults.append(f"{path}: its front matter cannot be read: {str(error).splitlines()[0][:200]}")
                continue
            if page is not None:
                self.take(page)

    def files(self) -> Iterator[Path]:
        """Files that may hold a text, in the order of their names."""
        start = self.root if self.system in {"jekyll", "markdown"} else self.root / "content"
        start = start if start.is_dir() else self.root
        for file in sorted(start.rglob("*")):
            parts = file.relative_to(start).parts
            hidden = any(part.startswith(".") or part in SKIPPED for part in parts[:-1]) or parts[-1].startswith(".")
            if not hidden and file.suffix.lower() in (*READ, *UNREAD) and self.is_inside(file):
                yield file

    def page(self, file: Path, path: str) -> Page | None:
        """A file taken apart; None for one that is no text of the site. Raises ValueError and its kin."""
        raw = file.read_bytes()[:MAX_FILE]
        text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        keys, body = front_matter(text, pelican=self.system == "pelican")
        if keys is None:
            if path.count("/") or self.system == "jekyll":
                self.left_out["without front matter"] += 1
            return None
        return Page(path, lowered(keys), body)

    def take(self, page: Page) -> None:
        """Note the record of a page."""
        stem = posixpath.splitext(posixpath.basename(page.path))[0]
        if stem == "_index" or (
            self.system == "jekyll" and page.path in {"index.html", "index.md", "404.html", "404.md"}
        ):
            self.left_out["list pages"] += 1
            return
        record = self.record(page)
        self.records[record.key] = record
        self.bodies[record.key] = page
        self.labels.update(closing_lines.labels(page.body))

    def record(self, page: Page) -> Record:
        keys = page.keys
        folder, _, name = page.path.rpartition("/")
        stem = posixpath.splitext(name)[0]
        if stem == "index" and folder:
            stem = folder.rpartition("/")[2]
        if language := LANGUAGE.fullmatch(stem):
            stem = language[1]
        dated = DATED.fullmatch(stem)
        bare = dated[4] if dated else stem
        when, has_date = moment(first(keys, "date", "publishdate", "pubdate"))
        if not has_date and dated:
            when, has_date = moment(f"{dated[1]}-{dated[2]}-{dated[3]}")
        is_post = has_date and "/pages/" not in f"/{page.path}"
        slug = slugs.decoded(str(first(keys, "slug")) or bare)
        taxonomies = keys.get("taxonomies") if isinstance(keys.get("taxonomies"), dict) else {}
        categories = texts(first(keys, "categories", "category") or first(lowered(taxonomies), "categories"))
        section = self.section(page.path)
        chosen = tuple(dict.fromkeys(categories or ([section] if section else [])))
        old = texts(first(keys, "aliases", "redirect_from"))
        return Record(
            key=page.path, kind="post" if is_post else "page", id="", title=cleaning.clean(str(first(keys, "title"))),
            slug=slug, link=self.link(page, when, slug, bare, chosen), date=when, has_date=has_date or not is_post,
            status="draft" if self.is_draft(page) else "publish", categories=chosen,
            tags=tuple(texts(first(keys, "tags", "tag") or first(lowered(taxonomies), "tags"))),
            author=tuple(texts(first(keys, "authors", "author"))),
            old=tuple(one if one.startswith("/") else f"/{one}" for one in old if "://" not in one), where=page.path,
        )  # fmt: skip

    def section(self, path: str) -> str:
        """The folder that a story lies in."""
        parts = [
            part
            for part in path.split("/")[:-1]
            if part not in {"content", "_posts", "_drafts", "posts", "post", "blog"}
        ]
        return parts[0] if parts and not parts[0].startswith("_") else ""

    @staticmethod
    def is_draft(page: Page) -> bool:
        keys = page.keys
        told = (
            str(keys.get("draft", "")).lower(),
            str(keys.get("published", "")).lower(),
            str(keys.get("status", "")).lower(),
        )
        return told[0] == "true" or told[1] == "false" or told[2] in {"draft", "hidden"} or "_drafts/" in page.path

    def link(self, page: Page, when: datetime, slug: str, bare: str, categories: tuple[str, ...]) -> str:
        """The old address of a page, as a path."""
        keys = page.keys
        own = str(first(keys, "url", "permalink", "path", "save_as"))
        if own and ":" not in own and "://" not in own:
            return "/" + own.lstrip("/")
        below = page.path.removeprefix("content/")
        folder = posixpath.dirname(below)
        if posixpath.splitext(posixpath.basename(below))[0] == "index":
            folder = posixpath.dirname(folder)
        pattern = self.pattern(below, own)
        if pattern and (when.year > 1970 or ":year" not in pattern):
            values = {"year": f"{when.year:04}", "month": f"{when.month:02}", "day": f"{when.day:02}", "title": bare,
                      "slug": slug, "filename": bare, "slugorfilename": slug, "contentbasename": bare,
                      "section": below.split("/")[0], "categories": "/".join(map(slugs.slugify, categories)),
                      "i_month": str(when.month), "i_day": str(when.day), "short_year": f"{when.year % 100:02}",
                      "y_day": f"{when.timetuple().tm_yday:03}", "output_ext": ".html", "sections": folder}  # fmt: skip
            made = re.sub(r":([a-z_]+)", lambda match: values.get(match[1], ""), pattern)
            return re.sub("/{2,}", "/", f"/{made}")
        if self.system in {"jekyll", "markdown"}:
            return f"/{folder}/{bare}.html".replace("//", "/") if "_posts" not in page.path else ""
        return f"/{folder}/{slug}/".replace("//", "/")

    def pattern(self, below: str, own: str) -> str:
        """How the old site's addresses are made, with `:year` and the like."""
        if own:
            return own
        if self.system == "jekyll":
            if "_posts/" not in below:
                return ""
            given = self.said("permalink") or "date"
            return JEKYLL_STYLES.get(given, given)
        if self.system == "pelican":
            given = self.said("page_url") if below.startswith("pages/") else self.said("article_url")
            given = given or ("pages/{slug}.html" if below.startswith("pages/") else "{slug}.html")
            given = re.sub(
                r"\{date:%Y\}", ":year", re.sub(r"\{date:%m\}", ":month", re.sub(r"\{date:%d\}", ":day", given))
            )
            return re.sub(r"\{([a-z_]+)\}", r":\1", given)
        permalinks = self.config.get("permalinks")
        if isinstance(permalinks, dict):
            inner = permalinks.get("page")
            return str((inner if isinstance(inner, dict) else permalinks).get(below.split("/", maxsplit=1)[0], ""))
        return ""

    # ---------------------------------------------------------------- values

    def archive(self) -> Archive:
        categories = Counter(slug for one in self.records.values() for slug in one.categories)
        people = Counter(name for one in self.records.values() for name in one.author)
        tags = Counter(tag for one in self.records.values() for tag in one.tags)
        base = self.said("baseurl", "base_url", "siteurl", "url")
        if self.system == "jekyll":
            base = self.said("url") + self.said("baseurl")
        return Archive(
            system=self.system, title=cleaning.clean(self.said("title", "sitename", "name")),
            description=cleaning.clean(self.said("description", "tagline", "sitesubtitle")),
            base=base if base.startswith(("http://", "https://")) else "",
            lang=self.said("languagecode", "default_language", "default_lang", "lang", "locale"),
            zone=self.said("timezone"), categories=tuple(Category(name, name) for name in categories),
            tags={name: name for name in tags}, tag_ids={}, people=tuple(Person(name, name) for name in people),
            records=tuple(self.records.values()), attachments={}, attachment_pages=(), left_out=+self.left_out,
            faults=tuple(self.faults), labels=self.labels,
        )  # fmt: skip

    def stories(self) -> Iterator[Story]:
        """Every record with its text."""
        for key, record in self.records.items():
            page = self.bodies[key]
            html, left = markdown_sources.html_of(page.body, self.system, is_html=page.path.endswith((".html", ".htm")))
            updated, is_known = moment(first(page.keys, "lastmod", "updated", "modified", "last_modified_at"))
            language = LANGUAGE.fullmatch(posixpath.splitext(posixpath.basename(page.path))[0])
            summary = cleaning.clean(str(first(page.keys, "summary", "description", "excerpt")))
            yield Story(
                record=record, html=html, summary=summary,
                updated=updated if is_known else None, picture=picture(page.keys),
                lang=str(first(page.keys, "lang")) or (language[2] if language else ""), left=tuple(left),
            )  # fmt: skip


# ------------------------------------------------------------------ front matter


def front_matter(text: str, *, pelican: bool) -> tuple[dict[str, Any] | None, str]:
    """(keys, the text below); None for a file without. Raises ValueError, yaml.YAMLError, RecursionError."""
    for mark in ("---", "+++"):
        if text.startswith(f"{mark}\n"):
            end = re.compile(rf"^{re.escape(mark)}[ \t]*$", re.MULTILINE).search(text, len(mark) + 1)
            if end is None or end.start() > MAX_FRONT_MATTER:
                raise ValueError(f"{mark} is not closed")
            raw = text[len(mark) + 1 : end.start()]
            found = yaml.load(raw, Loader) if mark == "---" else tomllib.loads(raw)  # noqa: S506 - texts alone
            if found is not None and not isinstance(found, dict):
                raise ValueError("no keys")
            return found or {}, text[end.end() :].lstrip("\n")
    if pelican and PELICAN_LINE.match(text):
        lines, keys = text.split("\n"), {}
        at = 0
        while at < len(lines) and (match := PELICAN_LINE.fullmatch(lines[at])):
            name = match[1].lower()
            keys[name] = (
                [one.strip() for one in match[2].split(",")] if name in {"tags", "authors"} else match[2].strip()
            )
            at += 1
        return keys, "\n".join(lines[at:]).lstrip("\n")
    return None, text


def lowered(keys: object) -> dict[str, Any]:
    return {str(key).lower(): value for key, value in keys.items()} if isinstance(keys, dict) else {}


def first(keys: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 - whatever front matter holds
    """The first value of these names that says something; an empty text for none."""
    return next((found for name in names if (found := keys.get(name)) not in (None, "", [], {})), "")


def texts(value: object) -> list[str]:
    """A text, or a list of texts or of mappings with a name, as clean texts."""
    if isinstance(value, dict):
        value = value.get("name") or ""
    given = value if isinstance(value, list) else [value]
    found = [str(one.get("name") or "") if isinstance(one, dict) else str(one) for one in given[:200]]
    return [text for one in found if (text := cleaning.clean(one))]


def moment(value: object) -> tuple[datetime, bool]:
    """A date of front matter, aware if it says its zone, and whether there is one."""
    none = datetime(1970, 1, 1, tzinfo=UTC), False
    if isinstance(value, datetime):
        return value, True
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day), True  # noqa: DTZ001 - the site's zone
    match = WHEN.match(str(value).strip())
    if match is None:
        return none
    year, month, day, hour, minute, second = (int(one or 0) for one in match.groups()[:6])
    zone = (match[7] or "").upper().replace("UTC", "Z").replace("Z", "+00:00")
    zone = f"{zone[:3]}:{zone[3:]}" if len(zone) == 5 else zone
    try:
        return datetime.fromisoformat(
            f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"
        ), 1900 <= year <= 2100
    except ValueError:
        return none


def picture(keys: Mapping[str, Any]) -> Attachment | None:
    """The lead picture that front matter names."""
    value = first(keys, "image", "featured_image", "featuredimage", "cover", "images", "thumbnail", "banner", "header")
    value = value[0] if isinstance(value, list) and value else value
    given = lowered(value) if isinstance(value, dict) else {"image": value}
    src = str(first(given, "image", "src", "path", "url", "teaser", "feature"))
    if not src or len(src) > 2000:
        return None
    alt, caption = str(first(given, "alt", "image_alt")), str(first(given, "caption", "title"))
    return Attachment(src, cleaning.clean(caption), cleaning.clean(alt), cleaning.clean(str(first(given, "credit"))))
