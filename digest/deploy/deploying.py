"""One deploy: the finished output → the files to put online → the plan → the target.

Every objection is found before anything is sent. Files go stage by stage, each finished before the next; a failure
stops all that comes after it, and the next run continues from there.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from digest.deploy import built_site, hosts, plan, redaction, releases
from digest.deploy.manifest import UNKNOWN, DamagedError, File, Journal, Manifest
from digest.deploy.plan import Plan, Upload, rank
from digest.deploy.targets import DeployContext, ReleaseTarget, Target
from digest.problems import N_, DeliveryError, Message, UsageError
from digest.site import output as publication
from digest.translation import _

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.deploy.destinations import Destination

CHECKPOINT = 5.0
"""Seconds between two journals, at most."""


def ignore(*_: object) -> None:
    """Take a report that nobody reads."""


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """The options of one deploy."""

    dry_run: bool = False
    yes: bool = False
    """Many files may be deleted, and limits of hosts exceeded."""
    clean: bool = False
    """Ignore what earlier deploys recorded and send every file."""
    progress: Callable[[int, int], None] = ignore
    """Called with the number of files sent, and of all files to send."""
    planned: Callable[[Outcome], None] = ignore
    """Called with the plan before anything is sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a deploy did, or would do."""

    destination: Destination
    shown: str
    """The place in words."""
    plan: Plan
    local: Mapping[str, File]
    """All files that should be online."""
    templates: Mapping[str, str]
    """Path → template, for pages."""
    asks: tuple[Message, ...]
    """Reasons for which --yes is needed."""
    release: str
    """Its name; empty if nothing was written."""


def deploy(root: Path, output: Path, destination: Destination, settings: Settings, options: DeployOptions) -> Outcome:
    """Put the output of the last build online.

    Raises `UsageError` for a deploy that must not be made, `DeliveryError` if the target fails, OSError if a disk does.
    """
    context = context_of(root, destination)
    context.own.mkdir(parents=True, exist_ok=True)
    with publication.only_writer(context.own / "run", f"another digest deploy to {destination.name}"):
        target = destination.place.open(context)
        try:
            return Deploy(root, output, destination, settings, options, context, target).run()
        except DamagedError as error:
            cure = _("digest deploy --clean sends every file and writes a new one")
            raise DeliveryError(
                _(
                    "the list of files on {shown} is damaged ({error}); {cure}",
                    shown=target.shown,
                    error=error,
                    cure=cure,
                )
            ) from None
        finally:
            target.close()
            shutil.rmtree(context.sending, ignore_errors=True)


def context_of(root: Path, destination: Destination) -> DeployContext:
    """The folders of a deploy to one destination."""
    own = built_site.own_folder(root, destination.name)
    return DeployContext(root.resolve(), own, own / "sending")


@contextlib.contextmanager
def releases_of(root: Path, destination: Destination) -> Iterator[ReleaseTarget]:
    """The target of a destination that keeps releases. Raises `UsageError` for any other."""
    target = destination.place.open_releases(context_of(root, destination))
    if target is None:
        cure = _("go back in the site's own history and deploy again")
        raise UsageError(_("'{name}' keeps no releases; {cure}", name=destination.name, cure=cure))
    try:
        yield target
    finally:
        target.close()


@dataclass
class Deploy:
    """The steps of one deploy, and the state they share."""

    root: Path
    output: Path
    destination: Destination
    settings: Settings
    options: DeployOptions
    context: DeployContext
    target: Target
    done: dict[str, File] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    noted: float = 0.0
    """When the last journal was written."""

    def run(self) -> Outcome:
        remote = self.remote()
        with publication.only_writer(self.output):
            found = built_site.read(self.root, self.output)
            extras = self.extras(found)
            local = self.local(found, extras)
            made = plan.plan(local, found.templates, remote, int(time.time()))
            asks = self.asks(local, made)
            if asks and not self.options.yes and not self.options.dry_run:
                raise UsageError(
                    _(
                        "{reason}; look at digest deploy --dry-run, and say --yes if that is what you want",
                        reason=asks[0],
                    )
                )
            if not self.options.dry_run:
                built_site.set_aside(found, extras, [upload.path for upload in made.uploads], self.context.sending)
        outcome = Outcome(self.destination, self.target.shown, made, local, found.templates, asks, "")
        if not self.options.dry_run:
            self.refuse_leaks(made)
        self.options.planned(outcome)
        if self.options.dry_run:
            return outcome
        release = self.send(made, local, remote or Manifest())
        return replace(outcome, release=release)

    def remote(self) -> Manifest | None:
        """The manifest of the target; with --clean, one in which the content of every file is unknown."""
        if not self.options.clean:
            return self.target.manifest()
        try:
            known = self.target.manifest() or Manifest()
        except DamagedError:
            return Manifest()
        doubted = {path: File(UNKNOWN, file.size) for path, file in known.files.items()}
        return msgspec.structs.replace(known, files=doubted)

    def extras(self, found: built_site.BuiltSite) -> dict[str, bytes]:
        """Files for the host, beside those of the site."""
        names = ("CNAME", ".domains", ".nojekyll", "_headers", "_redirects")
        own = {name: (self.output / name).read_bytes() for name in names if name in found.files}
        redirects = found.redirects() if self.destination.host in hosts.REDIRECTING else []
        return hosts.extras(self.destination, self.settings.base_path, redirects, own, found.files)

    def local(self, found: built_site.BuiltSite, extras: Mapping[str, bytes]) -> dict[str, File]:
        """All files that should be online, with the headers the target stores."""
        headers = self.target.headers
        files = {path: File(file.fingerprint, file.size, headers(path)) for path, file in found.files.items()}
        for path, content in extras.items():
            files[path] = msgspec.structs.replace(built_site.of_bytes(content), headers=headers(path))
        return files

    def asks(self, local: Mapping[str, File], made: Plan) -> tuple[Message, ...]:
        """Reasons to ask a person first: exceeded limits of the host, and many deletions."""
        asks = hosts.exceeded(self.destination.host, local)
        if made.deletes_much:
            asks.append(
                N_(
                    "{n:,} of the {all:,} files on {place} would be deleted",
                    n=made.vanished,
                    all=made.listed,
                    place=self.target.shown,
                )
            )
        return tuple(asks)

    def refuse_leaks(self, made: Plan) -> None:
        """Raises `UsageError` if a file holds the value of a secret that this process knows."""
        secrets = redaction.held()
        if not secrets:
            return
        for upload in made.uploads:
            name = redaction.leak((self.context.sending / upload.path).read_bytes(), secrets)
            if name:
                raise UsageError(
                    _(
                        "{path} holds the value of ${name}; take it out of the site. Nothing was sent",
                        path=upload.path,
                        name=name,
                    )
                )

    # ------------------------------------------------------------------ sending

    def send(self, made: Plan, local: Mapping[str, File], remote: Manifest) -> str:
        """Carry out the plan. Gives the name of the release; empty if there was nothing to do."""
        retired_alike = made.retired.keys() == remote.retired.keys()
        if made.nothing and retired_alike and not self.target.interrupted:
            return self.purge(remote) if remote.owed else ""
        release = name_of(local, time.time())
        pending = tuple(upload.path for upload in made.uploads)
        self.note(Journal(pending=pending))
        try:
            for batch in self.batches(made):
                self.put(batch, pending, len(made.uploads))
        except BaseException:
            self.note_what_arrived(pending)
            raise
        owed = changed_addresses(made, remote) if self.target.purges else ()
        manifest = made.manifest(local, release, owed)
        deletions = tuple(made.deletions)
        if not self.target.atomic:
            self.target.commit(msgspec.structs.replace(manifest, leaving=deletions))
        if self.target.atomic or deletions:
            self.target.delete(deletions)
            self.target.commit(manifest)
        if owed:
            self.purge(manifest)
        return release

    def batches(self, made: Plan) -> list[tuple[Upload, ...]]:
        """The files that are sent together: all of them if nobody sees them before the commit."""
        if self.target.atomic:
            return [made.uploads] if made.uploads else []
        return [tuple(batch) for _, batch in groupby(made.uploads, lambda upload: (upload.stage, rank(upload.path)))]

    def put(self, batch: tuple[Upload, ...], pending: tuple[str, ...], total: int) -> None:
        """Send one batch."""

        def sent(path: str, file: File) -> None:
            with self.lock:
                self.done[path] = file
                self.options.progress(len(self.done), total)
                if time.monotonic() - self.noted < CHECKPOINT:
                    return
                self.note(Journal(pending=pending, done=dict(self.done)))

        self.target.put([(upload.path, upload.file) for upload in batch], sent)

    def note(self, journal: Journal) -> None:
        self.target.checkpoint(journal)
        self.noted = time.monotonic()

    def note_what_arrived(self, pending: tuple[str, ...]) -> None:
        """Record progress after a failure. If that fails too, the next run sends a few files again."""
        if not self.done:
            return
        try:
            self.target.checkpoint(Journal(pending=pending, done=dict(self.done)))
        except (DeliveryError, OSError):
            return

    def purge(self, manifest: Manifest) -> str:
        """Tell the caches what changed. If that fails, the manifest makes the next run do it."""
        self.target.purge(manifest.owed)
        self.target.commit(msgspec.structs.replace(manifest, leaving=(), owed=()))
        return manifest.release


def changed_addresses(made: Plan, remote: Manifest) -> tuple[str, ...]:
    """Paths whose copies in caches are out of date; no cache has a copy of a new file."""
    changed = [upload.path for upload in made.uploads if upload.why != "new"]
    return tuple(sorted({*remote.owed, *changed, *made.deletions}))


def name_of(local: Mapping[str, File], now: float) -> str:
    """The name of a release: its time and a fingerprint of its content."""
    import hashlib  # noqa: PLC0415

    made = hashlib.sha256(msgspec.json.encode(dict(local), order="sorted")).hexdigest()
    return f"{releases.moment(now)}-{made[:8]}"
