"""Change a module in every small way and see whether its tests notice: `python tools/mutants.py digest/content/urls.py`.

Works on a copy of the repository; lists each change that no test noticed. What survives is either a gap in the tests or
a change of nothing: docs/trust.md says which it was when it was last run. Needs `cosmic-ray`, which `make mutants`
installs; takes from minutes to hours.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = {
    "digest/arabic/cleaning.py": "tests/test_arabic_cleaning.py tests/test_fuzz.py",
    "digest/arabic/slugs.py": "tests/test_arabic_slugs.py tests/test_fuzz.py",
    "digest/content/discovery.py": "tests/test_content_discovery.py",
    "digest/content/markdown.py": "tests/test_markdown.py",
    "digest/content/moments.py": "tests/test_content_problems.py tests/test_content_entries.py",
    "digest/content/nodes.py": "tests/test_content_problems.py tests/test_content_entries.py",
    "digest/content/references.py": "tests/test_content_problems.py tests/test_content_entries.py tests/test_hostile.py",
    "digest/content/static.py": "tests/test_build.py tests/test_hostile.py",
    "digest/content/urls.py": "tests/test_urls.py",
    "digest/engine/publication.py": "tests/test_build.py tests/test_faults_everywhere.py tests/test_faults.py",
    "digest/pages/addresses.py": "tests/test_build.py tests/test_hostile.py",
    "digest/problems.py": "tests/test_content_problems.py tests/test_hostile.py",
}
"""Module → the tests that guard it, the quickest first."""


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("module", choices=TESTS)
    module = given.parse_args().module
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "public", ".digest", ".*_cache", ".found")
        )
        command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {TESTS[module]}"
        (copy / "mutants.toml").write_text(
            f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = 120.0\nexcluded-modules = []\ntest-command = "{command}"\n'
            '[cosmic-ray.distributor]\nname = "local"\n',
            "utf-8",
        )
        for step in ("init", "exec"):
            run("cosmic-ray", step, "mutants.toml", "mutants.sqlite", cwd=copy)
        run("cr-report", "--surviving-only", "--show-diff", "mutants.sqlite", cwd=copy)


def run(program: str, *arguments: str, cwd: Path) -> None:
    subprocess.run([Path(sys.executable).parent / program, *arguments], cwd=cwd, check=True)


if __name__ == "__main__":
    main()
