"""Continuous integration: a workflow for GitHub or GitLab that checks, builds and deploys a site, daily too.

In: the kind of place the site is deployed to. Out: one file, never over another. Secrets are named, not held: they come
from the platform's own store when the workflow runs.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from digest import __version__
from digest.problems import UsageError

if TYPE_CHECKING:
    from digest.content.hosting import Destination

FILES = {"github": ".github/workflows/digest.yml", "gitlab": ".gitlab-ci.yml"}
WORKFLOWS = Path(__file__).resolve().parent / "workflows"
SECRETS = {
    "git": ("DIGEST_GIT_TOKEN",),
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "rsync": ("DIGEST_SSH_KEY",),
    "folder": (),
}
"""Kind of place → what the platform's store must hold."""
AGENT = 'eval "$(ssh-agent -s)" && printf "%s\\n" "$DIGEST_SSH_KEY" | ssh-add -q -'
"""The key goes from the store to an agent and touches no disk."""


def write(root: Path, platform: str, destination: Destination | None) -> tuple[Path, str]:
    """The workflow's path, and in words what is still to be done. Raises `UsageError` where there is one already."""
    path = root / FILES[platform]
    if path.exists():
        raise UsageError(f"{path} is already there; take it away first to get a new one")
    kind = destination.place.kind if destination else ""
    text = (github if platform == "github" else gitlab)(kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path, to_do(platform, kind)


def template(platform: str) -> str:
    return (WORKFLOWS / f"{platform}.yml").read_text("utf-8")


def github(kind: str) -> str:
    """For GitHub Actions. Without a destination: what `deploy: {to: git}` will need."""
    secrets = SECRETS[kind or "git"]
    lines = [f"          {name}: ${{{{ secrets.{source(name)} }}}}\n" for name in secrets if kind != "rsync"]
    before = ""
    if kind == "rsync":
        before = (
            "      - name: Have the server's key in an agent\n"
            f"        run: |\n          {AGENT}\n"
            '          echo "SSH_AUTH_SOCK=$SSH_AUTH_SOCK" >> "$GITHUB_ENV"\n'
            "        env:\n          DIGEST_SSH_KEY: ${{ secrets.DIGEST_SSH_KEY }}\n"
        )
    return template("github").format(
        package=package(),
        contents="write" if (kind or "git") == "git" else "read",
        more=extras(kind),
        before=before,
        env="        env:\n" + "".join(lines) if lines else "",
    )


def source(name: str) -> str:
    """GitHub hands every run a token for its own repository."""
    return "GITHUB_TOKEN" if name == "DIGEST_GIT_TOKEN" else name


def gitlab(kind: str) -> str:
    """For GitLab CI. Without a destination the site goes to GitLab Pages, which takes the output as it is."""
    if not kind:
        script = "    - digest build --strict\n  artifacts:\n    paths:\n      - public"
    elif kind == "rsync":
        script = f"    - {AGENT}\n    - digest deploy --verify"
    else:
        script = "    - digest deploy --verify"
    job = "publish" if kind else "pages"
    return template("gitlab").format(package=package(), job=job, more=extras(kind), script=script)


def extras(kind: str) -> str:
    """What else pip installs."""
    return " boto3 brotli" if kind == "s3" else ""


def package() -> str:
    """What pip installed this very digest from; empty where others cannot fetch it there (PEP 610)."""
    try:
        found = metadata.distribution("digest").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    if found is None:
        return f"digest=={__version__}"
    origin = json.loads(found)
    vcs = origin.get("vcs_info")
    return f"digest @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}" if vcs else ""


def to_do(platform: str, kind: str) -> str:
    """What a person still has to do."""
    steps = []
    if not package():
        where = "repository variable" if platform == "github" else "CI/CD variable"
        steps.append(f"set the {where} DIGEST_PACKAGE to what pip installs digest from")
    if not kind and platform == "github":
        steps.append("add deploy: {to: git} to site.yaml")
    secrets = [name for name in SECRETS.get(kind, ()) if not (platform == "github" and name == "DIGEST_GIT_TOKEN")]
    if secrets:
        steps.append(f"keep {' and '.join(secrets)} in the platform's store of secrets")
    if platform == "gitlab":
        steps.append("add a daily pipeline schedule")
    return "; ".join(steps)
