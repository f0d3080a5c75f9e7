"""French texts keep their signs with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.text.spacing import spaced

if TYPE_CHECKING:
    from conftest import LittleSite


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("« Lumière » ouvre", "«~Lumière~» ouvre"),
        ("Vraiment ? Oui ! Voici : un ; deux", "Vraiment~? Oui~! Voici~: un~; deux"),
        ("«Sans blanc» et 12:30", "«Sans blanc» et 12:30"),
        ("Déjà\u00a0: fait", "Déjà~: fait"),
        (
            "Une image ![x](a.jpg) et `a : b` et https://a.example/?b",
            "Une image ![x](a.jpg) et `a : b` et https://a.example/?b",
        ),
        ("| a | b |\n| :- | -: |\n| « x » | y ! |", "| a | b |\n| :- | -: |\n| « x » | y ! |"),
        ("- : liste\n> ! citation\n# ? titre", "- : liste\n> ! citation\n# ? titre"),
        ("    code : x !", "    code : x !"),
    ],
)
def test_spaced_sets_no_break_spaces_in_french(text: str, expected: str) -> None:
    """~ is a no-break space. Nothing is added where the writer left none, and Markdown keeps its meaning."""
    assert spaced(text, "fr-CA").replace("\u00a0", "~") == expected
    assert spaced(text, "ar") == text


def test_french_entries_get_no_break_spaces_on_any_site(site: LittleSite) -> None:
    """By the entry's language."""
    site.entry("sport/a", "title: 'La « Lumière » : enfin !'\nlang: fr", "Il a dit : « oui ! »")
    site.entry("sport/b", "title: 'عنوان : خبر !'")
    site.build()
    assert "La «\u00a0Lumière\u00a0»\u00a0: enfin\u00a0!" in site.text("sport/a/index.html")
    assert "<p>Il a dit\u00a0: «\u00a0oui\u00a0!\u00a0»</p>" in site.text("sport/a/index.html")
    assert "عنوان : خبر !" in site.text("sport/b/index.html")
