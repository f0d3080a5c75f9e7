"""`digest build` and `digest check`: run the build, report what it did."""

from __future__ import annotations

import gc
import signal
import sys
import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.cli.terminal import Progress, Verbosity, put, put_json, say, show_problems
from digest.translation import _, ngettext

if TYPE_CHECKING:
    from digest.site.options import BuildOptions, Report

EXPLAINED_ONE_BY_ONE = 100
"""Files with the same causes up to this number get a line each."""


def run_build(order: BuildOptions, shown: str, voice: Verbosity) -> None:
    """Build, and report in one line."""
    # a stop from outside (a container's, a time limit's) cleans up like one from the keyboard
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # a build makes millions of values and no cycles worth collecting
    gc.disable()
    started = time.perf_counter()
    report = made(order, voice)
    seconds = time.perf_counter() - started
    if voice.mute:
        return
    if voice.as_json:
        put_json(report_json(report, seconds, explain=voice.explain))
        return
    if voice.explain:
        explain_all(report)
    notes = sum(problem.level == "note" for problem in report.advice)
    if voice.verbose or (notes and not voice.quiet):
        show_problems(report.advice, order.root if voice.verbose else None)
    if not voice.quiet:
        say(summary(report, shown, seconds) + (_(", with drafts: not for readers") if order.drafts and shown else ""))
        if notes:
            say(ngettext("{n:,} note", "{n:,} notes", notes))
        elif report.advice and not voice.verbose:
            say(
                ngettext(
                    "{n:,} piece of advice: digest check lists them",
                    "{n:,} pieces of advice: digest check lists them",
                    len(report.advice),
                )
            )
        if voice.verbose:
            read = ngettext("{n:,} source", "{n:,} sources", report.read)
            made_again = ngettext("{n:,} page", "{n:,} pages", report.made)
            say("  " + _("{sources} read, {pages} made", sources=read, pages=made_again))


def made(order: BuildOptions, voice: Verbosity) -> Report:
    """Build unless nothing changed; show the progress on a terminal."""
    from digest.site.scan import nothing_to_do  # noqa: PLC0415

    answer = nothing_to_do(order)
    if answer.report is not None:
        return answer.report
    from digest.build.build import build as make  # noqa: PLC0415 - and all it needs: it would be half the time

    if voice.quiet or voice.as_json or not sys.stderr.isatty():
        return make(order, answer)
    with Progress() as progress:
        return make(replace(order, progress=progress.show), answer)


def explain_all(report: Report) -> None:
    """Print why files were made again: a line each, or one line for many with the same causes."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for reason in report.reasons:
        shared.setdefault(reason.causes, []).append(reason.path)
    for causes, paths in shared.items():
        if len(paths) > EXPLAINED_ONE_BY_ONE:
            files = ngettext("{n:,} file", "{n:,} files", len(paths))
            put(_("{files}, {path} and others: {causes}", files=files, path=paths[0], causes=causes))
            continue
        for path in paths:
            put(f"{path}: {', '.join(causes)}")


def summary(report: Report, shown: str, seconds: float) -> str:
    """The one line after a build or a check."""
    held = _(" ({held} held back)", held=report.held) if report.held else ""
    entries = ngettext("{n:,} entry", "{n:,} entries", report.entries)
    done = f"{entries}{held}" + _(", ") + ngettext("{n:,} page", "{n:,} pages", report.pages)
    if not shown:
        return _("no problem: {done}, {seconds} s", done=done, seconds=f"{seconds:.2f}")
    removed = _(", {removed} removed", removed=report.removed) if report.removed else ""
    written = ngettext("{n:,} file", "{n:,} files", report.written)
    files = _("{made:,} made, {files} written{removed}", made=report.made, files=written, removed=removed)
    files += _(", {n:,} unchanged", n=report.unchanged)
    return _(
        "{output}: {done}, {files}, {seconds} s, {memory} MiB",
        output=shown,
        done=done,
        files=files,
        seconds=f"{seconds:.2f}",
        memory=peak_memory(),
    )


def report_json(report: Report, seconds: float, *, explain: bool) -> dict[str, object]:
    return {
        "entries": report.entries,
        "held": report.held,
        "pages": report.pages,
        "read": report.read,
        "made": report.made,
        "written": report.written,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "seconds": round(seconds, 3),
        "peak_memory_mib": peak_memory(),
        "problems": [problem.as_json() for problem in report.advice],
        **({"reasons": {reason.path: reason.causes for reason in report.reasons}} if explain else {}),
    }


def peak_memory() -> int:
    """MiB of the largest process of this build; 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)
