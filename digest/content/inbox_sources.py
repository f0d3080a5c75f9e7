"""`inbox:` of `site.yaml`: the feeds an editor chooses stories from → values, checked.

Builds never read them; that they are well written is checked with the rest of the file.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec

from digest.content import fields, nodes, urls
from digest.content.fields import (
    LANGUAGE_TAG,
    RAW,
    REQUIRED,
    WORD,
    Found,
    Refusal,
    Shape,
    TextContext,
    checked,
    structs,
    table_of,
)
from digest.content.nodes import Listing, Mapping, Notes, Scalar
from digest.problems import N_, Problem, did_you_mean, excerpt, mistake


def check_place(raw: str, key: str) -> str | Refusal:
    """A feed's address, or the path of a file under the site's folder."""
    text = raw.strip()
    if ":" in text.partition("/")[0] or text.startswith("//"):
        url, reason = urls.gate(text)
        if url and urls.is_external(url):
            return text
        message = fields.refused(key, text, reason)
        return Refusal(message, N_("write the feed's address, as in https://example.org/feed/"))
    path = text.removeprefix("./")
    if path.startswith("/") or ".." in path.split("/") or "\\" in path:
        what = mistake("inbox-outside", "'{key}' leads out of the site: '{value}'", key=key, value=excerpt(text))
        return Refusal(what, N_("name a file under the folder of site.yaml"))
    if not path or not path.isprintable():
        return fields.wrong_value(key, text, N_("write an address, or a file under the folder of site.yaml"))
    return path


def check_zone(raw: str, key: str) -> str | Refusal:
    """An IANA name that the system knows."""
    from digest.content.settings import check_timezone  # noqa: PLC0415 - settings ask this module for its section

    return check_timezone(raw, key)


class InboxSource(msgspec.Struct, frozen=True):
    """One line of `inbox:`."""

    name: Annotated[str, "الاسم", N_("the outlet's name, as entries name their source"), RAW, REQUIRED]
    url: Annotated[
        str, "الرابط", N_("address of its feed, or of a file under the site's folder"),
        checked(check_place, example="url: https://example.org/feed/"), REQUIRED,
    ]  # fmt: skip
    theme: Annotated[str, "المحور", "theme of the entries made of it; default: the site's first", RAW] = ""
    lang: Annotated[str, "اللغة", "BCP 47 tag of its stories; default: what the feed or its letters say",
                    LANGUAGE_TAG] = ""  # fmt: skip
    timezone: Annotated[
        str, "المنطقة_الزمنية", "IANA name, for times without a zone; default: the site's",
        checked(check_zone, WORD, "timezone: Africa/Tunis"),
    ] = ""  # fmt: skip

    @property
    def is_file(self) -> bool:
        """Whether it is a file of the site, not an address."""
        return not urls.is_external(urls.gate(self.url)[0])


EXAMPLE = "{name: الواحة, url: https://oasis.example/feed/}"
SOURCE = table_of(InboxSource, N_("a source"))
SOURCES = structs(SOURCE, N_("a list: {item}", item=f"- {EXAMPLE}"), EXAMPLE)
CONTEXT = TextContext("rtl", "", "")
SPELLINGS = ("inbox", "الوارد")


def shape() -> Shape:
    """The shape of `inbox`, for the JSON Schema."""
    return SOURCES.shape


def check(site: Found, notes: Notes) -> None:
    """Note every problem of `inbox`."""
    names: dict[str, int] = {}
    themes = theme_ids(site)
    given = fields.mappings(
        site.get("inbox"), SOURCE, notes, example=N_("a list: {item}", item=f"- {EXAMPLE}"), item_example=EXAMPLE
    )
    for node, found in given:
        values = SOURCE.values(found, CONTEXT, notes)
        theme = values.get("theme", "").strip()
        if theme and themes and theme not in themes:
            cure = did_you_mean(theme, themes) or N_("the themes are {themes}", themes=tuple(themes))
            notes.at(
                found["theme"][1], mistake("unknown-theme", "there is no theme '{theme}'", theme=excerpt(theme)), cure
            )
        name = values.get("name", "").strip()
        if name in names:
            what = mistake(
                "source-twice",
                "two sources are called '{name}', the first on line {line}",
                name=excerpt(name),
                line=names[name],
            )
            notes.at(node, what, N_("give one of them another name"))
        elif name:
            names[name] = node.line


def theme_ids(site: Found) -> list[str]:
    """The ids under `themes`, as they are written."""
    pair = site.get("themes")
    items = pair[1].items if pair and isinstance(pair[1], Listing) else ()
    return [
        value.value.strip()
        for item in items
        if isinstance(item, Mapping)
        for key, value in item.items
        if key.value in ("id", "المعرف") and isinstance(value, Scalar)
    ]


class Sources(NamedTuple):
    """What `inbox` says."""

    usable: tuple[InboxSource, ...]
    faulty: tuple[tuple[str, str], ...]
    """(name, what is wrong) of each line that cannot be used."""
    problems: tuple[Problem, ...]
    """Every problem of `inbox`, those of usable lines too."""


def read(site_yaml: bytes) -> tuple[InboxSource, ...]:
    """The sources of a site.yaml; what is faulty is left out here."""
    return read_all(site_yaml).usable


def read_all(site_yaml: bytes, path: str = "site.yaml") -> Sources:
    """The sources of a site.yaml, and the lines that cannot be used with their reason."""
    root, _ = nodes.load(site_yaml, path)
    pair = next((pair for pair in root.items if pair[0].value in SPELLINGS), None) if root else None
    if root is None or pair is None:
        return Sources((), (), ())
    notes = Notes(path)
    themes = next((one for one in root.items if one[0].value in ("themes", "المحاور")), None)
    check({"inbox": pair, **({"themes": themes} if themes else {})}, notes)
    usable, faulty = [], []
    given = pair[1].items if isinstance(pair[1], Listing) else ()
    for node in given:
        own = Notes(path)
        found = fields.take(node, SOURCE, own) if isinstance(node, Mapping) else {}
        source: InboxSource | None = SOURCE.read(found, CONTEXT, own) if isinstance(node, Mapping) else None
        if source is None:
            name = found["name"][1] if "name" in found else None
            first = next((f"{one.message}; {one.cure}" for one in own.problems()), "it is no source")
            faulty.append((name.value.strip() if isinstance(name, Scalar) else "?", f"site.yaml:{node.line}: {first}"))
        else:
            usable.append(msgspec.structs.replace(source, name=source.name.strip(), theme=source.theme.strip()))
    return Sources(tuple(usable), tuple(faulty), notes.problems())
