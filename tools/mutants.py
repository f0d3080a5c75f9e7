"""Mutate a module and list the mutants that its tests miss: `python tools/mutants.py digest/content/urls.py`.

Works on a copy of the repository. A surviving mutant is either a gap in the tests or equivalent to the original;
docs/explanation/trust.md has the result of the last run. `--every 4` tries only each fourth mutant, `--again FILE` only the mutants
in the output of an earlier run. Tests that run the changed line come first, the fastest before the others.
Needs `cosmic-ray`, which makes the mutants and which `make mutants` installs, and a system that can fork. A run takes
minutes to hours.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TESTS = {
    "digest/text/cleaning.py": "tests/test_text_cleaning.py tests/test_fuzz.py",
    "digest/text/slugs.py": "tests/test_text_slugs.py tests/test_fuzz.py",
    "digest/content/discovery.py": "tests/test_content_discovery.py",
    "digest/content/fields.py": "tests/test_content_fields.py tests/test_schema.py tests/test_content_entries.py"
    " tests/test_content_problems.py tests/test_settings.py",
    "digest/content/markdown.py": "tests/test_markdown.py",
    "digest/content/date_input.py": "tests/test_date_input.py",
    "digest/content/nodes.py": "tests/test_content_problems.py tests/test_content_entries.py",
    "digest/content/references.py": "tests/test_content_references.py tests/test_content_problems.py tests/test_content_entries.py",
    "digest/content/static.py": "tests/test_build.py::test_a_static_folder_that_cannot_be_read_is_named"
    " tests/test_build.py::test_a_static_file_that_cannot_be_read_is_named"
    " tests/test_build.py::test_a_static_folder_that_shows_its_names_alone_is_named"
    " tests/test_build.py::test_what_others_put_into_the_output_is_never_destroyed"
    " tests/test_build.py::test_every_link_of_static_is_named_in_one_run"
    " tests/test_build.py::test_a_static_file_may_not_hide_a_page"
    " tests/test_hostile.py::test_only_regular_files_inside_the_site_are_read",
    "digest/content/urls.py": "tests/test_urls.py",
    "digest/site/output.py": "tests/test_output.py"
    " tests/test_build.py::test_a_static_file_is_copied_whole_and_only_once"
    " tests/test_promises.py::test_what_digest_did_not_make_is_not_touched"
    " tests/test_promises.py::test_home_and_the_root_of_the_disk_are_refused"
    " tests/test_promises.py::test_everything_is_on_the_disk_before_the_site_changes_places"
    " tests/test_build.py::test_an_output_that_holds_the_site_is_refused"
    " tests/test_build.py::test_a_second_build_at_the_same_time_is_refused"
    " tests/test_build.py::test_what_others_put_into_the_output_is_never_destroyed",
    "digest/build/release.py": "tests/test_output.py"
    " tests/test_incremental.py::test_one_change_of_one_file_replaces_that_file_alone"
    " tests/test_incremental.py::test_the_spare_takes_turns_with_the_output"
    " tests/test_incremental.py::test_what_others_put_into_the_spare_or_take_from_it_never_comes_back",
    "digest/pages/addresses.py": "tests/test_addresses.py",
    "digest/problems.py": "tests/test_content_problems.py tests/test_cli.py::test_problems_are_printed_one_a_line_with_status_1"
    " tests/test_cli.py::test_json_reports",
    "digest/deploy/announcing.py": "tests/test_deploy_around.py tests/test_deploy.py::test_changed_pages_and_feeds_are_announced"
    " tests/test_deploy.py::test_failed_announcement_is_repeated_by_the_next_deploy"
    " tests/test_deploy.py::test_exit_statuses_are_those_of_the_manual"
    " tests/test_deploy.py::test_announcements_of_a_killed_deploy_are_made_by_the_next",
    "digest/deploy/ci.py": "tests/test_deploy_around.py tests/test_deploy.py::test_workflow_of_every_kind_names_its_secrets",
    "digest/deploy/deploying.py": "tests/test_deploy_parts.py::test_in_place_deploy_sends_in_order_then_deletes_then_purges"
    " tests/test_deploy_parts.py::test_failed_purge_is_repeated_once_by_the_next_deploy"
    " tests/test_deploy_parts.py::test_in_place_deploy_finishes_each_stage_before_the_next"
    " tests/test_deploy_parts.py::test_atomic_deploy_sends_everything_in_one_batch"
    " tests/test_deploy_parts.py::test_retired_file_is_recorded_without_uploads"
    " tests/test_deploy_parts.py::test_clean_deploy_sends_everything_and_deletes_leftovers"
    " tests/test_deploy_parts.py::test_failed_deploy_records_what_arrived"
    " tests/test_deploy_parts.py::test_failed_deploy_without_arrivals_records_nothing"
    " tests/test_deploy_parts.py::test_long_deploy_records_progress_every_five_seconds"
    " tests/test_deploy_parts.py::test_damaged_manifest_stops_a_deploy_but_not_a_clean_one"
    " tests/test_deploy_parts.py::test_deploy_that_would_delete_much_is_refused_unless_yes"
    " tests/test_deploy_parts.py::test_file_with_a_secret_stops_a_deploy_before_sending"
    " tests/test_deploy_parts.py::test_resumed_deploy_removes_its_journal"
    " tests/test_deploy_parts.py::test_host_files_follow_the_rules_of_the_site"
    " tests/test_deploy_parts.py::test_release_name_has_time_and_content"
    " tests/test_deploy_parts.py::test_second_deploy_to_a_folder_stops_the_first"
    " tests/test_deploy_parts.py::test_failed_deploy_leaves_no_unfinished_release"
    " tests/test_deploy.py::test_exceeded_limit_stops_a_deploy_unless_yes_is_given"
    " tests/test_deploy.py::test_deploy_links_unchanged_files_and_keeps_files_of_others"
    " tests/test_deploy.py::test_fingerprinted_file_no_longer_in_the_site_stays_a_day"
    " tests/test_deploy.py::test_file_damaged_in_the_folder_is_sent_again"
    " tests/test_deploy.py::test_host_files_are_written_for_hosts_that_read_them"
    " tests/test_deploy_secrets.py::test_environment_is_searched_once",
    "digest/deploy/headers.py": "tests/test_deploy_plan.py tests/test_deploy_around.py"
    " tests/test_deploy_parts.py::test_text_is_known_by_its_ending",
    "digest/deploy/hosts.py": "tests/test_deploy_plan.py::test_site_of_few_folders_needs_few_rules"
    " tests/test_deploy_plan.py::test_own_rules_count_towards_the_limit"
    " tests/test_deploy_parts.py::test_limits_apply_to_named_hosts_only"
    " tests/test_deploy_parts.py::test_byte_limit_is_exact"
    " tests/test_deploy_parts.py::test_file_limit_is_exact"
    " tests/test_deploy_parts.py::test_redirects_file_ends_at_the_limit_of_the_host"
    " tests/test_deploy_parts.py::test_git_host_files_keep_those_of_the_site"
    " tests/test_deploy_parts.py::test_redirects_over_the_limit_are_left_to_pages"
    " tests/test_deploy.py::test_host_limits_exceeded_are_all_named"
    " tests/test_deploy.py::test_host_files_are_written_for_hosts_that_read_them",
    "digest/deploy/manifest.py": "tests/test_deploy_plan.py::test_manifest_round_trips_to_the_same_bytes"
    " tests/test_deploy_plan.py::test_manifest_of_an_earlier_digest_is_read"
    " tests/test_deploy_plan.py::test_manifest_limit_allows_a_million_files"
    " tests/test_deploy_plan.py::test_damaged_manifest_counts_as_empty_for_rollback"
    " tests/test_deploy_plan.py::test_path_with_a_space_is_allowed"
    " tests/test_deploy_plan.py::test_manifest_with_a_path_outside_the_site_is_refused"
    " tests/test_deploy_plan.py::test_damaged_manifest_is_refused"
    " tests/test_deploy_plan.py::test_manifest_of_another_version_is_refused"
    " tests/test_deploy_parts.py::test_manifest_over_the_limit_is_not_unpacked"
    " tests/test_deploy_parts.py::test_interrupted_uploads_are_unknown_and_finished_ones_count"
    " tests/test_deploy_parts.py::test_journal_round_trips"
    " tests/test_deploy_plan.py::test_interrupted_deploy_never_shows_a_broken_site",
    "digest/deploy/plan.py": "tests/test_deploy_plan.py::test_plan_orders_stages"
    " tests/test_deploy_plan.py::test_parts_are_sent_before_pages"
    " tests/test_deploy_plan.py::test_change_of_headers_alone_is_sent"
    " tests/test_deploy_plan.py::test_deleting_over_a_quarter_counts_as_much"
    " tests/test_deploy_plan.py::test_fingerprinted_file_is_retired_for_exactly_a_day"
    " tests/test_deploy_plan.py::test_plan_without_differences_is_empty"
    " tests/test_deploy_plan.py::test_file_of_unknown_content_is_sent_again"
    " tests/test_deploy_parts.py::test_plan_size_counts_the_bytes_to_send"
    " tests/test_deploy_plan.py::test_interrupted_deploy_never_shows_a_broken_site tests/test_deploy.py::test_dry_run_lists_what_a_deploy_sends",
    "digest/deploy/programs.py": "tests/test_deploy_parts.py tests/test_deploy.py::test_retries_wait_longer_each_time"
    " tests/test_deploy.py::test_git_host_that_does_not_answer_is_retried"
    " tests/test_deploy.py::test_exit_statuses_are_those_of_the_manual"
    " tests/test_deploy_servers.py::test_branch_moved_during_a_deploy_is_left_alone"
    " tests/test_deploy_servers.py::test_deploy_to_a_bucket_sends_headers_and_only_changes tests/test_deploy_faults.py::test_busy_store_is_retried",
    "digest/deploy/redaction.py": "tests/test_deploy_plan.py::test_redacted_text_holds_no_secrets"
    " tests/test_deploy_parts.py::test_secret_variables_are_known_by_their_names"
    " tests/test_deploy_parts.py::test_secret_that_begins_another_is_redacted_whole"
    " tests/test_deploy_parts.py::test_file_with_a_secret_stops_a_deploy_before_sending"
    " tests/test_deploy_secrets.py::test_environment_is_searched_once",
    "digest/deploy/releases.py": "tests/test_deploy_parts.py::test_release_name_has_time_and_content"
    " tests/test_deploy_parts.py::test_release_time_is_utc_in_milliseconds"
    " tests/test_deploy_parts.py::test_chosen_release_is_the_previous_or_the_named_one"
    " tests/test_deploy_parts.py::test_rollback_without_releases_is_refused_before_the_place_is_opened"
    " tests/test_deploy_parts.py::test_rollback_keeps_fingerprinted_files_of_the_replaced_release"
    " tests/test_deploy.py::test_rollback_restores_the_previous_release tests/test_deploy.py::test_rollback_works_from_a_damaged_manifest_and_not_to_one",
    "digest/deploy/built_site.py": "tests/test_deploy_parts.py::test_address_and_local_path_are_inverse"
    " tests/test_deploy_parts.py::test_redirects_lists_old_and_new_addresses"
    " tests/test_deploy_parts.py::test_unknown_build_or_other_options_are_refused"
    " tests/test_deploy_parts.py::test_output_changed_after_the_build_is_refused"
    " tests/test_deploy_parts.py::test_only_changed_files_are_fingerprinted_again"
    " tests/test_deploy_parts.py::test_every_file_but_the_marker_is_deployed"
    " tests/test_deploy_parts.py::test_files_left_by_the_system_are_not_deployed"
    " tests/test_deploy.py::test_deploy_refuses_a_build_that_is_not_strict_and_unchanged"
    " tests/test_deploy.py::test_deploy_refuses_an_example_address",
    "digest/deploy/destinations.py": "tests/test_deploy.py tests/test_deploy_kinds.py",
    "digest/deploy/keys.py": "tests/test_deploy.py tests/test_deploy_kinds.py",
    "digest/deploy/targets/__init__.py": "tests/test_deploy_kinds.py tests/test_deploy_parts.py::test_every_kind_opens_its_target_without_a_write"
    " tests/test_deploy_parts.py::test_second_deploy_to_a_folder_stops_the_first",
    "digest/deploy/targets/folder.py": "tests/test_deploy_parts.py::test_copy_removes_what_is_in_its_way"
    " tests/test_deploy_parts.py::test_folder_with_files_of_others_is_refused"
    " tests/test_deploy_parts.py::test_links_and_files_of_others_are_copied_as_they_are"
    " tests/test_deploy_parts.py::test_second_deploy_to_a_folder_stops_the_first"
    " tests/test_deploy_parts.py::test_failed_deploy_leaves_no_unfinished_release"
    " tests/test_deploy_parts.py::test_build_output_is_refused_as_a_destination"
    " tests/test_deploy_parts.py::test_release_is_kept_for_each_deploy_that_changed_something"
    " tests/test_deploy_parts.py::test_rollback_to_an_emptied_place_restores_the_release"
    " tests/test_deploy_parts.py::test_release_with_a_damaged_manifest_is_named_by_time_and_refused"
    " tests/test_deploy_parts.py::test_file_of_another_release_is_copied_without_links"
    " tests/test_deploy.py::test_deploy_links_unchanged_files_and_keeps_files_of_others"
    " tests/test_deploy.py::test_fingerprinted_file_no_longer_in_the_site_stays_a_day"
    " tests/test_deploy.py::test_file_damaged_in_the_folder_is_sent_again"
    " tests/test_deploy.py::test_file_no_longer_in_the_site_is_deleted_even_if_changed"
    " tests/test_deploy.py::test_rollback_restores_the_previous_release"
    " tests/test_deploy_parts.py::test_folder_keeps_as_many_releases_as_asked"
    " tests/test_deploy_parts.py::test_folder_keeps_its_permissions_and_leaves_only_releases_beside"
    " tests/test_deploy_parts.py::test_folder_manifest_compares_sizes"
    " tests/test_deploy_parts.py::test_unfinished_release_is_not_listed"
    " tests/test_deploy_parts.py::test_interrupted_two_step_exchange_is_finished"
    " tests/test_deploy.py::test_release_name_in_a_manifest_cannot_leave_the_releases_folder"
    " tests/test_deploy_faults.py::test_rollback_is_synced_before_readers_see_it"
    " tests/test_deploy_faults.py::test_two_step_exchange_killed_afterwards_loses_no_release",
    "digest/deploy/targets/git.py": "tests/test_deploy_targets.py tests/test_deploy_servers.py::test_deploy_to_a_branch_over_http_makes_one_commit",
    "digest/deploy/targets/rsync.py": "tests/test_deploy_targets.py tests/test_deploy_servers.py::test_in_place_deploy_over_ssh_runs_only_rsync",
    "digest/deploy/targets/s3.py": "tests/test_deploy_targets.py tests/test_deploy_servers.py::test_deploy_to_a_bucket_sends_headers_and_only_changes",
    "digest/deploy/verification.py": "tests/test_deploy_parts.py::test_sample_has_the_home_page_spread_pages_and_their_parts"
    " tests/test_deploy_parts.py::test_sample_has_at_most_twenty_pages_and_forty_parts"
    " tests/test_deploy_parts.py::test_parts_of_a_page_are_files_of_the_site"
    " tests/test_deploy_parts.py::test_file_over_the_limit_is_not_fetched"
    " tests/test_deploy_parts.py::test_verification_names_what_differs_online"
    " tests/test_deploy_parts.py::test_verification_accepts_only_status_200"
    " tests/test_deploy_parts.py::test_only_pages_may_differ_by_server_side_includes"
    " tests/test_deploy_parts.py::test_verification_retries_only_what_differed"
    " tests/test_deploy_parts.py::test_verification_ends_after_three_minutes",
    "digest/deploy/web.py": "tests/test_deploy_parts.py::test_redirect_is_followed_without_secrets"
    " tests/test_deploy_parts.py::test_retry_after_is_honoured_up_to_a_minute"
    " tests/test_deploy_parts.py::test_statuses_that_may_pass_are_retried_and_others_are_answers"
    " tests/test_deploy_parts.py::test_broken_connection_is_retried"
    " tests/test_deploy_parts.py::test_file_over_the_limit_is_not_fetched",
    "digest/deploy/webserver.py": "tests/test_deploy_around.py::test_web_server_root_is_where_the_deploy_writes"
    " tests/test_deploy_around.py::test_web_server_sends_the_headers_of_all_places",
}
"""Module → the tests that guard it, the fastest first; single tests of files that also hold slow tests of other modules."""
PRELOADED = (
    "_pytest.assertion.rewrite",
    "hypothesis.strategies",
    "hypothesis.extra",
    "click.testing",
    "jinja2",
    "markdown_it",
    "msgspec",
    "nh3",
    "numpy",
    "PIL.Image",
    "yaml",
    "html5lib",
    "jsonschema",
)
"""Modules imported once, before each mutant runs in a process of its own."""
WATCHED = ".watched.json"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("module", choices=TESTS)
    given.add_argument("--every", type=int, default=1, metavar="N", help="each Nth change alone")
    given.add_argument("--again", type=Path, metavar="FILE", help="what an earlier run printed: its changes alone")
    given.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at once")
    options = given.parse_args()
    source = (ROOT / options.module).read_text("utf-8")
    mutants = list(changes(source))[:: options.every]
    if options.again:
        earlier = options.again.read_text("utf-8")
        mutants = [mutant for mutant in mutants if "".join(difference(source, mutant[1])) in earlier]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [copied(Path(folder) / str(number)) for number in range(options.jobs)]
        began = time.monotonic()
        status = waited(started(copies[0], options.module, source, Watch(copies[0], options.module)), 3600.0)
        if status != 0:
            sys.exit(f"the tests fail on the module as it is: {TESTS[options.module]}")
        limit = 20.0 + 5 * (time.monotonic() - began)
        survivors = tried(mutants, copies, options.module, nearest(copies[0], source), limit)
    for number in sorted(survivors):
        print("".join(difference(source, mutants[number][1])))
    print(f"{options.module}: {len(mutants)} changes, {len(mutants) - len(survivors)} noticed, {len(survivors)} not")


class Watch:
    """Pytest plug-in: record the lines of a module that each test runs, and its duration."""

    def __init__(self, copy: Path, module: str) -> None:
        self.copy, self.seconds = copy, {}
        self.measured = coverage.Coverage(
            data_file=None, config_file=False, include=[str(copy / module)], concurrency="thread"
        )

    def pytest_sessionstart(self) -> None:
        self.measured.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        began = time.monotonic()
        self.measured.switch_context(item.nodeid)
        ran = yield
        self.measured.switch_context("")
        self.seconds[item.nodeid] = time.monotonic() - began
        return ran

    def pytest_sessionfinish(self) -> None:
        self.measured.stop()
        data = self.measured.get_data()
        lines = [data.contexts_by_lineno(file) for file in data.measured_files()]
        (self.copy / WATCHED).write_text(json.dumps([self.seconds, lines]), "utf-8")


class Nearest:
    """Pytest plug-in: run these tests first."""

    def __init__(self, tests: list[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.order.get(item.nodeid, len(self.order)))


def nearest(copy: Path, source: str) -> dict[int, list[str]]:
    """Line → the tests that run its statement, the fastest first."""
    seconds, lines = json.loads((copy / WATCHED).read_text("utf-8"))
    running = {int(line): set(tests) - {""} for file in lines for line, tests in file.items()}
    found: dict[int, set[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            span = range(node.lineno, body[0].lineno if body else (node.end_lineno or node.lineno) + 1)
            tests = set().union(*(running.get(line, ()) for line in span))
            found |= {line: found.get(line, set()) | tests for line in span}
    return {line: sorted(tests, key=seconds.__getitem__) for line, tests in found.items()}


def changes(source: str) -> Iterator[tuple[int, str]]:
    """Mutated sources of a module with the changed line, without mutants in annotations, which nothing reads."""
    silent = annotations(source)
    tree = get_ast(source)
    seen = {source}
    for name in operator_names():
        try:
            operator = get_operator(name)()
        except TypeError:  # one that wants to be told what to change
            continue
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            if any(first <= start < last for first, last in silent):
                continue
            try:
                changed = mutate_code(source, operator, occurrence)
            except AttributeError:  # `except module.Error`: one that knows plain names alone
                continue
            if changed is not None and changed not in seen:
                seen.add(changed)
                yield start[0], changed


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Line and column of the beginning and end of each annotation."""
    return [
        ((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0))
        for node in ast.walk(ast.parse(source))
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(part, ast.expr)
    ]


