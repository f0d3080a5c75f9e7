"""Pictures as markup: a `<picture>` with a source for each format, a figure with caption and credit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from digest.model import PICTURE_CLOSE, PICTURE_OPEN, ImageRef, Picture

if TYPE_CHECKING:
    from digest.pages.context import SiteContext

MARK = re.compile(f"{PICTURE_OPEN}(\\d+){PICTURE_CLOSE}")
"""Where a picture goes in a body (`digest.model.picture_mark`)."""

BODY_SIZES = "(min-width: 64rem) 38rem, 100vw"
"""How wide a picture of the text is shown: the column of the style sheet, or the screen."""


def picture_html(picture: Picture, *, sizes: str, eager: bool, css_class: str = "") -> Markup:
    """`<picture>` with a source for each format; `sizes` as the attribute has it, `eager` above the fold."""
    made = picture.rendition
    sources = "".join(
        f'<source type="{escape(kind)}" srcset="{escape(srcset)}" sizes="{escape(sizes)}">'
        for kind, srcset in made.sources
    )
    name = f' class="{escape(css_class)}"' if css_class else ""
    when = 'fetchpriority="high"' if eager else 'loading="lazy"'
    return Markup(
        f'<picture{name}>{sources}<img src="{escape(made.src)}" width="{made.width}" height="{made.height}"'
        f' alt="{escape(picture.alt)}" {when} decoding="async"></picture>'
    )


def template_picture(
    picture: Picture | None, sizes: str = BODY_SIZES, eager: bool = False, css_class: str = ""
) -> Markup:
    """`picture(…)` of templates: nothing for a card that has none."""
    return picture_html(picture, sizes=sizes, eager=eager, css_class=css_class) if picture else Markup("")


def figure_html(picture: Picture, credit: Markup) -> Markup:
    """A picture of the text with its caption and its credit, given in words («الصورة: …»), where it has them."""
    parts = []
    if picture.caption:
        parts.append(f'<span class="caption"{picture.caption.attrs}>{picture.caption.html}</span>')
    if credit:
        parts.append(f'<small class="credit">{credit}</small>')
    caption = f"<figcaption>{' '.join(parts)}</figcaption>" if parts else ""
    return Markup(f"<figure>{picture_html(picture, sizes=BODY_SIZES, eager=False)}{caption}</figure>")


def with_pictures(body: str, refs: Sequence[ImageRef], context: SiteContext) -> Markup:
    """The body with a figure where each of its pictures goes."""
    if not refs:
        return Markup(body)

    def shown(match: re.Match[str]) -> str:
        number = int(match[1])
        picture = context.picture(refs[number]) if number < len(refs) else None
        if picture is None:
            return ""
        line = body[body.rfind("\n", 0, match.start()) + 1 : (body + "\n").index("\n", match.end())]
        if MARK.sub("", line).strip():  # within a line of text a figure would break the paragraph
            return str(picture_html(picture, sizes=BODY_SIZES, eager=False))
        credit = context.strings("credit", name=picture.credit) if picture.credit else Markup("")
        return str(figure_html(picture, credit))

    return Markup(MARK.sub(shown, body))
