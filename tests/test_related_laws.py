"""Laws of related stories: one result whatever the way to it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.linking.related import changes, memory, ranking, relations
from digest.linking.related.choice import Rules
from digest.linking.related.relations import Story, relate
from digest.linking.terms import Weights, Wording, pack

DAY = 86400
WORDS = [f"{first}{second}{third}" for first in "بتحدرسع" for second in "وامن" for third in "كلفق"]


def terms(seed: int, words: int = 40) -> bytes:
    """Terms of a text of a few stories' words, so that many share some and some are copies."""
    story = Random(seed % 17)
    own = Random(seed)
    pool = [story.choice(WORDS) for _ in range(12)]
    text = " ".join(own.choice(pool if own.random() < 0.6 else WORDS) for _ in range(words))
    if seed % 5 == 0:
        text = " ".join(pool * 3)
    return pack(Wording(" ".join(pool[:3] + [own.choice(WORDS)]), "", text), Weights(), "ar")


def site(number: int, spread: int = 40) -> dict[str, tuple[int, bytes, tuple[str, ...] | None]]:
    """Id → time, terms, pins."""
    rnd = Random(number)
    return {f"s/{n}": (rnd.randrange(spread) * DAY + n % 3 * 3600, terms(n), None) for n in range(number)}


def related(stories, rules=Rules(minimum=3), before=None, fresh=None):
    """The memory of a site given as a mapping."""
    return relate(
        before,
        [Story(name, time, pins) for name, (time, _, pins) in stories.items()],
        {name: packed for name, (_, packed, _) in stories.items() if fresh is None or name in fresh},
        rules,
    )


EDIT = st.tuples(st.sampled_from(["text", "date", "add", "newest", "remove", "pin"]), st.integers(0, 10_000), st.integers(0, 400))


def edited(stories, kind, pick, value):
    """The site after one edit, and the id whose terms are new."""
    stories = dict(stories)
    names = sorted(stories)
    name = names[pick % len(names)]
    time, packed, pins = stories[name]
    if kind == "remove" and len(names) > 1:
        del stories[name]
    elif kind == "text":
        stories[name] = time, terms(value), pins
    elif kind == "date":
        stories[name] = value % 50 * DAY, packed, pins
    elif kind == "pin":
        stories[name] = time, packed, ((), (names[value % len(names)], "no/such"), None)[value % 3]
    else:
        when = 60 * DAY if kind == "newest" else value % 50 * DAY
        name = f"n/{pick}-{value}"
        stories[name] = when, terms(value), None
    return stories, {name}


@pytest.mark.parametrize("reach", [3, 512])
@given(number=st.integers(1, 90), edits=st.lists(EDIT, min_size=1, max_size=8), newer=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_site_is_related_as_if_made_afresh(monkeypatch, reach, number, edits, newer) -> None:
    """After every one of a series of edits, whatever the postings' reach; through bytes and back."""
    for module in (ranking, changes):
        monkeypatch.setattr(module, "REACH", reach)
    monkeypatch.setattr(ranking, "CANDIDATES", 6)
    rules = Rules(count=3, minimum=3, newer=newer)
    stories = site(number)
    known = related(stories, rules)
    for edit in edits:
        stories, fresh = edited(stories, *edit)
        known = related(stories, rules, before=memory.load(known.dump()), fresh=fresh)
        assert known == related(stories, rules)


@given(number=st.integers(1, 120), seed=st.integers(0, 5), newer=st.booleans())
@settings(max_examples=40, deadline=None)
def test_numpy_and_plain_python_agree(number, seed, newer) -> None:
    """To the last bit, for sites of every small size."""
    rules = Rules(count=4, minimum=2 + seed, newer=newer)
    stories = [Story(name, time + seed * DAY) for name, (time, _, _) in site(number).items()]
    packed = {name: one for name, (_, one, _) in site(number).items()}
    made = relations.site_of(stories, packed, None, rules, "")
    assert relations.afresh(made) == relations.afresh_many(made, relations.serial)
