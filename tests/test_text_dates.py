"""Dates, digits, numbers and plural forms in the words of a country (CLDR)."""

import json
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digest.text import cldr, dates, numbers, plurals

TUNIS = ZoneInfo("Africa/Tunis")
MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=TUNIS)
ROOT = Path(__file__).parent.parent


def made(lang, *, months="auto", calendars=("gregorian",), digits="auto", zone=TUNIS, hijri_offset=0, weekday=False):
    return dates.date_formatter(
        lang,
        months=months,
        calendars=calendars,
        digits=digits,
        zone=zone,
        hijri_offset=hijri_offset,
        weekday=weekday,
    )


@pytest.mark.parametrize(
    ("lang", "months", "expected"),
    [
        ("ar", "auto", "20 نوفمبر 2026"),
        ("ar-MA", "auto", "20 نونبر 2026"),
        ("ar-TN", "auto", "20 نوفمبر 2026"),
        ("ar-LB", "auto", "٢٠ تشرين الثاني ٢٠٢٦"),
        ("ar-EG", "auto", "٢٠ نوفمبر ٢٠٢٦"),
        ("ar", "maghreb", "20 نونبر 2026"),
        ("ar-MA", "arab", "20 نوفمبر 2026"),
        ("ar", "dual", "20 نوفمبر/تشرين الثاني 2026"),
        ("ar", "dual-levant-first", "20 تشرين الثاني/نوفمبر 2026"),
        ("fa", "auto", "۲۰ نوامبر ۲۰۲۶"),
        ("ur", "levant", "20 نومبر، 2026"),
        ("he", "auto", "20 בנובמבר 2026"),
        ("fr", "auto", "20 novembre 2026"),
        ("en-GB", "auto", "20 November 2026"),
        ("en", "auto", "November 20, 2026"),
        ("es", "auto", "20 de noviembre de 2026"),
        ("xx", "auto", "2026-11-20"),
    ],
)
def test_day_is_written_in_the_words_of_the_language(lang, months, expected):
    """By the country of the language, or by the family the site chose; other languages have their own months."""
    assert made(lang, months=months)(MOMENT, has_time=False).text == expected


@pytest.mark.parametrize(
    ("months", "july"),
    [("arab", "يوليو"), ("maghreb", "يوليوز"), ("tunisia", "جويلية"), ("levant", "تموز"), ("dual", "يوليو/تموز")],
)
def test_month_title_has_month_and_year(months, july):
    assert made("ar", months=months).month_title(2026, 7) == f"{july} 2026"


def test_iso_form_is_gregorian_with_offset():
    """Gregorian ISO with ASCII digits and an offset, in the site's zone, whatever is shown; a bare day is midnight."""
    show = made("ar-EG", calendars=("hijri",))
    assert show(MOMENT, has_time=True).iso == "2026-11-20T10:00:00+01:00"
    assert show(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), has_time=True).iso == "2026-11-21T00:30:00+01:00"
    assert show(MOMENT, has_time=False).iso == "2026-11-20T00:00:00+01:00"
    assert show(MOMENT, has_time=True).time == "١٠:٠٠"
    assert show(MOMENT, has_time=False).time == ""


def test_two_calendars_are_shown_in_the_order_of_the_setting():
    assert made("ar-MA", calendars=("gregorian", "hijri"))(MOMENT, has_time=False).second == "10 جمادى الآخرة 1448 هـ"
    turned = made("ar-SA", calendars=("hijri", "gregorian"))(MOMENT, has_time=False)
    assert (turned.text, turned.second) == ("١٠ جمادى الآخرة ١٤٤٨ هـ", "٢٠ نوفمبر ٢٠٢٦")


def test_hijri_offset_shifts_the_day():
    shifted = made("ar-MA", calendars=("hijri",), hijri_offset=-1)(MOMENT, has_time=False)
    assert shifted.text == "9 جمادى الآخرة 1448 هـ"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2026, 6, 16, tzinfo=TUNIS), "1 محرم 1448 هـ"),
        (datetime(2026, 6, 15, tzinfo=TUNIS), "29 ذو الحجة 1447 هـ"),
        (datetime(2026, 2, 18, tzinfo=TUNIS), "1 رمضان 1447 هـ"),
        (datetime(2026, 3, 20, tzinfo=TUNIS), "1 شوال 1447 هـ"),
        (datetime(1924, 8, 1, tzinfo=TUNIS), "1 محرم 1343 هـ"),
        (datetime(2077, 11, 16, tzinfo=TUNIS), "30 ذو الحجة 1500 هـ"),
    ],
)
def test_hijri_days_at_ends_of_months_years_and_tables_are_right(day, expected):
    """Umm al-Qura, with CLDR's names of the months."""
    assert made("ar", calendars=("hijri",))(day, has_time=False).text == expected


