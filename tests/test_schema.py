"""The JSON Schemas say what the readers say."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from digest.content import editions, entries, schema, standalone_pages
from digest.content import settings as site
from digest.content.documents import ContentContext

ROOT = Path(__file__).parent.parent


class Loader(yaml.SafeLoader):
    """YAML as an editor's language server reads it: a date stays text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

SITE = """\
title: موجز المساء
base_url: https://digest.example/
lang: ar
timezone: Africa/Tunis
themes: [{id: sport, title: رياضة, colour: '#0a6e5c'}]
related: false
feeds: {count: 20, content: full}
images: {widths: [400, 800], formats: [avif]}
menu: [{title: من نحن, url: /about/}]
deploy: {to: folder, path: ../www}
"""
ARABIC_SITE = """\
العنوان: موجز المساء
رابط_الموقع: https://digest.example/
المحاور: [{المعرف: sport, العنوان: رياضة}]
الخلاصات: {العدد: 20}
"""
ENTRY = """\
title: نهائي الكأس
date: 2026-11-20T21:00:00+01:00
source: {name: صحيفة الميناء, url: https://mina.example/final}
author: [سلمى العياري]
image: {src: final.jpg, alt: ملعب}
tags: [كأس, 2026]
related: []
lead: true
draft: false
"""
ARABIC_ENTRY = "العنوان: نهائي الكأس\nالتاريخ: 2026-11-20\nالمصدر: صحيفة الميناء\nبارز: نعم\n"
ROUND_UP = "date: 2026-11-20\nentries:\n- title: أ\n- {العنوان: ب, الرابط: b}\n"


def load(text: str) -> object:
    return yaml.load(text, Loader=Loader)  # a SafeLoader


def errors(document: object, against: dict[str, object]) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(against).iter_errors(document)]


@pytest.mark.parametrize(
    "made", [schema.entry_schema, schema.site_schema, schema.edition_schema, schema.standing_schema]
)
def test_schemas_are_valid_json_schemas(made):
    """Draft 2020-12, by its own meta-schema."""
    jsonschema.Draft202012Validator.check_schema(made())


@pytest.mark.parametrize("text", [ENTRY, ARABIC_ENTRY, ROUND_UP])
def test_schema_accepts_good_entries(text: str):
    """Entries in both languages and round-ups are what the schema describes."""
    assert errors(load(text), schema.entry_schema()) == []


@pytest.mark.parametrize("text", [SITE, ARABIC_SITE])
def test_schema_accepts_a_good_site(text: str):
    """So is site.yaml, and the reader agrees."""
    assert errors(load(text), schema.site_schema()) == []
    assert site.read(text.encode())[2] == ()


@pytest.mark.parametrize(
    "text",
    [
        ENTRY + "sorce: x\n",
        "title: أ\n",
        "date: 2026-11-20\n",
        "title: أ\nالعنوان: ب\ndate: 2026-11-20\n",
        "title: أ\ndate: 20/11/2026\n",
        ENTRY.replace("lead: true", "lead: perhaps"),
        ENTRY.replace("{src: final.jpg", "{file: final.jpg"),
        ROUND_UP + "title: x\n",
        "date: 2026-11-20\nentries:\n- {date: 2026-11-20}\n",
    ],
)
def test_schema_refuses_faulty_entries(text: str):
    """Unknown keys, missing ones, wrong kinds."""
    assert errors(load(text), schema.entry_schema()) != []


@pytest.mark.parametrize(
    "text",
    [
        SITE + "baseurl: x\n",
        SITE.replace("title: موجز المساء\n", ""),
        SITE.replace("count: 20", "count: 2000"),
        SITE.replace("[avif]", "[jpg]"),
        SITE.replace("{id: sport,", "{"),
    ],
)
def test_schema_refuses_a_faulty_site(text: str):
    """What the reader refuses, an editor marks."""
    assert errors(load(text), schema.site_schema()) != []
    assert site.read(text.encode())[2] != ()


@pytest.mark.parametrize(
    ("table", "made"),
    [
        (entries.KEYS, lambda: schema.entry_schema()["else"]),
        (site.KEYS, schema.site_schema),
        (editions.KEYS, schema.edition_schema),
        (standalone_pages.KEYS, schema.standing_schema),
    ],
)
def test_schema_describes_each_key_in_both_languages(table, made):
    """A key of a table is a key of the schema, with a description an editor shows."""
    properties = made()["properties"]
    assert set(properties) == {spelling for key in table for spelling in (key.name, key.arabic)}
    assert all(value["description"] for value in properties.values())


def test_schema_accepts_the_example():
    """The repository's own entries are what the schema describes."""
    for path in sorted((ROOT / "content").rglob("*.md")):
        front_matter = path.read_text(encoding="utf-8").split("\n---\n", 1)[0].removeprefix("---\n")
        kind = path.relative_to(ROOT / "content").parts[0]
        made = {"editions": schema.edition_schema, "pages": schema.standing_schema}.get(kind, schema.entry_schema)
        assert errors(load(front_matter), made()) == [], path


VALUES = (
    "", "''", "~", "[]", "{}", "['']", "{src: ''}", "'\u200f'", "نص", "7", "true", "[أ]", "[أ, '']", "[[أ]]", "{zz: 1}", "2026-11-20",
)  # fmt: skip


def test_what_a_reader_accepts_is_what_the_schema_accepts() -> None:
    """Every key of an entry, in both languages, with values empty and not; where the reader looks closer than the
    schema (the value names something, or has a form of its own), only what it accepts is held against the schema.
    """
    settings, _, _ = site.read(SITE.encode())
    assert settings is not None
    context = ContentContext.of(settings)
    validator = jsonschema.Draft202012Validator(schema.entry_schema())
    closer = {"theme", "lang", "slug", "image", "translations", "aliases", "updated", "date", "title", "related"}
    for key in entries.KEYS:
        for spelling in (key.name, key.arabic):
            for value in VALUES:
                lines = {"title": "أ", "date": "2026-11-20"} | {key.name: value}
                text = "".join(f"{spelling if name == key.name else name}: {given}\n" for name, given in lines.items())
                problems = entries.read("content/sport/a.yaml", text.encode(), context, frozenset())[1]
                valid = validator.is_valid(load(text))
                assert valid or problems, (text, list(validator.iter_errors(load(text))))
                if key.name not in closer:
                    assert valid is not bool(problems), (text, problems)
