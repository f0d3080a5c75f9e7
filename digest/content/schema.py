"""JSON Schema (draft 2020-12) of entries, editions, standalone pages and site.yaml, from the tables the readers use.

In: the tables of keys. Out: plain dicts for `digest schema`, by which editors complete keys in English and Arabic, show
their meaning and mark faults. A key in a table is a key in the schema; there is no second list.
"""

from __future__ import annotations

from typing import Any

from digest.content import editions, entries, fields, settings, standalone_pages
from digest.content.fields import Key, Shape, Table
from digest.content.sections import section

Schema = dict[str, Any]

EMPTY: Schema = {
    "anyOf": [
        {"type": "null"},
        {"type": "string", "pattern": f"^{fields.EMPTY.pattern}$"},
        {"type": "array", "items": {"$ref": "#/$defs/empty"}},
        {
            "type": "object",
            "additionalProperties": {"type": ["null", "string"], "pattern": f"^{fields.EMPTY.pattern}$"},
        },
    ]
}
"""What a form writes for a field that nobody filled in."""
IS_EMPTY: Schema = {"$ref": "#/$defs/empty"}
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def entry_schema() -> Schema:
    """Schema of an entry's front matter, of a YAML entry, and of a round-up."""
    is_round_up = {"anyOf": [{"required": [name]} for name in (entries.ENTRIES.name, entries.ENTRIES.arabic)]}
    either = {"if": is_round_up, "then": of_table(entries.ROUND_UP), "else": of_table(entries.KEYS)}
    return document("An entry of a digest site", either)


def site_schema() -> Schema:
    """Schema of site.yaml."""
    return document("Settings of a digest site", of_table(settings.KEYS))


def edition_schema() -> Schema:
    """Schema of a file under content/editions/."""
    return document("An edition of a digest site", of_table(editions.KEYS))


def standing_schema() -> Schema:
    """Schema of a file under content/pages/."""
    return document("A standing page of a digest site", of_table(standalone_pages.KEYS))


def document(title: str, schema: Schema) -> Schema:
    """A schema as a file of its own."""
    return {"$schema": DRAFT, "$defs": {"empty": EMPTY}, "title": title, **schema}


def of_table(table: Table) -> Schema:
    """A mapping: every key in both spellings, nothing else; required ones in exactly one spelling."""
    schema: Schema = {
        "type": "object",
        "properties": {spelling: of_key(key) for key in table for spelling in (key.name, key.arabic)},
        "additionalProperties": False,
    }
    if table.required:
        schema["allOf"] = [{"oneOf": [{"required": [key.name]}, {"required": [key.arabic]}]} for key in table.required]
    return schema


def of_key(key: Key) -> Schema:
    """A key's value, with what it means for an editor to show. An optional one may be empty, a required one not."""
    shape, about = of_shape(key.shape), f"{key.about} ({key.name}، {key.arabic})"
    if key.required or key.value.empty == "refused":
        return {**shape, "not": IS_EMPTY, "description": about}
    choices = shape["anyOf"] if shape.keys() == {"anyOf"} else [shape]
    return {"anyOf": [*choices, IS_EMPTY], "description": about}


def of_shape(shape: Shape) -> Schema:
    """A shape with the tables inside it written out."""
    if isinstance(shape.get("table"), Table):
        return of_table(shape["table"])
    if "section" in shape:
        return of_shape(section(shape["section"]).shape())
    schema: Schema = dict(shape)
    if "items" in schema:
        schema["items"] = {"anyOf": [of_shape(schema["items"]), IS_EMPTY]}
    if "anyOf" in schema:
        schema["anyOf"] = [of_shape(part) for part in schema["anyOf"]]
    return schema
