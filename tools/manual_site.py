"""Build the manual as a site made with digest: English at the top, the Arabic manual for editors below `/ar/`.

In: `docs/`, README.ar.md and the pages at the repository's top; settings and templates of both sites in `docs/site/`.
Out: two sites of content under `build/manual/`, built strictly, and `site-docs/`, which any static host can serve.
Refuses what digest refuses, and a link to a heading that its page does not have.

    python tools/manual_site.py            # into site-docs/
    python tools/manual_site.py FOLDER     # into that folder, and what is between into FOLDER-work
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from digest.content.markdown import MAX_MARKED
from digest.text.slugs import slugify

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT / "site-docs"
WORK = OUTPUT.with_name(f"{OUTPUT.name}-work") if sys.argv[1:] else ROOT / "build" / "manual"
SECTIONS = ("tutorial", "how-to", "reference", "explanation", "decisions")
TOP = {"CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog", "SECURITY.md": "security"}
BESIDE = {"benchmarks/README.md": "benchmarks"}
DATE = "2026-11-23"
"""A manual has no dates; every page gets the same, and pages stand in the order of the index."""
ARABIC = {
    "التثبيت": ("start", "install"),
    "موقع جديد": ("start", "new-site"),
    "المعاينة": ("start", "preview"),
    "خبر جديد": ("write", "entry"),
    "الصور": ("write", "pictures"),
    "أخبار قصيرة في ملف واحد": ("write", "round-up"),
    "الأعداد": ("write", "editions"),
    "المسودات والمواعيد": ("write", "drafts"),
    "البحث عن الأخبار وقصّها": ("write", "inbox"),
    "البناء والفحص": ("publish", "check"),
    "النشر": ("publish", "deploy"),
    "الألوان والشعار والكلمات": ("publish", "look"),
    "البحث والأكثر قراءة": ("publish", "search"),
    "الرسائل": ("publish", "messages"),
}
"""Sections of README.ar.md → their theme and address."""

BASE = "https://manual.digest.example"
HOME = {ROOT / "docs/README.md": "/", ROOT / "README.md": "/", ROOT / "docs/decisions/README.md": "/decisions/"}
"""Files whose place is a list of the site."""

FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
CODE = re.compile(r"(`+)(?:(?!\1).)+?\1", re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")


@dataclass
class Page:
    """One page of the manual: where it comes from, where it stands, its text."""

    source: Path
    path: str
    """Its address on its site, as `/how-to/add-a-theme/`."""
    file: str
    """Where its text is written, below `content/`."""
    title: str
    body: str
    names: dict[str, str] = field(default_factory=dict)
    """The name a heading has on code hosts → its name on the site."""
    translation: str = ""
    """The same page on the sister site, as the key `translations` takes it."""

    def part(self, number: int, body: str) -> Page:
        """A part of the page; the first keeps its title and address."""
        if number == 1:
            return replace(self, body=body)
        path, file = f"{self.path.rstrip('/')}-{number}/", f"{self.file.removesuffix('.md')}-{number}.md"
        return replace(self, path=path, file=file, title=f"{self.title} ({number})", body=body)


def without_code(text: str) -> str:
    """The text, blocks of code blanked: offsets stay."""
    return FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)


def plain(heading: str) -> str:
    """The words of a heading."""
    return LINK.sub(lambda link: link[2], heading).replace("`", "").replace("*", "")


def names(text: str) -> dict[str, str]:
    """How code hosts name the headings of a text, and how digest does."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, heading in HEADING.findall(without_code(text)):
        words = plain(heading)
        host = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        slug = name = slugify(words)
        count = 1
        while name in taken or name in {"main", "tags", "sources", "translations"}:
            count += 1
            name = f"{slug}-{count}"
        taken.add(name)
        found.setdefault(host, name)
    return found


def unwrapped(text: str) -> str:
    """Markdown without the HTML that only code hosts need: direction of blocks and of code, comments."""
    text = re.sub(r"^ *</?div[^>]*>\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ *<!--.*?-->\n", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r'<code dir="ltr">(.*?)</code>', lambda code: f"`{html.unescape(code[1])}`", text)


