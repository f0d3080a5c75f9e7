"""What the program says, in the user's language: the catalogues, the codes of problems, and what must not be translated."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from digest.cli import terminal
from digest.content import nodes, settings
from digest.preview import messages as preview_words
from digest.preview import page_info
from digest.problems import FSI, N_, PDI, DigestError, Problem, mistake, nN_
from digest.translation import ENGLISH, LOCALE, catalogue, isolated_latin, language

if TYPE_CHECKING:
    from types import ModuleType

    from conftest import LittleSite

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
"""`digest.po`: all messages; `preview.po`: the words of the preview's bar and overlay."""


def tool(name: str) -> ModuleType:
    """A module of tools/."""
    spec = importlib.util.spec_from_file_location(f"tool_{name}", ROOT / f"tools/{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TRANSLATIONS, MESSAGES = tool("translations"), tool("messages")


def bare(text: str) -> str:
    return text.replace(FSI, "").replace(PDI, "")


def translated(path: Path) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(English texts, translations) of a catalogue."""
    with path.open("rb") as stream:
        found = [message for message in read_po(stream, locale=path.parent.parent.name) if message.id]
    return [
        (
            message.id if isinstance(message.id, (tuple, list)) else (message.id,),
            message.string if isinstance(message.string, (tuple, list)) else (message.string,),
        )
        for message in found
    ]


ROWS = [(path.parent.parent.name, *row) for path in CATALOGUES for row in translated(path)]


# ------------------------------------------------------------------ the catalogues


@pytest.mark.slow
def test_catalogues_when_the_source_changed_are_renewed() -> None:
    """Both files of each: what translators read, and what the program reads."""
    command = [sys.executable, str(ROOT / "tools/translations.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, f"run: python tools/translations.py\n{done.stdout}{done.stderr}"


def test_every_text_is_translated_in_every_plural_form() -> None:
    missing = [(lang, texts[0]) for lang, texts, said in ROWS if not all(said)]
    assert missing == []


def test_arabic_has_six_plural_forms() -> None:
    """Those of CLDR."""
    arabic = catalogue("ar")
    shown = [arabic.counted("{n:,} page", "{n:,} pages", n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103)]
    assert shown == [
        "لا صفحة", "صفحة واحدة", "صفحتان", "3 صفحات", "10 صفحات", "11 صفحة", "99 صفحة", "100 صفحة", "102 صفحة", "103 صفحات",
    ]  # fmt: skip


def placeholders(text: str) -> set[str]:
    """`{name}`, `{n:,}` and click's `%(prog)s`."""
    named = {
        f"{name}:{spec}{'!' + how if how else ''}" for _, name, spec, how in string.Formatter().parse(text) if name
    }
    return named | set(re.findall(r"%\(\w+\)s", text))


def test_every_placeholder_is_in_its_translation_and_no_other() -> None:
    """A form for none, one or two may leave the number out."""
    faults = []
    for lang, texts, said in ROWS:
        wanted = set().union(*map(placeholders, texts))
        for form, text in enumerate(said):
            free = {name for name in wanted if len(texts) > 1 and (form < 3 or name.startswith(("possib", "choice")))}
            found = placeholders(text)
            if not wanted - free <= found <= wanted:
                faults.append((lang, texts[0], text))
    assert faults == []


KEPT = re.compile(
    r"(?<![\w-])--?[a-z][a-z-]+\b|\bdigest (?:build|check|deploy|init|eject|inbox|rollback)\b|\bsite\.yaml\b"
    r"|\b(?:content|templates|static|data|docs|mail)/[\w./-]*|https?://[\w./-]+|\$?\b[A-Z]+_[A-Z_]+\b|U\+FFFD"
    r"|(?<![\w-])[a-z_]+:(?= under deploy)|\{\{[^{}]*\}\}"
)
"""Options, commands, files, addresses, variables, keys with their colon: the same in every language."""


def test_options_commands_files_and_keys_stand_in_translations_as_they_are() -> None:
    faults = []
    for lang, texts, said in ROWS:
        for text in said[3:4] or said:
            lacking = sorted({word for word in KEPT.findall(texts[-1]) if word not in text})
            if lacking:
                faults.append((lang, texts[-1], lacking))
    assert faults == []


def test_nothing_is_left_in_english_but_names_and_signs() -> None:
    """A translation holds letters of its own language, where the text holds words."""
    same = [
        texts[0]
        for _, texts, said in ROWS
        if texts[0] == said[0] and re.search("[A-Za-z]{2}", re.sub(r"\{[^{}]*\}", "", texts[0]))
    ]
    assert same == ["({n} ms)"]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("اكتب false (أو لا)", ["false"]),
        ("استغرق (6 ms)", ["(6 ms)"]),
        ("يحتاج (هذا إلى digest[text])", ["digest[text]"]),
        ("انشر بـ (SSH) أو بغيره", ["(SSH)"]),
        ("اكتب [هنا site.yaml]", ["site.yaml"]),
        ("مثل 2026-11-20، من 00:00 إلى 23:59", ["2026-11-20", "00:00", "23:59"]),
        ("أكثر من 8 (أو 9) مرات", []),
    ],
)
def test_bracket_stays_with_the_words_it_opens_or_closes(text: str, alone: list[str]) -> None:
    """Latin words keep their own direction; a bracket whose partner is Arabic text does not go with them."""
    said = isolated_latin(text)
    assert re.findall("\u2068(.*?)\u2069", said) == alone
    assert re.sub("[\u2068\u2069]", "", said) == text


