"""One import: an archive and an editor's map → the files of a site.

Without a map the first run writes `import.yaml` and, where there is none, `site.yaml`, and stops: an editor looks at
both. The next run writes entries, pages, pictures and redirects. Running it again with a newer archive adds and
updates; what an editor changed is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from digest import scaffold
from digest.content import settings as site_settings
from digest.files import replace
from digest.importing import addresses, mapping, proposals
from digest.importing import report as reports
from digest.importing.entries import Writer
from digest.importing.mapping import Decisions
from digest.importing.media import Media
from digest.importing.report import Report
from digest.importing.writing import Files
from digest.problems import N_, DigestError, Problem, mistake

if TYPE_CHECKING:
    from digest.content.settings import Settings
    from digest.curating.fetching import Network
    from digest.importing.archive import Archive, Story

REDIRECTS: Final = "static/_redirects"
REDIRECTS_HEAD: Final = "# Old addresses that no page can have, written by digest import. Netlify reads all of them."


class ImportOptions(msgspec.Struct, frozen=True):
    """What was asked for."""

    into: Path
    map: Path
    media: Path | None = None
    network: Network | None = None
    """None: nothing is fetched."""
    dry_run: bool = False


def propose(archive: Archive, options: ImportOptions) -> tuple[Path, ...]:
    """Write the map, and a site.yaml where there is none; gives the files written. Raises OSError."""
    site, files = options.into / "site.yaml", []
    if not site.exists():
        files.append((site, proposals.site_yaml(archive).encode()))
        if not (options.into / ".gitignore").exists():
            files.append((options.into / ".gitignore", scaffold.GITIGNORE.encode()))
    files.append((options.map, mapping.proposal(archive, archive.lang or "ar").encode()))
    if not options.dry_run:
        scaffold.write_all(files)
        (options.into / "content").mkdir(exist_ok=True)
    return tuple(path for path, _ in files if not path.name.startswith("."))


def read_settings(into: Path) -> Settings:
    """The settings of the site. Raises DigestError, OSError."""
    settings, _, problems = site_settings.read((into / "site.yaml").read_bytes())
    if settings is None or any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    return settings


def write(
    archive: Archive,
    stories: Iterator[Story],
    options: ImportOptions,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Write the site. Raises DigestError for a faulty map or site.yaml, OSError."""
    if not (options.into / "site.yaml").exists():
        what = mistake("no-site-yaml", "there is none beside the map")
        cure = N_("delete {map} and run the command again", map=options.map.name)
        raise DigestError([Problem("site.yaml", 0, 0, what, cure)])
    settings = read_settings(options.into)
    given = mapping.read(options.map.read_bytes(), options.map.name, tuple(theme.id for theme in settings.themes))
    decisions = Decisions(given, archive)
    files = Files(options.into, dry_run=options.dry_run)
    plan = addresses.Planner(archive, decisions, settings, files.paths).plan()
    media = Media(files, options.media, archive.host, options.network)
    writer = Writer(archive, decisions, settings, plan, media)
    report = begun(archive, plan)
    try:
        for number, story in enumerate(stories, 1):
            if story.record.key in plan.places:
                one_story(story, writer, files, report)
            if progress:
                progress(number, len(archive.records))
        text = addresses.redirect_file(plan.redirects, settings.base_path, REDIRECTS_HEAD)
        if plan.redirects and files.write("redirects", REDIRECTS, text) in {"taken", "conflict"}:
            report.note("redirects", REDIRECTS)
    finally:
        files.remember()
    report.counts["pictures"] = media.copied
    for address, why in media.faults.items():
        report.note("bad-picture", address, why)
    if not options.dry_run:
        replace(options.into / reports.FILE, "\n".join([*report.lines(None), ""]).encode())
    return report


def begun(archive: Archive, plan: addresses.Plan) -> Report:
    """A report of what is known before the first text is read."""
    report = Report()
    report.counts.update(dict.fromkeys(("entries", "pages", "new", "updated", "unchanged"), 0))
    report.counts["aliases"] = sum(len(place.aliases) for place in plan.places.values())
    report.counts["redirects"] = len(plan.redirects)
    report.left_out.update(archive.left_out)
    del report.left_out["attachment"]
    for fault in archive.faults:
        report.note("unreadable", fault)
    for key, old in plan.taken:
        report.note("alias-taken", plan.places[key].file, old)
    for record in archive.records:
        if record.key not in plan.places:
            report.left_out[record.kind] += 1
    return report


def one_story(story: Story, writer: Writer, files: Files, report: Report) -> None:
    """Convert and write one story, and report what became of it."""
    place = writer.plan.places[story.record.key]
    made = writer.file(story)
    if made.problems:
        report.note("not-taken", story.record.where, "; ".join(made.problems[:3]))
        report.counts["refused"] += 1
        return
    outcome = files.write(story.record.key, place.file, made.text)
    if outcome == "taken":
        report.note("not-taken", story.record.where, f"{place.file} exists already")
        report.counts["refused"] += 1
        return
    report.counts["pages" if place.is_page else "entries"] += 1
    report.counts[outcome] += 1
    where = files.known[story.record.key].path if outcome != "gone" else place.file
    if outcome in {"conflict", "gone"}:
        report.note(outcome, where)
    for note in made.notes:
        report.note(note.code, where, note.detail)
