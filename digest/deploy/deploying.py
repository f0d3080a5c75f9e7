"""A whole deploy: the finished output → what is to be online → the plan → the target.

Everything that may stand against it is found before anything is sent. What is sent goes stage by stage, each finished
before the next; whatever fails stops all that comes after it, and the next run goes on where this one ended.
"""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from digest.deploy import built_site, hosts, plan, redaction, releases
from digest.deploy.manifest import UNKNOWN, DamagedError, File, Journal, Manifest
from digest.deploy.plan import Plan, rank
from digest.deploy.targets import DeployContext, open_target
from digest.problems import DeliveryError, UsageError
from digest.site import output as publication

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from digest.content.hosting import Destination
    from digest.content.settings import Settings
    from digest.deploy.plan import Upload
    from digest.deploy.targets import Target

CHECKPOINT = 5.0
"""Seconds after which what has arrived is noted at the latest."""


def silent(done: int, total: int) -> None:
    """Where nobody listens to the progress."""


def unheard(outcome: Outcome) -> None:
    """Where nobody looks at the plan."""


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """How a deploy is asked for."""

    dry_run: bool = False
    yes: bool = False
    """Much may be deleted, and hosts' limits exceeded."""
    clean: bool = False
    """Nothing that earlier deploys noted is believed: every file is sent."""
    progress: Callable[[int, int], None] = silent
    """Told (sent, total) files."""
    planned: Callable[[Outcome], None] = unheard
    """Told what will be done, before anything is sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a deploy did, or would do."""

    destination: Destination
    shown: str
    """The place in words."""
    plan: Plan
    local: Mapping[str, File]
    made: Mapping[str, str]
    asks: tuple[str, ...]
    """What --yes has to be said for."""
    release: str
    """Empty where nothing was written."""


def deploy(root: Path, output: Path, destination: Destination, settings: Settings, wishes: DeployOptions) -> Outcome:
    """Put the output of the last build to a destination.

    Raises `UsageError` for what must not be done, `DeliveryError` where the target fails, OSError where this disk does.
    """
    own = built_site.own_folder(root, destination.name)
    errand = DeployContext(root.resolve(), own, own / "sending")
    own.mkdir(parents=True, exist_ok=True)
    with publication.only_writer(own / "run", f"another digest deploy to {destination.name}"):
        target = open_target(destination, errand)
        try:
            return Deploy(root, output, destination, settings, wishes, errand, target).run()
        except DamagedError as error:
            cure = "digest deploy --clean sends every file and writes a new one"
            raise DeliveryError(f"the list of files on {target.shown} is damaged ({error}); {cure}") from None
        finally:
            target.close()
            shutil.rmtree(errand.sending, ignore_errors=True)