# ------------------------------------------------------------------ texts that bypass the catalogue

SINKS = {
    "say": 0, "UsageError": 0, "DeliveryError": 0, "PassingError": 0, "fail": 0, "Problem": 3, "at": 1, "line": 1,
    "file": 0, "Refusal": 0, "Fault": 1, "Finding": 1, "problem": 0, "confirm": 0, "prompt": 0, "Refused": 0,
}  # fmt: skip
"""Function → the first of its arguments that is shown."""
WORDS = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
NAMED = frozenset({"problem", "cure", "what", "remedy"})
"""Names of arguments that are shown."""


def literal_words(node: ast.expr) -> str:
    """The words of a string or an f-string, or nothing for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return literal_words(node.left) + literal_words(node.right)
    return ""


def bypassing(source: str) -> list[str]:
    """Texts that are shown without a look into the catalogue."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            shown = node.args[SINKS[name] :] if name in SINKS else []
            shown += [given.value for given in node.keywords if given.arg in NAMED]
            found += [
                f"{node.lineno}: {text}"
                for text in map(literal_words, shown)
                if WORDS.search(text.removeprefix(" cd {} && digest serve"))
            ]
    return found


@pytest.mark.parametrize(
    "source",
    [
        'say("nothing was written")',
        'raise UsageError(f"there is no theme {name}")',
        'notes.at(node, "no such key", "")',
    ],
)
def test_text_that_bypasses_the_catalogue_is_found(source: str) -> None:
    assert bypassing(source)
    marked = re.sub(r'f?("[^"]+")', r"_(\1)", source)
    assert not bypassing(marked)


def test_no_text_bypasses_the_catalogue() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{text}"
        for path in sorted((ROOT / "digest").rglob("*.py"))
        for text in bypassing(path.read_text("utf-8"))
    ]
    assert faults == []


# ------------------------------------------------------------------ codes