def titled(source: Path, path: str, file: str) -> Page:
    """A page from a file that begins with its title."""
    text = unwrapped(source.read_text("utf-8")).strip()
    head, _, body = text.partition("\n")
    return Page(source, path, file, plain(head.lstrip("# ")), body, names(body))


def in_parts(page: Page) -> list[Page]:
    """A page as digest takes it: a table that is longer than one text may be goes on on further pages."""
    if len(page.body) <= MAX_MARKED:
        return [page]
    lines = page.body.splitlines(keepends=True)
    head = next(number for number, line in enumerate(lines) if re.match(r"\|[-:| ]+\|$", line)) + 1
    parts = [lines[:head]]
    for line in lines[head:]:
        if sum(map(len, parts[-1])) + len(line) > MAX_MARKED:
            parts.append(lines[head - 2 : head])
        parts[-1].append(line)
    return [page.part(number, "".join(part)) for number, part in enumerate(parts, 1)]


def in_order(folder: str) -> list[Path]:
    """The pages of a section as the index names them, then the others."""
    index = (ROOT / "docs" / ("decisions" if folder == "decisions" else "") / "README.md").read_text("utf-8")
    prefix = "" if folder == "decisions" else f"{folder}/"
    listed = [ROOT / "docs" / folder / name for name in re.findall(rf"\]\({prefix}([\w.-]+\.md)\)", index)]
    return [path for path in dict.fromkeys(listed) if not path.name.endswith(".ar.md")]


def english() -> list[Page]:
    """Every page of docs/, and those at the repository's top that they lead to."""
    pages = [
        part
        for folder in SECTIONS
        for number, path in enumerate(in_order(folder), 1)
        for part in in_parts(
            titled(path, f"/{folder}/{slugify(path.stem)}/", f"{folder}/{number:03}-{slugify(path.stem)}.md")
        )
    ]
    standing = TOP | BESIDE
    return pages + [titled(ROOT / name, f"/{slug}/", f"pages/{slug}.md") for name, slug in standing.items()]


def arabic() -> list[Page]:
    """The sections of README.ar.md, a page each, and every page that has an Arabic form (`*.ar.md`)."""
    source = ROOT / "README.ar.md"
    text = unwrapped(source.read_text("utf-8"))
    starts = [heading for heading in HEADING.finditer(without_code(text)) if heading[1] == "##"]
    pages = []
    for number, heading in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        theme, slug = ARABIC[heading[2]]
        body = text[heading.end() : end]
        pages.append(Page(source, f"/{theme}/{slug}/", f"{theme}/{number:03}-{slug}.md", heading[2], body, names(body)))
    for path in sorted((ROOT / "docs").rglob("*.ar.md")):
        slug = path.name.removesuffix(".ar.md")
        pages.append(titled(path, f"/start/{slug}/", f"start/900-{slug}.md"))
    return pages


def pair(en: list[Page], ar: list[Page]) -> None:
    """Have the pages that are written in both languages name each other."""
    by_source = {page.source: page for page in en}
    for page in ar:
        other = by_source.get(page.source.with_name(page.source.name.replace(".ar.md", ".md")))
        if other:
            other.translation, page.translation = f"ar: '{BASE}/ar{page.path}'", f"en: '{BASE}{other.path}'"


