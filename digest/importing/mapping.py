"""`import.yaml`: what an editor decides of an old site's sections, tags, people and addresses.

`proposal` writes it, with every category and its count; `read` checks it. What it does not name is taken as it is
proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from digest.content import fields, nodes
from digest.content.fields import RAW, REQUIRED, TextContext, list_of, one_of, structs, table_of
from digest.content.nodes import Notes
from digest.content.settings import RESERVED
from digest.curating import outlets, people
from digest.curating.drafts import cleaned_comment, quoted
from digest.problems import N_, DigestError, Problem, did_you_mean, mistake
from digest.problems import quoted as shown
from digest.text import slugs

if TYPE_CHECKING:
    from digest.importing.archive import Archive, Category, Person

FILE: Final = "import.yaml"
MAX_CATEGORIES, MAX_TAGS, MAX_PEOPLE, MAX_KINDS = 350, 200, 200, 50
"""Lines of each list, for a YAML file holds 5,000 values."""
UNCATEGORIZED: Final = frozenset({"uncategorized", "غير-مصنف", "sans-categorie", "non-classe", "general", "عام"})
PersonRole = Literal["author", "source", "none"]


class CategoryLine(msgspec.Struct, frozen=True):
    """What becomes of a category."""

    category: Annotated[str, "التصنيف", "its slug on the old site", RAW, REQUIRED]
    theme: Annotated[str, "المحور", "theme of its stories; empty: none, its stories go by their next category", RAW] = (
        ""
    )
    tag: Annotated[str, "الوسم", "tag that its stories get besides", RAW] = ""


class TagLine(msgspec.Struct, frozen=True):
    """What becomes of a tag."""

    tag: Annotated[str, "الوسم", "its slug on the old site", RAW, REQUIRED]
    name: Annotated[str, "الاسم", "its name here; empty: left out", RAW] = ""


class PersonLine(msgspec.Struct, frozen=True):
    """What becomes of an account."""

    login: Annotated[str, "الحساب", "its name on the old site", RAW, REQUIRED]
    role: Annotated[str, "الدور", "who it is: an author, a source, or nobody to name",
                    one_of(("author", "source", "none"))] = "author"  # fmt: skip
    name: Annotated[str, "الاسم", "as entries write it", RAW] = ""


class KindLine(msgspec.Struct, frozen=True):
    """What becomes of a kind of record of the old site's own."""

    kind: Annotated[str, "النوع", "its name on the old site", RAW, REQUIRED]
    role: Annotated[str, "الدور", "what its records become", one_of(("entry", "page", "none"))] = "none"


class Bases(msgspec.Struct, frozen=True):
    """First words of the old site's addresses of lists."""

    category: Annotated[str, "التصنيف", "before a category's slug", RAW] = "category"
    tag: Annotated[str, "الوسم", "before a tag's slug", RAW] = "tag"
    author: Annotated[str, "الكاتب", "before an account's name", RAW] = "author"


CATEGORY = table_of(CategoryLine, "a category")
TAG = table_of(TagLine, "a tag")
PERSON = table_of(PersonLine, "an account")
KIND = table_of(KindLine, "a kind")
BASES = table_of(Bases, "the old addresses")


class ImportMap(msgspec.Struct, frozen=True):
    """What `import.yaml` says."""

    default: Annotated[str, "الافتراضي", "theme of stories whose categories have none", RAW] = ""
    categories: Annotated[
        tuple[CategoryLine, ...], "التصنيفات", "what becomes of each category, the more important ones first",
        structs(CATEGORY, "a list: - {category: …, theme: …}", "{category: …, theme: …}"),
    ] = ()  # fmt: skip
    tags: Annotated[
        tuple[TagLine, ...], "الوسوم", "tags with another name, or none",
        structs(TAG, "a list: - {tag: …, name: …}", "{tag: …, name: …}"),
    ] = ()  # fmt: skip
    authors: Annotated[
        tuple[PersonLine, ...], "الكتاب", "accounts, and who they are",
        structs(PERSON, "a list: - {login: …, role: author}", "{login: …, role: author}"),
    ] = ()  # fmt: skip
    kinds: Annotated[
        tuple[KindLine, ...], "الأنواع", "records of the old site's own kinds",
        structs(KIND, "a list: - {kind: …, role: entry}", "{kind: …, role: entry}"),
    ] = ()  # fmt: skip
    sources: Annotated[
        tuple[str, ...], "المصادر", "words that introduce the source in a story's last line", list_of(RAW)
    ] = ()
    addresses: Annotated[Bases, "العناوين", "first words of the old addresses of lists", fields.keys_of(BASES)] = (
        Bases()
    )