def copied(to: Path) -> Path:
    hidden = shutil.ignore_patterns(
        ".git", ".venv", ".coverage*", "public", ".digest", ".*_cache", ".found", ".hypothesis"
    )
    shutil.copytree(ROOT, to, ignore=hidden)
    return to


def tried(
    mutants: list[tuple[int, str]], copies: list[Path], module: str, near: dict[int, list[str]], limit: float
) -> list[int]:
    """Numbers of the mutants that no test noticed; each runs in one of the copies."""
    free, running, survivors = list(copies), {}, []
    for number, (line, mutant) in enumerate(mutants):
        if not free:
            free.append(ended(running, survivors))
        copy = free.pop()
        process = started(copy, module, mutant, Nearest(near.get(line, [])))
        running[process] = number, copy, time.monotonic() + limit
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {len(mutants)}, {len(survivors)} not noticed", end="", file=sys.stderr)
    while running:
        ended(running, survivors)
    return survivors


def ended(running: dict[int, tuple[int, Path, float]], survivors: list[int]) -> Path:
    """Wait for one process, and return its copy. A process that takes too long counts as noticed."""
    while True:
        for process, (number, copy, ends) in list(running.items()):
            status = waited(process, 0)
            if status is None and time.monotonic() < ends:
                continue
            if status is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
                waited(process, 10.0)
            elif status == 0:
                survivors.append(number)
            del running[process]
            return copy
        time.sleep(0.02)


def waited(process: int, seconds: float) -> int | None:
    """Exit status of a process; None if it is still running after the time limit."""
    ends = time.monotonic() + seconds
    while True:
        gone, status = os.waitpid(process, os.WNOHANG)
        if gone:
            return status
        if time.monotonic() >= ends:
            return None
        time.sleep(0.02)


def started(copy: Path, module: str, source: str, plugin: Watch | Nearest) -> int:
    """Start the tests of a module on this source, without output, in a new process, and return its id."""
    for name in PRELOADED:
        importlib.import_module(name)
    (copy / module).write_text(source, "utf-8")
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.setpgid(0, 0)
        os.chdir(copy)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        # nothing compiled of one change may serve another
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
        sys.path.insert(0, str(copy))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        status = int(pytest.main([*options, *TESTS[module].split()], plugins=[plugin]))
    finally:
        os._exit(status)


def difference(source: str, mutant: str) -> Iterator[str]:
    """The mutation as a patch without a header."""
    lines = difflib.unified_diff(source.splitlines(keepends=True), mutant.splitlines(keepends=True), n=0)
    return (line for line in lines if not line.startswith(("---", "+++")))


if __name__ == "__main__":
    main()