@pytest.mark.slow
def test_codes_are_words_with_hyphens_and_no_text_has_two() -> None:
    kinds = MESSAGES.kinds()
    assert [kind.code for kind in kinds if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", kind.code)] == []
    texts = [kind.text for kind in kinds if kind.text != "{error}"]
    assert sorted({text for text in texts if texts.count(text) > 1} - SHARED_TEXTS) == []


SHARED_TEXTS = {"'{key}' cannot be '{value}'"}
"""Texts of two kinds: a word out of a few, and any other value."""


def test_codes_of_notes_are_those_that_may_be_hidden() -> None:
    """A note's code is in `settings.NOTES`; no error and no advice has one of them."""
    noted = {kind.code for name in ("text", "linking/likeness.py", "site/unread.py", "rendering/probe.py")
             for path in [ROOT / "digest" / name] for file in (path.rglob("*.py") if path.is_dir() else [path])
             for kind in MESSAGES.kinds_in(file.read_text("utf-8"))}  # fmt: skip
    assert noted | {"date-of-file-name"} == set(settings.NOTES)


@pytest.mark.slow
def test_page_of_messages_is_written_from_the_source() -> None:
    assert MESSAGES.PAGE.read_text("utf-8") == MESSAGES.page(), "run: python tools/messages.py"


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("[extra-blanks]", []),
        ("[wiki-link]", ["2 blanks between two words"]),
        ("[extra-blank]", ["2 blanks between two words", "'extra-blank' is not the code of a note"]),
        ("[unknown-key]", ["2 blanks between two words", "'unknown-key' is not the code of a note"]),
    ],
)
def test_note_when_its_code_is_hidden_is_not_shown(site: LittleSite, codes: str, said: list[str]) -> None:
    """In either language of keys; the code of an error is refused, and so is an unknown one."""
    site.entry("sport/a", "summary: وصل  الوفد")
    settings_file = (site.root / "site.yaml").read_text("utf-8")
    for key in ("hide_notes", "إخفاء_الملاحظات"):
        site.put("site.yaml", f"{settings_file}{key}: {codes}\n")
        try:
            shown = [problem.message for problem in site.build(output=None, strict=True).advice]
        except DigestError as refused:
            shown = [problem.message for problem in refused.problems]
        assert [bare(line) for line in shown] == said


# ------------------------------------------------------------------ what is shown


def test_problem_is_english_until_it_is_shown() -> None:
    """Inserted content is isolated; options keep their direction."""
    problem = Problem(
        "content/a.md",
        3,
        1,
        mistake("unknown-key", "unknown key '{key}'", key="sorce"),
        N_("did you mean '{near}'?", near="source"),
    )
    assert str(problem) == "content/a.md:3:1: unknown key 'sorce'; did you mean 'source'?"
    assert problem.as_json()["code"] == "unknown-key"
    assert problem.as_json()["message"] == "unknown key 'sorce'"
    line = problem.within(catalogue("ar"))
    assert bare(line) == "content/a.md:3:1: مفتاح غير معروف «sorce»؛ لعلك تقصد «source»؟"
    assert f"«{FSI}sorce{PDI}»" in line


def test_text_with_a_list_and_a_number_is_put_into_words_of_its_language() -> None:
    arabic = catalogue("ar-MA")
    assert bare(N_("write {words:or}", words=("a", "b")).within(arabic)) == "اكتب a أو b"
    assert str(N_("write {words:or}", words=("a", "b"))) == "write a or b"
    assert nN_("{n:,} day", "{n:,} days", 2).within(arabic) == "يومان"
    assert (
        bare(N_("the keys of {what} are {keys}", what=N_("an entry"), keys=("title", "date")).within(arabic))
        == "مفاتيح الخبر: title، date"
    )


