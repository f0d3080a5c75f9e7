"""The commands as a user meets them: in a shell, with wrong input, on and off a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import LittleSite


def digest(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command; gives status and what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "digest", *arguments], capture_output=True, text=True, check=False, cwd=cwd,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1795435200"} | environment,
    )  # fmt: skip


def test_build_prints_one_line_and_nothing_on_standard_output(site: LittleSite) -> None:
    """Data goes to standard output, the rest to standard error."""
    site.entry("sport/a")
    done = digest("build", "--site", str(site.root))
    assert (done.returncode, done.stdout) == (0, "")
    assert len(done.stderr.splitlines()) == 1
    assert digest("build", "--site", str(site.root), "--quiet").stderr == ""


def test_problems_are_printed_one_a_line_with_status_1(site: LittleSite) -> None:
    """`file:line:column: what is wrong; the cure`, and never a traceback."""
    site.entry("sport/a", "titel: خبر\ntitle: x").entry("sport/b", "date: 2026-13-01")
    done = digest("build", "--site", str(site.root))
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0] == "content/sport/a.md:2:1: unknown key 'titel'; did you mean 'title'?"
    assert lines[1].startswith("content/sport/b.md:2:7: 'date': ")
    assert lines[2] == "2 problems; nothing was written"
    assert not (site.root / "public").exists()


def test_json_reports(site: LittleSite) -> None:
    """For other programs: the report, or the problems."""
    site.entry("sport/a")
    report = json.loads(digest("build", "--site", str(site.root), "--json").stdout)
    assert (report["entries"], report["problems"]) == (1, [])
    site.entry("sport/b", "draft: maybe")
    failed = digest("check", "--site", str(site.root), "--json")
    assert failed.returncode == 1
    (problem,) = json.loads(failed.stdout)["problems"]
    assert (problem["path"], problem["line"], problem["level"]) == ("content/sport/b.md", 2, "error")


@pytest.mark.slow
def test_notes_are_printed_and_counted_and_refuse_nothing(site: LittleSite) -> None:
    """A check ends with status 0 where there is nothing else; with --json each says its level; deploys do not ask."""
    site.entry("sport/a", body="قال «نعم ثم غادر  البلد.")
    place = ("--site", str(site.root))
    told = digest("check", *place)
    assert told.returncode == 0
    assert "content/sport/a.md:6:5: « opens a quotation that nothing closes" in told.stderr
    assert told.stderr.endswith("2 notes\n")
    assert "«" not in digest("check", "-q", *place).stderr
    problems = json.loads(digest("check", "--json", *place).stdout)["problems"]
    assert [problem["level"] for problem in problems] == ["note", "note"]
    built = digest("build", "--strict", *place)
    assert (built.returncode, "spelling" in built.stderr) == (0, False)
    site.entry("sport/b", body="[خبر](/nowhere/)")
    told = digest("check", *place)
    assert told.returncode == 1
    assert told.stderr.splitlines()[0].startswith("content/sport/b.md")
    assert "1 piece of advice and 2 notes" in told.stderr


def test_colour_goes_to_no_pipe(site: LittleSite) -> None:
    """Not to a pipe, and nowhere with NO_COLOR."""
    site.entry("sport/a", "date: never")
    assert "\x1b" not in digest("build", "--site", str(site.root)).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["biuld"], "did you mean 'build'?"),
        (["build", "--drfts"], "--drafts"),
        (["build", "--site", "nowhere"], "there is no site.yaml in nowhere"),
        (["build", "--jobs", "0"], "--jobs"),
        (["new", "خبر"], "--theme"),
        (["eject", "artcle.html"], "did you mean 'article.html'?"),
        (["schema", "nothing"], "entry"),
    ],
)
def test_wrong_usage_is_status_2_with_a_hint(site: LittleSite, arguments: list[str], said: str) -> None:
    """No traceback, one sentence."""
    done = digest(*arguments, cwd=site.root)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_site_is_the_nearest_folder_upwards(site: LittleSite) -> None:
    """As git finds its repository."""
    site.entry("sport/a")
    assert digest("build", cwd=site.root / "content/sport").returncode == 0
    assert (site.root / "public/index.html").is_file()


def test_command_outside_a_site_prints_the_cure(tmp_path: Path) -> None:
    """Status 2, and what to type."""
    done = digest("build", cwd=tmp_path)
    assert done.returncode == 2
    assert "digest init" in done.stderr


@pytest.mark.slow
def test_init_gives_a_site_that_builds_and_never_overwrites(tmp_path: Path, example: LittleSite) -> None:
    """A complete small site; the theme stays in the package. (Its pictures are made in test_package.py.)"""
    assert digest("init", "موقعي", cwd=tmp_path).returncode == 0
    folder = tmp_path / "موقعي"
    assert not (folder / "templates").exists()
    shutil.copytree(example.root / ".digest/pictures", folder / ".digest/pictures")
    assert digest("build", cwd=folder, SOURCE_DATE_EPOCH="1795780800").returncode == 0
    again = digest("init", "موقعي", cwd=tmp_path)
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_init_when_done_prints_the_next_command(tmp_path: Path) -> None:
    """Quoted for the shell where the folder's name needs it."""
    assert "Next: cd 'موقع جديد' && digest serve" in digest("init", "موقع جديد", cwd=tmp_path).stderr
    assert "Next: cd mysite && digest serve" in digest("init", "mysite", cwd=tmp_path).stderr


