"""`translations:` of an entry → the same story in other languages.

In: the checked pair, the site's settings, the entry's own language and path. Out: `TranslationRef` values, each an
entry of this site or an address. Two forms: a list of languages (`[fr]`) for sister sites of `languages:`, where the
story has the same path; a mapping from languages to entry ids or addresses (`{fr: sport/2026-11-20-finale}`). Refuses
the entry's own language, a language given twice, and a list's language that has no sister site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.content import fields, references, urls
from digest.content.nodes import Listing, Mapping, Node, Notes, Scalar
from digest.model import Place, TranslationRef
from digest.problems import N_, excerpt, mistake
from digest.text.cldr import subtags

if TYPE_CHECKING:
    from digest.content.fields import Pair
    from digest.content.settings import Settings

EXAMPLE = "translations: {fr: sport/2026-11-20-finale}"


def read(pair: Pair, settings: Settings, lang: str, path: str, notes: Notes) -> tuple[TranslationRef, ...]:
    """The translations of one entry, in the order given, faulty ones left out."""
    key, value = pair
    found: dict[str, TranslationRef] = {}
    given: list[tuple[Scalar, Node | None]]
    if isinstance(value, Mapping):
        given = [*value.items]
    elif isinstance(value, Listing):
        given = [(node, None) for node in fields.words(pair, notes, "translations: [fr]")]
    else:
        given = [(value, None)]
    for name, node in given:
        tag = language(name, lang, notes)
        if not tag:
            continue
        if tag in found:
            notes.at(
                name, mistake("language-twice", "'{tag}' is given twice", tag=excerpt(tag)), N_("keep one of them")
            )
            continue
        made = sister(name, tag, settings, path, notes) if node is None else target((key, node), tag, notes)
        if made:
            found[tag] = made
    return tuple(found.values())


def language(name: Scalar, own: str, notes: Notes) -> str:
    """A language tag that is not the entry's own; empty with a problem."""
    tag = name.value.strip()
    if not fields.LANGUAGE.fullmatch(tag):
        what = mistake("language-tag", "'{value}' is not a language tag", value=excerpt(name.value))
        notes.at(name, what, N_("write {example}", example=EXAMPLE))
        return ""
    tag = fields.cased(tag)
    if subtags(tag) == subtags(own):
        what = mistake("own-language", "'{tag}' is the language of this entry itself", tag=excerpt(tag))
        notes.at(name, what, N_("name the others"))
        return ""
    return tag


def sister(name: Scalar, tag: str, settings: Settings, path: str, notes: Notes) -> TranslationRef | None:
    """The same path on the sister site of that language."""
    place = Place(notes.path, name.line, name.column)
    for site in settings.languages:
        if site.lang == tag:
            return TranslationRef(tag, "", site.url + urls.path_url("/", path)[1:], place)
    what = mistake("unknown-sister-site", "'{tag}' is not under 'languages' in site.yaml", tag=excerpt(tag))
    notes.at(name, what, N_("declare its site there, or write {example}", example=EXAMPLE))
    return None


def target(pair: Pair, tag: str, notes: Notes) -> TranslationRef | None:
    """An address, or the id of an entry of this site."""
    raw = fields.plain(pair, notes, EXAMPLE)
    if raw is None:
        return None
    node = pair[1]
    place = Place(notes.path, node.line, node.column)
    if "://" in raw:
        url, reason = urls.gate(raw)
        if not url or not urls.is_external(url):
            what = mistake(
                "wrong-address",
                "'{value}' cannot be an address: {reason}",
                value=excerpt(raw),
                reason=reason or N_("it is not absolute"),
            )
            notes.at(node, what, N_("write https://…"))
            return None
        return TranslationRef(tag, "", url, place)
    name = references.identifier(raw)
    if not name:
        what = mistake("empty-translation", "the translation in '{tag}' is empty", tag=excerpt(tag))
        notes.at(node, what, N_("write {example}", example=EXAMPLE))
        return None
    return TranslationRef(tag, name, "", place)