@dataclass
class Deploy:
    """One deploy, and what its steps have in common."""

    root: Path
    output: Path
    destination: Destination
    settings: Settings
    wishes: DeployOptions
    errand: DeployContext
    target: Target
    done: dict[str, File] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    noted: float = 0.0

    def run(self) -> Outcome:
        """All of it."""
        remote = self.remote()
        with publication.only_writer(self.output):
            found = built_site.read(self.root, self.output)
            extras = self.extras(found)
            local = self.local(found, extras)
            made = plan.plan(local, found.made, remote, int(time.time()))
            asks = self.asks(local, made)
            if asks and not self.wishes.yes and not self.wishes.dry_run:
                raise UsageError(f"{asks[0]}; look at digest deploy --dry-run, and say --yes if that is what you want")
            if not self.wishes.dry_run:
                built_site.set_aside(found, extras, [upload.path for upload in made.uploads], self.errand.sending)
        outcome = Outcome(self.destination, self.target.shown, made, local, found.made, asks, "")
        if not self.wishes.dry_run:
            self.refuse_leaks(made)
        self.wishes.planned(outcome)
        if self.wishes.dry_run:
            return outcome
        release = self.send(made, local, remote or Manifest())
        return replace(outcome, release=release)

    def remote(self) -> Manifest | None:
        """What is there."""
        if not self.wishes.clean:
            return self.target.manifest()
        try:
            known = self.target.manifest() or Manifest()
        except DamagedError:
            return Manifest()
        doubted = {path: File(UNKNOWN, file.size) for path, file in known.files.items()}
        return msgspec.structs.replace(known, files=doubted)

    def extras(self, found: built_site.BuiltSite) -> dict[str, bytes]:
        """Files for the host alone."""
        names = ("CNAME", ".domains", ".nojekyll", "_headers", "_redirects")
        own = {name: (self.output / name).read_bytes() for name in names if name in found.files}
        redirects = found.redirects() if self.destination.host in hosts.REDIRECTING else []
        return hosts.extras(self.destination, self.settings.base_path, redirects, own, found.files)

    def local(self, found: built_site.BuiltSite, extras: Mapping[str, bytes]) -> dict[str, File]:
        """All that is to be there, with what the target will be told of each file."""
        headers = self.target.headers
        files = {path: File(file.fingerprint, file.size, headers(path)) for path, file in found.files.items()}
        for path, content in extras.items():
            files[path] = msgspec.structs.replace(built_site.of_bytes(content), headers=headers(path))
        return files

    def asks(self, local: Mapping[str, File], made: Plan) -> tuple[str, ...]:
        """What a person should know of first: limits of the host that are exceeded, and many deletions."""
        asks = hosts.exceeded(self.destination.host, local)
        if made.deletes_much:
            asks.append(f"{made.vanished:,} of the {made.listed:,} files on {self.target.shown} would be deleted")
        return tuple(asks)

    def refuse_leaks(self, made: Plan) -> None:
        """No file holds the value of a secret this process knows. Raises `UsageError`."""
        secrets = redaction.held()
        if not secrets:
            return
        for upload in made.uploads:
            name = redaction.leak((self.errand.sending / upload.path).read_bytes(), secrets)
            if name:
                raise UsageError(f"{upload.path} holds the value of ${name}; take it out of the site. Nothing was sent")

    # ------------------------------------------------------------------ sending

    def send(self, made: Plan, local: Mapping[str, File], remote: Manifest) -> str:
        """Carry the plan out; gives the release's name, or nothing where there was nothing to do."""
        retired_alike = made.retired.keys() == remote.retired.keys()
        if made.nothing and retired_alike and not self.target.interrupted:
            return self.purge(msgspec.structs.replace(remote, leaving=())) if remote.owed else ""
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
        manifest = plan.finished(made, local, release, owed)
        if self.target.atomic:
            self.target.delete(tuple(made.deletions))
            manifest = plan.settled(manifest, owed=owed)
            self.target.commit(manifest)
        else:
            self.target.commit(manifest)
            if made.deletions:
                self.target.delete(tuple(made.deletions))
                manifest = plan.settled(manifest, owed=owed)
                self.target.commit(manifest)
        if owed:
            self.purge(manifest)
        return release

    def batches(self, made: Plan) -> list[tuple[Upload, ...]]:
        """What is sent together: all of it where nobody sees it before it is complete."""
        if self.target.atomic:
            return [made.uploads] if made.uploads else []
        return [tuple(batch) for _, batch in groupby(made.uploads, lambda upload: (upload.stage, rank(upload.path)))]

    def put(self, batch: tuple[Upload, ...], pending: tuple[str, ...], total: int) -> None:
        """One part of the way."""

        def sent(path: str, file: File) -> None:
            with self.lock:
                self.done[path] = file
                self.wishes.progress(len(self.done), total)
                if time.monotonic() - self.noted < CHECKPOINT:
                    return
                self.note(Journal(pending=pending, done=dict(self.done)))

        self.target.put([(upload.path, upload.file) for upload in batch], sent)

    def note(self, journal: Journal) -> None:
        self.target.checkpoint(journal)
        self.noted = time.monotonic()

    def note_what_arrived(self, pending: tuple[str, ...]) -> None:
        """After a failure: if that fails too, the next run sends a little more than it had to."""
        if not self.done:
            return
        try:
            self.target.checkpoint(Journal(pending=pending, done=dict(self.done)))
        except (DeliveryError, OSError):
            return

    def purge(self, manifest: Manifest) -> str:
        """Tell the caches what changed; what cannot be told now is told by the next run."""
        self.target.purge(manifest.owed)
        self.target.commit(plan.settled(manifest))
        return manifest.release


def changed_addresses(made: Plan, remote: Manifest) -> tuple[str, ...]:
    """What caches may hold and should not any more; what is new or kept under another name is in none."""
    changed = [upload.path for upload in made.uploads if upload.why != "new"]
    return tuple(sorted({*remote.owed, *changed, *made.deletions}))


def name_of(local: Mapping[str, File], now: float) -> str:
    """A release is called by its time and its content."""
    import hashlib  # noqa: PLC0415

    made = hashlib.sha256(msgspec.json.encode(dict(local), order="sorted")).hexdigest()
    return f"{releases.moment(now)}-{made[:8]}"
