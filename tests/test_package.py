"""The wheel made from the sdist, in a clean environment, gives the same site as the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]


def run(*command: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"SOURCE_DATE_EPOCH": "1795435200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_wheel_from_sdist_init_and_build_give_the_checkouts_site(repository: Path, tmp_path: Path) -> None:
    """`pip install digest`, `digest init x`, `digest build --site x`."""
    run(sys.executable, "-m", "build", "--outdir", tmp_path / "dist", repository)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    run(python, "-m", "digest", "init", tmp_path / "x")
    run(python, "-m", "digest", "build", "--site", tmp_path / "x", "--output", tmp_path / "installed", "--strict")
    run(sys.executable, "-m", "digest", "build", "--site", repository, "--output", tmp_path / "checkout", "--strict")
    assert tree(tmp_path / "installed") == tree(tmp_path / "checkout")
    assert tree(repository / "content") == tree(tmp_path / "x" / "content")
    there = "import pathlib, digest; folder = pathlib.Path(digest.__file__).parent; print(*(p.relative_to(folder).as_posix() for p in folder.rglob('*.*')))"
    found = subprocess.run([python, "-c", there], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    package = repository / "digest"
    data = [
        path.relative_to(package).as_posix()
        for pattern in ("preview/client/*.*", "locale/*/*/*.mo")
        for path in package.glob(pattern)
    ]
    assert {"preview/client/preview.js", "locale/ar/LC_MESSAGES/preview.mo"} <= {*data} <= {*found.split()}
