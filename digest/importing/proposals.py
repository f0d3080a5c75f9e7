"""An archive → the `site.yaml` it suggests: title, language, time zone, address, themes.

Whatever `site.yaml` would refuse is left at what a new site has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digest.content import settings as site_settings
from digest.curating.drafts import quoted
from digest.importing import addresses, mapping
from digest.importing.mapping import UNCATEGORIZED

if TYPE_CHECKING:
    from digest.importing.archive import Archive

NOWHERE = "https://example.org/"


def site_yaml(archive: Archive) -> str:
    """The text of a site.yaml that can be read."""
    lines = list(site_lines(archive))
    for key in ("permalink", "timezone", "lang", "base_url"):
        settings, _, problems = site_settings.read("\n".join(lines).encode())
        if settings is not None and not problems:
            break
        fallback = {"lang": "lang: ar", "base_url": f"base_url: {NOWHERE}"}.get(key)
        if any(f"'{key}'" in problem.message or not fallback for problem in problems) or settings is None:
            lines = [
                (fallback or "") if line.startswith(f"{key}:") else line
                for line in lines
                if fallback or not line.startswith(f"{key}:")
            ]
    return "\n".join([*lines, ""])


def site_lines(archive: Archive) -> Iterator[str]:
    chosen = mapping.themes(archive)
    by_category, *_ = mapping.counts(archive)
    title = archive.title or archive.host or "Digest"
    arabic = archive.lang.startswith("ar") or not archive.lang
    yield (
        "# إعدادات اقتُرحت من الموقع القديم؛ غيّر ما تشاء."
        if arabic
        else "# Proposed from the old site; change what you like."
    )
    yield f"title: {quoted(title)}"
    yield f"description: {quoted(archive.description, 1000)}"
    yield f"base_url: {quoted(archive.base or NOWHERE, 2000)}"
    yield f"lang: {archive.lang or 'ar'}"
    yield f"timezone: {archive.zone or 'UTC'}"
    if permalink := addresses.permalink_of(archive, chosen):
        yield f"permalink: {permalink}"
    yield "themes:"
    titles: dict[str, tuple[str, str]] = {}
    numbers: dict[str, int] = {}
    by_slug = {one.slug: one for one in archive.categories}
    for one in archive.categories:
        top = mapping.top_of(one, by_slug)
        if one.slug in UNCATEGORIZED and len(archive.categories) > 1:
            continue
        titles.setdefault(chosen[one.slug], (top.name, top.description))
        numbers[chosen[one.slug]] = numbers.get(chosen[one.slug], 0) + by_category[one.slug]
    default = mapping.default_theme(archive, chosen, by_category)
    titles.setdefault(default, ("أخبار" if arabic else "News", ""))
    for theme in sorted(titles, key=lambda one: -numbers.get(one, 0)):
        name, about = titles[theme]
        described = f", description: {quoted(about)}" if about else ""
        yield f"  - {{id: {quoted(theme)}, title: {quoted(name)}{described}}}"
