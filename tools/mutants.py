"""Change a module in every small way and see whether its tests notice: `python tools/mutants.py digest/content/urls.py`.

Works on a copy of the repository; lists each change that no test noticed. What survives is either a gap in the tests or
a change of nothing: docs/trust.md says which it was when it was last run. `--every 4` takes each fourth change alone,
`--again FILE` those alone that stand in what an earlier run printed.
A change is shown to the tests that run its line first, the quickest before the others, and only then to the rest.
Needs `cosmic-ray`, which `make mutants` installs and whose changes these are, and a system that can fork; takes from
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
    "digest/deploy/announcing.py": "tests/test_deploy_around.py tests/test_deploy.py::test_search_engines_and_subscribers_are_told_what_changed"
    " tests/test_deploy.py::test_what_could_not_be_told_is_told_next_time"
    " tests/test_deploy.py::test_statuses_are_those_of_the_manual"
    " tests/test_deploy.py::test_a_deploy_that_dies_takes_no_news_with_it",
    "digest/deploy/ci.py": "tests/test_deploy_around.py tests/test_deploy.py::test_a_workflow_for_every_kind_of_place",
    "digest/deploy/deploying.py": "tests/test_deploy_parts.py::test_a_place_where_files_are_seen_at_once_gets_them_in_order"
    " tests/test_deploy_parts.py::test_a_cache_that_was_not_told_is_told_next_time"
    " tests/test_deploy_parts.py::test_files_that_are_seen_at_once_go_stage_by_stage"
    " tests/test_deploy_parts.py::test_where_nobody_sees_it_before_it_is_complete_all_goes_at_once"
    " tests/test_deploy_parts.py::test_a_part_that_no_page_names_any_more_and_one_that_is_named_again_is_noted"
    " tests/test_deploy_parts.py::test_a_clean_deploy_sends_everything_and_deletes_what_is_no_part_of_the_site_any_more"
    " tests/test_deploy_parts.py::test_what_had_arrived_is_noted_when_the_rest_fails"
    " tests/test_deploy_parts.py::test_nothing_is_noted_where_nothing_arrived"
    " tests/test_deploy_parts.py::test_on_a_long_way_what_has_arrived_is_noted_again_and_again"
    " tests/test_deploy_parts.py::test_a_damaged_list_stops_a_deploy_and_a_clean_one_writes_a_new_one"
    " tests/test_deploy_parts.py::test_a_deploy_that_would_delete_much_is_asked_about"
    " tests/test_deploy_parts.py::test_a_file_with_a_secret_of_the_environment_stops_a_deploy"
    " tests/test_deploy_parts.py::test_a_deploy_that_was_interrupted_ends_its_journal"
    " tests/test_deploy_parts.py::test_a_host_reads_its_own_files_beside_the_sites"
    " tests/test_deploy_parts.py::test_a_release_is_called_by_its_time_and_content"
    " tests/test_deploy_parts.py::test_two_deploys_to_one_folder_do_not_mix"
    " tests/test_deploy_parts.py::test_a_deploy_that_stops_leaves_no_half_made_folder"
    " tests/test_deploy.py::test_a_limit_stops_a_deploy_and_yes_lifts_it"
    " tests/test_deploy.py::test_what_stays_is_linked_and_what_somebody_else_put_there_stays"
    " tests/test_deploy.py::test_fingerprinted_files_stay_a_day"
    " tests/test_deploy.py::test_a_file_damaged_over_there_is_sent_again"
    " tests/test_deploy.py::test_files_that_hosts_read"
    " tests/test_deploy_secrets.py::test_the_environment_is_looked_through_once",
    "digest/deploy/headers.py": "tests/test_deploy_plan.py tests/test_deploy_around.py"
    " tests/test_deploy_parts.py::test_what_is_text_shrinks",
    "digest/deploy/hosts.py": "tests/test_deploy_plan.py::test_a_site_of_few_folders_needs_few_rules"
    " tests/test_deploy_plan.py::test_a_sites_own_rules_leave_less_room"
    " tests/test_deploy_parts.py::test_a_host_that_is_not_named_has_no_limits"
    " tests/test_deploy_parts.py::test_a_host_takes_bytes_to_the_last_one"
    " tests/test_deploy_parts.py::test_a_host_takes_files_to_the_last_one"
    " tests/test_deploy_parts.py::test_old_addresses_are_told_as_far_as_a_host_reads"
    " tests/test_deploy_parts.py::test_files_that_a_host_of_git_reads"
    " tests/test_deploy_parts.py::test_only_as_many_redirects_as_the_host_reads"
    " tests/test_deploy.py::test_limits_of_hosts_are_known_before_anything_is_sent"
    " tests/test_deploy.py::test_files_that_hosts_read",
    "digest/deploy/manifest.py": "tests/test_deploy_plan.py::test_a_manifest_comes_back_as_it_went"
    " tests/test_deploy_plan.py::test_a_manifest_that_lies_on_a_target_is_read_by_later_digests"
    " tests/test_deploy_plan.py::test_a_manifest_of_a_million_files_is_read_and_one_of_gigabytes_is_not"
    " tests/test_deploy_plan.py::test_a_list_that_cannot_be_believed_is_an_empty_one"
    " tests/test_deploy_plan.py::test_a_name_with_a_blank_is_a_file_of_the_site"
    " tests/test_deploy_plan.py::test_a_manifest_that_names_what_is_no_file_of_a_site_is_refused"
    " tests/test_deploy_plan.py::test_a_damaged_manifest_is_refused"
    " tests/test_deploy_plan.py::test_another_versions_manifest_is_refused"
    " tests/test_deploy_parts.py::test_a_manifest_too_large_to_be_one_is_not_unpacked"
    " tests/test_deploy_parts.py::test_what_was_interrupted_is_unknown_and_what_arrived_counts"
    " tests/test_deploy_parts.py::test_a_journal_comes_back_as_it_went"
    " tests/test_deploy_plan.py::test_the_law_of_a_deploy",
    "digest/deploy/plan.py": "tests/test_deploy_plan.py::test_the_order_of_stages"
    " tests/test_deploy_plan.py::test_whatever_lies_in_assets_goes_before_pages_and_pages_do_not"
    " tests/test_deploy_plan.py::test_a_change_of_headers_is_a_change"
    " tests/test_deploy_plan.py::test_a_quarter_of_the_site_is_much"
    " tests/test_deploy_plan.py::test_a_fingerprinted_file_stays_a_day_after_its_last_page"
    " tests/test_deploy_plan.py::test_a_deploy_of_nothing_new_does_nothing"
    " tests/test_deploy_plan.py::test_what_may_not_have_arrived_is_sent_again"
    " tests/test_deploy_parts.py::test_what_is_to_be_sent_is_counted_in_bytes"
    " tests/test_deploy_plan.py::test_the_law_of_a_deploy tests/test_deploy.py::test_a_dry_run_says_what_a_run_does",
    "digest/deploy/programs.py": "tests/test_deploy_parts.py tests/test_deploy.py::test_patience_waits_longer_each_time"
    " tests/test_deploy.py::test_a_host_of_git_that_does_not_answer_is_asked_again"
    " tests/test_deploy.py::test_statuses_are_those_of_the_manual"
    " tests/test_deploy_servers.py::test_a_branch_that_somebody_else_moves_is_left_alone"
    " tests/test_deploy_servers.py::test_a_bucket tests/test_deploy_faults.py::test_a_busy_store_is_asked_again",
    "digest/deploy/redaction.py": "tests/test_deploy_plan.py::test_words_are_shown_without_secrets"
    " tests/test_deploy_parts.py::test_which_variables_are_secrets"
    " tests/test_deploy_parts.py::test_a_secret_that_begins_another_leaves_no_rest"
    " tests/test_deploy_parts.py::test_a_file_with_a_secret_of_the_environment_stops_a_deploy"
    " tests/test_deploy_secrets.py::test_the_environment_is_looked_through_once",
    "digest/deploy/releases.py": "tests/test_deploy_parts.py::test_a_release_is_called_by_its_time_and_content"
    " tests/test_deploy_parts.py::test_a_releases_time_is_written_in_utc_to_the_millisecond"
    " tests/test_deploy_parts.py::test_which_release_is_gone_back_to"
    " tests/test_deploy_parts.py::test_which_places_keep_releases"
    " tests/test_deploy_parts.py::test_a_release_that_comes_back_keeps_parts_of_the_one_that_goes"
    " tests/test_deploy.py::test_a_release_comes_back tests/test_deploy.py::test_going_back_from_a_damaged_list_and_not_to_one",
    "digest/deploy/built_site.py": "tests/test_deploy_parts.py::test_addresses_and_files_belong_together"
    " tests/test_deploy_parts.py::test_old_addresses_of_a_site_lead_on"
    " tests/test_deploy_parts.py::test_a_build_nobody_remembers_does_not_go_online"
    " tests/test_deploy_parts.py::test_what_somebody_changed_after_the_build_does_not_go_online"
    " tests/test_deploy_parts.py::test_only_changed_files_are_read_again"
    " tests/test_deploy_parts.py::test_every_file_of_a_site_goes_online"
    " tests/test_deploy_parts.py::test_what_a_system_leaves_in_an_output_stops_no_deploy"
    " tests/test_deploy.py::test_only_a_finished_strict_build_goes_online"
    " tests/test_deploy.py::test_a_site_at_an_examples_address_is_not_deployed",
    "digest/deploy/targets/__init__.py": "tests/test_deploy_parts.py::test_every_kind_of_place_has_its_target"
    " tests/test_deploy_parts.py::test_two_deploys_to_one_folder_do_not_mix",
    "digest/deploy/targets/folder.py": "tests/test_deploy_parts.py::test_what_stands_in_the_way_of_a_file_goes"
    " tests/test_deploy_parts.py::test_a_folder_that_somebody_else_filled_is_not_replaced"
    " tests/test_deploy_parts.py::test_links_and_files_of_others_are_doubled_as_they_are"
    " tests/test_deploy_parts.py::test_two_deploys_to_one_folder_do_not_mix"
    " tests/test_deploy_parts.py::test_a_deploy_that_stops_leaves_no_half_made_folder"
    " tests/test_deploy_parts.py::test_the_output_of_a_build_is_no_place_to_deploy_to"
    " tests/test_deploy_parts.py::test_a_release_is_kept_only_of_what_was_deployed"
    " tests/test_deploy_parts.py::test_a_release_comes_back_to_a_place_that_was_emptied"
    " tests/test_deploy_parts.py::test_a_release_whose_list_is_damaged_has_a_name_and_does_not_come_back"
    " tests/test_deploy_parts.py::test_a_file_of_another_release_is_copied_where_it_cannot_be_shared"
    " tests/test_deploy.py::test_what_stays_is_linked_and_what_somebody_else_put_there_stays"
    " tests/test_deploy.py::test_fingerprinted_files_stay_a_day"
    " tests/test_deploy.py::test_a_file_damaged_over_there_is_sent_again"
    " tests/test_deploy.py::test_a_withdrawn_file_goes_even_if_somebody_changed_it"
    " tests/test_deploy.py::test_a_release_comes_back"
    " tests/test_deploy_parts.py::test_no_more_releases_are_kept_than_asked_for"
    " tests/test_deploy_parts.py::test_a_folder_keeps_its_rights_and_nothing_lies_beside_it_but_its_releases"
    " tests/test_deploy_parts.py::test_what_lies_in_a_folder_is_known_by_its_size"
    " tests/test_deploy_parts.py::test_what_is_no_finished_release_is_not_listed"
    " tests/test_deploy_parts.py::test_an_exchange_that_broke_off_before_the_old_release_was_put_away_is_ended"
    " tests/test_deploy.py::test_a_release_cannot_be_called_like_another_folder"
    " tests/test_deploy_faults.py::test_going_back_is_on_the_disk_before_readers_see_it"
    " tests/test_deploy_faults.py::test_an_exchange_of_two_steps_killed_after_them_loses_no_release",
    "digest/deploy/targets/git.py": "tests/test_deploy_targets.py tests/test_deploy_servers.py::test_a_branch_over_http",
    "digest/deploy/targets/rsync.py": "tests/test_deploy_targets.py tests/test_deploy_servers.py::test_in_place_over_ssh",
    "digest/deploy/targets/s3.py": "tests/test_deploy_targets.py tests/test_deploy_servers.py::test_a_bucket",
    "digest/deploy/verification.py": "tests/test_deploy_parts.py::test_a_sample_is_the_home_page_pages_from_everywhere_and_their_parts"
    " tests/test_deploy_parts.py::test_a_sample_has_twenty_pages_and_forty_parts_at_most"
    " tests/test_deploy_parts.py::test_parts_of_a_page_are_files_of_the_site"
    " tests/test_deploy_parts.py::test_a_film_is_not_fetched_to_be_compared"
    " tests/test_deploy_parts.py::test_what_is_wrong_online_is_named"
    " tests/test_deploy_parts.py::test_only_200_is_what_readers_should_get"
    " tests/test_deploy_parts.py::test_only_pages_may_come_with_parts_put_in"
    " tests/test_deploy_parts.py::test_a_host_that_needs_a_while_is_looked_at_again"
    " tests/test_deploy_parts.py::test_a_host_gets_three_minutes",
    "digest/deploy/web.py": "tests/test_deploy_parts.py::test_a_redirect_is_followed_and_no_secret_goes_anywhere"
    " tests/test_deploy_parts.py::test_a_busy_host_says_when_to_come_again"
    " tests/test_deploy_parts.py::test_what_another_attempt_may_mend_and_what_not"
    " tests/test_deploy_parts.py::test_a_line_that_breaks_is_no_answer"
    " tests/test_deploy_parts.py::test_a_film_is_not_fetched_to_be_compared",
    "digest/deploy/webserver.py": "tests/test_deploy_around.py::test_a_server_serves_what_a_deploy_puts_there"
    " tests/test_deploy_around.py::test_a_server_says_of_files_what_all_places_say",
}
"""Module → the tests that guard it, the quickest first; some by their names, where a file holds slow ones of other modules."""
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
"""Imported once, before each change is tried in a process of its own."""
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
    """Notes which lines of a module each test runs and how long it takes; a plug-in of pytest."""

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
    """Runs these tests first; a plug-in of pytest."""

    def __init__(self, tests: list[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.order.get(item.nodeid, len(self.order)))


def nearest(copy: Path, source: str) -> dict[int, list[str]]:
    """Line → the tests that run its statement, the quickest first."""
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
    """The module, changed in one place, and its line there; those of annotations are left out: nothing reads them."""
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
    """Where the annotations begin and end: line and column."""
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
    """Numbers of the changes that no test noticed; each runs in one of the copies."""
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
    """Wait for one of them; gives its copy. One that takes too long was noticed."""
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
    """How a process ended; None where it did not in so many seconds."""
    ends = time.monotonic() + seconds
    while True:
        gone, status = os.waitpid(process, os.WNOHANG)
        if gone:
            return status
        if time.monotonic() >= ends:
            return None
        time.sleep(0.02)


def started(copy: Path, module: str, source: str, plugin: Watch | Nearest) -> int:
    """The tests of a module on this source, in a process of its own and silently; its number."""
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
    """What was changed, as a patch without its head."""
    lines = difflib.unified_diff(source.splitlines(keepends=True), mutant.splitlines(keepends=True), n=0)
    return (line for line in lines if not line.startswith(("---", "+++")))


if __name__ == "__main__":
    main()