@pytest.mark.parametrize(("offset", "year", "month", "day"), [(-1, 1924, 8, 1), (1, 2077, 11, 16), (2, 2077, 11, 15)])
def test_hijri_offset_beyond_the_tables_gives_gregorian(offset, year, month, day):
    """The day is Gregorian where the sighted one is not known."""
    edge = made("ar", calendars=("hijri", "gregorian"), hijri_offset=offset)
    assert edge(datetime(year, month, day, tzinfo=TUNIS), has_time=False).second == ""


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (datetime(2026, 11, 20, tzinfo=TUNIS), "۲۹ آبان ۱۴۰۵"),
        (datetime(2026, 3, 21, tzinfo=TUNIS), "۱ فروردین ۱۴۰۵"),
        (datetime(2025, 3, 20, tzinfo=TUNIS), "۳۰ اسفند ۱۴۰۳"),
        (datetime(1979, 2, 11, tzinfo=TUNIS), "۲۲ بهمن ۱۳۵۷"),
        (datetime(2026, 9, 22, tzinfo=TUNIS), "۳۱ شهریور ۱۴۰۵"),
        (datetime(2026, 9, 23, tzinfo=TUNIS), "۱ مهر ۱۴۰۵"),
    ],
)
def test_persian_sites_use_the_solar_hijri_calendar(day, text):
    """Their calendar by default, its leap years included; machines still get the Gregorian day."""
    moment = made("fa", calendars=dates.calendars_of("fa-IR"))(day, has_time=False)
    assert moment.text == text
    assert moment.iso.startswith(day.date().isoformat())
    assert dates.calendars_of("ar-SA") == dates.calendars_of("fr") == ("gregorian",)


@pytest.mark.parametrize(
    ("lang", "calendars", "expected"),
    [
        ("ar-MA", ("gregorian",), "الجمعة، 20 نونبر 2026"),
        ("ar-EG", ("gregorian", "hijri"), "الجمعة، ٢٠ نوفمبر ٢٠٢٦"),
        ("ar-SA", ("hijri", "gregorian"), "الجمعة، ١٠ جمادى الآخرة ١٤٤٨ هـ"),
        ("fa", ("persian",), "جمعه ۲۹ آبان ۱۴۰۵"),
        ("fa-AF", ("persian",), "جمعه ۲۹ عقرب ۱۴۰۵"),
        ("ur", ("gregorian",), "جمعہ، 20 نومبر، 2026"),
        ("he", ("gregorian",), "יום שישי, 20 בנובמבר 2026"),
        ("fr", ("gregorian",), "vendredi 20 novembre 2026"),
        ("en", ("gregorian",), "Friday, November 20, 2026"),
        ("en-GB", ("gregorian",), "Friday, 20 November 2026"),
        ("tr", ("hijri",), "10 Cemaziyelahir 1448 Hicri Cuma"),
        ("xx", ("gregorian",), "2026-11-20"),
    ],
)
def test_weekday_is_placed_as_in_the_language(lang, calendars, expected):
    """Before the date, with the comma of the language, in the first calendar alone."""
    moment = made(lang, calendars=calendars, weekday=True)(MOMENT, has_time=False)
    assert moment.text == expected
    assert "الجمعة" not in moment.second


@pytest.mark.parametrize(
    ("zone", "moment", "day", "time", "offset"),
    [
        ("Africa/Casablanca", datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "21", "00:30", "+01:00"),
        # Morocco stands at UTC in Ramadan, and at UTC+1 for the rest of the year.
        ("Africa/Casablanca", datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "1", "23:30", "+00:00"),
        ("Asia/Tehran", datetime(2026, 11, 20, 20, 30, tzinfo=UTC), "21", "00:00", "+03:30"),
        ("Asia/Beirut", datetime(2026, 7, 1, 21, 0, tzinfo=UTC), "2", "00:00", "+03:00"),
        ("America/Montreal", datetime(2026, 11, 20, 3, 0, tzinfo=UTC), "19", "22:00", "-05:00"),
    ],
)
def test_moment_is_shown_in_the_zone_of_the_site(zone, moment, day, time, offset):
    """The day may be another one there; daylight saving and Ramadan count."""
    shown = made("ar", zone=ZoneInfo(zone))(moment, has_time=True)
    assert shown.text.split()[0] == day
    assert shown.time == time
    assert shown.iso.endswith(offset)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ("arab", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        ("maghreb", "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر"),
        ("tunisia", "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر"),
        ("mauritania", "يناير فبراير مارس إبريل مايو يونيو يوليو أغشت شتمبر أكتوبر نوفمبر دجمبر"),
        ("levant", "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول"),
    ],
)
def test_month_names_follow_the_family(months, expected):
    """All twelve names of each, and the two dual families made of them."""
    show = made("ar", months=months)
    names = [show.month_title(2026, month).removesuffix(" 2026").replace(" ", "_") for month in range(1, 13)]
    assert names == expected.split()
    dual, turned = (made("ar", months=kind).month_title(2026, 10) for kind in ("dual", "dual-levant-first"))
    assert (dual, turned) == ("أكتوبر/تشرين الأول 2026", "تشرين الأول/أكتوبر 2026")


@pytest.mark.parametrize("year", [1900, 2099])
def test_hijri_day_outside_the_tables_is_gregorian(year):
    old = made("ar", calendars=("hijri", "gregorian"))(datetime(year, 5, 1, tzinfo=UTC), has_time=False)
    assert (old.text, old.second) == (f"1 مايو {year}", "")


