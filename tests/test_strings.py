"""The words of the interface in six languages: all there, all forms, the same names to fill in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from digest import strings
from digest.text import bidi, numbers, plurals

if TYPE_CHECKING:
    from conftest import LittleSite

ROOT = Path(__file__).resolve().parent.parent
TABLES = {
    path.stem: yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    for path in sorted((ROOT / "templates/strings").glob("*.yaml"))
}
COUNTS = (0, 1, 2, 3, 10, 11, 26, 99, 100, 101, 102, 103, 111, 200, 1000, 1234, 1_000_000)
LANGS = ("ar", "ar-MA", "ar-EG", "ar-LB", "fa", "ur", "he", "fr", "en")


def spoken(lang: str) -> strings.Strings:
    """The table of a language as a site reads it."""
    table, problems = strings.read([(ROOT / "templates", "templates")], lang, numbers.digits_of(lang, "auto"))
    assert not problems
    assert table
    return table


def placeholders(forms: str | dict[str, str]) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", forms if isinstance(forms, str) else " ".join(forms.values())))


def test_there_are_six_languages() -> None:
    assert set(TABLES) == {"ar", "en", "fa", "fr", "he", "ur"}


@pytest.mark.parametrize("lang", TABLES)
def test_a_table_has_every_key_in_the_same_order(lang: str) -> None:
    """Nothing missing, nothing that no other language has; a translator finds each where the others have it."""
    assert list(TABLES[lang]) == list(TABLES["ar"])


@pytest.mark.parametrize("lang", TABLES)
def test_a_counted_word_has_the_forms_of_its_language_and_no_others(lang: str) -> None:
    """Those of CLDR; «zero» may stand for 0 in any language."""
    counted = {key: forms for key, forms in TABLES[lang].items() if isinstance(forms, dict)}
    assert {"articles", "stories", "minutes"} <= set(counted)
    for key, forms in counted.items():
        assert set(forms) - {"zero"} == set(plurals.forms(lang)) - {"zero"}, key
    if lang == "ar":
        assert all(set(forms) == set(strings.PLURAL_FORMS) for forms in counted.values())


@pytest.mark.parametrize("lang", TABLES)
def test_names_to_fill_in_are_the_same_in_every_language(lang: str) -> None:
    """A form may do without its number, as «مقالان» does; nothing else may be lost or invented."""
    for key, forms in TABLES[lang].items():
        assert placeholders(forms) | {"n"} == placeholders(TABLES["ar"][key]) | {"n"}, key
        others = [] if isinstance(forms, str) else [forms[form] for form in ("few", "many", "other") if form in forms]
        assert all("{n}" in form for form in others) or not any("{n}" in form for form in others), key


@pytest.mark.parametrize("lang", TABLES)
def test_a_table_is_in_its_own_script(lang: str) -> None:
    """No key was left in another language, and none mixes the letters of Arabic and Persian."""
    wanted = {"he": "[\u05d0-\u05ea]", "fr": "[A-Za-z]", "en": "[A-Za-z]"}.get(lang, "[\u0620-\u06ff]")
    for key, forms in TABLES[lang].items():
        for text in [forms] if isinstance(forms, str) else forms.values():
            words = re.sub(r"\{\w+\}|[^\w]", "", text)
            assert not words or re.search(wanted, words), key
            assert lang != "ar" or not re.search("[\u06a9\u06cc\u06c1\u06be\u067e\u0686\u06af]", text), key
            assert lang not in ("fa", "ur") or not re.search("[\u0643\u064a\u0649]", text), key


def counts() -> str:
    """Each counted word in each language at every count."""
    lines = []
    for lang in LANGS:
        say = spoken(lang)
        for key, forms in TABLES[lang.partition("-")[0]].items():
            if isinstance(forms, dict) and "{n}" in forms["other"]:
                lines.append(f"{lang} {key}")
                lines += [f"  {n}\t{say.plain(key, n=n)}" for n in COUNTS]
    return "\n".join(lines) + "\n"


def test_every_count_reads_as_a_reader_says_it() -> None:
    """All counts that are a form of their own somewhere; read by eye once, held since."""
    assert counts() == (ROOT / "tests/golden/counts.txt").read_text("utf-8")


def test_a_table_that_lacks_a_form_is_refused_by_name(site: LittleSite) -> None:
    """A site's own translation, too."""
    site.put("templates/strings/ar.yaml", "stories: {one: خبر, other: '{n} أخبار'}\n").entry("sport/a")
    assert site.problems() == [
        "templates/strings/ar.yaml:1:1: 'stories' lacks the plural forms zero, two, few, many; add them below the others"
    ]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("\nlatset: x", "2:1: no template asks for 'latset'; did you mean 'latest'?"),
        ("mostread: x", "1:1: no template asks for 'mostread'; did you mean 'most_read'?"),
        ('credit: "تصوير {nam}"', "1:1: 'credit': nobody fills in '{nam}'; did you mean 'name'?"),
        ('credit: "تصوير {photo}"', "1:1: 'credit': nobody fills in '{photo}'; what is filled in is {name}"),
        ('home: "{site}"', "1:1: 'home': nobody fills in '{site}'; nothing is filled in there; take it out"),
        ("home: أ\nlatest: ب\nhome: ج", "3:1: 'home' is given twice, first on line 1; keep one of them"),
        ("home: [a]", "1:1: 'home' is neither a text nor plural forms with 'other'; forms are zero, one, "),
        ("articles:\n  onne: مقال", "2:3: 'articles' has no plural form 'onne'; did you mean 'one'?"),
        ("articles:\n  other: [a]", "1:1: 'articles' is neither a text nor plural forms with 'other'; forms are zero"),
        ("articles: {other: أ, other: ب}", "1:22: 'other' is given twice, first on line 1; keep one of them"),
        ("home: أ: ب", "1:8: a colon inside a value; put the whole value in quotes: 'like this'"),
        ("home", "1: expected keys, one a line; write key: value, as in title: and date:"),
    ],
)
def test_a_slip_in_a_table_is_a_problem_with_its_line(site: LittleSite, table: str, said: str) -> None:
    """Misspelt keys and names, keys given twice, values of another kind, YAML that is none."""
    site.put("templates/strings/ar.yaml", table + "\n").entry("sport/a")
    assert any(line.startswith(f"templates/strings/ar.yaml:{said}") for line in site.problems())


