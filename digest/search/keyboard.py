"""Words typed on the keyboard of another language → what the same keys are on the site's.

`hgp;,lm` is «الحكومة» on a keyboard that was left in English. Tables are those of the common layouts: Arabic (101),
Persian (ISIRI 9147), Hebrew (SI 1452), each against US QWERTY; a site in Latin letters knows the Arabic one.
"""

from __future__ import annotations

from typing import Final

QWERTY: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`"
LAYOUTS: Final = {
    "ar": "ضصثقفغعهخحجدشسيبلاتنمكطئءؤرﻻىةوزظذ",
    "fa": "ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو./‍",
    "ur": "قوعرتےءیہپ[]اسدفگحجکل؛'زشچطبنم،۔/`",
    "he": "/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ.;",
}
"""What the keys of `QWERTY` write."""
LIGATURE: Final = "ﻻ"
"""One key of the Arabic layout writes two letters."""


def keyboard_of(lang: str) -> str:
    """The layout of a site's language."""
    return LAYOUTS.get(lang.partition("-")[0], LAYOUTS["ar"])


def other_layout(query: str, keyboard: str) -> str:
    """The query as the same keys write it on the other keyboard; empty where that is no other."""
    if not keyboard:
        return ""
    typed = query.lower()
    latin = sum("a" <= letter <= "z" for letter in typed)
    if latin * 2 > len(typed.replace(" ", "")) or (latin and not any(letter in keyboard for letter in typed)):
        table = dict(zip(QWERTY, keyboard, strict=True))
    elif any(letter in keyboard for letter in typed):
        table = dict(zip(keyboard, QWERTY, strict=True))
        typed = typed.replace("لا", LIGATURE)
    else:
        return ""
    made = "".join(table.get(letter, letter) for letter in typed).replace(LIGATURE, "لا")
    return "" if made == typed else made