@pytest.mark.parametrize("lang", cldr.extract()["languages"])
def test_dates_hold_no_controls_except_joiners(lang):
    """No direction mark of CLDR's patterns reaches a page."""
    for day in (datetime(2026, month, 9, tzinfo=TUNIS) for month in range(1, 13)):
        moment = made(lang, calendars=("gregorian", "hijri"))(day, has_time=True)
        for text in (moment.text, moment.second, moment.time, moment.iso):
            assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf")} <= {"\u200c", "\u200d"}


@pytest.mark.parametrize(("months", "calendars"), [("babylonian", ("gregorian",)), ("auto", ()), ("auto", ("julian",))])
def test_unknown_months_or_calendars_raise_an_error(months, calendars):
    with pytest.raises(ValueError, match="no such months or calendars"):
        made("ar", months=months, calendars=calendars)


@pytest.mark.parametrize("months", dates.MONTHS)
@pytest.mark.parametrize("calendar", dates.CALENDARS)
@pytest.mark.parametrize("digits", numbers.DIGITS)
def test_every_combination_of_date_settings_gives_a_date(months, calendar, digits):
    assert made("ar-IQ", months=months, calendars=(calendar,), digits=digits)(MOMENT, has_time=False).text


@pytest.mark.parametrize(
    ("lang", "setting", "expected"),
    [
        ("ar", "auto", "latn"), ("ar-MA", "auto", "latn"), ("ar-AE", "auto", "latn"), ("ar-EG", "auto", "arab"),
        ("ar-SA", "auto", "arab"), ("ar-MR", "auto", "arab"), ("fa", "auto", "arabext"), ("ur", "auto", "latn"),
        ("ar-EG", "latn", "latn"), ("ar", "arab", "arab"), ("ur", "arab", "arabext"), ("fr", "auto", "latn"),
    ],
)  # fmt: skip
def test_digits_follow_the_country(lang, setting, expected):
    assert numbers.digits_of(lang, setting) == expected


@pytest.mark.parametrize(
    ("n", "lang", "system", "expected"),
    [
        (999, "ar", "latn", "999"), (1234567, "ar", "latn", "1,234,567"), (1234, "ar-TN", "latn", "1.234"),
        (1234, "ar-EG", "arab", "١٬٢٣٤"), (1234, "fa", "arabext", "۱٬۲۳۴"), (1234, "fr", "latn", "1\u202f234"),
        (-1234, "en", "latn", "-1,234"), (0, "ar-EG", "arab", "٠"), (1234, "xx", "arab", "١٬٢٣٤"),
    ],
)  # fmt: skip
def test_numbers_take_digits_and_separators_of_one_system(n, lang, system, expected):
    assert numbers.format_number(n, lang, system) == expected


def test_shape_changes_only_ascii_digits():
    assert numbers.shape("G20 في 10:30", "arab") == "G٢٠ في ١٠:٣٠"
    assert numbers.shape("10", "latn") == "10"


def test_arabic_has_six_plural_forms():
    forms = {n: plurals.form("ar-MA", n) for n in (0, 1, 2, 3, 10, 11, 26, 99, 100, 101, 102, 103, 111, 200, 1000)}
    assert forms == {
        0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 26: "many", 99: "many", 100: "other",
        101: "other", 102: "other", 103: "few", 111: "many", 200: "other", 1000: "other",
    }  # fmt: skip


def test_other_languages_have_their_plural_forms():
    assert [plurals.form("fr", n) for n in (0, 1, 2, 1_000_000)] == ["one", "one", "other", "many"]
    assert [plurals.form("he", n) for n in (0, 1, 2, 3)] == ["other", "one", "two", "other"]
    assert [plurals.form("fa", n) for n in (0, 1, 2)] == ["one", "one", "other"]
    assert plurals.form("xx", 1) == "other"


def test_plural_forms_agree_with_babel():
    """Babel evaluates the same rules by another program."""
    babel = pytest.importorskip("babel")
    for lang in cldr.extract()["languages"]:
        rule = babel.Locale.parse(lang).plural_form
        wrong = [n for n in [*range(1200), 10**6, 10**6 + 1, 2 * 10**6] if plurals.form(lang, n) != rule(n)]
        assert not wrong, lang


def test_cldr_extract_equals_babels_data():
    """`tools/cldr.py --check` finds nothing to write, where its CLDR is of the same version."""
    core = pytest.importorskip("babel.core")
    if str(core.get_cldr_version()) != cldr.extract()["version"]:
        pytest.skip("Babel has another version of CLDR")
    found = subprocess.run(
        [sys.executable, ROOT / "tools" / "cldr.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stderr) == (0, "")


def test_cldr_extract_is_small_and_babel_is_not_imported():
    """No page needs 30 MB of locale data."""
    assert len(json.dumps(cldr.extract(), ensure_ascii=False).encode()) < 20_000
    script = (
        "import sys; from digest.text import dates, bidi; sys.exit({'babel', 'hijridate'} & set(sys.modules) != set())"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
