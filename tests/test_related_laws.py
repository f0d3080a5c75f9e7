"""Laws of related stories: one result whatever the way to it."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.content.settings import RelatedSettings, TermWeights
from digest.linking.related import ranking, relations, signatures
from digest.linking.related.corpus import Story, corpus_of
from digest.linking.related.relations import relate
from digest.linking.related.state import RelatedRecord, RelatedState
from digest.linking.terms import pack
from digest.model import Article, ArticleText, Entry, Place, Text

pytestmark = pytest.mark.slow

DAY = 86400
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = [f"{first}{second}{third}" for first in "بتحدرسع" for second in "وامن" for third in "كلفق"]


def terms(seed: int, words: int = 40) -> bytes:
    """Terms of a text of a few stories' words, so that many share some and some are copies."""
    story = Random(seed % 17)
    own = Random(seed)
    pool = [story.choice(WORDS) for _ in range(12)]
    text = " ".join(own.choice(pool if own.random() < 0.6 else WORDS) for _ in range(words))
    if seed % 5 == 0:
        text = " ".join(pool * 3)
    return pack(article(" ".join([*pool[:3], own.choice(WORDS)]), text), TermWeights(), "ar")


def article(title: str, text: str) -> Article:
    """An article of words."""
    plain = Text(title, title, "rtl", "rtl")
    entry = Entry(
        id="s/x", place=Place("content/s/x.md"), path="/s/x/", url="/s/x/", title=plain,
        summary=Text("", "", "rtl", "rtl"), theme="s", published=NOW, moment=None,  # type: ignore[arg-type]
    )  # fmt: skip
    return Article(entry, ArticleText(""), text)


def site(number: int, spread: int = 40) -> dict[str, tuple[int, bytes, tuple[str, ...] | None]]:
    """Id → time, terms, pins."""
    rnd = Random(number)
    return {f"s/{n}": (rnd.randrange(spread) * DAY + n % 3 * 3600, terms(n), None) for n in range(number)}


def related(stories, rules, before: RelatedState | None = None) -> RelatedState:
    """The state of a site given as a mapping."""
    return relate(before, [Story(name, time, packed, pins) for name, (time, packed, pins) in stories.items()], rules)


def through_bytes(state: RelatedState) -> RelatedState:
    """Packed and unpacked."""
    record = msgspec.msgpack.decode(msgspec.msgpack.encode(state.to_record()), type=RelatedRecord)
    return RelatedState.from_record(record)


EDIT = st.tuples(
    st.sampled_from(["text", "order", "date", "add", "newest", "remove", "pin"]),
    st.integers(0, 10_000),
    st.integers(0, 400),
)


def edited(stories, kind, pick, value):
    """The site after one edit."""
    stories = dict(stories)
    names = sorted(stories)
    name = names[pick % len(names)]
    time, packed, pins = stories[name]
    if kind == "remove" and len(names) > 1:
        del stories[name]
    elif kind == "text":
        stories[name] = time, terms(value), pins
    elif kind == "order":  # the same words in another order: other shingles
        stories[name] = (
            time,
            packed[: 2 + 5 * int.from_bytes(packed[:2], "little")] + bytes([value % 256 & 0xFC, 7]),
            pins,
        )
    elif kind == "date":
        stories[name] = value % 50 * DAY, packed, pins
    elif kind == "pin":
        stories[name] = time, packed, ((), (names[value % len(names)], "no/such"), None)[value % 3]
    else:
        when = 60 * DAY if kind == "newest" else value % 50 * DAY
        name = f"n/{pick}-{value}"
        stories[name] = when, terms(value), None
    return stories


@pytest.mark.parametrize(("reach", "wide"), [(3, 0), (3, 10**9), (512, 10**9)])
@given(number=st.integers(1, 90), edits=st.lists(EDIT, min_size=1, max_size=8), newer=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_relating_after_edits_equals_a_fresh_start(monkeypatch, reach, wide, number, edits, newer) -> None:
    """After every one of a series of edits, whatever the postings' reach and who finds them; through bytes and back."""
    monkeypatch.setattr(ranking, "REACH", reach)
    monkeypatch.setattr(signatures, "WIDE", wide)
    monkeypatch.setattr(ranking, "CANDIDATES", 6)
    rules = RelatedSettings(count=3, minimum=3, newer=newer)
    stories = site(number)
    known = related(stories, rules)
    for edit in edits:
        stories = edited(stories, *edit)
        known = related(stories, rules, through_bytes(known))
        assert known == related(stories, rules)


@given(number=st.integers(1, 120), seed=st.integers(0, 5), newer=st.booleans())
@settings(max_examples=40, deadline=None)
def test_numpy_and_plain_python_relate_alike(number, seed, newer) -> None:
    """To the last bit, for sites of every small size."""
    rules = RelatedSettings(count=4, minimum=2 + seed, newer=newer)
    stories = [Story(name, time + seed * DAY, packed) for name, (time, packed, _) in site(number).items()]
    made = corpus_of(stories, rules)
    assert relations.relate_plainly(made) == relations.relate_with_numpy(made, relations.serial)


def test_stories_without_terms_have_no_related_stories() -> None:
    """Pictures with a caption of stop words, say; either way of scoring."""
    packed = [pack(article("", "في من على"), TermWeights(), "ar")] * 3 + [terms(1), terms(18)]
    stories = [Story(f"s/{n}", n * DAY, one) for n, one in enumerate(packed)]
    for chosen in (stories, stories[:3], []):
        made = corpus_of(chosen, RelatedSettings(minimum=0))
        found = relations.relate_plainly(made)
        assert found == relations.relate_with_numpy(made, relations.serial)
        assert not any(found.related[:3])
