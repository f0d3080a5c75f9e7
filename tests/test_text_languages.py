"""The language of a quotation, where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.text import languages

if TYPE_CHECKING:
    from conftest import LittleSite


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The final was played on Friday and the town won.", "en"),
        ("La finale a été jouée dans la ville, et le maire est venu.", "fr"),
        ("El puerto es el más grande de la región y no para.", "es"),
        ("Der Hafen ist nicht groß, und die Stadt liegt im Süden.", "de"),
        ("Il porto non è grande e la città è del sud, di più.", "it"),
        ("Bu liman çok büyük ve şehir için önemli.", "tr"),
        ("Reuters", ""),
        ("Atlas Tech 2026", ""),
        ("Final 3-1!", ""),
        ("Порт открыт", ""),
        ("صدر البيان أمس", "ar"),
        ("گزارش تازهٔ بندر", "fa"),
        ("بندرگاہ کی خبریں", "ur"),
        ("هەواڵی بەندەر", ""),
        ("הנמל נפתח", "he"),
        ("", ""),
    ],
)
def test_guess_names_a_language_only_when_it_is_certain(text: str, expected: str) -> None:
    """Small words and letters of its own; a bare name says nothing."""
    assert languages.guess(text) == expected


def test_quotation_in_another_language_has_a_lang_attribute(site: LittleSite) -> None:
    """For fonts, speech and quotation marks, beside their direction; the Arabic round them stays the page's."""
    site.entry(
        "sport/a",
        body="قال:\n\n> Le port est ouvert, et la ville avec lui.\n\nThe port is open to all of the city.\n\n- Reuters\n- AFP\n\nنص.",
    )
    site.build()
    page = site.text("sport/a/index.html")
    assert '<blockquote lang="fr" dir="ltr">\n<p>Le port' in page
    assert '<p lang="en" dir="ltr">The port' in page
    assert '<ul dir="ltr">\n<li>Reuters</li>' in page
    assert "<p>نص.</p>" in page