MAP = table_of(ImportMap, "import.yaml")
CONTEXT = TextContext("rtl", "", "")


class Decisions:
    """The map, asked."""

    def __init__(self, given: ImportMap, archive: Archive) -> None:
        self.given = given
        self.archive = archive
        self.lines = {one.category: one for one in given.categories}
        self.order = {one.category: number for number, one in enumerate(given.categories)}
        self.names = {one.slug: one.name for one in archive.categories}
        self.tags = {one.tag: one.name for one in given.tags}
        self.people = {one.login: one for one in given.authors}
        self.known_people = {one.login: one.name for one in archive.people}
        self.kinds = {"post": "entry", "page": "page", **{one.kind: one.role for one in given.kinds}}

    def theme_and_tags(self, categories: tuple[str, ...]) -> tuple[str, list[str]]:
        """The theme of a story, and the tags its categories bring: the first one that has a theme gives it, the others
        stay as tags.
        """
        theme, chosen = "", ""
        usual = sorted(categories[1:], key=lambda slug: self.order.get(slug, len(self.order)))
        for slug in (*categories[:1], *usual):
            line = self.lines.get(slug)
            if line is not None and line.theme:
                theme, chosen = line.theme, slug
                break
        tags = []
        for slug in categories:
            line = self.lines.get(slug)
            if line is not None and line.tag:
                tags.append(line.tag)
            elif slug != chosen and slug not in UNCATEGORIZED and (line is None or line.theme not in ("", theme)):
                tags.append(self.names.get(slug, slug))
        return theme or self.given.default, tags

    def theme_of(self, category: str) -> str:
        line = self.lines.get(category)
        return line.theme if line and line.theme else ""

    def tag(self, slug: str) -> str:
        """A tag's name here; empty for none."""
        return self.tags.get(slug, self.archive.tags.get(slug, slug))

    def person(self, login: str) -> tuple[str, str]:
        """(role, name) of an account."""
        line = self.people.get(login)
        known = self.known_people.get(login, login)
        if line is None:
            return role_of(known), known
        return line.role, line.name or known


# ------------------------------------------------------------------ the proposal


def counts(archive: Archive) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """How many stories each category, tag, account and kind has."""
    categories: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    persons: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for record in archive.records:
        kinds[record.kind] += 1
        if record.kind != "page":
            categories.update(record.categories)
            tags.update(record.tags)
            persons.update(record.author)
    return categories, tags, persons, kinds


def themes(archive: Archive) -> dict[str, str]:
    """Category → the theme that is proposed: that of the category at the top, for each category."""
    by_slug = {one.slug: one for one in archive.categories}
    made: dict[str, str] = {}
    used: dict[str, str] = {}
    for one in archive.categories:
        top = top_of(one, by_slug)
        theme = theme_id(top.slug)
        while used.setdefault(theme.casefold(), top.slug) != top.slug:
            theme += "-2"
        made[one.slug] = theme
    return made


def top_of(category: Category, by_slug: Mapping[str, Category]) -> Category:
    """The category at the top of those that hold one; circles end."""
    seen = {category.slug}
    while (above := by_slug.get(category.parent)) is not None and above.slug not in seen:
        category = above
        seen.add(category.slug)
    return category