@pytest.mark.skipif(sys.platform == "win32", reason="folders in use cannot be removed")
@pytest.mark.parametrize("arguments", [["build"], ["init", "mine"], ["check", "--site", "/"]])
def test_command_when_its_directory_is_gone_prints_the_cure(tmp_path: Path, arguments: list[str]) -> None:
    """One sentence with the cure, whatever the command."""
    folder = tmp_path / "gone"
    folder.mkdir()
    words = [sys.executable, "-m", "digest", *arguments]
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    done = subprocess.run(["sh", "-c", script, "sh", str(folder), *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "the current directory no longer exists; change to another one" in done.stderr


def test_init_when_a_file_is_in_its_way_names_it(tmp_path: Path) -> None:
    """A file, or a place where nothing can be made: named, with what to do, and no word of an output."""
    (tmp_path / "site.yaml").write_text("title: x\n")
    done = digest("init", "site.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "digest: site.yaml is a file; choose a new folder\n")
    done = digest("init", "site.yaml/deep", cwd=tmp_path)
    assert done.returncode == 1
    assert "nothing was made; a file is in the way of a folder" in done.stderr
    if sys.platform == "linux":
        done = digest("init", "/proc/mine")
        assert re.fullmatch(r"digest: /proc/mine/\S+: No such .*; nothing was made; check the path\n", done.stderr)


def test_eject_takes_a_name_once(site: LittleSite) -> None:
    """However often, and in whichever of its two forms, it was given."""
    done = digest("eject", "404.html", "404.html", "templates/404.html", "--site", str(site.root), cwd=site.root)
    assert (done.returncode, done.stderr) == (0, "templates/404.html\n")


def test_new_writes_a_draft_that_passes_check(site: LittleSite) -> None:
    """Front matter filled in; a title in quotes with a colon in it is quoted right; a second one is refused."""
    title = 'قال: «نعم» "حقا" \\ انتهى'
    made = digest("new", title, "--theme", "sport", "--site", str(site.root), cwd=site.root)
    assert made.returncode == 0
    path = site.root / made.stdout.strip()
    assert "draft: true" in path.read_text("utf-8")
    assert digest("check", "--drafts", "--future", "--site", str(site.root)).returncode == 0
    assert digest("new", title, "--theme", "sport", "--site", str(site.root)).returncode == 2


def test_new_writes_the_keys_in_the_language_of_site_yaml(site: LittleSite) -> None:
    """Every line of it, also those an editor takes the # from."""
    settings_file = (site.root / "site.yaml").read_text("utf-8").replace("title:", "العنوان:", 1)
    site.put("site.yaml", settings_file)
    made = digest("new", "خبر", "--theme", "sport", "--site", str(site.root), cwd=site.root)
    path = site.root / made.stdout.strip()
    text = path.read_text("utf-8")
    assert "\nمسودة: نعم\n" in text
    assert "title:" not in text
    assert digest("check", "--drafts", "--future", "--site", str(site.root)).returncode == 0
    path.write_text(re.sub("^# (?!الصورة)", "", text, flags=re.MULTILINE).replace("…", "x.example"), "utf-8")
    assert digest("check", "--drafts", "--future", "--site", str(site.root)).stderr.startswith("no problem")


def test_new_knows_a_theme_by_its_title(site: LittleSite) -> None:
    """The likely meaning is offered."""
    done = digest("new", "خبر", "--theme", "رياضة", "--site", str(site.root))
    assert done.returncode == 2
    assert "did you mean 'sport'?" in done.stderr


def test_eject_lists_copies_and_never_overwrites(site: LittleSite) -> None:
    """A template of the site hides the built-in one."""
    names = digest("eject", "--site", str(site.root)).stdout.splitlines()
    assert {"article.html", "assets/style.css", "strings/ar.yaml"} <= set(names)
    assert digest("eject", "404.html", "strings/ar.yaml", "--site", str(site.root)).returncode == 0
    assert (site.root / "templates/strings/ar.yaml").is_file()
    assert digest("eject", "404.html", "--site", str(site.root)).returncode == 2
    site.entry("sport/a")
    assert digest("check", "--site", str(site.root)).returncode == 0


def test_a_sites_own_string_overrides_one_key(site: LittleSite) -> None:
    """The rest of the table stays the built-in one."""
    site.put("templates/strings/ar.yaml", "home: البداية\n").entry("sport/a")
    site.build()
    assert "البداية" in site.text("sport/a/index.html")
    assert "آخر الأخبار" in site.text("sport/a/index.html")


def test_schema_prints_json_schema() -> None:
    """Of entries, of site.yaml, of editions and pages."""
    for which in ("entry", "site", "edition", "page"):
        assert json.loads(digest("schema", which).stdout)["$schema"].startswith("https://json-schema.org/")


def test_every_command_has_help_and_takes_the_common_options() -> None:
    """`--help`, `--quiet`, `-v` everywhere; `--site` wherever a site is meant."""
    import click

    from digest.cli import main

    for name, command in main.commands.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--quiet", "-v"} <= options, name
        assert isinstance(command, click.Command)
        assert command.help
        assert name in {"init", "schema"} or "--site" in options


def test_the_help_shows_the_four_steps_a_line_each() -> None:
    """As they are typed: nothing of them flows into one paragraph."""
    from click.testing import CliRunner

    from digest.cli import main

    lines = [line.strip() for line in CliRunner().invoke(main, ["--help"]).output.splitlines()]
    start = lines.index("Start:    digest init mysite && cd mysite && digest serve")
    assert [line.split(":")[0] for line in lines[start : start + 4]] == ["Start", "Write", "Check", "Publish"]


def test_help_loads_nothing_heavy() -> None:
    """Start-up imports neither Jinja nor Markdown nor YAML nor pictures."""
    code = "import sys, digest.cli; print([m for m in ('jinja2','markdown_it','yaml','PIL','nh3','hijridate') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_program_when_it_ends_keeps_status_output_and_exit_handlers() -> None:
    """It ends at once, without taking its values apart; nothing that Python would have done for others is lost."""
    for raised, status in (("SystemExit(3)", 3), ("SystemExit()", 0), ("SystemExit('no')", 1)):
        code = (
            "import atexit, digest.cli as cli\natexit.register(print, 'at exit')\n"
            f"def main():\n    print('said')\n    raise {raised}\ncli.main = main\ncli.start()"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (status, "said\nat exit\n")
        assert done.stderr == ("no\n" if status == 1 else "")


def test_command_when_its_pipe_is_closed_prints_nothing(site: LittleSite) -> None:
    """`digest eject | head -1` says nothing on standard error."""
    command = f"{sys.executable} -m digest eject --site {site.root} | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout == "404.html\n"
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("code_page", ["cp1252", "cp1256", "ascii"])
def test_pipes_and_files_get_utf_8_whatever_the_code_page(site: LittleSite, code_page: str) -> None:
    """As on Windows, where a pipe has the code page of the system: JSON is UTF-8, and no letter stops a command."""

    def piped(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "digest", *arguments, "--site", str(site.root)], capture_output=True, check=False,
            env=os.environ | {"SOURCE_DATE_EPOCH": "1795435200", "PYTHONIOENCODING": code_page},
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    status, made, _ = piped("new", "خبر جديد", "--theme", "sport")
    assert (status, made.rpartition("-")[2].strip()) == (0, "جديد.md")
    site.entry("sport/later", "title: خبر الغد\ndate: 2027-01-01")
    assert "خبر الغد" in piped("next")[1]
    site.entry("sport/a", "title: ترام المدينة\ntags: [ترام]").entry("sport/b", "title: ترام المدينة\ntags: [ترام]")
    assert "ترام المدينة" in piped("related", "-v")[1]
    site.entry("sport/wrong", "عنوانن: خبر")
    status, said, _ = piped("build", "--json")
    assert (status, json.loads(said)["problems"][0]["path"]) == (1, "content/sport/wrong.md")
    assert "عنوانن" in said
    assert "عنوانن" in piped("build")[2]


@pytest.mark.parametrize("which", ["entry", "site"])
def test_a_schema_in_a_file_is_utf_8_whatever_the_code_page(tmp_path: Path, which: str) -> None:
    """`digest schema site > site.schema.json` on Windows."""
    file = tmp_path / "schema.json"
    with file.open("wb") as output:
        command = [sys.executable, "-m", "digest", "schema", which]
        subprocess.run(command, stdout=output, check=True, env=os.environ | {"PYTHONIOENCODING": "cp1256"})
    assert json.loads(file.read_text("utf-8"))["$schema"]


def on_a_terminal(command: list[str]) -> bytes:
    """What a command writes to a terminal as its standard error."""
    import pty

    ours, theirs = pty.openpty()
    running = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 4096):
            shown += piece
    assert running.wait() == 0
    return shown


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals")
def test_progress_is_shown_on_a_terminal_and_nowhere_else(site: LittleSite) -> None:
    """A bar for each stage of a larger build."""
    for number in range(300):
        site.entry(f"sport/e{number}")
    command = [sys.executable, "-m", "digest", "build", "--site", str(site.root), "--jobs", "1"]
    shown = on_a_terminal(command)
    assert re.search(rb"reading .* 300/300 .*/s", shown)
    assert re.search(rb"making .* 3\d\d/3\d\d .*/s", shown)
    piped = subprocess.run([*command, "--clean"], capture_output=True, check=True)
    assert b"reading" not in piped.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals")
def test_progress_shows_rate_and_remaining_time() -> None:
    """Rate and remaining time."""
    code = (
        "import time; from digest.cli.terminal import Progress; progress = Progress(); progress.show('making', 0, 4000); time.sleep(1.1); "
        "progress.show('making', 1000, 4000); progress.__exit__()"
    )
    shown = on_a_terminal([sys.executable, "-c", code])
    assert re.search(rb"making .* 1000/4000 .*00:00:0[34].* [89]\d\d/s", shown)
