"""The words of bar and overlay, in the site's language where there is a catalogue `preview.po`, else in English."""

from __future__ import annotations

from functools import cache

from digest.problems import N_
from digest.translation import catalogue

DOMAIN = "preview"
"""Catalogues of their own: more languages have these few words than have all messages."""

WORDS = {
    "preview": N_("Preview"),
    "waiting": N_("There is no page to show yet."),
    "broken": N_("This page cannot be shown until its file is mended."),
    "problems": N_("Problems"),
    "one_problem": N_("One problem"),
    "below": N_("The page below is as it last was good."),
    "hide": N_("Hide"),
    "show": N_("Show the problems"),
    "more": N_("and more"),
    "view": N_("What the template was given"),
    "source": N_("Text"),
    "template": N_("Template"),
    "open": N_("Open in the editor"),
    "why": N_("Made again"),
    "first": N_("first shown"),
    "theme": N_("Theme"),
    "edition": N_("Edition"),
    "draft": N_("Draft"),
    "future": N_("Not yet published"),
    "hidden_draft": N_("A draft stands here; --drafts shows it."),
    "hidden_future": N_("A story that is not yet due stands here; --future shows it."),
    "advice": N_("Advice"),
    "saved": N_("Last saved"),
    "mail": N_("Mail"),
    "phone": N_("Phone width"),
    "wide": N_("Full width"),
    "fold": N_("Fold the bar"),
    "unfold": N_("Unfold the bar"),
    "away": N_("The server has stopped; this page waits for it."),
    "cause_text": N_("its text"),
    "cause_title": N_("titles that repeat"),
    "cause_repeated": N_("summaries that repeat"),
    "cause_related": N_("related stories"),
    "cause_elsewhere": N_("the story elsewhere"),
    "cause_neighbours": N_("its neighbours"),
    "cause_edition": N_("its edition"),
    "cause_translations": N_("its translations"),
    "cause_entries": N_("stories on it"),
    "cause_count": N_("how many there are"),
    "cause_strings": N_("the words of the interface"),
    "cause_fragment": N_("the blocks beside articles"),
    "cause_stylesheet": N_("the style sheet"),
}
NAMES = {"cause_settings": "site.yaml"}
"""The same in every language."""


@cache
def words_of(lang: str) -> dict[str, str]:
    """Key → words; `lang` is the language they are in."""
    language = catalogue(lang, DOMAIN)
    return {key: words.within(language) for key, words in WORDS.items()} | NAMES | {"lang": language.lang}
