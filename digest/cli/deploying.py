"""The commands around a deploy: find the destination, build, deploy, report."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.building import run_build
from digest.cli.environment import now
from digest.cli.terminal import Progress, Verbosity, put, put_json, say, say_all, size
from digest.content import settings as site_settings
from digest.deploy import announcing, deploying, destinations, verification, webserver
from digest.problems import DeliveryError, DigestError, Problem, UsageError
from digest.site.options import BuildOptions
from digest.translation import _, ngettext

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.deploy.deploying import DeployOptions, Outcome
    from digest.deploy.destinations import Destination
    from digest.deploy.plan import Plan
    from digest.deploy.verification import Verification

    Hosted = tuple[Settings, Destination]


def hosted(root: Path, name: str | None) -> tuple[Settings, Destination | None, Problem | None]:
    """The settings, the destination of that name or the first one, and the problem of an example's address.

    Raises `DigestError`, and `UsageError` for a name that is none.
    """
    raw = (root / "site.yaml").read_bytes()
    settings, __, problems = site_settings.read(raw)
    if settings is None or any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    found = destinations.read(raw)[0]
    destination, why = destinations.find(found.destinations, name)
    if destination is None and name:
        raise UsageError(why)
    return settings, destination, destinations.example_address(settings.base_url, found)


def deployed_to(root: Path, name: str | None) -> tuple[Settings, Destination]:
    """The settings and the destination of a deploy. Raises `DigestError`, `UsageError`."""
    settings, destination, example = hosted(root, name)
    if destination is None:
        raise UsageError(destinations.find((), name)[1])
    if example:
        raise DigestError([example])
    return settings, destination


def server_configuration(server: str, root: Path, name: str | None) -> str:
    """The configuration of a web server, also for a site without destinations. Raises `DigestError`, `UsageError`."""
    settings, destination, __ = hosted(root, name)
    return webserver.config(server, settings, webserver.root_of(destination, root))


def build_for_readers(root: Path, output: Path, voice: Verbosity) -> None:
    """Make the strict build that a deploy begins with."""
    options = BuildOptions(root, output, now(), strict=True)
    run_build(options, os.path.relpath(output), voice._replace(mute=voice.as_json))


def publish(root: Path, output: Path, to: Hosted, options: DeployOptions, voice: Verbosity, *, verify: bool) -> None:
    """Deploy, announce and verify; report the plan and the result."""
    settings, destination = to

    def planned(outcome: Outcome) -> None:
        if not voice.as_json and (options.dry_run or voice.verbose):
            put_plan(outcome.plan)
        if not options.dry_run:
            announcing.note(root, outcome, settings)

    started = time.perf_counter()
    with Progress() as progress:
        watched = not (voice.quiet or voice.as_json) and sys.stderr.isatty()
        options = replace(options, planned=planned)
        if watched:
            options = replace(options, progress=lambda done, total: progress.show(_("sending"), done, total))
        outcome = deploying.deploy(root, output, destination, settings, options)
    seconds = time.perf_counter() - started
    said = [] if options.dry_run else announcing.announce(root, destination, settings)
    found = verification.verify(outcome, output, settings.base_url) if verify else None
    if voice.as_json:
        put_json(deploy_json(outcome, seconds, said, found, dry_run=options.dry_run))
    elif not voice.quiet:
        say(deploy_summary(outcome, seconds, dry_run=options.dry_run))
        say_all(said)
        if found and not found.wrong:
            say(ngettext("{n} file fetched and compared", "{n} files fetched and compared", found.checked))
    if found and found.wrong:
        more = _(" and {n} more", n=len(found.wrong) - 5) if len(found.wrong) > 5 else ""
        raise DeliveryError(
            _("what is online is not what was sent: {wrong}{more}", wrong="; ".join(found.wrong[:5]), more=more)
        )


def put_plan(plan: Plan) -> None:
    """Print a line for each file: + new, ~ changed, - deleted."""
    for upload in plan.uploads:
        headers = "  " + _("(headers)") if upload.why == "headers" else ""
        put(f"{'+' if upload.why == 'new' else '~'} {upload.path}  {size(upload.file.size)}{headers}")
    for path, length in plan.deletions.items():
        put(f"- {path}  {size(length)}" if length else f"- {path}")


def deploy_summary(outcome: Outcome, seconds: float, *, dry_run: bool) -> str:
    """The line that sums up a deploy."""
    plan = outcome.plan
    new = sum(upload.why == "new" for upload in plan.uploads)
    parts = (
        _("{n:,} new", n=new),
        _("{n:,} changed", n=len(plan.uploads) - new),
        _("{n:,} deleted", n=len(plan.deletions)),
        _("{n:,} unchanged", n=plan.unchanged),
    )
    done = _("{size} to send", size=size(plan.size)) if dry_run else _("{size} sent", size=size(plan.size))
    if plan.nothing:
        done = _("nothing to send")
    where = outcome.shown
    if outcome.destination.name != outcome.destination.place.kind:
        where = f"{outcome.destination.name} ({outcome.shown})"
    asks = _("; --yes is needed: {reason}", reason=outcome.asks[0]) if dry_run and outcome.asks else ""
    return _(
        "{place}: {files}, {done}, {seconds} s{asks}",
        place=where,
        files=_(", ").join(parts),
        done=done,
        seconds=f"{seconds:.2f}",
        asks=asks,
    )


def deploy_json(
    outcome: Outcome, seconds: float, said: list[str], found: Verification | None, *, dry_run: bool
) -> dict[str, object]:
    """The object that `--json` prints."""
    plan = outcome.plan
    return {
        "target": outcome.destination.name,
        "kind": outcome.destination.place.kind,
        "place": outcome.shown,
        "dry_run": dry_run,
        "upload": [
            {"path": upload.path, "size": upload.file.size, "why": upload.why, "stage": upload.stage.name.lower()}
            for upload in plan.uploads
        ],
        "delete": [{"path": path, "size": length} for path, length in plan.deletions.items()],
        "kept": sorted(plan.retired),
        "unchanged": plan.unchanged,
        "bytes": plan.size,
        "needs_yes": [str(reason) for reason in outcome.asks],
        "release": outcome.release or None,
        "announced": said,
        "verified": {"checked": found.checked, "wrong": list(found.wrong)} if found else None,
        "seconds": round(seconds, 3),
    }