def test_latin_words_in_an_arabic_text_are_isolated() -> None:
    assert isolated_latin("اكتب --drafts في site.yaml.") == f"اكتب {FSI}--drafts{PDI} في {FSI}site.yaml{PDI}."
    assert (
        isolated_latin("مثل {{src: …}} و{a}، ثم title: و date:")
        == f"مثل {FSI}{{{{src: …}}}}{PDI} و{{a}}، ثم {FSI}title:{PDI} و {FSI}date:{PDI}"
    )


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ar_MA.UTF-8"}, "ar"),
        ({"LANG": "ar_MA.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr"),
        ({"LANG": "ar_MA.UTF-8", "LC_ALL": "C"}, "c"),
        ({"LANG": "fr_FR", "DIGEST_LANG": "ar"}, "ar"),
        ({"LANG": "ar_EG@latin", "DIGEST_LANG": ""}, "ar"),
    ],
)
def test_language_is_the_one_asked_for_else_the_locales(
    environment: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DIGEST_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == lang


@pytest.mark.parametrize("lang", ["c", "posix", "xx", "../ar", "", "fr"])
def test_language_without_a_catalogue_is_english(lang: str) -> None:
    assert catalogue(lang) is ENGLISH


def test_every_command_speaks_arabic(site: LittleSite) -> None:
    """The program as it is started: help, a refusal, and click's own words."""
    site.entry("sport/a", "sorce: x")

    def said(*words: str) -> str:
        command = [sys.executable, "-m", "digest", *words]
        run = subprocess.run(
            command, capture_output=True, text=True, cwd=site.root, env={"DIGEST_LANG": "ar", "PATH": ""}, check=False
        )
        return bare(run.stdout + run.stderr)

    assert "لعلك تقصد «source»؟" in said("build")
    assert "خطأ واحد؛ لم يُكتب شيء" in said("build")
    assert "الاستعمال: python -m digest build" in said("build", "--help")
    assert "لا خيار باسم" in said("build", "--nothing")


def test_keys_are_named_in_the_language_of_the_file() -> None:
    """A file with Arabic keys is answered with Arabic keys."""
    from digest.content import entries, fields

    for written, key in (("date: 2026-11-20\n", "title"), ("التاريخ: 2026-11-20\n", "العنوان")):
        notes = nodes.Notes("content/sport/a.md")
        root = nodes.compose(written, notes)
        assert root
        fields.take(root, entries.KEYS, notes)
        assert (
            bare(str(notes.found[0])) == f"content/sport/a.md:1:1: an entry without '{key}'; add {key}: (the headline)"
        )


def test_overlay_speaks_the_language_of_the_site(tmp_path: Path) -> None:
    """Where there is a catalogue; else English."""
    problem = Problem("content/a.md", 0, 0, mistake("empty-file", "the file is empty"))
    for lang, said in (("ar-EG", "الملف فارغ"), ("fa", "the file is empty")):
        (shown,) = page_info.problems([problem], page_info.Paths(tmp_path, None, "none", lang))["list"]
        assert (shown["message"], shown["code"]) == (said, "empty-file")


@pytest.mark.parametrize(
    ("tag", "lang", "words"),
    [("ar-EG", "ar", "الصفحة"), ("fr", "fr", "La page"), ("he", "he", "הדף"), ("sw", "en", "The page")],
)
def test_words_of_the_preview_are_in_the_language_of_the_site(tag: str, lang: str, words: str) -> None:
    """More languages have these words than have all messages; the rest is English."""
    said = preview_words.words_of(tag)
    assert (said["lang"], said["below"].startswith(words), said["cause_settings"]) == (lang, True, "site.yaml")
    assert set(said) == {*preview_words.WORDS, *preview_words.NAMES, "lang"}


def test_every_word_that_the_preview_asks_for_is_in_its_table() -> None:
    """And none that it does not ask for: causes are named by what a page is made of."""
    client = ROOT / "digest/preview/client"
    asked = {
        key
        for file in ("preview.js", "surface.js")
        for key in re.findall(r"\b(?:words|said)\.([a-z_]+)\b", (client / file).read_text("utf-8"))
    }
    asked -= {"lang", "json"}  # the table's own language; the ending of its address
    assert asked <= set(preview_words.WORDS)
    by_value = {"waiting", "broken", "draft", "future", "hidden_draft", "hidden_future"}
    assert {key for key in preview_words.WORDS if not key.startswith("cause_")} - asked == by_value


def test_levels_are_counted_in_every_language() -> None:
    assert set(terminal.LEVELS) == {"error", "advice", "note"}
