"""Related stories in a process of their own: the lists are those of a fresh start, whatever happened to stories or process."""

from __future__ import annotations

import os
import random
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from digest.linking.related.relations import NOTHING
from digest.preview.relating import RelatingProcess
from digest.site.load import cache_of, load, load_site
from digest.site.related import RelatedStories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LittleSite

    from digest.linking.related.relations import Relations
    from digest.site.site import Related, Site

WORDS = ("ميناء", "قطار", "جسر", "مدرسة", "مباراة", "هدف", "كأس", "برلمان", "ميزانية", "مسرح", "فيلم", "كتاب")


def lists(related: Related, site: Site) -> dict[str, Relations]:
    """What the pages of all stories show."""
    return {entry.id: related.lists.get(entry.id, NOTHING) for entry in site.index.entries}


def fresh(site: Site) -> dict[str, Relations]:
    """The same from nothing, in this process."""
    return lists(RelatedStories(None).find(site), site)


@contextmanager
def relating(site: LittleSite) -> Iterator[RelatingProcess]:
    """The process of a preview that has just read the site."""
    made = RelatingProcess(cache_of(site.order), site.output)
    try:
        read = load(site.order, cache_of(site.order))
        made.begin(read.site.settings, read.reading)
        yield made
    finally:
        made.close()


def write(site: LittleSite, chance: random.Random, number: int) -> None:
    """One of twenty stories, perhaps another than it was."""
    words = " ".join(chance.choices(WORDS, k=30))
    more = chance.choice(("", "related: []", f"related: [sport/e{(number + 1) % 20}]", "draft: true", "tags: [وسم]"))
    site.entry(f"sport/e{number}", f"date: 2026-11-{chance.randint(1, 20):02}\n{more}", words)


def test_lists_after_random_edits_are_those_of_a_fresh_start(site: LittleSite) -> None:
    """Stories come, go and change; so do the rules."""
    chance = random.Random(16)
    for number in range(20):
        write(site, chance, number)
    rules = site.root.joinpath("site.yaml").read_text()
    with relating(site) as process:
        related = None
        for step in range(15):
            found = load_site(site.order)
            if related is not None:
                found = found.next(found.parts._replace(related=related))
            related = process.find(found)
            assert lists(related, found) == fresh(found)
            assert process.instead is None
            for number in chance.sample(range(20), 3):
                write(site, chance, number)
            if step == 8:
                site.put("site.yaml", rules + "related: {count: 3, weights: {title: 9}}\n")
            if step == 12:
                site.put("site.yaml", rules + "related: {count: 0}\n")


def test_lists_at_the_start_are_those_of_the_last_build(site: LittleSite) -> None:
    """Before anything is related."""
    chance = random.Random(3)
    for number in range(20):
        write(site, chance, number)
    site.build()
    process = RelatingProcess(cache_of(site.order), site.output)
    try:
        read = load(site.order, cache_of(site.order))
        known = process.begin(read.site.settings, read.reading)
        assert any(known.lists.values())
        assert lists(known, read.site) == fresh(read.site)
    finally:
        process.close()


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_lists_are_found_though_the_process_was_killed(site: LittleSite) -> None:
    """In this process then, and from then on."""
    chance = random.Random(7)
    for number in range(20):
        write(site, chance, number)
    with relating(site) as process:
        first = load_site(site.order)
        related = process.find(first)
        os.kill(process.process.pid, signal.SIGKILL)
        for _ in range(2):
            write(site, chance, chance.randrange(20))
            found = load_site(site.order)
            related = process.find(found.next(found.parts._replace(related=related)))
            assert lists(related, found) == fresh(found)
        assert process.instead is not None


def test_nothing_is_said_where_nothing_changed(site: LittleSite) -> None:
    """The very lists, so that no page is made again."""
    site.entry("sport/a", "", "ميناء قطار جسر").entry("sport/b", "", "ميناء قطار جسر")
    with relating(site) as process:
        found = load_site(site.order)
        related = process.find(found)
        found = found.next(found.parts._replace(related=related))
        assert process.find(found) is related
        again = load_site(site.order)
        again = again.next(again.parts._replace(related=related))
        assert process.find(again) is related
