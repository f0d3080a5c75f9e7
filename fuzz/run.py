"""Look for inputs that break a target, guided by coverage: `python fuzz/run.py markdown --seconds 600`.

What was found to reach new code is kept under `--found` (default: `fuzz/.found`, not committed); a crash is written there as `crash-…` with its traceback on standard error, and ends the run with status 1.
Needs Linux or macOS and the package `atheris`, which `make fuzz` installs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("target")
    given.add_argument("--seconds", type=int, default=60, help="how long to look [default: 60]")
    given.add_argument("--found", type=Path, default=HERE / ".found", help="where new inputs are kept")
    given.add_argument("--longest", type=int, default=2000, help="bytes of the longest input [default: 2000]")
    asked = given.parse_args()

    import atheris  # noqa: PLC0415 - `--help` works without it

    with atheris.instrument_imports(include=["digest", "markdown_it", "targets"]):
        sys.path.insert(0, str(HERE))
        import targets  # noqa: PLC0415

    kept, found = HERE / "corpus" / asked.target, asked.found / asked.target
    found.mkdir(parents=True, exist_ok=True)
    arguments = [
        f"-max_total_time={asked.seconds}", f"-max_len={asked.longest}", "-timeout=5", "-rss_limit_mb=2048",
        "-print_final_stats=1", f"-artifact_prefix={found}/crash-", str(found), str(kept),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *arguments], targets.TARGETS[asked.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
