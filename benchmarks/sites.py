"""The articles of a benchmark, and a site of the same articles for each program.

Articles come from a corpus (JSON lines, with a script that makes a digest site of them) or are invented. A harness with
templates for other programs makes their sites.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import articles

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence


SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
CONTROLS = re.compile(r"[\x7f-\x9f]|\\u00(?:0|1)[0-9a-f]")
"""Control characters in JSON: converted sites would have them in summaries, which digest refuses."""
MOST_READ = 5
"""Number of related stories, as on the pages of other programs."""
HUGO_PAGE = "layouts/single.html"
COMPUTED, LISTED = "range first 5 (site.RegularPages.Related .)", "range first 5 .CurrentSection.RegularPages"
"""The call for related articles in Hugo's template, and its replacement: the newest of the section."""


@dataclass(frozen=True, slots=True)
class Story:
    """The fields of an article from which a benchmark finds its file."""

    id: str
    """The date as in file names."""
    date: str

    @property
    def names(self) -> tuple[str, str]:
        """The file name without the ending, in the form that programs accept."""
        return self.id, f"{self.date[:10]}-{self.id}"


class Stock(Protocol):
    """A source of articles for sites."""

    kind: str

    def count(self, asked: int) -> int:
        """The number of articles in a site of about this size."""

    def stories(self, count: int) -> list[Story]:
        """Articles, newest first; of a repeated corpus only the first copy."""

    def write(self, folder: Path, count: int) -> None:
        """Write a digest site."""

    def lines(self, file: Path, count: int) -> None:
        """Write the same articles as JSON lines."""


@dataclass(frozen=True, slots=True)
class Invented:
    """Invented articles."""

    tags: bool
    kind = "invented"

    def count(self, asked: int) -> int:
        return asked

    def stories(self, count: int) -> list[Story]:
        return [Story(articles.name_of(number), articles.date_of(number)) for number in range(count)]

    def write(self, folder: Path, count: int) -> None:
        articles.write_site(folder, articles.invented(count), tags=self.tags)

    def lines(self, file: Path, count: int) -> None:
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(f"{made.as_json()}\n" for made in articles.invented(count))


