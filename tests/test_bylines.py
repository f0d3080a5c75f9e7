"""Who wrote a story: persons, agencies, and what is neither."""

import pytest

from digest.curating import outlets, people

SITE = outlets.Names(["صحيفة الواحة", "Alwaha News"], "https://www.alwaha.example/a")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("بقلم: سلمى الورديغي", ["سلمى الورديغي"]),
        ("كتبت - سلمى الورديغي:", ["سلمى الورديغي"]),
        ("كـتب: ناصر الـحموي", ["ناصر الحموي"]),
        ("ليلى بن سعيد وعمر الفاسي", ["ليلى بن سعيد", "عمر الفاسي"]),
        ("ليلى بن سعيد، عمر الفاسي", ["ليلى بن سعيد", "عمر الفاسي"]),
        ("سارة وليد", ["سارة وليد"]),
        ("أحمد علي وليد", ["أحمد علي وليد"]),
        ("صحيفة الواحة - سلمى الورديغي", ["سلمى الورديغي"]),
        ("القاهرة: سلمى الورديغي", ["سلمى الورديغي"]),
        ("لندن: «صحيفة الواحة»", []),
        ("سلمى الورديغي، الرباط", ["سلمى الورديغي"]),
        ("صحيفة الواحة - أبو ظبي", []),
        ("دبي - الواحة", []),
        ("غرفة الأخبار", []),
        ("هيئة التحرير", []),
        ("وكالات", []),
        ("admin", []),
        ("user_12", []),
        ("Alwaha News", []),
        ("https://www.facebook.com/someone", []),
        ("By Jane Doe and John Q. Public", ["Jane Doe", "John Q. Public"]),
        ("Jane Doe, Senior Correspondent", ["Jane Doe"]),
        ("Par Jeanne Dupont", ["Jeanne Dupont"]),
        ("Jane Doe | Reporter", ["Jane Doe"]),
        ("Staff Writer", []),
        ("Newsroom, Berlin", []),
        ("jane.doe@alwaha.example", []),
        ("<b>Jane Doe</b>", ["Jane Doe"]),
        ("", []),
    ],
)
def test_byline_gives_its_persons(raw, expected):
    assert list(people.persons([raw], SITE)[0]) == expected


@pytest.mark.parametrize(
    ("raw", "persons", "agencies"),
    [
        ("الرباط - رويترز", [], ["رويترز"]),
        ("سلمى الورديغي (أ ف ب)", ["سلمى الورديغي"], ["أ ف ب"]),
        ("الجزائر / سلمى الورديغي / الأناضول", ["سلمى الورديغي"], ["الأناضول"]),
        ("صحيفة الواحة - و.م.ع", [], ["و.م.ع"]),
        ("وكالة الأنباء السعودية (واس)", [], ["وكالة الأنباء السعودية"]),
        ("Reuters", [], ["Reuters"]),
        ("AP", [], ["AP"]),
        ("Tap", ["Tap"], []),
        ("رويترز، القاهرة", [], ["رويترز"]),
    ],
)
def test_byline_gives_the_agency_apart(raw, persons, agencies):
    assert tuple(map(list, people.persons([raw], SITE))) == (persons, agencies)


def test_agency_that_is_the_site_itself_is_no_second_source():
    site = outlets.Names(["وكالة الأناضول"], "https://www.aa.example/a")
    assert people.persons(["الأناضول"], site) == ((), ())


def test_one_agency_under_two_names_is_one():
    assert people.persons(["فرانس برس", "أ ف ب"], SITE)[1] == ("فرانس برس",)
