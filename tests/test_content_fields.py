"""Values of keys, whichever file they stand in: what is taken, up to which limit, and the message where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.content import entries
from digest.content import settings as site
from digest.content.documents import ContentContext
from digest.problems import FSI, PDI

if TYPE_CHECKING:
    from digest.model import Article

SITE = "title: موجز المساء\nbase_url: https://digest.example/\nthemes: [{id: sport, title: رياضة}]\n"
GOOD = "title: عنوان\ndate: 2026-11-20\n"
KEYS = ", ".join(key.name for key in entries.KEYS)


def read(keys: str) -> tuple[Article, list[str]]:
    """An entry of these keys, and its problems as printed, without its path."""
    settings, _, _ = site.read(SITE.encode())
    assert settings is not None
    (article,), problems = entries.read(
        "content/sport/a.md", f"---\n{keys}---\n".encode(), ContentContext.of(settings), frozenset()
    )
    said = [str(problem).replace(FSI, "").replace(PDI, "") for problem in problems]
    assert all(line.startswith("content/sport/a.md:") for line in said)
    return article, [line.removeprefix("content/sport/a.md:") for line in said]


def said_of_site(line: str) -> list[str]:
    return [str(problem).replace(FSI, "").replace(PDI, "") for problem in site.read((SITE + line).encode())[2]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("draft:\n", "4:7: 'draft' is empty; write true or false, or take it out"),
        ("مسودة: ~\n", "4:8: 'مسودة' is empty; write true or false, or take it out"),
        ("SOURCE: x\n", "4:1: unknown key 'SOURCE'; did you mean 'source'?"),
        ("1: x\n", f"4:1: unknown key '1'; the keys of an entry are {KEYS}"),
        ("zzzz: x\n", f"4:1: unknown key 'zzzz'; the keys of an entry are {KEYS}"),
        ("draft: [x]\n", "4:8: 'draft' must be text, not a list; write true or false"),
        ("updated: [x]\n", "4:10: 'updated' must be text, not a list; write 2026-11-20"),
        ("slug: {a: b}\n", "4:7: 'slug' must be text, not keys and values; write slug: final-2026"),
        ("lang: [x]\n", "4:7: 'lang' must be text, not a list; write a language tag such as ar or fr"),
        ("related: false\n", "4:10: 'related' must be a list, not 'false'; write related: [sport/2026-11-20-final]"),
        ("related: لا\n", "4:10: 'related' must be a list, not 'لا'; write related: [sport/2026-11-20-final]"),
        ("related: 'false'\n", "4:10: 'related' must be a list, not text; write related: [sport/2026-11-20-final]"),
        ("related: {a: b}\n", "4:10: 'related' must be a list, not keys and values; write related: [sport/2026-11-20-final]"),
        ("tags: [a, [b]]\n", "4:11: each item of 'tags' must be text, not a list; write [اقتصاد, طاقة]"),
        ("tags: [a, {b: c}]\n", "4:11: each item of 'tags' must be text, not keys and values; write [اقتصاد, طاقة]"),
    ],
)  # fmt: skip
def test_value_of_another_kind_gives_a_problem(line: str, expected: str) -> None:
    """With its place, what was expected there, and what stands there."""
    assert read(GOOD + line)[1] == [expected]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("titel: أ\ndate: 2026-11-20\n", ["2:1: unknown key 'titel'; did you mean 'title'?"]),
        ("Title: أ\ndate: 2026-11-20\n", ["2:1: unknown key 'Title'; did you mean 'title'?"]),
        ("العنون: أ\ndate: 2026-11-20\n", ["2:1: unknown key 'العنون'; did you mean 'العنوان'?"]),
        ("العنوان: أ\ntitle: ب\ndate: 2026-11-20\n", ["3:1: 'title' is given twice, first on line 2 as 'العنوان'; keep one of them"]),
        ("title: ''\ntitle: ب\ndate: 2026-11-20\n", ["2:8: 'title' is empty; write it after the colon (the headline)", "3:1: 'title' is given twice, first on line 2; keep one of them"]),
        ("title:\ndate:\n", ["2:7: 'title' is empty; write it after the colon (the headline)", "3:6: 'date' is empty; write it after the colon (ISO 8601 date or date-time; a future one is held back until then)"]),
    ],
)  # fmt: skip
def test_misspelt_required_key_gives_one_problem(keys: str, expected: list[str]) -> None:
    """A misspelt key is not called missing as well."""
    assert read(keys)[1] == expected


@pytest.mark.parametrize(
    ("key", "limit", "cure"),
    [("title", 500, "shorten it"), ("summary", 5000, "shorten it"), ("author", 300, "shorten it")],
)
def test_text_longer_than_its_limit_is_refused(key: str, limit: int, cure: str) -> None:
    """Counted in letters; one more is too long."""
    keys = GOOD.replace("title: عنوان\n", "") if key == "title" else GOOD
    column = len(key) + 3
    assert read(f"{key}: {'ب' * limit}\n{keys}")[1] == []
    too_long = f"2:{column}: '{key}' is longer than {limit} characters; {cure}"
    assert read(f"{key}: {'ب' * (limit + 1)}\n{keys}")[1] == [too_long]


def test_list_of_more_than_a_hundred_items_is_cut() -> None:
    """The first hundred of a longer one are read."""
    tags = ", ".join(f"وسم{number}" for number in range(101))
    made, problems = read(f"{GOOD}tags: [{tags.rpartition(', ')[0]}]\n")
    assert (len(made.entry.tags), problems) == (100, [])
    made, problems = read(f"{GOOD}tags: [{tags}]\n")
    assert problems == ["4:7: 'tags' has more than 100 items; keep the most telling ones"]
    assert [tag.name.plain for tag in made.entry.tags] == tags.split(", ")[:100]


@pytest.mark.parametrize("written", ["true", "TRUE", "True", "' true '", "نعم", "' نعم'"])
def test_flag_accepts_yes_in_both_languages(written: str) -> None:
    """In whatever case, quoted or not."""
    made, problems = read(f"{GOOD}draft: {written}\nlead: {written}\n")
    assert (made.entry.draft, made.entry.lead, problems) == (True, True, [])


@pytest.mark.parametrize("written", ["false", "FALSE", "لا", "' لا '"])
def test_flag_accepts_no_in_both_languages(written: str) -> None:
    """As does a key that is not there."""
    made, problems = read(f"{GOOD}draft: {written}\n")
    assert (made.entry.draft, made.entry.lead, problems) == (False, False, [])


def test_flag_of_another_word_is_no_with_a_problem() -> None:
    """And is named; a list is neither."""
    for written in ("perhaps", "[true]"):
        made, problems = read(f"{GOOD}lead: {written}\n")
        assert (made.entry.lead, len(problems)) == (False, 1)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        *(("0", 0), ("1", 1), ("20", 20), ("٢٠", 20), ("۲۰", 20), ("+6", 6), ("' 7 '", 7)),
        *(("21", None), ("-1", None), ("3.5", None), ("1000000007", None), ("x", None), ("[6]", None)),
    ],
)
def test_number_outside_its_limits_leaves_the_default(written: str, read_as: int | None) -> None:
    """Both of them may be written, in digits of any kind; what cannot be read leaves the default."""
    settings, _, problems = site.read(f"{SITE}related: {{count: {written}}}\n".encode())
    assert settings is not None
    assert (settings.related.count, len(problems)) == ((5, 1) if read_as is None else (read_as, 0))


def test_number_when_unreadable_gives_a_problem_with_limits() -> None:
    """With both limits."""
    assert said_of_site("related: {count: 21}\n") == ["site.yaml:4:18: 'count' must be a number from 0 to 20, not '21'"]
    said = "site.yaml:4:18: 'count' must be text, not a list; write a number from 0 to 20"
    assert said_of_site("related: {count: [5]}\n") == [said]


def test_choice_of_an_unknown_word_advises_and_leaves_the_default() -> None:
    """The nearest is advised, else all of them; what is no word leaves the default."""
    assert said_of_site("digits: [latn]\n") == [
        "site.yaml:4:9: 'digits' must be text, not a list; write auto or latn or arab"
    ]
    assert said_of_site("digits: zz\n") == ["site.yaml:4:9: 'digits' cannot be 'zz'; write auto or latn or arab"]
    assert said_of_site("digits: aarab\n") == ["site.yaml:4:9: 'digits' cannot be 'aarab'; did you mean 'arab'?"]
    for written, expected in (("arab", "arab"), ("zz", "auto"), ("[latn]", "auto")):
        settings, _, _ = site.read(f"{SITE}digits: {written}\n".encode())
        assert settings is not None
        assert settings.digits == expected


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        *(("FR", "fr"), ("' en '", "en"), ("pt-br", "pt-BR"), ("es-419", "es-419"), ("az-ARAB", "az-Arab")),
        *(("zh-hant-tw", "zh-Hant-TW"), ("CA-VALENCIA", "ca-valencia"), ("de-1901", "de-1901")),
    ],
)
def test_language_tag_gets_its_usual_case(written: str, tag: str) -> None:
    """Languages and variants small, countries large, scripts with one large letter."""
    made, problems = read(f"{GOOD}lang: {written}\n")
    assert (made.entry.lang, problems) == (tag, [])


def test_direction_controls_in_a_text_give_one_advice_each() -> None:
    """All of them, also pairs that a longer text may hold; the text is taken without them."""
    made, problems = read(f'{GOOD}summary: "أ \u2067ب\u2069 \u2067ج\u2069 \u200fد"\n')
    assert made.entry.summary.plain == "أ ب ج \u200fد"
    cure = "delete it: direction is set by the page"
    assert problems == [f"4:10: {name} is taken out of 'summary'; {cure}" for name in ("U+2067", "U+2069")]


def test_key_in_decomposed_letters_is_recognised() -> None:
    """An editor on another system writes أ as two characters."""
    assert said_of_site("الا\u0654رقام: arab\n") == []
    assert said_of_site("الأرقا: arab\n") == ["site.yaml:4:1: unknown key 'الأرقا'; did you mean 'الأرقام'?"]


EMPTY = ["", "''", '""', '"  "', "~", "null", "Null", "[]", "{}", "['']", "[null, {name: ''}]", "{src: '', alt: ''}"]
OPTIONAL = [spelling for key in entries.KEYS if not key.required for spelling in (key.name, key.arabic)]


@pytest.mark.parametrize("written", EMPTY)
def test_an_optional_key_that_a_form_wrote_empty_counts_as_absent(written: str) -> None:
    """In both languages; to take `draft` for absent would publish, and `related: []` asks for none at all."""
    without = read(GOOD)[0]
    for key in OPTIONAL:
        article, said = read(f"{GOOD}{key}: {written}\n")
        if key in {"draft", "مسودة"}:
            assert said[0].endswith(f"'{key}' is empty; write true or false, or take it out")
        elif key in {"body", "النص"}:
            continue  # stands in YAML files only
        elif key in {"related", "ذات_صلة"} and written == "[]":
            assert (said, article.entry.pins) == ([], ())
        else:
            assert (key, said, article) == (key, [], without)


@pytest.mark.parametrize("written", EMPTY)
def test_a_required_key_that_is_empty_is_named(written: str) -> None:
    assert read(f"title: {written}\ndate: 2026-11-20\n")[1][0].endswith(
        "'title' is empty; write it after the colon (the headline)"
    )
    assert "'date' is empty; write it after the colon" in read(f"title: أ\ndate: {written}\n")[1][0]


def test_empty_items_of_a_list_are_left_out() -> None:
    article, said = read(GOOD + "tags: [كأس, '', null]\nauthor: ['', سلمى]\nsource: [{name: '', url: ''}, الميناء]\n")
    assert said == []
    entry = article.entry
    assert [tag.name.plain for tag in entry.tags] == ["كأس"]
    assert [author.plain for author in entry.authors] == ["سلمى"]
    assert [outlet.name.plain for outlet in entry.outlets] == ["الميناء"]
