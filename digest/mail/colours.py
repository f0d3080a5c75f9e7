"""The colours of a mail: those of the site's style sheet, which clients without style sheets cannot look up.

In: the text of style sheets, later ones stronger. Out: the custom properties of `:root` and of the themes outside any
media query, as colours. A property that is missing, or that is no plain `#rrggbb`, has the built-in colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from digest.mail.views import MailColours

if TYPE_CHECKING:
    from digest.model import Theme

COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE: Final = re.compile(r"(?P<selector>[^{}]+)\{(?P<body>[^{}]*)\}")
PROPERTY: Final = re.compile(r"--([\w-]+)\s*:\s*#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\s*(?:;|$)")
THEME: Final = re.compile(r"\.theme-(\d+)$")
PALETTE: Final = 12
"""Colours of themes in the style sheet; the thirteenth theme has the first again."""
READABLE: Final = 4.5
"""Contrast of text and ground by WCAG 2, 1.4.3."""
BUILTIN: Final[Mapping[str, str]] = {
    "paper": "#ffffff", "wash": "#f6f4ef", "ink": "#14191f", "soft": "#535b64", "line": "#ddd9d0", "accent": "#0b5563",
    "band": "#0c313b", "band-ink": "#f5f1e8", "band-soft": "#c3d0d2",
}  # fmt: skip


def properties(sheets: Iterable[str]) -> Mapping[str, str]:
    """Name → colour: `ink`, and `theme-3` for the themes."""
    found = dict(BUILTIN)
    for sheet in sheets:
        for rule in RULE.finditer(without_conditions(COMMENT.sub("", sheet))):
            selectors = [one.strip() for one in rule["selector"].split(",")]
            for name, digits in PROPERTY.findall(rule["body"].strip()):
                colour = f"#{digits if len(digits) == 6 else ''.join(d * 2 for d in digits)}".lower()
                if ":root" in selectors:
                    found[name] = colour
                for theme in filter(None, map(THEME.match, selectors)):
                    found[f"theme-{theme[1]}"] = colour
    return found


def without_conditions(sheet: str) -> str:
    """A sheet without its `@media` and other at-rules that hold rules."""
    kept, depth, at = [], 0, 0
    for match in re.finditer(r"@[\w-]+[^{};]*\{|[{}]", sheet):
        if depth == 0:
            kept.append(sheet[at : match.start()])
            if match[0].startswith("@"):
                depth, at = 1, match.end()
                continue
            kept.append(match[0])
        elif match[0] == "}":
            depth -= 1
        else:
            depth += 1
        at = match.end()
    kept.append("" if depth else sheet[at:])
    return "".join(kept)


def mail_colours(found: Mapping[str, str]) -> MailColours:
    """Those a mail is painted with."""
    return MailColours(**{name: found[name.replace("_", "-")] for name in MailColours.__struct_fields__})


def theme_colour(theme: Theme, found: Mapping[str, str]) -> str:
    """The colour of a theme: its own, or that of its position."""
    return theme.colour or found.get(f"theme-{theme.position % PALETTE + 1}", found["accent"])


def readable(colour: str, ground: str, otherwise: str) -> str:
    """A colour if text in it can be read on a ground, else another."""
    return colour if contrast(colour, ground) >= READABLE else otherwise


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
