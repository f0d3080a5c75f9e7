"""Announce changes: to search engines by IndexNow, to subscribers of feeds by WebSub.

In: the plan of a deploy. Search engines get the addresses of new, changed and deleted pages, hubs those of changed
feeds. A failed announcement is kept and repeated by the next deploy. Sources: indexnow.org/documentation (up to 10,000
addresses a message, the key as a file of the site), W3C WebSub 7 (hubs define publishing: `hub.mode=publish` with
`hub.url`, or `hub.topic`).
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from digest.deploy import built_site, web
from digest.files import replace
from digest.pages.feeds import FORMATS
from digest.paths import ending
from digest.problems import DeliveryError
from digest.translation import _

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.deploy.deploying import Outcome
    from digest.deploy.destinations import Destination

AT_ONCE = 10_000
OWED = "owed.json"
HIDDEN = frozenset({"404.html", "redirect.html"})
"""Templates of pages that are not announced."""


def note(root: Path, outcome: Outcome, settings: Settings) -> None:
    """Record the announcements before anything is sent, so that a deploy that dies loses none."""
    notes = built_site.own_folder(root, outcome.destination.name) / OWED
    owed = remembered(notes)
    for service in outcome.destination.announce:
        news = pages(outcome, settings) if service == "indexnow" else feeds(outcome, settings)
        owed[service] = list(dict.fromkeys([*owed.get(service, []), *news]))
    if outcome.destination.announce:
        keep(notes, owed)


def announce(root: Path, destination: Destination, settings: Settings) -> list[str]:
    """Make the announcements that are due. Gives a sentence for each service: done, or failed and kept."""
    notes = built_site.own_folder(root, destination.name) / OWED
    owed = remembered(notes)
    said = []
    for service in destination.announce:
        addresses = owed.get(service)
        if not addresses:
            continue
        try:
            said.append((indexnow if service == "indexnow" else websub)(addresses, settings))
            del owed[service]
        except DeliveryError as error:
            said.append(f"{error}; the next deploy tries again")
        keep(notes, owed)
    return said


def pages(outcome: Outcome, settings: Settings) -> list[str]:
    """Public addresses of new, changed and deleted pages."""
    changed = [
        upload.path
        for upload in outcome.plan.uploads
        if upload.why != "headers" and outcome.templates.get(upload.path, "404.html") not in HIDDEN
    ]
    gone = [path for path in outcome.plan.deletions if ending(path) == ".html"]
    return [built_site.address(settings.base_url, path) for path in (*changed, *gone)]


def feeds(outcome: Outcome, settings: Settings) -> list[str]:
    """Public addresses of changed feeds."""
    names = {kind.file for kind in FORMATS}
    changed = (upload.path for upload in outcome.plan.uploads if upload.why != "headers")
    return [built_site.address(settings.base_url, path) for path in changed if path.rpartition("/")[2] in names]


def indexnow(addresses: list[str], settings: Settings) -> str:
    """Send one message for each ten thousand pages. Raises `DeliveryError`."""
    service = settings.indexnow
    for start in range(0, len(addresses), AT_ONCE):
        message = {
            "host": urlsplit(settings.base_url).netloc,
            "key": service.key,
            "keyLocation": f"{settings.base_url}{service.key}.txt",
            "urlList": addresses[start : start + AT_ONCE],
        }
        headers = {"Content-Type": "application/json; charset=utf-8"}
        post("IndexNow", service.endpoint, json.dumps(message).encode(), headers)
    return f"IndexNow was told of {len(addresses):,} {'page' if len(addresses) == 1 else 'pages'}"


def websub(addresses: list[str], settings: Settings) -> str:
    """Send every changed feed to every hub. Raises `DeliveryError`."""
    for hub in settings.feeds.hubs:
        for address in addresses:
            form = urlencode({"hub.mode": "publish", "hub.url": address, "hub.topic": address}).encode()
            post("the WebSub hub", hub, form, {"Content-Type": "application/x-www-form-urlencoded"})
    return f"WebSub hubs were told of {len(addresses):,} {'feed' if len(addresses) == 1 else 'feeds'}"


def post(who: str, url: str, body: bytes, headers: dict[str, str]) -> None:
    """Raises `DeliveryError` for any status but a success."""
    answer = web.ask_with_retries(_("{who} at {url}", who=who, url=url), url, method="POST", body=body, headers=headers)
    if not 200 <= answer.status < 300:
        raise DeliveryError(_("{who} at {url} answered with status {status}", who=who, url=url, status=answer.status))


def remembered(notes: Path) -> dict[str, list[str]]:
    """Announcements that are due: service → addresses. Empty if the file cannot be read."""
    try:
        found = json.loads(notes.read_text("utf-8"))
        return {str(service): [str(address) for address in addresses] for service, addresses in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def keep(notes: Path, owed: dict[str, list[str]]) -> None:
    """Record the announcements that are due. A failure costs an announcement, nothing else."""
    with contextlib.suppress(OSError):
        replace(notes, json.dumps(owed).encode())
