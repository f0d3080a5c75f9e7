"""The targets of the fuzzers, on the inputs that are kept: what once broke them, and what reaches far.

`make fuzz` looks for more; see fuzz/README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FUZZ = Path(__file__).resolve().parent.parent / "fuzz"
sys.path.insert(0, str(FUZZ))
import targets  # noqa: E402 - it lies beside the tests

NAMES = sorted(targets.TARGETS)


@pytest.mark.parametrize("name", NAMES)
def test_every_kept_input_holds(name: str) -> None:
    """Each target has some."""
    kept = sorted((FUZZ / "corpus" / name).iterdir())
    assert len(kept) > 4
    for file in kept:
        targets.TARGETS[name](file.read_bytes())


def test_every_corpus_has_its_target() -> None:
    """None is left behind when a target is renamed."""
    assert sorted(path.name for path in (FUZZ / "corpus").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_few_inputs_nobody_chose_hold(name: str) -> None:
    """Text and bytes; the long run is the fuzzer's."""

    @settings(max_examples=30, deadline=None, database=None, derandomize=True)
    @given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def holds(data: bytes) -> None:
        targets.TARGETS[name](data)

    holds()


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("a script", "<script>x</script>"),
        ("a handler", "<p onclick=x>y</p>"),
        ("an address that runs", '<a href="java&#10;script:x">y</a>'),
        ("a comment", "<p><!-- x --></p>"),
        ("a frame", "<iframe></iframe>"),
    ],
)
def test_the_check_of_safe_html_can_fail(name: str, html: str) -> None:
    """What is looked for is found."""
    with pytest.raises(AssertionError):
        targets.check_html(html)
