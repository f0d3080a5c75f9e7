"""Names of outlets and agencies: what a site is called, where a title ends, who is an agency.

Names are compared folded and without punctuation, so that «الجزيرة نت», "الجزيرة.نت" and "Aljazeera.net" of the host
can be told from the words of a headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from digest.curating import addresses
from digest.text.folding import fold

AGENCIES: Final = """
reuters|thomson reuters|reuters staff|رويترز|رويتر|وكاله رويترز
afp|agence france presse|agence france-presse|avec afp|mit afp|أ ف ب|أ.ف.ب|ا ف ب|أف ب
|فرانس برس|وكاله فرانس برس|وكاله الصحافه الفرنسيه|الصحافه الفرنسيه|الفرنسيه
ap|associated press|the associated press|أ ب|أ.ب|أسوشيتد برس|اسوشيتدبرس|اسوشييتد برس|أسوشييتدبرس
dpa|deutsche presse-agentur|د ب أ|د.ب.أ|وكاله الانباء الالمانيه|الألمانيه|الألمانيه للأنباء
upi|united press international|يونايتد برس إنترناشيونال|يو بي آي
efe|agencia efe|إفي|وكاله إفي|ايفي
ansa|أنسا|وكاله أنسا
anadolu|anadolu agency|anadolu ajansi|aa|الأناضول|وكاله الأناضول|وكاله الاناضول للانباء
xinhua|شينخوا|وكاله شينخوا
tass|itar-tass|تاس|وكاله تاس|إيتار تاس
ria novosti|sputnik|نوفوستي|سبوتنيك|وكاله سبوتنيك
interfax|إنترفاكس
bloomberg|بلومبرغ|بلومبرج
kyodo|kyodo news|كيودو
jiji|yonhap|يونهاب
press association|pa media|pa
apa|austria presse agentur|sda|keystone-sda|ats|keystone-ats
belga|anp|ntb|ritzau|tt|stt|pap|ctk|tasr|mti|lusa|agerpres|dha|iha|ians|ani|pti|bernama|antara|vna|cna
spa|واس|وكاله الأنباء السعوديه
wam|وام|وكاله أنباء الإمارات
kuna|كونا|وكاله الأنباء الكويتيه
qna|قنا|وكاله الأنباء القطريه
bna|بنا|وكاله أنباء البحرين
ona|العمانيه|وكاله الأنباء العمانيه
petra|بترا|وكاله الأنباء الأردنيه
mena|أ ش أ|أ.ش.أ|وكاله أنباء الشرق الأوسط
wafa|وفا|وكاله وفا|وكاله الأنباء الفلسطينيه|وكاله معا|معا
sana|سانا|وكاله سانا|وكاله الأنباء السوريه
nna|الوكاله الوطنيه للإعلام|الوكاله الوطنيه
ina|واع|وكاله الأنباء العراقيه
saba|سبأ|وكاله سبأ|سبأنت
suna|سونا|وكاله السودان للأنباء
lana|وال|لانا|وكاله الأنباء الليبيه
aps|واج|وأج|وكاله الأنباء الجزائريه
map|و م ع|و.م.ع|لاماب|وكاله المغرب العربي للأنباء
tap|وات|وكاله تونس إفريقيا للأنباء|وكاله تونس افريقيا للانباء
ami|الوكاله الموريتانيه للأنباء|الأخبار إنفو
irna|إرنا|وكاله إرنا
fars|وكاله فارس
tasnim|تسنيم|وكاله تسنيم
"""
"""How bylines and datelines write the names of agencies; folded before use."""
PARTED: Final = re.compile(r"\s+[|–—•·»«›*\-:/~ㅣ]+\s+|\s*[|｜ㅣ：]\s*|\s+[-–—](?=\S)|(?<=\S)[-–—]\s+|-{2,}")
PARTED_TITLE: Final = re.compile(rf"{PARTED.pattern}|:\s+")
"""The same and a colon: what is between two of them is a headline only where the page shows it as one."""
PUNCTUATION: Final = re.compile(r"[^\w]+|_")
WEB_WORDS: Final = """
www com net org news online site web page home portal app mobile media press the
موقع اخبار نت اونلاين صحيفه جريده الرئيسيه بوابه قناه شبكه مجله
"""
WEB_NAMES: Final = frozenset(WEB_WORDS.split())
"""Words that make no difference between two names of one outlet."""


def compared(name: str) -> str:
    """A name as it is compared: folded, words parted by single blanks."""
    return " ".join(PUNCTUATION.sub(" ", fold(name)).split())


AGENCY_OF: Final[dict[str, int]] = {
    compared(name): number
    for number, line in enumerate(AGENCIES.replace("\n|", "|").splitlines())
    for name in line.split("|")
    if name
}
"""A name, compared → the number of its agency."""
SHORT_LATIN: Final = frozenset(name for name in AGENCY_OF if len(name) <= 4 and name.isascii())


def agency(name: str) -> int:
    """The number of the agency a name means; -1 for what is none."""
    plain = compared(name)
    if plain in SHORT_LATIN and not (name.strip().isupper() or plain in {"dpa", "afp"}):
        return -1  # AP and DPA are agencies, "Map" and "Tap" may be anything
    bare = plain.removeprefix("وكاله ").removeprefix("الانباء ")
    return AGENCY_OF.get(plain, AGENCY_OF.get(bare, -1))


def is_agency(name: str) -> bool:
    """Whether a name is that of a news agency."""
    return agency(name) >= 0


class Names:
    """What a site is called: names it gives itself, and its host."""

    def __init__(self, names: Iterable[str], address: str) -> None:
        self.given = [name for name in dict.fromkeys(names) if compared(name)]
        self.host = addresses.host(address)
        self.plain = {compared(name) for name in self.given}
        self.squeezed = {squeezed(name) for name in self.given}
        self.labels = {label for label in self.host.split(".")[:-1] if len(label) > 2 and label not in WEB_NAMES}
        self.squeezed |= self.labels | {self.host.replace(".", ""), *(label.replace("-", "") for label in self.labels)}
        self.squeezed.discard("")

    def has(self, text: str) -> bool:
        """Whether a text is one of the names, or says no more than one."""
        plain = compared(text)
        if not plain:
            return True
        if plain in self.plain or squeezed(text) in self.squeezed:
            return True
        words = set(plain.split()) - WEB_NAMES
        if not words:
            return len(plain.split()) == 1 or any(plain in name for name in self.plain)
        return any(
            words <= set(name.split()) and len(words) * 2 >= len(set(name.split()) - WEB_NAMES) for name in self.plain
        )


def squeezed(name: str) -> str:
    """Letters and digits alone, without the endings of hosts: "BBC News" and bbcnews are one."""
    plain = compared(name)
    for ending in (" com", " net", " org"):
        plain = plain.removesuffix(ending)
    return plain.replace(" ", "")


def without_site(title: str, names: Names) -> str:
    """A headline without the name of its site, in front or behind, however often."""
    for _ in range(4):
        cuts = list(PARTED.finditer(title))
        if not cuts:
            return title
        last, first = cuts[-1], cuts[0]
        if names.has(title[last.end() :]) and title[: last.start()].strip():
            title = title[: last.start()].strip()
        elif (
            names.has(title[: first.start()])
            and title[first.end() :].strip()
            and len(cuts) >= 1
            and first[0].strip() in "|»«›::–—-"
        ):
            title = title[first.end() :].strip()
        elif len(cuts) > 1 and names.has(title[cuts[-2].end() :]):
            title = title[: cuts[-2].start()].strip()
        else:
            return title
    return title
