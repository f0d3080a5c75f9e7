"""The law of long lists: what stands on a numbered page stands there for ever."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.pages.context import Slice, paginate

CONTEXT: Any = SimpleNamespace(
    url=lambda path: f"/base{path}", strings=SimpleNamespace(plain=lambda key, page=0: f"{key} {page}")
)
SIZES = st.integers(1, 12)
LENGTHS = st.integers(0, 80)


def pages(length: int, size: int) -> tuple[Slice, list[Slice]]:
    """The front page of a list of entries `length`, …, 2, 1, and its numbered pages from the first."""
    entries: Any = tuple(range(length, 0, -1))
    front, *numbered = paginate("/sport/", entries, size, CONTEXT)
    return front, numbered[::-1]


@given(LENGTHS, SIZES)
def test_list_when_an_entry_is_new_changes_its_front_page_alone(length: int, size: int) -> None:
    """Every numbered page stays as it was; the newest one hears of it when the next one is opened, and of nothing else."""
    _, before = pages(length, size)
    _, after = pages(length + 1, size)
    opened = len(after) - len(before)
    assert opened == (1 if length and length % size == 0 else 0)
    settled = before[:-1] if opened else before
    assert after[: len(settled)] == settled
    if opened and before:
        last, now = before[-1], after[len(before) - 1]
        assert last.pager
        assert now == replace(last, pager=replace(last.pager, newer=f"/base/sport/page/{len(after)}/"))


@given(LENGTHS, st.integers(0, 80), SIZES)
def test_numbered_page_when_entries_are_added_keeps_its_own(length: int, later: int, size: int) -> None:
    """However many come after it; its number is counted from the oldest."""
    _, before = pages(length, size)
    _, after = pages(length + later, size)
    kept = [(page.path, page.number, page.entries) for page in before]
    assert [(page.path, page.number, page.entries) for page in after][: len(kept)] == kept
    assert [page.number for page in after] == list(range(1, len(after) + 1))


@given(LENGTHS, SIZES)
def test_list_when_long_has_full_numbered_pages_and_the_newest_in_front(length: int, size: int) -> None:
    """No entry is lost between them, and each stands on one numbered page at most."""
    front, numbered = pages(length, size)
    assert front.entries == tuple(range(length, 0, -1))[:size]
    assert all(len(page.entries) == size for page in numbered)
    filed = [entry for page in numbered for entry in reversed(page.entries)]
    assert filed == list(range(1, len(numbered) * size + 1))
    assert set(filed) | set(front.entries) == set(range(1, length + 1))


@given(LENGTHS, SIZES)
def test_pager_links_all_pages_in_one_chain(length: int, size: int) -> None:
    """From the front page by «older» to page 1, and back by «newer»."""
    front, numbered = pages(length, size)
    chain = [front, *numbered[::-1]]
    urls = [f"/base{page.path}" for page in chain]
    pagers = [page.pager for page in chain]
    if len(chain) == 1:
        assert pagers == [None]
        return
    assert [pager.older for pager in pagers if pager] == [*urls[1:], ""]
    assert [pager.newer for pager in pagers if pager] == ["", *urls[:-1]]
