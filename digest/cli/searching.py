"""`digest search`: what readers find for a query, by the index of the built site and the ranking of their browsers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from digest.cli.terminal import Verbosity, put, put_json, say
from digest.content import settings as site_settings
from digest.problems import DigestError, UsageError
from digest.search.index import HEAD
from digest.search.lookup import Index
from digest.search.ranking import search
from digest.translation import _, ngettext

FIELDS = ("path", "title", "summary", "theme", "source", "date")
"""Of a card, in its order: see `Document.card`."""


def find(root: Path, output: Path, query: str, limit: int) -> dict[str, Any]:
    """What a query finds, as JSON has it. Raises `DigestError`, and `UsageError` where no index was built."""
    settings, __, problems = site_settings.read((root / "site.yaml").read_bytes())
    if settings is None:
        raise DigestError(problems)
    if not settings.search:
        raise UsageError(_("the site has search: false in site.yaml, so there is nothing to search in"))
    if not (output / HEAD).is_file():
        raise UsageError(_("there is no search index in {output}; run 'digest build' first", output=output))

    def read(path: str) -> bytes | None:
        file = output / path
        return file.read_bytes() if file.is_file() else None

    index = Index(read, settings.lang)
    answer = search(query, index)
    rows = [dict(zip(FIELDS, card, strict=False)) for card in index.cards(answer.documents[:limit])]
    base = settings.base_url
    results = [{**{name: row.get(name, "") for name in FIELDS[1:]}, "url": base + quote(row["path"])} for row in rows]
    whole = not index.missing
    return {"query": query, "meant": answer.meant, "count": len(answer.documents), "whole": whole, "results": results}


def show(answer: dict[str, Any], verbosity: Verbosity) -> None:
    """The results, best first."""
    if verbosity.as_json:
        put_json(answer)
        return
    for number, row in enumerate(answer["results"], 1):
        put(f"{number}. {row['title']}")
        put(f"   {row['url']}  {row['date'][:10]}  {row['source']}".rstrip())
    if verbosity.quiet:
        return
    if answer["meant"]:
        say(_("did you mean: {words}", words=answer["meant"]))
    if not answer["whole"]:
        say(_("part of the index is missing: run 'digest build' again"))
    say(ngettext("{n:,} result", "{n:,} results", answer["count"]))