@dataclass(frozen=True)
class Corpus:
    """Real articles; a size beyond the corpus repeats all of it with other dates and titles."""

    file: Path
    writer: Path
    """Script that makes a digest site: WRITER OUT --corpus FILE --newest N, or --repeat K."""
    kind = "real"

    @cached_property
    def ordered(self) -> list[dict[str, Any]]:
        with lzma.open(self.file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return sorted(rows, key=lambda row: datetime.fromisoformat(row["date"]).timestamp(), reverse=True)

    def rounds(self, count: int) -> int:
        return -(-count // len(self.ordered))

    def count(self, asked: int) -> int:
        return asked if asked <= len(self.ordered) else self.rounds(asked) * len(self.ordered)

    def stories(self, count: int) -> list[Story]:
        return [Story(row["id"].lower(), row["date"]) for row in self.ordered[:count]]

    def write(self, folder: Path, count: int) -> None:
        rounds = self.rounds(count)
        many = ["--repeat", str(rounds)] if rounds > 1 else ["--newest", str(count)]
        run(self.writer, folder, "--corpus", self.file, *many)

    def lines(self, file: Path, count: int) -> None:
        rounds = (self.again(number) for number in range(self.rounds(count)))
        with file.open("w", encoding="utf-8") as lines:
            for row in islice(chain.from_iterable(rounds), count):
                lines.write(CONTROLS.sub("", json.dumps(row, ensure_ascii=False)) + "\n")

    def again(self, number: int) -> Iterator[dict[str, Any]]:
        """The corpus in the form in which its script repeats it."""
        for row in self.ordered:
            moment = datetime.fromisoformat(row["date"]) - timedelta(days=7 * number, minutes=number)
            other = {"id": f"{row['id']}-{number}", "title": f"{row['title']} ({number})", "date": moment.isoformat()}
            yield row | other if number else row


@dataclass(frozen=True, slots=True)
class Harness:
    """A copy of the folder with other programs' templates and `convert.py`, which writes their sites."""

    folder: Path

    @classmethod
    def copied(cls, origin: Path, folder: Path, *, related: bool) -> Harness | None:
        """None if the templates are unknown, so that related articles cannot be removed."""
        shutil.copytree(origin, folder, copy_function=shutil.copyfile)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        if not related:
            template = folder / "hugo" / HUGO_PAGE
            text = template.read_text("utf-8")
            if COMPUTED not in text:
                return None
            template.write_text(text.replace(COMPUTED, LISTED), "utf-8")
        return cls(folder)

    def write(self, program: str, lines: Path, folder: Path, count: int) -> None:
        """Write a program's site of the articles in a file of JSON lines."""
        run(self.folder / "convert.py", "--gen", program, "--n", count, "--out", folder, lines)


def run(script: Path, *words: object) -> None:
    """Run a Python script that writes a site. Exits if it fails."""
    done = subprocess.run(
        [sys.executable, str(script), *map(str, words)], capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{script.name}: {done.stderr.strip() or done.stdout.strip()}")


# ------------------------------------------------------------------ options


def stock_options(words: argparse._ArgumentGroup | argparse.ArgumentParser) -> None:
    """Add the options for the choice of articles."""
    words.add_argument("--articles", choices=("real", "invented"), help="default: real where there is a corpus")
    words.add_argument("--corpus", type=Path, default=SHARED / "corpus", metavar="DIR", help="with a .jsonl.xz file")
    words.add_argument("--writer", type=Path, default=SHARED / "tools" / "corpus_site.py", metavar="FILE",
                       help="script that makes a digest site of the corpus")  # fmt: skip


def stock(asked: argparse.Namespace, *, tags: bool) -> tuple[Stock, str]:
    """The articles, and a sentence that describes them."""
    files = sorted(asked.corpus.glob("*.jsonl.xz"))
    if asked.articles != "invented" and files and asked.writer.is_file():
        told = "tagged as the other programs' are" if tags else "without tags (the others' have three each)"
        return Corpus(files[0], asked.writer), f"Real articles; digest's {told}."
    if asked.articles == "real":
        sys.exit(f"no corpus: {asked.corpus}/*.jsonl.xz and {asked.writer} are wanted")
    if asked.articles is None:
        print(f"There is no corpus in {asked.corpus}: invented articles are used.", file=sys.stderr)
    told = "with three tags each" if tags else "without tags (other programs' have three each)"
    return Invented(tags), f"Invented articles; digest's {told}."


def workplace(asked: Path | None) -> Path:
    """A new folder on the disk to measure."""
    place = asked or (Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir()))
    place.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="digest-benchmark-", dir=place.resolve()))


def clock(stories: Sequence[Story]) -> int:
    """The current time for digest: an hour after the newest article, in seconds since 1970."""
    return int((datetime.fromisoformat(stories[0].date) + timedelta(hours=1)).timestamp())


# ------------------------------------------------------------------ the files of a site


def file_of(content: Path, story: Story) -> Path:
    """The file of an article in a program's site."""
    for folder, _, names in os.walk(content):
        for name in story.names:
            if f"{name}.md" in names:
                return content.joinpath(folder, f"{name}.md")
    sys.exit(f"no article {story.id} in {content}")


def count_reads(site: Path, stories: Sequence[Story]) -> None:
    """`data/popular.yaml` of a digest site: five articles from all, so that its pages show as much as others do."""
    chosen = [stories[(2 * number + 1) * len(stories) // (2 * MOST_READ)] for number in range(MOST_READ)]
    content = site / "content"
    ids = [file_of(content, story).relative_to(content).with_suffix("").as_posix() for story in chosen]
    (site / "data").mkdir(exist_ok=True)
    rows = [f"{name}: {MOST_READ - place}\n" for place, name in enumerate(ids)]
    (site / "data" / "popular.yaml").write_text("".join(rows), "utf-8")
