"""Renew digest/mail/clients.json: what mail clients support, from a copy of caniemail.com's repository (MIT).

git clone https://github.com/hteumeuleu/caniemail
python tools/caniemail.py caniemail          # writes digest/mail/clients.json and the licence beside it
python tools/caniemail.py caniemail --check  # says what would change, writes nothing; status 1 if anything would
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "digest/mail/clients.json"
CLIENTS = {
    "Gmail": {"gmail": None},
    "Outlook Windows": {"outlook": ("windows",)},
    "Outlook.com": {"outlook": ("outlook-com",)},
    "Yahoo": {"yahoo": None},
    "Apple Mail": {"apple-mail": None},
    "Samsung": {"samsung-email": None},
}
"""Our name of a client → the families of the data, and their platforms (None: all)."""
WORST_FIRST = "nayu"
"""No, partly, yes, unknown: a client that lacks something on one platform lacks it."""


def features(checkout: Path) -> dict[str, dict[str, Any]]:
    """Slug → title, and what each client makes of it, in the data's letters."""
    found = {}
    names = git(checkout, "ls-tree", "--name-only", "HEAD", "_features/").split()
    for name in sorted(one for one in names if one.endswith(".md")):
        front = git(checkout, "show", f"HEAD:{name}").replace("\r", "")
        data = yaml.safe_load(re.split(r"^---\s*$", front, flags=re.MULTILINE)[1].replace("\t", "  "))
        slug = name.removeprefix("_features/").removesuffix(".md")
        if slug.startswith("_"):  # a pattern for new features
            continue
        found[slug] = {"title": data["title"], "by": {name: letter(data["stats"], at) for name, at in CLIENTS.items()}}
    return found


def letter(stats: dict[str, Any], families: dict[str, tuple[str, ...] | None]) -> str:
    """What a client makes of a feature: the worst of the newest versions of its platforms."""
    letters = [
        str(versions[max(versions, key=version)]).split()[0].lower()[0]
        for family, wanted in families.items()
        for platform, versions in (stats.get(family) or {}).items()
        if versions and (wanted is None or platform in wanted)
    ]
    return min(letters, key=WORST_FIRST.index, default="u")


def version(name: object) -> list[int]:
    """`2019-02`, `16.80`, `2007`: numbers in order."""
    return [int(part) for part in re.findall(r"\d+", str(name))]


def git(checkout: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(checkout), *words], capture_output=True, text=True, check=True).stdout


def document(checkout: Path) -> str:
    about = "Derived from caniemail.com, hteumeuleu/caniemail (MIT License, Copyright (c) 2019 Rémi Parmentier)"
    commit, _, day = git(checkout, "log", "-1", "--format=%H %cs").strip().partition(" ")
    rows = ",\n".join(
        f"  {json.dumps(slug)}: {json.dumps(feature, ensure_ascii=False)}"
        for slug, feature in features(checkout).items()
    )
    head = json.dumps({"about": about, "commit": commit, "date": day}, ensure_ascii=False)[:-1]
    return f'{head}, "features": {{\n{rows}\n}}}}\n'


def main() -> int:
    checkout = Path(sys.argv[1])
    made = document(checkout)
    before = TARGET.read_text("utf-8") if TARGET.exists() else ""
    if "--check" in sys.argv:
        changed = set(made.splitlines()) ^ set(before.splitlines())
        print(*sorted(changed), sep="\n")
        return int(bool(changed))
    TARGET.write_text(made, "utf-8")
    TARGET.with_name("caniemail-LICENSE").write_text(git(checkout, "show", "HEAD:LICENSE"), "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(json.loads(made)['features'])} features")
    return 0


if __name__ == "__main__":
    sys.exit(main())
