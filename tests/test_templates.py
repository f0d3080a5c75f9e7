"""How templates become pages: by our compiler, or by plain Jinja where the two would differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
import pytest

from digest.rendering import compiler, probe
from digest.rendering.compiler import ViewEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import LittleSite


@pytest.fixture
def new_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder of the user, and nothing known of the compiler."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    probe.answer.cache_clear()
    yield tmp_path / "cache"
    probe.answer.cache_clear()


def broken_html(value: object) -> str:
    """An output function that forgets to escape, as a change within Jinja could bring about."""
    return str(value)


def test_probe_when_compiled_for_views_equals_plain_jinja() -> None:
    page = probe.rendered(jinja2.Environment)
    assert page.startswith("<h1 title=")
    assert probe.rendered(ViewEnvironment) == page


@pytest.mark.parametrize("method", ["visit_Getattr", "visit_Call", "visit_Output", "macro_def", "_import_common"])
def test_probe_when_a_construct_is_left_out_differs(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each construct that the compiler treats in its own way is in the probe."""
    monkeypatch.setattr(compiler.ViewCodeGenerator, method, lambda self, *_args, **_kwargs: self.write(" None "))
    assert probe.rendered(ViewEnvironment) != probe.rendered(jinja2.Environment)


def test_pages_when_the_compiler_makes_other_bytes_are_made_with_plain_jinja(
    site: LittleSite, new_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One note says so; it stops no build, not even a strict one."""
    site.entry("sport/a", 'title: "سبق & <صحفي>"')
    sound = site.build(clean=True)
    expected = site.files()
    assert [row for row in sound.advice if "compiler" in row.message] == []
    probe.answer.cache_clear()
    for kept in new_cache.rglob("probe"):
        kept.unlink()
    monkeypatch.setattr(ViewEnvironment, "html", staticmethod(broken_html))
    noted = site.build(clean=True, strict=True)
    assert {path: made for path, made in site.files().items() if path != ".digest-site"} == {
        path: made for path, made in expected.items() if path != ".digest-site"
    }
    (note,) = noted.advice
    assert (note.level, note.cure) == ("note", "builds are slower; install jinja2 3.1")


def test_probe_when_answered_once_is_not_rendered_again(new_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer lies beside the compiled templates."""
    assert probe.compiler_is_sound()
    assert [kept.read_bytes() for kept in new_cache.rglob("probe")] == [probe.SAME]
    probe.answer.cache_clear()
    monkeypatch.setattr(probe, "rendered", None)
    assert probe.compiler_is_sound()
