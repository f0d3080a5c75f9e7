"""Dates as editors write them: which are taken, which instant they are, and what is offered for the others."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from digest.content import date_input, nodes
from digest.problems import FSI, PDI

TUNIS = ZoneInfo("Africa/Tunis")
ISO = "write it like 2026-11-20 or 2026-11-20T10:30"


def read(written: str, lang: str = "") -> tuple[str, bool] | str:
    """The instant and whether its hour was given, or what is said of it."""
    notes = nodes.Notes("content/sport/a.md")
    pair = nodes.Scalar("date", 3, 1), nodes.Scalar(written, 3, 7)
    found = date_input.moment(pair, TUNIS, notes, lang)
    if found:
        assert notes.found == []
        return found[0].isoformat(), found[1]
    (problem,) = notes.found
    assert (problem.line, problem.column) == (3, 7)
    key, _, said = f"{problem.message}; {problem.cure}".replace(FSI, "").replace(PDI, "").partition(": ")
    assert key == "'date'"
    return said


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("1900-01-01", ("1900-01-01T00:00:00+00:09:21", False)),
        ("2100-12-31", ("2100-12-31T00:00:00+01:00", False)),
        ("2026-01-31", ("2026-01-31T00:00:00+01:00", False)),
        ("2026-12-01", ("2026-12-01T00:00:00+01:00", False)),
        ("2024-02-29", ("2024-02-29T00:00:00+01:00", False)),
        (" ٢٠٢٦-١١-٢٠ ", ("2026-11-20T00:00:00+01:00", False)),
        ("۲۰۲۶-۱۱-۲۰", ("2026-11-20T00:00:00+01:00", False)),
        ("2026-11-20T10:30", ("2026-11-20T10:30:00+01:00", True)),
        ("2026-11-20 10:30:15", ("2026-11-20T10:30:15+01:00", True)),
        ("2026-11-20t10:30:15.999", ("2026-11-20T10:30:15+01:00", True)),
        ("2026-11-20T10:30:15,25Z", ("2026-11-20T11:30:15+01:00", True)),
        ("2026-11-20T10:30z", ("2026-11-20T11:30:00+01:00", True)),
        ("2026-11-20T10:30 +03", ("2026-11-20T08:30:00+01:00", True)),
        ("2026-11-20T23:30-0530", ("2026-11-21T06:00:00+01:00", True)),
        ("2026-11-20T00:00", ("2026-11-20T00:00:00+01:00", True)),
    ],
)
def test_date_gives_an_instant_in_the_sites_zone(written: str, instant: tuple[str, bool]) -> None:
    """Digits of three scripts; the hour, the second and the zone may be there or not."""
    assert read(written) == instant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1899-12-31", f"'1899-12-31' is outside the years 1900 to 2100; {ISO}"),
        ("2101-01-01", f"'2101-01-01' is outside the years 1900 to 2100; {ISO}"),
        ("1299-01-01", f"'1299-01-01' is outside the years 1900 to 2100; {ISO}"),
        ("1501-01-01", f"'1501-01-01' is outside the years 1900 to 2100; {ISO}"),
        ("2026-00-20", f"'2026-00-20' has no month 0; {ISO}"),
        ("2026-13-20", f"'2026-13-20' has no month 13; {ISO}"),
        ("2026-12-00", f"'2026-12-00' is not a day: 2026-12 has 31 days; {ISO}"),
        ("2026-12-32", f"'2026-12-32' is not a day: 2026-12 has 31 days; {ISO}"),
        ("2026-02-29", f"'2026-02-29' is not a day: 2026-02 has 28 days; {ISO}"),
        ("31/02/2026", f"'31/02/2026' is not a day: 2026-02 has 28 days; {ISO}"),
        ("13/13/2026", f"'13/13/2026' has no month 13; {ISO}"),
        ("2026-11-20T24:30", "'2026-11-20T24:30' has an hour or a zone that does not exist; write hours 00:00 to 23:59 and a zone like +01:00"),
        ("2026-11-20T10:30+25:00", "'2026-11-20T10:30+25:00' has an hour or a zone that does not exist; write hours 00:00 to 23:59 and a zone like +01:00"),
        ("2026/11/20", "'2026/11/20' is not an ISO 8601 date; write 2026-11-20"),
        ("2026.1.2", "'2026.1.2' is not an ISO 8601 date; write 2026-01-02"),
        ("1900/1/1", "'1900/1/1' is not an ISO 8601 date; write 1900-01-01"),
        ("2100/12/31", "'2100/12/31' is not an ISO 8601 date; write 2100-12-31"),
        ("2026-11-20 صباحا", "'2026-11-20 صباحا' is not an ISO 8601 date; write 2026-11-20"),
    ],
)  # fmt: skip
def test_impossible_date_names_the_wrong_part(written: str, said: str) -> None:
    """Year, month, day, hour or form; each at its first impossible value."""
    assert read(written) == said


@pytest.mark.parametrize(
    ("written", "lang", "said"),
    [
        ("1448-06-10", "", "'1448-06-10' looks like a Hijri date; dates are Gregorian; did you mean 2026-11-20?"),
        ("1448-06-10", "ar", "'1448-06-10' looks like a Hijri date; dates are Gregorian; did you mean 2026-11-20?"),
        ("1300-01-01", "ar", "'1300-01-01' looks like a Hijri date; write the Gregorian date"),
        ("1500-01-01", "ar", "'1500-01-01' looks like a Hijri date; dates are Gregorian; did you mean 2076-11-27?"),
        ("1448-13-01", "ar", "'1448-13-01' looks like a Hijri date; write the Gregorian date"),
        ("1405-08-29", "fa", "'1405-08-29' looks like a Solar Hijri date; write the Gregorian date, like 2026-11-20"),
        ("1405-08-29", "fa-AF", "'1405-08-29' looks like a Solar Hijri date; write the Gregorian date, like 2026-11-20"),
        ("1300-01-01", "ps", "'1300-01-01' looks like a Solar Hijri date; write the Gregorian date, like 2026-11-20"),
        ("1500-01-01", "ckb", "'1500-01-01' looks like a Solar Hijri date; write the Gregorian date, like 2026-11-20"),
        ("1299-01-01", "fa", f"'1299-01-01' is outside the years 1900 to 2100; {ISO}"),
        ("1501-01-01", "fa", f"'1501-01-01' is outside the years 1900 to 2100; {ISO}"),
        ("2026-13-01", "fa", f"'2026-13-01' has no month 13; {ISO}"),
    ],
)  # fmt: skip
def test_hijri_date_is_lunar_or_solar_by_language(written: str, lang: str, said: str) -> None:
    """By the language; the Gregorian day is offered where the tables have it."""
    assert read(written, lang) == said


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("20/11/2026", "2026-11-20"),
        ("20.11.2026 10.30", "2026-11-20T10:30"),
        ("20.11.2026", "2026-11-20"),
        ("٢٠/١١/٢٠٢٦", "2026-11-20"),
        ("5-12-2026", "2026-12-05"),
        ("12/13/2026", "2026-12-13"),
        ("20 نوفمبر 2026", "2026-11-20"),
        ("الجمعة ٢٠ تشرين الثاني ٢٠٢٦، ١٠:٣٠", "2026-11-20T10:30"),
        ("1 يناير 1900", "1900-01-01"),
        ("31 ديسمبر 2100", "2100-12-31"),
        ("November 20, 2026", "2026-11-20"),
        ("2 jan 2026 3", "2026-01-02"),
        ("20 mai 2026 / 21 juin 2027", "2026-05-20"),
        ("2026 نوفمبر 20", "2026-11-20"),
        ("a 5 b 6 c 7 january 2026", ""),
        ("1448 / 20 نوفمبر 2026", "2026-11-20"),
        ("20 مايو 2026 - 2027", "2026-05-20"),
        ("0 5 يناير 2026", "2026-01-05"),
        ("32 5 يناير 2026", "2026-01-05"),
        ("00020 يناير 2026", ""),
        ("0 يناير 2026", ""),
        ("32 يناير 2026", ""),
        ("20 يناير 1899", ""),
        ("20 يناير 2101", ""),
        ("20260 يناير 20", ""),
        ("20 2026", ""),
        ("نوفمبر 2026", ""),
        ("20 نوفمبر", ""),
        ("20 مارسيليا 2026", ""),
        ("غدا", ""),
        ("1" * 5000, ""),
    ],
)
def test_date_in_another_form_offers_iso(written: str, iso: str) -> None:
    """Day first, or with a month's name in Arabic of east and west, French or English; nothing where it is unclear."""
    found = read(written)
    assert isinstance(found, str)
    assert found.endswith(f"is not an ISO 8601 date; write {iso}" if iso else f"is not an ISO 8601 date; {ISO}")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-11-05 9:30", "is not an ISO 8601 date; write 2026-11-05T09:30"),
        ("2026-11-20 10:30 PM", "is not an ISO 8601 date; write 2026-11-20T22:30"),
        ("2026-11-20 12:05 am", "is not an ISO 8601 date; write 2026-11-20T00:05"),
        ("٢٠٢٦/١١/٢٠ ٩:٣٠ مساءً", "is not an ISO 8601 date; write 2026-11-20T21:30"),
        ("5/11/2026 09:30:15 +01:00", "is not an ISO 8601 date; write 2026-11-05T09:30:15+01:00"),
        ("5 نوفمبر 2026، 9:30 ص", "is not an ISO 8601 date; write 2026-11-05T09:30"),
        ("2026/11/05 25:30", f"is not an ISO 8601 date; {ISO}"),
        ("2026–11–05", "is not an ISO 8601 date; write 2026-11-05"),
        ("26-11-05", "is not an ISO 8601 date; write the year with four digits, like 2026-11-20"),
        ("10-06-1448", "looks like a Hijri date; dates are Gregorian; did you mean 2026-11-20?"),
        ("١٠/٦/١٤٤٨ 10:30", "looks like a Hijri date; dates are Gregorian; did you mean 2026-11-20T10:30?"),
        ("5 رجب 1448", "looks like a Hijri date; dates are Gregorian; did you mean 2026-12-14?"),
        ("١٠ جمادى الآخرة ١٤٤٨ هـ", "looks like a Hijri date; dates are Gregorian; did you mean 2026-11-20?"),
    ],
)
def test_offered_date_is_gregorian_and_keeps_the_hour(written: str, said: str) -> None:
    """Hours of twelve too, and Hijri dates in every form; a year of two digits is not guessed at."""
    assert read(written) == f"'{written}' {said}"


