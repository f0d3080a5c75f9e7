"""Write `digest/text/cldr.json` from CLDR through Babel: months, days, date patterns, digits, separators, lists, plurals.

`python tools/cldr.py` writes the file; `--check` only compares it with Babel's present data. The generator reads only
this file of a few kilobytes, because Babel has 30 MB.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.core import get_cldr_version
from babel.localedata import locale_identifiers

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGET = Path(__file__).parent.parent / "digest" / "text" / "cldr.json"

LANGUAGES = ("ar", "ckb", "de", "en", "es", "fa", "fr", "he", "it", "ps", "pt", "tr", "ug", "ur")
FAMILIES = {"arab": "ar", "levant": "ar_LB", "maghreb": "ar_MA", "mauritania": "ar_MR", "tunisia": "ar_TN"}
"""Values of the `months` setting → a locale that uses this family of Arabic month names."""

HIJRI = {
    "ar": (
        "محرم|صفر|ربيع الأول|ربيع الآخر|جمادى الأولى|جمادى الآخرة|رجب|شعبان|رمضان|شوال|ذو القعدة|ذو الحجة",
        "d MMMM y هـ",
    ),
    "en": (
        "Muharram|Safar|Rabiʻ I|Rabiʻ II|Jumada I|Jumada II|Rajab|Shaʻban|Ramadan|Shawwal|Dhuʻl-Qiʻdah|Dhuʻl-Hijjah",
        "d MMMM y AH",
    ),
    "fa": (
        "محرم|صفر|ربیع‌الاول|ربیع‌الثانی|جمادی‌الاول|جمادی‌الثانی|رجب|شعبان|رمضان|شوال|ذیقعده|ذیحجه",
        "d MMMM y ه‍.ق.",
    ),
    "fr": (
        (
            "mouharram|safar|rabia al awal|rabia ath-thani|joumada al oula|joumada ath-thania|rajab|chaabane|ramadan|"
            "chawwal|dhou al qi`da|dhou al-hijja"
        ),
        "d MMMM y AH",
    ),
    "he": (
        (
            "מוחרם|צפר|רביע אל-אוול|רביע א-ת׳אני|ג׳ומאדא אל-אולא|ג׳ומאדא א-ת׳אניה"
            "|רג׳ב|שעבאן|רמדאן|שוואל|ד׳ו אל־קעדה|ד׳ו אל־חיג׳ה"
        ),
        "d בMMMM y הג׳רה",
    ),
    "tr": (
        "Muharrem|Safer|Rebiülevvel|Rebiülahir|Cemaziyelevvel|Cemaziyelahir|Recep|Şaban|Ramazan|Şevval|Zilkade|Zilhicce",
        "d MMMM y Hicri",
    ),
    "ug": (
        "مۇھەررەم|سەپەر|رەبىئۇلئەۋۋەل|رەبىئۇلئاخىر|جەمادىيەلئەۋۋەل|جەمادىيەلئاخىر|رەجەب|شەئبان|رامىزان|شەۋۋال|زۇلقەئدە|زۇلھەججە",
        "d MMMM، y ھىجرىيە",
    ),
    "ur": (
        "محرم|صفر|ربیع الاول|ربیع الثانی|جمادی الاول|جمادی الثانی|رجب|شعبان|رمضان|شوال|ذوالقعدۃ|ذوالحجۃ",
        "d MMMM، y ہجری",
    ),
}
"""Islamic calendar: month names, and the long date with the era. Babel does not include them, so they are copied here from
CLDR 47 (cldr-cal-islamic-full), without a stray blank inside the Urdu ر بیع."""

PERSIAN = {
    "ar": ("فرفردين|أذربيهشت|خرداد|تار|مرداد|شهرفار|مهر|آيان|آذر|دي|بهمن|اسفندار", "d MMMM y ه‍.ش"),
    "en": ("Farvardin|Ordibehesht|Khordad|Tir|Mordad|Shahrivar|Mehr|Aban|Azar|Dey|Bahman|Esfand", "MMMM d, y AP"),
    "fa": ("فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند", "d MMMM y"),
    "fa-AF": ("حمل|ثور|جوزا|سرطان|اسد|سنبله|میزان|عقرب|قوس|جدی|دلو|حوت", "d MMMM y"),
}
"""Solar Hijri calendar, likewise. In Persian it is the usual calendar and has no era (CLDR, calendar preference of IR and
AF). CLDR has no names for it in the other languages, which use the English ones."""

NATIVE = {"arab", "arabext"}
CONTROLS = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
OPERANDS = {"i": None, "n": None, "v": 0, "w": 0, "f": 0, "t": 0, "c": 0, "e": 0}
"""Plural operands of a whole number: None for the number itself."""

Clause = list[Any]


def facts(locale: Locale) -> dict[str, Any]:
    """The facts of one locale, as JSON values."""
    systems = {locale.default_numbering_system, *(NATIVE & set(locale.other_numbering_systems.values())), "latn"}
    return {
        "months": plain(locale.months["format"]["wide"]),
        "day": CONTROLS.sub("", locale.date_formats["long"].pattern),
        "weekdays": [CONTROLS.sub("", locale.days["format"]["wide"][day]) for day in range(7)],
        "weekday": CONTROLS.sub("", locale.date_formats["full"].pattern),
        "month": CONTROLS.sub("", locale.datetime_skeletons["yMMMM"].pattern),
        "digits": locale.default_numbering_system,
        "native": locale.other_numbering_systems.get("native", "latn"),
        "group": {name: locale.number_symbols[name]["group"] for name in sorted(systems)},
    }


def plain(names: Mapping[int, str]) -> list[str]:
    """Month names January to December, without direction marks."""
    return [CONTROLS.sub("", names[month]) for month in range(1, 13)]


def language(code: str, families: dict[str, list[str]]) -> dict[str, Any]:
    """The facts of a language, the differences in its regions, and its plural rules."""
    own = facts(Locale.parse(code))
    regions: dict[str, list[str]] = {}
    for identifier in sorted(locale_identifiers()):
        locale = Locale.parse(identifier)
        if locale.language != code or not locale.territory or locale.script or locale.variant:
            continue
        theirs = facts(locale)
        different = {key: value for key, value in theirs.items() if value != own[key]}
        if different:
            named = family_names(different, families)
            regions.setdefault(json.dumps(named, ensure_ascii=False, sort_keys=True), []).append(locale.territory)
    found = {"name": Locale.parse(code).get_display_name(code), **family_names(own, families)}
    found["plurals"] = plurals(Locale.parse(code))
    found["list"] = between(Locale.parse(code).list_patterns["standard"])
    if code in HIJRI:
        names, pattern = HIJRI[code]
        found["hijri"] = {"months": names.split("|"), "day": pattern}
    if code in PERSIAN:
        names, pattern = PERSIAN[code]
        found["persian"] = {"months": names.split("|"), "day": pattern}
    found["regions"] = {
        " ".join(names): json.loads(text) for text, names in sorted(regions.items(), key=lambda r: r[1])
    }
    for regional in found["regions"]:
        if f"{code}-{regional}" in PERSIAN:
            names, pattern = PERSIAN[f"{code}-{regional}"]
            found["regions"][regional]["persian"] = {"months": names.split("|"), "day": pattern}
    return found


def between(patterns: Mapping[str, str]) -> list[str]:
    """The separators of a list: between two names; after the first of several, in the middle, before the last."""
    texts = [CONTROLS.sub("", patterns[part]) for part in ("2", "start", "middle", "end")]
    if not all(text.startswith("{0}") and text.endswith("{1}") for text in texts):
        raise ValueError(f"a list is more than its names and what parts them: {texts}")
    return [text[3:-3] for text in texts]


def family_names(found: dict[str, Any], families: dict[str, list[str]]) -> dict[str, Any]:
    """The same facts, with Arabic months replaced by the name of their family."""
    for name, months in families.items():
        if found.get("months") == months:
            return {**found, "months": name}
    return dict(found)


def plurals(locale: Locale) -> dict[str, list[list[Clause]]]:
    """Plural forms of whole numbers: form → alternatives, each a list of [modulus or 0, whether inside, ranges]."""
    rules = {}
    for form, tree in locale.plural_form.abstract:
        alternatives = [[c for c in clauses if c is not True] for clauses in disjunction(tree) if False not in clauses]
        if alternatives:
            rules[form] = alternatives
    return rules


def disjunction(tree: Any) -> list[list[Any]]:  # noqa: ANN401 - Babel types no tree
    """A rule's syntax tree → alternatives of clauses; a clause with one answer for all whole numbers is True or False."""
    kind, parts = tree
    if kind == "or":
        return [clauses for part in parts for clauses in disjunction(part)]
    if kind == "and":
        (left,), (right,) = (disjunction(part) for part in parts)
        return [left + right]
    negated = kind == "not"
    _, (_, operand, ranges) = parts[0] if negated else tree
    modulus = 0
    if operand[0] == "mod":
        operand, (_, (modulus,)) = operand[1]
    value = OPERANDS[operand[0]]
    bounds = [[low, high] for (_, (low,)), (_, (high,)) in ranges[1]]
    if value is None:
        return [[[modulus, not negated, bounds]]]
    return [[any(low <= value <= high for low, high in bounds) is not negated]]


def data() -> str:
    """The text of the file: sorted, with one language or group of regions in each line."""
    families = {name: plain(Locale.parse(code).months["format"]["wide"]) for name, code in FAMILIES.items()}
    lines = [f'"version": {json.dumps(str(get_cldr_version()))}', f'"families": {{\n{rows(families)}\n}}']
    languages = {code: language(code, families) for code in LANGUAGES}
    return "{\n" + ",\n".join([*lines, f'"languages": {{\n{rows(languages)}\n}}']) + "\n}\n"


def rows(table: dict[str, Any]) -> str:
    """The table as JSON, one key in each line."""
    return ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())


def main() -> int:
    """Write or check the file; 1 if a check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    checks = parser.parse_args().check
    text = data()
    if not checks:
        TARGET.write_text(text, "utf-8")
        return 0
    if TARGET.read_text("utf-8") == text:
        return 0
    print(f"{TARGET.name} is not what Babel gives; run python tools/cldr.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