def theme_id(slug: str) -> str:
    """A theme's id for a category's slug."""
    made = slugs.make_slug(slug)
    return f"{made}-news" if made.casefold() in RESERVED | slugs.DEVICES else made


def role_of(name: str) -> str:
    """Whether an account is a person, an agency, or nobody whose name readers want."""
    site = outlets.Names((), "")
    if outlets.is_agency(name):
        return "source"
    return "author" if people.is_person(name, site) else "none"


def proposal(archive: Archive, lang: str) -> str:
    """The text of `import.yaml`."""
    return "\n".join([*proposed_lines(archive, arabic=lang.startswith("ar")), ""])


def proposed_lines(archive: Archive, *, arabic: bool) -> Iterator[str]:
    by_category, by_tag, by_person, by_kind = counts(archive)
    chosen = themes(archive)
    by_slug = {one.slug: one for one in archive.categories}
    say = ARABIC if arabic else ENGLISH
    yield from say["head"]
    if default := default_theme(archive, chosen, by_category):
        yield from ("", *say["default"], f"default: {quoted(default)}")
    yield from ("", *say["categories"], "categories:" if archive.categories else "categories: []")
    ranked = sorted(archive.categories, key=lambda one: (-by_category[one.slug], one.slug))
    for one in ranked[:MAX_CATEGORIES]:
        top = top_of(one, by_slug)
        theme = "" if one.slug in UNCATEGORIZED and len(archive.categories) > 1 else chosen[one.slug]
        tag = f", tag: {quoted(one.name)}" if top.slug != one.slug else ""
        path = f" ({cleaned_comment(top.name)})" if tag else ""
        yield (
            f"  - {{category: {quoted(one.slug)}, theme: {quoted(theme)}{tag}}}  "
            f"# {by_category[one.slug]:,}  {cleaned_comment(one.name)}{path}"
        )
    yield from ("", *say["tags"], "tags:" if by_tag else "tags: []")
    for slug, number in by_tag.most_common(MAX_TAGS):
        yield f"  - {{tag: {quoted(slug)}, name: {quoted(archive.tags.get(slug, slug))}}}  # {number:,}"
    logins = {one.login: one for one in archive.people}
    yield from ("", *say["authors"], "authors:" if by_person else "authors: []")
    for login, number in by_person.most_common(MAX_PEOPLE):
        yield person_line(logins.get(login), login, number)
    others = [(kind, number) for kind, number in by_kind.most_common() if kind not in {"post", "page"}]
    if others:
        yield from ("", *say["kinds"], "kinds:")
        yield from (f"  - {{kind: {quoted(kind)}, role: none}}  # {number:,}" for kind, number in others[:MAX_KINDS])
    yield from ("", *say["sources"])
    yield "sources:" if archive.labels else "sources: []"
    yield from (f"  - {quoted(label)}  # {number:,}" for label, number in archive.labels.most_common(20))
    if archive.system == "wordpress":
        yield from ("", *say["addresses"], "addresses: {category: category, tag: tag, author: author}")


def person_line(person: Person | None, login: str, number: int) -> str:
    name = person.name if person else login
    return f"  - {{login: {quoted(login)}, role: {role_of(name)}, name: {quoted(name)}}}  # {number:,}"


def default_theme(archive: Archive, chosen: Mapping[str, str], by_category: Counter[str]) -> str:
    """The theme of stories without a usable category: that of the category for such, else that of most stories."""
    for one in archive.categories:
        if one.slug in UNCATEGORIZED:
            return (
                chosen[one.slug] if len(archive.categories) == 1 else most_used(chosen, by_category) or chosen[one.slug]
            )
    return most_used(chosen, by_category) or "news"


def most_used(chosen: Mapping[str, str], by_category: Counter[str]) -> str:
    by_theme: Counter[str] = Counter()
    for slug, number in by_category.items():
        if slug in chosen and slug not in UNCATEGORIZED:
            by_theme[chosen[slug]] += number
    return by_theme.most_common(1)[0][0] if by_theme else ""