def test_date_that_is_no_text_gives_one_problem() -> None:
    """A list, or nothing at all."""
    notes = nodes.Notes("a.md")
    listing = nodes.Scalar("date", 3, 1), nodes.Listing([nodes.Scalar("2026-11-20", 3, 8)], 3, 7)
    assert date_input.moment(listing, TUNIS, notes) is None
    assert [problem.message for problem in notes.found] == ["'date' must be text, not a list"]
    assert date_input.moment(None, TUNIS, notes) is None
    assert len(notes.found) == 1


INSTANT = "2026-01-02T11:30:00+01:00"


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-02 10:30:00 UTC",
        "2026-01-02 10:30 utc",
        "2026-01-02T10:30:00 GMT",
        "2026-01-02 10:30:00.000000+00:00",
        "Fri, 02 Jan 2026 10:30:00 GMT",
        "Fri, 02 Jan 2026 10:30:00 +0000",
        "Fri, 02 Jan 2026 05:30:00 EST",
        "Fri Jan  2 10:30:00 UTC 2026",
        "Fri Jan 02 11:30:00 +0100 2026",
        "Fri Jan 02 2026 11:30:00 GMT+0100 (Central European Standard Time)",
        "2026-01-02T11:30:00+01:00[Africa/Tunis]",
        "2026-01-02 05:30:00 America/New_York",
        "2026-01-02 11:30:00 +0100 CET m=+0.000012",
        "2026-01-02 12:30 UTC+2",
        "2026-01-02 16:00 +5:30",
        "20260102T103000Z",
        "1767349800",
        "1767349800000",
        "02/01/2026 10:30 AM UTC",
        "2 يناير 2026 10:30 بتوقيت غرينتش",
        "2 يناير 2026، 1:30 مساء بتوقيت مكة المكرمة",
        "2 يناير 2026، ١١:٣٠ بتوقيت تونس",
        "1447-07-13 10:30 GMT",
    ],
)
def test_a_date_with_a_zone_keeps_its_instant(written: str) -> None:
    """Taken as it is, or by following the message: feeds, WordPress, languages and people name zones in many ways."""
    found = read(written)
    if isinstance(found, str):
        found = read(re.search(r"(?:write|did you mean) (\S+?)[?]?$", found)[1])  # type: ignore[index]
    assert found == (INSTANT, True)


@pytest.mark.parametrize("zone", ["IST", "CST", "بتوقيت باماكو"])
def test_a_zone_that_may_be_several_is_not_guessed(zone: str) -> None:
    assert "names a time zone that is not known here" in str(read(f"2026-01-02 10:30 {zone}"))