def test_a_table_that_is_not_utf_8(site: LittleSite) -> None:
    """The likely encoding is named."""
    site.put("templates/strings/ar.yaml", "home: الرئيسية\n".encode("cp1256")).entry("sport/a")
    (said,) = site.problems()
    assert said.startswith("templates/strings/ar.yaml:1: not UTF-8: ")
    assert said.endswith("it looks like Windows-1256; save it as UTF-8")


def test_keys_and_names_of_the_sites_own_templates_are_no_slips(site: LittleSite) -> None:
    """What a template of the site asks for or fills in, whatever it resembles; a key that resembles none; no key."""
    site.entry("sport/a").put("templates/strings/ar.yaml", "latests: اليوم\nthanks: شكرا\nmoved: 'إلى {place}'\n")
    site.put(
        "templates/404.html",
        '{% extends "builtin/404.html" %}{% block main %}{{ t("latests") }} {{ t("moved", place="هنا") }}{% endblock %}',
    )
    site.build()
    assert "اليوم إلى هنا" in site.text("404.html")
    site.put(
        "templates/404.html", '{% extends "builtin/404.html" %}{% block main %}{{ t("late" ~ "sts") }}{% endblock %}'
    )
    site.put("templates/strings/ar.yaml", "latests: اليوم\n").build()
    site.put("templates/404.html", '{% extends "builtin/404.html" %}')
    site.put("templates/strings/ar.yaml", "# nothing yet\n\n").build()
    site.put("templates/strings/ar.yaml", "").build()


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("ar", ["سلمى", "سلمى وعمر", "سلمى وعمر و\u00a0Ann", "سلمى وعمر و\u00a0Ann ونورة"]),
        ("fa", ["سلمى", "سلمى و عمر", "سلمى، عمر، و Ann", "سلمى، عمر، Ann، و نورة"]),
        ("ur", ["سلمى", "سلمى اور عمر", "سلمى، عمر، اور Ann", "سلمى، عمر، Ann، اور نورة"]),
        ("he", ["سلمى", "سلمى וعمر", "سلمى, عمر ו־Ann", "سلمى, عمر, Ann וنورة"]),
        ("fr", ["سلمى", "سلمى et عمر", "سلمى, عمر et Ann", "سلمى, عمر, Ann et نورة"]),
        ("en", ["سلمى", "سلمى and عمر", "سلمى, عمر, and Ann", "سلمى, عمر, Ann, and نورة"]),
    ],
)
def test_names_are_joined_as_the_language_joins_them(lang: str, expected: list[str]) -> None:
    """In Arabic by a و that is written on to each name (CLDR); each name in an isolate of its own direction."""
    say = spoken(lang)
    names = [bidi.directed_text(name, base=say.dir) for name in ("سلمى", "عمر", "Ann", "نورة")]
    made = [str(say.list(names[:count])) for count in (1, 2, 3, 4)]
    assert [re.sub("<[^>]*>", "", text) for text in made] == expected
    assert made[3].count("<bdi dir=rtl>") == 3
    assert made[3].count("<bdi dir=ltr>") == 1


def test_names_cannot_break_out_of_a_list() -> None:
    """Nor be taken for places of the pattern."""
    say = spoken("ar")
    names = [bidi.directed_text(name, base="rtl") for name in ("{1}", "<ب>", "{0} & شركاه")]
    assert re.sub("</?bdi[^>]*>", "", str(say.list(names))) == "{1} و&lt;ب&gt; و{0} &amp; شركاه"