class Site:
    """One language of the manual, being written."""

    def __init__(self, lang: str, pages: list[Page], others: dict[Path, str]) -> None:
        self.root = WORK / lang
        self.pages = pages
        self.by_source = {page.source: page for page in reversed(pages) if page.source.name != "README.ar.md"}
        self.others = others
        """Files that stand on the sister site → their address there."""

    def write(self) -> None:
        """Settings, templates, and a file a page."""
        shutil.rmtree(self.root / "content", ignore_errors=True)
        settings = ROOT / "docs" / "site"
        shutil.copytree(settings / "en" / "templates", self.root / "templates", dirs_exist_ok=True)
        shutil.copytree(settings / self.root.name, self.root, dirs_exist_ok=True)
        for page in self.pages:
            target = self.root / "content" / page.file
            target.parent.mkdir(parents=True, exist_ok=True)
            slug = page.path.strip("/").rpartition("/")[2]
            head = f"title: {json.dumps(page.title, ensure_ascii=False)}\nslug: {slug}\n"
            head += "" if page.file.startswith("pages/") else f"date: {DATE}\n"
            head += f"translations: {{{page.translation}}}\n" if page.translation else ""
            target.write_text(f"---\n{head}---\n\n{self.linked(page, target).strip()}\n", "utf-8")

    def linked(self, page: Page, target: Path) -> str:
        """A page's text, its links made for the site; code is left alone."""
        text, parts, at = page.body, [], 0
        code = [found.span() for found in FENCE.finditer(text)]
        code += [found.span() for found in CODE.finditer(without_code(text))]
        for start, end in sorted(code):
            if start < at:
                continue
            parts += [text[at:start], None, text[start:end]]
            at = end
        parts.append(text[at:])
        # code becomes a mark while links are looked for, because a link's words may hold some
        kept = [parts[number + 1] for number, part in enumerate(parts) if part is None]
        bare = "\ue100".join(
            str(part)
            for number, part in enumerate(parts)
            if part is not None and (not number or parts[number - 1] is not None)
        )
        linked = LINK.sub(lambda link: self.link(page, target, link), bare)
        words = iter(kept)
        return re.sub("\ue100", lambda _: str(next(words)), linked)

    def link(self, page: Page, target: Path, link: re.Match[str]) -> str:
        """A link or picture as it stands on the site; words alone where it leads to a file that is no page."""
        mark, words, address = link.groups()
        if re.match(r"[a-z]+:", address) or address.startswith("/"):
            return link[0]
        name, _, anchor = unquote(address).partition("#")
        file = Path(os.path.normpath(page.source.parent / name)) if name else page.source
        if mark:
            shutil.copy(file, target.parent / file.name)
            return f"![{words}]({file.name})"
        where = f"#{self.named(page, anchor)}" if not name else self.where(file, anchor)
        return f"[{words}]({where})" if where else words

    def where(self, file: Path, anchor: str) -> str:
        """The address of a file of the repository on this site or its sister, or an empty string."""
        if file in self.by_source:
            found = self.by_source[file]
            return found.path + (f"#{self.named(found, anchor)}" if anchor else "")
        if file.name == "README.ar.md" and self.root.name == "ar":
            return next((page.path for page in self.pages if slugify(page.title) == slugify(anchor)), "/")
        if self.root.name == "en" and file in HOME:
            return HOME[file]
        return self.others.get(file, "")

    def named(self, page: Page, anchor: str) -> str:
        """The name a heading has on the site."""
        if anchor not in page.names:
            sys.exit(f"{page.source.relative_to(ROOT)} has no heading #{anchor}")
        return page.names[anchor]

    def build(self) -> None:
        """The site, strictly."""
        command = [sys.executable, "-m", "digest", "build", "--strict", "--site", str(self.root)]
        subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1795435200"})


def main() -> None:
    """Both languages, one folder."""
    en, ar = english(), arabic()
    pair(en, ar)
    to_arabic = {page.source: f"{BASE}/ar{page.path}" for page in ar} | {ROOT / "README.ar.md": f"{BASE}/ar/"}
    to_english = {page.source: BASE + page.path for page in en}
    to_english |= {ROOT / "README.md": f"{BASE}/", ROOT / "docs/README.md": f"{BASE}/"}
    for site in (Site("en", en, to_arabic), Site("ar", ar, to_english)):
        site.write()
        site.build()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    shutil.copytree(WORK / "en" / "public", OUTPUT)
    shutil.copytree(WORK / "ar" / "public", OUTPUT / "ar")
    print(f"{OUTPUT.name}: {len(en)} pages in English, {len(ar)} in Arabic")


if __name__ == "__main__":
    main()