ENGLISH: Final = {
    "head": ("# What becomes of the old site. Change what you like, then run the command again.",
             "# The numbers behind # are counts of stories."),
    "default": ("# The theme of stories whose categories have none.",),
    "categories": ("# Each category and its theme, an id from site.yaml. Nested ones are joined with the one above",
                   "# and stay as a tag. A story in several categories goes by the first one here, the rest are tags."),
    "tags": ("# Each tag and its name here: two with one name become one, an empty name leaves a tag out.",
             "# Tags that are not listed stay as they are."),
    "authors": ("# Each account: role author (named above the text), source (an agency), or none.",),
    "kinds": ("# Records of kinds that a theme or a plug-in made: entry, page, or none.",),
    "sources": ("# Words that introduce the source in a story's last line: the line becomes the entry's source.",
                "# Take a word out to leave its lines in the text."),
    "addresses": ("# The first words of the old addresses of categories, tags and authors (Settings → Permalinks).",),
}  # fmt: skip
ARABIC: Final = {
    "head": ("# ما يؤول إليه الموقع القديم. غيّر ما تشاء، ثم شغّل الأمر مرة أخرى.",
             "# الأعداد بعد # هي أعداد الأخبار."),
    "default": ("# محور الأخبار التي ليس لتصنيفاتها محور.",),
    "categories": ("# كل تصنيف ومحوره، وهو معرّف من site.yaml. التصنيف الفرعي يُضم إلى ما فوقه ويبقى وسمًا.",
                   "# الخبر الذي له عدة تصنيفات يتبع أولها هنا، وتصير الأخرى وسومًا."),
    "tags": ("# كل وسم واسمه هنا: وسمان باسم واحد يصيران واحدًا، والاسم الفارغ يحذف الوسم.",
             "# الوسوم غير المذكورة تبقى كما هي."),
    "authors": ("# كل حساب: author كاتب يُذكر اسمه، أو source وكالة هي المصدر، أو none فلا يُذكر.",),
    "kinds": ("# أنواع من المحتوى أضافها قالب أو إضافة: entry خبر، أو page صفحة، أو none فتُترك.",),
    "sources": ("# كلمات تسبق المصدر في آخر سطر من الخبر: يصير السطر مصدرَ الخبر.",
                "# احذف كلمة لتبقى أسطرها في النص."),
    "addresses": ("# أوائل العناوين القديمة للتصنيفات والوسوم والكتّاب (الإعدادات ← الروابط الدائمة).",),
}  # fmt: skip


# ------------------------------------------------------------------ reading it


def read(raw: bytes, path: str, known_themes: tuple[str, ...]) -> ImportMap:
    """The map of a file. Raises DigestError with every problem of it."""
    notes = Notes(path)
    root = nodes.read_yaml(raw, notes)
    found = fields.take(root, MAP, notes) if root is not None else {}
    given = MAP.read(found, CONTEXT, notes) if root is not None else None
    for node, line in fields.mappings(found.get("categories"), CATEGORY, Notes(path), example="", item_example=""):
        pair = line.get("theme")
        theme = pair[1].value.strip() if pair and isinstance(pair[1], nodes.Scalar) else ""
        check_theme(theme, pair[1] if pair else node, known_themes, notes)
    if isinstance(given, ImportMap) and "default" in found:
        check_theme(given.default, found["default"][1], known_themes, notes)
    problems: tuple[Problem, ...] = notes.problems()
    if problems or not isinstance(given, ImportMap):
        raise DigestError(problems)
    return given


def check_theme(theme: str, node: nodes.Node, known: tuple[str, ...], notes: Notes) -> None:
    """Note a theme that the site does not have."""
    if not theme or theme in known:
        return
    what = mistake("unmapped-theme", "there is no theme {theme} in site.yaml", theme=shown(theme))
    near = did_you_mean(theme, known)
    notes.at(node, what, near or N_("add - {{id: {theme}, title: …}} to the themes in site.yaml", theme=theme))
