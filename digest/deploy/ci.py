"""A workflow for GitHub or GitLab that checks, builds and deploys a site, at each change and daily.

In: the kind of place the site is deployed to. Out: one file, never over another. The file names secrets and holds none:
they come from the store of the platform when the workflow runs.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from digest import __version__
from digest.deploy.targets import Place, place_type
from digest.problems import UsageError
from digest.translation import _

if TYPE_CHECKING:
    from digest.deploy.destinations import Destination

FILES = {"github": ".github/workflows/digest.yml", "gitlab": ".gitlab-ci.yml"}
WORKFLOWS = Path(__file__).resolve().parent / "workflows"
SSH_KEY, GIT_TOKEN = "DIGEST_SSH_KEY", "DIGEST_GIT_TOKEN"
AGENT = 'eval "$(ssh-agent -s)" && printf "%s\\n" "$DIGEST_SSH_KEY" | ssh-add -q -'
"""Hands the key from the store to an agent, without a file."""


def write(root: Path, platform: str, destination: Destination | None) -> tuple[Path, str]:
    """Write the workflow. Gives its path and the steps left to a person. Raises `UsageError` if one exists."""
    path = root / FILES[platform]
    if path.exists():
        raise UsageError(_("{path} is already there; take it away first to get a new one", path=path))
    place = type(destination.place) if destination else None
    text = (github if platform == "github" else gitlab)(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path, to_do(platform, place)


def template(platform: str) -> str:
    return (WORKFLOWS / f"{platform}.yml").read_text("utf-8")


def github(place: type[Place] | None) -> str:
    """For GitHub Actions. Without a destination: what `deploy: {to: git}` will need."""
    secrets = (place or place_type("git")).secrets
    lines = [f"          {name}: ${{{{ secrets.{source(name)} }}}}\n" for name in secrets if name != SSH_KEY]
    before = ""
    if SSH_KEY in secrets:
        before = (
            "      - name: Have the server's key in an agent\n"
            f"        run: |\n          {AGENT}\n"
            '          echo "SSH_AUTH_SOCK=$SSH_AUTH_SOCK" >> "$GITHUB_ENV"\n'
            f"        env:\n          {SSH_KEY}: ${{{{ secrets.{SSH_KEY} }}}}\n"
        )
    return template("github").format(
        package=package(),
        contents="write" if GIT_TOKEN in secrets else "read",
        more=more(place),
        before=before,
        env="        env:\n" + "".join(lines) if lines else "",
    )


def source(name: str) -> str:
    """The name of a secret at GitHub, which gives every run a token for its own repository."""
    return "GITHUB_TOKEN" if name == GIT_TOKEN else name


def gitlab(place: type[Place] | None) -> str:
    """For GitLab CI. Without a destination the site goes to GitLab Pages, which takes the output as it is."""
    if place is None:
        script = "    - digest build --strict\n  artifacts:\n    paths:\n      - public"
    else:
        script = (f"    - {AGENT}\n" if SSH_KEY in place.secrets else "") + "    - digest deploy --verify"
    job = "publish" if place else "pages"
    return template("gitlab").format(package=package(), job=job, more=more(place), script=script)


def more(place: type[Place] | None) -> str:
    """The packages that pip installs after digest."""
    return "".join(f" {name}" for name in place.packages) if place else ""


def package() -> str:
    """The requirement that installs this very digest; empty if it was installed from a local folder (PEP 610)."""
    try:
        found = metadata.distribution("digest").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    if found is None:
        return f"digest=={__version__}"
    origin = json.loads(found)
    vcs = origin.get("vcs_info")
    return f"digest @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}" if vcs else ""


def to_do(platform: str, place: type[Place] | None) -> str:
    """The steps left to a person."""
    steps = []
    if not package():
        where = _("repository variable") if platform == "github" else _("CI/CD variable")
        steps.append(_("set the {where} DIGEST_PACKAGE to what pip installs digest from", where=where))
    if place is None and platform == "github":
        steps.append(_("add {example} to site.yaml", example="deploy: {to: git}"))
    names = place.secrets if place else ()
    secrets = [name for name in names if not (platform == "github" and name == GIT_TOKEN)]
    if secrets:
        steps.append(_("keep {names:and} in the platform's store of secrets", names=tuple(secrets)))
    if platform == "gitlab":
        steps.append(_("add a daily pipeline schedule"))
    return _("; ").join(steps)
